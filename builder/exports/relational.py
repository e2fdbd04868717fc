"""The knowledge base as relational tables: one description serves CSV, Data Package and SQLite.

Each table names its columns with type, meaning and foreign key; rows are made from a Library, in
the order of the ids. Lists become tables of their own, so that SQL and pandas can join them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from builder import ids, models
from builder.citations import Citable, format_plain
from builder.store import Library

Value = str | int | float | bool | None
Row = tuple[Value, ...]
ColumnType = Literal["string", "integer", "number", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type, what it means, and ``table.column`` where it is a foreign key."""

    name: str
    type: ColumnType
    about: str
    points_to: str = ""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: what a row is, its columns, its primary key (may be empty), and its rows."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Library, str], Iterator[Row]]


def _text(name: str, about: str, points_to: str = "") -> Column:
    return Column(name, "string", about, points_to)


def _whole(name: str, about: str) -> Column:
    return Column(name, "integer", about)


def _number(name: str, about: str) -> Column:
    return Column(name, "number", about)


def _page(library: Library, url: str, kind: str, name: str) -> str | None:
    return url + ids.page_path(kind, name) if kind in ids.FOLDERS else None


def _terms(library: Library, url: str) -> Iterator[Row]:
    for term in sorted(library.terms.values(), key=lambda t: t.id):
        yield (
            term.id,
            term.kind,
            term.label,
            term.abbreviation,
            term.parent,
            term.definition,
            _page(library, url, term.kind, term.id),
        )


def _synonyms(library: Library, url: str) -> Iterator[Row]:
    for term in sorted(library.terms.values(), key=lambda t: t.id):
        for synonym in sorted(set(term.synonyms)):
            yield (term.id, synonym)


def _xrefs(library: Library, url: str) -> Iterator[Row]:
    for term in sorted(library.terms.values(), key=lambda t: t.id):
        for xref in term.xrefs:
            yield (term.id, xref.curie, xref.label, xref.match)


def name_people(names: Iterable[models.CslName] | None) -> str | None:
    """Return names in one string, ``Family, Given; Family, Given``."""
    said = "; ".join(
        n.literal or ", ".join(p for p in (n.family, n.given) if p) for n in names or []
    )
    return said or None


def _papers(library: Library, url: str) -> Iterator[Row]:
    for name in sorted(library.papers):
        paper = library.papers[name].paper
        yield (
            name,
            paper.csl.title,
            name_people(paper.csl.author),
            paper.csl.year,
            paper.csl.container_title,
            paper.csl.DOI,
            paper.licence,
            paper.seed.file,
            paper.seed.sha256,
            _page(library, url, "paper", name),
        )


def _works(library: Library, url: str) -> Iterator[Row]:
    for name in sorted(library.references):
        work = library.references[name]
        csl = work.csl
        (cited,) = format_plain([Citable(name, csl, work.et_al)])
        yield (
            name, csl.type, csl.title, name_people(csl.author), work.et_al, csl.year,
            csl.container_title, csl.volume, csl.issue, csl.page, csl.DOI, csl.PMID, csl.PMCID,
            csl.URL, csl.status, work.parsed, cited, _page(library, url, "reference", name),
        )  # fmt: skip


def _citations(library: Library, url: str) -> Iterator[Row]:
    for name in sorted(library.references):
        for place in library.references[name].cited_in:
            yield (place.paper, place.number, name)


def _findings(library: Library, url: str) -> Iterator[Row]:
    for finding in library.findings():
        place = finding.locator
        yield (
            finding.id, finding.paper, place.kind, place.line, place.table, place.row,
            place.reference, finding.quote, finding.evidence,
            _page(library, url, "finding", finding.id),
        )  # fmt: skip


def _roles(finding: models.Finding) -> Iterator[tuple[str, str, str | None]]:
    plain = {
        "source": finding.sources,
        "modification": finding.modifications,
        "vehicle": finding.vehicles,
        "target": finding.targets,
        "partner": finding.partners,
        "model": finding.models,
        "species": finding.species,
        "condition": finding.conditions,
    }
    for role, names in plain.items():
        yield from ((role, name, None) for name in names)
    yield from (("cargo", c.id, c.role) for c in finding.cargo)
    yield from (("mechanism", m.id, m.effect) for m in finding.mechanisms)
    yield from (("outcome", o.id, o.effect) for o in finding.outcomes)


def _finding_terms(library: Library, url: str) -> Iterator[Row]:
    for finding in library.findings():
        for role, name, effect in _roles(finding):
            yield (finding.id, role, name, effect)


def _quantities(library: Library, url: str) -> Iterator[Row]:
    for finding in library.findings():
        for q in finding.quantities:
            yield (finding.id, q.value, q.low, q.high, q.unit, q.quote)


def _finding_works(library: Library, url: str) -> Iterator[Row]:
    for finding in library.findings():
        known = {c.number: c.id for c in library.papers[finding.paper].references}
        for number in sorted(set(finding.references) & set(known)):
            yield (finding.id, number, known[number])


def _trials(library: Library, url: str) -> Iterator[Row]:
    for trial in library.trials():
        dose = trial.dose
        yield (
            trial.id, trial.registry, trial.registry_name, trial.registry_url, trial.paper,
            trial.phase, trial.design, trial.route, dose.printed if dose else None,
            dose.volume_ml if dose else None,
            dose.particles_per_ml_low if dose else None,
            dose.particles_per_ml_high if dose else None,
            dose.doses if dose else None,
            trial.status.printed if trial.status else None,
            trial.status.as_of.isoformat() if trial.status and trial.status.as_of else None,
            trial.result, trial.result_effect, trial.quote, _page(library, url, "trial", trial.id),
        )  # fmt: skip


def _trial_terms(library: Library, url: str) -> Iterator[Row]:
    for trial in library.trials():
        yield from ((trial.id, "source", name) for name in trial.sources)
        yield from ((trial.id, "condition", name) for name in trial.conditions)


def _endpoints(library: Library, url: str) -> Iterator[Row]:
    for trial in library.trials():
        yield from ((trial.id, place, e) for place, e in enumerate(trial.endpoints, 1))


def _tables(library: Library, url: str) -> Iterator[Row]:
    for table in library.tables():
        yield (table.id, table.paper, table.number, table.caption, table.line)


def _cells(library: Library, url: str) -> Iterator[Row]:
    for table in library.tables():
        for row in table.rows:
            for column, cell in row.cells.items():
                yield (table.id, row.id, row.line, column, cell.printed, cell.text, cell.inherited)


def _questions(library: Library, url: str) -> Iterator[Row]:
    for finding in library.findings():
        yield from (("finding", finding.id, q.rule, q.weight, q.text) for q in finding.questions)
    for trial in library.trials():
        yield from (("trial", trial.id, q.rule, q.weight, q.text) for q in trial.questions)
    for name in sorted(library.references):
        work = library.references[name]
        yield from (("reference", name, q.rule, q.weight, q.text) for q in work.questions)


_PAGE = _text("page", "address of its page; absent where it has none")
_TERM = _text("term", "id of the term", "terms.id")
_FINDING = _text("finding", "id of the finding", "findings.id")
_TRIAL = _text("trial", "id of the trial", "trials.id")

TABLES: tuple[TableSpec, ...] = (
    TableSpec(
        "terms",
        "Concepts of the field: cell sources, mechanisms, vehicles, conditions and others.",
        (
            _text("id", "slug"),
            _text("kind", "source, mechanism, vehicle, condition, model, outcome …"),
            _text("label", "the field's standard spelling"),
            _text("abbreviation", "short form"),
            _text("parent", "broader term", "terms.id"),
            _text("definition", "one sentence"),
            _PAGE,
        ),
        ("id",),
        _terms,
    ),
    TableSpec(
        "term_synonyms",
        "Other spellings of the terms.",
        (_TERM, _text("synonym", "a spelling that a paper might use")),
        ("term", "synonym"),
        _synonyms,
    ),
    TableSpec(
        "term_xrefs",
        "Verified identifiers of the terms in ontologies and databases.",
        (
            _TERM,
            _text("curie", "identifier as prefix:local"),
            _text("label", "the ontology's own label"),
            _text("match", "exact, broader, narrower or related"),
        ),
        ("term", "curie"),
        _xrefs,
    ),
    TableSpec(
        "papers",
        "Papers that the atlas has read.",
        (
            _text("id", "slug"),
            _text("title", "title"),
            _text("authors", "Family, Given; …"),
            _whole("year", "year of issue"),
            _text("journal", "journal"),
            _text("doi", "DOI"),
            _text("licence", "as printed; absent where not stated"),
            _text("seed_file", "file it was read from"),
            _text("seed_sha256", "SHA-256 of that file"),
            _PAGE,
        ),
        ("id",),
        _papers,
    ),
    TableSpec(
        "works",
        "Cited works (references): one row a work, however many papers cite it.",
        (
            _text("id", "slug"),
            _text("type", "CSL type"),
            _text("title", "title"),
            _text("authors", "Family, Given; …"),
            Column("et_al", "boolean", "the list of authors is printed as incomplete"),
            _whole("year", "year of issue"),
            _text("journal", "journal or book, as printed"),
            _text("volume", "volume"),
            _text("issue", "issue"),
            _text("pages", "page range or article number"),
            _text("doi", "DOI"),
            _text("pmid", "PubMed id"),
            _text("pmcid", "PubMed Central id"),
            _text("url", "printed address"),
            _text("status", "'in press' and the like"),
            Column("parsed", "boolean", "false: the entry did not parse; title holds all of it"),
            _text("citation", "in AMA style"),
            _PAGE,
        ),
        ("id",),
        _works,
    ),
    TableSpec(
        "citations",
        "Which paper cites which work, under which number.",
        (
            _text("paper", "id of the paper", "papers.id"),
            _whole("number", "number in its reference list"),
            _text("work", "id of the cited work", "works.id"),
        ),
        ("paper", "number"),
        _citations,
    ),
    TableSpec(
        "findings",
        "Statements: the smallest citable piece of evidence, with quote and place.",
        (
            _text("id", "stable id"),
            _text("paper", "paper it stands in", "papers.id"),
            _text("place", "table-row, reference-title, abstract, key-finding or full-text"),
            _whole("line", "line of the seed"),
            _whole("table_number", "number of the table"),
            _text("table_row", "id of the table row"),
            _whole("reference_number", "number of the reference whose title it is"),
            _text("quote", "verbatim words"),
            _text("evidence", "evidence level"),
            _PAGE,
        ),
        ("id",),
        _findings,
    ),
    TableSpec(
        "finding_terms",
        "What each finding names, and in which role.",
        (
            _FINDING,
            _text("role", "source, modification, vehicle, cargo, mechanism, target …"),
            _TERM,
            _text("effect", "up, down, activates, inhibits …; of cargo: native or loaded"),
        ),
        (),
        _finding_terms,
    ),
    TableSpec(
        "finding_quantities",
        "Numbers with units, verbatim.",
        (
            _FINDING,
            _number("value", "value"),
            _number("low", "lower bound"),
            _number("high", "upper bound"),
            _text("unit", "unit"),
            _text("quote", "as printed"),
        ),
        (),
        _quantities,
    ),
    TableSpec(
        "finding_works",
        "Works that a finding cites.",
        (
            _FINDING,
            _whole("number", "number in the paper's reference list"),
            _text("work", "id of the cited work", "works.id"),
        ),
        ("finding", "number"),
        _finding_works,
    ),
    TableSpec(
        "trials",
        "Registered clinical trials, as a paper tells them.",
        (
            _text("id", "registry id in lower case"),
            _text("registry", "registry id"),
            _text("registry_name", "name of the registry"),
            _text("registry_url", "address of its record"),
            _text("paper", "paper that tells of it", "papers.id"),
            _text("phase", "phase"),
            _text("design", "design"),
            _text("route", "route of administration"),
            _text("dose", "as printed"),
            _number("volume_ml", "volume in mL"),
            _number("particles_per_ml_low", "particles per mL, lower bound"),
            _number("particles_per_ml_high", "particles per mL, upper bound"),
            _whole("doses", "number of doses"),
            _text("status", "as printed"),
            Column("status_as_of", "date", "date as of which it held"),
            _text("result", "as printed"),
            _text("result_effect", "positive, negative or mixed, only as stated"),
            _text("quote", "verbatim words"),
            _PAGE,
        ),
        ("id",),
        _trials,
    ),
    TableSpec(
        "trial_terms",
        "Sources and conditions of each trial.",
        (_TRIAL, _text("role", "source or condition"), _TERM),
        ("trial", "role", "term"),
        _trial_terms,
    ),
    TableSpec(
        "trial_endpoints",
        "Endpoints of each trial, in printed order.",
        (_TRIAL, _whole("place", "place in the list, from 1"), _text("endpoint", "as printed")),
        ("trial", "place"),
        _endpoints,
    ),
    TableSpec(
        "tables",
        "Tables of the papers.",
        (
            _text("id", "slug"),
            _text("paper", "paper it stands in", "papers.id"),
            _whole("number", "number in the paper"),
            _text("caption", "caption"),
            _whole("line", "line of the seed"),
        ),
        ("id",),
        _tables,
    ),
    TableSpec(
        "table_cells",
        "Every cell, as printed and as read.",
        (
            _text("table_id", "id of the table", "tables.id"),
            _text("row", "id of the row"),
            _whole("line", "line of the seed"),
            _text("column", "column; a grouped column is 'Group / Column'"),
            _text("printed", "as printed"),
            _text("text", "as read"),
            _text("inherited", "id of the row above that the cell spans from"),
        ),
        ("table_id", "row", "column"),
        _cells,
    ),
    TableSpec(
        "questions",
        "Open questions: what a curator should look at.",
        (
            _text("kind", "finding, trial or reference"),
            _text("record", "id of the record"),
            _text("rule", "name of the rule that asks"),
            _whole("weight", "5: may mislead; 1: cosmetic"),
            _text("text", "the question"),
        ),
        (),
        _questions,
    ),
)
