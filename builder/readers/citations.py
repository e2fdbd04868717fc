"""Which works a text cites, and how a page cites its own paper.

A text cites by numbers in square or round brackets, or by an author and a year. Square brackets
count first. Where a paper has none that fit its list of references, numbers in round brackets are
tried, then names with years; what fits no entry of the list cites nothing.

The "Share and Cite" block of an article page is one citation in several styles, glued together.
Each style adds what the others leave out: MDPI/ACS has every family name and the short journal
name, Chicago the full given names, Chicago, AMA and APA the full journal name and the issue.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from builder.errors import Level, Problem
from builder.models.document import Block, Citation, Document, Person, WorkFields
from builder.readers.draft import NUMBERS, expand_numbers, find_citations, find_doi
from builder.readers.names import SUFFIX, name_in_full, parse_person, split_people
from builder.readers.references import UNPARSED, parse_reference
from builder.readers.words import form, listed, match
from builder.text.dates import YEAR
from builder.text.spelling import fold

# Numbers of a list in the line, "(1) they grow; (2) they rest", stand at the head of a part.
_ROUND = re.compile(rf"(?<=[\w.)”\"’%]) ?\(\s*({NUMBERS})\s*\)(?!\s*[a-z][\w-]* (?:the|a|an)\b)")
_LEAST_SHARE = 0.3  # of the list that round brackets must cite
_LISTED = re.compile(rf"(?<!\d)({YEAR})([a-z]?)(?!\d)")
_INITIALS = re.compile(r"(?:\s[^\Wa-z\d_]{1,4}|(?:\s?[^\Wa-z\d_]\.-?)+)$|^(?:[^\Wa-z\d_]\.[\s-]?)+")


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
    numbered = listed("numbered")

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
        text = (
            form("raised_citation").sub(bracket, block.text)
            if block.kind in _RAISED_IN
            else block.text
        )
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
            entries[fold(family), year].append((citation, letter))
        return entries

    def find(self, text: str) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield the place of each citation in a text, and the numbers of what it cites.

        A name and year that fit several entries cite none of them.
        """
        for named in form("named_citation").finditer(text) if _LISTED.search(text) else ():
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
        named = _find_named(document.blocks)
        if document.layout == "digest" or (not cited and len(named) < _LEAST_NAMED):
            return []
        level: Level = "error" if cited else "warning"
        got = f"none, although {len(cited)} numbers are cited, from [{min(cited, default=0)}] on"
        if not cited:
            got = f"none, although {len(named)} works are cited by name and year"
        hint = "Look whether the list stands under a heading 'References', one entry a line."
        line = min((cited or named).values())
        return [
            Problem(document.file, line, level, "references-missing", "a reference list", got,
                    hint=hint)
        ]  # fmt: skip
    expected = f"a reference between {min(known)} and {max(known)}"
    hint = "The place keeps the number; nothing is linked."
    return [
        Problem(document.file, line, "warning", "citation-unknown", expected,
                f"a citation of [{number}]", hint=hint)
        for number, line in sorted(cited.items())
        if number not in known
    ]  # fmt: skip


_LEAST_NAMED = 3


def _find_named(blocks: Sequence[Block]) -> dict[str, int]:
    """Return the works that prose cites by names and year, with the first line of each."""
    found: dict[str, int] = {}
    for block in blocks:
        for named in form("named_citation").finditer(block.text):
            if block.kind == "paragraph" and (named["second"] or " et al" in named[0]):
                found.setdefault(f"{fold(named['family'])} {named['years']}", block.line)
    return found


# --- the citation of the paper itself -------------------------------------------------------------

_SHOWN = {"chicago": "Chicago", "apa": "APA", "ama": "AMA", "acs": "ACS"}
_FIELDS = ("title", "authors", "container", "volume", "issue", "page", "issued", "doi")
# The styles of a citation block; the first has the fullest names, the last every family name.
_STYLES = tuple(_SHOWN)
_QUOTES = "[\"'“”‘’]"
_CUT = re.compile(r",?\s*(?:and\s+)?et al\.?$")


class _Style(NamedTuple):
    """One style's citation, its parts by name."""

    name: str
    line: int
    fields: dict[str, str]


class OwnCitation(NamedTuple):
    """What the citation of a paper itself says: fields, their lines, the lines that were read."""

    work: WorkFields
    places: list[tuple[str, int]]
    problems: list[Problem]
    lines: set[int]


def find_own_citation(lines: Sequence[str]) -> str:
    """Return the lines that look like a citation of the paper itself, for finding its title."""
    bare = [line.strip() for line in lines]
    found = (
        line
        for before, line in pairwise(["", *bare])
        if match("style_name", line) or any(map(form("cite_line").match, (line, before)))
    )
    return " ".join(found)[:20_000]


def read_citation_block(
    lines: Sequence[tuple[int, str]], file: str, printed_title: str = ""
) -> OwnCitation:
    """Return the work's fields, the line each was found in, and where the styles disagree.

    ``printed_title`` is the page's own title, for blocks in which no style marks where it ends.
    """
    pieces = [piece for number, line in lines for piece in _split_styles(number, line)]
    marked = [_read_style(n, text, "") for n, text in pieces]
    titles = {s.name: s.fields["title"] for s in marked if s}
    title = titles.get("chicago") or titles.get("apa") or printed_title
    held: dict[str, _Style] = {}
    for number, text in pieces:
        if style := _read_style(number, text, title):
            held.setdefault(style.name, style)
    styles = [held[name] for name in _STYLES if name in held]
    read = {n for n, line in lines if not _split_styles(n, line)}  # names of styles alone
    again = ((n, *parse_reference(text)) for n, text in pieces)
    if not styles:
        # It may be in a style of reference lists: Vancouver, or author and year.
        for number, found, questions in again:
            if found.issued and found.authors and all(q.rule != UNPARSED for q in questions):
                places = [(name, number) for name in _FIELDS if getattr(found, name)]
                read |= {number}
                return OwnCitation(found, places, _unread(lines, read, file), read)
        return OwnCitation(WorkFields(), [], _unread(lines, read, file), read)
    work, places = _merge(styles)
    authors, et_al = _join_authors(held)
    line = next((held[name].line for name in ("chicago", "acs") if name in held), 0)
    if not authors:
        line, other = next(((n, w) for n, w, _ in again if w.authors), (0, WorkFields()))
        authors, et_al = other.authors, other.et_al
    places += [("authors", line)] if authors else []
    work["doi"], line = next(((d, n) for n, text in pieces if (d := find_doi(text))), ("", 0))
    places += [("doi", line)] if line else []
    year = work.pop("year", "")
    fields = WorkFields(
        authors=authors,
        et_al=et_al,
        issued=(int(year),) if year else (),
        container_short=held["acs"].fields["container"] if "acs" in held else "",
        **{k: v for k, v in work.items() if v},  # type: ignore[arg-type]
    )
    read |= {n for n, text in pieces if re.search(_any_case(title), text)}
    problems = [*_check_agreement(styles, file), *_unread(lines, read, file)]
    return OwnCitation(fields, places, problems, read)


def _unread(lines: Sequence[tuple[int, str]], read: set[int], file: str) -> list[Problem]:
    expected = "a citation of the paper in MDPI/ACS, AMA, Chicago, APA or Vancouver style"
    return [
        Problem(file, number, "warning", "citation-block", expected, repr(line[:80]))
        for number, line in lines
        if number not in read
    ]


def _split_styles(number: int, line: str) -> list[tuple[int, str]]:
    """Return the citations of a line that may hold several, parted by the styles' names."""
    parts = form("style_name").split(line)
    return [(number, text.strip()) for text in parts if text.strip()]


def _read_style(line: int, text: str, title: str) -> _Style | None:
    """Return a citation's parts by the style that its form shows, or None.

    Chicago puts the title in quotation marks, APA behind the year in brackets; in the others only
    a ``title`` that is known says where it ends.
    """
    for name in _STYLES:
        own = form(f"own_{name}").pattern.replace("TITLE", _any_case(title))
        if found := re.match(own, text):
            fields = {key: value or "" for key, value in found.groupdict().items()}
            fields["title"] = fields["title"].rstrip(".,") if name == "chicago" else fields["title"]
            return _Style(name, line, fields)
    return None


def _any_case(title: str) -> str:
    """Return a form of a title, whose case and quotes may differ between styles."""
    quoted = re.sub(_QUOTES, lambda _: _QUOTES, re.escape(title))
    return f"(?i:{quoted})" if title else "(?!)"


def _merge(styles: Sequence[_Style]) -> tuple[dict[str, str], list[tuple[str, int]]]:
    """Return each field from the first style that has it; full journal names before short."""
    work: dict[str, str] = {}
    places: list[tuple[str, int]] = []
    for name in ("title", "container", "year", "volume", "issue", "page"):
        if holder := next((s for s in styles if s.fields.get(name)), None):
            work[name] = holder.fields[name]
            places.append(("issued" if name == "year" else name, holder.line))
    return work, places


def _check_agreement(styles: Sequence[_Style], file: str) -> list[Problem]:
    problems = []
    for name in ("year", "volume", "issue", "page"):
        said = {s.fields[name].replace("–", "-"): s for s in styles if s.fields.get(name)}
        if len(said) > 1:
            got = " and ".join(f"{value!r} ({_SHOWN[style.name]})" for value, style in said.items())
            line = next(iter(said.values())).line
            expected = "one value in all styles"
            problems.append(Problem(file, line, "warning", "citation-block", expected, got, name))
    return problems


def _join_authors(held: dict[str, _Style]) -> tuple[tuple[Person, ...], bool]:
    """Return the authors with full given names where Chicago has them, initials else."""
    acs, chicago = held.get("acs"), held.get("chicago")
    short, et_al = split_people(acs.fields["authors"]) if acs else ((), False)
    short = tuple(replace(p, literal=p.literal.rstrip(".")) for p in short)
    if not chicago:
        return short, et_al
    text = chicago.fields["authors"]
    cut = bool(_CUT.search(text[-20:]))
    names = _split_chicago_authors(_CUT.sub("", text))
    if not short:
        return tuple(map(parse_person, names)), cut
    people = []
    for index, person in enumerate(short):
        name = names[index] if index < len(names) else ""
        if index == 0 and name.startswith(person.family + ", "):
            people.append(replace(person, given=name[len(person.family) + 2 :]))
        elif index and name and person.family:
            people.append(name_in_full(name, person))
        else:
            people.append(person)
    return tuple(people), et_al


def _split_chicago_authors(text: str) -> list[str]:
    """Return the names: the first as ``Family, Given``, the others in natural order."""
    first, *others = (part.strip().removeprefix("and ").strip() for part in text.split(","))
    names = [first]
    for index, part in enumerate(others):
        if index == 0:
            given, _, second = part.partition(" and ")
            names = [f"{first}, {given}", *filter(None, [second])]
        elif part and not SUFFIX.match(part):
            names.append(part)
    return names
