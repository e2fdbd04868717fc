"""What the atlas knows is made ready once, and anew when anything of it changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.curate import vocabulary_cache
from builder.curate.reading import Knowledge, pack_knowledge, unpack_knowledge
from builder.curate.vocabulary_cache import learn
from builder.project import Project


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that the vocabulary is made."""
    times: list[int] = []

    def note(knowledge: Knowledge) -> bytes:
        times.append(1)
        return pack_knowledge(knowledge)

    monkeypatch.setattr(vocabulary_cache, "pack_knowledge", note)
    return times


def test_the_vocabulary_is_made_once(small: Project, made: list[int]) -> None:
    assert learn(small) == learn(small)
    assert len(made) == 1


def test_what_was_kept_finds_what_stands_in_the_terms(small: Project) -> None:
    for _ in range(2):
        knowledge, vocabulary = unpack_knowledge(learn(small))
        assert [m.term for m in vocabulary.find_mentions("BMSC exosomes")][:1] == ["bmsc"]
        assert {term.id for term in knowledge.terms} == set(vocabulary.terms)


def change_term(project: Project) -> None:
    path = project.content / "terms/sources/bmsc.yml"
    path.write_text(path.read_text().replace("- BMSC", "- BMSC\n- marrow dwellers"))


def add_correction(project: Project) -> None:
    folder = project.content / "corrections"
    folder.mkdir()
    (folder / "doe-2024-knee.yml").write_text(
        "- record: doe-2024-knee\n  field: csl.DOI\n  old: 10.1000/1\n  new: 10.1000/2\n"
        "  reason: misprinted\n  date: 2026-01-02\n"
    )


def break_file(project: Project) -> None:
    path = project.build / "cache" / "knowledge.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def empty_file(project: Project) -> None:
    (project.build / "cache" / "knowledge.bin").write_bytes(b"")


@pytest.mark.parametrize("change", [change_term, add_correction, break_file, empty_file])
def test_what_it_hangs_on_makes_it_anew(
    small: Project, made: list[int], change: Callable[[Project], None]
) -> None:
    learn(small)
    change(small)
    knowledge, vocabulary = unpack_knowledge(learn(small))
    assert len(made) == 2
    assert bool(vocabulary.find_term("marrow dwellers")) is (change is change_term)
    assert list(knowledge.corrections) == (["doe-2024-knee"] if change is add_correction else [])


def test_another_program_makes_it_anew(
    small: Project, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(small)
    monkeypatch.setattr(vocabulary_cache, "reader_version", lambda: "another")
    learn(small)
    assert len(made) == 2


def test_a_place_that_can_t_be_written_is_no_loss(small: Project, tmp_path: Path) -> None:
    small.build.mkdir(exist_ok=True)
    (small.build / "cache").write_text("a file in the way")
    assert unpack_knowledge(learn(small))[1].find_term("BMSC") == "bmsc"
