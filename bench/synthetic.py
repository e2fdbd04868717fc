"""A knowledge base of any size, made up but shaped like the real one, for measuring."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from builder.store.snapshot import Before

from builder import models, store
from builder.addresses import renewal
from builder.project import Project
from builder.store import PaperBundle
from builder.text import ids

_KINDS: tuple[models.TermKind, ...] = ("source", "mechanism", "vehicle", "condition")
_WORDS = [
    "exosomes",
    "from",
    "synthetic",
    "cells",
    "calm",
    "cartilage",
    "bone",
    "joint",
    "repair",
    "matrix",
    "signal",
    "loaded",
    "hydrogel",
    "model",
    "defect",
    "rat",
    "knee",
    "growth",
    "marker",
    "level",
    "protein",
    "pathway",
    "dose",
    "effect",
    "study",
    "review",
]


def write_project(root: Path, pages: int, template: Path) -> Project:
    """Write a project whose site has about ``pages`` pages; theme and settings as in ``template``.

    A tenth of the pages are terms, a hundredth papers, the rest works and findings by halves, so
    that what a page shows stays the same size whatever the number of pages.
    """
    shutil.copytree(template / "templates", root / "templates")
    for name in ("mkdocs.yml", "pyproject.toml", "requirements.lock"):
        shutil.copy(template / name, root / name)
    project = Project(root)
    project.content.mkdir()
    shutil.copy(template / "content/search.yml", project.content)
    dice = random.Random(pages)  # noqa: S311 (made-up data, the same on each run)
    terms = [make_term(number, dice) for number in range(pages // 10)]
    for term in terms:
        folder = project.content / "terms" / models.TERM_FOLDERS[term.kind]
        store.write_records(folder / f"{term.id}.yml", term)
    papers = max(1, pages // 100)
    each = (pages - len(terms) - papers) // (2 * papers)
    for number in range(papers):
        bundle = make_bundle(number, each, terms, dice)
        for name, text in store.bundle_files(bundle).items():
            store.write_text(project.content / "papers" / bundle.paper.id / name, text)
    renewal.renew(project, Before())
    return project


def make_term(number: int, dice: random.Random) -> models.Term:
    """Return a made-up term; the four kinds with pages take turns."""
    kind = _KINDS[number % 4]
    label = f"{kind} {number} {_say(dice, 2)}"
    return models.Term(
        id=ids.slug(f"{kind}-{number}"), label=label, kind=kind, definition=_say(dice, 12) + "."
    )


def make_bundle(
    number: int, each: int, terms: list[models.Term], dice: random.Random
) -> PaperBundle:
    """Return a made-up paper with ``each`` works, one finding for each of them, and a table."""
    paper = f"doe-{1990 + number % 40}-paper-{number}"
    cited = [_cite(paper, n + 1, dice) for n in range(each)]
    rows = [_row(paper, n + 1, dice) for n in range(min(each, 10))]
    return PaperBundle(
        paper=models.Paper(
            id=paper,
            csl=models.CslItem(type="article-journal", title=f"Paper {number} {_say(dice, 6)}"),
            seed=models.Seed(file=f"{paper}.txt", sha256="0" * 64, layout="digest"),
            abstract=_say(dice, 120),
        ),
        references=cited,
        tables=[
            models.Table(
                id=f"{paper}-table-1",
                paper=paper,
                number=1,
                line=1,
                columns=["Source", "Effect"],
                rows=rows,
                printed=[[cell.printed for cell in row.cells.values()] for row in rows],
            )
        ],
        findings=[_finding(paper, work, terms, dice) for work in cited],
    )


def _say(dice: random.Random, words: int) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(words))


def _cite(paper: str, number: int, dice: random.Random) -> models.Cited:
    title = f"{paper} work {number} {_say(dice, 8)}"
    author = f"Roe{dice.choice(_WORDS)}{dice.choice(_WORDS)}".capitalize()
    year = dice.randint(1996, 2025)
    return models.Cited(
        id=ids.slug(f"{author}-{year}-{paper}-{number}"),
        number=number,
        line=number,
        csl=models.CslItem(
            type="article-journal",
            title=title,
            author=[models.CslName(family=author, given="A.")],
            issued=models.CslDate(date_parts=[[year]]),
            container_title="J. Made-up",
        ),
        printed=f"{author}, A. {title}. J. Made-up {year}.",
    )


def _row(paper: str, number: int, dice: random.Random) -> models.TableRow:
    words = [_say(dice, 3), _say(dice, 10)]
    return models.TableRow(
        id=ids.statement_id(paper, f"{number} {words}"),
        line=number,
        cells={
            name: models.TableCell(printed=word, text=word)
            for name, word in zip(("Source", "Effect"), words, strict=True)
        },
        references=[number],
    )


def _finding(
    paper: str, work: models.Cited, terms: list[models.Term], dice: random.Random
) -> models.Finding:
    named = {kind: [t.id for t in terms if t.kind == kind] for kind in _KINDS}
    return models.Finding(
        id=ids.statement_id(paper, work.csl.title),
        paper=paper,
        locator=models.Locator(kind="reference-title", line=work.line, reference=work.number),
        quote=work.csl.title,
        sources=[dice.choice(named["source"])],
        vehicles=[dice.choice(named["vehicle"])],
        conditions=[dice.choice(named["condition"])],
        mechanisms=[models.EffectOf(id=dice.choice(named["mechanism"]), effect="up")],
        references=[work.number],
    )
