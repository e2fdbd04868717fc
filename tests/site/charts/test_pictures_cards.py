"""Cards and icons: PNG of the right size, drawn once."""

from __future__ import annotations

import struct
from pathlib import Path

from hand_made import make_library

from builder.export.social_cards import (
    Card,
    draw_card,
    draw_png,
    find_cards,
    write_cards,
    write_png,
)
from builder.site.metadata import card_path

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32"/></svg>'
)


def size_of(png: bytes) -> tuple[int, int]:
    """Read width and height from the header (PNG, 3rd edition, 11.2.1)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_card_has_the_size_that_other_sites_ask_for() -> None:
    png = draw_png(draw_card(Card("Exosome Atlas", "Trials & <b>", "5 trials")), 1200)
    assert size_of(png) == (1200, 630)
    assert len(png) < 300_000


def test_a_long_title_is_broken_into_lines_and_cut() -> None:
    drawing = draw_card(Card("k", "word " * 60, "line"))
    assert drawing.count("<text") == 6
    assert "…" in drawing


def test_an_icon_is_scaled_from_its_view_box(tmp_path: Path) -> None:
    write_png(tmp_path / "icon.png", ICON, 180, tmp_path / "cache")
    assert size_of((tmp_path / "icon.png").read_bytes()) == (180, 180)


def test_what_was_drawn_before_is_not_drawn_again(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", ICON, 32, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(b"from the cache")
    write_png(tmp_path / "b.png", ICON, 32, tmp_path / "cache")
    assert (tmp_path / "b.png").read_bytes() == b"from the cache"


def test_each_kind_of_page_has_a_card_with_its_count(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    cards = find_cards(library)
    assert cards["source"].line == "2 cell sources"
    assert cards["trial"].line == "1 trial"
    assert cards["page"].line == "1 finding from 1 paper"
    (tmp_path / "icon.svg").write_text(ICON)
    write_cards(library, tmp_path / "site", tmp_path / "icon.svg")
    for kind in ("source", "trial", "home", "index"):
        assert size_of((tmp_path / "site" / card_path(kind)).read_bytes()) == (1200, 630)
    assert size_of((tmp_path / "site/assets/icon-180.png").read_bytes()) == (180, 180)


def test_the_words_of_a_card_are_drawn() -> None:
    cards = [Card("Atlas", title, "") for title in ("Bone", "Joint")]
    one, other = (draw_png(draw_card(card), 1200) for card in cards)
    assert one != other
