"""The curator's queue: every open question of the knowledge base, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.models import Question
from builder.store import Library, PaperBundle


@dataclass(frozen=True)
class OpenQuestion:
    """A question with its place: the record and field in doubt, file and line of the seed."""

    weight: int
    file: str
    line: int
    record: str
    rule: str
    field: str
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        what = f"{self.record}.{self.field}" if self.field else self.record
        return f"{where}weight {self.weight}: {what}: {self.text} [{self.rule}]"


def find_questions(library: Library) -> list[OpenQuestion]:
    """Return every open question, by weight, then file and line."""
    found = [q for bundle in library.papers.values() for q in _of_paper(bundle)]
    for known in library.identifiers.values():
        found += _open("content/identifiers.yml", 0, known.reference, known.questions)
    return sorted(found, key=lambda q: (-q.weight, q.file, q.line, q.record, q.rule, q.text))


def _of_paper(bundle: PaperBundle) -> Iterator[OpenQuestion]:
    paper = bundle.paper
    seed = f"seeds/{paper.seed.file}"
    yield from _open(seed, 0, paper.id, paper.questions)
    for entity in paper.entities:
        if entity.question:
            yield from _open(seed, entity.line, entity.label, [entity.question])
    for cited in bundle.references:
        yield from _open(seed, cited.line, cited.id, cited.questions)
    for table in bundle.tables:
        yield from _open(seed, table.line, table.id, table.questions)
    for finding in bundle.findings:
        yield from _open(seed, finding.locator.line, finding.id, finding.questions)
    for trial in bundle.trials:
        yield from _open(seed, trial.locator.line, trial.id, trial.questions)


def _open(
    file: str, line: int, record: str, questions: Sequence[Question]
) -> Iterator[OpenQuestion]:
    for q in questions:
        yield OpenQuestion(q.weight, file, line, record, q.rule, q.field or "", q.text)
