"""Discrepancies: what a careful reader names for each trial, written from both sources by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand_made import csl
from hand_made import trial_of as trial
from hypothesis import given
from hypothesis import strategies as st

from builder import models, store
from builder.curate.registry import compare_trial, find_lookalikes, join_titles
from builder.extract.quantities import parse_dose
from builder.models import Discrepancy, Fact, Identifiers, RegistryRecord, Status, Trial


def record(registry: str = "NCT00000001", **facts: object) -> RegistryRecord:
    """A registry record from plain values."""
    return RegistryRecord(
        id=registry.lower(),
        registry_id=registry,
        registry="ClinicalTrials.gov",
        collected="2026-01-01",
        facts={
            key: [v if isinstance(v, Fact) else Fact(value=v)]
            if not (isinstance(v, list) and v and isinstance(v[0], Fact))
            else v
            for key, v in facts.items()
        },
    )


@pytest.fixture(scope="module")
def records(root: Path) -> dict[str, RegistryRecord]:
    paths = sorted((root / "content" / "registry").glob("*.yml"))
    return {p.stem: store.read_record(RegistryRecord, p, root) for p in paths}


PRIMARY = "Primary Endpoints"
# A row of the review's table: registry number, source and dose as printed, endpoints, status as
# printed and as read; then what only some rows have. Most are of injections into the knee.
ROWS = [
    ("IRCT20210423051054N1", "placental-msc", "Placental MSC-EVs",
     "Single IA dose (≈5 mL @ 7 × 109 particles/mL)", ["WOMAC", "MRI", "safety"],
     "Completed", "completed",
     {"design_printed": "RCT", "result": "no superiority vs. placebo",
      "result_effect": "negative"}),
    ("NCT06937528", "unspecified-source", "EV product (unspecified)",
     "IA injection", ["Safety", "function"],
     "Listed", "listed", {"phase": "1", "condition_printed": "Knee OA/Osteoarthrosis"}),
    ("NCT05060107", "bmsc", "Allogenic BM-MSC sEVs",
     "Single IA injection (109–1010 particles/mL)", ["Safety", "WOMAC", "pain/function"],
     "Active—not recruiting", "active, not recruiting", {"phase": "1"}),
    ("NCT06431152", "ucmsc", "UCMSC-EVs (EXO-OA01)",
     "Single IA injection", ["Safety", "cartilage thickness (MRI)"],
     "Recruiting", "recruiting", {"phase": "1"}),
    ("NCT06466850", "allogeneic-msc", "Allogenic MSC-EVs",
     "Single/few IA doses", ["Safety", "pain/function"],
     "Recruiting", "recruiting", {"phase": "1"}),
]  # fmt: skip
USUAL = {
    "condition_printed": "Knee OA",
    "route": "intra-articular",
    "endpoints_heading": PRIMARY,
}


def row(registry: str, **fields: object) -> Trial:
    return trial(registry, **{**USUAL, **fields})


REVIEW = {
    number: row(
        number,
        sources=[source],
        source_printed=printed,
        dose=parse_dose(dose),
        endpoints=endpoints,
        status=Status(printed=status, normalised=normalised),  # type: ignore[arg-type]
        **more,
    )
    for number, source, printed, dose, endpoints, status, normalised, more in ROWS
}
# By hand, from content/registry and the review's table: field, weight, the review's words in doubt.
EXPECTED = {
    # The registry's record could not be read; the published abstract agrees with the review.
    "IRCT20210423051054N1": [],
    # Two doses are registered; "Listed" is no status, the registry shows Recruiting.
    "NCT06937528": [("status", "medium", "Listed"), ("doses", "low", "IA injection")],
    # 3–5 × 10¹¹ particles are registered; only adverse events are primary; the tissue is not
    # registered; later pages show the status as unknown.
    "NCT05060107": [
        ("dose", "high", "Single IA injection (109–1010 particles/mL)"),
        ("endpoints", "medium", "WOMAC, pain/function"),
        ("source", "medium", "Allogenic BM-MSC sEVs"),
        ("status", "medium", "Active—not recruiting"),
    ],
    # Early Phase 1; cartilage thickness is on no visible page; EXO-OA01 names the study.
    "NCT06431152": [
        ("phase", "medium", "Phase 1"),
        ("endpoints", "low", "cartilage thickness (MRI)"),
        ("product", "low", "UCMSC-EVs (EXO-OA01)"),
    ],
    # No phase is registered; two injections, day 1 and day 90; WOMAC is the only outcome.
    "NCT06466850": [
        ("phase", "high", "Phase 1"),
        ("doses", "medium", "Single/few IA doses"),
        ("endpoints", "medium", "Safety"),
    ],
}


@pytest.mark.parametrize("number", EXPECTED)
def test_what_a_careful_reader_names(number: str, records: dict[str, RegistryRecord]) -> None:
    found = compare_trial(REVIEW[number], records[number.lower()])
    assert [(d.field, d.severity, d.review) for d in found] == EXPECTED[number]


def _only(found: list[Discrepancy], field: str) -> Discrepancy:
    (one,) = [d for d in found if d.field == field]
    return one


def test_the_titles_of_works_under_one_number_are_read_together() -> None:
    works = [
        models.Cited(id=name, number=number, line=1, csl=csl(title), printed=title)
        for name, number, title in (("a", 3, "First"), ("b", 4, "Alone"), ("c", 3, "Second"))
    ]
    assert join_titles(works) == {3: "First Second", 4: "Alone"}


def test_dose_is_reported_with_what_would_have_to_hold(records: dict[str, RegistryRecord]) -> None:
    found = compare_trial(REVIEW["NCT05060107"], records["nct05060107"])
    dose = _only(found, "dose")
    assert "3-5 x 10e11 particles" in dose.registry
    assert dose.note is not None
    assert "3 × 10¹¹ to 5 × 10¹¹ particles" in dose.note
    assert "30 to 500 mL" in dose.note
    assert "ten to the power" in dose.note


def test_old_status_is_reported_with_its_date(records: dict[str, RegistryRecord]) -> None:
    status = _only(compare_trial(REVIEW["NCT05060107"], records["nct05060107"]), "status")
    assert status.registry.startswith("Unknown")
    assert status.note is not None
    assert "2021-09-23" in status.note


def test_secondary_outcomes_are_named(records: dict[str, RegistryRecord]) -> None:
    endpoints = _only(compare_trial(REVIEW["NCT05060107"], records["nct05060107"]), "endpoints")
    assert endpoints.registry == "primary: Adverse Event"
    assert endpoints.note is not None
    assert (
        "Disability reduction (change in WOMAC subscale related to function, C)" in endpoints.note
    )


def test_what_cannot_be_seen_is_no_discrepancy() -> None:
    hidden = Fact(availability="not visible")
    keys = ["phase", "overall_status", "condition", "ev_source", "source_terms", "arms", "route",
            "primary_outcomes", "secondary_outcomes", "dose_count", "dose_particles_low",
            "dose_particles_high", "design_masking", "acronym"]  # fmt: skip
    silent = record(**dict.fromkeys(keys, hidden))
    for review in REVIEW.values():
        assert compare_trial(review, silent) == []
        assert compare_trial(review, record()) == []


@pytest.mark.parametrize(
    ("review", "facts", "expected"),
    [
        ({"phase": "2"}, {"phase": "Phase 1"}, [("phase", "high")]),
        ({"phase": "1/2"}, {"phase": "Phase 1/Phase 2"}, []),
        ({"phase": "1"}, {"phase": "Phase 1"}, []),
        ({}, {"phase": "Phase 1"}, []),
        ({"route": "intravenous"}, {"route": "intra-articular (knee)"}, [("route", "high")]),
        ({"design_printed": "double-blind RCT"}, {"design_masking": "None"}, [("design", "high")]),
        ({"design_printed": "open-label"}, {"design_masking": "None"}, []),
        ({"design_printed": "RCT"}, {"design_allocation": "Randomized"}, []),
        (
            {"design_printed": "RCT"},
            {"design_allocation": "Non-Randomized"},
            [("design", "high")],
        ),
        (
            {"condition_printed": "Hip fracture"},
            {"condition": "Osteoarthritis, Knee"},
            [("condition", "high")],
        ),
        ({"condition_printed": "KOA"}, {"condition": "Osteo Arthritis Knee"}, []),
        ({"condition_printed": "Rotator cuff tear"}, {"condition": "Rotator Cuff Tears"}, []),
        (
            {"status": Status(printed="Recruiting", normalised="recruiting")},
            {"overall_status": "Completed"},
            [("status", "high")],
        ),
        (
            {"status": Status(printed="Recruiting", normalised="recruiting")},
            {"overall_status": "Enrolling"},
            [],
        ),
        ({"dose": parse_dose("3 doses of 2 mL")}, {"dose_count": 1}, [("doses", "high")]),
        (
            {"dose": parse_dose("2 × 10^9 particles")},
            {"dose_particles_low": 2000000000, "dose_particles_high": 2000000000},
            [],
        ),
        (
            {"dose": parse_dose("2 × 10^9 particles")},
            {"dose_particles_low": 2000000000, "dose_particles_high": 20000000000},
            [("dose", "low")],
        ),
        (
            {"sources": ["adsc"], "source_printed": "ADSC-EVs"},
            {"source_terms": ["ucmsc"], "ev_source": "umbilical cord MSC"},
            [("source", "high")],
        ),
    ],
)  # fmt: skip
def test_fields(
    review: dict[str, object], facts: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    found = compare_trial(trial("NCT00000001", **review), record(**facts))
    assert [(d.field, d.severity) for d in found] == expected


def test_lookalikes_by_the_registry(records: dict[str, RegistryRecord]) -> None:
    assert find_lookalikes(list(REVIEW.values()), records) == {
        "nct05060107": ["NCT06431152"],
        "nct06431152": ["NCT05060107"],
    }


def test_lookalikes_by_the_paper_s_own_words() -> None:
    texts = {"nct05060107": ["Exosomes (CelliStem®OA-sEV) in Knee Osteoarthritis (ExoOA-1)"]}
    assert find_lookalikes(list(REVIEW.values()), {}, texts) == {
        "nct05060107": ["NCT06431152"],
        "nct06431152": ["NCT05060107"],
    }


def test_different_names_do_not_look_alike() -> None:
    trials = [trial("NCT00000001"), trial("NCT00000002"), trial("NCT00000003")]
    names = ["KNEEXO", "EXO-HIP2", "ExoFlo"]
    known = {t.id: record(t.registry, acronym=n) for t, n in zip(trials, names, strict=True)}
    assert find_lookalikes(trials, known) == {}


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_words_are_compared(phase: str, status: str, source: str) -> None:
    review = trial("NCT00000001", phase="1", source_printed=source, status=Status(printed=status))
    facts = record(phase=phase, overall_status=phase, condition=source, ev_source=status)
    for found in compare_trial(review, facts):
        assert found.severity in {"high", "medium", "low"}


# --- the facts themselves ----------------------------------------------------------------------


def test_five_records_with_every_value_sourced_or_explained(
    records: dict[str, RegistryRecord],
) -> None:
    assert sorted(records) == sorted(n.lower() for n in EXPECTED)
    for found in records.values():
        for key, facts in found.facts.items():
            for fact in facts:
                assert fact.value is not None or fact.availability, f"{found.id}: {key}"


def test_facts_read_by_hand(records: dict[str, RegistryRecord], root: Path) -> None:
    doses = records["nct06431152"].facts
    assert [f.value for f in doses["dose_particles_low"]] == [2 * 10**9, 6 * 10**9, 2 * 10**10]
    assert [f.value for f in records["nct05060107"].facts["dose_particles_low"]] == [3 * 10**11]
    assert [f.value for f in records["nct05060107"].facts["dose_particles_high"]] == [5 * 10**11]
    terms = {t.id for t in store.read_terms(root / "content", root)}
    for found in records.values():
        for fact in found.facts.get("source_terms", []):
            assert isinstance(fact.value, list)
            assert set(fact.value) <= terms


def test_identifiers(root: Path) -> None:
    known = store.read_records(Identifiers, root / "content" / "identifiers.yml", root)
    assert len(known) == 54
    assert len({i.reference for i in known}) == 54
    by_reference = {i.reference: i for i in known}
    trial_paper = by_reference["bolandnazar-2024-safety-efficacy-placental-mesenchymal"]
    assert (trial_paper.doi, trial_paper.pmid) == ("10.1186/s12891-024-07979-w", "39465400")
    assert by_reference["yan-2020-exosomes-produced-3d-cultures"].doi is None
    assert by_reference["yan-2020-exosomes-produced-3d-cultures"].pmcid == "PMC7196084"
