"""Powers of ten that lost their superscript: ``7 × 109 particles/mL`` is 7 × 10⁹.

Only a count or a concentration behind it, or a multiplication sign before and a minus in the
exponent, makes a power of ten of such digits. Citations (``[109]``), volumes, years and decimals
stay. A repair swaps digits one for one, so every place in the text stays where it was.
"""

from __future__ import annotations

import re

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISE = str.maketrans("0123456789-−–", RAISED + "⁻⁻⁻")
DASH = r"[-‐‑‒–—−]"
TIMES = r"[×xX·*∙⋅]"
# What this field counts in powers of ten.
COUNTED = (
    r"(?:particles?|exosomes?|exos?|s?evs?|extracellular\s+vesicles?|vesicles?|cells?|copies|"
    r"cfus?|pfus?|viral\s+(?:genomes|particles)|platelets?|bacteria|spores?)"
)
_VOLUME = r"(?:[mµμn]?[lL]|cm[³3]|dose|injection|knee|joint)\b"
CONCENTRATION = rf"(?:{COUNTED}\s*(?:/|\bper\b)\s*{_VOLUME}|(?:/|per\b)\s*{_VOLUME})"
# Counts run from thousands to 10^15; 100 to 102 are numbers as they stand.
_EXPONENT = r"(?:[3-9]|1[0-5])"
_FREE = rf"(?<![\w.,\[])(?<!{DASH})"

_LOST = (
    # 2 × 10−6: behind a multiplication, a minus directly after ten is an exponent.
    re.compile(rf"\d\s*{TIMES}\s*10(?P<a>[−–-]\d{{1,2}})(?![\d.,%]\d|\d)(?!\s*{TIMES})"),
    # 7 × 109 particles/mL, 3 × 105–106 cells, 1 × 109–5 × 1010 EVs
    re.compile(
        rf"\d\s*{TIMES}\s*10(?P<a>{_EXPONENT})"
        rf"(?:\s*{DASH}\s*(?:\d+(?:\.\d+)?\s*{TIMES}\s*)?10(?P<b>{_EXPONENT}))?"
        rf"\s*(?:{CONCENTRATION}|{COUNTED}\b)",
        re.IGNORECASE,
    ),
    # 109–1010 particles/mL
    re.compile(
        rf"{_FREE}10(?P<a>{_EXPONENT})\s*(?:{DASH}|\bto\b|\bor\b|\band\b)\s*10(?P<b>{_EXPONENT})"
        rf"\s*(?:{CONCENTRATION}|particles\b)",
        re.IGNORECASE,
    ),
    # 109 particles/mL
    re.compile(rf"{_FREE}10(?P<a>{_EXPONENT})\s*(?:{CONCENTRATION}|particles\b)", re.IGNORECASE),
)
# A bare count of cells may be a count: 105 cells is asked about, not changed.
_DOUBTFUL = re.compile(rf"{_FREE}10{_EXPONENT}\s*{COUNTED}\b", re.IGNORECASE)


def repair_superscripts(text: str) -> tuple[str, list[str]]:
    """Return the text with lost exponents raised, and a note for each: ``'× 109' → '× 10⁹'``.

    The repaired text has the length of the given one.
    """
    notes: list[str] = []
    for pattern in _LOST:
        for match in list(pattern.finditer(text)):
            for name in match.groupdict():
                start, end = match.span(name)
                if start < 0:
                    continue
                raised = text[start:end].translate(_RAISE)
                notes.append(f"'10{text[start:end]}' read as '10{raised}' in '{match.group()}'")
                text = text[:start] + raised + text[end:]
    return text, notes


def find_doubtful_powers(text: str) -> list[str]:
    """Return counts that may have lost an exponent, such as ``105 cells``, as printed."""
    return [m.group() for m in _DOUBTFUL.finditer(repair_superscripts(text)[0])]
