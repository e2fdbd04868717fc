"""Hashes of texts, files and parts of this program: what has not changed is not done again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def hash_text(text: str) -> str:
    """Return the hash of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_parts(parts: Iterable[bytes]) -> str:
    """Return one hash of many parts, in which their borders count."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


def hash_files(paths: Iterable[Path], base: Path) -> Iterator[bytes]:
    """Yield names and bytes of files, in order of their names."""
    for path in sorted(paths):
        yield path.relative_to(base).as_posix().encode()
        yield path.read_bytes()


def vocabulary_files(content: Path) -> list[Path]:
    """Return the files of terms, word lists and tables by which a project's papers are read."""
    patterns = ("terms/*/*.yml", "lexicons/*.tsv", "cues.yml", "journals.yml")
    return [path for pattern in patterns for path in content.glob(pattern)]


@cache
def hash_program() -> str:
    """Return a hash of all that a result depends on beside its input.

    That is this package's source, its own word lists, this Python, and the name and version of
    every installed distribution (the names of the ``*.dist-info`` folders on ``sys.path``).
    """
    sources = (_ROOT / "builder").rglob("*.py")
    tables = [p for p in vocabulary_files(_ROOT / "content") if p.parent.parent.name != "terms"]
    installed = sorted(
        path.name for place in sys.path if place for path in Path(place).glob("*.dist-info")
    )
    return hash_parts(
        [
            *hash_files([*sources, *tables], _ROOT),
            sys.version.encode(),
            *(name.encode() for name in installed),
        ]
    )
