"""Sorted lists cut into small files, so that a browser loads only the part that it asks for.

Each file's name holds a hash of its bytes: it may be cached for ever. The manifest says with which
key each file begins.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from builder import store


def encode(data: Any) -> bytes:
    """Return data as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def write_hashed(folder: Path, name: str, data: Any) -> str:
    """Write data as JSON under a name that holds a hash of its bytes; return that name."""
    body = encode(data)
    file = f"{name}.{hashlib.sha256(body).hexdigest()[:8]}.json"
    store.write_bytes(folder / file, body)
    return file


def write_shards(
    folder: Path, name: str, items: Mapping[str, Any], most_bytes: int
) -> list[list[str]]:
    """Write a mapping in sorted pieces; return ``[first key, file]`` of each piece.

    Keys are sorted by UTF-16 code unit, as JavaScript compares strings.
    """
    pieces: list[dict[str, Any]] = []
    size = most_bytes
    for key in sorted(items, key=lambda k: k.encode("utf-16-be")):
        cost = len(encode({key: items[key]}))
        if size + cost > most_bytes:
            pieces.append({})
            size = 0
        pieces[-1][key] = items[key]
        size += cost
    return [[next(iter(piece)), write_hashed(folder, name, piece)] for piece in pieces]


def write_blocks(folder: Path, name: str, rows: Sequence[Any], length: int) -> list[str]:
    """Write rows in blocks of a fixed number; return the files in order."""
    starts: Iterable[int] = range(0, len(rows), length)
    return [write_hashed(folder, name, rows[start : start + length]) for start in starts]
