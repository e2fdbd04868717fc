"""Cells: which are the source of the vesicles, which are acted on, which are delivered beside them.

The role comes from the words around a cell, never from its mention alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from builder.extract.findings.spans import Reading, is_inside, touches
from builder.extract.findings.trace import Assigned
from builder.extract.vocabulary import Mention

_HANGING = re.compile(r"^-?\s*(?:,|/|\band\b|\bor\b|\bversus\b|\bvs\b\.?|&|\s)+$", re.IGNORECASE)
_LISTED = re.compile(
    r"^s?\s*(?:\([^)]*\)\s*)?(?:,|/|\band\b|\bor\b|&|\s)+(?:human\s+)?$", re.IGNORECASE
)
_FROM_TISSUE = re.compile(r"^\s*(?:\w+\s+)?(?:from|of)\s+(?:human\s+|the\s+)?$", re.IGNORECASE)
_TISSUE_LIST = re.compile(r"^\s*(?:tissues?)?\s*(?:,|and|or|/|\s)+$", re.IGNORECASE)
_FROM_BEHIND = re.compile(r"\s+(?:derived\s+)?(?:from|of|in)\s+((?:[\w-]+\s*){1,5})", re.IGNORECASE)
_TARGET_BEHIND = 40


def read_cells(reading: Reading) -> list[Assigned]:
    """Return sources, targets and partners of a text, each with its rule."""
    found = [(m, *_role(reading, m)) for m in _cells(reading)]
    _spread(reading, found)
    assigned = [
        _assign(reading, _most_specific(reading, m) if role == "sources" else m.term, m, role, rule)
        for m, role, rule in found
        if role and m.term
    ]
    if reading.about_vesicles:
        assigned += _sources_by_tissue(reading, [m for m, role, _ in found if role == "sources"])
    return assigned


def _assign(reading: Reading, term: str, mention: Mention, role: str, rule: str) -> Assigned:
    return Assigned(role, term, rule, reading.part.name, mention.start, mention.end, mention.text)


def _cells(reading: Reading) -> list[Mention]:
    return [
        m
        for m in reading.mentions("source", "cell")
        if not is_inside(m, reading.mentions("intervention"))
    ]


def _role(reading: Reading, mention: Mention) -> tuple[str, str]:
    """Return (field, rule) for a mention; an empty field where it plays none."""
    if reading.cues.never_source.match(reading.behind(mention)):
        return "", "depleted"
    if reading.part.role == "source":
        partner = reading.fitting(mention, "partner")
        return ("partners", partner.rule) if partner else ("sources", "source-column")
    if reading.about_vesicles:
        if reading.cues.vesicle.search(mention.text):
            return "sources", "named-with-exosomes"
        for field, role in (("sources", "source"), ("partners", "partner")):
            pattern = reading.fitting(mention, role)
            if pattern and not (role == "source" and _is_part_of_process(reading, mention)):
                return field, pattern.rule
    return _as_target(reading, mention)


def _is_part_of_process(reading: Reading, mention: Mention) -> bool:
    return is_inside(mention, reading.mentions("mechanism"))


def _as_target(reading: Reading, mention: Mention) -> tuple[str, str]:
    term = reading.vocabulary.terms.get(mention.term)
    if term is None or (term.kind == "source" and term.type not in ("cell", "class", "cell line")):
        return "", "no-role"
    if touches(mention, reading.mentions("modification")) or touches(
        mention, reading.mentions("vehicle")
    ):
        return "", "no-role"
    return "targets", "target-column" if reading.part.role == "target" else "acted-on"


def _spread(reading: Reading, found: list[tuple[Mention, str, str]]) -> None:
    """Give a listed cell the role of its neighbour: "BMSC- and ADSC-derived", "from A and B"."""
    for i in range(len(found) - 2, -1, -1):
        (left, role, _), (right, other, rule) = found[i], found[i + 1]
        between = reading.text[left.end : right.start]
        if other == "sources" and role != "sources" and between.startswith("-"):
            if _HANGING.match(between):
                found[i] = (left, "sources", rule)
    for i in range(1, len(found)):
        (left, role, rule), (right, other, _) = found[i - 1], found[i]
        between = reading.text[left.end : right.start]
        if role == "sources" and rule.startswith("exosom") and other == "targets":
            if _LISTED.match(between) and re.search(r"\w|,|/", between):
                found[i] = (right, "sources", rule)


def _most_specific(reading: Reading, mention: Mention) -> str:
    """Return a narrower term where the words behind the vesicles name it.

    "BMSC-derived exosomes from congenital polydactyly tissue" is the term of
    "BMSC from congenital polydactyly tissue".
    """
    behind = reading.behind(mention)
    vesicle = reading.cues.vesicle.search(behind[:60])
    origin = _FROM_BEHIND.match(behind, vesicle.end()) if vesicle else None
    for match in (origin, _FROM_BEHIND.match(behind)):
        if not match:
            continue
        joined = f"{mention.text} from {match[1].strip()}"
        for narrow in reading.vocabulary.find_mentions(joined, kinds=("source",)):
            if narrow.start == 0 and mention.term in reading.vocabulary.ancestors(narrow.term):
                return narrow.term
    return mention.term


def _sources_by_tissue(reading: Reading, sources: list[Mention]) -> Iterable[Assigned]:
    """Yield sources that the text names by their tissue.

    Either behind the cell ("mesenchymal stem cells derived from adipose and bone marrow tissues")
    or instead of it ("adipose-derived exosomes": read as its stem cell).
    """
    tissues = [t for t in reading.mentions("tissue") if not touches(t, reading.mentions("source"))]
    before: Mention | None = None
    for tissue in tissues:
        cell = next((s for s in sources if _FROM_TISSUE.match(_between(reading, s, tissue))), None)
        if cell is None and before is not None:
            if _TISSUE_LIST.match(_between(reading, before, tissue)):
                cell = next((s for s in sources if s.end <= before.start), None)
        if cell is not None:
            before = tissue
            named = _cell_of(reading, tissue, reading.vocabulary.terms[cell.term].label)
            if named:
                yield _assign(reading, named, tissue, "sources", "cells-from-tissue")
            continue
        pattern = reading.cues.roles["source"].after[0]
        named = _cell_of(reading, tissue, "stem cell")
        if named and pattern.regex.match(reading.behind(tissue)):
            yield _assign(reading, named, tissue, "sources", "tissue-derived-exosomes")


def _between(reading: Reading, left: Mention, right: Mention) -> str:
    return reading.text[left.end : right.start] if left.end <= right.start else "?"


def _cell_of(reading: Reading, tissue: Mention, cell: str) -> str | None:
    for name in (tissue.text, f"{tissue.text} tissue", f"{tissue.text}-derived"):
        found = reading.vocabulary.find_term(f"{name} {cell}", "source")
        if found:
            return found
    return None
