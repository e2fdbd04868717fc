"""What the built pages say to programs that come by: JSON-LD, Signposting, the sitemap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from lxml import etree, html
from schema_org import find_faults

from builder import store
from builder.models import Address
from builder.project import Project

MEDIA = {
    ".json": {"application/json", "application/ld+json", "application/vnd.citationstyles.csl+json"},
    ".bib": {"application/x-bibtex"},
    ".ris": {"application/x-research-info-systems"},
    ".gz": {"application/gzip"},
    ".xml": {"application/atom+xml"},
}


@pytest.fixture(scope="module")
def pages(built: Project) -> dict[str, etree._Element]:
    return {
        path.parent.relative_to(built.site).as_posix(): html.parse(str(path)).getroot()
        for path in sorted(built.site.rglob("index.html"))
    }


def test_json_ld_of_every_page_keeps_to_schema_org(pages: dict[str, etree._Element]) -> None:
    faults = {}
    for path, page in pages.items():
        [block] = page.xpath("//script[@type='application/ld+json']/text()")
        found = list(find_faults(json.loads(block)))
        if found:
            faults[path] = found
    assert faults == {}
    assert len(pages) > 100


def find_links(page: etree._Element) -> Iterator[tuple[str, str, str]]:
    for link in page.iterfind(".//head/link"):
        yield str(link.get("rel")), str(link.get("href")), str(link.get("type") or "")


def test_signposts_lead_to_files_of_the_type_that_they_state(
    built: Project, pages: dict[str, etree._Element]
) -> None:
    wrong = []
    for path, page in pages.items():
        for rel, href, media in find_links(page):
            if rel not in ("describedby", "item", "alternate") or href.startswith("http"):
                continue
            file = Path(built.site / path / href).resolve()
            if not file.is_file() or media not in MEDIA[file.suffix]:
                wrong.append((path, rel, href, media))
    assert wrong == []


def test_each_living_page_states_its_own_address_type_author_and_licence(
    built: Project, pages: dict[str, etree._Element]
) -> None:
    file = built.content / "urls.yml"
    live = {
        a.address.rstrip("/") or "."
        for a in store.read_records(Address, file, built.root)
        if a.state == "live" and "#" not in a.address and not a.record.startswith("release:")
    }
    for path in sorted(live):
        reported: dict[str, list[str]] = {}
        for rel, href, _ in find_links(pages[path]):
            reported.setdefault(rel, []).append(href)
        address = "" if path == "." else f"{path}/"
        assert [a.endswith(f"/{address}") for a in reported["cite-as"]] == [True], path
        assert reported["canonical"] == reported["cite-as"], path
        assert len(reported["type"]) == 2, path
        assert (len(reported["author"]), len(reported["license"])) == (1, 1), path


def test_the_sitemap_holds_each_living_page_with_the_day_of_its_data(built: Project) -> None:
    file = built.content / "urls.yml"
    live = {
        a.address: (a.changed or a.since)
        for a in store.read_records(Address, file, built.root)
        if a.state == "live" and "#" not in a.address
    }
    root = etree.parse(str(built.site / "sitemap.xml")).getroot()
    home = str(root[0][0].text)
    reported = {str(u[0].text).removeprefix(home): date.fromisoformat(str(u[1].text)) for u in root}
    assert reported == live
    robots = (built.site / "robots.txt").read_text().splitlines()
    assert robots[-1] == f"Sitemap: {home}sitemap.xml"
    assert "Disallow: /" not in robots
