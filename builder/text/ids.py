"""Slugs, addresses and identifier patterns. Every address of the site is built here.

A leaf of the import graph: it imports nothing of the builder but the spelling rules.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Literal, get_args
from urllib.parse import quote, quote_plus

from builder.text import spelling

NCT = re.compile(r"\bNCT\d{8}\b")
DOI = re.compile(r"\b10\.\d{4,9}/\S+\b/?")
PMID = re.compile(r"^[1-9]\d{0,8}$")
PMCID = re.compile(r"^PMC\d{4,9}$")

PageKind = Literal[
    "source", "mechanism", "vehicle", "condition", "trial", "paper", "reference", "finding"
]
# The folder of each kind of page: plural, as in design.md.
FOLDERS: dict[str, str] = {kind: f"{kind}s" for kind in get_args(PageKind)}
_SMALL_WORDS = frozenset({
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "its", "of", "on", "or",
    "the", "through", "to", "upon", "via", "with",
})  # fmt: skip
_WORDS_IN_TITLE_SLUG = 4
_MAX_SLUG = 80


def slug(text: str) -> str:
    """Return a lower-case ASCII slug: ``TNF-α`` gives ``tnf-alpha``; other scripts a hash."""
    folded = spelling.fold(text)
    ascii_words = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    return ascii_words[:_MAX_SLUG].rstrip("-") or f"x-{digest(text)}"


def digest(text: str, length: int = 8) -> str:
    """Return a short stable hash of a text: hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def work_id(family: str | None, year: int | None, title: str) -> str:
    """Return the id of a paper or a cited work: first author, year, first words of the title.

    ``liu-2020-hypoxic-mesenchymal-stem-cell``. Without an author the title's words lead.
    """
    words = [w for w in spelling.fold(title).split() if w not in _SMALL_WORDS]
    parts = [slug(family)] if family else []
    parts += [str(year)] if year else []
    head = slug(" ".join(words[:_WORDS_IN_TITLE_SLUG])) if words else f"x-{digest(title)}"
    return "-".join([*parts, head])[:_MAX_SLUG].rstrip("-")


def unique_ids(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """Return one id a record from ``(id, identity)`` pairs.

    Records that share an id but not their identity (the full title, say) all get a short hash of
    the identity behind it, so that the outcome does not hang on their order.
    """
    pairs = list(wanted)
    identities: dict[str, set[str]] = {}
    for name, identity in pairs:
        identities.setdefault(name, set()).add(identity)
    return [
        name if len(identities[name]) == 1 else f"{name}-{digest(identity, 4)}"
        for name, identity in pairs
    ]


def statement_id(paper: str, text: str) -> str:
    """Return the id of a statement: a hash of its paper and its words, never of its place.

    Case, punctuation, white space and bracketed citation numbers do not count, so that a moved
    row or a renumbered list leaves the address alone.
    """
    bare = re.sub(r"\[[\d,–\-\s]+\]", " ", text)
    return "f" + digest(f"{paper}\n{spelling.fold(bare)}", 9)


def page_path(kind: str, record: str) -> str:
    """Return a page's address below the site's root: ``sources/bmsc/``."""
    return f"{FOLDERS[kind]}/{record.lower()}/"


def index_path(kind: str) -> str:
    """Return the address of the index page of a kind: ``sources/``."""
    return f"{FOLDERS[kind]}/"


def table_anchor(number: int) -> str:
    """Return the fragment of a table on its paper's page."""
    return f"table-{number}"


def row_anchor(row: str) -> str:
    """Return the fragment of a table row on its paper's page; ``row`` is the row's id."""
    return f"row-{row}"


def reference_anchor(number: int) -> str:
    """Return the fragment of a numbered reference on its paper's page."""
    return f"ref-{number}"


def doi_url(doi: str) -> str:
    """Return the resolver's address of a DOI, with the characters that a URL can't hold escaped."""
    return "https://doi.org/" + quote(doi, safe="/:.;()-_")


def pubmed_title_search(title: str) -> str:
    """Return a PubMed search for a title, for works whose identifier is not known."""
    return "https://pubmed.ncbi.nlm.nih.gov/?term=" + quote_plus(f"{title}[Title]")


def crossref_title_search(title: str) -> str:
    """Return a Crossref search for a title, for works whose identifier is not known."""
    return "https://search.crossref.org/?q=" + quote_plus(title)
