"""What a curator types, and what comes back: words, exit codes, JSON."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hand_made import DIGEST, DIGEST_PAPER

from builder import store
from builder.cli import main
from builder.project import Project
from builder.store.library import read_release

COMMANDS = [
    "build",
    "check",
    "explain",
    "extract",
    "questions",
    "read",
    "render",
    "serve",
]


def run(project: Project, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["--root", str(project.root), *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_help_names_each_command_with_one_line(small: Project) -> None:
    code, out, _ = run(small, "--help")
    assert code == 0
    for command in COMMANDS:
        [line] = [line for line in out.splitlines() if line.strip().startswith(f"{command} ")]
        assert line.rstrip().endswith("."), f"the line of {command} is cut: {line}"


def test_good_input_gives_zero_and_one_plain_line(small: Project) -> None:
    code, out, err = run(small, "extract")
    assert (code, err) == (0, "")
    assert out.startswith("extract: 1 paper, 7 files changed, ")
    assert out.count("\n") == 1
    assert "\x1b" not in out
    assert run(small, "extract")[1].startswith("extract: 1 paper, 0 files changed, ")
    assert run(small, "check")[0] == 0


def test_bad_input_gives_one_and_says_where(small: Project) -> None:
    (small.seeds / "empty.txt").write_bytes(b"")
    code, out, err = run(small, "extract")
    assert code == 1
    assert err.splitlines() == [
        "seeds/empty.txt: error: a seed with text, got an empty file. Fetch the paper again. "
        "[seed-empty]",
        "1 error.",
    ]
    assert out.startswith("extract: 1 paper, 7 files changed")


@pytest.mark.parametrize(
    "words",
    [
        ["exract"],
        ["extract", "--fast"],
        ["explain"],
        ["explain", "f999"],
        ["--root", "/no/such", "check"],
    ],
)
def test_wrong_use_gives_two(small: Project, words: list[str]) -> None:
    run(small, "extract")
    assert run(small, *words)[0] == 2


def test_check_speaks_json(small: Project) -> None:
    code, out, _ = run(small, "check", "--json")
    problems = json.loads(out)
    assert code == 1
    assert {p["rule"] for p in problems} == {"content-stale", "ledger-new"}
    assert {p["file"] for p in problems} >= {f"content/papers/{DIGEST_PAPER}/paper.yml"}
    run(small, "extract")
    code, out, _ = run(small, "check", "--json")
    assert (code, json.loads(out)) == (0, [])


def test_check_speaks_json_of_what_stops_it_too(small: Project) -> None:
    (small.content / "terms/sources/bmsc.yml").write_text("id: [\n")
    code, out, _ = run(small, "check", "--json")
    assert code == 1
    assert [p["rule"] for p in json.loads(out)] == ["yaml"]


def test_questions_are_listed_by_weight(root: Path) -> None:
    code, out, _ = run(Project(root), "questions", "--json")
    weights = [q["weight"] for q in json.loads(out)]
    assert code == 0
    assert weights == sorted(weights, reverse=True)
    assert {q["file"].split("/")[0] for q in json.loads(out)} == {"seeds"}


def test_a_finding_is_explained_by_its_own_words(small: Project) -> None:
    run(small, "extract")
    text = (small.content / "papers" / DIGEST_PAPER / "findings.yml").read_text()
    name = text.split("id: ", 1)[1].split("\n", 1)[0]
    code, out, _ = run(small, "explain", name)
    assert code == 0
    assert f"{name}: seeds/knee.txt:" in out
    assert "quote: BMSC-derived exosomes reduced inflammation in rats." in out
    assert "'BMSC' -> sources: bmsc" in out


def test_a_term_shows_what_it_matched(small: Project) -> None:
    run(small, "extract")
    code, out, _ = run(small, "explain", "bmsc")
    assert code == 0
    assert out.splitlines()[:2] == [
        "bmsc: a source, written as: Bone marrow MSC; BMSC",
        "named by 2 statements",
    ]
    assert "seeds/knee.txt:17: f" in out
    assert "sources: “BMSC-derived exosomes reduced inflammation in rats.”" in out


def test_a_paper_is_removed_with_all_it_brought(small: Project) -> None:
    run(small, "extract")
    code, out, _ = run(small, "remove", DIGEST_PAPER, "--because", "retracted")
    assert (code, list((small.content / "papers").iterdir())) == (0, [])
    assert "remove: " in out
    assert not (small.seeds / "knee.txt").exists()
    entries = {e.address: e for e in store.load(small).ledger}
    assert entries[f"papers/{DIGEST_PAPER}/"].state == "retired"
    assert entries["sources/bmsc/"].state == "live", "its page is a stub now"
    code, _, err = run(small, "remove", "nobody", "--because", "x")
    assert (code, "the id of a paper" in err) == (1, True)


def test_what_a_killed_command_left_is_reported_by_the_next(small: Project) -> None:
    run(small, "extract")
    (small.root / ".transaction/tree/content").mkdir(parents=True)
    code, _, err = run(small, "check")
    assert code == 0
    assert ".transaction: note: a command that ran to its end, got one that was stopped." in err
    assert not (small.root / ".transaction").exists()


def test_the_module_runs_as_a_program(root: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "builder", "--help"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith("Usage: exosome-atlas ")


@pytest.mark.parametrize(
    ("name", "command"), [("forms", "extract"), ("forms", "add FILE"), ("cues", "extract")]
)
def test_a_word_list_that_modules_read_when_they_are_loaded_is_reported(
    small: Project, root: Path, name: str, command: str
) -> None:
    (small.content / f"{name}.yml").write_text("words: [\n")
    paper = small.root / "paper.txt"
    paper.write_text(DIGEST + "\nOne line more.\n")
    words = command.replace("FILE", str(paper)).split()
    ran = subprocess.run(
        [sys.executable, "-m", "builder", "--root", str(small.root), *words],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert ran.stderr.startswith(f"content/{name}.yml:2: error: ")


def test_a_seed_full_of_nonsense_never_ends_in_a_traceback(small: Project) -> None:
    for number, data in enumerate(
        [b"\xff\xfe\x00", b"|" * 10_000, b"# " + b"\xf0\x9f\x98\x80" * 99, DIGEST.encode()[:90]]
    ):
        (small.seeds / f"{number}.txt").write_bytes(data)
    code, _, err = run(small, "extract")
    assert code == 1
    assert "Traceback" not in err


def test_each_line_of_the_help_is_whole() -> None:
    result = CliRunner().invoke(main, ["--help"], prog_name="exosome-atlas", terminal_width=78)
    assert result.exit_code == 0
    _, commands = result.output.split("Commands:")
    assert "..." not in commands


def test_the_version_is_that_of_the_project(root: Path) -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.output == f"exosome-atlas {read_release(root)}\n"


def test_a_folder_that_is_no_atlas_is_left_as_it_is(tmp_path: Path) -> None:
    for command in ("extract", "check", "render", "build", "questions"):
        code, _, err = run(Project(tmp_path), command)
        assert (code, "is no atlas" in err) == (2, True)
        assert run(Project(tmp_path), command, "--help")[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_an_atlas_is_found_from_a_folder_within_it(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.content / "terms")
    shown = CliRunner().invoke(main, ["explain", "msc"])
    assert shown.exit_code == 0
    assert "Mesenchymal stem cell" in shown.output


def read_json(project: Project, *words: str) -> Any:
    code, out, err = run(project, "read", "--json", *words)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_a_text_is_read_in_the_place_it_is_given(small: Project) -> None:
    text = "BMSC-derived exosomes reduced inflammation."
    for place, kind in [
        ("title", "reference-title"),
        ("abstract", "abstract"),
        ("full-text", "full-text"),
    ]:
        found = read_json(small, "--text", text, "--as", place)
        assert [(f["locator"]["kind"], f["sources"]) for f in found] == [(kind, ["bmsc"])] or (
            place == "full-text" and found == []  # no term of an effect stands in this vocabulary
        )
    [row] = read_json(small, "--text", "BMSC", "--column", "source")
    assert (row["locator"]["kind"], row["sources"]) == ("table-row", ["bmsc"])
    assert {"id", "url", "label", "quote"} <= row.keys()
    assert None not in row.values()


def test_texts_are_read_line_by_line(small: Project) -> None:
    lines = "BMSC exosomes calm the knee.\n\nIt rained.\n\x00\ud7ff broken BMSC exosomes\n"
    given = ["--root", str(small.root), "read", "--json", "--text", "-"]
    result = CliRunner().invoke(main, given, input=lines)
    assert result.exception is None
    arrays = [json.loads(line) for line in result.stdout.splitlines()]
    assert [len(array) for array in arrays] == [1, 0, 0, 1]


def test_a_file_is_read_and_nothing_is_written(small: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = elsewhere / "knee.txt"
    file.write_text(DIGEST, encoding="utf-8")
    found = read_json(small, str(file))
    assert found["layout"] == "digest"
    assert found["paper"]["id"] == DIGEST_PAPER
    assert [f["sources"] for f in found["findings"]] == [["bmsc"], ["bmsc"]]
    assert set(found) >= {"references", "tables", "problems", "coverage"}
    assert not (small.content / "papers").exists()


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01", b"%PDF-1.4", b"<html></html>", b"<article/>", b"one line", b"|" * 99]
)
def test_what_can_not_be_read_is_a_problem_and_no_traceback(
    small: Project, tmp_path: Path, data: bytes
) -> None:
    file = tmp_path / "odd"
    file.write_bytes(data)
    code, out, _ = run(small, "read", "--json", str(file))
    assert code == 1
    assert json.loads(out)["problems"][0]["level"] == "error"
    assert run(small, "read", "--json", str(tmp_path / "absent"))[0] == 1


def test_keys_typed_ahead_are_all_taken_and_an_arrow_is_no_letter(small: Project) -> None:
    """On a terminal: include, arrow down, exclude with its first reason, unsure, stop."""
    seen = "{strategy: trials, database: ClinicalTrials.gov, day: 2026-01-05}"
    lines = [
        f"- {{id: nct{n}, title: T, trial: NCT0600000{n}, year: {2030 - n}, found: [{seen}]}}"
        for n in range(4)
    ]
    store.write_text(small.content / "screening.yml", "\n".join(["records:", *lines, ""]))
    ours, theirs = pty.openpty()
    os.write(ours, b"i\x1b[Be1\r?q")
    command = [sys.executable, "-m", "builder", "--root", str(small.root), "screen", "--by", "ada"]
    there = {**os.environ, "ATLAS_CLINICALTRIALS_URL": "http://127.0.0.1:9", "PYTHONPATH": "."}
    done = subprocess.run(
        command, stdin=theirs, capture_output=True, timeout=60, env=there, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert b"3 decisions by ada, 1 record left" in done.stdout, done.stderr
    assert done.stdout.count(b"Offline") == 1
    kept = store.read_yaml(small.content / "screening.yml", small.root)["records"]
    said = [[d["verdict"] for d in record.get("decisions", [])] for record in kept]
    assert said == [["include"], ["exclude"], ["unsure"], []]
