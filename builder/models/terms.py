"""Terms: the concepts of the field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from builder.models.base import EMPTY, Curie, Record, Slug, TermKind


class Ambiguity(Record):
    """A short form that means this term in some contexts only."""

    text: Annotated[str, Field(description="the short form, as written")]
    when: Annotated[list[str], Field(description="read so only if one of these words is near")] = (
        EMPTY
    )
    unless: Annotated[list[str], Field(description="never read so if one of these is near")] = EMPTY
    note: Annotated[str | None, Field(description="how the field separates the meanings")] = None


class Xref(Record):
    """A verified identifier of the term in an ontology or database."""

    curie: Curie
    label: Annotated[str | None, Field(description="the label that the ontology gives it")] = None
    match: Literal["exact", "broader", "narrower", "related"] = "exact"
    seen_in: Annotated[str | None, Field(description="the release it was verified in")] = None


_SOURCE_TYPES = {
    "cell line": "cell",
    "biofluid": "fluid",
    "blood product": "fluid",
    "placeholder": "unspecified",
}


class Term(Record):
    """A concept of the field: one file, and for four kinds one page."""

    id: Slug
    label: Annotated[str, Field(description="the field's standard spelling")]
    kind: TermKind
    type: Annotated[str | None, Field(description="finer type within the kind")] = None
    abbreviation: str | None = None
    synonyms: Annotated[list[str], Field(description="every spelling that a paper might use")] = (
        EMPTY
    )
    parent: Slug | None = None
    parts: Annotated[
        list[Slug], Field(description="of a composed thing: its materials, form and properties")
    ] = EMPTY
    related: list[Slug] = EMPTY
    definition: Annotated[str | None, Field(description="one sentence, in our own words")] = None
    xrefs: list[Xref] = EMPTY
    ambiguous: list[Ambiguity] = EMPTY
    notes: Annotated[list[str], Field(description="remarks for curators")] = EMPTY

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
