"""How a statement was found out, what the vesicles are in it, what came of it, how sure it is.

Five things that are never folded into one: see design.md section 4. The words are data,
content/evidence.yml. Precision before recall: what is not said stays ``not-stated``, ``unclear``
or ``none-reported``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.extract.design import (
    LEVELS,
    Words,
    is_review,
    read_title_level,
    read_trial,
    read_words,
)
from builder.extract.findings.outcomes import MOST_BEFORE, find_open
from builder.extract.findings.statements import EFFECTS, Assigned, Statement
from builder.extract.vocabulary import Vocabulary
from builder.models import (
    Certainty,
    Design,
    Finding,
    Level,
    Paper,
    Quantity,
    Result,
    StudyRole,
)

_RAISED, _LOWERED = ("up", "activates"), ("down", "inhibits")
_IN_VIVO = re.compile(r"\bin\s+vivo\b", re.IGNORECASE)
_IN_VITRO = re.compile(r"\bin\s+vitro\b", re.IGNORECASE)
# Rules by which a verb of the statement itself says what was done.
_SAID = ("verb", "passive", "arrow", "sign")
_SETTINGS = ("setting", "application")
_MOST_WORDS = 4  # between an animal and its cell: "rat bone marrow mesenchymal stem cells"


@dataclass(frozen=True)
class Appraisal:
    """The five fields of a statement that its basis leaves open."""

    design: Design
    role: StudyRole
    result: Result
    certainty: Certainty
    assigned: tuple[Assigned, ...]


def appraise(
    statement: Statement,
    assigned: Sequence[Assigned],
    vocabulary: Vocabulary,
    quantities: Sequence[Quantity],
) -> Appraisal:
    """Return design, role, result and certainty of a statement that was read."""
    reader = _Reader(statement, assigned, vocabulary, read_words())
    certainty = reader.read_certainty()
    level = reader.read_level(certainty)
    result = reader.read_result(certainty)
    role = reader.read_role_of_blocked() or reader.read_role(result, level)
    if role in ("biomarker", "method"):
        result = "none-reported"
    design = reader.describe(level, quantities)
    return Appraisal(design, role, result, certainty, tuple(reader.find_words(level)))


def drop_donors(assigned: Sequence[Assigned], texts: Mapping[str, str]) -> list[Assigned]:
    """Return what was read without the conditions of donors: "MSCs from arthritic knees"."""
    words = read_words().patterns
    cells = [a for a in assigned if a.field == "sources"]

    def is_donors(item: Assigned) -> bool:
        text = texts.get(item.part, "")
        if not words["donor"].search(text[: item.start]):
            return False
        own = any(c.part == item.part and c.start <= item.start < c.end for c in cells)
        others = any(a.field == "conditions" and a.value != item.value for a in assigned)
        return own or (
            others and bool(words["donor_after"].search(text[item.end :])) and bool(cells)
        )

    donors = {(a.value, a.part) for a in assigned if a.field == "conditions" and is_donors(a)}
    return [
        a
        for a in assigned
        if a.field not in ("conditions", "condition_effects") or (a.value, a.part) not in donors
    ]


def mark_review(finding: Finding) -> Finding:
    """Return an uncited statement of a review, which has no study of its own, as a review's."""
    if finding.references or finding.design.level not in ("not-stated", "in-vitro"):
        return finding
    if finding.basis not in ("abstract", "digest", "full-text"):
        return finding
    return finding.model_copy(
        update={"design": finding.design.model_copy(update={"level": "review"})}
    )


def mark_trial(finding: Finding, paper: Paper) -> Finding:
    """Return a sentence of a trial's own abstract as the trial's, by the title of the paper."""
    if finding.design.level != "not-stated" or finding.basis != "abstract":
        return finding
    design = finding.design.model_copy(update={"level": "clinical", **read_trial(paper.csl.title)})
    return finding.model_copy(update={"design": design})


class _Reader:
    """Reads one statement; its pieces are looked up once."""

    def __init__(
        self,
        statement: Statement,
        assigned: Sequence[Assigned],
        vocabulary: Vocabulary,
        words: Words,
    ) -> None:
        self.statement, self.assigned, self.words = statement, assigned, words
        self.vocabulary = vocabulary
        self.parts = {p.name: p for p in statement.parts}
        self.text = ". ".join(p.text for p in statement.parts if p.role != "aside")
        self.reported = self.text  # without what was only asked or is still to be shown
        for start, end in (spans := find_open(self.text)):
            self.reported = self.text[:start] + " " * (end - start) + self.text[end:]
        self.open = bool(spans)
        self.row = statement.locator.kind == "table-row"
        self.title = statement.locator.kind in ("title", "reference-title")

    # --- design ----------------------------------------------------------------------------------

    def read_level(self, certainty: Certainty) -> Level:
        if self.title and is_review(self.text):
            return "review"
        own = self._own_level(certainty)
        if own != "not-stated" and not self.row:
            return own
        return max((own, self._cited_level()), key=LEVELS.index)

    def _own_level(self, certainty: Certainty) -> Level:
        levels: list[Level] = ["not-stated"]
        text = self.words.patterns["given_by"].sub(" ", self.text)
        text, taken = self.words.patterns["taken_from"].subn(" ", text)
        if taken:
            levels.append("in-vitro")
        if found := self.words.find_level(text):
            levels.append(found[0])
        if self.row:
            levels += self._column_levels()
            if self.words.patterns["preclinical"].search(self.statement.quote):
                levels.append("in-vivo")
        elif "in-vitro" not in levels and self._is_in_animal():
            levels.append("in-vivo")
        levels += self._model_levels()
        if certainty == "asserted" and self.words.patterns["defects"].search(self.text):
            levels.append("in-vivo")
        if levels == ["not-stated"] and self._acts_on_cells():
            levels.append("in-vitro")
        return max(levels, key=LEVELS.index)

    def _column_levels(self) -> Iterable[Level]:
        for part in self.statement.parts:
            if _IN_VIVO.search(part.name) and not _IN_VITRO.search(part.name):
                yield "in-vivo"
            if part.role in _SETTINGS:
                animals = [a for a in self._named("species") if a.part == part.name]
                cells = any(a.part == part.name for a in self._named("targets"))
                if animals and not cells and any(a.value != "human" for a in animals):
                    yield "in-vivo"
            if part.role == "target" and any(a.part == part.name for a in self._named("targets")):
                yield "in-vitro"

    def _model_levels(self) -> Iterable[Level]:
        for item in self._named("models"):
            kind = self.vocabulary.terms[item.value].type
            if kind == "animal model" and self._is_setting(item):
                yield "in-vivo"
            elif kind == "tissue model":
                yield "ex-vivo"
            elif kind == "cell model":
                yield "in-vitro"

    def _is_in_animal(self) -> bool:
        """Return whether an animal's own disease is named: "diabetic mouse skin wounds"."""
        tissue = self.words.ids["tissue"]
        sick = [
            a
            for a in self.assigned
            if a.field in ("conditions", "models") or (a.field in EFFECTS and a.value in tissue)
        ]
        animals = [a for a in self._named("species") if a.value != "human" and a.rule == "named"]
        for animal in animals:
            text = self.parts[animal.part].text
            taken = self.words.patterns["taken_from"].finditer(text)
            if any(m.start() <= animal.start < m.end() for m in taken):
                continue
            if text[: animal.start].endswith(" for "):
                continue  # "a potential approach for equine osteoarthritis"
            for item in (s for s in sick if s.part == animal.part):
                between = text[animal.end : item.start] or text[item.end : animal.start]
                if re.fullmatch(r"\s(?:[\w-]+\s){0,2}", between) and not self._gives_cells(animal):
                    return True
        return False

    def _is_setting(self, item: Assigned) -> bool:
        """Return whether a model is what was studied, and not what a row is useful for."""
        part = self.parts.get(item.part)
        return not part or part.role != "application"

    def _acts_on_cells(self) -> bool:
        """Return whether all that is said was done to named cells, and to no tissue or disease."""
        acted_on = (a for a in self._named("targets") if a.rule != "maker")
        targets = [a for a in acted_on if self._is_cell(a.value)]
        effects = [a for a in self.assigned if a.field in EFFECTS]
        if not targets or not effects or self.words.patterns["living"].search(self.text):
            return False
        sentence = not self.row and not self.title
        if sentence and not self.words.patterns["in_dish"].search(self.text):
            lines = {self.vocabulary.terms[a.value].type for a in targets}
            if lines != {"cell line"}:
                return False
        free = [a for a in self._named("conditions") if not self._within(a, targets)]
        tissue = any(a.value in self.words.ids["tissue"] for a in effects)
        return not free and not tissue and any(a.detail != "involves" for a in effects)

    def _is_cell(self, name: str) -> bool:
        term = self.vocabulary.terms[name]
        return term.kind == "cell" or (term.kind == "source" and term.type in ("cell", "cell line"))

    @staticmethod
    def _within(item: Assigned, others: Iterable[Assigned]) -> bool:
        return any(
            o.part == item.part and o.start <= item.start and item.end <= o.end for o in others
        )

    def _cited_level(self) -> Level:
        """Return the level that the titles of the cited works state, where they state the same."""
        levels = {read_title_level(title) for title in self.statement.titles} - {"not-stated"}
        stated = levels - {"review"} or levels
        return stated.pop() if len(stated) == 1 else "not-stated"

    def describe(self, level: Level, quantities: Sequence[Quantity]) -> Design:
        """Return the design of a level with all that is stated of it."""
        models = list(dict.fromkeys(a.value for a in self._named("models") if self._is_setting(a)))
        found: dict[str, Any] = {"level": level, "models": models}
        if level in ("in-vivo", "ex-vivo"):
            found["species"] = self._animals()
        if level == "clinical":
            found |= read_trial(self.text)
            people = [q for q in quantities if q.unit in ("patients", "participants", "subjects")]
            if len(people) == 1 and people[0].value:
                found["n"] = int(people[0].value)
        return Design.model_validate(found)

    def _animals(self) -> list[str]:
        """Return the animals studied; those whose cells are named are donors."""
        return list(
            dict.fromkeys(
                a.value
                for a in self._named("species")
                if a.value != "human" and a.rule == "named" and not self._gives_cells(a)
            )
        )

    def _gives_cells(self, animal: Assigned) -> bool:
        cells = [a for f in ("sources", "targets", "partners") for a in self._named(f)]
        part = self.parts.get(animal.part)
        text = part.text if part else ""
        for cell in cells:
            if cell.part != animal.part:
                continue
            if cell.start <= animal.start < cell.end:
                return True
            between = text[animal.end : cell.start]
            near = cell.start >= animal.end and len(between.split()) < _MOST_WORDS
            if (
                near
                and re.fullmatch(r"[\s\w-]*", between)
                and not re.search(r"\b(?:model|with|by|via|and|of|in|treated)\b", between)
            ):
                return True
        return False

    def find_words(self, level: Level) -> Iterable[Assigned]:
        """Yield the words that state a level, with their place; none where it was inferred."""
        patterns = [pattern for name, pattern in self.words.levels if name == level]
        patterns += [self.words.patterns["review"]] if level == "review" else []
        titles = [("cited title", title) for title in self.statement.titles]
        for name, text in [*((p.name, p.text) for p in self.statement.parts), *titles]:
            for pattern in patterns:
                if found := pattern.search(text):
                    yield Assigned("design", level, "design-words", name, *found.span(), found[0])
                    return

    # --- certainty -------------------------------------------------------------------------------

    def read_certainty(self) -> Certainty:
        patterns = self.words.patterns
        reported = [a for a in self.assigned if a.field in EFFECTS and self._is_reported(a)]
        if self.row and reported:
            return "asserted"
        question = self.title and patterns["question"].search(self.text)
        if reported and not question:
            first = min((a.start for a in reported), default=0)
            modal = patterns["modal"].search(self.text)
            return "hedged" if modal and not self.row and modal.start() < first else "asserted"
        if patterns["hedged"].search(self.text):
            return "hedged"
        if not question and any(a.rule.startswith(_SAID) for a in self.assigned):
            return "asserted"
        if self.open or question or patterns["aim"].search(self.text):
            return "aim"
        return "asserted"

    def _is_reported(self, item: Assigned) -> bool:
        """Return whether an effect is said to have happened: a direction, and no hypothesis."""
        if item.rule.startswith("hypothesis") or item.rule == "aim" or self._is_modal(item):
            return False
        return item.detail not in ("involves", "modulates") or self._is_brought(item)

    def _is_modal(self, item: Assigned) -> bool:
        """Return whether a clause of a cell calls an effect possible: "may promote X"."""
        clause = re.split(r"[.;]\s", self._before(item))[-1]
        return self.row and bool(self.words.patterns["modal"].search(clause))

    def _is_brought(self, item: Assigned) -> bool:
        """Return whether a verb brings a good about: "exosomes mediate cartilage repair"."""
        return (
            bool(self.words.bringing.search(self._before(item)))
            and item.value in self.words.ids["good"]
        )

    def _before(self, item: Assigned) -> str:
        part = self.parts.get(item.part)
        return part.text[max(0, item.start - MOST_BEFORE) : item.start] if part else ""

    # --- result, role ----------------------------------------------------------------------------

    def read_result(self, certainty: Certainty) -> Result:
        if certainty != "asserted":
            return "none-reported"
        reported = self._named("condition_effects")
        verdicts = {"down": "improved", "up": "worsened", "none": "no-benefit"}
        found = {verdicts[a.detail] for a in reported if a.detail in verdicts}
        words, text = self.words.patterns, self.reported
        contrast, gained = words["contrast"].search(text), set(self._benefits())
        if not all(a.rule == "repair" for a in reported):
            # What eased a disease may do it by any means; what speaks against it is a contrast.
            gained &= {"worsened", "no-benefit"} if contrast else set()
        found |= gained
        if not found and words["no_difference"].search(text):
            none = words["no_better"].search(text) or words["clinical_words"].search(text)
            found = {"no-benefit"} if none else found
        if not found and words["same_as_none"].search(text) and self._names_good():
            found = {"no-benefit"}
        if not found and (helped := self._helped()):
            found = {helped}
        beside = len(found) > 1 and not contrast
        if beside or self._is_beside_the_point() or words["in_loss"].search(text):
            found.discard("no-benefit")
        if "worsened" in found and words["lacking"].search(text):
            found = set()  # the harm of their lack is none of theirs
        if words["blocked"].search(text):
            found = set()  # nor is its benefit
        if not found:
            return "none-reported"
        return "mixed" if len(found) > 1 else found.pop()  # type: ignore[return-value]

    def _helped(self) -> Result | None:
        """Return what vesicles did by a verb that is good of any object: "improved gait"."""
        words = self.words.patterns
        if words["tumour"].search(self.text):
            return None
        more = words["helped_more"].search(self.reported)
        if more and not words["helped_not"].search(self.reported[: more.start()]):
            return "improved"
        for match in words["helped"].finditer(self.reported):
            if words["helped_vesicles"].search(match["object"]):
                continue
            if words["helped_not"].search(match["between"]):
                return "no-benefit"
            if not words["helped_otherwise"].search(match["between"]):
                return "improved"
        return None

    def _benefits(self) -> Iterable[str]:
        """Yield whether what was changed was changed for the better or the worse."""
        ids = self.words.ids
        if self.words.patterns["tumour"].search(self.text) or any(
            self._is_a(a.value, ids["not_for"]) for a in self._named("conditions")
        ):
            return
        dry = bool(self.words.patterns["no_vessels"].search(self.text))
        pattern, stiff = self.words.of_repaired
        for item in self.assigned:
            if item.field not in ("mechanisms", "outcomes"):
                continue
            good = self._is_a(item.value, ids["good"])  # or a kind of what is good when raised
            good = good or (item.value in stiff and bool(pattern.search(self.text)))
            bad = item.value in ids["bad"]
            if dry and item.value in ids["vessels"]:
                continue
            if not self._is_reported(item) or not (good or bad):
                continue
            if item.detail in _RAISED or item.detail == "involves":
                yield "improved" if good else "worsened"
            elif item.detail in _LOWERED:
                yield "worsened" if good else "improved"
            elif item.detail == "none" and (good or self._is_not_eased(item)):
                yield "no-benefit"

    def _is_beside_the_point(self) -> bool:
        """Return whether all that is denied is a process of cells, beside others that changed."""
        effects = [a for a in self.assigned if a.field in EFFECTS]
        denied = [a for a in effects if a.detail == "none"]
        changed = any(self._is_reported(a) and a.detail != "none" for a in effects)
        tissue = self.words.ids["tissue"]
        cells = all(a.field == "mechanisms" and not self._is_a(a.value, tissue) for a in denied)
        return bool(denied) and changed and cells

    def _is_not_eased(self, item: Assigned) -> bool:
        """Return whether a harm was not lowered: without a score or disease it may be safety."""
        words, before = self.words.patterns, self._before(item)
        score = item.field == "outcomes" and self.vocabulary.terms[item.value].type != "sign"
        if score or item.rule == "not-significant" or words["easing"].search(before):
            return True
        left = item.rule.startswith("unchanged") or words["no_effect_on"].search(before)
        contrast = words["contrast"].search(self.text)
        return bool(left and (self._named("conditions") or contrast))

    def _names_good(self) -> bool:
        return any(a.field in EFFECTS and a.value in self.words.ids["good"] for a in self.assigned)

    def _is_a(self, name: str, ids: frozenset[str]) -> bool:
        return name in ids or bool(ids & set(self.vocabulary.ancestors(name)))

    def read_role(self, result: Result, level: Level) -> StudyRole:
        roles, ids = self.words.roles, self.words.ids
        looked_at = roles["biomarker"].search(self.text) and result == "none-reported"
        if looked_at or roles["certain_biomarker"].search(self.text):
            return "biomarker"
        effects = [a for a in self.assigned if a.field in EFFECTS]
        tumour = self.words.patterns["tumour"].search(self.text)
        heals = result in ("improved", "mixed", "no-benefit") or any(
            a.value in ids["good"] and a.detail not in _LOWERED
            for a in effects
            if not tumour and not a.rule.startswith("effect-taken-away")
        )
        if result == "worsened":
            return "pathogenic"
        meant = any(
            self._before(a).lower().rstrip().endswith("for") for a in self._named("conditions")
        )
        treats = bool(roles["therapeutic"].search(self.text))
        # More vesicles alone heal nothing; more of them, and better ones for a defect, do.
        made = any(a.value in ids["production"] for a in effects) and not (meant and treats)
        made = made or (level != "clinical" and not effects and self._is_method())
        if not heals and (made or roles["method"].search(self.text)):
            return "method"
        if result == "none-reported" and self._drives_disease():
            return "pathogenic"
        if heals or meant or level == "clinical" or treats:
            return "therapeutic"
        return "unclear"

    def _is_method(self) -> bool:
        sentence = not self.row and not self.title
        return sentence and bool(self.words.patterns["methods"].search(self.text))

    def read_role_of_blocked(self) -> StudyRole | None:
        """Return what vesicles are by what their lack did: it helps where they do harm."""
        patterns = self.words.patterns
        blocked = patterns["blocked"].search(self.reported)
        behind = self.reported[blocked.end() :] if blocked else ""
        if patterns["benefit_lost"].search(behind):
            return "therapeutic"
        if patterns["benefit_gained"].search(behind):
            return "pathogenic"
        return "unclear" if blocked else None

    def _drives_disease(self) -> bool:
        """Return whether native vesicles are seen in the course of a disease, untreated."""
        roles, ids = self.words.roles, self.words.ids
        if any(a.field in ("vehicles", "modifications") for a in self.assigned):
            return False
        harm = any(a.value in ids["bad"] and a.detail == "involves" for a in self.assigned)
        native = harm and self._named("conditions") and roles["native"].search(self.text)
        return bool(native or roles["pathogenic"].search(self.text))

    def _named(self, field_name: str) -> list[Assigned]:
        return [a for a in self.assigned if a.field == field_name]
