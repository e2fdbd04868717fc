"""The records of the knowledge base. Their JSON Schemas are made from these models.

Every record is frozen and refuses unknown keys. A missing value is absent, never a default that
the source does not state. ``line`` is always a 1-based line of the seed.
"""

from __future__ import annotations

from builder.models.base import (
    TERM_FOLDERS,
    Curie,
    Effect,
    Evidence,
    Question,
    Record,
    Slug,
    TermKind,
)
from builder.models.findings import Cargo, EffectOf, Finding, Locator, Quantity, Vehicle
from builder.models.kept import Address, Correction, Identifiers
from builder.models.tables import Repair, Table, TableCell, TableRow
from builder.models.terms import Ambiguity, Term, Xref
from builder.models.trials import Discrepancy, Dose, Fact, RegistryRecord, Status, Trial
from builder.models.works import (
    Abbreviation,
    Affiliated,
    Cited,
    CitedIn,
    CslDate,
    CslItem,
    CslName,
    EntityRecord,
    FigureRecord,
    HeadingRecord,
    KeyFinding,
    Notice,
    Paper,
    Reference,
    Seed,
)

__all__ = [
    "TERM_FOLDERS",
    "Abbreviation",
    "Address",
    "Affiliated",
    "Ambiguity",
    "Cargo",
    "Cited",
    "CitedIn",
    "Correction",
    "CslDate",
    "CslItem",
    "CslName",
    "Curie",
    "Discrepancy",
    "Dose",
    "Effect",
    "EffectOf",
    "EntityRecord",
    "Evidence",
    "Fact",
    "FigureRecord",
    "Finding",
    "HeadingRecord",
    "Identifiers",
    "KeyFinding",
    "Locator",
    "Notice",
    "Paper",
    "Quantity",
    "Question",
    "Record",
    "Reference",
    "RegistryRecord",
    "Repair",
    "Seed",
    "Slug",
    "Status",
    "Table",
    "TableCell",
    "TableRow",
    "Term",
    "TermKind",
    "Trial",
    "Vehicle",
    "Xref",
]
