"""Findings: what one statement of a paper says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from builder.models.base import EMPTY, Effect, Evidence, Question, Record, Slug


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


class Vehicle(Record):
    """What carries the vesicles: materials, in a form, with properties. Each is the id of a term.

    ``id`` is a term of its own for the whole, where the field has a name for it (ACECM).

    Example: an injectable GelMA/HA-NB hydrogel is made of ``gelma`` and ``ha-nb``, its form is
    ``hydrogel``, its property ``injectable``.
    """

    id: Slug | None = None
    label: Annotated[str, Field(description="the whole in the field's words: GelMA-60 hydrogel")]
    materials: list[Slug] = EMPTY
    form: Slug | None = None
    properties: list[Slug] = EMPTY

    @property
    def ids(self) -> list[str]:
        """The ids of the whole and of its parts, each once."""
        named = [self.id, *self.materials, self.form, *self.properties]
        return list(dict.fromkeys(i for i in named if i))


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
    sources: list[Slug] = EMPTY
    modifications: list[Slug] = EMPTY
    vehicles: list[Vehicle] = EMPTY
    cargo: list[Cargo] = EMPTY
    mechanisms: list[EffectOf] = EMPTY
    targets: list[Slug] = EMPTY
    partners: Annotated[list[Slug], Field(description="co-delivered cells; not a source")] = EMPTY
    models: list[Slug] = EMPTY
    species: Annotated[
        list[Slug], Field(description="named, of the cells that gave the vesicles or of animals")
    ] = EMPTY
    conditions: list[Slug] = EMPTY
    condition_effects: Annotated[
        list[EffectOf],
        Field(description="what became of a condition: down eased, up made worse, none no effect"),
    ] = EMPTY
    outcomes: list[EffectOf] = EMPTY
    quantities: list[Quantity] = EMPTY
    references: Annotated[list[int], Field(description="numbers in the paper's list")] = EMPTY
    evidence: Evidence = "not stated"
    questions: list[Question] = EMPTY

    @property
    def vehicle_ids(self) -> list[str]:
        """The ids of all vehicles, materials, forms and properties, each once."""
        return list(dict.fromkeys(i for vehicle in self.vehicles for i in vehicle.ids))

    def ids_in(self, role: str) -> list[str]:
        """Return the ids of terms in one of the lists, each once: ``ids_in("mechanisms")``."""
        if role == "vehicles":
            return self.vehicle_ids
        return list(dict.fromkeys(i if isinstance(i, str) else i.id for i in getattr(self, role)))
