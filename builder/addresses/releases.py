"""Releases: what was frozen, and what changed from one to the next, found from the data.

``releases/<version>/`` holds, of each release, ``records.json`` (its findings, and a digest of the
data of each page), ``changes.json`` (what came, changed and went since the one before),
``manifest.json`` and the data bundle.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from builder.addresses import ledger
from builder.addresses.pages import bare, digest_pages
from builder.errors import refuse
from builder.models import Address
from builder.store import Library, relative

FOLDER = "releases"
RECORDS = "records.json"
CHANGES = "changes.json"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# Where a finding stands and what a curator is asked is not what it states.
_ASIDE = {"id", "locator", "questions"}


@dataclass(frozen=True, slots=True)
class Release:
    """A frozen release: its version and day, and what its files hold."""

    version: str
    day: date
    findings: Mapping[str, Mapping[str, Any]]
    pages: Mapping[str, str]
    changes: Mapping[str, Any] = field(default_factory=dict)


def bundle_name(version: str) -> str:
    """Return the name of the data bundle of a release."""
    return f"exosome-atlas-{version}.zip"


def version_key(version: str) -> tuple[int, ...]:
    """Return a key by which versions sort. Raises ProblemError for what is no version."""
    found = _VERSION.fullmatch(version)
    if not found:
        raise refuse(
            FOLDER, "release-version", "a version of three numbers, as 1.4.0", repr(version)
        )
    return tuple(int(part) for part in found.groups())


def list_versions(root: Path) -> list[str]:
    """Return the versions frozen so far, the oldest first."""
    return sorted(filter(_VERSION.fullmatch, ledger.list_releases(root)), key=version_key)


def read_releases(root: Path) -> list[Release]:
    """Return all releases, the oldest first. Raises ProblemError where one can't be read."""
    return [_read(root, version) for version in list_versions(root)]


def _read(root: Path, version: str) -> Release:
    folder = root / FOLDER / version
    try:
        held = json.loads((folder / RECORDS).read_text(encoding="utf-8"))
        changes = json.loads((folder / CHANGES).read_text(encoding="utf-8"))
        day = date.fromisoformat(held["day"])
        return Release(version, day, held["findings"], held["pages"], changes)
    except (OSError, ValueError, KeyError, TypeError) as error:
        name, expected = relative(folder, root), "the files of a release"
        hint = "Take them from the history of the project; a release is never edited."
        raise refuse(name, "release", expected, str(error), hint=hint) from error


def freeze(library: Library, version: str, day: date) -> Release:
    """Return the release that a library would be now, with what changed since the last one.

    Raises ProblemError for a version that is frozen already, or older than the last.
    """
    earlier = read_releases(library.root)
    if earlier and version_key(version) <= version_key(earlier[-1].version):
        name, expected = f"{FOLDER}/{version}", f"a version above {earlier[-1].version}"
        hint = "A release is never changed."
        raise refuse(name, "release-version", expected, version, hint=hint)
    version_key(version)
    now = Release(version, day, {f.id: bare(f) for f in library.findings()}, digest_pages(library))
    before = earlier[-1] if earlier else Release("", day, {}, {})
    return Release(version, day, now.findings, now.pages, compare(before, now, library.ledger))


def compare(before: Release, now: Release, addresses: Iterable[Address]) -> dict[str, Any]:
    """Return the findings and pages added, changed and withdrawn between two releases.

    What goes on under a new id has changed and not gone, as the ledger has it: such a finding has
    its former id, and such a page is listed under ``moved``, by its old address.
    """
    entries = {a.address: a for a in addresses}
    goes_on = ledger.follow_records(entries.values())
    stated = ((a.record.removeprefix("finding:"), a.because) for a in entries.values())
    reasons = {name: {"because": because} for name, because in stated if because}
    changed, kept = [], {}
    for old, finding in sorted(before.findings.items()):
        new = old if old in now.findings else _present_id("finding", old, goes_on)
        if new in now.findings:
            kept[old] = new
            paper = _present_id("paper", finding["paper"], goes_on)
            one, other = {**finding, "paper": paper}, now.findings[new]
            fields = sorted(k for k in {*one, *other} - _ASIDE if one.get(k) != other.get(k))
            former = {"formerly": old} if old != new else {}
            if fields or former:
                changed.append(_summarise(new, other) | {"fields": fields} | former)
    gone = sorted(before.findings.keys() - kept)
    added = sorted(now.findings.keys() - set(kept.values()))
    return {
        "version": now.version,
        "day": now.day.isoformat(),
        "previous": before.version,
        "findings": {
            "added": [_summarise(n, now.findings[n]) for n in added],
            "changed": sorted(changed, key=lambda found: str(found["id"])),
            "withdrawn": [_summarise(n, before.findings[n]) | reasons.get(n, {}) for n in gone],
        },
        "pages": _compare_pages(before.pages, now.pages, entries),
    }


def _compare_pages(
    before: Mapping[str, str], now: Mapping[str, str], entries: Mapping[str, Address]
) -> dict[str, Any]:
    gone = before.keys() - now.keys()
    moved = {a: to for a in sorted(gone) if (to := ledger.follow(a, entries)) in now}
    return {
        "added": sorted(now.keys() - before.keys() - set(moved.values())),
        "changed": sorted(a for a in now if before.get(a, now[a]) != now[a]),
        "moved": moved,
        "withdrawn": sorted(gone - moved.keys()),
    }


def _summarise(name: str, finding: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": name, "paper": finding["paper"], "quote": finding["quote"]}


def _present_id(kind: str, name: str, goes_on: Mapping[str, str]) -> str:
    """Return the id under which a record goes on, as the ledger has it."""
    return goes_on.get(f"{kind}:{name}", f"{kind}:{name}").partition(":")[2]


def page_histories(releases: Iterable[Release]) -> dict[str, list[tuple[str, str]]]:
    """Return, for each address, the releases in which its page came, changed, moved or went.

    A page that moved brings along its history at its old address.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for release in releases:
        pages = release.changes.get("pages", {})
        for old, new in pages.get("moved", {}).items():
            # Two pages may have become one.
            earlier = {*found.pop(old, []), *found.get(new, []), (release.version, "moved here")}
            found[new] = sorted(earlier, key=lambda at: (version_key(at[0]), at[1]))
        for word in ("added", "changed", "withdrawn"):
            for address in pages.get(word, ()):
                found.setdefault(address, []).append((release.version, word))
    return found


def release_files(release: Release) -> dict[str, str]:
    """Return the texts that a release's folder holds, beside the bundle and the manifest."""
    held = {
        "version": release.version,
        "day": release.day.isoformat(),
        "findings": release.findings,
        "pages": release.pages,
    }
    return {RECORDS: _lines(held), CHANGES: _lines(release.changes)}


def _lines(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
