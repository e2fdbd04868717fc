"""The records of the knowledge base. Their JSON Schemas are made from these models.

Every record is frozen and refuses unknown keys. A missing value is absent, never a default that
the source does not state. ``line`` is always a 1-based line of the seed.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from builder import ids

Slug = Annotated[str, StringConstraints(pattern=ids.SLUG, max_length=100)]
Curie = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9.]*:\S+$")]
Effect = Literal["up", "down", "activates", "inhibits", "modulates", "involves", "none"]
Evidence = Literal["in vitro", "ex vivo", "in vivo animal", "clinical", "review", "not stated"]
TermKind = Literal[
    "source",
    "mechanism",
    "vehicle",
    "compound",
    "condition",
    "model",
    "outcome",
    "modification",
    "vesicle",
    "cell",
    "tissue",
    "species",
    "intervention",
    "method",
]
# The folder of each kind below content/terms/.
TERM_FOLDERS: dict[str, str] = {
    "source": "sources",
    "mechanism": "mechanisms",
    "vehicle": "vehicles",
    "compound": "compounds",
    "condition": "conditions",
    "model": "models",
    "outcome": "outcomes",
    "modification": "modifications",
    "vesicle": "vesicles",
    "cell": "cells",
    "tissue": "tissues",
    "species": "species",
    "intervention": "interventions",
    "method": "methods",
}


class Record(BaseModel):
    """Base of all records: frozen, no unknown keys, CSL's hyphenated names as aliases."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Question(Record):
    """Something a curator should look at; shown on the page of the record it stands in."""

    rule: Annotated[str, Field(description="stable name of the rule that asks")]
    text: Annotated[str, Field(description="the question, in one sentence")]
    field: Annotated[str | None, Field(description="the field in doubt")] = None
    weight: Annotated[int, Field(ge=1, le=5, description="5: may mislead; 1: cosmetic")] = 3


# --- terms -----------------------------------------------------------------------------------


class Ambiguity(Record):
    """A short form that means this term in some contexts only."""

    text: Annotated[str, Field(description="the short form, as written")]
    when: Annotated[list[str], Field(description="read so only if one of these words is near")] = []
    unless: Annotated[list[str], Field(description="never read so if one of these is near")] = []
    note: Annotated[str | None, Field(description="how the field tells the meanings apart")] = None


class Xref(Record):
    """A verified identifier of the term in an ontology or database."""

    curie: Curie
    label: Annotated[str | None, Field(description="the label that the ontology gives it")] = None
    match: Literal["exact", "broader", "narrower", "related"] = "exact"
    seen_in: Annotated[str | None, Field(description="the release it was verified in")] = None


class Term(Record):
    """A concept of the field: one file, and for four kinds one page."""

    id: Slug
    label: Annotated[str, Field(description="the field's standard spelling")]
    kind: TermKind
    type: Annotated[str | None, Field(description="finer type within the kind")] = None
    abbreviation: str | None = None
    synonyms: Annotated[list[str], Field(description="every spelling that a paper might use")] = []
    parent: Slug | None = None
    related: list[Slug] = []
    definition: Annotated[str | None, Field(description="one sentence, in our own words")] = None
    xrefs: list[Xref] = []
    ambiguous: list[Ambiguity] = []
    notes: Annotated[list[str], Field(description="remarks for curators")] = []


# --- bibliography ------------------------------------------------------------------------------


class CslName(Record):
    """A name in CSL-JSON: family and given, or literal for a group."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None
    suffix: str | None = None


class CslDate(Record):
    """A date in CSL-JSON: one list of year, month, day."""

    date_parts: Annotated[list[list[int]], Field(alias="date-parts")]


class CslItem(Record):
    """The fields of a CSL-JSON item that the atlas keeps, under CSL's own names."""

    type: str
    title: str
    author: list[CslName] | None = None
    editor: list[CslName] | None = None
    container_title: Annotated[str | None, Field(alias="container-title")] = None
    container_title_short: Annotated[str | None, Field(alias="container-title-short")] = None
    issued: CslDate | None = None
    volume: str | None = None
    issue: str | None = None
    page: Annotated[str | None, Field(description="range or article number")] = None
    edition: str | None = None
    publisher: str | None = None
    publisher_place: Annotated[str | None, Field(alias="publisher-place")] = None
    genre: Annotated[str | None, Field(description="Ph.D. Thesis, U.S. Patent")] = None
    number: Annotated[str | None, Field(description="of a patent or report")] = None
    ISSN: str | None = None
    DOI: str | None = None
    PMID: str | None = None
    PMCID: str | None = None
    URL: str | None = None
    accessed: CslDate | None = None
    status: Annotated[str | None, Field(description="'in press' and the like")] = None

    @property
    def year(self) -> int | None:
        """The year of issue, where stated."""
        return self.issued.date_parts[0][0] if self.issued else None


class Seed(Record):
    """The file that a paper was read from."""

    file: Annotated[str, Field(description="name below seeds/")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    layout: Annotated[str, Field(description="name of the reader that took it")]


class HeadingRecord(Record):
    """A heading of the paper."""

    level: int
    text: str
    line: int


class EntityRecord(Record):
    """An entity that the seed's site tagged; kept with the identifier as printed."""

    group: str
    label: str
    identifier: str
    line: int
    question: Question | None = None


class KeyFinding(Record):
    """A key finding in the words of the site that summarised the paper."""

    text: str
    line: int


class FigureRecord(Record):
    """A figure's label and caption."""

    label: str
    caption: str
    line: int


class Affiliated(Record):
    """ORCID and affiliations of an author, by place in the author list."""

    author: Annotated[int, Field(description="index in csl.author, from 0")]
    orcid: str | None = None
    affiliations: list[str] = []


class Abbreviation(Record):
    """A short form that the paper itself defines."""

    short: str
    long: str


class Paper(Record):
    """A seed: a review or study that the atlas has read."""

    id: Slug
    csl: CslItem
    seed: Seed
    headings: list[HeadingRecord] = []
    abstract: str | None = None
    abstract_line: int | None = None
    tldr: Annotated[str | None, Field(description="the summary site's words")] = None
    tldr_line: int | None = None
    contribution: Annotated[str | None, Field(description="the summary site's words")] = None
    contribution_line: int | None = None
    key_findings: list[KeyFinding] = []
    entities: list[EntityRecord] = []
    figures: list[FigureRecord] = []
    figures_note: Annotated[str | None, Field(description="what the seed says of figures")] = None
    licence: Annotated[str | None, Field(description="as printed; absent if not stated")] = None
    licence_url: str | None = None
    source_url: str | None = None
    people: list[Affiliated] = []
    abbreviations: list[Abbreviation] = []
    questions: list[Question] = []


class Cited(Record):
    """One entry of one paper's reference list."""

    id: Annotated[Slug, Field(description="id of the cited work; shared by all papers citing it")]
    number: int
    line: int
    csl: CslItem
    et_al: Annotated[bool, Field(description="printed 'et al.'")] = False
    labels: Annotated[list[str], Field(description="link labels printed behind it")] = []
    printed: Annotated[str, Field(description="the whole entry as printed")]
    parsed: Annotated[bool, Field(description="false: the entry did not parse, see printed")] = True
    questions: list[Question] = []


class CitedIn(Record):
    """Where a work is cited."""

    paper: Slug
    number: int


class Notice(Record):
    """A later notice about a work: its retraction, a correction, a concern."""

    kind: Annotated[str, Field(description="retraction, correction, expression-of-concern …")]
    doi: Annotated[str | None, Field(description="DOI of the notice itself")] = None
    pmid: Annotated[str | None, Field(description="PMID of the notice itself")] = None
    issued: Annotated[date | None, Field(description="absent: the source gives no date")] = None
    told_by: Annotated[str, Field(description="the service that tells of it")]
    seen_at: str
    seen_on: date

    @property
    def withdraws(self) -> bool:
        """Tell whether the notice takes the work, or a part of it, back."""
        return any(word in self.kind for word in ("retract", "withdraw", "removal"))


class Reference(Record):
    """A cited work: one record however many papers cite it."""

    id: Slug
    csl: CslItem
    et_al: bool = False
    labels: list[str] = []
    printed: str
    parsed: bool = True
    cited_in: list[CitedIn]
    notices: Annotated[list[Notice], Field(description="retractions and the like")] = []
    questions: list[Question] = []

    @property
    def withdrawn(self) -> bool:
        """Tell whether the work, or a part of it, has been taken back since."""
        return any(notice.withdraws for notice in self.notices)


# --- tables ------------------------------------------------------------------------------------


class TableCell(Record):
    """A cell: as printed and as read. ``inherited`` names the row a spanning cell came from."""

    printed: str
    text: str
    inherited: Annotated[str | None, Field(description="id of the row above it spans from")] = None


class TableRow(Record):
    """A row of the repaired grid; keys of ``cells`` are the table's columns."""

    id: Annotated[str, Field(description="hash of the row's words; stable when rows move")]
    line: int
    cells: dict[str, TableCell]
    references: Annotated[list[int], Field(description="numbers cited by the row")] = []


class Repair(Record):
    """One repair of the printed grid, named by its rule."""

    row: Annotated[str | None, Field(description="id of the row")] = None
    column: str | None = None
    rule: str
    note: str


class Table(Record):
    """A table: the repaired grid, the printed one, and each repair."""

    id: Slug
    paper: Slug
    number: int
    line: int
    label: str | None = None
    caption: str | None = None
    columns: Annotated[list[str], Field(description="a grouped column is 'Group / Column'")]
    rows: list[TableRow]
    repairs: list[Repair] = []
    printed: Annotated[list[list[str]], Field(description="the grid as printed")]
    footnotes: list[str] = []
    questions: list[Question] = []


# --- findings ----------------------------------------------------------------------------------


class Locator(Record):
    """The exact place of a statement in its paper."""

    kind: Literal["table-row", "reference-title", "abstract", "key-finding", "full-text"]
    line: int
    table: int | None = None
    row: Annotated[str | None, Field(description="id of the table row")] = None
    reference: Annotated[int | None, Field(description="number in the reference list")] = None
    section: str | None = None


class Cargo(Record):
    """A molecule or drug that the vesicle carries."""

    id: Slug
    role: Literal["native", "loaded", "not stated"] = "not stated"


class EffectOf(Record):
    """A mechanism or outcome with the direction that the statement gives it."""

    id: Slug
    effect: Effect


class Quantity(Record):
    """A number with its unit, verbatim in ``quote``."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str
    quote: str


class Finding(Record):
    """The smallest citable statement. Lists hold ids of terms."""

    id: Slug
    paper: Slug
    locator: Locator
    quote: Annotated[str, Field(description="verbatim words of the seed")]
    sources: list[Slug] = []
    modifications: list[Slug] = []
    vehicles: list[Slug] = []
    cargo: list[Cargo] = []
    mechanisms: list[EffectOf] = []
    targets: list[Slug] = []
    partners: Annotated[list[Slug], Field(description="co-delivered cells; not a source")] = []
    models: list[Slug] = []
    species: list[Slug] = []
    conditions: list[Slug] = []
    outcomes: list[EffectOf] = []
    quantities: list[Quantity] = []
    references: Annotated[list[int], Field(description="numbers in the paper's list")] = []
    evidence: Evidence = "not stated"
    questions: list[Question] = []


# --- trials ------------------------------------------------------------------------------------


class Dose(Record):
    """A dose as printed, and its numbers where they parse. Volumes in mL, counts of particles."""

    printed: str
    volume_ml: float | None = None
    particles_per_ml_low: float | None = None
    particles_per_ml_high: float | None = None
    particles_total_low: float | None = None
    particles_total_high: float | None = None
    doses: int | None = None


class Status(Record):
    """A trial's status, as printed, and the date as of which it held."""

    printed: str
    normalised: Annotated[str | None, Field(description="the registries' word for it")] = None
    as_of: Annotated[date | None, Field(description="absent: the source gives no date")] = None


class Fact(Record):
    """What a registry page says of one field. Several where pages or dates differ."""

    value: str | int | float | bool | list[str] | None = None
    verbatim: str | None = None
    as_of: str | None = None
    note: str | None = None
    availability: Annotated[
        str | None, Field(description="why there is no value: blank, not visible …")
    ] = None
    urls: list[str] = []


class RegistryRecord(Record):
    """content/registry/<trial>.yml: what a registry says, fact by fact, with page and date."""

    id: Slug
    registry_id: str
    registry: Annotated[str, Field(description="name of the registry")]
    collected: date
    limits: str | None = None
    facts: dict[str, list[Fact]]


class Discrepancy(Record):
    """A field on which review and registry differ."""

    field: str
    review: str
    registry: str
    severity: Literal["high", "medium", "low"]
    note: str | None = None


class Trial(Record):
    """A registered clinical trial, as a paper tells it."""

    id: Annotated[Slug, Field(description="the registry id in lower case")]
    paper: Slug
    locator: Locator
    label: str
    registry: Annotated[str, Field(description="the registry id")]
    registry_name: str
    registry_url: str
    phase: str | None = None
    design: str | None = None
    conditions: list[Slug] = []
    condition_printed: str | None = None
    sources: list[Slug] = []
    source_printed: str | None = None
    dose: Dose | None = None
    route: str | None = None
    endpoints: list[str] = []
    endpoints_heading: Annotated[
        str | None, Field(description="heading the endpoints stand under, as printed")
    ] = None
    status: Status | None = None
    result: Annotated[str | None, Field(description="the result as printed")] = None
    result_effect: Annotated[
        Literal["positive", "negative", "mixed"] | None, Field(description="only as stated")
    ] = None
    references: list[int] = []
    quote: str
    lookalikes: Annotated[list[str], Field(description="registry ids easily confused")] = []
    discrepancies: list[Discrepancy] = []
    questions: list[Question] = []


# --- kept by hand ------------------------------------------------------------------------------


class Correction(Record):
    """One hand-made correction of an extracted value; an error once ``old`` no longer stands."""

    record: str
    field: Annotated[str, Field(description="dotted path: csl.volume, mechanisms.0.effect")]
    old: object
    new: object
    reason: str
    date: date


class Identifiers(Record):
    """Identifiers of a cited work (or a paper), with the page each was seen on.

    Where no record fits well enough, there is a question in their place.
    """

    reference: Annotated[Slug, Field(description="id of the cited work, or of the paper")]
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    seen_at: str
    seen_on: date | None = None
    score: Annotated[
        float | None, Field(description="how well the record fits, in percent; absent: by hand")
    ] = None
    notices: list[Notice] = []
    questions: list[Question] = []


class Address(Record):
    """A line of the ledger: an address once published, its record, what became of it."""

    address: str
    record: str
    since: date
    state: Literal["live", "moved", "retired"] = "live"
    to: str | None = None
    because: str | None = None
    paper: Annotated[Slug | None, Field(description="the paper that the record was read from")] = (
        None
    )
    rows: Annotated[
        dict[str, str] | None,
        Field(description="of a paper: rows of its tables that changed, old and present id"),
    ] = None
    digest: Annotated[str | None, Field(description="hash of the data that the page shows")] = None
    changed: Annotated[
        date | None, Field(description="when that data last changed; absent: never since")
    ] = None
