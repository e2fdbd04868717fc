"""What a remembered result depends on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from builder.store.cache import Cache, hash_files, hash_parts


def test_borders_count_in_a_hash_of_parts() -> None:
    assert hash_parts([b"ab", b"c"]) != hash_parts([b"a", b"bc"])


def test_a_file_s_name_and_bytes_both_count(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    first = hash_parts(hash_files([tmp_path / "a"], tmp_path))
    assert first != hash_parts(hash_files([tmp_path / "b"], tmp_path))
    (tmp_path / "a").write_bytes(b"2")
    assert first != hash_parts(hash_files([tmp_path / "a"], tmp_path))


def test_what_another_program_remembered_is_forgotten(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put("key", b"data")
    with Cache(tmp_path) as cache:
        assert cache.get("key") == b"data"
    with sqlite3.connect(tmp_path / "results.sqlite") as file:
        file.execute("UPDATE program SET version = 'another'")
    file.close()
    with Cache(tmp_path) as cache:
        assert cache.get("key") is None
        cache.put("key", b"new")
    with Cache(tmp_path) as cache:
        assert cache.get("key") == b"new"


def test_a_cache_that_cannot_be_made_holds_nothing_and_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the place of the folder")
    with Cache(tmp_path / "cache") as cache:
        cache.put("key", b"data")
        assert cache.get("key") is None


def test_a_cache_is_closed_at_the_end(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put("key", b"data")
    assert cache.get("key") is None


@pytest.mark.parametrize("held", [b"no database", b""])
def test_a_cache_that_is_broken_is_begun_anew(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "results.sqlite").write_bytes(held)
    with Cache(tmp_path) as cache:
        cache.put("key", b"data")
    with Cache(tmp_path) as cache:
        assert cache.get("key") == b"data"
