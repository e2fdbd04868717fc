"""The tables as files: CSV with a Frictionless Data Package, one SQLite file, and Parquet."""

import csv
import io
import json
import sqlite3
import struct
import zlib
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from builder.errors import Problem, ProblemError
from builder.export.records import COLLECTIONS, Data
from builder.export.tables import Column, Table
from builder.store import write_bytes
from builder.store.library import DATA_LICENCE, Edition

CSV_FOLDER = "data/csv"
PARQUET_FOLDER = "data/parquet"
SQLITE = "data/exosome-atlas.sqlite.gz"
_SQL_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
_ROLES = ("source", "modification", "vehicle", "cargo", "mechanism", "target", "partner", "model",
          "species", "condition", "outcome")  # fmt: skip


def write_csv(tables: Sequence[Table], site: Path, edition: Edition) -> None:
    """Write one CSV a table below ``data/csv`` and a ``datapackage.json`` that describes them."""
    resources = []
    for table in tables:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
        writer.writerow(table.columns)
        writer.writerows(map(_cell, row) for row in table.values())
        data = out.getvalue().encode()
        write_bytes(site / CSV_FOLDER / f"{table.name}.csv", data)
        resources.append(_resource(table, len(data)))
    package = {
        "profile": "tabular-data-package",
        "name": "exosome-atlas",
        "title": "Exosome Atlas",
        "homepage": edition.site_url,
        "version": edition.version,
        "licenses": [{"name": DATA_LICENCE}],
        "resources": resources,
    }
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    write_bytes(site / CSV_FOLDER / "datapackage.json", text.encode())


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _resource(table: Table, size: int) -> Data:
    fields, keys = [], []
    for column in table.columns.values():
        about = {"name": column.name, "type": column.type, "description": column.about}
        fields.append({**about, "unit": column.unit} if column.unit else about)
        if column.points_to:
            # The standard writes an empty name where a table points to itself.
            target = "" if column.points_to == table.name else column.points_to
            reference = {"resource": target, "fields": ["id"]}
            keys.append({"fields": [column.name], "reference": reference})
    schema: Data = {"fields": fields, "primaryKey": list(table.key)}
    if keys:
        schema["foreignKeys"] = keys
    beside = {"parquet": f"../parquet/{table.name}.parquet"} if is_large(table) else {}
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "description": table.about,
        "encoding": "utf-8",
        "format": "csv",
        "mediatype": "text/csv",
        "bytes": size,
        **beside,
        "schema": schema,
    }


def write_sqlite(tables: Sequence[Table], site: Path, edition: Edition) -> None:
    """Write the SQLite file, compressed: every table with its keys, and the full text ``search``.

    Raises ProblemError where a foreign key points to nothing.
    """
    path = (site / SQLITE).with_suffix("")
    path.parent.mkdir(parents=True, exist_ok=True)
    base = sqlite3.connect(path)
    try:
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA page_size = 4096")
        for table in tables:
            base.execute(_create(table))
            marks = ", ".join("?" * len(table.columns))
            # Names come from the models, never from a seed; the values are bound.
            base.executemany(f"INSERT INTO {_quote(table.name)} VALUES ({marks})", table.values())  # noqa: S608
        _add_views(base, tables, edition)
        broken = base.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise ProblemError(
                Problem(
                    *(f"content ({table})", 0, "error", "foreign-key"),
                    expected=f"a row that {parent} holds",
                    got=f"row {row} that points to nothing",
                )
                for table, row, parent, _ in broken[:20]
            )
        base.commit()
        base.execute("VACUUM")
    finally:
        base.close()
    write_bytes(site / SQLITE, _compress(clear_unused(path.read_bytes())))
    path.unlink()


def clear_unused(database: bytes) -> bytearray:
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
    return found


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _create(table: Table) -> str:
    lines = [f"{_quote(c.name)} {_SQL_TYPES.get(c.type, 'TEXT')}" for c in table.columns.values()]
    lines.append(f"PRIMARY KEY ({', '.join(map(_quote, table.key))})")
    for column in table.columns.values():
        if column.points_to:
            target = _quote(column.points_to)
            lines.append(f'FOREIGN KEY ({_quote(column.name)}) REFERENCES {target} ("id")')
    # The key of a list's entries is most of what they hold: kept once, not also as an index.
    return f"CREATE TABLE {_quote(table.name)} ({', '.join(lines)}) WITHOUT ROWID"


def _add_views(base: sqlite3.Connection, tables: Sequence[Table], edition: Edition) -> None:
    """Add the version, views of what findings name and cite, and the full text."""
    base.execute("CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT)")
    base.executemany(
        "INSERT INTO about VALUES (?, ?)", [("version", edition.version), ("url", edition.site_url)]
    )
    selects = []
    for table in tables:
        role = next((r for r in _ROLES if table.name in (f"finding_{r}", f"finding_{r}s")), "")
        if role in table.columns:
            effect = "effect" if "effect" in table.columns else "NULL"
            columns = f"finding, '{role}' AS role, {role} AS term, {effect} AS effect"
            selects.append(f"SELECT {columns} FROM {table.name}")  # noqa: S608 (our own names)
    base.execute(f"CREATE VIEW finding_terms AS {' UNION ALL '.join(selects)}")
    base.execute(
        "CREATE VIEW finding_works AS SELECT r.finding, r.reference AS number, c.reference AS work"
        " FROM finding_references r JOIN findings f ON f.id = r.finding"
        " JOIN reference_cited_in c ON c.paper = f.paper AND c.number = r.reference"
    )
    # The index of words alone: what it found is read from the tables, where it stands already.
    base.execute("CREATE TABLE search_entries (number INTEGER PRIMARY KEY, kind TEXT, id TEXT)")
    texts = []
    for kind, held, title, words in (
        ("r.kind", "vocabulary", "label", "coalesce(r.definition, '') || ' ' || coalesce((SELECT "
         "group_concat(synonym, ' ') FROM term_synonyms WHERE term = r.id), '')"),
        ("'reference'", "references", "title", "r.authors"),
        ("'finding'", "findings", "label", "r.quote"),
        ("'trial'", "trials", "label", "r.registry || ' ' || r.quote"),
        ("'paper'", "papers", "label", "r.abstract"),
    ):  # fmt: skip
        rows = f"SELECT {kind}, id FROM {_quote(held)} r ORDER BY id"  # noqa: S608 (our own names)
        base.execute(f"INSERT INTO search_entries (kind, id) {rows}")
        texts.append(
            f"SELECT e.number, e.kind, e.id, r.{title} AS title, {words} AS text"  # noqa: S608
            f" FROM search_entries e JOIN {_quote(held)} r ON e.kind = {kind} AND e.id = r.id"
        )
    base.execute(f"CREATE VIEW search_texts AS {' UNION ALL '.join(texts)}")
    base.execute(
        "CREATE VIRTUAL TABLE search USING fts5 (kind, id UNINDEXED, title, text,"
        " content='search_texts', content_rowid='number')"
    )
    base.execute("INSERT INTO search (search) VALUES ('rebuild')")


# --- Parquet -------------------------------------------------------------------------------------

# Apache Parquet 2.x in its simplest form (https://parquet.apache.org/docs/file-format/): a row
# group, a page a column, plain values, gzip. Its metadata is Thrift in the compact protocol: a
# field is (number, kind, value), a list (kind of its items, items), a struct the bytes of one.
_I32, _I64, _TEXT, _LIST, _STRUCT = 5, 6, 8, 9, 12
_MAGIC = b"PAR1"
_PLAIN, _RLE, _GZIP, _OPTIONAL = 0, 3, 2, 1
_SHORT_LIST = 15
# The physical type of a column, and what it stands for where that is more: text, or a day.
_BOOLEAN, _INT32, _INT64, _DOUBLE, _BYTES = 0, 1, 2, 5, 6
_UTF8, _DATE = 0, 6
_PARQUET_TYPES: dict[str, tuple[int, int | None]] = {
    "boolean": (_BOOLEAN, None),
    "integer": (_INT64, None),
    "number": (_DOUBLE, None),
    "date": (_INT32, _DATE),
}
_EPOCH = date(1970, 1, 1)


def is_large(table: Table) -> bool:
    """Return whether a table is written as Parquet too: it grows with the papers."""
    return table.name in COLLECTIONS or table.name.startswith("finding_")


def write_parquet(tables: Sequence[Table], site: Path) -> None:
    """Write each large table as Parquet below ``data/parquet``, with the columns of its CSV."""
    for table in filter(is_large, tables):
        write_bytes(site / PARQUET_FOLDER / f"{table.name}.parquet", pack_parquet(table))


def pack_parquet(table: Table) -> bytes:
    """Return a table as a Parquet file; what a row does not state is null."""
    out, chunks, total = bytearray(_MAGIC), [], 0
    for column in table.columns.values():
        kind, _ = _type_of(column)
        page = _page(kind, [row.get(column.name) for row in table.rows])
        start, packed = len(out), _compress(page)
        counts = ((1, _I32, len(table.rows)), (2, _I32, _PLAIN), (3, _I32, _RLE), (4, _I32, _RLE))
        head = _struct(
            *((1, _I32, 0), (2, _I32, len(page)), (3, _I32, len(packed))),
            (5, _STRUCT, _struct(*counts)),
        )
        out += head + packed
        about = _struct(
            *((1, _I32, kind), (2, _LIST, (_I32, [_PLAIN, _RLE]))),
            *((3, _LIST, (_TEXT, [column.name])), (4, _I32, _GZIP), (5, _I64, len(table.rows))),
            *((6, _I64, len(head) + len(page)), (7, _I64, len(head) + len(packed))),
            (9, _I64, start),
        )
        total += len(head) + len(page)
        chunks.append(_struct((2, _I64, start), (3, _STRUCT, about)))
    group = _struct((1, _LIST, (_STRUCT, chunks)), (2, _I64, total), (3, _I64, len(table.rows)))
    schema = [_struct((4, _TEXT, table.name), (5, _I32, len(table.columns)))]
    schema += map(_describe_column, table.columns.values())
    footer = _struct(
        *((1, _I32, 1), (2, _LIST, (_STRUCT, schema)), (3, _I64, len(table.rows))),
        *((4, _LIST, (_STRUCT, [group] if table.rows else [])), (6, _TEXT, "exosome-atlas")),
    )
    return bytes(out + footer + struct.pack("<I", len(footer)) + _MAGIC)


def _type_of(column: Column) -> tuple[int, int | None]:
    return _PARQUET_TYPES.get(column.type, (_BYTES, _UTF8))


def _describe_column(column: Column) -> bytes:
    kind, more = _type_of(column)
    fields = [(1, _I32, kind), (3, _I32, _OPTIONAL), (4, _TEXT, column.name)]
    return _struct(*fields, *([] if more is None else [(6, _I32, more)]))


def _page(kind: int, values: Sequence[Any]) -> bytes:
    """Return the data of a page: which rows hold a value, as runs, and then the values."""
    levels = b"".join(
        _varint(len(list(run)) << 1) + bytes([held])
        for held, run in groupby(value is not None for value in values)
    )
    held = [value for value in values if value is not None]
    return struct.pack("<I", len(levels)) + levels + _plain(kind, held)


def _plain(kind: int, values: Sequence[Any]) -> bytes:
    if kind == _BOOLEAN:
        bits = sum(1 << place for place, value in enumerate(values) if value)
        return bits.to_bytes((len(values) + 7) // 8, "little")
    if kind == _INT32:
        values = [(date.fromisoformat(value) - _EPOCH).days for value in values]
    if form := {_INT32: "i", _INT64: "q", _DOUBLE: "d"}.get(kind):
        return struct.pack(f"<{len(values)}{form}", *values)
    texts = [str(_cell(value)).encode() for value in values]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)


def _compress(data: bytes | bytearray) -> bytes:
    """Return data in gzip without a time; the module of that name writes other heads since 3.13."""
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=31)
    return packer.compress(data) + packer.flush()


def _varint(number: int) -> bytes:
    out = bytearray()
    while rest := number >> 7:
        out.append(number & 0x7F | 0x80)
        number = rest
    return bytes([*out, number])


def _struct(*fields: tuple[int, int, Any]) -> bytes:
    out, last = bytearray(), 0
    for number, kind, value in fields:
        out.append((number - last) << 4 | kind)
        out += _thrift(kind, value)
        last = number
    return bytes(out + b"\0")


def _thrift(kind: int, value: Any) -> bytes:
    if kind == _TEXT:
        text = str(value).encode()
        return _varint(len(text)) + text
    if kind == _LIST:
        of, items = value
        short = len(items) < _SHORT_LIST
        head = bytes([len(items) << 4 | of]) if short else bytes([0xF0 | of]) + _varint(len(items))
        return head + b"".join(_thrift(of, item) for item in items)
    if kind == _STRUCT:
        return bytes(value)
    return _varint(value << 1)  # in zigzag; none here is negative
