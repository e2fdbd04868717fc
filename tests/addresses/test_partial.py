"""A small change is small work: only what changed is held, read and written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from builder import store
from builder.addresses.ledger_file import split_ledger, write_entry
from builder.models import Address
from builder.project import Project
from builder.store.library_cache import Recall
from builder.store.snapshot import Before, Held, keep_records


def entry(address: str, digest: str = "1") -> Address:
    record = f"overview:{address.strip('/') or 'home'}"
    return Address(address=address, record=record, since=date(2026, 1, 2), digest=digest)


LEDGER = [entry(address) for address in ("", "about/", "map/", "no/")]


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        ([], LEDGER),
        ([entry("map/", "2")], [*LEDGER[:2], entry("map/", "2"), LEDGER[3]]),
        ([entry("", "2"), entry("no/", "2")], [entry("", "2"), *LEDGER[1:3], entry("no/", "2")]),
        ([entry("data/"), entry("z/")], [*LEDGER[:2], entry("data/"), *LEDGER[2:], entry("z/")]),
        ([entry("b/"), entry("c/")], [*LEDGER[:2], entry("b/"), entry("c/"), *LEDGER[2:]]),
    ],
    ids=["nothing", "one", "both ends", "new ones", "new ones at one place"],
)
def test_entries_are_put_into_the_text_and_the_memory_alike(
    tmp_path: Path, news: list[Address], expected: list[Address]
) -> None:
    file = tmp_path / "urls.yml"
    store.write_records(file, LEDGER)
    with Recall(tmp_path / "build") as recall:
        recall.records(Address, file, tmp_path)
        recall.keep()
    held = file.read_bytes()
    lines = split_ledger(held.decode())
    assert lines is not None
    edits = list(lines.find_edits(news))
    text = lines.write(edits)
    assert text == store.dump_records(expected)
    with Recall(tmp_path / "build") as recall:
        assert recall.edit(Address, held, text.encode(), edits)
        recall.keep(forget=False)
    file.write_text(text, encoding="utf-8")
    with Recall(tmp_path / "build") as recall, pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.files, "read_yaml", None)
        assert recall.records(Address, file, tmp_path) == expected


def test_only_the_entries_that_are_asked_for_are_read() -> None:
    lines = split_ledger(store.dump_records(LEDGER))
    assert lines is not None
    assert lines.read(["map/", "", "nowhere/"]) == [LEDGER[0], LEDGER[2]]


@pytest.mark.parametrize(
    "text",
    [
        "[]\n",
        "",
        "# by hand\n" + store.dump_records(LEDGER),
        store.dump_records(LEDGER[::-1]),
        store.dump_records([LEDGER[0], LEDGER[0]]),
        "- record: overview:home\n  address: ''\n",
    ],
    ids=["empty list", "empty", "comment", "order", "double", "other keys"],
)
def test_a_ledger_in_another_hand_is_left_to_the_whole_way(text: str) -> None:
    assert split_ledger(text) is None


def test_a_list_that_is_not_remembered_can_t_be_edited(tmp_path: Path) -> None:
    with Recall(tmp_path) as recall:
        assert not recall.edit(Address, b"one", b"other", [])


WORDS = st.text("abcdef0123456789xo-._:/ '", min_size=1, max_size=14).map(str.strip).filter(bool)


ENTRIES = st.fixed_dictionaries(
    {
        "address": WORDS | st.from_regex(r"\A[a-z]{1,9}/([a-z0-9-]{1,9}/)?\Z"),
        "record": WORDS | st.from_regex(r"\A[a-z]{1,9}:[a-z0-9-]{1,9}\Z"),
        "since": st.dates(date(1990, 1, 1), date(2100, 1, 1)),
        "state": st.sampled_from(["live", "moved"]),
    },
    optional={
        "paper": st.from_regex(r"\A[a-z0-9]+(-[a-z0-9]+){0,3}\Z"),
        "digest": WORDS | st.text("0123456789abcdef", min_size=12, max_size=12),
        "changed": st.dates(date(1990, 1, 1), date(2100, 1, 1)),
        "to": WORDS,
        "because": WORDS,
        "rows": st.dictionaries(WORDS, WORDS),
    },
)
TODAY = date(2026, 1, 2)


@given(ENTRIES)
@example({"address": "a/1e5/", "record": "a:1e5", "since": TODAY, "digest": "0b0101010101"})
@example({"address": "a/12/", "record": "a:12", "since": TODAY, "digest": "123456789012"})
@example({"address": "a/no/", "record": "a:no", "since": TODAY, "digest": "1234567890e1"})
@example({"address": "true/", "record": "on:yes", "since": TODAY, "paper": "no"})
@example({"address": "a/b/", "record": "a:b", "since": TODAY, "paper": "y-1", "changed": TODAY})
def test_an_entry_is_written_as_yaml_writes_it(told: dict[str, Any]) -> None:
    made = Address.model_validate(told)
    assert write_entry(made) == store.dump_records([made])
    assert yaml.safe_load(write_entry(made))[0]["address"] == told["address"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    for name in ("a", "b", "c"):
        store.write_text(project.content / "papers" / name / "paper.yml", f"{name}, first\n")
    return project


def said(held: Held) -> dict[str, str]:
    folders = {name: held.find(name) for name in held.names()}
    return {name: (f / "paper.yml").read_text() for name, f in folders.items() if f}


def write(project: Project, before: Before, name: str, text: str) -> None:
    before.hold(name)
    store.write_text(project.content / "papers" / name / "paper.yml", text)


def test_what_is_held_is_as_it_stood(project: Project) -> None:
    with keep_records(project) as before:
        [held] = before.times
        write(project, before, "b", "b, second\n")
        write(project, before, "b", "b, third\n")
        write(project, before, "d", "d, first\n")
        before.hold("c")
        (project.content / "papers/c/paper.yml").unlink()
        (project.content / "papers/c").rmdir()
        assert said(held) == {name: f"{name}, first\n" for name in ("a", "b", "c")}
        assert held.find("d") is None
        assert not held.is_as_now()


def test_what_the_ledger_has_not_seen_stays_held_for_the_next_run(project: Project) -> None:
    with keep_records(project) as before:
        write(project, before, "a", "a, second\n")
        write(project, before, "d", "d, first\n")
    with keep_records(project) as before:
        first, second = before.times
        write(project, before, "a", "a, third\n")
        assert said(first) == {name: f"{name}, first\n" for name in ("a", "b", "c")}
        assert said(second)["a"] == "a, second\n"
        assert said(second)["d"] == "d, first\n"


def test_nothing_stays_held_where_all_is_as_it_was(project: Project) -> None:
    with keep_records(project) as before:
        write(project, before, "a", "a, second\n")
        write(project, before, "a", "a, first\n")
    assert not (project.build / "unrecorded").exists()
    assert list(project.build.iterdir()) == []
