"""The words by which everything is found: the matcher's keys, with a name and its number in one.

``miR-126``, ``hsa-miRNA 126`` and ``miR126`` are the word ``mir126``, ``TNF-α`` and ``tnf alpha``
are ``tnfalpha``, ``7 × 10^9`` is ``7e9``: another number is another word. The browser does the same
to a query (``templates/theme/assets/javascripts/search-fold.js``); a test runs both over the same
strings.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from builder.text import spelling

SHORT = 5  # a word of so many letters takes a small number behind it: "Phase 3", "IL 1"
EXACT = 4  # a word of so many letters is found whole, never as the beginning of another
_WORDS = "|".join(sorted(spelling.MIRNA_WORDS, key=len, reverse=True))
_MIRNA = re.compile(rf"^(?:{_WORDS})(?=\d|$)")
_GREEK = "|".join(sorted(name for name in spelling.GREEK.values() if len(name) > SHORT - 2))
# What belongs to the word before: a number, a Greek letter, the kappa-B of NF-κB.
SUFFIX = rf"^(?:[0-9]|(?:{_GREEK})[0-9]*$|kappab)"
_SUFFIX = re.compile(SUFFIX)
_YEAR = re.compile(r"^(?:19|20)[0-9]{2}$")
_LETTERS = re.compile(r"[a-z]+")
_DASH = re.compile(rf"[{re.escape(spelling.DASHES)}]")
_POWER = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:[×x*·]\s*10\s*(?:\^\s*([0-9]+)|([⁰¹²³⁴⁵⁶⁷⁸⁹]+))|[eE]\+?(\d+))(?![\d.]\d)"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its key, what stands before it, and the words it was made of."""

    key: str
    gap: str = ""
    parts: tuple[str, ...] = ()


def find_keys(text: str) -> list[str]:
    """Return the keys of a text's words in order: ``hsa-miRNA-126`` gives ``mir`` and ``126``."""
    return [word.key for word in _find_words(text)]


@lru_cache(maxsize=1 << 15)  # names are taken apart for families, for terms and for texts
def _find_words(text: str) -> tuple[Word, ...]:
    found = [Word(_MIRNA.sub("mir", p.key), p.gap) for p in spelling.find_pieces(text)]
    return tuple(
        word
        for word, following in zip(found, [*found[1:], Word("")], strict=False)
        if not (word.key in spelling.MIRNA_SPECIES and following.key.startswith("mir"))
    )


def join_powers(text: str) -> str:
    """Return a text with each number with a power of ten as one word: ``7 × 10^9`` as ``7e9``."""
    return _POWER.sub(lambda m: f"{m[1]}e{(m[2] or m[3] or m[4]).translate(_SUPERSCRIPTS)}", text)


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Makes words of texts.

    ``families`` are words that stand before numbers and Greek letters in the names of terms
    (``mir``, ``il``), ``context`` words that choose nothing and never take a number.
    """

    context: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()

    def find_words(self, text: str) -> list[Word]:
        """Return the words of a text as a query and a name have them: ``IL 1 beta`` is one."""
        found: list[Word] = []
        for word in _find_words(join_powers(text)):
            if found and self._belongs(found[-1], word):
                before = found.pop()
                parts = (*(before.parts or (before.key,)), word.key)
                found.append(replace(before, key=before.key + word.key, parts=parts))
            else:
                found.append(word)
        return found

    def find_names(self, text: str) -> list[str]:
        """Return the keys of these words."""
        return [word.key for word in self.find_words(text)]

    def _belongs(self, before: Word, word: Word) -> bool:
        if not _SUFFIX.match(word.key) or before.key in self.context:
            return False
        if _DASH.fullmatch(word.gap):
            return True
        if before.key in self.families and not word.gap.strip() and not _YEAR.match(word.key):
            return True
        if word.gap != " " or not before.key[0].isalpha():
            return False
        if not word.key[0].isdigit():
            return len(before.key) <= SHORT
        return before.key.isalpha() and len(before.key) <= SHORT and len(word.key) <= 2  # noqa: PLR2004

    def find_all(self, text: str) -> list[str]:
        """Return all words by which a text is found: joined, apart, and the parts of a chain.

        ``miR-29b-3p`` gives ``mir29b3p``, ``mir29b``, ``mir``, ``29b`` and ``3p``. Words that are
        found whole only bear a ``z``, see `mark_exact`.
        """
        found: dict[str, None] = {}
        for word in self.find_words(text):
            found[mark_exact(word.key, bool(word.parts))] = None
            for number in range(2, len(word.parts)):
                found[mark_exact("".join(word.parts[:number]), True)] = None
        apart = _find_words(join_powers(text))
        found |= {mark_exact(word.key): None for word in apart}
        for before, word in pairwise(apart):
            near = word.gap == " " or _DASH.fullmatch(word.gap)
            if near and _SUFFIX.match(word.key) and before.key not in self.context:
                found[mark_exact(before.key + word.key, True)] = None
        return list(found)


def mark_exact(key: str, is_joined: bool = False) -> str:
    """Return a word as the full text has it: with a ``z`` where it must not begin another word."""
    exact = is_joined or len(key) <= EXACT or any(c.isdigit() for c in key)
    return f"{key}z" if exact else key


def find_families(names: Iterable[str], context: Collection[str]) -> frozenset[str]:
    """Return the words that stand before numbers and Greek letters in names."""
    return frozenset(
        family for name in names for family in _families(name) if family not in context
    )


def _families(name: str) -> Iterator[str]:
    words = _find_words(name)
    for before, word in pairwise(words):
        if _SUFFIX.match(word.key) and before.key.isalpha() and word.gap != " ":
            yield before.key
    for word in words:
        letters = _LETTERS.match(word.key)
        if letters and SHORT >= letters.end() > 1 and word.key[letters.end() :][:1].isdigit():
            yield letters[0]


def normalise(identifier: str) -> str:
    """Return an identifier's key: lower case, ``prefix:value``, a register's number bare.

    ``CL:0002540`` gives ``cl:0002540``, ``NCT05060107`` gives ``nct05060107``, ``HGNC:HGNC:5``
    gives ``hgnc:5``, ``PMCID:PMC1`` gives ``pmcid:pmc1``. miRBase's two series are one database.
    """
    key = re.sub(r"\s+", "", identifier).lower().replace("mirbase.mature:", "mirbase:")
    return re.sub(r"^([a-z0-9.]+):\1:", r"\1:", key)
