"""Pictures of the data, drawn at build time: plain data in, SVG (or a PNG card) out.

They are drawn with svg.py: about a millisecond each, where Vega takes a quarter of a second and
fixes the width, so that words shrink on a phone. resvg turns the cards into PNG.

An SVG stands inline in its page. Its colours are classes of the theme, so that one drawing serves
light and dark; its places across are percentages, so that bars stretch while words keep their size
and stay readable on a phone. Each has a title and a description, and a table behind it.
"""

from __future__ import annotations

from builder.site.charts.bars import (
    LETTERS,
    LETTERS_BESIDE,
    Column,
    Directions,
    Levels,
    Link,
    Node,
    draw_chain,
    draw_directions,
    draw_levels,
    order_nodes,
)
from builder.site.charts.cards import Card, card_path, draw_card, write_png
from builder.site.charts.drawing import (
    draw_bar,
    draw_line,
    draw_picture,
    draw_text,
    fill_table,
    view_cell,
    view_picture,
    view_swatch,
)
from builder.site.charts.scales import (
    DoseLine,
    DoseMark,
    Moment,
    Release,
    Span,
    draw_doses,
    draw_moments,
    draw_release,
    draw_timeline,
)

__all__ = [
    "LETTERS",
    "LETTERS_BESIDE",
    "Card",
    "Column",
    "Directions",
    "DoseLine",
    "DoseMark",
    "Levels",
    "Link",
    "Moment",
    "Node",
    "Release",
    "Span",
    "card_path",
    "draw_bar",
    "draw_card",
    "draw_chain",
    "draw_directions",
    "draw_doses",
    "draw_levels",
    "draw_line",
    "draw_moments",
    "draw_picture",
    "draw_release",
    "draw_text",
    "draw_timeline",
    "fill_table",
    "order_nodes",
    "view_cell",
    "view_picture",
    "view_swatch",
    "write_png",
]
