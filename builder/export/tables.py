"""CSV files with a Frictionless Data Package, and one SQLite file with full-text search."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

from builder.errors import Problem, ProblemError
from builder.export.relational import TABLES, TableSpec
from builder.export.rows import Row
from builder.store import Library, write_bytes

CSV_FOLDER = "data/csv"
SQLITE = "data/exosome-atlas.sqlite"
_SQL_TYPES = {
    "string": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "boolean": "INTEGER",
    "date": "TEXT",
}


def write_csv(library: Library, site: Path, url: str, version: str, licence: str) -> None:
    """Write one CSV a table below ``data/csv`` and a ``datapackage.json`` that describes them."""
    folder = site / CSV_FOLDER
    resources = []
    for spec in TABLES:
        data = _csv(spec, list(spec.rows(library, url)))
        write_bytes(folder / f"{spec.name}.csv", data)
        resources.append(_resource(spec, len(data)))
    package = {
        "profile": "tabular-data-package",
        "name": "exosome-atlas",
        "title": "Exosome Atlas",
        "homepage": url,
        "version": version,
        "licenses": [{"name": licence}],
        "resources": resources,
    }
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    write_bytes(folder / "datapackage.json", text.encode())


def _csv(spec: TableSpec, rows: list[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow([c.name for c in spec.columns])
    writer.writerows([_cell(v) for v in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _resource(spec: TableSpec, size: int) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [{"name": c.name, "type": c.type, "description": c.about} for c in spec.columns]
    }
    if spec.key:
        schema["primaryKey"] = list(spec.key)
    keys = []
    for column in spec.columns:
        if column.points_to:
            table, _, field = column.points_to.partition(".")
            # The standard writes an empty name where a table points to itself.
            resource = "" if table == spec.name else table
            keys.append(
                {"fields": [column.name], "reference": {"resource": resource, "fields": [field]}}
            )
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": spec.name,
        "path": f"{spec.name}.csv",
        "description": spec.about,
        "encoding": "utf-8",
        "format": "csv",
        "mediatype": "text/csv",
        "bytes": size,
        "schema": schema,
    }


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _create(spec: TableSpec) -> str:
    lines = [f"{_quote(c.name)} {_SQL_TYPES[c.type]}" for c in spec.columns]
    if spec.key:
        lines.append(f"PRIMARY KEY ({', '.join(map(_quote, spec.key))})")
    for column in spec.columns:
        if column.points_to:
            table, _, field = column.points_to.partition(".")
            lines.append(
                f"FOREIGN KEY ({_quote(column.name)}) REFERENCES {_quote(table)} ({_quote(field)})"
            )
    body = ",\n  ".join(lines)
    return f"CREATE TABLE {_quote(spec.name)} (\n  {body}\n)"


def write_sqlite(library: Library, site: Path, url: str, version: str) -> None:
    """Write the SQLite file: every table with foreign keys, and a full-text table ``search``.

    Raises ProblemError where a foreign key points to nothing.
    """
    base = sqlite3.connect(":memory:")
    try:
        _fill(base, library, url, version)
        broken = base.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise ProblemError(
                [
                    Problem(
                        f"content ({table})", 0, "error", "foreign-key",
                        f"a row that {parent} holds", f"row {row} that points to nothing",
                    )
                    for table, row, parent, _ in broken[:20]
                ]
            )  # fmt: skip
        write_bytes(site / SQLITE, clear_unused(base.serialize()))
    finally:
        base.close()


def clear_unused(database: bytes) -> bytes:
    """Return an SQLite file whose unused bytes are zero; the data is the same.

    SQLite leaves there what its buffers held, and versions differ in that. On each page of a tree
    the bytes between the list of cells and the first cell are unused, and what free blocks hold
    (Database File Format, section 1.6). The file must be one after VACUUM of less than 2**24 pages,
    where no page of another kind begins like one of a tree.
    """
    found = bytearray(database)
    size = int.from_bytes(found[16:18], "big")
    for start in range(0, len(found), size):
        head = start + (100 if start == 0 else 0)
        length = {2: 12, 5: 12, 10: 8, 13: 8}.get(found[head])
        if length is None:
            continue
        block, cells, content = struct.unpack_from(">HHH", found, head + 1)
        listed = head + length + 2 * cells
        found[listed : start + content] = bytes(start + content - listed)
        while block:
            following, taken = struct.unpack_from(">HH", found, start + block)
            found[start + block + 4 : start + block + taken] = bytes(taken - 4)
            block = following
    return bytes(found)


def _fill(base: sqlite3.Connection, library: Library, url: str, version: str) -> None:
    base.execute("PRAGMA page_size = 4096")
    for spec in TABLES:
        base.execute(_create(spec))
        marks = ", ".join("?" * len(spec.columns))
        # Names come from TABLES, never from a seed; the values are bound.
        base.executemany(
            f"INSERT INTO {_quote(spec.name)} VALUES ({marks})",  # noqa: S608
            spec.rows(library, url),
        )
    base.execute("CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT)")
    base.executemany("INSERT INTO about VALUES (?, ?)", [("version", version), ("url", url)])
    base.execute("CREATE VIRTUAL TABLE search USING fts5 (kind, id UNINDEXED, title, text)")
    base.execute(
        "INSERT INTO search SELECT kind, id, label, coalesce(definition, '') || ' ' || coalesce("
        "(SELECT group_concat(synonym, ' ') FROM term_synonyms WHERE term = terms.id), '')"
        " FROM terms ORDER BY id"
    )
    base.execute(
        "INSERT INTO search SELECT 'reference', id, title, citation FROM works ORDER BY id"
    )
    base.execute("INSERT INTO search SELECT 'finding', id, '', quote FROM findings ORDER BY id")
    base.execute(
        "INSERT INTO search SELECT 'trial', trial, registry, quote FROM trial_tellings"
        " JOIN trials ON trials.id = trial ORDER BY trial, paper, place"
    )
    base.execute("INSERT INTO search SELECT 'paper', id, title, authors FROM papers ORDER BY id")
    base.commit()
    base.execute("VACUUM")
