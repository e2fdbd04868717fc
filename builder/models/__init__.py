"""The records of the knowledge base. Their JSON Schemas are made from these models.

Every record is frozen and refuses unknown keys. A missing value is absent, never a default that
the source does not state. ``line`` is always a 1-based line of the seed.
"""

from __future__ import annotations

from builder.models.base import (
    TERM_FOLDERS,
    Ambiguity,
    Basis,
    Certainty,
    Curie,
    Effect,
    Level,
    Question,
    Record,
    Result,
    Slug,
    StudyRole,
    Term,
    TermKind,
    Xref,
)
from builder.models.findings import (
    Cargo,
    Design,
    EffectOf,
    Finding,
    Locator,
    OutcomeNumber,
    Quantity,
    ReportingItem,
    Stated,
    StudyCard,
    Vehicle,
)
from builder.models.trials import (
    Best,
    Discrepancy,
    Dose,
    Fact,
    MapRow,
    Participants,
    RegistryRecord,
    Status,
    Study,
    Trial,
    Weight,
)
from builder.models.works import (
    Abbreviation,
    Address,
    Affiliated,
    Cited,
    CitedIn,
    Correction,
    Coverage,
    CslDate,
    CslItem,
    CslName,
    Dataset,
    EntityRecord,
    FigureRecord,
    HeadingRecord,
    Identifiers,
    KeyFinding,
    Notice,
    Paper,
    Reference,
    Repair,
    Seed,
    Table,
    TableCell,
    TableRow,
)
