"""Cells: which are the source of the vesicles, which are acted on, which are delivered beside them.

The role comes from the words around a cell, never from its mention alone. A source may also be
named by its tissue: "adipose-derived exosomes", "cells from marrow".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from builder.extract.findings.cues import Pattern
from builder.extract.findings.spans import Reading, is_inside, touches
from builder.extract.findings.statements import Assigned
from builder.extract.findings.vehicles import find_carriers
from builder.extract.vocabulary import Mention

# Words before a cell that only compare it, name its medium, or say where a thing was found.
_BESIDES = ("likened", "medium_of", "found_in", "counted")
_OBJECTS = ("source", "cell", "mechanism", "tissue", "condition")


def read_cells(reading: Reading) -> list[Assigned]:
    """Return sources, targets and partners of a text, each with its rule."""
    found = [(m, *_role(reading, m)) for m in _cells(reading)]
    _spread(reading, found)
    assigned = []
    for mention, role, rule in found:
        if role == "sources":
            assigned.append(_as_source(reading, mention, rule))
        elif role:
            assigned.append(reading.assign(mention, role, rule))
    if reading.about_vesicles:
        assigned += find_tissue_sources(reading, [m for m, r, _ in found if r == "sources"])
        spans = [(m.start, m.end) for m, r, _ in found if r == "sources"]
        assigned += [
            a
            for a in find_adjective_sources(reading)
            if not any(s < a.end and a.start < e for s, e in spans)
        ]
    return assigned


def _as_source(reading: Reading, mention: Mention, rule: str) -> Assigned:
    """Return a source, or what asks for it where its tissue is named but not known.

    "Dental follicle stem cell" is not filed as stem cell if the vocabulary lacks it: that would
    be less than the text says.
    """
    term = narrow_source(reading, mention)
    origin = name_origin(reading, mention) if term == mention.term else ""
    if origin:
        v = reading.vocabulary
        place = v.find_term(origin, "tissue")
        known = v.find_term(f"{origin} {mention.text}", "source") or f"{place}-{term}"
        if known not in v.terms:
            said = f"{origin} {mention.text}"
            return Assigned(
                "", "", "unknown-cell", reading.part.name, mention.start, mention.end, said
            )
        term = known
    return reading.assign(mention, "sources", rule, value=term)


def _cells(reading: Reading) -> list[Mention]:
    """Return the cells of a text; that of "hepatocyte growth factor" is none."""
    molecules = [m for m in reading.mentions("mechanism") if reading.is_molecule(m)]
    return [
        m
        for m in reading.mentions("source", "cell")
        if not is_inside(m, reading.mentions("intervention"))
        and not is_inside(m, molecules)
        and not reading.match("plasma_membrane", reading.text, m.start)
    ]


def _role(reading: Reading, mention: Mention) -> tuple[str, str]:
    """Return (field, rule) for a mention; an empty field where it plays none."""
    if reading.match("never_source", reading.behind(mention)):
        return "", "depleted"
    if opposed := _opposed(reading, mention):
        return opposed
    if reading.part.role == "source":
        return _role_in_column(reading, mention)
    taken_up = reading.search("taken_up_by", reading.before(mention))
    if reading.about_vesicles and not taken_up and (role := _role_in_words(reading, mention)):
        return role
    return _as_target(reading, mention)


def _opposed(reading: Reading, mention: Mention) -> tuple[str, str] | None:
    """Return the role of a cell that is set against the source: "ADSC but not BMSC exosomes"."""
    before = reading.before(mention)
    opposed = reading.search("opposed_source", before)
    if not opposed or reading.search("kind_before", before[: opposed.start()]):
        return None
    theirs = re.search(r"\s(?:from|of|by)\s", opposed[0]) or reading.fitting(mention, "source")
    return ("opposed", "but-not") if theirs and "not" in opposed[0] else ("", "opposed")


def _role_in_column(reading: Reading, mention: Mention) -> tuple[str, str]:
    """Return the role in a column of sources."""
    if is_inside(mention, [w for w, _ in find_carriers(reading)]):
        return "", "part-of-vehicle"
    partner = reading.fitting(mention, "partner")
    return ("partners", partner.rule) if partner else ("sources", "source-column")


def _role_in_words(reading: Reading, mention: Mention) -> tuple[str, str] | None:
    """Return the role that the words around a cell give it beside vesicles, or None."""
    if reading.cues.vesicle.search(mention.text):
        return "sources", "named-with-exosomes"
    for field, role in (("sources", "source"), ("partners", "partner")):
        pattern = reading.fitting(mention, role)
        if pattern is None:
            continue
        if role == "partner" and reading.search("comparing", reading.text):
            return "", "compared"
        if pattern.rule == "x-and-exosomes" and reading.search("placed", reading.before(mention)):
            continue  # "less miR-126 in MSCs and exosomes"
        if role == "source" and (
            _makes_cell_behind(reading, mention)
            or is_inside(mention, reading.mentions("mechanism"))
            or _makes_another_cell(reading, mention, pattern)
        ):
            continue
        return field, pattern.rule
    if _releases(reading, mention):
        return "sources", "exosomes-that-x-release"
    fluid = reading.vocabulary.terms[mention.term].type in ("biofluid", "blood product")
    if fluid and reading.search("in_fluid", reading.before(mention)):
        return "sources", "exosomes-in-fluid"
    acts = _acts_by_vesicles(reading, mention)
    return ("sources", "x-acts-by-exosomes") if acts else None


def _releases(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell stands in "EVs that osteoblasts and MSCs release"."""
    cues = reading.cues
    return any(
        said.start("who") <= mention.start and mention.end <= said.end("who")
        for said in cues.patterns["that_x_release"].finditer(reading.text)
        if all(cues.meaning(m[0]).kind != "verb" for m in cues.finder.finditer(said["who"]))
    )


def _acts_by_vesicles(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell that begins its clause acts by its vesicles.

    "MSCs deliver miR-21 via exosomes"; the vesicles are another's where a cell stands beside them:
    "chondrocytes respond via MSC exosomes", "exosomes from plasma".
    """
    clause = reading.patterns["clause_start"].split(reading.before(mention))[-1]
    acts = reading.match("acts_by_vesicles", reading.behind(mention))
    verb = reading.match("finite_verb", reading.behind(mention))
    if not acts or not verb:
        return False
    stop = mention.end + verb.end() + 1  # "slow osteoblasts": a verb that is no cue, and its object
    has_object = any(o.start == stop for o in reading.mentions(*_OBJECTS))
    if not (verb["plain"] or _is_active(reading, verb["word"]) or has_object):
        return False
    first = mention.start - len(clause)
    cells = reading.mentions("source", "cell")
    if not reading.fullmatch("bare_subject", clause) or any(
        first <= o.start < mention.start for o in cells
    ):
        return False
    if any(reading.cues.meaning(m[0]).kind == "verb" for m in reading.cues.finder.finditer(clause)):
        return False
    start, end = mention.end + acts.start("by"), mention.end + acts.end()
    return not any(
        start <= o.start < end or reading.fullmatch("from_behind", reading.text[end : o.start])
        for o in reading.mentions("source", "cell", "tissue")
        if o.start >= start
    )


def _is_active(reading: Reading, word: str) -> bool:
    """Return whether a word is a finite verb of direction: "promote", "inhibited"."""
    found = reading.cues.finder.fullmatch(word)
    return bool(found) and reading.cues.meaning(word).kind == "verb" and not word.endswith("ing")


def _makes_cell_behind(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell only made another: "BMSC-derived osteoblasts", "MSCs from iPSCs"."""
    cells = reading.mentions("source", "cell")
    if made := reading.search("made_of", reading.before(mention)):
        return any(o.end == made.start() for o in cells)
    derived = reading.match("made_cell", reading.behind(mention))
    return derived is not None and any(o.start == mention.end + derived.end() for o in cells)


def _makes_another_cell(reading: Reading, mention: Mention, pattern: Pattern) -> bool:
    """Return whether another cell stands between: the iPSC of "iPSC-derived MSC exosomes"."""
    match = pattern.match(reading.behind(mention))
    if pattern.rule == "from-x-to-y-by-exosomes":
        return False
    if not match:
        return pattern.rule != "exosomes-those-of-x" and _has_nearer_cell(reading, mention)
    end = mention.end + match.end()
    v = reading.vocabulary
    return any(
        mention.end <= o.start < end
        and o.term != mention.term
        and o.term not in v.ancestors(mention.term)
        and mention.term not in v.ancestors(o.term)
        and not reading.match("hanging", reading.text[mention.end : o.start])
        and not reading.search("opposed_source", reading.before(o))
        and not _makes_cell_behind(reading, o)
        for o in reading.mentions("source", "cell")
    )


def _has_nearer_cell(reading: Reading, mention: Mention) -> bool:
    """Return whether another cell stands nearer to the vesicles: "exosomes of BMSCs primed OBs"."""
    vesicles = [m.end() for m in reading.cues.vesicle.finditer(reading.before(mention))]
    nearest = vesicles[-1] if vesicles else 0
    between = [o for o in _cells(reading) if nearest <= o.start and o.end <= mention.start]
    return any(
        not reading.match("listed_cells", reading.text[o.end : mention.start])
        and not _makes_cell_behind(reading, o)
        for o in between
    )


def _names_no_cell(reading: Reading, mention: Mention) -> bool:
    """Return whether a cell's name belongs to another thing, or stands for comparison only."""
    return bool(
        _makes_cell_behind(reading, mention)
        or touches(mention, reading.mentions("modification"))
        or is_inside(mention, [w for w, _ in find_carriers(reading)])
        or reading.match("no_target", reading.behind(mention))
        or any(reading.search(name, reading.before(mention)) for name in _BESIDES)
    )


def _as_target(reading: Reading, mention: Mention) -> tuple[str, str]:
    term = reading.vocabulary.terms.get(mention.term)
    if term is None or (term.kind == "source" and term.type not in ("cell", "class", "cell line")):
        return "", "no-role"
    if _names_no_cell(reading, mention):
        return "", "no-role"
    if reading.search("taken_up_by", reading.before(mention)):
        return "targets", "taken-up-by"
    before = reading.before(mention)
    if reading.search("made_by", before):
        return "targets", "maker"
    acts = reading.match("acts", reading.behind(mention)) and not reading.about_vesicles
    if acts or reading.search("by_before", before) or _is_product(reading, mention):
        return "", "no-role"
    return "targets", "target-column" if reading.part.role == "target" else "acted-on"


def _spread(reading: Reading, found: list[tuple[Mention, str, str]]) -> None:
    """Give a listed cell the role of its neighbour: "BMSC- and ADSC-derived", "from A and B"."""
    for i in range(len(found) - 2, -1, -1):
        (left, role, _), (right, other, rule) = found[i], found[i + 1]
        between = reading.text[left.end : right.start]
        adjunct = not left.text.endswith("s")  # "MSC and BMSC exosomes"
        shares = adjunct or between.startswith("-") or not reading.search("cell_word", left.text)
        wide = (left.term, *reading.vocabulary.ancestors(left.term))
        short = right.term in wide and between.strip() == "("  # "Osteoblast (OB)-derived"
        placed = reading.search("placed", reading.before(left))  # "in FLS, and neutrophil exosomes"
        hangs = short or (shares and not placed and reading.match("hanging", between))
        if other == "sources" and role != "sources" and hangs:
            found[i] = (left, "sources", rule)
    for i in range(1, len(found)):
        (left, role, rule), (right, other, _) = found[i - 1], found[i]
        between = reading.text[left.end : right.start]
        if role and right.term == left.term and between.strip() == "(":
            found[i] = (right, role, rule)  # its short form: "Bone Marrow Stromal Cells (BMSCs)"
        listed = reading.match("listed_cells", between) and re.search(r"\w|,|/", between)
        if listed and _begins_clause(reading, found[: i + 1]):
            continue
        if role == "sources" and rule.startswith("exosom") and other in ("targets", "") and listed:
            found[i] = (right, "sources", rule)


def _begins_clause(reading: Reading, found: Sequence[tuple[Mention, str, str]]) -> bool:
    """Return whether the last cell begins a clause: "given EVs of MSCs, and tenocytes died"."""
    (left, *_), (right, *_) = found[-2:]
    if not re.match(r"s?,\s+(?:and|or)\b", reading.text[left.end : right.start]):
        return False
    return all(  # two names take no comma before "and"; a list of three does
        not reading.match("listed_cells", reading.text[o.end : left.start]) for o, *_ in found[:-2]
    )


def _is_product(reading: Reading, mention: Mention) -> bool:
    """Return whether a process forms the cell: it is no target of "osteoblast differentiation".

    "M1 polarization of macrophages" forms M1 macrophages of those that it acts on.
    """
    kind = reading.search("polarized_kind", mention.text)
    return bool(reading.search("turned_into", reading.before(mention))) or any(
        is_inside(mention, [p]) and (kind or reading.search("forming", p.text))
        for p in reading.mentions("mechanism")
    )


def narrow_source(reading: Reading, mention: Mention) -> str:
    """Return a narrower term where the words behind the vesicles name it.

    "MSC-derived exosomes from Wharton's jelly" is the term of "MSC from Wharton's jelly".
    """
    behind = reading.behind(mention)
    vesicle = reading.cues.vesicle.search(behind[:60])
    origin = reading.match("origin_behind", behind, vesicle.end()) if vesicle else None
    if origin and origin[0].lstrip().startswith("in "):
        origin = None  # where the vesicles are, not where the cells are from
    for match in (origin, reading.match("origin_behind", behind)):
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
    derived = reading.search("derived_before", reading.before(mention))
    if derived and derived[1].lower() not in reading.cues.lists["donors"]:
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
    places = [
        t
        for t in reading.mentions("tissue", "condition")
        if not touches(t, cells) and not reading.match("not_from", reading.behind(t))
    ]
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
        listed = standing and reading.match(
            "listed_tissues", reading.text[standing.end : place.start]
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
        listed = reading.search("names_origin", source.text) and reading.match(
            "listed_tissues", between
        )
        if source.end <= place.start and (listed or reading.match("from_tissue", between)):
            return source
    if earlier and reading.match("listed_tissues", reading.text[earlier[-1].end : place.start]):
        return cell_of.get(earlier[-1].start)
    return None


def _cell_behind(
    reading: Reading, place: Mention, later: Sequence[Mention], sources: Sequence[Mention]
) -> Mention | None:
    """Return the source that ends a list of tissues which begins with this one."""
    at = place.end
    for following in [*later, *sources]:
        between = reading.text[at : following.start] if following.start >= at else ";"
        if reading.match("listed_tissues", between):
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
    v = reading.vocabulary
    for match in reading.patterns["adjective_vesicles"].finditer(reading.text):
        word = match["adjective"]
        name = reading.cues.noun_of(word)
        if not name or reading.match("uptake", reading.text, match.end()):
            continue
        found = v.find_term(f"{name} exosomes", "source") or v.find_term(name, "source")
        if found:
            at, part = match.start("adjective"), reading.part.name
            yield Assigned(
                "sources", found, "adjective-exosomes", part, at, at + len(word), word
            )  # fmt: skip


def _stands_for_cell(
    reading: Reading, place: Mention, *, listed: bool, alone: bool
) -> tuple[str, str] | None:
    """Return the source, and the rule, of a tissue or tumour that stands for its vesicles."""
    patterns = reading.cues.roles["source"]
    behind = reading.behind(place)
    if patterns.after[0].match(behind) or reading.match("as_source", behind):
        if named := _look_up(reading, place, "exosomes", "cell"):
            return named, "x-derived-exosomes"
        if named := _look_up(reading, place, "stem cell", "mesenchymal stem cell"):
            return named, "tissue-derived-exosomes"
        return (named, "x-derived-exosomes") if (named := _as_whole(reading, place)) else None
    if reading.part.role == "source" or reading.cues.vesicle.match(behind.lstrip(" -")):
        return _stands_plainly(reading, place)
    text = reading.before(place)[-160:]
    first = place.start - len(text)
    cells = [c.start for c in reading.mentions("source", "cell") if c.end <= place.start]
    # "exosomes from ADSCs induced bone formation": theirs is a cell between
    fits = [m.start() for p in patterns.before if (m := p.search(text))]
    before = any(all(first + fit > cell for cell in cells) for fit in fits)
    before = before and not reading.search("taken_from", text)
    if alone and reading.vocabulary.terms[place.term].type == "biofluid":
        before = before or bool(reading.search("in_fluid", text))
    sick = reading.vocabulary.terms[place.term].kind == "condition"  # "exosomes from osteosarcoma"
    named = _look_up(reading, place, "cell" if sick else "exosomes") if before or listed else None
    if before and not sick and reading.search("out_of", text):
        named = named or _as_whole(reading, place)
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


def _as_whole(reading: Reading, place: Mention) -> str | None:
    """Return the source that a tissue is which no name of vesicles or of a cell stands for."""
    return named if (named := f"{place.term}-exosomes") in reading.vocabulary.terms else None


def _look_up(reading: Reading, place: Mention, *cells: str) -> str | None:
    for cell, name in itertools.product(
        filter(None, cells), (place.text, f"{place.text} tissue", f"{place.text}-derived")
    ):
        if cell == "exosomes" and name.endswith(" tissue") and name != place.text:
            continue  # "adipose-derived" need not be of the whole tissue
        for kind in ("source", "cell"):
            found = reading.vocabulary.find_term(f"{name} {cell}", kind)
            if found and reading.vocabulary.terms[found].kind in ("source", "cell"):
                return found
    return None
