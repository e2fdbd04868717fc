"""Ranges of citations: ``[3–7]`` cites five works, of which often only the ends are tagged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from builder.readers.marks import find_citations

Mark = tuple[int, tuple[int, ...]]

# A dash between two citations opens a range; brackets may stand round each.
_DASH = r"[-‐‑‒–—−⁻]"
_RANGE_BETWEEN = re.compile(rf"^[\s\])]*(?:{_DASH}|to|through)[\s\[(]*$")
_RANGE_AFTER = re.compile(rf"^\s*{_DASH}\s*(\d{{1,4}})\s*[\]),;]")
_RANGE_WITHIN = re.compile(rf"^[\s\[(]*(\d{{1,4}})\s*{_DASH}\s*(\d{{1,4}})[\s\])]*$")
_BRACKET = re.compile(r"\[\d[\d\s,;–−-]*\]")
_MARK = re.compile(r"\x00([^\x00\x01]*)\x01")
_MOST_IN_RANGE = 300
_NEAR = 20


def open_ranges(raw: str, cited: Sequence[tuple[int, ...]], last: int) -> list[tuple[int, ...]]:
    """Return the numbers of each citation in a raw text, ranges opened at their end.

    In ``raw`` a NUL stands before each citation and a 0x01 behind; ``cited`` holds their numbers
    as tagged, ``last`` is the highest number of the list.
    """
    spans = list(_MARK.finditer(raw))
    opened: list[tuple[int, ...]] = []
    for index, (span, numbers) in enumerate(zip(spans, cited, strict=True)):
        before = cited[index - 1] if index else ()
        between = raw[spans[index - 1].end() : span.start()] if index else ""
        skipped: tuple[int, ...] = ()
        if before and numbers and _RANGE_BETWEEN.match(between):
            skipped = _span(before[-1], numbers[0])
        opened.append(unique(skipped + numbers + _range_end(raw, span, numbers, last)))
    return opened


def _range_end(
    raw: str, span: re.Match[str], numbers: tuple[int, ...], last: int
) -> tuple[int, ...]:
    """Return the rest of a range of which only the first number is tagged as a citation."""
    inner = span.group(1)
    within = _RANGE_WITHIN.match(inner)
    if len(numbers) != 1:
        return ()
    if within and int(within[1]) == numbers[0] and int(within[2]) <= last:
        return _span(numbers[0], int(within[2]), closed=True)
    after = _RANGE_AFTER.match(raw[span.end() : span.end() + _NEAR])
    if after and inner.strip("[]( ") == str(numbers[0]) and int(after[1]) <= last:
        return _span(numbers[0], int(after[1]), closed=True)
    return ()


def unique(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return numbers without repetition, in order."""
    return tuple(dict.fromkeys(numbers))


def _span(first: int, last: int, *, closed: bool = False) -> tuple[int, ...]:
    if not first < last <= first + _MOST_IN_RANGE:
        return ()
    return tuple(range(first + 1, last + closed))


def plain_marks(text: str, last: int) -> tuple[Mark, ...]:
    """Return the bracketed numbers of a text whose article tags no citation."""
    found: list[Mark] = []
    for match in _BRACKET.finditer(text):
        numbers = find_citations(match[0])
        if numbers and all(0 < n <= last for n in numbers):
            found.append((match.start(), numbers))
    return tuple(found)
