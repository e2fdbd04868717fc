"""The scraped layout: an article page saved as text (MDPI, Frontiers, PubMed Central, others).

What stands before the first section is read by ``masthead``. Then come headings with or without
numbers or marks, prose, tables, captions, the reference list with or without bullets, a disclaimer,
the licence and the citation in several styles, in any order; any of them may be missing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from builder.models.document import (
    BlockKind,
    Citation,
    Document,
    find_labels,
    is_link_line,
    split_link_labels,
)
from builder.readers.citations import CITE, STYLE, find_own_citation, read_citation_block
from builder.readers.draft import URL, Draft, Lines, find_citations, find_doi, find_table_lines
from builder.readers.masthead import is_furniture, read_masthead
from builder.readers.names import name_in_full, page_words
from builder.readers.references.styles import read_lines
from builder.readers.source import Source
from builder.text.dates import YEAR

NAME = "scraped"
LOOKS_FOR = (
    "an article page saved as text, with at least two of: a 'References' line with entries, link "
    "labels such as [CrossRef], an 'Abstract' line, numbered headings, keywords or dates, "
    "a DOI at the top, a licence line, a citation in a named style"
)

_NUMBERED = re.compile(
    r"^(\d{1,2}(?:\.\d{1,2}){0,4}\.?|[A-Z](?:\.\d{1,2}){1,4}\.?|(?:[A-Z]|[IVX]{1,5})\.)"
    r"\s+(?=[^\W_]|[(“\"'])"
)
_MARKUP = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$|^\*\*([^*]+)\*\*:?$")
_REFERENCES = re.compile(
    r"^(?:\d{1,2}\.?\s+)?(?:(?:Cited )?References?(?: List| Cited|\s?\(\d{1,4}\))?(?: and Notes)?|"
    r"Bibliography|Literature(?: Cited)?|Works Cited|List of References)\s*:?$",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"^\s*(?:[-*•]\s+|↵\s*)?(?:\[(\d{1,4})\]|\(?(\d{1,4})[.)](?=\s))?\s*(\S.*)$")
# "1.Doe J", "2Roe A", "3 Poe, B.": no stop parts the number from the name, or no blank.
_CLOSE = re.compile(r"^(\d{1,4})\.?\s?(?=[^\W\d_][\w’'-]{0,30}[ ,.])")
_IS_ENTRY = re.compile(r"^\s*(?:↵\s*\S|[-*•]\s+\S|\[\d{1,4}\]\s*\S|\(?\d{1,4}[.)]\s+\S)")
_BULLET = re.compile(r"^[-*•]\s+(?=\S)")
# The first author of an entry without a bullet: "Li, B.," or "Müller É,"
_NAMES = re.compile(
    r"^[^\W\d_a-z]?[\w’'-]+(?: [\w’'-]+){0,3},? (?:[^\W\d_a-z]\.|[^\W\d_a-z]{1,3}\b)"
)
_BARE_NUMBER = re.compile(r"^\[?(\d{1,4})[.)\]]?$")
_HAS_YEAR = re.compile(rf"\b{YEAR}[a-z]?\b")
_CAPTION = re.compile(
    r"^((Table|Figure|Fig\.|Scheme|Chart|Box)\s+S?[A-Z]?\d{1,3}[A-Za-z]?)\s*(?:[.:|]\s*(\S.*)|\.?)$",
    re.IGNORECASE,
)
_INLINE_ABSTRACT = re.compile(r"^(Abstract|Summary)\s*[:.]\s+(?=\S)", re.IGNORECASE)
# The parts of an abstract that names them at the head of each paragraph.
_STRUCTURED = re.compile(
    r"^(?:Introduction|Background|Objectives?|Aims?|Purpose|Methods|Results|Conclusions?):\s+\S"
)
_AFFILIATION = re.compile(
    r"\b(?:Department|Dept|Universit|Institut|Hospital|School of|Faculty|College|Laborator|"
    r"Division of|Academy)|@|Correspond"
)
_DISCLAIMER = re.compile(r"^(?:Disclaimer|Publisher[’']s Note)\b", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"^(?:©|\(c\)\s*\d{4}|Copyright\b)|^This (?:is an|article is an|work is) open[ -]access|"
    r"^Open Access This article",
    re.IGNORECASE,
)
_TABLE_NOTE = re.compile(r"^(?:(?:Abbreviations?|Notes?|Legend)\b|[*†‡§]|[a-z]\s)")
_LISTED_FORMS = re.compile(r"^(?:Non-?standard )?Abbreviations(?: used)?\s*:\s*", re.IGNORECASE)
_KEYWORDS = re.compile(r"^\**Key ?words?\**\s*:", re.IGNORECASE)
_RECEIVED = re.compile(r"\b(?:Received|Accepted|Published)(?: online)?:?\s+\d", re.IGNORECASE)
# Lines about the paper that stand behind its text.
_NOTE = re.compile(
    r"^(?:Edited|Reviewed) by\b|^(?:Key ?words?|Citation|Received|Academic Editors?|E-?mail|Tel|"
    r"\*?Correspondence|ORCID|Specialty section|Present address)\b\s*:|^This article was",
    re.IGNORECASE,
)
# A raised number may stand behind the stop.
_ENDS_SENTENCE = re.compile(
    r"[.;:,!]$|[^\W\d][\])”]?[.?!](?:\d{1,3}[,–-])*\d{1,3}$|\)\.[\d,–-]+$|"
    r"\w[.?!]\([\d,–-]+\)$|\w\.[⁰¹²³⁴-⁹][⁰¹²³⁴-⁹,–⁻-]*$"
)
_MAX_HEADING = 250
_LEAST_PROSE = 120
_MAX_WORDS_IN_HEADING = 40
_MIN_SIGNS = 2
_TOP = 40


def recognises(text: str) -> bool:
    """Return whether a text is an article page: it shows two signs of the layout."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or lines[0].startswith(("<", "{")):
        return False
    bare = [_bare(line) for line in lines]
    entries = sum(bool(_IS_ENTRY.match(line)) for line in lines)
    links = any(is_link_line(line) for line in lines)
    abstract = any(line.casefold().rstrip(":") in page_words().abstracts for line in bare)
    signs = [
        any(map(_REFERENCES.match, bare)) and (entries > 0 or links),
        links or any(split_link_labels(line[-120:])[1] for line in lines if line.endswith("]")),
        sum(bool(_NUMBERED.match(line)) and len(line) < _MAX_HEADING for line in bare[1:]) > 1,
        any(map(_DISCLAIMER.match, lines)),
        any(map(_COPYRIGHT.match, lines)),
        any(map(CITE.match, lines)),
        any(map(STYLE.match, lines)),
        abstract,
        abstract and any(map(_is_prose, lines)),
        any(_NUMBERED.sub("", line).casefold() in page_words().sections for line in bare),
        any(map(_KEYWORDS.match, lines)),
        any(_RECEIVED.search(line) or find_doi(line) for line in lines[:_TOP]),
    ]
    return sum(signs) >= _MIN_SIGNS


def _named() -> frozenset[str]:
    """Return the headings that are known by name."""
    return page_words().abstracts | page_words().sections | page_words().statements


def _bare(line: str) -> str:
    """Return a line without the marks of a Markdown heading."""
    found = _MARKUP.match(line)
    return ((found[2] or found[3] or line) if found else line).strip()


def read(source: Source) -> Document:
    """Return the Document of a page. Line numbers are those of the seed."""
    return _Page(source).read()


class _Page:
    """Where the reader stands in the page, and what it has read so far."""

    def __init__(self, source: Source) -> None:
        self.draft = Draft(source, NAME)
        self.cite_lines: Lines = []
        self.in_references = False
        self.in_cite = False
        self.open_entry = 0  # the last line of an entry that the next line may go on with
        self.bulleted = True
        self.entry_lines: list[str] = []  # of an entry whose number stands on a line of its own
        self.pending: tuple[str, int] | None = None  # the label of a caption, and its line

    def read(self) -> Document:
        draft = self.draft
        lines = draft.source.lines
        rows = find_table_lines(lines)
        start = self._find_body(lines, rows)
        bare = [_NUMBERED.sub("", _bare(line.strip())).casefold() for line in lines]
        self.has_introduction = "introduction" in bare and not page_words().abstracts & set(bare)
        top = ((n, line.strip()) for n, line in enumerate(lines[:start], 1) if line.strip())
        masthead = [
            (n, t) for n, t in top if not (self._take_citation(n, t) or self._read_licence(n, t))
        ]
        read_masthead(draft, masthead, find_own_citation(lines))
        self.in_cite = False
        for number, line in enumerate(lines[start:], start + 1):
            if number in rows and not _CAPTION.match(line.strip()):
                self.open_entry = 0
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
        names = [_bare(line.strip()).casefold().rstrip(":") for line in lines]
        last = max((n for n, name in enumerate(names) if name in page_words().abstracts), default=0)
        for number, line in enumerate(lines):
            text = line.strip()
            if not text:
                continue
            bare = _bare(text)
            named = bare.casefold().rstrip(":") in _named()
            opens = _REFERENCES.match(bare) or _DISCLAIMER.match(text) or STYLE.match(text)
            numbered = _NUMBERED.match(bare) and _is_heading(bare) and not _AFFILIATION.search(bare)
            begins = _is_prose(text) or (numbered and number > last)
            if number + 1 in rows or named or opens or (seen and begins):
                return number
            seen += 1
        return len(lines)

    def _section(self) -> str:
        headings = self.draft.headings
        return headings[-1].text if headings and headings[-1].level > 1 else ""

    def _lists_short_forms(self) -> bool:
        return self._section().casefold() in page_words().abbreviations

    def _read_line(self, number: int, line: str) -> None:
        if _REFERENCES.match(_bare(line)):
            self._open_references(number, line)
        elif not (self._read_anywhere(number, line) or self._take_citation(number, line)):
            read = self._read_entry if self.in_references else self._read_body
            read(number, line)

    def _take_citation(self, number: int, line: str) -> bool:
        """Take a line of the paper's own citation; its block ends where a line has no year."""
        cite = CITE.match(line)
        if STYLE.match(line):
            self.in_cite = True
            self.cite_lines.append((number, line))
        elif cite and cite["rest"]:
            self.cite_lines.append((number, cite["rest"]))
        elif cite:
            self.in_cite = True
            self.draft.ignore(number, "citation-heading")
        elif (
            self.in_cite
            and _HAS_YEAR.search(line)
            and not any(form.match(line) for form in (_IS_ENTRY, _COPYRIGHT, _RECEIVED))
        ):
            self.cite_lines.append((number, line))
        else:
            self.in_cite = False
            return False
        return True

    def _read_licence(self, number: int, line: str) -> bool:
        draft = self.draft
        if not _COPYRIGHT.match(line) or is_furniture(line):
            return False
        better = "licen" in line.lower() and "licen" not in draft.licence.lower()
        if draft.licence and not better:
            return False
        if draft.licence:
            before = next(n for name, n in draft.places if name == "licence")
            draft.add_block("statement", draft.licence, before)
        draft.set_licence(line, number)
        return True

    def _read_anywhere(self, number: int, line: str) -> bool:
        """Take the lines that may stand anywhere: disclaimer, licence, captions, furniture."""
        draft = self.draft
        caption = _CAPTION.match(line)
        if _DISCLAIMER.match(line) and len(line) > _MAX_WORDS_IN_HEADING:
            draft.add_block("statement", line.rstrip("| "), number, "Disclaimer")
        elif self._read_licence(number, line):
            pass
        elif caption and (caption[3] or not self.in_references):
            self.open_entry = 0
            if caption[3]:
                self._add_caption(caption[1], caption[3], number)
            else:
                self.pending = (caption[1], number)
                draft.taken.add(number)
        elif is_furniture(line):
            draft.ignore(number, "site-furniture")
            if self.open_entry == number - 1:
                self.open_entry = number  # a running head parts no entry
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

    # --- references --------------------------------------------------------------------------

    def _open_references(self, number: int, line: str) -> None:
        self.in_cite, self.in_references, self.open_entry = False, True, 0
        self._add_heading(number, line)
        rest = [text.strip() for text in self.draft.source.lines[number:] if text.strip()]
        first = [t for t in rest[:9] if not is_link_line(t) and not is_furniture(t)]
        marks = (_IS_ENTRY, _BARE_NUMBER, _CLOSE)
        self.bulleted = not first or any(mark.match(t) for mark in marks for t in first[:2])

    def _read_entry(self, number: int, line: str) -> None:
        """Take a line of the list: an entry, its continuation, or what stands behind the list."""
        draft = self.draft
        last = draft.citations[-1] if draft.citations else Citation(0, "", 0)
        if (close := _CLOSE.match(line)) and int(close[1]) == last.number + 1:
            line = f"{close[1]}. {line[close.end() :]}"
        goes_on = bool(last.line) and self.open_entry == number - 1 and not last.labels
        if is_link_line(line):
            if last.line:
                draft.citations[-1] = replace(last, labels=(*last.labels, *find_labels(line)))
                draft.taken.add(number)
            else:
                draft.ignore(number, "link-labels")
            self.open_entry = 0
        elif bare := _BARE_NUMBER.match(line):
            draft.citations.append(Citation(int(bare[1]), "", number))
            self.open_entry, self.entry_lines = number, [""]
        elif self.entry_lines and self.open_entry and not _HAS_YEAR.search(last.printed):
            self.entry_lines = [*filter(None, self.entry_lines), line]
            self._go_on(replace(last, fields=read_lines(self.entry_lines)), number, line)
        elif _IS_ENTRY.match(line) or (
            self._is_plain_entry(line) and not (goes_on and not _HAS_YEAR.search(last.printed))
        ):
            self._add_entry(number, line)
        elif goes_on and not _is_heading(line):
            self._go_on(last, number, line)
        else:
            self.in_references, self.entry_lines = False, []
            self._read_body(number, line)

    def _go_on(self, entry: Citation, number: int, line: str) -> None:
        """Add a line to the last entry of the list."""
        text = f"{entry.printed} {line}".strip()
        labels = split_link_labels(text)[1]
        self.draft.citations[-1] = replace(entry, printed=text, labels=labels)
        self.draft.taken.add(number)
        self.open_entry = number

    def _is_plain_entry(self, line: str) -> bool:
        """Return whether a line of a list without bullets begins an entry: it has a year."""
        named = line.casefold().rstrip(":") in _named()
        linked = bool(split_link_labels(line)[1]) and not named
        plain = not self.bulleted and (bool(_NAMES.match(line)) or not _is_heading(line))
        return (linked or plain) and bool(_HAS_YEAR.search(line))

    def _add_entry(self, number: int, line: str) -> None:
        printed, text = _split_entry(line)
        last = self.draft.citations[-1].number if self.draft.citations else 0
        labels = split_link_labels(text)[1]
        self.entry_lines = []
        self.draft.citations.append(Citation(printed or last + 1, text, number, labels=labels))
        self.open_entry = number

    # --- headings and prose ------------------------------------------------------------------

    def _add_heading(self, number: int, line: str) -> None:
        found = _MARKUP.match(line)
        text = _bare(line)
        level = len(found[1]) if found and found[1] else 2
        numbered = _NUMBERED.match(text)
        if numbered:
            level = 2 + numbered[1].strip(".").count(".")
        self.draft.add_heading(max(level, 2), text, number)

    def _read_body(self, number: int, line: str) -> None:
        draft = self.draft
        section = self._section()
        inline = _INLINE_ABSTRACT.match(line)
        if self.pending and self.pending[1] >= number - 2 and not line.startswith("#"):
            self._add_caption(self.pending[0], line, number)
        elif inline and not any(b.kind == "abstract" for b in draft.blocks):
            draft.add_block("abstract", line[inline.end() :], number, inline[1])
        elif listed := _LISTED_FORMS.match(line):
            draft.add_pairs(line[listed.end() :])
            draft.add_block("statement", line, number, "Abbreviations")
        elif _continues_list(line, draft) or (_IS_ENTRY.match(line) and _is_linked(line)):
            self.in_references = True
            self._add_entry(number, line)
        elif self._lists_short_forms() and self._read_short_form(number, line):
            pass
        elif _is_heading(line) or line.startswith("#"):
            self._add_heading(number, line)
        elif draft.tables and not section and _TABLE_NOTE.match(line):
            draft.add_block("footnote", line, number)
        elif _KEYWORDS.match(line):
            draft.add_block("paragraph", line, number, section)
        else:
            kind = "statement" if _NOTE.match(line) else _body_kind(section)
            if not section and self.has_introduction and kind == "paragraph":
                kind = "abstract"  # Frontiers prints it without a heading
            draft.add_block(kind, _BULLET.sub("", line), number, section)

    def _read_short_form(self, number: int, line: str) -> bool:
        """Take a line of a list of abbreviations: a pair, or a short form above its long one."""
        draft = self.draft
        if line.casefold().rstrip(":") in _named() or _REFERENCES.match(_bare(line)):
            return False
        if not draft.add_pairs(line):
            if draft.pairs and not draft.pairs[-1][1]:
                draft.pairs[-1] = (draft.pairs[-1][0], line)
            elif " " not in line and any(c.isupper() or c.isdecimal() for c in line):
                draft.pairs.append((line, ""))
            else:
                return False
        draft.taken.add(number)
        return True

    # --- the paper itself --------------------------------------------------------------------

    def _read_front(self) -> None:
        draft = self.draft
        draft.pairs = [pair for pair in draft.pairs if all(pair)]
        own = read_citation_block(
            self.cite_lines, draft.source.file, str(draft.work.get("title", ""))
        )
        draft.problems += own.problems
        draft.taken |= own.lines
        for name, line in own.places:
            value, known = getattr(own.work, name), draft.work.get(name)
            if name == "issued" and known and known[:1] == value[:1]:
                continue
            if name == "authors" and known and len(known) == len(value):
                pairs = zip(known, value, strict=True)
                whole = [(k, name_in_full(f"{k.given} {k.family}", v)) for k, v in pairs]
                value = tuple(
                    replace(p, suffix=p.suffix or k.suffix, orcid=k.orcid) for k, p in whole
                )
            elif name == "authors" and known and own.work.et_al and len(known) > len(value):
                continue  # the citation is cut
            elif name == "authors" and known:
                for number, text in draft.byline:  # it says something else: kept as printed
                    draft.add_block("statement", text, number)
            draft.work[name] = value
            draft.places.append((name, line))
        draft.work.setdefault("container_short", own.work.container_short)
        if own.work.authors and len(draft.work.get("authors", ())) <= len(own.work.authors):
            draft.work["et_al"] = own.work.et_al


def _is_prose(line: str) -> bool:
    """Return whether a line is a paragraph, and no list of authors or affiliations."""
    if _INLINE_ABSTRACT.match(line) or _STRUCTURED.match(line):
        return True
    words = line.split()
    small = sum(word[0].islower() for word in words)
    prose = len(line) > _LEAST_PROSE and line[-1] in ".?!])" and small * 2 > len(words)
    return prose and not _AFFILIATION.search(line) and not _COPYRIGHT.match(line)


def _is_linked(line: str) -> bool:
    """Return whether a bullet is a reference, by the links behind it; its list has no heading."""
    return line.endswith("]") and bool(split_link_labels(line)[1]) and bool(_HAS_YEAR.search(line))


def _split_entry(line: str) -> tuple[int, str]:
    """Return the number of an entry of the list, 0 where none is printed, and its text."""
    found = _ENTRY.match(line) if _IS_ENTRY.match(line) else None
    return (int(found[1] or found[2] or 0), found[3].strip()) if found else (0, line.strip())


def _continues_list(line: str, draft: Draft) -> bool:
    """Return whether a numbered line behind the list of references is its next entry."""
    last = draft.citations[-1].number if draft.citations else 0
    follows = last > 0 and _split_entry(line)[0] == last + 1
    return follows and bool(_HAS_YEAR.search(line)) and len(line) > _MAX_WORDS_IN_HEADING


def _is_heading(line: str) -> bool:
    """Return whether a line is a heading: marked so, or short and no sentence."""
    if line.startswith("#"):
        return True
    if len(line) > _MAX_HEADING or len(line.split()) > _MAX_WORDS_IN_HEADING:
        return False
    name = line.casefold().rstrip(":")
    if name in _named():
        return True
    if (
        _ENDS_SENTENCE.search(line)
        or URL.search(line)
        or _NOTE.match(line)
        or find_doi(line)
        or "; " in line
        or find_citations(line)
        or line.startswith(("-", "*", "•", "http"))
    ):
        return False
    return bool(_NUMBERED.match(line)) or line[0].isupper() or line[0].isdigit()


def _body_kind(section: str) -> BlockKind:
    name = _NUMBERED.sub("", section).casefold().rstrip(":")
    if name in page_words().abstracts:
        return "abstract"
    return "statement" if name in page_words().statements else "paragraph"
