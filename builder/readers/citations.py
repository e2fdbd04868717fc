"""Which works a text cites: numbers in square or round brackets, or an author and a year.

Square brackets count first. Where a paper has none that fit its list of references, numbers in
round brackets are tried, then names with years; what fits no entry of the list cites nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from builder.errors import Problem
from builder.models.document import Block, Citation, Document
from builder.readers.words import page_words
from builder.text.dates import YEAR
from builder.text.spelling import fold

# Up to this many numbers are written out of a range such as [3–7]; more is no citation.
_MAX_RANGE = 200
_DASH = "[–—−-]"
NUMBERS = rf"\d{{1,4}}(?:\s*(?:[,;]|{_DASH})\s*\d{{1,4}})*"
_BRACKET = re.compile(rf"\[\s*({NUMBERS})\s*\]")
_RANGE = re.compile(rf"(\d+)\s*{_DASH}\s*(\d+)|(\d+)")
# Numbers of a list in the line, "(1) they grow; (2) they rest", stand at the head of a part.
_ROUND = re.compile(rf"(?<=[\w.)”\"’%]) ?\(\s*({NUMBERS})\s*\)(?!\s*[a-z][\w-]* (?:the|a|an)\b)")
_LEAST_SHARE = 0.3  # of the list that round brackets must cite
_NAME = (
    r"(?:(?:[Vv]an|[Vv]on|[Dd]e[rnl]?|[Dd]i|[Dd]a|[Dd]os|[Ll][ae]|[EeAa]l|Mac|’t|St\.)[\s-]){0,3}"
    r"[^\W\d_a-z][\w’'-]+"
)
_NAMED = re.compile(
    rf"(?P<family>{_NAME}(?:\s{_NAME}){{0,2}}?)"
    rf"(?:,?\s+et\s+al\.?(?:’s)?|,?\s+(?:and|&)\s+(?P<second>{_NAME}))?,?\s*[(\[]?"
    rf"(?P<years>{YEAR}[a-z]?(?:,\s?{YEAR}[a-z]?)*)(?![\w-])"
)
_LISTED = re.compile(rf"(?<!\d)({YEAR})([a-z]?)(?!\d)")
_INITIALS = re.compile(r"(?:\s[^\Wa-z\d_]{1,4}|(?:\s?[^\Wa-z\d_]\.-?)+)$|^(?:[^\Wa-z\d_]\.[\s-]?)+")


def find_citations(text: str) -> tuple[int, ...]:
    """Return the reference numbers cited in a text, in order: ``[3,5–7]`` gives 3, 5, 6, 7."""
    return expand_numbers(bracket[1] for bracket in _BRACKET.finditer(text))


def expand_numbers(groups: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of lists such as ``3,5–7``, each once."""
    found: dict[int, None] = {}
    for group in groups:
        for low, high, single in _RANGE.findall(group):
            if single:
                found[int(single)] = None
            elif int(low) <= int(high) < int(low) + _MAX_RANGE:
                found.update(dict.fromkeys(range(int(low), int(high) + 1)))
    return tuple(found)


def resolve_citations(document: Document) -> Document:
    """Return a document whose blocks cite in the paper's own style, if not in square brackets."""
    known = {citation.number for citation in document.citations}
    if not known or any(known & set(block.citations) for block in document.blocks):
        return document
    found = [tuple(_find_round(block.text, known)) for block in document.blocks]
    cited = {n for marks in found for _, numbers in marks for n in numbers}
    if len(cited) < max(1, _LEAST_SHARE * len(known)):
        if raised := _bracket_raised(document.blocks, known):
            return replace(document, blocks=raised)
        names = AuthorYears(document.citations)
        found = [tuple(names.find(block.text)) for block in document.blocks]
    if not any(found):
        return document
    numbers = (tuple(dict.fromkeys(n for _, ns in marks for n in ns)) for marks in found)
    cites = zip(document.blocks, numbers, found, strict=True)
    return replace(document, blocks=tuple(replace(b, citations=n, marks=m) for b, n, m in cites))


def _find_round(text: str, known: set[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    for bracket in _ROUND.finditer(text):
        numbers = expand_numbers([bracket[1]])
        if numbers and known.issuperset(numbers):
            yield bracket.start(), numbers


# A number that was raised in print and stands close behind a word, a bracket or a full stop.
_RAISED = re.compile(
    r"(?P<before>(?<![\w-])(?P<word>[^\W\d_][^\W\d_’'-]*[a-z]{2}|[A-Z]{2,}s)|(?<=[\w%])[)”’])"
    r"(?P<stop>[.,;:]?)(?P<numbers>(?:\d{1,3}(?:[,–-]\d{1,3})*|[⁰¹²³⁴-⁹]+(?:[,–⁻-][⁰¹²³⁴-⁹]+)*))"
    r"(?=[\s.,;:)]|$)"
)
_LOWER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED_IN = ("abstract", "paragraph", "caption")
_MOST_AHEAD = 3  # numbers that tables and figures may cite before the text goes on


def _bracket_raised(blocks: Sequence[Block], known: set[int]) -> tuple[Block, ...]:
    """Return the blocks with the numbers that were raised in print put into square brackets.

    Such a style numbers works as they are cited, so that a number far beyond all before it cites
    nothing (connexin43). Without two numbers and a share of the list the text has another style:
    nothing is returned.
    """
    cited: set[int] = set()
    numbered = page_words().numbered

    def bracket(found: re.Match[str]) -> str:
        printed = found["numbers"].translate(_LOWER)
        numbers = expand_numbers([printed])
        ahead = max(cited, default=0) + _MOST_AHEAD + len(numbers)
        other = (found["word"] or "").casefold() in numbered
        if other or not numbers or not known.issuperset(numbers) or max(numbers) > ahead:
            return found[0]
        cited.update(numbers)
        return f"{found['before']}{found['stop']}[{printed}]"

    read = []
    for block in blocks:
        text = _RAISED.sub(bracket, block.text) if block.kind in _RAISED_IN else block.text
        read.append(replace(block, text=text, citations=find_citations(text)))
    least = max(2, _LEAST_SHARE * len(known))
    return tuple(read) if len(cited) >= least else ()


class AuthorYears:
    """The entries of a list by the first author's family name and the year."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        self._citations = citations

    @cached_property
    def _entries(self) -> Mapping[tuple[str, str], list[tuple[Citation, str]]]:
        entries: dict[tuple[str, str], list[tuple[Citation, str]]] = defaultdict(list)
        for citation in self._citations:
            family, year, letter = _read_head(citation)
            if family and year:
                entries[fold(family), year].append((citation, letter))
        return entries

    def find(self, text: str) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield the place of each citation in a text, and the numbers of what it cites.

        A name and year that fit several entries cite none of them.
        """
        for named in _NAMED.finditer(text) if _LISTED.search(text) else ():
            words = named["family"].split()
            numbers = (
                number
                for year, letter in _LISTED.findall(named["years"])
                if (number := self._look_up(words, named["second"] or "", year, letter))
            )
            if cited := tuple(dict.fromkeys(numbers)):
                yield named.start(), cited

    def _look_up(self, words: Sequence[str], second: str, year: str, letter: str) -> int:
        for start in range(len(words)):
            held = self._entries.get((fold(" ".join(words[start:])), year), [])
            held = [e for e in held if e[1] == letter] or ([] if letter else held)
            if len(held) > 1 and second:
                held = [e for e in held if f" {fold(second)} " in f" {fold(e[0].printed)} "]
            if len(held) == 1:
                return held[0][0].number
        return 0


def _read_head(citation: Citation) -> tuple[str, str, str]:
    """Return the first family name of an entry, its year, and the letter behind the year."""
    years = _LISTED.findall(citation.printed)
    lettered = next((pair for pair in years if pair[1]), years[0] if years else ("", ""))
    work = citation.fields
    if work and work.authors:
        year = str(work.issued[0]) if work.issued else lettered[0]
        return work.authors[0].family or work.authors[0].literal, year, lettered[1]
    lead = re.split(r"[,;(:]", citation.printed, maxsplit=1)[0].strip()
    return _INITIALS.sub("", lead).strip(), *lettered


def check_citations(document: Document) -> list[Problem]:
    """Return a problem for cited numbers that the reference list does not hold.

    Where there is no list at all, that is one error; a digest of a paper needs none.
    """
    known = {citation.number for citation in document.citations}
    cited: dict[int, int] = {}
    for block in document.blocks:
        for number in block.citations:
            cited.setdefault(number, block.line)
    grids = [grid for grid in document.tables if grid.spans_known or not known]
    for cell in (c for grid in grids for row in grid.rows for c in row):
        for number in cell.citations:
            cited.setdefault(number, cell.line)
    if not known:
        if not cited or document.layout == "digest":
            return []
        got = f"none, although {len(cited)} numbers are cited, from [{min(cited)}] on"
        hint = "Look whether the list stands under a heading 'References', one entry a line."
        return [
            Problem(document.file, min(cited.values()), "error", "references-missing",
                    "a reference list", got, hint=hint)
        ]  # fmt: skip
    expected = f"a reference between {min(known)} and {max(known)}"
    hint = "The place keeps the number; nothing is linked."
    return [
        Problem(document.file, line, "warning", "citation-unknown", expected,
                f"a citation of [{number}]", hint=hint)
        for number, line in sorted(cited.items())
        if number not in known
    ]  # fmt: skip
