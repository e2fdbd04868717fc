"""What changed: the page of changes, each release, and what became of addresses that went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from builder.addresses import ledger
from builder.addresses.releases import Release, bundle_name
from builder.models import Address
from builder.site.index import Atlas
from builder.site.labels import WORDS
from builder.site.links import Page, View, href, link, shorten
from builder.text import ids

_WORDS = ("added", "changed", "withdrawn")
_MOST_DAYS = 60
_MOST_LINKS = 20
_SINGULAR = {folder: kind for kind, folder in ids.FOLDERS.items()}


def view_changes(atlas: Atlas, releases: Sequence[Release], titles: Mapping[str, str]) -> Page:
    """Return the page of changes; ``titles`` are those of the pages, by address."""
    root = "../"
    days = _days(atlas.library.ledger)
    gone = [a for a in atlas.library.ledger if a.state != "live" and "#" not in a.address]
    return Page(
        path="changes/",
        template="changes.md.j2",
        title="What changed",
        description="Every release and every day on which pages came or their data changed.",
        kind="changes",
        view={
            "feed": link("Atom feed", "feed.xml"),
            "releases": [_view_release(r, root) for r in reversed(releases)],
            "days": [
                _view_day(day, pages, root, titles)
                for day, pages in sorted(days.items(), reverse=True)[:_MOST_DAYS]
            ],
            "gone": [_view_gone(a, atlas.library.ledger, root) for a in gone],
        },
    )


def _days(addresses: Sequence[Address]) -> dict[date, dict[str, list[str]]]:
    found: dict[date, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for entry in (e for e in addresses if "#" not in e.address):
        found[entry.since]["added"].append(entry.address)
        if entry.changed:
            found[entry.changed]["changed"].append(entry.address)
    return found


def _view_day(
    day: date, pages: Mapping[str, Sequence[str]], root: str, titles: Mapping[str, str]
) -> View:
    return {
        "day": day.isoformat(),
        "anchor": f"d{day.isoformat()}",
        "lists": [
            {"word": word, "count": len(pages[word]), "groups": _group(pages[word], root, titles)}
            for word in ("added", "changed")
            if pages.get(word)
        ],
    }


def _group(addresses: Sequence[str], root: str, titles: Mapping[str, str]) -> list[View]:
    """Return addresses by the folder they stand in; many of one folder are counted only."""
    groups: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        groups[address.partition("/")[0] if address.count("/") > 1 else ""].append(address)
    return [
        {
            "label": folder or "overviews",
            "count": len(found),
            "links": []
            if len(found) > _MOST_LINKS
            else [link(titles.get(a) or a or "Home", href(root, a)) for a in found],
        }
        for folder, found in sorted(groups.items())
    ]


def _view_gone(entry: Address, addresses: Sequence[Address], root: str) -> View:
    by_address = {a.address: a for a in addresses}
    target = ledger.follow(entry.address, by_address)
    return {
        "from": link(entry.address, href(root, entry.address)),
        "to": link(target, href(root, target)) if entry.state == "moved" else None,
        "because": entry.because or "",
    }


# --- releases ------------------------------------------------------------------------------------


def _view_release(release: Release, root: str) -> View:
    changed = release.changes.get("findings", {})
    return {
        "version": release.version,
        "day": release.day.isoformat(),
        "href": href(root, f"releases/{release.version}/"),
        "counts": [{"word": w, "count": len(changed.get(w, ()))} for w in _WORDS],
    }


def view_release(atlas: Atlas, release: Release) -> Page:
    """Return the page of one release: its files, and the findings that came, changed and went."""
    root = "../../"
    changed: Mapping[str, Sequence[Mapping[str, Any]]] = release.changes.get("findings", {})
    return Page(
        path=f"releases/{release.version}/",
        template="release.md.j2",
        title=f"Release {release.version}",
        description=f"The data as frozen on {release.day.isoformat()}, and what changed before it.",
        kind="release",
        crumbs=(("What changed", "changes/"),),
        view={
            "version": release.version,
            "day": release.day.isoformat(),
            "previous": str(release.changes.get("previous") or ""),
            "living": link("the living data", f"{root}data/"),
            "files": [
                link(name, name)
                for name in (
                    bundle_name(release.version), "manifest.json", "records.json", "changes.json"
                )
            ],
            "lists": [
                {
                    "word": word,
                    "anchor": word,
                    "findings": [_view_finding(atlas, f, root) for f in changed.get(word, ())],
                }
                for word in _WORDS
            ],
        },
    )  # fmt: skip


def _view_finding(atlas: Atlas, finding: Mapping[str, Any], root: str) -> View:
    """Return a finding of a release, linked to its living place where it still stands."""
    name = str(finding["id"])
    address = atlas.pages.findings.get(name, "")
    return {
        "link": link(name, href(root, address) if address else ""),
        "quote": str(finding["quote"]),
        "fields": ", ".join(finding.get("fields", ())),
        "formerly": str(finding.get("formerly", "")),
        "because": str(finding.get("because", "")),
    }


# --- addresses without a page --------------------------------------------------------------------


def view_gone_pages(atlas: Atlas, titles: Mapping[str, str]) -> Iterator[Page]:
    """Yield a page for each address of the ledger that has none: it goes on answering.

    One that moved leads on, a term that lost its last evidence to its line of the glossary, and
    what was withdrawn says why.
    """
    entries = {a.address: a for a in atlas.library.ledger}
    for entry in sorted(entries.values(), key=lambda e: e.address):
        if entry.address in titles or "#" in entry.address:
            continue
        if entry.state == "retired":
            yield _view_retired(entry, titles)
            continue
        target = ledger.follow(entry.address, entries) if entry.state == "moved" else entry.address
        target = target if target in titles else _find_place(atlas, entry.record) or target
        if target.partition("#")[0] == "glossary/":
            yield _view_stub(atlas, entry, target)
        elif target != entry.address:
            yield _view_moved(entry, target, titles)


def _find_place(atlas: Atlas, record: str) -> str:
    """Return where a record stands now that has no page of its own; empty where it is gone."""
    kind, _, name = record.partition(":")
    if kind == "finding":
        return atlas.pages.findings.get(name, "")
    if kind == "reference":
        return atlas.pages.references.get(name, "")
    term = atlas.library.terms.get(name)
    return f"glossary/#{name}" if term and term.kind == kind else ""


def _view_stub(atlas: Atlas, entry: Address, target: str) -> Page:
    """Return the page of a term that has no evidence any more."""
    kind, _, name = entry.record.partition(":")
    label = atlas.library.terms[name].label
    root = "../" * entry.address.count("/")
    return Page(
        path=entry.address,
        template="stub.md.j2",
        title=label,
        description=shorten(f"{label}: {WORDS['no_evidence']}."),
        kind="retired",
        view={
            "label": label,
            "line": link("its line in the glossary", href(root, target)),
            "onward": [link(f"All {ids.FOLDERS[kind]}", href(root, ids.index_path(kind)))],
        },
    )


def _view_moved(entry: Address, target: str, titles: Mapping[str, str]) -> Page:
    root = "../" * entry.address.count("/")
    title = titles.get(target.partition("#")[0]) or target
    return Page(
        path=entry.address,
        template="moved.md.j2",
        title="This page has moved",
        description=shorten(f"Now at {title}."),
        kind="moved",
        view={"to": link(title, href(root, target)), "from": entry.address},
        extra={"moved_to": href(root, target), "canonical": target.partition("#")[0],
               "script": "assets/javascripts/moved.js"},
    )  # fmt: skip


def _view_retired(entry: Address, titles: Mapping[str, str]) -> Page:
    root = "../" * entry.address.count("/")
    folder = entry.address.partition("/")[0]
    paper = ids.page_path("paper", entry.paper) if entry.paper else ""
    onward = [link(f"All {folder}", href(root, f"{folder}/"))] if folder in _SINGULAR else []
    if paper in titles:
        onward.insert(0, link(titles[paper], href(root, paper)))
    onward.append(link("Search", href(root, "search/")) if "search/" in titles else
                  link("Home", href(root, "")))  # fmt: skip
    return Page(
        path=entry.address,
        template="retired.md.j2",
        title=f"Withdrawn: {entry.record.partition(':')[2]}",
        description=shorten(f"This page was withdrawn: {entry.because or 'no reason given'}"),
        kind="retired",
        view={
            "record": entry.record.partition(":")[2],
            "kind": entry.record.partition(":")[0],
            "because": entry.because or "",
            "since": entry.since.isoformat(),
            "onward": onward,
        },
    )
