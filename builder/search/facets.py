"""Facets: by which a list of results is narrowed. Loaded only when a reader narrows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from builder.search.chunks import write_hashed
from builder.search.entries import Entry

NAMES = ("kind", "source", "condition", "evidence", "year")


def write_facets(
    folder: Path, entries: Sequence[Entry], pages: Mapping[str, str]
) -> dict[str, Any]:
    """Write one file of page ids and one file a facet; return their names.

    A facet's file gives, by value, the numbers of its pages as steps from the one before.
    ``pages`` are Pagefind's ids by address.
    """
    known = sorted((e for e in entries if e.path in pages), key=lambda e: e.path)
    held: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in NAMES}
    for number, entry in enumerate(known):
        for name, value in find_values(entry):
            held[name][value].append(number)
    files = {
        name: write_hashed(
            folder,
            f"facet-{name}",
            {value: _steps(held[name][value]) for value in sorted(held[name])},
        )
        for name in NAMES
    }
    return {"pages": write_hashed(folder, "pages", [pages[e.path] for e in known]), "files": files}


def find_values(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield (facet, value) of an entry."""
    yield "kind", entry.kind
    if entry.year:
        yield "year", str(entry.year)
    for name, values in entry.facets.items():
        for value in values:
            yield name, value


def _steps(numbers: Sequence[int]) -> list[int]:
    return [n - before for n, before in zip(numbers, [0, *numbers], strict=False)]
