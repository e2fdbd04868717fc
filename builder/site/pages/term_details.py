"""Parts of the pages of terms: pictures, release and mechanics, effects, statements that differ.

Each picture holds the drawing, a legend, and the table that says the same in words and links.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from builder.models import Finding, Quantity, Term
from builder.site.charts import fill_table, view_cell, view_picture, view_swatch
from builder.site.charts.bars import (
    LETTERS,
    Column,
    Levels,
    Link,
    Node,
    draw_chain,
    draw_levels,
    order_nodes,
)
from builder.site.charts.scales import Release, draw_release
from builder.site.citations import short_name
from builder.site.index import Disagreement, LibraryIndex, Statement
from builder.site.labels import (
    DESIGNS,
    EFFECTS,
    WORDS,
    find_direction,
    view_condition_effect,
    view_design,
    view_effect,
    view_quantity,
)
from builder.site.links import View, link, page_href, plural
from builder.site.pages.findings import finding_text, view_place

MOST_ROWS = 10
# Which list of its findings a kind of page sets against the designs of studies.
_AGAINST = {
    "source": ("conditions", "condition"),
    "vehicle": ("conditions", "condition"),
    "condition": ("sources", "source"),
}
# The strongest first, as every list of designs on the site.
_LEVELS = sorted(DESIGNS, key=lambda level: -DESIGNS[level])
_ABSENT = ""
_CHAIN_WAYS = {
    "up": "▲ increases or activates",
    "down": "▼ decreases or inhibits",
    "other": "○ names",
}
_MOST_NODES = 6
_MOST_PAIRS = 30
_MOST_LINKS = 6
Pairs = Counter[tuple[str, str, str]]


def view_pictures(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding], root: str
) -> list[View]:
    """Return the pictures of a term's page; a single finding needs none."""
    if len(findings) < 2:  # noqa: PLR2004 (a picture compares)
        return []
    if term.kind == "mechanism":
        drawn = [view_chain(atlas, term, findings, root)]
    else:
        drawn = [view_levels_picture(atlas, term, findings, root)]
    return [picture for picture in drawn if picture]


# --- studies by design ---------------------------------------------------------------------------


def count_levels(
    atlas: LibraryIndex, findings: Iterable[Finding], role: str
) -> dict[str, Counter[str]]:
    """Return the studies of each term of a role by design; those that name none under ``""``."""
    held: dict[str, dict[str, str]] = {}
    for finding in findings:
        studies = {s.id: s.design.level for s in atlas.studies_of(finding.id) if s.kind != "review"}
        for name in finding.ids_in(role) or [_ABSENT]:
            held.setdefault(name, {}).update(studies)
    return {name: Counter(levels.values()) for name, levels in held.items() if levels}


def view_levels_picture(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding], root: str
) -> View | None:
    """Return the bars of findings by condition (or cell source) and level of evidence."""
    role, one = _AGAINST[term.kind]
    counts = count_levels(atlas, findings, role)
    names = sorted((n for n in counts if n), key=lambda n: (-counts[n].total(), n))
    if not names:
        return None
    listed = names + ([_ABSENT] if _ABSENT in counts else [])
    shown = names[:MOST_ROWS] + listed[len(names) :]
    bars = [
        Levels(
            _label(atlas, name) if name else f"no {one} stated",
            {level: counts[name][level] for level in _LEVELS if counts[name][level]},
            absent=not name,
        )
        for name in shown
    ]
    used = [level for level in _LEVELS if any(level in bar.counts for bar in bars)]
    title = f"Studies of {term.short} by {one} and design"
    picture = view_picture(
        "picture-levels",
        title,
        _note(
            len({s.id for f in findings for s in atlas.studies_of(f.id)}),
            len(names) - MOST_ROWS,
            one,
        ),
        draw_levels("picture-levels", title, bars),
    )
    picture["legend"] = [view_swatch(f"fill-{v}", view_design(v)["label"]) for v in used]
    every = [level for level in _LEVELS if any(c[level] for c in counts.values())]
    picture["columns"] = [one.capitalize(), *(view_design(v)["label"] for v in every), "All"]
    lines = [
        [
            _term_cell(atlas, name, root, f"no {one} stated"),
            *(view_cell(counts[name][level]) for level in every),
            view_cell(counts[name].total()),
        ]
        for name in listed
    ]
    fill_table(picture, lines)
    return picture


def _note(studies: int, more: int, one: str) -> str:
    rest = f" {plural(more, f'more {one}')} in the table below." if more > 0 else ""
    return (
        f"{plural(studies, 'study', 'studies')} in the papers read; one that names several "
        f"{one}s counts for each.{rest}"
    )


def _label(atlas: LibraryIndex, name: str) -> str:
    """Return the full name of a term where there is room for it, else its abbreviation."""
    entry = atlas.term_link(name, "")
    full = entry["title"] or entry["label"]
    return str(full if len(full) <= LETTERS else entry["label"])


def _term_cell(atlas: LibraryIndex, name: str, root: str, absent: str) -> View:
    if not name:
        return view_cell(absent)
    entry = atlas.term_link(name, root)
    return view_cell(entry["title"] or entry["label"], entry["href"])


# --- the chain of a mechanism --------------------------------------------------------------------


def view_chain(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding], root: str
) -> View | None:
    """Return the chain of the findings that name a mechanism.

    A finding that names no cargo leads over a box that says so; nothing is guessed. Lines into the
    mechanism show its direction; lines out of it that of the outcome.
    """
    naming = [f for f in findings if any(m.id == term.id for m in f.mechanisms)]
    if not any(f.sources for f in naming):
        return None
    layers = [
        ("Source", [_or_absent(f.sources) for f in naming]),
        ("Cargo", [_or_absent(c.id for c in f.cargo) for f in naming]),
        ("Mechanism", [[term.id] for _ in naming]),
        ("Outcome or condition", [_or_absent(_ends(f)) for f in naming]),
    ]
    links = _find_links(term, naming, [names for _, names in layers])
    columns = [_column(atlas, label, names, root) for label, names in layers]
    columns[0] = Column(
        columns[0].label,
        order_nodes(columns[0].nodes, links[0], columns[1].nodes),
        columns[0].more,
    )
    label = term.short
    title = f"{label}: who carries it, and what follows"
    picture = view_picture(
        "picture-chain",
        title,
        f"{plural(len(naming), 'finding')} of the papers read that name {label}. A line joins what "
        "one finding names together; it does not prove a cause.",
        draw_chain("picture-chain", title, columns, links),
    )
    used = dict.fromkeys(link.style for joined in links for link in joined)
    picture["legend"] = [
        view_swatch(f"stroke-{way}", _CHAIN_WAYS[way]) for way in _CHAIN_WAYS if way in used
    ]
    picture["wide"] = True
    picture["columns"] = ["Layer", "Name", "Findings"]
    fill_table(picture, *(_table_rows(atlas, *layer, root) for layer in layers))
    return picture


def _or_absent(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names)) or [_ABSENT]


def _ends(finding: Finding) -> list[str]:
    return [*(o.id for o in finding.outcomes), *finding.conditions]


def _counts(names: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """Return the names with their findings, the most often named first, the unstated last."""
    counts = Counter(name for one in names for name in one)
    return sorted(counts.items(), key=lambda item: (item[0] == _ABSENT, -item[1], item[0]))


def _column(atlas: LibraryIndex, label: str, names: Sequence[Sequence[str]], root: str) -> Column:
    stated = [(name, count) for name, count in _counts(names) if name]
    absent = [(name, count) for name, count in _counts(names) if not name]
    nodes = [
        Node(
            name,
            atlas.term_link(name, root)["label"] if name else "not stated",
            count,
            absent=not name,
        )
        for name, count in stated[:_MOST_NODES] + absent
    ]
    return Column(label, nodes, max(len(stated) - _MOST_NODES, 0))


def _find_links(
    term: Term, findings: Sequence[Finding], layers: Sequence[Sequence[Sequence[str]]]
) -> list[list[Link]]:
    """Return the links between neighbouring layers, each with the findings that name both ends."""
    found: list[Pairs] = [Counter() for _ in layers[1:]]
    for place, finding in enumerate(findings):
        inward = _style(m.effect for m in finding.mechanisms if m.id == term.id)
        outcomes = {o.id: _style([o.effect]) for o in finding.outcomes}
        for number, pairs in enumerate(found):
            for start in layers[number][place]:
                for end in layers[number + 1][place]:
                    style = outcomes.get(end, "other") if number == len(found) - 1 else inward
                    pairs[start, end, style] += 1
    return [
        [Link(start, end, count, style) for (start, end, style), count in sorted(pairs.items())]
        for pairs in found
    ]


def _style(effects: Iterable[str]) -> str:
    ways = {find_direction(effect) for effect in effects}
    return ways.pop() if ways in ({"up"}, {"down"}) else "other"


def _table_rows(
    atlas: LibraryIndex, label: str, names: Sequence[Sequence[str]], root: str
) -> list[list[View]]:
    rows = []
    for name, count in _counts(names):
        entry = atlas.term_link(name, root) if name else {"title": "not stated", "href": ""}
        shown = entry["title"] or entry.get("label", name)
        rows.append([view_cell(label), view_cell(shown, entry["href"]), view_cell(count)])
    return rows


# --- release and mechanics of vehicles -----------------------------------------------------------

# The kinds of outcome that say how a vehicle behaves, and not what follows in the tissue.
_PHYSICAL = ("release kinetics", "mechanical property")
_RELEASE = ("released", "retained")
_DAYS = {"h": 1 / 24, "hour": 1 / 24, "min": 1 / 1440, "minute": 1 / 1440, "d": 1.0, "day": 1.0,
         "w": 7.0, "week": 7.0, "wk": 7.0, "month": 30.4}  # fmt: skip
_TIME = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-–]\s*(\d+(?:\.\d+)?))?\s*-?\s*([a-z]+)")
_MOST_ROWS = 60


def parse_days(words: str | None) -> float | None:
    """Return a time in days: ``14 days`` gives 14, ``72 h`` 3; a range gives its end."""
    found = _TIME.search((words or "").lower())
    unit = _DAYS.get(found[3]) or _DAYS.get(found[3].rstrip("s")) if found else None
    return float(found[2] or found[1]) * unit if found and unit else None


def view_measures(atlas: LibraryIndex, findings: Sequence[Finding], root: str) -> View | None:
    """Return what findings state of release and mechanics; None where they state nothing.

    Each number says of what it is, at what time and in which setting, as far as that is stated.
    ``answer`` holds the released shares in a sentence.
    """
    rows = [row for finding in findings for row in _rows(atlas, finding, root)]
    if not rows:
        return None
    rows.sort(key=lambda row: (row["of"] not in _RELEASE, row["of"], row["days"] or 0))
    released = [row for row in rows if row["of"] == "released" and row["number"]]
    return {
        "rows": rows[:_MOST_ROWS],
        "more": max(0, len(rows) - _MOST_ROWS),
        "answer": released[:_MOST_ANSWERS],
        "picture": view_release(rows),
    }


_MOST_ANSWERS = 4


def _rows(atlas: LibraryIndex, finding: Finding, root: str) -> Iterator[View]:
    terms = [atlas.library.terms.get(o.id) for o in finding.outcomes]
    physical = [term for term in terms if term and term.type in _PHYSICAL]
    numbers = [q for q in finding.quantities if q.of and q.of != "dose"]
    for quantity in numbers:
        yield _row(atlas, finding, quantity.of or "", quantity, root)
    if not numbers and physical:
        yield _row(atlas, finding, ", ".join(term.label for term in physical), None, root)


def _row(
    atlas: LibraryIndex, finding: Finding, of: str, quantity: Quantity | None, root: str
) -> View:
    read = view_quantity(quantity) if quantity else {"number": "", "unit": "", "quote": ""}
    vehicles = [v.label for v in finding.vehicles]
    return {
        "of": of,
        "number": f"{read['number']} {read['unit']}".strip() if quantity else "",
        "quote": read["quote"],
        "at": (quantity.at if quantity else None) or WORDS["not_stated"],
        "days": parse_days(quantity.at) if quantity else None,
        "value": _middle(quantity) if quantity and quantity.unit == "%" else None,
        "setting": (quantity.setting if quantity else None) or WORDS["not_stated"],
        "vehicle": ", ".join(vehicles) or WORDS["not_stated"],
        "words": finding_text(finding),
        "sources": [atlas.term_link(name, root) for name in finding.sources],
        "place": view_place(atlas, finding.paper, finding.locator, root),
        "paper": short_name(atlas.paper(finding.paper).paper.csl),
        "href": atlas.finding_href(finding.id, root),
    }


def _middle(quantity: Quantity) -> float | None:
    held = [v for v in (quantity.value, quantity.low, quantity.high) if v is not None]
    return held[0] if held else None


def view_release(rows: Sequence[View]) -> View | None:
    """Return the released or retained share over time, one line a statement and vehicle."""
    held = [r for r in rows if r["of"] in _RELEASE and r["value"] is not None and r["days"]]
    if not held:
        return None
    marks = [
        Release(
            row["vehicle"],
            row["days"],
            row["value"] if row["of"] == "released" else 100 - row["value"],
            f"{row['number']} {row['of']} at {row['at']}",
        )
        for row in held
    ]
    title = "Share of the load released, by time"
    picture = view_picture(
        "picture-release",
        title,
        "Each mark is one number of a statement; a retained share is drawn as its rest. Methods "
        "and loads differ between studies.",
        draw_release("picture-release", title, marks),
    )
    picture["columns"] = ["Vehicle", "Of", "Number", "At", "Setting"]
    picture["rows"] = [
        [
            view_cell(row["vehicle"], row["href"]),
            *(view_cell(row[key]) for key in ("of", "number", "at", "setting")),
        ]
        for row in held
    ]
    return picture


def view_all_releases(atlas: LibraryIndex, root: str) -> View | None:
    """Return the picture of every vehicle's release, for the page of comparisons."""
    carried = [f for f in atlas.findings if f.vehicles]
    return view_release([row for f in carried for row in _rows(atlas, f, root)])


# --- where a mechanism was changed ---------------------------------------------------------------


def view_target_effects(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding], root: str
) -> list[View]:
    """Return the effects on a mechanism for each pair of target and condition that is named.

    The pair with most findings comes first, what names neither last. One that names several
    targets or conditions counts for each. Without a single target or condition there is none.
    """
    pairs: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if any(m.id == term.id for m in finding.mechanisms):
            for pair in product(
                dict.fromkeys(finding.targets) or [_ABSENT],
                dict.fromkeys(finding.conditions) or [_ABSENT],
            ):
                pairs.setdefault(pair, []).append(finding)
    if not any(any(pair) for pair in pairs):
        return []
    order: Callable[[tuple[str, str]], object] = lambda pair: (  # noqa: E731
        not any(pair), -len(pairs[pair]), [(not name, name) for name in pair]
    )  # fmt: skip
    ranked = sorted(pairs, key=order)  # type: ignore[arg-type]
    return [_view_pair(atlas, term, pair, pairs[pair], root) for pair in ranked[:_MOST_PAIRS]]


def _view_pair(
    atlas: LibraryIndex, term: Term, pair: tuple[str, str], held: Sequence[Finding], root: str
) -> View:
    effects = Counter(
        effect
        for finding in held
        for effect in dict.fromkeys(m.effect for m in finding.mechanisms if m.id == term.id)
    )
    order = list(EFFECTS)
    target, condition = (atlas.term_name(name, root) if name else None for name in pair)
    levels = [f.design.level for f in held if atlas.stands(f)]
    links = [link(str(n), atlas.finding_href(f.id, root)) for n, f in enumerate(held, 1)]
    if len(held) > _MOST_LINKS:
        links = [link(plural(len(held), "statement"), "#findings")]
    return {
        "target": target,
        "condition": condition,
        "effects": [
            {"effect": view_effect(effect), "count": effects[effect]}
            for effect in sorted(effects, key=lambda e: (-effects[e], order.index(e)))
        ],
        "design": view_design(max(levels, key=lambda v: DESIGNS[v], default="not-stated")),
        "findings": links,
    }


# --- where statements differ ---------------------------------------------------------------------

_SIDES = {"raises": "up", "lowers": "down", "no effect": "none"}
_BETWEEN = {
    "papers": "Papers of the atlas say different things.",
    "studies": "Studies that one paper reports say different things.",
}


def view_disagreements(atlas: LibraryIndex, term: str, root: str) -> list[View]:
    """Return the disagreements in which a term is the source, the mechanism or the outcome."""
    return [_view_disagreement(atlas, each, root) for each in atlas.disagreements.get(term, ())]


def _view_disagreement(atlas: LibraryIndex, found: Disagreement, root: str) -> View:
    view = view_condition_effect if found.role == "condition" else view_effect
    return {
        "source": atlas.term_link(found.source, root),
        "target": atlas.term_link(found.target, root),
        "between": _BETWEEN[found.between],
        "sides": [
            {
                "effect": view(_SIDES[direction]),
                "studies": len({study for statement in statements for study in statement.studies}),
                "statements": [_view_statement(atlas, statement, root) for statement in statements],
            }
            for direction, statements in found.sides
        ],
    }


def _view_statement(atlas: LibraryIndex, statement: Statement, root: str) -> View:
    finding = statement.finding
    paper = atlas.paper(finding.paper).paper
    return {
        "quote": finding.quote.replace(" | ", " · "),
        "href": atlas.finding_href(finding.id, root),
        "paper": link(short_name(paper.csl), page_href(root, "paper", finding.paper)),
        "design": view_design(finding.design.level),
        "studies": [_view_work(atlas, study, root) for study in statement.studies],
    }


def _view_work(atlas: LibraryIndex, work: str, root: str) -> View:
    if work in atlas.library.references:
        csl = atlas.library.references[work].csl
        return link(short_name(csl), atlas.work_href(work, root))
    return link(short_name(atlas.paper(work).paper.csl), page_href(root, "paper", work))
