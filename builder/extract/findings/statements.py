"""The statements of a paper: rows, titles, sentences, each with its exact place in the seed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from builder.extract.findings.cues import Cues
from builder.extract.findings.sentences import find_sentences, split_sentences
from builder.extract.trials import find_trial_rows
from builder.models import Cited, Locator, Paper, Table, TableRow
from builder.models.document import Document
from builder.text import spelling

# A sentence that goes on about the vesicles of the one before it.
_THEY = re.compile(r"^(?:They|These|Their|It|Such)\b")
_LEAST_SENTENCES = 2  # of the abstract, that name vesicles where the title does not
_LEAST_CELLS = 3  # a row of fewer columns is no heading within the table


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text with one role: a title, a sentence, or a cell under its column's name."""

    name: str
    role: str
    text: str  # cleaned for reading; the statement's quote is as printed

    def __post_init__(self) -> None:
        """Clean the text, once and for all rules."""
        object.__setattr__(self, "text", spelling.clean(self.text))


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest citable piece of a paper, before it is read.

    ``context`` holds words that may settle a short form: cited titles, column names.
    ``titles`` are the titles that a row or sentence cites. ``about`` tells that its place is about
    vesicles: the table's caption or columns name them (``table``), or the paper is (``paper``).
    """

    locator: Locator
    quote: str
    parts: tuple[Part, ...]
    references: tuple[int, ...] = ()
    context: str = ""
    titles: tuple[str, ...] = ()
    about: Literal["", "table", "paper"] = ""


def find_statements(
    paper: Paper,
    document: Document,
    tables: Sequence[Table],
    references: Sequence[Cited],
    cues: Cues,
) -> list[Statement]:
    """Return every statement of a paper in the order of its tables, references and prose."""
    titles = group_titles(references)
    about = is_about_vesicles(paper, cues)
    return [
        *_rows(document, tables, titles, cues, about=about),
        *_titles(references, cues),
        *_prose(paper, cues),
        *_full_text(document, titles, cues),
    ]


def group_titles(references: Sequence[Cited]) -> dict[int, tuple[str, ...]]:
    """Return the titles of all works by their number; several works may share one (3a, 3b)."""
    titles: dict[int, tuple[str, ...]] = {}
    for cited in references:
        if cited.csl.title:
            titles[cited.number] = (*titles.get(cited.number, ()), cited.csl.title)
    return titles


def is_about_vesicles(paper: Paper, cues: Cues) -> bool:
    """Tell whether vesicles are a paper's subject, by its title or its abstract."""
    if cues.names_vesicles(paper.csl.title):
        return True
    told = [*find_sentences(paper.abstract or ""), *find_sentences(paper.tldr or "")]
    return sum(map(cues.names_vesicles, told)) >= _LEAST_SENTENCES


def column_role(name: str, cues: Cues) -> str:
    """Return the role of a table's column by the words of its header, or an empty string."""
    for word in (name, name.split(" / ", maxsplit=1)[0]):
        for role, pattern in cues.columns:
            if pattern.search(word.strip()):
                return role
    return ""


def _rows(
    document: Document,
    tables: Sequence[Table],
    titles: Mapping[int, tuple[str, ...]],
    cues: Cues,
    *,
    about: bool,
) -> Iterable[Statement]:
    printed = _printed_rows(document)
    trials = find_trial_rows(tables)
    for table in tables:
        roles = {name: column_role(name, cues) for name in table.columns}
        topic = " ".join([table.caption or "", *table.columns])
        place: Literal["", "table", "paper"] = "paper" if about else ""
        place = "table" if cues.names_vesicles(topic) else place
        for row in table.rows:
            quote = _quote(row, printed.get((table.number, row.line), []))
            if row.id in trials or _is_heading(row, table):
                continue
            cited = tuple(t for n in row.references for t in titles.get(n, ()))
            yield Statement(
                Locator(kind="table-row", line=row.line, table=table.number, row=row.id),
                quote,
                tuple(
                    Part(name, roles[name], cell.text)
                    for name, cell in row.cells.items()
                    if roles[name] != "references" and cell.text.strip()
                ),
                tuple(row.references),
                " ".join([*cited, table.caption or "", *table.footnotes]),
                cited,
                "table" if cues.names_vesicles(quote) else place,
            )


def _printed_rows(document: Document) -> dict[tuple[int, int], list[list[str]]]:
    """Return the cells of the rows as printed, by table and line: XML may hold many in one line."""
    printed: dict[tuple[int, int], list[list[str]]] = {}
    for grid in document.tables:
        for row in grid.rows:
            if row:
                cells = [cell.text for cell in row]
                printed.setdefault((grid.number, row[0].line), []).append(cells)
    return printed


def _quote(row: TableRow, printed: Sequence[list[str]]) -> str:
    """Return a row as printed: of the rows in its line the one that holds its own cells."""
    own = [c.printed for c in row.cells.values() if c.inherited is None]
    if len(printed) == 1:
        return " | ".join(printed[0])
    exact = [cells for cells in printed if cells == own]
    return " | ".join(exact[0] if exact else own)


def _is_heading(row: TableRow, table: Table) -> bool:
    """Tell whether a row only parts the table ("Stem cells" over all columns) or heads it again."""
    if all(c.text.strip().lower() in name.lower() for name, c in row.cells.items()):
        return True
    told = {c.printed.strip() for c in row.cells.values() if c.inherited is None} - {""}
    filled = [c for c in row.cells.values() if c.printed.strip()]
    spread = len(filled) in (1, len(row.cells))
    return len(told) <= 1 and spread and len(table.columns) >= _LEAST_CELLS


_CONTRAST = re.compile(
    r"[,;]\s+(?:whereas|while|but|although|though|in\s+contrast,?|by\s+contrast,?|however,?|"
    r"conversely,?|on\s+the\s+other\s+hand,?)\s+",
    re.IGNORECASE,
)
_CONTRAST_FIRST = re.compile(r"^\s*(?:whereas|while|although|though)\s+", re.IGNORECASE)


def split_contrast(statement: Statement) -> list[Statement]:
    """Return a sentence's clauses that stand in contrast, each a verbatim statement of its own."""
    if len(statement.parts) != 1 or statement.locator.kind in ("reference-title", "table-row"):
        return []
    text = statement.quote
    first = _CONTRAST_FIRST.match(text)
    cuts = [(m.start(), m.end()) for m in _CONTRAST.finditer(text)]
    if first and not cuts:
        comma = re.search(r",\s+", text)
        cuts = [(comma.start(), comma.end())] if comma else []
    starts = [first.end() if first else 0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    name = statement.parts[0].name
    return [
        replace(
            statement,
            quote=text[start:end],
            parts=(Part(name, "", text[start:end]),),
            context=f"{statement.context} {text}",
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _titles(references: Sequence[Cited], cues: Cues) -> Iterable[Statement]:
    for cited in references:
        title = cited.csl.title
        if cited.parsed and title and cues.names_vesicles(title):
            yield Statement(
                Locator(kind="reference-title", line=cited.line, reference=cited.number),
                title,
                (Part("title", "", title),),
                (cited.number,),
            )


def _prose(paper: Paper, cues: Cues) -> Iterable[Statement]:
    if paper.abstract and paper.abstract_line:
        about = False
        for sentence in find_sentences(paper.abstract):
            about = cues.names_vesicles(sentence) or (about and bool(_THEY.match(sentence)))
            if about and cues.tells_of_field(sentence):
                yield _sentence(Locator(kind="abstract", line=paper.abstract_line), sentence)
    for text, line in [
        *((paper.tldr, paper.tldr_line) for _ in [0] if paper.tldr and paper.tldr_line),
        *((k.text, k.line) for k in paper.key_findings),
    ]:
        for sentence in find_sentences(text or ""):
            yield _sentence(Locator(kind="key-finding", line=line or 1), sentence)


def _sentence(
    locator: Locator,
    sentence: str,
    references: tuple[int, ...] = (),
    titles: tuple[str, ...] = (),
) -> Statement:
    parts = (Part("sentence", "", sentence),)
    return Statement(locator, sentence, parts, references, " ".join(titles), titles)


def _full_text(
    document: Document, titles: Mapping[int, tuple[str, ...]], cues: Cues
) -> Iterable[Statement]:
    for block in document.blocks:
        if block.kind != "paragraph" or not cues.names_vesicles(block.text):
            continue
        for sentence in split_sentences(block.text, block.citations, block.marks):
            if cues.names_vesicles(sentence.text) and cues.tells_of_field(sentence.text):
                locator = Locator(kind="full-text", line=block.line, section=block.section or None)
                cited = tuple(t for n in sentence.cited for t in titles.get(n, ()))
                yield _sentence(locator, sentence.text, sentence.cited, cited)
