"""A site with a past: a paper's title was fixed, a row came, one went, one was corrected.

It has three rows and four works, whose titles are statements too. Frozen as 1.0.0 before and as
1.1.0 after. What readers hold in their hands still leads home.
"""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from edited_seeds import CELLS, Seed, Statement, make_row, make_seed
from hand_made import furnish
from playwright.sync_api import Browser, Page, expect
from served import Served, Watch, run_builder, serve

from builder import store
from builder.models import Finding, Term
from builder.project import Project

OLD = "doe-2025-exosomes-joint-made-up"
NEW = "doe-2025-exosomes-knee-made-up"
WORK = "kim-2023-lubogafa-logopare-exosomes-number"  # the first in the list: family, year, title
FIRST_DAY, SECOND_DAY = "1795219200", "1796428800"  # 2026-11-21 and 2026-12-05


@dataclass
class Past:
    """The site, and the ids of five statements before and after: of rows, and of a title."""

    site: Served
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)


def write_seed(project: Project, seed: Seed) -> None:
    (project.seeds / "review.txt").write_text(seed.text(), encoding="utf-8")


def find_ids(
    project: Project, paper: str, seed: Seed, rows: dict[str, Statement]
) -> dict[str, str]:
    words = {name: row.deed for name, row in rows.items()} | {"title": seed.works[0].title}
    file = project.content / "papers" / paper / "findings.yml"
    quotes = {f.quote: f.id for f in store.read_records(Finding, file, project.root)}
    return {
        name: next(i for quote, i in quotes.items() if part in quote)
        for name, part in words.items()
    }


@pytest.fixture(scope="module")
def past(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    project = Project(tmp_path_factory.mktemp("past"))
    for cell in CELLS:
        term = Term(id=cell.lower(), label=f"{cell} cells", kind="source", synonyms=[cell])
        store.write_records(project.content / f"terms/sources/{term.id}.yml", term)
    project.seeds.mkdir()
    furnish(root, project)
    chance = random.Random(5)
    seed = make_seed(chance, rows=3, works=4)
    rows = dict(zip(("kept", "corrected", "gone"), seed.rows, strict=True))
    with pytest.MonkeyPatch.context() as clock:
        clock.setenv("SOURCE_DATE_EPOCH", FIRST_DAY)
        write_seed(project, seed)
        run_builder(root, project, "extract")
        before = find_ids(project, OLD, seed, rows)
        run_builder(root, project, "release", "1.0.0")

        clock.setenv("SOURCE_DATE_EPOCH", SECOND_DAY)
        seed.title = seed.title.replace("Joint", "Knee")
        seed.rows.remove(rows.pop("gone"))
        rows["new"] = make_row(chance, seed.works)
        rows["new"].source = "BMSC-Exos"  # none of the rows before names it
        seed.rows.insert(0, rows["new"])
        write_seed(project, seed)
        run_builder(root, project, "extract")
        after = find_ids(project, NEW, seed, rows)
        corrections = project.content / f"corrections/{NEW}.yml"
        corrections.parent.mkdir()
        corrections.write_text(
            f"- record: {after['corrected']}\n  field: design.level\n  old: not-stated\n"
            "  new: in-vitro\n  reason: Section 3 says so.\n  date: 2026-12-05\n"
        )
        run_builder(root, project, "extract")
        gone = f"papers/{OLD}/#{before['gone']}"
        run_builder(root, project, "retire", gone, "--because", "The row was taken back.")
        run_builder(root, project, "release", "1.1.0")
        run_builder(root, project, "check")
        run_builder(root, project, "build")
    server = serve(project.site, "/atlas/")
    url = f"http://127.0.0.1:{server.server_port}/atlas/"
    yield Past(Served(project.site, url), before, after)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["kept", "corrected"])
def test_a_link_to_a_statement_of_a_paper_that_moved_still_lands_on_it(
    past: Past, page: Page, watch: Watch, name: str
) -> None:
    old = past.before[name]
    for anchor, present in (
        (old, page.locator(f"li#{past.after[name]}")),
        (f"row-{old}", page.locator(f"tr#row-{past.after[name]}")),
    ):
        page.goto(f"{past.site.url}papers/{OLD}/#{anchor}")
        page.wait_for_url(f"{past.site.url}papers/{NEW}/#{anchor}")
        expect(present.locator(f"#{anchor}")).to_have_count(1)
        expect(present).to_be_in_viewport()
    assert watch.errors == []


def test_old_addresses_lead_on_without_scripts(past: Past, browser: Browser) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{past.site.url}papers/{OLD}/")
    page.wait_for_url(f"{past.site.url}papers/{NEW}/")
    expect(page.locator("h1").first).to_contain_text("Exosomes of the Knee: A Made-Up Review")
    # A refresh cannot take the fragment along; on the page itself it lands without scripts.
    for path, name in ((f"papers/{NEW}/", "kept"), (f"references/{WORK}/", "title")):
        page.goto(f"{past.site.url}{path}#{past.before[name]}")
        statement = page.locator(f"#{past.after[name]}")
        expect(statement.locator(f"#{past.before[name]}")).to_have_count(1)
        expect(statement).to_be_in_viewport()
    context.close()


def test_a_statement_that_went_says_why(past: Past, page: Page) -> None:
    gone = past.before["gone"]
    page.goto(f"{past.site.url}papers/{OLD}/#{gone}")
    page.wait_for_url(f"{past.site.url}papers/{NEW}/#{gone}")
    expect(page.locator(f"#{gone}")).to_contain_text("withdrawn. The row was taken back.")
    expect(page.locator(f"#{gone}")).to_be_in_viewport()


def test_the_page_of_changes_counts_each_release(past: Past, page: Page) -> None:
    page.goto(past.site.url + "changes/")
    table = page.locator("table", has_text="Releases, the newest first")
    rows = [
        row.all_inner_texts()
        for row in (r.locator("th,td") for r in table.locator("tbody tr").all())
    ]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["1.1.0", "2026-12-05", "1", "6", "1"],
        ["1.0.0", "2026-11-21", "7", "0", "0"],
    ]
    page.get_by_role("link", name="1.1.0").click()
    expect(page.locator("h1").first).to_contain_text("Release 1.1.0")


def test_a_release_lists_what_came_changed_and_went(past: Past, page: Page) -> None:
    page.goto(past.site.url + "releases/1.1.0/")
    for summary in page.locator("summary", has_text="Statements ").all():
        summary.click()
    added, changed, withdrawn = (
        page.locator(f"#{word} + details li") for word in ("added", "changed", "withdrawn")
    )
    expect(added).to_have_count(1)
    expect(added).to_contain_text(past.after["new"])
    # Two rows and the titles of four works: their ids hang on the paper's.
    expect(changed).to_have_count(6)
    kept = changed.filter(has_text=past.after["kept"])
    expect(kept).to_contain_text(f"(formerly {past.before['kept']})")
    expect(kept).not_to_contain_text("changed:")
    expect(changed.filter(has_text=past.after["corrected"])).to_contain_text("(changed: design)")
    expect(withdrawn).to_have_count(1)
    expect(withdrawn).to_contain_text("The row was taken back.")


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_a_frozen_copy_is_whole_and_leads_to_the_living_data(
    past: Past, page: Page, version: str
) -> None:
    page.goto(f"{past.site.url}releases/{version}/")
    expect(page.locator("meta[name=robots]")).to_have_attribute("content", "noindex")
    notice = page.locator(".notice")
    expect(notice).to_contain_text("A frozen copy of 2026-")
    notice.get_by_role("link", name="the living data").click()
    page.wait_for_url(past.site.url + "data/")
    folder = past.site.folder / "releases" / version
    files = json.loads((folder / "manifest.json").read_text())["files"]
    packed_name = f"exosome-atlas-{version}.zip"
    assert set(files) == {"records.json", "changes.json", "sbom.cdx.json", packed_name}
    for name, listed in files.items():
        data = (folder / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (
            listed["bytes"],
            listed["sha256"],
        )
    packed = zipfile.ZipFile(folder / f"exosome-atlas-{version}.zip")
    living = {
        path.relative_to(past.site.folder).as_posix()
        for place in ("api/v1", "data")
        for path in (past.site.folder / place).rglob("*")
        if path.is_file() and not path.name.startswith(("cite.", "index.html"))
    } - {"data/index.json"}
    assert set(packed.namelist()) == living
    findings = json.loads(packed.read("api/v1/findings.json"))
    ids = past.before if version == "1.0.0" else past.after
    assert len(findings) == 7  # three rows and the titles of four works
    assert {f["id"] for f in findings} >= set(ids.values())


def test_a_page_shows_its_own_history(past: Past, page: Page) -> None:
    def history(path: str) -> str:
        page.goto(past.site.url + path)
        page.get_by_text("Cite and history").click()
        return page.locator(".cite dl").inner_text()

    moved = history(f"papers/{NEW}/")
    assert "added in 1.0.0, moved here in 1.1.0" in moved
    assert "here since 2026-12-05" in moved
    # Both rows of SHED were of the first release; one of them went, and BMSC came.
    assert "added in 1.0.0, changed in 1.1.0" in history("sources/shed/")
    assert "added in 1.1.0" in history("sources/bmsc/")


def test_the_sitemap_lists_living_pages_only(past: Past) -> None:
    listed = (past.site.folder / "sitemap.xml").read_text()
    assert f"papers/{NEW}/<" in listed
    for path in (f"papers/{OLD}/", "releases/1.0.0/"):
        assert f"{path}<" not in listed
