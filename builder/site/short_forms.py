"""Short forms explained at the word itself: what each may mean, and where a page uses it.

A form is marked as a link into the glossary whose title gives the meaning. So it explains itself
without a script, a copied quote stays verbatim, and a script can show the same on tap and focus.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from builder.models import Ambiguity
from builder.store import Library
from builder.text import ids
from builder.text.spelling import fold

# A capital and the rest of its word; signs of forms such as BV/TV and NF-κB stand inside a word.
_CAPITAL = re.compile(r"[A-Z](?:[\w/-]*\w)?")
_HEAD = re.compile(r"[A-Z]\w*")
_JOINT = re.compile(r"([/-])")
# What holds no text to explain: links, headings, heads that sort a table, code, pictures, names
# of people, and what is marked as is.
_CLOSED = "a|h[1-6]|abbr|button|code|figure|i|label|nav|pre|select|summary|thead"
_MARKUP = re.compile(
    rf"(?:<(?:({_CLOSED})\b[^>]*>.*?</\1>|span class=\"authors\"[^>]*>.*?</span>"
    r"|(dl|p|td) class=\"[^\"]*\b(?:as-is|short-forms)\">.*?</\2>|[^>]*>)\s*|^\#.*?$)+",
    re.DOTALL | re.MULTILINE,
)
# Where the first use of a form counts anew: a row may be sorted away from the one before it.
_SECTION = re.compile(r"^#|<(?:h[1-6]|tr|section|details)\b", re.MULTILINE)
# Where a context begins, in which an ambiguous form is read.
_BLOCK = re.compile(r"<(?:p|li|dd|tr|h[1-6])\b")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term that a short form may stand for; ``ambiguity`` says in which contexts."""

    term: str
    label: str
    ambiguity: Ambiguity | None = None

    def fits(self, context: str) -> bool:
        """Return whether the form is read so in a context, by the rules of the vocabulary."""
        if self.ambiguity is None:
            return True
        near = context.casefold()
        when = self.ambiguity.when
        return (not when or any(word.casefold() in near for word in when)) and not any(
            word.casefold() in near for word in self.ambiguity.unless
        )


@dataclass(slots=True)
class ShortForms:
    """Every short form: what terms and papers mean by it, and its anchor in the glossary."""

    terms: dict[str, list[Meaning]] = field(default_factory=dict)
    papers: dict[str, dict[str, str]] = field(default_factory=dict)  # by form and paper
    anchors: dict[str, str] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)  # how they look from their first capital on
    odd: list[str] = field(default_factory=list)  # those that begin with a single capital

    def may_stand_in(self, body: str) -> bool:
        """Return quickly whether a form can stand in a text; where not, none does."""
        return not self.heads.isdisjoint(_HEAD.findall(body)) or any(s in body for s in self.odd)

    def explain(self, short: str, papers: Collection[str], context: str) -> str:
        """Return the meaning of a form for a reader; nothing where its context leaves it open.

        ``papers`` are those whose words may stand here. What a paper itself defines comes before
        the vocabulary. Several meanings are all given.
        """
        found = self.papers.get(short, {})
        longs = [found[paper] for paper in sorted(found) if paper in papers]
        if not longs or any(paper not in found for paper in papers):
            known = self.terms.get(short, ())
            longs = [meaning.label for meaning in known if meaning.fits(context)] + longs
        apart = list({fold(long): long for long in reversed(longs)}.values())[::-1]
        return f"may mean {' or '.join(apart)}" if len(apart) > 1 else "".join(apart)


def find_short_forms(library: Library) -> ShortForms:
    """Return the short forms of all terms and papers."""
    forms = ShortForms()
    for term in sorted(library.terms.values(), key=lambda t: (fold(t.label), t.id)):
        doubts = {ambiguity.text: ambiguity for ambiguity in term.ambiguous}
        shorts = dict.fromkeys([*doubts, term.abbreviation or ""])
        for short in shorts:
            if short and short != term.label and (short in doubts or short == term.abbreviation):
                meaning = Meaning(term.id, term.label, doubts.get(short))
                forms.terms.setdefault(short, []).append(meaning)
    for key in sorted(library.papers):
        for defined in library.papers[key].paper.abbreviations:
            forms.papers.setdefault(defined.short, {}).setdefault(key, defined.long)
    known = sorted({*forms.terms, *forms.papers})
    anchors = ids.unique_ids((f"short-{ids.slug(short)}", short) for short in known)
    forms.anchors = dict(zip(known, anchors, strict=True))
    for short in known:
        head = _HEAD.search(short)
        if head and len(head[0]) > 1:
            forms.heads |= {head[0], f"{head[0]}s"}
        else:
            forms.odd.append(short)
    return forms


@dataclass(frozen=True, slots=True)
class Wording:
    """How a page words things: the short forms known, and the papers that it quotes."""

    forms: ShortForms
    papers: Collection[str]


@dataclass(slots=True)
class Marker:
    """Marks the short forms of one page."""

    wording: Wording
    glossary: str  # its address from the page
    escape: Callable[[str], str]
    _body: str = ""
    _block: int = 0  # where the context begins
    _seen: set[str] = field(default_factory=set)

    def mark(self, body: str) -> str:
        """Return a page with the first use of each form in each section as a link.

        ``body`` is HTML between headings in Markdown. Headings, links, code, pictures and names of
        people stay as they are.
        """
        if not self.wording.forms.may_stand_in(body):
            return body
        found: list[str] = []
        end = 0
        self._body, self._block = body, 0
        self._seen.clear()
        for markup in _MARKUP.finditer(body):
            if end < markup.start():
                found.append(self._mark_text(body[end : markup.start()]))
            found.append(markup[0])
            if _SECTION.search(markup[0]):
                self._seen.clear()
            for block in _BLOCK.finditer(body, markup.start(), markup.end()):
                self._block = block.start()
            end = markup.end()
        found.append(self._mark_text(body[end:]))
        return "".join(found)

    def _mark_text(self, text: str) -> str:
        found: list[str] = []
        end = 0
        for capital in _CAPITAL.finditer(text):
            start = capital.start()
            while start > end and (text[start - 1].isalnum() or text[start - 1] in "-/"):
                start -= 1
            word = text[start : capital.end()]
            marked = self._mark_words(word)
            if marked != word:
                found += [text[end:start], marked]
                end = capital.end()
        return "".join(found) + text[end:] if found else text

    def _mark_words(self, word: str) -> str:
        if self._find_form(word) or not _JOINT.search(word):
            return self._mark_word(word)
        return "".join(self._mark_word(part) for part in _JOINT.split(word))

    def _mark_word(self, word: str) -> str:
        short = self._find_form(word)
        if not short or short in self._seen:
            return word
        meaning = self.wording.forms.explain(short, self.wording.papers, self._find_context())
        if not meaning:
            return word
        self._seen.add(short)
        address = f"{self.glossary}#{self.wording.forms.anchors[short]}"
        return f'<a class="short" href="{address}" title="{self.escape(meaning)}">{word}</a>'

    def _find_form(self, word: str) -> str:
        """Return the form that a word is, or is the plural of; else an empty string."""
        known = self.wording.forms.anchors
        if word in known:
            return word
        return word[:-1] if word[-1:] == "s" and word[:-1] in known else ""

    def _find_context(self) -> str:
        """Return the paragraph or the entry that is being marked, with its markup."""
        following = _BLOCK.search(self._body, self._block + 1)
        return self._body[self._block : following.start() if following else None]
