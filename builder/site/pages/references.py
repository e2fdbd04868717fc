"""The pages of cited works, the list of all, and the list of papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.curate.studies import find_own
from builder.models import Notice, Reference
from builder.site.citations import short_name, view_bibliography, view_citation, view_ways
from builder.site.index import LibraryIndex, view_questions
from builder.site.links import (
    Page,
    View,
    link,
    outside,
    page_href,
    plural,
    shorten,
    view_list,
)
from builder.site.pages.findings import view_rows, view_statement
from builder.site.pages.trials import view_trial_row
from builder.text import ids

INDEX = "references/"
_MOST = 80  # statements in full, and in the table below


def view_reference_row(atlas: LibraryIndex, reference: Reference, root: str) -> View:
    """Return a cited work as an entry of a list, with how many statements rest on it."""
    return {
        "citation": view_citation(reference.csl, et_al=reference.et_al),
        "href": atlas.work_href(reference.id, root),
        "way": view_ways(reference.csl)[0],
        "count": count_reference(atlas, reference.id),
        "parsed": reference.parsed,
        "printed": reference.printed,
        "withdrawn": reference.withdrawn,
    }


def view_notice(notice: Notice) -> View:
    """Return a later notice about a work: what it is, when, who reports it, where to read it."""
    href = ids.doi_url(notice.doi) if notice.doi else notice.seen_at
    if notice.pmid and not notice.doi:
        href = f"https://pubmed.ncbi.nlm.nih.gov/{notice.pmid}/"
    label = notice.kind.replace("-", " ").capitalize()
    return {
        "label": label,
        "withdraws": notice.withdraws,
        "issued": notice.issued.isoformat() if notice.issued else "",
        "reported_by": notice.reported_by,
        "seen_on": notice.seen_on.isoformat(),
        "link": outside(label, href),
    }


def view_notices(atlas: LibraryIndex, paper: str) -> list[View]:
    """Return the later notices about a paper that the atlas has read."""
    known = atlas.library.identifiers.get(paper)
    return [view_notice(notice) for notice in known.notices] if known else []


def count_reference(atlas: LibraryIndex, reference: str) -> int:
    """Return how many findings a cited work carries: those that cite it or state its title."""
    return len(atlas.citing.get(reference, ())) + len(atlas.stating.get(reference, ()))


def view_reference(atlas: LibraryIndex, reference: Reference) -> Page:
    """Return the page of one cited work: what it is, who cites it, and for what."""
    root = "../../"
    stating = atlas.stating.get(reference.id, [])
    # Of a title that many papers cite, the further statements stand where their paper does.
    further = {(f.paper, f.locator.reference): f.id for f in stating[_MOST:]}
    cited_in = [
        {
            "anchor": further.get((place.paper, place.number)),
            "label": short_name(atlas.paper(place.paper).paper.csl),
            "title": atlas.paper(place.paper).paper.csl.title,
            "number": place.number,
            "href": page_href(root, "paper", place.paper, ids.reference_anchor(place.number)),
        }
        for place in reference.cited_in
    ]
    path = ids.page_path("reference", reference.id)
    citing = [f for f in atlas.citing.get(reference.id, ()) if f not in stating]
    read = atlas.read.get(reference.id)
    own = find_own(atlas.paper(read)) if read else []
    part = "abstract" if all(f.basis == "abstract" for f in own) else "text"
    return Page(
        path=path,
        template="reference.md.j2",
        title=shorten(reference.csl.title, 200),
        description=shorten(f"{short_name(reference.csl)}. {reference.csl.title}"),
        kind="reference",
        record=reference.id,
        crumbs=(("References", "references/"),),
        view={
            "citation": view_citation(reference.csl, et_al=reference.et_al),
            "fields": view_bibliography(reference.csl),
            "ways": view_ways(reference.csl),
            "has_doi": bool(reference.csl.DOI),
            "labels": reference.labels,
            "printed": reference.printed,
            "parsed": reference.parsed,
            "cited_in": cited_in,
            "read": link(
                f"Read as a paper: {plural(len(own), 'statement')} of its own",
                page_href(root, "paper", read),
            )
            if read
            else None,
            "part": part,
            "own": view_rows(atlas, own[:_MOST], path, path, f"What its {part} states"),
            "stating": [view_statement(atlas, f, root) for f in stating[:_MOST]],
            "more_stating": len(further),
            "citing": view_rows(
                atlas, citing[:_MOST], path, path, "Statements that cite this work"
            ),
            "trials": [
                view_trial_row(atlas, t, root) for t in atlas.reference_trials.get(reference.id, ())
            ],
            "notices": [view_notice(notice) for notice in reference.notices],
            "questions": view_questions(reference.questions),
        },
    )


def view_reference_index(atlas: LibraryIndex) -> Iterator[Page]:
    """Yield the list of all cited works, by first author."""
    library = atlas.library
    ranked = sorted(library.references.values(), key=lambda r: (short_name(r.csl).casefold(), r.id))
    about = (
        f"{plural(len(ranked), 'work')} cited by the papers of the atlas, each with the "
        "statements that rest on it."
    )

    def view(entries: Sequence[Reference], root: str, _: str) -> View:
        rows = [view_reference_row(atlas, r, root) for r in entries]
        return {"rows": rows, "total": len(ranked)}

    return view_list(ranked, INDEX, ("References", about, "references.md.j2"), view)
