"""Where a paper and a trial registry differ, field by field, and trials easily confused.

A registry page that shows nothing for a field contradicts nothing. Facts are compared as they
stand in content/registry; what their words mean (terms, numbers) is read there by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

from rapidfuzz.distance import Levenshtein

from builder.models import Discrepancy, Fact, RegistryRecord, Trial
from builder.text import spelling

Severity = Literal["high", "medium", "low"]
_RANK: dict[str, int] = {"high": 0, "medium": 1, "low": 2}
# Statuses that stand for "the trial goes on"; to call one the other misleads less than an end.
_UNKNOWN = frozenset({"unknown", "unknown status"})
_NO_PHASE = frozenset({"not applicable", "n a", "na", "no phase shown", "none"})
# Endpoint words that mean the same in registries and reviews (names of scales and of safety).
_SAME: tuple[frozenset[str], ...] = (
    frozenset({"safety", "adverse", "complications", "tolerability", "toxicity", "reactions"}),
    frozenset({"function", "disability", "womac", "koos", "lequesne", "ikdc", "functional"}),
    frozenset({"pain", "vas", "womac", "koos", "nrs", "lequesne"}),
    frozenset({"womac"}), frozenset({"koos"}), frozenset({"mri", "imaging"}),
    frozenset({"cartilage", "thickness"}), frozenset({"efficacy"}),
)  # fmt: skip


def compare_trial(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    """Return each field on which the paper and the registry differ, the gravest first."""
    found = [
        *_compare_phase(trial, record),
        *_compare_source(trial, record),
        *_compare_product(trial, record),
        *_compare_amount(trial, record),
        *_compare_doses(trial, record),
        *_compare_route(trial, record),
        *_compare_endpoints(trial, record),
        *_compare_status(trial, record),
        *_compare_condition(trial, record),
        *_compare_design(trial, record),
    ]
    return sorted(found, key=lambda d: (_RANK[d.severity], d.field))


def _facts(record: RegistryRecord, key: str) -> list[Fact]:
    """Return the facts of a field that say something."""
    return [f for f in record.facts.get(key, []) if f.value is not None]


def _texts(record: RegistryRecord, *keys: str) -> list[str]:
    values = [f.value for key in keys for f in _facts(record, key)]
    return [str(v) for value in values for v in (value if isinstance(value, list) else [value])]


def _words(text: str) -> set[str]:
    return set(spelling.fold(text).split())


# --- phase, design ---------------------------------------------------------------------------


def _norm_phase(text: str) -> str | None:
    """Return a registry's phase as trials record it: ``1``, ``1/2``, ``early 1``, or ``none``."""
    folded = spelling.fold(text)
    if folded in _NO_PHASE:
        return "none"
    match = re.fullmatch(r"(early )?phase (\d[ab]?)(?: (?:phase )?(\d[ab]?))?", folded)
    if not match:
        return None
    early, *numbers = match.groups()
    return (early or "") + "/".join(n for n in numbers if n)


def _compare_phase(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    reported = [(p, f) for f in _facts(record, "phase") if (p := _norm_phase(str(f.value)))]
    if not reported or not trial.phase or trial.phase == reported[0][0]:
        return []
    first, fact = reported[0]
    others = sorted({str(f.value) for p, f in reported if p != first})
    note = f"Another page shows: {', '.join(others)}." if others else None
    severity: Severity = "medium" if first == f"early {trial.phase}" else "high"
    return [_differ("phase", f"Phase {trial.phase}", str(fact.value), severity, note)]


_DESIGN_WORDS = (
    ("allocation", r"\brct\b|\brandomi[sz]ed\b", r"\bnon randomi[sz]ed\b|^n ?a$"),
    ("masking", r"\bopen label\b", r"\b(?:single|double|triple|quadruple)\b"),
    ("masking", r"\bblind(?:ed)?\b", r"\bnone\b|\bopen label\b"),
)


def _compare_design(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    if not trial.design_printed:
        return []
    stated = spelling.fold(trial.design_printed)
    for name, claim, denial in _DESIGN_WORDS:
        for text in _texts(record, f"design_{name}"):
            if re.search(claim, stated) and re.search(denial, spelling.fold(text)):
                return [_differ("design", trial.design_printed, f"{name}: {text}", "high")]
    return []


# --- source, product -------------------------------------------------------------------------


def _compare_source(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    terms = set(_texts(record, "source_terms"))
    texts = _texts(record, "ev_source")
    if not terms or not texts or not trial.sources or set(trial.sources) == terms:
        return []
    silent = re.search(r"\bnot (?:stated|visible)\b", texts[0])
    note = "The registry's text names no such tissue." if silent else None
    review = trial.source_printed or ", ".join(trial.sources)
    return [_differ("source", review, texts[0], "medium" if silent else "high", note)]


def _compare_product(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    """Return a study's acronym printed in brackets behind the source, like a product's name."""
    names = {spelling.squeeze(n): n for n in _texts(record, "acronym", "other_ids")}
    products = {spelling.squeeze(n) for n in _texts(record, "intervention_other_names")}
    found = []
    for printed in re.findall(r"\(([^()]+)\)", trial.source_printed or ""):
        key = spelling.squeeze(printed)
        if key in names and key not in products:
            others = ", ".join(_texts(record, "intervention_other_names"))
            note = f"The registry names the product {others}." if others else None
            said = f"{names[key]} is the acronym of the study"
            found.append(_differ("product", trial.source_printed or printed, said, "low", note))
    return found


# --- dose ------------------------------------------------------------------------------------


def _numbers(record: RegistryRecord, key: str) -> list[float]:
    return [float(f.value) for f in _facts(record, key) if isinstance(f.value, int | float)]


def _power(value: float) -> str:
    """Return a count as people write it: 3 × 10¹¹."""
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    digits = str(int(exponent)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    return f"{float(mantissa):g} × 10{digits}"


def _compare_amount(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    low, high = _numbers(record, "dose_particles_low"), _numbers(record, "dose_particles_high")
    dose = trial.dose
    if not dose or not low or not high:
        return []
    bottom, top = min(low), max(high)
    registry = "; ".join(f.verbatim or str(f.value) for f in _facts(record, "dose_particles_low"))
    if dose.particles_total_low and dose.particles_total_high:
        if dose.particles_total_low == bottom and dose.particles_total_high == top:
            return []
        inside = bottom <= dose.particles_total_low and dose.particles_total_high <= top
        return [_differ("dose", dose.printed, registry, "low" if inside else "high")]
    if not dose.particles_per_ml_low or not dose.particles_per_ml_high:
        return []
    if dose.volume_ml:
        return []
    least, most = bottom / dose.particles_per_ml_high, top / dose.particles_per_ml_low
    note = (
        f"The review gives particles per mL, the registry {_span(bottom, top)} particles a dose; "
        f"to agree, {least:g} to {most:g} mL would have to be injected."
    )
    if re.search(r"\b10e\d", registry):
        note += " The registry prints 10eN, read here as ten to the power N."
    return [_differ("dose", dose.printed, registry, "high", note)]


def _span(low: float, high: float) -> str:
    return _power(low) if low == high else f"{_power(low)} to {_power(high)}"


def _compare_doses(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    counts = {int(n) for n in _numbers(record, "dose_count")}
    if len(counts) != 1 or not trial.dose:
        return []
    count = counts.pop()
    fact = _facts(record, "dose_count")[0]
    said = fact.verbatim or f"{count} doses"
    if trial.dose.doses is not None:
        same = trial.dose.doses == count
        return [] if same else [_differ("doses", trial.dose.printed, said, "high")]
    if count > 1 and re.search(r"\bsingle\b", trial.dose.printed, re.IGNORECASE):
        note = f"The registry gives {count} doses, not one."
        return [_differ("doses", trial.dose.printed, said, "medium", note)]
    if count > 1 and not re.search(r"(?:doses|injections)\b", trial.dose.printed, re.IGNORECASE):
        note = f"The review gives no number of doses, the registry {count}."
        return [_differ("doses", trial.dose.printed, said, "low", note)]
    return []


def _compare_route(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    texts = _texts(record, "route")
    if not trial.route or not texts:
        return []
    key = spelling.squeeze(trial.route)
    if any(key in spelling.squeeze(t) for t in texts):
        return []
    return [_differ("route", trial.route, texts[0], "high")]


# --- endpoints -------------------------------------------------------------------------------


def _meets(endpoint: str, outcome: str) -> bool:
    """Return whether an outcome of the registry covers an endpoint of the review."""
    wanted, reported = _words(endpoint), _words(outcome)
    groups = [g for g in _SAME if wanted & g]
    if not groups:
        return bool(wanted & reported)
    return any(reported & group for group in groups)


def _outcomes(record: RegistryRecord, key: str) -> list[str]:
    return [f"{f.value} {f.note or ''}" for f in _facts(record, key)]


def _compare_endpoints(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    primary = _outcomes(record, "primary_outcomes")
    if not primary or not trial.endpoints:
        return []
    secondary = _outcomes(record, "secondary_outcomes")
    hidden = not secondary and all(
        f.availability != "none listed" for f in record.facts.get("secondary_outcomes", [])
    )
    as_primary = "primary" in spelling.fold(trial.endpoints_heading or "")
    lower = [e for e in trial.endpoints if not _in(e, primary) and _in(e, secondary)]
    absent = [e for e in trial.endpoints if not _in(e, primary) and not _in(e, secondary)]
    measures = "; ".join(_texts(record, "primary_outcomes"))
    unsure = any(
        "does not print" in (f.note or "") for f in record.facts.get("secondary_outcomes", [])
    )
    found = []
    if lower and as_primary and not unsure:
        listed = "; ".join(_texts(record, "secondary_outcomes"))
        note = f"The registry lists them as secondary: {listed}."
        said = f"primary: {measures}"
        found.append(_differ("endpoints", ", ".join(lower), said, "medium", note))
    if absent:
        note = "Not among the primary outcomes; secondary outcomes were not visible."
        severity: Severity = "low" if hidden else "medium"
        reported = "; ".join(_texts(record, "primary_outcomes", "secondary_outcomes"))
        found.append(
            _differ("endpoints", ", ".join(absent), reported, severity, note if hidden else None)
        )
    return found


def _in(endpoint: str, outcomes: Sequence[str]) -> bool:
    return any(_meets(endpoint, o) for o in outcomes)


# --- status, condition -----------------------------------------------------------------------


def _norm_status(text: str) -> str:
    folded = spelling.fold(text)
    return {"enrolling": "recruiting", "unknown status": "unknown"}.get(folded, folded)


def _compare_status(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    facts = _facts(record, "overall_status")
    if not trial.status or not facts:
        return []
    stated = _norm_status(trial.status.normalised or trial.status.printed)
    reported = {_norm_status(str(f.value)): f for f in reversed(facts)}
    if set(reported) == {stated}:
        return []
    differing = [f for s, f in reported.items() if s != stated]
    said = "; ".join(f"{f.value} ({f.as_of})" if f.as_of else str(f.value) for f in differing)
    if stated in reported:
        earlier = reported[stated].as_of
        note = "The registry showed the review's status at one time" + (
            f": {earlier}." if earlier else "."
        )
        return [_differ("status", trial.status.printed, said, "medium", note)]
    ended = {"completed", "terminated", "withdrawn", "suspended"}
    severity: Severity = "high" if (stated in ended) != bool(ended & set(reported)) else "medium"
    return [_differ("status", trial.status.printed, said, severity)]


_STOP = frozenset({"of", "the", "and", "in", "with", "disease", "disorder"})
_SHORT = {"oa": "osteoarthritis", "koa": "knee osteoarthritis", "osteoarthrosis": "osteoarthritis"}


def _compare_condition(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    texts = _texts(record, "condition")
    if not trial.condition_printed or not texts:
        return []
    review, registry = _condition_words(trial.condition_printed), _condition_words(" ".join(texts))
    if registry <= review or review <= registry:
        return []
    severity: Severity = "medium" if review & registry else "high"
    return [_differ("condition", trial.condition_printed, "; ".join(texts), severity)]


def _condition_words(text: str) -> set[str]:
    folded = spelling.fold(text).replace("osteo arthritis", "osteoarthritis")
    words = [w for part in folded.split() for w in _SHORT.get(part, part).split()]
    return set(words) - _STOP


def _differ(
    field: str, review: str, registry: str, severity: Severity, note: str | None = None
) -> Discrepancy:
    return Discrepancy(field=field, review=review, registry=registry, severity=severity, note=note)


# --- look-alikes -----------------------------------------------------------------------------

_LEAST_NAME = 5
_MOST_EDITS = 1


def find_lookalikes(
    trials: Sequence[Trial],
    records: Mapping[str, RegistryRecord],
    texts: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, list[str]]:
    """Return for each trial id the registry ids of trials with a similar name.

    Names are acronyms and other ids of the registry, titles, and what stands in brackets in the
    paper's words for the trial; ``texts`` adds more words by trial id (the titles it cites).
    Two names look alike when they are equal, or one letter apart, once case, hyphens and leading
    zeros are gone.
    """
    names = {t.id: _names_of(t, records.get(t.id), (texts or {}).get(t.id, ())) for t in trials}
    found: dict[str, set[str]] = {}
    by_id = {t.id: t for t in trials}
    for left, right in combinations(sorted(by_id), 2):
        if any(_alike(a, b) for a in names[left] for b in names[right]):
            found.setdefault(left, set()).add(by_id[right].registry)
            found.setdefault(right, set()).add(by_id[left].registry)
    return {key: sorted(others) for key, others in sorted(found.items())}


def _names_of(trial: Trial, record: RegistryRecord | None, texts: Sequence[str]) -> set[str]:
    acronyms: list[str] = []
    titles = [trial.source_printed or "", *texts]
    whole: list[str] = []
    if record:
        acronyms = _texts(record, "acronym", "other_ids")
        whole = _texts(record, "brief_title", "official_title")
    for title in [*titles, *whole]:
        acronyms += [a for a in re.findall(r"\(([^()]+)\)", title) if _is_name(a)]
    plain = {_norm_name(a) for a in acronyms} | {_norm_name(t) for t in whole}
    return {n for n in plain if len(n) >= _LEAST_NAME}


def _is_name(text: str) -> bool:
    """Return whether a bracketed text is a study's name: one word with capitals."""
    return " " not in text.strip() and sum(c.isupper() for c in text) > 1 and "®" not in text


def _norm_name(text: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", spelling.squeeze(text))


def _alike(left: str, right: str) -> bool:
    return Levenshtein.distance(left, right, score_cutoff=_MOST_EDITS) <= _MOST_EDITS
