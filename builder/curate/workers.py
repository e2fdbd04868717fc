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
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from builder.errors import Problem, ProblemError

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
# Gives executors, one after another where one breaks; None for work in this process.
Crew = Callable[[], AbstractContextManager[Executor]] | None

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


def processes(workers: int | None = None) -> Crew:
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


def dask_cluster(address: str, patience: str = "10s") -> Crew:
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


def choose_crew(jobs: int | None, dask: str | None, items: int) -> Crew:
    """Return those who do the work: as asked for, else processes where there is much to do."""
    if dask:
        return dask_cluster(dask)
    return processes(jobs) if jobs != 1 and items >= MANY else None


def map_items(
    work: Callable[[Sequence[Item]], Sequence[Result]],
    items: Sequence[Item],
    crew: Crew,
    fail: Callable[[Item, BaseException], Result],
    progress: Progress = lambda done, total: None,
) -> list[Result]:
    """Return the result of each item, in order.

    ``work`` returns the results of several items, runs anywhere and must pickle; ``fail`` makes the
    result of an item whose work failed.
    """
    results: dict[int, Result] = {}

    def keep(chunk: Sequence[int], found: Sequence[Result]) -> None:
        results.update(zip(chunk, found, strict=True))
        progress(len(results), len(items))

    def lose(chunk: Sequence[int], error: BaseException) -> None:
        keep(chunk, [fail(items[place], error) for place in chunk])

    def work_off(chunks: Sequence[Sequence[int]], ahead: int) -> Iterator[Sequence[int]]:
        """Do the work; yield chunks whose worker was lost, or give them up where they are alone."""
        waiting = deque(chunks)
        while waiting and crew:
            with crew() as executor:
                at_work: dict[Future[Sequence[Result]], Sequence[int]] = {}
                lost: BaseException | None = None
                while (waiting or at_work) and not lost:
                    while waiting and len(at_work) < ahead:
                        chunk = waiting.popleft()
                        at_work[executor.submit(work, [items[n] for n in chunk])] = chunk
                    done, _ = wait(at_work, _PATIENCE, FIRST_COMPLETED)
                    lost = None if done else TimeoutError("the workers did not answer")
                    for future in done:
                        error = None if future.cancelled() else future.exception()
                        if error is None and not future.cancelled():
                            keep(at_work.pop(future), future.result())
                        elif future.cancelled() or type(error).__name__ in LOST:
                            lost = error or TimeoutError("the worker was lost")
                        elif error:
                            lose(at_work.pop(future), error)
                for chunk in at_work.values():
                    if ahead == 1 and lost:
                        lose(chunk, lost)
                    else:
                        yield chunk

    if crew is None:
        for place, item in enumerate(items):
            keep([place], work([item]))
        return [results[place] for place in range(len(items))]
    size = max(1, min(_MOST_IN_CHUNK, len(items) // _AHEAD))
    chunks = [range(n, min(n + size, len(items))) for n in range(0, len(items), size)]
    suspects = [place for chunk in work_off(chunks, _AHEAD) for place in chunk]
    list(work_off([[place] for place in suspects], 1))
    return [results[place] for place in range(len(items))]
