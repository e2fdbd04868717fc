"""Dates as printed in papers, as far as they are stated. A leaf of the import graph."""

from __future__ import annotations

import re

# A year of publication, as a pattern.
YEAR = r"(?:1[6-9]|20)\d\d"
_DAY = r"(?P<day>\d{1,2})"
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_LAST_DAY = 31
_ISO_DATE = re.compile(r"\b((?:1[89]|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?\b")
_WRITTEN_DATE = re.compile(
    rf"\b(?:{_DAY}\s+)?(?P<month>[A-Z][a-z]{{2,8}})\.?\s+(?:(?P<day2>\d{{1,2}}),\s+)?"
    r"(?P<year>(?:1[89]|20)\d\d)\b"
)


def parse_date(text: str) -> tuple[int, ...]:
    """Return (year, month, day) as far as stated: ``2026-03-06``, ``6 March 2026``, ``2026``."""
    for written in _WRITTEN_DATE.finditer(text):
        month = next(
            (i for i, m in enumerate(_MONTHS, 1) if m.startswith(written["month"].lower())), 0
        )
        day = int(written["day"] or written["day2"] or 0)
        if month:
            return (int(written["year"]), month, *((day,) if 0 < day <= _LAST_DAY else ()))
    iso = _ISO_DATE.search(text)
    if not iso:
        return ()
    parts = [int(iso[1])]
    for part, most in ((iso[2], 12), (iso[3], _LAST_DAY)):
        if not part or not 1 <= int(part) <= most:
            break
        parts.append(int(part))
    return tuple(parts)
