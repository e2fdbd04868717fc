"""Trials over time, from start to completion, with phase, status and dose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import svg

from builder.site.charts.doses import DoseMark, draw_decades, draw_marks, find_decades, tell_doses
from builder.site.charts.drawing import (
    clip,
    draw_bar,
    draw_diamond,
    draw_line,
    draw_picture,
    draw_text,
)

_ROW = 58
_TOP = 26
_LINE = 38
_THICK = 10
_LETTERS = 44
_MOST_YEARS = 7
_MOST_DECADES = 3
# Where a dose is known, time ends here and the scale of doses begins there, in percent.
_TIME = 62.0
_DOSE = 70.0


@dataclass(frozen=True, slots=True)
class Span:
    """A trial over time, as the registry tells it; ``as_of`` is the day its status was seen."""

    label: str
    note: str
    start: date | None = None
    end: date | None = None
    planned: bool = False  # the end is an estimate
    as_of: date | None = None
    doses: Sequence[DoseMark] = ()


@dataclass(frozen=True, slots=True)
class _Years:
    """The years of a picture, and the share of its width that they take."""

    first: int
    last: int
    width: float = 100

    def place(self, day: date) -> float:
        """Return the place of a day, in percent of the picture."""
        return place_day(day, self.first, self.last) * self.width / 100


def draw_timeline(name: str, title: str, spans: Sequence[Span], unit: str = "") -> str:
    """Return a bar for each trial along the years, open where its end is only planned.

    Beside it stand its doses on a logarithmic scale, in ``unit``, where any trial has one.
    """
    days = [d for span in spans for d in (span.start, span.end, span.as_of) if d]
    first = min((d.year for d in days), default=1)
    last = max((d.year for d in days), default=first) + 1
    height = _TOP + len(spans) * _ROW
    elements: list[svg.Element] = []
    step = math.ceil((last - first + 1) / _MOST_YEARS)
    doses = [value for span in spans for mark in span.doses for value in (mark.low, mark.high)]
    years = _Years(first, last, _TIME if doses else 100)
    for year in range(first, last + 1, step) if days else ():
        x = years.place(date(year, 1, 1))
        if year < last:  # the last line only closes the scale
            elements.append(draw_text(x, 14, str(year), "muted"))
        elements.append(draw_line(x, 20, x, height, "grid"))
    decades = find_decades(doses)
    if doses:
        elements += draw_decades(decades, height, _DOSE, most=_MOST_DECADES)
    for place, span in enumerate(spans):
        y = _TOP + place * _ROW
        elements += _draw_span(span, y, years)
        elements += draw_marks(span.doses, y + 42, decades, _DOSE)
        if doses and not span.doses:
            elements.append(draw_text(_DOSE, y + 46, "not stated", "absent backed"))
    told = "; ".join(f"{span.label}, {span.note}: {_tell(span, unit)}" for span in spans)
    return draw_picture(name, title, f"{told}.", height, elements)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to a trial on a day, or from one day to another."""

    label: str
    start: date
    end: date | None = None
    planned: bool = False  # the end is an estimate
    style: str = "mark-review"


def draw_moments(name: str, title: str, moments: Sequence[Moment]) -> str:
    """Return what happened to one trial, a line each, along the years."""
    days = [day for m in moments for day in (m.start, m.end) if day]
    first, last = min(d.year for d in days), max(d.year for d in days) + 1
    years = _Years(first, last)
    height = _TOP + len(moments) * _LINE
    elements: list[svg.Element] = []
    for year in range(first, last + 1, math.ceil((last - first + 1) / _MOST_YEARS)):
        x = years.place(date(year, 1, 1))
        if year < last:
            elements.append(draw_text(x, 14, str(year), "muted"))
        elements.append(draw_line(x, 20, x, height, "grid"))
    for place, moment in enumerate(moments):
        y = _TOP + place * _LINE
        elements.append(draw_text(0, y + 14, clip(moment.label, _LETTERS), "backed"))
        x = years.place(moment.start)
        if moment.end:
            width = max(years.place(moment.end) - x, 0.5)
            style = "span-planned" if moment.planned else "span"
            elements.append(draw_bar(x, y + 20, width, _THICK, style))
        else:
            elements.append(draw_diamond(x, y + 25, moment.style))
    told = "; ".join(f"{m.label}: {_tell_moment(m)}" for m in moments)
    return draw_picture(name, title, f"{told}.", height, elements)


def _tell_moment(moment: Moment) -> str:
    end = f" to {moment.end.isoformat()}" if moment.end else ""
    return f"{moment.start.isoformat()}{end}{' (planned)' if moment.planned else ''}"


def place_day(day: date, first: int, last: int) -> float:
    """Return the place of a day between two years' first days, in percent."""
    start = date(first, 1, 1).toordinal()
    return 100 * (day.toordinal() - start) / (date(last, 1, 1).toordinal() - start)


def _draw_span(span: Span, y: float, years: _Years) -> list[svg.Element]:
    elements = [
        draw_text(0, y + 14, clip(span.label, _LETTERS), "strong backed"),
        draw_text(0, y + 30, clip(span.note, _LETTERS), "muted backed"),
    ]
    bar = y + 37
    if span.start and span.end:
        x = years.place(span.start)
        width = max(years.place(span.end) - x, 0.5)
        style = "span-planned" if span.planned else "span"
        elements.append(draw_bar(x, bar, width, _THICK, style))
    elif span.start or span.end:
        x = years.place(span.start or span.end or date.min)
        elements.append(draw_bar(x, bar - 2, 0.6, _THICK + 4, "span"))
    else:
        elements.append(draw_text(0, bar + 9, "no dates seen", "absent backed"))
    if span.as_of:
        x = years.place(span.as_of)
        elements.append(draw_diamond(x, bar + _THICK / 2, "mark-status"))
    return elements


def _tell(span: Span, unit: str) -> str:
    start = span.start.isoformat() if span.start else "start not seen"
    end = span.end.isoformat() if span.end else "end not seen"
    planned = " (planned)" if span.planned else ""
    seen = f", status as of {span.as_of.isoformat()}" if span.as_of else ""
    dose = f", dose {tell_doses(span.doses)}" if unit else ""
    return f"{start} to {end}{planned}{seen}{dose}"
