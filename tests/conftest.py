"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from hand_made import DIGEST, Share, copy_project, share_folder
from hypothesis import settings

from builder.project import Project

# The same examples each time, so that a red run is the fault of the change it tests. Look for new
# ones with ``pytest --hypothesis-profile=search``.
settings.register_profile("search", deadline=None)
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")

ROOT = Path(__file__).resolve().parent.parent
# `make test BUILD=…` has fetched there what tests need; their projects have folders of their own.
BUILD = Project(ROOT).build
os.environ.pop("ATLAS_BUILD", None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project itself; tests read it and never write there."""
    return ROOT


@pytest.fixture(scope="session")
def build() -> Path:
    """The build folder of the project itself."""
    return BUILD


@pytest.fixture(scope="session")
def share(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Share:
    """Make folders that all processes of the run share; nobody writes in them afterwards."""
    base = tmp_path_factory.getbasetemp()
    return partial(share_folder, base if worker_id == "master" else base.parent)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the project, to be changed freely."""
    return copy_project(root, tmp_path / "atlas")


@pytest.fixture
def small(tmp_path: Path) -> Project:
    """A project with two terms and one small paper."""
    project = Project(tmp_path)
    sources = project.content / "terms/sources"
    sources.mkdir(parents=True)
    (sources / "msc.yml").write_text("id: msc\nlabel: Mesenchymal stem cell\nkind: source\n")
    (sources / "bmsc.yml").write_text(
        "id: bmsc\nlabel: Bone marrow MSC\nkind: source\nsynonyms:\n- BMSC\nparent: msc\n"
    )
    project.seeds.mkdir()
    (project.seeds / "knee.txt").write_text(DIGEST, encoding="utf-8")
    return project
