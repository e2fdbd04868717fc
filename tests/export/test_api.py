"""api/v1: the keys that design.md promises, with the values of the records."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hand_made import PAPER, make_bundle, make_library, make_terms

from builder import models, store
from builder.export.api import find_records, write_api
from builder.export.schemas import record_schemas
from builder.store import Library
from builder.store.build_info import data_version

AT = "https://atlas.example/base/"
COLLECTIONS = [
    *("conditions", "findings", "mechanisms", "papers", "references"),
    *("sources", "tables", "trials", "vehicles"),
]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    return make_library(tmp_path)


@pytest.fixture
def api(library: Library, tmp_path: Path) -> Path:
    """The api of the small library, beside the pages of three of its records."""
    site = tmp_path / "site"
    for page in ("", "about/", "sources/", "sources/bmsc/", "findings/f000000001/"):
        (site / page).mkdir(parents=True, exist_ok=True)
        (site / page / "index.html").write_text("<title>About us &amp; you - Atlas</title>")
    write_api(library, site, AT)
    return site / "api/v1"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def nulls(value: Any) -> Iterator[Any]:
    for item in value.values() if isinstance(value, dict) else value:
        if item is None:
            yield value
        elif isinstance(item, dict | list):
            yield from nulls(item)


def test_a_source_has_what_design_promises(api: Path) -> None:
    assert read(api / "sources.json") == [
        {
            "id": "bmsc",
            "url": "https://atlas.example/base/sources/bmsc/",
            "label": "bone marrow MSC",
            "kind": "source",
            "synonyms": ["BMSCs"],
            "parent": "msc",
            "xrefs": [],
            "counts": {"findings": 1, "references": 1, "trials": 1},
        },
        {
            "id": "msc",
            "url": "https://atlas.example/base/sources/msc/",
            "label": "mesenchymal stem cell",
            "kind": "source",
            "synonyms": [],
            "xrefs": [],
            "counts": {"findings": 0, "references": 0, "trials": 0},
        },
    ]


def test_a_reference_is_a_csl_item_with_ours_under_custom(api: Path) -> None:
    first, second = read(api / "references.json")
    assert first["id"] == "poe-2022-trial-exosomes"
    assert second == {
        "id": "roe-2020-exosomes-bmscs-calm-joints",
        "type": "article-journal",
        "title": "Exosomes from BMSCs calm joints",
        "author": [{"family": "Roe", "given": "A."}],
        "issued": {"date-parts": [[2020]]},
        "page": "4–5",
        "custom": {
            "url": "https://atlas.example/base/references/roe-2020-exosomes-bmscs-calm-joints/",
            "label": "Roe, 2020",
            "cited_in": [{"paper": PAPER, "number": 1}],
            "et_al": True,
            "labels": ["CrossRef"],
        },
    }


def test_a_paper_states_its_seed_and_a_missing_licence(api: Path) -> None:
    [paper] = read(api / "papers.json")
    assert paper["csl"] == {
        "id": PAPER,
        "type": "article-journal",
        "title": "Exosomes of the knee",
        "volume": "12",
    }
    assert paper["seed"] == {"file": "knee.txt", "sha256": "0" * 64}
    assert paper["headings"] == [{"level": 1, "text": "Exosomes of the knee"}]
    assert paper["key_findings"] == ["They help."]
    assert paper["licence"] == "not stated"
    assert "abstract" not in paper


def test_a_table_keeps_printed_beside_read(api: Path) -> None:
    [table] = read(api / "tables.json")
    assert table["url"] == f"https://atlas.example/base/papers/{PAPER}/#table-1"
    assert table["columns"] == ["Source", "Effect"]
    assert table["rows"] == [
        {
            "id": "frow1",
            "cells": {
                "Source": {"printed": "BMSCs", "text": "BMSCs"},
                "Effect": {"printed": "Reduced IL-1β", "text": "x"},
            },
            "references": [1],
        }
    ]
    assert table["repairs"] == []


def test_a_finding_has_every_list_and_no_line(api: Path) -> None:
    assert read(api / "findings.json") == [
        {
            "id": "f000000001",
            "url": "https://atlas.example/base/findings/f000000001/",
            "label": "BMSCs · Reduced IL-1β",
            "paper": PAPER,
            "locator": {"kind": "table-row", "table": 1, "row": "frow1"},
            "quote": "BMSCs | Reduced IL-1β",
            "sources": ["bmsc"],
            "modifications": [],
            "vehicles": [],
            "cargo": [],
            "mechanisms": [{"id": "il-1b", "effect": "down"}],
            "targets": [],
            "models": [],
            "species": [],
            "conditions": [],
            "outcomes": [],
            "quantities": [],
            "references": [1],
            "basis": "table-row",
            "design": {"level": "in-vivo", "species": [], "models": []},
            "role": "unclear",
            "result": "none-reported",
            "certainty": "asserted",
            "sites": [],
            "questions": [{"rule": "row-title", "text": "Is it the same source?"}],
        }
    ]


def test_a_trial_has_its_dose_in_numbers_and_its_status_with_a_date(api: Path) -> None:
    [trial] = read(api / "trials.json")
    assert trial["registry"] == "NCT01234567"
    assert trial["dose"] == {"printed": "5 mL of 2 × 10^9/mL", "volume_ml": 5.0}
    assert trial["status"] == {"printed": "completed", "as_of": "2024-05-01"}
    assert trial["references"] == [2]
    assert "registry_record" not in trial


def test_the_index_lists_each_collection(api: Path, library: Library) -> None:
    index = read(api / "index.json")
    assert [c["id"] for c in index["collections"]] == COLLECTIONS
    assert {c["id"]: c["count"] for c in index["collections"]} == {
        "conditions": 1,
        "findings": 1,
        "mechanisms": 1,
        "papers": 1,
        "references": 2,
        "sources": 2,
        "tables": 1,
        "trials": 1,
        "vehicles": 0,
    }
    assert index["collections"][0]["schema"] == f"{AT}api/v1/schema/conditions.json"
    assert index["data_version"] == data_version(library, "1.2.3")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_each_file_is_valid_by_its_schema_and_holds_no_null(api: Path, name: str) -> None:
    schema = read(api / f"schema/{name}.json")
    records = read(api / f"{name}.json")
    assert schema["$id"] == f"{AT}api/v1/schema/{name}.json"
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(records, schema, jsonschema.Draft202012Validator)
    assert list(nulls(records)) == []
    assert [r["id"] for r in records] == sorted(r["id"] for r in records)


@pytest.mark.parametrize("change", [{"id": None}, {"surprise": 1}, {"label": 3}])
def test_a_schema_refuses_what_the_contract_does(api: Path, change: dict[str, Any]) -> None:
    records = [{**r, **change} for r in read(api / "sources.json")]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(records, read(api / "schema/sources.json"))


def test_the_schemas_of_records_take_what_is_in_content() -> None:
    bundle = make_bundle()
    held: dict[str, list[Any]] = {
        "paper": [bundle.paper],
        "cited": bundle.references,
        "table": bundle.tables,
        "finding": bundle.findings,
        "trial": bundle.trials,
        "term": make_terms(),
    }
    schemas = record_schemas(AT)
    for name, records in held.items():
        for record in records:
            jsonschema.validate(store.plain(record), schemas[name])


def test_each_page_has_a_twin(api: Path) -> None:
    site = api.parent.parent
    assert read(site / "sources/bmsc/index.json") == read(api / "sources.json")[0]
    assert read(site / "sources/index.json") == read(api / "sources.json")
    assert read(site / "findings/f000000001/index.json") == read(api / "findings.json")[0]
    assert read(site / "index.json") == read(api / "index.json")
    assert read(site / "about/index.json") == {
        "id": "about",
        "url": "https://atlas.example/base/about/",
        "label": "About us & you",
    }


def test_the_data_version_follows_the_records_and_not_the_ledger(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.yml").write_text("a: 1\n")
    first = data_version(library, "1.0")
    assert first.startswith("1.0+")
    (content / "urls.yml").write_text("[]\n")
    assert data_version(library, "1.0") == first
    (content / "a.yml").write_text("a: 2\n")
    assert data_version(library, "1.0") != first
    shutil.move(content / "a.yml", content / "b.yml")
    assert data_version(library, "1.0") != first


def test_a_registry_record_stands_in_its_trial(tmp_path: Path) -> None:
    record = models.RegistryRecord.model_validate(
        {
            "id": "nct01234567",
            "registry_id": "NCT01234567",
            "registry": "ClinicalTrials.gov",
            "collected": "2026-01-02",
            "facts": {"phase": [{"value": "Phase 1", "as_of": "2025-03-04"}]},
        }
    )
    library = make_library(tmp_path)
    library = type(library)(**{**vars(library), "registry": {record.id: record}})
    [trial] = find_records(library, AT)["trials"]
    assert trial["registry_record"]["facts"]["phase"] == [
        {"value": "Phase 1", "as_of": "2025-03-04"}
    ]
