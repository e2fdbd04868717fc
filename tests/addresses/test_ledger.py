"""The ledger: no published address is ever lost, taken over, or sent in circles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hand_made import make_bundle, make_library
from hypothesis import given
from hypothesis import strategies as st

from builder import models
from builder.addresses import ledger
from builder.addresses import renewal as ledger_checks
from builder.errors import ProblemError
from builder.models import Address

DAY = date(2026, 11, 21)
LATER = date(2027, 3, 1)


def live(address: str, record: str) -> Address:
    return Address(address=address, record=record, since=DAY)


def moved(address: str, to: str) -> Address:
    return Address(address=address, record="source:x", since=DAY, state="moved", to=to)


BMSC = live("sources/bmsc/", "source:bmsc")
NOW = {"sources/bmsc/": "source:bmsc"}


def rules(entries: list[Address], current: dict[str, str]) -> list[str]:
    return [p.rule for p in ledger_checks.check_ledger(entries, current)]


def test_a_ledger_that_fits_has_no_problem() -> None:
    assert ledger_checks.check_ledger([BMSC], NOW) == []


def test_a_dropped_address_names_both_fixes() -> None:
    (problem,) = ledger_checks.check_ledger([BMSC], {"sources/bmscs/": "source:bmscs"})
    assert problem.rule == "ledger-dropped"
    assert "python -m builder rename sources/bmsc/ sources/bmscs/" in problem.hint
    assert "python -m builder retire sources/bmsc/ --because" in problem.hint


def test_an_address_given_to_another_record_is_refused() -> None:
    assert rules([BMSC], {"sources/bmsc/": "source:other"}) == ["ledger-changed"]


def test_one_address_for_two_records_is_refused() -> None:
    assert "ledger-double" in rules([BMSC, live("sources/bmsc/", "source:other")], NOW)


def test_a_redirect_circle_is_refused() -> None:
    entries = [BMSC, moved("sources/a/", "sources/b/"), moved("sources/b/", "sources/a/")]
    assert rules(entries, NOW) == ["ledger-circle", "ledger-circle"]


def test_a_redirect_to_nothing_is_refused() -> None:
    assert rules([BMSC, moved("sources/a/", "sources/gone/")], NOW) == ["ledger-dead-end"]


def test_a_chain_of_redirects_names_where_it_breaks_off() -> None:
    chain = [BMSC, moved("sources/a/", "sources/b/"), moved("sources/b/", "sources/gone/")]
    found = [p.got for p in ledger_checks.check_ledger(chain, NOW)]
    assert found == ["none at 'sources/gone/'"] * 2


def test_a_redirect_may_end_at_a_retired_page() -> None:
    gone = Address(
        address="sources/b/", record="source:b", since=DAY, state="retired", because="withdrawn"
    )
    assert rules([BMSC, moved("sources/a/", "sources/b/"), gone], NOW) == []


def test_an_address_that_moved_is_never_used_again() -> None:
    entries = [live("sources/c/", "source:c"), moved("sources/bmsc/", "sources/c/")]
    current = {"sources/c/": "source:c", "sources/bmsc/": "source:bmsc"}
    assert rules(entries, current) == ["ledger-reuse"]


def test_a_rename_keeps_the_old_line_and_its_date() -> None:
    current = {"sources/bm-msc/": "source:bm-msc"}
    entries = ledger.extend_ledger([BMSC], current, LATER)
    entries = ledger.rename_address(entries, "/Sources/BMSC", "sources/bm-msc", current)
    assert ledger_checks.check_ledger(entries, current) == []
    old = next(e for e in entries if e.address == "sources/bmsc/")
    assert (old.state, old.to, old.since) == ("moved", "sources/bm-msc/", DAY)
    assert ledger.former_ids(entries) == {"sources/bm-msc/": ["bmsc"]}


def test_a_rename_of_an_unknown_address_suggests_the_nearest() -> None:
    with pytest.raises(ProblemError, match=r"Did you mean 'sources/bmsc/'"):
        ledger.rename_address([BMSC], "sources/bmcs", "sources/bmsc", NOW)


def test_a_record_that_stands_is_not_retired() -> None:
    with pytest.raises(ProblemError, match="Take the record out first"):
        ledger.retire_address([BMSC], "source:bmsc", "doubtful", NOW)


def test_a_retired_address_keeps_its_reason() -> None:
    entries = ledger.retire_address([BMSC], "source:bmsc", "not a cell source", {})
    assert [(e.state, e.because) for e in entries] == [("retired", "not a cell source")]
    assert ledger_checks.check_ledger(entries, {}) == []


def test_a_reserved_word_is_no_slug() -> None:
    problem = ledger_checks.check_slug("source", "api")
    assert problem is not None
    assert problem.rule == "slug-reserved"
    assert ledger_checks.check_slug("source", "bmsc") is None


def test_a_page_that_takes_a_word_of_the_site_is_reported(tmp_path: Path) -> None:
    terms = [models.Term(id=name, label=name, kind="source") for name in ("api", "index", "bmsc")]
    bundle = make_bundle(sources=[term.id for term in terms])
    found = ledger_checks.check_slugs(make_library(tmp_path, bundle, terms=terms))
    assert [(p.rule, p.got) for p in found] == [
        ("slug-reserved", "'api'"),
        ("slug-reserved", "'index'"),
    ]


@pytest.mark.parametrize("name", ["a/b", "a b", "", "größe", "-a"])
def test_an_id_that_is_no_slug_is_reported(tmp_path: Path, name: str) -> None:
    library = make_library(tmp_path)
    [bundle] = library.papers.values()
    found = ledger_checks.check_slugs(replace(library, papers={name: bundle}))
    assert [(p.rule, p.got) for p in found] == [("ledger-slug", repr(name))]


def test_an_address_that_the_ledger_lacks_is_reported_with_the_fix() -> None:
    (problem,) = ledger_checks.check_recorded([], NOW)
    assert (problem.rule, problem.hint) == ("ledger-new", "Run: python -m builder extract")


def test_addresses_that_the_ledger_lacks_are_counted() -> None:
    said = []
    for count in (1, 2, 3):
        new = {f"sources/s{n}/": f"source:s{n}" for n in range(count)}
        said += [p.got for p in ledger_checks.check_recorded([BMSC], NOW | new)]
    assert said == ["one that it lacks", "2 that it lacks", "3 that it lacks"]


def test_a_line_taken_out_of_the_ledger_is_missed() -> None:
    published = {
        "releases/1.0.0": ["sources/bmsc/", "sources/gone/"],
        "commit a": ["sources/bmsc/"],
    }
    (problem,) = ledger_checks.check_kept([BMSC], published)
    assert (problem.rule, problem.field) == ("ledger-lost", "sources/gone/")
    assert "take them back from releases/1.0.0" in problem.hint


def test_a_paper_that_went_is_one_problem_and_takes_its_findings_along() -> None:
    entries = [
        Address(address="papers/p/", record="paper:p", since=DAY, paper="p"),
        Address(address="findings/f1/", record="finding:f1", since=DAY, paper="p"),
        Address(address="findings/f2/", record="finding:f2", since=DAY, paper="q"),
    ]
    current = {"findings/f2/": "finding:f2"}
    (problem,) = ledger_checks.check_ledger(entries, current)
    assert problem.field == "papers/p/"
    entries = ledger.retire_address(entries, "papers/p/", "retracted", current)
    assert {e.address: e.state for e in entries} == {
        "findings/f1/": "retired",
        "findings/f2/": "live",
        "papers/p/": "retired",
    }


def test_a_rename_taken_back_lets_the_first_address_live_again() -> None:
    there = {"sources/b/": "source:b"}
    entries = ledger.extend_ledger([live("sources/a/", "source:a")], there, DAY)
    entries = ledger.rename_address(entries, "sources/a/", "sources/b/", there)
    back = {"sources/a/": "source:a"}
    entries = ledger.rename_address(entries, "sources/b/", "sources/a/", back)
    assert {e.address: e.state for e in entries} == {"sources/a/": "live", "sources/b/": "moved"}
    assert ledger_checks.check_ledger(entries, back) == []


names = st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=8, unique=True)


@given(names, st.data())
def test_no_order_of_renames_loses_an_address(slugs: list[str], data: st.DataObject) -> None:
    current = {f"sources/{s}/": f"source:{s}" for s in slugs}
    entries = ledger.extend_ledger([], current, DAY)
    published = set(current)
    for step in range(data.draw(st.integers(0, 5))):
        old = data.draw(st.sampled_from(sorted(current)))
        new = f"sources/new-{step}/"
        del current[old]
        current[new] = f"source:new-{step}"
        entries = ledger.extend_ledger(entries, current, LATER)
        entries = ledger.rename_address(entries, old, new, current)
        published.add(new)
    assert ledger_checks.check_ledger(entries, current) == []
    by_address = {e.address: e for e in entries}
    assert {ledger.follow(a, by_address) for a in published} <= set(current)
