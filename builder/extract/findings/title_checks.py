"""A table row beside the titles that it cites: what one says and the other does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from builder.extract.vocabulary import Vocabulary
from builder.models import Question, Term
from builder.text import spelling

_SMALL_WORDS = 4  # words of fewer letters tell nothing of a subject
_SHORT_NAME = 2
_GENERIC = frozenset(
    ["hydrogel", "scaffold", "cell", "composite", "exosome", "exosomes", "stem", "mesenchymal",
     "based", "loaded", "derived", "printed"]
)  # fmt: skip
_RAISED = frozenset(["up", "activates"])
_LOWERED = frozenset(["down", "inhibits"])
Terms = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Beside:
    """A row and one cited title, read: ids of terms and their effects by field.

    ``texts`` are the row and the title as printed; ``about`` tells that the title names vesicles.
    """

    row: Terms
    title: Terms
    texts: tuple[str, str]
    about: bool
    vocabulary: Vocabulary

    def ask(self) -> Iterator[Question]:
        """Yield what is doubtful about the row beside the title."""
        if not self._has_common_subject():
            yield Question(
                rule="reference-misfit",
                text="Does the cited work fit at all? Its title shares nothing with the row: "
                + self.texts[1],
                field="references",
                weight=5,
            )
            return
        if not self.about:
            return
        yield from self._ask_source()
        yield from self._ask_vehicle()
        yield from self._ask_partner()
        yield from self._ask_condition()
        yield from self._ask_effects()

    def _ask_source(self) -> Iterator[Question]:
        ours, theirs = self._of("sources")
        if not ours and not theirs:
            yield self._question(
                "source-missing", "sources", "Neither the row nor the title says what the vesicles "
                "come from.", 3,
            )  # fmt: skip
        elif not theirs:
            text = f"The row names {self._labels(ours)}, the title it cites no source."
            yield self._question("row-title-source", "sources", text, 2)
        elif not ours:
            text = f"The title it cites names {self._labels(theirs)}, the row no source."
            yield self._question("row-title-source", "sources", text, 3)
        elif set(ours) < set(theirs) and len(theirs) > 1 and self._strangers(theirs, ours):
            return  # a study of several sources, of which the row tells one
        elif self._strangers(ours, theirs) or self._strangers(theirs, ours):
            text = (
                f"The row names {self._labels(ours)}, the title it cites {self._labels(theirs)}: "
                "which is right?"
            )
            yield self._question("row-title-source", "sources", text, 5)
        elif set(ours) != set(theirs):
            text = (
                f"The row names {self._labels(ours)}, the title it cites {self._labels(theirs)}: "
                "does the work say which?"
            )
            yield self._question("row-title-source", "sources", text, 2)

    def _ask_vehicle(self) -> Iterator[Question]:
        ours, theirs = self._of("vehicles")
        if theirs and not ours:
            text = f"The title it cites names {self._labels(theirs)}, the row no vehicle."
            yield self._question("row-title-vehicle", "vehicles", text, 3)
        elif ours and not theirs:
            text = f"The row names {self._labels(ours)}, the title it cites no vehicle."
            yield self._question("row-title-vehicle", "vehicles", text, 2)
        elif strangers := self._strangers(theirs, ours) or self._strangers(ours, theirs):
            text = (
                f"The row names {self._labels(ours)}, the title it cites {self._labels(theirs)}: "
                f"is {self._labels(strangers)} part of it?"
            )
            yield self._question("row-title-vehicle", "vehicles", text, 4)
        elif set(ours) != set(theirs):
            text = (
                f"The row names {self._labels(ours)}, the title it cites {self._labels(theirs)}: "
                "does the work say which?"
            )
            yield self._question("row-title-vehicle", "vehicles", text, 1)

    def _ask_partner(self) -> Iterator[Question]:
        ours, theirs = self._of("partners")
        if missing := [t for t in theirs if t not in ours]:
            text = (
                f"The title it cites delivers {self._labels(missing)} too; the row leaves it out."
            )
            yield self._question("row-title-partner", "partners", text, 4)

    def _ask_condition(self) -> Iterator[Question]:
        ours, theirs = self._of("conditions")
        if missing := self._strangers(theirs, ours):
            text = f"The title it cites is about {self._labels(missing)}; the row does not say so."
            yield self._question("row-title-condition", "conditions", text, 2)

    def _ask_effects(self) -> Iterator[Question]:
        ours, theirs = self.row.get("mechanisms", {}), self.title.get("mechanisms", {})
        for term in sorted(set(ours) & set(theirs)):
            pair = (ours[term], theirs[term])
            directed = _RAISED | _LOWERED
            same = all(e in _RAISED for e in pair) or all(e in _LOWERED for e in pair)
            if same or not any(e in directed for e in pair) or "involves" in pair:
                continue
            text = (
                f"For {self._labels([term])} the row says {pair[0]}, the title it cites {pair[1]}."
            )
            yield self._question("row-title-effect", "mechanisms", text, 4)

    def _of(self, field: str) -> tuple[list[str], list[str]]:
        ours, theirs = list(self.row.get(field, {})), list(self.title.get(field, {}))
        if field == "vehicles":  # properties and forms tell little; materials tell which it is
            return self._materials(ours), self._materials(theirs)
        return ours, theirs

    def _materials(self, ids: list[str]) -> list[str]:
        named = [i for i in ids if self.vocabulary.terms[i].type in ("material", "named")]
        return named or [i for i in ids if self.vocabulary.terms[i].type != "property"]

    def _strangers(self, ones: Iterable[str], others: list[str]) -> list[str]:
        return [one for one in ones if not any(is_related(one, o, self.vocabulary) for o in others)]

    def _labels(self, ids: Iterable[str]) -> str:
        return " and ".join(self.vocabulary.terms[i].label for i in ids)

    def _question(self, rule: str, field: str, text: str, weight: int) -> Question:
        return Question(rule=rule, text=text, field=field, weight=weight)

    def _has_common_subject(self) -> bool:
        """Tell whether a row and a title share a term, a parent or two telling words."""
        ours = {i for ids in self.row.values() for i in ids}
        theirs = {i for ids in self.title.values() for i in ids}
        if not theirs:
            return True  # a title that names nothing known can't be said to differ
        if any(is_related(o, t, self.vocabulary) for o in ours for t in theirs):
            return True
        words = [
            {w for w in spelling.fold(t).split() if len(w) >= _SMALL_WORDS} - _GENERIC
            for t in self.texts
        ]
        return len(words[0] & words[1]) > 1


def is_related(one: str, other: str, vocabulary: Vocabulary) -> bool:
    """Tell whether two terms are the same, parent and child, related, or share a telling word."""
    if one == other or one in vocabulary.ancestors(other) or other in vocabulary.ancestors(one):
        return True
    first, second = (vocabulary.terms[i] for i in (one, other))
    if one in second.related or other in first.related:
        return True
    return first.kind == second.kind == "vehicle" and bool(_names(first) & _names(second))


def _names(term: Term) -> set[str]:
    words = spelling.fold(term.label).split()
    return {spelling.american(w) for w in words if len(w) > _SHORT_NAME} - _GENERIC
