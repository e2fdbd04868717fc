"""Which edition of the atlas a site is: its address, data version and date."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from builder.models import Address
from builder.project import source_date_epoch
from builder.store import Library

# The knowledge base is offered under this licence; the papers stay under their own.
DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# An address that is nobody's (RFC 2606), for a library that is rendered without a site.
EXAMPLE_URL = "https://exosome-atlas.example/"
# Files of content/ that are about pages, not the field.
_LEDGER = "urls.yml"


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition that a build publishes. ``site_url`` ends with a slash."""

    site_url: str
    version: str
    day: date

    def url(self, path: str) -> str:
        """Return the absolute address of a path below the site's root."""
        return self.site_url + path


def find_edition(library: Library, site_url: str = EXAMPLE_URL) -> Edition:
    """Return the edition of a library: its data version, and the day its data last changed."""
    version = data_version(library, read_release(library.root))
    day = last_change(library.ledger) or today(library.root)
    return Edition(site_url, version, day)


def last_change(ledger: Iterable[Address]) -> date | None:
    """Return the last day on which a page came or its data changed; None for an empty ledger."""
    return max((e.changed or e.since for e in ledger), default=None)


def today(root: Path) -> date:
    """Return the day that new records get: that of SOURCE_DATE_EPOCH, else of the last commit."""
    return datetime.fromtimestamp(source_date_epoch(root), UTC).date()


def data_version(library: Library, release: str) -> str:
    """Return the version of the data: the release, and a hash over every file of content/.

    The ledger of addresses does not count: it is about pages, not the field.
    """
    content = library.root / "content"
    found = hashlib.sha256()
    for path in sorted(content.rglob("*.yml")):
        if path.name != _LEDGER:
            found.update(path.relative_to(content).as_posix().encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{release}+{found.hexdigest()[:12]}"


def read_release(root: Path) -> str:
    """Return the project's version as pyproject.toml states it; 0 where there is none."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return "0"
    found = re.search(r'^version = "([^"]+)"', file.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else "0"
