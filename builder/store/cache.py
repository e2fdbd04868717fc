"""The one memory between runs: results under a hash of all that they were made from.

It lies in build/cache/ and may be thrown away at any time. Nothing in it outlives the program that
made it: another version of the program, of Python or of a library begins it anew.
"""

import contextlib
import hashlib
import sqlite3
import sys
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from builder.project import find_data

_ROOT = Path(__file__).resolve().parents[2]
_TABLES = """
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS program (version TEXT);
"""
# Word lists below content/, and records that lie beside them.
_LISTS = ("*.yml", "*.tsv", "lexicons/*")
_RECORDS = frozenset(["urls.yml", "identifiers.yml", "screening.yml"])
_MOST_BYTES = 2_000_000_000


class Cache:
    """Results by key; empty where its file is broken or can't be written.

    Example::

    with Cache(project.build / "cache") as cache:
        data = cache.get(key)
        if data is None:
            cache.put(key, data := compute())
    """

    def __init__(self, folder: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        path = folder / "results.sqlite"
        for _ in range(2):  # a broken file is removed and begun anew
            try:
                folder.mkdir(parents=True, exist_ok=True)
                if path.is_file() and path.stat().st_size > _MOST_BYTES:
                    path.unlink()
                self._connection = _open(path)
                return
            except (sqlite3.Error, OSError):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def get(self, key: str) -> bytes | None:
        """Return the result of a key; None where there is none."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute(
                "SELECT data FROM results WHERE key = ?", (key,)
            ).fetchone()
            return zlib.decompress(row[0]) if row else None
        except (sqlite3.Error, TypeError, zlib.error):
            return None

    def put(self, key: str, data: bytes) -> None:
        """Keep the result of a key; a cache that can't be written is no loss."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute(
                    "INSERT OR REPLACE INTO results VALUES (?, ?)", (key, zlib.compress(data, 1))
                )


def _open(path: Path) -> sqlite3.Connection:
    # Each result is kept at once, so that nobody waits; a file that breaks is no loss.
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;" + _TABLES)
    version = connection.execute("SELECT version FROM program").fetchone()
    connection.execute("SELECT key, data FROM results LIMIT 1")
    if version != (hash_program(),):
        connection.execute("DELETE FROM results")
        connection.execute("DELETE FROM program")
        connection.execute("INSERT INTO program VALUES (?)", (hash_program(),))
    return connection


def hash_text(text: str) -> str:
    """Return the hash of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_parts(parts: Iterable[bytes]) -> str:
    """Return one hash of many parts, in which their borders count."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


def hash_files(paths: Iterable[Path], base: Path) -> Iterator[bytes]:
    """Yield names and bytes of files, in order of their names."""
    for path in sorted(paths):
        yield path.relative_to(base).as_posix().encode()
        yield path.read_bytes()


@cache
def hash_program() -> str:
    """Return a hash of all that a result depends on beside its input.

    That is this package's source and data, this Python, and the name and version of every installed
    distribution (the names of the ``*.dist-info`` folders on ``sys.path``).
    """
    package = [p for p in (_ROOT / "builder").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    content = _ROOT / "content"
    names = {p.relative_to(content).as_posix() for end in _LISTS for p in content.glob(end)}
    lists = [find_data(name).read_bytes() for name in sorted(names - _RECORDS)]
    installed = sorted(
        path.name for place in sys.path if place for path in Path(place).glob("*.dist-info")
    )
    return hash_parts(
        [
            *hash_files(package, _ROOT),
            *lists,
            sys.version.encode(),
            *(name.encode() for name in installed),
        ]
    )
