"""A cited work as it is printed, out of the tags of its citation."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from builder.readers.jats.context import Context, words_of
from builder.readers.jats.inline import Prose, text_of, tidy
from builder.readers.jats.people import PEOPLE

# Parts of a citation whose text is printed just as it stands: fields, and what else may hold text.
_FIELDS = frozenset(
    [
        "surname",
        "given-names",
        "article-title",
        "chapter-title",
        "source",
        "year",
        "month",
        "day",
        "volume",
        "issue",
        "fpage",
        "lpage",
        "page-range",
        "elocation-id",
        "publisher-name",
        "publisher-loc",
        "edition",
        "pub-id",
        "object-id",
    ]
)
_PLAIN = frozenset(
    [
        "mixed-citation",
        "citation",
        "person-group",
        "name",
        "string-name",
        "italic",
        "bold",
        "comment",
        "conf-name",
        "collab",
    ]
)
_PLAIN_WITH_TEXT = frozenset(["ext-link", "uri", "etal"])


def printed_work(element: etree._Element, context: Context) -> str:
    """Return a citation as printed. Fields without punctuation between them are parted."""
    if not _has_text(element):
        return ". ".join(p.rstrip(". ") for p in _printed_parts(element, context) if p)
    if _is_plain(element):
        return tidy(words_of(element))
    prose = Prose(context)
    prose.add(element)
    printed = prose.text()
    if len(element) and element[0].tag == "label":
        return printed.removeprefix(tidy(element[0].text or "")).lstrip()
    return printed


def _has_text(element: etree._Element) -> bool:
    """Tell whether a citation holds text of its own beside its tags."""
    text = element.text
    if text and not text.isspace():
        return True
    for child in element:
        text = child.tail
        if text and not text.isspace():
            return True
    return False


def _is_plain(element: etree._Element) -> bool:
    """Tell whether an element's text is just what its tags hold; set fields apart on the way.

    PubMed Central takes out the spaces between the parts of a name, and between fields: they are
    put back, for "137" and a PMID behind it would read as one number.
    """
    plain = True
    for part in element.iter():
        tag = part.tag
        if tag in _FIELDS:
            if not part.tail and part.getnext() is not None:
                part.tail = " "
        elif tag in _PLAIN_WITH_TEXT:
            plain = plain and bool(part.text)
        elif tag not in _PLAIN:
            plain = False
    return plain


def _printed_parts(element: etree._Element, context: Context) -> Iterable[str]:
    people: list[str] = []
    where: list[str] = []
    for child in element:
        tag = child.tag
        if tag in PEOPLE or tag == "etal":
            people.append(_printed_name(child, context))
        elif tag == "person-group":
            people += [_printed_name(name, context) for name in child]
        elif tag in _PLACE:
            where.append(text_of(child, context))
        elif tag != "label":
            if people:
                yield ", ".join(filter(None, people))
                people = []
            if where:
                yield " ".join(filter(None, where))
                where = []
            yield text_of(child, context)
    yield ", ".join(filter(None, people))
    yield " ".join(filter(None, where))


_PLACE = frozenset(["year", "month", "day", "volume", "issue", "fpage", "lpage"])


def _printed_name(element: etree._Element, context: Context) -> str:
    if element.tag == "name":
        # The usual case: nothing but parts, with nothing between them.
        parts = [part.text for part in element if not len(part) and not part.tail]
        if len(parts) == len(element) and not element.text:
            return tidy(" ".join(filter(None, parts)))
    prose = Prose(context)
    prose.add_child(element)
    return prose.text()
