"""Mentions of one text, pass by pass, and how the passes overlap."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.extract.findings.cues import MENTION, Cues, Pattern
from builder.extract.findings.effects import EffectReader
from builder.extract.findings.split_names import (
    find_lost,
    find_processes,
    find_shared_heads,
    find_tissue_processes,
)
from builder.extract.findings.statements import Assigned, Part
from builder.extract.vocabulary import Mention, Vocabulary
from builder.text.spelling import DASHES

# The kind of term that a column holds.
_COLUMN_KINDS = {"source": "source", "vehicle": "vehicle"}
_TEST = re.compile(r"[\s-]+(?:assays?|kits?|society|foundation|journal)\b", re.IGNORECASE)
_AXIS = re.compile(r"\s+(?:signall?ing\s+)?axis\b", re.IGNORECASE)
# Kinds of which a name may hold another that counts as well.
_HEADED = ("mechanism", "condition", "vehicle")


@dataclass
class Reading:
    """One text of a statement with what helps to read it; mentions are looked up once a kind.

    ``about_vesicles`` says that the whole statement names vesicles or stands in a table of them.
    """

    part: Part
    vocabulary: Vocabulary
    cues: Cues
    context: str
    about_vesicles: bool
    _found: dict[tuple[str, ...], list[Mention]] = field(default_factory=dict)
    _all: list[Mention] | None = None
    _effects: EffectReader | None = None
    carried: list[Assigned] | None = None  # what the vesicles hold, once it was looked for

    @property
    def text(self) -> str:
        """The text itself."""
        return self.part.text

    @property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """The named patterns of content/cues.yml."""
        return self.cues.patterns

    def search(self, name: str, text: str, *span: int) -> re.Match[str] | None:
        """Return what a named pattern of content/cues.yml fits first in a text or span."""
        return self.cues.search(name, text, *span)

    def match(self, name: str, text: str, *span: int) -> re.Match[str] | None:
        """Return what a named pattern fits at the beginning of a text or span."""
        return self.cues.match(name, text, *span)

    def fullmatch(self, name: str, text: str) -> re.Match[str] | None:
        """Return what a named pattern makes of a whole text."""
        return self.cues.fullmatch(name, text)

    @property
    def effects(self) -> EffectReader:
        """The directions that the text gives, walked once."""
        if self._effects is None:
            names = [m for m in self.mentions("outcome") if " " in m.text]
            known = [*self.mentions("mechanism", "condition"), *self.mentions("mechanism")]
            own = [m for m in known if not self.is_lowering(m)]
            names += [m for m in known if self.is_lowering(m) and not is_inside(m, own)]
            names += [m for m in known if " with " in m.text]
            self._effects = EffectReader(self.text, self.cues, [(m.start, m.end) for m in names])
        return self._effects

    def is_lowering(self, mention: Mention) -> bool:
        """Return whether a name and its term's label both hold a lowering: "cartilage loss".

        The noun is then the name's own: "reduced cartilage loss" lowers cartilage degeneration.
        """
        lowering, label = self.patterns["lowering"], self.vocabulary.terms[mention.term].label
        return bool(lowering.search(mention.text) and lowering.search(label))

    def mentions(self, *kinds: str) -> list[Mention]:
        """Return the longest mentions of some kinds, those within longer names of others included.

        "Bone fracture healing" is a process, and the fracture in it a condition.
        """
        if kinds not in self._found:
            wanted = [m for m in self._every() if self._is_of(m, kinds) and not self._is_test(m)]
            found = [m for m in wanted if self._stands(m, wanted)]
            if kinds == ("mechanism",):
                found = self._with_split_names(found)
            self._found[kinds] = found
        return self._found[kinds]

    def _is_test(self, mention: Mention) -> bool:
        """Return whether a mention only names a test or a body: "wound healing assay"."""
        is_process = self.vocabulary.terms[mention.term].kind == "mechanism"
        return is_process and bool(_TEST.match(self.text, mention.end))

    def _with_split_names(self, found: list[Mention]) -> list[Mention]:
        text, v = self.text, self.vocabulary
        split = find_processes(text, self.mentions("condition"), v, self.cues)
        split += find_tissue_processes(text, self.mentions("tissue"), v, self.cues)
        split += find_lost(text, "mechanism", v, self.cues)
        shared = find_shared_heads(text, found, v, self.cues)
        # "chondrogenic and osteogenic differentiation": no chondrogenesis, a differentiation
        found = [m for m in found if not any(_covers(s, m) for s in shared)]
        split += shared
        # "hypertrophic [differentiation of chondrocytes]": the noun is another name's already.
        split = [
            m for m in split if not any(_covers(o, m) or o.start < m.start < o.end for o in found)
        ]
        kept = [m for m in found if not is_inside(m, split) or self._is_molecule(m)]
        taken = {(m.term, m.start) for m in kept}
        return sorted(
            [*kept, *(m for m in split if (m.term, m.start) not in taken)], key=lambda m: m.start
        )

    def _is_molecule(self, mention: Mention) -> bool:
        return self.vocabulary.terms[mention.term].type not in ("process", "tissue outcome")

    def is_molecule(self, mention: Mention) -> bool:
        """Return whether a mention is a gene or protein."""
        return self.vocabulary.terms[mention.term].type == "gene/protein"

    def _stands(self, mention: Mention, wanted: Sequence[Mention]) -> bool:
        """Return whether a mention counts beside the longer ones that it lies in."""
        longer = [o for o in wanted if is_inside(mention, [o])]
        return all(self._is_head(mention, o) or self._is_member(mention, o) for o in longer)

    def _is_head(self, mention: Mention, longer: Mention) -> bool:
        """Return whether a mention is what a longer name is about: "local [bone repair]"."""
        above = {longer.term, *self.vocabulary.ancestors(longer.term)}
        return (
            mention.end == longer.end
            and mention.kind in _HEADED
            and " " in mention.text
            and self.text[mention.start - 1] not in DASHES
            and mention.term not in above
        )

    def _is_member(self, mention: Mention, longer: Mention) -> bool:
        """Return whether a mention is a member of an axis or of a pair of processes."""
        if mention.term == longer.term or mention.kind != "mechanism":
            return False
        type_ = self.vocabulary.terms[longer.term].type
        axis = type_ == "pathway" and _AXIS.match(self.text, longer.end)
        if axis or type_ == "axis":
            return True
        return "/" in longer.text and not self._is_molecule(mention)

    def open_mentions(self) -> list[Mention]:
        """Return the short forms that nothing here decides."""
        named = [m for m in self._every() if m.term]
        return [m for m in self._every() if not m.term and not touches(m, named)]

    def nested(self, mention: Mention, *kinds: str) -> list[Mention]:
        """Return all mentions of some kinds inside a longer one."""
        return [m for m in self._every() if is_inside(m, [mention]) and self._is_of(m, kinds)]

    def _is_of(self, mention: Mention, kinds: tuple[str, ...]) -> bool:
        return bool(mention.term) and self.vocabulary.terms[mention.term].kind in kinds

    def _every(self) -> list[Mention]:
        """Return every mention, the nested ones too, in order, resolved where the paper does so."""
        if self._all is None:
            top = [
                self._by_column(m)
                for m in self.vocabulary.find_mentions(self.text, context=self.context)
            ]
            within = [n for m in top for n in self._within(m)]
            self._all = sorted([*top, *within], key=lambda m: (m.start, -m.end))
        return self._all

    def _by_column(self, mention: Mention) -> Mention:
        """Return an open short form read by its column or vesicles, if that leaves one meaning."""
        kind = _COLUMN_KINDS.get(self.part.role)
        if any(p.match(self.behind(mention)) for p in self.cues.roles["source"].after[:2]):
            kind = "source"  # "ASC-EVs"
        fitting = [c for c in mention.candidates if self.vocabulary.terms[c].kind == kind]
        if mention.term or len(fitting) != 1:
            return mention
        return replace(mention, term=fitting[0], kind=str(kind))

    def _within(self, mention: Mention) -> Iterable[Mention]:
        """Yield what lies inside a name; a short form that stays open there asks nothing."""
        for nested in self.vocabulary.find_within(mention):
            if nested.term:
                yield nested
                yield from self._within(nested)

    def before(self, mention: Mention) -> str:
        """Return the text before a mention, without the letter of its species: h in hBMSC."""
        has_letter = (
            bool(mention.species) and self.text[mention.start - 1 : mention.start].isalpha()
        )
        return self.text[: mention.start - has_letter]

    def behind(self, mention: Mention) -> str:
        """Return the text behind a mention."""
        return self.text[mention.end :]

    def assign(
        self, mention: Mention, field: str, rule: str, detail: str = "", value: str = ""
    ) -> Assigned:
        """Return a value of a finding that rests on a mention: its own term unless given."""
        place = (self.part.name, mention.start, mention.end, mention.text)
        return Assigned(field, value or mention.term, rule, *place, detail)

    def fitting(self, mention: Mention, role: str) -> Pattern | None:
        """Return the first pattern of a role that fits the words around a mention."""
        return next(self.all_fitting(mention, role), None)

    def all_fitting(self, mention: Mention, role: str) -> Iterator[Pattern]:
        """Yield the patterns of a role that fit the words around a mention."""
        patterns = self.cues.roles[role]
        behind = self.patterns["set_apart"].sub("", self.behind(mention), count=1)
        before = self.before(mention)[-160:]
        around = f"{before}{MENTION}{behind[:200]}"
        yield from (p for p in patterns.after if p.match(behind))
        yield from (p for p in patterns.before if p.search(before))
        yield from (p for p in patterns.around if p.search(around))


def is_inside(mention: Mention, others: Sequence[Mention]) -> bool:
    """Return whether a mention lies inside a longer one."""
    return any(
        o.start <= mention.start and mention.end <= o.end and len(o.text) > len(mention.text)
        for o in others
    )


def _covers(longer: Mention, mention: Mention) -> bool:
    return longer.start <= mention.start and mention.end <= longer.end


def touches(mention: Mention, others: Sequence[Mention]) -> bool:
    """Return whether a mention overlaps another."""
    return any(o.start < mention.end and mention.start < o.end for o in others)


def drop_ancestors(ids: Collection[str], vocabulary: Vocabulary) -> list[str]:
    """Return ids without those that are ancestors of others: the most specific term wins."""
    above = {a for i in ids for a in vocabulary.ancestors(i)}
    return [i for i in ids if i not in above]
