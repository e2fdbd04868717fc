"""What one line of an article page is, by its shape: a heading, prose, a notice, a licence."""

from __future__ import annotations

import re

from builder.readers.draft import URL, find_citations, find_doi
from builder.readers.names import page_words
from builder.text.dates import YEAR

NUMBERED = re.compile(
    r"^(\d{1,2}(?:\.\d{1,2}){0,4}\.?|[A-Z](?:\.\d{1,2}){1,4}\.?|(?:[A-Z]|[IVX]{1,5})\.)"
    r"\s+(?=[^\W_]|[(“\"'])"
)
MARKUP = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$|^\*\*([^*]+)\*\*:?$")
REFERENCES = re.compile(
    r"^(?:\d{1,2}\.?\s+)?(?:(?:Cited )?References?(?: List| Cited|\s?\(\d{1,4}\))?(?: and Notes)?|"
    r"Bibliography|Literature(?: Cited)?|Works Cited|List of References)\s*:?$",
    re.IGNORECASE,
)
AFFILIATION = re.compile(
    r"\b(?:Department|Dept|Universit|Institut|Hospital|School of|Faculty|College|Laborator|"
    r"Division of|Academy)|@|Correspond"
)
COPYRIGHT = re.compile(
    r"^(?:©|\(c\)\s*\d{4}|Copyright\b(?=.*(?:©|\d{4}|\b[Tt]he\b)))|"
    r"^This (?:(?:is an|article is an?|work is) )?open[ -]access|^Open Access This article",
    re.IGNORECASE,
)
# A notice that names a licence, and how it may begin.
_LICENCE = re.compile(
    r"^(?:This|Under an?|Creative Commons|CC|Distributed|Licen[cs]ed?|Published|Open[ -]access|"
    r"The copyright holder|[^.]{3,60} et al\. This)\b",
    re.IGNORECASE,
)
PUBLIC_LICENCE = re.compile(r"Creative Commons|\bCC[ -]?(?:BY|0)\b", re.IGNORECASE)
_LONGEST_LICENCE = 1200
# Lines about the paper that stand behind its text.
NOTE = re.compile(
    r"^(?:Edited|Reviewed) by\b|^(?:Key ?words?|Citation|Received|Academic Editors?|E-?mail|Tel|"
    r"\*?Correspondence|ORCID|Specialty section|Present address)\b\s*:|^This article was",
    re.IGNORECASE,
)
# A raised number may stand behind the stop.
_ENDS_SENTENCE = re.compile(
    r"[.;:,!]$|[^\W\d][\])”]?[.?!](?:\d{1,3}[,–-])*\d{1,3}$|\)\.[\d,–-]+$|"
    r"\w[.?!]\([\d,–-]+\)$|\w\.[⁰¹²³⁴-⁹][⁰¹²³⁴-⁹,–⁻-]*$"
)
INLINE_ABSTRACT = re.compile(r"^(Abstract|Summary)\s*[:.]\s+(?=\S)", re.IGNORECASE)
# The parts of an abstract that names them at the head of each paragraph.
_STRUCTURED = re.compile(
    r"^(?:Introduction|Background|Objectives?|Aims?|Purpose|Methods|Results|Conclusions?):\s+\S"
)
MAX_HEADING = 250
_LEAST_PROSE = 120
MAX_WORDS_IN_HEADING = 40
HAS_YEAR = re.compile(rf"\b{YEAR}[a-z]?\b")


def named_headings() -> frozenset[str]:
    """Return the headings that are known by name."""
    return page_words().abstracts | page_words().sections | page_words().statements


def is_licence(line: str) -> bool:
    """Return whether a line is a notice of copyright, or one that names a licence."""
    short = len(line) <= _LONGEST_LICENCE
    named = short and _LICENCE.match(line) and PUBLIC_LICENCE.search(line)
    return bool(named or COPYRIGHT.match(line))


def bare_line(line: str) -> str:
    """Return a line without the marks of a Markdown heading."""
    found = MARKUP.match(line)
    return ((found[2] or found[3] or line) if found else line).strip()


def is_prose(line: str) -> bool:
    """Return whether a line is a paragraph, and no list of authors or affiliations."""
    if INLINE_ABSTRACT.match(line) or _STRUCTURED.match(line):
        return True
    words = line.split()
    small = sum(word[0].islower() for word in words)
    prose = len(line) > _LEAST_PROSE and line[-1] in ".?!])" and small * 2 > len(words)
    return prose and not AFFILIATION.search(line) and not COPYRIGHT.match(line)


def is_heading(line: str) -> bool:
    """Return whether a line is a heading: marked so, or short and no sentence."""
    if line.startswith("#"):
        return True
    if len(line) > MAX_HEADING or len(line.split()) > MAX_WORDS_IN_HEADING:
        return False
    name = line.casefold().rstrip(":")
    if name in named_headings():
        return True
    if (
        _ENDS_SENTENCE.search(line)
        or URL.search(line)
        or NOTE.match(line)
        or find_doi(line)
        or "; " in line
        or find_citations(line)
        or line.startswith(("-", "*", "•", "http"))
    ):
        return False
    return bool(NUMBERED.match(line)) or line[0].isupper() or line[0].isdigit()
