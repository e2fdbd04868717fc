"""Trials beside their registry: where the two differ, and which trials are easily confused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from builder import models
from builder.curate.discrepancies import compare_trial, find_lookalikes
from builder.extract.design import judge_result, read_trial


def join_titles(references: Iterable[models.Cited]) -> dict[int, str]:
    """Return the titles of a paper's works by number, joined where several share one (3a, 3b)."""
    titles: dict[int, str] = {}
    for cited in references:
        titles[cited.number] = f"{titles.get(cited.number, '')} {cited.csl.title}".strip()
    return titles


def compare_lists(
    reported: Sequence[tuple[Sequence[models.Trial], Mapping[int, str]]],
    registry: Mapping[str, models.RegistryRecord],
) -> list[list[models.Trial]]:
    """Return each paper's trials, compared; beside them, the titles of its works by number."""
    texts: dict[str, list[str]] = {}
    for trials, titles in reported:
        for trial in trials:
            cited = [titles[number] for number in trial.references if number in titles]
            texts.setdefault(trial.id, []).extend(cited)
    everything = [trial for trials, _ in reported for trial in trials]
    lookalikes = find_lookalikes(everything, registry, texts)
    return [
        [_compare(t, registry.get(t.id), lookalikes.get(t.id, [])) for t in trials]
        for trials, _ in reported
    ]


def _compare(
    trial: models.Trial, record: models.RegistryRecord | None, lookalikes: list[str]
) -> models.Trial:
    found = compare_trial(trial, record) if record else []
    facts = describe_trial(trial, record) if record else {}
    return trial.model_copy(update={"discrepancies": found, "lookalikes": lookalikes, **facts})


# --- what a registry adds ------------------------------------------------------------------------

_EXPECTED = re.compile(r"\b(?:anticipated|estimated|expect\w*|target|planned)\b", re.IGNORECASE)
_TIME = re.compile(r"\b(\d+)\s*-?\s*(day|week|month|year)s?\b", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def describe_trial(trial: models.Trial, record: models.RegistryRecord) -> dict[str, Any]:
    """Return the fields of a trial that its registry, or its own publication there, states.

    What the paper states of the design stands; the registry fills what it leaves open.
    """

    def texts(*names: str) -> list[str]:
        facts = [f for name in names for f in record.facts.get(name, ()) if f.value is not None]
        values = [(f.value if isinstance(f.value, list) else [f.value]) for f in facts]
        return [str(v) for value in values for v in value]

    result = {} if trial.result else _find_result(texts)
    numbers = _count_participants(record)
    follow_up = _find_follow_up(record)
    stated = " ".join(texts("paper_design", "design_allocation", "design_model"))
    masking = " ".join(texts("design_masking"))
    if masking.lower() in ("none", "open", "none (open label)"):
        masking = "open label"
    known = {**read_trial(f"{stated}. {masking}"), "n": numbers.enrolled if numbers else None}
    known |= {"follow_up": follow_up}
    own = trial.design.model_dump(exclude_none=True, exclude_defaults=True)
    design = {**{k: v for k, v in known.items() if v is not None}, **own, "level": "clinical"}
    countries = [text.partition(":")[0].strip() for text in texts("countries_sites")]
    return {
        "design": models.Design.model_validate(design),
        "n": numbers or trial.n,
        "follow_up": follow_up or trial.follow_up,
        "arms": texts("arms", "paper_arms"),
        "sponsor": next(iter(texts("sponsor")), trial.sponsor),
        "countries": list(dict.fromkeys(countries)) or trial.countries,
        **result,
    }


# Facts that state a result in words, and where such a fact comes from. Numbers posted without words
# have no direction: whether a change of a score is a benefit is not guessed.
_RESULTS: tuple[tuple[str, Literal["registry", "publication"], bool], ...] = (
    ("results_summary", "registry", True),
    ("paper_findings", "publication", True),
    ("results", "registry", False),
)


def _find_result(texts: Callable[[str], list[str]]) -> dict[str, Any]:
    """Return the result that only the registry, or the publication it quotes, states."""
    for name, origin, in_words in _RESULTS:
        if found := texts(name):
            words = "; ".join(dict.fromkeys(found))
            effect = judge_result(words) if in_words else None
            return {"result": words, "result_effect": effect, "result_from": origin}
    return {}


def _count_participants(record: models.RegistryRecord) -> models.Participants | None:
    """Return the numbers of people: expected by the registry, and enrolled and analysed."""

    def count(name: str) -> tuple[int | None, str]:
        facts = [f for f in record.facts.get(name, ()) if isinstance(f.value, int)]
        fact = facts[0] if len({f.value for f in facts}) == 1 else None
        value = fact.value if fact and isinstance(fact.value, int) else None
        return value, (fact.note or "") if fact else ""

    registered, note = count("enrollment")
    enrolled, _ = count("paper_n_enrolled_patients")
    analysed, _ = count("paper_n_analysed_patients")
    expected = registered is not None and (bool(_EXPECTED.search(note)) or enrolled is not None)
    if not expected and enrolled is None:
        enrolled = registered
    if registered is None and enrolled is None and analysed is None:
        return None
    planned = registered if expected else None
    return models.Participants(planned=planned, enrolled=enrolled, analysed=analysed)


def _find_follow_up(record: models.RegistryRecord) -> str | None:
    """Return the longest time that participants are followed, as the record gives it."""
    names = ("follow_up", "paper_time_points", "primary_outcomes", "secondary_outcomes")
    facts = [f for name in names for f in record.facts.get(name, ())]
    said = " ".join(f"{f.value or ''} {f.note or ''}." for f in facts)
    times = [(int(n) * _DAYS[u.lower()], f"{n} {u.lower()}s") for n, u in _TIME.findall(said)]
    return max(times)[1] if times else None
