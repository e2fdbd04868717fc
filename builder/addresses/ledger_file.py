"""The text of the ledger, entry by entry: those that change are read and written, no others."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import yaml

from builder import store
from builder.models import Address

_DASH = "\n- "
_KEY = "address: "
_ADDRESS = re.compile(rf"^- {_KEY}(.*)$", re.MULTILINE)
# An entry whose values YAML takes for text as they stand: a digest of digits alone is a number, as
# is one that begins like a binary.
_PLAIN = re.compile(
    r"- address: [a-z]+/(?:[a-z0-9-]+/)?\n  record: [a-z]+:[a-z0-9][a-z0-9-]*\n"
    r"  since: '\d{4}-\d\d-\d\d'\n  state: live\n(?:  paper: [a-z]+-[a-z0-9-]+\n)?"
    r"(?:  digest: (?!0b)\d*[a-f][0-9a-f]*\n)?(?:  changed: '\d{4}-\d\d-\d\d'\n)?"
)


class Edit(NamedTuple):
    """A change of the ledger: what stands instead of ``width`` entries from a place on."""

    place: int
    width: int
    entry: Address


class Lines:
    """A ledger as it is written: a list of entries in block style, in order of their addresses."""

    def __init__(self, parts: list[str], addresses: list[str]) -> None:
        """Take the text of each entry, without its dash, and its address."""
        self._parts = parts
        self._addresses = addresses
        self._places = {address: place for place, address in enumerate(addresses)}

    @property
    def addresses(self) -> list[str]:
        """The address of each entry, in order."""
        return self._addresses

    def read(self, addresses: Iterable[str]) -> list[Address]:
        """Return the entries of some addresses, as far as the ledger has them, in order."""
        places = sorted(self._places[a] for a in addresses if a in self._places)
        text = "".join(f"- {self._parts[place]}\n" for place in places)
        told = yaml.load(text, Loader=yaml.CSafeLoader) or []
        return [Address.model_validate(entry) for entry in told]

    def find_edits(self, entries: Iterable[Address]) -> Iterator[Edit]:
        """Yield the edits that put entries in, the last one first."""
        for entry in sorted(entries, key=lambda e: e.address, reverse=True):
            place = bisect_left(self._addresses, entry.address)
            yield Edit(place, int(entry.address in self._places), entry)

    def write(self, edits: Iterable[Edit]) -> str:
        """Return the text with edits, the last one first."""
        parts = list(self._parts)
        for place, width, entry in edits:
            parts[place : place + width] = [write_entry(entry)[len(_DASH) - 1 : -1]]
        return f"{_DASH[1:]}{_DASH.join(parts)}\n"


def write_entry(entry: Address) -> str:
    """Return the canonical YAML of an entry, in a list of its own.

    Nearly all have values that need no quotes; writing those line by line saves most of the time
    that a first ledger takes.
    """
    told = (
        f"- address: {entry.address}\n  record: {entry.record}\n  since: '{entry.since}'\n"
        f"  state: {entry.state}\n"
    )
    told += "" if entry.paper is None else f"  paper: {entry.paper}\n"
    told += "" if entry.digest is None else f"  digest: {entry.digest}\n"
    told += "" if entry.changed is None else f"  changed: '{entry.changed}'\n"
    rest = (entry.to, entry.because, entry.rows)
    plain = all(part is None for part in rest) and _PLAIN.fullmatch(told)
    return told if plain else store.dump_records([entry])


def split_ledger(text: str) -> Lines | None:
    """Return the entries of a ledger; None where it is not written as this program writes it."""
    if not text.startswith(_DASH[1:] + _KEY) or not text.endswith("\n"):
        return None
    parts = text[len(_DASH) - 1 : -1].split(_DASH)
    addresses = [written.strip("'\"") for written in _ADDRESS.findall(text)]
    ordered = len(addresses) == len(parts) and addresses == sorted(set(addresses))
    return Lines(parts, addresses) if ordered else None
