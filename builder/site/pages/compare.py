"""Sources side by side, vehicles by release and trials by dose.

Each source's ``index.json`` holds what is compared of it; the page's script lays the chosen ones
side by side. Without a script the page shows the table of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from builder.curate.evidence import find_best
from builder.models import Finding, Term
from builder.site.index import LibraryIndex
from builder.site.labels import (
    DESIGNS,
    RESULTS,
    ROLE_WORDS,
    count_designs,
    view_design,
    view_result,
)
from builder.site.links import Page, View, page_href
from builder.site.pages.measures import view_all_releases, view_dose_table
from builder.site.pages.terms import view_facets
from builder.site.pages.trials import view_trial_row
from builder.site.summaries import (
    find_evidence,
    find_term_studies,
    has_evidence,
    view_counts,
)

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
    named = [t for t in atlas.library.terms_of("source") if has_evidence(atlas, t)]
    sizes = {t.id: len(find_term_studies(atlas, t)) for t in named}
    return sorted(named, key=lambda t: (-sizes[t.id], t.label.casefold(), t.id))


def view_compared(atlas: LibraryIndex, term: Term) -> View:
    """Return one source as comparisons show it; its addresses are those of ``/compare/``.

    Every source has the same groups in the same order, so that several can be laid side by side.
    """
    findings = find_evidence(atlas, term)
    facets = {f["id"]: f["entries"] for f in view_facets(atlas, term.id, findings, ROOT)}
    counts = view_counts(atlas, term)
    studies = find_term_studies(atlas, term)
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
        "effects": [
            {key: effect[key] for key in ("style", "mark", "words", "count")}
            for effect in entry["effects"]
        ],
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
        counts = view_counts(atlas, term)
        designs = count_designs(find_term_studies(atlas, term))
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
