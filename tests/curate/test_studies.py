"""One piece of research is one study, whatever speaks of it, and under which label."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hand_made import csl, join_papers
from hand_made import trial_of as trial

from builder.curate.evidence import find_evidence_map, weigh_studies
from builder.curate.registry import describe_trial
from builder.curate.studies import find_studies, settle_labels
from builder.models import (
    Cited,
    CslDate,
    CslName,
    Design,
    Fact,
    Finding,
    Locator,
    Paper,
    Question,
    RegistryRecord,
    Seed,
    Study,
    StudyCard,
    Term,
)
from builder.store import PaperBundle

TERMS = {
    t.id: t
    for t in [
        Term(id="msc", label="MSC", kind="source", type="cell"),
        Term(id="bmsc", label="BMSC", kind="source", type="cell", parent="msc"),
        Term(id="adsc", label="ADSC", kind="source", type="cell", parent="msc"),
        Term(id="osteoarthritis", label="OA", kind="condition"),
        Term(id="knee-osteoarthritis", label="KOA", kind="condition", parent="osteoarthritis"),
    ]
}


def cited(number: int, work: str, title: str, printed: str = "") -> Cited:
    return Cited(
        id=work, number=number, line=number, csl=csl(title), printed=printed or f"{title}. 2024."
    )


def finding(name: str, **fields: Any) -> Finding:
    given = {
        "id": name,
        "paper": "doe-2025",
        "locator": Locator(kind="table-row", line=1, table=1, row=name),
        "quote": "row",
        "role": "therapeutic",
        **fields,
    }
    return Finding.model_validate(given)


def studies_of(*bundles: PaperBundle) -> list[Study]:
    return find_studies(join_papers(bundles, TERMS.values()))


def bundle(references: list[Cited], findings=(), trials=(), name: str = "doe-2025") -> PaperBundle:
    seed = Seed(file="a.txt", sha256="0" * 64, layout="digest")
    paper = Paper(id=name, csl=csl("Exosomes"), seed=seed)
    return PaperBundle(paper, references, [], list(findings), list(trials))


def title_of(number: int, name: str, **fields: Any) -> Finding:
    where = Locator(kind="reference-title", line=number, reference=number)
    return finding(name, locator=where, **fields)


def test_a_trial_its_registration_and_its_publication_are_one_study() -> None:
    number = "NCT01234567"
    references = [
        cited(1, "registration", "Exosomes in OA", f"Exosomes in OA. Available: {number}"),
        cited(2, "publication", "A randomized trial of exosomes"),
        cited(3, "review", "Exosomes in joints: a review"),
        cited(4, "animals", "Exosomes ease osteoarthritis in rats"),
    ]
    reported = [title_of(1, "f1", sources=["msc"]), title_of(2, "f2", sources=["bmsc"])]
    row = trial(number, references=[1, 2, 3, 4], sources=["msc"], result_effect="negative")
    studies = {s.id: s for s in studies_of(bundle(references, reported, [row]))}
    study = studies["nct01234567"]
    assert (study.kind, study.references) == ("trial", ["publication", "registration"])
    assert (study.findings, study.trials) == (["f1", "f2"], ["nct01234567"])
    assert (study.sources, study.result) == (["bmsc"], "no-benefit")  # the narrower label
    assert (study.design.level, study.design.randomised) == ("clinical", True)
    assert [q.rule for q in study.questions] == ["study-labels"]
    assert studies["review"].kind == "review"
    assert studies["animals"].design.level == "in-vivo"


def test_a_row_and_a_title_of_one_work_are_one_study_in_two_papers_too() -> None:
    design = {"level": "in-vitro"}
    one = bundle([cited(7, "work", "A")], [finding("r1", references=[7], design=design)])
    reported = title_of(9, "t1", paper="roe-2026", result="improved")
    other = bundle([cited(9, "work", "A")], [reported], name="roe-2026")
    [study] = studies_of(one, other)
    assert (study.id, study.findings) == ("work", ["r1", "t1"])
    assert (study.design.level, study.result) == ("in-vitro", "improved")


@pytest.mark.parametrize(
    ("certainty", "conditions"),
    [("asserted", ["knee-osteoarthritis"]), ("hedged", ["osteoarthritis"])],
)
def test_a_possibility_gives_the_work_that_it_cites_no_label(
    certainty: str, conditions: list[str]
) -> None:
    row = finding("r1", references=[1], conditions=["osteoarthritis"], sources=["bmsc"])
    where = Locator(kind="full-text", line=3)
    said = finding(
        "s1", locator=where, references=[1], conditions=["knee-osteoarthritis"], certainty=certainty
    )
    [study] = studies_of(bundle([cited(1, "work", "Exosomes of rats")], [row, said]))
    assert study.conditions == conditions


def test_a_row_whose_reference_does_not_fit_has_no_study() -> None:
    misfit = Question(rule="reference-misfit", text="Does it fit?", weight=5)
    row = finding("r1", references=[1], questions=[misfit], sources=["msc"])
    [study] = studies_of(bundle([cited(1, "work", "Teeth")], [row]))
    assert (study.findings, study.sources) == ([], [])


def test_a_primary_paper_is_a_study_of_its_own_and_a_review_is_none() -> None:
    where = Locator(kind="abstract", line=1)
    said = finding("a1", locator=where, design={"level": "in-vivo"}, sources=["bmsc"])
    [study] = studies_of(bundle([], [said]))
    assert (study.id, study.kind, study.references) == ("doe-2025", "primary", [])
    assert (study.findings, study.design.level) == (["a1"], "in-vivo")
    title = finding("t1", locator=Locator(kind="title", line=1), conditions=["osteoarthritis"])
    [study] = studies_of(bundle([], [said, title]))  # the title of its paper is of it
    assert (study.findings, study.conditions) == (["a1", "t1"], ["osteoarthritis"])
    assert studies_of(bundle([], [title])) == []  # and makes none alone
    reviewed = said.model_copy(update={"design": Design(level="review")})
    assert studies_of(bundle([], [reviewed])) == []


def test_a_cited_work_that_was_read_as_a_paper_is_one_study_with_it() -> None:
    work = cited(1, "roe-2020", "Vesicles and knees")
    work = work.model_copy(update={"csl": csl("Vesicles and knees", DOI="10.1000/x")})
    review = bundle([work], [finding("row", references=[1])])
    abstract = Locator(kind="abstract", line=1)
    own = finding("own", paper="roe-2020-read", locator=abstract, design={"level": "in-vivo"})
    read = bundle([], [own], name="roe-2020-read")
    paper = read.paper.model_copy(update={"csl": csl("Exosomes in joints", DOI="10.1000/x")})
    [study] = studies_of(review, replace(read, paper=paper))
    assert (sorted(study.findings), study.references) == (["own", "row"], ["roe-2020"])


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["pathogenic"], "pathogenic"),
        (["unclear", "biomarker"], "biomarker"),
        (["unclear"], "unclear"),
    ],
)
def test_the_role_of_a_study_is_that_of_its_statements(roles: list[str], role: str) -> None:
    rows = [finding(f"f{n}", references=[1], role=said) for n, said in enumerate(roles)]
    [study] = studies_of(bundle([cited(1, "roe-2020", "Exosomes")], rows))
    assert study.role == role


@pytest.mark.parametrize(
    ("printed", "facts", "role"),
    [
        ({"source_printed": "Synovial fluid exosomes as biomarker"}, {}, "biomarker"),
        ({"condition_printed": "Diagnosis of knee OA"}, {}, "biomarker"),
        ({"source_printed": "Serum EVs"}, {"design_primary_purpose": "Screening"}, "biomarker"),
        ({"source_printed": "Serum EVs"}, {"study_type": "Observational"}, "unclear"),
        # Markers that a treatment is measured by are none of its role.
        (
            {"source_printed": "BMSC-EVs", "endpoints": ["Serum biomarkers"]},
            {"study_type": "Interventional", "design_primary_purpose": "Treatment"},
            "therapeutic",
        ),
        ({}, {}, "therapeutic"),
    ],
)
def test_vesicles_that_a_trial_only_looks_at_are_no_treatment(
    printed: dict[str, Any], facts: dict[str, str], role: str
) -> None:
    number = "NCT01234567"
    library = join_papers([bundle([], trials=[trial(number, **printed)])], TERMS.values())
    record = RegistryRecord(
        id=number.lower(), registry_id=number, registry="ClinicalTrials.gov",
        collected="2026-01-01",
        facts={name: [Fact(value=value)] for name, value in facts.items()},
    )  # fmt: skip
    [study] = find_studies(replace(library, registry={record.id: record}))
    assert study.role == role


@pytest.mark.parametrize(
    ("stated", "n", "follow_up"),
    [
        ([("n", "84 adults"), ("follow-up", "12 months")], 84, "12 months"),
        ([("n", "40 patients"), ("n", "20 patients")], None, None),  # in all and a group
        ([("n", "6 per group")], None, None),
        ([("n", "1,204 participants"), ("n", "1,204 patients")], 1204, None),
    ],
)
def test_a_trial_has_the_size_that_its_own_methods_state(
    stated: list[tuple[str, str]], n: int | None, follow_up: str | None
) -> None:
    where = Locator(kind="abstract", line=1)
    said = finding("a1", locator=where, design={"level": "clinical", "randomised": True})
    card = StudyCard(
        id="card", paper="doe-2025",
        stated=[{"item": i, "value": v, "quote": v, "line": 2} for i, v in stated],
    )  # fmt: skip
    [study] = studies_of(replace(bundle([], [said]), cards=[card]))
    assert (study.n, study.design.follow_up) == (n, follow_up)
    row = trial("NCT01234567", n={"enrolled": 30})  # what a table of trials lists goes before
    [study] = studies_of(replace(bundle([], [], [row]), cards=[card]))
    assert study.n == 30
    animals = said.model_copy(update={"design": Design(level="in-vivo")})
    [study] = studies_of(replace(bundle([], [animals]), cards=[card]))
    assert study.n is None


@pytest.mark.parametrize(
    ("places", "labels", "asked"),
    [
        ([["bmsc"], ["msc"]], ["bmsc"], True),
        ([["msc"], ["msc"]], ["msc"], False),
        ([["bmsc"], ["adsc"]], ["msc"], True),  # each contradicts the other
        ([["bmsc", "adsc"], ["msc"]], ["adsc", "bmsc"], True),  # a comparison
        ([["unspecified-source"], ["bmsc"]], ["bmsc"], False),
        ([], [], False),
    ],
)
def test_the_narrowest_label_that_no_place_contradicts(places, labels, asked) -> None:
    found, questions = settle_labels(places, TERMS, "sources")
    assert (found, bool(questions)) == (labels, asked)


# --- the map -------------------------------------------------------------------------------------


def study(
    name: str, level: str = "not-stated", result: str = "none-reported", **more: Any
) -> Study:
    given = {
        "id": name,
        "kind": "trial" if more.get("trials") else "primary",
        "sources": ["bmsc"],
        "conditions": ["knee-osteoarthritis"],
        "design": Design.model_validate({"level": level}),
        "result": result,
        "role": "therapeutic",
        **more,
    }
    return Study.model_validate(given)


def test_the_best_design_is_that_of_a_study_with_a_result() -> None:
    recruiting = study("t1", "clinical", trials=["t1"])
    mice = study("m1", "in-vivo", "improved")
    cells = study("c1", "in-vitro", "no-benefit")
    weight = weigh_studies([recruiting, mice, cells, cells])
    assert weight.studies == ["c1", "m1", "t1"]
    assert weight.best
    assert (weight.best.design, weight.best.studies, weight.best.result) == (
        "in-vivo",
        ["m1"],
        "improved",
    )
    assert (weight.registered, weight.conflict) == (["t1"], True)
    other = weigh_studies([mice, study("m2", "in-vivo", "no-benefit")]).best
    assert other
    assert other.result == "mixed"
    assert weigh_studies([recruiting]).best is None
    assert not weigh_studies([mice, study("m3", "in-vitro", "improved")]).conflict


def test_the_map_rolls_up_and_leaves_out_what_is_no_treatment() -> None:
    studies = [
        study("knee", "in-vivo", "improved"),
        study("joint", conditions=["osteoarthritis"], sources=["msc"]),
        study("review", kind="review"),
        study("harm", role="pathogenic", result="worsened"),
        study("taken-back", "clinical", "improved", retracted=True),
    ]
    rows = {(r.source, r.condition): r for r in find_evidence_map(studies, TERMS)}
    assert set(rows) == {
        ("bmsc", "knee-osteoarthritis"),
        ("bmsc", "osteoarthritis"),
        ("msc", "knee-osteoarthritis"),
        ("msc", "osteoarthritis"),
    }
    wide = rows["msc", "osteoarthritis"]
    assert (wide.studies, wide.with_subtypes.studies) == (["joint"], ["joint", "knee"])
    assert wide.best is None
    assert wide.with_subtypes.best
    assert wide.with_subtypes.best.design == "in-vivo"
    assert rows["bmsc", "knee-osteoarthritis"].studies == ["knee"]


def test_only_what_can_be_treated_heads_a_column_and_roles_have_maps_of_their_own() -> None:
    kinds = ("disease", "defect", "injury", None, "sign", "symptom", "malformation")
    terms = {
        **TERMS,
        **{
            f"c{n}": Term(id=f"c{n}", label=f"C{n}", kind="condition", type=kind)
            for n, kind in enumerate(kinds)
        },
    }
    studies = [study(f"s{n}", conditions=[f"c{n}"]) for n in range(len(kinds))]
    studies.append(study("harm", role="pathogenic", result="worsened", conditions=["c0"]))
    rows = find_evidence_map(studies, terms)
    assert [r.condition for r in rows if r.source == "bmsc"] == ["c0", "c1", "c2", "c3"]
    harm = find_evidence_map(studies, terms, ("pathogenic",))
    assert {(r.condition, tuple(r.studies)) for r in harm} == {("c0", ("harm",))}


# --- what a registry adds to a trial -------------------------------------------------------------


def describe(**facts: Any) -> dict[str, Any]:
    record = RegistryRecord(
        id="nct1",
        registry_id="NCT1",
        registry="ClinicalTrials.gov",
        collected="2026-01-01",
        facts={k: [v if isinstance(v, Fact) else Fact(value=v)] for k, v in facts.items()},
    )
    return describe_trial(trial("NCT01234567", design={"level": "clinical", "phase": "1"}), record)


def test_a_number_that_is_only_expected_is_not_enrolled() -> None:
    found = describe(enrollment=Fact(value=20, note="estimated"))["n"]
    assert found.model_dump(exclude_none=True) == {"planned": 20}
    found = describe(enrollment=Fact(value=20))["n"]
    assert found.model_dump(exclude_none=True) == {"enrolled": 20}
    found = describe(enrollment=24, paper_n_enrolled_patients=20, paper_n_analysed_patients=18)
    assert found["n"].model_dump(exclude_none=True) == {
        "planned": 24,
        "enrolled": 20,
        "analysed": 18,
    }
    assert found["design"].n == 20
    assert describe(phase="Phase 1")["n"] is None


def test_the_registry_fills_the_design_that_the_paper_leaves_open() -> None:
    found = describe(
        design_allocation="Randomized",
        design_masking="Double blind",
        primary_outcomes=Fact(value="Pain", note="time frame: 6 weeks and 12 months"),
        countries_sites="Chile: a clinic in Santiago",
        sponsor="A university",
        arms="Exosomes",
    )
    design = found["design"]
    assert (design.phase, design.randomised, design.masking) == ("1", True, "double")
    assert (found["follow_up"], design.follow_up) == ("12 months", "12 months")
    assert (found["countries"], found["sponsor"], found["arms"]) == (
        ["Chile"],
        "A university",
        ["Exosomes"],
    )
    assert describe(design_masking="None")["design"].blinded is False
    assert describe(design_masking="Quadruple")["design"].masking == "quadruple"
    assert describe(design_allocation="Non-Randomized")["design"].randomised is False


@pytest.mark.parametrize(
    ("facts", "result", "effect", "origin"),
    [
        (
            {"results_summary": "no difference between groups in WOMAC"},
            "no difference between groups in WOMAC", "negative", "registry",
        ),
        (
            {"paper_findings": ["pain improved significantly", "no serious adverse events"]},
            "pain improved significantly; no serious adverse events", "positive", "publication",
        ),
        # Numbers without words have no direction, whatever the name of the outcome.
        (
            {"results": "Improvement of WOMAC (6 months): Exosomes 12 points, Placebo 11 points"},
            "Improvement of WOMAC (6 months): Exosomes 12 points, Placebo 11 points", None,
            "registry",
        ),
        # That results are posted, or pending, is none.
        ({"results_posted": True}, None, None, None),
        ({"results_posted": "none posted"}, None, None, None),
        ({"primary_outcomes": "Improvement of pain"}, None, None, None),
    ],
)  # fmt: skip
def test_a_result_that_only_the_registry_states_is_the_trials(
    facts: dict[str, Any], result: str | None, effect: str | None, origin: str | None
) -> None:
    found = describe(**facts)
    assert (found.get("result"), found.get("result_effect"), found.get("result_from")) == (
        result, effect, origin,
    )  # fmt: skip


def test_the_result_of_the_paper_stands_before_the_registrys() -> None:
    record = RegistryRecord(
        id="nct1", registry_id="NCT1", registry="ClinicalTrials.gov", collected="2026-01-01",
        facts={"results_summary": [Fact(value="pain improved")]},
    )  # fmt: skip
    own = trial("NCT01234567", result="no superiority over placebo", result_effect="negative")
    assert "result" not in describe_trial(own, record)


def test_a_trial_with_a_result_of_no_direction_is_not_only_registered() -> None:
    waiting = study("t1", "clinical", trials=["t1"])
    safe = study("t2", "clinical", trials=["t2"], stated="no serious adverse events")
    assert weigh_studies([waiting, safe]).registered == ["t1"]


def test_the_type_of_a_source_is_one_of_few() -> None:
    types = {
        "cell": "cell",
        "cell line": "cell",
        "biofluid": "fluid",
        "blood product": "fluid",
        "tissue": "tissue",
        "placeholder": "unspecified",
    }
    made = {t: Term(id="x", label="X", kind="source", type=t).plain_type for t in types}
    assert made == types
    assert Term(id="x", label="X", kind="mechanism", type="pathway").plain_type == "pathway"


VERSIONS = "Exosomes of marrow cells calm the inflamed knee of old rats"


@pytest.mark.parametrize(
    ("title", "family", "year", "studies"),
    [
        (VERSIONS, "Roe", 2021, 1),
        (VERSIONS.upper(), "ROE", 2020, 1),
        (VERSIONS, "Roe", 2024, 2),  # years apart: done again
        (VERSIONS, "Poe", 2021, 2),
        (VERSIONS.replace("old", "young"), "Roe", 2021, 2),
    ],
)
def test_a_preprint_and_its_article_are_one_study(
    title: str, family: str, year: int, studies: int
) -> None:
    def version(number: int, doi: str, *said: Any) -> Cited:
        name, author, issued = said
        item = csl(name, DOI=doi, author=[CslName(family=author)],
                   issued=CslDate(date_parts=[[issued]]))  # fmt: skip
        return Cited(id=f"w{number}", number=number, line=number, csl=item, printed=name)

    works = [
        version(1, "10.1101/2020.1", VERSIONS, "Roe", 2020),
        version(2, "10.1000/article", title, family, year),
    ]
    rows = [finding("f1", references=[1]), finding("f2", references=[2])]
    found = studies_of(bundle(references=works, findings=rows))
    assert len([s for s in found if s.findings]) == studies
