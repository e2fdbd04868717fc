"""Exports: the knowledge base in forms that programs read, written beside the pages."""

from __future__ import annotations

from pathlib import Path

from builder.exports.api import write_api
from builder.store import Library

__all__ = ["write_exports"]


def write_exports(library: Library, site: Path, site_url: str) -> None:
    """Write every export below a built site; ``site_url`` ends with a slash."""
    write_api(library, site, site_url)
