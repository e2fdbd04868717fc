"""Lists that grow with the library: what a page keeps, and where the rest goes."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hand_made import merge_references
from render_sample import sample_library

from builder.models import Finding, Locator, Term
from builder.site.index import build_index
from builder.site.links import split_list, view_steps
from builder.site.pages import Page, view_pages
from builder.site.pages.findings import view_row
from builder.site.render import render_page
from builder.store import Library, PaperBundle

PAPER = "mohan-2025-exosomal-interventions"


def make_finding(number: int, design: str) -> Finding:
    return Finding(
        id=f"f{number:09x}",
        paper=PAPER,
        locator=Locator(kind="abstract", line=number),
        quote=f"Exosomes of BMSC helped {number} times.",
        sources=["bmsc"],
        design={"level": design},
    )


@pytest.fixture(scope="module")
def long_library() -> Library:
    """A library in which one source has 250 findings, the last three of them in people."""
    library = sample_library()
    bundle = library.papers[PAPER]
    findings = [make_finding(n, "clinical" if n > 246 else "in-vitro") for n in range(250)]
    library.papers[PAPER] = replace(bundle, findings=findings)
    return library


@pytest.fixture(scope="module")
def pages(long_library: Library) -> dict[str, Page]:
    return {page.path: page for page in view_pages(long_library)}


@pytest.mark.parametrize("path", ["sources/bmsc/", "findings/"])
def test_a_page_keeps_75_findings_and_the_rest_goes_on(
    pages: dict[str, Page], path: str, long_library: Library
) -> None:
    lists = [
        page.view["findings" if page.template == "term.md.j2" else "list"]
        for page in (pages[p] for p in (path, *(f"{path}list/{n}/" for n in (2, 3, 4))))
    ]
    assert [len(held["rows"]) for held in lists] == [75, 75, 75, 25]
    assert [row["design"]["id"] for row in lists[0]["rows"][:4]] == [*["clinical"] * 3, "in-vitro"]
    shown = [row["id"] for held in lists for row in held["rows"]]
    assert sorted(shown) == sorted(f.id for f in long_library.findings())
    root = "../" * (path.count("/") + 2)
    assert [(s["label"], s["href"]) for s in lists[1]["steps"]] == [
        ("1–75", f"{root}{path}"),
        ("76–150", ""),
        ("151–225", f"{root}{path}list/3/"),
        ("226–250", f"{root}{path}list/4/"),
    ]
    # The first page names the others, for a script that fetches them.
    assert len(lists[0]["more"].split()) == 3
    assert lists[1]["more"] == ""


def test_statements_beyond_two_hundred_stand_on_parts_of_the_paper(pages: dict[str, Page]) -> None:
    def held(path: str) -> list[str]:
        return [s["id"] for group in pages[path].view["groups"] for s in group["statements"]]

    first, second = held(f"papers/{PAPER}/"), held(f"papers/{PAPER}/2/")
    assert (len(first), len(second)) == (200, 50)
    row = pages["findings/list/4/"].view["list"]["rows"][-1]
    assert row["href"] == f"../../../papers/{PAPER}/2/#{row['id']}"
    known = pages[f"papers/{PAPER}/"].data["addresses"]
    assert known[row["id"]] == f"papers/{PAPER}/2/#{row['id']}"


def test_however_long_a_list_its_pages_lead_to_few_others() -> None:
    parts = split_list(range(50_000), "findings/", 100)
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


@pytest.mark.parametrize(
    ("sources", "held"),
    [
        (["bmsc"], []),  # its link bears the full name
        ([], []),
        (["bmsc", "no-such-term"], ["Bone marrow mesenchymal stem cell", "no-such-term"]),
        (["bmsc"] * 4, ["Bone marrow mesenchymal stem cell"] * 4),  # three are shown
    ],
)
def test_a_row_bears_for_the_filter_what_its_cells_do_not_show(
    long_library: Library, sources: list[str], held: list[str]
) -> None:
    finding = make_finding(1, "in-vitro").model_copy(update={"sources": sources})
    row = view_row(build_index(long_library), finding, "")
    assert row["facets"]["source"] == held
    assert "design" not in row["facets"]


def repeat_finding(bundle: PaperBundle, times: int, **fields: Any) -> list[Finding]:
    """Return the first finding of a paper again and again, each on its line, 20 to a section."""
    return [
        bundle.findings[0].model_copy(
            update={
                "id": f"f{n:09x}",
                "locator": Locator(kind="full-text", line=n, section=f"Section {n // 20}"),
                **fields,
            }
        )
        for n in range(times)
    ]


def test_few_findings_stay_on_one_page() -> None:
    pages = {page.path: page for page in view_pages(sample_library())}
    assert pages["sources/bmsc/"].view["findings"]["steps"] == []
    assert not [path for path in pages if "/list/" in path]


def test_a_page_says_how_many_statements_in_another_role_it_leaves_out() -> None:
    library = sample_library()
    bundle = library.papers[PAPER]
    acted_on = repeat_finding(bundle, 31, sources=[], targets=["bmsc"])
    bundle = replace(bundle, findings=[*bundle.findings, *acted_on])
    library = replace(library, papers={PAPER: bundle})
    [page] = [p for p in view_pages(library) if p.path == "sources/bmsc/"]
    assert len(page.view["others"]["rows"]) == 25
    assert page.view["more_others"] == 6
    assert "and 6 more, in the" in render_page(page)


def test_what_no_evidence_names_is_a_line_of_the_glossary_and_has_no_page() -> None:
    library = sample_library()
    library.terms.update(
        {f"m{n}": Term(id=f"m{n}", label=f"Kinase {n}", kind="mechanism") for n in range(1600)}
    )
    pages = {page.path: page for page in view_pages(library)}
    assert "mechanisms/m7/" not in pages
    [group] = [g for g in pages["glossary/"].view["groups"] if g["anchor"] == "kind-mechanism"]
    assert len(group["entries"]) == 1600
    assert {e["anchor"] for e in group["entries"]} >= {"m0", "m1599"}
    # The one that a finding names is in the index of its kind.
    [listed] = [g["rows"] for g in pages["mechanisms/"].view["groups"]]
    assert [row["term"]["label"] for row in listed] == ["VEGF"]
    assert pages["mechanisms/"].view["rest"] == 1600


def test_an_ancestor_of_what_evidence_names_has_a_page() -> None:
    pages = {page.path for page in view_pages(sample_library())}
    assert {"sources/bmsc/", "sources/msc/"} <= pages


def test_the_page_of_a_paper_with_200_statements_and_137_references_stays_light() -> None:
    """No page has over 3,000 elements; the theme around it has about a hundred and thirty."""
    library = sample_library()
    bundle = library.papers[PAPER]
    cited = [
        bundle.references[0].model_copy(
            update={
                "id": f"w{n}",
                "number": n,
                "line": n,
                "csl": bundle.references[0].csl.model_copy(update={"title": f"Work {n * 7919}"}),
            }
        )
        for n in range(1, 138)
    ]
    findings = repeat_finding(bundle, 200, references=[1, 2])
    bundle = replace(bundle, findings=findings, references=cited)
    references = merge_references([bundle], {})
    library = replace(library, papers={PAPER: bundle}, references=references)
    [page] = [p for p in view_pages(library) if p.kind == "paper"]
    text = render_page(page)
    assert text.count('<li id="f0') == 200
    assert len(re.findall(r"<[a-zA-Z]", text)) < 2850
