"""Fetching what was included: full text where the licence is open, else the abstract's findings.

A full text goes into seeds/ as received, under a stable name. Of an abstract only the sentences
that carry a finding are kept, as quotations with their address.
"""

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from builder import store
from builder.curate.changes import name_seed
from builder.curate.extraction import extract_records
from builder.curate.review_flow import read_screening
from builder.errors import Problem, ProblemError, refuse, suggest
from builder.extract import extract_paper
from builder.extract.vocabulary import Vocabulary
from builder.models import Finding, Paper
from builder.models.review import Retrieval, ScreeningRecord
from builder.project import Project
from builder.readers import read_seed_bytes
from builder.readers.records import write_abstract
from builder.readers.references import build_paper
from builder.refresh import Setting, report_offline
from builder.refresh.hits import Hit, KnownWorks, match_work
from builder.refresh.http_client import EUROPE_PMC, Desk, OfflineError, ServiceError, UnknownError
from builder.refresh.literature import find_article
from builder.refresh.screening import write_screening
from builder.store.library import load
from builder.store.transaction import transaction
from builder.text.sentences import find_sentences

# Licences that let anybody keep and show the article, in Europe PMC's spelling.
_OPEN = re.compile(r"cc(?:[ -]?0|[ -]by(?:[ -](?:nc|sa|nd))*)\b|public domain", re.IGNORECASE)


@dataclass(frozen=True)
class Included:
    """What an include brought: seeds by record, what could not be had and why, and problems.

    ``findings`` has how many each record brought, ``changed`` are the files below content/ and
    seeds/ that are new or differ.
    """

    seeds: dict[str, str] = field(default_factory=dict)
    abstracts: dict[str, str] = field(default_factory=dict)
    missed: dict[str, str] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    changed: list[Path] = field(default_factory=list)


def include(
    project: Project,
    vocabulary: Vocabulary,
    names: Collection[str] = (),
    setting: Setting | None = None,
    notify: Callable[[str], None] = lambda _: None,
) -> Included:
    """Fetch every included record (or those named) that was not fetched yet, and read it.

    All is asked first; seeds, screening and records are then written in one transaction. A run that
    was stopped while it asked goes on from the answers of the day.
    Raises ProblemError, and changes nothing, where the service can't be reached or a named record
    was not included.
    """
    setting = (setting or Setting.now()).with_contact(project)
    records = read_screening(project.root).records
    known = {record.id: record for record in records}
    for name in names:
        record = known.get(name)
        if record is None:
            hint = suggest(name, known)
            raise refuse("include", "include", "the id of a record", name, hint=hint)
        if record.verdict != "include" or record.duplicate:
            said = f"a duplicate of {record.duplicate.of}" if record.duplicate else record.verdict
            got, hint = f"{name}, {said or 'not screened'}", "Run: python -m builder screen"
            raise refuse("include", "include", "a record that was included", got, hint=hint)
    waiting = [
        record
        for record in records
        if record.verdict == "include"
        and not record.duplicate
        and (record.id in names if names else record.retrieval is None)
    ]
    if not waiting:
        expected, hint = "an included record that waits", "Run: python -m builder screen"
        note = Problem("include", 0, "note", "include", expected, "none", hint=hint)
        return Included(problems=[note])
    # Works of which the atlas has read the title alone come first.
    waiting.sort(key=lambda record: (not record.cited_as, record.id))
    fetched: dict[str, _Fetched] = {}
    library = load(project)
    try:
        with setting.open_desk(EUROPE_PMC, project) as desk:
            papers = KnownWorks(library.paper_items, library.identifiers)
            fetcher = _Fetcher(desk, vocabulary, papers, setting.today)
            for record in waiting:
                notify(record.title[:60])
                fetched[record.id] = fetcher.fetch(record)
    except OfflineError as error:
        raise report_offline("include", error) from error
    with transaction(project) as work:
        done = _keep(work.project, fetched)
        report = extract_records(work.project, project, notify)
        brought = {seed: name for name, seed in (done.seeds | done.abstracts).items()}
        for path in work.project.content.glob("papers/*/paper.yml") if brought else ():
            seed = store.read_record(Paper, path, work.project.root).seed.file
            if seed in brought:
                found = store.read_records(Finding, path.with_name("findings.yml"), path.parent)
                done.findings[brought[seed]] = len(found)
    # What is noted of papers that were there before is for extract and check to say.
    own = {f"seeds/{seed}" for seed in brought}
    problems = [p for p in report.problems if p.level == "error" or p.file in own]
    return replace(done, problems=[*done.problems, *problems], changed=work.changed)


@dataclass(frozen=True)
class _Fetched:
    retrieval: Retrieval
    data: bytes = b""
    problems: tuple[Problem, ...] = ()


class _MissedError(Exception):
    """A record that can't be had; its text says why, ``problems`` what a curator should see."""

    def __init__(self, why: str, *problems: Problem) -> None:
        super().__init__(why)
        self.problems = problems


def _keep(project: Project, fetched: dict[str, _Fetched]) -> Included:
    """Write what was fetched: seeds, and at each record what was had of it."""
    done = Included()
    if not fetched:
        return done
    screening = read_screening(project.root)
    records = {record.id: record for record in screening.records}
    for name, got in fetched.items():
        done.problems.extend(got.problems)
        retrieval = got.retrieval
        if got.data and retrieval.seed:
            store.write_bytes(project.seeds / retrieval.seed, got.data)
            kept = done.seeds if retrieval.got == "full-text" else done.abstracts
            kept[name] = retrieval.seed
        elif retrieval.got == "nothing":
            done.missed[name] = retrieval.why or "not stated"
        if name in records:
            records[name] = records[name].model_copy(update={"retrieval": retrieval})
    write_screening(project, screening.runs, records.values())
    return done


class _Fetcher:
    """Fetches one record after the other from one service."""

    def __init__(self, desk: Desk, vocabulary: Vocabulary, papers: KnownWorks, today: date) -> None:
        self._desk = desk
        self._vocabulary = vocabulary
        self._papers = papers
        self._today = today

    def fetch(self, record: ScreeningRecord) -> _Fetched:
        """Return the full text, else the abstract's findings, else why neither."""
        try:
            hit = self._find(record)
            try:
                return self._fetch_full_text(record, hit)
            except _MissedError as error:
                return self._fetch_abstract(record, hit, str(error), error.problems)
        except _MissedError as error:
            missed = Retrieval(got="nothing", day=self._today, why=str(error))
            return _Fetched(missed, problems=error.problems)

    def _find(self, record: ScreeningRecord) -> Hit:
        """Return the service's record of today. Raises _MissedError for what is not to be read."""
        if record.published_as:
            raise _MissedError(f"a preprint, published as {record.published_as}")
        if record.trial:
            raise _MissedError("a registration: trials enter with the papers that name them")
        try:
            hit = find_article(self._desk, record.doi or "", record.pmid or "", record.pmcid or "")
        except OfflineError:
            raise
        except ServiceError as error:
            said = f"{EUROPE_PMC.name} {error}"
            raise _MissedError(said, _problem(record, "its record", str(error))) from error
        if hit is None:
            raise _MissedError(f"{EUROPE_PMC.name} has no record of it")
        if any("retraction" in notice for notice in (*hit.notices, *record.notices)):
            raise _MissedError("retracted")
        return hit

    def _fetch_full_text(self, record: ScreeningRecord, hit: Hit) -> _Fetched:
        licence = hit.licence or record.licence or ""
        if not hit.pmcid or hit.open_access is not True:
            raise _MissedError("no open full text")
        if not _OPEN.match(licence):
            raise _MissedError(f"its licence is {licence or 'not stated'}")
        there = self._papers.find(hit)
        if there:
            why = f"in the atlas already, as {there[0]}"
            return _Fetched(Retrieval(got="full-text", day=self._today, why=why, licence=licence))
        try:
            data = self._desk.fetch(f"{hit.pmcid}/fullTextXML")
            document = read_seed_bytes(data, f"{hit.pmcid}.xml")
        except OfflineError:
            raise
        except UnknownError as error:
            raise _MissedError("the service has no full text of it") from error
        except ServiceError as error:
            said = _problem(record, "its full text as XML", str(error))
            raise _MissedError(f"the full text {error}", said) from error
        except ProblemError as error:
            said = _problem(record, "its full text as XML", error.problems[0].got)
            raise _MissedError("its full text can't be read", said) from error
        paper = build_paper(document)
        own = (paper.csl.DOI or "").lower()
        if own != hit.doi if own and hit.doi else not match_work(paper.csl, hit).fits:
            said = _problem(record, hit.doi or hit.title, f"the text of {own or paper.csl.title}")
            raise _MissedError("the service sent another article", said)
        seed = name_seed(paper.id, hashlib.sha256(data).hexdigest(), ".xml")
        return _Fetched(
            Retrieval(got="full-text", day=self._today, seed=seed, licence=licence), data
        )

    def _fetch_abstract(
        self, record: ScreeningRecord, hit: Hit, why: str, problems: tuple[Problem, ...]
    ) -> _Fetched:
        """Return the sentences of an abstract that carry a finding; ``why`` there is no more."""
        if not hit.abstract:
            raise _MissedError(f"{why}; no abstract", *problems)
        there = self._papers.find(hit)
        if there:
            raise _MissedError(f"in the atlas already, as {there[0]}", *problems)
        fields = {
            "Title": hit.title,
            "Authors": "; ".join(name.strip() for name in hit.authors.split(",")),
            "Journal": hit.journal,
            "Year": str(hit.year or ""),
            "DOI": hit.doi,
            "PMID": hit.pmid,
            "PMCID": hit.pmcid,
            "Licence": hit.licence,
            "Address": hit.url,
            "Retrieved": self._today.isoformat(),
        }
        sentences = list(enumerate(find_sentences(hit.abstract), 1))
        document = read_seed_bytes(write_abstract(fields, sentences).encode(), record.id)
        found = extract_paper(document, self._vocabulary, record.id)
        findings = [f for f in found.bundle.findings if f.basis == "abstract"]
        quotes = {f.quote for f in findings if _says_something(f)}
        kept = [(number, text) for number, text in sentences if text in quotes]
        if not kept:
            raise _MissedError(f"{why}; no sentence of its abstract carries a finding", *problems)
        data = write_abstract(fields, kept).encode()
        seed = name_seed(found.bundle.paper.id, hashlib.sha256(data).hexdigest(), ".txt")
        retrieval = Retrieval(
            got="abstract", day=self._today, why=why, seed=seed, licence=hit.licence or None
        )
        return _Fetched(retrieval, data, problems)


def _says_something(finding: Finding) -> bool:
    """Return whether a statement says more than whose vesicles it is about."""
    return bool(
        finding.mechanisms or finding.outcomes or finding.conditions or finding.cargo
        or finding.vehicles or finding.quantities
    )  # fmt: skip


def _problem(record: ScreeningRecord, expected: str, got: str) -> Problem:
    return Problem("content/screening.yml", 0, "warning", "include", expected, got, field=record.id)
