"""What the full text holds of a page: its sections, each with the anchor that it has on the page.

Reference lists, printed grids and lists of findings are left out: those pages are found on their
own. A section's weight is Pagefind's: 1 for running text, more for titles and names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from builder.models import Finding, Reference, RegistryRecord, Table, Term, Trial
from builder.site.citations import format_name
from builder.site.index import Atlas, terms_in
from builder.store import PaperBundle
from builder.text import ids

TITLE = 8.0
NAMES = 6.0
PLAIN = 1.0
ASIDE = 0.5
_MOST_NEIGHBOURS = 40


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a page: its heading (may be empty), its text, and the anchor of its place."""

    anchor: str
    heading: str
    text: str
    weight: float = PLAIN


def find_values(record: RegistryRecord | None, *fields: str) -> tuple[str, ...]:
    """Return what a registry states as text, of some fields or of all."""
    if record is None:
        return ()
    found: list[str] = []
    for name, facts in record.facts.items():
        if fields and name not in fields:
            continue
        for fact in facts:
            values = fact.value if isinstance(fact.value, list) else [fact.value]
            found += [str(v) for v in values if v is not None and not isinstance(v, bool)]
    return tuple(dict.fromkeys(found))


def find_term_sections(atlas: Atlas, term: Term) -> tuple[Section, ...]:
    """Return a term's names, its definition, and the terms that its findings name most."""
    names = [term.abbreviation or "", *term.synonyms]
    near: Counter[str] = Counter()
    for finding in atlas.findings_of(term.id):
        near.update({other for _, other, _ in terms_in(finding) if other != term.id})
    known = atlas.library.terms
    labels = [
        known[name].label
        for name, _ in sorted(near.items(), key=lambda item: (-item[1], item[0]))
        if name in known
    ]
    glance = ", ".join(labels[:_MOST_NEIGHBOURS])
    return tuple(
        section
        for section in (
            Section("", "", term.definition or ""),
            Section("", "", ", ".join(filter(None, names)), NAMES),
            Section("glance", "At a glance", glance, ASIDE),
        )
        if section.text
    )


def find_reference_sections(reference: Reference) -> tuple[Section, ...]:
    """Return a cited work's authors and imprint, or the entry as printed if it did not parse."""
    csl = reference.csl
    if not reference.parsed:
        return (Section("", "", reference.printed),)
    authors = "; ".join(format_name(name) for name in csl.author or [])
    numbers = [csl.container_title, csl.year, csl.volume, csl.page]
    imprint = " ".join(str(part) for part in numbers if part)
    return (Section("bibliography", "Bibliography", f"{authors}. {imprint}"),)


def find_finding_sections(atlas: Atlas, finding: Finding) -> tuple[Section, ...]:
    """Return the terms that a finding names; its quote is the entry's title."""
    known = atlas.library.terms
    named = dict.fromkeys(name for _, name, _ in terms_in(finding) if name in known)
    labels = ", ".join(known[name].label for name in named)
    return (Section("top", "What it names", labels, ASIDE),) if labels else ()


def find_trial_sections(trial: Trial, record: RegistryRecord | None) -> tuple[Section, ...]:
    """Return a trial as the review tells it, and the registry's own record."""
    design = [
        trial.condition_printed,
        trial.source_printed,
        trial.design_printed,
        trial.phase,
        trial.route,
    ]
    told = ". ".join(part for part in [*design, *trial.endpoints] if part)
    found = [Section("design", "Design", told), Section("source", "Where it is told", trial.quote)]
    if record:
        found.append(Section("registry", "Registry record", ". ".join(find_values(record))))
    return tuple(section for section in found if section.text)


def find_paper_sections(bundle: PaperBundle) -> tuple[Section, ...]:
    """Return a paper's digest, abstract, entities, figures and every row of its tables."""
    paper = bundle.paper
    authors = "; ".join(format_name(name) for name in paper.csl.author or [])
    found = [
        Section("bibliography", "Bibliography", authors),
        Section("tldr", "TL;DR", paper.tldr or ""),
        Section("contribution", "Contribution", paper.contribution or ""),
        Section("key-findings", "Key findings", " ".join(k.text for k in paper.key_findings)),
        Section("abstract", "Abstract", paper.abstract or ""),
        Section("entities", "Entities", ", ".join(e.label for e in paper.entities), ASIDE),
        Section("figures", "Figures", " ".join(f"{f.label} {f.caption}" for f in paper.figures)),
    ]
    for table in bundle.tables:
        found += _table_sections(table)
    return tuple(section for section in found if section.text)


def _table_sections(table: Table) -> Iterator[Section]:
    label = table.label or f"Table {table.number}"
    yield Section(ids.table_anchor(table.number), label, table.caption or "")
    for place, row in enumerate(table.rows, 1):
        cells = [cell.text for cell in row.cells.values() if cell.text]
        yield Section(ids.row_anchor(row.id), f"{label}, row {place}", " | ".join(cells))
