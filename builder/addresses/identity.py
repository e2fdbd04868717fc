"""Which records of a paper are the same as before under a new id, so that the old address leads on.

The id of a finding, a reference or a paper is made of its words. A typo put right in a seed changes
them: the record that went and the one that came are then one, and the ledger says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz import fuzz

from builder.models import Finding, Paper, Reference, TableRow
from builder.store import PaperBundle
from builder.text import spelling

# Words alike in percent (rapidfuzz, in order) from which a statement or title counts as corrected.
ALIKE = 90.0
_CERTAIN = 100.0
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Side:
    """The records of content/ before or after an extraction."""

    papers: Mapping[str, PaperBundle]
    references: Mapping[str, Reference]


def find_moves(before: Side, after: Side, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return, as ``kind:id``, old and new name of each record that goes on under a new id.

    A pair is one only where each is the other's nearest, at least 90 % alike, and no third is as
    near: a doubtful one stays open, and the build will ask. ``known`` are ids of papers, old and
    new, of which it is certain.
    """
    papers = _move_papers(before, after, known or {})
    moves = {f"paper:{old}": f"paper:{new}" for old, new in papers.items()}
    moves |= _move_findings(before, after, papers)
    moves |= _move_references(before, after)
    return dict(sorted(moves.items()))


def _move_papers(before: Side, after: Side, known: Mapping[str, str]) -> dict[str, str]:
    held = {old: new for old, new in known.items() if old in before.papers and new in after.papers}
    old = [b.paper for n, b in before.papers.items() if n not in after.papers and n not in held]
    came = after.papers.keys() - before.papers.keys() - set(held.values())
    return pair_papers(old, [b.paper for n, b in after.papers.items() if n in came]) | held


def pair_papers(old: Sequence[Paper], new: Sequence[Paper]) -> dict[str, str]:
    """Return, by id, the paper among ``new`` as which each of ``old`` goes on.

    A DOI that both have decides, then the seed's bytes. Else a title may be corrected in the same
    file, and a file may be renamed that keeps its title; both at once is left open.
    """
    return {a.id: b.id for a, b in _pair(old, new, _paper_likeness)}


def _paper_likeness(one: Paper, other: Paper) -> float:
    if one.csl.DOI and other.csl.DOI:
        return _CERTAIN if one.csl.DOI.lower() == other.csl.DOI.lower() else 0.0
    if one.seed.sha256 == other.seed.sha256:
        return _CERTAIN
    alike = fuzz.ratio(spelling.fold(one.csl.title), spelling.fold(other.csl.title))
    return alike if one.seed.file == other.seed.file or alike == _CERTAIN else 0.0


def _move_findings(before: Side, after: Side, papers: Mapping[str, str]) -> dict[str, str]:
    kept = {f.id for b in after.papers.values() for f in b.findings}
    known = {f.id for b in before.papers.values() for f in b.findings}
    moves = {}
    for name, bundle in sorted(before.papers.items()):
        now = after.papers.get(papers.get(name, name))
        if now is None:
            continue
        gone = _by_place(f for f in bundle.findings if f.id not in kept)
        came = _by_place(f for f in now.findings if f.id not in known)
        for place, old in gone.items():
            for a, b in _pair_worded(old, came.get(place, []), lambda f: f.quote):
                moves[f"finding:{a.id}"] = f"finding:{b.id}"
    return moves


def _pair_worded(
    old: Sequence[R], new: Sequence[R], words: Callable[[R], str]
) -> Iterator[tuple[R, R]]:
    """Yield pairs of the same words in their order (their paper has a new id), then of alike."""
    same: dict[str, list[R]] = defaultdict(list)
    for record in new:
        same[spelling.fold(words(record))].append(record)
    left = []
    for record in old:
        twins = same.get(spelling.fold(words(record)))
        if twins:
            yield record, twins.pop(0)
        else:
            left.append(record)
    yield from _pair(
        left,
        [record for twins in same.values() for record in twins],
        lambda a, b: fuzz.ratio(
            spelling.fold(words(a)), spelling.fold(words(b)), score_cutoff=ALIKE
        ),
    )


def _by_place(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.locator.kind].append(finding)
    return found


def find_row_moves(
    before: Side, after: Side, moves: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return, by paper, old and new id of each row that goes on in its tables.

    ``moves`` are what find_moves gives. Not every row is a statement.
    """
    found = {}
    for name, bundle in sorted(before.papers.items()):
        paper = moves.get(f"paper:{name}", f"paper:{name}").partition(":")[2]
        now = after.papers.get(paper)
        if now is None:
            continue
        rows, came = _rows_by_id(bundle), _rows_by_id(now)
        gone = [row for key, row in rows.items() if key not in came]
        fresh = [row for key, row in came.items() if key not in rows]
        pairs = {a.id: b.id for a, b in _pair_worded(gone, fresh, _row_words)}
        if pairs:
            found[paper] = pairs
    return found


def _rows_by_id(bundle: PaperBundle) -> dict[str, TableRow]:
    return {row.id: row for table in bundle.tables for row in table.rows}


def _row_words(row: TableRow) -> str:
    return " | ".join(cell.printed for cell in row.cells.values())


def _move_references(before: Side, after: Side) -> dict[str, str]:
    gone = [r for name, r in before.references.items() if name not in after.references]
    came = [r for name, r in after.references.items() if name not in before.references]
    return {f"reference:{a.id}": f"reference:{b.id}" for a, b in _pair(gone, came, _work_likeness)}


def _work_likeness(one: Reference, other: Reference) -> float:
    for name in ("DOI", "PMID"):
        first, second = getattr(one.csl, name), getattr(other.csl, name)
        if first and second:
            return _CERTAIN if first.lower() == second.lower() else 0.0
    return fuzz.ratio(spelling.fold(one.printed), spelling.fold(other.printed), score_cutoff=ALIKE)


def _pair(
    old: Sequence[R], new: Sequence[R], likeness: Callable[[R, R], float]
) -> Iterator[tuple[R, R]]:
    """Yield pairs in which each is the other's one nearest."""
    if not old or not new:
        return
    scores = [[likeness(a, b) for b in new] for a in old]
    columns = list(zip(*scores, strict=True))
    for place, row in enumerate(scores):
        at = _best(row)
        if at is not None and _best(columns[at]) == place:
            yield old[place], new[at]


def _best(scores: Sequence[float]) -> int | None:
    """Return the place of the one highest score, if it is high enough and no other reaches it."""
    top = max(scores)
    if top < ALIKE or list(scores).count(top) > 1:
        return None
    return list(scores).index(top)
