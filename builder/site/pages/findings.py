"""Findings: the row that stands in every table of findings, and the page of each."""

from __future__ import annotations

from builder.models import Finding, Locator
from builder.site.citations import short_name
from builder.site.index import ROLES, Atlas, terms_in, view_questions
from builder.site.labels import ROLE_WORDS, view_evidence, view_quantity, view_role_effect
from builder.site.links import Page, View, href, link, page_href, shorten
from builder.text import ids

_PLACES = {
    "title": ("Title", ""),
    "abstract": ("Abstract", "abstract"),
    "key-finding": ("Key findings", "key-findings"),
    "full-text": ("Full text", "headings"),
}
_TITLE = 90
_SECTION = 60


def view_place(atlas: Atlas, paper: str, where: Locator, root: str) -> View:
    """Return the place of a statement: a label, and a link to that very place.

    ``where`` is a locator; its row and reference are anchors on the paper's page.
    """
    page = ids.page_path("paper", paper)
    if where.row and (paper, where.row) in atlas.rows:
        table, number, _ = atlas.rows[paper, where.row]
        label = f"Table {table.number}, row {number}"
        return link(label, href(root, page, ids.row_anchor(where.row)))
    if where.kind == "table-row" and where.table and (paper, where.table) in atlas.tables:
        return link(f"Table {where.table}", href(root, page, ids.table_anchor(where.table)))
    if where.reference is not None and (paper, where.reference) in atlas.cited:
        label = f"Reference {where.reference}, title"
        return link(label, href(root, page, ids.reference_anchor(where.reference)))
    label, anchor = _PLACES.get(where.kind, ("Paper", ""))
    if where.section:
        label = f"{label}, {shorten(where.section, _SECTION)}"
    return link(label, href(root, page, anchor))


def view_numbers(atlas: Atlas, paper: str, numbers: list[int], root: str) -> list[View]:
    """Return the citation numbers of a statement, each a link into the paper's list.

    A number that the list does not hold is printed without a link.
    """
    page = ids.page_path("paper", paper)
    found = []
    for number in numbers:
        cited = atlas.cited.get((paper, number))
        address = href(root, page, ids.reference_anchor(number)) if cited else ""
        title = short_name(cited.csl) if cited else "not in the list of references"
        work = atlas.library.references.get(atlas.places.get((paper, number), ""))
        withdrawn = bool(work and work.withdrawn)
        found.append(
            {"label": str(number), "href": address, "title": title, "withdrawn": withdrawn}
        )
    return found


def view_terms(atlas: Atlas, finding: Finding, root: str) -> dict[str, list[View]]:
    """Return the links of a finding's terms by role; those with an effect carry it."""
    found: dict[str, list[View]] = {role: [] for role in ROLES}
    for role, term, effect in terms_in(finding):
        entry = atlas.term_link(term, root)
        entry["effect"] = view_role_effect(role, effect)
        entry["note"] = effect if role == "cargo" and effect != "not stated" else ""
        found[role].append(entry)
    return found


def _group_effects(entries: list[View]) -> list[View]:
    """Return terms by the effect on them, in the order of the statement."""
    groups: dict[str, View] = {}
    for entry in entries:
        effect = entry["effect"]
        group = groups.setdefault(effect["word"], {"effect": effect, "terms": []})
        group["terms"].append(entry)
    return list(groups.values())


def view_finding_row(atlas: Atlas, finding: Finding, root: str) -> View:
    """Return a finding as a row of a table: its quote, place, terms, references and questions."""
    bundle = atlas.paper(finding.paper)
    atlas.quoted.add(finding.paper)
    terms = view_terms(atlas, finding, root)
    eased = [c for c in terms["conditions"] if c["effect"]["word"]]
    # In a table the column of effects tells what became of a condition, not that of the setting.
    named = [{**c, "effect": view_role_effect("", "")} for c in terms["conditions"]]
    return {
        "id": finding.id,
        "former": atlas.former.get(ids.page_path("finding", finding.id), []),
        "href": page_href(root, "finding", finding.id),
        "quote": finding.quote,
        "parts": _quote_parts(finding),
        "place": view_place(atlas, finding.paper, finding.locator, root),
        "paper": link(short_name(bundle.paper.csl), page_href(root, "paper", finding.paper)),
        "terms": {**terms, "conditions": named},
        "effects": _group_effects(terms["mechanisms"] + terms["outcomes"] + eased),
        "evidence": view_evidence(finding.design.level),
        "numbers": view_numbers(atlas, finding.paper, finding.references, root),
        "quantities": [view_quantity(q) for q in finding.quantities],
        "questions": view_questions(finding.questions),
    }


def _by_name(term: View) -> View:
    """Return the link of a term under its full name."""
    return {**term, "label": term["title"] or term["label"]}


def _quote_parts(finding: Finding) -> list[str]:
    """Return the quote cell by cell where it is a row of a table, else whole."""
    return finding.quote.split(" | ") if finding.locator.row else [finding.quote]


def finding_text(finding: Finding) -> str:
    """Return the quote of a finding as running words; cells of a row stand between dots."""
    return finding.quote.replace(" | ", " · ")


def finding_title(finding: Finding) -> str:
    """Return the title of a finding's page: the first words of its quote."""
    return shorten(finding_text(finding), _TITLE)


def view_finding(atlas: Atlas, finding: Finding) -> Page:
    """Return the page of one finding."""
    path = ids.page_path("finding", finding.id)
    root = "../../"
    row = view_finding_row(atlas, finding, root)
    terms = view_terms(atlas, finding, root)
    groups = [
        {"label": ROLE_WORDS[role], "terms": [_by_name(term) for term in terms[role]]}
        for role in ROLES
        if terms[role]
    ]
    works = []
    for number in finding.references:
        cited = atlas.cited.get((finding.paper, number))
        if cited:
            works.append(
                {
                    "number": number,
                    "label": short_name(cited.csl),
                    "title": cited.csl.title,
                    "href": page_href(root, "reference", cited.id),
                }
            )
    beside = []
    if finding.locator.row:
        beside = [
            view_finding_row(atlas, other, root)
            for other in atlas.row_findings[finding.paper, finding.locator.row]
            if other.id != finding.id
        ]
    return Page(
        path=path,
        template="finding.md.j2",
        title=finding_title(finding),
        description=shorten(f"A finding in {row['paper']['label']}: {finding.quote}"),
        kind="finding",
        record=finding.id,
        crumbs=(("Findings", "findings/"),),
        view={
            "finding": row,
            "retracted": not atlas.stands(finding),
            "groups": groups,
            "works": works,
            "trials": [
                link(f"{trial.registry}: {trial.label}", page_href(root, "trial", trial.id))
                for trial in atlas.trials_named(finding)
            ],
            "beside": beside,
            "line": finding.locator.line,
            "seed": atlas.paper(finding.paper).paper.seed.file,
            "paper_title": atlas.paper(finding.paper).paper.csl.title,
        },
    )
