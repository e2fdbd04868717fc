"""The pictures that other programs show for the site: one card for each kind of page, and icons."""

from __future__ import annotations

from pathlib import Path

from builder.project import Project
from builder.site.charts.cards import CARDS, WIDTH, Card, draw_card, write_png
from builder.site.links import plural
from builder.store import Library

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
    paged = ("source", "mechanism", "vehicle", "condition")
    sizes = {kind: len(library.terms_of(kind)) for kind in paged}
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
