"""Two papers of one author, year and first words are both taken in; one paper twice is not."""

from __future__ import annotations

import shutil

import pytest
from hand_made import DIGEST, DIGEST_PAPER

from builder import pipeline
from builder.addresses.identity import Claim, explain_same, settle_ids
from builder.curate.changes import add_paper
from builder.errors import ProblemError
from builder.project import Project

OTHER = DIGEST.replace("knee.1", "hand.7").replace("calm the knee", "move to the thumb")
PLAIN = "doe-2024-exosomes-bone-marrow-stem"


def claim(doi: str, title: str = "Exosomes of bone marrow stem cells", paper: str = PLAIN) -> Claim:
    return Claim(paper, doi, title)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (claim("10.1/a"), claim("10.1/A"), True),
        (claim("10.1/a"), claim("10.1/b"), False),
        (claim("", "Exosomes of bone marrow"), claim("10.1/b", "Exosomes of bone marrow: a"), True),
        (claim("", "Exosomes calm the knee"), claim("", "Exosomes calm the knees"), True),
        (claim("", "Exosomes calm the knee"), claim("", "Exosomes in mice with long fur"), False),
        (
            claim("", "Exosomes of rats", "a-2020-x"),
            claim("", "Exosomes of rats", "b-2020-x"),
            True,
        ),
    ],
    ids=["DOI", "two DOIs", "a title cut short", "a title alike", "titles", "another author"],
)
def test_a_doi_reports_papers_apart_then_the_title(one: Claim, other: Claim, same: bool) -> None:
    assert bool(explain_same(one, other)) is same
    assert bool(explain_same(other, one)) is same


def test_the_outcome_does_not_hang_on_the_names_of_files() -> None:
    a, b = claim("10.1/a"), claim("10.1/b")
    one = settle_ids({"seeds/1.xml": a, "seeds/2.xml": b}, lambda _: None)
    other = settle_ids({"seeds/1.xml": b, "seeds/2.xml": a}, lambda _: None)
    assert sorted(one.values()) == sorted(other.values())
    assert one["seeds/1.xml"] == other["seeds/2.xml"]
    assert PLAIN in one.values()


def test_files_of_one_paper_get_one_id() -> None:
    named = {"seeds/1.xml": claim("10.1/a"), "seeds/2.txt": claim("10.1/A")}
    assert settle_ids(named, lambda _: None) == dict.fromkeys(named, PLAIN)


def test_who_holds_an_id_keeps_it_under_another_file_name_too() -> None:
    papers = {"seeds/1.xml": claim("10.1/a"), "seeds/2.xml": claim("10.1/b")}
    for doi in ("10.1/a", "10.1/b"):
        standing = {PLAIN: ("seeds/old.xml", claim(doi))}
        found = settle_ids(papers, standing.get)
        assert [papers[f].doi for f, name in found.items() if name == PLAIN] == [doi]


def test_both_papers_stand_and_the_first_keeps_its_address(small: Project) -> None:
    pipeline.extract(small)
    (small.seeds / "a.txt").write_text(OTHER, encoding="utf-8")
    report = pipeline.extract(small)
    assert not report.failed
    papers = pipeline.load(small).papers
    assert papers[DIGEST_PAPER].paper.seed.file == "knee.txt"
    [second] = papers.keys() - {DIGEST_PAPER}
    assert second.startswith(f"{DIGEST_PAPER}-")
    assert papers[second].paper.csl.DOI == "10.1000/hand.7"
    assert all(finding.paper == second for finding in papers[second].findings)
    assert not pipeline.check(small).failed
    assert pipeline.extract(small).changed == []


def test_an_id_once_given_stays_when_the_other_paper_goes(small: Project) -> None:
    (small.seeds / "a.txt").write_text(OTHER, encoding="utf-8")
    pipeline.extract(small)
    before = {name: b.paper.seed.file for name, b in pipeline.load(small).papers.items()}
    [second] = before.keys() - {DIGEST_PAPER}
    (small.seeds / before[DIGEST_PAPER]).unlink()
    shutil.rmtree(small.content / "papers" / DIGEST_PAPER)
    pipeline.extract(small)
    assert set(pipeline.load(small).papers) == {second}


def test_extraction_anew_gives_the_same_ids(small: Project) -> None:
    (small.seeds / "a.txt").write_text(OTHER, encoding="utf-8")
    pipeline.extract(small)
    before = {name: b.paper.seed.file for name, b in pipeline.load(small).papers.items()}
    shutil.rmtree(small.content / "papers")
    shutil.rmtree(small.build)
    pipeline.extract(small)
    assert {n: b.paper.seed.file for n, b in pipeline.load(small).papers.items()} == before


def test_add_takes_a_second_paper_of_the_same_id(small: Project) -> None:
    pipeline.extract(small)
    inbox = small.root / "inbox.txt"
    inbox.write_text(OTHER, encoding="utf-8")
    added = add_paper(small, inbox)
    assert added.bundle.paper.id.startswith(f"{DIGEST_PAPER}-")
    assert pipeline.extract(small).changed == []
    assert not pipeline.check(small).failed
    inbox.write_text(OTHER + "\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="the same DOI"):
        add_paper(small, inbox)
