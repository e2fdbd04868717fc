"""What a file or a bare text gives, read alone: the answer of ``builder read --json``.

Nothing is written and nothing is compared with other papers. The shapes are those of the API, with
the lines of the seed beside; the records are the models serialised, so that a field added to a
model shows up here by itself.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from builder.curate.reading import describe_crash
from builder.errors import Problem, ProblemError
from builder.export.records import (
    serialise,
    serialise_finding,
    serialise_paper,
    serialise_table,
    serialise_work,
)
from builder.extract import extract_paper
from builder.extract.vocabulary import Vocabulary
from builder.models import Cited, Finding
from builder.models.document import (
    Block,
    Cell,
    Citation,
    Coverage,
    Document,
    FrontMatter,
    Grid,
    WorkFields,
)
from builder.readers import read_seed_bytes
from builder.readers.names import find_abbreviations
from builder.readers.source import read_bytes
from builder.site.citations import Citable, csl_json, write_bibtex, write_ris
from builder.store import PaperBundle
from builder.text import ids

TextKind = Literal["title", "abstract", "full-text"]
# A heading of a table's column for each role that a column can have.
COLUMNS = {
    "application": "Application",
    "cargo": "Cargo",
    "condition": "Condition",
    "mechanism": "Mechanism",
    "modification": "Modification",
    "outcome": "Outcome",
    "setting": "Model",
    "source": "Source",
    "target": "Target cells",
    "vehicle": "Delivery vehicle",
}
_TEXT = "text"


@dataclass(frozen=True)
class FileReading:
    """What one file gives; ``bundle`` is absent where it could not be read at all."""

    layout: str = "unknown"
    bundle: PaperBundle | None = None
    problems: list[Problem] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)


def read_text(
    text: str, vocabulary: Vocabulary, kind: TextKind, column: str = ""
) -> tuple[list[Finding], list[Problem]]:
    """Return the findings of a bare text, and what kept it from being read.

    ``kind`` is the place it is read as. ``column`` is the role of a table's column (see COLUMNS) or
    its heading: the text is then a cell under it, in a table about vesicles.
    """
    text = " ".join(text.split())
    if not text:
        return [], []
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    tables: tuple[Grid, ...] = ()
    if column:
        heading = Cell(COLUMNS.get(column, column), 1, header=True)
        tables = (Grid(1, ((heading,), (Cell(text, 2),)), 1, caption="Extracellular vesicles"),)
    elif kind == "title":
        citations = (Citation(1, text, 1, WorkFields(title=text)),)
    else:
        blocks = (Block("abstract" if kind == "abstract" else "paragraph", text, 1),)
    document = Document(
        layout=_TEXT,
        file=_TEXT,
        sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        front=FrontMatter(WorkFields()),
        blocks=blocks,
        tables=tables,
        citations=citations,
        abbreviations=find_abbreviations([text]),
    )
    try:
        return extract_paper(document, vocabulary, _TEXT, _TEXT).bundle.findings, []
    except ProblemError as error:
        return [], list(error.problems)
    except Exception as error:  # a defect of ours must not end the other statements
        return [], [describe_crash(_TEXT, error)]


def read_file(path: Path, vocabulary: Vocabulary) -> FileReading:
    """Return what a file gives, whatever it is: what can't be read is a problem, never raised."""
    file = str(path)
    try:
        document = read_seed_bytes(read_bytes(path, file), file)
        extraction = extract_paper(document, vocabulary, file)
    except ProblemError as error:
        return FileReading(problems=error.problems)
    except Exception as error:  # a defect of ours is a problem of the file, too
        return FileReading(problems=[describe_crash(file, error)])
    problems = sorted([*document.problems, *extraction.problems], key=Problem.sort_key)
    return FileReading(document.layout, extraction.bundle, problems, document.coverage)


def view_file(reading: FileReading) -> dict[str, Any]:
    """Return what a file gives as one JSON object; its keys are always there."""
    bundle = reading.bundle
    return {
        "layout": reading.layout,
        **_view_records(bundle),
        "problems": [asdict(problem) for problem in reading.problems],
        "coverage": _view_coverage(reading.coverage),
    }


def _view_coverage(coverage: Coverage) -> dict[str, Any]:
    """Return the fate of a file's lines: ``recorded + reported + ignored`` is ``lines``."""
    rules = dict(coverage.ignored)
    counts = asdict(coverage) | {"ignored": sum(rules.values())}
    return {**counts, "rules": rules}


def _view_records(bundle: PaperBundle | None) -> dict[str, Any]:
    if bundle is None:
        return {"paper": {}, "references": [], "tables": [], "findings": [], "trials": []}
    page = ids.page_path("paper", bundle.paper.id)
    return {
        "paper": serialise_paper(bundle.paper, page),
        "references": [
            serialise_work(
                cited,
                url=f"{page}#{ids.reference_anchor(cited.number)}",
                cited_in=[{"paper": bundle.paper.id, "number": cited.number}],
            )
            for cited in bundle.references
        ],
        "tables": [
            serialise_table(t, f"{page}#{ids.table_anchor(t.number)}") for t in bundle.tables
        ],
        "findings": view_findings(bundle.findings),
        "trials": [serialise(t, url=ids.page_path("trial", t.id)) for t in bundle.trials],
    }


def view_findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings in the shape of the API's."""
    return [serialise_finding(f, f"{ids.page_path('paper', f.paper)}#{f.id}") for f in findings]


def format_references(bundle: PaperBundle, style: str) -> str:
    """Return a paper's reference list as ``bibtex``, ``ris`` or ``csl`` (CSL-JSON)."""
    works = [
        Citable(f"{c.id}-{n}" if n else c.id, c.csl, c.et_al) for c, n in _number(bundle.references)
    ]
    if style == "bibtex":
        return write_bibtex(works)
    if style == "ris":
        return write_ris(works)
    return json.dumps([csl_json(w) for w in works], ensure_ascii=False, indent=1) + "\n"


def _number(references: Sequence[Cited]) -> Iterator[tuple[Cited, int]]:
    """Yield each reference with 0, or the count of entries before it that share its id."""
    seen: dict[str, int] = {}
    for cited in references:
        count = seen[cited.id] = seen.get(cited.id, 0) + 1
        yield cited, count if count > 1 else 0
