"""The evidence map: cell sources against conditions, or against mechanisms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from builder.models import Finding, Term, Trial
from builder.site.csv_files import dump_sheet
from builder.site.evidence import standing_studies
from builder.site.evidence_counts import strongest, tell_weight, view_weight
from builder.site.index import Atlas
from builder.site.labels import EVIDENCE, find_direction, view_evidence
from builder.site.links import Page, View, link, narrowed_href

# More columns than these do not stand side by side on a usual screen; more rows weigh too much.
_MOST_COLUMNS = 22
_MOST_ROWS = 60
_SMALL = (7, 6)
# (word, mark) of what is told of a cell's condition, and of a cell's mechanism.
RESULT_MARKS = {
    "positive": ("told to improve", "▲"),
    "negative": ("told to worsen, or a negative trial result", "▼"),
    "none": ("tested without effect", "="),
    "mixed": ("results that differ", "◆"),
}
DIRECTION_MARKS = {
    "up": ("raised", "▲"),
    "down": ("lowered", "▼"),
    "none": ("tested without effect", "="),
    "mixed": ("results that differ", "◆"),
}
# What a finding tells of a condition, by the effect on it: less of it is better.
_RELIEF = {"down": "positive", "up": "negative", "none": "none"}
_TOLD = {
    "positive": "improved",
    "negative": "worsened",
    "up": "raised",
    "down": "lowered",
    "none": "without effect",
}
_COLUMNS = {style: word.replace(" ", "_") for style, word in _TOLD.items()}
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
    became = _count_results(atlas, findings, column)
    trials = sorted({t.result_effect for t in held.trials.values() if t.result_effect})
    told = [
        tell_weight(weight),
        *(f"{count} {_TOLD[style]}" for style, count in sorted(became.items())),
        *(f"{result} trial result" for result in trials),
    ]
    return {
        "empty": False,
        "count": _count_studies(atlas, held),
        "evidence": view_evidence(strongest(findings, len(held.trials))),
        "result": view_result({*became, *trials}, column.kind),
        "told": ", ".join(told),
        "href": narrowed_href(
            root,
            f"sources/{source.id}/",
            {column.kind: column.label},
            "findings" if findings else "trials",
        ),
        "label": f"{source.short} × {column.short}",
    }


def view_result(results: Collection[str], kind: str) -> View:
    """Return the mark of the results told in a cell of a column of a kind.

    Results that point in more than one direction are mixed; where none is told there is no mark.
    """
    style = next(iter(results)) if len(results) == 1 else "mixed" if results else ""
    marks = RESULT_MARKS if kind == "condition" else DIRECTION_MARKS
    word, mark = marks.get(style, ("", ""))
    return {"style": style, "word": word, "mark": mark}


def _count_results(atlas: Atlas, findings: Sequence[Finding], column: Term) -> Counter[str]:
    """Return how many findings tell each result of a column's condition or mechanism."""
    if column.kind != "condition":
        return Counter(
            style
            for finding in findings
            for style in {find_direction(m.effect) for m in finding.mechanisms if m.id == column.id}
            if style in DIRECTION_MARKS
        )
    return Counter(s for finding in findings for s in _became(atlas, finding, column))


def _became(atlas: Atlas, finding: Finding, column: Term) -> set[str]:
    """Return what a finding tells of a condition, by itself or by its signs, pain or osteophytes.

    A sign counts where the finding names no other condition that it may belong to. An outcome that
    stayed as it was counts as well; of one that rose or fell it is not known whether that is good.
    """
    named = [t for name in finding.conditions if (t := atlas.library.terms.get(name))]
    signs = {t.id for t in named if not is_treated(t)}
    alone = len(named) == len(signs) + 1
    told = {
        _RELIEF[c.effect]
        for c in finding.condition_effects
        if c.effect in _RELIEF and (c.id == column.id or (alone and c.id in signs))
    }
    return told | {"none" for o in finding.outcomes if o.effect == "none"}


def _count_studies(atlas: Atlas, held: _Held) -> int:
    """Return the studies of a cell; a trial counts where none of its works is among them.

    A finding that names the trial by its number tells of the same study.
    """
    studies = {
        study
        for finding in held.findings.values()
        for study in standing_studies(finding, atlas.places, atlas.withdrawn)
    }
    count = len(studies)
    for trial in held.trials.values():
        works = {atlas.places.get((trial.paper, number), "") for number in trial.references}
        named = any(finding.id in held.findings for finding in atlas.naming(trial))
        count += not (named or works & studies)
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
            *("trials", "strongest_evidence", *(_COLUMNS[style] for style in _styles(kind))),
            *("trial_results", "finding_ids"),
        ],
        (
            _sheet_row(atlas, pair, cells[pair])
            for pair in sorted(cells, key=lambda p: (p[0], p[1]))
        ),
    )


def _styles(kind: str) -> tuple[str, ...]:
    return ("positive", "negative", "none") if kind == "condition" else ("up", "down", "none")


def _sheet_row(atlas: Atlas, pair: tuple[str, str], held: _Held) -> list[object]:
    terms = atlas.library.terms
    findings = list(held.findings.values())
    weight = view_weight(atlas, findings, len(held.trials))
    became = _count_results(atlas, findings, terms[pair[1]])
    return [
        *(pair[0], terms[pair[0]].label, pair[1], terms[pair[1]].label),
        *(weight["findings"], weight["studies"], weight["papers"], weight["trials"]),
        strongest(findings, len(held.trials)),
        *(became[style] for style in _styles(terms[pair[1]].kind)),
        "; ".join(
            f"{t.registry}: {t.result_effect}" for t in held.trials.values() if t.result_effect
        ),
        "; ".join(sorted(held.findings)),
    ]


def _view_marks(marks: Mapping[str, tuple[str, str]]) -> list[View]:
    return [{"style": s, "word": word, "mark": mark} for s, (word, mark) in marks.items()]


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
            "results": _view_marks(RESULT_MARKS),
            "directions": _view_marks(DIRECTION_MARKS),
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
