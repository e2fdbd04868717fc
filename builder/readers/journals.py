"""What is known of printed journal names: the words of content/journals.yml, and their shapes."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from builder.project import find_data
from builder.store import read_yaml

_FILE = find_data("journals.yml")


@dataclass(frozen=True, slots=True)
class JournalWords:
    """Words and word ends that occur in printed journal names, and names of bodies."""

    abbreviations: frozenset[str]
    letters: frozenset[str]
    abbreviation_endings: tuple[str, ...]
    whole_words: frozenset[str]
    lower_case_names: frozenset[str]
    preprint_servers: frozenset[str]
    body_words: frozenset[str]
    body_last_words: frozenset[str]

    def is_abbreviation(self, word: str) -> bool:
        """Tell whether a printed word (its full stop taken off) is a known abbreviation."""
        last = word.rsplit("-", 1)[-1].strip("()")
        if len(last) == 1:
            return last in self.letters
        low = last.casefold()
        if low in self.whole_words:
            return False
        return low in self.abbreviations or low.endswith(self.abbreviation_endings)


@functools.cache
def journal_words() -> JournalWords:
    """Return the words of content/journals.yml. Raises ProblemError where it can't be read."""
    data: dict[str, Any] = read_yaml(_FILE, _FILE.parents[1])

    def words(key: str) -> frozenset[str]:
        return frozenset(str(data[key]).split())

    return JournalWords(
        abbreviations=frozenset(w.casefold() for w in words("abbreviations")),
        letters=words("letters"),
        abbreviation_endings=tuple(sorted(words("abbreviation_endings"))),
        whole_words=frozenset(w.casefold() for w in words("whole_words")),
        lower_case_names=words("lower_case_names"),
        preprint_servers=frozenset(
            name.strip().casefold() for name in str(data["preprint_servers"]).split(";")
        ),
        body_words=words("body_words"),
        body_last_words=words("body_last_words"),
    )
