"""Clinical trials: what the review says beside what the registry says, field by field."""

from collections.abc import Mapping, Sequence

from builder.extract.trials import judge_trial
from builder.models import Discrepancy, Fact, RegistryRecord, Trial
from builder.models.trials import Participants
from builder.site.citations import format_date, short_name
from builder.site.index import LibraryIndex, view_questions
from builder.site.labels import RESULTS, WORDS, describe_design, format_number, view_dose
from builder.site.links import Page, View, link, outside, page_href, plural, shorten
from builder.site.pages.findings import view_numbers, view_place, view_rows
from builder.text import ids

NOT_STATED = WORDS["not_stated"]
_MOST = 60  # statements on a trial's page
# The style of a trial's result in the theme; a harm and a missing benefit are both negative.
_STYLES = {
    "improved": "positive",
    "no-benefit": "negative",
    "worsened": "negative",
    "mixed": "mixed",
}
_SEVERITIES = ("high", "medium", "low")
_FROM = {"registry": "as the registry states it", "publication": "as its publication states it"}
# Rows of the comparison: the label, the review's field, the registry's facts, and those of the
# trial's own publication where the registry record quotes it.
_FIELDS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Phase", "phase", ("phase",), ()),
    ("Design", "design", ("study_type", "design_allocation", "design_masking", "design_model"),
     ("paper_design",)),
    ("Condition", "condition", ("condition",), ("paper_population",)),
    ("Source of the vesicles", "source", ("ev_source", "intervention_name"), ()),
    ("Dose", "dose", ("dose_particles_low", "dose_particles_high", "dose_count", "arms"),
     ("paper_arms", "paper_particle_dose", "paper_number_of_doses")),
    ("Route", "route", ("route",), ()),
    ("Endpoints", "endpoints", ("primary_outcomes", "primary_endpoints_in_description"),
     ("paper_primary_endpoint", "paper_endpoints")),
    ("Status", "status", ("overall_status",), ()),
    ("Result", "result", ("results_posted", "results", "adverse_events", "linked_publications"),
     ("paper_findings",)),
)  # fmt: skip
# Facts whose name in the record is no word that a reader would use.
_FACT_WORDS = {
    "arms": "arm",
    "design_allocation": "allocation",
    "design_masking": "masking",
    "design_model": "groups",
    "design_primary_purpose": "purpose",
    "dose_count": "number of doses",
    "dose_particles_high": "particles a dose, at most",
    "dose_particles_low": "particles a dose, at least",
    "ev_source": "source of the vesicles",
    "intervention_name": "intervention",
    "last_update": "last updated",
    "linked_publications": "publications",
    "other_ids": "other numbers",
    "overall_status": "status",
    "particle_dose": "particles a dose",
    "results": "primary outcome",
    "results_posted": "results in the registry",
}


def review_values(trial: Trial) -> dict[str, str]:
    """Return what the review says of each field, as text; what it leaves out is absent."""
    values = {
        "phase": name_phase(trial.phase),
        "design": trial.design_printed,
        "condition": trial.condition_printed,
        "source": trial.source_printed,
        "dose": trial.dose.printed if trial.dose else None,
        "route": trial.route,
        "endpoints": "; ".join(trial.endpoints),
        "status": trial.status.printed if trial.status else None,
        "result": trial.result,
    }
    return {k: v for k, v in values.items() if v}


def name_phase(phase: str | None) -> str:
    """Return a phase as registries print it: ``1`` becomes ``Phase 1``, other words stay."""
    return f"Phase {phase}" if phase and phase[0].isdigit() else phase or ""


def view_fact(fact: Fact, label: str = "") -> View:
    """Return one thing that a registry page says, with its date and its pages."""
    value = fact.value
    if isinstance(value, list):
        text = "; ".join(value)
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, int | float):
        text = format_number(value)
    else:
        text = value or ""
    return {
        "label": label,
        "text": text,
        "absent": (fact.availability or NOT_STATED).replace("_", " ") if not text else "",
        "as_of": fact.as_of or "",
        "note": fact.note or "",
        "pages": [outside(str(n), url) for n, url in enumerate(fact.urls, 1)],
    }


def _fact_words(name: str) -> str:
    """Return the name of a registry's fact as words: ``dose_count`` gives ``number of doses``."""
    name = name.removeprefix("paper_")
    return _FACT_WORDS.get(name, name.replace("_", " ").replace(".", ", "))


def _facts(record: RegistryRecord | None, names: Sequence[str]) -> list[View]:
    if record is None:
        return []
    held = [name for name in names if name in record.facts]
    several = len(held) > 1
    return [view_fact(f, _fact_words(n) if several else "") for n in held for f in record.facts[n]]


def view_status(atlas: LibraryIndex, trial: Trial) -> View:
    """Return the status with the date as of which it held.

    Where the source gives no date, the paper's own date is the latest at which it can have held.
    """
    issued = format_date(atlas.paper(trial.paper).paper.csl.issued)
    if trial.status is None:
        as_of = ""
    elif trial.status.as_of:
        as_of = f"on {trial.status.as_of.isoformat()}"
    elif issued:
        as_of = f"as reported by a paper of {issued}; the paper gives no date for the status"
    else:
        as_of = "on a date that is not stated"
    return {
        "printed": trial.status.printed if trial.status else NOT_STATED,
        "as_of": as_of,
        "conflict": next((d.registry for d in trial.discrepancies if d.field == "status"), ""),
    }


def view_trial_result(atlas: LibraryIndex, trial: Trial) -> View:
    """Return the result: its words, and its direction only where the source states one.

    Of a trial without one it is said whether its registry has posted any.
    """
    result = judge_trial(trial)
    word, mark, _ = RESULTS[result]
    if not trial.result:
        word = _name_missing(atlas.library.registry.get(trial.id))
    elif result == "none-reported":
        word = WORDS["undirected"]
    return {
        "label": word[:1].upper() + word[1:],
        "mark": mark,
        "style": _STYLES.get(result, "none"),
        "text": trial.result or "",
        "origin": _FROM.get(trial.result_from or "", ""),
    }


def _name_missing(record: RegistryRecord | None) -> str:
    posted = [fact.value for fact in (record.facts.get("results_posted", ()) if record else ())]
    if not posted or posted[0] is None:
        return RESULTS["none-reported"][0]
    some = posted[0] is True or str(posted[0]).lower() in ("yes", "posted", "has results")
    return "results posted in the registry, not read" if some else "no result posted"


def find_repaired(atlas: LibraryIndex, trial: Trial) -> dict[str, str]:
    """Return what was repaired in the cells of a trial's row: as printed, as read."""
    rows = [
        row
        for table in atlas.library.papers[trial.paper].tables
        for row in table.rows
        if row.id == trial.locator.row
    ]
    cells = [cell for row in rows for cell in row.cells.values()]
    return {cell.printed: cell.text for cell in cells if cell.text != cell.printed}


def view_discrepancy(found: Discrepancy, repaired: Mapping[str, str]) -> View:
    """Return a field on which review and registry differ, with the reading of a repaired cell."""
    return {
        "field": found.field.replace("_", " "),
        "review": found.review or NOT_STATED,
        "read": repaired.get(found.review or "", ""),
        "registry": found.registry or NOT_STATED,
        "severity": found.severity,
        "note": found.note or "",
    }


def _differs(atlas: LibraryIndex, trial: Trial) -> str:
    """Return how far review and registry agree; no facts to compare is not agreement."""
    found = len(trial.discrepancies)
    if found:
        high = [d.field.replace("_", " ") for d in trial.discrepancies if d.severity == "high"]
        severe = f", severe: {', '.join(sorted(high))}" if high else ""
        return f"{plural(found, 'difference')} from the registry{severe}"
    record = atlas.library.registry.get(trial.id)
    compared = any(row["facts"] for row in _view_comparison(trial, record, {}))
    return "no difference found" if compared else "registry record not seen"


def view_trial_row(atlas: LibraryIndex, trial: Trial, root: str) -> View:
    """Return a trial as a row of a table."""
    atlas.quoted.add(trial.paper)
    return {
        "id": trial.id,
        "registry": trial.registry,
        "href": page_href(root, "trial", trial.id),
        "label": trial.label,
        "phase": name_phase(trial.phase) or NOT_STATED,
        "design": view_trial_design(trial),
        "conditions": [atlas.term_link(c, root) for c in trial.conditions],
        "condition": trial.condition_printed or NOT_STATED,
        "sources": [atlas.term_link(s, root) for s in trial.sources],
        "source": trial.source_printed or NOT_STATED,
        "dose": view_dose(trial.dose) if trial.dose else None,
        "route": trial.route or NOT_STATED,
        "endpoints": trial.endpoints,
        "status": view_status(atlas, trial),
        "result": view_trial_result(atlas, trial),
        "differs": _differs(atlas, trial),
        "place": view_place(atlas, trial.paper, trial.locator, root),
        "paper": atlas.paper_link(trial.paper, root),
    }


def view_trial_design(trial: Trial) -> str:
    """Return a trial's design in few words, as paper and registry state it; no phase."""
    words = describe_design(trial.design.model_copy(update={"phase": None}))
    printed = trial.design_printed or ""
    return words if printed.casefold() in words or "randomised" in words else f"{printed}, {words}"


def _count_people(n: Participants | None) -> str:
    """Return how many were enrolled; a number that is only planned says so."""
    if n is None:
        return ""
    if n.enrolled is not None:
        return str(n.enrolled)
    return f"{n.planned} planned" if n.planned is not None else ""


def _view_head(trial: Trial, record: RegistryRecord | None) -> list[View]:
    """Return a trial's size, arms, harms and sponsor as paper and registry state them."""
    n = trial.n
    harms = [str(f.value) for f in (record.facts.get("adverse_events", ()) if record else ())]
    stated = (
        ("Design", view_trial_design(trial)),
        ("Enrolled", _count_people(n)),
        ("Analysed", str(n.analysed) if n and n.analysed is not None else ""),
        ("Arms", "; ".join(trial.arms)),
        ("Follow-up", trial.follow_up or ""),
        *([("Adverse events", "; ".join(harms))] if harms else []),
        ("Sponsor", trial.sponsor or ""),
        ("Country", ", ".join(trial.countries)),
    )
    return [{"label": label, "text": text or NOT_STATED} for label, text in stated]


def _view_comparison(
    trial: Trial, record: RegistryRecord | None, repaired: Mapping[str, str]
) -> list[View]:
    said = review_values(trial)
    return [
        {
            "label": label,
            "review": said.get(name, NOT_STATED),
            "read": repaired.get(said.get(name, ""), ""),
            "facts": _facts(record, facts),
            "published": _facts(record, published),
        }
        for label, name, facts, published in _FIELDS
    ]


def _view_registry(record: RegistryRecord | None) -> View | None:
    if record is None:
        return None
    published = {name: "publication: " for name in record.facts if name.startswith("paper_")}
    return {
        "name": record.registry,
        "collected": record.collected.isoformat(),
        "limits": record.limits or "",
        "facts": [
            {
                "label": published.get(name, "") + _fact_words(name),
                "values": [view_fact(fact) for fact in facts],
            }
            for name, facts in record.facts.items()
        ],
    }


def _view_lookalike(atlas: LibraryIndex, registry: str, root: str) -> View:
    """Return the trial that another is easily confused with; a link where the atlas has it."""
    found = atlas.by_number.get(registry.lower())
    return link(registry, page_href(root, "trial", found.id) if found else "")


def _view_report(atlas: LibraryIndex, other: Trial, trial: Trial, root: str) -> View:
    """Return what another paper says of the same trial, with each field on which it differs."""
    known, said = review_values(trial), review_values(other)
    labels = {name: label for label, name, _, _ in _FIELDS}
    return {
        "paper": atlas.paper_link(other.paper, root),
        "place": view_place(atlas, other.paper, other.locator, root),
        "numbers": view_numbers(atlas, other.paper, other.references, root),
        "quote": other.quote,
        "differs": [
            {"label": labels[name], "value": value}
            for name, value in said.items()
            if known.get(name) != value
        ],
    }


def view_trial(atlas: LibraryIndex, trial: Trial) -> Page:
    """Return the page of one trial."""
    root = "../../"
    record = atlas.library.registry.get(trial.id)
    row = view_trial_row(atlas, trial, root)
    repaired = find_repaired(atlas, trial)
    comparison = _view_comparison(trial, record, repaired)
    differences = sorted(
        trial.discrepancies, key=lambda d: (_SEVERITIES.index(d.severity), d.field)
    )
    findings = atlas.by_row.get((trial.paper, trial.locator.row or ""), ())
    named = {f.id: f for f in (*findings, *atlas.naming(trial))}
    path = ids.page_path("trial", trial.id)
    works = [
        {
            "number": number,
            "label": short_name(atlas.cited[trial.paper, number].csl),
            "title": atlas.cited[trial.paper, number].csl.title,
            "href": atlas.work_href(atlas.cited[trial.paper, number].id, root),
        }
        for number in trial.references
        if (trial.paper, number) in atlas.cited
    ]
    return Page(
        path=path,
        template="trial.md.j2",
        title=trial.label
        if trial.label.startswith(trial.registry)
        else f"{trial.registry}: {trial.label}",
        description=shorten(
            f"Trial {trial.registry}: {row['status']['printed']} {row['status']['as_of']}."
        ),
        kind="trial",
        record=trial.id,
        crumbs=(("Trials", "trials/"),),
        view={
            "trial": row,
            "registry_link": outside(trial.registry, trial.registry_url),
            "registry_name": trial.registry_name,
            "head": _view_head(trial, record),
            "comparison": comparison,
            "published": any(field["published"] for field in comparison),
            "registry": _view_registry(record),
            "discrepancies": [view_discrepancy(d, repaired) for d in differences],
            "severe": [view_discrepancy(d, repaired) for d in differences if d.severity == "high"],
            "lookalikes": [_view_lookalike(atlas, name, root) for name in trial.lookalikes],
            "quote": trial.quote,
            "others": [
                _view_report(atlas, t, trial, root)
                for t in atlas.reports.get(trial.id, [trial])[1:]
            ],
            "works": works,
            "numbers": view_numbers(atlas, trial.paper, trial.references, root),
            "findings": view_rows(
                atlas, list(named.values())[:_MOST], path, path, "Statements about this trial"
            ),
            "questions": view_questions(trial.questions),
        },
    )
