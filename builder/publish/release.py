"""Freeze a release: its data bundle, checksums, the packages that made it, and what changed."""

import json
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from builder import export, store
from builder.addresses import ledger, releases, renewal
from builder.errors import ProblemError, has_errors
from builder.export.site_files import bundle, write_manifest
from builder.project import Project
from builder.publish import site as publish
from builder.site.index import build_index
from builder.store.library import find_edition, last_change, today
from builder.store.transaction import transaction


def write_release(project: Project, version: str) -> dict[str, Any]:
    """Write ``releases/<version>/`` and return what changed since the release before.

    ``manifest.json`` has the SHA-256 of each file, ``sbom.cdx.json`` the packages of the lock.
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
        day = last_change(library.ledger) or today(root)
        frozen = releases.freeze(library, version, day)
        _set_version(root, version, day)
        made = find_edition(library, publish.site_address(project))
        target = root / releases.FOLDER / version
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            export.write_downloads(build_index(library), folder, made)
            packed = bundle(folder)
        for file, text in releases.release_files(frozen).items():
            store.write_text(target / file, text)
        store.write_bytes(target / releases.bundle_name(version), packed)
        lock = root / "requirements.lock"
        if lock.is_file():
            parts = list_packages(lock.read_text(encoding="utf-8"), version, day)
            store.write_text(target / "sbom.cdx.json", json.dumps(parts, indent=1) + "\n")
        write_manifest(target, made.version)
        entries = ledger.extend_ledger(library.ledger, ledger.list_addresses(library), day)
        renewal.write_ledger(work.project, entries)
    return dict(frozen.changes)


def list_packages(lock: str, version: str, day: date) -> dict[str, Any]:
    """Return the packages of a hash-locked file as a bill of materials, CycloneDX 1.6."""
    components: dict[str, dict[str, Any]] = {}
    for pin in re.finditer(r"^([\w.-]+)==([^\s;]+)((?:.*\\\n)*.*)", lock, re.MULTILINE):
        purl = f"pkg:pypi/{pin[1].lower()}@{quote(pin[2])}"
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", pin[3])
        files = {
            "type": "distribution",
            "url": purl,
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in hashes],
        }
        components[purl] = {
            "type": "library", "bom-ref": purl, "name": pin[1], "version": pin[2], "purl": purl,
            "externalReferences": [files],
        }  # fmt: skip
    own = {"type": "application", "name": "exosome-atlas", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": f"{day.isoformat()}T00:00:00Z", "component": own},
        "components": list(components.values()),
    }


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
