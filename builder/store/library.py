"""The Library: all records of content/, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from builder import models
from builder.errors import Problem, ProblemError
from builder.store.files import (
    ANEW,
    Reader,
    dump_yaml,
    plain,
    read_record,
    read_records,
    relative,
    write_text,
)
from builder.store.same_work import merge_works
from builder.text import nomenclature


@dataclass(frozen=True)
class PaperBundle:
    """All that was extracted from one paper; one folder below content/papers/."""

    paper: models.Paper
    references: list[models.Cited] = field(default_factory=list)
    tables: list[models.Table] = field(default_factory=list)
    findings: list[models.Finding] = field(default_factory=list)
    trials: list[models.Trial] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
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
    return {name: dump_yaml(data) for name, data in bundle_data(bundle).items()}


def bundle_data(bundle: PaperBundle) -> dict[str, Any]:
    """Return the files of one paper's folder: name and plain data."""
    return {
        "paper.yml": plain(bundle.paper),
        "references.yml": [plain(r) for r in bundle.references],
        "tables.yml": [plain(r) for r in bundle.tables],
        "findings.yml": [plain(r) for r in bundle.findings],
        "trials.yml": [plain(r) for r in bundle.trials],
    }


# What the files of a paper's folder hold.
BUNDLE_KINDS: Mapping[str, Any] = {
    "paper.yml": models.Paper,
    "references.yml": list[models.Cited],
    "tables.yml": list[models.Table],
    "findings.yml": list[models.Finding],
    "trials.yml": list[models.Trial],
}


def bundle_names() -> list[str]:
    """Return the names of the files of a paper's folder."""
    return list(BUNDLE_KINDS)


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


# The lists of a finding and of a trial that hold ids of terms.
_NAMING = (
    "sources", "modifications", "vehicles", "cargo", "mechanisms", "targets", "partners", "models",
    "species", "conditions", "condition_effects", "outcomes",
)  # fmt: skip


def find_named(bundles: Iterable[PaperBundle]) -> Iterator[str]:
    """Yield the ids of all terms that papers name, those without a file included."""
    for bundle in bundles:
        for finding in bundle.findings:
            for role in _NAMING:
                yield from finding.ids_in(role)
        for trial in bundle.trials:
            yield from (*trial.conditions, *trial.sources)


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
        terms=nomenclature.add_made({t.id: t for t in terms[0]}, find_named(bundles), content),
        papers=papers,
        references=references,
        registry=registry[0],
        identifiers=known,
        corrections={k: [c for group in v for c in group] for k, v in corrections.items()},
        ledger=ledger[0],
    )
