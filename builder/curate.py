"""What a curator does to addresses: give a record another one, or withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder import addresses, ids, ledger, pipeline, renames, store
from builder.errors import ProblemError
from builder.models import Term
from builder.project import Project
from builder.swap import hold_lock


@dataclass(frozen=True)
class Renamed:
    """What a renaming did: the addresses, where they lead now, and the files that changed."""

    moves: dict[str, str]
    changed: list[Path] = field(default_factory=list)


def rename(project: Project, old: str, new: str) -> Renamed:
    """Let an address lead to another one; a term is renamed in every file that names it.

    ``old`` and ``new`` are ids of a term, or addresses. Raises ProblemError.
    """
    terms = {t.id: t for t in store.read_terms(project.content, project.root)}
    name, target = _term_id(old, terms), _term_id(new, terms)
    changed: list[Path] = []
    source, goal = old, new
    if name in terms and target not in terms and "/" not in target:
        changed = renames.rename_term(project.content, project.root, name, target)
        report = pipeline.extract(project)
        changed += report.changed
        kind = terms[name].kind
        if kind not in ids.FOLDERS:
            return Renamed({}, changed)  # a term without a page of its own
        source, goal = ids.page_path(kind, name), ids.page_path(kind, target)
    with hold_lock(project.build / "lock"):
        library = pipeline.load(project)
        current = ledger.list_addresses(library)
        entries = ledger.rename_address(library.ledger, source, goal, current)
        addresses.write_ledger(project, entries)
    moves = {ledger.normalise(source): ledger.normalise(goal)}
    return Renamed(moves, [*changed, project.root / ledger.FILE])


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
        library = pipeline.load(project)
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
        addresses.write_ledger(project, entries)
    before = {e.address for e in library.ledger if e.state == "retired"}
    return [e.address for e in entries if e.state == "retired" and e.address not in before]
