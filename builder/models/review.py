"""The living review: search strategies, the records they found, and what was decided of each.

The words are those of PRISMA 2020 and PRISMA-S.
"""

from typing import Annotated, Literal

from pydantic import Field

from builder.models.base import EMPTY, Day, Record, Slug, about

Database = Literal["Europe PMC", "ClinicalTrials.gov", "Crossref", "PubMed"]
Chasing = Literal["backward", "forward"]
Verdict = Literal["include", "exclude", "unsure"]


class Strategy(Record):
    """content/searches/<id>.yml: one search strategy, in the syntax of its database.

    A strategy has a query, or it chases citations from the papers that are in: ``backward`` are
    the works that they cite, ``forward`` those that cite them.
    """

    id: Slug
    purpose: Annotated[str, about("what it is meant to find, in a sentence")]
    database: Annotated[Database, about("database or registry that was asked")]
    query: Annotated[str | None, about("in the database's own syntax")] = None
    chasing: Annotated[Chasing | None, about("instead of a query")] = None
    limits: Annotated[list[str], about("limits in words: language, years")] = EMPTY
    most: Annotated[int, Field(ge=1, le=100_000, description="records taken at most")] = 10_000


class Run(Record):
    """A strategy was run on a day and found so many records."""

    strategy: Annotated[Slug, about("id of the search strategy")]
    database: Annotated[Database, about("database or registry that was asked")]
    day: Annotated[Day, about("day on which it was run")]
    found: Annotated[int, about("records that the database says it has")]
    taken: Annotated[int, about("records that were read")]
    new: Annotated[int, about("of these, not seen by any strategy before")]


class Sighting(Record):
    """A strategy found a record, first on this day."""

    strategy: Annotated[Slug, about("id of the search strategy")]
    database: Annotated[Database, about("database or registry that was asked")]
    day: Annotated[Day, about("day on which it was run")]


class Duplicate(Record):
    """What a record is a duplicate of: another record, or a paper of the atlas."""

    of: Annotated[str, about("id of that record or paper")]
    kind: Annotated[Literal["record", "paper"], about("what it is a duplicate of")]
    by: Annotated[str, about("doi, pmid, pmcid, trial, or title with year and author")]
    score: Annotated[float | None, about("likeness in percent; by title only")] = None


class Decision(Record):
    """What one screener decided of a record, and why."""

    verdict: Annotated[Verdict, about("include, exclude or unsure")]
    reason: Annotated[str | None, about("in the screener's words")] = None
    by: Annotated[str, about("who decided")]
    day: Annotated[Day, about("day of the decision")]


class Retrieval(Record):
    """What was had of an included record."""

    got: Annotated[Literal["full-text", "abstract", "nothing"], about("what was had of it")]
    day: Annotated[Day, about("day on which it was asked for")]
    why: Annotated[str | None, about("why no more was had")] = None
    seed: Annotated[str | None, about("file below seeds/")] = None
    licence: Annotated[str | None, about("as the database spells it")] = None


class ScreeningRecord(Record):
    """One record of content/screening.yml: what a search found, and what became of it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,80}$")]
    title: Annotated[str, about("as the database prints it")]
    authors: Annotated[str | None, about("as the database prints them")] = None
    year: int | None = None
    journal: Annotated[str | None, about("journal or source")] = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    trial: Annotated[str | None, about("number in a registry")] = None
    types: Annotated[list[str], about("types of publication")] = EMPTY
    open_access: Annotated[bool | None, about("by Europe PMC's mark")] = None
    licence: Annotated[str | None, about("as the database spells it")] = None
    preprint: Annotated[bool | None, about("whether it is a preprint")] = None
    published_as: Annotated[str | None, about("of a preprint: the record of its article")] = None
    notices: Annotated[list[str], about("retraction, erratum …")] = EMPTY
    url: str | None = None
    found: list[Sighting]
    duplicate: Duplicate | None = None
    cited_as: Annotated[Slug | None, about("the cited work of the atlas that it is")] = None
    decisions: list[Decision] = EMPTY
    agreed: Annotated[Verdict | None, about("settled by hand where screeners disagree")] = None
    retrieval: Retrieval | None = None

    @property
    def verdict(self) -> Verdict | Literal["conflict"] | None:
        """What holds: the settled verdict, what all screeners say, or that they disagree."""
        if self.agreed:
            return self.agreed
        said = {decision.verdict for decision in self.decisions}
        return next(iter(said)) if len(said) == 1 else "conflict" if said else None

    @property
    def reason(self) -> str | None:
        """The last reason that a screener gave for the verdict that holds."""
        reasons = [d.reason for d in self.decisions if d.reason and d.verdict == self.verdict]
        return reasons[-1] if reasons else None


class Screening(Record):
    """content/screening.yml: all records, and each run of a strategy."""

    runs: list[Run] = EMPTY
    records: list[ScreeningRecord] = EMPTY
