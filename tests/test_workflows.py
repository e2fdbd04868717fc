"""The workflows: least rights, actions pinned, and only commands that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.cli import main

FILES = sorted((Path(__file__).parents[1] / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    return yaml.safe_load(request.param.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_no_right_is_given_but_to_a_job(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


def test_every_action_is_pinned_by_its_commit(workflow: dict[str, Any]) -> None:
    for job in workflow["jobs"].values():
        for step in job.get("steps", []):
            if "uses" in step:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])


@pytest.mark.parametrize("name", ["living-review", "renew-locks"])
def test_only_the_last_step_holds_a_token(name: str) -> None:
    text = next(p for p in FILES if p.stem == name).read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    steps = job["steps"]
    assert steps[0]["with"]["persist-credentials"] is False
    assert [s["name"] for s in steps if "GH_TOKEN" in s.get("env", {})] == [
        "Open or renew the pull request"
    ]


def test_the_watch_asks_for_what_the_command_line_offers() -> None:
    text = next(p for p in FILES if p.stem == "living-review").read_text(encoding="utf-8")
    asked = re.findall(r"^\s+ask (\w+)$", text, re.MULTILINE)
    assert asked == ["search", "refresh"]
    assert set(asked) <= set(main.commands)
