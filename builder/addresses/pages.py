"""Which pages exist, and the address of everything: one answer for ledger, site, search and data.

A page exists because evidence names its subject. What was published once keeps its page while its
record stands, as a stub where the evidence is gone. A statement stands at an anchor of its paper's
page, or of the cited work's page where it was read from that work's title.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from builder.models import Finding, Record, Term, Trial
from builder.store import Library, PaperBundle
from builder.text import ids

# Kinds of terms that have pages; entries of other kinds are lines of the glossary.
TERM_KINDS = ("source", "mechanism", "vehicle", "condition")
# So many statements stand on one page of a paper; the others stand on its parts.
STATEMENTS_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one library.

    ``terms`` are ids of terms with a page; those in ``named`` have evidence, their own or that of
    a subtype, the others are stubs. ``works`` are ids of cited works with a page. ``findings`` and
    ``references`` give the address of each statement and each cited work. ``parts`` has, by paper,
    the ids of the statements on each of its pages, the first at the paper's own address.
    """

    terms: frozenset[str]
    named: frozenset[str]
    works: frozenset[str]
    findings: Mapping[str, str]
    references: Mapping[str, str]
    parts: Mapping[str, Sequence[Sequence[str]]]


_KNOWN: WeakKeyDictionary[Library, Pages] = WeakKeyDictionary()


def find_pages(library: Library) -> Pages:
    """Return the pages of a library; they are worked out once."""
    if library not in _KNOWN:
        _KNOWN[library] = _find_pages(library)
    return _KNOWN[library]


def term_has_page(library: Library, name: str) -> bool:
    """Return whether a term has a page: evidence names it or a subtype, or once did."""
    return name in find_pages(library).terms


def term_address(library: Library, term: Term) -> str:
    """Return the address of a term: its page, else its line of the glossary."""
    return (
        ids.page_path(term.kind, term.id)
        if term_has_page(library, term.id)
        else f"glossary/#{term.id}"
    )


def part_path(paper: str, number: int) -> str:
    """Return the address of a part of a paper's page; the first is the page itself."""
    page = ids.page_path("paper", paper)
    return page if number == 1 else f"{page}{number}/"


def list_terms(record: Finding | Trial) -> Iterator[str]:
    """Yield the ids that the lists of a statement or a trial hold; not all need be terms."""
    for value in (getattr(record, name) for name in type(record).model_fields):
        for item in value if isinstance(value, list) else ():
            name = item if isinstance(item, str) else getattr(item, "id", None)
            if isinstance(name, str):
                yield name
            if isinstance(item, Record):
                yield from (m for m in getattr(item, "materials", ()) if isinstance(m, str))


def find_works(bundle: PaperBundle, record: Finding | Trial) -> list[str]:
    """Return the ids of the works that a statement or a trial rests on."""
    numbers = {*record.references, record.locator.reference}
    return sorted({cited.id for cited in bundle.references if cited.number in numbers})


def _find_pages(library: Library) -> Pages:
    published: dict[str, set[str]] = defaultdict(set)
    stood: dict[str, str] = {}
    for entry in library.ledger:
        if entry.state == "live":
            kind, _, name = entry.record.partition(":")
            published[kind].add(name)
            stood[entry.record] = entry.address
    named = {
        term.id
        for bundle in library.papers.values()
        for record in list_statements(bundle)
        for term in list_above(library, record)
        if term.kind in TERM_KINDS
    }
    known = {n for kind in TERM_KINDS for n in published[kind] if n in library.terms}
    resting = {
        work
        for bundle in library.papers.values()
        for record in list_statements(bundle)
        for work in find_works(bundle, record)
    }
    works = frozenset(
        name
        for name, work in library.references.items()
        if name in resting
        or name in published["reference"]
        or len({place.paper for place in work.cited_in}) > 1
    )
    findings: dict[str, str] = {}
    parts = {}
    for name, bundle in sorted(library.papers.items()):
        own = [f for f in bundle.findings if f.locator.kind != "reference-title"]
        parts[name] = _part(name, own, stood)
        for number, part in enumerate(parts[name], 1):
            findings |= {finding: f"{part_path(name, number)}#{finding}" for finding in part}
        findings |= {
            f.id: f"{_title_page(bundle, f)}#{f.id}"
            for f in bundle.findings
            if f.locator.kind == "reference-title"
        }
    return Pages(
        frozenset(named | {n for n in known if library.terms[n].kind in TERM_KINDS}),
        frozenset(named),
        works,
        findings,
        {name: _reference_address(library, name, works) for name in library.references},
        parts,
    )


def list_statements(bundle: PaperBundle) -> list[Finding | Trial]:
    """Return the statements and trials of a paper."""
    return [*bundle.findings, *bundle.trials]


def list_above(library: Library, record: Finding | Trial) -> list[Term]:
    """Return the terms that a statement or a trial names, and all above them."""
    waiting = list(list_terms(record))
    found: dict[str, Term] = {}
    while waiting:
        name = waiting.pop()
        term = None if name in found else library.terms.get(name)
        if term:
            found[name] = term
            waiting += list_parents(term)
    return list(found.values())


def list_parents(term: Term) -> list[str]:
    """Return the ids of the terms right above a term."""
    several: Iterable[str] = getattr(term, "parents", ())
    return [*several, *([term.parent] if term.parent else [])]


def _part(paper: str, findings: Sequence[Finding], stood: Mapping[str, str]) -> list[list[str]]:
    """Return the ids of a paper's statements by page; one that stood on a page stays there."""
    parts: dict[int, list[str]] = defaultdict(list)
    page = ids.page_path("paper", paper)
    fresh = []
    for finding in sorted(findings, key=lambda f: (f.locator.line, f.id)):
        held = stood.get(f"finding:{finding.id}", "").partition("#")[0]
        rest = held.removeprefix(page).strip("/") if held.startswith(page) else "?"
        if rest == "" or (rest.isdecimal() and int(rest) > 1):
            parts[int(rest or 1)].append(finding.id)
        else:
            fresh.append(finding.id)
    number = 1
    for name in fresh:
        while len(parts[number]) >= STATEMENTS_PER_PAGE:
            number += 1
        parts[number].append(name)
    return [parts[n] for n in range(1, max(parts, default=1) + 1)]


def _title_page(bundle: PaperBundle, finding: Finding) -> str:
    """Return the page of the work from whose title a statement was read."""
    same = [c for c in bundle.references if c.number == finding.locator.reference]
    own = [c for c in same if c.line == finding.locator.line] or same
    if not own:
        return ids.page_path("paper", bundle.paper.id)
    return ids.page_path("reference", own[0].id)


def _reference_address(library: Library, name: str, works: frozenset[str]) -> str:
    if name in works:
        return ids.page_path("reference", name)
    place = min(library.references[name].cited_in, key=lambda p: (p.paper, p.number))
    page = ids.page_path("paper", place.paper)
    return f"{page}#{ids.reference_anchor(place.number)}"
