"""Corrections change what they name, and are an error once they no longer fit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hand_made import PAPER, join_papers, make_bundle

from builder import models, store
from builder.curate.corrections import apply_corrections, draft_correction, find_lines
from builder.curate.questions import find_questions
from builder.curate.reading import read_corrections
from builder.errors import ProblemError
from builder.project import Project

FILE = f"content/corrections/{PAPER}.yml"
WORK = "roe-2020-exosomes-bmscs-calm-joints"


def correct(record: str, field: str, old: Any, new: Any) -> models.Correction:
    return models.Correction(
        record=record,
        field=field,
        old=old,
        new=new,
        reason="seen in the paper",
        date=date(2026, 1, 2),
    )


def apply(*corrections: models.Correction) -> tuple[store.PaperBundle, list[str]]:
    bundle, problems = apply_corrections(make_bundle(), corrections, FILE, [3, 9])
    return bundle, [str(p) for p in problems]


def test_a_field_of_each_kind_of_record_can_be_corrected() -> None:
    bundle, problems = apply(
        correct(PAPER, "csl.volume", "12", "13"),
        correct(WORK, "csl.author.0.family", "Roe", "Rowe"),
        correct(f"{PAPER}-table-1", "rows.frow1.cells.Effect.text", "x", "Reduced IL-1β"),
        correct("f000000001", "mechanisms.il-1b.effect", "down", "inhibits"),
        correct("nct01234567", "phase", None, "Phase 1"),
    )
    assert problems == []
    assert bundle.paper.csl.volume == "13"
    assert bundle.references[0].csl.author == [models.CslName(family="Rowe", given="A.")]
    assert bundle.tables[0].rows[0].cells["Effect"].text == "Reduced IL-1β"
    assert bundle.findings[0].mechanisms == [models.EffectOf(id="il-1b", effect="inhibits")]
    assert bundle.trials[0].phase == "Phase 1"


def test_a_whole_list_can_be_corrected() -> None:
    bundle, problems = apply(correct("f000000001", "sources", ["bmsc"], ["msc"]))
    assert problems == []
    assert bundle.findings[0].sources == ["msc"]


def test_a_date_is_compared_as_it_is_written() -> None:
    bundle, problems = apply(
        correct("nct01234567", "status.as_of", date(2024, 5, 1), date(2025, 5, 1))
    )
    assert problems == []
    assert bundle.trials[0].status == models.Status(printed="completed", as_of=date(2025, 5, 1))


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (
            correct(PAPER, "csl.volume", "11", "13"),
            f"{FILE}:3: error: old: the extracted value of csl.volume, got '11'. "
            "Look at the seed again, then renew or delete this correction. [correction]",
        ),
        (
            correct(PAPER, "csl.volume", "11", "12"),
            f"{FILE}:3: error: old: the extracted value of csl.volume, got '11'. "
            "The extraction gives the new value by itself: delete this correction. [correction]",
        ),
        (
            correct(PAPER, "csl.volum", "12", "13"),
            f"{FILE}:3: error: field: a field of the record, got 'csl.volum'. "
            "Did you mean 'volume'? [correction]",
        ),
        (
            correct("f000000002", "sources", [], []),
            f"{FILE}:3: error: record: the id of a record of this paper, got 'f000000002'. "
            "Did you mean 'f000000001'? [correction]",
        ),
        (
            correct("f000000001", "quote", "BMSCs | Reduced IL-1β", "better words"),
            f"{FILE}:3: error: field: a field that may be corrected, got 'quote'. [correction]",
        ),
        (
            correct("f000000001", "design.level", "in-vivo", "certain"),
            f"{FILE}:3: error: new: one of 'in-vitro', 'ex-vivo', 'in-vivo', 'clinical', "
            "'review' or 'not-stated', got 'certain'. [correction]",
        ),
        (
            correct("f000000001", "sources.7", "bmsc", "msc"),
            f"{FILE}:3: error: field: a field of the record, got 'sources.7'. [correction]",
        ),
    ],
)
def test_a_correction_that_does_not_fit_is_an_error_and_changes_nothing(
    correction: models.Correction, said: str
) -> None:
    bundle, problems = apply(correction)
    assert problems == [said]
    assert bundle == make_bundle()


def test_the_line_of_each_correction_is_known(tmp_path: Path) -> None:
    path = tmp_path / "content/corrections/x.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "# by hand\n"
        "- record: a\n  field: b\n  old: 1\n  new: 2\n  reason: r\n  date: 2026-01-02\n"
        "- record: c\n  field: d\n  old: null\n  new: x\n  reason: r\n  date: 2026-01-03\n"
    )
    assert find_lines(path) == [2, 8]
    assert [c.record for c in read_corrections(Project(tmp_path))["x"]] == ["a", "c"]


def test_a_broken_file_of_corrections_is_reported_by_line(tmp_path: Path) -> None:
    path = tmp_path / "content/corrections/x.yml"
    path.parent.mkdir(parents=True)
    path.write_text("- record: a\n  feild: b\n")
    with pytest.raises(ProblemError) as caught:
        read_corrections(Project(tmp_path))
    said = str(caught.value)
    assert "corrections/x.yml:2: error: feild: a field that is known here, got 'b'" in said
    assert "Did you mean 'field'?" in said


@pytest.mark.parametrize(
    ("record", "field", "old", "new"),
    [
        ("findings", "sources", ["bmsc"], ["msc"]),
        ("findings", "mechanisms.il-1b.effect", "down", "inhibits"),
        ("references", "csl.author.0.family", "Roe", "Rowe"),
    ],
)
def test_a_drafted_correction_needs_but_the_new_value_reason_and_day(
    record: str, field: str, old: Any, new: Any
) -> None:
    target = getattr(make_bundle(), record)[0]
    [entry] = yaml.safe_load(draft_correction(target, field))
    assert (entry["record"], entry["field"], entry["old"]) == (target.id, field, old)
    assert {entry[key] for key in ("new", "reason", "date")} == {"…"}
    filled = models.Correction.model_validate(
        {**entry, "new": new, "reason": "seen", "date": date(2026, 1, 2)}
    )
    bundle, problems = apply(filled)
    assert problems == []
    assert yaml.safe_load(draft_correction(getattr(bundle, record)[0], field))[0]["old"] == new


def test_a_list_of_records_is_drafted_as_the_files_write_it() -> None:
    finding = make_bundle().findings[0]
    [entry] = yaml.safe_load(draft_correction(finding, "mechanisms"))
    assert entry["old"] == [{"id": "il-1b", "effect": "down"}]
    filled = {**entry, "new": [], "reason": "seen", "date": date(2026, 1, 2)}
    assert apply(models.Correction.model_validate(filled))[1] == []


@pytest.mark.parametrize("field", ["quote", "locator.line", "no-such-field", ""])
def test_what_no_correction_can_change_has_no_draft(field: str) -> None:
    assert draft_correction(make_bundle().findings[0], field) == ""


@pytest.mark.parametrize(("field", "path"), [("page", "csl.page"), ("csl.page", "csl.page")])
def test_a_question_about_a_work_brings_the_correction_of_its_field(field: str, path: str) -> None:
    bundle = make_bundle()
    asked = models.Question(rule="pages", text="Do the pages fit?", field=field)
    bundle.references[0] = bundle.references[0].model_copy(update={"questions": [asked]})
    [question] = [q for q in find_questions(join_papers([bundle])) if q.rule == "pages"]
    [entry] = yaml.safe_load(question.edit)
    assert (entry["record"], entry["field"], entry["old"]) == (WORK, path, "4–5")
