"""Pictures of the data, drawn at build time: plain data in, SVG (or a PNG card) out.

They are drawn with svg.py: about a millisecond each, where Vega takes a quarter of a second and
fixes the width, so that words shrink on a phone. resvg turns the cards into PNG.

An SVG stands inline in its page. Its colours are classes of the theme, so that one drawing serves
light and dark; its places across are percentages, so that bars stretch while words keep their size
and stay readable on a phone. Each has a title and a description, and a table behind it.

Here is what all pictures are drawn with: percentages across, pixels down, colours by class. The
elements are those of svg.py, which escapes nothing: every word goes through ``escape``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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


def draw_dot(x: float, y: float, style: str, radius: float = 5) -> svg.Element:
    """Return a dot, ``x`` percent across and ``y`` pixels down."""
    return svg.Circle(cx=percent(x), cy=y, r=radius, class_=[style])


def draw_diamond(x: float, y: float, style: str, radius: float = 6) -> svg.Element:
    """Return a diamond; distinct from a dot by its shape, not by its colour alone."""
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


def fill_table(picture: View, *parts: Sequence[list[View]]) -> None:
    """Put the rows of some parts behind a picture; of a long part the first, most often named."""
    most = _MOST_LINES // len(parts)
    picture["rows"] = [row for rows in parts for row in rows[:most]]
    picture["more"] = sum(max(0, len(rows) - most) for rows in parts)


def view_cell(value: str | int, href: str = "") -> View:
    """Return a cell of the table behind a picture."""
    number = isinstance(value, int)
    return {"label": f"{value:,}" if number else value, "href": href, "number": number}


def view_swatch(style: str, label: str) -> View:
    """Return an entry of a legend: a patch in a style of the theme, and what it stands for."""
    return {"style": style, "label": label}
