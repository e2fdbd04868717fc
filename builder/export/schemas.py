"""JSON Schemas (draft 2020-12), made from the models of the records and of the api."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from builder import models
from builder.export import shapes

FOLDER = "schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# The files of content/, each with its record.
RECORDS: dict[str, type[BaseModel]] = {
    "address": models.Address,
    "cited": models.Cited,
    "correction": models.Correction,
    "finding": models.Finding,
    "identifiers": models.Identifiers,
    "paper": models.Paper,
    "registry": models.RegistryRecord,
    "table": models.Table,
    "term": models.Term,
    "trial": models.Trial,
}


class _Absent(GenerateJsonSchema):
    """Optional keys are absent, so no schema allows null."""

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])


def array_schema(name: str, site_url: str) -> dict[str, Any]:
    """Return the schema of a file of api/v1: an array of its records."""
    # list.__class_getitem__: the shape is known at run time only, so it is no type to a checker.
    adapter = TypeAdapter[Any](list.__class_getitem__(shapes.COLLECTIONS[name]))  # type: ignore[arg-type]
    schema = adapter.json_schema(schema_generator=_Absent)
    return _dress(schema, f"api/v1/{FOLDER}/{name}.json", name.capitalize(), site_url, lists=True)


def record_schemas(site_url: str) -> dict[str, dict[str, Any]]:
    """Return the schemas of the records of content/, by name."""
    return {
        name: _dress(
            model.model_json_schema(schema_generator=_Absent),
            f"api/v1/{FOLDER}/content/{name}.json",
            name.capitalize(),
            site_url,
            lists=False,
        )
        for name, model in RECORDS.items()
    }


def _dress(
    schema: dict[str, Any], path: str, title: str, site_url: str, *, lists: bool
) -> dict[str, Any]:
    for part in [schema, *schema.get("$defs", {}).values()]:
        _settle(part, lists=lists)
    return {"$schema": DIALECT, "$id": site_url + path, **schema, "title": title}


def _settle(part: dict[str, Any], *, lists: bool) -> None:
    """Drop defaults of null; where ``lists``, require the keys that hold a list."""
    required = list(part.get("required", []))
    for key, value in part.get("properties", {}).items():
        if value.get("default", ...) is None:
            del value["default"]
        if lists and value.get("default") == []:
            del value["default"]
            required.append(key)
    if required:
        part["required"] = sorted(set(required))
