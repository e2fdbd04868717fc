"""Printed references by their form: books, theses and patents, and other styles of citing.

Of the MDPI/ACS style: parts behind semicolons, ``In`` before the container, ``Publisher: Place,
Year``, ``pp. 1–9``. Other styles are ``Smith J, Doe AB (2012) Title. J Bone 27: 1–9.`` (author and
year; APA, Harvard, PLOS), ``Smith, J. & Doe, A. B. Title. J. Bone 27, 1–9 (2012).`` (Nature),
``J. Smith, A.B. Doe, Title, J. Bone 27 (2012) 1–9.`` (numbered, initials first) and
``Smith, J. and Doe, A.: Title, J. Bone, 27, 1–9, 2012.`` (Copernicus). A style counts only where
all that stands before the title reads as names, and where the end has the style's own form; else
nothing is claimed, and the entry is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from builder.models import Question
from builder.models.document import Person, WorkFields
from builder.readers.names import TitleSplit, drop_stop, journal_words, split_title
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
_EDITORS = re.compile(r",?\s*\(?Eds?\.?\)?$")
_PAGES = re.compile(r"\b(?:pp?|pages?)\.?\s*(?P<page>[\w.]{1,12}(?:\s?[–−-]\s?[\w.]{1,12}?)?)\.?$")
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
# "Vesicles for bone. United States patent US 10,222,333. 2019 Mar 5."
_NLM_PATENT = re.compile(
    r"[.?]\s+(?P<genre>(?:[A-Z][\w.]{0,15}\s+){0,3}patent(?:\s+application)?)\s+"
    rf"(?P<number>[A-Z]{{0,3}}\s?[\d/,]{{4,20}}\w{{0,2}})\.\s+(?P<date>{YEAR}[^.;]{{0,12}})$"
)
_EVENT_DATE = re.compile(
    r",\s*(?P<date>(?:\d{1,2}(?:\s[A-Z][a-z]{2,8})?\s?[–-]\s?)?\d{1,2}\s[A-Z][a-z]{2,8}\s"
    rf"{YEAR}|[A-Z][a-z]{{2,8}}\s{YEAR}|{YEAR})\.?$"
)
_CONFERENCE = re.compile(
    r"\b(?:Proceedings|Proc\.|Conference|Symposium|Congress|Workshop|Meeting)\b"
)

_REPORT = re.compile(
    r"^(?P<genre>(?:[A-Z][\w-]* ){0,3}"
    r"(?:Report|Working Paper|White Paper|Technical Note)(?: Series)?)"
    r"(?: Nos?\.?)? (?P<number>\S+)$"
)
# "Data [dataset]. PRIDE; 2021." names no place.
_ARCHIVE_LAST = re.compile(
    rf"[.?!]\s+(?P<place>)(?P<publisher>[^.:;]{{2,80}});\s*(?P<year>{YEAR})(?P<page>)\.?$"
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


_IMPRINT_LAST = re.compile(
    rf"[.?!]\s+(?P<place>[^.:;\d]{{2,60}}):\s+(?P<publisher>[^.:;]{{2,80}});\s*(?P<year>{YEAR})\.?"
    r"(?:\s+(?:pp?\.\s*)?(?P<page>\w{1,12}(?:\s?[–-]\s?\w{1,12})?))?\.?$"
)
_BOOK_EDITORS = re.compile(r"(?P<names>.{3,300}?),?\s+\(?(?:editors?|eds?\.?)\)?[.,:]\s+", re.I)


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
    fields: dict[str, Any] = {"title": _title(text, found.start()), "genre": found["genre"]}
    fields |= {"publisher": university.strip(), "publisher_place": where.strip()}
    issued = parse_date(date["date"]) if date else ()
    return WorkFields(type="thesis", issued=issued, **fields), []


def _parse_patent(text: str) -> Found | None:
    found = _PATENT.search(text.rstrip(". ")) or _NLM_PATENT.search(text.rstrip(". "))
    if not found or not parse_date(found["date"]):
        return None
    fields: dict[str, Any] = {name: found[name].strip() for name in ("genre", "number")}
    fields["title"] = _title(text, found.start())
    return WorkFields(type="patent", issued=parse_date(found["date"]), **fields), []


def _title(text: str, place: int) -> str:
    return text[: place + 1].rstrip(" .,")


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
    return ask("reference-part", f"What does {part!r} stand for?")


def ask(rule: str, text: str, field: str | None = None) -> Question:
    """Return a question about a reference."""
    return Question(rule=rule, text=text, field=field, weight=2)


_LONGEST = 3000
# "(2012)", "(2012a).", ", 2012.", ". 2012."
_YEAR_BEHIND = (
    rf"(?:,?\s*\((?P<year>{YEAR})[a-z]?(?:,\s[A-Za-z][^()]{{2,20}})?\)[.,:]?"
    rf"|(?:,|(?<=\.)|\.)\s+(?P<bare>{YEAR})[a-z]?\.)"
)
_AUTHOR_YEAR = re.compile(rf"(?P<names>[^()\d]{{2,2000}}?){_YEAR_BEHIND}\s+(?P<rest>\S.+)")
_VOL = (
    r"(?:vol(?:ume)?\.?\s*)?"
    r"(?P<volume>[A-Z]?\d{1,4}[A-Za-z]?(?:\s?(?:Suppl|Pt|Part)\.?\s?\d{0,3})?)"
)
_ISSUE = r"(?:\s?\((?P<issue>[^()]{1,30})\))?"
_PAGE = r"(?P<page>(?:[A-Za-z]{1,3})?\d[\w.]{0,15}(?:\s?[–−-]\s?[\w.]{1,15})?)"
# Behind "Title. Container": the volume with or without issue and pages.
_PLACE = re.compile(rf",?\s+{_VOL}{_ISSUE}(?:\s*[:,]\s*(?:pp?\.\s*)?{_PAGE})?\s*\.?$")
_NATURE = re.compile(
    rf"(?P<names>.+?),?\s+{_VOL}{_ISSUE},\s+(?:pp?\.\s*)?{_PAGE}\s+\((?P<year>{YEAR})\)\.?$"
)
_NUMBERED = re.compile(rf"(?P<names>.+?),?\s+{_VOL}{_ISSUE}\s+\((?P<year>{YEAR})\)\s+{_PAGE}\.?$")
_QUOTED = re.compile(r"[‘'“\"](?P<title>.+?)[,.]?[’'”\"],?\s+(?P<container>\S.+)")
_COLON = re.compile(
    rf"(?P<names>[^:\d]{{2,2000}}?):\s+(?P<head>\S.+?),\s+{_VOL}{_ISSUE}(?:,\s+{_PAGE})?"
    rf"(?:,\s+(?:https?://(?:dx\.)?doi\.org/|doi:\s?)(?P<doi>10\.\d{{4,9}}/\S+?))?,\s+(?P<year>{YEAR})[a-z]?\.?$"
)
_IN_COLON = re.compile(r"[.?!]\s+In:\s+(?P<inside>\S.+)$")
_INSIDE_EDITORS = re.compile(
    r"^(?P<names>.{3,300}?),?\s+\(?(?:editors?|Eds?\.?)\)?[.,:]\s+(?P<rest>\S.+)$", re.IGNORECASE
)
_IMPRINT = re.compile(
    r"\.\s+(?P<place>[^.:;\d]{2,60}):\s+(?P<publisher>[^\W\d_][^.:;]{1,80}?)"
    r"(?:\.\s+\d{1,4}\s?p(?:p|ages)?)?\.?$"
)
_LEAST_TITLE = 2  # words


def read_author_year(text: str) -> Found | None:
    """Return the fields of ``Authors (Year) Title. …``, or None where it has not that form."""
    found = _AUTHOR_YEAR.match(text) if len(text) <= _LONGEST else None
    names = read_names(found["names"].strip()) if found else None
    if not found or names is None:
        return None
    fields = (
        _read_chapter(found["rest"]) or _read_article(found["rest"]) or _read_book(found["rest"])
    )
    if fields is None:
        return None
    questions = ask_container(fields.pop("split", None))
    if names.editors:
        fields["editors"] = names.people
    work = WorkFields(
        authors=() if "editors" in fields and fields["type"] == "book" else names.people,
        et_al=names.et_al,
        issued=(int(found["year"] or found["bare"]),),
        **fields,  # type: ignore[arg-type]
    )
    return work, questions


def ask_container(split: object) -> list[Question]:
    """Return a question where it is not sure that the title ends before the container."""
    if not isinstance(split, TitleSplit) or split.sure:
        return []
    text = f"Does the title end before {split.container!r}?"
    return [ask("reference-container", text, "container-title")]


def drop_own_stop(container: str) -> str:
    """Return a journal's name without the one full stop in it, which is the style's own."""
    return container.rstrip(".") if container.count(".") == 1 else container


_VOL_NO_PP = re.compile(
    r"(?P<names>[^\"“”]{2,2000}?, )[\"“](?P<title>[^\"“”]+?)[,.]?[\"”],?\s+(?P<container>\S.*?),\s+"
    r"vol\.\s*(?P<volume>[\w-]{1,12})(?:,\s+no\.\s*(?P<issue>[\w/–-]{1,12}))?"
    r"(?:,\s+(?:pp?\.|Art\.? no\.|Article ID)\s*(?P<page>[\w.–-]{1,25}))?(?:,\s+\d+\spages)?,\s+"
    rf"(?:(?P<date>[A-Z][^,\d]{{2,15}})\s)?(?P<year>{YEAR})\.?$"
)


_PREPRINT_AT = re.compile(
    r"(?P<head>.+?[.?!])\s+Preprint at\s+(?P<container>[A-Za-z][\w .]{2,30}?\s+)?"
    rf"(?P<url>https?://\S+)\s+\((?P<year>{YEAR})\)\.?$"
)


def read_preprint(text: str) -> Found | None:
    """Return the fields of ``Authors. Title. Preprint at https://doi.org/… (2022).``, or None."""
    found = _PREPRINT_AT.match(text) if len(text) <= _LONGEST else None
    if not found:
        return None
    byline = split_listed(found["head"])
    doi = found["url"].partition("doi.org/")[2]
    work = WorkFields(
        type="article",
        title=drop_stop(byline.rest),
        authors=byline.people,
        et_al=byline.et_al,
        container=(found["container"] or "").strip(),
        issued=(int(found["year"]),),
        doi=doi,
        url="" if doi else found["url"],
    )
    return work, []


_LINES = re.compile(
    r"(?P<names>.+)\n(?P<title>.+)\n"
    r"(?P<container>\S.{1,120}?),\s+(?P<volume>[\w-]{1,12})(?:\s\((?P<issue>[^()]{1,20})\))?\s"
    rf"\((?P<year>{YEAR})\)(?:,\s(?:pp?\.\s?|Article\s)?(?P<page>[\w.–-]{{1,25}}))?"
    r"(?:,\s(?:https://doi\.org/)?(?P<doi>10\.\d{4,9}/\S+))?\.?$"
)


class _Style(NamedTuple):
    """A style of citing an article: its form, who reads its names, and what parts its head.

    The form's groups are fields of the work; ``names`` may hold the title and the journal as well,
    ``head`` is both of them.
    """

    form: re.Pattern[str]
    people: Callable[[str], Byline | None]
    split: Callable[[str], TitleSplit | None]

    def read(self, text: str) -> Found | None:
        """Return the fields of a reference in this style, or None."""
        found = self.form.match(text) if len(text) <= _LONGEST else None
        names = self.people(found["names"].strip()) if found else None
        if not found or not names or not names.people:
            return None
        groups = {name: value or "" for name, value in found.groupdict().items()}
        split = self.split(groups.get("head") or groups.get("title") or names.rest)
        if split is None or ("title" in groups and names.rest):
            return None
        work = WorkFields(
            type="article-journal",
            title=drop_stop(split.title),
            container=groups.get("container") or split.container,
            authors=names.people,
            et_al=names.et_al,
            issued=parse_date(f"{groups['year']} {groups.get('date', '')}"),
            doi=groups.get("doi", ""),
            **_place(found),  # type: ignore[arg-type]
        )
        return work, ask_container(split)


def _first_names(text: str) -> Byline | None:
    return read_first_names(text if not text.endswith(",") else f"{text} ")


def _split_at_comma(head: str) -> TitleSplit | None:
    """Return title and journal of ``Title, Journal``."""
    title, _, container = head.rpartition(", ")
    whole = len(title.split()) >= _LEAST_TITLE and not container[:1].islower()
    return TitleSplit(title, container) if whole else None


def _keep_title(title: str) -> TitleSplit:
    return TitleSplit(title, "")


_NAMES_FIRST = (
    _Style(_COLON, read_names, _split_at_comma),
    _Style(_VOL_NO_PP, _first_names, _keep_title),
)
_YEAR_LAST = (
    _Style(_NUMBERED, _first_names, _split_at_comma),
    _Style(_NATURE, split_listed, split_title),
    _Style(_NATURE, _first_names, split_title),
)
_ON_LINES = _Style(_LINES, _first_names, _keep_title)


def read_names_first(text: str) -> Found | None:
    """Return the fields of a reference in a style that its beginning shows, or None."""
    read = (read_author_year, *(style.read for style in _NAMES_FIRST), read_preprint)
    return next(filter(None, (one(text) for one in read)), None)


def read_year_last(text: str) -> Found | None:
    """Return the fields of a reference whose year stands in brackets at its end, or None."""
    return next(filter(None, (style.read(text) for style in _YEAR_LAST)), None)


def read_lines(lines: Sequence[str]) -> WorkFields | None:
    """Return the fields of a reference that ScienceDirect prints on lines of their own.

    They are the names, the title, and ``Mater. Bone, 12 (3) (2019), pp. 3–9``.
    """
    parts = [lines[0].rstrip(" ,") + ",", " ".join(lines[1:-1]), lines[-1]]
    found = _ON_LINES.read("\n".join(parts)) if all(parts) else None
    return found[0] if found else None


def _place(found: re.Match[str]) -> dict[str, str]:
    return {name: (found[name] or "").strip(" .") for name in ("volume", "issue", "page")}


def _read_article(rest: str) -> dict[str, object] | None:
    """Read ``Title. Container 27(3): 1–9``."""
    place = _PLACE.search(rest)
    if not place:
        return None
    head = rest[: place.start()].rstrip(",")
    quoted = _QUOTED.fullmatch(head)
    split = TitleSplit(quoted["title"], quoted["container"]) if quoted else split_title(head)
    if split is None:
        return None
    known = {"title": split.title, "container": drop_own_stop(split.container), "split": split}
    return {"type": "article-journal", **known, **_place(place)}


def _read_book(rest: str) -> dict[str, object] | None:
    """Read ``Title. Place: Publisher.``."""
    imprint = _IMPRINT.search(rest)
    title = drop_stop(rest[: imprint.start()]) if imprint else ""
    return {"type": "book", "title": title, **_imprint(imprint)} if title else None


_PAGES_END = re.compile(rf"[.,]?\s+(?:pp?\.\s*)?{_PAGE}\.?$")


def _read_chapter(rest: str) -> dict[str, object] | None:
    """Read ``Title. In: Editors, editor. Book. Place: Publisher. pp. 1–9``."""
    fields: dict[str, object] = {}
    chapter = _IN_COLON.search(rest)
    if not chapter:
        return None
    inside = chapter["inside"]
    if editors := _INSIDE_EDITORS.match(inside):
        names = read_names(editors["names"])
        if names is None:
            return None
        fields["editors"] = names.people
        inside = editors["rest"]
    if pages := _PAGES_END.search(inside):
        fields["page"] = pages["page"].rstrip(".")
        inside = inside[: pages.start()]
    if imprint := _IMPRINT.search(inside):
        fields |= _imprint(imprint)
        inside = inside[: imprint.start()]
    title = drop_stop(rest[: chapter.start() + 1])
    return {**fields, "type": "chapter", "title": title, "container": drop_stop(inside)}


def _imprint(found: re.Match[str] | None) -> dict[str, str]:
    return {"publisher": found["publisher"], "publisher_place": found["place"]} if found else {}
