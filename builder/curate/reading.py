"""Reading papers: a pure function of a paper's bytes and of the terms, remembered in the one cache.

The function does not look at the disk, so that it runs in this process, in another, or on another
machine, with the same result. Many papers are read by processes or a Dask cluster: both are
executors of futures. The order of results is that of the papers, whatever finishes first.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import pickle
import re
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from builder import models, store
from builder.addresses.identity import Claim, make_seed_lookup, settle_ids
from builder.curate.corrections import apply_corrections, find_lines
from builder.curate.registry import join_titles
from builder.errors import Problem, ProblemError, has_errors, refuse
from builder.extract import extract_paper
from builder.extract.vocabulary import Vocabulary, build_vocabulary
from builder.project import Project
from builder.readers import read_seed_bytes
from builder.readers.source import read_bytes
from builder.store import PaperBundle
from builder.store.cache import Cache, hash_files, hash_parts, hash_program, hash_text

TRIALS = "trials.yml"
# Files of content/ on which no reading depends; all others (terms, word lists) count.
_NO_KNOWLEDGE = frozenset(
    ["papers", "corrections", "registry", "searches", "urls.yml", "identifiers.yml",
     "screening.yml", "search.yml"]
)  # fmt: skip
# The definition of a term, with the lines on which it goes on.
_DEFINITION = re.compile(rb"^definition:.*\n(?:[ \t].*\n|\n)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Task:
    """A seed to be read: its name below the project's root, and its bytes.

    ``paper`` is the id that it bears where that is not the one made of its own words.
    """

    file: str
    data: bytes
    paper: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Reading:
    """What became of one seed, ready to be written.

    ``texts`` are the files of the paper's folder by name, without its trials, which are compared
    with those of all papers first; they are empty where the cache has them, under ``key``.
    ``digests`` are their hashes, ``titles`` those of the works that trials cite. ``paper`` is empty
    where the seed could not be read, ``claim`` what it says of itself. ``misfits`` are corrections
    that do not fit: such a reading is never written.
    """

    file: str
    sha256: str
    paper: str = ""
    claim: Claim | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    trials: tuple[models.Trial, ...] = ()
    titles: Mapping[int, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    misfits: tuple[Problem, ...] = ()
    key: str = ""


class VersionError(RuntimeError):
    """A worker's program is not the one that asks."""


def read_seeds(
    project: Project, seeds: Sequence[Path], cache: Cache, pool: WorkerPool
) -> list[Reading]:
    """Return the reading of each seed, in order, corrected; only what the cache lacks is read.

    What fails is a problem of its paper. Raises ProblemError where terms or corrections are broken.
    """
    corrections = read_corrections(project)
    knowledge = hash_knowledge(project.content)
    readings: dict[int, Reading] = {}
    tasks: dict[int, Task] = {}
    for place, seed in enumerate(seeds):
        file = store.relative(seed, project.root)
        try:
            tasks[place] = Task(file, read_bytes(seed, file))
        except ProblemError as error:
            readings[place] = Reading(file, "", problems=tuple(error.problems))

    def read(wanted: Iterable[int], names: Mapping[str, str]) -> None:
        asked = {n: replace(tasks[n], paper=names.get(tasks[n].file, "")) for n in wanted}
        parts = {n: (knowledge, t.file, t.sha256, t.paper) for n, t in asked.items()}
        keys = {n: hash_parts(map(str.encode, part)) for n, part in parts.items()}
        found = {n: _unpack_reading(cache.get(keys[n]), keys[n]) for n in asked}
        readings.update({n: reading for n, reading in found.items() if reading})
        pending = [n for n in asked if not found[n]]
        if not pending:
            return
        executors = pool.find_executors(len(pending))
        vocabulary = load_vocabulary(project)
        work = partial(read_papers, pack_knowledge(vocabulary) if executors else vocabulary)
        fresh = map_items(work, [asked[n] for n in pending], executors, _fail, pool.progress)
        for place, reading in zip(pending, fresh, strict=True):
            readings[place] = reading
            if all(problem.rule != "seed-failed" for problem in reading.problems):
                cache.put(f"{keys[place]} texts", json.dumps(dict(reading.texts)).encode())
                bare = replace(reading, texts={})
                cache.put(keys[place], _KEPT.dump_json(bare, by_alias=True, exclude_unset=True))

    read(tasks, {})
    claims = {r.file: r.claim for r in readings.values() if r.claim}
    names = settle_ids(claims, make_seed_lookup(project))
    read([n for n, r in sorted(readings.items()) if r.paper != names.get(r.file, r.paper)], names)
    return [_correct(project, readings[place], cache, corrections) for place in range(len(seeds))]


def read_corrections(project: Project) -> dict[str, list[models.Correction]]:
    """Return the corrections of each paper. Raises ProblemError with every problem found."""
    paths = sorted((project.content / "corrections").glob("*.yml"))
    found = store.read_each(paths, lambda p: store.read_records(models.Correction, p, project.root))
    return {path.stem: records for path, records in zip(paths, found, strict=True)}


def _correct(
    project: Project,
    reading: Reading,
    cache: Cache,
    corrections: Mapping[str, list[models.Correction]],
) -> Reading:
    wanted = corrections.get(reading.paper)
    if not wanted:
        return reading
    texts = dict(load_texts(reading, cache))
    texts[TRIALS] = store.dump_records(reading.trials)
    path = project.content / "corrections" / f"{reading.paper}.yml"
    bundle, misfits = apply_corrections(
        store.parse_bundle(texts), wanted, store.relative(path, project.root), find_lines(path)
    )
    corrected = render_bundle(reading.file, reading.sha256, reading.claim, bundle, reading.problems)
    return replace(corrected, misfits=tuple(misfits))


def hash_knowledge(content: Path) -> str:
    """Return a hash of all in content/ that a reading depends on: terms and word lists.

    What a term is defined as is for readers of its page; no reading looks at it.
    """
    files = [
        path
        for part in sorted(content.glob("*"))
        if part.name not in _NO_KNOWLEDGE and not part.name.startswith(".")
        for path in (store.list_files(part) if part.is_dir() else [part])
    ]
    return hash_parts(_DEFINITION.sub(b"", part) for part in hash_files(files, content))


_KEPT = TypeAdapter(Reading)


def _unpack_reading(data: bytes | None, key: str) -> Reading | None:
    try:
        return replace(_KEPT.validate_json(data), key=key) if data else None
    except ValidationError:
        return None


def load_texts(reading: Reading, cache: Cache) -> Mapping[str, str]:
    """Return the files of a reading. Raises ProblemError where the cache has lost them."""
    if reading.texts or not reading.key:
        return reading.texts
    try:
        texts: dict[str, str] = json.loads(cache.get(f"{reading.key} texts") or b"")
    except ValueError as error:
        expected, hint = "what was read before", "Remove that folder and try again."
        raise refuse("build/cache", "cache", expected, "a broken file", hint=hint) from error
    return texts


# --- one paper -----------------------------------------------------------------------------------


def load_vocabulary(project: Project) -> Vocabulary:
    """Return the vocabulary of all terms. Raises ProblemError where one is broken."""
    with Cache(project.build / "cache") as cache:
        terms = store.read_terms(project.content, project.root, cache)
    return build_vocabulary(terms, content=project.content)


def pack_knowledge(vocabulary: Vocabulary) -> bytes:
    """Return the vocabulary as bytes, to be sent along with papers."""
    return pickle.dumps((hash_program(), pickle.dumps(vocabulary, 5)), 5)


@lru_cache(maxsize=2)
def _unpack_knowledge(packed: bytes) -> Vocabulary:
    """Return what was packed; a worker keeps it for all its papers.

    Raises VersionError on a machine whose program is another one than that which asks: its results
    would not be the same.
    """
    version, vocabulary = pickle.loads(packed)  # noqa: S301 (made by pack_knowledge)
    if version != hash_program():
        raise VersionError("the worker runs another version of the atlas")
    found: Vocabulary = pickle.loads(vocabulary)  # noqa: S301 (as above)
    return found


def read_papers(knowledge: bytes | Vocabulary, tasks: Sequence[Task]) -> list[Reading]:
    """Return the readings of some seeds by a vocabulary, or by what pack_knowledge made of it."""
    vocabulary = _unpack_knowledge(knowledge) if isinstance(knowledge, bytes) else knowledge
    return [read_paper(task, vocabulary) for task in tasks]


def read_paper(task: Task, vocabulary: Vocabulary) -> Reading:
    """Return the reading of one seed. Never raises: what fails is a problem."""
    try:
        document = read_seed_bytes(task.data, task.file)
        extraction = extract_paper(document, vocabulary, task.file, task.paper)
        bundle = extraction.bundle
        claim = Claim(extraction.own, bundle.paper.csl.DOI or "", bundle.paper.csl.title)
        problems = (*document.problems, *extraction.problems)
        return render_bundle(task.file, task.sha256, claim, bundle, problems)
    except ProblemError as error:
        return Reading(task.file, task.sha256, problems=tuple(error.problems))
    except Exception as error:
        return _fail(task, error)


def render_bundle(
    file: str, sha256: str, claim: Claim | None, bundle: PaperBundle, problems: Iterable[Problem]
) -> Reading:
    """Return the records of one seed as files, all but the trials."""
    texts = store.bundle_files(bundle)
    del texts[TRIALS]
    cited = {number for trial in bundle.trials for number in trial.references}
    return Reading(
        file,
        sha256,
        bundle.paper.id,
        claim,
        texts,
        {name: hash_text(text) for name, text in texts.items()},
        tuple(bundle.trials),
        join_titles(c for c in bundle.references if c.number in cited),
        tuple(problems),
    )


def _fail(task: Task, error: BaseException) -> Reading:
    return Reading(task.file, task.sha256, problems=(describe_crash(task.file, error),))


def describe_crash(file: str, error: BaseException) -> Problem:
    """Return an unforeseen failure as a problem that names the place in the program."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = " ".join(str(error).split())[:200]
    got = f"{type(error).__name__}{place}" + (f": {said}" if said else "")
    hint = "This is a defect of the atlas; please report it with the file."
    if isinstance(error, VersionError):
        got, hint = said, "Bring every worker to the same version, and try again."
    if type(error).__name__ in LOST:
        hint = "Its worker was lost, not the paper: see to the worker's memory, and try again."
    return Problem(file, 0, "error", "seed-failed", "a paper that can be read", got, hint=hint)


def fits(reading: Reading) -> bool:
    """Return whether a reading may be written: the seed was read, and every correction fits."""
    return bool(reading.paper) and not has_errors(reading.misfits)


# --- workers -------------------------------------------------------------------------------------

Item = TypeVar("Item")
Result = TypeVar("Result")
# Gives executors, one after another where one breaks.
Executors = Callable[[], AbstractContextManager[Executor]]

# Starting workers takes a second; fewer papers than this are read sooner without.
MANY = 12
_MOST_IN_CHUNK = 16
# Fewer chunks than this would leave workers of this machine or a small cluster without work.
_AHEAD = 2 * max(4, os.cpu_count() or 1)
# Seconds in which some chunk is done, even on slow machines; if not, the workers are lost. Dask
# itself waits for ever for new ones.
_PATIENCE = 600.0
# Errors by which executors say that a worker is lost, by name: those of Dask may not be installed.
LOST = frozenset(
    ["BrokenExecutor", "BrokenProcessPool", "CancelledError", "KilledWorker", "TimeoutError"]
)


def processes(workers: int | None = None) -> Executors:
    """Return what gives processes, one for each processor if ``workers`` is not given."""
    number = workers or len(os.sched_getaffinity(0))
    # Never forked from this process, whose threads (a progress bar, a test's server) hold locks.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    # Ctrl-C is for the process that hands out the work.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    return lambda: ProcessPoolExecutor(
        number, mp_context=context, initializer=signal.signal, initargs=ignore
    )


def dask_cluster(address: str, patience: str = "10s") -> Executors:
    """Return what gives a Dask cluster by its scheduler's address."""

    @contextmanager
    def connect() -> Iterator[Executor]:
        hint = "Is it running?"
        try:
            from distributed import Client  # noqa: PLC0415 (an extra, loaded only where asked for)

            client = Client(address, timeout=patience, set_as_default=False)
        except Exception as error:  # whatever answers there, and be it another service
            if isinstance(error, ImportError):
                hint = "Run: python -m pip install 'exosome-atlas[dask]'"
            got = " ".join(str(error).split())[:200] or "no answer"
            expected = f"a Dask scheduler at {address}"
            raise refuse("--dask", "dask", expected, got, hint=hint) from error
        with client:
            yield client.get_executor()

    return connect


@dataclass(frozen=True)
class WorkerPool:
    """Who reads papers: ``jobs`` processes, the ``dask`` cluster, or what is quickest.

    ``progress`` hears how many papers of how many are read.
    """

    jobs: int | None = None
    dask: str | None = None
    progress: Callable[[int, int], None] = lambda done, total: None

    def find_executors(self, items: int) -> Executors | None:
        """Return what gives executors for so many papers; None for work in this process."""
        if self.dask:
            return dask_cluster(self.dask)
        return processes(self.jobs) if self.jobs != 1 and items >= MANY else None


def map_items(
    work: Callable[[Sequence[Item]], Sequence[Result]],
    items: Sequence[Item],
    executors: Executors | None,
    fail: Callable[[Item, BaseException], Result],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Result]:
    """Return the result of each item, in order.

    ``work`` returns the results of several items, runs anywhere and must pickle; ``fail`` makes the
    result of an item whose work failed. What a lost worker leaves is done again in halves.
    """
    results: dict[int, Result] = {}

    def keep(places: Sequence[int], found: Sequence[Result] | BaseException) -> None:
        if isinstance(found, BaseException):
            found = [fail(items[place], found) for place in places]
        results.update(zip(places, found, strict=True))
        progress(len(results), len(items))

    if executors is None:
        for place, item in enumerate(items):
            keep([place], work([item]))
    waiting: list[Sequence[int]] = [range(len(items))] if executors and items else []
    while executors and waiting:
        places = waiting.pop()
        with executors() as executor:
            lost = _attempt(executor, work, items, places, keep)
        left = [place for place in places if place not in results]
        silent = isinstance(lost, TimeoutError) and len(left) == len(places)
        if lost and (silent or len(places) == 1):
            keep(left, lost)
        elif left:
            middle = len(left) // 2
            waiting += [half for half in (left[middle:], left[:middle]) if half]
    return [results[place] for place in range(len(items))]


def _attempt(
    executor: Executor,
    work: Callable[[Sequence[Item]], Sequence[Result]],
    items: Sequence[Item],
    places: Sequence[int],
    keep: Callable[[Sequence[int], Sequence[Result] | BaseException], None],
) -> BaseException | None:
    """Do the items at some places; return the error of a worker that was lost on the way."""
    size = max(1, min(_MOST_IN_CHUNK, len(places) // _AHEAD))
    futures = {}
    lost: BaseException | None = None
    try:
        for start in range(0, len(places), size):
            chunk = places[start : start + size]
            futures[executor.submit(work, [items[place] for place in chunk])] = chunk
    except BrokenExecutor as error:  # a worker died before all was handed out
        lost = error
    while futures:
        done, _ = wait(futures, _PATIENCE, FIRST_COMPLETED)
        if not done:
            return TimeoutError("no answer")
        for future in done:
            chunk = futures.pop(future)
            failed = CancelledError() if future.cancelled() else future.exception()
            if type(failed).__name__ in LOST:
                lost = failed
            else:
                keep(chunk, failed or future.result())
    return lost
