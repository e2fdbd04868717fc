"""Printed references of other styles: the year behind the authors, the year at the end.

``Smith J, Doe AB (2012) Title. J Bone 27: 1–9.`` (author and year; APA, Harvard, PLOS),
``Smith, J. & Doe, A. B. Title. J. Bone 27, 1–9 (2012).`` (Nature) and
``J. Smith, A.B. Doe, Title, J. Bone 27 (2012) 1–9.`` (numbered, initials first) and
``Smith, J. and Doe, A.: Title, J. Bone, 27, 1–9, 2012.`` (Copernicus).

A style counts only where all that stands before the title reads as names, and where the end has the
style's own form; else nothing is claimed, and the entry is kept whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from builder.models import Question
from builder.models.document import Person, WorkFields
from builder.readers.references.forms import Found
from builder.readers.references.people import is_body, read_plain_names, split_byline
from builder.readers.references.title import TitleSplit, drop_stop, split_title
from builder.text.dates import YEAR

_MAX_LENGTH = 3000
_PARTICLE = (
    r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ten|ter|zu|St\.)[\s-]){0,3}"
)
_SURNAME = rf"(?:{_PARTICLE}[^\W\d_a-z][^\W\d_]*(?:[-’' ][^\W\d_a-z]?[^\W\d_]+){{0,2}})"
# "Smith J", "van der Berg JA", "O'Brien M Jr"
_PLAIN = rf"{_SURNAME}\s[^\Wa-z\d_]{{1,4}}(?:-[^\Wa-z\d_])?(?:\s(?:Jr|Sr|2nd|3rd|I{{2,3}}))?"
_PLAIN_LIST = re.compile(rf"{_PLAIN}(?:,?\s(?:and|&)\s{_PLAIN}|,\s(?:and\s|&\s)?{_PLAIN})*")
# "J. Smith", "A.-B. van der Berg"
_INITIALS = r"(?:[^\Wa-z\d_]\.[\s-]?-?){1,4}"
_FIRST = rf"{_INITIALS}\s?{_SURNAME}"
_FIRST_LIST = re.compile(
    rf"(?P<names>{_FIRST}(?:(?:,\s(?:and\s|&\s)?|\s(?:and|&)\s){_FIRST})*)(?P<et_al>,?\set\sal\.?)?,\s+"
)
_FIRST_PERSON = re.compile(rf"(?P<given>{_INITIALS})\s?(?P<family>{_SURNAME})")
_ET_AL = re.compile(r",?\s*(?:and\s+)?et\.?\s+al\.?,?$|,?\s*…$")
_AND = re.compile(r",?\s+(?:and|&)\s+|,\s+")
# A comma between "Smith, J." and "Doe, A.": the other comma stands inside a name.
_BETWEEN = re.compile(
    r"(?<=[^\Wa-z\d_]\.)(?:,?\s+(?:and|&)\s+|,\s+)(?=[^\W\d_][^,.;()\d&]{1,40},\s*[^\Wa-z\d_]\.)"
)

# "(2012)", "(2012a).", ", 2012.", ". 2012."
_YEAR_BEHIND = (
    rf"(?:,?\s*\((?P<year>{YEAR})[a-z]?(?:,\s[A-Za-z][^()]{{2,20}})?\)[.,:]?"
    rf"|(?:,|(?<=\.)|\.)\s+(?P<bare>{YEAR})[a-z]?\.)"
)
_AUTHOR_YEAR = re.compile(rf"(?P<names>[^()\d]{{2,2000}}?){_YEAR_BEHIND}\s+(?P<rest>\S.+)")
_EDITORS = re.compile(r",?\s*(?:\(?Eds?\.?\)?|editors?)\.?$", re.IGNORECASE)
_VOLUME = (
    r"(?:vol(?:ume)?\.?\s*)?"
    r"(?P<volume>[A-Z]?\d{1,4}[A-Za-z]?(?:\s?(?:Suppl|Pt|Part)\.?\s?\d{0,3})?)"
)
_ISSUE = r"(?:\s?\((?P<issue>[^()]{1,30})\))?"
_PAGE = r"(?P<page>(?:[A-Za-z]{1,3})?\d[\w.]{0,15}(?:\s?[–−-]\s?[\w.]{1,15})?)"
# Behind "Title. Container": the volume with or without issue and pages.
_PLACE = re.compile(rf",?\s+{_VOLUME}{_ISSUE}(?:\s*[:,]\s*(?:pp?\.\s*)?{_PAGE})?\s*\.?$")
_NATURE = re.compile(
    rf"(?P<head>.+?),?\s+{_VOLUME}{_ISSUE},\s+(?:pp?\.\s*)?{_PAGE}\s+\((?P<year>{YEAR})\)\.?$"
)
_NUMBERED = re.compile(rf"(?P<head>.+?),?\s+{_VOLUME}{_ISSUE}\s+\((?P<year>{YEAR})\)\s+{_PAGE}\.?$")
_QUOTED = re.compile(r"[‘'“\"](?P<title>.+?)[,.]?[’'”\"],?\s+(?P<container>\S.+)")
_COLON = re.compile(
    rf"(?P<names>[^:\d]{{2,2000}}?):\s+(?P<head>\S.+?),\s+{_VOLUME}{_ISSUE}(?:,\s+{_PAGE})?"
    rf"(?:,\s+(?:https?://(?:dx\.)?doi\.org/|doi:\s?)(?P<doi>10\.\d{{4,9}}/\S+?))?,\s+(?P<year>{YEAR})[a-z]?\.?$"
)
_IN = re.compile(r"[.?!]\s+In:\s+(?P<inside>\S.+)$")
_INSIDE_EDITORS = re.compile(
    r"^(?P<names>.{3,300}?),?\s+\(?(?:editors?|Eds?\.?)\)?[.,:]\s+(?P<rest>\S.+)$", re.IGNORECASE
)
_PAGES_END = re.compile(rf"[.,]?\s+(?:pp?\.\s*)?{_PAGE}\.?$")
_IMPRINT = re.compile(
    r"\.\s+(?P<place>[^.:;\d]{2,60}):\s+(?P<publisher>[^\W\d_][^.:;]{1,80}?)"
    r"(?:\.\s+\d{1,4}\s?p(?:p|ages)?)?\.?$"
)
_LEAST_TITLE = 2  # words


@dataclass(frozen=True, slots=True)
class _Names:
    people: tuple[Person, ...]
    et_al: bool


def read_author_year(text: str) -> Found | None:
    """Return the fields of ``Authors (Year) Title. …``, or None where it has not that form."""
    found = _AUTHOR_YEAR.match(text) if len(text) <= _MAX_LENGTH else None
    names = _read_names(found["names"].strip()) if found else None
    if not found or names is None:
        return None
    fields = (
        _read_chapter(found["rest"]) or _read_article(found["rest"]) or _read_book(found["rest"])
    )
    if fields is None:
        return None
    questions = _ask_container(fields.pop("split", None))
    if _EDITORS.search(found["names"].strip()):
        fields["editors"] = names.people
    work = WorkFields(
        authors=() if "editors" in fields and fields["type"] == "book" else names.people,
        et_al=names.et_al,
        issued=(int(found["year"] or found["bare"]),),
        **fields,  # type: ignore[arg-type]
    )
    return work, questions


def _ask_container(split: object) -> list[Question]:
    if not isinstance(split, TitleSplit) or split.sure:
        return []
    text = f"Does the title end before {split.container!r}?"
    return [Question(rule="reference-container", text=text, field="container-title", weight=2)]


def read_year_last(text: str) -> Found | None:
    """Return the fields of a reference whose year stands in brackets at its end, or None."""
    if len(text) > _MAX_LENGTH:
        return None
    return _read_numbered(text) or _read_nature(text)


def read_names_and_colon(text: str) -> Found | None:
    """Return the fields of ``Authors: Title, Journal, 27, 1–9, 2012.``, or None."""
    found = _COLON.match(text) if len(text) <= _MAX_LENGTH else None
    names = _read_names(found["names"].strip()) if found else None
    if not found or names is None:
        return None
    title, comma, container = found["head"].rpartition(", ")
    if not comma or len(title.split()) < _LEAST_TITLE or container[:1].islower():
        return None
    work = _article(found, names, title, container)
    return replace(work, doi=found["doi"] or ""), []


def _read_nature(text: str) -> Found | None:
    found = _NATURE.match(text)
    if not found:
        return None
    byline = split_byline(_BETWEEN.sub("; ", found["head"]))
    split = split_title(byline.rest) if byline.people else None
    if split is None:
        return None
    names = _Names(byline.people, byline.et_al)
    return _article(found, names, split.title, split.container), _ask_container(split)


def _read_numbered(text: str) -> Found | None:
    found = _NUMBERED.match(text)
    names = _FIRST_LIST.match(text)
    if not found or not names:
        return None
    head = found["head"][names.end() :]
    title, comma, container = head.rpartition(", ")
    if not comma or len(title.split()) < _LEAST_TITLE or container[:1].islower():
        return None
    people = tuple(
        Person(family=one["family"], given=one["given"].strip())
        for one in _FIRST_PERSON.finditer(names["names"])
    )
    return _article(found, _Names(people, bool(names["et_al"])), title, container), []


def _article(found: re.Match[str], names: _Names, title: str, container: str) -> WorkFields:
    return WorkFields(
        type="article-journal",
        title=drop_stop(title),
        container=container,
        authors=names.people,
        et_al=names.et_al,
        issued=(int(found["year"]),),
        **_place(found),  # type: ignore[arg-type]
    )


def _place(found: re.Match[str]) -> dict[str, str]:
    return {name: (found[name] or "").strip(" .") for name in ("volume", "issue", "page")}


def _read_names(text: str) -> _Names | None:
    """Return the people of a byline if all of it are names or one body, else None."""
    short = _ET_AL.sub("", _EDITORS.sub("", text))
    et_al = short != _EDITORS.sub("", text)
    short = short.rstrip(" ,")
    if _PLAIN_LIST.fullmatch(short):
        return _Names(read_plain_names(_AND.split(short)), et_al)
    if (short.isalpha() and short.isupper()) or is_body(short):
        return _Names((Person(literal=short),), et_al)
    end = short if short.endswith(".") else f"{short}."
    byline = split_byline(_BETWEEN.sub("; ", end) + " X")
    if byline.people and byline.rest == "X":
        return _Names(byline.people, et_al or byline.et_al)
    return None


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
    container = split.container
    if container.count(".") == 1:
        container = container.rstrip(".")  # the style's own full stop, not the name's
    return {
        "type": "article-journal",
        "title": split.title,
        "container": container,
        "split": split,
        **_place(place),
    }


def _read_book(rest: str) -> dict[str, object] | None:
    """Read ``Title. Place: Publisher.``."""
    imprint = _IMPRINT.search(rest)
    title = drop_stop(rest[: imprint.start()]) if imprint else ""
    return {"type": "book", "title": title, **_imprint(imprint)} if title else None


def _read_chapter(rest: str) -> dict[str, object] | None:
    """Read ``Title. In: Editors, editor. Book. Place: Publisher. pp. 1–9``."""
    fields: dict[str, object] = {}
    chapter = _IN.search(rest)
    if not chapter:
        return None
    inside = chapter["inside"]
    if editors := _INSIDE_EDITORS.match(inside):
        names = _read_names(editors["names"])
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
    return {
        **fields,
        "type": "chapter",
        "title": drop_stop(rest[: chapter.start() + 1]),
        "container": drop_stop(inside),
    }


def _imprint(found: re.Match[str] | None) -> dict[str, str]:
    return {"publisher": found["publisher"], "publisher_place": found["place"]} if found else {}
