"""Records whose seed gives another paper now, or is gone: which of them go on, and under which id.

The id of a paper is made of its first author, year and title. Mending one of them in a seed gives
the paper another id; the records under the old one then make room, and the ledger leads on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from builder import models, store
from builder.addresses.identity import pair_papers
from builder.addresses.ledger import FILE, follow
from builder.curate.reading import Reading
from builder.errors import Problem, ProblemError
from builder.project import Project
from builder.text import ids


@dataclass(frozen=True, slots=True)
class Stale:
    """A folder of records that no seed gives; ``now`` is the paper that its seed gives instead."""

    folder: Path
    paper: models.Paper | None
    now: str = ""

    @property
    def seed(self) -> str:
        """The file name of the seed that the records were read from; empty if that isn't known."""
        return self.paper.seed.file if self.paper else ""


def find_stale(project: Project, readings: Sequence[Reading]) -> list[Stale]:
    """Return the folders below content/papers that no seed gives.

    Those of a seed that can't be read at present are none: it may well give them when mended.
    """
    given = {Path(reading.file).name: reading.paper for reading in readings}
    living = set(given.values())
    found = []
    for folder in sorted((project.content / "papers").glob("*")):
        if folder.is_dir() and folder.name not in living:
            paper = _read_paper(folder, project.root)
            now = given.get(paper.seed.file) if paper else None
            if now != "":
                found.append(Stale(folder, paper, now or ""))
    return found


def _read_paper(folder: Path, root: Path) -> models.Paper | None:
    try:
        return store.read_record(models.Paper, folder / "paper.yml", root)
    except ProblemError:
        return None


def find_successors(
    project: Project,
    stale: Iterable[Stale],
    readings: Iterable[Reading],
    told: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return, by id, the paper as which each stale one goes on; one in doubt is left out.

    ``readings`` are those whose records stand or will stand. A paper can only go on as one that is
    new, or that its own seed gives. ``told`` says what a curator knows, and goes first.
    """
    gone = {s.folder.name: s for s in stale}
    if not gone:
        return {}
    seeds = {s.seed for s in gone.values()}
    living = {r.paper: r for r in readings}
    found = {old: new for old, new in (told or {}).items() if old in gone and new in living}
    came = [
        models.Paper.model_validate(yaml.safe_load(reading.texts["paper.yml"]))
        for name, reading in living.items()
        if name not in found.values()
        and (Path(reading.file).name in seeds or not (project.content / "papers" / name).is_dir())
    ]
    old = [s.paper for name, s in gone.items() if s.paper and name not in found]
    return found | pair_papers(old, came)


def remove_records(folder: Path) -> list[Path]:
    """Remove the files of a paper's records, and the folder if nothing else is in it."""
    # What names the seed goes last: a removal that is cut short can be taken up again.
    files = sorted(store.bundle_names(), key=lambda name: name == "paper.yml")
    gone = [folder / name for name in files if (folder / name).is_file()]
    for path in gone:
        path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
    return gone


def check_stale(
    project: Project, stale: Iterable[Stale], successors: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield an error for each stale folder; with the mend."""
    for found in stale:
        name = store.relative(found.folder, project.root)
        old = found.folder.name
        if old in successors:
            yield Problem(
                name, 0, "error", "content-stale", "no records, for the paper has a new id",
                f"records that go on as {successors[old]}", hint="Run: python -m builder extract",
            )  # fmt: skip
            continue
        mend = "Put the seed back; or"
        got = f"no seeds/{found.seed}" if found.seed else "none"
        if found.now:
            got = f"seeds/{found.seed} now gives another paper, {found.now}"
            mend = (
                "If it is the same paper, run: python -m builder rename "
                f"papers/{old}/ papers/{found.now}/; or put the old seed back; or"
            )
        yield Problem(
            name, 0, "error", "paper-stale", "a seed of this paper", got,
            hint=f"{mend}, if the paper shall go, remove {name}/ by hand.",
        )  # fmt: skip


def check_orphans(
    project: Project, readings: Sequence[Reading], corrections: Iterable[str]
) -> Iterator[Problem]:
    """Yield an error for each file of corrections whose paper there isn't (any more).

    None where a seed can't be read: the paper that a correction belongs to may be that one.
    """
    papers = {reading.paper for reading in readings}
    orphans = [name for name in corrections if name not in papers]
    if not orphans or "" in papers:
        return
    ledger = {
        a.address: a for a in store.read_records(models.Address, project.root / FILE, project.root)
    }
    for name in orphans:
        old = ids.page_path("paper", name)
        new = follow(old, ledger)
        goes_on = new != old and new.split("/")[1] in papers
        yield Problem(
            f"content/corrections/{name}.yml", 0, "error", "correction-paper",
            "a file named after a paper", repr(name),
            hint=f"The paper has a new id. Run: python -m builder rename {old} {new}"
            if goes_on else "",
        )  # fmt: skip
