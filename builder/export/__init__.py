"""Exports: the knowledge base in forms that programs read, written beside the pages."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from builder.addresses.releases import read_releases
from builder.export.api import write_api, write_collections
from builder.export.bibliographies import write_bibliography
from builder.export.comparison import write_compared
from builder.export.crate import copy_releases, write_crate, write_manifest
from builder.export.feeds import write_feed, write_robots, write_sitemap
from builder.export.page_files import write_page_files
from builder.export.social_cards import write_cards
from builder.export.tables import write_csv, write_sqlite
from builder.site.index import build_atlas
from builder.site.pages import Page, list_pages
from builder.store import Library
from builder.store.build_info import DATA_LICENCE, Edition, find_edition

__all__ = ["prepare_downloads", "write_downloads", "write_exports"]


def write_exports(
    library: Library,
    site: Path,
    site_url: str,
    downloads: Path | None = None,
    pages: Sequence[Page] | None = None,
) -> None:
    """Write every export below a built site; ``site_url`` ends with a slash.

    ``downloads`` is the folder in which they were prepared, and ``pages`` are those of the site as
    its rendering told them; what is not given is made here.
    """
    edition = find_edition(library, site_url)
    releases = read_releases(library.root)
    if pages is None:
        _, pages = list_pages(library, edition, {})
    write_page_files(build_atlas(library), pages, site, edition)
    if downloads:
        shutil.copytree(downloads, site, dirs_exist_ok=True)
    else:
        write_downloads(library, site, edition)
    write_api(library, site, site_url)
    write_compared(library, site)
    write_cards(library, site, site / "assets" / "favicon.svg")
    copy_releases(library.root, site)
    titles = {page.path: page.title for page in pages}
    write_feed(library, site, edition, titles, releases)
    write_robots(site, edition)
    write_sitemap(library, site, edition)
    write_manifest(site, edition.version)


def write_downloads(library: Library, folder: Path, edition: Edition) -> None:
    """Write the data of the whole base, ``api/v1`` and ``data``, below a folder."""
    write_collections(library, folder, edition.site_url)
    write_bibliography(library, folder)
    write_csv(library, folder, edition.site_url, edition.version, DATA_LICENCE)
    write_sqlite(library, folder, edition.site_url, edition.version)
    write_crate(folder, edition.site_url, edition.version, edition.day, DATA_LICENCE)


def prepare_downloads(library: Library, folder: Path, edition: Edition) -> dict[str, int]:
    """Write the downloads into a folder of their own; return their sizes in bytes by path."""
    shutil.rmtree(folder, ignore_errors=True)
    write_downloads(library, folder, edition)
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
