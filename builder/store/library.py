"""The Library: all records of content/, in memory; and which edition of it a build publishes."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from builder import models
from builder.errors import Problem, ProblemError
from builder.project import Project, source_date_epoch
from builder.store.cache import Cache, hash_files, hash_parts
from builder.store.files import dump_records, find_line, read_record, read_records, relative
from builder.store.same_work import merge_works
from builder.text import nomenclature

# The knowledge base is offered under this licence; the papers stay under their own.
DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# An address that is nobody's (RFC 2606), for a library that is rendered without a site.
EXAMPLE_URL = "https://exosome-atlas.example/"
# Files of content/ that are about pages, not the field.
_LEDGER = "urls.yml"


@dataclass(frozen=True)
class PaperBundle:
    """All that was extracted from one paper; one folder below content/papers/."""

    paper: models.Paper
    references: list[models.Cited] = field(default_factory=list)
    tables: list[models.Table] = field(default_factory=list)
    findings: list[models.Finding] = field(default_factory=list)
    trials: list[models.Trial] = field(default_factory=list)
    # One for a primary study, none for a review.
    cards: list[models.StudyCard] = field(default_factory=list)


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

    @property
    def paper_items(self) -> dict[str, models.CslItem]:
        """The bibliographic fields of each paper, by id."""
        return {name: bundle.paper.csl for name, bundle in self.papers.items()}

    @property
    def cited_items(self) -> dict[str, models.CslItem]:
        """The bibliographic fields of each cited work, by id."""
        return {name: work.csl for name, work in self.references.items()}

    def terms_of(self, kind: str) -> list[models.Term]:
        """Return the terms of a kind, by id."""
        return sorted((t for t in self.terms.values() if t.kind == kind), key=lambda t: t.id)

    def findings(self) -> list[models.Finding]:
        """Return every finding, by id."""
        return sorted((f for b in self.papers.values() for f in b.findings), key=lambda f: f.id)

    def trials(self) -> list[models.Trial]:
        """Return every trial, by id."""
        return sorted((t for b in self.papers.values() for t in b.trials), key=lambda t: t.id)

    def cards(self) -> list[models.StudyCard]:
        """Return the card of every primary study, by id."""
        return sorted((c for b in self.papers.values() for c in b.cards), key=lambda c: c.id)

    def tables(self) -> list[models.Table]:
        """Return every table, by id."""
        return sorted((t for b in self.papers.values() for t in b.tables), key=lambda t: t.id)


T = TypeVar("T")


@lru_cache(maxsize=16)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _remember(
    cache: Cache | None, kind: Any, paths: Iterable[Path], base: Path, read: Callable[[], T]
) -> T:
    """Return what files say, from the cache where it has read the same bytes before.

    Reading YAML takes thirty times as long as reading the same records back from JSON.
    """
    there = [path for path in paths if os.path.lexists(path)]
    if cache is None or not all(path.is_file() for path in there):
        return read()  # which reports a folder in the place of a file, or a link that leads nowhere
    key = hash_parts([str(kind).encode(), *hash_files(there, base)])
    held = cache.get(key)
    if held is not None:
        try:
            found: T = _adapter(kind).validate_json(held)
            return found
        except ValidationError:
            pass
    found = read()
    cache.put(key, _adapter(kind).dump_json(found, by_alias=True, exclude_unset=True))
    return found


def _collect(paths: Iterable[Any], read: Any, problems: list[Problem]) -> list[Any]:
    found = []
    for path in paths:
        try:
            found.append(read(path))
        except ProblemError as error:
            problems.extend(error.problems)
    return found


def read_each(paths: Iterable[Path], read: Callable[[Path], T]) -> list[T]:
    """Return what each file says. Raises ProblemError with every problem of all of them."""
    problems: list[Problem] = []
    found = _collect(paths, read, problems)
    if problems:
        raise ProblemError(problems)
    return found


def read_terms(content: Path, root: Path, cache: Cache | None = None) -> list[models.Term]:
    """Return all terms below content/terms. Raises ProblemError with every problem found."""
    problems: list[Problem] = []
    found = []

    def read(path: Path) -> models.Term:
        return _remember(
            cache, models.Term, [path], content, lambda: read_record(models.Term, path, root)
        )

    for path in sorted((content / "terms").glob("*/*.yml")):
        for term in _collect([path], read, problems):
            place = f"{models.TERM_FOLDERS[term.kind]}/{term.id}.yml"
            if path.relative_to(content / "terms").as_posix() != place:
                file, expected = relative(path, root), f"the file at content/terms/{place}"
                problems.append(Problem(file, 1, "error", "term-place", expected, path.name))
            found.append(term)
    if problems:
        raise ProblemError(problems)
    return found


def read_bundle(folder: Path, root: Path, cache: Cache | None = None) -> PaperBundle:
    """Return the extracted records of one paper. Raises ProblemError."""

    def read() -> PaperBundle:
        paper = read_record(models.Paper, folder / "paper.yml", root)
        lists = {
            part: read_records(model, folder / name, root) for name, (part, model) in _LISTS.items()
        }
        return PaperBundle(paper, **lists)

    files = [folder / name for name in BUNDLE_NAMES]
    return _remember(cache, PaperBundle, files, folder, read)


def parse_bundle(texts: Mapping[str, str]) -> PaperBundle:
    """Return the records of one paper from the texts of its files."""
    data = {name: yaml.load(text, Loader=yaml.CSafeLoader) for name, text in texts.items()}
    lists = {
        part: [model.model_validate(item) for item in data[name]]
        for name, (part, model) in _LISTS.items()
    }
    return PaperBundle(models.Paper.model_validate(data["paper.yml"]), **lists)


# The files of a paper's folder beside paper.yml: the list of a bundle that each holds, and of what.
_LISTS: dict[str, tuple[str, type[Any]]] = {
    "references.yml": ("references", models.Cited),
    "tables.yml": ("tables", models.Table),
    "findings.yml": ("findings", models.Finding),
    "trials.yml": ("trials", models.Trial),
    "study_card.yml": ("cards", models.StudyCard),
}
BUNDLE_NAMES = ("paper.yml", *_LISTS)


def bundle_files(bundle: PaperBundle) -> dict[str, str]:
    """Return the files of one paper's folder: name and canonical YAML."""
    records = [bundle.paper, *(getattr(bundle, part) for part, _ in _LISTS.values())]
    return {name: dump_records(r) for name, r in zip(BUNDLE_NAMES, records, strict=True)}


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
            cited if own == cited.id else cited.model_copy(update={"id": own})
            for index, cited in enumerate(bundle.references)
            for own in [places[(name, index)]]
        ]
        united[name] = replace(bundle, references=entries)
    return united, works


def read_registry(content: Path, root: Path) -> dict[str, models.RegistryRecord]:
    """Return what registries say of trials, by trial. Raises ProblemError with every problem."""
    paths = sorted((content / "registry").glob("*.yml"))
    found = read_each(paths, lambda path: read_record(models.RegistryRecord, path, root))
    return {record.id: record for record in found}


# The lists of a finding and of a trial that hold ids of terms.
_NAMING = (
    "sources", "modifications", "vehicles", "cargo", "mechanisms", "targets", "stimuli", "partners",
    "models",
    "species", "conditions", "condition_effects", "outcomes", "sites",
)  # fmt: skip


def find_named(bundles: Iterable[PaperBundle]) -> Iterator[str]:
    """Yield the ids of all terms that papers name, those without a file included."""
    for bundle in bundles:
        for finding in bundle.findings:
            for role in _NAMING:
                yield from finding.ids_in(role)
        for trial in bundle.trials:
            yield from (*trial.conditions, *trial.sources)


def load(project: Project) -> Library:
    """Return the knowledge base. Raises ProblemError with every problem found."""
    with Cache(project.build / "cache") as cache:
        return load_library(project.content, project.root, cache)


def _check_twice(
    content: Path, root: Path, identifiers: Iterable[models.Identifiers]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, known in enumerate(identifiers):
        if known.reference in seen:
            path = content / "identifiers.yml"
            line = find_line(path.read_text(encoding="utf-8"), (place,))
            file, got = relative(path, root), f"a second one for {known.reference!r}"
            yield Problem(file, line, "error", "identifier-twice", "one entry a work", got,
                          hint="Bring the two together.")  # fmt: skip
        seen.add(known.reference)


def load_library(content: Path, root: Path, cache: Cache | None = None) -> Library:
    """Return the whole of content/. Raises ProblemError with every problem found."""
    problems: list[Problem] = []
    terms = _collect([content], lambda c: read_terms(c, root, cache), problems)
    bundles = _collect(
        sorted(p for p in (content / "papers").glob("*") if p.is_dir()),
        lambda p: read_bundle(p, root, cache),
        problems,
    )
    registry = _collect([content], lambda c: read_registry(c, root), problems)
    corrections = {
        path.stem: _collect([path], lambda p: read_records(models.Correction, p, root), problems)
        for path in sorted((content / "corrections").glob("*.yml"))
    }

    def read_list(model: Any, name: str) -> list[Any]:
        path = content / name
        return _remember(
            cache, list[model], [path], content, lambda: read_records(model, path, root)
        )

    identifiers = _collect(
        ["identifiers.yml"], lambda n: read_list(models.Identifiers, n), problems
    )
    ledger = _collect(["urls.yml"], lambda n: read_list(models.Address, n), problems)
    problems += _check_twice(content, root, identifiers[0] if identifiers else [])
    if problems:
        raise ProblemError(problems)
    known = {i.reference: i for i in identifiers[0]}
    papers, references = unite_bundles(bundles, known, ledger[0])
    # What was published keeps its page, though nothing may name it any more.
    live = (a.record.partition(":") for a in ledger[0] if a.state == "live")
    published = [name for kind, _, name in live if kind in models.TERM_FOLDERS]
    return Library(
        root=root,
        terms=nomenclature.add_made(
            {t.id: t for t in terms[0]},
            [*find_named(bundles), *published, *nomenclature.list_field(content)],
            content,
        ),
        papers=papers,
        references=references,
        registry=registry[0],
        identifiers=known,
        corrections={k: [c for group in v for c in group] for k, v in corrections.items()},
        ledger=ledger[0],
    )


# --- the edition ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition that a build publishes. ``site_url`` ends with a slash."""

    site_url: str
    version: str
    day: date

    def url(self, path: str) -> str:
        """Return the absolute address of a path below the site's root."""
        return self.site_url + path


def find_edition(library: Library, site_url: str = EXAMPLE_URL) -> Edition:
    """Return the edition of a library: its data version, and the day its data last changed."""
    version = data_version(library, read_release(library.root))
    day = last_change(library.ledger) or today(library.root)
    return Edition(site_url, version, day)


def last_change(ledger: Iterable[models.Address]) -> date | None:
    """Return the last day on which a page came or its data changed; None for an empty ledger."""
    return max((e.changed or e.since for e in ledger), default=None)


def today(root: Path) -> date:
    """Return the day that new records get: that of SOURCE_DATE_EPOCH, else of the last commit."""
    return datetime.fromtimestamp(source_date_epoch(root), UTC).date()


def data_version(library: Library, release: str) -> str:
    """Return the version of the data: the release, and a hash over every file of content/.

    The ledger of addresses does not count: it is about pages, not the field.
    """
    content = library.root / "content"
    found = hashlib.sha256()
    for path in sorted(content.rglob("*.yml")):
        if path.name != _LEDGER:
            found.update(path.relative_to(content).as_posix().encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{release}+{found.hexdigest()[:12]}"


def read_release(root: Path) -> str:
    """Return the project's version as pyproject.toml states it; 0 where there is none."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return "0"
    found = re.search(r'^version = "([^"]+)"', file.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else "0"
