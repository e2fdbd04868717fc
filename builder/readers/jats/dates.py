"""Dates in JATS, as tuples of year, month and day, as far as stated."""

from __future__ import annotations

import re

from lxml import etree

_YEAR = re.compile(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)")
_ISO = re.compile(r"^((?:1[5-9]|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LAST_MONTH, _LAST_DAY = 12, 31
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
    """Return the date that an element's year, month and day give, or its ISO attribute."""
    told: dict[str, str | None] = {}
    for child in element:
        told.setdefault(str(child.tag), child.text)
    year = parse_year(told.get("year"))
    if not year:
        return _parse_iso(element.get("iso-8601-date") or "")
    month = parse_month(told.get("month"))
    day = (told.get("day") or "").strip()
    if not month:
        return (year,)
    if day.isdecimal() and 0 < int(day) <= _LAST_DAY:
        return (year, month, int(day))
    return (year, month)


def parse_month(text: str | None) -> int:
    """Return a month by number or English name, 0 where it is none (a season, say)."""
    bare = (text or "").strip().lower()
    if bare.isdecimal():
        return int(bare) if 0 < int(bare) <= _LAST_MONTH else 0
    return next((i for i, m in enumerate(_MONTHS, 1) if bare.startswith(m)), 0)


def _parse_iso(text: str) -> tuple[int, ...]:
    found = _ISO.match(text)
    if not found:
        return ()
    parts = [int(p) for p in found.groups() if p]
    most = (9999, _LAST_MONTH, _LAST_DAY)
    good = [p for p, m in zip(parts, most, strict=False) if 0 < p <= m]
    return tuple(good[: len(parts)])


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
