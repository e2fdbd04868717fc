"""Cells: which are the source of the vesicles, which are acted on, which are delivered beside them.

The role comes from the words around a cell, never from its mention alone.
"""

from __future__ import annotations

import re

from builder.extract.findings.cues import Pattern
from builder.extract.findings.source_tissues import (
    find_adjective_sources,
    find_tissue_sources,
    name_origin,
    narrow_source,
)
from builder.extract.findings.spans import Reading, is_inside, touches
from builder.extract.findings.statements import Assigned
from builder.extract.findings.vehicles import find_carriers
from builder.extract.vocabulary import Mention

_HANGING = re.compile(
    r"^\)?-?\s*(?:,|/|\band\b|\bn?or\b|\bversus\b|\bvs\b\.?|&|\s)+$", re.IGNORECASE
)
_OBJECTS = ("source", "cell", "mechanism", "tissue", "condition")
_PLACED = re.compile(r"\b(?:in|into|on|to|towards?|against)\s+(?:the\s+)?$", re.IGNORECASE)
_CLAUSE_START = re.compile(r"[.;:]\s|,\s(?:and|but|while|whereas)\s|\b(?:that|whereas|while)\s")
_SUBJECT = re.compile(r"\s*(?:(?!\w+(?:ed|ing)\s)[\w/-]+\s+){0,3}(?:h|r|m)?", re.IGNORECASE)
_FROM = re.compile(r"\s+(?:\w+\s+)?(?:from|of|by)\s+(?:[\w-]+\s+){0,3}", re.IGNORECASE)
_BY = re.compile(r"\bby\s+(?:(?!\w+(?:ing|ed)\b)[\w-]+\s+)?$", re.IGNORECASE)


def read_cells(reading: Reading) -> list[Assigned]:
    """Return sources, targets and partners of a text, each with its rule."""
    found = [(m, *_role(reading, m)) for m in _cells(reading)]
    _spread(reading, found)
    assigned = []
    for mention, role, rule in found:
        if role == "sources":
            assigned.append(_as_source(reading, mention, rule))
        elif role:
            assigned.append(reading.assign(mention, role, rule))
    if reading.about_vesicles:
        assigned += find_tissue_sources(reading, [m for m, r, _ in found if r == "sources"])
        spans = [(m.start, m.end) for m, r, _ in found if r == "sources"]
        assigned += [
            a
            for a in find_adjective_sources(reading)
            if not any(s < a.end and a.start < e for s, e in spans)
        ]
    return assigned


def _as_source(reading: Reading, mention: Mention, rule: str) -> Assigned:
    """Return a source, or what asks for it where its tissue is named but not known.

    "Dental follicle stem cell" is not filed as stem cell if the vocabulary lacks it: that would
    be less than the text says.
    """
    term = narrow_source(reading, mention)
    origin = name_origin(reading, mention) if term == mention.term else ""
    if origin:
        v = reading.vocabulary
        place = v.find_term(origin, "tissue")
        known = v.find_term(f"{origin} {mention.text}", "source") or f"{place}-{term}"
        if known not in v.terms:
            said = f"{origin} {mention.text}"
            return Assigned(
                "", "", "unknown-cell", reading.part.name, mention.start, mention.end, said
            )
        term = known
    return reading.assign(mention, "sources", rule, value=term)


def _cells(reading: Reading) -> list[Mention]:
    """Return the cells of a text; that of "hepatocyte growth factor" is none."""
    molecules = [m for m in reading.mentions("mechanism") if reading.is_molecule(m)]
    return [
        m
        for m in reading.mentions("source", "cell")
        if not is_inside(m, reading.mentions("intervention"))
        and not is_inside(m, molecules)
        and not _is_membrane(reading, m)
    ]


def _is_membrane(reading: Reading, mention: Mention) -> bool:
    """Return whether a fluid's name belongs to a part of the cell: the "plasma membrane"."""
    behind = re.match(r"[\s-]+membranes?\b", reading.behind(mention), re.IGNORECASE)
    whole = behind and reading.cues.not_carrier_whole.fullmatch(mention.text + behind[0])
    return bool(whole)


def _role(reading: Reading, mention: Mention) -> tuple[str, str]:
    """Return (field, rule) for a mention; an empty field where it plays none."""
    if reading.cues.never_source.match(reading.behind(mention)):
        return "", "depleted"
    if reading.cues.opposed_source.search(reading.before(mention)):
        return "", "opposed"
    if reading.part.role == "source":
        return _role_in_column(reading, mention)
    taken_up = reading.patterns["taken_up_by"].search(reading.before(mention))
    if reading.about_vesicles and not taken_up and (role := _role_in_words(reading, mention)):
        return role
    return _as_target(reading, mention)


def _role_in_column(reading: Reading, mention: Mention) -> tuple[str, str]:
    """Return the role in a column of sources."""
    if is_inside(mention, [w for w, _ in find_carriers(reading)]):
        return "", "part-of-vehicle"
    partner = reading.fitting(mention, "partner")
    return ("partners", partner.rule) if partner else ("sources", "source-column")


def _role_in_words(reading: Reading, mention: Mention) -> tuple[str, str] | None:
    """Return the role that the words around a cell give it beside vesicles, or None."""
    if reading.cues.vesicle.search(mention.text):
        return "sources", "named-with-exosomes"
    for field, role in (("sources", "source"), ("partners", "partner")):
        pattern = reading.fitting(mention, role)
        if pattern is None:
            continue
        if role == "partner" and _is_compared(reading):
            return "", "compared"
        if pattern.rule == "x-and-exosomes" and _PLACED.search(reading.before(mention)):
            continue  # "less miR-126 in MSCs and exosomes"
        if role == "source" and (
            _makes_cell_behind(reading, mention)
            or is_inside(mention, reading.mentions("mechanism"))
            or _makes_another_cell(reading, mention, pattern)
        ):
            continue
        return field, pattern.rule
    if _releases(reading, mention):
        return "sources", "exosomes-that-x-release"
    fluid = reading.vocabulary.terms[mention.term].type in ("biofluid", "blood product")
    if fluid and reading.cues.in_fluid.search(reading.before(mention)):
        return "sources", "exosomes-in-fluid"
    acts = _acts_by_vesicles(reading, mention)
    return ("sources", "x-acts-by-exosomes") if acts else None


def _releases(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell stands in "EVs that osteoblasts and MSCs release"."""
    cues = reading.cues
    return any(
        said.start("who") <= mention.start and mention.end <= said.end("who")
        for said in cues.that_x_release.finditer(reading.text)
        if all(cues.meaning(m[0]).kind != "verb" for m in cues.finder.finditer(said["who"]))
    )


def _acts_by_vesicles(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell that begins its clause acts by its vesicles.

    "MSCs deliver miR-21 via exosomes"; the vesicles are another's where a cell stands beside them:
    "chondrocytes respond via MSC exosomes", "exosomes from plasma".
    """
    clause = _CLAUSE_START.split(reading.before(mention))[-1]
    acts = reading.cues.acts_by_vesicles.match(reading.behind(mention))
    verb = reading.patterns["finite_verb"].match(reading.behind(mention))
    if not acts or not verb:
        return False
    stop = mention.end + verb.end() + 1  # "slow osteoblasts": a verb that is no cue, and its object
    has_object = any(o.start == stop for o in reading.mentions(*_OBJECTS))
    if not (verb["plain"] or _is_active(reading, verb["word"]) or has_object):
        return False
    first = mention.start - len(clause)
    cells = reading.mentions("source", "cell")
    if not _SUBJECT.fullmatch(clause) or any(first <= o.start < mention.start for o in cells):
        return False
    if any(reading.cues.meaning(m[0]).kind == "verb" for m in reading.cues.finder.finditer(clause)):
        return False
    start, end = mention.end + acts.start("by"), mention.end + acts.end()
    return not any(
        start <= o.start < end or _FROM.fullmatch(reading.text[end : o.start])
        for o in reading.mentions("source", "cell", "tissue")
        if o.start >= start
    )


def _is_active(reading: Reading, word: str) -> bool:
    """Return whether a word is a finite verb of direction: "promote", "inhibited"."""
    found = reading.cues.finder.fullmatch(word)
    return bool(found) and reading.cues.meaning(word).kind == "verb" and not word.endswith("ing")


def _is_compared(reading: Reading) -> bool:
    return bool(reading.cues.comparing.search(reading.text))


def _makes_cell_behind(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell only made another: the BMSC of "BMSC-derived osteoblasts"."""
    derived = reading.patterns["made_cell"].match(reading.behind(mention))
    if not derived:
        return False
    start = mention.end + derived.end()
    return any(o.start == start for o in reading.mentions("source", "cell"))


def _makes_another_cell(reading: Reading, mention: Mention, pattern: Pattern) -> bool:
    """Return whether another cell stands between: the iPSC of "iPSC-derived MSC exosomes"."""
    match = pattern.match(reading.behind(mention))
    if pattern.rule in ("x-speaks-by-exosomes", "from-x-to-y-by-exosomes"):
        return False
    if not match:
        return pattern.rule != "exosomes-those-of-x" and _has_nearer_cell(reading, mention)
    end = mention.end + match.end()
    v = reading.vocabulary
    return any(
        mention.end <= o.start < end
        and o.term != mention.term
        and o.term not in v.ancestors(mention.term)
        and mention.term not in v.ancestors(o.term)
        and not _HANGING.match(reading.text[mention.end : o.start])
        and not reading.cues.opposed_source.search(reading.before(o))
        for o in reading.mentions("source", "cell")
    )


def _has_nearer_cell(reading: Reading, mention: Mention) -> bool:
    """Return whether another cell stands nearer to the vesicles: "exosomes of BMSCs primed OBs"."""
    vesicles = [m.end() for m in reading.cues.vesicle.finditer(reading.before(mention))]
    nearest = vesicles[-1] if vesicles else 0
    between = [o for o in _cells(reading) if nearest <= o.start and o.end <= mention.start]
    return any(
        not reading.patterns["listed_cells"].match(reading.text[o.end : mention.start])
        and not _makes_cell_behind(reading, o)
        for o in between
    )


def _names_no_cell(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell's name belongs to another thing, or stands for comparison only."""
    return bool(
        _makes_cell_behind(reading, mention)
        or touches(mention, reading.mentions("modification"))
        or is_inside(mention, [w for w, _ in find_carriers(reading)])
        or reading.patterns["no_target"].match(reading.behind(mention))
        or reading.patterns["likened"].search(reading.before(mention))
        or reading.patterns["medium_of"].search(reading.before(mention))
    )


def _as_target(reading: Reading, mention: Mention) -> tuple[str, str]:
    term = reading.vocabulary.terms.get(mention.term)
    if term is None or (term.kind == "source" and term.type not in ("cell", "class", "cell line")):
        return "", "no-role"
    if _names_no_cell(reading, mention):
        return "", "no-role"
    if reading.patterns["taken_up_by"].search(reading.before(mention)):
        return "targets", "taken-up-by"
    if _is_product(reading, mention) or _BY.search(reading.before(mention)):
        return "", "no-role"
    return "targets", "target-column" if reading.part.role == "target" else "acted-on"


def _spread(reading: Reading, found: list[tuple[Mention, str, str]]) -> None:
    """Give a listed cell the role of its neighbour: "BMSC- and ADSC-derived", "from A and B"."""
    for i in range(len(found) - 2, -1, -1):
        (left, role, _), (right, other, rule) = found[i], found[i + 1]
        between = reading.text[left.end : right.start]
        adjunct = not left.text.endswith("s")  # "MSC and BMSC exosomes"
        shares = (
            adjunct
            or between.startswith("-")
            or not reading.patterns["cell_word"].search(left.text)
        )
        wide = (left.term, *reading.vocabulary.ancestors(left.term))
        short = right.term in wide and between.strip() == "("  # "Osteoblast (OB)-derived"
        placed = _PLACED.search(reading.before(left))  # "in FLS, and neutrophil exosomes"
        hangs = short or (shares and not placed and _HANGING.match(between))
        if other == "sources" and role != "sources" and hangs:
            found[i] = (left, "sources", rule)
    for i in range(1, len(found)):
        (left, role, rule), (right, other, _) = found[i - 1], found[i]
        between = reading.text[left.end : right.start]
        if role and right.term == left.term and between.strip() == "(":
            found[i] = (right, role, rule)  # its short form: "Bone Marrow Stromal Cells (BMSCs)"
        listed = reading.patterns["listed_cells"].match(between) and re.search(r"\w|,|/", between)
        if role == "sources" and rule.startswith("exosom") and other in ("targets", "") and listed:
            found[i] = (right, "sources", rule)


def _is_product(reading: Reading, mention: Mention) -> bool:
    """Return whether a process forms the cell: it is no target of "osteoblast differentiation"."""
    return bool(reading.patterns["turned_into"].search(reading.before(mention))) or any(
        is_inside(mention, [p]) and reading.patterns["forming"].search(p.text)
        for p in reading.mentions("mechanism")
    )
