"""Other ways to write a name that follow from a rule, so that no term needs to list them.

Cells: stem, stromal or stem/stromal; with and without "derived"; the tissue in front or behind.
miRNA: miR, miRNA, microRNA. Greek letters: by name, or by the Latin letter that looks like them.
Roman numerals behind "type" or "collagen": in Arabic figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from builder.models import Term
from builder.text import spelling
from builder.text.nomenclature import Concept

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
    for greek, latin in _LATIN.items():
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
