"""What was read in a statement, piece by piece: the value, the words and the rule behind it."""

from __future__ import annotations

from dataclasses import dataclass

from builder.models import Finding

# The fields that tell what vesicles did.
EFFECTS = ("mechanisms", "outcomes", "condition_effects")


@dataclass(frozen=True, slots=True)
class Assigned:
    """One value of a finding with the span that it rests on.

    ``detail`` is an effect or a role, ``part`` the title, sentence or column, ``start`` and
    ``end`` the span in that part's text.
    """

    field: str
    value: str
    rule: str
    part: str
    start: int
    end: int
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A finding, the texts that were read for it, and every value with its rule."""

    finding: Finding
    texts: tuple[tuple[str, str], ...]
    assigned: tuple[Assigned, ...]
