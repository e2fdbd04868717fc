"""The vocabulary at work: which terms a text names, and where; which names are no terms yet.

The longest name wins. A short form with several meanings is read by the paper's own definition,
by the words near it, or by a long form in the same text; where none decides it is left open.

Candidates are what a curator may add. A miRNA, a gene or a cell of a known tissue needs nothing: a
rule or a table gives it. What is left are proteins that no table has, cells, materials, diseases.
Each counts only where its words say what it is, so that instruments, dyes, strains and grant
numbers stay out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from pathlib import Path

from builder.extract.matcher import (
    Hit,
    Matcher,
    Mention,
    choose_longest,
    find_elliptic,
    find_variants,
    share_nouns,
)
from builder.models import Ambiguity, Term
from builder.project import CONTENT
from builder.text import genes, nomenclature, spelling

NEAR = 60  # characters on each side that count as near
# A statement and its context are shorter; what is longer is a whole paper, and decides nothing.
LONGEST_PLACE = 5000
_DONOR = re.compile(
    r"^(?:(?:primary|human|rat|mouse|murine|rabbit|porcine|bovine|the|an?)\s+)+", re.IGNORECASE
)
_WORDED = re.compile(r"\s|[a-z]{6}")  # in a gene's name, and in none of its symbols
_NUMBER = re.compile(rf"[{re.escape(spelling.DASHES)}]\d")  # of a family's member: annexin-77
_GLYCOSIDE = re.compile(r"R[a-z]\d")
_SMALL = frozenset(["a", "an", "and", "cell", "derived", "from", "in", "of", "or", "the", "type"])


__all__ = ["Mention", "Vocabulary", "build_vocabulary"]


@dataclass(frozen=True)
class Vocabulary:
    """Terms and their names, ready to be found. ``bound`` holds a paper's own short forms."""

    terms: nomenclature.Terms
    matcher: Matcher
    ambiguous: Mapping[str, Mapping[str, Ambiguity]]  # key of the short form -> term -> how
    bound: Mapping[str, str] = field(default_factory=dict)  # short form -> term, or ""
    lexicons: bool = True  # whether concepts without files are found
    # What lies inside a name, by name and length: a paper says the same names again and again.
    _within: dict[tuple[str, int], list[Mention]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def genes(self) -> genes.Genes:
        """The genes that have no files."""
        return self.terms.genes

    def find_mentions(
        self, text: str, *, context: str = "", kinds: Collection[str] | None = None
    ) -> list[Mention]:
        """Return the terms that a text names, longest names first served, in order.

        ``context`` is more text of the same place (a caption, the cited title) that may decide
        between meanings. ``kinds`` keeps only terms of these kinds; a longer name of another kind
        still hides the shorter names in it.
        """
        hits = choose_longest(self._find_hits(text))
        if kinds is not None and "source" not in kinds:
            return self._with_elliptic(self._read(hits, text, context, kinds), text)
        # A tissue may turn out to be a source, so it is read too and dropped behind.
        wider = None if kinds is None else {*kinds, "tissue"}
        found = self._read(hits, text, context, wider)
        found = share_nouns(found, text, lambda name: self.find_term(name, "source"))
        found = self._with_elliptic(found, text)
        return [m for m in found if kinds is None or m.kind != "tissue" or "tissue" in kinds]

    def _with_elliptic(self, found: list[Mention], text: str) -> list[Mention]:
        """Return mentions with the members of lists that leave the common part out."""
        molecules = [m for m in found if m.kind in ("mechanism", "compound")]
        more = find_elliptic(molecules, text, self._look_up) if molecules else []
        return sorted([*found, *more], key=lambda m: m.start) if more else found

    def _look_up(self, name: str) -> tuple[str, str] | None:
        term = self.find_term(name)
        if term is None and (gene := self.genes.find_whole(name)):
            term = self.terms.of_gene(gene)
        return (term, self.terms[term].kind) if term else None

    def find_within(self, mention: Mention) -> list[Mention]:
        """Return the terms named inside a mention: the defect and the animal in a model's name."""
        name, length, start = mention.text, mention.end - mention.start, mention.start
        if (name, length) not in self._within:
            hits = [h for h in self._find_hits(name) if h.end - h.start < length]
            self._within[name, length] = self._read(choose_longest(hits), name, "", None)
        found = self._within[name, length]
        return [replace(m, start=m.start + start, end=m.end + start) for m in found]

    def find_term(self, name: str, kind: str | None = None) -> str | None:
        """Return the id of the term that has exactly this name, or None where none or several.

        Donor words before it and vesicle words behind it don't count: ``human BMSC-Exos``.
        """
        for tried in _readings(name):
            bound = self.bound.get(tried)
            owners = {bound} if bound else self._of_kinds(self.matcher.owners(tried), kind)
            if len(owners) > 1:
                owners = {o for o in owners if spelling.fold(self.terms[o].label) ==
                          spelling.fold(tried)} or owners  # fmt: skip
            if len(owners) == 1:
                return owners.pop()
        made = nomenclature.parse_name(name) if kind in (None, "mechanism") else None
        return made if made and made in self.terms else None

    def ancestors(self, term_id: str) -> list[str]:
        """Return the ids of a term's parents, the nearest first; a circle ends the list."""
        found: list[str] = []
        term = self.terms.get(term_id)
        while term and term.parent and term.parent not in (term_id, *found):
            found.append(term.parent)
            term = self.terms.get(term.parent)
        return found

    def bind(self, definitions: Iterable[tuple[str, str]]) -> Vocabulary:
        """Return this vocabulary with a paper's own short forms: ``(short, long)`` pairs."""
        bound = dict(self.bound)
        for short, long in definitions:
            reading = self._find_definition(short, long)
            if reading is not None:
                bound[short] = reading
            if cell := self.find_term(f"{long} cell", "cell"):
                bound[f"{short} cell"] = cell  # "MM cells" where MM is multiple myeloma
        return Vocabulary(self.terms, self.matcher, self.ambiguous, bound, self.lexicons)

    def _find_definition(self, short: str, long: str) -> str | None:
        """Return the term of a definition, an empty string for a meaning of no term, or None."""
        if found := self.find_term(long):
            return found
        known = self.matcher.owners(short)
        words = _words(long)
        shared = {o for o in known if any(words & _words(n) for n in self._names(o))}
        if len(shared) == 1:
            return shared.pop()
        if known:
            return "" if not shared else None
        # "subtalar osteoarthritis": a kind of what the words end with
        named = [m for m in self.find_mentions(long, kinds=("condition",)) if m.end == len(long)]
        return named[0].term or None if len(named) == 1 else None

    def _names(self, term_id: str) -> list[str]:
        term = self.terms[term_id]
        return [term.label, *term.synonyms]

    def _find_hits(self, text: str) -> list[Hit]:
        hits = self._find_bound(text)  # of two as long the first is taken
        for hit in self.matcher.find(text):
            if hit.letter:
                cells = frozenset(o for o in hit.owners if self.terms[o].kind in ("source", "cell"))
                if not cells:
                    continue
                hit = Hit(hit.start, hit.end, cells, hit.cased, hit.letter)  # noqa: PLW2901
            hits.append(hit)
        anti = {h.start: h.end for h in hits if text[h.start : h.start + 4].lower() == "anti"}
        # "anti-inflammatory cytokines" are no inflammatory cytokines
        hits = [h for h in hits if anti.get(h.start - 5, 0) <= h.start]
        hits = [*hits, *self._find_made(text), *self._find_genes(text, hits)]
        plant = "ginsenoside" in text.lower()  # "Rb1 and Rg1 ginsenosides": no RB1
        return [h for h in hits if not (plant and _GLYCOSIDE.fullmatch(text, h.start, h.end))]

    def _find_made(self, text: str) -> Iterator[Hit]:
        """Yield the names that a nomenclature makes and no term lists: ``miR-485-3p``."""
        for start, end, term in nomenclature.find_names(text):
            if self.terms.is_made(term) or term in nomenclature.SHORT_RNA.values():
                yield Hit(start, end, frozenset([term]), text[start:end])

    def _find_genes(self, text: str, known: Sequence[Hit]) -> Iterator[Hit]:
        """Yield genes where the text names nothing that a term lists.

        A symbol gives way to any name that it touches, a gene's whole name to none that is shorter.
        """
        for start, end, gene in self.genes.find(text) if self.lexicons else ():
            whole = _WORDED.search(text[start:end])  # thrombospondin-2 is no thrombospondin
            if text[start:end] in self.bound or any(
                h.start < end and start < h.end and not (whole and h.end - h.start < end - start)
                for h in known
            ):
                continue
            yield Hit(start, end, frozenset([self.terms.of_gene(gene)]), text[start:end])

    def _find_bound(self, text: str) -> list[Hit]:
        """Return the paper's own short forms, those that the vocabulary lacks included."""
        names = sorted((s for s, t in self.bound.items() if t and s in text), key=len, reverse=True)
        if not names:
            return []
        pattern = r"(?<![^\W_])(" + "|".join(map(re.escape, names)) + r")(?:s)?(?![^\W_])"
        return [
            Hit(m.start(), m.end(), frozenset([self.bound[m[1]]]), m[1])
            for m in re.finditer(pattern, text)
        ]

    def _of_kinds(self, owners: Iterable[str], kinds: Collection[str] | str | None) -> set[str]:
        wanted = {kinds} if isinstance(kinds, str) else kinds
        return {o for o in owners if wanted is None or self.terms[o].kind in wanted}

    def _read(
        self, hits: list[Hit], text: str, context: str, kinds: Collection[str] | None
    ) -> list[Mention]:
        around = _Around(text, context)
        sure = {
            next(iter(h.owners)) for h in hits if len(h.owners) == 1 and not self._open_forms(h)
        }
        found = []
        for hit in hits:
            owners = self._of_kinds(hit.owners, kinds)
            if not owners:
                continue
            term = self._resolve(hit, owners, sure, around)
            if term is None or (_NUMBER.match(text, hit.end) and self._is_family(term)):
                continue
            kind_of = {self.terms[o].kind for o in ({term} if term else owners)}
            found.append(
                Mention(
                    term,
                    kind_of.pop() if len(kind_of) == 1 else "",
                    hit.start,
                    hit.end,
                    text[hit.start : hit.end],
                    () if term else tuple(sorted(owners)),
                    spelling.SPECIES_PREFIXES.get(hit.letter, ()),
                )
            )
        return found

    def _is_family(self, term: str) -> bool:
        return bool(term) and self.terms[term].type == "gene family"

    def _open_forms(self, hit: Hit) -> Mapping[str, Ambiguity]:
        word = hit.cased.lower() if hit.cased[1:].islower() else hit.cased  # "Arthritis" in a title
        return self.ambiguous.get(hit.cased) or self.ambiguous.get(word, {})

    def _resolve(self, hit: Hit, owners: set[str], sure: set[str], around: _Around) -> str | None:
        """Return the term that is meant, an empty string where open, None where none is meant."""
        bound = self.bound.get(hit.cased)
        if bound is not None:
            return bound if bound in owners else None
        rules = self._open_forms(hit)
        if not rules:
            return next(iter(owners)) if len(owners) == 1 else ""
        named = owners & sure
        if len(named) == 1:
            return named.pop()
        near = around.near(hit)
        barred = {o for o in owners if o in rules and _names_any(rules[o].unless, near)}
        left = owners - barred
        for place in (near, around.text, around.context):
            fitting = {o for o in left if o in rules and _names_any(rules[o].when, place)}
            if fitting:
                return fitting.pop() if len(fitting) == 1 else ""
        plain = {o for o in left if o not in rules or not rules[o].when}
        if len(plain) == 1:
            return plain.pop()
        return "" if left else None


def build_vocabulary(
    terms: Iterable[Term],
    definitions: Iterable[tuple[str, str]] = (),
    content: Path = CONTENT,
    *,
    lexicons: bool = True,
) -> Vocabulary:
    """Return the vocabulary of terms, with a paper's own definitions where given.

    ``content`` is the project's folder of tables for concepts without files; a name that a file has
    is no longer theirs. Without ``lexicons`` only the given terms are found, which is much quicker.
    """
    known = {t.id: t for t in terms}
    listed = partial(_match_lexicons, nomenclature.list_tables(content)) if lexicons else None
    matcher = Matcher(listed, known)
    ambiguous: dict[str, dict[str, Ambiguity]] = {}
    for term in known.values():
        for name in (*find_variants(term), *term.phrases):
            matcher.add(name, term.id, graded=term.type == "material")
        for form in term.ambiguous:
            matcher.add(form.text, term.id)
            cased = "".join(p.cased for p in spelling.find_pieces(form.text))
            ambiguous.setdefault(cased, {})[term.id] = form
    vocabulary = Vocabulary(
        nomenclature.Terms(known, content), matcher, ambiguous, lexicons=lexicons
    )
    return vocabulary.bind(definitions) if definitions else vocabulary


@cache
def _match_lexicons(tables: tuple[Path, ...]) -> Matcher:
    """Return the names of all concepts of some tables, made once for all vocabularies."""
    matcher = Matcher()
    for concept in nomenclature.read_tables(tables).values():
        for name in find_variants(concept):
            matcher.add(name, concept.id, graded=concept.type == "material")
    return matcher


def _words(text: str) -> set[str]:
    return {p.key for p in spelling.find_pieces(text)} - _SMALL


def _names_any(words: Iterable[str], folded: str) -> bool:
    """Return whether a folded text has a word or a longer one (``scaffold``, scaffolds)."""
    return any(_fold_word(word) in folded for word in words)


@lru_cache(maxsize=4096)
def _fold_word(word: str) -> str:
    return " " + spelling.fold(word)


class _Around:
    """The words around a hit, folded: near it, in its text (the first of it), in the context."""

    def __init__(self, text: str, context: str) -> None:
        self._raw = text
        self.text = " " + spelling.fold(text[:LONGEST_PLACE])
        self.context = " " + spelling.fold(context[:LONGEST_PLACE])

    def near(self, hit: Hit) -> str:
        """Return the words within NEAR characters, without the hit itself."""
        before = self._raw[max(0, hit.start - NEAR) : hit.start]
        return " " + spelling.fold(f"{before} {self._raw[hit.end : hit.end + NEAR]}")


def _readings(name: str) -> list[str]:
    """Return a name as given, without its donor, and without the vesicle."""
    name = " ".join(name.split())
    bare = _DONOR.sub("", name)
    return list(dict.fromkeys([name, bare, spelling.strip_vesicle(name),
                               spelling.strip_vesicle(bare)]))  # fmt: skip


_DASH = f"[{re.escape(spelling.DASHES)}]"
_VESICLE = (
    r"(?:exosomes?|exos?|s?EVs?|(?:small\s+)?extracellular\s+vesicles?|(?:micro|nano)?vesicles?)\b"
)
_NAME = r"[A-Za-z][\w’'-]*"
# The words before a cell, material or disease that are no part of its name.
_PLAIN = (
    r"(?:the|an?|and|or|of|from|by|with|in|on|to|for|as|at|via|using|into|these|those|their|its|our|both|all|each|"
    r"other|some|human|mouse|murine|rat|rabbit|porcine|bovine|primary|cultured|novel|new|different|various|such|"
    r"target|recipient|donor|parent|living|adult|aged|young|healthy|normal|inflammatory|inflamed|chronic|acute|severe|"
    r"mild|early|late|composite|smart|hybrid|functional|derived|loaded|based|treated|activated|that|which|was|were|"
    r"is|are|be|has|have|not|no|than|between|after|during|isolated|secreted|released|several|many|most|"
    r"diverse|enhanced|engineered|protein|peptide|clean|medium|delivery|role|neither|whereas|while|carried|exposed|"
    r"\w+(?:ing|[^e]ed)(?=\s|-))"
)
_FORM = (
    r"(?:(?:hydro|cryo|micro|nano)?(?:gel|scaffold|sphere|particle|membrane|sponge|film|fiber|fibre|sheet|patch)|"
    r"glue|cement|bioink)"
)
# Accessions, drugs by number, instruments, scores, assays and the plan of a study.
_NO_GENE = (
    r"\w*\d{5}|(?:NCT|IRCT|PMC|PRJ[A-Z]*|GSE|LSM|NS|FV|BX|CFX|KOOS|WOMAC|OARSI|ICRS|MOCART|EQ|SF|PHQ|HPLC|LCMS|QPCR|QIA|"
    r"RNA|DNA|STZ|HFD|PBS|DMEM|ELISA|Fig|Table|Group|Week|Day|Month|Year|Step|Grade|Stage|Type|Model|Phase|"
    r"Cohort|Sample|Panel|Visit|Arm|Dose|Lot|Kit)\d"
)
_CELL = rf"(?:{_NAME}\s+cells?|[A-Za-z-]*[a-z](?:blasts?|cytes?|clasts?|phages?))"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "gene/protein",
        re.compile(
            rf"(?<![\w-])(?!{_NO_GENE})(?P<name>[A-Z][A-Z]+[A-Z0-9]*\d[A-Z]?|[A-Z][a-z]{{2,5}}\d[a-z]?)"
            r"(?=\s+(?:m?RNA|genes?|proteins?|expression|levels?|signal\w+|pathway|axis|receptors?|knock\w+|"
            r"overexpression|phosphorylation|secretion)\b)"
        ),
    ),
    (
        "cell",
        re.compile(
            rf"\b(?P<name>(?:{_NAME}\s+){{0,2}}(?:{_NAME}\s+(?:stem|progenitor|stromal)\s+cells?|{_CELL}))"
            rf"(?=(?:{_DASH}|\s){{1,2}}(?:derived\s+)?{_VESICLE})",
        ),
    ),
    (
        "cell",
        re.compile(
            rf"\b{_VESICLE}\s+(?:(?:derived|isolated|secreted|released|shed)\s+)?(?:from|of|by)\s+"
            rf"(?P<name>(?:{_NAME}\s+){{0,3}}?{_CELL})\b",
            re.IGNORECASE,
        ),
    ),
    (
        "material",
        re.compile(
            r"\b(?P<name>[A-Za-z][a-z-]*(?:in|an|ose|ate|ide|ene|ol|ite|ium|ane|one|amer|mer))\s+"
            rf"(?:MOF\s+)?{_FORM}s?\b"
        ),
    ),
    (
        "disease",
        re.compile(
            r"\b(?P<name>(?:(?!\w+(?:ed|ing|ly|es)\b)[a-z]+\s+)?"
            r"[a-z]{3,}(?:itis|osis|opathy|algia|dynia|penia|emia|plasia|trophy)|"
            rf"[A-Z][a-z]+(?:{_DASH}[A-Z][a-z]+)*(?:[’']s)?\s+(?:disease|syndrome))\b"
        ),
    ),
)
_ANY_CELL = ("stem-cell", "progenitor-cell", "stromal-cell")
# Which kind of term each would be.
KINDS = {
    "gene/protein": "mechanism",
    "cell": "source",
    "material": "vehicle",
    "disease": "condition",
}
# Words with the ending of a disease that are processes of a cell.
_PROCESS = re.compile(
    r"(?:apopt|necropt|pyropt|ferropt|mit|endocyt|exocyt|phagocyt|transcyt|osm|homeost|anast|symbi)"
)
# The part of a composite that the vocabulary lacks: GelMA/QK-7, PLGA/Mg-GA MOF, QK-7@GelMA. A
# hyphen stands in words too ("collagen-like"), so a symbol or a substance must be behind it.
_PART = (
    r"(?!(?i:(?:and|or|pbs|saline|vehicle|control|sham|based|free|exo\w*|s?evs?)\b))"
    rf"[A-Za-z][\w.]*(?:{_DASH}[\w.]+)*"
)
_UNREAD_BEHIND = re.compile(
    rf"(?:\s?[/@]\s?|{_DASH}(?=\w*[A-Z]\w*\d|[A-Z]{{3}}|"
    rf"(?!composite|conjugate)[a-z]+(?:ite|ose|an|ide|ate|ene|one)\s+(?:\w+\s+)?{_FORM}s?\b))"
    rf"(?P<name>{_PART})(?![\w/@])"
)
_UNREAD_BEFORE = re.compile(rf"(?<![\w/@.-])(?P<name>{_PART})\s?[/@]\s?$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that is no term: its type by its form and place, and its offsets in the text."""

    type: str
    text: str
    start: int
    end: int


def find_candidates(text: str, vocabulary: Vocabulary) -> list[Candidate]:
    """Return the names in a text that look like those of the field and are no terms."""
    mentions = vocabulary.find_mentions(text)
    # "zorbal ridge stem cells" are a kind of their own, "engineered macrophages" are macrophages
    taken = [(m.start, m.end) for m in mentions if m.term not in _ANY_CELL]
    found: list[Candidate] = []
    for mention in mentions:
        material = mention.term and vocabulary.terms[mention.term].type == "material"
        if material and (part := find_unread_part(text, mention, vocabulary)):
            found.append(Candidate("material", text[slice(*part)], *part))
            taken.append(part)
    for candidate in _find_all(text):
        known = any(s < candidate.end and candidate.start < e for s, e in taken)
        if not known and vocabulary.find_term(candidate.text) is None:
            found.append(candidate)
            taken.append((candidate.start, candidate.end))
    return sorted(found, key=lambda c: c.start)


def find_unread_part(text: str, mention: Mention, vocabulary: Vocabulary) -> tuple[int, int] | None:
    """Return where the part of a composite stands that is no term: it hangs on a known material."""
    behind = _UNREAD_BEHIND.match(text, mention.end)
    match = behind or _UNREAD_BEFORE.search(text, 0, mention.start)
    if not match:
        return None
    start, end = match.span("name")
    known = any(m.start < end and start < m.end for m in vocabulary.find_mentions(text))
    return None if known else (start, end)


def _find_all(text: str) -> Iterator[Candidate]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("name")
            while plain := re.match(rf"{_PLAIN}(?:\s+|{_DASH})", text[start:end], re.IGNORECASE):
                start += plain.end()
            name = text[start:end]
            bare = re.fullmatch(
                rf"(?:{_PLAIN}|cells?|(?:stem|progenitor|stromal)\s+cells?|\w{{1,2}})", name
            )
            line = kind == "cell" and any(c.isdigit() for c in name)  # SaOS-2 cells
            if name and not bare and not line and not (kind == "disease" and _PROCESS.search(name)):
                yield Candidate(kind, name, start, end)
