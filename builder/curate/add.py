"""Taking in a paper: what it holds, repeats and changes; then all of it, or none."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz

from builder import models, store
from builder.addresses import ledger
from builder.addresses.identity import Claim, explain_same
from builder.addresses.pages import digest_pages
from builder.curate.extraction import extract_records, silent
from builder.curate.questions import OpenQuestion, Proposal, find_proposals, find_questions
from builder.curate.reading import describe_crash
from builder.errors import Problem, ProblemError, refuse
from builder.extract.vocabulary import build_vocabulary
from builder.models.document import Document
from builder.project import Project, find_seeds
from builder.readers import read_seed_bytes
from builder.readers.bibliography import build_paper
from builder.readers.source import read_bytes
from builder.store import Library, PaperBundle
from builder.store.same_work import DOUBTFUL, titles_agree
from builder.store.transaction import transaction
from builder.text import spelling

_EXTENSION = re.compile(r"\.[a-z0-9]{1,5}")
_HASH_LETTERS = 8
# Of a long list the report shows so many lines and the count of the rest.
_MOST_LINES = 30
_MOST_LETTERS = 120


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
    notify: Callable[[str], None] = silent,
) -> Added:
    """Take a paper in, and return what it brings; with ``dry_run`` nothing is touched.

    Raises ProblemError, and leaves everything as it was, for a file that can't be read, for a paper
    that is there already, and where the disk refuses.
    """
    data = read_bytes(file, str(file))
    if file.resolve().parent == project.seeds.resolve():
        raise _refuse(file, "a file outside seeds/", "one in it", "Run: python -m builder extract")
    for other in find_seeds(project):
        if other.stat().st_size == len(data) and other.read_bytes() == data:
            raise _refuse(file, "a paper that is not there yet", f"the same file as {other.name}")
    notify(f"reading {file.name}")
    document, paper = _read(file, data)
    seed = name_seed(paper.id, hashlib.sha256(data).hexdigest(), file.suffix)
    before = store.load(project)
    claim = Claim(paper.id, paper.csl.DOI or "", paper.csl.title)
    _refuse_twins(file, before, claim)
    with transaction(project) as work:
        store.write_bytes(work.project.seeds / seed, data)
        report = extract_records(work.project, project, notify)
        after = store.load(work.project)
        bundle = next((b for b in after.papers.values() if b.paper.seed.file == seed), None)
        problems = [p for p in report.problems if p.file == f"seeds/{seed}"]
        if bundle is None:
            raise ProblemError(problems or report.problems)
        pages = [ledger.list_addresses(library) for library in (before, after)]
        digests = [digest_pages(library) for library in (before, after)]
        work.keep = not dry_run
    return Added(
        seed=seed,
        bundle=bundle,
        problems=problems,
        questions=[q for q in find_questions(after) if q.file == f"seeds/{seed}"],
        proposals=find_proposals(
            document, build_vocabulary(after.terms.values(), content=project.content)
        ),
        shared=_find_shared(after, bundle.paper.id),
        cited_by=_find_citing(after, bundle.paper),
        files=[path.relative_to(project.root).as_posix() for path in work.changed],
        pages_added=[p for p in pages[1] if p not in pages[0] and "#" not in p],
        pages_changed=[p for p in digests[1] if digests[0].get(p, "") not in ("", digests[1][p])],
    )


def _refuse(file: Path, expected: str, got: str, hint: str = "") -> ProblemError:
    return refuse(str(file), "add", expected, got, hint=hint)


def _read(file: Path, data: bytes) -> tuple[Document, models.Paper]:
    """Return a file as a document and a paper. Raises ProblemError where it can't be read."""
    try:
        document = read_seed_bytes(data, str(file))
        return document, build_paper(document)
    except ProblemError:
        raise
    except Exception as error:
        raise ProblemError(describe_crash(str(file), error)) from error


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
        why = explain_same(own, Claim(paper, other.csl.DOI or "", other.csl.title))
        if why:
            raise _refuse(
                file,
                "a paper that is not there yet",
                f"{name} ({why}), read from seeds/{other.seed.file}",
                f'To replace it, run first: python -m builder remove {name} --because "…"',
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


# --- the report ----------------------------------------------------------------------------------


def describe_added(added: Added) -> Iterator[str]:
    """Yield the lines that show a curator what a paper brings."""
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
    yield from _section("Findings as read", [_describe(f) for f in bundle.findings], None)
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


def _describe(finding: models.Finding) -> str:
    """Return a finding in one line: its place, its words, and what was read from them."""
    words = " ".join(finding.quote.split())
    quote = words if len(words) <= _MOST_LETTERS else f"{words[:_MOST_LETTERS]}…"
    fields = []
    for name, value in finding:
        items = [_name_item(item) for item in value] if isinstance(value, list) else []
        if items and name not in ("questions", "references"):
            fields.append(f"{name}: {', '.join(items)}")
    read = "; ".join(fields) or "nothing"
    return f"line {finding.locator.line}, {finding.id}: “{quote}” → {read}"


def _name_item(item: object) -> str:
    name = str(getattr(item, "id", None) or getattr(item, "label", None) or item)
    effect = getattr(item, "effect", None) or getattr(item, "role", None)
    return f"{name} ({effect})" if effect else name


def _section(heading: str, lines: Sequence[str], most: int | None = _MOST_LINES) -> Iterator[str]:
    if lines:
        yield f"{heading} ({len(lines)}):"
        yield from (f"  {line or '(home)'}" for line in lines[:most])
    if most and len(lines) > most:
        yield f"  … and {len(lines) - most} more"


def _count_kinds(pages: Sequence[str]) -> str:
    """Return how many pages there are of each kind: ``1 in papers/, 67 in references/``."""
    kinds = Counter(page.partition("/")[0] for page in pages)
    return ", ".join(f"{kinds[kind]} in {kind}/" for kind in sorted(kinds))
