"""The annotated methods as Documents, and how a card agrees with what was annotated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from builder.extract.study_card import find_card
from builder.models.document import Block, Document, FrontMatter, Heading, WorkFields
from builder.models.findings import StudyCard

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("study_cards.yml").read_text(encoding="utf-8")
)


def make_document(sections: Mapping[str, list[str]], **more: Any) -> Document:
    """Return an article with these sections; what is no result stands below "Methods"."""
    headings = [Heading(1, "A study", 1), Heading(2, "Methods", 2)]
    blocks = [Block("paragraph", "All was done as described.", 2, "Methods")]
    for line, (name, texts) in enumerate(sections.items(), 3):
        results = name == "Results" or name.startswith("Characterization")
        if results:
            headings.append(Heading(2, "Results", line))
        if name not in ("Results", "Methods"):
            headings.append(Heading(3, name, line))
        blocks += [Block("paragraph", text, line, name) for text in texts]
    front = FrontMatter(WorkFields(title=more.pop("title", "A study")), kind=more.pop("kind", ""))
    return Document("jats", "seeds/a.xml", "0" * 64, front, tuple(headings), tuple(blocks), **more)


def read_case(case: Mapping[str, Any]) -> StudyCard:
    """Return the card of an annotated article."""
    forms = tuple(case.get("abbreviations", {}).items())
    card = find_card(make_document(case["text"], abbreviations=forms), "a")
    assert card is not None
    return card


def _plain(text: str) -> str:
    """Return words as they are compared: without white space, dashes alike, letters small."""
    return "".join(text.split()).replace("-", "–").casefold()


def compare(case: Mapping[str, Any]) -> tuple[set[Any], set[Any], set[Any]]:
    """Return what was found rightly, found wrongly and missed: (item, value), outcomes too."""
    card = read_case(case)
    wanted: set[Any] = {(i, _plain(v)) for i, values in case["expected"].items() for v in values}
    found: set[Any] = {(s.item, _plain(s.value)) for s in card.stated}
    for n, o in enumerate(case.get("outcomes", [])):
        wanted.add((n, o["value"], o.get("sd"), o.get("unit"), _plain(f"p {o['p']}")))
    for n, o in enumerate(card.outcomes):
        found.add((n, o.value, o.sd, o.unit, _plain(o.p or "")))
    return wanted & found, found - wanted, wanted - found


def measure(chosen: str = "") -> tuple[float, float, list[str]]:
    """Return precision, recall and each difference, of one set or of all."""
    right = wrong = missed = 0
    notes = []
    for case in CASES:
        if chosen and case["set"] != chosen:
            continue
        good, bad, lost = compare(case)
        right, wrong, missed = right + len(good), wrong + len(bad), missed + len(lost)
        notes += [f"{case['source']}: + {b}" for b in sorted(bad, key=str)]
        notes += [f"{case['source']}: - {m}" for m in sorted(lost, key=str)]
    return right / max(right + wrong, 1), right / max(right + missed, 1), notes
