"""Which pages exist, and where each record stands; expectations written from made-up papers."""

from __future__ import annotations

from pathlib import Path

from builder.addresses.pages import find_pages
from builder.models import Cited, CitedIn, CslItem, EffectOf, Finding, Locator, Paper, Seed, Term
from builder.models import Reference as Work
from builder.store import Library, PaperBundle


def term(name: str, kind: str = "source", parent: str | None = None) -> Term:
    return Term(id=name, label=name.upper(), kind=kind, parent=parent)  # type: ignore[arg-type]


def statement(name: str, where: Locator, **more: object) -> Finding:
    return Finding(id=name, paper="p", locator=where, quote=name, **more)  # type: ignore[arg-type]


def library(
    findings: list[Finding], terms: list[Term] | None = None, cited: int = 3, other: bool = False
) -> Library:
    csl = CslItem(type="article-journal", title="A title")
    seed = Seed(file="p.txt", sha256="0" * 64, layout="digest")
    entries = [
        Cited(id=f"w{n}", number=n, line=n, csl=csl, printed="w") for n in range(1, cited + 1)
    ]
    papers = {"p": PaperBundle(Paper(id="p", csl=csl, seed=seed), entries, findings=findings)}
    places = {entry.id: [CitedIn(paper="p", number=entry.number)] for entry in entries}
    if other:
        papers["q"] = PaperBundle(Paper(id="q", csl=csl, seed=seed), entries[:1])
        places["w1"].append(CitedIn(paper="q", number=1))
    works = {n: Work(id=n, csl=csl, printed="w", cited_in=p) for n, p in places.items()}
    known = {t.id: t for t in terms or []}
    return Library(Path(), known, papers, works, {}, {}, {}, [])


ABSTRACT = Locator(kind="abstract", line=1)


def test_a_named_term_and_its_ancestors_have_pages_and_others_a_line_in_the_glossary() -> None:
    terms = [term("cell"), term("msc", parent="cell"), term("bmsc", parent="msc"), term("adsc")]
    terms.append(term("knee", "tissue"))
    found = find_pages(library([statement("f1", ABSTRACT, sources=["msc"])], terms))
    assert [found.term(t) for t in terms] == [
        "sources/cell/",
        "sources/msc/",
        "glossary/#term-bmsc",
        "glossary/#term-adsc",
        "glossary/#term-knee",
    ]


def test_a_mechanism_that_is_only_carried_as_cargo_is_named_too() -> None:
    named = statement("f1", ABSTRACT, mechanisms=[EffectOf(id="nf-kb", effect="down")])
    found = find_pages(library([named], [term("nf-kb", "mechanism"), term("il-6", "mechanism")]))
    assert found.terms == {"nf-kb"}


def test_a_statement_is_an_anchor_of_its_paper_or_of_the_work_whose_title_it_is() -> None:
    title = Locator(kind="reference-title", line=5, reference=2)
    found = find_pages(library([statement("f1", ABSTRACT), statement("f2", title)]))
    assert found.finding("f1") == "papers/p/#f1"
    assert found.finding("f2") == "references/w2/#f2"


def test_a_work_has_a_page_if_a_statement_rests_on_it_or_two_papers_cite_it() -> None:
    made = library([statement("f1", ABSTRACT, references=[2])], other=True)
    found = find_pages(made)
    assert [found.work(made.references[n]) for n in ("w1", "w2", "w3")] == [
        "references/w1/",
        "references/w2/",
        "papers/p/#ref-3",
    ]


def test_statements_beyond_two_hundred_stand_on_parts_named_by_their_place() -> None:
    def many(section: str, count: int) -> list[Finding]:
        where = Locator(kind="full-text", line=1, section=section)
        return [statement(f"{section[0].lower()}{n}", where) for n in range(count)]

    first = statement("abstract", ABSTRACT)
    findings = [first, *many("Methods", 150), *many("Results", 250)]
    found = find_pages(library(findings))
    assert found.finding("abstract") == "papers/p/#abstract"
    assert found.finding("m7") == "papers/p/text-methods/#m7"
    assert found.finding("r199") == "papers/p/text-results/#r199"
    assert found.finding("r200") == "papers/p/text-results-from-201/#r200"
    # A statement that comes in another section moves none of them.
    more = find_pages(library([*findings, *many("Discussion", 10)]))
    assert all(more.finding(f.id) == found.finding(f.id) for f in findings)


def test_two_hundred_statements_stay_on_the_page_of_the_paper() -> None:
    found = find_pages(library([statement(f"f{n}", ABSTRACT) for n in range(200)]))
    assert found.parts["p"] == ()
    assert {found.findings[f"f{n}"] for n in range(200)} == {"papers/p/"}


def test_a_long_list_of_references_goes_on_at_a_page_of_its_own() -> None:
    found = find_pages(library([], cited=300))
    assert found.cited("p", 250) == "papers/p/#ref-250"
    assert found.cited("p", 251) == "papers/p/references-from-251/#ref-251"
