"""The page of a paper: its bibliography, the digest, its tables, its references."""

from __future__ import annotations

from collections import Counter

from builder.models import Cited, Finding, Paper
from builder.site.citations import (
    format_date,
    format_name,
    short_name,
    view_bibliography,
    view_citation,
    view_ways,
)
from builder.site.evidence_counts import view_levels
from builder.site.index import Atlas, terms_in, view_questions
from builder.site.labels import ROLE_WORDS
from builder.site.links import Page, View, link, outside, page_href, plural, shorten
from builder.site.pages.paper_tables import view_table
from builder.site.pages.references import view_notices
from builder.site.xrefs import view_entity
from builder.store import PaperBundle
from builder.text import ids

NOT_STATED = "not stated"
# What a paper's first screen names of its findings, and how much of it.
_NAMED = ("sources", "vehicles", "conditions", "mechanisms")
_MOST_NAMED = 8


def view_cited(atlas: Atlas, cited: Cited, root: str) -> View:
    """Return an entry of a paper's reference list."""
    reference = atlas.library.references.get(cited.id)
    csl = reference.csl if reference else cited.csl
    return {
        "anchor": ids.reference_anchor(cited.number),
        "number": cited.number,
        "citation": view_citation(csl, et_al=cited.et_al),
        "href": page_href(root, "reference", cited.id),
        "ways": view_ways(csl),
        "labels": cited.labels,
        "parsed": cited.parsed,
        "printed": cited.printed,
        "line": cited.line,
        "questions": view_questions(cited.questions),
        "findings": [
            link(str(n), page_href(root, "finding", f.id))
            for n, f in enumerate(_stating(atlas, cited), 1)
        ],
    }


def _stating(atlas: Atlas, cited: Cited) -> list[Finding]:
    """Return the findings read from a title, as the paper at hand cites it."""
    return [f for f in atlas.stating.get(cited.id, ()) if f.locator.reference == cited.number]


def _view_named(atlas: Atlas, bundle: PaperBundle, root: str) -> list[View]:
    """Return the terms that the findings of a paper name most, role by role, with their counts."""
    named = []
    for role in _NAMED:
        counts = Counter(
            term
            for finding in bundle.findings
            for term in dict.fromkeys(t for r, t, _ in terms_in(finding) if r == role)
        )
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if ranked:
            terms = [{**atlas.term_name(t, root), "count": n} for t, n in ranked[:_MOST_NAMED]]
            more = max(0, len(ranked) - _MOST_NAMED)
            named.append({"label": ROLE_WORDS[role], "terms": terms, "more": more})
    return named


def _view_stated(bundle: PaperBundle, root: str) -> list[View]:
    """Return the findings read from the abstract, the key findings and the text."""
    return [
        {
            "kind": finding.locator.kind.replace("-", " "),
            "quote": finding.quote,
            "href": page_href(root, "finding", finding.id),
        }
        for finding in bundle.findings
        if finding.locator.kind in ("abstract", "key-finding", "full-text", "title")
    ]


def view_paper_row(bundle: PaperBundle, root: str) -> View:
    """Return a paper as an entry of a list."""
    paper = bundle.paper
    return {
        "citation": view_citation(paper.csl),
        "href": page_href(root, "paper", paper.id),
        "ways": view_ways(paper.csl),
        "licence": paper.licence or NOT_STATED,
        "counts": [
            plural(len(records), word)
            for word, records in (
                ("reference", bundle.references),
                ("table", bundle.tables),
                ("finding", bundle.findings),
                ("trial", bundle.trials),
            )
            if records
        ],
    }


def _view_people(paper: Paper) -> list[View]:
    more = {p.author: p for p in paper.people}
    return [
        {
            "name": format_name(name),
            "orcid": outside(
                more[n].orcid or "",
                f"https://orcid.org/{(more[n].orcid or '').rsplit('/', 1)[-1]}",
            )
            if n in more and more[n].orcid
            else None,
            "affiliations": more[n].affiliations if n in more else [],
        }
        for n, name in enumerate(paper.csl.author or [])
    ]


def _view_entities(paper: Paper) -> list[View]:
    groups: dict[str, list[View]] = {}
    for entity in paper.entities:
        groups.setdefault(entity.group, []).append(view_entity(entity))
    return [{"label": name, "entities": found} for name, found in groups.items()]


def _all_questions(bundle: PaperBundle) -> list[View]:
    """Return the reading report: every open question of the paper, with the place it is about."""
    found = [(q, "the paper", "") for q in bundle.paper.questions]
    for table in bundle.tables:
        anchor = ids.table_anchor(table.number)
        found += [(q, f"Table {table.number}", anchor) for q in table.questions]
    for cited in bundle.references:
        anchor = ids.reference_anchor(cited.number)
        found += [(q, f"reference {cited.number}", anchor) for q in cited.questions]
    found += [
        (e.question, f"entity {e.label}", "entities") for e in bundle.paper.entities if e.question
    ]
    report = []
    for question, where, anchor in sorted(found, key=lambda f: (-f[0].weight, f[1], f[0].text)):
        entry = view_questions([question])[0]
        entry["where"] = link(where, f"#{anchor}" if anchor else "")
        report.append(entry)
    return report


def view_paper(atlas: Atlas, bundle: PaperBundle) -> Page:
    """Return the page of one paper."""
    root = "../../"
    paper = bundle.paper
    atlas.quoted.add(paper.id)
    return Page(
        path=ids.page_path("paper", paper.id),
        template="paper.md.j2",
        title=shorten(paper.csl.title, 200),
        description=shorten(f"{short_name(paper.csl)}. {paper.abstract or paper.csl.title}"),
        kind="paper",
        record=paper.id,
        crumbs=(("Papers", "papers/"),),
        view={
            "citation": view_citation(paper.csl),
            "fields": view_bibliography(paper.csl),
            "people": _view_people(paper),
            "ways": view_ways(paper.csl),
            "notices": view_notices(atlas, paper.id),
            "issued": format_date(paper.csl.issued),
            "licence": outside(paper.licence or NOT_STATED, paper.licence_url),
            "source": outside(paper.source_url, paper.source_url) if paper.source_url else None,
            "seed": {
                "file": paper.seed.file,
                "sha256": paper.seed.sha256,
                "layout": paper.seed.layout,
            },
            "tldr": paper.tldr or "",
            "contribution": paper.contribution or "",
            "key_findings": [k.text for k in paper.key_findings],
            "abstract": paper.abstract or "",
            "headings": [
                {"text": h.text, "level": h.level, "line": h.line} for h in paper.headings
            ],
            "entities": _view_entities(paper),
            "figures": [{"label": f.label, "caption": f.caption} for f in paper.figures],
            "figures_note": paper.figures_note or "",
            "abbreviations": [{"short": a.short, "long": a.long} for a in paper.abbreviations],
            "tables": [view_table(atlas, t, root) for t in bundle.tables],
            "references": [
                view_cited(atlas, c, root)
                for c in sorted(bundle.references, key=lambda c: c.number)
            ],
            "counts": view_paper_row(bundle, root)["counts"],
            "stated": _view_stated(bundle, root),
            "trials": [link(t.label, page_href(root, "trial", t.id)) for t in bundle.trials],
            "findings": len(bundle.findings),
            "levels": view_levels(bundle.findings),
            "named": _view_named(atlas, bundle, root),
            "questions": _all_questions(bundle),
        },
    )
