"""Identifiers of terms: the database behind a CURIE, its name and its address.

All of it comes from bioregistry's kept list of prefixes, which is installed with the package, so
that nothing here needs the network.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple


class Link(NamedTuple):
    """Where a CURIE leads: the name of the database, and the address of the record."""

    curie: str
    database: str
    url: str


@cache
def _registry() -> Any:
    """Load bioregistry once, and only where identifiers are asked for: it takes a second."""
    import bioregistry  # noqa: PLC0415

    return bioregistry


@cache
def find_link(curie: str) -> Link | None:
    """Return the database and the address of a CURIE; None where its prefix is not registered."""
    registry = _registry()
    prefix, identifier = _split(curie)
    if not prefix:
        return None
    name, url = registry.get_name(prefix), registry.get_iri(prefix, identifier)
    return Link(curie, name or prefix, url) if url else None


@cache
def find_fault(curie: str) -> str:
    """Return what was expected of a CURIE that is not valid; an empty string where it is."""
    prefix, identifier = _split(curie)
    if not prefix:
        return "a prefix that bioregistry knows"
    pattern = _registry().get_pattern(prefix)
    if pattern and not _registry().is_valid_identifier(prefix, identifier):
        return f"an identifier of {prefix} like {pattern}"
    return ""


def _split(curie: str) -> tuple[str, str]:
    """Return bioregistry's own prefix, empty where unknown, and the identifier."""
    prefix, _, identifier = curie.partition(":")
    return _registry().normalize_prefix(prefix) or "", identifier
