"""Work on many papers at once, by processes or a Dask cluster: both are executors of futures.

The order of results is that of the items, whatever finishes first. An item that kills its worker
costs its own result and no other: what was at work when a worker died is done again one by one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from builder.errors import Problem, ProblemError

Item = TypeVar("Item")
Result = TypeVar("Result")
# Gives executors, one after another where one breaks.
Executors = Callable[[], AbstractContextManager[Executor]]
_Lost = tuple[BaseException | None, list[Sequence[int]]]

# Starting workers takes a second; fewer papers than this are read sooner without.
MANY = 12
_MOST_IN_CHUNK = 16
# Chunks handed out at a time: as many as keep the workers of this machine or a small cluster busy.
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
            raise ProblemError(
                Problem("--dask", 0, "error", "dask", f"a Dask scheduler at {address}", got,
                        hint=hint)
            ) from error  # fmt: skip
        try:
            yield client.get_executor()
        finally:
            client.close()

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
    result of an item whose work failed.
    """
    shift = _Shift(work, items, fail, progress)
    if executors is None:
        for place, item in enumerate(items):
            shift.keep([place], work([item]))
        return shift.in_order()
    size = max(1, min(_MOST_IN_CHUNK, len(items) // _AHEAD))
    places = range(len(items))
    waiting: deque[Sequence[int]] = deque(places[n : n + size] for n in places[::size])
    suspects: list[Sequence[int]] = []
    while waiting:
        with executors() as executor:
            suspects += shift.work_off(executor, waiting, _AHEAD)[1]
    for place in [place for chunk in suspects for place in chunk]:
        with executors() as executor:
            lost, _ = shift.work_off(executor, deque([[place]]), 1)
        if lost:
            shift.keep([place], [fail(items[place], lost)])
    return shift.in_order()


class _Shift(Generic[Item, Result]):
    """The work on some items, and its results by their places."""

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result]],
        items: Sequence[Item],
        fail: Callable[[Item, BaseException], Result],
        progress: Callable[[int, int], None],
    ) -> None:
        self.work, self.items, self.fail, self.progress = work, items, fail, progress
        self.results: dict[int, Result] = {}

    def in_order(self) -> list[Result]:
        """Return all results."""
        return [self.results[place] for place in range(len(self.items))]

    def keep(self, chunk: Sequence[int], found: Sequence[Result]) -> None:
        """Keep the results of a chunk."""
        self.results.update(zip(chunk, found, strict=True))
        self.progress(len(self.results), len(self.items))

    def work_off(self, executor: Executor, waiting: deque[Sequence[int]], most: int) -> _Lost:
        """Do what waits until all is done or a worker is lost; return what was at work then."""
        at_work: dict[Future[Sequence[Result]], Sequence[int]] = {}
        while waiting or at_work:
            while waiting and len(at_work) < most:
                chunk = waiting.popleft()
                items = [self.items[place] for place in chunk]
                at_work[executor.submit(self.work, items)] = chunk
            done, _ = wait(at_work, _PATIENCE, FIRST_COMPLETED)
            lost: BaseException | None = None if done else TimeoutError("no answer")
            for future in done:
                error = self._collect(future, at_work[future])
                lost = error or lost
                if error is None:
                    del at_work[future]
            if lost:
                return lost, list(at_work.values())
        return None, []

    def _collect(
        self, future: Future[Sequence[Result]], chunk: Sequence[int]
    ) -> BaseException | None:
        """Keep the results of a chunk; return an error that says that its worker was lost."""
        error = CancelledError() if future.cancelled() else future.exception()
        if error is None:
            self.keep(chunk, future.result())
        elif type(error).__name__ in LOST:
            return error
        else:
            self.keep(chunk, [self.fail(self.items[place], error) for place in chunk])
        return None
