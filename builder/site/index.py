"""The indexes that views look things up in, built once from a Library.

Every index is one pass over the records, so that the cost of a page does not grow with the site.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from builder.addresses import ledger
from builder.addresses.pages import Pages, find_pages, term_address
from builder.curate.evidence import complete_trial, group_reports, merge_reports
from builder.curate.studies import (
    Disagreement,
    find_disagreements,
    find_places,
    find_read_works,
    find_studies,
    find_superseded,
    find_withdrawn,
    standing_studies,
)
from builder.models import Address, Cited, Finding, Question, Study, Table, TableRow, Term, Trial
from builder.site.citations import short_name
from builder.site.links import ShortForms, View, Wording, find_short_forms, link, page_href
from builder.store import Library, PaperBundle

# Each list of a finding, with the name under which pages show it.
ROLES = (
    "sources", "modifications", "vehicles", "cargo", "mechanisms", "targets", "stimuli", "partners",
    "models", "species", "conditions", "outcomes",
)  # fmt: skip


# What may be a trial's number: letters, then digits.
_NUMBER = re.compile(r"(?<![a-z0-9])[a-z]{2,8}[-/]?\d[a-z0-9/-]{5,}(?<![/-])")


@dataclass(frozen=True, slots=True)
class Use:
    """A term's place in a finding: the list it stands in, and the effect given to it."""

    finding: Finding
    role: str
    effect: str = ""


@dataclass(slots=True)
class LibraryIndex:
    """A Library with every index that views need."""

    library: Library
    pages: Pages
    uses: dict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    children: dict[str, list[Term]] = field(default_factory=lambda: defaultdict(list))
    citing: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    stating: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    by_row: dict[tuple[str, str], list[Finding]] = field(default_factory=lambda: defaultdict(list))
    # Findings whose words hold the number of a registry, by the number in small letters.
    numbered: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, Trial] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)  # the ledger
    trial_by_id: dict[str, Trial] = field(default_factory=dict)
    term_trials: dict[str, list[Trial]] = field(default_factory=lambda: defaultdict(list))
    reference_trials: dict[str, list[Trial]] = field(default_factory=lambda: defaultdict(list))
    cited: dict[tuple[str, int], Cited] = field(default_factory=dict)
    tables: dict[tuple[str, int], Table] = field(default_factory=dict)
    rows: dict[tuple[str, str], tuple[Table, int, TableRow]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)  # those that a statement or a trial reports
    finding_studies: dict[str, list[Study]] = field(default_factory=lambda: defaultdict(list))
    # Ids of the studies that count, by the finding that reports them.
    counted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    label_studies: dict[str, list[Study]] = field(default_factory=lambda: defaultdict(list))
    reports: dict[str, list[Trial]] = field(default_factory=dict)
    by_id: dict[str, Finding] = field(default_factory=dict)
    former: dict[str, list[str]] = field(default_factory=dict)
    former_rows: dict[str, list[str]] = field(default_factory=dict)
    places: dict[tuple[str, int], str] = field(default_factory=dict)
    # Cited works read as papers: work to paper.
    read: Mapping[str, str] = field(default_factory=dict)
    superseded: dict[str, str] = field(default_factory=dict)  # statements of titles: to paper
    withdrawn: frozenset[str] = frozenset()
    disagreements: dict[str, list[Disagreement]] = field(default_factory=lambda: defaultdict(list))
    short_forms: ShortForms = field(default_factory=ShortForms)
    papers_named: Counter[str] = field(default_factory=Counter)  # papers by short name
    # The papers that the page being made quotes.
    quoted: set[str] = field(default_factory=set)

    def paper(self, paper: str) -> PaperBundle:
        """Return the records of a paper."""
        return self.library.papers[paper]

    def term_link(self, term: str, root: str, *, full: bool = False) -> View:
        """Return the link of a term: its page, its place in the glossary, or its bare id.

        Where there is room for it, ``full`` gives the full name.
        """
        found = self.library.terms.get(term)
        if found is None:
            return {"label": term, "href": "", "title": "", "kind": ""}
        return {
            "label": found.label if full else found.short,
            "href": self.term_href(found, root),
            "title": found.label,
            "kind": found.kind,
        }

    def term_href(self, term: Term, root: str) -> str:
        """Return the relative address of a term: its page, or its line in the glossary."""
        return f"{root}{term_address(self.library, term)}"

    def finding_href(self, finding: str, root: str) -> str:
        """Return the relative address of a finding: an anchor of its paper's or work's page."""
        return f"{root}{self.pages.findings[finding]}"

    def work_href(self, reference: str, root: str) -> str:
        """Return the relative address of a cited work: its page, or its entry in a paper's list."""
        return f"{root}{self.pages.references[reference]}"

    def paper_link(self, paper: str, root: str) -> View:
        """Return the link of a paper by its short name."""
        return link(short_name(self.paper(paper).paper.csl), page_href(root, "paper", paper))

    def take_wording(self) -> Wording:
        """Return how the page made since the last call words things."""
        wording = Wording(self.short_forms, frozenset(self.quoted))
        self.quoted.clear()
        return wording

    def subtree(self, term: str) -> list[str]:
        """Return the ids of all narrower terms, each once, without the term itself."""
        found: dict[str, None] = {}
        queue = [term]
        while queue:
            for child in self.children.get(queue.pop(0), ()):
                if child.id not in found and child.id != term:
                    found[child.id] = None
                    queue.append(child.id)
        return list(found)

    def findings_of(self, term: str) -> list[Finding]:
        """Return the findings that name a term, each once."""
        seen = {use.finding.id: use.finding for use in self.uses.get(term, ())}
        return list(seen.values())

    def stands(self, finding: Finding) -> bool:
        """Return whether a finding rests on any work that was not retracted."""
        return not self.withdrawn or bool(standing_studies(finding, self.places, self.withdrawn))

    def studies_of(self, finding: str) -> list[Study]:
        """Return the studies that a finding reports."""
        return self.finding_studies.get(finding, [])

    def trial_of(self, study: Study) -> Trial | None:
        """Return the record of the trial that a study is; a registration may only be cited."""
        return next((self.trial_by_id[t] for t in study.trials if t in self.trial_by_id), None)

    def last_change(self, address: str) -> date | None:
        """Return the day on which the records of a page last changed; None where it has none."""
        entry = self.addresses.get(address)
        return (entry.changed or entry.since) if entry and entry.state == "live" else None

    def naming(self, trial: Trial) -> list[Finding]:
        """Return the findings that name a trial by its number."""
        return self.numbered.get(trial.registry.lower(), [])

    def trials_named(self, finding: Finding) -> list[Trial]:
        """Return the trials that a finding names by their numbers."""
        numbers = _numbers_in(finding)
        return [self.by_number[number] for number in numbers if number in self.by_number]

    def reference_id(self, paper: str, number: int) -> str:
        """Return the id of the work that a paper cites under a number, or an empty string."""
        found = self.cited.get((paper, number))
        return found.id if found else ""


def terms_in(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield (role, term, effect) for each term of a finding; of conditions what became of them."""
    eased = {c.id: c.effect for c in finding.condition_effects}
    for role in ROLES:
        items = finding.vehicle_ids if role == "vehicles" else getattr(finding, role)
        for item in items:
            if isinstance(item, str):
                yield role, item, eased.get(item, "") if role == "conditions" else ""
            else:
                held = vars(item)  # to ask a record for what it lacks is slow
                yield role, item.id, held.get("effect", held.get("role", ""))


def counted_in(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield the same as counts take it: what is only possible has no direction."""
    for role, term, effect in terms_in(finding):
        directed = role in ("mechanisms", "outcomes", "conditions")
        sure = finding.certainty == "asserted" or not directed
        yield role, term, effect if sure else "" if role == "conditions" else "involves"


def effects_on(finding: Finding, mechanism: str) -> list[str]:
    """Return the effects of a finding on a mechanism, each once, as counts take them."""
    found = (
        e for role, term, e in counted_in(finding) if (role, term) == ("mechanisms", mechanism)
    )
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1)  # exports, pages and search ask for that of one library
def build_index(library: Library) -> LibraryIndex:
    """Return the library with all its indexes."""
    reports = group_reports(library.trials())
    studies = find_studies(library)
    joined = {name: study for study in studies for name in study.trials}
    atlas = LibraryIndex(
        library,
        find_pages(library),
        addresses={entry.address: entry for entry in library.ledger},
        findings=library.findings(),
        trials=[complete_trial(merge_reports(r), joined[name]) for name, r in reports.items()],
        studies=[s for s in studies if s.findings or s.trials],
        reports=reports,
        former=ledger.former_ids(library.ledger),
        former_rows=ledger.former_rows(library.ledger),
        places=find_places(library),
        read=find_read_works(library),
        superseded=find_superseded(library),
        withdrawn=find_withdrawn(library),
    )
    for term in sorted(library.terms.values(), key=lambda t: (t.label.casefold(), t.id)):
        if term.parent:
            atlas.children[term.parent].append(term)
    atlas.short_forms = find_short_forms(library)
    for bundle in library.papers.values():
        _index_paper(atlas, bundle)
        atlas.papers_named[short_name(bundle.paper.csl)] += 1
    for finding in atlas.findings:
        _index_finding(atlas, finding)
    for found in find_disagreements(library):
        for name in dict.fromkeys((found.source, found.target)):
            atlas.disagreements[name].append(found)
    for trial in atlas.trials:
        atlas.by_number[trial.registry.lower()] = trial
        atlas.trial_by_id[trial.id] = trial
        for name in dict.fromkeys([*trial.sources, *trial.conditions]):
            atlas.term_trials[name].append(trial)
        _index_trial_works(atlas, trial)
    _index_studies(atlas)
    return atlas


def _index_studies(atlas: LibraryIndex) -> None:
    """Note each study that a statement or a trial reports at its findings and its labels."""
    for study in atlas.studies:
        for name in study.findings:
            atlas.finding_studies[name].append(study)
            gone = atlas.by_id[name].paper in atlas.withdrawn or name in atlas.superseded
            if study.counts and not gone:
                atlas.counted[name].append(study.id)
        for name in dict.fromkeys([*study.sources, *study.conditions]):
            atlas.label_studies[name].append(study)


def _index_trial_works(atlas: LibraryIndex, trial: Trial) -> None:
    """Note a trial at each work that any of its reports cites, once."""
    works = {
        atlas.reference_id(report.paper, number): None
        for report in atlas.reports[trial.id]
        for number in report.references
    }
    for work in works:
        atlas.reference_trials[work].append(trial)


def _index_paper(atlas: LibraryIndex, bundle: PaperBundle) -> None:
    paper = bundle.paper.id
    for cited in bundle.references:
        atlas.cited[paper, cited.number] = cited
    for table in bundle.tables:
        atlas.tables[paper, table.number] = table
        for place, row in enumerate(table.rows, 1):
            atlas.rows[paper, row.id] = (table, place, row)


def _numbers_in(finding: Finding) -> list[str]:
    """Return what may be numbers of trials in a finding's words, in small letters, each once."""
    return list(dict.fromkeys(_NUMBER.findall(finding.quote.lower())))


def _index_finding(atlas: LibraryIndex, finding: Finding) -> None:
    atlas.by_id[finding.id] = finding
    for role, term, effect in counted_in(finding):
        atlas.uses[term].append(Use(finding, role, effect))
    for named in _numbers_in(finding):
        atlas.numbered[named].append(finding)
    where = finding.locator
    if where.row:
        atlas.by_row[finding.paper, where.row].append(finding)
    if where.reference is not None:
        atlas.stating[atlas.reference_id(finding.paper, where.reference)].append(finding)
    for number in finding.references:
        if number != where.reference:
            atlas.citing[atlas.reference_id(finding.paper, number)].append(finding)


def view_questions(questions: list[Question]) -> list[View]:
    """Return open questions for a page, the highest priority first."""
    return [
        {"text": q.text, "rule": q.rule, "field": q.field or "", "weight": q.weight}
        for q in sorted(questions, key=lambda q: (-q.weight, q.rule, q.text))
    ]
