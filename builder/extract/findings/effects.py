"""The direction that a statement gives to each mechanism: a left-to-right walk over its cues.

A cue governs what follows it up to the next cue. A noun of action takes the direction of a verb
before it ("prevent the downregulation of X": up). Purposes are no effects, denials no support.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from builder.extract.findings.cues import CueKind, Cues

_FLIPPED = {"up": "down", "down": "up", "activates": "inhibits", "inhibits": "activates"}
_RELATIONS = ("involved in", "associated with", "related to", "required for", "responsible for")
_COMPARATIVES = ("higher", "lower", "greater", "better", "superior", "highest", "lowest")
_OPPOSING = frozenset(["down", "inhibits"])
_GAP = re.compile(r"^[\s,]*(?:the\s+|of\s+|their\s+|its\s+|a\s+|an\s+|\w+ly\s+)*$", re.IGNORECASE)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|be|being)\s+(?:not\s+)?(?:\w+ly\s+)?$", re.IGNORECASE
)
_COORDINATED = re.compile(r"(?:,|\band|\bor|,\s*and)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[;:.]\s|,\s+(?:and|but|while|whereas)\s|\b(?:whereas|while|but|that|which)\s", re.IGNORECASE
)
_BREAK = re.compile(r"[;:]\s|\.\s+(?=[A-Z])|[—–]\s")
_MEDIATED = re.compile(
    r"^[\s-]+(?:mediated|dependent|induced|driven|responsive|stimulated|associated|related)\b",
    re.IGNORECASE,
)
_COMPOUND = re.compile(r"\b(?:for|to|with|of|by|through|via)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_LAST_WORD = re.compile(r"([\w-]+)\s+$")
_INTRANSITIVE = re.compile(
    r"^\s+(?:levels?\s+|expression\s+|activity\s+|production\s+)*(?:were\s+|was\s+|is\s+|are\s+)?"
    r"(?:\w+ly\s+)?(increased|decreased|reduced|improved|enhanced|elevated|declined|rose|fell|dropped|climbed|upregulated|"
    r"downregulated|up-regulated|down-regulated|suppressed|inhibited|activated|attenuated|restored)\b"
    r"(?!\s+(?:the|by\s+\w+ing|in\s+which)\b)",
    re.IGNORECASE,
)


_NOT_CHANGED = re.compile(
    r"^\s+(?:(?:remain(?:s|ed)?|was|were|is|are|stayed)\s+)?(?:\w+ly\s+)?"
    r"(?:unchanged|unaffected|unaltered|not\s+(?:\w+ly\s+)?(?:changed|altered|affected|different|"
    r"increased|decreased|reduced|improved|enhanced|promoted|inhibited|modified|influenced))\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"^\s+(?:(?:up\s+to|at\s+least|over|about|the\s+first|more\s+than)\s+)?(?:\d|one|two|three|four|"
    r"five|six|seven|eight|nine|ten|twelve|several|many|a\s+few|half)\b",
    re.IGNORECASE,
)
_UNCHANGED_BEFORE = re.compile(r"\b(?:unchanged|unaffected|unaltered)\s+(?:\w+\s+)?$", re.I)
_UP_ARROWS, _DOWN_ARROWS = "↑⬆⇑▲", "↓⬇⇓▼"
_ARROWS = _UP_ARROWS + _DOWN_ARROWS
_CELL_PART = re.compile(r"[;\n]|\.\s")
# A predicate that ends its clause: "proliferation and migration promoted".
_ENDS_CLAUSE = re.compile(
    r"^\s*(?:$|[;,.)]|(?:by|in|after|at|with|compared|relative|via|through|and)\b(?!\s+the\s))",
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


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    kind: CueKind
    effect: str
    word: str


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


class EffectReader:
    """Reads the direction at any place of one text."""

    def __init__(self, text: str, cues: Cues, names: Sequence[tuple[int, int]] = ()) -> None:
        """Read a text; words in the spans of ``names`` are no cues: the "loss" modulus."""
        self.text = text
        self.cues = cues
        self.names = names
        self._passives: list[tuple[int, int, State]] = []
        self.states = self._walk()
        for match in cues.unchanged.finditer(text):
            start = self._clause_start(match.start())
            said = State(match.start(), "none", "unchanged", match[0], match.end())
            self._passives.append((start, match.start(), said))
        self._starts = [s.start for s in self.states]

    def effect_of(self, start: int, end: int) -> State:
        """Return what the statement says of the words from ``start`` to ``end``."""
        state = self.states[bisect_right(self._starts, start) - 1]
        behind = self.text[end:]
        if _MEDIATED.match(behind):
            return State(start, "involves", "x-mediated", behind.split()[0])
        for found in (read_arrow(self.text, start, end), self._unchanged_beside(start, behind)):
            if found:
                return found
        passive = _INTRANSITIVE.match(behind)
        if passive and state.effect != "none":
            word = self.cues.meaning(passive[1]) if self.cues.finder.match(passive[1]) else None
            if word and word.effect:
                return State(start, word.effect, "passive", passive[1])
        for low, high, said in self._passives:
            if low <= start < high and state.effect == "involves":
                state = said
        return self._behind(state, behind)

    def _unchanged_beside(self, start: int, behind: str) -> State | None:
        """Return no effect where the words beside say so: "IL-6 not changed", "unchanged gait"."""
        rest = behind[self.cues.measures.match(behind).end() :]  # type: ignore[union-attr]
        first = _UNCHANGED_BEFORE.search(self.text[:start])
        said = first or _NOT_CHANGED.match(rest) or self.cues.unchanged.match(rest.lstrip())
        return State(start, "none", "unchanged", said[0].strip()) if said else None

    def _behind(self, state: State, behind: str) -> State:
        """Return the state changed by a noun of action behind the words: "X suppression"."""
        rest = behind[self.cues.measures.match(behind).end() :]  # type: ignore[union-attr]
        cue = re.match(r"\s+([\w-]+)", rest)
        if not cue or not self.cues.finder.fullmatch(cue[1]):
            return state
        meaning = self.cues.meaning(cue[1])
        is_head = cue[1].endswith("ing") and self.cues.heads.match(rest[cue.end() :])
        if meaning.kind != "noun" and not is_head:
            return state
        if is_head and state.effect != "none":
            return replace(state, effect=meaning.effect, rule="participle-behind", cue=cue[1])
        if meaning.effect == "modulates" and state.effect != "involves":
            return state
        return replace(
            state, effect=_compose(state.effect, meaning.effect), rule="noun-behind", cue=cue[1]
        )

    def _found(self) -> list[_Cue]:
        cues = [
            _Cue(m.start(), m.end(), meaning.kind, meaning.effect, m[0].lower())
            for m in self.cues.finder.finditer(self.text)
            for meaning in [self.cues.meaning(m[0])]
            if not any(low <= m.start() < high for low, high in self.names)
        ]
        cues += [
            _Cue(m.start(), m.end(), "break", "", m[0])
            for m in _BREAK.finditer(self.text)
            if not (m[0][0] == ":" and any(c.end == m.start() and c.effect for c in cues))
        ]
        cues += [
            _Cue(m.start(), m.end(), "aim", "", "to")
            for m in re.finditer(r"(?<![\w-])to(?=\s+(?:\w+ly\s+)?(\w+))", self.text, re.IGNORECASE)
            if self._is_purpose(m)
        ]
        return sorted(cues, key=lambda c: (c.start, -c.end))

    def _is_purpose(self, to: re.Match[str]) -> bool:
        verb = self.cues.finder.fullmatch(to[1])
        if not verb or self.cues.meaning(to[1]).kind != "verb":
            return False
        before = _LAST_WORD.search(self.text[: to.start()])
        return not (before and before[1].lower() in self.cues.shown)

    def _walk(self) -> list[State]:
        states = [State(0)]
        aim: _Cue | None = None
        acted = guessing = False
        for cue in self._found():
            before = states[-1]
            if cue.start < before.end or self._keeps(cue) or self._tells_time(cue):
                continue
            acted = acted and cue.kind != "break"
            ends = cue.kind == "break" and cue.word.strip() in (".", ";", "but", "however")
            guessing = (guessing and not ends) or cue.kind == "hypothesis"
            if guessing:
                states.append(State(cue.start, "involves", "hypothesis", cue.word, cue.end))
                continue
            if cue.word == "to" and acted:
                continue  # what a deed is done for, it does: "reduce TNF to mitigate inflammation"
            acted = acted or self._is_deed(cue)
            if cue.kind in ("break", "aim", "denial", "neutral"):
                aim = cue if cue.kind == "aim" else None if cue.word != "in" else aim
                states.append(self._plain(cue, before))
            elif aim is not None and self._absorbed(cue, aim):
                states.append(State(cue.start, "involves", "aim", cue.word, cue.end))
            else:
                aim = None
                states.append(self._directed(cue, before))
        return states

    def _is_deed(self, cue: _Cue) -> bool:
        """Tell whether a cue is a finite verb: neither a noun, nor a gerund, nor a participle."""
        if _COMPOUND.search(self.text[: cue.start]) or cue.word.endswith("ing"):
            return False
        if cue.kind == "verb":
            return not cue.word.endswith("ed") or not self.text[: cue.start].strip().endswith(
                ("with", "for", "and", "of")
            )
        return cue.word in ("deliver", "delivers", "delivered", "transfer", "transfers")

    def _keeps(self, cue: _Cue) -> bool:
        """Tell whether a preposition belongs to the words before it: "increase in", "such as"."""
        if cue.word not in ("in", "as", *_RELATIONS):
            return False
        before = _LAST_WORD.search(self.text[: cue.start])
        word = before[1].lower() if before else ""
        if cue.word == "as":
            return word in self.cues.keeps_as
        if cue.word in _RELATIONS:
            return word in self.cues.measured
        return word in self.cues.keeps_in

    def _tells_time(self, cue: _Cue) -> bool:
        """Tell whether a "for" gives a time and no purpose: "for two weeks"."""
        return cue.word == "for" and bool(_TIME.match(self.text[cue.end :]))

    def _plain(self, cue: _Cue, before: State) -> State:
        if cue.kind == "denial":
            return State(cue.start, "none", "denied", cue.word, cue.end)
        if cue.word == "from" and before.cue.startswith(("protect", "rescu", "prevent", "shield")):
            return State(cue.start, "inhibits", "protected-from", f"{before.cue} from", cue.end)
        reaching = any(word in before.cue for word in self.cues.reaching)
        near = reaching or cue.word in ("in", "on", "with")
        near = near or bool(_GAP.match(self.text[before.end : cue.start]))
        denied = before.effect == "none" and cue.kind == "neutral" and near
        if denied:
            return replace(before, start=cue.start, end=cue.end)
        rule = "aim" if cue.kind == "aim" else "no-direction"
        return State(cue.start, "involves", rule, cue.word, cue.end)

    def _takes_effect(self, cue: _Cue) -> bool:
        """Tell whether a verb takes the vesicles' effect away; no other verb stands between."""
        effect = self.cues.effect_of_vesicles.match(self.text[cue.end :])
        if not effect:
            return False
        cues = self.cues.finder.finditer(self.text, cue.end, cue.end + effect.end())
        return all(self.cues.meaning(m[0]).kind != "verb" for m in cues)

    def _ends_clause(self, cue: _Cue, before: State) -> bool:
        """Tell whether a participle ends a clause of its own: "osteogenesis promoted"."""
        start = self._clause_start(cue.start)
        return (
            cue.kind == "verb"
            and cue.word.endswith("ed")
            and bool(_ENDS_CLAUSE.match(self.text[cue.end :]))
            and before.end <= start
            and not self.cues.vesicle.search(self.text, start, cue.start)
        )

    def _goes_on(self, before: State, cue: _Cue) -> bool:
        """Tell whether a denial reaches a further verb: "did not promote or inhibit"."""
        between = self.text[before.end : cue.start]
        return bool(re.search(r"\b(?:or|nor)\s+$", between)) and "," not in between

    def _note_passive(self, cue: _Cue, before: State) -> None:
        """Note what a passive verb says of the words before it: "apoptosis was reduced"."""
        effect = "none" if before.effect == "none" else cue.effect
        said = State(cue.start, effect, "passive", cue.word, cue.end)
        self._passives.append((self._clause_start(cue.start), cue.start, said))

    def _clause_start(self, place: int) -> int:
        breaks = [m.end() for m in _CLAUSE.finditer(self.text, 0, place)]
        return breaks[-1] if breaks else 0

    def _absorbed(self, cue: _Cue, aim: _Cue) -> bool:
        """Tell whether a verb belongs to a purpose: "for enhancing X and reducing Y"."""
        between = self.text[aim.end : cue.start]
        word = cue.word.split()[0]
        if cue.kind == "noun" or _GAP.match(between):
            return True
        if not _COORDINATED.search(between):
            return word.endswith("ing") and aim.word == "for"
        if aim.word == "for":
            return word.endswith(("ing", "ed"))
        return not word.endswith(("s", "ed"))

    def _directed(self, cue: _Cue, before: State) -> State:
        passive = _PASSIVE.search(self.text[: cue.start]) and (
            cue.word.endswith("ed") or cue.word in _COMPARATIVES
        )
        if passive or cue.word in self.cues.intransitive or self._ends_clause(cue, before):
            self._note_passive(cue, before)
            return State(cue.start, "involves", "passive", cue.word, cue.end)
        near = before.cue and _GAP.match(self.text[before.end : cue.start])
        denied = before.effect == "none" and (near or self._goes_on(before, cue))
        lost = before.rule == "effect-taken-away" and self.text[: cue.start].endswith("to ")
        if denied or lost:  # "abolished the ability of exosomes to promote X"
            return replace(before, start=cue.start, end=cue.end)
        if near and cue.kind == "noun" and before.rule == "verb":
            effect = _compose(before.effect, cue.effect)
            return State(cue.start, effect, "verb-and-noun", f"{before.cue} {cue.word}", cue.end)
        if cue.kind == "verb" and cue.effect in _OPPOSING and self._takes_effect(cue):
            # What is taken away is the vesicles' effect; their direction is not told by the verb.
            return State(cue.start, "modulates", "effect-taken-away", cue.word, cue.end)
        return State(cue.start, cue.effect, "verb", cue.word, cue.end)


def _compose(outer: str, inner: str) -> str:
    """Return the direction of a verb over a noun of action: down over down is up."""
    if outer in _OPPOSING:
        return _FLIPPED.get(inner, outer)
    if outer in ("none", "modulates"):
        return outer
    return inner
