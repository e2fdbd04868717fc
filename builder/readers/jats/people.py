"""Names in JATS: persons, groups, and names that a publisher left in one piece."""

from __future__ import annotations

import re

from lxml import etree

from builder.models.document import Person
from builder.readers.jats.context import Context, words_of
from builder.readers.jats.inline import text_of, tidy

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]")
_INITIALS = re.compile(r"^(?:[A-Z]\.?[\s-]?){1,4}$")
_ET_AL = re.compile(r"[\s,;]*\b(?:and\s+)?et\.?\s*al\b\.?", re.IGNORECASE)
_MOST_GIVEN = 3


def parse_name(element: etree._Element, context: Context) -> Person | None:
    """Return the person or group that a name element holds; None where it is empty."""
    tag = element.tag
    if tag in ("name-alternatives", "collab-alternatives"):
        return parse_name(element[0], context) if len(element) else None
    if tag in ("collab", "on-behalf-of"):
        literal = _group(element, context)
        return Person(literal=literal) if literal else None
    if tag == "anonymous":
        return Person(literal=text_of(element, context) or "Anonymous")
    return read_name(element, context)[0]


def read_name(element: etree._Element, context: Context) -> tuple[Person | None, list[str]]:
    """Return the person of a name in parts, and the parts as printed, in their order.

    There are none where more than the parts is printed: a comma between them, say.
    """
    family: str | None = None
    first = suffix = ""
    words: list[str] = []
    text = element.text
    simple = not text or text.isspace()
    for child in element:
        text = child.text or ""
        if len(child):
            simple = False
            text = text_of(child, context).strip(",; ")
        else:
            words.append(text)
            # The usual case is plain letters, and most of an article's elements are names.
            if not (text.isalpha() and text.isascii()):
                text = tidy(text).strip(",; ")
        tag = child.tag
        if tag == "surname":
            family = text
        elif tag == "given-names":
            first = text
        elif tag == "suffix":
            suffix = text
        tail = child.tail
        if tail and not tail.isspace():
            simple = False
    printed = words if simple else []
    if family:
        return Person(family, first, "", suffix), printed
    if family is None and not first:
        return split_name(text_of(element, context)), printed
    # A lone given name is a name in one piece (mononyms, groups tagged as persons).
    return (Person(literal=first) if first else None), printed


def _group(element: etree._Element, context: Context) -> str:
    """Return a group's name without its members."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in ("contrib-group", "xref", "address", "aff", "fn", "email"):
            parts += [" ", text_of(child, context), " "]
        parts.append(child.tail or "")
    return tidy("".join(parts)).replace(" ,", ",").strip(" ,;")


def split_name(text: str) -> Person | None:
    """Return a person from a name in one piece: ``Smith, John``, ``Smith J`` or ``J. Smith``.

    Names in which no part is told by comma or initials stay whole.
    """
    bare = _ET_AL.sub("", text).strip(" ,;")
    if not bare:
        return None
    family, comma, given = bare.partition(",")
    if comma and len(given.split()) <= _MOST_GIVEN:
        return Person(family.strip(), given.strip())
    words = bare.split()
    for cut in range(1, len(words)):
        if _INITIALS.match(" ".join(words[cut:])):
            return Person(" ".join(words[:cut]), " ".join(words[cut:]))
    for cut in range(len(words) - 1, 0, -1):
        if _INITIALS.match(" ".join(words[:cut])):
            return Person(" ".join(words[cut:]), " ".join(words[:cut]))
    return Person(literal=bare)


def says_et_al(text: str | None) -> bool:
    """Tell whether a text says that a list of names goes on."""
    return bool(text and "al" in text.lower() and _ET_AL.search(text))


def find_orcid(contrib: etree._Element) -> str:
    """Return the bare ORCID iD of a contributor, or an empty string."""
    for tag in ("contrib-id", "ext-link", "uri"):
        for element in contrib.iter(tag):
            kind = element.get("contrib-id-type", "")
            words = " ".join([words_of(element), *(str(v) for v in element.attrib.values())])
            if kind == "orcid" or "orcid" in words.lower():
                found = _ORCID.search(words)
                if found:
                    return found.group().upper()
    return ""
