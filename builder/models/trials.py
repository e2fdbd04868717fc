"""Trials, as papers report them and as their registry records them, and studies."""

from typing import Annotated, Literal

from builder.models.base import EMPTY, Day, Level, Question, Record, Result, Slug, StudyRole, about
from builder.models.findings import Design, Locator


class Dose(Record):
    """A dose as printed, and its numbers where they parse, in units that can be compared.

    Volumes are in mL, masses in µg (of protein, as a rule), particles and cells are counted. A
    total is of one dose. ``volume_ml`` is absent where the volume is a range.
    """

    printed: str
    text: Annotated[str | None, about("as printed, with lost superscripts put back: 7 × 10⁹")] = (
        None
    )
    volume_ml: float | None = None
    volume_ml_low: Annotated[float | None, about("where the volume is a range")] = None
    volume_ml_high: float | None = None
    particles_per_ml_low: float | None = None
    particles_per_ml_high: float | None = None
    particles_total_low: float | None = None
    particles_total_high: float | None = None
    micrograms_per_ml_low: float | None = None
    micrograms_per_ml_high: float | None = None
    micrograms_total_low: float | None = None
    micrograms_total_high: float | None = None
    cells_per_ml_low: float | None = None
    cells_per_ml_high: float | None = None
    cells_total_low: float | None = None
    cells_total_high: float | None = None
    doses: int | None = None
    approximate: Annotated[
        list[str], about("numbers printed as about: volume, particles_total …")
    ] = EMPTY


class Status(Record):
    """A trial's status, as printed, and the date as of which it held."""

    printed: str
    normalised: Annotated[str | None, about("the registries' word for it")] = None
    as_of: Annotated[Day | None, about("absent: the source gives no date")] = None


class Fact(Record):
    """What a registry page says of one field. Several where pages or dates differ."""

    value: str | int | float | bool | list[str] | None = None
    verbatim: str | None = None
    as_of: str | None = None
    note: str | None = None
    availability: Annotated[str | None, about("why there is no value: blank, not visible …")] = None
    urls: list[str] = EMPTY


class RegistryRecord(Record):
    """content/registry/<trial>.yml: what a registry says, fact by fact, with page and date."""

    id: Slug
    registry_id: str
    registry: Annotated[str, about("name of the registry")]
    collected: Day
    limits: str | None = None
    facts: dict[str, list[Fact]]


class Discrepancy(Record):
    """A field on which review and registry differ."""

    field: str
    review: str
    registry: str
    severity: Literal["high", "medium", "low"]
    note: str | None = None


class Participants(Record):
    """How many took part in a trial; a number that a registry only expects is ``planned``."""

    planned: int | None = None
    enrolled: int | None = None
    analysed: int | None = None


class Trial(Record):
    """A registered clinical trial, as a paper reports it."""

    id: Annotated[Slug, about("the registry id in lower case")]
    paper: Slug
    locator: Locator
    label: str
    registry: Annotated[str, about("the registry id")]
    registry_name: str
    registry_url: str
    phase: str | None = None
    design_printed: str | None = None
    design: Annotated[Design, about("as the paper and the registry state it")] = Design(
        level="clinical"
    )
    n: Participants | None = None
    follow_up: str | None = None
    arms: list[str] = EMPTY
    sponsor: str | None = None
    countries: list[str] = EMPTY
    conditions: list[Slug] = EMPTY
    condition_printed: str | None = None
    sources: list[Slug] = EMPTY
    source_printed: str | None = None
    dose: Dose | None = None
    route: str | None = None
    endpoints: list[str] = EMPTY
    endpoints_heading: Annotated[
        str | None, about("heading the endpoints stand under, as printed")
    ] = None
    status: Status | None = None
    result: Annotated[str | None, about("the result as printed")] = None
    result_effect: Annotated[
        Literal["positive", "negative", "mixed"] | None, about("only as stated")
    ] = None
    result_from: Annotated[
        Literal["registry", "publication"] | None,
        about("where the result is stated; absent: in the paper itself"),
    ] = None
    references: list[int] = EMPTY
    quote: str
    lookalikes: Annotated[list[str], about("registry ids easily confused")] = EMPTY
    discrepancies: list[Discrepancy] = EMPTY
    questions: list[Question] = EMPTY


class Study(Record):
    """One piece of research, once, however many statements, papers and registrations report it.

    A trial, its registration in a reference list and its published result are one study; a cited
    work and the table row that cites it are one study.
    """

    id: Annotated[Slug, about("the id of its trial, else of its work")]
    kind: Literal["trial", "primary", "review"]
    references: Annotated[list[Slug], about("ids of the works")] = EMPTY
    trials: list[Slug] = EMPTY
    findings: list[Slug] = EMPTY
    sources: Annotated[list[Slug], about("the narrowest labels that no place contradicts")] = EMPTY
    conditions: list[Slug] = EMPTY
    design: Design = Design()
    result: Result = "none-reported"
    stated: Annotated[
        str | None, about("of a trial: its result in words, whatever its direction")
    ] = None
    role: StudyRole = "unclear"
    n: int | None = None
    retracted: bool | None = None
    questions: list[Question] = EMPTY

    @property
    def counts(self) -> bool:
        """Whether it is counted as evidence: no review, not taken back."""
        return self.kind != "review" and not self.retracted

    @property
    def only_registered(self) -> bool:
        """Whether it is a trial of which no result is reported."""
        return bool(self.trials) and self.result == "none-reported" and not self.stated


class Best(Record):
    """The highest design among studies with a reported result, those studies, and their result."""

    design: Level
    studies: list[Slug]
    result: Result


class Weight(Record):
    """What some studies amount to together; each study counts once."""

    studies: list[Slug] = EMPTY
    best: Annotated[Best | None, about("absent: none has a reported result")] = None
    registered: Annotated[list[Slug], about("trials without result")] = EMPTY
    conflict: Annotated[bool, about("reported results point in different ways")] = False


class MapRow(Weight):
    """A pair of source and condition in the evidence map: therapeutic studies, reviews left out.

    The row's own fields are of studies of this very source and condition; ``with_subtypes`` adds
    those of narrower sources and conditions.
    """

    id: Annotated[str, about("source and condition, joined by two hyphens")]
    source: Slug
    condition: Slug
    with_subtypes: Weight
