"""All seeds: those read before come from the shelf, a crew reads the others; all are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from builder import models, store
from builder.curate.id_collisions import Claim, settle_ids
from builder.curate.reading import (
    TRIALS,
    Reading,
    Stamp,
    Task,
    describe_crash,
    load_task,
    read_papers,
)
from builder.curate.reading_cache import Shelf
from builder.curate.vocabulary_cache import learn
from builder.curate.workers import Crew, Job, Progress, choose_crew, map_items
from builder.errors import Problem, ProblemError
from builder.project import Project
from builder.store.library_cache import Recall, pack_records


def read_seeds(
    project: Project,
    seeds: Sequence[Path],
    shelf: Shelf,
    crew: Crew | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Reading]:
    """Return the reading of each seed, in order; only those not on the shelf are read.

    ``crew`` does the reading; if it is not given, processes do for many papers. What fails is a
    problem of its paper. Raises ProblemError where terms or corrections are broken.
    """
    readings: dict[int, Reading] = {}
    for place, seed in enumerate(seeds):
        try:
            task = load_task(seed, project.root)
        except ProblemError as error:
            readings[place] = _unread(seed, project, error.problems)
            continue
        found = shelf.find(task.file, task.sha256)
        if found:
            readings[place] = found

    def read(pending: Sequence[int], names: Mapping[str, str]) -> None:
        packed = learn(project)
        load = _loader(project, seeds, names)
        job = Job(load, partial(read_papers, packed), _failer(project, seeds))
        fresh = map_items(job, pending, crew or choose_crew(len(pending)), progress)
        readings.update(zip(pending, fresh, strict=True))

    pending = [place for place in range(len(seeds)) if place not in readings]
    if pending:
        read(pending, {})
    names = _settle_ids(project, readings.values())
    again = [n for n, r in sorted(readings.items()) if r.paper != names.get(r.file, r.paper)]
    if again:
        read(again, names)
    return [readings[place] for place in range(len(seeds))]


def _settle_ids(project: Project, readings: Iterable[Reading]) -> dict[str, str]:
    """Return the id that each paper bears, by its file."""
    claims = {reading.file: reading.claim for reading in readings if reading.claim}

    def held(name: str) -> tuple[str, Claim] | None:
        file = project.content / "papers" / name / "paper.yml"
        if not file.is_file():
            return None
        try:
            paper = store.read_record(models.Paper, file, project.root)
        except ProblemError:
            return None
        seed = store.relative(project.seeds / paper.seed.file, project.root)
        return seed, Claim(name, paper.csl.DOI or "", paper.csl.title)

    return settle_ids(claims, held)


def _unread(seed: Path, project: Project, problems: Sequence[Problem]) -> Reading:
    return Reading(store.relative(seed, project.root), "", problems=tuple(problems))


def _loader(
    project: Project, seeds: Sequence[Path], names: Mapping[str, str]
) -> Callable[[int], Task]:
    def load(place: int) -> Task:
        file = store.relative(seeds[place], project.root)
        return load_task(seeds[place], project.root, names.get(file, ""))

    return load


def _failer(project: Project, seeds: Sequence[Path]) -> Callable[[int, BaseException], Reading]:
    def fail(place: int, error: BaseException) -> Reading:
        file = store.relative(seeds[place], project.root)
        return _unread(seeds[place], project, [describe_crash(file, error)])

    return fail


def write_reading(
    project: Project,
    reading: Reading,
    trials: Sequence[models.Trial],
    recall: Recall,
    hold: Callable[[str], None] = lambda paper: None,
) -> tuple[Reading, list[Path]]:
    """Write a paper's files where they differ; return the reading with new stamps, and the files.

    A file that still has the size and time it was last written with is not read again. What a
    seed that was read anew says is remembered. ``hold`` is called before the first file is written.
    """
    folder = project.content / "papers" / reading.paper
    told = [store.plain(trial) for trial in trials]
    text = store.dump_yaml(told)
    changed = [
        folder / n for n, d in reading.digests.items() if not _stands(folder / n, d, reading)
    ]
    if not _holds(folder / TRIALS, text):
        changed.append(folder / TRIALS)
    if changed:
        hold(reading.paper)
    for path in changed:
        store.write_text(path, text if path.name == TRIALS else reading.texts[path.name])
    stamps = {name: stamp for name in reading.digests if (stamp := find_stamp(folder / name))}
    if reading.data:
        recall.learn(store.BUNDLE_KINDS[TRIALS], text, pack_records(told))
        for name, data in reading.data.items():
            recall.learn(store.BUNDLE_KINDS[name], reading.texts[name], data)
    return replace(reading, stamps=stamps, data={}, outline=None), changed


def _stands(path: Path, digest: str, reading: Reading) -> bool:
    """Tell whether a file holds what was read, by its size and time or else by its bytes."""
    stamp = find_stamp(path)
    if stamp is None:
        return False
    return stamp == reading.stamps.get(path.name) or hash_of(path) == digest


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def find_stamp(path: Path) -> Stamp | None:
    """Return the size and time of a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns)


def hash_of(path: Path) -> str:
    """Return the hash of a file's bytes, in hex; empty where it can't be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
