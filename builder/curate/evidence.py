"""What was tried in what and what it did: the evidence map and the network, both made of studies.

The map has one row a pair of source and condition: how far it was tested and what was reported.
Each study counts once; reviews and retracted work never count. The site's map, the home page and
the API all show these rows. A pair without a row has no evidence in the material read.

The network goes from source and cargo to molecule, process and outcome. Nothing is inferred: an
edge is what at least one statement says of its two ends: a source whose vesicles carry a cargo;
what the cargo, else the source's vesicles, did to a molecule, a process or a condition. What
statements name side by side is not linked. An edge weighs as many studies as report it.

A trial that several papers report is one record, completed by its own publication.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from builder import models
from builder.curate.studies import find_ancestors
from builder.extract.design import LEVELS

TREATMENT: tuple[models.StudyRole, ...] = ("therapeutic",)
# Types of conditions that something is tried in; a sign, a symptom or a severity is no disease.
_TREATED = ("disease", "defect", "injury")


def find_best(studies: Iterable[models.Study]) -> models.Best | None:
    """Return the highest design among studies with a reported result, and the result there.

    Of several results at that design that differ, the result is ``mixed``.
    """
    stated = [s for s in studies if s.result != "none-reported"]
    if not stated:
        return None
    level = max((s.design.level for s in stated), key=LEVELS.index)
    highest = [s for s in stated if s.design.level == level]
    results: set[models.Result] = {s.result for s in highest}
    result = results.pop() if len(results) == 1 else "mixed"
    return models.Best(design=level, studies=[s.id for s in highest], result=result)


def weigh_studies(studies: Iterable[models.Study]) -> models.Weight:
    """Return what studies amount to: the best design with a result, registrations, conflict.

    There is a conflict wherever one study reports a benefit and another none, whatever their
    designs.
    """
    listed = sorted({s.id: s for s in studies}.values(), key=lambda s: s.id)
    results = {s.result for s in listed} - {"none-reported"}
    return models.Weight(
        studies=[s.id for s in listed],
        best=find_best(listed),
        registered=[s.id for s in listed if s.only_registered],
        conflict=len(results) > 1 or "mixed" in results,
    )


def find_evidence_map(
    studies: Iterable[models.Study],
    terms: Mapping[str, models.Term],
    roles: Collection[models.StudyRole] = TREATMENT,
) -> list[models.MapRow]:
    """Return the rows of the map, by source and condition.

    ``roles`` are what the vesicles are to the condition in the studies that count. A source and a
    condition that studies name together make a row where a study is of both, or of narrower ones:
    a trial in knee osteoarthritis counts in osteoarthritis.
    """
    own: dict[tuple[str, str], list[models.Study]] = defaultdict(list)
    below: dict[tuple[str, str], list[models.Study]] = defaultdict(list)
    counted = [s for s in studies if s.counts and s.role in roles]
    for study in counted:
        known = [terms[c] for c in study.conditions if c in terms]
        treated = [term.id for term in known if not term.type or term.type in _TREATED]
        for pair in _pairs(terms.keys() & set(study.sources), treated):
            own[pair].append(study)
    named = {name for pair in own for name in pair}
    for study in counted:
        wide = (
            {wide for i in ids for wide in (i, *find_ancestors(i, terms))} & named
            for ids in (study.sources, study.conditions)
        )
        for pair in _pairs(*wide):
            below[pair].append(study)
    return [
        models.MapRow(
            id=f"{source}--{condition}",
            source=source,
            condition=condition,
            with_subtypes=weigh_studies(found),
            **dict(weigh_studies(own.get((source, condition), ()))),
        )
        for (source, condition), found in sorted(below.items())
    ]


def _pairs(sources: Collection[str], conditions: Collection[str]) -> Iterable[tuple[str, str]]:
    return ((s, c) for s in sorted(set(sources)) for c in sorted(set(conditions)))


# --- the network ---------------------------------------------------------------------------------

Said = models.Effect | Literal["carries"]
Layer = Literal["source", "cargo", "molecule", "process", "outcome", "condition"]
LAYERS: tuple[Layer, ...] = ("source", "cargo", "molecule", "process", "outcome", "condition")
CARRIES: Said = "carries"
_MOLECULES = frozenset(
    {"gene/protein", "gene family", "miRNA", "lncRNA", "circRNA", "RNA class", "pathway", "axis"}
)
# Values that a paper reports of a carrier are no outcome of the vesicles.
_MEASURES = frozenset({"material property", "mechanical property", "release kinetics"})


@dataclass(frozen=True, slots=True)
class Node:
    """A term in the network and the layer it is drawn in."""

    term: models.Term
    layer: Layer


@dataclass(slots=True)
class Edge:
    """What findings say of two terms: ``effect`` is one of the model's, or CARRIES.

    Example: ``miR-126 → SPRED1, down``, reported in one finding of one study.
    """

    subject: str
    object: str
    effect: Said
    findings: list[str] = field(default_factory=list)
    studies: set[str] = field(default_factory=set)

    @property
    def weight(self) -> int:
        """The number of studies that report it."""
        return len(self.studies)


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes by id, and edges from the left layer to the right, the heaviest first."""

    nodes: Mapping[str, Node]
    edges: list[Edge]


def find_network(
    findings: Iterable[models.Finding],
    terms: Mapping[str, models.Term],
    studies: Mapping[str, Collection[str]],
) -> Network:
    """Return the network of some findings.

    ``studies`` are the ids of the counted studies that each finding reports, by the finding's id;
    a finding that is not in it gives nothing.
    """
    edges: dict[tuple[str, str, str], Edge] = {}
    nodes: dict[str, Node] = {}
    for finding in findings:
        reporting = studies.get(finding.id)
        if not reporting or finding.certainty == "hedged":
            continue  # what may be is no line between two things
        for subject, target, effect, layer in _list_edges(finding, terms):
            first: Layer = "source" if subject in finding.sources else "cargo"
            for name, place in ((subject, first), (target, layer)):
                # What is carried in one place and acted on in another stands on the left.
                known = nodes.get(name)
                if known is None or LAYERS.index(place) < LAYERS.index(known.layer):
                    nodes[name] = Node(terms[name], place)
            edge = edges.setdefault((subject, target, effect), Edge(subject, target, effect))
            edge.findings.append(finding.id)
            edge.studies.update(reporting)
    ranked = sorted(edges.values(), key=lambda e: (-e.weight, e.subject, e.object, e.effect))
    return Network(dict(sorted(nodes.items())), ranked)


def _list_edges(
    finding: models.Finding, terms: Mapping[str, models.Term]
) -> Iterator[tuple[str, str, Said, Layer]]:
    """Yield (subject, object, effect, layer of the object) of one statement, each once."""
    cargo = [c.id for c in finding.cargo if c.id in terms]
    sources = [name for name in finding.sources if name in terms]
    for source in sources:
        for carried in cargo:
            yield source, carried, CARRIES, "cargo"
    # Of several cargoes the statement does not say which one acts.
    actors = cargo if len(cargo) == 1 else sources
    effects = [(e.id, e.effect, "") for e in finding.mechanisms]
    effects += [(e.id, e.effect, "outcome") for e in finding.outcomes]
    effects += [(e.id, e.effect, "condition") for e in finding.condition_effects]
    for target, effect, role in effects:
        term = terms.get(target)
        if term is None or term.type in _MEASURES or effect == "involves":
            continue
        layer: Layer = "molecule" if term.type in _MOLECULES else "process"
        if role in ("outcome", "condition"):
            layer = "outcome" if role == "outcome" else "condition"
        for actor in actors:
            if actor != target:
                yield actor, target, effect, layer


# --- trials that several papers report -----------------------------------------------------------

# What belongs to one report only, and is never taken over from another.
_OWN = frozenset({"id", "paper", "locator", "references", "quote", "label"})


def group_reports(trials: Iterable[models.Trial]) -> dict[str, list[models.Trial]]:
    """Return the reports of each trial, by its id; the fullest comes first."""
    found: dict[str, list[models.Trial]] = defaultdict(list)
    for trial in trials:
        found[trial.id].append(trial)
    return {name: sorted(held, key=_rank) for name, held in sorted(found.items())}


def _rank(trial: models.Trial) -> tuple[int, str, int]:
    stated = sum(getattr(trial, name) not in (None, []) for name in models.Trial.model_fields)
    return (-stated, trial.paper, trial.locator.line)


def merge_reports(reports: Sequence[models.Trial]) -> models.Trial:
    """Return one record of a trial: the first report, completed by the others.

    Where two differ the first one stands, but of results all do; lists of terms are united. Quote,
    place and reference numbers stay those of the first report: they mean nothing in another paper.
    """
    first, *others = reports
    update: dict[str, Any] = {}
    for name in models.Trial.model_fields:
        if name in _OWN:
            continue
        values = [getattr(t, name) for t in reports if getattr(t, name) not in (None, [])]
        if isinstance(getattr(first, name), list):
            update[name] = _unite(values)
        elif values:
            update[name] = values[0]
    if len({t.result_effect for t in reports if t.result_effect}) > 1:
        stated = dict.fromkeys(t.result for t in reports if t.result)
        update |= {"result": "; ".join(stated), "result_effect": "mixed"}
    return first.model_copy(update=update) if others else first


def _unite(lists: Iterable[list[Any]]) -> list[Any]:
    found: list[Any] = []
    for items in lists:
        found += [item for item in items if item not in found]
    return found


def complete_trial(trial: models.Trial, study: models.Study) -> models.Trial:
    """Return a trial with what its own publication, read or cited, states of its design."""
    n = trial.n or (models.Participants(enrolled=study.n) if study.n else None)
    known = {"design": study.design, "n": n, "follow_up": trial.follow_up or study.design.follow_up}
    return trial.model_copy(update=known)
