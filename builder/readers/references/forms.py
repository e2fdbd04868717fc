"""Printed references that are no articles: books, chapters, proceedings, theses, patents.

The forms are those of the MDPI/ACS style: parts behind semicolons, ``In`` before the container,
``Publisher: Place, Year``, ``pp. 1–9``.
"""

from __future__ import annotations

import re

from builder.models import Question
from builder.models.document import Person, WorkFields
from builder.readers.references.people import split_byline
from builder.text.dates import YEAR, parse_date

_PUBLISHER = re.compile(
    rf"^(?P<publisher>[^:;]{{2,150}}):\s*(?P<place>[^:;]{{2,120}}),\s*(?P<year>{YEAR})\.?$"
)
_PUBLISHER_ONLY = re.compile(rf"^(?P<publisher>[^:;]{{2,150}}),\s*(?P<year>{YEAR})\.?$")
_EDITION = re.compile(
    r",?\s*\(?(?P<edition>(?:\d{1,3}(?:st|nd|rd|th)|[Rr]ev(?:ised|\.)|[Ff]irst|[Ss]econd|[Tt]hird))"
    r"\s+[Ee]d(?:ition|n)?\b\.?\)?"
)
_EDITORS = re.compile(r",?\s*\(?Eds?\.?\)?$")
_PAGES = re.compile(r"\b(?:pp?|pages?)\.?\s*(?P<page>[\w.]{1,12}(?:\s?[–−-]\s?[\w.]{1,12}?)?)\.?$")
_IMPRINT_LAST = re.compile(
    rf"[.?!]\s+(?P<place>[^.:;\d]{{2,60}}):\s+(?P<publisher>[^.:;]{{2,80}});\s*(?P<year>{YEAR})\.?"
    r"(?:\s+(?:pp?\.\s*)?(?P<page>\w{1,12}(?:\s?[–-]\s?\w{1,12})?))?\.?$"
)
_BOOK_EDITORS = re.compile(r"(?P<names>.{3,300}?),?\s+\(?(?:editors?|eds?\.?)\)?[.,:]\s+", re.I)
_VOLUME = re.compile(r"\bVol(?:ume|\.)?\s*(?P<volume>\w{1,12})\b", re.IGNORECASE)
_IN = re.compile(r"[.?!]\s+In:?\s+(?=[^\Wa-z])")
_THESIS = re.compile(
    r"[.,?]\s+\(?(?P<genre>(?:(?:Ph\.?\s?D\.?|M\.?\s?D\.?|M\.?\s?Sc?\.?|M\.?\s?A\.?|B\.?\s?Sc?\.?|"
    r"Doctoral|Master[’']?s?|Bachelor[’']?s?|Diploma|Habilitation|Postdoctoral)\s+)+"
    r"(?:Thesis|Dissertation))\)?[.,]\s+(?P<place>.{2,200}?)$",
    re.IGNORECASE,
)
_PATENT = re.compile(
    r"[.?,]\s+(?P<genre>(?:[A-Z][\w.]{0,15}\s+){0,3}Patent(?:\s+(?:Application|Publication))?)"
    r"(?:\s+Nos?\.?)?\s*(?P<number>[A-Z]{0,3}[\s-]?[\d/,\s]{4,20}[A-Z]?\d?),\s+(?P<date>[^;]{4,40})$"
)
_EVENT_DATE = re.compile(
    r",\s*(?P<date>(?:\d{1,2}(?:\s[A-Z][a-z]{2,8})?\s?[–-]\s?)?\d{1,2}\s[A-Z][a-z]{2,8}\s"
    rf"{YEAR}|[A-Z][a-z]{{2,8}}\s{YEAR}|{YEAR})\.?$"
)
_CONFERENCE = re.compile(
    r"\b(?:Proceedings|Proc\.|Conference|Symposium|Congress|Workshop|Meeting)\b"
)

_REPORT = re.compile(
    r"^(?P<genre>(?:[A-Z][a-z]+ )?(?:Report|Working Paper|White Paper))"
    r"(?: Nos?\.?)? (?P<number>\S+)$"
)

_MAX_LENGTH = 4000

Found = tuple[WorkFields, list[Question]]


def parse_book_like(text: str) -> Found | None:
    """Return the fields of what stands behind the authors, or None where it has no such form."""
    if len(text) > _MAX_LENGTH:
        return None
    return (
        _parse_thesis(text)
        or _parse_patent(text)
        or _parse_parts(text)
        or _parse_vancouver_book(text)
    )


def _parse_vancouver_book(text: str) -> Found | None:
    """Read ``Title. Place: Publisher; 2019.`` and ``Title. In: Roe B, editor. Book. Place: …``."""
    imprint = _IMPRINT_LAST.search(text)
    if not imprint:
        return None
    head = text[: imprint.start() + 1]
    fields: dict[str, object] = {
        "type": "book",
        "title": head.strip(" ."),
        "publisher": imprint["publisher"].strip(),
        "publisher_place": imprint["place"].strip(),
        "issued": (int(imprint["year"]),),
        "page": (imprint["page"] or "").rstrip("."),
    }
    if inside := _IN.search(head):
        book = head[inside.end() :]
        if editors := _BOOK_EDITORS.match(book):
            fields["editors"] = split_byline(f"{editors['names']}. X").people
            book = book[editors.end() :]
        fields |= {"type": "chapter", "title": _title(head, inside.start())}
        fields["container"] = book.strip(" .")
    if edition := _EDITION.search(str(fields["title"])):
        fields["edition"] = edition["edition"]
        fields["title"] = str(fields["title"])[: edition.start()].strip(" .")
    return WorkFields(**fields), []  # type: ignore[arg-type]


def _parse_thesis(text: str) -> Found | None:
    found = _THESIS.search(text)
    if not found:
        return None
    place = found["place"].rstrip(".")
    date = _EVENT_DATE.search(", " + place)
    university, _, rest = place.partition(",")
    where = _EVENT_DATE.sub("", ", " + rest.strip()).lstrip(", ") if rest else ""
    work = WorkFields(
        type="thesis",
        title=_title(text, found.start()),
        genre=found["genre"],
        publisher=university.strip(),
        publisher_place=where.strip(),
        issued=parse_date(date["date"]) if date else (),
    )
    return work, []


def _parse_patent(text: str) -> Found | None:
    found = _PATENT.search(text.rstrip(". "))
    if not found or not parse_date(found["date"]):
        return None
    work = WorkFields(
        type="patent",
        title=_title(text, found.start()),
        genre=found["genre"].strip(),
        number=found["number"].strip(),
        issued=parse_date(found["date"]),
    )
    return work, []


def _title(text: str, place: int) -> str:
    return text[: place + 1].rstrip(" .,")


def _parse_parts(text: str) -> Found | None:
    """Read ``Title; Publisher: Place, Year; pp. 1–9`` and ``Title. In Container; …``."""
    parts = [part.strip() for part in text.rstrip(" .").split(";")]
    imprint = next(
        ((i, m) for i, p in enumerate(parts) if i and (m := _PUBLISHER.match(p))), None
    ) or next(((i, m) for i, p in enumerate(parts) if i and (m := _PUBLISHER_ONLY.match(p))), None)
    inside = _IN.search(parts[0])
    event = _EVENT_DATE.search(parts[0])
    if not imprint and not (inside and event):
        return None
    fields: dict[str, object] = {}
    questions: list[Question] = []
    if imprint:
        index, found = imprint
        fields |= {k: v.strip() for k, v in found.groupdict().items() if k != "year"}
        fields["publisher_place"] = fields.pop("place", "")
        fields["issued"] = (int(found["year"]),)
        questions += _read_between(parts[1:index], fields)
        questions += _read_after(parts[index + 1 :], fields)
    else:
        questions += _read_after(parts[1:], fields)
    _read_names(parts[0], inside, event, fields)
    return WorkFields(**fields), questions  # type: ignore[arg-type]


def _read_names(
    text: str, inside: re.Match[str] | None, event: re.Match[str] | None, fields: dict[str, object]
) -> None:
    """Fill in title, container, edition and type from the part before the first semicolon."""
    end = len(text)
    if event and inside:
        end = event.start()
        fields.setdefault("issued", parse_date(event["date"]))
    edition = _EDITION.search(text)
    if edition:
        fields["edition"] = edition["edition"]
        text, end = text[: edition.start()] + text[edition.end() :], min(end, edition.start())
    if inside:
        fields["title"] = _title(text, inside.start())
        fields["container"] = text[inside.end() : end].strip(" ,.")
        meeting = _CONFERENCE.search(str(fields["container"]))
        fields["type"] = "paper-conference" if meeting else "chapter"
    else:
        fields["title"] = text[:end].strip(" ,.") if edition else text.strip(" ,.")
        fields.setdefault("type", "book")


def _read_between(parts: list[str], fields: dict[str, object]) -> list[Question]:
    """Read what stands before the publisher: editors, volume, series."""
    editors: list[Person] = []
    questions: list[Question] = []
    for part in parts:
        volume = _VOLUME.search(part)
        marked = _EDITORS.search(part)
        names = _EDITORS.sub("", part)
        people = split_byline(names.replace("., ", ".; ") + ";").people
        if marked or people:
            editors += people
        elif volume:
            fields["volume"] = volume["volume"]
        elif report := _REPORT.match(part):
            fields |= report.groupdict() | {"type": "report"}
        else:
            questions.append(_left_over(part))
    if editors:
        fields["editors"] = tuple(editors)
    return questions


def _read_after(parts: list[str], fields: dict[str, object]) -> list[Question]:
    """Read what stands behind the year: volume, chapter, pages, ISBN."""
    questions: list[Question] = []
    for part in parts:
        volume, pages = _VOLUME.search(part), _PAGES.search(part)
        if volume:
            fields["volume"] = volume["volume"]
        if pages:
            fields["page"] = pages["page"].rstrip(".")
        if part and not volume and not pages and not part.startswith("ISBN"):
            questions.append(_left_over(part))
    return questions


def _left_over(part: str) -> Question:
    return Question(rule="reference-part", text=f"What does {part!r} stand for?", weight=2)
