"""Canonical YAML in and out, and the Library of all records.

Reading refuses duplicate keys and tells problems by file and line. Writing is atomic, keeps model
order, and touches a file only when its bytes change.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from builder import models, nomenclature
from builder.errors import Problem, ProblemError, suggest
from builder.works import merge_works

WIDTH = 100
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
                str(path), 0, "error", "write", "a file that can be written", error.strerror or ""
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
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


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


class Reader(Protocol):
    """How files of records are read: anew, or by what is remembered of them (see recall)."""

    def record(self, model: type[R], path: Path, root: Path) -> R:
        """Return the record of a file that holds one."""

    def records(self, model: type[R], path: Path, root: Path) -> list[R]:
        """Return the records of a file that holds a list."""


class AnewReader:
    """Reads every file."""

    def record(self, model: type[R], path: Path, root: Path) -> R:
        """Return the record of a file that holds one."""
        return read_record(model, path, root)

    def records(self, model: type[R], path: Path, root: Path) -> list[R]:
        """Return the records of a file that holds a list."""
        return read_records(model, path, root)


ANEW = AnewReader()


@dataclass(frozen=True)
class PaperBundle:
    """All that was extracted from one paper; one folder below content/papers/."""

    paper: models.Paper
    references: list[models.Cited] = field(default_factory=list)
    tables: list[models.Table] = field(default_factory=list)
    findings: list[models.Finding] = field(default_factory=list)
    trials: list[models.Trial] = field(default_factory=list)


@dataclass(frozen=True)
class Library:
    """Every record of content/, indexed by id. Built once, then only read."""

    root: Path
    terms: Mapping[str, models.Term]
    papers: Mapping[str, PaperBundle]
    references: Mapping[str, models.Reference]
    registry: Mapping[str, models.RegistryRecord]
    identifiers: Mapping[str, models.Identifiers]
    corrections: Mapping[str, list[models.Correction]]
    ledger: list[models.Address]

    def terms_of(self, kind: str) -> list[models.Term]:
        """Return the terms of a kind, by id."""
        return sorted((t for t in self.terms.values() if t.kind == kind), key=lambda t: t.id)

    def findings(self) -> list[models.Finding]:
        """Return every finding, by id."""
        return sorted((f for b in self.papers.values() for f in b.findings), key=lambda f: f.id)

    def trials(self) -> list[models.Trial]:
        """Return every trial, by id."""
        return sorted((t for b in self.papers.values() for t in b.trials), key=lambda t: t.id)

    def tables(self) -> list[models.Table]:
        """Return every table, by id."""
        return sorted((t for b in self.papers.values() for t in b.tables), key=lambda t: t.id)


def _collect(paths: Iterable[Path], read: Any, problems: list[Problem]) -> list[Any]:
    found = []
    for path in paths:
        try:
            found.append(read(path))
        except ProblemError as error:
            problems.extend(error.problems)
    return found


def read_terms(content: Path, root: Path, reader: Reader = ANEW) -> list[models.Term]:
    """Return all terms below content/terms. Raises ProblemError with every problem found."""
    problems: list[Problem] = []
    found = []
    for path in sorted((content / "terms").glob("*/*.yml")):
        for term in _collect([path], lambda p: reader.record(models.Term, p, root), problems):
            expected = f"{models.TERM_FOLDERS[term.kind]}/{term.id}.yml"
            if path.relative_to(content / "terms").as_posix() != expected:
                problems.append(
                    Problem(
                        relative(path, root),
                        1,
                        "error",
                        "term-place",
                        f"the file at content/terms/{expected}",
                        path.name,
                    )
                )
            found.append(term)
    if problems:
        raise ProblemError(problems)
    return found


def read_bundle(folder: Path, root: Path, reader: Reader = ANEW) -> PaperBundle:
    """Return the extracted records of one paper. Raises ProblemError."""
    return PaperBundle(
        reader.record(models.Paper, folder / "paper.yml", root),
        reader.records(models.Cited, folder / "references.yml", root),
        reader.records(models.Table, folder / "tables.yml", root),
        reader.records(models.Finding, folder / "findings.yml", root),
        reader.records(models.Trial, folder / "trials.yml", root),
    )


def bundle_files(bundle: PaperBundle) -> dict[str, str]:
    """Return the files of one paper's folder: name and canonical YAML."""
    parts: dict[str, Sequence[BaseModel] | BaseModel] = {
        "paper": bundle.paper,
        "references": bundle.references,
        "tables": bundle.tables,
        "findings": bundle.findings,
        "trials": bundle.trials,
    }
    return {f"{name}.yml": dump_records(records) for name, records in parts.items()}


def bundle_names() -> list[str]:
    """Return the names of the files of a paper's folder."""
    return [f"{field.name}.yml" for field in fields(PaperBundle)]


def write_bundle(folder: Path, bundle: PaperBundle) -> list[Path]:
    """Write one paper's records; return the files that changed."""
    return [
        folder / name
        for name, text in bundle_files(bundle).items()
        if write_text(folder / name, text)
    ]


def merge_references(
    bundles: Iterable[PaperBundle], identifiers: Mapping[str, models.Identifiers]
) -> dict[str, models.Reference]:
    """Return the cited works of all papers: one record a work, with every place that cites it."""
    return merge_works({b.paper.id: b.references for b in bundles}, identifiers)[0]


def unite_bundles(
    bundles: list[PaperBundle],
    identifiers: Mapping[str, models.Identifiers],
    ledger: Iterable[models.Address],
) -> tuple[dict[str, PaperBundle], dict[str, models.Reference]]:
    """Return bundles whose entries all bear the id of their work, and the works."""
    published = [a.record.partition(":")[2] for a in ledger if a.record.startswith("reference:")]
    works, places = merge_works({b.paper.id: b.references for b in bundles}, identifiers, published)
    united = {}
    for bundle in bundles:
        name = bundle.paper.id
        entries = [
            cited
            if places[(name, index)] == cited.id
            else cited.model_copy(update={"id": places[(name, index)]})
            for index, cited in enumerate(bundle.references)
        ]
        united[name] = replace(bundle, references=entries)
    return united, works


def read_registry(content: Path, root: Path) -> dict[str, models.RegistryRecord]:
    """Return what registries say of trials, by trial. Raises ProblemError with every problem."""
    problems: list[Problem] = []
    found = _collect(
        sorted((content / "registry").glob("*.yml")),
        lambda p: read_record(models.RegistryRecord, p, root),
        problems,
    )
    if problems:
        raise ProblemError(problems)
    return {record.id: record for record in found}


def _molecules(bundles: Iterable[PaperBundle]) -> Iterator[str]:
    """Yield the ids that findings use of terms which a nomenclature may make."""
    for finding in (f for b in bundles for f in b.findings):
        yield from (item.id for item in finding.cargo)
        yield from (item.id for item in finding.mechanisms)


def load_library(content: Path, root: Path, reader: Reader = ANEW) -> Library:
    """Return the whole of content/. Raises ProblemError with every problem found."""
    problems: list[Problem] = []
    terms = _collect([content], lambda c: read_terms(c, root, reader), problems)
    bundles = _collect(
        sorted(p for p in (content / "papers").glob("*") if p.is_dir()),
        lambda p: read_bundle(p, root, reader),
        problems,
    )
    registry = _collect([content], lambda c: read_registry(c, root), problems)
    corrections = {
        path.stem: _collect([path], lambda p: read_records(models.Correction, p, root), problems)
        for path in sorted((content / "corrections").glob("*.yml"))
    }
    identifiers = _collect(
        [content / "identifiers.yml"],
        lambda p: reader.records(models.Identifiers, p, root),
        problems,
    )
    ledger = _collect(
        [content / "urls.yml"], lambda p: reader.records(models.Address, p, root), problems
    )
    if problems:
        raise ProblemError(problems)
    known = {i.reference: i for i in identifiers[0]}
    papers, references = unite_bundles(bundles, known, ledger[0])
    return Library(
        root=root,
        terms=nomenclature.add_made({t.id: t for t in terms[0]}, _molecules(bundles)),
        papers=papers,
        references=references,
        registry=registry[0],
        identifiers=known,
        corrections={k: [c for group in v for c in group] for k, v in corrections.items()},
        ledger=ledger[0],
    )
