"""Pictures and comparisons as a reader has them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from served import Served, Watch

PHONE = {"width": 390, "height": 844}


def test_a_researcher_sets_three_sources_side_by_side_and_shares_the_address(
    placed: Served, page: Page, watch: Watch
) -> None:
    page.goto(f"{placed.url}compare/")
    page.get_by_label("First source").select_option("bmsc")
    page.get_by_label("Second source").select_option("adsc")
    page.get_by_label("Third source").select_option("ucmsc")
    page.get_by_role("button", name="Compare").click()
    table = page.locator("#comparison table")
    expect(table.locator("thead th")).to_have_text(["BMSC", "ADSC", "UCMSC"])
    assert parse_qs(urlsplit(page.url).query) == {"a": ["bmsc"], "b": ["adsc"], "c": ["ucmsc"]}
    shared = table.inner_text()
    page.goto("about:blank")
    page.goto(f"{placed.url}compare/?a=bmsc&b=adsc&c=ucmsc")
    expect(table.locator("thead th")).to_have_count(3)
    assert table.inner_text() == shared
    table.get_by_role("link", name="ADSC").click()
    expect(page.locator("h1")).to_contain_text("Adipose")
    assert watch.errors == []


def test_two_sources_are_compared_before_anyone_asks(placed: Served, page: Page) -> None:
    page.goto(f"{placed.url}compare/")
    expect(page.locator("#comparison thead th")).to_have_count(2)
    expect(page.locator("#comparison tbody").first).to_contain_text("Studies with subtypes")


def test_differences_of_two_sources_are_seen_at_a_glance_on_a_phone(
    placed: Served, page: Page
) -> None:
    """Of the paper's table of hydrogels, ADSC alone has PLGA, and BMSC alone VEGF."""
    page.set_viewport_size(PHONE)
    page.goto(f"{placed.url}compare/?a=bmsc&b=adsc")
    table = page.locator("#comparison table")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    vehicles = table.locator("tbody").filter(has_text="Delivery vehicles")
    alone = vehicles.locator("tr.only td")
    expect(alone.nth(1).get_by_role("link", name="PLGA", exact=True)).to_be_visible()
    expect(alone.nth(0).get_by_role("link", name="PLGA", exact=True)).to_have_count(0)
    mechanisms = table.locator("tbody").filter(has=page.locator("th", has_text="Mechanisms"))
    expect(mechanisms.locator("tr.only td").nth(0)).to_contain_text("VEGF")
    # What both act on is a row of both, with the direction stated in words as well; what a title
    # only sets out to evaluate is named.
    shared = mechanisms.locator("tr").filter(has=page.get_by_role("link", name="Osteogenesis"))
    expect(shared.locator("td")).to_have_count(2)
    for place, words in enumerate(("raised in", "named in")):
        marked = shared.locator("td").nth(place).locator("[title]").first
        expect(marked).to_have_attribute("title", words)
    # Whose cells they are stays in sight.
    vehicles.scroll_into_view_if_needed()
    expect(table.locator("thead")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("asked", "reported"),
    [
        ("?a=bmsc&b=nonsense", "No statement names a source called nonsense."),
        ("?a=bmsc&b=bmsc", "Choose two different sources."),
        ("?a=%3Cimg%20src=x%3E&b=bmsc", "No statement names a source called <img src=x>."),
    ],
)
def test_a_source_that_is_not_known_is_named(
    placed: Served, page: Page, watch: Watch, asked: str, reported: str
) -> None:
    page.goto(f"{placed.url}compare/{asked}")
    expect(page.locator("#comparison-state")).to_have_text(reported)
    assert watch.errors == []


def test_pictures_stay_readable_on_a_phone(placed: Served, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    pictures = 0
    for path in ("sources/bmsc/", "mechanisms/bone-regeneration/", "trials/"):
        page.goto(placed.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        for figure in page.locator("figure.picture").all():
            pictures += 1
            if not figure.locator("svg.drawing").is_visible():
                # A wide one gives way to its table.
                expect(figure.get_by_role("table")).to_be_visible()
                continue
            for text in figure.locator("svg.drawing text").all():
                box = text.bounding_box()
                assert box is not None
                assert box["height"] >= 12, path  # pixels; words keep their size
    assert pictures >= 3
    context.close()


def test_each_picture_has_a_title_and_the_same_as_a_table(placed: Served, page: Page) -> None:
    page.goto(f"{placed.url}sources/bmsc/")
    figures = page.locator("figure.picture")
    for figure in figures.all():
        title = figure.locator("figcaption b").inner_text()
        expect(figure.get_by_role("img", name=re.compile(re.escape(title)))).to_have_count(1)
        figure.get_by_text("The same as a table").click()
        expect(figure.get_by_role("table", name=title)).to_be_visible()
