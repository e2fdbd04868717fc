"""The keys by which names are found: the matcher's own, with one word for every miRNA spelling.

``templates/theme/assets/javascripts/search-fold.js`` does the same in the browser; a test runs both
over the same strings.
"""

from __future__ import annotations

import re

from builder.text import spelling

_WORDS = "|".join(sorted(spelling.MIRNA_WORDS, key=len, reverse=True))
_MIRNA = re.compile(rf"^(?:{_WORDS})(?=\d|$)")


def find_keys(text: str) -> list[str]:
    """Return the keys of a text's words in order: ``hsa-miRNA-126`` gives ``mir`` and ``126``."""
    keys = [_MIRNA.sub("mir", piece.key) for piece in spelling.find_pieces(text)]
    return [
        key
        for key, following in zip(keys, [*keys[1:], ""], strict=False)
        if not (key in spelling.MIRNA_SPECIES and following.startswith("mir"))
    ]


def join_keys(text: str) -> str:
    """Return the keys of a text's words with spaces between."""
    return " ".join(find_keys(text))


def normalise(identifier: str) -> str:
    """Return an identifier's key: lower case, ``prefix:value``, a register's number bare.

    ``CL:0002540`` gives ``cl:0002540``, ``NCT05060107`` gives ``nct05060107``, ``HGNC:HGNC:5``
    gives ``hgnc:5``, ``PMCID:PMC1`` gives ``pmcid:pmc1``. miRBase's two series are one database.
    """
    key = re.sub(r"\s+", "", identifier).lower().replace("mirbase.mature:", "mirbase:")
    return re.sub(r"^([a-z0-9.]+):\1:", r"\1:", key)
