"""What a text says of how a study was done: its level, and the design of a trial.

The words are data, content/evidence.yml. This module knows texts alone: titles, rows, registries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from builder import store
from builder.models import Level, Paper
from builder.project import find_data

WORDS_FILE = find_data("evidence.yml")
# From the weakest to the strongest.
LEVELS: tuple[Level, ...] = ("not-stated", "review", "in-vitro", "ex-vivo", "in-vivo", "clinical")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


@dataclass(frozen=True)
class Words:
    """The patterns and lists of content/evidence.yml."""

    levels: tuple[tuple[Level, re.Pattern[str]], ...]
    patterns: Mapping[str, re.Pattern[str]]
    trial: Mapping[str, re.Pattern[str]]
    roles: Mapping[str, re.Pattern[str]]
    bringing: re.Pattern[str]
    ids: Mapping[str, frozenset[str]]
    of_repaired: tuple[re.Pattern[str], frozenset[str]]
    repairs: tuple[tuple[str, re.Pattern[str] | None, str], ...]
    measures: tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]
    signs: tuple[tuple[str, re.Pattern[str]], ...]

    def find_level(self, text: str) -> tuple[Level, re.Match[str]] | None:
        """Return the highest level that the words of a text state; no review is a level here."""
        for level, pattern in self.levels:
            if match := pattern.search(text):
                return level, match
            if level == "clinical" and self.patterns["looked_at"].search(text):
                return None
            if level == "clinical" and (match := self.patterns["patients"].search(text)):
                return level, match
        return None


def parse_words(data: Mapping[str, Any]) -> Words:
    """Return the compiled words of the data of content/evidence.yml."""

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    return Words(
        levels=tuple(
            (level, compiled("|".join(f"(?:{p})" for p in patterns)))
            for level, patterns in data["levels"].items()
        ),
        patterns={n: compiled(p) for n, p in data.items() if isinstance(p, str)},
        trial={name: compiled(p) for name, p in data["trial"].items()},
        roles={name: compiled(p) for name, p in data["roles"].items()},
        bringing=compiled(rf"\b(?:{'|'.join(data['bringing'])})\w*\s+(?:[\w-]+\s+){{0,3}}$"),
        ids={
            n: frozenset(ws)
            for n, ws in data.items()
            if isinstance(ws, list) and isinstance(ws[0], str)
        },
        of_repaired=(
            compiled(data["of_repaired"]["pattern"]),
            frozenset(data["of_repaired"]["good"]),
        ),
        repairs=tuple(
            (r["of"], compiled(r["words"]) if "words" in r else None, r["condition"])
            for r in data["repairs"]
        ),
        signs=tuple((sign, compiled(rf"(?:{p})\s*$")) for sign, p in data["signs"].items()),
        measures=tuple(
            (m["of"], frozenset(m["units"]), compiled(m["words"])) for m in data["measures"]
        ),
    )


@lru_cache(maxsize=4)
def read_words(path: Path = WORDS_FILE) -> Words:
    """Return the words of a file. Raises ProblemError where it can't be read."""
    return store.read_settings(path, path.parents[1], parse_words)


def is_review(title: str) -> bool:
    """Return whether a title names a review, a guideline or the like, and no study."""
    return bool(read_words().patterns["review"].search(title))


def is_review_paper(paper: Paper) -> bool:
    """Return whether a paper is a review, by its title or what its abstract says of it."""
    own = read_words().patterns["reviews_itself"]
    return is_review(paper.csl.title) or any(
        own.search(text) for text in (paper.abstract, paper.tldr, paper.contribution) if text
    )


def read_title_level(title: str) -> Level:
    """Return the level of design that the title of a work states."""
    if is_review(title):
        return "review"
    found = read_words().find_level(title)
    return found[0] if found else "not-stated"


def read_trial(text: str) -> dict[str, Any]:
    """Return what a text says of a trial: phase, randomised, controlled, blinded, follow-up."""
    words = read_words().trial
    found: dict[str, Any] = {}
    if words["not_randomised"].search(text):
        found["randomised"] = False
    elif words["randomised"].search(text):
        found["randomised"] = True
    if words["controlled"].search(text):
        found["controlled"] = True
    if blinded := words["blinded"].search(text):
        found |= {"blinded": True, "masking": blinded["masking"].lower()}
    elif words["open"].search(text):
        found |= {"blinded": False, "masking": "open"}
    if phase := words["phase"].search(text):
        parts = [re.match(r"([IViv]+|\d)([ab]?)", p) for p in phase["phase"].split("/")]
        found["phase"] = "/".join(_ROMAN.get(p[1].lower(), p[1]) + p[2] for p in parts if p)
    if time := words["follow_up"].search(text):
        found["follow_up"] = re.sub(r"-", " ", time["time"] or time["other"])
    return found


# --- the result that a trial states ---------------------------------------------------------------

_NEGATIVE = re.compile(
    r"\b(?:no\s+(?:\w+\s+){0,3}?(?:superiority|difference|benefit|improvement|effect|efficacy|"
    r"advantage)|not\s+(?:\w+\s+){0,2}?(?:superior|better|effective|different|improve)|"
    r"did\s+not\s+(?:\w+\s+)?(?:meet|improve|differ|show|reduce)|fail(?:ed|s|ure)|ineffective|"
    r"inferior|worse(?:ned)?|futil\w+|lack\s+of\s+(?:efficacy|benefit))\b",
    re.IGNORECASE,
)
# A statement that nothing came of it is a result wherever it stands, and never an endpoint.
_NO_BENEFIT = re.compile(
    r"\bno\s+(?:\w+\s+){0,3}?(?:superiority|differences?|benefits?|improvements?|effects?|"
    r"advantage)\b|\bnot\s+(?:\w+\s+){0,2}?(?:superior|better|effective)\b|\bdid\s+not\b|"
    r"\bfailed\s+to\b",
    re.IGNORECASE,
)
_POSITIVE = re.compile(
    r"(?<!no )(?<!not )(?<!non-)(?<!without )\b(?:improve(?:d|s|ment)|superior(?!ity)|"
    r"superiority\s+(?:over|to|vs)|effective|efficacious|met\s+(?:its|the)\s+primary|"
    r"reduc(?:ed|tion)\s+(?:in\s+|of\s+)?pain|pain\s+(?:relief|reduction)|beneficial)\b",
    re.IGNORECASE,
)


def states_no_benefit(text: str) -> bool:
    """Return whether a part of any cell says that a trial showed no benefit."""
    return bool(_NO_BENEFIT.search(text))


def judge_result(text: str) -> Literal["positive", "negative", "mixed"] | None:
    """Return what a stated result says of efficacy; None where it says nothing of it."""
    negative, rest = bool(_NEGATIVE.search(text)), _NEGATIVE.sub(" ", text)
    positive = bool(_POSITIVE.search(rest))
    if negative and positive:
        return "mixed"
    return "negative" if negative else "positive" if positive else None
