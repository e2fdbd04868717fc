"""Findings: the smallest citable statements of a paper, read by role and direction.

``trace_findings`` is a pure function of the paper's records and the vocabulary; the trace of a
finding, the spans and the rules behind each value, is recomputed when asked for and never stored.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from builder.extract.design import is_review_paper, read_title_level
from builder.extract.findings import questions as asking
from builder.extract.findings.appraisal import (
    appraise,
    drop_donors,
    mark_review,
    mark_trial,
)
from builder.extract.findings.cargo import MOLECULE_TYPES, read_cargo, read_modifications
from builder.extract.findings.cells import read_cells
from builder.extract.findings.concepts import (
    read_mechanisms,
    read_outcomes,
    read_setting,
)
from builder.extract.findings.cues import Cues, read_cues
from builder.extract.findings.outcomes import correct_outcomes, find_repaired, read_sites
from builder.extract.findings.questions import Beside, check_entities
from builder.extract.findings.spans import Reading, drop_ancestors
from builder.extract.findings.statements import (
    EFFECTS,
    Assigned,
    Part,
    Statement,
    Trace,
    deny_opposed,
    find_own_vesicles,
    find_statements,
    set_apart,
    split_contrast,
)
from builder.extract.findings.vehicles import compose_vehicles, drop_subsumed, read_vehicles
from builder.extract.quantities import find_quantities
from builder.extract.trials import find_trial_numbers
from builder.extract.vocabulary import Vocabulary
from builder.models import (
    Cargo,
    Cited,
    EffectOf,
    Finding,
    Paper,
    Question,
    Table,
)
from builder.models.document import Document
from builder.text import ids
from builder.text.ids import find_registry_ids

__all__ = ["check_entities", "find_findings", "read_text", "trace_findings"]

# What makes a sentence say something of the field.
_SAYING = ("sources", "vehicles", "mechanisms", "conditions", "outcomes", "cargo", "modifications")
# A column made for a field outranks what other cells name: (the column's rule, others that stand).
_BY_COLUMN = {
    "sources": ("source-column", "cells-from-tissue"),
    "vehicles": ("vehicle-column",),
}
# A sentence of the full text counts only with one of each: precision before recall.
_ACTING = ("mechanisms", "vehicles", "conditions", "outcomes")
# Between two members of a list: "MSC- and BMSC-derived", "MSCs versus BMSCs".
_LISTED = re.compile(
    r"s?(?:-|[-\s]derived)?(?:\s+(?:exosomes?|s?EVs?))?\s*(?:,|/|,?\s+(?:and|or|versus|vs\.?|than|with|to)\s)\s*(?:those\s+of\s+)?"
    r"(?:(?!and\b|or\b)[a-z]+\s+)?",
    re.IGNORECASE,
)
# What is read in a column that is made for one thing; other columns are read for all.
_READ_IN: dict[str, frozenset[str]] = {
    "aside": frozenset(["outcomes"]),
    "source": frozenset(
        ["sources", "partners", "modifications", "cargo", "species", "conditions", "vehicles", ""]
    ),
    "vehicle": frozenset(
        ["vehicles", "sources", "partners", "modifications", "cargo", "species", "outcomes", ""]
    ),
    "cargo": frozenset(["cargo", "modifications", "species"]),
    "modification": frozenset(["modifications", "cargo", "partners"]),
}


def find_findings(
    paper: Paper,
    document: Document,
    tables: Sequence[Table],
    references: Sequence[Cited],
    vocabulary: Vocabulary,
) -> list[Finding]:
    """Return the findings of a paper: rows, titles, abstract, key findings, full text."""
    traces = trace_findings(paper, document, tables, references, vocabulary)
    return [t.finding for t in traces]


def trace_findings(
    paper: Paper,
    document: Document,
    tables: Sequence[Table],
    references: Sequence[Cited],
    vocabulary: Vocabulary,
) -> list[Trace]:
    """Return the findings of a paper, each with its trace."""
    cues = read_cues(vocabulary.terms.content)
    short = [(a.short, a.long) for a in paper.abbreviations]
    defined = vocabulary.bind(short)
    own = find_own_vesicles([*short, *document.abbreviations], defined, cues)
    tabled = find_trial_numbers(tables)
    review = is_review_paper(paper) or "review" in (document.front.kind or "")
    trial = not review and read_title_level(paper.csl.title) == "clinical"
    traces = []
    seen: dict[str, int] = {}
    for found in find_statements(paper, document, tables, references, own.widen(cues)):
        statement = own.write_out(found)
        registered = [n.number for n in find_registry_ids(statement.quote)]
        asked = [n for n in registered if n.lower() not in tabled]
        for trace in _read_apart(statement, paper.id, defined, cues):
            if asked and found.locator.kind not in ("table-row", "reference-title"):
                trace = _ask_about_trials(trace, asked)  # noqa: PLW2901
            elif not _says_something(trace, statement.about):
                continue
            if review:
                trace = replace(trace, finding=mark_review(trace.finding))  # noqa: PLW2901
            elif trial:
                trace = replace(trace, finding=mark_trial(trace.finding, paper))  # noqa: PLW2901
            count = seen[trace.finding.id] = seen.get(trace.finding.id, 0) + 1
            if count > 1:  # the same words twice in one paper
                again = trace.finding.model_copy(update={"id": f"{trace.finding.id}-{count}"})
                trace = Trace(again, trace.texts, trace.assigned)  # noqa: PLW2901
            traces.append(trace)
    return traces


def _ask_about_trials(trace: Trace, numbers: Sequence[str]) -> Trace:
    """Return a finding with the question whether the trial that it names is one of the field."""
    question = Question(
        rule="registry-number",
        text=f"{' and '.join(dict.fromkeys(numbers))} is in no table of trials: is it a trial of "
        "the field, and what does the registry say of it?",
        weight=3,
    )
    finding = trace.finding
    asked = finding.model_copy(update={"questions": [*finding.questions, question]})
    return Trace(asked, trace.texts, trace.assigned)


def _read_apart(
    statement: Statement, paper: str, vocabulary: Vocabulary, cues: Cues
) -> Iterable[Trace]:
    """Return the finding of a statement, or one a clause where they contrast their own sources."""
    whole = read_statement(statement, paper, vocabulary, cues)
    if other := deny_opposed(whole):
        return [whole, other]
    if all(q.rule != "contrasted-sources" for q in whole.finding.questions):
        return [whole]
    clauses = split_contrast(statement, cues)
    return set_apart(whole, [read_statement(c, paper, vocabulary, cues) for c in clauses], cues)


def _says_something(trace: Trace, about: str) -> bool:
    """Return whether a finding says anything of the field in its place.

    A row counts if it or its table is about vesicles; by the paper's subject alone it counts only
    if it names a source, vehicle or cargo and something of it.
    """
    finding = trace.finding
    if finding.locator.kind == "reference-title":
        return True
    if about == "sentence" and not (finding.mechanisms or finding.outcomes or finding.conditions):
        return False
    if finding.locator.kind == "full-text":
        guessed = {a.value for a in trace.assigned if a.rule.startswith("hypothesis")}
        reported = {i for f in _ACTING for i in finding.ids_in(f)} - guessed
        return bool(finding.sources and reported)
    said = [field for field in _SAYING if getattr(finding, field)]
    if finding.locator.kind == "abstract" and finding.result in ("no-benefit", "worsened"):
        return True  # what did not work matters most, whatever it is called
    if finding.locator.kind == "table-row" and about != "table":
        carried = {"sources", "vehicles", "cargo"} & set(said)
        return about == "paper" and len(said) > 1 and bool(carried)
    return bool(said or (about == "table" and finding.targets))


def read_text(text: str, vocabulary: Vocabulary, cues: Cues) -> list[Assigned]:
    """Return all that one title or sentence says."""
    return _read_part(Part("title", "", text), vocabulary, cues, "", cues.names_vesicles(text))[0]


def read_statement(statement: Statement, paper: str, vocabulary: Vocabulary, cues: Cues) -> Trace:
    """Return the finding of a statement with its trace."""
    about = bool(statement.about) or any(cues.names_vesicles(p.text) for p in statement.parts)
    assigned: list[Assigned] = []
    questions: list[Question] = []
    for part in statement.parts:
        context = f"{part.name} {statement.context} " + " ".join(p.text for p in statement.parts)
        found, asked = _read_part(part, vocabulary, cues, context, about)
        assigned += found
        questions += asked
    assigned += list(_carried_over(statement, assigned, vocabulary, cues))
    by_name = {p.name: p.text for p in statement.parts}
    assigned = drop_donors(_settle(assigned, vocabulary, by_name), by_name)
    assigned += find_repaired(statement, assigned, vocabulary)
    assigned = correct_outcomes(assigned, by_name, cues, vocabulary)
    if statement.locator.kind == "reference-title":
        questions.append(asking.ask_about_title())
    if statement.locator.kind == "table-row":
        questions += _beside_titles(statement, assigned, vocabulary, cues)
    questions += _about_sources(assigned)
    questions += _about_contrast(statement, assigned, cues)
    quantities = [q for p in statement.parts for q in find_quantities(p.text, p.name)]
    appraisal = appraise(statement, assigned, vocabulary, quantities)
    assigned += appraisal.assigned
    finding = Finding(
        # A row's own id leaves its column of reference numbers out: they change with the list.
        id=statement.locator.row or ids.statement_id(paper, statement.quote),
        paper=paper,
        locator=statement.locator,
        quote=statement.quote,
        references=list(statement.references),
        design=appraisal.design,
        role=appraisal.role,
        result=appraisal.result,
        certainty=appraisal.certainty,
        quantities=quantities,
        questions=_unique(questions),
        vehicles=compose_vehicles(assigned, vocabulary, {p.name: p.text for p in statement.parts}),
        **_fields(assigned),
    )
    return Trace(finding, tuple((p.name, p.text) for p in statement.parts), tuple(assigned))


def _carried_over(
    statement: Statement, assigned: Sequence[Assigned], vocabulary: Vocabulary, cues: Cues
) -> Iterator[Assigned]:
    """Yield what a sentence takes over from the one that it goes on from.

    "They" and "these vesicles" are those of its one source; "one of these miRNAs, miR-324," is
    what they carry.
    """
    if not statement.before:
        return
    part = Part("sentence before", "", statement.before)
    about = cues.names_vesicles(statement.before)
    found, _ = _read_part(part, vocabulary, cues, statement.context, about)
    found = _settle(found, vocabulary, {part.name: part.text})
    sources = {a.value: a for a in found if a.field == "sources"}
    if len(sources) == 1 and all(a.field != "sources" for a in assigned):
        yield from (replace(a, rule="carried-over") for a in sources.values())
    text = statement.parts[0].text
    if one := cues.match("one_of_these", text):
        for item in assigned:
            known = vocabulary.terms.get(item.value)
            if item.start == one.end() and known and known.type in MOLECULE_TYPES:
                yield replace(item, field="cargo", rule="one-of-these", detail="native")


def _read_part(
    part: Part, vocabulary: Vocabulary, cues: Cues, context: str, about: bool
) -> tuple[list[Assigned], list[Question]]:
    reading = Reading(part, vocabulary, cues, context, about)
    cells = read_cells(reading)
    assigned = [
        *cells,
        *read_modifications(reading, [a for a in cells if a.field == "sources"]),
        *read_vehicles(reading),
        *read_cargo(reading),
        *read_mechanisms(reading),
        *read_outcomes(reading),
        *read_setting(reading),
        *read_sites(reading),
    ]
    if part.role in _READ_IN:
        assigned = [a for a in assigned if a.field in _READ_IN[part.role]]
    asked = [] if part.role == "aside" else reading.open_mentions()
    return assigned, [asking.ask_about_form(m, part.name) for m in asked]


def _settle(
    assigned: Sequence[Assigned], vocabulary: Vocabulary, texts: Mapping[str, str]
) -> list[Assigned]:
    """Return what stands after the parts are seen together.

    A source column outranks sources named in other cells; a source or partner is no target; the
    most specific term wins in each field where terms have parents.
    """
    kept = list(assigned)
    for field, rules in _BY_COLUMN.items():
        if any(a.field == field and a.rule == rules[0] for a in assigned):
            kept = [a for a in kept if a.field != field or a.rule in rules]
    taken = {a.value for a in kept if a.field == "sources"}
    kept = drop_subsumed(kept, vocabulary, texts)
    for field in ("sources", "modifications", "conditions", "targets", "models"):
        values = [a.value for a in kept if a.field == field]
        narrow = {*drop_ancestors(values, vocabulary), *_side_by_side(kept, field, texts)}
        kept = [a for a in kept if a.field != field or a.value in narrow]
    return [a for a in kept if not (a.field == "partners" and a.value in taken)]


def _side_by_side(assigned: Sequence[Assigned], field: str, texts: Mapping[str, str]) -> set[str]:
    """Return values that a list names beside others: "MSC and BMSC exosomes" are two sources."""
    found = sorted((a for a in assigned if a.field == field == "sources"), key=lambda a: a.start)
    pairs = [(a, b) for a, b in itertools.pairwise(found) if a.part == b.part]
    return {
        item.value
        for a, b in pairs
        if _LISTED.fullmatch(texts.get(a.part, "")[a.end : b.start])
        for item in (a, b)
    }


def _fields(assigned: Iterable[Assigned]) -> dict[str, Any]:
    """Return the fields of a finding, each value once, in the order of the text."""
    plain: dict[str, list[str]] = {
        f: []
        for f in (
            "sources", "modifications", "targets", "stimuli", "partners", "models", "species",
            "conditions", "sites",
        )
    }  # fmt: skip
    effects: dict[str, dict[str, str]] = {field: {} for field in EFFECTS}
    cargo: dict[str, str] = {}
    for item in assigned:
        if item.field in plain:
            if item.value not in plain[item.field]:
                plain[item.field].append(item.value)
        elif item.field not in ("cargo", *effects):
            continue
        elif item.field == "cargo":
            cargo.setdefault(item.value, item.detail)
        else:
            known = effects[item.field].get(item.value)
            effects[item.field][item.value] = _stronger(known, item.detail)
    return {
        **plain,
        "cargo": [Cargo.model_validate({"id": i, "role": r}) for i, r in cargo.items()],
        **{
            field: [EffectOf.model_validate({"id": i, "effect": e}) for i, e in found.items()]
            for field, found in effects.items()
        },
    }


def _stronger(known: str | None, new: str) -> str:
    """Return the effect to keep where a statement names a mechanism twice.

    A direction outranks none given; two that contradict each other are only ``modulates``.
    """
    if known is None or known == new:
        return new
    weak = ("involves", "modulates")
    if known in weak:
        return new if new not in weak else "modulates"
    if new in weak:
        return known
    raised = {"up", "activates"}
    return known if (known in raised) == (new in raised) else "modulates"


def _beside_titles(
    statement: Statement, assigned: Sequence[Assigned], vocabulary: Vocabulary, cues: Cues
) -> Iterable[Question]:
    """Yield what is doubtful about a row beside the titles that it cites."""
    for title in statement.titles:
        about = cues.names_vesicles(title)
        found, _ = _read_part(Part("title", "", title), vocabulary, cues, statement.quote, about)
        theirs = _by_field(_settle(found, vocabulary, {"title": title}))
        texts = (statement.quote, title)
        yield from Beside(_by_field(assigned), theirs, texts, about, vocabulary).ask()


def _by_field(assigned: Iterable[Assigned]) -> dict[str, dict[str, str]]:
    """Return values and their details by field, without species: those say no subject."""
    found: dict[str, dict[str, str]] = {}
    for item in assigned:
        if item.field not in ("", "species", "sites", "design"):
            found.setdefault(item.field, {}).setdefault(item.value, item.detail)
    return found


# What is asked of a source that was read under a rule: the question's rule, words and weight.
_SOURCE_QUESTIONS = {
    "tissue-derived-exosomes": (
        "source-from-tissue", "names a tissue only; read as its stem cell. Is it?", 3,
    ),
    "unknown-cell": ("unknown-cell", "is no term of the vocabulary; which source is it?", 4),
}  # fmt: skip


def _about_sources(assigned: Iterable[Assigned]) -> Iterable[Question]:
    for item in assigned:
        if item.rule in _SOURCE_QUESTIONS:
            rule, words, weight = _SOURCE_QUESTIONS[item.rule]
            text = f"{item.text!r} {words}"
            yield Question(rule=rule, text=text, field="sources", weight=weight)


def _about_contrast(
    statement: Statement, assigned: Sequence[Assigned], cues: Cues
) -> Iterable[Question]:
    """Ask which of several sources does what, where a sentence sets them against each other."""
    sources = {a.value for a in assigned if a.field == "sources"}
    contrast = any(cues.search("contrasting", p.text) for p in statement.parts)
    if len(sources) > 1 and contrast and any(a.field in EFFECTS for a in assigned):
        yield Question(
            rule="contrasted-sources",
            text="The statement sets several sources against each other; which one does what?",
            field="mechanisms",
            weight=4,
        )


def _unique(questions: Iterable[Question]) -> list[Question]:
    return list({(q.rule, q.text): q for q in questions}.values())
