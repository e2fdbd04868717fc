"""What a remembered result hangs on: all of the program that made it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builder import reading, recall
from builder.hashes import hash_files, hash_parts, hash_program
from builder.ledger import kept


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("builder.reading", reading.PARTS),
        ("builder.recall", recall.PARTS),
        ("builder.addresses", kept.PARTS),
    ],
)
def test_what_is_remembered_hangs_on_every_part_of_the_program_that_it_loads(
    root: Path, module: str, told: tuple[str, ...]
) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    parts = {name.split(".")[1] for name in loaded if name.startswith("builder.")}
    assert parts == set(told)


def test_borders_count_in_a_hash_of_parts() -> None:
    assert hash_parts([b"ab", b"c"]) != hash_parts([b"a", b"bc"])


def test_a_file_s_name_and_bytes_both_count(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    first = hash_parts(hash_files([tmp_path / "a"], tmp_path))
    assert first != hash_parts(hash_files([tmp_path / "b"], tmp_path))
    (tmp_path / "a").write_bytes(b"2")
    assert first != hash_parts(hash_files([tmp_path / "a"], tmp_path))


def test_a_part_that_the_builder_lacks_is_no_part_of_a_hash() -> None:
    with pytest.raises(ValueError, match="no part named odds"):
        hash_program(("odds",))
