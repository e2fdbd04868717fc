"""Questions for a curator: open short forms, rows beside the titles they cite, identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.extract.design import read_words
from builder.extract.vocabulary import Mention, Vocabulary
from builder.models import EntityRecord, Question, Term
from builder.text import spelling

_CURIE = re.compile(r"^(MESH):(\w+)$")


def ask_about_form(mention: Mention, part: str) -> Question:
    """Ask which of its meanings a short form has."""
    return Question(
        rule="ambiguous-abbreviation",
        text=f"What does {mention.text!r} stand for in {part}: {' or '.join(mention.candidates)}?",
        field=None,
        weight=3,
    )


def ask_about_title() -> Question:
    """Say that nothing but a title was read."""
    return Question(
        rule="title-only",
        text="Rests on the title of the cited work alone; does the work itself bear it out?",
        weight=1,
    )


def check_entities(entities: Sequence[EntityRecord], vocabulary: Vocabulary) -> list[EntityRecord]:
    """Return entities with a question where the identifier is not the label's.

    Decided against the vocabulary's verified identifiers alone: either the number is another
    term's, or the label's own term has another number of the same registry.
    """
    owners: dict[str, list[Term]] = {}
    for term in vocabulary.terms.values():
        for xref in term.xrefs:
            if xref.match == "exact":
                owners.setdefault(xref.curie.upper(), []).append(term)
    return [e if e.question else _check_entity(e, owners, vocabulary) for e in entities]


def _check_entity(
    entity: EntityRecord, owners: dict[str, list[Term]], vocabulary: Vocabulary
) -> EntityRecord:
    match = _CURIE.match(entity.identifier.strip().upper())
    if not match:
        return entity
    named = _find_named(entity.label, match[0], vocabulary)
    term = vocabulary.terms.get(named) if named else None
    holders = owners.get(match[0], [])
    seen = {x.curie.upper(): x.match for x in term.xrefs} if term else {}
    if term and seen.get(match[0]) == "exact":
        return entity
    if term and match[0] in seen:
        return _ask_about_match(entity, term, seen[match[0]])
    noted = [n for n in (term.notes if term else []) if match[0] in n.upper()]
    others = [h for h in holders if not term or not is_related(h.id, term.id, vocabulary)]
    own = [c for c, m in seen.items() if c.startswith(match[1]) and m == "exact"]
    if not ((others and term) or own or noted or _is_other_label(entity, holders)):
        return entity
    means = " or ".join(h.label for h in holders) or "another concept"
    known = f"; the vocabulary has {' and '.join(own)} for it" if own else ""
    question = Question(
        rule="entity-identifier",
        text=f"{entity.identifier} is the identifier of {means}, not of {entity.label!r}{known}."
        + "".join(f" {n}" for n in noted),
        field="identifier",
        weight=3,
    )
    return entity.model_copy(update={"question": question})


def _find_named(label: str, curie: str, vocabulary: Vocabulary) -> str | None:
    """Return the term of an entity's label.

    A label may turn the name round ("defect of the skull"), or say less than
    the one term that knows its number as a broader one ("sclerosis" of subchondral bone).
    """
    if named := vocabulary.find_term(label):
        return named
    head, _, tail = label.partition(" of ")
    words = tail.removeprefix("the ").split()
    for first in range(len(words)):  # with fewer and fewer adjectives before it
        if turned := vocabulary.find_term(" ".join([*words[first:], head])):
            return turned
    said = set(spelling.fold(label).split())
    knowing = [
        t.id
        for t in vocabulary.terms.values()
        if any(x.curie.upper() == curie and x.match == "broader" for x in t.xrefs)
        and said < set(spelling.fold(t.label).split())
    ]
    return knowing[0] if len(knowing) == 1 else None


def _ask_about_match(entity: EntityRecord, term: Term, match: str) -> EntityRecord:
    question = Question(
        rule="entity-identifier",
        text=f"{entity.identifier} is {match} than, or beside, what {entity.label!r} means "
        f"({term.label}); is it meant?",
        field="identifier",
        weight=1,
    )
    return entity.model_copy(update={"question": question})


def _is_other_label(entity: EntityRecord, holders: Sequence[Term]) -> bool:
    """Return whether the number's own label shares no word with the entity's."""
    said = {spelling.american(w) for w in spelling.fold(entity.label).split()}
    labels = {
        spelling.american(w)
        for h in holders
        for text in (h.label, *h.synonyms)
        for w in spelling.fold(text).split()
    }
    return bool(holders) and not said & labels


_SMALL_WORDS = 4  # words of fewer letters say nothing of a subject
_SHORT_NAME = 2
_RAISED = frozenset(["up", "activates"])
_LOWERED = frozenset(["down", "inhibits"])
Terms = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Beside:
    """A row and one cited title, read: ids of terms and their effects by field.

    ``texts`` are the row and the title as printed; ``about`` says that the title names vesicles.
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
            return  # a study of several sources, of which the row says one
        elif self._strangers(ours, theirs) or self._strangers(theirs, ours):
            yield self._differ("source", "which is right?", 5)
        elif set(ours) != set(theirs):
            yield self._differ("source", "does the work say which?", 2)

    def _ask_vehicle(self) -> Iterator[Question]:
        ours, theirs = self._of("vehicles")
        if theirs and not ours:
            text = f"The title it cites names {self._labels(theirs)}, the row no vehicle."
            yield self._question("row-title-vehicle", "vehicles", text, 3)
        elif ours and not theirs:
            text = f"The row names {self._labels(ours)}, the title it cites no vehicle."
            yield self._question("row-title-vehicle", "vehicles", text, 2)
        elif strangers := self._strangers(theirs, ours) or self._strangers(ours, theirs):
            yield self._differ("vehicle", f"is {self._labels(strangers)} part of it?", 4)
        elif set(ours) != set(theirs):
            yield self._differ("vehicle", "does the work say which?", 1)

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
        if field == "vehicles":  # properties and forms say little; materials say which it is
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

    def _differ(self, kind: str, asked: str, weight: int) -> Question:
        """Return a question about a field that row and title both state."""
        ours, theirs = map(self._labels, self._of(f"{kind}s"))
        text = f"The row names {ours}, the title it cites {theirs}: {asked}"
        return self._question(f"row-title-{kind}", f"{kind}s", text, weight)

    def _has_common_subject(self) -> bool:
        """Return whether a row and a title share a term, a parent or two specific words."""
        ours = {i for ids in self.row.values() for i in ids}
        theirs = {i for ids in self.title.values() for i in ids}
        if not theirs:
            return True  # a title that names nothing known can't be said to differ
        if any(is_related(o, t, self.vocabulary) for o in ours for t in theirs):
            return True
        words = [
            {w for w in spelling.fold(t).split() if len(w) >= _SMALL_WORDS}
            - read_words().ids["generic"]
            for t in self.texts
        ]
        return len(words[0] & words[1]) > 1


def is_related(one: str, other: str, vocabulary: Vocabulary) -> bool:
    """Return whether two terms are the same, parent and child, related, or share a rare word."""
    if one == other or one in vocabulary.ancestors(other) or other in vocabulary.ancestors(one):
        return True
    first, second = (vocabulary.terms[i] for i in (one, other))
    if one in second.related or other in first.related:
        return True
    return first.kind == second.kind == "vehicle" and bool(_names(first) & _names(second))


def _names(term: Term) -> set[str]:
    words = spelling.fold(term.label).split()
    return {spelling.american(w) for w in words if len(w) > _SHORT_NAME} - read_words().ids[
        "generic"
    ]
