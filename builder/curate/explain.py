"""Why a finding says what it says: its quote, the words matched, the rule behind each field."""

from __future__ import annotations

from collections.abc import Iterator

from builder import models, store
from builder.addresses.pages import list_terms
from builder.errors import Problem, ProblemError, suggest
from builder.extract import trace_paper
from builder.extract.findings.cues import read_rules
from builder.extract.findings.statements import Trace
from builder.extract.vocabulary import build_vocabulary
from builder.project import Project
from builder.readers import read_seed
from builder.store import Library, PaperBundle


def explain_finding(project: Project, library: Library, name: str) -> list[str]:
    """Return the explanation of a finding or a term, line by line.

    Raises LookupError for an unknown id.
    """
    if name in library.terms:
        return list(_explain_term(library, name))
    bundle = _find_bundle(library, name)
    seed = project.seeds / bundle.paper.seed.file
    file = store.relative(seed, project.root)
    vocabulary = build_vocabulary(library.terms.values(), content=library.root / "content")
    traces = trace_paper(read_seed(seed, project.root), vocabulary, file, bundle.paper.id)
    trace = next((t for t in traces if t.finding.id == name), None)
    if trace is None:
        raise ProblemError(
            Problem(
                f"content/papers/{bundle.paper.id}/findings.yml",
                0,
                "error",
                "content-stale",
                "a finding that extract makes from the seed",
                repr(name),
                hint="Run: python -m builder extract",
            )
        )
    corrections = library.corrections.get(bundle.paper.id, [])
    return [*_report(trace, file), *_report_corrections(corrections, name)]


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


def _find_bundle(library: Library, name: str) -> PaperBundle:
    for bundle in library.papers.values():
        if any(finding.id == name for finding in bundle.findings):
            return bundle
    known = [*(finding.id for finding in library.findings()), *library.terms]
    raise LookupError(f"no finding or term has the id {name!r}. {suggest(name, known)}".strip())


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


def _report_corrections(corrections: list[models.Correction], name: str) -> Iterator[str]:
    for c in corrections:
        if c.record == name:
            yield f"corrected on {c.date}: {c.field}: {c.old!r} -> {c.new!r}. {c.reason}"
