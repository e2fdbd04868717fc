"""The words and marks that pages print for the closed lists of the records.

Each effect and level of evidence has a shape and a word, so that no meaning hangs on colour.
"""

from __future__ import annotations

from builder.models import Dose, Quantity
from builder.site.links import View, plural

# (word, mark) of each effect of a mechanism or an outcome.
EFFECTS: dict[str, tuple[str, str]] = {
    "up": ("increases", "▲"),
    "activates": ("activates", "▲"),
    "down": ("decreases", "▼"),
    "inhibits": ("inhibits", "▼"),
    "modulates": ("modulates", "◆"),
    "involves": ("involves", "○"),
    "none": ("no effect on", "="),
}
# (word, mark, style) of what became of a condition, by the effect on it: less of it is better.
RELIEF: dict[str, tuple[str, str, str]] = {
    "down": ("improves", "▲", "up"),
    "up": ("worsens", "▼", "down"),
    "none": ("no effect on", "=", "none"),
}
# (word, mark, style) of a trial's result.
TRIAL_RESULTS: dict[str, tuple[str, str, str]] = {
    "positive": ("positive", "▲", "up"),
    "negative": ("negative", "▼", "down"),
    "mixed": ("mixed", "◆", "involves"),
}
# The effects that raise a mechanism or an outcome, and those that lower it.
RISING = ("up", "activates")
FALLING = ("down", "inhibits")
# Strongest last; the number of filled squares in the mark of a level.
EVIDENCE: dict[str, int] = {
    "not-stated": 0,
    "review": 0,
    "in-vitro": 1,
    "ex-vivo": 2,
    "in-vivo": 3,
    "clinical": 4,
}
ROLE_WORDS: dict[str, str] = {
    "sources": "Cell sources",
    "modifications": "Modifications",
    "vehicles": "Delivery vehicles",
    "cargo": "Cargo",
    "mechanisms": "Mechanisms",
    "targets": "Targets",
    "partners": "Co-delivered cells",
    "models": "Models",
    "species": "Species of cells or animals",
    "conditions": "Conditions",
    "outcomes": "Outcomes",
}
KIND_WORDS: dict[str, tuple[str, str]] = {
    "source": ("Cell source", "Cell sources"),
    "mechanism": ("Mechanism", "Mechanisms"),
    "vehicle": ("Delivery vehicle", "Delivery vehicles"),
    "condition": ("Condition", "Conditions"),
    "trial": ("Trial", "Trials"),
    "paper": ("Paper", "Papers"),
    "reference": ("Reference", "References"),
    "finding": ("Finding", "Findings"),
    "model": ("Model", "Models"),
    "outcome": ("Outcome", "Outcomes"),
    "modification": ("Modification", "Modifications"),
    "vesicle": ("Vesicle", "Vesicles"),
    "cell": ("Other cell", "Other cells"),
    "tissue": ("Tissue", "Tissues"),
    "species": ("Species", "Species"),
    "intervention": ("Intervention", "Interventions"),
    "method": ("Method", "Methods"),
    "compound": ("Compound", "Compounds"),
}
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_PLAIN_LIMIT = 10_000


def view_effect(effect: str) -> View:
    """Return the word, mark and style of an effect."""
    word, mark = EFFECTS.get(effect, ("", ""))
    style = {"activates": "up", "inhibits": "down", "modulates": "involves"}.get(effect, effect)
    return {"id": effect, "word": word, "mark": mark, "style": style}


def find_direction(effect: str) -> str:
    """Return the direction of an effect: up, down, named (without direction) or none."""
    if effect in RISING:
        return "up"
    if effect in FALLING:
        return "down"
    return "none" if effect == "none" else "named"


def view_relief(effect: str) -> View:
    """Return the word, mark and style of what became of a condition."""
    word, mark, style = RELIEF.get(effect, ("", "", effect))
    return {"id": effect, "word": word, "mark": mark, "style": style}


def view_trial_result(effect: str) -> View:
    """Return the words, mark and style of a trial's result among the effects of a term."""
    word, mark, style = TRIAL_RESULTS.get(effect, (effect, "", effect))
    return {"id": effect, "word": f"{word} trial result", "mark": mark, "style": style}


def view_role_effect(role: str, effect: str) -> View:
    """Return the effect on a term in a role; empty words in roles that have none."""
    if role == "conditions":
        return view_relief(effect)
    return view_effect(effect if role in ("mechanisms", "outcomes") else "")


def view_evidence(evidence: str) -> View:
    """Return the label, rank and mark of a level of evidence: one square of four a level."""
    rank = EVIDENCE.get(evidence, 0)
    return {
        "label": evidence.replace("-", " "),
        "rank": rank,
        "mark": "■" * rank + "□" * (4 - rank),
        "style": evidence,
    }


def format_number(value: float) -> str:
    """Return a number as a reader expects it: 5, 0.25, 1,200, 7 × 10⁹."""
    if value == 0:
        return "0"
    if abs(value) >= _PLAIN_LIMIT or abs(value) < 1 / _PLAIN_LIMIT:
        mantissa, exponent = f"{value:.6e}".split("e")
        digits = mantissa.rstrip("0").rstrip(".")
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPT)
        return power if digits == "1" else f"{digits} × {power}"
    return f"{value:,.6g}"


def format_range(low: float | None, high: float | None) -> str:
    """Return one number, or two with an en dash between them; empty without any."""
    if low is None and high is None:
        return ""
    if low is None or high is None or low == high:
        known = low if low is not None else high
        return format_number(known or 0.0)
    return f"{format_number(low)}–{format_number(high)}"


def view_quantity(quantity: Quantity) -> View:
    """Return a quantity: the number as read, its unit and the words it was read from."""
    number = (
        format_number(quantity.value)
        if quantity.value is not None
        else format_range(quantity.low, quantity.high)
    )
    read = f"{number} {quantity.unit}"
    # The words are worth their room where they say more than the number, as "over 56%" does.
    plain = "".join(read.split()) == "".join(quantity.quote.split())
    return {
        "number": number,
        "unit": quantity.unit,
        "quote": quantity.quote,
        "printed": not plain,
    }


def view_dose(dose: Dose) -> View:
    """Return a dose: verbatim, and each number that was read from it."""
    calculated = dose.volume_ml is not None and dose.particles_per_ml_low is not None
    read = [
        ("Volume", format_range(dose.volume_ml, dose.volume_ml), "mL"),
        (
            "Concentration",
            format_range(dose.particles_per_ml_low, dose.particles_per_ml_high),
            "particles/mL",
        ),
        (
            "Total, calculated" if calculated else "Total",
            format_range(dose.particles_total_low, dose.particles_total_high),
            "particles",
        ),
    ]
    parsed = [{"label": name, "value": f"{n} {unit}"} for name, n, unit in read if n]
    if dose.doses is not None:
        parsed.append({"label": "Number of doses", "value": plural(dose.doses, "dose")})
    return {"printed": dose.printed, "parsed": parsed}
