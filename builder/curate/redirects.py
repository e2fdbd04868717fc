"""What a curator does to addresses: give a record another one, or withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder import store
from builder.addresses import ledger, renames, renewal
from builder.curate.extraction import extract
from builder.errors import ProblemError
from builder.models import Term
from builder.project import Project
from builder.store.atomic_replace import hold_lock
from builder.store.library_cache import load
from builder.text import ids


@dataclass(frozen=True)
class Renamed:
    """What a renaming did: the addresses, where they lead now, and the files that changed."""

    moves: dict[str, str]
    changed: list[Path] = field(default_factory=list)


def rename(project: Project, old: str, new: str) -> Renamed:
    """Let an address lead to another one; a term is renamed in every file that names it.

    A paper whose seed gives another id now takes its statements along, and its corrections.
    ``old`` and ``new`` are ids of a term, or addresses. Raises ProblemError.
    """
    terms = {t.id: t for t in store.read_terms(project.content, project.root)}
    name, target = _term_id(old, terms), _term_id(new, terms)
    changed: list[Path] = []
    source, goal = ledger.normalise(old), ledger.normalise(new)
    if _is_paper(source) and _is_paper(goal):
        changed = _move_paper(project, source.split("/")[1], goal.split("/")[1])
    if name in terms and target not in terms and "/" not in target:
        changed = renames.rename_term(project.content, project.root, name, target)
        report = extract(project)
        changed += report.changed
        kind = terms[name].kind
        if kind not in ids.FOLDERS:
            return Renamed({}, changed)  # a term without a page of its own
        source, goal = ids.page_path(kind, name), ids.page_path(kind, target)
    with hold_lock(project.build / "lock"):
        library = load(project)
        current = ledger.list_addresses(library)
        entries = ledger.rename_address(library.ledger, source, goal, current)
        renewal.write_ledger(project, entries)
    return Renamed({source: goal}, [*changed, project.root / ledger.FILE])


def _is_paper(address: str) -> bool:
    return address.startswith(ids.index_path("paper")) and address != ids.index_path("paper")


def _move_paper(project: Project, old: str, new: str) -> list[Path]:
    """Let a paper go on under the id that its seed gives now; return the files that changed."""
    changed = extract(project, goes_on={old: new}).changed
    entries = {a.address: a for a in load(project).ledger}
    if ledger.follow(ids.page_path("paper", old), entries) != ids.page_path("paper", new):
        return changed  # its seed still gives it, or there is no such paper: the ledger tells
    moved = {old: new} | {
        entry.record.partition(":")[2]: ledger.follow(address, entries).split("/")[1]
        for address, entry in entries.items()
        if entry.state == "moved" and entry.paper == old
    }
    corrected = renames.rename_corrections(project.content, project.root, old, new, moved)
    if corrected:
        changed += [*corrected, *extract(project).changed]
    return changed


def _term_id(name: str, terms: dict[str, Term]) -> str:
    """Return the id of a term that a curator means by an id, an address or ``kind:id``."""
    bare = name.strip().strip("/")
    kind, _, record = bare.partition(":")
    if record and kind in ids.FOLDERS:
        return record
    folder, _, record = bare.partition("/")
    known = {
        f: k for k, f in ids.FOLDERS.items() if k in ("source", "mechanism", "vehicle", "condition")
    }
    if folder in known and record:
        term = terms.get(record)
        if term is None or term.kind == known[folder]:
            return record
    return bare


def retire(project: Project, names: Sequence[str], because: str) -> list[str]:
    """Withdraw addresses whose records are gone; return all that were withdrawn.

    Raises ProblemError, and writes nothing, where one of them can't be.
    """
    with hold_lock(project.build / "lock"):
        library = load(project)
        current = ledger.list_addresses(library)
        entries = list(library.ledger)
        problems = []
        for name in names:
            try:
                entries = ledger.retire_address(entries, name, because, current)
            except ProblemError as error:
                problems += error.problems
        if problems:
            raise ProblemError(problems)
        renewal.write_ledger(project, entries)
    before = {e.address for e in library.ledger if e.state == "retired"}
    return [e.address for e in entries if e.state == "retired" and e.address not in before]
