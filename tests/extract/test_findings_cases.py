"""Traps of role and direction. Expectations are written by hand, before the program reads them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from gold_scoring import REAL, direction, load_entries
from measure_gold import read_alone

from builder.extract import extract_paper
from builder.extract.findings import read_statement
from builder.extract.findings.cues import RULES_FILE, read_cues, read_rules
from builder.extract.findings.statements import Part, Statement, column_role
from builder.models import Locator
from builder.models.document import Block, Document, FrontMatter, WorkFields

FOLDER = Path(__file__).parent / "cases_findings"
CASES = sorted(FOLDER.glob("*/statement.txt"))
LOWERING = re.compile(
    r"loss|inhibition|suppression|destruction|degradation|reduction|deficiency|resistance|breakdown",
    re.IGNORECASE,
)


@cache
def _load(name: str) -> dict:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


def _kinds(name: str) -> list:
    return [
        pytest.param(case, id=f"{kind}-{number}")
        for kind, cases in _load(name).items()
        for number, case in enumerate(cases, start=1)
    ]


def _effects(finding) -> dict[str, str]:
    return {m.id: m.effect for m in [*finding.mechanisms, *finding.outcomes]}


def _check(finding, expected) -> None:
    effects = _effects(finding)
    eased = {e.id: e.effect for e in finding.condition_effects}
    for field, values in expected.items():
        if field in ("text", "abbreviations"):
            continue
        if field == "asks":
            assert set(values) <= {q.rule for q in finding.questions}
        elif field in ("mechanisms", "outcomes", "eased"):
            said = eased if field == "eased" else effects
            found = {i: direction(said.get(i, "missing")) for i in values}
            assert found == {i: direction(effect) for i, effect in values.items()}
        elif field == "not_mechanisms":
            assert not set(values) & set(effects)
        elif field == "effect_is_open":
            assert {effects.get(i, "involves") for i in values} <= {"involves", "modulates"}
        elif field in ("result", "design"):
            assert {"result": finding.result, "design": finding.design.level}[field] == values
        elif field == "cargo":
            assert sorted(c.id for c in finding.cargo) == sorted(values)
        elif field == "roles":
            assert {c.id: c.role for c in finding.cargo if c.id in values} == values
        else:
            assert sorted(finding.ids_in(field)) == sorted(values), field


def test_each_kind_has_three_members():
    kinds = {**_load("kinds"), **_load("paragraphs")}
    assert len(CASES) >= 30
    assert not [kind for kind, cases in kinds.items() if len(cases) < 3]


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


@pytest.mark.parametrize("case", _kinds("kinds"))
def test_kind(case, vocabulary):
    found = read_alone(case["text"], vocabulary, abbreviations=case.get("abbreviations"))
    _check(found, case)


@pytest.mark.parametrize("case", _kinds("paragraphs"))
def test_paragraph(case, vocabulary):
    abstract, body = case.get("abstract", ""), case.get("body", "")
    document = Document(
        layout="jats",
        file="case",
        sha256="0" * 64,
        front=FrontMatter(WorkFields(title=case["title"]), lines=(("title", 1),)),
        blocks=(
            *([Block("abstract", abstract, 2)] if abstract else []),
            *([Block("paragraph", body, 3)] if body else []),
        ),
        abbreviations=tuple(case.get("abbreviations", {}).items()),
    )
    findings = extract_paper(document, vocabulary, "case").bundle.findings
    for words, expected in case["findings"].items():
        found = [f for f in findings if words in f.quote]
        assert len(found) == 1, words
        _check(found[0], expected)
    for words in case.get("none", []):
        assert not [f for f in findings if words in f.quote]
    if not case["findings"] and "none" not in case:
        assert not [f for f in findings if f.sources or f.mechanisms]


def test_each_name_of_lowering_has_its_expectation(vocabulary):
    names = {
        name
        for term in vocabulary.terms.values()
        for name in (term.label, *term.synonyms)
        if term.kind in ("mechanism", "outcome", "condition")
        and term.type != "gene/protein"
        and LOWERING.search(name)
    }
    assert not names - set(_load("lowering-names")), "add these to lowering-names.yml"


@pytest.mark.parametrize(("name", "expected"), _load("lowering-names").items())
def test_name_of_lowering_keeps_its_direction(name, expected, vocabulary):
    term, reduced, promoted = expected
    for verb, effect in (("reduced", reduced), ("promoted", promoted)):
        finding = read_alone(f"BMSC exosomes {verb} {name}.", vocabulary)
        effects = {**_effects(finding), **{e.id: e.effect for e in finding.condition_effects}}
        if effect != "-":
            assert direction(effects.get(term, "missing")) == direction(effect), verb


def _trace(text, vocabulary, column=""):
    cues = read_cues()
    part = Part(column or "title", column_role(column, cues) if column else "", text)
    where = Locator(kind="table-row" if column else "reference-title", line=1)
    statement = Statement(where, text, (part,), about="table" if column else "")
    return read_statement(statement, "case", vocabulary, cues).assigned


@pytest.mark.parametrize("rule", read_rules().values(), ids=lambda rule: rule.rule)
def test_rule_reads_its_example(rule, vocabulary):
    field, term, *detail = rule.reads
    assigned = _trace(rule.example, vocabulary, rule.column)
    found = [a for a in assigned if a.rule.partition(":")[0] == rule.rule]
    values = {
        (a.field, a.value, *([a.detail] if detail else [])) for a in found if a.field == field
    }
    assert (field, term, *detail) in values


def test_each_rule_that_reads_a_real_statement_is_described(vocabulary):
    used = {
        a.rule.partition(":")[0]
        for entry in load_entries(*REAL)
        for a in _trace(entry["quote"], vocabulary)
        if a.field in ("sources", "targets", "partners", "cargo", "mechanisms", "outcomes")
    }
    assert not used - set(read_rules())


def test_each_pattern_of_a_role_is_described():
    data = yaml.safe_load(RULES_FILE.with_name("cues.yml").read_text(encoding="utf-8"))
    patterns = {
        item["rule"]
        for role in ("source", "loaded", "native")
        for items in (data[role].get(place, []) for place in ("before", "after", "around"))
        for item in items
    }
    assert not patterns - set(read_rules())
