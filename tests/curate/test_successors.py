"""A paper whose title is fixed goes on under its new id, with its statements and corrections."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from edited_seeds import Seed, add_typo, make_seed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import models, pipeline, store
from builder.addresses import ledger, renewal
from builder.addresses.identity import Stale, check_orphans, check_stale, pair_papers
from builder.addresses.pages import find_pages
from builder.curate import changes
from builder.errors import Problem, ProblemError
from builder.models import Address
from builder.project import Project

OLD = "doe-2025-exosomes-joint-made-up"
NEW = "doe-2025-exosomes-knee-made-up"
DAY = 86_400


def write(project: Project, seed: Seed, name: str = "review.txt") -> None:
    (project.seeds / name).write_text(seed.text(), encoding="utf-8")


def errors(problems: list[Problem]) -> list[Problem]:
    return [p for p in problems if p.level == "error"]


def entries(project: Project) -> dict[str, Address]:
    return {a.address: a for a in pipeline.load(project).ledger}


def folders(project: Project) -> list[str]:
    return sorted(p.name for p in (project.content / "papers").iterdir())


def finding_addresses(project: Project) -> set[str]:
    return set(find_pages(pipeline.load(project)).findings.values())


def row_ids(project: Project) -> list[str]:
    return [row.id for table in pipeline.load(project).tables() for row in table.rows]


@pytest.fixture
def review(small: Project) -> tuple[Project, Seed]:
    """A project with one made-up review, published."""
    (small.seeds / "knee.txt").unlink()
    seed = make_seed(random.Random(5), rows=3, works=4)
    write(small, seed)
    assert errors(pipeline.extract(small).problems) == []
    assert folders(small) == [OLD]
    return small, seed


def retitle(project: Project, seed: Seed, title: str | None = None) -> list[Problem]:
    seed.title = title or seed.title.replace("Joint", "Knee")
    write(project, seed)
    return errors(pipeline.extract(project).problems)


@pytest.mark.parametrize("doi", ["10.1000/r", ""])
def test_a_fixed_title_leads_from_the_old_paper_and_its_findings_to_the_new(
    small: Project, doi: str
) -> None:
    (small.seeds / "knee.txt").unlink()
    seed = replace(make_seed(random.Random(5), rows=3, works=4), doi=doi)
    write(small, seed)
    pipeline.extract(small)
    before, rows = finding_addresses(small), row_ids(small)
    assert len(before) >= 3
    assert retitle(small, seed) == []
    assert entries(small)[f"papers/{NEW}/"].rows == dict(zip(rows, row_ids(small), strict=True))
    assert folders(small) == [NEW]
    assert errors(pipeline.check(small).problems) == []
    known = entries(small)
    assert (known[f"papers/{OLD}/"].state, known[f"papers/{OLD}/"].to) == (
        "moved",
        f"papers/{NEW}/",
    )
    after = finding_addresses(small)
    assert before.isdisjoint(after)
    assert {ledger.follow(a, known) for a in before} == after
    assert len({known[a].to for a in before}) == len(before)


def test_check_reports_that_extract_will_fix_it_and_changes_nothing(
    review: tuple[Project, Seed],
) -> None:
    project, seed = review
    seed.title = seed.title.replace("Joint", "Knee")
    write(project, seed)
    reported = [p for p in pipeline.check(project).problems if p.file == f"content/papers/{OLD}"]
    assert [(p.rule, p.hint) for p in reported] == [
        ("content-stale", "Run: python -m builder extract")
    ]
    assert NEW in reported[0].got
    assert folders(project) == [OLD]


def test_records_that_already_stand_under_both_ids_become_one(
    review: tuple[Project, Seed], tmp_path: Path
) -> None:
    project, seed = review
    before = finding_addresses(project)
    held = {p.name: p.read_text() for p in (project.content / "papers" / OLD).iterdir()}
    old_ledger = (project.content / "urls.yml").read_text()
    retitle(project, seed)
    (project.content / "urls.yml").write_text(old_ledger)
    (project.content / "papers" / OLD).mkdir()
    for name, text in held.items():
        (project.content / "papers" / OLD / name).write_text(text)
    assert errors(pipeline.extract(project).problems) == []
    assert folders(project) == [NEW]
    known = entries(project)
    assert {ledger.follow(a, known) for a in before} == finding_addresses(project)


def test_an_author_fixed_while_the_file_is_renamed_is_the_same_paper(
    review: tuple[Project, Seed],
) -> None:
    project, seed = review
    (project.seeds / "review.txt").rename(project.seeds / "a-review.txt")
    assert folders(project) == [OLD]
    (project.seeds / "a-review.txt").write_text(
        seed.text().replace("StyleDoe", "StyleDow"), encoding="utf-8"
    )
    assert errors(pipeline.extract(project).problems) == []
    assert folders(project) == [OLD.replace("doe", "dow")]


def test_another_paper_in_the_same_file_is_not_taken_for_it(
    review: tuple[Project, Seed],
) -> None:
    project, seed = review
    seed.doi = "10.1000/other"
    [problem] = retitle(project, seed)
    assert (problem.rule, problem.file) == ("paper-stale", f"content/papers/{OLD}")
    assert f"python -m builder rename papers/{OLD}/ papers/{NEW}/" in problem.hint
    assert folders(project) == [OLD, NEW]
    assert entries(project)[f"papers/{OLD}/"].state == "live"


@pytest.mark.parametrize(
    ("file", "title", "sha256", "goes_on"),
    [
        ("same.txt", "Exosomes heal the knees", "2", True),  # a title corrected
        ("other.txt", "Exosomes heal the knee", "2", True),  # a file renamed
        ("other.txt", "Exosomes heal the knees", "2", False),  # both at once
        ("other.txt", "Exosomes heal the knees", "1", True),  # the same bytes
        ("same.txt", "A trial of hydrogels", "2", False),  # another paper in its place
    ],
)
def test_a_paper_without_a_doi_goes_on_by_its_file_or_its_title(
    file: str, title: str, sha256: str, goes_on: bool
) -> None:
    def paper(name: str, file: str, title: str, sha256: str) -> models.Paper:
        work = models.CslItem(type="article-journal", title=title)
        seed = models.Seed(file=file, sha256=sha256 * 64, layout="digest")
        return models.Paper(id=name, csl=work, seed=seed)

    old = paper("old", "same.txt", "Exosomes heal the knee", "1")
    assert pair_papers([old], [paper("new", file, title, sha256)]) == (
        {"old": "new"} if goes_on else {}
    )


@pytest.mark.parametrize(
    ("there", "moved", "said"),
    [("new", True, "papers/old/ papers/new/"), ("else", True, ""), ("new", False, "")],
)
def test_a_correction_of_no_paper_names_the_one_that_goes_on_if_it_stands(
    small: Project, there: str, moved: bool, said: str
) -> None:
    state = "state: moved\n  to: papers/new/" if moved else "state: live"
    (small.content / "urls.yml").write_text(
        f"- address: papers/old/\n  record: paper:old\n  {state}\n  since: 2026-01-31\n"
    )
    [problem] = check_orphans(small, [there], ["old"])
    assert problem.file == "content/corrections/old.yml"
    assert problem.hint.endswith(said)
    assert bool(problem.hint) is bool(said)


@pytest.mark.parametrize(
    ("seed", "now", "got"),
    [
        ("a.txt", "", "no seeds/a.txt"),
        ("", "", "none"),
        ("a.txt", "new", "seeds/a.txt now gives another paper, new"),
    ],
)
def test_records_without_a_paper_say_what_became_of_its_seed(
    small: Project, seed: str, now: str, got: str
) -> None:
    work = models.CslItem(type="article-journal", title="Exosomes heal the knee")
    held = models.Seed(file=seed, sha256="1" * 64, layout="digest")
    paper = models.Paper(id="old", csl=work, seed=held) if seed else None
    [problem] = check_stale(small, [Stale(small.content / "papers/old", paper, now)], {})
    assert (problem.rule, problem.file, problem.got) == ("paper-stale", "content/papers/old", got)


def test_a_title_changed_beyond_doubt_without_a_doi_is_asked_for_and_renamed(
    small: Project,
) -> None:
    (small.seeds / "knee.txt").unlink()
    seed = replace(make_seed(random.Random(5), rows=3, works=4), doi="")
    write(small, seed)
    pipeline.extract(small)
    before = finding_addresses(small)
    title = "What Vesicles Do in Old Knees, Retold from the Start"
    [problem] = retitle(small, seed, title)
    assert problem.rule == "paper-stale"
    [new] = [name for name in folders(small) if name != OLD]
    moves, _ = changes.rename(small, f"papers/{OLD}/", f"papers/{new}/")
    assert moves == {f"papers/{OLD}/": f"papers/{new}/"}
    assert folders(small) == [new]
    assert errors(pipeline.check(small).problems) == []
    known = entries(small)
    assert {ledger.follow(a, known) for a in before} == finding_addresses(small)


def test_a_paper_that_its_seed_still_gives_is_not_renamed(review: tuple[Project, Seed]) -> None:
    project, _ = review
    other = replace(make_seed(random.Random(6), rows=2, works=3), title="Other Vesicles", doi="")
    write(project, other, "other.txt")
    pipeline.extract(project)
    [new] = [name for name in folders(project) if name != OLD]
    with pytest.raises(ProblemError, match="which stands"):
        changes.rename(project, f"papers/{OLD}/", f"papers/{new}/")
    assert len(folders(project)) == 2


def test_a_seed_that_cannot_be_read_keeps_its_records_from_a_twin(
    review: tuple[Project, Seed],
) -> None:
    project, seed = review
    (project.seeds / "review.txt").write_bytes(b"")
    write(project, replace(seed, title=seed.title.replace("Joint", "Knee")), "second.txt")
    assert [p.rule for p in errors(pipeline.extract(project).problems)] == ["seed-empty"]
    assert folders(project) == [OLD, NEW]


def test_corrections_follow_a_paper_to_its_new_id(review: tuple[Project, Seed]) -> None:
    project, seed = review
    finding = pipeline.load(project).findings()[0]
    address = find_pages(pipeline.load(project)).findings[finding.id]
    folder = project.content / "corrections"
    folder.mkdir()
    (folder / f"{OLD}.yml").write_text(
        f"# kept\n- record: {finding.id}\n  field: design.level\n  old: {finding.design.level}\n"
        "  new: ex-vivo\n  reason: said so\n  date: 2026-01-01\n"
        f"- record: {OLD}\n  field: csl.volume\n  old: '1'\n  new: '7'\n"
        "  reason: misprinted\n  date: 2026-01-01\n"
    )
    assert errors(pipeline.extract(project).problems) == []
    [problem] = retitle(project, seed)
    fix = f"python -m builder rename papers/{OLD}/ papers/{NEW}/"
    assert (problem.rule, problem.hint.partition("Run: ")[2]) == ("correction-paper", fix)
    changes.rename(project, f"papers/{OLD}/", f"papers/{NEW}/")
    assert errors(pipeline.check(project).problems) == []
    assert [p.name for p in folder.iterdir()] == [f"{NEW}.yml"]
    assert (folder / f"{NEW}.yml").read_text().startswith("# kept\n- record: f")
    bundle = store.read_bundle(project.content / "papers" / NEW, project.root)
    assert bundle.paper.csl.volume == "7"
    goal = ledger.follow(address, entries(project)).partition("#")[2]
    assert {f.id: f.design.level for f in bundle.findings}[goal] == "ex-vivo"


# --- a preview -----------------------------------------------------------------------------------


def test_a_preview_reads_and_keeps_nothing(review: tuple[Project, Seed]) -> None:
    project, seed = review
    before = {p: p.read_bytes() for p in project.content.rglob("*") if p.is_file()}
    retitle_only = seed.title.replace("Joint", "Knee")
    write(project, replace(seed, title=retitle_only))
    report = pipeline.extract(Project(project.root, project.preview))
    assert f"{NEW}/paper.yml" in " ".join(path.as_posix() for path in report.changed)
    assert {p: p.read_bytes() for p in project.content.rglob("*") if p.is_file()} == before


# --- a year of titles ----------------------------------------------------------------------------


def edit_title(chance: random.Random, title: str) -> str:
    """Return a title with a small edit: a typo, a letter's case, a mark, a word more or less."""
    edits: list[Callable[[], str]] = [
        lambda: add_typo(chance, title),
        title.title,
        lambda: title.replace(": ", " - ") if ": " in title else title.replace(" - ", ": "),
        lambda: title + "s",
        lambda: title.removesuffix("s"),
        lambda: title.replace("Made-Up", "Made Up"),
    ]
    return chance.choice(edits)()


@pytest.mark.slow
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(number=st.integers(0, 10_000), doi=st.sampled_from(["10.1000/r", ""]))
def test_a_year_of_edited_titles_loses_no_address(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    doi: str,
) -> None:
    chance = random.Random(number)
    project = Project(tmp_path_factory.mktemp("year"))
    (project.content / "terms").mkdir(parents=True)
    project.seeds.mkdir()
    seed = replace(
        make_seed(chance, rows=2, works=3),
        title="Small Vesicles from Marrow in Joints of Old Sheep and Young Goats: A Review",
        doi=doi,
    )
    published: set[str] = set()
    for day in range(12):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1_800_000_000 + 30 * day * DAY))
        write(project, seed)
        assert errors(pipeline.extract(project).problems) == []
        published |= set(ledger.list_addresses(pipeline.load(project)))
        seed.title = edit_title(chance, seed.title)
    library = pipeline.load(project)
    assert renewal.check_addresses(library) == []
    current = ledger.list_addresses(library)
    known = {a.address: a for a in library.ledger}
    assert [a for a in published if ledger.follow(a, known) not in current] == []
