"""The pictures that other programs show for the site: one card for each kind of page, and icons.

The font is kept in templates/fonts/; the system fonts are not read, so that every machine draws
the same words.
"""

import hashlib
import shutil
import textwrap
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import resvg_py
import svg

from builder.addresses.pages import TERM_KINDS, find_pages
from builder.project import Project
from builder.site.charts import escape
from builder.site.links import plural
from builder.site.metadata import CARDS, HEIGHT, WIDTH
from builder.store import Library

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


# What a card of each kind says, and the word for one of them.
_KINDS: dict[str, tuple[str, str]] = {
    "source": ("Which cells make therapeutic exosomes", "cell source"),
    "mechanism": ("How exosomes act on bone and cartilage", "mechanism"),
    "vehicle": ("How exosomes are delivered", "delivery vehicle"),
    "condition": ("What exosomes were tried against", "condition"),
    "trial": ("Exosome trials in people, beside their registry", "trial"),
    "paper": ("Papers on exosome therapy, read line by line", "paper"),
    "reference": ("Works on exosome therapy, and what they are cited for", "reference"),
    "finding": ("One statement, with its place in the paper", "finding"),
}
_SITE = "Exosome therapy for bone, cartilage and osteoarthritis"
_ICONS = (("favicon.png", 48), ("icon-180.png", 180), ("icon-512.png", 512))


def find_cards(library: Library) -> dict[str, Card]:
    """Return the card of each kind of page; all other pages share the one named ``page``."""
    named = find_pages(library).named
    sizes = {kind: sum(t.id in named for t in library.terms_of(kind)) for kind in TERM_KINDS}
    sizes["trial"] = len({trial.id for trial in library.trials()})
    sizes["paper"] = len(library.papers)
    sizes["reference"] = len(library.references)
    sizes["finding"] = len(library.findings())
    cards = {
        kind: Card("Exosome Atlas", title, plural(sizes[kind], one))
        for kind, (title, one) in _KINDS.items()
    }
    whole = f"{plural(sizes['finding'], 'finding')} from {plural(sizes['paper'], 'paper')}"
    return {**cards, "page": Card("Exosome Atlas", _SITE, whole)}


def write_cards(library: Library, site: Path, icon: Path) -> None:
    """Write the cards and, from the site's ``icon`` (an SVG), its icons as PNG.

    Drawings made before are taken from ``cache/pictures`` of the build folder.
    """
    cache = Project(library.root).build / "cache" / "pictures"
    for kind, card in sorted(find_cards(library).items()):
        write_png(site / CARDS / f"{kind}.png", draw_card(card), WIDTH, cache)
    if icon.is_file():
        drawing = icon.read_text(encoding="utf-8")
        for name, width in _ICONS:
            write_png(site / "assets" / name, drawing, width, cache)


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
    return str(svg.SVG(width=WIDTH, height=HEIGHT, elements=elements))


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
    engine = f"{version('resvg-py')} {len(_FONT_FILES)} fonts"
    key = hashlib.sha256(f"{engine}\n{width}\n{drawing}".encode()).hexdigest()
    kept = cache / f"{key}.png"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(".part")
        half.write_bytes(draw_png(drawing, width))
        half.replace(kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, target)
