"""Finds known names in a text: one automaton for all names, then the rules that a hit must pass.

The text is cut in pieces (see `text.spelling`) and scanned as one run of keys, so that the time
grows with the text and hardly with the number of names. A hit stands only where pieces begin and
end, and where what stands between its pieces fits the name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ahocorasick  # type: ignore[import-not-found]  # has no stubs

from builder.text import spelling

_SOFT = re.compile(rf"[\s_'’{re.escape(spelling.DASHES)}{re.escape(spelling.MARKS)}]*")
_DASH = re.compile(rf"[{re.escape(spelling.DASHES)}]")
_NEGATED = re.compile(rf"\bnon[{re.escape(spelling.DASHES)}]$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_BEFORE_DIGIT = re.compile(r"[^\W\d](?=\d)")
_MIRNA_ARM = re.compile(r"\d+|[35]p")


@dataclass(frozen=True, slots=True)
class Mention:
    """A term named in a text. ``term`` is empty where the reading is open; see ``candidates``.

    ``start`` and ``end`` are offsets into the text as given; ``species`` are the donors that a
    letter before an abbreviation allows (``rBMSC``: rat or rabbit). ``shared`` says that only the
    tissue stands there and the noun stands with its neighbour (``adipose and bone marrow MSC``).
    """

    term: str
    kind: str
    start: int
    end: int
    text: str
    candidates: tuple[str, ...] = ()
    species: tuple[str, ...] = ()
    shared: bool = False


@dataclass(slots=True)
class Name:
    """All that is known of one key: who has it, in which letter case, and where it may be parted.

    ``free`` are the owners in any letter case, ``cased`` the owners of a spelling. ``spaces`` are
    the places in the key where white space may stand, ``marks`` where another character does.
    ``graded`` allows a number behind it that names a grade: GelMA-60.
    """

    key: str
    free: set[str] = field(default_factory=set)
    cased: dict[str, set[str]] = field(default_factory=dict)
    spaces: set[int] = field(default_factory=set)
    marks: dict[int, set[str]] = field(default_factory=dict)
    symbol: bool = False
    graded: bool = False

    def owners(self, cased: str) -> set[str]:
        """Return the terms that have this name in this letter case."""
        return self.free | self.cased.get(cased, set())


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found: offsets into the text as given, and the terms that have it.

    ``letter`` is the species letter that stood before a cell's abbreviation.
    """

    start: int
    end: int
    owners: frozenset[str]
    cased: str
    letter: str = ""


class _Scan:
    """A text in pieces: parallel lists of offsets, keys, and places in the run of keys."""

    __slots__ = ("at", "cased", "ends", "first", "last", "letters", "run", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.cased: list[str] = []
        self.letters: set[int] = set()
        self.at: list[int] = []
        keys: list[str] = []
        place = 0
        word_pieces = spelling.word_pieces
        for match in _WORD.finditer(text):
            offset = match.start()
            for start, end, key, cased, letter in word_pieces(match.group()):
                if letter:
                    self.letters.add(len(keys))
                self.starts.append(offset + start)
                self.ends.append(offset + end)
                self.cased.append(cased)
                self.at.append(place)
                keys.append(key)
                place += len(key)
        self.run = "".join(keys)
        self.first = {p: n for n, p in enumerate(self.at)}
        self.last = {p + len(k) - 1: n for n, (p, k) in enumerate(zip(self.at, keys, strict=True))}

    def gap(self, number: int) -> str:
        """Return what stands before a piece."""
        return self.text[self.ends[number - 1] if number else 0 : self.starts[number]]


class Matcher:
    """A set of names with their owners; add all, then find.

    ``beneath`` gives further names, many and always the same: they count where no name added here
    has their key, and not for the owners in ``hidden``.
    """

    def __init__(
        self, beneath: Callable[[], Matcher] | None = None, hidden: Collection[str] = ()
    ) -> None:
        self.names: dict[str, Name] = {}
        self.beneath = beneath
        self.hidden = frozenset(hidden)
        self._automaton: ahocorasick.Automaton | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return all but the automaton, which is made anew on whatever machine."""
        return {**self.__dict__, "_automaton": None}

    def add(
        self, written: str, owner: str, *, cased: bool | None = None, graded: bool = False
    ) -> None:
        """Add a name of a term. ``cased`` says whether letter case counts (default: if short)."""
        pieces = spelling.find_pieces(written)
        key = "".join(p.key for p in pieces)
        if len(key) < 2:  # noqa: PLR2004 (a single letter is no name)
            return
        name = self.names.setdefault(key, Name(key))
        short = spelling.is_short(written)
        name.symbol = name.symbol or short or any(c.isdigit() for c in key)
        name.graded = name.graded or graded
        if short if cased is None else cased:
            name.cased.setdefault("".join(p.cased for p in pieces), set()).add(owner)
        else:
            name.free.add(owner)
        place = 0
        for piece in pieces:
            if place and piece.gap:
                if _SOFT.fullmatch(piece.gap):
                    name.spaces.add(place)
                else:
                    name.marks.setdefault(place, set()).add(_bare(piece.gap))
            place += len(piece.key)
        name.spaces.update(m.end() for m in _BEFORE_DIGIT.finditer(key))
        self._automaton = None

    def owners(self, written: str) -> frozenset[str]:
        """Return the terms that have exactly this name, by letter case where any has it so."""
        pieces = spelling.find_pieces(written)
        name = self.names.get("".join(p.key for p in pieces))
        if not name:
            return self.beneath().owners(written) - self.hidden if self.beneath else frozenset()
        fitting = name.owners("".join(p.cased for p in pieces))
        return frozenset(fitting or set().union(*name.cased.values()))

    def find(self, text: str) -> list[Hit]:
        """Return every name in a text, overlapping ones too, in no special order."""
        scan = _Scan(text)
        found = list(self._check(scan, self._hits(scan)))
        if self.beneath:
            further = self.beneath()
            hits = (h for h in further._hits(scan) if h[2].key not in self.names)
            found += self._check(scan, hits, self.hidden)
        return found

    def _hits(self, scan: _Scan) -> Iterator[tuple[int, int, Name]]:
        if not self.names:
            return
        if self._automaton is None:
            automaton = ahocorasick.Automaton()
            for key, name in self.names.items():
                automaton.add_word(key, (len(key) - 1, name))
            automaton.make_automaton()
            self._automaton = automaton
        first, last = scan.first, scan.last
        for end, (back, name) in self._automaton.iter(scan.run):
            if end in last and end - back in first:
                yield first[end - back], last[end], name

    @staticmethod
    def _check(
        scan: _Scan, hits: Iterable[tuple[int, int, Name]], hidden: frozenset[str] = frozenset()
    ) -> Iterator[Hit]:
        for one, other, name in hits:
            cased = "".join(scan.cased[one : other + 1])
            owners = name.owners(cased) - hidden
            if not owners or not _fits(scan, one, other, name):
                continue
            letter = ""
            if one and one - 1 in scan.letters:
                letter = scan.cased[one - 1]
            end = scan.ends[other + 1] if _has_grade(scan, other, name) else scan.ends[other]
            yield Hit(scan.starts[one], end, frozenset(owners), cased, letter)


def _fits(scan: _Scan, one: int, other: int, name: Name) -> bool:
    """Return whether what stands inside, before and behind a hit allows it."""
    base = scan.at[one]
    for number in range(one + 1, other + 1):
        gap = scan.gap(number)
        if gap and not _gap_fits(gap, scan.at[number] - base, name):
            return False
    if _NEGATED.search(scan.text, max(0, scan.starts[one] - 5), scan.starts[one]):
        return False
    return not (name.symbol and other + 1 < len(scan.at) and _goes_on(scan, other, name))


def _gap_fits(gap: str, place: int, name: Name) -> bool:
    if not _SOFT.fullmatch(gap):
        return _bare(gap) in name.marks.get(place, ())
    if place in name.spaces:
        return True
    if any(c.isspace() for c in gap):
        return False
    # A dash between two digits parts numbers (Ang 1-7), else it is only another spelling.
    return not (name.key[place].isdigit() and name.key[place - 1].isdigit())


def _has_grade(scan: _Scan, other: int, name: Name) -> bool:
    """Return whether the number of a grade stands behind the hit: GelMA-60."""
    if not name.graded or other + 1 >= len(scan.at) or not _DASH.fullmatch(scan.gap(other + 1)):
        return False
    return scan.text[scan.starts[other + 1] : scan.ends[other + 1]].isdigit()


def _goes_on(scan: _Scan, other: int, name: Name) -> bool:
    """Return whether a symbol goes on behind the hit: BMP in BMP-7, miR-23a in miR-23a-5p."""
    gap = scan.gap(other + 1)
    behind = scan.text[scan.starts[other + 1] : scan.ends[other + 1]]
    if name.key in spelling.MIRNA_WORDS and _SOFT.fullmatch(gap) and behind[0].isdigit():
        return True
    if len(gap) != 1 or not _DASH.fullmatch(gap):
        return False
    if name.key.startswith(spelling.MIRNA_WORDS):
        return bool(_MIRNA_ARM.fullmatch(behind))
    if _has_grade(scan, other, name):
        return False
    return behind[0].isdigit() and not behind.endswith("D")


def _bare(gap: str) -> str:
    """Return the marks of a gap without spaces; all dashes and slashes are one."""
    return "".join("/" if c in spelling.DASHES + "/" else c for c in gap if not c.isspace())


def choose_longest(hits: Iterable[Hit]) -> list[Hit]:
    """Return hits that don't overlap, the longest first served, in the order of the text."""
    taken: list[tuple[int, int]] = []
    chosen = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
        place = bisect_left(taken, (hit.start, hit.end))
        if place and taken[place - 1][1] > hit.start:
            continue
        if place < len(taken) and taken[place][0] < hit.end:
            continue
        taken.insert(place, (hit.start, hit.end))
        chosen.append(hit)
    return sorted(chosen, key=lambda h: h.start)
