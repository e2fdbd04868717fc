"""Releases: what changed is stated from the data, and nothing frozen is ever changed."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hand_made import DIGEST, PAPER, join_papers, make_bundle, make_library
from lxml import etree

from builder import pipeline, store
from builder.addresses import releases, renewal
from builder.curate import changes
from builder.errors import ProblemError
from builder.export.site_files import write_feed, write_robots, write_sitemap
from builder.models import Address
from builder.project import Project
from builder.publish.release import write_release
from builder.site.pages import view_site
from builder.site.render import render_page
from builder.store import Library
from builder.store.library import find_edition

DAY = date(2026, 11, 21)
ATOM = "{http://www.w3.org/2005/Atom}"


def recorded(library: Library) -> Library:
    return replace(library, ledger=renewal.renew_ledger(join_papers([]), library, DAY))


def write(library: Library, version: str) -> releases.Release:
    made = releases.freeze(library, version, DAY)
    for name, text in releases.release_files(made).items():
        store.write_text(library.root / "releases" / version / name, text)
    return made


def reported(release: releases.Release) -> dict[str, list[str]]:
    return {word: [f["id"] for f in found] for word, found in release.changes["findings"].items()}


def test_the_first_release_adds_all(tmp_path: Path) -> None:
    made = write(recorded(make_library(tmp_path)), "1.0.0")
    assert reported(made) == {"added": ["f000000001"], "changed": [], "withdrawn": []}


def test_a_changed_field_is_a_change_and_a_question_is_none(tmp_path: Path) -> None:
    write(recorded(make_library(tmp_path)), "1.0.0")
    same = write(recorded(make_library(tmp_path, make_bundle(questions=[]))), "1.0.1")
    assert reported(same) == {"added": [], "changed": [], "withdrawn": []}
    other = write(
        recorded(make_library(tmp_path, make_bundle(design={"level": "in-vitro"}))), "1.1.0"
    )
    [changed] = other.changes["findings"]["changed"]
    assert (changed["id"], changed["fields"]) == ("f000000001", ["design"])
    assert "sources/bmsc/" in other.changes["pages"]["changed"]
    assert "sources/msc/" in other.changes["pages"]["changed"], "a subtype of it is named"


def test_a_mended_statement_has_changed_and_not_gone(tmp_path: Path) -> None:
    write(recorded(make_library(tmp_path)), "1.0.0")
    later = make_library(tmp_path, make_bundle(id="f000000002", quote="BMSCs | Reduces IL-1β"))
    moved = Address(
        address=f"papers/{PAPER}/#f000000001", record="finding:f000000001", since=DAY,
        state="moved",
        to=f"papers/{PAPER}/#f000000002",
    )  # fmt: skip
    goal = Address(address=str(moved.to), record="finding:f000000002", since=DAY)
    made = write(replace(later, ledger=[moved, goal]), "1.1.0")
    assert reported(made) == {"added": [], "changed": ["f000000002"], "withdrawn": []}
    [changed] = made.changes["findings"]["changed"]
    assert (changed["formerly"], changed["fields"]) == ("f000000001", ["quote"])


def test_a_withdrawn_statement_reports_why(tmp_path: Path) -> None:
    write(recorded(make_library(tmp_path)), "1.0.0")
    bundle = replace(make_bundle(), findings=[])
    gone = Address(
        address=f"papers/{PAPER}/#f000000001", record="finding:f000000001", since=DAY,
        state="retired",
        because="the paper was retracted",
    )  # fmt: skip
    made = write(replace(make_library(tmp_path, bundle), ledger=[gone]), "2.0.0")
    [finding] = made.changes["findings"]["withdrawn"]
    assert finding["because"] == "the paper was retracted"
    assert finding["quote"] == "BMSCs | Reduced IL-1β"


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9", "1.0", "v2.0.0", "../2.0.0"])
def test_no_version_is_frozen_twice_or_backwards(tmp_path: Path, version: str) -> None:
    library = recorded(make_library(tmp_path))
    write(library, "1.0.0")
    with pytest.raises(ProblemError, match="release-version"):
        releases.freeze(library, version, DAY)


def test_a_broken_release_is_reported(tmp_path: Path) -> None:
    library = recorded(make_library(tmp_path))
    write(library, "1.0.0")
    (tmp_path / "releases/1.0.0/changes.json").write_text("{")
    with pytest.raises(ProblemError, match="the files of a release"):
        releases.read_releases(tmp_path)


def test_a_release_holds_bundle_and_manifest(small: Project) -> None:
    (small.root / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n')
    (small.root / "mkdocs.yml").write_text("site_url: https://atlas.example/\n")
    (small.root / "requirements.lock").write_text(
        f"click==8.5.1 \\\n    --hash=sha256:{'0a' * 32} \\\n    --hash=sha256:{'0b' * 32}\n"
        "tomli==2.0 ; python_full_version < '3.12' \\\n    --hash=sha256:" + "0c" * 32 + "\n"
    )
    pipeline.extract(small)
    write_release(small, "1.0.0")
    folder = small.root / "releases/1.0.0"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) == {
        "changes.json", "records.json", "sbom.cdx.json", "exosome-atlas-1.0.0.zip",
    }  # fmt: skip
    bill = json.loads((folder / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["version"] == "1.0.0"
    assert {
        part["purl"]: [h["content"] for h in part["externalReferences"][0]["hashes"]]
        for part in bill["components"]
    } == {"pkg:pypi/click@8.5.1": ["0a" * 32, "0b" * 32], "pkg:pypi/tomli@2.0": ["0c" * 32]}
    packed = zipfile.ZipFile(io.BytesIO((folder / "exosome-atlas-1.0.0.zip").read_bytes()))
    assert packed.testzip() is None
    assert {"data/references.bib", "api/v1/findings.json"} <= set(packed.namelist())
    assert 'version = "1.0.0"' in (small.root / "pyproject.toml").read_text()
    library = pipeline.load(small)
    assert "releases/1.0.0/" in {e.address for e in library.ledger}
    assert [p for p in pipeline.check(small).problems if p.level == "error"] == []


def test_an_address_of_a_release_is_missed_when_its_line_is_taken_out(small: Project) -> None:
    (small.root / "mkdocs.yml").write_text("site_url: https://atlas.example/\n")
    pipeline.extract(small)
    write_release(small, "1.0.0")
    (small.content / "terms/sources/bmsc.yml").unlink()
    file = small.content / "urls.yml"
    blocks = file.read_text().split("- address: ")
    file.write_text("- address: ".join(b for b in blocks if not b.startswith("sources/bmsc/")))
    pipeline.extract(small)
    lost = [p for p in pipeline.check(small).problems if p.rule == "ledger-lost"]
    assert [p.field for p in lost] == ["sources/bmsc/"]


def test_an_address_that_a_merge_lost_is_missed(small: Project) -> None:
    """Two branches add an address each; the merge takes one side of the ledger."""

    def git(*words: str) -> None:
        names = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(small.root), *names, *words], check=True)

    def commit(name: str) -> None:
        git("add", "content", "seeds")
        git("commit", "-q", "-m", name)

    def add_seed(name: str) -> Path:
        path = small.seeds / f"{name}.txt"
        path.write_text(DIGEST.replace("Ann Doe", f"Ann {name}").replace("knee.1", name))
        pipeline.extract(small)
        commit(name)
        return path

    pipeline.extract(small)
    git("init", "-q", "-b", "main")
    commit("first")
    git("checkout", "-q", "-b", "other")
    lost = add_seed("One")
    git("checkout", "-q", "main")
    add_seed("Two")
    git("merge", "-q", "-X", "ours", "-m", "both", "other")
    ours = subprocess.run(
        ["git", "-C", str(small.root), "show", "HEAD^1:content/urls.yml"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    (small.content / "urls.yml").write_text(ours)
    lost.unlink()
    shutil.rmtree(small.content / "papers/one-2024-exosomes-bone-marrow-stem")
    git("commit", "-q", "-a", "--amend", "-m", "both")
    pipeline.extract(small)
    reported = [p for p in pipeline.check(small).problems if p.level == "error"]
    assert [p.rule for p in reported] == ["ledger-lost"]
    assert reported[0].field.startswith("papers/one-2024-exosomes-bone-marrow-stem/")


def pages_of(library: Library) -> dict[str, Any]:
    return {p.path: p for p in view_site(library, find_edition(library), {})}


def names_of(page: Any) -> dict[str, str]:
    return {t["name"]: t["content"] for t in page.extra["head"]["names"]}


def test_a_frozen_page_is_not_for_indexes_and_leads_to_the_living_data(tmp_path: Path) -> None:
    library = recorded(make_library(tmp_path))
    write(library, "1.0.0")
    pages = pages_of(recorded(library))
    release = pages["releases/1.0.0/"]
    assert names_of(release)["robots"] == "noindex"
    assert 'href="../../data/"' in render_page(release)
    assert " BMSCs | Reduced IL-1β\n" in render_page(release)
    history_of = pages["sources/bmsc/"].extra["history"]
    assert [(r["version"], r["word"]) for r in history_of["releases"]] == [("1.0.0", "added")]


def test_a_moved_and_a_withdrawn_page_lead_on(tmp_path: Path) -> None:
    library = recorded(make_library(tmp_path))
    old = Address(
        address="sources/old/", record="source:old", since=DAY, state="moved", to="sources/older/"
    )
    older = old.model_copy(update={"address": "sources/older/", "to": "sources/bmsc/"})
    gone = Address(
        address="sources/gone/", record="source:gone", since=DAY, state="retired",
        because="It is <no> cell",
    )  # fmt: skip
    pages = pages_of(replace(library, ledger=[*library.ledger, old, older, gone]))
    assert pages["sources/old/"].extra["moved_to"] == "../../sources/bmsc/"
    assert 'href="../../sources/bmsc/"' in render_page(pages["sources/old/"])
    text = render_page(pages["sources/gone/"])
    assert "It is &#60;no&#62; cell" in text
    assert 'href="../../sources/"' in text
    assert names_of(pages["sources/gone/"])["robots"] == "noindex"
    assert "cite" not in pages["sources/gone/"].extra


def check_feed(feed: etree._Element, own: str) -> None:
    """Check what RFC 4287 asks of a feed and of each entry."""
    reported = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == own
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    for node in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"{ATOM}{name}")) == 1
        assert urlsplit(node.findtext(f"{ATOM}id")).scheme == "https"
        assert reported.fullmatch(node.findtext(f"{ATOM}updated"))
        # An entry without content must lead to a page.
        alternate = [x for x in node.findall(f"{ATOM}link") if x.get("rel") == "alternate"]
        assert [x.get("type") for x in alternate] == ["text/html"]
    ids = [e.findtext(f"{ATOM}id") for e in entries]
    assert len(set(ids)) == len(ids)
    days = [str(e.findtext(f"{ATOM}updated")) for e in entries]
    assert days == sorted(days, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == days[0]


def test_sitemap_robots_and_feed_report_real_days(tmp_path: Path) -> None:
    library = recorded(make_library(tmp_path))
    entries = [
        e.model_copy(update={"changed": date(2026, 12, 24)}) if e.address == "sources/bmsc/" else e
        for e in library.ledger
    ]
    library = replace(library, ledger=entries)
    site = tmp_path / "site"
    for path in ("sources/bmsc/", "sources/msc/"):
        (site / path).mkdir(parents=True)
        (site / path / "index.html").touch()
    edition = find_edition(library, "https://atlas.example/base/")
    write_sitemap(library, site, edition)
    write_robots(site, edition)
    write_feed(library, site, edition, {"sources/bmsc/": "A <b> & c\x00"}, [])
    tree = etree.parse(str(site / "sitemap.xml"))
    days = {u[0].text: u[1].text for u in tree.getroot()}
    assert days == {
        "https://atlas.example/base/sources/bmsc/": "2026-12-24",
        "https://atlas.example/base/sources/msc/": "2026-11-21",
    }
    robots = (site / "robots.txt").read_text()
    assert robots.endswith("Sitemap: https://atlas.example/base/sitemap.xml\n")
    feed = etree.parse(str(site / "changes/feed.xml")).getroot()
    assert feed.findtext(f"{ATOM}updated") == "2026-12-24T00:00:00Z"
    check_feed(feed, "https://atlas.example/base/changes/feed.xml")
    titles = [e.findtext(f"{ATOM}title") for e in feed.iter(f"{ATOM}entry")]
    assert titles[0] == "2026-12-24: pages 1 changed"
    assert "A &lt;b&gt; &amp; c\ufffd" in str(feed.findtext(f"{ATOM}entry/{ATOM}content"))


# --- by command ----------------------------------------------------------------------------------


def test_a_term_is_renamed_and_its_old_address_leads_there(small: Project) -> None:
    pipeline.extract(small)
    changes.rename(small, "sources/bmsc", "bm-msc")
    library = pipeline.load(small)
    assert "bm-msc" in library.terms
    assert library.findings()[0].sources == ["bm-msc"]
    entries = {e.address: e for e in library.ledger}
    assert entries["sources/bmsc/"].to == "sources/bm-msc/"
    assert [p for p in pipeline.check(small).problems if p.level == "error"] == []


def test_a_build_stops_for_a_dropped_address_and_names_the_fix(small: Project) -> None:
    pipeline.extract(small)
    (small.content / "terms/sources/bmsc.yml").unlink()
    pipeline.extract(small)
    with pytest.raises(ProblemError, match=r"python -m builder retire sources/bmsc/ --because"):
        pipeline.build(small)
    # Its findings named nothing else of the field, so they went with it.
    gone = [p.field for p in pipeline.check(small).problems if p.rule == "ledger-dropped"]
    assert "sources/bmsc/" in gone
    changes.retire(small, ["source:bmsc", *gone[:-1]], "not a cell")
    problems = [p.rule for p in pipeline.check(small).problems if p.level == "error"]
    assert problems == []


def test_a_paper_is_withdrawn_with_all_it_brought(small: Project) -> None:
    pipeline.extract(small)
    [folder] = (small.content / "papers").iterdir()
    text = (small.seeds / "knee.txt").read_text()
    (small.seeds / "hip.txt").write_text(text.replace("Ann Doe", "Al Hip"))
    (small.seeds / "knee.txt").unlink()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    pipeline.extract(small)
    [problem] = [p for p in pipeline.check(small).problems if p.level == "error"]
    assert problem.field == f"papers/{folder.name}/"
    gone = changes.retire(small, [problem.field], "withdrawn by its authors")
    assert len(gone) > 1
    assert [p for p in pipeline.check(small).problems if p.level == "error"] == []
