"""What the atlas has read and what it could not have: the flow of records, and the study cards.

The numbers are those of ``builder.curate.review_flow``; this module only lays them out. It reads
``content/screening.yml`` and ``content/searches/``, which the Library does not hold.
"""

from collections.abc import Callable, Iterable, Mapping

import svg

from builder.curate import review_flow
from builder.extract.methods_text import read_words
from builder.models import Stated, StudyCard
from builder.models.review import Run, ScreeningRecord, Strategy
from builder.site import charts
from builder.site.citations import short_name
from builder.site.index import LibraryIndex
from builder.site.labels import WORDS
from builder.site.links import Page, View, link, outside, page_href, plural
from builder.store import PaperBundle
from builder.store.library import today

NOT_STATED = WORDS["not_stated"]
_PARTS = ("title", "abstract", "body", "tables", "references")
_MOST_RECORDS = 200
_MOST_REASONS = 4
# Facets of the table of studies; the other items are found by the words of the filter.
_FACETS = ("isolation", "species", "model", "route", "randomised", "blinded")


# --- the search ----------------------------------------------------------------------------------


def view_search_notice(atlas: LibraryIndex) -> str:
    """Return what home says where no search was run, or the last is old; empty where it is not."""
    root = atlas.library.root
    last = review_flow.find_last_search(review_flow.read_screening(root))
    if last is None:
        return "No search of the literature was run yet: the papers read were chosen by hand."
    if review_flow.is_stale(last, today(root)):
        return (
            f"The literature was last searched on {last.isoformat()}, more than "
            f"{review_flow.STALE_AFTER} days before this site was built. Newer studies are missing."
        )
    return ""


def view_coverage(atlas: LibraryIndex) -> Page:
    """Return the page on what was searched, screened, read, and could not be had."""
    root = "../"
    screening = review_flow.read_screening(atlas.library.root)
    strategies = review_flow.read_strategies(atlas.library.root)
    flow = review_flow.find_flow(screening)
    last = review_flow.find_last_search(screening)
    papers = [atlas.library.papers[name] for name in sorted(atlas.library.papers)]
    by_search = {r.retrieval.seed for r in screening.records if r.retrieval and r.retrieval.seed}
    distinct = [r for r in screening.records if not r.duplicate]
    missed = [r for r in distinct if r.retrieval and r.retrieval.got == "nothing"]
    excluded = [r for r in distinct if r.verdict == "exclude"]
    return Page(
        path="coverage/",
        template="coverage.md.j2",
        title="Coverage",
        description="What was searched, screened and read, in the numbers of PRISMA 2020, and what "
        "could not be had.",
        kind="page",
        view={
            "last": last.isoformat() if last else "",
            "notice": view_search_notice(atlas),
            "flow": view_flow(flow) if screening.records else None,
            "strategies": [_view_strategy(s, screening.runs) for s in strategies],
            "excluded": _view_records(excluded, lambda r: r.reason or "no reason given"),
            "missed": _view_records(
                missed, lambda r: (r.retrieval and r.retrieval.why) or "reason not stated"
            ),
            "most": _MOST_RECORDS,
            "papers": [_view_paper(b, by_search, root) for b in papers],
            "parts": [part.capitalize() for part in _PARTS],
            "cards": plural(len(atlas.library.cards()), "study card"),
        },
    )


def _view_strategy(strategy: Strategy, runs: Iterable[Run]) -> View:
    own = [run for run in runs if run.strategy == strategy.id]
    last = max(own, key=lambda run: run.day, default=None)
    chased = {
        "backward": "the works that the papers cite",
        "forward": "the works that cite the papers",
    }
    return {
        "id": strategy.id,
        "purpose": strategy.purpose,
        "database": strategy.database,
        "query": strategy.query or "",
        "chasing": chased.get(strategy.chasing or "", ""),
        "limits": "; ".join(strategy.limits) or "none stated",
        "most": strategy.most,
        "day": last.day.isoformat() if last else "",
        "found": last.found if last else 0,
        "taken": last.taken if last else 0,
        "new": last.new if last else 0,
    }


def _view_records(records: list[ScreeningRecord], why: Callable[[ScreeningRecord], str]) -> View:
    shown = [
        {
            "work": outside(record.title, record.url),
            "year": str(record.year) if record.year else "year not stated",
            "why": why(record),
        }
        for record in records[:_MOST_RECORDS]
    ]
    return {"records": shown, "count": len(records), "more": len(records) - len(shown)}


def _view_paper(bundle: PaperBundle, by_search: Iterable[str], root: str) -> View:
    paper = bundle.paper
    return {
        "paper": link(short_name(paper.csl), page_href(root, "paper", paper.id)),
        "title": paper.csl.title,
        "parts": [bool(getattr(paper.coverage, part)) for part in _PARTS],
        "by": "search" if paper.seed.file in by_search else "hand",
    }


# --- the flow diagram ----------------------------------------------------------------------------

_LEFT, _RIGHT, _WIDE, _SIDE = 0.0, 57.0, 50.0, 43.0  # percent across
_LINE, _PAD, _GAP = 17, 9, 22  # pixels down


def view_flow(flow: review_flow.Flow) -> View:
    """Return the PRISMA flow as a picture, with the table behind it."""
    rows = list_flow(flow)
    picture = charts.view_picture(
        "flow",
        "Flow of records",
        "After the PRISMA 2020 flow diagram. A record counts once at each step that it reached.",
        _draw_flow(flow),
    )
    picture["columns"] = ["Step", "Records"]
    picture["rows"] = [[charts.view_cell(label), charts.view_cell(count)] for label, count in rows]
    picture["wide"] = True
    return picture


def list_flow(flow: review_flow.Flow) -> list[tuple[str, int]]:
    """Return the steps of the flow with their numbers, in the order of the diagram."""
    identified = sum(flow.identified.values())
    return [
        *((f"Identified in {name}", count) for name, count in flow.identified.items()),
        ("Identified in all databases", identified),
        ("Duplicates removed", flow.removed),
        ("Records without duplicates", identified - flow.removed),
        ("Not screened yet", flow.waiting),
        ("Screened, but unsure or disagreed", flow.disagreed),
        ("Screened and decided", flow.screened),
        *((f"Excluded: {reason}", count) for reason, count in flow.excluded.items()),
        ("Excluded", sum(flow.excluded.values())),
        ("Sought", flow.sought),
        *((f"Not retrieved: {why}", count) for why, count in flow.not_retrieved.items()),
        ("Not retrieved", sum(flow.not_retrieved.values())),
        ("Not fetched yet", flow.pending),
        ("Included by full text", flow.full_text),
        ("Included by abstract", flow.abstract_only),
        ("Included", flow.included),
    ]


def _reasons(counts: Mapping[str, int]) -> list[str]:
    listed = [f"  {count:,} {reason}" for reason, count in list(counts.items())[:_MOST_REASONS]]
    rest = len(counts) - len(listed)
    return [*listed, *([f"  and {plural(rest, 'more reason')}"] if rest else [])]


def _draw_flow(flow: review_flow.Flow) -> str:
    identified = sum(flow.identified.values())
    steps = [
        (
            [f"Identified: {identified:,}", *_reasons(flow.identified)],
            [f"Duplicates removed: {flow.removed:,}"],
        ),
        (
            [f"Without duplicates: {identified - flow.removed:,}"],
            [f"Not screened yet: {flow.waiting:,}", f"Unsure or disagreed: {flow.disagreed:,}"],
        ),
        (
            [f"Screened and decided: {flow.screened:,}"],
            [f"Excluded: {sum(flow.excluded.values()):,}", *_reasons(flow.excluded)],
        ),
        (
            [f"Sought: {flow.sought:,}"],
            [
                f"Not retrieved: {sum(flow.not_retrieved.values()):,}",
                *_reasons(flow.not_retrieved),
                *([f"Not fetched yet: {flow.pending:,}"] if flow.pending else []),
            ],
        ),
        (
            [
                f"Included: {flow.included:,}",
                f"  {flow.full_text:,} full text",
                f"  {flow.abstract_only:,} abstract only",
            ],
            [],
        ),
    ]
    elements: list[svg.Element] = []
    y = 1.0
    for number, (main, side) in enumerate(steps):
        tall = max(len(main), len(side)) * _LINE + 2 * _PAD
        middle = y + (_LINE + 2 * _PAD) / 2
        if number:
            elements.append(charts.draw_line(_WIDE / 2, y - _GAP, _WIDE / 2, y, "axis"))
        if side:
            elements.append(charts.draw_line(_WIDE, middle, _RIGHT, middle, "axis"))
            elements += _draw_box(_RIGHT, y, _SIDE, side, tall)
        elements += _draw_box(_LEFT, y, _WIDE, main, tall)
        y += tall + _GAP
    reported = "; ".join(f"{label}: {count:,}" for label, count in list_flow(flow))
    return charts.draw_picture("flow", "Flow of records", f"{reported}.", y - _GAP + 2, elements)


def _draw_box(x: float, y: float, width: float, lines: list[str], tall: float) -> list[svg.Element]:
    words = [
        charts.draw_text(
            x + (3 if line.startswith("  ") else 1.5),
            y + _PAD + _LINE * number + 12,
            line.strip(),
            "muted" if line.startswith("  ") else "strong",
        )
        for number, line in enumerate(lines)
    ]
    return [charts.draw_bar(x + 0.1, y, width - 0.2, tall, "node"), *words]


# --- study cards ---------------------------------------------------------------------------------


def view_card(bundle: PaperBundle) -> View | None:
    """Return the card of a paper; None where it has none."""
    if not bundle.cards:
        return None
    card = bundle.cards[0]
    groups: dict[str, list[View]] = {}
    for item in read_words().items:
        groups.setdefault(item.group, []).append(
            {"label": item.label, "note": item.note or "", **_view_stated(card.values_of(item.id))}
        )
    return {
        "groups": [{"label": name, "items": items} for name, items in groups.items()],
        "outcomes": [
            {
                "of": ", ".join(filter(None, [outcome.of, outcome.group]))
                or "measure not named in the sentence",
                "printed": outcome.printed,
                "at": outcome.at or NOT_STATED,
                "n": outcome.n or NOT_STATED,
                "p": outcome.p or NOT_STATED,
                "quote": outcome.quote,
                "place": _place(outcome.section, outcome.line),
            }
            for outcome in card.outcomes
        ],
    }


def _view_stated(stated: list[Stated]) -> View:
    """Return the values of an item, and each sentence once with the values that it states."""
    quotes: dict[str, View] = {}
    for entry in stated:
        place = _place(entry.section, entry.line)
        quote = quotes.setdefault(entry.quote, {"quote": entry.quote, "place": place, "states": []})
        quote["states"].append(entry.value)
    return {"stated": [entry.value for entry in stated], "quotes": list(quotes.values())}


def _place(section: str | None, line: int) -> str:
    return f"{section}, line {line}" if section else f"line {line}"


def view_study_cards(atlas: LibraryIndex) -> Page:
    """Return the table of all study cards, and how many state each item."""
    cards = atlas.library.cards()
    items = read_words().items
    return Page(
        path="study-cards/",
        template="study_cards.md.j2",
        title="Study cards",
        description="What primary studies state of isolation, characterisation, dose, animals, "
        "randomisation, blinding and outcomes, each with its quote and place.",
        kind="page",
        view={
            "groups": list(dict.fromkeys(item.group for item in items)),
            "facets": " ".join(_FACETS),
            "stated": [
                {
                    "label": item.label,
                    "asked_by": item.asked_by or "",
                    "note": item.note or "",
                    "count": sum(bool(card.values_of(item.id)) for card in cards),
                }
                for item in items
            ],
            "cards": [_view_row(atlas, card) for card in cards],
            "count": len(cards),
        },
    )


def _view_row(atlas: LibraryIndex, card: StudyCard) -> View:
    bundle = atlas.paper(card.paper)
    return {
        "id": card.id,
        "paper": link(
            short_name(bundle.paper.csl), page_href("../", "paper", card.paper, "study-card")
        ),
        "title": bundle.paper.csl.title,
        "cells": [
            {
                "group": group,
                "parts": [
                    {
                        "label": item.label,
                        "stated": ", ".join(stated.value for stated in card.values_of(item.id)),
                    }
                    for item in read_words().items
                    if item.group == group
                ],
            }
            for group in dict.fromkeys(item.group for item in read_words().items)
        ],
        "facets": [
            {"name": name, "values": "|".join(s.value for s in card.values_of(name)) or NOT_STATED}
            for name in _FACETS
        ],
    }
