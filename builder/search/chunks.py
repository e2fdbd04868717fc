"""Sorted lists cut into small files, so that a browser loads only the part that it asks for.

Each file's name holds a hash of the bytes: it may be cached for ever. The manifest says with which
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
) -> dict[str, Any]:
    """Write a mapping in sorted pieces; return the first key of each, and how they are called.

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
    return {"first": [next(iter(piece)) for piece in pieces], "name": _write(folder, name, pieces)}


def write_blocks(folder: Path, name: str, rows: Sequence[Any], length: int) -> dict[str, Any]:
    """Write rows in blocks of a fixed number; return that number, and how the files are called."""
    starts: Iterable[int] = range(0, len(rows), length)
    blocks = [rows[start : start + length] for start in starts]
    return {"length": length, "name": _write(folder, name, blocks)}


def _write(folder: Path, name: str, pieces: Sequence[Any]) -> str:
    """Write pieces as ``NAME.HASH.0.json`` and so on; return ``NAME.HASH``.

    One hash for all, since a manifest of each piece's own would grow with the site.
    """
    bodies = [encode(piece) for piece in pieces]
    stem = f"{name}.{hashlib.sha256(b''.join(bodies)).hexdigest()[:8]}"
    for number, body in enumerate(bodies):
        store.write_bytes(folder / f"{stem}.{number}.json", body)
    return stem
