"""What people keep or confirm beside the seeds: corrections, identifiers, addresses."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from builder.models.base import EMPTY, Question, Record, Slug
from builder.models.works import Notice

# Of a page of the site: folders in lower case, each with its slash, then perhaps an anchor.
SiteAddress = Annotated[
    str,
    StringConstraints(
        pattern=r"^(?:[a-z0-9]+(?:[.-][a-z0-9]+)*/)*(?:#[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)?$",
        max_length=300,
    ),
]


class Correction(Record):
    """One hand-made correction of an extracted value; an error once ``old`` no longer stands."""

    record: str
    field: Annotated[str, Field(description="dotted path: csl.volume, mechanisms.0.effect")]
    old: object
    new: object
    reason: str
    date: date


class Identifiers(Record):
    """Identifiers of a cited work (or a paper), with the page each was seen on.

    Where no record fits well enough, there is a question in their place.
    """

    reference: Annotated[Slug, Field(description="id of the cited work, or of the paper")]
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    seen_at: str
    seen_on: date | None = None
    score: Annotated[
        float | None, Field(description="how well the record fits, in percent; absent: by hand")
    ] = None
    notices: list[Notice] = EMPTY
    questions: list[Question] = EMPTY


class Address(Record):
    """A line of the ledger: an address once published, its record, what became of it."""

    address: SiteAddress
    record: Annotated[
        str, StringConstraints(pattern=r"^[a-z]+:[A-Za-z0-9]+(?:[./-][A-Za-z0-9]+)*$")
    ]
    since: date
    state: Literal["live", "moved", "retired"] = "live"
    to: SiteAddress | None = None
    because: str | None = None
    paper: Annotated[Slug | None, Field(description="the paper that the record was read from")] = (
        None
    )
    rows: Annotated[
        dict[str, str] | None,
        Field(description="of a paper: rows of its tables that changed, old and present id"),
    ] = None
    digest: Annotated[str | None, Field(description="hash of the data that the page shows")] = None
    changed: Annotated[
        date | None, Field(description="when that data last changed; absent: never since")
    ] = None
