"""Parts of the pages of terms: pictures, effects by target and condition, statements that differ.

Each picture holds the drawing, a legend, and the table that says the same in words and links.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import product

from builder.curate.evidence import CARRIES, Edge, Layer, find_network
from builder.curate.studies import Disagreement, Statement
from builder.models import Finding, Study, Term
from builder.site.charts import fill_table, view_cell, view_picture, view_swatch
from builder.site.charts.network import Column, Link, Node, draw_network
from builder.site.charts.scales import LETTERS, Levels, draw_levels
from builder.site.citations import short_name
from builder.site.index import LibraryIndex
from builder.site.labels import (
    DESIGNS,
    EFFECTS,
    count_designs,
    find_direction,
    view_condition_effect,
    view_design,
    view_effect,
)
from builder.site.links import View, link, page_href, plural

MOST_ROWS = 10
# Which list of its studies a kind of page sets against their designs.
_AGAINST = {
    "source": ("conditions", "condition"),
    "vehicle": ("conditions", "condition"),
    "condition": ("sources", "source"),
}
_ABSENT = ""
_MOST_PAIRS = 30
_MOST_LINKS = 6


def view_pictures(
    atlas: LibraryIndex,
    term: Term,
    findings: Sequence[Finding],
    studies: Sequence[Study],
    root: str,
) -> list[View]:
    """Return the pictures of a term's page, of its findings and studies, subtypes included."""
    drawn = [
        view_levels_picture(atlas, term, studies, root) if term.kind in _AGAINST else None,
        view_network(atlas, term, findings, root) if term.kind != "vehicle" else None,
    ]
    return [picture for picture in drawn if picture]


# --- studies by design ---------------------------------------------------------------------------


def view_levels_picture(
    atlas: LibraryIndex, term: Term, studies: Sequence[Study], root: str
) -> View | None:
    """Return the bars of treatments by condition (or source) and design; one study needs none."""
    role, one = _AGAINST[term.kind]
    tried = [s for s in studies if s.role == "therapeutic"]
    held: dict[str, list[Study]] = defaultdict(list)
    for study in tried:
        for name in getattr(study, role) or [_ABSENT]:
            held[name].append(study)
    names = sorted((n for n in held if n), key=lambda n: (-len(held[n]), n))
    if len(tried) < 2 or not names:  # noqa: PLR2004 (a picture compares)
        return None
    counts = {name: count_designs(found) for name, found in held.items()}
    listed = names + ([_ABSENT] if _ABSENT in counts else [])
    shown = names[:MOST_ROWS] + listed[len(names) :]
    bars = [
        Levels(_label(atlas, name) if name else f"no {one} stated", counts[name], absent=not name)
        for name in shown
    ]
    title = f"Studies of {term.short} as a treatment, by {one} and design"
    if term.kind == "condition":
        title = f"Treatments of {term.short}, studies by source and design"
    more = len(names) - MOST_ROWS
    rest = f" {plural(more, f'more {one}')} in the table below." if more > 0 else ""
    picture = view_picture(
        "picture-levels",
        title,
        f"{plural(len(tried), 'study', 'studies')}, subtypes included; one that names several "
        f"{one}s counts for each.{rest}",
        draw_levels("picture-levels", title, bars),
    )
    every = [level for level in DESIGNS if any(level in c for c in counts.values())]
    picture["legend"] = [view_swatch(f"fill-{v}", view_design(v)["label"]) for v in every]
    picture["columns"] = [one.capitalize(), *(view_design(v)["label"] for v in every), "All"]
    lines = [
        [
            _term_cell(atlas, name, root, f"no {one} stated"),
            *(view_cell(counts[name].get(level, 0)) for level in every),
            view_cell(len(held[name])),
        ]
        for name in listed
    ]
    fill_table(picture, lines)
    return picture


def _label(atlas: LibraryIndex, name: str) -> str:
    """Return the full name of a term where there is room for it, else its abbreviation."""
    entry = atlas.term_link(name, "")
    full = entry["title"] or entry["label"]
    return str(full if len(full) <= LETTERS else entry["label"])


def _term_cell(atlas: LibraryIndex, name: str, root: str, absent: str = "") -> View:
    if not name:
        return view_cell(absent)
    entry = atlas.term_link(name, root)
    return view_cell(entry["title"] or entry["label"], entry["href"])


# --- the network of a term -----------------------------------------------------------------------

_COLUMNS: tuple[tuple[str, tuple[Layer, ...]], ...] = (
    ("Source", ("source",)),
    ("Cargo", ("cargo",)),
    ("Molecule or pathway", ("molecule",)),
    ("Process", ("process",)),
    ("Outcome or condition", ("outcome", "condition")),
)
_MOST_NODES = 8  # of a column
_FEWEST = 3  # lines that are worth a picture
# The style of a line, and what it stands for.
_LINES = {
    "carries": "carries",
    "rise": "▲ increases or activates",
    "fall": "▼ decreases or inhibits",
    "other": "◆ modulates, or no effect",
    "improves": "▲ improves a condition",
    "worsens": "▼ worsens a condition",
}


def view_network(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding], root: str
) -> View | None:
    """Return what the statements about a term report of sources, cargo, molecules and outcomes.

    The lines are the edges of the network of the data page that these statements give, each as
    thick as its studies are many. None where there are too few.
    """
    network = find_network(findings, atlas.library.terms, atlas.counted)
    if len(network.edges) < _FEWEST:
        return None
    naming: dict[str, set[str]] = defaultdict(set)
    for edge in network.edges:
        for name in (edge.subject, edge.object):
            naming[name] |= edge.studies
    columns = []
    for label, layers in _COLUMNS:
        names = [name for name, node in network.nodes.items() if node.layer in layers]
        names.sort(key=lambda name: (name != term.id, -len(naming[name]), name))
        nodes = [
            Node(n, network.nodes[n].term.short, len(naming[n]), current=n == term.id)
            for n in names[:_MOST_NODES]
        ]
        if nodes:
            columns.append(Column(label, nodes, max(0, len(names) - _MOST_NODES)))
    styles = {id(edge): _line_style(edge, network.nodes[edge.object].layer)
              for edge in network.edges}  # fmt: skip
    links = [Link(e.subject, e.object, e.weight, styles[id(e)]) for e in network.edges]
    count = len(set().union(*(edge.studies for edge in network.edges)))
    title = f"Network around {term.short}"
    picture = view_picture(
        "picture-network",
        title,
        f"Reported by {plural(count, 'study', 'studies')}. A line joins two things of which one "
        "statement says what the one did to the other; the thicker, the more studies. Nothing is "
        "inferred.",
        draw_network("picture-network", title, columns, links),
    )
    used = set(styles.values())
    picture["legend"] = [view_swatch(f"stroke-{s}", w) for s, w in _LINES.items() if s in used]
    picture["wide"] = True
    picture["columns"] = ["From", "Effect", "To", "Studies", "Statement"]
    fill_table(picture, [_edge_row(atlas, edge, network.nodes[edge.object].layer, root)
                         for edge in network.edges])  # fmt: skip
    return picture


def _short_cell(atlas: LibraryIndex, name: str, root: str) -> View:
    """Return a term's short name, as its box has it; the table has to fit a phone."""
    entry = atlas.term_link(name, root)
    return view_cell(entry["label"], entry["href"])


def _line_style(edge: Edge, layer: Layer) -> str:
    if edge.effect == CARRIES:
        return "carries"
    way = find_direction(edge.effect)
    if layer == "condition":
        return {"down": "improves", "up": "worsens"}.get(way, "other")
    return {"up": "rise", "down": "fall"}.get(way, "other")


def _edge_row(atlas: LibraryIndex, edge: Edge, layer: Layer, root: str) -> list[View]:
    view = view_condition_effect if layer == "condition" else view_effect
    word = "carries" if edge.effect == CARRIES else view(edge.effect)["word"]
    count = len(edge.findings)
    where = atlas.finding_href(edge.findings[0], root)
    return [
        _short_cell(atlas, edge.subject, root),
        view_cell(word),
        _short_cell(atlas, edge.object, root),
        view_cell(edge.weight),
        view_cell("read" if count == 1 else f"first of {count}", where),
    ]


# --- where a mechanism was changed ---------------------------------------------------------------


def view_target_effects(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding], root: str
) -> list[View]:
    """Return the effects on a mechanism for each pair of target and condition that is named.

    The pair with most findings comes first, what names neither last. One that names several
    targets or conditions counts for each. Without a single target or condition there is none.
    """
    pairs: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if any(m.id == term.id for m in finding.mechanisms):
            for pair in product(
                dict.fromkeys(finding.targets) or [_ABSENT],
                dict.fromkeys(finding.conditions) or [_ABSENT],
            ):
                pairs.setdefault(pair, []).append(finding)
    if not any(any(pair) for pair in pairs):
        return []
    order: Callable[[tuple[str, str]], object] = lambda pair: (  # noqa: E731
        not any(pair), -len(pairs[pair]), [(not name, name) for name in pair]
    )  # fmt: skip
    ranked = sorted(pairs, key=order)  # type: ignore[arg-type]
    return [_view_pair(atlas, term, pair, pairs[pair], root) for pair in ranked[:_MOST_PAIRS]]


def _view_pair(
    atlas: LibraryIndex, term: Term, pair: tuple[str, str], held: Sequence[Finding], root: str
) -> View:
    effects = Counter(
        effect
        for finding in held
        for effect in dict.fromkeys(m.effect for m in finding.mechanisms if m.id == term.id)
    )
    order = list(EFFECTS)
    target, condition = (atlas.term_name(name, root) if name else None for name in pair)
    levels = [f.design.level for f in held if atlas.stands(f)]
    links = [link(str(n), atlas.finding_href(f.id, root)) for n, f in enumerate(held, 1)]
    if len(held) > _MOST_LINKS:
        links = [link(plural(len(held), "statement"), "#findings")]
    return {
        "target": target,
        "condition": condition,
        "effects": [
            {"effect": view_effect(effect), "count": effects[effect]}
            for effect in sorted(effects, key=lambda e: (-effects[e], order.index(e)))
        ],
        "design": view_design(max(levels, key=lambda v: DESIGNS[v], default="not-stated")),
        "findings": links,
    }


# --- where statements differ ---------------------------------------------------------------------

_SIDES = {"raises": "up", "lowers": "down", "no effect": "none"}
_BETWEEN = {
    "papers": "Papers of the atlas say different things.",
    "studies": "Studies that one paper reports say different things.",
}


def view_disagreements(atlas: LibraryIndex, term: str, root: str) -> list[View]:
    """Return the disagreements in which a term is the source, the mechanism or the outcome."""
    return [_view_disagreement(atlas, each, root) for each in atlas.disagreements.get(term, ())]


def _view_disagreement(atlas: LibraryIndex, found: Disagreement, root: str) -> View:
    view = view_condition_effect if found.role == "condition" else view_effect
    return {
        "source": atlas.term_link(found.source, root),
        "target": atlas.term_link(found.target, root),
        "between": _BETWEEN[found.between],
        "sides": [
            {
                "effect": view(_SIDES[direction]),
                "studies": len({study for statement in statements for study in statement.studies}),
                "statements": [_view_statement(atlas, statement, root) for statement in statements],
            }
            for direction, statements in found.sides
        ],
    }


def _view_statement(atlas: LibraryIndex, statement: Statement, root: str) -> View:
    finding = statement.finding
    paper = atlas.paper(finding.paper).paper
    return {
        "quote": finding.quote.replace(" | ", " · "),
        "href": atlas.finding_href(finding.id, root),
        "paper": link(short_name(paper.csl), page_href(root, "paper", finding.paper)),
        "design": view_design(finding.design.level),
        "studies": [_view_work(atlas, study, root) for study in statement.studies],
    }


def _view_work(atlas: LibraryIndex, work: str, root: str) -> View:
    if work in atlas.library.references:
        csl = atlas.library.references[work].csl
        return link(short_name(csl), atlas.work_href(work, root))
    return link(short_name(atlas.paper(work).paper.csl), page_href(root, "paper", work))
