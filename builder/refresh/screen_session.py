"""Screening at the keyboard: one record after the other, a key a decision.

It neither prints nor reads keys itself: both are given, so that it works on any terminal and in
tests. Each decision is written down at once (``build/screening-<name>.jsonl``), so that a session
stopped at any moment has lost none; ``finish`` takes them into content/screening.yml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from builder.curate.review_flow import read_screening
from builder.models.review import Decision, Screening, ScreeningRecord, Verdict
from builder.project import Project
from builder.refresh.screening import decide, open_records, write_screening
from builder.store.transaction import transaction
from builder.text import ids

KEYS: dict[str, Verdict] = {"i": "include", "e": "exclude", "u": "unsure"}
HELP = "i include · e exclude · u unsure · b back (undo) · n next · q stop and keep · ? this help"
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
    """A screener at work. ``find_abstract`` may return an empty string."""

    project: Project
    by: str
    today: date
    show: Callable[[str], None]
    ask_key: Callable[[], str]
    ask_line: Callable[[str], str]
    find_abstract: Callable[[ScreeningRecord], str]
    words: Iterable[str] = ()
    made: dict[str, Decision] = field(default_factory=dict)

    @property
    def journal(self) -> Path:
        """Where decisions are kept until the session ends."""
        return self.project.build / f"screening-{ids.slug(self.by) or 'screener'}.jsonl"

    def run(self) -> int:
        """Show every open record until the screener stops; return how many were decided."""
        self._resume()
        waiting = open_records(read_screening(self.project.root).records, self.by)
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
                self._note(record.id, Decision(
                    verdict=KEYS[key], reason=reason, by=self.by, day=self.today
                ))  # fmt: skip
                place += 1
            else:
                self.show(HELP)
        return self._finish()

    def _show(self, record: ScreeningRecord, number: int, total: int) -> None:
        where = ", ".join(str(v) for v in (record.authors, record.journal, record.year) if v)
        marks = [
            "cited by the atlas, title alone read" if record.cited_as else "",
            "open access" if record.open_access else "",
            "preprint" if record.preprint else "",
            *record.notices,
            *record.types,
        ]
        abstract = self.find_abstract(record) or "(no abstract at hand)"
        self.show(f"\n{number} of {total} · {record.id}")
        self.show(self._mark(record.title))
        self.show(where)
        self.show(" · ".join(mark for mark in marks if mark))
        self.show(self._mark(abstract))
        self.show("i/e/u/b/n/q/?")

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
        said = ""
        while not said:
            said = self.ask_line("\n".join([*lines, "Reason (a number, or your words)"])).strip()
        return REASONS[int(said) - 1] if said in map(str, range(1, len(REASONS) + 1)) else said

    def _note(self, record: str, decision: Decision) -> None:
        self.made[record] = decision
        self._write_journal()

    def _write_journal(self) -> None:
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps({"record": name, **decision.model_dump(mode="json")})
            for name, decision in self.made.items()
        ]
        fresh = self.journal.with_suffix(".new")
        fresh.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        fresh.replace(self.journal)

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

    def _finish(self) -> int:
        keep_decisions(self.project, self.made)
        self.journal.unlink(missing_ok=True)
        return len(self.made)


def keep_decisions(project: Project, made: dict[str, Decision]) -> Screening:
    """Write decisions into content/screening.yml, and return what it holds then."""
    with transaction(project) as work:
        kept = read_screening(work.project.root)
        records = [decide(r, made[r.id]) if r.id in made else r for r in kept.records]
        write_screening(work.project, kept.runs, records)
    return Screening(runs=kept.runs, records=records)
