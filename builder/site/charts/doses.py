"""Doses on a scale of powers of ten: what the paper says beside what the registry says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import svg

from builder.site.charts.drawing import (
    clip,
    draw_diamond,
    draw_dot,
    draw_line,
    draw_picture,
    draw_text,
)

_ROW = 50
_TOP = 26
_LETTERS = 34
_EDGE = 5.0  # percent kept free at both ends, for the words of the scale
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class DoseMark:
    """A dose, low to high, as the paper (``review``) or the registry tells it.

    ``calculated`` is from the volume and the concentration that the paper tells.
    """

    low: float
    high: float
    told_by: Literal["review", "registry", "calculated"]


@dataclass(frozen=True, slots=True)
class DoseLine:
    """A trial: its label and its doses. ``current`` is the trial whose page it is."""

    label: str
    marks: Sequence[DoseMark]
    current: bool = False


def draw_doses(name: str, title: str, unit: str, lines: Sequence[DoseLine]) -> str:
    """Return one line a trial on a shared logarithmic scale.

    A dot is the paper (open where calculated from its numbers), a diamond the registry, a bar
    between two of them a range.
    """
    values = [v for line in lines for mark in line.marks for v in (mark.low, mark.high)]
    first, last = find_decades(values)
    height = _TOP + len(lines) * _ROW + 4
    elements = draw_decades((first, last), height)
    for place, line in enumerate(lines):
        elements += _draw_line(line, _TOP + place * _ROW, first, last)
    told = "; ".join(f"{line.label}: {tell_doses(line.marks)}" for line in lines)
    return draw_picture(name, title, f"{unit}, logarithmic scale. {told}.", height, elements)


def find_decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten that hold all values, at least one decade apart."""
    positive = [v for v in values if v > 0] or [1.0]
    first = math.floor(math.log10(min(positive)))
    last = math.ceil(math.log10(max(positive)))
    return first, max(last, first + 1)


def place_value(value: float, first: int, last: int, left: float = 0) -> float:
    """Return the place of a value on a scale that begins at ``left``, in percent."""
    share = (math.log10(value) - first) / (last - first)
    return left + _EDGE + share * (100 - left - 2 * _EDGE)


def format_power(exponent: int) -> str:
    """Return a power of ten as a reader writes it: ``10⁹``."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def draw_decades(
    decades: tuple[int, int], height: float, left: float = 0, most: int = _MOST_TICKS
) -> list[svg.Element]:
    """Return the lines of a scale that begins at ``left`` percent, ``most`` of them at most."""
    first, last = decades
    elements: list[svg.Element] = []
    step = math.ceil((last - first) / (most - 1))
    for exponent in range(first, last + 1, step):
        x = place_value(10.0**exponent, first, last, left)
        elements.append(draw_text(x, 14, format_power(exponent), "muted", "middle"))
        elements.append(draw_line(x, 20, x, height, "grid"))
    return elements


def _draw_line(line: DoseLine, y: float, first: int, last: int) -> list[svg.Element]:
    style = "current" if line.current else "backed"
    elements = [draw_text(0, y + 16, clip(line.label, _LETTERS), style)]
    middle = y + 32
    if not line.marks:
        elements.append(draw_text(0, middle + 4, "not stated", "absent backed"))
        return elements
    elements.append(draw_line(0, middle, 100, middle, "grid"))
    return elements + draw_marks(line.marks, middle, (first, last))


def draw_marks(
    marks: Sequence[DoseMark], middle: float, decades: tuple[int, int], left: float = 0
) -> list[svg.Element]:
    """Return doses on a scale that begins at ``left`` percent, ``middle`` pixels down."""
    elements: list[svg.Element] = []
    for mark in marks:
        low = place_value(mark.low, *decades, left)
        high = place_value(mark.high, *decades, left)
        if high > low:
            elements.append(draw_line(low, middle, high, middle, f"range-{mark.told_by}"))
        draw = draw_diamond if mark.told_by == "registry" else draw_dot
        elements += [draw(x, middle, f"mark-{mark.told_by}") for x in dict.fromkeys((low, high))]
    return elements


def tell_doses(marks: Sequence[DoseMark]) -> str:
    """Return doses in words, each with who tells it."""
    if not marks:
        return "not stated"
    told = []
    for mark in marks:
        numbers = " to ".join(f"{v:.3g}" for v in dict.fromkeys((mark.low, mark.high)))
        told.append(f"{mark.told_by} {numbers}")
    return ", ".join(told)
