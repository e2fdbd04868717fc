"""Asking the registry of each trial, and laying its answer beside the facts gathered by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from builder.errors import Level, Problem
from builder.models import Fact, RegistryRecord
from builder.refresh.clinicaltrials import STATUS, ask_study, find_facts, study_address
from builder.refresh.http_client import Desk, OfflineError, ServiceError, UnknownError
from builder.text import ids


@dataclass(frozen=True)
class TrialsAsked:
    """Registry records to write, statuses that changed (in words), and what went wrong."""

    records: list[RegistryRecord] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    asked: int = 0


def ask_trials(
    numbers: Iterable[str],
    known: Mapping[str, RegistryRecord],
    desk: Desk,
    today: date,
    notify: Callable[[str], None],
) -> TrialsAsked:
    """Return what ClinicalTrials.gov says of each trial with a number of its own.

    Raises OfflineError where the registry can't be reached; other failures are problems of their
    trial, and the others go on. Trials of other registries, which offer no such interface, get a
    note.
    """
    done = TrialsAsked()
    wanted = sorted({number.upper() for number in numbers})
    asked = [number for number in wanted if ids.NCT.fullmatch(number)]
    for number in wanted:
        file = f"content/registry/{number.lower()}.yml"
        if number not in asked:
            hint = "Look at its registry's page and keep what it says by hand."
            done.problems.append(
                Problem(file, 0, "note", "refresh-registry", "a trial of ClinicalTrials.gov",
                        number, hint=hint)
            )  # fmt: skip
            continue
        notify(f"{desk.service.name}: {number}")
        try:
            answer = ask_study(desk, number)
        except OfflineError:
            raise
        except ServiceError as error:
            level: Level = "warning" if isinstance(error, UnknownError) else "error"
            said = f"an answer of {desk.service.name} about {number}"
            done.problems.append(
                Problem(file, 0, level, "refresh-answer", said, f"one that {error}")
            )
            continue
        url = study_address(desk.service, number)
        facts = find_facts(answer.data, url, today)
        old = known.get(number.lower())
        new = merge_record(old, number, facts, desk.service.name, today)
        done.records.append(new)
        done.changes.extend(_report_change(old, new))
    return TrialsAsked(done.records, done.changes, done.problems, len(asked))


def is_asked(fact: Fact, number: str) -> bool:
    """Return whether a fact comes from the registry's own interface, and not from hand."""
    address = re.compile(rf"/studies/{re.escape(number)}$", re.IGNORECASE)
    return any(address.search(url) for url in fact.urls)


def merge_record(
    old: RegistryRecord | None,
    number: str,
    facts: Mapping[str, list[Fact]],
    registry: str,
    today: date,
) -> RegistryRecord:
    """Return the record with the registry's facts first and all facts gathered by hand behind them.

    A fact that says what it said before keeps its first day, but for the status, which holds as of
    the day it was asked. Statuses that held before stay, each with its last day.
    """
    before = old.facts if old else {}
    names = [*before, *(name for name in facts if name not in before)]
    merged: dict[str, list[Fact]] = {}
    for name in names:
        held = before.get(name, [])
        hand = [fact for fact in held if not is_asked(fact, number)]
        earlier = [fact for fact in held if is_asked(fact, number)]
        fresh = facts.get(name, [])
        if name == STATUS:
            now = {fact.value for fact in fresh}
            fresh = [*fresh, *(fact for fact in earlier if fact.value not in now)]
        else:
            fresh = [_keep_day(fact, earlier) for fact in fresh]
        if fresh or hand:
            merged[name] = [*fresh, *hand]
    return RegistryRecord(
        id=number.lower(),
        registry_id=number,
        registry=old.registry if old else registry,
        collected=today,
        limits=old.limits if old else None,
        facts=merged,
    )


def _keep_day(fact: Fact, earlier: Iterable[Fact]) -> Fact:
    same = (e for e in earlier if (e.value, e.note) == (fact.value, fact.note))
    return next(same, fact)


def _report_change(old: RegistryRecord | None, new: RegistryRecord) -> Iterable[str]:
    was = next(iter(old.facts.get(STATUS, ())), None) if old else None
    now = next(iter(new.facts.get(STATUS, ())), None)
    if was and now and was.value != now.value:
        since = f" ({was.as_of})" if was.as_of else ""
        yield f"{new.registry_id}: status was {was.value}{since}, is {now.value}"
