"""Identifiers of terms: the database behind a CURIE, its name and its address.

All of it comes from a table of prefixes that was taken once from the Bioregistry, so that nothing
here needs the network.

The table is content/lexicons/prefixes.tsv. A prefix that is not in it is added there, by hand, with
what the Bioregistry says of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from builder.project import find_data

TABLE = "lexicons/prefixes.tsv"  # below content/
FILE = find_data(TABLE)


class Database(NamedTuple):
    r"""A database: its prefix, name, and what its identifiers look like.

    ``prefix`` is the Bioregistry's. ``pattern`` fits a whole identifier without its prefix,
    ``address`` leads to one record (``$1`` stands for the identifier) and ``home`` to the front
    page; each is empty where the Bioregistry names none.

    Example: ``Database("go", "Gene Ontology", pattern, "http://…/GO_$1", "http://…", "0032571")``.
    """

    prefix: str
    name: str
    pattern: str
    address: str
    home: str
    example: str

    def find_address(self, identifier: str) -> str:
        """Return the address of a record; empty where none is known."""
        return self.address.replace("$1", identifier)

    def fits(self, identifier: str) -> bool:
        """Return whether an identifier has the shape of this database's."""
        return not self.pattern or re.fullmatch(self.pattern, identifier) is not None


@cache
def read_databases() -> Mapping[str, Database]:
    """Return the databases by each of their prefixes, in small letters."""
    found = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            prefix, others, *fields = line.split("\t")
            database = Database(prefix, *fields)
            for key in (prefix, *others.split()):
                found[key.lower()] = database
    return MappingProxyType(found)


def find_database(prefix: str) -> Database | None:
    """Return the database of a prefix, in whatever letter case; None where it is not listed."""
    return read_databases().get(prefix.lower())


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
