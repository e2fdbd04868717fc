"""What the data of each page is, so that the ledger can tell when it last changed.

The digest of a page is made of the records that it shows, never of its HTML: a new look, a moved
line of the seed or a new release leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from builder import ledger
from builder.ledger import outlines as of
from builder.ledger.moves import Side, find_moves, find_row_moves
from builder.ledger.outlines import Outlines, outline_library
from builder.models import Address
from builder.store import Library


def renew_ledger(
    before: Iterable[Side],
    library: Library,
    day: date,
    papers: Mapping[str, str] | None = None,
    *,
    outlines: Outlines | None = None,
) -> list[Address]:
    """Return the ledger of a library after an extraction.

    ``before`` are the records as they stood before, at one time or several, the last one last;
    ``papers`` those that are known to go on, old and new id; ``outlines`` those of the library,
    where they are known.
    """
    sides = [*before, Side(library.papers, library.references)]
    told = outlines or outline_library(library)
    return renew_entries(library.ledger, sides, told, day, papers)


def renew_entries(
    entries: Sequence[Address],
    sides: Sequence[Side],
    outlines: Outlines,
    day: date,
    papers: Mapping[str, str] | None = None,
) -> list[Address]:
    """Return the entries of a ledger, renewed for the records that ``outlines`` tell of.

    New addresses are live since ``day``, those whose record goes on under a new id lead there, and
    each page's data has its digest. ``sides`` are the records that may have changed, as they were
    at one time or several and, last, as they are; what is in none stayed.
    """
    *before, after = sides
    current = of.list_addresses(outlines)
    entries = ledger.extend_ledger(entries, current, day, of.find_papers(outlines))
    for side in before:
        moves = find_moves(side, after, papers)
        entries = ledger.lead_rows(entries, moves, find_row_moves(side, after, moves))
        entries = ledger.apply_moves(entries, moves, current)
    return ledger.date_ledger(entries, of.digest_pages(outlines, current), day)


def digest_pages(library: Library) -> dict[str, str]:
    """Return a hash of the data of each page, by address."""
    told = outline_library(library)
    return of.digest_pages(told, of.list_addresses(told))
