"""Made-up papers, as many as wanted, in the words of the field and in its formats, for measuring.

Seven of ten are JATS with full text, two are scraped articles with tables and a list of references,
one is a digest. They name the terms of the vocabulary. Most works that they cite are cited by
others too, some by many; each paper has a title, sentences and rows of its own.
"""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from builder.project import Project

_VERBS = ("increased", "reduced", "activated", "inhibited", "promoted", "did not change")
_PLACES = ("in rats with osteoarthritis", "in a rabbit osteochondral defect", "in vitro", "in mice")
_FILLER = (
    "The authors measured this after four weeks.",
    "The dose was 5 × 10^9 particles/mL, given once a week.",
    "No group differed in weight (p = 0.31).",
    "This was seen in 12 of 20 joints, as others had found before (see Fig. 2 and Table 1).",
)
_LABEL = re.compile(r"^label: (?P<label>[\w/+. -]{2,60})$", re.MULTILINE)
_POOL = 3000  # works that all papers choose from
_SHARED = 0.7  # of a paper's references, those that are chosen from them
_REFERENCES = 40
_PARAGRAPHS = 12
_ROWS = 8


@dataclass(frozen=True)
class Names:
    """Labels of terms, by the part that they play in a sentence."""

    sources: list[str]
    mechanisms: list[str]
    vehicles: list[str]


@dataclass(frozen=True)
class Work:
    """A cited work."""

    author: str
    title: str
    journal: str
    year: int
    volume: int
    page: int


def write_project(root: Path, papers: int, template: Path) -> Project:
    """Write a project with made-up papers and the terms of ``template``."""
    project = Project(root)
    of_papers = ("papers", "corrections", "registry", "identifiers.yml", "urls.yml", "screening*")
    ignore = shutil.ignore_patterns(*of_papers)
    shutil.copytree(template / "content", project.content, ignore=ignore)
    shutil.copytree(template / "templates", project.templates)
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(template / name, root / name)
    project.seeds.mkdir()
    names = find_names(project.content)
    for number in range(papers):
        name, text = make_paper(number, names)
        (project.seeds / name).write_text(text, "utf-8")
    return project


def find_names(content: Path) -> Names:
    """Return what the terms of a project are called."""

    def labels(folder: str) -> list[str]:
        texts = (path.read_text("utf-8") for path in sorted((content / folder).glob("*.yml")))
        return [match["label"] for text in texts if (match := _LABEL.search(text))]

    return Names(*(labels(f"terms/{kind}") for kind in ("sources", "mechanisms", "vehicles")))


def make_paper(number: int, names: Names) -> tuple[str, str]:
    """Return the file name and the text of a paper; each number gives its own, always the same."""
    dice = random.Random(number)  # noqa: S311 (made-up data, the same on each run)
    works = _choose_works(number, dice, names)
    if number % 10 in (3, 6):
        return f"paper-{number:05}.txt", _scraped(number, dice, names, works)
    if number % 10 == 9:  # noqa: PLR2004 (one of ten)
        return f"paper-{number:05}.md", _digest(number, dice, names)
    return f"paper-{number:05}.xml", _jats(number, dice, names, works)


def change_paper(text: str) -> str:
    """Return a paper that a curator has fixed: one sentence says another thing."""
    before, _, behind = text.partition("four weeks")
    return f"{before}six weeks{behind}"


def _title(number: int, dice: random.Random, names: Names) -> str:
    source, target = dice.choice(names.sources), dice.choice(names.mechanisms)
    return f"{source} exosomes and {target} in the {_letters(number)} joint: a made-up review"


def _letters(number: int) -> str:
    """Return a number in letters, so that no two papers share author or title."""
    digits = []
    for _ in range(4):
        number, digit = divmod(number, 26)
        digits.append(chr(ord("a") + digit))
    return "".join(reversed(digits))


def _sentence(dice: random.Random, names: Names) -> str:
    carried = f" in {dice.choice(names.vehicles)}" if dice.random() < 0.3 else ""  # noqa: PLR2004
    return (
        f"{dice.choice(names.sources)}-derived exosomes{carried} {dice.choice(_VERBS)} "
        f"{dice.choice(names.mechanisms)} {dice.choice(_PLACES)}"
    )


@lru_cache(maxsize=1)
def _pool(sources: tuple[str, ...], mechanisms: tuple[str, ...]) -> list[Work]:
    names = Names(list(sources), list(mechanisms), ["hydrogel"])
    dice = random.Random("works")  # noqa: S311 (made-up data)
    return [_make_work(f"Roe{_letters(number)}", dice, names) for number in range(_POOL)]


def _make_work(author: str, dice: random.Random, names: Names) -> Work:
    title = f"{_sentence(dice, names)}, as {author} found"
    return Work(
        author, title, f"J Joints {dice.choice('ABCDEF')}", dice.randint(2008, 2025),
        dice.randint(1, 90), dice.randint(1, 900),
    )  # fmt: skip


def _choose_works(number: int, dice: random.Random, names: Names) -> list[Work]:
    """Return the works that a paper cites: shared ones, some of them often, and its own."""
    pool = _pool(tuple(names.sources), tuple(names.mechanisms))
    shared = {int(_POOL * dice.random() ** 2) for _ in range(int(_REFERENCES * _SHARED))}
    own = [
        _make_work(f"Poe{_letters(number * _REFERENCES + place)}", dice, names)
        for place in range(_REFERENCES - len(shared))
    ]
    return sorted([*(pool[place] for place in sorted(shared)), *own], key=lambda w: w.title)


def _paragraph(dice: random.Random, names: Names, mark: str) -> str:
    reported = []
    for _ in range(5):
        cited = mark.replace("N", str(dice.randint(1, _REFERENCES)))
        reported += [escape(_sentence(dice, names)) + f" {cited}.", dice.choice(_FILLER)]
    return " ".join(reported)


def _row(dice: random.Random, names: Names) -> tuple[str, str, str]:
    effect = f"{dice.choice(_VERBS).capitalize()} {dice.choice(names.mechanisms)}"
    return f"{dice.choice(names.sources)}s", effect, f"[{dice.randint(1, _REFERENCES)}]"


def _jats(number: int, dice: random.Random, names: Names, works: list[Work]) -> str:
    mark = '[<xref ref-type="bibr" rid="rN">N</xref>]'
    body = "".join(f"<p>{_paragraph(dice, names, mark)}</p>" for _ in range(_PARAGRAPHS))
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _row(dice, names)) + "</tr>"
        for _ in range(_ROWS)
    )
    cited = "".join(_element(place, work) for place, work in enumerate(works, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><article article-type="review-article"><front>'
        "<journal-meta><journal-title-group><journal-title>Journal of Made-up Joints"
        "</journal-title></journal-title-group></journal-meta><article-meta>"
        f'<article-id pub-id-type="doi">10.1000/made.{number}</article-id><title-group>'
        f"<article-title>{escape(_title(number, dice, names))}</article-title></title-group>"
        '<contrib-group><contrib contrib-type="author"><name>'
        f"<surname>Doe{_letters(number)}</surname><given-names>Ann</given-names></name></contrib>"
        "</contrib-group><pub-date><year>2024</year></pub-date>"
        f"<abstract><p>{escape(_sentence(dice, names))}. {escape(_sentence(dice, names))}.</p>"
        f"</abstract></article-meta></front><body><sec><title>What was found</title>{body}"
        "<table-wrap><label>Table 1</label><table><thead><tr><th>Source</th><th>Effect</th>"
        f"<th>Ref</th></tr></thead><tbody>{rows}</tbody></table></table-wrap></sec></body>"
        f"<back><ref-list>{cited}</ref-list></back></article>"
    )


def _element(number: int, work: Work) -> str:
    return (
        f'<ref id="r{number}"><label>{number}</label><element-citation publication-type="journal">'
        f'<person-group person-group-type="author"><name><surname>{work.author}</surname>'
        "<given-names>B</given-names></name></person-group>"
        f"<article-title>{escape(work.title)}</article-title><source>{work.journal}</source>"
        f"<year>{work.year}</year><volume>{work.volume}</volume><fpage>{work.page}</fpage>"
        f"<lpage>{work.page + 9}</lpage></element-citation></ref>"
    )


def _scraped(number: int, dice: random.Random, names: Names, works: list[Work]) -> str:
    title = _title(number, dice, names)
    rows = [f"| {' | '.join(_row(dice, names))} |" for _ in range(3 * _ROWS)]
    cited = [
        f"- {w.author}, B. {w.title}. {w.journal} {w.year}, {w.volume}, {w.page}–{w.page + 9}. "
        "[Google Scholar] [CrossRef]"
        for w in works
    ]
    author = f"Doe{_letters(number)}, A."
    cite = f"{author} {title}. Joints 2024, 12, {number}. https://doi.org/10.1000/made.{number}"
    lines = [
        title, "Abstract", "1. Introduction", "2. What Was Found", "3. Outlook", "References",
        *cited,
        "Table 1. Sources and what they do. The authors measured this after four weeks.",
        "| Source | Effect | Ref. |", "| --- | --- | --- |", *rows,
        "Share and Cite", f"MDPI and ACS Style{cite}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _digest(number: int, dice: random.Random, names: Names) -> str:
    found = "\n".join(f"- {_sentence(dice, names)}." for _ in range(4))
    return (
        f"# {_title(number, dice, names)}\n\n**Authors:** Ann Doe{_letters(number)}, Bo Roe\n\n"
        f"PMC · DOI: 10.1000/made.{number} · 2024-03-06\n\n"
        f"## TL;DR\n\n{_sentence(dice, names)}.\n\n"
        "## Contribution\n\nThe paper brings together what is known.\n\n"
        f"## Key findings\n\n{found}\n\n## Abstract\n\n{_sentence(dice, names)}. "
        f"{_sentence(dice, names)}. The authors measured this after four weeks.\n\n"
        "## Full-text entities\n\n- **Diseases:** pain (MESH:D010146), OA (MESH:D010003)\n"
        "- **Species:** Homo sapiens (human, species) [taxon 9606]\n"
    )
