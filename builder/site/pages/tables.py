"""The tables of a paper: the repaired grid, the printed one beside it, each repair by name."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from builder.models import Repair, Table, TableRow
from builder.site.index import LibraryIndex, view_questions
from builder.site.links import View, link
from builder.site.pages.findings import view_numbers
from builder.text import ids

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
# A larger table has no printed grid on its page: the page has to stay light.
_MOST_CELLS = 600


def view_columns(columns: list[str]) -> View:
    """Return the header of a table: one row, or two where columns stand in groups.

    A grouped column is named ``Group / Column``; neighbours of one group share a heading.
    """
    split = [name.split(" / ", 1) if " / " in name else ["", name] for name in columns]
    if not any(group for group, _ in split):
        return {"grouped": False, "top": [], "names": columns}
    top: list[View] = []
    for group, name in split:
        if group and top and top[-1]["group"] == group:
            top[-1]["span"] += 1
        else:
            top.append({"group": group, "label": group or name, "span": 1})
    below = [name for group, name in split if group]
    return {"grouped": True, "top": top, "names": below}


def _view_cell(atlas: LibraryIndex, table: Table, row: TableRow, column: str) -> View:
    """Return a cell: what it reads, what was printed, and why where the two differ."""
    cell = row.cells.get(column)
    printed = cell.printed if cell else ""
    text = cell.text if cell else ""
    inherited = ""
    if cell and cell.inherited:
        above = atlas.rows.get((table.paper, cell.inherited))
        inherited = f"from row {above[1]}" if above else "from the row above"
    repairs = [r for r in table.repairs if r.row == row.id and r.column == column]
    return {
        "column": column,
        "text": text,
        "printed": printed if printed != text else "",
        "changed": printed != text and not inherited,
        "inherited": inherited,
        "repair": repairs[-1].rule if repairs else "",
        "differs": printed != text or bool(inherited),
        "reasons": [r.note for r in repairs],
    }


def _view_row(atlas: LibraryIndex, table: Table, row: TableRow, place: int, root: str) -> View:
    findings = atlas.row_findings.get((table.paper, row.id), ())
    former = {*atlas.former_rows.get(row.id, ())}
    return {
        "anchor": ids.row_anchor(row.id),
        "former": [ids.row_anchor(name) for name in sorted(former)],
        "place": place,
        "line": row.line,
        "cells": [_view_cell(atlas, table, row, column) for column in table.columns],
        "numbers": view_numbers(atlas, table.paper, row.references, root),
        "findings": [
            link(str(n), atlas.finding_href(f.id, root)) for n, f in enumerate(findings, 1)
        ],
    }


def view_table(atlas: LibraryIndex, table: Table, root: str) -> View:
    """Return a table: the repaired grid, the printed one beside it, and each repair by name."""
    places = {row.id: n for n, row in enumerate(table.rows, 1)}
    width = max([len(row) for row in table.printed], default=0)
    rows = [_view_row(atlas, table, row, n, root) for n, row in enumerate(table.rows, 1)]
    return {
        "anchor": ids.table_anchor(table.number),
        "number": table.number,
        "label": table.label or f"Table {table.number}",
        "caption": table.caption or "",
        "header": view_columns(table.columns),
        "rows": rows,
        "repairs": [
            {"where": _name_place(r, places), "rule": r.rule, "note": r.note} for r in table.repairs
        ],
        "pairs": _view_pairs(table, rows),
        "printed": [{"cells": row, "missing": width - len(row)} for row in table.printed]
        if sum(map(len, table.printed)) <= _MOST_CELLS
        else [],
        "footnotes": table.footnotes,
        "line": table.line,
        "questions": view_questions(table.questions),
    }


def _name_place(repair: Repair, places: dict[str, int]) -> str:
    """Return where a repair was made, in words."""
    row = f"row {places[repair.row]}" if repair.row in places else ""
    return ", ".join(part for part in (row, repair.column or "") if part) or "whole table"


def _view_pairs(table: Table, rows: list[View]) -> View:
    """Return what was printed beside what was read: the header, and each row that differs.

    ``words`` count the differences; they are empty where everything stands as printed.
    """
    header = _view_header(table)
    differing = [row for row in rows if any(c["differs"] for c in row["cells"])]
    changed = sum(c["differs"] for row in rows for c in row["cells"])
    cells = sum(len(row["cells"]) for row in rows)
    one = changed == 1 and not header
    found = ["the header"] if header else []
    found += [f"{changed} of {cells} {'cell' if cells == 1 else 'cells'}"] if changed else []
    verb = "differs" if one or not changed else "differ"
    return {
        "words": f"{' and '.join(found)} {verb}" if found else "",
        "header": header,
        "rows": [
            {
                "anchor": row["anchor"],
                "place": row["place"],
                "cells": [_view_pair(cell) for cell in row["cells"]],
            }
            for row in differing
        ],
        "rest": len(rows) - len(differing),
    }


def _view_header(table: Table) -> View | None:
    """Return the printed lines of the header beside the names of the columns, if they differ.

    Only where each row that is not one of the header's was read as a row is it known which are.
    """
    above = len(table.printed) - len(table.rows)
    printed = [[cell for cell in row if cell] for row in table.printed[: max(above, 0)]]
    if not printed or printed == [table.columns]:
        return None
    return {"printed": [" | ".join(row) for row in printed], "read": " | ".join(table.columns)}


def _view_pair(cell: View) -> View:
    printed, read = mark_difference(cell["printed"], cell["text"])
    return {
        "column": cell["column"],
        "differs": cell["differs"],
        "text": cell["text"],
        "printed": printed,
        "read": read,
        "inherited": cell["inherited"],
        "reasons": cell["reasons"],
    }


def mark_difference(printed: str, read: str) -> tuple[list[View], list[View]]:
    """Return both texts in pieces, those marked in which they differ, word by word."""
    a, b = _WORD.findall(printed), _WORD.findall(read)
    left: list[View] = []
    right: list[View] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        marked = tag != "equal" and bool(printed) and bool(read)
        for side, words in ((left, a[i:j]), (right, b[k:m])):
            if words:
                side.append({"text": "".join(words), "marked": marked})
    return left, right
