"""Overviews across all studies: the evidence map, and sources, vehicles and trials compared.

Each source's ``index.json`` holds what is compared of it; the page's script lays the chosen ones
side by side. Without a script the page shows the table of all.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from builder.curate.evidence import TREATMENT, find_best, find_evidence_map
from builder.models import Finding, MapRow, StudyRole, Term
from builder.site import summaries
from builder.site.index import LibraryIndex
from builder.site.labels import (
    DESIGNS,
    RESULTS,
    ROLE_WORDS,
    STUDY_ROLES,
    WORDS,
    count_designs,
    view_design,
    view_result,
)
from builder.site.links import Page, View, narrowed_href, page_href, plural
from builder.site.pages.measures import view_all_releases, view_dose_table
from builder.site.pages.terms import view_facets
from builder.site.pages.trials import view_trial_row
from builder.text import ids

# --- the evidence map ----------------------------------------------------------------------------

# More columns than these do not stand side by side on a usual screen; more rows weigh too much.
_MOST = (45, 20)  # rows and columns
SMALL = (6, 4)  # the corner with the strongest evidence, for the home page
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


def view_map(atlas: LibraryIndex) -> Page:
    """Return the page of the evidence map."""
    placed = {s for row in find_evidence_map(atlas.studies, atlas.library.terms)
              for s in row.with_subtypes.studies}  # fmt: skip
    tried = summaries.sort_studies(s for s in atlas.studies if s.counts and s.role in TREATMENT)
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
            "studies": [summaries.view_study(atlas, s, "../") for s in tried[:_MOST_STUDIES]],
            "more_studies": max(0, len(tried) - _MOST_STUDIES),
            "designs": [view_design(d) for d in DESIGNS if DESIGNS[d]],
            "results": [view_result(r) for r in RESULTS if RESULTS[r][1]],
            "roles": [STUDY_ROLES[role] for role in _OTHER_ROLES],
        },
    )


# --- sources side by side ------------------------------------------------------------------------

ROOT = "../"
_PLACES = (("a", "First"), ("b", "Second"), ("c", "Third"))
_SHOWN = 2  # sources that are compared before anyone asks
# The roles that are compared, in this order.
_ROLES = ("conditions", "mechanisms", "outcomes", "vehicles", "modifications", "cargo", "models")
_GRADED = ("conditions", "vehicles")  # whose entries name the highest design with a result
_LEVELS = [d for d in DESIGNS if d != "review"]
_MOST_SOURCES = 150


def find_comparable(atlas: LibraryIndex) -> list[Term]:
    """Return the sources that findings or trials name, those with most studies first."""
    named = [t for t in atlas.library.terms_of("source") if summaries.has_evidence(atlas, t)]
    sizes = {t.id: len(summaries.find_term_studies(atlas, t)) for t in named}
    return sorted(named, key=lambda t: (-sizes[t.id], t.label.casefold(), t.id))


def view_compared(atlas: LibraryIndex, term: Term) -> View:
    """Return one source as comparisons show it; its addresses are those of ``/compare/``.

    Every source has the same groups in the same order, so that several can be laid side by side.
    """
    findings = summaries.find_evidence(atlas, term)
    facets = {f["id"]: f["entries"] for f in view_facets(atlas, term.id, findings, ROOT)}
    counts = summaries.view_counts(atlas, term)
    studies = summaries.find_term_studies(atlas, term)
    designs = count_designs(studies)
    results: Counter[str] = Counter(s.result for s in studies)
    sizes = (
        ("Studies", "studies"),
        ("Studies with subtypes", "wide"),
        ("Statements", "findings"),
        ("Trials", "trials"),
    )
    return {
        "id": term.id,
        "label": term.short,
        "title": term.label,
        "href": page_href(ROOT, term.kind, term.id),
        "groups": [
            _group("Size", (_entry(label, counts[key]) for label, key in sizes)),
            _group(
                "Design",
                (
                    _entry(str(view_design(d)["label"]), designs.get(d, 0), view_design(d))
                    for d in _LEVELS
                ),
            ),
            _group("Results", (_entry(RESULTS[r][0], results[r], view_result(r)) for r in RESULTS)),
            _group("Trials", _trial_entries(atlas, term), ranked=True),
            *(
                _group(
                    ROLE_WORDS[role],
                    (_facet_entry(atlas, findings, role, entry) for entry in facets.get(role, ())),
                    ranked=True,
                )
                for role in _ROLES
            ),
        ],
    }


def _group(label: str, entries: Iterable[View], *, ranked: bool = False) -> View:
    return {"label": label, "ranked": ranked, "entries": list(entries)}


def _entry(label: str, count: int, marked: View | None = None) -> View:
    return {"label": label, "count": count, "mark": marked["mark"] if marked else ""}


def _facet_entry(atlas: LibraryIndex, findings: Sequence[Finding], role: str, entry: View) -> View:
    term = entry["term"]
    found = {
        **_entry(term["title"] or term["label"], entry["count"]),
        "href": term["href"],
        "effects": entry["effects"],
    }
    if role in _GRADED:
        naming = [f for f in findings if entry["id"] in f.ids_in(role)]
        if best := find_best(s for f in naming for s in atlas.studies_of(f.id)):
            design = view_design(best.design)
            found |= {"level": design["label"], "mark": design["mark"]}
    return found


def _trial_entries(atlas: LibraryIndex, term: Term) -> list[View]:
    """Return the trials of a source, each with its phase and status; they are not counted."""
    rows = [(t, view_trial_row(atlas, t, ROOT)) for t in atlas.term_trials.get(term.id, ())]
    return [
        {
            **_entry(row["registry"], 1),
            "href": row["href"],
            "note": ", ".join(
                [row["phase"], row["status"]["printed"]]
                + ([row["result"]["label"].lower()] if trial.result else [])
            ),
        }
        for trial, row in rows
    ]


def find_pair(atlas: LibraryIndex, terms: Sequence[Term]) -> list[Term]:
    """Return the two sources with most studies of which neither is a subtype of the other."""
    for other in terms[1:]:
        if other.id not in atlas.subtree(terms[0].id) and terms[0].id not in atlas.subtree(
            other.id
        ):
            return [terms[0], other]
    return list(terms[:_SHOWN])


def view_compare(atlas: LibraryIndex) -> Page:
    """Return the page of comparisons; ``?a=bmsc&b=adsc&c=ucmsc`` chooses the sources."""
    terms = find_comparable(atlas)
    pair = find_pair(atlas, terms)
    rows = []
    for term in terms[:_MOST_SOURCES]:
        counts = summaries.view_counts(atlas, term)
        designs = count_designs(summaries.find_term_studies(atlas, term))
        rows.append(
            {
                "label": term.label,
                "href": page_href(ROOT, term.kind, term.id),
                "sizes": [counts[key] for key in ("studies", "wide", "trials")],
                "levels": [designs.get(level, 0) for level in _LEVELS],
            }
        )
    return Page(
        path="compare/",
        template="compare.md.j2",
        title="Compare",
        description="Sources side by side: conditions, designs, results, mechanisms, vehicles and "
        "trials; vehicles by release, trials by dose.",
        kind="page",
        extra={"script": "assets/javascripts/compare.js"},
        view={
            "places": [
                {
                    "name": name,
                    "label": f"{word} source",
                    "chosen": pair[n].id if n < len(pair) else "",
                    "optional": n >= _SHOWN,
                }
                for n, (name, word) in enumerate(_PLACES)
            ],
            "options": [
                {"id": t.id, "label": t.label}
                for t in sorted(terms, key=lambda t: (t.label.casefold(), t.id))
            ],
            "sources": rows,
            "more": max(0, len(terms) - _MOST_SOURCES),
            "levels": [view_design(level)["label"] for level in _LEVELS],
            "release": view_all_releases(atlas, ROOT),
            "doses": view_dose_table(atlas, ROOT),
        },
    )
