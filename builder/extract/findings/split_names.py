"""Names that a sentence splits: "repair of bone defects", "bone and vascular regeneration".

Each is put together as the vocabulary spells it and looked up; nothing is guessed that the
vocabulary does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from builder.extract.findings.cues import Cues
from builder.extract.vocabulary import Mention, Vocabulary
from builder.models import Term


def find_processes(
    text: str, conditions: Iterable[Mention], v: Vocabulary, cues: Cues
) -> list[Mention]:
    """Return processes whose name a sentence turns round or splits by a defect."""
    turned = cues.patterns["process_of"].finditer(text)
    found = [m for match in turned if (m := _turned(match, v))]
    for name in ("polarized_to", "turned_phenotype"):
        for match in cues.patterns[name].finditer(text):
            m2 = match["kind"].lower().startswith(("m2", "anti"))
            if term := v.find_term(f"M{1 + m2} polarization", "mechanism"):
                span = match.span(0 if name == "polarized_to" else "said")
                found.append(_mention(term, "mechanism", *span, text))
    for condition in conditions:
        found += _of_condition(text, condition, v, cues)
    return found


def find_tissue_processes(
    text: str, tissues: Iterable[Mention], v: Vocabulary, cues: Cues
) -> list[Mention]:
    """Return processes whose name overlaps a tissue's: "[alveolar bone] repair" is bone repair."""
    found = []
    for tissue in tissues:
        behind = cues.match("process_behind", text[tissue.end :])
        if not behind:
            continue
        for name in (tissue.text, tissue.text.split()[-1]):
            if term := v.find_term(f"{name} {behind[1]}", "mechanism"):
                found.append(
                    _mention(term, "mechanism", tissue.start, tissue.end + behind.end(), text)
                )
                break
    return found


def _turned(match: re.Match[str], v: Vocabulary) -> Mention | None:
    """Return the process of "yield of exosomes": the longest run of words that names one."""
    words = list(re.finditer(r"[\w/’'-]+", match[2]))
    for last in range(len(words), 0, -1):
        end = words[last - 1].end()
        name = f"{match[2][:end]} {match[1]}"
        if term := v.find_term(name, "mechanism"):
            stop = match.start(2) + end
            return _mention(term, "mechanism", match.start(), stop, match.string)
    return None


def _of_condition(text: str, condition: Mention, v: Vocabulary, cues: Cues) -> Iterator[Mention]:
    """Yield the process that fixes a defect: "healing of calvarial defects" is bone healing."""
    before = cues.search("process_before", text[: condition.start])
    behind = cues.match("process_behind", text[condition.end :])
    noun = before[1] if before else behind[1] if behind else ""
    if not noun:
        return
    for name in (condition.term, *v.ancestors(condition.term)):
        label = v.terms[name].label
        tissue = cues.patterns["defect_noun"].sub("", label)
        term = v.find_term(f"{tissue} {noun}", "mechanism") if tissue != label else None
        if term := term or v.find_term(f"{label.split()[-1]} {noun}", "mechanism"):
            start = before.start() if before else condition.start
            stop = condition.end + (behind.end() if behind and not before else 0)
            yield _mention(term, "mechanism", start, stop, text)
            return


_LEFT = re.compile(
    r"([\w’'-]+)\s*(?:,\s*|\s+and\s+|\s+or\s+|/|\s*&\s*)(?:[\w-]+\s+)?$", re.IGNORECASE
)


def find_shared_heads(
    text: str, mentions: Iterable[Mention], v: Vocabulary, cues: Cues
) -> list[Mention]:
    """Return processes that share their last word: bone in "bone and vascular regeneration"."""
    found = []
    for mention in mentions:
        head = cues.search("process_head", mention.text)
        left = _LEFT.search(text[: mention.start])
        if not head or not left or " " not in mention.text:
            continue
        if term := v.find_term(f"{left[1]} {head[1]}", "mechanism"):
            found.append(_mention(term, "mechanism", left.start(1), left.end(1), text))
    return found


_LAST_WORDS = re.compile(r"((?:[\w’']+[\s-]+){1,2})$")


def find_split_modification(
    text: str, source: Mention, vesicle: re.Match[str] | None, v: Vocabulary
) -> Mention | None:
    """Return a modification that the cell's name splits: "engineered M2 macrophage exosomes"."""
    left = _LAST_WORDS.search(text[: source.start])
    if not left or not vesicle:
        return None
    words = left[1].split()
    for start in range(len(words)):
        joined = " ".join(words[start:]).rstrip("-") + " exosomes"
        for m in v.find_mentions(joined, kinds=("modification",)):
            if m.term and m.start == 0 and m.end == len(joined):
                begin = left.start() + left[1].index(words[start])
                return _mention(m.term, "modification", begin, source.start, text)
    return None


def find_animal_models(
    text: str, species: Iterable[Mention], conditions: Iterable[Mention], v: Vocabulary
) -> list[Mention]:
    """Return the models that a species makes, with its defect where the vocabulary has it."""
    animals = [a for a in species if v.terms[a.term].label.lower() != "human"]
    if not animals:
        return []
    general = v.find_term("animal model", "model")
    found = []
    known = list(conditions)
    models = v.terms.of_kind("model")
    for animal in animals:
        label = v.terms[animal.term].label
        modelled = re.match(r"(?:\s+[\w’'-]+){0,6}?\s+[Mm]odels?\b", text[animal.end :])
        term = next(
            (
                t
                for c in known
                if _is_modelled(text, animal, modelled, c) or _is_had_by(text, animal, c)
                for t in (
                    v.find_term(f"{label} {c.text} model", "model"),
                    v.find_term(f"{label} {v.terms[c.term].label} model", "model"),
                    _related_model(models, (c.term, *v.ancestors(c.term)), animal.term),
                    modelled and v.find_term(f"{c.text.split()[-1]} model", "model"),
                )
                if t
            ),
            general if modelled else None,
        )
        if term:
            stop = animal.end + (modelled.end() if modelled else 0)
            found.append(_mention(term, "model", animal.start, stop, text))
    return found


def _is_modelled(
    text: str, animal: Mention, modelled: re.Match[str] | None, condition: Mention
) -> bool:
    """Return whether a model is of a condition: "rat OA model", "rat model of OA"."""
    if not modelled:
        return False
    end = animal.end + modelled.end()
    if animal.start <= condition.start and condition.end <= end:
        return True
    if condition.end <= animal.start:
        return bool(re.fullmatch(r"[\s-]+(?:[\w-]+\s+)?", text[condition.end : animal.start]))
    between = text[end : condition.start]
    return bool(re.fullmatch(r"\s+(?:of|for|with)\s+(?:[\w-]+\s+){0,3}", between))


def _is_had_by(text: str, animal: Mention, condition: Mention) -> bool:
    """Return whether an animal has a condition: "mice with periodontitis", "defects in rats"."""
    if animal.end <= condition.start:
        between = text[animal.end : condition.start]
        if not between.strip():
            return True  # "mice knee osteoarthritis"
        return bool(
            re.fullmatch(r"\s+(?:with|having|suffering\s+from)\s+(?:[\w-]+\s+){0,3}", between)
        )
    between = text[condition.end : animal.start]
    return bool(re.fullmatch(r"\s+(?:model\s+)?(?:in|of)\s+(?:[\w-]+\s+){0,2}", between))


def _related_model(models: Iterable[Term], conditions: tuple[str, ...], animal: str) -> str | None:
    """Return the model that the vocabulary relates to a condition, or its parent, and an animal."""
    for condition in conditions:
        found = [m.id for m in models if condition in m.related and animal in m.related]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def find_gapped_conditions(
    text: str, conditions: Iterable[Mention], v: Vocabulary
) -> list[Mention]:
    """Return conditions that another adjective splits: "critical-sized [calvarial] defects"."""
    found = []
    for condition in conditions:
        left = re.search(r"([\w-]+)\s+$", text[: condition.start])
        head = condition.text.split()[-1]
        term = v.find_term(f"{left[1]} {head}", "condition") if left else None
        if left and term and term != condition.term:
            found.append(_mention(term, "condition", left.start(1), condition.end, text))
    return found


_AND = re.compile(r",?\s+and\s+(?:the\s+)?|,\s+(?:the\s+)?|\s+joints?\b", re.IGNORECASE)


def find_conditions_by_place(
    text: str, conditions: Iterable[Mention], v: Vocabulary, cues: Cues
) -> list[Mention]:
    """Return conditions with their place behind them: "osteoarthritis of the knee and hip"."""
    found = []
    for condition in conditions:
        places = cues.match("of_place", text, condition.end)
        for place in _AND.split(places[1]) if places else ():
            term = v.find_term(f"{place} {condition.text}", "condition")
            if places and place and term and term != condition.term:
                found.append(_mention(term, "condition", condition.start, places.end(), text))
    return found


def find_lost(text: str, kind: str, v: Vocabulary, cues: Cues) -> Iterator[Mention]:
    """Yield the losses that a verb names: "mice lost less bone" is bone loss."""
    for match in cues.patterns["lost"].finditer(text):
        if term := v.find_term(f"{match['what']} loss", kind):
            yield _mention(term, kind, *match.span("what"), text)


def find_placed_defects(
    text: str, tissues: Iterable[Mention], v: Vocabulary, cues: Cues
) -> list[Mention]:
    """Return defects that are named by their place: "bone defects created in the femur"."""
    found = []
    for tissue in tissues:
        before = cues.search("defect_at", text[: tissue.start])
        if not before:
            continue
        above = (v.terms[t].label for t in (tissue.term, *v.ancestors(tissue.term)))
        for name in (tissue.text, *above):
            term = v.find_term(f"{name} defect", "condition") or v.find_term(
                f"{name} bone defect", "condition"
            )
            if term:
                found.append(_mention(term, "condition", before.start(), tissue.end, text))
                break
    return found


def _mention(term: str, kind: str, start: int, end: int, text: str) -> Mention:
    return Mention(term, kind, start, end, text[start:end])
