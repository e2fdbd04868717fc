"""The flow of a living review in numbers, after the PRISMA 2020 flow diagram."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from builder import store
from builder.errors import Problem, ProblemError
from builder.models.review import Screening, Strategy

STALE_AFTER = 90  # days


@dataclass(frozen=True)
class Flow:
    """How many records there are at each step; ``removed`` are duplicates.

    identified (every sighting of a record by a database) − removed = records screened or waiting;
    screened = excluded + sought; sought = not retrieved + included.
    """

    identified: dict[str, int] = field(default_factory=dict)
    removed: int = 0
    waiting: int = 0
    disagreed: int = 0
    screened: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    sought: int = 0
    not_retrieved: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    full_text: int = 0
    abstract_only: int = 0

    @property
    def included(self) -> int:
        """Records of which a full text or an abstract's findings were taken in."""
        return self.full_text + self.abstract_only


def find_flow(screening: Screening) -> Flow:
    """Return the numbers of the flow; every record is counted once at each step it reached."""
    identified = Counter(
        database for record in screening.records for database in {s.database for s in record.found}
    )
    distinct = [record for record in screening.records if not record.duplicate]
    decided = [r for r in distinct if r.verdict in ("include", "exclude")]
    sought = [r for r in decided if r.verdict == "include"]
    excluded = Counter(r.reason or "no reason given" for r in decided if r.verdict == "exclude")
    got = Counter(r.retrieval.got if r.retrieval else "pending" for r in sought)
    missed = Counter(
        r.retrieval.why or "not stated"
        for r in sought
        if r.retrieval and r.retrieval.got == "nothing"
    )
    return Flow(
        identified=dict(sorted(identified.items())),
        removed=identified.total() - len(distinct),
        waiting=sum(r.verdict is None for r in distinct),
        disagreed=sum(r.verdict in ("conflict", "unsure") for r in distinct),
        screened=len(decided),
        excluded=dict(excluded.most_common()),
        sought=len(sought),
        not_retrieved=dict(missed.most_common()),
        pending=got["pending"],
        full_text=got["full-text"],
        abstract_only=got["abstract"],
    )


def read_screening(root: Path) -> Screening:
    """Return all records and runs; empty where there is no file yet. Raises ProblemError."""
    path = root / "content" / "screening.yml"
    return _parse_screening(path, path.stat().st_mtime_ns) if path.is_file() else Screening()


@lru_cache(maxsize=1)
def _parse_screening(path: Path, _time: int) -> Screening:
    return store.read_record(Screening, path, path.parents[1])


def read_strategies(root: Path) -> list[Strategy]:
    """Return the strategies of content/searches/ in order of their ids. Raises ProblemError."""

    def read(path: Path) -> Strategy:
        strategy = store.read_record(Strategy, path, root)
        wrong = partial(Problem, store.relative(path, root), 1, "error", "strategy")
        problems = []
        if strategy.id != path.stem:
            problems.append(wrong(f"id: {path.stem}, as the file is named", strategy.id, "id"))
        if bool(strategy.query) == bool(strategy.chasing):
            got = "both" if strategy.query else "neither"
            problems.append(wrong("a query or chasing, one of the two", got))
        if problems:
            raise ProblemError(problems)
        return strategy

    return store.read_each(sorted((root / "content" / "searches").glob("*.yml")), read)


def find_last_search(screening: Screening) -> date | None:
    """Return the day on which a strategy was last run; None where none ever was."""
    return max((run.day for run in screening.runs), default=None)


def is_stale(last: date | None, today: date) -> bool:
    """Return whether the last search is more than 90 days before a day, or never was made."""
    return last is None or (today - last).days > STALE_AFTER
