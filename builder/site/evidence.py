"""Studies and the papers that speak of them: how much evidence there is, and where voices differ.

A review repeats what studies found. Evidence is therefore counted by studies, the cited works, and
not by the statements or papers that tell of them; and where two statements say different things of
the same source and the same mechanism or outcome, both are shown, and neither is preferred.
Retracted work is no evidence: what rests on it alone stays on the pages, marked and not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from builder.models import EffectOf, Finding
from builder.store import Library

# Which way an effect points; effects that point nowhere (modulates, involves) contradict nothing.
DIRECTIONS: dict[str, str] = {
    "up": "raises",
    "activates": "raises",
    "down": "lowers",
    "inhibits": "lowers",
    "none": "no effect",
}
Place = tuple[str, int]
Role = Literal["mechanism", "outcome", "condition"]


@dataclass(frozen=True, slots=True)
class Weight:
    """How much evidence some findings are: studies, papers that speak of them, statements.

    ``retracted`` counts the findings that rest on nothing but work that was taken back; they give
    no studies.
    """

    studies: int
    papers: int
    findings: int
    retracted: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """One statement about a source and its effect: who says it, and on which studies it rests."""

    finding: Finding
    direction: str
    studies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A source and a mechanism, outcome or condition of which voices say different things.

    ``sides`` holds the voices of each direction, in the order in which DIRECTIONS has them.
    ``between`` tells whether papers differ, or different studies that one paper tells of.
    """

    source: str
    role: Role
    target: str
    sides: tuple[tuple[str, tuple[Voice, ...]], ...]
    between: Literal["papers", "studies"]


def find_places(library: Library) -> dict[Place, str]:
    """Return the id of the work behind each entry of each paper's list: (paper, number) to id."""
    return {
        (name, cited.number): cited.id
        for name, bundle in library.papers.items()
        for cited in bundle.references
    }


def study_of(finding: Finding, places: Mapping[Place, str]) -> tuple[str, ...]:
    """Return the studies that a finding rests on: the works it cites, else the paper itself."""
    numbers = list(finding.references)
    if finding.locator.reference is not None:
        # What a title states is stated by that work.
        numbers.insert(0, finding.locator.reference)
    works = (places.get((finding.paper, number)) for number in numbers)
    return tuple(dict.fromkeys(work for work in works if work)) or (finding.paper,)


def find_withdrawn(library: Library) -> frozenset[str]:
    """Return the ids of works and papers that were retracted, withdrawn or removed."""
    works = {name for name, work in library.references.items() if work.withdrawn}
    known = ((name, library.identifiers.get(name)) for name in library.papers)
    papers = {name for name, told in known if told and any(n.withdraws for n in told.notices)}
    return frozenset(works | papers)


def standing_studies(
    finding: Finding, places: Mapping[Place, str], withdrawn: Collection[str]
) -> tuple[str, ...]:
    """Return the studies of a finding that stand; none where its own paper was taken back."""
    if finding.paper in withdrawn:
        return ()
    return tuple(study for study in study_of(finding, places) if study not in withdrawn)


def weigh_findings(
    findings: Iterable[Finding],
    places: Mapping[Place, str],
    withdrawn: Collection[str] = frozenset(),
) -> Weight:
    """Return how many studies, papers and statements some findings are; each study counts once."""
    held = {finding.id: finding for finding in findings}
    standing = {name: standing_studies(f, places, withdrawn) for name, f in held.items()}
    studies = {study for found in standing.values() for study in found}
    papers = {held[name].paper for name, found in standing.items() if found}
    retracted = sum(not found for found in standing.values())
    return Weight(len(studies), len(papers), len(held), retracted)


def find_disagreements(library: Library) -> list[Disagreement]:
    """Return where voices differ, by source and target.

    Two voices differ when they point in different directions and come from different papers, or
    from one paper but different studies. A statement that itself gives two directions takes no
    part: what it says is not clear enough to hold against another. Nor does one that rests on
    retracted work alone.
    """
    places = find_places(library)
    withdrawn = find_withdrawn(library)
    groups: dict[tuple[str, Role, str], list[Voice]] = defaultdict(list)
    for finding in library.findings():
        studies = standing_studies(finding, places, withdrawn)
        if not studies:
            continue
        for role, target, direction in _directions(finding):
            for source in finding.sources:
                groups[source, role, target].append(Voice(finding, direction, studies))
    found = (_compare(key, voices) for key, voices in sorted(groups.items()))
    return [disagreement for disagreement in found if disagreement]


def _directions(finding: Finding) -> Iterator[tuple[Role, str, str]]:
    roles: tuple[tuple[Role, list[EffectOf]], ...] = (
        ("mechanism", finding.mechanisms),
        ("outcome", finding.outcomes),
        ("condition", finding.condition_effects),
    )
    for role, effects in roles:
        told: dict[str, set[str]] = defaultdict(set)
        for effect in effects:
            if effect.effect in DIRECTIONS:
                told[effect.id].add(DIRECTIONS[effect.effect])
        for target, directions in told.items():
            if len(directions) == 1:
                yield role, target, directions.pop()


def _compare(key: tuple[str, Role, str], voices: list[Voice]) -> Disagreement | None:
    pairs = [(a, b) for a in voices for b in voices if a.direction < b.direction]
    papers = any(a.finding.paper != b.finding.paper for a, b in pairs)
    # One study told twice, in two directions, is a misreading to look at and no second voice.
    studies = any(not set(a.studies) & set(b.studies) for a, b in pairs)
    if not papers and not studies:
        return None
    source, role, target = key
    sides = tuple(
        (direction, tuple(voice for voice in voices if voice.direction == direction))
        for direction in dict.fromkeys(DIRECTIONS.values())
        if any(voice.direction == direction for voice in voices)
    )
    return Disagreement(
        source,
        role,
        target,
        sides,
        "papers" if papers else "studies",
    )
