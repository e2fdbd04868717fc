"""Work on many papers at once, on any executor of concurrent.futures.

The order of results is that of the papers, whatever finishes first. A paper that kills its worker
costs its own result and no other: what was at work when a worker died is done again one by one.
Nor is an answer waited for without end: workers that say nothing for long are given up.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from builder.errors import Problem, ProblemError
from builder.store.memory import expect_records

Item = TypeVar("Item")
Load = TypeVar("Load")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]

# Starting workers takes a second; fewer papers than this are read sooner without.
MANY = 12
_MOST_IN_CHUNK = 16
# Chunks handed out at a time for each worker: one at work, one waiting.
_AHEAD = 2


# Seconds in which a cluster has some chunk done, even on slow machines; if not, its workers are
# lost. Dask itself waits for ever for new ones.
_PATIENCE = 600.0
# Seconds in which a scheduler has to answer at all.
_GREETING = 5.0
_SILENT = "the workers did not answer for too long"


class SilenceError(RuntimeError):
    """Workers have said nothing for longer than they may."""


class SerialExecutor(Executor):
    """An executor that does the work at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that is done already."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class Crew:
    """Those who do the work. ``open`` gives a fresh executor; ``workers`` is how many they are.

    ``patience`` is for how many seconds they may say nothing at all; None where their death is
    always told.
    """

    name: str
    open: Callable[[], AbstractContextManager[Executor]]
    workers: int = 1
    patience: float | None = None


@dataclass(frozen=True)
class Job(Generic[Item, Load, Result]):
    """What is done with each item.

    ``load`` makes an item ready to be sent, as late as possible; ``work`` returns the results of
    several, runs anywhere and must pickle; ``fail`` makes the result of an item whose worker died.
    """

    load: Callable[[Item], Load]
    work: Callable[[Sequence[Load]], Sequence[Result]]
    fail: Callable[[Item, BaseException], Result]


def in_process() -> Crew:
    """Return the crew of this process alone."""
    return Crew("this process", SerialExecutor)


def processes(workers: int | None = None) -> Crew:
    """Return a crew of processes, one for each processor unless told otherwise."""
    number = workers or len(os.sched_getaffinity(0))
    # Never forked from this process, whose threads (a progress bar, a test's server) hold locks.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")

    def start() -> Executor:
        return ProcessPoolExecutor(number, mp_context=context, initializer=_begin_work)

    return Crew(f"{number} processes", start, number)


def _begin_work() -> None:
    """Leave Ctrl-C to the process that hands out the work, so that it alone tells of it."""
    expect_records()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def dask_cluster(address: str, patience: float = _PATIENCE) -> Crew:
    """Return the crew of a Dask cluster. Raises ProblemError where it can't be had.

    A paper that kills its workers is given up by the scheduler after as many of them as its setting
    ``distributed.scheduler.allowed-failures`` says.
    """

    def refuse(expected: str, got: str, hint: str) -> ProblemError:
        return ProblemError(Problem("--dask", 0, "error", "dask", expected, got, hint=hint))

    try:
        from distributed import Client  # noqa: PLC0415 (an extra, loaded only where asked for)
    except ImportError as error:
        hint = "Run: python -m pip install 'exosome-atlas[dask]'"
        raise refuse("Dask installed", "none", hint) from error

    @contextmanager
    def connect() -> Iterator[Executor]:
        try:
            _greet(address)
            client = Client(address, timeout="10s", set_as_default=False)
        except Exception as error:  # whatever answers there, and be it another service
            said = " ".join(str(error).split())[:200] or "no answer"
            raise refuse(f"a Dask scheduler at {address}", said, "Is it running?") from error
        try:
            yield client.get_executor()
        finally:
            client.close()

    with connect() as executor:
        number = sum(executor._client.nthreads().values())  # type: ignore[attr-defined]
    return Crew(f"the Dask cluster at {address}", connect, max(1, number), patience)


def _greet(address: str) -> None:
    """Raise an error where nobody greets as Dask does, within seconds.

    A client of Dask takes half a minute to give up, and as long again to be done away with.
    """
    from distributed import Security  # noqa: PLC0415 (an extra)
    from distributed.comm.core import connect  # noqa: PLC0415 (an extra)

    async def greet() -> None:
        options = Security().get_connection_args("client")
        comm = await connect(address, timeout=_GREETING, **options)
        await comm.close()

    async def greet_soon() -> None:
        await asyncio.wait_for(greet(), _GREETING + 1)

    # In a thread of its own, for this one may have a loop of events at work.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(greet_soon())).result()


def name_crew(jobs: int | None, dask: str | None) -> Crew | None:
    """Return the crew that a person asks for; None where it is left to choose_crew."""
    if dask:
        return dask_cluster(dask)
    if jobs is None:
        return None
    return in_process() if jobs == 1 else processes(jobs)


def choose_crew(papers: int) -> Crew:
    """Return processes for many papers, this process for a few."""
    return processes() if papers >= MANY and len(os.sched_getaffinity(0)) > 1 else in_process()


def map_items(
    job: Job[Item, Load, Result],
    items: Sequence[Item],
    crew: Crew,
    progress: Progress = lambda done, total: None,
) -> list[Result]:
    """Return the result of each item, in the items' order."""
    run = _Run(job, items, crew, progress)
    size = max(1, min(_MOST_IN_CHUNK, len(items) // (crew.workers * 4)))
    run.do([list(range(at, min(at + size, len(items)))) for at in range(0, len(items), size)])
    return [run.results[place] for place in range(len(items))]


class _Run(Generic[Item, Load, Result]):
    """One pass over all items: what is done, what is at work, what a dead worker had in hand."""

    def __init__(
        self, job: Job[Item, Load, Result], items: Sequence[Item], crew: Crew, progress: Progress
    ) -> None:
        self.job = job
        self.items = items
        self.crew = crew
        self.progress = progress
        self.results: dict[int, Result] = {}
        self.waiting: deque[list[int]] = deque()
        self.opened = False
        self.silent = False

    def do(self, chunks: list[list[int]]) -> None:
        """Do all chunks; then, one by one, those that were at work when a worker died.

        Where the workers can't be had any more, or stay silent twice, all that is left is given up.
        """
        self.waiting = deque(chunks)
        suspects: list[list[int]] = []
        try:
            while self.waiting:
                suspects += self._work_off(self.crew.workers * _AHEAD)
            self.waiting = deque([place] for chunk in suspects for place in chunk)
            while self.waiting:
                self._work_off(1, last=True)
        except (ProblemError, SilenceError) as error:
            if not self.opened:
                raise
            for place in range(len(self.items)):
                if place not in self.results:
                    self._give_up([place], error)

    def _work_off(self, most: int, *, last: bool = False) -> list[list[int]]:
        """Do what waits until it is done or the executor breaks; return the chunks that failed."""
        failed: list[list[int]] = []
        with self.crew.open() as executor:
            self.opened = True
            at_work: dict[Future[Sequence[Result]], list[int]] = {}
            try:
                while self.waiting or at_work:
                    while self.waiting and len(at_work) < most:
                        at_work[self._hand_out(executor, self.waiting[0])] = self.waiting[0]
                        self.waiting.popleft()
                    done = self._wait(at_work)
                    broken = [self._collect(f, at_work.pop(f), failed, last=last) for f in done]
                    if any(broken) or not done:
                        # Whatever is still at work breaks as well; its turn comes alone.
                        self._fail(at_work.values(), SilenceError(_SILENT), failed, last=last)
                        break
            except BrokenExecutor as error:
                left = [*at_work.values()]
                if not left and self.waiting:
                    left = [self.waiting.popleft()]
                self._fail(left, error, failed, last=last)
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                raise
        return failed

    def _wait(self, at_work: Mapping[Future[Sequence[Result]], list[int]]) -> Collection[Any]:
        """Return the futures that are done; none where the workers were silent for too long.

        Raises SilenceError where they are so for the second time.
        """
        done, _ = wait(at_work, timeout=self.crew.patience, return_when=FIRST_COMPLETED)
        if done:
            self.silent = False
        elif self.silent:
            raise SilenceError(_SILENT)
        else:
            self.silent = True
        return done

    def _hand_out(self, executor: Executor, chunk: list[int]) -> Future[Sequence[Result]]:
        loads = [self.job.load(self.items[place]) for place in chunk]
        try:
            return executor.submit(self.job.work, loads)
        except Exception as error:  # each kind of executor has its own for being closed
            raise BrokenExecutor(f"{type(error).__name__}: {error}") from error

    def _collect(
        self,
        future: Future[Sequence[Result]],
        chunk: list[int],
        failed: list[list[int]],
        *,
        last: bool,
    ) -> bool:
        """Keep the results of a future; tell whether its executor is broken."""
        try:
            error = future.exception()
        except CancelledError as cancelled:  # its cluster has gone
            error = cancelled
        if error is None:
            for place, result in zip(chunk, future.result(), strict=True):
                self.results[place] = result
            self.progress(len(self.results), len(self.items))
        else:
            self._fail([chunk], error, failed, last=last)
        return isinstance(error, BrokenExecutor)

    def _fail(
        self,
        chunks: Iterable[list[int]],
        error: BaseException,
        failed: list[list[int]],
        *,
        last: bool,
    ) -> None:
        """Give chunks up if it was their last chance."""
        for chunk in chunks:
            if last:
                self._give_up(chunk, error)
            else:
                failed.append(chunk)

    def _give_up(self, chunk: list[int], error: BaseException) -> None:
        for place in chunk:
            self.results[place] = self.job.fail(self.items[place], error)
        self.progress(len(self.results), len(self.items))
