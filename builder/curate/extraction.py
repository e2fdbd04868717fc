"""From seeds/ to content/: extract writes it, check tells whether it is what extract would write.

It knows no page, so that a command that only reads papers loads nothing that makes pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder import models, store
from builder.addresses import renewal
from builder.curate.checks import check_library, check_quotes
from builder.curate.corrections import read_corrections
from builder.curate.intake import hash_of, read_seeds, write_reading
from builder.curate.reading import TRIALS, Reading
from builder.curate.reading_cache import Shelf
from builder.curate.registry import compare_lists
from builder.curate.successors import (
    check_orphans,
    check_stale,
    find_stale,
    find_successors,
    remove_records,
)
from builder.curate.term_checks import check_terms
from builder.curate.workers import Crew, Progress
from builder.errors import Problem, ProblemError, has_errors
from builder.project import Project, find_seeds
from builder.readers import read_words
from builder.store import Library
from builder.store.atomic_replace import hold_lock
from builder.store.hashes import hash_text
from builder.store.library_cache import Recall, load
from builder.store.snapshot import keep_records

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
        """Tell whether any problem is an error."""
        return has_errors(self.problems)


def silent(_: str) -> None:
    """Notify no one."""


def no_progress(done: int, total: int) -> None:
    """Tell no one how many papers are read."""


# --- extract -------------------------------------------------------------------------------------


def extract(
    project: Project,
    notify: Notify = silent,
    *,
    crew: Crew | None = None,
    progress: Progress = no_progress,
    goes_on: Mapping[str, str] | None = None,
) -> Report:
    """Read every seed that changed and write its records; touch only files whose bytes change.

    A seed that can't be read keeps the records it had, and the others are written all the same.
    Records of a paper that goes on under a new id make room for it; ``goes_on`` tells of such ones,
    old and new id, where the records alone leave it open. ``crew`` does the reading; if it is not
    given, processes do for many papers. Raises ProblemError where terms or corrections are broken
    or the disk refuses.
    """
    with (
        hold_lock(project.build / "lock"),
        Shelf(project) as shelf,
        keep_records(project) as before,
    ):
        everything = read_all(project, shelf, notify, crew, progress)
        stale = find_stale(project, everything.readings)
        kept = [reading for reading, _ in everything.kept]
        successors = find_successors(project, stale, kept, goes_on)
        notify("writing")
        changed: list[Path] = []
        written: dict[str, Reading] = {}
        try:
            with Recall(project.build) as recall:
                for reading, trials in everything.kept:
                    done, files = write_reading(project, reading, trials, recall, before.hold)
                    written[reading.file] = done
                    changed.extend(files)
                recall.keep(forget=False)
        finally:
            shelf.keep(written.get(reading.file, reading) for reading in everything.readings)
        for old in successors:
            before.hold(old)
            changed.extend(remove_records(project.content / "papers" / old))
        notify("addresses")
        fresh = {r.paper: r.outline for r in kept if r.outline}
        changed.extend(renewal.renew(project, before, successors, fresh))
        problems = [*everything.problems, *_check_old(project, everything, {})]
        problems.sort(key=Problem.sort_key)
        return Report(changed, problems, sum(bool(r.paper) for r in everything.readings))


def _check_old(
    project: Project, everything: Everything, successors: Mapping[str, str]
) -> Iterator[Problem]:
    stale = find_stale(project, everything.readings)
    yield from check_stale(project, stale, successors)
    yield from check_orphans(project, everything.readings, everything.corrected)


@dataclass(frozen=True)
class Everything:
    """All seeds, read: those to be written with their trials compared, and what went wrong.

    ``corrected`` are the ids of papers for which there are corrections.
    """

    readings: list[Reading]
    kept: list[tuple[Reading, list[models.Trial]]]
    problems: list[Problem]
    corrected: list[str]


def read_all(
    project: Project,
    shelf: Shelf,
    notify: Notify = silent,
    crew: Crew | None = None,
    progress: Progress = no_progress,
) -> Everything:
    """Return the records of every seed that can be read, and every problem; writes nothing."""
    seeds = find_seeds(project)
    if not seeds:
        raise ProblemError(
            Problem("seeds", 0, "error", "seeds", "at least one paper", "none",
                    hint="Put a paper there as received.")
        )  # fmt: skip
    corrected = list(read_corrections(project.content / "corrections", project.root))
    notify(f"{len(seeds)} papers" if len(seeds) > 1 else seeds[0].name)
    readings = read_seeds(project, seeds, shelf, crew, progress)
    twins = list(_check_twins(readings))
    twice = {problem.file for problem in twins}
    problems = [*twins, *(problem for reading in readings for problem in reading.problems)]
    kept = [r for r in readings if r.paper and r.file not in twice]
    registry = store.read_registry(project.content, project.root)
    trials = compare_lists([(r.trials, r.titles) for r in kept], registry)
    return Everything(readings, list(zip(kept, trials, strict=True)), problems, corrected)


def _check_twins(results: Sequence[Reading]) -> Iterator[Problem]:
    """Give an error for each seed that holds the same file or the same paper as one before it."""
    files: dict[str, str] = {}
    papers: dict[str, str] = {}
    for result in results:
        if not result.paper:
            continue
        paper = result.paper
        other = files.get(result.sha256) or papers.get(paper)
        if other:
            yield Problem(
                result.file,
                0,
                "error",
                "seed-twice",
                "a paper that no other seed holds",
                f"the paper {paper}, as in {other}",
                hint=f"Keep the better of {other} and {result.file}, remove the other.",
            )
        files.setdefault(result.sha256, result.file)
        papers.setdefault(paper, result.file)


# --- check ---------------------------------------------------------------------------------------


def check(project: Project, notify: Notify = silent) -> Report:
    """Check that content/ is what extract would write, and that all in it holds together."""
    with Shelf(project) as shelf:
        everything = read_all(project, shelf, notify)
        stale = find_stale(project, everything.readings)
        kept = [reading for reading, _ in everything.kept]
        successors = find_successors(project, stale, kept)
        problems = [*everything.problems, *_check_old(project, everything, successors)]
        for reading, trials in everything.kept:
            problems += _compare_files(project, reading, trials)
    try:
        library = load(project)
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
    project: Project, reading: Reading, trials: Sequence[models.Trial]
) -> Iterator[Problem]:
    folder = project.content / "papers" / reading.paper
    told = store.dump_records(trials)
    digests = {**reading.digests, TRIALS: hash_text(told)}
    for name, digest in digests.items():
        path = folder / name
        held = hash_of(path)
        if held != digest:
            text = told if name == TRIALS else reading.texts[name]
            yield Problem(
                store.relative(path, project.root),
                _first_difference(path.read_bytes(), text) if held else 0,
                "error",
                "content-stale",
                "what extract writes from the seed",
                "another text" if held else "no file",
                hint="Run: python -m builder extract",
            )


def _first_difference(held: bytes, text: str) -> int:
    """Return the first line on which a file differs from a text."""
    lines = held.decode("utf-8", "replace").splitlines()
    wanted = text.splitlines()
    pairs = zip(lines, wanted, strict=False)
    return next(
        (i for i, (a, b) in enumerate(pairs, 1) if a != b), min(len(lines), len(wanted)) + 1
    )


def read_seed_words(project: Project, library: Library) -> dict[str, str]:
    """Return the text of each seed that stands; a missing one is told by check."""
    names = [bundle.paper.seed.file for bundle in library.papers.values()]
    return {
        name: read_words(project.seeds / name, project.root)
        for name in names
        if (project.seeds / name).is_file()
    }
