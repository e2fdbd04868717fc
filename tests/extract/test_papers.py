"""Whole invented papers: what each statement says, what is no finding, what is a trial."""

from __future__ import annotations

import re

import measure_gold
import paper_cases
import pytest

from builder.curate.checks import flatten

FIELDS = ("sources", "cargo", "mechanisms", "vehicles", "conditions")


def test_there_are_cases():
    assert len(paper_cases.find_cases()) >= 8


@pytest.mark.parametrize("case", paper_cases.find_cases(), ids=lambda c: c.name)
def test_a_paper_gives_its_statements_and_no_others(case, vocabulary):
    assert paper_cases.list_faults(case, paper_cases.read_case(case, vocabulary)) == []


@pytest.mark.parametrize("case", paper_cases.find_cases(), ids=lambda c: c.name)
def test_each_quote_stands_in_its_row_or_sentence(case, vocabulary):
    text = next(case.glob("seed.*")).read_text(encoding="utf-8")
    words = flatten(re.sub(r"<[^>]*>", "", text))
    for finding in paper_cases.read_case(case, vocabulary).bundle.findings:
        assert flatten(finding.quote) in words


def test_papers_are_read_as_a_reader_reads_them(vocabulary):
    scores = paper_cases.score_cases(vocabulary).report.scores
    assert {f: scores[f].precision >= 0.95 for f in FIELDS} == dict.fromkeys(FIELDS, True)
    assert {f: scores[f].recall >= 0.93 for f in FIELDS} == dict.fromkeys(FIELDS, True)
    mechanisms = scores["mechanisms"]
    assert mechanisms.same_direction / mechanisms.effects >= 0.95


@pytest.mark.parametrize("name", measure_gold.gold_scoring.INVENTED)
def test_statements_made_to_mislead(name, vocabulary):
    scores = measure_gold.score_texts(measure_gold.read_gold(name), vocabulary).scores
    assert scores["sources"].precision >= 0.97
    for field in ("mechanisms", "cargo", "vehicles", "conditions"):
        assert scores[field].precision >= 0.94, field
    assert not [c for c in scores["mechanisms"].confusions if c[2] not in ("involves", "modulates")]
    assert scores["sources"].recall >= 0.93
    assert scores["mechanisms"].recall >= 0.93
    assert scores["conditions"].recall >= 0.85
