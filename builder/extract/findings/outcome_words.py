"""The words that tell what becomes of a condition, compiled from content/cues.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ARTICLES = r"(?:the|an?|all)"
# Before a finite verb stands no article or preposition: "in repaired defects" repairs nothing.
_NOT_FINITE = ("in", "of", "the", "with", "for", "to", "a", "an", "by", "were", "was")


@dataclass(frozen=True, slots=True)
class ReliefWords:
    """Patterns around a condition.

    ``healing_before`` and ``sized`` end where the condition starts, ``healing_behind``, ``course``
    and ``ends`` start where it ends; ``healed`` and ``unable`` end where its adjectives start;
    ``between`` fits all that may stand between a verb and its object.
    """

    healing_before: re.Pattern[str]
    healing_behind: re.Pattern[str]
    course: re.Pattern[str]
    sized: re.Pattern[str]
    made: re.Pattern[str]
    ends: re.Pattern[str]
    healed: re.Pattern[str]
    unable: re.Pattern[str]
    between: re.Pattern[str]
    worsening: re.Pattern[str]
    unsure: re.Pattern[str]
    lacking: re.Pattern[str]
    denied: re.Pattern[str]


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)


def parse_relief(data: Mapping[str, Sequence[str]], vesicle: str) -> ReliefWords:
    """Return the compiled words of ``relief`` in content/cues.yml."""

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    healing, sizes = _any(data["healing"]), _any(data["sizes"])
    adjectives = rf"(?:(?:{_ARTICLES}|{sizes})\s+)*"
    stems = _any(data["healed"])
    finite = "".join(rf"(?<!\b{word})" for word in _NOT_FINITE)
    return ReliefWords(
        healing_before=compiled(rf"\b(?:{healing})\s+(?:of|in)\s+{adjectives}$"),
        healing_behind=compiled(rf"\s+(?:{healing})\b"),
        course=compiled(rf"\s+(?:{_any(data['course'])})\b"),
        sized=compiled(rf"(?:\s+(?:{_ARTICLES}|{sizes}))*\s*$"),
        made=compiled(r"\b\w+ly[\s-](?:induced|created|evoked)\s+$"),
        ends=compiled(
            r"\s*(?:$|[.,;:)(\[\]↑↓⬆⬇]|(?:in|of|by|via|through|and|or|nor|with|after|at|was|were|is|are|has|had|"
            r"have|compared|when|while|following|without|to|on|from|than|during|as|but|whereas|over|"
            r"within|under|upon|using|thereby|caused|induced|remain\w*|did|does|do|could)(?![\w-]))"
        ),
        healed=compiled(
            rf"(?:^|{finite}\s)(?:\w+ly\s+)?(?:{stems})(?:ed|e?s)$|\w{{3}}s\s+(?:{stems})e?$"
        ),
        unable=compiled(rf"\b(?:fail\w*|unable|not\s+able)\s+to\s+(?:{stems})e?$"),
        between=compiled(
            rf"(?:[\s,]|\b(?:{_any(data['between'])}|{_any(data['course'])}|{sizes}|\w+ly|\w+[\s-]induced)\b)*"
        ),
        worsening=compiled(rf"\b(?:{_any(data['worsening'])})\b"),
        unsure=compiled(rf"\b(?:{_any(data['unsure'])})\b"),
        lacking=compiled(rf"\b(?:{_any(data['lacking'])})\b[^.;]{{0,60}}?(?:{vesicle})"),
        denied=compiled(r"\b(?:not|never|no|neither|nor|without|fail\w*|unable)\b"),
    )
