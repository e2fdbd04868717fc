"""The preview: what a change shows, what a fault says, and that it goes on working."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand_made import furnish

from builder import pipeline
from builder.curate.reading import hash_knowledge
from builder.errors import Problem
from builder.project import Project
from builder.publish.release import write_release
from builder.publish.serve import make_server

pytestmark = pytest.mark.slow


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def errors(problems: list[Problem]) -> list[tuple[str, str, int]]:
    return [(p.rule, p.file, p.line) for p in problems if p.level == "error"]


def test_changes_are_shown_faults_reported_and_a_release_survived(
    root: Path, small: Project
) -> None:
    furnish(root, small)
    pipeline.extract(small)
    project = Project(small.root, small.preview)
    assert not errors(pipeline.rebuild(project, fresh=True))
    page = project.site / "sources/bmsc/index.html"
    other = (project.site / "about/index.html").stat().st_mtime_ns

    term = small.content / "terms/sources/bmsc.yml"
    edit(term, "parent: msc\n", "parent: msc\ndefinition: Made of marrow.\n")
    assert not errors(pipeline.rebuild(project))
    assert "Made of marrow." in page.read_text()
    assert (project.site / "about/index.html").stat().st_mtime_ns == other

    template = small.templates / "pages/term.md.j2"
    whole = template.read_text()
    template.write_text(whole + "\n{% if %}\n")
    [fault] = errors(pipeline.rebuild(project))
    assert fault == ("template", "templates/pages/term.md.j2", whole.count("\n") + 2)
    assert "Made of marrow." in page.read_text()
    template.write_text(whole + "\n<p>As of today.</p>\n")
    assert not errors(pipeline.rebuild(project))
    assert "As of today." in page.read_text()

    edit(term, "definition: Made", "definition: : [ Made")
    [fault] = errors(pipeline.rebuild(project))
    assert fault == ("yaml", "content/terms/sources/bmsc.yml", 7)
    edit(term, "definition: : [ Made", "definition: Born")
    assert not errors(pipeline.rebuild(project))
    assert "Born of marrow." in page.read_text()

    write_release(small, "7.0.0")
    assert not errors(pipeline.rebuild(project))
    assert (project.site / "releases/7.0.0/index.html").is_file()
    edit(term, "Born of marrow.", "Grown from marrow.")
    assert not errors(pipeline.rebuild(project))
    assert "Grown from marrow." in page.read_text()
    assert pipeline.rebuild(project) == []


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ("definition: Cells of marrow.\n", False),
        ("definition: >\n  Cells of marrow,\n\n  and of bone.\n", False),
        ("synonyms:\n- BMSC\n- BM-SC\n", True),
        ("definition: Cells.\nnotes:\n- MESH:D1\n", True),
        ("definition: Cells.\nparent: msc\n", True),
    ],
)
def test_what_a_term_is_defined_as_changes_no_reading(
    tmp_path: Path, changed: str, counts: bool
) -> None:
    term = tmp_path / "terms/sources/bmsc.yml"
    term.parent.mkdir(parents=True)
    term.write_text("id: bmsc\nlabel: Bone marrow MSC\nkind: source\n")
    before = hash_knowledge(tmp_path)
    term.write_text(term.read_text() + changed)
    assert (hash_knowledge(tmp_path) != before) == counts


def test_serve_states_what_it_did_and_waits_for_another_command(small: Project) -> None:
    busy = Problem("build/lock", 0, "error", "lock", "no other build")
    note = Problem("seeds/knee.txt", 3, "note", "rowspan", "no cell printed")
    fault = Problem("templates/pages/term.md.j2", 7, "error", "template", "one that can be filled")
    answers = [[note], [busy], [busy], [], [fault]]
    said: list[str] = []
    server = make_server(small, "127.0.0.1", 0, said.append, lambda: answers.pop(0))
    try:
        for _ in range(3):
            server.builder()
    finally:
        server.server_close()
    assert answers == []
    assert said[0].startswith("Built again, no problems, ")
    assert said[0].endswith(" s")
    assert said[1].startswith("Built again, no problems, ")
    assert "templates/pages/term.md.j2:7" in said[2]
    assert said[3].startswith("Not built, 1 problem, ")
    assert len(said) == 4
