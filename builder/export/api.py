"""api/v1: the records as JSON for programs, and the same as index.json beside each page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from builder.export.records import COLLECTIONS, Data, array_schema, content_schemas, each_collection
from builder.site.citations import Citable, csl_json, write_bibtex, write_ris
from builder.site.index import LibraryIndex
from builder.site.metadata import NO_BOX, find_citables
from builder.site.pages import Page
from builder.site.pages.comparisons import find_comparable, view_compared
from builder.store.library import Edition
from builder.text import ids

API = "api/v1"
# Collections whose records have no page of their own.
_WITHOUT_PAGE = frozenset(
    ["vocabulary", "studies", "evidence_map", "screening", "strategies", "study_cards"]
)
_LONG = frozenset({"findings", "references"})
Records = Mapping[str, Sequence[Data]]


def write_api(
    atlas: LibraryIndex,
    folder: Path,
    edition: Edition,
    take: Callable[[str, Sequence[Data]], None] = lambda name, entries: None,
) -> Records:
    """Write the arrays, their schemas and the index below a folder; return the records.

    Of those that stand at an anchor, which have no file of their own, only id, address and label
    are returned: of a thousand papers they take a gigabyte. ``take`` is called with each collection
    while it is whole.
    """
    records: dict[str, Sequence[Data]] = {}
    api = folder / API
    for name, entries in each_collection(atlas, edition.site_url):
        _write(api / f"{name}.json", format_array(entries))
        _write(api / f"schema/{name}.json", _pretty(array_schema(name, edition.site_url)))
        take(name, entries)
        named = [(entry, name_record(entry)) for entry in entries]
        records[name] = [short if "#" in short["url"] else entry for entry, short in named]
        del entries, named  # before the next is made
    for name, schema in content_schemas(edition.site_url).items():
        _write(api / f"schema/content/{name}.json", _pretty(schema))
    _write(api / "index.json", _pretty(view_index(records, edition)))
    return records


def view_index(records: Records, edition: Edition) -> Data:
    """Return api/v1/index.json: collections with count and schema, and the data version."""
    return {
        "data_version": edition.version,
        "collections": [
            {
                "id": name,
                "url": edition.url(f"{API}/{name}.json"),
                "label": name.replace("_", " ").capitalize(),
                "count": len(records[name]),
                "schema": edition.url(f"{API}/schema/{name}.json"),
            }
            for name in sorted(COLLECTIONS)
        ],
    }


def write_page_files(
    atlas: LibraryIndex, records: Records, pages: Iterable[Page], site: Path, edition: Edition
) -> None:
    """Write index.json beside the index.html of each page.

    It holds the record or the list that the page shows, else its address and title; in place of a
    list that grows with every statement or work its count, and where the API has it.
    Beside them what can be cited, and of a cell source what the page of comparisons loads.
    """
    found: dict[str, Any] = {"": view_index(records, edition)}
    for name, entries in records.items():
        if name in ids.FOLDERS.values():
            found[f"{name}/"] = entries if name not in _LONG else _view_long(name, entries, edition)
        for entry in entries if name not in _WITHOUT_PAGE else ():
            found.setdefault(name_record(entry)["url"].removeprefix(edition.site_url), entry)
    compared = {term.id: term for term in find_comparable(atlas)}
    for page in pages:
        target = site / page.path / "index.json"
        if not target.with_suffix(".html").is_file():
            continue
        name = page.path.strip("/").replace("/", "-")
        url = edition.url(page.path)
        data = found.get(page.path) or {"id": name, "url": url, "label": page.title}
        if isinstance(data, dict):
            data = {**data, **page.data, **_view_beside(atlas, page, edition)}
            if page.kind == "source" and page.record in compared:
                data["compare"] = view_compared(atlas, compared[page.record])
        _write(target, to_json(data).decode() if isinstance(data, dict) else format_array(data))


def _view_long(name: str, entries: Sequence[Data], edition: Edition) -> Data:
    label, url = name.capitalize(), edition.url(f"{name}/")
    held = {"count": len(entries), "records": edition.url(f"{API}/{name}.json")}
    return {"id": name, "url": url, "label": label, **held}


def name_record(entry: Data) -> Data:
    """Return the id, address and label of a record; those of a cited work are ``custom``."""
    held = entry.get("custom") or entry
    return {"id": entry["id"], "url": held["url"], "label": held["label"]}


def _view_beside(atlas: LibraryIndex, page: Page, edition: Edition) -> Data:
    """Return what a page's cite box copies in each format, and the ids of the works behind it.

    These works are in ``data/references.*``, once for all pages.
    """
    if page.kind in NO_BOX:
        return {}
    lists = dict(find_citables(atlas, page, edition))
    works = lists.pop("references", ())
    itself = "original" if page.kind == "reference" else ""  # the record is CSL-JSON
    cite = {name: [_view_work(c) for c in held] for name, held in lists.items() if name != itself}
    return {
        "cite": cite,
        "bibtex": {name: write_bibtex(held) for name, held in lists.items()},
        "ris": {name: write_ris(held) for name, held in lists.items()},
    } | ({"works": [work.key for work in works]} if works else {})


def _view_work(work: Citable) -> Data:
    return {**csl_json(work), **({"custom": {"et_al": True}} if work.et_al else {})}


def format_array(entries: Sequence[Data]) -> str:
    """Return a JSON array with one record a line: small, and readable in a diff."""
    lines = ",\n".join(to_json(entry).decode() for entry in entries)
    return f"[\n{lines}\n]\n" if entries else "[]\n"


def _pretty(data: Any) -> str:
    return to_json(data, indent=1).decode() + "\n"


def _write(path: Path, text: str) -> None:
    # The folder is new and no one reads it yet: a plain write will do.
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
