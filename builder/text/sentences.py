"""Sentences of a prose text, with the works that each cites.

The splitter is a kept library; it is given what it can't know: a citation printed right behind a
full stop belongs to the sentence before it (``cells.[3] Then``), and some short forms of the field
end no sentence (``i.v.``, ``approx.``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sentencex

Marks = Sequence[tuple[int, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence verbatim, its place in the text, and the numbers it cites."""

    text: str
    start: int
    end: int
    cited: tuple[int, ...] = ()


def find_sentences(text: str) -> list[str]:
    """Return the sentences of a prose text, each verbatim but for outer white space."""
    return [s.text for s in split_sentences(text)]


def split_sentences(text: str, citations: Sequence[int] = (), marks: Marks = ()) -> list[Sentence]:
    """Return the sentences of a text in order.

    ``marks`` are the offsets of citations where the layout gives them; without them a number of
    ``citations`` counts where it is printed in brackets.
    """
    found = []
    for first, last in _join(text, _pieces(_mask(text, marks))):
        said = text[first:last]
        if not said.strip():
            continue
        start, end = first + len(said) - len(said.lstrip()), first + len(said.rstrip())
        cited = _marked(marks, start, end) if marks else _printed(text[start:end], citations)
        found.append(Sentence(text[start:end], start, end, tuple(dict.fromkeys(cited))))
    return found


_CITED_BEHIND = re.compile(r"([.?!])((?:\s?[\[(]\d[\d,;\s–-]*[\])])+)(?=\s|$|[A-Z])")
_PRINTED_MARK = re.compile(r"[\[(]?\d[\d,;\s–-]*\d?[\])]?|\[[^\]]{1,80}\]|\([^)]{1,200}\)")


def _mask(text: str, marks: Marks) -> str:
    """Return the text, as long as before, with each full stop put behind the citation after it."""
    masked = text
    for at, _ in marks:
        before = masked[:at].rstrip()
        mark = _PRINTED_MARK.match(masked, at)
        if mark and before.endswith((".", "?", "!")) and at - len(before) <= 1:
            printed = masked[len(before) : mark.end()].rstrip()
            end = len(before) + len(printed)
            masked = before[:-1] + printed + before[-1] + masked[end:]
    return _CITED_BEHIND.sub(r"\2\1", masked)


def _pieces(masked: str) -> Iterator[tuple[int, int]]:
    at = 0
    for piece in sentencex.segment("en", masked):
        start = masked.find(piece, at)
        if start < 0:  # the splitter changed white space: keep the rest in one
            yield at, len(masked)
            return
        at = start + len(piece)
        yield start, at


def _join(text: str, pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the pieces with those joined that a short form parted."""
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        rest = text[start:end].lstrip()
        if joined and rest and _goes_on(text[joined[-1][0] : joined[-1][1]], rest):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


_SHORT_FORM = re.compile(
    r"(?:\b(?:approx|ca|cf|vs|resp|incl|et al|figs?|refs?|nos?|eqs?|suppl|tabs?|spp?|st|dr|"
    r"i\.?v|i\.?a|i\.?p|i\.?m|s\.?c|i\.e|e\.g)|\b[a-z])\.\s*$",
    re.IGNORECASE,
)
# Measures of bone that are printed with a full stop: Tb.Th, Tb. Sp, Conn.D.
_MEASURE = re.compile(r"\b(?:Tb|Conn)\.\s*$")
# A name that begins small may begin a sentence: miR-21, hBMSC, let-7a, circ_0001.
_SMALL_NAME = re.compile(r"(?:[a-z]+[A-Z]|let-\d|circ|lnc|sEV|p\d)")


def _goes_on(before: str, rest: str) -> bool:
    if _MEASURE.search(before):
        return True
    if not _SHORT_FORM.search(before):
        return rest[0].islower() and not _SMALL_NAME.match(rest)
    return not rest[0].isupper()


def _marked(marks: Marks, start: int, end: int) -> Iterator[int]:
    for at, numbers in marks:
        if start <= at < end:
            yield from numbers


def _printed(sentence: str, citations: Sequence[int]) -> Iterator[int]:
    """Yield the numbers that a sentence prints in brackets: ``[3]``, ``[1,3]``, ``[2–5]``."""
    groups = [
        [int(n) for n in re.findall(r"\d+", item)]
        for group in re.findall(r"[\[(]([\d,;\s–-]+)[\])]", sentence)
        for item in re.split(r"[,;]\s*", group)
    ]
    for number in citations:
        if any(ends and ends[0] <= number <= ends[-1] for ends in groups):
            yield number
