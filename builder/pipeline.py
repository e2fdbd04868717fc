"""The way of the data: seeds to content/, content/ to pages, pages to the site.

Every stage returns a report or raises ProblemError, and prints nothing.
"""

from __future__ import annotations

from builder import export
from builder.addresses import renewal
from builder.curate.checks import check_library, check_quotes, check_terms
from builder.curate.extraction import (
    Notify,
    Report,
    check,
    check_corrections,
    extract,
    read_seed_words,
    silent,
)
from builder.errors import Problem, ProblemError, has_errors
from builder.project import Project
from builder.publish import site as publish
from builder.site.render import RenderReport, render_site
from builder.store import Library, load
from builder.store.atomic_replace import hold_lock
from builder.store.build_info import find_edition

__all__ = ["Notify", "Report", "build", "check", "extract", "load", "render", "silent"]


def render(project: Project, notify: Notify = silent) -> Report:
    """Write the pages as Markdown; touch only files whose bytes change."""
    with hold_lock(project.build / "lock"):
        done = _render(project, load(project), notify)
    changed = [*done.written, *done.removed]
    return Report(changed=[project.docs / name for name in changed], pages=len(done.pages))


def _render(project: Project, library: Library, notify: Notify) -> RenderReport:
    notify("data")
    edition = find_edition(library, publish.site_address(project))
    sizes = export.prepare_downloads(library, project.downloads, edition)
    notify("pages to Markdown")
    return render_site(library, project.docs, project.templates, edition, sizes)


def build(project: Project, notify: Notify = silent, *, force: bool = False) -> bool:
    """Render and publish; return whether anything had changed.

    Raises ProblemError, and leaves the site as it was, where anything is wrong.
    """
    with hold_lock(project.build / "lock"):
        if not force and publish.is_current(project):
            return False
        library = load(project)
        terms = list(library.terms.values())
        problems = [
            *check_terms(terms, project.content, project.root),
            *check_library(library),
            *check_quotes(library, read_seed_words(project, library)),
        ]
        if project.out != project.preview:
            problems += renewal.check_addresses(library)
        problems += check_corrections(project)
        if has_errors(problems):
            raise ProblemError(p for p in problems if p.level == "error")
        done = _render(project, library, notify)
        publish.publish(project, library, notify, done.pages)
        return True


def rebuild(project: Project) -> list[Problem]:
    """Run every stage into the preview; return what is wrong instead of raising it."""
    try:
        report = extract(project)
        if not report.failed:
            build(project)
    except ProblemError as error:
        return error.problems
    return report.problems
