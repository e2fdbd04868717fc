"""Whole invented papers and what a reader finds in them: read, matched, scored by field."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import measure_gold
import yaml

from builder.extract import Extraction, extract_paper
from builder.extract.vocabulary import Vocabulary
from builder.models import Finding
from builder.readers import read_seed

CASES = Path(__file__).parent / "cases_papers"


@dataclass
class PaperScore:
    """The scores of all papers, and what is no matter of a field: lost, unwanted, other trials."""

    report: measure_gold.Report = field(default_factory=measure_gold.Report)
    faults: list[str] = field(default_factory=list)


def find_cases() -> list[Path]:
    """Return the folders of the cases."""
    return sorted(p.parent for p in CASES.glob("*/expected.yml"))


def read_case(case: Path, vocabulary: Vocabulary) -> Extraction:
    """Return all records of a case's paper."""
    seed = next(case.glob("seed.*"))
    return extract_paper(read_seed(seed, case), vocabulary, seed.name)


def read_expected(case: Path) -> dict[str, Any]:
    """Return what a reader found in a case's paper."""
    expected: dict[str, Any] = yaml.safe_load((case / "expected.yml").read_text(encoding="utf-8"))
    return expected


def match(entry: dict[str, Any], findings: list[Finding]) -> Finding | None:
    """Return the finding whose words hold an entry's."""
    return next((f for f in findings if entry["has"] in f.quote), None)


def list_faults(case: Path, found: Extraction) -> list[str]:
    """Return what is wrong with a paper beside the fields: statements lost, unwanted, trials."""
    expected, findings = read_expected(case), found.bundle.findings
    trials = [t.id for t in found.bundle.trials]
    faults = [] if trials == expected["trials"] else [f"trials {trials}"]
    faults += [f"unwanted {f.quote}" for a in expected["absent"] for f in findings if a in f.quote]
    for entry in expected["findings"]:
        finding = match(entry, findings)
        if finding is None:
            faults.append(f"lost {entry['has']}")
            continue
        if "references" in entry and finding.references != entry["references"]:
            faults.append(f"{entry['has']}: cites {finding.references}")
        for name in ("result", "certainty"):
            if name in entry and getattr(finding, name) != entry[name]:
                faults.append(f"{entry['has']}: {name} {getattr(finding, name)}")
    return [f"{case.name}: {f}" for f in faults]


def score_cases(vocabulary: Vocabulary) -> PaperScore:
    """Return the scores over all cases; evidence counts only where the reader stated it."""
    reported = PaperScore()
    for case in find_cases():
        found = read_case(case, vocabulary)
        reported.faults += list_faults(case, found)
        for entry in read_expected(case)["findings"]:
            finding = match(entry, found.bundle.findings)
            if finding is not None:
                named = {
                    "design": finding.design.level,
                    **entry,
                    "key": f"{case.name}: {entry['has']}",
                }
                reported.report.add(named, finding, vocabulary)
    return reported
