"""Canonical YAML in and out: records of one file.

Reading refuses duplicate keys and tells problems by file and line. Writing is atomic, keeps model
order, and touches a file only when its bytes change.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from builder.errors import Problem, ProblemError, suggest

WIDTH = 100
# Below the project's root, the copy on which a transaction works; messages name the real file.
STAGED = ".transaction/tree/"
R = TypeVar("R", bound=BaseModel)


class _Loader(yaml.CSafeLoader):
    """Safe loader that refuses a key given twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _Dumper(yaml.CSafeDumper):
    """Safe dumper without aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump_yaml(data: Any) -> str:
    """Return canonical YAML: given key order, human line width, no aliases, a final newline."""
    return yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=WIDTH,
        default_flow_style=False,
    )


def plain(record: BaseModel) -> dict[str, Any]:
    """Return a record as plain data for YAML or JSON: aliases for names, nothing that is unset.

    Empty lists and values left at None are absent.
    """
    data: dict[str, Any] = record.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {k: v for k, v in ((k, _trim(v)) for k, v in data.items()) if v != []}


def _trim(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: t for k, t in ((k, _trim(v)) for k, v in value.items()) if t != []}
    if isinstance(value, list):
        return [_trim(v) for v in value]
    return value


def write_text(path: Path, text: str) -> bool:
    """Write text atomically; return False, and touch nothing, when the file holds it already."""
    return write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> bool:
    """Write bytes atomically; return False, and touch nothing, when the file holds them already.

    Raises ProblemError where the disk refuses.
    """
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise ProblemError(
            Problem(
                str(path).replace(STAGED, "", 1),
                0,
                "error",
                "write",
                "a file that can be written",
                error.strerror or "",
            )
        ) from error
    return True


def dump_records(records: Sequence[BaseModel] | BaseModel) -> str:
    """Return one record, or a list of them, as canonical YAML."""
    if isinstance(records, BaseModel):
        return dump_yaml(plain(records))
    return dump_yaml([plain(r) for r in records])


def write_records(path: Path, records: Sequence[BaseModel] | BaseModel) -> bool:
    """Write one record, or a list of them, as canonical YAML; tell whether the file changed."""
    return write_text(path, dump_records(records))


def read_yaml(path: Path, root: Path) -> Any:
    """Return the data of a YAML file. Raises ProblemError with file and line."""
    name = relative(path, root)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ProblemError(
            Problem(name, mark.line + 1 if mark else 0, "error", "yaml", str(error.problem))
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise ProblemError(
            Problem(name, 0, "error", "yaml", "readable YAML in UTF-8", str(error))
        ) from error


def relative(path: Path, root: Path) -> str:
    """Return a path as shown in messages: below the project's root where it is."""
    try:
        name = path.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, or a circle of links
        name = path.as_posix()
    return name.replace(STAGED, "", 1)


def find_line(text: str, where: Sequence[str | int]) -> int:
    """Return the line of a key path in a YAML text, or of its nearest ancestor."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = 1
    for step in where:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    line, node = key.start_mark.line + 1, value
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                return line
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def parse_record(model: type[R], data: Any, path: Path, root: Path, at: Sequence[Any] = ()) -> R:
    """Return a record from plain data. Raises ProblemError, one problem a field, with its line."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        text = path.read_text(encoding="utf-8")
        problems = []
        for item in error.errors(include_url=False):
            where = [*at, *(s for s in item["loc"] if isinstance(s, str | int))]
            hint = ""
            if item["type"] == "extra_forbidden":
                hint = suggest(str(item["loc"][-1]), model.model_fields)
            problems.append(
                Problem(
                    relative(path, root),
                    find_line(text, where),
                    "error",
                    "schema",
                    item["msg"],
                    repr(item["input"])[:80],
                    ".".join(map(str, item["loc"])),
                    hint,
                )
            )
        raise ProblemError(problems) from error


def read_record(model: type[R], path: Path, root: Path) -> R:
    """Return the record of a file that holds one."""
    return parse_record(model, read_yaml(path, root), path, root)


def read_records(model: type[R], path: Path, root: Path) -> list[R]:
    """Return the records of a file that holds a list; a missing file is an empty list."""
    if not path.is_file():
        return []
    data = read_yaml(path, root)
    if data is None:
        return []
    if not isinstance(data, list):
        raise ProblemError(
            Problem(
                relative(path, root), 1, "error", "schema", "a list of records", type(data).__name__
            )
        )
    return [parse_record(model, item, path, root, (i,)) for i, item in enumerate(data)]
