"""What a text says of cargo, mechanisms, outcomes, conditions, models and species."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from builder.extract.findings.adjacent_cues import State
from builder.extract.findings.cargo import find_carried, is_absent, is_unknown_rna
from builder.extract.findings.cues import FLIPPED, Cues
from builder.extract.findings.outcomes import read_relief
from builder.extract.findings.spans import Reading, is_inside
from builder.extract.findings.split_names import (
    find_animal_models,
    find_conditions_by_place,
    find_gapped_conditions,
    find_lost,
    find_placed_defects,
)
from builder.extract.findings.statements import Assigned
from builder.extract.vocabulary import Mention
from builder.text.spelling import SPECIES_PREFIXES

# A process inside one of these names belongs to the name: "chondrogenic exosomes".
_NAMING_KINDS = ("modification", "source", "vehicle", "vesicle", "outcome")
# Inside one of these names a process counts only as what the name is about: "cell-free [bone
# regeneration]", but not "[regenerative] medicine".
_FIELD_KINDS = ("intervention", "method", "condition")
# Rules by which the words themselves say a direction.
_SAID = ("verb", "arrow", "passive", "sign")
_RAISED = ("up", "activates")
_DIRECTED = ("up", "down", "activates", "inhibits")


def read_mechanisms(reading: Reading) -> list[Assigned]:
    """Return mechanisms with the effect that the text gives them."""
    carried = {(a.start, a.end): a.rule for a in find_carried(reading)}
    names = reading.mentions(*_NAMING_KINDS)
    mechanisms = reading.mentions("mechanism")
    lost = [m.start for m in mechanisms if _is_missed(reading, m)]
    found = []
    for mention in mechanisms:
        if is_unknown_rna(reading, mention):
            continue
        if (
            is_inside(mention, names)
            or _is_modifier(reading, mention)
            or _is_place(reading, mention)
        ):
            continue
        if reading.match("gene_changed", reading.behind(mention)) or is_absent(reading, mention):
            continue  # "Smpd3-reprogrammed": a modification
        if any(o.start == mention.end + 1 for o in reading.mentions("outcome")):
            continue  # "callus stiffness"
        assigned = _directed(reading, mention, "mechanisms")
        if _reports_kind(reading, mention) and not assigned.rule.startswith(_SAID):
            continue
        harmed = assigned.rule.startswith("protected-from") and reading.is_molecule(mention)
        stimulus = _is_stimulus(reading, mention, assigned)
        if harmed or stimulus:
            if _is_given(reading, mention, assigned.rule):
                found.append(reading.assign(mention, "stimuli", "stimulus"))
            continue
        if (mention.start, mention.end) in carried and (
            assigned.detail in ("involves", "modulates")
            or carried[mention.start, mention.end] == "exosomes-showing-x"  # how much they hold
            or _is_taken_out(reading, mention)
        ):
            continue  # what the vesicle carries is cargo; it is a mechanism only if it changes
        found.append(_undone(reading, mention, _revised(reading, mention, assigned), lost))
        found += _agents(reading, mention)
    found = list(_without_background(reading, found))
    return [*found, *_polarized(reading, {a.value for a in found})]


def _without_background(reading: Reading, found: Sequence[Assigned]) -> Iterator[Assigned]:
    """Yield mechanisms without what a statement says of them before or without the vesicles.

    Where a molecule is silenced to see what happens, or raised by an injury in one clause and
    lowered by vesicles in another, the other mention says what the vesicles do.
    """
    for item in found:
        others = [o for o in found if o.value == item.value and o.detail in _DIRECTED and o != item]
        tested = any(not _is_test(reading, o) for o in others) and _is_test(reading, item)
        against = any(o.detail != item.detail for o in others) and item.detail in _DIRECTED
        outside = against and not reading.effects.names_vesicles(item.start)
        if not tested and not (
            outside and any(reading.effects.names_vesicles(o.start) for o in others)
        ):
            yield item


def _is_test(reading: Reading, assigned: Assigned) -> bool:
    """Return whether a molecule is only taken away to see what happens: "RUNX2 silencing"."""
    before, behind = reading.text[: assigned.start], reading.text[assigned.end :]
    return bool(reading.match("opposed_behind", behind) or reading.search("silencing_of", before))


def _polarized(reading: Reading, known: Collection[str]) -> Iterator[Assigned]:
    """Yield what a verb does to a kind of macrophage: "inhibit M1 and favour M2 macrophages"."""
    v = reading.vocabulary
    for mention in reading.mentions("source", "cell"):
        label = v.terms[mention.term].label
        kind = re.match(r"M\d\b", label)
        if not kind or reading.fitting(mention, "source"):
            continue
        state = reading.effects.effect_of(mention.start, mention.end)
        between = reading.text[state.end : mention.start] if state.end else "x"
        object_of = state.start >= mention.end or reading.fullmatch("articles", between)
        said = state.effect in _DIRECTED or state.cue == "but not"
        process = v.find_term(f"{kind[0]} polarization", "mechanism")
        if process and process not in known and object_of and said:
            rule = f"{state.rule}: {state.cue}"
            made = reading.assign(mention, "mechanisms", rule, state.effect)
            yield replace(made, value=process)


def _is_taken_out(reading: Reading, mention: Mention) -> bool:
    """Return whether what vesicles carry is taken out of them: no effect of the vesicles."""
    return bool(reading.search("taken_out", reading.before(mention)[-80:]))


def _is_missed(reading: Reading, mention: Mention) -> bool:
    """Return whether vesicles lose an effect without a molecule: "its knockdown abolished it"."""
    behind = reading.behind(mention)
    before = reading.before(mention)
    taken = _is_taken_out(reading, mention) or reading.match("opposed_behind", behind)
    taken = taken or reading.search("added_to_test", before[-80:])
    if reading.search("of_silenced", before) and reading.match("was_silenced", behind):
        return True  # "exosomes whose miR-92a had been knocked down"
    return bool(taken and reading.match("undone_without", behind))


def _undone(
    reading: Reading, mention: Mention, assigned: Assigned, lost: Collection[int]
) -> Assigned:
    """Return what was read, molecules whose loss undoes what vesicles do as involved."""
    if mention.start in lost:
        return replace(assigned, detail="involves", rule="undone-without")
    before = reading.before(mention)
    induced = lost and reading.search("induced_by_vesicles", before)
    if lost and (induced or reading.match("own_activity", reading.behind(mention))):
        return replace(assigned, detail="modulates", rule="effect-taken-away")
    return assigned


def _revised(reading: Reading, mention: Mention, assigned: Assigned) -> Assigned:
    """Return what was read, changed where other words of the statement reach over the name."""
    mechanisms = reading.mentions("mechanism")
    before = (m for m in mechanisms if m.start < mention.start < m.end < mention.end)
    if any(reading.is_lowering(m) for m in before):  # "degradation of [collagen] II"
        return replace(assigned, detail=FLIPPED.get(assigned.detail, assigned.detail))
    after = [m for m in mechanisms if m.start > mention.end]
    named = after and reading.match("calls_another", reading.text[mention.end : after[0].start])
    if named or reading.search("of_another", reading.before(mention)):
        return replace(assigned, detail="involves", rule="agent: of")  # "the Wnt inhibitor DKK1"
    if _turns_later(reading, mention, assigned.detail):
        return replace(assigned, detail="modulates")
    return assigned


def _turns_later(reading: Reading, mention: Mention, effect: str) -> bool:
    """Return whether the opposite is said too: "raised X at day 3 and lowered it at day 14"."""
    behind = reading.behind(mention)
    again = reading.search("same_again", behind)
    if not again or reading.cues.vesicle.search(behind[: again.start()]):
        return False
    verb = reading.cues.finder.fullmatch(again["verb"])
    later = reading.cues.meaning(verb[0]).effect if verb else ""
    both = later in _DIRECTED and effect in _DIRECTED
    return both and (later in _RAISED) != (effect in _RAISED)


def _is_stimulus(reading: Reading, mention: Mention, assigned: Assigned) -> bool:
    """Return whether the cells were only given a thing: "TNF-α-stimulated" chondrocytes."""
    if reading.vocabulary.terms[mention.term].type == "exposure":
        return True
    named = reading.match("stimulation", reading.behind(mention))
    if named and reading.search("upon", reading.before(mention)):
        return True  # "upon TNF-α stimulation"
    if assigned.detail != "involves":
        return False
    cue = assigned.rule.partition(": ")[2]
    given = assigned.rule.startswith("agent") or cue in reading.cues.lists["stimuli"]
    return given or bool(reading.match("stimulated", reading.behind(mention)))


def _is_given(reading: Reading, mention: Mention, rule: str) -> bool:
    """Return whether a stimulus is a thing, given to the cells acted on.

    What the cells were given that made the vesicles is a priming.
    """
    if rule.startswith(_MEANS) or reading.vocabulary.terms[mention.term].type in _PROCESSES:
        return False
    before, behind = reading.before(mention)[-_NEAR:], reading.behind(mention)[:_NEAR]
    return not (reading.search("primed_before", before) or reading.match("primed_behind", behind))


_PROCESSES = ("process", "cell process", "tissue outcome", "concept")
# Behind these stands what does it, or a way, and nothing that was given.
_MEANS = ("agent: by", "agent: via", "agent: through", "no-direction: over")
# "Exosomes of cells primed with TNF-α", "exosomes from TNF-α-stimulated MSCs".
_NEAR = 60


def _reports_kind(reading: Reading, mention: Mention) -> bool:
    """Return whether a word only says what kind of cell it is.

    "Senescent chondrocytes", "CD34+ cells".
    """
    if any(reading.match(name, reading.behind(mention)) for name in ("marker", "kind_only")):
        return True
    if reading.search("genic", mention.text) and reading.match("genic_of", reading.behind(mention)):
        return True
    return mention.text.lower().endswith(("genic", "escent", "inflammatory")) and any(
        cell.start > mention.end
        and reading.fullmatch("animal", reading.text[mention.end : cell.start])
        for cell in reading.mentions("source", "cell")
    )


def _is_modifier(reading: Reading, mention: Mention) -> bool:
    """Return whether a process only describes the thing that a longer name is about."""
    return any(
        is_inside(mention, [o]) and o.end != mention.end for o in reading.mentions(*_FIELD_KINDS)
    )


def _is_place(reading: Reading, mention: Mention) -> bool:
    """Return whether a process names a place or the vesicles: "in the fracture microenvironment".

    So does that of "osteogenic differentiation-exosomes".
    """
    type_ = reading.vocabulary.terms[mention.term].type
    named = type_ in _PROCESSES and reading.match("of_vesicles", reading.behind(mention))
    place = type_ == "concept" and reading.search("place_before", reading.before(mention))
    return bool(named or place)


def _agents(reading: Reading, mention: Mention) -> list[Assigned]:
    """Return what acts inside a process's name: moesin in "moesin mediated endocytosis"."""
    if reading.vocabulary.terms[mention.term].type == "axis":
        return []  # its members stand beside it already
    return [
        reading.assign(m, "mechanisms", "x-mediated", "involves")
        for m in reading.nested(mention, "mechanism")
        if re.match(r"[-\s]+(?:mediated|dependent|induced|driven)\b", reading.behind(m), re.I)
        and m.term not in (mention.term, *reading.vocabulary.ancestors(mention.term))
    ]


def _directed(reading: Reading, mention: Mention, field: str) -> Assigned:
    if reading.search("mediated_name", mention.text):
        return reading.assign(mention, field, "x-mediated", "involves")
    start, end, mention = _without_verb(reading, mention)
    state = _turned(reading, mention, reading.effects.effect_of(start, end))
    rule = f"{state.rule}: {state.cue}" if state.cue else state.rule
    return reading.assign(mention, field, rule, state.effect)


def _turned(reading: Reading, mention: Mention, state: State) -> State:
    """Return the state where the words mean the reverse: "improves inflammation" lowers it."""
    cues = reading.cues
    opposite = {"up": "down", "down": "up", "inhibits": "up", "activates": "down"}
    behind = reading.behind(mention)[:30]
    label = reading.vocabulary.terms[mention.term].label  # may itself be a dysfunction
    turns = [cues.search("turning", f" {name.split()[-1]}") for name in (mention.text, label)]
    mends = state.cue.startswith((*cues.lists["restoring"], *cues.lists["fixing"]))
    restored = mends and state.effect == "up"
    if (turns[0] and (restored or not turns[1])) or cues.patterns["turning"].match(behind):
        return replace(state, effect=opposite.get(state.effect, state.effect), rule="turned-round")
    if state.rule == "hypothesis":
        return state
    if mention.text.lower().startswith("anti") and not _is_anti(reading, mention):
        effect = {"involves": "inhibits", "up": "inhibits", "activates": "inhibits"}
        reported = effect.get(state.effect, "modulates" if state.effect != "none" else "none")
        return replace(state, effect=reported, rule="prefix")
    if state.effect == "involves" and re.match(r"pro[-\s]", mention.text, re.IGNORECASE):
        return replace(state, effect="up", rule="prefix")
    fixes = state.effect == "up" and state.cue.startswith(cues.lists["fixing"])
    if fixes and mention.term in cues.lists["harmful"]:
        return replace(state, effect="down", rule="fixed")
    return state


def _is_anti(reading: Reading, mention: Mention) -> bool:
    """Return whether a term is itself of the "anti" sort: "anti-inflammatory" action."""
    return reading.vocabulary.terms[mention.term].label.lower().startswith("anti")


def _without_verb(reading: Reading, mention: Mention) -> tuple[int, int, Mention]:
    """Return the span to look the direction up for, and the mention without a cue in its name.

    A name such as "suppress inflammation" or "DNA damage mitigation" holds its own direction: it
    is read as inflammation, as DNA damage. Of a term that is itself an act of lowering ("tumor
    growth suppression") that act is what is stated, not its reverse.
    """
    cues = reading.cues
    first = cues.finder.match(mention.text)
    if first and cues.meaning(first[0]).kind == "verb":
        inside = [m for m in reading.nested(mention, mention.kind) if m.end == mention.end]
        if inside:
            return inside[0].start, mention.end, inside[0]
        return mention.start + first.end(), mention.end, mention
    last = re.search(r"\s([\w-]+)$", mention.text)
    label = reading.vocabulary.terms[mention.term].label.split()
    own = last and last[1].lower() in (word.lower() for word in label)  # the rate of degradation
    alike = reading.is_lowering(mention) or _is_noun(cues, label[-1]) or own
    if last and not alike and _is_noun(cues, last[1]):
        return mention.start, mention.start + last.start(), mention
    return mention.start, mention.end, mention


def _is_noun(cues: Cues, word: str) -> bool:
    """Return whether a word is a noun of action: suppression, increase."""
    return bool(cues.finder.fullmatch(word)) and cues.meaning(word).kind == "noun"


def read_outcomes(reading: Reading) -> list[Assigned]:
    """Return outcomes with their effect."""
    names = reading.mentions("method", "mechanism")  # "dose-escalation study", "cell function"
    found = [
        _directed(reading, m, "outcomes")
        for m in reading.mentions("outcome")
        if not is_inside(m, names) and not _is_harm_on(reading, m)
    ]
    found += _released(reading, {a.value for a in found})
    return [_without_denied_harm(reading, a) for a in found]


def _is_harm_on(reading: Reading, mention: Mention) -> bool:
    """Return whether words for harm name what befell a process: "adverse effects on repair"."""
    harm = reading.vocabulary.terms[mention.term].type == "safety outcome"
    return harm and bool(reading.match("harm_on", reading.behind(mention)))


def _released(reading: Reading, known: Collection[str]) -> Iterator[Assigned]:
    """Yield the release of vesicles that a verb says: "the gel let go of 31% of the vesicles"."""
    v = reading.vocabulary
    term = v.find_term("Exosome release in vitro", "outcome")
    if not term or any(term in (k, *v.ancestors(k)) for k in known):
        return
    if said := reading.search("let_go", reading.text):
        part, (start, end) = reading.part.name, said.span()
        yield Assigned("outcomes", term, "let-go", part, start, end, said[0], "involves")


def _without_denied_harm(reading: Reading, assigned: Assigned) -> Assigned:
    """Return an outcome of safety without direction where harm is denied.

    "No adverse events" does not say that there was no effect on safety.
    """
    harm = reading.vocabulary.terms[assigned.value].type == "safety outcome"
    denied = harm and assigned.detail == "none"
    return replace(assigned, detail="involves", rule="no-harm") if denied else assigned


def read_setting(reading: Reading) -> list[Assigned]:
    """Return conditions, models and species, as named."""
    v = reading.vocabulary
    named = [*reading.mentions("condition"), *find_lost(reading.text, "condition", v, reading.cues)]
    conditions = [m for m in named if not _is_denied(reading, m)]
    species = [m for m in reading.mentions("species") if not _is_denied(reading, m)]
    placed = find_placed_defects(reading.text, reading.mentions("tissue"), v, reading.cues)
    models = [
        *reading.mentions("model"),
        *find_animal_models(reading.text, species, [*conditions, *placed], v),
    ]
    found = [reading.assign(m, "conditions", "named") for m in conditions]
    split = find_gapped_conditions(reading.text, conditions, v)
    split += find_conditions_by_place(reading.text, conditions, v, reading.cues)
    found += [reading.assign(m, "conditions", "split-name") for m in split]
    found += [reading.assign(m, "conditions", "defect-by-place") for m in placed]
    found += [reading.assign(m, "models", "named") for m in models]
    found += [reading.assign(m, "species", "named") for m in species]
    return [*found, *read_relief(reading, [*conditions, *placed]), *_donors(reading)]


def _is_denied(reading: Reading, mention: Mention) -> bool:
    return bool(re.search(r"\b(?:no|without)\s+$", reading.before(mention), re.IGNORECASE))


def _donors(reading: Reading) -> Iterator[Assigned]:
    """Yield the species that a letter before a cell's short form gives: h in hBMSC."""
    for mention in reading.mentions("source", "cell"):
        letter = re.match(r"([hrm])(?=[A-Z]{2})", mention.text)
        names = mention.species or (SPECIES_PREFIXES[letter[1]] if letter else ())
        species = reading.vocabulary.find_term(names[0], "species") if len(names) == 1 else None
        if species:
            yield Assigned(
                "species", species, "letter-before-cell", reading.part.name,
                mention.start, mention.end, mention.text,
            )  # fmt: skip
