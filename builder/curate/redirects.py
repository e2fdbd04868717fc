"""What a curator does to records and their addresses: rename, retire, remove.

A term that gets another id is renamed in every hand-kept file that names it. Only the values
change: comments, order and layout of the files stay as the curator wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from builder import models, store
from builder.addresses import ledger, renewal
from builder.addresses.identity import remove_records
from builder.addresses.pages import TERM_KINDS
from builder.curate.extraction import extract_records
from builder.errors import Problem, ProblemError, refuse, suggest
from builder.models.base import SLUG
from builder.project import Project, find_seeds
from builder.store.library import today
from builder.store.transaction import transaction
from builder.text import ids

Steps = tuple[str, ...]


@dataclass(frozen=True)
class Renamed:
    """What a renaming did: the addresses, where they lead now, and the files that changed."""

    moves: dict[str, str]
    changed: list[Path] = field(default_factory=list)


def rename(project: Project, old: str, new: str) -> Renamed:
    """Let an address lead to another one; a term is renamed in every file that names it.

    A paper whose seed gives another id now takes its statements along, and its corrections.
    ``old`` and ``new`` are ids of a term, or addresses. Raises ProblemError, and changes nothing.
    """
    with transaction(project) as work:
        moves = _rename(project, work.project, old, new)
    return Renamed(moves, work.changed)


def _rename(before: Project, project: Project, old: str, new: str) -> dict[str, str]:
    terms = {t.id: t for t in store.read_terms(project.content, project.root)}
    name, target = _term_id(old, terms), _term_id(new, terms)
    source, goal = ledger.normalise(old), ledger.normalise(new)
    papers = ids.index_path("paper")
    if source.startswith(papers) and goal.startswith(papers) and papers not in (source, goal):
        _move_paper(before, project, source.split("/")[1], goal.split("/")[1])
    kind = terms[name].kind if name in terms else ""
    if kind and target not in terms and "/" not in target:
        rename_term(project.content, project.root, name, target)
        extract_records(project, before)
        if kind not in TERM_KINDS:
            return {}  # a term without a page of its own
        source, goal = ids.page_path(kind, name), ids.page_path(kind, target)
        if source not in {entry.address for entry in store.load(before).ledger}:
            return {}  # nor has every term one
    library = store.load(project)
    if kind and source != goal:  # what was published goes on, with evidence or as a stub
        held = {entry.address for entry in library.ledger}
        added = models.Address(address=goal, record=f"{kind}:{target}", since=today(project.root))
        library = replace(library, ledger=[*library.ledger, *([] if goal in held else [added])])
    current = ledger.list_addresses(library)
    renewal.write_ledger(project, ledger.rename_address(library.ledger, source, goal, current))
    return {source: goal}


def _move_paper(before: Project, project: Project, old: str, new: str) -> None:
    """Let a paper go on under the id that its seed gives now."""
    extract_records(project, before, goes_on={old: new})
    moved = ledger.follow_records(store.load(project).ledger)
    if moved.get(f"paper:{old}") != f"paper:{new}":
        return  # its seed still gives it, or there is no such paper: the ledger will say so
    renamed = {o.partition(":")[2]: n.partition(":")[2] for o, n in moved.items()}
    if rename_corrections(project.content, project.root, old, new, renamed):
        extract_records(project, before)


def _term_id(name: str, terms: Mapping[str, models.Term]) -> str:
    """Return the id of a term that a curator means by an id, an address or ``kind:id``."""
    bare = name.strip().strip("/")
    kind, _, record = bare.partition(":")
    if record and kind in ids.FOLDERS:
        return record
    folder, _, record = bare.partition("/")
    known = {ids.FOLDERS[kind]: kind for kind in TERM_KINDS}
    if folder in known and record:
        term = terms.get(record)
        if term is None or term.kind == known[folder]:
            return record
    return bare


def retire(project: Project, names: Sequence[str], because: str) -> list[str]:
    """Withdraw addresses whose records are gone; return all that were withdrawn.

    Raises ProblemError, and writes nothing, where one of them can't be.
    """
    with transaction(project) as work:
        return _retire(work.project, names, because)


def _retire(project: Project, names: Sequence[str], because: str) -> list[str]:
    library = store.load(project)
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


@dataclass(frozen=True)
class Removed:
    """What the removal of a paper did: files that changed or went, and addresses withdrawn."""

    changed: list[Path]
    withdrawn: list[str]


def remove(project: Project, name: str, because: str) -> Removed:
    """Take a paper out: its seed, records and corrections, and withdraw its addresses.

    ``name`` is the paper's id, its address or the name of its seed. Raises ProblemError, and
    changes nothing, where there is no such paper or no reason.
    """
    with transaction(project) as work:
        copy = work.project
        library = store.load(copy)
        wanted = name.strip().rstrip("/").rpartition("/")[2].removeprefix("paper:")
        known = {bundle.paper.seed.file: paper for paper, bundle in library.papers.items()}
        paper = known.get(wanted, wanted)
        if paper not in library.papers:
            hint = suggest(paper, [*library.papers, *known])
            raise refuse("content/papers", "remove", "the id of a paper", repr(name), hint=hint)
        (copy.seeds / library.papers[paper].paper.seed.file).unlink(missing_ok=True)
        (copy.content / "corrections" / f"{paper}.yml").unlink(missing_ok=True)
        remove_records(copy.content / "papers" / paper)
        if find_seeds(copy):
            extract_records(copy, project)
        address = ids.page_path("paper", paper)
        if address in {entry.address for entry in library.ledger}:
            withdrawn = _retire(copy, [address], because)
        else:
            withdrawn = []
    return Removed(work.changed, withdrawn)


# --- another id for a term -----------------------------------------------------------------------


def rename_term(content: Path, root: Path, old: str, new: str) -> None:
    """Rename a term in content/terms and content/corrections.

    Raises ProblemError where there is no such term or the new id is taken or no slug.
    """
    terms = {t.id: t for t in store.read_terms(content, root)}
    _check(terms, old, new)
    folder = content / "terms" / models.TERM_FOLDERS[terms[old].kind]
    kept = [
        *((path, _names_term) for path in sorted((content / "terms").glob("*/*.yml"))),
        *((path, _corrects) for path in sorted((content / "corrections").glob("*.yml"))),
    ]
    for path, concerns in kept:
        _rewrite(path, old, new, concerns)
    (folder / f"{old}.yml").rename(folder / f"{new}.yml")


def rename_corrections(
    content: Path, root: Path, old: str, new: str, records: Mapping[str, str]
) -> bool:
    """Let the corrections of a paper follow it to another id; return whether there are any.

    ``records`` are old and new ids of the paper and of its findings and rows. Raises ProblemError
    where there are corrections under both ids.
    """
    source, target = (content / "corrections" / f"{name}.yml" for name in (old, new))
    if not source.is_file():
        return False
    if target.is_file():
        name = store.relative(source, root)
        raise refuse(
            name,
            "rename",
            f"no corrections of {new} yet",
            target.name,
            hint="Bring the two files together by hand.",
        )
    for was, now in records.items():
        _rewrite(source, was, now, _names_record)
    source.rename(target)
    return True


def _check(terms: dict[str, models.Term], old: str, new: str) -> None:
    said: tuple[str, str, str] | None = None
    if old not in terms:
        said = ("the id of a term", repr(old), suggest(old, terms))
    elif new in terms:
        said = ("an id that no other term has", repr(new), "")
    elif not re.fullmatch(SLUG, new):
        said = ("a slug of letters, digits and hyphens", repr(new), "")
    if said:
        raise ProblemError(Problem("content/terms", 0, "error", "rename", *said[:2], hint=said[2]))


def _names_term(steps: Steps) -> bool:
    """Return whether a value of a term's file is the id of a term."""
    return steps in (("id",), ("parent",)) or steps[:1] == ("related",)


def _corrects(steps: Steps) -> bool:
    """Return whether a value of a correction may be the id of a term."""
    return len(steps) > 1 and steps[1] in ("old", "new")


def _names_record(steps: Steps) -> bool:
    """Return whether a value of a correction is the id of the record that it fixes."""
    return steps[1:] == ("record",)


def _rewrite(path: Path, old: str, new: str, concerns: Callable[[Steps], bool]) -> bool:
    text = path.read_text(encoding="utf-8")
    spots = []
    for steps, node in _scalars(yaml.compose(text, Loader=yaml.CSafeLoader), ()):
        if node.value == old and concerns(steps):
            spots.append((node.start_mark.index, node.end_mark.index, new))
        elif len(steps) > 1 and steps[1] == "field" and old in node.value.split("."):
            field = ".".join(new if s == old else s for s in node.value.split("."))
            spots.append((node.start_mark.index, node.end_mark.index, field))
    for start, end, value in sorted(spots, reverse=True):
        text = text[:start] + value + text[end:]
    return store.write_text(path, text)


def _scalars(node: yaml.Node | None, steps: Steps) -> Iterator[tuple[Steps, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield steps, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*steps, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _scalars(value, (*steps, str(place)))
