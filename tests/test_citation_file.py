"""CITATION.cff: says of the project what the site and its data say."""

from __future__ import annotations

from pathlib import Path

import yaml

from builder.site.citation_formats import PUBLISHER
from builder.store.build_info import read_release


def test_the_citation_file_bears_the_project_s_name_and_version(root: Path) -> None:
    held = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert held["cff-version"] == "1.2.0"
    assert held["type"] == "dataset"
    assert held["title"] == PUBLISHER
    assert str(held["version"]) == read_release(root)
    assert held["authors"] == [{"name": f"The {PUBLISHER} contributors"}]
