"""Superscripts and subscripts in Unicode, as far as it has them."""

from __future__ import annotations

import re

_SUP = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
# Powers, charges and indices; "1–3" is a range and stays as it is.
_SUP_OK = re.compile(r"^(?:[+\-−–]?\d+[+\-−]?|\d*[+\-−–]+|[ni]|n[+\-−]\d|\(\d+\))$")
_SUB_OK = re.compile(r"^[0-9+\-−=()]+$")
_LETTER_UP = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_LETTERS = re.compile(r"^[a-z](?:,\s*[a-z])*$")


def superscript(text: str) -> str:
    """Return text raised where Unicode has all of it, else as it is."""
    return text.translate(_SUP) if _SUP_OK.match(text) else text


def subscript(text: str) -> str:
    """Return text lowered where Unicode has all of it, else as it is."""
    return text.translate(_SUB) if _SUB_OK.match(text) else text


def raised_text(text: str) -> str:
    """Return what ``sup`` holds: raised where it can be, else marked where it holds a number."""
    bare = text.strip()
    if _LETTERS.match(bare):
        return text.translate(_LETTER_UP)
    high = superscript(bare)
    if high != bare:
        # "10 <sup>9</sup>" is laid out, not printed, with a space.
        return high + text[len(text.rstrip()) :]
    # "10<sup>0.5</sup>" must not read as 100.5.
    return f"^{bare}" if any(map(str.isdecimal, bare)) else text
