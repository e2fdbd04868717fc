"""What a reader sees of statements that differ, and of a work that has been retracted."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hand_made import join_papers, merge_references
from test_evidence import bundle, finding

from builder import models
from builder.export.records import each_collection
from builder.models import Identifiers, Notice, Term
from builder.site.index import build_index
from builder.site.render import render_site
from builder.site.summaries import find_term_studies
from builder.store import Library

RETRACTION = Notice(
    kind="retraction",
    doi="10.1000/notice",
    issued=date(2024, 5, 17),
    reported_by="Crossref",
    seen_at="https://api.crossref.org/works/10.1000/w1",
    seen_on=date(2026, 11, 21),
)


@pytest.fixture
def atlas() -> Library:
    one = finding("f1", "p", "up", references=[1], quote="BMSC exosomes raised IL-10.")
    two = finding("f2", "q", "down", references=[1], quote="BMSC exosomes lowered IL-10.")
    papers = (bundle("p", "w1", findings=[one]), bundle("q", "w2", findings=[two]))
    terms = [
        Term(id="bmsc", label="BMSC", kind="source"),
        Term(id="il-10", label="IL-10", kind="mechanism"),
    ]
    return dataclasses.replace(
        join_papers(papers),
        terms={term.id: term for term in terms},
        references=merge_references(papers, {}),
    )


def retract(library: Library, *names: str) -> Library:
    """Return a library in which works or papers were retracted."""
    known = {name: Identifiers(reference=name, seen_at="x", notices=[RETRACTION]) for name in names}
    works = merge_references(library.papers.values(), known)
    return dataclasses.replace(library, references=works, identifiers=known)


@pytest.fixture
def docs(atlas: Library, root: Path, tmp_path: Path) -> Path:
    render_site(atlas, tmp_path, root / "templates")
    return tmp_path


@pytest.fixture
def retracted(atlas: Library, root: Path, tmp_path: Path) -> Path:
    render_site(retract(atlas, "w1", "q"), tmp_path, root / "templates")
    return tmp_path


@pytest.fixture
def half(atlas: Library, root: Path, tmp_path: Path) -> Path:
    render_site(retract(atlas, "w1"), tmp_path, root / "templates")
    return tmp_path


def read(docs: Path, page: str) -> str:
    """Return a page's words as a reader sees them, without markup."""
    text = (docs / page / "index.md").read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", " ", text).replace("&#45;", "-").replace("&#46;", ".")
    return re.sub(r"\s+", " ", plain)


@pytest.mark.parametrize("page", ["sources/bmsc", "mechanisms/il-10"])
def test_both_sides_stand_on_the_pages_of_source_and_mechanism(docs: Path, page: str) -> None:
    text = read(docs, page)
    section = text[text.index("## Statements that differ") : text.index("## Statements { ")]
    assert "Papers of the atlas say different things." in section
    assert section.index("increases 1 study") < section.index("BMSC exosomes raised IL-10.")
    assert section.index("decreases 1 study") < section.index("BMSC exosomes lowered IL-10.")


def test_a_retracted_work_says_so_wherever_a_statement_rests_on_it(half: Path) -> None:
    page = read(half, "references/w1")
    assert "Retraction of 2024-05-17, as reported by Crossref on 2026-11-21." in page
    assert "Do not rest a decision on this work." in page
    assert "retracted" in read(half, "references")
    assert "retracted" in read(half, "papers/p")
    assert "retracted" not in read(half, "papers/q")


def test_a_retracted_paper_says_so_on_its_own_page(retracted: Path) -> None:
    assert "Retraction of 2024-05-17" in read(retracted, "papers/q")
    assert "Retraction" not in read(retracted, "papers/p")
    assert "all that this statement rests on was retracted" in read(retracted, "papers/q")


def test_a_finding_on_retracted_work_says_so_and_counts_as_no_evidence(half: Path) -> None:
    assert "all that this statement rests on was retracted" in read(half, "papers/p")
    assert "all that this statement rests on" not in read(half, "papers/q")
    source = read(half, "sources/bmsc")
    assert re.search(r"1 study\s*: role not stated\.", source)
    assert "Statements that differ" not in source, "a retracted statement contradicts nothing"


def test_a_study_that_was_retracted_is_no_study(atlas: Library) -> None:
    whole, half, none = atlas, retract(atlas, "w1"), retract(atlas, "w1", "w2")
    counts = []
    for given in (whole, half, none):
        made = build_index(given)
        counts.append([s.id for s in find_term_studies(made, given.terms["bmsc"])])
    assert counts == [["w1", "w2"], ["w2"], []]


def test_correcting_a_work_does_not_withdraw_it() -> None:
    kinds = {"correction": False, "erratum": False, "expression-of-concern": False}
    kinds |= {"retraction": True, "partial-retraction": True, "withdrawal": True, "removal": True}
    for kind, withdraws in kinds.items():
        assert RETRACTION.model_copy(update={"kind": kind}).withdraws is withdraws
    cited = models.Reference(
        id="w", csl=models.CslItem(type="book", title="W"), printed="W", cited_in=[]
    )
    assert not cited.withdrawn


def read_api(library: Library) -> dict[str, dict[str, Any]]:
    return {
        name: {str(record["id"]): record for record in records}
        for name, records in each_collection(build_index(library), "https://atlas.example/")
    }


def test_the_api_says_which_findings_rest_on_retracted_work(atlas: Library) -> None:
    api = read_api(retract(atlas, "w1"))
    assert (api["findings"]["f1"]["retracted"], api["findings"]["f1"]["stands"]) == (["w1"], False)
    assert not {"retracted", "stands"} & api["findings"]["f2"].keys()
    assert api["references"]["w1"]["custom"]["notices"] == [
        {
            "kind": "retraction",
            "doi": "10.1000/notice",
            "issued": "2024-05-17",
            "reported_by": "Crossref",
            "seen_at": "https://api.crossref.org/works/10.1000/w1",
            "seen_on": "2026-11-21",
        }
    ]
    assert api["references"]["w2"]["custom"]["notices"] == []


def test_a_finding_with_one_ground_left_stands(atlas: Library) -> None:
    one = finding("f3", "p", "up", references=[1, 2], quote="BMSC exosomes raised IL-10.")
    paper = atlas.papers["p"]
    both = dataclasses.replace(
        paper,
        findings=[one],
        references=[
            *paper.references,
            atlas.papers["q"].references[0].model_copy(update={"number": 2}),
        ],
    )
    library = dataclasses.replace(
        atlas,
        papers={**atlas.papers, "p": both},
        references=merge_references([both, atlas.papers["q"]], {}),
    )
    found = read_api(retract(library, "w1"))["findings"]["f3"]
    assert (found["retracted"], found["stands"]) == (["w1"], True)
    found = read_api(retract(library, "w1", "p"))["findings"]["f3"]
    assert (found["retracted"], found["stands"]) == (["w1", "p"], False)
