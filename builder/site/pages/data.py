"""The page about the data: each download with its size, its meaning and how to call it."""

from __future__ import annotations

from collections.abc import Mapping

from builder.site.index import Atlas
from builder.site.links import Page, View, link, outside
from builder.store.build_info import DATA_LICENCE, Edition

_API = "api/v1/"
# What each file is, in the order of the page: (folder or file, heading, sentence).
_GROUPS: tuple[tuple[str, str, str], ...] = (
    (
        _API,
        "JSON",
        "One array a collection, sorted by id, each valid against its JSON Schema. Every page also "
        "stands as index.json beside its HTML.",
    ),
    (
        "data/csv/",
        "CSV",
        "One table a file (RFC 4180, UTF-8). datapackage.json states the type and meaning of each "
        "column, primary and foreign keys (Frictionless Data Package).",
    ),
    (
        "data/exosome-atlas.sqlite",
        "SQLite",
        "The same tables in one file, with foreign keys, and a full-text table named search.",
    ),
    (
        "data/references",
        "Bibliography",
        "Every cited work. Each page offers its own list under “Cite and history”.",
    ),
    (
        "data/ro-crate-metadata.json",
        "RO-Crate",
        "What these files are, with size and SHA-256 of each, for repositories.",
    ),
)
_ABOUT = {
    "index.json": "collections with count and schema, and the data version",
    "conditions.json": "conditions",
    "findings.json": "statements, each with its quote, place, terms and references",
    "mechanisms.json": "mechanisms",
    "papers.json": "papers read, with CSL-JSON, headings, abstract and entities",
    "references.json": "cited works as CSL-JSON items",
    "sources.json": "cell sources",
    "tables.json": "tables of the papers, each cell as printed and as read",
    "trials.json": "clinical trials, as papers and registries tell them",
    "vehicles.json": "delivery vehicles",
}
_KILO = 1000


def format_size(size: int) -> str:
    """Return a size in bytes for people: ``512 bytes``, ``55.6 kB``, ``1.3 MB``."""
    if size < _KILO:
        return f"{size} bytes"
    if size < _KILO * _KILO:
        return f"{size / _KILO:.1f} kB"
    return f"{size / _KILO / _KILO:.1f} MB"


def view_data(atlas: Atlas, edition: Edition, sizes: Mapping[str, int]) -> Page:
    """Return the page about the data; ``sizes`` are bytes by the path of a download."""
    return Page(
        path="data/",
        template="data.md.j2",
        title="Data",
        description="Every record as JSON, CSV, SQLite, BibTeX, RIS and CSL-JSON, with schemas, "
        "sizes and example calls.",
        kind="data",
        view={
            "version": edition.version,
            "day": edition.day.isoformat(),
            "licence": outside("CC BY 4.0", DATA_LICENCE),
            "groups": [_view_group(g, sizes) for g in _GROUPS],
            "schemas": [_view_file(p, sizes) for p in sorted(sizes) if p.startswith(_SCHEMA)],
            "manifest": link("manifest.json", "../manifest.json"),
            "base": edition.site_url,
            "feed": link("Atom feed of changes", "../changes/feed.xml"),
        },
    )


_SCHEMA = f"{_API}schema/"


def _view_group(group: tuple[str, str, str], sizes: Mapping[str, int]) -> View:
    start, label, about = group
    files = [p for p in sorted(sizes) if p.startswith(start) and not p.startswith(_SCHEMA)]
    return {"label": label, "about": about, "files": [_view_file(p, sizes) for p in files]}


def _view_file(path: str, sizes: Mapping[str, int]) -> View:
    name = path.rpartition("/")[2]
    return {
        "link": link(path, f"../{path}"),
        "name": name,
        "size": format_size(sizes[path]),
        "about": _ABOUT.get(name, "") if path.startswith(_API) else "",
    }
