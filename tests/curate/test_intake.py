"""Reading many papers: the same on every executor, and none twice that has not changed."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from distributed import LocalCluster
from hand_made import DIGEST, DIGEST_PAPER

from builder import pipeline
from builder.cli import main
from builder.curate import reading
from builder.curate.reading import Task, WorkerPool, load_vocabulary, pack_knowledge, read_papers
from builder.project import Project


def add_seeds(project: Project, number: int) -> None:
    for n in range(number):
        text = DIGEST.replace("Ann Doe", f"Ann Doe{chr(97 + n)}").replace("knee.1", f"knee.{n + 2}")
        (project.seeds / f"paper-{n:03}.txt").write_text(text, encoding="utf-8")


def content(project: Project) -> dict[str, bytes]:
    papers = project.content / "papers"
    return {p.relative_to(papers).as_posix(): p.read_bytes() for p in papers.rglob("*.yml")}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the seeds that are really read, in this process."""
    names: list[str] = []

    def note(packed: bytes, tasks: list[Task]) -> Any:
        names.extend(Path(task.file).name for task in tasks)
        return read_papers(packed, tasks)

    monkeypatch.setattr(reading, "read_papers", note)
    return names


def test_a_reading_is_plain_data_for_any_machine(small: Project) -> None:
    packed = pack_knowledge(load_vocabulary(small))
    task = Task("seeds/knee.txt", (small.seeds / "knee.txt").read_bytes())
    [result] = read_papers(packed, [pickle.loads(pickle.dumps(task))])
    assert pickle.loads(pickle.dumps(result)) == result
    assert result.paper == DIGEST_PAPER
    assert result.problems == ()


@pytest.mark.slow
def test_results_do_not_hang_on_the_executor(small: Project) -> None:
    add_seeds(small, 11)
    results = []
    pools = [WorkerPool(jobs=1), WorkerPool(jobs=2)]
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        pools.append(WorkerPool(dask=cluster.scheduler_address))
        for pool in pools:
            (small.build / "cache" / "results.sqlite").unlink(missing_ok=True)
            for path in (small.content / "papers").rglob("*.yml"):
                path.unlink()
            report = pipeline.extract(small, pool=pool)
            assert len([p for p in report.changed if p.name != "urls.yml"]) == 72
            results.append((content(small), [str(problem) for problem in report.problems]))
    assert results[0] == results[1] == results[2]


def test_only_the_paper_that_changed_is_read_again(small: Project, reads: list[str]) -> None:
    add_seeds(small, 5)
    pipeline.extract(small)
    assert len(reads) == 6
    reads.clear()
    seed = small.seeds / "paper-003.txt"
    seed.write_text(seed.read_text().replace("in rats", "in mice"), encoding="utf-8")
    report = pipeline.extract(small)
    assert reads == ["paper-003.txt"]
    folders = {path.parent.name for path in report.changed}
    assert folders == {"doed-2024-exosomes-bone-marrow-stem", "content"}, "the paper, the ledger"


@pytest.mark.parametrize("change", ["terms", "corrections", "program"])
def test_what_a_reading_hangs_on_makes_it_read_again(
    small: Project, reads: list[str], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_seeds(small, 1)
    pipeline.extract(small)
    reads.clear()
    expected = ["knee.txt", "paper-000.txt"]
    if change == "terms":
        path = small.content / "terms/sources/bmsc.yml"
        path.write_text(path.read_text().replace("- BMSC", "- BMSC\n- BM-MSC"))
    elif change == "corrections":
        path = small.content / "corrections" / f"{DIGEST_PAPER}.yml"
        path.parent.mkdir()
        path.write_text(
            f"- record: {DIGEST_PAPER}\n  field: csl.DOI\n  old: 10.1000/knee.1\n"
            "  new: 10.1000/knee.9\n  reason: misprinted\n  date: 2026-01-02\n"
        )
        expected = []  # it is applied to what was read
    else:
        monkeypatch.setattr("builder.store.cache.hash_program", lambda: "another")
    pipeline.extract(small)
    assert reads == expected


def test_records_changed_by_hand_are_mended_without_reading(
    small: Project, reads: list[str]
) -> None:
    pipeline.extract(small)
    before = content(small)
    reads.clear()
    folder = small.content / "papers" / DIGEST_PAPER
    (folder / "paper.yml").write_text("id: other\n")
    (folder / "findings.yml").unlink()
    assert {p.name for p in pipeline.extract(small).changed} == {"paper.yml", "findings.yml"}
    assert content(small) == before
    assert reads == []


def test_problems_of_a_paper_are_reported_each_time(small: Project, reads: list[str]) -> None:
    (small.seeds / "note.txt").write_text("Dear all,\nlunch is at one.\n")
    first = [str(problem) for problem in pipeline.extract(small).problems]
    reads.clear()
    assert [str(problem) for problem in pipeline.extract(small).problems] == first
    assert reads == []
    assert "seed-layout" in first[0]


@pytest.mark.parametrize("junk", [b"", b"no database " * 99])
def test_a_broken_cache_is_an_empty_one(small: Project, reads: list[str], junk: bytes) -> None:
    pipeline.extract(small)
    (small.build / "cache" / "results.sqlite").write_bytes(junk)
    reads.clear()
    assert pipeline.extract(small).changed == []
    assert reads == ["knee.txt"]
    assert pipeline.extract(small).changed == []
    assert reads == ["knee.txt"]


def test_a_paper_that_crashes_is_reported_and_the_others_go_on(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_seeds(small, 2)
    extract = reading.extract_paper

    def crash(document: Any, vocabulary: Any, file: str, name: str) -> Any:
        if file.endswith("paper-001.txt"):
            raise ZeroDivisionError("by zero")
        return extract(document, vocabulary, file, name)

    monkeypatch.setattr(reading, "extract_paper", crash)
    report = pipeline.extract(small)
    [problem] = [p for p in report.problems if p.level == "error"]
    assert (problem.file, problem.rule) == ("seeds/paper-001.txt", "seed-failed")
    assert "ZeroDivisionError in test_intake.py" in problem.got
    assert len(list((small.content / "papers").iterdir())) == 2
    monkeypatch.undo()
    assert not pipeline.extract(small).failed, "a crash is not kept"


def test_a_worker_of_another_version_is_refused(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(reading, "hash_program", lambda: "another")
        packed = pack_knowledge(load_vocabulary(small))
    with pytest.raises(reading.VersionError, match="another version of the atlas"):
        read_papers(packed, [])


@pytest.mark.slow
def test_the_command_reads_with_the_crew_that_is_named(small: Project) -> None:
    add_seeds(small, 1)
    run = CliRunner().invoke
    ran = run(main, ["--root", str(small.root), "extract", "--jobs", "2"])
    assert ran.exit_code == 0, ran.output
    assert "extract: 2 papers, 13 files changed" in ran.output
    add_seeds(small, 2)
    ran = run(main, ["--root", str(small.root), "extract", "--dask", "tcp://127.0.0.1:9"])
    assert ran.exit_code == 1
    assert "--dask: error: a Dask scheduler at tcp://127.0.0.1:9" in ran.output
    ran = run(main, ["--root", str(small.root), "extract", "--dask", "x", "--jobs", "1"])
    assert ran.exit_code == 2
