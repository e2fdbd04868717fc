"""Exports: the knowledge base in forms that programs read, written beside the pages."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builder.addresses.releases import read_releases
from builder.export import site_files
from builder.export.api import Records, write_api, write_page_files
from builder.export.network import write_network
from builder.export.social_cards import write_cards
from builder.export.table_files import write_csv, write_parquet, write_sqlite
from builder.export.tables import Table, add_tables, finish_tables
from builder.site.index import LibraryIndex, build_index
from builder.site.pages import Page
from builder.store import Library
from builder.store.library import Edition

__all__ = ["Downloads", "prepare_downloads", "read_sizes", "write_downloads", "write_exports"]


@dataclass(frozen=True)
class Downloads:
    """The data of the whole base, written into a folder of its own before there is a site.

    ``sizes`` are in bytes by path, ``records`` are those of the API by collection; of those that
    stand at an anchor only id, address and label.
    """

    atlas: LibraryIndex
    edition: Edition
    folder: Path
    sizes: Mapping[str, int]
    records: Records


def prepare_downloads(library: Library, folder: Path, edition: Edition) -> Downloads:
    """Write the downloads into a folder of their own, for the pages state their sizes."""
    shutil.rmtree(folder, ignore_errors=True)
    atlas = build_index(library)
    records = write_downloads(atlas, folder, edition)
    return Downloads(atlas, edition, folder, read_sizes(folder), records)


def read_sizes(folder: Path) -> Mapping[str, int]:
    """Return the size in bytes of each file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_downloads(atlas: LibraryIndex, folder: Path, edition: Edition) -> Records:
    """Write the data of the whole base, ``api/v1`` and ``data``, below a folder.

    Returns the records; of those that stand at an anchor only id, address and label.
    """
    begun: dict[str, Table] = {}
    records = write_api(atlas, folder, edition, partial(add_tables, begun))
    tables = finish_tables(begun)
    site_files.write_bibliography(atlas.library, folder)
    write_csv(tables, folder, edition)
    write_parquet(tables, folder)
    write_sqlite(tables, folder, edition)
    write_network(atlas, folder)
    site_files.write_crate(folder, edition)
    return records


def write_exports(made: Downloads, site: Path, pages: Sequence[Page]) -> None:
    """Write every export below a built site; ``pages`` are those that it shows."""
    library, edition = made.atlas.library, made.edition
    releases = read_releases(library.root)
    shutil.copytree(made.folder, site, dirs_exist_ok=True)
    write_page_files(made.atlas, made.records, pages, site, edition)
    write_cards(library, site, site / "assets" / "favicon.svg")
    site_files.copy_releases(library.root, site)
    titles = {page.path: page.title for page in pages}
    site_files.write_feed(library, site, edition, titles, releases)
    site_files.write_robots(site, edition)
    site_files.write_headers(site)
    site_files.write_llms(
        site, edition, {name: len(records) for name, records in made.records.items()}
    )
    site_files.write_sitemap(library, site, edition)
    site_files.write_manifest(site, edition.version)
