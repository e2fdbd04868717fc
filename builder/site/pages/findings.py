"""Findings: as a row of any list, whole where they stand, the list of all, and their tables."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from builder.models import Finding, Locator, Repair, Table, TableRow
from builder.site import labels
from builder.site.citations import short_name
from builder.site.index import ROLES, LibraryIndex, terms_in, view_questions
from builder.site.links import (
    Page,
    View,
    href,
    link,
    page_href,
    plural,
    root_of,
    shorten,
    split_list,
    view_steps,
)
from builder.site.summaries import grade_finding, sort_by_design
from builder.text import ids

INDEX = "findings/"
A_PAGE = 75
_MOST_FETCHED = 2000  # so many rows a reader may fetch into one page, to filter and sort
_PLACES = {
    "title": ("Title", ""),
    "abstract": ("Abstract", "abstract"),
    "key-finding": ("Key findings", "key-findings"),
    "full-text": ("Full text", "statements"),
}
_TITLE = 90
_SECTION = 60
_STATEMENT = 170
_NAMES = 3  # terms that a row names in each column
_PAPER = 40
# What most rows of a list hold: its filter states it once for them.
USUAL = {"result": labels.RESULTS["none-reported"][0], "role": labels.STUDY_ROLES["therapeutic"]}
USUAL |= {"certainty": labels.CERTAINTY["asserted"], "basis": labels.BASIS["full-text"]}
_SETTING = ("targets", "partners", "models", "species")


def view_place(atlas: LibraryIndex, paper: str, where: Locator, root: str) -> View:
    """Return the place of a statement: a label, and a link to that very place.

    ``where`` is a locator; its row and reference are anchors on the paper's pages.
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


def view_numbers(atlas: LibraryIndex, paper: str, numbers: list[int], root: str) -> list[View]:
    """Return the works that a statement cites: number and short name, linked to their place.

    A number that the list does not hold is printed without a link.
    """
    found = []
    for number in numbers:
        cited = atlas.cited.get((paper, number))
        work = atlas.library.references.get(atlas.places.get((paper, number), ""))
        found.append(
            {
                "label": str(number),
                "href": atlas.work_href(cited.id, root) if cited else "",
                "title": short_name(cited.csl) if cited else "not in the list of references",
                "withdrawn": bool(work and work.withdrawn),
            }
        )
    return found


def view_terms(atlas: LibraryIndex, finding: Finding, root: str) -> dict[str, list[View]]:
    """Return the links of a finding's terms by role; those with an effect carry it."""
    found: dict[str, list[View]] = {role: [] for role in ROLES}
    for role, term, effect in terms_in(finding):
        entry = atlas.term_link(term, root)
        entry["effect"] = labels.view_role_effect(role, effect)
        entry["note"] = effect if role == "cargo" and effect != "not stated" else ""
        found[role].append(entry)
    return found


def finding_text(finding: Finding) -> str:
    """Return the quote of a finding as running words; cells of a row stand between dots."""
    return finding.quote.replace(" | ", " · ")


def finding_title(finding: Finding) -> str:
    """Return the first words of a finding's quote, as a title."""
    return shorten(finding_text(finding), _TITLE)


# --- a statement where it stands -----------------------------------------------------------------


def view_statement(atlas: LibraryIndex, finding: Finding, root: str) -> View:
    """Return a finding in full, as it stands on the page of its paper or cited work."""
    atlas.quoted.add(finding.paper)
    terms = view_terms(atlas, finding, root)
    questions = view_questions(finding.questions)
    where = finding.locator
    basis = "its own title" if where.kind == "title" else labels.BASIS[finding.basis]
    trials = [
        link(trial.registry, page_href(root, "trial", trial.id))
        for trial in atlas.trials_named(finding)
    ]
    return {
        "id": finding.id,
        "former": atlas.former.get(finding.id, []),
        "quote": finding_text(finding),
        "reading": [
            {"label": labels.ROLE_WORDS[role], "terms": _mark_first(terms[role])}
            for role in ROLES
            if terms[role]
        ],
        "facts": [
            f"{labels.describe_design(finding.design)}, read from {basis}",
            *([labels.STUDY_ROLES[finding.role]] if finding.role != "unclear" else []),
            *([labels.CERTAINTY[finding.certainty]] if finding.certainty != "asserted" else []),
        ],
        "design": labels.view_design(finding.design.level),
        "result": labels.view_result(finding.result) if finding.result != "none-reported" else None,
        "place": view_place(atlas, finding.paper, where, root),
        "paper": atlas.paper_link(finding.paper, root),
        "line": where.line,
        "numbers": view_numbers(atlas, finding.paper, finding.references, root),
        "trials": trials,
        "quantities": [labels.view_quantity(q) for q in finding.quantities],
        "questions": questions,
        "doubt": questions[0]["text"] if questions and questions[0]["weight"] >= 4 else "",  # noqa: PLR2004
        "retracted": not atlas.stands(finding),
        "superseded": view_superseding(atlas, finding, root),
    }


def view_superseding(atlas: LibraryIndex, finding: Finding, root: str) -> View | None:
    """Return the link to the paper that a statement of a cited title gave way to; else None."""
    paper = atlas.superseded.get(finding.id)
    return atlas.paper_link(paper, root) if paper else None


def _mark_first(terms: list[View]) -> list[View]:
    """Return terms with those of one effect together; the first of each bears its word."""
    words = list(dict.fromkeys(term["effect"]["word"] for term in terms))
    ranked = sorted(terms, key=lambda term: words.index(term["effect"]["word"]))
    before = None
    for term in ranked:
        word = term["effect"]["word"]
        term["first"] = bool(word) and word != before
        before = word
    return ranked


# --- rows of lists -------------------------------------------------------------------------------


def view_row(atlas: LibraryIndex, finding: Finding, root: str) -> View:
    """Return a finding as a row of a list, and what a filter asks for.

    ``whole`` is the statement where the row shortens it. ``facets`` hold what the cells of the row
    do not show and what is not usual; a script reads the others from there.
    """
    terms = view_terms(atlas, finding, root)
    effects = [*terms["mechanisms"], *terms["outcomes"]]
    effects += [c for c in terms["conditions"] if c["effect"]["word"]]
    words = [term["effect"]["word"] for term in effects]
    quote = finding_text(finding)
    statement = shorten(quote, _STATEMENT)
    paper = atlas.paper(finding.paper).paper.csl
    short = short_name(paper)
    said = {"result": labels.RESULTS[finding.result][0], "role": labels.STUDY_ROLES[finding.role]}
    said |= {"certainty": labels.CERTAINTY[finding.certainty], "basis": labels.BASIS[finding.basis]}
    design = labels.view_design(grade_finding(atlas, finding))
    place = view_place(atlas, finding.paper, finding.locator, root)["label"]
    sources = _cut(terms["sources"])
    named = _cut([{**c, "effect": labels.view_effect("")} for c in terms["conditions"]])
    reported = _cut(_mark_first(effects))
    return {
        "id": finding.id,
        "href": atlas.finding_href(finding.id, root),
        "statement": statement,
        "whole": quote if statement != quote else "",
        "sources": sources,
        "effects": reported,
        "conditions": named,
        "design": design,
        "hedged": labels.CERTAINTY[finding.certainty] if finding.certainty != "asserted" else "",
        # What speaks against a treatment is not left to the page of the statement.
        "against": labels.view_result(finding.result) if finding.result in labels.AGAINST else None,
        "where": f"{short}: {place}",
        "retracted": not atlas.stands(finding),
        "superseded": finding.id in atlas.superseded,
        "facets": {
            "source": [] if shows_all(sources) else _names(terms["sources"]),
            "condition": [] if shows_all(named) else _names(terms["conditions"]),
            "effect": list(dict.fromkeys(filter(None, words))) if reported["more"] else [],
            **{name: [word] for name, word in said.items() if word != USUAL[name]},
            "vehicle": _names(terms["vehicles"]),
            "paper": [f"{short}: {shorten(paper.title, _PAPER)}".replace("|", "/")]
            if atlas.papers_named[short] > 1
            else [],
        },
    }


def _cut(terms: list[View]) -> View:
    return {"shown": terms[:_NAMES], "more": max(0, len(terms) - _NAMES)}


def shows_all(cell: View) -> bool:
    """Return whether a cell shows all of its terms, as links that bear their full names."""
    return not cell["more"] and all(term["href"] for term in cell["shown"])


def _names(terms: list[View]) -> list[str]:
    """Return the full names by which a filter asks; a bar would part one from the next."""
    return [(term["title"] or term["label"]).replace("|", "/") for term in terms]


def view_rows(
    atlas: LibraryIndex, findings: Sequence[Finding], path: str, current: str, caption: str
) -> View:
    """Return one page of a list of findings whose first page is ``path``.

    ``caption`` names the table. Rows of further pages can be fetched by a script, unless they are
    too many; a filter over a part would mislead.
    """
    parts = split_list(findings, path, A_PAGE)
    root = root_of(current)
    here = next((part for part in parts if part.path == current), parts[0])
    fetched = len(findings) <= _MOST_FETCHED and here is parts[0]
    return {
        "rows": [view_row(atlas, f, root) for f in here.entries],
        "caption": caption,
        "usual": USUAL,
        "total": len(findings),
        "steps": view_steps(parts, root, current),
        "more": " ".join(href(root, p.path) for p in parts[1:]) if fetched else "",
        "filtered": fetched and len(findings) > 3,  # noqa: PLR2004 (a few need no filter)
    }


def view_finding_parts(
    atlas: LibraryIndex,
    findings: Sequence[Finding],
    path: str,
    head: tuple[str, str],
    crumbs: tuple[tuple[str, str], ...] = (),
) -> Iterator[Page]:
    """Yield the pages of a list of findings whose first page is ``path``.

    ``head`` is the title and what the list holds, ``crumbs`` are of all pages but the first.
    """
    title, about = head
    for part in split_list(findings, path, A_PAGE):
        first = part.path == path
        label = "" if first else f" {part.label}"
        yield Page(
            path=part.path,
            template="findings.md.j2",
            title=f"{title}{label}",
            description=about,
            kind="index",
            crumbs=() if first else crumbs,
            view={
                "list": view_rows(atlas, findings, path, part.path, f"Statements{label}"),
                "search": href(root_of(part.path), "search/"),
            },
        )


def view_finding_index(atlas: LibraryIndex) -> Iterator[Page]:
    """Yield the list of all findings, the highest design first."""
    ranked = sort_by_design(atlas, atlas.findings)
    about = (
        f"{plural(len(ranked), 'statement')}, the smallest units that can be cited, each with its "
        "quote and its place in the paper."
    )
    return view_finding_parts(atlas, ranked, INDEX, ("Statements", about), (("Statements", INDEX),))


# --- the tables of a paper -----------------------------------------------------------------------

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
# A larger table has no printed grid on its page: the page has to stay light.
_MOST_CELLS = 600


def view_columns(columns: list[str]) -> View:
    """Return the header of a table: one row, or two where columns stand in groups.

    A grouped column is named ``Group / Column``; neighbours of one group share a heading.
    """
    split = [name.split(" / ", 1) if " / " in name else ["", name] for name in columns]
    if not any(group for group, _ in split):
        return {"grouped": False, "top": [], "names": columns}
    top: list[View] = []
    for group, name in split:
        if group and top and top[-1]["group"] == group:
            top[-1]["span"] += 1
        else:
            top.append({"group": group, "label": group or name, "span": 1})
    below = [name for group, name in split if group]
    return {"grouped": True, "top": top, "names": below}


def _view_cell(atlas: LibraryIndex, table: Table, row: TableRow, column: str) -> View:
    """Return a cell: what it reads, what was printed, and why where the two differ."""
    cell = row.cells.get(column)
    printed = cell.printed if cell else ""
    text = cell.text if cell else ""
    inherited = ""
    if cell and cell.inherited:
        above = atlas.rows.get((table.paper, cell.inherited))
        inherited = f"from row {above[1]}" if above else "from the row above"
    repairs = [r for r in table.repairs if r.row == row.id and r.column == column]
    return {
        "column": column,
        "text": text,
        "printed": printed if printed != text else "",
        "changed": printed != text and not inherited,
        "inherited": inherited,
        "repair": repairs[-1].rule if repairs else "",
        "differs": printed != text or bool(inherited),
        "reasons": [r.note for r in repairs],
    }


def _view_table_row(
    atlas: LibraryIndex, table: Table, row: TableRow, place: int, root: str
) -> View:
    findings = atlas.by_row.get((table.paper, row.id), ())
    former = {*atlas.former_rows.get(row.id, ())}
    return {
        "anchor": ids.row_anchor(row.id),
        "former": [ids.row_anchor(name) for name in sorted(former)],
        "place": place,
        "line": row.line,
        "cells": [_view_cell(atlas, table, row, column) for column in table.columns],
        "numbers": view_numbers(atlas, table.paper, row.references, root),
        "findings": [
            link(str(n), atlas.finding_href(f.id, root)) for n, f in enumerate(findings, 1)
        ],
    }


def view_table(atlas: LibraryIndex, table: Table, root: str) -> View:
    """Return a table: the repaired grid, the printed one beside it, and each repair by name."""
    places = {row.id: n for n, row in enumerate(table.rows, 1)}
    width = max([len(row) for row in table.printed], default=0)
    rows = [_view_table_row(atlas, table, row, n, root) for n, row in enumerate(table.rows, 1)]
    return {
        "anchor": ids.table_anchor(table.number),
        "number": table.number,
        "label": table.label or f"Table {table.number}",
        "caption": table.caption or "",
        "header": view_columns(table.columns),
        "rows": rows,
        "repairs": [
            {"where": _name_place(r, places), "rule": r.rule, "note": r.note} for r in table.repairs
        ],
        "pairs": _view_pairs(table, rows),
        "printed": [{"cells": row, "missing": width - len(row)} for row in table.printed]
        if sum(map(len, table.printed)) <= _MOST_CELLS
        else [],
        "footnotes": table.footnotes,
        "line": table.line,
        "questions": view_questions(table.questions),
    }


def _name_place(repair: Repair, places: dict[str, int]) -> str:
    """Return where a repair was made, in words."""
    row = f"row {places[repair.row]}" if repair.row in places else ""
    return ", ".join(part for part in (row, repair.column or "") if part) or "whole table"


def _view_pairs(table: Table, rows: list[View]) -> View:
    """Return what was printed beside what was read: the header, and each row that differs.

    ``words`` count the differences; they are empty where everything stands as printed.
    """
    header = _view_header(table)
    differing = [row for row in rows if any(c["differs"] for c in row["cells"])]
    changed = sum(c["differs"] for row in rows for c in row["cells"])
    cells = sum(len(row["cells"]) for row in rows)
    one = changed == 1 and not header
    found = ["the header"] if header else []
    found += [f"{changed} of {cells} {'cell' if cells == 1 else 'cells'}"] if changed else []
    verb = "differs" if one or not changed else "differ"
    return {
        "words": f"{' and '.join(found)} {verb}" if found else "",
        "header": header,
        "rows": [
            {
                "anchor": row["anchor"],
                "place": row["place"],
                "cells": [_view_pair(cell) for cell in row["cells"]],
            }
            for row in differing
        ],
        "rest": len(rows) - len(differing),
    }


def _view_header(table: Table) -> View | None:
    """Return the printed lines of the header beside the names of the columns, if they differ.

    Only where each row that is not one of the header's was read as a row is it known which are.
    """
    above = len(table.printed) - len(table.rows)
    printed = [[cell for cell in row if cell] for row in table.printed[: max(above, 0)]]
    if not printed or printed == [table.columns]:
        return None
    return {"printed": [" | ".join(row) for row in printed], "read": " | ".join(table.columns)}


def _view_pair(cell: View) -> View:
    printed, read = mark_difference(cell["printed"], cell["text"])
    return {
        "column": cell["column"],
        "differs": cell["differs"],
        "text": cell["text"],
        "printed": printed,
        "read": read,
        "inherited": cell["inherited"],
        "reasons": cell["reasons"],
    }


def mark_difference(printed: str, read: str) -> tuple[list[View], list[View]]:
    """Return both texts in pieces, those marked in which they differ, word by word."""
    a, b = _WORD.findall(printed), _WORD.findall(read)
    left: list[View] = []
    right: list[View] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        marked = tag != "equal" and bool(printed) and bool(read)
        for side, words in ((left, a[i:j]), (right, b[k:m])):
            if words:
                side.append({"text": "".join(words), "marked": marked})
    return left, right
