"""What search can find: one entry a page, with its names, words, identifiers and facets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntFlag

from builder.extract.variants import find_variants
from builder.extract.vocabulary import Vocabulary, build_vocabulary
from builder.models import CslItem, Finding, Reference, Term, Trial
from builder.search.config import Habits
from builder.search.normalise import find_keys, join_keys
from builder.search.sections import (
    Section,
    find_finding_sections,
    find_paper_sections,
    find_reference_sections,
    find_term_sections,
    find_trial_sections,
    find_values,
)
from builder.site.citations import short_name
from builder.site.index import Atlas, terms_in
from builder.store import Library, PaperBundle
from builder.text import ids

FACETS = ("source", "condition", "evidence")
Facets = dict[str, tuple[str, ...]]


class Field(IntFlag):
    """Where a word stands in a work. The numbers are part of the index's format."""

    TITLE = 1
    AUTHOR = 2
    FIRST = 4
    JOURNAL = 8
    YEAR = 16
    NUMBER = 32
    WORD = 64
    NAME = 128
    GIVEN = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """A page, or a place on one, that search can find.

    ``names`` are whole names; ``words`` are texts by the field they stand in; ``sections`` are what
    the full text holds of it.
    """

    path: str
    kind: str
    title: str
    detail: str = ""
    year: int | None = None
    weight: int = 0
    names: tuple[str, ...] = ()
    variants: frozenset[str] = frozenset()  # those of the names that a rule made
    words: tuple[tuple[Field, str], ...] = ()
    identifiers: tuple[str, ...] = ()
    related: tuple[str, ...] = ()  # identifiers that mean something wider, narrower or alike
    facets: Facets = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    @property
    def in_full_text(self) -> bool:
        """Tell whether it is a page of its own; a place on another page is found by name only."""
        return "#" not in self.path


def find_terms(atlas: Atlas, habits: Habits) -> Iterator[Entry]:
    """Yield the terms in order of id: those with a page, and those of the glossary."""
    known = atlas.library.terms
    taken = {join_keys(name) for term in known.values() for name in _own_names(term)}
    for term in sorted(known.values(), key=lambda t: (t.kind, t.id)):
        tissues = [known[t] for t in habits.tissues_of(term.id) if t in known]
        vesicles = [name for name in _vesicle_names(tissues) if join_keys(name) not in taken]
        plain = [name for tissue in tissues for name in _own_names(tissue) if name]
        yield _term_entry(atlas, term, plain, vesicles)


def find_works(atlas: Atlas, habits: Habits) -> Iterator[Entry]:
    """Yield trials, papers and references, the latest first: what ranks alike keeps this order."""
    library = atlas.library
    vocabulary = build_vocabulary(library.terms.values(), content=library.root / "content")
    for trial in atlas.trials:
        yield _trial_entry(atlas, trial, vocabulary, habits)
    entries = [_paper_entry(atlas, library.papers[key], habits) for key in sorted(library.papers)]
    entries += [
        _reference_entry(atlas, library.references[key], habits)
        for key in sorted(library.references)
    ]
    kinds = {"paper": 0, "reference": 1}
    yield from sorted(entries, key=lambda e: (kinds[e.kind], -(e.year or 0), e.path))


def find_findings(atlas: Atlas) -> Iterator[Entry]:
    """Yield the findings: found by their words and their id, never by a name."""
    for finding in atlas.findings:
        csl = atlas.paper(finding.paper).paper.csl
        yield Entry(
            path=atlas.pages.findings[finding.id],
            kind="finding",
            title=finding.quote,
            detail=short_name(csl),
            year=csl.year,
            identifiers=(finding.id,),
            facets=_facets([finding], atlas.library),
            sections=find_finding_sections(atlas, finding),
        )


# --- one entry a record --------------------------------------------------------------------------


def _own_names(term: Term) -> list[str]:
    return [term.label, term.abbreviation or "", *term.synonyms]


def _vesicle_names(tissues: Iterable[Term]) -> Iterator[str]:
    """Yield what a source's vesicles are called after the tissue: ``fat exosome``."""
    for tissue in tissues:
        yield from (f"{name} exosome" for name in _own_names(tissue) if name)


def _term_entry(atlas: Atlas, term: Term, tissues: Sequence[str], vesicles: Sequence[str]) -> Entry:
    paged = term.id in atlas.pages.terms
    findings = atlas.findings_of(term.id)
    own = [*_own_names(term), *tissues]
    names = dict.fromkeys([*own, *vesicles, *find_variants(term)])
    return Entry(
        path=atlas.term_href(term, ""),
        kind=term.kind if paged else "glossary",
        title=term.label,
        detail=term.abbreviation or "",
        weight=len(findings),
        names=tuple(names),
        variants=frozenset(names) - set(own),
        identifiers=tuple(x.curie for x in term.xrefs if x.match == "exact"),
        related=tuple(x.curie for x in term.xrefs if x.match != "exact"),
        facets=_facets(findings, atlas.library, term),
        sections=find_term_sections(atlas, term) if paged else (),
    )


def _trial_entry(atlas: Atlas, trial: Trial, vocabulary: Vocabulary, habits: Habits) -> Entry:
    library = atlas.library
    record = library.registry.get(trial.id)
    told = [*find_values(record), trial.registry_name, *habits.countries_of(trial.id)]
    terms = [library.terms[t] for t in (*trial.sources, *trial.conditions) if t in library.terms]
    related = [name for term in terms for name in _own_names(term)]
    acronyms = find_values(record, "acronym")
    measured = [*trial.endpoints, *find_values(record, "primary_outcomes", "secondary_outcomes")]
    outcomes = _name_outcomes(measured, vocabulary)
    return Entry(
        path=ids.page_path("trial", trial.id),
        kind="trial",
        title=trial.label,
        detail=trial.registry_name,
        names=tuple(dict.fromkeys([trial.label, *acronyms, *measured, *outcomes])),
        words=(
            (Field.TITLE, trial.label),
            *((Field.NAME, text) for text in (*trial.endpoints, *acronyms, *outcomes)),
            *((Field.WORD, text) for text in (trial.quote, *related, *told)),
        ),
        identifiers=(trial.registry,),
        facets={
            "source": tuple(trial.sources),
            "condition": tuple(trial.conditions),
            "evidence": ("clinical",),
        },
        sections=find_trial_sections(trial, record),
    )


def _name_outcomes(measured: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Return every name of the outcomes and methods that a trial measures by.

    They have no page of their own: who asks for WOMAC, by whatever name, is led to the trials.
    """
    found: list[str] = []
    for text in measured:
        for mention in vocabulary.find_mentions(text, kinds=("outcome", "method")):
            if mention.term:
                term = vocabulary.terms[mention.term]
                found += [term.label, term.abbreviation or "", *term.synonyms]
    return [name for name in dict.fromkeys(found) if name]


def _paper_entry(atlas: Atlas, bundle: PaperBundle, habits: Habits) -> Entry:
    csl = bundle.paper.csl
    return Entry(
        path=ids.page_path("paper", bundle.paper.id),
        kind="paper",
        title=csl.title,
        detail=_imprint(csl),
        year=csl.year,
        names=(csl.title,),
        words=_work_words(csl, habits),
        identifiers=_work_identifiers(csl),
        facets=_facets(bundle.findings, atlas.library),
        sections=find_paper_sections(bundle),
    )


def _reference_entry(atlas: Atlas, reference: Reference, habits: Habits) -> Entry:
    csl = reference.csl
    told = {f.id: f for f in (*atlas.stating[reference.id], *atlas.citing[reference.id])}
    return Entry(
        path=atlas.pages.references[reference.id],
        kind="reference",
        title=csl.title,
        detail=_imprint(csl),
        year=csl.year,
        names=(csl.title,),
        words=(*_work_words(csl, habits), *_short_forms(atlas, reference)),
        identifiers=_work_identifiers(csl),
        facets=_facets(list(told.values()), atlas.library),
        sections=find_reference_sections(reference),
    )


def _short_forms(atlas: Atlas, reference: Reference) -> Iterator[tuple[Field, str]]:
    """Yield the short forms of what a title names: ``PRP`` finds "platelet-rich plasma"."""
    known = atlas.library.terms
    for finding in atlas.stating[reference.id]:
        for _, name, _ in terms_in(finding):
            if name in known and known[name].abbreviation:
                yield Field.WORD, known[name].abbreviation or ""


def _work_words(csl: CslItem, habits: Habits) -> tuple[tuple[Field, str], ...]:
    found: list[tuple[Field, str]] = [(Field.TITLE, csl.title)]
    for place, name in enumerate(csl.author or []):
        which = Field.AUTHOR | Field.FIRST if place == 0 else Field.AUTHOR
        found.append((which, name.family or name.literal or ""))
        if name.given:
            initials = "".join(word[0] for word in name.given.replace(".", " ").split() if word)
            found += [(Field.GIVEN, name.given), (Field.GIVEN, initials)]
    journals = [csl.container_title, csl.container_title_short]
    if not any(journals):
        journals += habits.journals_of(csl.DOI or "")
    found += [(Field.JOURNAL, text) for text in (*journals, csl.publisher) if text]
    for word in find_keys(csl.container_title or ""):
        found += [(Field.JOURNAL, short) for short in habits.shorts if word.startswith(short)]
    if csl.year:
        found.append((Field.YEAR, str(csl.year)))
    found += [
        (Field.NUMBER, text) for text in (csl.volume, csl.issue, csl.page, csl.number) if text
    ]
    return tuple(found)


def _work_identifiers(csl: CslItem) -> tuple[str, ...]:
    named = (("DOI", csl.DOI), ("PMID", csl.PMID), ("PMCID", csl.PMCID))
    return tuple(f"{prefix}:{value}" for prefix, value in named if value)


def _imprint(csl: CslItem) -> str:
    """Return authors, journal and year in one short line."""
    people = short_name(csl) if csl.author else str(csl.year or "")
    parts = [people, csl.container_title_short or csl.container_title or ""]
    return ", ".join(part for part in parts if part)


def _facets(findings: Sequence[Finding], library: Library, term: Term | None = None) -> Facets:
    """Return what the findings of a page name; a term's own page is always under that term."""
    found: dict[str, set[str]] = {name: set() for name in FACETS}
    roles = {"sources": "source", "conditions": "condition"}
    for finding in findings:
        for role, name, _ in terms_in(finding):
            if role in roles and name in library.terms:
                found[roles[role]].add(name)
        found["evidence"].add(finding.design.level)
    if term and term.kind in found:
        found[term.kind].add(term.id)
    return {name: tuple(sorted(values)) for name, values in found.items() if values}
