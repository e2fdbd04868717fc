"""The preview reloads an open page when a record changes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hand_made import furnish
from playwright.sync_api import Page, expect

from builder.project import Project


@pytest.fixture
def preview(root: Path, small: Project) -> Iterator[str]:
    furnish(root, small)
    words = ["--root", str(small.root), "serve", "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "builder", *words],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        assert said.startswith("Preview at http://127.0.0.1:"), said + child.stdout.read()
        yield said.split()[2]
        child.terminate()


def save(path: Path, text: str, page: Page, words: str) -> None:
    """Save a file until an open page shows it.

    On a busy machine the page may come before the watcher has looked at the files for the first
    time; what was saved before that look is no change to it.
    """
    article = page.locator("article")
    for _ in range(12):
        path.write_text(text)
        with contextlib.suppress(AssertionError):
            expect(article).to_contain_text(words, timeout=10_000)
            return
    expect(article).to_contain_text(words)


def test_an_open_page_reloads_when_a_term_changes(preview: str, small: Project, page: Page) -> None:
    page.goto(preview + "sources/bmsc/")
    expect(page.locator("article")).not_to_contain_text("Made of marrow.")
    term = small.content / "terms/sources/bmsc.yml"
    save(term, term.read_text() + "definition: Made of marrow.\n", page, "Made of marrow.")
    assert not small.site.exists()  # a preview publishes nothing


def test_an_open_page_reloads_when_a_seed_changes(preview: str, small: Project, page: Page) -> None:
    page.goto(preview + "papers/")
    seed = small.seeds / "knee.txt"
    save(seed, seed.read_text().replace("calm the knee", "calm the hip"), page, "calm the hip")
