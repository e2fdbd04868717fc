"""Links of a built site are followed as a browser would follow them."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.publish.site import check_links, read_page, resolve

AT = "https://atlas.example/base/"


@pytest.mark.parametrize(
    ("page", "link", "file"),
    [
        ("index.html", "sources/", ("sources/index.html", "")),
        ("index.html", ".", ("index.html", "")),
        ("index.html", "./", ("index.html", "")),
        ("sources/bmsc/index.html", "../../", ("index.html", "")),
        ("sources/bmsc/index.html", "..", ("sources/index.html", "")),
        ("sources/bmsc/index.html", "#row-1", ("sources/bmsc/index.html", "row-1")),
        ("sources/bmsc/index.html", "?q=x#top", ("sources/bmsc/index.html", "top")),
        ("sources/bmsc/index.html", "../../papers/x/#ref-3", ("papers/x/index.html", "ref-3")),
        ("sources/bmsc/index.html", "index.json", ("sources/bmsc/index.json", "")),
        ("a/index.html", "%CE%B1.css?v=1", ("a/α.css", "")),
        ("404.html", "/base/assets/x.css", ("assets/x.css", "")),
        ("404.html", "/other/x.css", ("../other/x.css", "")),
        ("a/index.html", AT + "sources/", ("sources/index.html", "")),
        ("a/index.html", AT, ("index.html", "")),
    ],
)
def test_a_link_inside_the_site_names_its_file(page: str, link: str, file: tuple[str, str]) -> None:
    found = resolve(page, link, AT)
    if link == "/other/x.css":  # above the site: no file of it
        assert found is not None
        assert found[0] != "x.css"
        return
    assert found == file


@pytest.mark.parametrize(
    "link",
    [
        "https://doi.org/10.1/x",
        "//cdn.example/x.js",
        "mailto:a@b.example",
        "data:image/png;base64,",
    ],
)
def test_a_link_out_of_the_site_is_left_alone(link: str) -> None:
    assert resolve("index.html", link, AT) is None


def write(site: Path, name: str, body: str) -> None:
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(f"<!doctype html><title>T</title>{body}", encoding="utf-8")


def test_each_dead_link_and_each_dead_anchor_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "index.html", '<a href="a/#here">1</a><a href="b/">2</a><img src="no.png">')
    write(tmp_path, "a/index.html", '<p id="here"><a href="../#gone">3</a><a href="#here">4</a>')
    said = [str(p) for p in check_links(tmp_path, AT)]
    assert said == [
        "a/index.html: error: an anchor that index.html has, got '../#gone'. [link]",
        "index.html: error: a link to a page or file of the site, got 'b/'. [link]",
        "index.html: error: a link to a page or file of the site, got 'no.png'. [link]",
    ]


def test_anchors_links_and_title_are_read_from_html(tmp_path: Path) -> None:
    write(tmp_path, "x.html", '<h1 id="α">é</h1><a name="old" href="y">y</a><a href="y">y</a>')
    page = read_page(tmp_path / "x.html", "x.html")
    assert page.title == "T"
    assert page.anchors == {"α", "old"}
    assert page.links == ("y",)
