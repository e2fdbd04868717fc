"""Measure the findings against the gold annotations: precision and recall per field, confusions.

Run it by hand (``python tests/measure_gold.py``, ``-v`` lists every confusion); the tests import
its functions. Policy and fields of the gold files: tests/gold/README.md.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gold")]

import gold_scoring  # noqa: E402 (on the path since the line above)
from gold_scoring import Score  # noqa: E402

from builder import store  # noqa: E402 the project's root must be on the path first
from builder.extract.findings import read_statement  # noqa: E402
from builder.extract.findings.cues import read_cues  # noqa: E402
from builder.extract.findings.statements import (  # noqa: E402
    Part,
    Statement,
    column_role,
    find_own_vesicles,
    find_statements,
)
from builder.extract.tables import repair_tables  # noqa: E402
from builder.extract.vocabulary import Vocabulary, build_vocabulary  # noqa: E402
from builder.models import Cited, CslItem, Finding, Locator, Paper, Seed  # noqa: E402
from builder.readers import read_seed  # noqa: E402

FIELDS = (
    "sources", "modifications", "vehicles", "cargo", "mechanisms", "targets", "partners", "models",
    "species", "conditions", "outcomes", "design",
)  # fmt: skip


def read_gold(name: str) -> list[dict[str, Any]]:
    """Return the entries of gold files by glob: ``titles-*``, ``rows``, ``prose``, ``unseen``."""
    return gold_scoring.load_entries(name)


def read_vocabulary() -> Vocabulary:
    return build_vocabulary(store.read_terms(ROOT / "content", ROOT))


def _predicted(finding: Finding, name: str) -> dict[str, str]:
    if name == "design":
        return {finding.design.level: ""}
    if name == "vehicles":
        return dict.fromkeys(finding.vehicle_ids, "")
    return {
        (i if isinstance(i, str) else i.id): getattr(i, "effect", "")
        for i in getattr(finding, name)
    }


def _as_asked(
    entry: dict[str, Any], name: str, found: dict[str, str], vocabulary: Vocabulary
) -> dict[str, str]:
    asked = {i for ids, _ in gold_scoring.asked_items(entry, name) for i in ids}
    if name == "modifications":  # composed of agent and way, where older gold names the way alone
        asked |= set(entry.get("also", {}).get(name, []))
    reported: dict[str, str] = {}
    for term, effect in found.items():
        above = [a for a in vocabulary.ancestors(term) if a in asked and a not in found]
        reported[term if term in asked or not above else above[0]] = effect
    return reported


@dataclass
class Report:
    """Scores by field, and every confusion with the entry it stands in."""

    scores: dict[str, Score] = field(default_factory=dict)
    confusions: dict[str, list[str]] = field(default_factory=dict)

    def add(self, entry: dict[str, Any], finding: Finding, vocabulary: Vocabulary) -> None:
        """Add one entry's counts.

        A term that is narrower than the one asked for, and newer than the gold, counts as it.
        """
        asked = {**entry, "design": [entry.get("design", "not-stated")]}
        for name in FIELDS:
            found = _as_asked(asked, name, _predicted(finding, name), vocabulary)
            gold_scoring.score_field(asked, name, found, self.scores.setdefault(name, Score()))
            alone = Score()
            gold_scoring.score_field(asked, name, found, alone)
            reported = [f"missed {i}" for i in alone.missed] + [f"wrong {i}" for i in alone.wrong]
            reported += [f"{i} is {effect}" for _, i, effect in alone.confusions]
            self.confusions.setdefault(name, []).extend(f"{entry['key']}: {t}" for t in reported)


def read_alone(
    quote: str,
    vocabulary: Vocabulary,
    column: str = "",
    abbreviations: Mapping[str, str] | None = None,
) -> Finding:
    """Return the finding of a text that stands alone, or of a cell of a column."""
    cues = read_cues()
    part = Part(column or "title", column_role(column, cues) if column else "", quote)
    kind = "table-row" if column else "reference-title"
    place = "table" if column else ""  # a cell is read as of a table about vesicles
    statement = Statement(Locator(kind=kind, line=1), quote, (part,), about=place)  # type: ignore[arg-type]
    short = abbreviations or {}
    own = vocabulary.bind(short.items())
    statement = find_own_vesicles(short.items(), own, cues).write_out(statement)
    return read_statement(statement, "gold", own, cues).finding


def score_texts(entries: list[dict[str, Any]], vocabulary: Vocabulary) -> Report:
    """Return the scores of titles, sentences or cells about exosomes, each read alone."""
    report = Report()
    for entry in entries:
        if entry.get("about_exosomes", True) or "article" in entry:
            column = entry.get("column", "")
            found = read_alone(entry["quote"], vocabulary, column, entry.get("abbreviations"))
            report.add(entry, found, vocabulary)
    return report


def score_other_titles(entries: list[dict[str, Any]]) -> list[str]:
    """Return the titles that make a finding though they are not about exosomes, or the reverse."""
    cues = read_cues()
    return [
        f"{e['key']}: about exosomes: {e['about_exosomes']}"
        for e in entries
        if cues.names_vesicles(e["quote"]) != e["about_exosomes"]
    ]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s|]+", "", text)


def row_findings(vocabulary: Vocabulary) -> dict[str, Finding]:
    """Return the findings of all table rows of the seeds by their squeezed quote."""
    titles = {e["number"]: e["quote"] for e in read_gold("titles-*")}
    cited = [
        Cited(id=f"r{n}", number=n, line=1, printed=t, csl=CslItem(type="article-journal", title=t))
        for n, t in titles.items()
    ]
    found = {}
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        document = read_seed(path, ROOT)
        paper = Paper(
            id="gold",
            csl=CslItem(type="article-journal", title="gold"),
            seed=Seed(file=path.name, sha256=document.sha256, layout=document.layout),
        )
        own = vocabulary.bind(document.abbreviations)
        tables = repair_tables(document, "gold")
        for statement in find_statements(paper, document, tables, cited, read_cues()):
            if statement.locator.kind == "table-row":
                finding = read_statement(statement, "gold", own, read_cues()).finding
                found[_squeezed(finding.quote)] = finding
    return found


def score_rows(vocabulary: Vocabulary) -> tuple[Report, list[str]]:
    """Return the scores of the table rows, and the rows that gave no finding."""
    report = Report()
    findings = row_findings(vocabulary)
    lost = []
    for entry in read_gold("rows"):
        finding = findings.get(_squeezed(entry["quote"]))
        if finding is None:
            lost.append(f"{entry['key']}: no finding")
            continue
        report.add(entry, finding, vocabulary)
    return report, lost


def render_report(name: str, report: Report, verbose: bool) -> Iterator[str]:
    """Yield the lines of a report."""
    yield f"== {name}"
    for key, s in report.scores.items():
        asked = s.hits + s.missed.total()
        reported = f"{key:14} precision {s.precision:.3f}  recall {s.recall:.3f}  of {asked}"
        if s.effects:
            reported += f"  direction {s.same_direction / s.effects:.3f} of {s.effects}"
        yield reported
        if verbose:
            yield from (f"    {c}" for c in report.confusions[key])


def main(arguments: list[str]) -> None:
    verbose = "-v" in arguments
    vocabulary = read_vocabulary()
    titles = read_gold("titles-*")
    parts = [
        ("titles", score_texts(titles, vocabulary)),
        ("prose", score_texts(read_gold("prose"), vocabulary)),
        *(
            (name, score_texts(read_gold(name), vocabulary))
            for name in ("unseen", *gold_scoring.INVENTED, *gold_scoring.REAL, *gold_scoring.LATEST)
        ),
    ]
    rows, lost = score_rows(vocabulary)
    parts.insert(1, ("rows", rows))
    lines: list[str] = []
    wanted = [a for a in arguments if not a.startswith("-")]
    for name, report in parts:
        if report.scores and (not wanted or name in wanted):
            lines += render_report(name, report, verbose)
    kinds = Counter(e.get("about_exosomes") for e in titles)
    lines += [*lost, *score_other_titles(titles)]
    lines.append(f"titles: {kinds[True]} about exosomes, {kinds[False]} not")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
