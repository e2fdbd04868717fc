"""Reads the gold files and scores an extraction against them. The policy stands in README.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ID_FIELDS = ("sources", "vesicles", "modifications", "vehicles", "cargo", "targets", "partners")
FIELDS = (*ID_FIELDS, "models", "species", "conditions", "mechanisms", "outcomes")
_UPWARD = frozenset({"up", "activates"})
_DOWNWARD = frozenset({"down", "inhibits"})

Entry = dict[str, Any]


@dataclass
class Score:
    """Counts of one field: hits, wrong and missed ids, and how the effects of the hits compare."""

    hits: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    effects: int = 0
    same_effect: int = 0
    same_direction: int = 0
    confusions: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the found ids that are right; 1 if none was found."""
        found = self.hits + self.wrong.total()
        return self.hits / found if found else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold ids that were found; 1 if there is none."""
        asked = self.hits + self.missed.total()
        return self.hits / asked if asked else 1.0


def load_entries(*names: str, sure_only: bool = False) -> list[Entry]:
    """Entries of the named gold files (glob patterns, such as ``titles-*``), in order."""
    paths = [path for name in names for path in sorted(HERE.glob(f"{name}.yml"))]
    entries = [e for path in paths for e in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return [e for e in entries if e["sure"]] if sure_only else entries


def asked_items(entry: Entry, name: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """The items asked for in a field: accepted ids and accepted effects (none if it has none)."""
    items = []
    for item in entry.get(name, []):
        ids, effects = (item["id"], item["effect"]) if isinstance(item, dict) else (item, "")
        items.append((frozenset(ids.split("|")), frozenset(effects.split("|")) - {""}))
    return items


def direction(effect: str) -> str:
    """One word for effects that point the same way."""
    if effect in _UPWARD:
        return "upward"
    return "downward" if effect in _DOWNWARD else effect


def score_field(entry: Entry, name: str, found: Mapping[str, str], score: Score) -> None:
    """Add one entry to the score of one field; ``found`` maps each found id to its effect or ''."""
    left = dict(found)
    accepted = set(entry.get("also", {}).get(name, []))
    # The item with the fewest readings chooses first, so that a wide one takes what is left.
    for ids, effects in sorted(asked_items(entry, name), key=lambda item: len(item[0])):
        accepted |= ids
        hit = next((one for one in left if one in ids), None)
        if hit is None:
            score.missed["|".join(sorted(ids))] += 1
            continue
        effect = left.pop(hit)
        score.hits += 1
        if effects:
            score.effects += 1
            score.same_effect += effect in effects
            same = direction(effect) in {direction(one) for one in effects}
            score.same_direction += same
            if not same:
                score.confusions.append((entry["key"], hit, effect))
    score.wrong.update(one for one in left if one not in accepted)


def score_entries(
    entries: Iterable[Entry], found: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> dict[str, Score]:
    """Scores by field; ``found`` is by entry key, then field, then id to effect (or '')."""
    scores = {name: Score() for name in FIELDS}
    for entry in entries:
        for name, score in scores.items():
            score_field(entry, name, found.get(entry["key"], {}).get(name, {}), score)
    return scores
