"""What all records are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=100)]
CURIE = r"^[A-Za-z][A-Za-z0-9.]*:\S+$"
Curie = Annotated[str, StringConstraints(pattern=CURIE)]
Effect = Literal["up", "down", "activates", "inhibits", "modulates", "involves", "none"]
Level = Literal["in-vitro", "ex-vivo", "in-vivo", "clinical", "review", "not-stated"]
Basis = Literal["table-row", "full-text", "abstract", "title", "digest"]
StudyRole = Literal["therapeutic", "pathogenic", "biomarker", "method", "unclear"]
Result = Literal["improved", "no-benefit", "worsened", "mixed", "none-reported"]
Certainty = Literal["asserted", "hedged", "aim"]
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


# The default of a list. A list written as a default is copied in depth for each record, which takes
# longer than the record itself; its schema says the same.
EMPTY: Any = Field(default_factory=list, json_schema_extra={"default": []})


class Record(BaseModel):
    """Base of all records: frozen, no unknown keys, CSL's hyphenated names as aliases."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Question(Record):
    """Something a curator should look at; shown on the page of the record it stands in."""

    rule: Annotated[str, Field(description="stable name of the rule that asks")]
    text: Annotated[str, Field(description="the question, in one sentence")]
    field: Annotated[str | None, Field(description="the field in doubt")] = None
    weight: Annotated[int, Field(ge=1, le=5, description="5: may mislead; 1: cosmetic")] = 3
