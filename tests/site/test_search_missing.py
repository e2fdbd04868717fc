"""The page "not found" leads home where an address is nearly right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from served import Served, serve

from builder.project import Project


@pytest.fixture(scope="module")
def site(built: Project) -> Iterator[Served]:
    """The site where it was built for: a server sends this page for any address, at any depth.

    So its own links are absolute, by SITE_URL; below another path it could not know its root.
    """
    server = serve(built.site, "/")
    yield Served(built.site, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("typed", "home"),
    [
        ("Sources/BMSC/", "sources/bmsc/"),
        ("trials/NCT05060107", "trials/nct05060107/"),
        ("trials/NCT 0506 0107/", "trials/nct05060107/"),
        ("trials/NCT%200506%200107", "trials/nct05060107/"),
        ("sources/bmsc.html", "sources/bmsc/"),
        ("NCT 0506 0107", "trials/nct05060107/"),
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
    expect(page.locator("[data-not-found] p")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("[data-not-found] img").count() == 0
