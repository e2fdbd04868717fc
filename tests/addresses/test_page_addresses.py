"""Which pages exist, and where each record stands; expectations written from made-up papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hand_made import PAPER, make_library
from pydantic import ValidationError

from builder.addresses import ledger
from builder.addresses import renewal as ledger_checks
from builder.addresses.pages import find_pages, term_address
from builder.errors import ProblemError
from builder.models import (
    Address,
    Cited,
    CitedIn,
    CslItem,
    EffectOf,
    Finding,
    Locator,
    Paper,
    Seed,
    Term,
)
from builder.models import Reference as Work
from builder.site.pages import view_site
from builder.site.render import render_page, render_site
from builder.store import Library, PaperBundle
from builder.store.library import find_edition


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
    made = library([statement("f1", ABSTRACT, sources=["msc"])], terms)
    assert [term_address(made, t).partition("#")[0] for t in terms] == [
        "sources/cell/", "sources/msc/", "glossary/", "glossary/", "glossary/",
    ]  # fmt: skip


def test_a_mechanism_that_is_only_an_effect_is_named_too() -> None:
    named = statement("f1", ABSTRACT, mechanisms=[EffectOf(id="nf-kb", effect="down")])
    found = find_pages(library([named], [term("nf-kb", "mechanism"), term("il-6", "mechanism")]))
    assert found.terms == found.named == {"nf-kb"}


def test_a_statement_is_an_anchor_of_its_paper_or_of_the_work_whose_title_it_is() -> None:
    title = Locator(kind="reference-title", line=5, reference=2)
    found = find_pages(library([statement("f1", ABSTRACT), statement("f2", title)]))
    assert found.findings == {"f1": "papers/p/#f1", "f2": "references/w2/#f2"}


def test_a_work_has_a_page_if_a_statement_rests_on_it_or_two_papers_cite_it() -> None:
    found = find_pages(library([statement("f1", ABSTRACT, references=[2])], other=True))
    assert found.references == {
        "w1": "references/w1/",
        "w2": "references/w2/",
        "w3": "papers/p/#ref-3",
    }


def published(made: Library) -> Library:
    """Return a library whose ledger has recorded all its addresses."""
    day = date(2026, 11, 29)
    entries = ledger.extend_ledger(made.ledger, ledger.list_addresses(made), day)
    return replace(made, ledger=entries)


def test_two_hundred_statements_stand_on_the_page_of_the_paper_and_more_on_parts() -> None:
    made = library([statement(f"f{n:03}", ABSTRACT) for n in range(450)])
    found = find_pages(made)
    assert [len(part) for part in found.parts["p"]] == [200, 200, 50]
    assert found.findings["f199"] == "papers/p/#f199"
    assert found.findings["f200"] == "papers/p/2/#f200"
    assert found.findings["f449"] == "papers/p/3/#f449"
    addresses = ledger.list_addresses(made)
    assert addresses["papers/p/2/"] == "part:p/2"


def test_a_statement_that_was_published_stays_on_its_page_whatever_comes_before_it() -> None:
    old = [statement(f"f{n:03}", Locator(kind="abstract", line=9)) for n in range(201)]
    before = published(library(old))
    new = [statement(f"a{n}", ABSTRACT) for n in range(5)]
    after = find_pages(replace(library([*new, *old[5:]]), ledger=before.ledger))
    kept = find_pages(before).findings
    assert all(after.findings[f.id] == kept[f.id] for f in old[5:])
    assert {after.findings[f.id].partition("#")[0] for f in new} == {"papers/p/"}


def test_a_term_that_loses_its_last_evidence_keeps_its_page_and_regains_it() -> None:
    terms = [term("msc"), term("adsc")]
    first = published(library([statement("f1", ABSTRACT, sources=["msc"])], terms))
    lost = published(replace(library([], terms), ledger=first.ledger))
    assert ("msc" in find_pages(lost).terms, "msc" in find_pages(lost).named) == (True, False)
    assert ledger_checks.check_ledger(
        [e for e in lost.ledger if not e.record.startswith("finding:")],
        ledger.list_addresses(lost),
    ) == []  # fmt: skip
    again = replace(
        library([statement("f2", ABSTRACT, sources=["msc"])], terms), ledger=lost.ledger
    )
    assert find_pages(again).named == {"msc"}


def test_a_statement_that_moved_to_another_page_leads_there() -> None:
    title = Locator(kind="reference-title", line=5, reference=2)
    first = published(library([statement("f1", title)]))
    other = Locator(kind="reference-title", line=5, reference=3)
    second = published(replace(library([statement("f1", other)]), ledger=first.ledger))
    entries = {e.address: e for e in second.ledger}
    assert ledger.follow("references/w2/#f1", entries) == "references/w3/#f1"
    [gone] = ledger.gone_anchors(second.ledger)["references/w2/"]
    assert (gone.state, gone.to) == ("moved", "references/w3/#f1")
    assert "references/w2/" in ledger.list_addresses(second), "the page goes on answering"


def test_a_statement_that_is_no_longer_read_is_withdrawn_and_comes_back() -> None:
    day = date(2026, 11, 30)
    first = published(library([statement("f1", ABSTRACT), statement("f2", ABSTRACT)]))
    entries = [e.model_copy(update={"paper": "p"}) for e in first.ledger]
    second = library([statement("f1", ABSTRACT)])
    current = ledger.list_addresses(second)
    entries = ledger.withdraw_findings(entries, current, second.papers)
    by_record = {e.record: e for e in entries}
    assert by_record["finding:f1"].state == "live"
    assert by_record["finding:f2"].state == "retired"
    assert by_record["finding:f2"].because == ledger.NO_LONGER_READ
    assert ledger_checks.check_ledger(entries, current) == []
    back = ledger.extend_ledger(entries, ledger.list_addresses(first), day)
    assert {e.record: e.state for e in back}["finding:f2"] == "live"


def test_an_anchor_that_went_still_lands_and_says_why(tmp_path: Path) -> None:
    made = make_library(tmp_path)
    gone = Address(
        address=f"papers/{PAPER}/#f9", record="finding:f9", since=date(2026, 11, 29),
        state="retired", because=ledger.NO_LONGER_READ,
    )  # fmt: skip
    made = replace(made, ledger=[gone])
    [page] = [p for p in view_site(made, find_edition(made), {}) if p.path == f"papers/{PAPER}/"]
    text = render_page(page)
    assert text.count('<li id="f9">') == 1
    assert ledger.NO_LONGER_READ in text


@pytest.mark.parametrize(
    "address", ["../../../x/", "/x/", "a//b/", "a/../b/", "A/b/", "a/b", "a/b/#x y", "a\\b/"]
)
def test_an_address_that_could_lead_out_of_the_site_is_no_address(address: str) -> None:
    with pytest.raises(ValidationError):
        Address(address=address, record="paper:x", since=date(2026, 11, 29))
    with pytest.raises(ValidationError):
        Address(
            address="a/b/", record="paper:x", since=date(2026, 11, 29), state="moved", to=address
        )


def test_no_page_is_written_outside_the_site(tmp_path: Path) -> None:
    """Whatever a record's id may be: the function that writes pages has the last word."""
    made = make_library(tmp_path)
    outside = Address.model_construct(
        address="../../x/", record="paper:x", since=date(2026, 11, 29), state="retired",
        to=None, because="gone", paper=None, rows=None, digest=None, changed=None,
    )  # fmt: skip
    made = replace(made, ledger=[outside])
    with pytest.raises(ProblemError, match="an address below the site"):
        render_site(made, tmp_path / "build/docs")
    assert not (tmp_path / "x").exists()
