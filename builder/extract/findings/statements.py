"""The statements of a paper: rows, titles, sentences, each with its exact place in the seed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sentencex

from builder.document import Document
from builder.extract.findings.cues import Cues
from builder.models import Cited, Locator, Paper, Table, TableRow

# A sentence that goes on about the vesicles of the one before it.
_THEY = re.compile(r"^(?:They|These|Their|It|Such)\b")
_REGISTRY = re.compile(r"\b(?:NCT\d{8}|[A-Z]{3,8}\d{8,}N?\d*)\b")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text with one role: a title, a sentence, or a cell under its column's name."""

    name: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest citable piece of a paper, before it is read.

    ``context`` holds words that may settle a short form: cited titles, column names.
    ``titles`` are the titles that a row cites.
    """

    locator: Locator
    quote: str
    parts: tuple[Part, ...]
    references: tuple[int, ...] = ()
    context: str = ""
    titles: tuple[str, ...] = ()


def find_statements(
    paper: Paper,
    document: Document,
    tables: Sequence[Table],
    references: Sequence[Cited],
    cues: Cues,
) -> list[Statement]:
    """Return every statement of a paper in the order of its tables, references and prose."""
    titles = {c.number: c.csl.title for c in references if c.csl.title}
    return [
        *_rows(document, tables, titles, cues),
        *_titles(references, cues),
        *_prose(paper, cues),
        *_full_text(document, cues),
    ]


def column_role(name: str, cues: Cues) -> str:
    """Return the role of a table's column by the words of its header, or an empty string."""
    for word in (name, name.split(" / ", maxsplit=1)[0]):
        for role, pattern in cues.columns:
            if pattern.search(word.strip()):
                return role
    return ""


def _rows(
    document: Document, tables: Sequence[Table], titles: dict[int, str], cues: Cues
) -> Iterable[Statement]:
    printed = {
        (grid.number, row[0].line): " | ".join(cell.text for cell in row)
        for grid in document.tables
        for row in grid.rows
        if row
    }
    for table in tables:
        roles = {name: column_role(name, cues) for name in table.columns}
        for row in table.rows:
            quote = printed.get((table.number, row.line)) or _joined(row)
            if _REGISTRY.search(quote):
                continue  # a row with a registry number is a trial, not a finding
            cited = tuple(titles[n] for n in row.references if n in titles)
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
            )


def _joined(row: TableRow) -> str:
    return " | ".join(c.printed for c in row.cells.values() if c.inherited is None)


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


def find_sentences(text: str) -> list[str]:
    """Return the sentences of a prose text, each verbatim but for outer white space."""
    return [s for s in (s.strip() for s in sentencex.segment("en", text)) if s]


def _prose(paper: Paper, cues: Cues) -> Iterable[Statement]:
    if paper.abstract and paper.abstract_line:
        about = False
        for sentence in find_sentences(paper.abstract):
            about = cues.names_vesicles(sentence) or (about and bool(_THEY.match(sentence)))
            if about and not cues.about_itself.search(sentence):
                yield _sentence(Locator(kind="abstract", line=paper.abstract_line), sentence)
    for text, line in [
        *((paper.tldr, paper.tldr_line) for _ in [0] if paper.tldr and paper.tldr_line),
        *((k.text, k.line) for k in paper.key_findings),
    ]:
        for sentence in find_sentences(text or ""):
            yield _sentence(Locator(kind="key-finding", line=line or 1), sentence)


def _sentence(locator: Locator, sentence: str, references: tuple[int, ...] = ()) -> Statement:
    return Statement(locator, sentence, (Part("sentence", "", sentence),), references)


def _full_text(document: Document, cues: Cues) -> Iterable[Statement]:
    for block in document.blocks:
        if block.kind != "paragraph":
            continue
        for sentence in find_sentences(block.text):
            if cues.names_vesicles(sentence) and not cues.about_itself.search(sentence):
                cited = tuple(n for n in block.citations if _cites(sentence, n))
                yield _sentence(
                    Locator(kind="full-text", line=block.line, section=block.section or None),
                    sentence,
                    cited,
                )


def _cites(sentence: str, number: int) -> bool:
    """Tell whether a sentence prints a number in brackets: ``[3]``, ``[1,3]``, ``[2–5]``."""
    for group in re.findall(r"[\[(]([\d,;\s–-]+)[\])]", sentence):
        for item in re.split(r"[,;\s]+", group):
            ends = [int(n) for n in re.findall(r"\d+", item)]
            if ends and ends[0] <= number <= ends[-1]:
                return True
    return False
