"""Registry records: what the registry says, beside what was gathered by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from local_service import TODAY, LocalService, OpenDesk, Reply
from service_answers import study

from builder.models import Fact, RegistryRecord
from builder.refresh.clinicaltrials import ask_trials
from builder.refresh.hits import Asked
from builder.refresh.http_client import OfflineError

NUMBER = "NCT01234567"
PATH = f"/studies/{NUMBER}"
BY_HAND = Fact(value="Unknown", as_of="2024-01-01", urls=["https://mirror.example/NCT01234567"])


def record(**facts: list[Fact]) -> RegistryRecord:
    return RegistryRecord(
        id=NUMBER.lower(),
        registry_id=NUMBER,
        registry="ClinicalTrials.gov",
        collected=date(2024, 1, 1),
        limits="Seen on mirrors.",
        facts=facts,
    )


def ask(desk: Any, *known: RegistryRecord, today: date = TODAY) -> Asked[RegistryRecord]:
    return ask_trials([NUMBER], {r.id: r for r in known}, desk, today, lambda _: None)


def values(record: RegistryRecord, name: str) -> list[Any]:
    return [fact.value for fact in record.facts[name]]


def test_a_study_becomes_facts_with_their_day_and_address(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer(PATH, Reply(study()))
    (found,) = ask(open_desk()).records.values()
    expected = {
        "registry_id": [NUMBER],
        "other_ids": [["EXO-1", "U1111"]],
        "brief_title": ["Exosomes for Knee Osteoarthritis"],
        "acronym": ["EXOKNEE"],
        "sponsor": ["Made-up Hospital"],
        "countries_sites": [["Clinic, Ulm, Germany"]],
        "overall_status": ["Recruiting"],
        "phase": ["Phase 1/Phase 2"],
        "study_type": ["Interventional"],
        "design_allocation": ["Randomized"],
        "design_masking": ["Double"],
        "enrollment": [40],
        "start_date": ["2025-01-15"],
        "primary_completion": ["2027-03"],
        "last_update": ["2026-09-12"],
        "condition": ["Knee Osteoarthritis"],
        "intervention_name": ["Biological: EXO"],
        "intervention_other_names": ["EV-1"],
        "arms": ["Exosomes"],
        "primary_outcomes": ["Adverse events"],
        "secondary_outcomes": ["WOMAC"],
        "linked_publications": ["Roe A. 2020."],
        "results_posted": [False],
    }
    assert {name: values(found, name) for name in expected} == expected
    (status,) = found.facts["overall_status"]
    assert status.as_of == "2026-11-21"
    assert status.note == "record verified 2026-09"
    assert status.urls == [f"{service.base}{PATH}"]
    assert found.facts["primary_completion"][0].note == "estimated"
    assert found.collected == TODAY
    assert service.asked[0].query == {"format": "json"}


def test_facts_gathered_by_hand_stay_behind_what_the_registry_says(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer(PATH, Reply(study()))
    dose = Fact(value=3e11, verbatim="3 x 10^11 particles", urls=["https://mirror.example/x"])
    done = ask(open_desk(), record(overall_status=[BY_HAND], dose_particles_low=[dose]))
    (found,) = done.records.values()
    assert values(found, "overall_status") == ["Recruiting", "Unknown"]
    assert found.facts["overall_status"][1] == BY_HAND
    assert found.facts["dose_particles_low"] == [dose]
    assert found.limits == "Seen on mirrors."
    assert done.changes == ["NCT01234567: status was Unknown (2024-01-01), is Recruiting"]


def ask_twice(
    service: LocalService, open_desk: OpenDesk, *answers: dict[str, Any]
) -> tuple[RegistryRecord, RegistryRecord, list[str]]:
    """Return the record of a first day, that of Christmas Eve, and the changes between them."""
    service.answer(PATH, Reply(answers[0]))
    (first,) = ask(open_desk()).records.values()
    service.answer(PATH, Reply(answers[1]))
    later = date(2026, 12, 24)
    done = ask(open_desk(today=later), first, today=later)
    (second,) = done.records.values()
    return first, second, done.changes


def test_a_changed_status_is_reported_and_the_old_one_keeps_its_last_day(
    service: LocalService, open_desk: OpenDesk
) -> None:
    stopped = study(overallStatus="TERMINATED", whyStopped="Too few patients")
    _, second, changes = ask_twice(service, open_desk, study(), stopped)
    assert [(f.value, f.as_of) for f in second.facts["overall_status"]] == [
        ("Terminated", "2026-12-24"),
        ("Recruiting", "2026-11-21"),
    ]
    assert "why stopped: Too few patients" in (second.facts["overall_status"][0].note or "")
    assert changes == ["NCT01234567: status was Recruiting (2026-11-21), is Terminated"]


def test_what_stays_the_same_keeps_its_first_day_but_the_status_holds_as_of_today(
    service: LocalService, open_desk: OpenDesk
) -> None:
    first, second, changes = ask_twice(service, open_desk, study(), study())
    assert second.facts["phase"] == first.facts["phase"]
    assert [f.as_of for f in second.facts["overall_status"]] == ["2026-12-24"]
    assert changes == []


@pytest.mark.parametrize(
    ("codes", "printed"),
    [(["NA"], "N/A"), (["EARLY_PHASE1"], "Early Phase 1"), (["PHASE3"], "Phase 3")],
)
def test_phases_are_spelled_as_the_registry_prints_them(
    service: LocalService, open_desk: OpenDesk, codes: list[str], printed: str
) -> None:
    answer = study()
    answer["protocolSection"]["designModule"]["phases"] = codes
    service.answer(PATH, Reply(answer))
    (found,) = ask(open_desk()).records.values()
    assert values(found, "phase") == [printed]


def test_what_the_registry_leaves_out_is_absent(service: LocalService, open_desk: OpenDesk) -> None:
    bare = {"protocolSection": {"identificationModule": {"nctId": NUMBER}}}
    service.answer(PATH, Reply(bare))
    (found,) = ask(open_desk()).records.values()
    assert list(found.facts) == ["registry_id"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"protocolSection": ["no", "object"]}, id="another shape"),
        pytest.param(
            {"protocolSection": {"identificationModule": {"nctId": "NCT99999999"}}}, id="another"
        ),
    ],
)
def test_an_answer_about_no_or_another_study_changes_nothing(
    service: LocalService, open_desk: OpenDesk, answer: dict[str, Any]
) -> None:
    service.answer(PATH, Reply(answer))
    done = ask(open_desk(), record(overall_status=[BY_HAND]))
    assert done.records == {}
    (problem,) = done.problems
    assert problem.level == "error"
    assert "answers with" in str(problem)


def test_misshapen_parts_of_a_study_are_left_out(
    service: LocalService, open_desk: OpenDesk
) -> None:
    answer = study(startDateStruct="2025")
    answer["protocolSection"]["designModule"] = {"phases": "PHASE1", "enrollmentInfo": [40]}
    answer["protocolSection"]["outcomesModule"] = {"primaryOutcomes": [None, {"measure": 7}]}
    service.answer(PATH, Reply(answer))
    (found,) = ask(open_desk()).records.values()
    assert {"start_date", "phase", "enrollment"}.isdisjoint(found.facts)
    assert values(found, "overall_status") == ["Recruiting"]


def test_an_unknown_number_is_a_warning_and_another_registry_a_note(open_desk: OpenDesk) -> None:
    done = ask_trials([NUMBER, "IRCT20200101N1"], {}, open_desk(), TODAY, lambda _: None)
    assert done.records == {}
    assert [(p.file, p.level) for p in done.problems] == [
        ("content/registry/irct20200101n1.yml", "note"),
        ("content/registry/nct01234567.yml", "warning"),
    ]
    assert done.asked == 1


def test_offline_stops_at_once(open_desk: OpenDesk) -> None:
    with pytest.raises(OfflineError):
        ask(open_desk(base="http://127.0.0.1:9"))
