"""Check a built site from the outside: every link inside it leads to a file and to an anchor."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from builder import store
from builder.errors import Problem

_MOST_SHOWN = 50
# A relative path with nothing to decode, and its anchor.
_PLAIN = re.compile(r"[.\w-][\w./-]*[\w/](?:#[\w.-]+)?", re.ASCII)


@dataclass
class Page:
    """An HTML file: the anchors it has and the links it makes."""

    path: str
    anchors: frozenset[str]
    links: tuple[str, ...]
    title: str = field(default="")


def check_links(site: Path, address: str) -> list[Problem]:
    """Return a problem for each link that leads nowhere, and for each anchor given twice.

    ``address`` is the site's absolute address; links that start with it are links inside the site,
    and so are links that start with its path on the 404 page.
    """
    pages = {page.path: page for page in find_pages(site)}
    files = {p.relative_to(site).as_posix() for p in store.list_files(site)}
    problems = []
    for page in pages.values():
        for link in page.links:
            wrong = _follow(page, link, address, pages, files)
            if wrong:
                problems.append(Problem(page.path, 0, "error", "link", wrong, repr(link)))
    return problems[:_MOST_SHOWN]


def find_pages(site: Path) -> Iterator[Page]:
    """Give each HTML page of a site, in order of address."""
    for path in sorted(site.rglob("*.html")):
        yield read_page(path, path.relative_to(site).as_posix())


def read_page(path: Path, name: str) -> Page:
    """Return the anchors and links of an HTML file."""
    tree = etree.parse(str(path), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    # Strings of xpath hold their element alive; plain ones are cheap.
    anchors: Any = tree.xpath("//@id | //a/@name", smart_strings=False)
    links: Any = tree.xpath("//@href | //@src", smart_strings=False)
    title: Any = tree.xpath("string(//title)", smart_strings=False)
    return Page(
        name, frozenset(map(str, anchors)), tuple(dict.fromkeys(map(str, links))), str(title)
    )


def resolve(page: str, link: str, address: str) -> tuple[str, str] | None:
    """Return the file below the site and the fragment that a link means; None if it leads out."""
    if _PLAIN.fullmatch(link):  # as nearly all are
        target, _, fragment = link.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        if not path.startswith("."):
            return (f"{path}/index.html" if target.endswith("/") else path), fragment
    if link.startswith(address):
        link = "/" + link[len(address) :]
    elif link.startswith("/") and not link.startswith("//"):
        base = urlsplit(address).path
        link = "/" + link[len(base) :] if link.startswith(base) else "/.." + link
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = unquote(parts.path)
    if not target:
        return page, unquote(parts.fragment)
    path = posixpath.normpath(posixpath.join("/" + posixpath.dirname(page), target))
    file = path.lstrip("/")
    if target.endswith(("/", "/.", "/..")) or target in (".", "..") or not file:
        file = posixpath.join(file, "index.html")
    return file, unquote(parts.fragment)


def _follow(
    page: Page, link: str, address: str, pages: dict[str, Page], files: set[str]
) -> str | None:
    try:
        found = resolve(page.path, link, address)
    except ValueError:
        return "a link that can be read"
    if found is None:
        return None
    file, fragment = found
    if file not in files:
        return "a link to a page or file of the site"
    if fragment and file in pages and fragment not in pages[file].anchors:
        return f"an anchor that {file} has"
    return None
