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
_MOST_IN_RANGE = 300
_NEAR = 20
_SEVERAL = 2


def open_ranges(raw: str, cited: Sequence[tuple[int, ...]], last: int) -> list[tuple[int, ...]]:
    """Return the numbers of each citation in a raw text, ranges opened at their end.

    In ``raw`` a NUL stands before each citation and a 0x01 behind; ``cited`` holds their numbers
    as tagged, ``last`` is the highest number of the list.
    """
    opened: list[tuple[int, ...]] = []
    before: tuple[int, ...] = ()
    between = ""
    for piece, numbers in zip(raw.split("\x00")[1:], cited, strict=True):
        inner, _, after = piece.partition("\x01")
        found = numbers
        if before and numbers and _RANGE_BETWEEN.match(between):
            found = _span(before[-1], numbers[0]) + found
        if len(numbers) == 1:
            found += _range_end(inner, after, numbers[0], last)
        opened.append(found if len(found) < _SEVERAL else unique(found))
        before, between = numbers, after
    return opened


def _range_end(inner: str, after: str, number: int, last: int) -> tuple[int, ...]:
    """Return the rest of a range of which only the first number is tagged as a citation."""
    if not inner.isdecimal():
        within = _RANGE_WITHIN.match(inner)
        if within and int(within[1]) == number and int(within[2]) <= last:
            return _span(number, int(within[2]), closed=True)
    behind = _RANGE_AFTER.match(after[:_NEAR])
    if behind and inner.strip("[]( ") == str(number) and int(behind[1]) <= last:
        return _span(number, int(behind[1]), closed=True)
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
