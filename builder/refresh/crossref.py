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
from builder.refresh.http_client import Desk, ServiceError
from builder.refresh.json_values import find_list, find_text, find_texts, find_value
from builder.refresh.match import Found, is_taken_back
from builder.refresh.services import CROSSREF

_ROWS = "5"
_MOST_QUERY = 400
_DATES = ("issued", "published", "published-print", "published-online")
# Versions and editions are no news about a work's worth.
_NO_NOTICE = frozenset({"new-version", "new-edition"})


def ask_doi(desk: Desk, doi: str, contact: str, today: date) -> tuple[Found, list[Notice]]:
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


def ask_title(desk: Desk, work: CslItem, contact: str) -> list[Found]:
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
    if not isinstance(find_value(answer.data, "message", "items"), list):
        raise ServiceError("answers with no list of works")
    return [parse_work(item) for item in find_list(answer.data, "message", "items")]


def _polite(contact: str) -> dict[str, str]:
    return {"mailto": contact} if contact else {}


def parse_work(item: Any) -> Found:
    """Return a work from one of Crossref's items; what is missing or misshapen is empty."""
    title = " ".join(find_texts(item, "title")[:1])
    subtitle = " ".join(find_texts(item, "subtitle")[:1])
    titles = (title, f"{title}: {subtitle}") if subtitle else (title,)
    doi = find_text(item, "DOI").lower()
    return Found(
        titles=titles,
        family=_first_author(item),
        year=next((y for name in _DATES if (y := _find_year(item, name))), None),
        doi=doi,
        preprint=find_text(item, "type") == "posted-content",
        address=f"https://doi.org/{doi}" if doi else "",
    )


def _first_author(item: Any) -> str:
    authors = find_list(item, "author")
    lead = [a for a in authors if find_text(a, "sequence") == "first"] or authors[:1]
    return next((n for a in lead if (n := find_text(a, "family") or find_text(a, "name"))), "")


def _find_year(item: Any, name: str) -> int | None:
    parts = find_list(item, name, "date-parts")
    first = parts[0][0] if parts and isinstance(parts[0], list) and parts[0] else None
    return first if isinstance(first, int) else None


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
