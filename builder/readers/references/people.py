"""The authors at the head of a printed reference: ``Family, G.M.; Family2, G.; et al. Title``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from builder.models.document import Person
from builder.readers.journals import journal_words
from builder.readers.people import parse_person

# One initial: a letter, a short transliteration (Yu., Ch.), or a glued particle (A.d.).
_UNIT = r"-?[^\W\d_]{1,3}\."
_INITIALS = rf"{_UNIT}(?:{_UNIT})*(?:-?[^\W\d_]\b(?=[;,]))?"
# Initials with spaces between; the last must not be the first word of a title (E. coli).
_SPACED = r"(?:\s-?[A-Z]\.(?=[;,]|\s+[^\Wa-z\d_]|\s*$|\s*\())*"
_SUFFIX = r"(?:,?\s+(?P<suffix>Jr|Sr|II|III|IV|2nd|3rd)\b\.?)?"
_PERSON = re.compile(
    rf"(?P<family>(?:St\. |[’'‘]t )?[^\W\d_][^,;:.!?()\[\]\"“”0-9]{{0,60}}?),\s*"
    rf"(?P<given>{_INITIALS}{_SPACED}){_SUFFIX}"
)
_FULL_PERSON = re.compile(
    r"(?P<family>[^\W\d_][^,;:.!?()\[\]\"“”0-9]{0,60}?),\s*"
    r"(?P<given>[^\W\d_a-z][^\W\d_]+(?:[ -][^\W\d_a-z][^\W\d_]*){0,3})(?=[;,.]| and | & )"
)
_NOT_INITIALS = frozenset(
    ["st.", "dr.", "no.", "vs.", "vol.", "fig.", "ed.", "eds.", "inc.", "ltd."]
)
_NEXT = re.compile(r"\s*(?:;|,?\s+(?:and|&)\s)\s*")
_ET_AL = re.compile(r"[;,]?\s*(?:and\s+)?et\.? al\.?[.,;:]?(?=\s|$)\s*")
_EDITORS = re.compile(r",?\s*\(?(?:Eds?\.|Editors?)\)?[.,;]?\s+")
_GROUP_SEGMENT = re.compile(r"(?P<name>[^\W\d_a-z][^;,:.?!]{1,150}?)\s*;\s*")
_LAST_GROUP = re.compile(r"(?P<name>[^\W\d_a-z][^;:.?!]{1,150}?)\.\s+(?=\S)")
_BEHALF = re.compile(r"[;,]?\s*(?:on behalf of|for) (?:the )?(?P<name>[^;:.?!]{2,150}?)\.\s+(?=\S)")
# Vancouver style: family and initials without stops, commas between the authors.
_VANCOUVER_NAME = (
    r"(?:[’'‘]t\s)?[^\W\d_][^,;:.!?()\[\]0-9]{0,50}?\s[^\Wa-z\d_]{1,4}"
    r"(?:\s(?:Jr|Sr|2nd|3rd|I{2,3}))?"
)
_VANCOUVER = re.compile(
    rf"(?P<names>{_VANCOUVER_NAME}(?:,\s{_VANCOUVER_NAME})*)(?P<et_al>,\set\sal)?\.\s+(?=\S)"
)
_VANCOUVER_PERSON = re.compile(
    r"(?P<family>.+?)\s(?P<given>[^\Wa-z\d_]{1,4}(?:-[^\Wa-z\d_])?)(?:\s(?P<suffix>Jr|Sr|2nd|3rd|I{2,3}))?"
)
# PubMed Central's text of other styles: family and initials with stops, commas between.
_DOTTED_NAME = (
    r"(?:[’'‘]t\s)?[^\W\d_][^,;:.!?()\[\]0-9]{0,50}?\s(?:-?[^\Wa-z\d_]\.[\s-]?(?=\S|$)){1,5}"
    r"(?:,?\s?(?:Jr|Sr|2nd|3rd|I{2,3})\b\.?)?"
)
_DOTTED = re.compile(
    rf"(?P<names>{_DOTTED_NAME}(?:(?:,\s?(?:and\s|&\s)?|;\s?|\s(?:and|&)\s){_DOTTED_NAME})*)"
    r"(?P<et_al>[,;]\s?et\sal\.?)?(?:\s+|(?<=[.\s]))(?=[^\W_])"
)
_SPLIT_DOTTED = re.compile(r"[,;]\s?(?:and\s|&\s)?(?!\s?(?:Jr|Sr|2nd|3rd|I{2,3})\b)|\s(?:and|&)\s")
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
    vancouver = _VANCOUVER.match(text)
    if vancouver:
        return _read_vancouver(text, vancouver)
    dotted = _DOTTED.match(text)
    if dotted:
        names = _SPLIT_DOTTED.split(dotted["names"].strip())
        return Byline(
            tuple(map(parse_person, names)), bool(dotted["et_al"]), text[dotted.end() :].lstrip()
        )
    people: list[Person] = []
    place = 0
    more = True
    while more and len(people) < _MAX_AUTHORS:
        found = _next_person(text, place, people)
        if not found:
            break
        person, place = found
        people.append(person)
        et_al = _ET_AL.match(text, place)
        if et_al:
            return _end(text, et_al.end(), people, et_al=True)
        step = _NEXT.match(text, place)
        more = bool(step)
        place = step.end() if step else place
    if not people:
        return _body_alone(text)
    return _end(text, place, people, et_al=False)


def _read_vancouver(text: str, found: re.Match[str]) -> Byline:
    people = read_plain_names(found["names"].split(", "))
    return Byline(people, bool(found["et_al"]), text[found.end() :], vancouver=True)


def read_plain_names(names: Iterable[str]) -> tuple[Person, ...]:
    """Return the people of names without stops and commas: "Smith JA", "O'Brien M Jr"."""
    found = (_VANCOUVER_PERSON.fullmatch(name) for name in names)
    return tuple(_person(name, name["suffix"] or "") for name in found if name)


def _end(text: str, place: int, people: list[Person], *, et_al: bool) -> Byline:
    behalf = _BEHALF.match(text, place)
    if behalf:
        people.append(Person(literal=behalf["name"]))
        place = behalf.end()
    editors = _EDITORS.match(text, place)
    if editors:
        place = editors.end()
    return Byline(tuple(people), et_al, text[place:].lstrip(" .,;"), bool(editors))


def _next_person(text: str, place: int, before: list[Person]) -> tuple[Person, int] | None:
    """Return the author that begins at a place, and the place behind it."""
    found = _PERSON.match(text, place)
    if found and found["given"].split(".")[0].casefold() + "." not in _NOT_INITIALS:
        return _person(found, found["suffix"] or ""), found.end()
    full = _FULL_PERSON.match(text, place)
    if full and (_NEXT.match(text, full.end()) or _ET_AL.match(text, full.end())):
        return _person(full, ""), full.end()
    if full and before and "." not in before[-1].given:
        return _person(full, ""), full.end()
    group = _GROUP_SEGMENT.match(text, place)
    if group and (_PERSON.match(text, group.end()) or _ET_AL.match(text, group.end())):
        return Person(literal=group["name"]), group.end("name")
    last = _LAST_GROUP.match(text, place) if before else None
    if last and is_body(last["name"]):
        return Person(literal=last["name"]), last.end()
    return None


def _person(found: re.Match[str], suffix: str) -> Person:
    return Person(" ".join(found["family"].split()), found["given"].strip(), suffix=suffix)


def is_body(name: str) -> bool:
    """Tell whether a name is that of an organisation: its words are capital, one is a body's."""
    words = name.replace(",", "").split()
    if not words or len(words) > _MAX_WORDS_OF_BODY or ":" in name:
        return False
    if any(word[0].islower() and word not in _SMALL for word in words):
        return False
    known = journal_words()
    return bool(known.body_words & set(words)) or words[-1] in known.body_last_words


def _body_alone(text: str) -> Byline:
    found = _LAST_GROUP.match(text)
    # A body needs a title of its own behind it, else it is the title (a home page).
    if found and is_body(found["name"]) and re.search(r"[.;?](?:\s|$)", text[found.end() :]):
        rest = text[found.end() :]
        first = rest.split(None, 1)[0]
        is_journal = first.endswith(".") and journal_words().is_abbreviation(first[:-1])
        if not is_journal and not re.match(r"(?:Available|https?:|\d{4}\b)", rest):
            return Byline((Person(literal=found["name"]),), False, rest)
    return Byline((), False, text)
