"""A Document in the making, for layouts made of lines: each line of the seed has one fate.

A line is *recorded* (something in the Document stands in it), *reported* (a problem names it) or
*ignored* under the name of a rule. A reader takes lines in its own way; whatever it leaves without
a fate is reported here, so that nothing of a seed is lost silently. Beside it stand the small marks
that several layouts share: citation numbers, rows of tables, addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from builder.errors import Level, Problem
from builder.models.document import (
    Block,
    BlockKind,
    Cell,
    Citation,
    Coverage,
    Document,
    Entity,
    Figure,
    FrontMatter,
    Grid,
    Heading,
    WorkFields,
    count_fates,
    is_link_line,
)
from builder.readers.names import find_abbreviations, split_pairs
from builder.readers.source import Source
from builder.readers.words import search

_CELL_BREAK = re.compile(r"(?<!\\)\|")
URL = re.compile(r"https?://[^\s<>\"“”]+")
# Up to this many numbers are written out of a range such as [3–7]; more is no citation.
_MAX_RANGE = 200
_DASH = "[–—−-]"
NUMBERS = rf"\d{{1,4}}(?:\s*(?:[,;]|{_DASH})\s*\d{{1,4}})*"
_BRACKET = re.compile(rf"\[\s*({NUMBERS})\s*\]")
_RANGE = re.compile(rf"(\d+)\s*{_DASH}\s*(\d+)|(\d+)")
_LEAST_ROWS = 3  # of a table with bars inside only, and nothing else that shows a table
_MAX_IN_HEADING = 80


def find_citations(text: str) -> tuple[int, ...]:
    """Return the reference numbers cited in a text, in order: ``[3,5–7]`` gives 3, 5, 6, 7."""
    return expand_numbers(bracket[1] for bracket in _BRACKET.finditer(text))


def expand_numbers(groups: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of lists such as ``3,5–7``, each once."""
    found: dict[int, None] = {}
    for group in groups:
        for low, high, single in _RANGE.findall(group):
            if single:
                found[int(single)] = None
            elif int(low) <= int(high) < int(low) + _MAX_RANGE:
                found.update(dict.fromkeys(range(int(low), int(high) + 1)))
    return tuple(found)


def clean_url(url: str) -> str:
    """Return a URL found in prose without the punctuation that follows it."""
    url = url.rstrip(".,;:'’")
    while url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1].rstrip(".,;:")
    return url


def find_url(text: str) -> str:
    """Return the first URL of a text, or an empty string."""
    found = URL.search(text)
    return clean_url(found[0]) if found else ""


_LICENCE_URL = re.compile(r"https?://creativecommons\.org/[^\s<>()\"“”]+")


def find_licence_url(text: str) -> str:
    """Return the address of a licence: the one printed, else that of a Creative Commons name.

    ``CC BY-NC 4.0`` is the name of one licence; a name without a version is not.
    """
    if printed := _LICENCE_URL.search(text):
        return clean_url(printed[0])
    if not (named := search("licence_name", text)):
        return find_url(text)
    more = (named["more"] or "").casefold()
    parts = ["by", "nc" if named["nc"] else "", ("nd" if "n" in more else "sa") if more else ""]
    kind = "-".join(filter(None, parts))
    return f"https://creativecommons.org/licenses/{kind}/{named['version']}/"


_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"“”]+")


def find_doi(text: str) -> str:
    """Return the first DOI of a text, or an empty string."""
    found = _DOI.search(text)
    return clean_url(found[0]) if found else ""


_PMCID = re.compile(r"\bPMC\d{4,9}\b")
_PMID = re.compile(r"\bPMID:?\s*([1-9]\d{0,8})\b")


def find_ids(text: str) -> dict[str, str]:
    """Return the first DOI, PMID and PMCID of a text by field; what it lacks is absent."""
    pmid, pmcid = _PMID.search(text), _PMCID.search(text)
    found = {"doi": find_doi(text), "pmid": pmid and pmid[1], "pmcid": pmcid and pmcid[0]}
    return {name: value for name, value in found.items() if value}


# --- tables --------------------------------------------------------------------------------------


_BARE_NUMBER = re.compile(r"^\W*\d{0,4}[.)\]]?$")


def find_table_lines(lines: Sequence[str]) -> set[int]:
    """Return the numbers, from 1, of the lines that are rows of tables.

    A row has an outer bar; or bars inside, beside a row of dashes or in a run of equally wide rows;
    or tabs, in a run of such lines.
    """
    found = {n for n, line in enumerate(lines, 1) if line.lstrip().startswith("|")}
    wide = [0 if n in found else len(_CELL_BREAK.findall(line)) for n, line in enumerate(lines, 1)]
    wide = [0 if is_link_line(line.strip()) else w for w, line in zip(wide, lines, strict=True)]
    for start, end in _runs([w > 0 for w in wide]):
        ruled = next((i for i in range(start, end) if _is_separator(lines[i])), None)
        same = len({wide[i] for i in range(start, end)}) == 1 and wide[start] > 1
        if ruled is not None:
            near = range(max(start, ruled - 1), end)
            # Prose with one bar in it may follow.
            found.update(n + 1 for n in near if wide[n] * 3 >= wide[ruled])
        elif same and end - start >= _LEAST_ROWS:
            found.update(range(start + 1, end + 1))
    tabs = ["\t" in line.strip(" ") for line in lines]
    for n, line in enumerate(lines[1:-1], 1):
        # Word puts a blank line between the rows.
        if not line.strip() and tabs[n - 1] and "\t" in lines[n + 1].strip(" "):
            tabs[n] = lines[n - 1].count("\t") == lines[n + 1].count("\t")
    for start, end in list(_runs(tabs)):
        # A heading of one cell may part the rows of one table.
        if (
            end + 1 < len(lines)
            and tabs[end + 1]
            and 0 < len(lines[end].strip()) <= _MAX_IN_HEADING
        ):
            tabs[end] = lines[start].count("\t") == lines[end + 1].count("\t") > 1
    for start, end in _runs(tabs):
        rows = [line.split("\t") for line in lines[start:end] if line.strip()]
        numbered = sum(bool(_BARE_NUMBER.match(row[0])) for row in rows) * 2 > len(rows)
        if len(rows) > 1 and not (numbered and max(map(len, rows)) == 2):  # noqa: PLR2004 (a list)
            found.update(n + 1 for n in range(start, end) if lines[n].strip())
    return found


def _runs(flags: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """Yield (start, end) of each run of true flags."""
    start = None
    for place, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = place
        elif not flag and start is not None:
            yield start, place
            start = None


# A cell of dashes below a header; a lone "-" in a cell says "none" and is data.
_DASHES = re.compile(r":-+:?|-+:|-{2,}")


def _is_separator(line: str) -> bool:
    if "--" not in line and ":-" not in line and "-:" not in line:
        return False
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return all(_DASHES.fullmatch(cell) for cell in cells)


def _split_row(line: str, number: int, header: bool) -> tuple[Cell, ...]:
    if _CELL_BREAK.search(line):
        inner = line.strip().removeprefix("|")
        parts = _CELL_BREAK.split(inner)
        if parts and not parts[-1].strip() and inner.endswith("|"):
            parts.pop()
    else:
        parts = line.strip(" ").split("\t")
    texts = [part.strip().replace("\\|", "|") for part in parts]
    return tuple(Cell(t, number, header=header, citations=find_citations(t)) for t in texts)


def split_tables(rows: Sequence[tuple[int, str]], first: int = 1) -> list[Grid]:
    """Return the tables of a run of rows, given as (line number, line).

    Tables that run together part at each header row, which is the row above a row of dashes; the
    first row of a table with tabs is its header. Cells stay as printed, however many a row has.
    Tables are numbered from ``first``.
    """
    starts = [i - 1 for i in range(1, len(rows)) if _is_separator(rows[i][1])]
    tabbed = not starts and not any(_CELL_BREAK.search(line) for _, line in rows)
    if tabbed:
        starts = _find_tabbed_headers([line.split("\t") for _, line in rows])
    if not starts or starts[0] != 0:
        starts = [0, *(s for s in starts if s > 0)]
    grids: list[Grid] = []
    for begin, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        has_header = tabbed or (begin + 1 < end and _is_separator(rows[begin + 1][1]))
        cells = [
            _split_row(line, number, header=has_header and i == begin)
            for i, (number, line) in enumerate(rows[begin:end], begin)
            if not _is_separator(line)
        ]
        if cells:
            grids.append(Grid(first + len(grids), tuple(cells), rows[begin][0]))
    return grids


def _find_tabbed_headers(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return where tables of other widths begin in a run of rows: at a row of short cells."""
    widths = [len(row) for row in rows]
    return [
        i
        for i in range(2, len(rows) - 1)
        if widths[i] == widths[i + 1] != widths[i - 1] == widths[i - 2]
        and all(0 < len(cell.strip()) <= _MAX_IN_HEADING for cell in rows[i])
        and not any(find_citations(cell) for cell in rows[i])
    ]


def group_problems(problems: Sequence[Problem], most: int = 3) -> list[Problem]:
    """Return problems, those of one kind made one where there are more than ``most``.

    The one stands at the first place and names the count and the first three places.
    """
    kinds: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.rule, problem.level, problem.field), []).append(problem)
    grouped = []
    for problem in problems:
        found = kinds[problem.rule, problem.level, problem.field]
        if len(found) <= most:
            grouped.append(problem)
        elif problem is found[0]:
            places = ", ".join(str(p.line) for p in found[:3])
            got = f"{len(found)} times another (lines {places} …), first {problem.got or 'nothing'}"
            grouped.append(replace(problem, got=got))
    return grouped


Lines = list[tuple[int, str]]
_LISTS = ("headings", "blocks", "tables", "citations", "entities", "figures", "problems")


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

    def set_title(self, line: int, title: str) -> None:
        """Take the paper's title, which is its first heading."""
        self.set(line, title=title)
        self.add_heading(1, title, line)

    def set_licence(self, text: str, line: int) -> None:
        """Take a licence line."""
        self.licence = text
        self.places.append(("licence", line))

    def set_source(self, url: str, line: int) -> None:
        """Take the address that the seed was taken from."""
        self.source_url = url
        self.places.append(("source_url", line))

    def add_heading(self, level: int, text: str, line: int) -> None:
        """Add a heading."""
        self.headings.append(Heading(level, text, line))

    def add_block(self, kind: BlockKind, text: str, line: int, section: str = "") -> None:
        """Add a run of prose with the numbers that it cites."""
        self.blocks.append(Block(kind, text, line, section, find_citations(text)))

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
        grids = split_tables(rows, len(self.tables) + 1)
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
        held = {"title": work.title, "authors": work.authors, "doi": work.doi}
        held |= {} if self.layout == "digest" else {"licence": self.licence}
        for name in (name for name, value in held.items() if not value):
            self.flag(0, "seed-missing", f"the paper's {name}", "none", level="note", field=name)
        seen: set[int] = set()
        for citation in self.citations:
            if citation.number in seen:
                got = f"number {citation.number} twice"
                expected = "a number of its own for each reference"
                self.flag(citation.line, "reference-number", expected, got)
            seen.add(citation.number)
        coverage = self._account()
        texts = [h.text for h in self.headings] + [b.text for b in self.blocks]
        texts += [c.text for g in self.tables for row in g.rows for c in row]
        abbreviations = dict(self.pairs)
        for short, long in find_abbreviations(texts):
            abbreviations.setdefault(short, long)
        front = FrontMatter(
            work=work,
            licence=self.licence,
            licence_url=find_licence_url(self.licence),
            source_url=self.source_url,
            lines=tuple(self.places),
        )
        lists: dict[str, Any] = {name: tuple(getattr(self, name)) for name in _LISTS}
        return Document(
            layout=self.layout,
            file=self.source.file,
            sha256=self.source.sha256,
            front=front,
            figures_note="\n".join(self.notes),
            abbreviations=tuple(abbreviations.items()),
            coverage=coverage,
            **lists,
        )

    def _account(self) -> Coverage:
        """Return how many lines went where; report those that no one took."""
        recorded = self.taken | {line for _, line in self.places}
        parts: Iterable[Iterable[Any]] = (
            self.headings, self.blocks, self.citations, self.entities, self.figures,
        )  # fmt: skip
        recorded |= {record.line for part in parts for record in part}
        reported = {problem.line for problem in self.problems}
        fates: list[tuple[str, int]] = []
        for number, text in enumerate(map(str.strip, self.source.lines), 1):
            if not text:
                continue
            fate = "recorded" if number in recorded else self.ignored.get(number, "reported")
            fates.append((fate, len(text)))
            if fate == "reported" and number not in reported:
                expected = "a line that belongs to a part of the paper"
                self.flag(number, "line-unread", expected, repr(text[:60]))
        return count_fates(fates)
