"""Formulas as one line of readable text, out of MathML."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from lxml import etree

from builder.readers.jats.context import words_of
from builder.readers.jats.scripts import subscript, superscript

_RELATIONS = frozenset("=<>≤≥≠≈≡∼≃≅∝±∓×÷·→←↔⇒⇔∈∉⊂⊆∪∩∧∨+−-*≪≫≔⁄")
_SIGNS = frozenset("+-−±∓")
_CLOSING = frozenset(")]}|")
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b")
# Children that belong to the base, one below and one above.
_SCRIPTS = frozenset(["msub", "msup", "msubsup", "munder", "mover", "munderover"])
_SKIPPED = frozenset(["annotation", "annotation-xml", "mphantom", "maligngroup", "malignmark"])
_ACCENTS = frozenset("¯^˜~ˆ→⃗‾˙¨_ˇ˘")


def mathml_text(math: etree._Element) -> str:
    """Return MathML as one line: ``msup`` as ``x²``, ``mfrac`` as ``a/b``, roots as ``√(x)``."""
    return re.sub(r"\s+", " ", _row(math)).strip()


def _row(element: etree._Element) -> str:
    parts = [(element.text or "").strip()] if element.text else []
    signed = True
    for child in element:
        text = _node(child)
        # A sign at the beginning, or behind another operator, belongs to what follows.
        bare = text.strip()
        parts.append(bare if signed and bare in _SIGNS else text)
        signed = child.tag == "mo" and bare not in _CLOSING
    return "".join(parts)


def _node(element: etree._Element) -> str:
    tag = element.tag
    if tag == "mo":
        return _operator(words_of(element).strip())
    if tag in ("mi", "mn", "mtext", "ms"):
        text = words_of(element)
        return text if tag == "mtext" else text.strip()
    if tag in _SKIPPED:
        return ""
    if tag == "mspace":
        return " "
    if tag in _SCRIPTS:
        return _scripted(element)
    special = _LAYOUTS.get(str(tag))
    return special(element) if special else _row(element)


def _operator(text: str) -> str:
    if text in _INVISIBLE:
        return ""
    return f" {text} " if text in _RELATIONS else text


def _scripted(element: etree._Element) -> str:
    children = [_node(child).strip() for child in element]
    if not children:
        return ""
    base, rest = children[0], children[1:]
    tag = str(element.tag)
    if tag == "mover" and rest and rest[0] in _ACCENTS:
        return base + {"→": "\u20d7", "¯": "\u0304", "‾": "\u0304"}.get(rest[0], "\u0302")
    low = rest[0] if rest and not tag.endswith(("msup", "mover")) else ""
    high = rest[-1] if rest and tag not in ("msub", "munder") else ""
    if low and high and len(rest) == 1:
        high = ""
    return base + lowered(low) + raised(high)


# The same few indices and powers come again and again.
@lru_cache(maxsize=1000)
def lowered(text: str) -> str:
    """Return what stands below a base: ``₂`` where Unicode has all of it, else ``_max``."""
    if not text:
        return ""
    close = text.replace(" ", "")
    low = subscript(close)
    return low if low != close else f"_{grouped(text)}"


@lru_cache(maxsize=1000)
def raised(text: str) -> str:
    """Return what stands above a base: ``⁻³`` where Unicode has all of it, else ``^(a/b)``."""
    if not text or text in "′″‴":
        return text
    if text in "∘°":
        return "°"
    close = text.replace(" ", "")
    high = superscript(close)
    return high if high != close else f"^{grouped(text)}"


def grouped(text: str) -> str:
    """Return a part of a formula in brackets, unless it is one piece."""
    closed = text.startswith("(") and text.find(")") == len(text) - 1
    return text if len(text) == 1 or text.isalnum() or closed else f"({text})"


def _fraction(element: etree._Element) -> str:
    parts = [grouped(_node(child).strip()) for child in element]
    return "/".join(parts)


def _root(element: etree._Element) -> str:
    parts = [_node(child).strip() for child in element]
    if element.tag == "mroot" and len(parts) > 1:
        return f"{superscript(parts[1])}√({parts[0]})"
    return f"√({''.join(parts)})"


def _fenced(element: etree._Element) -> str:
    inner = ", ".join(_node(child).strip() for child in element)
    return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"


def _table(element: etree._Element) -> str:
    rows = (" ".join(filter(None, (_node(cell).strip() for cell in row))) for row in element)
    return "; ".join(filter(None, rows))


def _first(element: etree._Element) -> str:
    return _node(element[0]) if len(element) else ""


def _prescripted(element: etree._Element) -> str:
    """Return ``mmultiscripts``: the scripts before the base stand after ``mprescripts``."""
    children = list(element)
    tags = [child.tag for child in children]
    cut = tags.index("mprescripts") if "mprescripts" in tags else len(children)
    after = [_node(child).strip() for child in children[1:cut]]
    before = [_node(child).strip() for child in children[cut + 1 :]]
    base = _node(children[0]) if children else ""
    return _pairs(before) + base + _pairs(after)


def _pairs(scripts: list[str]) -> str:
    lows, highs = scripts[0::2], scripts[1::2]
    return "".join(map(lowered, lows)) + "".join(map(raised, highs))


_LAYOUTS: dict[str, Callable[[etree._Element], str]] = {
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _root,
    "mfenced": _fenced,
    "mtable": _table,
    "semantics": _first,
    "mmultiscripts": _prescripted,
    "none": lambda _: "",
}
