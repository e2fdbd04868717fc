"""Checks over the records: every name resolves, every quote stands in its seed."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path

from builder import models, store
from builder.addresses.renewal import RESERVED
from builder.errors import Problem, suggest
from builder.models import TERM_FOLDERS, Term
from builder.store import Library, PaperBundle
from builder.text import ids, nomenclature, spelling

# The lists of a finding, with the kinds of terms that may stand in each. None: any kind, for a
# target may be a cell, a tissue or a molecule.
_LISTS: dict[str, frozenset[str] | None] = {
    "sources": frozenset({"source"}),
    "modifications": None,
    "vehicles": frozenset({"vehicle", "source"}),  # platelet-rich plasma is a material, too
    "targets": None,
    "stimuli": None,
    "partners": None,
    "models": None,
    "species": frozenset({"species"}),
    "conditions": frozenset({"condition"}),
    "sites": frozenset({"tissue"}),
    **dict.fromkeys(("cargo", "mechanisms", "outcomes", "condition_effects")),
}
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
# What a layout may put between the words of one statement: cell borders, emphasis, escapes, and
# the brackets of citations that were raised in print.
_LAYOUT = re.compile(r"[\s|*_\\\[\]]+")


def check_library(library: Library) -> list[Problem]:
    """Return every name in the records that leads nowhere; terms have checks of their own."""
    problems = []
    for paper in library.corrections.keys() - library.papers.keys():
        file, hint = f"content/corrections/{paper}.yml", suggest(paper, library.papers)
        expected = "a file named after a paper"
        problems.append(
            Problem(file, 0, "error", "correction-paper", expected, repr(paper), hint=hint)
        )
    for bundle in library.papers.values():
        problems.extend(_check_bundle(library, bundle))
    return sorted(problems, key=Problem.sort_key)


def check_quotes(library: Library, texts: Mapping[str, str]) -> list[Problem]:
    """Return each statement whose quote does not stand in its seed.

    ``texts`` holds the text of each seed by file name. White space and the marks of the layout
    between words do not count; every letter and digit does.
    """
    problems = []
    for bundle in library.papers.values():
        seed = bundle.paper.seed.file
        if seed not in texts:
            continue
        held = (flatten(texts[seed]), flatten(unescape(_TAG.sub("", texts[seed]))))
        records = [
            *(("findings", f.id, f.quote, f.locator.line) for f in bundle.findings),
            *(("trials", t.id, t.quote, t.locator.line) for t in bundle.trials),
            *(("study_card", c.id, p.quote, p.line) for c in bundle.cards for p in c.stated),
            *(("study_card", c.id, p.quote, p.line) for c in bundle.cards for p in c.outcomes),
        ]
        for kind, name, said, line in records:
            quote = flatten(said)
            if not any(quote in text for text in held):
                file = f"content/papers/{bundle.paper.id}/{kind}.yml"
                expected = f"words that stand in seeds/{seed} near line {line}"
                problems.append(Problem(file, 0, "error", "quote", expected, repr(said[:80]), name))
    return problems


def flatten(text: str) -> str:
    """Return text without white space and layout marks, for finding a quote in a seed."""
    return _LAYOUT.sub("", unicodedata.normalize("NFC", text))


def _check_bundle(library: Library, bundle: PaperBundle) -> Iterator[Problem]:
    folder = f"content/papers/{bundle.paper.id}"
    numbers = {cited.number for cited in bundle.references}
    rows = {row.id for table in bundle.tables for row in table.rows}
    seed = f"seeds/{bundle.paper.seed.file}"
    for table in bundle.tables:
        for row in table.rows:
            yield from _check_numbers(seed, row.line, row.references, numbers)
    for finding in bundle.findings:
        file = f"{folder}/findings.yml"
        for field, kinds in _LISTS.items():
            where = f"{finding.id}.{field}"
            yield from _check_list(library, file, where, finding.ids_in(field), kinds)
        yield from _check_numbers(seed, finding.locator.line, finding.references, numbers)
        yield from _check_place(finding.id, finding.locator, rows, numbers, file)
    for trial in bundle.trials:
        file = f"{folder}/trials.yml"
        for field, kind in (("sources", "source"), ("conditions", "condition")):
            yield from _check_list(library, file, field, getattr(trial, field), frozenset({kind}))
        yield from _check_place(trial.id, trial.locator, rows, numbers, file)


def _check_numbers(
    seed: str, line: int, cited: Iterable[int], numbers: set[int]
) -> Iterator[Problem]:
    expected = "the number of an entry of the reference list"
    for number in cited:
        if number not in numbers:
            # The paper's own mistake: it is shown as printed, and reported.
            yield Problem(seed, line, "warning", "citation-number", expected, str(number))


def _check_list(
    library: Library, file: str, field: str, names: Iterable[str], kinds: frozenset[str] | None
) -> Iterator[Problem]:
    for name in names:
        term = library.terms.get(name)
        if term is None:
            expected, hint = "the id of a term", suggest(name, library.terms)
            yield Problem(file, 0, "error", "term-unknown", expected, repr(name), field, hint)
        elif kinds and term.kind not in kinds:
            expected, got = f"a term of kind {', '.join(sorted(kinds))}", f"{name!r}, a {term.kind}"
            yield Problem(file, 0, "error", "term-kind", expected, got, field)


def _check_place(
    record: str, where: models.Locator, rows: set[str], numbers: set[int], file: str
) -> Iterator[Problem]:
    if where.row and where.row not in rows:
        expected = "the id of a table row"
        yield Problem(file, 0, "error", "locator-row", expected, repr(where.row), record)
    if (number := where.reference) is not None and number not in numbers:
        expected = "the number of a reference"
        yield Problem(file, 0, "error", "locator-reference", expected, str(number), record)


# --- terms ---------------------------------------------------------------------------------------

# Words that a term may not have for an id.
_RESERVED = RESERVED | {*ids.FOLDERS, *TERM_FOLDERS.values()}
# A cell may be the source of vesicles and their target, so the two share one tree.
_KIN = {"source": {"source", "cell"}, "cell": {"source", "cell"}}
_Where = tuple[str | int, ...]
# A term, the field of it, and what is wrong there: rule, what was expected, what was found, a hint.
_Found = tuple[Term, _Where, str, str, str, str]
_Name = tuple[Term, str, _Where]


def check_terms(terms: Sequence[Term], content: Path, root: Path) -> list[Problem]:
    """Return every problem of the terms, with file and line, sorted."""
    known = nomenclature.Terms({t.id: t for t in terms}, content)
    found = [
        *_check_ids(terms),
        *_check_relations(known),
        *_check_names(terms),
        *_check_xrefs(terms),
    ]
    problems = []
    for term, where, rule, expected, got, hint in found:
        path = content / "terms" / TERM_FOLDERS[term.kind] / f"{term.id}.yml"
        line = store.find_line(path.read_text(encoding="utf-8"), where) if path.is_file() else 0
        file, field = store.relative(path, root), ".".join(map(str, where))
        problems.append(Problem(file, line, "error", rule, expected, got, field, hint))
    return sorted(problems, key=Problem.sort_key)


def _check_ids(terms: Sequence[Term]) -> Iterator[_Found]:
    seen: dict[str, Term] = {}
    for term in terms:
        if term.id in _RESERVED:
            expected = "a slug that is no word of an address"
            yield term, ("id",), "term-reserved", expected, repr(term.id), ""
        if other := seen.get(term.id):
            expected = "a slug of its own among all kinds"
            hint = f"{TERM_FOLDERS[other.kind]}/{other.id}.yml has it too."
            yield term, ("id",), "term-twice", expected, repr(term.id), hint
        seen[term.id] = term


def _check_relations(known: Mapping[str, Term]) -> Iterator[_Found]:
    for term in known.values():
        for number, other in enumerate(term.related):
            if other not in known:
                where, hint = ("related", number), suggest(other, known)
                yield term, where, "term-related", "the id of a term", repr(other), hint
        if term.parent is None:
            continue
        parent = known.get(term.parent)
        if parent is None:
            hint = suggest(term.parent, (t.id for t in known.values() if t.kind == term.kind))
            expected = f"the id of a {term.kind}"
            yield term, ("parent",), "term-parent", expected, repr(term.parent), hint
        elif parent.kind not in _KIN.get(term.kind, {term.kind}):
            got = f"{term.parent!r} of the kind {parent.kind}"
            expected = f"a parent of the kind {term.kind}"
            yield term, ("parent",), "term-parent-kind", expected, got, ""
        elif circle := _find_circle(term, known):
            expected = "parents without a circle"
            yield term, ("parent",), "term-circle", expected, " > ".join(circle), ""


def _find_circle(term: Term, known: Mapping[str, Term]) -> list[str]:
    """Return the way from a term back to itself through its parents, or an empty list."""
    way = [term.id]
    step = known.get(term.parent or "")
    while step and step.id not in way:
        way.append(step.id)
        step = known.get(step.parent or "")
    return [*way, term.id] if step and step.id == term.id else []


def _check_names(terms: Sequence[Term]) -> Iterator[_Found]:
    """Find names of two terms that no entry under ``ambiguous`` of each explains."""
    holders: dict[str, list[_Name]] = {}
    for term in terms:
        names: list[tuple[str, _Where]] = [(term.label, ("label",))]
        names += [(term.abbreviation, ("abbreviation",))] if term.abbreviation else []
        names += [(written, ("synonyms", n)) for n, written in enumerate(term.synonyms)]
        names += [(written, ("phrases", n)) for n, written in enumerate(term.phrases)]
        names += [(form.text, ("ambiguous", n, "text")) for n, form in enumerate(term.ambiguous)]
        for written, where in names:
            holders.setdefault(spelling.match_key(written), []).append((term, written, where))
    for held in holders.values():
        for place, (term, written, where) in enumerate(held):
            for other, theirs, _ in held[:place]:
                clash = other.id != term.id and _same_name(written, theirs)
                if clash and not (_explained(term, written) and _explained(other, theirs)):
                    expected = f"a name that is not also of {other.id!r}"
                    hint = "Drop it from one, or put it under 'ambiguous' in both."
                    yield term, where, "term-name", expected, repr(written), hint


def _same_name(one: str, other: str) -> bool:
    """Return whether names of one key are the same: short ones only in the same letter case."""
    if not (spelling.is_short(one) and spelling.is_short(other)):
        return spelling.is_short(one) == spelling.is_short(other)
    return spelling.cased_key(one) == spelling.cased_key(other)


def _explained(term: Term, written: str) -> bool:
    cased = spelling.cased_key(written)
    return any(spelling.cased_key(form.text) == cased for form in term.ambiguous)


def _check_xrefs(terms: Sequence[Term]) -> Iterator[_Found]:
    for term in terms:
        for number, xref in enumerate(term.xrefs):
            if expected := ids.find_fault(xref.curie):
                yield term, ("xrefs", number, "curie"), "term-xref", expected, repr(xref.curie), ""
