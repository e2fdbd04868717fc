"""A few of the kills that ``make fuzz`` does by the hundred."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz.kill import (
    ARTICLES,
    COMMANDS,
    Stand,
    answer_all,
    decide,
    include_all,
    make_project,
    read_files,
    searched,
)
from local_service import LocalService, Reply, run_service

from builder.refresh.http_client import VARIABLES

pytestmark = pytest.mark.slow


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    for name in VARIABLES.values():
        monkeypatch.setenv(name, "")
    with run_service() as running:
        answer_all(running)
        yield running


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("service")
def test_a_killed_command_leaves_the_state_before_or_after(command: str, tmp_path: Path) -> None:
    stand = Stand(command, tmp_path)
    chance = random.Random(command)
    for _ in range(3):
        stand.kill(chance, timed=False)


def test_include_goes_on_where_it_was_killed(service: LocalService, tmp_path: Path) -> None:
    project = make_project(tmp_path)
    searched(project)
    decide(project)
    before, killed = read_files(project), ARTICLES  # two questions an article: half are asked
    service.asked.clear()
    honest, child = service.answers["/search"], []

    def answer_and_kill(query: dict[str, str]) -> Reply:
        while len(service.asked) > killed and child:
            os.kill(child.pop(), signal.SIGKILL)
        return honest(query)

    service.answers["/search"] = answer_and_kill
    pid = os.fork()
    if not pid:
        include_all(project)
        os._exit(0)
    child.append(pid)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert read_files(project) == before
    include_all(project)
    seeds = [path.name for path in project.seeds.glob("lovelace*.xml")]
    assert len(seeds) == ARTICLES
    # Only the question that was open when it was killed is asked again.
    assert len(service.asked) == 2 * ARTICLES + 1
