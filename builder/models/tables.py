"""Tables of papers, as printed and as repaired."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from builder.models.base import EMPTY, Question, Record, Slug


class TableCell(Record):
    """A cell: as printed and as read. ``inherited`` names the row a spanning cell came from."""

    printed: str
    text: str
    inherited: Annotated[str | None, Field(description="id of the row above it spans from")] = None


class TableRow(Record):
    """A row of the repaired grid; keys of ``cells`` are the table's columns."""

    id: Annotated[str, Field(description="hash of the row's words; stable when rows move")]
    line: int
    cells: dict[str, TableCell]
    references: Annotated[list[int], Field(description="numbers cited by the row")] = EMPTY


class Repair(Record):
    """One repair of the printed grid, named by its rule."""

    row: Annotated[str | None, Field(description="id of the row")] = None
    column: str | None = None
    rule: str
    note: str


class Table(Record):
    """A table: the repaired grid, the printed one, and each repair."""

    id: Slug
    paper: Slug
    number: int
    line: int
    label: str | None = None
    caption: str | None = None
    columns: Annotated[list[str], Field(description="a grouped column is 'Group / Column'")]
    rows: list[TableRow]
    repairs: list[Repair] = EMPTY
    printed: Annotated[list[list[str]], Field(description="the grid as printed")]
    footnotes: list[str] = EMPTY
    questions: list[Question] = EMPTY
