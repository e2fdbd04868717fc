"""The Document: what every reader gives, whatever the layout of the seed.

Readers fill it, extractors read it; neither knows the other. All line numbers are 1-based lines
of the seed as received. Texts are NFC, with the seed's own characters otherwise untouched.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from typing import Literal, TypeVar, dataclass_transform

from builder.errors import Problem

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(made: type[T]) -> type[T]:
    """Make a data class that the type checker holds frozen.

    At run time it isn't: a frozen one takes three times as long to make, and a paper has thousands.
    """
    return dataclass(slots=True, unsafe_hash=True)(made)


BlockKind = Literal[
    "abstract",
    "tldr",
    "contribution",
    "key-finding",
    "paragraph",
    "caption",
    "footnote",
    "figures",
    "statement",  # funding, conflicts, disclaimer and the like
]


@record
class Person:
    """An author as printed. ``literal`` is a group's name; else family and given.

    ``others`` are forms of the name in other languages or scripts.
    """

    family: str = ""
    given: str = ""
    literal: str = ""
    suffix: str = ""
    orcid: str = ""
    affiliations: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@record
class WorkFields:
    """Bibliographic fields of a paper or a cited work, as strings. Empty means not stated.

    ``issued`` is (year,), (year, month) or (year, month, day). ``page`` is a range or an article
    number. ``et_al`` says that the list of authors is printed as incomplete.
    """

    type: str = "article-journal"
    title: str = ""
    authors: tuple[Person, ...] = ()
    et_al: bool = False
    container: str = ""
    container_short: str = ""
    issued: tuple[int, ...] = ()
    volume: str = ""
    issue: str = ""
    page: str = ""
    publisher: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    accessed: tuple[int, ...] = ()
    status: str = ""  # "in press" and the like
    issn: str = ""
    editors: tuple[Person, ...] = ()
    edition: str = ""
    publisher_place: str = ""
    genre: str = ""  # "Ph.D. Thesis", "U.S. Patent"
    number: str = ""  # of a patent or report


@record
class FrontMatter:
    """What the seed says of the paper itself. ``licence`` is the licence line as printed.

    ``kind`` is what the layout calls the paper, in JATS's words: research-article, review-article.
    """

    work: WorkFields
    licence: str = ""
    licence_url: str = ""
    source_url: str = ""
    kind: str = ""
    lines: tuple[tuple[str, int], ...] = ()  # (field, line) where each was found


@record
class Heading:
    """A heading; ``level`` is 1 for the title, 2 for a section, 3 for a subsection."""

    level: int
    text: str
    line: int


@record
class Block:
    """A run of prose, with the text of the nearest heading and the numbers it cites.

    ``marks`` says, where the layout tags citations (JATS), at which offset of the text each is
    printed, and its numbers: the citations of one sentence can be read even in author-year style.
    """

    kind: BlockKind
    text: str
    line: int
    section: str = ""
    citations: tuple[int, ...] = ()
    marks: tuple[tuple[int, tuple[int, ...]], ...] = ()


@record
class Cell:
    """A cell as printed, its spans where the layout states them."""

    text: str
    line: int
    header: bool = False
    colspan: int = 1
    rowspan: int = 1
    citations: tuple[int, ...] = ()


@record
class Grid:
    """A table as printed: rows of cells, before any repair. ``number`` counts from 1 in the seed.

    ``spans_known`` says that the layout states row and column spans (JATS, HTML), so that a short
    row is a mistake and not a span to guess (Markdown).
    """

    number: int
    rows: tuple[tuple[Cell, ...], ...]
    line: int
    label: str = ""
    caption: str = ""
    footnotes: tuple[str, ...] = ()
    spans_known: bool = False
    is_image: bool = False


# A link label printed behind a reference, as [Google Scholar] or [PMC free article]; "[In Chinese]"
# belongs to the title.
_LINK_LABEL = re.compile(
    r"\[(?!(?:In |Article )|(?:Abstract|Preprint|Thesis|Internet|Dataset|Software|Letter|Patent)\])"
    r"([A-Z][A-Za-z]*(?: (?:free|full|text|article|of|in|[A-Z][A-Za-z]*))*®?"
    r"(?:: ?(?:PMC)?\d{4,9})?)\]$"
)
# Before other labels it is one, else a word about the work: "[Abstract]".
_ABSTRACT = re.compile(_LINK_LABEL.pattern.replace("(?:Abstract|", "(?:", 1))
_MAX_LINK_LABEL, _MAX_LINK_LINE = 40, 160
# Labels of the large sites, as they stand without brackets: "Article CAS PubMed Google Scholar".
_SURE_LABEL = (
    r"(?:(?:Search )?PubMed(?: Abstract| Central|/NCBI)?|CrossRef Full Text|Cross[Rr]ef|"
    r"Google Scholar|DOI|Publisher Site|Web of Science ?®?|(?:View in )?Scopus|Green Version|"
    r"Search ADS|WorldCat|OpenUrl|Europe PMC|PMC free article|Free PMC article|"
    r"Free (?:Full Text|article)|"
    r"View (?:in Article|PDF|article|Article|at Publisher|Record in Scopus))"
)
LABEL = rf"(?:{_SURE_LABEL}|Full Text(?: PDF)?|Article|CAS|ADS|MathSciNet|Abstract|Medline|ISI|PDF)"
_LINK_LINE = re.compile(
    rf"^(?=.*{_SURE_LABEL})\[?{LABEL}\]?(?:[\s|·,;]*\[?{LABEL}(?![a-z])(?: \(\d+\))?\]?)*$"
)
_BARE_LABELS = re.compile(
    rf"(?:\s?View at:)?(?:(?:\s\||,)?\s{LABEL})*(?:\s\||,)?\s"
    rf"(?:CrossRef|Google Scholar|(?:Search )?PubMed(?: Central)?)(?:\s{LABEL})*$"
)
# HighWire glues them together: "1745–1759. OpenUrlCrossRefPubMed".
_GLUED_LABELS = re.compile(
    r"\s*OpenUrl(?:Abstract|/|(?:FREE )?Full Text|CrossRef|PubMed|Medline|Web of Science|"
    r"Google Scholar|\s)*$"
)

_NEW_WINDOW = "(Open in a new window)"
_ENDS = ("Scholar", "Ref", "ref", "PubMed", "Central", "Scopus", "Science®", "Science", "article",
         "Text", "PDF", "CAS", "ADS", "Version", "PMC", "Site")  # fmt: skip


def is_link_line(line: str) -> bool:
    """Return whether a line holds link labels and nothing else."""
    return len(line) <= _MAX_LINK_LINE and _LINK_LINE.match(line) is not None


def find_labels(line: str) -> tuple[str, ...]:
    """Return the link labels of a line that holds nothing else, in order."""
    return tuple(found[0] for found in re.finditer(LABEL, line))


def split_link_labels(printed: str) -> tuple[str, tuple[str, ...]]:
    """Return a printed reference without the link labels behind it, and those labels in order."""
    labels: list[str] = []
    text = printed.rstrip(" |")
    chemists = text.endswith(
        " ."
    )  # of the Royal Society of Chemistry: "37, 1–57 CrossRef PubMed ."
    text = text.removesuffix(" .") if chemists else text
    if _NEW_WINDOW in text:
        text = " ".join(text.replace(_NEW_WINDOW, " ").split())
    while found := (_ABSTRACT if labels else _LINK_LABEL).search(text, max(0, text.rfind("["))):
        if len(found[1]) > _MAX_LINK_LABEL:
            break
        labels.append(found[1])
        text = text[: found.start()].rstrip()
    bare = None
    if "OpenUrl" in text and (glued := _GLUED_LABELS.search(text)):
        return text[: glued.start()], find_labels(glued[0])
    if not labels and text.endswith(_ENDS):
        bare = _BARE_LABELS.search(text, max(0, len(text) - 120))
    if bare and (chemists or text[bare.start() - 1 : bare.start()] in (".", ")", "]")):
        return text[: bare.start()], find_labels(bare[0])
    return text, tuple(reversed(labels))


@record
class Citation:
    """An entry of the reference list. ``printed`` is the entry as printed, always kept.

    ``fields`` is set by readers whose layout marks the fields (JATS); else the extractor parses
    ``printed``. ``labels`` are link labels printed behind it (``Google Scholar``). Several works
    printed under one number (3a, 3b) are several entries that share it. ``key`` is the id that the
    layout gives the entry.
    """

    number: int
    printed: str
    line: int
    fields: WorkFields | None = None
    labels: tuple[str, ...] = ()
    key: str = ""


@record
class Entity:
    """An entity that the seed's site tagged, with its printed identifier."""

    group: str
    label: str
    identifier: str
    line: int


@record
class Figure:
    """A figure's label and caption; the image itself is never kept."""

    label: str
    caption: str
    line: int


@record
class Extent:
    """How many characters went where: of lines without outer blanks, in XML letters and digits."""

    total: int = 0
    recorded: int = 0
    reported: int = 0
    ignored: int = 0


@record
class Coverage:
    """What became of the lines of a seed that hold text (in XML: of its runs of text).

    ``ignored`` counts those left out, by the name of the rule. ``characters`` counts the same in
    characters, so that one long line that is lost weighs more than ten short ones.
    """

    lines: int = 0
    recorded: int = 0
    reported: int = 0
    ignored: tuple[tuple[str, int], ...] = ()
    characters: Extent = Extent()


def count_fates(fates: Iterable[tuple[str, int]]) -> Coverage:
    """Return the coverage of lines or runs, each given by its fate and its size in characters.

    A fate is ``recorded``, ``reported`` or the name of the rule that leaves the text out.
    """
    lines: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for fate, size in fates:
        lines[fate] += bool(size)
        sizes[fate] += size
    recorded, reported = (lines.pop(fate, 0) for fate in ("recorded", "reported"))
    held, asked, total = sizes["recorded"], sizes["reported"], sizes.total()
    return Coverage(
        recorded + reported + lines.total(),
        recorded,
        reported,
        tuple(sorted(lines.items())),
        Extent(total, held, asked, total - held - asked),
    )


@record
class Document:
    """One seed, read. ``problems`` holds what is doubtful; nothing is dropped silently."""

    layout: str
    file: str
    sha256: str
    front: FrontMatter
    headings: tuple[Heading, ...] = ()
    blocks: tuple[Block, ...] = ()
    tables: tuple[Grid, ...] = ()
    citations: tuple[Citation, ...] = ()
    entities: tuple[Entity, ...] = ()
    figures: tuple[Figure, ...] = ()
    figures_note: str = ""
    abbreviations: tuple[tuple[str, str], ...] = ()  # (short, long) where the paper defines them
    problems: tuple[Problem, ...] = ()
    coverage: Coverage = Coverage()


def texts_of(document: Document) -> Iterator[str]:
    """Yield every text that a Document holds."""
    front = document.front
    yield from _work_texts(front.work)
    yield from (front.licence, front.licence_url, front.source_url)
    yield from (heading.text for heading in document.headings)
    yield from (block.text for block in document.blocks)
    for grid in document.tables:
        yield from (grid.label, grid.caption, *grid.footnotes)
        yield from (" ".join(cell.text for cell in row) for row in grid.rows)
    yield from (text for figure in document.figures for text in (figure.label, figure.caption))
    for citation in document.citations:
        yield citation.printed
        if citation.fields:
            yield from _work_texts(citation.fields)
    yield from (text for pair in document.abbreviations for text in pair)


def _work_texts(work: WorkFields) -> Iterator[str]:
    for one in fields_of(work):
        value = getattr(work, one.name)
        if isinstance(value, str):
            yield value
    yield " ".join(map(str, (*work.issued, *work.accessed)))
    for person in (*work.authors, *work.editors):
        yield from (person.given, person.family, person.literal, person.suffix, person.orcid)
        yield from (*person.affiliations, *person.others)
