"""Views: numbers, effects, places and counts as a reader expects them."""

from dataclasses import replace
from typing import get_args

import pytest
from builder.site.evidence_counts import find_evidence, has_evidence, view_mentions, view_summary
from builder.site.pages.paper_tables import mark_difference, view_columns
from builder.site.paging import find_initial, split_list
from render_sample import PAPER, sample_library

from builder import models
from builder.models import CslDate, CslItem, CslName, Discrepancy, Dose
from builder.site.citations import format_date, short_name, view_ways
from builder.site.index import build_atlas
from builder.site.labels import (
    EFFECTS,
    EVIDENCE,
    KIND_WORDS,
    format_number,
    format_range,
    view_dose,
)
from builder.site.links import root_of, safe_url, shorten
from builder.site.pages import view_pages
from builder.site.pages.evidence_map import is_treated, view_grid, view_result
from builder.site.pages.findings import view_place
from builder.site.pages.terms import count_term


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
            {"label": "Number of doses", "value": "1 dose"},
        ],
    }


def test_closed_lists_of_the_records_all_have_words():
    assert set(get_args(models.Effect)) == set(EFFECTS)
    assert set(get_args(models.Evidence)) == set(EVIDENCE)
    assert set(get_args(models.TermKind)) <= set(KIND_WORDS)


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
    told = [(p["text"], p["marked"]) for p in printed]
    assert told == [("109", True), ("–", False), ("1010", True), (" per mL", False)]
    assert [p["text"] for p in read if p["marked"]] == ["10⁹", "10¹⁰"]
    # Where nothing was printed, all of it is new: no word of it is singled out.
    assert mark_difference("", "From above") == ([], [{"text": "From above", "marked": False}])


def test_places_of_each_kind_of_statement():
    atlas = build_atlas(sample_library())
    places = [view_place(atlas, PAPER, f.locator, "../../") for f in atlas.findings]
    page = f"../../papers/{PAPER}/"
    assert [(p["label"], p["href"]) for p in places] == [
        ("Table 1, row 1", f"{page}#row-fa"),
        ("Reference 1, title", f"{page}#ref-1"),
        ("Abstract", f"{page}#abstract"),
    ]


def test_a_sentence_of_the_full_text_is_told_with_its_section():
    atlas = build_atlas(sample_library())
    where = models.Locator(kind="full-text", line=9, section="2.1. Native exosomes")
    assert view_place(atlas, PAPER, where, "")["label"] == "Full text, 2.1. Native exosomes"


def test_counts_hold_narrower_terms_apart():
    atlas = build_atlas(sample_library())
    counts = {name: count_term(atlas, atlas.library.terms[name]) for name in ("msc", "bmsc")}
    assert counts["bmsc"] == {"findings": 2, "wide": 2, "references": 1, "trials": 0}
    assert counts["msc"] == {"findings": 0, "wide": 2, "references": 0, "trials": 1}


def test_map_marks_the_negative_trial_and_the_finding_without_effect():
    grid = view_grid(build_atlas(sample_library()), "condition", "../")
    cells = {row["term"]["label"]: row["cells"][0] for row in grid["rows"]}
    assert cells["Placental MSC"]["told"] == "1 trial, negative trial result"
    assert cells["Placental MSC"]["result"]["style"] == "negative"
    assert cells["Placental MSC"]["evidence"]["label"] == "clinical"
    assert cells["BMSC"]["told"] == ("1 finding from 1 study, told by 1 paper, 1 without effect")
    assert cells["BMSC"]["result"]["style"] == "none"
    assert cells["BMSC"]["href"] == "../sources/bmsc/?condition=Knee%20osteoarthritis#findings"


def test_a_finding_that_names_a_trial_leads_to_it_and_back():
    library = sample_library()
    bundle = library.papers[PAPER]
    said = bundle.findings[2].model_copy(
        update={"quote": "In IRCT20210423051054N1, EVs were safe; IRCT20210423051054N2 runs."}
    )
    bundle = replace(bundle, findings=[*bundle.findings[:2], said])
    pages = {p.path: p for p in view_pages(replace(library, papers={PAPER: bundle}))}
    trial = pages["trials/irct20210423051054n1/"]
    assert [row["id"] for row in trial.view["naming"]] == [said.id]
    named = pages[f"findings/{said.id}/"].view["trials"]
    assert [t["href"] for t in named] == ["../../trials/irct20210423051054n1/"]


def test_a_conditions_trial_results_are_told_before_what_findings_say():
    atlas = build_atlas(sample_library())
    knee = atlas.library.terms["knee-oa"]
    eased = atlas.findings[0].model_copy(
        update={"condition_effects": [models.EffectOf(id="knee-oa", effect="down")]}
    )
    told = view_summary(atlas, knee, [eased], "../")
    assert [(entry["effect"]["word"], entry["count"]) for entry in told] == [
        ("negative trial result", 1),
        ("improves", 1),
    ]


@pytest.mark.parametrize(
    ("results", "style"),
    [
        ([], ""),
        (["none"], "none"),
        (["negative"], "negative"),
        (["positive"], "positive"),
        (["negative", "positive"], "mixed"),
        (["none", "positive"], "mixed"),
    ],
)
def test_results_that_differ_are_told_as_mixed(results, style):
    assert view_result(results, "condition")["style"] == style


def _knee_cell(*effects, kind="condition", **fields):
    """Return the map's cell of BMSC, where findings tell these effects on knee osteoarthritis."""
    library = sample_library()
    bundle = library.papers[PAPER]
    findings = [
        models.Finding(
            id=f"ff{number}",
            paper=PAPER,
            locator=models.Locator(kind="full-text", line=number + 1),
            quote=f"Sentence {number}.",
            sources=["bmsc"],
            conditions=["knee-oa"],
            condition_effects=[models.EffectOf(id="knee-oa", effect=effect)],
            mechanisms=[models.EffectOf(id="vegf", effect=effect)],
            **fields,
        )
        for number, effect in enumerate(effects)
    ]
    told = replace(bundle, findings=findings, trials=[])
    library = replace(library, papers={**library.papers, PAPER: told})
    grid = view_grid(build_atlas(library), kind, "../")
    (row,) = [row for row in grid["rows"] if row["term"]["label"] == "BMSC"]
    return row["cells"][0]


@pytest.mark.parametrize(
    ("effects", "mark", "told"),
    [
        (["down"], "▲", "1 improved"),
        (["up"], "▼", "1 worsened"),
        (["none"], "=", "1 without effect"),
        (["down", "none", "down"], "◆", "1 without effect, 2 improved"),
    ],
)
def test_the_map_tells_what_became_of_a_condition(effects, mark, told):
    cell = _knee_cell(*effects)
    assert cell["result"]["mark"] == mark
    assert cell["told"].endswith(told)


@pytest.mark.parametrize(("beside", "mark"), [([], "▲"), (["hip-oa"], ""), (["gone"], "▲")])
def test_a_sign_tells_of_a_condition_only_where_no_other_is_named(beside, mark):
    library = sample_library()
    knee = library.terms["knee-oa"]
    terms = {
        **library.terms,
        "pain": knee.model_copy(update={"id": "pain", "label": "Pain", "type": "sign"}),
        "hip-oa": knee.model_copy(update={"id": "hip-oa", "label": "Hip osteoarthritis"}),
    }
    bundle = library.papers[PAPER]
    eased = bundle.findings[0].model_copy(
        update={
            "conditions": ["pain", "knee-oa", *beside],
            "condition_effects": [models.EffectOf(id="pain", effect="down")],
            "outcomes": [],
        }
    )
    papers = {PAPER: replace(bundle, findings=[eased], trials=[])}
    grid = view_grid(build_atlas(replace(library, terms=terms, papers=papers)), "condition", "../")
    place = [c["label"] for c in grid["columns"]].index("KOA")
    assert grid["rows"][0]["cells"][place]["result"]["mark"] == mark


def test_the_map_of_mechanisms_tells_what_rose_and_what_fell():
    assert _knee_cell("up", kind="mechanism")["result"]["word"] == "raised"
    assert _knee_cell("down", kind="mechanism")["result"]["word"] == "lowered"
    assert _knee_cell("none", kind="mechanism")["result"]["mark"] == "="


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
    atlas = build_atlas(library)
    bmsc = library.terms["bmsc"]
    assert find_evidence(atlas, bmsc) == []
    assert not has_evidence(atlas, bmsc)
    assert [m["told"] for m in view_mentions(atlas, bmsc)] == ["as target in 1 finding"]
    assert has_evidence(atlas, library.terms["msc"])


def test_signs_and_severities_head_no_column_of_the_map():
    terms = [
        models.Term(id="a", label="A", kind="condition", type=kind)
        for kind in ("disease", "defect", "injury", None, "sign", "severity", "malformation")
    ]
    assert [is_treated(t) for t in terms] == [True, True, True, True, False, False, False]


def test_long_lists_are_split_by_letter_and_then_by_number():
    names = [f"Adams {n}" for n in range(301)] + ["Zhao", "3D group"]
    parts = split_list(names, "references/", find_initial)
    assert [(p.path, p.label, len(p.entries)) for p in parts] == [
        ("references/list/a/", "A 1", 300),
        ("references/list/a-2/", "A 2", 1),
        ("references/list/other/", "other", 1),
        ("references/list/z/", "Z", 1),
    ]
    assert split_list(names[:300], "references/", find_initial) == []


def test_a_repaired_dose_is_told_as_read_beside_the_printed():
    library = sample_library()
    bundle = library.papers[PAPER]
    printed = "7 × 109 /mL"
    differs = Discrepancy(field="dose", review=printed, registry="3e11", severity="high")
    told = bundle.trials[0].model_copy(
        update={"dose": Dose(printed=printed), "discrepancies": [differs]}
    )
    changed = replace(library, papers={PAPER: replace(bundle, trials=[told])})
    [page] = [p for p in view_pages(changed) if p.path == f"trials/{bundle.trials[0].id}/"]
    assert [(d["review"], d["read"]) for d in page.view["grave"]] == [(printed, "7 × 10⁹ /mL")]
    [dose] = [row for row in page.view["comparison"] if row["label"] == "Dose"]
    assert dose["read"] == "7 × 10⁹ /mL"
