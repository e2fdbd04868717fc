"""Settings of MkDocs that can't be read are reported with what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.errors import ProblemError
from builder.project import Project
from builder.publish.site import site_address


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"- a\n", "the settings of MkDocs, got a list or bare text"),
        (b"words\n", "the settings of MkDocs, got a list or bare text"),
        (b"5\n", "the settings of MkDocs, got argument of type 'int'"),
        (b"# caf\xe9\n", "the settings of MkDocs, got 'utf-8' codec"),
        (None, "the settings of MkDocs, got No such file or directory"),
        (b"a: [\n", "mkdocs.yml:2: error: readable YAML"),
    ],
)
def test_settings_that_cannot_be_read_are_reported(
    tmp_path: Path, text: bytes | None, said: str
) -> None:
    if text is not None:
        (tmp_path / "mkdocs.yml").write_bytes(text)
    with pytest.raises(ProblemError, match="error: ") as error:
        site_address(Project(tmp_path))
    assert said in str(error.value)


def test_an_address_has_one_slash_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_url: https://a.example/b\n")
    assert site_address(Project(tmp_path)) == "https://a.example/b/"
