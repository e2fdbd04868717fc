"""What a reader sees of voices that differ, and of a work that has been retracted."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest
from test_voices import bundle, finding, library

from builder import models
from builder.models import Identifiers, Notice, Term
from builder.render import render_site
from builder.store import Library, merge_references

RETRACTION = Notice(
    kind="retraction",
    doi="10.1000/notice",
    issued=date(2024, 5, 17),
    told_by="Crossref",
    seen_at="https://api.crossref.org/works/10.1000/w1",
    seen_on=date(2026, 11, 21),
)


@pytest.fixture
def atlas() -> Library:
    one = finding("f1", "p", "up", references=[1], quote="BMSC exosomes raised IL-10.")
    two = finding("f2", "q", "down", references=[1], quote="BMSC exosomes lowered IL-10.")
    papers = (bundle("p", "w1", findings=[one]), bundle("q", "w2", findings=[two]))
    known = {
        name: Identifiers(reference=name, seen_at="x", notices=[RETRACTION]) for name in ("w1", "q")
    }
    terms = [
        Term(id="bmsc", label="BMSC", kind="source"),
        Term(id="il-10", label="IL-10", kind="mechanism"),
    ]
    return dataclasses.replace(
        library(*papers),
        terms={term.id: term for term in terms},
        references=merge_references(papers, known),
        identifiers=known,
    )


@pytest.fixture
def docs(atlas: Library, root: Path, tmp_path: Path) -> Path:
    render_site(atlas, tmp_path, root / "templates")
    return tmp_path


def read(docs: Path, page: str) -> str:
    """Return a page's words as a reader sees them, without markup."""
    text = (docs / page / "index.md").read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", " ", text).replace("&#45;", "-").replace("&#46;", ".")
    return re.sub(r"\s+", " ", plain)


@pytest.mark.parametrize("page", ["sources/bmsc", "mechanisms/il-10"])
def test_both_sides_stand_on_the_pages_of_source_and_mechanism(docs: Path, page: str) -> None:
    text = read(docs, page)
    section = text[text.index("## Voices differ") : text.index("## Findings")]
    assert "Papers of the atlas say different things." in section
    assert section.index("increases 1 study") < section.index("BMSC exosomes raised IL-10.")
    assert section.index("decreases 1 study") < section.index("BMSC exosomes lowered IL-10.")


def test_a_retracted_work_says_so_wherever_a_statement_rests_on_it(docs: Path) -> None:
    page = read(docs, "references/w1")
    assert "Retraction of 2024-05-17, as told by Crossref on 2026-11-21." in page
    assert "Do not rest a decision on this work." in page
    assert "retracted" in read(docs, "references")
    assert "[ 1 ] retracted" in read(docs, "findings/f1")
    assert "retracted" not in read(docs, "findings/f2")


def test_a_retracted_paper_says_so_on_its_own_page(docs: Path) -> None:
    assert "Retraction of 2024-05-17" in read(docs, "papers/q")
    assert "Retraction" not in read(docs, "papers/p")


def test_correcting_a_work_does_not_withdraw_it() -> None:
    kinds = {"correction": False, "erratum": False, "expression-of-concern": False}
    kinds |= {"retraction": True, "partial-retraction": True, "withdrawal": True, "removal": True}
    for kind, withdraws in kinds.items():
        assert RETRACTION.model_copy(update={"kind": kind}).withdraws is withdraws
    cited = models.Reference(
        id="w", csl=models.CslItem(type="book", title="W"), printed="W", cited_in=[]
    )
    assert not cited.withdrawn
