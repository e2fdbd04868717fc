"""The scraped layout: the text of a publisher's article page, headings without marks.

The title, headings with or without numbers, perhaps prose, the reference list as bullets with
link labels behind each entry, Markdown tables run together, a disclaimer, the licence line and
the citation block. Any of them may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from builder.errors import Problem
from builder.models.document import (
    Block,
    BlockKind,
    Citation,
    Document,
    Figure,
    FrontMatter,
    Grid,
    Heading,
    split_link_labels,
)
from builder.readers import marks
from builder.readers.abbreviations import find_abbreviations
from builder.readers.citation_block import read_citation_block
from builder.readers.people import split_people
from builder.readers.source import Source
from builder.text.dates import parse_date

NAME = "scraped"
LOOKS_FOR = (
    "headings without marks, and at least two of: a 'References' line with '- ' entries, link "
    "labels such as [CrossRef], an 'Abstract' line, numbered headings, a 'Disclaimer/Publisher’s "
    "Note', a licence line, a 'Share and Cite' block, a named citation style"
)

_NUMBERED = re.compile(
    r"^(\d{1,2}(?:\.\d{1,2}){0,4}\.?|[A-Z](?:\.\d{1,2}){1,4}\.?|(?:[A-Z]|[IVX]{1,5})\.)\s+(?=[^\W_]|[(“\"'])"
)
_REFERENCES = re.compile(
    r"^(?:\d{1,2}\.\s+)?(?:References(?: and Notes)?|Bibliography|Literature(?: Cited)?|"
    r"Works Cited)\s*:?$",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"^\s*(?:[-*•]\s+)?(?:\[(\d{1,4})\]|(\d{1,4})\.(?=\s))?\s*(\S.*)$")
_IS_ENTRY = re.compile(r"^\s*(?:[-*•]\s+\S|\[\d{1,4}\]\s*\S|\d{1,4}\.\s+\S)")
_CAPTION = re.compile(
    r"^((Table|Figure|Fig\.|Scheme|Chart|Box)\s+S?[A-Z]?\d{1,3}[A-Za-z]?)\s*[.:]\s+(\S.*)$"
)
_DISCLAIMER = re.compile(r"^(?:Disclaimer|Publisher[’']s Note)\b", re.IGNORECASE)
_COPYRIGHT = re.compile(r"^(?:©|\(c\)\s*\d{4}|Copyright\b)", re.IGNORECASE)
_CITE = re.compile(r"^(?:Share and Cite|Cite This Article|How to Cite)\b", re.IGNORECASE)
_STYLE = re.compile(
    r"^(?:MDPI and ACS Style|ACS Style|AMA Style|APA Style|MLA Style|Chicago/Turabian Style)"
)
_BYLINE = re.compile(r"^by\s+(?=[A-Z])")
_DATES = re.compile(r"\bPublished(?: online)?:\s*([^/|;]{4,30})")
_TABLE_NOTE = re.compile(r"^(?:(?:Abbreviations?|Notes?|Legend)\b|[*†‡§]|[a-z]\s)")
_KEYWORDS = re.compile(r"^Key ?words?\s*:", re.IGNORECASE)
_STATEMENTS = frozenset(
    [
        "abbreviations",
        "acknowledgments",
        "acknowledgements",
        "author contributions",
        "conflict of interest",
        "conflicts of interest",
        "consent for publication",
        "data availability",
        "data availability statement",
        "ethics approval",
        "funding",
        "informed consent statement",
        "institutional review board statement",
        "supplementary materials",
    ]
)
_MAX_HEADING = 250
_MAX_WORDS_IN_HEADING = 40
_MIN_SIGNS = 2


def recognises(text: str) -> bool:
    """Tell whether a text is a scraped article page: two signs of the layout."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or lines[0].startswith(("<", "# ", "{")):
        return False
    entries = sum(bool(_IS_ENTRY.match(line)) for line in lines)
    signs = [
        any(_REFERENCES.match(line) for line in lines) and entries > 0,
        any(split_link_labels(line[-120:])[1] for line in lines if line.endswith("]")),
        sum(bool(_NUMBERED.match(line)) and len(line) < _MAX_HEADING for line in lines[1:]) > 1,
        any(_DISCLAIMER.match(line) for line in lines),
        any(_COPYRIGHT.match(line) for line in lines),
        any(_CITE.match(line) for line in lines),
        any(_STYLE.match(line) for line in lines),
        any(line.casefold() == "abstract" for line in lines),
    ]
    return sum(signs) >= _MIN_SIGNS


@dataclass
class _Parts:
    """What has been read so far, and where in the page the reader stands."""

    file: str
    title: str = ""
    byline: str = ""
    published: tuple[int, ...] = ()
    licence: str = ""
    places: list[tuple[str, int]] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    tables: list[Grid] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cite_lines: list[tuple[int, str]] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)
    caption: tuple[str, str, int] | None = None
    in_references: bool = False
    in_cite: bool = False


def read(source: Source) -> Document:
    """Return the Document of a scraped page. Line numbers are those of the seed."""
    parts = _Parts(source.file)
    for number, line in enumerate(source.lines, 1):
        _read_line(number, line, parts)
    _end_table(parts)
    front = _read_front(parts)
    _check_numbers(parts)
    texts = [h.text for h in parts.headings] + [b.text for b in parts.blocks]
    texts += [c.text for g in parts.tables for row in g.rows for c in row]
    return Document(
        layout=NAME,
        file=source.file,
        sha256=source.sha256,
        front=front,
        headings=tuple(parts.headings),
        blocks=tuple(parts.blocks),
        tables=tuple(parts.tables),
        citations=tuple(parts.citations),
        figures=tuple(parts.figures),
        abbreviations=find_abbreviations(texts),
        problems=tuple(parts.problems),
    )


def _read_line(number: int, raw: str, parts: _Parts) -> None:
    line = raw.strip()
    if marks.is_table_line(line):
        parts.rows.append((number, line))
        return
    if parts.rows:
        _end_table(parts)
    if not line:
        return
    if _CITE.match(line) or _STYLE.match(line):
        parts.in_cite, parts.in_references = True, False
        if _STYLE.match(line):
            parts.cite_lines.append((number, line))
    elif _read_furniture(number, line, parts):
        parts.in_references = False
    elif parts.in_cite:
        parts.cite_lines.append((number, line))
    elif _REFERENCES.match(line):
        parts.in_references = True
        _add_heading(number, line, parts)
    elif parts.in_references:
        _read_entry(number, line, parts)
    else:
        _read_body(number, line, parts)


def _read_furniture(number: int, line: str, parts: _Parts) -> bool:
    """Take the lines that may stand anywhere: disclaimer, licence, captions."""
    caption = _CAPTION.match(line)
    if _DISCLAIMER.match(line):
        _add_block(parts, "statement", line.rstrip("| "), number, "Disclaimer")
    elif _COPYRIGHT.match(line) and not parts.licence:
        parts.licence = line
        parts.places.append(("licence", number))
    elif caption and caption[2] == "Table":
        parts.caption = (caption[1], caption[3], number)
        _add_block(parts, "caption", caption[3], number, caption[1])
    elif caption:
        parts.figures.append(Figure(caption[1], caption[3], number))
        _add_block(parts, "caption", caption[3], number, caption[1])
    else:
        return False
    return True


def _end_table(parts: _Parts) -> None:
    grids = marks.split_tables(parts.rows, len(parts.tables) + 1)
    if grids and parts.caption:
        label, text, _ = parts.caption
        grids[0] = replace(grids[0], label=label, caption=text)
    for grid in grids:
        if not any(cell.header for cell in grid.rows[0]):
            expected = "a header row above a row of dashes"
            parts.problems.append(
                Problem(parts.file, grid.line, "warning", "table-header", expected, "none")
            )
    parts.tables += grids
    parts.rows, parts.caption = [], None


def _add_block(parts: _Parts, kind: BlockKind, text: str, line: int, section: str = "") -> None:
    parts.blocks.append(Block(kind, text, line, section, marks.find_citations(text)))


def _add_heading(number: int, line: str, parts: _Parts) -> None:
    text = line.lstrip("#").strip() if line.startswith("#") else line
    parts.headings.append(Heading(_heading_level(text), text, number))


def _heading_level(text: str) -> int:
    """Return 2 for a section, one more for each further part of its number."""
    numbered = _NUMBERED.match(text)
    return 2 + numbered[1].strip(".").count(".") if numbered else 2


def _read_entry(number: int, line: str, parts: _Parts) -> None:
    """Take a line of the reference list: an entry, its continuation, or the heading after it."""
    if _IS_ENTRY.match(line):
        found = _ENTRY.match(line)
        text = found[3] if found else line
        printed_number = found and (found[1] or found[2])
        _, labels = split_link_labels(text)
        last = parts.citations[-1].number if parts.citations else 0
        count = int(printed_number) if printed_number else last + 1
        parts.citations.append(Citation(count, text.strip(), number, labels=labels))
    elif parts.citations and not parts.citations[-1].labels and not _is_heading(line):
        entry = parts.citations[-1]
        text = f"{entry.printed} {line}"
        parts.citations[-1] = replace(entry, printed=text, labels=split_link_labels(text)[1])
    else:
        parts.in_references = False
        _read_body(number, line, parts)


def _is_heading(line: str) -> bool:
    """Tell whether a line without marks is a heading: short, and no sentence."""
    if line.startswith("#"):
        return True
    if len(line) > _MAX_HEADING or len(line.split()) > _MAX_WORDS_IN_HEADING:
        return False
    if line.casefold().rstrip(":") in _STATEMENTS or line.casefold() == "abstract":
        return True
    if (
        line[-1] in ".;:,!"
        or marks.URL.search(line)
        or "; " in line
        or marks.find_citations(line)
        or line.startswith(("-", "*", "•", "http"))
    ):
        return False
    return bool(_NUMBERED.match(line)) or line[0].isupper() or line[0].isdigit()


def _read_body(number: int, line: str, parts: _Parts) -> None:
    published = _DATES.search(line)
    section = parts.headings[-1].text if parts.headings else ""
    if not parts.title:
        parts.title = line.lstrip("#").strip()
        parts.headings.append(Heading(1, parts.title, number))
        parts.places.append(("title", number))
    elif _BYLINE.match(line) and not parts.byline:
        parts.byline = _BYLINE.sub("", line)
        parts.places.append(("authors", number))
    elif published and len(parts.headings) == 1:
        parts.published = parse_date(published[1])
        parts.places.append(("issued", number))
        _add_block(parts, "statement", line, number)
    elif _is_heading(line):
        _add_heading(number, line, parts)
    elif parts.tables and not section and _TABLE_NOTE.match(line):
        _add_block(parts, "footnote", line, number)
    else:
        kind = _body_kind(section)
        if _is_imprint(line, parts):
            kind = "statement"
        elif _KEYWORDS.match(line):
            kind = "paragraph"
        _add_block(parts, kind, line, number, section)


def _is_imprint(line: str, parts: _Parts) -> bool:
    """Tell whether a line below the title, before any section, is about the paper: short ones."""
    return len(parts.headings) == 1 and len(line) <= _MAX_HEADING


def _body_kind(section: str) -> BlockKind:
    name = _NUMBERED.sub("", section).casefold().rstrip(":")
    if name == "abstract":
        return "abstract"
    return "statement" if name in _STATEMENTS else "paragraph"


def _read_front(parts: _Parts) -> FrontMatter:
    work, places, problems = read_citation_block(parts.cite_lines, parts.file, parts.title)
    parts.problems += problems
    if not work.authors and parts.byline:
        people, et_al = split_people(parts.byline)
        work = replace(work, authors=people, et_al=et_al)
    if parts.published[:1] == work.issued[:1] or not work.issued:
        work = replace(work, issued=parts.published or work.issued)
    if not work.title:
        work = replace(work, title=parts.title)
    for name, value in (("authors", work.authors), ("doi", work.doi), ("licence", parts.licence)):
        if not value:
            parts.problems.append(
                Problem(parts.file, 0, "note", "seed-missing", f"the paper's {name}", "none", name)
            )
    return FrontMatter(
        work=work,
        licence=parts.licence,
        licence_url=marks.find_url(parts.licence),
        source_url="",
        lines=(*parts.places, *places),
    )


def _check_numbers(parts: _Parts) -> None:
    """Say where the printed numbers of the reference list jump or come twice."""
    seen: set[int] = set()
    for citation in parts.citations:
        if citation.number in seen:
            got = f"number {citation.number} twice"
            expected = "a number of its own for each reference"
            parts.problems.append(
                Problem(parts.file, citation.line, "warning", "reference-number", expected, got)
            )
        seen.add(citation.number)
