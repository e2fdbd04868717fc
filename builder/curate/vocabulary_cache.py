"""What the atlas knows, ready for use: the vocabulary of all its terms, kept below build/cache/.

Making it takes as long as reading two papers. It hangs on the terms, the corrections and the
program, by the hashes of their bytes; it can always be thrown away.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from builder import store
from builder.curate.reading import load_knowledge, pack_knowledge, reader_version
from builder.errors import ProblemError
from builder.project import Project
from builder.store.hashes import hash_files, hash_parts, vocabulary_files

_FILE = "knowledge.bin"
_SEAL = hashlib.sha256().digest_size


def learn(project: Project) -> bytes:
    """Return the packed knowledge of a project, made anew only where something changed.

    Raises ProblemError where terms or corrections are broken.
    """
    path = project.build / "cache" / _FILE
    key = _hash_sources(project)
    packed = _read_sealed(path, key)
    if packed is None:
        packed = pack_knowledge(load_knowledge(project))
        with contextlib.suppress(ProblemError):  # a memory that can't be written is no loss
            store.write_bytes(path, _seal(key, packed) + packed)
    return packed


def _hash_sources(project: Project) -> str:
    sources = [*vocabulary_files(project.content), *project.content.glob("corrections/*.yml")]
    return hash_parts([reader_version().encode(), *hash_files(sources, project.content)])


def _read_sealed(path: Path, key: str) -> bytes | None:
    """Return what was kept for a key; None where it is another's, or not as it was written."""
    try:
        held = path.read_bytes()
    except OSError:
        return None
    seal, packed = held[:_SEAL], held[_SEAL:]
    return packed if seal == _seal(key, packed) else None


def _seal(key: str, packed: bytes) -> bytes:
    return hashlib.sha256(key.encode() + packed).digest()
