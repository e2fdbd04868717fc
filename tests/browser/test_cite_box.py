"""The cite box as a reader uses it: copies, downloads, keyboard, and no scripts at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rispy
from bibtexparser import parse_string
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
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
def reader(browser: Browser, site: Served, watch: Watch) -> Iterator[Page]:
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


@pytest.mark.parametrize("path", KINDS)
def test_every_button_copies_exactly_what_it_names(
    site: Served, reader: Page, watch: Watch, path: str
) -> None:
    box = open_box(reader, site.url + path)
    names = [h.removesuffix("#").strip() for h in box.locator("h2").all_inner_texts()]
    assert [n.startswith(w) for n, w in zip(names, KINDS[path], strict=True)] == [True] * len(names)
    wanted = [("the citation", text) for text in box.locator(".cite-text").all_inner_texts()]
    for link in box.locator(".cite-files a").all():
        file = site.folder / path / str(link.get_attribute("href"))
        wanted.append((link.inner_text(), file.read_text(encoding="utf-8")))
    buttons = box.get_by_role("button").all()
    labels = [str(b.get_attribute("aria-label")) for b in buttons]
    assert len(set(labels)) == len(labels) == len(wanted)
    copied = []
    for button, label in zip(buttons, labels, strict=True):
        reader.evaluate("navigator.clipboard.writeText('nothing yet')")
        button.click()
        expect(button.locator("+ [role=status]")).to_have_text(" Copied.")
        copied.append((label.removeprefix("Copy ").partition(":")[0], clipboard(reader)))
    assert sorted(copied) == sorted(wanted)
    assert watch.errors == []


def test_the_original_of_a_work_is_cited_as_the_style_asks(site: Served, reader: Page) -> None:
    box = open_box(reader, f"{site.url}references/{WORK}/")
    box.get_by_role("button", name="Copy the citation: Cite the original").click()
    expect(box.get_by_text("Copied.")).to_be_visible()
    assert clipboard(reader) == AMA
    box.get_by_role("button", name="Copy BibTeX: Cite the original").click()
    expect(box.get_by_text("Copied.")).to_have_count(2)
    [entry] = parse_string(clipboard(reader)).entries
    told = {f.key: f.value for f in entry.fields}
    assert (entry.key, entry.entry_type) == (WORK, "article")
    assert told["author"] == "Chen, Y. and Xue, K. and Zhang, X. and Zheng, Z. and Liu, K."
    assert (told["journal"], told["year"]) == ("Stem Cell Res. Ther.", "2018")
    assert (told["volume"], told["pages"]) == ("9", "318")
    assert told["doi"] == "10.1186/s13287-018-1047-2"


def test_this_page_is_cited_with_its_address_version_and_day(site: Served, reader: Page) -> None:
    box = open_box(reader, site.url + "sources/bmsc/")
    box.get_by_role("button", name="Copy CSL-JSON: Cite this page").click()
    expect(box.get_by_text("Copied.")).to_be_visible()
    [item] = json.loads(clipboard(reader))
    index = json.loads((site.folder / "api/v1/index.json").read_text())
    assert item["type"] == "webpage"
    assert item["title"] == "Bone marrow mesenchymal stem cell (BMSC)"
    assert item["container-title"] == f"Exosome Atlas, data version {index['data_version']}"
    assert item["URL"].endswith("/sources/bmsc/")
    assert len(item["issued"]["date-parts"][0]) == 3
    shown = box.locator(".cite-text").inner_text()
    assert item["URL"] in shown
    assert index["data_version"] in shown


def test_downloads_have_the_right_bytes_and_a_name_of_their_own(
    site: Served, page: Page, tmp_path: Path
) -> None:
    box = open_box(page, f"{site.url}papers/{PAPER}/")
    saved = {}
    for link in box.locator(".cite-files a").all():
        with page.expect_download() as started:
            link.click()
        name = started.value.suggested_filename
        started.value.save_as(tmp_path / name)
        file = site.folder / "papers" / PAPER / str(link.get_attribute("href"))
        assert (tmp_path / name).read_bytes() == file.read_bytes()
        saved[name] = str(link.get_attribute("href"))
    own = f"exosome-atlas-papers-{PAPER}"
    assert saved == {
        **{f"{own}.{end}": f"cite.{end}" for end in ("bib", "ris", "csl.json")},
        **{f"{PAPER}.{end}": f"original.{end}" for end in ("bib", "ris", "csl.json")},
    }
    [work] = rispy.loads((tmp_path / f"{PAPER}.ris").read_text(encoding="utf-8"))
    assert work["authors"][0] == "Li, Xinyu"
    assert work["doi"] == "10.3389/fsurg.2026.1762559"


def test_the_box_works_by_keyboard(site: Served, reader: Page) -> None:
    reader.goto(f"{site.url}references/{WORK}/")
    summary = reader.locator(".cite summary")
    summary.focus()
    reader.keyboard.press("Enter")
    reader.keyboard.press("Tab")
    focused = reader.locator(":focus")
    expect(focused).to_have_attribute("aria-label", "Copy the citation: Cite this page")
    reader.keyboard.press("Enter")
    expect(focused.locator("+ [role=status]")).to_have_text(" Copied.")
    assert f"/references/{WORK}/" in clipboard(reader)
    reader.keyboard.press("Tab")
    expect(reader.locator(":focus")).to_have_text("BibTeX")
    reader.keyboard.press("Tab")
    reader.keyboard.press("Space")
    expect(reader.locator(":focus + [role=status]")).to_have_text(" Copied.")
    assert clipboard(reader).startswith("@")


def test_without_the_right_to_copy_the_page_says_so(site: Served, context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no'))"
    )
    box = open_box(page, f"{site.url}references/{WORK}/")
    box.get_by_role("button").first.click()
    said = box.get_by_role("button").first.locator("+ [role=status]")
    expect(said).to_have_text(" Could not copy; mark the text or download the file.")


def test_without_scripts_the_text_is_marked_and_the_files_are_there(
    site: Served, browser: Browser, reader: Page
) -> None:
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    box = open_box(page, f"{site.url}references/{WORK}/")
    expect(box.get_by_role("button")).to_have_count(0)
    original = box.locator(".cite-text").nth(1)
    expect(original).to_have_text(AMA)
    original.click(click_count=3)
    page.keyboard.press("Control+C")
    with page.expect_download() as started:
        box.locator(".cite-files a").first.click()
    assert Path(started.value.path()).read_bytes().startswith(b"@misc")
    context.close()
    reader.goto(site.url)
    reader.bring_to_front()
    assert clipboard(reader).strip() == AMA
