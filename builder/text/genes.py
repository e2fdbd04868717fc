"""Genes that a text names: by the approved symbol (``SUFU``, mouse ``Sufu``) or by the whole name.

The list is content/genes.tsv. A symbol without a digit may be a word or another short form, so in
small letters it counts only beside words of genes: "Scx expression", "Scx, Tnmd and Mkx".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from builder.project import find_data
from builder.text import spelling

FILE = find_data("genes.tsv")
_DASH = re.escape(spelling.DASHES)
# GDF-15 is GDF15: one dash may stand between the letters and the number.
_SYMBOL = re.compile(
    rf"(?<![\w{_DASH}])(?:[A-Z][A-Z0-9]{{2,}}|[A-Z]{{2,}}[{_DASH}]\d+[A-Z]?)(?![\w*]|[{_DASH}]\d)"
)
_MOUSE = re.compile(rf"(?<![\w{_DASH}])[A-Z][a-z]{{1,5}}[a-z0-9]+(?![\w*]|[{_DASH}]\d)")
_OF_GENE = re.compile(
    r"[\s-]*(?:mRNA|genes?\b|expression|signal|pathway|axis|protein|levels?\b|transcript|promoter|"
    r"knock|silenc|overexpress|deficien|null\b|mediated|dependent|driven|positive|loss|⁺|\+|/[A-Z])"
)
_BESIDE = re.compile(r"\s*(?:,|/|&|,?\s+(?:and|or))\s*")
_TOKEN = re.compile(r"[A-Za-z0-9]+|[α-ω]")
_GAP = re.compile(rf"[\s{_DASH}/]{{0,2}}")
_MARKS = re.compile(r"[,()]")
_SHORTEST = 6  # letters of a name that is a single word
# Last words of names that say of which sort a gene is; as words of a text they say another thing.
_LOOSE = frozenset(["associated", "expressed", "like", "responsive", "related", "development"])


class Gene(NamedTuple):
    """A gene by its approved symbol: its number and name by the HGNC.

    ``reading`` tells how the symbol is read: "word" in capitals only, "name" not at all.
    """

    symbol: str
    curie: str
    name: str
    reading: str = ""


@cache
def read_genes() -> Mapping[str, Gene]:
    """Return the genes of content/genes.tsv by symbol, in capitals."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return MappingProxyType(
        {row[0].upper(): Gene(row[0], f"HGNC:{row[1]}", *row[2:4]) for row in rows}
    )


def find_genes(text: str) -> Iterator[tuple[int, int, Gene]]:
    """Yield (start, end, gene) of each gene that a text names, symbols first, then names."""
    found = list(_find_symbols(text))
    yield from found
    for start, end, gene in _find_names(text):
        if not any(s < end and start < e for s, e, _ in found):
            yield start, end, gene


def find_gene(name: str) -> Gene | None:
    """Return the gene of a whole name or symbol, or None."""
    for start, end, gene in find_genes(name):
        if (start, end) == (0, len(name)):
            return gene
    return None


def _find_symbols(text: str) -> Iterator[tuple[int, int, Gene]]:
    genes = read_genes()
    shouts = not any(c.islower() for c in text) and " " in text.strip()
    sure: list[tuple[int, int, Gene]] = []
    for match in _SYMBOL.finditer(text):
        gene = genes.get(re.sub(rf"[{_DASH}]", "", match.group()))
        plain = gene and not any(c.isdigit() for c in gene.symbol)
        if gene and gene.reading != "name" and not (plain and shouts):
            sure.append((match.start(), match.end(), gene))
    open_ = []
    for match in _MOUSE.finditer(text):
        gene = genes.get(match.group().upper())
        if not gene or gene.reading == "name":
            continue
        span = (match.start(), match.end(), gene)
        if any(c.isdigit() for c in gene.symbol):
            sure.append(span)
        elif not gene.reading:
            open_.append(span)
    yield from _keep_likely(text, sorted(sure), open_)


def _keep_likely(
    text: str, sure: list[tuple[int, int, Gene]], doubtful: list[tuple[int, int, Gene]]
) -> list[tuple[int, int, Gene]]:
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


def _find_names(text: str) -> Iterator[tuple[int, int, Gene]]:
    """Yield the whole names of genes: "macrophage migration inhibitory factor"."""
    tokens = [(m.start(), m.end(), _key(m.group())) for m in _TOKEN.finditer(text)]
    names = _names()
    at = 0
    while at < len(tokens):
        for words, gene in names.get(tokens[at][2], ()):
            span = tokens[at : at + len(words)]
            if tuple(t[2] for t in span) == words and _hangs_together(text, span):
                yield span[0][0], span[-1][1], gene
                at += len(words) - 1
                break
        at += 1


def _hangs_together(text: str, span: list[tuple[int, int, str]]) -> bool:
    ends = text[span[-1][1] : span[-1][1] + 1]
    inside = all(_GAP.fullmatch(text, a[1], b[0]) for a, b in pairwise(span))
    return inside and not (ends.isalnum() or ends == "_")


@cache
def _names() -> Mapping[str, tuple[tuple[tuple[str, ...], Gene], ...]]:
    """Return the names of genes as words, the longest first, by their first word."""
    known: dict[tuple[str, ...], list[Gene]] = {}
    for gene in read_genes().values():
        words = tuple(_key(w) for w in _TOKEN.findall(gene.name))
        alone = len(words) == 1 and len(words[0]) < _SHORTEST
        if not _MARKS.search(gene.name) and not alone and words[-1] not in _LOOSE:
            known.setdefault(words, []).append(gene)
    found: dict[str, list[tuple[tuple[str, ...], Gene]]] = {}
    for words in sorted(known, key=len, reverse=True):
        if len(known[words]) == 1:
            found.setdefault(words[0], []).append((words, known[words][0]))
    return MappingProxyType({first: tuple(names) for first, names in found.items()})


@cache
def _key(word: str) -> str:
    return spelling.american(spelling.GREEK.get(word, word.lower()))
