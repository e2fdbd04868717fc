"""The index pages of cell sources, mechanisms, delivery vehicles and conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.models import Term
from builder.site.evidence_counts import find_evidence, view_mentions, view_summary, view_weight
from builder.site.index import Atlas
from builder.site.labels import KIND_WORDS
from builder.site.links import Page, View, plural, root_of
from builder.site.paging import ONE_PAGE, find_initial, split_list, view_parts
from builder.text import ids

# Beyond so many names the index is split, and tells only the first few with most evidence.
_MOST_NAMES = 1500
_FIRST = 100
_LEADS = {
    "source": "Cells that exosomes are collected from. Counts are of findings read from papers.",
    "mechanism": "Molecules, pathways and processes that a finding says an exosome acts on, "
    "acts through or carries.",
    "vehicle": "What carries exosomes to bone or cartilage: hydrogels, scaffolds, implants.",
    "condition": "Diseases, injuries and defects in which exosomes were tried.",
}


def view_term_row(atlas: Atlas, term: Term, root: str) -> View:
    """Return a term as an entry of its index, with how much evidence it has."""
    findings = find_evidence(atlas, term)
    trials = len(atlas.term_trials.get(term.id, ()))
    narrower = [atlas.library.terms[name] for name in atlas.subtree(term.id)]
    below = {f.id for child in narrower for f in find_evidence(atlas, child)}
    return {
        "term": atlas.term_link(term.id, root),
        "label": term.label,
        "abbreviation": term.abbreviation or "",
        "definition": term.definition or "",
        "weight": view_weight(atlas, findings, trials),
        "below": len(below - {f.id for f in findings}),
        "evident": bool(findings or trials or below)
        or any(atlas.term_trials.get(child.id) for child in narrower),
        "summary": view_summary(atlas, term, findings, root),
        "mentions": view_mentions(atlas, term),
        "type": (term.type or "").replace("-", " ").replace("_", " "),
        "parent": atlas.term_link(term.parent, root) if term.parent else None,
    }


def _evidence_first(row: View) -> tuple[object, ...]:
    weight = row["weight"]
    return (
        -(weight["studies"] + weight["trials"]),
        -weight["findings"],
        -row["below"],
        row["label"].casefold(),
        row["term"]["href"],
    )


def view_term_index(atlas: Atlas, kind: str) -> Iterator[Page]:
    """Yield the index of a kind of term: one page, or those with most evidence and the letters."""
    path = ids.index_path(kind)
    _, many = KIND_WORDS[kind]
    terms = atlas.library.terms_of(kind)
    rows = sorted((view_term_row(atlas, term, "../") for term in terms), key=_evidence_first)
    evident = [row for row in rows if row["evident"]]
    long = len(evident) > ONE_PAGE or len(rows) > _MOST_NAMES
    parts = split_list(terms, path, lambda term: find_initial(term.label)) if long else []
    told = sum(1 for r in evident if r["weight"]["findings"] or r["weight"]["trials"])
    sizes = {"known": len(rows), "told": told}
    shown = evident[:_FIRST] if parts else rows
    yield _index_page(kind, path, many, shown, {**sizes, "parts": view_parts(parts, "../", path)})
    for part in parts:
        root = root_of(part.path)
        held = sorted((view_term_row(atlas, t, root) for t in part.entries), key=_evidence_first)
        links = view_parts(parts, root, part.path)
        yield _index_page(kind, part.path, f"{many}: {part.label}", held, {**sizes, "parts": links})


def _index_page(kind: str, path: str, title: str, rows: Sequence[View], more: View) -> Page:
    _, many = KIND_WORDS[kind]
    rest = [row for row in rows if not row["evident"]]
    index = ids.index_path(kind)
    return Page(
        path=path,
        template="terms.md.j2",
        title=title,
        description=f"{title}: {plural(more['known'], 'term')} of the atlas. {_LEADS[kind]}",
        kind="index",
        crumbs=() if path == index else ((many, index),),
        view={
            "title": title,
            "lead": _LEADS[kind],
            "rows": [row for row in rows if row["evident"]],
            "mentioned": [r for r in rest if r["mentions"]],
            "unused": [r for r in rest if not r["mentions"]],
            "kind": kind,
            "cut": path == index and bool(more["parts"]),
            **more,
        },
    )
