"""The chain of a mechanism's page: cell source, cargo, the mechanism, outcome or condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from builder.models import Finding, Term
from builder.site import charts
from builder.site.charts import Column, Link, Node
from builder.site.charts.chain import order_nodes
from builder.site.charts.parts import fill_table, view_cell, view_picture, view_swatch
from builder.site.index import Atlas
from builder.site.labels import find_direction
from builder.site.links import View, plural

_MOST = 6
_ABSENT = ""
_WAYS = {"up": "▲ increases or activates", "down": "▼ decreases or inhibits", "other": "○ names"}
Pairs = Counter[tuple[str, str, str]]


def view_chain(atlas: Atlas, term: Term, findings: Sequence[Finding], root: str) -> View | None:
    """Return the chain of the findings that name a mechanism.

    A finding that names no cargo leads over a box that says so; nothing is guessed. Lines into the
    mechanism show its direction; lines out of it that of the outcome.
    """
    naming = [f for f in findings if any(m.id == term.id for m in f.mechanisms)]
    if not any(f.sources for f in naming):
        return None
    layers = [
        ("Cell source", [_or_absent(f.sources) for f in naming]),
        ("Cargo", [_or_absent(c.id for c in f.cargo) for f in naming]),
        ("Mechanism", [[term.id] for _ in naming]),
        ("Outcome or condition", [_or_absent(_ends(f)) for f in naming]),
    ]
    links = _find_links(term, naming, [names for _, names in layers])
    columns = [_column(atlas, label, names, root) for label, names in layers]
    columns[0] = Column(
        columns[0].label,
        order_nodes(columns[0].nodes, links[0], columns[1].nodes),
        columns[0].more,
    )
    label = term.short
    title = f"{label}: who carries it, and what follows"
    picture = view_picture(
        "picture-chain",
        title,
        f"{plural(len(naming), 'finding')} of the papers read that name {label}. A line joins what "
        "one finding names together; it does not prove a cause.",
        charts.draw_chain("picture-chain", title, columns, links),
    )
    used = dict.fromkeys(link.style for joined in links for link in joined)
    picture["legend"] = [view_swatch(f"stroke-{way}", _WAYS[way]) for way in _WAYS if way in used]
    picture["wide"] = True
    picture["columns"] = ["Layer", "Name", "Findings"]
    fill_table(picture, *(_table_rows(atlas, *layer, root) for layer in layers))
    return picture


def _or_absent(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names)) or [_ABSENT]


def _ends(finding: Finding) -> list[str]:
    return [*(o.id for o in finding.outcomes), *finding.conditions]


def _counts(names: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """Return the names with their findings, the most often named first, the unstated last."""
    counts = Counter(name for one in names for name in one)
    return sorted(counts.items(), key=lambda item: (item[0] == _ABSENT, -item[1], item[0]))


def _column(atlas: Atlas, label: str, names: Sequence[Sequence[str]], root: str) -> Column:
    stated = [(name, count) for name, count in _counts(names) if name]
    absent = [(name, count) for name, count in _counts(names) if not name]
    nodes = [
        Node(
            name,
            atlas.term_link(name, root)["label"] if name else "not stated",
            count,
            absent=not name,
        )
        for name, count in stated[:_MOST] + absent
    ]
    return Column(label, nodes, max(len(stated) - _MOST, 0))


def _find_links(
    term: Term, findings: Sequence[Finding], layers: Sequence[Sequence[Sequence[str]]]
) -> list[list[Link]]:
    """Return the links between neighbouring layers, each with the findings that name both ends."""
    found: list[Pairs] = [Counter() for _ in layers[1:]]
    for place, finding in enumerate(findings):
        inward = _style(m.effect for m in finding.mechanisms if m.id == term.id)
        outcomes = {o.id: _style([o.effect]) for o in finding.outcomes}
        for number, pairs in enumerate(found):
            for start in layers[number][place]:
                for end in layers[number + 1][place]:
                    style = outcomes.get(end, "other") if number == len(found) - 1 else inward
                    pairs[start, end, style] += 1
    return [
        [Link(start, end, count, style) for (start, end, style), count in sorted(pairs.items())]
        for pairs in found
    ]


def _style(effects: Iterable[str]) -> str:
    ways = {find_direction(effect) for effect in effects}
    return ways.pop() if ways in ({"up"}, {"down"}) else "other"


def _table_rows(
    atlas: Atlas, label: str, names: Sequence[Sequence[str]], root: str
) -> list[list[View]]:
    rows = []
    for name, count in _counts(names):
        entry = atlas.term_link(name, root) if name else {"title": "not stated", "href": ""}
        shown = entry["title"] or entry.get("label", name)
        rows.append([view_cell(label), view_cell(shown, entry["href"]), view_cell(count)])
    return rows
