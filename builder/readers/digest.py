"""The digest layout: a summary site's Markdown page of one paper.

Title, bold labels, a line of facts parted by middle dots, then ``##`` sections in any order and
number. What a section holds is told by its heading; unknown sections are kept as prose.
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
    Entity,
    Figure,
    FrontMatter,
    Grid,
    Heading,
    WorkFields,
)
from builder.readers import marks
from builder.readers.abbreviations import find_abbreviations
from builder.readers.people import split_people
from builder.readers.source import Source
from builder.text.dates import parse_date

NAME = "digest"
LOOKS_FOR = (
    "a '# ' title and at least two (without a title three) of: an '**Authors:**' line, a line "
    "'PMC · DOI: …', a section '## TL;DR', '## Contribution' or '## Key findings', '## Abstract', "
    "'## Full-text entities', a line 'Source:'"
)

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_LABEL = re.compile(r"^\*\*([^*]{1,60}?):?\*\*:?\s*(.*)$")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+(.*)$")
_SOURCE = re.compile(r"^(?:\*\*)?Source(?:\*\*)?:(?:\*\*)?\s*(\S.*)$", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\d{4,9}\b")
_PMID = re.compile(r"\bPMID:?\s*([1-9]\d{0,8})\b")
_FIGURE = re.compile(
    r"^(?:[-*+•]\s+)?(?:\*\*)?((?:Supplementary\s+)?(?:Fig(?:ure)?\.?|Scheme)\s*S?\d+[A-Za-z]?)"
    r"(?:\*\*)?\s*[.:|–—-]\s*(?:\*\*)?\s*(.+)$",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"\s*(?:\(([A-Za-z][\w.]*:\s?[^()\s]+)\)|\[([^\[\]\d]{0,60}\d[^\[\]]{0,60})\])(?=\s*(?:[,;{]|$))"
)
_LICENCE = re.compile(
    r"^(?:CC[ -]?(?:BY|0)\b.*|.*\blicen[cs]ed?\b.*|public domain)$", re.IGNORECASE
)
_KINDS: dict[str, BlockKind] = {
    "abstract": "abstract",
    "tl;dr": "tldr",
    "tldr": "tldr",
    "summary": "tldr",
    "contribution": "contribution",
    "contributions": "contribution",
    "key findings": "key-finding",
    "key finding": "key-finding",
}
_ENTITY_SECTIONS = ("entities", "entity")
_ARCHIVES = frozenset({"PMC", "PubMed", "bioRxiv", "medRxiv", "arXiv", "Europe PMC"})
_MIN_SIGNS = 2


def recognises(text: str) -> bool:
    """Tell whether a text is a digest: two signs of the layout, three where it has no title."""
    lines = [line.strip() for line in text.split("\n")]
    names = {line.lstrip("#").strip().casefold() for line in lines if line.startswith("##")}
    signs = [
        any(line.startswith("**Authors") for line in lines),
        any("DOI:" in line and "·" in line for line in lines),
        bool(names & {"tl;dr", "tldr"}),
        bool(names & {"key findings", "key finding", "contribution", "contributions"}),
        any(name.endswith(_ENTITY_SECTIONS) for name in names),
        "abstract" in names,
        any(_SOURCE.match(line) for line in lines),
    ]
    titled = any(line.startswith("# ") for line in lines)
    return sum(signs) >= (_MIN_SIGNS if titled else _MIN_SIGNS + 1)


@dataclass
class _Parts:
    """What has been read so far."""

    work: dict[str, object] = field(default_factory=dict)
    licence: str = ""
    source_url: str = ""
    places: list[tuple[str, int]] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    tables: list[Grid] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Section:
    """Lines below one heading, as (line number, text); the first section has no heading."""

    heading: str
    lines: list[tuple[int, str]]


def read(source: Source) -> Document:
    """Return the Document of a digest. Line numbers are those of the seed."""
    parts = _Parts()
    for section in _split_sections(source, parts):
        _read_section(section, parts)
    work = WorkFields(**parts.work)  # type: ignore[arg-type]
    for name, value in (("title", work.title), ("authors", work.authors), ("doi", work.doi)):
        if not value:
            parts.problems.append(
                Problem(source.file, 0, "note", "seed-missing", f"the paper's {name}", "none", name)
            )
    front = FrontMatter(
        work=replace(work, pmcid=work.pmcid or _pmcid(parts.source_url)),
        licence=parts.licence,
        licence_url=marks.find_url(parts.licence),
        source_url=parts.source_url,
        lines=tuple(parts.places),
    )
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
        entities=tuple(parts.entities),
        figures=tuple(parts.figures),
        figures_note="\n".join(parts.notes),
        abbreviations=find_abbreviations(texts),
        problems=tuple(parts.problems),
    )


def _pmcid(url: str) -> str:
    found = _PMCID.search(url)
    return found[0] if found else ""


def _split_sections(source: Source, parts: _Parts) -> list[_Section]:
    sections = [_Section("", [])]
    for number, line in enumerate(source.lines, 1):
        heading = _HEADING.match(line) if line.startswith("#") else None
        found = _SOURCE.match(line.strip())
        if heading:
            level, text = len(heading[1]), heading[2]
            parts.headings.append(Heading(level, text, number))
            if level == 1 and "title" not in parts.work:
                parts.work["title"] = text
                parts.places.append(("title", number))
            else:
                sections.append(_Section(text, []))
        elif found and marks.find_url(found[1]):
            parts.source_url = marks.find_url(found[1])
            parts.places.append(("source_url", number))
        elif line.strip() and not re.fullmatch(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*", line):
            sections[-1].lines.append((number, line))
        else:
            sections[-1].lines.append((number, ""))
    return sections


def _read_section(section: _Section, parts: _Parts) -> None:
    name = section.heading.casefold().strip(" :*")
    lines = _take_tables(section.lines, parts)
    if not section.heading:
        _read_front(lines, parts)
    elif name.endswith(_ENTITY_SECTIONS):
        _read_entities(lines, section, parts)
    elif name in ("figures", "figure"):
        _read_figures(lines, parts)
    elif name in ("references", "bibliography"):
        _read_references(lines, parts)
    elif name == "source" and any(marks.find_url(line) for _, line in lines):
        number, line = next((n, t) for n, t in lines if marks.find_url(t))
        parts.source_url = marks.find_url(line)
        parts.places.append(("source_url", number))
    else:
        kind = _KINDS.get(name, "paragraph")
        for number, text in _paragraphs(lines, bullets=True):
            _add_block(parts, kind, text, number, section.heading)


def _add_block(parts: _Parts, kind: BlockKind, text: str, line: int, section: str = "") -> None:
    parts.blocks.append(Block(kind, text, line, section, marks.find_citations(text)))


def _take_tables(lines: list[tuple[int, str]], parts: _Parts) -> list[tuple[int, str]]:
    rows = [(number, line) for number, line in lines if marks.is_table_line(line)]
    parts.tables += marks.split_tables(rows, len(parts.tables) + 1)
    return [(number, line) for number, line in lines if not marks.is_table_line(line)]


def _paragraphs(lines: list[tuple[int, str]], *, bullets: bool) -> list[tuple[int, str]]:
    """Return paragraphs and bullets as (line number, text); each line break parts them.

    The layout never breaks a sentence over lines, and a line kept whole stays verbatim.
    """
    found = []
    for number, line in lines:
        if line.strip():
            bullet = _BULLET.match(line) if bullets else None
            found.append((number, (bullet[1] if bullet else line).strip()))
    return found


def _read_front(lines: list[tuple[int, str]], parts: _Parts) -> None:
    for number, line in lines:
        text = line.strip()
        label = _LABEL.match(text)
        if label:
            _read_label(label[1].strip(), label[2].strip(), number, parts, text)
        elif "·" in text or text.startswith(("DOI:", "PMC", "PMID")):
            _read_facts(text, number, parts)
        elif text:
            _add_block(parts, "paragraph", text, number)


def _read_label(name: str, value: str, number: int, parts: _Parts, line: str) -> None:
    key = name.casefold()
    if key in ("authors", "author"):
        people, et_al = split_people(value)
        _set(parts, number, authors=people, et_al=et_al)
    elif key in ("journal", "venue", "published in"):
        _set(parts, number, container=value)
    elif key in ("published", "date", "year", "publication date") and parse_date(value):
        _set(parts, number, issued=parse_date(value))
    elif key in ("licence", "license"):
        parts.licence = value
        parts.places.append(("licence", number))
    elif key in ("doi", "pmid", "pmcid"):
        _read_facts(f"{name.upper()}: {value}", number, parts)
    else:
        _add_block(parts, "statement", line, number, name)


def _set(parts: _Parts, number: int, **fields: object) -> None:
    for name, value in fields.items():
        if value and not parts.work.get(name):
            parts.work[name] = value
            parts.places.append((name, number))


def _read_facts(text: str, number: int, parts: _Parts) -> None:
    """Read a line such as ``PMC · DOI: 10.3389/… · 2026-03-06``; keep it whole if a part is new."""
    known = True
    for fact in (part.strip() for part in text.split("·")):
        doi, pmid, pmcid = marks.find_doi(fact), _PMID.search(fact), _PMCID.search(fact)
        if doi:
            _set(parts, number, doi=doi)
        elif pmid:
            _set(parts, number, pmid=pmid[1])
        elif pmcid:
            _set(parts, number, pmcid=pmcid[0])
        elif _LICENCE.match(fact):
            parts.licence = fact
            parts.places.append(("licence", number))
        elif parse_date(fact):
            _set(parts, number, issued=parse_date(fact))
        elif fact and fact not in _ARCHIVES:
            known = False
    if not known:
        _add_block(parts, "statement", text, number)


def _read_entities(lines: list[tuple[int, str]], section: _Section, parts: _Parts) -> None:
    for number, text in _paragraphs(lines, bullets=True):
        label = _LABEL.match(text)
        if not label:
            _add_block(parts, "paragraph", text, number, section.heading)
            continue
        for name, identifier in split_entities(label[2]):
            parts.entities.append(Entity(label[1].strip(), name, identifier, number))


def split_entities(text: str) -> list[tuple[str, str]]:
    """Return (label, identifier as printed) of a comma-parted list.

    A comma inside brackets, or one without a space behind it (1,25-dihydroxyvitamin D3), parts
    nothing. An entity without an identifier has an empty one.
    """
    return [_split_entity(part) for part in _split_at_commas(text) if part.strip()]


def _split_at_commas(text: str) -> list[str]:
    depth, begin, parts = 0, 0, []
    for place, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(depth - 1, 0)
        elif char in ",;" and depth == 0 and text[place + 1 : place + 2].isspace():
            parts.append(text[begin:place])
            begin = place + 1
    return [*parts, text[begin:]]


def _split_entity(part: str) -> tuple[str, str]:
    part = part.strip()
    marked = list(_IDENTIFIER.finditer(part))
    if not marked:
        return part, ""
    found = marked[-1]
    rest = (part[: found.start()] + part[found.end() :]).strip()
    return rest, (found[1] or found[2]).strip()


def _read_figures(lines: list[tuple[int, str]], parts: _Parts) -> None:
    for number, text in _paragraphs(lines, bullets=False):
        figure = _FIGURE.match(text)
        if figure:
            parts.figures.append(Figure(figure[1], figure[2].strip(), number))
            _add_block(parts, "caption", figure[2].strip(), number, figure[1])
        else:
            parts.notes.append(text)
            parts.places.append(("figures_note", number))


def _read_references(lines: list[tuple[int, str]], parts: _Parts) -> None:
    for number, text in _paragraphs(lines, bullets=True):
        parts.citations.append(Citation(len(parts.citations) + 1, text, number))
