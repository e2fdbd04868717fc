"""Canonical YAML in and out: records of one file.

Reading refuses duplicate keys and reports problems by file and line. Writing is atomic, keeps model
order, and touches a file only when its bytes change.
"""

import contextlib
import os
import re
import reprlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from builder.errors import Problem, ProblemError, refuse, suggest
from builder.models.base import CURIE, SLUG
from builder.models.works import ADDRESS

WIDTH = 100
# Below the project's root, the copy on which a transaction works; messages name the real file.
STAGED = ".transaction/tree/"
R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")


# Deeper nesting than any record has; the parser's own stack ends at some ten thousand.
_MOST_NESTED = 200
_NESTED = re.compile(rf"^(?: {{{_MOST_NESTED}}}|(?:[-?:] ){{{_MOST_NESTED}}})", re.MULTILINE)
_ALIAS = re.compile(r"(?:^|[\s\[{,])[&*]\w", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_QUOTED = reprlib.Repr()
_QUOTED.maxstring = _QUOTED.maxother = 80
# What a value has to be, by the kind of error that pydantic finds.
_EXPECTED = {
    "missing": "a value",
    "extra_forbidden": "a field that is known here",
    "string_type": "a text",
    **dict.fromkeys(("int_type", "int_parsing"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    "list_type": "a list",
    **dict.fromkeys(("dict_type", "model_type"), "fields with values"),
    "literal_error": "one of {expected}",
    "string_too_long": "a text of at most {max_length} characters",
    "string_too_short": "a text of at least {min_length} characters",
    "too_short": "a list of at least {min_length}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than_equal": "a number of at most {le}",
    "greater_than": "a number above {gt}",
    "less_than": "a number below {lt}",
}

# What pydantic puts behind a field that may be of several types.
_TYPES = {("str",), ("int",), ("float",), ("bool",), ("list[str]",)}
_FORMS = {
    SLUG: "a text of lower-case letters, digits and hyphens",
    CURIE: "an identifier with its prefix, as GO:0032571",
    ADDRESS: "an address as sources/bmsc/ or papers/roe-2020/#f0a1b2c3",
}


class _Loader(yaml.CSafeLoader):
    """Safe loader that refuses a key given twice, and names the line of a value it can't read."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise _fault("a word as a key, got a list or a mapping", key_node)
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise _fault(f"key {quote(key)} stands twice", key_node)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


def _fault(said: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, said, node.start_mark)


def _guard(tag: str, expected: str) -> None:
    """Let the loader name the line where a value of a tag can't be made."""
    construct = yaml.CSafeLoader.yaml_constructors[tag]

    def guarded(loader: _Loader, node: yaml.ScalarNode) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, OverflowError) as error:
            raise _fault(f"{expected}, got {quote(node.value)}", node) from error

    _Loader.add_constructor(tag, guarded)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_guard("tag:yaml.org,2002:timestamp", "a date as 2026-01-31")
_guard("tag:yaml.org,2002:int", "a number of at most 4,300 digits")
_guard("tag:yaml.org,2002:float", "a number")
_guard("tag:yaml.org,2002:binary", "text, no binary data")


def quote(value: Any) -> str:
    """Return a value as a message shows it: short, however long, and as YAML writes it."""
    if isinstance(value, bool | date):
        return str(value).lower()
    return _QUOTED.repr(value)


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
    trimmed: dict[str, Any] = trim(data)
    return trimmed


def trim(value: Any) -> Any:
    """Return plain data as files hold it: keys without a value, or with an empty list, are out."""
    if isinstance(value, dict):
        kept = ((key, trim(v)) for key, v in value.items() if v is not None)
        return {key: v for key, v in kept if v != []}
    return [trim(v) for v in value] if isinstance(value, list) else value


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
        name, expected = str(path).replace(STAGED, "", 1), "a file that can be written"
        raise refuse(name, "write", expected, error.strerror or "") from error
    return True


def list_files(folder: Path) -> list[Path]:
    """Return the files below a folder, sorted by path; those of Python's own cache left out."""
    found = [
        f"{where}/{name}"
        for where, _, names in os.walk(folder)
        if "__pycache__" not in where
        for name in names
    ]
    return [Path(path) for path in sorted(found) if os.path.isfile(path)]


def dump_records(records: Sequence[BaseModel] | BaseModel) -> str:
    """Return one record, or a list of them, as canonical YAML."""
    if isinstance(records, BaseModel):
        return dump_yaml(plain(records))
    return dump_yaml([plain(r) for r in records])


def write_records(path: Path, records: Sequence[BaseModel] | BaseModel) -> bool:
    """Write one record, or a list of them, as canonical YAML; return whether the file changed."""
    return write_text(path, dump_records(records))


def read_yaml(path: Path, root: Path) -> Any:
    """Return the data of a YAML file. Raises ProblemError with file and line."""
    wrong = partial(refuse, relative(path, root), "yaml")
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise wrong("a file that can be read", error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
        got = "UTF-16" if wide else f"byte {raw[error.start]:#x}"
        raise wrong("text in UTF-8", got, line=raw.count(b"\n", 0, error.start) + 1) from error
    data = _parse(text, wrong)
    if data is None:
        hint = "Write [] for an empty list, or remove the file."
        raise wrong("records or settings", "an empty file", line=1, hint=hint)
    if "\\" in text and "papers" not in path.parts:
        for where, value in _find_leaves(data, ()):
            if isinstance(value, str) and _CONTROL.search(value):
                expected = "text without control characters"
                raise wrong(expected, quote(value), line=find_line(text, where))
    return data


def read_settings(path: Path, root: Path, parse: Callable[[Any], T]) -> T:
    """Return what ``parse`` makes of a file of word lists and patterns.

    Raises ProblemError where the file can't be read, holds anything but text (YAML takes a bare NO
    for false), or lacks what ``parse`` takes from it.
    """
    data = read_yaml(path, root)
    name = relative(path, root)
    for where, value in _find_leaves(data, ()):
        if not isinstance(value, str):
            line = find_line(path.read_text(encoding="utf-8-sig"), where)
            got, hint = "none" if value is None else quote(value), "Put it in quotes."
            raise refuse(name, "settings", "a text", got, line=line, hint=hint)
    expected, got = "lists and patterns in the form of this file", ""
    try:
        return parse(data)
    except KeyError as error:
        expected, got = f"the key {error.args[0]!r}", "none"
    except re.error as error:
        expected, got = "a regular expression", f"{quote(str(error.pattern))} ({error})"
    except ValidationError as error:
        item = error.errors(include_url=False)[0]
        expected, got = describe_error(item)
    except RecursionError:
        got = "words of thousands of letters, or values that nest too deep"
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        got = quote(str(error))
    raise refuse(name, "settings", expected, got)


def _parse(text: str, wrong: Callable[..., ProblemError]) -> Any:
    if found := _find_depth(text):
        raise wrong(f"at most {_MOST_NESTED} levels of nesting", "more", line=found)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader) if _ALIAS.search(text) else ():
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise wrong("each value written out", f"an alias, *{event.anchor}", line=line)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise wrong(str(error.problem), line=mark.line + 1 if mark else 0) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        got = f"the character {error.character:#x}"
        raise wrong("text that YAML allows", got, line=line) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise wrong("readable YAML", str(error)[:200]) from error


def _find_depth(text: str) -> int:
    """Return the line on which values nest too deep; 0 where they don't."""
    if deep := _NESTED.search(text):
        return text.count("\n", 0, deep.start()) + 1
    depth = 0
    if text.count("[") + text.count("{") > _MOST_NESTED:
        for match in re.finditer(r"[\[\]{}]", text):
            depth = depth + 1 if match[0] in "[{" else max(0, depth - 1)
            if depth > _MOST_NESTED:
                return text.count("\n", 0, match.start()) + 1
    return 0


def _find_leaves(data: Any, where: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield all keys and values that are no list or mapping, each with the path to it."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if isinstance(data, dict):
                yield (*where, key), key
            yield from _find_leaves(value, (*where, key))
    else:
        yield where, data


def relative(path: Path, root: Path) -> str:
    """Return a path as shown in messages: below the project's root where it is."""
    name = path.as_posix()
    for way in (Path.resolve, Path.absolute):
        # Elsewhere, or a circle of links, which has no end to be resolved to.
        with contextlib.suppress(ValueError, OSError, RuntimeError):
            name = way(path).relative_to(way(root)).as_posix()
            break
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
        found: dict[tuple[Any, ...], list[Any]] = {}  # by field, what each of its types refuses
        for item in error.errors(include_url=False):
            loc = item["loc"][:-1] if item["loc"][-1:] in _TYPES else item["loc"]
            found.setdefault(loc, []).append(item)
        for loc, items in found.items():
            where = [*at, *(s for s in loc if isinstance(s, str | int))]
            expected = " or ".join(dict.fromkeys(describe_error(item)[0] for item in items))
            _, got = describe_error(items[0])
            unknown = items[0]["type"] == "extra_forbidden"
            hint = suggest(str(loc[-1]), model.model_fields) if unknown else ""
            if isinstance(items[0]["input"], date) and "a text" in expected:
                hint = "Put it in quotes."
            file, line, field = (
                relative(path, root),
                find_line(text, where),
                ".".join(map(str, loc)),
            )
            problems.append(Problem(file, line, "error", "schema", expected, got, field, hint))
        raise ProblemError(problems) from error


def describe_error(item: Any) -> tuple[str, str]:
    """Return what was expected and what was found, of an error of pydantic."""
    kind, context = item["type"], item.get("ctx", {})
    got = "none" if kind == "missing" else quote(item["input"])
    if kind == "string_pattern_mismatch":
        return _FORMS.get(context["pattern"], f"a text of the form {context['pattern']}"), got
    expected = "a date as 2026-01-31" if kind.startswith("date") else _EXPECTED.get(kind)
    return (expected.format(**context) if expected else f"a value that fits ({item['msg']})"), got


def read_record(model: type[R], path: Path, root: Path) -> R:
    """Return the record of a file that holds one."""
    return parse_record(model, read_yaml(path, root), path, root)


def read_records(model: type[R], path: Path, root: Path) -> list[R]:
    """Return the records of a file that holds a list; a missing file is an empty list."""
    if not os.path.lexists(path):
        return []
    data = read_yaml(path, root)
    if not isinstance(data, list):
        got = type(data).__name__
        raise refuse(relative(path, root), "schema", "a list of records", got, line=1)
    return [parse_record(model, item, path, root, (i,)) for i, item in enumerate(data)]
