"""What a remembered result depends on."""

from __future__ import annotations

from pathlib import Path

from builder.store.cache import hash_files, hash_parts


def test_borders_count_in_a_hash_of_parts() -> None:
    assert hash_parts([b"ab", b"c"]) != hash_parts([b"a", b"bc"])


def test_a_file_s_name_and_bytes_both_count(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    first = hash_parts(hash_files([tmp_path / "a"], tmp_path))
    assert first != hash_parts(hash_files([tmp_path / "b"], tmp_path))
    (tmp_path / "a").write_bytes(b"2")
    assert first != hash_parts(hash_files([tmp_path / "a"], tmp_path))
