"""The same results on every executor, and a paper that kills its worker costs no other."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from crews import double_all
from distributed import LocalCluster

from builder.curate.workers import (
    MANY,
    Crew,
    Job,
    SerialExecutor,
    choose_crew,
    dask_cluster,
    in_process,
    map_items,
    processes,
)
from builder.errors import Problem, ProblemError


def job(load: Callable[[int], int] = int) -> Job[int, int, Any]:
    return Job(load, double_all, lambda item, error: (item, type(error).__name__))


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A real Dask scheduler with two workers, each a process of its own."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as running:
        yield running.scheduler_address


@pytest.fixture(params=["in process", "threads", "processes", "dask"])
def crew(request: pytest.FixtureRequest) -> Crew:
    if request.param == "dask":
        return dask_cluster(request.getfixturevalue("cluster"))
    return {
        "in process": in_process(),
        "threads": Crew("threads", lambda: ThreadPoolExecutor(3), 3),
        "processes": processes(2),
    }[request.param]


def test_results_come_in_order_whoever_does_the_work(crew: Crew) -> None:
    told: list[tuple[int, int]] = []
    numbers = list(range(20, 120))
    found = map_items(job(), numbers, crew, lambda done, total: told.append((done, total)))
    assert found == [2 * number for number in numbers]
    assert told[-1] == (100, 100)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_no_items_need_no_work(crew: Crew) -> None:
    assert map_items(job(), [], crew) == []


def test_an_error_costs_the_one_item_that_raised_it(crew: Crew) -> None:
    assert map_items(job(), [1, 2, 17, 4], crew) == [2, 4, (17, "ValueError"), 8]


@pytest.mark.parametrize("crew", ["processes"], indirect=True)
def test_a_dead_process_costs_the_one_item_that_killed_it(crew: Crew) -> None:
    numbers = [*range(10), 13, *range(20, 60), 13, 17, 3]
    found = map_items(job(), numbers, crew)
    killers = {place for place, number in enumerate(numbers) if number == 13}
    assert {place for place, result in enumerate(found) if isinstance(result, tuple)} == {
        *killers,
        numbers.index(17),
    }
    assert all(found[place] == (13, "BrokenProcessPool") for place in killers)
    assert found[:10] == [2 * number for number in range(10)]


DEATH = """
import dask
from crews import double_all
from distributed import LocalCluster
from builder.curate.workers import Job, dask_cluster, map_items

# Three workers: where two die, one is left, whether or not Dask starts new ones in time.
with dask.config.set({"distributed.scheduler.allowed-failures": 0}), LocalCluster(
    n_workers=3, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
) as running:
    job = Job(int, double_all, lambda item, error: (item, type(error).__name__))
    print(map_items(job, [1, 13, 3], dask_cluster(running.scheduler_address)))
"""


def test_a_dead_dask_worker_costs_the_one_item_that_killed_it(root: Path) -> None:
    """In a process of its own, killed where the cluster hangs, so that the test can't."""
    path = os.pathsep.join([str(root), str(root / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", DEATH],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=500,
        check=True,
    )
    assert done.stdout == "[2, (13, 'KilledWorker'), 6]\n"


class MuteExecutor(Executor):
    """Does what it can, but loses 13 and all after it, as a cluster does without workers."""

    def __init__(self, lost: bool = False) -> None:
        self.lost = lost

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.lost = self.lost or 13 in args[0]
        if self.lost:
            return Future()
        return SerialExecutor().submit(fn, *args, **kwargs)


def test_workers_that_fall_silent_are_given_up_and_called_anew() -> None:
    crew = Crew("mute", MuteExecutor, 1, patience=0.01)
    found = map_items(job(), [1, 2, 13, 4, 5, 6, 7, 8], crew)
    assert found == [2, 4, (13, "SilenceError"), 8, 10, 12, 14, 16]


def test_where_no_worker_is_left_all_that_waits_is_given_up() -> None:
    crew = Crew("dead", lambda: MuteExecutor(lost=True), 1, patience=0.01)
    told: list[tuple[int, int]] = []
    found = map_items(job(), list(range(100)), crew, lambda done, total: told.append((done, total)))
    assert found == [(number, "SilenceError") for number in range(100)]
    assert told[-1] == (100, 100)


def test_a_cluster_that_goes_away_costs_only_what_was_not_done() -> None:
    opened: list[Executor] = []

    def open_once() -> Executor:
        if opened:
            raise ProblemError(Problem("--dask", 0, "error", "dask", "a scheduler", "none"))
        opened.append(BreakingExecutor(after=1))
        return opened[0]

    found = map_items(job(), list(range(20, 36)), Crew("going", open_once))
    assert found[:4] == [40, 42, 44, 46]
    assert found[4:] == [(number, "ProblemError") for number in range(24, 36)]


class BreakingExecutor(SerialExecutor):
    """Cancels what is handed in after some tasks, and then refuses more, as a lost client does."""

    def __init__(self, after: int) -> None:
        self.left = after

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.left -= 1
        if self.left < -1:
            raise ValueError("closed")
        future = super().submit(fn, *args, **kwargs)
        if self.left < 0:
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
        return future


def test_items_are_loaded_only_when_their_turn_comes() -> None:
    """A thousand papers are not held in memory while two are read."""
    at_work: list[int] = []
    most = 0

    def load(number: int) -> int:
        nonlocal most
        at_work.append(number)
        most = max(most, len(at_work))
        return number

    def work(numbers: Any) -> list[int]:
        del at_work[: len(numbers)]
        return list(numbers)

    lazy: Job[int, int, Any] = Job(load, work, lambda item, error: None)
    assert map_items(lazy, list(range(1000)), in_process()) == list(range(1000))
    assert most <= 16


def test_a_failure_of_ours_stops_the_work() -> None:
    def load(number: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        map_items(job(load), [1, 2], in_process())


def test_many_papers_are_read_by_processes_and_few_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    assert choose_crew(MANY - 1).name == "this process"
    assert choose_crew(MANY).name == "2 processes"
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    assert choose_crew(1000).name == "this process"


def test_a_cluster_that_is_not_there_is_one_clear_error() -> None:
    with pytest.raises(ProblemError, match=r"--dask: error: a Dask scheduler at tcp://127"):
        dask_cluster("tcp://127.0.0.1:9")
    with pytest.raises(ProblemError, match="--dask: error"):
        dask_cluster("no address at all")


@pytest.fixture(params=["silent", "another service"])
def stranger(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of one who takes calls and is no scheduler: mute, or one that speaks HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    call, _ = server.accept()
                    calls.append(call)
                    if request.param != "silent":
                        call.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        calls: list[socket.socket] = []
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for call in calls:
            call.close()


def test_one_who_is_no_scheduler_is_one_clear_error(
    stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.curate.workers._GREETING", 0.3)
    with pytest.raises(ProblemError) as caught:
        dask_cluster(stranger)
    [problem] = caught.value.problems
    assert (problem.rule, problem.expected) == ("dask", f"a Dask scheduler at {stranger}")
    assert problem.got


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "tcp://127.0.0.1:port", "ftp://a:1"])
def test_what_is_no_address_is_one_clear_error(address: str) -> None:
    with pytest.raises(ProblemError) as caught:
        dask_cluster(address)
    assert [problem.rule for problem in caught.value.problems] == ["dask"]


def test_without_dask_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ProblemError, match=r"pip install 'exosome-atlas\[dask\]'"):
        dask_cluster("tcp://127.0.0.1:8786")


def test_the_serial_executor_keeps_the_contract_of_futures() -> None:
    with SerialExecutor() as executor:
        assert list(executor.map(double_all, [[1], [2]])) == [[2], [4]]
        assert isinstance(executor.submit(double_all, [17]).exception(), ValueError)
