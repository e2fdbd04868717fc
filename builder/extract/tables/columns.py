"""What the cells of a column hold, what they cite, and how well a cell or a heading fits there.

No word lists decide where a cell belongs: length, words shared with the column and not with its
neighbours, closing full stop and citations do. The weights are set so that a margin of two is plain
to the eye.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from builder.readers.citations import NUMBERS, expand_numbers, find_citations
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
    r"^(?:ref(?:erence)?s?|citations?|source studies|stud(?:y|ies))\.?$", re.I
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
