"""The knowledge base as relational tables: one description serves CSV, Data Package and SQLite.

Each table names its columns with type, meaning and foreign key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from builder.export import rows
from builder.export.rows import Row
from builder.store import Library

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


_PAGE = _text("page", "address of its page; absent where it has none")
_TERM = _text("term", "id of the term", "terms.id")
_FINDING = _text("finding", "id of the finding", "findings.id")
_TRIAL = _text("trial", "id of the trial", "trials.id")
_DESIGN = (
    _text("phase", "phase"),
    _text("design", "design"),
    _text("route", "route of administration"),
    _text("dose", "as printed"),
    _number("volume_ml", "volume in mL"),
    _number("particles_per_ml_low", "particles per mL, lower bound"),
    _number("particles_per_ml_high", "particles per mL, upper bound"),
    _number("particles_total_low", "particles in all, lower bound"),
    _number("particles_total_high", "particles in all, upper bound"),
    _whole("doses", "number of doses"),
    _text("status", "as printed"),
    Column("status_as_of", "date", "date as of which it held; absent where not stated"),
    _text("result", "as printed"),
    _text("result_effect", "positive, negative or mixed, only as stated"),
)

TABLES: tuple[TableSpec, ...] = (
    TableSpec(
        "terms",
        "Concepts of the field: cell sources, mechanisms, vehicles, conditions and others.",
        (
            _text("id", "slug"),
            _text(
                "kind",
                "source, mechanism, vehicle, condition, model, outcome …; unknown: no term yet",
            ),
            _text("label", "the field's standard spelling"),
            _text("abbreviation", "short form"),
            _text("parent", "broader term", "terms.id"),
            _text("definition", "one sentence"),
            _PAGE,
        ),
        ("id",),
        rows.row_terms,
    ),
    TableSpec(
        "term_synonyms",
        "Other spellings of the terms.",
        (_TERM, _text("synonym", "a spelling that a paper might use")),
        ("term", "synonym"),
        rows.row_synonyms,
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
        rows.row_xrefs,
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
        rows.row_papers,
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
        rows.row_works,
    ),
    TableSpec(
        "citations",
        "Which paper cites which work, under which number.",
        (
            _text("paper", "id of the paper", "papers.id"),
            _whole("number", "number in its reference list"),
            _text("work", "id of the cited work", "works.id"),
        ),
        ("paper", "number", "work"),
        rows.row_citations,
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
            _text("section", "heading that a sentence of the full text stands under"),
            _text("quote", "verbatim words"),
            _text("basis", "table-row, full-text, abstract, title or digest"),
            _text("design", "in-vitro, ex-vivo, in-vivo, clinical, review or not-stated"),
            _text("role", "therapeutic, pathogenic, biomarker, method or unclear"),
            _text("result", "improved, no-benefit, worsened, mixed or none-reported"),
            _text("certainty", "asserted, hedged or aim"),
            _PAGE,
        ),
        ("id",),
        rows.row_findings,
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
        rows.row_finding_terms,
    ),
    TableSpec(
        "finding_quantities",
        "Numbers with units, verbatim.",
        (
            _FINDING,
            _whole("place", "place in the statement, from 1"),
            _number("value", "value"),
            _number("low", "lower bound"),
            _number("high", "upper bound"),
            _text("unit", "unit"),
            _text("quote", "as printed"),
        ),
        ("finding", "place"),
        rows.row_quantities,
    ),
    TableSpec(
        "finding_works",
        "Works that a finding cites.",
        (
            _FINDING,
            _whole("number", "number in the paper's reference list"),
            _text("work", "id of the cited work", "works.id"),
        ),
        ("finding", "number", "work"),
        rows.row_finding_works,
    ),
    TableSpec(
        "trials",
        "Registered clinical trials: one row a trial, however many papers tell of it.",
        (
            _text("id", "registry id in lower case"),
            _text("registry", "registry id"),
            _text("registry_name", "name of the registry"),
            _text("registry_url", "address of its record"),
            _PAGE,
            *_DESIGN,
        ),
        ("id",),
        rows.row_trials,
    ),
    TableSpec(
        "trial_tellings",
        "The trials as each paper tells of them.",
        (
            _TRIAL,
            _text("paper", "paper that tells of it", "papers.id"),
            _whole("place", "1, or more where a paper tells of it several times"),
            _whole("line", "line of the seed"),
            _text("quote", "verbatim words"),
            *_DESIGN,
        ),
        ("trial", "paper", "place"),
        rows.row_tellings,
    ),
    TableSpec(
        "trial_terms",
        "Sources and conditions of each trial.",
        (_TRIAL, _text("role", "source or condition"), _TERM),
        ("trial", "role", "term"),
        rows.row_trial_terms,
    ),
    TableSpec(
        "trial_endpoints",
        "Endpoints of each trial, in printed order.",
        (_TRIAL, _whole("place", "place in the list, from 1"), _text("endpoint", "as printed")),
        ("trial", "place"),
        rows.row_endpoints,
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
        rows.row_tables,
    ),
    TableSpec(
        "table_cells",
        "Every cell, as printed and as read.",
        (
            _text("table_id", "id of the table", "tables.id"),
            _whole("place", "place of the row in the table, from 1"),
            _text("row", "id of the row"),
            _whole("line", "line of the seed"),
            _text("column", "column; a grouped column is 'Group / Column'"),
            _text("printed", "as printed"),
            _text("text", "as read"),
            _text("inherited", "id of the row above that the cell spans from"),
        ),
        ("table_id", "place", "column"),
        rows.row_cells,
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
        rows.row_questions,
    ),
)
