"""What a curator does to papers, terms and addresses: add, rename, retire, remove.

A paper is taken in whole or not at all, with a report of what it holds, repeats and changes. A term
that gets another id is renamed in every hand-kept file that names it. Only the values change:
comments, order and layout of the files stay as the curator wrote them.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import yaml

from builder import models, store
from builder.addresses import ledger, renewal
from builder.addresses.identity import Claim, explain_same, remove_records
from builder.addresses.pages import TERM_KINDS, digest_pages
from builder.curate.extraction import extract_records, silent
from builder.curate.questions import OpenQuestion, Proposal, find_proposals, find_questions
from builder.curate.reading import describe_crash
from builder.errors import Problem, ProblemError, refuse, suggest
from builder.extract.vocabulary import build_vocabulary
from builder.models.base import SLUG
from builder.models.document import Document
from builder.project import Project, find_seeds
from builder.readers import read_seed_bytes
from builder.readers.references import build_paper
from builder.readers.source import read_bytes
from builder.store import Library, PaperBundle
from builder.store.library import today
from builder.store.same_work import link_papers
from builder.store.transaction import transaction
from builder.text import ids

_EXTENSION = re.compile(r"\.[a-z0-9]{1,5}")
_NEW = "a paper that is not there yet"
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
    project: Project, file: Path, *, dry_run: bool = False, notify: Callable[[str], None] = silent
) -> Added:
    """Take a paper in, and return what it brings; with ``dry_run`` nothing is touched.

    Raises ProblemError, and leaves everything as it was, for a file that can't be read, for a paper
    that is there already, and where the disk refuses.
    """
    data = read_bytes(file, str(file))
    if file.resolve().parent == project.seeds.resolve():
        hint = "Run: python -m builder extract"
        raise refuse(str(file), "add", "a file outside seeds/", "one in it", hint=hint)
    for other in find_seeds(project):
        if other.is_file() and other.stat().st_size == len(data) and other.read_bytes() == data:
            raise refuse(str(file), "add", _NEW, f"the same file as {other.name}")
    notify(f"reading {file.name}")
    document, paper = _read(file, data)
    seed = name_seed(paper.id, hashlib.sha256(data).hexdigest(), file.suffix)
    before = store.load(project)
    claim = Claim(paper.id, paper.csl.DOI or "", paper.csl.title)
    _refuse_same(file, before, claim)
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
    return f"{paper}-{sha256[:8]}{ending}"


# --- what is there already -----------------------------------------------------------------------


def _refuse_same(file: Path, library: Library, own: Claim) -> None:
    """Raise ProblemError where the atlas holds the paper already, in this form or another."""
    for name in sorted(library.papers):
        other = library.papers[name].paper
        # An id with a hash behind it was made for this paper beside another.
        paper = own.paper if name == own.apart else name
        why = explain_same(own, Claim(paper, other.csl.DOI or "", other.csl.title))
        if why:
            got = f"{name} ({why}), read from seeds/{other.seed.file}"
            hint = f'To replace it, run first: python -m builder remove {name} --because "…"'
            raise refuse(str(file), "add", _NEW, got, hint=hint)


def _find_shared(after: Library, paper: str) -> list[str]:
    """Return the works that the paper cites and another paper cites too."""
    return [
        name
        for name, work in after.references.items()
        if len(papers := {place.paper for place in work.cited_in}) > 1 and paper in papers
    ]


def _find_citing(after: Library, paper: models.Paper) -> list[str]:
    """Return where papers cite this one: ``paper [number]``, as the same work."""
    own = link_papers({paper.id: paper.csl}, after.references, after.identifiers)
    places = (place for name in own for place in after.references[name].cited_in)
    return sorted(f"{p.paper} [{p.number}]" for p in places if p.paper != paper.id)


# --- the report ----------------------------------------------------------------------------------


def describe_added(added: Added) -> Iterator[str]:
    """Yield the lines that show a curator what a paper brings."""
    bundle = added.bundle
    paper = bundle.paper
    yield paper.csl.title
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
    kinds = Counter(page.partition("/")[0] for page in added.pages_added)
    counts = ", ".join(f"{kinds[kind]} in {kind}/" for kind in sorted(kinds))
    yield from _section(f"Pages added: {counts}", added.pages_added)
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
    name, effect = (
        next((str(value) for field in fields if (value := getattr(item, field, None))), "")
        for fields in (("id", "label", "quote"), ("effect", "role", "of"))
    )
    return f"{name or item} ({effect})" if effect else name or str(item)


def _section(heading: str, lines: Sequence[str], most: int | None = _MOST_LINES) -> Iterator[str]:
    if lines:
        yield f"{heading} ({len(lines)}):"
        yield from (f"  {line or '(home)'}" for line in lines[:most])
    if most and len(lines) > most:
        yield f"  … and {len(lines) - most} more"


# --- addresses -----------------------------------------------------------------------------------

Steps = tuple[str, ...]


def rename(project: Project, old: str, new: str) -> tuple[dict[str, str], list[Path]]:
    """Let an address lead to another one; a term is renamed in every file that names it.

    A paper whose seed gives another id now takes its statements along, and its corrections.
    ``old`` and ``new`` are ids of a term, or addresses. Return the addresses, where they lead now,
    and the files that changed. Raises ProblemError, and changes nothing.
    """
    with transaction(project) as work:
        moves = _rename(project, work.project, old, new)
    return moves, work.changed


def _rename(before: Project, project: Project, old: str, new: str) -> dict[str, str]:
    terms = {t.id: t for t in store.read_terms(project.content, project.root)}
    name, target = _term_id(old, terms), _term_id(new, terms)
    source, goal = ledger.normalise(old), ledger.normalise(new)
    papers = ids.index_path("paper")
    if source.startswith(papers) and goal.startswith(papers) and papers not in (source, goal):
        _move_paper(before, project, source.split("/")[1], goal.split("/")[1])
    kind = terms[name].kind if name in terms else ""
    if kind and "/" not in target and (target not in terms or "/" not in old + new):
        rename_term(project.content, project.root, name, target)
        extract_records(project, before)
        if kind not in TERM_KINDS:
            return {}  # a term without a page of its own
        source, goal = ids.page_path(kind, name), ids.page_path(kind, target)
        if source not in {entry.address for entry in store.load(before).ledger}:
            return {}  # nor has every term one
    library = store.load(project)
    if kind and source != goal:  # what was published goes on, with evidence or as a stub
        held = {entry.address for entry in library.ledger}
        added = models.Address(address=goal, record=f"{kind}:{target}", since=today(project.root))
        library = replace(library, ledger=[*library.ledger, *([] if goal in held else [added])])
    current = ledger.list_addresses(library)
    renewal.write_ledger(project, ledger.rename_address(library.ledger, source, goal, current))
    return {source: goal}


def _move_paper(before: Project, project: Project, old: str, new: str) -> None:
    """Let a paper go on under the id that its seed gives now."""
    extract_records(project, before, goes_on={old: new})
    moved = ledger.follow_records(store.load(project).ledger)
    if moved.get(f"paper:{old}") != f"paper:{new}":
        return  # its seed still gives it, or there is no such paper: the ledger will say so
    renamed = {o.partition(":")[2]: n.partition(":")[2] for o, n in moved.items()}
    if rename_corrections(project.content, project.root, old, new, renamed):
        extract_records(project, before)


def _term_id(name: str, terms: Mapping[str, models.Term]) -> str:
    """Return the id of a term that a curator means by an id, an address or ``kind:id``."""
    bare = name.strip().strip("/")
    kind, _, record = bare.partition(":")
    if record and kind in ids.FOLDERS:
        return record
    folder, _, record = bare.partition("/")
    known = {ids.FOLDERS[kind]: kind for kind in TERM_KINDS}
    if folder in known and record:
        term = terms.get(record)
        if term is None or term.kind == known[folder]:
            return record
    return bare


def retire(project: Project, names: Sequence[str], because: str) -> list[str]:
    """Withdraw addresses whose records are gone; return all that were withdrawn.

    Raises ProblemError, and writes nothing, where one of them can't be.
    """
    with transaction(project) as work:
        return _retire(work.project, names, because)


def _retire(project: Project, names: Sequence[str], because: str) -> list[str]:
    library = store.load(project)
    current = ledger.list_addresses(library)
    entries = list(library.ledger)
    problems = []
    for name in names:
        try:
            entries = ledger.retire_address(entries, name, because, current)
        except ProblemError as error:
            problems += error.problems
    if problems:
        raise ProblemError(problems)
    renewal.write_ledger(project, entries)
    before = {e.address for e in library.ledger if e.state == "retired"}
    return [e.address for e in entries if e.state == "retired" and e.address not in before]


def remove(project: Project, name: str, because: str) -> tuple[list[str], list[Path]]:
    """Take a paper out: its seed, records and corrections, and withdraw its addresses.

    ``name`` is the paper's id, its address or the name of its seed. Return the addresses withdrawn
    and the files that changed or went. Raises ProblemError, and changes nothing, where there is no
    such paper or no reason.
    """
    with transaction(project) as work:
        copy = work.project
        library = store.load(copy)
        wanted = name.strip().rstrip("/").rpartition("/")[2].removeprefix("paper:")
        known = {bundle.paper.seed.file: paper for paper, bundle in library.papers.items()}
        paper = known.get(wanted, wanted)
        if paper not in library.papers:
            hint = suggest(paper, [*library.papers, *known])
            raise refuse("content/papers", "remove", "the id of a paper", repr(name), hint=hint)
        (copy.seeds / library.papers[paper].paper.seed.file).unlink(missing_ok=True)
        (copy.content / "corrections" / f"{paper}.yml").unlink(missing_ok=True)
        remove_records(copy.content / "papers" / paper)
        if find_seeds(copy):
            extract_records(copy, project)
        address = ids.page_path("paper", paper)
        published = address in {entry.address for entry in library.ledger}
        withdrawn = _retire(copy, [address], because) if published else []
    return withdrawn, work.changed


# --- another id for a term -----------------------------------------------------------------------


def rename_term(content: Path, root: Path, old: str, new: str) -> None:
    """Rename a term in content/terms and content/corrections.

    Raises ProblemError where there is no such term or the new id is taken or no slug.
    """
    terms = {t.id: t for t in store.read_terms(content, root)}
    wrong = partial(refuse, "content/terms", "rename")
    if old not in terms:
        raise wrong("the id of a term", repr(old), hint=suggest(old, terms))
    if new in terms:
        raise wrong("an id that no other term has", repr(new))
    if not re.fullmatch(SLUG, new):
        raise wrong("a slug of letters, digits and hyphens", repr(new))
    folder = content / "terms" / models.TERM_FOLDERS[terms[old].kind]
    for path in sorted((content / "terms").glob("*/*.yml")):
        _rewrite(path, old, new, lambda at: at in (("id",), ("parent",)) or at[0] == "related")
    for path in sorted((content / "corrections").glob("*.yml")):
        _rewrite(path, old, new, lambda at: at[1:2] in (("old",), ("new",)))
    (folder / f"{old}.yml").rename(folder / f"{new}.yml")


def rename_corrections(
    content: Path, root: Path, old: str, new: str, records: Mapping[str, str]
) -> bool:
    """Let the corrections of a paper follow it to another id; return whether there are any.

    ``records`` are old and new ids of the paper and of its findings and rows. Raises ProblemError
    where there are corrections under both ids.
    """
    source, target = (content / "corrections" / f"{name}.yml" for name in (old, new))
    if not source.is_file():
        return False
    if target.is_file():
        name, hint = store.relative(source, root), "Bring the two files together by hand."
        raise refuse(name, "rename", f"no corrections of {new} yet", target.name, hint=hint)
    for was, now in records.items():
        _rewrite(source, was, now, lambda at: at[1:] == ("record",))
    source.rename(target)
    return True


def _rewrite(path: Path, old: str, new: str, concerns: Callable[[Steps], bool]) -> None:
    """Replace a name where it stands in a field that ``concerns`` it, or in a path of fields."""
    text = path.read_text(encoding="utf-8")
    spots = []
    for steps, node in _scalars(yaml.compose(text, Loader=yaml.CSafeLoader), ()):
        if node.value == old and concerns(steps):
            spots.append((node.start_mark.index, node.end_mark.index, new))
        elif len(steps) > 1 and steps[1] == "field" and old in node.value.split("."):
            field = ".".join(new if s == old else s for s in node.value.split("."))
            spots.append((node.start_mark.index, node.end_mark.index, field))
    for start, end, value in sorted(spots, reverse=True):
        text = text[:start] + value + text[end:]
    store.write_text(path, text)


def _scalars(node: yaml.Node | None, steps: Steps) -> Iterator[tuple[Steps, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield steps, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*steps, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _scalars(value, (*steps, str(place)))
