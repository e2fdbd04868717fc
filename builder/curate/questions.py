"""What a curator asks and is asked: open questions, names that are no terms yet, explanations.

An explanation says why a finding states what it states: its quote, the words matched, and the rule
behind each field.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sentencex
from pydantic import BaseModel

from builder import models, store
from builder.addresses.pages import list_terms
from builder.curate.corrections import draft_correction
from builder.errors import refuse, suggest
from builder.extract import trace_paper
from builder.extract.findings.cues import read_rules
from builder.extract.findings.statements import Trace
from builder.extract.vocabulary import KINDS, Vocabulary, build_vocabulary, find_candidates
from builder.models import Finding, Question, Study
from builder.models.document import Document
from builder.project import Project
from builder.readers import read_seed
from builder.store import Library, PaperBundle
from builder.text import ids, spelling

_EXTRACT = "Run: python -m builder extract"
Kind = Literal["paper", "entity", "table", "reference", "finding", "trial", "study", "identifier"]


@dataclass(frozen=True)
class OpenQuestion:
    """A question with its place: the record and field in doubt, file and line of the seed.

    ``target`` is the record that a correction would change, and ``path`` the field of it; both are
    left out where no field is in doubt.
    """

    question: Question
    kind: Kind
    file: str
    line: int
    record: str
    paper: str = ""
    target: BaseModel | None = None
    path: str = ""

    @property
    def weight(self) -> int:
        """From 1, cosmetic, to 5, may mislead a decision."""
        return self.question.weight

    @property
    def rule(self) -> str:
        """The name of the rule that asks."""
        return self.question.rule

    @property
    def text(self) -> str:
        """The question, in one sentence."""
        return self.question.text

    @property
    def edit(self) -> str:
        """The correction that would answer it, as YAML; empty where none can."""
        return draft_correction(self.target, self.path) if self.target and self.path else ""

    def to_data(self) -> dict[str, Any]:
        """Return the question as plain data, with the correction that would answer it."""
        data = {"weight": self.weight, "file": self.file, "line": self.line}
        data |= {"record": self.record, "rule": self.rule, "field": self.question.field or ""}
        return {**data, "text": self.text, "edit": self.edit}

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        field = self.question.field
        what = f"{self.record}.{field}" if field else self.record
        return f"{where}weight {self.weight}: {what}: {self.text} [{self.rule}]"


def find_questions(library: Library, studies: Iterable[Study] = ()) -> list[OpenQuestion]:
    """Return every open question, by weight, then file and line; those of ``studies`` as well."""
    found = [q for bundle in library.papers.values() for q in _of_paper(bundle)]
    for known in library.identifiers.values():
        file = "content/identifiers.yml"
        found += [OpenQuestion(q, "identifier", file, 0, known.reference) for q in known.questions]
    findings = {f.id: f for f in library.findings()}
    found += [q for study in studies for q in _of_study(study, library, findings)]
    return sorted(found, key=lambda q: (-q.weight, q.file, q.line, q.record, q.rule, q.text))


def _of_paper(bundle: PaperBundle) -> Iterator[OpenQuestion]:
    paper = bundle.paper
    seed = f"seeds/{paper.seed.file}"
    places: list[tuple[Kind, str, int, BaseModel, Sequence[Question]]] = [
        ("paper", paper.id, 0, paper, paper.questions),
        *(("reference", c.id, c.line, c, c.questions) for c in bundle.references),
        *(("table", t.id, t.line, t, t.questions) for t in bundle.tables),
        *(("finding", f.id, f.locator.line, f, f.questions) for f in bundle.findings),
        *(("trial", t.id, t.locator.line, t, t.questions) for t in bundle.trials),
    ]
    for kind, record, line, target, questions in places:
        for q in questions:
            path = q.field or ""
            path = f"csl.{path}" if path and draft_correction(target, f"csl.{path}") else path
            yield OpenQuestion(q, kind, seed, line, record, paper.id, target, path)
    for n, entity in enumerate(paper.entities):
        if entity.question:
            path = f"entities.{n}.{entity.question.field or 'identifier'}"
            yield OpenQuestion(
                entity.question, "entity", seed, entity.line, entity.label, paper.id, paper, path
            )


def _of_study(
    study: Study, library: Library, findings: Mapping[str, Finding]
) -> Iterator[OpenQuestion]:
    """Yield the questions of a study; what answers one is the place that differs from the rest."""
    for q in study.questions:
        field = q.field or ""
        places = [findings[name] for name in study.findings]
        odd = [f for f in places if (v := getattr(f, field, None)) and v != getattr(study, field)]
        first = next(iter(odd), None)
        line = first.locator.line if first else 0
        file = f"seeds/{library.papers[first.paper].paper.seed.file}" if first else "content/papers"
        yield OpenQuestion(
            q, "study", file, line, study.id, first.paper if first else "", first, field
        )


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
    found = []
    for key, counts in spellings.items():
        label = min(counts, key=lambda text: (-counts[text], text))
        term = models.Term.model_validate(
            {"id": ids.slug(label), "label": label, "kind": KINDS[types[key]], "type": types[key],
             "synonyms": sorted(s for s in counts if s != label)}
        )  # fmt: skip
        quoted = tuple(s[:_MOST_LETTERS] for s in sentences[key][:_MOST_SENTENCES])
        found.append(Proposal(term, counts.total(), quoted))
    return sorted(found, key=lambda p: (-p.count, p.term.id))


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


# --- explanations --------------------------------------------------------------------------------


def explain_finding(project: Project, library: Library, name: str) -> list[str]:
    """Return the explanation of a finding or a term, line by line.

    Raises LookupError for an unknown id.
    """
    if name in library.terms:
        return list(_explain_term(library, name))
    bundle = next((b for b in library.papers.values() if name in {f.id for f in b.findings}), None)
    if bundle is None:
        known = [*(finding.id for finding in library.findings()), *library.terms]
        raise LookupError(f"no finding or term has the id {name!r}. {suggest(name, known)}".strip())
    seed = project.seeds / bundle.paper.seed.file
    file = store.relative(seed, project.root)
    vocabulary = build_vocabulary(library.terms.values(), content=library.root / "content")
    traces = trace_paper(read_seed(seed, project.root), vocabulary, file, bundle.paper.id)
    trace = next((t for t in traces if t.finding.id == name), None)
    if trace is None:
        records = f"content/papers/{bundle.paper.id}/findings.yml"
        expected, hint = "a finding that extract makes from the seed", _EXTRACT
        raise refuse(records, "content-stale", expected, repr(name), hint=hint)
    return [
        *_report(trace, file),
        *(
            f"corrected on {c.date}: {c.field}: {c.old!r} -> {c.new!r}. {c.reason}"
            for c in library.corrections.get(bundle.paper.id, [])
            if c.record == name
        ),
    ]


def _explain_term(library: Library, name: str) -> Iterator[str]:
    """Yield what a term matched: each statement that names it, with its words and fields."""
    term = library.terms[name]
    forms = "; ".join([term.label, *filter(None, [term.abbreviation]), *term.synonyms])
    yield f"{name}: a {term.kind}, written as: {forms}"
    found = [f for f in library.findings() if name in list_terms(f)]
    yield f"named by {len(found)} {'statement' if len(found) == 1 else 'statements'}"
    for finding in found:
        seed = library.papers[finding.paper].paper.seed.file
        fields = [
            field
            for field, value in finding
            if isinstance(value, list) and any(name in (i, getattr(i, "id", None)) for i in value)
        ]
        quote = " ".join(finding.quote.split())
        yield f"  seeds/{seed}:{finding.locator.line}: {finding.id}, {', '.join(fields)}: “{quote}”"


def _report(trace: Trace, file: str) -> Iterator[str]:
    finding = trace.finding
    yield f"{finding.id}: {file}:{finding.locator.line} ({finding.locator.kind})"
    yield f"quote: {finding.quote}"
    yield (
        f"basis: {finding.basis}; design: {finding.design.level}; role: {finding.role}; "
        f"result: {finding.result}; certainty: {finding.certainty}"
    )
    for name, text in trace.texts:
        yield ""
        yield f"{name}: {text}"
        for item in sorted(
            (a for a in trace.assigned if a.part == name), key=lambda a: (a.start, a.end, a.field)
        ):
            detail = f" ({item.detail})" if item.detail else ""
            place = f"{item.start}–{item.end}"
            yield f"  {place}: {item.text!r} -> {item.field}: {item.value}{detail} [{item.rule}]"
    others = [a for a in trace.assigned if a.part not in {name for name, _ in trace.texts}]
    for item in others:
        yield f"  {item.field}: {item.value} [{item.rule}]"
    used = dict.fromkeys(a.rule.partition(":")[0] for a in trace.assigned)
    for rule in (read_rules()[name] for name in used if name in read_rules()):
        yield f"rule {rule.rule}: {rule.does} (as in: {rule.example})"
    for question in finding.questions:
        yield f"question, weight {question.weight}: {question.text} [{question.rule}]"
