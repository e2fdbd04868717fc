"""Genes that a text names: by symbol (``SUFU``, mouse ``Sufu``), alias (``JNK1``) or whole name.

The table is content/lexicons/genes.tsv. A symbol or alias without a digit may be a word or another
short form, so in small letters it counts only beside words of genes: "Scx expression", "Scx, Tnmd
and Mkx".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from builder.project import CONTENT, find_data
from builder.text import read_rows, spelling

TABLE = "lexicons/genes.tsv"  # below content/
_DASH = re.escape(spelling.DASHES)
# Mixed forms are plain too: GPx4, FoxO3, RalA; CCl4 is carbon tetrachloride.
_MIXED = r"(?!CCl)(?:[A-Z]{2,}[a-z]\d[a-z0-9]?|[A-Z][a-z]+[A-Z]\d[a-z0-9]?|[A-Z][a-z]{2,}[A-Z])"
_SHORTEST = 6  # letters of a name that is a single word
_LONGEST_ALIAS = 4  # pieces of it: MIP-1-beta
_SHORTEST_ALIAS = 4
_ALIAS_GAP = re.compile(rf"[{_DASH}]?")
_ALIAS_GOES_ON = re.compile(rf"[\w*]|[{_DASH}]\d")
# Last words of names that say of which sort a gene is; as words of a text they say another thing.
_LOOSE = frozenset(["associated", "expressed", "like", "responsive", "related", "development"])


class Gene(NamedTuple):
    """A gene by its approved symbol: its number, name and aliases by the HGNC.

    ``reading`` says how the symbol is read: "word" in capitals only, "name" not at all.
    """

    symbol: str
    curie: str
    name: str
    reading: str = ""
    aliases: tuple[str, ...] = ()


_Found = tuple[int, int, Gene]


def read_genes(content: Path = CONTENT) -> Genes:
    """Return the genes of a project."""
    return _read_genes(find_data(TABLE, content))


@cache
def _read_genes(file: Path) -> Genes:
    return Genes(file)


# GDF-15 is GDF15: one dash may stand between the letters and the number.
_SYMBOL = re.compile(
    rf"(?<![\w{_DASH}])(?:[A-Z][A-Z0-9]{{2,}}|[A-Z]{{2,}}[{_DASH}]\d+[A-Z]?)(?![\w*]|[{_DASH}](?:\d|IN-\d))"
)
_MOUSE = re.compile(
    rf"(?<![\w{_DASH}])(?:[A-Z][a-z]{{1,5}}[a-z0-9]*(?:[a-z0-9]|\d[A-Z])|(?P<mixed>{_MIXED}))"
    rf"(?![\w*]|[{_DASH}]\d)"
)
_TOKEN = re.compile(r"[A-Za-z0-9]+|[α-ω]")
_MARKS = re.compile(r"[,()]")


class Genes:
    """The genes of a table, read when first asked for. ``by_symbol`` has them in capitals."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @cached_property
    def by_symbol(self) -> Mapping[str, Gene]:
        """The genes by symbol, in capitals."""
        found = {}
        for row in read_rows(self.file):
            symbol, number, name, reading, aliases = [*row, "", ""][:5]
            others = tuple(aliases.split("|")) if aliases else ()
            found[symbol.upper()] = Gene(symbol, f"HGNC:{number}", name, reading, others)
        return MappingProxyType(found)

    @cached_property
    def _by_alias(self) -> Mapping[str, tuple[str, Gene]]:
        """The aliases, as written, by their key: ``mip1beta``."""
        every = ((a, g) for g in self.by_symbol.values() for a in g.aliases if " " not in a)
        return {spelling.match_key(a): (a, g) for a, g in every}

    def find(self, text: str) -> Iterator[_Found]:
        """Yield (start, end, gene) of each gene that a text names: symbols, aliases, names."""
        found = list(self._find_symbols(text))
        yield from found
        for start, end, gene in self._find_names(text):
            if not any(s < end and start < e for s, e, _ in found):
                yield start, end, gene

    def find_whole(self, name: str) -> Gene | None:
        """Return the gene of a whole name or symbol, or None."""
        whole = (gene for start, end, gene in self.find(name) if (start, end) == (0, len(name)))
        return next(whole, None)

    def _find_symbols(self, text: str) -> Iterator[_Found]:
        shouts = not any(c.islower() for c in text) and " " in text.strip()
        sure: list[_Found] = []
        open_: list[_Found] = []
        for match in _SYMBOL.finditer(text):
            gene = self.by_symbol.get(re.sub(rf"[{_DASH}]", "", match.group()))
            plain = gene and not any(c.isdigit() for c in gene.symbol)
            if gene and gene.reading != "name":
                (open_ if plain and shouts else sure).append((match.start(), match.end(), gene))
        for match in _MOUSE.finditer(text):
            gene = self.by_symbol.get(match.group().upper())
            numbered = gene and (match["mixed"] or any(c.isdigit() for c in gene.symbol))
            if gene and gene.reading != "name" and (numbered or not gene.reading):
                (sure if numbered else open_).append((match.start(), match.end(), gene))
        for one, certain in self._find_aliases(text):
            if not any(s < one[1] and one[0] < e for s, e, _ in [*sure, *open_]):
                (sure if certain and not shouts else open_).append(one)
        yield from _keep_likely(text, sorted(sure), sorted(open_))

    def _find_aliases(self, text: str) -> Iterator[tuple[_Found, bool]]:
        """Yield the aliases in a text, the longest first, and whether each can mean nothing else.

        Those with a figure or that are a long word are certain; letter case counts in others.
        """
        pieces = spelling.find_pieces(text)
        at = 0
        while at < len(pieces):
            for end in range(min(at + _LONGEST_ALIAS, len(pieces)), at, -1):
                key = "".join(p.key for p in pieces[at:end])
                if len(key) < _SHORTEST_ALIAS or key not in self._by_alias:
                    continue
                span = pieces[at].start, pieces[end - 1].end
                alias, gene = self._by_alias[key]
                if not _stands_alone(text, pieces[at:end], span):
                    continue
                words = text[slice(*span)]
                figure = any(c.isdigit() for c in key) and any(c.isupper() for c in words)
                word = alias.isalpha() and len(alias) > _SHORTEST and not alias.isupper()
                if figure or word or spelling.cased_key(words) == spelling.cased_key(alias):
                    yield (*span, gene), figure or word
                    at = end - 1
                    break
            at += 1

    def _find_names(self, text: str) -> Iterator[_Found]:
        """Yield the whole names of genes: "macrophage migration inhibitory factor"."""
        tokens = [(m.start(), m.end(), _key(m.group())) for m in _TOKEN.finditer(text)]
        at = 0
        while at < len(tokens):
            for words, gene in self._names.get(tokens[at][2], ()):
                span = tokens[at : at + len(words)]
                if tuple(t[2] for t in span) == words and _hangs_together(text, span):
                    yield span[0][0], span[-1][1], gene
                    at += len(words) - 1
                    break
            at += 1

    @cached_property
    def _names(self) -> Mapping[str, tuple[tuple[tuple[str, ...], Gene], ...]]:
        """The names of genes as words, the longest first, by their first word."""
        known: dict[tuple[str, ...], list[Gene]] = {}
        every = [
            (name, gene)
            for gene in self.by_symbol.values()
            for name in (gene.name, *(a for a in gene.aliases if " " in a))
        ]
        for name, gene in every:
            words = tuple(_key(w) for w in _TOKEN.findall(name))
            alone = len(words) == 1 and len(words[0]) < _SHORTEST
            if not _MARKS.search(name) and not alone and words[-1] not in _LOOSE:
                known.setdefault(words, []).append(gene)
        found: dict[str, list[tuple[tuple[str, ...], Gene]]] = {}
        for words in sorted(known, key=len, reverse=True):
            if len(known[words]) == 1:
                found.setdefault(words[0], []).append((words, known[words][0]))
        return MappingProxyType({first: tuple(names) for first, names in found.items()})


def _stands_alone(text: str, pieces: Sequence[spelling.Piece], span: tuple[int, int]) -> bool:
    """Return whether pieces are one name: only a dash between them, no more of it around them."""
    if any(not _ALIAS_GAP.fullmatch(piece.gap) for piece in pieces[1:]):
        return False
    before, behind = text[max(0, span[0] - 1) : span[0]], text[span[1] : span[1] + 2]
    part = before.isalnum() or (before and before in spelling.DASHES)
    return not part and not _ALIAS_GOES_ON.match(behind)


_OF_GENE = re.compile(
    r"[\s-]*(?:mRNA|genes?\b|expression|signal|pathway|axis|protein|levels?\b|transcript|promoter|"
    r"knock|silenc|overexpress|deficien|null\b|mediated|dependent|driven|positive|loss|⁺|\+|/[A-Z])"
)
_BESIDE = re.compile(r"\s*(?:,|/|&|,?\s+(?:and|or))\s*")


def _keep_likely(text: str, sure: list[_Found], doubtful: list[_Found]) -> list[_Found]:
    """Return symbols with the doubtful ones that stand beside words or other symbols of genes."""
    kept = {*sure, *(one for one in doubtful if _OF_GENE.match(text, one[1]))}
    spans = sorted([*sure, *doubtful])
    listed = [_BESIDE.fullmatch(text, a[1], b[0]) is not None for a, b in pairwise(spans)]
    for number in (*range(len(listed)), *reversed(range(len(listed)))):
        pair = {spans[number], spans[number + 1]}
        # One that is sure vouches for its neighbour, and three in a row for each other.
        if listed[number] and (pair & kept or listed[number + 1 : number + 2] == [True]):
            kept |= pair
    return sorted(kept)


_GAP = re.compile(rf"[\s{_DASH}/]{{0,2}}")


def _hangs_together(text: str, span: list[tuple[int, int, str]]) -> bool:
    ends = text[span[-1][1] : span[-1][1] + 1]
    inside = all(_GAP.fullmatch(text, a[1], b[0]) for a, b in pairwise(span))
    return inside and not (ends.isalnum() or ends == "_")


@cache
def _key(word: str) -> str:
    return spelling.american(spelling.GREEK.get(word, word.lower()))
