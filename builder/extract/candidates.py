"""Names of the field that are no term yet: what a curator may add to the vocabulary.

A miRNA, a gene or a cell of a known tissue needs nothing: a rule or a table gives it. What is left
are proteins that no table has, cells, materials and diseases. Each counts only where its words say
what it is, so that instruments, dyes, strains and grant numbers stay out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from builder.extract.vocabulary import Mention, Vocabulary
from builder.text import spelling

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
    r"is|are|be|has|have|not|no|than|between|after|during|isolated|secreted|released|several|many|most)"
)
_FORM = (
    r"(?:(?:hydro|cryo|micro|nano)?(?:gel|scaffold|sphere|particle|membrane|sponge|film|fiber|fibre|sheet|patch)|"
    r"glue|cement|bioink)"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "gene/protein",
        re.compile(
            r"(?<![\w-])(?!NCT\d|IRCT\d|PMC\d)(?P<name>[A-Z][A-Z]+[A-Z0-9]*\d[A-Z]?|[A-Z][a-z]{2,5}\d[a-z]?)"
            r"(?=\s+(?:m?RNA|genes?|proteins?|expression|levels?|signal\w+|pathway|axis|receptors?|knock\w+|"
            r"overexpression|phosphorylation|secretion)\b)"
        ),
    ),
    (
        "cell",
        re.compile(
            rf"\b(?P<name>(?:{_NAME}\s+){{0,2}}(?:{_NAME}\s+(?:stem|progenitor|stromal)\s+cells?|"
            rf"{_NAME}\s+cells?|[A-Za-z-]*[a-z](?:blasts?|cytes?|clasts?)))"
            rf"(?=(?:{_DASH}|\s){{1,2}}(?:derived\s+)?{_VESICLE})",
        ),
    ),
    (
        "material",
        re.compile(
            r"\b(?P<name>[a-z][a-z-]*(?:in|an|ose|ate|ide|ene|ol|ite|ium|ane|one|amer|mer))\s+"
            r"(?:hydro|cryo|micro|nano)?(?:gels?|scaffolds?|spheres?|particles?|membranes?|sponges?|films?|fibers?)\b"
        ),
    ),
    (
        "disease",
        re.compile(
            r"\b(?P<name>(?:[a-z]+\s+)?[a-z]{3,}(?:itis|osis|opathy|algia|penia|emia|plasia|trophy)|"
            r"[A-Z][a-z]+(?:[’']s)?\s+(?:disease|syndrome))\b"
        ),
    ),
)
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
    taken = [(m.start, m.end) for m in mentions]
    found: list[Candidate] = []
    for mention in mentions:
        material = mention.term and vocabulary.terms[mention.term].type == "material"
        if material and (part := find_unread_part(text, mention, vocabulary)):
            found.append(Candidate("material", text[slice(*part)], *part))
            taken.append(part)
    for candidate in _find_all(text):
        known = any(
            s < candidate.end
            and candidate.start < e
            and (candidate.type != "cell" or s <= candidate.start)
            for s, e in taken
        )
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
            if name and not bare and not (kind == "disease" and _PROCESS.search(name)):
                yield Candidate(kind, name, start, end)
