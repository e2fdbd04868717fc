"""A build takes the site's place at once, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builder.errors import ProblemError
from builder.store.transaction import hold_lock, new_site, remove_leftovers


def write_site(site: Path, word: str) -> None:
    with new_site(site) as folder:
        (folder / "index.html").write_text(word)


def test_a_first_site_is_put_in_place(tmp_path: Path) -> None:
    write_site(tmp_path / "site", "one")
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("kernel_swaps", [True, False])
def test_a_new_site_replaces_the_old_one_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel_swaps: bool
) -> None:
    if not kernel_swaps:
        monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: object())
    write_site(tmp_path / "site", "one")
    (tmp_path / "site/gone.html").write_text("only in the old site")
    write_site(tmp_path / "site", "two")
    assert [p.name for p in tmp_path.iterdir()] == ["site"]
    assert [p.name for p in (tmp_path / "site").iterdir()] == ["index.html"]
    assert (tmp_path / "site/index.html").read_text() == "two"


def fail_half_way(site: Path) -> None:
    with new_site(site) as folder:
        (folder / "index.html").write_text("half")
        raise OSError("disk full")


def test_a_failed_build_leaves_the_old_site(tmp_path: Path) -> None:
    write_site(tmp_path / "site", "one")
    with pytest.raises(OSError, match="full"):
        fail_half_way(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_build_killed_between_two_renames_is_mended_by_the_next(tmp_path: Path) -> None:
    old = tmp_path / ".site-old-1"
    old.mkdir()
    (old / "index.html").write_text("one")
    (tmp_path / ".site-1").mkdir()
    remove_leftovers(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_first_build_that_was_killed_leaves_no_site(tmp_path: Path) -> None:
    (tmp_path / ".site-1").mkdir()
    (tmp_path / ".site-1/index.html").write_text("half")
    remove_leftovers(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_where_the_kernel_swaps_the_site_is_never_renamed_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    write_site(site, "one")
    moved = []
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda p, to: moved.append(p) or rename(p, to))
    write_site(site, "two")
    assert moved == []


KILLED = """
import sys, time
from pathlib import Path
from builder.store.transaction import new_site
with new_site(Path(sys.argv[1])) as folder:
    (folder / "index.html").write_text("half")
    print("half written", flush=True)
    time.sleep(60)
"""


def test_a_killed_build_leaves_the_old_site(root: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_site(site, "one")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(site)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "half written\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert (site / "index.html").read_text() == "one"
    write_site(site, "two")
    assert (site / "index.html").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


HOLDER = """
import sys
from pathlib import Path
from builder.store.transaction import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_build_is_reported_of_the_first(root: Path, tmp_path: Path) -> None:
    lock = tmp_path / "build/lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with (
            pytest.raises(ProblemError, match="Another one is running"),
            hold_lock(lock),
        ):
            pytest.fail("two builds at once")
        child.communicate()
    with hold_lock(lock):
        pass  # free again once the first has ended


def test_no_reader_ever_misses_the_site_while_it_changes(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_site(site, "0")
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib\n"
            "page = pathlib.Path(sys.argv[1])\n"
            "print('ready', flush=True)\n"
            "while page.read_text() != 'last': pass\n",
            str(site / "index.html"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        for number in range(50):
            write_site(site, str(number))
            time.sleep(0.001)
        write_site(site, "last")
        _, said = reader.communicate(timeout=30)
    assert reader.returncode == 0, said
    assert os.listdir(tmp_path) == ["site"]


def test_a_site_built_under_a_strict_umask_can_be_read_by_all(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with new_site(tmp_path / "site") as folder:
            (folder / "papers").mkdir()
            (folder / "papers/index.html").write_text("x")
    finally:
        os.umask(before)
    modes = {p.name: oct(p.stat().st_mode & 0o777) for p in (tmp_path / "site").rglob("*")}
    assert modes == {"papers": "0o755", "index.html": "0o644"}
    assert (tmp_path / "site").stat().st_mode & 0o777 == 0o755
