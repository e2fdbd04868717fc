"""The outlines that the ledger was last renewed for, below build/cache/, and what they hold for.

They hold for files by size and time. What does not fit is thrown away: all can be made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from builder import ledger, store
from builder.hashes import hash_parts, hash_program
from builder.ledger.outlines import Outline, Outlines, Told
from builder.project import Project

# Parts of the program that outlines and ledger hang on.
PARTS = (
    *("addresses", "caches", "edition", "errors", "genes", "hashes", "ids", "ledger", "models"),
    *("nomenclature", "project", "recall", "releases", "spelling", "store", "works"),
)
_FILE = "outlines.json"
_PAPERS = "papers"
_PARTS = [part.name for part in fields(Outlines)]


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
    return hash_program(PARTS, ("pydantic", "pyyaml"), ("genes.tsv",))


def write_kept(project: Project, seen: Look, outlines: Outlines) -> None:
    """Keep outlines, and how content/ looked when they were made."""
    told = {"look": seen, **{name: getattr(outlines, name) for name in _PARTS}}
    store.write_text(project.build / "cache" / _FILE, json.dumps(told, default=_plain))


def _plain(data: Any) -> Any:
    if isinstance(data, Outline | Look):
        return {part.name: getattr(data, part.name) for part in fields(data)}
    raise TypeError(type(data))


def read_kept(project: Project) -> tuple[Look, Outlines] | None:
    """Return what was kept; None where there is nothing that can be read."""
    try:
        data = json.loads((project.build / "cache" / _FILE).read_bytes())
        papers = {name: _outline(paper) for name, paper in data["papers"].items()}
        parts = {name: data[name] for name in _PARTS}
        return Look(**data["look"]), Outlines(**{**parts, "papers": papers})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _outline(paper: Mapping[str, Any]) -> Outline:
    return Outline(
        paper["digest"],
        [Told(*told) for told in paper["findings"]],
        [Told(*told) for told in paper["trials"]],
        paper["works"],
    )
