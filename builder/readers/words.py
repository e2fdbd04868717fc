"""Words and forms of print that a curator keeps: journals.yml, layouts.yml, forms.yml of content/.

Each file is read once, and when it is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

import yaml

from builder.project import CONTENT, find_data
from builder.store import read_settings
from builder.text.dates import MONTH, YEAR

T = TypeVar("T")


def _read(name: str, parse: Callable[[Mapping[str, Any]], T]) -> T:
    path = find_data(name)
    return read_settings(path, path.parents[1], parse)


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
    return _read("journals.yml", parse_words)


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
    journals: frozenset[str]
    abstracts: frozenset[str]
    abstract_parts: frozenset[str]
    abstract_ends: frozenset[str]
    abbreviations: frozenset[str]
    sections: frozenset[str]
    statements: frozenset[str]
    numbered: frozenset[str]


@cache
def page_words() -> PageWords:
    """Return the words of content/layouts.yml. Raises ProblemError where it can't be read."""
    return _read("layouts.yml", parse_page_words)


def parse_page_words(data: Mapping[str, Any]) -> PageWords:
    """Return the words of the data of content/layouts.yml."""
    lists = (str(data[key]).casefold().split(";") for key in PageWords._fields)
    return PageWords(*(frozenset(map(str.strip, names)) for names in lists))


Forms = dict[str, re.Pattern[str]]
_FORMS = "forms.yml"


def form(name: str) -> re.Pattern[str]:
    """Return a form of print by its name in content/forms.yml. Raises ProblemError."""
    return _forms()[name]


def match(name: str, text: str, *at: int) -> re.Match[str] | None:
    """Return the match of a form at the beginning of a text, or at a place in it."""
    return _forms()[name].match(text, *at)


def search(name: str, text: str, *at: int) -> re.Match[str] | None:
    """Return the first match of a form in a text, or behind a place in it."""
    return _forms()[name].search(text, *at)


@cache
def _forms() -> Forms:
    return _read(_FORMS, parse_forms)


def parse_forms(data: Mapping[str, Any]) -> Forms:
    """Return the forms of the data of content/forms.yml: those that the program's own file has.

    Raises ValueError where a form lacks a group that the program reads.
    """
    known, forms = _compile(data), _own_forms()
    for name, own in forms.items():
        if lacking := own.groupindex.keys() - known[name].groupindex.keys():
            raise ValueError(f"no group {min(lacking)} in the form {name}")
    return {name: known[name] for name in forms}


@cache
def _own_forms() -> Forms:
    return _compile(yaml.safe_load((CONTENT / _FORMS).read_text(encoding="utf-8")))


def _compile(data: Mapping[str, Any]) -> Forms:
    parts = {"year": YEAR, "month": MONTH}

    def fill(pattern: str) -> str:
        """Return a pattern with its parts filled in and its line breaks taken out."""
        return re.sub(
            r"\{([a-z_]+)\}", lambda part: parts[part[1]], re.sub(r"\s*\n\s*", "", pattern)
        )

    for name, pattern in data["parts"].items():
        parts[name] = fill(pattern)
    return {name: re.compile(fill(pattern)) for name, pattern in data["forms"].items()}
