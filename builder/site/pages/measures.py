"""What can be compared by numbers: trials by time and dose, vehicles by release and mechanics."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from builder.models import Finding, Quantity, RegistryRecord, Trial
from builder.site import charts
from builder.site.citations import short_name
from builder.site.index import LibraryIndex
from builder.site.labels import WORDS, format_range, is_calculated, list_amounts, view_quantity
from builder.site.links import Page, View, link, page_href, plural
from builder.site.pages.findings import finding_text, view_place
from builder.site.pages.trials import name_phase, view_trial_row
from builder.site.summaries import answer_trials
from builder.text.dates import parse_date

NOT_STATED = WORDS["not_stated"]
# More than these are hard to take in, and heavy on the page; the table holds the rest.
MOST_SPANS = 40
_MOST_ROWS = 120  # of a table
_PLANNED = ("estimat", "anticipat", "planned", "expected")


def list_registry_doses(atlas: LibraryIndex, trial: Trial) -> str:
    """Return the particles of each arm as the registry states them, if low and high pair."""
    record = atlas.library.registry.get(trial.id)
    lows, highs = (
        [fact.value for fact in (record.facts.get(name, ()) if record else ())]
        for name in ("dose_particles_low", "dose_particles_high")
    )
    arms = dict.fromkeys(zip(lows, highs, strict=False)) if len(lows) == len(highs) else {}
    return "; ".join(
        format_range(low, high)
        for low, high in arms
        if isinstance(low, int | float) and isinstance(high, int | float) and low > 0 < high
    )


def view_timeline(atlas: LibraryIndex, root: str) -> View | None:
    """Return the trials over time, with phase, status and its date."""
    if not atlas.trials:
        return None
    spans = [_find_span(atlas, trial) for trial in atlas.trials]
    shown = spans[:MOST_SPANS]
    title = f"{plural(len(shown), 'registered trial')} by phase, status and time"
    picture = charts.view_picture(
        "picture-timeline",
        title,
        "Start and completion as the registry states them; phase and status as the papers state "
        "them. A status is that on the date shown.",
        charts.draw_timeline("picture-timeline", title, shown),
    )
    picture["legend"] = [
        charts.view_swatch("fill-span", "start to completion"),
        charts.view_swatch("fill-planned", "completion planned, not reported"),
        charts.view_swatch("mark-status", "date of the status"),
    ]
    picture["columns"] = [
        "Trial", "Phase", "Registry’s phase", "Status", "As of", "Start", "End",
    ]  # fmt: skip
    picture["rows"] = [
        _time_row(atlas, trial, span, root) for trial, span in zip(atlas.trials, spans, strict=True)
    ]
    return picture


def _find_span(atlas: LibraryIndex, trial: Trial) -> charts.Span:
    record = atlas.library.registry.get(trial.id)
    end, note = _find_day(record, "completion")
    planned = any(word in note.lower() for word in _PLANNED)
    if end and record and end > record.collected:
        planned = True
    return charts.Span(
        f"{trial.registry} · {name_phase(trial.phase) or 'phase not stated'}",
        " · ".join(part for part in (_status(trial), trial.result) if part),
        start=_find_day(record, "start_date")[0],
        end=end,
        planned=planned,
        as_of=trial.status.as_of if trial.status else None,
    )


def _status(trial: Trial) -> str:
    return trial.status.printed if trial.status else "status not stated"


def _find_day(record: RegistryRecord | None, name: str) -> tuple[date | None, str]:
    """Return the first day that a registry states for a field, and the note beside it.

    A month stands for its first day, a year for its first month; the table shows it as stated.
    """
    for fact in record.facts.get(name, ()) if record else ():
        parts = parse_date(fact.value) if isinstance(fact.value, str) else ()
        if parts:
            year, month, day = (*parts, 1, 1)[:3]
            try:
                return date(year, month, day), fact.note or ""
            except ValueError:  # the 31st of a short month
                continue
    return None, ""


def _stated(record: RegistryRecord | None, name: str) -> str:
    values = [
        str(fact.value) for fact in (record.facts.get(name, ()) if record else ()) if fact.value
    ]
    return " or ".join(dict.fromkeys(values))


def _time_row(atlas: LibraryIndex, trial: Trial, span: charts.Span, root: str) -> list[View]:
    record = atlas.library.registry.get(trial.id)
    end = _stated(record, "completion") or "not seen"
    return [
        charts.view_cell(trial.registry, page_href(root, "trial", trial.id)),
        charts.view_cell(trial.phase or NOT_STATED),
        charts.view_cell(_stated(record, "phase") or "not seen"),
        charts.view_cell(_status(trial)),
        charts.view_cell(span.as_of.isoformat() if span.as_of else NOT_STATED),
        charts.view_cell(_stated(record, "start_date") or "not seen"),
        charts.view_cell(f"{end} (planned)" if span.planned else end),
    ]


# --- doses in columns ----------------------------------------------------------------------------


# Columns of doses, in this order.
_AMOUNTS = tuple(f"{unit}{per}" for per in ("", " per mL") for unit in ("particles", "µg", "cells"))
_COLUMNS = (*_AMOUNTS, "volume in mL", "doses")


def view_amounts(trial: Trial) -> dict[str, str]:
    """Return a trial's dose in columns: particles, µg, cells, volume, number of doses."""
    dose = trial.dose
    if dose is None:
        return {}
    amounts = list_amounts(dose)
    if is_calculated(dose) and "particles" in amounts:
        amounts["particles"] += " (calculated)"
    return {**amounts, **({"doses": str(dose.doses)} if dose.doses else {})}


def view_dose_table(atlas: LibraryIndex, root: str) -> View:
    """Return the doses of all trials in columns, one a unit; a column that none has is left out.

    What the paper and what the registry states are rows of their own.
    """
    held: list[tuple[Trial, str, dict[str, str], str]] = []
    for trial in atlas.trials:
        if amounts := view_amounts(trial):
            held.append((trial, "paper", amounts, trial.dose.printed if trial.dose else ""))
        if stated := list_registry_doses(atlas, trial):
            held.append((trial, "registry", {"particles": stated}, ""))
    columns = [name for name in _COLUMNS if any(name in amounts for _, _, amounts, _ in held)]
    return {
        "columns": columns,
        "rows": [
            {
                "trial": link(trial.registry, page_href(root, "trial", trial.id)),
                "by": by,
                "amounts": [amounts.get(name, "") for name in columns],
                "printed": printed,
            }
            for trial, by, amounts, printed in held[:_MOST_ROWS]
        ],
        "without": len({t.id for t in atlas.trials} - {trial.id for trial, *_ in held}),
    }


def view_trial_index(atlas: LibraryIndex) -> Page:
    """Return the overview of all trials, those with a result first."""
    ranked = sorted(atlas.trials, key=lambda t: (not t.result, t.id))
    rows = [view_trial_row(atlas, t, "../") for t in ranked]
    studies = [s for s in atlas.studies if s.trials]
    return Page(
        path="trials/",
        template="trials.md.j2",
        title="Trials",
        description="Registered clinical trials of exosomes for bone, cartilage and joints: phase, "
        "dose, status with its date, result, and where review and registry differ.",
        kind="index",
        view={
            "answer": [answer_trials(atlas, studies, "#trials", "../")] if studies else [],
            "rows": rows[:_MOST_ROWS],
            "more": max(0, len(rows) - _MOST_ROWS),
            "timeline": view_timeline(atlas, "../"),
            "doses": view_dose_table(atlas, "../"),
        },
    )


# --- release and mechanics of vehicles -----------------------------------------------------------

# The kinds of outcome that say how a vehicle behaves, and not what follows in the tissue.
_PHYSICAL = ("release kinetics", "mechanical property")
_RELEASE = ("released", "retained")
_DAYS = {"h": 1 / 24, "hour": 1 / 24, "min": 1 / 1440, "minute": 1 / 1440, "d": 1.0, "day": 1.0,
         "w": 7.0, "week": 7.0, "wk": 7.0, "month": 30.4}  # fmt: skip
_TIME = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-–]\s*(\d+(?:\.\d+)?))?\s*-?\s*([a-z]+)")


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
    released = [row for row in rows if row["of"] in _RELEASE and row["number"]]
    return {
        "rows": rows[:_MOST_ROWS],
        "more": max(0, len(rows) - _MOST_ROWS),
        "answer": released[:_MOST_ANSWERS],
        "picture": view_release(rows),
    }


_MOST_ANSWERS = 4
_TURNED = str.maketrans("<>≤≥", "><≥≤")  # more than 56 % kept is less than 44 % released


def _rows(atlas: LibraryIndex, finding: Finding, root: str) -> Iterator[View]:
    terms = [atlas.library.terms.get(o.id) for o in finding.outcomes]
    physical = [term for term in terms if term and term.type in _PHYSICAL]
    # A time says when another number was measured; "pH 7.4" says at what.
    numbers = [
        q for q in finding.quantities if q.of and q.of not in ("dose", "time") and q.unit != q.of
    ]
    for quantity in numbers:
        yield _row(atlas, finding, quantity.of or "", quantity, root)
    if not numbers and physical:
        yield _row(atlas, finding, ", ".join(term.label for term in physical), None, root)


def _row(
    atlas: LibraryIndex, finding: Finding, of: str, quantity: Quantity | None, root: str
) -> View:
    read = view_quantity(quantity) if quantity else {"number": "", "unit": "", "quote": ""}
    vehicles = [v.label for v in finding.vehicles]
    share = quantity if quantity and quantity.unit == "%" else None
    held = (share.value, share.low, share.high) if share else ()
    return {
        "of": of,
        "number": f"{read['number']} {read['unit']}".strip() if quantity else "",
        "quote": read["quote"],
        "at": (quantity.at if quantity else None) or WORDS["not_stated"],
        "days": parse_days(quantity.at) if quantity else None,
        "value": next((v for v in held if v is not None), None),
        "sign": (quantity.sign if quantity else None) or "",
        "setting": (quantity.setting if quantity else None) or WORDS["not_stated"],
        "vehicle": ", ".join(vehicles) or WORDS["not_stated"],
        "words": finding_text(finding),
        "sources": [atlas.term_link(name, root) for name in finding.sources],
        "place": view_place(atlas, finding.paper, finding.locator, root),
        "paper": short_name(atlas.paper(finding.paper).paper.csl),
        "href": atlas.finding_href(finding.id, root),
    }


def view_release(rows: Sequence[View]) -> View | None:
    """Return the released or retained share over time, one line a statement and vehicle."""
    held = [r for r in rows if r["of"] in _RELEASE and r["value"] is not None and r["days"]]
    if not held:
        return None
    marks = []
    for row in held:
        gone = row["of"] == "released"
        share = row["value"] if gone else 100 - row["value"]
        sign = row["sign"] if gone else row["sign"].translate(_TURNED)
        words = f"{row['number']} {row['of']} at {row['at']}"
        marks.append(
            charts.Release(row["vehicle"], row["days"], share, f"{sign} {share:g} %".strip(), words)
        )
    title = "Share of the load released, by time"
    picture = charts.view_picture(
        "picture-release",
        title,
        "Each mark is one number of a statement; a retained share is drawn as its rest. Methods "
        "and loads differ between studies.",
        charts.draw_release("picture-release", title, marks),
    )
    picture["columns"] = ["Vehicle", "Of", "Number", "At", "Setting"]
    picture["rows"] = [
        [
            charts.view_cell(row["vehicle"], row["href"]),
            *(charts.view_cell(row[key]) for key in ("of", "number", "at", "setting")),
        ]
        for row in held
    ]
    return picture


def view_all_releases(atlas: LibraryIndex, root: str) -> View | None:
    """Return the picture of every vehicle's release, for the page of comparisons."""
    carried = [f for f in atlas.findings if f.vehicles]
    return view_release([row for f in carried for row in _rows(atlas, f, root)])
