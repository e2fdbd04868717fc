"""What changes in the pages of a library when some of its papers do, and nothing else.

It gives what the outlines of the whole library would give, from what is kept of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from builder import ids
from builder.ledger.kept import Kept, Page
from builder.ledger.outlines import Basis, Outline, digest_overviews

# Records of pages that hang on all others.
_MADE = ("overview:", "release:")
_TERMS = ("source", "mechanism", "vehicle", "condition")


@dataclass(frozen=True, slots=True)
class Part:
    """All pages as they are now, and of those that changed or came what they were (None: nothing).

    ``bases`` are those of the pages of terms and works that changed, ``papers`` names the paper
    behind each page of a finding that changed.
    """

    pages: Mapping[str, Page]
    changed: Mapping[str, Page | None]
    bases: Mapping[str, Basis]
    papers: Mapping[str, str]


def renew_pages(kept: Kept, old: Mapping[str, Outline], new: Mapping[str, Outline]) -> Part | None:
    """Return what changes where papers get new outlines; None where more may change than that.

    The papers cite the works that they cited, and all other records stayed.
    """
    if any(old[name].trials != new[name].trials for name in new):
        return None
    held = kept.pages()
    bases = _renew_bases(kept, held, old, new)
    if bases is None:
        return None
    records = {address: page.record for address, page in held.items()}
    for address, _, _ in _findings(old):
        records.pop(address, None)
    papers = {}
    found = {}
    for address, name, digest in _findings(new):
        records[address] = f"finding:{address.split('/')[1]}"
        papers[address] = name
        found[address] = digest
    stayed = {a: held[a].digest for a, r in records.items() if a in held and not _is_made(r)}
    found = stayed | found | {address: basis.digest for address, basis in bases.items()}
    found |= {ids.page_path("paper", name): outline.digest for name, outline in new.items()}
    digests = digest_overviews(found, records)
    pages = {address: Page(record, digests[address]) for address, record in records.items()}
    changed = {a: held.get(a) for a, page in pages.items() if page != held.get(a)}
    return Part(pages, changed | {a: held[a] for a in held.keys() - pages.keys()}, bases, papers)


def _is_made(record: str) -> bool:
    return record.startswith(_MADE)


def _findings(outlines: Mapping[str, Outline]) -> Iterator[tuple[str, str, str]]:
    """Yield the address of each finding, its paper and its digest."""
    for name, outline in outlines.items():
        for finding in outline.findings:
            yield ids.page_path("finding", finding.id), name, finding.digest


def _renew_bases(
    kept: Kept,
    held: Mapping[str, Page],
    old: Mapping[str, Outline],
    new: Mapping[str, Outline],
) -> dict[str, Basis] | None:
    """Return what the data of pages is that other findings name; None where one isn't kept."""
    counts = Counter(_naming(new, held))
    counts.subtract(_naming(old, held))
    changed = {naming: count for naming, count in counts.items() if count}
    bases = kept.bases({address for address, _ in changed})
    for (address, digest), count in changed.items():
        if address not in bases:
            return None
        naming = Counter(bases[address].naming)
        naming[digest] += count
        bases[address] = bases[address]._replace(naming=sorted(naming.elements()))
    return bases


def _naming(outlines: Mapping[str, Outline], held: Mapping[str, Page]) -> Iterator[tuple[str, str]]:
    """Yield the address of each page that a finding shows on, with the finding's digest."""
    for outline in outlines.values():
        for finding in outline.findings:
            for name in finding.works:
                yield ids.page_path("reference", name), finding.digest
            for name in finding.terms:  # those of other kinds have no page
                for address in (ids.page_path(kind, name) for kind in _TERMS):
                    if address in held:
                        yield address, finding.digest
