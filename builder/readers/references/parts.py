"""What stands before and behind the title of a printed reference.

Before it the authors, ``Family, G.M.; Family2, G.; et al.``; behind the container year, volume,
pages, links and dates. The end is read backwards, so that years and numbers inside a title are
never taken for those of the journal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from builder.models.document import Person
from builder.readers.draft import clean_url
from builder.readers.names import journal_words, parse_person
from builder.text.dates import MONTH, YEAR, parse_date

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
# PubMed Central's text of other styles: family and initials with stops, commas between.
_DOTTED_NAME = (
    r"(?:[’'‘]t\s)?[^\W\d_][^,;:.!?()\[\]0-9]{0,50}?\s(?:-?[^\Wa-z\d_]\.[\s-]?(?=\S|$)){1,5}"
    r"(?:,?\s?(?:Jr|Sr|2nd|3rd|I{2,3})\b\.?)?"
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


_SPLIT_DOTTED = re.compile(r"[,;]\s?(?:and\s|&\s)?(?!\s?(?:Jr|Sr|2nd|3rd|I{2,3})\b)|\s(?:and|&)\s")
# The end of names before a colon, as Cureus and Copernicus print it.
_LEAD = re.compile(r"^[^\d\"]{3,2000}(?:[^\W\d_a-z]\.?|al\.?)$")
_VANCOUVER = re.compile(
    r"(?:(?P<first>[^\W\d_a-z][^;:.?!]{1,150}?);\s)?"
    rf"(?P<names>{_VANCOUVER_NAME}(?:(?:[,;]\s(?:and\s|&\s)?|\s(?:and|&)\s){_VANCOUVER_NAME})*)"
    r"(?P<et_al>,\set\sal)?"
    r"(?:[,;]\s(?:on behalf of |for )?(?:the )?(?P<group>[^\W\d_a-z][^;:.?!]{1,150}?))?\.\s+(?=\S)"
)
_DOTTED = re.compile(
    rf"(?P<names>{_DOTTED_NAME}(?:(?:,\s?(?:and\s|&\s)?|;\s?|\s(?:and|&)\s){_DOTTED_NAME})*)"
    r"(?P<et_al>[,;]\s?et\sal\.?)?(?:\s+|(?<=[.\s]))(?=[^\W_])"
)


def split_byline(text: str) -> Byline:
    """Return the authors of a printed reference, whether "et al." is printed, and what follows.

    A reference without authors has none; a body (World Health Organization) counts as one author
    where its name stands alone before a title.
    """
    lead, colon, rest = text.partition(": ")
    if colon and _LEAD.search(lead) and (names := read_names(lead)):
        return replace(names, rest=rest, vancouver=True)
    found = _VANCOUVER.match(text)
    if found and all(not g or is_body(g) for g in (found["first"], found["group"])):
        plain = read_plain_names(re.split(r"[,;] (?:and |& )?| (?:and|&) ", found["names"]))
        first, last = (
            (Person(literal=name),) if name else () for name in (found["first"], found["group"])
        )
        listed = (*first, *plain, *last)
        return Byline(listed, bool(found["et_al"]), text[found.end() :], vancouver=True)
    if found := _DOTTED.match(text):
        listed = tuple(map(parse_person, _SPLIT_DOTTED.split(found["names"].strip())))
        return Byline(listed, bool(found["et_al"]), text[found.end() :].lstrip())
    people: list[Person] = []
    place, et_al = 0, None
    step: re.Match[str] | None = None
    while (not people or step) and len(people) < _MAX_AUTHORS and not et_al:
        if not (one := _next_person(text, place, people)):
            break
        people.append(one[0])
        et_al = _ET_AL.match(text, one[1])
        step = et_al or _NEXT.match(text, one[1])
        place = step.end() if step else one[1]
    if not people:
        return _body_alone(text)
    if behalf := _BEHALF.match(text, place):
        people.append(Person(literal=behalf["name"]))
        place = behalf.end()
    editors = _EDITORS.match(text, place)
    rest = text[editors.end() if editors else place :].lstrip(" .,;")
    return Byline(tuple(people), bool(et_al), rest, bool(editors))


_VANCOUVER_PERSON = re.compile(
    r"(?P<family>.+?)\s(?P<given>[^\Wa-z\d_]{1,4}(?:-[^\Wa-z\d_])?)(?:\s(?P<suffix>Jr|Sr|2nd|3rd|I{2,3}))?"
)


def read_plain_names(names: Iterable[str]) -> tuple[Person, ...]:
    """Return the people of names without stops and commas: "Smith JA", "O'Brien M Jr"."""
    found = (_VANCOUVER_PERSON.fullmatch(name) for name in names)
    return tuple(_person(name, name["suffix"] or "") for name in found if name)


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
    """Return whether a name is that of an organisation: its words are capital, one is a body's."""
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


# --- other styles of names ------------------------------------------------------------------------

_PARTICLE = (
    r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ten|ter|zu|St\.)[\s-]){0,3}"
)
_SURNAME = (
    rf"(?:{_PARTICLE}[^\W\d_a-z][^\W\d_]*(?:[-’' ](?!and\b|et\b)[^\W\d_a-z]?[^\W\d_]+){{0,2}})"
)
# "Smith J", "van der Berg JA", "O'Brien M Jr"
_PLAIN = rf"{_SURNAME}\s[^\Wa-z\d_]{{1,4}}(?:-[^\Wa-z\d_])?(?:\s(?:Jr|Sr|2nd|3rd|I{{2,3}}))?"
_PLAIN_LIST = re.compile(rf"{_PLAIN}(?:,?\s(?:and|&)\s{_PLAIN}|,\s(?:and\s|&\s)?{_PLAIN})*")
# "J. Smith", "A.-B. van der Berg"
_FIRST_INITIALS = r"(?:[^\Wa-z\d_]\.[\s-]?-?){1,4}"
_FIRST = rf"{_FIRST_INITIALS}\s?{_SURNAME}"
_ET_AL_BEHIND = re.compile(r",?\s*(?:and\s+)?et\.?\s+al\.?,?$|,?\s*…$")
_AND = re.compile(r",?\s+(?:and|&)\s+|,\s+")
# A comma between "Smith, J." and "Doe, A.": the other comma stands inside a name.
_BETWEEN = re.compile(
    r"(?<=[^\Wa-z\d_]\.)(?:,?\s+(?:and|&)\s+|,\s+)(?=[^\W\d_][^,.;()\d&]{1,40},\s*[^\Wa-z\d_]\.)"
)
_EDITORS_BEHIND = re.compile(r",?\s*(?:\(?Eds?\.?\)?|editors?)\.?$", re.IGNORECASE)


_FIRST_LIST = re.compile(
    rf"(?P<names>{_FIRST}(?:(?:,\s(?:and\s|&\s)?|\s(?:and|&)\s){_FIRST})*)(?P<et_al>,?\s(?:et\sal\.?|…))?,\s+"
)
_FIRST_PERSON = re.compile(rf"(?P<given>{_FIRST_INITIALS})\s?(?P<family>{_SURNAME})")


def read_first_names(text: str) -> Byline | None:
    """Return the people of ``J. Smith, A.B. Doe, et al., …``, initials first, and what follows."""
    found = _FIRST_LIST.match(text)
    if not found:
        return None
    people = (_person(one, "") for one in _FIRST_PERSON.finditer(found["names"]))
    return Byline(tuple(people), bool(found["et_al"]), text[found.end() :])


def split_listed(text: str) -> Byline:
    """Return the authors of ``Smith, J., Doe, A. & Roe, B. …``, commas between, and the rest."""
    return split_byline(_BETWEEN.sub("; ", text))


def read_names(text: str) -> Byline | None:
    """Return the people of a byline if all of it are names or one body, else None."""
    bare = _EDITORS_BEHIND.sub("", text)
    short = _ET_AL_BEHIND.sub("", bare).rstrip(" ,")
    et_al, editors = bare != _ET_AL_BEHIND.sub("", bare), bare != text
    if _PLAIN_LIST.fullmatch(short):
        return Byline(read_plain_names(_AND.split(short)), et_al, "", editors)
    if (short.isalpha() and short.isupper()) or is_body(short):
        return Byline((Person(literal=short),), et_al, "", editors)
    end = short if short.endswith(".") else f"{short}."
    byline = split_listed(f"{end} X")
    if byline.people and byline.rest == "X":
        return Byline(byline.people, et_al or byline.et_al, "", editors)
    return None


# --- behind the title -----------------------------------------------------------------------------

_URL = r"https?://[^\s<>\"“”]+"
_ACCESSED = re.compile(
    r"[\s.,;]{0,4}[(\[]?\s*(?:last\s+)?(?:accessed|retrieved|cited)(?:\s+on)?:?\s+(?P<date>[^()\[\]]{4,40}?)"
    r"\s*[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
_AVAILABLE = re.compile(
    rf"[\s.,;]{{0,4}}(?:\(?(?:Available|Accessible)(?:\s+(?:online|at|from|on))*|Online|URL|"
    rf"Retrieved from)?\s*:?\s*(?P<url>{_URL})\s*$",
    re.IGNORECASE,
)
_DOI = re.compile(
    r"[\s.,;]{0,4}(?:(?:https?://)?(?:dx\.)?doi\.org/|\bdoi:?\s*|(?<=\s))(?P<doi>10\.\d{4,9}/\S+)\s*$",
    re.IGNORECASE,
)
_PMID = re.compile(r"[\s.,;]{0,4}\b(?:PMID|pmid):?\s*(?P<pmid>[1-9]\d{0,8})[.;]?\s*$")
_PMCID = re.compile(r"[\s.,;]{0,4}\b(?:PMCID:?\s*)?(?P<pmcid>PMC\d{4,9})[.;]?\s*$")
_ACCESSION = re.compile(
    r"[\s.,;]{0,4}[(\[]?\b(?:accession(?:\s(?:no\.?|number|code|ID))?|Report No\.?):?\s"
    r"(?P<number>[A-Za-z][\w.-]{3,20}\d)[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"[\s,;.]{0,4}[(\[]?(?P<status>in press|accepted(?: for publication| manuscript)?|submitted|"
    r"forthcoming|under review|in preparation|(?:online|e-?pub) ahead of print|advance online "
    r"publication|early view|article in press|corrected proof)[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
_PART = (
    r"(?:\s(?:Pt\.?|Part|Suppl\.?|Supplement|Spec\.? (?:No\.?|Issue))(?:\s?[A-Z]?\d{0,4}[A-Z]?)?)?"
)
_VOLUME = (
    rf"(?:Vol(?:ume)?\.?\s*)?(?P<volume>(?:[A-Za-z]{{0,5}}\.?[\s-]?\d{{1,5}}(?:-?[A-Za-z])?"
    rf"(?:[–/-][A-Za-z]?\d{{1,5}})?|[IVXLCDM]{{1,8}}|Suppl\.?(?:\s?\d{{1,3}})?){_PART})"
    r"(?:\s?\((?P<issue>[^()]{1,40})\))?"
)
_PAGE = (
    r"(?:(?:pp?|pages?|Art(?:icle)?(?: (?:No|ID))?)\.?:?\s*)?"
    r"(?P<page>(?=[^\s,;]{0,39}\d|[ivxl]{1,8}[–-])(?:[A-Za-z]{1,12}[.:]?\s)?[\w.:/*−–-]{1,40}?"
    r"(?:\s?[–−-]\s?[\w.]{1,20}?)?)"
)
_DAY = r"\s+\d{1,2}(?:[-–](?:[A-Z][a-z]+ )?\d{1,2})?"
_MONTH_DAY = rf"(?:\s+(?P<date>{MONTH}(?:{_DAY})?)(?=\s*[;:,.]|$))?"
_AFTER_YEAR = re.compile(
    rf"(?P<year>{YEAR})(?P<letter>[a-z]?){_MONTH_DAY}"
    rf"(?:(?:\s*[,;]\s*{_VOLUME})?(?:\s*[,:]\s*{_PAGE})?(?P<extra>[;,]\s[^;]{{3,200}}?)?)?\s*\.?\s*"
)
_YEAR_PLACE = re.compile(rf"(?<=\s){YEAR}(?=[a-z]?{_MONTH_DAY}\s*(?:[,;.:]|$))")
_DASHES = str.maketrans("‐‑‒—", "--––")
# Electronic publication before print: "Epub 2018 Dec 1."
_EPUB = re.compile(r"[\s.;]{0,3}\bE-?pub:?\s+(?P<date>[^.;]{4,25})\.?\s*$", re.IGNORECASE)
# "bioRxiv 2023.01.02.522448": the number of a preprint begins with its date.
_PREPRINT_NUMBER = re.compile(rf"(?<!\d,)(?P<year>\s{YEAR})(?=\.\d\d\.\d\d\.\d{{6,8}}(?:v\d)?\.?$)")
# "J Bone 423: 337-342, 2003", as journals of Japan print it.
_YEAR_AT_END = re.compile(
    r"\s(?P<place>[A-Z]?\d{1,4}(?:\s?\([^()]{1,20}\))?:\s?(?=\w{0,4}\d)[\w–-]{1,15}),?\s"
    rf"\(?(?P<year>{YEAR})\)?\.?$"
)


@dataclass(slots=True)
class Links:
    """What was taken off the end of a reference, and the text that is left."""

    rest: str
    url: str = ""
    accessed: tuple[int, ...] = ()
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    status: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """Year, volume and pages; ``head`` is the text before them, ``doubt`` says what is unsure."""

    head: str
    issued: tuple[int, ...]
    volume: str = ""
    issue: str = ""
    page: str = ""
    doubt: str = ""


def take_links(text: str) -> Links:
    """Take access date, address, identifiers and status off the end, in any order."""
    links = Links(text.strip())
    for _ in range(8):
        if not _take_one(links):
            break
    return links


# Most references end in nothing of that kind; this says so at little cost.
_MAY_END = re.compile(
    r"accessed|retrieved|cited|accession|Report No|https?:|10\.\d{4}|PMID|PMC\d|E-?pub|press|"
    r"accepted|submitted|forthcoming|review|preparation|ahead|advance|early|proof",
    re.IGNORECASE,
)


def _take_one(links: Links) -> bool:
    # Only the end of the text is looked at: no address or date is longer.
    keep, end = links.rest[:-3000], links.rest[-3000:]
    if not _MAY_END.search(end):
        return False
    low = end.lower()  # a word in it is found in less time than a pattern
    for name, signs, form, clean in _ENDS:
        known = bool(name) and getattr(links, name)
        found = None if known or not any(s in low for s in signs) else form.search(end)
        value = clean(found[1]) if found else ""
        if found and (value or not name):
            if name:
                setattr(links, name, value)
            # The full stop that ends the sentence before it stays.
            stop = end[found.start()] if end[found.start() :][:1] in (".", "?") else ""
            links.rest = keep + end[: found.start()] + stop
            return True
    return False


# What may end a reference: the field, words that show it soon, its form, and what cleans it.
_ENDS: tuple[tuple[str, tuple[str, ...], re.Pattern[str], Callable[[str], Any]], ...] = (
    ("accessed", ("accessed", "retrieved", "cited"), _ACCESSED, parse_date),
    ("doi", ("10.",), _DOI, lambda doi: doi.rstrip(".,;")),
    ("url", ("http",), _AVAILABLE, clean_url),
    ("pmcid", ("pmc",), _PMCID, str),
    ("pmid", ("pmid",), _PMID, str),
    ("number", ("accession", "report no"), _ACCESSION, str),
    ("", ("pub",), _EPUB, str),  # the date of print is the date of issue
    ("status", ("",), _STATUS, str.lower),
)


# "J Bone (2020) 5(3):1–9", as Frontiers prints it.
_YEAR_IN_BRACKETS = re.compile(
    rf"\s\(({YEAR})\)\s+(?=[\w-]{{1,12}}(?:\s?\([^()]{{1,20}}\))?:\s?\w)"
)
_EXTRA = re.compile(
    r"^[;,]\s(?:discussion|quiz|author reply|reply|erratum|correction|retract)", re.I
)


def find_tail(text: str) -> Tail | None:
    """Return what stands behind a journal's name, or None where the end is not of that form.

    The leftmost year counts from which all the rest is volume and pages: in ``BioMed Res. Int.
    2021, 2021, 9688138`` the second number is a volume.
    """
    text = _PREPRINT_NUMBER.sub(r"\g<year>,\g<year>", _YEAR_IN_BRACKETS.sub(r" \1;", text))
    text = _YEAR_AT_END.sub(r" \g<year>;\g<place>", text)
    plain = text.translate(_DASHES)
    for place in _YEAR_PLACE.finditer(plain):
        found = _AFTER_YEAR.fullmatch(plain, place.start())
        if found and (not found["extra"] or _EXTRA.match(found["extra"])):
            return _read_tail(text[: place.start()].rstrip(), found)
    return None


# One number alone behind the year: up to three digits are a volume, more an article number.
_VOLUME_ALONE = re.compile(r"^[A-Za-z]{0,3}\d{1,3}$|^\d{1,3}[A-Za-z]?(?:\s|$)|^[IVXLCDM]+$|^Suppl")


def _read_tail(head: str, found: re.Match[str]) -> Tail:
    volume, issue, page = found["volume"] or "", found["issue"] or "", found["page"] or ""
    doubt = ""
    if volume and not page and not issue:
        if not _VOLUME_ALONE.match(volume):
            volume, page = "", volume
        elif volume.isdigit():
            doubt = f"Is the number {volume} behind the year a volume or a page?"
    if found["extra"]:
        doubt = f"What does {found['extra'].strip(' ;,.')!r} behind the pages stand for?"
    issued = parse_date(f"{found['year']} {found['date'] or ''}")
    page = page.strip().replace("--", "–")
    return Tail(head, issued, volume.strip(), issue.strip(), page, doubt)
