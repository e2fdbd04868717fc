"""Numbers with their units, word for word, and doses.

A quantity's quote is the text as given; a power of ten that lost its superscript is read as one
but never rewritten in the quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from builder.extract.design import read_words
from builder.models import Dose, Quantity

# --- powers of ten that lost their superscript ---------------------------------------------------
#
# Only a count or a concentration behind it, or a multiplication sign before and a minus in the
# exponent, makes a power of ten of such digits. Citations (``[109]``), volumes, years and decimals
# stay. A repair swaps digits one for one, so every place in the text stays where it was.

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


# --- numbers and units ---------------------------------------------------------------------------

_LOWER = str.maketrans(RAISED + "⁻−", "0123456789--")
# Units as written, longest first, with the spelling that records use. SI symbols keep their case.
_SYMBOLS: dict[str, str] = {
    "%": "%", "‰": "‰", "°C": "°C", "℃": "°C",
    "µg": "µg", "μg": "µg", "ug": "µg", "mg": "mg", "ng": "ng", "pg": "pg", "kg": "kg", "g": "g",
    "mL": "mL", "ml": "mL", "µL": "µL", "μL": "µL", "uL": "µL", "L": "L", "cc": "mL",
    "nm": "nm", "µm": "µm", "μm": "µm", "mm": "mm", "cm": "cm",
    "mm²": "mm²", "mm2": "mm²", "cm²": "cm²", "cm2": "cm²",
    "mm³": "mm³", "mm3": "mm³", "cm³": "cm³", "cm3": "cm³",
    "kPa": "kPa", "MPa": "MPa", "GPa": "GPa", "Pa": "Pa",
    "mV": "mV", "kV": "kV", "V": "V", "mA": "mA", "µA": "µA", "μA": "µA",
    "kHz": "kHz", "MHz": "MHz", "Hz": "Hz", "kDa": "kDa", "Da": "Da",
    "mM": "mM", "µM": "µM", "μM": "µM", "nM": "nM", "mW": "mW", "W": "W", "Gy": "Gy",
    "rpm": "rpm", "IU": "IU", "h": "h", "hr": "h", "hrs": "h", "s": "s", "min": "min", "wt%": "wt%",
    "w/v": "w/v",
}  # fmt: skip
_WORDS: dict[str, str] = {
    "seconds?": "s", "minutes?": "min", "mins": "min", "hours?": "h", "days?": "days",
    "weeks?": "weeks", "wks?": "weeks", "months?": "months", "years?": "years",
    "percent": "%", "per cent": "%", "particles?": "particles", "cells?": "cells",
    "exosomes?": "exosomes", "exos?": "exosomes", "s?evs?": "EVs", "vesicles?": "vesicles",
    "copies": "copies", "doses?": "doses", "injections?": "injections", "fold": "fold",
    "patients?": "patients", "participants?": "participants", "subjects?": "subjects",
    "knees?": "knees",
    "rats?": "rats", "mice": "mice", "rabbits?": "rabbits", "cohorts?": "cohorts",
}  # fmt: skip
_UNIT_CHARS = r"(?![A-Za-z0-9²³])"
_SYMBOL = "|".join(sorted(map(re.escape, _SYMBOLS), key=len, reverse=True))
_WORD = "|".join(_WORDS)
_BASE = rf"(?:(?:{_SYMBOL}){_UNIT_CHARS}|(?i:{_WORD})\b)"
_UNIT = rf"(?P<unit>{_BASE}(?:\s*(?:/|\bper\b)\s*{_BASE}|\s*[·\s]?(?:{_SYMBOL})[⁻−-][¹1])?)"

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_POWER = rf"10(?:\^\s*\{{?-?\d{{1,2}}\}}?|e\d{{1,2}}|⁻?[{RAISED}]+)"
_VALUE = rf"(?:{_DIGITS}\s*{TIMES}\s*{_POWER}|{_POWER}|{_DIGITS}(?:[eE][+-]?\d{{1,2}})?)"
_SIGN = r"(?:(?<![\w.)\]])[-−](?=\d))?"
_START = r"(?<![\w.,])(?<!\w[-‐‑‒–—−/:])(?<!\d )"
_ABOUT = r"(?:[≈~∼≥≤<>±]\s?)?"
# Bounded, so that a long run of spaces costs no more than its length.
_GAP = r"\s{0,3}-?\s{0,3}"
_WINDOW = 30
_QUANTITY = re.compile(
    rf"{_ABOUT}{_START}{_SIGN}(?P<low>{_VALUE})"
    rf"(?:\s{{0,3}}±\s{{0,3}}(?P<spread>{_VALUE})\s{{0,3}})?"
    rf"(?:\s{{0,3}}(?:{DASH}|\bto\b)\s{{0,3}}(?P<high>{_VALUE}))?"
    rf"{_GAP}{_UNIT}"
)
_PH = re.compile(
    rf"\bpH\s*(?:of\s*|=\s*)?(?P<low>\d+(?:\.\d+)?)(?:\s*{DASH}\s*(?P<high>\d+(?:\.\d+)?))?"
)
_ON_DAY = re.compile(
    r"\b(?P<unit>days?|weeks?|months?)\s+(?P<first>\d{1,3})(?![\d.%]*\d|\w|%)"
    r"(?P<more>(?:\s*(?:,|,?\s*and|or|–|-|to)\s*\d{1,3}\b(?!\s*%|\.\d|\s*[µμnm]?[lLgm]\b)){0,6})",
    re.IGNORECASE,
)
_NUMERALS = (
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
)
_NUMERAL_OF = {word: n for words in _NUMERALS for n, word in enumerate(words, 1)}
_IN_WORDS = re.compile(
    rf"\b(?P<n>{'|'.join(_NUMERAL_OF)})[\s-]+(?P<unit>(?:hour|day|week|month|year)s?)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:grades?|stages?|types?|phases?|class(?:es)?|K-?L)\s*$", re.IGNORECASE)
_INTERVAL = re.compile(r"\s*(?:CIs?\b|confidence|credible|C\.I\.)", re.IGNORECASE)
_SIDES = {"≥": "low", ">": "low", "≤": "high", "<": "high"}
_SPANS = {"s", "min", "h", "days", "weeks", "months", "years"}


def parse_number(text: str) -> float:
    """Return the value of a number as written: ``1,000``, ``7 × 10⁹``, ``10^9``, ``3 x 10e11``.

    ``10e11`` behind a multiplication or alone is read as ten to the eleventh, the ordinary
    meaning; ``5e9`` is computer notation. Raises ValueError where it is no number.
    """
    plain = re.sub(r"[\s,{}]", "", text).replace("−", "-")
    factor, _, power = plain.rpartition(next((c for c in plain if re.match(TIMES, c)), "\0"))
    power = power.translate(_LOWER) if re.fullmatch(rf"10⁻?[{RAISED}]+", power) else power
    exponent = re.fullmatch(r"10[\^e]?(-?\d+)", power)
    raised = any(c in RAISED for c in plain) or "^" in plain or "10e" in plain
    if exponent and (raised or factor):
        return float(f"{float(factor) if factor else 1.0}e{exponent.group(1)}")
    return float(plain)


def _norm_unit(text: str) -> str:
    parts = re.split(r"\s*(?:/|\bper\b)\s*", text.strip())
    inverse = re.fullmatch(rf"(.+?)\s*[·\s]?({_SYMBOL})[⁻−-][¹1]", text.strip())
    if inverse:
        parts = [inverse.group(1), inverse.group(2)]
    return "/".join(_base_unit(p, top=i == 0) for i, p in enumerate(parts))


def _base_unit(text: str, *, top: bool) -> str:
    if text in _SYMBOLS:
        return _SYMBOLS[text]
    for pattern, unit in _WORDS.items():
        if re.fullmatch(pattern, text, re.IGNORECASE):
            return unit if top else unit.removesuffix("s") if unit not in {"s"} else unit
    return text


def _find_sign(text: str, end: int, unit: str) -> tuple[str | None, int]:
    """Return the sign that the words before a number amount to, and where they start."""
    offset = max(0, end - _WINDOW)
    for sign, pattern in read_words().signs:
        if match := pattern.search(text[offset:end]):
            # "over 12 weeks" says how long, "over 56%" says more than.
            if match.group().strip().lower() == "over" and unit in _SPANS:
                break
            return sign, offset + match.start()
    return None, end


def _scale(low: str, high: str) -> str:
    """Return the power of ten that a range states once: in ``3–5 × 10¹¹`` it goes for both."""
    sign = re.search(rf"\s*{TIMES}\s*{_POWER}$", high)
    return low + sign.group() if sign and re.fullmatch(_DIGITS, low) else low


def _measured(text: str, clean: str) -> Iterator[tuple[int, int, Quantity]]:
    doubtful = tuple(find_doubtful_powers(text))
    for match in _QUANTITY.finditer(clean):
        start, end = match.span()
        if match.group().startswith(doubtful):
            continue  # 105 cells may be 10⁵ cells: neither is stated
        if _NUMBERED.search(clean[max(0, start - _WINDOW) : start]) or _INTERVAL.match(clean, end):
            continue  # "grade 2-3 knees", "95% CI": no count, no share
        unit, high = _norm_unit(match["unit"]), match["high"]
        negative = re.match(r"[≈~∼≥≤<>±\s]*[-−]", match.group()) is not None
        lead = re.match(r"[≈~∼≥≤<>]", match.group())
        sign, place = _find_sign(clean, start + (1 if lead else 0), unit)
        words = min(start, place)  # they belong to the number, and are no nearer to what is before
        low = parse_number(_scale(match["low"], high) if high else match["low"]) * (
            -1 if negative else 1
        )
        quote = text[words:end].strip()
        sd = parse_number(match["spread"]) if match["spread"] else None
        known = {"sign": sign, "sd": sd, "unit": unit, "quote": quote}
        if high:
            low, top = sorted((low, parse_number(high)))
            read = {"low": low, "high": top}
        else:
            read = {_SIDES.get(sign or "", "value"): low}
        yield start, end, Quantity.model_validate({**known, **read})


def _acidity(text: str) -> Iterator[tuple[int, int, Quantity]]:
    for match in _PH.finditer(text):
        low, high = float(match["low"]), match["high"]
        found = (
            Quantity(low=low, high=float(high), unit="pH", quote=match.group())
            if high
            else Quantity(value=low, unit="pH", quote=match.group())
        )
        yield *match.span(), found


def _points_in_time(text: str) -> Iterator[tuple[int, int, Quantity]]:
    for match in _ON_DAY.finditer(text):
        unit = match["unit"].lower().removesuffix("s") + "s"
        numbers = [int(n) for n in re.findall(r"\d+", match["first"] + " " + match["more"])]
        if re.match(r"\s*(?:–|-|to)\s*\d+$", match["more"]) and len(numbers) == 2:  # noqa: PLR2004
            low, high = numbers
            yield *match.span(), Quantity(low=low, high=high, unit=unit, quote=match.group())
            continue
        for number in numbers:
            yield *match.span(), Quantity(value=number, unit=unit, quote=match.group())
    for match in _IN_WORDS.finditer(text):
        unit = match["unit"].lower().removesuffix("s") + "s"
        value = _NUMERAL_OF[match["n"].lower()]
        yield (
            *match.span(),
            Quantity(value=value, unit=unit.replace("hours", "h"), quote=match.group()),
        )


def find_quantities(text: str, column: str = "") -> list[Quantity]:
    """Return the numbers with a unit in a text, in order, each with its verbatim quote.

    A range has ``low`` and ``high``, a bound (``at least``, ``<``) one of them, all else ``value``;
    ``sign`` says whether it is a bound or only about so much, ``sd`` is the spread printed behind
    ±. ``of`` says what it is a number of, ``at`` the time that its clause gives, ``setting`` where
    the column's name or the clause says in vitro or in vivo.
    """
    clean, _ = repair_superscripts(text)
    found = [*_points_in_time(text), *_acidity(text), *_measured(text, clean)]
    kept: list[Placed] = []
    for start, end, quantity in sorted(found, key=lambda f: (f[0], -f[1])):
        if not kept or start >= kept[-1][1] or (start, end) == kept[-1][:2]:
            kept.append((start, end, quantity))
    return [_describe(place, kept, text, column) for place in kept]


# --- of what, at what time, in which setting -----------------------------------------------------

Placed = tuple[int, int, Quantity]
_CLAUSE_END = re.compile(r"[;]|\.\s+(?=[A-Z])")
_CLAUSE = 80  # letters around a number in which the word for it stands
_SETTING = re.compile(r"\bin\s+(vitro|vivo)\b", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
# "ALG:HA (5%:2.5%)", "GelMA (10%)": brackets that hold nothing but shares.
_SHARES = re.compile(r"\((?:\s*\d+(?:\.\d+)?\s*(?:%|wt%)?\s*[:/,]?)+\)")


def _describe(place: Placed, others: list[Placed], text: str, column: str) -> Quantity:
    """Return a quantity with what it measures, when and where."""
    start, end, quantity = place
    low = max((m.end() for m in _CLAUSE_END.finditer(text, 0, start)), default=0)
    ending = _CLAUSE_END.search(text, end)
    high = ending.start() if ending else len(text)
    near = [p for p in others if low <= p[0] < high]
    is_time = quantity.unit in _SPANS
    of = "time" if is_time else "pH" if quantity.unit == "pH" else _name(place, near, text, column)
    settings = {m[1].lower() for m in _SETTING.finditer(column)}
    settings = settings or {m[1].lower() for m in _SETTING.finditer(text, low, high)}
    return quantity.model_copy(
        update={
            "of": of,
            "at": None
            if is_time or of in (None, "composition", "dose")
            else _time(place, near, text),
            "setting": f"in {settings.pop()}" if len(settings) == 1 and not is_time else None,
        }
    )


def _name(place: Placed, near: list[Placed], text: str, column: str) -> str | None:
    start, end, quantity = place
    brackets = (m.span() for m in _SHARES.finditer(text))
    if quantity.unit in ("%", "wt%", "w/v") and (
        quantity.unit != "%" or any(a <= start and end <= b for a, b in brackets)
    ):
        return "composition"
    low = max(0, min((p[0] for p in near), default=start) - _CLAUSE)
    fitting = [
        (name, pattern) for name, units, pattern in read_words().measures if quantity.unit in units
    ]
    found = [
        (max(m.start() - end, start - m.end()), rank, name)
        for rank, (name, pattern) in enumerate(fitting)
        for m in pattern.finditer(text, low, end + _CLAUSE)
    ]
    if found:
        return min(found)[2]
    return next((name for name, pattern in fitting if pattern.search(column)), None)


def _time(place: Placed, near: list[Placed], text: str) -> str | None:
    """Return the time of a quantity: the only one of its clause, its own of a list, the nearest."""
    start, _, quantity = place
    times = [p for p in near if p[2].unit in _SPANS]
    if not times:
        return None
    listed = [p for p in times if p[0] == times[-1][0]]
    if len(listed) > 1 and _RESPECTIVELY.search(text[listed[-1][1] : listed[-1][1] + 20]):
        alike = [p for p in near if p[2].unit == quantity.unit and p[0] < listed[0][0]]
        paired = alike[-len(listed) :]
        if place in paired:
            return _say_time(listed[paired.index(place)][2])
        times = [p for p in times if p not in listed] or times
    nearest = min(times, key=lambda p: min(abs(p[1] - start), abs(p[0] - place[1])))
    return _say_time(nearest[2])


def _say_time(time: Quantity) -> str:
    """Return a time as text: ``14 days``, ``4–8 weeks``, ``over 21 days`` as its number."""
    ends = [n for n in (time.value, time.low, time.high) if n is not None]
    return f"{'–'.join(f'{n:g}' for n in ends)} {time.unit}"


_COUNT_WORD = r"single|once|one|two|twice|three|thrice|four|five|six|seven|eight|nine|ten|\d{1,2}"
_COUNT = {**_NUMERAL_OF, "single": 1, "once": 1, "twice": 2, "thrice": 3}
_DOSES = re.compile(
    rf"(?<![\w.,/-])(?P<n>{_COUNT_WORD})(?P<vague>\s*(?:/|-|–|\bor\b|\bto\b|\band\b)\s*\w+)?"
    r"(?:\s+(?!of\b|and\b|or\b)[\w-]+){0,3}?\s+(?:doses?|injections?|administrations?|infusions?)\b",
    re.IGNORECASE,
)
_ONCE = re.compile(
    r"(?<!\w)(?P<n>once|twice|thrice)(?!\s+(?:a|per|every|daily|weekly|monthly)\b|\w)", re.I
)
_VAGUE = re.compile(r"\b(?:few|several|multiple|repeated|variable|escalat\w+)\b", re.IGNORECASE)


def _count_doses(text: str) -> int | None:
    if _VAGUE.search(text):
        return None
    counts = set()
    for match in [*_DOSES.finditer(text), *_ONCE.finditer(text)]:
        if match.groupdict().get("vague"):
            return None
        word = match["n"].lower()
        counts.add(_COUNT.get(word) or int(word))
    return counts.pop() if len(counts) == 1 else None


def _limits(quantity: Quantity) -> tuple[float | None, float | None]:
    if quantity.value is not None:
        return quantity.value, quantity.value
    return quantity.low, quantity.high


# Units of each measure, by how much they are in its own: particles, µg, cells, mL.
_MEASURES: dict[str, dict[str, float]] = {
    "particles": dict.fromkeys(("particles", "EVs", "exosomes", "vesicles"), 1),
    "micrograms": {"ng": 1e-3, "µg": 1, "mg": 1e3, "g": 1e6},
    "cells": {"cells": 1},
}
_VOLUMES: dict[str, float] = {"mL": 1, "µL": 1e-3, "L": 1e3}
_DOSE = dict.fromkeys(("", "dose", "injection", "knee", "joint"), 1.0)
Limits = tuple[float | None, float | None]


def _find_amount(
    found: Sequence[Quantity], tops: Mapping[str, float], bottoms: Mapping[str, float]
) -> Limits | None:
    """Return the limits of the one amount in such units; None where there are several or none."""
    amounts: set[Limits] = set()
    for quantity in found:
        top, _, bottom = quantity.unit.partition("/")
        if top in tops and bottom in bottoms:
            low, high = (_times(n, tops[top] / bottoms[bottom]) for n in _limits(quantity))
            amounts.add((low, high))
    return amounts.pop() if len(amounts) == 1 else (None, None) if amounts else None


def _times(number: float | None, factor: float | None) -> float | None:
    """Return a product without the noise of the last digits."""
    return None if number is None or factor is None else float(f"{number * factor:.12g}")


# What people leave out beside a dose: "100 µg/200 µL", "10 million cells", "2 × 10^9/mL".
_LEFT_OUT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=[A-Za-zμµ])/(?=\d)"), " in "),
    (re.compile(r"(?<=\d)\s*million\b", re.I), " × 10^6"),
    (re.compile(r"(?<=\d)\s*billion\b", re.I), " × 10^9"),
    (re.compile(r"\b(?:[A-Za-z]{0,3}-?M?SC|stem cell|stromal cell)s\b"), "cells"),
    # So many of anything but vesicles would not fit into a millilitre.
    (re.compile(rf"({TIMES}\s*10(?:\^|e)?(?:[89]|1\d|⁸|⁹|¹{RAISED[0]}|¹[¹²³]))\s*/\s*(?=mL\b|ml\b)"),
     r"\1 particles/"),
)  # fmt: skip


def _spell_out(text: str) -> str:
    for pattern, words in _LEFT_OUT:
        text = pattern.sub(words, text)
    return text


def parse_dose(text: str) -> Dose:
    """Return a dose as printed with what it states: volume, particles, µg, cells, doses.

    The total is the product where volume and concentration are both stated. What is not stated,
    or stated twice with different numbers, is absent; so is a dose by body weight.
    """
    found = find_quantities(_spell_out(text))
    volume = _find_amount(found, _VOLUMES, _DOSE) or (None, None)
    about = {q.unit for q in found if q.sign == "≈"}
    rough = {"volume"} if about & _VOLUMES.keys() else set()
    numbers: dict[str, float | None] = {}
    for name, units in _MEASURES.items():
        counted = {unit.partition("/")[::2] for unit in about if unit.partition("/")[0] in units}
        rough |= {f"{name}_{'per_ml' if per in _VOLUMES else 'total'}" for _, per in counted}
        per_ml = _find_amount(found, units, _VOLUMES) or (None, None)
        total = _find_amount(found, units, _DOSE)
        if total is None:
            total = (_times(per_ml[0], volume[0]), _times(per_ml[1], volume[1]))
            rough |= (
                {f"{name}_total"} if total[0] and rough & {"volume", f"{name}_per_ml"} else set()
            )
        for end, one, all_ in zip(("low", "high"), per_ml, total, strict=True):
            numbers |= {f"{name}_per_ml_{end}": one, f"{name}_total_{end}": all_}
    if volume[0] == volume[1]:
        numbers["volume_ml"] = volume[0]
    else:
        numbers |= {"volume_ml_low": volume[0], "volume_ml_high": volume[1]}
    clean, changes = repair_superscripts(text)
    return Dose.model_validate(
        {
            "printed": text,
            "text": clean if changes else None,
            "doses": _count_doses(text),
            "approximate": sorted(rough),
            **numbers,
        }
    )
