"""Checks over the records: every name resolves, every quote stands in its seed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from html import unescape

from builder import models
from builder.errors import Problem, suggest
from builder.store import Library, PaperBundle

# The lists of a finding, with the kinds of terms that may stand in each. None: any kind, for a
# target may be a cell, a tissue or a molecule.
_LISTS: dict[str, frozenset[str] | None] = {
    "sources": frozenset({"source"}),
    "modifications": None,
    "vehicles": frozenset({"vehicle", "source"}),  # platelet-rich plasma is a material, too
    "targets": None,
    "partners": None,
    "models": None,
    "species": frozenset({"species"}),
    "conditions": frozenset({"condition"}),
}
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
# What a layout may put between the words of one statement: cell borders, emphasis, escapes.
_LAYOUT = re.compile(r"[\s|*_\\]+")


def check_library(library: Library) -> list[Problem]:
    """Return every name in the records that leads nowhere; terms have checks of their own."""
    problems = [*_check_hand_kept(library)]
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
            *(
                ("study_card", card.id, part.quote, part.line)
                for card in bundle.cards
                for part in _places(card)
            ),
        ]
        for kind, name, said, line in records:
            quote = flatten(said)
            if not any(quote in text for text in held):
                problems.append(
                    Problem(
                        f"content/papers/{bundle.paper.id}/{kind}.yml",
                        0,
                        "error",
                        "quote",
                        f"words that stand in seeds/{seed} near line {line}",
                        repr(said[:80]),
                        name,
                    )
                )
    return problems


def _places(card: models.StudyCard) -> Iterator[models.Stated | models.OutcomeNumber]:
    yield from card.stated
    yield from card.outcomes


def flatten(text: str) -> str:
    """Return text without white space and layout marks, for finding a quote in a seed."""
    return _LAYOUT.sub("", unicodedata.normalize("NFC", text))


def _check_hand_kept(library: Library) -> Iterator[Problem]:
    for paper in library.corrections:
        if paper not in library.papers:
            yield Problem(
                f"content/corrections/{paper}.yml",
                0,
                "error",
                "correction-paper",
                "a file named after a paper",
                repr(paper),
                hint=suggest(paper, library.papers),
            )
    for name in library.identifiers:
        if name not in library.references and name not in library.papers:
            yield Problem(
                "content/identifiers.yml",
                0,
                "error",
                "identifier-reference",
                "the id of a cited work or a paper",
                repr(name),
                hint=suggest(name, library.references),
            )


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
        yield from _check_finding_terms(library, finding, file)
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
    for number in cited:
        if number not in numbers:
            # The paper's own mistake: it is shown as printed, and told.
            yield Problem(
                seed,
                line,
                "warning",
                "citation-number",
                "the number of an entry of the reference list",
                str(number),
            )


def _check_finding_terms(library: Library, finding: models.Finding, file: str) -> Iterator[Problem]:
    for field, kinds in _LISTS.items():
        yield from _check_list(library, file, f"{finding.id}.{field}", finding.ids_in(field), kinds)
    for field in ("cargo", "mechanisms", "outcomes", "condition_effects"):
        names = [item.id for item in getattr(finding, field)]
        yield from _check_list(library, file, f"{finding.id}.{field}", names, None)


def _check_list(
    library: Library, file: str, field: str, names: Iterable[str], kinds: frozenset[str] | None
) -> Iterator[Problem]:
    for name in names:
        term = library.terms.get(name)
        if term is None:
            yield _unknown_term(library, file, field, name)
        elif kinds and term.kind not in kinds:
            yield Problem(
                file, 0, "error", "term-kind", f"a term of kind {', '.join(sorted(kinds))}",
                f"{name!r}, a {term.kind}", field,
            )  # fmt: skip


def _check_place(
    record: str, where: models.Locator, rows: set[str], numbers: set[int], file: str
) -> Iterator[Problem]:
    if where.row and where.row not in rows:
        yield Problem(
            file, 0, "error", "locator-row", "the id of a table row", repr(where.row), record
        )
    if where.reference is not None and where.reference not in numbers:
        yield Problem(
            file, 0, "error", "locator-reference", "the number of a reference",
            str(where.reference), record,
        )  # fmt: skip


def _unknown_term(library: Library, file: str, field: str, name: str) -> Problem:
    return Problem(
        file,
        0,
        "error",
        "term-unknown",
        "the id of a term",
        repr(name),
        field,
        suggest(name, library.terms),
    )
