"""A cited work as it is printed, out of the tags of its citation."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from builder.readers.jats.context import words_of
from builder.readers.jats.fields import LINKS, PEOPLE, PLAIN, SET_APART
from builder.readers.jats.inline import ET_AL, Prose, tidy
from builder.readers.jats.parts import Parts

_PLACE = frozenset(["year", "month", "day", "volume", "issue", "fpage", "lpage"])


def printed_work(parts: Parts) -> str:
    """Return a citation as printed. Fields without punctuation between them are parted."""
    if not parts.has_text:
        return ". ".join([p.rstrip(". ") for p in _printed_parts(parts) if p])
    element = parts.element
    if _is_plain(element):
        return tidy(words_of(element))
    prose = Prose(parts.context)
    prose.add(element)
    printed = prose.text()
    if len(element) and element[0].tag == "label":
        return printed.removeprefix(tidy(element[0].text or "")).lstrip()
    return printed


def _is_plain(element: etree._Element) -> bool:
    """Tell whether an element's text is just what its tags hold; set fields apart on the way.

    PubMed Central takes out the spaces between the parts of a name, and between fields: they are
    put back, for "137" and a PMID behind it would read as one number.
    """
    plain = True
    for part in element.iter():
        tag = part.tag
        if tag in SET_APART:
            if not part.tail and part.getnext() is not None:
                part.tail = " "
            if tag == "etal" and not part.text and not len(part):
                part.text = ET_AL
        elif tag in LINKS:
            plain = plain and bool(part.text)
        elif tag not in PLAIN:
            plain = False
    return plain


def _printed_parts(parts: Parts) -> Iterable[str]:
    people: list[str] = []
    where: list[str] = []
    for child in parts.element:
        tag = child.tag
        if tag in _PLACE:
            where.append(parts.text(child))
        elif tag in PEOPLE or tag == "etal":
            people.append(parts.printed_name(child))
        elif tag == "person-group":
            people += map(parts.printed_name, child)
        elif tag != "label":
            if people:
                yield ", ".join(filter(None, people))
                people = []
            if where:
                yield " ".join(filter(None, where))
                where = []
            yield parts.text(child)
    yield ", ".join(filter(None, people))
    yield " ".join(filter(None, where))
