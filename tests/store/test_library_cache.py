"""What is remembered of files is what they hold now, and never more."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hand_made import make_bundle

from builder import pipeline, store
from builder.addresses import history, renewal
from builder.errors import ProblemError
from builder.models import Address, Term
from builder.project import Project
from builder.store.library_cache import Recall, _key

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
    renewal._write(file, old, new)
    assert file.read_text(encoding="utf-8") == store.dump_records(new)


ARTICLE = """<article><front><article-meta><title-group><article-title>Exosomes of the {0}
</article-title></title-group><contrib-group><contrib contrib-type="author"><name>
<surname>Doe</surname><given-names>Ann</given-names></name></contrib></contrib-group>
<pub-date><year>2024</year></pub-date></article-meta></front><body><sec><title>Results</title>
<p>BMSC-derived exosomes reduced miR-140-5p in rats <xref ref-type="bibr" rid="r1">[1]</xref>.</p>
</sec></body><back><ref-list><ref id="r1"><label>1</label><element-citation
publication-type="journal"><person-group person-group-type="author"><name><surname>Zhang</surname>
<given-names>B</given-names></name></person-group><article-title>A study of the {0}</article-title>
<source>J Joints</source><year>2019</year></element-citation></ref></ref-list></back></article>
"""


def write_two(small: Project) -> str:
    (small.seeds / "knee.txt").unlink()
    for name in ("knee", "hip"):
        (small.seeds / f"{name}.xml").write_text(ARTICLE.format(name), encoding="utf-8")
    return ARTICLE.format("knee")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("in rats", "in old rats", True),
        ("Zhang", "Zheng", False),
        ("Exosomes of the", "Exosomes of an old", False),
    ],
    ids=["words", "a work", "the title"],
)
def test_a_ledger_renewed_in_part_is_that_renewed_in_whole(
    small: Project, monkeypatch: pytest.MonkeyPatch, old: str, new: str, part: bool
) -> None:
    """Only a change that touches nothing else is told without reading the whole library."""
    first = write_two(small)
    assert old in first
    pipeline.extract(small)
    ledger = (small.content / "urls.yml").read_bytes()
    reads: list[int] = []
    load = store.load_library
    monkeypatch.setattr(store, "load_library", lambda *args: reads.append(1) or load(*args))
    (small.seeds / "knee.xml").write_text(first.replace(old, new), encoding="utf-8")
    pipeline.extract(small)
    assert (reads == []) is part
    told = (small.content / "urls.yml").read_bytes()
    assert told != ledger
    library = pipeline.load(small)
    whole = history.digest_pages(library)
    assert {e.address: e.digest for e in library.ledger if e.address in whole} == whole
    shutil.rmtree(small.build)
    pipeline.extract(small)
    assert (small.content / "urls.yml").read_bytes() == told


@pytest.mark.parametrize(
    ("now", "alike"),
    [("il-1b", True), ("tnf-alpha", True), ("mir-140-5p", False), ("sox9", False)],
)
def test_a_term_that_is_made_by_rule_is_news_for_the_whole_library(now: str, alike: bool) -> None:
    old = make_bundle(mechanisms=[{"id": "il-1b", "effect": "down"}])
    new = make_bundle(mechanisms=[{"id": now, "effect": "down"}])
    new = replace(new, references=old.references)
    assert renewal._stay_alike(old, new) is alike


def test_what_extract_writes_is_remembered_as_it_reads(small: Project) -> None:
    write_two(small)
    pipeline.extract(small)
    with Recall(small.build) as recall:
        for folder in (small.content / "papers").iterdir():
            assert all(
                recall._find(_key(kind, (folder / name).read_bytes()), kind) is not None
                for name, kind in store.BUNDLE_KINDS.items()
            )
            told = store.read_bundle(folder, small.root, recall)
            anew = store.read_bundle(folder, small.root)
            assert told == anew
            assert store.bundle_files(told) == store.bundle_files(anew)
            for one, other in zip(told.references, anew.references, strict=True):
                assert one.csl.model_fields_set == other.csl.model_fields_set
