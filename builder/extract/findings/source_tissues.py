"""Sources by their tissue: which cell "adipose-derived exosomes" or "cells from marrow" mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from builder.extract.findings.spans import Reading, touches
from builder.extract.findings.statements import Assigned
from builder.extract.vocabulary import Mention

_FROM_TISSUE = re.compile(r"^\s*(?:\w+\s+)?(?:from|of)\s+(?:human\s+|the\s+)?$", re.IGNORECASE)
_FROM_BEHIND = re.compile(r"\s+(?:derived\s+)?(?:from|of|in)\s+((?:[\w-]+\s*){1,5})", re.IGNORECASE)
_NAMES_ORIGIN = re.compile(r"\s(?:from|of)\s", re.IGNORECASE)
_DERIVED = re.compile(r"([\w’'-]+)[-\s]derived\s+$", re.IGNORECASE)
# Words before "-derived" that name a donor, not a tissue.
_DONORS = frozenset(["human", "patient", "donor", "mouse", "rat", "rabbit", "autologous"])


def narrow_source(reading: Reading, mention: Mention) -> str:
    """Return a narrower term where the words behind the vesicles name it.

    "BMSC-derived exosomes from congenital polydactyly tissue" is the term of
    "BMSC from congenital polydactyly tissue".
    """
    behind = reading.behind(mention)
    vesicle = reading.cues.vesicle.search(behind[:60])
    origin = _FROM_BEHIND.match(behind, vesicle.end()) if vesicle else None
    if origin and origin[0].lstrip().startswith("in "):
        origin = None  # where the vesicles are, not where the cells are from
    for match in (origin, _FROM_BEHIND.match(behind)):
        if not match:
            continue
        joined = f"{mention.text} from {match[1].strip()}"
        for narrow in reading.vocabulary.find_mentions(joined, kinds=("source",)):
            if narrow.start == 0 and mention.term in reading.vocabulary.ancestors(narrow.term):
                return narrow.term
    return mention.term


def name_origin(reading: Reading, mention: Mention) -> str:
    """Return the tissue before a general cell's name, where the name itself holds none."""
    if not re.search(r"(?:stem|stromal)|SC", mention.text, re.IGNORECASE):
        return ""
    origin = _find_origin(reading, mention)
    terms = reading.vocabulary.terms.values()
    general = origin and any(t.parent == mention.term and t.kind == "source" for t in terms)
    return origin if general else ""


def _find_origin(reading: Reading, mention: Mention) -> str:
    for tissue in reading.mentions("tissue"):
        if tissue.end <= mention.start and re.fullmatch(
            r"[\s-]*(?:tissue|membrane)?(?:[\s-]*derived)?[\s-]*",
            reading.text[tissue.end : mention.start],
            re.IGNORECASE,
        ):
            return tissue.text
    derived = _DERIVED.search(reading.before(mention))
    if derived and derived[1].lower() not in _DONORS:
        cells = [c for c in reading.mentions("source", "cell") if c.end == derived.end(1)]
        return "" if cells else derived[1]
    return ""


def find_tissue_sources(reading: Reading, sources: Sequence[Mention]) -> Iterator[Assigned]:
    """Yield sources that the text names by their tissue.

    Behind the cell ("mesenchymal stem cells derived from adipose and bone marrow tissues"), before
    it in a list ("bone marrow, adipose and umbilical cord MSC-derived exosomes"), or instead of it
    ("adipose-derived exosomes": read as its stem cell; "exosomes of synovial fluid").
    """
    cells = reading.mentions("source", "cell")
    places = [t for t in reading.mentions("tissue", "condition") if not touches(t, cells)]
    cell_of: dict[int, Mention] = {}
    standing: Mention | None = None
    for number, place in enumerate(places):
        cell = _cell_before(reading, place, places[:number], sources, cell_of)
        cell = cell or _cell_behind(reading, place, places[number + 1 :], sources)
        if cell is not None:
            cell_of[place.start] = cell
            if named := _find_cell(reading, place, cell):
                yield reading.assign(place, "sources", "cells-from-tissue", value=named)
            continue
        listed = standing and reading.patterns["listed_tissues"].match(
            reading.text[standing.end : place.start]
        )
        if stands := _stands_for_cell(reading, place, listed=bool(listed), alone=not sources):
            standing = place
            yield reading.assign(place, "sources", stands[1], value=stands[0])


def _cell_before(
    reading: Reading,
    place: Mention,
    earlier: Sequence[Mention],
    sources: Sequence[Mention],
    cell_of: dict[int, Mention],
) -> Mention | None:
    for source in sources:
        between = reading.text[source.end : place.start]
        if (
            _NAMES_ORIGIN.search(source.text)
            and source.end <= place.start
            and reading.patterns["listed_tissues"].match(between)
        ):
            return source
        if source.end <= place.start and _FROM_TISSUE.match(reading.text[source.end : place.start]):
            return source
    if earlier and reading.patterns["listed_tissues"].match(
        reading.text[earlier[-1].end : place.start]
    ):
        return cell_of.get(earlier[-1].start)
    return None


def _cell_behind(
    reading: Reading, place: Mention, later: Sequence[Mention], sources: Sequence[Mention]
) -> Mention | None:
    """Return the source that ends a list of tissues which begins with this one."""
    at = place.end
    for following in [*later, *sources]:
        if following.start < at:
            continue
        if not reading.patterns["listed_tissues"].match(reading.text[at : following.start]):
            continue
        if following in sources:
            return following
        at = following.end
    return None


def _find_cell(reading: Reading, place: Mention, cell: Mention) -> str | None:
    """Return the cell of a tissue that is of the same sort as a named cell."""
    v = reading.vocabulary
    for sort in (cell.term, *v.ancestors(cell.term)):
        if named := _look_up(reading, place, v.terms[sort].label, v.terms[sort].abbreviation or ""):
            return named
    return None


def find_adjective_sources(reading: Reading) -> Iterator[Assigned]:
    """Yield sources that an adjective before the vesicles names: "osteoclastic exosomes"."""
    for match in reading.cues.adjective_vesicles.finditer(reading.text):
        word = match["adjective"]
        name = reading.cues.noun_of(word)
        if not name or reading.cues.uptake.match(reading.text, match.end()):
            continue
        for full in (f"{name} exosomes", name):
            if found := reading.vocabulary.find_term(full, "source"):
                at = match.start("adjective")
                yield Assigned(
                    "sources", found, "adjective-exosomes", reading.part.name, at,
                    at + len(word), word,
                )  # fmt: skip
                break


def _stands_for_cell(
    reading: Reading, place: Mention, *, listed: bool, alone: bool
) -> tuple[str, str] | None:
    """Return the source, and the rule, of a tissue or tumour that stands for its vesicles."""
    patterns = reading.cues.roles["source"]
    behind = reading.behind(place)
    if patterns.after[0].match(behind) or reading.cues.as_source.match(behind):
        if named := _look_up(reading, place, "exosomes", "cell"):
            return named, "x-derived-exosomes"
        if named := _look_up(reading, place, "stem cell", "mesenchymal stem cell"):
            return named, "tissue-derived-exosomes"
    if reading.part.role == "source" or reading.cues.vesicle.match(behind.lstrip(" -")):
        return _stands_plainly(reading, place)
    text = reading.before(place)[-160:]
    first = place.start - len(text)
    fits = [m for p in patterns.before if (m := p.search(text))]
    # "exosomes from ADSCs induced bone formation": theirs is a cell between
    before = any(
        not any(first + m.start() <= c.start for c in reading.mentions("source", "cell")
                if c.end <= place.start)
        for m in fits
    )  # fmt: skip
    if alone and reading.vocabulary.terms[place.term].type == "biofluid":
        before = before or bool(reading.cues.in_fluid.search(reading.before(place)[-160:]))
    named = _look_up(reading, place, "exosomes") if before or listed else None
    if listed and not named:  # as its neighbour: "from adipose and bone marrow tissues"
        found = _look_up(reading, place, "mesenchymal stem cell")
        return (found, "tissue-derived-exosomes") if found else None
    return (named, "exosomes-from-x") if named else None


def _stands_plainly(reading: Reading, place: Mention) -> tuple[str, str] | None:
    """Return the source of a tissue in a column of sources, or right before "exosomes"."""
    if reading.vocabulary.terms[place.term].kind != "tissue":
        return None
    if named := _look_up(reading, place, "exosomes"):
        return named, "exosomes-from-x"
    if reading.part.role != "source":
        return None
    named = _look_up(reading, place, "mesenchymal stem cell", "stem cell")
    return (named, "tissue-derived-exosomes") if named else None


def _look_up(reading: Reading, place: Mention, *cells: str) -> str | None:
    for name in (place.text, f"{place.text} tissue", f"{place.text}-derived"):
        for cell in cells:
            if cell == "exosomes" and name.endswith(" tissue") and name != place.text:
                continue  # "adipose-derived" need not be of the whole tissue
            for kind in ("source", "cell"):
                found = reading.vocabulary.find_term(f"{name} {cell}", kind) if cell else None
                if found and reading.vocabulary.terms[found].kind in ("source", "cell"):
                    return found
    return None
