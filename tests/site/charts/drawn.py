"""Reading a picture back, as a browser would."""

from __future__ import annotations

from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"


def parse(drawing: str) -> etree._Element:
    return etree.fromstring(drawing.encode())


def words(drawing: str) -> list[str]:
    return [text.text or "" for text in parse(drawing).iter(f"{SVG}text")]


def bars(drawing: str, style: str) -> list[tuple[float, float]]:
    """Return (start, width) in percent of each bar of a style, from the top."""
    found = [rect for rect in parse(drawing).iter(f"{SVG}rect") if rect.get("class") == style]
    return [
        (float(r.get("x", "").rstrip("%")), float(r.get("width", "").rstrip("%"))) for r in found
    ]
