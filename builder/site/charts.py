"""Pictures of the data, drawn at build time: plain data in, SVG (or a PNG card) out.

An SVG stands inline in its page. Its colours are classes of the theme, so that one drawing serves
light and dark; its places across are percentages, so that bars stretch while words keep their size
and stay readable on a phone. Each has a title and a description, and a table behind it.

Here is what all pictures are drawn with: percentages across, pixels down, colours by class. The
elements are those of svg.py, which escapes nothing: every word goes through ``escape``.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape as escape_html
from typing import Literal

import svg
from markupsafe import Markup

from builder.site.links import View

Anchor = Literal["start", "middle", "end"]

# What neither XML nor HTML lets stand in a text.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028\u2029]+")


def escape(text: str) -> str:
    """Return text that SVG reads as text, on one line."""
    return escape_html(_FORBIDDEN.sub(" ", text))


def percent(value: float) -> svg.Length:
    """Return a share of the picture's width; rounded, so that bytes do not hang on the machine."""
    rounded = round(value, 2)
    return svg.Length(int(rounded) if rounded == int(rounded) else rounded, "%")


def clip(text: str, letters: int) -> str:
    """Return text cut to a number of letters, with an ellipsis; the whole stands in the table."""
    return text if len(text) <= letters else text[: letters - 1].rstrip(" -–/,") + "…"


def draw_text(
    x: float, y: float, text: str, style: str = "", anchor: Anchor = "start"
) -> svg.Element:
    """Return words whose anchor is at ``x`` percent across and ``y`` pixels down."""
    return svg.Text(
        x=percent(x),
        y=y,
        text=escape(text),
        class_=[style] if style else None,
        text_anchor=None if anchor == "start" else anchor,
    )


def draw_bar(x: float, y: float, width: float, height: float, style: str) -> svg.Element:
    """Return a bar: ``x`` and ``width`` in percent, ``y`` and ``height`` in pixels."""
    return svg.Rect(x=percent(x), y=y, width=percent(width), height=height, class_=[style])


def draw_line(x1: float, y1: float, x2: float, y2: float, style: str) -> svg.Element:
    """Return a straight line between two places, percent across and pixels down."""
    return svg.Line(x1=percent(x1), y1=y1, x2=percent(x2), y2=y2, class_=[style])


def draw_diamond(x: float, y: float, style: str, radius: float = 6) -> svg.Element:
    """Return a diamond, ``x`` percent across and ``y`` pixels down."""
    corners = ((-radius, 0.0), (0.0, -radius), (radius, 0.0), (0.0, radius))
    shape = svg.Polygon(points=[svg.Point(*corner) for corner in corners], class_=[style])
    return svg.SVG(xmlns=None, x=percent(x), y=y, overflow="visible", elements=[shape])


def draw_picture(
    name: str, title: str, description: str, height: float, elements: Sequence[svg.Element]
) -> str:
    """Return the whole picture as one line of SVG; ``name`` is unique on its page."""
    return str(
        svg.SVG(
            width=percent(100),
            height=height,
            class_=["drawing"],
            extra={"role": "img", "aria-labelledby": f"{name}-title {name}-desc"},
            elements=[
                svg.Title(id=f"{name}-title", text=escape(title)),
                svg.Desc(id=f"{name}-desc", text=escape(description)),
                *elements,
            ],
        )
    )


# --- what stands around a drawing ----------------------------------------------------------------

# Lines of the table behind a picture; the page holds the rest.
_MOST_LINES = 30


def view_picture(name: str, title: str, note: str, drawing: str) -> View:
    """Return a picture for the template; legend and table are added by its maker."""
    return {
        "id": name,
        "title": title,
        "note": note,
        "svg": Markup(drawing),  # noqa: S704 (drawn here, every word escaped)
        "legend": [],
        "columns": [],
        "rows": [],
        "more": 0,
        "wide": False,
    }


def fill_table(picture: View, rows: Sequence[list[View]]) -> None:
    """Put rows behind a picture, of many the first, which are most often named."""
    picture["rows"] = rows[:_MOST_LINES]
    picture["more"] = max(0, len(rows) - _MOST_LINES)


def view_cell(value: str | int, href: str = "") -> View:
    """Return a cell of the table behind a picture."""
    number = isinstance(value, int)
    return {"label": f"{value:,}" if number else value, "href": href, "number": number}


def view_swatch(style: str, label: str) -> View:
    """Return an entry of a legend: a patch in a style of the theme, and what it stands for."""
    return {"style": style, "label": label}


# --- time ----------------------------------------------------------------------------------------

_TOP = 26
_SPAN_ROW = 58
_THICK = 10
_SPAN_LETTERS = 44
_MOST_YEARS = 7


@dataclass(frozen=True, slots=True)
class Span:
    """A trial over time, as the registry states it; ``as_of`` is the day its status was seen."""

    label: str
    note: str
    start: date | None = None
    end: date | None = None
    planned: bool = False  # the end is an estimate
    as_of: date | None = None


def draw_timeline(name: str, title: str, spans: Sequence[Span]) -> str:
    """Return a bar for each trial along the years, open where its end is only planned."""
    days = [d for span in spans for d in (span.start, span.end, span.as_of) if d]
    first = min((d.year for d in days), default=1)
    last = max((d.year for d in days), default=first) + 1
    height = _TOP + len(spans) * _SPAN_ROW
    elements: list[svg.Element] = []
    step = math.ceil((last - first + 1) / _MOST_YEARS)
    for year in range(first, last + 1, step) if days else ():
        x = place_day(date(year, 1, 1), first, last)
        if year < last:  # the last line only closes the scale
            elements.append(draw_text(x, 14, str(year), "muted"))
        elements.append(draw_line(x, 20, x, height, "grid"))
    for place, span in enumerate(spans):
        elements += _draw_span(span, _TOP + place * _SPAN_ROW, first, last)
    words = "; ".join(f"{span.label}, {span.note}: {_describe_span(span)}" for span in spans)
    return draw_picture(name, title, f"{words}.", height, elements)


def place_day(day: date, first: int, last: int) -> float:
    """Return the place of a day between two years' first days, in percent."""
    start = date(first, 1, 1).toordinal()
    return 100 * (day.toordinal() - start) / (date(last, 1, 1).toordinal() - start)


def _draw_span(span: Span, y: float, first: int, last: int) -> list[svg.Element]:
    elements = [
        draw_text(0, y + 14, clip(span.label, _SPAN_LETTERS), "strong backed"),
        draw_text(0, y + 30, clip(span.note, _SPAN_LETTERS), "muted backed"),
    ]
    bar = y + 37
    start, end, seen = (
        place_day(day, first, last) if day else None for day in (span.start, span.end, span.as_of)
    )
    if start is not None and end is not None:
        style = "span-planned" if span.planned else "span"
        elements.append(draw_bar(start, bar, max(end - start, 0.5), _THICK, style))
    elif start is not None or end is not None:
        elements.append(draw_bar(start or end or 0, bar - 2, 0.6, _THICK + 4, "span"))
    else:
        elements.append(draw_text(0, bar + 9, "no dates seen", "absent backed"))
    if seen is not None:
        elements.append(draw_diamond(seen, bar + _THICK / 2, "mark-status"))
    return elements


def _describe_span(span: Span) -> str:
    start = span.start.isoformat() if span.start else "start not seen"
    end = span.end.isoformat() if span.end else "end not seen"
    planned = " (planned)" if span.planned else ""
    seen = f", status as of {span.as_of.isoformat()}" if span.as_of else ""
    return f"{start} to {end}{planned}{seen}"


# --- release -------------------------------------------------------------------------------------

_ROW = 50
_LETTERS = 34


@dataclass(frozen=True, slots=True)
class Release:
    """The share of a load that a vehicle had released by a day; ``words`` say it in full."""

    label: str
    day: float
    share: float  # in percent
    shown: str  # as stated: "≈ 80 %"
    words: str


def draw_release(name: str, title: str, marks: Sequence[Release]) -> str:
    """Return one line a vehicle: a bar as long as the share released, its day beside it."""
    elements: list[svg.Element] = []
    ranked = sorted(marks, key=lambda mark: (mark.label, mark.day))
    for place, mark in enumerate(ranked):
        y = place * _ROW
        elements.append(draw_text(0, y + 16, clip(mark.label, _LETTERS), "backed"))
        share = f"{mark.shown} by day {mark.day:g}"
        elements.append(draw_text(100, y + 16, share, "value", "end"))
        elements.append(draw_line(0, y + 30, 100, y + 30, "grid"))
        elements.append(draw_bar(0, y + 24, max(mark.share, 0.5), 12, "fill-in-vivo"))
    words = "; ".join(f"{mark.label}: {mark.words}" for mark in ranked)
    return draw_picture(name, title, f"{words}.", len(ranked) * _ROW + 4, elements)


# --- studies by design ---------------------------------------------------------------------------

_LEVEL_ROW = 41
LETTERS = 36  # of a label, as many as a phone has room for


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


def draw_levels(name: str, title: str, rows: Sequence[Levels]) -> str:
    """Return bars as long as their findings are many, split by level of evidence."""
    most = max((row.total for row in rows), default=1) or 1
    elements: list[svg.Element] = []
    for place, row in enumerate(rows):
        y = place * _LEVEL_ROW
        label = clip(row.label, LETTERS)
        elements.append(draw_text(0, y + 14, label, "absent" if row.absent else ""))
        elements.append(draw_text(100, y + 14, str(row.total), "value", "end"))
        x = 0.0
        for level, count in row.counts.items():
            width = 100 * count / most
            style = f"fill-{level.replace(' ', '-')}"
            elements.append(draw_bar(x, y + 20, width, 11, style))
            x += width
    words = "; ".join(
        f"{row.label}: " + ", ".join(f"{count} {level}" for level, count in row.counts.items())
        for row in rows
    )
    return draw_picture(name, title, f"{words}.", len(rows) * _LEVEL_ROW, elements)
