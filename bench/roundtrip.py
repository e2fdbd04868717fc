"""How many records come back, field for field, when another program reads each export.

Usage: python bench/roundtrip.py [FOLDER]; without a folder the downloads are made anew.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import rispy
from bibtexparser import parse_string
from frictionless import Package
from pylatexenc.latex2text import LatexNodes2Text
from rocrate.rocrate import ROCrate

from builder import models, pipeline
from builder.export import prepare_downloads
from builder.models import CslName
from builder.project import Project
from builder.site.citations import Citable, format_plain
from builder.store import Library
from builder.store.library import find_edition

LATEX = LatexNodes2Text(keep_comments=True, strict_latex_spaces=True)
Score = tuple[str, int, int]


def plain(text: str) -> str:
    """Return what a BibTeX field shows: the bare names of escaped characters, without braces."""
    return " ".join(LATEX.latex_to_text(text).replace("\u00a0", " ").split())


def names(people: list[CslName] | None) -> list[str]:
    """Return names as the exports write them: family, suffix, given; or the group."""
    return [
        n.literal or ", ".join(p for p in (n.family, n.suffix, n.given) if p) for n in people or []
    ]


def read_bibtex(library: Library, folder: Path) -> Score:
    """Count the works whose fields come back from BibTeX."""
    held = parse_string((folder / "data/references.bib").read_text(encoding="utf-8"))
    entries = {e.key: {f.key: plain(f.value) for f in e.fields} for e in held.entries}
    good = 0
    for name, work in library.references.items():
        csl, entry = work.csl, entries.get(name, {})
        authors = [a for a in entry.get("author", "").split(" and ") if a and a != "others"]
        good += (
            entry.get("title") == plain_title(csl.title)
            and authors == names(csl.author)
            and entry.get("year", "") == str(csl.year or "")
            and entry.get("volume", "") == (csl.volume or "")
            and entry.get("pages", "").replace("–", "--") == (csl.page or "").replace("–", "--")
            and entry.get("doi", "") == (csl.DOI or "")
        )
    return "BibTeX (bibtexparser)", good, len(library.references)


def plain_title(title: str) -> str:
    """Return a title on one line."""
    return " ".join(title.split())


def read_ris(library: Library, folder: Path) -> Score:
    """Count the works whose fields come back from RIS."""
    text = (folder / "data/references.ris").read_text(encoding="utf-8")
    entries = {e["id"]: e for e in rispy.loads(text)}
    good = 0
    for name, work in library.references.items():
        csl, entry = work.csl, entries.get(name, {})
        pages = "–".join(p for p in (entry.get("start_page"), entry.get("end_page")) if p)
        people = [a.rstrip(",") for a in entry.get("authors", [])]
        good += (
            entry.get("title") == plain_title(csl.title)
            and people == [", ".join(n.split(", ")) for n in names(csl.author)]
            and entry.get("year", "") == str(csl.year or "")
            and entry.get("volume", "") == (csl.volume or "")
            and pages == (csl.page or "")
            and entry.get("doi", "") == (csl.DOI or "")
        )
    return "RIS (rispy)", good, len(library.references)


def read_csl(library: Library, folder: Path) -> Score:
    """Count the works that come back whole from CSL-JSON and that a processor formats."""
    items = json.loads((folder / "data/references.csl.json").read_text(encoding="utf-8"))
    good = 0
    for item in items:
        name = item.pop("id")
        work = library.references[name]
        kept = models.CslItem.model_validate(item)
        good += kept == work.csl and bool(format_plain([Citable(name, kept)])[0])
    return "CSL-JSON (citeproc-py)", good, len(library.references)


def read_tables(folder: Path) -> Iterator[Score]:
    """Count the CSV tables that are valid, and the rows that SQLite holds alike."""
    report = Package(str(folder / "data/csv/datapackage.json")).validate()
    valid = sum(task.valid for task in report.tasks)
    package = json.loads((folder / "data/csv/datapackage.json").read_text())
    specs = {r["name"]: r["schema"]["fields"] for r in package["resources"]}
    yield "CSV tables valid (frictionless)", valid, len(specs)
    base = sqlite3.connect(folder / "data/exosome-atlas.sqlite")
    good = total = 0
    for name, columns in specs.items():
        with (folder / f"data/csv/{name}.csv").open(encoding="utf-8", newline="") as handle:
            wanted = [tuple(row.values()) for row in csv.DictReader(handle)]
        held = base.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 (our names)
        kinds = [column["type"] for column in columns]
        good += sum(
            tuple(map(shown, row, kinds)) == other for row, other in zip(held, wanted, strict=True)
        )
        total += len(wanted)
    yield "SQLite rows equal to CSV rows", good, total


def shown(value: object, kind: str) -> str:
    """Return a value of SQLite as CSV writes it."""
    if value is None:
        return ""
    return ("true" if value else "false") if kind == "boolean" else str(value)


def read_api(folder: Path) -> Score:
    """Count the records that are valid by their published schema."""
    good = total = 0
    index = json.loads((folder / "api/v1/index.json").read_text())
    for entry in index["collections"]:
        name = entry["id"]
        records = json.loads((folder / f"api/v1/{name}.json").read_text(encoding="utf-8"))
        schema = json.loads((folder / f"api/v1/schema/{name}.json").read_text(encoding="utf-8"))
        checker = jsonschema.Draft202012Validator(schema)
        good += sum(checker.is_valid([record]) for record in records)
        total += len(records)
    return "JSON records valid (jsonschema)", good, total


def read_crate(folder: Path) -> Score:
    """Count the data files that the crate lists."""
    listed = {entity.id for entity in ROCrate(str(folder / "data")).data_entities}
    skip = ("cite.", "index.", "ro-crate")
    files = [
        p.relative_to(folder / "data").as_posix()
        for p in (folder / "data").rglob("*")
        if p.is_file() and not p.name.startswith(skip)
    ]
    return "files in the crate (rocrate)", len(listed & set(files)), len(files)


def main() -> None:
    """Print the scores, then the size of each download."""
    library = pipeline.load(Project(Path.cwd()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name)
        if len(sys.argv) == 1:
            prepare_downloads(library, folder, find_edition(library))
        scores = [read_bibtex(library, folder), read_ris(library, folder)]
        scores += [read_csl(library, folder), *read_tables(folder)]
        scores += [read_api(folder), read_crate(folder)]
        for label, good, total in scores:
            print(f"{label:36} {good:6} of {total:6}  {100 * good / max(total, 1):6.1f} %")
        print()
        for path in sorted(folder.rglob("*")):
            place = path.relative_to(folder).as_posix()
            if (
                path.is_file()
                and place.startswith(("data/", "api/v1/"))
                and "/schema/" not in place
            ):
                print(f"{path.stat().st_size:9}  {place}")


if __name__ == "__main__":
    main()
