"""Names in JATS: persons, groups, and names that a publisher left in one piece."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from builder.models.document import Person
from builder.readers.jats.context import LANG, Context, words_of
from builder.readers.jats.inline import text_of, tidy
from builder.readers.people import parse_person

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]")
# Marks of notes and affiliations, which are no part of a name.
_MARKS = "*†‡§¶#✉,; "
_NOTES = frozenset(["xref", "sup", "fn", "email", "target"])
_ET_AL = re.compile(r"[\s,;]*\b(?:and\s+)?et\.?\s*al\b\.?", re.IGNORECASE)


def parse_name(element: etree._Element, context: Context) -> Person | None:
    """Return the person or group that a name element holds; None where it is empty."""
    tag = element.tag
    if tag in ("name-alternatives", "collab-alternatives"):
        return _choose_form(element, context)
    if tag in ("collab", "on-behalf-of"):
        literal = _group(element, context)
        return Person(literal=literal) if literal else None
    if tag == "anonymous":
        return Person(literal=text_of(element, context) or "Anonymous")
    return read_name(element, context)[0]


def _choose_form(element: etree._Element, context: Context) -> Person | None:
    """Return the form of a name in the article's language; the others stay beside it."""
    forms = sorted(element, key=lambda form: not _is_own(form, context.language))
    found = list(filter(None, (parse_name(form, context) for form in forms)))
    if not found:
        return None
    others = tuple(p.literal or " ".join((p.given, p.family)).strip() for p in found[1:])
    return replace(found[0], others=others)


def _is_own(form: etree._Element, language: str) -> bool:
    """Return whether a form of a name is that of the article's language."""
    if not language:
        return False
    own = (form.get(LANG) or "").lower()
    if own:
        return own.partition("-")[0] == language.partition("-")[0]
    eastern = language.partition("-")[0] in ("zh", "ja", "ko")
    return bool(form.get("name-style")) and (form.get("name-style") == "eastern") == eastern


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
            text = _without_notes(child, context).strip(_MARKS)
        else:
            words.append(text)
            # The usual case is plain letters, and most of an article's elements are names.
            if not (text.isalpha() and text.isascii()):
                text = tidy(text).strip(_MARKS)
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
        return split_name(_without_notes(element, context)), printed
    # A lone given name is a name in one piece (mononyms, groups tagged as persons).
    return (Person(literal=first) if first else None), printed


def _without_notes(element: etree._Element, context: Context) -> str:
    """Return a name's text without marks of notes and affiliations."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in _NOTES:
            parts.append(_without_notes(child, context) if len(child) else text_of(child, context))
        parts.append(child.tail or "")
    return tidy("".join(parts))


def _group(element: etree._Element, context: Context) -> str:
    """Return a group's name without its members."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in ("contrib-group", "xref", "address", "aff", "fn", "email"):
            parts += [" ", text_of(child, context), " "]
        parts.append(child.tail or "")
    return tidy("".join(parts)).replace(" ,", ",").strip(" ,;")


def split_name(text: str) -> Person | None:
    """Return a person from a name in one piece; one without comma and initials stays whole."""
    bare = _ET_AL.sub("", text).strip(" ,;")
    return parse_person(bare, natural=False) if bare else None


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
