"""A site of papers unlike others: no statement, very many, one title; a term comes back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hand_made import DIGEST, DIGEST_PAPER, furnish

from builder import pipeline
from builder.project import Project

pytestmark = pytest.mark.slow

WEATHER = (
    DIGEST.replace("# Exosomes of bone marrow stem cells calm the knee", "# Notes on the weather")
    .replace("BMSC-derived exosomes reduced inflammation in rats.", "It rained for a week.")
    .replace("Exosomes may calm the knee.", "Rain.")
    .replace("Knee osteoarthritis hurts. ", "")
    .replace("knee.1", "weather.1")
    .replace("Ann Doe", "Cy Rain")
)
STATEMENTS = 450


def read(project: Project, path: str) -> str:
    return (project.site / path / "index.html").read_text("utf-8")


def publish(project: Project) -> None:
    assert not pipeline.extract(project).failed
    pipeline.build(project)


def test_papers_without_statements_with_many_and_of_one_title(root: Path, small: Project) -> None:
    furnish(root, small)
    many = "".join(f"- BMSC-derived exosomes reduced pain in rat {n}.\n" for n in range(STATEMENTS))
    seeds = {
        "weather.txt": WEATHER,
        "twin.txt": DIGEST.replace("knee.1", "twin.1").replace("Ann Doe", "Bo Twin"),
        "many.txt": DIGEST.replace("knee.1", "many.1")
        .replace("Ann Doe", "Di Many")
        .replace("calm the knee\n", "calm many knees\n")
        .replace("- BMSC-derived exosomes reduced inflammation in rats.\n", many),
    }
    for name, text in seeds.items():
        (small.seeds / name).write_text(text, "utf-8")
    publish(small)

    papers = json.loads((small.site / "api/v1/papers.json").read_text())
    findings = json.loads((small.site / "api/v1/findings.json").read_text())
    held = {paper["id"]: paper["seed"]["file"] for paper in papers}
    named = {file: name for name, file in held.items()}
    assert len(held) == 4

    assert not [f for f in findings if f["paper"] == named["weather.txt"]]
    assert "Notes on the weather" in read(small, f"papers/{named['weather.txt']}")

    assert named["twin.txt"] != DIGEST_PAPER
    for name in (DIGEST_PAPER, named["twin.txt"]):
        assert "Exosomes of bone marrow stem cells calm the knee" in read(small, f"papers/{name}")
        assert [f for f in findings if f["paper"] == name]

    own = [f for f in findings if f["paper"] == named["many.txt"]]
    assert len(own) >= STATEMENTS
    for finding in own:
        page, _, anchor = re.sub(r"^https://[^/]*/", "", finding["url"]).partition("#")
        assert f'id="{anchor}"' in read(small, page)
    assert (small.site / "papers" / named["many.txt"] / "3/index.html").is_file()


def test_the_page_of_a_term_without_evidence_goes_on_answering(root: Path, small: Project) -> None:
    furnish(root, small)
    seed = small.seeds / "knee.txt"
    publish(small)
    assert "reduced inflammation" in read(small, "sources/bmsc")
    assert read(small, "sources/msc")

    seed.write_text(DIGEST.replace("BMSC-derived exosomes", "Plasma").replace(
        "bone marrow stem cells", "plasma"), "utf-8")  # fmt: skip
    publish(small)
    stub = read(small, "sources/bmsc")
    assert "reduced inflammation" not in stub
    assert 'href="../../glossary/&#35;bmsc"' in stub or 'href="../../glossary/#bmsc"' in stub
    assert 'id="bmsc"' in read(small, "glossary")

    seed.write_text(DIGEST, "utf-8")
    publish(small)
    assert "reduced inflammation" in read(small, "sources/bmsc")
