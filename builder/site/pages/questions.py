"""The queue of open questions: by harm, those of one kind together, with where to answer them."""

from __future__ import annotations

from collections.abc import Iterator

from builder.models import Question
from builder.site.citations import short_name
from builder.site.index import Atlas
from builder.site.links import Page, View, link, page_href, plural
from builder.site.pages.findings import view_place
from builder.store import PaperBundle
from builder.text import ids

ROOT = "../"
# Of one rule so many are listed; the rest is a number.
_MOST_OF_A_RULE = 20
_FEW = 5  # up to so many stand open
_HARM = {
    5: "may mislead a decision",
    4: "may mislead a reader",
    3: "leaves a value open",
    2: "minor",
    1: "cosmetic",
}
Found = tuple[Question, View, str]


def _paper_questions(bundle: PaperBundle) -> Iterator[Found]:
    name = short_name(bundle.paper.csl)
    page = page_href(ROOT, "paper", bundle.paper.id)
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


def find_questions(atlas: Atlas) -> Iterator[Found]:
    """Yield every open question with the place and the kind of the record that it is about."""
    for _, bundle in sorted(atlas.library.papers.items()):
        yield from _paper_questions(bundle)
    for finding in atlas.findings:
        name = short_name(atlas.paper(finding.paper).paper.csl)
        place = view_place(atlas, finding.paper, finding.locator, ROOT)["label"]
        where = link(f"{name}, {place}", atlas.finding_href(finding.id, ROOT))
        for question in finding.questions:
            yield question, where, "finding"
    for trial in atlas.trials:
        where = link(trial.registry, page_href(ROOT, "trial", trial.id))
        for question in trial.questions:
            yield question, where, "trial"
    for study in atlas.studies:
        label, address = study.id, ""
        if study.references:
            label = short_name(atlas.library.references[study.references[0]].csl)
            address = atlas.work_href(study.references[0], ROOT)
        if study.trials:
            address = page_href(ROOT, "trial", study.trials[0])
        for question in study.questions:
            yield question, link(label, address), "study"


def view_question_queue(atlas: Atlas) -> Page:
    """Return the open questions by harm; those of one rule and harm are one entry with a count."""
    groups: dict[tuple[int, str, str], list[Found]] = {}
    for found in find_questions(atlas):
        question = found[0]
        groups.setdefault((-question.weight, question.rule, found[2]), []).append(found)
    ranked = sorted(groups.items())
    total = sum(len(held) for held in groups.values())
    return Page(
        path="questions/",
        template="questions.md.j2",
        title="Open questions",
        description=f"{plural(total, 'open question')} for a curator, highest priority first.",
        kind="page",
        view={
            "total": total,
            "groups": [
                {
                    "harm": _HARM[-weight],
                    "weight": -weight,
                    "rule": rule,
                    "kind": kind,
                    "count": len(held),
                    "one": held[0][0].text,
                    "open": len(held) <= _FEW and weight <= -4,  # noqa: PLR2004
                    "rows": [
                        {"text": q.text, "where": where, "field": q.field or ""}
                        for q, where, _ in sorted(held, key=lambda f: (f[1]["label"], f[0].text))[
                            :_MOST_OF_A_RULE
                        ]
                    ],
                    "more": max(0, len(held) - _MOST_OF_A_RULE),
                    "answer": _ANSWERS.get(kind, _ANSWERS["finding"]),
                }
                for (weight, rule, kind), held in ranked
            ],
        },
    )


# What a curator edits to answer a question, by the kind of its record.
_ANSWERS = {
    "finding": "a line in content/corrections/<paper>.yml, or a term in content/terms/",
    "reference": "an entry of content/identifiers.yml, or a correction of the reference",
    "table": "a line in content/corrections/<paper>.yml",
    "paper": "a line in content/corrections/<paper>.yml",
    "entity": "a line in content/corrections/<paper>.yml",
    "trial": "a fact in content/registry/<trial>.yml, or a correction of the trial",
    "study": "a correction of the place that names it wrongly",
}
