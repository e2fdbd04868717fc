"""The list of all findings: slim rows to skim and to filter, each of which leads to its page.

One page holds them while they are few. Beyond that the strongest evidence comes first, a hundred a
page, and each paper has a list of its own; sources, conditions and vehicles have theirs already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from builder.models import Finding
from builder.site.citations import short_name
from builder.site.csv_files import dump_findings
from builder.site.evidence_counts import find_evidence
from builder.site.index import PAGED, Atlas
from builder.site.labels import KIND_WORDS, view_evidence
from builder.site.links import Page, View, href, link, page_href, plural, root_of, shorten
from builder.site.pages.findings import finding_text, view_place, view_terms
from builder.site.pages.terms import sort_by_evidence
from builder.site.paging import Part, split_numbered, view_parts, view_steps
from builder.text import ids

INDEX = "findings/"
ONE_PAGE = 150
_A_PAGE = 100
_MOST_FETCHED = 2000  # so many rows a reader may fetch into one page, to filter and sort
_STATEMENT = 170
_NAMES = 3  # terms that a row names in each column
_PAPER = 60
_WAYS = 12  # of each kind, those with most findings


def view_slim_row(atlas: Atlas, finding: Finding, root: str) -> View:
    """Return a finding as a row to skim: what its page tells in full, and what a filter asks for.

    ``whole`` is the statement where the row shortens it.
    """
    terms = view_terms(atlas, finding, root)
    told = [*terms["mechanisms"], *terms["outcomes"]]
    words = [term["effect"]["word"] for term in [*told, *terms["conditions"]]]
    text = finding_text(finding)
    statement = shorten(text, _STATEMENT)
    where = view_place(atlas, finding.paper, finding.locator, root)["label"]
    paper = atlas.paper(finding.paper).paper.csl
    return {
        "id": finding.id,
        "former": atlas.former.get(ids.page_path("finding", finding.id), []),
        "href": page_href(root, "finding", finding.id),
        "statement": statement,
        "whole": text if statement != text else "",
        "sources": _cut(terms["sources"]),
        "effects": _cut(sorted(told, key=_effect_first(told))),
        "conditions": _cut(terms["conditions"]),
        "evidence": view_evidence(finding.design.level),
        "where": f"{short_name(paper)}: {where}",
        "retracted": not atlas.stands(finding),
        "facets": {
            "source": _names(terms["sources"]),
            "condition": _names(terms["conditions"]),
            "effect": list(dict.fromkeys(word for word in words if word)),
            "evidence": [finding.design.level],
            "vehicle": _names(terms["vehicles"]),
            "paper": [f"{short_name(paper)}: {shorten(paper.title, _PAPER)}".replace("|", "/")],
        },
    }


def _cut(terms: list[View]) -> View:
    return {"shown": terms[:_NAMES], "more": max(0, len(terms) - _NAMES)}


def _effect_first(told: list[View]) -> Callable[[View], int]:
    """Return a key that brings terms of one effect together, in the order of the statement."""
    order = list(dict.fromkeys(term["effect"]["word"] for term in told))
    return lambda term: order.index(term["effect"]["word"])


def _names(terms: list[View]) -> list[str]:
    """Return the full names by which a filter asks; a bar would part one from the next."""
    return [(term["title"] or term["label"]).replace("|", "/") for term in terms]


def view_finding_index(atlas: Atlas) -> Iterator[Page]:
    """Yield the list of all findings: one page, or pages of a hundred and a list for each paper."""
    ranked = sort_by_evidence(atlas.findings)
    parts = split_numbered(ranked, INDEX, _A_PAGE) if len(ranked) > ONE_PAGE else []
    if not parts:
        yield _list_page(atlas, Part(INDEX, "Findings", ranked), [], {})
        return
    by_paper = {
        key: split_numbered(atlas.paper(key).findings, f"{INDEX}list/{key}/", _A_PAGE)
        for key in sorted(atlas.library.papers)
    }
    for part in parts:
        ways = _view_ways(atlas, by_paper, root_of(part.path)) if part.path == INDEX else []
        title = "Findings" if part.path == INDEX else f"Findings {part.label}"
        yield _list_page(atlas, replace(part, label=title), parts, {"ways": ways})
    for key, held in by_paper.items():
        paper = atlas.paper(key).paper.csl
        for number, part in enumerate(held, 1):
            title = f"Findings of {short_name(paper)}" + (f", part {number}" if number > 1 else "")
            of = link(paper.title, page_href(root_of(part.path), "paper", key))
            steps = held if len(held) > 1 else []
            yield _list_page(atlas, replace(part, label=title), steps, {"of": of})


def _list_page(
    atlas: Atlas, part: Part[Finding], parts: Sequence[Part[Finding]], more: View
) -> Page:
    """Return one page of rows. ``parts`` are the pages of its list, ``more`` what stands above."""
    root = root_of(part.path)
    first = not parts or part.path == parts[0].path
    total = len(atlas.findings)
    listed = sum(len(p.entries) for p in parts) if parts else len(part.entries)
    entries = [f for p in parts or [part] for f in p.entries] if first else []
    fetched = first and 0 < listed <= _MOST_FETCHED
    return Page(
        path=part.path,
        template="findings.md.j2",
        title=part.label,
        description=f"{plural(total, 'finding')}: the smallest citable statements, "
        "each with its quote and its place in the paper.",
        kind="index",
        crumbs=() if part.path == INDEX else (("Findings", INDEX),),
        view={
            "rows": [view_slim_row(atlas, f, root) for f in part.entries],
            "total": total,
            "listed": listed,
            "steps": view_steps(parts, root, part.path),
            "more": view_parts(parts, root, part.path) if fetched else [],
            "filtered": fetched,
            "search": href(root, "search/"),
            "sheet": "findings.csv" if first and listed else "",
            "ways": [],
            "of": None,
            **more,
        },
        files={"findings.csv": dump_findings(atlas, entries)} if first and listed else {},
    )


def _view_ways(
    atlas: Atlas, by_paper: Mapping[str, Sequence[Part[Finding]]], root: str
) -> list[View]:
    """Return shorter lists of findings: of each kind of term, and of papers, the longest first."""
    ways = []
    for kind in PAGED:
        told = [(len(find_evidence(atlas, t)), t) for t in atlas.library.terms_of(kind)]
        ranked = sorted(
            ((n, t) for n, t in told if n), key=lambda e: (-e[0], e[1].label.casefold(), e[1].id)
        )
        entries = [
            {**link(t.label, page_href(root, kind, t.id, "findings")), "count": n}
            for n, t in ranked[:_WAYS]
        ]
        one, many = KIND_WORDS[kind]
        ways.append(
            _way(
                one,
                entries,
                link(f"all {many.lower()}", href(root, ids.index_path(kind))),
                len(ranked),
            )
        )
    sizes = {key: sum(len(part.entries) for part in held) for key, held in by_paper.items()}
    papers = sorted((key for key in sizes if sizes[key]), key=lambda key: (-sizes[key], key))
    entries = [
        {
            **link(short_name(atlas.paper(key).paper.csl), href(root, by_paper[key][0].path)),
            "count": sizes[key],
        }
        for key in papers[:_WAYS]
    ]
    ways.append(_way("Paper", entries, link("all papers", href(root, "papers/")), len(papers)))
    return [way for way in ways if way["entries"]]


def _way(label: str, entries: list[View], every: View, known: int) -> View:
    return {"label": label, "entries": entries, "all": every if known > len(entries) else None}
