"""Small marks that several layouts share: citation numbers, table rows, URLs, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from builder.errors import Problem
from builder.models.document import Cell, Document, Grid

# Up to this many numbers are written out of a range such as [3–7]; more is no citation.
_MAX_RANGE = 200
_BRACKET = re.compile(r"\[(\d{1,4}(?:\s*[,;–−-]\s*\d{1,4})*)\]")
_RANGE = re.compile(r"(\d+)\s*[–−-]\s*(\d+)|(\d+)")
# A cell of dashes below a header; a lone "-" in a cell says "none" and is data.
_DASHES = re.compile(r":-+:?|-+:|-{2,}")
_CELL_BREAK = re.compile(r"(?<!\\)\|")
URL = re.compile(r"https?://[^\s<>\"“”]+")
_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"“”]+")


def find_citations(text: str) -> tuple[int, ...]:
    """Return the reference numbers cited in a text, in order: ``[3,5–7]`` gives 3, 5, 6, 7."""
    found: dict[int, None] = {}
    for bracket in _BRACKET.finditer(text):
        for low, high, single in _RANGE.findall(bracket[1]):
            if single:
                found[int(single)] = None
            elif int(low) <= int(high) < int(low) + _MAX_RANGE:
                found.update(dict.fromkeys(range(int(low), int(high) + 1)))
    return tuple(found)


def check_citations(document: Document) -> list[Problem]:
    """Return a warning for each cited number that the reference list does not hold.

    A seed without a list (a digest) is not checked.
    """
    known = {citation.number for citation in document.citations}
    if not known:
        return []
    cited: dict[int, int] = {}
    for block in document.blocks:
        for number in block.citations:
            cited.setdefault(number, block.line)
    cells = (c for grid in document.tables for row in grid.rows for c in row if c.citations)
    for cell in cells:
        for number in cell.citations:
            cited.setdefault(number, cell.line)
    return [
        Problem(
            document.file,
            line,
            "warning",
            "citation-unknown",
            f"a reference between {min(known)} and {max(known)}",
            f"a citation of [{number}]",
            hint="The place keeps the number; nothing is linked.",
        )
        for number, line in sorted(cited.items())
        if number not in known
    ]


def clean_url(url: str) -> str:
    """Return a URL found in prose without the punctuation that follows it."""
    url = url.rstrip(".,;:'’")
    while url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1].rstrip(".,;:")
    return url


def find_url(text: str) -> str:
    """Return the first URL of a text, or an empty string."""
    found = URL.search(text)
    return clean_url(found[0]) if found else ""


def find_doi(text: str) -> str:
    """Return the first DOI of a text, or an empty string."""
    found = _DOI.search(text)
    return clean_url(found[0]) if found else ""


def is_table_line(line: str) -> bool:
    """Tell whether a line is a row of a Markdown table with its outer bars."""
    return line.lstrip().startswith("|")


def _is_separator(line: str) -> bool:
    if "--" not in line and ":-" not in line and "-:" not in line:
        return False
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return all(_DASHES.fullmatch(cell) for cell in cells)


def _split_row(line: str, number: int, header: bool) -> tuple[Cell, ...]:
    inner = line.strip().removeprefix("|")
    parts = _CELL_BREAK.split(inner)
    if parts and not parts[-1].strip() and inner.endswith("|"):
        parts.pop()
    texts = [part.strip().replace("\\|", "|") for part in parts]
    return tuple(Cell(t, number, header=header, citations=find_citations(t)) for t in texts)


def split_tables(rows: Sequence[tuple[int, str]], first: int = 1) -> list[Grid]:
    """Return the tables of a run of Markdown rows, given as (line number, line).

    Tables that run together part at each header row, which is the row above a row of dashes.
    Cells stay as printed, however many a row has. Tables are numbered from ``first``.
    """
    starts = [i - 1 for i in range(1, len(rows)) if _is_separator(rows[i][1])]
    if not starts or starts[0] != 0:
        starts = [0, *starts]
    grids: list[Grid] = []
    for begin, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        has_header = begin + 1 < end and _is_separator(rows[begin + 1][1])
        cells = [
            _split_row(line, number, header=has_header and i == begin)
            for i, (number, line) in enumerate(rows[begin:end], begin)
            if not _is_separator(line)
        ]
        if cells:
            grids.append(Grid(first + len(grids), tuple(cells), rows[begin][0]))
    return grids


def join_lines(parts: Iterable[str]) -> str:
    """Return lines of one paragraph as one text."""
    return " ".join(part.strip() for part in parts if part.strip())
