"""What every picture of the site consists of: drawing, legend, and the table behind it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from builder.site.links import View

# Lines of the table behind a picture; the CSV of the findings tells the rest.
_MOST_LINES = 100


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
