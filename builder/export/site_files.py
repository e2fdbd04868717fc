"""Files about the site and its data: for crawlers, feed readers, servers, and those who download.

The sitemap, robots.txt, llms.txt, headers and the feed; bibliographies, an RO-Crate of the data,
the manifest and frozen releases.
"""

import hashlib
import io
import json
import mimetypes
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from builder.addresses import ledger
from builder.addresses.releases import FOLDER, Release, list_versions
from builder.site.citations import PUBLISHER, Citable, csl_json, write_bibtex, write_ris
from builder.store import Library, list_files, write_bytes, write_text
from builder.store.library import DATA_LICENCE, Edition

FEED = "changes/feed.xml"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_ATOM = "http://www.w3.org/2005/Atom"
_Element = etree._Element
# What XML 1.0 can't hold.
_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
# What a <meta> can't carry; the rest of the policy stands on each page.
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_ANYONE = "Access-Control-Allow-Origin: *"
_MOST_ENTRIES = 50
_MOST_PAGES = 100


def write_sitemap(library: Library, site: Path, edition: Edition) -> None:
    """Write ``sitemap.xml``: every page that stands, with the day on which its data changed."""
    (site / "sitemap.xml.gz").unlink(missing_ok=True)  # the generator's own, by its clock
    root = _root("urlset", _SITEMAP)
    entries = {e.address: e for e in library.ledger}
    for address in (a for a in ledger.list_addresses(library) if "#" not in a):
        if (site / address / "index.html").is_file() and not address.startswith("releases/"):
            entry = entries.get(address)
            day = (entry.changed or entry.since) if entry else edition.day
            page = _add(root, "url")
            _add(page, "loc", edition.url(address))
            _add(page, "lastmod", day.isoformat())
    _write(site / "sitemap.xml", root)


def write_robots(site: Path, edition: Edition) -> None:
    """Write ``robots.txt`` (RFC 9309): all may be read; frozen copies are not for indexes."""
    base = urlsplit(edition.site_url).path
    text = f"User-agent: *\nAllow: {base}\n\nSitemap: {edition.url('sitemap.xml')}\n"
    write_text(site / "robots.txt", text)


def write_headers(site: Path) -> None:
    """Write ``_headers``, as Netlify and Cloudflare Pages read it: what a page can't say itself.

    ``docs/howto/serve-the-site.md`` has the same for nginx.
    """
    lines = [
        "/*",
        *(f"  {name}: {value}" for name, value in HEADERS.items()),
        *(line for path in ("/api/*", "/data/*") for line in (path, f"  {_ANYONE}")),
    ]
    write_text(site / "_headers", "\n".join([*lines, ""]))


def write_llms(site: Path, edition: Edition, counts: Mapping[str, int]) -> None:
    """Write ``llms.txt`` (https://llmstxt.org): where language models find what is stated here."""
    held = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    links = (
        ("api/v1/index.json", "JSON collections with schemas"),
        ("data/csv/datapackage.json", "the same as tables, each column described"),
        ("data/exosome-atlas.sqlite.gz", "the same in one SQLite file with full text"),
        ("data/parquet/findings.parquet", "the large tables as Parquet too"),
        ("data/network/edges.tsv", "what was reported between terms (KGX)"),
        ("about/", "method: how statements are read, and what is not assessed"),
        ("questions/", "statements that a curator should look at"),
        ("sitemap.xml", "all pages; each also stands as index.json beside its HTML"),
    )
    text = [
        f"# {PUBLISHER}",
        "",
        "> What papers report of exosomes as therapy for bone, cartilage and osteoarthritis, "
        "statement by statement, each with its quote and place.",
        "",
        f"Data version {edition.version} of {edition.day.isoformat()}: {held}. Quote a statement "
        "with its paper, and with its design, result and certainty: a registration is no result, "
        "an aim is no finding, and what is not listed is not stated in the papers read. This is no "
        "medical advice.",
        "",
        "## Data",
        "",
        *(f"- [{path}]({edition.url(path)}): {about}" for path, about in links),
    ]
    write_text(site / "llms.txt", "\n".join([*text, ""]))


def write_feed(
    library: Library,
    site: Path,
    edition: Edition,
    titles: Mapping[str, str],
    releases: Sequence[Release],
) -> None:
    """Write the Atom feed of changes (RFC 4287): one entry a release, and one a day with changes.

    ``titles`` are those of the pages, by address.
    """
    days = ledger.find_days(library.ledger)
    moments = [*(r.day for r in releases), *days]
    root = _root("feed", _ATOM)
    _add(root, "id", edition.url(FEED))
    _add(root, "title", f"{PUBLISHER}: what changed")
    _add(root, "updated", _moment(max(moments, default=edition.day)))
    _add(root, "link", rel="self", type="application/atom+xml", href=edition.url(FEED))
    _add(root, "link", rel="alternate", type="text/html", href=edition.url("changes/"))
    _add(_add(root, "author"), "name", f"{PUBLISHER} contributors")
    _add(root, "rights", DATA_LICENCE)
    entries = [(r.day, r.version, _release_entry(r, edition)) for r in releases]
    entries += [(day, "", _day_entry(day, pages, edition, titles)) for day, pages in days.items()]
    newest = sorted(entries, key=lambda e: (e[0], e[1]), reverse=True)
    root.extend(entry for _, _, entry in newest[:_MOST_ENTRIES])
    _write(site / FEED, root)


def _root(tag: str, namespace: str) -> _Element:
    names: Any = {None: namespace}  # the stubs know no default namespace
    return etree.Element(tag, nsmap=names)


def _add(parent: _Element, tag: str, text: str = "", **attributes: str) -> _Element:
    node = etree.SubElement(parent, tag, {k: _clean(v) for k, v in attributes.items()})
    node.text = _clean(text) or None
    return node


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _release_entry(release: Release, edition: Edition) -> _Element:
    reported = release.changes.get("findings", {})
    counts = ", ".join(f"{len(reported.get(w, []))} {w}" for w in ("added", "changed", "withdrawn"))
    address = edition.url(f"releases/{release.version}/")
    entry = _entry(address, f"Release {release.version}", release.day)
    _add(entry, "summary", f"Findings: {counts}.")
    return entry


def _entry(address: str, title: str, day: date) -> _Element:
    entry = etree.Element("entry")
    _add(entry, "id", address)
    _add(entry, "title", title)
    _add(entry, "updated", _moment(day))
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    return entry


def _day_entry(
    day: date, pages: Mapping[str, Sequence[str]], edition: Edition, titles: Mapping[str, str]
) -> _Element:
    address = f"{edition.url('changes/')}#d{day.isoformat()}"
    counts = " and ".join(f"{len(found)} {word}" for word, found in pages.items() if found)
    entry = _entry(address, f"{day.isoformat()}: pages {counts}", day)
    _add(entry, "content", _list_pages(pages, edition, titles), type="html")
    return entry


def _list_pages(
    pages: Mapping[str, Sequence[str]], edition: Edition, titles: Mapping[str, str]
) -> str:
    """Return the pages of a day as HTML: a list of links for those added, one for those changed."""
    said = etree.Element("div")
    for word, found in pages.items():
        if found:
            more = len(found) - _MOST_PAGES
            _add(said, "p", f"Pages {word}" + (f" (and {more} more)" if more > 0 else ""))
            items = _add(said, "ul")
            for address in found[:_MOST_PAGES]:
                name = titles.get(address) or address or PUBLISHER
                _add(_add(items, "li"), "a", name, href=edition.url(address))
    return str(etree.tostring(said, encoding="unicode"))


def _write(path: Path, root: etree._Element) -> None:
    etree.indent(root, " ")
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    write_bytes(path, data + b"\n")


# --- files about the data ------------------------------------------------------------------------

DATA = "data"
CRATE = "ro-crate-metadata.json"
MANIFEST = "manifest.json"
_PROFILE = "https://w3id.org/ro/crate/1.1"
_TYPES = {
    ".bib": "application/x-bibtex",
    ".ris": "application/x-research-info-systems",
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
    ".tsv": "text/tab-separated-values",
    ".graphml": "application/graphml+xml",
    ".yml": "application/yaml",
}
# The earliest that a ZIP can hold: the time of a build is no part of the data.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_ABOUT = {
    "references.bib": "All cited works, BibTeX",
    "references.ris": "All cited works, RIS",
    "references.csl.json": "All cited works, CSL-JSON",
    "exosome-atlas.sqlite.gz": "The whole knowledge base, SQLite with full-text search",
    "nodes.tsv": "Terms of the network, KGX nodes in the Biolink model",
    "edges.tsv": "What was reported between them, KGX edges with studies and findings",
    "network.graphml": "The same network for drawing, without its lists of studies, GraphML",
    "datapackage.json": "Frictionless Data Package of the CSV files",
}


def write_bibliography(library: Library, site: Path) -> None:
    """Write ``references.bib``, ``.ris`` and ``.csl.json``: every cited work, by id."""
    works = [Citable(n, w.csl, w.et_al) for n, w in sorted(library.references.items())]
    folder = site / DATA
    write_text(folder / "references.bib", write_bibtex(works))
    write_text(folder / "references.ris", write_ris(works))
    items = json.dumps([csl_json(w) for w in works], ensure_ascii=False, indent=1)
    write_text(folder / "references.csl.json", items + "\n")


def write_crate(site: Path, edition: Edition) -> None:
    """Write ``data/ro-crate-metadata.json``; it describes every data file beside it."""
    folder = site / DATA
    # Pages of the site are no data.
    own = (CRATE, "index.html", "index.json")
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in own]
    names = [p.relative_to(folder).as_posix() for p in files]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": "Exosome Atlas",
        "description": (
            "What is known about exosomes (small extracellular vesicles) as therapy for bone, "
            "cartilage and osteoarthritis, statement by statement, each with its source."
        ),
        "url": edition.site_url,
        "version": edition.version,
        "datePublished": edition.day.isoformat(),
        "license": {"@id": DATA_LICENCE},
        "hasPart": [{"@id": name} for name in names],
    }
    graph = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _PROFILE},
        },
        root,
        {"@id": DATA_LICENCE, "@type": "CreativeWork", "name": DATA_LICENCE},
        *(
            {
                "@id": name,
                "@type": "File",
                "name": _ABOUT.get(path.name, path.name),
                "encodingFormat": _TYPES.get(path.suffix)
                or mimetypes.guess_type(path.name)[0]
                or "text/plain",
                "contentSize": str(path.stat().st_size),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for name, path in zip(names, files, strict=True)
        ),
    ]
    data = {"@context": f"{_PROFILE}/context", "@graph": graph}
    write_text(folder / CRATE, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def copy_releases(root: Path, site: Path) -> None:
    """Copy the files of every release, as they were frozen, below ``releases/`` of a site."""
    for version in list_versions(root):
        for path in list_files(root / FOLDER / version):
            write_bytes(site / path.relative_to(root), path.read_bytes())


def bundle(folder: Path) -> bytes:
    """Return the files of a folder as one ZIP, the same to the byte for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            entry = zipfile.ZipInfo(name, date_time=_NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            made.writestr(entry, path.read_bytes())
    return out.getvalue()


def write_manifest(site: Path, version: str) -> None:
    """Write ``manifest.json``: size and SHA-256 of every other file of the site."""
    files = {}
    for path in list_files(site):
        if path != site / MANIFEST:
            data = path.read_bytes()
            found = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            files[path.relative_to(site).as_posix()] = found
    manifest = {"version": version, "files": files}
    write_text(site / MANIFEST, json.dumps(manifest, indent=0) + "\n")
