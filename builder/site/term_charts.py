"""Pictures of a term's findings: what they cover, which way they point, and the chain of effects.

Each view holds the drawing, a legend, and the table that tells the same in words and links.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from builder.models import Finding, Term
from builder.site import charts
from builder.site.charts import Directions, Levels
from builder.site.charts.bars import LETTERS, LETTERS_BESIDE
from builder.site.charts.parts import fill_table, view_cell, view_picture, view_swatch
from builder.site.effect_chains import view_chain
from builder.site.index import Atlas
from builder.site.labels import EVIDENCE, find_direction
from builder.site.links import View, plural

MOST_ROWS = 10
# Which list of its findings a kind of page sets against the levels of evidence.
_AGAINST = {
    "source": ("conditions", "condition"),
    "vehicle": ("conditions", "condition"),
    "condition": ("sources", "cell source"),
}
# The strongest first, as every list of levels on the site.
_LEVELS = sorted(EVIDENCE, key=lambda level: -EVIDENCE[level])
_ABSENT = ""
_WAYS = {
    "down": "▼ decreases or inhibits",
    "up": "▲ increases or activates",
    "named": "○ modulates or involves",
    "none": "= no effect on",
}


def view_pictures(atlas: Atlas, term: Term, findings: Sequence[Finding], root: str) -> list[View]:
    """Return the pictures of a term's page; a single finding needs none."""
    if len(findings) < 2:  # noqa: PLR2004 (a picture compares)
        return []
    if term.kind == "mechanism":
        drawn = [view_chain(atlas, term, findings, root)]
    else:
        drawn = [
            view_levels_picture(atlas, term, findings, root),
            view_directions_picture(atlas, term, findings, root),
        ]
    return [picture for picture in drawn if picture]


# --- findings by level of evidence ---------------------------------------------------------------


def count_levels(findings: Iterable[Finding], role: str) -> dict[str, Counter[str]]:
    """Return the findings of each term of a role by level; those that name none under ``""``."""
    counts: dict[str, Counter[str]] = {}
    for finding in findings:
        for name in dict.fromkeys(finding.ids_in(role)) or [_ABSENT]:
            counts.setdefault(name, Counter())[finding.design.level] += 1
    return counts


def view_levels_picture(
    atlas: Atlas, term: Term, findings: Sequence[Finding], root: str
) -> View | None:
    """Return the bars of findings by condition (or cell source) and level of evidence."""
    role, one = _AGAINST[term.kind]
    counts = count_levels(findings, role)
    names = sorted((n for n in counts if n), key=lambda n: (-counts[n].total(), n))
    if not names:
        return None
    listed = names + ([_ABSENT] if _ABSENT in counts else [])
    shown = names[:MOST_ROWS] + listed[len(names) :]
    bars = [
        Levels(
            _label(atlas, name, LETTERS) if name else f"no {one} stated",
            {level: counts[name][level] for level in _LEVELS if counts[name][level]},
            absent=not name,
        )
        for name in shown
    ]
    used = [level for level in _LEVELS if any(level in bar.counts for bar in bars)]
    title = f"Findings on {term.short} by {one} and level of evidence"
    picture = view_picture(
        "picture-levels",
        title,
        _note(len(findings), len(names) - MOST_ROWS, one),
        charts.draw_levels("picture-levels", title, bars),
    )
    picture["legend"] = [view_swatch(f"fill-{v.replace(' ', '-')}", v) for v in used]
    every = [level for level in _LEVELS if any(c[level] for c in counts.values())]
    picture["columns"] = [one.capitalize(), *every, "All"]
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


def _note(findings: int, more: int, one: str) -> str:
    rest = f" {plural(more, f'more {one}')} in the table below." if more > 0 else ""
    return (
        f"{plural(findings, 'finding')} of the papers read; one that names several "
        f"{one}s counts for each.{rest}"
    )


def _label(atlas: Atlas, name: str, letters: int) -> str:
    """Return the full name of a term where there is room for it, else its abbreviation."""
    entry = atlas.term_link(name, "")
    full = entry["title"] or entry["label"]
    return str(full if len(full) <= letters else entry["label"])


def _term_cell(atlas: Atlas, name: str, root: str, absent: str) -> View:
    if not name:
        return view_cell(absent)
    entry = atlas.term_link(name, root)
    return view_cell(entry["title"] or entry["label"], entry["href"])


# --- directions ----------------------------------------------------------------------------------


def count_directions(findings: Iterable[Finding]) -> dict[str, Counter[str]]:
    """Return for each mechanism how many findings raise, lower or only name it, or find none."""
    counts: dict[str, Counter[str]] = {}
    for finding in findings:
        told = dict.fromkeys((m.id, find_direction(m.effect)) for m in finding.mechanisms)
        for name, direction in told:
            counts.setdefault(name, Counter())[direction] += 1
    return counts


def view_directions_picture(
    atlas: Atlas, term: Term, findings: Sequence[Finding], root: str
) -> View | None:
    """Return the mechanisms that findings raise, beside those that they lower."""
    counts = count_directions(findings)
    names = sorted(counts, key=lambda n: (-counts[n].total(), n))
    if not names:
        return None
    shown = names[:MOST_ROWS]
    bars = [Directions(_label(atlas, name, LETTERS_BESIDE), **counts[name]) for name in shown]
    title = f"Mechanisms named with {term.short}, and their direction"
    picture = view_picture(
        "picture-directions",
        title,
        _note(sum(1 for f in findings if f.mechanisms), len(names) - MOST_ROWS, "mechanism"),
        charts.draw_directions("picture-directions", title, bars),
    )
    picture["legend"] = [
        view_swatch(f"fill-{way}", label)
        for way, label in _WAYS.items()
        if any(counts[name][way] for name in shown)
    ]
    picture["columns"] = ["Mechanism", "▲ Raised", "▼ Lowered", "○ Named", "= No effect"]
    lines = [
        [
            _term_cell(atlas, name, root, ""),
            *(view_cell(counts[name][way]) for way in ("up", "down", "named", "none")),
        ]
        for name in names
    ]
    fill_table(picture, lines)
    return picture
