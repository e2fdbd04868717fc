"""The records as relational tables; ``table_files`` writes them.

Tables are derived from the JSON Schemas of the API, so that a field added to a model appears here
by itself. A plain value is a column, an object its fields' columns; a list, or an object of free
keys, is a table of its own that points back: ``findings.mechanisms`` becomes the table
``finding_mechanisms`` with the columns ``finding``, ``place``, ``mechanism`` and ``effect``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from builder.addresses.pages import TERM_KINDS
from builder.export.records import COLLECTIONS, Data, record_schema
from builder.project import find_data
from builder.store import read_settings
from builder.text import ids

_SCALARS = {"string", "integer", "number", "boolean"}
# A record of a collection, where its name is not the collection's without an s.
_SINGULAR = {"vocabulary": "term", "strategies": "strategy", "screening": "screening_record",
             "species": "species", "studies": "study", "cargo": "cargo"}  # fmt: skip
# Columns that hold ids: the table each points to.
_TERM_COLUMNS = (
    *("source", "mechanism", "vehicle", "condition", "target", "partner", "model", "species"),
    *("outcome", "modification", "cargo", "condition_effect", "material", "form", "property"),
    "site",
    *("parent", "part", "related", "term"),
)
_POINTS_TO = dict.fromkeys(_TERM_COLUMNS, "vocabulary")
_POINTS_TO |= {"paper": "papers", "study": "studies", "trial": "trials"}
_TEXT: Data = {"type": "string"}


class Meanings(BaseModel):
    """content/columns.yml: what columns mean, and their units."""

    about: dict[str, str]
    unit: dict[str, str]

    @classmethod
    @lru_cache(maxsize=1)
    def read(cls) -> Meanings:
        """Return the meanings of a project's columns. Raises ProblemError."""
        file = find_data("columns.yml")
        return read_settings(file, file.parents[1], cls.model_validate)


@dataclass(frozen=True)
class Column:
    """A column: its JSON type, what it means, its unit, and the table whose id it holds."""

    name: str
    type: str
    about: str
    points_to: str = ""
    unit: str = ""


@dataclass
class Table:
    """A table: its columns by name, its primary key, and its rows as dicts by column."""

    name: str
    about: str
    columns: dict[str, Column] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    rows: list[Data] = field(default_factory=list)

    def values(self) -> Iterator[list[Any]]:
        """Yield the rows as lists, in the order of the columns."""
        for row in self.rows:
            yield [row.get(name) for name in self.columns]


def add_tables(tables: dict[str, Table], name: str, records: Sequence[Data]) -> None:
    """Add the table of a collection, and those that hang on it.

    The four collections of terms with a page are rows of ``vocabulary``, with their counts.
    """
    if name in {ids.FOLDERS[kind] for kind in TERM_KINDS}:
        return
    schema = record_schema(name)
    if name == "references":
        schema = _flatten_works(schema)
    made = _Maker(tables, schema.get("$defs", {}))
    about = (COLLECTIONS[name].model.__doc__ or name).partition("\n")[0]
    table = tables[name] = Table(name, about, key=("id",))
    _put(table, "id", _TEXT)
    made.add_columns(table, schema)
    for record in records:
        made.add_row(table, {}, _flat_work(record) if name == "references" else record, schema)


def finish_tables(tables: dict[str, Table]) -> list[Table]:
    """Return the tables of all collections, with the ids that no term has as rows."""
    _add_unknown(tables)
    return list(tables.values())


class _Maker:
    """Adds the tables of one collection: first their columns, then their rows."""

    def __init__(self, tables: dict[str, Table], defs: Data) -> None:
        self._tables = tables
        self._defs = defs

    def add_columns(self, table: Table, schema: Data, prefix: str = "") -> None:
        """Add the columns of an object to a table, and a table for each of its lists."""
        for name, raw in schema["properties"].items():
            part, column = self._resolve(raw), _column_name(prefix, name)
            if "properties" in part:
                self.add_columns(table, part, f"{column}_")
            elif part["type"] in _SCALARS:
                _put(table, column, part)
            else:
                self._add_child(table, column, part)

    def _add_child(self, parent: Table, column: str, part: Data) -> None:
        own = _singular(parent.name)
        child = Table(f"{own}_{column}", f"{part.get('description') or column}, of a {own}")
        self._tables[child.name] = child
        for name in parent.key:
            held = parent.columns[name]
            if name == "id":
                target = parent.name if len(parent.key) == 1 else ""
                child.columns[own] = Column(own, held.type, f"id of the {own}", target)
            else:
                child.columns[name] = replace(held, points_to="")
        levels, item = self._levels(part)
        for level in levels:
            place = level if level not in child.columns else f"{_singular(column)}_{level}"
            type_ = "string" if level == "key" else "integer"
            known = Meanings.read()
            unit = known.unit["place"] if type_ == "integer" else ""
            child.columns[place] = Column(place, type_, known.about[level], unit=unit)
        child.key = tuple(child.columns)
        if "properties" in item:
            self.add_columns(child, item)
            self._rename_id(child, _singular(column))
        else:
            about = item.get("description") or part.get("description")
            _put(child, _singular(column), {**item, **({"description": about} if about else {})})

    def _rename_id(self, child: Table, name: str) -> None:
        """Call the id of a list's entries by what it is the id of, where that is a table."""
        if "id" in child.columns and name in _POINTS_TO:
            child.columns = {
                (name if n == "id" else n): (
                    Column(name, c.type, *_id_of(name)) if n == "id" else c
                )
                for n, c in child.columns.items()
            }

    def add_row(self, table: Table, key: Data, data: Data, schema: Data) -> None:
        """Add a record to a table, and its lists to the tables that hang on it."""
        row, lists = dict(key), []
        todo = [("", data, schema)]
        while todo:
            prefix, values, shape = todo.pop()
            for name, value in values.items():
                part, column = self._resolve(shape["properties"][name]), _column_name(prefix, name)
                if "properties" in part:
                    todo.append((f"{column}_", value, part))
                elif part["type"] in _SCALARS:
                    row[column] = _scalar(value)
                else:
                    lists.append((column, value, part))
        if "id" in row and "id" not in table.columns:
            row[list(table.columns)[len(table.key)]] = row.pop("id")
        table.rows.append(row)
        for column, value, part in lists:
            self._fill_child(table, row, column, value, part)

    def _fill_child(self, parent: Table, row: Data, column: str, value: Any, part: Data) -> None:
        child = self._tables[f"{_singular(parent.name)}_{column}"]
        levels, item = self._levels(part)
        base = [row[name] for name in parent.key]
        for places, entry in _walk(value, len(levels)):
            key = dict(zip(child.key, [*base, *places], strict=True))
            if "properties" in item:
                self.add_row(child, key, entry, item)
            else:
                child.rows.append({**key, _singular(column): _scalar(entry)})

    def _levels(self, part: Data) -> tuple[list[str], Data]:
        """Return how an entry of nested lists is reached, by place or by key, and its schema."""
        levels = []
        while part["type"] in ("array", "object") and "properties" not in part:
            levels.append("place" if part["type"] == "array" else "key")
            part = self._resolve(part.get("items") or part.get("additionalProperties") or _TEXT)
        return levels, part

    def _resolve(self, part: Data) -> Data:
        """Return a part of a schema with its references followed; what is free JSON is text."""
        while "$ref" in part:
            more = {k: v for k, v in part.items() if k != "$ref"}
            part = {**self._defs[part["$ref"].rpartition("/")[2]], **more}
        if "date-parts" in part.get("properties", {}):
            return {"type": "string", "description": "ISO date, as far as stated"}
        return part if "type" in part else {**part, **_TEXT}


def _walk(value: Any, depth: int) -> Iterator[tuple[list[Any], Any]]:
    """Yield the entries of lists and dicts nested so deep, each with its places and keys."""
    if not depth:
        yield [], value
        return
    for at, entry in value.items() if isinstance(value, dict) else enumerate(value, 1):
        for places, found in _walk(entry, depth - 1):
            yield [at, *places], found


def _scalar(value: Any) -> Any:
    """Return a value as a column holds it: a CSL date in ISO form, free JSON as text."""
    if isinstance(value, dict) and "date-parts" in value:
        return "-".join(f"{part:02d}" for part in value["date-parts"][0])
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _id_of(column: str) -> tuple[str, str]:
    """Return what a column of ids means, and the table that it points to."""
    target = _POINTS_TO[column]
    kind = "term" if target == "vocabulary" else _singular(target)
    return f"id of a {kind}" + (f": the {column}" if kind != column else ""), target


def _column_name(prefix: str, name: str) -> str:
    return (prefix + name).replace("-", "_").lower()


def _singular(name: str) -> str:
    """Return what one entry of a list is called: ``design_models`` holds a ``model``."""
    last = name.rpartition("_")[2]
    found = _SINGULAR.get(last) or (
        f"{last[:-3]}y" if last.endswith("ies") else last.removesuffix("s")
    )
    return found if found in _POINTS_TO else name.removesuffix(last) + found


def _put(table: Table, name: str, part: Data) -> None:
    last = name.rpartition("_")[2]
    type_ = "date" if part.get("format") == "date" else part["type"]
    known = Meanings.read()
    units = (unit for end, unit in known.unit.items() if f"_{name}".endswith(f"_{end}"))
    unit = next(units, "") if type_ in ("integer", "number") else ""
    if type_ == "string" and name in _POINTS_TO:
        about, target = _id_of(name)
    else:
        about = part.get("description") or known.about.get(name) or known.about.get(last) or ""
        target = ""
    table.columns[name] = Column(name, type_, about, target, unit)


def _flatten_works(schema: Data) -> Data:
    """Return the schema of a cited work as one level: CSL's fields, then those under ``custom``."""
    custom = schema["$defs"]["Custom"]["properties"]
    text = {"type": "string"}
    first = {"id": text, "url": custom["url"], "label": text, "year": {"type": "integer"}}
    first |= {"authors": text}
    return {**schema, "properties": {
        **first,
        **{("printed_url" if k == "URL" else k): v
            for k, v in schema["properties"].items()
            if k not in ("custom", "id")},
        **{k: v for k, v in custom.items() if k not in first},
    }}  # fmt: skip


def _flat_work(record: Data) -> Data:
    data: Data = {k: v for k, v in record.items() if k != "custom"} | record["custom"]
    names = [
        n.get("literal") or ", ".join(p for p in (n.get("family"), n.get("given")) if p)
        for n in record.get("author", [])
    ]
    data["authors"] = "; ".join(names)
    if "URL" in data:
        data["printed_url"] = data.pop("URL")
    if "issued" in record:
        data["year"] = record["issued"]["date-parts"][0][0]
    return data


def _add_unknown(tables: Mapping[str, Table]) -> None:
    """Add the ids that a record names and no term has: they stay visible, and keys hold."""
    vocabulary = tables["vocabulary"]
    known = {row["id"] for row in vocabulary.rows}
    named = {
        str(row[column.name])
        for table in tables.values()
        for column in table.columns.values()
        if column.points_to == "vocabulary"
        for row in table.rows
        if column.name in row
    }
    for name in sorted(named - known):
        vocabulary.rows.append({"id": name, "label": name, "kind": "unknown"})
