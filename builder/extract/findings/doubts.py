"""Questions for a curator: short forms left open, rows that disagree with what they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from builder import spelling
from builder.extract.vocabulary import Mention, Vocabulary
from builder.models import EntityRecord, Question, Term

_SMALL_WORDS = 4  # words of fewer letters tell nothing of a subject
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


def compare_with_title(
    row: dict[str, list[str]],
    title: dict[str, list[str]],
    texts: tuple[str, str],
    vocabulary: Vocabulary,
) -> list[Question]:
    """Return what is doubtful about a row beside a title that it cites.

    ``row`` and ``title`` hold ids of terms by field; ``texts`` are the row and the title as printed.
    """
    if not _has_common_subject(row, title, texts, vocabulary):
        return [
            Question(
                rule="reference-misfit",
                text=f"Does the cited work fit at all? Its title shares nothing with the row: {texts[1]}",
                field="references",
                weight=5,
            )
        ]
    questions = []
    for field, weight in (("sources", 5), ("vehicles", 4)):
        questions += _compare(field, row, title, weight, vocabulary)
    return questions


def _compare(
    field: str,
    row: dict[str, list[str]],
    title: dict[str, list[str]],
    weight: int,
    vocabulary: Vocabulary,
) -> Iterable[Question]:
    ours, theirs = row.get(field, []), title.get(field, [])
    if not ours or not theirs:
        return
    name = field.rstrip("s")
    strangers = [t for t in theirs if not any(_related(t, o, vocabulary) for o in ours)]
    unheard = [o for o in ours if not any(_related(t, o, vocabulary) for t in theirs)]
    if strangers or (unheard and field == "sources"):
        yield Question(
            rule=f"row-title-{name}",
            text=f"The row names {_labels(ours, vocabulary)}, the title it cites "
            f"{_labels(theirs, vocabulary)}: which is right?",
            field=field,
            weight=weight,
        )
        return
    narrower = [o for o in ours if any(t in vocabulary.ancestors(o) for t in theirs)]
    broader = [t for t in theirs if any(o in vocabulary.ancestors(t) for o in ours)]
    if field == "sources" and (narrower or broader):
        yield Question(
            rule="row-title-detail",
            text=f"The row names {_labels(ours, vocabulary)}, the title it cites only "
            f"{_labels(theirs, vocabulary)}: does the work say which?"
            if narrower
            else f"The title it cites names {_labels(broader, vocabulary)}, narrower than the row's "
            f"{_labels(ours, vocabulary)}: is it the same cell?",
            field=field,
            weight=2,
        )


def _related(one: str, other: str, vocabulary: Vocabulary) -> bool:
    if one == other or one in vocabulary.ancestors(other) or other in vocabulary.ancestors(one):
        return True
    first, second = (vocabulary.terms[i] for i in (one, other))
    return one in second.related or other in first.related or bool(_names(first) & _names(second))


def _names(term: Term) -> set[str]:
    generic = {"hydrogel", "scaffold", "cell", "composite", "exosome", "stem", "mesenchymal"}
    return (
        {spelling.american(w) for w in spelling.fold(term.label).split() if len(w) > 2}
        - generic
        - {"based", "loaded", "exosomes", "derived"}
    )


def _labels(ids: Iterable[str], vocabulary: Vocabulary) -> str:
    return " and ".join(vocabulary.terms[i].label for i in ids)


def _has_common_subject(
    row: dict[str, list[str]],
    title: dict[str, list[str]],
    texts: tuple[str, str],
    vocabulary: Vocabulary,
) -> bool:
    """Tell whether a row and a title share a term, a parent or a telling word."""
    if not any(title.values()):
        return True  # a title that names nothing known can't be said to differ
    ours = {i for ids in row.values() for i in ids}
    theirs = {i for ids in title.values() for i in ids}
    if any(_related(o, t, vocabulary) for o in ours for t in theirs):
        return True
    words = [
        {w for w in spelling.fold(t).split() if len(w) >= _SMALL_WORDS} - {"exosomes", "exos"}
        for t in texts
    ]
    return len(words[0] & words[1]) > 1


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
    named = vocabulary.find_term(entity.label)
    term = vocabulary.terms.get(named) if named else None
    holders = owners.get(match[0], [])
    seen = {x.curie.upper(): x.match for x in term.xrefs} if term else {}
    if term and match[0] in seen:
        return entity
    others = [h for h in holders if not term or not _related(h.id, term.id, vocabulary)]
    own = [c for c, m in seen.items() if c.startswith(match[1]) and m == "exact"]
    if not ((others and term) or own or _is_other_label(entity, holders)):
        return entity
    means = " or ".join(h.label for h in holders) or "another concept"
    known = f"; the vocabulary has {' and '.join(own)} for it" if own else ""
    question = Question(
        rule="entity-identifier",
        text=f"{entity.identifier} is the identifier of {means}, not of {entity.label!r}{known}.",
        field="identifier",
        weight=3,
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
