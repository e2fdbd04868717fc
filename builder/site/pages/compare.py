"""Cell sources side by side: what each was tried for, how, and what followed."""

from __future__ import annotations

from collections.abc import Sequence

from builder.models import Finding, Term
from builder.site.evidence_counts import (
    find_evidence,
    has_evidence,
    strongest,
    view_levels,
    view_weight,
)
from builder.site.index import Atlas, terms_in
from builder.site.labels import EVIDENCE, ROLE_WORDS, view_effect, view_evidence
from builder.site.links import Page, View, page_href
from builder.site.pages.terms import view_facets
from builder.site.pages.trials import view_trial_row

ROOT = "../"
_SHOWN = 2  # sources that the page compares before anyone asks
_PLACES = ("a", "b", "c")
# The roles that are compared, in this order.
_ROLES = ("conditions", "mechanisms", "outcomes", "vehicles", "modifications", "cargo", "models")
_GRADED = ("conditions", "vehicles")  # whose entries tell the strongest evidence behind them
_FIRST = 8  # of what one source alone has, before the rest is folded away
_LEVELS = sorted(EVIDENCE, key=lambda level: -EVIDENCE[level])


def find_comparable(atlas: Atlas) -> list[Term]:
    """Return the cell sources that findings or trials tell of, those with most findings first."""
    told = [t for t in atlas.library.terms_of("source") if has_evidence(atlas, t)]
    return sorted(told, key=lambda t: (-len(find_evidence(atlas, t)), t.label.casefold(), t.id))


def view_compared(atlas: Atlas, term: Term) -> View:
    """Return one cell source as comparisons show it; its addresses are those of ``/compare/``.

    Every source has the same groups in the same order, so that several can be laid side by side.
    """
    findings = find_evidence(atlas, term)
    facets = {f["id"]: f["entries"] for f in view_facets(atlas, term.id, findings, ROOT)}
    weight = view_weight(atlas, findings, len(atlas.term_trials.get(term.id, ())))
    levels = {v["level"]["label"]: v["count"] for v in view_levels(findings)}
    sizes = [(name, weight[name.lower()]) for name in ("Studies", "Findings", "Trials")]
    return {
        "id": term.id,
        "label": term.short,
        "title": term.label,
        "href": page_href(ROOT, term.kind, term.id),
        "groups": [
            _group("Size", [_entry(name, count) for name, count in sizes]),
            _group("Evidence", [_level_entry(level, levels.get(level, 0)) for level in _LEVELS]),
            _group("Trials told", _trial_entries(atlas, term), ranked=True),
            *(
                _group(
                    ROLE_WORDS[role],
                    [
                        _facet_entry(entry, _grade(atlas, findings, role, entry["id"]))
                        for entry in facets.get(role, ())
                    ],
                    ranked=True,
                )
                for role in _ROLES
            ),
        ],
    }


def _group(label: str, entries: list[View], *, ranked: bool = False) -> View:
    return {"label": label, "ranked": ranked, "entries": entries}


def _entry(label: str, count: int) -> View:
    return {
        "label": label, "href": "", "count": count, "effects": [],
        "mark": "", "level": "", "note": "",
    }  # fmt: skip


def _level_entry(level: str, count: int) -> View:
    return {**_entry(level, count), "mark": view_evidence(level)["mark"]}


def _facet_entry(entry: View, level: str) -> View:
    term = entry["term"]
    return {
        **_entry(term["title"] or term["label"], entry["count"]),
        "href": term["href"],
        "effects": _effects(entry),
        "mark": view_evidence(level)["mark"] if level else "",
        "level": level,
    }


def _effects(entry: View) -> list[View]:
    """Return in how many findings a mechanism rose or fell, or what became of a condition."""
    rose = [
        {**view_effect(way), "words": f"{word} in", "count": entry[way]}
        for way, word in (("up", "increased"), ("down", "decreased"))
        if entry[way]
    ]
    eased = [{**told, "words": f"{told['way']} in"} for told in entry["relief"]]
    return [
        {key: told[key] for key in ("style", "mark", "words", "count")} for told in rose + eased
    ]


def _grade(atlas: Atlas, findings: Sequence[Finding], role: str, term: str) -> str:
    """Return the strongest evidence among the findings that name a term in a role.

    What rests on retracted work alone gives none; roles that are not graded give nothing.
    """
    if role not in _GRADED:
        return ""
    held = [f for f in findings if (role, term) in {(r, t) for r, t, _ in terms_in(f)}]
    return strongest([f for f in held if atlas.stands(f)], 0)


def _trial_entries(atlas: Atlas, term: Term) -> list[View]:
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


def view_comparison(compared: Sequence[View]) -> View:
    """Return several sources as one table: a body for each group, a row for each entry.

    Of a ranked group, the rows are what at least two sources share, in order of their findings in
    all sources together; what one alone has stands source by source under ``only``. The script of
    the page lays out other sources by the same rule.
    """
    bodies = []
    for groups in zip(*(c["groups"] for c in compared), strict=True):
        rows: dict[str, View] = {}
        for place, group in enumerate(groups):
            for entry in group["entries"]:
                row = rows.setdefault(
                    entry["label"],
                    {
                        **{key: entry[key] for key in ("label", "href")},
                        "mark": "" if group["ranked"] else entry["mark"],
                        "cells": [None] * len(groups),
                    },
                )
                row["cells"][place] = entry if entry["count"] else None
        kept = [row for row in rows.values() if any(row["cells"])]
        if kept and groups[0]["ranked"]:
            bodies.append(_view_ranked(groups[0]["label"], kept, compared))
        elif kept:
            bodies.append({"label": groups[0]["label"], "rows": kept, "only": [], "told": ""})
    return {
        "columns": [{key: c[key] for key in ("label", "title", "href")} for c in compared],
        "bodies": bodies,
        "first": _FIRST,
    }


def _view_ranked(label: str, rows: list[View], compared: Sequence[View]) -> View:
    rows.sort(key=lambda row: (-_sum(row), row["label"]))
    shared = [row for row in rows if _told(row) > 1]
    only = [
        [row["cells"][place] for row in rows if _told(row) == 1 and row["cells"][place]]
        for place in range(len(compared))
    ]
    counts = [f"{len(shared)} shared"]
    counts += [f"{len(o)} only {c['label']}" for o, c in zip(only, compared, strict=True) if o]
    return {
        "label": label,
        "rows": shared,
        "only": only if any(only) else [],
        "told": " · ".join(counts),
    }


def _told(row: View) -> int:
    return sum(1 for cell in row["cells"] if cell)


def _sum(row: View) -> int:
    return sum(cell["count"] for cell in row["cells"] if cell)


def view_compare(atlas: Atlas) -> Page:
    """Return the page that sets cell sources side by side.

    It holds a comparison of the two sources with most findings, and a table of all, so that it
    tells something without a script. With one, ``?a=bmsc&b=adsc&c=ucmsc`` chooses the sources.
    """
    terms = find_comparable(atlas)
    every = [view_compared(atlas, term) for term in terms]
    first = every[:_SHOWN]
    return Page(
        path="compare/",
        template="compare.md.j2",
        title="Compare cell sources",
        description="Two or three cell sources side by side: conditions, evidence, mechanisms, "
        "vehicles and trials.",
        kind="page",
        extra={"script": "assets/javascripts/compare.js"},
        view={
            "comparison": view_comparison(first) if len(first) == _SHOWN else None,
            "places": [
                {
                    "name": name,
                    "label": f"{word} source",
                    "chosen": first[place]["id"] if place < len(first) else "",
                    "optional": place >= _SHOWN,
                }
                for place, (name, word) in enumerate(
                    zip(_PLACES, ("First", "Second", "Third"), strict=True)
                )
            ],
            "options": [
                {"id": c["id"], "label": c["title"]}
                for c in sorted(every, key=lambda c: (c["title"].casefold(), c["id"]))
            ],
            "sources": [
                {
                    "label": c["title"],
                    "href": c["href"],
                    "sizes": [e["count"] for e in c["groups"][0]["entries"]],
                    "levels": [e["count"] for e in c["groups"][1]["entries"]],
                }
                for c in every
            ],
            "levels": _LEVELS,
        },
    )
