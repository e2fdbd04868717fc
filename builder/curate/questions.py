"""The curator's queue: open questions, highest priority first, and terms that a paper asks for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sentencex

from builder import models, store
from builder.extract.candidates import KINDS, find_candidates
from builder.extract.vocabulary import Vocabulary
from builder.models import Question
from builder.models.document import Document
from builder.store import Library, PaperBundle
from builder.text import ids, spelling


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


# --- names that are no terms yet -----------------------------------------------------------------

_MOST_SENTENCES = 3
_MOST_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Proposal:
    """A name that is no term yet: the term it would be, how often it is named, and where."""

    term: models.Term
    count: int
    sentences: tuple[str, ...]

    @property
    def file(self) -> str:
        """Where its term file would lie."""
        return f"content/terms/{models.TERM_FOLDERS[self.term.kind]}/{self.term.id}.yml"

    def to_yaml(self) -> str:
        """Return the term file, its sentences as comments."""
        lines = [f"# {self.file} ({self.count} times)", *(f"# “{s}”" for s in self.sentences)]
        return "\n".join(lines) + "\n" + store.dump_records(self.term)


def find_proposals(document: Document, vocabulary: Vocabulary) -> list[Proposal]:
    """Return the names in a paper that are no terms yet, the commonest first.

    Title, abstract, text, captions and tables count, and so do the titles of the works it cites.
    Spellings that match alike are one name; the commonest of them is its label.
    """
    own = vocabulary.bind(document.abbreviations)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    types: dict[str, str] = {}
    sentences: dict[str, list[str]] = defaultdict(list)
    for sentence in _find_sentences(document):
        for candidate in find_candidates(sentence, own):
            key = spelling.match_key(candidate.text)
            spellings[key][candidate.text] += 1
            types.setdefault(key, candidate.type)
            if sentence not in sentences[key]:
                sentences[key].append(sentence)
    found = [
        Proposal(
            _make_term(_pick(spellings[key]), list(spellings[key]), types[key]),
            spellings[key].total(),
            tuple(s[:_MOST_LETTERS] for s in sentences[key][:_MOST_SENTENCES]),
        )
        for key in spellings
    ]
    return sorted(found, key=lambda p: (-p.count, p.term.id))


def _pick(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda text: (-spellings[text], text))


def _make_term(label: str, spellings: list[str], type_: str) -> models.Term:
    return models.Term.model_validate(
        {"id": ids.slug(label), "label": label, "kind": KINDS[type_], "type": type_,
         "synonyms": sorted(s for s in spellings if s != label)}
    )  # fmt: skip


def _find_sentences(document: Document) -> Iterator[str]:
    texts = [document.front.work.title, *(block.text for block in document.blocks)]
    texts += [figure.caption for figure in document.figures]
    for table in document.tables:
        texts += [table.caption, *(cell.text for row in table.rows for cell in row)]
    for citation in document.citations:
        texts.append(citation.fields.title if citation.fields else citation.printed)
    for text in texts:
        for sentence in sentencex.segment("en", text):
            flat = " ".join(sentence.split())
            if flat:
                yield flat
