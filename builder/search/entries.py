"""What search can find: one entry a page or a place on one, with its names, text and facets.

Reference lists and printed grids are left out: works and statements are entries of their own. A
weight is Pagefind's: 1 for running text, more for titles, names and what a work is known by.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from builder.addresses.pages import find_pages, term_address
from builder.extract.matcher import find_variants
from builder.extract.vocabulary import build_vocabulary
from builder.models import CslItem, Finding, Reference, RegistryRecord, Table, Term, Trial
from builder.search.normalise import find_keys
from builder.site.citations import format_name, short_name
from builder.site.index import LibraryIndex, terms_in
from builder.site.pages.measures import view_measures
from builder.site.pages.trials import view_trial_result
from builder.store import PaperBundle
from builder.text import ids

FACETS = ("source", "condition", "evidence")
TITLE, NAMES, WORK, PLAIN, ASIDE = 8.0, 6.0, 5.0, 1.0, 0.5
_MOST_NEIGHBOURS = 12
_LONGEST_TITLE = 220
_MORE = " …"
_REGISTERED = re.compile(r"\b[A-Za-z]{3,}\d{6,}\w*")  # the number of a trial in an address
_LARGE = 1e5  # from here on a number is asked for by its power of ten
Facets = dict[str, tuple[str, ...]]


Settings = Mapping[str, Any]  # content/search.yml: how readers name what a record does not print


def find_journals(settings: Settings, csl: CslItem) -> list[str]:
    """Return the names of a work's journal, by what is printed or by its DOI; else none."""
    printed = {_journal_key(csl.container_title), _journal_key(csl.container_title_short)}
    for journal in settings.get("journals", []):
        names: list[str] = journal["names"]
        if _begins(csl.DOI or "", journal["doi"]) or printed.intersection(map(_journal_key, names)):
            return names
    return []


@functools.cache
def _journal_key(journal: str | None) -> str:
    return " ".join(find_keys(journal)) if journal else "-"


def _begins(doi: str, code: str) -> bool:
    """Return whether a DOI begins with a journal's whole code: ``biom`` is not ``biomimetics``."""
    low = doi.lower()
    following = low[len(code) : len(code) + 1]
    if not low.startswith(code):
        return False
    return not (following.isdigit() if code[-1].isdigit() else following.isalpha())


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a page: its text, and the anchor and heading of its place (may be empty).

    What is not ``shown`` is only found by, and is in no excerpt.
    """

    text: str
    weight: float = PLAIN
    anchor: str = ""
    heading: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A page, or a place on one, that search can find.

    ``names`` are whole names, ``evident`` says that evidence names it, ``sections`` are what the
    full text holds of it; an entry without any is found by its names alone.
    """

    path: str
    kind: str
    title: str
    detail: str = ""
    year: int | None = None
    weight: int = 0
    evident: bool = True
    names: tuple[str, ...] = ()
    variants: frozenset[str] = frozenset()  # those of the names that a rule made
    identifiers: tuple[str, ...] = ()
    related: tuple[str, ...] = ()  # identifiers that mean something wider, narrower or alike
    facets: Facets = field(default_factory=dict)
    reported: bool = False  # of a trial: whether it has a result
    imprint: str = ""  # of a work: authors, journal, numbers
    sections: tuple[Section, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether the full text holds it; else it is found by its names alone."""
        return bool(self.sections or self.imprint)


@dataclass(frozen=True, slots=True)
class Entries:
    """All that search can find: terms, found by name, and works and findings, by their text."""

    terms: Sequence[Entry]
    texts: Sequence[Entry]

    @property
    def all(self) -> list[Entry]:
        """Every entry."""
        return [*self.terms, *self.texts]


def find_entries(atlas: LibraryIndex, settings: Settings) -> Entries:
    """Return all that search can find in a library."""
    measured = _find_measured(atlas)
    return Entries(
        list(find_terms(atlas, settings, measured)), list(find_texts(atlas, settings, measured))
    )


def find_terms(
    atlas: LibraryIndex, settings: Settings, measured: Mapping[str, Sequence[Term]]
) -> Iterator[Entry]:
    """Yield the terms in order of kind and id: those with a page, and those of the glossary."""
    known = atlas.library.terms
    used = {term.id for terms in measured.values() for term in terms}
    origins: dict[str, str] = settings.get("origins", {})
    held = {t for t, source in origins.items() if atlas.findings_of(source)}
    taken = {" ".join(find_keys(name)) for term in known.values() for name in _own_names(term)}
    for term in sorted(known.values(), key=lambda t: (t.kind, t.id)):
        tissues = [known[t] for t, source in origins.items() if source == term.id and t in known]
        plain = [name for tissue in tissues for name in _own_names(tissue) if name]
        vesicles = [f"{name} exosome" for name in plain]
        fresh = [name for name in vesicles if " ".join(find_keys(name)) not in taken]
        entry = _term_entry(atlas, term, plain, fresh)
        yield replace(entry, evident=entry.evident or term.id in used | held)


def _find_measured(atlas: LibraryIndex) -> dict[str, list[Term]]:
    """Return the outcomes and methods that each trial measures by."""
    outcomes = [t for t in atlas.library.terms.values() if t.kind in ("outcome", "method")]
    vocabulary = build_vocabulary(outcomes, lexicons=False)
    return {
        trial.id: [
            vocabulary.terms[mention.term]
            for text in _measures(atlas, trial)
            for mention in vocabulary.find_mentions(text, kinds=("outcome", "method"))
            if mention.term
        ]
        for trial in atlas.trials
    }


def _measures(atlas: LibraryIndex, trial: Trial) -> list[str]:
    record = atlas.library.registry.get(trial.id)
    return [*trial.endpoints, *find_values(record, "primary_outcomes", "secondary_outcomes")]


def find_texts(
    atlas: LibraryIndex, settings: Settings, measured: Mapping[str, Sequence[Term]]
) -> Iterator[Entry]:
    """Yield trials, papers, cited works and findings."""
    library = atlas.library
    for trial in atlas.trials:
        yield _trial_entry(atlas, trial, measured[trial.id], settings)
    for _, bundle in sorted(library.papers.items()):
        yield _paper_entry(atlas, bundle, settings)
    for _, reference in sorted(library.references.items()):
        yield _reference_entry(atlas, reference, settings)
    for finding in atlas.findings:
        yield _finding_entry(atlas, finding)


# --- one entry a record --------------------------------------------------------------------------


def _own_names(term: Term) -> list[str]:
    return [term.label, term.abbreviation or "", *term.synonyms]


def _term_entry(
    atlas: LibraryIndex, term: Term, tissues: Sequence[str], vesicles: Sequence[str]
) -> Entry:
    pages = find_pages(atlas.library)
    paged = term.id in pages.terms
    findings = atlas.findings_of(term.id)
    own = [*_own_names(term), *tissues]
    # Who asks how fast a carrier releases wants its page: its numbers stand side by side there.
    measures = view_measures(atlas, findings, "") if paged and term.kind == "vehicle" else None
    shares = [
        f"{r['number']} {r['of']} at {r['at']} ({r['vehicle']})"
        for r in (measures["answer"] if measures else ())
    ]
    released = [f"{name} release" for name in own[:2] if name and shares]
    names = dict.fromkeys([*own, *vesicles, *released, *find_variants(term)])
    return Entry(
        path=term_address(atlas.library, term),
        kind=term.kind if paged else "glossary",
        title=term.label,
        detail=term.abbreviation or "",
        weight=len(findings),
        # What every statement is about needs none of its own.
        evident=bool(findings) or term.id in pages.named or term.kind == "vesicle",
        names=tuple(names),
        variants=frozenset(names) - set(own),
        identifiers=tuple(x.curie for x in term.xrefs if x.match == "exact"),
        related=tuple(x.curie for x in term.xrefs if x.match != "exact"),
        facets=_facets(findings, atlas, term),
        sections=_sections(
            *(_term_sections(atlas, term, findings) if paged else ()),
            ("; ".join(shares), PLAIN, "measures", "Release"),
        ),
    )


def _term_sections(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding]
) -> Iterator[Section]:
    """Yield a term's definition, its names, and the terms that its findings name most."""
    near: Counter[str] = Counter()
    for finding in findings:
        near.update({other for _, other, _ in terms_in(finding) if other != term.id})
    known = atlas.library.terms
    ranked = sorted(near.items(), key=lambda item: (-item[1], item[0]))
    labels = [known[name].label for name, _ in ranked if name in known]
    yield Section(term.definition or "")
    yield _hidden(", ".join(filter(None, [term.abbreviation, *term.synonyms])), NAMES)
    yield _hidden(", ".join(labels[:_MOST_NEIGHBOURS]), ASIDE)


def _trial_entry(
    atlas: LibraryIndex, trial: Trial, outcomes: Sequence[Term], settings: Settings
) -> Entry:
    """Return a trial. An outcome has no page of its own: who asks for it finds its trials."""
    library = atlas.library
    record = library.registry.get(trial.id)
    terms = [library.terms[t] for t in (*trial.sources, *trial.conditions) if t in library.terms]
    measured = _measures(atlas, trial)
    named = dict.fromkeys(name for term in outcomes for name in _own_names(term) if name)
    design = [trial.condition_printed, trial.source_printed, trial.design_printed]
    design += [trial.phase, trial.route]
    result = settings.get("results", {}).get(trial.result_effect or "none", "")
    registers = [r for r in settings.get("registers", []) if trial.id.startswith(r.lower())]
    countries = [settings.get("countries", {}).get(register, "") for register in registers]
    return Entry(
        path=ids.page_path("trial", trial.id),
        kind="trial",
        title=trial.label,
        detail=f"{trial.registry_name} · {view_trial_result(atlas, trial)['label'].lower()}",
        reported=bool(trial.result_effect),
        names=tuple(dict.fromkeys([trial.label, *find_values(record, "acronym")])),
        identifiers=(trial.registry,),
        facets={
            "source": tuple(trial.sources),
            "condition": tuple(trial.conditions),
            "evidence": ("clinical",),
        },
        sections=_sections(
            (trial.result or "", PLAIN, "top", "Result"),
            (trial.quote.replace(" | ", " · "), PLAIN, "source", "Source"),
            _hidden(". ".join(filter(None, [*design, *trial.endpoints])), NAMES),
            _hidden(". ".join([*measured, *named]), NAMES),
            _hidden(", ".join(name for term in terms for name in _own_names(term) if name), WORK),
            _hidden(" ".join(["trial", result, *registers, *countries]), WORK),
            _hidden(_write_dose(trial)),
            (". ".join(find_values(record)), PLAIN, "registry", "Registry record"),
        ),
    )


def _write_dose(trial: Trial) -> str:
    """Return the numbers of a dose as people type them: ``7e9``."""
    dose = trial.dose.model_dump() if trial.dose else {}
    large = [value for value in dose.values() if isinstance(value, float) and value >= _LARGE]
    parts = (f"{value:.6e}".split("e") for value in large)
    return " ".join(f"{float(mantissa):g}e{int(power)}" for mantissa, power in parts)


def find_values(record: RegistryRecord | None, *fields: str) -> tuple[str, ...]:
    """Return what a registry states as text, of some fields or of all."""
    found: list[str] = []
    for name, facts in record.facts.items() if record else ():
        for fact in facts if not fields or name in fields else ():
            values = fact.value if isinstance(fact.value, list) else [fact.value]
            found += [str(v) for v in values if v is not None and not isinstance(v, bool)]
    return tuple(dict.fromkeys(found))


def _paper_entry(atlas: LibraryIndex, bundle: PaperBundle, settings: Settings) -> Entry:
    paper, csl, figures = bundle.paper, bundle.paper.csl, bundle.paper.figures
    own = _work_entry(csl, settings, ids.page_path("paper", paper.id), "paper")
    others = [name for person in paper.people for name in person.other_names]
    own["identifiers"] += tuple(kept.accession for kept in paper.data)
    return Entry(
        **own,
        imprint=" ; ".join([_find_imprint(csl, settings), *others]),
        facets=_facets(bundle.findings, atlas),
        sections=_sections(
            _hidden("review paper", ASIDE),
            (paper.tldr or "", PLAIN, "tldr", "TL;DR"),
            (paper.contribution or "", PLAIN, "contribution", "Contribution"),
            (" ".join(k.text for k in paper.key_findings), PLAIN, "key-findings", "Key findings"),
            (paper.abstract or "", PLAIN, "abstract", "Abstract"),
            (", ".join(e.label for e in paper.entities), ASIDE, "entities", "Entities"),
            (" ".join(f"{d.accession} {d.archive}" for d in paper.data), ASIDE, "data", "Data"),
            (" ".join(f"{f.label} {f.caption}" for f in figures), PLAIN, "figures", "Figures"),
            *(section for table in bundle.tables for section in _table_sections(table)),
        ),
    )


def _table_sections(table: Table) -> Iterator[tuple[str, float, str, str]]:
    label = table.label or f"Table {table.number}"
    yield table.caption or "", PLAIN, ids.table_anchor(table.number), label
    for place, row in enumerate(table.rows, 1):
        cells = " · ".join(cell.text for cell in row.cells.values() if cell.text)
        yield cells, PLAIN, ids.row_anchor(row.id), f"{label}, row {place}"


def _reference_entry(atlas: LibraryIndex, reference: Reference, settings: Settings) -> Entry:
    csl = reference.csl
    stating = {f.id: f for f in atlas.stating[reference.id]}
    about = {**stating, **{f.id: f for f in atlas.citing[reference.id]}}
    own = _work_entry(csl, settings, atlas.pages.references[reference.id], "reference")
    known = atlas.library.terms
    named = {name for finding in stating.values() for _, name, _ in terms_in(finding)}
    return Entry(
        **own,
        imprint=_find_imprint(csl, settings),
        facets=_facets(list(about.values()), atlas),
        sections=_sections(
            ("" if reference.parsed else reference.printed, PLAIN),
            _hidden(" ".join(_REGISTERED.findall(csl.URL or ""))),
            _hidden(", ".join(known[name].label for name in sorted(named) if name in known), ASIDE),
        ),
    )


def _work_entry(csl: CslItem, settings: Settings, path: str, kind: str) -> dict[str, Any]:
    """Return what papers and cited works have alike."""
    people = short_name(csl) if csl.author else str(csl.year or "")
    imprint = [people, csl.container_title_short or csl.container_title or ""]
    named = (("DOI", csl.DOI), ("PMID", csl.PMID), ("PMCID", csl.PMCID))
    return {
        "path": path,
        "kind": kind,
        "title": csl.title,
        "detail": ", ".join(part for part in imprint if part),
        "year": csl.year,
        "identifiers": (
            *(f"{prefix}:{value}" for prefix, value in named if value),
            *([csl.number] if csl.type == "dataset" and csl.number else []),
        ),
    }


def _find_imprint(csl: CslItem, settings: Settings) -> str:
    """Return a work's authors, its journal under each of its names, and its numbers."""
    people = csl.author or []
    initials = ["".join(w[0] for w in (n.given or "").replace(".", " ").split()) for n in people]
    journals = [csl.container_title, csl.container_title_short, csl.publisher]
    journals += find_journals(settings, csl)  # a printed journal is mostly abbreviated
    numbers = [csl.year, csl.volume, csl.issue, csl.page, csl.number]
    parts = [*map(format_name, people), *initials, *journals, *numbers]
    return " ; ".join(str(part) for part in parts if part)


def _finding_entry(atlas: LibraryIndex, finding: Finding) -> Entry:
    csl = atlas.paper(finding.paper).paper.csl
    known = atlas.library.terms
    named = dict.fromkeys(name for _, name, _ in terms_in(finding) if name in known)
    title = write_sentence(finding.quote)
    path = atlas.pages.findings[finding.id]
    texts = (
        Section(finding.quote, shown=title.endswith(_MORE)),
        _hidden(", ".join(known[name].label for name in named), ASIDE),
    )
    return Entry(
        path=path,
        kind="finding",
        title=title,
        detail=short_name(csl),
        year=csl.year,
        identifiers=(finding.id,),
        facets=_facets([finding], atlas),
        # What a cited title states is found as the cited work.
        sections=() if path.startswith("references/") else _sections(*texts),
    )


def write_sentence(quote: str) -> str:
    """Return a quote as a title: of a table's row its first cell, then sentences of the others.

    Cells that only cite are left out.
    """
    cells = [cell.strip() for cell in quote.split(" | ")]
    first, *rest = [cell for cell in cells if re.search(r"[^\W\d]", cell)] or [quote]
    text = f"{first.rstrip('.')}: {'. '.join(c.rstrip('.') for c in rest)}." if rest else first
    if len(text) <= _LONGEST_TITLE:
        return text
    return text[:_LONGEST_TITLE].rsplit(" ", 1)[0] + _MORE


def _hidden(text: str, weight: float = PLAIN) -> Section:
    return Section(text, weight, shown=False)


def _sections(*found: Section | tuple[Any, ...]) -> tuple[Section, ...]:
    sections = (part if isinstance(part, Section) else Section(*part) for part in found)
    return tuple(section for section in sections if re.search(r"\w", section.text))


def _facets(findings: Iterable[Finding], atlas: LibraryIndex, term: Term | None = None) -> Facets:
    """Return what the findings of a page name; a term's own page is always under that term."""
    found: dict[str, set[str]] = {name: set() for name in FACETS}
    roles = {"sources": "source", "conditions": "condition"}
    for finding in findings:
        for role, name, _ in terms_in(finding):
            if role in roles and name in atlas.library.terms:
                found[roles[role]].add(name)
        found["evidence"].add(finding.design.level)
    if term and term.kind in found:
        found[term.kind].add(term.id)
    return {name: tuple(sorted(values)) for name, values in found.items() if values}
