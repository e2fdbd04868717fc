"""One cited work: its bibliographic fields from the tags of a citation element."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from builder.dates import parse_date as parse_written_date
from builder.document import Person, WorkFields
from builder.readers.jats.context import Context, words_of
from builder.readers.jats.dates import parse_date, parse_month, parse_year
from builder.readers.jats.identifiers import find_identifiers
from builder.readers.jats.inline import text_of
from builder.readers.jats.people import NAMES, PEOPLE, parse_name, says_et_al

Found = dict[str, list[etree._Element]]

# JATS publication types, and what publishers write, as CSL types (CSL 1.0.2, appendix III).
_TYPES = {
    "journal": "article-journal",
    "journal-article": "article-journal",
    "article": "article-journal",
    "periodical": "article-journal",
    "book": "book",
    "edited-book": "book",
    "ebook": "book",
    "monograph": "book",
    "book-chapter": "chapter",
    "chapter": "chapter",
    "bookchapter": "chapter",
    "book-part": "chapter",
    "confproc": "paper-conference",
    "conf-proc": "paper-conference",
    "conference": "paper-conference",
    "conf-paper": "paper-conference",
    "proceeding": "paper-conference",
    "proceedings": "paper-conference",
    "thesis": "thesis",
    "dissertation": "thesis",
    "web": "webpage",
    "webpage": "webpage",
    "website": "webpage",
    "web-page": "webpage",
    "eref": "webpage",
    "report": "report",
    "gov": "report",
    "working-paper": "report",
    "patent": "patent",
    "data": "dataset",
    "dataset": "dataset",
    "database": "dataset",
    "software": "software",
    "computer-program": "software",
    "preprint": "article",
    "newspaper": "article-newspaper",
    "magazine": "article-magazine",
    "standard": "standard",
    "clinicaltrial": "document",
}
_HEADS = ("article-title", "chapter-title", "data-title", "part-title")
_IN_BOOKS = frozenset(["book", "chapter"])
# Groups of people who did not write the work.
_NOT_AUTHORS = re.compile(r"edit|transl|review|guest|assignee|illustr|transed", re.IGNORECASE)
# Elements that hold one field; all others are wrappers and are looked into.
_FIELDS = frozenset(
    [
        "article-title",
        "chapter-title",
        "data-title",
        "part-title",
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
        "pub-id",
        "ext-link",
        "uri",
        "publisher-name",
        "conf-name",
        "trans-title",
        "trans-source",
        "series",
        "date-in-citation",
        "access-date",
        "person-group",
        "etal",
        "anonymous",
        "issn",
        "label",
        "object-id",
        "string-date",
        "publisher-loc",
        "patent",
        "supplement",
        "edition",
        "isbn",
        "article-id",
        *list(NAMES),
    ]
)
# Fields that are nothing but their text.
_TEXTS = frozenset(
    [
        "volume",
        "issue",
        "supplement",
        "fpage",
        "lpage",
        "page-range",
        "elocation-id",
        "publisher-name",
        "publisher-loc",
        "issn",
        "edition",
        "patent",
    ]
)
_TITLES = frozenset(["article-title", "chapter-title", "source", "data-title", "part-title"])
_MARKUP = frozenset(
    [
        "italic",
        "bold",
        "sup",
        "sub",
        "sc",
        "underline",
        "label",
        "ext-link",
        "uri",
        "styled-content",
        "named-content",
        "monospace",
        "break",
        "x",
        "roman",
        "sans-serif",
    ]
)
_FOUR_DIGITS = re.compile(r"[1-9][0-9]{3}", re.ASCII)
_STATUS = re.compile(
    r"\b(in press|forthcoming|submitted|in preparation|unpublished|ahead of print)\b", re.IGNORECASE
)


def parse_work(element: etree._Element, printed: str, context: Context) -> WorkFields | None:
    """Return the fields that a citation tags; None where it tags none at all."""
    found: Found = {}
    et_al = _gather(element, found)
    if not found or (_MARKUP.issuperset(found) and element.tag != "element-citation"):
        return None
    title, container, kind = _name_work(element, found, context)
    authors, editors, more = _find_authors(
        found, title_is_part=_head(found) is not None, context=context
    )
    doi, pmid, pmcid, url = find_identifiers(found, printed)
    status = None if "volume" in found else _STATUS.search(_untitled(printed, title))
    told = {tag: _text(found, tag, context) for tag in _TEXTS.intersection(found)}
    tell = told.get
    return WorkFields(
        type=kind,
        title=title,
        authors=authors,
        et_al=et_al or more,
        container=container,
        issued=_find_issued(found),
        volume=tell("volume", ""),
        issue=tell("issue", "") or tell("supplement", ""),
        page=find_page(told),
        publisher=tell("publisher-name", ""),
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        url=url,
        accessed=_find_accessed(found),
        status=status.group(1).lower() if status else "",
        issn=tell("issn", ""),
        editors=editors,
        edition=tell("edition", ""),
        publisher_place=tell("publisher-loc", ""),
        number=tell("patent", ""),
    )


def _untitled(printed: str, title: str) -> str:
    return printed.replace(title, " ") if title else printed


def _gather(element: etree._Element, found: Found) -> bool:
    """Sort the parts of a citation by tag; tell whether text between them says "et al.".

    People named behind the title are kept apart: they are editors as a rule.
    """
    et_al = False
    titled = not _TITLES.isdisjoint(found)
    for child in element:
        tag = child.tag
        if tag in _FIELDS:
            titled = titled or tag in _TITLES
            name = "late-person" if titled and tag in PEOPLE else tag
            found.setdefault(name, []).append(child)
        elif len(child):
            et_al = _gather(child, found) or et_al
            titled = titled or not _TITLES.isdisjoint(found)
        elif tag == "italic" and not titled:
            et_al = et_al or says_et_al(child.text)
        if not titled:
            tail = child.tail
            et_al = et_al or bool(tail and "al" in tail and says_et_al(tail))
    return et_al


def _text(found: Found, tag: str, context: Context) -> str:
    elements = found.get(tag)
    return text_of(elements[0], context) if elements else ""


def _head(found: Found) -> etree._Element | None:
    for tag in _HEADS:
        for element in found.get(tag, ()):
            if len(element) or (element.text or "").strip():
                return element
    return None


def clean_title(text: str) -> str:
    """Return a title without the comma or the quotation marks that close it in print."""
    bare = text.strip()
    if bare[:1] in '“"‘' and bare.rstrip(".,")[-1:] in '”"’':
        bare = bare.rstrip(".,")[1:-1].strip()
    return bare.rstrip(",;: ") if not bare.endswith("...") else bare


def _name_work(element: etree._Element, found: Found, context: Context) -> tuple[str, str, str]:
    """Return title, container and CSL type: a source alone is the title unless it is a journal."""
    written = (element.get("publication-type") or element.get("citation-type") or "").lower()
    head = _head(found)
    source = _text(found, "source", context) or _text(found, "trans-source", context)
    kind = _TYPES.get(written) or _guess_type(found, head is not None)
    if head is not None:
        title = clean_title(text_of(head, context))
        if kind == "book" and source:
            kind = "chapter"
        container = source or _text(found, "conf-name", context)
        return title, clean_title(container), kind
    if kind in ("article-journal", "article-magazine", "article-newspaper"):
        return clean_title(_text(found, "trans-title", context)), clean_title(source), kind
    title = source or _text(found, "trans-title", context)
    return clean_title(title), _text(found, "conf-name", context) if title else "", kind


def _guess_type(found: Found, titled: bool) -> str:
    if "publisher-name" in found or "isbn" in found or "edition" in found:
        return "chapter" if titled and "source" in found else "book"
    if "conf-name" in found:
        return "paper-conference"
    if "source" in found and ("volume" in found or "fpage" in found or "elocation-id" in found):
        return "article-journal"
    if "uri" in found or "ext-link" in found or "access-date" in found:
        return "article-journal" if "source" in found and titled else "webpage"
    return "article-journal" if titled and "source" in found else "document"


def _find_authors(
    found: Found, *, title_is_part: bool, context: Context
) -> tuple[tuple[Person, ...], tuple[Person, ...], bool]:
    """Return authors, editors, and whether more authors are meant than named.

    People behind the title are editors, unless the citation names no others and is no part of a
    book.
    """
    et_al = "etal" in found
    chosen: list[etree._Element] = []
    late = found.get("late-person", [])
    editors: list[etree._Element] = []
    for group in found.get("person-group", ()):
        people: list[etree._Element] = []
        goes_on = _gather_people(group, people)
        kind = group.get("person-group-type") or ""
        if kind != "author" and _NOT_AUTHORS.search(kind):
            editors += people if "edit" in kind.lower() else []
            continue
        chosen += people
        et_al = et_al or goes_on
    chosen += _direct_people(found)
    if not chosen and not title_is_part:
        chosen, late = late, []
    authors: list[Person] = []
    for element in chosen:
        person = parse_name(element, context)
        if person is None:
            continue
        if person.literal and _is_et_al(person):
            et_al = True
            continue
        authors.append(person)
        if element.tag == "string-name" and says_et_al(words_of(element)):
            et_al = True
    others = [p for e in (*editors, *late) if (p := parse_name(e, context))]
    return tuple(authors), tuple(others), et_al


def _is_et_al(person: Person) -> bool:
    return says_et_al(person.literal) and len(person.literal) < len("and et. al.") + 1


def _gather_people(group: etree._Element, people: list[etree._Element]) -> bool:
    """Add the people of a group, not the members of one of them; tell whether it goes on."""
    goes_on = says_et_al(group.text)
    for child in group:
        tag = child.tag
        if tag in PEOPLE:
            people.append(child)
        elif tag == "etal":
            goes_on = True
        elif len(child):
            goes_on = _gather_people(child, people) or goes_on
        goes_on = goes_on or says_et_al(child.tail)
    return goes_on


def _direct_people(found: Found) -> list[etree._Element]:
    tags = PEOPLE.intersection(found)
    people = [e for tag in tags for e in found[tag]]
    if len(tags) > 1:
        order = {id(e): i for i, e in enumerate(people[0].getparent().iter())}  # type: ignore[union-attr]
        people.sort(key=lambda e: order.get(id(e), 0))
    return people


def _find_issued(found: Found) -> tuple[int, ...]:
    for element in found.get("year", ()):
        text = words_of(element).strip()
        year = parse_year(text) or parse_year(element.get("iso-8601-date"))
        if not year and _FOUR_DIGITS.fullmatch(text):
            year = int(text)  # an odd one, kept as tagged
        if year:
            months = found.get("month", ())
            month = parse_month(months[0].text) if months else 0
            days = found.get("day", ())
            day = (days[0].text or "").strip() if days else ""
            if month and day.isdecimal() and 0 < int(day) < 32:  # noqa: PLR2004 (days of a month)
                return (year, month, int(day))
            return (year, month) if month else (year,)
    for element in found.get("string-date", ()):
        date = parse_date(element) or parse_written_date(words_of(element))
        if date:
            return date
    return ()


def _find_accessed(found: Found) -> tuple[int, ...]:
    for element in (*found.get("date-in-citation", ()), *found.get("access-date", ())):
        kind = element.get("content-type") or "access"
        if "access" in kind or "cited" in kind:
            return parse_date(element) or parse_written_date(words_of(element))
    return ()


def find_page(told: Mapping[str, str]) -> str:
    """Return first and last page joined, or the range or article number as tagged."""
    first, last = told.get("fpage", ""), told.get("lpage", "")
    if first:
        return join_pages(first, last)
    return told.get("page-range") or told.get("elocation-id") or last


def join_pages(first: str, last: str) -> str:
    """Return ``123-145``; a last page that is absent or the same is left out."""
    first, last = first.strip(" .,;–-"), last.strip(" .,;–-")
    return f"{first}-{last}" if last and last != first else first
