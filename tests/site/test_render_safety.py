"""Any text of a seed is shown exactly as text, in Markdown, in HTML and in the theme."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import UndefinedError
from lxml import html
from markdown import Markdown
from markupsafe import Markup
from render_sample import HOSTILE, PAPER, sample_library

from builder.site.links import shorten
from builder.site.render import _environment, clean_text, escape_text, render_site

ROOT = Path(__file__).resolve().parents[2]
TRICKS = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](y.png)",
    "{{ 7 * 7 }} {% raw %}",
    "**bold** _it_ `code` ~~gone~~ ==mark==",
    "# heading #",
    "- item",
    "1. item",
    "1) item",
    "---",
    "===",
    "> quote",
    "| a | b |",
    "{: #id .class }",
    "&amp; &#60; &copy;",
    "</p></table></div></body>",
    "<!-- ",
    "]]>",
    "\\* \\\\ \\",
    "[1]: javascript:alert(1)",
    "*[HTML]: x",
    "http://example.org/ <https://example.org/> a@b.org",
    "\u0002klzzwxh:0\u0003",
    "\u05d0\u202e\u2066 left",
    ": definition",
    "    code block",
    "line\n\n# break",
    '" onmouseover="alert(1)',
    "' x='",
]


def shown(text: str) -> str:
    """What a reader sees: one line, white space run together."""
    return " ".join(clean_text(text).split())


def in_every_place(text: str) -> list[str]:
    template = _environment(ROOT / "templates").from_string(
        "# {{ v }} { #a }\n\n{{ v }}\n\n- {{ v }}\n\n<p>{{ v }}</p>\n\n"
        '<p title="{{ v }}">x</p>\n\n<table><tr><td>{{ v }}</td></tr></table>\n\n**end**\n'
    )
    body = Markdown(extensions=["attr_list", "toc"]).convert(template.render(v=text))
    tree = html.fromstring(f"<main>{body}</main>")
    assert {e.tag for e in tree.iter()} <= {
        "main", "h1", "p", "ul", "li", "table", "tr", "td", "tbody", "strong",
    }  # fmt: skip
    assert tree.find("h1").get("id") == "a"
    assert tree.findtext(".//strong") == "end"
    paragraphs = tree.findall("p")
    return [
        tree.find("h1").text_content(),
        paragraphs[0].text_content(),
        tree.find(".//li").text_content(),
        paragraphs[1].text_content(),
        paragraphs[2].get("title"),
        tree.find(".//td").text_content(),
    ]


@pytest.mark.parametrize("text", [*TRICKS, HOSTILE])
def test_tricks_are_shown_as_text(text):
    assert [" ".join(s.split()) for s in in_every_place(f"x {text}")] == [shown(f"x {text}")] * 6
    assert {" ".join(s.split()) for s in in_every_place(text)} == {shown(text)}


@given(st.text(min_size=1).filter(lambda t: clean_text(t).strip(" \xa0") == clean_text(t).strip()))
def test_any_text_is_shown_as_text(text):
    if not shown(text):
        return
    assert {" ".join(s.split()) for s in in_every_place(text)} == {shown(text)}


def test_trusted_markup_passes_and_none_is_refused():
    assert escape_text(Markup("<b>x</b>")) == "<b>x</b>"
    with pytest.raises(ValueError, match="None"):
        escape_text(None)


def test_a_template_can_not_print_what_the_view_does_not_hold():
    with pytest.raises(UndefinedError):
        _environment(ROOT / "templates").from_string("{{ page.nothing }}").render(page={})


def test_keys_of_a_view_come_before_methods_of_dict():
    template = _environment(ROOT / "templates").from_string("{{ page.values }}")
    assert template.render(page={"values": "7"}) == "7"


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    render_site(sample_library(HOSTILE), folder / "docs")
    config = (ROOT / "mkdocs.yml").read_text()
    theme = (ROOT / "templates/theme").as_posix()
    (folder / "mkdocs.yml").write_text(config.replace("templates/theme", theme))
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(folder / "site")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "ATLAS_DOCS": str(folder / "docs")},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "site"


def test_hostile_text_adds_no_element_to_any_page(hostile_site):
    seen = 0
    for path in sorted(hostile_site.rglob("index.html")):
        tree = html.parse(str(path)).getroot()
        run = [s for s in tree.iter("script") if s.get("type") != "application/ld+json"]
        assert all(s.get("src") and not s.text_content() for s in run), path
        [data] = tree.xpath("//script[@type='application/ld+json']")
        assert json.loads(data.text_content())["@context"] == "https://schema.org"
        for anchor in tree.iter("a"):
            assert not anchor.get("href", "").lower().startswith("javascript:"), path
        seen += 1
    assert seen > 20


def test_hostile_title_is_text_in_every_place_of_the_theme(hostile_site):
    tree = html.parse(str(hostile_site / f"papers/{PAPER}/index.html")).getroot()
    title = shorten(shown(f"Exosomal Interventions {HOSTILE}"), 200)
    assert tree.findtext("head/title") == f"{title} - Exosome Atlas"
    assert tree.xpath("string(//h1)").removesuffix("¶").strip() == title
    description = tree.xpath("string(//meta[@name='description']/@content)")
    assert "<script>alert(1)</script> {{ 7*7 }}" in description
    assert "<script>alert" in tree.xpath("string(//blockquote)")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Exosomes of BMSC ▲ κ", False),
        ("אקסוזומים", True),
        ("الإكسوسومات", True),
        ("a turn \u202e of the text", True),
    ],
)
def test_only_a_page_with_text_of_another_direction_marks_directions(tmp_path, text, marked):
    render_site(sample_library(text), tmp_path)
    page = (tmp_path / f"papers/{PAPER}/index.md").read_text()
    assert ('dir="auto"' in page, "<bdi>" in page) == (marked, marked)


def test_front_matter_survives_yaml(tmp_path):
    render_site(sample_library(f"a: b\n---\n{HOSTILE}"), tmp_path)
    text = (tmp_path / f"papers/{PAPER}/index.md").read_text()
    front = yaml.safe_load(text.split("---\n", 2)[1])
    assert front["kind"] == "paper"
    assert front["record"] == PAPER
    assert front["title"].startswith("Exosomal Interventions a: b --- <script>")
