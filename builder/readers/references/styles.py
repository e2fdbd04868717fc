"""Printed references by their form: articles of other styles than MDPI's, books, theses, patents.

An article may be printed with author and year (APA, Harvard, PLOS), as Nature does, numbered with
initials first, in the style of chemistry, engineering or Copernicus; a book with the parts of MDPI
behind semicolons, with ``Place: Publisher; Year`` (Vancouver), ``(Publisher, Year)`` (Nature) or
behind commas (Elsevier). content/forms.yml has the form of each, with an example. A style counts
only where all that stands before the title reads as names, and where the end has the style's own
form; else nothing is claimed, and the entry is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from builder.models import Question
from builder.models.document import Person, WorkFields
from builder.readers.names import TitleSplit, drop_stop, split_title
from builder.readers.references.parts import (
    Byline,
    read_first_names,
    read_names,
    split_byline,
    split_listed,
)
from builder.readers.words import form, listed, match, search
from builder.text.dates import parse_date

Found = tuple[WorkFields, list[Question]]
_LONGEST = 4000  # characters of a reference in any of these styles
_LEAST_TITLE = 2  # words
_SMALL = frozenset(["and", "for", "in", "of", "on", "the", "&"])
_LONGEST_NAME = 80  # of a journal


def ask(rule: str, text: str, field: str | None = None) -> Question:
    """Return a question about a reference."""
    return Question(rule=rule, text=text, field=field, weight=2)


def ask_container(split: TitleSplit | None) -> list[Question]:
    """Return a question where it is not sure that the title ends before the container."""
    if split is None or split.sure:
        return []
    text = f"Does the title end before {split.container!r}?"
    return [ask("reference-container", text, "container-title")]


def drop_own_stop(container: str) -> str:
    """Return a journal's name without the one full stop in it, which is the style's own."""
    return container.rstrip(".") if container.count(".") == 1 else container


def read_names_first(text: str) -> Found | None:
    """Return the fields of a reference in a style that its beginning shows, or None."""
    readers = (_read_author_year, *_NAMES_FIRST, _read_preprint, _read_comma_book)
    return next(filter(None, (read(text) for read in readers)), None) if _fits(text) else None


def read_year_last(text: str) -> Found | None:
    """Return the fields of an article whose year stands at its end, or None."""
    return next(filter(None, (read(text) for read in _YEAR_LAST)), None) if _fits(text) else None


def read_lines(lines: Sequence[str]) -> WorkFields | None:
    """Return the fields of a reference that ScienceDirect prints on lines of their own.

    They are the names, the title, and ``Mater. Bone, 12 (3) (2019), pp. 3–9``.
    """
    parts = [lines[0].rstrip(" ,") + ",", " ".join(lines[1:-1]), lines[-1]]
    found = _ON_LINES("\n".join(parts)) if all(parts) else None
    return found[0] if found else None


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST


# --- articles -------------------------------------------------------------------------------------


class _Style(NamedTuple):
    """A style of citing an article: its form, who reads its names, and what parts its head.

    The form's groups are fields of the work; ``names`` may hold the title and the journal as well,
    ``head`` is both of them.
    """

    form: str
    people: Callable[[str], Byline | None]
    split: Callable[[str], TitleSplit | None]

    def __call__(self, text: str) -> Found | None:
        """Return the fields of a reference in this style, or None."""
        found = form(self.form).match(text)
        names = self.people(found["names"].strip()) if found else None
        if not found or not names or not names.people:
            return None
        groups = {name: value or "" for name, value in found.groupdict().items()}
        split = self.split(groups.get("head") or groups.get("title") or names.rest)
        if split is None or ("title" in groups and names.rest):
            return None
        work = WorkFields(
            title=drop_stop(split.title),
            container=groups.get("container") or split.container,
            authors=names.people,
            et_al=names.et_al,
            issued=parse_date(f"{groups['year']} {groups.get('date', '')}"),
            doi=groups.get("doi", ""),
            **_place(found),
        )
        return work, ask_container(split)


def _place(found: re.Match[str]) -> dict[str, Any]:
    return {name: (found[name] or "").strip(" .") for name in ("volume", "issue", "page")}


def _first_names(text: str) -> Byline | None:
    return read_first_names(text if not text.endswith(",") else f"{text} ")


def _split_at_comma(head: str) -> TitleSplit | None:
    """Return title and journal of ``Title, Journal``."""
    title, _, container = head.rpartition(", ")
    whole = len(title.split()) >= _LEAST_TITLE and not container[:1].islower()
    return TitleSplit(title, container) if whole else None


def _keep_container(rest: str) -> TitleSplit | None:
    """Return title and journal of ``Title, Journal``, or a journal alone in chemists' style."""
    split = _split_at_comma(rest)
    if split and any(w.islower() and w.isalpha() for w in split.title.split()):
        return split
    named = all(not word[0].islower() or word in _SMALL for word in rest.split())
    return TitleSplit("", rest.rstrip(",")) if named and len(rest) <= _LONGEST_NAME else None


def _keep_title(title: str) -> TitleSplit:
    return TitleSplit(title, "")


_NAMES_FIRST = (
    _Style("copernicus", read_names, _split_at_comma),
    _Style("engineering", _first_names, _keep_title),
    _Style("numbered", _first_names, _split_at_comma),
    _Style("chemistry", _first_names, _keep_container),
)
_YEAR_LAST = (
    _Style("nature", split_listed, split_title),
    _Style("nature", _first_names, split_title),
)
_ON_LINES = _Style("on_lines", _first_names, _keep_title)


def _read_author_year(text: str) -> Found | None:
    """Return the fields of ``Authors (Year) Title. …``, or None where it has not that form."""
    found = match("author_year", text)
    names = read_names(found["names"].strip()) if found else None
    if not found or names is None:
        return None
    rest = found["rest"]
    book = parse_thesis(rest) or _read_book(rest, "imprint_dated", "in_book_colon")
    if book and book[0].type == "book":
        book = _read_dated_article(rest) or book
    if not (read := book or _read_dated_article(rest)):
        return None
    issued = (int(found["year"] or found["bare"]),)
    editors = {"editors": names.people} if names.editors else {}
    if not editors or read[0].type != "book":
        editors["authors"] = names.people
    return replace(read[0], et_al=names.et_al, issued=issued, **editors), read[1]  # type: ignore[arg-type]


def _read_dated_article(rest: str) -> Found | None:
    """Read ``Title. Container 27(3): 1–9``."""
    place = search("place", rest)
    if not place:
        return None
    head = rest[: place.start()].rstrip(",")
    quoted = form("quoted").fullmatch(head)
    split = TitleSplit(quoted["title"], quoted["container"]) if quoted else split_title(head)
    if split is None:
        return None
    container = drop_own_stop(split.container)
    return WorkFields(title=split.title, container=container, **_place(place)), ask_container(split)


def _read_preprint(text: str) -> Found | None:
    """Return the fields of ``Authors. Title. Preprint at https://doi.org/… (2022).``, or None."""
    found = match("preprint_at", text)
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


# --- books, chapters, theses, patents -------------------------------------------------------------


def parse_book_like(text: str) -> Found | None:
    """Return the fields of what stands behind the authors, or None where it has no such form."""
    if not _fits(text):
        return None
    return (
        parse_thesis(text)
        or _parse_patent(text)
        or _parse_parts(text)
        or _read_book(text, "imprint_vancouver")
        or _read_book(text, "imprint_archive")
        or _read_book(text, "imprint_nature")
    )


def _read_book(text: str, imprint_form: str, in_form: str = "in_book") -> Found | None:
    """Read ``Title[. In: Editors, editor. Book]`` with an imprint behind it, of one form.

    A chapter behind "In:" needs no imprint, where the year is known.
    """
    inside = search(in_form, text)
    editors, rest = _take_editors(text[inside.end() :]) if inside else ((), text)
    pages = search("pages_behind", rest)
    bare = rest[: pages.start()] if pages else rest
    imprint = search(imprint_form, bare) or search(imprint_form, rest)
    if not imprint and not (inside and in_form == "in_book_colon"):
        return None
    said = {k: (v or "").strip() for k, v in imprint.groupdict().items()} if imprint else {}
    archived = said.get("publisher", "").casefold() in listed("archives")
    if imprint_form == "imprint_archive" and not archived:
        return None
    title = imprint.string[: imprint.start()] if imprint else bare
    work = WorkFields(
        type="book",
        title=drop_stop(title),
        page=said.get("page") or ((pages["page"] or pages["range"]).rstrip(".") if pages else ""),
        publisher=said.get("publisher", ""),
        publisher_place=said.get("place", ""),
        issued=(int(said["year"]),) if "year" in said else (),
    )
    if inside:
        if not work.page and (pages := search("pages_behind", title)):
            work = replace(work, page=pages["page"] or pages["range"])
            title = title[: pages.start()]
        more, title = _take_editors(title, "editors_after")
        work = replace(work, type="chapter", container=drop_stop(title), editors=editors + more)
        stop = text[inside.start() : inside.start() + 1] in (".", "?", "!")
        work = replace(work, title=drop_stop(text[: inside.start() + stop]))
    return _split_edition(work), []


def _take_editors(book: str, where: str = "editors_before") -> tuple[tuple[Person, ...], str]:
    """Return the editors printed before or behind a book's title, and the title."""
    found = search(where, book)
    printed = next(filter(None, found.groups())) if found else ""
    names = read_names(printed) or read_first_names(f"{printed}, ")
    if not found or not names or names.rest:
        return (), book
    return names.people, book[: found.start()] + book[found.end() :]


def _read_comma_book(text: str) -> Found | None:
    """Read ``A. Roe, Title, in: B. Poe (Ed.), Book, Publisher, Place, 2018, pp. 1–9.``.

    A thesis has that form, too. Without editor or "in" it may be anything, and is not read.
    """
    names = read_first_names(text)
    read = names and (
        parse_thesis(names.rest) or _read_book(names.rest, "imprint_commas", "in_book_commas")
    )
    if not names or not read or (read[0].type == "book" and not names.editors):
        return None
    role = "editors" if names.editors else "authors"
    return replace(read[0], et_al=names.et_al, **{role: names.people}), read[1]  # type: ignore[arg-type]


def _split_edition(work: WorkFields) -> WorkFields:
    """Return a book with the edition that stands behind its title in a field of its own."""
    name = "container" if work.container else "title"
    text = getattr(work, name)
    if not (found := search("edition", text)):
        return work
    return replace(work, edition=found["edition"], **{name: text[: found.start()].strip(" ,.")})


def parse_thesis(text: str) -> Found | None:
    """Read ``Title. Ph.D. Thesis, University, Place, Year``, in brackets or with a city first."""
    found = search("thesis", text)
    if not found:
        return None
    place = found["place"].rstrip(".]")
    date = search("event_date", ", " + place)
    if imprint := match("city_first", place):
        place = f"{imprint[2]}, {imprint[1]}"
    university, _, rest = place.partition(",")
    where = form("event_date").sub("", ", " + rest.strip()).lstrip(", ") if rest else ""
    fields: dict[str, Any] = {"title": _title(text, found.start()), "genre": found["genre"]}
    fields |= {"publisher": university.strip(), "publisher_place": where.strip()}
    issued = parse_date(date["date"]) if date else ()
    return WorkFields(type="thesis", issued=issued, **fields), []


def _parse_patent(text: str) -> Found | None:
    bare = text.rstrip(". ")
    found = search("patent", bare) or search("patent_nlm", bare)
    if not found or not (issued := parse_date(found["date"])):
        return None
    fields: dict[str, Any] = {name: found[name].strip() for name in ("genre", "number")}
    return WorkFields(type="patent", title=_title(text, found.start()), issued=issued, **fields), []


def _title(text: str, place: int) -> str:
    return text[: place + 1].rstrip(" .,") if place else ""


def _parse_parts(text: str) -> Found | None:
    """Read ``Title; Publisher: Place, Year; pp. 1–9`` and ``Title. In Container; …``."""
    head, *parts = (part.strip() for part in text.rstrip(" .").split(";"))
    imprints = [match(name, part) for name in _IMPRINT_PARTS for part in parts]
    imprint = next(filter(None, imprints), None)
    inside, event = search("in_book", head), search("event_date", head)
    if not imprint and not (inside and event):
        return None
    fields: dict[str, Any] = {"type": "book", "title": head}
    if imprint:
        named = imprint.groupdict()
        fields |= {"publisher": named["publisher"].strip(), "issued": (int(named["year"]),)}
        fields["publisher_place"] = named.get("place", "").strip()
    if inside:
        end = event.start() if event else len(head)
        fields |= {"title": _title(head, inside.start()), "container": head[inside.end() : end]}
        fields["type"] = "paper-conference" if search("conference", head) else "chapter"
    if inside and event:
        fields.setdefault("issued", parse_date(event["date"]))
    questions = [
        ask("reference-part", f"What does {part!r} stand for?")
        for part in parts
        if not (imprint and part == imprint.string) and not _read_part(part, fields)
    ]
    fields |= {name: fields[name].strip(" ,.") for name in ("title", "container") if name in fields}
    return _split_edition(WorkFields(**fields)), questions


_IMPRINT_PARTS = ("imprint_part", "publisher_part")


def _read_part(printed: str, fields: dict[str, Any]) -> bool:
    """Take editors, volume, pages or a report's number; return whether a part is known."""
    part = form("isbn_part").sub("", printed)
    volume, pages = search("volume_part", part), search("pages_part", part)
    names = form("editors_part").sub("", part)
    people = split_byline(names.replace("., ", ".; ") + ";").people
    if people or names != part:
        fields["editors"] = (*fields.get("editors", ()), *people)
    elif report := match("report_part", part):
        fields |= report.groupdict() | {"type": "report"}
    if volume and not people:
        fields["volume"] = volume["volume"]
    if pages and not people:
        fields["page"] = pages["page"].rstrip(".")
    return bool(not part or people or names != part or volume or pages or report)
