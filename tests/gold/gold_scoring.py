"""Reads the gold files and scores an extraction against them. The policy stands in README.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from builder.text.genes import read_genes
from builder.text.nomenclature import parse_name, read_lexicons

HERE = Path(__file__).parent
TERMS = HERE.parents[1] / "content" / "terms"
ID_FIELDS = ("sources", "vesicles", "modifications", "vehicles", "cargo", "targets", "partners")
FIELDS = (*ID_FIELDS, "models", "species", "conditions", "mechanisms", "outcomes")
# Files of statements that no paper of the seeds holds, besides unseen.yml.
INVENTED = (
    "adversarial-statements",
    "fresh-statements",
    "blind-statements",
    "blind-third",
    "blind-traps",
    "blind-fourth",
    "blind-sixth",
)
# Read once; few rules were made by them, so that no minimum is asked of their figures.
LATEST = ("blind-seventh",)
# Sentences and titles of published articles, by the file that holds them.
REAL = (
    "blind-real",
    "blind-real-second",
    "blind-real-third",
    "blind-real-fourth",
    "blind-real-fifth",
    "blind-reworded-fifth",  # findings of articles in other words
    "real-developing",
)
# The kinds of term that an item given in words may name, by field.
_KINDS = {
    "sources": ("source", "cell", "tissue"),
    "targets": ("cell", "source", "tissue"),
    "partners": ("source", "cell"),
    "cargo": ("mechanism", "compound"),
    "vehicles": ("vehicle",),
    "species": ("species",),
}
# The lesions that a repair names where no condition is named; the gold of before asks for none.
_LESIONS: dict[str, tuple[str, ...]] = {
    "bone-regeneration": (
        "bone-defect", "cranial-bone-defect", "craniofacial-bone-defect", "alveolar-bone-defect",
        "maxillofacial-bone-defect",
    ),
    "cartilage-regeneration": ("cartilage-defect",),
    "osteochondral-regeneration": ("osteochondral-defect",),
    "tendon-bone-healing": ("tendon-bone-junction-injury", "rotator-cuff-tear"),
    "fracture-healing": ("bone-fracture",),
}  # fmt: skip
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
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = [
        e for path in paths for e in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    ]
    for entry in entries:
        for name in FIELDS:
            if name in entry:
                entry[name] = _resolve_items(entry[name], name)
        also = entry.get("also", {})
        also.update({name: _resolve_items(items, name) for name, items in also.items()})
    return [e for e in entries if e["sure"]] if sure_only else entries


def _fold(name: str) -> str:
    letters = str.maketrans({"α": "a", "β": "b", "κ": "k"})
    return re.sub(r"[^a-z0-9]+", "", name.casefold().translate(letters))


@cache
def _terms_by_name() -> dict[str, list[tuple[str, str]]]:
    """Kind and id of the terms by folded label, abbreviation and synonym."""
    index: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(TERMS.glob("*/*.yml")):
        term = yaml.safe_load(path.read_text(encoding="utf-8"))
        names = [term["label"], term.get("abbreviation"), *term.get("synonyms", [])]
        for name in {_fold(one) for one in names if one}:
            index.setdefault(name, []).append((term["kind"], term["id"]))
    for concept in read_lexicons().values():
        for name in {
            _fold(one) for one in (concept.label, concept.abbreviation, *concept.synonyms)
        }:
            index.setdefault(name, []).append((concept.kind, concept.id))
    return index


def _resolve_items(items: list[Any], name: str) -> list[Any]:
    """The items with ``~words`` turned to ids; those that name no term are left out."""
    kept = []
    for item in items:
        ids = "|".join(_resolve_ids(item["id"] if isinstance(item, dict) else item, name))
        if ids:
            kept.append({**item, "id": ids} if isinstance(item, dict) else ids)
    return kept


def _resolve_ids(ids: str, name: str) -> list[str]:
    kinds = _KINDS.get(name, (name.removesuffix("s"),))
    resolved = []
    for one in ids.split("|"):
        if one.startswith("~"):
            named = _terms_by_name().get(_fold(one), [])
            resolved += [term for kind, term in named if kind in kinds]
            known = [term for kind, term in named if kind in kinds]
            gene = read_genes().find_whole(one[1:])
            if not known and "mechanism" in kinds:
                made = parse_name(one[1:]) or (gene.symbol.lower() if gene else "")
                resolved += [made] if made else []
        else:
            resolved.append(one)
    return resolved


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
    if name == "conditions":
        repairs = {i for ids, _ in asked_items(entry, "mechanisms") for i in ids}
        accepted |= {lesion for r in repairs for lesion in _LESIONS.get(r, ())}
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
