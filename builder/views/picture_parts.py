"""What every picture of the site consists of: drawing, legend, and the table behind it."""

from __future__ import annotations

from markupsafe import Markup

from builder.views.links import View
from builder.views.words import FALLING, RISING


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
        "wide": False,
    }


def view_cell(value: str | int, href: str = "") -> View:
    """Return a cell of the table behind a picture."""
    number = isinstance(value, int)
    return {"label": f"{value:,}" if number else value, "href": href, "number": number}


def view_swatch(style: str, label: str) -> View:
    """Return an entry of a legend: a patch in a style of the theme, and what it stands for."""
    return {"style": style, "label": label}


def find_direction(effect: str) -> str:
    """Return the direction of an effect: up, down, named (without direction) or none."""
    if effect in RISING:
        return "up"
    if effect in FALLING:
        return "down"
    return "none" if effect == "none" else "named"
