"""Records of papers: what both seeds state, and nothing else."""

from __future__ import annotations

from pathlib import Path

from builder.models import Paper
from builder.readers import read_seed
from builder.readers.references import build_paper
from builder.store import plain

ROOT = Path(__file__).resolve().parents[3]
DIGEST = "000_a10586f4822111c0.txt"
SCRAPED = "003_451b87c41e7f7a63.txt"


def _paper(name: str) -> Paper:
    return build_paper(read_seed(ROOT / "seeds" / name, ROOT))


def test_digest() -> None:
    paper = _paper(DIGEST)
    csl = plain(paper.csl)
    names = [f"{a['given']} {a['family']}" for a in csl.pop("author")]
    assert names == [
        "Xinyu Li",
        "Zhiyong Li",
        "Qi Zhao",
        "Xiaoyang Zhou",
        "Yubo Shi",
        "Sheng Zhou",
        "Peng Duan",
        "Guoxin Huang",
        "Yihua Shi",
    ]
    assert csl == {
        "type": "article-journal",
        "title": "Research progress and prospects of exosomes from diverse cellular sources in the "
        "treatment of knee osteoarthritis: a narrative review",
        "issued": {"date-parts": [[2026, 3, 6]]},
        "DOI": "10.3389/fsurg.2026.1762559",
        "PMCID": "PMC13002837",
    }
    assert paper.id == "li-2026-research-progress-prospects-exosomes"
    assert (paper.seed.file, paper.seed.layout) == (DIGEST, "digest")
    assert paper.source_url == "https://tomesphere.com/paper/PMC13002837"
    assert paper.licence is None
    assert paper.licence_url is None
    assert paper.tldr is not None
    assert paper.tldr.startswith("This review explores how exosomes from different cell sources")
    assert (paper.tldr_line, paper.contribution_line, paper.abstract_line) == (9, 13, 23)
    assert [k.line for k in paper.key_findings] == [17, 18, 19]
    assert len(paper.entities) == 11
    assert plain(paper.entities[-1]) == {
        "group": "Species",
        "label": "Homo sapiens (human, species)",
        "identifier": "taxon 9606",
        "line": 29,
    }
    assert paper.figures_note is not None
    assert paper.figures_note.startswith("3 figures with captions in the complete paper")
    assert paper.abstract is not None
    assert paper.abstract.startswith("Knee osteoarthritis (KOA) is a highly prevalent")
    assert paper.abstract.endswith("clinical translation of exosome-based therapies.")


def test_scraped_page() -> None:
    paper = _paper(SCRAPED)
    csl = plain(paper.csl)
    names = [(a["family"], a["given"]) for a in csl.pop("author")]
    assert names == [
        ("Sakthi Mohan", "Priyadarshini"),
        ("Abdul Majid", "Nazia Binti"),
        ("Susilo", "Raden Joko Kuncoroningrat"),
        ("Kunasekaran", "Wijenthiran"),
        ("Jin", "Tan Li"),
        ("Ee", "Lee Siew"),
        ("Seng", "Chua Kok"),
        ("Venkatraman", "Gopinath"),
    ]
    assert csl == {
        "type": "article-journal",
        "title": "Exosomal Interventions in Bone and Osteochondral Repair: Mechanisms and Outcomes",
        "container-title": "International Journal of Molecular Sciences",
        "container-title-short": "Int. J. Mol. Sci.",
        "issued": {"date-parts": [[2025]]},
        "volume": "26",
        "issue": "22",
        "page": "11172",
        "DOI": "10.3390/ijms262211172",
    }
    assert paper.id == "sakthi-mohan-2025-exosomal-interventions-bone-osteochondral"
    assert paper.licence is not None
    assert paper.licence.startswith("© 2025 by the authors. Licensee MDPI, Basel, Switzerland.")
    assert paper.licence_url == "https://creativecommons.org/licenses/by/4.0/"
    assert len(paper.headings) == 18
    assert (paper.abstract, paper.tldr, paper.source_url) == (None, None, None)
    assert {"KOA", "M-Exos"} & {a.short for a in paper.abbreviations} == {"M-Exos"}


def test_a_citation_of_no_reference_asks_on_the_paper(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("T\nAbstract\n1. A\n2. B\nProse cites [7].\nReferences\n- X [CrossRef]\n")
    paper = build_paper(read_seed(path, tmp_path))
    (question,) = [q for q in paper.questions if q.rule == "citation-unknown"]
    assert "[7]" in question.text
    assert "Line 5" in question.text


def test_a_seed_without_a_title_gets_its_file_name(tmp_path: Path) -> None:
    path = tmp_path / "nameless.txt"
    path.write_text("**Authors:** Xinyu Li\n\nPMC · DOI: 10.1000/x · 2020\n\n## TL;DR\n\nShort.\n")
    paper = build_paper(read_seed(path, tmp_path))
    assert paper.csl.title == "nameless"
    assert paper.id == "li-2020-nameless"
    assert "seed-missing" in [q.rule for q in paper.questions]
