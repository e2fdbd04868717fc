"""Tables: the printed grid made whole, with every repair named and every doubt asked.

Rules look at the shape of the grid and at what its cells hold, never at a place in a paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from builder.extract.quantities import find_doubtful_powers, repair_superscripts
from builder.extract.tables.columns import (
    SURE,
    Headings,
    Placed,
    describe_columns,
    find_reference_numbers,
    find_stray_numbers,
    is_citation,
    is_reference_heading,
    is_second_header,
    join_headers,
    name_columns,
    place_row,
)
from builder.models import Question, Repair, Table, TableCell, TableRow
from builder.models.document import Cell, Document, Grid
from builder.readers.citations import AuthorYears
from builder.text import ids

__all__ = ["repair_tables"]

_MOST_COLUMNS = 200


def repair_tables(document: Document, paper_id: str) -> list[Table]:
    """Return the tables of a document, repaired, with the printed grid kept beside."""
    known = {c.number for c in document.citations}
    used: Counter[str] = Counter()
    names = AuthorYears(document.citations)
    return [_Repairer(grid, paper_id, known, used, names).repair() for grid in document.tables]


@dataclass(frozen=True)
class Slot:
    """A place of the grid: the cell that covers it, and where that cell begins."""

    cell: Cell
    row: int
    column: int

    def begins_at(self, row: int, column: int) -> bool:
        """Return whether the cell is printed here and does not only reach to here."""
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


class _Repairer:
    """Builds one table; collects repairs and questions on the way."""

    def __init__(
        self, grid: Grid, paper: str, known: set[int], used: Counter[str], names: AuthorYears
    ) -> None:
        self.grid = grid
        self.names = names
        self.paper = paper
        self.known = known
        self.repairs: list[Repair] = []
        self.questions: list[Question] = []
        self.rows: list[TableRow] = []
        self.used = used  # of the whole paper: equal rows of two tables differ in their ids
        self.columns: tuple[str, ...] = ()
        self.has_references = False
        # Where the layout tags citations, brackets in the text are none.
        self.tagged = grid.spans_known and any(c.citations for row in grid.rows for c in row)

    def repair(self) -> Table:
        if self.grid.is_image or not self.grid.rows:
            self._ask(
                "table-image", "The table is an image or empty; its cells could not be read.", 3
            )
        elif self.grid.spans_known:
            self._read_spanned()
        else:
            self._read_plain()
        self._check_citations()
        return Table(
            id=f"{self.paper}-table-{self.grid.number}",
            paper=self.paper,
            number=self.grid.number,
            line=self.grid.line,
            label=self.grid.label or None,
            caption=self.grid.caption or None,
            columns=list(self.columns),
            rows=self.rows,
            repairs=self.repairs,
            printed=[[c.text for c in row] for row in self.grid.rows],
            footnotes=list(self.grid.footnotes),
            questions=self.questions,
        )

    def _ask(self, rule: str, text: str, weight: int, field: str | None = None) -> None:
        self.questions.append(Question(rule=rule, text=text, weight=weight, field=field))

    # --- grids that lost their spans ------------------------------------------------------

    def _read_plain(self) -> None:
        texts = [tuple(c.text.strip() for c in row) for row in self.grid.rows]
        width = _table_width(texts)
        first = _pad(texts[0], width)
        has_second = len(texts) > 1 and is_second_header(first, _pad(texts[1], width))
        second = _pad(texts[1], width) if has_second else None
        start = 2 if has_second else 1
        body = [t for t in texts[start:] if t != texts[0]]
        whole = [t for t in body if len(t) == width]
        profile = describe_columns(_trusted(whole), width)
        self._name(name_columns(first, second, profile))
        for row, printed in zip(self.grid.rows[start:], texts[start:], strict=True):
            line = row[0].line if row else self.grid.line
            if printed == texts[0]:
                self._note_repair(
                    None, None, "repeated-header", f"the header stands again in line {line}"
                )
                continue
            self._add_plain(place_row(printed, profile), printed, line)

    def _name(self, headings: Headings) -> None:
        self.columns = headings.columns
        self.has_references = any(map(is_reference_heading, self.columns))
        if headings.rule:
            self._note_repair(None, None, headings.rule, headings.note or "see the question")
        if headings.doubt:
            self._ask("table-header", f"It is not certain {headings.doubt}.", 4, "columns")

    def _add_plain(self, placed: Placed, printed: Sequence[str], line: int) -> None:
        row_id = self._row_id(printed)
        above = self.rows[-1] if self.rows else None
        cells = {}
        for i, (column, text) in enumerate(zip(self.columns, placed.cells, strict=True)):
            if i in placed.unread and not is_citation(text):
                cells[column] = TableCell(printed=text, text="")
            elif i in placed.missing and above and above.cells[column].text:
                source = above.cells[column].inherited or above.id
                cells[column] = TableCell(
                    printed="", text=above.cells[column].text, inherited=source
                )
            else:
                cells[column] = self._read_cell(text, row_id, column, line)
        self._note_placing(placed, row_id, line, above)
        self._finish_row(row_id, line, cells)

    def _note_placing(self, placed: Placed, row_id: str, line: int, above: TableRow | None) -> None:
        if not placed.rule:
            return
        names = ", ".join(repr(self.columns[i]) for i in placed.missing)
        if placed.rule == "rowspan":
            for i in placed.missing:
                taken = above.cells[self.columns[i]].text if above else ""
                note = "no cell printed"
                note += f"; taken from the row above: {taken}" if taken else ""
                self._note_repair(row_id, self.columns[i], "rowspan", note)
            weight = 2 if placed.lead >= SURE else 4
            self._ask(
                "table-rowspan",
                f"The row in line {line} lacks the cell of {names}: "
                "does the cell above it span both rows?",
                weight,
                names.strip("'"),
            )
            return
        doubt = ", ".join(repr(self.columns[i]) for i in placed.unread)
        note = placed.note or (
            f"not certain which column each cell belongs to: {doubt}"
            if doubt
            else "cells missing at the end"
        )
        self._note_repair(row_id, None, placed.rule, note)
        self._ask(
            f"table-{placed.rule}",
            f"The row in line {line} does not have one cell a column ({note}).",
            5 if placed.unread else 3,
        )

    # --- grids whose spans are stated -----------------------------------------------------

    def _read_spanned(self) -> None:
        slots = expand_spans(self.grid.rows)
        heads = count_header_rows(self.grid.rows)
        names = [[s.cell.text.strip() if s else "" for s in row] for row in slots[:heads]]
        self._name(join_headers(names))
        begun: dict[int, str] = {}
        for r in range(heads, len(slots)):
            self._add_spanned(r, slots[r], begun)

    def _add_spanned(self, r: int, row: Sequence[Slot | None], begun: dict[int, str]) -> None:
        source = self.grid.rows[r]
        line = source[0].line if source else self.grid.line
        row_id = begun[r] = self._row_id([c.text for c in source])
        whole_width = len(source) == 1 and source[0].colspan >= len(row) > 1
        cells = {}
        for c, (column, slot) in enumerate(zip(self.columns, row, strict=True)):
            if slot is None:
                cells[column] = TableCell(printed="", text="")
            elif slot.row < r:
                text = repair_superscripts(slot.cell.text.strip())[0]
                cells[column] = TableCell(printed="", text=text, inherited=begun.get(slot.row))
            elif not slot.begins_at(r, c) and whole_width:
                cells[column] = TableCell(printed="", text="")
            else:
                cells[column] = self._read_cell(slot.cell.text.strip(), row_id, column, line)
        if any(slot is None for slot in row):
            self._note_repair(row_id, None, "too-few-cells", "the row is shorter than the table")
            self._ask(
                "table-too-few-cells", f"The row in line {line} is shorter than the table.", 3
            )
        self._finish_row(row_id, line, cells, [n for c in source for n in c.citations])

    # --- both -----------------------------------------------------------------------------

    def _note_repair(self, row: str | None, column: str | None, rule: str, note: str) -> None:
        self.repairs.append(Repair(row=row, column=column, rule=rule, note=note))

    def _row_id(self, printed: Sequence[str]) -> str:
        words = " ".join(t for t in printed if not is_citation(t))
        name = ids.statement_id(self.paper, words)
        self.used[name] += 1
        return name if self.used[name] == 1 else f"{name}-{self.used[name]}"

    def _read_cell(self, printed: str, row: str, column: str, line: int) -> TableCell:
        text, notes = repair_superscripts(printed)
        for note in notes:
            self._note_repair(row, column, "superscript", note)
        for doubtful in find_doubtful_powers(printed):
            self._ask(
                "table-superscript", f"Is {doubtful!r} in line {line} a power of ten?", 4, column
            )
        return TableCell(printed=printed, text=text)

    def _finish_row(
        self, row_id: str, line: int, cells: dict[str, TableCell], cited: Sequence[int] = ()
    ) -> None:
        numbers = dict.fromkeys(cited)
        for column, cell in cells.items():
            if cell.inherited and not is_citation(cell.text):
                continue
            text = cell.text or cell.printed
            if is_reference_heading(column):
                found = find_reference_numbers(text)
                found = found or tuple(n for _, cited in self.names.find(text) for n in cited)
                numbers.update(dict.fromkeys(found))
            elif not (self.tagged or (self.has_references and is_citation(text))):
                found = find_stray_numbers(text, column, self.known)
                numbers.update(dict.fromkeys(found))
        self.rows.append(TableRow(id=row_id, line=line, cells=cells, references=list(numbers)))

    def _check_citations(self) -> None:
        for row in self.rows:
            for number in row.references:
                if number not in self.known:
                    self._ask(
                        "table-citation",
                        f"The row in line {row.line} cites [{number}], "
                        "which is not in the list of references.",
                        4,
                        "references",
                    )


def _table_width(rows: Sequence[Sequence[str]]) -> int:
    """Return the number of columns: what most rows below the header have, the header's if tied."""
    below = Counter(len(r) for r in rows[1:])
    if not below:
        return len(rows[0])
    most = max(below.values())
    common = [n for n, count in below.items() if count == most]
    return len(rows[0]) if len(rows[0]) in common else max(common)


def _pad(row: Sequence[str], width: int) -> tuple[str, ...]:
    return (*row[:width], *[""] * (width - len(row)))


def _trusted(rows: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    """Return the rows that stand in their columns: those that end in a stated cell, if any do."""
    reported = [r for r in rows if r[-1]]
    return reported or rows
