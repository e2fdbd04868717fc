"""Hashes of texts, files and parts of this program: what has not changed is not done again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


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


@cache
def hash_program(
    parts: Sequence[str], libraries: Sequence[str] = (), data: Sequence[str] = ()
) -> str:
    """Return a hash of what a result hangs on beside its input, this Python included.

    ``parts`` are modules and packages of the builder by name, ``libraries`` those of others whose
    version counts, ``data`` files below this program's own content/.
    """
    sources = [path for part in parts for path in _find_sources(_ROOT / "builder" / part)]
    tables = [path for name in data if (path := _ROOT / "content" / name).is_file()]
    versions = [f"{name} {metadata.version(name)}".encode() for name in libraries]
    return hash_parts([*hash_files([*sources, *tables], _ROOT), sys.version.encode(), *versions])


def _find_sources(part: Path) -> list[Path]:
    module = part.with_suffix(".py")
    found = [module] if module.is_file() else list(part.rglob("*.py"))
    if not found:
        raise ValueError(f"the builder has no part named {part.name}")
    return found
