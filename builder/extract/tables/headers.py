"""Headings of a table: which row is a second header row, and which heading spans which columns.

A layout that loses spans (Markdown) prints the sub-headings at the left and leaves empty headings
at the right. Which heading spans them is inferred from the cells below; where that does not decide,
the columns in doubt stay unnamed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from builder.extract.tables.columns import Column, fit_heading, is_reference_heading, likeness
from builder.readers.citations import find_citations

SURE = 0.15
_REFERENCES = 3.0
_SIBLINGS = 0.5
_MOST_LAYOUTS = 500
_LONGEST_HEADING = 60
# Each heading with the columns it stands over and the sub-headings of these.
Layout = tuple[tuple[int, int, int], ...]  # (first column, number of columns, first sub-heading)


@dataclass(frozen=True)
class Headings:
    """The names of the columns, and how they were found.

    ``rule`` is empty where nothing had to be repaired; ``doubt`` says what could not be decided.
    """

    columns: tuple[str, ...]
    rule: str = ""
    note: str = ""
    doubt: str = ""


def is_second_header(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether the row below the header continues it, by shape alone.

    The header lacks headings, and the row has at least two short cells and many empty ones.
    """
    lacking = sum(not t for t in first)
    reported = [t for t in second if t]
    if not lacking or len(reported) < 2 or len(reported) >= len(second):  # noqa: PLR2004
        return False
    if any(find_citations(t) or len(t) > _LONGEST_HEADING or t.endswith(".") for t in reported):
        return False
    if _is_placed(second):
        return not second[0]
    return len(reported) > lacking


def _is_placed(second: Sequence[str]) -> bool:
    """Return whether the sub-headings stand over their own columns, and not pushed to the left."""
    last = max(i for i, t in enumerate(second) if t)
    return any(not t for t in second[:last])


def name_columns(
    first: Sequence[str], second: Sequence[str] | None, body: Sequence[Column]
) -> Headings:
    """Return the names of the columns from one or two header rows, as wide as the table."""
    lacking = sum(not t for t in first)
    if second is None:
        if lacking == 0 or not _is_pushed(first, body):
            return Headings(_unique(first))
        subs = [""] * (lacking + 1)
    elif _is_placed(second):
        return _name_placed(first, second)
    else:
        subs = [t for t in second if t]
    return _name_by_fit([t for t in first if t], subs, body)


def _is_pushed(first: Sequence[str], body: Sequence[Column]) -> bool:
    """Return whether the references stand under an empty heading: then a heading spans columns."""
    named = [i for i, t in enumerate(first) if is_reference_heading(t)]
    cited = [i for i, c in enumerate(body) if c.citations > 0.5]  # noqa: PLR2004 (most of its cells)
    return len(named) == 1 and len(cited) == 1 and named[0] < cited[0] and not first[cited[0]]


def _name_placed(first: Sequence[str], second: Sequence[str]) -> Headings:
    names, group, headings = [], "", list(first)
    start = min(i for i, t in enumerate(second) if t)
    if all(first[: len([t for t in first if t])]) and not first[-1]:
        headings = _spread(first, second, start)
    for heading, sub in zip(headings, second, strict=True):
        group = heading or (group if sub else "")
        names.append(f"{group} / {sub}" if sub and group else sub or heading)
    return Headings(_unique(names), "two-row-header", "the second row names columns of a group")


def _spread(first: Sequence[str], second: Sequence[str], start: int) -> list[str]:
    """Return the headings moved right past the columns that the spanning heading takes."""
    reported = [t for t in first if t]
    extra = len(first) - len(reported)
    run = 0
    while start + run < len(second) and second[start + run]:
        run += 1
    if run != extra + 1:
        return list(first)
    return [*reported[: start + 1], *[""] * extra, *reported[start + 1 :]]


def list_layouts(headings: int, subs: int, width: int) -> Iterator[Layout]:
    """Yield every way to lay headings over columns in order, using all sub-headings once.

    A heading stands over one column without a sub-heading, or over two or more with them.
    """

    def place(heading: int, column: int, sub: int) -> Iterator[Layout]:
        if heading == headings:
            if column == width and sub == subs:
                yield ()
            return
        if width - column < headings - heading or subs - sub > width - column:
            return
        for rest in place(heading + 1, column + 1, sub):
            yield ((column, 1, -1), *rest)
        for size in range(2, min(subs - sub, width - column) + 1):
            for rest in place(heading + 1, column + size, sub + size):
                yield ((column, size, sub), *rest)

    return place(0, 0, 0)


def _score(
    layout: Layout, headings: Sequence[str], subs: Sequence[str], body: Sequence[Column]
) -> float:
    total = 0.0
    for heading, (column, size, sub) in zip(headings, layout, strict=True):
        places = range(column, column + size)
        if is_reference_heading(heading):
            total += _REFERENCES * sum(body[i].citations for i in places) - _REFERENCES * (size - 1)
        total += sum(fit_heading(heading, i, body) for i in places)
        if size > 1:
            total += sum(fit_heading(subs[sub + k], i, body) for k, i in enumerate(places))
            total += _SIBLINGS * sum(likeness(body[a], body[b]) for a, b in pairwise(places))
    starts = {subs[sub] for _, size, sub in layout if size > 1}
    if len(starts) == 1 and sum(size > 1 for _, size, _ in layout) > 1:
        total += 1.0  # the same sub-headings again and again: each group begins with the first
    return total


def _names(layout: Layout, headings: Sequence[str], subs: Sequence[str]) -> list[str]:
    names = []
    for heading, (_, size, sub) in zip(headings, layout, strict=True):
        if size == 1:
            names.append(heading)
        else:
            names += [f"{heading} / {subs[sub + k]}".removesuffix(" / ") for k in range(size)]
    return names


def _name_by_fit(headings: Sequence[str], subs: Sequence[str], body: Sequence[Column]) -> Headings:
    width = len(body)
    layouts = list(islice(list_layouts(len(headings), len(subs), width), _MOST_LAYOUTS + 1))
    printed = [*headings, *[""] * (width - len(headings))]
    if not layouts or len(layouts) > _MOST_LAYOUTS:
        return Headings(_unique(printed), "two-row-header", "", "which heading spans which columns")
    scored = sorted(
        ((_score(la, headings, subs, body), la) for la in layouts), key=lambda s: (-s[0], s[1])
    )
    best = scored[0][0]
    near = [_names(la, headings, subs) for score, la in scored if best - score < SURE]
    if len(near) == 1:
        groups = [h for h, (_, size, _) in zip(headings, scored[0][1], strict=True) if size > 1]
        reported = ", ".join(repr(g) for g in groups)
        note = f"{reported} spans the columns of the second header row, as the cells below show"
        return Headings(_unique(near[0]), "two-row-header", note)
    # Only what every likely layout says is kept.
    safe = [names[0] if len(set(names)) == 1 else "" for names in zip(*near, strict=True)]
    doubt = f"which heading spans the columns {', '.join(repr(s) for s in subs)}"
    return Headings(_unique(safe), "two-row-header", "the columns in doubt stay unnamed", doubt)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names that are all there and all different: ``Column 3``, ``Dose (2)``."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    for place, name in enumerate(names, 1):
        plain = name or f"Column {place}"
        seen[plain] += 1
        label = plain if seen[plain] == 1 else f"{plain} ({seen[plain]})"
        while label in found:
            seen[plain] += 1
            label = f"{plain} ({seen[plain]})"
        found.append(label)
    return tuple(found)


def join_headers(rows: Sequence[Sequence[str]]) -> Headings:
    """Return the names of columns from header rows whose spans are already filled in."""
    names = []
    for column in zip(*rows, strict=True):
        parts = [t for i, t in enumerate(column) if t and t not in column[:i]]
        names.append(" / ".join(parts))
    note = "header rows joined" if len(rows) > 1 else ""
    return Headings(_unique(names), "header-rows" if note else "", note)
