"""Publishing: a strict build that takes the site's place, or leaves the last good one."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hand_made import DIGEST_PAPER, Share, furnish

from builder import pipeline
from builder.curate import changes
from builder.errors import ProblemError
from builder.project import FALLBACK_EPOCH, Project, source_date_epoch
from builder.publish import site as publish
from builder.store.transaction import hold_lock

pytestmark = pytest.mark.slow


@pytest.fixture
def site(root: Path, small: Project, share: Share) -> Project:
    """The small project, published once."""

    def make(folder: Path) -> None:
        shutil.copytree(small.root, folder)
        project = Project(folder)
        furnish(root, project)
        pipeline.extract(project)
        pipeline.build(project)

    shutil.copytree(share("published", make), small.root, dirs_exist_ok=True)
    return small


def picture(project: Project) -> dict[str, bytes]:
    return read_files(project.site)


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def edit(project: Project) -> None:
    """Change something that every build has to publish."""
    term = project.content / "terms/sources/bmsc.yml"
    term.write_text(term.read_text() + "definition: Made of marrow.\n")


def no_leftovers(project: Project) -> bool:
    return not [p for p in project.root.iterdir() if p.name.startswith(".site-")]


def start(root: Path, project: Project, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "builder", "--root", str(project.root), "build"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def test_a_change_is_published(site: Project) -> None:
    edit(site)
    (site.content / "screening.yml").write_text(
        "runs:\n- {strategy: one, database: PubMed, day: 2026-03-02, found: 1, taken: 1, new: 1}\n"
    )
    assert pipeline.build(site)
    pages = [path for path in site.site.rglob("index.html") if "changes" not in path.parts]
    assert len(pages) > 10
    for path in pages:
        shown = path.read_text(encoding="utf-8")
        assert 'last searched on <time datetime="2026-03-02"' in shown, path
        assert re.search(r'href="(?:[./]*coverage/|\./)">Coverage', shown), path
    assert "Made of marrow." in (site.site / "sources/bmsc/index.html").read_text()
    assert f"papers/{DIGEST_PAPER}/index.html" in picture(site)
    assert no_leftovers(site)


def test_pages_made_in_less_memory_are_those_of_mkdocs_itself(
    site: Project, tmp_path: Path
) -> None:
    publish.build_html(site, tmp_path / "ours")
    command = ["build", "--quiet", "--config-file", str(site.config), "--site-dir"]
    subprocess.run(
        [sys.executable, "-m", "mkdocs", *command, str(tmp_path / "theirs")],
        env=publish.build_environment(site), check=True,
    )  # fmt: skip
    ours = read_files(tmp_path / "ours")
    assert "sources/bmsc/index.html" in ours
    assert ours == read_files(tmp_path / "theirs")


def test_an_address_that_moved_leads_on_without_a_script(site: Project) -> None:
    changes.rename(site, "bmsc", "bm-msc")
    assert pipeline.build(site)
    page = (site.site / "sources/bmsc/index.html").read_text()
    (leads,) = re.findall(r'<meta http-equiv="refresh" content="([^"]+)">', page)
    assert leads == "0; url=../../sources/bm-msc/"
    assert (site.site / "sources/bm-msc/index.html").is_file()


def test_a_warning_of_the_generator_fails_a_build_and_leaves_the_site(site: Project) -> None:
    before = picture(site)
    site.config.write_text(site.config.read_text() + "surprise: 1\n")
    with pytest.raises(ProblemError, match="'surprise'") as caught:
        pipeline.build(site)
    assert {p.rule for p in caught.value.problems} == {"mkdocs"}
    assert picture(site) == before
    assert no_leftovers(site)


def test_a_dead_link_fails_a_build_and_leaves_the_site(site: Project) -> None:
    before = picture(site)
    about = site.templates / "pages/about.md.j2"
    about.write_text(about.read_text() + '\n<p><a href="../no-such-page/">lost</a></p>\n')
    with pytest.raises(ProblemError, match="no-such-page") as caught:
        pipeline.build(site)
    assert {(p.rule, p.file) for p in caught.value.problems} == {("link", "about/index.html")}
    assert picture(site) == before


def test_a_quote_that_is_not_in_its_seed_fails_a_build_and_leaves_the_site(site: Project) -> None:
    before = picture(site)
    findings = site.content / "papers" / DIGEST_PAPER / "findings.yml"
    text = findings.read_text()
    assert "reduced inflammation" in text
    findings.write_text(text.replace("reduced inflammation", "raised inflammation"))
    with pytest.raises(ProblemError) as caught:
        pipeline.build(site)
    assert {p.rule for p in caught.value.problems} == {"quote"}
    assert picture(site) == before


def test_a_full_disk_leaves_the_site_and_says_so(
    site: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = picture(site)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(site.root / ".site-1/api/v1/papers.json"))

    edit(site)
    monkeypatch.setattr(publish, "write_exports", full)
    with pytest.raises(ProblemError) as caught:
        pipeline.build(site)
    [problem] = caught.value.problems
    assert problem.rule == "write"
    assert problem.got == "No space left on device"
    assert "still stands" in problem.hint
    assert picture(site) == before
    assert no_leftovers(site)


def test_a_disk_that_refuses_the_generator_leaves_the_site_and_says_so(
    root: Path, site: Project
) -> None:
    before = picture(site)
    edit(site)

    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    with start(root, site, preexec_fn=small_files_only) as child:
        _, said = child.communicate()
    assert child.returncode == 1
    assert "File too large" in said
    assert "Traceback" not in said
    assert said.count("error:") == 1
    assert picture(site) == before
    assert no_leftovers(site)


def test_a_killed_build_leaves_the_site_and_the_next_one_works(root: Path, site: Project) -> None:
    before = picture(site)
    edit(site)
    with start(root, site, start_new_session=True) as child:
        while not list(site.root.glob(".site-*/**/*.html")):
            assert child.poll() is None, "the build ended before it could be killed"
            time.sleep(0.01)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    assert picture(site) == before
    assert pipeline.build(site)
    assert "Made of marrow." in (site.site / "sources/bmsc/index.html").read_text()
    assert no_leftovers(site)


def test_two_builds_at_once_do_not_mix(root: Path, site: Project) -> None:
    before = picture(site)
    edit(site)
    with hold_lock(site.build / "lock"), start(root, site) as second:
        _, said = second.communicate()
    assert second.returncode == 1
    assert "Another one is running; wait for it, then try again." in said
    assert picture(site) == before
    with start(root, site) as third:
        third.communicate()
    assert third.returncode == 0
    assert "Made of marrow." in (site.site / "sources/bmsc/index.html").read_text()


def test_the_address_of_the_site_can_be_given(
    site: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", "https://people.example/atlas")
    assert publish.site_address(site) == "https://people.example/atlas/"
    assert pipeline.build(site)
    page = (site.site / "sources/bmsc/index.html").read_text()
    assert "https://people.example/atlas/sources/bmsc/" in page
    assert "https://people.example/atlas/sources/bmsc/" in (site.site / "sitemap.xml").read_text()
    # What is shown where no page is found is read at any depth.
    assert 'href="/atlas/assets/' in (site.site / "404.html").read_text()


def test_the_date_of_a_build_is_never_the_clocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert source_date_epoch(tmp_path) == 86400
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert source_date_epoch(tmp_path) == FALLBACK_EPOCH
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run(
        [*git, "commit", "-q", "--allow-empty", "-m", "x"],
        check=True,
        env={**os.environ, "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z"},
    )
    assert source_date_epoch(tmp_path) == 1767323045


def test_a_change_renews_only_what_shows_it(site: Project) -> None:
    pipeline.build(site)  # the folder was moved, which a build notices
    before = {p: p.stat().st_mtime_ns for p in site.site.rglob("*") if p.is_file()}
    old = picture(site)
    assert not pipeline.build(site)
    edit(site)
    assert pipeline.build(site)
    new = picture(site)
    for path, time_ns in before.items():
        name = path.relative_to(site.site).as_posix()
        if new.get(name) == old[name]:
            assert path.stat().st_mtime_ns == time_ns, name
    assert (site.site / "sources/bmsc/index.html").stat().st_mtime_ns > max(before.values())
    pages = [name for name in new if name.endswith("index.html")]
    renewed = {name for name in pages if new[name] != old.get(name)}
    showing = {name for name in pages if b"Made of marrow." in new[name]}
    assert renewed == showing | {"data/index.html"}  # the one that bears the version of the data


def test_what_the_theme_ships_for_its_own_script_is_left_out(site: Project) -> None:
    names = set(picture(site))
    assert not [n for n in names if n.endswith(".map") or "lunr" in n or "bundle" in n]
    page = (site.site / "index.html").read_text()
    assert "bundle" not in page
