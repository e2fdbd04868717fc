"""The built site as a reader has it: in a browser, at a root and below a path."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import jsonschema
import pytest
from lxml import html
from playwright.sync_api import Page, expect
from served import Served, Watch, run_builder

from builder.project import Project
from builder.publish.site import find_pages


def test_pages_of_every_kind_open_without_an_error(site: Served, page: Page, watch: Watch) -> None:
    for path in site.one_of_each_kind():
        answer = page.goto(site.url + path, wait_until="load")
        assert answer is not None
        assert answer.status == 200, path
        expect(page.locator("h1").first).to_be_visible()
        assert page.title().strip(), path
    assert watch.errors == []
    assert {host.split(":")[0] for host in watch.hosts if host} == {"127.0.0.1"}


def test_each_kind_of_page_of_the_design_is_there(site: Served) -> None:
    kinds = {page.split("/")[0] for page in site.pages}
    assert kinds >= {
        "sources", "mechanisms", "vehicles", "conditions", "trials", "papers", "references",
        "findings", "about",
    }  # fmt: skip
    assert "" in site.pages


def test_every_link_of_every_page_leads_somewhere(site: Served) -> None:
    """Follow each link by the rules of URLs alone, as the server answers."""
    pages = {page.path: page for page in find_pages(site.folder)}
    dead = []
    for page in pages.values():
        if page.path == "404.html":
            continue  # it is read at any depth, so its links start at the root of the host
        here = site.url + page.path.removesuffix("index.html")
        for link in page.links:
            target = urlsplit(urljoin(here, link))
            if not f"{target.scheme}://{target.netloc}{target.path}".startswith(site.url):
                continue
            path = target.path[len(urlsplit(site.url).path) :]
            file = path + "index.html" if path.endswith("/") or not path else path
            if not (site.folder / file).is_file() or (
                target.fragment and target.fragment not in pages[file].anchors
            ):
                dead.append((page.path, link))
    assert dead == []
    assert len(pages) > 100


def test_each_page_has_a_title(site: Served) -> None:
    titles = [page.title.strip() for page in find_pages(site.folder) if "assets" not in page.path]
    assert "" not in titles


def test_a_statement_leads_to_its_row(site: Served, page: Page) -> None:
    """Open a finding that stands in a table, follow its place, and read its words in that row."""
    findings = json.loads((site.folder / "api/v1/findings.json").read_text())
    in_rows = [f for f in findings if f["locator"]["kind"] == "table-row"]
    assert in_rows
    for finding in in_rows[:3]:
        path = urlsplit(finding["url"]).path.lstrip("/")
        page.goto(f"{site.url}{path}#{finding['id']}")
        statement = page.locator(f"[id={finding['id']}]")
        expect(statement).to_be_in_viewport()
        statement.locator("summary").click()
        statement.locator(f"a[href$='#row-{finding['locator']['row']}']").first.click()
        row = page.locator(f"#row-{finding['locator']['row']}")
        expect(row).to_be_in_viewport()
        for words in re.findall(r"[A-Za-z][A-Za-z-]{5,}", finding["quote"])[:3]:
            expect(row).to_contain_text(words)


def test_a_statement_of_a_title_leads_to_its_entry_which_opens(site: Served, page: Page) -> None:
    findings = json.loads((site.folder / "api/v1/findings.json").read_text())
    finding = next(f for f in findings if f["locator"]["kind"] == "reference-title")
    number = finding["locator"]["reference"]
    path = urlsplit(finding["url"]).path.lstrip("/")
    assert path.startswith("references/")
    page.goto(f"{site.url}{path}#{finding['id']}")
    statement = page.locator(f"[id={finding['id']}]")
    statement.locator("summary").click()
    statement.locator(f"a[href$='#ref-{number}']").first.click()
    expect(page.locator(f"#ref-{number}")).to_be_in_viewport()
    expect(page.locator(f"#ref-{number}")).to_contain_text(finding["quote"][:40])


def test_a_page_is_one_html_file_and_one_json_file(site: Served) -> None:
    for path in site.pages:
        folder = site.folder / path
        names = {p.name for p in folder.iterdir() if p.is_file()}
        if path and not path.startswith(("releases/", "changes/", "data/", "search/")):
            assert names <= {"index.html", "index.json"}, path


def test_no_page_is_too_heavy_or_has_too_many_elements(site: Served) -> None:
    loaded = [p for p in (site.folder / "assets").rglob("*") if p.suffix in (".css", ".js")]
    shared = sum(len(gzip.compress(p.read_bytes())) for p in loaded if "search" not in p.name)
    for path in site.pages:
        data = (site.folder / path / "index.html").read_bytes()
        assert len(gzip.compress(data)) + shared < 150_000, path
        assert len(list(html.fromstring(data).iter())) <= 3000, path


def test_a_page_that_is_not_there_says_so_and_leads_home(site: Served, page: Page) -> None:
    answer = page.goto(site.url + "sources/no-such-cell/")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1").first).to_contain_text("not found", ignore_case=True)


def test_the_api_of_the_site_is_valid_by_its_own_schemas(site: Served) -> None:
    api = site.folder / "api/v1"
    index = json.loads((api / "index.json").read_text())
    for entry in index["collections"]:
        records = json.loads((api / f"{entry['id']}.json").read_text())
        schema = json.loads((api / f"schema/{entry['id']}.json").read_text())
        jsonschema.validate(records, schema, jsonschema.Draft202012Validator)
        assert len(records) == entry["count"]
        assert len({r["id"] for r in records}) == len(records), entry["id"]


def test_each_address_in_the_api_is_a_page(site: Served, root: Path) -> None:
    address = re.search(r'SITE_URL, "([^"]+)"', (root / "mkdocs.yml").read_text())
    assert address
    for name in ("sources", "findings", "papers", "trials", "references"):
        for record in json.loads((site.folder / f"api/v1/{name}.json").read_text()):
            url = record["custom"]["url"] if name == "references" else record["url"]
            path, _, anchor = url.removeprefix(address.group(1)).partition("#")
            assert path != url
            assert (site.folder / path / "index.html").is_file()
            if anchor:
                assert f'id="{anchor}"' in (site.folder / path / "index.html").read_text()
                continue
            twin = json.loads((site.folder / path / "index.json").read_text())
            assert {key: twin[key] for key in record} == record


@pytest.mark.parametrize("name", ["sitemap.xml", "404.html", "api/v1/index.json"])
def test_what_machines_look_for_is_there(site: Served, name: str) -> None:
    assert (site.folder / name).stat().st_size > 0


def test_two_builds_are_the_same_to_the_byte(root: Path, built: Project) -> None:
    again = built.root / "again"
    run_builder(root, built, "build", "--force", "--out", str(again))
    one = {p.relative_to(built.site): p.read_bytes() for p in files(built.site)}
    two = {p.relative_to(again): p.read_bytes() for p in files(again)}
    assert one.keys() == two.keys()
    assert [str(name) for name in one if one[name] != two[name]] == []


def test_a_build_that_changes_nothing_leaves_the_site_alone(root: Path, built: Project) -> None:
    before = {p: p.stat().st_mtime_ns for p in files(built.site)}
    assert "nothing has changed" in run_builder(root, built, "build")
    assert {p: p.stat().st_mtime_ns for p in files(built.site)} == before


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
