"""What ClinicalTrials.gov has: searches, and each study as facts beside those gathered by hand.

The answers are those of API v2, ``GET /studies`` and ``GET /studies/{nct}``, as its study data
structure describes them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from builder.errors import Level, Problem
from builder.models import Fact, RegistryRecord
from builder.refresh.hits import Asked, Hit, Page
from builder.refresh.http_client import (
    Answer,
    Desk,
    OfflineError,
    ServiceError,
    UnknownError,
    find_list,
    find_records,
    find_text,
    find_texts,
    find_total,
    find_value,
    find_year,
)
from builder.text import ids
from builder.text.ids import registry_url

# The registry's codes as it prints them on its pages, where they do not follow from the code.
_PRINTED: dict[str, str] = {
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "NA": "N/A",
    "EARLY_PHASE1": "Early Phase 1",
    "NON_RANDOMIZED": "Non-randomized",
    "UNKNOWN": "Unknown",
}
STATUS = "overall_status"
_ROWS = 100


def search_trials(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the pages of ``GET /studies`` of ClinicalTrials.gov, by its page token."""
    token = ""
    total = 0
    while True:
        parameters = {"query.term": query, "pageSize": str(_ROWS), "format": "json"}
        parameters |= {"pageToken": token} if token else {"countTotal": "true"}
        answer = desk.ask("studies", parameters)
        studies = find_records(answer.data, "studies")
        total = find_total(answer.data, "totalCount") or total
        yield Page([_parse_study(s) for s in studies], max(total, len(studies)))
        token = find_text(answer.data, "nextPageToken")
        if not token:
            return


def _parse_study(study: Any) -> Hit:
    protocol = find_value(study, "protocolSection")
    names = find_value(protocol, "identificationModule")
    number = find_text(names, "nctId").upper()
    kind = find_text(protocol, "designModule", "studyType").replace("_", " ").lower()
    return Hit(
        title=find_text(names, "officialTitle") or find_text(names, "briefTitle"),
        authors=find_text(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name"),
        year=find_year(protocol, "statusModule", "studyFirstPostDateStruct", "date"),
        trial=number,
        types=tuple(filter(None, ["registered trial", kind])),
        url=registry_url("clinicaltrials", number) if number else "",
        abstract=find_text(protocol, "descriptionModule", "briefSummary"),
    )


def ask_study(desk: Desk, number: str) -> Answer:
    """Return what the registry says of a study. Raises ServiceError."""
    answer = desk.ask(f"studies/{number}", {"format": "json"})
    reported = find_text(answer.data, "protocolSection", "identificationModule", "nctId")
    if reported.upper() != number.upper():
        raise ServiceError(
            f"answers with the study {reported}" if reported else "answers with no study"
        )
    return answer


def find_facts(study: dict[str, Any], url: str, today: date) -> dict[str, list[Fact]]:
    """Return a study's facts by the names that registry records use; what it leaves out is absent.

    Each fact bears the day on which it was asked and the address that stated it.
    """
    protocol = find_value(study, "protocolSection") or {}
    values: list[tuple[str, Any, str]] = []
    for name, find in _FIELDS:
        values += [(name, value, note) for value, note in find(protocol) if value not in ("", [])]
    results = find_value(study, "hasResults")
    if isinstance(results, bool):
        values.append(("results_posted", results, ""))
    values += [("results", text, "") for text in _find_results(study)]
    values += [("adverse_events", text, note) for text, note in _find_harms(study)]
    facts: dict[str, list[Fact]] = {}
    for name, value, note in values:
        fact = Fact(value=value, as_of=today.isoformat(), note=note or None, urls=[url])
        facts.setdefault(name, []).append(fact)
    return facts


def _find_results(study: dict[str, Any]) -> Iterator[str]:
    """Yield the posted numbers of each primary outcome: by time and group, then the comparison.

    Which way of a scale is better is not posted, so that no direction is read from numbers.
    """
    module = find_value(study, "resultsSection", "outcomeMeasuresModule")
    for outcome in find_list(module, "outcomeMeasures"):
        if find_text(outcome, "type") != "PRIMARY":
            continue
        groups = _name_groups(outcome, "groups")
        measured = [
            _measure(outcome, held, category, groups)
            for held in find_list(outcome, "classes")
            for category in find_list(held, "categories")
        ]
        if not (parts := [numbers for numbers in measured if numbers]):
            continue
        frame, unit = find_text(outcome, "timeFrame"), find_text(outcome, "unitOfMeasure")
        kind = spell_code(find_text(outcome, "paramType")).lower()
        words = [find_text(outcome, "title") + (f" ({frame})" if frame else ""), kind]
        words += [unit] if unit.lower() not in kind.split() else []
        spread = find_text(outcome, "dispersionType").lower()
        if spread:
            sign = "± is" if any("±" in part for part in parts) else "intervals are"
            parts.append(f"{sign} the {spread}")
        parts += filter(None, map(_compare, find_list(outcome, "analyses")))
        yield f"{', '.join(filter(None, words))}: {'; '.join(parts)}"


def _name_groups(module: Any, key: str) -> dict[str, str]:
    return {find_text(g, "id"): find_text(g, "title") for g in find_list(module, key)}


def _measure(outcome: Any, held: Any, category: Any, groups: Mapping[str, str]) -> str:
    """Return the numbers of one row of an outcome: ``6 months: EVs 4.0 ± 1.5 (n = 31)``."""
    denoms = find_list(held, "denoms") or find_list(outcome, "denoms")
    sizes = {find_text(c, "groupId"): find_text(c, "value")
             for d in denoms[:1] for c in find_list(d, "counts")}  # fmt: skip
    said = []
    for number in find_list(category, "measurements"):
        names = ("groupId", "value", "spread", "lowerLimit", "upperLimit", "comment")
        group, value, spread, low, high, comment = (find_text(number, name) for name in names)
        if not value:
            continue
        size = f"n = {sizes[group]}" if group in sizes else ""
        brackets = _join(f"{low} to {high}" if low and high else "", size, comment)
        said.append(f"{groups.get(group, '')} {value}".strip() + (f" ± {spread}" if spread else "")
                    + (f" ({brackets})" if brackets else ""))  # fmt: skip
    titles = filter(None, [find_text(held, "title"), find_text(category, "title")])
    return ": ".join([*titles, ", ".join(said)]) if said else ""


def _compare(analysis: Any) -> str:
    """Return what a statistical comparison gives: its estimate with the interval, and p."""
    kind, value, p = (find_text(analysis, n) for n in ("paramType", "paramValue", "pValue"))
    limits = [find_text(analysis, name) for name in ("ciLowerLimit", "ciUpperLimit")]
    level = find_text(analysis, "ciPctValue")
    interval = f" ({level}% CI {' to '.join(limits)})" if level and all(limits) else ""
    estimate = f"{kind} {value}{interval}".strip() if value else ""
    return ", ".join(filter(None, [estimate, p and (f"p {p}" if p[0] in "<>=" else f"p = {p}")]))


def _find_harms(study: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how many of each group died or had an adverse event, and each serious event."""
    module = find_value(study, "resultsSection", "adverseEventsModule")
    frame = find_text(module, "timeFrame")
    note = f"time frame: {frame}" if frame else ""
    for group in find_list(module, "eventGroups"):
        found = ((w, _count_affected(group, f"{k}NumAffected", f"{k}NumAtRisk")) for w, k in _HARMS)
        counts = [f"{word} {count}" for word, count in found if count]
        if counts:
            yield f"{find_text(group, 'title')}: {', '.join(counts)}", note
    groups = _name_groups(module, "eventGroups")
    for event in find_list(module, "seriousEvents"):
        affected = [f"{groups.get(find_text(s, 'groupId'), '')} {count}".strip()
                    for s in find_list(event, "stats")
                    if (count := _count_affected(s, "numAffected", "numAtRisk"))]  # fmt: skip
        if affected:
            yield f"{find_text(event, 'term')} (serious): {', '.join(affected)}", ""


_HARMS = (("died", "deaths"), ("serious", "serious"), ("other", "other"))


def _count_affected(counts: Any, affected: str, at_risk: str) -> str:
    numbers = [find_value(counts, name) for name in (affected, at_risk)]
    return f"{numbers[0]} of {numbers[1]}" if all(isinstance(n, int) for n in numbers) else ""


def spell_code(code: str) -> str:
    """Return one of the registry's codes as it prints it: ``PHASE1`` gives ``Phase 1``."""
    if code in _PRINTED:
        return _PRINTED[code]
    if code.startswith("PHASE") and code[len("PHASE") :].isdecimal():
        return f"Phase {code[len('PHASE') :]}"
    return code.replace("_", " ").capitalize()


Values = Iterator[tuple[Any, str]]


def _text(*path: str) -> Callable[[Any], Values]:
    return lambda protocol: iter([(find_text(protocol, *path), "")])


def _code(*path: str) -> Callable[[Any], Values]:
    return lambda protocol: iter([(spell_code(find_text(protocol, *path)), "")])


def _day(*path: str) -> Callable[[Any], Values]:
    """Find a date and say whether it is actual or estimated."""

    def find(protocol: Any) -> Values:
        kind = find_text(protocol, *path, "type").lower()
        yield find_text(protocol, *path, "date"), kind

    return find


def _texts(*path: str) -> Callable[[Any], Values]:
    return lambda protocol: ((text, "") for text in find_texts(protocol, *path))


def _join(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _status(protocol: Any) -> Values:
    module = find_value(protocol, "statusModule")
    names = ("statusVerifiedDate", "lastKnownStatus", "whyStopped")
    verified, last, why = (find_text(module, name) for name in names)
    yield (
        spell_code(find_text(module, "overallStatus")),
        _join(
            verified and f"record verified {verified}",
            last and f"last known status: {spell_code(last)}",
            why and f"why stopped: {why}",
        ),
    )


def _phases(protocol: Any) -> Values:
    yield "/".join(spell_code(p) for p in find_texts(protocol, "designModule", "phases")), ""


def _enrolled(protocol: Any) -> Values:
    info = find_value(protocol, "designModule", "enrollmentInfo")
    count = find_value(info, "count")
    if isinstance(count, int) and not isinstance(count, bool):
        yield count, find_text(info, "type").lower()


def _other_ids(protocol: Any) -> Values:
    module = find_value(protocol, "identificationModule")
    others = [find_text(info, "id") for info in find_list(module, "secondaryIdInfos")]
    yield [i for i in (find_text(module, "orgStudyIdInfo", "id"), *others) if i], ""


def _arms(protocol: Any) -> Values:
    for arm in find_list(protocol, "armsInterventionsModule", "armGroups"):
        kind = find_text(arm, "type")
        said = kind and f"type: {spell_code(kind)}"
        yield find_text(arm, "label"), _join(said, find_text(arm, "description"))


def _interventions(protocol: Any) -> Values:
    for given in find_list(protocol, "armsInterventionsModule", "interventions"):
        name, kind = find_text(given, "name"), find_text(given, "type")
        yield (f"{spell_code(kind)}: {name}" if kind and name else name), ""


def _other_names(protocol: Any) -> Values:
    for given in find_list(protocol, "armsInterventionsModule", "interventions"):
        yield from ((name, "") for name in find_texts(given, "otherNames"))


def _outcomes(kind: str) -> Callable[[Any], Values]:
    def find(protocol: Any) -> Values:
        for outcome in find_list(protocol, "outcomesModule", kind):
            frame, reported = find_text(outcome, "timeFrame"), find_text(outcome, "description")
            yield (
                find_text(outcome, "measure"),
                _join(frame and f"time frame: {frame}", reported and f"description: {reported}"),
            )

    return find


def _countries(protocol: Any) -> Values:
    for place in find_list(protocol, "contactsLocationsModule", "locations"):
        country, *site = (find_text(place, name) for name in ("country", "facility", "city"))
        yield ": ".join(filter(None, [country, ", ".join(filter(None, site))])), ""


def _publications(protocol: Any) -> Values:
    for work in find_list(protocol, "referencesModule", "references"):
        pmid = find_text(work, "pmid")
        kind = find_text(work, "type").lower()
        yield find_text(work, "citation"), _join(pmid and f"PMID {pmid}", kind)


_NAMES, _STATE = "identificationModule", "statusModule"
_DESIGN, _WHO = ("designModule", "designInfo"), "eligibilityModule"
_FIELDS: tuple[tuple[str, Callable[[Any], Values]], ...] = (
    ("registry_id", _text(_NAMES, "nctId")),
    ("other_ids", _other_ids),
    ("brief_title", _text(_NAMES, "briefTitle")),
    ("official_title", _text(_NAMES, "officialTitle")),
    ("acronym", _text(_NAMES, "acronym")),
    ("sponsor", _text("sponsorCollaboratorsModule", "leadSponsor", "name")),
    ("countries_sites", _countries),
    (STATUS, _status),
    ("phase", _phases),
    ("study_type", _code("designModule", "studyType")),
    ("design_allocation", _code(*_DESIGN, "allocation")),
    ("design_masking", _code(*_DESIGN, "maskingInfo", "masking")),
    ("design_model", _code(*_DESIGN, "interventionModel")),
    ("design_primary_purpose", _code(*_DESIGN, "primaryPurpose")),
    ("enrollment", _enrolled),
    ("start_date", _day(_STATE, "startDateStruct")),
    ("primary_completion", _day(_STATE, "primaryCompletionDateStruct")),
    ("completion", _day(_STATE, "completionDateStruct")),
    ("first_posted", _day(_STATE, "studyFirstPostDateStruct")),
    ("last_update", _day(_STATE, "lastUpdatePostDateStruct")),
    ("condition", _texts("conditionsModule", "conditions")),
    ("intervention_name", _interventions),
    ("intervention_other_names", _other_names),
    ("arms", _arms),
    ("primary_outcomes", _outcomes("primaryOutcomes")),
    ("secondary_outcomes", _outcomes("secondaryOutcomes")),
    ("eligibility_sex", _code(_WHO, "sex")),
    ("linked_publications", _publications),
)


# --- all trials ----------------------------------------------------------------------------------


def ask_trials(
    numbers: Iterable[str],
    known: Mapping[str, RegistryRecord],
    desk: Desk,
    today: date,
    notify: Callable[[str], None],
) -> Asked[RegistryRecord]:
    """Return what ClinicalTrials.gov says of each trial with a number of its own.

    Raises OfflineError where the registry can't be reached; other failures are problems of their
    trial, and the others go on. Trials of other registries, which offer no such interface, get a
    note.
    """
    done: Asked[RegistryRecord] = Asked()
    wanted = sorted({number.upper() for number in numbers})
    for number in wanted:
        file = f"content/registry/{number.lower()}.yml"
        if not ids.NCT.fullmatch(number):
            expected = "a trial of ClinicalTrials.gov"
            hint = "Look at its registry's page and keep what it says by hand."
            done.problems.append(
                Problem(file, 0, "note", "refresh-registry", expected, number, hint=hint)
            )
            continue
        notify(f"{desk.service.name}: {number}")
        done.asked += 1
        try:
            answer = ask_study(desk, number)
        except OfflineError:
            raise
        except ServiceError as error:
            level: Level = "warning" if isinstance(error, UnknownError) else "error"
            said, got = f"an answer of {desk.service.name} about {number}", f"one that {error}"
            done.problems.append(Problem(file, 0, level, "refresh-answer", said, got))
            continue
        url = f"{desk.service.base}/studies/{number}"  # by which is_asked knows the facts
        facts = find_facts(answer.data, url, today)
        old = known.get(number.lower())
        new = merge_record(old, number, facts, desk.service.name, today)
        done.records[new.id] = new
        done.changes.extend(_report_change(old, new))
    return done


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
            fresh = [
                next((e for e in earlier if (e.value, e.note) == (fact.value, fact.note)), fact)
                for fact in fresh
            ]
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


def _report_change(old: RegistryRecord | None, new: RegistryRecord) -> Iterable[str]:
    was = next(iter(old.facts.get(STATUS, ())), None) if old else None
    now = next(iter(new.facts.get(STATUS, ())), None)
    if was and now and was.value != now.value:
        since = f" ({was.as_of})" if was.as_of else ""
        yield f"{new.registry_id}: status was {was.value}{since}, is {now.value}"
