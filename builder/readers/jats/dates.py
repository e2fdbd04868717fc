"""Dates in JATS, as tuples of year, month and day, as far as stated."""

from __future__ import annotations

import re

from lxml import etree

from builder.readers.jats.context import words_of
from builder.text.dates import make_date
from builder.text.dates import parse_date as parse_written

_YEAR = re.compile(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)")
# Electronic publication comes first; release dates of archives are no date of issue.
_RANKS = {
    "epub": 0,
    "epreprint": 1,
    "epub-ppub": 2,
    "epubr": 2,
    "pub": 3,
    "": 4,
    "ppub": 5,
    "ecorrected": 6,
    "collection": 7,
    "issue-pub": 7,
    "ecollection": 7,
}
_NEVER = frozenset(
    [
        "pmc-release",
        "nihms-submitted",
        "retracted",
        "received",
        "accepted",
        "corrected",
        "rev-recd",
        "preprint",
        "subscription-year",
        "publication-year",
    ]
)


def parse_year(text: str | None) -> int:
    """Return the first year from 1500 to 2099 in a text, 0 where there is none."""
    found = _YEAR.search(text) if text else None
    return int(found.group()) if found else 0


def parse_date(element: etree._Element) -> tuple[int, ...]:
    """Return the date that an element's year, month and day give, its text, or its attribute."""
    told: dict[str, str | None] = {}
    for child in element:
        told.setdefault(str(child.tag), child.text)
    year = parse_year(told.get("year"))
    if year:
        return make_date(year, told.get("month"), (told.get("day") or "").strip())
    return parse_written(words_of(element)) or parse_written(element.get("iso-8601-date") or "")


def find_issued(meta: etree._Element) -> tuple[tuple[int, ...], etree._Element | None]:
    """Return an article's date of publication, electronic before print, and where it stands."""
    dated: list[tuple[int, int, tuple[int, ...], etree._Element]] = []
    for place, element in enumerate(meta.iterchildren("pub-date")):
        rank = _rank(element)
        date = parse_date(element)
        if date and rank >= 0:
            dated.append((rank, place, date, element))
    if not dated:
        return (), None
    best = min(dated, key=lambda d: d[:2])
    return best[2], best[3]


def _rank(element: etree._Element) -> int:
    kind = (element.get("pub-type") or element.get("date-type") or "").lower()
    if kind in _NEVER:
        return -1
    form = (element.get("publication-format") or "").lower()
    if kind in ("pub", "") and form.startswith(("electronic", "online")):
        return 0
    if kind == "pub" and form == "print":
        return _RANKS["ppub"]
    return _RANKS.get(kind, _RANKS[""])
