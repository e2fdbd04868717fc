"""From seeds/ to content/: extract writes it, check says whether it is what extract would write.

It knows no page, so that a command that only reads papers loads nothing that makes pages.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from builder import models, store
from builder.addresses import identity, renewal
from builder.addresses.pages import list_terms
from builder.curate.checks import check_library, check_quotes, check_terms
from builder.curate.reading import (
    TRIALS,
    Reading,
    WorkerPool,
    fits,
    load_texts,
    read_corrections,
    read_seeds,
)
from builder.curate.registry import compare_lists
from builder.errors import Problem, ProblemError, has_errors, refuse
from builder.project import Project, find_seeds
from builder.readers import read_words
from builder.store import Library
from builder.store.cache import Cache, hash_parts, hash_text
from builder.store.transaction import fingerprint, transaction

Notify = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """What a stage did: files changed, and all problems found, sorted."""

    changed: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    papers: int = 0
    pages: int = 0

    @property
    def failed(self) -> bool:
        """Return whether any problem is an error."""
        return has_errors(self.problems)


def silent(_: str) -> None:
    """Notify no one."""


# --- extract -------------------------------------------------------------------------------------


def extract(project: Project, notify: Notify = silent, pool: WorkerPool | None = None) -> Report:
    """Read every seed that changed and write its records; touch only files whose bytes change.

    A seed that can't be read, and one whose corrections do not fit, keeps the records it had; the
    others are written all the same. Raises ProblemError, and changes nothing, where terms or
    corrections are broken or the disk refuses.
    """
    with transaction(project) as work:
        report = extract_records(work.project, project, notify, pool)
        work.keep = project.out != project.preview  # what a curator tries out is not kept
    return replace(report, changed=work.changed)


def extract_records(
    project: Project,
    before: Project,
    notify: Notify = silent,
    pool: WorkerPool | None = None,
    goes_on: Mapping[str, str] | None = None,
) -> Report:
    """Write the records of every seed of a copy of a project, and its ledger.

    ``before`` is the project as it stands. Records of a paper that goes on under a new id make room
    for it; ``goes_on`` names such papers, old and new id, where the records alone leave it open.
    """
    with Cache(project.build / "cache") as cache:
        everything = read_all(project, cache, notify, pool, goes_on)
        notify("writing")
        for reading, trials in everything.kept:
            _write(project, reading, trials, cache)
        for old in everything.successors:
            identity.remove_records(project.content / "papers" / old)
        problems = list(everything.problems)
        if project.out != project.preview:  # what a curator tries out was never published
            notify("addresses")
            state = hash_parts([b"ledger", fingerprint(project).encode()])
            if cache.get(state) is None:
                problems += renewal.renew(before, project, everything.successors)
                problems += _find_news(before, project, cache)
                cache.put(hash_parts([b"ledger", fingerprint(project).encode()]), b"renewed")
        stale = identity.find_stale(project, everything.given)
        problems += identity.check_stale(project, stale, {})
        problems += identity.check_orphans(project, everything.given.values(), everything.corrected)
    problems.sort(key=Problem.sort_key)
    return Report([], problems, sum(bool(r.paper) for r in everything.readings))


def _write(
    project: Project, reading: Reading, trials: Sequence[models.Trial], cache: Cache
) -> None:
    """Write the files of a paper that differ."""
    folder = project.content / "papers" / reading.paper
    store.write_text(folder / TRIALS, store.dump_records(trials))
    differing = [name for name, digest in reading.digests.items() if _hash(folder / name) != digest]
    if differing:
        texts = load_texts(reading, cache)
        for name in differing:
            store.write_text(folder / name, texts[name])


def _hash(path: Path) -> str:
    """Return the hash of a file's text; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _find_news(before: Project, after: Project, cache: Cache) -> Iterator[Problem]:
    """Yield a note for each term that no statement named before, with what it matched."""
    try:
        old = store.load_library(before.content, before.root, cache)
        new = store.load_library(after.content, after.root, cache)
    except ProblemError:
        return
    if not old.papers:
        return
    named = {name for finding in old.findings() for name in list_terms(finding)}
    fresh: dict[str, list[models.Finding]] = defaultdict(list)
    for finding in new.findings():
        for name in {*list_terms(finding)} - named:
            if name in new.terms:
                fresh[name].append(finding)
    for name, findings in sorted(fresh.items()):
        first = findings[0]
        file = f"seeds/{new.papers[first.paper].paper.seed.file}"
        expected = f"statements that name {name!r} for the first time"
        got = f"{len(findings)}, first “{' '.join(first.quote.split())[:100]}”"
        hint = f"Run: python -m builder explain {first.id}"
        line = first.locator.line
        yield Problem(file, line, "note", "term-named", expected, got, hint=hint)


@dataclass(frozen=True)
class Everything:
    """All seeds, read: those to be written with their trials compared, and what went wrong.

    ``given`` are the ids of papers by their seeds' names, ``corrected`` those for which there are
    corrections, ``successors`` those that go on under another id, old and new.
    """

    readings: list[Reading]
    kept: list[tuple[Reading, list[models.Trial]]]
    problems: list[Problem]
    given: dict[str, str]
    corrected: list[str]
    successors: dict[str, str]


def read_all(
    project: Project,
    cache: Cache,
    notify: Notify = silent,
    pool: WorkerPool | None = None,
    goes_on: Mapping[str, str] | None = None,
) -> Everything:
    """Return the records of every seed that can be read, and every problem; writes nothing."""
    seeds = find_seeds(project)
    if not seeds:
        raise refuse(
            "seeds", "seeds", "at least one paper", "none", hint="Put a paper there as received."
        )
    notify(f"{len(seeds)} papers" if len(seeds) > 1 else seeds[0].name)
    readings = read_seeds(project, seeds, cache, pool or WorkerPool())
    same = list(_check_same_seeds(readings))
    twice = {problem.file for problem in same}
    problems = [*same, *(p for reading in readings for p in (*reading.problems, *reading.misfits))]
    kept = [r for r in readings if fits(r) and r.file not in twice]
    registry = store.read_registry(project.content, project.root)
    trials = compare_lists([(r.trials, r.titles) for r in kept], registry)
    given = {Path(reading.file).name: reading.paper for reading in readings}
    living = {r.paper: r for r in kept}

    def read(name: str) -> models.Paper:
        text = load_texts(living[name], cache)["paper.yml"]
        return models.Paper.model_validate(yaml.safe_load(text))

    seeds_of = {name: Path(r.file).name for name, r in living.items()}
    successors = identity.find_successors(
        project, identity.find_stale(project, given), seeds_of, read, goes_on
    )
    whole = list(zip(kept, trials, strict=True))
    return Everything(readings, whole, problems, given, list(read_corrections(project)), successors)


def check_corrections(project: Project) -> list[Problem]:
    """Return every correction that no longer fits what is read from its seed.

    Only papers with corrections are read, from the cache where it has them.
    """
    corrected = set(read_corrections(project))
    if not corrected:
        return []
    seeds = []
    for name in sorted(corrected):
        path = project.content / "papers" / name / "paper.yml"
        if path.is_file():
            seed = store.read_record(models.Paper, path, project.root).seed.file
            seeds += [project.seeds / seed] if (project.seeds / seed).is_file() else []
    with Cache(project.build / "cache") as cache:
        readings = read_seeds(project, seeds, cache, WorkerPool())
    return [problem for reading in readings for problem in reading.misfits]


def _check_same_seeds(results: Sequence[Reading]) -> Iterator[Problem]:
    """Yield an error for each seed that holds the same file or the same paper as one before it."""
    files: dict[str, str] = {}
    papers: dict[str, str] = {}
    for result in results:
        if not result.paper:
            continue
        paper = result.paper
        if other := files.get(result.sha256) or papers.get(paper):
            expected, got = "a paper that no other seed holds", f"the paper {paper}, as in {other}"
            hint = f"Keep the better of {other} and {result.file}, remove the other."
            yield Problem(result.file, 0, "error", "seed-twice", expected, got, hint=hint)
        files.setdefault(result.sha256, result.file)
        papers.setdefault(paper, result.file)


# --- check ---------------------------------------------------------------------------------------


def check(project: Project, notify: Notify = silent) -> Report:
    """Check that content/ is what extract would write, and that all in it holds together."""
    with Cache(project.build / "cache") as cache:
        everything = read_all(project, cache, notify)
        problems = list(everything.problems)
        stale = identity.find_stale(project, everything.given)
        problems += identity.check_stale(project, stale, everything.successors)
        problems += identity.check_orphans(project, everything.given.values(), everything.corrected)
        for reading, trials in everything.kept:
            problems += _compare_files(project, reading, trials, cache)
    try:
        library = store.load(project)
    except ProblemError as error:
        problems += error.problems
    else:
        notify("names")
        problems += check_terms(list(library.terms.values()), project.content, project.root)
        problems += check_library(library)
        problems += renewal.check_addresses(library)
        problems += renewal.check_dates(library)
        notify("quotes")
        problems += check_quotes(library, read_seed_words(project, library))
    unique = {str(problem): problem for problem in problems}
    return Report(
        [], sorted(unique.values(), key=Problem.sort_key), papers=len(everything.readings)
    )


def _compare_files(
    project: Project, reading: Reading, trials: Sequence[models.Trial], cache: Cache
) -> Iterator[Problem]:
    folder = project.content / "papers" / reading.paper
    trials_text = store.dump_records(trials)
    digests = {**reading.digests, TRIALS: hash_text(trials_text)}
    for name, digest in digests.items():
        path = folder / name
        held = _hash(path)
        if held != digest:
            text = trials_text if name == TRIALS else load_texts(reading, cache)[name]
            file, got = store.relative(path, project.root), "another text" if held else "no file"
            line = _first_difference(path.read_bytes(), text) if held else 0
            expected, hint = "what extract writes from the seed", "Run: python -m builder extract"
            yield Problem(file, line, "error", "content-stale", expected, got, hint=hint)


def _first_difference(held: bytes, text: str) -> int:
    """Return the first line on which a file differs from a text."""
    lines = held.decode("utf-8", "replace").splitlines()
    wanted = text.splitlines()
    pairs = zip(lines, wanted, strict=False)
    return next(
        (i for i, (a, b) in enumerate(pairs, 1) if a != b), min(len(lines), len(wanted)) + 1
    )


def read_seed_words(project: Project, library: Library) -> dict[str, str]:
    """Return the text of each seed that stands; check reports a missing one."""
    names = [bundle.paper.seed.file for bundle in library.papers.values()]
    return {
        name: read_words(project.seeds / name, project.root)
        for name in names
        if (project.seeds / name).is_file()
    }
