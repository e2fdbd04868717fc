"""Finds known names in a text: one automaton for all names, then the rules that a hit must pass.

The text is cut in pieces (see `text.spelling`) and scanned as one run of keys, so that the time
grows with the text and hardly with the number of names. A hit stands only where pieces begin and
end, and where what stands between its pieces fits the name.

Other ways to write a name that follow from a rule need no listing: stem, stromal or stem/stromal
cells, with and without "derived"; miR, miRNA, microRNA; Greek letters by name or by the letter that
looks like them; Roman numerals in figures. Lists may name the common part once: "MMP-3/13",
"miR-29a/b", "TGF-β1, -β2 and -β3". Each member is spelled out and looked up, none is guessed.
Where cells share their noun and only the tissue stands ("MSCs from adipose and bone marrow"), its
stem cell is meant.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import ahocorasick  # type: ignore[import-not-found]  # has no stubs

from builder.models import Term
from builder.text import spelling
from builder.text.nomenclature import Concept

_SOFT = re.compile(rf"[\s_'’{re.escape(spelling.DASHES)}{re.escape(spelling.MARKS)}]*")
_DASH = f"[{re.escape(spelling.DASHES)}]"
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
        """Return every name in a text, overlapping ones too, the longest first.

        The name counts, not its place: SF-36 stands before SF, of which 36 would be the grade.
        """
        scan = _Scan(text)
        found = list(self._check(scan, self._hits(scan)))
        if self.beneath:
            further = self.beneath()
            hits = (h for h in further._hits(scan) if h[2].key not in self.names)
            found += self._check(scan, hits, self.hidden)
        return sorted(found, key=lambda h: -len(h.cased))

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
    if not name.graded or other + 1 >= len(scan.at) or not re.fullmatch(_DASH, scan.gap(other + 1)):
        return False
    return scan.text[scan.starts[other + 1] : scan.ends[other + 1]].isdigit()


def _goes_on(scan: _Scan, other: int, name: Name) -> bool:
    """Return whether a symbol goes on behind the hit: BMP in BMP-7, miR-23a in miR-23a-5p."""
    gap = scan.gap(other + 1)
    behind = scan.text[scan.starts[other + 1] : scan.ends[other + 1]]
    if name.key in spelling.MIRNA_WORDS and _SOFT.fullmatch(gap) and behind[0].isdigit():
        return True
    if len(gap) != 1 or not re.fullmatch(_DASH, gap):
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


_STEM = re.compile(
    r"mesenchymal\s+(?:stem|stromal|stem[/ ]stromal|stromal[/ ]stem)\s+cells?", re.IGNORECASE
)
_STEM_WORDS = (
    "mesenchymal stem cell",
    "mesenchymal stromal cell",
    "mesenchymal stem/stromal cell",
    "mesenchymal stromal/stem cell",
    "mesenchymal stromal stem cell",
    "multipotent mesenchymal stromal cell",
    "MSC",
)
_PLAIN_STEM = re.compile(r"(?<!mesenchymal )(?:stem|stromal) cells?$", re.IGNORECASE)
_SLASHED = ("stem/stromal cell", "stromal/stem cell", "stromal (stem) cell")
_MIRNA = re.compile(r"^mi(?:R|RNA|croRNA)[-‐‑ ]?(?=\d)", re.IGNORECASE)
_MIRNA_WORDS = ("miR", "miRNA", "microRNA", "MiR", "MiRNA", "MicroRNA")
_LNCRNA = re.compile(r"^lncRNA[- ]", re.IGNORECASE)
_LNCRNA_WORDS = ("lncRNA", "lnc", "long noncoding RNA", "long non-coding RNA")
_CIRC = re.compile(r"^circ[_ -]?(?=\w)", re.IGNORECASE)
_CIRC_WORDS = ("circ", "circRNA", "circular RNA", "hsa circ", "mmu circ")
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN = re.compile(rf"(?<=[Tt]ype |agen )(?:{'|'.join(reversed(_NUMERALS))})\b")
# The Latin letter that is written for a Greek one behind a name: TNF-a, NF-kB.
_LATIN = {"α": "a", "β": "b", "γ": "g", "δ": "d", "κ": "k"}


def find_variants(term: Term | Concept) -> Iterator[str]:
    """Yield every spelling of a term: the names it lists, and what rules make of them."""
    names = [term.label, *([term.abbreviation] if term.abbreviation else []), *term.synonyms]
    for name in dict.fromkeys(names):
        yield name
        yield from _of_greek(name)
        yield from _of_roman(name)
        if term.kind in ("source", "cell"):
            yield from _of_cell(name)
        elif term.kind == "mechanism":
            yield from _of_rna(name)
            yield from _of_symbol(name)


def _of_greek(name: str) -> Iterator[str]:
    """``TNF-α`` is also written ``TNF-a``; only behind a letter, a digit or a hyphen."""
    for greek, latin in _LATIN.items() if not name.isascii() else ():
        if re.search(rf"[\w{re.escape(spelling.DASHES)}]{greek}", name):
            yield name.replace(greek, latin)


def _of_roman(name: str) -> Iterator[str]:
    """``Collagen type II`` is also written ``collagen type 2``."""
    if match := _ROMAN.search(name):
        yield f"{name[: match.start()]}{_NUMERALS.index(match.group()) + 1}{name[match.end() :]}"


def _of_cell(name: str) -> Iterator[str]:
    match = _STEM.search(name)
    if not match:
        if (plain := _PLAIN_STEM.search(name)) and plain.start():
            head = name[: plain.start()].strip()
            for link in (" ", "-derived ", " derived "):
                yield f"{head}{link}{plain.group()}"
                yield from (f"{head}{link}{words}" for words in _SLASHED)
        return
    head = re.sub(r"[\s-]+derived\s*$", "", name[: match.start()].strip(), flags=re.IGNORECASE)
    tail = name[match.end() :]
    for words in _STEM_WORDS:
        if not head:
            yield words + tail
            continue
        for link in (" ", "-derived ", " derived "):
            yield f"{head}{link}{words}{tail}"
        if not tail:
            for link in (" from ", " derived from ", " of ", " isolated from "):
                yield f"{words}{link}{head}"
                yield f"{words}{link}human {head}"
                yield f"{words}{link}the {head}"


def _of_rna(name: str) -> Iterator[str]:
    if match := _MIRNA.match(name):
        yield from (f"{word}-{name[match.end() :]}" for word in _MIRNA_WORDS)
    elif match := _LNCRNA.match(name):
        yield from (f"{word} {name[match.end() :]}" for word in _LNCRNA_WORDS)
    elif match := _CIRC.match(name):
        yield from (f"{word} {name[match.end() :]}" for word in _CIRC_WORDS)


def _of_symbol(name: str) -> Iterator[str]:
    """Yield a gene's symbol as for man (``MMP13``) and as for mouse (``Mmp13``)."""
    if re.fullmatch(rf"[A-Za-z]{{2,6}}[{re.escape(spelling.DASHES)} ]?\d+[A-Za-z]?", name):
        letters = re.match(r"[A-Za-z]+", name)
        if letters:
            rest = name[letters.end() :]
            yield letters.group().upper() + rest
            yield letters.group().capitalize() + rest


_GREEK = "α-ω"
_MOST = 8  # members of one list


_TAIL = re.compile(
    rf"(?P<link>\s?/\s?|\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|\s*&\s*)(?P<dash>{_DASH}?)"
    rf"(?P<tail>[35]p|\d{{1,4}}[a-d{_GREEK}]?\d?(?:{_DASH}[35]p)?|[a-d{_GREEK}]\d?(?:{_DASH}[35]p)?|"
    rf"I{{1,3}}|I?VI{{0,3}}|I?X|XI)(?![\w{_GREEK}])"
)


def find_elliptic(
    found: list[Mention], text: str, look_up: Callable[[str], tuple[str, str] | None]
) -> list[Mention]:
    """Return further members of lists whose first member is a mention.

    ``look_up`` gives the id and kind of a name.
    """
    members: list[Mention] = []
    taken = [(m.start, m.end) for m in found]
    for mention in found:
        head, at = mention.text, mention.end
        for _ in range(_MOST):
            tail = _TAIL.match(text, at)
            if not tail or any(s < tail.end() and tail.start("tail") < e for s, e in taken):
                break
            made = _spell_out(head, tail, text)
            known = look_up(made) if made else None
            if not made or not known or known[1] != mention.kind or known[0] == mention.term:
                break
            start = tail.start("dash") if tail["dash"] else tail.start("tail")
            members.append(
                replace(
                    mention,
                    term=known[0],
                    start=start,
                    end=tail.end(),
                    text=text[start : tail.end()],
                )
            )
            head, at = made, tail.end()
    return members


_ENDS = re.compile(r"\s*(?:$|[,;.:)/]|and\b|or\b|via\b|in\b|by\b|expression|levels?|were|was)")
_ARM = re.compile(rf"{_DASH}[35]p$")
_NUMBER = re.compile(rf"{_DASH}?\s?\d+[a-z{_GREEK}]?(?:{_DASH}[35]p)?$")
_LETTER = re.compile(rf"[a-d{_GREEK}]\d?(?:{_DASH}[35]p)?$")
_ROMAN_END = re.compile(r"\b[IVX]+$|(?<=\s)\d$")


def _spell_out(head: str, tail: re.Match[str], text: str) -> str | None:
    """Return the whole name of a tail: "IL-1β" and "6" give IL-6."""
    last = tail["tail"]
    bare = "/" not in tail["link"] and not tail["dash"]
    if re.fullmatch(r"[35]p", last):
        return _ARM.sub("", head) + f"-{last}" if tail["dash"] or not bare else None
    if re.fullmatch(r"[IVX]+", last):
        return _ROMAN_END.sub(last, head) if _ROMAN_END.search(head) else None
    if last[0].isdigit():
        if bare and not _ENDS.match(text, tail.end()):
            return None  # "IL-6 and 10 patients"
        stem = _NUMBER.sub("", head)
        return f"{stem}-{last}" if stem != head and stem else None
    if bare and last.isascii():
        return None  # "and a"
    stem = _LETTER.sub("", head)
    return f"{stem}{last}" if stem != head and stem else None


_SHARED_LINK = re.compile(
    rf"[{re.escape(spelling.DASHES)}]?\s*(?:,|/|,?\s*(?:and|or|&|versus|vs\.?))\s*", re.IGNORECASE
)
_SHARED_NOUN = re.compile(r"mesenchymal|\bMSCs?\b|stem|stromal", re.IGNORECASE)
_SHARED_BEHIND = re.compile(r"\b(?:from|of)\b", re.IGNORECASE)


def share_nouns(
    found: list[Mention], text: str, find_cell: Callable[[str], str | None]
) -> list[Mention]:
    """Return mentions with each such tissue read as its stem cell.

    ``find_cell`` gives the source of a name such as ``bone marrow mesenchymal stem cell``.
    """
    read = list(found)
    for place in range(1, len(read)):  # the noun in front: MSCs from A and B
        if _is_cell(read[place - 1], behind=True) and _linked(read, place, text):
            read[place] = _as_cell(read[place], find_cell)
    for place in range(len(read) - 1, 0, -1):  # the noun behind: A- and B-derived MSCs
        if _is_cell(read[place], behind=False) and _linked(read, place, text):
            read[place - 1] = _as_cell(read[place - 1], find_cell)
    return read


def _is_cell(mention: Mention, *, behind: bool) -> bool:
    if mention.kind != "source":
        return False
    named_behind = bool(_SHARED_BEHIND.search(mention.text))
    return bool(_SHARED_NOUN.search(mention.text) or mention.shared) and (
        named_behind == behind or mention.shared
    )


def _linked(read: list[Mention], place: int, text: str) -> bool:
    return bool(_SHARED_LINK.fullmatch(text[read[place - 1].end : read[place].start]))


def _as_cell(mention: Mention, find_cell: Callable[[str], str | None]) -> Mention:
    if mention.kind != "tissue":
        return mention
    cell = find_cell(f"{mention.text} mesenchymal stem cell")
    return replace(mention, term=cell, kind="source", shared=True) if cell else mention
