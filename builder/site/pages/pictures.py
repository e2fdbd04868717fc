"""The pictures of a term: its studies by design, and the network of what statements report of it.

The network stands in layers, from left to right: boxes, and lines as thick as their studies are
many. A line that passes a layer runs in a lane of its own between the boxes, so that it is never
taken for a line of theirs; lines of one box share their lane. Boxes and lanes are ordered by their
neighbours' places (the barycentre rule of layered graphs, Sugiyama 1981), so that few lines cross.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import svg

from builder.curate.evidence import CARRIES, Edge, Layer, find_network
from builder.models import Finding, Study, Term
from builder.site import charts, labels
from builder.site.index import LibraryIndex
from builder.site.links import View, plural

MOST_ROWS = 10
# Which list of its studies a kind of page sets against their designs.
_AGAINST = {
    "source": ("conditions", "condition"),
    "vehicle": ("conditions", "condition"),
    "condition": ("sources", "source"),
}
_ABSENT = ""


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
    counts = {name: labels.count_designs(found) for name, found in held.items()}
    listed = names + ([_ABSENT] if _ABSENT in counts else [])
    shown = names[:MOST_ROWS] + listed[len(names) :]
    bars = [
        charts.Levels(
            _label(atlas, name) if name else f"no {one} stated", counts[name], absent=not name
        )
        for name in shown
    ]
    title = f"Studies of {term.short} as a treatment, by {one} and design"
    if term.kind == "condition":
        title = f"Treatments of {term.short}, studies by source and design"
    more = len(names) - MOST_ROWS
    rest = f" {plural(more, f'more {one}')} in the table below." if more > 0 else ""
    picture = charts.view_picture(
        "picture-levels",
        title,
        f"{plural(len(tried), 'study', 'studies')}, subtypes included; one that names several "
        f"{one}s counts for each.{rest}",
        charts.draw_levels("picture-levels", title, bars),
    )
    every = [level for level in labels.DESIGNS if any(level in c for c in counts.values())]
    picture["legend"] = [
        charts.view_swatch(f"fill-{v}", labels.view_design(v)["label"]) for v in every
    ]
    picture["columns"] = [one.capitalize(), *(labels.view_design(v)["label"] for v in every), "All"]
    lines = [
        [
            _term_cell(atlas, name, root, f"no {one} stated"),
            *(charts.view_cell(counts[name].get(level, 0)) for level in every),
            charts.view_cell(len(held[name])),
        ]
        for name in listed
    ]
    charts.fill_table(picture, lines)
    return picture


def _label(atlas: LibraryIndex, name: str) -> str:
    """Return the full name of a term where there is room for it, else its abbreviation."""
    entry = atlas.term_link(name, "")
    full = entry["title"] or entry["label"]
    return str(full if len(full) <= charts.LETTERS else entry["label"])


def _term_cell(atlas: LibraryIndex, name: str, root: str, absent: str = "") -> View:
    if not name:
        return charts.view_cell(absent)
    entry = atlas.term_link(name, root)
    return charts.view_cell(entry["title"] or entry["label"], entry["href"])


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
    picture = charts.view_picture(
        "picture-network",
        title,
        f"Reported by {plural(count, 'study', 'studies')}. A line joins two things of which one "
        "statement says what the one did to the other; the thicker, the more studies. Nothing is "
        "inferred.",
        draw_network("picture-network", title, columns, links),
    )
    used = set(styles.values())
    picture["legend"] = [
        charts.view_swatch(f"stroke-{s}", w) for s, w in _LINES.items() if s in used
    ]
    picture["wide"] = True
    picture["columns"] = ["From", "Effect", "To", "Studies", "Statement"]
    charts.fill_table(picture, [_edge_row(atlas, edge, network.nodes[edge.object].layer, root)
                         for edge in network.edges])  # fmt: skip
    return picture


def _short_cell(atlas: LibraryIndex, name: str, root: str) -> View:
    """Return a term's short name, as its box has it; the table has to fit a phone."""
    entry = atlas.term_link(name, root)
    return charts.view_cell(entry["label"], entry["href"])


def _line_style(edge: Edge, layer: Layer) -> str:
    if edge.effect == CARRIES:
        return "carries"
    way = labels.find_direction(edge.effect)
    if layer == "condition":
        return {"down": "improves", "up": "worsens"}.get(way, "other")
    return {"up": "rise", "down": "fall"}.get(way, "other")


def _edge_row(atlas: LibraryIndex, edge: Edge, layer: Layer, root: str) -> list[View]:
    view = labels.view_condition_effect if layer == "condition" else labels.view_effect
    word = "carries" if edge.effect == CARRIES else view(edge.effect)["word"]
    count = len(edge.findings)
    where = atlas.finding_href(edge.findings[0], root)
    return [
        _short_cell(atlas, edge.subject, root),
        charts.view_cell(word),
        _short_cell(atlas, edge.object, root),
        charts.view_cell(edge.weight),
        charts.view_cell("read" if count == 1 else f"first of {count}", where),
    ]


# --- the drawing of a network --------------------------------------------------------------------

_BOX, _SPACE, _LANE = 30, 9, 9  # heights in pixels
_TOP, _FOOT = 26, 18
_SWEEPS = 3
_THICKEST = 7
Slot = tuple[str, int]  # a box, or the lane of a box's lines, and the column it stands in


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its label and how many studies name it here; ``current`` is the page's own term."""

    id: str
    label: str
    count: int
    current: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A layer, with how many boxes were left out of it."""

    label: str
    nodes: Sequence[Node]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Studies that say something of two boxes; ``style`` is a class of the theme, ``link-…``."""

    start: str
    end: str
    count: int
    style: str


def draw_network(name: str, title: str, columns: Sequence[Column], links: Sequence[Link]) -> str:
    """Return the columns side by side, joined by their links; one to a missing box is left out."""
    at = {node.id: number for number, column in enumerate(columns) for node in column.nodes}
    drawn = [k for k in links if at.get(k.start, len(columns)) < at.get(k.end, -1)]
    ways = {link: _find_way(link, at) for link in drawn}
    places, body = _place(_order(columns, list(ways.values())))
    width = min(24.0, 78.0 / max(len(columns), 1))
    gap = (100 - width * len(columns)) / max(len(columns) - 1, 1)
    lefts = [number * (width + gap) for number in range(len(columns))]
    height = _TOP + body + _FOOT
    paths = [_draw_link(link, ways[link], places, lefts, width)
             for link in sorted(drawn, key=lambda k: (k.style, k.start, k.end))]  # fmt: skip
    sheet = svg.SVG(
        xmlns=None,
        x=0,
        y=0,
        width=charts.percent(100),
        height=height,
        viewBox=svg.ViewBoxSpec(0, 0, 100, height),
        preserveAspectRatio=svg.PreserveAspectRatio("none"),
        elements=list(paths),
    )
    elements: list[svg.Element] = [sheet]
    for number, column in enumerate(columns):
        elements += _draw_column(column, number, places, lefts[number], width)
        if column.more:
            more = f"and {column.more} more"
            elements.append(charts.draw_text(lefts[number], height - 4, more, "muted"))
    return charts.draw_picture(name, title, _describe(columns), height, elements)


def _find_way(link: Link, at: Mapping[str, int]) -> list[Slot]:
    """Return the box that a link leaves, the lanes that it runs in, and the box that it reaches."""
    first, last = at[link.start], at[link.end]
    return [*((link.start, column) for column in range(first, last)), (link.end, last)]


def _order(columns: Sequence[Column], ways: Sequence[Sequence[Slot]]) -> list[list[Slot]]:
    """Return the boxes and lanes of each column in an order in which few lines cross."""
    layers = [[(node.id, n) for node in column.nodes] for n, column in enumerate(columns)]
    left: dict[Slot, set[Slot]] = defaultdict(set)
    right: dict[Slot, set[Slot]] = defaultdict(set)
    for way in ways:
        for here, there in itertools.pairwise(way):
            right[here].add(there)
            left[there].add(here)
            if there not in layers[there[1]]:
                layers[there[1]].append(there)
    for _ in range(_SWEEPS):
        for number in range(1, len(layers)):
            layers[number] = _sort_slots(layers[number], layers[number - 1], left)
        for number in range(len(layers) - 2, -1, -1):
            layers[number] = _sort_slots(layers[number], layers[number + 1], right)
    return layers


def _sort_slots(
    layer: Sequence[Slot], beside: Sequence[Slot], toward: Mapping[Slot, Collection[Slot]]
) -> list[Slot]:
    """Return a layer in the order of the middle places of its neighbours in the layer beside."""
    rank = {slot: (place + 0.5) / len(beside) for place, slot in enumerate(beside)}
    middle = {}
    for place, slot in enumerate(layer):
        held = [rank[other] for other in toward.get(slot, ())]
        middle[slot] = round(sum(held) / len(held) if held else (place + 0.5) / len(layer), 6)
    return sorted(layer, key=middle.__getitem__)


def _place(layers: Sequence[Sequence[Slot]]) -> tuple[dict[Slot, float], float]:
    """Return the middle of each box and lane, down the picture, and the height of the tallest."""
    own = [{name for name, _ in layer} for layer in layers]
    heights: list[list[float]] = []
    for number, layer in enumerate(layers):
        earlier = set().union(*own[:number])
        heights.append([_LANE if name in earlier else _BOX + _SPACE for name, _ in layer])
    body = max((sum(column) for column in heights), default=0.0)
    places: dict[Slot, float] = {}
    for layer, column in zip(layers, heights, strict=True):
        y = _TOP + (body - sum(column)) / 2
        for slot, height in zip(layer, column, strict=True):
            places[slot] = y + (_BOX / 2 if height > _LANE else _LANE / 2)
            y += height
    return places, body


def _draw_link(
    link: Link,
    way: Sequence[Slot],
    places: Mapping[Slot, float],
    lefts: Sequence[float],
    width: float,
) -> svg.Element:
    x, y = lefts[way[0][1]] + width, places[way[0]]
    line: list[svg.PathData] = [svg.M(round(x, 2), round(y, 1))]
    for slot in way[1:]:
        left, there = lefts[slot[1]], places[slot]
        middle = round((x + left) / 2, 2)
        line.append(
            svg.C(middle, round(y, 1), middle, round(there, 1), round(left, 2), round(there, 1))
        )
        x, y = left + width, there
        if slot != way[-1]:
            line.append(svg.L(round(x, 2), round(y, 1)))
    return svg.Path(
        d=line,
        class_=[f"link-{link.style}"],
        stroke_width=min(1 + link.count, _THICKEST),
    )


def _draw_column(
    column: Column, number: int, places: Mapping[Slot, float], x: float, width: float
) -> list[svg.Element]:
    letters = int(width * 1.3)  # as many as fit at the least width of a picture
    elements = [charts.draw_text(x, 14, column.label, "head")]
    for node in column.nodes:
        y = places[node.id, number]
        elements.append(
            charts.draw_bar(
                x, y - _BOX / 2, width, _BOX, "node-current" if node.current else "node"
            )
        )
        style = "current" if node.current else ""
        elements.append(charts.draw_text(x + 1, y + 4.5, charts.clip(node.label, letters), style))
        elements.append(charts.draw_text(x + width - 1, y + 4.5, str(node.count), "value", "end"))
    return elements


def _describe(columns: Sequence[Column]) -> str:
    parts = []
    for column in columns:
        words = ", ".join(f"{n.label} {n.count}" for n in column.nodes)
        rest = f", and {column.more} more" if column.more else ""
        parts.append(f"{column.label}: {words}{rest}")
    return "Studies that name each. " + "; ".join(parts) + "."
