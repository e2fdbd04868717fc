"""Checks of content/terms: parents, circles, names that two terms share, identifiers, slugs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from builder import store
from builder.errors import Level, Problem, suggest
from builder.models import TERM_FOLDERS, Term
from builder.text import curies, ids, nomenclature, spelling

# The first step of an address that is no folder of terms.
_TAKEN = {"about", "api", "assets", "changes", "compare", "data", "index", "map", "search"}
RESERVED = frozenset({*ids.FOLDERS, *ids.FOLDERS.values(), *TERM_FOLDERS.values(), *_TAKEN})
# A cell may be the source of vesicles and their target, so the two share one tree.
_KIN = {"source": {"source", "cell"}, "cell": {"source", "cell"}}


class _Name(NamedTuple):
    term: Term
    written: str
    where: tuple[str | int, ...]


def check_terms(terms: Sequence[Term], content: Path, root: Path) -> list[Problem]:
    """Return every problem of the terms, with file and line, sorted."""
    known = nomenclature.Terms({t.id: t for t in terms}, content)
    found = [
        *_check_ids(terms),
        *_check_parents(known),
        *_check_related(known),
        *_check_names(terms),
        *_check_xrefs(terms),
    ]
    problems = [_place(term, where, problem, content, root) for term, where, problem in found]
    return sorted(problems, key=Problem.sort_key)


_Found = tuple[Term, tuple[str | int, ...], Problem]


def _problem(rule: str, expected: str, got: str, hint: str = "", level: Level = "error") -> Problem:
    return Problem("", 0, level, rule, expected, got, "", hint)


def _place(
    term: Term, where: tuple[str | int, ...], problem: Problem, content: Path, root: Path
) -> Problem:
    path = content / "terms" / TERM_FOLDERS[term.kind] / f"{term.id}.yml"
    line = store.find_line(path.read_text(encoding="utf-8"), where) if path.is_file() else 0
    field = ".".join(map(str, where))
    return Problem(
        store.relative(path, root), line, problem.level, problem.rule, problem.expected,
        problem.got, field, problem.hint,
    )  # fmt: skip


def _check_ids(terms: Sequence[Term]) -> Iterator[_Found]:
    seen: dict[str, Term] = {}
    for term in terms:
        if term.id in RESERVED:
            yield (
                term,
                ("id",),
                _problem("term-reserved", "a slug that is no word of an address", repr(term.id)),
            )
        if other := seen.get(term.id):
            hint = f"{TERM_FOLDERS[other.kind]}/{other.id}.yml has it too."
            yield (
                term,
                ("id",),
                _problem("term-twice", "a slug of its own among all kinds", repr(term.id), hint),
            )
        seen[term.id] = term


def _check_parents(known: Mapping[str, Term]) -> Iterator[_Found]:
    for term in known.values():
        if term.parent is None:
            continue
        parent = known.get(term.parent)
        if parent is None:
            expected = f"the id of a {term.kind}"
            near = suggest(term.parent, (t.id for t in known.values() if t.kind == term.kind))
            yield term, ("parent",), _problem("term-parent", expected, repr(term.parent), near)
        elif parent.kind not in _KIN.get(term.kind, {term.kind}):
            expected = f"a parent of the kind {term.kind}"
            got = f"{term.parent!r} of the kind {parent.kind}"
            yield term, ("parent",), _problem("term-parent-kind", expected, got)
        elif circle := _find_circle(term, known):
            got = " > ".join(circle)
            yield term, ("parent",), _problem("term-circle", "parents without a circle", got)


def _find_circle(term: Term, known: Mapping[str, Term]) -> list[str]:
    """Return the way from a term back to itself through its parents, or an empty list."""
    way = [term.id]
    step = known.get(term.parent or "")
    while step and step.id not in way:
        way.append(step.id)
        step = known.get(step.parent or "")
    return [*way, term.id] if step and step.id == term.id else []


def _check_related(known: Mapping[str, Term]) -> Iterator[_Found]:
    for term in known.values():
        for number, other in enumerate(term.related):
            if other not in known:
                where = ("related", number)
                yield (
                    term,
                    where,
                    _problem(
                        "term-related", "the id of a term", repr(other), suggest(other, known)
                    ),
                )


def _check_names(terms: Sequence[Term]) -> Iterator[_Found]:
    """Find names of two terms that no entry under ``ambiguous`` of each explains."""
    holders: dict[str, list[_Name]] = {}
    for term in terms:
        for name in _find_names(term):
            holders.setdefault(spelling.match_key(name.written), []).append(name)
    for names in holders.values():
        for place, name in enumerate(names):
            for other in names[:place]:
                if other.term.id != name.term.id and _same_name(name.written, other.written):
                    if _explained(name) and _explained(other):
                        continue
                    expected = f"a name that is not also of {other.term.id!r}"
                    hint = "Drop it from one, or put it under 'ambiguous' in both."
                    yield (
                        name.term,
                        name.where,
                        _problem("term-name", expected, repr(name.written), hint),
                    )


def _find_names(term: Term) -> Iterator[_Name]:
    yield _Name(term, term.label, ("label",))
    if term.abbreviation:
        yield _Name(term, term.abbreviation, ("abbreviation",))
    for number, written in enumerate(term.synonyms):
        yield _Name(term, written, ("synonyms", number))
    for number, form in enumerate(term.ambiguous):
        yield _Name(term, form.text, ("ambiguous", number, "text"))


def _same_name(one: str, other: str) -> bool:
    """Tell whether names of one key are the same: short ones only in the same letter case."""
    if not (spelling.is_short(one) and spelling.is_short(other)):
        return spelling.is_short(one) == spelling.is_short(other)
    return spelling.cased_key(one) == spelling.cased_key(other)


def _explained(name: _Name) -> bool:
    cased = spelling.cased_key(name.written)
    return any(spelling.cased_key(form.text) == cased for form in name.term.ambiguous)


def _check_xrefs(terms: Sequence[Term]) -> Iterator[_Found]:
    for term in terms:
        for number, xref in enumerate(term.xrefs):
            if expected := curies.find_fault(xref.curie):
                where = ("xrefs", number, "curie")
                yield term, where, _problem("term-xref", expected, repr(xref.curie))
