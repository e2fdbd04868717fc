"""The studies and the map that are found in the seeds, against those written by hand."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.curate.evidence import find_evidence_map
from builder.curate.studies import find_studies
from builder.models import Study
from builder.store import Library, load_library

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FIELDS = ("kind", "design", "species", "role", "result", "sources", "conditions", "trial")
# Of 137: what is read of titles alone stays doubtful, and one error a field costs less than a
# rule that fits one title.
LEAST = {
    "kind": 0.99,
    "design": 0.97,
    "species": 0.99,
    "role": 0.99,
    "result": 0.98,
    "sources": 0.97,
    "conditions": 0.97,
    "trial": 0.99,
}


def read_gold(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(ROOT / "content", ROOT)


@pytest.fixture(scope="module")
def numbers(library: Library) -> dict[str, int]:
    """Return the number of each cited work in the one list of references of the seeds."""
    [bundle] = [b for b in library.papers.values() if b.references]
    return {c.id: c.number for c in bundle.references}


def is_one_of(value: object, asked: str) -> bool:
    return str(value) in asked.split("|")


def same_ids(found: list[str], asked: list[str], also: list[str]) -> bool:
    """Return whether all asked ids (``a|b``: either) were found, and nothing but them or also."""
    known = {i for item in asked for i in item.split("|")} | set(also)
    return set(found) <= known and all(set(a.split("|")) & set(found) for a in asked)


def judge(study: Study, entry: dict[str, Any]) -> dict[str, bool]:
    also = entry.get("also", [])
    design = study.design
    facts = {k: entry[k] for k in ("randomised", "controlled", "blinded") if k in entry}
    return {
        "kind": is_one_of(study.kind, entry["kind"]),
        "design": is_one_of(design.level, entry["design"]),
        "species": set(entry.get("species", design.species)) == set(design.species),
        "role": is_one_of(study.role, entry["role"]),
        "result": is_one_of(study.result, entry["result"]),
        "sources": same_ids(study.sources, entry["sources"], also),
        "conditions": same_ids(study.conditions, entry["conditions"], also),
        "trial": study.trials == entry.get("trials", [])
        and all(getattr(design, k) == v for k, v in facts.items())
        and ("phase" not in entry or is_one_of(design.phase, entry["phase"]))
        and ("n" not in entry or study.n == entry["n"]),
    }


def test_studies_are_those_a_person_wrote(library: Library, numbers: dict[str, int]) -> None:
    """Every work belongs to exactly one study, and its fields agree with those of the gold."""
    gold = {entry["works"][0]: entry for entry in read_gold("studies.yml")}
    studies = find_studies(library)
    found = {numbers[w]: study for study in studies for w in study.references}
    assert sorted(found) == sorted(gold) == list(range(1, 138))
    assert len(studies) == len(gold)
    wrong: dict[str, list[str]] = defaultdict(list)
    for number, entry in gold.items():
        study = found[number]
        values = {**study.model_dump(), "design": study.design.level, "trial": study.design}
        for name, right in judge(study, entry).items():
            if not right:
                value = study.design.species if name == "species" else values[name]
                wrong[name].append(f"{number}: {value!r}, expected {entry.get(name)!r}")
    report = "\n".join(
        f"{name}: {1 - len(wrong[name]) / len(gold):.3f} {'; '.join(wrong[name])}"
        for name in FIELDS
    )
    print(report)  # noqa: T201 (pytest shows it with -s, or where the test fails)
    low = [name for name in FIELDS if 1 - len(wrong[name]) / len(gold) < LEAST[name]]
    assert not low, report


def test_the_map_is_the_one_a_person_wrote(library: Library, numbers: dict[str, int]) -> None:
    """Each row of twelve sources has its studies, its best design, its result and registrations."""
    studies = find_studies(library)
    names = {s.id: s.trials[0] if s.trials else numbers[s.references[0]] for s in studies}
    rows = {(r.source, r.condition): r for r in find_evidence_map(studies, library.terms)}
    wrong = []
    for source, expected in read_gold("evidence_map.yml").items():
        for entry in expected:
            row = rows.get((source, entry["condition"]))
            asked, maybe = set(entry["studies"]), set(entry.get("maybe", []))
            found = {names[s] for s in row.studies} if row else set()
            below = {names[s] for s in row.with_subtypes.studies} - found if row else set()
            best = row.best if row else None
            want = entry.get("best")
            right = {
                "studies": asked <= found <= asked | maybe,
                "registered": {names[s] for s in row.registered} == set(entry["registered"])
                if row
                else False,
                "subtypes": set(entry.get("subtypes", [])) - maybe <= below,
                "best": (best is None) == (want is None)
                and (
                    not best
                    or not want
                    or (
                        is_one_of(best.design, want["design"])
                        and best.result == want["result"]
                        and {names[s] for s in best.studies} - maybe <= set(want["studies"])
                    )
                ),
            }
            wrong += [
                f"{source}, {entry['condition']}: {k}: {row!r}" for k, v in right.items() if not v
            ]
        known = {entry["condition"] for entry in expected}
        extra = {c: r for (s, c), r in rows.items() if s == source and r.studies}
        wrong += [
            f"{source}, {c}: not expected, {[names[s] for s in r.studies]}"
            for c, r in extra.items()
            if c not in known
        ]
    print("\n".join(wrong))  # noqa: T201 (pytest shows it with -s, or where the test fails)
    assert not wrong
