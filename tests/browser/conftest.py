"""The site, built once, served on the loopback at a root and under a path, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hand_made import Share, copy_project
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from served import Served, Watch, run_builder, serve

from builder.project import Project

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def built(root: Path, share: Share) -> Project:
    """The real papers, extracted and published in a copy of the project; all tests share it."""

    def make(folder: Path) -> None:
        project = copy_project(root, folder)
        run_builder(root, project, "extract")
        run_builder(root, project, "build")

    return Project(share("atlas", make))


@pytest.fixture(scope="session", params=["/", "/deep/path/"], ids=["root", "below-a-path"])
def site(request: pytest.FixtureRequest, built: Project) -> Iterator[Served]:
    """The built site, once at the root of a host and once below a path."""
    server = serve(built.site, request.param)
    yield Served(built.site, f"http://127.0.0.1:{server.server_port}{request.param}")
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def placed(built: Project) -> Iterator[Served]:
    """The built site below a path, for what is the same wherever a site stands."""
    server = serve(built.site, "/deep/path/")
    yield Served(built.site, f"http://127.0.0.1:{server.server_port}/deep/path/")
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((found for name in names if (found := shutil.which(name))), None)
    assert chromium, "no Chromium is installed; .ci/get-test-programs does it"
    expect.set_options(timeout=20_000)  # the machine may be busy with other things
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def watch() -> Watch:
    return Watch([], set())


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Page:
    """A tab whose errors and requests are noted in ``watch``."""
    page = context.new_page()
    page.on("console", lambda m: watch.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on("request", lambda r: watch.hosts.add(urlsplit(r.url).netloc))
    return page
