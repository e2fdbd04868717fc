"""Rows whose cells stand in the wrong columns: a cell that spans rows, a cell too few or too many.

A layout that loses spans prints the cells of such a row one column early. Which cell is missing is
inferred from what the other rows hold in each column; where that does not decide, the cells in
doubt are left unread and the printed ones are kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from builder.extract.tables.columns import Column, fit_cell, is_citation

SURE = 2.0
LIKELY = 1.0
# A full row is only called shifted against its printed order on strong evidence.
_OVERRULE = 4.0
_LEAST_ROWS = 2
_MOST_PLACINGS = 500


@dataclass(frozen=True)
class Placed:
    """A row as wide as the table: its cells as printed, and which columns got none.

    ``missing`` are columns without a printed cell; ``unread`` are columns in doubt. ``rule`` is
    empty where the row stands as printed; ``lead`` is how far the reading leads the next one.
    """

    cells: tuple[str, ...]
    missing: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()
    rule: str = ""
    note: str = ""
    lead: float = math.inf


def place_row(cells: Sequence[str], columns: Sequence[Column]) -> Placed:
    """Return a printed row laid over the columns of its table."""
    width = len(columns)
    if len(cells) > width:
        return _join_extra(_drop_empty_end(cells, width), columns)
    padded = (*cells, *[""] * (width - len(cells)))
    reported = [c for c in padded if c]
    if len(reported) <= 1:
        return Placed(padded, rule="" if len(cells) == width else "too-few-cells")
    lacking = _count_missing(padded, columns, printed=len(cells))
    if not lacking:
        return Placed(padded)
    return _fill_gaps(padded, lacking, columns, short=len(cells) < width)


def _reference_column(columns: Sequence[Column]) -> int | None:
    cited = [i for i, c in enumerate(columns) if c.citations > 0.5]  # noqa: PLR2004 (most of its cells)
    return cited[0] if len(cited) == 1 else None


def _count_missing(padded: Sequence[str], columns: Sequence[Column], *, printed: int) -> int:
    """Return how many cells a row lacks: by its citations, else by its length, else by its fit."""
    home = _reference_column(columns)
    here = [i for i, t in enumerate(padded) if is_citation(t)]
    if home is not None and len(here) == 1 and here[0] < home and not any(padded[here[0] + 1 :]):
        return home - here[0]
    if home is not None and here == [home]:
        return 0
    if printed < len(padded):
        return len(padded) - printed
    empty_end = next((n for n, t in enumerate(reversed(padded)) if t), 0)
    always_reported = empty_end and columns[-1].size >= _LEAST_ROWS
    return empty_end if always_reported and here == [] and home is None else 0


def _placings(padded: Sequence[str], lacking: int) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Return each way to leave out ``lacking`` columns, with the row it gives."""
    width, given = len(padded), list(padded[: len(padded) - lacking])
    if math.comb(width, lacking) > _MOST_PLACINGS:
        return []
    found = []
    for gaps in combinations(range(width), lacking):
        cells = iter(given)
        found.append((gaps, tuple("" if i in gaps else next(cells) for i in range(width))))
    return found


def _fill_gaps(
    padded: Sequence[str], lacking: int, columns: Sequence[Column], *, short: bool
) -> Placed:
    placings = _placings(padded, lacking)
    if not placings or max(c.size for c in columns) < _LEAST_ROWS:
        rule = "too-few-cells" if short else "shifted-cells"
        return Placed(tuple(padded), unread=tuple(range(len(padded))), rule=rule, lead=0.0)
    scored = sorted(
        (
            (sum(fit_cell(t, i, columns) for i, t in enumerate(row)), gaps, row)
            for gaps, row in placings
        ),
        key=lambda s: (-s[0], s[1]),
    )
    best, gaps, row = scored[0]
    lead = best - scored[1][0] if len(scored) > 1 else math.inf
    as_printed = next(
        (s for s, g, _ in scored if g == tuple(range(len(padded) - lacking, len(padded)))),
        -math.inf,
    )
    if not any(map(is_citation, padded)) and not short and best - as_printed < _OVERRULE:
        return Placed(tuple(padded))
    if lead < LIKELY:
        near = [r for s, _, r in scored if best - s < LIKELY]
        doubtful = tuple(
            i for i, texts in enumerate(zip(*near, strict=True)) if len(set(texts)) > 1
        )
        return Placed(row, missing=(), unread=doubtful, rule="shifted-cells", lead=lead)
    if gaps == tuple(range(len(padded) - lacking, len(padded))):
        return Placed(row, rule="too-few-cells", lead=lead)
    return Placed(row, missing=gaps, rule="rowspan", lead=lead)


def _drop_empty_end(cells: Sequence[str], width: int) -> tuple[str, ...]:
    kept = list(cells)
    while len(kept) > width and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _join_extra(cells: Sequence[str], columns: Sequence[Column]) -> Placed:
    """Return a row with too many cells, neighbours joined where a column mark split a cell."""
    width = len(columns)
    if len(cells) == width:
        return Placed(tuple(cells), rule="too-many-cells", note="empty cells at the end left out")
    extra = len(cells) - width
    rows = [
        (*cells[:i], " | ".join(cells[i : i + extra + 1]), *cells[i + extra + 1 :])
        for i in range(width)
    ]
    scored = sorted(
        (
            (sum(fit_cell(t, i, columns) for i, t in enumerate(row)), n)
            for n, row in enumerate(rows)
        ),
        key=lambda s: (-s[0], s[1]),
    )
    best = rows[scored[0][1]]
    lead = scored[0][0] - scored[1][0] if len(scored) > 1 else math.inf
    if lead >= SURE and max(c.size for c in columns) >= _LEAST_ROWS:
        return Placed(best, rule="too-many-cells", note="neighbouring cells joined", lead=lead)
    near = [rows[n] for s, n in scored if scored[0][0] - s < SURE]
    doubtful = tuple(i for i, texts in enumerate(zip(*near, strict=True)) if len(set(texts)) > 1)
    return Placed(best, unread=doubtful, rule="too-many-cells", lead=lead)
