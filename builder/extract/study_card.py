"""Study cards: which reporting items a primary study states, each with its sentence and place.

A pure function of the Document and of the words of content/reporting-items.yml. Precision comes
before recall: a word counts only beside what makes it a statement about this study (a marker beside
vesicles, a dose that was given, an animal that is no antibody's). What is not found is not stated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from builder.extract.methods_text import (
    DAYS,
    Said,
    as_printed,
    find_listed,
    find_numbers,
    is_primary,
    parse_force,
    place_quantities,
    read_count,
    read_grid,
    read_sentences,
    read_words,
)
from builder.models.document import Document
from builder.models.findings import Stated, StudyCard

# --- items ---------------------------------------------------------------------------------------

Found = Iterator[tuple[str, str]]  # item and value
_ULTRA = 100_000
# What only particles are measured by, and what else shows them.
_SIZING = ("NTA", "TRPS", "nano-flow cytometry", "TEM", "DLS")


def _isolation(said: Said) -> Found:
    if not said.about_vesicles or said.fits("cleared"):
        return
    removed = [m.start() for m in said.words.lists["removed"].finditer(said.text)]

    def of_serum(start: int) -> bool:
        for at in removed:
            between = said.text[at:start]
            aside = "(" in between and ")" not in between
            after = at > start and said.fits("purified", said.text[:start])
            if not after and -70 <= start - at <= (200 if aside else 50):  # noqa: PLR2004 (letters)
                return True
        return False

    found = [v for v, match in find_listed(said, "isolation") if not of_serum(match.start())]
    # A kit is named last, and is no method beside one.
    yield from (("isolation", v) for v in found if not v.startswith("kit") or v == found[0])
    for match in said.each("force"):
        if parse_force(match[1]) >= _ULTRA and not of_serum(match.start()):
            yield "isolation", "ultracentrifugation"


# The word before a method's name that makes it another.
_OTHER_METHOD = {
    "TEM": re.compile(r"scanning\s+$", re.IGNORECASE),
    "flow cytometry": re.compile(r"nano\W{0,2}$", re.IGNORECASE),
    "western blot": re.compile(r"\b(?:dot|slot|northern|southern)\s+$", re.IGNORECASE),
}


def _characterisation(said: Said) -> Found:
    marks = [m for i in ("markers", "negative-markers") for m in find_listed(said, i)]
    marked, many = bool(marks), len(marks) > 1
    found = list(find_listed(said, "characterisation"))
    sized = any(value in _SIZING for value, _ in found)
    goes_on = said.before is not None and said.before.vesicles and said.has("sizes")
    for value, match in found:
        if (other := _OTHER_METHOD.get(value)) and other.search(said.text[: match.start()]):
            continue
        if value == "SEM" and said.has("carriers") and not said.vesicles:
            continue
        if value in _SIZING[:3] and match[0] != "NTA":
            yield "characterisation", value
        elif not (said.about_vesicles or many or goes_on) or (said.has("uptake") and not marked):
            continue
        elif value == "western blot":
            titled = said.titled and said.has("identifies", said.section)
            if marked or titled or said.has("marks") or (sized and said.has("identifies")):
                yield "characterisation", value
        elif value == "flow cytometry":
            if said.vesicles or marked or (said.titled and "beads" in said.text):
                yield "characterisation", value
        else:
            yield "characterisation", value


def _markers(said: Said) -> Found:
    found = [value for value, _ in find_listed(said, "markers")]
    if said.about_vesicles or len(found) > 1:
        yield from (("markers", value) for value in found)
    if said.about_vesicles or found:
        yield from (("negative-markers", v) for v, _ in find_listed(said, "negative-markers"))
        if said.has("negative"):
            for value, pattern in said.words.doubtful["negative-markers"]:
                match = pattern.search(said.text)
                if match and "bovine serum" not in said.text[: match.start()][-14:]:
                    yield "negative-markers", value


_CLAUSE = r";|, and "
_NEAR = 90  # letters between a number and the word that says what it is of
_NEXT = 20  # letters between a count and what is counted


def _size(said: Said) -> Found:
    instrument = any(v in _SIZING for v, _ in find_listed(said, "characterisation"))
    theirs = said.before and said.before.vesicles and said.text.startswith(("Their ", "Its "))
    if not said.about_vesicles and not instrument and not theirs:
        return
    for match in said.each("nano"):
        around = said.text[max(0, match.start() - _NEAR) : match.end() + 40]
        before = said.text[: match.start()]
        at = said.fits("at", before)  # absorbance at 450 nm, but a peak at 134 nm
        stated = said.has("sizes", around) or (instrument and said.fits("gave", before))
        behind = re.split(_CLAUSE, said.text[match.end() : match.end() + 40])[0]
        clause = re.split(_CLAUSE, before[-_NEAR:])[-1] + match[0] + behind
        if stated and not (at and not at["peak"]) and not said.has("no_size", clause):
            ends = [end for end in match.group("n", "m") if end]
            sizes = ends if said.fits("changed", before) else ["–".join(ends)]
            yield from (("size", f"{size} nm") for size in sizes)


def _in_body(said: Said) -> bool:
    """Return whether vesicles are given to animals or people, and not to cells."""
    if not said.vesicles:
        return False
    given = said.has("given") or ((said.species() or said.has("parts")) and said.has("allocated"))
    if not given and not said.fits("dosed"):
        return False
    subjects = said.names_subjects or said.has("treated")
    routes = any(True for _ in find_listed(said, "route"))
    return bool(subjects or routes) and not (said.has("culture") and not routes)


def _goes_on(said: Said) -> bool:
    """Return whether a sentence says more of the vesicles that the one before it gave to a body."""
    before = said.before
    return (
        before is not None
        and _in_body(before)
        and not said.vesicles
        and said.has("given")
        and not said.has("rivals")
        and not said.has("culture")
    )


def _dose(said: Said) -> Found:
    if said.vesicles:
        yield from (("dose", printed) for printed in _list_doses(said))


def _list_doses(said: Said) -> Iterator[str]:
    """Yield the doses that a sentence states of vesicles, as printed."""
    found = [match[0] for match in said.each("each")]
    if _in_body(said):
        for name in ("per_ml", "small", "powers"):
            places = (m for m in said.each(name) if said.beside_vesicles(*m.span(), _NEAR))
            found += [match[0] for match in places]
        for match in said.each("number_of"):
            behind = (span for span in sorted(said.vesicles) if span[0] >= match.end())
            first, last = next(behind, (len(said.text) + _NEXT, 0))
            # Quantities has read "10^9 particles" already, but no "1E9 particles".
            counts = "e" in match[0].lower() or said.text[first:last] != "particles"
            rivals = said.has("rivals", said.text[match.end() : last])
            if first - match.end() <= _NEXT and counts and not rivals:
                found.append(said.text[match.start() : last])
        found += [match[0] for match in said.each("of_cells")]
        found += [match["n"] for match in said.each("bare")]
        found += _read_doses(said)
    plain = [" ".join(printed.split()) for printed in found]
    # "20 µg per scaffold" says "20 µg" too
    yield from (one for one in plain if not any(o.startswith(f"{one} ") for o in plain))


def _read_doses(said: Said) -> Iterator[str]:
    for quantity, start, end in place_quantities(said.text):
        counted = said.fits("dose_unit", quantity.unit)
        volume = quantity.unit in ("µL", "mL")
        near = said.beside_vesicles(start, end, _NEAR if counted else 40, "diluents")
        if (counted or volume) and near:
            if beside := said.fits("in_volume", said.text[end:]):
                yield beside["volume"]
            more = said.words.patterns["particles"].match(said.text, end) if counted else None
            others = said.fits("others", said.text[:start])
            yield (others[0] if others else "") + as_printed(quantity) + (more[0] if more else "")


def _course(said: Said) -> Found:
    goes_on = _goes_on(said)
    if not goes_on and not _in_body(said):
        return
    routes = []
    for value, pattern in said.words.values["route"]:
        places = [match.span() for match in pattern.finditer(said.text)]
        if any(goes_on or said.beside_vesicles(*place, 150) for place in places):
            routes.append(value)
    if not routes and said.has("carriers") and said.has("sites"):
        routes.append("implantation")
    yield from (("route", value) for value in routes)
    found = [
        " ".join(match[0].split())
        for match in said.each("schedule")
        if not said.fits("other_course", said.text[: match.start()])
    ]
    if any(not words.startswith("for ") for words in found) or "secutive" in str(found):
        yield from (("schedule", words) for words in found)


def _is_donor(said: Said) -> bool:
    """Return whether a sentence names animals or people as those who gave cells or tissue."""
    studied = r"\bmodel|\bgroups?\b|random|surg|inject|euthan|sacrific|recruit|enrol"
    return said.has("donors") and said.has("tissues") and not re.search(studied, said.text, re.I)


def _animals(said: Said) -> Found:
    species = said.species()
    donors = _is_donor(said)
    if species and not donors:
        yield from (("species", name) for name in species)
    people = said.has("people") and not (donors and re.search(r"\bdonors?\b", said.text))
    if (species and not donors) or people:
        for match in said.each("sex"):
            female = match["sex"] or match["dam"] or match["sign"] == "♀"
            if female or match["both"]:
                yield "sex", "female"
            if not female:
                yield "sex", "male"
        if people and said.zone == "methods":
            for word, sex in (("women", "female"), ("men", "male")):
                if re.search(rf"\b{word}\b", said.text, re.IGNORECASE):
                    yield "sex", sex


def _count(said: Said) -> Iterator[tuple[int, str]]:
    """Yield numbers of animals or people, each with its words; 0 marks the size of a group."""
    if _is_donor(said):
        return
    for match in said.each("counted"):
        between = said.words.patterns["aged_animal"].sub("", match["what"][: -len(match["noun"])])
        behind, number = said.text[match.end() :], read_count(match["n"])
        others = said.fits("uncounted", behind) or said.fits("screened", said.text[: match.start()])
        if not said.fits("uncounting", between) and not others:
            each = " per group" if said.fits("per_group", behind) else ""
            yield number, f"{number} {match['noun'].lower()}{each}"
    grouped = (
        said.names_subjects or _in_body(said) or re.search(r"\bgroups?\b", said.text, re.IGNORECASE)
    )
    for match in said.each("group_size"):
        behind = said.text[match.end() : match.end() + 30]
        before = re.search(r"(\w+)\s*\($", said.text[: match.start()])
        if before and said.has("parts", before[1]):
            continue  # joints, of which one patient has several
        if grouped and not said.fits("replicates", match[0] + behind):
            yield 0, " ".join(match[0].split())


def _bias(said: Said) -> Found:
    denied, treated = None, said.names_subjects or said.has("treated")
    for match in said.each("allocates"):
        before = said.text[max(0, match.start() - 60) : match.start()]
        behind = match["behind"]
        first = said.words.lists["allocated"].search(behind)
        other = said.words.lists["chosen"].search(behind)
        chosen = other is not None and (first is None or other.start() < first.start())
        named = re.search(r"i[sz]", match[0][:10]) and re.search(
            r"\b(?:were|was|animals?|rats|mice|rabbits|sheep|patients|groups?)\b", before, re.I
        )
        table = match[0].lower().startswith("random ") and said.has("allocated")
        denied = said.fits("not_random", before) or behind.startswith((" was not", " were not"))
        grouped = treated and said.fits("grouped", before)
        if chosen or not (first or named or table or denied or grouped):
            continue
        yield "randomised", "not randomised" if denied else "randomised"
    at_random = "at random" in said.text and said.has("treated") and not said.has("chosen")
    if (said.has("by_lot") and not denied) or at_random:
        yield "randomised", "randomised"
    open_to = [*said.words.lists["unblinded"].finditer(said.text)]
    if open_to:
        yield "blinded", "not blinded"
    if len([*said.words.lists["blinded"].finditer(said.text)]) > len(open_to):
        yield "blinded", "blinded"


def _model(said: Said) -> Found:
    if (said.species() or said.has("modelled")) and not said.fits("antibody"):
        titled = replace(said, text=said.section) if said.zone == "methods" else said
        listed = [*find_listed(said, "model"), *find_listed(titled, "model")]
        for value in dict.fromkeys(value for value, _ in listed):
            bare = value in ("calvarial defect", "radial or ulnar defect")
            if not bare or "defect" in said.text:
                yield "model", value


def _times(said: Said) -> Iterator[tuple[int, str]]:
    """Yield the times at which animals or people were studied, in days and as printed."""
    # "Four weeks after surgery, rats were assigned" states no end.
    after, ended = said.has("after") and not said.fits("starts"), said.has("ended")
    subjects = said.names_subjects or said.has("parts")
    measured = said.fits("timed") and any(find_listed(said, "outcome-measures"))
    seen = said.fits("seen")
    if not (after or measured or seen or said.fits("followed") or (ended and subjects)):
        return
    if said.has("culture") and not (said.species() or ended):
        return
    for match in said.each("nth") if ended and subjects else ():
        number = int(re.findall(r"\d+", match["n"] or match["m"])[-1])
        unit = (match["unit"] or match["unit2"]).lower()
        yield number * DAYS[f"{unit}s"], f"{number} {_plural(f'{unit}s', number)}"
    for match in said.each("short"):
        yield int(match["n"]) * DAYS[match["unit"]], " ".join(match[0].split())
    for match in said.each("in_words"):
        number, unit = read_count(match["n"]), match["unit"].lower() + "s"
        yield number * DAYS[unit], f"{number} {unit}"
    for quantity, start, end in place_quantities(said.text):
        value = quantity.value if quantity.value is not None else quantity.high
        if quantity.unit not in DAYS or value is None:
            continue
        before = said.text[:start]
        behind = said.text[end:]
        lasted = said.fits("followed", before) or said.fits("later", behind)
        if (lasted or not said.fits("aged", before)) and not said.fits("age", behind):
            yield int(value * DAYS[quantity.unit]), f"{value:g} {_plural(quantity.unit, value)}"


def _plural(unit: str, value: float) -> str:
    return unit if value != 1 else unit.removesuffix("s")


def _measures(said: Said) -> Found:
    """Yield the measures: VAS of pain only, and no general word beside a measure's own name."""
    named = [value for value, _ in find_listed(said, "outcome-measures")]
    scores = [value for value in named if value.endswith("score")]
    pain = re.search(r"analog|pain|scor|scale", said.text, re.IGNORECASE)
    for value in named:
        general = (value == "bone volume" and "BV/TV" in named) or (
            value == "histological score" and len(scores) > 1
        )
        if value.startswith("Kellgren") and said.has("enrols"):
            continue
        if value.startswith("biomech") and said.has("carriers") and not said.has("parts"):
            continue  # the strength of a material
        if not general and not (value == "VAS" and not pain and len(named) == 1):
            yield "outcome-measures", value


# --- the card ------------------------------------------------------------------------------------

_RULES: tuple[Callable[[Said], Found], ...] = (
    _isolation, _characterisation, _markers, _size, _dose, _course, _animals, _bias, _model,
    _measures,
)  # fmt: skip


_MOST_SIZES = 2  # sentences on the size of particles; a paper's results have many


def find_card(document: Document, paper: str) -> StudyCard | None:
    """Return the card of a primary study; None for a review, or where no methods were read."""
    if not is_primary(document):
        return None
    said = read_sentences(document)
    stated: dict[tuple[str, str], Said] = {}
    sized: set[str] = set()
    counts: list[tuple[int, str, Said]] = []
    times: list[tuple[int, str, Said]] = []
    for sentence in said:
        for rule in _RULES:
            for key in rule(sentence):
                if key[0] != "size" or len(sized | {sentence.text}) <= _MOST_SIZES:
                    stated.setdefault(key, sentence)
                    sized |= {sentence.text} if key[0] == "size" else set()
        counts += [(*found, sentence) for found in _count(sentence)]
        times += [(*found, sentence) for found in _times(sentence)]
    for item, found in (("n", _largest(counts)), ("follow-up", _largest(times))):
        for value, sentence in found:
            stated.setdefault((item, value), sentence)
    for number, value, sentence in counts:
        if number == 0 and not _is_stated(value, stated):  # the size of a group
            stated[("n", value)] = sentence
    order = {item.id: place for place, item in enumerate(read_words().items)}
    listed = sorted(stated.items(), key=lambda entry: order[entry[0][0]])
    return StudyCard(
        id=f"{paper}-study",
        paper=paper,
        stated=[
            Stated(item=item, value=value, quote=s.text, line=s.line, section=s.section or None)
            for (item, value), s in listed
        ],
        outcomes=[
            *(outcome for sentence in said for outcome in find_numbers(sentence)),
            *(outcome for grid in document.tables for outcome in read_grid(grid)),
        ],
    )


def _is_stated(size: str, stated: Mapping[tuple[str, str], Said]) -> bool:
    """Return whether the size of a group is stated already: "n = 12" by "n = 12 per group"."""
    number = re.findall(r"\d+", size)
    return any(
        item == "n" and re.match(r"[nN]\s*=", value) and re.findall(r"\d+", value) == number
        for item, value in stated
    )


def _largest(found: Sequence[tuple[int, str, Said]]) -> list[tuple[str, Said]]:
    """Return the largest number found, with its words; the first of several."""
    largest = max((number for number, _, _ in found), default=0)
    return [(v, s) for number, v, s in found if number == largest][:1] if largest else []
