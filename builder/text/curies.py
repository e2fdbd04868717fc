"""Identifiers of terms: the database behind a CURIE, its name and its address.

All of it comes from a table of prefixes that was taken once from the Bioregistry, so that nothing
here needs the network.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from builder.text.prefixes import TABLE, Database, find_database


class Link(NamedTuple):
    """Where a CURIE leads: the name of the database, and the address of the record."""

    curie: str
    database: str
    url: str


@cache
def find_link(curie: str) -> Link | None:
    """Return the database and the address of a CURIE; None where its prefix is not listed."""
    database, identifier = _split(curie)
    url = database.find_address(identifier) if database else ""
    return Link(curie, database.name, url) if database and url else None


@cache
def find_fault(curie: str) -> str:
    """Return what was expected of a CURIE that is not valid; an empty string where it is."""
    database, identifier = _split(curie)
    if not database:
        return f"a prefix that is listed in content/{TABLE}"
    if not database.fits(identifier):
        return f"an identifier of {database.prefix} like {database.example} ({database.pattern})"
    return ""


def _split(curie: str) -> tuple[Database | None, str]:
    """Return the database of a CURIE, None where its prefix is not listed, and the identifier."""
    prefix, _, identifier = curie.partition(":")
    return find_database(prefix), identifier
