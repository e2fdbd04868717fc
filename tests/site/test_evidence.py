"""What a statement rests on, and statements that differ."""

from __future__ import annotations

from typing import Any

from hand_made import join_papers

from builder import models
from builder.curate.studies import find_disagreements, find_places, study_of
from builder.models import EffectOf, Finding, Locator
from builder.store import PaperBundle


def bundle(paper: str, *works: str, findings: list[Finding] | None = None) -> PaperBundle:
    cited = [
        models.Cited(
            id=work,
            number=number,
            line=number,
            csl=models.CslItem(type="article-journal", title=f"Work {work}"),
            printed=work,
        )
        for number, work in enumerate(works, 1)
    ]
    return PaperBundle(
        models.Paper(
            id=paper,
            csl=models.CslItem(type="article-journal", title=paper),
            seed=models.Seed(file=f"{paper}.txt", sha256="0" * 64, layout="digest"),
        ),
        cited,
        findings=findings or [],
    )


def finding(
    name: str, paper: str, effect: str = "up", *, title: int | None = None, **changes: Any
) -> Finding:
    kind = "abstract" if title is None else "reference-title"
    values: dict[str, Any] = {
        "id": name,
        "paper": paper,
        "locator": Locator(kind=kind, line=1, reference=title),
        "quote": "…",
        "sources": ["bmsc"],
        "mechanisms": [EffectOf(id="il-10", effect=effect)],
        **changes,
    }
    return Finding(**values)


def test_a_finding_rests_on_the_works_it_cites_else_on_its_paper() -> None:
    places = find_places(join_papers([bundle("p", "w1", "w2")]))
    assert study_of(finding("f1", "p", references=[2, 1]), places) == ("w2", "w1")
    assert study_of(finding("f2", "p"), places) == ("p",)
    assert study_of(finding("f3", "p", title=2), places) == ("w2",)
    assert study_of(finding("f4", "p", references=[99]), places) == ("p",), "no such entry"


def test_two_papers_that_say_different_things_stand_side_by_side() -> None:
    ups, down = finding("f1", "p", "up"), finding("f2", "q", "inhibits")
    also = finding("f3", "q", "activates")
    [found] = find_disagreements(
        join_papers([bundle("p", findings=[ups]), bundle("q", findings=[down, also])])
    )
    assert (found.source, found.role, found.target) == ("bmsc", "mechanism", "il-10")
    assert found.between == "papers"
    assert [(side, [v.finding.id for v in voices]) for side, voices in found.sides] == [
        ("raises", ["f1", "f3"]),
        ("lowers", ["f2"]),
    ]


def test_a_condition_that_one_eased_and_the_other_did_not_is_a_difference() -> None:
    one = finding("f1", "p", mechanisms=[], condition_effects=[EffectOf(id="oa", effect="down")])
    two = finding("f2", "q", mechanisms=[], condition_effects=[EffectOf(id="oa", effect="none")])
    [found] = find_disagreements(
        join_papers([bundle("p", findings=[one]), bundle("q", findings=[two])])
    )
    assert (found.role, found.target) == ("condition", "oa")


def test_no_effect_against_an_effect_is_a_difference_of_outcomes_too() -> None:
    pain = {"mechanisms": []}
    one = finding("f1", "p", outcomes=[EffectOf(id="pain", effect="down")], **pain)
    two = finding("f2", "q", outcomes=[EffectOf(id="pain", effect="none")], **pain)
    [found] = find_disagreements(
        join_papers([bundle("p", findings=[one]), bundle("q", findings=[two])])
    )
    assert (found.role, found.target) == ("outcome", "pain")
    assert [side for side, _ in found.sides] == ["lowers", "no effect"]


def test_two_studies_in_one_review_differ_but_one_study_reported_twice_does_not() -> None:
    one = finding("f1", "p", "up", references=[1])
    other = finding("f2", "p", "down", references=[2])
    [found] = find_disagreements(join_papers([bundle("p", "w1", "w2", findings=[one, other])]))
    assert found.between == "studies"
    assert [v.studies for _, voices in found.sides for v in voices] == [("w1",), ("w2",)]
    again = finding("f2", "p", "down", references=[1])
    assert find_disagreements(join_papers([bundle("p", "w1", "w2", findings=[one, again])])) == []


def test_what_points_nowhere_or_both_ways_takes_no_part() -> None:
    clear = finding("f1", "p", "up")
    vague = finding("f2", "q", "modulates")
    both = [EffectOf(id="il-10", effect="up"), EffectOf(id="il-10", effect="down")]
    torn = finding("f3", "q", mechanisms=both)
    other = finding("f4", "q", "down", sources=["adsc"])
    possible = finding("f5", "q", "down", certainty="hedged")
    held = [vague, torn, other, possible]
    papers = (bundle("p", findings=[clear]), bundle("q", findings=held))
    assert find_disagreements(join_papers(papers)) == []
