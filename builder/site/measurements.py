"""What was measured of a delivery vehicle: release of its load and mechanics, number by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.models import Finding, Term
from builder.site.citations import short_name
from builder.site.index import Atlas
from builder.site.labels import view_quantity
from builder.site.links import View, link, page_href
from builder.site.pages.findings import view_place

# The kinds of outcome that tell how a vehicle behaves, and not what follows in the tissue.
_TYPES = ("release kinetics", "mechanical property")


def view_measures(atlas: Atlas, findings: Sequence[Finding], root: str) -> list[View]:
    """Return what findings state of release and mechanics: words, numbers with units, place.

    A row of a table gives one entry for each cell that holds a number or names such an outcome; any
    other statement gives itself. Which number belongs to which group is left to the words.
    """
    found = []
    for finding in findings:
        outcomes = [atlas.library.terms.get(o.id) for o in finding.outcomes]
        physical = [term for term in outcomes if term and term.type in _TYPES]
        if not physical and not finding.quantities:
            continue
        entries = list(_cells(atlas, finding, physical))
        if not entries and physical and not finding.locator.row:
            label = ", ".join(term.label for term in physical)
            entries = [_entry(label, finding.quote, finding)]
        for entry in entries:
            entry["sources"] = [atlas.term_link(name, root) for name in finding.sources]
            entry["place"] = view_place(atlas, finding.paper, finding.locator, root)
            entry["paper"] = short_name(atlas.paper(finding.paper).paper.csl)
            entry["finding"] = link("finding", page_href(root, "finding", finding.id))
            found.append(entry)
    return found


def _cells(atlas: Atlas, finding: Finding, physical: Sequence[Term]) -> Iterator[View]:
    """Yield the cells of a finding's row that tell of release or mechanics."""
    row = atlas.rows.get((finding.paper, finding.locator.row or ""))
    if row is None:
        return
    table, _, held = row
    spellings = [s.casefold() for term in physical for s in (term.label, *term.synonyms)]
    for column in table.columns:
        text = held.cells[column].text if column in held.cells else ""
        entry = _entry(column.replace(" / ", ", "), text, finding)
        if entry["quantities"] or any(word in text.casefold() for word in spellings):
            yield entry


def _entry(label: str, text: str, finding: Finding) -> View:
    """Return words with the numbers that were read from them."""
    held = [q for q in finding.quantities if q.quote in text]
    return {"label": label, "text": text, "quantities": [view_quantity(q) for q in held]}
