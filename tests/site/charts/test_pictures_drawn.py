"""What every picture must be: whole, stated in words, without script, style or outside address."""

from __future__ import annotations

from datetime import date

import pytest
from drawn import SVG, parse

from builder.site.charts import Levels, Span, draw_levels, draw_timeline
from builder.site.pages.measures import MOST_SPANS
from builder.site.pages.pictures import MOST_ROWS, Column, Link, Node, draw_network

HOSTILE = '<script>alert(1)</script> & "q" \x00\x1b \' onload=x </svg>'


def draw_all(label: str, rows: int) -> dict[str, str]:
    title = f"{label} title"
    columns = [
        Column(label, [Node(f"n{n}-{i}", label, i + 1) for i in range(8)], 3) for n in range(5)
    ]
    links = [
        Link(a.id, b.id, 3, "fall")
        for n, column in enumerate(columns)
        for a in column.nodes
        for later in columns[n + 1 :]
        for b in later.nodes[:2]
    ]
    return {
        "levels": draw_levels(
            "p", title, [Levels(label, {"clinical": 1, "in vitro": 9}) for _ in range(rows)]
        ),
        "network": draw_network("p", title, columns, links),
        "timeline": draw_timeline(
            "p", title, [Span(label, label, date(2020, 1, 1), date(2021, 1, 1))] * rows
        ),
    }


KINDS = sorted(draw_all("x", 1))


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_a_title_and_a_description_that_name_it(kind: str) -> None:
    root = parse(draw_all("Bone", 2)[kind])
    named = (root.get("aria-labelledby") or "").split()
    held = {e.get("id"): e.text for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")}
    assert root.get("role") == "img"
    assert named == ["p-title", "p-desc"]
    assert held["p-title"] == "Bone title"
    assert "Bone" in (held["p-desc"] or "")


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_a_paper_stay_words(kind: str) -> None:
    drawing = draw_all(HOSTILE, 2)[kind]
    root = parse(drawing)
    tags = {str(e.tag).removeprefix(SVG) for e in root.iter()}
    assert tags <= {
        "svg", "title", "desc", "text", "rect", "line", "circle", "polygon", "path",
    }  # fmt: skip
    assert "alert(1)" in (root.findtext(f"{SVG}title") or "")
    allowed = {
        "class", "id", "role", "aria-labelledby", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy",
        "r", "d", "points", "width", "height", "viewBox", "preserveAspectRatio", "overflow",
        "text-anchor", "stroke-width", "vector-effect", "fill",
    }  # fmt: skip
    assert {str(name) for e in root.iter() for name in e.attrib} <= allowed
    assert "\n" not in drawing


@pytest.mark.parametrize("kind", KINDS)
def test_its_colours_are_those_of_the_theme(kind: str) -> None:
    root = parse(draw_all("x", 2)[kind])
    assert {e.get("fill") for e in root.iter()} <= {None, "none"}
    assert {e.get("stroke") for e in root.iter()} == {None}


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_is_small_enough(kind: str) -> None:
    # The most rows that a page sets into a picture.
    rows = {"timeline": MOST_SPANS}.get(kind, MOST_ROWS + 1)
    drawing = draw_all("a very long label of a condition or a trial, in full", rows)[kind]
    assert len(drawing.encode()) <= 60_000


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_drawn_the_same_twice(kind: str) -> None:
    assert draw_all("x", 3)[kind] == draw_all("x", 3)[kind]
