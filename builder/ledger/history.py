"""What the data of each page is, so that the ledger can tell when it last changed.

The digest of a page is made of the records that it shows, never of its HTML: a new look, a moved
line of the seed or a new release leaves it alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from builder import ids, ledger, store
from builder.ledger.moves import Side, find_moves, find_row_moves
from builder.models import Address, Finding
from builder.store import Library, PaperBundle

_LENGTH = 12


def renew_ledger(
    before: Iterable[Side],
    library: Library,
    day: date,
    papers: Mapping[str, str] | None = None,
    *,
    trusted: bool = False,
) -> list[Address]:
    """Return the ledger of a library after an extraction.

    New addresses are live since ``day``, those whose record goes on under a new id lead there, and
    each page's data has its digest. ``before`` are the records as they stood before, at one time or
    several, the last one last; ``papers`` those that are known to go on, old and new id.
    ``trusted`` tells that the ledger's digests are this program's, of the records in ``before``:
    those of papers whose records are the very same objects there are taken over.
    """
    sides = list(before)
    current = ledger.list_addresses(library)
    entries = ledger.extend_ledger(library.ledger, current, day, ledger.find_papers(library))
    after = Side(library.papers, library.references)
    for side in sides:
        moves = find_moves(side, after, papers)
        entries = ledger.lead_rows(entries, moves, find_row_moves(side, after, moves))
        entries = ledger.apply_moves(entries, moves, current)
    known = _find_known(library, sides) if trusted else {}
    return ledger.date_ledger(entries, digest_pages(library, known), day)


def _find_known(library: Library, before: Sequence[Side]) -> dict[str, str]:
    """Return the digests in the ledger of papers that are unchanged, and of their findings."""
    told = {e.address: e.digest for e in library.ledger if e.state == "live" and e.digest}
    found: dict[str, str] = {}
    for name, bundle in library.papers.items():
        if before and all(_is_same(side.papers.get(name), bundle) for side in before):
            names = [ids.page_path("finding", f.id) for f in bundle.findings]
            for address in (ids.page_path("paper", name), *names):
                digest = told.get(address)
                if digest:
                    found[address] = digest
    return found


def _is_same(one: PaperBundle | None, other: PaperBundle) -> bool:
    """Tell whether two bundles hold the same objects; works that got another id are others."""
    if one is None or len(one.references) != len(other.references):
        return False
    alike = ("paper", "tables", "findings", "trials")
    return all(getattr(one, part) is getattr(other, part) for part in alike) and all(
        a is b for a, b in zip(one.references, other.references, strict=True)
    )


def digest_pages(library: Library, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a hash of the data of each page, by address; ``known`` are those of some."""
    known = known or {}
    findings = {
        f.id: known.get(ids.page_path("finding", f.id)) or _digest(bare(f))
        for f in library.findings()
    }
    found = {ids.page_path("finding", name): value for name, value in findings.items()}
    found |= _digest_terms(library, findings)
    found |= _digest_works(library, findings)
    found |= _digest_trials(library)
    found |= _digest_papers(library, known)
    whole = _digest(sorted(found.items()))
    for address, record in ledger.list_addresses(library).items():
        if record.startswith("release:"):
            found[address] = _digest(record)  # frozen: its data never changes
        elif address not in found:
            below = [value for path, value in found.items() if address and path.startswith(address)]
            found[address] = _digest(sorted(below)) if below else whole
    return dict(sorted(found.items()))


def _digest_terms(library: Library, findings: dict[str, str]) -> dict[str, str]:
    naming: dict[str, list[str]] = defaultdict(list)
    for finding in library.findings():
        for name in sorted(set(list_terms(finding))):
            naming[name].append(findings[finding.id])
    trials: dict[str, list[str]] = defaultdict(list)
    for trial in library.trials():
        for name in sorted({*trial.sources, *trial.conditions}):
            trials[name].append(trial.id)
    children: dict[str, list[str]] = defaultdict(list)
    for term in library.terms.values():
        if term.parent:
            children[term.parent].append(term.id)
    return {
        ids.page_path(term.kind, term.id): _digest(
            [bare(term), sorted(children[term.id]), sorted(naming[term.id]), trials[term.id]]
        )
        for term in library.terms.values()
        if term.kind in ids.FOLDERS
    }


def _digest_works(library: Library, findings: dict[str, str]) -> dict[str, str]:
    resting: dict[str, list[str]] = defaultdict(list)
    for bundle in library.papers.values():
        works: dict[int | None, list[str]] = defaultdict(list)  # several may share a number
        for cited in bundle.references:
            works[cited.number].append(cited.id)
        for finding in bundle.findings:
            numbers = {*finding.references, finding.locator.reference}
            for name in sorted({w for n in numbers if n in works for w in works[n]}):
                resting[name].append(findings[finding.id])
    return {
        ids.page_path("reference", name): _digest([bare(work), sorted(resting[name])])
        for name, work in library.references.items()
    }


def _digest_trials(library: Library) -> dict[str, str]:
    told: dict[str, list[Any]] = defaultdict(list)
    for trial in library.trials():
        told[trial.id].append(bare(trial))
    return {
        ids.page_path("trial", name): _digest(
            [tellings, bare(library.registry[name]) if name in library.registry else None]
        )
        for name, tellings in told.items()
    }


def _digest_papers(library: Library, known: Mapping[str, str]) -> dict[str, str]:
    return {
        ids.page_path("paper", name): known.get(ids.page_path("paper", name))
        or _digest(
            [
                [bare(record) for record in records]
                for records in (
                    [bundle.paper],
                    bundle.references,
                    bundle.tables,
                    bundle.findings,
                    bundle.trials,
                )
            ]
        )
        for name, bundle in library.papers.items()
    }


def list_terms(finding: Finding) -> Iterator[str]:
    """Yield the id of each term that a finding names."""
    for names in (
        finding.sources,
        finding.modifications,
        finding.vehicles,
        finding.targets,
        finding.partners,
        finding.models,
        finding.species,
        finding.conditions,
    ):
        yield from names
    for items in (finding.cargo, finding.mechanisms, finding.outcomes):
        yield from (item.id for item in items)


def bare(record: BaseModel) -> Any:
    """Return a record as plain data without lines of the seed: they tell where, not what."""
    return _without_lines(store.plain(record))


def _without_lines(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            k: _without_lines(v) for k, v in data.items() if k != "line" and not k.endswith("_line")
        }
    if isinstance(data, list):
        return [_without_lines(v) for v in data]
    return data


def _digest(data: Iterable[Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
