"""Tables: golden cases, written by hand from the printed grids, and rules of the grid."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builder.extract.tables import repair_tables
from builder.models import Table
from builder.models.document import Cell, Citation, Document, FrontMatter, Grid, WorkFields
from builder.text import ids

CASES = sorted((Path(__file__).parent / "cases_tables").glob("*/table.md"))
PAPER = "doe-2025-paper"
KNOWN = 137


def grid_of(lines: list[str]) -> Grid:
    """A grid as the Markdown reader gives it: cells as printed, without the separator row."""
    rows = []
    for number, line in enumerate(lines, 1):
        if set(line) <= set("|-: "):
            continue
        cells = [c.strip() for c in line.strip().removeprefix("|").removesuffix("|").split("|")]
        rows.append(tuple(Cell(c, number, header=number == 1) for c in cells))
    return Grid(1, tuple(rows), 1)


def repair(*grids: Grid) -> list[Table]:
    citations = tuple(Citation(n, f"Work {n}.", n) for n in range(1, KNOWN + 1))
    document = Document(
        "md", "x.txt", "0" * 64, FrontMatter(WorkFields()), tables=grids, citations=citations
    )
    return repair_tables(document, PAPER)


def test_cases_are_found() -> None:
    assert len(CASES) >= 14


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.parent.name)
def test_golden(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = yaml.safe_load((path.parent / "expected.yml").read_text(encoding="utf-8"))
    grid = grid_of(lines)
    (table,) = repair(grid)
    assert table.columns == expected["columns"]
    assert [[c.text for c in r.cells.values()] for r in table.rows] == [
        row["cells"] for row in expected["rows"]
    ]
    assert [list(r.cells) for r in table.rows] == [expected["columns"]] * len(table.rows)
    assert [r.references for r in table.rows] == [row["references"] for row in expected["rows"]]
    for row, wanted in zip(table.rows, expected["rows"], strict=True):
        inherited = {k: table.rows[n].id for k, n in wanted.get("inherited", {}).items()}
        assert {k: c.inherited for k, c in row.cells.items() if c.inherited} == inherited
        for column, printed in wanted.get("printed", {}).items():
            assert row.cells[column].printed == printed
        if "printed" not in wanted and "unread" not in wanted and not inherited:
            plain = [c.text for c in row.cells.values() if "×" not in c.text]
            assert [c.printed for c in row.cells.values() if "×" not in c.text] == plain
    row_ids = [r.id for r in table.rows]
    assert [
        {
            k: v
            for k, v in {
                "rule": r.rule,
                "row": row_ids.index(r.row) if r.row else None,
                "column": r.column,
            }.items()
            if v is not None
        }
        for r in table.repairs
    ] == expected["repairs"]
    assert [q.rule for q in table.questions] == expected["questions"]
    assert table.printed == [[c.text for c in row] for row in grid.rows]


def test_row_ids_hang_on_words_alone() -> None:
    first = grid_of(["| A | References |", "|-|-|", "| one | [1] |", "| two | [2] |"])
    moved = grid_of(["| A | References |", "|-|-|", "| two | [9] |", "| one | [8] |"])
    one, two = (r.id for r in repair(first)[0].rows)
    assert [r.id for r in repair(moved)[0].rows] == [two, one]
    assert one == ids.statement_id(PAPER, "one")


def test_equal_rows_get_ids_of_their_own() -> None:
    (table,) = repair(grid_of(["| A | B |", "|-|-|", *["| same | words |"] * 3]))
    first, second, third = (r.id for r in table.rows)
    assert (second, third) == (f"{first}-2", f"{first}-3")


def test_equal_rows_of_two_tables_get_ids_of_their_own() -> None:
    grid = grid_of(["| A | B |", "|-|-|", "| same | words |"])
    first, second = repair(grid, Grid(2, grid.rows, 1))
    assert second.rows[0].id == f"{first.rows[0].id}-2"


def test_header_alone_is_a_table_without_rows() -> None:
    (table,) = repair(grid_of(["| A | B |", "|-|-|"]))
    assert table.columns == ["A", "B"]
    assert table.rows == []


def test_table_as_image_asks() -> None:
    (table,) = repair(Grid(3, (), 12, label="Table 3", is_image=True))
    assert (table.number, table.label, table.rows) == (3, "Table 3", [])
    assert [q.rule for q in table.questions] == ["table-image"]


def test_unread_cells_keep_their_printed_words() -> None:
    path = next(p for p in CASES if p.parent.name == "shift-undecided")
    (table,) = repair(grid_of(path.read_text(encoding="utf-8").splitlines()))
    printed = " ".join(c.printed for c in table.rows[1].cells.values())
    assert "SOX9" in printed
    assert "ACAN" in printed
    assert max(q.weight for q in table.questions) == 5


def _cell(text: str, *, header: bool = False, cols: int = 1, rows: int = 1) -> Cell:
    return Cell(text, 5, header=header, colspan=cols, rowspan=rows)


def test_stated_spans_are_filled_in() -> None:
    grid = Grid(
        1,
        (
            (
                _cell("Source", header=True, rows=2),
                _cell("Release", header=True, cols=2),
                _cell("Refs", header=True, rows=2),
            ),
            (_cell("In vitro", header=True), _cell("In vivo", header=True)),
            (_cell("BMSC", rows=2), _cell("7 days"), _cell("NA"), _cell("[1]")),
            (_cell("14 days"), _cell("28 days"), _cell("[2]")),
            (_cell("Scaffolds", cols=4),),
            (_cell("ADSC"), _cell("not tested", cols=2), _cell("[3]")),
            (_cell("UCMSC"), _cell("3 days")),
        ),
        5,
        spans_known=True,
    )
    (table,) = repair(grid)
    assert table.columns == ["Source", "Release / In vitro", "Release / In vivo", "Refs"]
    assert [[c.text for c in r.cells.values()] for r in table.rows] == [
        ["BMSC", "7 days", "NA", "[1]"],
        ["BMSC", "14 days", "28 days", "[2]"],
        ["Scaffolds", "", "", ""],
        ["ADSC", "not tested", "not tested", "[3]"],
        ["UCMSC", "3 days", "", ""],
    ]
    first, second = table.rows[:2]
    assert second.cells["Source"].inherited == first.id
    assert second.cells["Source"].printed == ""
    assert [r.references for r in table.rows] == [[1], [2], [], [3], []]
    assert [q.rule for q in table.questions] == ["table-too-few-cells"]


def test_citations_marked_by_the_layout_count() -> None:
    grid = Grid(
        1,
        ((_cell("A", header=True),), (Cell("as shown", 2, citations=(4, 5)),)),
        1,
        spans_known=True,
    )
    assert repair(grid)[0].rows[0].references == [4, 5]


_TEXT = st.text(alphabet="ab1 [].×0–NA", max_size=12)


@given(st.lists(st.lists(_TEXT, min_size=1, max_size=6), min_size=1, max_size=6), st.booleans())
def test_any_grid_is_kept_whole(rows: list[list[str]], spans: bool) -> None:
    grid = Grid(1, tuple(tuple(Cell(t, 1) for t in row) for row in rows), 1, spans_known=spans)
    (table,) = repair(grid)
    assert table.printed == rows
    assert len(set(table.columns)) == len(table.columns)
    assert len({r.id for r in table.rows}) == len(table.rows)
    assert all(list(r.cells) == table.columns for r in table.rows)


@pytest.mark.parametrize(
    ("heading", "cell", "cited"),
    [
        ("Angle", "[45, 90]", []),
        ("Age (years)", "mean 54 [45, 60]", []),
        ("Finding", "bent in a range of [45, 90]", []),
        ("Finding", "bent by [45, 90] degrees", []),
        ("Finding", "heals [900]", []),  # no such reference
        ("Finding", "heals [45, 90]", [45, 90]),
        ("Author (Year)", "Roe et al. (2019) [45]", [45]),
        ("Ref.", "45, 90", [45, 90]),
        ("References", "[45–47]", [45, 46, 47]),
    ],
)
def test_numbers_in_brackets_cite_where_nothing_shows_a_measure(
    heading: str, cell: str, cited: list[int]
) -> None:
    (table,) = repair(grid_of([f"| Source | {heading} |", "|-|-|", f"| BMSC | {cell} |"]))
    assert table.rows[0].references == cited


def test_brackets_alone_cite_nothing_beside_a_column_of_references() -> None:
    (table,) = repair(grid_of(["| A | Extent | Ref. |", "|-|-|-|", "| x | [45, 90] | [7] |"]))
    assert table.rows[0].references == [7]
