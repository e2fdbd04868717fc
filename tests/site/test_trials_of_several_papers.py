"""One trial, reported by two papers: one page, one record, both reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
from hand_made import PAPER, make_bundle, make_library, merge_references, trial_of

from builder import models
from builder.addresses import ledger
from builder.curate.evidence import group_reports, merge_reports
from builder.export.records import array_schema, each_collection
from builder.site.index import build_index
from builder.site.pages import view_pages
from builder.site.render import render_page
from builder.store import Library, PaperBundle

OTHER = "zoe-2026-later-review"
AT = "https://atlas.example/"


def make_reported_twice(root: Path) -> Library:
    first = make_bundle()
    later = first.trials[0].model_copy(
        update={
            "paper": OTHER,
            "quote": "NCT01234567 has ended early",
            "phase": "2",
            "dose": None,
            "status": models.Status(printed="terminated", as_of=date(2026, 1, 1)),
            "references": [1],
        }
    )
    second = PaperBundle(
        first.paper.model_copy(update={"id": OTHER}), [first.references[0]], trials=[later]
    )
    return replace(
        make_library(root, first),
        papers={PAPER: first, OTHER: second},
        references=merge_references([first, second], {}),
    )


def test_the_record_is_one_and_completed_by_the_other(tmp_path: Path) -> None:
    [reports] = group_reports(make_reported_twice(tmp_path).trials()).values()
    trial = merge_reports(reports)
    assert trial.paper == PAPER
    assert trial.phase == "2"
    assert trial.status
    assert trial.status.printed == "completed"
    assert trial.references == [2]


def test_results_that_differ_are_all_shown_and_mixed() -> None:
    given = [("pain improved", "positive"), ("no benefit over saline", "negative"), (None, None)]
    reports = [
        trial_of("NCT01234567", paper=f"doe-202{n}", result=result, result_effect=effect)
        for n, (result, effect) in enumerate(given)
    ]
    [held] = group_reports(reports).values()
    trial = merge_reports(held)
    assert (trial.result, trial.result_effect) == ("pain improved; no benefit over saline", "mixed")
    trial = merge_reports(reports[1:])
    assert (trial.result, trial.result_effect) == ("no benefit over saline", "negative")


def test_the_api_has_one_record_with_both_reports(tmp_path: Path) -> None:
    records = dict(each_collection(build_index(make_reported_twice(tmp_path)), AT))["trials"]
    jsonschema.validate(records, array_schema("trials", AT))
    [trial] = records
    assert [(t["paper"], t["status"]["printed"]) for t in trial["reports"]] == [
        (PAPER, "completed"),
        (OTHER, "terminated"),
    ]
    assert [t["references"] for t in trial["reports"]] == [[2], [1]]


def test_a_trial_reported_once_has_no_list_of_reports(tmp_path: Path) -> None:
    [trial] = dict(each_collection(build_index(make_library(tmp_path)), AT))["trials"]
    assert "reports" not in trial


def test_one_page_holds_both_reports(tmp_path: Path) -> None:
    library = make_reported_twice(tmp_path)
    [page] = [p for p in view_pages(library) if p.kind == "trial"]
    text = render_page(page)
    assert "NCT01234567 has ended early" in text
    assert "5 mL of 2 × 10&#94;9/mL, NCT01234567" in text
    assert "terminated" in text
    assert ledger.list_addresses(library)["trials/nct01234567/"] == "trial:nct01234567"


def test_each_work_that_a_report_cites_names_the_trial(tmp_path: Path) -> None:
    library = make_reported_twice(tmp_path)
    pages = {p.record: p.view["trials"] for p in view_pages(library) if p.kind == "reference"}
    assert [t["registry"] for t in pages["poe-2022-trial-exosomes"]] == ["NCT01234567"]
    assert [t["registry"] for t in pages["roe-2020-exosomes-bmscs-calm-joints"]] == ["NCT01234567"]
