"""How much evidence a term has: findings in its own role, those that only mention it, trials.

A cell that vesicles act on is no source of vesicles because a statement names it: a term counts
as evidence only where a finding has it in the role of its kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from builder.models import Finding, Term
from builder.site.evidence import weigh_findings
from builder.site.index import ROLES, Atlas, terms_in
from builder.site.labels import (
    EVIDENCE,
    ROLE_WORDS,
    find_direction,
    view_effect,
    view_evidence,
    view_relief,
    view_role_effect,
    view_trial_result,
)
from builder.site.links import View, plural

# The roles in which a finding is evidence about a term of a kind.
OWN_ROLES: dict[str, tuple[str, ...]] = {
    "source": ("sources",),
    "mechanism": ("mechanisms", "cargo", "targets"),
    "vehicle": ("vehicles",),
    "condition": ("conditions",),
}
_ROLE_SINGULAR = {
    "sources": "cell source",
    "modifications": "modification",
    "vehicles": "delivery vehicle",
    "cargo": "cargo",
    "mechanisms": "mechanism",
    "targets": "target",
    "partners": "co-delivered cell",
    "models": "model",
    "species": "species",
    "conditions": "condition",
    "outcomes": "outcome",
}
_TOP_EFFECTS = 2
_DIRECTED = ("mechanisms", "outcomes", "conditions")  # roles in which a term has an effect


def find_evidence(atlas: Atlas, term: Term) -> list[Finding]:
    """Return the findings that have a term in the role of its kind, each once."""
    own = OWN_ROLES.get(term.kind, ROLES)
    found = {u.finding.id: u.finding for u in atlas.uses.get(term.id, ()) if u.role in own}
    return list(found.values())


def has_evidence(atlas: Atlas, term: Term) -> bool:
    """Tell whether a finding or a trial is evidence about a term itself."""
    own = OWN_ROLES.get(term.kind, ROLES)
    return bool(atlas.term_trials.get(term.id)) or any(
        use.role in own for use in atlas.uses.get(term.id, ())
    )


def view_mentions(atlas: Atlas, term: Term) -> list[View]:
    """Return the roles other than its own in which findings name a term, with their counts."""
    own = OWN_ROLES.get(term.kind, ROLES)
    counts: dict[str, set[str]] = {}
    for use in atlas.uses.get(term.id, ()):
        if use.role not in own:
            counts.setdefault(use.role, set()).add(use.finding.id)
    return [
        {
            "role": _ROLE_SINGULAR[role],
            "label": ROLE_WORDS[role],
            "count": len(counts[role]),
            "told": f"as {_ROLE_SINGULAR[role]} in {plural(len(counts[role]), 'finding')}",
        }
        for role in ROLES
        if role in counts
    ]


def strongest(findings: Sequence[Finding], trials: int) -> str:
    """Return the highest level of evidence of some findings and trials."""
    levels = [f.design.level for f in findings]
    if trials:
        levels.append("clinical")
    return max(levels, key=lambda level: EVIDENCE.get(level, 0), default="not-stated")


def view_levels(findings: Sequence[Finding]) -> list[View]:
    """Return how many findings stand at each level of evidence, the strongest first."""
    counts = Counter(f.design.level for f in findings)
    order = sorted(counts, key=lambda level: (-EVIDENCE.get(level, 0), level))
    return [{"level": view_evidence(level), "count": counts[level]} for level in order]


def view_weight(atlas: Atlas, findings: Sequence[Finding], trials: int) -> View:
    """Return how much evidence some findings and trials are: studies first, then who speaks.

    What rests on retracted work alone is counted apart, and gives no level of evidence.
    """
    weight = weigh_findings(findings, atlas.places, atlas.withdrawn)
    return {
        "findings": weight.findings,
        "retracted": weight.retracted,
        "studies": weight.studies,
        "papers": weight.papers,
        "trials": trials,
        "level": view_evidence(strongest([f for f in findings if atlas.stands(f)], trials)),
    }


def tell_weight(weight: View) -> str:
    """Return a weight in words: ``3 findings from 2 studies, told by 1 paper; 1 trial``."""
    told = ""
    if weight["findings"]:
        told = plural(weight["findings"], "finding")
        if weight["retracted"]:
            told += f" ({weight['retracted']} on retracted work alone)"
        if weight["studies"]:
            told += (
                f" from {plural(weight['studies'], 'study', 'studies')}, "
                f"told by {plural(weight['papers'], 'paper')}"
            )
    parts = [told, plural(weight["trials"], "trial") if weight["trials"] else ""]
    return "; ".join(part for part in parts if part)


def view_summary(atlas: Atlas, term: Term, findings: Sequence[Finding], root: str) -> list[View]:
    """Return the effects that tell most of a term: its own direction, else the commonest effects.

    A mechanism's own effects are counted, and what became of a condition. Of any other term what
    its findings raise, lower, ease or leave as it was stands in order of their findings. Retracted
    work tells nothing of it.
    """
    findings = [finding for finding in findings if atlas.stands(finding)]
    results = _trial_results(atlas, term)
    if term.kind == "mechanism":
        own = Counter(m.effect for f in findings for m in f.mechanisms if m.id == term.id)
        return [
            {"effect": view_effect(effect), "count": count, "term": None}
            for effect, count in sorted(own.items(), key=lambda item: (-item[1], item[0]))
        ]
    if term.kind == "condition":
        became = Counter(c.effect for f in findings for c in f.condition_effects if c.id == term.id)
        if became or results:
            return results + [
                {"effect": view_relief(effect), "count": count, "term": None}
                for effect, count in sorted(became.items(), key=lambda item: (-item[1], item[0]))
            ]
    counts: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        told = {
            (other, find_direction(effect), role)
            for role, other, effect in terms_in(finding)
            if role in _DIRECTED and effect and find_direction(effect) != "named"
        }
        counts.update(told)
    ranked = sorted(counts.items(), key=lambda item: (item[0][1] != "none", -item[1], item[0]))
    return results + [
        {
            "effect": view_role_effect(role, effect),
            "count": count,
            "term": atlas.term_link(other, root),
        }
        for (other, effect, role), count in ranked[:_TOP_EFFECTS]
    ]


def _trial_results(atlas: Atlas, term: Term) -> list[View]:
    """Return what trials of a term found, before anything that a finding says."""
    counts = Counter(t.result_effect for t in atlas.term_trials.get(term.id, ()) if t.result_effect)
    return [
        {"effect": view_trial_result(effect), "count": count, "term": None}
        for effect, count in sorted(counts.items())
    ]
