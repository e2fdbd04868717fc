"""Printed references of other styles than MDPI's, by their form.

They are ``Smith J, Doe AB (2012) Title. J Bone 27: 1–9.`` (author and year; APA, Harvard, PLOS),
``Smith, J. & Doe, A. B. Title. J. Bone 27, 1–9 (2012).`` (Nature), ``J. Smith, A.B. Doe, Title,
J. Bone 27 (2012) 1–9.`` (numbered, initials first), ``J. Smith and A. B. Doe, J. Bone, 2012, 27,
1–9`` (chemistry, often without a title) and ``Smith, J. and Doe, A.: Title, J. Bone, 27, 1–9,
2012.`` (Copernicus). A style counts only where all that stands before the title reads as names, and
where the end has the style's own form; else nothing is claimed, and the entry is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from builder.models import Question
from builder.models.document import WorkFields
from builder.readers.names import TitleSplit, drop_stop, split_title
from builder.readers.references.books import (
    Found,
    ask,
    parse_thesis,
    read_bracketed_book,
    read_comma_book,
)
from builder.readers.references.parts import (
    Byline,
    read_first_names,
    read_names,
    split_listed,
)
from builder.text.dates import YEAR, parse_date

_LONGEST = 3000
# "(2012)", "(2012a).", "(March 9, 2012)", ", 2012.", ". 2012."
_YEAR_BEHIND = (
    rf"(?:,?\s*\((?:[A-Z][a-z]{{2,8}} \d\d?, )?(?P<year>{YEAR})[a-z]?"
    r"(?:,\s[A-Za-z][^()]{2,20})?\)[.,:]?"
    rf"|(?:,|(?<=\.)|\.)\s+(?P<bare>{YEAR})[a-z]?\.)"
)
_VOL = (
    r"(?:vol(?:ume)?\.?\s*)?"
    r"(?P<volume>[A-Z]?\d{1,4}[A-Za-z]?(?:\s?(?:Suppl|Pt|Part)\.?\s?\d{0,3})?)"
)
_ISSUE = r"(?:\s?\((?P<issue>[^()]{1,30})\))?"
_PAGE = r"(?P<page>(?:[A-Za-z]{1,3})?\d[\w.]{0,15}(?:\s?[–−-]\s?[\w.]{1,15})?)"
_NATURE = re.compile(
    rf"(?P<names>.+?),?\s+{_VOL}{_ISSUE},\s+(?:pp?\.\s*)?{_PAGE}\s+\((?P<year>{YEAR})\)\.?$"
)
_NUMBERED = re.compile(rf"(?P<names>.+?),?\s+{_VOL}{_ISSUE}\s+\((?P<year>{YEAR})\)\s+{_PAGE}\.?$")
_COLON = re.compile(
    rf"(?P<names>[^:\d]{{2,2000}}?):\s+(?P<head>\S.+?),\s+{_VOL}{_ISSUE}(?:,\s+{_PAGE})?"
    rf"(?:,\s+(?:https?://(?:dx\.)?doi\.org/|doi:\s?)(?P<doi>10\.\d{{4,9}}/\S+?))?,\s+(?P<year>{YEAR})[a-z]?\.?$"
)
_IMPRINT = re.compile(
    r"\.\s+(?P<place>[^.:;\d]{2,60}):\s+(?P<publisher>[^\W\d_][^.:;]{1,80}?)"
    r"(?:\.\s+\d{1,4}\s?p(?:p|ages)?)?\.?$"
)
_LEAST_TITLE = 2  # words
_SMALL = frozenset(["and", "for", "in", "of", "on", "the", "&"])
_LONGEST_NAME = 80  # of a journal
_CHEMISTS = re.compile(
    rf"(?P<names>.+?),?\s+(?P<year>{YEAR}),\s+{_VOL}{_ISSUE}(?:,\s+no\.\s\d+)?,\s+{_PAGE}\.?$"
)


_AUTHOR_YEAR = re.compile(rf"(?P<names>[^()\d]{{2,2000}}?){_YEAR_BEHIND}\s+(?P<rest>\S.+)")


def read_author_year(text: str) -> Found | None:
    """Return the fields of ``Authors (Year) Title. …``, or None where it has not that form."""
    found = _AUTHOR_YEAR.match(text) if len(text) <= _LONGEST else None
    names = read_names(found["names"].strip()) if found else None
    if not found or names is None:
        return None
    issued = (int(found["year"] or found["bare"]),)
    if thesis := parse_thesis(found["rest"]):
        return replace(thesis[0], authors=names.people, issued=issued), thesis[1]
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
        issued=issued,
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
    _Style(_COLON, read_names, _split_at_comma),
    _Style(_VOL_NO_PP, _first_names, _keep_title),
    _Style(_NUMBERED, _first_names, _split_at_comma),
    _Style(_CHEMISTS, _first_names, _keep_container),
)
_YEAR_LAST = (
    _Style(_NATURE, split_listed, split_title),
    _Style(_NATURE, _first_names, split_title),
)
_ON_LINES = _Style(_LINES, _first_names, _keep_title)


def read_names_first(text: str) -> Found | None:
    """Return the fields of a reference in a style that its beginning shows, or None."""
    styles = (style.read for style in _NAMES_FIRST)
    readers = (read_author_year, *styles, read_preprint, read_comma_book)
    return next(filter(None, (read(text) for read in readers)), None)


def read_year_last(text: str) -> Found | None:
    """Return the fields of a reference whose year stands near its end, or None."""
    styles = (*(style.read for style in _YEAR_LAST), read_bracketed_book)
    return next(filter(None, (read(text) for read in styles)), None)


def read_lines(lines: Sequence[str]) -> WorkFields | None:
    """Return the fields of a reference that ScienceDirect prints on lines of their own.

    They are the names, the title, and ``Mater. Bone, 12 (3) (2019), pp. 3–9``.
    """
    parts = [lines[0].rstrip(" ,") + ",", " ".join(lines[1:-1]), lines[-1]]
    found = _ON_LINES.read("\n".join(parts)) if all(parts) else None
    return found[0] if found else None


def _place(found: re.Match[str]) -> dict[str, str]:
    return {name: (found[name] or "").strip(" .") for name in ("volume", "issue", "page")}


# Behind "Title. Container": the volume with or without issue and pages.
_PLACE = re.compile(rf",?\s+{_VOL}{_ISSUE}(?:\s*[:,]\s*(?:pp?\.\s*)?{_PAGE})?\s*\.?$")
_QUOTED = re.compile(r"[‘'“\"](?P<title>.+?)[,.]?[’'”\"],?\s+(?P<container>\S.+)")


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


_IN_COLON = re.compile(r"[.?!]\s+In:\s+(?P<inside>\S.+)$")
_INSIDE_EDITORS = re.compile(
    r"^(?P<names>.{3,300}?),?\s+\(?(?:editors?|Eds?\.?)\)?[.,:]\s+(?P<rest>\S.+)$", re.IGNORECASE
)
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
