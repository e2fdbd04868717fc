"""CITATION.cff: says of the project what the site and its data say."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import jsonschema
import yaml

from builder.site.citations import PUBLISHER
from builder.store.library import read_release


def test_the_citation_file_bears_the_project_s_name_and_version(root: Path) -> None:
    held = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert held["cff-version"] == "1.2.0"
    assert held["type"] == "dataset"
    assert held["title"] == PUBLISHER
    assert str(held["version"]) == read_release(root)
    assert held["authors"] == [{"name": f"The {PUBLISHER} contributors"}]


def test_the_citation_file_fits_the_schema_of_its_format(root: Path) -> None:
    """The schema is that of the Citation File Format 1.2.0, as cffconvert 2.0.0 brings it."""
    held = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    schema = json.loads((root / "tests/schemas/cff-1.2.0.json").read_text(encoding="utf-8"))
    plain = {k: v.isoformat() if isinstance(v, datetime.date) else v for k, v in held.items()}
    jsonschema.validate(plain, schema, format_checker=jsonschema.FormatChecker())
