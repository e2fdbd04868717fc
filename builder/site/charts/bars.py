"""Bars: findings by level of evidence, and effects that raise beside effects that lower."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import svg

from builder.site.charts.drawing import clip, draw_bar, draw_line, draw_picture, draw_text

_ROW = 41
_LABEL = 14  # baseline of a row's words
_BAR = 20
_THICK = 11
LETTERS = 36  # of a label, as many as a phone has room for
LETTERS_BESIDE = 26  # of a label with its counts beside it
# The lanes of the picture of directions, in percent: lowered, raised, and named without direction.
_ZERO = 38.0
_NAMED = 82.0


@dataclass(frozen=True, slots=True)
class Levels:
    """A bar: its label, and its findings by level of evidence, the strongest first."""

    label: str
    counts: Mapping[str, int]
    absent: bool = False  # what the findings do not state

    @property
    def total(self) -> int:
        """The findings of the bar."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Directions:
    """How many findings raise, lower or only name a mechanism, or find no effect on it."""

    label: str
    up: int = 0
    down: int = 0
    named: int = 0
    none: int = 0

    @property
    def words(self) -> str:
        """The counts with their marks: ``▲ 3  ▼ 1``."""
        marked = (("▲", self.up), ("▼", self.down), ("○", self.named), ("=", self.none))
        return "  ".join(f"{mark} {count}" for mark, count in marked if count)


def draw_levels(name: str, title: str, rows: Sequence[Levels]) -> str:
    """Return bars as long as their findings are many, split by level of evidence."""
    most = max((row.total for row in rows), default=1) or 1
    elements: list[svg.Element] = []
    for place, row in enumerate(rows):
        y = place * _ROW
        label = clip(row.label, LETTERS)
        elements.append(draw_text(0, y + _LABEL, label, "absent" if row.absent else ""))
        elements.append(draw_text(100, y + _LABEL, str(row.total), "value", "end"))
        x = 0.0
        for level, count in row.counts.items():
            width = 100 * count / most
            style = f"fill-{level.replace(' ', '-')}"
            elements.append(draw_bar(x, y + _BAR, width, _THICK, style))
            x += width
    told = "; ".join(
        f"{row.label}: " + ", ".join(f"{count} {level}" for level, count in row.counts.items())
        for row in rows
    )
    return draw_picture(name, title, f"{told}.", len(rows) * _ROW, elements)


def draw_directions(name: str, title: str, rows: Sequence[Directions]) -> str:
    """Return bars to the right for what is raised, to the left for what is lowered.

    What is named without a direction, and what shows no effect, stands apart at the right.
    """
    sides = max((max(row.up, row.down) for row in rows), default=0)
    apart = max((row.named + row.none for row in rows), default=0)
    unit = min(_ZERO / (sides or 1), (100 - _NAMED) / (apart or 1))
    top = 22
    height = top + len(rows) * _ROW
    elements: list[svg.Element] = [
        draw_text(_ZERO - 1.5, _LABEL, "▼ lowered", "down", "end"),
        draw_text(_ZERO + 1.5, _LABEL, "▲ raised", "up"),
        draw_text(100, _LABEL, "○ named", "muted", "end"),
        draw_line(_ZERO, top, _ZERO, height, "axis"),
        draw_line(_NAMED, top, _NAMED, height, "grid"),
    ]
    for place, row in enumerate(rows):
        elements += _draw_direction(row, top + place * _ROW, unit)
    told = "; ".join(
        f"{row.label}: raised in {row.up}, lowered in {row.down}, "
        f"named without direction in {row.named}, no effect in {row.none}"
        for row in rows
    )
    return draw_picture(name, title, f"{told}.", height, elements)


def _draw_direction(row: Directions, y: float, unit: float) -> list[svg.Element]:
    bar = y + _BAR
    parts = (
        (_ZERO - row.down * unit, row.down, "fill-down"),
        (_ZERO, row.up, "fill-up"),
        (_NAMED, row.named, "fill-named"),
        (_NAMED + row.named * unit, row.none, "fill-none"),
    )
    return [
        draw_text(0, y + _LABEL, clip(row.label, LETTERS_BESIDE), "backed"),
        draw_text(100, y + _LABEL, row.words, "value", "end"),
        *(draw_bar(x, bar, n * unit, _THICK, style) for x, n, style in parts if n),
    ]
