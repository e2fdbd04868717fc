"""Trials: the five of the real table, read by hand, and tables of other shapes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from builder.extract.design import judge_result
from builder.extract.tables import repair_tables
from builder.extract.trials import (
    find_roles,
    find_trials,
    parse_phase,
    split_list,
    split_status,
)
from builder.extract.vocabulary import Vocabulary
from builder.models import Cited, CslDate, CslItem, Paper, Seed, Trial
from builder.models.document import Cell, Citation, Document, FrontMatter, Grid, WorkFields
from builder.text.ids import find_registry_ids

TABLE = Path(__file__).parent / "cases_tables" / "clinical-trials" / "table.md"
PAPER = Paper(
    id="doe-2025-paper",
    csl=CslItem(type="article-journal", title="Paper"),
    seed=Seed(file="x.txt", sha256="0" * 64, layout="md"),
)


def registered(number: int, trial: str, day: list[int] | None) -> Cited:
    """A cited registration, with the day it was accessed where printed."""
    address = f"https://clinicaltrials.gov/study/{trial}"
    return Cited(
        id=f"work-{number}",
        number=number,
        line=number,
        csl=CslItem(
            type="webpage",
            title="A trial",
            URL=address,
            accessed=CslDate(date_parts=[day]) if day else None,
        ),
        printed=f"A trial. Available online: {address}",
    )


def read(lines: list[str], vocabulary: Vocabulary, cited: list[Cited] | None = None) -> list[Trial]:
    rows = [
        tuple(Cell(c.strip(), n) for c in line.strip().strip("|").split("|"))
        for n, line in enumerate(lines, 1)
        if not set(line) <= set("|- ")
    ]
    document = Document(
        "md",
        "x.txt",
        "0" * 64,
        FrontMatter(WorkFields()),
        tables=(Grid(3, tuple(rows), 1),),
        citations=tuple(Citation(n, "", n) for n in range(1, 138)),
    )
    return find_trials(PAPER, repair_tables(document, PAPER.id), cited or [], vocabulary)


@pytest.fixture(scope="module")
def real(vocabulary: Vocabulary) -> dict[str, Trial]:
    day = [2025, 11, 5]
    cited = [
        registered(129, "NCT06937528", day),
        registered(134, "NCT05060107", day),
        registered(135, "NCT06431152", day),
        registered(136, "NCT06466850", day),
    ]
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return {t.id: t for t in read(lines, vocabulary, cited)}


def test_five_trials_and_no_preclinical_row(real: dict[str, Trial]) -> None:
    assert list(real) == [
        "irct20210423051054n1",
        "nct06937528",
        "nct05060107",
        "nct06431152",
        "nct06466850",
    ]


def test_rct_is_a_design_and_its_result_is_negative(real: dict[str, Trial]) -> None:
    trial = real["irct20210423051054n1"]
    assert trial.registry == "IRCT20210423051054N1"
    assert trial.registry_name == "Iranian Registry of Clinical Trials"
    assert trial.registry_url == "https://en.irct.ir"
    assert "trial-address" in [q.rule for q in trial.questions]
    assert (trial.phase, trial.design_printed) == (None, "RCT")
    assert trial.conditions == ["knee-osteoarthritis"]
    assert trial.sources == ["placental-msc"]
    assert trial.dose is not None
    assert trial.dose.model_dump(exclude_defaults=True) == {
        "printed": "Single IA dose (≈5 mL @ 7 × 109 particles/mL)",
        "text": "Single IA dose (≈5 mL @ 7 × 10⁹ particles/mL)",
        "volume_ml": 5,
        "particles_per_ml_low": 7e9,
        "particles_per_ml_high": 7e9,
        "particles_total_low": 3.5e10,
        "particles_total_high": 3.5e10,
        "doses": 1,
        "approximate": ["particles_total", "volume"],
    }
    assert trial.route == "intra-articular"
    assert trial.endpoints == ["WOMAC", "MRI", "safety"]
    assert trial.endpoints_heading == "Primary Endpoints"
    assert trial.status is not None
    assert (trial.status.printed, trial.status.normalised) == ("Completed", "completed")
    assert trial.status.as_of is None
    assert (trial.result, trial.result_effect) == ("no superiority vs. placebo", "negative")
    assert trial.references == [128]
    assert (trial.locator.table, trial.locator.line) == (3, 3)


def test_listed_trial(real: dict[str, Trial]) -> None:
    trial = real["nct06937528"]
    assert trial.registry_url == "https://clinicaltrials.gov/study/NCT06937528"
    assert (trial.phase, trial.design_printed) == ("1", None)
    assert "(listed)" in next(q.text for q in trial.questions if q.rule == "trial-phase")
    assert trial.source_printed == "EV product (unspecified)"
    assert set(trial.sources) <= {"unspecified-source"}
    assert trial.condition_printed == "Knee OA/Osteoarthrosis"
    assert trial.conditions == ["knee-osteoarthritis"]
    assert trial.dose is not None
    assert trial.dose.model_dump(exclude_defaults=True) == {"printed": "IA injection"}
    assert trial.endpoints == ["Safety", "function"]
    assert trial.status is not None
    assert trial.status.printed == "Listed"
    assert trial.status.as_of == date(2025, 11, 5)
    assert (trial.result, trial.result_effect) == (None, None)


def test_dose_range_and_status_with_a_dash(real: dict[str, Trial]) -> None:
    trial = real["nct05060107"]
    assert trial.phase == "1"
    assert trial.sources == ["bmsc"]
    assert trial.dose is not None
    assert trial.dose.model_dump(exclude_defaults=True) == {
        "printed": "Single IA injection (109–1010 particles/mL)",
        "text": "Single IA injection (10⁹–10¹⁰ particles/mL)",
        "particles_per_ml_low": 1e9,
        "particles_per_ml_high": 1e10,
        "doses": 1,
    }
    assert trial.endpoints == ["Safety", "WOMAC", "pain/function"]
    assert trial.status is not None
    assert trial.status.printed == "Active—not recruiting"
    assert trial.status.normalised == "active, not recruiting"
    assert trial.status.as_of == date(2025, 11, 5)
    assert trial.result is None


def test_acronym_behind_the_source(real: dict[str, Trial]) -> None:
    trial = real["nct06431152"]
    assert trial.source_printed == "UCMSC-EVs (EXO-OA01)"
    assert trial.sources == ["ucmsc"]
    assert trial.endpoints == ["Safety", "cartilage thickness (MRI)"]
    assert trial.dose is not None
    assert trial.dose.doses == 1
    assert trial.status is not None
    assert trial.status.normalised == "recruiting"


def test_vague_number_of_doses_stays_open(real: dict[str, Trial]) -> None:
    trial = real["nct06466850"]
    assert trial.sources == ["allogeneic-msc"]
    assert trial.dose is not None
    assert trial.dose.model_dump(exclude_defaults=True) == {"printed": "Single/few IA doses"}
    assert trial.quote == (
        "I | Knee OA | Allogenic MSC-EVs | Single/few IA doses | Safety, pain/function | "
        "Recruiting (NCT06466850) | [136]"
    )


def test_date_is_only_taken_from_the_trial_s_own_reference(vocabulary: Vocabulary) -> None:
    lines = ["| Phase | Status | Refs |", "|-|-|-|", "| I | Recruiting (NCT06431152) | [7] |"]
    (trial,) = read(lines, vocabulary, [registered(7, "NCT06466850", [2025, 1, 2])])
    assert trial.status is not None
    assert trial.status.as_of is None
    assert [q.weight for q in trial.questions if q.rule == "trial-reference"] == [5]


def test_registry_number_in_a_column_of_its_own(vocabulary: Vocabulary) -> None:
    lines = [
        "| Trial ID | Clinical stage | Disease | Cell source | Administration | "
        "Outcome measures | Recruitment status | Results | Ref. |",
        "|-|-|-|-|-|-|-|-|-|",
        "| NCT01234567 | Phase I/IIa, open-label | Knee OA | UC-MSC exosomes | "
        "2 intra-articular injections of 3 mL | VAS; KOOS (pain, function) | "
        "Terminated | Did not improve pain | 12 |",
        "| ChiCTR2300070727 | N/A | Knee OA | BMSC-Exos | IV infusion | Safety | Completed | "
        "Pain improved | 13 |",
        "| not registered | Pilot | Knee OA | ADSC-Exos | IA | Safety | Completed | Safe | 14 |",
    ]
    first, second = read(lines, vocabulary)
    assert (first.phase, first.design_printed) == ("1/2a", "open-label")
    assert first.sources == ["ucmsc"]
    assert first.dose is not None
    assert (first.dose.doses, first.dose.volume_ml) == (2, 3)
    assert first.endpoints == ["VAS", "KOOS (pain, function)"]
    assert first.result == "Did not improve pain"
    assert first.result_effect == "negative"
    assert first.references == [12]
    assert (second.id, second.phase) == ("chictr2300070727", None)
    assert second.registry_name == "Chinese Clinical Trial Registry"
    assert second.route == "intravenous"
    assert second.result_effect == "positive"


def test_number_twice_is_one_trial_and_a_question(vocabulary: Vocabulary) -> None:
    row = "| I | Recruiting (NCT06431152) | [7] |"
    lines = ["| Phase | Status | Refs |", "|-|-|-|", row, row.replace("I |", "II |", 1)]
    (trial,) = read(lines, vocabulary)
    assert trial.phase == "1"
    assert [q.rule for q in trial.questions] == ["trial-repeated"]


def test_two_registries_are_one_trial_and_a_question(vocabulary: Vocabulary) -> None:
    row = "| II | Recruiting (NCT06431152, EudraCT 2008-005144-16) | [7] |"
    (trial,) = read(["| Phase | Status | Refs |", "|-|-|-|", row], vocabulary)
    assert trial.registry == "NCT06431152"
    assert [q.rule for q in trial.questions] == ["trial-registrations"]


def test_two_numbers_of_a_registry_are_two_trials(vocabulary: Vocabulary) -> None:
    row = "| II | Recruiting (NCT06431152, NCT06431153) | [7] |"
    trials = read(["| Phase | Status | Refs |", "|-|-|-|", row], vocabulary)
    assert [t.registry for t in trials] == ["NCT06431152", "NCT06431153"]


def test_number_in_a_table_of_something_else_is_no_trial(vocabulary: Vocabulary) -> None:
    assert read(["| Gene | Note |", "|-|-|", "| RUNX2 | NCT06431152 |"], vocabulary) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("NCT06431152, irct20210423051054n1", ["NCT06431152", "IRCT20210423051054N1"]),
        ("ChiCTR-IOR-17012345", ["ChiCTR-IOR-17012345"]),
        ("EudraCT 2008-005144-16", ["2008-005144-16"]),
        ("EUCTR2008-005144-16", ["2008-005144-16"]),
        ("ISRCTN10175490", ["ISRCTN10175490"]),
        ("jRCTs041220087, JPRN-UMIN000049383", ["jRCTs041220087", "UMIN000049383"]),
        ("ACTRN12623000498695", ["ACTRN12623000498695"]),
        ("CTRI/2023/04/052053", ["CTRI/2023/04/052053"]),
        ("DRKS00031815", ["DRKS00031815"]),
        ("NCT1234, 2008-005144-16, ABCNCT06431152, C123", []),
    ],
)
def test_registry_numbers(text: str, numbers: list[str]) -> None:
    assert [r.number for r in find_registry_ids(text)] == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I", ("1", None, "")),
        ("I (listed)", ("1", None, "(listed)")),
        ("RCT", (None, "RCT", "")),
        ("Phase II/III", ("2/3", None, "")),
        ("Early Phase 1", ("early 1", None, "")),
        ("Phase 2a", ("2a", None, "")),
        ("IIb RCT", ("2b", "RCT", "")),
        ("N/A", (None, None, "")),
        ("Preclinical", (None, None, "Preclinical")),
        ("In vitro", (None, None, "In vitro")),
        ("Pilot", (None, "Pilot", "")),
    ],
)
def test_phase(text: str, expected: tuple[str | None, str | None, str]) -> None:
    assert parse_phase(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Active—not recruiting (NCT05060107)",
            ("Active—not recruiting", "active, not recruiting", ""),
        ),
        ("Active, not recruiting", ("Active, not recruiting", "active, not recruiting", "")),
        (
            "Completed—no superiority vs. placebo",
            ("Completed", "completed", "no superiority vs. placebo"),
        ),
        ("Not yet recruiting", ("Not yet recruiting", "not yet recruiting", "")),
        ("Translational phase (no patients)", ("Translational phase (no patients)", "", "")),
    ],
)
def test_status(text: str, expected: tuple[str, str, str]) -> None:
    assert split_status(text) == expected


@pytest.mark.parametrize(
    ("cell", "printed", "result", "effect"),
    [
        # Why a trial stopped, and how far it is, are no result.
        ("Terminated (slow enrolment)", "Terminated (slow enrolment)", None, None),
        (
            "Withdrawn: failure to obtain funding",
            "Withdrawn: failure to obtain funding",
            None,
            None,
        ),
        ("Recruiting; 5 of 30 treated", "Recruiting; 5 of 30 treated", None, None),
        ("Completed (May 2024)", "Completed (May 2024)", None, None),
        ("Completed, results awaited", "Completed, results awaited", None, None),
        # What was found is one, also of a trial that was stopped for it.
        ("Terminated: no benefit over saline", "Terminated", "no benefit over saline", "negative"),
        ("Completed; well tolerated", "Completed", "well tolerated", None),
        ("Unknown; pain improved", "Unknown", "pain improved", "positive"),
    ],
)
def test_words_behind_a_status(
    vocabulary: Vocabulary, cell: str, printed: str, result: str | None, effect: str | None
) -> None:
    row = f"| NCT01234567 | II | Knee OA | {cell} |"
    lines = ["| Trial | Phase | Disease | Status |", "|-|-|-|-|", row]
    (trial,) = read(lines, vocabulary)
    assert trial.status is not None
    assert (trial.status.printed, trial.result, trial.result_effect) == (printed, result, effect)


@pytest.mark.parametrize(
    ("cell", "endpoints", "result", "effect"),
    [
        # A failure, or harm that was not seen, says that the column tells what was found.
        ("Cartilage repair improved (p = 0.01); pain did not differ", [],
         "Cartilage repair improved (p = 0.01); pain did not differ", "mixed"),
        ("Well tolerated; pain not assessed", ["pain not assessed"], "Well tolerated", None),
        ("Pain improved; no serious adverse events occurred", [],
         "Pain improved; no serious adverse events occurred", "positive"),
        # What is only measured is an endpoint.
        ("Pain improvement; adverse events", ["Pain improvement", "adverse events"], None, None),
    ],
)  # fmt: skip
def test_a_column_of_outcomes_may_hold_what_was_found(
    vocabulary: Vocabulary, cell: str, endpoints: list[str], result: str | None, effect: str | None
) -> None:
    lines = ["| Trial | Disease | Outcome |", "|-|-|-|", f"| NCT01234567 | Knee OA | {cell} |"]
    (trial,) = read(lines, vocabulary)
    assert (trial.endpoints, trial.result, trial.result_effect) == (endpoints, result, effect)


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("no superiority vs. placebo", "negative"),
        ("no statistically significant difference", "negative"),
        ("pain improved", "positive"),
        ("pain improved but no difference in MRI", "mixed"),
        ("not effective", "negative"),
        ("well tolerated", None),
        ("no serious adverse events", None),
        ("no improvement", "negative"),
    ],
)
def test_result(text: str, effect: str | None) -> None:
    assert judge_result(text) == effect


def test_lists_keep_brackets_and_slashes() -> None:
    assert split_list("Safety, pain/function; MRI (T2, PD), and KOOS.") == [
        "Safety",
        "pain/function",
        "MRI (T2, PD)",
        "KOOS",
    ]


def test_headings_have_roles() -> None:
    roles = find_roles(["NCT number", "Study phase", "EV product", "Dosing and Route", "Ref"])
    assert list(roles) == ["registry", "phase", "source", "dose", "reference"]


@pytest.mark.parametrize(
    "number",
    [
        "NCT00222573", "IRCT20080904001199N7", "ChiCTR2300070727", "ISRCTN10175490",
        "jRCTs041220087", "UMIN000049383", "ACTRN12623000498695", "CTRI/2023/04/052053",
        "DRKS00031815", "PACTR202304525632216", "RPCEC00000423", "SLCTR/2023/010",
        "TCTR20230429001", "LBCTR2023015204", "ITMCTR2023000002", "RBR-6qvdftm",
    ],
)  # fmt: skip
def test_each_registry_is_known_by_its_numbers(number: str) -> None:
    assert [r.number for r in find_registry_ids(f"It is registered ({number}).")] == [number]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("EudraCT No. 2008-005144-16", "2008-005144-16"),
        ("EU CT number 2023-503698-40-00", "2023-503698-40-00"),
        ("JPRN-UMIN000049383", "UMIN000049383"),
    ],
)
def test_numbers_of_bare_digits_are_known_by_what_stands_before(text: str, number: str) -> None:
    assert [r.number for r in find_registry_ids(text)] == [number]


@pytest.mark.parametrize(
    ("heading", "cell", "endpoints", "result"),
    [
        ("Outcome", "Safety; no benefit over placebo", ["Safety"], "no benefit over placebo"),
        ("Primary Endpoints", "WOMAC, not superior to saline", ["WOMAC"], "not superior to saline"),
        ("Comments", "No difference between groups", [], "No difference between groups"),
        ("Notes", "Pain improved at 6 months", [], "Pain improved at 6 months"),
        (
            "Outcome",
            "Pain reduction, treatment failure",
            ["Pain reduction", "treatment failure"],
            None,
        ),
    ],
)
def test_no_benefit_in_any_cell_is_a_result_and_no_endpoint(
    vocabulary: Vocabulary, heading: str, cell: str, endpoints: list[str], result: str | None
) -> None:
    lines = [
        f"| Trial ID | Source | {heading} |",
        "|-|-|-|",
        f"| NCT01234567 | BMSC-EVs | {cell} |",
    ]
    [trial] = read(lines, vocabulary)
    assert (trial.endpoints, trial.result) == (endpoints, result)


def test_a_european_number_needs_no_name_in_a_column_of_numbers(vocabulary: Vocabulary) -> None:
    row = "| 2019-001234-56 | BMSC-EVs | 2 mL IA |"
    [trial] = read(["| Registration | Source | Dose |", "|-|-|-|", row], vocabulary)
    assert trial.registry == "2019-001234-56"
    assert trial.route == "intra-articular"
