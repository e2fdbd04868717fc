"""What a page says to other programs, and how it is cited."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hand_made import PAPER, make_bundle, make_library
from schema_org import find_faults

from builder import models
from builder.models import CslItem
from builder.site.jsonld import describe_trial, describe_work, dump_ld
from builder.site.metadata import find_graph_tags, find_page_tags, find_work_tags
from builder.site.pages import Page, view_site
from builder.site.render import render_page
from builder.store.library import find_edition

AT = "https://atlas.example/base/"
ROE = "references/roe-2020-exosomes-bmscs-calm-joints/"
WORK = models.CslItem(
    type="article-journal",
    title="Exosomes <b>& joints</b>",
    author=[models.CslName(family="Roe", given="A."), models.CslName(literal="The Knee Group")],
    container_title="Joint Letters",
    issued=models.CslDate(date_parts=[[2020, 5]]),
    volume="3",
    page="4–5",
    DOI="10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#",
)


@pytest.fixture
def pages(tmp_path: Path) -> dict[str, Page]:
    bundle = make_bundle()
    first = bundle.references[0].model_copy(update={"csl": WORK})
    bundle = replace(bundle, references=[first, *bundle.references[1:]])
    library = make_library(tmp_path, bundle)
    return {p.path: p for p in view_site(library, find_edition(library, AT), {})}


def names(page: Page) -> list[tuple[str, str]]:
    return [(t["name"], t["content"]) for t in page.extra["head"]["names"]]


def links(page: Page, rel: str) -> list[str]:
    return [x["href"] for x in page.extra["head"]["links"] if x["rel"] == rel]


def graph(page: Page) -> dict[str, Any]:
    return {n["@type"]: n for n in json.loads(page.extra["head"]["data"])["@graph"]}


def test_the_page_of_a_work_is_saved_as_the_work(pages: dict[str, Page]) -> None:
    tags = names(pages[ROE])
    assert ("citation_title", "Exosomes <b>& joints</b>") in tags
    authors = [content for name, content in tags if name == "citation_author"]
    assert authors == ["Roe, A.", "The Knee Group"]
    wanted = {
        "citation_journal_title": "Joint Letters",
        "citation_volume": "3",
        "citation_firstpage": "4",
        "citation_lastpage": "5",
        "citation_doi": "10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#",
    }
    assert wanted.items() <= dict(tags).items()


def tags_of(**fields: Any) -> list[tuple[str, str]]:
    item = CslItem.model_validate({"type": "article-journal", "title": "T", **fields})
    return find_work_tags(item) + find_page_tags("T", "", AT, None, item)


def test_namesakes_who_stand_side_by_side_both_count() -> None:
    """Zotero drops an author who equals the one before, to the letter."""
    people = [{"family": "Chen", "given": "J."}] * 3 + [{"family": "Lu", "given": "R."}]
    found = [c for name, c in tags_of(author=people) if name == "citation_author"]
    assert all(one != other for one, other in pairwise(found))
    assert [" ".join(t.split()) for t in found] == ["Chen, J.", "Chen, J.", "Chen, J.", "Lu, R."]


def test_a_group_with_a_comma_in_its_name_stays_one() -> None:
    found = [c for n, c in tags_of(author=[{"literal": "The Knee Group, Inc."}]) if "author" in n]
    assert found == ["The Knee Group Inc."]


def test_an_article_number_with_a_hyphen_is_kept_whole() -> None:
    """Zotero cuts citation_firstpage at a hyphen, and takes the rest from bibo.pages."""
    assert ("bibo.pages", "e00370-18") in tags_of(page="e00370-18")
    assert "bibo.pages" not in dict(tags_of(page="35–47"))


# A type of work in CSL; in Dublin Core, with the tag of what holds it; in schema.org, likewise.
TYPES = """
article-journal  JournalArticle  citation_journal_title    ScholarlyArticle PublicationIssue
paper-conference ConferencePaper citation_conference_title ScholarlyArticle CreativeWork
chapter          BookItem        citation_inbook_title     Chapter          Book
book             Book            -                         Book             CreativeWork
thesis           Thesis          -                         Thesis           CreativeWork
report           Report          -                         Report           CreativeWork
webpage          WebPage         -                         WebPage          WebSite
patent           Patent          -                         CreativeWork     CreativeWork
"""
WORKS = [tuple(line.split()) for line in TYPES.strip().splitlines()]


@pytest.mark.parametrize(("kind", "said", "holder"), [row[:3] for row in WORKS])
def test_each_type_of_work_is_named_for_reference_managers(
    kind: str, said: str, holder: str
) -> None:
    found = dict(tags_of(type=kind, **{"container-title": "H"}))
    assert found["DC.type"] == said
    assert [name for name, content in found.items() if content == "H" and name != "DC.source"] == (
        [holder] if holder != "-" else []
    )


def test_a_saved_work_leads_to_its_publisher(pages: dict[str, Page]) -> None:
    found = dict(names(pages[ROE]))
    assert found["citation_public_url"] == (
        "https://doi.org/10.1002/(SICI)1097%3C1::AID;2%3E3.0.CO;2-%23"
    )
    properties = {t["name"]: t["content"] for t in pages[ROE].extra["head"]["properties"]}
    assert properties["og:type"] == "article"
    assert "citation_abstract" not in found
    web = CslItem(type="webpage", title="T", URL="https://registry.example/1")
    assert dict(find_work_tags(web))["citation_public_url"] == "https://registry.example/1"
    assert "og:site_name" not in dict(find_graph_tags("T", "", web))


def test_the_page_of_a_term_is_a_page_of_this_site(pages: dict[str, Page]) -> None:
    tags = names(pages["sources/bmsc/"])
    assert not [name for name, _ in tags if name.startswith("citation_")]
    properties = {
        t["name"]: t["content"] for t in pages["sources/bmsc/"].extra["head"]["properties"]
    }
    assert (properties["og:type"], properties["og:site_name"]) == ("website", "Exosome Atlas")
    assert ("DC.publisher", "Exosome Atlas") in tags
    assert ("DC.identifier", f"{AT}sources/bmsc/") in tags


def test_json_ld_says_what_a_page_is_about_and_can_not_leave_its_script(
    pages: dict[str, Page],
) -> None:
    assert "<" not in pages[ROE].extra["head"]["data"]
    article = graph(pages[ROE])["ScholarlyArticle"]
    assert article["name"] == "Exosomes <b>& joints</b>"
    assert article["author"][1] == {"@type": "Organization", "name": "The Knee Group"}
    assert graph(pages["sources/bmsc/"])["DefinedTerm"]["termCode"] == "bmsc"
    assert graph(pages["trials/nct01234567/"])["MedicalTrial"]["identifier"]["value"] == (
        "NCT01234567"
    )
    assert graph(pages["data/"])["Dataset"]["license"].startswith("https://creativecommons.org/")
    crumbs = graph(pages["sources/bmsc/"])["BreadcrumbList"]["itemListElement"]
    assert [c["item"] for c in crumbs] == [AT, f"{AT}sources/"]  # as the page shows them


def test_json_ld_of_every_page_keeps_to_schema_org(pages: dict[str, Page]) -> None:
    faults = {
        path: found
        for path, page in pages.items()
        if (found := list(find_faults(json.loads(page.extra["head"]["data"]))))
    }
    assert faults == {}
    kinds = {node["@type"] for page in pages.values() for node in graph(page).values()}
    assert kinds >= {"ScholarlyArticle", "MedicalTrial", "DefinedTerm", "Dataset",
                     "BreadcrumbList", "WebPage", "WebSite"}  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "holder"), [(row[0], *row[3:]) for row in WORKS])
def test_each_type_of_work_is_one_of_schema_org(kind: str, said: str, holder: str) -> None:
    item = WORK.model_copy(update={"type": kind, "issue": "2", "publisher": "P"})
    data = json.loads(dump_ld([describe_work(item, f"{AT}x/")]))
    assert list(find_faults(data)) == []
    [node] = data["@graph"]
    assert (node["@type"], node["isPartOf"]["@type"]) == (said, holder)


def test_a_work_is_part_of_the_issue_of_the_volume_of_its_journal() -> None:
    issue = describe_work(WORK.model_copy(update={"issue": "2"}), f"{AT}x/")["isPartOf"]
    assert (issue["issueNumber"], issue["isPartOf"]["volumeNumber"]) == ("2", "3")
    assert issue["isPartOf"]["isPartOf"]["name"] == "Joint Letters"
    assert describe_work(WORK, AT)["isPartOf"]["@type"] == "PublicationVolume"


def test_a_randomised_trial_is_one_in_the_words_of_schema_org() -> None:
    [trial] = make_bundle().trials
    design = models.Design(level="clinical", randomised=True)
    randomised = describe_trial(trial.model_copy(update={"design": design}), AT, ["knee"])
    assert randomised["trialDesign"] == "https://schema.org/RandomizedTrial"
    assert list(find_faults(json.loads(dump_ld([randomised])))) == []
    assert describe_trial(trial, AT, [])["trialDesign"] is None


def test_signposting_leads_to_the_record_the_citation_and_the_licence(
    pages: dict[str, Page],
) -> None:
    page = pages[ROE]
    assert links(page, "cite-as") == [AT + ROE]
    assert links(page, "describedby") == ["index.json"]
    assert links(page, "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert "https://schema.org/ScholarlyArticle" in links(page, "type")
    assert "../data/csv/datapackage.json" in links(pages["data/"], "item")
    assert "../../changes/feed.xml" in links(page, "alternate")


def test_every_page_cites_itself_with_its_address_and_without_the_version_of_all_data(
    pages: dict[str, Page],
) -> None:
    for path, page in pages.items():
        [text] = page.extra["cite"]["page"]["texts"]
        assert text.endswith(AT + path), path
        assert "data version" not in text


def test_a_page_bears_the_day_and_the_hash_of_its_own_records(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    entry = models.Address(
        address="sources/bmsc/",
        record="source:bmsc",
        since=date(2026, 1, 2),
        changed=date(2026, 3, 4),
        digest="abc123",
    )
    library = replace(library, ledger=[entry])
    pages = {p.path: p for p in view_site(library, find_edition(library, AT), {})}
    page = pages["sources/bmsc/"]
    history = page.extra["history"]
    assert (history["since"], history["changed"], history["hash"]) == (
        "2026-01-02", "2026-03-04", "abc123",
    )  # fmt: skip
    assert ("DC.date", "2026-03-04") in names(page)
    assert "March 4, 2026" in page.extra["cite"]["page"]["texts"][0]
    assert "history" not in pages["sources/msc/"].extra


def test_pages_of_works_and_trials_cite_the_original_too(pages: dict[str, Page]) -> None:
    box = pages[ROE].extra["cite"]["original"]
    assert box["texts"] == [
        "Roe A, The Knee Group, et al. Exosomes <b>& joints</b>. Joint Letters. 2020;3:4-5. "
        "doi:10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#"
    ]
    paper = pages[f"papers/{PAPER}/"].extra["cite"]["original"]
    assert paper["texts"] == ["Exosomes of the knee. 12."]
    trial = pages["trials/nct01234567/"].extra["cite"]["original"]
    assert "NCT01234567" in trial["texts"][0]
    assert trial["texts"][0].endswith("https://clinicaltrials.gov/study/NCT01234567")
    assert "original" not in pages["sources/bmsc/"].extra["cite"]


def test_a_page_offers_the_works_behind_it(pages: dict[str, Page]) -> None:
    assert (
        pages["sources/bmsc/"].extra["cite"]["works"] == 2
    )  # one of its finding, one of its trial


def test_the_data_page_names_files_and_calls(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    sizes = {"api/v1/findings.json": 999, "data/exosome-atlas.sqlite.gz": 1_323_008}
    pages = {p.path: p for p in view_site(library, find_edition(library, AT), sizes)}
    text = render_page(pages["data/"])
    assert "999 bytes" in text
    assert "1.3 MB" in text
    for words in ("curl -fsS", "pd.read_csv", "sqlite3 exosome-atlas.sqlite", "MATCH"):
        assert words in text
