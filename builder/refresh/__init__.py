"""Keeping up to date: what registries and bibliographic services say today, into content/.

Everything is asked first and written last: offline, or stopped half-way, nothing changes.
"""

import contextlib
import os
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from builder import models, store
from builder.errors import Problem, ProblemError, refuse
from builder.project import Project
from builder.refresh import http_client
from builder.refresh.clinicaltrials import ask_trials
from builder.refresh.hits import Asked
from builder.refresh.references import Desks, ask_works
from builder.store import Library
from builder.store.transaction import transaction

__all__ = ["PARTS", "Refreshed", "Setting", "find_today", "refresh", "report_offline"]

PARTS = ("trials", "references")


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: files changed, news in words, problems, questions kept."""

    changed: list[Path] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    trials: int = 0
    works: int = 0
    questions: int = 0


def find_today(environment: Mapping[str, str] = os.environ) -> date:
    """Return the day that answers are dated with: SOURCE_DATE_EPOCH where set, else today."""
    given = environment.get("SOURCE_DATE_EPOCH", "")
    with contextlib.suppress(OverflowError, OSError, ValueError):
        if given.isdecimal():
            return datetime.fromtimestamp(float(given), UTC).date()
    return datetime.fromtimestamp(time.time(), UTC).date()


@dataclass(frozen=True)
class Setting:
    """How to ask: the day, the manners, where the services are, and how to wait."""

    today: date
    manners: http_client.Manners = field(default_factory=http_client.Manners)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def now(cls) -> Self:
        """Return the setting of this day and this machine."""
        return cls(find_today())

    def with_contact(self, project: Project) -> Self:
        """Return the setting with the address that services may write to."""
        if self.manners.contact:
            return self
        contact = http_client.find_contact(project.root, self.environment)
        return replace(self, manners=replace(self.manners, contact=contact))

    def open_desk(self, service: http_client.Service, project: Project) -> http_client.Desk:
        """Return a service, open for questions."""
        cache = project.build / "cache" / "answers.sqlite"
        there = http_client.at(service, self.environment)
        return http_client.Desk(there, self.manners, cache, self.today, self.sleep)


def report_offline(command: str, error: Exception) -> ProblemError:
    """Return what a command says that could not reach a service; it has changed nothing."""
    hint = "Nothing was changed. Is this machine online?"
    return refuse(command, "offline", "an answer", f"none: {error}", hint=hint)


def refresh(
    project: Project,
    parts: Collection[str] = PARTS,
    setting: Setting | None = None,
    notify: Callable[[str], None] = lambda _: None,
) -> Refreshed:
    """Ask the services about trials, references or both, and write what they say.

    Raises ProblemError, and changes nothing, where a service can't be reached or content/ is
    broken.
    """
    setting = (setting or Setting.now()).with_contact(project)
    library = store.load(project)
    trials: Asked[models.RegistryRecord] = Asked()
    works: Asked[models.Identifiers] = Asked()
    try:
        if "trials" in parts:
            with setting.open_desk(http_client.CLINICAL_TRIALS, project) as desk:
                known = library.registry
                trials = ask_trials(_numbers(library), known, desk, setting.today, notify)
        if "references" in parts:
            with (
                setting.open_desk(http_client.CROSSREF, project) as first,
                setting.open_desk(http_client.EUROPE_PMC, project) as second,
            ):
                desks = Desks(first, second, setting.manners.contact, setting.today)
                works = ask_works(_works(library), library.identifiers, desks, notify)
    except http_client.OfflineError as error:
        raise report_offline("refresh", error) from error
    with transaction(project) as work:
        content = work.project.content
        for record in trials.records.values():
            store.write_records(content / "registry" / f"{record.id}.yml", record)
        if works.records:
            entries = {**library.identifiers, **works.records}
            store.write_records(content / "identifiers.yml", [entries[n] for n in sorted(entries)])
    return Refreshed(
        changed=work.changed,
        news=[*trials.changes, *works.changes],
        problems=sorted([*trials.problems, *works.problems], key=Problem.sort_key),
        trials=trials.asked,
        works=works.asked,
        questions=sum(len(entry.questions) for entry in works.records.values()),
    )


def _numbers(library: Library) -> list[str]:
    """Return the registry numbers of all trials: those that papers state, and those kept."""
    reported = [trial.registry for trial in library.trials()]
    return sorted({*reported, *(record.registry_id for record in library.registry.values())})


def _works(library: Library) -> dict[str, models.CslItem]:
    """Return the works to ask for: all that are cited, and the papers themselves."""
    cited = {name: work.csl for name, work in library.references.items() if work.parsed}
    return {**cited, **library.paper_items}
