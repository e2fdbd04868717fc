"""The network of what was reported, from source and cargo to molecule, process and outcome.

Nothing is inferred. An edge is what at least one statement says of its two ends: a source whose
vesicles carry a cargo; what the cargo, else the source's vesicles, did to a molecule, a process or
a condition. What statements name side by side is not linked. An edge weighs as many studies as
report it; reviews are none, and work that was retracted gives none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from builder.models import Effect, Finding, Study, Term
from builder.store import Library

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
    """Nodes by id, and edges from the left layer to the right."""

    nodes: Mapping[str, Node]
    edges: list[Edge]

    def around(self, term: str, most: int = 60) -> Network:
        """Return the edges on the ways through a term, the heaviest ``most`` of them."""
        kept: set[int] = set()
        for forward in (True, False):
            reached, grown = {term}, True
            while grown:
                grown = False
                for at, edge in enumerate(self.edges):
                    near, far = (edge.subject, edge.object)[:: 1 if forward else -1]
                    if near in reached and at not in kept:
                        kept.add(at)
                        reached.add(far)
                        grown = True
        edges = [self.edges[at] for at in sorted(kept)]
        return _with_nodes(sorted(edges, key=_rank)[:most], self.nodes)


def find_network(library: Library, studies: Iterable[Study], withdrawn: Collection[str]) -> Network:
    """Return the network of a library; ``withdrawn`` are ids of retracted works and papers."""
    reporting: dict[str, set[str]] = defaultdict(set)
    for study in studies:
        if study.kind != "review" and not study.retracted:
            for name in study.findings:
                reporting[name].add(study.id)
    edges: dict[tuple[str, str, str], Edge] = {}
    nodes: dict[str, Node] = {}
    for finding in library.findings():
        if finding.paper in withdrawn:
            continue
        for subject, target, effect, layer in _list_edges(finding, library.terms):
            first = library.terms[subject]
            nodes.setdefault(
                subject, Node(first, "source" if subject in finding.sources else "cargo")
            )
            nodes.setdefault(target, Node(library.terms[target], layer))
            edge = edges.setdefault((subject, target, effect), Edge(subject, target, effect))
            edge.findings.append(finding.id)
            edge.studies |= reporting[finding.id]
    kept = [edge for edge in edges.values() if edge.studies]
    return _with_nodes(sorted(kept, key=_rank), nodes)


def _rank(edge: Edge) -> tuple[int, str, str, str]:
    return (-edge.weight, edge.subject, edge.object, edge.effect)


def _with_nodes(edges: list[Edge], nodes: Mapping[str, Node]) -> Network:
    named = sorted({name for edge in edges for name in (edge.subject, edge.object)})
    return Network({name: nodes[name] for name in named}, edges)


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
