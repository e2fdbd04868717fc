"""The downloads: read back by other programs, field for field, whatever the records hold."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import sqlite3
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pandas
import pytest
import rispy
from bibtexparser import parse_string
from citeproc.source.json import CiteProcJSON
from datasette.app import Datasette
from frictionless import Package
from hand_made import csl, make_bundle, make_library, make_terms, merge_references
from rocrate.rocrate import ROCrate

from builder import models
from builder.export import prepare_downloads, write_downloads
from builder.export.records import each_collection
from builder.export.site_files import bundle, write_manifest
from builder.export.table_files import clear_unused, is_large, pack_parquet
from builder.export.tables import Column, Table, add_tables, finish_tables
from builder.models import review
from builder.site.index import build_index
from builder.store import Library, PaperBundle, write_records
from builder.store.library import find_edition

AT = "https://atlas.example/base/"
OTHER = "roe-2025-second-review"

# Works that are hard to write down: (id, item). What a program must read back stands in the test.
HARD = {
    "long-2020": csl("Exosomes " * 220 + "end", issued=models.CslDate(date_parts=[[2020]])),
    "no-year": csl("A work in press", status="in press"),
    "family-only": csl("By surname", author=[models.CslName(family="Ateş")]),
    "group": csl("By a group", author=[models.CslName(literal="EUROCARE, the study group")]),
    "han": csl("骨关节炎的外泌体", author=[models.CslName(family="王", given="伟")]),
    "doi": csl("An old DOI", DOI="10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#", page="2761.e1–2771.e1"),
    "braces": csl("50% of {A} & B_c \\ #1 $x^2$ ~", container_title="J. {B} & C"),
    "book": models.CslItem(
        type="chapter",
        title="A chapter",
        editor=[models.CslName(family="Ed", given="I.")],
        container_title="A book",
        publisher="House",
        publisher_place="Basel",
        edition="2nd",
    ),
}


def make_hard_library(root: Path) -> Library:
    """Return a library with all that a seed may do to keys: doubles, gaps and unknown names."""
    works = [
        models.Cited(id=name, number=number, line=number, csl=item, printed=item.title)
        for number, (name, item) in enumerate(HARD.items(), 10)
    ]
    first = make_bundle(
        sources=["bmsc", "no-such-term"],
        references=[1, 1, 10, 77],
        quantities=[{"value": 5, "unit": "mL", "quote": "5 mL"}] * 2,
    )
    twin = works[0].model_copy(  # 10a and 10b
        update={"id": "twin", "csl": csl("The other work of one number"), "printed": "10b"}
    )
    first = replace(first, references=[*first.references, *works, twin])
    report = first.trials[0].model_copy(
        update={"paper": OTHER, "phase": "2", "sources": ["bmsc", "bmsc", "gone"], "dose": None}
    )
    second = PaperBundle(
        paper=first.paper.model_copy(update={"id": OTHER}),
        references=[first.references[0]],
        trials=[report],
    )
    terms = [
        *make_terms(),
        models.Term(
            id="odd",
            label="Odd",
            kind="source",
            parent="nowhere",
            synonyms=["same", "same"],
            xrefs=[models.Xref(curie="CL:1"), models.Xref(curie="CL:1", label="twice")],
        ),
    ]
    card = models.StudyCard(
        id=f"{first.paper.id}-study",
        paper=first.paper.id,
        stated=[models.Stated(item="isolation", value="ultracentrifugation", quote="x", line=3)],
        outcomes=[models.OutcomeNumber(value=2.1, sd=0.4, printed="2.1 ± 0.4", quote="y", line=4)],
    )
    first = replace(first, cards=[card])
    write_review(root)
    return replace(
        make_library(root, first, terms),
        papers={first.paper.id: first, OTHER: second},
        references=merge_references([first, second], {}),
    )


def write_review(root: Path) -> None:
    """Keep a strategy, its run, and one record that was included in vain."""
    day = date(2026, 3, 2)
    seen = review.Sighting(strategy="one", database="ClinicalTrials.gov", day=day)
    record = review.ScreeningRecord(
        id="nct00000001", title="A trial", trial="NCT00000001", found=[seen],
        url="https://registry.example/NCT00000001",
        decisions=[review.Decision(verdict="include", by="Ada", day=day)],
        retrieval=review.Retrieval(got="nothing", day=day, why="a registration"),
    )  # fmt: skip
    run = review.Run(
        strategy="one", database="ClinicalTrials.gov", day=day, found=7, taken=7, new=7
    )
    write_records(root / "content/screening.yml", review.Screening(runs=[run], records=[record]))
    strategy = review.Strategy(
        id="one", purpose="Trials.", database="ClinicalTrials.gov", query="x"
    )
    write_records(root / "content/searches/one.yml", strategy)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_hard_library(tmp_path)


@pytest.fixture
def folder(library: Library, tmp_path: Path) -> Path:
    write_downloads(build_index(library), tmp_path / "site", find_edition(library, AT))
    return tmp_path / "site"


@pytest.fixture
def tables(library: Library) -> list[Table]:
    begun: dict[str, Table] = {}
    for name, records in each_collection(build_index(library), AT):
        add_tables(begun, name, records)
    return finish_tables(begun)


def read_csv(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"data/csv/{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.slow
def test_frictionless_accepts_the_csv_files_with_their_keys(
    folder: Path, tables: list[Table]
) -> None:
    report = Package(str(folder / "data/csv/datapackage.json")).validate()
    assert report.flatten(["title", "message"]) == []
    assert len(report.tasks) == len(tables)


def test_every_column_says_what_it_means(tables: list[Table]) -> None:
    silent = [(t.name, c.name) for t in tables for c in t.columns.values() if not c.about]
    assert silent == []
    numbers = [
        (t.name, c) for t in tables for c in t.columns.values() if c.type in ("integer", "number")
    ]
    assert [(name, c.name) for name, c in numbers if not c.unit] == []
    units = {(name, c.name): c.unit for name, c in numbers}
    assert units["trials", "dose_volume_ml"] == "mL"
    assert units["trials", "dose_particles_per_ml_low"] == "particles/mL"
    assert units["finding_quantities", "value"] == "see column unit"
    assert units["study_card_stated", "line"] == "ordinal"
    assert units["strategy_runs", "found"] == "count"
    abouts = {(t.name, c.name): c.about for t in tables for c in t.columns.values()}
    assert abouts["table_row_cells", "place"] == "place in the list, from 1"


def test_pandas_reads_every_table_in_one_line(folder: Path, tables: list[Table]) -> None:
    for table in tables:
        read = pandas.read_csv(folder / f"data/csv/{table.name}.csv")
        assert len(read) == len(table.rows), table.name
        base = sqlite3.connect(unpack(folder))
        again = pandas.read_sql(f'SELECT * FROM "{table.name}"', base)
        base.close()
        assert list(again.columns) == list(read.columns) == list(table.columns)
    [value] = pandas.read_csv(folder / "data/csv/study_card_outcomes.csv")["value"]
    assert value == 2.1


def test_duckdb_reads_every_large_table_in_one_line(folder: Path, tables: list[Table]) -> None:
    large = [table for table in tables if is_large(table)]
    assert {"findings", "finding_mechanisms", "references", "studies", "evidence_map"} <= {
        table.name for table in large
    }
    for table in large:
        read = duckdb.sql(f"FROM '{folder}/data/parquet/{table.name}.parquet'")
        assert read.columns == list(table.columns)
        found = [[v.isoformat() if isinstance(v, date) else v for v in r] for r in read.fetchall()]
        assert found == list(table.values()), table.name
    at = f"{folder}/data/parquet"
    assert duckdb.sql(f"SELECT retrieval_day FROM '{at}/screening.parquet'").fetchall() == [
        (date(2026, 3, 2),)
    ]
    types = duckdb.sql(f"FROM '{at}/finding_quantities.parquet'")
    assert dict(zip(types.columns, map(str, types.types), strict=True)) == {
        "finding": "VARCHAR", "place": "BIGINT", "value": "DOUBLE", "low": "DOUBLE",
        "high": "DOUBLE", "sign": "VARCHAR", "sd": "DOUBLE", "unit": "VARCHAR", "of": "VARCHAR",
        "at": "VARCHAR", "setting": "VARCHAR", "quote": "VARCHAR",
    }  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 8, 300])
def test_parquet_holds_every_value_and_what_is_not_stated(tmp_path: Path, count: int) -> None:
    kinds = ("string", "integer", "number", "boolean", "date")
    columns = {f"{kind}_{n}": Column(f"{kind}_{n}", kind, "x") for n in range(4) for kind in kinds}
    values = {
        "string": ["", "’µ₂ 骨", "x" * 70_000],
        "integer": [0, -1, 2**40],
        "number": [0.1, -2.5, 3],
        "boolean": [True, False, True],
        "date": ["1969-12-31", "2026-03-02", "1970-01-01"],
    }
    rows = [
        {name: values[c.type][n % 3] for name, c in columns.items() if n % 7 or c.type == "date"}
        for n in range(count)
    ]
    table = Table("hard", "x", columns, rows=rows)
    path = tmp_path / "hard.parquet"
    path.write_bytes(pack_parquet(table))
    read = duckdb.sql(f"FROM '{path}'").fetchall()
    assert [[str(v) if isinstance(v, date) else v for v in row] for row in read] == [
        [row.get(name) for name in columns] for row in rows
    ]
    assert pack_parquet(table) == path.read_bytes()


@pytest.mark.parametrize("name", ["screening", "strategies", "study_cards"])
def test_the_review_in_the_api_fits_its_schema(folder: Path, name: str) -> None:
    schema = json.loads((folder / f"api/v1/schema/{name}.json").read_text(encoding="utf-8"))
    records = json.loads((folder / f"api/v1/{name}.json").read_text(encoding="utf-8"))
    assert len(records) == 1
    jsonschema.validate(records, schema)


def test_the_review_is_in_the_tables_and_its_parts_point_back(folder: Path) -> None:
    [record] = read_csv(folder, "screening")
    assert (record["id"], record["registration"], record["verdict"], record["retrieval_got"]) == (
        "nct00000001", "NCT00000001", "include", "nothing",
    )  # fmt: skip
    assert record["address"] == "https://registry.example/NCT00000001"
    [decision] = read_csv(folder, "screening_record_decisions")
    assert (decision["screening_record"], decision["by"]) == ("nct00000001", "Ada")
    [ran] = read_csv(folder, "strategy_runs")
    assert (ran["strategy"], ran["day"], ran["found"]) == ("one", "2026-03-02", "7")
    [stated] = read_csv(folder, "study_card_stated")
    assert (stated["study_card"], stated["item"], stated["value"]) == (
        "doe-2024-exosomes-knee-study", "isolation", "ultracentrifugation",
    )  # fmt: skip


@pytest.mark.slow
def test_frictionless_finds_a_broken_key(folder: Path) -> None:
    path = folder / "data/csv/reference_cited_in.csv"
    path.write_text(path.read_text().replace(OTHER, "nobody"), encoding="utf-8", newline="")
    report = Package(str(folder / "data/csv/datapackage.json")).validate()
    assert "foreign-key" in {row[0] for row in report.flatten(["type"])}


def test_an_unknown_term_stays_visible_and_a_trial_is_one_row(folder: Path) -> None:
    kinds = {row["id"]: row["kind"] for row in read_csv(folder, "vocabulary")}
    assert (kinds["no-such-term"], kinds["gone"], kinds["nowhere"]) == ("unknown",) * 3
    [trial] = read_csv(folder, "trials")
    assert (trial["phase"], trial["dose_volume_ml"]) == ("2", "5.0")
    reports = read_csv(folder, "trial_reports")
    assert sorted((t["paper"], t["phase"]) for t in reports) == [
        ("doe-2024-exosomes-knee", ""),
        (OTHER, "2"),
    ]


def test_lists_and_nested_objects_are_tables_that_point_back(folder: Path) -> None:
    assert read_csv(folder, "finding_mechanisms") == [
        {"finding": "f000000001", "place": "1", "mechanism": "il-1b", "effect": "down"}
    ]
    cells = [(c["place"], c["key"], c["text"]) for c in read_csv(folder, "table_row_cells")]
    assert cells[:2] == [("1", "Source", "BMSCs"), ("1", "Effect", "x")]
    [first] = [r for r in read_csv(folder, "references") if r["id"].startswith("roe-2020")]
    assert (first["authors"], first["year"], first["et_al"]) == ("Roe, A.", "2020", "true")


def unpack(folder: Path) -> Path:
    """Return the SQLite file, as a reader unpacks it."""
    packed = folder / "data/exosome-atlas.sqlite.gz"
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    return packed.with_suffix("")


def test_two_works_under_one_number_stay_two(folder: Path) -> None:
    cited = [(r["number"], r["reference"]) for r in read_csv(folder, "reference_cited_in")]
    assert {("10", "long-2020"), ("10", "twin")} <= set(cited)
    base = sqlite3.connect(unpack(folder))
    works = base.execute("SELECT DISTINCT number, work FROM finding_works").fetchall()
    base.close()
    assert set(works) == {
        (1, "roe-2020-exosomes-bmscs-calm-joints"),
        (10, "long-2020"),
        (10, "twin"),
    }


def test_sqlite_holds_every_key_and_finds_words(folder: Path, tables: list[Table]) -> None:
    base = sqlite3.connect(unpack(folder))
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = base.execute("SELECT kind, id FROM search WHERE search MATCH 'calm'").fetchall()
    assert found == [("reference", "roe-2020-exosomes-bmscs-calm-joints")]
    roles = base.execute("SELECT role, term, effect FROM finding_terms").fetchall()
    assert ("mechanism", "il-1b", "down") in roles
    assert ("source", "no-such-term", None) in roles
    for table in tables:
        (count,) = base.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
        assert count == len(read_csv(folder, table.name)), table.name
    base.close()


def test_datasette_opens_the_sqlite_file(folder: Path) -> None:
    async def ask() -> Any:
        shown = Datasette([str(unpack(folder))], immutables=[])
        answer = await shown.client.get("/exosome-atlas/findings.json?_shape=array")
        return answer.json()

    # A thread of its own: while browser tests hold Chromium, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        [finding] = thread.submit(lambda: asyncio.run(ask())).result()
    assert finding["quote"] == "BMSCs | Reduced IL-1β"


def test_every_work_comes_back_from_bibtex(folder: Path, library: Library) -> None:
    read = parse_string((folder / "data/references.bib").read_text(encoding="utf-8"))
    assert not read.failed_blocks
    entries = {e.key: {f.key: f.value for f in e.fields} for e in read.entries}
    assert sorted(entries) == sorted(library.references)
    assert entries["doi"]["doi"] == "10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#"
    assert entries["doi"]["pages"] == "2761.e1--2771.e1"
    assert entries["family-only"]["author"] == "Ateş"
    assert entries["group"]["author"] == "{EUROCARE, the study group}"
    assert entries["han"]["author"] == "王, 伟"
    assert "year" not in entries["no-year"]
    assert entries["long-2020"]["title"] == "{" + HARD["long-2020"].title + "}"
    assert entries["book"] | {"": ""} == {
        "": "",
        "title": "{A chapter}",
        "editor": "Ed, I.",
        "booktitle": "A book",
        "publisher": "House",
        "address": "Basel",
        "edition": "2nd",
    }


def test_every_work_comes_back_from_ris(folder: Path, library: Library) -> None:
    text = (folder / "data/references.ris").read_text(encoding="utf-8")
    entries = {e["id"]: e for e in rispy.loads(text)}
    assert sorted(entries) == sorted(library.references)
    for name, entry in entries.items():
        assert entry["title"] == library.references[name].csl.title
    assert entries["doi"]["doi"] == "10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#"
    assert entries["doi"]["start_page"] == "2761.e1"
    assert entries["group"]["authors"] == ["EUROCARE, the study group,"]
    assert entries["han"]["authors"] == ["王, 伟"]
    assert entries["book"]["secondary_authors"] == ["Ed, I."]
    assert "year" not in entries["no-year"]


def test_every_work_comes_back_from_csl_json(folder: Path, library: Library) -> None:
    items = json.loads((folder / "data/references.csl.json").read_text(encoding="utf-8"))
    source = CiteProcJSON(items)
    assert sorted(source) == sorted(library.references)
    for item in items:
        kept = models.CslItem.model_validate({k: v for k, v in item.items() if k != "id"})
        assert kept == library.references[item["id"]].csl


def test_the_crate_lists_every_file_with_its_hash(folder: Path) -> None:
    crate = ROCrate(str(folder / "data"))
    listed = {entity.id for entity in crate.data_entities}
    held = {
        p.relative_to(folder / "data").as_posix()
        for p in (folder / "data").rglob("*")
        if p.is_file() and p.name != "ro-crate-metadata.json"
    }
    assert listed == held
    assert crate.license == "https://creativecommons.org/licenses/by/4.0/" or crate.license.id


def test_two_writings_are_the_same_to_the_byte(library: Library, folder: Path) -> None:
    again = folder.parent / "again"
    write_downloads(build_index(library), again, find_edition(library, AT))
    assert bundle(again) == bundle(folder)


def test_no_packed_file_hangs_on_the_version_of_python(folder: Path) -> None:
    head = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03"  # no name, no time, best, Unix (RFC 1952)
    assert (folder / "data/exosome-atlas.sqlite.gz").read_bytes()[:10] == head
    assert head in (folder / "data/parquet/findings.parquet").read_bytes()[:60]


def test_sizes_are_those_of_the_files(library: Library, folder: Path) -> None:
    sizes = prepare_downloads(library, folder.parent / "other", find_edition(library, AT)).sizes
    assert sizes["data/references.bib"] == (folder / "data/references.bib").stat().st_size
    assert "api/v1/findings.json" in sizes
    assert "data/csv/datapackage.json" in sizes


def test_the_manifest_knows_every_other_file(folder: Path) -> None:
    write_manifest(folder, "1.0")
    files = json.loads((folder / "manifest.json").read_text())["files"]
    held = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(files) == held - {"manifest.json"}


def test_csv_ends_its_lines_as_its_standard_says(folder: Path) -> None:
    """RFC 4180: CRLF behind each record; a line within a value stays as it is."""
    for path in folder.rglob("*.csv"):
        text = path.read_bytes().decode()
        assert text.endswith("\r\n")
        rows = list(csv.reader(text.splitlines(keepends=True)))
        assert text.count("\r\n") == len(rows), path.name
        bare = text.replace("\r\n", "").count("\n")
        assert bare == sum(cell.count("\n") for row in rows for cell in row), path.name


def test_what_is_unpacked_can_be_read_by_all(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o700)
    (tmp_path / "a/b.json").write_text("{}")
    (tmp_path / "a/b.json").chmod(0o600)
    (entry,) = zipfile.ZipFile(io.BytesIO(bundle(tmp_path))).infolist()
    assert (entry.filename, entry.external_attr >> 16) == ("a/b.json", 0o644)


def test_an_empty_base_is_written_too(tmp_path: Path) -> None:
    empty = replace(make_library(tmp_path, terms=[]), papers={}, references={})
    write_downloads(build_index(empty), tmp_path / "site", find_edition(empty, AT))
    assert Package(str(tmp_path / "site/data/csv/datapackage.json")).validate().valid
    assert json.loads((tmp_path / "site/data/references.csl.json").read_text()) == []


def test_unused_bytes_of_the_database_are_zero_and_its_data_the_same() -> None:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT)")
    rows = [(f"key {n}", "long " * (n % 700)) for n in range(900)]
    base.executemany("INSERT INTO t VALUES (?, ?)", rows)
    base.execute("DELETE FROM t WHERE rowid % 3 = 0")
    base.commit()
    base.execute("VACUUM")
    cleared = clear_unused(base.serialize())
    again = sqlite3.connect(":memory:")
    again.deserialize(cleared)
    assert again.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert list(again.iterdump()) == list(base.iterdump())
    gap = cleared.index(b"\0" * 64)
    dirty = cleared[: gap + 20] + b"left" + cleared[gap + 24 :]
    assert clear_unused(dirty) == cleared
