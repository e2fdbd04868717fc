"""A network in layers, from left to right: boxes, and lines as thick as their studies are many.

A line that passes a layer runs in a lane of its own between the boxes, so that it is never taken
for a line of theirs; lines of one box share their lane. Boxes and lanes are ordered by their
neighbours' places (the barycentre rule of layered graphs, Sugiyama 1981), so that few lines cross.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import svg

from builder.site.charts import clip, draw_bar, draw_picture, draw_text, percent

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
        width=percent(100),
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
            elements.append(draw_text(lefts[number], height - 4, more, "muted"))
    return draw_picture(name, title, _describe(columns), height, elements)


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
        vector_effect="non-scaling-stroke",
        fill="none",
    )


def _draw_column(
    column: Column, number: int, places: Mapping[Slot, float], x: float, width: float
) -> list[svg.Element]:
    letters = int(width * 1.3)  # as many as fit at the least width of a picture
    elements = [draw_text(x, 14, column.label, "head")]
    for node in column.nodes:
        y = places[node.id, number]
        elements.append(
            draw_bar(x, y - _BOX / 2, width, _BOX, "node-current" if node.current else "node")
        )
        style = "current" if node.current else ""
        elements.append(draw_text(x + 1, y + 4.5, clip(node.label, letters), style))
        elements.append(draw_text(x + width - 1, y + 4.5, str(node.count), "value", "end"))
    return elements


def _describe(columns: Sequence[Column]) -> str:
    parts = []
    for column in columns:
        words = ", ".join(f"{n.label} {n.count}" for n in column.nodes)
        rest = f", and {column.more} more" if column.more else ""
        parts.append(f"{column.label}: {words}{rest}")
    return "Studies that name each. " + "; ".join(parts) + "."
