"""Study cards: what the methods and results of a primary study state, item by item.

The items are those that reviewers of the field ask for (MISEV2023, ARRIVE 2.0, the SYRCLE tool).
A card gives no score: an item without a statement is "not stated", and that is all it says.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from builder.models.base import EMPTY, Record, Slug


class ReportingItem(Record):
    """An item of content/reporting-items.yml that a study may state: ``isolation``, ``blinded``."""

    id: Slug
    label: str
    group: Annotated[str, Field(description="vesicles, treatment, animals, outcomes")]
    asked_by: Annotated[str | None, Field(description="guideline that asks for it")] = None
    note: Annotated[str | None, Field(description="what counts as stated")] = None


class Stated(Record):
    """One value of an item, with the sentence that states it."""

    item: Annotated[Slug, Field(description="id of the reporting item")]
    value: Annotated[str, Field(description="a name of the item's list, or the words as printed")]
    quote: Annotated[str, Field(description="verbatim words of the seed")]
    line: int
    section: str | None = None


class OutcomeNumber(Record):
    """A number with its spread as printed, for an outcome in animals or people; nothing is pooled.

    "OARSI scores at 8 weeks were 2.1 ± 0.4 vs 4.0 ± 0.6 (n = 6, p < 0.01)" gives two of them, both
    ``of`` OARSI score, ``at`` "8 weeks", ``n`` "n = 6", ``p`` "p < 0.01". Instead of ``sd`` there
    may be an interval: "median 3 (IQR 2–5)" has ``low`` 2, ``high`` 5, ``interval`` "IQR". A number
    from a table has the ``group`` of its column, and its row as quote.
    """

    value: Annotated[float, Field(description="mean, median or difference, as printed")]
    sd: Annotated[float | None, Field(description="printed behind ±: SD or SEM, see the quote")] = (
        None
    )
    low: Annotated[float | None, Field(description="lower end of the interval")] = None
    high: Annotated[float | None, Field(description="upper end of the interval")] = None
    interval: Annotated[str | None, Field(description="95% CI, IQR or range, as printed")] = None
    unit: str | None = None
    of: Annotated[str | None, Field(description="the measure that the sentence names")] = None
    at: Annotated[str | None, Field(description="the time that the sentence names")] = None
    group: Annotated[str | None, Field(description="head of the table's column")] = None
    n: Annotated[str | None, Field(description="number of animals or people, as printed")] = None
    p: Annotated[str | None, Field(description="p value, as printed")] = None
    printed: Annotated[str, Field(description="the number itself, verbatim")]
    quote: Annotated[str, Field(description="the sentence, verbatim")]
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
