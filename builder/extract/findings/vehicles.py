"""Vehicles: the materials, forms and properties of what carries the vesicles."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from builder.extract.findings.spans import Reading, is_inside
from builder.extract.findings.statements import Assigned
from builder.extract.vocabulary import Mention, Vocabulary, find_unread_part
from builder.models import Vehicle
from builder.text import spelling

_LISTED = re.compile(r"\s*(?:,|,?\s*\band\b|&|/)\s*", re.IGNORECASE)
_NO_CARRIER_TYPES = frozenset(["device", "drug"])
_FORMS = frozenset(["form", "class"])
# Forms that say less than another beside them.
_PLAIN_FORMS = frozenset(["scaffold", "delivery-vehicle", "patch", "implant", "coating"])


def read_vehicles(reading: Reading) -> list[Assigned]:
    """Return what carries the vesicles: each material, form and property of it.

    The detail of each is the span of the whole name, so that `compose_vehicles` can put them
    together. What the producer cells grow on is no carrier.
    """
    if not reading.about_vesicles:
        return []
    found = []
    in_column = reading.part.role == "vehicle"
    for whole, parts in find_carriers(reading):
        if not in_column and _is_elsewhere(reading, whole, parts):
            continue
        before = reading.before(whole)
        beside = reading.search("measured_against", before) or reading.match(
            "measured_by", reading.behind(whole)
        )
        measured = beside and not _holds_vesicles(reading, whole)
        if measured or reading.search("no_carrier", before) or _is_compared(reading, whole):
            continue
        rule = "vehicle-column" if in_column else "named-carrier"
        span = f"{whole.start}:{whole.end}"
        found += [reading.assign(part, "vehicles", rule, span) for part in parts]
    return found


def find_carriers(reading: Reading) -> list[tuple[Mention, list[Mention]]]:
    """Return each carrier that a text names: its whole name, and the terms in it.

    "An injectable, GelMA-based hydrogel" is one, "HAMA hydrogels and PCL microspheres" are two.
    """
    named = [m for m in reading.mentions("vehicle") if _is_part(reading, m)]
    fluids = [m for m in reading.mentions("source") if _type(reading, m) == "blood product"]
    groups: list[list[Mention]] = []
    for mention in sorted([*named, *fluids], key=lambda m: (m.start, -m.end)):
        if groups and _goes_on(reading, groups[-1], mention):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    carriers = [_name_carrier(reading, g) for g in groups if _carries(reading, g)]
    for (left, parts), (right, others) in itertools.pairwise(carriers):  # "GelMA and HAMA gels"
        form = next((o for o in others if _type(reading, o) in _FORMS), None)
        alone = not any(_type(reading, p) in _FORMS for p in parts)
        listed = reading.fullmatch("carrier_listed", reading.text[left.end : right.start])
        if form and alone and listed and right.text.endswith("s"):
            parts.append(form)
    return carriers


def _type(reading: Reading, mention: Mention) -> str:
    return reading.vocabulary.terms[mention.term].type or ""


def _is_part(reading: Reading, mention: Mention) -> bool:
    return bool(mention.term) and _type(reading, mention) not in _NO_CARRIER_TYPES


def _goes_on(reading: Reading, group: Sequence[Mention], mention: Mention) -> bool:
    """Return whether a mention belongs to the name before it."""
    last, words = group[-1], reading.patterns
    end = _end_of(reading, last)
    if mention.start < end:
        return False
    gap = reading.text[end : mention.start]
    types = [_type(reading, m) for m in (last, mention)]
    if "blood product" in types:  # a source, unless it is written as one with a material
        return bool(words["carrier_slash"].fullmatch(gap)) or (
            not gap.strip() and types[1] in _FORMS
        )
    short = last.term == mention.term and gap.strip() in ("(", "")
    if short or words["carrier_link"].fullmatch(gap):
        return True
    if types[0] in _FORMS:
        return types[1] not in _FORMS and bool(words["carrier_made_of"].fullmatch(gap))
    if words["carrier_listed"].match(gap) is None or "material" not in types:
        # "injectable, self-healing, cross-linked hydrogel"
        return types[0] == "property" and bool(words["carrier_listed_link"].fullmatch(gap))
    # "collagen and hyaluronic acid hydrogel" is one, "… hydrogels" are two.
    behind = words["carrier_form"].match(reading.text, mention.end)
    return behind is not None and not behind[0].endswith("s")


def _end_of(reading: Reading, mention: Mention) -> int:
    """Return where a material ends, with the unknown part of a composite behind it."""
    if _type(reading, mention) != "material":
        return mention.end
    part = find_unread_part(reading.text, mention, reading.vocabulary)
    return max(mention.end, part[1]) if part else mention.end


def _carries(reading: Reading, group: Sequence[Mention]) -> bool:
    """Return whether a group names a thing: neither properties alone nor a word like "film"."""
    types = {_type(reading, m) for m in group}
    if types & {"material", "named"}:
        alone = not types & _FORMS and not reading.match(
            "carrier_form", reading.text, group[-1].end
        )
        return not (alone and reading.search("carrier_compared", reading.before(group[0])))
    if types == {"property"} and reading.match("carrier_plain", reading.text, group[-1].end):
        return group[0].term not in reading.cues.lists["weak"]  # "thermosensitive gel"
    strong = any(m.term not in reading.cues.lists["weak"] for m in group)
    of_vesicles = reading.search("form_of_vesicles", reading.before(group[0]))
    return bool(types & _FORMS) and (strong or bool(of_vesicles))


def _name_carrier(reading: Reading, group: list[Mention]) -> tuple[Mention, list[Mention]]:
    """Return a carrier's whole name, with a plain word for its form behind it: "fibrin gel"."""
    end = _end_of(reading, group[-1])
    parts = list(group)
    behind = reading.match("carrier_plain", reading.text, end)
    if behind and not any(_type(reading, m) in _FORMS for m in group):
        form = reading.cues.forms[spelling.singular(behind[1].lower())]
        end = behind.end()
        parts.append(Mention(form, "vehicle", behind.start(1), end, behind[1]))
    first = find_unread_part(reading.text, group[0], reading.vocabulary)
    material = _type(reading, group[0]) == "material"
    start = min(group[0].start, first[0]) if first and material else group[0].start
    before = reading.search("carrier_plain_of", reading.text[:start])
    if before and not any(_type(reading, m) in _FORMS for m in parts):
        form, start = reading.cues.forms[before[1].lower()], before.start(1)
        parts.append(Mention(form, "vehicle", *before.span(1), before[1]))
    return Mention("", "vehicle", start, end, reading.text[start:end]), parts


def drop_subsumed(
    assigned: Sequence[Assigned], vocabulary: Vocabulary, texts: Mapping[str, str]
) -> list[Assigned]:
    """Return values without carriers of which another says all and more.

    "Hydrogel" goes beside "GelMA hydrogel"; "hydrogels and cryogels" are two.
    """
    carriers: dict[tuple[str, str], set[str]] = {}
    for item in assigned:
        if item.field == "vehicles":
            ids = carriers.setdefault((item.part, item.detail), set())
            ids.update(_spell_out(item, vocabulary), _find_grade(item))
    listed = {
        key
        for left, right in itertools.pairwise(carriers)
        if left[0] == right[0] and _LISTED.fullmatch(_between(left[1], right[1], texts[left[0]]))
        for key in (left, right)
    }
    dropped: set[tuple[str, str]] = set()
    for one, ids in reversed(carriers.items()):
        for other, wide in carriers.items():
            above = {a for i in wide for a in vocabulary.ancestors(i)}
            if one in listed:
                above -= ids
            if other != one and other not in dropped and ids <= wide | above:
                dropped.add(one)
                break
    return [a for a in assigned if a.field != "vehicles" or (a.part, a.detail) not in dropped]


def _between(left: str, right: str, text: str) -> str:
    """Return what stands between two spans, without a plural's s: ``3:12`` and ``17:25``."""
    return text[int(left.split(":")[1]) : int(right.split(":", maxsplit=1)[0])].removeprefix("s")


def _find_grade(item: Assigned) -> list[str]:
    """Return the number that names a grade: GelMA-60 is no GelMA-30."""
    grade = re.search(r"\d+$", item.text)
    return [f"{item.value}-{grade[0]}"] if grade else []


def _spell_out(item: Assigned, vocabulary: Vocabulary) -> list[str]:
    return [item.value, *vocabulary.terms[item.value].parts]


def compose_vehicles(
    assigned: Sequence[Assigned], vocabulary: Vocabulary, texts: Mapping[str, str]
) -> list[Vehicle]:
    """Return the vehicles of a finding, put together from what was read of each."""
    carriers: dict[tuple[str, str], list[str]] = {}
    for item in assigned:
        if item.field == "vehicles":
            ids = carriers.setdefault((item.part, item.detail), [])
            ids += [i for i in _spell_out(item, vocabulary) if i not in ids]
    made = []
    for (part, span), ids in carriers.items():
        start, end = map(int, span.split(":"))
        types = {i: vocabulary.terms[i].type or "" for i in ids}
        forms = [i for i, t in types.items() if t in _FORMS]
        # "hydrogel scaffold", "microneedle patch": the plainer of two forms is only a property.
        named = [f for f in forms if f not in _PLAIN_FORMS] or forms
        form = named[-1] if named else None
        made.append(
            Vehicle(
                id=next((i for i, t in types.items() if t == "named"), None),
                label=_label(texts[part][start:end]),
                materials=[i for i, t in types.items() if t in ("material", "blood product")],
                form=form,
                properties=[i for i, t in types.items() if t == "property"]
                + [f for f in forms if f != form],
            )
        )
    return made


def _label(printed: str) -> str:
    """Return a name as printed, without a bracket that begins or ends outside of it."""
    whole = printed.count("(") == printed.count(")")
    return " ".join((printed if whole else re.sub(r"[()]", "", printed)).split())


def _is_compared(reading: Reading, mention: Mention) -> bool:
    """Return whether a material is what the vesicles are measured against, no carrier."""
    if reading.part.role == "vehicle" or not reading.search("comparing", reading.text):
        return False
    before, behind = reading.before(mention)[-40:], reading.behind(mention)[:40]
    linked = reading.search("linked_carrier", before) or reading.patterns["linked_carrier"].match(
        behind
    )
    return bool(linked and reading.cues.vesicle.search(f"{before} {behind}"))


def _holds_vesicles(reading: Reading, mention: Mention) -> bool:
    """Return whether vesicles stand right beside a material: "than exosomes in GelMA"."""
    near = f"{reading.before(mention)[-25:]} {reading.behind(mention)[:20]}"
    return bool(reading.cues.vesicle.search(near))


def _is_elsewhere(reading: Reading, whole: Mention, parts: Sequence[Mention]) -> bool:
    """Return whether a carrier belongs to a culture, a treatment or the name of a process."""
    named = [
        m
        for kind in ("modification", "intervention", "mechanism", "source", "model")
        for m in reading.mentions(kind)
    ]
    if all(is_inside(p, named) or _type(reading, p) == "property" for p in parts):
        return True
    if reading.search("not_carrier_whole", reading.text[: whole.end]):
        return True
    if reading.match("not_carrier_after", reading.behind(whole)):
        return True
    if all(_type(reading, p) == "material" for p in parts) and _is_changed(reading, whole):
        return True
    fit = reading.fitting(whole, "culture")
    put = reading.search("carrier_put_on", reading.before(whole)[-80:])
    return fit is not None and not (put and fit.rule in ("cultured-on-it", "cells-in-it"))


def _is_changed(reading: Reading, whole: Mention) -> bool:
    """Return whether a material is what the vesicles raise or lower: "collagen was increased"."""
    state = reading.effects.effect_of(whole.start, whole.end)
    if state.effect not in ("up", "down", "activates", "inhibits") or not state.cue:
        return False
    between = reading.text[state.end : whole.start]
    by_verb = state.rule.startswith(("verb", "noun")) and state.rule != "noun-behind"
    return state.rule.startswith("passive") or (
        by_verb and bool(reading.fullmatch("object_of_verb", between))
    )
