"""Golden cases: a seed and what a person reads in it. A new case is two files and no code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.models.document import Document, Grid, Person
from builder.readers import read_seed

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/expected.yml"))


def _expected(case: Path) -> dict[str, Any]:
    return yaml.safe_load((case / "expected.yml").read_text(encoding="utf-8"))


def _document(case: Path) -> Document:
    named = _expected(case).get("seed")
    return read_seed(ROOT / named if named else case / "seed.txt", ROOT)


def _name(person: Person) -> str:
    if person.literal:
        return f"={person.literal}"
    suffix = f" ({person.suffix})" if person.suffix else ""
    return f"{person.family}, {person.given}{suffix}"


def _table(grid: Grid, wanted: dict[str, Any]) -> dict[str, Any]:
    facts = {
        "number": grid.number,
        "line": grid.line,
        "rows": len(grid.rows),
        "columns": len(grid.rows[0]),
        "first": [cell.text for cell in grid.rows[0]],
        "last_citations": list(grid.rows[-1][-1].citations),
        "label": grid.label,
        "caption": grid.caption,
        "widths": [len(row) for row in grid.rows],
        "cells": [[cell.text for cell in row] for row in grid.rows],
    }
    return {key: facts[key] for key in wanted}


def _same_text(got: str, wanted: str) -> bool:
    """Compare texts; one that ends in … is the beginning of a longer one."""
    return got.startswith(wanted[:-1]) if wanted.endswith("…") else got == wanted


def _facts(document: Document) -> dict[str, Any]:
    work, front = document.front.work, document.front
    return {
        "layout": document.layout,
        "title": work.title,
        "authors": [_name(p) for p in work.authors],
        "et_al": work.et_al,
        "orcid": {i: p.orcid for i, p in enumerate(work.authors) if p.orcid},
        "doi": work.doi,
        "pmid": work.pmid,
        "pmcid": work.pmcid,
        "issued": list(work.issued),
        "container": work.container,
        "container_short": work.container_short,
        "volume": work.volume,
        "issue": work.issue,
        "page": work.page,
        "licence": front.licence,
        "licence_url": front.licence_url,
        "source_url": front.source_url,
        "headings": [[h.line, h.level, h.text] for h in document.headings],
        "entities": [[e.line, e.group, e.label, e.identifier] for e in document.entities],
        "figures": [[f.line, f.label, f.caption] for f in document.figures],
        "figures_note": document.figures_note,
        "citations": [[c.number, c.line, c.printed, list(c.labels)] for c in document.citations],
        "citation_count": len(document.citations),
        "abbreviations": dict(document.abbreviations),
        "problems": [[p.line, p.rule] for p in document.problems],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_reads_as_expected(case: Path) -> None:
    document = _document(case)
    facts = _facts(document)
    expected = _expected(case)
    for key in expected.keys() & facts.keys():
        assert facts[key] == expected[key], key
    assert expected.keys() <= facts.keys() | {"seed", "blocks", "tables", "citations_at"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_blocks_and_tables(case: Path) -> None:
    document, expected = _document(case), _expected(case)
    if "blocks" in expected:
        got = [(b.line, b.kind) for b in document.blocks]
        assert got == [(line, kind) for line, kind, _ in expected["blocks"]]
        for block, (_, _, text) in zip(document.blocks, expected["blocks"], strict=True):
            assert _same_text(block.text, text), text
    if "tables" in expected:
        pairs = zip(document.tables, expected["tables"], strict=True)
        for grid, wanted in pairs:
            assert _table(grid, wanted) == wanted
    for number, (line, text, labels) in expected.get("citations_at", {}).items():
        citation = document.citations[number - 1]
        assert (citation.number, citation.line) == (number, line)
        assert _same_text(citation.printed, text)
        assert list(citation.labels) == labels


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_text_stands_in_its_line(case: Path) -> None:
    named = _expected(case).get("seed")
    lines = (ROOT / named if named else case / "seed.txt").read_text("utf-8").split("\n")
    document = _document(case)
    for heading in document.headings:
        assert heading.text in lines[heading.line - 1]
    for block in document.blocks:
        assert block.text in lines[block.line - 1]
    for entity in document.entities:
        assert entity.identifier in lines[entity.line - 1]
    for cell in (c for grid in document.tables for row in grid.rows for c in row):
        assert cell.text.replace("|", "\\|") in lines[cell.line - 1]


def test_there_are_cases() -> None:
    assert len(CASES) >= 7
