"""Where a mechanism was changed, and which way: its effect by target and condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

from builder.models import Finding, Term
from builder.site.evidence_counts import strongest
from builder.site.index import Atlas
from builder.site.labels import EFFECTS, view_effect, view_evidence
from builder.site.links import View, link, page_href, plural

_ABSENT = ""
_MOST = 30
_MOST_LINKS = 6
_ORDER = list(EFFECTS)


def view_reach(atlas: Atlas, term: Term, findings: Sequence[Finding], root: str) -> list[View]:
    """Return the effects on a mechanism for each pair of target and condition that is named.

    The pair with most findings comes first, what names neither last. One that names several
    targets or conditions counts for each. Without a single target or condition there is none.
    """
    pairs: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if any(m.id == term.id for m in finding.mechanisms):
            for pair in product(
                dict.fromkeys(finding.targets) or [_ABSENT],
                dict.fromkeys(finding.conditions) or [_ABSENT],
            ):
                pairs.setdefault(pair, []).append(finding)
    if not any(any(pair) for pair in pairs):
        return []
    ranked = sorted(
        pairs.items(), key=lambda item: (not any(item[0]), -len(item[1]), _names(item[0]))
    )
    return [_view_pair(atlas, term, pair, told, root) for pair, told in ranked[:_MOST]]


def _names(pair: tuple[str, str]) -> tuple[tuple[bool, str], ...]:
    return tuple((not name, name) for name in pair)


def _view_links(told: Sequence[Finding], root: str) -> list[View]:
    """Return a link to each finding, or to the table of all where they are many."""
    if len(told) > _MOST_LINKS:
        return [link(plural(len(told), "finding"), "#findings")]
    return [
        link(str(number), page_href(root, "finding", finding.id))
        for number, finding in enumerate(told, 1)
    ]


def _view_pair(
    atlas: Atlas, term: Term, pair: tuple[str, str], told: Sequence[Finding], root: str
) -> View:
    effects = Counter(
        effect
        for finding in told
        for effect in dict.fromkeys(m.effect for m in finding.mechanisms if m.id == term.id)
    )
    target, condition = (atlas.term_name(name, root) if name else None for name in pair)
    return {
        "target": target,
        "condition": condition,
        "effects": [
            {"effect": view_effect(effect), "count": effects[effect]}
            for effect in sorted(effects, key=lambda e: (-effects[e], _ORDER.index(e)))
        ],
        "evidence": view_evidence(strongest([f for f in told if atlas.stands(f)], 0)),
        "findings": _view_links(told, root),
    }
