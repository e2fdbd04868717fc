"""One sentence a case: a trap of role or direction. Expectations are written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from measure_gold import read_alone

CASES = sorted((Path(__file__).parent / "cases_findings").glob("*/statement.txt"))


def test_there_are_cases():
    assert len(CASES) >= 30


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.parent.name)
def test_case(path, vocabulary):
    finding = read_alone(path.read_text(encoding="utf-8").strip(), vocabulary)
    expected = yaml.safe_load((path.parent / "expected.yml").read_text(encoding="utf-8"))
    for field, values in expected.items():
        if field == "asks":
            assert set(values) <= {q.rule for q in finding.questions}
        elif field in ("mechanisms", "outcomes"):
            assert {m.id: m.effect for m in getattr(finding, field)} == values
        elif field == "cargo":
            assert {c.id: c.role for c in finding.cargo} == values
        else:
            assert sorted(finding.ids_in(field)) == sorted(values), field
