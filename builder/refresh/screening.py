"""The records of a living review: distinguished from duplicates, screened, and kept in one file.

``content/screening.yml`` has one entry a record, in the order of their ids. A record that several
strategies find stands once, with each sighting; the same work under other identifiers stands as a
duplicate with its score.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from rapidfuzz import fuzz

from builder import store
from builder.curate.review_flow import read_strategies
from builder.errors import Problem, ProblemError, suggest
from builder.models import CslItem, Identifiers
from builder.models.review import (
    Decision,
    Duplicate,
    Run,
    Screening,
    ScreeningRecord,
    Sighting,
    Verdict,
)
from builder.project import Project
from builder.refresh.hits import Hit, match_work
from builder.store import Library
from builder.store.same_work import titles_agree
from builder.text import ids, spelling

# In percent, of titles in one form; above the first it is a duplicate.
_SAME_TITLE = 95.0
_SAME_AUTHOR = 85.0
_COLUMNS = ("id", "title", "authors", "year", "journal", "doi", "url", "decision", "reason")
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def write_screening(
    project: Project, runs: Iterable[Run], records: Iterable[ScreeningRecord]
) -> bool:
    """Write all records and runs; return whether the file changed."""
    ordered = sorted(records, key=lambda record: record.id)
    listed = sorted(runs, key=lambda run: (run.day, run.strategy))
    return store.write_records(
        project.content / "screening.yml", Screening(runs=listed, records=ordered)
    )


# --- duplicates ----------------------------------------------------------------------------------


@dataclass
class Index:
    """The records that are known, by all that shows that two are one."""

    records: dict[str, ScreeningRecord] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    by_title: dict[str, list[str]] = field(default_factory=dict)
    by_year: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    def add(self, record: ScreeningRecord) -> None:
        """Take a record in, or its newer form."""
        fresh = record.id not in self.records
        self.records[record.id] = record
        for key in _keys(record):
            self.by_key.setdefault(key, record.id)
        if fresh:
            title = spelling.fold(record.title)
            self.by_title.setdefault(title, []).append(record.id)
            if record.year:
                self.by_year.setdefault((record.year, title[:1]), []).append(record.id)

    def find_known(self, hit: Hit) -> str | None:
        """Return the id of the record that shares an identifier with a hit."""
        return next((self.by_key[key] for key in _keys(hit) if key in self.by_key), None)

    def find_like(self, hit: Hit, own: str) -> tuple[str, float] | None:
        """Return the record with the same title, year and author, and how like the titles are.

        A title alone is shared by chance: year (one apart at most) and first author must agree as
        far as both are known, and one of the two must be known.
        """
        title = spelling.fold(hit.title)
        near = list(self.by_title.get(title, ()))
        for year in (hit.year - 1, hit.year, hit.year + 1) if hit.year else ():
            near += self.by_year.get((year, title[:1]), [])
        best: tuple[str, float] | None = None
        for name in dict.fromkeys(near):
            record = self.records[name]
            if name == own or record.duplicate or not _may_be_one(hit, record):
                continue
            score = fuzz.ratio(title, spelling.fold(record.title), score_cutoff=_SAME_TITLE)
            if score and titles_agree(hit.title, record.title) and (not best or score > best[1]):
                best = name, round(score, 1)
        return best


def _keys(work: Hit | ScreeningRecord) -> Iterator[str]:
    for name in ("trial", "pmid", "pmcid", "doi"):
        value = getattr(work, name)
        if value:
            yield f"{name}:{value.lower()}"


def _may_be_one(hit: Hit, record: ScreeningRecord) -> bool:
    if bool(hit.trial) != bool(record.trial) or (hit.trial and hit.trial != record.trial):
        return False
    if hit.pmid and record.pmid and hit.pmid != record.pmid:
        return False
    theirs = Hit(record.title, record.authors or "").lead
    one, other = spelling.fold(hit.lead), spelling.fold(theirs)
    authors = bool(one and other)
    years = bool(hit.year and record.year)
    if authors and fuzz.ratio(one, other) < _SAME_AUTHOR:
        return False
    if hit.year and record.year and abs(hit.year - record.year) > 1:
        return False
    return authors or years


def add_hits(
    index: Index, hits: Iterable[Hit], sighting: Sighting, library_works: LibraryWorks
) -> tuple[int, int]:
    """Take hits into the index; return how many were read, and how many of them are new.

    What a record already has stays; what the database adds or corrects is renewed. Decisions are
    never touched.
    """
    taken = new = 0
    for hit in hits:
        if not hit.title and not hit.trial:
            continue
        taken += 1
        known = index.find_known(hit)
        if known:
            index.add(_renew(index.records[known], hit, sighting))
            continue
        new += 1
        name = _name_record(hit, index)
        record = _renew(
            ScreeningRecord(id=name, title=hit.title or hit.trial, found=[]), hit, sighting
        )
        like = index.find_like(hit, name)
        paper = library_works.find_paper(hit)
        duplicate = None
        if paper:
            duplicate = Duplicate(of=paper[0], kind="paper", by=paper[1], score=paper[2])
        elif like:
            other = index.records[like[0]]
            if hit.preprint != bool(other.preprint):
                # Two records of one study: the article stands, the preprint says where it is.
                if hit.preprint:
                    record = record.model_copy(update={"published_as": other.id})
                else:
                    index.add(other.model_copy(update={"published_as": name}))
            else:
                by = "title, year and author"
                duplicate = Duplicate(of=like[0], kind="record", by=by, score=like[1])
        index.add(
            record.model_copy(
                update={"duplicate": duplicate, "cited_as": library_works.find_cited(hit)}
            )
        )
    return taken, new


def _name_record(hit: Hit, index: Index) -> str:
    wanted = (
        hit.trial.lower()
        or (hit.pmid and f"pmid-{hit.pmid}")
        or hit.pmcid.lower()
        or (hit.doi and f"doi-{ids.digest(hit.doi, 12)}")
        or f"title-{ids.digest(f'{hit.title} {hit.year}', 12)}"
    )
    return wanted if wanted not in index.records else f"{wanted}-{ids.digest(hit.url, 6)}"


def _renew(record: ScreeningRecord, hit: Hit, sighting: Sighting) -> ScreeningRecord:
    seen = any(s.strategy == sighting.strategy for s in record.found)
    fresh: dict[str, object] = {
        "found": record.found if seen else [*record.found, sighting],
        "types": list(hit.types) or record.types,
        "notices": sorted({*record.notices, *hit.notices}),
        "open_access": record.open_access if hit.open_access is None else hit.open_access,
        "preprint": hit.preprint or record.preprint or None,
    }
    for name in ("authors", "journal", "doi", "pmid", "pmcid", "trial", "licence", "url", "year"):
        fresh[name] = getattr(record, name) or getattr(hit, name) or None
    if hit.licence:
        fresh["licence"] = hit.licence
    if hit.published_as:
        fresh["published_as"] = hit.published_as
    return record.model_copy(update=fresh)


class LibraryWorks:
    """The papers and cited works of the atlas, by their identifiers and titles."""

    def __init__(self, library: Library) -> None:
        papers = {name: bundle.paper.csl for name, bundle in library.papers.items()}
        cited = {name: work.csl for name, work in library.references.items()}
        self._papers = _Works(papers, library.identifiers)
        self._cited = _Works(cited, library.identifiers)

    def find_paper(self, hit: Hit) -> tuple[str, str, float | None] | None:
        """Return the paper of the atlas that a hit is, by what it is known, and the likeness."""
        return self._papers.find(hit)

    def find_cited(self, hit: Hit) -> str | None:
        """Return the cited work that a hit is, by its identifiers, else title, author and year."""
        found = self._cited.find(hit)
        return found[0] if found else None


class _Works:
    """Works by what shows that a hit is one of them."""

    def __init__(
        self, works: Mapping[str, CslItem], identifiers: Mapping[str, Identifiers]
    ) -> None:
        self._works = works
        self._by_key: dict[str, str] = {}
        self._by_title: dict[str, list[str]] = {}
        for name, csl in works.items():
            self._by_title.setdefault(spelling.fold(csl.title), []).append(name)
            for key in ("doi", "pmid", "pmcid"):
                for value in (getattr(csl, key.upper()), getattr(identifiers.get(name), key, None)):
                    if value:
                        self._by_key.setdefault(f"{key}:{value.lower()}", name)

    def find(self, hit: Hit) -> tuple[str, str, float | None] | None:
        """Return the work that a hit is, by what it is known, and the likeness of titles."""
        for key in _keys(hit):
            if key in self._by_key:
                return self._by_key[key], key.partition(":")[0], None
        for name in self._by_title.get(spelling.fold(hit.title), ()) if not hit.trial else ():
            csl = self._works[name]
            if not (csl.DOI and hit.doi) and match_work(csl, hit).fits:
                return name, "title, year and author", 100.0
        return None


# --- decisions -----------------------------------------------------------------------------------


def decide(record: ScreeningRecord, decision: Decision) -> ScreeningRecord:
    """Return a record with a screener's decision, which replaces the one he made before."""
    others = [d for d in record.decisions if d.by != decision.by]
    return record.model_copy(update={"decisions": [*others, decision], "agreed": None})


def open_records(records: Iterable[ScreeningRecord], by: str) -> list[ScreeningRecord]:
    """Return what a screener has not decided yet, without duplicates.

    Works that the atlas cites, of which the title alone was read, come first; then the newest.
    """
    waiting = [
        r
        for r in records
        if not r.duplicate and all(d.by != by for d in r.decisions) and not r.agreed
    ]
    return sorted(waiting, key=lambda r: (not r.cited_as, -(r.year or 0), r.id))


def find_screener(project: Project) -> str:
    """Return who screens: the name that git knows. Raises ProblemError where it knows none."""
    try:
        asked = subprocess.run(  # noqa: S603 (fixed words)
            ["git", "-C", str(project.root), "config", "user.name"],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        asked = None
    if asked and asked.stdout.strip():
        return asked.stdout.strip()
    raise _refuse("the name of who screens: --by NAME", "none")


def find_words(project: Project) -> list[str]:
    """Return the words that the strategies look for, to be marked in titles and abstracts."""
    queries = [strategy.query or "" for strategy in read_strategies(project.root)]
    return sorted({word for query in queries for word in re.findall(r'"([^"\[\]*]+)"', query)})


def find_disagreements(records: Iterable[ScreeningRecord]) -> list[ScreeningRecord]:
    """Return the records on which screeners disagree, or of which one of them is unsure."""
    return [r for r in records if r.verdict in ("conflict", "unsure")]


# --- rules ---------------------------------------------------------------------------------------

_FLAGS: dict[str, Callable[[ScreeningRecord], bool]] = {
    "open access": lambda r: r.open_access is True,
    "preprint": lambda r: r.preprint is True,
    "retracted": lambda r: any("retraction" in notice for notice in r.notices),
    "trial": lambda r: bool(r.trial),
    "cited": lambda r: bool(r.cited_as),
    "review": lambda r: any("review" in t.lower() for t in r.types),
}
_YEAR_RULE = re.compile(r"year\s*(>=|<=|=|>|<)\s*(\d{4})", re.IGNORECASE)


def parse_rule(text: str) -> tuple[Verdict, Callable[[ScreeningRecord], bool]]:
    """Return the verdict of a rule, and whether a record meets it.

    ``include: review AND open access``, ``exclude: NOT "extracellular vesicle" AND year < 2010``:
    conditions joined by AND, each a flag (open access, preprint, retracted, trial, cited, review),
    a year, or words of the title in quotation marks; NOT before one turns it round. Raises
    ProblemError.
    """
    verdict, colon, conditions = text.partition(":")
    verdict = verdict.strip().lower()
    if not colon or verdict not in VERDICTS or not conditions.strip():
        raise _refuse("include:, exclude: or unsure: and a condition", text or "nothing")
    tests = [_parse_condition(part.strip()) for part in re.split(r"\s+AND\s+", conditions.strip())]
    return verdict, lambda record: all(test(record) for test in tests)


def _parse_condition(text: str) -> Callable[[ScreeningRecord], bool]:
    if text.upper().startswith("NOT "):
        test = _parse_condition(text[4:].strip())
        return lambda record: not test(record)
    if text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    year = _YEAR_RULE.fullmatch(text)
    if year:
        sign, number = year.group(1), int(year.group(2))
        return lambda record: (
            record.year is not None
            and {
                ">=": record.year >= number,
                "<=": record.year <= number,
                "=": record.year == number,
                ">": record.year > number,
                "<": record.year < number,
            }[sign]
        )
    if re.fullmatch(r'"[^"]+"', text):
        words = spelling.fold(text.strip('"'))
        return lambda record: words in spelling.fold(record.title)
    flags = ", ".join(_FLAGS)
    raise _refuse(f'one of {flags}; a year (year >= 2020); or words of the title in "…"', text)


def apply_rule(
    text: str, records: Iterable[ScreeningRecord], by: str, day: date
) -> dict[str, Decision]:
    """Return the decisions that a rule makes of the records that a screener left open."""
    verdict, meets = parse_rule(text)
    made = Decision(verdict=verdict, reason=f"rule: {text.strip()}", by=by, day=day)
    return {record.id: made for record in open_records(records, by) if meets(record)}


def _refuse(expected: str, got: str, file: str = "screen", line: int = 0) -> ProblemError:
    return ProblemError(Problem(file, line, "error", "screen", expected, got))


# --- tables of colleagues ------------------------------------------------------------------------


def write_table(records: Iterable[ScreeningRecord]) -> str:
    """Return records as CSV with empty columns for decision and reason (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for r in records:
        row = [r.id, r.title, r.authors, r.year, r.journal, r.doi, r.url, "", ""]
        writer.writerow(["" if v is None else _no_formula(str(v)) for v in row])
    return out.getvalue()


def _no_formula(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def read_table(
    data: bytes, file: str, by: str, day: date, known: Iterable[str]
) -> dict[str, Decision]:
    """Return the decisions of a table that a colleague filled in, by record.

    Comma, semicolon or tab between the cells; rows without a decision are left open. Raises
    ProblemError, with every wrong line, where a decision or a record is unknown.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    sign = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text.replace("\0", "")), delimiter=sign)
    names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    missing = [name for name in ("id", "decision") if name not in names]
    if missing:
        raise _refuse("columns id and decision", f"no column {' and '.join(missing)}", file, 1)
    there = set(known)
    problems, found = [], {}
    for row in rows:
        name = (row.get(names["id"]) or "").strip()
        said = (row.get(names["decision"]) or "").strip().lower()
        reason = (row.get(names.get("reason", "")) or "").strip()
        if not said:
            continue
        full = {v[0]: v for v in VERDICTS}.get(said, said)
        if full not in VERDICTS:
            problems.append(
                Problem(file, rows.line_num, "error", "screen", "include, exclude or unsure", said)
            )
        elif name not in there:
            problems.append(
                Problem(file, rows.line_num, "error", "screen", "the id of a record", name,
                        hint=suggest(name, there))
            )  # fmt: skip
        elif full == "exclude" and not reason:
            problems.append(
                Problem(file, rows.line_num, "error", "screen", "a reason for exclude", "none")
            )
        else:
            found[name] = Decision(verdict=full, reason=reason or None, by=by, day=day)
    if problems:
        raise ProblemError(problems)
    return found
