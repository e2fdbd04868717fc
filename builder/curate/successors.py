"""Records whose seed gives another paper now, or is gone: which of them go on, and under which id.

The id of a paper is made of its first author, year and title. Where one of them is corrected in a
seed, the paper has another id; the records under the old one make room, and the ledger leads on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from rapidfuzz import fuzz

from builder import models, store
from builder.addresses.identity import pair_papers
from builder.addresses.ledger import FILE, follow
from builder.errors import Problem, ProblemError
from builder.project import Project
from builder.store.same_work import DOUBTFUL, SAME, titles_agree
from builder.text import ids, spelling

if TYPE_CHECKING:
    from builder.curate.reading import Reading


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

    Those of a seed that can't be read at present are none: it may well give them when corrected.
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
    texts: Callable[[Reading], Mapping[str, str]],
    known: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return, by id, the paper as which each stale one goes on; one in doubt is left out.

    ``readings`` are those whose records stand or will stand. A paper can only go on as one that is
    new, or that its own seed gives. ``known`` is what a curator says, and goes first; ``texts``
    gives the files of a reading.
    """
    gone = {s.folder.name: s for s in stale}
    if not gone:
        return {}
    seeds = {s.seed for s in gone.values()}
    living = {r.paper: r for r in readings}
    found = {old: new for old, new in (known or {}).items() if old in gone and new in living}
    came = [
        models.Paper.model_validate(yaml.safe_load(texts(reading)["paper.yml"]))
        for name, reading in living.items()
        if name not in found.values()
        and (Path(reading.file).name in seeds or not (project.content / "papers" / name).is_dir())
    ]
    old = [s.paper for name, s in gone.items() if s.paper and name not in found]
    return found | pair_papers(old, came)


def remove_records(folder: Path) -> None:
    """Remove the files of a paper's records, and the folder if nothing else is in it."""
    for name in store.BUNDLE_NAMES:
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def check_stale(
    project: Project, stale: Iterable[Stale], successors: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield an error for each stale folder; with the fix."""
    for found in stale:
        name = store.relative(found.folder, project.root)
        old = found.folder.name
        if old in successors:
            yield Problem(
                name, 0, "error", "content-stale", "no records, for the paper has a new id",
                f"records that go on as {successors[old]}", hint="Run: python -m builder extract",
            )  # fmt: skip
            continue
        fix = "Put the seed back; or"
        got = f"no seeds/{found.seed}" if found.seed else "none"
        if found.now:
            got = f"seeds/{found.seed} now gives another paper, {found.now}"
            fix = (
                "If it is the same paper, run: python -m builder rename "
                f"{ids.page_path('paper', old)} {ids.page_path('paper', found.now)}; "
                "or put the old seed back; or"
            )
        yield Problem(
            name, 0, "error", "paper-stale", "a seed of this paper", got,
            hint=f'{fix}, if the paper shall go: python -m builder remove {old} --because "…"',
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


# --- two papers of one id ------------------------------------------------------------------------

_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """What a paper says of itself: the id made of its own words, its DOI and its title."""

    paper: str
    doi: str
    title: str

    @property
    def apart(self) -> str:
        """The id that it bears beside another paper of its own id."""
        identity = self.doi.lower() or spelling.fold(self.title)
        return f"{self.paper}-{ids.digest(identity, _LETTERS)}"


def explain_same(one: Claim, other: Claim) -> str:
    """Return why two papers are one and the same, or an empty text."""
    if one.doi and other.doi:
        same = one.doi.lower() == other.doi.lower()
        return "the same DOI" if same else ""
    titles = [spelling.fold(claim.title) for claim in (one, other)]
    score = fuzz.ratio(*titles)
    if one.paper == other.paper:
        # Where no DOI sets them apart, what is doubtful is one paper.
        short, long = sorted(titles, key=len)
        alike = score >= DOUBTFUL or long.startswith(short)
        return "the same author, year and title" if alike else ""
    if score >= SAME and titles_agree(one.title, other.title):
        return f"titles {score:.0f} % alike"
    return ""


# Gives file and claim of the seed whose records stand under an id, None where there are none.
Held = Callable[[str], tuple[str, Claim] | None]


def find_held(project: Project) -> Held:
    """Return what gives the seed whose records stand under an id in content/."""

    def held(name: str) -> tuple[str, Claim] | None:
        paper = _read_paper(project.content / "papers" / name, project.root)
        if paper is None:
            return None
        seed = store.relative(project.seeds / paper.seed.file, project.root)
        return seed, Claim(name, paper.csl.DOI or "", paper.csl.title)

    return held


def settle_ids(claims: Mapping[str, Claim], held: Held) -> dict[str, str]:
    """Return the id that each paper bears, by its file; ``claims`` are by file.

    Files of one paper get one id. Of different papers that claim one id, that keeps it whose
    records stand under it; where none do, the outcome does not hang on the order of the files.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for file in sorted(claims):
        groups[claims[file].paper].append(file)
    settled: dict[str, str] = {}
    for paper, files in groups.items():
        for name, members in _settle(paper, _part(files, claims), claims, held):
            settled.update(dict.fromkeys(members, name))
    return settled


def _part(files: Sequence[str], claims: Mapping[str, Claim]) -> list[list[str]]:
    """Return the files of each paper."""
    papers: list[list[str]] = []
    for file in files:
        own = next((p for p in papers if explain_same(claims[p[0]], claims[file])), None)
        if own is None:
            papers.append([file])
        else:
            own.append(file)
    return papers


def _settle(
    paper: str, papers: list[list[str]], claims: Mapping[str, Claim], held: Held
) -> Iterator[tuple[str, list[str]]]:
    left = []
    for files in sorted(papers, key=lambda files: claims[files[0]].apart):
        apart = claims[files[0]].apart
        if held(apart):
            yield apart, files
        else:
            left.append(files)
    first = _find_holder(held(paper), left, claims) if len(left) > 1 else 0
    for place, files in enumerate(left):
        yield paper if place == first else claims[files[0]].apart, files


def _find_holder(
    standing: tuple[str, Claim] | None, papers: list[list[str]], claims: Mapping[str, Claim]
) -> int:
    """Return the place of the paper whose records stand; 0 where they are of none."""
    if standing is None:
        return 0
    file, claim = standing
    for place, files in enumerate(papers):
        if file in files:
            return place
    return next((n for n, files in enumerate(papers) if explain_same(claims[files[0]], claim)), 0)
