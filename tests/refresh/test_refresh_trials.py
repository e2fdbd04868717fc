"""Registry records: what the registry says, beside what was gathered by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from local_service import TODAY, LocalService, OpenDesk, Reply
from service_answers import study

from builder.models import Fact, RegistryRecord
from builder.refresh.clinicaltrials import ask_trials, find_facts
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
        "countries_sites": ["Germany: Clinic, Ulm"],
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


# --- posted results ------------------------------------------------------------------------------

_TWO = [{"id": "OG000", "title": "EVs"}, {"id": "OG001", "title": "Saline"}]


def _measured(*values: dict[str, str]) -> list[dict[str, Any]]:
    groups = ("OG000", "OG001")
    return [
        {"measurements": [{"groupId": g, **v} for g, v in zip(groups, values, strict=True)]},
    ]


def _outcome(**fields: Any) -> dict[str, Any]:
    counts = [{"groupId": "OG000", "value": "31"}, {"groupId": "OG001", "value": "29"}]
    denoms = [{"units": "Participants", "counts": counts}]
    return {"type": "PRIMARY", "title": "Pain", "groups": _TWO, "denoms": denoms, **fields}


POSTED = (
    (  # two times of one outcome, each group's number, spread and size, and the comparison
        _outcome(
            timeFrame="Baseline, 6 months",
            paramType="MEAN",
            dispersionType="Standard Deviation",
            unitOfMeasure="units on a scale",
            classes=[
                {
                    "title": "Baseline",
                    "categories": _measured(
                        {"value": "6.1", "spread": "1.2"}, {"value": "6.3", "spread": "1.4"}
                    ),
                },
                {
                    "title": "6 months",
                    "categories": _measured(
                        {"value": "4.0", "spread": "1.5"}, {"value": "4.2", "spread": "1.6"}
                    ),
                },
            ],
            analyses=[
                {
                    "groupIds": ["OG000", "OG001"],
                    "pValue": "0.61",
                    "statisticalMethod": "ANCOVA",
                    "paramType": "Mean Difference (Net)",
                    "paramValue": "-0.2",
                    "ciPctValue": "95",
                    "ciLowerLimit": "-1.0",
                    "ciUpperLimit": "0.6",
                }
            ],
        ),
        "Pain (Baseline, 6 months), mean, units on a scale: "
        "Baseline: EVs 6.1 ± 1.2 (n = 31), Saline 6.3 ± 1.4 (n = 29); "
        "6 months: EVs 4.0 ± 1.5 (n = 31), Saline 4.2 ± 1.6 (n = 29); "
        "± is the standard deviation; "
        "Mean Difference (Net) -0.2 (95% CI -1.0 to 0.6), p = 0.61",
    ),
    (  # counts of people; p as the registry prints it; a class with its own numbers analysed
        _outcome(
            title="Retear",
            paramType="COUNT_OF_PARTICIPANTS",
            unitOfMeasure="Participants",
            classes=[
                {
                    "denoms": [
                        {
                            "units": "Participants",
                            "counts": [
                                {"groupId": "OG000", "value": "20"},
                                {"groupId": "OG001", "value": "21"},
                            ],
                        }
                    ],
                    "categories": _measured({"value": "9"}, {"value": "2"}),
                }
            ],
            analyses=[{"pValue": "<0.05"}],
        ),
        "Retear, count of participants: EVs 9 (n = 20), Saline 2 (n = 21); p <0.05",
    ),
    (  # an interval in place of a spread; a group in which nothing was measured
        _outcome(
            title="Gait",
            paramType="MEDIAN",
            dispersionType="Inter-Quartile Range",
            unitOfMeasure="m",
            denoms=[],
            classes=[
                {
                    "categories": _measured(
                        {"value": "410", "lowerLimit": "380", "upperLimit": "440"},
                        {"value": "NA", "comment": "not measured"},
                    )
                }
            ],
        ),
        "Gait, median, m: EVs 410 (380 to 440), Saline NA (not measured); "
        "intervals are the inter-quartile range",
    ),
)


@pytest.mark.parametrize(("outcome", "expected"), POSTED)
def test_posted_numbers_keep_their_time_group_spread_and_size(
    outcome: dict[str, Any], expected: str
) -> None:
    section = {"outcomeMeasuresModule": {"outcomeMeasures": [outcome]}}
    found = find_facts({"hasResults": True, "resultsSection": section}, "https://x.example", TODAY)
    assert [fact.value for fact in found["results"]] == [expected]


def test_of_outcomes_only_primary_ones_with_numbers_are_results() -> None:
    silent = _outcome(title="Strength", reportingStatus="NOT_POSTED")
    second = _outcome(
        type="SECONDARY", classes=[{"categories": _measured({"value": "1"}, {"value": "2"})}]
    )
    section = {"outcomeMeasuresModule": {"outcomeMeasures": [silent, second]}}
    found = find_facts({"resultsSection": section}, "https://x.example", TODAY)
    assert "results" not in found


def test_harm_is_kept_by_group_with_each_serious_event() -> None:
    group = {"deathsNumAtRisk": 30, "seriousNumAtRisk": 30, "otherNumAtRisk": 30}
    module = {
        "timeFrame": "12 months",
        "eventGroups": [
            {**group, "id": "EG000", "title": "EVs", "deathsNumAffected": 1,
             "seriousNumAffected": 4, "otherNumAffected": 12},
            {"id": "EG001", "title": "Saline", "seriousNumAffected": 0, "seriousNumAtRisk": 28},
        ],
        "seriousEvents": [
            {
                "term": "Septic arthritis",
                "stats": [
                    {"groupId": "EG000", "numAffected": 4, "numAtRisk": 30},
                    {"groupId": "EG001", "numAffected": 0, "numAtRisk": 28},
                ],
            }
        ],
    }  # fmt: skip
    found = find_facts(
        {"resultsSection": {"adverseEventsModule": module}}, "https://x.example", TODAY
    )
    assert [(fact.value, fact.note) for fact in found["adverse_events"]] == [
        ("EVs: died 1 of 30, serious 4 of 30, other 12 of 30", "time frame: 12 months"),
        ("Saline: serious 0 of 28", "time frame: 12 months"),
        ("Septic arthritis (serious): EVs 4 of 30, Saline 0 of 28", None),
    ]
