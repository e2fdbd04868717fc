"""What Crossref says of works: ``GET /works/{doi}`` and ``GET /works?query.bibliographic=``.

The shapes are those of its REST API's documentation. A retraction stands in the retracted work's
``updated-by``; in a notice's ``update-to`` it names the work that the notice is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from builder.models import CslItem, Notice
from builder.refresh.hits import Hit, Page, is_taken_back
from builder.refresh.http_client import (
    CROSSREF,
    Desk,
    ServiceError,
    find_list,
    find_records,
    find_text,
    find_texts,
    find_total,
    find_value,
    find_year,
)

_ROWS, _MANY = "5", 100
_MOST_QUERY = 400
_DATES = ("issued", "published", "published-print", "published-online")
# Versions and editions are no news about a work's worth.
_NO_NOTICE = frozenset({"new-version", "new-edition"})


def ask_doi(desk: Desk, doi: str, contact: str, today: date) -> tuple[Hit, list[Notice]]:
    """Return the work with a DOI and the notices about it. Raises ServiceError."""
    answer = desk.ask(f"works/{quote(doi, safe='')}", _polite(contact))
    item = find_value(answer.data, "message")
    reported = find_text(item, "DOI")
    if not reported:
        raise ServiceError("answers with no work")
    found = parse_work(item)
    # The registry's page for people stands behind the same DOI.
    notices = list(_find_notices(item, reported, f"{desk.service.base}/works/{reported}", today))
    return found, notices


def ask_title(desk: Desk, work: CslItem, contact: str) -> list[Hit]:
    """Return works that Crossref thinks like a cited one, in its order. Raises ServiceError."""
    first = work.author[0] if work.author else None
    words = [
        work.title,
        (first.family or first.literal or "") if first else "",
        work.container_title or work.container_title_short or "",
        str(work.year or ""),
    ]
    query = " ".join(w for w in words if w)[:_MOST_QUERY]
    answer = desk.ask("works", {"query.bibliographic": query, "rows": _ROWS, **_polite(contact)})
    return [parse_work(item) for item in find_records(answer.data, "message", "items")]


def _polite(contact: str) -> dict[str, str]:
    return {"mailto": contact} if contact else {}


def search_crossref(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the pages of ``GET /works``, by its cursor."""
    cursor = "*"
    while True:
        asked = {"query.bibliographic": query, "rows": str(_MANY), "cursor": cursor}
        message = find_value(desk.ask("works", asked).data, "message")
        items = find_records(message, "items")
        yield Page([parse_work(item) for item in items], find_total(message, "total-results"))
        cursor = find_text(message, "next-cursor")
        if not items or not cursor:
            return


def parse_work(item: Any) -> Hit:
    """Return a work from one of Crossref's items; what is missing or misshapen is empty."""
    authors = find_list(item, "author")
    lead = [a for a in authors if find_text(a, "sequence") == "first"] or authors[:1]
    names = [(find_text(a, "family"), find_text(a, "given")) for a in authors]
    doi = find_text(item, "DOI").lower()
    posted = find_text(item, "type") == "posted-content"
    return Hit(
        title=" ".join(find_texts(item, "title")[:1]),
        subtitle=" ".join(find_texts(item, "subtitle")[:1]),
        authors=", ".join(" ".join(filter(None, name)) for name in names),
        family=next((n for a in lead if (n := find_text(a, "family") or find_text(a, "name"))), ""),
        year=next((y for name in _DATES if (y := find_year(item, name))), None),
        journal=" ".join(find_texts(item, "container-title")[:1]),
        doi=doi,
        types=tuple(filter(None, [find_text(item, "type").replace("-", " ")])),
        preprint=posted or find_text(item, "subtype") == "preprint",
        url=f"https://doi.org/{quote(doi, safe='/')}" if doi else "",
    )


def _find_notices(item: Any, doi: str, address: str, today: date) -> Iterator[Notice]:
    reported = list(_find_updates(item, doi, address, today))
    yield from reported
    if any(map(is_taken_back, find_texts(item, "title"))) and not any(
        n.withdraws for n in reported
    ):
        yield Notice(kind="retraction", reported_by=CROSSREF.name, seen_at=address, seen_on=today)


def _find_updates(item: Any, doi: str, address: str, today: date) -> Iterator[Notice]:
    for update in find_list(item, "updated-by"):
        kind = find_text(update, "type").lower().replace("_", "-").replace(" ", "-")
        if not kind or kind in _NO_NOTICE:
            continue
        source = find_text(update, "source")
        own = find_text(update, "DOI").lower()
        yield Notice(
            kind=kind,
            # Retraction Watch enters a work's own DOI where the notice has none.
            doi=own if own and own != doi.lower() else None,
            issued=_find_day(update),
            reported_by=CROSSREF.name + (f" ({source.replace('-', ' ')})" if source else ""),
            seen_at=address,
            seen_on=today,
        )


def _find_day(update: Any) -> date | None:
    parts = find_list(update, "updated", "date-parts")
    numbers = parts[0] if parts and isinstance(parts[0], list) else []
    try:
        return date(*numbers)
    except (TypeError, ValueError, OverflowError):
        return None
