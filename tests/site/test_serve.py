"""The preview reloads an open page when a record changes."""

from __future__ import annotations

import socket
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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["--root", str(small.root), "serve", "--port", str(port)]
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
        yield f"http://127.0.0.1:{port}/"
        child.terminate()


def test_an_open_page_reloads_when_a_term_changes(preview: str, small: Project, page: Page) -> None:
    page.goto(preview + "sources/bmsc/")
    expect(page.locator("article")).not_to_contain_text("Made of marrow.")
    term = small.content / "terms/sources/bmsc.yml"
    term.write_text(term.read_text() + "definition: Made of marrow.\n")
    expect(page.locator("article")).to_contain_text("Made of marrow.", timeout=60_000)
    assert not small.site.exists()  # a preview publishes nothing


def test_an_open_page_reloads_when_a_seed_changes(preview: str, small: Project, page: Page) -> None:
    page.goto(preview + "papers/")
    seed = small.seeds / "knee.txt"
    seed.write_text(seed.read_text().replace("calm the knee", "calm the hip"))
    expect(page.locator("article")).to_contain_text("calm the hip", timeout=60_000)
