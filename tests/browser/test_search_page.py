"""The search page: its list, its facets, its address, and what it does with bad input."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from served import Gate, Served, Watch

BAD = {
    "empty": "",
    "one letter": "k",
    "5,000 letters": "exosome" * 715,
    "punctuation": "!?.,;:-–()[]{}'\"&/\\",
    "markup": "<img src=x onerror=alert(1)>",
    "prototype": "__proto__",
    "constructor": "constructor toString hasOwnProperty",
    "regex": "(.*)+[a-z]{1,}?$^\\d|\\",
    "emoji": "🦴🧪 👩‍🔬",
    "right to left": "אקסוזומים \u202e <b>",
    "percent": "%E0%A4%A",
}


def search(page: Page, site: Served, query: str, more: str = "") -> None:
    page.goto(f"{site.url}search/?q={quote(query, safe='')}{more}")
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")


def turn_to_facets(page: Page) -> None:
    """Open the facets; where there is room they stand open, and are filled when turned to."""
    viewport = page.viewport_size
    assert viewport
    if viewport["width"] < 1000:
        page.click("#search-narrow summary")
    else:
        page.hover("#search-narrow")


def first_links(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        "#search-results > li", "items => items.map(li => li.firstElementChild.href)"
    )


def test_results_stand_in_a_list_with_the_page_first(site: Served, page: Page) -> None:
    search(page, site, "cartilage")
    links = first_links(page)
    assert len(links) > 5
    assert all(link.startswith(site.url) for link in links)
    assert re.match(r"\d+ pages for “cartilage”", page.inner_text("#search-status"))


def test_a_name_without_evidence_is_one_quiet_line(placed: Served, page: Page) -> None:
    search(page, placed, "astrocyte")
    line = page.locator("#search-results > li.quiet")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("in the vocabulary, no evidence in the material read")
    expect(line.locator("a")).to_have_attribute("href", re.compile(r"/glossary/#astrocyte$"))


def test_no_title_is_a_row_with_bars(placed: Served, page: Page) -> None:
    search(page, placed, "hydrogel")
    titles = page.locator("#search-results > li > a").all_inner_texts()
    assert titles
    assert not [title for title in titles if " | " in title]


def test_behind_the_best_results_stand_under_the_heading_of_their_kind(
    placed: Served, page: Page
) -> None:
    search(page, placed, "osteogenesis")
    items = page.locator("#search-results > li")
    headings = items.evaluate_all("items => items.map(item => item.dataset.heading ?? '')")
    kinds = items.locator("small.kind-of").evaluate_all(
        "kinds => kinds.map(kind => kind.textContent.split(' · ')[0])"
    )
    assert headings[0] == "Best matches"
    assert headings[5].startswith("References")
    groups: list[str] = []
    for heading, kind in list(zip(headings, kinds, strict=True))[5:]:
        groups += [kind] if heading else []
        assert kind == groups[-1]
    assert len(groups) == len(set(groups)) > 2
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('#search-results li'), '::before').content"
        )
        == '"Best matches"'
    )


def test_more_of_each_kind_is_shown_on_demand(placed: Served, page: Page) -> None:
    search(page, placed, "osteogenesis")
    before = first_links(page)
    page.click("#search-more")
    page.wait_for_function(
        "count => document.querySelectorAll('#search-results > li').length > count",
        arg=len(before),
    )
    after = first_links(page)
    assert set(before) < set(after)
    focused = page.evaluate("document.activeElement.href")
    assert focused in set(after) - set(before)


def test_excerpts_mark_the_words_and_link_to_the_very_row(site: Served, page: Page) -> None:
    search(page, site, "Ti6Al4V elastic modulus")
    marks = page.locator("#search-results mark")
    expect(marks.first).to_be_visible()
    row = page.locator("#search-results > li > a[href*='#']").first
    row.click()
    expect(page).to_have_url(re.compile(r"/(?:papers|references)/.+#"))
    anchor = page.url.split("#")[1]
    expect(page.locator(f"[id='{anchor}']")).to_contain_text("Ti6Al4V")


def test_every_place_in_an_excerpt_exists(placed: Served, page: Page) -> None:
    """The index is made of records; its anchors must be those of the pages."""
    targets: set[str] = set()
    for query in ("knee", "rat", "bone", "hydrogel", "safety", "macrophage", "review"):
        search(page, placed, query)
        targets |= set(page.eval_on_selector_all("#search-results p a", "a => a.map(x => x.href)"))
    assert len(targets) > 10
    for target in sorted(targets):
        path, _, anchor = target.removeprefix(placed.url).partition("#")
        text = (placed.folder / path / "index.html").read_text(encoding="utf-8")
        assert f'id="{anchor}"' in text, target


def test_facets_narrow_the_list_and_stand_in_the_address(placed: Served, page: Page) -> None:
    search(page, placed, "osteogenesis")
    everything = page.inner_text("#search-status")
    turn_to_facets(page)
    expect(page.locator("#search-kind option").nth(1)).to_be_attached()
    page.select_option("#search-kind", "reference")
    expect(page).to_have_url(re.compile("kind=reference"))
    expect(page.locator("#search-status")).not_to_have_text(everything)
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")
    links = first_links(page)
    assert links
    assert all("/references/" in link or "#ref-" in link for link in links)
    page.reload()
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")
    assert first_links(page) == links
    page.go_back()
    expect(page.locator("#search-status")).to_have_text(everything)


def test_where_there_is_room_facets_stand_open_beside_the_results(
    placed: Served, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    search(page, placed, "osteogenesis")
    kind = page.get_by_role("combobox", name="Kind of page")
    expect(kind).to_be_in_viewport()
    beside, results = kind.bounding_box(), page.locator("#search-results").bounding_box()
    assert beside
    assert results
    assert beside["x"] > results["x"] + results["width"]
    before = len(asked)
    expect(kind.locator("option")).to_have_count(1)  # nothing is fetched for who does not narrow
    # By keyboard: on from the words to the first choice.
    page.focus("#search-query")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(kind).to_be_focused()
    expect(kind.locator("option", has_text="References (")).to_be_attached()
    assert len(asked) > before


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "chosen",
    [
        "kind=trial",
        "source=bmsc",
        "condition=knee-osteoarthritis",
        "evidence=clinical",
        "year=2021",
    ],
)
def test_each_facet_gives_as_many_pages_as_it_says(
    placed: Served, page: Page, watch: Watch, chosen: str, width: int
) -> None:
    """The page's own policy forbids foreign and inline code; a breach would be an error here."""
    facet, _, value = chosen.partition("=")
    page.set_viewport_size({"width": width, "height": 800})
    search(page, placed, "exosomes cartilage")
    turn_to_facets(page)
    option = page.locator(f"#search-{facet} option[value='{value}']")
    expect(option).to_be_attached()
    label = option.inner_text()
    promised = int(label.rpartition("(")[2].rstrip(")"))
    page.select_option(f"#search-{facet}", value)
    pages = "1 page" if promised == 1 else f"{promised} pages"
    expect(page.locator("#search-status")).to_have_text(re.compile(f"^{pages} for"))
    expect(page).to_have_url(re.compile(f"{facet}={value}"))
    while page.locator("#search-more").is_visible():
        # Twice at once; the button may be gone after the first.
        shown = page.locator("#search-results > li").count()
        page.locator("#search-more").evaluate("button => { button.click(); button.click(); }")
        page.wait_for_function(
            "n => document.querySelectorAll('#search-results > li').length > n", arg=shown
        )
    found = first_links(page)
    assert len(found) == promised
    assert [link for link in found if not fits(placed, link, facet, value)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watch.errors == []


def fits(site: Served, link: str, facet: str, value: str) -> bool:
    """Return whether the page's record has what was chosen; only findings and works state it."""
    path = link.removeprefix(site.url).partition("#")[0]
    if facet == "kind":
        return path.startswith(f"{value}s/")
    anchor = link.partition("#")[2]
    findings = json.loads((site.folder / "api/v1/findings.json").read_text(encoding="utf-8"))
    for record in findings:
        if record["id"] == anchor and facet == "evidence":
            return bool(record["design"]["level"] == value)
        if record["id"] == anchor and facet in ("source", "condition"):
            return value in record[f"{facet}s"]
    return True


def test_names_are_listed_before_the_full_text_is_loaded(placed: Served, page: Page) -> None:
    gate = Gate(page, "**/pagefind/*.pagefind")
    page.goto(f"{placed.url}search/?q=BMSC")
    first = page.locator("#search-results > li > a").first
    expect(first).to_have_attribute("href", f"{placed.url}sources/bmsc/")
    expect(page.locator("#search-results")).to_have_attribute("data-state", "busy")
    first.focus()
    gate.open()
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")
    expect(first).to_have_attribute("href", f"{placed.url}sources/bmsc/")
    expect(first).to_be_focused()


def test_an_address_with_two_values_of_a_facet_allows_either(placed: Served, page: Page) -> None:
    search(page, placed, "cartilage", "&kind=trial&kind=condition")
    kinds = {link.removeprefix(placed.url).split("/")[0] for link in first_links(page)}
    assert kinds == {"trials", "conditions"}


def test_a_facet_of_no_such_value_finds_nothing_and_says_so(placed: Served, page: Page) -> None:
    search(page, placed, "cartilage", "&source=__proto__&year=x<b>")
    assert first_links(page) == []
    assert page.inner_text("#search-status")
    assert page.locator("#search-status b").count() == 0


def test_facets_alone_list_pages(placed: Served, page: Page) -> None:
    page.goto(f"{placed.url}search/?kind=trial")
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")
    assert len(first_links(page)) == 5


def test_an_absent_identifier_is_shown_with_the_date_of_the_data(
    placed: Served, page: Page
) -> None:
    search(page, placed, "NCT00000001")
    assert first_links(page) == []
    expect(page.locator("#search-status")).to_have_text(
        re.compile(r"^NCT00000001 is not in this atlas as of \d{4}-\d\d-\d\d\.$")
    )


@pytest.mark.parametrize("query", BAD.values(), ids=BAD.keys())
def test_bad_input_is_only_text(placed: Served, page: Page, watch: Watch, query: str) -> None:
    page.on("dialog", lambda _: watch.errors.append("a dialog opened"))
    search(page, placed, query)
    assert page.locator("#search-results img, #search-status img").count() == 0
    assert page.inner_text("#search-status")
    page.fill("form[data-search] input", query[:200])
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=listbox] img").count() == 0
    assert watch.errors == []
    assert {host.split(":")[0] for host in watch.hosts if host} == {"127.0.0.1"}


@pytest.mark.parametrize("path", ["search/", "about/"])
def test_a_hash_of_another_site_does_no_harm(
    site: Served, page: Page, watch: Watch, path: str
) -> None:
    page.goto(f"{site.url}{path}#/wiki/Exosome?q=<script>alert(1)</script>")
    expect(page.locator("h1").first).to_be_visible()
    assert watch.errors == []


@pytest.mark.parametrize("broken", ["**/search/manifest.json", "**/words.*.json", "**/*.pagefind"])
def test_an_index_that_fails_leaves_a_way_on(placed: Served, page: Page, broken: str) -> None:
    page.route(broken, lambda route: route.abort())
    page.goto(f"{placed.url}search/?q=cartilage")
    expect(page.locator("#search-status")).to_contain_text("could not be loaded")
    expect(page.locator("#by-kind ~ ul a").first).to_be_visible()
    page.unroute(broken)
    page.click("#search-status button")
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")
    assert first_links(page)


def test_a_slow_network_shows_the_last_query_only(placed: Served, page: Page) -> None:
    def slow(route: Route) -> None:
        page.wait_for_timeout(150)
        route.continue_()

    page.route("**/search/**/*", slow)
    page.goto(f"{placed.url}search/")
    page.fill("#search-query", "hydrogel")
    page.fill("#search-query", "BMSC")
    expect(page.locator("#search-status")).to_contain_text("“BMSC”", timeout=20_000)
    expect(page.locator("#search-results")).to_have_attribute("data-state", "done")
    assert first_links(page)[0] == f"{placed.url}sources/bmsc/"


def test_words_typed_before_the_script_has_come_are_kept(site: Served, page: Page) -> None:
    gate = Gate(page, "**/search-page.js")
    page.goto(f"{site.url}search/?condition=osteoarthritis")
    page.fill("#search-query", "BMSC")
    gate.open()
    expect(page.locator("#search-status")).to_contain_text("“BMSC”")
    expect(page).to_have_url(f"{site.url}search/?q=BMSC&condition=osteoarthritis")
    expect(page.locator("#search-query")).to_have_value("BMSC")


def test_without_scripts_the_box_leads_to_all_pages_by_kind(site: Served, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    page.fill("form[data-search] input", "BMSC")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=BMSC"))
    links = page.locator("#by-kind ~ ul a")
    kinds = {link.get_attribute("href") for link in links.all()}
    assert kinds >= {f"../{kind}/" for kind in ("sources", "mechanisms", "vehicles", "conditions",
                                                "trials", "papers", "references")}  # fmt: skip
    context.close()
