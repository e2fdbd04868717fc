"""What the files of content/ held when they were last read, below build/cache/.

Reading YAML takes thirty times as long as reading the same records back from JSON. A file is known
by the hash of its bytes, so that what is remembered is never stale; it can always be thrown away.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from builder import store
from builder.project import Project
from builder.store import Library
from builder.store.cache import open_cache
from builder.store.hashes import hash_parts, hash_program

R = TypeVar("R", bound=BaseModel)
_OPEN, _COMMA, _CLOSE = b"[\n", b",\n", b"\n]"
_TABLE = "CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, data BLOB)"


class Recall:
    """Reads files of records, each only once for the bytes that it holds.

    The records are shared by all that ask: nobody may change them. Where the store is broken or
    can't be written, every file is read anew.
    """

    def __init__(self, build: Path) -> None:
        self._path = build / "cache" / "records.sqlite"
        self._held: dict[str, Any] = {}
        self._fresh: dict[str, bytes] = {}
        opened = open_cache(self._path, _TABLE, _look)
        self._connection = opened[0] if opened else None

    def __enter__(self) -> Recall:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection:
            self._connection.close()

    def record(self, model: type[R], path: Path, root: Path) -> R:
        """Return the record of a file that holds one."""
        return self._recall(model, model, path, root, store.ANEW.record)  # type: ignore[no-any-return]

    def records(self, model: type[R], path: Path, root: Path) -> list[R]:
        """Return the records of a file that holds a list; a missing file is an empty list."""
        if not path.is_file():
            return []
        return self._recall(model, list[model], path, root, store.ANEW.records)  # type: ignore[no-any-return, valid-type]

    def _recall(self, model: type[Any], kind: Any, path: Path, root: Path, read: Any) -> Any:
        try:
            data = path.read_bytes()
        except OSError:
            return read(model, path, root)  # tells what is wrong
        key = _key(kind, data)
        if key not in self._held:
            found = self._find(key, kind)
            if found is None:
                found = read(model, path, root)
                self._remember(key, kind, found)
            self._held[key] = found
        return self._held[key]

    def remember(self, model: type[R], path: Path, records: Sequence[R]) -> None:
        """Remember the records of a file that was just written."""
        kind = list[model]  # type: ignore[valid-type]
        key = _key(kind, path.read_bytes())
        self._held[key] = list(records)
        self._remember(key, kind, list(records))

    def learn(self, kind: Any, text: str, told: bytes) -> None:
        """Remember what a text of records of a kind says; ``told`` comes from pack_records."""
        self._fresh[_key(kind, text.encode())] = told

    def edit(
        self, model: type[R], old: bytes, new: bytes, edits: Iterable[tuple[int, int, R]]
    ) -> bool:
        """Remember a list that was edited, without reading it; False where that can't be done.

        ``old`` and ``new`` are the file's bytes, ``edits`` are place, width and the record that
        stands there instead, the last one first.
        """
        kind = list[model]  # type: ignore[valid-type]
        told = self._look_up(_key(kind, old))
        if told is None or not told.startswith(_OPEN):
            return False
        lines = told.removeprefix(_OPEN).removesuffix(_CLOSE).split(_COMMA)
        for place, width, record in edits:
            lines[place : place + width] = [_dump(model, record)]
        self._fresh[_key(kind, new)] = _pack_lines(lines)
        return True

    def _remember(self, key: str, kind: Any, records: Any) -> None:
        if isinstance(records, list):
            model = get_args(kind)[0]
            self._fresh[key] = _pack_lines([_dump(model, record) for record in records])
        else:
            self._fresh[key] = zlib.compress(_dump(kind, records), 1)

    def _find(self, key: str, kind: Any) -> Any:
        told = self._look_up(key)
        try:
            return None if told is None else _adapter(kind).validate_json(told)
        except ValidationError:
            return None

    def _look_up(self, key: str) -> bytes | None:
        if self._connection is None:
            return None
        try:
            row = self._connection.execute(
                "SELECT data FROM records WHERE key = ?", (key,)
            ).fetchone()
            return zlib.decompress(row[0]) if row else None
        except (sqlite3.Error, TypeError, zlib.error):
            return None

    def keep(self, *, forget: bool = True) -> None:
        """Remember what was read, and forget the files that nobody asked for, if told so."""
        if self._connection is None:
            return
        # A memory that can't be written is no loss.
        with contextlib.suppress(sqlite3.Error), self._connection:
            if forget:
                known = {key for (key,) in self._connection.execute("SELECT key FROM records")}
                gone = [(key,) for key in known - self._held.keys()]
                self._connection.executemany("DELETE FROM records WHERE key = ?", gone)
            self._connection.executemany(
                "INSERT OR REPLACE INTO records VALUES (?, ?)", self._fresh.items()
            )
            self._fresh = {}


def _dump(kind: Any, record: Any) -> bytes:
    return _adapter(kind).dump_json(record, by_alias=True, exclude_unset=True)


def _pack_lines(lines: Iterable[bytes]) -> bytes:
    """Return a list as it is remembered: JSON, a record on each line so that one can be edited."""
    return zlib.compress(_OPEN + _COMMA.join(lines) + _CLOSE, 1)


def pack_records(data: Any) -> bytes:
    """Return plain data of records in the form in which they are remembered."""
    return zlib.compress(json.dumps(data, ensure_ascii=False).encode(), 1)


def _look(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT key, data FROM records LIMIT 1")


def _key(kind: Any, data: bytes) -> str:
    return hash_parts([_version().encode(), str(kind).encode(), data])


@lru_cache(maxsize=32)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _version() -> str:
    """Return a hash of what tells how records are read."""
    return hash_program()


def load(project: Project) -> Library:
    """Return the knowledge base."""
    with Recall(project.build) as recall:
        library = store.load_library(project.content, project.root, recall)
        recall.keep()
        return library
