"""From seeds to content/: what extract writes, what check says, what a bad seed does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hand_made import DIGEST, DIGEST_PAPER

from builder import pipeline, store
from builder.errors import ProblemError
from builder.project import Project


def times(project: Project) -> dict[Path, int]:
    return {p: p.stat().st_mtime_ns for p in project.content.rglob("*.yml")}


def rules(report: pipeline.Report, level: str = "error") -> list[str]:
    return [p.rule for p in report.problems if p.level == level]


def test_a_seed_becomes_a_folder_of_records(small: Project) -> None:
    report = pipeline.extract(small)
    assert not report.failed
    folder = small.content / "papers" / DIGEST_PAPER
    ledger = small.content / "urls.yml"
    assert sorted(report.changed) == sorted([*folder.iterdir(), ledger])
    paper = store.read_bundle(folder, small.root).paper
    assert paper.csl.DOI == "10.1000/knee.1"
    assert paper.seed.file == "knee.txt"
    assert [k.text for k in paper.key_findings] == [
        "BMSC-derived exosomes reduced inflammation in rats."
    ]


def test_a_second_run_touches_nothing(small: Project) -> None:
    pipeline.extract(small)
    before = times(small)
    assert pipeline.extract(small).changed == []
    assert times(small) == before


def test_only_the_file_that_differs_is_written(small: Project) -> None:
    pipeline.extract(small)
    paper = small.content / "papers" / DIGEST_PAPER / "paper.yml"
    paper.write_text(paper.read_text().replace("calm the knee", "heal the knee"))
    assert pipeline.extract(small).changed == [paper]
    assert pipeline.check(small).problems == []


def test_check_reports_the_line_that_extract_would_write_otherwise(small: Project) -> None:
    pipeline.extract(small)
    paper = small.content / "papers" / DIGEST_PAPER / "paper.yml"
    lines = paper.read_text().splitlines(keepends=True)
    lines[3] = lines[3].rstrip("\n") + " and more\n"
    paper.write_text("".join(lines))
    [problem] = [p for p in pipeline.check(small).problems if p.rule == "content-stale"]
    assert problem.file == f"content/papers/{DIGEST_PAPER}/paper.yml"
    assert problem.line == 4
    assert problem.hint == "Run: python -m builder extract"


def test_check_misses_no_file(small: Project) -> None:
    assert rules(pipeline.check(small)) == ["content-stale"] * 6 + ["ledger-new"]


def test_a_bad_seed_does_not_stop_the_others(small: Project) -> None:
    (small.seeds / "empty.txt").write_bytes(b"")
    (small.seeds / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (small.seeds / "note.txt").write_text("Dear all,\nlunch is at one.\n")
    report = pipeline.extract(small)
    assert sorted(rules(report)) == ["seed-binary", "seed-empty", "seed-layout"]
    assert (small.content / "papers" / DIGEST_PAPER / "paper.yml").is_file()


def test_a_seed_given_twice_is_an_error_that_names_both(small: Project) -> None:
    shutil.copy(small.seeds / "knee.txt", small.seeds / "knee copy.txt")
    [problem] = [p for p in pipeline.extract(small).problems if p.level == "error"]
    assert problem.rule == "seed-twice"
    assert "seeds/knee.txt" in str(problem)
    assert "seeds/knee copy.txt" in str(problem)


def test_one_paper_in_two_files_is_an_error_that_names_both(small: Project) -> None:
    (small.seeds / "other.txt").write_text(DIGEST + "\nOne more line.\n", encoding="utf-8")
    [problem] = [p for p in pipeline.extract(small).problems if p.level == "error"]
    assert problem.rule == "seed-twice"
    assert "seeds/knee.txt" in str(problem)
    assert "seeds/other.txt" in str(problem)


def test_records_of_a_seed_that_is_gone_are_reported_and_kept(small: Project) -> None:
    pipeline.extract(small)
    (small.seeds / "knee.txt").rename(small.root / "elsewhere.txt")
    other = DIGEST.replace("Ann Doe", "Al Hip").replace("knee.1", "hip.1")
    (small.seeds / "hip.txt").write_text(other, encoding="utf-8")
    report = pipeline.extract(small)
    [problem] = [p for p in report.problems if p.level == "error"]
    assert problem.rule == "paper-stale"
    assert problem.file == f"content/papers/{DIGEST_PAPER}"
    assert "Put the seed back" in problem.hint
    assert (small.content / "papers" / DIGEST_PAPER / "paper.yml").is_file()


def test_records_of_a_seed_that_broke_are_kept(small: Project) -> None:
    pipeline.extract(small)
    (small.seeds / "knee.txt").write_bytes(b"")
    (small.seeds / "hip.txt").write_text(DIGEST.replace("Ann Doe", "Al Hip"), encoding="utf-8")
    assert rules(pipeline.extract(small)) == ["seed-empty"]
    assert (small.content / "papers" / DIGEST_PAPER / "paper.yml").is_file()


def test_no_seed_at_all_is_an_error(small: Project) -> None:
    (small.seeds / "knee.txt").unlink()
    with pytest.raises(ProblemError, match="at least one paper"):
        pipeline.extract(small)


@pytest.mark.parametrize("extracted_before", [True, False])
def test_a_correction_that_no_longer_fits_leaves_the_records_and_stops_the_build(
    small: Project, extracted_before: bool
) -> None:
    path = small.content / "corrections" / f"{DIGEST_PAPER}.yml"
    path.parent.mkdir()
    corrections_that_fit = (
        f"- record: {DIGEST_PAPER}\n  field: csl.DOI\n  old: 10.1000/knee.1\n"
        "  new: 10.1000/knee.2\n  reason: misprinted\n  date: 2026-01-02\n"
    )
    path.write_text(
        corrections_that_fit
        + f"- record: {DIGEST_PAPER}\n  field: csl.title\n  old: Another title\n"
        "  new: Title\n  reason: misprinted\n  date: 2026-01-02\n"
    )
    before = None
    if extracted_before:
        corrections = path.read_text()
        path.unlink()
        pipeline.extract(small)
        before = store.read_bundle(small.content / "papers" / DIGEST_PAPER, small.root)
        path.write_text(corrections)
    [problem] = [p for p in pipeline.extract(small).problems if p.level == "error"]
    assert (problem.rule, problem.file, problem.line) == (
        "correction",
        f"content/corrections/{DIGEST_PAPER}.yml",
        7,
    )
    folder = small.content / "papers" / DIGEST_PAPER
    assert folder.exists() == extracted_before
    if before:
        assert store.read_bundle(folder, small.root) == before
    with pytest.raises(ProblemError, match=r"\[correction"):
        pipeline.build(small)
    path.write_text(corrections_that_fit)
    assert not pipeline.extract(small).failed
    assert store.read_bundle(folder, small.root).paper.csl.DOI == "10.1000/knee.2"


def test_corrections_of_an_unknown_paper_are_reported(small: Project) -> None:
    path = small.content / "corrections/nobody-2020-x.yml"
    path.parent.mkdir()
    path.write_text("[]\n")
    assert rules(pipeline.extract(small)) == ["correction-paper"]


def test_broken_yaml_of_a_term_is_reported_by_file_and_line(small: Project) -> None:
    term = small.content / "terms/sources/bmsc.yml"
    term.write_text(term.read_text() + "labell: twice\n")
    with pytest.raises(ProblemError) as caught:
        pipeline.extract(small)
    [problem] = caught.value.problems
    assert problem.file == "content/terms/sources/bmsc.yml"
    assert problem.hint == "Did you mean 'label'?"


def test_content_that_cannot_be_written_gives_one_clear_error(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    # Tests may run as root, whom no mode of a folder stops.
    monkeypatch.setattr("builder.store.files.tempfile.mkstemp", refuse)
    with pytest.raises(ProblemError) as caught:
        pipeline.extract(small)
    [problem] = caught.value.problems
    assert problem.rule == "write"
    assert problem.got == "Read-only file system"
    assert f"content/papers/{DIGEST_PAPER}/" in problem.file


def test_line_ends_and_marks_of_other_systems_change_no_record(small: Project) -> None:
    pipeline.extract(small)
    folder = small.content / "papers" / DIGEST_PAPER
    before = {p.name: p.read_text() for p in folder.iterdir()}
    seed = small.seeds / "knee.txt"
    seed.write_bytes(b"\xef\xbb\xbf" + DIGEST.replace("\n", "\r\n").encode())
    pipeline.extract(small)
    for name in ("references.yml", "tables.yml", "findings.yml", "trials.yml"):
        assert (folder / name).read_text() == before[name]
    # Only the hash of the file has changed.
    changed = set((folder / "paper.yml").read_text().splitlines()) ^ set(
        before["paper.yml"].splitlines()
    )
    assert {line.split(":")[0].strip() for line in changed} == {"sha256"}


def test_a_lock_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file, not a folder")
    with pytest.raises(ProblemError, match="a folder to build in"):
        pipeline.extract(Project(tmp_path))


def test_the_real_papers_are_what_extract_writes(root: Path) -> None:
    """Read the committed records against the committed seeds; nothing is written."""
    report = pipeline.check(Project(root))
    assert [str(p) for p in report.problems if p.level == "error"] == []
    assert report.papers == len([n for n in os.listdir(root / "seeds") if n[0] != "."])


def complaints(project: Project) -> list[str]:
    """Return the files that check names in an error."""
    try:
        problems = pipeline.check(project).problems
    except ProblemError as error:
        problems = error.problems
    return [problem.file for problem in problems if problem.level == "error"]


@pytest.mark.parametrize(
    "name", ["columns", "cues", "evidence", "journals", "reporting-items", "rules", "search"]
)
@pytest.mark.parametrize("text", ["", "x: 1\n", "- a\n", "x: [\n"])
def test_check_reports_a_word_list_that_lacks_what_is_taken_from_it(
    small: Project, name: str, text: str
) -> None:
    pipeline.extract(small)
    (small.content / f"{name}.yml").write_text(text)
    assert f"content/{name}.yml" in complaints(small)


@pytest.mark.parametrize("name", ["identifiers.yml", "urls.yml", "terms/sources/x.yml"])
def test_a_folder_in_the_place_of_a_file_is_seen_though_all_was_read_before(
    small: Project, name: str
) -> None:
    pipeline.extract(small)
    assert complaints(small) == []
    path = small.content / name
    path.unlink(missing_ok=True)
    path.mkdir()
    assert f"content/{name}" in complaints(small)
    path.rmdir()
    path.symlink_to(path.name)
    assert f"content/{name}" in complaints(small)


def test_a_new_term_is_reported_with_what_it_matched(small: Project) -> None:
    pipeline.extract(small)
    mechanisms = small.content / "terms/mechanisms"
    mechanisms.mkdir()
    (mechanisms / "swelling.yml").write_text(
        "id: swelling\nlabel: Swelling\nkind: mechanism\nsynonyms:\n- inflammation\n"
    )
    [note] = [p for p in pipeline.extract(small).problems if p.rule == "term-named"]
    assert note.file == "seeds/knee.txt"
    assert note.expected == "statements that name 'swelling' for the first time"
    assert "BMSC-derived exosomes reduced inflammation in rats." in note.got
    assert not [p for p in pipeline.extract(small).problems if p.rule == "term-named"]
