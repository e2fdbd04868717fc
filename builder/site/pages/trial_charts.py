"""The trials over time, with phase, status and dose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from builder.models import Fact, RegistryRecord, Trial
from builder.site.charts import view_cell, view_picture, view_swatch
from builder.site.charts.scales import DoseMark, Span, draw_timeline
from builder.site.index import LibraryIndex
from builder.site.labels import format_range
from builder.site.links import View, page_href, plural
from builder.text.dates import parse_date

NOT_STATED = "not stated"
_MARKS = {
    "review": "dose as the paper states it",
    "calculated": "dose calculated from the paper’s volume and concentration",
    "registry": "dose as the registry states it",
}
# More than these are hard to take in, and heavy on the page; the table holds the rest.
MOST_SPANS = 40
_UNIT = "particles per dose"
_PLANNED = ("estimat", "anticipat", "planned", "expected")
_ORIGINS = {
    "review": "paper",
    "calculated": "calculated from the paper’s volume and concentration",
    "registry": "registry",
}


def find_doses(atlas: LibraryIndex, trial: Trial) -> list[DoseMark]:
    """Return the doses of a trial in particles: as the papers state them, then the registry.

    A total may be calculated from volume and concentration.
    """
    marks = []
    for dose in (t.dose for t in atlas.reports.get(trial.id) or [trial] if t.dose):
        low, high = dose.particles_total_low, dose.particles_total_high
        both = dose.volume_ml is not None and dose.particles_per_ml_low is not None
        if low or high:
            origin: Literal["calculated", "review"] = "calculated" if both else "review"
            marks.append(DoseMark(low or high or 0.0, high or low or 0.0, origin))
    record = atlas.library.registry.get(trial.id)
    names = ("dose_particles_low", "dose_particles_high")
    lows, highs = (_numbers(record.facts.get(name, ())) if record else [] for name in names)
    if len(lows) == len(highs):  # one of each for every arm
        pairs = zip(lows, highs, strict=True)
        marks += [DoseMark(low, high, "registry") for low, high in pairs]
    return list(dict.fromkeys(marks))


def _numbers(facts: Sequence[Fact]) -> list[float]:
    return [
        float(fact.value)
        for fact in facts
        if isinstance(fact.value, int | float)
        and not isinstance(fact.value, bool)
        and fact.value > 0
    ]


def view_timeline(atlas: LibraryIndex, root: str) -> View | None:
    """Return the trials over time, with phase, status and its date."""
    if not atlas.trials:
        return None
    spans = [_find_span(atlas, trial) for trial in atlas.trials]
    shown = spans[:MOST_SPANS]
    origins = {mark.origin for span in shown for mark in span.doses}
    dosed = f" and dose ({_UNIT})" if origins else ""
    title = f"{plural(len(shown), 'registered trial')} by phase, status, time{dosed}"
    picture = view_picture(
        "picture-timeline",
        title,
        "Start and completion as the registry states them; phase and status as the papers state "
        "them. A status is that on the date shown. Doses stand on a logarithmic scale.",
        draw_timeline("picture-timeline", title, shown, _UNIT if origins else ""),
    )
    picture["legend"] = [
        view_swatch("fill-span", "start to completion"),
        view_swatch("fill-planned", "completion planned, not reported"),
        view_swatch("mark-status", "date of the status"),
        *(view_swatch(f"mark-{name}", words) for name, words in _MARKS.items() if name in origins),
    ]
    picture["columns"] = [
        *("Trial", "Phase", "Registry’s phase", "Status", "As of", "Start", "End"),
        _UNIT.capitalize(),
    ]
    picture["rows"] = [
        _time_row(atlas, trial, span, root) for trial, span in zip(atlas.trials, spans, strict=True)
    ]
    return picture


def _find_span(atlas: LibraryIndex, trial: Trial) -> Span:
    record = atlas.library.registry.get(trial.id)
    end, note = _find_day(record, "completion")
    planned = any(word in note.lower() for word in _PLANNED)
    if end and record and end > record.collected:
        planned = True
    return Span(
        f"{trial.registry} · {_phase(trial.phase)}",
        " · ".join(part for part in (_status(trial), trial.result) if part),
        start=_find_day(record, "start_date")[0],
        end=end,
        planned=planned,
        as_of=trial.status.as_of if trial.status else None,
        doses=find_doses(atlas, trial),
    )


def _phase(phase: str | None) -> str:
    if not phase:
        return "phase not stated"
    return f"Phase {phase}" if phase[0].isdigit() else phase


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


def _time_row(atlas: LibraryIndex, trial: Trial, span: Span, root: str) -> list[View]:
    record = atlas.library.registry.get(trial.id)
    end = _stated(record, "completion") or "not seen"
    return [
        view_cell(trial.registry, page_href(root, "trial", trial.id)),
        view_cell(trial.phase or NOT_STATED),
        view_cell(_stated(record, "phase") or "not seen"),
        view_cell(_status(trial)),
        view_cell(span.as_of.isoformat() if span.as_of else NOT_STATED),
        view_cell(_stated(record, "start_date") or "not seen"),
        view_cell(f"{end} (planned)" if span.planned else end),
        view_cell("; ".join(_describe_dose(mark) for mark in span.doses) or NOT_STATED),
    ]


def _describe_dose(mark: DoseMark) -> str:
    return f"{format_range(mark.low, mark.high)} ({_ORIGINS[mark.origin]})"
