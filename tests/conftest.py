"""Fixtures that several folders of tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builder.project import Project

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project itself; tests read it and never write there."""
    return ROOT


def copy_project(root: Path, to: Path) -> Project:
    """Copy all that a build reads, so that a test may change it."""
    for folder in ("seeds", "content", "templates"):
        shutil.copytree(root / folder, to / folder)
    for file in ("mkdocs.yml", "pyproject.toml", "requirements.lock"):
        shutil.copy(root / file, to / file)
    return Project(to)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the project, to be changed freely."""
    return copy_project(root, tmp_path / "atlas")
