"""The "Share and Cite" block of an article page: one citation in several styles, glued together.

Each style adds what the others leave out: MDPI/ACS has every family name and the short journal
name, Chicago the full given names, Chicago, AMA and APA the full journal name and the issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from builder.errors import Problem
from builder.models.document import Person, WorkFields
from builder.readers.draft import find_doi
from builder.readers.people import name_in_full
from builder.readers.references import UNPARSED, parse_reference

# A line that announces the citation of the paper itself; the citation may follow it.
CITE = re.compile(
    r"^\**(?:Share and Cite|(?:Please )?Cite This (?:Article|Paper|As)(?: as)?|"
    r"How to Cite(?: This)?(?: (?:Article|Paper))?|(?:(?:Recommended|Suggested) )?Citation)\b\**"
    r"\s*(?::\**\s*(?P<rest>.*)|\W*)$",
    re.IGNORECASE,
)
STYLE = re.compile(
    r"^(?:MDPI and ACS Style|ACS Style|AMA Style|APA Style|MLA Style|Vancouver Style|Harvard Style|"
    r"Chicago(?:/Turabian)? Style)"
)
_LABEL = re.compile(
    r"(MDPI and ACS Style|ACS Style|AMA Style|APA Style|MLA Style|Vancouver Style|Harvard Style|"
    r"Chicago/Turabian Style|Chicago Style)\s*"
)
_QUOTED = re.compile(r"^(?P<authors>.{1,20000}?)\.?\s+(?P<year>(?:1[89]|20)\d\d)\.\s+[\"“]")
_AFTER_CHICAGO = re.compile(
    r"\s*(?P<container>.{1,300}?)\s+(?P<volume>[\w.\-]{1,12})(?:,\s*no\.\s*(?P<issue>[^:]{1,20}))?"
    r":\s*(?P<page>[^\s.]{1,40})\."
)
_AFTER_ACS = re.compile(
    r"\s*(?P<container>.{1,200}?)\s+(?P<year>(?:1[89]|20)\d\d),\s*(?:(?P<volume>[^,;]{1,20}),\s*)?"
    r"(?P<page>[^\s,;]{1,40})\."
)
_AFTER_AMA = re.compile(
    r"\s*(?P<container>.{1,300}?)\.\s+(?P<year>(?:1[89]|20)\d\d);\s*(?P<volume>[\w\-]{1,12})"
    r"(?:\((?P<issue>[^)]{1,20})\))?:(?P<page>[^\s]{1,40}?)\."
)
_APA_YEAR = re.compile(r"\((?P<year>(?:1[89]|20)\d\d)[^)]{0,20}\)\.\s+")
_AFTER_APA = re.compile(
    r"\s*(?P<container>.{1,300}?),\s*(?P<volume>[\w\-]{1,12})(?:\((?P<issue>[^)]{1,20})\))?,\s*"
    r"(?P<page>[^\s]{1,40}?)\."
)
_QUOTES = "[\"'“”‘’]"
_SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV)\.?$")
_INITIALS = re.compile(r"^[^\W\d_][^\W\d_]{0,2}[.\-].*$")


@dataclass(frozen=True)
class _Style:
    """One style's citation, its parts by name."""

    name: str
    line: int
    fields: dict[str, str]


@dataclass(frozen=True)
class OwnCitation:
    """What the citation of a paper itself says: fields, their lines, the lines that were read."""

    work: WorkFields
    places: list[tuple[str, int]]
    problems: list[Problem]
    lines: frozenset[int]


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
    chicago = _first(_read_chicago(n, t) for n, t in pieces)
    title = chicago.fields["title"] if chicago else ""
    apa = _first(_read_apa(n, t, title) for n, t in pieces)
    title = title or (apa.fields.get("title", "") if apa else "")
    title = title or printed_title
    acs = _first(_read_acs(n, t, title) for n, t in pieces)
    ama = _first(_read_ama(n, t, title) for n, t in pieces)
    styles = [s for s in (chicago, apa, ama, acs) if s]
    read = {n for n, line in lines if not _split_styles(n, line)}  # names of styles alone
    if not styles:
        return _read_as_reference(pieces, lines, file, read)
    work, places = _merge(styles)
    authors, et_al = _authors(chicago, acs)
    if authors:
        style = chicago or acs
        places.append(("authors", style.line if style else 0))
    else:
        read_again = ((n, parse_reference(text)[0]) for n, text in pieces)
        line, other = next(((n, w) for n, w in read_again if w.authors), (0, WorkFields()))
        authors, et_al = other.authors, other.et_al
        places += [("authors", line)] if authors else []
    work["doi"], line = _doi(pieces)
    places += [("doi", line)] if line else []
    year = work.pop("year", "")
    fields = WorkFields(
        authors=authors,
        et_al=et_al,
        issued=(int(year),) if year else (),
        container_short=acs.fields.get("container", "") if acs else "",
        **{k: v for k, v in work.items() if v},  # type: ignore[arg-type]
    )
    read |= {n for n, text in pieces if _title_end(text, title, 0) >= 0}
    problems = [*_check_agreement(styles, file), *_unread(lines, read, file)]
    return OwnCitation(fields, places, problems, frozenset(read))


def _read_as_reference(
    pieces: Sequence[tuple[int, str]],
    lines: Sequence[tuple[int, str]],
    file: str,
    read: set[int],
) -> OwnCitation:
    """Read a citation in a style of reference lists: Vancouver, or author and year."""
    for number, text in pieces:
        work, questions = parse_reference(text)
        if work.issued and work.authors and all(q.rule != UNPARSED for q in questions):
            names = ("title", "authors", "container", "volume", "issue", "page", "issued", "doi")
            places = [(name, number) for name in names if getattr(work, name)]
            done = read | {number}
            return OwnCitation(work, places, _unread(lines, done, file), frozenset(done))
    return OwnCitation(WorkFields(), [], _unread(lines, read, file), frozenset(read))


def _first(found: Iterable[_Style | None]) -> _Style | None:
    return next((style for style in found if style), None)


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
    return [(number, text.strip()) for text in parts[::2] if text.strip()]


def _read_chicago(line: int, text: str) -> _Style | None:
    head = _QUOTED.match(text)
    if not head:
        return None
    close = max(text.rfind('"'), text.rfind("”"))
    if close <= head.end():
        return None
    fields = {"authors": head["authors"], "year": head["year"]}
    fields["title"] = text[head.end() : close].rstrip(".,")
    rest = _AFTER_CHICAGO.match(text, close + 1)
    if rest:
        fields |= {k: v for k, v in rest.groupdict().items() if v}
    return _Style("Chicago", line, fields)


def _read_apa(line: int, text: str, title: str) -> _Style | None:
    head = _APA_YEAR.search(text)
    if not head:
        return None
    start = head.end()
    fields = {"year": head["year"], "authors": text[: head.start()].strip()}
    end = _title_end(text, title, start)
    if end < 0:
        stop = re.compile(r"[.?!]\s+").search(text, start)
        end = stop.start() if stop else -1
        if end < 0:
            return None
        fields["title"] = text[start:end] + (text[end] if text[end] in "?!" else "")
    rest = _AFTER_APA.match(text, _skip_stop(text, end))
    if rest:
        fields |= {k: v for k, v in rest.groupdict().items() if v}
    return _Style("APA", line, fields)


def _read_acs(line: int, text: str, title: str) -> _Style | None:
    """Read ``Family, G.M.; Family2, G. Title. Short Name Year, Volume, Page. DOI``."""
    end = _title_end(text, title, 0)
    if end < 0 or "(" in text[: end - len(title)]:
        return None
    rest = _AFTER_ACS.match(text, _skip_stop(text, end))
    if not rest:
        return None
    fields = {k: v for k, v in rest.groupdict().items() if v}
    fields["authors"] = text[: end - len(title)].strip()
    return _Style("ACS", line, fields)


def _read_ama(line: int, text: str, title: str) -> _Style | None:
    end = _title_end(text, title, 0)
    if end < 0:
        return None
    rest = _AFTER_AMA.match(text, _skip_stop(text, end))
    if not rest:
        return None
    fields = {k: v for k, v in rest.groupdict().items() if v}
    return _Style("AMA", line, fields)


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
        holder = next((s for s in styles if s.fields.get(name)), None)
        if holder:
            work[name] = holder.fields[name]
            places.append(("issued" if name == "year" else name, holder.line))
    return work, places


def _doi(pieces: Sequence[tuple[int, str]]) -> tuple[str, int]:
    for line, text in pieces:
        doi = find_doi(text)
        if doi:
            return doi, line
    return "", 0


def _check_agreement(styles: Sequence[_Style], file: str) -> list[Problem]:
    problems = []
    for name in ("year", "volume", "issue", "page"):
        said = {s.fields[name].replace("–", "-"): s for s in styles if s.fields.get(name)}
        if len(said) > 1:
            got = " and ".join(f"{value!r} ({style.name})" for value, style in said.items())
            line = next(iter(said.values())).line
            problems.append(
                Problem(
                    file, line, "warning", "citation-block", "one value in all styles", got, name
                )
            )
    return problems


def _authors(chicago: _Style | None, acs: _Style | None) -> tuple[tuple[Person, ...], bool]:
    """Return the authors with full given names where Chicago has them, initials else."""
    short, et_al = _read_acs_authors(acs.fields["authors"]) if acs else ([], False)
    if not chicago:
        return tuple(short), et_al
    names, cut = _split_chicago_authors(chicago.fields["authors"])
    if not short:
        return tuple(_person(i, name) for i, name in enumerate(names)), cut
    people = []
    for index, person in enumerate(short):
        name = names[index] if index < len(names) else ""
        if index == 0 and name.startswith(person.family + ", "):
            given = name[len(person.family) + 2 :]
            people.append(Person(person.family, given, suffix=person.suffix))
        elif index and name and person.family:
            full = name_in_full(name, person.family, person.given)
            people.append(Person(full.family, full.given, suffix=person.suffix))
        else:
            people.append(person)
    return tuple(people), et_al


def _person(index: int, name: str) -> Person:
    family, comma, given = name.partition(", ")
    if comma:
        return Person(family, given)
    words = name.split()
    if len(words) == 1:
        return Person(literal=name)
    return Person(words[-1], " ".join(words[:-1]))


def _read_acs_authors(text: str) -> tuple[list[Person], bool]:
    people: list[Person] = []
    et_al = False
    for name in (part.strip() for part in text.split(";")):
        if name.casefold().rstrip(".") == "et al":
            et_al = True
            continue
        parts = [part.strip() for part in name.split(",")]
        suffix = parts.pop() if _SUFFIX.match(parts[-1]) else ""
        family, *given = parts
        if given:
            people.append(Person(family, ", ".join(given), suffix=suffix))
        elif name:
            people.append(Person(literal=name.rstrip(".")))
    return people, et_al


def _split_chicago_authors(text: str) -> tuple[list[str], bool]:
    """Return the names: the first as ``Family, Given``, the others in natural order."""
    cut = bool(re.search(r",?\s*(?:and\s+)?et al\.?$", text[-20:]))
    if cut:
        text = re.sub(r",?\s*(?:and\s+)?et al\.?$", "", text)
    parts = [part.strip() for part in text.split(",")]
    parts = [part.removeprefix("and ").strip() for part in parts]
    names: list[str] = []
    for index, part in enumerate(parts):
        if names and _SUFFIX.match(part):
            continue
        if index == 1:
            first, _, second = part.partition(" and ")
            names[0] += f", {first}"
            if second:
                names.append(second)
        elif part:
            names.append(part)
    return names, cut
