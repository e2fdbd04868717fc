"""The home page and the page about the atlas."""

from __future__ import annotations

from builder.site.evidence_counts import has_evidence
from builder.site.index import PAGED, Atlas
from builder.site.labels import EFFECTS, EVIDENCE, KIND_WORDS, view_effect, view_evidence
from builder.site.links import Page, View, link
from builder.site.pages.evidence_map import view_small_map
from builder.site.pages.papers import view_paper_row
from builder.site.pages.trials import view_trial_row
from builder.text import ids

_NEWEST = 5  # papers, and trials with a result


def view_numbers(atlas: Atlas) -> list[View]:
    """Return the sizes of the atlas, each a link to its index.

    Of terms those count that a finding or a trial is evidence about; ``known`` counts them all.
    """
    library = atlas.library
    numbers = [_count_terms(atlas, kind) for kind in PAGED]
    return [
        *numbers,
        {"count": len(atlas.trials), "known": 0, **link("trials", "trials/")},
        {"count": len(atlas.findings), "known": 0, **link("findings", "findings/")},
        {"count": len(library.papers), "known": 0, **link("papers read", "papers/")},
        {"count": len(library.references), "known": 0, **link("works cited", "references/")},
    ]


def _count_terms(atlas: Atlas, kind: str) -> View:
    terms = atlas.library.terms_of(kind)
    told = sum(1 for term in terms if has_evidence(atlas, term))
    label = KIND_WORDS[kind][1].lower()
    return {"count": told, "known": len(terms), **link(label, ids.index_path(kind))}


def view_edition(atlas: Atlas) -> View:
    """Return the edition for a reader: version and date; empty words where there is none."""
    edition = atlas.edition
    if edition is None:
        return {"version": "", "day": ""}
    return {"version": edition.version, "day": edition.day.isoformat()}


def view_home(atlas: Atlas) -> Page:
    """Return the home page."""
    papers = sorted(
        atlas.library.papers.values(),
        key=lambda b: (
            [-n for n in b.paper.csl.issued.date_parts[0]] if b.paper.csl.issued else [0],
            b.paper.id,
        ),
    )
    resulted = [t for t in atlas.trials if t.result]
    return Page(
        path="",
        template="home.md.j2",
        title="Exosome Atlas",
        description="What is known about exosomes as therapy for bone, cartilage and "
        "osteoarthritis: every statement with its place in the paper.",
        kind="home",
        view={
            "numbers": view_numbers(atlas),
            "edition": view_edition(atlas),
            "map": view_small_map(atlas, ""),
            "newest": [view_paper_row(b, "") for b in papers[:_NEWEST]],
            "trials": [view_trial_row(atlas, t, "") for t in resulted[:_NEWEST]],
            "more_trials": max(0, len(resulted) - _NEWEST),
        },
    )


def view_about(atlas: Atlas) -> Page:
    """Return the page that tells how the atlas is made and what it cannot know."""
    return Page(
        path="about/",
        template="about.md.j2",
        title="About and method",
        description="How the atlas reads papers, what it cannot know, and how to report a wrong "
        "statement. Not medical advice.",
        kind="page",
        view={
            "numbers": [{**n, "href": f"../{n['href']}"} for n in view_numbers(atlas)],
            "levels": [view_evidence(level) for level in reversed(EVIDENCE)],
            "effects": [view_effect(effect) for effect in EFFECTS],
            "questions": "../questions/",
            "edition": view_edition(atlas),
        },
    )
