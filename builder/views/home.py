"""The home page and the page about the atlas."""

from __future__ import annotations

from builder.views.atlas import Atlas
from builder.views.evidence_map import view_small_map
from builder.views.links import Page, View, link
from builder.views.papers import view_paper_row
from builder.views.trials import view_trial_row

_NEWEST = 5


def view_numbers(atlas: Atlas) -> list[View]:
    """Return the sizes of the atlas, each a link to its index."""
    library = atlas.library
    return [
        {"count": len(library.terms_of("source")), **link("cell sources", "sources/")},
        {"count": len(library.terms_of("mechanism")), **link("mechanisms", "mechanisms/")},
        {"count": len(library.terms_of("vehicle")), **link("delivery vehicles", "vehicles/")},
        {"count": len(library.terms_of("condition")), **link("conditions", "conditions/")},
        {"count": len(atlas.trials), **link("trials", "trials/")},
        {"count": len(atlas.findings), **link("findings", "findings/")},
        {"count": len(library.papers), **link("papers read", "papers/")},
        {"count": len(library.references), **link("works cited", "references/")},
    ]


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
            "map": view_small_map(atlas, ""),
            "newest": [view_paper_row(b, "") for b in papers[:_NEWEST]],
            "trials": [view_trial_row(atlas, t, "") for t in resulted],
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
        view={"numbers": [{**n, "href": f"../{n['href']}"} for n in view_numbers(atlas)]},
    )
