"""Trials beside their registry: where the two differ, and which trials are easily confused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from builder import models
from builder.curate.discrepancies import compare_trial, find_lookalikes
from builder.store import PaperBundle


def compare_trials(
    bundles: Sequence[PaperBundle], registry: Mapping[str, models.RegistryRecord]
) -> list[PaperBundle]:
    """Return the bundles, each trial with its discrepancies and look-alikes over all papers."""
    told = [(b.trials, join_titles(b.references)) for b in bundles]
    compared = compare_lists(told, registry)
    return [replace(b, trials=trials) for b, trials in zip(bundles, compared, strict=True)]


def join_titles(references: Iterable[models.Cited]) -> dict[int, str]:
    """Return the titles of a paper's works by number, joined where several share one (3a, 3b)."""
    titles: dict[int, str] = {}
    for cited in references:
        titles[cited.number] = f"{titles.get(cited.number, '')} {cited.csl.title}".strip()
    return titles


def compare_lists(
    told: Sequence[tuple[Sequence[models.Trial], Mapping[int, str]]],
    registry: Mapping[str, models.RegistryRecord],
) -> list[list[models.Trial]]:
    """Return each paper's trials, compared; beside them, the titles of its works by number."""
    texts: dict[str, list[str]] = {}
    for trials, titles in told:
        for trial in trials:
            cited = [titles[number] for number in trial.references if number in titles]
            texts.setdefault(trial.id, []).extend(cited)
    everything = [trial for trials, _ in told for trial in trials]
    lookalikes = find_lookalikes(everything, registry, texts)
    return [
        [_compare(t, registry.get(t.id), lookalikes.get(t.id, [])) for t in trials]
        for trials, _ in told
    ]


def _compare(
    trial: models.Trial, record: models.RegistryRecord | None, lookalikes: list[str]
) -> models.Trial:
    found = compare_trial(trial, record) if record else []
    return trial.model_copy(update={"discrepancies": found, "lookalikes": lookalikes})
