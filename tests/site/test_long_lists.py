"""Lists that grow with the library: what a page keeps, and where the rest goes."""

from dataclasses import replace

import pytest
from builder.site.paging import split_glossary, split_numbered, view_steps
from render_sample import sample_library

from builder.models import Finding, Locator, Term
from builder.site.index import build_atlas
from builder.site.pages import Page, view_pages
from builder.store import Library

PAPER = "mohan-2025-exosomal-interventions"


def make_finding(number: int, evidence: str) -> Finding:
    return Finding(
        id=f"f{number:09x}",
        paper=PAPER,
        locator=Locator(kind="abstract", line=1),
        quote=f"Exosomes of BMSC helped {number} times.",
        sources=["bmsc"],
        design={"level": evidence},
    )


@pytest.fixture(scope="module")
def long_library() -> Library:
    """A library in which one cell source has 250 findings, three of them clinical and told last."""
    library = sample_library()
    bundle = library.papers[PAPER]
    findings = [make_finding(n, "clinical" if n > 246 else "in-vitro") for n in range(250)]
    library.papers[PAPER] = replace(bundle, findings=findings)
    return library


@pytest.fixture(scope="module")
def pages(long_library: Library) -> dict[str, Page]:
    return {page.path: page for page in view_pages(long_library)}


def test_a_page_keeps_a_hundred_findings_and_the_rest_goes_on(pages):
    main = pages["sources/bmsc/"]
    assert len(main.view["findings"]) == 100
    assert [(p["label"], p["href"]) for p in main.view["parts"]] == [
        ("1–100", ""),
        ("101–200", "../../sources/bmsc/list/2/"),
        ("201–250", "../../sources/bmsc/list/3/"),
    ]
    assert len(pages["sources/bmsc/list/2/"].view["findings"]) == 100
    assert len(pages["sources/bmsc/list/3/"].view["findings"]) == 50


def test_the_strongest_evidence_comes_first(pages):
    told = [f["evidence"]["label"] for f in pages["sources/bmsc/"].view["findings"]]
    assert told == ["clinical"] * 3 + ["in vitro"] * 97


def test_every_finding_stands_on_one_of_the_pages_and_in_the_file(pages, long_library):
    parts = [pages[p] for p in ("sources/bmsc/", "sources/bmsc/list/2/", "sources/bmsc/list/3/")]
    shown = [f["id"] for part in parts for f in part.view["findings"]]
    assert sorted(shown) == sorted(f.id for f in long_library.findings())
    sheet = pages["sources/bmsc/"].files["findings.csv"]
    assert sheet.count("\n") == 251  # and the header


def test_the_list_of_all_findings_goes_on_a_hundred_a_page(pages, long_library):
    parts = [pages[p] for p in ("findings/", "findings/list/2/", "findings/list/3/")]
    assert [len(part.view["rows"]) for part in parts] == [100, 100, 50]
    assert [row["evidence"]["label"] for row in parts[0].view["rows"][:4]] == [
        *["clinical"] * 3,
        "in vitro",
    ]
    shown = [row["id"] for part in parts for row in part.view["rows"]]
    assert sorted(shown) == sorted(f.id for f in long_library.findings())
    assert [(s["label"], s["href"]) for s in parts[1].view["steps"]] == [
        ("1–100", "../../../findings/"),
        ("101–200", ""),
        ("201–250", "../../../findings/list/3/"),
    ]
    # The whole list is one file, and stands beside its first page alone.
    assert parts[0].files["findings.csv"].count("\n") == 251
    assert parts[1].files == {}


def test_a_long_list_of_findings_leads_to_shorter_ones(pages):
    ways = {way["label"]: way["entries"] for way in pages["findings/"].view["ways"]}
    assert [(e["label"], e["href"], e["count"]) for e in ways["Cell source"]] == [
        ("Bone marrow mesenchymal stem cell", "../sources/bmsc/#findings", 250)
    ]
    [paper] = ways["Paper"]
    assert paper["count"] == 250
    own = f"findings/list/{PAPER}/"
    assert paper["href"] == f"../{own}"
    held = [pages[own], pages[f"{own}list/2/"], pages[f"{own}list/3/"]]
    assert [s["label"] for s in held[0].view["steps"]] == ["1–100", "101–200", "201–250"]
    assert [len(part.view["rows"]) for part in held] == [100, 100, 50]


def test_however_long_a_list_its_pages_lead_to_few_others():
    parts = split_numbered(range(50_000), "findings/", 100)
    assert len(parts) == 500
    assert [s["label"] for s in view_steps(parts, "../", "findings/list/250/")] == [
        "1–100",
        "…",
        *("24,601–24,700", "24,701–24,800", "24,801–24,900"),
        "24,901–25,000",
        *("25,001–25,100", "25,101–25,200", "25,201–25,300"),
        "…",
        "49,901–50,000",
    ]


def test_few_findings_stay_on_one_page():
    pages = {page.path: page for page in view_pages(sample_library())}
    assert pages["sources/bmsc/"].view["parts"] == []
    assert not [path for path in pages if "/list/" in path]


def make_terms(count: int) -> dict[str, Term]:
    return {
        f"t{n}": Term(id=f"t{n}", label=f"{'ab'[n % 2]} term {n}", kind="tissue")
        for n in range(count)
    }


def test_a_long_glossary_goes_on_kind_by_kind():
    library = sample_library()
    library.terms.update(make_terms(1600))
    parts = split_glossary(library)
    tissues = [p for p in parts if p.label.startswith("Tissues")]
    assert [p.path for p in tissues][:2] == ["glossary/list/tissue/", "glossary/list/tissue-2/"]
    # Sources, mechanisms, vehicles and conditions stand in lists of their own.
    assert {e.kind for p in parts for e in p.entries} & {"source", "mechanism"} == set()
    assert sum(len(p.entries) for p in tissues) == 1600
    pages = {page.path: page for page in view_pages(library)}
    assert pages["glossary/"].view["groups"] == []
    held = {
        e["anchor"] for g in pages["glossary/list/tissue/"].view["groups"] for e in g["entries"]
    }
    assert len(held) == 300


def test_a_term_is_found_on_the_page_of_the_glossary_that_holds_it():
    library = sample_library()
    library.terms.update(make_terms(1600))
    atlas = build_atlas(library)
    for part in split_glossary(library):
        for term in part.entries:
            if term.kind == "tissue":
                assert atlas.term_href(term, "../") == f"../{part.path}#term-{term.id}"


def test_a_long_index_tells_those_with_most_evidence_and_leads_to_the_letters():
    library = sample_library()
    many = {
        f"m{n}": Term(id=f"m{n}", label=f"{'kz'[n % 2]}inase {n}", kind="mechanism")
        for n in range(1600)
    }
    library.terms.update(many)
    pages = {page.path: page for page in view_pages(library)}
    index = pages["mechanisms/"]
    assert index.view["unused"] == []
    letters = {p["label"]: p["count"] for p in index.view["parts"]}
    assert letters["K 1"] == 300
    assert sum(letters.values()) == len(library.terms_of("mechanism"))
    assert len(pages["mechanisms/list/k/"].view["unused"]) == 300
