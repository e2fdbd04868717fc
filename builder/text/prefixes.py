"""Databases by the prefix of their CURIEs, trial registries among them.

The table is content/lexicons/prefixes.tsv, taken once from the Bioregistry. A prefix that is not in
it is added there, by hand, with what the Bioregistry says of it.
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
