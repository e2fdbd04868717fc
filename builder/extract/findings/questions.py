"""Questions for a curator: short forms left open, titles alone, identifiers of other concepts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from builder.extract.findings.title_checks import is_related
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

    A label may turn the name round ("degeneration of the articular cartilage"), or tell less than
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
    """Tell whether the number's own label shares no word with the entity's."""
    said = {spelling.american(w) for w in spelling.fold(entity.label).split()}
    labels = {
        spelling.american(w)
        for h in holders
        for text in (h.label, *h.synonyms)
        for w in spelling.fold(text).split()
    }
    return bool(holders) and not said & labels
