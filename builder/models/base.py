"""What all records are made of."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

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
TERM_FOLDERS: dict[str, str] = {kind: f"{kind.removesuffix('s')}s" for kind in get_args(TermKind)}


def about(meaning: str) -> Any:
    """Return what a field means, for readers of the models and of the published schemas."""
    return Field(description=meaning)


# The default of a list. A list written as a default is copied in depth for each record, which takes
# longer than the record itself; its schema says the same.
EMPTY: Any = Field(default_factory=list, json_schema_extra={"default": []})


def _take_day(value: Any) -> Any:
    """Let only days through: pydantic takes a number for seconds since 1970."""
    named = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    if named or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise PydanticCustomError("date_form", "no date")


Day = Annotated[date, Field(strict=False), BeforeValidator(_take_day)]

_GIVEN: dict[frozenset[str], set[str]] = {}


class Record(BaseModel):
    """Base of all records: frozen, no unknown keys, CSL's hyphenated names as aliases.

    A value of another type is refused, not turned round: ``1`` is not true, ``'5'`` no number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)

    def model_post_init(self, _: Any) -> None:
        """Share the set of the names that were given, which takes more than the record itself."""
        given = self.__pydantic_fields_set__
        shared = _GIVEN.setdefault(frozenset(given), given)
        object.__setattr__(self, "__pydantic_fields_set__", shared)


class Question(Record):
    """Something a curator should look at; shown on the page of the record it stands in."""

    rule: Annotated[str, about("stable name of the rule that asks")]
    text: Annotated[str, about("the question, in one sentence")]
    field: Annotated[str | None, about("the field in doubt")] = None
    weight: Annotated[int, Field(ge=1, le=5, description="5: may mislead; 1: cosmetic")] = 3


class Ambiguity(Record):
    """A short form that means this term in some contexts only."""

    text: Annotated[str, about("the short form, as written")]
    when: Annotated[list[str], about("read so only if one of these words is near")] = EMPTY
    unless: Annotated[list[str], about("never read so if one of these is near")] = EMPTY
    note: Annotated[str | None, about("how the field separates the meanings")] = None


class Xref(Record):
    """A verified identifier of the term in an ontology or database."""

    curie: Curie
    label: Annotated[str | None, about("the label that the ontology gives it")] = None
    match: Literal["exact", "broader", "narrower", "related"] = "exact"
    seen_in: Annotated[str | None, about("the release it was verified in")] = None


_SOURCE_TYPES = {
    "cell line": "cell",
    "biofluid": "fluid",
    "blood product": "fluid",
    "placeholder": "unspecified",
}


class Term(Record):
    """A concept of the field: one file, and for four kinds one page."""

    id: Slug
    label: Annotated[str, about("the field's standard spelling")]
    kind: TermKind
    type: Annotated[str | None, about("finer type within the kind")] = None
    abbreviation: str | None = None
    synonyms: Annotated[list[str], about("every spelling that a paper might use")] = EMPTY
    phrases: Annotated[list[str], about("wordings that report it and are no name of it")] = EMPTY
    parent: Slug | None = None
    parts: Annotated[
        list[Slug], about("of a composed thing: its materials, form and properties")
    ] = EMPTY
    related: list[Slug] = EMPTY
    definition: Annotated[str | None, about("one sentence, in our own words")] = None
    xrefs: list[Xref] = EMPTY
    ambiguous: list[Ambiguity] = EMPTY
    notes: Annotated[list[str], about("remarks for curators")] = EMPTY

    @property
    def plain_type(self) -> str | None:
        """The type that readers see; of a source: cell, tissue, fluid, organism or unspecified."""
        return _SOURCE_TYPES.get(self.type or "", self.type) if self.kind == "source" else self.type

    @property
    def short(self) -> str:
        """The abbreviation where it can mean nothing else, otherwise the label."""
        if self.abbreviation and all(self.abbreviation != a.text for a in self.ambiguous):
            return self.abbreviation
        return self.label
