"""The pages of papers and of cited works: what was read of each, statement by statement."""

from collections.abc import Iterator, Sequence

from builder.addresses.pages import part_path
from builder.curate.studies import find_own
from builder.models import Cited, Finding, Notice, Paper, Reference
from builder.site.citations import (
    format_date,
    format_name,
    short_name,
    view_bibliography,
    view_citation,
    view_ways,
)
from builder.site.index import LibraryIndex, view_questions
from builder.site.labels import WORDS
from builder.site.links import (
    Page,
    View,
    curie_url,
    link,
    outside,
    page_href,
    plural,
    shorten,
    view_list,
)
from builder.site.pages.coverage import view_card
from builder.site.pages.findings import A_PAGE, view_rows, view_statement, view_table
from builder.site.pages.trials import view_trial_row
from builder.site.summaries import Sentence, answer_coverage, answer_studies, text
from builder.store import PaperBundle
from builder.text import ids

NOT_STATED = WORDS["not_stated"]
# Beyond so many statements on a page their terms are no links: the page has to stay light.
_LEAN = 80


def _name_group(atlas: LibraryIndex, paper: str, finding: Finding) -> tuple[int, str]:
    where = finding.locator
    if where.kind == "table-row" and (paper, where.table or 0) in atlas.tables:
        table = atlas.tables[paper, where.table or 0]
        return 3, table.label or f"Table {table.number}"
    order = {"key-finding": (0, "Key findings"), "abstract": (1, "Abstract"), "title": (2, "Title")}
    return order.get(where.kind, (2, where.section or "Text"))


def view_cited(atlas: LibraryIndex, cited: Cited, root: str) -> View:
    """Return an entry of a paper's reference list: one line, linked to its page or its publisher.

    Where no DOI is known, the link is a search by title, unless the work's own page has it.
    """
    reference = atlas.library.references.get(cited.id)
    csl = reference.csl if reference else cited.csl
    page = atlas.work_href(cited.id, root) if cited.id in atlas.pages.works else ""
    known = csl.DOI or csl.PMID or csl.PMCID or csl.URL
    citation = view_citation(csl, et_al=cited.et_al)
    imprint = " ".join(part for part in (citation["container"], citation["issued"]) if part)
    if citation["numbers"]:
        imprint = f"{imprint}; {citation['numbers']}"
    return {
        "anchor": ids.reference_anchor(cited.number),
        "number": cited.number,
        "authors": citation["authors"],
        "title": csl.title if cited.parsed else cited.printed,
        "imprint": imprint if cited.parsed else "",
        "parsed": cited.parsed,
        "href": page,
        "way": view_ways(csl)[0] if known or not page else None,
        "doubt": "; ".join(q.text for q in cited.questions),
        "withdrawn": bool(reference and reference.withdrawn),
    }


def view_paper_row(bundle: PaperBundle, root: str) -> View:
    """Return a paper as an entry of a list."""
    paper = bundle.paper
    return {
        "citation": view_citation(paper.csl),
        "href": page_href(root, "paper", paper.id),
        "ways": view_ways(paper.csl),
        "licence": paper.licence or NOT_STATED,
        "coverage": "" if paper.coverage.body else "text not read",
        "counts": [
            plural(len(records), word)
            for word, records in (
                ("reference", bundle.references),
                ("table", bundle.tables),
                ("statement", bundle.findings),
                ("trial", bundle.trials),
            )
            if records
        ],
    }


def _view_people(paper: Paper) -> list[View]:
    """Return the authors of whom more than the name is stated, in the order of the paper."""
    authors = paper.csl.author or []
    return [
        {
            "name": format_name(authors[person.author]),
            "orcid": outside(person.orcid, f"https://orcid.org/{person.orcid.rsplit('/', 1)[-1]}")
            if person.orcid
            else None,
            "affiliations": person.affiliations,
        }
        for person in sorted(paper.people, key=lambda p: p.author)
        if person.author < len(authors) and (person.orcid or person.affiliations)
    ]


def _view_entities(paper: Paper) -> list[View]:
    groups: dict[str, list[View]] = {}
    for entity in paper.entities:
        groups.setdefault(entity.group, []).append(
            {
                "label": entity.label,
                "link": outside(entity.identifier, curie_url(entity.identifier)),
                "question": entity.question.text if entity.question else "",
            }
        )
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


# --- the pages -----------------------------------------------------------------------------------


def view_paper(atlas: LibraryIndex, bundle: PaperBundle) -> Iterator[Page]:
    """Yield the page of a paper, and its parts where it has very many statements."""
    paper = bundle.paper
    parts = atlas.pages.parts.get(paper.id) or [[]]
    known = {f.id: f for f in bundle.findings}
    for number, held in enumerate(parts, 1):
        findings = [known[name] for name in held]
        yield (
            _view_main(atlas, bundle, findings, parts)
            if number == 1
            else _view_part(atlas, bundle, findings, number)
        )


def _view_part(
    atlas: LibraryIndex, bundle: PaperBundle, findings: list[Finding], number: int
) -> Page:
    paper = bundle.paper
    path = part_path(paper.id, number)
    title = f"{short_name(paper.csl)}: statements, part {number}"
    page = ids.page_path("paper", paper.id)
    return Page(
        path=path,
        template="statements.md.j2",
        title=title,
        description=shorten(f"Statements of {paper.csl.title}, part {number}."),
        kind="part",
        crumbs=(("Papers", "papers/"), (shorten(paper.csl.title, 80), page)),
        view={
            "paper": link(paper.csl.title, page_href("../../../", "paper", paper.id)),
            "groups": _view_groups(atlas, paper.id, findings, "../../../"),
            "lean": len(findings) > _LEAN,
            "part": number,
        },
    )


def _view_groups(
    atlas: LibraryIndex, paper: str, findings: Sequence[Finding], root: str
) -> list[View]:
    """Return the statements of a page by the table or section they stand in, in seed order."""
    groups: dict[tuple[int, str], list[View]] = {}
    for finding in sorted(findings, key=lambda f: (f.locator.line, f.id)):
        key = _name_group(atlas, paper, finding)
        groups.setdefault(key, []).append(view_statement(atlas, finding, root))
    return [
        {"label": label, "anchor": f"in-{ids.slug(label)}", "statements": held}
        for (_, label), held in sorted(groups.items(), key=lambda item: item[0][0])
    ]


def _view_main(
    atlas: LibraryIndex,
    bundle: PaperBundle,
    findings: list[Finding],
    parts: Sequence[Sequence[str]],
) -> Page:
    root = "../../"
    paper = bundle.paper
    atlas.quoted.add(paper.id)
    known = atlas.library.identifiers.get(paper.id)
    titles = [f for f in bundle.findings if f.id not in {n for part in parts for n in part}]
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
            "notices": [view_notice(notice) for notice in known.notices] if known else [],
            "answer": _answer(atlas, bundle),
            "cited_as": _view_cited_as(atlas, paper.id, root),
            "issued": format_date(paper.csl.issued),
            "licence": outside(paper.licence or NOT_STATED, paper.licence_url),
            "source": outside(paper.source_url, paper.source_url) if paper.source_url else None,
            "seed": paper.seed,
            "tldr": paper.tldr or "",
            "contribution": paper.contribution or "",
            "key_findings": paper.key_findings,
            "abstract": paper.abstract or "",
            "card": view_card(bundle),
            "headings": paper.headings,
            "entities": _view_entities(paper),
            "figures": paper.figures,
            "figures_note": paper.figures_note or "",
            "data": [outside(f"{d.archive} {d.accession}", d.url) for d in paper.data],
            "abbreviations": paper.abbreviations,
            "tables": [view_table(atlas, t, root) for t in bundle.tables],
            "references": [
                view_cited(atlas, c, root)
                for c in sorted(bundle.references, key=lambda c: c.number)
            ],
            "counts": view_paper_row(bundle, root)["counts"],
            "groups": _view_groups(atlas, paper.id, findings, root),
            "lean": len(findings) > _LEAN,
            "parts": [
                link(f"part {n}", f"{root}{part_path(paper.id, n)}")
                for n in range(2, len(parts) + 1)
            ],
            "titles": len(titles),
            "trials": [
                link(t.label, page_href(root, "trial", t.id))
                for t in {t.id: t for t in bundle.trials}.values()
            ],
            "questions": _all_questions(bundle),
        },
        data={"addresses": {f.id: atlas.pages.findings[f.id] for f in bundle.findings}},
    )


def _view_cited_as(atlas: LibraryIndex, paper: str, root: str) -> list[View]:
    """Return the pages of the cited works that a paper is: what other papers cite it for."""
    works = [w for w, read in atlas.read.items() if read == paper and w in atlas.pages.works]
    return [
        link(
            f"Also a cited work: {plural(len(atlas.library.references[work].cited_in), 'paper')} "
            "of the atlas cited it",
            page_href(root, "reference", work),
        )
        for work in sorted(works)
    ]


def _answer(atlas: LibraryIndex, bundle: PaperBundle) -> list[Sentence]:
    """Return what was read of a paper, and what its seed did not hold, in sentences."""
    studies = {s.id: s for f in bundle.findings for s in atlas.studies_of(f.id)}
    if trials := {t.id for t in bundle.trials}:
        studies |= {s.id: s for s in atlas.studies if trials & set(s.trials)}
    return [
        *answer_coverage(bundle.paper),
        *answer_studies(atlas, [studies[name] for name in sorted(studies)]),
        [text(WORDS["not_assessed"])],
    ]


def view_paper_index(atlas: LibraryIndex) -> Iterator[Page]:
    """Yield the list of all papers that the atlas has read, the newest first."""
    ranked = sorted(
        atlas.library.papers.values(), key=lambda b: (-(b.paper.csl.year or 0), b.paper.id)
    )
    about = (
        "The papers that the atlas has read, each with its statements, tables, references, "
        "licence and open questions."
    )

    def view(entries: Sequence[PaperBundle], root: str, _: str) -> View:
        return {"rows": [view_paper_row(bundle, root) for bundle in entries]}

    return view_list(ranked, "papers/", ("Papers", about, "papers.md.j2"), view)


# --- cited works ---------------------------------------------------------------------------------


def view_reference_row(atlas: LibraryIndex, reference: Reference, root: str) -> View:
    """Return a cited work as an entry of a list, with how many statements rest on it."""
    return {
        "citation": view_citation(reference.csl, et_al=reference.et_al),
        "href": atlas.work_href(reference.id, root),
        "way": view_ways(reference.csl)[0],
        "count": sum(len(by.get(reference.id, ())) for by in (atlas.citing, atlas.stating)),
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


def view_reference(atlas: LibraryIndex, reference: Reference) -> Page:
    """Return the page of one cited work: what it is, who cites it, and for what."""
    root = "../../"
    stating = atlas.stating.get(reference.id, [])
    # Of a title that many papers cite, the further statements stand where their paper does.
    further = {(f.paper, f.locator.reference): f.id for f in stating[A_PAGE:]}
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
    here = page_href(root, "reference", reference.id)

    def view_title_statement(finding: Finding) -> View:
        """Return a statement without the number that it cites this work by; its place names it."""
        view = view_statement(atlas, finding, root)
        return {**view, "numbers": [n for n in view["numbers"] if n["href"] != here]}

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
            "fields": view_bibliography(reference.csl, byline=reference.parsed),
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
            "own": view_rows(atlas, own[:A_PAGE], path, path, f"What its {part} states"),
            "stating": [view_title_statement(f) for f in stating[:A_PAGE]],
            "more_stating": len(further),
            "citing": view_rows(
                atlas, citing[:A_PAGE], path, path, "Statements that cite this work"
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

    return view_list(ranked, "references/", ("References", about, "references.md.j2"), view)
