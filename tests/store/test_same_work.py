"""One record a work, however many papers cite it; a doubtful pair is asked about, never merged."""

from __future__ import annotations

import pytest

from builder.models import Cited, CslDate, CslItem, CslName, Identifiers
from builder.store import same_work as works_module
from builder.store.same_work import link_papers, merge_works

TITLE = "Hypoxic mesenchymal stem cell-derived exosomes promote bone fracture healing"


def cited(
    number: int,
    title: str = TITLE,
    *,
    name: str = "liu-2020",
    family: str = "Liu",
    year: int | None = 2020,
    doi: str | None = None,
    et_al: bool = False,
) -> Cited:
    return Cited(
        id=name,
        number=number,
        line=number,
        csl=CslItem(
            type="article-journal",
            title=title,
            author=[CslName(family=family, given="W.")],
            issued=CslDate(date_parts=[[year]]) if year else None,
            DOI=doi,
        ),
        et_al=et_al,
        printed=f"{family}. {title}.",
    )


def test_the_same_doi_is_the_same_work_whatever_the_title_says() -> None:
    works, places = merge_works(
        {
            "a": [cited(1, doi="10.1000/X")],
            "b": [cited(7, "Hypoxic exosomes", name="liu-2020-hypoxic", doi="10.1000/x")],
        },
        {},
    )
    assert list(works) == ["liu-2020"]
    assert [(c.paper, c.number) for c in works["liu-2020"].cited_in] == [("a", 1), ("b", 7)]
    assert places == {("a", 0): "liu-2020", ("b", 0): "liu-2020"}


def test_one_pubmed_number_joins_unless_the_dois_differ() -> None:
    def merge(one: str | None, other: str | None) -> int:
        lists = {
            "a": [cited(1, "Hidden words", name="x-2019", family="Xu", year=2019, doi=one)],
            "b": [cited(1, "Other words", name="y-2018", family="Yu", year=2018, doi=other)],
        }
        known = {
            name: Identifiers(reference=name, pmid="31", seen_at="a page")
            for name in ("x-2019", "y-2018")
        }
        return len(merge_works(lists, known)[0])

    assert merge(None, None) == 1
    assert merge("10.1/a", None) == 1
    assert merge("10.1/a", "10.1/b") == 2


def test_two_works_under_one_number_are_two() -> None:
    works, _ = merge_works({"a": [cited(3), cited(3, "Another work", name="liu-2020-b")]}, {})
    assert sorted(works) == ["liu-2020", "liu-2020-b"]


def test_different_dois_are_different_works_however_alike_the_titles() -> None:
    works, _ = merge_works(
        {"a": [cited(1, doi="10.1000/x")], "b": [cited(2, TITLE + ".", doi="10.1000/y")]}, {}
    )
    assert len(works) == 2
    assert not any(name == "liu-2020" for name in works), "both get a name of their own"


def test_title_author_and_year_decide_where_no_doi_is_known() -> None:
    works, _ = merge_works(
        {
            "a": [cited(1)],
            "b": [cited(2, TITLE.replace("stem cell-derived", "stem cell‐derived").upper())],
        },
        {},
    )
    assert len(works) == 1


def test_a_title_in_capitals_has_no_short_forms_to_differ_in() -> None:
    one = "Exosomes of mesenchymal stem cells promote fracture healing in a rat model of nonunion"
    other = one.replace("nonunion", "non-union").upper()
    works, _ = merge_works({"a": [cited(1, one)], "b": [cited(2, other)]}, {})
    assert len(works) == 1


def test_a_number_that_differs_keeps_two_works_apart_with_a_question() -> None:
    one = "Exosomal miR-23a-3p promotes the repair of osteochondral defects in the rabbit knee"
    other = one.replace("3p", "5p")
    works, _ = merge_works(
        {"a": [cited(1, one, name="hu-3p")], "b": [cited(2, other, name="hu-5p")]}, {}
    )
    assert sorted(works) == ["hu-3p", "hu-5p"]
    (question,) = works["hu-3p"].questions
    assert question.rule == "work-twin"
    assert "hu-5p" in question.text


def test_a_doubtful_title_is_asked_about_on_both_pages() -> None:
    other = TITLE.replace("bone fracture healing", "bone fracture repair")
    works, _ = merge_works({"a": [cited(1)], "b": [cited(2, other, name="liu-2020-b")]}, {})
    assert sorted(works) == ["liu-2020", "liu-2020-b"]
    assert [len(w.questions) for w in works.values()] == [1, 1]


def test_other_authors_with_another_title_are_left_alone() -> None:
    works, _ = merge_works(
        {"a": [cited(1)], "b": [cited(2, "Ozone therapy for the knee", name="x", family="Wu")]}, {}
    )
    assert [len(w.questions) for w in works.values()] == [0, 0]


def test_the_fullest_entry_speaks_and_identifiers_come_from_all() -> None:
    works, _ = merge_works(
        {"a": [cited(1, et_al=True, doi="10.1000/x")], "b": [cited(2)]},
        {"liu-2020": Identifiers(reference="liu-2020", pmid="31", seen_at="a page")},
    )
    (work,) = works.values()
    assert not work.et_al
    assert (work.csl.DOI, work.csl.PMID) == ("10.1000/x", "31")


def test_a_published_name_is_kept() -> None:
    works, _ = merge_works(
        {"a": [cited(1, name="aa")], "b": [cited(2, name="liu-2020")]}, {}, ["liu-2020"]
    )
    assert list(works) == ["liu-2020"]


def test_one_work_listed_twice_in_a_paper_is_one_work_cited_twice() -> None:
    works, _ = merge_works({"a": [cited(1), cited(9)]}, {})
    assert [c.number for c in works["liu-2020"].cited_in] == [1, 9]


def test_titles_that_differ_in_a_short_form_are_never_merged() -> None:
    bmsc = "Small extracellular vesicles of BMSCs promote the healing of cartilage defects in rats"
    adsc = bmsc.replace("BMSCs", "ADSCs")
    works, _ = merge_works({"a": [cited(1, bmsc)], "b": [cited(1, adsc)]}, {})
    assert len(works) == 2
    assert all("same work" in w.questions[0].text for w in works.values())


def test_a_work_that_many_cite_is_compared_with_others_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []
    ratio = works_module.fuzz.ratio

    def count(*words: str, score_cutoff: float) -> float:
        compared.append(1)
        return ratio(*words, score_cutoff=score_cutoff)

    monkeypatch.setattr(works_module.fuzz, "ratio", count)
    other = "Normoxic exosomes of the synovium delay the wear of cartilage"
    lists = {
        f"paper-{number:02}": [cited(1), cited(2, other, name="liu-2020-other")]
        for number in range(30)
    }
    works, places = merge_works(lists, {})
    assert {name: len(work.cited_in) for name, work in works.items()} == {
        "liu-2020": 30,
        "liu-2020-other": 30,
    }
    assert set(places.values()) == set(works)
    assert len(compared) == 1


def test_entries_that_say_nothing_but_the_same_are_one_work_and_none_is_lost() -> None:
    bare = Cited(id="x-1999-untitled", number=1, line=1, printed="Smith 1999.", parsed=False,
                 csl=CslItem(type="article", title=""))  # fmt: skip
    lists = {"a": [bare], "b": [bare], "c": [bare, bare]}
    works, places = merge_works(lists, {})
    assert sorted(places) == [("a", 0), ("b", 0), ("c", 0), ("c", 1)]
    assert sum(len(work.cited_in) for work in works.values()) == 4


@pytest.mark.parametrize(
    ("paper", "linked"),
    [
        (cited(1), True),
        (cited(1, year=2021), True),  # online and print lie a year apart
        (cited(1, "Another title", family="Ma", doi="10.1000/x"), True),
        (cited(1, year=2012), False),
        (cited(1, family="Ma"), False),
        (cited(1, TITLE.replace("Hypoxic", "miR-126-loaded")), False),
        (cited(1, doi="10.1000/preprint"), False),
    ],
)
def test_a_cited_work_that_was_read_is_found_and_no_other(paper: Cited, linked: bool) -> None:
    works, _ = merge_works({"a": [cited(7, doi="10.1000/X")]}, {})
    found = link_papers({"read": paper.csl}, works, {})
    assert found == ({"liu-2020": "read"} if linked else {})
