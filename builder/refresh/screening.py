"""The records of a living review: distinguished from duplicates, screened, and kept in one file.

``content/screening.yml`` has one entry a record, in the order of their ids. A record that several
strategies find stands once, with each sighting; the same work under other identifiers stands as a
duplicate with its score. A decision is made by key, by rule or in a table.
"""

import csv
import io
import json
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from builder import store
from builder.curate.review_flow import read_screening, read_strategies
from builder.errors import Problem, ProblemError, refuse, suggest
from builder.models.review import Decision, Run, Screening, ScreeningRecord, Verdict
from builder.project import Project, ask_git
from builder.refresh.http_client import OfflineError
from builder.store.transaction import transaction
from builder.text import ids, spelling

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
    if name := ask_git(project.root, "config", "user.name").strip():
        return name
    raise refuse("screen", "screen", "the name of who screens: --by NAME", "none")


def find_words(project: Project) -> list[str]:
    """Return the words that the strategies look for, to be marked in titles and abstracts."""
    queries = [strategy.query or "" for strategy in read_strategies(project.root)]
    return sorted({word for query in queries for word in re.findall(r'"([^"\[\]*]+)"', query)})


def find_disagreements(records: Iterable[ScreeningRecord]) -> list[ScreeningRecord]:
    """Return the records on which screeners disagree, or of which one of them is unsure."""
    return [r for r in records if r.verdict in ("conflict", "unsure")]


def describe_decisions(record: ScreeningRecord) -> str:
    """Return who decided what of a record: ``ada: exclude (no vesicles); ben: include``."""
    said = ((d, f" ({d.reason})" if d.reason else "") for d in record.decisions)
    return "; ".join(f"{d.by}: {d.verdict}{reason}" for d, reason in said)


# --- rules ---------------------------------------------------------------------------------------

_FLAGS: dict[str, Callable[[ScreeningRecord], bool]] = {
    "open access": lambda r: r.open_access is True,
    "preprint": lambda r: r.preprint is True,
    "retracted": lambda r: any("retraction" in notice for notice in r.notices),
    "trial": lambda r: bool(r.trial),
    "cited": lambda r: bool(r.cited_as),
    "review": lambda r: any("review" in t.lower() for t in r.types),
}
_SIGNS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge, "<=": operator.le, "=": operator.eq, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
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
        raise refuse(
            "screen", "screen", "include:, exclude: or unsure: and a condition", text or "nothing"
        )
    tests = [_parse_condition(part.strip()) for part in re.split(r"\s+AND\s+", conditions.strip())]
    return verdict, lambda record: all(test(record) for test in tests)


def _parse_condition(text: str) -> Callable[[ScreeningRecord], bool]:
    if text.upper().startswith("NOT "):
        test = _parse_condition(text[4:].strip())
        return lambda record: not test(record)
    if text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    if year := _YEAR_RULE.fullmatch(text):
        compare, number = _SIGNS[year[1]], int(year[2])
        return lambda record: record.year is not None and compare(record.year, number)
    if re.fullmatch(r'"[^"]+"', text):
        words = spelling.fold(text.strip('"'))
        return lambda record: words in spelling.fold(record.title)
    flags = ", ".join(_FLAGS)
    expected = f'one of {flags}; a year (year >= 2020); or words of the title in "…"'
    raise refuse("screen", "screen", expected, text)


def apply_rule(
    text: str, records: Iterable[ScreeningRecord], by: str, day: date
) -> dict[str, Decision]:
    """Return the decisions that a rule makes of the records that a screener left open."""
    verdict, meets = parse_rule(text)
    made = Decision(verdict=verdict, reason=f"rule: {text.strip()}", by=by, day=day)
    return {record.id: made for record in open_records(records, by) if meets(record)}


# --- tables of colleagues ------------------------------------------------------------------------


def write_table(records: Iterable[ScreeningRecord]) -> str:
    """Return records as CSV with empty columns for decision and reason (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for r in records:
        row = [r.id, r.title, r.authors, r.year, r.journal, r.doi, r.url, "", ""]
        cells = ["" if v is None else str(v) for v in row]
        # No spreadsheet takes a cell for a formula.
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


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
        got = f"no column {' and '.join(missing)}"
        raise refuse(file, "screen", "columns id and decision", got, line=1)
    there = set(known)
    problems, found = [], {}
    for row in rows:
        name = (row.get(names["id"]) or "").strip()
        said = (row.get(names["decision"]) or "").strip().lower()
        reason = (row.get(names.get("reason", "")) or "").strip()
        if not said:
            continue
        full = {v[0]: v for v in VERDICTS}.get(said, said)
        wrong = partial(Problem, file, rows.line_num, "error", "screen")
        if full not in VERDICTS:
            problems.append(wrong("include, exclude or unsure", said))
        elif name not in there:
            problems.append(wrong("the id of a record", name, hint=suggest(name, there)))
        elif full == "exclude" and not reason:
            problems.append(wrong("a reason for exclude", "none"))
        else:
            found[name] = Decision(verdict=full, reason=reason or None, by=by, day=day)
    if problems:
        raise ProblemError(problems)
    return found


# --- by key -------------------------------------------------------------------------------------

KEYS: dict[str, Verdict] = {"i": "include", "e": "exclude", "?": "unsure", "u": "unsure"}
HELP = "i include · e exclude · ? unsure · b back (undo) · n next · q stop and keep · h this help"
# Reasons that reviewers of the field give; a number chooses one, other words are kept as written.
REASONS = (
    "not about exosomes or extracellular vesicles",
    "not about bone, cartilage, osteoarthritis or tendon",
    "not a therapy: biomarker or mechanism of disease only",
    "no original data and no review: comment, editorial, protocol",
    "another language than the reviewers read",
    "withdrawn or retracted",
)


@dataclass
class Session:
    """A screener at work: one record after the other, a key a decision.

    It neither prints nor reads keys itself: both are given, so that it works on any terminal and in
    tests. Each decision is written down at once (``build/screening-<name>.jsonl``), so that a
    session stopped at any moment has lost none. ``find_abstract`` may return an empty string.
    """

    project: Project
    by: str
    today: date
    show: Callable[[str], None]
    ask_key: Callable[[], str]
    ask_line: Callable[[str], str]
    find_abstract: Callable[[ScreeningRecord], str]
    words: Iterable[str] = ()
    made: dict[str, Decision] = field(default_factory=dict)
    offline: bool = False

    @property
    def journal(self) -> Path:
        """Where decisions are kept until the session ends."""
        return self.project.build / f"screening-{ids.slug(self.by) or 'screener'}.jsonl"

    def run(self) -> int:
        """Show every open record until the screener stops; return how many were decided."""
        self._resume()
        records = read_screening(self.project.root).records
        waiting = [*open_records(records, self.by), *self._find_unsettled(records)]
        waiting = [record for record in waiting if record.id not in self.made]
        place = 0
        while 0 <= place < len(waiting):
            record = waiting[place]
            self._show(record, place + 1, len(waiting))
            key = self.ask_key().lower()
            if key == "q":
                break
            if key == "b":
                place = max(0, place - 1)
                if self.made.pop(waiting[place].id, None):
                    self._write_journal()
                    self.show("Taken back.")
            elif key == "n":
                place += 1
            elif key in KEYS:
                reason = self._ask_reason() if key == "e" else None
                said = Decision(verdict=KEYS[key], reason=reason, by=self.by, day=self.today)
                self.made[record.id] = said
                self._write_journal()
                place += 1
            else:
                self.show(HELP)
        keep_decisions(self.project, self.made)
        self.journal.unlink(missing_ok=True)
        return len(self.made)

    def _find_unsettled(self, records: Iterable[ScreeningRecord]) -> list[ScreeningRecord]:
        """Return what this screener has decided and what is not settled, to be seen once more."""
        unsettled = (r for r in find_disagreements(records) if not r.duplicate)
        return [r for r in unsettled if any(d.by == self.by for d in r.decisions)]

    def _show(self, record: ScreeningRecord, number: int, total: int) -> None:
        where = ", ".join(str(v) for v in (record.authors, record.journal, record.year) if v)
        marks = [
            "cited by the atlas, title alone read" if record.cited_as else "",
            "open access" if record.open_access else "",
            "preprint" if record.preprint else "",
            f"published as {record.published_as}" if record.published_as else "",
            *record.notices,
            *record.types,
        ]
        abstract = ""
        try:
            abstract = "" if self.offline else self.find_abstract(record)
        except OfflineError:
            self.offline = True  # and not asked, and waited for, at every record
            self.show("Offline: the records are shown without their abstracts.")
        self.show(f"\n{number} of {total} · {record.id}")
        self.show(self._mark(record.title))
        self.show(where)
        self.show(" · ".join(mark for mark in marks if mark))
        self.show(self._mark(abstract) or "(no abstract at hand)")
        # What others decided is shown to those alone who have decided themselves.
        if any(d.by == self.by for d in record.decisions):
            self.show(f"to settle: {describe_decisions(record)}")
        self.show("i/e/?/b/n/q/h")

    def _mark(self, text: str) -> str:
        """Return a text with the words that the search looked for set off by asterisks."""
        # Control characters of a service's text never reach the terminal.
        text = "".join(c if c.isprintable() else " " for c in text)
        wanted = sorted({w for w in self.words if w}, key=len, reverse=True)
        if not wanted:
            return text
        pattern = "|".join(re.escape(word) for word in wanted)
        return re.sub(rf"\b(?:{pattern})\b", r"*\g<0>*", text, flags=re.IGNORECASE)

    def _ask_reason(self) -> str:
        lines = [f"{number} {reason}" for number, reason in enumerate(REASONS, 1)]
        said = "0"
        while not said or (said.isdecimal() and not 0 < int(said) <= len(REASONS)):
            said = self.ask_line("\n".join([*lines, "Reason (a number, or your words)"])).strip()
        return REASONS[int(said) - 1] if said.isdecimal() else said

    def _write_journal(self) -> None:
        lines = [
            json.dumps({"record": name, **decision.model_dump(mode="json")})
            for name, decision in self.made.items()
        ]
        store.write_text(self.journal, "".join(f"{line}\n" for line in lines))

    def _resume(self) -> None:
        """Take up what a session that was stopped had decided."""
        if not self.journal.is_file():
            return
        for line in self.journal.read_text(encoding="utf-8").splitlines():
            try:
                said = json.loads(line)
                record = str(said.pop("record"))
                self.made[record] = Decision.model_validate(said)
            except (ValueError, KeyError, AttributeError, ValidationError):
                self.show(
                    f"A line of {self.journal.name} can't be read and is left out: {line[:60]}"
                )
        if self.made:
            self.show(f"Taken up again: {len(self.made)} decisions of a session that was stopped.")


def keep_decisions(project: Project, made: dict[str, Decision]) -> Screening:
    """Write decisions into content/screening.yml, and return what it holds then."""
    with transaction(project) as work:
        kept = read_screening(work.project.root)
        records = [decide(r, made[r.id]) if r.id in made else r for r in kept.records]
        write_screening(work.project, kept.runs, records)
    return Screening(runs=kept.runs, records=records)
