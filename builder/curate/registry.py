"""Trials beside their registry: where the two differ, which are confused, what a registry adds.

A registry page that shows nothing for a field contradicts nothing. Facts are compared as they
stand in content/registry; what their words mean (terms, numbers) is read there by hand.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any, Literal

from rapidfuzz.distance import Levenshtein

from builder import models
from builder.extract.design import judge_result, read_trial
from builder.models import Discrepancy, Fact, RegistryRecord, Trial
from builder.text import spelling

Severity = Literal["high", "medium", "low"]
_RANK: dict[str, int] = {"high": 0, "medium": 1, "low": 2}
_NO_PHASE = frozenset({"not applicable", "n a", "na", "no phase shown", "none"})
# Endpoint words that mean the same in registries and reviews (names of scales and of safety).
_SAME: tuple[frozenset[str], ...] = (
    frozenset({"safety", "adverse", "complications", "tolerability", "toxicity", "reactions"}),
    frozenset({"function", "disability", "womac", "koos", "lequesne", "ikdc", "functional"}),
    frozenset({"pain", "vas", "womac", "koos", "nrs", "lequesne"}),
    frozenset({"womac"}), frozenset({"koos"}), frozenset({"mri", "imaging"}),
    frozenset({"cartilage", "thickness"}), frozenset({"efficacy"}),
)  # fmt: skip


def join_titles(references: Iterable[models.Cited]) -> dict[int, str]:
    """Return the titles of a paper's works by number, joined where several share one (3a, 3b)."""
    titles: dict[int, str] = {}
    for cited in references:
        titles[cited.number] = f"{titles.get(cited.number, '')} {cited.csl.title}".strip()
    return titles


def compare_lists(
    reported: Sequence[tuple[Sequence[Trial], Mapping[int, str]]],
    registry: Mapping[str, RegistryRecord],
) -> list[list[Trial]]:
    """Return each paper's trials, compared; beside them, the titles of its works by number."""
    texts: dict[str, list[str]] = {}
    for trials, titles in reported:
        for trial in trials:
            cited = [titles[number] for number in trial.references if number in titles]
            texts.setdefault(trial.id, []).extend(cited)
    everything = [trial for trials, _ in reported for trial in trials]
    lookalikes = find_lookalikes(everything, registry, texts)

    def compare(trial: Trial) -> Trial:
        record = registry.get(trial.id)
        found = compare_trial(trial, record) if record else []
        facts = describe_trial(trial, record) if record else {}
        known = {"discrepancies": found, "lookalikes": lookalikes.get(trial.id, []), **facts}
        return trial.model_copy(update=known)

    return [[compare(trial) for trial in trials] for trials, _ in reported]


# --- what a registry adds ------------------------------------------------------------------------

_EXPECTED = re.compile(r"\b(?:anticipated|estimated|expect\w*|target|planned)\b", re.IGNORECASE)
_TIME = re.compile(r"\b(\d+)\s*-?\s*(day|week|month|year)s?\b", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def describe_trial(trial: Trial, record: RegistryRecord) -> dict[str, Any]:
    """Return the fields of a trial that its registry, or its own publication there, states.

    What the paper states of the design stands; the registry fills what it leaves open.
    """
    texts = partial(_texts, record)
    result = {} if trial.result else _find_result(texts)
    numbers = _count_participants(record)
    follow_up = _find_follow_up(record)
    stated = " ".join(texts("paper_design", "design_allocation", "design_model"))
    masking = " ".join(texts("design_masking"))
    if masking.lower() in ("none", "open", "none (open label)"):
        masking = "open label"
    elif re.fullmatch(r"single|double|triple|quadruple", masking, re.IGNORECASE):
        masking += "-blind"  # as ClinicalTrials.gov says it
    known = {**read_trial(f"{stated}. {masking}"), "n": numbers.enrolled if numbers else None}
    known |= {"follow_up": follow_up}
    own = trial.design.model_dump(exclude_none=True, exclude_defaults=True)
    design = {**{k: v for k, v in known.items() if v is not None}, **own, "level": "clinical"}
    countries = [text.partition(":")[0].strip() for text in texts("countries_sites")]
    return {
        "design": models.Design.model_validate(design),
        "n": numbers or trial.n,
        "follow_up": follow_up or trial.follow_up,
        "arms": texts("arms", "paper_arms"),
        "sponsor": next(iter(texts("sponsor")), trial.sponsor),
        "countries": list(dict.fromkeys(countries)) or trial.countries,
        **result,
    }


# Facts that state a result in words, and where such a fact comes from. Numbers posted without words
# have no direction: whether a change of a score is a benefit is not guessed.
_RESULTS: tuple[tuple[str, Literal["registry", "publication"], bool], ...] = (
    ("results_summary", "registry", True),
    ("paper_findings", "publication", True),
    ("results", "registry", False),
)


def _find_result(texts: Callable[[str], list[str]]) -> dict[str, Any]:
    """Return the result that only the registry, or the publication it quotes, states."""
    for name, origin, in_words in _RESULTS:
        if found := texts(name):
            words = "; ".join(dict.fromkeys(found))
            effect = judge_result(words) if in_words else None
            return {"result": words, "result_effect": effect, "result_from": origin}
    return {}


def _count_participants(record: RegistryRecord) -> models.Participants | None:
    """Return the numbers of people: expected by the registry, and enrolled and analysed."""

    def count(name: str) -> tuple[int | None, str]:
        facts = [f for f in record.facts.get(name, ()) if isinstance(f.value, int)]
        fact = facts[0] if len({f.value for f in facts}) == 1 else None
        value = fact.value if fact and isinstance(fact.value, int) else None
        return value, (fact.note or "") if fact else ""

    registered, note = count("enrollment")
    enrolled, _ = count("paper_n_enrolled_patients")
    analysed, _ = count("paper_n_analysed_patients")
    expected = registered is not None and (bool(_EXPECTED.search(note)) or enrolled is not None)
    if not expected and enrolled is None:
        enrolled = registered
    if registered is None and enrolled is None and analysed is None:
        return None
    planned = registered if expected else None
    return models.Participants(planned=planned, enrolled=enrolled, analysed=analysed)


def _find_follow_up(record: RegistryRecord) -> str | None:
    """Return the longest time that participants are followed, as the record gives it."""
    names = ("follow_up", "paper_time_points", "primary_outcomes", "secondary_outcomes")
    facts = [f for name in names for f in record.facts.get(name, ())]
    said = " ".join(f"{f.value or ''} {f.note or ''}." for f in facts)
    times = [(int(n) * _DAYS[u.lower()], f"{n} {u.lower()}s") for n, u in _TIME.findall(said)]
    return max(times)[1] if times else None


# --- where paper and registry differ -------------------------------------------------------------


def compare_trial(trial: Trial, record: RegistryRecord) -> list[Discrepancy]:
    """Return each field on which the paper and the registry differ, the gravest first."""
    found = [d for compare in _COMPARISONS for d in compare(trial, record)]
    return sorted(found, key=lambda d: (_RANK[d.severity], d.field))


def _facts(record: RegistryRecord, key: str) -> list[Fact]:
    """Return the facts of a field that say something."""
    return [f for f in record.facts.get(key, []) if f.value is not None]


def _texts(record: RegistryRecord, *keys: str) -> list[str]:
    values = [f.value for key in keys for f in _facts(record, key)]
    return [str(v) for value in values for v in (value if isinstance(value, list) else [value])]


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
    return f"{float(mantissa):g} × 10{spelling.superscript(str(int(exponent)))}"


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
    span = " to ".join(dict.fromkeys([_power(bottom), _power(top)]))
    note = (
        f"The review gives particles per mL, the registry {span} particles a dose; "
        f"to agree, {least:g} to {most:g} mL would have to be injected."
    )
    if re.search(r"\b10e\d", registry):
        note += " The registry prints 10eN, read here as ten to the power N."
    return [_differ("dose", dose.printed, registry, "high", note)]


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
    wanted, reported = ({*spelling.fold(text).split()} for text in (endpoint, outcome))
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
    listed = record.facts.get("secondary_outcomes", [])
    hidden = not secondary and all(f.availability != "none listed" for f in listed)
    unsure = any("does not print" in (f.note or "") for f in listed)
    as_primary = "primary" in spelling.fold(trial.endpoints_heading or "")
    lower = [e for e in trial.endpoints if not _in(e, primary) and _in(e, secondary)]
    absent = [e for e in trial.endpoints if not _in(e, primary) and not _in(e, secondary)]
    measures = "; ".join(_texts(record, "primary_outcomes"))
    found = []
    if lower and as_primary and not unsure:
        others = "; ".join(_texts(record, "secondary_outcomes"))
        note = f"The registry lists them as secondary: {others}."
        said = f"primary: {measures}"
        found.append(_differ("endpoints", ", ".join(lower), said, "medium", note))
    if absent:
        severity: Severity = "low" if hidden else "medium"
        unseen = "Not among the primary outcomes; secondary outcomes were not visible."
        reported = "; ".join(_texts(record, "primary_outcomes", "secondary_outcomes"))
        why = unseen if hidden else None
        found.append(_differ("endpoints", ", ".join(absent), reported, severity, why))
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
        earlier = f": {reported[stated].as_of}" if reported[stated].as_of else ""
        note = f"The registry showed the review's status at one time{earlier}."
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
    return {spelling.singular(word) for word in words} - _STOP


def _differ(
    field: str, review: str, registry: str, severity: Severity, note: str | None = None
) -> Discrepancy:
    return Discrepancy(field=field, review=review, registry=registry, severity=severity, note=note)


_COMPARISONS = (
    _compare_phase, _compare_source, _compare_product, _compare_amount, _compare_doses,
    _compare_route, _compare_endpoints, _compare_status, _compare_condition, _compare_design,
)  # fmt: skip

# --- look-alikes -----------------------------------------------------------------------------

_LEAST_NAME = 5


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
        pairs = ((a, b) for a in names[left] for b in names[right])
        if any(Levenshtein.distance(a, b, score_cutoff=1) <= 1 for a, b in pairs):
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
