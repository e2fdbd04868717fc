"""The words of the interface: one glossary for all pages, with a mark for each closed list.

Each effect, design and result has a shape and a word, so that no meaning hangs on colour.
"""

from collections import Counter
from collections.abc import Iterable

from builder.models import Design, Dose, Quantity, Study
from builder.site.links import View

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
CONDITION_EFFECTS: dict[str, tuple[str, str, str]] = {
    "down": ("improves", "▲", "up"),
    "up": ("worsens", "▼", "down"),
    "none": ("no effect on", "=", "none"),
}
# (word, mark, style) of the result of a study.
RESULTS: dict[str, tuple[str, str, str]] = {
    "improved": ("improvement reported", "▲", "up"),
    "no-benefit": ("no benefit reported", "=", "none"),
    "worsened": ("worsening reported", "▼", "down"),
    "mixed": ("mixed results reported", "◆", "mixed"),
    "none-reported": ("no result reported", "", "unreported"),
}
AGAINST = ("no-benefit", "worsened", "mixed")
# What the vesicles are to the condition.
STUDY_ROLES = {
    "therapeutic": "tried as a treatment",
    "pathogenic": "part of the disease",
    "biomarker": "biomarker of the disease",
    "method": "method",
    "unclear": "role not stated",
}
CERTAINTY = {
    "asserted": "stated as a fact",
    "hedged": "hedged (“may”, “promising”)",
    "aim": "an aim, not a result",
}
BASIS = {
    "table-row": "a row of a table",
    "full-text": "the text",
    "abstract": "the abstract",
    "title": "the title of a cited work",
    "digest": "a summary site’s words, not the authors’",
}
# Words that many pages share, each in one place.
WORDS = {
    "not_stated": "not stated",
    "undirected": "result, direction not stated",
    "tried": STUDY_ROLES["therapeutic"],
    "no_evidence": "no evidence in the material read",
    "not_assessed": "Certainty of the evidence: not assessed.",
    "not_advice": "It is not medical advice.",
    "with_subtypes": "with subtypes",
    "report": "Report a wrong statement",
}
# The effects that raise a mechanism or an outcome, and those that lower it.
RISING = ("up", "activates")
FALLING = ("down", "inhibits")
_STYLES = {"up": "rise", "down": "fall", "named": "involves"}
# The number of filled squares in the mark of a design, the strongest first. A trial that is only
# registered is no design with a result: its mark is the lightest.
REGISTERED = "registered"
DESIGNS: dict[str, int] = {
    "clinical": 4,
    "in-vivo": 3,
    "ex-vivo": 2,
    "in-vitro": 1,
    REGISTERED: 0,
    "not-stated": 0,
    "review": 0,
}
_DESIGN_WORDS = {
    "not-stated": "design not stated",
    "in-vitro": "in vitro",
    "ex-vivo": "ex vivo",
    "in-vivo": "in animals",
    "clinical": "in people",
    REGISTERED: "registered trial without result",
}
ROLE_WORDS: dict[str, str] = {
    "sources": "Sources",
    "modifications": "Modifications",
    "vehicles": "Delivery vehicles",
    "cargo": "Cargo",
    "mechanisms": "Mechanisms",
    "targets": "Targets",
    "stimuli": "Stimuli given to cells",
    "partners": "Co-delivered cells",
    "models": "Models",
    "sites": "Sites",
    "species": "Species of cells or animals",
    "conditions": "Conditions",
    "outcomes": "Outcomes",
}
KIND_WORDS: dict[str, tuple[str, str]] = {
    "source": ("Source", "Sources"),
    "mechanism": ("Mechanism", "Mechanisms"),
    "vehicle": ("Delivery vehicle", "Delivery vehicles"),
    "condition": ("Condition", "Conditions"),
    "trial": ("Trial", "Trials"),
    "paper": ("Paper", "Papers"),
    "reference": ("Reference", "References"),
    "finding": ("Statement", "Statements"),
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
    """Return the word, mark and style of an effect; what rises or falls is neither good nor bad."""
    word, mark = EFFECTS.get(effect, ("", ""))
    style = "mixed" if effect == "modulates" else _STYLES.get(find_direction(effect), effect)
    return {"id": effect, "word": word, "mark": mark, "style": style}


def find_direction(effect: str) -> str:
    """Return the direction of an effect: up, down, named (without direction) or none."""
    if effect in RISING:
        return "up"
    if effect in FALLING:
        return "down"
    return "none" if effect == "none" else "named"


def view_condition_effect(effect: str) -> View:
    """Return the word, mark and style of what became of a condition."""
    word, mark, style = CONDITION_EFFECTS.get(effect, ("", "", effect))
    return {"id": effect, "word": word, "mark": mark, "style": style}


def view_result(result: str) -> View:
    """Return the words, mark and style of the result of a study."""
    word, mark, style = RESULTS[result]
    return {"id": result, "word": word, "mark": mark, "style": style}


def view_role_effect(role: str, effect: str) -> View:
    """Return the effect on a term in a role; empty words in roles that have none."""
    if role == "conditions":
        return view_condition_effect(effect)
    return view_effect(effect if role in ("mechanisms", "outcomes") else "")


def view_design(level: str) -> View:
    """Return the label, rank, mark and style of a design: one square of four a level."""
    rank = DESIGNS.get(level, 0)
    return {
        "id": level,
        "label": _DESIGN_WORDS.get(level, level),
        "rank": rank,
        "style": REGISTERED if level == REGISTERED else f"{rank}",
        "mark": "®" if level == REGISTERED else "■" * rank + "□" * (4 - rank),
    }


def grade_study(study: Study) -> str:
    """Return the design of a study as pages count it: a trial without result is only registered."""
    return REGISTERED if study.only_registered else study.design.level


def count_designs(studies: Iterable[Study]) -> dict[str, int]:
    """Return how many studies have each design, the strongest first; never a 0."""
    counts = Counter(grade_study(s) for s in studies)
    return {level: counts[level] for level in DESIGNS if counts[level]}


def name_designs(level: str, count: int) -> str:
    """Return a count with its design: ``3 in animals``, ``2 registered trials without result``."""
    label = str(view_design(level)["label"])
    if level == REGISTERED and count > 1:
        label = label.replace("trial", "trials")
    return f"{count:,} {'with ' if level == 'not-stated' else ''}{label}"


def describe_design(design: Design) -> str:
    """Return how a study was done, in few words: ``randomised, triple-blind trial in people``."""
    words = [
        "randomised" if design.randomised else "",
        "controlled" if design.controlled and not design.randomised else "",
        {"open": "open-label", None: ""}.get(design.masking, f"{design.masking}-blind"),
        f"phase {design.phase}" if design.phase and design.phase[0].isdigit() else "",
    ]
    stated = ", ".join(word for word in words if word)
    label = str(view_design(design.level)["label"])
    return f"{stated}, {label}" if stated else label


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
    """Return a quantity: the number as read, its unit and the words it was read from.

    "Over 56%" and "about 80%" are no 56 and 80 %: the number bears their sign.
    """
    low, high = quantity.low, quantity.high
    number = format_range(low, high) if quantity.value is None else format_number(quantity.value)
    number = f"{quantity.sign} {number}" if quantity.sign else number
    if quantity.sd is not None:
        number = f"{number} ± {format_number(quantity.sd)}"
    read = f"{number} {quantity.unit}"
    more = [quantity.of or "", f"at {quantity.at}" if quantity.at else "", quantity.setting or ""]
    # The words are worth their room where they say more than the number, as "over 56%" does.
    plain = "".join(read.split()) == "".join(quantity.quote.split())
    return {
        "number": number,
        "unit": quantity.unit,
        "quote": quantity.quote,
        "printed": not plain,
        "words": ", ".join(word for word in more if word),
    }


def is_calculated(dose: Dose) -> bool:
    """Return whether the total of a dose is calculated from its volume and concentration."""
    return dose.volume_ml is not None and dose.particles_per_ml_low is not None


def list_amounts(dose: Dose) -> dict[str, str]:
    """Return what a dose amounts to by name: particles, µg and cells, each also per mL, volume."""
    amounts = {"volume": ("volume in mL", dose.volume_ml or dose.volume_ml_low,
                          dose.volume_ml or dose.volume_ml_high)}  # fmt: skip
    for name, unit in (("particles", "particles"), ("micrograms", "µg"), ("cells", "cells")):
        for part, label in (("total", unit), ("per_ml", f"{unit} per mL")):
            ends = (getattr(dose, f"{name}_{part}_{end}") for end in ("low", "high"))
            amounts[f"{name}_{part}"] = (label, *ends)
    signs = dict.fromkeys(dose.approximate, "≈ ")
    return {
        label: f"{signs.get(name, '')}{read}"
        for name, (label, *ends) in amounts.items()
        if (read := format_range(*ends))
    }


def view_dose(dose: Dose) -> View:
    """Return a dose: verbatim, and each number that was read from it."""
    total = "Amount, calculated" if is_calculated(dose) else "Amount"
    amounts = list_amounts(dose)
    read = [("Volume", "volume in mL", "mL")]
    for unit in ("particles", "µg", "cells"):
        read += [("Concentration", f"{unit} per mL", f"{unit}/mL"), (total, unit, unit)]
    parsed = [
        {"label": label, "value": f"{amounts[name]} {unit}"}
        for label, name, unit in read
        if name in amounts
    ]
    if dose.doses is not None:
        parsed.append({"label": "Number of doses", "value": str(dose.doses)})
    return {"printed": dose.printed, "parsed": parsed}
