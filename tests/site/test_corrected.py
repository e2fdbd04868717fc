"""A correction made by hand stands on the page of the record, and on that of its paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from hand_made import PAPER, make_bundle, make_library

from builder.models import Correction
from builder.site.pages import Page, view_site
from builder.store.library import find_edition

ROE = "roe-2020-exosomes-bmscs-calm-joints"
WORD = {
    "record": ROE,
    "field": "csl.volume",
    "old": "3",
    "new": "4",
    "reason": "misprint <b>",
    "date": "2026-11-21",
}


def pages_with(folder: Path, *corrections: Correction) -> dict[str, Page]:
    library = make_library(folder, make_bundle())
    library = replace(library, corrections={PAPER: list(corrections)})
    edition = find_edition(library, "https://atlas.example/")
    return {p.path: p for p in view_site(library, edition, {})}


def test_a_correction_stands_on_the_record_and_on_its_paper(tmp_path: Path) -> None:
    correction = Correction(
        record=ROE, field="csl.volume", old="3", new="4", reason="misprint <b>",
        date=date(2026, 11, 21),
    )  # fmt: skip
    pages = pages_with(tmp_path, correction)
    assert pages[f"references/{ROE}/"].extra["corrections"] == [WORD]
    assert pages[f"papers/{PAPER}/"].extra["corrections"] == [WORD]
    assert [p for p in pages if "corrections" in pages[p].extra] == [
        f"papers/{PAPER}/",
        f"references/{ROE}/",
    ]


def test_values_of_any_kind_are_shown(tmp_path: Path) -> None:
    correction = Correction(
        record=PAPER, field="csl.author", old=None, new=["A", "B"], reason="left out",
        date=date(2026, 11, 21),
    )  # fmt: skip
    (shown,) = pages_with(tmp_path, correction)[f"papers/{PAPER}/"].extra["corrections"]
    assert (shown["old"], shown["new"]) == ("nothing", '["A", "B"]')
