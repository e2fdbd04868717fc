"""The papers' records as they stood before they were written anew, for the ledger to compare.

Only what is about to change is kept, so that the cost goes by the papers that changed. Records are
replaced and never written over, so a second name for each file keeps it.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from builder.project import Project

# The records as the ledger last saw them, while others stand in content/.
_UNRECORDED = "unrecorded"
# Names of papers that came: there were no records of them.
_CAME = ".came"


class Held:
    """A folder of papers' records as they stood at one time; those not in it are as they are."""

    def __init__(self, folder: Path, papers: Path) -> None:
        """Take the folder of what is held, and that of the papers as they are."""
        self._folder = folder
        self._papers = papers
        came = folder / _CAME
        self._came = set(came.read_text("utf-8").split()) if came.is_file() else set()

    def hold(self, name: str) -> None:
        """Keep the records of a paper as they are now, if they are not held yet."""
        kept, paper = self._folder / name, self._papers / name
        if name in self._came or kept.is_dir():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        if not paper.is_dir():
            self._came.add(name)
            with (self._folder / _CAME).open("a", encoding="utf-8") as told:
                told.write(f"{name}\n")
            return
        # All files or none: a run may be killed in between.
        half = self._folder / f".{name}"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(paper, half, copy_function=_link)
        half.rename(kept)

    def find(self, name: str) -> Path | None:
        """Return the folder of a paper's records as they stood; None where there were none."""
        for folder in (self._folder / name, self._papers / name):
            if folder.is_dir() and name not in self._came:
                return folder
        return None

    def names(self) -> list[str]:
        """Return the papers that there were, in order."""
        now = {p.name for p in self._papers.glob("*") if p.is_dir()}
        return sorted((now - self._came) | set(self._held()))

    def is_empty(self) -> bool:
        """Tell whether nothing is held: nothing was about to change."""
        return not self._came and not self._held()

    def is_as_now(self) -> bool:
        """Tell whether the records stand as they stood."""
        return not any((self._papers / name).exists() for name in self._came) and all(
            _same_files(self._folder / name, self._papers / name) for name in self._held()
        )

    def _held(self) -> list[str]:
        found = self._folder.glob("*") if self._folder.is_dir() else ()
        return [p.name for p in found if not p.name.startswith(".")]


@dataclass(frozen=True)
class Before:
    """The records at one time or two: as the ledger last saw them and, last, before this run.

    The two differ where records were written since without the ledger: by a preview, or by a run
    that was killed.
    """

    times: tuple[Held, ...] = ()

    def hold(self, name: str) -> None:
        """Keep the records of a paper, which are about to change."""
        for held in self.times:
            held.hold(name)


@contextmanager
def keep_records(project: Project) -> Iterator[Before]:
    """Give what keeps the papers' records, until the block ends.

    What the ledger has not seen by then stays held for the next run.
    """
    waiting, papers = project.build / _UNRECORDED, project.content / "papers"
    project.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=project.build, prefix="before-") as name:
        times = [Held(waiting, papers)]
        if waiting.is_dir():
            times.append(Held(Path(name), papers))
        try:
            yield Before(tuple(times))
        finally:
            if times[0].is_as_now():
                forget_records(project)


def forget_records(project: Project) -> None:
    """Let go of what was held: the ledger has seen the records as they are."""
    shutil.rmtree(project.build / _UNRECORDED, ignore_errors=True)


def _same_files(one: Path, other: Path) -> bool:
    """Tell whether two folders hold the same files: the same on the disk, or of the same bytes."""
    names = [
        {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()} for folder in (one, other)
    ]
    return names[0] == names[1] and all(
        os.path.samefile(one / name, other / name) or filecmp.cmp(one / name, other / name, False)
        for name in names[0]
    )


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a disk without second names
        shutil.copyfile(source, target)
