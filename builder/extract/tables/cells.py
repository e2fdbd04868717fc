"""What kind of thing a cell holds, and the numbers that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable

from builder.text import spelling

_NUMBERS = r"\d{1,4}(?:\s*[,;–—-]\s*\d{1,4})*"
_BRACKETED = re.compile(rf"\[\s*({_NUMBERS})\s*\]")
_ONLY_CITATIONS = re.compile(rf"^(?:\[\s*{_NUMBERS}\s*\][\s,;–-]*)+$")
_PLAIN_NUMBERS = re.compile(rf"^(?:[Rr]efs?\.?\s*)?{_NUMBERS}\.?$")
_REFERENCE_HEADING = re.compile(
    r"^(?:ref(?:erence)?s?|citations?|source studies|stud(?:y|ies))\.?$", re.I
)
_NOTHING = frozenset({"", "na", "n a", "nr", "nd", "none", "not reported", "not stated"})
_LONGEST_RANGE = 60
_STEM = 6


def find_citations(text: str) -> list[int]:
    """Return the reference numbers in square brackets, ranges expanded, each once, in order."""
    return _expand(m.group(1) for m in _BRACKETED.finditer(text))


def find_reference_numbers(text: str) -> list[int]:
    """Return the numbers of a cell of the references column, bracketed or plain."""
    if _PLAIN_NUMBERS.match(text.strip()):
        return _expand([re.sub(r"[^\d,;–—-]", "", text)])
    return find_citations(text)


def _expand(groups: Iterable[str]) -> list[int]:
    numbers: dict[int, None] = {}
    for group in groups:
        for part in re.split(r"[,;]", group):
            ends = [int(n) for n in re.findall(r"\d+", part)]
            if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + _LONGEST_RANGE:  # noqa: PLR2004
                numbers.update(dict.fromkeys(range(ends[0], ends[1] + 1)))
            else:
                numbers.update(dict.fromkeys(ends))
    return list(numbers)


def is_citation(text: str) -> bool:
    """Tell whether a cell holds citations and nothing else."""
    return bool(_ONLY_CITATIONS.match(text.strip()))


def is_reference_heading(text: str) -> bool:
    """Tell whether a heading names the column of references."""
    return bool(_REFERENCE_HEADING.match(text.strip()))


def says_nothing(text: str) -> bool:
    """Tell whether a cell is empty or says that there is nothing to say (``NA``, ``–``)."""
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
