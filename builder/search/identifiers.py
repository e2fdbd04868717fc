"""Identifiers in one form, whatever the spelling: the key under which search keeps them."""

from __future__ import annotations

import re


def normalise(identifier: str) -> str:
    """Return an identifier's key: lower case, ``prefix:value``, a register's number bare.

    ``CL:0002540`` gives ``cl:0002540``, ``NCT05060107`` gives ``nct05060107``, ``HGNC:HGNC:5``
    gives ``hgnc:5``, ``PMCID:PMC1`` gives ``pmcid:pmc1``. miRBase's two series are one database.
    """
    key = re.sub(r"\s+", "", identifier).lower().replace("mirbase.mature:", "mirbase:")
    return re.sub(r"^([a-z0-9.]+):\1:", r"\1:", key)
