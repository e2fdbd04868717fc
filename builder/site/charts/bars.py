"""Bars of studies by design, and chains of effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import svg

from builder.site.charts import (
    clip,
    draw_bar,
    draw_picture,
    draw_text,
    percent,
)

_ROW = 41
_LABEL = 14  # baseline of a row's words
_BAR = 20
_THICK = 11
LETTERS = 36  # of a label, as many as a phone has room for


@dataclass(frozen=True, slots=True)
class Levels:
    """A bar: its label, and its findings by level of evidence, the strongest first."""

    label: str
    counts: Mapping[str, int]
    absent: bool = False  # what the findings do not state

    @property
    def total(self) -> int:
        """The findings of the bar."""
        return sum(self.counts.values())


def draw_levels(name: str, title: str, rows: Sequence[Levels]) -> str:
    """Return bars as long as their findings are many, split by level of evidence."""
    most = max((row.total for row in rows), default=1) or 1
    elements: list[svg.Element] = []
    for place, row in enumerate(rows):
        y = place * _ROW
        label = clip(row.label, LETTERS)
        elements.append(draw_text(0, y + _LABEL, label, "absent" if row.absent else ""))
        elements.append(draw_text(100, y + _LABEL, str(row.total), "value", "end"))
        x = 0.0
        for level, count in row.counts.items():
            width = 100 * count / most
            style = f"fill-{level.replace(' ', '-')}"
            elements.append(draw_bar(x, y + _BAR, width, _THICK, style))
            x += width
    words = "; ".join(
        f"{row.label}: " + ", ".join(f"{count} {level}" for level, count in row.counts.items())
        for row in rows
    )
    return draw_picture(name, title, f"{words}.", len(rows) * _ROW, elements)


# --- chains --------------------------------------------------------------------------------------

_COLUMN = 21.0  # of a column, in percent
_NODE = 30
_SPACE = 9
_TOP = 26
_FOOT = 18
_LETTERS_IN = 20
_THICKEST = 7


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its label and the findings that name it."""

    id: str
    label: str
    count: int
    absent: bool = False  # stands for findings that do not state it


@dataclass(frozen=True, slots=True)
class Column:
    """A layer of the chain, with how many nodes were left out of it."""

    label: str
    nodes: Sequence[Node]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Findings that name two nodes of neighbouring columns; ``style`` is up, down or other."""

    start: str
    end: str
    count: int
    style: str = "other"


def draw_chain(
    name: str, title: str, columns: Sequence[Column], links: Sequence[Sequence[Link]]
) -> str:
    """Return the columns side by side, joined by lines as thick as their findings are many.

    ``links`` holds one list for each pair of neighbours, so it is one shorter than ``columns``.
    """
    tallest = max((len(column.nodes) for column in columns), default=1)
    body = tallest * (_NODE + _SPACE)
    height = _TOP + body + _FOOT
    gap = (100 - _COLUMN * len(columns)) / max(len(columns) - 1, 1)
    places = [_place(column, body) for column in columns]
    elements: list[svg.Element] = []
    for number, joined in enumerate(links):
        x = number * (_COLUMN + gap) + _COLUMN
        paths = _draw_links(joined, places[number], places[number + 1])
        elements.append(_stretch(paths, x, gap, height))
    for number, column in enumerate(columns):
        elements += _draw_column(column, places[number], number * (_COLUMN + gap))
    return draw_picture(name, title, _describe(columns), height, elements)


def order_nodes(
    nodes: Sequence[Node], links: Sequence[Link], anchors: Sequence[Node]
) -> list[Node]:
    """Return nodes in the order of the neighbours they lead to, so that few lines cross.

    The middle of a node's neighbours, weighted by findings, is its place (the barycentre rule of
    layered graphs, Sugiyama 1981). What is not stated stands last.
    """
    rank = {node.id: place for place, node in enumerate(anchors)}
    sums: dict[str, tuple[float, int]] = {}
    for link in links:
        if link.end in rank:
            total, weight = sums.get(link.start, (0.0, 0))
            sums[link.start] = (total + rank[link.end] * link.count, weight + link.count)

    def middle(node: Node) -> tuple[bool, float, int, str]:
        total, weight = sums.get(node.id, (float(len(rank)), 1))
        return (node.absent, round(total / weight, 6), -node.count, node.id)

    return sorted(nodes, key=middle)


def _place(column: Column, body: float) -> dict[str, float]:
    """Return the middle of each node, down the picture; columns are centred."""
    used = len(column.nodes) * (_NODE + _SPACE)
    top = _TOP + (body - used) / 2
    return {n.id: top + i * (_NODE + _SPACE) + _NODE / 2 for i, n in enumerate(column.nodes)}


def _draw_column(column: Column, places: Mapping[str, float], x: float) -> list[svg.Element]:
    elements = [draw_text(x, 14, column.label, "head")]
    for node in column.nodes:
        y = places[node.id]
        style = "node-absent" if node.absent else "node"
        elements.append(draw_bar(x, y - _NODE / 2, _COLUMN, _NODE, style))
        elements.append(
            draw_text(
                x + 1, y + 4.5, clip(node.label, _LETTERS_IN), "absent" if node.absent else ""
            )
        )
        elements.append(draw_text(x + _COLUMN - 1, y + 4.5, str(node.count), "value", "end"))
    if column.more:
        last = max(places.values(), default=_TOP) + _NODE / 2
        elements.append(draw_text(x, last + 15, f"and {column.more} more", "muted"))
    return elements


def _draw_links(
    links: Sequence[Link], left: Mapping[str, float], right: Mapping[str, float]
) -> list[svg.Element]:
    """Return the curves between two columns, on a sheet that is 100 wide."""
    paths: list[svg.Element] = []
    for link in sorted(links, key=lambda k: (k.style, k.start, k.end)):
        if link.start in left and link.end in right:
            a, b = left[link.start], right[link.end]
            paths.append(
                svg.Path(
                    d=[svg.M(0, a), svg.C(50, a, 50, b, 100, b)],
                    class_=[f"link-{link.style}"],
                    stroke_width=min(1 + link.count, _THICKEST),
                    vector_effect="non-scaling-stroke",
                    fill="none",
                )
            )
    return paths


def _stretch(paths: list[svg.Element], x: float, width: float, height: float) -> svg.Element:
    """Return a sheet that fills ``width`` percent of the picture, from ``x`` percent on."""
    return svg.SVG(
        xmlns=None,
        x=percent(x),
        y=0,
        width=percent(width),
        height=height,
        viewBox=svg.ViewBoxSpec(0, 0, 100, height),
        preserveAspectRatio=svg.PreserveAspectRatio("none"),
        elements=paths,
    )


def _describe(columns: Sequence[Column]) -> str:
    parts = []
    for column in columns:
        words = ", ".join(f"{n.label} {n.count}" for n in column.nodes)
        rest = f", and {column.more} more" if column.more else ""
        parts.append(f"{column.label}: {words}{rest}")
    return "Findings that name each. " + "; ".join(parts) + "."
