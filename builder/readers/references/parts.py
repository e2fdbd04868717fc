"""What stands before and behind the title of a printed reference.

Before it the authors, ``Family, G.M.; Family2, G.; et al.``; behind the container year, volume,
pages, links and dates. The end is read backwards, so that years and numbers inside a title are
never taken for those of the journal. The forms stand in content/forms.yml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from builder.models.document import Person
from builder.readers.draft import clean_url
from builder.readers.names import is_abbreviation, parse_person
from builder.readers.words import form, listed, match, search
from builder.text.dates import parse_date

_NOT_INITIALS = frozenset(
    ["st.", "dr.", "no.", "vs.", "vol.", "fig.", "ed.", "eds.", "inc.", "ltd."]
)
_SMALL = frozenset(["a", "and", "at", "de", "del", "du", "for", "in", "of", "on", "the", "to", "&"])
_MAX_AUTHORS = 4000
_MAX_WORDS_OF_BODY = 14


@dataclass(frozen=True, slots=True)
class Byline:
    """What stands before the title, and the text behind it. ``editors``: they are no authors."""

    people: tuple[Person, ...]
    et_al: bool
    rest: str
    editors: bool = False
    vancouver: bool = False


def split_byline(text: str) -> Byline:
    """Return the authors of a printed reference, whether "et al." is printed, and what follows.

    A reference without authors has none; a body (World Health Organization) counts as one author
    where its name stands alone before a title.
    """
    lead, colon, rest = text.partition(": ")
    if colon and search("names_before_colon", lead) and (names := read_names(lead)):
        return replace(names, rest=rest, vancouver=True)
    found = match("vancouver", text)
    if found and all(not g or is_body(g) for g in (found["first"], found["group"])):
        plain = read_plain_names(re.split(r"[,;] (?:and |& )?| (?:and|&) ", found["names"]))
        first, last = (
            (Person(literal=name),) if name else () for name in (found["first"], found["group"])
        )
        return Byline(
            (*first, *plain, *last), bool(found["et_al"]), text[found.end() :], vancouver=True
        )
    if found := match("dotted", text):
        parts = form("between_dotted").split(found["names"].strip())
        rest = text[found.end() :].lstrip()
        return Byline(tuple(map(parse_person, parts)), bool(found["et_al"]), rest)
    people: list[Person] = []
    place, et_al = 0, None
    step: re.Match[str] | None = None
    while (not people or step) and len(people) < _MAX_AUTHORS and not et_al:
        if not (one := _next_person(text, place, people)):
            break
        people.append(one[0])
        et_al = match("et_al", text, one[1])
        step = et_al or match("next_person", text, one[1])
        place = step.end() if step else one[1]
    if not people:
        return _body_alone(text)
    if behalf := match("on_behalf", text, place):
        people.append(Person(literal=behalf["name"]))
        place = behalf.end()
    editors = match("editors", text, place)
    rest = text[editors.end() if editors else place :].lstrip(" .,;")
    return Byline(tuple(people), bool(et_al), rest, bool(editors))


def read_plain_names(names: Iterable[str]) -> tuple[Person, ...]:
    """Return the people of names without stops and commas: "Smith JA", "O'Brien M Jr"."""
    found = (form("vancouver_person").fullmatch(name) for name in names)
    return tuple(_person(name, name["suffix"] or "") for name in found if name)


def _next_person(text: str, place: int, before: list[Person]) -> tuple[Person, int] | None:
    """Return the author that begins at a place, and the place behind it."""

    def follows(name: str, end: int) -> bool:
        return match(name, text, end) is not None

    found = match("person", text, place)
    if found and found["given"].split(".")[0].casefold() + "." not in _NOT_INITIALS:
        return _person(found, found["suffix"] or ""), found.end()
    full = match("full_person", text, place)
    in_full = before and "." not in before[-1].given
    if full and (in_full or follows("next_person", full.end()) or follows("et_al", full.end())):
        return _person(full, ""), full.end()
    group = match("group_before", text, place)
    if group and (follows("person", group.end()) or follows("et_al", group.end())):
        return Person(literal=group["name"]), group.end("name")
    last = match("group_last", text, place) if before else None
    if last and is_body(last["name"]):
        return Person(literal=last["name"]), last.end()
    return None


def _person(found: re.Match[str], suffix: str) -> Person:
    return Person(" ".join(found["family"].split()), found["given"].strip(), suffix=suffix)


def is_body(name: str) -> bool:
    """Return whether a name is that of an organisation: its words are capital, one is a body's."""
    words = name.replace(",", "").split()
    if not words or len(words) > _MAX_WORDS_OF_BODY or ":" in name:
        return False
    if any(word[0].islower() and word not in _SMALL for word in words):
        return False
    return bool(listed("body_words") & set(words)) or words[-1] in listed("body_last_words")


def _body_alone(text: str) -> Byline:
    found = match("group_last", text)
    # A body needs a title of its own behind it, else it is the title (a home page).
    if found and is_body(found["name"]) and re.search(r"[.;?](?:\s|$)", text[found.end() :]):
        rest = text[found.end() :]
        first = rest.split(None, 1)[0]
        is_journal = first.endswith(".") and is_abbreviation(first[:-1])
        if not is_journal and not re.match(r"(?:Available|https?:|\d{4}\b)", rest):
            return Byline((Person(literal=found["name"]),), False, rest)
    return Byline((), False, text)


def read_first_names(text: str) -> Byline | None:
    """Return the people of ``J. Smith, A.B. Doe, et al., …``, initials first, and what follows."""
    found = match("first_list", text)
    if not found:
        return None
    people = (_person(one, "") for one in form("first_person").finditer(found["names"]))
    rest, editors = text[found.end() :], bool(found["editors"])
    return Byline(tuple(people), bool(found["et_al"]), rest, editors)


def split_listed(text: str) -> Byline:
    """Return the authors of ``Smith, J., Doe, A. & Roe, B. …``, commas between, and the rest."""
    return split_byline(form("between_listed").sub("; ", text))


def read_names(text: str) -> Byline | None:
    """Return the people of a byline if all of it are names or one body, else None."""
    bare = form("editors_behind").sub("", text)
    whole = form("et_al_behind").sub("", bare)
    short, et_al, editors = whole.rstrip(" ,"), bare != whole, bare != text
    if form("plain_list").fullmatch(short):
        people = read_plain_names(re.split(r",?\s+(?:and|&)\s+|,\s+", short))
        return Byline(people, et_al, "", editors)
    if (short.isalpha() and short.isupper()) or is_body(short):
        return Byline((Person(literal=short),), et_al, "", editors)
    end = short if short.endswith(".") else f"{short}."
    byline = split_listed(f"{end} X")
    if byline.people and byline.rest == "X":
        return Byline(byline.people, et_al or byline.et_al, "", editors)
    return None


# --- behind the title -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tail:
    """Volume, issue and pages behind a year; ``head`` is the text before, ``doubt`` what is unsure.

    Example: ``Tail("Title. Bone", (2020,), {"volume": "3", "issue": "", "page": "1–9"})``.
    """

    head: str
    issued: tuple[int, ...]
    place: dict[str, str]
    doubt: str = ""

    @property
    def is_dated_only(self) -> bool:
        """Whether neither volume nor page stands behind the year."""
        return not (self.place["volume"] or self.place["page"])


# What may end a reference, in the order in which it is tried: words that show it soon, found in
# less time than its form, and what cleans it.
_ENDS: dict[str, tuple[tuple[str, ...], Callable[[str], Any]]] = {
    "accessed": (("accessed", "retrieved", "cited"), parse_date),
    "doi": (("10.",), lambda doi: doi.rstrip(".,;")),
    "url": (("http",), clean_url),
    "pmcid": (("pmc",), str),
    "pmid": (("pmid",), str),
    "number": (("accession", "report no"), str),
    "epub": (("pub",), str),
    "status": (
        ("press", "accepted", "submitted", "forthcoming", "review", "preparation", "ahead",
         "publication", "early", "proof"), str.lower,
    ),
}  # fmt: skip
_LONGEST_END = 3000  # characters; no address or date is longer


def take_links(text: str) -> tuple[str, dict[str, Any]]:
    """Return a reference without what ends it, and that by field: address, identifiers, status."""
    rest, links = text.strip(), dict[str, Any]()
    while (left := _take_one(rest, links)) is not None:
        rest = left
    return rest, links


def _take_one(rest: str, links: dict[str, Any]) -> str | None:
    """Take one field off the end; return the text that is left, None where nothing is taken."""
    keep, end = rest[:-_LONGEST_END], rest[-_LONGEST_END:]
    low = end.lower()
    for name, (signs, clean) in _ENDS.items():
        if name in links or not any(sign in low for sign in signs):
            continue
        found = search(name, end)
        if found and (value := clean(found[name])):
            links[name] = value
            # The full stop that ends the sentence before it stays.
            stop = end[found.start()] if end[found.start() :][:1] in (".", "?") else ""
            return keep + end[: found.start()] + stop
    return None


_DASHES = str.maketrans("‐‑‒—", "--––")


def find_tail(text: str) -> Tail | None:
    """Return what stands behind a journal's name, or None where the end is not of that form.

    The leftmost year counts from which all the rest is volume and pages: in ``BioMed Res. Int.
    2021, 2021, 9688138`` the second number is a volume.
    """
    text = form("year_in_brackets").sub(r" \1;", text)
    text = form("preprint_number").sub(r"\g<year>,\g<year>", text)
    text = form("year_at_end").sub(r" \g<year>;\g<place>", text)
    plain = text.translate(_DASHES)
    for place in form("year_place").finditer(plain):
        found = form("after_year").fullmatch(plain, place.start())
        if found and (not found["extra"] or match("extra", found["extra"])):
            return _read_tail(text[: place.start()].rstrip(), found)
    return None


def _read_tail(head: str, found: re.Match[str]) -> Tail:
    volume, issue, page = found["volume"] or "", found["issue"] or "", found["page"] or ""
    doubt = ""
    if volume and not page and not issue:
        if not match("volume_alone", volume):
            volume, page = "", volume
        elif volume.isdigit():
            doubt = f"Is the number {volume} behind the year a volume or a page?"
    if found["extra"]:
        doubt = f"What does {found['extra'].strip(' ;,.')!r} behind the pages stand for?"
    issued = parse_date(f"{found['year']} {found['date'] or ''}")
    page = page.strip().replace("--", "–")
    place = {"volume": volume.strip(), "issue": issue.strip(), "page": page}
    return Tail(head, issued, place, doubt)
