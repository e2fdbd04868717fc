"""Lines: what one is by its shape (a heading, prose, a notice), and those broken at a width.

A reader takes one line for one paragraph. `join_lines` joins the lines of a paragraph in the first
of them, so that the others are blank and every line keeps its number, and makes tabs of columns of
blanks. Text in two columns side by side can't be put in order line by line: it is found, not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count, pairwise

from builder.readers.draft import URL, find_citations, find_doi
from builder.readers.source import Source
from builder.readers.words import listed, match, search
from builder.text.dates import YEAR

MARKUP = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$|^\*\*([^*]+)\*\*:?$")
_LONGEST_LICENCE = 1200
MAX_HEADING = 250
_LEAST_WORDS, _LEAST_RUN = 5, 3  # of a line that may be a sentence; of such lines
_LEAST_PROSE = 120
MAX_WORDS_IN_HEADING = 40
HAS_YEAR = re.compile(rf"\b{YEAR}[a-z]?\b")


def named_headings() -> frozenset[str]:
    """Return the headings that are known by name."""
    return listed("abstracts") | listed("sections") | listed("statements")


def is_licence(line: str) -> bool:
    """Return whether a line is a notice of copyright, or one that names a licence."""
    short = len(line) <= _LONGEST_LICENCE
    named = short and match("licence_lead", line) and search("public_licence", line)
    return bool(named or match("copyright", line))


def bare_line(line: str) -> str:
    """Return a line without the marks of a Markdown heading."""
    found = MARKUP.match(line)
    return ((found[2] or found[3] or line) if found else line).strip()


def is_prose(line: str) -> bool:
    """Return whether a line is a paragraph, and no list of authors or affiliations."""
    if match("inline_abstract", line) or match("structured_abstract", line):
        return True
    words = line.split()
    small = sum(word[0].islower() for word in words)
    prose = len(line) > _LEAST_PROSE and line[-1] in ".?!])" and small * 2 > len(words)
    return prose and not search("affiliation", line) and not match("copyright", line)


def is_heading(line: str) -> bool:
    """Return whether a line is a heading: marked so, or short and no sentence."""
    if line.startswith("#"):
        return True
    if len(line) > MAX_HEADING or len(line.split()) > MAX_WORDS_IN_HEADING:
        return False
    name = line.casefold().rstrip(":")
    if name in named_headings():
        return True
    if (
        search("ends_sentence", line)
        or URL.search(line)
        or match("note_line", line)
        or find_doi(line)
        or "; " in line
        or find_citations(line)
        or line.startswith(("-", "*", "•", "http"))
    ):
        return False
    if match("numbered_heading", line):
        return True
    return (line[0].isupper() or line[0].isdigit()) and not search("inner_sentence", line)


def find_unstopped(lines: Sequence[str]) -> frozenset[int]:
    """Return the numbers of lines without a full stop that are no headings, though each may be one.

    In text from a word processor sentences may stand on lines of their own: three follow each
    other, without numbers or marks, and each has small words for the most part.
    """
    found: set[int] = set()
    run: list[int] = []
    for number, line in enumerate([*lines, ""], 1):
        words = line.split()
        small = sum(word[0].islower() for word in words)
        sentence = len(words) >= _LEAST_WORDS and small * 5 > len(words) * 3 and is_heading(line)
        marked = MARKUP.match(line) or match("numbered_heading", line)
        if sentence and not marked and line.casefold().rstrip(":") not in named_headings():
            run.append(number)
        elif line or number > len(lines):
            found.update(run if len(run) >= _LEAST_RUN else ())
            run = []
    return frozenset(found)


# --- text laid out for paper --------------------------------------------------------------------

_LEAST, _MOST = 25, 130  # characters of a line that may be broken at a width
_LEAST_BREAKS, _LEAST_SHARE = 3, 0.15
_FULL, _HALF = 0.7, 0.5  # of the width
_WORD = re.compile(r"[a-z]{2,}[,;.)]?(?=\s|$)")
_ENDS = re.compile(r"[.?!:;|\])]$")
_BROKEN_WORD = re.compile(r"[^\W\d_]-$")
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_GUTTER = re.compile(r"(?<=\S) {3,}(?=\S)|^ {20,}(?=\S)")
_LEAST_GAPS, _LEAST_ROWS = 2, 3
# Characters of the left column, and of a line of the right one.
_LEAST_COLUMN, _LEAST_HALF = 30, 15


def join_lines(source: Source, headings: frozenset[str]) -> Source:
    """Return a seed with a paragraph a line, and with tabs between the columns of its tables.

    ``headings`` are the names of sections in small letters. A seed whose lines are not broken keeps
    them.
    """
    lines = _part_columns(source.lines)
    bare = [line.strip() for line in lines]
    width = _find_width(bare)
    aside = find_columns(source) if width else frozenset()
    groups: list[list[int]] = []
    for place, text in enumerate(bare):
        if match("references_heading", text):
            width = 0  # the reader of the list joins its lines
        goes_on = bool(groups and width) and not aside & {place, place + 1}
        if goes_on and _goes_on(bare[place - 1], text, width, headings):
            groups[-1].append(place)
        else:
            groups.append([place])
    joined = [""] * len(lines)
    for first, *rest in groups:
        joined[first] = " ".join(
            [lines[first].rstrip(), *(bare[n] for n in rest)] if rest else [lines[first]]
        )
    return replace(source, lines=tuple(joined))


def _find_width(lines: Sequence[str]) -> int:
    """Return the width at which lines are broken; 0 where they are not."""
    long = sorted(len(line) for line in lines if len(line) >= _LEAST and "\t" not in line)
    if not long or long[len(long) * 9 // 10] > _MOST:
        return 0
    breaks = sum(
        len(a) >= _LEAST and not _ENDS.search(a) and bool(_WORD.match(b))
        for a, b in pairwise(lines)
    )
    enough = breaks >= max(_LEAST_BREAKS, _LEAST_SHARE * len(long))
    return long[len(long) * 9 // 10] if enough else 0


def _goes_on(before: str, line: str, width: int, headings: frozenset[str]) -> bool:
    """Return whether a line goes on with the paragraph of the line before it."""
    named = headings & {text.casefold().rstrip(":") for text in (before, line)}
    if not before or not line or named or "\t" in before + line or match("begins_line", line):
        return False
    if _BROKEN_WORD.search(before):
        return True
    small, ends = bool(_WORD.match(line)), bool(_ENDS.search(before))
    least = _HALF if small and not ends else _FULL
    return len(before) >= least * width and (small or not ends)


# --- columns ------------------------------------------------------------------------------------


def _part_columns(lines: Sequence[str]) -> list[str]:
    """Return lines in which the columns of tables, aligned by blanks, are parted by tabs.

    The header has at least three columns; at each of its gaps all rows are blank, too.
    """
    parted = list(lines)
    place = 0
    while place < len(lines):
        gaps = [set(range(*gap.span())) for gap in _GAP.finditer(lines[place])]
        end = place + 1
        while len(gaps) >= _LEAST_GAPS and end < len(lines) and _GAP.search(lines[end].rstrip()):
            blank = {n for n, char in enumerate(lines[end]) if char == " "}
            narrowed = [{n for n in gap if n in blank or n >= len(lines[end])} for gap in gaps]
            if not all(narrowed):
                break
            gaps, end = narrowed, end + 1
        if len(gaps) >= _LEAST_GAPS and end - place >= _LEAST_ROWS:
            cuts = [0, *map(_cut, gaps)]
            for row in range(place, end):
                ends = [*cuts[1:], len(lines[row])]
                cells = (lines[row][a:b] for a, b in zip(cuts, ends, strict=True))
                parted[row] = "\t".join(cell.strip() for cell in cells)
        place = max(end, place + 1)
    return parted


def _cut(gap: set[int]) -> int:
    """Return where a gap parts two cells: at its widest run of blanks, the last of several."""
    starts = [place for place in sorted(gap) if place - 1 not in gap]
    widths = [next(n for n in count() if start + n not in gap) for start in starts]
    return max(zip(widths, starts, strict=True))[1]


def find_columns(source: Source) -> frozenset[int]:
    """Return the numbers of lines that hold text of two columns side by side.

    There are at least three, with a gutter at one place, and words on both sides of it.
    """
    ends: dict[int, list[int]] = {}
    sure: Counter[int] = Counter()
    for number, line in enumerate(map(str.rstrip, source.lines), 1):
        gutters = list(_GUTTER.finditer(line))
        if len(gutters) == 1:
            start, end = gutters[0].span()
            ends.setdefault(end, []).append(number)
            sure[end] += start > 0 and end >= _LEAST_COLUMN and len(line) - end >= _LEAST_HALF
    return frozenset(
        n for end, numbers in ends.items() if sure[end] >= _LEAST_ROWS for n in numbers
    )
