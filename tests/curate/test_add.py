"""Taking in a paper: what is stated of it, and that it is all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hand_made import DIGEST, DIGEST_PAPER

from builder import models, pipeline, store
from builder.cli import main
from builder.curate.changes import add_paper, describe_added, name_seed
from builder.curate.questions import find_questions
from builder.errors import ProblemError
from builder.project import Project
from builder.readers import read_words

SECOND = (
    DIGEST.replace("calm the knee", "fix the femoral head")
    .replace("Ann Doe, Bea Roe", "Cem Poe")
    .replace("10.1000/knee.1", "10.1000/femur.2")
    .replace(
        "Knee osteoarthritis hurts.",
        "Loading raised ZAPX9 expression. In rats, ZAPX9 expression rose by BMSC. "
        "Zorbtin was left, zorbtin hydrogels fell.",
    )
)
PAPER = "poe-2024-exosomes-bone-marrow-stem"


@pytest.fixture
def atlas(small: Project) -> Project:
    pipeline.extract(small)
    return small


@pytest.fixture
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paper outside the project, with a name that must not be kept."""
    path = tmp_path_factory.mktemp("inbox") / "Download (1).TXT"
    path.write_text(SECOND, encoding="utf-8")
    return path


def snapshot(project: Project) -> dict[str, bytes | None]:
    """Every file and folder of the project but what may be thrown away."""
    found = sorted(p for p in project.root.rglob("*") if project.build not in (p, *p.parents))
    return {
        p.relative_to(project.root).as_posix(): p.read_bytes() if p.is_file() else None
        for p in found
    }


def test_a_paper_gets_a_stable_name_and_its_records(atlas: Project, second: Path) -> None:
    added = add_paper(atlas, second)
    assert added.seed.startswith(f"{PAPER}-")
    assert added.seed.endswith(".txt")
    assert (atlas.seeds / added.seed).read_bytes() == second.read_bytes()
    library = pipeline.load(atlas)
    assert sorted(library.papers) == [DIGEST_PAPER, PAPER]
    assert library.papers[PAPER].paper.seed.file == added.seed
    assert pipeline.extract(atlas).changed == [], "extract has nothing to add"
    assert not pipeline.check(atlas).failed


def test_where_the_paper_is_cited_is_said_but_not_where_another_is(
    small: Project, second: Path
) -> None:
    cited = (
        "Poe, C. Exosomes of bone marrow stem cells fix the femoral neck. J. Hips 2024, 1, 9–12.",
        "Poe, C. Exosomes of bone marrow stem cells fix the femoral head. J. Hips 2024, 1, 2–3.",
    )
    lines = "".join(f"{number}. {entry}\n" for number, entry in enumerate(cited, 1))
    (small.seeds / "knee.txt").write_text(f"{DIGEST}\n## References\n\n{lines}", encoding="utf-8")
    pipeline.extract(small)
    assert add_paper(small, second, dry_run=True).cited_by == [f"{DIGEST_PAPER} [2]"]


def test_the_name_hangs_on_the_content_alone(atlas: Project, second: Path) -> None:
    copy = second.with_name("other.txt")
    copy.write_bytes(second.read_bytes())
    names = {add_paper(atlas, path, dry_run=True).seed for path in (second, copy)}
    assert len(names) == 1
    assert name_seed("a-2020-b", "0123456789abcdef", ".NXML") == "a-2020-b-01234567.nxml"
    assert name_seed("a-2020-b", "0123456789abcdef", ". /x") == "a-2020-b-01234567.txt"


def test_a_dry_run_reports_the_same_and_touches_nothing(atlas: Project, second: Path) -> None:
    before = snapshot(atlas)
    dry = add_paper(atlas, second, dry_run=True)
    assert snapshot(atlas) == before
    wet = add_paper(atlas, second)
    assert dry == wet
    after = snapshot(atlas)
    changed = {name for name, data in after.items() if data and before.get(name) != data}
    assert changed == set(dry.files)
    assert f"papers/{PAPER}/" in (atlas.content / "urls.yml").read_text()


def test_it_reports_which_pages_come_and_which_change(atlas: Project, second: Path) -> None:
    added = add_paper(atlas, second, dry_run=True)
    assert f"papers/{PAPER}/" in added.pages_added
    assert "sources/bmsc/" in added.pages_changed
    assert f"papers/{DIGEST_PAPER}/" not in added.pages_changed


def test_unknown_names_come_as_term_files_the_commonest_first(atlas: Project, second: Path) -> None:
    added = add_paper(atlas, second)
    assert [(p.term.label, p.count) for p in added.proposals] == [
        ("ZAPX9", 2),
        ("bone marrow stem cells", 1),  # the small vocabulary knows their short form alone
        ("zorbtin", 1),
    ]
    first = added.proposals[0]
    assert "Loading raised ZAPX9 expression." in first.sentences
    text = first.to_yaml()
    assert text.startswith("# content/terms/mechanisms/zapx9.yml (2 times)\n")
    term = models.Term.model_validate(yaml.safe_load(text))
    assert (term.id, term.kind, term.type) == ("zapx9", "mechanism", "gene/protein")
    (atlas.root / first.file).parent.mkdir(parents=True)
    (atlas.root / first.file).write_text(text, encoding="utf-8")
    assert "zapx9" in {t.id for t in store.read_terms(atlas.content, atlas.root)}


def test_questions_are_those_of_the_new_paper(atlas: Project, second: Path) -> None:
    added = add_paper(atlas, second)
    every = find_questions(pipeline.load(atlas))
    assert added.questions == [q for q in every if q.file == f"seeds/{added.seed}"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(DIGEST, "the same file as knee.txt", id="same bytes"),
        pytest.param(DIGEST + "\n", "the same DOI", id="same paper"),
        pytest.param(
            SECOND.replace("10.1000/femur.2", "10.1000/KNEE.1"), "the same DOI", id="same DOI"
        ),
        pytest.param(
            DIGEST.replace("DOI: 10.1000/knee.1 · ", "").replace("Ann Doe", "Anna Does"),
            "titles 100 % alike",
            id="same title",
        ),
    ],
)
def test_a_paper_that_is_there_already_is_refused(
    atlas: Project, tmp_path_factory: pytest.TempPathFactory, text: str, why: str
) -> None:
    path = tmp_path_factory.mktemp("inbox") / "again.txt"
    path.write_text(text, encoding="utf-8")
    before = snapshot(atlas)
    with pytest.raises(ProblemError, match=why):
        add_paper(atlas, path)
    assert snapshot(atlas) == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "seed-empty"),
        (b"%PDF-1.7 \xff\xfe", "seed-binary"),
        (b"Dear Bob, no paper here.", "seed-layout"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "error"),
        (b"<article><front>", "error"),
    ],
)
def test_what_is_no_paper_is_refused_and_leaves_nothing(
    atlas: Project, tmp_path_factory: pytest.TempPathFactory, data: bytes, said: str
) -> None:
    path = tmp_path_factory.mktemp("inbox") / "bad.xml"
    path.write_bytes(data)
    before = snapshot(atlas)
    ran = CliRunner().invoke(main, ["--root", str(atlas.root), "add", str(path)])
    assert ran.exit_code == 1
    assert said in ran.output
    assert "Traceback" not in ran.output
    assert snapshot(atlas) == before


def test_missing_files_folders_and_seeds_are_refused(atlas: Project, second: Path) -> None:
    for path in (second.with_name("none.txt"), second.parent, atlas.seeds / "knee.txt"):
        ran = CliRunner().invoke(main, ["--root", str(atlas.root), "add", str(path)])
        assert ran.exit_code == 1, path
        assert "error:" in ran.output
        assert "Traceback" not in ran.output


def test_a_crash_while_reading_is_one_line(
    atlas: Project, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyError("boom")

    monkeypatch.setattr("builder.curate.reading.extract_paper", crash)
    before = snapshot(atlas)
    with pytest.raises(ProblemError, match="seed-failed") as caught:
        add_paper(atlas, second)
    assert "KeyError" in str(caught.value)
    assert "This is a defect of the atlas" in caught.value.problems[0].hint
    assert snapshot(atlas) == before


def test_the_command_reports_all_of_it(atlas: Project, second: Path) -> None:
    arguments = ["--root", str(atlas.root), "add", str(second), "--dry-run"]
    ran = CliRunner().invoke(main, arguments)
    assert ran.exit_code == 0, ran.output
    for words in (
        f"paper {PAPER}",
        "layout digest",
        "Findings as read (2):",
        "line 21, f",
        "→ sources: bmsc",
        "# content/terms/mechanisms/zapx9.yml (2 times)",
        "Pages added: ",
        "dry run, nothing was touched",
    ):
        assert words in ran.output


def test_a_finding_is_shown_without_what_is_not_stated(atlas: Project, tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    said = "BMSC-derived exosomes released 85% within 15 days and reduced IL-1b."
    path.write_text(SECOND.replace("Zorbtin was left", f"{said} Zorbtin was left"))
    lines = list(describe_added(add_paper(atlas, path, dry_run=True)))
    [line] = [line for line in lines if "released 85%" in line and "→" in line]
    assert "quantities: 85% (released), 15 days (time)" in line
    assert not [line for line in lines if "None" in line]


def test_the_quotes_of_a_jats_paper_stand_in_its_seed(
    atlas: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A statement with markup inside, beyond the head of the file, and a title of a cited work."""
    path = tmp_path_factory.mktemp("inbox") / "paper.nxml"
    path.write_text(
        "<article><front><article-meta><title-group><article-title>Exosomes of the hip"
        "</article-title></title-group><contrib-group><contrib><name><surname>Hip</surname>"
        "<given-names>Al</given-names></name></contrib></contrib-group><pub-date><year>2021</year>"
        "</pub-date></article-meta></front><body><sec><title>Results</title>"
        f"<p>{'Nothing to see here. ' * 200}</p>"
        "<p>BMSC-derived <italic>exosomes</italic> reduced TNF-&#945; in rats.</p></sec></body>"
        "<back><ref-list><ref id='r1'><element-citation><person-group><name><surname>Roe</surname>"
        "<given-names>A</given-names></name></person-group><year>2020</year><article-title>BMSC "
        "exosomes <bold>calm</bold> joints</article-title></element-citation></ref></ref-list>"
        "</back></article>",
        encoding="utf-8",
    )
    added = add_paper(atlas, path)
    assert added.bundle.references[0].csl.title == "BMSC exosomes calm joints"
    assert [p for p in pipeline.check(atlas).problems if p.level == "error"] == []
    words = read_words(atlas.seeds / added.seed, atlas.root)
    assert "BMSC-derived exosomes reduced TNF-α in rats." in words
    assert "BMSC exosomes calm joints" in words
