"""Which pages exist, and the address of everything: one answer for ledger, site, search and data.

A page exists because evidence names its subject. What was published once keeps its page while its
record stands, as a stub where the evidence is gone. A statement stands at an anchor of its paper's
page, or of the cited work's page where it was read from that work's title.

The digest of a page says when its data last changed. It is made of the records that the page shows,
never of its HTML: a new look, a moved line of the seed or a new release leaves it alone. Overviews
have none: they change with any record.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

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


def term_address(library: Library, term: Term) -> str:
    """Return the address of a term: its page, else its line of the glossary."""
    paged = term.id in find_pages(library).terms
    return ids.page_path(term.kind, term.id) if paged else f"glossary/#{term.id}"


def part_path(paper: str, number: int) -> str:
    """Return the address of a part of a paper's page; the first is the page itself."""
    page = ids.page_path("paper", paper)
    return page if number == 1 else f"{page}{number}/"


def list_terms(record: Finding | Trial) -> Iterator[str]:
    """Yield the ids that the lists of a statement or a trial hold; not all need be terms."""
    for value in (getattr(record, name) for name in type(record).model_fields):
        for item in value if isinstance(value, list) else ():
            held = vars(item) if isinstance(item, Record) else {"id": item}
            if isinstance(name := held.get("id"), str):
                yield name
            yield from (m for m in held.get("materials", ()) if isinstance(m, str))


def find_works(bundle: PaperBundle, record: Finding | Trial) -> list[str]:
    """Return the ids of the works that a statement or a trial rests on."""
    numbers = {*record.references, record.locator.reference}
    return sorted({cited.id for cited in bundle.references if cited.number in numbers})


@lru_cache(maxsize=4)  # worked out once a library, of which a command compares two
def find_pages(library: Library) -> Pages:
    """Return the pages of a library."""
    published: dict[str, set[str]] = defaultdict(set)
    stood: dict[str, str] = {}
    for entry in library.ledger:
        if entry.state == "live":
            kind, _, name = entry.record.partition(":")
            published[kind].add(name)
            stood[entry.record] = entry.address
    named: set[str] = set()
    resting: set[str] = set()
    findings: dict[str, str] = {}
    parts = {}
    for name, bundle in sorted(library.papers.items()):
        for record in list_statements(bundle):
            named |= {t.id for t in list_above(library, record) if t.kind in TERM_KINDS}
            resting.update(find_works(bundle, record))
        own = [f for f in bundle.findings if f.locator.kind != "reference-title"]
        titled = [f for f in bundle.findings if f.locator.kind == "reference-title"]
        parts[name] = _part(name, own, stood)
        for number, part in enumerate(parts[name], 1):
            findings |= {finding: f"{part_path(name, number)}#{finding}" for finding in part}
        findings |= {f.id: f"{_title_page(bundle, f)}#{f.id}" for f in titled}
    addresses = {}
    works = set()
    for name, work in library.references.items():
        place = min(work.cited_in, key=lambda p: (p.paper, p.number))
        anchor = ids.reference_anchor(place.number)
        addresses[name] = f"{ids.page_path('paper', place.paper)}#{anchor}"
        several = len({place.paper for place in work.cited_in}) > 1
        if several or name in resting or name in published["reference"]:
            works.add(name)
            addresses[name] = ids.page_path("reference", name)
    known = {n for kind in TERM_KINDS for n in published[kind] if n in library.terms}
    terms = named | {n for n in known if library.terms[n].kind in TERM_KINDS}
    return Pages(frozenset(terms), frozenset(named), frozenset(works), findings, addresses, parts)


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
    return [term.parent] if term.parent else []


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


# --- digests --------------------------------------------------------------------------------------


def digest_pages(library: Library) -> dict[str, str]:
    """Return a hash of the data of each page of a record, by address."""
    pages = find_pages(library)
    shown: dict[str, list[str]] = defaultdict(list)  # by address, digests of what a page shows
    for name, bundle in sorted(library.papers.items()):
        whole: list[Any] = [bare(bundle.paper)]
        whole += [bare(record) for record in (*bundle.references, *bundle.tables)]
        for record in list_statements(bundle):
            own = digest(bare(record))
            whole.append(own)
            for term in list_above(library, record):
                if term.id in pages.terms:
                    shown[ids.page_path(term.kind, term.id)].append(own)
            for work in find_works(bundle, record):
                if work in pages.works:
                    shown[ids.page_path("reference", work)].append(own)
        for trial in bundle.trials:
            shown[ids.page_path("trial", trial.id)].append(digest(bare(trial)))
        shown[ids.page_path("paper", name)].append(digest(whole))
    found = {address: digest(sorted(digests)) for address, digests in shown.items()}
    return dict(sorted({**found, **_digest_own(library, shown)}.items()))


def _digest_own(library: Library, shown: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the digests of pages that show a record of their own beside statements."""
    pages = find_pages(library)
    below: dict[str, list[str]] = defaultdict(list)
    for term in library.terms.values():
        for parent in list_parents(term):
            below[parent].append(term.id)
    own: dict[str, Any] = {}
    for name in pages.terms:
        term = library.terms[name]
        own[ids.page_path(term.kind, name)] = [bare(term), sorted(below[name])]
    for name in pages.works:
        own[ids.page_path("reference", name)] = bare(library.references[name])
    for name, record in library.registry.items():
        if (address := ids.page_path("trial", name)) in shown:
            own[address] = bare(record)
    return {a: digest([data, sorted(shown.get(a, ()))]) for a, data in own.items()}


def bare(record: BaseModel) -> dict[str, Any]:
    """Return a record as plain data without lines of the seed: they say where, not what."""
    return _bare(record.model_dump(mode="json", by_alias=True, exclude_none=True))


def _bare(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key == "line" or key.endswith("_line"):
            continue
        if type(value) is list:
            if value:
                found[key] = [_bare(v) if type(v) is dict else v for v in value]
        else:
            found[key] = _bare(value) if type(value) is dict else value
    return found


def digest(data: Any) -> str:
    """Return a short hash of plain data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
