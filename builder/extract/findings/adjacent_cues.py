"""The direction that the words right beside a name give it: arrows, predicates, prefixes, nouns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from builder.extract.findings.cues import OPPOSING, Cues, compose

_UP_ARROWS, _DOWN_ARROWS = "↑⬆⇑▲", "↓⬇⇓▼"
_ARROWS = _UP_ARROWS + _DOWN_ARROWS
_CELL_PART = re.compile(r"[;\n→⟶➔⇒]|->|\.\s")
# A predicate that ends its clause: "proliferation and migration promoted".
ENDS_CLAUSE = re.compile(
    r"^(?:\s+[\w-]+ly)?\s*(?:$|[;,.)]|(?:by|in|after|at|with|compared|relative|via|through)\b|and\b(?!\s+the\s))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class State:
    """What governs the text from ``start`` on."""

    start: int
    effect: str = "involves"
    rule: str = "no-direction"
    cue: str = ""
    end: int = 0
    outer: str = ""


def read_arrow(text: str, start: int, end: int) -> State | None:
    """Return the direction of the arrow beside a name: ``↑ VEGF``, ``VEGF ↑``.

    Within a part of the cell all arrows stand on the same side of their names.
    """
    if not any(a in text for a in _ARROWS):
        return None
    cuts = [0, *(m.end() for m in _CELL_PART.finditer(text)), len(text)]
    low = max(c for c in cuts[:-1] if c <= start)
    high = min(c for c in cuts[1:] if c >= end)
    part = text[low:high].lstrip(" ,-•·*:(")
    if part[:1] in _ARROWS:
        places = [p for p in range(low, start) if text[p] in _ARROWS][-1:]
    else:
        places = [p for p in range(end, high) if text[p] in _ARROWS][:1]
    for place in places:
        effect = "up" if text[place] in _UP_ARROWS else "down"
        return State(start, effect, "arrow", text[place], place + 1)
    return None


def is_mediated(text: str, end: int, cues: Cues) -> str:
    """Return the word behind a name that makes it a mere agent: "IL-1β-induced", or nothing."""
    behind = text[end:]
    return behind.split(maxsplit=1)[0] if cues.match("mediated", behind) else ""


def read_predicate(text: str, start: int, end: int, state: State, cues: Cues) -> State | None:
    """Return what a predicate behind a name says of it: "X was reduced", "X rose".

    Of a name behind a preposition it says nothing: the "IL-1β" of "MMP-13 rise by IL-1β fell".
    """
    if cues.search("agent_before", text[max(0, start - 20) : start]):
        return None
    rest = _without_measures(text[end:], cues)
    match = cues.match("predicate", rest)
    if not match or not cues.finder.fullmatch(match["word"]) or match["more"]:
        return None
    word, ends = match["word"].lower(), ENDS_CLAUSE.match(rest[match.end() :])
    meaning = cues.meaning(word)
    # "prevents apoptosis induced by X": the verb before it says.
    reported = state.cue and state.effect not in ("involves", "modulates")
    if state.rule == "verb" and cues.match("sentence_ends", rest, match.end()):
        reported = not cues.search("joined", text[state.end : start])  # "reduced A and B rose."
    back = word.startswith(cues.lists["normalizing"])  # what it was stands elsewhere
    unsaid = meaning.kind != "verb" or not meaning.effect
    # "which IL-1β had blocked": an active verb
    active = cues.match("has_done", match["aux"]) and word not in cues.lists["falling"]
    if back or unsaid or active or (reported and not match["aux"].strip()):
        return None
    if state.rule == "noun" and is_object(text, 0, state, cues):
        said = cues.over_noun(word, meaning.effect, state.effect)
        return State(start, said, "passive-and-noun", f"{state.cue} {word}")
    passive = cues.is_participle(word)
    passive = passive or word in (*cues.lists["comparatives"], *cues.lists["falling"])
    if (match["aux"].strip() and passive) or (
        ends and (passive or word in cues.lists["intransitive"])
    ):
        return State(start, meaning.effect, "passive", match["word"])
    return None


def is_object(text: str, low: int, state: State, cues: Cues) -> bool:
    """Return whether a verb behind is said of a cue: a noun of action, or "elevated IL-6 fell".

    It is not said of what was only done: "on knockdown of X, Y fell".
    """
    before = text[low : state.start]
    if state.rule == "noun":
        return not cues.search("done_before", text[: state.start])
    first = cues.finder.match(before.lstrip())  # "lowered A and raised B were normalized"
    listed = first and cues.is_participle(first[0].lower()) and cues.search("listed_noun", before)
    described = listed or cues.fullmatch("described", before)
    return cues.is_participle(state.cue) and bool(described)


def takes_effect(effect: str, words: str, cues: Cues) -> bool:
    """Return whether a lowering takes the vesicles' effect away, which its words begin with.

    No other verb stands between: "abolished the effect of exosomes on X".
    """
    taken = effect in OPPOSING and cues.match("effect_of_vesicles", words)
    between = cues.finder.finditer(taken[0]) if taken else ()
    return bool(taken) and all(cues.meaning(m[0]).kind != "verb" for m in between)


def read_beside(text: str, start: int, end: int, cues: Cues) -> State | None:
    """Return what is grown together with a name: "X-inhibiting", "X (+)"."""
    if sign := _find_sign(text, end, cues):
        return State(start, "up" if sign[1][0] in "+＋" else "down", "sign", sign[0].strip())
    kept = cues.match("kept_down", text, end)
    if kept and cues.search("kept_low", text[:start]):
        return State(start, "down", "kept-down", kept[0].strip())
    if (high := cues.match("kept_high_behind", text, end)) and cues.patterns["kept_high"].search(
        text[:start]
    ):
        return State(start, "up", "kept-high", high[0].strip())
    doing = cues.match("doing", text, end)
    if doing and cues.finder.fullmatch(doing[1]):
        effect = cues.meaning(doing[1]).effect
        return State(start, effect, "participle-behind", doing[0]) if effect else None
    return None


def _find_sign(text: str, end: int, cues: Cues) -> re.Match[str] | None:
    """Return the sign behind a name, or behind the list that it is in: "TNF-α, IL-6 (−)"."""
    listed = cues.match("listed_sign", text, end)
    if listed and cues.finder.search(text, end, listed.start("sign")):
        return None
    return cues.match("sign", text, listed.start("sign")) if listed else None


def read_prefix(text: str, start: int, end: int, state: State, cues: Cues) -> State:
    """Return the state of a name with anti- or pro- before it, or "vesicle-mediated"."""
    if state.rule == "hypothesis":
        return state
    by = cues.search("vesicle_mediated", text[:start]) if state.effect == "involves" else None
    if by:
        effect = "up" if by["verb"] else "modulates"
        return replace(state, effect=effect, rule="vesicle-mediated")
    before = text[max(0, start - 5) : start]
    prefix = cues.search("prefix", before) or cues.match("prefixed", text, start)
    if not prefix or text[end - 2 : end].lower() not in ("ic", "al", "ve", "ry", "nt"):
        return state
    against = prefix[1].lower() == "anti"
    if state.effect in ("involves", "activates") or (state.effect == "up" and against):
        return replace(state, effect="inhibits" if against else "up", rule="prefix", cue=prefix[0])
    if state.effect in OPPOSING and against:
        return replace(state, effect="modulates", rule="prefix", cue=prefix[0])
    return state


def read_unchanged(text: str, start: int, end: int, cues: Cues) -> State | None:
    """Return no effect where the words beside say so: "IL-6 not changed", "unchanged gait"."""
    rest = _without_measures(text[end:], cues)
    first = cues.search("unchanged_before", text[:start])
    said = first or cues.match("not_changed", rest) or cues.match("unchanged", rest.lstrip())
    return State(start, "none", "unchanged", said[0].strip()) if said else None


def read_noun_behind(text: str, start: int, end: int, state: State, cues: Cues) -> State:
    """Return the state changed by a noun of action behind the words: "X suppression"."""
    called = cues.match("doer", text, end) if cues.search("acts_as", text[:start]) else None
    if called := called or cues.search("doer_of", text[:start]):
        effect = "inhibits" if called["down"] else "activates"
        effect = effect if state.effect != "none" else "none"
        return replace(state, effect=effect, rule="noun-behind", cue=called[0].strip())
    rest = _without_measures(text[end:], cues)
    cue = re.match(r"\s+([\w-]+)", rest)
    if not cue or not cues.finder.fullmatch(cue[1]):
        return state
    meaning = cues.meaning(cue[1])
    is_head = cue[1].endswith("ing") and cues.match("heads", rest[cue.end() :])
    if meaning.kind != "noun" and not is_head:
        return state
    if is_head and state.effect != "none":
        return replace(state, effect=meaning.effect, rule="participle-behind", cue=cue[1])
    if meaning.effect == "modulates" and state.effect != "involves":
        return state
    return replace(
        state, effect=compose(state.effect, meaning.effect), rule="noun-behind", cue=cue[1]
    )


def _without_measures(behind: str, cues: Cues) -> str:
    return behind[cues.match("measures", behind).end() :]  # type: ignore[union-attr]


# --- what a clause says of other words than those around a name ---


def find_asides(text: str, cues: Cues) -> Iterator[tuple[int, int, State]]:
    """Yield what a clause says of other things than its subject.

    "Apoptosis [induced by IL-1β] fell", "IL-6 [but not TNF-α] fell", "lost [when X was cut]".
    """
    for match in cues.patterns["given"].finditer(text):
        acts = cues.finder.fullmatch(match["verb"])
        passive = not match["who"] and cues.search("passive", text[: match.start("verb")])
        if acts and not passive and not cues.vesicle.search(match["agent"]):
            done = cues.meaning(match["verb"]).effect
            said = State(match.start(), "involves", "agent", "by", outer=done)
            yield *match.span(), said
    for match in cues.patterns["relative"].finditer(text):
        if not cues.vesicle.search(match["agent"]):
            yield *match.span(), State(match.start(), "involves", "agent", "by")
    for match in cues.patterns["set_in"].finditer(text):
        yield *match.span(), State(match.start(), "involves", "agent", "by")
    for match in cues.patterns["left_out"].finditer(text):
        yield *match.span(), State(match.start(), "none", "denied", "but not")
    for match in cues.patterns["once"].finditer(text):
        if not cues.vesicle.search(match[0]):
            yield *match.span(), State(match.start(), "involves", "condition", match["word"])


def find_levels(text: str, cues: Cues) -> Iterator[State]:
    """Yield what is said of the level of a subject: "unchanged", "twice that of controls"."""
    for match in cues.patterns["unchanged"].finditer(text):
        yield State(match.start(), "none", "unchanged", match[0], match.end())
    for match in cues.patterns["times_that"].finditer(text):
        effect = "down" if match["low"] else "up"
        yield State(match.start(), effect, "passive", match[0], match.end())
    for match in cues.patterns["two_groups"].finditer(text):
        sides = [(match["one"], float(match["a"])), (match["two"], float(match["b"]))]
        theirs = [value for side, value in sides if cues.vesicle.search(side)]
        others = [v for s, v in sides if not cues.vesicle.search(s) and cues.search("untreated", s)]
        unit, other = match["unit_a"], match["unit_b"]
        unlike = unit and other and unit != other  # "8 weeks and 3 months"
        if theirs and others and theirs != others and not unlike:
            effect = "up" if theirs > others else "down"
            yield State(match.start(), effect, "passive", match[0], match.end())


def find_turns(text: str, cues: Cues) -> Iterator[tuple[int, int, State]]:
    """Yield both ends of a turn: "shifted macrophages from the M1 to the M2 type"."""
    for match in cues.patterns["lost"].finditer(text):  # "lost less bone"
        effect = "down" if match["how"].lower() == "less" else "up"
        yield (
            *match.span("what"),
            State(match.start(), effect, "verb", match["how"], match.end("how")),
        )
    for match in cues.patterns["left_unchanged"].finditer(text):
        said = State(match.start(), "none", "unchanged", match[0], match.end())
        yield *match.span("what"), said
    for match in cues.patterns["turned"].finditer(text):
        for name, effect in (("from", "down"), ("to", "up")):
            said = State(match.start(name), effect, "turned-toward", match["verb"])
            yield *match.span(name), said


def find_relieved(text: str, cues: Cues) -> Iterator[tuple[int, int, State]]:
    """Yield what "the inhibitory effect of X on Y was relieved by vesicles" says of Y: it rises."""
    for match in cues.patterns["relieved"].finditer(text):
        if not cues.vesicle.search(match["agent"]):
            effect = "up" if match["down"] else "down"
            said = State(match.start("what"), effect, "relieved", match["verb"], match.end())
            yield *match.span("what"), said
            yield *match.span("agent"), State(match.start("agent"), "involves", "agent", "of")


def find_instead(text: str, cues: Cues) -> Iterator[tuple[int, int, State]]:
    """Yield what "X was not inhibited but enhanced", "rose in controls but fell" say of X."""
    for match in cues.patterns["not_but"].finditer(text):
        what, verb = ("what", "verb") if match["verb"] else ("what2", "verb2")
        if effect := _meaning_of(match[verb], cues):
            yield *match.span(what), State(match.start(what), effect, "not-but", match[verb])
    for match in cues.patterns["in_controls"].finditer(text):
        effect = _meaning_of(match["verb"], cues)
        if effect and not cues.vesicle.search(match["what"]):
            yield *match.span("what"), State(match.start("what"), effect, "not-but", match["verb"])
    for match in cues.patterns["as_much_as"].finditer(text):
        what = "what" if match["what"] else "what2"
        yield *match.span(what), State(match.start(what), "none", "unchanged", "as much as")
    for match in cues.patterns["level_with_vesicles"].finditer(text):
        said = State(match.start("what"), "modulates", "not-but", "unchanged")
        yield *match.span("what"), said
    for match in cues.patterns["shared_object"].finditer(text):  # "A raised, and B lowered, X"
        effects = {_meaning_of(match[verb], cues) for verb in ("first", "second")}
        if "" not in effects and len(effects) > 1:
            said = State(match.start("what"), "modulates", "shared-object", match["second"])
            yield *match.span("what"), said


def find_respective(text: str, cues: Cues) -> Iterator[tuple[int, int, State]]:
    """Yield what "raised and lowered A and B, respectively" says of A, and of B."""
    for match in cues.patterns["respectively"].finditer(text):
        effects = [_meaning_of(match[name], cues) for name in ("first", "second")]
        cut = match.start("items") + match["items"].rfind(" and ")
        if not all(effects) or " and " not in match["items"]:
            continue
        for span, effect in zip(
            ((match.start("items"), cut), (cut, match.end("items"))), effects, strict=True
        ):
            yield *span, State(span[0], effect, "respectively", match["first"], match.end())


def _meaning_of(word: str, cues: Cues) -> str:
    """Return the direction of a verb or its half: the ``up-`` of "up- and down-regulated"."""
    half = {"up-": "up", "down-": "down"}.get(word.lower(), "")
    return half or (cues.meaning(word).effect if cues.finder.fullmatch(word) else "")
