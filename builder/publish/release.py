"""Freeze a release: its data bundle, its manifest, and what changed since the one before."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from builder import export, store
from builder.addresses import ledger, releases, renewal
from builder.errors import ProblemError, has_errors
from builder.export.crate import bundle, write_manifest
from builder.project import Project
from builder.publish import site as publish
from builder.site.index import build_index
from builder.store import build_info
from builder.store.transaction import transaction


def write_release(project: Project, version: str) -> dict[str, Any]:
    """Write ``releases/<version>/`` and return what changed since the release before.

    pyproject.toml and CITATION.cff get the version first, for the data bears it. Raises
    ProblemError, and writes nothing, for a version that is frozen already, or older than the last,
    and while an address would be lost.
    """
    library = store.load(project)
    problems = renewal.check_addresses(library)
    if has_errors(problems):
        raise ProblemError(problems)
    with transaction(project) as work:
        root = work.project.root
        library = store.load(work.project)
        day = build_info.last_change(library.ledger) or build_info.today(root)
        frozen = releases.freeze(library, version, day)
        _set_version(root, version, day)
        made = build_info.find_edition(library, publish.site_address(project))
        target = root / releases.FOLDER / version
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            export.write_downloads(build_index(library), folder, made)
            packed = bundle(folder)
        for file, text in releases.release_files(frozen).items():
            store.write_text(target / file, text)
        store.write_bytes(target / releases.bundle_name(version), packed)
        write_manifest(target, made.version)
        entries = ledger.extend_ledger(library.ledger, ledger.list_addresses(library), day)
        renewal.write_ledger(work.project, entries)
    return dict(frozen.changes)


def _set_version(root: Path, version: str, day: date) -> None:
    for name, pattern, line in (
        ("pyproject.toml", r'^version = "[^"]*"', f'version = "{version}"'),
        ("CITATION.cff", r"^version: .*", f"version: {version}"),
        ("CITATION.cff", r"^date-released: .*", f"date-released: {day.isoformat()}"),
    ):
        path = root / name
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            store.write_text(path, re.sub(pattern, line, text, count=1, flags=re.MULTILINE))
