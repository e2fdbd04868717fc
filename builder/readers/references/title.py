"""Where a title ends and the name of its journal begins, in ``Title. Container``.

The container is the run behind the last end of a sentence, drawn to the left over abbreviated
words: ISO 4 abbreviates each word of a long name with a full stop, drops its articles and
prepositions, and never abbreviates a name of one word. The words that are known of journal names
stand in content/journals.yml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.readers.words import JournalWords, journal_words

_BREAK = re.compile(r"[.?!]+[\"”’')\]]*\s+(?=\S)")
_INNER_STOP = re.compile(r"[^\W\d_]\.[^\W\d_]")
# Abbreviations of prose; a full stop behind them ends no sentence.
_NO_END = frozenset(
    ["al", "approx", "ca", "cf", "dr", "e.g", "fig", "i.e", "no", "nos", "prof", "resp", "st", "vs"]
)
_KEEPS_STOP = frozenset(["al", "etc", "inc", "jr", "ltd", "sp", "spp", "subsp", "ssp"])
_SMALL = frozenset({
    "a", "an", "and", "at", "by", "de", "del", "der", "des", "di", "do", "du", "e", "el", "en",
    "et", "for", "für", "i", "il", "in", "is", "la", "le", "les", "of", "on", "or", "per", "the",
    "to", "und", "van", "via", "von", "with", "y", "à", "&", "+", "–",
})  # fmt: skip
# Ends of whole English words; a word that ends so before a full stop is no abbreviation.
_WHOLE_WORD = re.compile(
    r"(?:[aeiouy]|tion|sion|ing|ment|ness|[aeiou]r|ism|ed|ies|[aeou]s|ts|ns|ls|ew|ck|ght|th|nce|"
    r"els?|ells?|ect|ial|ion|air|one|\d)$",
    re.IGNORECASE,
)
_MAX_WORDS_IN_PART = 5
_LONG_WORD = 4
_MAX_WORDS = 14


@dataclass(frozen=True, slots=True)
class TitleSplit:
    """A title and the container behind it; ``sure`` is False where a curator should look."""

    title: str
    container: str
    sure: bool = True


def split_title(text: str) -> TitleSplit | None:
    """Return title and container of ``Title. Container``, or None where there is no container."""
    parts = _split_parts(text)
    if len(parts) == 1:
        return None
    known = journal_words()
    start = len(parts) - 1
    guessed = False
    while start > 1:
        if not _is_known_inside(parts, start, known):
            if not _looks_inside(parts, start, known):
                break
            guessed = guessed or not _is_known_inside(parts, start - 1, known)
        start -= 1
    title_end = parts[start][0]
    title, container = text[:title_end].strip(), text[title_end:].strip()
    words = container.split()
    lone = start > 1 and len(parts[start - 1][1].split()) == 1  # "Cancer. Cell", or "Review. Cell"
    sure = not (guessed or lone or _is_lone_abbreviation(words)) and _is_name(words, known)
    return TitleSplit(drop_stop(title), container, sure)


def drop_stop(title: str) -> str:
    """Return a title without the full stop behind it; one that belongs to the last word stays.

    Such words are abbreviations with an inner stop (U.S.) and a few of prose (sp., Inc.).
    """
    title = title.rstrip(" ,;")
    if not title.endswith("."):
        return title
    last = title.split()[-1][:-1]
    keeps = _INNER_STOP.search(last) or last.casefold() in _KEEPS_STOP
    return title if keeps else title[:-1].rstrip()


def _split_parts(text: str) -> list[tuple[int, str]]:
    """Return (place, text) of the parts between ends of sentences."""
    parts = []
    begin = 0
    for found in _BREAK.finditer(text):
        before = text[begin : found.start()].rsplit(None, 1)[-1:]
        word = before[0].strip("(").casefold() if before else ""
        if word in _NO_END and text[found.start()] == ".":
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


def _is_known_inside(parts: list[tuple[int, str]], start: int, known: JournalWords) -> bool:
    """Return whether the part before ``start`` ends in a known abbreviation of journal names."""
    if start < 1:
        return False
    words = parts[start - 1][1].split()
    return _can_be_inside(words, known) and known.is_abbreviation(words[-1][:-1])


def _looks_inside(parts: list[tuple[int, str]], start: int, known: JournalWords) -> bool:
    """Say by its shape whether the part before ``start`` belongs to the container.

    Its last word is no known abbreviation. It may be one where the container so far can't stand
    alone, where the word stands alone, or where the title before it is written in sentence case.
    """
    words = parts[start - 1][1].split()
    if not _can_be_inside(words, known):
        return False
    container = " ".join(text for _, text in parts[start:]).split()
    before = parts[start - 2][1].split()
    # Known abbreviations stand before it: J. Control. Release.
    if _is_lone_abbreviation(container) or _is_known_inside(parts, start - 1, known):
        return True
    # A whole word that is a sentence of its own begins a name: "Insect. Mol. Biol."
    lone = len(words) == 1 and words[0][:-1].isalpha() and parts[start][1].endswith(".")
    if lone and len(before) > 1:
        return True
    # The title before it is in sentence case: most of its long words begin small.
    long = [word for word in before if len(word) >= _LONG_WORD]
    sentence = sum(word[0].islower() for word in long) * 2 > len(long)
    return not _WHOLE_WORD.search(words[-1][:-1]) and (len(words) == 1 or sentence)


def _is_lone_abbreviation(words: list[str]) -> bool:
    return len(words) == 1 and words[0].endswith(".")


def _can_be_inside(words: list[str], known: JournalWords) -> bool:
    """Return whether the words could stand inside an abbreviated name: capitals, no small words."""
    if not words or len(words) > _MAX_WORDS_IN_PART or not words[-1].endswith("."):
        return False
    if words[-1][:-1] in ("I", "II", "III", "IV", "VI") or words[-1][:-1].isdigit():
        return False
    return all(_is_capital(w, known) and w[-1] not in ",;:" for w in words)


def _is_capital(word: str, known: JournalWords) -> bool:
    first = next((c for c in word if c.isalnum()), "")
    coded = first.isdigit() and any(c.isupper() for c in word)
    return word == "&" or first.isupper() or coded or word in known.lower_case_names


def _is_name(words: list[str], known: JournalWords) -> bool:
    """Return whether the words look like a journal's name and not like a sentence."""
    if len(words) > _MAX_WORDS:
        return False
    digits = {"3", "4"}  # "3 Biotech", "4 Open"
    return all(
        _is_capital(w, known)
        or (i > 0 and w.casefold() in _SMALL)
        or (i == 0 and w in digits and len(words) > 1)
        for i, w in enumerate(words)
    ) and not any(w[-1] in ",;?" for w in words)
