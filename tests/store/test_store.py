"""Canonical YAML: the same bytes for the same records, and every fault stated by line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hand_made import PAPER, make_bundle, write_bundle
from hypothesis import given
from hypothesis import strategies as st

from builder import models, store
from builder.errors import ProblemError
from builder.project import Project, find_seeds
from builder.store.cache import Cache
from builder.store.library import data_version


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    bundle = make_bundle()
    write_bundle(tmp_path / "p", bundle)
    assert store.read_bundle(tmp_path / "p", tmp_path) == bundle


def test_yaml_is_plain_ordered_and_without_what_is_unset() -> None:
    term = models.Term(id="bmsc", label="α: 'β'", kind="source", synonyms=["Müller", "yes", "1"])
    assert store.dump_records(term) == (
        "id: bmsc\nlabel: 'α: ''β'''\nkind: source\nsynonyms:\n- Müller\n- 'yes'\n- '1'\n"
    )


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])))
def test_any_text_survives_a_round_trip(text: str) -> None:
    term = models.Term(id="x", label=text, kind="source")
    [again] = yaml.safe_load_all(store.dump_records(term))
    assert models.Term.model_validate(again) == term


def test_a_file_is_left_alone_when_it_holds_the_text_already(tmp_path: Path) -> None:
    path = tmp_path / "a/b.yml"
    assert store.write_text(path, "x: 1\n") is True
    before = path.stat().st_mtime_ns
    assert store.write_text(path, "x: 1\n") is False
    assert path.stat().st_mtime_ns == before
    assert store.write_text(path, "x: 2\n") is True
    assert [p.name for p in path.parent.iterdir()] == ["b.yml"]


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.yml"
    store.write_text(path, "old\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("builder.store.files.os.replace", full)
    with pytest.raises(ProblemError, match="No space left on device"):
        store.write_text(path, "new\n")
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["b.yml"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"id: a\nlabel: b\nlabel: c\nkind: source\n", "t.yml:3: error: key 'label' stands twice"),
        (b"id: a\nlabel: b: c\nkind: source\n", "t.yml:2: error: mapping values"),
        (b"id: a\nlabel: b\nkind: sauce\n", "t.yml:3: error: kind:"),
        (b"id: A b\nlabel: b\nkind: source\n", "t.yml:1: error: id:"),
        (b"id: a\nlabel: b\nkind: source\nsynonyms: x\n", "t.yml:4: error: synonyms:"),
        (b"id: a\nkind: source\n", "t.yml:1: error: label: a value, got none"),
        # What no person would write.
        (b"id: a\nlabel: 2026-13-45\n", "t.yml:2: error: a date as 2026-01-31, got '2026-13-45'"),
        (b"id: a\nsize: " + b"9" * 6000, "t.yml:2: error: a number of at most 4,300 digits"),
        (b"id: a\n? [1, 2]\n: b\n", "t.yml:2: error: a word as a key"),
        (b"id: a\n{x: 1}: b\n", "t.yml:2: error: a word as a key"),
        (b"id: a\nnotes: " + b"[" * 5000 + b"]" * 5000, "t.yml:2: error: at most 200 levels"),
        (b"id: a\nnotes: " + b"[" * 200_000, "t.yml:2: error: at most 200 levels"),
        (b"id: a\n" + b"- " * 200_000 + b"x", "t.yml:2: error: at most 200 levels"),
        (b"a: &a [x, x]\nb: &b [*a, *a]\n", "t.yml:2: error: each value written out, got an alias"),
        (b"id: a\nlabel: \x00\n", "t.yml:2: error: text that YAML allows, got the character 0x0"),
        (b"id: a\nlabel: Gr\xf6\xdfe\n", "t.yml:2: error: text in UTF-8, got byte 0xf6"),
        ("id: a\n".encode("utf-16"), "t.yml:1: error: text in UTF-8, got UTF-16"),
        (b'id: a\nlabel: "x\\e[31m"\n', "t.yml:2: error: text without control characters"),
        (b'id: a\nlabel: "x\\0"\n', "t.yml:2: error: text without control characters"),
        (b"", "t.yml:1: error: records or settings, got an empty file"),
        (b"# nothing\n", "t.yml:1: error: records or settings, got an empty file"),
        (b"id: a\nlabel: b\nkind: [" + b"x, " * 9999 + b"x]\n", "t.yml:3: error: kind: one of"),
    ],
)  # fmt: skip
def test_each_fault_is_one_short_line_with_file_line_and_field(
    tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "t.yml"
    path.write_bytes(data)
    with pytest.raises(ProblemError) as caught:
        store.read_record(models.Term, path, tmp_path)
    assert str(caught.value).startswith(said)
    assert len(str(caught.value.problems[0])) < 600


def test_a_folder_and_a_circle_of_links_in_the_place_of_a_file_are_reported(tmp_path: Path) -> None:
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "circle.yml").symlink_to(tmp_path / "circle.yml")
    for name in ("folder.yml", "circle.yml"):
        with pytest.raises(ProblemError, match=f"{name}: error: a file that can be read"):
            store.read_records(models.Term, tmp_path / name, tmp_path)


def test_a_work_has_one_entry_of_identifiers(tmp_path: Path) -> None:
    entry = "- reference: roe-2020-x\n  doi: 10.1000/a\n  seen_at: here\n"
    (tmp_path / "content").mkdir()
    (tmp_path / "content/identifiers.yml").write_text(entry + entry)
    with pytest.raises(ProblemError, match=r"identifiers\.yml:4: error: one entry a work"):
        store.load_library(tmp_path / "content", tmp_path)


def test_a_library_holds_every_file_of_its_content(tmp_path: Path) -> None:
    content = tmp_path / "content"
    write_bundle(content / "papers" / PAPER, make_bundle())
    texts = {
        "terms/sources/bmsc.yml": "id: bmsc\nlabel: BMSC\nkind: source\n",
        "registry/nct01234567.yml": "id: nct01234567\nregistry_id: NCT01234567\n"
        "registry: ClinicalTrials.gov\ncollected: 2026-01-31\nfacts: {}\n",
        "identifiers.yml": "- reference: roe\n  doi: 10.1/x\n  seen_at: x\n  seen_on: 2026-01-31\n",
        f"corrections/{PAPER}.yml": f"- record: {PAPER}\n  field: csl.volume\n  old: '1'\n"
        "  new: '2'\n  reason: A misprint.\n  date: 2026-01-31\n",
        "urls.yml": "- address: sources/bmsc/\n  record: source:bmsc\n  since: 2026-01-31\n",
    }
    for name, text in texts.items():
        store.write_text(content / name, text)
    library = store.load_library(content, tmp_path)
    assert library.terms["bmsc"].label == "BMSC"
    assert list(library.papers) == [PAPER]
    assert len(library.references) == len(make_bundle().references)
    assert list(library.registry) == ["nct01234567"]
    assert library.identifiers["roe"].doi == "10.1/x"
    assert [c.new for c in library.corrections[PAPER]] == ["2"]
    assert [a.address for a in library.ledger] == ["sources/bmsc/"]


@pytest.mark.parametrize(
    ("record", "state", "held"),
    [("mechanism:runx2", "live", True), ("mechanism:runx2", "retired", False),
     ("reference:runx2", "live", False)],
)  # fmt: skip
def test_a_term_that_a_rule_made_stays_while_its_page_does(
    tmp_path: Path, record: str, state: str, held: bool
) -> None:
    kind = record.partition(":")[0]
    gone = "  because: A trial.\n" if state == "retired" else ""
    (tmp_path / "content").mkdir()
    (tmp_path / "content/urls.yml").write_text(
        f"- address: {kind}s/runx2/\n  record: {record}\n  state: {state}\n{gone}"
        "  since: 2026-01-31\n"
    )
    library = store.load_library(tmp_path / "content", tmp_path)
    assert ("runx2" in library.terms) == held


def test_a_term_in_the_wrong_folder_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "content/terms/vehicles/bmsc.yml"
    path.parent.mkdir(parents=True)
    path.write_text("id: bmsc\nlabel: BMSC\nkind: source\n")
    with pytest.raises(
        ProblemError,
        match=r"vehicles/bmsc\.yml:1: error: the file at content/terms/sources/bmsc\.yml",
    ):
        store.read_terms(tmp_path / "content", tmp_path)


def test_all_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "content/terms/sources"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / f"{name}.yml").write_text(f"id: {name}\nkind: source\n")
    with pytest.raises(ProblemError) as caught:
        store.load_library(tmp_path / "content", tmp_path)
    assert [p.file for p in caught.value.problems] == [
        "content/terms/sources/a.yml",
        "content/terms/sources/b.yml",
    ]


def test_a_written_file_can_be_read_by_all_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        store.write_text(tmp_path / "a.yml", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.yml").stat().st_mode & 0o777 == 0o644


def test_hidden_files_and_folders_are_no_seeds(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.seeds.mkdir()
    for name in (".DS_Store", ".b.txt.swp", "b.txt", "a.xml"):
        (project.seeds / name).write_text("x")
    (project.seeds / "folder").mkdir()
    (project.seeds / "lost.txt").symlink_to("nowhere.txt")
    (project.seeds / "linked").symlink_to("folder")
    assert [p.name for p in find_seeds(project)] == ["a.xml", "b.txt", "lost.txt"]


def test_files_are_listed_by_path_and_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    for name in ("b/c/d.yml", "a.yml", "b/__pycache__/x.pyc", "elsewhere/e.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b/link.yml").symlink_to(tmp_path / "a.yml")
    (tmp_path / "b/loop.yml").symlink_to("loop.yml")
    (tmp_path / "b/lost.yml").symlink_to("nowhere.yml")
    (tmp_path / "b/folder").symlink_to(tmp_path / "elsewhere")
    found = [
        path.relative_to(tmp_path / "b").as_posix() for path in store.list_files(tmp_path / "b")
    ]
    assert found == ["c/d.yml", "link.yml"]
    assert store.list_files(tmp_path / "none") == []


def test_a_message_names_a_file_below_the_project_even_in_a_circle(tmp_path: Path) -> None:
    loop = tmp_path / "content/loop.yml"
    loop.parent.mkdir()
    loop.symlink_to("loop.yml")
    assert store.relative(loop, tmp_path) == "content/loop.yml"
    assert store.relative(tmp_path / "content/a.yml", tmp_path) == "content/a.yml"
    assert store.relative(Path("/elsewhere/a.yml"), tmp_path) == "/elsewhere/a.yml"
    assert store.relative(tmp_path / ".transaction/tree/a.yml", tmp_path) == "a.yml"


@pytest.mark.parametrize(
    "written", ["0", "'0'", "20260131", "2026.5", "true", "'2026-1-31'", "2026-01-31 10:00:00"]
)
def test_a_day_is_written_as_a_day(written: str, tmp_path: Path) -> None:
    path = tmp_path / "urls.yml"
    path.write_text(f"- address: sources/a/\n  record: source:a\n  since: {written}\n")
    with pytest.raises(ProblemError) as raised:
        store.read_records(models.Address, path, tmp_path)
    said = f"urls.yml:3: error: since: a date as 2026-01-31, got {written}. [schema]"
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("score", "'97.5'", "a number, got '97.5'"),
        ("score", "true", "a number, got true"),
        ("doi", "10.1", "a text, got 10.1"),
        ("reference", "2020", "a text, got 2020"),
        ("seen_at", "no", "a text, got false"),
    ],
)
def test_a_value_of_another_type_is_not_turned_round(
    field: str, written: str, said: str, tmp_path: Path
) -> None:
    fields = {"reference": "a", "seen_at": "x", "seen_on": "2026-01-31", field: written}
    path = tmp_path / "identifiers.yml"
    path.write_text("- " + "\n  ".join(f"{k}: {v}" for k, v in fields.items()) + "\n")
    with pytest.raises(ProblemError) as raised:
        store.read_records(models.Identifiers, path, tmp_path)
    assert f"error: {field}: {said}. [schema]" in str(raised.value)


def test_a_field_of_several_types_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text(
        "id: x\nregistry_id: X\nregistry: R\ncollected: 2026-01-31\n"
        "facts:\n  start_date:\n  - value: 2026-01-31\n"
    )
    with pytest.raises(ProblemError) as raised:
        store.read_record(models.RegistryRecord, path, tmp_path)
    [problem] = raised.value.problems
    assert (problem.line, problem.field) == (7, "facts.start_date.0.value")
    assert problem.expected.startswith("a text or ")
    assert (problem.got, problem.hint) == ("2026-01-31", "Put it in quotes.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("words:\n- oxygen\n- NO\n", "words.yml:3: error: a text, got false. Put it in quotes."),
        ("words:\n  1: a\n", "words.yml:2: error: a text, got 1. Put it in quotes."),
        ("words:\n- [a, 2020-01-31]\n", "words.yml:2: error: a text, got 2020-01-31. Put it in"),
        ("words:\n- a\n-\n", "words.yml:3: error: a text, got none. Put it in quotes."),
    ],
)
def test_a_word_list_holds_text_alone(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "words.yml"
    path.write_text(text)
    with pytest.raises(ProblemError) as raised:
        store.read_settings(path, tmp_path, dict)
    assert str(raised.value).startswith(said)


def test_what_was_read_once_is_not_parsed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "content/terms/sources/bmsc.yml"
    store.write_text(path, "id: bmsc\nlabel: BMSC\nkind: source\n")

    def read() -> list[str]:
        with Cache(tmp_path / "build/cache") as cache:
            return [t.label for t in store.read_terms(tmp_path / "content", tmp_path, cache)]

    assert read() == ["BMSC"]
    with monkeypatch.context() as without_yaml:
        without_yaml.setattr(yaml, "load", None)
        assert read() == ["BMSC"]
    store.write_text(path, "id: bmsc\nlabel: BM-MSC\nkind: source\n")
    assert read() == ["BM-MSC"]


def test_the_version_of_the_data_hangs_on_the_names_and_texts_of_its_files(tmp_path: Path) -> None:
    path = tmp_path / "content/terms/sources/bmsc.yml"
    store.write_text(path, "id: bmsc\nlabel: BMSC\nkind: source\n")
    first = data_version(store.load_library(tmp_path / "content", tmp_path), "1.0.0")
    store.write_text(path, "id: bmsc\nlabel: BM-MSC\nkind: source\n")
    library = store.load_library(tmp_path / "content", tmp_path)
    second = data_version(library, "1.0.0")
    path.rename(path.with_name("bm-msc.yml"))
    third = data_version(library, "1.0.0")
    assert first.startswith("1.0.0+")
    assert len({first, second, third}) == 3
