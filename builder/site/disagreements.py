"""Where voices differ about a term, both sides beside each other, neither preferred."""

from __future__ import annotations

from builder.site.citations import short_name
from builder.site.evidence import Disagreement, Voice
from builder.site.index import Atlas
from builder.site.labels import view_effect, view_evidence, view_relief
from builder.site.links import View, link, page_href
from builder.site.pages.findings import view_place

_SIDES = {"raises": "up", "lowers": "down", "no effect": "none"}
_BETWEEN = {
    "papers": "Papers of the atlas say different things.",
    "studies": "Studies that one paper tells of say different things.",
}


def view_voices(atlas: Atlas, term: str, root: str) -> list[View]:
    """Return the disagreements in which a term is the source, the mechanism or the outcome."""
    return [_view_disagreement(atlas, each, root) for each in atlas.disagreements.get(term, ())]


def _view_disagreement(atlas: Atlas, found: Disagreement, root: str) -> View:
    tell = view_relief if found.role == "condition" else view_effect
    return {
        "source": atlas.term_link(found.source, root),
        "target": atlas.term_link(found.target, root),
        "between": _BETWEEN[found.between],
        "sides": [
            {
                "effect": tell(_SIDES[direction]),
                "studies": len({study for voice in voices for study in voice.studies}),
                "voices": [_view_voice(atlas, voice, root) for voice in voices],
            }
            for direction, voices in found.sides
        ],
    }


def _view_voice(atlas: Atlas, voice: Voice, root: str) -> View:
    finding = voice.finding
    paper = atlas.paper(finding.paper).paper
    return {
        "quote": finding.quote.replace(" | ", " · "),
        "href": page_href(root, "finding", finding.id),
        "paper": link(short_name(paper.csl), page_href(root, "paper", finding.paper)),
        "place": view_place(atlas, finding.paper, finding.locator, root),
        "evidence": view_evidence(finding.design.level),
        "studies": [_view_study(atlas, study, root) for study in voice.studies],
    }


def _view_study(atlas: Atlas, study: str, root: str) -> View:
    if study in atlas.library.references:
        csl = atlas.library.references[study].csl
        return link(short_name(csl), page_href(root, "reference", study))
    return link(short_name(atlas.paper(study).paper.csl), page_href(root, "paper", study))
