"""The evidence map: cell sources against conditions, or against mechanisms."""

from __future__ import annotations

from collections import defaultdict

from builder.models import Finding, Term, Trial
from builder.views.atlas import Atlas
from builder.views.links import Page, View, href, plural
from builder.views.words import EVIDENCE, view_evidence

_MOST_COLUMNS = 24
_SMALL = (8, 6)


def _cell(
    findings: list[Finding], trials: list[Trial], source: Term, column: Term, root: str
) -> View:
    """Return one cell: how much evidence, its highest level, and what trials found."""
    levels = [f.evidence for f in findings]
    if trials:
        levels.append("clinical")
    best = max(levels, key=lambda level: EVIDENCE.get(level, 0), default="not stated")
    none = sum(1 for f in findings if any(o.effect == "none" for o in f.outcomes))
    results = sorted({t.result_effect for t in trials if t.result_effect})
    empty = not findings and not trials
    told = [plural(len(findings), "finding")] if findings else []
    if trials:
        told.append(plural(len(trials), "trial"))
    told += [f"{result} trial result" for result in results]
    if none:
        told.append(f"{none} without effect")
    return {
        "empty": empty,
        "count": len(findings),
        "trials": len(trials),
        "evidence": view_evidence(best),
        "negative": "negative" in results or bool(none),
        "told": "never tested in the papers read" if empty else ", ".join(told),
        "href": ""
        if empty
        else href(root, f"sources/{source.id}/", "findings" if findings else "trials"),
        "label": f"{source.abbreviation or source.label} × {column.abbreviation or column.label}",
    }


def view_grid(atlas: Atlas, kind: str, root: str, limit: tuple[int, int] | None = None) -> View:
    """Return the table of cell sources against the terms of a kind that findings name.

    Rows and columns stand in order of their findings. ``limit`` is (rows, columns) for a small map.
    """
    pairs: dict[tuple[str, str], dict[str, Finding]] = defaultdict(dict)
    trials: dict[tuple[str, str], dict[str, Trial]] = defaultdict(dict)
    terms = atlas.library.terms
    for finding in atlas.findings:
        others = finding.conditions if kind == "condition" else [m.id for m in finding.mechanisms]
        for source in finding.sources:
            for other in others:
                pairs[source, other][finding.id] = finding
    for trial in atlas.trials if kind == "condition" else ():
        for source in trial.sources:
            for other in trial.conditions:
                trials[source, other][trial.id] = trial
    sums: dict[str, int] = defaultdict(int)
    sizes = [(k, len(v)) for k, v in pairs.items()] + [(k, len(v)) for k, v in trials.items()]
    for (source, other), size in sizes:
        if source in terms and other in terms:
            sums[source] += size
            sums[other] += size
    rows = _ranked(atlas, {s for s, _ in [*pairs, *trials] if s in sums}, sums)
    columns = _ranked(atlas, {c for _, c in [*pairs, *trials] if c in sums}, sums)
    most = limit or (len(rows), _MOST_COLUMNS)
    shown = columns[: most[1]]
    return {
        "columns": [atlas.term_link(c.id, root) for c in shown],
        "left_out": len(columns) - len(shown),
        "rows": [
            {
                "term": atlas.term_link(row.id, root),
                "cells": [
                    _cell(
                        list(pairs[row.id, c.id].values()),
                        list(trials[row.id, c.id].values()),
                        row,
                        c,
                        root,
                    )
                    for c in shown
                ],
            }
            for row in rows[: most[0]]
        ],
    }


def _ranked(atlas: Atlas, names: set[str], sums: dict[str, int]) -> list[Term]:
    terms = [atlas.library.terms[name] for name in names]
    return sorted(terms, key=lambda t: (-sums[t.id], t.label.casefold(), t.id))


def view_small_map(atlas: Atlas, root: str) -> View:
    """Return the corner of the map with the most evidence, for the home page."""
    return view_grid(atlas, "condition", root, _SMALL)


def view_map(atlas: Atlas) -> Page:
    """Return the page of the evidence map."""
    return Page(
        path="map/",
        template="map.md.j2",
        title="Evidence map",
        description="Which exosomes were tried in which condition, how strong the evidence is, "
        "and what was never tested.",
        kind="page",
        view={
            "conditions": view_grid(atlas, "condition", "../"),
            "mechanisms": view_grid(atlas, "mechanism", "../"),
            "levels": [view_evidence(level) for level in EVIDENCE],
        },
    )
