"""Papers and the works that they cite, in the terms of CSL, and what people keep beside them."""

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from builder.models.base import EMPTY, Day, Question, Record, Slug, about

_PAGE_RANGE = re.compile(
    r"^([A-Za-z]{0,4}\d[\w.:]*|[ivxlc]+)\s?([–−-])\s?([A-Za-z]{0,4}\d[\w.:]*|[ivxlc]+)$"
)
_MOST_PAGES = 3000


class CslName(Record):
    """A name in CSL-JSON: family and given, or literal for a group."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None
    suffix: str | None = None


class CslDate(Record):
    """A date in CSL-JSON: one list of year, month, day."""

    date_parts: Annotated[list[list[int]], Field(alias="date-parts")]


class CslItem(Record):
    """The fields of a CSL-JSON item that the atlas keeps, under CSL's own names."""

    type: str
    title: str
    author: list[CslName] | None = None
    editor: list[CslName] | None = None
    container_title: Annotated[str | None, Field(alias="container-title")] = None
    container_title_short: Annotated[str | None, Field(alias="container-title-short")] = None
    issued: CslDate | None = None
    volume: str | None = None
    issue: str | None = None
    page: Annotated[str | None, about("range or article number")] = None
    edition: str | None = None
    publisher: str | None = None
    publisher_place: Annotated[str | None, Field(alias="publisher-place")] = None
    genre: Annotated[str | None, about("Ph.D. Thesis, U.S. Patent")] = None
    number: Annotated[str | None, about("of a patent or report")] = None
    ISSN: str | None = None
    DOI: str | None = None
    PMID: str | None = None
    PMCID: str | None = None
    URL: str | None = None
    accessed: CslDate | None = None
    status: Annotated[str | None, about("'in press' and the like")] = None

    @property
    def pages(self) -> tuple[str, str]:
        """First and last page of a range at either dash; an article number is whole, and first."""
        found = _PAGE_RANGE.match(self.page or "")
        if not found:
            return self.page or "", ""
        first, dash, last = found.groups()
        numbers = [int(digits[0]) for end in (first, last) if (digits := re.findall(r"\d+", end))]
        if dash == "-" and len(numbers) == 2:  # noqa: PLR2004 (both ends are numbers)
            low, high = numbers
            short = len(str(low)) - len(str(high))
            high += low // 10 ** len(str(high)) * 10 ** len(str(high)) if short > 0 else 0
            lettered = first[0].isalpha() and not last[0].isalpha()
            odd = last.startswith("0") or (lettered and short > 0)
            if odd or not low <= high < low + _MOST_PAGES:
                return self.page or "", ""
        return first, last

    @property
    def lead(self) -> str:
        """The family name of the first author, or the name of a group; empty where none is."""
        first = self.author[0] if self.author else CslName()
        return first.family or first.literal or ""

    @property
    def year(self) -> int | None:
        """The year of issue, where stated."""
        return self.issued.date_parts[0][0] if self.issued else None


class Seed(Record):
    """The file that a paper was read from."""

    file: Annotated[str, about("name below seeds/")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    layout: Annotated[str, about("name of the reader that took it")]


class HeadingRecord(Record):
    """A heading of the paper."""

    level: int
    text: str
    line: int


class EntityRecord(Record):
    """An entity that the seed's site tagged; kept with the identifier as printed."""

    group: str
    label: str
    identifier: str
    line: int
    question: Question | None = None


class KeyFinding(Record):
    """A key finding in the words of the site that summarised the paper."""

    text: str
    line: int


class FigureRecord(Record):
    """A figure's label and caption."""

    label: str
    caption: str
    line: int


class Affiliated(Record):
    """ORCID and affiliations of an author, by place in the author list."""

    author: Annotated[int, about("index in csl.author, from 0")]
    orcid: str | None = None
    affiliations: list[str] = EMPTY
    other_names: Annotated[list[str], about("the name in other languages or scripts")] = EMPTY


class Abbreviation(Record):
    """A short form that the paper itself defines."""

    short: str
    long: str


class Dataset(Record):
    """Data that a paper says are kept in an archive: ``GSE12345`` in ``GEO``."""

    accession: str
    archive: str
    url: Annotated[str, about("of the record, else of the archive")]
    line: int


class Coverage(Record):
    """Which parts of a paper its seed held: a seed of headings without text holds no body."""

    title: bool = False
    abstract: bool = False
    body: bool = False
    tables: bool = False
    references: bool = False


class Paper(Record):
    """A seed: a review or study that the atlas has read."""

    id: Slug
    csl: CslItem
    seed: Seed
    coverage: Coverage = Coverage()
    headings: list[HeadingRecord] = EMPTY
    abstract: str | None = None
    abstract_line: int | None = None
    tldr: Annotated[str | None, about("the summary site's words")] = None
    tldr_line: int | None = None
    contribution: Annotated[str | None, about("the summary site's words")] = None
    contribution_line: int | None = None
    key_findings: list[KeyFinding] = EMPTY
    entities: list[EntityRecord] = EMPTY
    figures: list[FigureRecord] = EMPTY
    figures_note: Annotated[str | None, about("what the seed says of figures")] = None
    licence: Annotated[str | None, about("as printed; absent if not stated")] = None
    licence_url: str | None = None
    source_url: str | None = None
    people: list[Affiliated] = EMPTY
    abbreviations: list[Abbreviation] = EMPTY
    data: Annotated[list[Dataset], about("accessions that the text names")] = EMPTY
    questions: list[Question] = EMPTY


class Cited(Record):
    """One entry of one paper's reference list."""

    id: Annotated[Slug, about("id of the cited work; shared by all papers citing it")]
    number: int
    line: int
    csl: CslItem
    et_al: Annotated[bool, about("printed 'et al.'")] = False
    labels: Annotated[list[str], about("link labels printed behind it")] = EMPTY
    printed: Annotated[str, about("the whole entry as printed")]
    parsed: Annotated[bool, about("false: the entry did not parse, see printed")] = True
    questions: list[Question] = EMPTY


class CitedIn(Record):
    """Where a work is cited."""

    paper: Slug
    number: int


class Notice(Record):
    """A later notice about a work: its retraction, a correction, a concern."""

    kind: Annotated[str, about("retraction, correction, expression-of-concern …")]
    doi: Annotated[str | None, about("DOI of the notice itself")] = None
    pmid: Annotated[str | None, about("PMID of the notice itself")] = None
    issued: Annotated[Day | None, about("absent: the source gives no date")] = None
    reported_by: Annotated[str, about("the service that reports it")]
    seen_at: str
    seen_on: Day

    @property
    def withdraws(self) -> bool:
        """Return whether the notice takes the work, or a part of it, back."""
        return any(word in self.kind for word in ("retract", "withdraw", "removal"))


class Reference(Record):
    """A cited work: one record however many papers cite it."""

    id: Slug
    csl: CslItem
    et_al: bool = False
    labels: list[str] = EMPTY
    printed: str
    parsed: bool = True
    cited_in: list[CitedIn]
    notices: Annotated[list[Notice], about("retractions and the like")] = EMPTY
    questions: list[Question] = EMPTY

    @property
    def withdrawn(self) -> bool:
        """Return whether the work, or a part of it, has been taken back since."""
        return any(notice.withdraws for notice in self.notices)


class TableCell(Record):
    """A cell: as printed and as read. ``inherited`` names the row a spanning cell came from."""

    printed: str
    text: str
    inherited: Annotated[str | None, about("id of the row above it spans from")] = None


class TableRow(Record):
    """A row of the repaired grid; keys of ``cells`` are the table's columns."""

    id: Annotated[str, about("hash of the row's words; stable when rows move")]
    line: int
    cells: dict[str, TableCell]
    references: Annotated[list[int], about("numbers cited by the row")] = EMPTY


class Repair(Record):
    """One repair of the printed grid, named by its rule."""

    row: Annotated[str | None, about("id of the row")] = None
    column: str | None = None
    rule: str
    note: str


class Table(Record):
    """A table: the repaired grid, the printed one, and each repair."""

    id: Slug
    paper: Slug
    number: int
    line: int
    label: str | None = None
    caption: str | None = None
    columns: Annotated[list[str], about("a grouped column is 'Group / Column'")]
    rows: list[TableRow]
    repairs: list[Repair] = EMPTY
    printed: Annotated[list[list[str]], about("the grid as printed")]
    footnotes: list[str] = EMPTY
    questions: list[Question] = EMPTY


# --- kept by hand ---------------------------------------------------------------------------------

# Of a page of the site: folders in lower case, each with its slash, then perhaps an anchor.
ADDRESS = r"^(?:[a-z0-9]+(?:[.-][a-z0-9]+)*/)*(?:#[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)?$"
SiteAddress = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=300)]


class Correction(Record):
    """One hand-made correction of an extracted value; an error once ``old`` no longer stands."""

    record: str
    field: Annotated[str, about("dotted path: csl.volume, mechanisms.0.effect")]
    old: object
    new: object
    reason: str
    date: Day


class Identifiers(Record):
    """Identifiers of a cited work (or a paper), with the page each was seen on.

    Where no record fits well enough, there is a question in their place.
    """

    reference: Annotated[Slug, about("id of the cited work, or of the paper")]
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    seen_at: str
    seen_on: Day | None = None
    score: Annotated[
        float | None, about("how well the record fits, in percent; absent: by hand")
    ] = None
    notices: list[Notice] = EMPTY
    questions: list[Question] = EMPTY


class Address(Record):
    """A line of the ledger: an address once published, its record, what became of it."""

    address: SiteAddress
    record: Annotated[
        str, StringConstraints(pattern=r"^[a-z]+:[A-Za-z0-9]+(?:[./-][A-Za-z0-9]+)*$")
    ]
    since: Day
    state: Literal["live", "moved", "retired"] = "live"
    to: SiteAddress | None = None
    because: str | None = None
    paper: Annotated[Slug | None, about("the paper that the record was read from")] = None
    rows: Annotated[
        dict[str, str] | None,
        about("of a paper: rows of its tables that changed, old and present id"),
    ] = None
    digest: Annotated[str | None, about("hash of the data that the page shows")] = None
    changed: Annotated[Day | None, about("when that data last changed; absent: never since")] = None
