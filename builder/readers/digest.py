"""The digest layout: a summary site's Markdown page of one paper.

Title, bold labels, a line of facts parted by middle dots, then ``##`` sections in any order and
number. What a section holds is stated by its heading; unknown sections are kept as prose.
"""

from __future__ import annotations

import re

from builder.models.document import BlockKind, Citation, Document, Entity, split_link_labels
from builder.readers.draft import Draft, Lines, find_ids, find_table_lines, find_url
from builder.readers.entries import find_unheaded
from builder.readers.lines import join_lines
from builder.readers.names import split_people
from builder.readers.source import Source
from builder.readers.words import form, match
from builder.text.dates import parse_date

NAME = "digest"
LOOKS_FOR = (
    "a '# ' title and at least two (without a title three) of: an '**Authors:**' line, a line "
    "'PMC · DOI: …', a section '## TL;DR', '## Contribution' or '## Key findings', '## Abstract', "
    "'## Full-text entities', a line 'Source:'"
)

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_KINDS: dict[str, BlockKind] = {
    "abstract": "abstract", "tl;dr": "tldr", "tldr": "tldr", "summary": "tldr",
    "contribution": "contribution", "contributions": "contribution",
    "key findings": "key-finding", "key finding": "key-finding", "highlights": "key-finding",
}  # fmt: skip
_ENTITY_SECTIONS = ("entities", "entity")
_ARCHIVES = frozenset({"PMC", "PubMed", "bioRxiv", "medRxiv", "arXiv", "Europe PMC"})
_MIN_SIGNS = 2


def recognises(text: str) -> bool:
    """Return whether a text is a digest: two signs of the layout, three where it has no title."""
    lines = [line.strip() for line in text.split("\n")]
    names = {line.lstrip("#").strip().casefold() for line in lines if line.startswith("##")}
    signs = [
        any(line.startswith("**Authors") for line in lines),
        any("DOI:" in line and "·" in line for line in lines),
        bool(names & {"tl;dr", "tldr"}),
        bool(names & {"key findings", "key finding", "contribution", "contributions"}),
        any(name.endswith(_ENTITY_SECTIONS) for name in names),
        "abstract" in names,
        any(match("digest_source", line) for line in lines),
    ]
    titled = any(line.startswith("# ") for line in lines)
    return sum(signs) >= (_MIN_SIGNS if titled else _MIN_SIGNS + 1)


def read(source: Source) -> Document:
    """Return the Document of a digest. Line numbers are those of the seed."""
    source = join_lines(source, frozenset())
    draft = Draft(source, NAME)
    rows = find_table_lines(source.lines)
    for heading, lines in _split_sections(source, draft):
        _read_section(heading, lines, rows, draft)
    draft.work.setdefault("pmcid", find_ids(draft.source_url).get("pmcid", ""))
    return draft.finish()


def _split_sections(source: Source, draft: Draft) -> list[tuple[str, Lines]]:
    """Return the lines below each heading; the first section has none."""
    sections: list[tuple[str, Lines]] = [("", [])]
    unheaded = find_unheaded(draft)
    for number, line in enumerate(source.lines, 1):
        if number == unheaded:
            sections.append(("References", []))
        heading = _HEADING.match(line) if line.startswith("#") else None
        found = match("digest_source", line.strip())
        if heading:
            level, text = len(heading[1]), heading[2]
            draft.add_heading(level, text, number)
            if level == 1 and "title" not in draft.work:
                draft.set(number, title=text)
            else:
                sections.append((text, []))
        elif found and find_url(found[1]):
            draft.set_source(find_url(found[1]), number)
        elif re.fullmatch(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*", line):
            draft.ignore(number, "rule")
        elif line.strip():
            sections[-1][1].append((number, line))
    return sections


def _read_section(heading: str, found: Lines, rows: set[int], draft: Draft) -> None:
    name = heading.casefold().strip(" :*")
    lines = []
    for number, line in found:
        if number in rows:
            draft.add_row(number, line)
        else:
            draft.end_table()
            lines.append((number, line.strip()))
    draft.end_table()
    # Each line is a paragraph or bullet: the layout never breaks a sentence over lines.
    bare = [
        (n, bullet[1].strip() if (bullet := match("digest_bullet", t)) else t) for n, t in lines
    ]
    if not heading:
        _read_front(lines, draft)
    elif name.endswith(_ENTITY_SECTIONS):
        _read_entities(bare, heading, draft)
    elif name in ("figures", "figure"):
        _read_figures(lines, draft)
    elif name in ("references", "bibliography"):
        _read_references(lines, heading, draft)
    else:
        for number, text in bare:
            url = find_url(text) if name == "source" else ""
            if url and not draft.source_url:
                draft.set_source(url, number)
            else:
                draft.add_block(_KINDS.get(name, "paragraph"), text, number, heading)


def _read_references(lines: Lines, heading: str, draft: Draft) -> None:
    listed = any(match("digest_bullet", text) for _, text in lines)
    for number, printed in lines:
        bullet = match("digest_bullet", printed)
        text = bullet[1].strip() if bullet else printed
        if listed and not bullet:
            draft.add_block("statement", text, number, heading)  # a note below the list
        else:
            labels = split_link_labels(text)[1]
            draft.citations.append(Citation(len(draft.citations) + 1, text, number, labels=labels))


def _read_front(lines: Lines, draft: Draft) -> None:
    for number, text in lines:
        label = match("digest_label", text)
        if label:
            _read_label(label[1].strip(), label[2].strip(), number, draft, text)
        elif "·" in text or text.startswith(("DOI:", "PMC", "PMID")):
            _read_facts(text, number, draft)
        else:
            draft.add_block("paragraph", text, number)


def _read_label(name: str, value: str, number: int, draft: Draft, line: str) -> None:
    key = name.casefold()
    if key in ("authors", "author", "author(s)"):
        people, et_al = split_people(value)
        draft.set(number, authors=people, et_al=et_al)
    elif key in ("journal", "venue", "published in"):
        draft.set(number, container=value)
    elif key in ("published", "date", "year", "publication date") and parse_date(value):
        draft.set(number, issued=parse_date(value))
    elif key in ("licence", "license"):
        draft.set_licence(value, number)
    elif key in ("doi", "pmid", "pmcid"):
        _read_facts(f"{name.upper()}: {value}", number, draft)
    else:
        draft.add_block("statement", line, number, name)


def _read_facts(text: str, number: int, draft: Draft) -> None:
    """Read a line such as ``PMC · DOI: 10.3389/… · 2026-03-06``; keep it whole if a part is new."""
    draft.taken.add(number)
    known = True
    for fact in (part.strip() for part in text.split("·")):
        if found := find_ids(fact):
            draft.set(number, **found)
        elif match("digest_licence", fact):
            draft.set_licence(fact, number)
        elif parse_date(fact):
            draft.set(number, issued=parse_date(fact))
        elif fact and fact not in _ARCHIVES:
            known = False
    if not known:
        draft.add_block("statement", text, number)


def _read_entities(lines: Lines, heading: str, draft: Draft) -> None:
    for number, text in lines:
        label = match("digest_label", text)
        if not label:
            draft.add_block("paragraph", text, number, heading)
            continue
        draft.taken.add(number)
        for name, identifier in split_entities(label[2]):
            draft.entities.append(Entity(label[1].strip(), name, identifier, number))


def _read_figures(lines: Lines, draft: Draft) -> None:
    for number, text in lines:
        figure = match("digest_figure", text)
        if figure:
            draft.add_figure(figure[1], figure[2].strip(), number)
        else:
            draft.notes.append(text)
            draft.places.append(("figures_note", number))


def split_entities(text: str) -> list[tuple[str, str]]:
    """Return (label, identifier as printed) of a comma-parted list.

    A comma inside brackets, or one without a space behind it (1,25-dihydroxyvitamin D3), parts
    nothing. An entity without an identifier has an empty one.
    """
    depth, begin, parts = 0, 0, []
    for place, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(depth - 1, 0)
        elif char in ",;" and depth == 0 and text[place + 1 : place + 2].isspace():
            parts.append(text[begin:place])
            begin = place + 1
    parts = [part.strip() for part in (*parts, text[begin:])]
    return [_split_entity(part) for part in parts if part]


def _split_entity(part: str) -> tuple[str, str]:
    marked = list(form("digest_identifier").finditer(part))
    if not marked:
        return part, ""
    found = marked[-1]
    rest = (part[: found.start()] + part[found.end() :]).strip()
    return rest, (found[1] or found[2]).strip()
