"""The list of references of an article page saved as text: its entries, line by line."""

from __future__ import annotations

import re
from dataclasses import replace

from builder.models.document import LABEL, Citation, find_labels, is_link_line, split_link_labels
from builder.readers.draft import URL, Draft, Lines, find_doi
from builder.readers.lines import HAS_YEAR, bare_line, is_heading, named_headings
from builder.readers.masthead import is_furniture
from builder.readers.references import parse_reference
from builder.readers.references.styles import read_lines
from builder.readers.words import form, match, search

_BARE_NUMBER = re.compile(r"^\[?(\d{1,4})[.)\]]?$")
_ONE_LABEL = re.compile(LABEL)
_GLUED_LABELS = re.compile(rf"(?:{LABEL}){{2,}}")
_LONG_ENTRY, _LEAST_ENTRY, _LONGEST_ENTRY = 40, 30, 700


class EntryList:
    """The entries read so far, and where the list stands. Line numbers are those of the seed."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.is_open = False
        self.open_entry = 0  # the last line of an entry that the next line may go on with
        self._parted = False  # a table or a caption stands behind the last line of an entry
        self._bulleted = True
        self._lines: list[str] = []  # of an entry whose number stands on a line of its own
        self._stacked = ""  # the last line of an entry whose names stand on lines of their own

    def open(self, number: int) -> None:
        """Begin the list below its heading, which stands in a line."""
        self.is_open, self.open_entry = True, 0
        rest = [text.strip() for text in self._draft.source.lines[number:] if text.strip()]
        first = [t for t in rest[:9] if not is_link_line(t) and not is_furniture(t)]
        marks = (form("entry_mark"), _BARE_NUMBER, form("close_number"))
        self._bulleted = not first or any(mark.match(t) for mark in marks for t in first[:2])

    def part(self) -> None:
        """Note a table or a caption, behind which the last entry may go on."""
        self._parted, self.open_entry = self._parted or self.open_entry > 0, 0

    def continues(self, line: str) -> bool:
        """Return whether a line outside the list is an entry: the next number, or a linked one."""
        last = self._draft.citations[-1].number if self._draft.citations else 0
        follows = last > 0 and _split_entry(line)[0] == last + 1 and len(line) > _LONG_ENTRY
        linked = bool(match("entry_mark", line)) and line.endswith("]") and bool(_labels(line))
        return (follows or linked) and bool(HAS_YEAR.search(line))

    def read(self, number: int, line: str) -> bool:
        """Take a line: an entry, its continuation, links; False for what stands behind the list."""
        draft = self._draft
        last = draft.citations[-1] if draft.citations else Citation(0, "", 0)
        if line.startswith(str(last.number + 1)):
            line = _part_number(line)
        rest = self._parted and _is_rest(last.printed, line)
        goes_on = rest or (bool(last.line) and self.open_entry == number - 1 and not last.labels)
        lone = _ONE_LABEL.fullmatch(line) and line.casefold() not in named_headings()
        if is_link_line(line) or lone or match("site_link", line):
            if last.line:
                draft.citations[-1] = replace(last, labels=(*last.labels, *find_labels(line)))
                draft.taken.add(number)
            else:
                draft.ignore(number, "link-labels")
            self.open_entry = 0
        elif bare := _BARE_NUMBER.match(line):
            self._read_number(int(bare[1]), number, page=line == bare[1] != str(last.number + 1))
        elif self._lines and self.open_entry and not HAS_YEAR.search(last.printed):
            self._lines = [*filter(None, self._lines), line]
            self._go_on(replace(last, fields=read_lines(self._lines)), number, line)
        elif self._stacked and self.open_entry:
            self._stack(last, number, line)
        elif not self._bulleted and not goes_on and match("name_alone", line):
            self.add(number, line)
            self._stacked = line
        elif match("entry_mark", line) or (
            self._is_plain_entry(line) and not (goes_on and not HAS_YEAR.search(last.printed))
        ):
            self.add(number, line)
        elif goes_on and (rest or not is_heading(line)):
            self._go_on(last, number, line)
        else:
            self.is_open, self._lines = False, []
            return False
        return True

    def _read_number(self, printed: int, number: int, *, page: bool) -> None:
        """Take a number alone on a line: of an entry, whose text follows, or of a page."""
        if page:
            self._draft.ignore(number, "page-number")
        else:
            self._draft.citations.append(Citation(printed, "", number))
            self.open_entry, self._lines = number, [""]

    def add(self, number: int, line: str) -> None:
        """Add an entry that begins in a line."""
        printed, text = _split_entry(line)
        last = self._draft.citations[-1].number if self._draft.citations else 0
        self._lines, self._stacked, self._parted = [], "", False
        entry = Citation(printed or last + 1, text, number, labels=_labels(text))
        self._draft.citations.append(entry)
        self.is_open, self.open_entry = True, number

    def _go_on(self, entry: Citation, number: int, line: str, between: str = " ") -> None:
        """Add a line to the last entry of the list."""
        text = f"{entry.printed}{between}{line}".strip()
        self._draft.citations[-1] = replace(entry, printed=text, labels=_labels(text))
        self._draft.taken.add(number)
        self.open_entry, self._parted = number, False

    def _stack(self, entry: Citation, number: int, line: str) -> None:
        """Add a line to an entry of names, year and title, and journal, a line each."""
        between = " "
        if match("name_alone", self._stacked) and match("name_alone", line):
            between = ", "
        elif self._stacked[-1].isalnum() and not line.startswith("("):
            between = ". "
        self._go_on(entry, number, line, between)
        self._stacked = line

    def _is_plain_entry(self, line: str) -> bool:
        """Return whether a line of a list without bullets begins an entry: it has a year."""
        named = line.casefold().rstrip(":") in named_headings()
        linked = bool(_labels(line)) and not named
        plain = not self._bulleted and (bool(match("entry_names", line)) or not is_heading(line))
        return (linked or plain) and bool(HAS_YEAR.search(line))


def find_unheaded(draft: Draft) -> int:
    """Return the line, from 1, where a list begins that has no heading, and report that.

    There two entries follow each other, but for links; 0 where there is no such list. A list under
    "Similar articles", or in a digest under a heading of its own, is of other works.
    """
    lines = [line.strip() for line in draft.source.lines]
    if any(match("references_heading", bare_line(line)) for line in lines):
        return 0
    kept = [(n, line) for n, line in enumerate(lines, 1) if line and not _is_link(line)]
    place, before, behind = 0, 0, -1
    while place < len(kept):
        length, above = _entry_length(kept, place), kept[place - 1][1] if place else ""
        other = (
            match("other_works", above)
            or match("cite_line", above)  # the paper itself, in several styles
            or (draft.layout == "digest" and above.startswith("#"))
        )
        if length and place == behind and before:
            got = "none; the list is taken to begin here"
            draft.flag(before, "references-heading", "a heading 'References'", got)
            return before
        if place != behind:
            before = kept[place][0] if length and not other else 0
        behind = place + length if length else -1
        place += length or 1
    return 0


def _is_link(line: str) -> bool:
    alone = (_ONE_LABEL.fullmatch, _GLUED_LABELS.fullmatch, URL.fullmatch)
    return is_link_line(line) or any(fits(line) for fits in alone) or bool(match("site_link", line))


def _entry_length(lines: Lines, place: int) -> int:
    """Return how many lines the entry has that begins at a place, 0 where none does.

    Its number, names, year with title, and journal may stand on lines of their own.
    """
    parts = [text for _, text in lines[place + 1 : place + 4]]
    if _BARE_NUMBER.match(lines[place][1]) and parts and not _BARE_NUMBER.match(parts[0]):
        inner = _entry_length(lines, place + 1)
        return 1 + (inner or len(parts)) if inner or read_lines(parts) else 0
    year = place
    # A run of names is tried from its first, so that the time does not grow with its square.
    first = not place or not match("name_alone", lines[place - 1][1])
    while first and year < len(lines) and match("name_alone", lines[year][1]):
        year += 1
    (_, dated), (_, journal), *_ = (*lines[year : year + 2], (0, ""), (0, ""))
    if year > place and match("year_and_title", dated) and search("volume_and_pages", journal):
        return year + 2 - place
    return int(_reads_as_reference(lines[place][1]))


def _reads_as_reference(line: str) -> bool:
    if not _LEAST_ENTRY < len(line) < _LONGEST_ENTRY or not HAS_YEAR.search(line):
        return False
    work, _ = parse_reference(_split_entry(_part_number(line))[1])
    return bool(work.authors and work.issued and (work.container or work.publisher))


def _is_rest(entry: str, line: str) -> bool:
    """Return whether a line ends an entry that a table cut: one of the two has the year."""
    dated = bool(HAS_YEAR.search(entry))
    unended = entry[-1:].isalpha() or entry.endswith((",", ":", "-", "–", "&"))
    ends = search("volume_and_pages", line) or find_doi(line)
    one = dated != bool(HAS_YEAR.search(line)) and not match("entry_mark", line)
    return bool(one and ends and (unended or not (dated or line[0].isupper())))


def _labels(text: str) -> tuple[str, ...]:
    return split_link_labels(text)[1]


def _part_number(line: str) -> str:
    """Return an entry with its number parted from the name that it is glued to."""
    close = match("close_number", line)
    return f"{close[1]}. {line[close.end() :]}" if close else line


def _split_entry(line: str) -> tuple[int, str]:
    """Return the number of an entry of the list, 0 where none is printed, and its text."""
    found = match("entry", line) if match("entry_mark", line) else None
    return (int(found[1] or found[2] or 0), found[3].strip()) if found else (0, line.strip())
