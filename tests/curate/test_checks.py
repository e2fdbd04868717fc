"""Names lead somewhere, and quotes stand in their seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hand_made import PAPER, SEED_TEXT, make_bundle, make_library

from builder.curate.checks import check_library, check_quotes

FINDINGS = f"content/papers/{PAPER}/findings.yml"


def said(tmp_path: Path, **changes: Any) -> list[str]:
    return [str(p) for p in check_library(make_library(tmp_path, make_bundle(**changes)))]


def test_a_sound_library_has_no_problem(tmp_path: Path) -> None:
    assert said(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"sources": ["bmsx"]},
            f"{FINDINGS}: error: f000000001.sources: the id of a term, got 'bmsx'. "
            "Did you mean 'bmsc'? [term-unknown]",
        ),
        (
            {"conditions": ["bmsc"]},
            f"{FINDINGS}: error: f000000001.conditions: a term of kind condition, "
            "got 'bmsc', a source. [term-kind]",
        ),
        (
            {"mechanisms": [{"id": "tnf", "effect": "up"}]},
            f"{FINDINGS}: error: f000000001.mechanisms: the id of a term, got 'tnf'. "
            "[term-unknown]",
        ),
        (
            {"references": [1, 77]},
            "seeds/knee.txt:8: warning: the number of an entry of the reference list, got 77. "
            "[citation-number]",
        ),
        (
            {"locator": {"kind": "table-row", "line": 8, "table": 1, "row": "gone"}},
            f"{FINDINGS}: error: f000000001: the id of a table row, got 'gone'. [locator-row]",
        ),
        (
            {"locator": {"kind": "reference-title", "line": 8, "reference": 9}},
            f"{FINDINGS}: error: f000000001: the number of a reference, got 9. [locator-reference]",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_reported(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    assert said(tmp_path, **changes) == [problem]


def quotes(tmp_path: Path, quote: str, text: str = SEED_TEXT) -> list[str]:
    library = make_library(tmp_path, make_bundle(quote=quote))
    return [p.got for p in check_quotes(library, {"knee.txt": text})]


@pytest.mark.parametrize(
    "quote",
    [
        "BMSCs | Reduced IL-1β",
        "BMSCs | **Reduced** IL-1β",
        "BMSC exosomes reduced IL-1β in rats.",
        "Exosomes from BMSCs calm joints",
    ],
)
def test_a_quote_that_stands_in_the_seed_passes(tmp_path: Path, quote: str) -> None:
    assert quotes(tmp_path, quote) == []


@pytest.mark.parametrize(
    "quote",
    [
        "BMSC exosomes reduced IL-1 in rats.",
        "BMSC exosomes increased IL-1β in rats.",
        "bmsc exosomes reduced IL-1β in rats.",
        "BMSC exosomes … in rats.",
    ],
)
def test_a_quote_changed_by_one_word_or_letter_is_reported(tmp_path: Path, quote: str) -> None:
    assert quotes(tmp_path, quote) == [repr(quote)]


def test_a_quote_of_a_tagged_layout_is_found_between_the_tags(tmp_path: Path) -> None:
    text = "<td>BMSCs</td><td>5 mL of 2 × 10^9/mL, NCT01234567</td><p>p &lt; <i>0.05</i> a</p>"
    assert quotes(tmp_path, "p < 0.05 a", text) == []


def test_a_quote_with_a_tag_as_text_is_found_as_printed(tmp_path: Path) -> None:
    text = "5 mL of 2 × 10^9/mL, NCT01234567 and <script>alert(1)</script> here"
    assert quotes(tmp_path, "<script>alert(1)</script>", text) == []
