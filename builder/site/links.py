"""Pages, links and what makes an outside address safe to print.

Every page knows how deep it lies below the site's root, so that each of its links is relative and
right at a domain root, under a sub-path and from a folder on disk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from builder.site.short_forms import Wording
from builder.text import ids

View = dict[str, Any]

# What RFC 3986 lets stand in an address; everything else is escaped.
_URL_SAFE = "%:/?#@!$&'()*+,;=-._~"
_MAX_DESCRIPTION = 160


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address below the root, its template and all that the template prints."""

    path: str
    template: str
    title: str
    description: str
    kind: str
    view: View
    record: str = ""
    crumbs: tuple[tuple[str, str], ...] = ()  # (title, address below the root)
    extra: View = field(default_factory=dict)  # more front matter, for theme blocks
    wording: Wording | None = None  # the short forms that it explains
    files: Mapping[str, str] = field(default_factory=dict)  # texts published beside the page

    @property
    def root(self) -> str:
        """The relative way from this page to the site's root."""
        return root_of(self.path)


def root_of(path: str) -> str:
    """Return the relative way from a page to the site's root: ``../../`` for ``a/b/``."""
    return "../" * path.count("/")


def href(root: str, path: str, fragment: str = "") -> str:
    """Return a relative address. ``root`` is that of the page which links."""
    address = f"{root}{path}" or "./"
    return f"{address}#{fragment}" if fragment else address


def page_href(root: str, kind: str, record: str, fragment: str = "") -> str:
    """Return the relative address of a record's page."""
    return href(root, ids.page_path(kind, record), fragment)


def narrowed_href(root: str, path: str, query: Mapping[str, str], fragment: str) -> str:
    """Return a relative address with a query, which narrows the table that it leads to."""
    words = urlencode(query, quote_via=quote)
    return f"{root}{path}?{words}#{fragment}"


def compare_href(root: str, source: str) -> str:
    """Return the relative address of the page of comparisons, with one cell source chosen."""
    return f"{root}compare/?a={source}"


def link(label: str, address: str | None) -> View:
    """Return a link as templates print it; without an address only its label is printed."""
    return {"label": label, "href": address or ""}


def safe_url(url: str | None) -> str:
    """Return an outside address fit for a link, or nothing: only http and https pass.

    A seed may hold ``javascript:`` and worse; such an address is shown as text, never linked.
    """
    if not url or re.search(r"[\s\x00-\x1f\x7f]", url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    head, found, fragment = url.partition("#")
    safe = quote(head, safe=_URL_SAFE.replace("#", ""))
    safe = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", safe)
    return f"{safe}#{quote(fragment, safe=_URL_SAFE.replace('#', ''))}" if found else safe


def outside(label: str, url: str | None) -> View:
    """Return a link to another site, as text alone where the address is not safe."""
    return link(label, safe_url(url))


def one_line(text: str) -> str:
    """Return text with every run of white space as one space."""
    return " ".join(text.split())


def shorten(text: str, length: int = _MAX_DESCRIPTION) -> str:
    """Return text cut at a word, with an ellipsis where something was cut."""
    flat = one_line(text)
    if len(flat) <= length:
        return flat
    return flat[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: ``1 finding``, ``1,204 findings``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
