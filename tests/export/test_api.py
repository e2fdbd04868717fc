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
from builder.export.api import write_api, write_page_files
from builder.export.records import content_schemas, each_collection, record_schema
from builder.site.index import build_index
from builder.site.links import Page
from builder.store import Library
from builder.store.library import data_version, find_edition

AT = "https://atlas.example/base/"
ROE = "roe-2020-exosomes-bmscs-calm-joints"
COLLECTIONS = [
    *("conditions", "evidence_map", "findings", "mechanisms", "papers", "references"),
    *("screening", "sources", "strategies", "studies", "study_cards", "tables", "trials"),
    *("vehicles", "vocabulary"),
]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    return make_library(tmp_path)


@pytest.fixture
def api(library: Library, tmp_path: Path) -> Path:
    """The api of the small library, beside six of its pages."""
    site = tmp_path / "site"
    atlas, edition = build_index(library), find_edition(library, AT)
    pages = [
        Page(path, "x", "About us & you", "", kind, {}, record)
        for path, kind, record in (
            ("", "home", ""),
            ("about/", "page", ""),
            ("sources/", "index", ""),
            ("sources/bmsc/", "source", "bmsc"),
            (f"papers/{PAPER}/", "paper", PAPER),
            (f"references/{ROE}/", "reference", ROE),
        )
    ]
    for page in pages:
        (site / page.path).mkdir(parents=True, exist_ok=True)
        (site / page.path / "index.html").write_text("<title>x</title>")
    write_page_files(atlas, write_api(atlas, site, edition), pages, site, edition)
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
            "phrases": [],
            "parts": [],
            "related": [],
            "parents": ["msc"],
            "xrefs": [],
            "counts": {
                "studies": 2,
                "studies_with_subtypes": 2,
                "findings": 1,
                "references": 1,
                "trials": 1,
            },
        },
        {
            "id": "msc",
            "url": "https://atlas.example/base/sources/msc/",
            "label": "mesenchymal stem cell",
            "kind": "source",
            "synonyms": [],
            "phrases": [],
            "parts": [],
            "related": [],
            "parents": [],
            "xrefs": [],
            "counts": {
                "studies": 0,
                "studies_with_subtypes": 2,
                "findings": 0,
                "references": 0,
                "trials": 0,
            },
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
        "custom": second["custom"],
    }
    wanted = {
        "url": "https://atlas.example/base/references/roe-2020-exosomes-bmscs-calm-joints/",
        "label": "Roe, 2020",
        "cited_in": [{"paper": PAPER, "number": 1}],
        "et_al": True,
        "labels": ["CrossRef"],
    }
    assert {key: second["custom"][key] for key in wanted} == wanted


def test_a_paper_states_its_seed_and_a_missing_licence(api: Path) -> None:
    [paper] = read(api / "papers.json")
    assert paper["csl"] == {
        "id": PAPER,
        "type": "article-journal",
        "title": "Exosomes of the knee",
        "volume": "12",
    }
    assert paper["seed"]["file"] == "knee.txt"
    assert paper["seed"]["sha256"] == "0" * 64
    assert [(h["level"], h["text"]) for h in paper["headings"]] == [(1, "Exosomes of the knee")]
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
            "line": table["rows"][0]["line"],
            "cells": {
                "Source": {"printed": "BMSCs", "text": "BMSCs"},
                "Effect": {"printed": "Reduced IL-1β", "text": "x"},
            },
            "references": [1],
        }
    ]
    assert table["repairs"] == []


def test_a_finding_is_its_record_with_its_place_on_a_page(api: Path) -> None:
    [finding] = read(api / "findings.json")
    assert list(finding)[:3] == ["id", "url", "label"]
    assert finding["url"] == f"{AT}papers/{PAPER}/#f000000001"
    assert finding["label"] == "BMSCs · Reduced IL-1β"
    assert (finding["paper"], finding["quote"]) == (PAPER, "BMSCs | Reduced IL-1β")
    where = finding["locator"]
    assert (where["kind"], where["table"], where["row"]) == ("table-row", 1, "frow1")
    assert finding["sources"] == ["bmsc"]
    assert finding["mechanisms"] == [{"id": "il-1b", "effect": "down"}]
    assert finding["references"] == [1]
    assert finding["basis"] == "table-row"
    assert finding["design"] == {"level": "in-vivo", "species": [], "models": []}
    assert finding["study"] == "roe-2020-exosomes-bmscs-calm-joints"
    empty = (
        "modifications",
        "vehicles",
        "cargo",
        "targets",
        "conditions",
        "outcomes",
        "quantities",
    )
    assert all(finding[name] == [] for name in empty)
    [question] = finding["questions"]
    assert (question["rule"], question["text"]) == ("row-title", "Is it the same source?")


def test_a_trial_has_its_dose_in_numbers_and_its_status_with_a_date(api: Path) -> None:
    [trial] = read(api / "trials.json")
    assert trial["registry"] == "NCT01234567"
    assert trial["dose"] == {
        "printed": "5 mL of 2 × 10^9/mL",
        "volume_ml": 5.0,
        "approximate": [],
    }
    assert trial["status"] == {"printed": "completed", "as_of": "2024-05-01"}
    assert trial["references"] == [2]
    assert "registry_record" not in trial


def test_the_index_lists_each_collection(api: Path, library: Library) -> None:
    index = read(api / "index.json")
    assert [c["id"] for c in index["collections"]] == COLLECTIONS
    assert {c["id"]: c["count"] for c in index["collections"]} == {
        "conditions": 0,  # no statement names the one of the vocabulary
        "evidence_map": 0,  # its one study names no condition
        "findings": 1,
        "mechanisms": 1,
        "papers": 1,
        "references": 2,
        "screening": 0,
        "sources": 2,
        "strategies": 0,
        "studies": 2,
        "study_cards": 0,
        "tables": 1,
        "trials": 1,
        "vehicles": 0,
        "vocabulary": 4,
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
    schemas = content_schemas(AT)
    for name, records in held.items():
        for record in records:
            jsonschema.validate(store.plain(record), schemas[name])


def test_each_page_has_its_record_beside(api: Path) -> None:
    site = api.parent.parent
    source = read(site / "sources/bmsc/index.json")
    assert source.items() >= read(api / "sources.json")[0].items()
    assert source["works"] == ["poe-2022-trial-exosomes", ROE]
    work = read(site / f"references/{ROE}/index.json")
    assert (work["id"], work["custom"]["et_al"]) == (ROE, True)  # the original, as CSL-JSON
    assert set(work["cite"]) == {"cite"}
    assert set(work["bibtex"]) == set(work["ris"]) == {"cite", "original"}
    assert read(site / "sources/index.json") == read(api / "sources.json")
    paper = read(site / f"papers/{PAPER}/index.json")
    assert paper.items() >= read(api / "papers.json")[0].items()
    assert read(site / "index.json").items() >= read(api / "index.json").items()
    about = read(site / "about/index.json")
    assert all(about.pop(key) for key in ("cite", "bibtex", "ris"))
    assert about == {"id": "about", "url": f"{AT}about/", "label": "About us & you"}


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
    [trial] = dict(each_collection(build_index(library), AT))["trials"]
    assert trial["registry_record"]["facts"]["phase"] == [
        {"value": "Phase 1", "as_of": "2025-03-04", "urls": []}
    ]


def list_keys(schema: dict[str, Any], defs: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the keys of a schema, those of nested objects and lists with dots between."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "array":
        yield from list_keys(schema.get("items", {}), defs, prefix)
    for key, part in schema.get("properties", {}).items():
        yield prefix + key
        yield from list_keys(part, defs, f"{prefix}{key}.")


def test_no_key_that_was_ever_published_disappears() -> None:
    """A key that must go needs a new version of the API, and a line in docs/api-changelog.md."""
    published = json.loads((Path(__file__).parent / "api-keys.json").read_text(encoding="utf-8"))
    gone = {}
    for name, keys in published.items():
        schema = record_schema(name)
        gone[name] = set(keys) - set(list_keys(schema, schema.get("$defs", {})))
    assert {name: keys for name, keys in gone.items() if keys} == {}
