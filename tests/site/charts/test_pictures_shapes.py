"""Where things stand in a picture, worked out by hand."""

from __future__ import annotations

import re
from datetime import date

import pytest
from drawn import SVG, bars, parse, words

from builder.site.charts import (
    Levels,
    Span,
    draw_levels,
    draw_timeline,
    place_day,
)
from builder.site.pages.pictures import Column, Link, Node, draw_network


def test_the_longest_bar_fills_the_picture_and_the_others_follow() -> None:
    drawing = draw_levels(
        "p",
        "t",
        [
            Levels("Osteoarthritis", {"clinical": 1, "in-vivo": 3}),
            Levels("Bone fracture", {"in-vivo": 1}),
        ],
    )
    assert bars(drawing, "fill-clinical") == [(0, 25)]
    assert bars(drawing, "fill-in-vivo") == [(25, 75), (0, 25)]
    assert words(drawing) == ["Osteoarthritis", "4", "Bone fracture", "1"]
    assert parse(drawing).findtext(f"{SVG}desc") == (
        "Osteoarthritis: 1 clinical, 3 in-vivo; Bone fracture: 1 in-vivo."
    )


def test_half_a_year_is_half_the_way_to_the_next() -> None:
    assert place_day(date(2021, 1, 1), 2021, 2022) == 0
    assert place_day(date(2022, 1, 1), 2021, 2022) == 100
    assert place_day(date(2021, 7, 2), 2021, 2022) == pytest.approx(100 * 182 / 365)


def test_a_trial_lasts_from_its_start_to_its_end() -> None:
    drawing = draw_timeline(
        "p",
        "t",
        [
            Span("NCT1", "Completed", date(2021, 1, 1), date(2022, 1, 1)),
            Span("NCT2", "Recruiting", date(2022, 1, 1), date(2023, 1, 1), planned=True),
            Span("NCT3", "Listed"),
        ],
    )
    days = 365 * 3 / 100  # 2021 to the end of 2023
    assert bars(drawing, "span") == [(0, round(365 / days, 2))]
    assert bars(drawing, "span-planned") == [(round(365 / days, 2), round(365 / days, 2))]
    assert words(drawing)[:3] == ["2021", "2022", "2023"]
    assert words(drawing)[-1] == "no dates seen"


def test_a_timeline_without_any_date_has_no_years() -> None:
    assert words(draw_timeline("p", "t", [Span("NCT1", "Listed")])) == [
        "NCT1", "Listed", "no dates seen",
    ]  # fmt: skip


def test_a_network_shows_its_layers_its_counts_and_what_it_left_out() -> None:
    columns = [
        Column("Source", [Node("bmsc", "BMSC", 3, current=True), Node("adsc", "ADSC", 1)]),
        Column("Cargo", [Node("mir-21", "miR-21", 2)], more=4),
    ]
    links = [Link("bmsc", "mir-21", 2, "carries"), Link("bmsc", "gone", 5, "rise")]
    drawing = draw_network("p", "t", columns, links)
    assert sorted(words(drawing)) == sorted(
        ["Source", "BMSC", "3", "ADSC", "1", "Cargo", "miR-21", "2", "and 4 more"]
    )
    (path,) = parse(drawing).iter(f"{SVG}path")
    assert (path.get("class"), path.get("stroke-width")) == ("link-carries", "3")
    assert len(bars(drawing, "node-current")) == 1
    assert len(bars(drawing, "node")) == 2


def test_a_line_that_passes_a_layer_runs_between_its_boxes() -> None:
    columns = [
        Column("Source", [Node("a", "a", 1)]),
        Column("Molecule", [Node("m", "m", 1), Node("n", "n", 1)]),
        Column("Process", [Node("p", "p", 1)]),
    ]
    links = [Link("a", "m", 1, "rise"), Link("a", "n", 1, "rise"), Link("a", "p", 1, "fall")]
    drawing = draw_network("p", "t", columns, links)
    boxes = [
        (float(r.get("y", "")), float(r.get("height", "")))
        for r in parse(drawing).iter(f"{SVG}rect")
        if r.get("x") == "38%"  # of three columns, 24 % wide, the second
    ]
    assert len(boxes) == 2
    [passing] = [e for e in parse(drawing).iter(f"{SVG}path") if e.get("class") == "link-fall"]
    # It crosses the second layer in a straight line, at a height that is in no box.
    level = {float(y) for y in re.findall(r"L\s*\S+[ ,]([\d.]+)", passing.get("d") or "")}
    assert len(level) == 1
    assert not any(y <= lane <= y + height for lane in level for y, height in boxes)


def test_boxes_stand_beside_what_they_lead_to_so_that_no_line_crosses() -> None:
    columns = [
        Column("A", [Node("a", "a", 9), Node("b", "b", 1)]),
        Column("B", [Node("x", "x", 1), Node("y", "y", 1)]),
    ]
    drawing = draw_network(
        "p", "t", columns, [Link("a", "y", 1, "rise"), Link("b", "x", 1, "rise")]
    )
    (one, other) = (e.get("d") or "" for e in parse(drawing).iter(f"{SVG}path"))
    ends = [[float(n) for n in re.findall(r"[\d.]+", d)] for d in (one, other)]
    (first, second) = ((d[1], d[-1]) for d in ends)
    assert (first[0] < second[0]) == (first[1] < second[1])
