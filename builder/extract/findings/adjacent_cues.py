"""The direction that the words right beside a name give it: arrows, predicates, prefixes, nouns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from builder.extract.findings.cues import Cues

OPPOSING = frozenset(["down", "inhibits"])
_FLIPPED = {"up": "down", "down": "up", "activates": "inhibits", "inhibits": "activates"}
_AGENT = re.compile(r"\b(?:by|via|through|with|from|upon|against|in)\s+(?:the\s+)?$", re.IGNORECASE)
_KEPT_DOWN = re.compile(r"\s+(?:at\s+bay|in\s+check|under\s+control|low|down)\b", re.IGNORECASE)
_KEPT_HIGH = re.compile(r"\bke(?:eps?|pt|eping)\s+[^.;]{0,80}$", re.IGNORECASE)
_HIGH = re.compile(r"(?:\s*(?:,|and|/)\s*[\w-]+)*\)?\s+(?:high|elevated)\b", re.IGNORECASE)
_MEDIATED = re.compile(
    r"^[\s-]+(?:mediated|dependent|induced|driven|responsive|stimulated|triggered|evoked|provoked|elicited|"
    r"challenged|primed|associated|related)\b"
    r"(?!\s+(?:by|with|in|to|after|upon|during)\b)",
    re.IGNORECASE,
)
# "apoptosis-inhibiting", "osteogenesis-promoting": the participle takes the name as its object.
_DOING = re.compile(r"-(\w+(?:ing|ory|ive))\b", re.IGNORECASE)
_PREFIX = re.compile(r"\b(anti|pro)[-‐‑ ]?$", re.IGNORECASE)
_LISTED_SIGN = re.compile(
    r"(?:\s*(?:,|/|and)\s*[^;.()\[\]]{1,60}?)?(?P<sign>\s*[(\[]\s*[+＋\-‐‑–−]+\s*[)\]])"
)
_SIGN = re.compile(r"\s*[(\[]\s*([+＋]+|[-‐‑–−]+)\s*[)\]]")
# What may stand between a name and the predicate that says its direction.
_PREDICATE = re.compile(
    r"^(?P<more>(?:\s+(?:and|in|of)\s+[\w-]+){0,2})"
    r"\s+(?P<aux>(?:(?:was|were|is|are|be|been|being|has|have|had|can|could|may|might|also|both|all|"
    r"then|thus|to|seen|found|shown|becomes?|became|gets?|got|kept|held|set)\s+)*)"
    r"(?:(?:\w+ly|even|much|far|further|[\d.,]+[\s-]?(?:fold|times|%|percent))\s+)?(?P<word>[\w-]+)",
    re.IGNORECASE,
)
_NOT_CHANGED = re.compile(
    r"^\s+(?:(?:remain(?:s|ed)?|was|were|is|are|stayed)\s+)?(?:\w+ly\s+)?"
    r"(?:unchanged|unaffected|unaltered|\(?n\.?s\.?\)?(?![\w-])|not\s+(?:\w+ly\s+)?(?:changed|altered|affected|different|"
    r"increased|decreased|reduced|improved|enhanced|promoted|inhibited|modified|influenced))\b",
    re.IGNORECASE,
)
_UNCHANGED_BEFORE = re.compile(r"\b(?:unchanged|unaffected|unaltered)\s+(?:\w+\s+)?$", re.I)
_UP_ARROWS, _DOWN_ARROWS = "↑⬆⇑▲", "↓⬇⇓▼"
_ARROWS = _UP_ARROWS + _DOWN_ARROWS
_CELL_PART = re.compile(r"[;\n→⟶➔⇒]|->|\.\s")
# A predicate that ends its clause: "proliferation and migration promoted".
ENDS_CLAUSE = re.compile(
    r"^(?:\s+\w+ly)?\s*(?:$|[;,.)]|(?:by|in|after|at|with|compared|relative|via|through|and)\b(?!\s+the\s))",
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


def is_mediated(text: str, end: int) -> str:
    """Return the word behind a name that makes it a mere agent: "IL-1β-induced", or nothing."""
    behind = text[end:]
    return behind.split(maxsplit=1)[0] if _MEDIATED.match(behind) else ""


def read_predicate(text: str, start: int, end: int, state: State, cues: Cues) -> State | None:
    """Return what a predicate behind a name says of it: "X was reduced", "X rose".

    Of a name behind a preposition it says nothing: the "IL-1β" of "MMP-13 rise by IL-1β fell".
    """
    if _AGENT.search(text[max(0, start - 20) : start]):
        return None
    rest = _without_measures(text[end:], cues)
    match = _PREDICATE.match(rest)
    if not match or not cues.finder.fullmatch(match["word"]) or match["more"]:
        return None
    word, ends = match["word"].lower(), ENDS_CLAUSE.match(rest[match.end() :])
    meaning = cues.meaning(word)
    # "prevents apoptosis induced by X": the verb before it says.
    reported = state.cue and state.effect not in ("involves", "modulates")
    if meaning.kind != "verb" or not meaning.effect or (reported and not match["aux"].strip()):
        return None
    if state.rule == "noun":
        said = compose(meaning.effect, state.effect)
        return State(start, said, "passive-and-noun", f"{state.cue} {word}")
    passive = cues.is_participle(word) or word in cues.lists["comparatives"]
    if (match["aux"].strip() and passive) or (
        ends and (passive or word in cues.lists["intransitive"])
    ):
        return State(start, meaning.effect, "passive", match["word"])
    return None


def read_beside(text: str, start: int, end: int, cues: Cues) -> State | None:
    """Return what is grown together with a name: "X-inhibiting", "X (+)"."""
    if sign := _find_sign(text, end, cues):
        return State(start, "up" if sign[1][0] in "+＋" else "down", "sign", sign[0].strip())
    if kept := _KEPT_DOWN.match(text, end):
        return State(start, "down", "kept-down", kept[0].strip())
    if (high := _HIGH.match(text, end)) and _KEPT_HIGH.search(text[:start]):
        return State(start, "up", "kept-high", high[0].strip())
    doing = _DOING.match(text, end)
    if doing and cues.finder.fullmatch(doing[1]):
        effect = cues.meaning(doing[1]).effect
        return State(start, effect, "participle-behind", doing[0]) if effect else None
    return None


def _find_sign(text: str, end: int, cues: Cues) -> re.Match[str] | None:
    """Return the sign behind a name, or behind the list that it is in: "TNF-α, IL-6 (−)"."""
    listed = _LISTED_SIGN.match(text, end)
    if listed and cues.finder.search(text, end, listed.start("sign")):
        return None
    return _SIGN.match(text, listed.start("sign")) if listed else None


def read_prefix(text: str, start: int, end: int, state: State) -> State:
    """Return the state of a name with anti- or pro- before it: "anti-apoptotic"."""
    prefix = _PREFIX.search(text[max(0, start - 5) : start])
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
    first = _UNCHANGED_BEFORE.search(text[:start])
    said = first or _NOT_CHANGED.match(rest) or cues.patterns["unchanged"].match(rest.lstrip())
    return State(start, "none", "unchanged", said[0].strip()) if said else None


def read_noun_behind(text: str, end: int, state: State, cues: Cues) -> State:
    """Return the state changed by a noun of action behind the words: "X suppression"."""
    rest = _without_measures(text[end:], cues)
    cue = re.match(r"\s+([\w-]+)", rest)
    if not cue or not cues.finder.fullmatch(cue[1]):
        return state
    meaning = cues.meaning(cue[1])
    is_head = cue[1].endswith("ing") and cues.patterns["heads"].match(rest[cue.end() :])
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
    return behind[cues.patterns["measures"].match(behind).end() :]  # type: ignore[union-attr]


def compose(outer: str, inner: str) -> str:
    """Return the direction of a verb over a noun of action: down over down is up."""
    if outer in OPPOSING:
        return _FLIPPED.get(inner, outer)
    if outer in ("none", "modulates"):
        return outer
    return inner
