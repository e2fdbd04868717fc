"""The rows of the relational tables, made from a Library in the order of the ids.

Lists become rows of tables of their own, so that SQL and pandas can join them. Each key stands
once, and a row that points to another is written only where that one stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder import models
from builder.addresses.pages import list_terms
from builder.site.citation_formats import Citable, format_plain
from builder.site.trial_merge import find_trials
from builder.store import Library
from builder.text import ids

Value = str | int | float | bool | None
Row = tuple[Value, ...]


def _page(url: str, kind: str, name: str) -> str | None:
    return url + ids.page_path(kind, name) if kind in ids.FOLDERS else None


def _find_unknown(library: Library) -> list[str]:
    """Return the ids that a record names and no term has: they stay visible, and keys hold."""
    named = {name for finding in library.findings() for name in list_terms(finding)}
    named |= {name for trial in library.trials() for name in (*trial.sources, *trial.conditions)}
    named |= {term.parent for term in library.terms.values() if term.parent}
    return sorted(named - set(library.terms))


def row_terms(library: Library, url: str) -> Iterator[Row]:
    """Yield every term, and each id that a record names and no term has, of kind ``unknown``."""
    for name in _find_unknown(library):
        yield (name, "unknown", name, None, None, None, None)
    for term in sorted(library.terms.values(), key=lambda t: t.id):
        yield (
            term.id,
            term.kind,
            term.label,
            term.abbreviation,
            term.parent,
            term.definition,
            _page(url, term.kind, term.id),
        )


def row_synonyms(library: Library, url: str) -> Iterator[Row]:
    """Yield the spellings of the terms."""
    for term in sorted(library.terms.values(), key=lambda t: t.id):
        for synonym in sorted(set(term.synonyms)):
            yield (term.id, synonym)


def row_xrefs(library: Library, url: str) -> Iterator[Row]:
    """Yield the identifiers of the terms."""
    for term in sorted(library.terms.values(), key=lambda t: t.id):
        for xref in {x.curie: x for x in reversed(term.xrefs)}.values():
            yield (term.id, xref.curie, xref.label, xref.match)


def name_people(names: Iterable[models.CslName] | None) -> str | None:
    """Return names in one string, ``Family, Given; Family, Given``."""
    said = "; ".join(
        n.literal or ", ".join(p for p in (n.family, n.given) if p) for n in names or []
    )
    return said or None


def row_papers(library: Library, url: str) -> Iterator[Row]:
    """Yield the papers read."""
    for name in sorted(library.papers):
        paper = library.papers[name].paper
        yield (
            name,
            paper.csl.title,
            name_people(paper.csl.author),
            paper.csl.year,
            paper.csl.container_title,
            paper.csl.DOI,
            paper.licence,
            paper.seed.file,
            paper.seed.sha256,
            _page(url, "paper", name),
        )


def row_works(library: Library, url: str) -> Iterator[Row]:
    """Yield the cited works."""
    for name in sorted(library.references):
        work = library.references[name]
        csl = work.csl
        (cited,) = format_plain([Citable(name, csl, work.et_al)])
        yield (
            name, csl.type, csl.title, name_people(csl.author), work.et_al, csl.year,
            csl.container_title, csl.volume, csl.issue, csl.page, csl.DOI, csl.PMID, csl.PMCID,
            csl.URL, csl.status, work.parsed, cited, _page(url, "reference", name),
        )  # fmt: skip


def row_citations(library: Library, url: str) -> Iterator[Row]:
    """Yield each entry of each list of references."""
    for name in sorted(library.references):
        places = {(p.paper, p.number) for p in library.references[name].cited_in}
        yield from ((paper, number, name) for paper, number in sorted(places))


def row_findings(library: Library, url: str) -> Iterator[Row]:
    """Yield the findings."""
    for finding in library.findings():
        place = finding.locator
        yield (
            finding.id, finding.paper, place.kind, place.line, place.table, place.row,
            place.reference, place.section, finding.quote, finding.basis,
            finding.design.level, finding.role, finding.result, finding.certainty,
            _page(url, "finding", finding.id),
        )  # fmt: skip


def _roles(finding: models.Finding) -> Iterator[tuple[str, str, str | None]]:
    plain = {
        "source": finding.sources,
        "modification": finding.modifications,
        "vehicle": finding.vehicle_ids,
        "target": finding.targets,
        "partner": finding.partners,
        "model": finding.models,
        "species": finding.species,
    }
    for role, names in plain.items():
        yield from ((role, name, None) for name in names)
    eased = {c.id: c.effect for c in finding.condition_effects}
    yield from (("condition", name, eased.get(name)) for name in finding.conditions)
    yield from (("cargo", c.id, c.role) for c in finding.cargo)
    yield from (("mechanism", m.id, m.effect) for m in finding.mechanisms)
    yield from (("outcome", o.id, o.effect) for o in finding.outcomes)


def row_finding_terms(library: Library, url: str) -> Iterator[Row]:
    """Yield what each finding names, and as what."""
    for finding in library.findings():
        for role, name, effect in _roles(finding):
            yield (finding.id, role, name, effect)


def row_quantities(library: Library, url: str) -> Iterator[Row]:
    """Yield the numbers of each finding, in printed order."""
    for finding in library.findings():
        for place, q in enumerate(finding.quantities, 1):
            yield (finding.id, place, q.value, q.low, q.high, q.unit, q.quote)


def row_finding_works(library: Library, url: str) -> Iterator[Row]:
    """Yield the works that each finding cites."""
    for finding in library.findings():
        cited = {
            (c.number, c.id)
            for c in library.papers[finding.paper].references
            if c.number in finding.references and c.id in library.references
        }
        yield from ((finding.id, number, name) for number, name in sorted(cited))


def row_trials(library: Library, url: str) -> Iterator[Row]:
    """Yield the trials, one row a trial however many papers tell of it."""
    for trial in find_trials(library.trials()):
        yield (
            trial.id, trial.registry, trial.registry_name, trial.registry_url,
            _page(url, "trial", trial.id), *_design(trial),
        )  # fmt: skip


def row_tellings(library: Library, url: str) -> Iterator[Row]:
    """Yield the trials as each paper tells of them, in printed order."""
    places: dict[tuple[str, str], int] = {}
    for trial in sorted(library.trials(), key=lambda t: (t.id, t.paper, t.locator.line)):
        key = (trial.id, trial.paper)
        places[key] = places.get(key, 0) + 1
        yield (*key, places[key], trial.locator.line, trial.quote, *_design(trial))


def _design(trial: models.Trial) -> Row:
    dose = trial.dose
    as_of = trial.status.as_of if trial.status else None
    return (
        trial.phase, trial.design, trial.route,
        dose.printed if dose else None,
        dose.volume_ml if dose else None,
        dose.particles_per_ml_low if dose else None,
        dose.particles_per_ml_high if dose else None,
        dose.particles_total_low if dose else None,
        dose.particles_total_high if dose else None,
        dose.doses if dose else None,
        trial.status.printed if trial.status else None,
        as_of.isoformat() if as_of else None,
        trial.result, trial.result_effect,
    )  # fmt: skip


def row_trial_terms(library: Library, url: str) -> Iterator[Row]:
    """Yield the sources and conditions of each trial, each once."""
    for trial in find_trials(library.trials()):
        yield from ((trial.id, "source", name) for name in dict.fromkeys(trial.sources))
        yield from ((trial.id, "condition", name) for name in dict.fromkeys(trial.conditions))


def row_endpoints(library: Library, url: str) -> Iterator[Row]:
    """Yield the endpoints of each trial, in printed order."""
    for trial in find_trials(library.trials()):
        yield from ((trial.id, place, e) for place, e in enumerate(trial.endpoints, 1))


def row_tables(library: Library, url: str) -> Iterator[Row]:
    """Yield the tables of the papers."""
    for table in library.tables():
        yield (table.id, table.paper, table.number, table.caption, table.line)


def row_cells(library: Library, url: str) -> Iterator[Row]:
    """Yield every cell of every table."""
    for table in library.tables():
        for place, row in enumerate(table.rows, 1):
            for column, cell in row.cells.items():
                yield (
                    table.id,
                    place,
                    row.id,
                    row.line,
                    column,
                    cell.printed,
                    cell.text,
                    cell.inherited,
                )


def row_questions(library: Library, url: str) -> Iterator[Row]:
    """Yield the open questions."""
    for finding in library.findings():
        yield from (("finding", finding.id, q.rule, q.weight, q.text) for q in finding.questions)
    for trial in find_trials(library.trials()):
        yield from (("trial", trial.id, q.rule, q.weight, q.text) for q in trial.questions)
    for name in sorted(library.references):
        work = library.references[name]
        yield from (("reference", name, q.rule, q.weight, q.text) for q in work.questions)
