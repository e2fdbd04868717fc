"""The network of what was reported, from source and cargo to molecule, process and outcome.

Nothing is inferred. An edge is what at least one statement says of its two ends: a source whose
vesicles carry a cargo; what the cargo, else the source's vesicles, did to a molecule, a process or
a condition. What statements name side by side is not linked. An edge weighs as many studies as
report it; reviews are none, and work that was retracted gives none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from builder.models import Effect, Finding, Term

Said = Effect | Literal["carries"]
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

    term: Term
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
    findings: Iterable[Finding],
    terms: Mapping[str, Term],
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
        if not reporting:
            continue
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
    return Network(dict(sorted(nodes.items())), sorted(edges.values(), key=_rank))


def _rank(edge: Edge) -> tuple[int, str, str, str]:
    return (-edge.weight, edge.subject, edge.object, edge.effect)


def _list_edges(
    finding: Finding, terms: Mapping[str, Term]
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
