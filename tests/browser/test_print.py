"""A page on paper: all of it, its references and its address; no controls, nothing cut, no dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from served import Served

# What A4 leaves between its margins, in pixels of CSS.
PAPER = {"width": 695, "height": 1010}
FAULTS = """() => [...document.querySelectorAll("table.wide :is(td, th)")]
  .filter((cell) => cell.checkVisibility() && !cell.closest(".hidden"))
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.clientWidth < 20)
  .map((cell) => cell.textContent.trim().slice(0, 60))"""


@pytest.mark.parametrize(
    "path", ["sources/bmsc/", "mechanisms/vegf/", "trials/irct20210423051054n1/", "findings/"]
)
def test_a_page_prints_whole_and_light_with_its_address(
    placed: Served, browser: Browser, path: str
) -> None:
    context = browser.new_context(viewport=PAPER, color_scheme="dark")
    page = context.new_page()
    page.goto(placed.url + path)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(253, 253, 251)")
    for control in (".md-header", ".filter", ".atlas-nav", ".cite button", ".crumbs"):
        for part in page.locator(control).all():
            expect(part).to_be_hidden()
    expect(page.locator(".printed-from")).to_contain_text(f"/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    assert page.evaluate(FAULTS) == []
    context.close()


def test_a_paper_prints_its_tables_with_what_was_printed_and_its_references(
    placed: Served, browser: Browser
) -> None:
    context = browser.new_context(viewport=PAPER)
    page = context.new_page()
    page.goto(placed.url + "papers/")
    page.get_by_role("link", name="Exosomal Interventions in Bone").click()
    page.emulate_media(media="print")
    assert page.evaluate(FAULTS) == []
    # Folded on the screen, open on paper.
    expect(page.locator("table.pairs").nth(2)).to_be_visible()
    first = page.locator("#ref-1")
    expect(first).to_contain_text("Stem cell-based therapy for human diseases")
    expect(first).to_contain_text("doi:10.1038/s41392-022-01134-4")
    context.close()
