"""Spelling rules of the field, in one place: matcher, slugs and search all fold text by them.

A leaf of the import graph. The rules are those of the vocabulary's ``matching_rules``: Greek
letters have names, dashes and spaces inside a name are equal, subscripts are digits, curly quotes
are straight, trade marks are dropped.
"""

from __future__ import annotations

import unicodedata

GREEK: dict[str, str] = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
DASHES = "-‐‑‒–—―−﹣－"
QUOTES: dict[str, str] = {"’": "'", "‘": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "″": '"'}
MARKS = "®™©"
# Letters that NFKD does not take apart, with the usual English reading.
LETTERS: dict[str, str] = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
}  # fmt: skip

_PLAIN = str.maketrans({**dict.fromkeys(DASHES, "-"), **QUOTES, **dict.fromkeys(MARKS, "")})
_NAMES = str.maketrans({**GREEK, **LETTERS})


def straighten(text: str) -> str:
    """Return text with straight quotes and plain hyphens, without trade marks.

    Everything else, letter case and Greek included, stays.
    """
    return text.translate(_PLAIN)


def fold(text: str) -> str:
    """Return text as a search key: lower case, Greek by name, no accents, words split by one space.

    ``NF-κB``, ``NF‑kappaB`` and ``nf kappab`` all fold to ``nf kappab``; ``H₂S`` to ``h2s``.
    """
    flat = unicodedata.normalize("NFKC", straighten(text)).casefold().translate(_NAMES)
    bare = "".join(c for c in unicodedata.normalize("NFKD", flat) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def squeeze(text: str) -> str:
    """Return the folded text without spaces: ``MMP-3``, ``MMP 3`` and ``MMP3`` are equal."""
    return fold(text).replace(" ", "")
