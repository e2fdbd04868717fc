"""Release and mechanics of a vehicle, and effects by target and condition, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builder.site.measurements import view_measures
from builder.site.target_effects import view_reach
from hand_made import PAPER, make_bundle, make_library

from builder import models
from builder.site.index import Atlas, build_atlas

TERMS = [
    models.Term(id="gelma", label="Gelatin methacryloyl", kind="vehicle"),
    models.Term(id="bmsc", label="Bone marrow MSC", kind="source", abbreviation="BMSC"),
    models.Term(id="il-1b", label="IL-1β", kind="mechanism"),
    models.Term(id="chondrocyte", label="Chondrocyte", kind="source"),
    models.Term(id="knee-oa", label="Knee osteoarthritis", kind="condition", abbreviation="KOA"),
    models.Term(
        id="youngs-modulus",
        label="Young's modulus",
        kind="outcome",
        type="mechanical property",
        synonyms=["stiffness"],
    ),
    models.Term(id="pain", label="Pain", kind="outcome", type="symptom"),
]
RELEASE = "After 14 days over 80% had left."
MECHANICS = "Stiffness was 33 kPa."


def read(number: int, **more: Any) -> models.Finding:
    fields: dict[str, Any] = {
        "id": f"f00000000{number}",
        "paper": PAPER,
        "locator": {"kind": "abstract", "line": number},
        "quote": f"Statement {number}",
        "sources": ["bmsc"],
        "vehicles": [{"label": "GelMA", "materials": ["gelma"]}],
    }
    return models.Finding.model_validate({**fields, **more})


ROW = {"kind": "table-row", "line": 8, "table": 1, "row": "frow1"}
FINDINGS = [
    read(
        1,
        locator=ROW,
        outcomes=[{"id": "youngs-modulus", "effect": "involves"}],
        quantities=[
            {"value": 14.0, "unit": "days", "quote": "14 days"},
            {"low": 80.0, "unit": "%", "quote": "over 80%"},
            {"value": 33.0, "unit": "kPa", "quote": "33 kPa"},
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


def make_atlas(tmp_path: Path, findings: list[models.Finding]) -> Atlas:
    bundle = make_bundle()
    cells = {
        "Vehicle": models.TableCell(printed="GelMA", text="GelMA"),
        "Release / In vitro": models.TableCell(printed=RELEASE, text=RELEASE),
        "Mechanics": models.TableCell(printed=MECHANICS, text=MECHANICS),
    }
    row = models.TableRow(id="frow1", line=8, cells=cells)
    table = bundle.tables[0].model_copy(update={"columns": list(cells), "rows": [row]})
    changed = replace(bundle, tables=[table], findings=findings, trials=[])
    return build_atlas(make_library(tmp_path, changed, TERMS))


def test_each_cell_of_a_row_stands_with_its_own_numbers(tmp_path: Path) -> None:
    rows = view_measures(make_atlas(tmp_path, FINDINGS), FINDINGS, "../../")
    told = [
        (row["label"], row["text"], [(q["number"], q["unit"]) for q in row["quantities"]])
        for row in rows
    ]
    assert told == [
        ("Release, In vitro", RELEASE, [("14", "days"), ("80", "%")]),
        ("Mechanics", MECHANICS, [("33", "kPa")]),
        ("Young's modulus", "A stiff gel.", []),
    ]
    assert rows[0]["place"]["label"] == "Table 1, row 1"
    assert rows[2]["finding"]["href"] == "../../findings/f000000002/"


def test_a_cell_without_a_number_tells_of_mechanics_by_its_words(tmp_path: Path) -> None:
    finding = FINDINGS[0].model_copy(update={"quantities": []})
    rows = view_measures(make_atlas(tmp_path, [finding]), [finding], "../../")
    assert [row["label"] for row in rows] == ["Mechanics"]


def test_what_says_nothing_of_release_or_mechanics_is_left_out(tmp_path: Path) -> None:
    assert view_measures(make_atlas(tmp_path, FINDINGS[2:]), FINDINGS[2:], "../../") == []


def test_effects_are_counted_by_target_and_condition(tmp_path: Path) -> None:
    atlas = make_atlas(tmp_path, EFFECTS)
    rows = view_reach(atlas, atlas.library.terms["il-1b"], EFFECTS, "../../")
    told = [
        (
            row["target"] and row["target"]["label"],
            row["condition"] and row["condition"]["label"],
            [(e["effect"]["word"], e["count"]) for e in row["effects"]],
            row["evidence"]["label"],
            len(row["findings"]),
        )
        for row in rows
    ]
    knee = "Knee osteoarthritis"
    assert told == [
        ("Chondrocyte", knee, [("increases", 1), ("decreases", 1)], "in vivo", 2),
        (None, knee, [("decreases", 1)], "not stated", 1),
        (None, None, [("involves", 3)], "not stated", 3),
    ]


@pytest.mark.parametrize("count", [6, 7])
def test_many_findings_are_one_link_to_their_table(tmp_path: Path, count: int) -> None:
    told = [
        read(n, mechanisms=[{"id": "il-1b", "effect": "up"}], conditions=["knee-oa"])
        for n in range(1, count + 1)
    ]
    atlas = make_atlas(tmp_path, told)
    (row,) = view_reach(atlas, atlas.library.terms["il-1b"], told, "../../")
    links = [(entry["label"], entry["href"]) for entry in row["findings"]]
    assert len(links) == (6 if count == 6 else 1)
    assert (("7 findings", "#findings") in links) == (count == 7)


def test_without_target_or_condition_there_is_no_such_table(tmp_path: Path) -> None:
    atlas = make_atlas(tmp_path, EFFECTS[3:])
    assert view_reach(atlas, atlas.library.terms["il-1b"], EFFECTS[3:], "../../") == []
