"""The ledger file: renewed by extract, asked by check and build.

A preview neither renews nor asks it: what a curator tries out was never published.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from builder import models, store
from builder.addresses import checks as ledger_checks
from builder.addresses import history, ledger, outline_cache, releases
from builder.addresses.history import News, Steps
from builder.addresses.identity import Side
from builder.addresses.ledger_file import Edit, Lines, split_ledger, write_entry
from builder.addresses.outline_cache import Kept, Page
from builder.addresses.outlines import Outline, outline_library, outline_paper
from builder.addresses.partial import Part, renew_pages
from builder.errors import Problem, ProblemError
from builder.project import Project
from builder.store import Library, PaperBundle
from builder.store.build_info import today
from builder.store.library_cache import Recall
from builder.store.snapshot import Before, Held, forget_records
from builder.text import nomenclature

_STAMP = "addresses"
_ADDRESS = re.compile(r"^- address: (.*)$", re.MULTILINE)
# An entry of the ledger's YAML, a list in block style.
_ENTRY = re.compile(r"^- .*\n(?:[^-\n].*\n)*", re.MULTILINE)


def renew(
    project: Project,
    before: Before,
    papers: Mapping[str, str] | None = None,
    fresh: Mapping[str, Outline] | None = None,
) -> list[Path]:
    """Write the ledger anew after an extraction; return it if it changed.

    ``before`` holds the papers' records as they stood, ``papers`` ids of papers that go on under a
    new one, ``fresh`` outlines of papers whose records were just written.
    Nothing is done for a preview, where nothing in content/ changed since the last time, and where
    content/ can't be read (check will tell).
    """
    file = project.root / ledger.FILE
    if project.out == project.preview:
        return []
    now = outline_cache.look(project)
    if file.is_file() and _find_stamp(project) == now.whole:
        return []
    with Recall(project.build) as recall, Kept(project) as known:
        change = _Change(project, now, before.times, papers or {}, fresh or {}, recall, known)
        try:
            changed = _renew_part(change)
            if changed is None:
                changed = _renew_whole(change)
        except ProblemError:
            return []
    store.write_text(project.build / _STAMP, change.seen().whole)
    forget_records(project)
    return [file] if changed else []


@dataclass(frozen=True, slots=True)
class _Change:
    """An extraction: how content/ looks now, and the papers' records before.

    ``moved`` are ids of papers that go on under a new one, ``fresh`` outlines of papers that were
    just written, ``known`` is what the ledger was last renewed for.
    """

    project: Project
    now: outline_cache.Look
    before: Sequence[Held]
    moved: Mapping[str, str]
    fresh: Mapping[str, Outline]
    recall: Recall
    known: Kept

    @property
    def file(self) -> Path:
        """The ledger's file."""
        return self.project.root / ledger.FILE

    def read(self, folder: Path | None) -> PaperBundle:
        """Return the records of a paper, its works by their own ids. Raises ProblemError."""
        missing = folder or self.project.content / "papers"
        return store.read_bundle(missing, self.project.root, self.recall)

    def seen(self) -> outline_cache.Look:
        """Return how content/ looks with the ledger as it was just written."""
        return replace(self.now, ledger=outline_cache.stamp_ledger(self.project))


def _renew_part(change: _Change) -> bool | None:
    """Renew the ledger where papers changed that stayed, and none of the works that they cite.

    Nothing else is read then. Return whether it changed; None where more has changed than that.
    """
    read = _read_changed(change)
    held = change.file.read_bytes() if read else b""
    lines = split_ledger(held.decode("utf-8", "replace"))
    if read is None or lines is None:
        return None
    old, sides = read
    new = {name: outline_paper(bundle) for name, bundle in sides[1].papers.items()}
    part = renew_pages(change.known, old, new)
    if part is None:
        return None
    edits = _find_edits(lines, part, history.find_steps(*sides), today(change.project.root))
    text = lines.write(edits).encode()
    if not change.recall.edit(models.Address, held, text, edits):
        return None
    changed = store.write_bytes(change.file, text)
    change.recall.keep(forget=False)
    pages = {**dict.fromkeys(part.changed), **part.pages(part.changed)}
    change.known.keep_part(change.seen(), new, pages, part.bases)
    return changed


def _read_changed(change: _Change) -> tuple[Mapping[str, Outline], tuple[Side, Side]] | None:
    """Return papers that changed: their outlines before, and their records before and now.

    None where anything else changed, or a paper cites other works than before.
    """
    seen, now = change.known.look, change.now
    if seen is None or change.moved or len(change.before) != 1:
        return None
    same = (seen.rest, seen.ledger, seen.papers.keys()) == (now.rest, now.ledger, now.papers.keys())
    names = [name for name in now.papers if now.papers[name] != seen.papers.get(name)]
    folders = {name: change.before[0].find(name) for name in names} if same else {}
    stood = [
        f and outline_cache.stamp_folder(f) == seen.papers[name] for name, f in folders.items()
    ]
    outlines = change.known.outlines(names)
    if not same or not all(stood) or len(outlines) != len(names):
        return None
    content = change.project.content / "papers"
    old = {name: change.read(folders[name]) for name in names}
    new = {name: change.read(content / name) for name in names}
    if not all(_stay_alike(old[name], new[name]) for name in names):
        return None
    before, after = (
        Side({n: _unite(b, outlines[n].works) for n, b in side.items()}, {}) for side in (old, new)
    )
    return outlines, (before, after)


def _find_edits(lines: Lines, part: Part, steps: Steps, day: date) -> list[Edit]:
    """Return what changes in the ledger, the last one first."""
    ends = {*steps.pages, *steps.pages.values(), *steps.rows}
    standing = part.pages({*part.changed, *ends})
    news = News(
        {address: page.record for address, page in standing.items()},
        part.papers,
        {address: page.digest for address, page in standing.items()},
    )
    held = lines.read({*part.changed, *ends})
    known = {entry.address: entry for entry in held}
    renewed = history.renew_entries(held, [steps], news, day)
    return list(lines.find_edits(e for e in renewed if known.get(e.address) != e))


def _stay_alike(old: PaperBundle, new: PaperBundle) -> bool:
    """Tell whether a paper cites what it cited, and names no other terms that are made by rule."""
    named = [set(store.find_named([bundle])) for bundle in (old, new)]
    made = map(nomenclature.make_term, named[0] ^ named[1])
    return old.references is new.references and not any(made)


def _unite(bundle: PaperBundle, works: Sequence[str]) -> PaperBundle:
    entries = [
        cited if cited.id == work else cited.model_copy(update={"id": work})
        for cited, work in zip(bundle.references, works, strict=True)
    ]
    return replace(bundle, references=entries)


def _renew_whole(change: _Change) -> bool:
    """Renew the ledger for the whole library; tell whether it changed. Raises ProblemError."""
    project, recall = change.project, change.recall
    library = store.load_library(project.content, project.root, recall)
    came = set(change.moved.values())
    sides = [_read_side(project, held, library, came, recall) for held in change.before]
    known = {**_pick_stayed(change.known, change.now), **change.fresh}
    outlines = outline_library(library, known)
    news = history.find_news(outlines)
    entries = history.renew_ledger(sides, library, today(project.root), change.moved, news=news)
    changed = _write(change.file, library.ledger, entries)
    recall.remember(models.Address, change.file, entries)
    recall.keep()
    pages = {a: Page(record, news.digests[a]) for a, record in news.current.items()}
    change.known.keep_whole(change.seen(), outlines, pages)
    return changed


def find_stayed(project: Project) -> dict[str, Outline]:
    """Return the outlines of papers whose records are as the ledger was last renewed for."""
    with Kept(project) as known:
        return _pick_stayed(known, outline_cache.look(project))


def _pick_stayed(known: Kept, now: outline_cache.Look) -> dict[str, Outline]:
    if known.look is None:
        return {}
    seen = known.look.papers
    return known.outlines(name for name, stamp in now.papers.items() if seen.get(name) == stamp)


def _write(file: Path, old: Sequence[models.Address], new: Sequence[models.Address]) -> bool:
    """Write the ledger; entries that stay as they were keep their text. Tell whether it changed."""
    parts = _ENTRY.findall(file.read_text(encoding="utf-8")) if file.is_file() else []
    same = zip(old, parts, strict=True) if len(parts) == len(old) else ()
    known = {entry.address: (entry, part) for entry, part in same}
    told = []
    for entry in new:
        before, part = known.get(entry.address, (None, ""))
        told.append(part if entry == before else write_entry(entry))
    return store.write_text(file, "".join(told) or store.dump_records([]))


def _find_stamp(project: Project) -> str:
    """Return the stamp of the last renewal, or an empty text."""
    stamp = project.build / _STAMP
    return stamp.read_text() if stamp.is_file() else ""


def _read_side(
    project: Project, held: Held, library: Library, came: Collection[str], reader: store.Reader
) -> Side:
    """Return the papers' records as they stood; one that can't be read is left out.

    So are those of papers that ``came``: what goes on as one of them is no part of it yet.
    """
    if held.is_empty() and not came:
        return Side(library.papers, library.references)
    bundles: list[PaperBundle] = []
    for folder in (held.find(name) for name in held.names() if name not in came):
        with contextlib.suppress(ProblemError):
            if folder:
                bundles.append(store.read_bundle(folder, project.root, reader))
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
