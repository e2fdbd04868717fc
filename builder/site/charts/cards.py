"""Cards that other sites show beside a link, and the icon as a PNG; drawn without the network.

The font is kept in templates/fonts/; the system fonts are not read, so that every machine draws
the same words.
"""

from __future__ import annotations

import hashlib
import shutil
import textwrap
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import resvg_py
import svg

from builder.site.charts import escape

WIDTH, HEIGHT = 1200, 630
CARDS = "assets/cards"  # their folder on the site
_OWN = ("source", "mechanism", "vehicle", "condition", "trial", "paper", "reference", "finding")
_MARGIN = 80
_FONT = "Liberation Sans"
_FONT_FILES = sorted(
    map(str, (Path(__file__).resolve().parents[2] / "templates/fonts").glob("*.ttf"))
)
_PAPER, _INK, _SOFT = "#0f4c5c", "#ffffff", "#bcd9dc"
_LINE = 22  # letters
_LINES = 4
# Vesicles of several sizes, as in the icon: (x, y, radius).
_VESICLES = ((1050, 330, 190), (985, 290, 34), (1095, 275, 25), (1055, 385, 44), (1120, 580, 40),
             (890, 540, 26), (900, 120, 18), (965, 70, 30))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """The words of a card: what kind of page it is, its title, and one line below."""

    kind: str
    title: str
    line: str


def card_path(kind: str) -> str:
    """Return the address of a page's card below the site's root, by the kind of the page."""
    return f"{CARDS}/{kind if kind in _OWN else 'page'}.png"


def draw_card(card: Card) -> str:
    """Return a card as SVG, 1200 × 630, the size that Open Graph readers ask for."""
    lines = textwrap.wrap(card.title, _LINE, max_lines=_LINES, placeholder=" …")
    elements: list[svg.Element] = [
        svg.Rect(width=WIDTH, height=HEIGHT, fill=_PAPER),
        *(
            svg.Circle(cx=x, cy=y, r=r, fill="none", stroke=_SOFT, stroke_width=6, opacity=0.35)
            for x, y, r in _VESICLES
        ),
        _words(120, 34, card.kind),
        *(_words(220 + 84 * n, 70, line, _INK) for n, line in enumerate(lines)),
        _words(560, 32, card.line),
    ]
    picture = svg.SVG(width=WIDTH, height=HEIGHT, elements=elements)
    return str(picture)


def _words(y: int, size: int, text: str, fill: str = _SOFT) -> svg.Element:
    return svg.Text(
        x=_MARGIN,
        y=y,
        font_size=size,
        font_family=_FONT,
        font_weight="bold" if fill == _INK else "normal",
        fill=fill,
        text=escape(text),
    )


def draw_png(drawing: str, width: int) -> bytes:
    """Return an SVG as PNG of a width in pixels."""
    return resvg_py.svg_to_bytes(
        drawing, width=width, skip_system_fonts=True, font_files=_FONT_FILES
    )


def write_png(target: Path, drawing: str, width: int, cache: Path) -> None:
    """Write an SVG as PNG; one drawn before is taken from the cache, by the hash of its drawing."""
    engine = version("resvg-py")
    key = hashlib.sha256(f"{engine}\n{width}\n{drawing}".encode()).hexdigest()
    kept = cache / f"{key}.png"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(".part")
        half.write_bytes(draw_png(drawing, width))
        half.replace(kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, target)
