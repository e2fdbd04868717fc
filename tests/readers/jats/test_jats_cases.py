"""Golden cases: a folder each with article.xml and expected.yml, written by hand from the XML.

expected.yml says only what a case is about; what it does not name is not compared.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.models.document import Citation, Document, Person
from builder.readers import read_seed

CASES = sorted((Path(__file__).parent / "cases").glob("*/article.xml"))


def test_cases_are_found() -> None:
    assert len(CASES) >= 9


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.parent.name)
def test_case(path: Path) -> None:
    expected = yaml.safe_load(path.with_name("expected.yml").read_text(encoding="utf-8"))
    document = read_seed(path, path.parent)
    for part, wanted in expected.items():
        assert VIEWS[part](document, wanted) == wanted, part


def _name(person: Person) -> str:
    words = [person.family, person.given, person.suffix]
    return person.literal or ", ".join(word for word in words if word)


def _work(document: Document, wanted: dict[str, Any]) -> dict[str, Any]:
    work = document.front.work
    own: dict[str, Any] = {
        "authors": [_name(a) for a in work.authors],
        "orcids": [a.orcid for a in work.authors],
        "affiliations": [list(a.affiliations) for a in work.authors],
        "issued": list(work.issued),
        "licence": document.front.licence,
        "licence_url": document.front.licence_url,
    }
    return {key: own[key] if key in own else getattr(work, key) for key in wanted}


def _citation(citation: Citation, wanted: dict[str, Any]) -> dict[str, Any]:
    work = citation.fields
    own: dict[str, Any] = {"number": citation.number, "printed": citation.printed}
    own["tagged"] = work is not None
    if work is not None:
        own |= {
            "authors": [_name(a) for a in work.authors],
            "editors": [_name(a) for a in work.editors],
            "issued": list(work.issued),
            "accessed": list(work.accessed),
        }
    return {key: own[key] if key in own else getattr(work, key) for key in wanted}


def _citations(document: Document, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert len(document.citations) == len(wanted)
    return [_citation(c, w) for c, w in zip(document.citations, wanted, strict=True)]


def _table(document: Document, index: int, wanted: dict[str, Any]) -> dict[str, Any]:
    grid = document.tables[index]
    cells = [cell for row in grid.rows for cell in row]
    own: dict[str, Any] = {
        "rows": [[cell.text for cell in row] for row in grid.rows],
        "headers": [all(cell.header for cell in row) for row in grid.rows],
        "spans": [[c.text, c.colspan, c.rowspan] for c in cells if c.colspan * c.rowspan > 1],
        "cites": [[c.text, *c.citations] for c in cells if c.citations],
        "footnotes": list(grid.footnotes),
    }
    return {key: own[key] if key in own else getattr(grid, key) for key in wanted}


def _tables(document: Document, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert len(document.tables) == len(wanted)
    return [_table(document, index, w) for index, w in enumerate(wanted)]


VIEWS: dict[str, Any] = {
    "work": _work,
    "headings": lambda d, _: [[h.level, h.text] for h in d.headings],
    "blocks": lambda d, _: [[b.kind, b.section, b.text] for b in d.blocks],
    "cited": lambda d, _: [list(b.citations) for b in d.blocks if b.kind == "paragraph"],
    "marks": lambda d, _: [
        [[b.text[at : at + 4], *numbers] for at, numbers in b.marks]
        for b in d.blocks
        if b.kind == "paragraph"
    ],
    "figures": lambda d, _: [[f.label, f.caption] for f in d.figures],
    "tables": _tables,
    "citations": _citations,
    "abbreviations": lambda d, _: [list(pair) for pair in d.abbreviations],
    "problems": lambda d, _: sorted({p.rule for p in d.problems}),
}
