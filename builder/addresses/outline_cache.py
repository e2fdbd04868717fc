"""The outlines that the ledger was last renewed for, below build/cache/, and what they hold for.

They hold for files by size and time. What does not fit is thrown away: all can be made again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from builder.addresses import ledger
from builder.addresses.outlines import Basis, Outline, Outlines, Told, find_bases
from builder.project import Project
from builder.store.cache import open_cache
from builder.store.hashes import hash_parts, hash_program

_FILE = "outlines.sqlite"
_PAPERS = "papers"


@dataclass(frozen=True, slots=True)
class Look:
    """How content/ looks on the disk: stamps of each paper's folder, of the ledger, of the rest."""

    papers: Mapping[str, str]
    ledger: str
    rest: str

    @property
    def whole(self) -> str:
        """One stamp of all."""
        return _hash(
            [self.rest, self.ledger, *(f"{n} {s}" for n, s in sorted(self.papers.items()))]
        )


def look(project: Project) -> Look:
    """Return how content/ looks on the disk, to this program."""
    folder = project.content / _PAPERS
    file = project.root / ledger.FILE
    rest = [_program()]
    for path in sorted(project.content.iterdir()) if project.content.is_dir() else ():
        if path.is_dir() and path.name != _PAPERS:
            rest += [path.name, *_stamp_files(path)]
        elif path != file and path.name.endswith(".yml"):
            rest += _stamp_one(path)
    rest += ledger.list_releases(project.root)
    papers = {e.name: stamp_folder(folder / e.name) for e in _scan(folder) if e.is_dir()}
    return Look(papers, stamp_ledger(project), _hash(rest))


def stamp_ledger(project: Project) -> str:
    """Return a stamp of the ledger's file."""
    return _hash(_stamp_one(project.root / ledger.FILE))


def stamp_folder(folder: Path) -> str:
    """Return a stamp of the files of records below a folder."""
    return _hash(_stamp_files(folder))


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    return sorted(os.scandir(folder), key=lambda e: e.name) if folder.is_dir() else []


def _stamp_files(folder: Path) -> Iterator[str]:
    """Yield name, size and time of each file of records below a folder, in order of names."""
    for entry in _scan(folder):
        if entry.is_dir():
            yield entry.name
            yield from _stamp_files(Path(entry.path))
        elif entry.name.endswith(".yml"):
            stat = entry.stat()
            yield f"{entry.name} {stat.st_size} {stat.st_mtime_ns}"


def _stamp_one(path: Path) -> list[str]:
    if not path.is_file():
        return []
    stat = path.stat()
    return [f"{path.name} {stat.st_size} {stat.st_mtime_ns}"]


def _hash(parts: Iterable[str]) -> str:
    return hash_parts(part.encode() for part in parts)


def _program() -> str:
    """Return a hash of what outlines and ledger hang on beside the records."""
    return hash_program()


_TABLES = """
CREATE TABLE IF NOT EXISTS look (told TEXT);
CREATE TABLE IF NOT EXISTS papers (name TEXT PRIMARY KEY, told TEXT);
CREATE TABLE IF NOT EXISTS pages (address TEXT PRIMARY KEY, record TEXT, digest TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bases (address TEXT PRIMARY KEY, told TEXT) WITHOUT ROWID;
"""


class Page(NamedTuple):
    """A page of the site: its record as ``kind:id``, and the digest of its data."""

    record: str
    digest: str


class Kept:
    """What was kept of one project. Where it is broken or can't be written, it is empty.

    ``look`` is how content/ looked when the ledger was last renewed, None where nothing is kept.
    """

    def __init__(self, project: Project) -> None:
        path = project.build / "cache" / _FILE
        opened = open_cache(path, _TABLES, _read_look)
        self._connection = opened[0] if opened else None
        self.look = opened[1] if opened else None

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection:
            self._connection.close()

    def outlines(self, names: Iterable[str]) -> dict[str, Outline]:
        """Return the outlines of some papers, as far as they are kept."""
        found = {}
        for name in names:
            for (told,) in self._ask("SELECT told FROM papers WHERE name = ?", name):
                found[name] = _outline(json.loads(told))
        return found

    def records(self) -> dict[str, str]:
        """Return the record of each page, as ``kind:id`` by address."""
        return dict(self._ask("SELECT address, record FROM pages"))

    def digests(self) -> dict[str, str]:
        """Return the digest of each page's data, by address."""
        return dict(self._ask("SELECT address, digest FROM pages"))

    def bases(self, addresses: Iterable[str]) -> dict[str, Basis]:
        """Return what the data of some pages of terms and works is."""
        found = {}
        for address in addresses:
            for (told,) in self._ask("SELECT told FROM bases WHERE address = ?", address):
                found[address] = Basis(*json.loads(told))
        return found

    def _ask(self, question: str, *values: str) -> list[Any]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(question, values).fetchall()
        except sqlite3.Error:
            return []

    def keep_whole(self, look: Look, outlines: Outlines, pages: Mapping[str, Page]) -> None:
        """Keep the outlines and pages of a whole library, and nothing else."""
        with self._writing() as write:
            for table in ("papers", "pages", "bases"):
                write(f"DELETE FROM {table}", [()])  # noqa: S608 (names of our own)
            self._keep(write, look, outlines.papers, pages, find_bases(outlines))

    def keep_part(
        self,
        look: Look,
        papers: Mapping[str, Outline],
        pages: Mapping[str, Page | None],
        bases: Mapping[str, Basis],
    ) -> None:
        """Keep what changed; a page of None is gone."""
        standing = {address: page for address, page in pages.items() if page}
        with self._writing() as write:
            gone = [(address,) for address in pages if address not in standing]
            write("DELETE FROM pages WHERE address = ?", gone)
            self._keep(write, look, papers, standing, bases.items())

    @staticmethod
    def _keep(
        write: _Write,
        look: Look,
        papers: Mapping[str, Outline],
        pages: Mapping[str, Page],
        bases: Iterable[tuple[str, Basis]],
    ) -> None:
        write("DELETE FROM look", [()])
        write("INSERT INTO look VALUES (?)", [(json.dumps(_plain(look)),)])
        told = ((name, json.dumps(_plain(paper))) for name, paper in papers.items())
        write("INSERT OR REPLACE INTO papers VALUES (?, ?)", told)
        rows = ((address, *page) for address, page in pages.items())
        write("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", rows)
        said = ((address, json.dumps(basis)) for address, basis in bases)
        write("INSERT OR REPLACE INTO bases VALUES (?, ?)", said)

    @contextmanager
    def _writing(self) -> Iterator[_Write]:
        """Give what writes rows, all or none; what can't be kept is no loss."""
        if self._connection is None:
            yield lambda _, __: None
            return
        with contextlib.suppress(sqlite3.Error), self._connection:
            yield self._connection.executemany


_Write = Callable[[str, Iterable[tuple[str, ...]]], object]


def _read_look(connection: sqlite3.Connection) -> Look | None:
    row = connection.execute("SELECT told FROM look").fetchone()
    return Look(**json.loads(row[0])) if row else None


def _plain(data: Outline | Look) -> Any:
    return {part.name: getattr(data, part.name) for part in fields(data)}


def _outline(paper: Mapping[str, Any]) -> Outline:
    return Outline(
        paper["digest"],
        [Told(*told) for told in paper["findings"]],
        [Told(*told) for told in paper["trials"]],
        paper["works"],
    )
