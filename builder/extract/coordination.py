"""Cells that share their noun: where only the tissue stands, its stem cell is meant.

``MSCs from adipose and bone marrow``, ``adipose- and bone marrow-derived MSCs``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from builder.extract.mentions import Mention
from builder.text import spelling

_LINK = re.compile(
    rf"[{re.escape(spelling.DASHES)}]?\s*(?:,|/|,?\s*(?:and|or|&|versus|vs\.?))\s*", re.IGNORECASE
)
_NOUN = re.compile(r"mesenchymal|\bMSCs?\b|stem|stromal", re.IGNORECASE)
_BEHIND = re.compile(r"\b(?:from|of)\b", re.IGNORECASE)


def share_nouns(
    found: list[Mention], text: str, find_cell: Callable[[str], str | None]
) -> list[Mention]:
    """Return mentions with each such tissue read as its stem cell.

    ``find_cell`` gives the source of a name such as ``bone marrow mesenchymal stem cell``.
    """
    read = list(found)
    for place in range(1, len(read)):  # the noun in front: MSCs from A and B
        if _is_cell(read[place - 1], behind=True) and _linked(read, place, text):
            read[place] = _as_cell(read[place], find_cell)
    for place in range(len(read) - 1, 0, -1):  # the noun behind: A- and B-derived MSCs
        if _is_cell(read[place], behind=False) and _linked(read, place, text):
            read[place - 1] = _as_cell(read[place - 1], find_cell)
    return read


def _is_cell(mention: Mention, *, behind: bool) -> bool:
    if mention.kind != "source":
        return False
    named_behind = bool(_BEHIND.search(mention.text))
    return bool(_NOUN.search(mention.text) or mention.shared) and (
        named_behind == behind or mention.shared
    )


def _linked(read: list[Mention], place: int, text: str) -> bool:
    return bool(_LINK.fullmatch(text[read[place - 1].end : read[place].start]))


def _as_cell(mention: Mention, find_cell: Callable[[str], str | None]) -> Mention:
    if mention.kind != "tissue":
        return mention
    cell = find_cell(f"{mention.text} mesenchymal stem cell")
    return replace(mention, term=cell, kind="source", shared=True) if cell else mention
