"""Build beside the site, then change places at once.

The new site is built in a folder of its own; a build that fails or is killed leaves the site as it
was. A lock keeps a second build away.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builder.errors import Problem, ProblemError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a project. Raises ProblemError where another process has it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
    except OSError as error:
        raise ProblemError(
            Problem(str(path), 0, "error", "write", "a folder to build in", error.strerror or "")
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ProblemError(
                Problem(
                    f"{path.parent.name}/{path.name}",
                    0,
                    "error",
                    "lock",
                    "no other build of this project at work",
                    hint="Another one is running; wait for it, then try again.",
                )
            ) from error
        yield


@contextmanager
def new_site(site: Path) -> Iterator[Path]:
    """Give an empty folder beside ``site``; it takes the site's place if the block ends well."""
    remove_leftovers(site)
    folder = site.with_name(f".{site.name}-{os.getpid()}")
    try:
        folder.mkdir(parents=True)
        yield folder
        _open_to_readers(folder)
        take_place(folder, site)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_to_readers(folder: Path) -> None:
    """Let a web server of any user read a site, whatever the umask it was built under."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


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
