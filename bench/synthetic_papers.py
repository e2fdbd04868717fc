"""Made-up articles in JATS, as many as wanted, in the words of the field, for measuring."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from xml.sax.saxutils import escape

from builder.project import Project

_SOURCES = ("BMSC", "ADSC", "UC-MSC", "chondrocyte", "macrophage", "synovial MSC")
_TARGETS = ("IL-10", "TNF-α", "MMP-13", "Wnt/β-catenin", "VEGF", "SOX9", "NF-κB", "miR-140-5p")
_VERBS = ("increased", "reduced", "activated", "inhibited", "promoted", "did not change")
_PLACES = ("in rats with osteoarthritis", "in a rabbit osteochondral defect", "in chondrocytes")
_FILLER = ("The authors measured this after four weeks.", "The dose was 5 × 10^9 particles/mL.")


def write_project(root: Path, papers: int, template: Path) -> Project:
    """Write a project with made-up papers and the terms of ``template``."""
    project = Project(root)
    shutil.copytree(template / "content" / "terms", project.content / "terms")
    for data in (template / "content").glob("*.yml"):
        if data.name not in ("identifiers.yml", "urls.yml"):
            shutil.copy(data, project.content / data.name)
    project.seeds.mkdir()
    for number in range(papers):
        (project.seeds / f"paper-{number:05}.xml").write_text(make_article(number), "utf-8")
    return project


def make_article(number: int, references: int = 40, paragraphs: int = 12, rows: int = 8) -> str:
    """Return an article: abstract, sections, a table and a list of references."""
    dice = random.Random(number)  # noqa: S311 (made-up data, the same on each run)
    body = "".join(f"<p>{_paragraph(dice, references)}</p>" for _ in range(paragraphs))
    table = "".join(_row(dice, references) for _ in range(rows))
    cited = "".join(_reference(number, n, dice) for n in range(1, references + 1))
    title = f"{_letters(number).capitalize()} exosomes of the made-up joint"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><article article-type="review-article"><front>'
        "<journal-meta><journal-title-group><journal-title>Journal of Made-up Joints"
        "</journal-title></journal-title-group></journal-meta><article-meta>"
        f'<article-id pub-id-type="doi">10.1000/made.{number}</article-id>'
        f"<title-group><article-title>{title}</article-title></title-group>"
        '<contrib-group><contrib contrib-type="author"><name>'
        f"<surname>Doe{_letters(number)}</surname><given-names>Ann</given-names></name></contrib>"
        "</contrib-group><pub-date><year>2024</year></pub-date>"
        f"<abstract><p>{_sentence(dice)} {_sentence(dice)}</p></abstract></article-meta></front>"
        f"<body><sec><title>What was found</title>{body}<table-wrap><label>Table 1</label>"
        "<table><thead><tr><th>Source</th><th>Effect</th><th>Ref</th></tr></thead><tbody>"
        f"{table}</tbody></table></table-wrap></sec></body>"
        f"<back><ref-list>{cited}</ref-list></back></article>"
    )


def _letters(number: int) -> str:
    """Return a number in letters, so that no two papers share author or title."""
    digits = []
    for _ in range(4):
        number, digit = divmod(number, 26)
        digits.append(chr(ord("a") + digit))
    return "".join(reversed(digits))


def _sentence(dice: random.Random) -> str:
    return (
        f"{dice.choice(_SOURCES)}-derived exosomes {dice.choice(_VERBS)} {dice.choice(_TARGETS)} "
        f"{dice.choice(_PLACES)}."
    )


def _paragraph(dice: random.Random, references: int) -> str:
    told = []
    for _ in range(5):
        number = dice.randint(1, references)
        mark = f' [<xref ref-type="bibr" rid="r{number}">{number}</xref>].'
        told.append(escape(_sentence(dice)[:-1]) + mark)
        told.append(dice.choice(_FILLER))
    return " ".join(told)


def _row(dice: random.Random, references: int) -> str:
    effect = f"{dice.choice(_VERBS).capitalize()} {dice.choice(_TARGETS)}"
    cells = (f"{dice.choice(_SOURCES)}s", effect, f"[{dice.randint(1, references)}]")
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _reference(paper: int, number: int, dice: random.Random) -> str:
    name = f"Roe{_letters(paper * 40 + number)}"
    return (
        f'<ref id="r{number}"><label>{number}</label><element-citation publication-type="journal">'
        f'<person-group person-group-type="author"><name><surname>{name}</surname>'
        "<given-names>B</given-names></name></person-group>"
        f"<article-title>{escape(_sentence(dice)[:-1])}, {name}</article-title>"
        "<source>J Joints</source>"
        f"<year>20{dice.randint(10, 24)}</year><volume>{dice.randint(1, 90)}</volume>"
        f"<fpage>{number}</fpage><lpage>{number + 9}</lpage></element-citation></ref>"
    )
