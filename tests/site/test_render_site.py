"""The rendered tree: whole, linked, stable, and touched only where it changed."""

import os
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import yaml
from hand_made import make_bundle, make_library, merge_references
from render_sample import PAPER, TRIAL, sample_library

from builder.site.index import build_index
from builder.site.pages.findings import view_statement
from builder.site.pages.papers import view_reference
from builder.site.render import render_site

LINK = re.compile(r'href="([^"]*)"')
FILE = re.compile(r"\.(?:json|xml|bib|ris|csv|gz|zip)$")
ANCHOR = re.compile(r'\bid="([^"]*)"|\{ #([^ ]+) \}')


def read_tree(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.md")}


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("docs")
    render_site(sample_library(), folder)
    return read_tree(folder)


def test_every_kind_has_an_index_and_a_page(tree):
    assert set(tree) == {
        "index.md",
        "about/index.md",
        "changes/index.md",
        "data/index.md",
        "map/index.md",
        "compare/index.md",
        "glossary/index.md",
        "questions/index.md",
        "search/index.md",
        "sources/index.md",
        "sources/msc/index.md",
        "sources/bmsc/index.md",
        "sources/placental-msc/index.md",
        "mechanisms/index.md",
        "mechanisms/vegf/index.md",
        "vehicles/index.md",
        "vehicles/gelma/index.md",
        "conditions/index.md",
        "conditions/knee-oa/index.md",
        "trials/index.md",
        f"trials/{TRIAL}/index.md",
        "papers/index.md",
        f"papers/{PAPER}/index.md",
        "references/index.md",
        "references/liu-2020-hypoxic/index.md",
        "findings/index.md",
        "glossary/abbreviations/index.md",
        "coverage/index.md",
        "study-cards/index.md",
    }


def missing(text, *words):
    """Return what is not in a text."""
    return [word for word in words if word not in text]


def test_every_relative_link_and_fragment_leads_somewhere(tree):
    anchors = {
        name: {unescape(a or b) for a, b in ANCHOR.findall(text)} for name, text in tree.items()
    }
    checked = 0
    for name, text in tree.items():
        for raw in LINK.findall(text):
            address = unescape(raw)
            if address.startswith("http") or FILE.search(address):
                continue  # files beside the pages are written by the exports
            where, _, fragment = address.partition("#")
            path = where.partition("?")[0]
            assert not path.startswith("/"), (name, address)
            folder = os.path.normpath(os.path.join(os.path.dirname(name), path))
            target = os.path.normpath(f"{folder}/index.md") if path else name
            assert target in tree, (name, address)
            if fragment:
                assert fragment in anchors[target], (name, address)
            checked += 1
    assert checked > 200


def test_no_page_has_an_id_twice(tree):
    for name, text in tree.items():
        found = [unescape(a or b) for a, b in ANCHOR.findall(text)]
        assert len(found) == len(set(found)), name


def test_statement_leads_to_its_row_and_its_reference(tree):
    page = unescape(tree[f"papers/{PAPER}/index.md"])
    statement = page[(start := page.index('<li id="f1">')) : page.index("</details>", start)]
    assert (
        missing(
            statement,
            f'href="../../papers/{PAPER}/#row-fa"',
            "Table 1, row 1",
            'href="../../references/liu-2020-hypoxic/">[1] Liu, 2020</a>',
            "[99] not in the list of references",  # shown, not linked
            "line 22 of the seed",
            "Is the effect direct?",
        )
        == []
    )
    # A statement read from a title is on the page of that work, and nowhere else in full.
    assert '<li id="f2">' in tree["references/liu-2020-hypoxic/index.md"]
    assert '<li id="f2">' not in page


def test_a_cited_work_without_a_statement_is_an_entry_of_the_papers_list(tree):
    assert "references/x-unread/index.md" not in tree
    assert 'id="ref-2"' in tree[f"papers/{PAPER}/index.md"]
    assert f"../papers/{PAPER}/#ref-2" in unescape(tree["references/index.md"])


def test_reference_without_doi_gets_named_searches(tree):
    page = unescape(tree["references/liu-2020-hypoxic/index.md"])
    assert (
        missing(
            page,
            "https://pubmed.ncbi.nlm.nih.gov/?term=Hypoxic+exosomes",
            "search Crossref by title",
            "may find another work",
        )
        == []
    )


def test_paper_shows_doi_repairs_printed_grid_and_licence(tree):
    page = unescape(tree[f"papers/{PAPER}/index.md"])
    assert (
        missing(
            page,
            'href="https://doi.org/10.3390/ijms262211172"',
            "from row 1",
            "table-rowspan",
            "printed: 7 × 109 /mL",
            '<th scope="colgroup" colspan="2">Release',
            "no cell",
            "words of the site that summarised the paper",
        )
        == []
    )
    assert page.count("javascript:") == page.count("  javascript:alert(1)\n<") == 1  # as text


def test_negative_trial_result_stands_at_the_top(tree):
    page = tree[f"trials/{TRIAL}/index.md"]
    head = page[: page.index("## Treatment and endpoints")]
    assert missing(
        head, "No benefit reported", "no superiority vs. placebo", "Phase",
        "gives no date for the status", "Enrolled", "IRCT20210423051054N2",
    ) == []  # fmt: skip
    # The dose as read comes first, the printed form behind it.
    read = page.index("Amount, calculated: 3.5 × 10¹⁰ particles")
    assert read < page.index("printed: Single IA dose (≈5 mL @ 7 × 109 particles/mL)")


def test_questions_are_grouped_by_rule_and_sorted_by_harm(tree):
    page = unescape(tree["questions/index.md"])
    groups = re.findall(r'<details data-kind="(\w+)" data-harm="([^"]+)"', page)
    assert [kind for kind, harm in groups if harm == "may mislead a reader"] == [
        "finding", "paper", "reference", "table", "trial",
    ]  # fmt: skip
    assert "To answer: a correction, or a term in content/terms/." in page


def test_a_question_of_a_field_comes_with_the_correction_that_answers_it(tree):
    page = unescape(tree["questions/index.md"])
    edits = re.findall(
        r"<summary>Edit</summary><pre><code># (\S+)\n(.*?)</code></pre>", page, re.DOTALL
    )
    assert edits
    for file, text in edits:
        assert file == f"content/corrections/{PAPER}.yml"
        [entry] = yaml.safe_load(text)
        assert list(entry) == ["record", "field", "old", "new", "reason", "date"]


def test_second_run_writes_nothing_and_a_changed_record_one_page_set(tmp_path):
    first = render_site(sample_library(), tmp_path)
    assert len(first.pages) == len(read_tree(tmp_path))
    assert len(first.written) == len(first.pages)
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} == {"index.md"}
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.md")}
    again = render_site(sample_library(), tmp_path)
    assert (again.written, again.removed) == ([], [])
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.md")} == before


def test_pages_of_records_that_went_are_removed(tmp_path):
    render_site(sample_library(), tmp_path)
    (tmp_path / "sources/gone").mkdir()
    (tmp_path / "sources/gone/index.md").write_text("old")
    report = render_site(sample_library(), tmp_path)
    assert report.removed == ["sources/gone/index.md"]
    assert not (tmp_path / "sources/gone").exists()


def test_two_renderings_are_the_same_to_the_byte(tmp_path):
    render_site(sample_library(), tmp_path / "a")
    render_site(sample_library(), tmp_path / "b")
    assert read_tree(tmp_path / "a") == read_tree(tmp_path / "b")


def test_templates_hold_no_inline_style_or_script():
    folder = Path(__file__).resolve().parents[2] / "templates"
    for path in [*folder.rglob("*.j2"), *folder.rglob("*.html")]:
        text = path.read_text()
        # JSON-LD is data, and never run.
        text = text.replace('<script type="application/ld+json">', "")
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text), path


def test_templates_build_no_address_of_a_record():
    folder = Path(__file__).resolve().parents[2] / "templates"
    for path in [*folder.rglob("*.j2")]:
        for raw in re.findall(r'<a [^>]*?href="([^"]*)"', path.read_text()):
            overview = r"(?:\.\./)*[a-z-]+/(?:#[a-z-]+)?"
            assert re.fullmatch(rf"#?\{{\{{ [\w.]+ \}}\}}|#[a-z-]+|{overview}", raw), (path, raw)


def test_no_template_prints_a_tag_as_text(tree):
    for name, text in tree.items():
        assert "&#60;/" not in text, name


def test_no_paragraph_holds_a_list_or_a_table(tree):
    for name, text in tree.items():
        for paragraph in re.findall(r"<p\b[^>]*>(.*?)</p>", text, re.DOTALL):
            assert not re.search(r"<(?:ul|ol|dl|table|details|div|p)\b", paragraph), name


def test_a_title_that_many_papers_cite_keeps_the_place_of_each_statement(tmp_path: Path) -> None:
    bundles = []
    for number in range(90):
        paper = f"doe-2024-paper-{number}"
        bundle = make_bundle(
            id=f"f{number:09}", paper=paper, references=[1],
            locator={"kind": "reference-title", "line": 11, "reference": 1},
        )  # fmt: skip
        record = bundle.paper.model_copy(update={"id": paper})
        bundles.append(replace(bundle, paper=record, tables=[], trials=[]))
    library = replace(
        make_library(tmp_path, bundles[0]),
        papers={b.paper.id: b for b in bundles},
        references=merge_references(bundles, {}),
    )
    work = library.references["roe-2020-exosomes-bmscs-calm-joints"]
    page = view_reference(build_index(library), work)
    places = [s["id"] for s in page.view["stating"]]
    places += [c["anchor"] for c in page.view["cited_in"] if c["anchor"]]
    assert sorted(places) == [f"f{number:09}" for number in range(90)]
    shown = view_statement(build_index(library), bundles[0].findings[0], "../../")["numbers"]
    assert [n["href"] for n in shown] == [f"../../references/{work.id}/"]
    assert not any(s["numbers"] for s in page.view["stating"])  # on its own page
