"""A long list of findings: the rest by a link without a script, all of it by one click with one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from edited_seeds import Seed, Statement, Work
from hand_made import furnish
from playwright.sync_api import Browser, Page, expect
from served import Served, Watch, build_and_serve

from builder import store
from builder.models import Term
from builder.project import Project

ROWS = 160
EVERY = ROWS + 1  # the title of the cited work is a finding of its own
# One of the last rows alone names a condition.
ODD = 117


STUDY = """<?xml version="1.0"?>
<article article-type="research-article"><front><article-meta><title-group>
<article-title>A made study of {animals}</article-title></title-group></article-meta></front>
<body><sec><title>Methods</title><p>Twelve female {animals} were randomly assigned to two groups.
EVs (20 µg) were injected into the knee joint of the {animals}.</p></sec></body></article>
"""


@pytest.fixture(scope="module")
def long(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site of one paper, whose 160 rows all name one cell source."""
    project = Project(tmp_path_factory.mktemp("long"))
    terms = [
        Term(id="bmsc", label="Bone marrow cells", kind="source", synonyms=["BMSC"]),
        Term(id="osteoporosis", label="Osteoporosis", kind="condition"),
    ]
    for term in terms:
        store.write_records(project.content / f"terms/{term.kind}s/{term.id}.yml", term)
    work = Work("Kim", 2020, "Exosomes of marrow for joints")
    seed = Seed("Exosomes of the Joint: A Made-Up Review", works=[work])
    seed.rows = [
        Statement(
            "BMSC-Exos",
            f"Helped in {'osteoporosis' if n == ODD else 'joints'}, experiment {n:03}",
            [work],
        )
        for n in range(1, ROWS + 1)
    ]
    project.seeds.mkdir()
    (project.seeds / "review.txt").write_text(seed.text(), encoding="utf-8")
    for animals in ("rabbits", "mice"):
        store.write_text(project.seeds / f"{animals}.xml", STUDY.format(animals=animals))
    furnish(root, project)
    yield from build_and_serve(root, project)


def test_one_click_brings_all_rows_to_filter_and_sort(
    long: Served, page: Page, watch: Watch
) -> None:
    page.goto(long.url + "sources/bmsc/")
    rows = page.locator("table.findings").first.locator("tbody tr")
    expect(rows).to_have_count(75)
    # A filter would hold for a part only.
    expect(page.locator(".filter:has(+ table.findings)").get_by_role("searchbox")).to_have_count(0)
    more = page.get_by_role("button", name="Show all on this page, to filter and sort")
    more.click()
    expect(rows).to_have_count(ROWS)
    expect(more).to_have_count(0)
    page.get_by_role("searchbox", name="Filter", exact=True).fill(f"experiment {ODD}")
    shown = rows.locator("visible=true")
    expect(shown).to_have_count(1)
    expect(page.locator(".filter:has(+ table.findings) output").first).to_have_text(f"1 of {ROWS}")
    # A row that came from a page below still leads to its place.
    shown.locator("td a").first.click()
    expect(page.locator("li:target")).to_contain_text(f"experiment {ODD}")
    assert watch.errors == []


def test_an_address_that_narrows_the_list_fetches_all_of_it(long: Served, page: Page) -> None:
    page.goto(long.url + "sources/bmsc/?condition=Osteoporosis#findings")
    shown = page.locator("table.findings").first.locator("tbody tr").locator("visible=true")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(f"experiment {ODD}")


def test_what_does_not_come_is_reported_and_can_be_asked_again(long: Served, page: Page) -> None:
    page.route("**/list/2/", lambda route: route.abort())
    page.goto(long.url + "sources/bmsc/")
    more = page.get_by_role("button", name="Show all on this page, to filter and sort")
    more.click()
    expect(page.get_by_text("Could not load; the pages below hold the rest.")).to_be_visible()
    page.unroute("**/list/2/")
    more.click()
    rows = page.locator("table.findings").first.locator("tbody tr")
    expect(rows).to_have_count(ROWS)


def test_without_a_script_the_rest_is_a_link_away(long: Served, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(long.url + "sources/bmsc/")
    rows = page.locator("table.findings tbody tr")
    parts = page.get_by_role("navigation", name="Parts of the list")
    seen = set(rows.locator("td:first-child a").all_inner_texts())
    for name, count in (("76–150", 75), ("151–160", 10)):
        parts.get_by_role("link", name=name).first.click()
        expect(rows).to_have_count(count)
        seen |= set(rows.locator("td:first-child a").all_inner_texts())
    assert len(seen) == ROWS
    parts.get_by_role("link", name="1–75", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("Bone marrow cells")
    context.close()


def test_the_list_of_all_findings_goes_on_and_is_fetched_to_be_filtered(
    long: Served, page: Page, watch: Watch, tmp_path: Path
) -> None:
    page.goto(long.url + "findings/")
    rows = page.locator("table.findings tbody tr")
    expect(rows).to_have_count(75)
    page.get_by_role("button", name="Show all on this page, to filter and sort").click()
    expect(rows).to_have_count(EVERY)
    # What a cell shows is read from there.
    for name, options in (
        ("Source", ["any", f"Bone marrow cells ({ROWS})"]),
        ("Design", ["any", f"design not stated ({EVERY})"]),
        ("Condition", ["any", "Osteoporosis (1)"]),
    ):
        found = page.get_by_role("combobox", name=name, exact=True).locator("option")
        assert found.all_inner_texts() == options
    page.get_by_role("combobox", name="Condition").select_option("Osteoporosis")
    shown = rows.locator("visible=true")
    expect(shown).to_have_count(1)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download these 1 as CSV").click()
    file = tmp_path / "findings.csv"
    started.value.save_as(file)
    [reported] = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    assert f"experiment {ODD}" in reported["Statement"]
    assert reported["condition"] == "Osteoporosis"
    # A row that came from a further page leads to its finding.
    shown.get_by_role("link", name=f"experiment {ODD}").click()
    expect(page.locator("li:target blockquote")).to_contain_text(f"experiment {ODD}")
    assert watch.errors == []


def test_study_cards_are_saved_with_a_column_an_item(
    long: Served, page: Page, watch: Watch, tmp_path: Path
) -> None:
    page.goto(long.url + "study-cards/")
    page.get_by_role("combobox", name="Species").select_option("rabbit")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download these 1 as CSV").click()
    file = tmp_path / "cards.csv"
    started.value.save_as(file)
    [card] = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    wanted = {
        "Dose": "20 µg", "Route": "intra-articular", "Schedule": "not stated", "Species": "rabbit",
        "Sex": "female", "Number": "12 rabbits", "Randomised": "randomised",
    }  # fmt: skip
    assert {name: card[name] for name in wanted} == wanted
    assert watch.errors == []
