"""Findings: what one statement of a paper says."""

from typing import Annotated, Literal

from builder.models.base import (
    EMPTY,
    Basis,
    Certainty,
    Effect,
    Level,
    Question,
    Record,
    Result,
    Slug,
    StudyRole,
    about,
)

_BASIS: dict[str, Basis] = {
    "table-row": "table-row",
    "title": "title",
    "reference-title": "title",
    "abstract": "abstract",
    "key-finding": "digest",
    "full-text": "full-text",
}


class Locator(Record):
    """The exact place of a statement in its paper."""

    kind: Literal["table-row", "title", "reference-title", "abstract", "key-finding", "full-text"]
    line: int
    table: int | None = None
    row: Annotated[str | None, about("id of the table row")] = None
    reference: Annotated[int | None, about("number in the reference list")] = None
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
    label: Annotated[str, about("the whole in the field's words: GelMA-60 hydrogel")]
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
    """A number with its unit, verbatim in ``quote``, and what it is a number of.

    "After 14 days the gels released 79.20 ± 2.64% in vitro" is ``value`` 79.2, ``sd`` 2.64,
    ``unit`` %, ``of`` released, ``at`` "14 days", ``setting`` in vitro.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    sign: Annotated[
        Literal["≈", "≥", "≤", ">", "<"] | None,
        about("what the words before it make of it: about, at least, over"),
    ] = None
    sd: Annotated[float | None, about("the spread printed behind ±")] = None
    unit: str
    of: Annotated[str | None, about("released, retained, dose, Young's modulus, composition …")] = (
        None
    )
    at: Annotated[str | None, about("the time that it was measured at")] = None
    setting: Literal["in vitro", "in vivo"] | None = None
    quote: str


class Design(Record):
    """How a study was done, as far as stated: its level, and what that level is described by.

    A randomised, triple-blind trial of 31 patients is ``level`` clinical, ``randomised`` and
    ``blinded`` true, ``masking`` triple, ``n`` 31. A mouse model is ``level`` in-vivo, ``species``
    [mouse].
    """

    level: Level = "not-stated"
    species: Annotated[list[Slug], about("of the animals studied")] = EMPTY
    models: Annotated[list[Slug], about("animal, tissue and cell models")] = EMPTY
    phase: str | None = None
    randomised: bool | None = None
    controlled: bool | None = None
    blinded: bool | None = None
    masking: Annotated[str | None, about("open, single, double, triple")] = None
    n: Annotated[int | None, about("participants enrolled")] = None
    follow_up: str | None = None


class Finding(Record):
    """The smallest citable statement. Lists hold ids of terms."""

    id: Slug
    paper: Slug
    locator: Locator
    quote: Annotated[str, about("verbatim words of the seed")]
    sources: list[Slug] = EMPTY
    modifications: list[Slug] = EMPTY
    vehicles: list[Vehicle] = EMPTY
    cargo: list[Cargo] = EMPTY
    mechanisms: list[EffectOf] = EMPTY
    targets: list[Slug] = EMPTY
    stimuli: Annotated[list[Slug], about("what cells were only given: high glucose, IL-1β")] = EMPTY
    partners: Annotated[list[Slug], about("co-delivered cells; not a source")] = EMPTY
    models: list[Slug] = EMPTY
    species: Annotated[
        list[Slug], about("named, of the cells that gave the vesicles or of animals")
    ] = EMPTY
    conditions: list[Slug] = EMPTY
    condition_effects: Annotated[
        list[EffectOf],
        about("what became of a condition: down eased, up made worse, none no effect"),
    ] = EMPTY
    outcomes: list[EffectOf] = EMPTY
    quantities: list[Quantity] = EMPTY
    sites: Annotated[list[Slug], about("tissues that a lesion or repair is in")] = EMPTY
    references: Annotated[list[int], about("numbers in the paper's list")] = EMPTY
    design: Design = Design()
    role: Annotated[StudyRole, about("what the vesicles are to the condition")] = "unclear"
    result: Result = "none-reported"
    certainty: Certainty = "asserted"
    questions: list[Question] = EMPTY

    @property
    def basis(self) -> Basis:
        """Where the statement stands; a digest is a summary site's words, not the authors'."""
        return _BASIS[self.locator.kind]

    @property
    def vehicle_ids(self) -> list[str]:
        """The ids of all vehicles, materials, forms and properties, each once."""
        return list(dict.fromkeys(i for vehicle in self.vehicles for i in vehicle.ids))

    def ids_in(self, role: str) -> list[str]:
        """Return the ids of terms in one of the lists, each once: ``ids_in("mechanisms")``."""
        if role == "vehicles":
            return self.vehicle_ids
        return list(dict.fromkeys(i if isinstance(i, str) else i.id for i in getattr(self, role)))


class ReportingItem(Record):
    """An item of content/reporting-items.yml that a study may state: ``isolation``, ``blinded``."""

    id: Slug
    label: str
    group: Annotated[str, about("vesicles, treatment, animals, outcomes")]
    asked_by: Annotated[str | None, about("guideline that asks for it")] = None
    note: Annotated[str | None, about("what counts as stated")] = None


class Stated(Record):
    """One value of an item, with the sentence that states it."""

    item: Annotated[Slug, about("id of the reporting item")]
    value: Annotated[str, about("a name of the item's list, or the words as printed")]
    quote: Annotated[str, about("verbatim words of the seed")]
    line: int
    section: str | None = None


class OutcomeNumber(Record):
    """A number with its spread as printed, for an outcome in animals or people; nothing is pooled.

    "OARSI scores at 8 weeks were 2.1 ± 0.4 vs 4.0 ± 0.6 (n = 6, p < 0.01)" gives two of them, both
    ``of`` OARSI score, ``at`` "8 weeks", ``n`` "n = 6", ``p`` "p < 0.01". Instead of ``sd`` there
    may be an interval: "median 3 (IQR 2–5)" has ``low`` 2, ``high`` 5, ``interval`` "IQR". A number
    from a table has the ``group`` of its column, and its row as quote.
    """

    value: Annotated[float, about("mean, median or difference, as printed")]
    sd: Annotated[float | None, about("printed behind ±: SD or SEM, see the quote")] = None
    low: Annotated[float | None, about("lower end of the interval")] = None
    high: Annotated[float | None, about("upper end of the interval")] = None
    interval: Annotated[str | None, about("95% CI, IQR or range, as printed")] = None
    unit: str | None = None
    of: Annotated[str | None, about("the measure that the sentence names")] = None
    at: Annotated[str | None, about("the time that the sentence names")] = None
    group: Annotated[str | None, about("head of the table's column")] = None
    n: Annotated[str | None, about("number of animals or people, as printed")] = None
    p: Annotated[str | None, about("p value, as printed")] = None
    printed: Annotated[str, about("the number itself, verbatim")]
    quote: Annotated[str, about("the sentence, verbatim")]
    line: int
    section: str | None = None


class StudyCard(Record):
    """What one primary study states of its vesicles, treatment, animals and outcomes."""

    id: Slug
    paper: Slug
    stated: list[Stated] = EMPTY
    outcomes: list[OutcomeNumber] = EMPTY

    def values_of(self, item: str) -> list[Stated]:
        """Return the statements of one item, in the order of the paper; empty: not stated."""
        return [stated for stated in self.stated if stated.item == item]
