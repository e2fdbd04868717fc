"""The ledger file: renewed by extract, asked by check and build.

A preview neither renews nor asks it: what a curator tries out was never published.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from builder import ledger, models, releases, store
from builder.edition import today
from builder.errors import Problem, ProblemError
from builder.hashes import hash_program
from builder.ledger import checks as ledger_checks
from builder.ledger import history
from builder.ledger.moves import Side
from builder.project import Project
from builder.recall import Recall
from builder.store import Library, PaperBundle

_STAMP = "addresses"
_ADDRESS = re.compile(r"^- address: (.*)$", re.MULTILINE)
# Stands beside the records that are kept where they are those that the ledger was renewed for.
_TRUSTED = "trusted"
# An entry of the ledger's YAML, a list in block style.
_ENTRY = re.compile(r"^- .*\n(?:[^-\n].*\n)*", re.MULTILINE)
# The papers' records as the ledger last saw them, while others stand in content/.
_UNRECORDED = "unrecorded"


@contextmanager
def keep_records(project: Project) -> Iterator[list[Path]]:
    """Give folders that hold the papers' records as they stand now, until the block ends.

    Before it may come one as they stood when the ledger was last renewed, if records were written
    since without it: by a preview, or by a run that was killed. Records are replaced and never
    written over, so a second name for each file keeps it.
    """
    kept, papers = project.build / _UNRECORDED, project.content / "papers"
    project.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=project.build, prefix="before-") as name:
        held = Path(name) / "papers"
        held.mkdir()
        if papers.is_dir():
            shutil.copytree(papers, held, copy_function=_link, dirs_exist_ok=True)
        before = [kept, held] if kept.is_dir() else [held]
        if not kept.is_dir() and _find_stamp(project) == _make_stamp(project):
            (held.parent / _TRUSTED).touch()
        if not kept.is_dir():
            shutil.copytree(held, kept, copy_function=_link)
        try:
            yield before
        finally:
            if _same_files(kept, papers):
                _forget(project)


def _forget(project: Project) -> None:
    shutil.rmtree(project.build / _UNRECORDED, ignore_errors=True)


def _same_files(one: Path, other: Path) -> bool:
    """Tell whether two folders hold the same files: the same on the disk, or of the same bytes."""
    names = [
        {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()} for folder in (one, other)
    ]
    return names[0] == names[1] and all(
        os.path.samefile(one / name, other / name) or filecmp.cmp(one / name, other / name, False)
        for name in names[0]
    )


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a disk without second names
        shutil.copyfile(source, target)


def renew(
    project: Project, before: Iterable[Path], papers: Mapping[str, str] | None = None
) -> list[Path]:
    """Write the ledger anew after an extraction; return it if it changed.

    ``before`` are folders that hold the papers' records as they stood, ``papers`` ids of papers
    that go on under a new one. Nothing is done for a preview, where nothing in content/ changed
    since the last time, and where content/ can't be read (check will tell).
    """
    file = project.root / ledger.FILE
    if project.out == project.preview:
        return []
    if file.is_file() and _find_stamp(project) == _make_stamp(project):
        return []
    before = list(before)
    trusted = bool(before) and (before[-1].parent / _TRUSTED).is_file()
    known = papers or {}
    with Recall(project.build) as recall:
        try:
            library = store.load_library(project.content, project.root, recall)
        except ProblemError:
            return []
        came = set(known.values())
        sides = [_read_side(project, folder, library, came, recall) for folder in before]
        entries = history.renew_ledger(sides, library, today(project.root), known, trusted=trusted)
        changed = _write(file, library.ledger, entries)
        recall.remember(models.Address, file, entries)
        recall.keep()
    store.write_text(project.build / _STAMP, _make_stamp(project))
    _forget(project)
    return [file] if changed else []


def _write(file: Path, old: Sequence[models.Address], new: Sequence[models.Address]) -> bool:
    """Write the ledger; entries that stay as they were keep their text. Tell whether it changed."""
    parts = _ENTRY.findall(file.read_text(encoding="utf-8")) if file.is_file() else []
    if len(parts) != len(old):
        return store.write_records(file, new)
    known = {entry.address: (entry, part) for entry, part in zip(old, parts, strict=True)}
    told = []
    for entry in new:
        before, part = known.get(entry.address, (None, ""))
        told.append(part if entry == before else store.dump_records([entry]))
    return store.write_text(file, "".join(told) or store.dump_records([]))


def _find_stamp(project: Project) -> str:
    """Return the stamp of the last renewal, or an empty text."""
    stamp = project.build / _STAMP
    return stamp.read_text() if stamp.is_file() else ""


def _make_stamp(project: Project) -> str:
    """Return a hash over the look of every file of content/ on the disk, and of the program."""
    found = hashlib.sha256(_program().encode())
    for path in sorted(project.content.rglob("*.yml")):
        stat = path.stat()
        name = path.relative_to(project.content).as_posix()
        found.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _program() -> str:
    """Return a hash of what the digests of pages hang on beside the records."""
    return hash_program(("addresses", "ids", "ledger", "models", "store", "works"), ("pydantic",))


def _read_side(
    project: Project, papers: Path, library: Library, came: Collection[str], reader: store.Reader
) -> Side:
    """Return the records below a folder of papers; one that can't be read is left out.

    So are those of papers that ``came``: what goes on as one of them is no part of it yet.
    """
    bundles: list[PaperBundle] = []
    for folder in sorted(p for p in papers.glob("*") if p.name not in came):
        try:
            bundles.append(store.read_bundle(folder, project.root, reader))
        except ProblemError:
            continue
    united, works = store.unite_bundles(bundles, library.identifiers, library.ledger)
    return Side(united, works)


def check_addresses(library: Library) -> list[Problem]:
    """Return every address that would be lost, taken over, or sent nowhere, and every bad slug."""
    current = ledger.list_addresses(library)
    return [
        *ledger_checks.check_ledger(library.ledger, current),
        *ledger_checks.check_recorded(library.ledger, current),
        *ledger_checks.check_slugs(library),
        *ledger_checks.check_kept(library.ledger, _find_published(library.root)),
    ]


def _find_published(root: Path) -> dict[str, Iterable[str]]:
    """Return the addresses that every release tells of, and those that the last commit held.

    Its parents count as well: a merge takes one side of a conflict, and loses the other.
    """
    found: dict[str, Iterable[str]] = {
        f"{releases.FOLDER}/{r.version}": r.pages for r in releases.read_releases(root)
    }
    commits = _ask_git(root, "rev-list", "--parents", "-n", "1", "HEAD").split()
    for commit in commits:
        text = _ask_git(root, "show", f"{commit}:./{ledger.FILE}")
        if text:
            found[f"commit {commit[:12]}"] = [m.strip("'\"") for m in _ADDRESS.findall(text)]
    return found


def _ask_git(root: Path, *words: str) -> str:
    """Return what git says of a project; nothing where it has no history."""
    try:
        asked = subprocess.run(  # noqa: S603 (our own words)
            ["git", "-C", str(root), *words],  # noqa: S607 (git is on the path)
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return asked.stdout if asked.returncode == 0 else ""


def check_pages(library: Library, site: Path) -> list[Problem]:
    """Return a problem for each address of the ledger at which a built site has no page."""
    return [
        Problem(
            f"{entry.address}index.html", 0, "error", "ledger-page", "a page, as it was published",
            "none", hint="The site must answer at every address that it ever had.",
        )
        for entry in library.ledger
        if not (site / entry.address / "index.html").is_file()
    ]  # fmt: skip


def check_dates(library: Library) -> list[Problem]:
    """Return a problem where the ledger does not know a page's data as it is now."""
    return ledger_checks.check_digests(library.ledger, history.digest_pages(library))


def write_ledger(project: Project, entries: list[models.Address]) -> None:
    """Write the ledger."""
    store.write_records(project.root / ledger.FILE, entries)
