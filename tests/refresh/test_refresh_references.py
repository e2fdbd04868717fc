"""Identifiers of cited works: taken where the record fits, asked about where it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from local_service import TODAY, LocalService, OpenDesk, Reply
from service_answers import (
    RETRACTION,
    crossref_item,
    crossref_list,
    crossref_work,
    pmc_result,
    pmc_search,
)

from builder.models import CslDate, CslItem, CslName, Identifiers, Notice
from builder.refresh.hits import Asked, Hit, is_taken_back, match_work, plain_title
from builder.refresh.references import Desks, ask_works

NAME = "roe-2020-exosomes-bmscs-calm-joints"
BY_DOI = "/works/10.1000/roe.1"


def work(**changes: Any) -> CslItem:
    values: dict[str, Any] = {
        "type": "article-journal",
        "title": "Exosomes from BMSCs calm joints",
        "author": [CslName(family="Roe", given="A.")],
        "issued": CslDate(date_parts=[[2020]]),
        **changes,
    }
    return CslItem(**values)


def ask(
    open_desk: OpenDesk, csl: CslItem, *known: Identifiers, today: date = TODAY
) -> Asked[Identifiers]:
    desk = open_desk(today=today)
    desks = Desks(desk, desk, "curator@example.org", today)
    return ask_works({NAME: csl}, {k.reference: k for k in known}, desks, lambda _: None)


def test_a_work_without_identifiers_is_found_by_title_author_and_year(
    service: LocalService, open_desk: OpenDesk
) -> None:
    other = crossref_item(DOI="10.1000/other", title=["Exosomes from ADSCs calm knees"])
    service.answer("/works", Reply(crossref_list(other, crossref_item())))
    service.answer(BY_DOI, Reply(crossref_work()))
    service.answer("/search", Reply(pmc_search(pmc_result())))
    entry = ask(open_desk, work()).records[NAME]
    assert (entry.doi, entry.pmid, entry.pmcid) == ("10.1000/roe.1", "31018669", "PMC6500001")
    assert entry.score == 100.0
    assert entry.seen_on == TODAY
    assert entry.seen_at == (
        "https://doi.org/10.1000/roe.1 ; https://europepmc.org/article/MED/31018669"
    )
    assert entry.questions == []
    query = service.asked[0].query
    assert query["query.bibliographic"] == "Exosomes from BMSCs calm joints Roe 2020"
    assert query["mailto"] == "curator@example.org"


def test_below_the_threshold_there_is_a_question_and_nothing_else(
    service: LocalService, open_desk: OpenDesk
) -> None:
    near = crossref_item(title=["Exosomes from BMSCs calm joints in mice"])
    service.answer("/works", Reply(crossref_list(near)))
    service.answer("/search", Reply(pmc_search()))
    entry = ask(open_desk, work()).records[NAME]
    assert (entry.doi, entry.pmid, entry.pmcid) == (None, None, None)
    (question,) = entry.questions
    assert question.rule == "identifier-unsure"
    assert "https://doi.org/10.1000/roe.1" in question.text
    assert entry.score is not None
    assert entry.score < 94


def test_a_title_that_nobody_knows_becomes_a_question(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer("/works", Reply(crossref_list()))
    service.answer("/search", Reply(pmc_search()))
    entry = ask(open_desk, work()).records[NAME]
    assert [q.rule for q in entry.questions] == ["identifier-missing"]


def test_two_works_that_both_fit_become_a_question_but_a_preprint_gives_way(
    service: LocalService, open_desk: OpenDesk
) -> None:
    twin = crossref_item(DOI="10.1000/twin")
    service.answer("/works", Reply(crossref_list(crossref_item(), twin)))
    service.answer("/search", Reply(pmc_search()))
    entry = ask(open_desk, work()).records[NAME]
    assert entry.doi is None
    assert "10.1000/roe.1 or 10.1000/twin" in entry.questions[0].text
    service.answer(
        "/works",
        Reply(
            crossref_list(crossref_item(DOI="10.1101/pre", type="posted-content"), crossref_item())
        ),
    )
    service.answer(BY_DOI, Reply(crossref_work()))
    later = date(2026, 11, 22)
    again = ask(open_desk, work(), entry, today=later).records[NAME]
    assert again.doi == "10.1000/roe.1"
    assert again.questions == []


def test_a_doi_that_leads_to_another_work_is_asked_about(
    service: LocalService, open_desk: OpenDesk
) -> None:
    wrong = crossref_work(
        title=["On the growth of lettuce"], author=[{"family": "Green", "sequence": "first"}]
    )
    service.answer(BY_DOI, Reply(wrong))
    service.answer("/search", Reply(pmc_search(pmc_result())))
    known = Identifiers(reference=NAME, doi="10.1000/roe.1", seen_at="https://page.example")
    entry = ask(open_desk, work(DOI="10.1000/roe.1"), known).records[NAME]
    assert (entry.doi, entry.pmid) == ("10.1000/roe.1", None), "kept, and nothing added"
    (question,) = entry.questions
    assert (question.rule, question.weight) == ("identifier-other", 5)
    assert "lettuce" in question.text


def test_what_was_found_by_hand_is_completed_never_overwritten(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer(BY_DOI, Reply(crossref_work()))
    service.answer("/search", Reply(pmc_search(pmc_result())))
    known = Identifiers(reference=NAME, doi="10.1000/roe.1", seen_at="https://page.example")
    entry = ask(open_desk, work(DOI="10.1000/roe.1"), known).records[NAME]
    assert (entry.doi, entry.pmid, entry.pmcid) == ("10.1000/roe.1", "31018669", "PMC6500001")
    assert entry.seen_at.startswith("https://page.example ; https://doi.org/10.1000/roe.1")
    differing = known.model_copy(update={"pmid": "999"})
    entry = ask(open_desk, work(DOI="10.1000/roe.1", PMID="999"), differing).records[NAME]
    assert entry.pmid == "999"
    assert entry.questions[0].rule == "identifier-differs"


def test_an_entry_that_learns_nothing_stays_as_it_is(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer(BY_DOI, Reply(crossref_work()))
    service.answer("/search", Reply(pmc_search(pmc_result())))
    csl = work(DOI="10.1000/roe.1", PMID="31018669", PMCID="PMC6500001")
    assert ask(open_desk, csl).records == {}, "all of it is printed in the paper"
    known = Identifiers(
        reference=NAME,
        doi="10.1000/roe.1",
        pmid="31018669",
        pmcid="PMC6500001",
        seen_at="x",
        seen_on=date(2024, 1, 1),
    )
    assert ask(open_desk, csl, known).records == {}


def test_a_work_with_a_pmid_alone_gets_its_doi(service: LocalService, open_desk: OpenDesk) -> None:
    service.answer("/search", Reply(pmc_search(pmc_result())))
    service.answer(BY_DOI, Reply(crossref_work()))
    entry = ask(open_desk, work(PMID="31018669")).records[NAME]
    assert entry.doi == "10.1000/roe.1"
    assert service.asked[0].query["query"] == "EXT_ID:31018669 AND SRC:MED"


def test_a_retraction_is_kept_with_who_reports_of_it(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer(
        BY_DOI,
        Reply(crossref_work(title=["RETRACTED: Exosomes from BMSCs calm joints"], **RETRACTION)),
    )
    retracted = pmc_result(
        pubTypeList={"pubType": ["Journal Article", "Retracted Publication"]},
        commentCorrectionList={
            "commentCorrection": [
                {"id": "38000001", "source": "MED", "type": "Retraction in", "orderIn": 1},
                {"id": "38000002", "source": "MED", "type": "Comment in", "orderIn": 2},
            ]
        },
    )
    service.answer("/search", Reply(pmc_search(retracted)))
    done = ask(open_desk, work(DOI="10.1000/roe.1"))
    notices = done.records[NAME].notices
    assert [(n.kind, n.reported_by, n.doi, n.pmid, n.issued) for n in notices] == [
        ("retraction", "Crossref (retraction watch)", "10.1000/notice.9", None, date(2024, 5, 17)),
        ("retraction", "Europe PMC", None, "38000001", None),
    ]
    assert all(n.withdraws and n.seen_on == TODAY for n in notices)
    assert done.changes == [
        f"{NAME}: retraction, stated by Crossref (retraction watch)",
        f"{NAME}: retraction, stated by Europe PMC",
    ]
    later = date(2026, 12, 1)
    assert ask(open_desk, work(DOI="10.1000/roe.1"), done.records[NAME], today=later).records == {}


def test_a_new_version_is_no_notice_and_a_notice_of_another_work_is_not_its_own(
    service: LocalService, open_desk: OpenDesk
) -> None:
    updated = {"updated-by": [{"DOI": "10.1000/roe.2", "type": "new_version"}]}
    about = {"update-to": [{"DOI": "10.1000/far", "type": "retraction"}]}
    service.answer(BY_DOI, Reply(crossref_work(**updated, **about)))
    comment = {"commentCorrection": [{"id": "1", "type": "Retraction of"}]}
    service.answer("/search", Reply(pmc_search(pmc_result(commentCorrectionList=comment))))
    assert ask(open_desk, work(DOI="10.1000/roe.1")).records[NAME].notices == []


def test_a_notice_that_its_service_no_longer_reports_goes(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer(BY_DOI, Reply(crossref_work()))
    service.answer("/search", Reply(pmc_search()))
    notice = Notice(
        kind="retraction", reported_by="Crossref", seen_at="x", seen_on=date(2024, 1, 1)
    )
    known = Identifiers(reference=NAME, doi="10.1000/roe.1", seen_at="x", notices=[notice])
    assert ask(open_desk, work(DOI="10.1000/roe.1"), known).records[NAME].notices == []


def test_a_work_that_gets_no_answer_is_reported_and_the_others_go_on(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer(BY_DOI, Reply(b"", 500))
    service.answer("/works/10.1000/poe", Reply(crossref_work(DOI="10.1000/poe")))
    service.answer("/search", Reply(pmc_search(pmc_result(doi="10.1000/poe"))))
    desk = open_desk()
    done = ask_works(
        {NAME: work(DOI="10.1000/roe.1"), "poe-2021": work(DOI="10.1000/poe")},
        {},
        Desks(desk, desk, "", TODAY),
        lambda _: None,
    )
    assert list(done.records) == ["poe-2021"]
    (problem,) = done.problems
    assert NAME in str(problem)
    assert "is busy (status 500)" in str(problem)


def test_a_service_that_is_down_is_not_asked_a_hundred_times(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer("/works", Reply(b"<html>Down</html>", kind="text/html"))
    desk = open_desk()
    works = {f"w{n}": work(title=f"Work {n} on exosomes") for n in range(9)}
    done = ask_works(works, {}, Desks(desk, desk, "", TODAY), lambda _: None)
    assert len(service.asked) == 3
    assert "3 failures in a row" in str(done.problems[-1])


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        (Hit("Exosomes from BMSCs calm joints", "Roe", 2020), True),
        (Hit("Exosomes from BMSCs calm joints.", "ROE", 2021), True),
        (Hit("Retracted Article: Exosomes from BMSCs calm joints", "Roe", 2020), True),
        (Hit("Exosomes from BMSCs calm joints", "Roe", 2023), False),
        (Hit("Exosomes from BMSCs calm joints", "Smith", 2020), False),
        (Hit("Exosomes from ADSCs calm joints", "Roe", 2020), False),
        (Hit("Exosomes from BMSCs calm joints"), False),
        (Hit("", "Roe", 2020), False),
    ],
)
def test_what_fits(found: Hit, fits: bool) -> None:
    assert match_work(work(), found).fits is fits


def test_numbers_in_titles_report_works_apart() -> None:
    cited = work(title="Exosomal miR-23a-3p of stem cells promotes the repair of cartilage")
    near = Hit("Exosomal miR-23a-5p of stem cells promotes the repair of cartilage", "Roe", 2020)
    assert match_work(cited, near).score > 97
    assert not match_work(cited, near).fits


@pytest.mark.parametrize(
    ("title", "taken_back"),
    [
        ("RETRACTED: Exosomes", True),
        ("[Retracted] Exosomes", True),
        ("RETRACTED ARTICLE: Exosomes", True),
        ("WITHDRAWN: Exosomes", True),
        ("Retraction Note: Exosomes", False),
        ("Withdrawal of exosomes from joints", False),
        ("Retracted muscles and exosomes", False),
    ],
)
def test_titles_of_works_that_are_taken_back(title: str, taken_back: bool) -> None:
    assert is_taken_back(title) is taken_back


@pytest.mark.parametrize(
    ("reported", "plain"),
    [
        ("H<sub>2</sub>O in <i>vivo</i>", "H2O in vivo"),
        ("Vesicles &amp;amp; <b> bone </b>", "Vesicles & bone"),
        ("\n  miR-21 <italic>in vivo</italic>\n", "miR-21 in vivo"),
        ("p &lt; 0.05 and 3 < 4", "p < 0.05 and 3 < 4"),
    ],
)
def test_titles_of_services_are_compared_without_their_tags(reported: str, plain: str) -> None:
    assert plain_title(reported) == plain
