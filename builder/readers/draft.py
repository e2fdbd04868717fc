"""A Document in the making, for layouts made of lines: each line of the seed has one fate.

A line is *recorded* (something in the Document stands in it), *reported* (a problem names it) or
*ignored* under the name of a rule. A reader takes lines in its own way; whatever it leaves without
a fate is reported here, so that nothing of a seed is lost silently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from builder.errors import Level, Problem
from builder.models.document import (
    Block,
    BlockKind,
    Citation,
    Coverage,
    Document,
    Entity,
    Figure,
    FrontMatter,
    Grid,
    Heading,
    WorkFields,
)
from builder.readers import marks
from builder.readers.abbreviations import find_abbreviations, split_pairs
from builder.readers.source import Source

_MISSING = ("title", "authors", "doi", "licence")
Lines = list[tuple[int, str]]


class Draft:
    """Collects what the lines of one seed hold. Line numbers are those of the seed."""

    def __init__(self, source: Source, layout: str) -> None:
        self.source, self.layout = source, layout
        self.work: dict[str, Any] = {}
        self.licence = self.source_url = ""
        self.places: list[tuple[str, int]] = []
        self.headings: list[Heading] = []
        self.blocks: list[Block] = []
        self.tables: list[Grid] = []
        self.citations: list[Citation] = []
        self.entities: list[Entity] = []
        self.figures: list[Figure] = []
        self.notes: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        self.problems: list[Problem] = []
        self.taken: set[int] = set()
        self.ignored: dict[int, str] = {}
        self.byline: Lines = []  # the lines that the authors were read from
        self.caption: tuple[str, str] | None = None
        self._rows: Lines = []

    # --- the fate of lines -----------------------------------------------------------------------

    def ignore(self, line: int, rule: str) -> None:
        """Leave a line out under a named rule."""
        self.ignored.setdefault(line, rule)

    def flag(  # noqa: PLR0913 (the parts of a problem)
        self,
        line: int,
        rule: str,
        expected: str,
        got: str = "",
        *,
        level: Level = "warning",
        field: str = "",
        hint: str = "",
    ) -> None:
        """Report a doubt about a line."""
        found = Problem(self.source.file, line, level, rule, expected, got, field, hint)
        self.problems.append(found)

    # --- what lines hold -------------------------------------------------------------------------

    def set(self, line: int, **fields: object) -> None:
        """Set fields of the paper itself that are not set yet."""
        self.taken.add(line)
        for name, value in fields.items():
            if value and not self.work.get(name):
                self.work[name] = value
                self.places.append((name, line))

    def set_licence(self, text: str, line: int) -> None:
        """Take a licence line."""
        self.licence = text
        self.places.append(("licence", line))

    def add_heading(self, level: int, text: str, line: int) -> None:
        """Add a heading."""
        self.headings.append(Heading(level, text, line))

    def add_block(self, kind: BlockKind, text: str, line: int, section: str = "") -> None:
        """Add a run of prose with the numbers that it cites."""
        self.blocks.append(Block(kind, text, line, section, marks.find_citations(text)))

    def add_figure(self, label: str, caption: str, line: int) -> None:
        """Add a figure; its caption is prose as well."""
        self.figures.append(Figure(label, caption, line))
        self.add_block("caption", caption, line, label)

    def add_pairs(self, text: str) -> bool:
        """Take abbreviations out of a line ``A, long; B, long``; return whether there are any."""
        found = list(split_pairs(text))
        self.pairs += found
        return bool(found)

    # --- tables ----------------------------------------------------------------------------------

    def add_row(self, line: int, text: str) -> None:
        """Add a line of a table; end_table makes tables of the rows so far."""
        self._rows.append((line, text))

    def end_table(self, *, abbreviations: bool = False) -> None:
        """Make tables of the rows so far; ``abbreviations``: they are a list of short forms."""
        rows, self._rows = self._rows, []
        if not rows:
            return
        self.taken.update(line for line, _ in rows)
        grids = marks.split_tables(rows, len(self.tables) + 1)
        if abbreviations:
            for grid in grids:
                for row in grid.rows:
                    texts = [cell.text for cell in row]
                    self.pairs += [p for p in zip(texts[::2], texts[1::2], strict=False) if all(p)]
            return
        if grids and self.caption:
            grids[0] = replace(grids[0], label=self.caption[0], caption=self.caption[1])
        self.caption = None
        for grid in grids:
            if not any(cell.header for cell in grid.rows[0]):
                self.flag(grid.line, "table-header", "a header row above a row of dashes", "none")
        self.tables += grids

    # --- the end ---------------------------------------------------------------------------------

    def finish(self) -> Document:
        """Return the Document; what no reader took is reported."""
        work = WorkFields(**self.work)
        for name, value in zip(
            _MISSING, (work.title, work.authors, work.doi, self.licence), strict=True
        ):
            if not value and not (name == "licence" and self.layout == "digest"):
                self.flag(
                    0, "seed-missing", f"the paper's {name}", "none", level="note", field=name
                )
        coverage = self._account()
        texts = [h.text for h in self.headings] + [b.text for b in self.blocks]
        texts += [c.text for g in self.tables for row in g.rows for c in row]
        abbreviations = dict(self.pairs)
        for short, long in find_abbreviations(texts):
            abbreviations.setdefault(short, long)
        return Document(
            layout=self.layout,
            file=self.source.file,
            sha256=self.source.sha256,
            front=FrontMatter(
                work=work,
                licence=self.licence,
                licence_url=marks.find_url(self.licence),
                source_url=self.source_url,
                lines=tuple(self.places),
            ),
            headings=tuple(self.headings),
            blocks=tuple(self.blocks),
            tables=tuple(self.tables),
            citations=tuple(self.citations),
            entities=tuple(self.entities),
            figures=tuple(self.figures),
            figures_note="\n".join(self.notes),
            abbreviations=tuple(abbreviations.items()),
            problems=tuple(self.problems),
            coverage=coverage,
        )

    def _account(self) -> Coverage:
        """Return how many lines went where; report those that no one took."""
        recorded = self.taken | {line for _, line in self.places}
        parts: Iterable[Iterable[Any]] = (
            self.headings, self.blocks, self.citations, self.entities, self.figures,
        )  # fmt: skip
        recorded |= {record.line for part in parts for record in part}
        reported = {problem.line for problem in self.problems}
        counts = {"recorded": 0, "reported": 0}
        ignored: dict[str, int] = {}
        lost: Lines = []
        for number, text in enumerate(self.source.lines, 1):
            if not text.strip():
                continue
            if number in recorded:
                counts["recorded"] += 1
            elif number in self.ignored:
                rule = self.ignored[number]
                ignored[rule] = ignored.get(rule, 0) + 1
            else:
                counts["reported"] += 1
                if number not in reported:
                    lost.append((number, text))
        for number, text in lost:
            self.flag(
                number,
                "line-unread",
                "a line that belongs to a part of the paper",
                repr(text.strip()[:60]),
            )
        total = sum(counts.values()) + sum(ignored.values())
        return Coverage(total, **counts, ignored=tuple(sorted(ignored.items())))
