"""What was read before: the readings of unchanged papers, below build/cache/.

A reading hangs on the seed's name and bytes, on the terms, on the paper's corrections, and on the
program that reads; where all are the same, it is taken from the shelf. The shelf can always be
thrown away.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from builder import models, store
from builder.curate.id_collisions import Claim
from builder.curate.reading import Reading, Stamp, reader_version
from builder.errors import Problem, ProblemError
from builder.project import Project
from builder.store.cache import open_cache
from builder.store.hashes import hash_files, hash_parts, vocabulary_files

_TABLE = (
    "CREATE TABLE IF NOT EXISTS readings (key TEXT PRIMARY KEY, file TEXT, head BLOB, texts BLOB)"
)


def terms_version(content: Path) -> str:
    """Return a hash of the terms, tables and word lists, as their files hold them."""
    return hash_parts(hash_files(vocabulary_files(content), content))


def _read_rows(connection: sqlite3.Connection) -> dict[str, tuple[bytes, str]]:
    rows = connection.execute("SELECT key, head, file FROM readings")
    return {key: (head, file) for key, head, file in rows}


class Shelf:
    """The shelf of one project. Where it is broken or can't be written, it is empty."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._path = project.build / "cache" / "readings.sqlite"
        self._base = f"{reader_version()} {terms_version(project.content)}"
        opened = open_cache(self._path, _TABLE, _read_rows)
        self._connection = opened[0] if opened else None
        self._rows = opened[1] if opened else {}

    def close(self) -> None:
        """Close the shelf."""
        if self._connection:
            self._connection.close()

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def key(self, file: str, sha256: str) -> str:
        """Return the key of a seed's reading."""
        return hash_parts([self._base.encode(), file.encode(), sha256.encode()])

    def find(self, file: str, sha256: str) -> Reading | None:
        """Return the reading of a seed, if it and all it hangs on are unchanged."""
        key = self.key(file, sha256)
        if key not in self._rows:
            return None
        try:
            head = json.loads(self._rows[key][0])
            if head["corrections"] != self._corrections(head["paper"]):
                return None
            return Reading(
                file=file,
                sha256=sha256,
                paper=head["paper"],
                claim=Claim(*head["claim"]) if head["claim"] else None,
                texts=_Texts(self, key, head["digests"]),
                digests=head["digests"],
                stamps={name: Stamp(*stamp) for name, stamp in head["stamps"].items()},
                trials=tuple(models.Trial.model_validate(t) for t in head["trials"]),
                titles={int(number): title for number, title in head["titles"].items()},
                problems=tuple(Problem(**problem) for problem in head["problems"]),
            )
        except (ValueError, KeyError, TypeError):
            return None

    def _corrections(self, paper: str) -> str:
        path = self._project.content / "corrections" / f"{paper}.yml"
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

    def texts(self, key: str) -> dict[str, str]:
        """Return the texts of a reading. Raises ProblemError where the shelf has lost them."""
        asked = "SELECT texts FROM readings WHERE key = ?"
        try:
            row = self._connection.execute(asked, (key,)).fetchone() if self._connection else None
            texts: dict[str, str] = json.loads(zlib.decompress(row[0])) if row else {}
        except (sqlite3.Error, TypeError, ValueError, zlib.error):
            texts = {}
        if not texts:
            file = store.relative(self._path, self._project.root)
            problem = Problem(file, 0, "error", "cache", "what was read before", "a broken file",
                              hint="Remove that file and try again.")  # fmt: skip
            raise ProblemError(problem)
        return texts

    def keep(self, readings: Iterable[Reading]) -> None:
        """Put readings on the shelf, and throw away those of seeds that changed or went.

        ``readings`` are all that hold now; those that came from the shelf unchanged stay as they
        are.
        """
        if not self._connection:
            return
        living, rows, heads = [], [], []
        for reading in readings:
            if any(problem.rule == "seed-failed" for problem in reading.problems):
                continue  # it may well do next time
            key = self.key(reading.file, reading.sha256)
            living.append(key)
            head = self._head(reading)
            if isinstance(reading.texts, _Texts):
                if head != self._rows[key][0]:
                    heads.append((head, key))
            else:
                texts = zlib.compress(json.dumps(dict(reading.texts)).encode(), 1)
                rows.append((key, reading.file, head, texts))
        gone = [(key,) for key in self._rows.keys() - set(living)]
        # A shelf that can't be written is no loss.
        with contextlib.suppress(sqlite3.Error), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?)", rows
            )
            self._connection.executemany("UPDATE readings SET head = ? WHERE key = ?", heads)
            self._connection.executemany("DELETE FROM readings WHERE key = ?", gone)

    def _head(self, reading: Reading) -> bytes:
        stamps = {name: [s.size, s.time] for name, s in reading.stamps.items()}
        head: dict[str, Any] = {
            "paper": reading.paper,
            "claim": [*astuple(reading.claim)] if reading.claim else None,
            "corrections": self._corrections(reading.paper) if reading.paper else "",
            "digests": dict(reading.digests),
            "stamps": stamps,
            "trials": [store.plain(trial) for trial in reading.trials],
            "titles": {str(number): title for number, title in reading.titles.items()},
            "problems": [asdict(problem) for problem in reading.problems],
        }
        return json.dumps(head, ensure_ascii=False).encode()


class _Texts(Mapping[str, str]):
    """The texts of a reading on the shelf, fetched when first looked at."""

    def __init__(self, shelf: Shelf, key: str, names: Iterable[str]) -> None:
        self._shelf, self._key, self._names = shelf, key, list(names)
        self._texts: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if not self._texts:
            self._texts = self._shelf.texts(self._key)
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
