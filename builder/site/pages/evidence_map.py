"""The evidence map: sources against conditions; for each pair its studies, designs and results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from builder.models import Study, Term
from builder.site.index import LibraryIndex
from builder.site.labels import (
    DESIGNS,
    RESULTS,
    STUDY_ROLES,
    WORDS,
    view_design,
    view_result,
)
from builder.site.links import Page, View, narrowed_href, plural
from builder.site.summaries import find_best

# More columns than these do not stand side by side on a usual screen; more rows weigh too much.
_MOST = (45, 20)  # rows and columns
_SMALL = (6, 4)
# Types of conditions that something was tried in; a sign, a symptom or a severity is no disease.
_TREATED = ("disease", "defect", "injury")
_OTHER_ROLES = ("pathogenic", "biomarker")
_MARKS = {
    "improved": ("improvement reported", "▲"),
    "no-benefit": ("no benefit reported", "="),
    "worsened": ("worsening reported", "▼"),
    "mixed": ("mixed results", "◆"),
}
Cells = dict[tuple[str, str], dict[str, Study]]


def is_treated(term: Term) -> bool:
    """Return whether a condition can head a column: anything but an attribute of a condition."""
    return not term.type or term.type in _TREATED


def gather_cells(atlas: LibraryIndex, roles: Sequence[str]) -> Cells:
    """Return the studies of each pair of source and condition, at its own labels only.

    ``roles`` are what the vesicles are to the condition in the studies that count.
    """
    cells: Cells = defaultdict(dict)
    terms = atlas.library.terms
    for study in atlas.studies:
        if study.kind == "review" or study.retracted or study.role not in roles:
            continue
        for source in study.sources:
            for condition in study.conditions:
                if source in terms and condition in terms and is_treated(terms[condition]):
                    cells[source, condition][study.id] = study
    return cells


def widen_cells(atlas: LibraryIndex, cells: Cells) -> Cells:
    """Return each pair with the studies of its subtypes: knee osteoarthritis in osteoarthritis.

    A pair that none but subtypes fill is left out, unless both of its terms head a row and column.
    """
    wide: Cells = {}
    below = {name: {name, *atlas.subtree(name)} for pair in cells for name in pair}
    sources, conditions = {p[0] for p in cells}, {p[1] for p in cells}
    for source in sources:
        for condition in conditions:
            found = {
                key: study
                for pair, held in cells.items()
                if pair[0] in below[source] and pair[1] in below[condition]
                for key, study in held.items()
            }
            if found:
                wide[source, condition] = found
    return wide


def view_cell(
    own: dict[str, Study], wide: dict[str, Study], source: Term, condition: Term, root: str
) -> View:
    """Return one cell: its number of studies, the best design with a result, and that result.

    ``registered`` counts trials without a result, ``conflict`` is set where studies of the best
    design differ, or where a higher design contradicts the lower ones.
    """
    level, best = find_best(wide.values())
    results = {s.result for s in best}
    result = results.pop() if len(results) == 1 else "mixed" if results else ""
    every = {s.result for s in wide.values() if s.result not in ("none-reported", "mixed")}
    registered = sum(bool(s.trials) and s.result == "none-reported" for s in wide.values())
    design = view_design(level) if level else view_design("not-stated")
    words = [plural(len(own), "study", "studies")]
    if len(wide) > len(own):
        words.append(f"{len(wide)} {WORDS['with_subtypes']}")
    words.append(
        f"highest design with a result: {design['label']}, {RESULTS[result][0]}"
        if result
        else "no result reported"
    )
    if registered:
        words.append(f"{plural(registered, 'registered trial')} without result")
    if len(every) > 1:
        words.append("results conflict")
    return {
        "empty": False,
        "count": len(wide),
        "own": len(own),
        "level": level or "none",
        "rank": design["rank"] if result else 0,
        "result": result,
        "mark": _MARKS[result][1] if result in _MARKS else "",
        "registered": registered,
        "conflict": len(every) > 1,
        "words": "; ".join(words),
        "href": narrowed_href(root, f"sources/{source.id}/", {"condition": condition.label},
                              "studies"),
        "label": f"{source.short} × {condition.short}",
    }  # fmt: skip


def _rank(cells: Cells, pick: Callable[[tuple[str, str]], str], atlas: LibraryIndex) -> list[Term]:
    """Return the terms of one side of the map, those with most studies first.

    A term with a registered trial's result goes before all others.
    """
    held: dict[str, dict[str, Study]] = defaultdict(dict)
    for pair, studies in cells.items():
        held[pick(pair)].update(studies)

    def order(name: str) -> tuple[object, ...]:
        level, _ = find_best(held[name].values())
        term = atlas.library.terms[name]
        people = DESIGNS.get(level, 0) == DESIGNS["clinical"]
        return (not people, -len(held[name]), term.label.casefold(), name)

    return [atlas.library.terms[name] for name in sorted(held, key=order)]


def view_grid(
    atlas: LibraryIndex, roles: Sequence[str], root: str, limit: tuple[int, int] = _MOST
) -> View:
    """Return the table of sources against conditions. ``limit`` is (rows, columns)."""
    own = gather_cells(atlas, roles)
    wide = widen_cells(atlas, own)
    columns = _rank(own, lambda pair: pair[1], atlas)
    shown = columns[: limit[1]]
    heads = {c.id for c in shown}
    rows = [
        row
        for row in _rank(own, lambda pair: pair[0], atlas)
        if any((row.id, head) in wide for head in heads)
    ]
    lines = rows[: limit[0]]
    return {
        "columns": [atlas.term_link(c.id, root) for c in shown],
        "left_out": [atlas.term_link(c.id, root) for c in columns[limit[1] :]],
        "rows_left_out": [atlas.term_link(r.id, root) for r in rows[limit[0] :]],
        "rows": [
            {
                "term": atlas.term_link(row.id, root),
                "cells": [
                    view_cell(own.get(pair, {}), wide[pair], row, c, root)
                    if (pair := (row.id, c.id)) in wide
                    else {"empty": True}
                    for c in shown
                ],
            }
            for row in lines
        ],
    }


def view_small_map(atlas: LibraryIndex, root: str) -> View:
    """Return the corner of the map with the strongest evidence, for the home page."""
    return view_grid(atlas, ("therapeutic",), root, _SMALL)


def view_map(atlas: LibraryIndex) -> Page:
    """Return the page of the evidence map."""
    off = sum(
        1
        for s in atlas.studies
        if s.kind != "review" and s.role == "therapeutic" and not (s.sources and s.conditions)
    )
    return Page(
        path="map/",
        template="map.md.j2",
        title="Evidence map",
        description="Which exosomes were tried in which condition: number of studies, the highest "
        "design with a reported result, and that result.",
        kind="page",
        view={
            "tried": view_grid(atlas, ("therapeutic",), "../"),
            "other": view_grid(atlas, _OTHER_ROLES, "../", (25, 12)),
            "unclear": view_grid(atlas, ("unclear",), "../", (25, 12)),
            "off": off,
            "designs": [
                view_design(d) for d in sorted(DESIGNS, key=lambda d: -DESIGNS[d]) if DESIGNS[d]
            ],
            "results": [
                {**view_result(r), "mark": mark, "word": word} for r, (word, mark) in _MARKS.items()
            ],
            "roles": [STUDY_ROLES[role] for role in _OTHER_ROLES],
        },
    )
