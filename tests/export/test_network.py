"""The network: edges are what a statement says, weighed by studies; its files are standard."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hand_made import make_bundle, make_library, make_terms
from lxml import etree

from builder import models
from builder.curate.evidence import find_network
from builder.export.network import write_network
from builder.site.index import build_index
from builder.store import Library

TERMS = [
    models.Term(id="mir-1", label="miR-1", kind="mechanism", type="miRNA"),
    models.Term(id="mir-2", label="miR-2", kind="mechanism", type="miRNA"),
    models.Term(
        id="gene-a", label="GENEA", kind="mechanism", type="gene/protein",
        xrefs=[models.Xref(curie="HGNC:1")],
    ),
    models.Term(id="autophagy", label="autophagy", kind="mechanism", type="process"),
    models.Term(id="stiffness", label="stiffness", kind="outcome", type="mechanical property"),
]  # fmt: skip


def library(root: Path, **finding: Any) -> Library:
    return make_library(root, make_bundle(**finding), [*make_terms(), *TERMS])


def edges(library: Library) -> set[tuple[str, str, str, int]]:
    atlas = build_index(library)
    found = find_network(atlas.findings, library.terms, atlas.counted)
    return {(e.subject, e.effect, e.object, e.weight) for e in found.edges}


@pytest.mark.parametrize(
    ("finding", "wanted"),
    [
        # One cargo acts; the source carries it.
        (
            {"cargo": [{"id": "mir-1"}], "mechanisms": [{"id": "gene-a", "effect": "down"}]},
            {("bmsc", "carries", "mir-1", 1), ("mir-1", "down", "gene-a", 1)},
        ),
        # What may be is no line.
        (
            {"mechanisms": [{"id": "gene-a", "effect": "down"}], "certainty": "hedged"},
            set(),
        ),
        # Of two it is not said which.
        (
            {
                "cargo": [{"id": "mir-1"}, {"id": "mir-2"}],
                "mechanisms": [{"id": "gene-a", "effect": "inhibits"}],
            },
            {
                ("bmsc", "carries", "mir-1", 1),
                ("bmsc", "carries", "mir-2", 1),
                ("bmsc", "inhibits", "gene-a", 1),
            },
        ),
        # What stands side by side is not linked: no edge from the gene to the process.
        (
            {
                "mechanisms": [
                    {"id": "gene-a", "effect": "up"},
                    {"id": "autophagy", "effect": "down"},
                ]
            },
            {("bmsc", "up", "gene-a", 1), ("bmsc", "down", "autophagy", 1)},
        ),
        # Involvement has no direction, and stiffness is the carrier's.
        (
            {
                "mechanisms": [{"id": "gene-a", "effect": "involves"}],
                "outcomes": [{"id": "stiffness", "effect": "up"}],
            },
            set(),
        ),
    ],
)
def test_an_edge_is_what_a_statement_says(
    tmp_path: Path, finding: dict[str, Any], wanted: set[tuple[str, str, str, int]]
) -> None:
    assert edges(library(tmp_path, **finding)) == wanted


def test_the_files_are_kgx_and_graphml(tmp_path: Path) -> None:
    held = library(
        tmp_path, cargo=[{"id": "mir-1"}], mechanisms=[{"id": "gene-a", "effect": "down"}]
    )
    write_network(build_index(held), tmp_path)
    folder = tmp_path / "data/network"
    with (folder / "nodes.tsv").open(encoding="utf-8", newline="") as handle:
        nodes = {row["id"]: row for row in csv.DictReader(handle, delimiter="\t")}
    assert nodes["HGNC:1"]["category"] == "biolink:Gene"
    assert nodes["ExosomeAtlas:mir-1"]["category"] == "biolink:MicroRNA"
    with (folder / "edges.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    assert {row["subject"] for row in rows} | {row["object"] for row in rows} == set(nodes)
    [down] = [row for row in rows if row["object"] == "HGNC:1"]
    assert down["predicate"] == "biolink:affects"
    assert down["object_direction_qualifier"] == "decreased"
    assert down["findings"] == "f000000001"
    graph = etree.parse(str(folder / "network.graphml")).getroot()
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    assert len(graph.findall(".//g:node", space)) == len(nodes)
    keys = {key.get("id") for key in graph.findall("g:key", space)}
    assert {data.get("key") for data in graph.findall(".//g:data", space)} <= keys
    # What all edges have is stated once, as the default of its key; what differs, at each edge.
    edges = graph.findall(".//g:edge", space)
    assert [(e.get("source"), e.get("target")) for e in edges] == [
        (row["subject"], row["object"]) for row in rows
    ]
    stated = {key.get("attr.name"): key for key in graph.findall("g:key[@for='edge']", space)}
    assert stated["agent_type"].findtext("g:default", None, space) == "text_mining_agent"
    assert stated["predicate"].find("g:default", space) is None
    [predicate] = edges[rows.index(down)].findall(
        f"g:data[@key='{stated['predicate'].get('id')}']", space
    )
    assert predicate.text == "biolink:affects"


@pytest.mark.parametrize(
    ("effect", "predicate"),
    [
        ("down", "biolink:ameliorates_condition"),
        ("up", "biolink:exacerbates_condition"),
        ("none", "biolink:affects"),
    ],
)
def test_what_became_of_a_condition_has_a_predicate_of_its_own(
    tmp_path: Path, effect: str, predicate: str
) -> None:
    eased = {"condition_effects": [{"id": "knee-oa", "effect": effect}], "conditions": ["knee-oa"]}
    terms = [*make_terms(), models.Term(id="knee-oa", label="Knee OA", kind="condition")]
    write_network(build_index(make_library(tmp_path, make_bundle(**eased), terms)), tmp_path)
    with (tmp_path / "data/network/edges.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    [row] = [r for r in rows if r["object"].endswith("knee-oa")]
    assert (row["predicate"], row["object_direction_qualifier"]) == (predicate, "")
    assert row["negated"] == ("true" if effect == "none" else "false")
