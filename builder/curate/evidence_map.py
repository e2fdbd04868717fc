"""The evidence map: what was tried in what, how far it was tested, and what was reported.

One row a pair of source and condition; each study counts once. Only therapeutic studies count, and
no review: harm done by native vesicles and biomarkers are shown elsewhere. A pair without a row has
no evidence in the material read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from builder.curate.studies import find_ancestors
from builder.extract.design import LEVELS
from builder.models import Best, MapRow, Result, Study, Term, Weight


def is_evidence(study: Study) -> bool:
    """Return whether a study is evidence of a treatment: no review, not taken back."""
    return study.role == "therapeutic" and study.kind != "review" and not study.retracted


def weigh_studies(studies: Iterable[Study]) -> Weight:
    """Return what studies amount to: the best design with a result, registrations, conflict.

    Of several results at the best design that differ, the result is ``mixed``. There is a conflict
    wherever one study reports a benefit and another none, whatever their designs.
    """
    listed = sorted({s.id: s for s in studies}.values(), key=lambda s: s.id)
    said = [s for s in listed if s.result != "none-reported"]
    best = None
    if said:
        level = max((s.design.level for s in said), key=LEVELS.index)
        highest = [s for s in said if s.design.level == level]
        results: set[Result] = {s.result for s in highest}
        result = results.pop() if len(results) == 1 else "mixed"
        best = Best(design=level, studies=[s.id for s in highest], result=result)
    results = {s.result for s in said}
    return Weight(
        studies=[s.id for s in listed],
        best=best,
        registered=[s.id for s in listed if s.trials and s.result == "none-reported"],
        conflict=len(results) > 1 or "mixed" in results,
    )


def find_evidence_map(studies: Iterable[Study], terms: Mapping[str, Term]) -> list[MapRow]:
    """Return the rows of the map, by source and condition.

    A source and a condition that studies name make a row where a study is of both, or of narrower
    ones: a trial in knee osteoarthritis counts in osteoarthritis.
    """
    counted = [s for s in studies if is_evidence(s)]
    named = {i for s in counted for i in (*s.sources, *s.conditions)}
    own: dict[tuple[str, str], list[Study]] = defaultdict(list)
    below: dict[tuple[str, str], list[Study]] = defaultdict(list)
    for study in counted:
        for pair in _pairs(study.sources, study.conditions):
            own[pair].append(study)
        wide = (_widen(ids, terms) & named for ids in (study.sources, study.conditions))
        for pair in _pairs(*wide):
            below[pair].append(study)
    return [
        MapRow(
            id=f"{source}--{condition}",
            source=source,
            condition=condition,
            with_subtypes=weigh_studies(found),
            **dict(weigh_studies(own.get((source, condition), ()))),
        )
        for (source, condition), found in sorted(below.items())
    ]


def _pairs(sources: Collection[str], conditions: Collection[str]) -> Iterable[tuple[str, str]]:
    return ((s, c) for s in sorted(set(sources)) for c in sorted(set(conditions)))


def _widen(ids: Iterable[str], terms: Mapping[str, Term]) -> set[str]:
    return {wide for i in ids for wide in (i, *find_ancestors(i, terms))}
