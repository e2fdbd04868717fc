"""Views: numbers, effects, places and counts as a reader expects them."""

import re
from dataclasses import replace
from typing import Any, get_args

import pytest
from render_sample import PAPER, sample_library

from builder import models
from builder.models import CslDate, CslItem, CslName, Discrepancy, Dose, Quantity
from builder.models.base import Basis, Certainty, Level, Result, StudyRole
from builder.site import labels
from builder.site.citations import format_date, short_name, view_ways
from builder.site.index import build_index
from builder.site.labels import (
    BASIS,
    CERTAINTY,
    DESIGNS,
    EFFECTS,
    KIND_WORDS,
    RESULTS,
    STUDY_ROLES,
    describe_design,
    format_number,
    format_range,
    view_dose,
    view_quantity,
)
from builder.site.links import root_of, safe_url, shorten
from builder.site.pages import view_pages
from builder.site.pages.findings import mark_difference, view_columns, view_place
from builder.site.pages.measures import parse_days
from builder.site.render import TEMPLATES
from builder.site.summaries import find_evidence, has_evidence, view_mentions


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7e9, "7 × 10⁹"),
        (1e9, "10⁹"),
        (3.5e10, "3.5 × 10¹⁰"),
        (5.0, "5"),
        (0.25, "0.25"),
        (1200.0, "1,200"),
        (0.00002, "2 × 10⁻⁵"),
        (0.0, "0"),
        (-3.5, "-3.5"),
    ],
)
def test_numbers_are_written_as_the_field_writes_them(value, shown):
    assert format_number(value) == shown


def test_ranges():
    assert format_range(1e9, 1e10) == "10⁹–10¹⁰"
    assert format_range(5, 5) == "5"
    assert format_range(None, 21) == "21"
    assert format_range(None, None) == ""


def test_dose_is_shown_verbatim_and_as_read():
    dose = Dose(
        printed="Single IA injection (109–1010 particles/mL)",
        particles_per_ml_low=1e9,
        particles_per_ml_high=1e10,
        doses=1,
    )
    assert view_dose(dose) == {
        "printed": "Single IA injection (109–1010 particles/mL)",
        "parsed": [
            {"label": "Concentration", "value": "10⁹–10¹⁰ particles/mL"},
            {"label": "Number of doses", "value": "1"},
        ],
    }


def test_closed_lists_of_the_records_all_have_words():
    for closed, words in (
        (models.Effect, EFFECTS),
        (Level, [level for level in DESIGNS if level != "registered"]),
        (Result, RESULTS),
        (StudyRole, STUDY_ROLES),
        (Certainty, CERTAINTY),
        (Basis, BASIS),
    ):
        assert set(get_args(closed)) == set(words)
    assert set(get_args(models.TermKind)) <= set(KIND_WORDS)


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"level": "in-vivo"}, "in animals"),
        ({"level": "not-stated"}, "design not stated"),
        ({"level": "clinical", "phase": "2"}, "phase 2, in people"),
        (
            {"level": "clinical", "randomised": True, "controlled": True, "masking": "triple"},
            "randomised, triple-blind, in people",
        ),
        (
            {"level": "clinical", "masking": "open", "phase": "not applicable"},
            "open-label, in people",
        ),
    ],
)
def test_a_design_is_described_as_far_as_it_is_stated(design: dict[str, Any], words: str):
    assert describe_design(models.Design(**design)) == words


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ({"low": 56.0, "sign": ">", "quote": "over 56%"}, "> 56"),
        ({"high": 5.0, "sign": "≤", "quote": "up to 5%"}, "≤ 5"),
        ({"value": 80.0, "sign": "≈", "quote": "nearly 80%"}, "≈ 80"),
        ({"low": 10.0, "high": 20.0, "quote": "10–20%"}, "10–20"),
        ({"value": 85.0, "quote": "85%"}, "85"),
    ],
)
def test_an_open_range_is_no_number(read: dict[str, Any], shown: str) -> None:
    assert view_quantity(Quantity(unit="%", **read))["number"] == shown


def test_a_quantity_has_its_spread_its_time_and_its_setting():
    quote = "79.20 ± 2.64%"
    read = Quantity(
        value=79.2, sd=2.64, unit="%", of="released", at="14 days", setting="in vitro", quote=quote
    )
    view = view_quantity(read)
    assert (view["number"], view["words"]) == ("79.2 ± 2.64", "released, at 14 days, in vitro")


@pytest.mark.parametrize(
    ("words", "days"),
    [("14 days", 14), ("72 h", 3), ("2 weeks", 14), ("1–3 days", 3), ("day three", None),
     (None, None)],
)  # fmt: skip
def test_times_are_compared_in_days(words: str | None, days: float | None):
    assert parse_days(words) == (pytest.approx(days) if days else None)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://doi.org/10.1/x", "https://doi.org/10.1/x"),
        ("http://a.org/a?b=c&d=(e)#f", "http://a.org/a?b=c&d=(e)#f"),
        ("https://a.org/[x]|y", "https://a.org/%5Bx%5D%7Cy"),
        ("https://a.org/100%", "https://a.org/100%25"),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        (" javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://a.org/a b", ""),
        ("//a.org/", ""),
        ("https://", ""),
        ("https://[broken/", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_become_links(url, safe):
    assert safe_url(url) == safe


def test_root_is_right_at_every_depth():
    assert [root_of(""), root_of("map/"), root_of("sources/bmsc/")] == ["", "../", "../../"]


def test_long_text_is_cut_at_a_word():
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("one  two\nthree", 20) == "one two three"


def test_dates_are_as_exact_as_known():
    dates = [[2025], [2025, 11], [2026, 3, 6]]
    shown = [format_date(CslDate(date_parts=[d])) for d in dates]
    assert shown == ["2025", "November 2025", "6 March 2026"]


def test_short_name_of_a_work():
    one = CslItem(type="article-journal", title="T", author=[CslName(family="Wang", given="Z.")])
    assert short_name(one) == "Wang"
    two = one.model_copy(
        update={"author": [*(one.author or []), CslName(literal="X")],
                "issued": CslDate(date_parts=[[2020]])}
    )  # fmt: skip
    assert short_name(two) == "Wang et al., 2020"
    assert short_name(CslItem(type="webpage", title="A registration")) == "A registration"


def test_known_doi_makes_searches_needless():
    csl = CslItem(type="article-journal", title="T", DOI="10.1016/x(y)", PMID="123")
    assert [w["href"] for w in view_ways(csl)] == [
        "https://doi.org/10.1016/x(y)",
        "https://pubmed.ncbi.nlm.nih.gov/123/",
    ]


def test_grouped_columns_share_a_heading():
    header = view_columns(["A", "Exos Release / In Vitro", "Exos Release / In Vivo", "B"])
    assert [(c["label"], c["span"]) for c in header["top"]] == [
        ("A", 1),
        ("Exos Release", 2),
        ("B", 1),
    ]
    assert header["names"] == ["In Vitro", "In Vivo"]


def test_what_differs_is_marked_word_by_word():
    printed, read = mark_difference("109–1010 per mL", "10⁹–10¹⁰ per mL")
    pieces = [(p["text"], p["marked"]) for p in printed]
    assert pieces == [("109", True), ("–", False), ("1010", True), (" per mL", False)]
    assert [p["text"] for p in read if p["marked"]] == ["10⁹", "10¹⁰"]
    # Where nothing was printed, all of it is new: no word of it is singled out.
    assert mark_difference("", "From above") == ([], [{"text": "From above", "marked": False}])


def test_places_of_each_kind_of_statement():
    atlas = build_index(sample_library())
    places = [view_place(atlas, PAPER, f.locator, "../../") for f in atlas.findings]
    page = f"../../papers/{PAPER}/"
    assert [(p["label"], p["href"]) for p in places] == [
        ("Table 1, row 1", f"{page}#row-fa"),
        ("Reference 1, title", f"{page}#ref-1"),
        ("Abstract", f"{page}#abstract"),
    ]


def test_a_sentence_of_the_full_text_is_shown_with_its_section():
    atlas = build_index(sample_library())
    where = models.Locator(kind="full-text", line=9, section="2.1. Native exosomes")
    assert view_place(atlas, PAPER, where, "")["label"] == "Full text, 2.1. Native exosomes"


def test_a_finding_that_names_a_trial_leads_to_it_and_back():
    library = sample_library()
    bundle = library.papers[PAPER]
    named = bundle.findings[2].model_copy(
        update={"quote": "In IRCT20210423051054N1, EVs were safe; IRCT20210423051054N2 runs."}
    )
    bundle = replace(bundle, findings=[*bundle.findings[:2], named])
    pages = {p.path: p for p in view_pages(replace(library, papers={PAPER: bundle}))}
    trial = pages["trials/irct20210423051054n1/"]
    assert [row["id"] for row in trial.view["findings"]["rows"]] == [named.id]
    [held] = [
        statement
        for group in pages[f"papers/{PAPER}/"].view["groups"]
        for statement in group["statements"]
        if statement["id"] == named.id
    ]
    assert [t["href"] for t in held["trials"]] == ["../../trials/irct20210423051054n1/"]


def test_every_page_has_an_address_of_its_own():
    pages = list(view_pages(sample_library()))
    assert len({p.path for p in pages}) == len(pages)
    assert all(p.path == "" or p.path.endswith("/") for p in pages)


def test_a_cell_that_is_only_acted_on_is_no_source_of_vesicles():
    library = sample_library()
    key = next(iter(library.papers))
    bundle = library.papers[key]
    first, *rest = bundle.findings
    acted_on = first.model_copy(update={"sources": ["msc"], "targets": ["bmsc"]})
    without = [f.model_copy(update={"sources": []}) for f in rest]
    library.papers[key] = replace(bundle, findings=[acted_on, *without])
    atlas = build_index(library)
    bmsc = library.terms["bmsc"]
    assert find_evidence(atlas, bmsc) == []
    assert not has_evidence(atlas, bmsc)
    assert [m["words"] for m in view_mentions(atlas, bmsc)] == ["as target in 1 statement"]
    assert has_evidence(atlas, library.terms["msc"])


def test_a_repaired_dose_is_shown_as_read_beside_the_printed():
    library = sample_library()
    bundle = library.papers[PAPER]
    printed = "7 × 109 /mL"
    differs = Discrepancy(field="dose", review=printed, registry="3e11", severity="high")
    changed = bundle.trials[0].model_copy(
        update={"dose": Dose(printed=printed), "discrepancies": [differs]}
    )
    library = replace(library, papers={PAPER: replace(bundle, trials=[changed])})
    [page] = [p for p in view_pages(library) if p.path == f"trials/{bundle.trials[0].id}/"]
    assert [(d["review"], d["read"]) for d in page.view["severe"]] == [(printed, "7 × 10⁹ /mL")]
    [dose] = [row for row in page.view["comparison"] if row["label"] == "Dose"]
    assert dose["read"] == "7 × 10⁹ /mL"


def test_the_style_sheet_draws_the_marks_of_the_words() -> None:
    css = (TEMPLATES / "theme/assets/atlas.css").read_text("utf-8")
    drawn: dict[str, str] = {}
    for selector, mark in re.findall(r'^([^\n{]+) \{\n  --mark: "(.+) ";', css, re.MULTILINE):
        drawn |= dict.fromkeys(re.findall(r"[.-](\w+)(?=[,)]|$)", selector), mark)
    designs = ("review", "in-vitro", "ex-vivo", "in-vivo", "clinical", labels.REGISTERED)
    views = [
        *map(labels.view_effect, labels.EFFECTS),
        *map(labels.view_condition_effect, labels.CONDITION_EFFECTS),
        *map(labels.view_result, labels.RESULTS),
        *map(labels.view_design, designs),
    ]
    assert {v["style"]: v["mark"] for v in views if v["mark"]} == drawn
    assert len(drawn) == 13
