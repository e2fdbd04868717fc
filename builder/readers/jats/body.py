"""Headings, prose, lists, figures and tables of an article, and the abbreviations it lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from builder.models.document import Block, BlockKind, Figure, Grid, Heading
from builder.readers.jats.inline import Prose, text_of
from builder.readers.jats.source import LANG, OUTSIDE, Context, below, child_of, line_of, words_of
from builder.readers.jats.tables import read_table_wrap
from builder.readers.names import find_abbreviations, split_pairs
from builder.readers.words import listed, search

_TITLE = re.compile(r"abbreviation|acronym|glossary|nomenclature", re.IGNORECASE)
_NOTE = re.compile(r"^\s*(?:non-?standard\s+)?abbreviations(?:\s+used)?\s*[:.]?\s*", re.IGNORECASE)


def read_abbreviations(
    article: etree._Element, blocks: Iterable[Block], context: Context
) -> tuple[tuple[str, str], ...]:
    """Return (short, long) for each abbreviation that the article lists or defines in its text.

    Lists come first: a paper's own list outranks a definition found in prose.
    """
    found: dict[str, str] = {}
    for short, long in (*_listed(article, context), *_noted(article, context)):
        found.setdefault(short, long)
    prose = (b.text for b in blocks if b.kind in ("abstract", "paragraph"))
    for short, long in find_abbreviations(prose):
        found.setdefault(short, long)
    return tuple(found.items())


def _listed(article: etree._Element, context: Context) -> Iterator[tuple[str, str]]:
    for listing in article.iter("def-list"):
        if not _is_abbreviations(listing):
            continue
        for item in listing.iter("def-item"):
            short = text_of(child_of(item, "term"), context).rstrip(":;, ")
            long = text_of(child_of(item, "def"), context).strip(":;,. ")
            if short and long:
                yield short, long
    for group in article.iter("kwd-group"):
        if _TITLE.search(f"{group.get('kwd-group-type', '')} {group.findtext('title') or ''}"):
            for word in group.iter("kwd"):
                yield from split_pairs(text_of(word, context))


def _is_abbreviations(listing: etree._Element) -> bool:
    """Return whether a list, or the part of the article it stands in, is titled so."""
    if any(True for _ in listing.iterancestors(*OUTSIDE)):
        return False
    own = child_of(listing, "title")
    title = words_of(own) if own is not None else ""
    parent = listing.getparent()
    if parent is not None:
        over = child_of(parent, "title")
        title += f" {parent.tag} {words_of(over) if over is not None else ''}"
    return bool(_TITLE.search(title))


def _noted(article: etree._Element, context: Context) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a note or section "Abbreviations: A, long; B, long"."""
    for note in article.iter("fn"):
        text = text_of(note, context) if note.get("fn-type") == "abbr" else ""
        if not text and len(note) and _NOTE.match(words_of(note)[:40]):
            text = text_of(note, context)
        yield from split_pairs(_NOTE.sub("", text))
    for part in article.iter("sec", "notes"):
        title = child_of(part, "title")
        if title is not None and _TITLE.search(words_of(title)):
            for paragraph in part.findall("p"):
                yield from split_pairs(text_of(paragraph, context))


_SECTIONS = frozenset(
    ["sec", "app", "boxed-text", "notes", "ack", "bio", "glossary", "floats-wrap"]
)
_DESCEND = frozenset({
    "disp-quote", "verse-group", "statement", "speech", "disp-formula-group", "app-group", "def",
    "fig-group", "floats-group", "body", "back", "list-item", "boxed-text",
})  # fmt: skip
_SKIPPED = frozenset({
    "title", "label", "sec-meta", "object-id", "permissions", "graphic", "kwd-group", "ref-list",
    "sub-article", "response", "related-article", "related-object", "alt-text", "subtitle",
})  # fmt: skip
# In a paragraph these begin a block of their own.
_BREAKS = frozenset(
    ["list", "def-list", "disp-quote", "boxed-text", "verse-group", "statement", "p"]
)
_DEFAULT_TITLES = {"ack": "Acknowledgements", "glossary": "Glossary", "app": "Appendix"}
_NOTE_KINDS = {"con": "author contribution", "conflict": "competing", "coi-statement": "competing"}
_LEVEL_OF_SECTIONS = 2


class Body:
    """Collects what the body of an article holds; one instance reads one article."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.headings: list[Heading] = []
        self.blocks: list[Block] = []
        self.tables: list[Grid] = []
        self.figures: list[Figure] = []
        self._section = ""
        self._kind: BlockKind = "paragraph"
        self._level = _LEVEL_OF_SECTIONS

    def read_title(self, article: etree._Element, title: str) -> None:
        """Add the title as heading of level 1."""
        element = below(article, "front", "article-meta", "title-group", "article-title")
        if title:
            line = line_of(element if element is not None else article)
            self.headings.append(Heading(1, title, line))

    def read_abstracts(self, meta: etree._Element) -> None:
        """Add the abstract, and other summaries as statements.

        The abstract is the first one without a type, or with a type that is not of the other
        kinds; translations and graphical, teaser and lay abstracts are statements.
        """
        abstracts = meta.findall("abstract")
        kinds = ((a.get("abstract-type") or "").lower() for a in abstracts)
        own = (
            a
            for a, kind in zip(abstracts, kinds, strict=True)
            if kind not in listed("jats_other_abstracts")
        )
        main = next(own, None)
        for element in abstracts + meta.findall("trans-abstract"):
            kind = element.get("abstract-type") or element.get("specific-use") or ""
            language = element.get(LANG, "") if element.tag == "trans-abstract" else ""
            if element is main:
                self._read_part(element, "abstract", "Abstract")
            elif language:
                self._read_part(element, "statement", f"Abstract ({language})")
            else:
                name = kind.replace("-", " ").capitalize() or "Second"
                self._read_part(element, "statement", f"{name} abstract")

    def read_statements(self, meta: etree._Element) -> None:
        """Add keywords, notes on authors and the funding statement."""
        for group in meta.iterchildren("kwd-group"):
            words = [text_of(k, self.context) for k in group if k.tag in ("kwd", "compound-kwd")]
            title = text_of(child_of(group, "title"), self.context) or "Keywords"
            if words:
                self._add("statement", "; ".join(filter(None, words)), group, title)
        for notes in meta.iterchildren("author-notes"):
            for note in notes:
                if note.tag in ("fn", "p"):
                    self._read_note(note)
        for element in meta.findall("funding-group/funding-statement"):
            self._add("statement", text_of(element, self.context), element, "Funding")

    def read_parts(self, article: etree._Element) -> None:
        """Add body, back matter and floats."""
        for part in article:
            if part.tag == "body":
                self._flow(part)
            elif part.tag == "back":
                self._kind = "statement"
                self._flow(part)
                self._kind = "paragraph"
            elif part.tag in ("floats-group", "floats-wrap"):
                self._section = ""
                self._flow(part)

    # --- parts of the flow -----------------------------------------------------------------------

    def _flow(self, element: etree._Element) -> None:
        for child in element:
            self._read_child(child)

    def _read_child(self, child: etree._Element) -> None:
        tag = str(child.tag)
        handler = _HANDLERS.get(tag)
        if handler:
            handler(self, child)
        elif tag in _SECTIONS:
            self._read_section(child)
        elif tag in _DESCEND:
            self._flow(child)
        elif tag == "ref-list":
            self._read_list_of_references(child)
        elif tag not in _SKIPPED:
            # Unknown elements are kept as prose: nothing is dropped.
            self._read_paragraph(child)

    def _read_section(self, element: etree._Element) -> None:
        own: dict[str, BlockKind] = {"app": "paragraph", "ack": "statement", "notes": "statement"}
        tag = str(element.tag)
        self._read_part(element, own.get(tag, self._kind), _DEFAULT_TITLES.get(tag, ""))

    def _read_part(self, element: etree._Element, kind: BlockKind, default: str) -> None:
        """Read a section: its heading one level below the one it stands in, then what it holds."""
        before = (self._section, self._kind, self._level)
        self._kind = kind
        title = self._title_of(element) or default
        if title:
            self.headings.append(Heading(self._level, title, line_of(element)))
            self._section = title
            self._level += 1
            named = f"{element.get('sec-type', '')} {title}"
            if kind == "paragraph" and search("statement_heading", named.lower()):
                self._kind = "statement"
        self._flow(element)
        self._section, self._kind, self._level = before

    def _title_of(self, element: etree._Element) -> str:
        title = child_of(element, "title")
        if title is None:
            title = below(element, "caption", "title")
        parts = (child_of(element, "label"), title)
        return " ".join(filter(None, (text_of(part, self.context) for part in parts)))

    def _read_list_of_references(self, element: etree._Element) -> None:
        title = text_of(child_of(element, "title"), self.context)
        if title:
            self.headings.append(Heading(self._level, title, line_of(element)))
        for child in element:
            if child.tag in ("p", "sec"):
                self._read_child(child)
            elif child.tag == "ref-list":
                self._read_list_of_references(child)

    def _read_paragraph(self, element: etree._Element) -> None:
        prose = Prose(self.context)
        prose.add_text(element.text)
        start = element
        for child in element:
            if child.tag in _BREAKS:
                self._emit(prose, start)
                self._read_child(child)
                prose, start = Prose(self.context), child
            else:
                prose.add_child(child)
            prose.add_text(child.tail)
        self._emit(prose, start)

    def _emit(
        self, prose: Prose, element: etree._Element, lead: str = "", kind: BlockKind | None = None
    ) -> str:
        """Add the text of a prose as a block, then what floats out of it; return the text."""
        text, citations, marks = prose.finish()
        if text:
            if lead:
                shift = len(lead) + 1
                text, marks = f"{lead} {text}", tuple((at + shift, n) for at, n in marks)
            line = line_of(element)
            self.blocks.append(
                Block(kind or self._kind, text, line, self._section, citations, marks)
            )
        for part in prose.floats:
            self._read_child(part)
        return text

    def _add(self, kind: BlockKind, text: str, element: etree._Element, section: str) -> None:
        if text:
            self.blocks.append(Block(kind, text, line_of(element), section))

    def _read_list(self, element: etree._Element) -> None:
        title = text_of(child_of(element, "title"), self.context)
        self._add(self._kind, title, element, self._section)
        for item in element.iterchildren("list-item"):
            lead = text_of(child_of(item, "label"), self.context)
            for child in item:
                if child.tag == "p" and not any(c.tag in _BREAKS for c in child):
                    self._emit(Prose(self.context, child), child, lead)
                    lead = ""
                elif child.tag != "label":
                    self._read_child(child)

    def _read_definitions(self, element: etree._Element) -> None:
        """Add a list of terms and definitions: one block an item."""
        for item in element.iter("def-item"):
            prose = Prose(self.context)
            term = text_of(child_of(item, "term"), self.context).rstrip(":;, ")
            prose.add_text(f"{term}: " if term else "")
            for definition in item.iterchildren("def"):
                prose.add_child(definition)
            self._emit(prose, item)

    def _read_formula(self, element: etree._Element) -> None:
        prose = Prose(self.context)
        prose.add_child(element)
        self._emit(prose, element)

    def _read_note(self, element: etree._Element) -> None:
        before, kind = self._kind, (element.get("fn-type") or "").lower()
        said = f"{_NOTE_KINDS.get(kind, kind)} {words_of(element)[:60].lower()}"
        self._kind = "statement" if search("statement_heading", said) else "footnote"
        self._emit(Prose(self.context, element), element)
        self._kind = before

    def _read_notes(self, element: etree._Element) -> None:
        title = text_of(child_of(element, "title"), self.context)
        before = self._section
        if title:
            self.headings.append(Heading(self._level, title, line_of(element)))
            self._section = title
        for child in element:
            if child.tag == "fn":
                self._read_note(child)
            elif child.tag not in _SKIPPED:
                self._read_child(child)
        self._section = before

    # --- floats ----------------------------------------------------------------------------------

    def _read_table(self, element: etree._Element) -> None:
        self.tables += read_table_wrap(element, len(self.tables) + 1, self.context)
        self._read_caption(element)

    def _read_tables(self, group: etree._Element) -> None:
        """Add a group's caption, which its tables share, and the tables."""
        self._read_caption(group)
        for child in group:
            if child.tag != "caption":
                self._read_child(child)

    def _read_figure(self, element: etree._Element) -> None:
        label = text_of(child_of(element, "label"), self.context)
        caption = self._read_caption(element)
        if element.tag == "fig":
            self.figures.append(Figure(label, caption, line_of(element)))
        for child in element:
            # Parts of a figure may be tables, or figures with captions of their own.
            if child.tag in ("table-wrap", "fig", "p", "fn"):
                self._read_child(child)

    def _read_caption(self, element: etree._Element) -> str:
        """Add the caption as a block of its own, for its words and citations; return its text."""
        caption = child_of(element, "caption")
        if caption is None:
            return ""
        return self._emit(Prose(self.context, caption), caption, kind="caption")

    def _read_supplement(self, element: etree._Element) -> None:
        self._read_caption(element)
        for child in element:
            if child.tag in ("p", "sec", "table-wrap", "fig"):
                self._read_child(child)


_HANDLERS: dict[str, Callable[[Body, etree._Element], None]] = {
    "p": Body._read_paragraph,
    "list": Body._read_list,
    "def-list": Body._read_definitions,
    "disp-formula": Body._read_formula,
    "table-wrap": Body._read_table,
    "table": Body._read_table,
    "table-wrap-group": Body._read_tables,
    "fig": Body._read_figure,
    "fig-group": Body._read_figure,
    "fn": Body._read_note,
    "fn-group": Body._read_notes,
    "supplementary-material": Body._read_supplement,
    "media": Body._read_supplement,
}
