"""Lists of abbreviations: glossaries, definition lists, keyword groups and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from builder.models.document import Block
from builder.readers.abbreviations import find_abbreviations, split_pairs
from builder.readers.jats.context import Context, child_of, words_of
from builder.readers.jats.inline import text_of

_TITLE = re.compile(r"abbreviation|acronym|glossary|nomenclature", re.IGNORECASE)
_NOTE = re.compile(r"^\s*(?:non-?standard\s+)?abbreviations(?:\s+used)?\s*[:.]?\s*", re.IGNORECASE)
_OUTSIDE = ("sub-article", "response")


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
    """Tell whether a list, or the part of the article it stands in, is titled so."""
    if any(True for _ in listing.iterancestors(*_OUTSIDE)):
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
