"""Papers that hold scripts, templates and markup are shown as the text that they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hand_made import furnish
from playwright.sync_api import Page, expect
from served import Served, Watch, build_and_serve

from builder.project import Project

HOSTILE = Path(__file__).parent / "hostile"
# What each paper says, word for word, somewhere on its page.
DIGEST = [
    "<script>window.hacked = 1</script> Exosomes {{ config.site_name }} & *bone* "
    "[x](javascript:window.hacked=1)",
    'BMSC exosomes <img src=x onerror="window.hacked=1"> reduced IL-1β; 2 < 3 && 4 > 3.',
    "{% raw %} {% endraw %} ![image](javascript:window.hacked=1) `code` | pipe | \\ back",
    'BMSC exosomes [calm](javascript:window.hacked=1) "joints" & '
    "<script>window.hacked = 1</script> cartilage.",
    "Right to left \u202etxet desrever\u202c marks stay.",
]
SCRAPED = [
    "Exosomes <script>window.hacked=1</script> in {{ joints }}",
    "BMSC-Exos <script>window.hacked=1</script>",
    "Reduce {{ IL-1β }} & [x](javascript:window.hacked=1) bold",  # a plain tag is no text
    "Increase **cartilage** repair",
    "Exosomes of BMSC <script>window.hacked=1</script> calm {{ cartilage }} "
    "[x](javascript:window.hacked=1)",
    "Adipose exosomes & *stars* _and_ `code` | pipe",
    "the <script>window.hacked=1</script> licence",
]

EVIL = "<script>window.hacked=1</script> {{ x }} [x](javascript:window.hacked=1) | `c`"
# What curators and databases write, as hostile: strategies, records screened, terms, the lexicon.
KEPT = {
    "searches/evil.yml": f"""\
id: evil
purpose: '{EVIL} purpose'
database: Europe PMC
query: '{EVIL} query'
limits: ['{EVIL} limit']
""",
    "screening.yml": f"""\
runs:
- {{strategy: evil, database: Europe PMC, day: 2026-01-31, found: 1, taken: 1, new: 1}}
records:
- id: evil-1
  title: '{EVIL} title'
  authors: '{EVIL} authors'
  journal: '{EVIL} journal'
  url: javascript:window.hacked=1
  found:
  - {{strategy: evil, database: Europe PMC, day: 2026-01-31}}
  decisions:
  - verdict: exclude
    reason: '{EVIL} reason'
    by: '{EVIL} by'
    day: 2026-01-31
""",
    "terms/sources/evil-cell.yml": f"""\
id: evil-cell
label: '{EVIL} cell'
kind: source
definition: '{EVIL} definition'
synonyms: ['{EVIL} synonym']
""",
    "lexicons/field.tsv": f"""\
id\tlabel\tkind\ttype\tabbreviation\tsynonyms\tparent\txrefs\tdefinition
evil-drug\t{EVIL} drug\tcompound\tdrug\t\t\t\t\t{EVIL} meaning
""",
}


@pytest.fixture(scope="module")
def hostile(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    project = Project(tmp_path_factory.mktemp("hostile"))
    shutil.copytree(HOSTILE, project.seeds)
    shutil.copytree(root / "content/terms", project.content / "terms")
    furnish(root, project)
    for name, text in KEPT.items():
        path = project.content / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    yield from build_and_serve(root, project)


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "start"),
    [(DIGEST, "papers/oz-2026-"), (SCRAPED, "papers/exosomes-")],
    ids=["digest", "scraped"],
)
def test_a_hostile_paper_is_shown_as_text(
    hostile: Served, page: Page, watch: Watch, words: list[str], start: str
) -> None:
    [paper] = [name for name in hostile.pages if name.startswith(start)]
    page.goto(hostile.url + paper)
    shown = squeezed(page.locator("article").text_content() or "")
    for text in words:
        assert squeezed(text) in shown
    assert watch.errors == []


def test_no_page_runs_or_links_what_a_paper_holds(
    hostile: Served, page: Page, watch: Watch
) -> None:
    pages = [
        name
        for name in hostile.pages
        if name.split("/")[0] in {"", "papers", "references", "findings", "questions", "trials"}
        or name in {"coverage/", "glossary/"}
    ]
    assert {"coverage/", "glossary/"} <= {*pages}
    assert len(pages) > 6
    for name in pages:
        page.goto(hostile.url + name)
        assert page.evaluate("window.hacked") is None, name
        assert page.locator("[href^='javascript:' i], [src^='javascript:' i]").count() == 0, name
        assert page.locator("article script, article img, article [onerror]").count() == 0, name
        expect(page.locator("h1").first).to_be_visible()
    assert watch.errors == []


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("coverage/", ("purpose", "query", "limit", "title", "reason")),
        ("glossary/", ("cell", "drug")),
    ],
)
def test_what_is_kept_by_hand_is_shown_as_text(
    hostile: Served, page: Page, watch: Watch, place: str, words: tuple[str, ...]
) -> None:
    page.goto(hostile.url + place)
    shown = squeezed(page.locator("article").text_content() or "")
    assert [word for word in words if squeezed(f"{EVIL} {word}") not in shown] == []
    assert watch.errors == []


def test_a_row_with_too_many_cells_is_flagged_and_kept(hostile: Served, page: Page) -> None:
    papers = [name for name in hostile.pages if name.startswith("papers/exosomes-")]
    page.goto(hostile.url + papers[0])
    shown = squeezed(page.locator("article").text_content() or "")
    for word in ("too", "many", "cells", "not certain which column"):
        assert word in shown
