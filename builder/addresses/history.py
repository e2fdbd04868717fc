"""What the data of each page is, so that the ledger can tell when it last changed.

The digest of a page is made of the records that it shows, never of its HTML: a new look, a moved
line of the seed or a new release leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from builder.addresses import ledger
from builder.addresses import outlines as of
from builder.addresses.identity import Side, find_moves, find_row_moves
from builder.addresses.outlines import Outlines, outline_library
from builder.models import Address
from builder.store import Library


def renew_ledger(
    before: Iterable[Side],
    library: Library,
    day: date,
    papers: Mapping[str, str] | None = None,
    *,
    news: News | None = None,
) -> list[Address]:
    """Return the ledger of a library after an extraction.

    ``before`` are the records as they stood before, at one time or several, the last one last;
    ``papers`` those that are known to go on, old and new id; ``news`` what find_news gives, where
    that is known.
    """
    after = Side(library.papers, library.references)
    told = news or find_news(outline_library(library))
    return renew_entries(library.ledger, [find_steps(s, after, papers) for s in before], told, day)


@dataclass(frozen=True, slots=True)
class News:
    """What the ledger is renewed for, by address: records, papers behind them, digests of pages."""

    current: Mapping[str, str]
    papers: Mapping[str, str]
    digests: Mapping[str, str]


def find_news(outlines: Outlines) -> News:
    """Return what a ledger of a whole library is renewed for."""
    current = of.list_addresses(outlines)
    return News(current, of.find_papers(outlines), of.digest_pages(outlines, current))


@dataclass(frozen=True, slots=True)
class Steps:
    """What goes on under another id: old and new addresses; old and new rows, by their page."""

    pages: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str]]


def find_steps(before: Side, after: Side, papers: Mapping[str, str] | None = None) -> Steps:
    """Return what goes on under another id between two times.

    ``papers`` are those that are known to go on, old and new id.
    """
    moves = find_moves(before, after, papers)
    return Steps(moves, find_row_moves(before, after, moves))


def renew_entries(
    entries: Iterable[Address], steps: Iterable[Steps], news: News, day: date
) -> list[Address]:
    """Return entries of a ledger, renewed for what is new since then.

    New addresses are live since ``day``, those whose record goes on under a new id lead there, and
    each page's data has its digest. Where ``news`` tell of some addresses only, ``entries`` hold
    those, and all of which a step tells.
    """
    entries = ledger.extend_ledger(entries, news.current, day, news.papers)
    for step in steps:
        entries = ledger.lead_rows(entries, step.pages, step.rows)
        entries = ledger.apply_moves(entries, step.pages, news.current)
    return ledger.date_ledger(entries, news.digests, day)


def digest_pages(library: Library) -> dict[str, str]:
    """Return a hash of the data of each page, by address."""
    told = outline_library(library)
    return of.digest_pages(told, of.list_addresses(told))
