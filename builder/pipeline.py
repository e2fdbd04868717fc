"""The way of the data: seeds to content/, content/ to pages, pages to the site.

Every stage returns a report or raises ProblemError, and prints nothing.
"""

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

from builder import export, store
from builder.addresses import renewal
from builder.addresses.pages import find_pages
from builder.curate import extraction
from builder.curate.checks import check_library, check_quotes, check_terms
from builder.curate.extraction import Notify, Report, extract, silent
from builder.errors import Problem, ProblemError, has_errors
from builder.export.tables import Meanings
from builder.extract import design, methods_text
from builder.extract.findings.cues import parse_cues, parse_rules
from builder.project import Project
from builder.publish import site as publish
from builder.readers.words import parse_forms, parse_page_words, parse_words
from builder.search.index import check_settings
from builder.site.pages import Page, view_site
from builder.site.render import RenderReport, render_site, write_pages
from builder.store import Library, load
from builder.store.cache import Cache
from builder.store.library import find_edition
from builder.store.transaction import hold_lock, stage

# The word lists kept by hand, each with what reads it.
_SETTINGS: dict[str, Callable[[Any], object]] = {
    "columns.yml": Meanings.model_validate,
    "cues.yml": parse_cues,
    "evidence.yml": design.parse_words,
    "forms.yml": parse_forms,
    "journals.yml": parse_words,
    "layouts.yml": parse_page_words,
    "reporting-items.yml": methods_text.parse_words,
    "rules.yml": parse_rules,
    "search.yml": check_settings,
}


@dataclass(slots=True)
class _Preview:
    """What a preview last read of seeds and records: a hash of them, their pages, their problems.

    ``shown`` is the hash of all that its Markdown was made of.
    """

    data: str
    pages: list[Page]
    problems: list[Problem]
    shown: str = ""


_PREVIEWED: dict[Path, _Preview] = {}  # by the site
__all__ = ["Notify", "Report", "build", "check", "extract", "load", "render", "silent"]


def check(project: Project, notify: Notify = silent) -> Report:
    """Check that content/ is what extract would write, and that all in it holds together."""
    report = extraction.check(project, notify)
    problems = {str(problem): problem for problem in [*report.problems, *_check_settings(project)]}
    return replace(report, problems=sorted(problems.values(), key=Problem.sort_key))


def _check_settings(project: Project) -> Iterator[Problem]:
    """Yield a problem for each file of word lists that lacks what is taken from it."""
    for name, parse in _SETTINGS.items():
        path = project.content / name
        if os.path.lexists(path):
            try:
                store.read_settings(path, project.root, parse)
            except ProblemError as error:
                yield from error.problems


def render(project: Project, notify: Notify = silent) -> Report:
    """Write the pages as Markdown; touch only files whose bytes change."""
    with hold_lock(project.build / "lock"):
        done, _ = _render(project, load(project), notify)
    changed = [*done.written, *done.removed]
    return Report(changed=[project.docs / name for name in changed], pages=len(done.pages))


def _render(
    project: Project, library: Library, notify: Notify
) -> tuple[RenderReport, export.Downloads]:
    notify("data")
    with _template_faults(project):
        return _render_pages(project, library, notify)


@contextmanager
def _template_faults(project: Project) -> Iterator[None]:
    """Turn a fault of a template into a problem with its file and line."""
    try:
        yield
    except UnicodeDecodeError as error:
        for path in sorted(project.templates.rglob("*.j2")):
            if error.object == path.read_bytes():
                name = store.relative(path, project.root)
                got = f"byte {error.object[error.start]:#x}"
                raise ProblemError(
                    Problem(name, 0, "error", "template", "text in UTF-8", got)
                ) from error
        raise
    except (TemplateError, UndefinedError) as error:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [(f.filename, f.lineno or 0) for f in frames if f.filename.endswith(".j2")]
        if isinstance(error, TemplateSyntaxError):
            inside.append((error.filename or "templates", error.lineno))
        file, line = inside[-1] if inside else (str(project.templates), 0)
        name = store.relative(Path(file), project.root)
        got = " ".join(str(error.message or error).split())[:200]
        raise ProblemError(
            Problem(name, line, "error", "template", "a template that can be filled", got)
        ) from error


def _render_pages(
    project: Project, library: Library, notify: Notify
) -> tuple[RenderReport, export.Downloads]:
    edition = find_edition(library, publish.site_address(project))
    made = export.prepare_downloads(library, project.downloads, edition)
    notify("pages to Markdown")
    done = render_site(library, project.docs, project.templates, edition, made.sizes)
    return done, made


def build(project: Project, notify: Notify = silent, *, force: bool = False) -> bool:
    """Render and publish; return whether anything had changed.

    Raises ProblemError, and leaves the site as it was, where anything is wrong.
    """
    with hold_lock(project.build / "lock"):
        if not force and publish.is_current(project):
            return False
        find_pages.cache_clear()  # the library of what ran before: 0.4 GB of a thousand papers
        _build(
            project, load(project), notify, renewal.check_addresses, extraction.check_corrections
        )
        return True


def _build(
    project: Project,
    library: Library,
    notify: Notify,
    check_addresses: Callable[[Library], list[Problem]] = lambda _: [],
    check_read: Callable[[Project], list[Problem]] = lambda _: [],
) -> None:
    problems = [
        *check_terms(list(library.terms.values()), project.content, project.root),
        *check_library(library),
        *check_quotes(library, extraction.read_seed_words(project, library)),
        *check_addresses(library),
        *check_read(project),
    ]
    if has_errors(problems):
        raise ProblemError(p for p in problems if p.level == "error")
    done, made = _render(project, library, notify)
    publish.publish(project, made, done.pages, notify)


def rebuild(project: Project, *, fresh: bool = False) -> list[Problem]:
    """Bring the preview up to date; return what is wrong instead of raising it.

    The records are written into a copy of content/ alone: what a curator tries out is not kept.
    Where a preview stands and need not be ``fresh``, only pages that changed are built; its search
    and its downloads stay as they were.
    """
    try:
        inputs = publish.hash_inputs(project)
        if not fresh and publish.is_current(project, inputs):
            return []
        data = publish.hash_folders(project, project.seeds, project.content)
        known = _PREVIEWED.get(project.site)
        if fresh or known is None or known.data != data:
            with stage(project) as copy, Cache(project.build / "cache") as cache:
                report = extraction.extract_records(copy, project)
                if report.failed:
                    return report.problems
                library = store.load_library(copy.content, project.root, cache)
                if fresh or not project.site.is_dir():
                    _build(project, library, silent)
            edition = find_edition(library, publish.site_address(project))
            pages = list(view_site(library, edition, export.read_sizes(project.downloads)))
            known = _Preview(data, pages, report.problems)
            _PREVIEWED[project.site] = known
        folders = [project.templates / name for name in ("pages", "partials")]
        if (shown := f"{data} {publish.hash_folders(project, *folders)}") != known.shown:
            with _template_faults(project):
                write_pages(known.pages, project.docs, project.templates)
            known.shown = shown
        if not publish.is_current(project, inputs):
            publish.refresh(project, inputs)
    except ProblemError as error:
        return error.problems
    return known.problems
