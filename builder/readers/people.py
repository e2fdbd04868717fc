"""Names of authors as printed, taken apart into family and given names."""

from __future__ import annotations

import re

from builder.models.document import Person

# Words that begin a family name of several words; they are lower case in names.
_PARTICLES = frozenset({
    "af", "al", "ben", "bin", "da", "dal", "de", "de'", "dei", "del", "della", "den", "der", "di",
    "do", "dos", "du", "el", "la", "le", "lo", "ter", "ten", "van", "’t", "'t", "vom", "von", "y",
    "zu", "zum", "zur", "Ó", "Ní", "Nic", "Ua",
})  # fmt: skip
# A longer "name" is prose that stands in the place of one.
_MAX_NAME = 300
_SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV|2nd|3rd)\.?$")
_ORCID = re.compile(r"\(?\s*(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])\s*\)?")
# Affiliation marks behind a name: digits, superscripts, stars, daggers.
_AFFILIATION = re.compile(r"[\s,]*[\d¹²³⁰⁴-⁹*†‡§¶#✉]+(?:,\s?[\d*†‡§¶#]+)*$")
_GROUP_WORDS = re.compile(
    r"\b(?:Association|Center|Centers|Centre|Collaborati(?:on|ve|ng)|Collaborators|Committee|"
    r"Consortium|Council|Department|Federation|Foundation|Group|Initiative|Institutes?|"
    r"Investigators|Ministry|Network|Organi[sz]ation|Party|Project|Society|Taskforce|Team|"
    r"University)\b"
)
_ET_AL = re.compile(r"[,;]?\s*(?:and\s+)?\bet al\.?\s*$", re.IGNORECASE)


def parse_person(name: str) -> Person:
    """Return a person from a name in natural order or as ``Family, Given``; groups are literal."""
    if len(name) > _MAX_NAME:
        return Person(literal=name)
    orcid = _ORCID.search(name)
    if orcid:
        name = name[: orcid.start()] + name[orcid.end() :]
    name = _AFFILIATION.sub("", " ".join(name.split())).strip(" ,;")
    number = orcid[1] if orcid else ""
    if _GROUP_WORDS.search(name):
        return Person(literal=name, orcid=number)
    parts = [part.strip() for part in name.split(",")]
    suffix = parts.pop() if len(parts) > 1 and _SUFFIX.match(parts[-1]) else ""
    if len(parts) > 1:
        return Person(parts[0], ", ".join(parts[1:]), suffix=suffix, orcid=number)
    words = name.split() if not suffix else parts[0].split()
    if _SUFFIX.match(words[-1]):
        suffix = words.pop()
    if not words[1:]:
        return Person(literal=name, orcid=number)
    begin = len(words) - 1
    for index in range(1, len(words) - 1):
        if words[index] in _PARTICLES:
            begin = index
            break
    return Person(" ".join(words[begin:]), " ".join(words[:begin]), suffix=suffix, orcid=number)


def split_people(text: str) -> tuple[tuple[Person, ...], bool]:
    """Return the authors of a printed list in natural order, and whether it ends in "et al.".

    Semicolons part the names where there are any, else commas and a last "and".
    """
    text = " ".join(text.split())
    et_al = bool(_ET_AL.search(text))
    text = _ET_AL.sub("", text).strip()
    names = text.split(";") if ";" in text else re.split(r",\s*(?:and\s+)?|\s+(?:and|&)\s+", text)
    joined: list[str] = []
    for name in (n.strip() for n in names):
        if joined and (_SUFFIX.match(name) or re.fullmatch(r"[\d*†‡§¶#]+", name)):
            joined[-1] += f", {name}"
        elif name.removeprefix("and ").strip():
            joined.append(name.removeprefix("and ").strip())
    people = [parse_person(name) for name in joined]
    return tuple(p for p in people if p.family or p.literal), et_al


def name_in_full(full: str, family: str, given: str) -> Person:
    """Return a person from a full name in natural order whose family name is known.

    ``given`` (initials) stands in where the full name doesn't end in the family name.
    """
    full = " ".join(full.split())
    if full.casefold().endswith(" " + family.casefold()):
        return Person(family, full[: -len(family)].strip())
    return Person(family, given)
