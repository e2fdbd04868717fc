"""Names in print: of authors and of journals, and short forms of names.

Behind a title the container is the run behind the last end of a sentence, drawn to the left over
abbreviated words: ISO 4 abbreviates each word of a long name with a full stop, drops its articles
and prepositions, and never abbreviates a name of one word.

The long form of "Long form (SHORT)" is found as Schwartz and Hearst describe (Pac. Symp. Biocomput.
2003): the short form's letters are looked for from right to left in the words before the bracket,
and the first letter must begin a word. A plural s behind capitals (CSPCs) need not stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from builder.models.document import Person
from builder.readers.words import listed, search

_ARTICLES = frozenset({"de", "del", "la", "las", "los"})
# A longer "name" is prose that stands in the place of one.
_MAX_NAME = 300
SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV|2nd|3rd)\.?$")
# Letters one by one, with stops or without.
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[\s-]?){1,5}$")
_SURE, _LIKELY = 2, 4  # initials without stops where names stand in natural order, and elsewhere
_MOST_GIVEN = 3
_ORCID = re.compile(r"\(?\s*(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])\s*\)?")
# Affiliation marks behind a name: digits, superscripts, stars, daggers.
_AFFILIATION = re.compile(r"[\s,]*[\d¹²³⁰⁴-⁹*†‡§¶#✉]+(?:,\s?[\d*†‡§¶#]+)*$")
_ET_AL = re.compile(r"[,;]?\s*(?:and\s+)?\bet al\.?\s*$", re.IGNORECASE)


def parse_person(name: str, *, natural: bool = True) -> Person:
    """Return the person of a name in one piece; groups, and what can't be taken apart, are literal.

    Read are ``Family, Given[, Jr.]``, ``Family J.A.[, Jr.]`` and ``J. A. Family`` in any alphabet,
    and, where ``natural``, ``Given Family`` with the particles that begin a family name. Marks of
    affiliations and notes are no part of a name.
    """
    if len(name) > _MAX_NAME:
        return Person(literal=name)
    number = orcid[1] if (orcid := _ORCID.search(name)) else ""
    name = " ".join(_ORCID.sub("", name, count=1).split())
    name = _AFFILIATION.sub("", name).strip(" ,;")
    whole = Person(literal=name, orcid=number)
    if not name or search("group_words", name):
        return whole
    parts = [part.strip() for part in name.split(",")]
    suffix = parts.pop() if len(parts) > 1 and SUFFIX.match(parts[-1]) else ""
    if len(parts) > 1:
        if not natural and len(parts[1].split()) > _MOST_GIVEN:
            return whole
        return Person(parts[0], ", ".join(parts[1:]), suffix=suffix, orcid=number)
    words = parts[0].split()
    if len(words) > 1 and SUFFIX.match(words[-1]):
        suffix = words.pop()
    # A name with such a part is in natural order, whoever printed it.
    clear = bool(suffix) or any(word in listed("particles") for word in words[1:-1])
    if not (cut := _cut_name(words, natural=natural or clear)):
        return whole
    family, given = cut
    return Person(" ".join(family), " ".join(given), suffix=suffix, orcid=number)


def _cut_name(words: list[str], *, natural: bool) -> tuple[list[str], list[str]] | None:
    """Return family and given names of the words of a name, by initials or by their order."""
    for cut in range(1, len(words)):
        if is_initials(" ".join(words[cut:]), bare=_SURE if natural else _LIKELY):
            return words[:cut], words[cut:]
    if not natural:
        for cut in range(len(words) - 1, 0, -1):
            if is_initials(" ".join(words[:cut]), bare=_LIKELY):
                return words[cut:], words[:cut]
        return None
    if len(words) < 2:  # noqa: PLR2004 (family and given)
        return None
    first = 1
    while words[first] in _ARTICLES and first < len(words) - 2:
        first += 1
    first = (
        first + 1
        if first > 1 and words[first] in listed("given_behind_articles") and first < len(words) - 1
        else 1
    )
    last = len(words) - 1
    begin = next((i for i in range(first, last) if words[i] in listed("particles")), last)
    if 1 < begin < last and (words[begin] == "y" or words[begin - 1].endswith("ez")):
        begin -= 1  # Lucía Fernández de la Torre, Juan Pérez y Gómez
    return words[begin:], words[:begin]


def is_initials(text: str, bare: int = _SURE) -> bool:
    """Return whether a text is initials: ``J.A.``, ``JA``, ``J.-P.``, ``É``, ``Ü. Ż.``.

    ``bare`` is how many may stand together without a stop: more are a name in capitals.
    """
    if text != text.upper() or not _INITIALS.match(text):
        return False
    return "." in text or " " in text or len(text) <= bare


def split_people(text: str) -> tuple[tuple[Person, ...], bool]:
    """Return the authors of a printed list in natural order, and whether it ends in "et al.".

    Semicolons part the names where there are any, else commas and a last "and".
    """
    text = " ".join(text.split())
    et_al = bool(_ET_AL.search(text))
    text = _ET_AL.sub("", text).strip()
    names = text.split(";") if ";" in text else re.split(r",\s*(?:and\s+)?|\s+(?:and|&)\s+", text)
    joined: list[str] = []
    for name in (n.strip() for n in names):
        initials = "." in name and is_initials(name)
        if joined and (SUFFIX.match(name) or initials or re.fullmatch(r"[\d*†‡§¶#]+", name)):
            joined[-1] += f", {name}"
        elif name.removeprefix("and ").strip():
            joined.append(name.removeprefix("and ").strip())
    people = [parse_person(name) for name in joined]
    return tuple(p for p in people if p.family or p.literal), et_al


def name_in_full(full: str, person: Person) -> Person:
    """Return a person with the given names of a full name in natural order.

    The person's own stay where the full name doesn't end in the family name, or in the first half
    of it or more: a page may break a name at the end of a line.
    """
    full, family = " ".join(full.split()), person.family.casefold()
    ends = (len(family), *range(len(family) - 1, max(len(family) // 2, 2), -1))
    end = next((n for n in ends if full.casefold().endswith(" " + family[:n])), 0)
    return replace(person, given=full[:-end].strip()) if end else person


# --- short forms --------------------------------------------------------------------------------

# No long form reaches back further than this many characters.
_REACH = 400
_IN_BRACKETS = re.compile(r"\(([^()\[\]]{2,14})\)")
_SHORT_FORM = re.compile(r"[^\W_][^\s,;:=<>%]*")
# Prose of other kinds that stands before a bracket can't be part of a long form.
_BREAK = re.compile(r"[,;:()\[\].!?|](?=\s|$)")
_PAIR = re.compile(r"^\s*([^\s,:=]{2,15})\s*(?:[,:=]|\s[–—-]\s|\s{2,})\s*(\S.*?)\s*\.?\s*$")
_PLURAL = re.compile(r"(?<=[A-Z0-9])s(?=$|-)")


def find_abbreviations(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return (short, long) for every definition in the texts; the first definition counts."""
    found: dict[str, str] = {}
    for text in texts:
        for bracket in _IN_BRACKETS.finditer(text):
            short = bracket[1].strip()
            if short in found or not _is_short_form(short):
                continue
            start = bracket.start()
            long = find_long_form(text[max(0, start - _REACH) : start], short)
            if long:
                found[short] = long
    return tuple(found.items())


def split_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield (short, long) of a list "A, long form; B: long form"."""
    for piece in text.split(";"):
        pair = _PAIR.match(piece)
        if pair and any(c.isupper() or c.isdecimal() for c in pair[1]):
            yield pair[1], pair[2]


def _is_short_form(short: str) -> bool:
    if short.islower() or short.isdecimal() or not _SHORT_FORM.fullmatch(short):
        return False
    letters = sum(map(str.isalpha, short))
    return letters * 2 > len(short) and any(map(str.isupper, short))


def find_long_form(before: str, short: str) -> str:
    """Return the words at the end of ``before`` that ``short`` stands for, or an empty string."""
    letters = [c for c in _PLURAL.sub("", short).lower() if c.isalnum()]
    words = min(len(letters) + 5, 2 * len(letters))
    window = before.rstrip()
    pieces = window.rsplit(None, words)
    if len(pieces) > words:
        window = window[len(pieces[0]) :]
    window = _BREAK.split(window)[-1].lstrip()
    low = window.lower()
    if not letters or len(low) != len(window):
        return ""
    place = len(low)
    for letter in reversed(letters):
        place = low.rfind(letter, 0, max(place, 0))
    while place > 0 and low[place - 1].isalnum():
        place = low.rfind(letters[0], 0, place)
    if place < 0:
        return ""
    # The word round the first letter begins behind a space or a bracket.
    ends = (i for i in range(place, 0, -1) if window[i - 1].isspace() or window[i - 1] in "(/")
    start = next(ends, 0)
    long = window[start:].strip()
    return long if len(long) > len(short) and short not in long.split() else ""


# --- where a title ends and its journal begins ----------------------------------------------------

_SENTENCE_END = re.compile(r"[.?!]+[\"”’')\]]*\s+(?=\S)")
_INNER_STOP = re.compile(r"[^\W\d_]\.[^\W\d_]")
_MAX_WORDS_IN_PART = 5
_LONG_WORD = 4
_MAX_WORDS = 14


@dataclass(frozen=True, slots=True)
class TitleSplit:
    """A title and the container behind it; ``sure`` is False where a curator should look."""

    title: str
    container: str
    sure: bool = True


def split_title(text: str, *, stop: bool = False) -> TitleSplit | None:
    """Return title and container of ``Title. Container``, or None where there is no container.

    ``stop``: the style puts a full stop behind each container.
    """
    parts = _split_parts(text)
    if len(parts) == 1:
        return None
    start = len(parts) - 1
    guessed = False
    while start > 1:
        if not _is_known_inside(parts, start):
            if not _looks_inside(parts, start):
                break
            guessed = guessed or not _is_known_inside(parts, start - 1)
        start -= 1
    title_end = parts[start][0]
    title, container = text[:title_end].strip(), text[title_end:].strip()
    words = container.split()
    lone = start > 1 and len(parts[start - 1][1].split()) == 1  # "Cancer. Cell", or "Review. Cell"
    sure = not (guessed or lone or (_is_lone_abbreviation(words) and not stop)) and _is_name(words)
    return TitleSplit(drop_stop(title), container, sure)


def drop_stop(title: str) -> str:
    """Return a title without the full stop behind it; one that belongs to the last word stays.

    Such words are abbreviations with an inner stop (U.S.) and a few of prose (sp., Inc.).
    """
    title = title.rstrip(" ,;")
    if not title.endswith("."):
        return title
    last = title.split()[-1][:-1]
    keeps = _INNER_STOP.search(last) or last.casefold() in listed("keep_stop")
    return title if keeps else title[:-1].rstrip()


def _split_parts(text: str) -> list[tuple[int, str]]:
    """Return (place, text) of the parts between ends of sentences."""
    parts = []
    begin = 0
    for found in _SENTENCE_END.finditer(text):
        before = text[begin : found.start()].rsplit(None, 1)[-1:]
        word = before[0].strip("(").casefold() if before else ""
        if word in listed("end_no_sentence") and text[found.start()] == ".":
            continue
        if _is_bracketed(text, found.start()):
            continue
        parts.append((begin, text[begin : found.end()].strip()))
        begin = found.end()
    return [*parts, (begin, text[begin:].strip())]


def _is_bracketed(text: str, place: int) -> bool:
    """Return whether a place stands between round brackets, the closing one behind it."""
    closing = text.find(")", place)
    opening = text.find("(", place)
    is_open = text.rfind("(", 0, place) > text.rfind(")", 0, place)
    return is_open and closing > place + 1 and not 0 <= opening < closing


def is_abbreviation(word: str) -> bool:
    """Return whether a printed word (its full stop taken off) is a known abbreviation."""
    last = word.rsplit("-", 1)[-1].strip("()")
    low = last.casefold()
    if len(last) == 1 or low in listed("whole_words"):
        return last in listed("letters")
    return low in listed("abbreviations") or low.endswith(tuple(listed("abbreviation_endings")))


def _is_known_inside(parts: list[tuple[int, str]], start: int) -> bool:
    """Return whether the part before ``start`` ends in a known abbreviation of journal names."""
    if start < 1:
        return False
    words = parts[start - 1][1].split()
    return _can_be_inside(words) and is_abbreviation(words[-1][:-1])


def _looks_inside(parts: list[tuple[int, str]], start: int) -> bool:
    """Say by its shape whether the part before ``start`` belongs to the container.

    Its last word is no known abbreviation. It may be one where the container so far can't stand
    alone, where the word stands alone, or where the title before it is written in sentence case.
    """
    words = parts[start - 1][1].split()
    if not _can_be_inside(words):
        return False
    container = " ".join(text for _, text in parts[start:]).split()
    before = parts[start - 2][1].split()
    # Known abbreviations stand before it: J. Control. Release.
    if _is_lone_abbreviation(container) or _is_known_inside(parts, start - 1):
        return True
    # A whole word that is a sentence of its own begins a name: "Insect. Mol. Biol."
    lone = len(words) == 1 and words[0][:-1].isalpha() and parts[start][1].endswith(".")
    if lone and len(before) > 1:
        return True
    # The title before it is in sentence case: most of its long words begin small.
    long = [word for word in before if len(word) >= _LONG_WORD]
    sentence = sum(word[0].islower() for word in long) * 2 > len(long)
    return not search("whole_word", words[-1][:-1]) and (len(words) == 1 or sentence)


def _is_lone_abbreviation(words: list[str]) -> bool:
    return len(words) == 1 and words[0].endswith(".")


def _can_be_inside(words: list[str]) -> bool:
    """Return whether the words could stand inside an abbreviated name: capitals, no small words."""
    if not words or len(words) > _MAX_WORDS_IN_PART or not words[-1].endswith("."):
        return False
    if words[-1][:-1] in ("I", "II", "III", "IV", "VI") or words[-1][:-1].isdigit():
        return False
    return all(_is_capital(w) and w[-1] not in ",;:" for w in words)


def _is_capital(word: str) -> bool:
    first = next((c for c in word if c.isalnum()), "")
    coded = first.isdigit() and any(c.isupper() for c in word)
    return word == "&" or first.isupper() or coded or word in listed("lower_case_names")


def _is_name(words: list[str]) -> bool:
    """Return whether the words look like a journal's name and not like a sentence."""
    if len(words) > _MAX_WORDS:
        return False
    digits = {"3", "4"}  # "3 Biotech", "4 Open"
    return all(
        _is_capital(w)
        or (i > 0 and w.casefold() in listed("small_words"))
        or (i == 0 and w in digits and len(words) > 1)
        for i, w in enumerate(words)
    ) and not any(w[-1] in ",;?" for w in words)
