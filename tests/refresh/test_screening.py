"""Screening: at the keyboard, by a table, by a rule; what was decided is never lost."""

from __future__ import annotations

from datetime import date

import pytest
from local_service import TODAY

from builder.curate.review_flow import find_flow, find_last_search, is_stale, read_screening
from builder.errors import ProblemError
from builder.models import review
from builder.project import Project
from builder.refresh import screening
from builder.refresh.screening import Session, keep_decisions


def record(name: str, **fields: object) -> review.ScreeningRecord:
    seen = review.Sighting(strategy="bone", database="Europe PMC", day=TODAY)
    return review.ScreeningRecord.model_validate(
        {"id": name, "title": f"On {name}", "found": [seen], **fields}
    )


def decided(verdict: str, by: str = "ada", reason: str | None = None) -> review.Decision:
    return review.Decision.model_validate(
        {"verdict": verdict, "by": by, "day": TODAY, "reason": reason}
    )


def keep(project: Project, *records: review.ScreeningRecord) -> None:
    screening.write_screening(project, [], records)


def session(
    project: Project, keys: str, lines: list[str] | None = None
) -> tuple[Session, list[str]]:
    shown: list[str] = []
    pressed = iter(keys)
    said = iter(lines or [])
    made = Session(
        project, "ada", TODAY, shown.append, lambda: next(pressed), lambda _: next(said),
        lambda r: f"An abstract about {r.id} and exosomes.", ["exosomes"],
    )  # fmt: skip
    return made, shown


def test_a_hundred_records_need_a_key_each(small: Project) -> None:
    keep(small, *(record(f"pmid-{n:03}") for n in range(1, 101)))
    made, shown = session(small, "i" * 50 + "u" * 49 + "i" + "q")
    assert made.run() == 100
    verdicts = [r.verdict for r in read_screening(small.root).records]
    assert (verdicts.count("include"), verdicts.count("unsure")) == (51, 49)
    assert any("*exosomes*" in line for line in shown)


def test_excluding_asks_for_a_reason_and_back_takes_it_back(small: Project) -> None:
    keep(small, record("pmid-1"), record("pmid-2"))
    made, _ = session(small, "ebei" + "q", ["1", "too small"])
    made.run()
    kept = {r.id: r for r in read_screening(small.root).records}
    assert (kept["pmid-1"].verdict, kept["pmid-1"].reason) == ("exclude", "too small")
    assert kept["pmid-2"].verdict == "include"
    assert kept["pmid-2"].decisions[0].by == "ada"


def test_a_number_that_is_no_reason_is_asked_again(small: Project) -> None:
    keep(small, record("pmid-1"))
    made, _ = session(small, "eq", ["", "0", "99", "2"])
    made.run()
    kept = read_screening(small.root).records[0]
    assert kept.reason == "not about bone, cartilage, osteoarthritis or tendon"


def test_a_screener_sees_that_a_preprint_was_published(small: Project) -> None:
    keep(small, record("pmid-1", preprint=True, published_as="pmid-2"))
    made, shown = session(small, "q")
    made.run()
    assert any("preprint · published as pmid-2" in line for line in shown)


def test_a_disagreement_is_offered_again_to_those_who_have_decided(small: Project) -> None:
    both = [decided("exclude", "ada", "no vesicles"), decided("include", "ben")]
    keep(
        small,
        record("pmid-1", decisions=both),
        record("pmid-2", decisions=[decided("include", "ben")]),
    )
    made, shown = session(small, "ni")
    assert made.run() == 1
    kept = {r.id: r.verdict for r in read_screening(small.root).records}
    assert kept == {"pmid-1": "include", "pmid-2": "include"}
    # What ben said of the record that ada has yet to see is not shown to her.
    assert [line for line in shown if "ben" in line] == [
        "to settle: ada: exclude (no vesicles); ben: include"
    ]


def test_a_session_that_dies_has_lost_no_decision(small: Project) -> None:
    keep(small, record("pmid-1"), record("pmid-2"), record("pmid-3"))
    made, _ = session(small, "i")  # no key follows: as if the terminal had gone
    with pytest.raises(StopIteration):
        made.run()
    again, shown = session(small, "u" + "q")
    again.run()
    assert [r.verdict for r in read_screening(small.root).records] == [
        "include",
        "unsure",
        None,
    ]
    assert any("Taken up again: 1" in line for line in shown)


def test_works_that_the_atlas_cites_are_offered_first_and_duplicates_never() -> None:
    twin = review.Duplicate(of="pmid-1", kind="record", by="title, year and author", score=99.0)
    records = [
        record("pmid-1", year=2024),
        record("pmid-2", year=2010, cited_as="toh-2018-msc"),
        record("pmid-3", duplicate=twin),
        record("pmid-4", year=2025),
    ]
    assert [r.id for r in screening.open_records(records, "ada")] == ["pmid-2", "pmid-4", "pmid-1"]


def test_two_screeners_can_disagree(small: Project) -> None:
    keep(small, record("pmid-1"), record("pmid-2"))
    keep_decisions(small, {"pmid-1": decided("include"), "pmid-2": decided("include")})
    keep_decisions(small, {"pmid-1": decided("exclude", "ben", "no bone")})
    kept = read_screening(small.root).records
    assert [r.id for r in screening.find_disagreements(kept)] == ["pmid-1"]
    assert [r.verdict for r in kept] == ["conflict", "include"]


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ("include: review AND open access", {"a"}),
        ("include: review", {"a", "b"}),
        ("exclude: NOT review", {"c"}),
        ("exclude: year < 2015", {"b"}),
        ('include: "knee cartilage"', {"c"}),
        ("exclude: retracted", {"b"}),
    ],
)
def test_rules(rule: str, met: set[str]) -> None:
    records = [
        record("a", types=["Review"], open_access=True, year=2020),
        record(
            "b", types=["systematic-review"], open_access=False, year=2014, notices=["retraction"]
        ),
        record("c", types=["Journal Article"], title="Knee-cartilage and vesicles", year=2021),
    ]
    assert set(screening.apply_rule(rule, records, "ada", TODAY)) == met


@pytest.mark.parametrize(
    "rule", ["", "include", "keep: review", "include: novel", "include: year > x"]
)
def test_a_rule_that_says_nothing_is_refused(rule: str) -> None:
    with pytest.raises(ProblemError):
        screening.parse_rule(rule)


@pytest.mark.parametrize(
    "table",
    [
        "id,decision,reason\r\npmid-1,include,\r\npmid-2,exclude,no bone\r\npmid-3,,\r\n".encode(
            "utf-8-sig"
        ),
        "reason;decision;id\n;i;pmid-1\nno bone;e;pmid-2\n".encode("cp1252"),
        b"id\tdecision\treason\npmid-1\tInclude\t\npmid-2\tEXCLUDE\tno bone\n",
    ],
)
def test_tables_of_colleagues(table: bytes) -> None:
    made = screening.read_table(table, "t.csv", "ben", TODAY, ["pmid-1", "pmid-2", "pmid-3"])
    assert {k: (d.verdict, d.reason, d.by) for k, d in made.items()} == {
        "pmid-1": ("include", None, "ben"),
        "pmid-2": ("exclude", "no bone", "ben"),
    }


def test_a_table_is_taken_whole_or_not_at_all() -> None:
    table = b"id,decision,reason\npmid-1,perhaps,\npmid-9,include,\npmid-1,exclude,\n"
    with pytest.raises(ProblemError) as caught:
        screening.read_table(table, "t.csv", "ben", TODAY, ["pmid-1"])
    assert [(p.line, p.expected) for p in caught.value.problems] == [
        (2, "include, exclude or unsure"),
        (3, "the id of a record"),
        (4, "a reason for exclude"),
    ]
    with pytest.raises(ProblemError, match="columns id and decision"):
        screening.read_table(b"name,verdict\n", "t.csv", "ben", TODAY, [])


def test_an_exported_table_comes_back_and_holds_no_formula() -> None:
    text = screening.write_table([record("pmid-1", title='=HYPERLINK("x")')])
    assert "'=HYPERLINK" in text
    filled = text.replace(",,\r\n", ",include,\r\n")
    assert list(screening.read_table(filled.encode(), "t.csv", "ada", TODAY, ["pmid-1"])) == [
        "pmid-1"
    ]


def test_the_numbers_of_the_flow_add_up() -> None:
    twice = [
        review.Sighting(strategy="bone", database="Europe PMC", day=TODAY),
        review.Sighting(strategy="bone-pubmed", database="PubMed", day=TODAY),
    ]
    got = {
        name: review.Retrieval(got=name, day=TODAY, why="no open full text")
        for name in ("full-text", "abstract", "nothing")
    }
    records = [
        record("a", found=twice, decisions=[decided("include")], retrieval=got["full-text"]),
        record("b", decisions=[decided("include")], retrieval=got["abstract"]),
        record("c", decisions=[decided("include")], retrieval=got["nothing"]),
        record("d", decisions=[decided("include")]),
        record("e", decisions=[decided("exclude", reason="no bone")]),
        record("f", decisions=[decided("include"), decided("exclude", "ben", "no bone")]),
        record("g"),
        record("h", duplicate=review.Duplicate(of="a", kind="record", by="title", score=97.0)),
    ]
    flow = find_flow(review.Screening(records=records))
    assert flow.identified == {"Europe PMC": 8, "PubMed": 1}
    assert flow.removed == 2
    distinct = sum(flow.identified.values()) - flow.removed
    assert distinct == flow.screened + flow.waiting + flow.disagreed == 7
    assert flow.screened == sum(flow.excluded.values()) + flow.sought == 5
    assert flow.sought == flow.included + sum(flow.not_retrieved.values()) + flow.pending == 4
    assert (flow.full_text, flow.abstract_only, flow.pending) == (1, 1, 1)


def test_a_search_grows_stale_after_ninety_days() -> None:
    run = review.Run(
        strategy="bone", database="PubMed", day=date(2026, 1, 1), found=1, taken=1, new=1
    )
    last = find_last_search(review.Screening(runs=[run]))
    assert last == date(2026, 1, 1)
    assert not is_stale(last, date(2026, 4, 1))
    assert is_stale(last, date(2026, 4, 2))
    assert is_stale(find_last_search(review.Screening()), TODAY)
