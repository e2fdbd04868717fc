"""Pictures of a small library whose findings are counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from drawn import bars, words
from hand_made import PAPER, finding_of, make_bundle, make_library

from builder import models
from builder.site.charts import fill_table, view_cell, view_picture
from builder.site.index import LibraryIndex, build_index
from builder.site.pages.comparisons import find_comparable, view_compare, view_compared
from builder.site.pages.measures import list_registry_doses, view_dose_table, view_timeline
from builder.site.pages.pictures import view_pictures
from builder.site.summaries import find_term_studies
from builder.store import Library

TERMS = [
    models.Term(id="bmsc", label="Bone marrow MSC", kind="source", abbreviation="BMSC"),
    models.Term(id="adsc", label="Adipose MSC", kind="source"),
    models.Term(id="unused", label="Unused cell", kind="source"),
    models.Term(id="il-1b", label="IL-1β", kind="mechanism"),
    models.Term(id="vegf", label="VEGF", kind="mechanism"),
    models.Term(id="mir-21", label="miR-21", kind="mechanism"),
    models.Term(id="knee-oa", label="Knee osteoarthritis", kind="condition"),
    models.Term(id="pain", label="Pain", kind="outcome"),
]


def finding(number: int, **more: Any) -> models.Finding:
    return finding_of(number, **{"references": [number], "role": "therapeutic", **more})


FINDINGS = [
    finding(
        1,
        conditions=["knee-oa"],
        design={"level": "in-vivo"},
        mechanisms=[{"id": "il-1b", "effect": "down"}],
        cargo=[{"id": "mir-21"}],
        outcomes=[{"id": "pain", "effect": "down"}],
    ),
    finding(
        2,
        conditions=["knee-oa"],
        design={"level": "clinical"},
        mechanisms=[{"id": "il-1b", "effect": "inhibits"}, {"id": "vegf", "effect": "up"}],
    ),
    finding(3, sources=["bmsc", "adsc"], mechanisms=[{"id": "il-1b", "effect": "involves"}]),
    finding(4, mechanisms=[{"id": "il-1b", "effect": "none"}]),
]


def fact(value: Any, **more: Any) -> list[models.Fact]:
    return [models.Fact(value=value, **more)]


def make_atlas(tmp_path: Path, findings: list[models.Finding] | None = None) -> LibraryIndex:
    bundle = make_bundle()
    dose = models.Dose(
        printed="5 mL of 2 × 10^9/mL",
        volume_ml=5.0,
        particles_per_ml_low=2e9,
        particles_per_ml_high=2e9,
        particles_total_low=1e10,
        particles_total_high=1e10,
    )
    trial = bundle.trials[0].model_copy(update={"dose": dose, "phase": "1", "references": []})
    other = trial.model_copy(
        update={"id": "nct02", "registry": "NCT02", "dose": None, "status": None, "phase": None}
    )
    held = FINDINGS if findings is None else findings
    # Each finding cites a work of its own: as many studies as findings.
    cited = [
        bundle.references[0].model_copy(update={"id": f"w{n}", "number": n, "printed": f"Work {n}"})
        for n in range(1, 6)
    ]
    changed = replace(bundle, findings=held, trials=[trial, other], references=cited, tables=[])
    library: Library = make_library(tmp_path, changed, TERMS)
    library.registry["nct02"] = models.RegistryRecord(
        id="nct02",
        registry_id="NCT02",
        registry="ClinicalTrials.gov",
        collected=date(2025, 1, 1),
        facts={
            "phase": fact("Early Phase 1"),
            "start_date": fact("2023-01-01"),
            "completion": fact("2024-01-01", note="estimated"),
            "dose_particles_low": [*fact(1_000_000_000), *fact(100_000_000_000)],
            "dose_particles_high": [*fact(1_000_000_000), *fact(200_000_000_000)],
        },
    )
    return build_index(library)


@pytest.fixture
def atlas(tmp_path: Path) -> LibraryIndex:
    return make_atlas(tmp_path)


def pictures_of(atlas: LibraryIndex, term: str) -> dict[str, Any]:
    held = atlas.library.terms[term]
    studies = find_term_studies(atlas, held)
    found = view_pictures(atlas, held, atlas.findings_of(term), studies, "../../")
    return {picture["id"]: picture for picture in found}


def cells(picture: Any) -> list[list[str]]:
    return [[cell["label"] for cell in row] for row in picture["rows"]]


def test_a_source_shows_its_studies_by_condition_and_design(atlas: LibraryIndex) -> None:
    picture = pictures_of(atlas, "bmsc")["picture-levels"]
    # Two works and the two trials, both only registered, name no condition.
    assert words(picture["svg"]) == ["Knee osteoarthritis", "2", "no condition stated", "4"]
    assert bars(picture["svg"], "fill-clinical") == [(0, 25)]
    assert bars(picture["svg"], "fill-in-vivo") == [(25, 25)]
    assert bars(picture["svg"], "fill-registered") == [(0, 50)]
    assert bars(picture["svg"], "fill-not-stated") == [(50, 50)]
    assert picture["columns"] == [
        "Condition", "in people", "in animals", "registered trial without result",
        "design not stated", "All",
    ]  # fmt: skip
    assert cells(picture) == [
        ["Knee osteoarthritis", "1", "1", "0", "0", "2"],
        ["no condition stated", "0", "0", "2", "2", "4"],
    ]
    assert picture["rows"][0][0]["href"] == "../../conditions/knee-oa/"


def test_a_mechanism_shows_its_network_with_the_same_as_a_table(atlas: LibraryIndex) -> None:
    picture = pictures_of(atlas, "il-1b")["picture-network"]
    # A cargo acts where one is named; what is only involved is no line.
    assert cells(picture) == [
        ["BMSC", "inhibits", "IL-1β", "1", "read"],
        ["BMSC", "no effect on", "IL-1β", "1", "read"],
        ["BMSC", "carries", "miR-21", "1", "read"],
        ["BMSC", "increases", "VEGF", "1", "read"],
        ["miR-21", "decreases", "IL-1β", "1", "read"],
        ["miR-21", "decreases", "Pain", "1", "read"],
    ]
    assert picture["rows"][0][4]["href"] == f"../../papers/{PAPER}/#f000000002"
    # The page's own term stands out; each box counts its studies.
    assert words(picture["svg"]) == [
        "Source", "BMSC", "3", "Cargo", "miR-21", "1", "Process", "IL-1β", "3", "VEGF", "1",
        "Outcome or condition", "Pain", "1",
    ]  # fmt: skip
    assert len(bars(picture["svg"], "node-current")) == 1
    assert picture["wide"]


def test_what_became_of_a_condition_is_a_line_of_its_own(tmp_path: Path) -> None:
    eased = [
        finding(
            n,
            conditions=["knee-oa"],
            condition_effects=[{"id": "knee-oa", "effect": effect}],
            mechanisms=[{"id": "vegf", "effect": "up"}],
        )
        for n, effect in ((1, "down"), (2, "up"))
    ]
    picture = pictures_of(make_atlas(tmp_path, eased), "knee-oa")["picture-network"]
    assert [(row[1]["label"], row[2]["label"], row[3]["label"]) for row in picture["rows"]] == [
        ("increases", "VEGF", "2"),
        ("improves", "Knee osteoarthritis", "1"),
        ("worsens", "Knee osteoarthritis", "1"),
    ]
    assert [swatch["style"] for swatch in picture["legend"]] == [
        "stroke-rise", "stroke-improves", "stroke-worsens",
    ]  # fmt: skip


def test_a_single_finding_needs_no_picture(atlas: LibraryIndex) -> None:
    assert pictures_of(atlas, "adsc") == {}
    assert pictures_of(atlas, "unused") == {}


def test_arms_that_do_not_pair_are_not_drawn(atlas: LibraryIndex) -> None:
    record = atlas.library.registry["nct02"]
    facts = {**record.facts, "dose_particles_high": fact(5)}
    atlas.library.registry["nct02"] = record.model_copy(update={"facts": facts})
    assert list_registry_doses(atlas, atlas.trial_by_id["nct02"]) == ""


def test_a_dose_is_stated_by_the_paper_or_the_registry_or_calculated(atlas: LibraryIndex) -> None:
    table = view_dose_table(atlas, "../")
    column = table["columns"].index("particles")
    assert [(r["trial"]["label"], r["by"], r["amounts"][column]) for r in table["rows"]] == [
        ("NCT01234567", "paper", "10¹⁰ (calculated)"),
        ("NCT02", "registry", "10⁹; 10¹¹–2 × 10¹¹"),
    ]


def test_trials_stand_in_time_with_phase_status_and_its_day(atlas: LibraryIndex) -> None:
    picture = view_timeline(atlas, "../")
    assert picture
    assert cells(picture) == [
        [
            "NCT01234567", "1", "not seen", "completed", "2024-05-01", "not seen", "not seen",
        ],
        [
            "NCT02", "not stated", "Early Phase 1", "status not stated", "not stated",
            "2023-01-01", "2024-01-01 (planned)",
        ],
    ]  # fmt: skip
    assert "NCT01234567 · Phase 1" in words(picture["svg"])
    # 2023-01-01 to 2025-01-01 is the scale; its first 365 of 731 days are the trial.
    assert bars(picture["svg"], "span-planned") == [(0, pytest.approx(100 * 365 / 731, abs=0.01))]


def test_sources_are_compared_group_by_group(atlas: LibraryIndex) -> None:
    terms = find_comparable(atlas)
    assert [t.id for t in terms] == ["bmsc", "adsc"]
    every = [view_compared(atlas, t) for t in terms]
    assert len({tuple(group["label"] for group in one["groups"]) for one in every}) == 1
    bmsc = {
        group["label"]: [(entry["label"], entry["count"]) for entry in group["entries"]]
        for group in every[0]["groups"]
    }
    # Four works and two trials, all of BMSC.
    assert bmsc["Size"] == [
        ("Studies", 6), ("Studies with subtypes", 6), ("Statements", 4), ("Trials", 2),
    ]  # fmt: skip
    assert bmsc["Design"] == [
        ("in people", 1), ("in animals", 1), ("ex vivo", 0), ("in vitro", 0),
        ("registered trial without result", 2), ("design not stated", 2),
    ]  # fmt: skip
    assert bmsc["Mechanisms"] == [("IL-1β", 4), ("VEGF", 1)]
    assert bmsc["Conditions"] == [("Knee osteoarthritis", 2)]
    assert every[0]["href"] == "../sources/bmsc/"


def test_a_long_table_behind_a_picture_keeps_the_first() -> None:
    picture = view_picture("p", "Title", "Note", "<svg></svg>")
    fill_table(picture, [[view_cell(n)] for n in range(70)])
    assert [row[0]["label"] for row in picture["rows"]] == [*map(str, range(30))]
    assert picture["more"] == 40


def test_a_comparison_shows_what_became_of_a_condition(tmp_path: Path) -> None:
    eased = finding(
        5,
        sources=["adsc"],
        conditions=["knee-oa"],
        condition_effects=[{"id": "knee-oa", "effect": "none"}],
    )
    atlas = make_atlas(tmp_path, [*FINDINGS, eased])
    adsc = view_compared(atlas, atlas.library.terms["adsc"])
    [group] = [g for g in adsc["groups"] if g["label"] == "Conditions"]
    assert [(e["label"], e["effects"]) for e in group["entries"]] == [
        (
            "Knee osteoarthritis",
            [{"style": "none", "mark": "=", "words": "unchanged in", "count": 1}],
        )
    ]


def test_a_cell_that_is_only_acted_on_is_not_compared(tmp_path: Path) -> None:
    acted_on = finding(5, targets=["unused"])
    atlas = make_atlas(tmp_path, [*FINDINGS, acted_on])
    assert "unused" not in [t.id for t in find_comparable(atlas)]


def test_one_source_alone_is_not_compared(tmp_path: Path) -> None:
    page = view_compare(make_atlas(tmp_path, FINDINGS[:1]))
    assert [p["chosen"] for p in page.view["places"]] == ["bmsc", "", ""]
    assert [o["id"] for o in page.view["options"]] == ["bmsc"]
