"""Words that a curator keeps for the readers: of journals' names, and of article pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from builder.project import find_data
from builder.store import read_settings


class JournalWords(NamedTuple):
    """Words and word ends that occur in printed journal names, and names of bodies."""

    abbreviations: frozenset[str]
    letters: frozenset[str]
    abbreviation_endings: frozenset[str]
    whole_words: frozenset[str]
    lower_case_names: frozenset[str]
    preprint_servers: frozenset[str]
    archives: frozenset[str]
    newspapers: frozenset[str]
    body_words: frozenset[str]
    body_last_words: frozenset[str]

    def is_abbreviation(self, word: str) -> bool:
        """Return whether a printed word (its full stop taken off) is a known abbreviation."""
        last = word.rsplit("-", 1)[-1].strip("()")
        low = last.casefold()
        if len(last) == 1 or low in self.whole_words:
            return last in self.letters
        return low in self.abbreviations or low.endswith(tuple(self.abbreviation_endings))


_LISTS_OF_NAMES = ("preprint_servers", "archives", "newspapers")
_IN_ANY_CASE = ("abbreviations", "whole_words")


@cache
def journal_words() -> JournalWords:
    """Return the words of content/journals.yml. Raises ProblemError where it can't be read."""
    path = find_data("journals.yml")
    return read_settings(path, path.parents[1], parse_words)


def parse_words(data: Mapping[str, Any]) -> JournalWords:
    """Return the words of the data of content/journals.yml."""
    found = {}
    for key in JournalWords._fields:
        text = str(data[key])
        named = key in _LISTS_OF_NAMES
        words = map(str.strip, text.split(";")) if named else text.split()
        folded = named or key in _IN_ANY_CASE
        found[key] = frozenset(word.casefold() if folded else word for word in words)
    return JournalWords(**found)


class PageWords(NamedTuple):
    """What article pages print beside the paper, and names of its sections, in small letters."""

    controls: frozenset[str]
    degrees: frozenset[str]
    abstracts: frozenset[str]
    abbreviations: frozenset[str]
    sections: frozenset[str]
    statements: frozenset[str]
    numbered: frozenset[str]


@cache
def page_words() -> PageWords:
    """Return the words of content/layouts.yml. Raises ProblemError where it can't be read."""
    path = find_data("layouts.yml")
    return read_settings(path, path.parents[1], parse_page_words)


def parse_page_words(data: Mapping[str, Any]) -> PageWords:
    """Return the words of the data of content/layouts.yml."""
    lists = (str(data[key]).casefold().split(";") for key in PageWords._fields)
    return PageWords(*(frozenset(map(str.strip, names)) for names in lists))
