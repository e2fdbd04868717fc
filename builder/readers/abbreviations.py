"""Short forms that a paper defines itself: "Long form (SHORT)".

The long form is found as Schwartz and Hearst describe (Pac. Symp. Biocomput. 2003): the short
form's letters are looked for from right to left in the words before the bracket, and the first
letter must begin a word. A plural s behind capitals (CSPCs) need not stand in the long form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# No long form reaches back further than this many characters.
_REACH = 400
_IN_BRACKETS = re.compile(r"\(([^()\[\]]{2,14})\)")
_SHORT_FORM = re.compile(r"[^\W_][^\s,;:=<>%]*")
# Prose of other kinds that stands before a bracket can't be part of a long form.
_BREAK = re.compile(r"[,;:()\[\].!?|](?=\s|$)")
_PAIR = re.compile(r"^\s*([^\s,:=]{2,15})\s*(?:[,:=]|\s[–—-]\s)\s*(\S.*?)\s*\.?\s*$")
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
    if not letters:
        return ""
    window = before.rstrip()
    pieces = window.rsplit(None, words)
    if len(pieces) > words:
        window = window[len(pieces[0]) :]
    breaks = [b.end() for b in _BREAK.finditer(window)]
    window = (window[breaks[-1] :] if breaks else window).lstrip()
    if not window:
        return ""
    place = _match_letters(window, letters, 0)
    if place < 0:
        return ""
    long = window[_word_start(window, place) :].strip()
    return long if len(long) > len(short) and short not in long.split() else ""


def _word_start(text: str, place: int) -> int:
    """Return where the word round a place begins, brackets left out."""
    while place > 0 and not text[place - 1].isspace() and text[place - 1] not in "(/":
        place -= 1
    return place


def _match_letters(text: str, letters: list[str], first: int) -> int:
    """Return the place of the first letter when all are found from right to left, else -1."""
    place = len(text)
    low = text.lower()
    if len(low) != len(text):
        return -1
    for letter in reversed(letters[1:]):
        place = low.rfind(letter, first, place)
        if place < 0:
            return -1
    place = low.rfind(letters[0], first, place)
    while place > 0 and low[place - 1].isalnum():
        place = low.rfind(letters[0], first, place)
    return place
