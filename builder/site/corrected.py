"""Corrections made by hand, listed on the page of the record that they touch."""

from __future__ import annotations

import json

from builder.models import Correction
from builder.site.index import Atlas
from builder.site.links import Page, View

_RECORDS = frozenset({"finding", "reference", "trial", "table"})


def view_corrections(atlas: Atlas, page: Page) -> list[View]:
    """Return the corrections that touch a page's record; a paper's page lists all of its own."""
    kept = atlas.library.corrections
    if page.kind == "paper":
        touching = list(kept.get(page.record, ()))
    elif page.kind in _RECORDS:
        touching = [c for paper in sorted(kept) for c in kept[paper] if c.record == page.record]
    else:
        return []
    return [_view(c) for c in sorted(touching, key=lambda c: (c.date, c.record, c.field))]


def _view(correction: Correction) -> View:
    return {
        "record": correction.record,
        "field": correction.field,
        "old": _said(correction.old),
        "new": _said(correction.new),
        "reason": correction.reason,
        "date": correction.date.isoformat(),
    }


def _said(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
