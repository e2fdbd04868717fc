"""The whole refresh on a small project: what it writes, and that it writes nothing when offline."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hand_made import DIGEST_PAPER
from local_service import QUICK, TODAY, LocalService, Reply
from service_answers import RETRACTION, crossref_list, crossref_work, pmc_search, study

from builder import pipeline, store
from builder.cli import main
from builder.curate.questions import find_questions
from builder.errors import ProblemError
from builder.project import Project
from builder.refresh import Setting, find_today, refresh

NUMBER = "NCT01234567"


@pytest.fixture
def atlas(small: Project) -> Project:
    """The small project with its paper extracted, and one trial in its registry."""
    pipeline.extract(small)
    folder = small.content / "registry"
    folder.mkdir()
    (folder / "nct01234567.yml").write_text(
        f"id: nct01234567\nregistry_id: {NUMBER}\nregistry: ClinicalTrials.gov\n"
        "collected: '2024-01-01'\nfacts:\n  overall_status:\n  - value: Unknown\n"
    )
    return small


@pytest.fixture
def environment(service: LocalService) -> dict[str, str]:
    names = ("CLINICALTRIALS", "CROSSREF", "EUROPEPMC")
    return {f"ATLAS_{name}_URL": service.base for name in names} | {"ATLAS_CONTACT": "me@x.org"}


@pytest.fixture
def setting(environment: dict[str, str]) -> Setting:
    return Setting(TODAY, dataclasses.replace(QUICK, contact=""), environment, lambda _: None)


def files(project: Project) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in sorted(project.content.rglob("*")) if p.is_file()}


def answer_all(service: LocalService) -> None:
    service.answer(f"/studies/{NUMBER}", Reply(study()))
    title = ["Exosomes of bone marrow stem cells calm the knee"]
    author = [{"family": "Doe", "given": "Ann", "sequence": "first"}]
    issued = {"date-parts": [[2024, 5, 6]]}
    own = crossref_work(
        DOI="10.1000/knee.1", title=title, author=author, issued=issued, **RETRACTION
    )
    service.answer("/works/10.1000/knee.1", Reply(own))
    service.answer("/works", Reply(crossref_list()))
    service.answer("/search", Reply(pmc_search()))


def test_refresh_writes_what_is_new_and_a_second_one_changes_nothing(
    service: LocalService, atlas: Project, setting: Setting
) -> None:
    answer_all(service)
    done = refresh(atlas, setting=setting)
    assert [p.relative_to(atlas.content).as_posix() for p in done.changed] == [
        "identifiers.yml",
        "registry/nct01234567.yml",
    ]
    assert done.news == [
        f"{NUMBER}: status was Unknown, is Recruiting",
        f"{DIGEST_PAPER}: retraction, stated by Crossref (retraction watch)",
    ]
    library = pipeline.load(atlas)
    assert library.registry["nct01234567"].collected == TODAY
    (notice,) = library.identifiers[DIGEST_PAPER].notices
    assert notice.issued == date(2024, 5, 17)
    assert {asked.agent for asked in service.asked} == {"exosome-atlas/1 (mailto:me@x.org)"}
    before = files(atlas)
    assert refresh(atlas, setting=setting).changed == []
    assert files(atlas) == before


def test_questions_of_a_refresh_join_the_curators_queue(
    service: LocalService, atlas: Project, setting: Setting
) -> None:
    answer_all(service)
    service.answer("/works/10.1000/knee.1", Reply(crossref_work(DOI="10.1000/knee.1")))
    assert refresh(atlas, ["references"], setting).questions == 1
    asked = [q for q in find_questions(pipeline.load(atlas)) if q.rule == "identifier-other"]
    assert [(q.file, q.record) for q in asked] == [("content/identifiers.yml", DIGEST_PAPER)]
    assert not pipeline.check(atlas).failed


def test_only_the_part_that_is_named_is_asked(
    service: LocalService, atlas: Project, setting: Setting
) -> None:
    answer_all(service)
    refresh(atlas, ["trials"], setting)
    assert service.paths() == [f"/studies/{NUMBER}"]


@pytest.mark.parametrize("gone", ["CLINICALTRIALS", "CROSSREF", "EUROPEPMC"])
def test_offline_nothing_changes_whichever_service_is_gone(
    service: LocalService, atlas: Project, setting: Setting, gone: str
) -> None:
    answer_all(service)
    there = {**setting.environment, f"ATLAS_{gone}_URL": "http://127.0.0.1:9"}
    before = files(atlas)
    with pytest.raises(ProblemError, match="Nothing was changed") as caught:
        refresh(atlas, setting=dataclasses.replace(setting, environment=there))
    assert len(caught.value.problems) == 1
    assert files(atlas) == before


def test_the_command_says_offline_in_one_line(
    atlas: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLINICALTRIALS", "CROSSREF", "EUROPEPMC"):
        monkeypatch.setenv(f"ATLAS_{name}_URL", "http://127.0.0.1:9")
    ran = CliRunner().invoke(main, ["--root", str(atlas.root), "refresh", "trials"])
    assert ran.exit_code == 1
    assert ran.output.count("\n") == 2
    assert "ClinicalTrials.gov at http://127.0.0.1:9 can't be reached" in ran.output
    assert "Nothing was changed." in ran.output


def test_the_command_reports_what_it_did(
    service: LocalService, atlas: Project, monkeypatch: pytest.MonkeyPatch, setting: Setting
) -> None:
    answer_all(service)
    for name, value in setting.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795219200")
    ran = CliRunner().invoke(main, ["--root", str(atlas.root), "refresh", "trials"])
    assert ran.exit_code == 0, ran.output
    assert "asked for 1 trial and 0 works" in ran.output
    record = store.read_registry(atlas.content, atlas.root)["nct01234567"]
    assert record.collected == date(2026, 11, 21)


def test_the_day_is_the_environments() -> None:
    assert find_today({"SOURCE_DATE_EPOCH": "1795219200"}) == date(2026, 11, 21)
