"""Searching the databases: paging, duplicates, and services that misbehave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hand_made import PAPER, make_bundle, write_bundle
from local_service import QUICK, TODAY, LocalService, Reply
from review_answers import article, europe_pmc, trials

from builder.curate.review_flow import read_screening
from builder.errors import ProblemError
from builder.models.review import Screening
from builder.project import Project
from builder.refresh import Setting
from builder.refresh.search import Searched, search


def strategy(project: Project, name: str, database: str, way: str = "query: exosome") -> None:
    folder = project.content / "searches"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yml").write_text(
        f"id: {name}\npurpose: A test.\ndatabase: {database}\n{way}\n", encoding="utf-8"
    )


def setting(service: LocalService, waits: list[float] | None = None) -> Setting:
    names = ("EUROPEPMC", "CLINICALTRIALS", "CROSSREF", "PUBMED")
    there = {f"ATLAS_{name}_URL": service.base for name in names}
    waited = waits if waits is not None else []
    return Setting(TODAY, QUICK, there, waited.append)


def run(project: Project, service: LocalService, *names: str) -> tuple[Searched, Screening]:
    return search(project, names, setting(service)), read_screening(project.root)


def test_every_page_of_a_search_is_read_and_kept_once(
    small: Project, service: LocalService
) -> None:
    strategy(small, "bone", "Europe PMC")
    europe_pmc(service, [article(n) for n in range(250)])
    done, kept = run(small, service)
    assert [(r.found, r.taken, r.new) for r in done.runs] == [(250, 250, 250)]
    assert len(kept.records) == 250
    again, after = run(small, service)
    assert [r.new for r in again.runs] == [0]
    assert after.records == kept.records


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "AGR", "id": "AGR1"},  # known by its page
        {"source": "", "id": ""},  # a cited book: nothing but what it is called
        {"source": "AGR", "id": "AGR1", "title": "Exosomes of marrow cells"},  # a duplicate
    ],
)
def test_a_record_without_identifiers_is_kept_once_too(
    small: Project, service: LocalService, changes: dict[str, Any]
) -> None:
    strategy(small, "bone", "Europe PMC")
    nameless = article(2, pmid="", doi="", authorString="Noether E.", **changes)
    known = article(3, title="Exosomes of marrow cells", authorString="Noether E.")
    other = article(2, pmid="", doi="", source="", id="", authorString="Turing A.")
    europe_pmc(service, [known, nameless, other])
    _, kept = run(small, service)
    assert len(kept.records) == 3
    again, after = run(small, service)
    assert [r.new for r in again.runs] == [0]
    assert after.records == kept.records


def test_one_work_in_two_databases_is_one_record(small: Project, service: LocalService) -> None:
    strategy(small, "bone", "Europe PMC")
    strategy(small, "bone-crossref", "Crossref")
    europe_pmc(service, [article(1)])
    item = {
        "DOI": "10.1000/MADE.1",
        "title": ["Exosomes, otherwise titled"],
        "type": "journal-article",
    }
    service.answer("/works", Reply({"message": {"items": [item], "total-results": 1}}))
    _, kept = run(small, service)
    assert [(r.pmid, sorted(s.database for s in r.found)) for r in kept.records] == [
        ("30000001", ["Crossref", "Europe PMC"])
    ]


@pytest.mark.parametrize(
    ("changes", "duplicate"),
    [
        ({"pubYear": "2022"}, True),  # online and print a year apart
        ({"authorString": "Lovelace1 Ada."}, True),
        ({"pubYear": "2012"}, False),
        ({"authorString": "Turing A."}, False),
        ({"title": "Exosomes of marrow cells and knee cartilage number 2."}, False),
    ],
)
def test_a_title_makes_a_duplicate_only_with_its_year_and_author(
    small: Project, service: LocalService, changes: dict[str, Any], duplicate: bool
) -> None:
    strategy(small, "bone", "Europe PMC")
    other = {**article(1), "id": "AGR1", "source": "AGR", "pmid": "", "doi": "", **changes}
    europe_pmc(service, [article(1), other])
    _, kept = run(small, service)
    reported = [r.duplicate for r in kept.records if r.duplicate]
    assert [(d.of, d.kind, d.score) for d in reported] == (
        [("pmid-30000001", "record", 100.0)] if duplicate else []
    )


def test_a_preprint_leads_to_its_article(small: Project, service: LocalService) -> None:
    strategy(small, "bone", "Europe PMC")
    preprint = {**article(1), "id": "PPR7", "source": "PPR", "pmid": "", "doi": "10.1101/2020.7"}
    europe_pmc(service, [preprint, article(1)])
    _, kept = run(small, service)
    assert {r.doi: r.published_as for r in kept.records} == {
        "10.1101/2020.7": "pmid-30000001",
        "10.1000/made.1": None,
    }


def test_notices_stand_with_the_record(small: Project, service: LocalService) -> None:
    strategy(small, "bone", "Europe PMC")
    comments = [
        {"id": "1", "type": "Retraction in"},
        {"id": "2", "type": "Erratum in"},
        {"id": "3", "type": "Comment in"},
    ]
    europe_pmc(service, [article(1, commentCorrectionList={"commentCorrection": comments})])
    _, kept = run(small, service)
    assert kept.records[0].notices == ["erratum", "retraction"]


def test_trials_are_read_by_page_token(small: Project, service: LocalService) -> None:
    strategy(small, "trials", "ClinicalTrials.gov")
    trials(service, [f"NCT{n:08}" for n in range(1, 131)])
    done, kept = run(small, service)
    assert [(r.found, r.taken) for r in done.runs] == [(130, 130)]
    assert kept.records[0].trial == "NCT00000001"


def test_pubmed_gives_numbers_and_then_what_they_are(small: Project, service: LocalService) -> None:
    strategy(small, "pubmed", "PubMed")
    service.answer(
        "/esearch.fcgi", Reply({"esearchresult": {"count": "1", "idlist": ["30000001"]}})
    )
    details = {
        "title": "Exosomes in knees.", "pubdate": "2019 Mar 5", "source": "J Trials",
        "authors": [{"name": "Lovelace A"}], "pubtype": ["Review"],
        "articleids": [{"idtype": "doi", "value": "10.1000/X"}],
    }  # fmt: skip
    service.answer("/esummary.fcgi", Reply({"result": {"uids": ["30000001"], "30000001": details}}))
    _, kept = run(small, service)
    record = kept.records[0]
    assert (record.title, record.year, record.doi, record.types) == (
        "Exosomes in knees", 2019, "10.1000/x", ["Review"],
    )  # fmt: skip


def test_a_busy_service_is_asked_again_and_its_wish_honoured(
    small: Project, service: LocalService
) -> None:
    strategy(small, "bone", "Europe PMC")
    europe_pmc(service, [article(1)])
    honest, busy = service.answers.pop("/search"), [
        Reply({}, 429, headers={"Retry-After": "7"}), Reply({}, 429),
    ]  # fmt: skip
    service.answers["/search"] = lambda query: busy.pop(0) if busy else honest(query)
    waits: list[float] = []
    search(small, (), setting(service, waits))
    assert 7.0 in waits
    assert len(read_screening(small.root).records) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>down</html>", kind="text/html"),
        Reply({"resultList": "none"}),
        Reply(b'{"resultList": {"result": [', cut=20),
        Reply({}, 302, headers={"Location": "https://other.example/search"}),
    ],
)
def test_a_service_that_answers_badly_costs_its_strategy_alone(
    small: Project, service: LocalService, reply: Reply
) -> None:
    strategy(small, "a-bad", "Europe PMC")
    strategy(small, "b-trials", "ClinicalTrials.gov")
    service.answer("/search", reply)
    trials(service, ["NCT00000001"])
    done, kept = run(small, service)
    assert [p.file for p in done.problems] == ["content/searches/a-bad.yml"]
    assert [r.trial for r in kept.records] == ["NCT00000001"]


def test_a_paper_that_the_database_does_not_have_is_named(
    small: Project, service: LocalService
) -> None:
    strategy(small, "chase", "Europe PMC", "chasing: forward")
    write_bundle(small.content / "papers" / PAPER, make_bundle())
    europe_pmc(service, [])
    done, _ = run(small, service, "chase")
    [problem] = done.problems
    assert (problem.level, problem.rule) == ("note", "search-paper")
    assert problem.file == "content/searches/chase.yml"
    assert problem.got == f"no record of {PAPER}"


def test_offline_changes_nothing(small: Project, tmp_path: Path) -> None:
    strategy(small, "bone", "Europe PMC")
    there = {"ATLAS_EUROPEPMC_URL": "http://127.0.0.1:9"}
    with pytest.raises(ProblemError, match="online"):
        search(small, (), Setting(TODAY, QUICK, there, lambda _: None))
    assert not (small.content / "screening.yml").exists()


def test_a_strategy_needs_one_way_and_its_own_name(small: Project, service: LocalService) -> None:
    strategy(small, "both", "Europe PMC", "query: exosome\nchasing: forward")
    strategy(small, "neither", "Europe PMC", "limits: []")
    strategy(small, "named", "Europe PMC")
    (small.content / "searches/named.yml").rename(small.content / "searches/other.yml")
    with pytest.raises(ProblemError) as caught:
        run(small, service)
    assert {p.file for p in caught.value.problems} == {
        f"content/searches/{name}.yml" for name in ("both", "neither", "other")
    }
    with pytest.raises(ProblemError):
        run(small, service, "unknown")
