"""Every command that writes content/ or a site does it all or not at all, whenever it is killed.

A command works on a copy of what it may write (linked, not copied: files are replaced, never
written over). When it ends well, a list of what differs is put down, which is the moment from which
its changes hold; then file by file takes its place. A command that was killed before that moment
left the project as it was; one killed after it is completed by the next command of any kind.

A site is built beside the old one, then they change places at once; a build that fails or is killed
leaves the site as it was. A lock keeps a second command away.
"""

import ctypes
import fcntl
import filecmp
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from builder.errors import Problem, ProblemError, refuse
from builder.project import Project
from builder.store.cache import hash_parts

# Folders and files below the project's root that a command may change.
FOLDERS = ("content", "seeds", "releases")
FILES = ("pyproject.toml", "CITATION.cff")
_FOLDER = ".transaction"
_TREE, _LIST, _DONE = "tree", "changes.json", "done.json"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_Identity = tuple[int, int, int]  # number, size and time of a file


@dataclass
class Transaction:
    """What a command works on: ``project`` is the copy, ``changed`` the files that it changed.

    ``changed`` are paths of the real project, known once the transaction has ended. Where ``keep``
    is set to False, they are only what would have changed.
    """

    project: Project
    keep: bool = True
    changed: list[Path] = field(default_factory=list)


@contextmanager
def transaction(project: Project) -> Iterator[Transaction]:
    """Give a copy of the project to work on; its changes hold if the block ends without an error.

    Holds the lock of the project. Raises ProblemError where another command has it, or the disk
    refuses::

        with transaction(project) as work:
            store.write_records(work.project.content / "screening.yml", records)
        print(work.changed)
    """
    with stage(project) as copy:
        work = Transaction(copy)
        before = _list_files(copy.root)
        yield work
        changed, gone = _find_changes(copy.root, before, project.root)
        if work.keep and (changed or gone):
            _commit(project, changed, gone)
        work.changed = [project.root / name for name in sorted([*changed, *gone])]


@contextmanager
def stage(project: Project) -> Iterator[Project]:
    """Give a copy of the project that is thrown away at the end; holds the lock."""
    folder = project.root / _FOLDER
    with hold_lock(project.build / "lock"):
        _recover(project)
        try:
            with _refusals(project):
                _copy(project, folder / _TREE)
            yield Project(folder / _TREE, project.out)
        finally:
            if not (folder / _LIST).exists():  # else the next command completes it
                _clear(folder)


def recover(project: Project) -> Problem | None:
    """Complete or clear away what a killed command left; return a note that says which.

    Nothing is done while another command is at work.
    """
    if not (project.root / _FOLDER).is_dir():
        return None
    try:
        with hold_lock(project.build / "lock"):
            return _recover(project)
    except ProblemError as error:
        if any(problem.rule == "lock" for problem in error.problems):
            return None
        raise


def _recover(project: Project) -> Problem | None:
    folder = project.root / _FOLDER
    if not folder.is_dir():
        return None
    if (folder / _DONE).is_file() or not (folder / _TREE).is_dir():
        _clear(folder)
        return None
    complete = (folder / _LIST).is_file()
    if complete:
        with _refusals(project):
            _apply(project)
    _clear(folder)
    kept = "Its changes were completed" if complete else "Nothing of it was kept"
    moment = "after" if complete else "before"
    return Problem(
        _FOLDER, 0, "note", "stopped", "a command that ran to its end", "one that was stopped",
        hint=f"{kept}: all files are as they were {moment} it.",
    )  # fmt: skip


def _clear(folder: Path) -> None:
    """Remove all that a transaction left; what says that it is done goes last."""
    shutil.rmtree(folder / _TREE, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _copy(project: Project, tree: Path) -> None:
    """Make the copy: links to files that may be replaced, symbolic links to all else."""
    tree.mkdir(parents=True)
    for path in project.root.iterdir():
        target = tree / path.name
        if path.name in FOLDERS and path.is_dir():
            _link_folder(path, target)
        elif path.name in FILES:
            _link(path, target)
        elif path.name != _FOLDER:
            target.symlink_to(path)


def _link_folder(source: Path, target: Path) -> None:
    target.mkdir()
    with os.scandir(source) as entries:
        for entry in entries:
            link = _link_folder if entry.is_dir(follow_symlinks=False) else _link
            link(Path(entry.path), target / entry.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a disk without second names
        shutil.copy2(source, target, follow_symlinks=False)


def _commit(project: Project, changed: Sequence[str], gone: Sequence[str]) -> None:
    """Let the changes of the copy hold."""
    folder = project.root / _FOLDER
    with _refusals(project):
        draft = folder / "draft.json"
        with draft.open("w", encoding="utf-8") as out:
            json.dump({"changed": changed, "gone": gone}, out)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(folder / _LIST)
        _apply(project)


def _find_changes(
    tree: Path, before: Mapping[str, _Identity], root: Path
) -> tuple[list[str], list[str]]:
    """Return the files that were written in a copy, and those that were removed from it.

    What someone else wrote in the project meanwhile is neither.
    """
    now = _list_files(tree)
    changed = [
        name
        for name, identity in now.items()
        if before.get(name) != identity and not _is_same(tree / name, root / name)
    ]
    return sorted(changed), sorted(before.keys() - now.keys())


def _list_files(root: Path) -> dict[str, _Identity]:
    """Return the files that a command may change, each with what says that it is the same."""
    names = [name for name in FILES if (root / name).is_file()]
    for folder in FOLDERS:
        for where, _, files in os.walk(root / folder):
            names += [f"{os.path.relpath(where, root)}/{file}" for file in files]
    found = ((name, (root / name).lstat()) for name in names)
    return {name: (at.st_ino, at.st_size, at.st_mtime_ns) for name, at in found}


def fingerprint(project: Project) -> str:
    """Return a hash that changes with any file which a command may change."""
    files = _list_files(project.root)
    return hash_parts(f"{name} {files[name]}".encode() for name in sorted(files))


def _is_same(one: Path, other: Path) -> bool:
    links = [os.readlink(path) if path.is_symlink() else None for path in (one, other)]
    if any(links) or not other.is_file():
        return links[0] == links[1] and other.is_symlink()
    return filecmp.cmp(one, other, shallow=False)


def _apply(project: Project) -> None:
    """Put every change in its place; may be done again after it was cut short."""
    folder = project.root / _FOLDER
    listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))
    for name in listed["changed"]:
        source, target = folder / _TREE / name, project.root / name
        if source.exists() or source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)
    for name in listed["gone"]:
        target = project.root / name
        target.unlink(missing_ok=True)
        nested = target.parent.parent != project.root and target.parent.is_dir()
        if nested and not any(target.parent.iterdir()):
            target.parent.rmdir()
    (folder / _LIST).rename(folder / _DONE)


@contextmanager
def _refusals(project: Project) -> Iterator[None]:
    """Turn what the disk refuses into a problem."""
    try:
        yield
    except OSError as error:
        file = Path(error.filename or project.root)
        name = file.relative_to(project.root) if file.is_relative_to(project.root) else file
        expected = "a file that can be written"
        raise refuse(str(name), "write", expected, error.strerror or "") from error


# --- the lock, and a site that takes the place of another ----------------------------------------


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a project. Raises ProblemError where another process has it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
    except OSError as error:
        raise refuse(str(path), "write", "a folder to build in", error.strerror or "") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            name, expected = (
                f"{path.parent.name}/{path.name}",
                "no other build of this project at work",
            )
            hint = "Another one is running; wait for it, then try again."
            raise refuse(name, "lock", expected, hint=hint) from error
        yield


@contextmanager
def new_site(site: Path) -> Iterator[Path]:
    """Give an empty folder beside ``site``; it takes the site's place if the block ends well."""
    remove_leftovers(site)
    folder = site.with_name(f".{site.name}-{os.getpid()}")
    try:
        folder.mkdir(parents=True)
        yield folder
        # A web server of any user can read the site, whatever the umask it was built under.
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        take_place(folder, site)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def take_place(new: Path, site: Path) -> None:
    """Put ``new`` where ``site`` is, at once where the kernel can; ``new`` then holds the old."""
    if not site.exists():
        new.rename(site)
    elif not _exchange(new, site):
        old = site.with_name(f".{site.name}-old-{os.getpid()}")
        site.rename(old)
        new.rename(site)
        old.rename(new)


def remove_leftovers(site: Path) -> None:
    """Clear what a killed build left; bring the site back if it was killed between two renames."""
    for left in sorted(site.parent.glob(f".{site.name}-*")):
        if "-old-" in left.name and not site.exists():
            left.rename(site)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step of the kernel; False where it has no such step."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    answer: int = call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return answer == 0
