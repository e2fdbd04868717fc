"""What the search knows of how people ask: content/search.yml and the words of journals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.readers.journals import journal_words


@dataclass(frozen=True, slots=True)
class Habits:
    """How readers name what a record does not print; used to find pages, never shown on one.

    ``shorts`` are the words by which ISO 4 abbreviates journals; ``journals`` are names of a
    journal by the beginning of its DOIs; ``origins`` gives a tissue's source; ``countries`` the
    country of a register by the beginning of its numbers.
    """

    shorts: frozenset[str] = frozenset()
    journals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    origins: tuple[tuple[str, str], ...] = ()
    countries: tuple[tuple[str, str], ...] = ()

    def journals_of(self, doi: str) -> list[str]:
        """Return the names of the journal that a DOI is of, or none."""
        return next((list(names) for begin, names in self.journals if _begins(doi, begin)), [])

    def tissues_of(self, source: str) -> list[str]:
        """Return the tissues whose vesicles are those of a source."""
        return [tissue for tissue, held in self.origins if held == source]

    def countries_of(self, trial: str) -> list[str]:
        """Return the country of the register that a trial's number is of, or none."""
        return [country for begin, country in self.countries if trial.startswith(begin)]


def read_habits(settings: Mapping[str, Any]) -> Habits:
    """Return the habits of content/search.yml as read; what it leaves out is empty."""
    return Habits(
        frozenset(journal_words().abbreviations),
        tuple((j["doi"].lower(), tuple(j["names"])) for j in settings.get("journals", [])),
        tuple(settings.get("origins", {}).items()),
        tuple((r.lower(), c) for r, c in settings.get("countries", {}).items()),
    )


def _begins(doi: str, code: str) -> bool:
    """Tell whether a DOI begins with a journal's whole code: ``biom`` is not ``biomimetics``."""
    low = doi.lower()
    if not low.startswith(code):
        return False
    following = low[len(code) : len(code) + 1]
    return not (following.isdigit() if code[-1].isdigit() else following.isalpha())
