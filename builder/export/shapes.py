"""The shapes of api/v1: what programs may rely on. Their JSON Schemas are made from these models.

Lists are always there, if only empty; any other key without a value is absent, never null.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from builder.models import (
    Basis,
    Cargo,
    Certainty,
    CslItem,
    Design,
    Dose,
    EffectOf,
    Quantity,
    Result,
    Slug,
    StudyRole,
    TermKind,
    Vehicle,
)


class Shape(BaseModel):
    """Base of all published shapes: no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Entry(Shape):
    """What every record has: its id, the absolute address of its page, and a label."""

    id: Slug
    url: Annotated[str, Field(json_schema_extra={"format": "uri"}, description="its page")]
    label: str


# --- terms -------------------------------------------------------------------------------------


class Counts(Shape):
    """How much the atlas knows of a term, narrower terms not counted."""

    findings: int
    references: int
    trials: int


class TermEntry(Entry):
    """A cell source, mechanism, delivery vehicle or condition."""

    kind: TermKind
    abbreviation: str | None = None
    synonyms: list[str] = []
    parent: Slug | None = None
    definition: str | None = None
    xrefs: Annotated[list[str], Field(description="CURIEs")] = []
    counts: Counts


# --- papers and references -----------------------------------------------------------------------


class CslData(CslItem):
    """A CSL-JSON item."""

    id: str


class SeedEntry(Shape):
    """The file a paper was read from."""

    file: str
    sha256: str


class HeadingEntry(Shape):
    """A heading; level 1 is the title."""

    level: int
    text: str


class EntityEntry(Shape):
    """An entity tagged by the site that the seed comes from, its identifier as printed."""

    group: str
    label: str
    identifier: str


class PaperEntry(Entry):
    """A paper that the atlas has read."""

    csl: CslData
    seed: SeedEntry
    headings: list[HeadingEntry] = []
    abstract: str | None = None
    tldr: Annotated[str | None, Field(description="the summary site's words")] = None
    contribution: Annotated[str | None, Field(description="the summary site's words")] = None
    key_findings: list[str] = []
    entities: list[EntityEntry] = []
    figures: Annotated[
        str | None, Field(description="what the seed says of figures, or their captions by line")
    ] = None
    licence: Annotated[str, Field(description="as printed, or 'not stated'")]


class CitedInEntry(Shape):
    """A place that cites a work."""

    paper: Slug
    number: int


class NoticeEntry(Shape):
    """A later notice about a work, and the service that tells of it."""

    kind: str
    doi: str | None = None
    issued: str | None = None
    told_by: str


class ReferenceCustom(Shape):
    """What CSL-JSON has no key for."""

    url: Annotated[str, Field(json_schema_extra={"format": "uri"}, description="its page")]
    label: str
    cited_in: list[CitedInEntry]
    et_al: Annotated[bool, Field(description="the list of authors is printed as incomplete")]
    labels: Annotated[list[str], Field(description="link labels printed behind it")] = []
    notices: Annotated[
        list[NoticeEntry] | None,
        Field(description="its retraction, corrections and concerns; absent where none is known"),
    ] = None


class ReferenceEntry(CslData):
    """A cited work: a valid CSL-JSON item, the atlas's own keys under ``custom``."""

    custom: ReferenceCustom


# --- tables --------------------------------------------------------------------------------------


class CellEntry(Shape):
    """A cell as printed and as read; ``inherited`` is the id of the row it spans from."""

    printed: str
    text: str
    inherited: str | None = None


class RowEntry(Shape):
    """A row of a repaired table."""

    id: str
    cells: dict[str, CellEntry]
    references: list[int] = []


class RepairEntry(Shape):
    """A repair of the printed grid."""

    row: str | None = None
    column: str | None = None
    rule: str
    note: str


class TableEntry(Entry):
    """A table of a paper."""

    paper: Slug
    number: int
    columns: Annotated[list[str], Field(description="a grouped column is 'Group / Column'")]
    rows: list[RowEntry]
    repairs: list[RepairEntry] = []


# --- findings ------------------------------------------------------------------------------------


class LocatorEntry(Shape):
    """The place of a statement in its paper."""

    kind: Literal["table-row", "title", "reference-title", "abstract", "key-finding", "full-text"]
    table: int | None = None
    row: str | None = None
    reference: int | None = None
    section: Annotated[
        str | None, Field(description="heading that a sentence of the full text stands under")
    ] = None


class QuestionEntry(Shape):
    """A doubt that a curator should look at."""

    rule: str
    text: str


class FindingEntry(Entry):
    """The smallest citable statement; lists hold ids of terms."""

    paper: Slug
    locator: LocatorEntry
    quote: Annotated[str, Field(description="verbatim words of the paper")]
    sources: list[Slug] = []
    modifications: list[Slug] = []
    vehicles: list[Vehicle] = []
    cargo: list[Cargo] = []
    mechanisms: list[EffectOf] = []
    targets: list[Slug] = []
    models: list[Slug] = []
    species: Annotated[
        list[Slug], Field(description="named, of the cells that gave the vesicles or of animals")
    ] = []
    conditions: list[Slug] = []
    condition_effects: Annotated[
        list[EffectOf] | None,
        Field(
            description="what became of a condition: down eased, up made worse, none no effect; "
            "absent where the statement does not say"
        ),
    ] = None
    outcomes: list[EffectOf] = []
    quantities: list[Quantity] = []
    references: Annotated[list[int], Field(description="numbers in the paper's list")] = []
    basis: Basis
    design: Design
    role: StudyRole
    result: Result
    certainty: Certainty
    sites: list[Slug] = []
    retracted: Annotated[
        list[Slug] | None,
        Field(
            description="those works that it rests on, or its own paper, that were taken back; "
            "absent where all stand"
        ),
    ] = None
    stands: Annotated[
        bool | None,
        Field(description="false where all that it rests on was taken back: it is no evidence"),
    ] = None
    questions: list[QuestionEntry] = []


# --- trials --------------------------------------------------------------------------------------


class StatusEntry(Shape):
    """A status and the date as of which it held, 'not stated' where the paper gives none."""

    printed: str
    as_of: str


class DiscrepancyEntry(Shape):
    """A field on which the paper and the registry differ."""

    field: str
    review: str
    registry: str
    severity: Literal["high", "medium", "low"]


class TrialWords(Shape):
    """What a paper says of a trial; numbers of references are those of its list."""

    phase: str | None = None
    dose: Dose | None = None
    route: str | None = None
    endpoints: list[str] = []
    status: StatusEntry | None = None
    result: str | None = None
    references: list[int] = []


class TellingEntry(TrialWords):
    """What one of several papers says of a trial."""

    paper: Slug
    quote: str


class TrialEntry(TrialWords, Entry):
    """A registered clinical trial, as a paper tells it and as its registry does."""

    registry: Annotated[str, Field(description="the registry id")]
    registry_url: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    conditions: list[Slug] = []
    sources: list[Slug] = []
    registry_record: Annotated[
        dict[str, Any] | None, Field(description="what the registry says, fact by fact")
    ] = None
    discrepancies: list[DiscrepancyEntry] = []
    tellings: Annotated[
        list[TellingEntry] | None,
        Field(description="only where several papers tell of it; the first fills the fields above"),
    ] = None


# --- the index -----------------------------------------------------------------------------------


class CollectionEntry(Entry):
    """A file of api/v1: its number of records and the address of its JSON Schema."""

    count: int
    schema_url: Annotated[str, Field(alias="schema", json_schema_extra={"format": "uri"})]


class Index(Shape):
    """All collections, and the version of the data that they hold."""

    data_version: str
    collections: list[CollectionEntry]


COLLECTIONS: dict[str, type[Shape] | type[CslData]] = {
    "conditions": TermEntry,
    "findings": FindingEntry,
    "mechanisms": TermEntry,
    "papers": PaperEntry,
    "references": ReferenceEntry,
    "sources": TermEntry,
    "tables": TableEntry,
    "trials": TrialEntry,
    "vehicles": TermEntry,
}
