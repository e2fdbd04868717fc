"""Which records go on under a new id, so that the old address leads on, and which ids papers bear.

The id of a finding, a reference or a paper is made of its words. A typo put right in a seed changes
them: the record that went and the one that came are then one, and the ledger says so. The records
of a paper whose seed gives another paper now make room for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rapidfuzz import fuzz

from builder import models, store
from builder.addresses.ledger import FILE, follow
from builder.errors import Problem, ProblemError
from builder.models import Finding, Paper, Reference
from builder.project import Project
from builder.store import Library
from builder.store.same_work import DOUBTFUL, SAME, titles_agree
from builder.text import ids, spelling

# Words alike in percent (rapidfuzz, in order) from which a statement or title counts as corrected.
ALIKE = 90.0
_CERTAIN = 100.0
R = TypeVar("R")


def find_moves(
    before: Library, after: Library, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return, as ``kind:id``, old and new name of each record that goes on under a new id.

    A pair is one only where each is the other's nearest, at least 90 % alike, and no third is as
    near: a doubtful one stays open, and the build will ask. ``known`` are ids of papers, old and
    new, of which it is certain.
    """
    sure = {o: n for o, n in (known or {}).items() if o in before.papers and n in after.papers}
    old = [b.paper for n, b in before.papers.items() if n not in after.papers and n not in sure]
    came = after.papers.keys() - before.papers.keys() - set(sure.values())
    papers = pair_papers(old, [b.paper for n, b in after.papers.items() if n in came]) | sure
    moves = {f"paper:{old}": f"paper:{new}" for old, new in papers.items()}
    moves |= _move_findings(before, after, papers)
    gone = [r for name, r in before.references.items() if name not in after.references]
    new = [r for name, r in after.references.items() if name not in before.references]
    pairs = _pair(gone, new, _work_likeness)
    moves |= {f"reference:{a.id}": f"reference:{b.id}" for a, b in pairs}
    return dict(sorted(moves.items()))


def pair_papers(old: Sequence[Paper], new: Sequence[Paper]) -> dict[str, str]:
    """Return, by id, the paper among ``new`` as which each of ``old`` goes on.

    A DOI that both have decides, then the seed's bytes. Else a title may be corrected in the same
    file, and a file may be renamed that keeps its title; both at once is left open.
    """
    return {a.id: b.id for a, b in _pair(old, new, _paper_likeness)}


def _paper_likeness(one: Paper, other: Paper) -> float:
    if one.csl.DOI and other.csl.DOI:
        return _CERTAIN if one.csl.DOI.lower() == other.csl.DOI.lower() else 0.0
    if one.seed.sha256 == other.seed.sha256:
        return _CERTAIN
    alike = fuzz.ratio(spelling.fold(one.csl.title), spelling.fold(other.csl.title))
    return alike if one.seed.file == other.seed.file or alike == _CERTAIN else 0.0


def _move_findings(before: Library, after: Library, papers: Mapping[str, str]) -> dict[str, str]:
    kept = {f.id for b in after.papers.values() for f in b.findings}
    known = {f.id for b in before.papers.values() for f in b.findings}
    moves = {}
    for name, bundle in sorted(before.papers.items()):
        now = after.papers.get(papers.get(name, name))
        if now is None:
            continue
        gone = _by_place(f for f in bundle.findings if f.id not in kept)
        came = _by_place(f for f in now.findings if f.id not in known)
        for place, old in gone.items():
            for a, b in _pair_worded(old, came.get(place, []), lambda f: f.quote):
                moves[f"finding:{a.id}"] = f"finding:{b.id}"
    return moves


def _pair_worded(
    old: Sequence[R], new: Sequence[R], words: Callable[[R], str]
) -> Iterator[tuple[R, R]]:
    """Yield pairs of the same words in their order (their paper has a new id), then of alike."""
    same: dict[str, list[R]] = defaultdict(list)
    for record in new:
        same[spelling.fold(words(record))].append(record)
    left = []
    for record in old:
        alike = same.get(spelling.fold(words(record)))
        if alike:
            yield record, alike.pop(0)
        else:
            left.append(record)
    yield from _pair(
        left,
        [record for alike in same.values() for record in alike],
        lambda a, b: fuzz.ratio(
            spelling.fold(words(a)), spelling.fold(words(b)), score_cutoff=ALIKE
        ),
    )


def _by_place(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.locator.kind].append(finding)
    return found


def find_row_moves(
    before: Library, after: Library, moves: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return, by paper, old and new id of each row that goes on in its tables.

    ``moves`` are what find_moves gives. Not every row is a statement.
    """
    found = {}
    for name, bundle in sorted(before.papers.items()):
        paper = moves.get(f"paper:{name}", f"paper:{name}").partition(":")[2]
        now = after.papers.get(paper)
        if now is None:
            continue
        rows, came = ({r.id: r for t in b.tables for r in t.rows} for b in (bundle, now))
        gone = [row for key, row in rows.items() if key not in came]
        fresh = [row for key, row in came.items() if key not in rows]
        words = lambda row: " | ".join(cell.printed for cell in row.cells.values())  # noqa: E731
        if pairs := {a.id: b.id for a, b in _pair_worded(gone, fresh, words)}:
            found[paper] = pairs
    return found


def _work_likeness(one: Reference, other: Reference) -> float:
    for name in ("DOI", "PMID"):
        first, second = getattr(one.csl, name), getattr(other.csl, name)
        if first and second:
            return _CERTAIN if first.lower() == second.lower() else 0.0
    return fuzz.ratio(spelling.fold(one.printed), spelling.fold(other.printed), score_cutoff=ALIKE)


def _pair(
    old: Sequence[R], new: Sequence[R], likeness: Callable[[R, R], float]
) -> Iterator[tuple[R, R]]:
    """Yield pairs in which each is the other's one nearest."""
    if not old or not new:
        return
    scores = [[likeness(a, b) for b in new] for a in old]
    columns = list(zip(*scores, strict=True))
    for place, row in enumerate(scores):
        at = _best(row)
        if at is not None and _best(columns[at]) == place:
            yield old[place], new[at]


def _best(scores: Sequence[float]) -> int | None:
    """Return the place of the one highest score, if it is high enough and no other reaches it."""
    top = max(scores)
    if top < ALIKE or list(scores).count(top) > 1:
        return None
    return list(scores).index(top)


# --- records that no seed gives ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stale:
    """A folder of records that no seed gives; ``now`` is the paper that its seed gives instead."""

    folder: Path
    paper: Paper | None
    now: str = ""

    @property
    def seed(self) -> str:
        """The file name of the seed that the records were read from; empty if that isn't known."""
        return self.paper.seed.file if self.paper else ""


def find_stale(project: Project, given: Mapping[str, str]) -> list[Stale]:
    """Return the folders below content/papers that no seed gives.

    ``given`` are the ids of papers by their seeds' names. Records of a seed that can't be read at
    present, whose id is empty, are not stale: it may well give them when corrected.
    """
    living = set(given.values())
    found = []
    for folder in sorted((project.content / "papers").glob("*")):
        if folder.is_dir() and folder.name not in living:
            paper = _read_paper(folder, project.root)
            now = given.get(paper.seed.file) if paper else None
            if now != "":
                found.append(Stale(folder, paper, now or ""))
    return found


def _read_paper(folder: Path, root: Path) -> Paper | None:
    try:
        return store.read_record(Paper, folder / "paper.yml", root)
    except ProblemError:
        return None


def find_successors(
    project: Project,
    stale: Iterable[Stale],
    living: Mapping[str, str],
    read: Callable[[str], Paper],
    known: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return, by id, the paper as which each stale one goes on; one in doubt is left out.

    ``living`` are the seeds' names of papers whose records stand or will stand, by id; ``read``
    gives one of them. A paper can only go on as one that is new, or that its own seed gives.
    ``known`` is what a curator says, and goes first.
    """
    gone = {s.folder.name: s for s in stale}
    if not gone:
        return {}
    seeds = {s.seed for s in gone.values()}
    found = {old: new for old, new in (known or {}).items() if old in gone and new in living}
    came = [
        read(name)
        for name, seed in living.items()
        if name not in found.values()
        and (seed in seeds or not (project.content / "papers" / name).is_dir())
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
    project: Project, papers: Iterable[str], corrections: Iterable[str]
) -> Iterator[Problem]:
    """Yield an error for each file of corrections whose paper there isn't (any more).

    None where a seed can't be read, whose id is empty: a correction may belong to that paper.
    """
    there = set(papers)
    orphans = [name for name in corrections if name not in there]
    if not orphans or "" in there:
        return
    ledger = {
        a.address: a for a in store.read_records(models.Address, project.root / FILE, project.root)
    }
    for name in orphans:
        old = ids.page_path("paper", name)
        new = follow(old, ledger)
        goes_on = new != old and new.split("/")[1] in there
        yield Problem(
            f"content/corrections/{name}.yml", 0, "error", "correction-paper",
            "a file named after a paper", repr(name),
            hint=f"The paper has a new id. Run: python -m builder rename {old} {new}"
            if goes_on else "",
        )  # fmt: skip


# --- two papers of one id ------------------------------------------------------------------------


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
        return f"{self.paper}-{ids.digest(identity, 4)}"


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
SeedLookup = Callable[[str], tuple[str, Claim] | None]


def make_seed_lookup(project: Project) -> SeedLookup:
    """Return what gives the seed whose records stand under an id in content/."""

    def seed_of(name: str) -> tuple[str, Claim] | None:
        paper = _read_paper(project.content / "papers" / name, project.root)
        if paper is None:
            return None
        seed = store.relative(project.seeds / paper.seed.file, project.root)
        return seed, Claim(name, paper.csl.DOI or "", paper.csl.title)

    return seed_of


def settle_ids(claims: Mapping[str, Claim], seed_of: SeedLookup) -> dict[str, str]:
    """Return the id that each paper bears, by its file; ``claims`` are by file.

    Files of one paper get one id. Of different papers that claim one id, that keeps it whose
    records stand under it; where none do, the outcome does not hang on the order of the files.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for file in sorted(claims):
        groups[claims[file].paper].append(file)
    settled: dict[str, str] = {}
    for paper, files in groups.items():
        for name, members in _settle(paper, _part(files, claims), claims, seed_of):
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
    paper: str, papers: list[list[str]], claims: Mapping[str, Claim], seed_of: SeedLookup
) -> Iterator[tuple[str, list[str]]]:
    left = []
    for files in sorted(papers, key=lambda files: claims[files[0]].apart):
        apart = claims[files[0]].apart
        if seed_of(apart):
            yield apart, files
        else:
            left.append(files)
    first = _find_holder(seed_of(paper), left, claims) if len(left) > 1 else 0
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
