"""Grids whose layout states its spans (JATS, HTML): each cell put in every place it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from builder.models.document import Cell

_MOST_COLUMNS = 200


@dataclass(frozen=True)
class Slot:
    """A place of the grid: the cell that covers it, and where that cell begins."""

    cell: Cell
    row: int
    column: int

    def begins_at(self, row: int, column: int) -> bool:
        """Tell whether the cell is printed here and does not only reach to here."""
        return (self.row, self.column) == (row, column)


def expand_spans(rows: Sequence[Sequence[Cell]]) -> list[list[Slot | None]]:
    """Return the grid with every span filled in; rows too short end in None."""
    filled: list[dict[int, Slot]] = [{} for _ in rows]
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in filled[r]:
                column += 1
            for below in range(r, min(r + max(cell.rowspan, 1), len(rows))):
                for across in range(column, min(column + max(cell.colspan, 1), _MOST_COLUMNS)):
                    filled[below].setdefault(across, Slot(cell, r, column))
            column += max(cell.colspan, 1)
    width = max((max(places) + 1 for places in filled if places), default=0)
    return [[places.get(c) for c in range(width)] for places in filled]


def count_header_rows(rows: Sequence[Sequence[Cell]]) -> int:
    """Return how many leading rows are headers: those of header cells only, else the first."""
    count = 0
    for row in rows:
        if not row or not all(c.header for c in row):
            break
        count += 1
    return count if 0 < count < len(rows) else min(1, len(rows))
