"""Databases below build/cache/: what is remembered there can always be made again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def open_cache(
    path: Path, table: str, read: Callable[[sqlite3.Connection], T]
) -> tuple[sqlite3.Connection, T] | None:
    """Open a cache and return it with what ``read`` takes from it; ``table`` makes its tables.

    One that is broken, or of another shape, is thrown away and begun anew; ``None`` where that
    can't be done either.
    """
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=5)
            connection.executescript(table)
            return connection, read(connection)
        except (sqlite3.Error, OSError):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
    return None
