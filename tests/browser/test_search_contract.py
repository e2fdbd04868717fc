"""What search promises: names lead to their page, absent identifiers to nothing.

Asked of the engine itself in one tab at one address; test_search_page.py and test_search_box.py
show at both addresses that its answers are what readers see, and lead there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page
from searching import ask
from served import Served

from builder import store
from builder.addresses.pages import find_pages, term_address
from builder.models import Term
from builder.project import Project
from builder.store import Library
from builder.text import spelling

QUERIES = yaml.safe_load((Path(__file__).parent / "search-queries.yml").read_text())
# Written so that they look right and are in no paper.
ABSENT = [
    "NCT00000001", "NCT 9999 9999", "nct1234", "IRCT20990101000000N9", "ISRCTN00000000",
    "ChiCTR2099999999", "EUCTR2099-000000-00", "10.1000/absent", "doi:10.9999/x.y",
    "https://doi.org/10.5555/nothing", "https://clinicaltrials.gov/study/NCT00000002",
    "PMID 99999999", "PMC99999999", "00000000", "CL:9999999", "CL_9999999", "GO:9999999",
    "HGNC:99999999", "MESH:D999999", "D999999", "MONDO:9999999", "UBERON:9999999",
    "CHEBI:99999999", "miRBase:MI9999999", "miR-99999", "hsa-miR-7777-3p",
    "IL-99", "TGF-β99", "Xylophone 2019", "Toh WS 1875", "Theranostics 1950", "qwertzuiop",
    "graphene nanoribbon transistor", "blorptastic exosomes",
    "PMID: 123", "PMID:1", "MESH:D000001", "CL_0000999", "CL0000999", "hsa-miR-9999-5p", "IL-77",
    "https://clinicaltrials.gov/study/NCT99999998", "clinicaltrials.gov/ct2/show/NCT00000003",
    "trial NCT99999999", "let-7z", "miR-23c-5p", "pubmed 1", "UBERON_0000000", "lncRNA FOOBAR",
    "https://doi.org/10.7150/thno.99999", "doi 10.7150 / thno.99999", "MIMAT9999999", "HGNC:0",
    # Another Greek letter is another molecule.
    "TNF-β", "TNF beta", "tnf beta",
    # Numbers beside those that are in a paper: another molecule, another trial, another article.
    "miR-12", "miR 14", "miR-1260", "IL-41", "il 100", "BMP-12", "TGF-β4", "MMP-30", "Phase 3",
    "NCT0506010", "NCT050601077", "PMID 3113104", "10.7150/thno.3101", "PMC773039",
]  # fmt: skip


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all queries: the index is loaded once."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def library(built: Project) -> Library:
    return store.load_library(built.content, built.root)


def places_of(library: Library, words: str) -> set[str]:
    """Return where statements with some words stand; a title's is the page of its work."""
    found = {find_pages(library).findings[f.id] for f in library.findings() if words in f.quote}
    return {p.split("#")[0] if p.startswith("references/") else p for p in found}


def names(term: Term) -> list[str]:
    return [n for n in dict.fromkeys([term.label, term.abbreviation or "", *term.synonyms]) if n]


def test_every_name_of_a_term_with_evidence_leads_to_it(
    placed: Served, library: Library, tab: Page
) -> None:
    """Where terms share a name, they share the first places."""
    evident = [t for t in library.terms.values() if t.id in find_pages(library).named]
    owners: dict[str, set[str]] = defaultdict(set)
    for term in library.terms.values():
        for name in names(term):
            owners[spelling.match_key(name)].add(term.id)
    asked = [(term, name) for term in evident for name in names(term)]
    wrong = []
    answers = ask(tab, placed, [name for _, name in asked], 8)
    for (term, name), found in zip(asked, answers, strict=True):
        places = len(owners[spelling.match_key(name)])
        if term_address(library, term) not in found[:places]:
            wrong.append((name, term.id, found[:3]))
    assert wrong == []
    assert len(asked) > 500


def test_a_name_without_evidence_is_a_line_behind_all_pages(
    placed: Served, library: Library, tab: Page
) -> None:
    named = find_pages(library).named
    used = {name for f in library.findings() for name in f.vehicle_ids}
    silent = [
        t
        for t in library.terms.values()
        if t.id not in named | used and t.kind in ("source", "mechanism", "vehicle", "condition")
    ]
    assert len(silent) > 100
    wrong = []
    for term, found in zip(silent, ask(tab, placed, [t.label for t in silent], 300), strict=True):
        place = term_address(library, term)
        at = found.index(place) if place in found else -1
        if at < 0 or any(not path.startswith("glossary/") for path in found[at:]):
            wrong.append((term.label, found[:3]))
    assert wrong == []


def test_every_title_leads_to_its_reference(placed: Served, library: Library, tab: Page) -> None:
    references = list(library.references.values())
    found = ask(tab, placed, [r.csl.title for r in references], 1)
    places = find_pages(library).references
    wrong = [
        (reference.csl.title, first)
        for reference, first in zip(references, found, strict=True)
        if first != [places[reference.id]]
    ]
    assert wrong == []
    assert len(references) > 100


def test_every_author_and_year_leads_to_the_works(
    placed: Served, library: Library, tab: Page
) -> None:
    """Where more than five works share them, all five are such works."""
    works: dict[str, set[str]] = defaultdict(set)
    for reference in library.references.values():
        for author in reference.csl.author or []:
            if author.family and reference.csl.year:
                key = f"{author.family} {reference.csl.year}"
                works[key].add(find_pages(library).references[reference.id])
    for bundle in library.papers.values():
        for author in bundle.paper.csl.author or []:
            key = f"{author.family} {bundle.paper.csl.year}"
            works[key].add(f"papers/{bundle.paper.id}/")
    wrong = [
        (query, found)
        for query, found in zip(works, ask(tab, placed, list(works), 5), strict=True)
        if len(works[query] & set(found)) < min(5, len(works[query]))
    ]
    assert wrong == []
    assert len(works) > 300


def test_what_is_absent_finds_nothing(placed: Served, tab: Page) -> None:
    found = dict(zip(ABSENT, ask(tab, placed, ABSENT), strict=True))
    assert {query: pages for query, pages in found.items() if pages} == {}


@pytest.mark.parametrize(
    ("query", "first", "others"),
    [
        ("miR126", "mechanisms/mir-126/", r"mir-12\d\d"),
        ("miR-126", "mechanisms/mir-126/", r"mir-12\d\d"),
        ("IL-1", "glossary/#il-1", r"il-1\d"),  # no evidence names it
        ("IL 1", "glossary/#il-1", r"il-1\d"),
        ("BMP-2", "mechanisms/bmp-2/", r"bmp-[47]|bmpr"),
        ("MMP-1", "glossary/#mmp-1", r"mmp-1\d"),
        ("FGF2", "glossary/#fgf2", r"fgf\d\d|fgf18"),
        ("miR-29b", "mechanisms/mir-29b/", r"mir-29[ac]"),
    ],
)
def test_no_other_number_stands_in(
    placed: Served, tab: Page, query: str, first: str, others: str
) -> None:
    """Another number is another molecule: a page of its own name is no near match."""
    [found] = ask(tab, placed, [query], 60)
    assert found[0] == first
    assert [path for path in found if re.search(rf"/#?(?:{others})", path)] == []


def test_a_name_finds_what_is_printed_in_another_spelling(
    placed: Served, library: Library, tab: Page
) -> None:
    findings = places_of(library, "TNF-α")
    assert findings
    for pages in ask(tab, placed, ["TNFα", "TNF-α", "tnf alpha", "TNF alpha"], 100):
        assert findings <= {*pages, *(page.split("#")[0] for page in pages)}


def test_a_name_within_a_chain_of_names_is_found(
    placed: Served, library: Library, tab: Page
) -> None:
    """Pagefind takes "miR-503-3p/Hpse" for one word."""
    findings = places_of(library, "miR-503-3p/Hpse")
    assert findings
    for pages in ask(tab, placed, ["Hpse", "miR-503", "miR-503-3p"], 60):
        assert findings <= {*pages, *(page.split("#")[0] for page in pages)}


def test_a_definition_stands_among_the_first_however_many_trials_measure_it(
    placed: Served, tab: Page
) -> None:
    for pages in ask(tab, placed, ["WOMAC", "MRI", "safety"], 5):
        assert any(path.startswith("glossary/") for path in pages[:4])


def test_a_tissue_leads_to_its_cells_then_to_its_definition(placed: Served, tab: Page) -> None:
    found = ask(tab, placed, ["Wharton's jelly", "bone marrow", "Plazenta"], 20)
    assert [pages[0] for pages in found] == [
        "sources/wjmsc/",
        "sources/bmsc/",
        "sources/placental-msc/",
    ]
    terms = ("glossary/#whartons-jelly", "glossary/#bone-marrow", "glossary/#placenta")
    assert all(term in pages for term, pages in zip(terms, found, strict=True))


def test_a_process_finds_what_is_of_it(placed: Served, tab: Page) -> None:
    """The title says "hypoxic", never "hypoxia"."""
    for found in ask(tab, placed, ["hypoxia", "hypoxia fracture", "miR-126 hypoxia"], 20):
        pages = {path.split("#")[0] for path in found}
        assert "references/liu-2020-hypoxic-mesenchymal-stem-cell/" in pages


def test_a_short_form_finds_titles_that_spell_it_out(placed: Served, tab: Page) -> None:
    [found] = ask(tab, placed, ["PRP tendon-bone healing"], 5)
    assert "references/han-2024-platelet-rich-plasma-derived/" in found


@pytest.mark.parametrize(
    ("query", "first"),
    [
        # No page has all of the words: the work with most of them, and with every number.
        ("macrophage exosomes titanium nanotubes",
         "references/wei-2019-exosome-integrated-titanium-oxide/"),
        ("hypoxia fracture rabbit miR-126", "references/liu-2020-hypoxic-mesenchymal-stem-cell/"),
        # A word that is nowhere does not hide the page that the others name.
        ("wonderful knee osteoarthritis", "conditions/knee-osteoarthritis/"),
    ],
)  # fmt: skip
def test_a_word_too_many_does_not_hide_the_page(
    placed: Served, tab: Page, query: str, first: str
) -> None:
    assert ask(tab, placed, [query], 1) == [[first]]


def test_queries_of_readers(placed: Served, tab: Page) -> None:
    """Where the list has no right page, no page may be found."""
    answers = ask(tab, placed, [q["query"] for q in QUERIES])
    found = [[(path, path.split("#")[0]) for path in pages] for pages in answers]

    def is_right(query: dict[str, Any], pages: list[tuple[str, str]]) -> bool:
        right = set(query["first"])
        return any(right.intersection(places) for places in pages) if right else not pages

    asked = list(zip(QUERIES, found, strict=True))
    assert [q["query"] for q, p in asked if p and p[0][0] in q.get("never_first", [])] == []
    assert [q["query"] for q, pages in asked if not is_right(q, pages)] == []
    first = [q["query"] for q, pages in asked if is_right(q, pages[:1])]
    assert len(first) >= len(QUERIES) - 1


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("which trials worked", "trials/irct20210423051054n1/"),
        ("trials with negative result", "trials/irct20210423051054n1/"),
        ("7 × 10^9 particles", "trials/irct20210423051054n1/"),
        ("7e9", "trials/irct20210423051054n1/"),
        ("7x10⁹", "trials/irct20210423051054n1/"),
        ("7x10^9", "trials/irct20210423051054n1/"),
    ],
)
def test_words_of_a_question_and_powers_of_ten_find_the_trial(
    placed: Served, tab: Page, query: str, first: str
) -> None:
    assert ask(tab, placed, [query], 1) == [[first]]


def test_two_names_in_any_spelling_find_the_statement_that_has_both(
    placed: Served, library: Library, tab: Page
) -> None:
    both = {
        find_pages(library).findings[f.id]
        for f in library.findings()
        if {"nf-kb", "p38-mapk"} <= set(f.ids_in("mechanisms"))
    }
    assert both
    for pages in ask(tab, placed, ["NF-kB p38 MAPK", "nf-κb p38 mapk", "NF kappa B p38"], 20):
        assert both <= set(pages)


def test_a_number_of_a_trial_also_lists_what_names_it(placed: Served, tab: Page) -> None:
    [found] = ask(tab, placed, ["NCT 0506 0107"], 20)
    assert found[0] == "trials/nct05060107/"
    assert "references/2021-phase-i-study-aiming/" in found
    assert any(path.startswith("papers/") for path in found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("NF-kB", "mechanisms/nf-kb/"),
        ("nf kappa b", "mechanisms/nf-kb/"),
        ("miR126", "mechanisms/mir-126/"),
        ("hsa-miR-126", "mechanisms/mir-126/"),
        ("mesenchimal", "sources/msc/"),
        ("fat derived stem cell", "sources/adsc/"),
        ("tnf alpah", "mechanisms/tnf-alpha/"),
        ("hBMSC-Exos", "sources/bmsc/"),
        ("exosomes from SHED", "sources/shed/"),
        ("osteoartritis", "conditions/osteoarthritis/"),
        ("Knorpelschaden", "conditions/cartilage-defect/"),
        ("NCT 0506 0107", "trials/nct05060107/"),
        ("https://clinicaltrials.gov/study/NCT05060107", "trials/nct05060107/"),
        ("irct20210423051054n1", "trials/irct20210423051054n1/"),
        ("cl 0002540", "sources/bmsc/"),
        ("http://purl.obolibrary.org/obo/CL_0002540", "sources/bmsc/"),
        ("https://doi.org/10.3390/IJMS262211172",
         "papers/sakthi-mohan-2025-exosomal-interventions-bone-osteochondral/"),
        ("Western Ontario and McMaster Universities Osteoarthritis Index",
         "trials/irct20210423051054n1/"),
    ],
)  # fmt: skip
def test_spellings(placed: Served, tab: Page, query: str, first: str) -> None:
    assert ask(tab, placed, [query], 1) == [[first]]
