"""Work on many items by any executor: in order, and an item that kills its worker costs itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from builder.curate import reading
from builder.curate.reading import WorkerPool, dask_cluster, map_items, processes
from builder.errors import ProblemError


def double(numbers: Sequence[int]) -> list[str]:
    return [str(2 * number) for number in numbers]


def fail(number: int, error: BaseException) -> str:
    return f"{number}: {type(error).__name__}"


def die_at_13(numbers: Sequence[int]) -> list[str]:
    if 13 in numbers:
        os._exit(1)
    return double(numbers)


def raise_at_13(numbers: Sequence[int]) -> list[str]:
    if numbers == [13]:
        raise ZeroDivisionError
    return double(numbers)


def test_results_come_in_order_and_progress_is_heard() -> None:
    heard: list[tuple[int, int]] = []
    found = map_items(double, range(99), processes(2), fail, lambda *at: heard.append(at))
    assert found == double(range(99)) == map_items(double, range(99), None, fail)
    assert heard[-1] == (99, 99)
    assert map_items(double, [], processes(2), fail) == []


@pytest.mark.slow
def test_a_dead_process_costs_the_one_item_that_killed_it() -> None:
    found = map_items(die_at_13, range(60), processes(2), fail)
    assert found[13] == "13: BrokenProcessPool"
    assert [x for n, x in enumerate(found) if n != 13] == double([n for n in range(60) if n != 13])


def test_an_error_of_the_work_is_the_result_of_its_chunk() -> None:
    assert map_items(raise_at_13, [1, 13, 3], processes(2), fail) == [
        "2",
        "13: ZeroDivisionError",
        "6",
    ]


@pytest.mark.slow
def test_a_cluster_reads_and_a_dead_worker_costs_the_one_item_that_killed_it(root: Path) -> None:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=60
    ) as cluster:
        executors = dask_cluster(cluster.scheduler_address)
        assert map_items(double, range(40), executors, fail) == double(range(40))


class SilentExecutor(Executor):
    """An executor whose workers never answer, as those of a cluster without any."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        return Future()


def test_workers_that_say_nothing_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_PATIENCE", 0.01)

    @contextmanager
    def silent() -> Iterator[Executor]:
        yield SilentExecutor()

    assert map_items(double, [1, 2], silent, fail) == ["1: TimeoutError", "2: TimeoutError"]


def test_many_papers_are_read_by_processes_and_few_here() -> None:
    assert WorkerPool().find_executors(2) is None
    assert WorkerPool(jobs=1).find_executors(500) is None
    assert WorkerPool().find_executors(500) is not None
    assert WorkerPool(dask="tcp://127.0.0.1:9").find_executors(1) is not None


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "http://127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_one_clear_error(address: str) -> None:
    with pytest.raises(ProblemError, match=r"--dask: error: a Dask scheduler at"):
        map_items(double, [1], dask_cluster(address, "1s"), fail)
