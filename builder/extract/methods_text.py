"""The sentences of methods and results, their words by content/reporting-items.yml, their numbers.

What is said in an introduction or a discussion is of other studies, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from builder import store
from builder.extract.quantities import find_quantities, parse_number
from builder.models import Quantity
from builder.models.document import Block, Document, Grid, Heading
from builder.models.findings import OutcomeNumber, ReportingItem
from builder.project import find_data
from builder.text.sentences import split_sentences

ITEMS_FILE = find_data("reporting-items.yml")

_OTHERS = "other"
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

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

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
    patterns: Mapping[str, re.Pattern[str]]


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
        _compile(data["patterns"]),
    )  # fmt: skip


def _compile(patterns: dict[str, Any]) -> dict[str, re.Pattern[str]]:
    """Return patterns by name: a list is any of its members, a blank any white space."""
    parts = {**patterns.pop("parts"), "number": NUMBER, "words": "|".join(NUMBER_WORDS)}
    compiled = {}
    for name, given in patterns.items():
        text = given if isinstance(given, str) else rf"\b(?:{'|'.join(given)})\b"
        for part, words in parts.items():
            text = text.replace(f"{{{part}}}", words)
        compiled[name] = re.compile(text.replace(" ", r"\s+"), re.IGNORECASE)
    return compiled


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

    def has(self, name: str, text: str | None = None) -> bool:
        """Return whether the sentence, or a text near it, has a word of a list."""
        return self.words.lists[name].search(self.text if text is None else text) is not None

    def each(self, pattern: str) -> Iterator[re.Match[str]]:
        """Yield the places of a named pattern in the sentence."""
        return self.words.patterns[pattern].finditer(self.text)

    def fits(self, pattern: str, text: str | None = None) -> re.Match[str] | None:
        """Return the first place of a named pattern in the sentence, or in a text near it."""
        return self.words.patterns[pattern].search(self.text if text is None else text)

    @property
    def names_subjects(self) -> bool:
        """Return whether the sentence names living animals or people."""
        return bool(self.species()) or self.has("people") or "nimals" in self.text

    @property
    def about_vesicles(self) -> bool:
        """Return whether the sentence or its heading names vesicles."""
        return bool(self.vesicles) or self.titled

    def species(self) -> list[str]:
        """Return the species whose living animals the sentence names."""
        return [name for name, pattern in self.words.animals if pattern.search(self.text)]

    def beside_vesicles(self, start: int, end: int, reach: int, *more: str) -> bool:
        """Return whether vesicles stand near a span, with nothing between that it may belong to.

        That is any word of the list ``rivals``, or of the lists named in ``more``.
        """
        for first, last in self.vesicles:
            low, high = (end, first) if first >= end else (last, start)
            lists, between = ("rivals", *more), self.text[low:high]
            # "zoledronate (100 µg/kg) or EVs": what stands in another's bracket is the other's.
            apart = first >= end and re.search(r"^[^(]*\)\s*(?:,|;|or\b|and\b)", between)
            if high - low <= reach and not apart and not any(self.has(n, between) for n in lists):
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
    patterns = read_words().patterns
    results = patterns["results"].search(text)
    if patterns["other_section"].search(text) and not re.search(r"\bmethods?\b", text, re.I):
        # "Results and discussion" speaks of this study, "Discussion" of others too.
        return "results" if results else _OTHERS
    return "methods" if patterns["methods"].search(text) else "results" if results else ""


# "5 × 10^8 particles": nothing else is counted so.
_PARTICLES = re.compile(r"(?:10(?:\^\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\d[eE]\d{1,2})\s+(particles)\b")


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
            spans += tuple(m.span(1) for m in _PARTICLES.finditer(sentence.text))
            last = Said(sentence.text, block.line, block.section, zone, spans, titled, last, words)
            said.append(last)
    # Methods first: a card quotes what was done before what was seen.
    return sorted(said, key=lambda s: s.zone != "methods")


def is_primary(document: Document) -> bool:
    """Return whether a document is a primary study with a methods section that was read."""
    patterns = read_words().patterns
    if document.front.kind and "review" in document.front.kind:
        return False
    if patterns["review"].search(document.front.work.title):
        return False
    methods = " ".join(b.text for b, zone in find_zones(document) if zone == "methods")
    return bool(methods.strip()) and len(set(patterns["database"].findall(methods))) < 2  # noqa: PLR2004


# "CD9−/− mice", "CD63-GFP": the gene, not the marker.
_GENE = re.compile(
    r"[\s]?(?:[−–-]/|[‐‑-]?(?:GFP|RFP|mCherry|knock|overexpress|null|siRNA|plasmid))"
)
DAYS = {
    "days": 1,
    "weeks": 7,
    "months": 30,
    "years": 365,
    "d": 1,
    "w": 7,
    "wk": 7,
    "wks": 7,
    "mo": 30,
}


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


_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {word: n for n, word in enumerate(_UNITS.split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), 2)
}
NUMBER = rf"(?:(?:{_TENS.replace(' ', '|')})[\s-]?)?(?:{'|'.join(NUMBER_WORDS)})"


def parse_force(text: str) -> float:
    """Return a relative centrifugal force: ``110,000``, ``100 000``, ``1.2 × 10^5``."""
    power = re.fullmatch(r"([\d.]+)\s*[×x]\s*10\D?(\d)", text)
    return float(power[1]) * 10 ** int(power[2]) if power else parse_number(text.replace(" ", ""))


def read_count(text: str) -> int:
    """Return a number in digits or words: ``36``, ``thirty-six``."""
    if text.isdigit():
        return int(text)
    return sum(NUMBER_WORDS[part] for part in re.split(r"[\s-]+", text.lower()) if part)


# --- numbers of outcomes -------------------------------------------------------------------------

_UNIT_NAMES = (
    "%|mm²|mm2|mm3|mm³|mm|µm|μm|mg/cm3|mg/cm³|g/cm²|g/cm2|g/cm3|N/mm|MPa|kPa|N|s|g|points?"
)
_FIGURE = r"[-−]?\d+(?:\.\d+)?"
_ENDS = r"(?![\w.]*\d|\w)"
_MEAN = re.compile(
    rf"(?<![\w.,±])(?P<value>{_FIGURE})\s*(?P<unit1>%)?\s*±\s*(?P<sd>\d+(?:\.\d+)?)\s*"
    rf"(?P<unit>{_UNIT_NAMES})?{_ENDS}"
)
# "3.0 (IQR 2.0–4.0)", "-1.2 points [95% CI, -2.0 to -0.4]"
_INTERVAL = re.compile(
    rf"(?<![\w.,±])(?P<value>{_FIGURE})\s*(?P<unit>{_UNIT_NAMES})?\s*[(\[;,]\s*"
    r"(?P<interval>95\s?%\s?(?:CI|confidence interval)|IQR|interquartile range|range)"
    rf"[:,=]?\s*(?P<low>{_FIGURE})\s*%?\s*(?:–|-|−|to|,)\s*(?P<high>{_FIGURE})\s*%?{_ENDS}",
    re.IGNORECASE,
)
_P = re.compile(r"\b[pP]\s*(?:-?\s*value\s*)?(?P<p>[<>=≤≥]\s*0?\.\d+(?:\s*×\s*10\S+)?)")
_N = re.compile(r"\b[nN]\s*=\s*\d{1,4}")


def _name_measures(text: str) -> list[tuple[int, str]]:
    """Return the outcome measures that a text names, each with its place, in their order."""
    finders = read_words().values["outcome-measures"]
    found = {value: m.start() for value, finder in finders if (m := finder.search(text))}
    if "BV/TV" in found:
        found.pop("bone volume", None)
    return sorted((at, value) for value, at in found.items())


def _read_number(match: re.Match[str]) -> dict[str, str | float | None]:
    """Return what one printed number states, by the fields of OutcomeNumber."""
    held = match.groupdict()
    numbers = {
        name: float(held[name].replace("−", "-"))
        for name in ("value", "sd", "low", "high")
        if held.get(name)
    }
    unit = held.get("unit1") or held["unit"] or None
    return {**numbers, "unit": unit, "interval": held.get("interval"), "printed": match[0].strip()}


def find_numbers(said: Said) -> Iterator[OutcomeNumber]:
    """Yield the numbers with their spread that a result states of animals or people, as printed."""
    matches = [*_MEAN.finditer(said.text), *_INTERVAL.finditer(said.text)]
    if said.zone != "results" or not matches or said.has("baseline"):
        return
    measures = _name_measures(said.text)
    p_values = [(m.start(), "p " + " ".join(m["p"].split())) for m in _P.finditer(said.text)]
    if not (measures or p_values) or (said.has("in_cells") and not (measures or said.species())):
        return
    times = [q for q, _, _ in place_quantities(said.text) if q.unit in DAYS]
    counts = [m[0] for m in _N.finditer(said.text)]
    for match in sorted(matches, key=lambda m: m.start()):
        own = [v for at, v in measures if at < match.start()] or [v for _, v in measures]
        yield OutcomeNumber.model_validate({
            **_read_number(match),
            "of": own[-1] if own else None,
            "at": as_printed(times[0]) if len(times) == 1 else None,
            "n": counts[0] if len(counts) == 1 else None,
            "p": next((p for at, p in p_values if at > match.start()), None),
            "quote": said.text, "line": said.line, "section": said.section or None,
        })  # fmt: skip


def read_grid(grid: Grid) -> Iterator[OutcomeNumber]:
    """Yield the numbers of a table whose row or caption names an outcome measure."""
    if not grid.rows or read_words().lists["baseline"].search(grid.caption):
        return
    heads = [cell.text for cell in grid.rows[0] for _ in range(cell.colspan)]
    for row in grid.rows[1:]:
        label, *cells = (cell.text for cell in row)
        measures = _name_measures(label) or _name_measures(grid.caption)
        if len(row) != len(heads) or not measures or read_words().lists["baseline"].search(label):
            continue
        p = next((m for cell in cells if (m := re.fullmatch(r"[<>=≤≥]?\s*0?\.\d+", cell))), None)
        for head, cell in zip(heads[1:], cells, strict=True):
            match = _MEAN.fullmatch(cell.strip()) or _INTERVAL.match(cell.strip())
            if not match:
                continue
            times = [q for q, _, _ in place_quantities(f"{head} {label}") if q.unit in DAYS]
            counts = _N.search(head)
            yield OutcomeNumber.model_validate({
                **_read_number(match),
                "of": measures[0][1],
                "at": as_printed(times[0]) if len(times) == 1 else None,
                "group": " ".join(head.split()) or None,
                "n": counts[0] if counts else None,
                "p": f"p {p[0]}" if p and p[0][0] in "<>=≤≥" else f"p = {p[0]}" if p else None,
                "quote": " | ".join(c.text for c in row),
                "line": row[0].line,
                "section": grid.label or f"Table {grid.number}",
            })  # fmt: skip
