"""Running the search strategies: what the databases have, into content/screening.yml.

All is asked first and written last, in one transaction; the answers of the day are kept, and a run
that was stopped goes on from them.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

from builder.curate.review_flow import read_screening, read_strategies
from builder.errors import Problem, refuse, suggest
from builder.models.review import Database, Run, ScreeningRecord, Sighting, Strategy
from builder.project import Project
from builder.refresh import Setting, literature, report_offline
from builder.refresh.clinicaltrials import search_trials
from builder.refresh.hits import Index, KnownWorks, Page, add_hits
from builder.refresh.http_client import (
    CLINICAL_TRIALS,
    CROSSREF,
    EUROPE_PMC,
    PUBMED,
    Desk,
    OfflineError,
    Service,
    ServiceError,
    UnknownError,
    find_text,
    find_value,
)
from builder.refresh.screening import write_screening
from builder.store import Library
from builder.store.library import load
from builder.store.transaction import transaction

_SERVICES: dict[str, Service] = {s.name: s for s in (EUROPE_PMC, CLINICAL_TRIALS, CROSSREF, PUBMED)}


@dataclass(frozen=True)
class Searched:
    """What a search brought: each run, how many records there are now, and what went wrong."""

    runs: list[Run] = field(default_factory=list)
    records: int = 0
    duplicates: int = 0
    waiting: int = 0
    problems: list[Problem] = field(default_factory=list)


def search(
    project: Project,
    names: Collection[str] = (),
    setting: Setting | None = None,
    notify: Callable[[str], None] = lambda _: None,
) -> Searched:
    """Run strategies (all where none is named) and keep what is new.

    Raises ProblemError, and changes nothing, where a strategy is unknown or broken, or the service
    can't be reached; a strategy whose service answers badly is a problem, and the others go on.
    """
    setting = (setting or Setting.now()).with_contact(project)
    strategies = _choose(read_strategies(project.root), names)
    library = load(project)
    answers: list[tuple[Strategy, list[Page]]] = []
    problems: list[Problem] = []
    for strategy in strategies:
        notify(f"{strategy.database}: {strategy.id}")
        try:
            with setting.open_desk(_SERVICES[strategy.database], project) as desk:
                missed: list[str] = []
                pages = list(_bounded(_ask(strategy, desk, library, missed), strategy.most))
            answers.append((strategy, pages))
            if missed:
                expected = f"each paper of the atlas in {strategy.database}"
                got = f"no record of {', '.join(missed)}"
                file = f"content/searches/{strategy.id}.yml"
                problems.append(Problem(file, 0, "note", "search-paper", expected, got))
        except OfflineError as error:
            raise report_offline("search", error) from error
        except ServiceError as error:
            file = f"content/searches/{strategy.id}.yml"
            said = f"an answer of {strategy.database}"
            problems.append(Problem(file, 0, "error", "search", said, f"one that {error}"))
    with transaction(project) as work:
        kept = read_screening(work.project.root)
        index = Index()
        for record in kept.records:
            index.add(record)
        items = (library.paper_items, library.cited_items)
        known = [KnownWorks(works, library.identifiers) for works in items]
        made = [_take(index, *answer, known, setting.today) for answer in answers]
        fresh = {(run.strategy, run.day) for run in made}
        others = [run for run in kept.runs if (run.strategy, run.day) not in fresh]
        earlier = Counter({(run.strategy, run.day): run.new for run in kept.runs})
        joined = [
            run.model_copy(update={"new": run.new + earlier[run.strategy, run.day]}) for run in made
        ]
        if made:
            write_screening(work.project, [*others, *joined], index.records.values())
    records = index.records.values()
    distinct = [record for record in records if not record.duplicate]
    waiting = sum(record.verdict is None for record in distinct)
    return Searched(made, len(records), len(records) - len(distinct), waiting, problems)


def _take(
    index: Index, strategy: Strategy, pages: list[Page], known: list[KnownWorks], today: date
) -> Run:
    """Take what a strategy found into the index, and return its run."""
    sighting = Sighting(strategy=strategy.id, database=strategy.database, day=today)
    hits = [hit for page in pages for hit in page.hits]
    taken, new = add_hits(index, hits, sighting, *known)
    return Run(
        strategy=strategy.id,
        database=strategy.database,
        day=today,
        found=max(taken, sum(page.total for page in pages)),
        taken=taken,
        new=new,
    )


def _choose(strategies: list[Strategy], names: Collection[str]) -> list[Strategy]:
    known = {strategy.id: strategy for strategy in strategies}
    if not known:
        hint = "Put one there: docs/howto/living-review.md shows its form."
        raise refuse("content/searches", "search", "a search strategy", "none", hint=hint)
    for name in names:
        if name not in known:
            expected, hint = f"one of {', '.join(known)}", suggest(name, known)
            raise refuse("search", "search", expected, name, hint=hint)
    return [known[name] for name in names] if names else strategies


def _ask(strategy: Strategy, desk: Desk, library: Library, missed: list[str]) -> Iterator[Page]:
    """Yield what a strategy finds; papers whose citations can't be chased are ``missed``."""
    if strategy.query:
        yield from _first_total(SEARCHES[strategy.database](desk, strategy.query))
        return
    for name, bundle in library.papers.items():
        csl, known = bundle.paper.csl, library.identifiers.get(name)
        marks = [
            getattr(csl, mark) or (getattr(known, mark.lower()) if known else None) or ""
            for mark in ("DOI", "PMID", "PMCID")
        ]
        try:
            address = literature.find_address(marks[0], marks[1], marks[2], desk)
            if address and strategy.chasing:
                yield from _first_total(literature.chase_citations(desk, address, strategy.chasing))
            else:
                missed.append(name)
        except UnknownError:
            missed.append(name)


def _first_total(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield pages of which the first alone bears the total."""
    for number, page in enumerate(pages):
        yield page if not number else Page(page.hits, 0)


def _bounded(pages: Iterator[Page], most: int) -> Iterator[Page]:
    left = most
    for page in pages:
        if left <= 0:
            return
        yield Page(page.hits[:left], page.total)
        left -= len(page.hits)


def find_abstract(project: Project, record: ScreeningRecord, setting: Setting | None = None) -> str:
    """Return the abstract of a record as the service has it; empty where none can be had.

    Raises OfflineError where the service can't be reached at all.
    """
    setting = (setting or Setting.now()).with_contact(project)
    try:
        if record.trial:
            with setting.open_desk(CLINICAL_TRIALS, project) as desk:
                answer = desk.ask(f"studies/{record.trial}", {"format": "json"})
                module = find_value(answer.data, "protocolSection", "descriptionModule")
                return find_text(module, "briefSummary")
        with setting.open_desk(EUROPE_PMC, project) as desk:
            hit = literature.find_article(
                desk, record.doi or "", record.pmid or "", record.pmcid or ""
            )
            return hit.abstract if hit else ""
    except OfflineError:
        raise
    except ServiceError:
        return ""


SEARCHES: dict[Database, Callable[[Desk, str], Iterator[Page]]] = {
    "Europe PMC": literature.search_europe_pmc,
    "ClinicalTrials.gov": search_trials,
    "Crossref": literature.search_crossref,
    "PubMed": literature.search_pubmed,
}
