"""Pages built in a process of ours are those that MkDocs builds alone, to the byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hand_made import furnish
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from builder import pipeline
from builder.project import Project
from builder.publish.generator import WholeBlocks, find_elements
from builder.publish.site import build_environment, build_html

PIECES = st.sampled_from(
    ["<div>", "</div>", '<p class="a b">', "</p>", "<ul><li>", "</li></ul>", "<table>", "</table>",
     "<span>", "</span>", "<br>", "<hr>", "<img src='a'>", "<svg><path d=\"M0\"/></svg>",
     "<script>", "</script>", "<style>", "</style>", "<!-- a -->", "<!--", "-->", "<?a?>",
     "&#60;", "&amp;", "&amp", "&", "<", ">", "\"", "a", "*a*", "`", "```", "~~~", "# A", "- a",
     "    ", "\t", " ", "\n", "\n", "\n\n", "\n\n", "\n\n\n", "[a](b)", "\\"]
)  # fmt: skip


def convert(text: str, *extensions: WholeBlocks) -> str:
    return str(Markdown(extensions=["attr_list", "toc", *extensions]).convert(text))


@settings(deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_gives_the_same_page(text: str) -> None:
    assert convert(text, WholeBlocks()) == convert(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["<p>", "</p>", "<b>a</b>", "\n", "\n\n", "a", "# A {#x}"])))
def test_any_blocks_give_the_same_page(pieces: list[str]) -> None:
    text = "<div>\n" + "".join(pieces) + "\n</div>\n\n<p>b</p>"
    assert convert(text, WholeBlocks()) == convert(text)


@pytest.mark.parametrize(
    ("block", "elements"),
    [
        ("<p>a &#60; b</p>", ["<p>a &#60; b</p>"]),
        ("<p>a</p>\n<ul>\n<li>b\n</ul>", ["<p>a</p>", "<ul>\n<li>b\n</ul>"]),
        ("<div></div><p>a<br>b</p>", ["<div></div>", "<p>a<br>b</p>"]),
        ("<p>a", []),
        ("<p>a</p> b", []),
        ("<p>a < b</p>", []),
        ("<p>a & b</p>", []),
        ("<span>a</span>", []),
        ("<p><!-- a --></p>", []),
        ("<div><script>1 < 2</script></div>", []),
    ],
)
def test_only_blocks_that_are_plainly_whole_are_set_aside(block: str, elements: list[str]) -> None:
    assert find_elements(block, Markdown().is_block_level) == elements


def test_mkdocs_alone_builds_the_same_site(root: Path, small: Project) -> None:
    furnish(root, small)
    pipeline.extract(small)
    pipeline.render(small)
    ours, theirs = small.root / "ours", small.root / "theirs"
    build_html(small, ours)
    words = ["build", "--strict", "--quiet", "--site-dir", str(theirs)]
    command = [sys.executable, "-m", "mkdocs", *words]
    subprocess.run(command, cwd=small.root, env=build_environment(small), check=True)
    one, two = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*.*")} for f in (ours, theirs))
    assert len(one) > len(list(small.docs.rglob("*.md")))
    assert one == two
