"""From a Library to one plain dict a page: templates look nothing up and build no address."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from builder.addresses.pages import TERM_KINDS
from builder.addresses.releases import page_histories, read_releases
from builder.site.index import LibraryIndex, build_index
from builder.site.links import Page
from builder.site.metadata import add_metadata
from builder.site.pages import curation, overviews, papers
from builder.site.pages.comparisons import view_compare, view_map
from builder.site.pages.coverage import view_coverage, view_study_cards
from builder.site.pages.findings import view_finding_index
from builder.site.pages.measures import view_trial_index
from builder.site.pages.terms import view_term, view_term_index
from builder.site.pages.trials import view_trial
from builder.store import Library
from builder.store.library import Edition

__all__ = ["Page", "view_pages", "view_site"]


def view_site(library: Library, edition: Edition, sizes: Mapping[str, int]) -> Iterator[Page]:
    """Yield every page of the site with its metadata and cite box, each exactly once.

    Beside those of the records these are the pages about the data, the changes, each release, and
    each address that moved or was withdrawn. ``sizes`` are those of the downloads, in bytes.
    """
    atlas = build_index(library)
    histories = page_histories(read_releases(library.root))
    gone = curation.view_gone_anchors(library)
    for page in _view_all(atlas, edition, sizes):
        kept = replace(page, gone=tuple(gone.get(page.path, ())))
        yield add_metadata(atlas, kept, edition, histories)


def _view_all(atlas: LibraryIndex, edition: Edition, sizes: Mapping[str, int]) -> Iterator[Page]:
    """Yield the pages one by one: all of a thousand papers would fill the memory."""
    releases = read_releases(atlas.library.root)
    titles = {"changes/": "What changed"}
    for page in view_pages(atlas.library):
        titles[page.path] = page.title
        yield page
    data = overviews.view_data(atlas, edition, sizes)
    titles[data.path] = data.title
    yield data
    for page in (
        curation.view_changes(atlas, releases, titles),
        *(curation.view_release(atlas, r) for r in releases),
    ):
        titles[page.path] = page.title
        yield page
    yield from curation.view_gone_pages(atlas, titles)


def view_pages(library: Library) -> Iterator[Page]:
    """Yield every page of a record or of an overview, each exactly once, in a fixed order.

    Each has the short forms and papers that its view has used.
    """
    atlas = build_index(library)
    for page in _view_each(atlas):
        yield replace(page, wording=atlas.take_wording())


def _view_each(atlas: LibraryIndex) -> Iterator[Page]:
    library = atlas.library
    yield overviews.view_home(atlas)
    yield view_coverage(atlas)
    yield view_study_cards(atlas)
    yield overviews.view_about(atlas)
    yield view_map(atlas)
    yield view_compare(atlas)
    yield from overviews.view_glossary(atlas)
    yield curation.view_question_queue(atlas)
    yield overviews.view_search(atlas)
    for kind in TERM_KINDS:
        yield from view_term_index(atlas, kind)
        for term in library.terms_of(kind):
            if term.id in atlas.pages.named:
                yield from view_term(atlas, term)
    yield view_trial_index(atlas)
    for trial in atlas.trials:
        yield view_trial(atlas, trial)
    yield from papers.view_paper_index(atlas)
    for key in sorted(library.papers):
        yield from papers.view_paper(atlas, library.papers[key])
    yield from papers.view_reference_index(atlas)
    for key in sorted(atlas.pages.works):
        yield papers.view_reference(atlas, library.references[key])
    yield from view_finding_index(atlas)
