"""The direction that a statement gives to each mechanism: a left-to-right walk over its cues.

A cue governs what follows it up to the next cue. A noun of action takes the direction of a verb
before it ("prevent the downregulation of X": up). Purposes are no effects, denials no support.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from builder.extract.findings.adjacent_cues import (
    ENDS_CLAUSE,
    OPPOSING,
    State,
    compose,
    is_mediated,
    read_arrow,
    read_beside,
    read_noun_behind,
    read_predicate,
    read_prefix,
    read_unchanged,
)
from builder.extract.findings.cues import CueKind, Cues

_GAP = re.compile(
    r"^[\s,]*(?:the\s+|of\s+|their\s+|its\s+|a\s+|an\s+|\w+ly\s+|"
    r"(?:able|found|shown|seen|observed|sufficient|expected)\s+to\s+|capable\s+of\s+|"
    r"[^\s,;]+-(?:induced|mediated|dependent|driven|stimulated|triggered|associated|related)\s+)*$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|be|being)\s+"
    r"(?:(?:not|all|both|also|then|thus|the|likewise|even)\s+)?(?:\w+ly\s+)?"
    r"(?:[\d.,]+[\s-]?(?:fold|times|%|percent)\s+)?$",
    re.IGNORECASE,
)
_COORDINATED = re.compile(r"(?:,|\band|\bor|,\s*and)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[;:.]\s|,\s+(?:and|but|while|whereas)\s|\b(?:whereas|while|but|that|which|when|once|if)\s",
    re.IGNORECASE,
)
_DETERMINED = re.compile(r"\b(?:the|these|its|their|as|novel|new)\s+(?:[\w-]+\s+)?$", re.IGNORECASE)
# "improved the reduced X": a state that the verb before it acts on.
_ARTICLE = re.compile(r"\s*(?:the|their|its|this)\s+(?:\w+ly\s+)?", re.IGNORECASE)
_LIST_END = re.compile(r",\s+and\s", re.IGNORECASE)
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|has|have|had|can|could|may)\b", re.IGNORECASE)
_BREAK = re.compile(r"[;:]\s|\.\s+(?=[A-Z])|[—–]\s")
_COMPOUND = re.compile(r"\b(?:for|to|with|of|by|through|via)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_LISTED = re.compile(r"(?:,|\band|\bor|\bas\s+well\s+as)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+)?$")
_LAST_WORD = re.compile(r"([\w-]+)\s+$")
# "and frobbed MMP-13": a verb that is no cue, between one and its next object.
_UNREAD = re.compile(
    r"(?:,\s+(?:and\s+|or\s+|but\s+)?|\b(?:and|or|but)\s+)(?:\w+ly\s+)?"
    r"(?P<verb>[a-z]{2,}(?:ed|[aeiou]t(?:es?|ing)|i[sz](?:es?|ing)|if(?:y|ies|ying)))(?=\s+[\w(])"
)
# "enhanced rather than inhibited X": the second verb is the one denied.
_INSTEAD = re.compile(r"\s+(?:rather\s+than|but\s+not|and\s+not)\s+([\w-]+)")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    kind: CueKind | Literal["resumed", "unread"]
    effect: str
    word: str


class EffectReader:
    """Reads the direction at any place of one text."""

    def __init__(self, text: str, cues: Cues, names: Sequence[tuple[int, int]] = ()) -> None:
        """Read a text; words in the spans of ``names`` are no cues: the "loss" modulus."""
        self.text = text
        self.cues = cues
        self.names = names
        self._aside = list(self._find_asides())
        for low, high, _ in self._aside:
            self.text = self.text[:low] + " " * (high - low) + self.text[high:]
        self._known = [*self._aside, *self._find_turns(), *self._find_respective()]
        self._passives: list[tuple[int, int, State]] = []
        self._undone: list[tuple[int, int, State]] = []  # what a later verb says of the same words
        self.states = self._walk()
        for match in cues.patterns["unchanged"].finditer(text):
            start = self._clause_start(match.start())
            said = State(match.start(), "none", "unchanged", match[0], match.end())
            self._passives.append((start, match.start(), said))
        for match in self.cues.patterns["left_unchanged"].finditer(text):
            said = State(match.start(), "none", "unchanged", match[0], match.end())
            self._passives.append((match.start("what"), match.end("what"), said))
        self._starts = [s.start for s in self.states]

    def _find_asides(self) -> Iterator[tuple[int, int, State]]:
        """Yield what a clause says of other things than its subject.

        "Apoptosis [induced by IL-1β] fell", "IL-6 [but not TNF-α] fell", "lost [when X was cut]".
        """
        for match in self.cues.patterns["given"].finditer(self.text):
            acts = self.cues.finder.fullmatch(match["verb"])
            passive = not match["who"] and _PASSIVE.search(self.text[: match.start("verb")])
            if acts and not passive and not self.cues.vesicle.search(match["agent"]):
                yield *match.span(), State(match.start(), "involves", "agent", "by")
        for match in self.cues.patterns["left_out"].finditer(self.text):
            yield *match.span(), State(match.start(), "none", "denied", "but not")
        for match in self.cues.patterns["once"].finditer(self.text):
            if not self.cues.vesicle.search(match[0]):
                yield *match.span(), State(match.start(), "involves", "condition", match["word"])

    def _find_turns(self) -> Iterator[tuple[int, int, State]]:
        """Yield both ends of a turn: "shifted macrophages from the M1 to the M2 type"."""
        for match in self.cues.patterns["turned"].finditer(self.text):
            for name, effect in (("from", "down"), ("to", "up")):
                said = State(match.start(name), effect, "turned-toward", match["verb"])
                yield *match.span(name), said

    def effect_of(self, start: int, end: int) -> State:
        """Return what the statement says of the words from ``start`` to ``end``."""
        state = self.states[bisect_right(self._starts, start) - 1]
        text, cues = self.text, self.cues
        known = (s for low, high, s in (*self._known, *self._undone) if low <= start < high)
        agent = is_mediated(text, end)
        beside = (
            next(known, None)
            or (State(start, "involves", "x-mediated", agent) if agent else None)
            or read_arrow(text, start, end)
            or read_unchanged(text, start, end, cues)
            or read_beside(text, start, end, cues)
        )
        if beside:
            return beside
        if state.effect != "none" and (said := read_predicate(text, start, end, state, cues)):
            subject = text[self._clause_start(start) : start]
            lost = said.effect in OPPOSING and cues.patterns["effect_of_vesicles"].match(
                f" {subject}"
            )
            return replace(said, effect="modulates", rule="effect-taken-away") if lost else said
        for low, high, given in self._passives:
            if (
                not low <= start < high
                or state.rule == "aim"
                or state.cue in self.cues.lists["agents"]
            ):
                continue
            if state.effect == "involves":
                state = given
            elif state.rule == "noun" and state.end > low:
                effect = compose(given.effect, state.effect)
                state = replace(given, effect=effect, rule="passive-and-noun")
        return read_prefix(text, start, end, read_noun_behind(text, end, state, cues))

    def _find_respective(self) -> Iterator[tuple[int, int, State]]:
        """Yield what "raised and lowered A and B, respectively" says of A, and of B."""
        for match in self.cues.patterns["respectively"].finditer(self.text):
            effects = [self._meaning_of(match[name]) for name in ("first", "second")]
            cut = match.start("items") + match["items"].rfind(" and ")
            if not all(effects) or " and " not in match["items"]:
                continue
            for span, effect in zip(
                ((match.start("items"), cut), (cut, match.end("items"))), effects, strict=True
            ):
                yield *span, State(span[0], effect, "respectively", match["first"], match.end())

    def _meaning_of(self, word: str) -> str:
        """Return the direction of a verb or its half: the ``up-`` of "up- and down-regulated"."""
        half = {"up-": "up", "down-": "down"}.get(word.lower(), "")
        return half or (self.cues.meaning(word).effect if self.cues.finder.fullmatch(word) else "")

    def _found(self) -> list[_Cue]:
        cues = [
            _Cue(m.start(), m.end(), meaning.kind, meaning.effect, m[0].lower())
            for m in self.cues.finder.finditer(self.text)
            for meaning in [self.cues.meaning(m[0])]
            if not any(low <= m.start() < high for low, high in self.names)
            and not (m[0].endswith(" up") and self.text.startswith(" to ", m.end()))
            and not (m[0].lower() == "but" and self.text.startswith(" also ", m.end()))
            and not (
                m[0].lower() in self.cues.lists["nouns_too"]
                and _DETERMINED.search(self.text, 0, m.start())
            )
        ]
        cues += [
            _Cue(m.start(), m.end(), "noun", self.cues.judging[m[0].lower()], m[0].lower())
            for m in self.cues.patterns["judged"].finditer(self.text)
        ]
        cues += [
            _Cue(m.start("verb"), m.end(), "unread", "", m["verb"])
            for m in _UNREAD.finditer(self.text)
            if m["verb"] not in self.cues.lists["describing"]
            and not self.cues.finder.match(m["verb"])
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
        cues += [
            _Cue(m.end(), m.end(), "resumed", c.effect, c.word)
            for c in cues
            if c.kind == "verb" and (m := self.cues.patterns["aside"].match(self.text, c.end))
        ]
        return sorted(cues, key=lambda c: (c.start, -c.end))

    def _is_purpose(self, to: re.Match[str]) -> bool:
        verb = self.cues.finder.fullmatch(to[1])
        if not verb or self.cues.meaning(to[1]).kind != "verb":
            return False
        before = _LAST_WORD.search(self.text[: to.start()])
        clause = self.text[self._clause_start(to.start()) : to.start()]
        return not (
            before and before[1].lower() in self.cues.lists["shown"]
        ) and not self.cues.patterns["passed_on"].search(clause)

    def _walk(self) -> list[State]:
        states = [State(0)]
        aim: _Cue | None = None
        acted = guessing = False
        for cue in self._found():
            before = states[-1]
            if cue.start < before.end or self._keeps(cue) or self._reports_time(cue):
                continue
            if cue.kind == "verb" and self._instead(cue, cue.end) and before.effect != "none":
                state = self._directed(cue, before)
                states.append(replace(state, end=self._instead(cue, cue.end)))
                continue
            if cue.kind == "resumed":
                said = [s for s in states if s.cue == cue.word and s.end < cue.start]
                states += [replace(s, start=cue.start, end=cue.end) for s in said[-1:]]
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
            if cue.kind == "unread":
                states += self._unread(cue, before)
            elif cue.kind in ("break", "aim", "denial", "neutral"):
                aim = cue if cue.kind == "aim" else None if cue.word != "in" else aim
                states.append(self._plain(cue, states))
            elif aim is not None and self._absorbed(cue, aim):
                states.append(State(cue.start, "involves", "aim", cue.word, cue.end))
            else:
                aim = None
                states.append(self._directed(cue, before))
        return states

    def _unread(self, cue: _Cue, before: State) -> list[State]:
        """Return what a verb that is no cue says of its object: nothing, unless it is denied."""
        if before.effect == "none":
            return []
        return [State(cue.start, "involves", "unread-verb", cue.word, cue.end)]

    def _instead(self, cue: _Cue, end: int) -> int:
        """Return the end of a verb that is denied beside a cue: "A rather than B", or 0."""
        denied = _INSTEAD.match(self.text, end)
        verb = denied and self.cues.finder.fullmatch(denied[1])
        return (
            denied.end() if denied and verb and self.cues.meaning(denied[1]).kind == "verb" else 0
        )

    def _is_deed(self, cue: _Cue) -> bool:
        """Return whether a cue is a finite verb: neither a noun, nor a gerund, nor a participle."""
        if _COMPOUND.search(self.text[: cue.start]) or cue.word.endswith("ing"):
            return False
        if cue.kind == "verb":
            return not cue.word.endswith("ed") or not self.text[: cue.start].strip().endswith(
                ("with", "for", "and", "of")
            )
        return cue.word in self.cues.lists["passing_on"]

    def _keeps(self, cue: _Cue) -> bool:
        """Return whether a preposition belongs to the words before it: "increase in", "such as"."""
        if cue.word not in ("in", "as", "for", *self.cues.lists["relations"]):
            return False
        before = _LAST_WORD.search(self.text[: cue.start])
        word = before[1].lower() if before else ""
        if cue.word == "as":
            return word in self.cues.lists["keeps_as"] or self.text.startswith(" well as ", cue.end)
        if cue.word == "for":
            return word in self.cues.lists["keeps_for"]
        if cue.word in self.cues.lists["relations"]:
            return word in self.cues.lists["measured"]
        return word in self.cues.lists["keeps_in"]

    def _reports_time(self, cue: _Cue) -> bool:
        """Return whether a "for" gives a time and no purpose: "for two weeks"."""
        return cue.word == "for" and bool(self.cues.patterns["time"].match(self.text[cue.end :]))

    def _plain(self, cue: _Cue, states: Sequence[State]) -> State:
        before = states[-1]
        if cue.kind == "denial":
            return State(cue.start, "none", "denied", cue.word, cue.end)
        if special := self._sheltered(cue, states) or self._effect_on(cue, before):
            return special
        if cue.word in ("toward", "towards", "into") and before.cue.startswith(
            self.cues.lists["turning_to"]
        ):
            return State(cue.start, "up", "turned-toward", f"{before.cue} {cue.word}", cue.end)
        reaching = any(word in before.cue for word in self.cues.lists["reaching"])
        near = reaching or cue.word in ("in", "on", "with")
        near = near or bool(_GAP.match(self.text[before.end : cue.start]))
        adjective = self._judges(before.cue) and cue.word in self.cues.lists["reaches"]
        if adjective and _GAP.match(self.text[before.end : cue.start].replace("effects", "")):
            return replace(before, start=cue.start, end=cue.end)  # "inhibitory effect on X"
        denied = before.effect == "none" and cue.kind == "neutral" and near
        if denied:
            return replace(before, start=cue.start, end=cue.end)
        rule = "aim" if cue.kind == "aim" else "no-direction"
        return State(cue.start, "involves", rule, cue.word, cue.end)

    def _sheltered(self, cue: _Cue, states: Sequence[State]) -> State | None:
        """Return what "protected HUVECs exposed to glucose from apoptosis" says of apoptosis."""
        if cue.word not in ("from", "against"):
            return None
        given = states[-1].cue in self.cues.lists["stimuli"] and len(states) > 1
        shelter = states[-2] if given else states[-1]
        if not shelter.cue.startswith(self.cues.lists["sheltering"]):
            return None
        return State(cue.start, "inhibits", "protected-from", f"{shelter.cue} {cue.word}", cue.end)

    def _effect_on(self, cue: _Cue, before: State) -> State | None:
        """Return what "the inhibitory effect of IL-1β on X" says of IL-1β, and then of X."""
        adjective = self._judges(before.cue) or before.cue.endswith("ing")
        if cue.word in self.cues.lists["effect_on"] and adjective:
            if _GAP.match(self.text[before.end : cue.start]):
                return State(cue.start, "involves", "agent", cue.word, cue.end, before.effect)
        elif cue.word == "on" and before.cue in self.cues.lists["effect_on"] and before.outer:
            return State(cue.start, before.outer, "effect-on", "effect on", cue.end)
        return None

    def _judges(self, said: str) -> bool:
        """Return whether a cue is an adjective of an effect: inhibitory, harmful."""
        return said.endswith(("ory", "ive")) or said.rpartition(" ")[2] in self.cues.judging

    def _has_lost_vesicles(self, cue: _Cue) -> bool:
        """Return whether a verb's subject takes the vesicles away: "blocking their release"."""
        start = self._clause_start(cue.start)
        subject = self.text[start : cue.start]
        return bool(self.cues.patterns["taken_away"].match(subject)) and not re.search(
            r"\b(?:by|via|through)\s", subject
        )

    def _takes_effect(self, cue: _Cue) -> bool:
        """Return whether a verb takes the vesicles' effect away; no other verb stands between."""
        effect = self.cues.patterns["effect_of_vesicles"].match(self.text[cue.end :])
        if not effect:
            return False
        cues = self.cues.finder.finditer(self.text, cue.end, cue.end + effect.end())
        return all(self.cues.meaning(m[0]).kind != "verb" for m in cues)

    def _has_no_object(self, cue: _Cue) -> bool:
        """Return whether a verb goes without an object: "IL-6 rose", "IL-6 decreases in mice"."""
        behind = self.text[cue.end :]
        return cue.word in self.cues.lists["falling"] or (
            cue.word in self.cues.lists["intransitive"] and bool(ENDS_CLAUSE.match(behind))
        )

    def _ends_clause(self, cue: _Cue, before: State) -> bool:
        """Return whether a participle ends a clause of its own: "osteogenesis promoted"."""
        start = self._clause_start(cue.start)
        return (
            cue.kind == "verb"
            and bool(self.text[start : cue.start].strip())
            and not self.cues.patterns["aside"].match(self.text, cue.end)
            and self.cues.is_participle(cue.word)
            and bool(ENDS_CLAUSE.match(self.text[cue.end :]))
            and before.end <= start
            and not self.cues.vesicle.search(self.text, start, cue.start)
        )

    def _goes_on(self, before: State, cue: _Cue) -> bool:
        """Return whether a denial reaches a further verb: "did not promote or inhibit"."""
        between = self.text[before.end : cue.start]
        if before.cue in ("nor", "neither") and not re.search(r"[,;.]|\bnor\b", between):
            return True  # "neither PRP nor its exosomes changed X"
        return bool(re.search(r"\b(?:or|nor)\s+$", between)) and "," not in between

    def _note_passive(self, cue: _Cue, before: State) -> None:
        """Note what a passive verb says of the words before it: "apoptosis was reduced"."""
        effect = "none" if before.effect == "none" else cue.effect
        low = self._clause_start(cue.start)
        subject = self.text[low : cue.start]
        if cue.effect in OPPOSING and self.cues.patterns["effect_of_vesicles"].match(f" {subject}"):
            return  # "the effect of exosomes on X was blocked"
        # "X was lowered by Y but was restored by exosomes": the last says what they do
        same = self.cues.patterns["same_subject"].search(self.text, 0, cue.start)
        earlier = [p for p in self._passives if same and p[1] < same.start()]
        if earlier:
            low, high, first = earlier[-1]
            if first.effect != "none" and cue.word.startswith(self.cues.lists["undoing"]):
                effect = compose("inhibits", first.effect) if effect != "none" else effect
            self._undone.append((low, high, State(cue.start, effect, "undone", cue.word, cue.end)))
            return
        said = State(cue.start, effect, "passive", cue.word, cue.end)
        self._passives.append((low, cue.start, said))

    def names_vesicles(self, place: int) -> bool:
        """Return whether the clause of a place names vesicles."""
        start = self._clause_start(place)
        ends = (m.start() for m in _CLAUSE.finditer(self.text, place))
        end = next((e for e in ends if self._clause_start(e + 1) != start), len(self.text))
        return bool(self.cues.vesicle.search(self.text, start, end))

    def _clause_start(self, place: int) -> int:
        """Return where the clause of a place begins; ", and" parts only what has a verb."""
        start = 0
        for found in _CLAUSE.finditer(self.text, 0, place):
            if _LIST_END.match(found[0]) and not self._has_verb(start, found.start()):
                continue
            start = found.end()
        return start

    def _has_verb(self, start: int, end: int) -> bool:
        cues = self.cues.finder.finditer(self.text, start, end)
        return bool(_AUXILIARY.search(self.text, start, end)) or any(
            self.cues.meaning(m[0]).kind == "verb" for m in cues
        )

    def _absorbed(self, cue: _Cue, aim: _Cue) -> bool:
        """Return whether a verb belongs to a purpose: "for enhancing X and reducing Y"."""
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
            self.cues.is_participle(cue.word) or cue.word in self.cues.lists["comparatives"]
        )
        if passive or self._has_no_object(cue) or self._ends_clause(cue, before):
            self._note_passive(cue, before)
            return State(cue.start, "involves", "passive", cue.word, cue.end)
        near = before.cue and _GAP.match(self.text[before.end : cue.start])
        denied = before.effect == "none" and (near or self._goes_on(before, cue))
        lost = before.rule == "effect-taken-away" and self.text[: cue.start].endswith("to ")
        bare = cue.kind == "noun" and self.cues.patterns["no_object"].match(self.text, cue.end)
        if denied or lost or bare:  # "abolished the ability of exosomes to promote X"
            return replace(before, start=cue.start, end=cue.end)
        adjective = (
            cue.word.endswith(("ory", "ive")) and before.cue not in self.cues.lists["agents"]
        )
        if near and (cue.kind == "noun" or adjective):
            if before.rule == "verb":
                return self._composed(before, cue, before.effect)
            if before.rule == "effect-taken-away":
                return replace(before, start=cue.start, end=cue.end)
        if cue.kind == "noun" and before.outer and self._is_listed(before, cue):
            return self._composed(before, cue, before.outer)
        return self._verb(cue, before)

    def _verb(self, cue: _Cue, before: State) -> State:
        """Return what a verb says of its objects, or a noun of action of what it is of."""
        if before.rule == "verb" and self._is_state(cue, before):
            raised = before.effect not in OPPOSING or cue.effect in OPPOSING
            if before.cue.startswith(self.cues.lists["restoring"]):
                raised = cue.effect in OPPOSING
            said = f"{before.cue} {cue.word}"
            return State(cue.start, "up" if raised else "down", "verb-and-state", said, cue.end)
        lost = cue.effect != "modulates" and self._has_lost_vesicles(cue)
        if cue.kind == "verb" and (lost or (cue.effect in OPPOSING and self._takes_effect(cue))):
            # What is taken away is the vesicles' effect; their direction is not stated by the verb.
            return State(cue.start, "modulates", "effect-taken-away", cue.word, cue.end)
        return State(cue.start, cue.effect, cue.kind, cue.word, cue.end)

    def _is_state(self, cue: _Cue, before: State) -> bool:
        """Return whether a participle describes what a verb acts on: "improved the reduced X"."""
        return (
            cue.kind == "verb"
            and cue.effect in ("up", "down", "inhibits", "activates")
            and before.effect in ("up", "down", "inhibits", "activates")
            and self.cues.is_participle(cue.word)
            and bool(_ARTICLE.fullmatch(self.text[before.end : cue.start]))
        )

    def _composed(self, before: State, cue: _Cue, outer: str) -> State:
        said = f"{before.cue.split()[0]} {cue.word}"
        outer = "inhibits" if before.cue.startswith(self.cues.lists["restoring"]) else outer
        effect = compose(outer, cue.effect)
        return State(cue.start, effect, "verb-and-noun", said, cue.end, outer)

    def _is_listed(self, before: State, cue: _Cue) -> bool:
        """Return whether a noun goes on with a verb's objects: "cut the fall of X and the rise"."""
        between = self.text[before.end : cue.start]
        return bool(_LISTED.search(between))
