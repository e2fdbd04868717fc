"""A mention: a term named in a text, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A term named in a text. ``term`` is empty where the reading is open; see ``candidates``.

    ``start`` and ``end`` are offsets into the text as given; ``species`` are the donors that a
    letter before an abbreviation allows (``rBMSC``: rat or rabbit). ``shared`` tells that only the
    tissue stands there and the noun stands with its neighbour (``adipose and bone marrow MSC``).
    """

    term: str
    kind: str
    start: int
    end: int
    text: str
    candidates: tuple[str, ...] = ()
    species: tuple[str, ...] = ()
    shared: bool = False
