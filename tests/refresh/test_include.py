"""Including: what is open comes whole, what is not by its abstract's findings, and why else not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from local_service import QUICK, TODAY, LocalService, Reply
from review_answers import article, europe_pmc, full_text

from builder.curate.extraction import check, extract
from builder.curate.review_flow import read_screening
from builder.errors import ProblemError
from builder.extract.vocabulary import Vocabulary, build_vocabulary
from builder.models.review import Decision, ScreeningRecord, Sighting
from builder.project import Project
from builder.refresh import Setting
from builder.refresh.include import Included, include
from builder.refresh.screening import apply_rule, keep_decisions, open_records, write_screening
from builder.refresh.search import search
from builder.site.index import build_index
from builder.site.pages import view_pages
from builder.site.render import render_page
from builder.store import load, load_library

OPEN = {"isOpenAccess": "Y", "license": "cc by", "pmcid": "PMC7000001"}
ABSTRACT = (
    "<h4>Background</h4>Cartilage hardly heals. <h4>Results</h4>BMSC exosomes are studied by many. "
    "BMSC exosomes increased SOX9 in chondrocytes."
)


def words(project: Project) -> Vocabulary:
    return build_vocabulary(load_library(project.content, project.root).terms.values())


def run(project: Project, service: LocalService, result: dict[str, Any], **fields: Any) -> Included:
    """Include one record that the service knows as ``result``."""
    seen = Sighting(strategy="bone", database="Europe PMC", day=TODAY)
    verdict = Decision(verdict="include", by="ada", day=TODAY)
    record = ScreeningRecord(
        id="pmid-30000001", title=result["title"], pmid="30000001", found=[seen],
        decisions=[verdict], **fields,
    )  # fmt: skip
    write_screening(project, [], [record])
    europe_pmc(service, [result])
    there = {"ATLAS_EUROPEPMC_URL": service.base}
    return include(project, words(project), (), Setting(TODAY, QUICK, there, lambda _: None))


def test_an_open_article_comes_whole_with_its_licence(
    small: Project, service: LocalService
) -> None:
    full_text(service, "PMC7000001")
    done = run(small, service, article(1, **OPEN))
    assert list(done.seeds) == ["pmid-30000001"]
    # The statement of its abstract, and that of its text.
    assert done.findings == {"pmid-30000001": 2}
    assert not [p for p in done.problems if "knee.txt" in p.file]
    paper = next(b for b in load(small).papers.values() if b.paper.csl.DOI == "10.1000/made.1")
    assert paper.paper.licence
    assert "CC BY" in paper.paper.licence
    kept = read_screening(small.root).records[0].retrieval
    assert kept is not None
    assert (kept.got, kept.licence) == ("full-text", "cc by")
    assert not check(small).failed
    # A second run has nothing left to do.
    there = {"ATLAS_EUROPEPMC_URL": "http://127.0.0.1:9"}
    again = include(small, words(small), (), Setting(TODAY, QUICK, there, lambda _: None))
    assert (again.seeds, again.changed) == ({}, [])
    assert [(p.level, p.got) for p in again.problems] == [("note", "none")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "got pmid-1, not screened"),
        ({"agreed": "exclude"}, "got pmid-1, exclude"),
        (
            {"agreed": "include", "duplicate": {"of": "pmid-2", "kind": "record", "by": "doi"}},
            "got pmid-1, a duplicate of pmid-2",
        ),
    ],
)
def test_what_was_not_included_is_not_fetched(
    fields: dict[str, Any], said: str, small: Project
) -> None:
    seen = Sighting(strategy="bone", database="Europe PMC", day=TODAY)
    record = ScreeningRecord.model_validate(
        {"id": "pmid-1", "title": "x", "found": [seen], **fields}
    )
    write_screening(small, [], [record])
    with pytest.raises(ProblemError, match=f"a record that was included, {said}"):
        include(small, words(small), ["pmid-1"], Setting(TODAY, QUICK))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "no open full text"),
        ({**OPEN, "license": ""}, "its licence is not stated"),
        ({**OPEN, "license": "all rights reserved"}, "its licence is all rights reserved"),
        (OPEN, "the service has no full text of it"),
    ],
)
def test_without_open_text_only_the_findings_of_the_abstract_are_kept(
    small: Project, service: LocalService, changes: dict[str, Any], why: str
) -> None:
    done = run(small, service, article(1, abstractText=ABSTRACT, **changes))
    seed = (small.seeds / done.abstracts["pmid-30000001"]).read_text(encoding="utf-8")
    assert "increased SOX9 in chondrocytes" in seed
    assert "hardly heals" not in seed
    assert "studied by many" not in seed
    kept = read_screening(small.root).records[0].retrieval
    assert kept is not None
    assert (kept.got, kept.why) == ("abstract", why)
    found = [f for b in load(small).papers.values() for f in b.findings if "SOX9" in f.quote]
    assert [(f.basis, f.quote) for f in found] == [
        ("abstract", "BMSC exosomes increased SOX9 in chondrocytes.")
    ]
    assert not check(small).failed


@pytest.mark.parametrize(
    ("result", "fields", "why"),
    [
        ({"pubTypeList": {"pubType": ["Retracted Publication"]}, "commentCorrectionList": {
            "commentCorrection": [{"id": "1", "type": "Retraction in"}]}}, {}, "retracted"),
        ({}, {"published_as": "pmid-2"}, "a preprint, published as pmid-2"),
        ({}, {"trial": "NCT00000001"},
         "a registration: trials enter with the papers that name them"),
        ({}, {}, "no open full text; no abstract"),
        ({"abstractText": "Cartilage hardly heals."}, {},
         "no open full text; no sentence of its abstract carries a finding"),
    ],
)  # fmt: skip
def test_what_is_not_read_says_why(
    small: Project, service: LocalService, result: dict[str, Any], fields: dict[str, Any], why: str
) -> None:
    done = run(small, service, article(1, **result), **fields)
    assert done.missed == {"pmid-30000001": why}
    assert sorted(p.name for p in small.seeds.iterdir()) == ["knee.txt"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html><body>Please enable JavaScript</body></html>", kind="text/html"),
        Reply(b"<article><front>", kind="application/xml"),
        Reply(b'<?xml version="1.0"?><article><front>', kind="application/xml", cut=30),
    ],
)
def test_a_full_text_that_is_none_is_never_kept(
    small: Project, service: LocalService, reply: Reply
) -> None:
    service.answer("/PMC7000001/fullTextXML", reply)
    done = run(small, service, article(1, **OPEN))
    assert done.seeds == {}
    # One record that can't be had fails no run.
    assert [p.level for p in done.problems] == ["warning"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"doi": "10.1000/other"}, "got the text of 10.1000/other"),
        ({"doi": "", "title": "Of mice"}, "got the text of Of mice"),
        ({"doi": "", "title": "Exosomes of marrow cells and knee cartilage number 1",
          "family": "Lovelace1"}, ""),
    ],
)  # fmt: skip
def test_another_article_than_was_asked_for_is_never_kept(
    small: Project, service: LocalService, sent: dict[str, str], said: str
) -> None:
    full_text(service, "PMC7000001", **sent)
    done = run(small, service, article(1, **OPEN))
    assert list(done.seeds) == ([] if said else ["pmid-30000001"])
    assert said in " ".join(map(str, done.problems))


def test_offline_changes_nothing(small: Project, service: LocalService) -> None:
    run(small, service, article(1))
    before = (small.content / "screening.yml").read_bytes()
    kept = read_screening(small.root).records[0].model_copy(update={"retrieval": None})
    write_screening(small, [], [kept])
    there = {"ATLAS_EUROPEPMC_URL": "http://127.0.0.1:9"}
    setting = Setting(TODAY, dataclasses.replace(QUICK, attempts=1), there, lambda _: None)
    with pytest.raises(ProblemError, match="online"):
        include(small, words(small), (), setting)
    assert read_screening(small.root).records[0].retrieval is None
    assert before


REVIEW = """# Exosomes of the knee: a review

Ann Doe

J. Reviews 2024

## Abstract

Exosomes are of many kinds.

## References

1. Lovelace, A.; Babbage, C. BMSC-derived exosomes promote SOX9 in chondrocytes. J. Trials 2021, 3, 4–5.
2. Poe, B. A trial of exosomes. J. Trials 2022, 1, 2.
"""  # noqa: E501
CITED = "BMSC-derived exosomes promote SOX9 in chondrocytes"


@pytest.mark.parametrize(
    ("changes", "part", "says"),
    [
        (OPEN, "text", "BMSC exosomes lowered SOX9 in rats."),
        ({"abstractText": "BMSC exosomes lowered SOX9 in rats."}, "abstract",
         "BMSC exosomes lowered SOX9 in rats."),
    ],
)  # fmt: skip
def test_what_a_work_says_supersedes_what_its_title_says(
    small: Project, service: LocalService, changes: dict[str, Any], part: str, says: str
) -> None:
    (small.seeds / "review.txt").write_text(REVIEW, encoding="utf-8")
    extract(small)
    before = build_index(load(small))
    [titled] = [f for f in before.findings if f.quote == CITED]
    [study] = before.studies_of(titled.id)
    address = before.pages.findings[titled.id]
    # Search, screen by rule, include, extract: all by the local service.
    folder = small.content / "searches"
    folder.mkdir()
    (folder / "bone.yml").write_text(
        "id: bone\npurpose: A test.\ndatabase: Europe PMC\nquery: exosome\n", encoding="utf-8"
    )
    other = article(2, pubYear="2024")
    europe_pmc(service, [other, article(1, title=f"{CITED}.", authorString="Lovelace A, Babbage C.",
                                        **changes)])  # fmt: skip
    full_text(service, "PMC7000001", title=CITED, abstract="", text=says)
    there = {"ATLAS_EUROPEPMC_URL": service.base}
    setting = Setting(TODAY, QUICK, there, lambda _: None)
    search(small, (), setting)
    records = read_screening(small.root).records
    # The older cited work is offered before the newer one that nobody cites.
    assert [r.cited_as for r in open_records(records, "ada")] == [
        "lovelace-2021-bmsc-derived-exosomes-promote", None,
    ]  # fmt: skip
    keep_decisions(small, apply_rule("include: cited", records, "ada", TODAY))
    include(small, words(small), (), setting)
    assert not check(small).failed
    atlas = build_index(load(small))
    [better] = [f for f in atlas.findings if f.quote == says]
    # One study, under its old id, with what the work says and not what its title says.
    assert [s.id for s in atlas.studies_of(better.id)] == [study.id]
    assert [s.id for s in atlas.studies_of(titled.id)] == [study.id]
    assert sum({titled.id, better.id} <= set(s.findings) for s in atlas.studies) == 1
    assert not atlas.disagreements
    # The statement of the title keeps its address, and the page shows the better one first.
    assert atlas.pages.findings[titled.id] == address
    path = address.partition("#")[0]
    [page] = [render_page(p) for p in view_pages(load(small)) if p.path == path]
    assert f"## What its {part} states" in page
    assert page.index(says) < page.index(f'id="{titled.id}"')
    assert page.count("Superseded: read from the title alone") == 1
    # The page of the paper leads back to that of the same work.
    [paper] = [p for p in view_pages(load(small)) if p.path == f"papers/{better.paper}/"]
    assert paper.view["cited_as"] == [
        {"label": "Also a cited work: 1 paper of the atlas cited it", "href": f"../../{path}"}
    ]


def test_a_work_that_was_read_without_a_statement_supersedes_nothing(
    small: Project, service: LocalService
) -> None:
    (small.seeds / "review.txt").write_text(REVIEW, encoding="utf-8")
    full_text(service, "PMC7000001", title=CITED, abstract="", text="Knees hurt.")
    run(small, service, article(1, title=CITED, authorString="Lovelace A.", **OPEN))
    atlas = build_index(load(small))
    [titled] = [f for f in atlas.findings if f.quote == CITED and f.locator.reference]
    assert (list(atlas.read), atlas.superseded) == (
        ["lovelace-2021-bmsc-derived-exosomes-promote"], {},
    )  # fmt: skip
    assert len(atlas.studies_of(titled.id)) == 1
