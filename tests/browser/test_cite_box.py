"""The cite box as a reader uses it: copies, downloads, keyboard, and no scripts at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rispy
from bibtexparser import parse_string
from playwright.sync_api import Browser, Locator, Page, expect
from served import Served, Watch

# Reference 123 of the review on bone and osteochondral repair, cited by hand as the AMA does.
WORK = "chen-2018-exosomes-derived-mature-chondrocytes"
AMA = (
    "Chen Y, Xue K, Zhang X, Zheng Z, Liu K. Exosomes derived from mature chondrocytes facilitate "
    "subcutaneous stable ectopic chondrogenesis of cartilage progenitor cells. "
    "Stem Cell Res Ther. 2018;9:318. doi:10.1186/s13287-018-1047-2"
)
PAPER = "li-2026-research-progress-prospects-exosomes"
KINDS = {
    f"references/{WORK}/": ["Cite this page", "Cite the original"],
    f"papers/{PAPER}/": ["Cite this page", "Cite the original"],
    "trials/nct05060107/": [
        "Cite this page",
        "Cite the registration",
        "Works behind this page (1)",
    ],
    "sources/bmsc/": ["Cite this page", "Works behind this page"],
    "": ["Cite this page"],
}


@pytest.fixture
def reader(browser: Browser, placed: Served, watch: Watch) -> Iterator[Page]:
    """A tab that may use the clipboard."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.on("console", lambda m: watch.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    yield page
    context.close()


def open_box(page: Page, url: str) -> Locator:
    page.goto(url)
    page.get_by_text("Cite and history").click()
    return page.locator(".cite")


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def find_keys(text: str, ending: str) -> list[str]:
    """Return the keys of the works that a text of a format holds, as other programs read it."""
    if ending == "bib":
        return [entry.key for entry in parse_string(text).entries]
    if ending == "ris":
        return [str(entry["id"]) for entry in rispy.loads(text)]
    return [str(item["id"]) for item in json.loads(text)]


@pytest.mark.parametrize("path", KINDS)
def test_every_button_copies_what_it_names(
    placed: Served, reader: Page, watch: Watch, path: str
) -> None:
    box = open_box(reader, placed.url + path)
    names = [h.removesuffix("#").strip() for h in box.locator("h2").all_inner_texts()]
    assert [n.startswith(w) for n, w in zip(names, KINDS[path], strict=True)] == [True] * len(names)
    beside: dict[str, Any] = json.loads((placed.folder / path / "index.json").read_text())
    keys = {name: [item["id"] for item in held] for name, held in beside["cite"].items()}
    keys["references"] = beside.get("works", [])
    keys.setdefault("original", [beside.get("id")])  # a cited work's record is its citation
    for text in box.locator(".cite-text").all():
        text.locator("+ button, ~ button").first.click()
    labels = [b.get_attribute("aria-label") for b in box.get_by_role("button").all()]
    assert len(set(labels)) == len(labels)
    for link in box.locator(".cite-files a").all():
        ending, name = (
            link.get_attribute("data-format") or "",
            link.locator("..").get_attribute("data-list") or "",
        )
        button = link.locator("+ button")
        button.click()
        expect(button.locator("+ [role=status]")).to_have_text(" Copied.")
        assert find_keys(clipboard(reader), ending) == keys[name] != []
    assert watch.errors == []


def test_the_original_of_a_work_is_cited_as_the_style_asks(placed: Served, reader: Page) -> None:
    box = open_box(reader, f"{placed.url}references/{WORK}/")
    box.get_by_role("button", name="Copy the citation: Cite the original").click()
    expect(box.get_by_text("Copied.")).to_be_visible()
    assert clipboard(reader) == AMA
    box.get_by_role("button", name="Copy BibTeX: Cite the original").click()
    expect(box.get_by_text("Copied.")).to_have_count(2)
    [entry] = parse_string(clipboard(reader)).entries
    fields = {f.key: f.value for f in entry.fields}
    assert (entry.key, entry.entry_type) == (WORK, "article")
    assert fields["author"] == "Chen, Y. and Xue, K. and Zhang, X. and Zheng, Z. and Liu, K."
    assert (fields["journal"], fields["year"]) == ("Stem Cell Res. Ther.", "2018")
    assert (fields["volume"], fields["pages"]) == ("9", "318")
    assert fields["doi"] == "10.1186/s13287-018-1047-2"
    box.get_by_role("button", name="Copy CSL-JSON: Cite the original").click()
    expect(box.get_by_text("Copied.")).to_have_count(3)
    [item] = json.loads(clipboard(reader))
    assert (item["id"], item["type"], item["volume"]) == (WORK, "article-journal", "9")
    assert item["issued"] == {"date-parts": [[2018]]}
    assert not {"cite", "bibtex", "ris", "url", "custom"} & set(item)


def test_this_page_is_cited_with_its_address_and_the_day_of_its_records(
    placed: Served, reader: Page
) -> None:
    box = open_box(reader, placed.url + "sources/bmsc/")
    box.get_by_role("button", name="Copy CSL-JSON: Cite this page").click()
    expect(box.get_by_text("Copied.")).to_be_visible()
    [item] = json.loads(clipboard(reader))
    assert item["type"] == "webpage"
    assert item["title"] == "Bone marrow mesenchymal stem cell (BMSC)"
    assert item["container-title"] == "Exosome Atlas"
    assert item["URL"].endswith("/sources/bmsc/")
    assert len(item["issued"]["date-parts"][0]) == 3
    expect(box.locator("dl")).to_contain_text("its records last changed")


def test_downloads_have_a_name_of_their_own(placed: Served, page: Page, tmp_path: Path) -> None:
    box = open_box(page, f"{placed.url}papers/{PAPER}/")
    saved = set()
    for link in box.locator(".cite-files a").all():
        with page.expect_download() as started:
            link.click()
        saved.add(started.value.suggested_filename)
        started.value.save_as(tmp_path / started.value.suggested_filename)
    own = f"exosome-atlas-papers-{PAPER}"
    assert saved == {f"{name}.{end}" for name in (own, PAPER) for end in ("bib", "ris", "csl.json")}
    [work] = rispy.loads((tmp_path / f"{PAPER}.ris").read_text(encoding="utf-8"))
    assert work["authors"][0] == "Li, Xinyu"
    assert work["doi"] == "10.3389/fsurg.2026.1762559"


def test_the_box_works_by_keyboard(placed: Served, reader: Page) -> None:
    reader.goto(f"{placed.url}references/{WORK}/")
    reader.locator(".cite summary").focus()
    reader.keyboard.press("Enter")
    reader.keyboard.press("Tab")
    focused = reader.locator(":focus")
    expect(focused).to_have_attribute("aria-label", "Copy the citation: Cite this page")
    reader.keyboard.press("Enter")
    expect(focused.locator("+ [role=status]")).to_have_text(" Copied.")
    assert f"/references/{WORK}/" in clipboard(reader)


def test_without_scripts_the_text_can_be_marked_and_the_data_is_there(
    placed: Served, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    box = open_box(page, f"{placed.url}references/{WORK}/")
    expect(box.get_by_role("button")).to_have_count(0)
    expect(box.locator(".cite-text").nth(1)).to_have_text(AMA)
    assert box.locator(".cite-files a").first.get_attribute("href") == "index.json"
    context.close()
