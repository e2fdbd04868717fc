"""A trial that several papers tell of: one record for all, with each telling kept.

A registry id is one trial, one page and one row of every export, however many papers tell of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from builder.models import Trial

# What belongs to one telling only, and is never taken over from another.
_OWN = frozenset({"id", "paper", "locator", "references", "quote", "label"})


def group_tellings(trials: Iterable[Trial]) -> dict[str, list[Trial]]:
    """Return the tellings of each trial, by its id; the fullest comes first."""
    found: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        found[trial.id].append(trial)
    return {name: sorted(told, key=_rank) for name, told in sorted(found.items())}


def _rank(trial: Trial) -> tuple[int, str, int]:
    stated = sum(getattr(trial, name) not in (None, []) for name in Trial.model_fields)
    return (-stated, trial.paper, trial.locator.line)


def merge_tellings(told: Sequence[Trial]) -> Trial:
    """Return one record of a trial: the first telling, completed by the others.

    Where two tell otherwise the first one stands; lists of terms are united. Quote, place and
    reference numbers stay those of the first telling, for they mean nothing in another paper.
    """
    first, *others = told
    update: dict[str, Any] = {}
    for name in Trial.model_fields:
        if name in _OWN:
            continue
        values = [getattr(t, name) for t in told if getattr(t, name) not in (None, [])]
        if isinstance(getattr(first, name), list):
            update[name] = _unite(values)
        elif values:
            update[name] = values[0]
    return first.model_copy(update=update) if others else first


def _unite(lists: Iterable[list[Any]]) -> list[Any]:
    found: list[Any] = []
    for items in lists:
        found += [item for item in items if item not in found]
    return found


def find_trials(trials: Iterable[Trial]) -> list[Trial]:
    """Return one record a trial, by id."""
    return [merge_tellings(told) for told in group_tellings(trials).values()]
