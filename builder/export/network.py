"""The network as files: KGX nodes and edges in the Biolink model, and GraphML.

KGX: https://github.com/biolink/kgx, Biolink Model 4. GraphML: http://graphml.graphdrawing.org/.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import etree

from builder.curate.evidence import CARRIES, Edge, Network, Node, find_network
from builder.site.index import LibraryIndex
from builder.store import write_bytes

FOLDER = "data/network"
_PREFIX = "ExosomeAtlas"  # of a term that no ontology has exactly
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_CATEGORIES = {
    "gene/protein": "Gene",
    "gene family": "GeneFamily",
    "miRNA": "MicroRNA",
    "lncRNA": "NoncodingRNAProduct",
    "circRNA": "NoncodingRNAProduct",
    "RNA class": "NoncodingRNAProduct",
    "pathway": "Pathway",
    "axis": "Pathway",
    "process": "BiologicalProcess",
    "cellular component": "CellularComponent",
    "cell": "Cell",
    "tissue": "GrossAnatomicalStructure",
    "drug": "SmallMolecule",
}
_OF_KIND = {"condition": "Disease", "outcome": "PhenotypicFeature", "source": "AnatomicalEntity"}
# The Biolink qualifiers of each effect: the aspect of the object, and its direction.
_QUALIFIERS = {
    "up": ("activity_or_abundance", "increased"),
    "down": ("activity_or_abundance", "decreased"),
    "activates": ("activity", "increased"),
    "inhibits": ("activity", "decreased"),
}
# Less of a condition is better.
_ON_CONDITIONS = {"down": "ameliorates_condition", "up": "exacerbates_condition"}
_NODE_COLUMNS = ("id", "category", "name", "description", "synonym", "xref", "layer")
_EDGE_COLUMNS = (
    *("id", "subject", "predicate", "object", "qualified_predicate", "object_aspect_qualifier"),
    *("object_direction_qualifier", "negated", "category", "knowledge_level", "agent_type"),
    *("primary_knowledge_source", "publications", "studies", "findings", "weight"),
)
# Attributes of its elements, and lists that the edge of the same id in edges.tsv has.
_NOT_IN_GRAPHML = ("id", "subject", "object", "publications", "studies", "findings")


def write_network(atlas: LibraryIndex, folder: Path) -> None:
    """Write ``nodes.tsv``, ``edges.tsv`` and ``network.graphml`` below ``data/network``."""
    network = find_network(atlas.findings, atlas.library.terms, atlas.counted)
    names = _name_nodes(network)
    nodes = [_node_row(node, names) for node in network.nodes.values()]
    edges = [_edge_row(atlas, edge, network, names) for edge in network.edges]
    write_bytes(folder / FOLDER / "nodes.tsv", _tsv(_NODE_COLUMNS, nodes))
    write_bytes(folder / FOLDER / "edges.tsv", _tsv(_EDGE_COLUMNS, edges))
    write_bytes(folder / FOLDER / "network.graphml", _graphml(nodes, edges))


def _name_nodes(network: Network) -> dict[str, str]:
    """Return the CURIE of each term: its only exact identifier, where no other node has it."""
    found: dict[str, str] = {}
    for name, node in network.nodes.items():
        exact = [xref.curie for xref in node.term.xrefs if xref.match == "exact"]
        own = exact[0] if exact and exact[0] not in found.values() else f"{_PREFIX}:{name}"
        found[name] = own
    return found


def _node_row(node: Node, names: Mapping[str, str]) -> dict[str, str]:
    term = node.term
    category = _CATEGORIES.get(term.type or "") or _OF_KIND.get(term.kind, "NamedThing")
    return {
        "id": names[term.id],
        "category": f"biolink:{category}",
        "name": term.label,
        "description": term.definition or "",
        "synonym": "|".join(term.synonyms),
        "xref": "|".join([f"{_PREFIX}:{term.id}", *(xref.curie for xref in term.xrefs)]),
        "layer": node.layer,
    }


def _edge_row(
    atlas: LibraryIndex, edge: Edge, network: Network, names: Mapping[str, str]
) -> dict[str, str]:
    aspect, direction = _QUALIFIERS.get(edge.effect, ("", ""))
    predicate = "has_part" if edge.effect == CARRIES else "affects"
    if network.nodes[edge.object].layer == "condition" and edge.effect in _ON_CONDITIONS:
        predicate, aspect, direction = _ON_CONDITIONS[edge.effect], "", ""
    return {
        "id": f"{_PREFIX}:{edge.subject}--{edge.effect}--{edge.object}",
        "subject": names[edge.subject],
        "predicate": f"biolink:{predicate}",
        "object": names[edge.object],
        "qualified_predicate": "biolink:causes" if direction else "",
        "object_aspect_qualifier": aspect,
        "object_direction_qualifier": direction,
        "negated": "true" if edge.effect == "none" else "false",
        "category": "biolink:Association",
        "knowledge_level": "knowledge_assertion",
        "agent_type": "text_mining_agent",
        "primary_knowledge_source": "infores:exosome-atlas",
        "publications": "|".join(_publications(atlas, sorted(edge.studies))),
        "studies": "|".join(sorted(edge.studies)),
        "findings": "|".join(edge.findings),
        "weight": str(edge.weight),
    }


def _publications(atlas: LibraryIndex, studies: Sequence[str]) -> list[str]:
    """Return the DOIs, else PMIDs, of the works behind some studies, as CURIEs."""
    works = [atlas.library.references[s].csl for s in studies if s in atlas.library.references]
    found = [f"DOI:{w.DOI}" if w.DOI else f"PMID:{w.PMID}" for w in works if w.DOI or w.PMID]
    return list(dict.fromkeys(found))


def _tsv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: " ".join(v.split()) for k, v in row.items()} for row in rows)
    return out.getvalue().encode()


def _graphml(nodes: Sequence[Mapping[str, str]], edges: Sequence[Mapping[str, str]]) -> bytes:
    root = etree.Element("graphml", nsmap={None: _GRAPHML})  # type: ignore[dict-item]
    root.text = "\n"
    keys: dict[tuple[str, str], str] = {}  # short, since they stand at each value
    for columns, part, rows in ((_NODE_COLUMNS, "node", nodes), (_EDGE_COLUMNS, "edge", edges)):
        for number, name in enumerate(c for c in columns if c not in _NOT_IN_GRAPHML):
            type_ = "int" if name == "weight" else "string"
            key = {"id": f"{part[0]}{number}", "for": part, "attr.name": name, "attr.type": type_}
            stated = etree.SubElement(root, "key", key)
            stated.tail = "\n"
            held = {row[name] for row in rows}
            if len(held) == 1:  # what all have is stated once
                etree.SubElement(stated, "default").text = held.pop()
            else:
                keys[part, name] = key["id"]
    graph = etree.SubElement(root, "graph", {"id": "exosome-atlas", "edgedefault": "directed"})
    graph.text = graph.tail = "\n"
    for rows, part in ((nodes, "node"), (edges, "edge")):
        for row in rows:
            ends = {} if part == "node" else {"source": row["subject"], "target": row["object"]}
            made = etree.SubElement(graph, part, {"id": row["id"], **ends})
            made.tail = "\n"
            for name, value in row.items():
                if value and (part, name) in keys:
                    data = etree.SubElement(made, "data", {"key": keys[part, name]})
                    data.text = "".join(c for c in value if c.isprintable())
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
