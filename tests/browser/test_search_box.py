"""The box in the header: keys, what a screen reader hears, what it costs who never searches."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from served import Gate, Served, Watch

BOX = "form[data-search] input"
OPTIONS = "form[data-search] [role=option]"
LIST = "form[data-search] [role=listbox]"


@pytest.fixture
def box(placed: Served, page: Page) -> Page:
    page.goto(placed.url + "about/")
    return page


def test_a_page_that_never_searches_loads_no_index(site: Served, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url + "sources/bmsc/", wait_until="networkidle")
    assert [url for url in asked if "/search/" in url or "search-" in url] == []


@pytest.mark.parametrize("key", ["/", "s", "f"])
def test_a_key_opens_the_box(box: Page, key: str) -> None:
    box.keyboard.press(key)
    expect(box.locator(BOX)).to_be_focused()
    assert box.input_value(BOX) == ""
    box.keyboard.type("sf/")
    assert box.input_value(BOX) == "sf/"


def test_keys_with_ctrl_stay_with_the_browser(box: Page) -> None:
    box.keyboard.press("Control+s")
    expect(box.locator(BOX)).not_to_be_focused()


def test_it_is_a_combobox_to_a_screen_reader(box: Page) -> None:
    combobox = box.get_by_role("combobox", name="Search the atlas")
    expect(combobox).to_have_attribute("aria-expanded", "false")
    combobox.fill("BMSC")
    expect(combobox).to_have_attribute("aria-expanded", "true")
    listed = box.get_by_role("listbox")
    assert listed.get_attribute("id") == combobox.get_attribute("aria-controls")
    expect(box.get_by_role("option").first).to_contain_text("Bone marrow mesenchymal stem cell")
    expect(box.locator("form[data-search] [role=status]")).to_have_text(re.compile(r"\d+ pages?"))
    combobox.press("ArrowDown")
    chosen = combobox.get_attribute("aria-activedescendant")
    expect(box.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    assert box.locator("[role=option][aria-selected=true]").count() == 1


def test_arrows_go_round_and_home_and_end_go_to_the_ends(box: Page) -> None:
    box.fill(BOX, "BMSC")
    expect(box.locator(OPTIONS).nth(2)).to_be_visible()
    expect(box.locator(f"{LIST}[data-state=done]")).to_be_visible()  # the full text has filled it
    last = box.locator(OPTIONS).count() - 1
    press = box.locator(BOX).press

    def active() -> str | None:
        return box.locator(BOX).get_attribute("aria-activedescendant")

    press("ArrowDown")
    assert active() == "atlas-search-list-0"
    press("ArrowUp")
    assert active() == f"atlas-search-list-{last}"
    press("ArrowDown")
    assert active() == "atlas-search-list-0"
    press("End")
    assert active() == f"atlas-search-list-{last}"
    press("Home")
    assert active() == "atlas-search-list-0"


def test_enter_opens_the_chosen_page(site: Served, page: Page) -> None:
    page.goto(site.url + "about/")
    page.fill(BOX, "NCT 0506 0107")
    expect(page.locator(OPTIONS).first).to_contain_text("NCT05060107")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}trials/nct05060107/")


def test_enter_without_a_choice_opens_all_results(site: Served, page: Page) -> None:
    page.goto(site.url + "about/")
    page.fill(BOX, "BMSC")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}search/?q=BMSC")
    expect(page.locator("#search-results > li > a").first).to_have_attribute(
        "href", f"{site.url}sources/bmsc/"
    )


def test_a_click_opens_a_page(site: Served, page: Page) -> None:
    page.goto(site.url + "about/")
    page.fill(BOX, "GelMA")
    page.locator(OPTIONS).first.click()
    expect(page).to_have_url(f"{site.url}vehicles/gelma/")


def test_escape_closes_the_list_then_empties_then_leaves(box: Page) -> None:
    box.fill(BOX, "BMSC")
    expect(box.locator(OPTIONS).first).to_be_visible()
    box.keyboard.press("Escape")
    expect(box.locator("form[data-search] [role=listbox]")).to_be_hidden()
    expect(box.locator(BOX)).to_have_attribute("aria-expanded", "false")
    assert box.input_value(BOX) == "BMSC"
    box.keyboard.press("Escape")
    assert box.input_value(BOX) == ""
    box.keyboard.press("Escape")
    expect(box.locator(BOX)).not_to_be_focused()


def test_the_beginning_of_a_name_is_enough(box: Page) -> None:
    box.keyboard.press("/")
    box.keyboard.type("angiog")
    expect(box.locator(OPTIONS).first).to_contain_text("Angiogenesis")


def test_terms_are_listed_before_the_works_are_loaded(box: Page) -> None:
    gate = Gate(box, "**/search/index/words.*")
    box.fill(BOX, "chondrocyte")
    expect(box.locator(OPTIONS).first).to_contain_text("Chondrocyte")
    gate.open()
    expect(box.locator("form[data-search] [role=status]")).to_have_text(re.compile(r"\d+ pages"))
    expect(box.locator(OPTIONS).first).to_contain_text("Chondrocyte")


def test_a_number_that_is_all_there_offers_no_other(box: Page) -> None:
    box.keyboard.press("/")
    box.keyboard.type("miR-126")
    expect(box.locator(OPTIONS).first).to_contain_text("miR-126")
    expect(box.locator("form[data-search] [role=status]")).to_have_text(re.compile(r"\d+ pages"))
    expect(box.locator(f"{LIST}[data-state=done]")).to_be_visible()  # the full text has filled it
    assert not [text for text in box.locator(OPTIONS).all_inner_texts() if "1260" in text]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_list_fits_the_window_and_reports_its_size(
    placed: Served, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(placed.url + "sources/bmsc/")
    page.locator(BOX).press_sequentially("cartilage")
    expect(page.locator("form[data-search] [role=status]")).to_have_text(
        re.compile(r"^\d+ pages, use the arrow keys\.$")
    )
    expect(page.locator(f"{LIST}[data-for=cartilage][data-state=done]")).to_be_visible()
    for option in page.locator(OPTIONS).all():
        box = option.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = page.locator(BOX).get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("role") == "option"
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("form[data-search] [role=listbox]")).to_be_hidden()
    assert page.locator(BOX).get_attribute("aria-activedescendant") is None


def test_nothing_found_is_reported_to_a_screen_reader(box: Page) -> None:
    box.fill(BOX, "NCT00000001")
    expect(box.locator("form[data-search] [role=status]")).to_have_text(
        re.compile(r"^NCT00000001 is not in this atlas as of \d{4}-\d\d-\d\d\.$")
    )


def test_an_index_that_fails_leads_to_the_lists(site: Served, page: Page) -> None:
    page.goto(site.url + "about/")
    page.route("**/search/manifest.json", lambda route: route.abort())
    page.fill(BOX, "BMSC")
    expect(page.locator(OPTIONS).first).to_contain_text("could not be loaded")
    page.locator(OPTIONS).first.click()
    expect(page).to_have_url(f"{site.url}search/#by-kind")


def test_a_strict_policy_of_scripts_is_kept(site: Served, page: Page, watch: Watch) -> None:
    """No inline script, no eval; WebAssembly is all that is asked for beside own files."""

    def strict(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        headers = {**answer.headers, "content-security-policy":
                   "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"}  # fmt: skip
        route.fulfill(response=answer, headers=headers)  # type: ignore[attr-defined]

    page.route(site.url + "search/?q=*", strict)
    page.goto(site.url + "search/?q=macrophage")
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")
    assert page.locator("#search-results mark").count()
    # The theme's own inline lines are not of the search.
    assert [e for e in watch.errors if "javascripts/search" in e or "pagefind" in e] == []
