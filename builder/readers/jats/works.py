"""One cited work: its fields from the tags of a citation element, and the work as printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from builder.models.document import Person, WorkFields
from builder.readers.jats import source as tags
from builder.readers.jats.inline import ET_AL, Prose, text_of, tidy, title_of
from builder.readers.jats.source import PEOPLE, TITLES, Context, href, words_of
from builder.readers.jats.values import find_identifiers, parse_name, says_et_al
from builder.readers.jats.values import parse_date as date_of
from builder.readers.words import search, table
from builder.text.dates import make_date
from builder.text.ids import find_accessions


class Parts:
    """What one citation element holds.

    ``found`` has the elements that hold a field, by tag; people named behind the title stand under
    ``late-person``, for they are editors as a rule. ``has_text`` says whether there is text beside
    the tags, ``et_al`` whether that text says that a list of names goes on.
    """

    def __init__(self, element: etree._Element, context: Context) -> None:
        self.element = element
        self.context = context
        self.found: dict[str, list[etree._Element]] = {}
        self.has_text = bool((element.text or "").strip())
        self.et_al = self._gather(element)

    def _gather(self, element: etree._Element) -> bool:
        """Sort the elements by tag; say whether text between them says "et al."."""
        found, et_al = self.found, False
        for child in element:
            tag = str(child.tag)
            if tag in tags.FIELDS:
                late = tag in PEOPLE and not TITLES.isdisjoint(found)
                found.setdefault("late-person" if late else tag, []).append(child)
            elif len(child):
                et_al = self._gather(child) or et_al
            titled = not TITLES.isdisjoint(found)
            if tag == "italic" and not len(child) and not titled:
                et_al = et_al or says_et_al(child.text)
            if child.tail and not child.tail.isspace():
                self.has_text = self.has_text or element is self.element
                et_al = et_al or (not titled and says_et_al(child.tail))
        return et_al

    def text(self, element: etree._Element) -> str:
        """Return an element's text."""
        return text_of(element, self.context)

    def first(self, tag: str) -> str:
        """Return the text of the first element of a tag, '' where there is none."""
        elements = self.found.get(tag)
        return self.text(elements[0]) if elements else ""

    def printed_name(self, element: etree._Element) -> str:
        """Return a name as printed."""
        prose = Prose(self.context)
        prose.add_child(element)
        return prose.text()

    def title(self, element: etree._Element) -> str:
        """Return a title's text, without the marks of notes on it."""
        if len(element) and any(True for _ in element.iter("xref")):
            return title_of(element, self.context)
        return self.text(element)

    def head(self) -> etree._Element | None:
        """Return the element of the work's own title, None where no element has one."""
        heads = (element for tag in tags.HEADS for element in self.found.get(tag, ()))
        return next((e for e in heads if len(e) or (e.text or "").strip()), None)


_PLACE = frozenset(["year", "month", "day", "volume", "issue", "fpage", "lpage"])


def printed_work(parts: Parts) -> str:
    """Return a citation as printed. Fields without punctuation between them are parted."""
    if not parts.has_text:
        return ". ".join([p.rstrip(". ") for p in _printed_parts(parts) if p])
    element = parts.element
    if _is_plain(element):
        return tidy(words_of(element))
    printed = text_of(element, parts.context)
    if len(element) and element[0].tag == "label":
        return printed.removeprefix(tidy(element[0].text or "")).lstrip()
    return printed


def _is_plain(element: etree._Element) -> bool:
    """Return whether an element's text is just what its tags hold; set fields apart on the way.

    PubMed Central takes out the spaces between the parts of a name, and between fields: they are
    put back, for "137" and a PMID behind it would read as one number.
    """
    plain = True
    for part in element.iter():
        tag = part.tag
        if tag in tags.SET_APART:
            if not part.tail and part.getnext() is not None:
                part.tail = " "
            if tag == "etal" and not part.text and not len(part):
                part.text = ET_AL
        elif tag in tags.LINKS:
            plain = plain and bool(part.text)
        elif tag not in tags.PLAIN:
            plain = False
    return plain


def _printed_parts(parts: Parts) -> Iterable[str]:
    people: list[str] = []
    where: list[str] = []
    for child in (*parts.element, None):
        tag = "" if child is None else child.tag
        if child is not None and tag in _PLACE:
            where.append(parts.text(child))
        elif child is not None and (tag in PEOPLE or tag in ("etal", "person-group")):
            names = child if tag == "person-group" else [child]
            people += map(parts.printed_name, names)
        elif tag != "label":
            yield ", ".join(filter(None, people))
            yield " ".join(filter(None, where))
            yield parts.text(child) if child is not None else ""
            people, where = [], []


Found = dict[str, list[etree._Element]]

# Groups of people who did not write the work.
_NOT_AUTHORS = re.compile(r"edit|transl|review|guest|assignee|illustr|transed", re.IGNORECASE)
_FOUR_DIGITS = re.compile(r"[1-9][0-9]{3}", re.ASCII)


def parse_work(parts: Parts, printed: str) -> WorkFields | None:
    """Return the fields that a citation tags; None where it tags none at all."""
    found = parts.found
    if not found or (tags.MARKUP.issuperset(found) and parts.element.tag != "element-citation"):
        return None
    head = parts.head()
    title, container, kind = _name_work(parts, head)
    authors, editors, more = _find_authors(parts, title_is_part=head is not None)
    doi, pmid, pmcid, url = find_identifiers(found, printed)
    accession, address = _find_accession(found)
    if not accession and kind in ("dataset", "webpage") and (kept := find_accessions(printed)):
        accession, kind = kept[0].number, "dataset"
    reported = {tag: parts.first(tag) for tag in tags.TEXTS}
    of_body = reported["institution"] if kind in ("thesis", "report") else ""
    genre = search("thesis_genre", printed) if kind == "thesis" else None
    return WorkFields(
        type=kind,
        title=title,
        authors=authors,
        et_al=parts.et_al or more,
        container=container,
        issued=_find_issued(found),
        volume=reported["volume"],
        issue=reported["issue"] or reported["supplement"],
        page=find_page(reported),
        publisher=reported["publisher-name"] or of_body,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        url=url or address,
        accessed=_find_accessed(found),
        status="" if "volume" in found else _find_status(printed, title),
        issn=reported["issn"],
        editors=editors,
        edition=reported["edition"] or reported["version"],
        publisher_place=reported["publisher-loc"],
        genre="Preprint" if kind == "article" else genre[0] if genre else "",
        number=reported["patent"] or accession,
    )


def _find_accession(found: Found) -> tuple[str, str]:
    """Return the accession of data in an archive, and its address."""
    for element in found.get("pub-id", ()):
        if element.get("pub-id-type") in ("accession", "archive", "ark", "handle"):
            return words_of(element).strip(), href(element)
    return "", ""


def _find_status(printed: str, title: str) -> str:
    """Return "in press" and the like, where it stands outside the title."""
    words = (printed.replace(title, " ") if title else printed).lower()
    found = search("work_status", words)
    return found[1] if found else ""


def clean_title(text: str) -> str:
    """Return a title without the comma or the quotation marks that close it in print."""
    bare = text.strip()
    if bare[:1] in '“"‘' and bare.rstrip(".,")[-1:] in '”"’':
        bare = bare.rstrip(".,")[1:-1].strip()
    return bare.rstrip(",;: ") if not bare.endswith("...") else bare


def _name_work(parts: Parts, head: etree._Element | None) -> tuple[str, str, str]:
    """Return title, container and CSL type: a source alone is the title unless it is a journal."""
    element, first = parts.element, parts.first
    written = (element.get("publication-type") or element.get("citation-type") or "").lower()
    source = first("source") or first("trans-source")
    kind = table("jats_types").get(written) or _guess_type(parts.found, head is not None)
    if head is not None:
        title = clean_title(parts.title(head))
        if kind == "book" and source:
            kind = "chapter"
        container = source or first("conf-name")
        return title, clean_title(container), kind
    if kind in ("article-journal", "article-magazine", "article-newspaper"):
        return clean_title(first("trans-title")), clean_title(source), kind
    title = source or first("trans-title")
    return clean_title(title), first("conf-name") if title else "", kind


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
    parts: Parts, *, title_is_part: bool
) -> tuple[tuple[Person, ...], tuple[Person, ...], bool]:
    """Return authors, editors, and whether more authors are meant than named.

    People behind the title are editors, unless the citation names no others and is no part of a
    book.
    """
    found = parts.found
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
    direct = [e for e in parts.element.iter(*PEOPLE) if any(e in found.get(t, ()) for t in PEOPLE)]
    chosen += direct
    if not chosen and not title_is_part:
        chosen, late = late, []
    authors: list[Person] = []
    for element in chosen:
        person = parse_name(element, parts.context)
        if person is None:
            continue
        if says_et_al(person.literal) and len(person.literal) <= len("and et. al."):
            et_al = True
            continue
        authors.append(person)
        if element.tag == "string-name" and not et_al:
            last = element[-1].tail if len(element) else element.text
            et_al = says_et_al(f"{person.family} {person.given} {last or ''}")
    others = [p for e in (*editors, *late) if (p := parse_name(e, parts.context))]
    return tuple(authors), tuple(others), et_al


def _gather_people(group: etree._Element, people: list[etree._Element]) -> bool:
    """Add the people of a group, not the members of one of them; say whether it goes on."""
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


def _find_issued(found: Found) -> tuple[int, ...]:
    for element in found.get("year", ()):
        text = words_of(element).strip()
        year = tags.parse_year(text) or tags.parse_year(element.get("iso-8601-date"))
        if not year and _FOUR_DIGITS.fullmatch(text):
            year = int(text)  # an odd one, kept as tagged
        if year:
            month, day = (words_of(e[0]) if (e := found.get(n)) else "" for n in ("month", "day"))
            return make_date(year, month, day.strip())
    dates = (date_of(element) for element in found.get("string-date", ()))
    return next(filter(None, dates), ())


def _find_accessed(found: Found) -> tuple[int, ...]:
    for element in (*found.get("date-in-citation", ()), *found.get("access-date", ())):
        kind = element.get("content-type") or "access"
        if "access" in kind or "cited" in kind:
            return date_of(element)
    return ()


def find_page(reported: Mapping[str, str]) -> str:
    """Return first and last page joined, or the range or article number as tagged."""
    first, last, number = reported["fpage"], reported["lpage"], reported["elocation-id"]
    if first:
        return join_pages(first, last)
    return reported["page-range"] or ("" if number.startswith("10.") else number) or last


def join_pages(first: str, last: str) -> str:
    """Return ``123-145``; a last page that is absent or the same is left out."""
    first, last = first.replace("--", "–").strip(" .,;–-"), last.strip(" .,;–-")
    return f"{first}-{last}" if last and last != first else first
