"""Sources that a sentence sets against each other, each with its own effect.

"A promotes X, whereas B inhibits it" in one finding would give B's effect to A as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from builder.extract.findings.cues import Cues
from builder.extract.findings.trace import EFFECTS, Assigned, Trace
from builder.models import EffectOf, Finding


def set_apart(whole: Trace, clauses: Sequence[Trace], cues: Cues) -> list[Trace]:
    """Return one finding a clause where each tells what its own sources did, else the whole.

    Of a whole that can't be split, the sources whose own clause tells nothing are left out.
    """
    if len(clauses) <= 1 or not _have_own_sources(clauses):
        return [whole]
    clauses = _with_ellipsis(clauses, cues)
    if all(_tells_effect(clause.finding) for clause in clauses):
        return list(clauses)
    return [_without_silent(whole, clauses)]


def _have_own_sources(clauses: Sequence[Trace]) -> bool:
    """Tell whether no two clauses name the same source."""
    named = [set(c.finding.sources) for c in clauses]
    return sum(map(len, named)) == len(set().union(*named))


def _tells_effect(finding: Finding) -> bool:
    return bool(finding.sources and any(getattr(finding, field) for field in EFFECTS))


def _with_ellipsis(clauses: Sequence[Trace], cues: Cues) -> list[Trace]:
    """Return the clauses; those that only deny get what the one telling clause says, denied.

    "A reduces X, whereas B had no effect": B had no effect on X.
    """
    telling = [c for c in clauses if _tells_effect(c.finding)]
    if len(telling) != 1:
        return list(clauses)
    told = [a for a in telling[0].assigned if a.field in EFFECTS]
    return [
        _denying(clause, told)
        if clause is not telling[0] and cues.denies_all.search(clause.finding.quote)
        else clause
        for clause in clauses
    ]


def _denying(clause: Trace, told: Sequence[Assigned]) -> Trace:
    denied = [replace(a, detail="none", rule="denied-in-short") for a in told]
    effects = {
        field: [
            EffectOf(id=name, effect="none")
            for name in dict.fromkeys(a.value for a in denied if a.field == field)
        ]
        for field in EFFECTS
    }
    named = [*clause.finding.conditions, *(e.id for e in effects["condition_effects"])]
    update = {**effects, "conditions": list(dict.fromkeys(named))}
    return Trace(
        clause.finding.model_copy(update=update), clause.texts, (*clause.assigned, *denied)
    )


def _without_silent(whole: Trace, clauses: Sequence[Trace]) -> Trace:
    """Return a finding without the sources of clauses of which it can't be read what they did.

    The effects of the other clauses are none of theirs; the question that the finding asks stays.
    """
    telling = {s for c in clauses if _tells_effect(c.finding) for s in c.finding.sources}
    silent = {s for c in clauses if not _tells_effect(c.finding) for s in c.finding.sources}
    if not telling:
        return whole
    kept = [s for s in whole.finding.sources if s not in silent]
    assigned = tuple(a for a in whole.assigned if a.field != "sources" or a.value not in silent)
    return Trace(whole.finding.model_copy(update={"sources": kept}), whole.texts, assigned)
