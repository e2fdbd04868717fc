"""What the cells of a column hold and cite, and in which column each cell of a row belongs.

No word lists decide where a cell belongs: length, words shared with the column and not with its
neighbours, closing full stop and citations do. The weights are set so that a margin of two is plain
to the eye. A layout that loses spans prints the cells of a row under a cell that spans rows one
column early: which cell is missing is inferred from what the other rows hold in each column, and so
is which heading spans which columns. Where that does not decide, the cells or columns in doubt are
left unread or unnamed, and the printed ones are kept.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations, islice, pairwise

from builder.readers.draft import NUMBERS, expand_numbers, find_citations
from builder.text import spelling

# A heading or words behind a bracket that show a measure: [45, 90] under "Angle" cites nothing.
_MEASURE = re.compile(
    r"\b(?:angles?|range|interval|CI|IQR|quartiles?|limits?|degrees?|scores?|size|dose|age|ages|"
    r"bounds?)\b|[°%]|\[[^\]]*\]|\((?:n|mm|cm|nm|µm|h|days|weeks|years|°|%)\)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s*(?:°|degrees?\b|%|(?:mm|cm|nm|µm|[kMG]?Pa|days?|weeks?|months?|years?|h|mL|µg|mg)\b)"
)
_MEASURED = re.compile(r"(?:range|interval|CI|IQR|mean|median|between|of)[\s:,=]*$", re.IGNORECASE)
_BRACKETED = re.compile(rf"\[\s*({NUMBERS})\s*\]")
_ONLY_CITATIONS = re.compile(rf"^(?:\[\s*{NUMBERS}\s*\][\s,;–-]*)+$")
_PLAIN_NUMBERS = re.compile(rf"^(?:[Rr]efs?\.?\s*)?\(?\s*{NUMBERS}\s*\)?\.?$")
_REFERENCE_HEADING = re.compile(
    r"^(?:ref(?:erence)?s?|citations?|source studies|(?:stud(?:y|ies)|(?:first )?authors?)"
    r"(?:,? \(?(?:and )?(?:publication )?years?\)?)?)\.?$",
    re.IGNORECASE,
)
_NOTHING = frozenset({"", "na", "n a", "nr", "nd", "none", "not reported", "not stated"})
_STEM = 6
_LEAST_SPREAD = 0.35
_WORST = -4.0
_CITATION_FIT = 4.0


def find_reference_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of a cell of the references column, bracketed or plain."""
    if _PLAIN_NUMBERS.match(text.strip()):
        return expand_numbers([text])
    return find_citations(text)


def find_stray_numbers(text: str, heading: str, known: AbstractSet[int]) -> tuple[int, ...]:
    """Return the numbers in brackets that cite works, in a cell of another column.

    They are citations where the list of references holds them all and nothing shows a measure.
    """
    if _MEASURE.search(heading):
        return ()
    found: list[str] = []
    for bracket in _BRACKETED.finditer(text):
        measured = _UNIT.match(text, bracket.end()) or _MEASURED.search(text[: bracket.start()])
        if not measured and set(expand_numbers([bracket[1]])) <= known:
            found.append(bracket[1])
    return expand_numbers(found)


def is_citation(text: str) -> bool:
    """Return whether a cell holds citations and nothing else."""
    return bool(_ONLY_CITATIONS.match(text.strip()))


def is_reference_heading(text: str) -> bool:
    """Return whether a heading names the column of references."""
    return bool(_REFERENCE_HEADING.match(text.strip()))


def says_nothing(text: str) -> bool:
    """Return whether a cell is empty or says that there is nothing to say (``NA``, ``–``)."""
    return spelling.fold(text) in _NOTHING


def stems(text: str) -> list[str]:
    """Return the words of a text cut to a stem, so that release, released and releasing meet."""
    bare = _BRACKETED.sub(" ", text)
    return [_stem(w) for w in spelling.fold(bare).split()]


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 3:  # noqa: PLR2004
            word = word.removesuffix(ending)
            break
    return word[:_STEM]


@dataclass(frozen=True)
class Column:
    """What the trusted cells of a column have in common."""

    size: int
    mean: float
    spread: float
    stops: float
    citations: float
    words: Counter[str]
    texts: frozenset[str]


def describe_column(texts: Sequence[str]) -> Column:
    """Return the profile of a column from its cells; cells that say nothing don't count."""
    reported = [t for t in texts if not says_nothing(t)]
    lengths = [math.log1p(len(t)) for t in reported] or [0.0]
    mean = sum(lengths) / len(lengths)
    spread = math.sqrt(sum((x - mean) ** 2 for x in lengths) / len(lengths))
    return Column(
        size=len(reported),
        mean=mean,
        spread=max(spread, _LEAST_SPREAD),
        stops=(sum(t.rstrip().endswith(".") for t in reported) + 1) / (len(reported) + 2),
        citations=sum(map(is_citation, reported)) / len(reported) if reported else 0.0,
        words=Counter(w for t in reported for w in set(stems(t))),
        texts=frozenset(reported),
    )


def describe_columns(rows: Sequence[Sequence[str]], width: int) -> list[Column]:
    """Return the profile of each column of a grid of equally wide rows."""
    return [describe_column([row[i] for row in rows]) for i in range(width)]


def _share(word: str, column: Column) -> float:
    return column.words[word] / column.size if column.size else 0.0


def _weight(word: str, place: int, columns: Sequence[Column]) -> float:
    """Return how much a word belongs to one column: 1 when found there alone, 0 when not there."""
    here = _share(word, columns[place])
    total = sum(_share(word, c) for c in columns)
    return here / total if total else 0.0


def fit_cell(text: str, place: int, columns: Sequence[Column]) -> float:
    """Return how well a cell fits a column; higher is better, 0 for a cell that says nothing."""
    column = columns[place]
    if is_citation(text) or column.citations > 0.5:  # noqa: PLR2004 (most of its cells)
        return _CITATION_FIT if is_citation(text) == (column.citations > 0.5) else -_CITATION_FIT  # noqa: PLR2004
    if says_nothing(text) or not column.size:
        return 0.0
    distance = (math.log1p(len(text)) - column.mean) / column.spread
    score = max(_WORST, -distance * distance / 2)
    ends = text.rstrip().endswith(".")
    score += math.log(column.stops if ends else 1 - column.stops)
    words = set(stems(text))
    score += 2 * sum(_weight(w, place, columns) for w in words) / max(len(words), 1)
    return score + (2.0 if text in column.texts else 0.0)


def fit_heading(heading: str, place: int, columns: Sequence[Column]) -> float:
    """Return how well a heading fits a column: how often and how alone its words stand there."""
    column = columns[place]
    return sum(_share(w, column) * _weight(w, place, columns) for w in set(stems(heading)))


def likeness(left: Column, right: Column) -> float:
    """Return how alike the words of two columns are, from 0 to 1 (cosine)."""
    dot = sum(left.words[w] * right.words[w] for w in left.words.keys() & right.words.keys())
    norm = math.sqrt(
        sum(n * n for n in left.words.values()) * sum(n * n for n in right.words.values())
    )
    return dot / norm if norm else 0.0


# --- rows whose cells stand in the wrong columns --------------------------------------------------

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


_CLEAR = 0.15
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
    near = [_names(la, headings, subs) for score, la in scored if best - score < _CLEAR]
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
