"""Which pages the site has, and at which address and anchor each record stands.

It knows records only. A term has a page where evidence names it, or a narrower term; a statement is
an anchor of its paper's page, or of the page of the cited work whose title it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from builder.addresses.outlines import list_terms
from builder.models import Finding, Reference, Table, Term
from builder.store import Library, PaperBundle
from builder.text import ids

# The kinds of terms that may have a page of their own; all others are lines of the glossary.
TERM_KINDS = ("source", "mechanism", "vehicle", "condition")
GLOSSARY = "glossary/"
T = TypeVar("T")
# Beyond so many statements, or so much of anything, a paper goes on at pages of its own.
MOST_STATEMENTS = 200
_MOST_CELLS = 900
_MOST_REFERENCES = 250


@dataclass(frozen=True, slots=True)
class Part:
    """A further page of a paper: statements, rows of one table, or references.

    ``slug`` hangs on the place in the paper alone, so that the address stays when other statements
    come: ``table-2``, ``table-2-from-101``, ``references-from-251``, ``text-methods``.
    """

    slug: str
    title: str
    statements: Sequence[str] = ()  # ids of findings
    table: int | None = None
    rows: Sequence[str] = ()  # ids of rows
    references: Sequence[int] = ()  # numbers


@dataclass(frozen=True, slots=True)
class PageIndex:
    """Where every record of a library stands. Addresses are those below the site's root.

    ``terms`` and ``works`` are the ids of terms and cited works with a page of their own, ``parts``
    the further pages of each paper.
    """

    terms: frozenset[str]
    works: frozenset[str]
    parts: Mapping[str, Sequence[Part]]
    findings: Mapping[str, str] = field(default_factory=dict)  # page of each finding
    _rows: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _numbers: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def term(self, term: Term) -> str:
        """Return the address of a term: ``sources/bmsc/``, else its line in the glossary."""
        if term.id in self.terms:
            return ids.page_path(term.kind, term.id)
        return f"{GLOSSARY}#term-{term.id}"

    def finding(self, finding: str) -> str:
        """Return the address of a finding with its anchor: ``papers/x/#f1``."""
        return f"{self.findings[finding]}#{finding}"

    def row(self, paper: str, row: str) -> str:
        """Return the address of a row of a paper's table."""
        page = self._rows.get((paper, row)) or ids.page_path("paper", paper)
        return f"{page}#{ids.row_anchor(row)}"

    def cited(self, paper: str, number: int) -> str:
        """Return the address of an entry of a paper's reference list."""
        page = self._numbers.get((paper, number)) or ids.page_path("paper", paper)
        return f"{page}#{ids.reference_anchor(number)}"

    def work(self, reference: Reference) -> str:
        """Return the address of a cited work: its page, else the entry of the paper citing it."""
        if reference.id in self.works:
            return ids.page_path("reference", reference.id)
        first = reference.cited_in[0]
        return self.cited(first.paper, first.number)


def find_pages(library: Library) -> PageIndex:
    """Return which pages a library needs, and where each of its records stands."""
    works: set[str] = {r.id for r in library.references.values() if _cited_twice(r)}
    findings: dict[str, str] = {}
    rows: dict[tuple[str, str], str] = {}
    numbers: dict[tuple[str, int], str] = {}
    parts: dict[str, tuple[Part, ...]] = {}
    for name, bundle in library.papers.items():
        cited = {entry.number: entry.id for entry in bundle.references}
        resting = [n for f in bundle.findings for n in _numbers_of(f)]
        resting += [n for t in bundle.trials for n in t.references]
        works |= {cited[number] for number in resting if number in cited}
        page = ids.page_path("paper", name)
        for finding in bundle.findings:
            work = cited.get(finding.locator.reference or -1)
            findings[finding.id] = ids.page_path("reference", work) if work else page
        parts[name] = tuple(split_paper(bundle))
        for part in parts[name]:
            path = f"{page}{part.slug}/"
            findings |= dict.fromkeys(part.statements, path)
            rows |= {(name, row): path for row in part.rows}
            numbers |= {(name, number): path for number in part.references}
    return PageIndex(find_evident_terms(library), frozenset(works), parts, findings, rows, numbers)


def find_evident_terms(library: Library) -> frozenset[str]:
    """Return the terms that get a page: what findings and trials name, and their ancestors."""
    named = {name for f in library.findings() for name in list_terms(f)}
    for trial in library.trials():
        named |= {*trial.sources, *trial.conditions}
    found: set[str] = set()
    queue = list(named)
    while queue:
        term = library.terms.get(queue.pop())
        if term is None or term.id in found:
            continue
        found.add(term.id)
        queue += list_parents(term)
    return frozenset(name for name in found if library.terms[name].kind in TERM_KINDS)


def list_parents(term: Term) -> list[str]:
    """Return the ids of the next broader terms."""
    return [term.parent] if term.parent else []


def list_own_statements(bundle: PaperBundle) -> list[Finding]:
    """Return the findings that stand on the pages of the paper itself, in its order.

    Those read from the title of a work of its list stand on the page of that work.
    """
    cited = {entry.number for entry in bundle.references}
    return [f for f in bundle.findings if f.locator.reference not in cited]


def split_paper(bundle: PaperBundle) -> Iterator[Part]:
    """Yield the further pages of a paper; none where its own page holds all of it."""
    statements = list_own_statements(bundle)
    many = len(statements) > MOST_STATEMENTS
    by_row: dict[str, list[str]] = {}
    sections: dict[str, list[str]] = {}
    for finding in statements if many else ():
        if finding.locator.row:
            by_row.setdefault(finding.locator.row, []).append(finding.id)
        elif finding.locator.kind == "full-text":
            sections.setdefault(finding.locator.section or "", []).append(finding.id)
    for table in bundle.tables:
        yield from _split_table(table, by_row, many)
    known = [row.id for table in bundle.tables for row in table.rows]
    sections.setdefault("", []).extend(f for r in by_row if r not in known for f in by_row[r])
    taken: set[str] = set()
    for section, names in sections.items():
        for start, held in _chunk(names, MOST_STATEMENTS):
            slug = _free(f"text-{ids.slug(section) if section else 'body'}{_from(start)}", taken)
            yield Part(slug, section or "Text", statements=held)
    numbers = sorted({entry.number for entry in bundle.references})
    for start, own in _chunk(numbers, _MOST_REFERENCES):
        if start:
            title = f"References {own[0]} to {own[-1]}"
            yield Part(f"references-from-{own[0]}", title, references=own)


def _split_table(table: Table, by_row: Mapping[str, Sequence[str]], many: bool) -> Iterator[Part]:
    """Yield the pages of a table: those of its statements where they are many, or of a long one."""
    size = max(1, _MOST_CELLS // (len(table.columns) + 1))
    held = [row.id for row in table.rows]
    stated = many and any(row in by_row for row in held)
    if not stated and len(held) <= size:
        return
    label = table.label or f"Table {table.number}"
    for start, rows in _chunk(held, size):
        title = label if len(held) <= size else f"{label}, rows {start + 1} to {start + len(rows)}"
        yield Part(
            f"table-{table.number}{_from(start)}",
            title,
            statements=[f for row in rows for f in by_row.get(row, ())],
            table=table.number,
            rows=rows,
        )


def _from(start: int) -> str:
    return f"-from-{start + 1}" if start else ""


def _free(slug: str, taken: set[str]) -> str:
    """Return a slug that no other part of the paper has: a section may have a namesake."""
    name, number = slug, 1
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    taken.add(name)
    return name


def _chunk(entries: Sequence[T], most: int) -> Iterator[tuple[int, Sequence[T]]]:
    for start in range(0, len(entries), most):
        yield start, entries[start : start + most]


def _cited_twice(reference: Reference) -> bool:
    return len({place.paper for place in reference.cited_in}) > 1


def _numbers_of(finding: Finding) -> Iterable[int]:
    """Return the numbers of the works that a finding rests on."""
    title = finding.locator.reference
    return [*finding.references, *([title] if title is not None else [])]
