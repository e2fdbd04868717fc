"""What the data of each page is, so that the ledger knows when it last changed.

The digest of a page is made of the records that it shows, never of its HTML: a new look, a moved
line of the seed or a new release leaves it alone. Overviews have none: they change with any record.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from builder.addresses.pages import (
    find_pages,
    find_works,
    list_above,
    list_parents,
    list_statements,
)
from builder.store import Library
from builder.text import ids

_LENGTH = 12


def digest_pages(library: Library) -> dict[str, str]:
    """Return a hash of the data of each page of a record, by address."""
    pages = find_pages(library)
    shown: dict[str, list[str]] = defaultdict(list)  # by address, digests of what a page shows
    for name, bundle in sorted(library.papers.items()):
        whole: list[Any] = [bare(bundle.paper)]
        whole += [bare(record) for record in (*bundle.references, *bundle.tables)]
        for record in list_statements(bundle):
            own = digest(bare(record))
            whole.append(own)
            for term in list_above(library, record):
                if term.id in pages.terms:
                    shown[ids.page_path(term.kind, term.id)].append(own)
            for work in find_works(bundle, record):
                if work in pages.works:
                    shown[ids.page_path("reference", work)].append(own)
        for trial in bundle.trials:
            shown[ids.page_path("trial", trial.id)].append(digest(bare(trial)))
        shown[ids.page_path("paper", name)].append(digest(whole))
    found = {address: digest(sorted(digests)) for address, digests in shown.items()}
    return dict(sorted({**found, **_digest_own(library, shown)}.items()))


def _digest_own(library: Library, shown: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the digests of pages that show a record of their own beside statements."""
    pages = find_pages(library)
    below: dict[str, list[str]] = defaultdict(list)
    for term in library.terms.values():
        for parent in list_parents(term):
            below[parent].append(term.id)
    own: dict[str, Any] = {}
    for name in pages.terms:
        term = library.terms[name]
        own[ids.page_path(term.kind, name)] = [bare(term), sorted(below[name])]
    for name in pages.works:
        own[ids.page_path("reference", name)] = bare(library.references[name])
    for name, record in library.registry.items():
        if (address := ids.page_path("trial", name)) in shown:
            own[address] = bare(record)
    return {a: digest([data, sorted(shown.get(a, ()))]) for a, data in own.items()}


def bare(record: BaseModel) -> dict[str, Any]:
    """Return a record as plain data without lines of the seed: they say where, not what."""
    data: dict[str, Any] = record.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _bare(data)


def _bare(data: dict[str, Any]) -> dict[str, Any]:
    """Return data without lines and empty lists."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key == "line" or key.endswith("_line"):
            continue
        if type(value) is list:
            if value:
                found[key] = [_bare(v) if type(v) is dict else v for v in value]
        else:
            found[key] = _bare(value) if type(value) is dict else value
    return found


def digest(data: Any) -> str:
    """Return a short hash of plain data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
