"""What a text says of mechanisms, outcomes, conditions, models and species."""

from __future__ import annotations

from builder.extract.findings.carriers import find_molecules, read_cargo
from builder.extract.findings.cues import Cues
from builder.extract.findings.spans import Reading, is_inside
from builder.extract.findings.trace import Assigned
from builder.extract.vocabulary import Mention
from builder.models import Evidence

# A process inside one of these names belongs to the name: "chondrogenic exosomes".
_NAMING_KINDS = ("modification", "source", "vehicle", "vesicle")


def read_mechanisms(reading: Reading) -> list[Assigned]:
    """Return mechanisms with the effect that the text gives them."""
    carried = {(a.start, a.end) for a in read_cargo(reading)}
    names = reading.mentions(*_NAMING_KINDS)
    found = []
    for mention in reading.mentions("mechanism"):
        if is_inside(mention, names) and not _is_of_condition(reading, mention):
            continue
        assigned = _directed(reading, mention, "mechanisms")
        if (mention.start, mention.end) in carried and assigned.detail in ("involves", "modulates"):
            continue  # what the vesicle carries is cargo; it is a mechanism only if it changes
        found.append(assigned)
        found += _agents(reading, mention)
    return found


def _is_of_condition(reading: Reading, mention: Mention) -> bool:
    return is_inside(mention, reading.mentions("condition"))


def _agents(reading: Reading, mention: Mention) -> list[Assigned]:
    """Return what acts inside a process's name: moesin in "moesin mediated endocytosis"."""
    return [
        _assigned(reading, m, "mechanisms", "involves", "x-mediated")
        for m in find_molecules(reading)
        if is_inside(m, [mention])
    ]


def _directed(reading: Reading, mention: Mention, field: str) -> Assigned:
    start, mention = _without_verb(reading, mention)
    state = reading.effects.effect_of(start, mention.end)
    rule = f"{state.rule}: {state.cue}" if state.cue else state.rule
    return _assigned(reading, mention, field, state.effect, rule)


def _without_verb(reading: Reading, mention: Mention) -> tuple[int, Mention]:
    """Return where to look the direction up, and the mention without a verb at its head.

    A name such as "suppress inflammation" holds its own direction: it is read as inflammation.
    """
    verb = reading.cues.finder.match(mention.text)
    if not verb or reading.cues.meaning(verb[0]).kind != "verb":
        return mention.start, mention
    shorter = [
        m for m in reading.vocabulary.find_within(mention) if m.end == mention.end and m.term
    ]
    if shorter:
        return shorter[0].start, shorter[0]
    return mention.start + verb.end(), mention


def _assigned(reading: Reading, mention: Mention, field: str, detail: str, rule: str) -> Assigned:
    return Assigned(
        field,
        mention.term,
        rule,
        reading.part.name,
        mention.start,
        mention.end,
        mention.text,
        detail,
    )


def read_outcomes(reading: Reading) -> list[Assigned]:
    """Return outcomes with their effect."""
    return [_directed(reading, m, "outcomes") for m in reading.mentions("outcome")]


def read_setting(reading: Reading) -> list[Assigned]:
    """Return conditions, models and species, as named."""
    found = []
    for field, kind in (("conditions", "condition"), ("models", "model"), ("species", "species")):
        found += [_assigned(reading, m, field, "", "named") for m in reading.mentions(kind)]
    for mention in reading.mentions("source", "cell"):
        if len(mention.species) == 1:
            species = reading.vocabulary.find_term(mention.species[0], "species")
            if species:
                found.append(
                    Assigned(
                        "species", species, "letter-before-cell", reading.part.name,
                        mention.start, mention.end, mention.text,
                    )
                )  # fmt: skip
    return found


def read_evidence(text: str, cues: Cues) -> Evidence:
    """Return the level of evidence that the words state, or ``not stated``."""
    for level, pattern in cues.evidence:
        if pattern.search(text):
            return level  # type: ignore[return-value]
    return "not stated"
