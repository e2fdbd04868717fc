"""What changes in the pages of a library when some of its papers do, and nothing else.

It gives what the outlines of the whole library would give, from what is kept of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from builder.addresses.outline_cache import Kept, Page
from builder.addresses.outlines import Basis, Outline, digest_overviews
from builder.text import ids

# Records of pages that hang on all others.
_MADE = ("overview:", "release:")
_TERMS = ("source", "mechanism", "vehicle", "condition")


@dataclass(frozen=True, slots=True)
class Part:
    """All pages as they are now, their records and digests, and which of them changed.

    Those that came or went are ``changed`` too. ``bases`` are those of the pages of terms and works
    that changed, ``papers`` names the paper behind each page of a finding that changed.
    """

    records: Mapping[str, str]
    digests: Mapping[str, str]
    changed: frozenset[str]
    bases: Mapping[str, Basis]
    papers: Mapping[str, str]

    def pages(self, addresses: Iterable[str]) -> dict[str, Page]:
        """Return some pages, as far as they stand."""
        found = (a for a in addresses if a in self.records)
        return {a: Page(self.records[a], self.digests[a]) for a in found}


def renew_pages(kept: Kept, old: Mapping[str, Outline], new: Mapping[str, Outline]) -> Part | None:
    """Return what changes where papers get new outlines; None where more may change than that.

    The papers cite the works that they cited, and all other records stayed.
    """
    if any(old[name].trials != new[name].trials for name in new):
        return None
    records, held = kept.records(), kept.digests()
    bases = _renew_bases(kept, records, old, new)
    if bases is None:
        return None
    found = dict(held)
    for address in [a for a, record in records.items() if record.startswith(_MADE)]:
        del found[address]
    for address, _, _ in _findings(old):
        records.pop(address, None)
        found.pop(address, None)
    papers = {}
    for address, name, digest in _findings(new):
        records[address] = f"finding:{address.split('/')[1]}"
        found[address] = digest
        papers[address] = name
    found |= {address: basis.digest for address, basis in bases.items()}
    found |= {ids.page_path("paper", name): outline.digest for name, outline in new.items()}
    digests = digest_overviews(found, records)
    changed = {address for address, _ in digests.items() ^ held.items()}
    return Part(records, digests, frozenset(changed), bases, papers)


def _findings(outlines: Mapping[str, Outline]) -> Iterator[tuple[str, str, str]]:
    """Yield the address of each finding, its paper and its digest."""
    for name, outline in outlines.items():
        for finding in outline.findings:
            yield ids.page_path("finding", finding.id), name, finding.digest


def _renew_bases(
    kept: Kept,
    held: Collection[str],
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


def _naming(outlines: Mapping[str, Outline], held: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the address of each page that a finding shows on, with the finding's digest."""
    for outline in outlines.values():
        for finding in outline.findings:
            for name in finding.works:
                yield ids.page_path("reference", name), finding.digest
            for name in finding.terms:  # those of other kinds have no page
                for address in (ids.page_path(kind, name) for kind in _TERMS):
                    if address in held:
                        yield address, finding.digest
