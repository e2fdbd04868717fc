"""Release and mechanics of a vehicle, and effects by target and condition, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from hand_made import PAPER, finding_of, make_bundle, make_library

from builder import models
from builder.site.index import LibraryIndex, build_index
from builder.site.pages.measures import view_measures
from builder.site.pages.terms import view_target_effects

TERMS = [
    models.Term(id="gelma", label="Gelatin methacryloyl", kind="vehicle"),
    models.Term(id="bmsc", label="Bone marrow MSC", kind="source", abbreviation="BMSC"),
    models.Term(id="il-1b", label="IL-1β", kind="mechanism"),
    models.Term(id="chondrocyte", label="Chondrocyte", kind="source"),
    models.Term(id="knee-oa", label="Knee osteoarthritis", kind="condition", abbreviation="KOA"),
    models.Term(
        id="youngs-modulus", label="Young's modulus", kind="outcome", type="mechanical property"
    ),
    models.Term(id="pain", label="Pain", kind="outcome", type="symptom"),
]


read = partial(finding_of, vehicles=[{"label": "GelMA", "materials": ["gelma"]}])
FINDINGS = [
    read(
        1,
        outcomes=[{"id": "youngs-modulus", "effect": "involves"}],
        quantities=[
            {"value": 33.0, "unit": "kPa", "quote": "33 kPa", "of": "Young's modulus"},
            {"value": 80.0, "unit": "%", "quote": "80%", "of": "released", "at": "14 days"},
            {"value": 14.0, "unit": "days", "quote": "14 days"},
            {"value": 5.0, "unit": "mL", "quote": "5 mL", "of": "dose"},
        ],
    ),
    read(2, quote="A stiff gel.", outcomes=[{"id": "youngs-modulus", "effect": "up"}]),
    read(3, outcomes=[{"id": "pain", "effect": "down"}]),
]
EFFECTS = [
    read(4, mechanisms=[{"id": "il-1b", "effect": "down"}], conditions=["knee-oa"]),
    read(
        5,
        mechanisms=[{"id": "il-1b", "effect": "down"}],
        conditions=["knee-oa"],
        targets=["chondrocyte"],
        design={"level": "in-vivo"},
    ),
    read(
        6,
        mechanisms=[{"id": "il-1b", "effect": "up"}],
        conditions=["knee-oa"],
        targets=["chondrocyte"],
    ),
    *(read(number, mechanisms=[{"id": "il-1b", "effect": "involves"}]) for number in range(7, 10)),
]


def make_atlas(tmp_path: Path, findings: list[models.Finding]) -> LibraryIndex:
    changed = replace(make_bundle(), findings=findings, trials=[])
    return build_index(make_library(tmp_path, changed, TERMS))


def test_each_number_says_of_what_at_what_time_and_release_comes_first(tmp_path: Path) -> None:
    found = view_measures(make_atlas(tmp_path, FINDINGS), FINDINGS, "../../")
    assert found
    rows = [(row["of"], row["number"], row["at"], row["vehicle"]) for row in found["rows"]]
    assert rows == [
        ("released", "80 %", "14 days", "GelMA"),
        ("Young's modulus", "33 kPa", "not stated", "GelMA"),
        ("Young's modulus", "", "not stated", "GelMA"),
    ]
    assert found["rows"][2]["href"] == f"../../papers/{PAPER}/#f000000002"
    assert [row["number"] for row in found["answer"]] == ["80 %"]
    assert [[cell["label"] for cell in row] for row in found["picture"]["rows"]] == [
        ["GelMA", "released", "80 %", "14 days", "not stated"]
    ]


def test_a_rough_share_and_an_open_one_are_drawn_as_such(tmp_path: Path) -> None:
    """More than 56 % kept is less than 44 % released."""
    held = [
        read(
            number,
            quantities=[
                {"unit": "%", "quote": "q", "of": of, "at": "14 days", "sign": sign, end: 56.0}
            ],
        )
        for number, (of, sign, end) in enumerate(
            [("released", "≈", "value"), ("retained", ">", "low"), ("retained", "≤", "high")], 1
        )
    ]
    found = view_measures(make_atlas(tmp_path, held), held, "../../")
    assert found
    drawn = unescape(str(found["picture"]["svg"]))
    for shown in ("≈ 56 % by day 14", "< 44 % by day 14", "≥ 44 % by day 14"):
        assert shown in drawn


def test_what_is_not_placed_in_time_is_in_no_picture(tmp_path: Path) -> None:
    undated = read(1, quantities=[{"value": 80.0, "unit": "%", "quote": "80%", "of": "released"}])
    found = view_measures(make_atlas(tmp_path, [undated]), [undated], "../../")
    assert found
    assert found["picture"] is None


def test_what_says_nothing_of_release_or_mechanics_is_left_out(tmp_path: Path) -> None:
    assert view_measures(make_atlas(tmp_path, FINDINGS[2:]), FINDINGS[2:], "../../") is None


def test_effects_are_counted_by_target_and_condition(tmp_path: Path) -> None:
    atlas = make_atlas(tmp_path, EFFECTS)
    rows = view_target_effects(atlas, atlas.library.terms["il-1b"], EFFECTS, "../../")
    found = [
        (
            row["target"] and row["target"]["label"],
            row["condition"] and row["condition"]["label"],
            [(e["effect"]["word"], e["count"]) for e in row["effects"]],
            row["design"]["label"],
            len(row["findings"]),
        )
        for row in rows
    ]
    knee = "Knee osteoarthritis"
    assert found == [
        ("Chondrocyte", knee, [("increases", 1), ("decreases", 1)], "in animals", 2),
        (None, knee, [("decreases", 1)], "design not stated", 1),
        (None, None, [("involves", 3)], "design not stated", 3),
    ]


@pytest.mark.parametrize("count", [6, 7])
def test_many_statements_are_one_link_to_their_table(tmp_path: Path, count: int) -> None:
    many = [
        read(n, mechanisms=[{"id": "il-1b", "effect": "up"}], conditions=["knee-oa"])
        for n in range(1, count + 1)
    ]
    atlas = make_atlas(tmp_path, many)
    (row,) = view_target_effects(atlas, atlas.library.terms["il-1b"], many, "../../")
    links = [(entry["label"], entry["href"]) for entry in row["findings"]]
    assert len(links) == (6 if count == 6 else 1)
    assert (("7 statements", "#findings") in links) == (count == 7)


def test_without_target_or_condition_there_is_no_such_table(tmp_path: Path) -> None:
    atlas = make_atlas(tmp_path, EFFECTS[3:])
    assert view_target_effects(atlas, atlas.library.terms["il-1b"], EFFECTS[3:], "../../") == []
