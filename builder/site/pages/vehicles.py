"""What was measured of delivery vehicles: release and mechanics, number by number, comparable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from builder.models import Finding, Quantity
from builder.site import charts
from builder.site.charts import Release, view_cell, view_picture
from builder.site.citations import short_name
from builder.site.index import Atlas
from builder.site.labels import WORDS, view_quantity
from builder.site.links import View
from builder.site.pages.findings import finding_text, view_place

# The kinds of outcome that say how a vehicle behaves, and not what follows in the tissue.
_PHYSICAL = ("release kinetics", "mechanical property")
_RELEASE = ("released", "retained")
_DAYS = {"h": 1 / 24, "hour": 1 / 24, "min": 1 / 1440, "minute": 1 / 1440, "d": 1.0, "day": 1.0,
         "w": 7.0, "week": 7.0, "wk": 7.0, "month": 30.4}  # fmt: skip
_TIME = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-–]\s*(\d+(?:\.\d+)?))?\s*-?\s*([a-z]+)")
_MOST_ROWS = 60


def parse_days(words: str | None) -> float | None:
    """Return a time in days: ``14 days`` gives 14, ``72 h`` 3; a range gives its end."""
    found = _TIME.search((words or "").lower())
    unit = _DAYS.get(found[3]) or _DAYS.get(found[3].rstrip("s")) if found else None
    return float(found[2] or found[1]) * unit if found and unit else None


def view_measures(atlas: Atlas, findings: Sequence[Finding], root: str) -> View | None:
    """Return what findings state of release and mechanics; None where they state nothing.

    Each number says of what it is, at what time and in which setting, as far as that is stated.
    ``answer`` holds the released shares in a sentence.
    """
    rows = [row for finding in findings for row in _rows(atlas, finding, root)]
    if not rows:
        return None
    rows.sort(key=lambda row: (row["of"] not in _RELEASE, row["of"], row["days"] or 0))
    released = [row for row in rows if row["of"] == "released" and row["number"]]
    return {
        "rows": rows[:_MOST_ROWS],
        "more": max(0, len(rows) - _MOST_ROWS),
        "answer": released[:_MOST_ANSWERS],
        "picture": draw_release(rows),
    }


_MOST_ANSWERS = 4


def _rows(atlas: Atlas, finding: Finding, root: str) -> Iterator[View]:
    terms = [atlas.library.terms.get(o.id) for o in finding.outcomes]
    physical = [term for term in terms if term and term.type in _PHYSICAL]
    numbers = [q for q in finding.quantities if q.of and q.of != "dose"]
    for quantity in numbers:
        yield _row(atlas, finding, quantity.of or "", quantity, root)
    if not numbers and physical:
        yield _row(atlas, finding, ", ".join(term.label for term in physical), None, root)


def _row(atlas: Atlas, finding: Finding, of: str, quantity: Quantity | None, root: str) -> View:
    read = view_quantity(quantity) if quantity else {"number": "", "unit": "", "quote": ""}
    vehicles = [v.label for v in finding.vehicles]
    return {
        "of": of,
        "number": f"{read['number']} {read['unit']}".strip() if quantity else "",
        "quote": read["quote"],
        "at": (quantity.at if quantity else None) or WORDS["not_stated"],
        "days": parse_days(quantity.at) if quantity else None,
        "value": _middle(quantity) if quantity and quantity.unit == "%" else None,
        "setting": (quantity.setting if quantity else None) or WORDS["not_stated"],
        "vehicle": ", ".join(vehicles) or WORDS["not_stated"],
        "words": finding_text(finding),
        "sources": [atlas.term_link(name, root) for name in finding.sources],
        "place": view_place(atlas, finding.paper, finding.locator, root),
        "paper": short_name(atlas.paper(finding.paper).paper.csl),
        "href": atlas.finding_href(finding.id, root),
    }


def _middle(quantity: Quantity) -> float | None:
    held = [v for v in (quantity.value, quantity.low, quantity.high) if v is not None]
    return held[0] if held else None


def draw_release(rows: Sequence[View]) -> View | None:
    """Return the released or retained share over time, one line a statement and vehicle."""
    held = [r for r in rows if r["of"] in _RELEASE and r["value"] is not None and r["days"]]
    if not held:
        return None
    marks = [
        Release(
            row["vehicle"],
            row["days"],
            row["value"] if row["of"] == "released" else 100 - row["value"],
            f"{row['number']} {row['of']} at {row['at']}",
        )
        for row in held
    ]
    title = "Share of the load released, by time"
    picture = view_picture(
        "picture-release",
        title,
        "Each mark is one number of a statement; a retained share is drawn as its rest. Methods "
        "and loads differ between studies.",
        charts.draw_release("picture-release", title, marks),
    )
    picture["columns"] = ["Vehicle", "Of", "Number", "At", "Setting"]
    picture["rows"] = [
        [
            view_cell(row["vehicle"], row["href"]),
            *(view_cell(row[key]) for key in ("of", "number", "at", "setting")),
        ]
        for row in held
    ]
    return picture


def view_all_releases(atlas: Atlas, root: str) -> View | None:
    """Return the picture of every vehicle's release, for the page of comparisons."""
    carried = [f for f in atlas.findings if f.vehicles]
    return draw_release([row for f in carried for row in _rows(atlas, f, root)])
