"""Mentions of one text, pass by pass, and how the passes overlap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from builder.extract.findings.cues import Cues, Pattern
from builder.extract.findings.effects import EffectReader
from builder.extract.findings.statements import Part
from builder.extract.vocabulary import Mention, Vocabulary


@dataclass
class Reading:
    """One text of a statement with what helps to read it; mentions are looked up once a kind.

    ``about_vesicles`` tells that the whole statement names vesicles or stands in a table of them.
    """

    part: Part
    vocabulary: Vocabulary
    cues: Cues
    context: str
    about_vesicles: bool
    _found: dict[tuple[str, ...], list[Mention]] = field(default_factory=dict)
    _all: list[Mention] | None = None
    _effects: EffectReader | None = None

    @property
    def text(self) -> str:
        """The text itself."""
        return self.part.text

    @property
    def effects(self) -> EffectReader:
        """The directions that the text gives, walked once."""
        if self._effects is None:
            self._effects = EffectReader(self.text, self.cues)
        return self._effects

    def mentions(self, *kinds: str) -> list[Mention]:
        """Return the longest mentions of some kinds, those within longer names of others included.

        "Bone fracture healing" is a process, and the fracture in it a condition.
        """
        if kinds not in self._found:
            wanted = [m for m in self._every() if self._is_of(m, kinds)]
            self._found[kinds] = [m for m in wanted if not is_inside(m, wanted)]
        return self._found[kinds]

    def open_mentions(self) -> list[Mention]:
        """Return the short forms that nothing here decides."""
        return [m for m in self._every() if not m.term]

    def _is_of(self, mention: Mention, kinds: tuple[str, ...]) -> bool:
        return bool(mention.term) and self.vocabulary.terms[mention.term].kind in kinds

    def _every(self) -> list[Mention]:
        """Return every mention, the nested ones too, in order, resolved where the paper does so."""
        if self._all is None:
            top = self.vocabulary.find_mentions(self.text, context=self.context)
            around = f"{self.text} {self.context}"
            within = [n for m in top for n in self._within(m, around)]
            self._all = sorted([*top, *within], key=lambda m: (m.start, -m.end))
        return self._all

    def _within(self, mention: Mention, around: str) -> Iterable[Mention]:
        for nested in self.vocabulary.find_within(mention, context=around):
            yield nested
            yield from self._within(nested, around)

    def before(self, mention: Mention) -> str:
        """Return the text before a mention."""
        return self.text[: mention.start]

    def behind(self, mention: Mention) -> str:
        """Return the text behind a mention."""
        return self.text[mention.end :]

    def fitting(self, mention: Mention, role: str) -> Pattern | None:
        """Return the first pattern of a role that fits the words around a mention."""
        patterns = self.cues.roles[role]
        behind = self.behind(mention)
        for pattern in patterns.after:
            if pattern.regex.match(behind):
                return pattern
        before = self.before(mention)[-160:]
        return next((p for p in patterns.before if p.regex.search(before)), None)


def is_inside(mention: Mention, others: Sequence[Mention]) -> bool:
    """Tell whether a mention lies inside a longer one."""
    return any(
        o.start <= mention.start and mention.end <= o.end and len(o.text) > len(mention.text)
        for o in others
    )


def touches(mention: Mention, others: Sequence[Mention]) -> bool:
    """Tell whether a mention overlaps another."""
    return any(o.start < mention.end and mention.start < o.end for o in others)


def drop_ancestors(ids: Collection[str], vocabulary: Vocabulary) -> list[str]:
    """Return ids without those that are ancestors of others: the most specific term wins."""
    above = {a for i in ids for a in vocabulary.ancestors(i)}
    return [i for i in ids if i not in above]
