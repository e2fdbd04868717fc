"""CSV files that stand beside pages: the same rows that a reader sees, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from builder.models import Finding
from builder.site.citations import short_name
from builder.site.index import ROLES, Atlas, terms_in
from builder.site.labels import view_role_effect
from builder.site.pages.findings import view_place
from builder.text import ids


def dump_sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV (RFC 4180, but with plain line ends): UTF-8 text, a header first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def dump_findings(atlas: Atlas, findings: Iterable[Finding]) -> str:
    """Return findings as CSV: one row a finding, several terms of a role behind semicolons."""
    columns = ["id", "page", "statement", "place", "paper", *ROLES, "evidence", "references"]
    return dump_sheet(columns, [_row(atlas, finding) for finding in findings])


def _row(atlas: Atlas, finding: Finding) -> list[str]:
    told: dict[str, list[str]] = {role: [] for role in ROLES}
    for role, name, effect in terms_in(finding):
        term = atlas.library.terms.get(name)
        word = view_role_effect(role, effect)["word"]
        told[role].append(f"{word} {term.label if term else name}".strip())
    return [
        finding.id,
        ids.page_path("finding", finding.id),
        finding.quote,
        str(view_place(atlas, finding.paper, finding.locator, "")["label"]),
        short_name(atlas.paper(finding.paper).paper.csl),
        *("; ".join(told[role]) for role in ROLES),
        finding.design.level,
        "; ".join(str(number) for number in finding.references),
    ]
