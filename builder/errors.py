"""Problems in the input, and the one form in which they are reported.

A leaf of the import graph: it imports nothing of the builder.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]

_RANK: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the input, with what a curator needs to fix it.

    ``file`` is relative to the project's root, ``line`` is 1-based (0: the whole file), ``field``
    names the part of the record, ``expected`` and ``got`` say what was looked for and found,
    ``hint`` says the fix, ``rule`` is the stable name of the check.
    """

    file: str
    line: int
    level: Level
    rule: str
    expected: str
    got: str = ""
    field: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        said = f"{place}: {self.level}: "
        if self.field:
            said += f"{self.field}: "
        said += self.expected
        if self.got:
            said += f", got {self.got}"
        said = said.rstrip(".") + "."
        if self.hint:
            said += f" {self.hint}"
        return f"{said} [{self.rule}]"

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order by place, then by weight, so that two runs print the same list."""
        return (self.file, self.line, _RANK[self.level], self.rule, str(self))


class ProblemError(Exception):
    """Raised where work can't go on; carries every problem found so far, sorted."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        found = [problems] if isinstance(problems, Problem) else list(problems)
        self.problems: list[Problem] = sorted(found, key=Problem.sort_key)
        super().__init__("\n".join(map(str, self.problems)))


def refuse(  # noqa: PLR0913 (the fields of a Problem)
    file: str, rule: str, expected: str, got: str = "", *, line: int = 0, field: str = "",
    hint: str = "",
) -> ProblemError:  # fmt: skip
    """Return what to raise where one error ends the work; the words are those of Problem."""
    return ProblemError(Problem(file, line, "error", rule, expected, got, field, hint))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the nearest known word, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else ""


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether any problem is an error, and not a warning or a note."""
    return any(p.level == "error" for p in problems)
