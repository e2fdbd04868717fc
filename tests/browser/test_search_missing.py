"""The page "not found" leads home where an address is nearly right."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from served import Served


@pytest.mark.parametrize(
    ("typed", "home"),
    [
        ("Sources/BMSC/", "sources/bmsc/"),
        ("trials/NCT05060107", "trials/nct05060107/"),
        ("trials/NCT 0506 0107/", "trials/nct05060107/"),
        ("trials/NCT%200506%200107", "trials/nct05060107/"),
        ("sources/bmsc.html", "sources/bmsc/"),
        ("NCT 0506 0107", "trials/nct05060107/"),
        ("a/b/NCT 0506 0107", "trials/nct05060107/"),
    ],
)
def test_a_nearly_right_address_leads_home(site: Served, page: Page, typed: str, home: str) -> None:
    page.goto(site.url + typed)
    expect(page).to_have_url(site.url + home)


def test_any_other_address_offers_the_search(site: Served, page: Page) -> None:
    page.goto(site.url + "stuff/hydrogel-of-gelatin")
    link = page.get_by_role("link", name="Search for “hydrogel of gelatin”")
    expect(link).to_be_visible()
    link.click()
    expect(page).to_have_url(re.compile(r"/search/\?q=hydrogel"))


def test_markup_in_an_address_stays_text(site: Served, page: Page) -> None:
    page.on("dialog", lambda _: pytest.fail("a dialog opened"))
    page.goto(site.url + "x/<img src=x onerror=alert(1)>")
    expect(page.locator("[data-not-found] p").last).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("[data-not-found] img").count() == 0


def test_its_links_styles_and_box_work_wherever_the_site_stands(site: Served, page: Page) -> None:
    """It was built without SITE_URL, and a server sends it for an address at any depth."""
    page.goto(site.url + "trials/stuff/")
    expect(page.get_by_role("link", name="Search for “stuff”")).to_be_visible()
    expect(page.get_by_role("link", name="glossary").last).to_have_attribute(
        "href",
        re.compile(re.escape(site.url.removeprefix("http://").partition("/")[2]) + "glossary/$"),
    )
    assert page.eval_on_selector("header", "e => getComputedStyle(e).position") != "static"
    page.fill("form[data-search] input", "BMSC")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}search/?q=BMSC")
