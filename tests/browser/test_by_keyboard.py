"""Map, filters and tables by keyboard alone, and sorting where a phone shows no heads."""

from __future__ import annotations

import re
from urllib.parse import unquote

from playwright.sync_api import Browser, Locator, Page, expect
from served import Served


def tab_to(page: Page, target: Locator, most: int = 120) -> None:
    """Press Tab until the target has the focus, as a reader without a mouse would."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by {most} times Tab")


def test_the_map_is_walked_by_keyboard(placed: Served, page: Page) -> None:
    page.goto(placed.url + "map/")
    frame = page.get_by_role(
        "region", name="Studies by source and condition, vesicles as a treatment"
    )
    tab_to(page, frame)
    expect(frame).to_have_css("outline-style", "solid")  # the focus is seen
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "(element) => element.scrollTop > 0", arg=frame.element_handle(), timeout=20_000
    )
    cell = frame.locator("tbody tr", has_text="BMSC").first.locator("td a").first
    address = cell.get_attribute("href") or ""
    tab_to(page, cell, most=300)
    expect(cell).to_be_in_viewport()
    page.keyboard.press("Enter")
    condition = page.get_by_role("combobox", name="Condition").first
    expect(condition).not_to_have_value("")
    assert f"condition={condition.input_value()}" in unquote(address)


def test_findings_are_filtered_sorted_and_followed_by_keyboard(placed: Served, page: Page) -> None:
    page.goto(placed.url + "sources/bmsc/")
    table = page.locator("table.findings").first
    finding_filter = page.locator(".filter:has(+ table.findings)").first
    rows = table.locator("tbody tr")
    total = rows.count()
    tab_to(page, finding_filter.locator("input"), most=600)
    page.keyboard.type("apoptosis")
    shown = rows.locator("visible=true")
    count = shown.count()
    assert 0 < count < total
    expect(finding_filter.locator("output")).to_have_text(f"{count} of {total}")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(shown).to_have_count(total)
    choice = page.get_by_role("combobox", name="Design").nth(1)
    tab_to(page, choice, most=6)
    page.keyboard.press("ArrowDown")
    expect(choice).not_to_have_value("")
    narrowed = shown.count()
    assert 0 < narrowed < total
    page.keyboard.press("ArrowUp")
    expect(shown).to_have_count(total)
    head = table.get_by_role("button", name="Design")
    tab_to(page, head, most=12)
    page.keyboard.press("Enter")
    column = table.locator("thead th").nth(4)
    expect(column).to_have_attribute("aria-sort", "ascending")
    expect(rows.first.locator("td").nth(4)).to_contain_text("design not stated")
    page.keyboard.press("Space")
    expect(column).to_have_attribute("aria-sort", "descending")
    expect(rows.first.locator("td").nth(4)).to_contain_text("in ")
    place = rows.first.locator("td a").first
    tab_to(page, place, most=12)
    page.keyboard.press("Enter")
    expect(page.locator(":target")).to_be_in_viewport()


def test_numbers_are_sorted_with_the_most_first(placed: Served, page: Page) -> None:
    page.goto(placed.url + "mechanisms/")
    head = page.locator("table.index").first.get_by_role("button", name="Studies")
    head.click()
    cells = page.locator("table.index").first.locator("tbody td[data-label=Studies]")
    counts = [int(re.findall(r"\d+", text)[0]) for text in cells.all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    head.click()
    counts = [int(re.findall(r"\d+", text)[0]) for text in cells.all_inner_texts()]
    assert counts == sorted(counts)


def test_a_phone_sorts_cards_by_a_choice(placed: Served, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(placed.url + "sources/")
    names = page.locator("table.index tbody th > a:not(.short)")
    listed = names.all_inner_texts()
    choice = page.get_by_role("combobox", name="Sort by").first
    choice.select_option("Name")
    expect(names.first).not_to_have_text(listed[0])
    assert names.all_inner_texts() == sorted(listed, key=str.lower)
    choice.select_option("as listed")
    expect(names.first).to_have_text(listed[0])
    assert names.all_inner_texts() == listed
    # Heads are out of sight here: they are read aloud, and take no focus.
    expect(page.get_by_role("columnheader", name="What it is").first).to_have_count(1)
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.locator("thead button:focus").count() == 0
    context.close()
