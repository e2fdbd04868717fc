"""Index pages of trials, papers and cited works, and the queue of open questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.models import Question, Reference
from builder.site.citations import short_name
from builder.site.csv_files import dump_sheet
from builder.site.index import Atlas, view_questions
from builder.site.links import Page, View, link, page_href, plural, root_of
from builder.site.pages.findings import view_place
from builder.site.pages.papers import view_paper_row
from builder.site.pages.references import count_reference, view_reference_row
from builder.site.pages.trials import view_trial_row
from builder.site.paging import ONE_PAGE, Part, find_initial, split_list, view_parts
from builder.site.trial_charts import view_dose_pictures, view_timeline
from builder.store import PaperBundle
from builder.text import ids

_QUESTION_COLUMNS = ("weight", "rule", "question", "field", "kind", "where", "address")


def view_trial_index(atlas: Atlas) -> Page:
    """Return the overview of all trials."""
    rows = [view_trial_row(atlas, t, "../") for t in atlas.trials]
    return Page(
        path="trials/",
        template="trials.md.j2",
        title="Trials",
        description="Registered clinical trials of exosomes for bone, cartilage and joints: phase, "
        "dose, status with its date, result, and where review and registry differ.",
        kind="index",
        view={
            "rows": rows,
            "timeline": view_timeline(atlas, "../"),
            "doses": view_dose_pictures(atlas, "../"),
        },
    )


def view_paper_index(atlas: Atlas) -> Page:
    """Return the list of all papers that the atlas has read."""
    bundles = sorted(
        atlas.library.papers.values(), key=lambda b: (-(b.paper.csl.year or 0), b.paper.id)
    )
    return Page(
        path="papers/",
        template="papers.md.j2",
        title="Papers",
        description="The papers that the atlas has read, each with its tables, references, "
        "licence and open questions.",
        kind="index",
        view={"rows": [view_paper_row(b, "../") for b in bundles]},
    )


def view_reference_index(atlas: Atlas) -> Iterator[Page]:
    """Yield the list of all cited works: one page, or the index and a page for each letter."""
    references = sorted(
        atlas.library.references.values(), key=lambda r: (short_name(r.csl).casefold(), r.id)
    )
    parts = split_list(references, "references/", lambda r: find_initial(short_name(r.csl)))
    shown = [] if parts else references
    yield _reference_list(atlas, "references/", "References", shown, parts)
    for part in parts:
        title = f"References: {part.label}"
        yield _reference_list(atlas, part.path, title, part.entries, parts)


def _reference_list(
    atlas: Atlas,
    path: str,
    title: str,
    references: Sequence[Reference],
    parts: Sequence[Part[Reference]],
) -> Page:
    root = root_of(path)
    total = len(atlas.library.references)
    return Page(
        path=path,
        template="references.md.j2",
        title=title,
        description=f"{plural(total, 'work')} cited by the papers of the atlas, each with the "
        "findings that rest on it.",
        kind="index",
        crumbs=() if path == "references/" else (("References", "references/"),),
        view={
            "rows": [view_reference_row(r, root, count_reference(atlas, r.id)) for r in references],
            "parts": view_parts(parts, root, path),
            "total": total,
        },
    )


def _paper_questions(bundle: PaperBundle, root: str) -> Iterator[tuple[Question, View, str]]:
    name = short_name(bundle.paper.csl)
    page = page_href(root, "paper", bundle.paper.id)
    for question in bundle.paper.questions:
        yield question, link(name, page), "paper"
    for entity in bundle.paper.entities:
        if entity.question:
            yield entity.question, link(f"{name}: {entity.label}", f"{page}#entities"), "entity"
    for table in bundle.tables:
        where = link(f"{name}, Table {table.number}", f"{page}#{ids.table_anchor(table.number)}")
        for question in table.questions:
            yield question, where, "table"
    for cited in bundle.references:
        anchor = ids.reference_anchor(cited.number)
        where = link(f"{name}, reference {cited.number}", f"{page}#{anchor}")
        for question in cited.questions:
            yield question, where, "reference"


def _find_questions(atlas: Atlas) -> Iterator[tuple[Question, View, str]]:
    """Yield every open question with the record it stands in."""
    root = "../"
    for _, bundle in sorted(atlas.library.papers.items()):
        yield from _paper_questions(bundle, root)
    for finding in atlas.findings:
        told = short_name(atlas.paper(finding.paper).paper.csl)
        place = view_place(atlas, finding.paper, finding.locator, root)["label"]
        where = link(f"{told}, {place}", page_href(root, "finding", finding.id))
        for question in finding.questions:
            yield question, where, "finding"
    for trial in atlas.trials:
        where = link(trial.registry, page_href(root, "trial", trial.id))
        for question in trial.questions:
            yield question, where, "trial"


def _question_sheet(found: Sequence[tuple[Question, View, str]]) -> list[list[object]]:
    return [
        [q.weight, q.rule, q.text, q.field or "", kind, w["label"], w["href"].removeprefix("../")]
        for q, w, kind in found
    ]


def view_question_queue(atlas: Atlas) -> Page:
    """Return the work queue: every open question, the weightiest first."""
    found = sorted(
        _find_questions(atlas),
        key=lambda f: (-f[0].weight, f[0].rule, f[1]["label"], f[0].text),
    )
    rows = [
        {**view_questions([q])[0], "where": where, "kind": kind}
        for q, where, kind in found[:ONE_PAGE]
    ]
    return Page(
        path="questions/",
        template="questions.md.j2",
        title="Open questions",
        description=f"{plural(len(found), 'open question')} for a curator, the weightiest first.",
        kind="page",
        view={"rows": rows, "total": len(found), "sheet": link("all as CSV", "questions.csv")},
        files={"questions.csv": dump_sheet(_QUESTION_COLUMNS, _question_sheet(found))},
    )
