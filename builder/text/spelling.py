"""Spelling rules of the field, in one place: matcher, slugs and search all fold text by them.

The tables are in content/lexicons/spelling.tsv. The rules are those of the vocabulary's
``matching_rules``: Greek letters have names, dashes and spaces inside a name are equal, subscripts
are digits, curly quotes are straight, trade marks are dropped.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from builder.project import CONTENT
from builder.text import read_rows

DASHES = "-‐‑‒–—―−﹣－"
MARKS = "®™©"
_TABLES: dict[str, dict[str, str]] = {}
for _kind, _key, _value in read_rows(CONTENT / "lexicons/spelling.tsv"):
    _TABLES.setdefault(_kind, {})[_key] = _value
GREEK, QUOTES, LETTERS = _TABLES["greek"], _TABLES["quote"], _TABLES["letter"]
GREEK_LOOKS, LATIN_LOOKS = _TABLES["greek-look"], _TABLES["latin-look"]
SPECIES_PREFIXES = {key: tuple(value.split()) for key, value in _TABLES["species"].items()}
MIRNA_SPECIES = _TABLES["mirna-species"]
MIRNA_WORDS = ("mir", "mirna", "microrna")
VESICLE_WORDS = tuple(_TABLES["vesicle"])
AMERICAN = tuple(_TABLES["american"].items())
# Abbreviations of at most five letters count letter case (SHED is not shed).
SHORT = 5

_PLAIN = str.maketrans({**dict.fromkeys(DASHES, "-"), **QUOTES, **dict.fromkeys(MARKS, "")})
_NAMES = str.maketrans({**GREEK, **LETTERS})
_NO_WORD = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """Return a copy of a text for reading: what a program or a printer left in it is taken out.

    Invisible marks and the hyphen of a word broken at a line's end go (``de- creased``, but not
    ``pro- and anti-``), blanks are spaces, a dash between letters is a hyphen, letters that only
    look like Greek or Latin ones are those. The text as printed is for quoting.
    """
    if text.isascii() and "- " not in text:
        return text
    flat = _BLANK.sub(" ", _INVISIBLE.sub("", text))
    flat = _BROKEN.sub(_mend_break, _BETWEEN.sub("-", flat))
    return flat if flat.isascii() else _WORD.sub(lambda m: unify(m[0]), flat)


def mend_breaks(text: str) -> str:
    """Return a text without the hyphens of words that were broken at a line's end."""
    if "- " not in text:
        return text
    return _BROKEN_NAME.sub("-", _BROKEN.sub(_mend_break, text))


def _mend_break(match: re.Match[str]) -> str:
    """Return the two halves of a word in one, or with their hyphen where they are two words."""
    first, second = match[1], match[2]
    return (
        f"{first}-{second}" if _TWO_WORDS.match(second) or not first.islower() else first + second
    )


@lru_cache(maxsize=1 << 14)
def unify(word: str) -> str:
    """Return a word with the letters that it means: the ``ß`` of TGF-ß1 is a beta."""
    if word.isascii():
        return word
    word = _BETA.sub("β", "".join(GREEK_LOOKS.get(c, c) for c in word))
    if _LATIN.search(word):
        return "".join(LATIN_LOOKS.get(c, c) for c in word)
    return word.replace("κΒ", "κB").replace("κВ", "κB")


@lru_cache(maxsize=1 << 15)  # the same names and titles are asked for again and again
def fold(text: str) -> str:
    """Return text as a search key: lower case, Greek by name, no accents, words split by one space.

    ``NF-κB``, ``NF‑kappaB`` and ``nf kappab`` all fold to ``nf kappab``; ``H₂S`` to ``h2s``.
    """
    flat = unicodedata.normalize("NFKC", text.translate(_PLAIN))
    if not flat.isascii():
        flat = _WORD.sub(lambda m: unify(m[0]), flat)
    flat = flat.casefold().translate(_NAMES)
    if not flat.isascii():
        flat = unicodedata.normalize("NFKD", flat)
        flat = "".join(c for c in flat if not unicodedata.combining(c))
    return _NO_WORD.sub(" ", flat).strip()


def squeeze(text: str) -> str:
    """Return the folded text without spaces: ``MMP-3``, ``MMP 3`` and ``MMP3`` are equal."""
    return fold(text).replace(" ", "")


def is_short(name: str) -> bool:
    """Return whether a name is a short form that is matched with its letter case.

    Short forms have at most five letters and a capital behind their first letter, or a single
    capital beside digits (``M2``, ``3D``).
    """
    if len(name) > 3 * SHORT or (" " in name and len(name) > 2 * SHORT):
        return False
    letters = [c for c in name if c.isalpha()]
    if not letters or len(letters) > SHORT:
        return False
    if any(c.isupper() for c in letters[1:]):
        return True
    return len(letters) == 1 and letters[0].isupper()


@lru_cache(maxsize=65536)
def american(word: str) -> str:
    """Return a lower-case word in American spelling: ``tumour`` gives ``tumor``.

    The result is a key, equal for both spellings; it is not meant to be shown.
    """
    if not _BRITISH.search(word):
        return word
    for pattern, replacement in _AMERICAN:
        word = pattern.sub(replacement, word)
    return word


def singular(word: str) -> str:
    """Return a word without the plural's s: ``cells``, ``MSCs``, ``bodies`` give their singulars.

    Words in ``-ss``, ``-us`` and ``-is`` stay, and so do words of three letters, except an
    abbreviation with a small s behind it (``EVs``).
    """
    low = word.lower()
    if not low.endswith("s") or low.endswith(("ss", "us", "is")):
        return word
    if word.endswith("S") and len(word) < _SHORTEST_PLURAL + 1:
        return word
    if len(word) < _SHORTEST_PLURAL and not _SHORT_PLURAL.fullmatch(word):
        return word
    if low.endswith("ies") and len(word) > _SHORTEST_PLURAL:
        return word[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1]


class Piece(NamedTuple):
    """A piece of a text for matching: where it stands, its key, and its key with letter case.

    ``gap`` is what stands between it and the piece before; ``species`` says that it is a letter
    before a cell's abbreviation (h, r, m).
    """

    start: int
    end: int
    key: str
    cased: str
    gap: str
    species: bool = False


@lru_cache(maxsize=65536)
def word_pieces(word: str) -> tuple[tuple[int, int, str, str, bool], ...]:
    """Split a run of letters and digits: ``hBMSC`` in h and BMSC, ``ADSCExos`` in ADSC and Exos.

    Return (start, end, key, key with letter case, is a species letter) of each piece.
    """
    cuts = [0]
    if match := _SPECIES_LETTER.match(word):
        cuts.append(match.end())
    if (match := _VESICLE_TAIL.search(word)) and match.start() > cuts[-1]:
        cuts.append(match.start())
    cuts.append(len(word))
    pieces = []
    for number, (start, end) in enumerate(pairwise(cuts)):
        plain = unicodedata.normalize("NFKC", word[start:end])
        cased = _spell_out(singular(plain))
        letter = number == 0 and bool(_SPECIES_LETTER.match(word))
        pieces.append((start, end, american(cased.casefold()), cased, letter))
    return tuple(pieces)


def _spell_out(word: str) -> str:
    """Return a word with Greek letters by name and without accents; letter case stays."""
    if word.isascii():
        return word
    named = "".join(_NAMED.get(c, c) for c in unify(word))
    bare = unicodedata.normalize("NFKD", named)
    return "".join(c for c in bare if not unicodedata.combining(c))


def find_pieces(text: str) -> list[Piece]:
    """Return the pieces of a text in order, with offsets into the text as given.

    Words are cut at everything that is no letter and no digit; keys are American, singular,
    lower-case, Greek by name. ``NF-κB`` gives ``nf`` and ``kappab``.
    """
    found: list[Piece] = []
    last = 0
    for match in _WORD.finditer(text):
        at = match.start()
        for start, end, key, cased, letter in word_pieces(match.group()):
            found.append(Piece(at + start, at + end, key, cased, text[last : at + start], letter))
            last = at + end
    return found


def match_key(text: str) -> str:
    """Return a name's key for matching: its pieces' keys in one, ``MMP-3`` and ``MMP3`` equal."""
    return "".join(piece.key for piece in find_pieces(text))


def cased_key(name: str) -> str:
    """Return a name's key with its letter case, for short forms that count it."""
    return "".join(piece.cased for piece in find_pieces(name))


def strip_vesicle(name: str) -> str:
    """Return a source's name without the vesicle: ``BMSC-derived exosomes`` gives ``BMSC``.

    ``exosomes from BMSC`` and ``Exo-BMSC`` likewise; other names stay.
    """
    for pattern in _VESICLE_AROUND:
        if (match := pattern.fullmatch(name.strip())) and match["name"]:
            return match["name"]
    return name


# --- what is printed above and below the line ----------------------------------------------------

_SUP = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
# Powers, charges and indices; "1–3" is a range and stays as it is.
_SUP_OK = re.compile(r"^(?:[+\-−–]?\d+[+\-−]?|\d*[+\-−–]+|[ni]|n[+\-−]\d|\(\d+\))$")
_SUB_OK = re.compile(r"^[0-9+\-−=()]+$")
_LETTER_UP = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_LETTERS = re.compile(r"^[a-z](?:,\s*[a-z])*$")


def superscript(text: str) -> str:
    """Return text raised where Unicode has all of it, else as it is."""
    return text.translate(_SUP) if _SUP_OK.match(text) else text


def subscript(text: str) -> str:
    """Return text lowered where Unicode has all of it, else as it is."""
    return text.translate(_SUB) if _SUB_OK.match(text) else text


def raised_text(text: str) -> str:
    """Return what ``sup`` holds: raised where it can be, else marked where it holds a number."""
    bare = text.strip()
    if _LETTERS.match(bare):
        return text.translate(_LETTER_UP)
    high = superscript(bare)
    if high != bare:
        # "10 <sup>9</sup>" is laid out, not printed, with a space.
        return high + text[len(text.rstrip()) :]
    # "10<sup>0.5</sup>" must not read as 100.5.
    return f"^{bare}" if any(map(str.isdecimal, bare)) else text


def rules() -> dict[str, Any]:
    """Return the rules as plain data, so that a search in the browser folds text alike."""
    return {
        "greek": GREEK,
        "dashes": DASHES,
        "letters": LETTERS,
        "greek_looks": GREEK_LOOKS,
        "latin_looks": LATIN_LOOKS,
        "american": [list(pair) for pair in AMERICAN],
        "species_prefixes": {k: list(v) for k, v in SPECIES_PREFIXES.items()},
        "mirna_species": MIRNA_SPECIES,
        "mirna_words": list(MIRNA_WORDS),
        "plural": {
            "shortest": _SHORTEST_PLURAL,
            "keep": ["ss", "us", "is"],
        },
    }  # fmt: skip


_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
# Not the em dash, which parts clauses, nor a dash between figures.
_BETWEEN = re.compile(r"(?<=[^\W_])[‐‑‒–−﹣－](?=[^\W\d_])|(?<=[^\W\d_])[‐‑‒–−﹣－](?=[^\W_])")
_BROKEN = re.compile(
    r"(?<![\w-])([A-Za-z]+)-[ ]+"
    r"(?!(?:and|or|nor|to|but|as|versus|vs|und|in|on|of|with|by)\b)([a-z]{2,})"
)
_BROKEN_NAME = re.compile(r"(?<=[a-z])- +(?=[A-Z][a-z])")  # Critical- Sized
_TWO_WORDS = re.compile(rf"(?:{'|'.join(_TABLES['second-word'])})\b")
_BETA = re.compile(r"(?<![a-zà-öø-ÿ])ß")
_LATIN = re.compile(r"[A-Za-z]")
_AMERICAN = tuple((re.compile(p), r) for p, r in AMERICAN)
_BRITISH = re.compile("|".join(p for p, _ in AMERICAN))  # most words are written in one way
_SHORTEST_PLURAL = 4
_SHORT_PLURAL = re.compile(r"[A-Z0-9]{2,}s|[A-Za-z]?[A-Z]s")
_SPECIES_LETTER = re.compile(r"[hrm](?=[A-Z]{2,})")
_VESICLE_TAIL = re.compile(r"(?<=[A-Z]{3})(?:Exos?|EXOs?|s?EVs?)$|(?<=[a-z])Exos?$")
_DASH = re.escape(DASHES)
_NAMED = {**GREEK, **{c.upper(): n for c, n in GREEK.items() if len(c.upper()) == 1}, **LETTERS}
_VESICLE = "|".join(sorted(map(re.escape, VESICLE_WORDS), key=len, reverse=True))
_VESICLE_AROUND = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<name>.+?)(?:[\s{_DASH}]+derived)?[\s{_DASH}]+(?:{_VESICLE})",
        rf"(?:{_VESICLE})\s+(?:derived\s+from|secreted\s+by|from|of)\s+(?P<name>.+)",
        rf"(?:exos?|s?evs?)[{_DASH}](?P<name>.+)",
    )
)
