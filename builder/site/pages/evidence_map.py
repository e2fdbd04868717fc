"""The evidence map: sources against conditions; for each pair its studies, designs and results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from builder.curate.evidence import TREATMENT, find_best, find_evidence_map
from builder.models import MapRow, StudyRole, Term
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
from builder.site.summaries import sort_studies, view_study
from builder.text import ids

# More columns than these do not stand side by side on a usual screen; more rows weigh too much.
_MOST = (45, 20)  # rows and columns
_SMALL = (6, 4)
_MOST_STUDIES = 100  # of the list below the map
_OTHER_ROLES: tuple[StudyRole, ...] = ("pathogenic", "biomarker")
_UNCLEAR: tuple[StudyRole, ...] = ("unclear",)


def view_cell(row: MapRow, source: Term, condition: Term, root: str) -> View:
    """Return one cell: its number of studies, the best design with a result, and that result.

    All is of studies with subtypes; ``own`` counts those of this very pair.
    """
    wide, own = row.with_subtypes, len(row.studies)
    best = wide.best
    registered = len(wide.registered)
    words = [plural(own, "study", "studies")]
    if len(wide.studies) > own:
        words.append(f"{len(wide.studies)} {WORDS['with_subtypes']}")
    words.append(
        f"highest design with a result: {view_design(best.design)['label']}, "
        f"{RESULTS[best.result][0]}"
        if best
        else "no result reported"
    )
    if registered:
        words.append(f"{plural(registered, 'registered trial')} without result")
    if wide.conflict:
        words.append("results conflict")
    return {
        "empty": False,
        "count": len(wide.studies),
        "own": own,
        "rank": DESIGNS[best.design] if best else 0,
        "result": best.result if best else "",
        "mark": RESULTS[best.result][1] if best else "",
        "registered": registered,
        "conflict": wide.conflict,
        "words": "; ".join(words),
        "href": narrowed_href(
            root, ids.page_path("source", source.id), {"condition": condition.label}, "studies"
        ),
        "label": f"{source.short} × {condition.short}",
    }  # fmt: skip


def _rank(atlas: LibraryIndex, rows: Iterable[MapRow], pick: Callable[[MapRow], str]) -> list[Term]:
    """Return the terms of one side of the map, those with most studies first.

    A term with a result in people goes before all others.
    """
    held: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        held[pick(row)].update(row.studies)
    studies = {s.id: s for s in atlas.studies}

    def order(name: str) -> tuple[object, ...]:
        best = find_best(studies[s] for s in held[name])
        term = atlas.library.terms[name]
        people = bool(best and best.design == "clinical")
        return (not people, -len(held[name]), term.label.casefold(), name)

    return [atlas.library.terms[name] for name in sorted(held, key=order)]


def view_grid(
    atlas: LibraryIndex, roles: Collection[StudyRole], root: str, limit: tuple[int, int] = _MOST
) -> View:
    """Return the table of sources against conditions. ``limit`` is (rows, columns)."""
    rows = find_evidence_map(atlas.studies, atlas.library.terms, roles)
    cells = {(row.source, row.condition): row for row in rows}
    columns = _rank(atlas, rows, lambda row: row.condition)
    shown = columns[: limit[1]]
    sources = [
        source
        for source in _rank(atlas, rows, lambda row: row.source)
        if any((source.id, c.id) in cells for c in shown)
    ]
    return {
        "columns": [atlas.term_link(c.id, root) for c in shown],
        "left_out": [atlas.term_link(c.id, root) for c in columns[limit[1] :]],
        "rows_left_out": [atlas.term_link(r.id, root) for r in sources[limit[0] :]],
        "rows": [
            {
                "term": atlas.term_link(source.id, root),
                "cells": _view_line(atlas, cells, source, shown, root),
            }
            for source in sources[: limit[0]]
        ],
    }


def _view_line(
    atlas: LibraryIndex,
    cells: dict[tuple[str, str], MapRow],
    source: Term,
    shown: Sequence[Term],
    root: str,
) -> list[View]:
    pairs = [(cells.get((source.id, c.id)), c) for c in shown]
    return [view_cell(row, source, c, root) if row else {"empty": True} for row, c in pairs]


def view_small_map(atlas: LibraryIndex, root: str) -> View:
    """Return the corner of the map with the strongest evidence, for the home page."""
    return view_grid(atlas, TREATMENT, root, _SMALL)


def view_map(atlas: LibraryIndex) -> Page:
    """Return the page of the evidence map."""
    placed = {s for row in find_evidence_map(atlas.studies, atlas.library.terms)
              for s in row.with_subtypes.studies}  # fmt: skip
    tried = sort_studies(s for s in atlas.studies if s.counts and s.role in TREATMENT)
    return Page(
        path="map/",
        template="map.md.j2",
        title="Evidence map",
        description="Which exosomes were tried in which condition: number of studies, the highest "
        "design with a reported result, and that result.",
        kind="page",
        view={
            "tried": view_grid(atlas, TREATMENT, "../"),
            "other": view_grid(atlas, _OTHER_ROLES, "../", (25, 12)),
            "unclear": view_grid(atlas, _UNCLEAR, "../", (25, 12)),
            "off": sum(s.id not in placed for s in tried),
            "studies": [view_study(atlas, s, "../") for s in tried[:_MOST_STUDIES]],
            "more_studies": max(0, len(tried) - _MOST_STUDIES),
            "designs": [view_design(d) for d in DESIGNS if DESIGNS[d]],
            "results": [view_result(r) for r in RESULTS if RESULTS[r][1]],
            "roles": [STUDY_ROLES[role] for role in _OTHER_ROLES],
        },
    )
