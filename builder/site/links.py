"""Pages, links, long lists, and what makes an outside address safe to print.

Every page knows how deep it lies below the site's root, so that each of its links is relative and
right at a domain root, under a sub-path and from a folder on disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from builder.models import Xref
from builder.site.short_forms import Wording
from builder.text import ids
from builder.text.databases import find_link

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
    data: View = field(default_factory=dict)  # more of its index.json: what scripts need
    gone: tuple[View, ...] = ()  # statements that stood here: id, reason or link

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


# --- long lists ----------------------------------------------------------------------------------

# Entries on a page of an index, and on each page that goes on.
ONE_PAGE = 150
_NEAR = 3  # parts before and after the one at hand that a page leads to
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Part(Generic[Entry]):
    """One page of a long list: its address, its label and its entries."""

    path: str
    label: str
    entries: Sequence[Entry]


def split_list(entries: Sequence[Entry], path: str, most: int = ONE_PAGE) -> list[Part[Entry]]:
    """Return a list as pages of ``most`` entries in its order, the first of them at ``path``.

    A list that one page holds has one part.
    """
    return [
        Part(
            path if number == 1 else f"{path}list/{number}/",
            f"{start + 1:,}–{min(start + most, len(entries)):,}",
            entries[start : start + most],
        )
        for number, start in enumerate(range(0, max(len(entries), 1), most), 1)
    ]


def view_steps(parts: Sequence[Part[Entry]], root: str, current: str) -> list[View]:
    """Return links to the first, the last and the neighbouring parts; gaps bear an ellipsis.

    However many parts there are, the links are few. A single part needs none.
    """
    if len(parts) < 2:  # noqa: PLR2004 (one page holds it all)
        return []
    here = next((n for n, part in enumerate(parts) if part.path == current), 0)
    near = [n for n in range(len(parts)) if n in (0, len(parts) - 1) or abs(n - here) <= _NEAR]
    steps: list[View] = []
    for before, number in zip([-1, *near], near, strict=False):
        if number > before + 1:
            steps.append({**link("…", ""), "gap": True})
        part = parts[number]
        address = "" if number == here else href(root, part.path)
        steps.append({**link(part.label, address), "gap": False})
    return steps


def view_list(
    entries: Sequence[Entry],
    path: str,
    head: tuple[str, str, str],
    view: Callable[[Sequence[Entry], str, str], View],
    most: int = ONE_PAGE,
) -> Iterator[Page]:
    """Yield the pages of a long list, the first at ``path``.

    ``head`` is title, description and template. ``view`` gets the entries of a page, the way to
    the site's root and the page's address; ``steps`` and ``more``, the addresses that follow, are
    added.
    """
    title, description, template = head
    parts = split_list(entries, path, most)
    for part in parts:
        root, first = root_of(part.path), part.path == path
        rest = " ".join(href(root, p.path) for p in parts[1:]) if first else ""
        steps = {"steps": view_steps(parts, root, part.path), "more": rest}
        yield Page(
            path=part.path,
            template=template,
            title=title if first else f"{title} {part.label}",
            description=description,
            kind="index",
            crumbs=() if first else ((title, path),),
            view={**steps, **view(part.entries, root, part.path)},
        )


# --- identifiers ---------------------------------------------------------------------------------


def curie_url(curie: str) -> str:
    """Return the address that a CURIE resolves to; empty where its prefix is not known."""
    found = find_link(curie) if ":" in curie else None
    return found.url if found else ""


def view_xref(xref: Xref) -> View:
    """Return a verified identifier: its CURIE as a link, the label there, how it matches."""
    return {
        "link": outside(xref.curie, curie_url(xref.curie)),
        "label": xref.label or "",
        "match": "" if xref.match == "exact" else xref.match,
    }
