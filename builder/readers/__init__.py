"""One reader a layout of seed; each gives the same Document. Chosen by content, never by name.

A reader is a module with ``NAME``, ``LOOKS_FOR`` (one sentence for the unknown-layout error),
``recognises(text)`` over the text and ``read(source)``. Add it to ``READERS``, the more
particular layout first.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from builder.errors import Problem
from builder.models.document import Document, texts_of
from builder.readers import digest, jats, records, scraped
from builder.readers.citations import check_citations, resolve_citations
from builder.readers.draft import group_problems
from builder.readers.source import (
    Source,
    describe_text,
    is_markup,
    make_source,
    read_source,
    refuse,
)


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str
    LOOKS_FOR: str

    def recognises(self, text: str, /) -> bool:
        """Return whether a text is in this layout."""

    def read(self, source: Source, /) -> Document:
        """Return the Document of a seed in this layout; raises ProblemError where it can't."""


READERS: tuple[Reader, ...] = (*records.LAYOUTS, jats, digest, scraped)
_ARTICLES_FIRST: tuple[Reader, ...] = (jats, digest, scraped, *records.LAYOUTS)


def read_seed(path: Path, root: Path) -> Document:
    """Return the Document of a seed, read by the first reader that knows its layout.

    ``root`` is the project's root, for the names in messages. Raises ProblemError for files that
    can't be read and for unknown layouts.
    """
    return _read(read_source(path, root))


def read_seed_bytes(data: bytes, file: str) -> Document:
    """Return the Document of a seed's bytes, as read_seed does; ``file`` names it in messages."""
    return _read(make_source(data, file))


def read_words(path: Path, root: Path) -> str:
    """Return all that a seed says, as text: what a quotation can be looked up in.

    Of markup (JATS) that is what its reader took from it, element by element. Raises ProblemError.
    """
    source = read_source(path, root)
    if not is_markup(source.data):
        return source.text
    return "\n".join(texts_of(_read(source)))


# Below this share of lines that are recorded or knowingly ignored a paper asks.
_LEAST_COVERAGE = 0.95


def _check_coverage(document: Document) -> list[Problem]:
    """Return a warning where too many lines of a seed belong to no part of the paper."""
    coverage, characters = document.coverage, document.coverage.characters
    taken = coverage.lines - coverage.reported
    read = characters.total - characters.reported
    if taken >= _LEAST_COVERAGE * coverage.lines and read >= _LEAST_COVERAGE * characters.total:
        return []
    got = f"{taken} of {coverage.lines} lines ({taken / coverage.lines:.0%})"
    got += f", {read} of {characters.total} characters ({read / characters.total:.0%})"
    hint = "Look at the lines that were not read; is the layout the right one?"
    expected = f"{_LEAST_COVERAGE:.0%} of the lines read"
    return [Problem(document.file, 0, "warning", "seed-coverage", expected, got, hint=hint)]


def _read(source: Source) -> Document:
    text = source.text
    for reader in READERS:
        if reader.recognises(text):
            document = resolve_citations(reader.read(source))
            found = [*source.problems, *document.problems, *check_citations(document)]
            found += _check_coverage(document)
            return replace(document, problems=tuple(group_problems(found)))
    known = "; ".join(f"{reader.NAME} ({reader.LOOKS_FOR})" for reader in _ARTICLES_FIRST)
    looks, todo = describe_text(text)
    hint = f"{todo} Layouts that are read: {known}."
    raise refuse(source.file, "seed-layout", "a paper", f"what looks like {looks}", hint, 1)
