"""What readers come for, step by step: a clinician, a researcher, a reader on a phone."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from served import Served, Watch


def test_a_clinician_finds_the_only_randomised_trial_within_three_clicks(
    placed: Served, page: Page
) -> None:
    """The one trial that the review calls an RCT compared with placebo and was negative."""
    page.goto(placed.url)
    page.get_by_role("link", name="What did trials in people find?").click()
    randomised = page.locator("table.trials tbody tr", has_text="randomised")
    expect(randomised).to_have_count(1)
    expect(randomised).to_contain_text("No benefit reported")
    randomised.get_by_role("rowheader").get_by_role("link").first.click()
    top = page.locator(".headline")
    expect(top).to_be_in_viewport()
    expect(top).to_contain_text("Completed")
    expect(top).to_contain_text("No benefit reported")
    expect(top).to_contain_text("no superiority vs. placebo")


def test_the_result_of_a_trial_stands_on_the_home_page(placed: Served, page: Page) -> None:
    page.goto(placed.url)
    result = page.locator(".results li", has_text="No benefit reported")
    expect(result).to_contain_text("no superiority vs. placebo")


def test_home_shows_in_one_screen_what_there_is_and_the_ways_in(placed: Served, page: Page) -> None:
    page.goto(placed.url)
    for part in (
        page.locator("h1"),
        page.get_by_role("searchbox", name="Search cells, molecules, trials, papers"),
        page.get_by_role("link", name="statements").first,
        page.locator("table.map tbody tr").first,
        page.get_by_role("link", name="What did trials in people find?"),
        page.get_by_role("link", name="What is still in doubt?"),
    ):
        expect(part).to_be_in_viewport(ratio=1)


def test_a_severe_difference_stands_on_the_first_screen_of_a_trial(
    placed: Served, page: Page
) -> None:
    """The review states a dose per millilitre, the registry one a hundred times as large."""
    page.goto(placed.url + "trials/")
    row = page.locator("table.trials tbody tr", has_text="NCT05060107")
    expect(row).to_contain_text("severe: dose")
    row.get_by_role("rowheader").get_by_role("link").first.click()
    warning = page.locator(".warnings .notice", has_text="differ on the dose")
    expect(warning).to_be_in_viewport(ratio=1)
    expect(warning).to_contain_text("109–1010 particles/mL")
    expect(warning).to_contain_text("3-5 x 10e11 particles")
    expect(page.locator(".warnings", has_text="NCT06431152")).to_be_in_viewport(ratio=1)


def test_a_short_form_is_explained_on_hover_and_by_keyboard(placed: Served, page: Page) -> None:
    page.goto(placed.url + "papers/")
    page.get_by_role("link", name="Exosomal Interventions in Bone").click()
    quote = page.locator(".statements blockquote", has_text="BMSC-Exos").first
    words = quote.inner_text()
    short = quote.locator("a.short", has_text="BMSC").first
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_hidden()
    short.hover()
    expect(tip).to_have_text("Bone marrow mesenchymal stem cell")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.mouse.move(0, 0)
    quote.evaluate("(element) => { element.tabIndex = -1; element.focus(); }")
    page.keyboard.press("Tab")
    expect(page.locator("a.short:focus")).to_have_count(1)
    expect(tip).to_be_visible()
    expect(page.locator("a.short:focus")).to_have_accessible_description(tip.inner_text())
    assert quote.inner_text() == words
    page.keyboard.press("Enter")
    expect(page.locator(".short-forms li:target")).to_be_in_viewport()


def test_a_short_form_is_explained_on_the_first_tap(placed: Served, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(placed.url + "trials/")
    short = page.locator("a.short", has_text="OA").first
    here = page.url
    short.tap()
    tip = page.get_by_role("tooltip")
    expect(tip).to_have_text("Osteoarthritis")
    expect(tip).to_be_in_viewport(ratio=1)
    assert page.url == here
    short.tap()
    expect(page.locator(".short-forms li:target")).to_contain_text("Osteoarthritis")
    context.close()


def test_without_scripts_short_forms_lead_to_the_glossary_and_dark_is_dark(
    placed: Served, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(placed.url + "trials/")
    short = page.locator("a.short", has_text="OA").first
    expect(short).to_have_attribute("title", "Osteoarthritis")
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 25, 28)")
    short.click()
    expect(page.locator(".short-forms li:target")).to_contain_text("Osteoarthritis")
    context.close()


def test_a_researcher_filters_statements_to_osteochondral_defects_and_downloads_them(
    placed: Served, page: Page, tmp_path: Path
) -> None:
    page.goto(placed.url + "sources/")
    page.get_by_label("Filter").first.fill("bmsc")
    page.get_by_role("link", name="Bone marrow mesenchymal stem cell", exact=True).click()
    page.wait_for_url(
        placed.url + "sources/bmsc/"
    )  # until it is loaded whole: its rows are counted
    every = page.locator("table.findings").first.locator("tbody tr")
    total = every.count()
    form = page.locator(".filter:has(+ table.findings)").first
    form.get_by_role("combobox", name="Condition").select_option("Osteochondral defect")
    shown = every.locator("visible=true")
    count = shown.count()
    assert 0 < count < total
    expect(form.locator("output")).to_have_text(f"{count} of {total}")
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Download these {count} as CSV").click()
    file = tmp_path / "statements.csv"
    started.value.save_as(file)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == count
    for row in rows:
        assert "Osteochondral defect" in row["condition"]
        assert not row["Statement"].endswith("…")
        assert row["address"].endswith(f"#{row['id']}")


def test_a_reader_narrows_all_findings_at_once_and_follows_one(
    placed: Served, page: Page, watch: Watch
) -> None:
    page.goto(placed.url + "findings/")
    more = page.get_by_role("button", name="Show all on this page, to filter and sort")
    more.click()
    expect(more).to_have_count(0)
    rows = page.locator("table.findings tbody tr")
    papers = page.get_by_role("combobox", name="Paper").locator("option")
    # A row that bears no word of its result, role or basis has the usual one: each row is counted.
    for name in ("Result", "Role", "Basis", "Paper"):
        options = page.get_by_role("combobox", name=name, exact=True).locator("option")
        counted = [o.rpartition("(")[2].rstrip(")") for o in options.all_inner_texts()[1:]]
        assert sum(map(int, counted)) == rows.count(), name
    # One list over all papers, and one form over it.
    expect(page.locator("table.findings")).to_have_count(1)
    assert papers.count() > 2
    page.get_by_role("combobox", name="Design").select_option("in people")
    shown = rows.locator("visible=true")
    assert shown.locator("td[class^='design-']").all_inner_texts() == ["in people"] * shown.count()
    # Of a long statement the words that the row leaves out are searched too.
    page.get_by_role("searchbox", name="Filter").fill("placebo-controlled clinical trial")
    expect(shown).to_have_count(1)
    shown.get_by_role("link").first.click()
    expect(page.locator("li:target")).to_contain_text("placebo-controlled clinical trial")
    assert watch.errors == []


def test_an_answer_leads_to_the_studies_that_it_counts(placed: Served, page: Page) -> None:
    page.goto(placed.url + "sources/bmsc/")
    number = page.locator(".answer").first.get_by_role("link", name="in animals").first
    count = int((number.inner_text()).split()[0])
    number.click()
    form = page.locator(".filter:has(+ table.studies)")
    expect(form.get_by_role("combobox", name="Design")).to_have_value("in animals")
    rows = page.locator("table.studies tbody tr:visible")
    treated = rows.filter(has_not_text="of the disease")
    assert treated.count() == count


def test_a_statement_is_cited_and_reported_where_it_stands(placed: Served, page: Page) -> None:
    page.goto(placed.url + "papers/")
    page.get_by_role("link", name="Exosomal Interventions in Bone").click()
    statement = page.locator(".statements > li").first
    statement.locator("summary").click()
    name = statement.get_attribute("id") or ""
    citation = statement.locator(".statement-citation")
    expect(citation).to_contain_text(f"#{name}")
    expect(statement.get_by_role("link", name="Report this statement")).to_be_visible()


def test_references_are_folded_and_open_where_an_address_points(placed: Served, page: Page) -> None:
    page.goto(placed.url + "papers/")
    page.get_by_role("link", name="Exosomal Interventions in Bone").click()
    expect(page.locator("#ref-7")).not_to_be_visible()
    page.goto(page.url + "#ref-7")
    expect(page.locator("#ref-7")).to_be_in_viewport()


def test_a_reader_on_a_phone_follows_a_statement_to_its_table_row(
    placed: Served, browser: Browser
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    page.goto(placed.url)
    page.get_by_role("banner").get_by_role("button", name="Menu").tap()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Sources").tap()
    page.get_by_role("link", name="Bone marrow mesenchymal stem cell", exact=True).tap()
    row = page.locator("table.findings tbody tr").filter(has_text="Table 1, row").first
    words = (row.locator("td a").first.get_attribute("title") or "").split(" · ")[1]
    row.locator("td a").first.tap()
    statement = page.locator("li:target")
    expect(statement).to_be_in_viewport()
    expect(statement).to_contain_text(words)
    statement.locator("summary").tap()
    statement.get_by_role("link", name="Table 1, row").tap()
    target = page.locator("tr:target")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text(words)
    context.close()


def test_the_phones_menu_opens_and_leads_on_by_keyboard_alone(
    placed: Served, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(placed.url)
    for _ in range(4):  # past the link that skips to the content
        page.keyboard.press("Tab")
        if page.locator(".atlas-menu:focus").count():
            break
    page.keyboard.press("Enter")
    menu = page.get_by_role("navigation", name="Menu")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Evidence map")
    context.close()


def test_a_cell_of_the_map_leads_to_its_findings(placed: Served, page: Page) -> None:
    page.goto(placed.url + "map/")
    column = page.locator("table.map").first.locator("thead th").all_inner_texts()
    at = [" ".join(name.split()) for name in column].index("Osteochondral defect")
    row = page.locator("table.map").first.locator("tbody tr", has_text="BMSC").first
    row.locator("td").nth(at - 1).get_by_role("link").click()
    expect(page.get_by_role("combobox", name="Condition").first).to_have_value(
        "Osteochondral defect"
    )
    for row in page.locator("table.studies tbody tr:visible").all():
        assert "Osteochondral defect" in (row.get_attribute("data-condition") or "")


def test_the_dark_scheme_is_kept_from_page_to_page(placed: Served, page: Page) -> None:
    page.goto(placed.url)
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.get_by_role("button", name="Dark colours").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.get_by_role("link", name="About").first.click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


@pytest.fixture
def guarded(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A tab that notes each breach of the pages' Content-Security-Policy."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    breaches: list[str] = []

    def note(breach: str) -> None:
        breaches.append(breach)

    page.expose_function("noteBreach", note)
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " (e) => noteBreach(`${location.pathname}: ${e.violatedDirective} ${e.blockedURI}`))"
    )
    yield page, breaches
    context.close()


def test_every_kind_of_page_keeps_its_own_policy_and_stays_within_a_narrow_phone(
    placed: Served, guarded: tuple[Page, list[str]]
) -> None:
    page, breaches = guarded
    page.set_viewport_size({"width": 320, "height": 700})
    wide = []
    for path in placed.one_of_each_kind():
        page.goto(placed.url + path, wait_until="load")
        policy = page.locator("meta[http-equiv='Content-Security-Policy']")
        text = policy.get_attribute("content") or ""
        assert "script-src 'self' 'wasm-unsafe-eval';" in text, path
        assert "unsafe-inline" not in text
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert breaches == []
    assert wide == []


def test_the_policy_stops_an_inline_script(placed: Served, guarded: tuple[Page, list[str]]) -> None:
    page, breaches = guarded
    page.goto(placed.url)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.ran = true'}))"
    )
    page.wait_for_function("true")
    assert page.evaluate("window.ran") is None
    assert breaches


def test_searching_keeps_the_policy(placed: Served, guarded: tuple[Page, list[str]]) -> None:
    page, breaches = guarded
    page.goto(placed.url + "search/?q=cartilage+hydrogel")
    expect(page.locator("#search-results[data-state=done]")).to_have_count(1, timeout=20_000)
    assert page.locator("#search-results li").count() > 0
    assert breaches == []


def test_nothing_jumps_while_a_page_loads(placed: Served, page: Page) -> None:
    jumped = {}
    asked = "search/?q=cartilage"
    for path in ("", "map/", "sources/bmsc/", "trials/", "references/", "findings/", asked):
        page.goto(placed.url + path, wait_until="load")
        if path == asked:
            expect(page.locator("#search-results[data-state=done] li").first).to_be_visible()
        shift = page.evaluate(
            """() => new Promise((done) => {
              let sum = 0;
              new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) sum += entry.value;
              }).observe({ type: "layout-shift", buffered: true });
              setTimeout(() => done(sum), 300);
            })"""
        )
        if shift > 0.005:  # less is a line that was painted before its last word had come in
            jumped[path] = shift
    assert jumped == {}


def test_one_filter_narrows_the_mechanisms_of_all_groups(placed: Served, page: Page) -> None:
    page.goto(placed.url + "mechanisms/?type=stimulus")
    groups = page.locator(".groups > section")
    shown = page.locator(".groups > section:visible h2")
    expect(shown).to_have_text(["Molecules", "Stimuli"])
    assert groups.count() > 2
    rows = page.locator(".groups tbody tr:visible th")
    expect(rows).to_contain_text(["TNF-α", "High glucose"])
    page.get_by_role("combobox", name="Type").select_option("")
    expect(page.locator(".groups > section:visible")).to_have_count(groups.count())
