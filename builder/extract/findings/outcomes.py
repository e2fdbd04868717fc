"""What a statement says became of a condition: eased, made worse, or left as it was.

Precision first: only a verb whose own object the condition is counts, and a word of healing counts
by the direction that it is given. A condition that merely sets the scene ("in rats with
osteoarthritis"), describes another word ("osteoarthritic chondrocytes") or is aimed at ("for the
treatment of osteoarthritis") gets none. The words are data: ``relief`` in content/cues.yml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from builder.extract.design import Words, read_words
from builder.extract.findings.adjacent_cues import State
from builder.extract.findings.cues import FLIPPED, OPPOSING, Cues
from builder.extract.findings.spans import Reading
from builder.extract.findings.statements import EFFECTS, Assigned, Statement
from builder.extract.vocabulary import Mention, Vocabulary

# Rules of a direction that a text gives an object.
_STATED = ("verb", "noun", "passive", "arrow", "sign", "denied", "unchanged", "protected")
# Types of conditions that are healed, and that nothing makes worse by promoting or inducing them.
_WOUNDS = ("defect", "injury")
_MOST_BEHIND = 3  # words between a condition and a verb behind it: "was markedly reduced"
_BESIDE = ("condition", "mechanism", "outcome", "species", "tissue", "source", "cell")
MOST_BEFORE = 40  # letters before a name in which the verb of its deed stands
_NEAR = 60  # letters before a verb in which a word of doubt belongs to it


def read_relief(reading: Reading, conditions: Sequence[Mention]) -> list[Assigned]:
    """Return the conditions of which a text says what became of them, with ``detail`` the effect.

    ``down``: eased or healed; ``up``: made worse; ``none``: no effect. Nothing is returned for a
    condition of which the text says nothing of the kind.
    """
    found = []
    for mention in conditions:
        effect, rule = _read(reading, mention)
        if effect:
            found.append(
                Assigned(
                    "condition_effects", mention.term, rule, reading.part.name,
                    mention.start, mention.end, mention.text, effect,
                )
            )  # fmt: skip
    return found


def _read(reading: Reading, mention: Mention) -> tuple[str, str]:
    text, words = reading.text, reading.patterns
    start, end, healing = _object(reading, mention)
    if not words["condition_ends"].match(text, end):
        return "", ""  # "osteoarthritis chondrocytes": an adjective
    verb = words["sized"].sub("", text[:start], count=1)
    if words["unable"].search(verb):
        return "none", "denied: heal"
    if words["healed"].search(verb):
        return _healed(reading, verb)
    state = reading.effects.effect_of(start, end)
    effect = ""
    if (
        state.rule.startswith(_STATED)
        and _governs(reading, state, start, end, healing=healing)
        and not _is_doubtful(reading, min(state.start, start))
    ):
        effect = _effect(reading, mention, state, healing=healing)
    return effect, f"{state.rule}: {state.cue}" if effect else ""


def _object(reading: Reading, mention: Mention) -> tuple[int, int, bool]:
    """Return the span that a verb has for its object, and whether it is a word of healing."""
    text, words = reading.text, reading.patterns
    start, end = mention.start, mention.end
    if made := words["made"].search(text[:start]):
        start = made.start()  # "surgically induced osteoarthritis"
    if behind := words["healing_behind"].match(text, end):
        return start, behind.end(), True
    if before := words["healing_before"].search(text[:start]):
        return before.start(), end, True
    course = words["course_behind"].match(text, end)
    return start, course.end() if course else end, False


def _healed(reading: Reading, before: str) -> tuple[str, str]:
    """Return what "healed X" says: X eased, or no effect where it is denied."""
    if _is_doubtful(reading, len(before)):
        return "", ""
    denied = reading.search("denied", before[-_NEAR:])
    return ("none" if denied else "down"), "verb: healed"


def _governs(reading: Reading, state: State, start: int, end: int, *, healing: bool) -> bool:
    """Return whether a state's words have the object, and nothing else, beside them."""
    text = reading.text
    if state.rule.startswith(("arrow", "sign")) or not state.end:
        return True  # the words stand right beside it
    if state.start >= end:
        return len(text[end : state.start].split()) <= _MOST_BEHIND
    if state.rule == "denied" and reading.search("carrying", text[state.start : state.end]):
        # "did not reduce pain in patients with X": the denial is carried on, not X's own.
        denial = text.lower().rfind(state.cue.lower(), 0, state.start)
        if any(denial <= n.start and n.end <= state.start for n in _names(reading)):
            return False
    low = state.end
    between = text[low:start]
    for name in _names(reading):
        if low <= name.start and name.end <= start:
            between = between[: name.start - low] + " " * len(name.text) + between[name.end - low :]
    described = healing and reading.fullmatch(
        "described_healing", between
    )  # "promotes tendon-to-bone healing of"
    return bool(described or reading.fullmatch("between_object", between))


def _names(reading: Reading) -> list[Mention]:
    """Return the names that may stand beside an object: its list, its animal, its tissue."""
    return reading.mentions(*_BESIDE)


def _effect(reading: Reading, mention: Mention, state: State, *, healing: bool) -> str:
    words = reading.patterns
    if state.effect == "none":
        denial = state.start
        if state.cue == "nor":  # "worsens neither X nor Y"
            denial = max(0, reading.text.lower().rfind("neither", 0, state.start))
        around = reading.text[max(0, denial - _NEAR // 3) : mention.start]
        worse = words["worsening"].search(around)
        return "" if worse and not healing else "none"  # "did not induce X" eases nothing
    lowers = state.effect in OPPOSING
    raises = state.effect in ("up", "activates")
    if healing:
        return "down" if raises else "up" if lowers else ""
    if lowers or (raises and state.cue.startswith(reading.cues.lists["fixing"])):
        return "down"
    harmed = reading.vocabulary.terms[mention.term].type not in _WOUNDS
    worse = words["worsening"].match(state.cue)
    return "up" if raises and harmed and worse and _is_vesicles_deed(reading, state) else ""


def _is_vesicles_deed(reading: Reading, state: State) -> bool:
    """Return whether a verb's clause names vesicles before it: they made the condition worse."""
    clause = reading.patterns["relief_clause"].split(reading.text[: state.start])[-1]
    return bool(reading.cues.vesicle.search(clause))


def _is_doubtful(reading: Reading, verb: int) -> bool:
    """Return whether a deed is only hoped for, or done by the lack of vesicles."""
    words = reading.patterns
    near = re.split(r"[.;]\s", reading.text[max(0, verb - _NEAR) : verb])[-1]
    return bool(words["unsure"].search(near) or words["lacking"].search(reading.text[:verb]))


def find_repaired(
    statement: Statement, assigned: Sequence[Assigned], vocabulary: Vocabulary
) -> list[Assigned]:
    """Return the lesion that a repair names, where no condition is named: cartilage repair.

    The lesion is eased where the repair is raised.
    """
    words = read_words()
    if any(a.field == "conditions" and a.value not in words.ids["scenes"] for a in assigned):
        return []
    texts = {p.name: p.text for p in statement.parts}
    text = " ".join(texts.values())
    found: list[Assigned] = []
    for item in assigned:
        if item.field != "mechanisms":
            continue
        named = texts[item.part][item.start : item.end + MOST_BEFORE]
        if not words.patterns["repair_words"].search(re.split("[,.;:]", named)[0]):
            continue
        for name, pattern, condition in words.repairs:
            if item.value == name and condition in vocabulary.terms:
                if pattern and not pattern.search(text):
                    continue
                found.append(replace(item, field="conditions", value=condition, rule="repair"))
                if item.detail in ("up", "activates"):
                    eased = replace(found[-1], field="condition_effects", detail="down")
                    found.append(eased)
                break
    wide = {a for f in found for a in vocabulary.ancestors(f.value)}
    return [f for f in found if f.value not in wide]


# --- where ---------------------------------------------------------------------------------------


def read_sites(reading: Reading) -> list[Assigned]:
    """Return the tissues that a condition or a repair is in: "repair of [rotator cuff]".

    A tissue counts within the name of a lesion or a repair, or right behind it ("defects created in
    the femoral condyle"); the tissue that cells come from does not.
    """
    tissue_processes = read_words().ids["tissue"]
    lesions = [
        *reading.mentions("condition"),
        *(m for m in reading.mentions("mechanism") if m.term in tissue_processes),
    ]
    found = []
    for mention in reading.mentions("tissue"):
        for lesion in lesions:
            within = lesion.start <= mention.start and mention.end <= lesion.end
            gap = reading.text[lesion.end : mention.start]
            if within or (mention.start >= lesion.end and reading.fullmatch("in_the", gap)):
                found.append(
                    Assigned(
                        "sites", mention.term, "site-of-lesion", reading.part.name,
                        mention.start, mention.end, mention.text,
                    )
                )  # fmt: skip
                break
    return found


# --- outcomes that are not the vesicles' ---------------------------------------------------------

_SENTENCE_END = re.compile(r"[.;]\s+(?=[A-Z0-9])|[.;]\s*$")


def correct_outcomes(
    assigned: Sequence[Assigned], texts: Mapping[str, str], cues: Cues, vocabulary: Vocabulary
) -> list[Assigned]:
    """Return what was read, effects that vesicles did not bring about without their direction.

    "GelMA-60 with higher porosity was selected" compares carriers, "scaffolds reduce the elastic
    modulus" is the scaffold's effect; "comparable to normal cartilage" says how near a repair came.
    "Whether they heal bone" was asked, "(p = 0.6)" is chance, "in both groups" is nobody's effect,
    and what the lack of vesicles did is none of theirs.
    """
    corrected = (_correct(i, texts.get(i.part, ""), cues, vocabulary) for i in assigned)
    settled = [item for item in corrected if item]
    if all(i.detail == "involves" for i in settled if i.field in EFFECTS):
        measured = read_words().patterns["methods"].search(texts.get("sentence", ""))
        settled = [i for i in settled if not measured or i.field not in EFFECTS]
    own = [i for i in settled if i.rule == "carrier's own"]
    return [_follow_carrier(i, own, texts) for i in settled] if own else settled


def _correct(item: Assigned, text: str, cues: Cues, vocabulary: Vocabulary) -> Assigned | None:
    """Return an effect as its sentence leaves it; None where nothing became of a condition."""
    if item.field not in EFFECTS:
        return item
    rule = _undirected(item, text, cues, vocabulary)
    words = read_words()
    if not rule.startswith("hypothesis") and _by_chance(item, text, words):
        return replace(item, detail="none", rule="not-significant")
    if rule:
        gone = item.field == "condition_effects"
        detail = "modulates" if rule in ("ratio", "less-able") else "involves"
        return None if gone else replace(item, detail=detail, rule=rule)
    return _turn(item, text, words)


def _turn(item: Assigned, text: str, words: Words) -> Assigned:
    """Return an effect with the direction that the words around it give it."""
    behind = _around(item, text)[2]
    if words.patterns["slower"].match(behind) and item.detail in FLIPPED:
        controls = words.patterns["without_vesicles"].search(behind)
        detail = FLIPPED[item.detail] if controls else "modulates"
        return replace(item, detail=detail, rule="slower")  # than in controls: the other way
    if item.value == "safety" and words.patterns["harms"].search(item.text):
        turned = {"up": "down", "down": "up"}  # more adverse events are less safety
        return replace(item, detail=turned.get(item.detail, item.detail))
    bettered = item.value in words.ids["bad"] and item.detail in ("up", "activates")
    if bettered and words.patterns["bettering"].search(item.rule):
        return replace(item, detail="down")  # "improved pain scores"
    return item


def _undirected(item: Assigned, text: str, cues: Cues, vocabulary: Vocabulary) -> str:
    """Return the rule by which an effect has no direction that is the vesicles', or nothing."""
    if item.rule.startswith("hypothesis"):
        return ""
    if any(low <= item.start < high for low, high in find_open(text)):
        return "hypothesis-open"
    if item.detail in ("involves", ""):
        return ""
    words, around = read_words(), _around(item, text)
    rule = _not_theirs(item, around, cues, words)
    lone = words.patterns["alone"].search(around[0])
    if lone and not cues.names_vesicles(lone[0]):
        rule = "carrier's own"
    elif not rule and _did_stimulus(item, around, cues, words):
        rule = "stimulus"
    elif item.field == "outcomes":
        before, sentence, behind = around
        repaired = words.of_repaired[0].search(sentence)
        property_of = vocabulary.terms[item.value].type in words.ids["of_carriers"]
        described = words.patterns["describing_carrier"].search(before)
        theirs = repaired or (cues.names_vesicles(sentence) and not described)
        if property_of and not theirs:
            rule = "carrier's own"
        elif words.patterns["beside_normal"].search(behind) and not _rises(item, behind):
            rule = "beside-normal"
    return rule


def _did_stimulus(item: Assigned, around: tuple[str, str, str], cues: Cues, words: Words) -> bool:
    """Return whether a clause says what was seen without vesicles: "IL-1β raised MMP-13"."""
    if item.value in words.ids["production"] or item.rule.startswith(("undone", "relieved")):
        return False
    if words.patterns["which"].search(around[0]) and words.patterns["had_done"].match(around[2]):
        return True  # "autophagy, which IL-1β had blocked"
    if item.rule.startswith(("not-but", "compared")):
        return False
    own = re.split(r"[.;,]", around[2])[0]
    if words.patterns["of_controls"].search(own) and not cues.names_vesicles(around[0] + own):
        return True  # "MMP-13 rose in controls"
    did = words.patterns["stimulus_did"].search(around[0])
    if not did or not cues.finder.fullmatch(did["verb"]):
        return False
    return not cues.names_vesicles(did[0] + own)


def _not_theirs(item: Assigned, around: tuple[str, str, str], cues: Cues, words: Words) -> str:
    """Return the rule by which a sentence gives an effect to all, to none, or to no vesicles."""
    before, sentence, behind = around
    patterns = words.patterns
    loss = patterns["in_loss"].search(sentence)
    if loss and loss["what"] and loss.start("what") <= len(before) < loss.end():
        return "undone-without"  # the molecule that was taken away to see what it does
    made = item.value in words.ids["production"]
    blocked = not made and patterns["blocked"].search(before)
    # What vesicles of silenced cells did not do is theirs: "exosomes of Rab27a-silenced MSCs".
    if item.detail == "none" and not (blocked and cues.vesicle.search(blocked[0])):
        lone = not patterns["without_vesicles"].search(sentence)
        good = lone and patterns["as_good"].search(sentence)
        return "correlated" if "correlat" in before else "beside-active" if good else ""
    if blocked or patterns["in_their_lack"].search(behind):
        return "vesicles-blocked"
    if patterns["ratio_of"].search(before) or patterns["ratio_behind"].search(behind):
        return "ratio"
    if patterns["less_able"].search(before) or patterns["lost_their"].search(before):
        return "less-able"
    return "all-groups" if patterns["all_groups"].search(_clause(behind)) else ""


def find_open(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text that say what was asked, aimed at, or is still to be shown."""
    words = read_words().patterns
    return [
        (m.start(), end.start() if (end := words["open_ends"].search(text, m.end())) else len(text))
        for m in words["open"].finditer(text)
    ]


def _by_chance(item: Assigned, text: str, words: Words) -> bool:
    """Return whether an effect's clause says that it was no more than chance."""
    before, _, behind = _around(item, text)
    patterns, clause = words.patterns, _clause(behind)
    said = patterns["significance"].search(clause)
    no = bool(said and said["no"])
    if item.detail in ("involves", "none", ""):
        compared = item.field == "outcomes" and patterns["without_vesicles"].search(clause)
        return bool(no and compared)
    return no or bool(patterns["no_more_than_chance"].search(before))


def _clause(behind: str) -> str:
    ending = read_words().patterns["chance_ends"].search(behind)
    return behind[: ending.start()] if ending else behind


def _follow_carrier(item: Assigned, own: Sequence[Assigned], texts: Mapping[str, str]) -> Assigned:
    """Return an effect without its direction where its sentence speaks of the carrier alone.

    "A gel with larger pores, which raised osteogenesis": what follows from a property of the
    carrier is no effect of the vesicles.
    """
    if item.field != "mechanisms" or item.detail in ("involves", ""):
        return item
    text = texts.get(item.part, "")
    start = item.start - len(_around(item, text)[0])
    first = any(o.part == item.part and start <= o.start < item.start for o in own)
    return replace(item, detail="involves", rule="carrier's own") if first else item


def _around(item: Assigned, text: str) -> tuple[str, str, str]:
    """Return what stands before an item in its sentence, the sentence, and what stands behind."""
    start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, item.start)), default=0)
    ending = _SENTENCE_END.search(text, item.end)
    stop = ending.start() if ending else len(text)
    return text[start : item.start], text[start:stop], text[item.end : stop]


def _rises(item: Assigned, behind: str) -> bool:
    """Return whether another comparison comes first: "higher than in other groups, but lower"."""
    normal = read_words().patterns["beside_normal"].search(behind)
    first = re.search(r"\b(?:higher|lower|greater|increased|reduced|improved)\b", behind)
    return bool(normal and first and first.start() < normal.start())
