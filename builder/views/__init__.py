"""From a Library to one plain dict a page: templates look nothing up and build no address."""

from __future__ import annotations

from collections.abc import Iterator

from builder.store import Library
from builder.views.atlas import PAGED, build_atlas
from builder.views.evidence_map import view_map
from builder.views.findings import view_finding
from builder.views.home import view_about, view_home
from builder.views.indexes import (
    view_finding_index,
    view_glossary,
    view_paper_index,
    view_question_queue,
    view_reference_index,
    view_term_index,
    view_trial_index,
)
from builder.views.links import Page
from builder.views.papers import view_paper
from builder.views.references import view_reference
from builder.views.search import view_search
from builder.views.terms import view_term
from builder.views.trials import view_trial

__all__ = ["Page", "view_pages"]


def view_pages(library: Library) -> Iterator[Page]:
    """Yield every page of the site, each exactly once, in a fixed order."""
    atlas = build_atlas(library)
    yield view_home(atlas)
    yield view_about(atlas)
    yield view_map(atlas)
    yield view_glossary(atlas)
    yield view_question_queue(atlas)
    yield view_search(atlas)
    for kind in PAGED:
        yield view_term_index(atlas, kind)
        for term in library.terms_of(kind):
            yield view_term(atlas, term)
    yield view_trial_index(atlas)
    for trial in atlas.trials:
        yield view_trial(atlas, trial)
    yield view_paper_index(atlas)
    for key in sorted(library.papers):
        yield view_paper(atlas, library.papers[key])
    yield view_reference_index(atlas)
    for key in sorted(library.references):
        yield view_reference(atlas, library.references[key])
    yield view_finding_index(atlas)
    for finding in atlas.findings:
        yield view_finding(atlas, finding)
