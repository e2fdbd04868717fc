"""Files about files: bibliographies, an RO-Crate of the data, the manifest, frozen releases."""

from __future__ import annotations

import hashlib
import io
import json
import mimetypes
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.addresses.releases import FOLDER, list_versions
from builder.site.citations import Citable, csl_json, write_bibtex, write_ris
from builder.store import Library, list_files, write_bytes, write_text
from builder.store.library import DATA_LICENCE, Edition

DATA = "data"
CRATE = "ro-crate-metadata.json"
MANIFEST = "manifest.json"
# RO-Crate 1.1, https://w3id.org/ro/crate/1.1
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_PROFILE = "https://w3id.org/ro/crate/1.1"
_TYPES = {
    ".bib": "application/x-bibtex",
    ".ris": "application/x-research-info-systems",
    ".sqlite": "application/vnd.sqlite3",
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
    "exosome-atlas.sqlite": "The whole knowledge base, SQLite with full-text search",
    "nodes.tsv": "Terms of the network, KGX nodes in the Biolink model",
    "edges.tsv": "What was reported between them, KGX edges with studies and findings",
    "network.graphml": "The same network, GraphML",
    "datapackage.json": "Frictionless Data Package of the CSV files",
}


def media_type(path: Path) -> str:
    """Return the media type of a file by its name."""
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"


def _files(folder: Path) -> Iterator[Path]:
    """Return the data files of a folder, sorted; pages of the site are not among them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _beside_page(path):
            yield path


def _beside_page(path: Path) -> bool:
    """Return whether a file belongs to the page about the data, and is no data itself."""
    return path.name in (CRATE, "index.html", "index.json")


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
    files = list(_files(folder))
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
                "encodingFormat": media_type(path),
                "contentSize": str(path.stat().st_size),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for name, path in zip(names, files, strict=True)
        ),
    ]
    data = {"@context": _CONTEXT, "@graph": graph}
    write_text(folder / CRATE, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def copy_releases(root: Path, site: Path) -> None:
    """Copy the files of every release, as they were frozen, below ``releases/`` of a site."""
    for version in list_versions(root):
        folder = root / FOLDER / version
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                write_bytes(site / FOLDER / version / path.relative_to(folder), path.read_bytes())


def bundle(folder: Path) -> bytes:
    """Return the files of a folder as one ZIP, the same to the byte for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
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
