"""The sentences of methods and results, and the words of content/reporting-items.yml.

What is said in an introduction or a discussion is of other studies, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from builder import store
from builder.extract.findings.sentences import split_sentences
from builder.extract.quantities import find_quantities
from builder.models import Quantity
from builder.models.document import Block, Document, Heading
from builder.models.study_card import ReportingItem
from builder.project import find_data

ITEMS_FILE = find_data("reporting-items.yml")

_METHODS = re.compile(
    r"\b(?:materials?|methods?|methodology|experimental (?:section|procedures?|design)|"
    r"study design|patients and)\b|^(?:\d[\d.]*\s*)?experimental$",
    re.IGNORECASE,
)
_OTHERS = "other"
_RESULTS = re.compile(r"\bresults?\b", re.IGNORECASE)
# Sections that speak of other studies, or of the paper itself.
_OTHER = re.compile(
    r"\b(?:introduction|background|discussion|conclusions?|perspectives?|limitations?|abstract|"
    r"summary|references|acknowledge?ments?|abbreviations|funding|supp(?:orting|lementary)|"
    r"contributions|interests?|availability|highlights)\b",
    re.IGNORECASE,
)
_PROSE = ("caption", "paragraph", "statement")


# --- words ---------------------------------------------------------------------------------------


class Finder:
    """Finds any of some words: longest first, a star for letters, case as written.

    A text without the longest plain run of letters of any word is not searched, which is quicker.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Take words as content/reporting-items.yml writes them."""
        parts, runs = [], set()
        for word in sorted(words, key=len, reverse=True):
            text = re.escape(word).replace(r"\*", r"[\w/'’‑-]{0,40}").replace(r"\?", r"\w")
            text = text.replace(r"\ \~\ ", r"(?:\s+\S+){0,2}?\s+")
            text = re.sub(r"(?:\\ )+", r"[\\s‐‑–-]+", text)
            start = "" if word.startswith("*") else r"(?<![\w])"
            end = "" if word.endswith("*") else r"(?![\w])"
            found = f"{start}{text}{end}"
            parts.append(found if re.search(r"[A-Z0-9]", word) else f"(?i:{found})")
            runs.add(max(re.split(r"[\s*?~]+", word.lower()), key=len))
        self.pattern = "|".join(parts) or r"(?!)"
        self._runs = tuple(runs)
        self._compiled = re.compile(self.pattern)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield each word found in a text."""
        low = text.lower()
        if any(run in low for run in self._runs):
            yield from self._compiled.finditer(text)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first word found in a text."""
        return next(self.finditer(text), None)


@dataclass(frozen=True)
class Words:
    """The lists of content/reporting-items.yml, compiled once."""

    items: tuple[ReportingItem, ...]
    values: Mapping[str, tuple[tuple[str, Finder], ...]]
    doubtful: Mapping[str, tuple[tuple[str, Finder], ...]]
    animals: tuple[tuple[str, Finder], ...]
    lists: Mapping[str, Finder]


@lru_cache(maxsize=1)
def read_words() -> Words:
    """Return the reporting items and their words."""
    return store.read_settings(ITEMS_FILE, ITEMS_FILE.parents[1], parse_words)


def parse_words(data: Mapping[str, Any]) -> Words:
    """Return the reporting items and words of the data of content/reporting-items.yml."""
    lists: dict[str, Any] = data["words"]
    animals = tuple((name, Finder(words)) for name, words in lists.pop("animals").items())
    values: dict[str, tuple[tuple[str, Finder], ...]] = {}
    doubtful: dict[str, tuple[tuple[str, Finder], ...]] = {}
    items = []
    for entry in data["items"]:
        for key, into in (("values", values), ("doubtful_values", doubtful)):
            into[entry["id"]] = tuple((v, Finder(w)) for v, w in entry.pop(key, {}).items())
        items.append(ReportingItem.model_validate(entry))
    return Words(
        tuple(items), values, doubtful, animals,
        {name: Finder(words) for name, words in lists.items()},
    )  # fmt: skip


# --- sentences -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A sentence of methods or results, with what its surroundings say."""

    text: str
    line: int
    section: str
    zone: str
    vesicles: tuple[tuple[int, int], ...] = ()
    titled: bool = False  # the heading names vesicles
    before: Said | None = field(default=None, repr=False)  # in the same paragraph
    words: Words = field(default_factory=read_words, repr=False)

    def has(self, name: str) -> bool:
        """Return whether the sentence has a word of a list."""
        return self.words.lists[name].search(self.text) is not None

    @property
    def about_vesicles(self) -> bool:
        """Return whether the sentence or its heading names vesicles."""
        return bool(self.vesicles) or self.titled

    def species(self) -> list[str]:
        """Return the species whose living animals the sentence names."""
        return [name for name, pattern in self.words.animals if pattern.search(self.text)]

    def has_between(self, name: str, start: int, end: int) -> bool:
        """Return whether a part of the sentence has a word of a list."""
        return self.words.lists[name].search(self.text[start:end]) is not None

    def beside_vesicles(self, start: int, end: int, reach: int, *more: str) -> bool:
        """Return whether vesicles stand near a span, with nothing between that it may belong to.

        That is any word of the list ``rivals``, or of the lists named in ``more``.
        """
        for first, last in self.vesicles:
            low, high = (end, first) if first >= end else (last, start)
            lists = ("rivals", *more)
            if high - low <= reach and not any(self.has_between(n, low, high) for n in lists):
                return True
        return False


def find_zones(document: Document) -> Iterator[tuple[Block, str]]:
    """Yield the blocks of methods and results, with which of the two each stands in.

    Blocks and headings come in the same order; a heading is the next one of the block's section.
    """
    headings, place = document.headings, 0
    zones = _find_zones(document)
    for block in document.blocks:
        if block.kind not in _PROSE or not headings:
            continue
        if headings[place].text != block.section:
            ahead = [i for i, h in enumerate(headings) if h.text == block.section]
            place = next((i for i in ahead if i >= place), ahead[0] if ahead else place)
        if zones[place] != _OTHERS:
            yield block, zones[place]


def _find_zones(document: Document) -> list[str]:
    """Return the zone of each heading: by those above it, by itself, else as the one before it."""
    zones: list[str] = []
    path: list[Heading] = []
    for heading in document.headings:
        path = [*(above for above in path if above.level < heading.level), heading]
        own = next((zone for h in path if h.level > 1 and (zone := _zone_of(h.text))), "")
        zones.append(own or (zones[-1] if zones else _OTHERS))
    return zones


def _zone_of(text: str) -> str:
    """Return the zone that a heading names; empty where it names none."""
    if _OTHER.search(text) and not re.search(r"\bmethods?\b", text, re.IGNORECASE):
        # "Results and discussion" speaks of this study, "Discussion" of others too.
        return "results" if _RESULTS.search(text) else _OTHERS
    if _METHODS.search(text):
        return "methods"
    return "results" if _RESULTS.search(text) else ""


def read_sentences(document: Document) -> list[Said]:
    """Return the sentences of methods, then those of results.

    Short forms that the paper defines for vesicles count as vesicles: MP, ASC-Exos.
    """
    words = read_words()
    vesicle = words.lists["vesicles"]
    own = [s for s, long in document.abbreviations if vesicle.search(long)]
    named = re.compile(vesicle.pattern)
    if own:
        forms = [*own, *(f"{s}s" for s in own if not s.endswith("s"))]
        named = re.compile(f"{vesicle.pattern}|{Finder(forms).pattern}")
    said = []
    for block, zone in find_zones(document):
        titled = named.search(block.section) is not None
        last: Said | None = None
        for sentence in split_sentences(block.text, block.citations, block.marks):
            spans = tuple(m.span() for m in named.finditer(sentence.text))
            last = Said(sentence.text, block.line, block.section, zone, spans, titled, last, words)
            said.append(last)
    # Methods first: a card quotes what was done before what was seen.
    return sorted(said, key=lambda s: s.zone != "methods")


_REVIEW = re.compile(
    r"\b(?:systematic|scoping|narrative|umbrella|literature|critical|mini)[\s-]?review\b|"
    r"\bmeta-?analysis\b|\bbibliometric|(?::|\ba|\band|^)\s*review\b|\breview of\b",
    re.IGNORECASE,
)
_SEARCHED = re.compile(r"\b(?:PubMed|MEDLINE|Embase|Scopus|Web of Science|Cochrane|CNKI)\b")


def is_primary(document: Document) -> bool:
    """Return whether a document is a primary study with a methods section that was read."""
    title = document.front.work.title
    if document.front.kind and "review" in document.front.kind:
        return False
    if _REVIEW.search(title):
        return False
    methods = " ".join(b.text for b, zone in find_zones(document) if zone == "methods")
    return bool(methods.strip()) and len(set(_SEARCHED.findall(methods))) < 2  # noqa: PLR2004


# "CD9−/− mice", "CD63-GFP": the gene, not the marker.
_GENE = re.compile(
    r"[\s]?(?:[−–-]/|[‐‑-]?(?:GFP|RFP|mCherry|knock|overexpress|null|siRNA|plasmid))"
)
DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}


def find_listed(said: Said, item: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the values of an item whose words a sentence has, each with its first word."""
    for value, pattern in said.words.values[item]:
        for match in pattern.finditer(said.text):
            if item.endswith("markers") and _GENE.match(said.text, match.end()):
                continue
            yield value, match
            break


def place_quantities(text: str) -> list[tuple[Quantity, int, int]]:
    """Return the quantities of a text with the place of each, in order."""
    placed, at = [], 0
    for quantity in find_quantities(text):
        start = text.find(quantity.quote, at)
        if start < 0:
            start = text.find(quantity.quote)
        if start >= 0:
            placed.append((quantity, start, start + len(quantity.quote)))
            at = start
    return placed


def as_printed(quantity: Quantity) -> str:
    """Return a quantity as printed, on one line."""
    return " ".join(quantity.quote.split())
