"""Trials beside their registry: where the two differ, and which trials are easily confused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from builder import models
from builder.discrepancies import compare_trial, find_lookalikes
from builder.store import PaperBundle


def compare_trials(
    bundles: Sequence[PaperBundle], registry: Mapping[str, models.RegistryRecord]
) -> list[PaperBundle]:
    """Return the bundles, each trial with its discrepancies and look-alikes over all papers."""
    trials = [trial for bundle in bundles for trial in bundle.trials]
    texts: dict[str, list[str]] = {}
    for bundle in bundles:
        titles = {cited.number: cited.csl.title for cited in bundle.references}
        for trial in bundle.trials:
            cited = [titles[number] for number in trial.references if number in titles]
            texts.setdefault(trial.id, []).extend(cited)
    lookalikes = find_lookalikes(trials, registry, texts)
    return [
        replace(
            bundle,
            trials=[
                _compare(t, registry.get(t.id), lookalikes.get(t.id, [])) for t in bundle.trials
            ],
        )
        for bundle in bundles
    ]


def _compare(
    trial: models.Trial, record: models.RegistryRecord | None, lookalikes: list[str]
) -> models.Trial:
    found = compare_trial(trial, record) if record else []
    return trial.model_copy(update={"discrepancies": found, "lookalikes": lookalikes})
