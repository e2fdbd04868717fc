"""Pictures of trials: doses on one scale, and the trials over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from builder.models import Dose, Fact, RegistryRecord, Trial
from builder.site.charts import view_cell, view_picture, view_swatch
from builder.site.charts.scales import (
    DoseLine,
    DoseMark,
    Moment,
    Span,
    draw_doses,
    draw_moments,
    draw_timeline,
)
from builder.site.index import Atlas
from builder.site.labels import format_range
from builder.site.links import View, page_href, plural
from builder.text.dates import parse_date

NOT_STATED = "not stated"
_MARKS = {
    "review": "dose as the paper states it",
    "calculated": "dose calculated from the paper’s volume and concentration",
    "registry": "dose as the registry states it",
}
# More lines than this are hard to take in, and heavy on the page; the rest stands in the table of
# all trials.
MOST_LINES = 24
MOST_SPANS = 60
# Days that a registry states beside start and completion.
_DATED = (("first_posted", "First posted"), ("last_update", "Last updated"))
_PLANNED = ("estimat", "anticipat", "planned", "expected")
_ORIGINS = {
    "review": "paper",
    "calculated": "calculated from the paper’s volume and concentration",
    "registry": "registry",
}


# --- doses ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """A scale of doses: its unit, and the fields of papers and registries that stand on it."""

    name: str
    unit: str
    low: str
    high: str
    facts: tuple[str, str] | None = None

    def find_marks(self, atlas: Atlas, trial: Trial) -> list[DoseMark]:
        """Return the doses of a trial, as the papers state them, then as the registry does."""
        doses = [t.dose for t in atlas.reports.get(trial.id) or [trial] if t.dose]
        marks = [
            DoseMark(low or high, high or low, self._origin(dose))
            for dose in doses
            for low, high in [(getattr(dose, self.low), getattr(dose, self.high))]
            if low or high
        ]
        record = atlas.library.registry.get(trial.id)
        if record and self.facts:
            lows, highs = (_numbers(record.facts.get(name, ())) for name in self.facts)
            if len(lows) == len(highs):  # one of each for every arm
                pairs = zip(lows, highs, strict=True)
                marks += [DoseMark(low, high, "registry") for low, high in pairs]
        return list(dict.fromkeys(marks))

    def _origin(self, dose: Dose) -> Literal["review", "calculated"]:
        """Return whether a total was stated, or calculated from volume and concentration."""
        both = dose.volume_ml is not None and dose.particles_per_ml_low is not None
        return "calculated" if both and self.low == "particles_total_low" else "review"


_SCALES = (
    _Scale(
        "picture-dose-total",
        "particles per dose",
        "particles_total_low",
        "particles_total_high",
        ("dose_particles_low", "dose_particles_high"),
    ),
    _Scale(
        "picture-dose-concentration",
        "particles per mL",
        "particles_per_ml_low",
        "particles_per_ml_high",
    ),
)


def view_dose_pictures(atlas: Atlas, root: str, current: str = "") -> list[View]:
    """Return the doses of all trials: particles in total, and particles per millilitre.

    The two are never set on one scale. A picture without a single number is left out, and on the
    page of one trial (``current``) a picture that says nothing of it.
    """
    found = []
    for scale in _SCALES:
        marks = {trial.id: scale.find_marks(atlas, trial) for trial in atlas.trials}
        if any(marks.values()) if not current else marks.get(current):
            found.append(_view_doses(scale, _choose(atlas.trials, marks, current), marks, root))
    return found


def _choose(
    trials: Sequence[Trial], marks: Mapping[str, Sequence[DoseMark]], current: str
) -> list[tuple[Trial, bool]]:
    """Return the trials of a picture, those with a dose first, each with: is it this page's."""
    ranked = sorted(trials, key=lambda t: (t.id != current, not marks[t.id], t.id))[:MOST_LINES]
    return [(trial, trial.id == current) for trial in ranked]


def _view_doses(
    scale: _Scale,
    chosen: Sequence[tuple[Trial, bool]],
    marks: Mapping[str, Sequence[DoseMark]],
    root: str,
) -> View:
    lines = [DoseLine(trial.registry, marks[trial.id], current) for trial, current in chosen]
    stated = sum(1 for line in lines if line.marks)
    title = f"Dose in {scale.unit}, for {stated} of {plural(len(lines), 'trial')}"
    picture = view_picture(
        scale.name,
        title,
        "Logarithmic scale: each line is ten times the one before. Paper and registry are shown "
        "side by side; the atlas does not decide which is right.",
        draw_doses(scale.name, title, scale.unit.capitalize(), lines),
    )
    used = {mark.origin for trial, _ in chosen for mark in marks[trial.id]}
    picture["legend"] = [view_swatch(f"mark-{n}", w) for n, w in _MARKS.items() if n in used]
    picture["columns"] = ["Trial", "Source", scale.unit.capitalize()]
    picture["rows"] = [
        row for trial, _ in chosen for row in _dose_rows(trial, marks[trial.id], root)
    ]
    return picture


def _dose_rows(trial: Trial, marks: Sequence[DoseMark], root: str) -> Iterator[list[View]]:
    name = view_cell(trial.registry, page_href(root, "trial", trial.id))
    if not marks:
        yield [name, view_cell("paper and registry"), view_cell(NOT_STATED)]
    for mark in marks:
        yield [name, view_cell(_ORIGINS[mark.origin]), view_cell(format_range(mark.low, mark.high))]


def _numbers(facts: Sequence[Fact]) -> list[float]:
    return [
        float(fact.value)
        for fact in facts
        if isinstance(fact.value, int | float)
        and not isinstance(fact.value, bool)
        and fact.value > 0
    ]


# --- time ----------------------------------------------------------------------------------------


def view_timeline(atlas: Atlas, root: str) -> View | None:
    """Return the trials over time, with phase, status and its date."""
    if not atlas.trials:
        return None
    spans = [_find_span(atlas, trial) for trial in atlas.trials]
    shown = spans[:MOST_SPANS]
    origins = {mark.origin for span in shown for mark in span.doses}
    dosed = f" and dose ({_SCALES[0].unit})" if origins else ""
    title = f"{plural(len(shown), 'registered trial')} by phase, status, time{dosed}"
    picture = view_picture(
        "picture-timeline",
        title,
        "Start and completion as the registry states them; phase and status as the papers state "
        "them. A status is that on the date shown. Doses stand on a logarithmic scale.",
        draw_timeline("picture-timeline", title, shown, _SCALES[0].unit if origins else ""),
    )
    picture["legend"] = [
        view_swatch("fill-span", "start to completion"),
        view_swatch("fill-planned", "completion planned, not reported"),
        view_swatch("mark-status", "date of the status"),
        *(view_swatch(f"mark-{name}", words) for name, words in _MARKS.items() if name in origins),
    ]
    picture["columns"] = [
        *("Trial", "Phase", "Registry’s phase", "Status", "As of", "Start", "End"),
        _SCALES[0].unit.capitalize(),
    ]
    picture["rows"] = [
        _time_row(atlas, trial, span, root) for trial, span in zip(atlas.trials, spans, strict=True)
    ]
    return picture


def view_history(atlas: Atlas, trial: Trial) -> View | None:
    """Return what is dated of one trial, along the years; a single date needs no picture."""
    record = atlas.library.registry.get(trial.id)
    span = _find_span(atlas, trial)
    moments = [
        Moment(label, day, style="mark-registry")
        for name, label in _DATED
        for day in [_find_day(record, name)[0]]
        if day
    ]
    if span.start:
        label = "Start to completion" if span.end else "Start"
        if span.end and span.planned:
            label = "Start to completion, planned"
        moments.append(Moment(label, span.start, span.end, span.planned, "mark-registry"))
    elif span.end:
        moments.append(Moment("Completion", span.end, style="mark-registry"))
    if span.as_of:
        label = f"Status in the paper: {_status(trial)}"
        moments.append(Moment(label, span.as_of, style="mark-status"))
    if len(moments) < 2:  # noqa: PLR2004 (a picture compares)
        return None
    if record:
        moments.append(Moment("Registry seen by the atlas", record.collected, style="mark-status"))
    moments.sort(key=lambda m: m.start)
    title = f"{trial.registry} over time"
    picture = view_picture(
        "picture-history",
        title,
        "Days as registry and paper state them. A status is that on the date shown.",
        draw_moments("picture-history", title, moments),
    )
    picture["legend"] = [
        view_swatch(style, words)
        for style, words, used in (
            ("fill-span", "start to completion", span.start and span.end and not span.planned),
            ("fill-planned", "completion planned, not reported", span.planned and span.start),
            (
                "mark-registry",
                "day in the registry",
                any(m.style == "mark-registry" for m in moments),
            ),
            ("mark-status", "date on which it was seen", True),
        )
        if used
    ]
    picture["columns"] = ["What", "From", "To"]
    picture["rows"] = [
        [
            view_cell(moment.label),
            view_cell(moment.start.isoformat()),
            view_cell(moment.end.isoformat() if moment.end else ""),
        ]
        for moment in moments
    ]
    return picture


def _find_span(atlas: Atlas, trial: Trial) -> Span:
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
        doses=_SCALES[0].find_marks(atlas, trial),
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


def _time_row(atlas: Atlas, trial: Trial, span: Span, root: str) -> list[View]:
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
