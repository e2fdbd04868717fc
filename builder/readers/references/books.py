"""Printed references to books, chapters, theses and patents, by their form.

Of the MDPI/ACS style: parts behind semicolons, ``In`` before the container, ``Publisher: Place,
Year``, ``pp. 1–9``; of Vancouver ``Place: Publisher; Year``; of Nature ``(Publisher, Year)``; of
Elsevier and of chemistry parts behind commas, with ``(Ed.)`` or ``in``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from builder.models import Question
from builder.models.document import Person, WorkFields
from builder.readers.names import drop_stop, journal_words
from builder.readers.references.parts import (
    Byline,
    read_first_names,
    read_names,
    split_byline,
    split_listed,
)
from builder.text.dates import YEAR, parse_date

_EDITION = re.compile(
    r",?\s*\(?(?P<edition>(?:\d{1,3}(?:st|nd|rd|th)|[Rr]ev(?:ised|\.)|[Ff]irst|[Ss]econd|[Tt]hird))"
    r"\s+[Ee]d(?:ition|n)?\b\.?\)?"
)
_VOLUME = re.compile(r"\bVol(?:ume|\.)?\s*(?P<volume>\w{1,12})\b", re.IGNORECASE)
_IN = re.compile(r"[.?!]\s+In:?\s+(?=[^\Wa-z])")
_EVENT_DATE = re.compile(
    r",\s*(?P<date>(?:\d{1,2}(?:\s[A-Z][a-z]{2,8})?\s?[–-]\s?)?\d{1,2}\s[A-Z][a-z]{2,8}\s"
    rf"{YEAR}|[A-Z][a-z]{{2,8}}\s{YEAR}|{YEAR})\.?$"
)


_MAX_LENGTH = 4000

Found = tuple[WorkFields, list[Question]]


def parse_book_like(text: str) -> Found | None:
    """Return the fields of what stands behind the authors, or None where it has no such form."""
    if len(text) > _MAX_LENGTH:
        return None
    return (
        parse_thesis(text)
        or _parse_patent(text)
        or _parse_parts(text)
        or _parse_vancouver_book(text)
    )


_IMPRINT_LAST = re.compile(
    rf"[.?!]\s+(?P<place>[^.:;\d]{{2,60}}):\s+(?P<publisher>[^.:;]{{2,80}});\s*(?P<year>{YEAR})\.?"
    r"(?:\s+(?:pp?\.\s*)?(?P<page>\w{1,12}(?:\s?[–-]\s?\w{1,12})?))?\.?$"
)
_BOOK_EDITORS = re.compile(r"(?P<names>.{3,300}?),?\s+\(?(?:editors?|eds?\.?)\)?[.,:]\s+", re.I)
# "Data [dataset]. PRIDE; 2021." names no place.
_ARCHIVE_LAST = re.compile(
    rf"[.?!]\s+(?P<place>)(?P<publisher>[^.:;]{{2,80}});\s*(?P<year>{YEAR})(?P<page>)\.?$"
)


def _parse_vancouver_book(text: str) -> Found | None:
    """Read ``Title. Place: Publisher; 2019.`` and ``Title. In: Roe B, editor. Book. Place: …``."""
    imprint = _IMPRINT_LAST.search(text)
    if not imprint and (archive := _ARCHIVE_LAST.search(text)):
        named = archive["publisher"].casefold() in journal_words().archives
        imprint = archive if named else None
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
    return _split_edition(WorkFields(**fields)), []  # type: ignore[arg-type]


_THESIS = re.compile(
    r"(?:^|[.,?]\s+|\s(?=\[))[(\[]?(?P<genre>(?:(?:Ph\.?\s?D\.?|M\.?\s?D\.?|M\.?\s?Sc?\.?|M\.?\s?A\.?|B\.?\s?Sc?\.?|"
    r"Doctoral|Master[’']?s?|Bachelor[’']?s?|Diploma|Habilitation|Postdoctoral)\s+)+"
    r"(?:Thesis|Dissertation))\)?[.,]\s+(?P<place>.{2,200}?)\]?$",
    re.IGNORECASE,
)
_CITY_FIRST = re.compile(r"([^:,\d]{2,40}): (\D+)$")


def parse_thesis(text: str) -> Found | None:
    """Read ``Title. Ph.D. Thesis, University, Place, Year``, in brackets or with a city first."""
    found = _THESIS.search(text)
    if not found:
        return None
    place = found["place"].rstrip(".]")
    date = _EVENT_DATE.search(", " + place)
    if imprint := _CITY_FIRST.match(place):
        place = f"{imprint[2]}, {imprint[1]}"
    university, _, rest = place.partition(",")
    where = _EVENT_DATE.sub("", ", " + rest.strip()).lstrip(", ") if rest else ""
    fields: dict[str, Any] = {"title": _title(text, found.start()), "genre": found["genre"]}
    fields |= {"publisher": university.strip(), "publisher_place": where.strip()}
    issued = parse_date(date["date"]) if date else ()
    return WorkFields(type="thesis", issued=issued, **fields), []


_PATENT = re.compile(
    r"[.?,]\s+(?P<genre>(?:[A-Z][\w.]{0,15}\s+){0,3}Patent(?:\s+(?:Application|Publication))?)"
    r"(?:\s+Nos?\.?)?\s*(?P<number>[A-Z]{0,3}[\s-]?[\d/,\s]{4,20}[A-Z]?\d?),\s+(?P<date>[^;]{4,40})$"
)
# "Vesicles for bone. United States patent US 10,222,333. 2019 Mar 5."
_NLM_PATENT = re.compile(
    r"[.?]\s+(?P<genre>(?:[A-Z][\w.]{0,15}\s+){0,3}patent(?:\s+application)?)\s+"
    rf"(?P<number>[A-Z]{{0,3}}\s?[\d/,]{{4,20}}\w{{0,2}})\.\s+(?P<date>{YEAR}[^.;]{{0,12}})$"
)


def _parse_patent(text: str) -> Found | None:
    found = _PATENT.search(text.rstrip(". ")) or _NLM_PATENT.search(text.rstrip(". "))
    if not found or not parse_date(found["date"]):
        return None
    fields: dict[str, Any] = {name: found[name].strip() for name in ("genre", "number")}
    fields["title"] = _title(text, found.start())
    return WorkFields(type="patent", issued=parse_date(found["date"]), **fields), []


def _title(text: str, place: int) -> str:
    return text[: place + 1].rstrip(" .,") if place else ""


_PUBLISHER = re.compile(
    rf"^(?P<publisher>[^:;]{{2,150}}):\s*(?P<place>[^:;]{{2,120}}),\s*(?P<year>{YEAR})\.?$"
)
_PUBLISHER_ONLY = re.compile(rf"^(?P<publisher>[^:;]{{2,150}}),\s*(?P<year>{YEAR})\.?$")


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


_CONFERENCE = re.compile(
    r"\b(?:Proceedings|Proc\.|Conference|Symposium|Congress|Workshop|Meeting)\b"
)


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


_EDITORS = re.compile(r",?\s*\(?Eds?\.?\)?$")
_REPORT = re.compile(
    r"^(?P<genre>(?:[A-Z][\w-]* ){0,3}"
    r"(?:Report|Working Paper|White Paper|Technical Note)(?: Series)?)"
    r"(?: Nos?\.?)? (?P<number>\S+)$"
)


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


_PAGES = re.compile(r"\b(?:pp?|pages?)\.?\s*(?P<page>[\w.]{1,12}(?:\s?[–−-]\s?[\w.]{1,12}?)?)\.?$")
_ISBN = re.compile(r"(?:^|[.,]\s+)ISBN\b.*$")


def _read_after(parts: list[str], fields: dict[str, object]) -> list[Question]:
    """Read what stands behind the year: volume, chapter, pages, ISBN."""
    questions: list[Question] = []
    for part in (_ISBN.sub("", printed) for printed in parts):
        volume, pages = _VOLUME.search(part), _PAGES.search(part)
        if volume:
            fields["volume"] = volume["volume"]
        if pages:
            fields["page"] = pages["page"].rstrip(".")
        if part and not volume and not pages:
            questions.append(_left_over(part))
    return questions


def _left_over(part: str) -> Question:
    return ask("reference-part", f"What does {part!r} stand for?")


def ask(rule: str, text: str, field: str | None = None) -> Question:
    """Return a question about a reference."""
    return Question(rule=rule, text=text, field=field, weight=2)


# --- books of other styles ------------------------------------------------------------------------

_RANGE = r"(?P<page>[A-Z]?\d{1,5}\s?[–-]\s?[A-Z]?\d{1,5})"
_BRACKETED = re.compile(
    r"(?P<head>.+?)(?:,\s+(?:Ch|Vol)\.?\s[\w–-]{1,9})?\s+"
    rf"\((?P<publisher>[^()\d]{{3,80}}),\s+(?P<year>{YEAR})\)\.?$"
)
_IN_BRACKETED = re.compile(
    r"[.?!]\s+In:?\s+(?P<container>[^\Wa-z].*?)(?:\s+\([Ee]ds?\.?\s(?P<editors>[^()]{3,300})\))?"
    rf"(?:,?\s+(?:pp\.\s*)?{_RANGE})?$"
)
# "American Chemical Society, Washington (1994)", "Elsevier, Oxford, 2018, ch. 4, pp. 77–99"
_BEHIND_COMMAS = re.compile(
    rf",\s+(?P<publisher>[^,]{{2,80}}),\s+(?P<place>[^,\d]{{2,40}}?),?\s+\(?(?P<year>{YEAR})\)?"
    rf"(?:,\s+ch(?:apter|ap)?\.?\s*\w{{1,5}})?(?:,\s+pp\.\s*{_RANGE})?\.?$"
)
_IN_COMMAS = re.compile(r"(?:^|,\s+)in:?\s+(?=[^\Wa-z])")
_EDITED = re.compile(r"(?P<names>[^()]{3,300}?)\s\(Eds?\.?\),\s+")
_EDITORS_AFTER = re.compile(r",\s+[Ee]ds?\.?\s+(?P<names>[^()]{3,300})$")


def read_bracketed_book(text: str) -> Found | None:
    """Read ``Names. Title. In Book (eds Names) 1–9 (Publisher, 2010).``, as Nature prints it."""
    found = _BRACKETED.match(text) if len(text) <= _MAX_LENGTH else None
    byline = split_listed(found["head"]) if found else None
    if not found or not byline or not byline.people:
        return None
    title, fields = byline.rest, {"type": "book", "publisher": found["publisher"]}
    if inside := _IN_BRACKETED.search(title):
        title = title[: inside.start() + 1]
        fields |= {
            "type": "chapter",
            "container": inside["container"],
            "page": inside["page"] or "",
        }
    work = WorkFields(
        title=drop_stop(title),
        authors=byline.people,
        et_al=byline.et_al,
        editors=_people(read_names(inside["editors"] or "") if inside else None),
        issued=(int(found["year"]),),
        **fields,  # type: ignore[arg-type]
    )
    return _split_edition(work), []


def read_comma_book(text: str) -> Found | None:
    """Read ``A. Roe, Title, in: B. Poe (Ed.), Book, Publisher, Place, 2018, pp. 1–9.``.

    A thesis has that form, too. Without editor or "in" it may be anything, and is not read.
    """
    edited = _EDITED.match(text) if len(text) <= _MAX_LENGTH else None
    names = read_first_names(f"{edited['names']}, ") if edited else None
    if not names or names.rest:
        edited, names = None, read_first_names(text)
    if not names:
        return None
    rest = text[edited.end() :] if edited else names.rest
    if thesis := parse_thesis(rest):
        return replace(thesis[0], authors=names.people, et_al=names.et_al), thesis[1]
    imprint = _BEHIND_COMMAS.search(rest)
    head = rest[: imprint.start()] if imprint else ""
    inside = _IN_COMMAS.search(head)
    if not imprint or not (edited or inside):
        return None
    fields = {name: imprint[name] or "" for name in ("publisher", "page")}
    work = WorkFields(
        type="chapter" if inside else "book",
        title=head[: inside.start()] if inside else head,
        authors=() if edited else names.people,
        editors=names.people if edited else (),
        et_al=names.et_al,
        publisher_place=imprint["place"],
        issued=(int(imprint["year"]),),
        **fields,  # type: ignore[arg-type]
    )
    if inside:
        book = head[inside.end() :]
        before, behind = _EDITED.match(book), _EDITORS_AFTER.search(book)
        editors = f"{(before or behind or {'names': ''})['names']}, "
        book = book[before.end() if before else 0 : behind.start() if behind else None]
        work = replace(work, container=book, editors=_people(read_first_names(editors)))
    return _split_edition(work), []


def _people(names: Byline | None) -> tuple[Person, ...]:
    return names.people if names else ()


def _split_edition(work: WorkFields) -> WorkFields:
    """Return a book with the edition that stands behind its title in a field of its own."""
    name = "container" if work.container else "title"
    text = getattr(work, name)
    if not (found := _EDITION.search(text)):
        return work
    return replace(work, edition=found["edition"], **{name: text[: found.start()].strip(" .")})
