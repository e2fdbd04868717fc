"""Measure: seconds to extract a paper, and how they grow with the vocabulary and with the text.

Prints seconds of the processor, the least of a few runs: for each paper in seeds/, with the
vocabulary ten times as large, and for the largest paper's full text made 10 and 100 times as long.
A growth that is linear shows as a steady number of milliseconds a thousand characters.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from builder import store
from builder.extract import extract_paper
from builder.extract.vocabulary import Vocabulary, build_vocabulary
from builder.models import Term
from builder.models.document import Block, Document
from builder.project import Project
from builder.readers import read_seed

ROOT = Path(__file__).resolve().parent.parent
COPIES = 10
LENGTHS = (1, 10, 100)


def spend(work: Callable[[], object], runs: int) -> float:
    """Return the least seconds of the processor that a piece of work takes."""
    costs = []
    for _ in range(runs):
        since = time.process_time()
        work()
        costs.append(time.process_time() - since)
    return min(costs)


def multiply_terms(terms: list[Term]) -> Iterator[Term]:
    """Yield the terms, and nine more of each whose names no text holds."""
    yield from terms
    for copy in range(1, COPIES):
        for term in terms:
            names = [f"{name} zq{copy}x" for name in (term.label, *term.synonyms)]
            yield Term(id=f"{term.id}-zq{copy}", label=names[0], kind=term.kind, synonyms=names[1:])


def as_full_text(document: Document, times: int) -> Document:
    """Return a paper whose reference titles and rows stand as full text, so many times."""
    said = [c.printed for c in document.citations]
    said += [" ".join(cell.text for cell in row) for g in document.tables for row in g.rows]
    text = " ".join(f"{s.rstrip('.')}." for s in said if s)
    blocks = tuple(Block("paragraph", text, 1, "Results") for _ in range(times))
    return replace(document, blocks=blocks, tables=(), citations=())


def measure_papers(documents: list[Document], terms: list[Term]) -> Table:
    """Return the seconds of each paper, with the vocabulary as it is and ten times as large."""
    table = Table("paper", "terms", "vocabulary", "extract", title="The papers in seeds/")
    for some in (terms, list(multiply_terms(terms))):
        built = spend(lambda some=some: build_vocabulary(some), 2)  # type: ignore[misc]
        vocabulary = build_vocabulary(some)
        for document in documents:
            took = spend(_work(document, vocabulary), 3)
            name = Path(document.file).name
            table.add_row(name, f"{len(some):,}", f"{built:.2f} s", f"{took:.2f} s")
    return table


def measure_lengths(document: Document, vocabulary: Vocabulary) -> Table:
    """Return the seconds of a full text 1, 10 and 100 times as long."""
    table = Table("characters", "extract", "ms a 1,000 characters", title="Length of the text")
    for times in LENGTHS:
        long = as_full_text(document, times)
        size = sum(len(b.text) for b in long.blocks)
        took = spend(_work(long, vocabulary), 1 if times == LENGTHS[-1] else 2)
        table.add_row(f"{size:,}", f"{took:.2f} s", f"{1e6 * took / size:.2f}")
    return table


def _work(document: Document, vocabulary: Vocabulary) -> Callable[[], object]:
    return lambda: extract_paper(document, vocabulary, document.file)


def main() -> None:
    """Measure and print."""
    console = Console()
    project = Project(ROOT)
    documents = [read_seed(p, ROOT) for p in sorted(project.seeds.iterdir()) if p.is_file()]
    terms = list(store.read_terms(project.content, ROOT))
    console.print(measure_papers(documents, terms))
    largest = max(documents, key=lambda d: len(d.citations))
    console.print(measure_lengths(largest, build_vocabulary(terms)))


if __name__ == "__main__":
    sys.exit(main())
