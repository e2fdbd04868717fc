"""A few of the kills that ``make fuzz`` does by the hundred."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fuzz.kill import COMMANDS, Stand


@pytest.mark.parametrize("command", COMMANDS)
def test_a_killed_command_leaves_the_state_before_or_after(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    stand = Stand(command, tmp_path)
    chance = random.Random(command)
    for _ in range(3):
        stand.kill(chance, timed=False)
