"""Installing takes what the lock names and nothing else, whatever the index offers that day."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from local_index import LocalIndex

pytestmark = pytest.mark.slow

LATER = "9999.1"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)( ;[^\\]*)?", re.MULTILINE)


SMALL = """[project]
name = "small"
version = "1"
dependencies = ["click>=8.1,<9"]
"""


class Checkout:
    """A folder with the scripts of the install and a lock, whose packages are served locally.

    Each is offered at the locked version and at a later one. One of them asks for an extra of
    another beyond its locked version, as a release of pydantic once did.
    """

    def __init__(self, folder: Path, root: Path, project: str, lock: str) -> None:
        self.folder = folder
        self.index = LocalIndex(folder / "index")
        (folder / ".ci").mkdir()
        for name in ("make-venv", "apt.sh", "check_environment.py"):
            shutil.copy(root / ".ci" / name, folder / ".ci" / name)
        (folder / "pyproject.toml").write_text(project, encoding="utf-8")
        self.pins: dict[str, str] = {}
        lines = []
        for name, version, marker in PIN.findall(lock):
            if marker and not self.applies(marker):
                continue
            self.pins[name] = version
            needs = ["pydantic[email]>=2.12"] if name == "mkdocs" else []
            extras = ["email"] if name == "pydantic" else []
            digest = self.index.add(name, version, needs, extras)
            self.index.add(name, LATER, needs, extras)
            lines.append(f"{name}=={version} \\\n    --hash={digest}\n")
        self.lock = folder / "requirements.lock"
        self.lock.write_text("".join(lines), encoding="utf-8")

    @staticmethod
    def applies(marker: str) -> bool:
        """Return whether a marker of the lock, on the version of Python, fits this one."""
        compared = re.search(r"python_full_version (<|>=) '([\d.]+)'", marker)
        assert compared, marker
        later = sys.version_info[:3] >= tuple(map(int, compared[2].split(".")))
        return later == (compared[1] == ">=")

    def put_pip(self, wheel: Path) -> None:
        """Make .venv/ with a pip of its own, as a machine with that pip would."""
        venv = self.folder / ".venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        words = ["install", "--quiet", "--no-index", "--disable-pip-version-check", wheel]
        subprocess.run([venv / "bin/python", wheel / "pip", *words], check=True, env=self.env())

    def env(self, **more: str) -> dict[str, str]:
        """Return an environment in which pip knows no index but the local one."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
        return {
            **kept,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.index.url,
            "PIP_CACHE_DIR": str(self.folder / "cache"),
            **more,
        }

    def make(self, **more: str) -> subprocess.CompletedProcess[str]:
        """Run .ci/make-venv, as make does."""
        return subprocess.run(
            [".ci/make-venv", "requirements.lock"],
            cwd=self.folder,
            env=self.env(**more),
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> dict[str, str]:
        """Return the version of each package in .venv/, the tools of the environment left out."""
        code = (
            "from importlib.metadata import distributions as all\n"
            "for d in all(): print(d.name, d.version)"
        )
        python = self.folder / ".venv/bin/python"
        ran = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
        found = dict(line.split() for line in ran.stdout.splitlines())
        return {name: v for name, v in found.items() if name not in ("pip", "setuptools")}


@pytest.fixture
def checkout(tmp_path: Path, root: Path) -> Checkout:
    """The real project: its names and versions, each with a stand-in of a few bytes."""
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    return Checkout(tmp_path, root, project, lock)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, root: Path, build: Path) -> Path:
    """An environment that holds nothing but the newest pip, to be copied."""
    made = Checkout(tmp_path_factory.mktemp("bare"), root, SMALL, "")
    made.put_pip(find_pip(root, build, "newest"))
    return made.folder / ".venv"


@pytest.fixture
def small(tmp_path: Path, root: Path, bare: Path) -> Checkout:
    """A project of two dependencies, with the newest pip."""
    small = Checkout(tmp_path, root, SMALL, "click==8.5.1\nidna==3.20\n")
    shutil.copytree(bare, tmp_path / ".venv", symlinks=True)
    return small


def find_pip(root: Path, build: Path, age: str) -> Path:
    """Return the wheel that `make test` fetched for these tests."""
    lock = (root / f".ci/requirements/pip-{age}.txt").read_text(encoding="utf-8")
    version = PIN.findall(lock)[0][1]
    wheel = build / "pips" / f"pip-{version}-py3-none-any.whl"
    assert wheel.is_file(), f"no {wheel.name}; .ci/get-pips fetches it"
    return wheel


def one_line(ran: subprocess.CompletedProcess[str]) -> str:
    """Return the only line that a run printed."""
    (line,) = (ran.stdout + ran.stderr).splitlines()
    return line


@pytest.mark.parametrize("age", ["oldest", "newest"])
def test_what_is_installed_is_what_the_lock_names(
    checkout: Checkout, root: Path, build: Path, age: str
) -> None:
    checkout.put_pip(find_pip(root, build, age))
    if age == "oldest":
        # Left to resolve, it would look beyond the lock: the case that this test guards against.
        pins = re.findall(r"(?m)^(?:mkdocs|pydantic)==.*\n.*\n", checkout.lock.read_text())
        (checkout.folder / "two.lock").write_text("".join(pins))
        words = ["install", "--quiet", "--require-hashes", "--requirement", "two.lock"]
        ran = subprocess.run(
            [".venv/bin/python", "-m", "pip", *words], cwd=checkout.folder, env=checkout.env(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 1
        assert "pydantic[email]>=2.12" in ran.stderr
    ran = checkout.make()
    assert (ran.returncode, ran.stderr) == (0, "")
    assert checkout.installed() == checkout.pins
    command = checkout.folder / ".venv/bin/exosome-atlas"
    assert os.access(command, os.X_OK)
    before = command.stat().st_mtime_ns
    assert checkout.make(PIP_INDEX_URL="http://127.0.0.1:9/").returncode == 0
    assert command.stat().st_mtime_ns == before


def test_an_index_out_of_reach_is_one_line_and_the_next_run_completes(small: Checkout) -> None:
    ran = small.make(PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0")
    assert ran.returncode == 1
    assert one_line(ran).startswith("The package index can't be reached.")
    ran = small.make()
    assert (ran.returncode, ran.stderr) == (0, "")
    assert small.installed() == small.pins


def start_and_kill(small: Checkout) -> str:
    """Kill .ci/make-venv once it has begun to make the folder anew; return what it said first."""
    with subprocess.Popen(
        [".ci/make-venv", "requirements.lock"], cwd=small.folder, env=small.env(),
        start_new_session=True, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stderr
        said = running.stderr.readline().strip()
        while not (small.folder / ".venv/unfinished").exists():
            assert running.poll() is None
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGKILL)
    return said


def test_a_broken_environment_and_an_install_that_was_killed_are_made_anew(small: Checkout) -> None:
    (small.folder / ".venv/bin/python").unlink()
    assert start_and_kill(small) == ".venv/ is broken (its Python does not start): making it anew."
    ran = small.make()
    assert ran.returncode == 0
    assert one_line(ran) == "The last install into .venv/ did not finish: making it anew."
    assert small.installed() == small.pins
    (path,) = (small.folder / ".venv").glob("lib/python*/site-packages/click.py")
    path.unlink()
    lacks = ".venv/ is broken (click lacks its file click.py): making it anew."
    assert start_and_kill(small) == lacks


def test_a_lock_that_does_not_fit_the_project_says_so(small: Checkout) -> None:
    project = small.folder / "pyproject.toml"
    project.write_text(SMALL.replace("click>=8.1,<9", "click>=9999"), encoding="utf-8")
    ran = small.make()
    assert ran.returncode == 1
    assert one_line(ran) == (
        "requirements.lock has click 8.5.1, pyproject.toml asks for click>=9999. Run: make lock"
    )
    project.write_text(SMALL, encoding="utf-8")
    assert small.make().returncode == 0


def test_a_package_that_can_not_be_had_is_one_line(small: Checkout) -> None:
    text = small.lock.read_text(encoding="utf-8")

    digest = small.index.add("click", "8.9", ["idna>=9999"])
    pin = f"click==8.9 \\\n    --hash={digest}\n"
    small.lock.write_text(re.sub(r"(?m)^click==.*\n.*\n", lambda _: pin, text))
    ran = small.make()
    assert ran.returncode == 1
    assert one_line(ran).startswith("click asks for idna>=9999, requirements.lock brings 3.20.")

    small.lock.write_text(text)
    small.index.add("click", "8.5.1", ["idna"])
    ran = small.make()
    assert ran.returncode == 1
    assert "the index serves a package with another hash than the lock's" in one_line(ran)

    shutil.rmtree(small.index.folder / "click")
    ran = small.make()
    assert ran.returncode == 1
    assert one_line(ran).startswith("requirements.lock names click==8.5.1, which the index does")
