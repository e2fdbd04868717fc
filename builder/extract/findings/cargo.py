"""What vesicles hold, what was put into them, and what was done to them or to their cells.

A modification is composed of an agent and a way ("kartogenin preconditioning", "miR-140
overexpression"): each agent that the vocabulary knows makes one with each way.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from builder.extract.findings.spans import Reading, is_inside, touches
from builder.extract.findings.split_names import find_split_modification
from builder.extract.findings.statements import Assigned
from builder.extract.findings.vehicles import find_carriers
from builder.extract.vocabulary import Mention

RNA_TYPES = frozenset(["miRNA", "lncRNA", "circRNA", "RNA class"])
MOLECULE_TYPES = RNA_TYPES | {"gene/protein", "gene family", "drug", "compound"}
_NAMED_TYPES = RNA_TYPES - {"RNA class"} | {"gene/protein"}


def read_cargo(reading: Reading) -> list[Assigned]:
    """Return what is said to be in or on the vesicles, with its role: loaded or native."""
    carried, terms = find_carried(reading), reading.vocabulary.terms
    named = [a for a in carried if terms[a.value].type in _NAMED_TYPES]
    return [
        a
        for a in carried
        if terms[a.value].type != "RNA class" or not _is_kind_of(reading, a, named)
    ]


def find_carried(reading: Reading) -> list[Assigned]:
    """Return cargo together with the names of its kind: "a miRNA, miR-21"."""
    if reading.carried is None:
        reading.carried = _find_carried(reading) if reading.about_vesicles else []
    return reading.carried


def _find_carried(reading: Reading) -> list[Assigned]:
    molecules = [m for m in find_molecules(reading) if not _is_opposed(reading, m)]
    if reading.part.role == "cargo":
        found = [reading.assign(m, "cargo", "cargo-column", "not stated") for m in molecules]
    elif reading.part.role == "modification":
        put_in = [m for m in molecules if is_put_in(reading, m)]
        found = [reading.assign(m, "cargo", "loading-column", "loaded") for m in put_in]
    else:
        found = [a for m in molecules if (a := _read_carried(reading, m)) is not None]
    return _spread(reading, found)


def _read_carried(reading: Reading, mention: Mention) -> Assigned | None:
    """Return a molecule that the words around it put in or on the vesicles."""
    by_verb = reading.cues.lists["by_verb"]
    for role in ("loaded", "native"):
        for pattern in reading.all_fitting(mention, role):
            if not _is_of_vesicles(reading, mention, pattern.rule):
                continue
            unknown = is_unknown_rna(reading, mention)
            if unknown or (pattern.rule in by_verb and _is_not_carried(reading, mention)):
                return None  # "exosomes did not contain X"
            drug = reading.vocabulary.terms[mention.term].kind == "compound"
            grown = drug and role == "native" and _of_plants(reading)
            made = (
                (drug and not grown)
                or mention.term == "sirna"
                or reading.match("made_up", reading.behind(mention))
            )
            said = "not stated" if pattern.rule == "x-exosome-compound" else role
            return reading.assign(mention, "cargo", pattern.rule, "loaded" if made else said)
    return None


def _is_of_vesicles(reading: Reading, mention: Mention, rule: str) -> bool:
    """Return whether a rule that fits a molecule's words says that vesicles hold it."""
    term, behind = reading.vocabulary.terms[mention.term], reading.behind(mention)
    drug = term.kind == "compound"
    if rule in reading.cues.lists["of_rna"]:
        held = term.type in RNA_TYPES
    elif rule == "exosomes-holding-x":
        held = not reading.match("other_head", behind)  # "displaying a collagen-binding peptide"
    elif rule == "exosomes-pass-on-x":
        held = not reading.match("brought_down", behind)
    elif rule == "x-on-exosomes":
        held = bool(reading.search("theirs_are_vesicles", reading.before(mention)))
    elif rule == "x-exosome-compound":  # "cells cultured with deferoxamine (deferoxamine-exosomes)"
        same = [m for m in reading.mentions("compound") if m.term == mention.term]
        held = not any(reading.search("way_before", reading.before(m)[-120:]) for m in same)
    else:
        held = not (drug and rule == "modified-by-x")  # what cell or vesicle was treated with
    if held and rule in ("exosomes-holding-x", "exosomes-showing-x"):
        nearest = [v.start() for v in reading.cues.vesicle.finditer(reading.before(mention))]
        given = nearest and reading.search("given_vesicles", reading.text[: nearest[-1]])
        return not given  # "chondrocytes exposed to EVs expressed more X"
    return held


def _of_plants(reading: Reading) -> bool:
    """Return whether a text's vesicles are of plants, which make such compounds themselves."""
    above = reading.vocabulary.ancestors
    return any("plant" in (m.term, *above(m.term)) for m in reading.mentions("source"))


def _is_not_carried(reading: Reading, mention: Mention) -> bool:
    state = reading.effects.effect_of(mention.start, mention.end)
    return state.rule == "denied" and state.cue not in (
        "but not",
        "rather than",
    )  # of one name only


def _is_opposed(reading: Reading, mention: Mention) -> bool:
    """Return whether what is carried is not the molecule, or works against it: "MMP-13 siRNA"."""
    behind = reading.match("opposed_behind", reading.behind(mention))
    before = reading.before(mention)[-40:]
    absent = reading.search("absent_cargo", before)
    if absent and absent[0].lower().startswith(("neither", "nor")):
        fit = reading.fitting(mention, "native")  # "neither X nor Y in exosomes differed"
        absent = None if fit and fit.rule == "x-in-exosomes" else absent
    return bool(behind or absent or reading.search("opposed_before", before))


def is_absent(reading: Reading, mention: Mention) -> bool:
    """Return whether vesicles do not hold a molecule: "miR-1, but not miR-2, was found in them"."""
    absent = reading.search("absent_cargo", reading.before(mention)[-40:])
    return bool(absent and reading.fitting(mention, "native"))


def _spread(reading: Reading, found: list[Assigned]) -> list[Assigned]:
    """Return cargo with its neighbours in a list: "miR-21 and miR-26a carried by exosomes"."""
    molecules = find_molecules(reading)
    v = reading.vocabulary
    known = {(a.start, a.end): a for a in found}
    for ones in (list(itertools.pairwise(molecules)), list(itertools.pairwise(molecules))[::-1]):
        for left, right in ones:
            listed = reading.fullmatch("listed_molecules", reading.text[left.end : right.start])
            if not listed or _is_deed(reading, left, listed["described"] or ""):
                continue
            types = {v.terms[left.term].type, v.terms[right.term].type}
            one, other = (known.get((m.start, m.end)) for m in (left, right))
            first = one or other
            mixed = first and first.rule in reading.cues.lists["mixed"]
            if len(types) > 1 and not types <= RNA_TYPES and not mixed:
                continue
            if one and not other and not one.rule.startswith("x-"):
                known[right.start, right.end] = _like(reading, one, right)
            elif other and not one and other.rule.startswith("x-"):
                known[left.start, left.end] = _like(reading, other, left)
    return sorted(known.values(), key=lambda a: (a.start, -a.end))


def _is_deed(reading: Reading, left: Mention, word: str) -> bool:
    """Return whether a word in a list is another verb: "contain miR-21 and [reduced] IL-6".

    It describes its name where the first of the list is described so: "raised VEGF and reduced X".
    """
    cues, first = reading.cues, reading.before(left).split()[-1:]
    said = [
        w
        for w in (word, *first)
        if cues.finder.fullmatch(w) and cues.meaning(w).kind in ("verb", "denial")
    ]
    return bool(said) and said == [word]


def _is_kind_of(reading: Reading, kind: Assigned, named: Sequence[Assigned]) -> bool:
    """Return whether cargo is only the kind of what is named: "a miRNA, miR-21", "BMP2 mRNA"."""
    return any(
        o.rule in reading.cues.lists["of_all"]
        or (o.end <= kind.start and not reading.text[o.end : kind.start].strip())
        or (
            kind.end <= o.start
            and reading.fullmatch("kind_beside", reading.text[kind.end : o.start])
        )
        for o in named
    )


def _like(reading: Reading, assigned: Assigned, mention: Mention) -> Assigned:
    return reading.assign(mention, "cargo", assigned.rule, assigned.detail)


_AGENT_TYPES = MOLECULE_TYPES | {"material", "exposure"}
# The way that a rule of loading stands for; others load the vesicles themselves.
_WAY_OF_RULE = {
    "x-overexpressing-cells": "overexpression",
    "x-modified-cells": "overexpression",
    "exosomes-of-cells-transfected-with-x": "overexpression",
    "transfected-x-and-its-exosomes": "overexpression",
    "x-put-on-exosomes": "display",
}


def read_modifications(reading: Reading, sources: Sequence[Assigned] = ()) -> list[Assigned]:
    """Return what was done to the vesicles or to the cells that make them.

    Some ways and agents have a name of their own ("lyophilization"); all others are composed.
    """
    named = reading.mentions("modification")
    found = [
        reading.assign(m, "modifications", "named")
        for m in named
        if not is_inside(m, [*(w for w, _ in find_carriers(reading)), *reading.mentions("method")])
        and not _is_given_vesicles(reading, m)
    ]
    for source in reading.mentions("source"):
        vesicle = reading.cues.vesicle.search(reading.behind(source)[:40])
        split = find_split_modification(reading.text, source, vesicle, reading.vocabulary)
        if split and not touches(split, named):
            found.append(reading.assign(split, "modifications", "split-name"))
    composed = list(_composed(reading, sources))
    narrow = {a for m in composed for a in reading.vocabulary.ancestors(m.value)}
    found = [f for f in found if f.value not in narrow]  # "curcumin-[primed]"
    return [*found, *composed, *_treated(reading, sources, [*found, *composed])]


def _composed(reading: Reading, sources: Sequence[Assigned]) -> Iterator[Assigned]:
    """Yield modifications made of an agent that the text names and the way it was used."""
    ways: dict[int, str] = {}
    for molecule in find_molecules(reading):
        ways[molecule.start] = _loading_way(reading, molecule)
    co_delivered = reading.search("co_delivered", reading.text)
    for agent in reading.mentions("mechanism", "compound", "vehicle"):
        way = ways.get(agent.start, "")
        type_ = reading.vocabulary.terms[agent.term].type or ""
        if agent.kind != "compound" and type_ not in _AGENT_TYPES:
            continue  # a process, a form
        if not way and _is_producers(reading, agent, sources):
            way = "preconditioning"
        if not way and agent.kind == "compound" and co_delivered:
            way = "co-delivery"
        for name, other in (("silenced", "knockdown"), ("gene_changed", "overexpression")):
            said = reading.patterns[name].match(reading.behind(agent))
            gene = not way and type_ in MOLECULE_TYPES and agent.kind != "compound"
            if said and gene and _reaches_producer(reading, agent.end + said.end(), sources):
                way = other
        name = f"{agent.term}-{way}" if way else ""
        if name in reading.vocabulary.terms:
            item = reading.assign(agent, "modifications", f"composed-{way}")
            yield replace(item, value=name)


def _loading_way(reading: Reading, molecule: Mention) -> str:
    """Return the way in which a molecule came into the vesicles, or an empty string."""
    if reading.part.role == "modification" and is_put_in(reading, molecule):
        made = reading.search("overexpressed", reading.text)
        return "overexpression" if made else "loading"
    pattern = reading.fitting(molecule, "loaded")
    behind = reading.behind(molecule)
    if pattern is None or reading.match("opposed_behind", behind):
        return ""
    near = f"{reading.before(molecule)[-25:]} {behind[:40]}"
    sorted_in = pattern.rule == "x-loaded-into-exosomes" and not reading.search("put_in", near)
    compound = pattern.rule == "x-exosome-compound"
    if sorted_in or (compound and not _is_of_vesicles(reading, molecule, pattern.rule)):
        return ""  # sorted into them by the cell
    term = reading.vocabulary.terms[molecule.term]
    if "modified" in pattern.rule and term.type not in RNA_TYPES:
        on_surface = reading.search("on_surface", near)
        changed = "display" if on_surface else "modification"
        return "preconditioning" if term.kind == "compound" else changed
    if reading.match("overexpressed", reading.behind(molecule).lstrip(" -")):
        return "overexpression"
    return _WAY_OF_RULE.get(pattern.rule, "loading")


def _is_producers(reading: Reading, agent: Mention, sources: Sequence[Assigned]) -> bool:
    """Return whether an agent was given to the cells that make the vesicles, or to these.

    "Curcumin-primed MSC exosomes", "MSCs preconditioned with curcumin", but not "exosomes in
    IL-1β-treated chondrocytes".
    """
    patterns, behind = reading.patterns, reading.behind(agent)
    if patterns["way_noun"].match(behind):
        return True
    participle = patterns["way_participle"].match(behind)
    if participle and _reaches_producer(reading, agent.end + participle.end(), sources):
        return True
    before = patterns["way_before"].search(reading.text[: agent.start][-120:])
    if not before:
        return False
    start = agent.start - len(reading.text[: agent.start][-120:]) + before.start()
    cells = [m for m in reading.mentions("source", "cell") if m.end <= agent.start]
    near = [m for m in cells if m.start > start or before["who"] is None][-1:]
    return bool(near) and any(s.start <= near[0].start < s.end for s in sources)


def _reaches_producer(reading: Reading, at: int, sources: Sequence[Assigned]) -> bool:
    """Return whether the next thing behind a place is a source of vesicles, or vesicles."""
    vesicle = reading.cues.vesicle.search(reading.text, at, at + 60)
    places = [s.start for s in sources if s.start >= at] + ([vesicle.start()] if vesicle else [])
    cells = [m.start for m in reading.mentions("source", "cell") if m.start >= at]
    first = min(places, default=-1)
    between = reading.text[at : max(first, at)]
    near = bool(re.fullmatch(
        r"(?:(?!(?:by|from|with|without|in|on|of|to|and|or|group|given|received)\b)[\w/+.-]+[\s-]+){0,2}[hrm]?",
        between,
    ))  # fmt: skip
    return first >= 0 and near and first <= min(cells, default=first)


def _is_given_vesicles(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell was treated with vesicles: "BMSCs pretreated with exosomes"."""
    if reading.search("by_given", reading.before(mention)):
        return True
    behind = reading.behind(mention)[:60]
    vesicle = reading.cues.vesicle.search(behind)
    return bool(vesicle and re.fullmatch(
        r"\s+(?:with|by|using)\s+(?:[\w/-]+\s+){0,4}", behind[: vesicle.start()]
    ))  # fmt: skip


def _treated(
    reading: Reading, sources: Sequence[Assigned], known: Sequence[Assigned]
) -> Iterator[Assigned]:
    """Yield plain preconditioning where a source is "X-treated" by something without a term."""
    general = reading.vocabulary.find_term("preconditioning", "modification")
    for source in sources:
        before = reading.search("treated_by_it", reading.text[: source.start])
        if before and general and all(k.start >= source.start for k in known):
            yield replace(
                source, field="modifications", value=general, rule="treated-cell",
                start=before.start(), end=before.end(), text=before[0].strip(),
            )  # fmt: skip


def find_molecules(reading: Reading) -> list[Mention]:
    """Return the mentions of what a vesicle can carry: RNA, proteins, drugs."""
    return [
        m
        for m in reading.mentions("mechanism", "compound")
        if (term := reading.vocabulary.terms.get(m.term)) is not None
        and (term.type in MOLECULE_TYPES or term.kind == "compound")
        and not reading.match("marker", reading.behind(m))
    ]


def is_unknown_rna(reading: Reading, mention: Mention) -> bool:
    """Return whether a class word stands before a name that the vocabulary lacks: lncRNA XYZ1."""
    rna = reading.vocabulary.terms[mention.term].type in RNA_TYPES
    return rna and bool(reading.match("rna_name", reading.behind(mention)))


def is_put_in(reading: Reading, mention: Mention) -> bool:
    """Return whether a molecule in a column of modifications or loading is put into the vesicles.

    "miR-21 overexpression", "BMP-2 plasmid", and all under "Loading"; but not "TGF-β1 pretreatment"
    nor "miR-21 knockdown".
    """
    near = f"{reading.before(mention)[-25:]} {reading.behind(mention)[:25]}"
    if reading.search("not_put_in", near):
        return False
    rna = reading.vocabulary.terms[mention.term].type in RNA_TYPES
    return rna or bool(reading.search("put_in", f"{reading.part.name} {near}"))
