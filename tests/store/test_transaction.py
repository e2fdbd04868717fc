"""A command that writes content/ does all of it or nothing, whenever it is killed."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from fuzz.kill import count_down

from builder.errors import ProblemError
from builder.project import Project
from builder.store.transaction import recover, transaction

BEFORE = {"content/kept.yml": "kept", "content/a/old.yml": "old", "content/a/gone.yml": "gone"}
AFTER = {"content/kept.yml": "kept", "content/a/old.yml": "new", "content/b/came.yml": "came"}

HINTS = {
    True: "Its changes were completed: all files are as they were after it.",
    False: "Nothing of it was kept: all files are as they were before it.",
}
CALLS = ("mkdir", "link", "symlink", "replace", "rename", "unlink", "rmdir", "fsync")


@pytest.fixture
def place(tmp_path: Path) -> Project:
    for name, text in BEFORE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Project(tmp_path)


def files(project: Project) -> dict[str, str]:
    return {
        p.relative_to(project.root).as_posix(): p.read_text()
        for p in project.content.rglob("*")
        if p.is_file()
    }


def change(project: Project) -> list[Path]:
    with transaction(project) as work:
        folder = work.project.content
        (folder / "a/old.yml").unlink()
        (folder / "a/old.yml").write_text("new")
        (folder / "b").mkdir()
        (folder / "b/came.yml").write_text("came")
        (folder / "a/gone.yml").unlink()
        assert files(project) == BEFORE
    return work.changed


def test_changes_hold_at_the_end_and_are_listed(place: Project) -> None:
    changed = change(place)
    assert files(place) == AFTER
    assert [p.relative_to(place.root).as_posix() for p in changed] == [
        "content/a/gone.yml",
        "content/a/old.yml",
        "content/b/came.yml",
    ]
    assert not (place.root / ".transaction").exists()


def test_an_error_leaves_everything_as_it_was(place: Project) -> None:
    def fail() -> None:
        with transaction(place) as work:
            (work.project.content / "kept.yml").unlink()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert files(place) == BEFORE
    assert not (place.root / ".transaction").exists()


def test_what_someone_else_writes_meanwhile_stays(place: Project) -> None:
    with transaction(place) as work:
        (work.project.content / "a/gone.yml").unlink()
        aside = place.content / "aside"
        aside.write_text("edited in an editor")
        os.replace(aside, place.content / "kept.yml")
        (place.content / "noted.yml").write_text("a new file")
    assert files(place) == {
        "content/kept.yml": "edited in an editor",
        "content/a/old.yml": "old",
        "content/noted.yml": "a new file",
    }


def test_two_at_once_are_refused(place: Project) -> None:
    with transaction(place), pytest.raises(ProblemError, match="Another one is running"):
        change(place)
    assert files(place) == BEFORE


def test_what_another_command_is_at_work_on_is_left_to_it(place: Project) -> None:
    with transaction(place) as work:
        (work.project.content / "a/gone.yml").unlink()
        assert recover(place) is None
    assert "content/a/gone.yml" not in files(place)


def test_a_disk_without_hard_links_gets_copies(
    place: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_link(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse_link)
    change(place)
    assert files(place) == AFTER


def test_what_goes_into_folders_that_were_not_there_is_put_there(place: Project) -> None:
    with transaction(place) as work:
        file = work.project.content / "papers/roe-2020/paper.yml"
        file.parent.mkdir(parents=True)
        file.write_text("roe")
    assert files(place) == {**BEFORE, "content/papers/roe-2020/paper.yml": "roe"}


def test_a_link_that_leads_elsewhere_now_is_a_change(place: Project) -> None:
    link = place.content / "link.yml"
    link.symlink_to("kept.yml")
    with transaction(place) as work:
        (work.project.content / "link.yml").unlink()
        (work.project.content / "link.yml").symlink_to("a/old.yml")
    assert [path.name for path in work.changed] == ["link.yml"]
    assert os.readlink(link) == "a/old.yml"


def test_a_file_that_the_disk_refuses_is_named(
    place: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_replace(_: Path, target: Path) -> None:
        raise OSError(30, "Read-only file system", str(target))

    monkeypatch.setattr(os, "replace", refuse_replace)
    with pytest.raises(ProblemError) as refused:
        change(place)
    monkeypatch.undo()
    assert str(refused.value) == (
        "content/a/old.yml: error: a file that can be written, got Read-only file system. [write]"
    )
    recover(place)
    assert files(place) == AFTER


def test_a_full_disk_is_one_error_and_changes_nothing(
    place: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(place.root / ".transaction"))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProblemError, match="No space left on device"):
        change(place)
    monkeypatch.undo()
    assert files(place) == BEFORE
    assert recover(place) is None
    change(place)
    assert files(place) == AFTER


def change_and_die(project: Project, left: int) -> int:
    """Run the change in a process of its own that is killed before its call number ``left``.

    Return its signal, 0 where it came to its end.
    """
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]

    count_down(left, CALLS)
    change(project)
    os._exit(0)


def restore(project: Project) -> None:
    shutil.rmtree(project.content)
    for name, text in BEFORE.items():
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text(text)


def test_killed_at_each_step_the_next_command_finds_before_or_after(place: Project) -> None:
    seen = set()
    for step in range(200):
        ended = change_and_die(place, step)
        note = recover(place)
        state = files(place)
        assert state in (BEFORE, AFTER), f"killed at step {step}"
        if note:
            assert note.hint == HINTS[state == AFTER], f"step {step}"
        assert not (place.root / ".transaction").exists()
        seen.add((state == AFTER, note is not None))
        restore(place)
        if not ended:
            break
        assert ended == signal.SIGKILL
    assert seen == {(False, False), (False, True), (True, True), (True, False)}


def test_a_folder_whose_last_file_was_removed_goes_with_it(tmp_path: Path) -> None:
    project = Project(tmp_path)
    file = project.content / "papers/roe-2020/paper.yml"
    file.parent.mkdir(parents=True)
    file.write_text("x", encoding="utf-8")
    with transaction(project) as work:
        (work.project.content / "papers/roe-2020/paper.yml").unlink()
    assert not file.parent.exists()
    assert project.content.is_dir()
