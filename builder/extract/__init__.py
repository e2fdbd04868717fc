"""From a Document to records: a pure function of the document and the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from builder.errors import Problem
from builder.extract import study_card, tables, trials
from builder.extract.findings import check_entities, trace_findings
from builder.extract.findings.statements import Trace
from builder.extract.vocabulary import Vocabulary
from builder.models import Cited, Finding, Paper, Table, Trial
from builder.models.document import Document
from builder.readers import references
from builder.store import PaperBundle

__all__ = ["Extraction", "extract_paper", "trace_paper"]


@dataclass(frozen=True)
class Extraction:
    """All records of one paper, what was doubtful on the way, and the id made of its own words."""

    bundle: PaperBundle
    problems: list[Problem]
    own: str


def extract_paper(
    document: Document, vocabulary: Vocabulary, file: str, name: str = ""
) -> Extraction:
    """Return the records of a paper; ``file`` is the seed's name in messages.

    ``name`` is the id that the paper bears where it is not the one made of its own words.
    """
    own = references.build_paper(document)
    paper = own.model_copy(update={"id": name}) if name else own
    bundle, traces, problems = _read(paper, document, vocabulary, file)
    card = study_card.find_card(document, paper.id)
    found = PaperBundle(
        bundle.paper,
        bundle.references,
        bundle.tables,
        [t.finding for t in traces],
        bundle.trials,
        [card] if card else [],
    )
    return Extraction(found, problems, own.id)


def trace_paper(document: Document, vocabulary: Vocabulary, file: str, name: str) -> list[Trace]:
    """Return the findings of a paper of the id ``name``, with the spans and rules behind them."""
    paper = references.build_paper(document).model_copy(update={"id": name})
    return _read(paper, document, vocabulary, file)[1]


def _read(
    paper: Paper, document: Document, vocabulary: Vocabulary, file: str
) -> tuple[PaperBundle, list[Trace], list[Problem]]:
    own = vocabulary.bind(document.abbreviations)
    paper = paper.model_copy(update={"entities": check_entities(paper.entities, own)})
    cited = references.parse_references(document)
    grids = tables.repair_tables(document, paper.id)
    problems = references.check_parsed(cited, file)
    problems += [p for table in grids for p in _report_repairs(table, file)]
    listed = trials.find_trials(paper, grids, cited, own)
    traces = trace_findings(paper, document, grids, cited, own)
    carried = [replace(t, finding=_carry_result(t.finding, listed, cited)) for t in traces]
    return PaperBundle(paper, cited, grids, [], listed), carried, problems


def _carry_result(finding: Finding, listed: Sequence[Trial], cited: Sequence[Cited]) -> Finding:
    """Return what the title of a trial's publication or registration says, with its result."""
    number = finding.locator.reference
    works = [c for c in cited if c.number == number]
    for trial in listed:
        if number is None or trial.result_effect is None:
            continue
        if number in trial.references and any(trials.is_report(c, trial) for c in works):
            known = {"result": trials.judge_trial(trial), "role": "therapeutic"}
            return finding.model_copy(update={**known, "certainty": "asserted"})
    return finding


def _report_repairs(table: Table, file: str) -> Iterator[Problem]:
    lines = {row.id: row.line for row in table.rows}
    for repair in table.repairs:
        line = lines.get(repair.row or "", table.line)
        field = f"table {table.number}" + (f", {repair.column}" if repair.column else "")
        yield Problem(file, line, "note", repair.rule, repair.note.rstrip("."), field=field)
