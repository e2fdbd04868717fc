"""What is remembered of files is what they hold now, and never more."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from builder import addresses, pipeline, store
from builder.errors import ProblemError
from builder.ledger import history
from builder.models import Address, Term
from builder.project import Project
from builder.recall import Recall

TERM = "id: bmsc\nlabel: {0}\nkind: source\nsynonyms:\n- BM-MSC\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bmsc.yml"
    path.write_text(TERM.format("Bone marrow stem cell"), encoding="utf-8")
    return path


def read(file: Path, *, keep: bool = True) -> Term:
    with Recall(file.parent / "build") as recall:
        found = recall.record(Term, file, file.parent)
        if keep:
            recall.keep()
    return found


def test_a_file_is_remembered_as_it_reads(file: Path) -> None:
    first, second = read(file), read(file)
    assert first == second == store.read_record(Term, file, file.parent)
    assert first.synonyms == second.synonyms == ["BM-MSC"]
    assert first.model_fields_set == second.model_fields_set


def test_a_file_that_changed_is_read_anew(file: Path) -> None:
    assert read(file).label == "Bone marrow stem cell"
    file.write_text(TERM.format("Marrow stem cell"), encoding="utf-8")
    assert read(file).label == "Marrow stem cell"


def test_what_is_remembered_is_used(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(file)
    monkeypatch.setattr("builder.store.files.read_yaml", None)
    assert read(file).label == "Bone marrow stem cell"


@pytest.mark.parametrize("harm", [b"", b"no database at all", None])
def test_a_broken_memory_is_no_loss(file: Path, harm: bytes | None) -> None:
    read(file)
    memory = file.parent / "build" / "cache" / "records.sqlite"
    if harm is None:
        shutil.rmtree(memory.parent)
        memory.parent.write_text("a file in the way")
    else:
        memory.write_bytes(harm)
    assert read(file).label == "Bone marrow stem cell"


def test_a_broken_file_is_told_each_time(file: Path) -> None:
    file.write_text("id: [", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ProblemError):
            read(file)


def test_what_nobody_asks_for_is_forgotten(file: Path) -> None:
    read(file)
    with Recall(file.parent / "build") as recall:
        recall.keep()
        assert recall._connection is not None
        assert recall._connection.execute("SELECT count(*) FROM records").fetchone() == (0,)


def test_a_missing_list_is_empty(tmp_path: Path) -> None:
    with Recall(tmp_path) as recall:
        assert recall.records(Address, tmp_path / "urls.yml", tmp_path) == []


def entry(name: str, digest: str = "") -> Address:
    told = {"digest": digest} if digest else {}
    return Address(address=f"{name}/", record=f"finding:{name}", since=date(2026, 1, 2), **told)


@pytest.mark.parametrize(
    "names", [["a", "b", "c"], ["b"], [], ["c", "d-e", "a"]], ids=lambda n: "-".join(n) or "none"
)
def test_a_ledger_is_written_alike_whatever_stood_there(tmp_path: Path, names: list[str]) -> None:
    file = tmp_path / "urls.yml"
    old = [entry(name, "1") for name in ("a", "b", "c")]
    new = [entry(name, "2" if name == "a" else "1") for name in names]
    store.write_records(file, old)
    addresses._write(file, old, new)
    assert file.read_text(encoding="utf-8") == store.dump_records(new)


def test_digests_that_are_taken_over_are_those_worked_out(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    knee = small.seeds / "knee.txt"
    first = knee.read_text(encoding="utf-8")
    other = first.replace("# Exosomes of bone", "# Vesicles of whole bone").replace("knee", "hip")
    (small.seeds / "hip.txt").write_text(other, encoding="utf-8")
    pipeline.extract(small)
    asked: list[dict[str, str]] = []
    digest_pages = history.digest_pages

    def spy(library: store.Library, known: dict[str, str] | None = None) -> dict[str, str]:
        asked.append(dict(known or {}))
        return digest_pages(library, known)

    monkeypatch.setattr(history, "digest_pages", spy)
    knee.write_text(first.replace("in rats", "in old rats"), encoding="utf-8")
    pipeline.extract(small)
    library = pipeline.load(small)
    assert any(address.startswith("papers/") for address in asked[-1]), "the hip paper stayed"
    whole = digest_pages(library)
    told = {e.address: e.digest for e in library.ledger if e.address in whole}
    assert told == whole
