"""Names that look like molecules and are no term yet: what a curator may add to the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from builder.extract.vocabulary import Vocabulary
from builder.text import spelling

_DASH = f"[{re.escape(spelling.DASHES)} ]?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "miRNA",
        re.compile(
            rf"(?<!\w)(?:(?:hsa|mmu|rno|ocu)-)?(?:[Mm]i(?:R|RNA|croRNA){_DASH}|[Ll]et-)\d+[a-z]{{0,2}}"
            r"(?:-\d(?!p))?(?:-[35]p)?(?!\w)",
        ),
    ),
    ("circRNA", re.compile(r"(?<!\w)(?:hsa_|mmu_)?circ(?:RNA)?[_ -]?[A-Z0-9][A-Za-z0-9]*(?!\w)")),
    (
        "lncRNA",
        re.compile(r"(?<!\w)(?:(?:lncRNA|lnc)[- ][A-Z][A-Za-z0-9-]*|LINC\d+|[A-Z0-9]+-AS\d)(?!\w)"),
    ),
    (
        "gene/protein",
        re.compile(r"(?<![\w-])(?!NCT\d|IRCT\d|PMC\d)[A-Z][A-Z]+[A-Z0-9]*\d[A-Z]?(?![\w-])"),
    ),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that is no term: its type by its form, and its offsets in the text."""

    type: str
    text: str
    start: int
    end: int


def find_candidates(text: str, vocabulary: Vocabulary) -> list[Candidate]:
    """Return names of miRNA, circRNA, lncRNA and genes in a text that the vocabulary lacks."""
    taken = [
        (m.start, m.end)
        for m in vocabulary.find_mentions(text)
        if not vocabulary.terms.is_made(m.term)
    ]
    found: list[Candidate] = []
    for candidate in _find_all(text):
        # The word lncRNA before a name is a term, but does not make the name known.
        if not any(s < candidate.end <= e for s, e in taken):
            found.append(candidate)
            taken.append((candidate.start, candidate.end))
    return sorted(found, key=lambda c: c.start)


def _find_all(text: str) -> Iterator[Candidate]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Candidate(kind, match.group(), match.start(), match.end())
