"""Taking in a paper: what it holds, what it repeats, and what it changes; then all of it, or none.

Everything is worked out beside the project first. Only then is the seed copied and content/
written, and what was written is taken back where a file fails.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz

from builder import models, store
from builder.addresses import renewal
from builder.addresses.outlines import digest_pages, list_addresses, outline_library
from builder.curate.id_collisions import Claim, tell_same
from builder.curate.proposals import Proposal, find_proposals
from builder.curate.questions import OpenQuestion, find_questions
from builder.curate.reading import Knowledge, Task, describe_crash, take_paper, unpack_knowledge
from builder.curate.registry import compare_trials
from builder.curate.vocabulary_cache import learn
from builder.errors import Problem, ProblemError
from builder.extract.vocabulary import Vocabulary
from builder.project import Project, find_seeds
from builder.readers import read_seed_bytes
from builder.readers.bibliography import build_paper
from builder.readers.source import read_bytes
from builder.store import Library, PaperBundle
from builder.store.atomic_replace import hold_lock
from builder.store.library_cache import Recall
from builder.store.same_work import DOUBTFUL, titles_agree
from builder.store.snapshot import keep_records
from builder.text import spelling

_EXTENSION = re.compile(r"\.[a-z0-9]{1,5}")
_HASH_LETTERS = 8
# Of a long list the report shows so many lines and the count of the rest.
_MOST_LINES = 30


@dataclass(frozen=True)
class Added:
    """What a paper brings. ``seed`` is its name below seeds/, ``pages_*`` are addresses."""

    seed: str
    bundle: PaperBundle
    problems: list[Problem] = field(default_factory=list)
    questions: list[OpenQuestion] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    cited_by: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    pages_added: list[str] = field(default_factory=list)
    pages_changed: list[str] = field(default_factory=list)


def add_paper(
    project: Project,
    file: Path,
    *,
    dry_run: bool = False,
    notify: Callable[[str], None] = lambda _: None,
) -> Added:
    """Take a paper in, and return what it brings; with ``dry_run`` nothing is touched.

    Raises ProblemError, and leaves everything as it was, for a file that can't be read, for a paper
    that is there already, and where the disk refuses.
    """
    data = read_bytes(file, str(file))
    if file.resolve().parent == project.seeds.resolve():
        raise _refuse(file, "a file outside seeds/", "one in it", "Run: python -m builder extract")
    notify(f"reading {file.name}")
    knowledge, vocabulary = unpack_knowledge(learn(project))
    seed, (claim, bundle, problems) = _take(project, file, data, knowledge, vocabulary)
    with Recall(project.build) as recall:
        library = store.load_library(project.content, project.root, recall)
        _refuse_twins(file, library, claim)
        if claim.paper in library.papers:
            task = Task(f"seeds/{seed}", data, claim.apart)
            _, bundle, problems = _read(task, knowledge, vocabulary)
        changes = _find_changes(project, library, bundle, recall)
        notify("what will change")
        with _beside(project, changes) as content:
            after = store.load_library(content, project.root, recall)
    before_pages, after_pages = _digest_sites(project, library, after, _touched(changes))
    found = Added(
        seed=seed,
        bundle=bundle,
        problems=sorted(problems, key=Problem.sort_key),
        questions=[q for q in find_questions(after) if q.file == f"seeds/{seed}"],
        proposals=find_proposals(read_seed_bytes(data, f"seeds/{seed}"), vocabulary),
        shared=_find_shared(after, bundle.paper.id),
        cited_by=_find_citing(after, bundle.paper),
        files=[f"seeds/{seed}", *(f"content/{name}" for name in changes)],
        pages_added=[p for p in after_pages if p not in before_pages],
        pages_changed=[
            p for p in after_pages if before_pages.get(p, "") not in ("", after_pages[p])
        ],
    )
    if not dry_run:
        wanted = {project.content / name: text.encode() for name, text in changes.items()}
        with hold_lock(project.build / "lock"), keep_records(project) as before:
            for name in _touched(changes):
                before.hold(name)
            write_all({project.seeds / seed: data, **wanted})
            renewal.renew(project, before)
    return found


def _refuse(file: Path, expected: str, got: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(str(file), 0, "error", "add", expected, got, hint=hint))


def _take(
    project: Project, file: Path, data: bytes, knowledge: Knowledge, vocabulary: Vocabulary
) -> tuple[str, _Read]:
    """Return the name that the seed gets, its records, and what was doubtful."""
    first = Task(str(file), data)
    for other in find_seeds(project):
        if other.stat().st_size == len(data) and other.read_bytes() == data:
            raise _refuse(file, "a paper that is not there yet", f"the same file as {other.name}")
    # Its own name stands in the records and in every message.
    seed = name_seed(_find_id(first), first.sha256, file.suffix)
    return seed, _read(Task(f"seeds/{seed}", data), knowledge, vocabulary)


_Read = tuple[Claim, PaperBundle, list[Problem]]


def _read(task: Task, knowledge: Knowledge, vocabulary: Vocabulary) -> _Read:
    taken = take_paper(task, vocabulary, knowledge)
    if taken.bundle is None or taken.claim is None:
        raise ProblemError(taken.problems)
    return taken.claim, taken.bundle, taken.problems


def _find_id(task: Task) -> str:
    """Return the id of a paper. Raises ProblemError where it can't be read."""
    try:
        return build_paper(read_seed_bytes(task.data, task.file)).id
    except ProblemError:
        raise
    except Exception as error:
        raise ProblemError(describe_crash(task.file, error)) from error


def name_seed(paper: str, sha256: str, suffix: str) -> str:
    """Return the name of a seed: the paper's id, a hash of its bytes, and the file's own ending."""
    ending = suffix.lower() if _EXTENSION.fullmatch(suffix.lower()) else ".txt"
    return f"{paper}-{sha256[:_HASH_LETTERS]}{ending}"


# --- what is there already -----------------------------------------------------------------------


def _refuse_twins(file: Path, library: Library, own: Claim) -> None:
    """Raise ProblemError where the atlas holds the paper already, in this form or another."""
    for name in sorted(library.papers):
        other = library.papers[name].paper
        # An id with a hash behind it was made for this paper beside another.
        paper = own.paper if name == own.apart else name
        why = tell_same(own, Claim(paper, other.csl.DOI or "", other.csl.title))
        if why:
            raise _refuse(
                file,
                "a paper that is not there yet",
                f"{name} ({why}), read from seeds/{other.seed.file}",
                "To replace it, remove that seed and its folder in content/papers/ first.",
            )


def _find_shared(after: Library, paper: str) -> list[str]:
    """Return the works that the paper cites and another paper cites too."""
    return [
        name
        for name, work in after.references.items()
        if len(papers := {place.paper for place in work.cited_in}) > 1 and paper in papers
    ]


def _find_citing(after: Library, paper: models.Paper) -> list[str]:
    """Return where papers cite this one: ``paper [number]``, by DOI, id or title."""
    found = []
    for name, work in after.references.items():
        same = bool(
            work.csl.DOI and paper.csl.DOI and work.csl.DOI.lower() == paper.csl.DOI.lower()
        )
        alike = fuzz.ratio(
            spelling.fold(work.csl.title), spelling.fold(paper.csl.title), score_cutoff=DOUBTFUL
        )
        if same or name == paper.id or (alike and titles_agree(work.csl.title, paper.csl.title)):
            found += [f"{p.paper} [{p.number}]" for p in work.cited_in if p.paper != paper.id]
    return sorted(found)


# --- what will change ----------------------------------------------------------------------------


def _find_changes(
    project: Project, library: Library, new: PaperBundle, reader: store.Reader
) -> dict[str, str]:
    """Return the files below content/ that change, with their texts.

    Beside the new paper's own folder that may be trials of other papers, which look like its own.
    """
    papers = project.content / "papers"
    names = sorted(library.papers)
    bundles = [store.read_bundle(papers / name, project.root, reader) for name in names]
    compared = compare_trials([*bundles, new], library.registry)
    changes = {}
    for bundle in compared:
        files = store.bundle_files(bundle) if bundle.paper.id == new.paper.id else _trials(bundle)
        for name, text in files.items():
            path = papers / bundle.paper.id / name
            if not path.is_file() or path.read_bytes() != text.encode():
                changes[path.relative_to(project.content).as_posix()] = text
    return changes


def _trials(bundle: PaperBundle) -> dict[str, str]:
    return {"trials.yml": store.dump_records(bundle.trials)}


@contextmanager
def _beside(project: Project, changes: Mapping[str, str]) -> Iterator[Path]:
    """Give a copy of content/ with the changes in it; what stays is linked, not copied."""
    with tempfile.TemporaryDirectory(prefix="atlas-add-") as folder:
        content = Path(folder) / "content"
        (content / "papers").mkdir(parents=True)
        for part in project.content.iterdir():
            if part.name != "papers":
                (content / part.name).symlink_to(part.resolve())
        touched = _touched(changes)
        papers = project.content / "papers"
        for paper in papers.iterdir() if papers.is_dir() else ():
            if paper.name in touched:
                shutil.copytree(paper, content / "papers" / paper.name)
            else:
                (content / "papers" / paper.name).symlink_to(paper.resolve())
        for name, text in changes.items():
            store.write_text(content / name, text)
        yield content


def _touched(changes: Iterable[str]) -> set[str]:
    """Return the papers in whose folders files change."""
    return {Path(name).parts[1] for name in changes}


def _digest_sites(
    project: Project, library: Library, after: Library, touched: Collection[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return a hash of the data of each page by address, of two libraries.

    What is known of papers that stay is not worked out again.
    """
    outlines = outline_library(library, renewal.find_stayed(project))
    stay = {name: paper for name, paper in outlines.papers.items() if name not in touched}
    sites = (outlines, outline_library(after, stay))
    before, later = (digest_pages(told, list_addresses(told)) for told in sites)
    return before, later


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write all files, or none: where one fails, those before it get their old bytes back.

    Raises ProblemError where the disk refuses.
    """
    before = {path: path.read_bytes() if path.is_file() else None for path in files}
    made = [
        folder
        for path in files
        for folder in (path.parent, *path.parent.parents)
        if not folder.exists()
    ]
    try:
        for path, data in files.items():
            store.write_bytes(path, data)
    except BaseException:
        _restore(before, made)
        raise


def _restore(before: Mapping[Path, bytes | None], made: Sequence[Path]) -> None:
    for path, data in before.items():
        with contextlib.suppress(OSError, ProblemError):
            if data is None:
                path.unlink(missing_ok=True)
            else:
                store.write_bytes(path, data)
    for folder in sorted(set(made), key=lambda f: len(f.parts), reverse=True):
        with contextlib.suppress(OSError):
            folder.rmdir()


# --- the report ----------------------------------------------------------------------------------


def tell_added(added: Added) -> Iterator[str]:
    """Yield the lines that tell a curator what a paper brings."""
    bundle = added.bundle
    paper = bundle.paper
    yield f"{paper.csl.title}"
    yield f"  paper {paper.id}, seeds/{added.seed}, layout {paper.seed.layout}"
    unread = sum(not cited.parsed for cited in bundle.references)
    rows = sum(len(table.rows) for table in bundle.tables)
    yield (
        f"  findings: {len(bundle.findings)}, references: {len(bundle.references)}"
        f" ({unread} not parsed), tables: {len(bundle.tables)} (rows: {rows}),"
        f" trials: {len(bundle.trials)}, figures: {len(paper.figures)}"
    )
    yield from _section("There already: works that other papers cite too", added.shared)
    yield from _section("There already: cited by", added.cited_by)
    yield from _section("Questions", [str(question) for question in added.questions])
    if added.proposals:
        yield f"Names that are no terms yet ({len(added.proposals)}), as term files:"
        for proposal in added.proposals:
            yield from ("---", *proposal.to_yaml().rstrip("\n").split("\n"))
    yield from _section("Files", added.files)
    yield from _section(f"Pages added: {_count_kinds(added.pages_added)}", added.pages_added)
    yield from _section("Pages changed", added.pages_changed)


def _section(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{heading} ({len(lines)}):"
        yield from (f"  {line or '(home)'}" for line in lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        yield f"  … and {len(lines) - _MOST_LINES} more"


def _count_kinds(pages: Sequence[str]) -> str:
    """Return how many pages there are of each kind: ``1 in papers/, 67 in references/``."""
    kinds = Counter(page.partition("/")[0] for page in pages)
    return ", ".join(f"{kinds[kind]} in {kind}/" for kind in sorted(kinds))
