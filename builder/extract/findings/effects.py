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
    State,
    find_asides,
    find_instead,
    find_levels,
    find_relieved,
    find_respective,
    find_turns,
    is_mediated,
    is_object,
    read_arrow,
    read_beside,
    read_noun_behind,
    read_predicate,
    read_prefix,
    read_unchanged,
    takes_effect,
)
from builder.extract.findings.cues import FLIPPED, OPPOSING, CueKind, Cues, compose


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
        self.cues, self.patterns = cues, cues.patterns
        within = (m.span("cue") for m in self.patterns["no_cue"].finditer(text))
        self.names = [*names, *within]
        self._aside = list(find_asides(self.text, cues))
        for low, high, _ in self._aside:
            self.text = self.text[:low] + " " * (high - low) + self.text[high:]
        self._known = [
            *self._aside,
            *find_turns(self.text, cues),
            *find_relieved(self.text, cues),
            *find_instead(self.text, cues),
            *find_respective(self.text, cues),
        ]
        self._passives: list[tuple[int, int, State]] = []
        self._undone: list[tuple[int, int, State]] = []  # what a later verb says of the same words
        self.states = self._walk()
        for said in find_levels(text, cues):
            self._passives.append((self._clause_start(said.start), said.start, said))
        self._starts = [s.start for s in self.states]
        self._undone += [*self._find_undone(), *self._find_alike()]
        self._reversed = list(self._find_reversed())

    def _find_undone(self) -> Iterator[tuple[int, int, State]]:
        """Yield what vesicles turned back: "X rose with IL-1β, which MSC exosomes reversed"."""
        for match in self.patterns["turned_back"].finditer(self.text):
            low = self._sentence_start(match.start())
            theirs = self.cues.vesicle.search(match[0])
            kept = self.cues.search("vesicles_kept_away", match[0])  # "an exosome inhibitor"
            if not theirs or kept or self.cues.vesicle.search(self.text, low, match.start()):
                continue  # "exosomes raised X, which an inhibitor reversed"
            ends = [*self._starts[1:], match.start()]
            said = [(s.start, end, s) for s, end in zip(self.states, ends, strict=True)]
            for start, end, state in (*said, *self._passives):
                if low <= start < match.start() and state.effect in FLIPPED:
                    effect = compose("inhibits", state.effect)
                    end = min(end, match.start())  # noqa: PLW2901
                    verb = match["verb"] or match["verb2"]
                    yield start, end, State(match.start(), effect, "undone", verb)

    def _find_alike(self) -> Iterator[tuple[int, int, State]]:
        """Yield what "X was reduced, as was Y" says of Y."""
        for match in self.patterns["as_was"].finditer(self.text):
            said = [p[2] for p in self._passives if p[1] <= match.start()]
            yield from ((*match.span("what"), state) for state in said[-1:])

    def _find_reversed(self) -> Iterator[tuple[int, int]]:
        """Yield the comparisons in which the vesicles are the standard: "more in controls than"."""
        for match in self.patterns["than_vesicles"].finditer(self.text):
            low = self._clause_start(match.start())
            first = self.cues.finder.match(self.text, low)  # ", and induced more X than exosomes"
            shared = first and self.cues.meaning(first[0]).kind == "verb"
            subject = self._sentence_start(low) if shared else low
            both = self.cues.search("both_theirs", self.text, low, match.end())
            if not both and not self.cues.vesicle.search(self.text, subject, match.start()):
                yield low, match.end()
        for match in self.patterns["beside_vesicles"].finditer(self.text):
            if not self.cues.vesicle.search(match["rest"]):
                yield match.span()

    def effect_of(self, start: int, end: int) -> State:
        """Return what the statement says of the words from ``start`` to ``end``."""
        state = self._read_at(start, end)
        place = state.start if state.cue else start
        for low, high in self._reversed:
            if low <= place < high and state.effect in FLIPPED:
                controls = self.cues.search("untreated", self.text, low, high)
                effect = FLIPPED[state.effect] if controls else "modulates"
                return replace(state, effect=effect, rule="compared")
        return state

    def _read_at(self, start: int, end: int) -> State:
        state = self.states[bisect_right(self._starts, start) - 1]
        text, cues = self.text, self.cues
        reaching = state.cue in (*cues.lists["agents"], *cues.lists["stimuli"])
        if reaching and self._clause_start(start) > state.end:
            state = State(start)  # "were treated with X, and Y rose"
        known = (
            s
            for low, high, s in (*self._known, *self._undone)
            if low <= (end - 1 if s.rule == "turned-toward" else start) < high
        )
        agent = is_mediated(text, end, cues)
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
            lost = takes_effect(said.effect, f" {subject}", self.cues)
            return replace(said, effect="modulates", rule="effect-taken-away") if lost else said
        for low, high, given in self._passives:
            if not low <= start < high or state.rule == "aim" or state.cue in cues.lists["agents"]:
                continue
            weak = state.effect == "involves" or low >= state.end
            if weak or (state.rule, state.effect) == ("passive", "modulates"):
                state = given
            elif state.end > low and is_object(text, low, state, cues):
                effect = self.cues.over_noun(given.cue, given.effect, state.effect)
                state = replace(given, effect=effect, rule="passive-and-noun")
        return read_prefix(text, start, end, read_noun_behind(text, start, end, state, cues), cues)

    def _found(self) -> list[_Cue]:
        cues = [
            _Cue(m.start(), m.start() + len(word), meaning.kind, meaning.effect, word.lower())
            for m in self.cues.finder.finditer(self.text)
            for word in [
                m[0].split()[0] if self.cues.match("by_vesicles", self.text, m.start()) else m[0]
            ]
            for meaning in [self.cues.meaning(word)]
            if not any(low <= m.start() < high for low, high in self.names)
            and not (
                m[0].lower() in self.cues.lists["nouns_too"]
                and self.cues.search("determined", self.text, 0, m.start())
            )
        ]
        cues += [
            _Cue(m.start(), m.end(), "noun", self.cues.judging[m[0].lower()], m[0].lower())
            for m in self.patterns["judged"].finditer(self.text)
        ]
        cues += [
            _Cue(m.start("verb"), m.end(), "unread", "", m["verb"])
            for m in self.patterns["unread"].finditer(self.text)
            if m["verb"] not in self.cues.lists["describing"]
            and not self.cues.finder.match(m["verb"])
        ]
        cues += [
            _Cue(m.start(), m.end(), "break", "", m[0])
            for m in self.patterns["break"].finditer(self.text)
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
            if c.kind == "verb" and (m := self.cues.match("aside", self.text, c.end))
        ]
        return sorted(cues, key=lambda c: (c.start, -c.end))

    def _is_purpose(self, to: re.Match[str]) -> bool:
        verb = self.cues.finder.fullmatch(to[1])
        if not verb or self.cues.meaning(to[1]).kind != "verb":
            return False
        before = self.cues.search("last_word", self.text[: to.start()])
        earlier = list(re.finditer(r"(?<![\w-])to(?=\s+(\w+))", self.text[: to.start()]))
        if before and before[1].lower() in ("and", "or") and earlier:
            return self._is_purpose(earlier[-1])  # "function to suppress X and to promote Y"
        clause = self.text[self._clause_start(to.start()) : to.start()]
        passed = self.patterns["passed_on"].search(clause)
        return not passed and not (before and before[1].lower() in self.cues.lists["shown"])

    def _walk(self) -> list[State]:
        states = [State(0)]
        aim: _Cue | None = None
        acted = guessing = False
        for cue in self._found():
            before = states[-1]
            if cue.start < before.end or self._keeps(cue):
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
            if cue.kind == "unread":  # no cue: says nothing of its object, unless it is denied
                unread = State(cue.start, "involves", "unread-verb", cue.word, cue.end)
                states += [unread] if before.effect != "none" else []
            elif cue.kind in ("break", "aim", "denial", "neutral"):
                aim = cue if cue.kind == "aim" else None if cue.word != "in" else aim
                states.append(self._plain(cue, states))
            elif aim is not None and self._absorbed(cue, aim):
                states.append(State(cue.start, "involves", "aim", cue.word, cue.end))
            else:
                aim = None
                states.append(self._directed(cue, before))
        return states

    def _instead(self, cue: _Cue, end: int) -> int:
        """Return the end of a verb that is denied beside a cue: "A rather than B", or 0."""
        denied = self.cues.match("instead", self.text, end)
        if not denied or not (verb := self.cues.finder.fullmatch(denied[1])):
            return 0
        return denied.end() if self.cues.meaning(verb[0]).kind == "verb" else 0

    def _is_deed(self, cue: _Cue) -> bool:
        """Return whether a cue is a finite verb: neither a noun, nor a gerund, nor a participle."""
        if self.cues.search("compound", self.text[: cue.start]) or cue.word.endswith("ing"):
            return False
        if cue.kind == "verb":
            return not cue.word.endswith("ed") or not self.text[: cue.start].strip().endswith(
                ("with", "for", "and", "of")
            )
        return cue.word in self.cues.lists["passing_on"]

    def _keeps(self, cue: _Cue) -> bool:
        """Return whether a preposition belongs to the words before it: "increase in", "such as"."""
        text, cues = self.text, self.cues
        doer = cues.match("by_of", text, cue.start) and cues.search("noun_ends", text[: cue.start])
        if doer or cues.search("goes_on", text, max(0, cue.start - 90), cue.end):
            return True
        if cue.word not in ("in", "as", "for", *self.cues.lists["relations"]):
            return False
        before = self.cues.search("last_word", self.text[: cue.start])
        word = before[1].lower() if before else ""
        if cue.word == "as":
            return word in self.cues.lists["keeps_as"] or self.text.startswith(" well as ", cue.end)
        if cue.word == "for":
            time = self.cues.match("time", self.text[cue.end :])  # "for two weeks"
            return bool(time) or word in self.cues.lists["keeps_for"]
        if cue.word in self.cues.lists["relations"]:
            return word in self.cues.lists["measured"]
        return word in self.cues.lists["keeps_in"]

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
        near = near or bool(self.cues.match("gap", self.text[before.end : cue.start]))
        adjective = self._judges(before.cue) and cue.word in self.cues.lists["reaches"]
        if adjective and self.cues.match(
            "gap", self.text[before.end : cue.start].replace("effects", "")
        ):
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
            if self.cues.match("gap", self.text[before.end : cue.start]):
                return State(cue.start, "involves", "agent", cue.word, cue.end, before.effect)
        elif cue.word == "on" and before.cue in self.cues.lists["effect_on"]:
            said = before.outer or "modulates"
            return State(cue.start, said, "effect-on", "effect on", cue.end)
        return None

    def _judges(self, said: str) -> bool:
        """Return whether a cue is an adjective of an effect: inhibitory, harmful."""
        return said.endswith(("ory", "ive")) or said.rpartition(" ")[2] in self.cues.judging

    def _has_lost_vesicles(self, cue: _Cue) -> bool:
        """Return whether a verb's subject takes the vesicles away: "blocking their release"."""
        start = self._clause_start(cue.start)
        subject = self.text[start : cue.start]
        return bool(self.cues.match("taken_away", subject)) and not re.search(
            r"\b(?:by|via|through)\s", subject
        )

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
            and not self.cues.match("aside", self.text, cue.end)
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
        low = self._clause_start(cue.start)
        denied = before.effect == "none" and before.end > low
        effect = "none" if denied else cue.effect
        subject = self.text[low : cue.start]
        if effect == "modulates" and cue.word.startswith(self.cues.lists["normalizing"]):
            given = [s.outer for a, b, s in self._aside if low <= a and b <= cue.start and s.outer]
            given += ["up"] if self.cues.search("brought_on", subject) else []
            effect = compose("inhibits", given[-1]) if given else effect
        if takes_effect(cue.effect, f" {subject}", self.cues):
            return  # "the effect of exosomes on X was blocked"
        # "X was lowered by Y but was restored by exosomes": the last says what they do
        same = self.cues.search("same_subject", self.text, 0, cue.start)
        earlier = [p for p in self._passives if same and p[1] < same.start()]
        if same and earlier:
            low, high, first = earlier[-1]
            theirs = self.cues.vesicle.search(self.text, low, same.start())
            if theirs and not self.names_vesicles(cue.start):
                return  # "X was raised by exosomes but was lowered by an inhibitor"
            if first.effect != "none" and cue.word.startswith(self.cues.lists["undoing"]):
                effect = compose("inhibits", first.effect) if effect != "none" else effect
            self._undone.append((low, high, State(cue.start, effect, "undone", cue.word, cue.end)))
            return
        said = State(cue.start, effect, "passive", cue.word, cue.end)
        self._passives.append((low, cue.start, said))

    def names_vesicles(self, place: int) -> bool:
        """Return whether the clause of a place names vesicles."""
        start = self._clause_start(place)
        ends = (m.start() for m in self.patterns["clause"].finditer(self.text, place))
        end = next((e for e in ends if self._clause_start(e + 1) != start), len(self.text))
        return bool(self.cues.vesicle.search(self.text, start, end))

    def _sentence_start(self, place: int) -> int:
        ends = self.patterns["sentence_end"].finditer(self.text, 0, place)
        return max((m.end() for m in ends), default=0)

    def _clause_start(self, place: int) -> int:
        """Return where the clause of a place begins; ", and" parts only what has a verb."""
        led_in = self.cues.match("led_in", self.text, self._sentence_start(place), place)
        start = led_in.end() if led_in else 0
        for found in self.patterns["clause"].finditer(self.text, start, place):
            joined = self.text.rfind(" and ", start, found.start())  # "X rose and A, B, and C fell"
            low = joined if joined > 0 and self._has_verb(start, joined) else start
            if self.cues.match("list_end", found[0]) and not self._has_verb(low, found.start()):
                continue
            start = found.end()
        return start

    def _has_verb(self, start: int, end: int) -> bool:
        cues = self.cues.finder.finditer(self.text, start, end)
        return bool(self.cues.search("auxiliary", self.text, start, end)) or any(
            self.cues.meaning(m[0]).kind == "verb" for m in cues
        )

    def _absorbed(self, cue: _Cue, aim: _Cue) -> bool:
        """Return whether a verb belongs to a purpose: "for enhancing X and reducing Y"."""
        between = self.text[aim.end : cue.start]
        word = cue.word.split()[0]
        if cue.kind == "noun" or self.cues.match("gap", between):
            return True
        if not self.cues.search("coordinated", between):
            return word.endswith("ing") and aim.word == "for"
        if aim.word == "for":
            return word.endswith(("ing", "ed"))
        return not word.endswith(("s", "ed"))

    def _directed(self, cue: _Cue, before: State) -> State:
        passive = self.cues.search("passive", self.text[: cue.start]) and (
            self.cues.is_participle(cue.word) or cue.word in self.cues.lists["comparatives"]
        )
        passive = passive and not self.cues.match("of_adjective", self.text, cue.start)
        if passive or self._has_no_object(cue) or self._ends_clause(cue, before):
            self._note_passive(cue, before)
            return State(cue.start, "involves", "passive", cue.word, cue.end)
        near = before.cue and self.cues.match("gap", self.text[before.end : cue.start])
        denied = before.effect == "none" and (near or self._goes_on(before, cue))
        lost = before.rule == "effect-taken-away" and self.text[: cue.start].endswith("to ")
        bare = cue.kind == "noun" and self.cues.match("no_object", self.text, cue.end)
        if denied or lost or bare:  # "abolished the ability of exosomes to promote X"
            return replace(before, start=cue.start, end=cue.end)
        adjective = (
            cue.word.endswith(("ory", "ive")) and before.cue not in self.cues.lists["agents"]
        )
        if near and (cue.kind == "noun" or adjective):
            if before.rule in ("verb", "noun", "verb-and-noun"):
                return self._composed(before, cue, before.effect)
            if before.rule == "effect-taken-away":
                return replace(before, start=cue.start, end=cue.end)
        of_it = before.rule == "verb" and self.text.startswith((" of ", " in "), cue.end)
        outer = before.outer or (before.effect if of_it else "")
        if cue.kind == "noun" and outer and self._is_listed(before, cue):
            return self._composed(before, cue, outer)
        return self._verb(cue, before)

    def _verb(self, cue: _Cue, before: State) -> State:
        """Return what a verb says of its objects, or a noun of action of what it is of."""
        if before.rule == "verb" and self._is_state(cue, before):
            raised = before.effect not in OPPOSING or cue.effect in OPPOSING
            if before.cue.startswith(
                (*self.cues.lists["restoring"], *self.cues.lists["normalizing"])
            ):
                raised = cue.effect in OPPOSING
            said = f"{before.cue} {cue.word}"
            return State(cue.start, "up" if raised else "down", "verb-and-state", said, cue.end)
        lost = cue.effect != "modulates" and self._has_lost_vesicles(cue)
        taken = lost or takes_effect(cue.effect, self.text[cue.end :], self.cues)
        if cue.kind == "verb" and taken and not cue.word.endswith(("ory", "ive")):
            # What is taken away is the vesicles' effect; their direction is not stated by the verb.
            return State(cue.start, "modulates", "effect-taken-away", cue.word, cue.end)
        return State(cue.start, cue.effect, cue.kind, cue.word, cue.end)

    def _is_state(self, cue: _Cue, before: State) -> bool:
        """Return whether a participle describes what a verb acts on: "improved the reduced X"."""
        return (
            cue.kind == "verb"
            and cue.effect in FLIPPED
            and (before.effect in FLIPPED or before.cue.startswith(self.cues.lists["normalizing"]))
            and self.cues.is_participle(cue.word)
            and bool(self.cues.fullmatch("article", self.text[before.end : cue.start]))
        )

    def _composed(self, before: State, cue: _Cue, outer: str) -> State:
        said = f"{before.cue.split()[0]} {cue.word}"
        effect = self.cues.over_noun(before.cue, outer, cue.effect)
        return State(cue.start, effect, "verb-and-noun", said, cue.end, outer)

    def _is_listed(self, before: State, cue: _Cue) -> bool:
        """Return whether a noun goes on with a verb's objects: "cut the fall of X and the rise"."""
        between = self.text[before.end : cue.start]
        return bool(self.cues.search("listed_noun", between))
