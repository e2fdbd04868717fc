"""Counts of distinct studies, answers made from records, and the evidence map.

One made-up review: a trial with a negative result, a registered one without, four cited works. The
numbers below were counted by hand from this list.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hand_made import PAPER, make_bundle, make_library

from builder import models
from builder.export.records import COLLECTIONS
from builder.extract.quantities import parse_dose
from builder.site.index import LibraryIndex, build_index
from builder.site.labels import DESIGNS, WORDS
from builder.site.pages.comparisons import view_grid
from builder.site.pages.measures import view_amounts, view_trial_index
from builder.site.pages.overviews import answer_home
from builder.site.pages.terms import view_facets
from builder.site.pages.trials import view_status
from builder.site.summaries import (
    Sentence,
    answer_coverage,
    answer_studies,
    find_evidence,
    find_term_studies,
    view_answer,
    view_counts,
    view_study,
    view_summary,
)

TERMS = [
    models.Term(id="msc", label="MSC", kind="source"),
    models.Term(id="bmsc", label="BMSC", kind="source", parent="msc"),
    models.Term(id="adsc", label="ADSC", kind="source", parent="msc"),
    models.Term(id="oa", label="Osteoarthritis", kind="condition", type="disease"),
    models.Term(id="koa", label="Knee OA", kind="condition", type="disease", parent="oa"),
    models.Term(id="pain", label="Pain", kind="condition", type="symptom"),
    models.Term(id="il-1b", label="IL-1β", kind="mechanism"),
]
# A work a finding: (source, condition, design, role, result, certainty, effect on IL-1β).
WORKS: dict[str, tuple[str, str, str, str, str, str, str]] = {
    "animals": ("bmsc", "koa", "in-vivo", "therapeutic", "improved", "asserted", "down"),
    "dish": ("bmsc", "oa", "in-vitro", "therapeutic", "improved", "hedged", "down"),
    "aim": ("adsc", "oa", "not-stated", "therapeutic", "none-reported", "aim", "involves"),
    "cause": ("adsc", "koa", "in-vivo", "pathogenic", "worsened", "asserted", "up"),
}


def make_atlas(tmp_path: Path, **changes: Any) -> LibraryIndex:
    bundle = make_bundle()
    first, trial = bundle.references[0], bundle.trials[0]
    cited = [
        first.model_copy(update={"id": name, "number": n, "printed": f"{name} {n}", "line": 10 + n})
        for n, name in enumerate([*WORKS, "review"], 1)
    ]
    findings = [
        models.Finding.model_validate(
            {
                "id": f"f{n}",
                "paper": PAPER,
                "locator": {"kind": "full-text", "line": n, "section": "Results"},
                "quote": f"Statement {n}",
                "sources": [source],
                "conditions": [condition],
                "design": {"level": design},
                "role": role,
                "result": result,
                "certainty": certainty,
                "mechanisms": [{"id": "il-1b", "effect": effect}],
                "references": [n],
            }
        )
        for n, (source, condition, design, role, result, certainty, effect) in enumerate(
            WORKS.values(), 1
        )
    ]
    # The same study once more, in another place, under a wider label.
    again = findings[0].model_copy(update={"id": "f9", "sources": ["msc"]})
    review = findings[0].model_copy(
        update={"id": "f8", "references": [5], "design": models.Design(level="review")}
    )
    negative = trial.model_copy(
        update={
            "conditions": ["koa"],
            "sources": ["bmsc"],
            "references": [],
            "result": "no superiority over placebo",
            "result_effect": "negative",
        }
    )
    waiting = negative.model_copy(
        update={
            "id": "nct00000002",
            "registry": "NCT00000002",
            "label": "NCT00000002",
            "sources": ["adsc"],
            "result": None,
            "result_effect": None,
        }
    )
    made = replace(
        bundle,
        references=cited,
        findings=[*findings, again, review],
        trials=[negative, waiting],
        tables=[],
        **changes,
    )
    return build_index(make_library(tmp_path, made, TERMS))


@pytest.fixture
def atlas(tmp_path: Path) -> LibraryIndex:
    return make_atlas(tmp_path)


def say(sentences: list[Sentence]) -> str:
    return " ".join("".join(piece["label"] for piece in sentence) for sentence in sentences)


def test_a_study_counts_once_under_the_narrower_label_and_a_review_is_none(
    atlas: LibraryIndex,
) -> None:
    def names(term: str, *, subtypes: bool) -> list[str]:
        found = find_term_studies(atlas, atlas.library.terms[term], subtypes=subtypes)
        return [study.id for study in found]

    assert names("bmsc", subtypes=False) == ["animals", "dish", "nct01234567"]
    assert names("msc", subtypes=False) == []
    assert names("msc", subtypes=True) == [
        "aim", "animals", "cause", "dish", "nct00000002", "nct01234567",
    ]  # fmt: skip
    # Knee osteoarthritis counts in osteoarthritis.
    assert names("oa", subtypes=False) == ["aim", "dish"]
    assert len(names("oa", subtypes=True)) == 6
    counts = view_counts(atlas, atlas.library.terms["oa"])
    assert (counts["studies"], counts["wide"]) == (2, 6)
    assert (counts["trials"], counts["wide_trials"]) == (0, 2)


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        # Designs, results, trials and gaps.
        ("bmsc", (
            "3 studies used vesicles of this source as a treatment: 1 in people, 1 in animals, "
            "1 in vitro. Reported in people: no benefit in 1; in animals: improvement in 1; in "
            "vitro: improvement in 1 (1 only as a possibility or an aim). "
            "1 registered trial: NCT01234567 reported: no superiority over placebo. "
        )),
        # An aim is no result, and vesicles that harm are no treatment.
        ("adsc", (
            "2 studies used vesicles of this source as a treatment: 1 registered trial without "
            "result, 1 with design not stated. No result reported (1 only as a possibility or an "
            "aim). No study in people with a "
            "result in the material read. 1 registered trial, without a result in the material "
            "read. 1 more study: part of the disease. "
        )),
    ],
)  # fmt: skip
def test_the_answer_of_a_source(atlas: LibraryIndex, term: str, answer: str) -> None:
    words = say(view_answer(atlas, atlas.library.terms[term]))
    assert words == answer + WORDS["not_assessed"]


def test_a_paper_says_what_the_studies_that_it_reports_found(atlas: LibraryIndex) -> None:
    assert say(answer_studies(atlas, atlas.studies)) == (
        "6 studies reported: 1 in people, 2 in animals, 1 in vitro, 1 registered trial without "
        "result, 1 with design not stated. Reported in people: no benefit in 1; in animals: "
        "improvement in 1; in vitro: improvement in 1 (1 only as a possibility or an aim). "
        "No result reported in 1 (1 only as a possibility or an aim). 1 of them: part of the "
        "disease."
    )


def test_a_condition_counts_its_subtypes_and_says_so(atlas: LibraryIndex) -> None:
    words = say(view_answer(atlas, atlas.library.terms["oa"]))
    assert words.startswith(
        "5 studies tried vesicles against this condition, subtypes included (2 without them): "
        "1 in people, 1 in animals, 1 in vitro, 1 registered trial without result, "
        "1 with design not stated. "
    )


def test_a_mechanism_counts_studies_by_direction(atlas: LibraryIndex) -> None:
    words = say(view_answer(atlas, atlas.library.terms["il-1b"]))
    assert words == (
        "4 studies name it: 2 in animals, 1 in vitro, 1 with design not stated. "
        "1 reports it raised; 1 reports it lowered; "  # what may lower it only names it
        "2 name it without a direction. " + WORDS["not_assessed"]
    )


def test_what_is_named_beside_a_term_is_counted_in_studies(atlas: LibraryIndex) -> None:
    """A second statement of a study, its wider label and a review add nothing."""
    held = find_evidence(atlas, atlas.library.terms["koa"])
    assert {f.id for f in held} == {"f1", "f4", "f8", "f9"}
    facets = {f["id"]: f["entries"] for f in view_facets(atlas, "koa", held, "../")}
    counts = {role: [(e["id"], e["count"]) for e in found] for role, found in facets.items()}
    assert counts == {"sources": [("bmsc", 1)], "mechanisms": [("il-1b", 1)]}
    term = atlas.library.terms["il-1b"]
    found = view_summary(atlas, term, find_evidence(atlas, term))
    assert [(e["effect"]["id"], e["count"]) for e in found] == [
        ("involves", 2), ("down", 1), ("up", 1),
    ]  # fmt: skip


def test_each_number_of_an_answer_leads_to_its_studies(atlas: LibraryIndex) -> None:
    pieces = [p for s in view_answer(atlas, atlas.library.terms["bmsc"]) for p in s if p["href"]]
    links = {p["label"]: p["href"] for p in pieces}
    assert links["1 in animals"] == "?design=in%20animals#studies"
    assert links["3 studies"] == "?role=tried%20as%20a%20treatment#studies"
    assert links["NCT01234567"] == "../../trials/nct01234567/"


def test_what_is_not_named_in_its_role_says_that_there_is_no_evidence(atlas: LibraryIndex) -> None:
    pain = atlas.library.terms["pain"]
    assert WORDS["no_evidence"] in say(view_answer(atlas, pain))


def test_home_answers_from_the_records(atlas: LibraryIndex) -> None:
    words = say(answer_home(atlas))
    assert words.startswith(
        "5 studies of vesicles as a treatment: 1 in people, 1 in animals, 1 in vitro, "
        "1 registered trial without result, 1 with design not stated. "
        "2 registered trials: NCT01234567 "
        "reported: no superiority over placebo; 1 without a result in the material read."
    )


def test_of_many_trials_those_without_benefit_are_named_first(tmp_path: Path) -> None:
    first = next(t for t in make_atlas(tmp_path).trials if t.result)
    given = [  # result, its direction, status
        ("pain improved", "positive", None),
        ("pain worsened", "negative", None),
        (None, None, "terminated"),
        ("function improved, pain did not", "mixed", None),
        ("safe", None, None),
        (None, None, "completed"),
        (None, None, "recruiting"),
        ("gait improved", "positive", None),
    ]
    trials = [
        first.model_copy(
            update={
                "id": f"nct0000001{n}", "registry": f"NCT0000001{n}", "result": result,
                "result_effect": effect,
                "status": models.Status(printed=status, normalised=status) if status else None,
            }
        )
        for n, (result, effect, status) in enumerate(given)
    ]  # fmt: skip
    bundle = replace(make_bundle(), findings=[], trials=[*trials, first], tables=[])
    words = say(answer_home(build_index(make_library(tmp_path, bundle, TERMS))))
    assert (
        "9 registered trials: NCT00000011 reported: pain worsened; NCT01234567 reported: "
        "no superiority over placebo; NCT00000013 reported: function improved, pain did not; "
        "NCT00000010 reported: pain improved; 2 more with a result; 3 without a result in the "
        "material read (1 completed, 1 terminated)." in words
    )


def test_a_result_without_direction_is_neither_silence_nor_a_gap(tmp_path: Path) -> None:
    first = next(t for t in make_atlas(tmp_path).trials if t.result)
    safe = first.model_copy(update={"result": "well tolerated", "result_effect": None})
    bundle = replace(make_bundle(), findings=[], trials=[safe], tables=[])
    atlas = build_index(make_library(tmp_path, bundle, TERMS))
    assert say(view_answer(atlas, atlas.library.terms["bmsc"])) == (
        "1 study used vesicles of this source as a treatment: 1 in people. Reported in people: a "
        "result without a stated direction in 1. No study in animals with a result in the "
        "material read. 1 registered trial: NCT01234567 reported: a result whose direction is not "
        "stated. " + WORDS["not_assessed"]
    )
    row = view_study(atlas, atlas.studies[0], "")
    assert row["result"]["word"] == "result, direction not stated"


def cells(atlas: LibraryIndex, *roles: str) -> dict[tuple[str, str], Any]:
    grid = view_grid(atlas, roles, "../")
    heads = [c["label"] for c in grid["columns"]]
    return {
        (row["term"]["label"], head): cell
        for row in grid["rows"]
        for head, cell in zip(heads, row["cells"], strict=True)
    }


def test_the_map_shows_the_best_design_with_a_result_and_that_result(atlas: LibraryIndex) -> None:
    found = cells(atlas, "therapeutic")
    negative = found["BMSC", "Knee OA"]
    # Two studies: one in animals improved, and a trial without benefit, which is the higher design.
    assert (negative["count"], negative["rank"], negative["mark"]) == (2, 4, "=")
    assert negative["conflict"]
    assert negative["words"] == (
        "2 studies; highest design with a result: in people, no benefit reported; results conflict"
    )
    assert negative["href"] == "../sources/bmsc/?condition=Knee%20OA#studies"
    # A trial that is only registered is a light cell with a mark of its own.
    waiting = found["ADSC", "Knee OA"]
    assert (waiting["count"], waiting["rank"], waiting["registered"]) == (1, 0, 1)
    wide = found["BMSC", "Osteoarthritis"]
    assert (wide["own"], wide["count"]) == (1, 3)


def test_the_page_of_the_map_and_its_file_say_the_same(atlas: LibraryIndex) -> None:
    rows = {(r["source"], r["condition"]): r for r in COLLECTIONS["evidence_map"].find(atlas, "")}
    grid = view_grid(atlas, ("therapeutic",), "../")
    ids = {t.short: t.id for t in atlas.library.terms.values()}
    heads = [ids[c["label"]] for c in grid["columns"]]
    shown = {
        (ids[row["term"]["label"]], head): cell
        for row in grid["rows"]
        for head, cell in zip(heads, row["cells"], strict=True)
        if not cell["empty"]
    }
    assert set(shown) == set(rows)
    for pair, cell in shown.items():
        wide = rows[pair]["with_subtypes"]
        best = wide.get("best")
        assert cell["own"] == len(rows[pair]["studies"])
        assert cell["count"] == len(wide["studies"])
        assert cell["registered"] == len(wide["registered"])
        assert cell["conflict"] == wide["conflict"]
        assert (cell["result"], cell["rank"]) == (
            (best["result"], DESIGNS[best["design"]]) if best else ("", 0)
        )


def test_a_trial_without_benefit_is_the_strongest_cell_and_one_without_result_the_lightest(
    atlas: LibraryIndex,
) -> None:
    found = {pair: cell for pair, cell in cells(atlas, "therapeutic").items() if not cell["empty"]}
    assert {pair for pair, cell in found.items() if cell["rank"] == 4} == {
        ("BMSC", "Knee OA"), ("BMSC", "Osteoarthritis"),
    }  # fmt: skip
    waiting = next(s for s in atlas.studies if s.id == "nct00000002")
    assert view_study(atlas, waiting, "")["design"]["mark"] == "®"
    negative = next(s for s in atlas.studies if s.id == "nct01234567")
    assert view_study(atlas, negative, "")["design"]["mark"] == "■■■■"


def test_a_row_shows_three_of_many_conditions_those_of_its_page_first(atlas: LibraryIndex) -> None:
    study = next(s for s in atlas.studies if s.id == "nct01234567")
    wide = study.model_copy(update={"conditions": ["il-1b", "msc", "oa", "pain", "koa"]})
    row = view_study(atlas, wide, "", {"oa", "koa"})
    assert [c["label"] for c in row["conditions"]] == ["Osteoarthritis", "Knee OA", "IL-1β"]
    assert row["more_conditions"] == 2
    assert row["all_conditions"] == "Osteoarthritis|Knee OA|IL-1β|MSC|Pain"
    few = view_study(atlas, study.model_copy(update={"conditions": ["oa"]}), "")
    assert (few["more_conditions"], few["all_conditions"]) == (0, "")  # the cell shows it


def test_what_harms_is_on_a_map_of_its_own(atlas: LibraryIndex) -> None:
    assert ("ADSC", "Knee OA") in cells(atlas, "pathogenic")
    assert cells(atlas, "pathogenic")["ADSC", "Knee OA"]["count"] == 1
    assert cells(atlas, "biomarker") == {}


def test_the_row_of_the_trial_with_a_result_comes_first(atlas: LibraryIndex) -> None:
    small = view_grid(atlas, ("therapeutic",), "", (1, 1))
    assert small["rows"][0]["term"]["label"] == "BMSC"
    assert small["rows"][0]["cells"][0]["rank"] == 4


def test_a_status_that_is_not_stated_has_no_date(atlas: LibraryIndex) -> None:
    silent = atlas.trials[0].model_copy(update={"status": None})
    assert view_status(atlas, silent) == {"printed": "not stated", "as_of": "", "conflict": ""}


def test_trials_with_a_result_are_listed_first(atlas: LibraryIndex) -> None:
    rows = view_trial_index(atlas).view["rows"]
    assert [row["registry"] for row in rows] == ["NCT01234567", "NCT00000002"]


@pytest.mark.parametrize(
    ("printed", "amounts"),
    [
        ("100 µg EVs", {"µg": "100"}),
        ("2 × 10^6 cells", {"cells": "2 × 10⁶"}),
        ("one dose", {"doses": "1"}),
    ],
)
def test_doses_stand_in_columns_by_unit(
    atlas: LibraryIndex, printed: str, amounts: dict[str, str]
) -> None:
    trial = atlas.trials[0].model_copy(update={"dose": parse_dose(printed)})
    assert view_amounts(trial) == amounts


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (
            {"title": True, "tables": True, "references": True},
            "The text of the paper was not read: its file held title, tables and references only.",
        ),
        (
            {"title": True, "abstract": True, "body": True, "references": True},
            "Read: title, abstract, body and references; it held no tables.",
        ),
        ({}, ""),
    ],
)
def test_a_paper_begins_with_what_was_not_read(coverage: dict[str, bool], words: str) -> None:
    paper = make_bundle().paper.model_copy(update={"coverage": models.Coverage(**coverage)})
    assert say(answer_coverage(paper)) == words
