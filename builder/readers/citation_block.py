"""The "Share and Cite" block of an article page: one citation in several styles, glued together.

Each style adds what the others leave out: MDPI/ACS has every family name and the short journal
name, Chicago the full given names, Chicago, AMA and APA the full journal name and the issue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from builder.errors import Problem
from builder.models.document import Person, WorkFields
from builder.readers.draft import find_doi
from builder.readers.names import SUFFIX, name_in_full, parse_person, split_people
from builder.readers.references import UNPARSED, parse_reference

# A line that announces the citation of the paper itself; the citation may follow it.
CITE = re.compile(
    r"^\**(?:Share and Cite|(?:Please )?Cite This (?:Article|Paper|As)(?: as)?|"
    r"How to Cite(?: This)?(?: (?:Article|Paper))?|(?:(?:Recommended|Suggested) )?Citation)\b\**"
    r"\s*(?::\**\s*(?P<rest>.*)|\W*)$",
    re.IGNORECASE,
)
_NAMES = r"(?:(?:MDPI and )?ACS|AMA|APA|MLA|Vancouver|Harvard|Chicago(?:/Turabian)?) Style"
STYLE = re.compile(rf"^{_NAMES}")
_LABEL = re.compile(rf"{_NAMES}\s*")
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_QUOTED = re.compile(rf"^(?P<authors>.{{1,20000}}?)\.?\s+{_YEAR}\.\s+[\"“]")
_APA_YEAR = re.compile(rf"\({_YEAR}[^)]{{0,20}}\)\.\s+")
_CONTAINER = r"\s*(?P<container>.{1,300}?)"
# What stands behind the title in each style; the first two are known by what stands before it.
_BEHIND = {
    "Chicago": re.compile(
        rf"{_CONTAINER}\s+(?P<volume>[\w.\-]{{1,12}})(?:,\s*no\.\s*(?P<issue>[^:]{{1,20}}))?"
        r":\s*(?P<page>[^\s.]{1,40})\."
    ),
    "APA": re.compile(
        rf"{_CONTAINER},\s*(?P<volume>[\w\-]{{1,12}})(?:\((?P<issue>[^)]{{1,20}})\))?,\s*"
        r"(?P<page>[^\s]{1,40}?)\."
    ),
    "AMA": re.compile(
        rf"{_CONTAINER}\.\s+{_YEAR};\s*(?P<volume>[\w\-]{{1,12}})"
        r"(?:\((?P<issue>[^)]{1,20})\))?:(?P<page>[^\s]{1,40}?)\."
    ),
    "ACS": re.compile(
        rf"{_CONTAINER}\s+{_YEAR},\s*(?:(?P<volume>[^,;]{{1,20}}),\s*)?(?P<page>[^\s,;]{{1,40}})\."
    ),
}
_FIELDS = ("title", "authors", "container", "volume", "issue", "page", "issued", "doi")
_QUOTES = "[\"'“”‘’]"
_CUT = re.compile(r",?\s*(?:and\s+)?et al\.?$")


class _Style(NamedTuple):
    """One style's citation, its parts by name."""

    name: str
    line: int
    fields: dict[str, str]


class OwnCitation(NamedTuple):
    """What the citation of a paper itself says: fields, their lines, the lines that were read."""

    work: WorkFields
    places: list[tuple[str, int]]
    problems: list[Problem]
    lines: set[int]


def find_own_citation(lines: Sequence[str]) -> str:
    """Return the lines that look like a citation of the paper itself, for finding its title."""
    bare = [line.strip() for line in lines]
    found = (
        line
        for before, line in pairwise(["", *bare])
        if STYLE.match(line) or CITE.match(line) or CITE.match(before)
    )
    return " ".join(found)[:20_000]


def read_citation_block(
    lines: Sequence[tuple[int, str]], file: str, printed_title: str = ""
) -> OwnCitation:
    """Return the work's fields, the line each was found in, and where the styles disagree.

    ``printed_title`` is the page's own title, for blocks in which no style marks where it ends.
    """
    pieces = [piece for number, line in lines for piece in _split_styles(number, line)]
    marked = [_read_style(n, text, "") for n, text in pieces]
    titles = {s.name: s.fields["title"] for s in marked if s}
    title = titles.get("Chicago") or titles.get("APA") or printed_title
    held: dict[str, _Style] = {}
    for number, text in pieces:
        if style := _read_style(number, text, title):
            held.setdefault(style.name, style)
    styles = [held[name] for name in _BEHIND if name in held]
    read = {n for n, line in lines if not _split_styles(n, line)}  # names of styles alone
    again = ((n, *parse_reference(text)) for n, text in pieces)
    if not styles:
        # It may be in a style of reference lists: Vancouver, or author and year.
        for number, found, questions in again:
            if found.issued and found.authors and all(q.rule != UNPARSED for q in questions):
                places = [(name, number) for name in _FIELDS if getattr(found, name)]
                read |= {number}
                return OwnCitation(found, places, _unread(lines, read, file), read)
        return OwnCitation(WorkFields(), [], _unread(lines, read, file), read)
    work, places = _merge(styles)
    authors, et_al = _join_authors(held)
    line = next((held[name].line for name in ("Chicago", "ACS") if name in held), 0)
    if not authors:
        line, other = next(((n, w) for n, w, _ in again if w.authors), (0, WorkFields()))
        authors, et_al = other.authors, other.et_al
    places += [("authors", line)] if authors else []
    work["doi"], line = next(((d, n) for n, text in pieces if (d := find_doi(text))), ("", 0))
    places += [("doi", line)] if line else []
    year = work.pop("year", "")
    fields = WorkFields(
        authors=authors,
        et_al=et_al,
        issued=(int(year),) if year else (),
        container_short=held["ACS"].fields.get("container", "") if "ACS" in held else "",
        **{k: v for k, v in work.items() if v},  # type: ignore[arg-type]
    )
    read |= {n for n, text in pieces if _title_end(text, title, 0) >= 0}
    problems = [*_check_agreement(styles, file), *_unread(lines, read, file)]
    return OwnCitation(fields, places, problems, read)


def _unread(lines: Sequence[tuple[int, str]], read: set[int], file: str) -> list[Problem]:
    expected = "a citation of the paper in MDPI/ACS, AMA, Chicago, APA or Vancouver style"
    return [
        Problem(file, number, "warning", "citation-block", expected, repr(line[:80]))
        for number, line in lines
        if number not in read
    ]


def _split_styles(number: int, line: str) -> list[tuple[int, str]]:
    """Return the citations of a line that may hold several, parted by the styles' names."""
    parts = _LABEL.split(line)
    return [(number, text.strip()) for text in parts if text.strip()]


def _read_style(line: int, text: str, title: str) -> _Style | None:
    """Return a citation's parts by the style that its form shows, or None.

    Chicago puts the title in quotation marks, APA behind the year in brackets; in the others only
    a ``title`` that is known says where it ends.
    """
    quoted, dated = _QUOTED.match(text), _APA_YEAR.search(text)
    names = ["Chicago" if quoted else "APA"]
    if quoted:
        end = max(text.rfind('"'), text.rfind("”"))
        if end <= quoted.end():
            return None
        fields = quoted.groupdict() | {"title": text[quoted.end() : end].rstrip(".,")}
        end += 1
    elif dated:
        start = dated.end()
        end = _title_end(text, title, start)
        stop = re.compile(r"[.?!]\s+").search(text, start)
        if end < 0 and not stop:
            return None
        end = end if end >= 0 or not stop else stop.start() + (text[stop.start()] in "?!")
        fields = {"year": dated["year"], "title": text[start:end]}
    else:
        end = _title_end(text, title, 0)
        head = text[: end - len(title)].strip() if end >= 0 else "("
        fields = {"authors": head, "title": title}
        names = ["AMA"] if "(" in head else ["AMA", "ACS"]
    found = ((name, _BEHIND[name].match(text, _skip_stop(text, max(end, 0)))) for name in names)
    name, rest = next(((n, m) for n, m in found if m), (names[0], None))
    if not rest and not (quoted or dated):
        return None
    fields |= {k: v for k, v in rest.groupdict().items() if v} if rest else {}
    return _Style(name, line, fields)


def _title_end(text: str, title: str, start: int) -> int:
    """Return the place behind the title, or -1; case and quotes may differ between styles."""
    if not title:
        return -1
    wanted = re.sub(_QUOTES, lambda _: _QUOTES, re.escape(title))
    found = re.compile(wanted, re.IGNORECASE).search(text, start)
    return found.end() if found else -1


def _skip_stop(text: str, place: int) -> int:
    return place + 1 if text[place : place + 1] in (".", "?", "!", "”", '"') else place


def _merge(styles: Sequence[_Style]) -> tuple[dict[str, str], list[tuple[str, int]]]:
    """Return each field from the first style that has it; full journal names before short."""
    work: dict[str, str] = {}
    places: list[tuple[str, int]] = []
    for name in ("title", "container", "year", "volume", "issue", "page"):
        if holder := next((s for s in styles if s.fields.get(name)), None):
            work[name] = holder.fields[name]
            places.append(("issued" if name == "year" else name, holder.line))
    return work, places


def _check_agreement(styles: Sequence[_Style], file: str) -> list[Problem]:
    problems = []
    for name in ("year", "volume", "issue", "page"):
        said = {s.fields[name].replace("–", "-"): s for s in styles if s.fields.get(name)}
        if len(said) > 1:
            got = " and ".join(f"{value!r} ({style.name})" for value, style in said.items())
            line = next(iter(said.values())).line
            expected = "one value in all styles"
            problems.append(Problem(file, line, "warning", "citation-block", expected, got, name))
    return problems


def _join_authors(held: dict[str, _Style]) -> tuple[tuple[Person, ...], bool]:
    """Return the authors with full given names where Chicago has them, initials else."""
    acs, chicago = held.get("ACS"), held.get("Chicago")
    short, et_al = split_people(acs.fields["authors"]) if acs else ((), False)
    short = tuple(replace(p, literal=p.literal.rstrip(".")) for p in short)
    if not chicago:
        return short, et_al
    text = chicago.fields["authors"]
    cut = bool(_CUT.search(text[-20:]))
    names = _split_chicago_authors(_CUT.sub("", text))
    if not short:
        return tuple(map(parse_person, names)), cut
    people = []
    for index, person in enumerate(short):
        name = names[index] if index < len(names) else ""
        if index == 0 and name.startswith(person.family + ", "):
            people.append(replace(person, given=name[len(person.family) + 2 :]))
        elif index and name and person.family:
            people.append(name_in_full(name, person))
        else:
            people.append(person)
    return tuple(people), et_al


def _split_chicago_authors(text: str) -> list[str]:
    """Return the names: the first as ``Family, Given``, the others in natural order."""
    first, *others = (part.strip().removeprefix("and ").strip() for part in text.split(","))
    names = [first]
    for index, part in enumerate(others):
        if index == 0:
            given, _, second = part.partition(" and ")
            names = [f"{first}, {given}", *filter(None, [second])]
        elif part and not SUFFIX.match(part):
            names.append(part)
    return names
