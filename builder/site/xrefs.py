"""Identifiers of ontologies and databases, as links."""

from __future__ import annotations

from builder.models import EntityRecord, Xref
from builder.site.links import View, outside
from builder.text.curies import find_link


def view_xref(xref: Xref) -> View:
    """Return a verified identifier: its CURIE as a link, the label there, how it matches."""
    return {
        "link": outside(xref.curie, curie_url(xref.curie)),
        "label": xref.label or "",
        "match": "" if xref.match == "exact" else xref.match,
        "seen_in": xref.seen_in or "",
    }


def view_entity(entity: EntityRecord) -> View:
    """Return an entity as printed by the seed's site; its identifier links where it resolves."""
    return {
        "label": entity.label,
        "link": outside(entity.identifier, curie_url(entity.identifier)),
        "line": entity.line,
        "question": entity.question.text if entity.question else "",
    }


def curie_url(curie: str) -> str:
    """Return the address that a CURIE resolves to; empty where its prefix is not known."""
    found = find_link(curie) if ":" in curie else None
    return found.url if found else ""
