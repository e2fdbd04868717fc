"""Work on many papers at once, by processes or a Dask cluster: both are executors of futures.

The order of results is that of the items, whatever finishes first. An item that kills its worker
costs its own result and no other: what was left when a worker died is done again in halves.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from builder.errors import refuse

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
class Crew:
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
