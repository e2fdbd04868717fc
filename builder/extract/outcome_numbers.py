"""Numbers of outcomes beside the statements: means with their spread, as printed, never pooled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from builder.extract.methods_text import DAYS, Said, as_printed, find_listed, place_quantities
from builder.models.study_card import OutcomeNumber

_MEAN = re.compile(
    r"(?<![\w.,±])(?P<value>[-−]?\d+(?:\.\d+)?)\s*(?P<unit1>%)?\s*±\s*(?P<sd>\d+(?:\.\d+)?)\s*"
    r"(?P<unit>%|mm²|mm2|mm3|mm³|mm|µm|μm|mg/cm3|mg/cm³|g/cm²|g/cm2|g/cm3|N/mm|MPa|kPa|N|s|g)?"
    r"(?![\w.]*\d|\w)"
)
_P = re.compile(r"\b[pP]\s*(?:-?\s*value\s*)?(?P<p>[<>=≤≥]\s*0?\.\d+(?:\s*×\s*10\S+)?)")
_N = re.compile(r"\b[nN]\s*=\s*\d{1,4}")
_IN_CELLS = re.compile(
    r"\bcells?\b|\bviabil|\bproliferat|\bmigrat|in vitro|\bmRNA|\bexpression\b|chondrocytes\b|"
    r"\bOD\b|absorbance|\byield|hydrogel|scaffold|particles|\bnm\b|pg/mL|ng/mL|\bday\s+0\b",
    re.IGNORECASE,
)
_BASELINE = re.compile(r"\b(?:aged?|ages|old|weight|weigh\w*|BMI|years|yrs)\b", re.IGNORECASE)


def find_outcomes(said: Said) -> Iterator[OutcomeNumber]:
    """Yield the means with their spread that a result states for animals or people, as printed."""
    if said.zone != "results" or "±" not in said.text:
        return
    named = {value: m.start() for value, m in find_listed(said, "outcome-measures")}
    if "BV/TV" in named:
        named.pop("bone volume", None)
    measures = [(at, value) for value, at in named.items()]
    p_values = [(m.start(), "p " + " ".join(m["p"].split())) for m in _P.finditer(said.text)]
    if not (measures or p_values) or _BASELINE.search(said.text):
        return
    if _IN_CELLS.search(said.text) and not (measures or said.species()):
        return
    times = [(q, start) for q, start, _ in place_quantities(said.text) if q.unit in DAYS]
    counts = [m[0] for m in _N.finditer(said.text)]
    for match in _MEAN.finditer(said.text):
        own = [value for at, value in measures if at < match.start()] or [
            value for _, value in measures
        ]
        yield OutcomeNumber(
            value=float(match["value"].replace("−", "-")),
            sd=float(match["sd"]),
            unit=match["unit1"] or match["unit"] or None,
            of=own[-1] if own else None,
            at=as_printed(times[0][0]) if len(times) == 1 else None,
            n=counts[0] if len(counts) == 1 else None,
            p=next((p for at, p in p_values if at > match.start()), None),
            printed=match[0].strip(),
            quote=said.text,
            line=said.line,
            section=said.section or None,
        )
