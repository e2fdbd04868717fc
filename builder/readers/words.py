"""Words and forms of print that a curator keeps: journals.yml, layouts.yml, forms.yml of content/.

Each file is read once, and when it is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import yaml

from builder.errors import Problem, ProblemError
from builder.project import CONTENT, find_data
from builder.store import read_settings
from builder.text.dates import MONTH, YEAR

T = TypeVar("T")


class _Kept(dict[str, T]):
    """What a file of content/ holds, by name; a name that it lacks is reported as its problem."""

    def __init__(self, file: str, parse: Callable[[Mapping[str, Any]], Mapping[str, T]]) -> None:
        path = find_data(file)
        super().__init__(read_settings(path, path.parents[1], parse))
        self.file = f"content/{file}"

    def __missing__(self, name: str) -> T:
        raise ProblemError(Problem(self.file, 0, "error", "settings", f"the key {name!r}", "none"))


@cache
def _own(name: str) -> Mapping[str, Any]:
    """Return the data of the program's own file, whose keys any project's has."""
    return dict(yaml.safe_load((CONTENT / name).read_text(encoding="utf-8")))


class Look(NamedTuple):
    """A kind of file that is no paper: the form that shows it, its name, what to do instead."""

    form: re.Pattern[str]
    looks: str
    todo: str


def listed(name: str) -> frozenset[str]:
    """Return a list of words of content/journals.yml or layouts.yml. Raises ProblemError."""
    return _journals().get(name) or cast("frozenset[str]", _layouts()[name])


def table(name: str) -> Mapping[str, str]:
    """Return a table of content/layouts.yml: by each word the name that it stands under."""
    return cast("Mapping[str, str]", _layouts()[name])


def looks(name: str) -> tuple[Look, ...]:
    """Return a list of content/layouts.yml of what files may be that are no papers."""
    return cast("tuple[Look, ...]", _layouts()[name])


@cache
def _journals() -> _Kept[frozenset[str]]:
    return _Kept(_JOURNALS, parse_words)


@cache
def _layouts() -> _Kept[Any]:
    return _Kept(_LAYOUTS, parse_page_words)


_JOURNALS, _LAYOUTS = "journals.yml", "layouts.yml"
_CASED = frozenset([
    "letters", "lower_case_names", "body_words", "body_last_words", "particles",
    "given_behind_articles",
])  # fmt: skip


def parse_words(data: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    """Return the words of the data of content/journals.yml; case counts in a few lists."""
    return {name: _split(data[name], cased=name in _CASED) for name in _own(_JOURNALS)}


def parse_page_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the lists, tables and looks of the data of content/layouts.yml."""
    found: dict[str, Any] = {}
    for name, own in _own(_LAYOUTS).items():
        if isinstance(own, str):
            found[name] = _split(data[name])
        elif isinstance(own, dict):
            found[name] = {w: kind for kind, words in data[name].items() for w in words.split()}
        else:
            found[name] = tuple(
                Look(re.compile(one["form"], re.MULTILINE), one["looks"], one["todo"])
                for one in data[name]
            )
    return found


def _split(text: str, *, cased: bool = False) -> frozenset[str]:
    """Return the entries of a list, parted by semicolons, or by blanks where it has none."""
    text = text if cased else text.casefold()
    return frozenset(map(str.strip, text.split(";") if ";" in text else text.split()))


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
def _forms() -> _Kept[re.Pattern[str]]:
    return _Kept(_FORMS, parse_forms)


def parse_forms(data: Mapping[str, Any]) -> Forms:
    """Return the forms of the data of content/forms.yml: those that the program's own file has.

    Raises ValueError where a form lacks a group that the program reads.
    """
    known, forms = _compile(data), _compile(_own(_FORMS))
    for name, own in forms.items():
        if lacking := own.groupindex.keys() - known[name].groupindex.keys():
            raise ValueError(f"no group {min(lacking)} in the form {name}")
    return {name: known[name] for name in forms}


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
