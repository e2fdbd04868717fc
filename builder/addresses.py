"""The ledger file: renewed by extract, asked by check and build.

A preview neither renews nor asks it: what a curator tries out was never published.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from builder import ledger, models, nomenclature, releases, store
from builder.edition import today
from builder.errors import Problem, ProblemError
from builder.ledger import checks as ledger_checks
from builder.ledger import history, kept
from builder.ledger.moves import Side
from builder.ledger.outlines import Outline, Outlines, outline_library, outline_paper
from builder.project import Project
from builder.recall import Recall
from builder.store import Library, PaperBundle

_STAMP = "addresses"
_ADDRESS = re.compile(r"^- address: (.*)$", re.MULTILINE)
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
    waiting, papers = project.build / _UNRECORDED, project.content / "papers"
    project.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=project.build, prefix="before-") as name:
        held = Path(name) / "papers"
        if papers.is_dir():
            shutil.copytree(papers, held, copy_function=_link)
        else:
            held.mkdir()
        if waiting.is_dir():
            before = [waiting, held]
        else:
            held.rename(waiting)
            before = [waiting]
        try:
            yield before
        finally:
            if _same_files(waiting, papers):
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
    now = kept.look(project)
    if file.is_file() and _find_stamp(project) == now.whole:
        return []
    with Recall(project.build) as recall:
        change = _Change(project, now, list(before), papers or {}, recall)
        known = kept.read_kept(project)
        try:
            part = _renew_part(change, known)
            old, new, outlines = part or _renew_whole(change, known)
        except ProblemError:
            return []
        changed = _write(file, old, new)
        recall.remember(models.Address, file, new)
        recall.keep(forget=not part)
    now = replace(now, ledger=kept.stamp_ledger(project))
    kept.write_kept(project, now, outlines)
    store.write_text(project.build / _STAMP, now.whole)
    _forget(project)
    return [file] if changed else []


@dataclass(frozen=True, slots=True)
class _Change:
    """An extraction: how content/ looks now, and folders of the papers' records before.

    ``moved`` are ids of papers that go on under a new one.
    """

    project: Project
    now: kept.Look
    before: list[Path]
    moved: Mapping[str, str]
    recall: Recall

    def read(self, folder: Path) -> PaperBundle:
        """Return the records of a paper, its works by their own ids."""
        return store.read_bundle(folder, self.project.root, self.recall)


_Kept = tuple[kept.Look, Outlines] | None
_Renewed = tuple[list[models.Address], list[models.Address], Outlines]


def _renew_part(change: _Change, known: _Kept) -> _Renewed | None:
    """Renew the ledger where papers changed that stayed, and none of the works that they cite.

    Nothing else is read then. None where more has changed.
    """
    if known is None or change.moved or len(change.before) != 1:
        return None
    (seen, outlines), now = known, change.now
    same = (seen.rest, seen.ledger, seen.papers.keys()) == (now.rest, now.ledger, now.papers.keys())
    names = [name for name in now.papers if now.papers[name] != seen.papers.get(name)]
    held, content = change.before[0], change.project.content / "papers"
    if not same or any(kept.stamp_folder(held / name) != seen.papers[name] for name in names):
        return None
    old = {name: change.read(held / name) for name in names}
    new = {name: change.read(content / name) for name in names}
    if not all(_stay_alike(old[name], new[name]) for name in names):
        return None
    sides = [
        Side({n: _unite(b, outlines.papers[n].works) for n, b in side.items()}, {})
        for side in (old, new)
    ]
    fresh = {name: outline_paper(bundle) for name, bundle in sides[1].papers.items()}
    outlines = replace(outlines, papers={**outlines.papers, **fresh})
    root = change.project.root
    entries = change.recall.records(models.Address, root / ledger.FILE, root)
    day = today(root)
    return entries, history.renew_entries(entries, sides, outlines, day), outlines


def _stay_alike(old: PaperBundle, new: PaperBundle) -> bool:
    """Tell whether a paper cites what it cited, and names no other terms that are made by rule."""
    named = [set(store.find_molecules([bundle])) for bundle in (old, new)]
    made = map(nomenclature.make_term, named[0] ^ named[1])
    return old.references is new.references and not any(made)


def _unite(bundle: PaperBundle, works: Sequence[str]) -> PaperBundle:
    entries = [
        cited if cited.id == work else cited.model_copy(update={"id": work})
        for cited, work in zip(bundle.references, works, strict=True)
    ]
    return replace(bundle, references=entries)


def _renew_whole(change: _Change, known: _Kept) -> _Renewed:
    project, recall = change.project, change.recall
    library = store.load_library(project.content, project.root, recall)
    came = set(change.moved.values())
    sides = [_read_side(project, folder, library, came, recall) for folder in change.before]
    outlines = outline_library(library, _pick_stayed(known, change.now))
    entries = history.renew_ledger(
        sides, library, today(project.root), change.moved, outlines=outlines
    )
    return library.ledger, entries, outlines


def find_stayed(project: Project) -> dict[str, Outline]:
    """Return the outlines of papers whose records are as the ledger was last renewed for."""
    return _pick_stayed(kept.read_kept(project), kept.look(project))


def _pick_stayed(known: _Kept, now: kept.Look) -> dict[str, Outline]:
    if known is None:
        return {}
    seen, told = known
    return {n: p for n, p in told.papers.items() if seen.papers[n] == now.papers.get(n)}


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
