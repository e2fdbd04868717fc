"""Dates as printed in papers, as far as they are stated. A leaf of the import graph."""

from __future__ import annotations

import re
from calendar import monthrange

# A year of publication, as a pattern.
YEAR = r"(?:1[6-9]|20)\d\d"
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH_NAME = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
# A month or a range of months, which counts as its first: "Jan-Feb".
MONTH = rf"(?P<month>{_MONTH_NAME})(?:\s?[-–/]\s?{_MONTH_NAME})?"
_FORMS = (
    re.compile(
        rf"\b(?P<year>{YEAR})[\s,]+{MONTH}"
        r"(?:\s+(?P<day>\d{1,2})(?:[-–](?:[A-Z][a-z]+ )?\d{1,2})?)?(?![\w(:])",
        re.I,
    ),
    re.compile(
        rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?{MONTH},?\s+(?P<year>{YEAR})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:[-–]\d{{1,2}})?,?\s+(?P<year>{YEAR})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<year>{YEAR})(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?)?(?![\d/-])"
    ),
    re.compile(rf"\b(?P<year>{YEAR})\b(?P<month>)(?P<day>)"),
)


def parse_date(text: str) -> tuple[int, ...]:
    """Return (year, month, day) as far as stated; () where the text states no year.

    Read are ``2026-03-06``, ``2026/3/6``, ``6 March 2026``, ``March 6, 2026``, ``2026 Mar 6``,
    ``2026 Jan-Feb`` (the first month), and ``2026``. A day that its month lacks is left out.
    """
    for form in _FORMS:
        found = form.search(text)
        if found:
            return make_date(found["year"], found["month"], found["day"])
    return ()


def make_date(year: str | int, month: str | int | None, day: str | int | None) -> tuple[int, ...]:
    """Return the date of three parts, up to the first that is absent or impossible."""
    number = parse_month(str(month or ""))
    days = str(day or "")
    if not number:
        return (int(year),)
    if not days.isdecimal() or not 0 < int(days) <= monthrange(int(year) or 1, number)[1]:
        return (int(year), number)
    return (int(year), number, int(days))


def parse_month(text: str) -> int:
    """Return a month by number or English name; 0 where it is none (a season, say)."""
    bare = re.split(r"[-–/\s]", text.strip())[0].rstrip(".").lower()
    if bare.isdecimal():
        return int(bare) if 0 < int(bare) <= len(_MONTHS) else 0
    least = 3
    short = "sep" if bare == "sept" else bare
    return next(
        (i for i, m in enumerate(_MONTHS, 1) if len(short) >= least and m.startswith(short)), 0
    )


def find_impossible_day(text: str) -> str:
    """Return a printed date that no calendar has, ``31 February 2019``; empty if there is none."""
    for form in _FORMS[:-1]:
        if (found := form.search(text)) and found["day"]:
            date = make_date(found["year"], found["month"], found["day"])
            return found[0] if len(date) < 3 else ""  # noqa: PLR2004
    return ""
