"""The evidence map: cell sources against conditions, or against mechanisms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from builder.models import Finding, Term, Trial
from builder.views.atlas import Atlas
from builder.views.links import Page, View, link, narrowed_href
from builder.views.sheets import dump_sheet
from builder.views.weights import strongest, tell_weight, view_weight
from builder.views.words import EVIDENCE, view_evidence
from builder.voices import standing_studies

# More columns than these do not stand side by side on a usual screen; more rows weigh too much.
_MOST_COLUMNS = 22
_MOST_ROWS = 60
_SMALL = (7, 6)
RESULT_MARKS = {
    "positive": ("positive trial result", "▲"),
    "negative": ("negative trial result", "▼"),
    "none": ("tested without effect", "="),
    "mixed": ("results that differ", "◆"),
}
# Types of conditions that something was tried in; a sign, a symptom or a severity is no disease.
_TREATED = ("disease", "defect", "injury")


@dataclass(slots=True)
class _Held:
    """What stands in one cell: findings and trials by id."""

    findings: dict[str, Finding] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.findings) + len(self.trials)


Cells = dict[tuple[str, str], _Held]


def _gather(atlas: Atlas, kind: str) -> Cells:
    """Return what is known of each pair of a cell source and a term of a kind.

    What rests on retracted work alone is left out: a map of evidence holds none of it.
    """
    cells: Cells = defaultdict(_Held)
    for finding in filter(atlas.stands, atlas.findings):
        others = finding.conditions if kind == "condition" else [m.id for m in finding.mechanisms]
        for source in finding.sources:
            for other in others:
                cells[source, other].findings[finding.id] = finding
    for trial in atlas.trials if kind == "condition" else ():
        for source in trial.sources:
            for other in trial.conditions:
                cells[source, other].trials[trial.id] = trial
    terms = atlas.library.terms
    return {pair: held for pair, held in cells.items() if pair[0] in terms and pair[1] in terms}


def _cell(atlas: Atlas, held: _Held | None, source: Term, column: Term, root: str) -> View:
    """Return one cell: its studies, its highest level of evidence, and what was negative."""
    if held is None:
        return {"empty": True, "told": "never tested in the papers read"}
    findings = list(held.findings.values())
    weight = view_weight(atlas, findings, len(held.trials))
    none = sum(1 for f in findings if any(o.effect == "none" for o in f.outcomes))
    results = sorted({t.result_effect for t in held.trials.values() if t.result_effect})
    told = [tell_weight(weight), *(f"{result} trial result" for result in results)]
    if none:
        told.append(f"{none} without effect")
    return {
        "empty": False,
        "count": _count_studies(atlas, held),
        "evidence": view_evidence(strongest(findings, len(held.trials))),
        "result": view_outcome(results, without=bool(none)),
        "told": ", ".join(told),
        "href": narrowed_href(
            root,
            f"sources/{source.id}/",
            {column.kind: column.label},
            "findings" if findings else "trials",
        ),
        "label": f"{source.short} × {column.short}",
    }


def view_outcome(results: Collection[str], *, without: bool) -> View:
    """Return the mark of the results told in a cell; ``without`` an effect counts as a result.

    Results that point in more than one direction are mixed; where none is told there is no mark.
    """
    told = {*results, *(["none"] if without else [])}
    style = told.pop() if len(told) == 1 else "mixed" if told else ""
    word, mark = RESULT_MARKS.get(style, ("", ""))
    return {"style": style, "word": word, "mark": mark}


def _count_studies(atlas: Atlas, held: _Held) -> int:
    """Return the studies of a cell; a trial counts where none of its works is among them."""
    studies = {
        study
        for finding in held.findings.values()
        for study in standing_studies(finding, atlas.places, atlas.withdrawn)
    }
    count = len(studies)
    for trial in held.trials.values():
        works = {atlas.places.get((trial.paper, number), "") for number in trial.references}
        count += not works & studies
    return count


def _ranked(atlas: Atlas, cells: Cells, pick: Callable[[tuple[str, str]], str]) -> list[Term]:
    """Return the terms of one side of the map, those with most findings and trials first."""
    sums: dict[str, int] = defaultdict(int)
    for pair, held in cells.items():
        sums[pick(pair)] += held.size
    terms = [atlas.library.terms[name] for name in sums]
    return sorted(terms, key=lambda t: (-sums[t.id], t.label.casefold(), t.id))


def is_treated(term: Term) -> bool:
    """Tell whether a term can head a column: anything but an attribute of a condition."""
    return term.kind != "condition" or not term.type or term.type in _TREATED


def view_grid(atlas: Atlas, kind: str, root: str, limit: tuple[int, int] | None = None) -> View:
    """Return the table of cell sources against the terms of a kind that findings name.

    Rows and columns stand in order of their findings. ``limit`` is (rows, columns) for a small map.
    """
    cells = _gather(atlas, kind)
    every = _ranked(atlas, cells, lambda pair: pair[1])
    treated = {term.id for term in every if is_treated(term)}
    columns = [term for term in every if term.id in treated]
    kept = {pair: held for pair, held in cells.items() if pair[1] in treated}
    rows = _ranked(atlas, kept, lambda pair: pair[0])
    most = limit or (_MOST_ROWS, _MOST_COLUMNS)
    shown = columns[: most[1]]
    held_in = {pair[0] for pair in kept if pair[1] in {c.id for c in shown}}
    lines = [row for row in rows if row.id in held_in][: most[0]]
    return {
        "columns": [atlas.term_link(c.id, root) for c in shown],
        "left_out": [atlas.term_link(c.id, root) for c in columns[most[1] :]],
        "attributes": [atlas.term_link(c.id, root) for c in every if c.id not in treated],
        "rows_left_out": [atlas.term_link(r.id, root) for r in rows if r not in lines],
        "rows": [
            {
                "term": atlas.term_link(row.id, root),
                "cells": [_cell(atlas, kept.get((row.id, c.id)), row, c, root) for c in shown],
            }
            for row in lines
        ],
    }


def dump_grid(atlas: Atlas, kind: str) -> str:
    """Return the whole map as CSV: one row for each pair that a finding or a trial tells of."""
    cells = _gather(atlas, kind)
    return dump_sheet(
        [
            *("source", "source_label", kind, f"{kind}_label", "findings", "studies", "papers"),
            *("trials", "strongest_evidence", "without_effect", "trial_results", "finding_ids"),
        ],
        (
            _sheet_row(atlas, pair, cells[pair])
            for pair in sorted(cells, key=lambda p: (p[0], p[1]))
        ),
    )


def _sheet_row(atlas: Atlas, pair: tuple[str, str], held: _Held) -> list[object]:
    terms = atlas.library.terms
    findings = list(held.findings.values())
    weight = view_weight(atlas, findings, len(held.trials))
    return [
        *(pair[0], terms[pair[0]].label, pair[1], terms[pair[1]].label),
        *(weight["findings"], weight["studies"], weight["papers"], weight["trials"]),
        strongest(findings, len(held.trials)),
        sum(1 for f in findings if any(o.effect == "none" for o in f.outcomes)),
        "; ".join(
            f"{t.registry}: {t.result_effect}" for t in held.trials.values() if t.result_effect
        ),
        "; ".join(sorted(held.findings)),
    ]


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
            "levels": [view_evidence(level) for level in EVIDENCE if level != "review"],
            "results": [
                {"style": style, "word": word, "mark": mark}
                for style, (word, mark) in RESULT_MARKS.items()
            ],
            "sheets": {
                "conditions": link("CSV", "conditions.csv"),
                "mechanisms": link("CSV", "mechanisms.csv"),
            },
        },
        files={
            "conditions.csv": dump_grid(atlas, "condition"),
            "mechanisms.csv": dump_grid(atlas, "mechanism"),
        },
    )
