"""Studies: one piece of research once, however many statements, papers and registrations report it.

A trial, its registration in a reference list and its published result are one study; a cited work
and the table row that cites it are one study. A review is listed, and is no study of what it
reviews. Where statements differ is found here as well. This module knows records only, not how
pages show them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from builder import models
from builder.extract.design import LEVELS, is_review_paper, read_title_level, read_trial, read_words
from builder.extract.trials import is_report, judge_trial
from builder.store import Library, PaperBundle
from builder.store.same_work import LONG_TITLE, Groups, link_papers
from builder.text import ids, spelling
from builder.text.ids import find_registry_ids

# What a paper names where it does not say what the vesicles come from.
UNSPECIFIED = "unspecified-source"
# A row that carries such a question cites something else: it is no statement of that study.
_MISFIT = "reference-misfit"


@dataclass
class _Group:
    """What is known of one study while it is put together."""

    works: set[str] = field(default_factory=set)
    trials: dict[str, list[models.Trial]] = field(default_factory=dict)
    findings: dict[str, models.Finding] = field(default_factory=dict)


@lru_cache(maxsize=1)  # indexes, records and pages ask for those of one library
def find_studies(library: Library) -> list[models.Study]:
    """Return every trial, registration and cited work of a library as studies, by id.

    A finding that cites a work belongs to its study, and one that cites nothing to the paper's own
    study, if it is one. A row whose reference does not fit belongs to none, nor does a review's own
    statement.
    """
    works = {(p, c.number): c for p, b in library.papers.items() for c in b.references}
    same = _link_works(library.papers.values())
    primaries = {name for name, bundle in library.papers.items() if _is_primary(bundle)}
    for name in primaries:
        same.find(f"work:{name}")
    for work, paper in find_read_works(library).items():
        if paper in primaries:
            same.join(f"work:{work}", f"work:{paper}")
    read = {name: library.papers[name].paper.csl for name in primaries}
    _join_versions(same, library.cited_items | read)
    superseded, withdrawn = find_superseded(library), find_withdrawn(library)
    groups: dict[str, _Group] = defaultdict(_Group)
    for name in same.parent:
        kind, _, key = name.partition(":")
        group = groups[same.find(name)]
        if kind == "work":
            group.works.add(key)
        else:
            group.trials.setdefault(key, [])
    for bundle in library.papers.values():
        for trial in bundle.trials:
            groups[same.find(f"trial:{trial.id}")].trials[trial.id].append(trial)
        for finding in bundle.findings:
            stated = _is_own(finding) or finding.locator.kind == "title"
            own = [finding.paper] if finding.paper in primaries and stated else []
            for work in own or _rests_on(finding, works):
                groups[same.find(f"work:{work}")].findings[finding.id] = finding
    built = (_build(group, library, superseded, withdrawn) for group in groups.values())
    return sorted(built, key=lambda s: s.id)


def _join_versions(same: Groups[str], works: Mapping[str, models.CslItem]) -> None:
    """Join the versions of a work, a preprint and its article: by title, first author and year."""
    before: dict[tuple[str, str], tuple[str, int]] = {}
    for name, csl in sorted(works.items(), key=lambda work: (work[1].year or 0, work[0])):
        key = (spelling.fold(csl.title), spelling.fold(csl.lead))
        if len(key[0]) < LONG_TITLE or not key[1] or not csl.year:
            continue
        other, year = before.get(key, (name, csl.year))
        if csl.year - year <= 1:
            same.join(f"work:{name}", f"work:{other}")
        before[key] = (name, csl.year)


@lru_cache(maxsize=2)
def find_read_works(library: Library) -> Mapping[str, str]:
    """Return the cited works that the atlas has read as papers: work id to paper id."""
    return link_papers(library.paper_items, library.references, library.identifiers)


def find_superseded(library: Library) -> dict[str, str]:
    """Return the statements read from a cited title whose work was read since, with that paper.

    A work that was read without a statement of its own supersedes nothing.
    """
    read = find_read_works(library)
    stating = {name for name, bundle in library.papers.items() if find_own(bundle)}
    found = {}
    for bundle in library.papers.values():
        works = {cited.number: cited.id for cited in bundle.references}
        for finding in bundle.findings:
            paper = read.get(works.get(finding.locator.reference or -1, ""), "")
            if finding.locator.kind == "reference-title" and paper in stating:
                found[finding.id] = paper
    return found


def find_withdrawn(library: Library) -> frozenset[str]:
    """Return the ids of works and papers that were retracted, withdrawn or removed."""
    found = {name for name, work in library.references.items() if work.withdrawn}
    known = ((name, library.identifiers.get(name)) for name in library.papers)
    found |= {name for name, work in known if work and any(n.withdraws for n in work.notices)}
    for pair in find_read_works(library).items():
        found |= set(pair) if found & set(pair) else set()
    return frozenset(found)


def _link_works(bundles: Iterable[PaperBundle]) -> Groups[str]:
    """Return which works and trials are one study."""
    same: Groups[str] = Groups()
    for bundle in bundles:
        for cited in bundle.references:
            same.find(f"work:{cited.id}")
            for number in find_registry_ids(cited.printed):
                same.join(f"work:{cited.id}", f"trial:{ids.slug(number.number)}")
        for trial in bundle.trials:
            same.find(f"trial:{trial.id}")
            for cited in bundle.references:  # those cited as its registration or its result
                if cited.number in trial.references and is_report(cited, trial):
                    same.join(f"work:{cited.id}", f"trial:{trial.id}")
    return same


def _is_primary(bundle: PaperBundle) -> bool:
    """Return whether a paper reports a study of its own in the statements that cite nothing."""
    own = find_own(bundle)
    reviews = is_review_paper(bundle.paper) or any(f.design.level == "review" for f in own)
    return bool(own) and not reviews


def find_own(bundle: PaperBundle) -> list[models.Finding]:
    """Return the statements that a paper makes of itself: those of its text that cite nothing."""
    return [f for f in bundle.findings if _is_own(f)]


def _is_own(finding: models.Finding) -> bool:
    return not finding.references and finding.basis in ("abstract", "full-text")


def _rests_on(
    finding: models.Finding, works: Mapping[tuple[str, int], models.Cited]
) -> Iterator[str]:
    if any(q.rule == _MISFIT for q in finding.questions):
        return
    numbers = [finding.locator.reference, *finding.references]
    found = (works.get((finding.paper, n)) for n in numbers if n is not None)
    yield from dict.fromkeys(work.id for work in found if work)


def _build(
    group: _Group, library: Library, superseded: Collection[str], withdrawn: Collection[str]
) -> models.Study:
    trials = [t for reported in group.trials.values() for t in reported]
    findings = [group.findings[name] for name in sorted(group.findings)]
    # What a title states is judged only as long as nothing better was read.
    judged = [f for f in findings if f.id not in superseded] or findings
    works = sorted(group.works, key=lambda work: (work not in library.references, work))
    titles = [library.references[w].csl.title for w in works if w in library.references]
    design = _design(trials, findings, titles)
    if design.level == "clinical":
        read = (library.papers[work] for work in works if work in library.papers)
        cards = [card for bundle in read for card in bundle.cards]
        design = _count_people(design, trials, cards)
    kind: Literal["trial", "primary", "review"] = "primary"
    if group.trials or (design.level == "clinical" and design.randomised):
        kind = "trial"
    elif design.level == "review":
        kind = "review"
    # What may be ("might slow cartilage loss [1]") says nothing of what the cited study was of.
    sure = [f for f in findings if f.certainty != "hedged" or f.basis == "title"]
    places: list[models.Trial | models.Finding] = [*trials, *(sure or findings)]
    sources, asked = settle_labels([p.sources for p in places], library.terms, "sources")
    conditions, unsure = settle_labels([p.conditions for p in places], library.terms, "conditions")
    return models.Study(
        id=sorted(group.trials)[0] if group.trials else works[0],
        kind=kind,
        references=[w for w in works if w in library.references],
        trials=sorted(group.trials),
        findings=[f.id for f in findings],
        sources=sources,
        conditions=conditions,
        design=design,
        result=_result(trials, judged),
        stated=next((t.result for t in trials if t.result), None),
        role=_role(trials, judged, library.registry),
        n=design.n,
        retracted=True if any(work in withdrawn for work in works) else None,
        questions=[*asked, *unsure],
    )


def _design(
    trials: Sequence[models.Trial], findings: Sequence[models.Finding], titles: Sequence[str]
) -> models.Design:
    """Return the highest level that a statement or title gives, with all that is said at it."""
    reported = [f.design for f in findings]
    for title in titles:
        level = read_title_level(title)
        more = read_trial(title) if level == "clinical" else {}
        reported.append(models.Design.model_validate({"level": level, **more}))
    if trials:
        reported = [d for d in reported if d.level == "clinical"]
        reported = [*(t.design for t in trials), *reported]
    return merge_designs(reported)


def _count_people(
    design: models.Design, trials: Sequence[models.Trial], cards: Sequence[models.StudyCard]
) -> models.Design:
    """Return the design of a trial with its size, else as the methods of its own paper state it.

    Of several numbers of people there, in groups and in all, none is taken.
    """
    listed = next((t.n.enrolled for t in trials if t.n and t.n.enrolled is not None), None)
    stated: dict[str, set[str]] = defaultdict(set)
    for entry in (entry for card in cards for entry in card.stated):
        people = read_words().trial["people"].fullmatch(entry.value)
        if entry.item == "follow-up" or (entry.item == "n" and people):
            stated[entry.item].add(people[1].replace(",", "") if people else entry.value)
    once = {name: values.pop() for name, values in stated.items() if len(values) == 1}
    n = int(once["n"]) if "n" in once else None
    known = {"n": design.n or listed or n, "follow_up": design.follow_up or once.get("follow-up")}
    return design.model_copy(update=known)


def merge_designs(designs: Sequence[models.Design]) -> models.Design:
    """Return one design of several: the highest level, and all that those of that level state."""
    level = max((d.level for d in designs), key=LEVELS.index, default="not-stated")
    merged: dict[str, Any] = {"level": level}
    for design in designs:
        if design.level == level:
            for name, value in design.model_dump(exclude={"level"}).items():
                if isinstance(value, list):
                    merged[name] = list(dict.fromkeys([*merged.get(name, []), *value]))
                elif value is not None:
                    merged.setdefault(name, value)
    return models.Design.model_validate(merged)


def _result(trials: Sequence[models.Trial], findings: Sequence[models.Finding]) -> models.Result:
    reported = {judge_trial(t) for t in trials} | {f.result for f in findings}
    reported.discard("none-reported")
    return reported.pop() if len(reported) == 1 else "mixed" if reported else "none-reported"


def _role(
    trials: Sequence[models.Trial],
    findings: Sequence[models.Finding],
    registry: Mapping[str, models.RegistryRecord],
) -> models.StudyRole:
    """Return what the vesicles are; those of a trial are given, if they are not only looked at."""
    reported = [f.role for f in findings if f.role != "unclear"]
    if not trials:
        return reported[0] if reported else "unclear"
    words = read_words().trial
    records = [registry[t.id].facts for t in trials if t.id in registry]
    facts = [str(f.value) for name in ("study_type", "design_primary_purpose")
             for record in records for f in record.get(name, ())]  # fmt: skip
    printed = [t.source_printed or "" for t in trials] + [t.condition_printed or "" for t in trials]
    if any(words["looked_at"].search(text) for text in printed + facts):
        return "biomarker"
    return "unclear" if any(words["observed"].search(text) for text in facts) else "therapeutic"


def settle_labels(
    places: Iterable[Sequence[str]], terms: Mapping[str, models.Term], field_name: str
) -> tuple[list[str], list[models.Question]]:
    """Return the narrowest labels that no place contradicts, and a question where places differ.

    A place contradicts a label if all that it names lies on other branches. ``[bmsc]`` and
    ``[msc]`` give ``[bmsc]``; sources ``[bmsc]`` and ``[adsc]`` what both are
    kinds of, ``[msc]``.
    """
    reported = [frozenset(p) - {UNSPECIFIED} or frozenset(p) for p in places if p]
    named = [place for place in reported if place != {UNSPECIFIED}] or reported
    labels = set().union(*named) if named else set()
    above = {label: find_ancestors(label, terms) for label in labels}
    above |= {a: find_ancestors(a, terms) for found in list(above.values()) for a in found}

    def fits(label: str, place: Collection[str]) -> bool:
        return any(p == label or p in above[label] or label in above[p] for p in place)

    kept = {x for x in above if all(fits(x, place) for place in named)}
    if field_name != "sources" or not kept:
        scenes = read_words().ids["scenes"]
        kept = labels - scenes or labels  # a lesion may be both large and of the face
    narrow = sorted(x for x in kept if not any(x in above[other] for other in kept))
    if len(set(named)) <= 1:
        return narrow, []
    names = " / ".join(sorted(", ".join(sorted(place)) for place in set(named)))
    text = f"Places name the {field_name} of this study differently: {names}."
    return narrow, [models.Question(rule="study-labels", text=text, field=field_name, weight=3)]


def find_ancestors(name: str, terms: Mapping[str, models.Term]) -> set[str]:
    """Return all that a term is a kind of."""
    found: set[str] = set()
    term = terms.get(name)
    while term and term.parent and term.parent not in found:
        found.add(term.parent)
        term = terms.get(term.parent)
    return found


# --- studies that stand, and statements that differ ----------------------------------------------

# Which way an effect points; effects that point nowhere (modulates, involves) contradict nothing.
DIRECTIONS: dict[str, str] = {
    "up": "raises",
    "activates": "raises",
    "down": "lowers",
    "inhibits": "lowers",
    "none": "no effect",
}
Place = tuple[str, int]
Role = Literal["mechanism", "outcome", "condition"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about a source and its effect: who says it, and on which studies it rests."""

    finding: models.Finding
    direction: str
    studies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A source and a mechanism, outcome or condition of which statements differ.

    ``sides`` holds the statements of each direction, in the order in which DIRECTIONS has them.
    ``between`` says whether papers differ, or different studies that one paper reports.
    """

    source: str
    role: Role
    target: str
    sides: tuple[tuple[str, tuple[Statement, ...]], ...]
    between: Literal["papers", "studies"]


def find_places(library: Library) -> dict[Place, str]:
    """Return the id of the work behind each entry of each paper's list: (paper, number) to id.

    Under number 0 stands the work that a paper itself is, where another one cites it.
    """
    places = {
        (name, cited.number): cited.id
        for name, bundle in library.papers.items()
        for cited in bundle.references
    }
    return places | {(paper, 0): work for work, paper in find_read_works(library).items()}


def study_of(finding: models.Finding, places: Mapping[Place, str]) -> tuple[str, ...]:
    """Return the studies that a finding rests on: the works it cites, else the paper itself."""
    numbers = list(finding.references)
    if finding.locator.reference is not None:
        # What a title states is stated by that work.
        numbers.insert(0, finding.locator.reference)
    works = (places.get((finding.paper, number)) for number in numbers)
    own = (places.get((finding.paper, 0), finding.paper),)
    return tuple(dict.fromkeys(work for work in works if work)) or own


def standing_studies(
    finding: models.Finding, places: Mapping[Place, str], withdrawn: Collection[str]
) -> tuple[str, ...]:
    """Return the studies of a finding that stand; none where its own paper was taken back."""
    if finding.paper in withdrawn:
        return ()
    return tuple(study for study in study_of(finding, places) if study not in withdrawn)


def find_disagreements(library: Library) -> list[Disagreement]:
    """Return where statements differ, by source and target.

    Two statements differ when they point in different directions and come from different papers, or
    from one paper but different studies. A statement that itself gives two directions takes no
    part: what it says is not clear enough to hold against another. Nor does a possibility, nor one
    that rests on retracted work alone, or on the title of a work that was read since.
    """
    places = find_places(library)
    withdrawn, superseded = find_withdrawn(library), find_superseded(library)
    groups: dict[tuple[str, Role, str], list[Statement]] = defaultdict(list)
    for finding in library.findings():
        studies = standing_studies(finding, places, withdrawn)
        if not studies or finding.id in superseded or finding.certainty == "hedged":
            continue
        for role, target, direction in _directions(finding):
            for source in finding.sources:
                groups[source, role, target].append(Statement(finding, direction, studies))
    found = (_compare(key, statements) for key, statements in sorted(groups.items()))
    return [disagreement for disagreement in found if disagreement]


def _directions(finding: models.Finding) -> Iterator[tuple[Role, str, str]]:
    roles: tuple[tuple[Role, list[models.EffectOf]], ...] = (
        ("mechanism", finding.mechanisms),
        ("outcome", finding.outcomes),
        ("condition", finding.condition_effects),
    )
    for role, effects in roles:
        held: dict[str, set[str]] = defaultdict(set)
        for effect in effects:
            if effect.effect in DIRECTIONS:
                held[effect.id].add(DIRECTIONS[effect.effect])
        for target, directions in held.items():
            if len(directions) == 1:
                yield role, target, directions.pop()


def _compare(key: tuple[str, Role, str], statements: list[Statement]) -> Disagreement | None:
    pairs = [(a, b) for a in statements for b in statements if a.direction < b.direction]
    papers = any(a.finding.paper != b.finding.paper for a, b in pairs)
    # One study reported twice, in two directions, is a misreading to look at.
    studies = any(not set(a.studies) & set(b.studies) for a, b in pairs)
    if not papers and not studies:
        return None
    sides = (
        (direction, tuple(said for said in statements if said.direction == direction))
        for direction in dict.fromkeys(DIRECTIONS.values())
    )
    held = tuple(side for side in sides if side[1])
    return Disagreement(*key, held, "papers" if papers else "studies")
