"""The scraped layout: an article page saved as text (MDPI, Frontiers, PubMed Central, others).

What stands before the first section is read by ``masthead``. Then come headings with or without
numbers or marks, prose, tables, captions, the reference list with or without bullets, a disclaimer,
the licence and the citation in several styles, in any order; any of them may be missing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from builder.models.document import BlockKind, Document, Person, is_link_line, split_link_labels
from builder.readers.citations import find_own_citation, read_citation_block
from builder.readers.draft import Draft, Lines, find_doi, find_table_lines
from builder.readers.entries import EntryList, find_unheaded
from builder.readers.lines import (
    HAS_YEAR,
    MARKUP,
    MAX_HEADING,
    MAX_WORDS_IN_HEADING,
    bare_line,
    find_columns,
    find_unstopped,
    is_heading,
    is_licence,
    is_prose,
    join_lines,
    named_headings,
)
from builder.readers.masthead import is_furniture, read_masthead
from builder.readers.names import name_in_full
from builder.readers.source import Source
from builder.readers.words import form, listed, match, search
from builder.text.dates import parse_date
from builder.text.spelling import fold

NAME = "scraped"
LOOKS_FOR = (
    "an article page saved as text, with at least two of: a 'References' line with entries, link "
    "labels such as [CrossRef], an 'Abstract' line, numbered headings, keywords or dates, "
    "a DOI at the top, a licence line, a citation in a named style"
)

_BULLET = re.compile(r"^[-*•]\s+(?=\S)")
_LONGEST_DATE = 40
_SIGNS = ("disclaimer", "copyright", "cite_line", "style_name", "keywords")
_MIN_SIGNS = 2
_TOP = 40


def recognises(text: str) -> bool:
    """Return whether a text is an article page: it shows two signs of the layout."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or lines[0].startswith(("<", "{")):
        return False
    bare = [bare_line(line) for line in lines]
    entries = sum(bool(match("entry_mark", line)) for line in lines)
    links = any(is_link_line(line) for line in lines)
    abstract = any(line.casefold().rstrip(":") in listed("abstracts") for line in bare)
    numbered = [line for line in bare[1:] if match("numbered_heading", line)]
    signs = [
        any(map(form("references_heading").match, bare)) and (entries > 0 or links),
        links or any(split_link_labels(line[-120:])[1] for line in lines if line.endswith("]")),
        sum(len(line) < MAX_HEADING for line in numbered) > 1,
        abstract,
        abstract and any(map(is_prose, lines)),
        any(_name_of(line) in listed("sections") for line in bare),
        any(search("received", line) or find_doi(line) for line in lines[:_TOP]),
        *(any(map(form(name).match, lines)) for name in _SIGNS),
    ]
    return sum(signs) >= _MIN_SIGNS


def read(source: Source) -> Document:
    """Return the Document of a page. Line numbers are those of the seed."""
    return _Page(join_lines(source, named_headings()), find_columns(source)).read()


class _Page:
    """Where the reader stands in the page, and what it has read so far."""

    def __init__(self, source: Source, aside: frozenset[int] = frozenset()) -> None:
        self.aside = aside  # the lines of two columns side by side
        self.draft = Draft(source, NAME)
        self.cite_lines: Lines = []
        self.entries = EntryList(self.draft)
        self.in_cite = False
        self.abstract: set[str] | None = None  # the parts of an open abstract that were headed
        self.pending: tuple[str, int] | None = None  # the label of a caption, and its line

    def read(self) -> Document:
        draft = self.draft
        lines = draft.source.lines
        rows = find_table_lines(lines)
        start = self._find_body(lines, rows)
        bare = [_name_of(bare_line(line.strip())) for line in lines]
        self.has_introduction = "introduction" in bare and not listed("abstracts") & set(bare)
        top = ((n, line.strip()) for n, line in enumerate(lines[:start], 1) if line.strip())
        masthead = [
            (n, t) for n, t in top if not (self._take_citation(n, t) or self._read_licence(n, t))
        ]
        read_masthead(draft, masthead, find_own_citation(lines))
        self.in_cite = False
        if self.aside:
            got = f"{len(self.aside)} lines that hold two columns side by side"
            hint = "Save the text in reading order, or get the article's XML."
            draft.flag(min(self.aside), "seed-columns", "text in one column", got, hint=hint)
        unheaded = find_unheaded(draft)
        self.sentences = find_unstopped([line.strip() for line in lines])
        for number, line in enumerate(lines[start:], start + 1):
            if number == unheaded:
                self.entries.open(number - 1)
            if number in self.aside:
                continue  # no sentence of them can be trusted: they are reported as unread
            if number in rows and not match("caption", line.strip()):
                self.entries.part()
                draft.add_row(number, line)
                continue
            if line.strip() or number + 1 not in rows:
                draft.end_table(abbreviations=self._lists_short_forms())
            if line.strip():
                self._read_line(number, line.strip())
        draft.end_table(abbreviations=self._lists_short_forms())
        self._read_front()
        return draft.finish()

    # --- the parts of a page -----------------------------------------------------------------

    def _find_body(self, lines: tuple[str, ...], rows: set[int]) -> int:
        """Return how many lines stand before the first section, table or list."""
        seen = 0
        # Numbers before an abstract are marks of affiliations, and begin no section.
        names = [bare_line(line.strip()).casefold().rstrip(":") for line in lines]
        last = max((n for n, name in enumerate(names) if name in listed("abstracts")), default=0)
        for number, line in enumerate(lines):
            text = line.strip()
            if not text:
                continue
            bare = bare_line(text)
            named = bare.casefold().rstrip(":") in named_headings()
            opens = (
                match("references_heading", bare)
                or match("disclaimer", text)
                or match("style_name", text)
            )
            numbered = (
                match("numbered_heading", bare)
                and is_heading(bare)
                and not search("affiliation", bare)
            )
            begins = is_prose(text) or (numbered and number > last)
            if number + 1 in rows or named or opens or (seen and begins):
                return number
            seen += 1
        return len(lines)

    def _section(self) -> str:
        headings = self.draft.headings
        return headings[-1].text if headings and headings[-1].level > 1 else ""

    def _lists_short_forms(self) -> bool:
        return self._section().casefold() in listed("abbreviation_headings")

    def _read_line(self, number: int, line: str) -> None:
        if match("references_heading", bare_line(line)):
            self.in_cite = False
            self._add_heading(number, line)
            self.entries.open(number)
        elif (
            not self._read_anywhere(number, line)
            and not self._take_citation(number, line)
            and not (self.entries.is_open and self.entries.read(number, line))
        ):
            self._read_body(number, line)

    def _take_citation(self, number: int, line: str) -> bool:
        """Take a line of the paper's own citation; its block ends where a line has no year."""
        cite = match("cite_line", line)
        if match("style_name", line):
            self.in_cite = True
            self.cite_lines.append((number, line))
        elif cite and cite["rest"]:
            self.cite_lines.append((number, cite["rest"]))
        elif cite:
            self.in_cite = True
            self.draft.ignore(number, "citation-heading")
        elif (
            self.in_cite
            and HAS_YEAR.search(line)
            and not any(match(name, line) for name in ("entry_mark", "copyright", "received"))
        ):
            self.cite_lines.append((number, line))
        else:
            self.in_cite = False
            return False
        return True

    def _read_licence(self, number: int, line: str) -> bool:
        draft = self.draft
        if not is_licence(line) or is_furniture(line):
            return False
        if draft.licence and _rank_licence(draft.licence) >= _rank_licence(line):
            draft.add_block("statement", line, number)
            return True
        if draft.licence:
            before = next(n for name, n in draft.places if name == "licence")
            draft.add_block("statement", draft.licence, before)
        draft.set_licence(line, number)
        if published := match("published_by", line):
            draft.set(number, container=published["container"])
        return True

    def _read_anywhere(self, number: int, line: str) -> bool:
        """Take the lines that may stand anywhere: disclaimer, licence, captions, furniture."""
        draft = self.draft
        caption = match("caption", line)
        if match("disclaimer", line) and len(line) > MAX_WORDS_IN_HEADING:
            draft.add_block("statement", line.rstrip("| "), number, "Disclaimer")
        elif self._read_licence(number, line):
            pass
        elif caption and (caption[3] or not self.entries.is_open):
            self.entries.part()
            if caption[3]:
                self._add_caption(caption[1], caption[3], number)
            else:
                self.pending = (caption[1], number)
                draft.taken.add(number)
        elif is_furniture(line):
            draft.ignore(number, "site-furniture")
            if self.entries.open_entry == number - 1:
                self.entries.open_entry = number  # a running head parts no entry
        else:
            return False
        return True

    def _add_caption(self, label: str, text: str, number: int) -> None:
        self.pending = None
        if label.casefold().startswith("table"):
            self.draft.caption = (label, text)
            self.draft.add_block("caption", text, number, label)
        else:
            self.draft.add_figure(label, text, number)

    # --- headings and prose ------------------------------------------------------------------

    def _add_heading(self, number: int, line: str) -> None:
        found = MARKUP.match(line)
        text = bare_line(line)
        level = len(found[1]) if found and found[1] else 2
        numbered = match("numbered_heading", text)
        if numbered:
            level = 2 + numbered[1].strip(".").count(".")
        self._follow_abstract(text.casefold().rstrip(":"))
        self.draft.add_heading(max(level, 2), text, number)

    def _read_body(self, number: int, line: str) -> None:
        draft = self.draft
        section = self._section()
        inline = match("inline_abstract", line)
        if self.pending and self.pending[1] >= number - 2 and not line.startswith("#"):
            self._add_caption(self.pending[0], line, number)
        elif inline and not any(b.kind == "abstract" for b in draft.blocks):
            draft.add_block("abstract", line[inline.end() :], number, inline[1])
        elif pairs := match("listed_abbreviations", line):
            draft.add_pairs(line[pairs.end() :])
            draft.add_block("statement", line, number, "Abbreviations")
        elif self.entries.continues(line):
            self.entries.add(number, line)
        elif self._lists_short_forms() and self._read_short_form(number, line):
            pass
        elif number not in self.sentences and is_heading(line):
            self._add_heading(number, line)
        elif draft.tables and not section and match("table_note", line):
            draft.add_block("footnote", line, number)
        elif match("keywords", line):
            self.abstract = None
            draft.add_block("paragraph", line, number, section)
        else:
            kind = "abstract" if self.abstract else _body_kind(section)
            kind = "statement" if match("note_line", line) else kind
            if not section and self.has_introduction and kind == "paragraph":
                kind = "abstract"  # Frontiers prints it without a heading
            draft.add_block(kind, _BULLET.sub("", line), number, section)

    def _follow_abstract(self, heading: str) -> None:
        """Open the abstract at its heading, and close it at one that is no part of it."""
        parts, last = self.abstract, self.draft.blocks[-1:]
        if heading in listed("abstracts"):
            self.abstract = set()
        elif parts is None or heading not in listed("abstract_parts") or heading in parts:
            self.abstract = None
        elif not parts and last and last[0].kind == "abstract":
            self.abstract = None  # it has no parts
        elif parts & listed("abstract_ends") and heading not in listed("abstract_ends"):
            self.abstract = None
        else:
            parts.add(heading)

    def _read_short_form(self, number: int, line: str) -> bool:
        """Take a line of a list of abbreviations: a pair, or a short form above its long one."""
        draft = self.draft
        if line.casefold().rstrip(":") in named_headings() or match(
            "references_heading", bare_line(line)
        ):
            return False
        if not draft.add_pairs(line):
            if draft.pairs and not draft.pairs[-1][1]:
                draft.pairs[-1] = (draft.pairs[-1][0], line)
            elif " " not in line and any(c.isupper() or c.isdecimal() for c in line):
                draft.pairs.append((line.rstrip(":"), ""))
            else:
                return False
        draft.taken.add(number)
        return True

    # --- the paper itself --------------------------------------------------------------------

    def _find_date(self) -> None:
        """Take the date of publication that stands behind the text."""
        lines = [(n, line.strip()) for n, line in enumerate(self.draft.source.lines, 1)]
        lines = [(n, line) for n, line in lines if line]
        for (number, line), (_, below) in pairwise([*lines, (0, "")]):
            said = found["date"] or below if (found := match("published", line)) else ""
            if len(said) <= _LONGEST_DATE and (date := parse_date(said)):
                self.draft.set(number, issued=date)
                return

    def _read_front(self) -> None:
        draft = self.draft
        draft.pairs = [pair for pair in draft.pairs if all(pair)]
        if not draft.work.get("issued"):
            self._find_date()
        own = read_citation_block(
            self.cite_lines, draft.source.file, str(draft.work.get("title", ""))
        )
        draft.problems += own.problems
        draft.taken |= own.lines
        for name, line in own.places:
            value, known = getattr(own.work, name), draft.work.get(name)
            if name == "issued" and known and known[:1] == value[:1]:
                continue
            if name == "authors" and known and (own.work.et_al or len(known) == len(value)):
                # The citation may be cut; it still says where the first family names begin.
                pairs = zip(known, value, strict=False)
                whole = [(k, name_in_full(f"{k.given} {k.family}", v)) for k, v in pairs]
                named = tuple(
                    replace(p, suffix=p.suffix or k.suffix, orcid=k.orcid) for k, p in whole
                )
                value = named + known[len(value) :] if len(known) > len(value) else named
            if name == "authors" and known and _names_of(known) - _names_of(value):
                for number, text in draft.byline:  # it says something else: kept as printed
                    draft.add_block("statement", text, number)
            draft.work[name] = value
            draft.places.append((name, line))
        draft.work.setdefault("container_short", own.work.container_short)
        if own.work.authors and len(draft.work.get("authors", ())) <= len(own.work.authors):
            draft.work["et_al"] = own.work.et_al


def _names_of(people: tuple[Person, ...]) -> set[str]:
    return {word for p in people for word in fold(f"{p.given} {p.family} {p.literal}").split()}


def _name_of(heading: str) -> str:
    """Return a heading without its number, in small letters."""
    return form("numbered_heading").sub("", heading).casefold()


def _rank_licence(line: str) -> int:
    """Return how much a notice says: 2 where it names a public licence, 1 for any licence."""
    return 2 if search("public_licence", line) else int("licen" in line.lower())


def _body_kind(section: str) -> BlockKind:
    name = _name_of(section).rstrip(":")
    if name in listed("abstracts"):
        return "abstract"
    return "statement" if name in listed("statements") else "paragraph"
