"""Other ways to write a name that follow from a rule, so that no term needs to list them.

Cells: stem, stromal or stem/stromal; with and without "derived"; the tissue in front or behind.
miRNA: miR, miRNA, microRNA. Greek letters: by name, or by the Latin letter that looks like them.
Roman numerals behind "type" or "collagen": in Arabic figures.

Lists may name the common part once: "MMP-3/13", "miR-29a/b", "TGF-β1, -β2 and -β3". Each member is
spelled out and looked up; nothing is guessed that the vocabulary does not hold. Where cells share
their noun and only the tissue stands ("MSCs from adipose and bone marrow"), its stem cell is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from builder.extract.matcher import Mention
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


_DASH = f"[{re.escape(spelling.DASHES)}]"
_GREEK = "α-ω"
_TAIL = re.compile(
    rf"(?P<link>\s?/\s?|\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|\s*&\s*)(?P<dash>{_DASH}?)"
    rf"(?P<tail>[35]p|\d{{1,4}}[a-d{_GREEK}]?\d?(?:{_DASH}[35]p)?|[a-d{_GREEK}]\d?(?:{_DASH}[35]p)?|"
    rf"I{{1,3}}|I?VI{{0,3}}|I?X|XI)(?![\w{_GREEK}])"
)
_ENDS = re.compile(r"\s*(?:$|[,;.:)/]|and\b|or\b|via\b|in\b|by\b|expression|levels?|were|was)")
_ARM = re.compile(rf"{_DASH}[35]p$")
_NUMBER = re.compile(rf"{_DASH}?\s?\d+[a-z{_GREEK}]?(?:{_DASH}[35]p)?$")
_LETTER = re.compile(rf"[a-d{_GREEK}]\d?(?:{_DASH}[35]p)?$")
_ROMAN_END = re.compile(r"\b[IVX]+$|(?<=\s)\d$")
_MOST = 8  # members of one list


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
