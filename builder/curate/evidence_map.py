"""The evidence map: what was tried in what, how far it was tested, and what was reported.

One row a pair of source and condition; each study counts once. Reviews and retracted work never
count. The site's map, the home page and the API all show these rows. A pair without a row has no
evidence in the material read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from builder.curate.studies import find_ancestors
from builder.extract.design import LEVELS
from builder.models import Best, MapRow, Result, Study, StudyRole, Term, Weight

TREATMENT: tuple[StudyRole, ...] = ("therapeutic",)
# Types of conditions that something is tried in; a sign, a symptom or a severity is no disease.
_TREATED = ("disease", "defect", "injury")


def find_best(studies: Iterable[Study]) -> Best | None:
    """Return the highest design among studies with a reported result, and the result there.

    Of several results at that design that differ, the result is ``mixed``.
    """
    stated = [s for s in studies if s.result != "none-reported"]
    if not stated:
        return None
    level = max((s.design.level for s in stated), key=LEVELS.index)
    highest = [s for s in stated if s.design.level == level]
    results: set[Result] = {s.result for s in highest}
    result = results.pop() if len(results) == 1 else "mixed"
    return Best(design=level, studies=[s.id for s in highest], result=result)


def weigh_studies(studies: Iterable[Study]) -> Weight:
    """Return what studies amount to: the best design with a result, registrations, conflict.

    There is a conflict wherever one study reports a benefit and another none, whatever their
    designs.
    """
    listed = sorted({s.id: s for s in studies}.values(), key=lambda s: s.id)
    results = {s.result for s in listed} - {"none-reported"}
    return Weight(
        studies=[s.id for s in listed],
        best=find_best(listed),
        registered=[s.id for s in listed if s.only_registered],
        conflict=len(results) > 1 or "mixed" in results,
    )


def find_evidence_map(
    studies: Iterable[Study],
    terms: Mapping[str, Term],
    roles: Collection[StudyRole] = TREATMENT,
) -> list[MapRow]:
    """Return the rows of the map, by source and condition.

    ``roles`` are what the vesicles are to the condition in the studies that count. A source and a
    condition that studies name together make a row where a study is of both, or of narrower ones:
    a trial in knee osteoarthritis counts in osteoarthritis.
    """
    own: dict[tuple[str, str], list[Study]] = defaultdict(list)
    below: dict[tuple[str, str], list[Study]] = defaultdict(list)
    counted = [s for s in studies if s.counts and s.role in roles]
    for study in counted:
        treated = [c for c in study.conditions if c in terms and _is_treated(terms[c])]
        for pair in _pairs(terms.keys() & set(study.sources), treated):
            own[pair].append(study)
    named = {name for pair in own for name in pair}
    for study in counted:
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


def _is_treated(term: Term) -> bool:
    return not term.type or term.type in _TREATED


def _pairs(sources: Collection[str], conditions: Collection[str]) -> Iterable[tuple[str, str]]:
    return ((s, c) for s in sorted(set(sources)) for c in sorted(set(conditions)))


def _widen(ids: Iterable[str], terms: Mapping[str, Term]) -> set[str]:
    return {wide for i in ids for wide in (i, *find_ancestors(i, terms))}
