"""What a study card takes from methods and results, and what it leaves."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import study_card_cases as cases
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builder.extract.methods_text import parse_force, read_words
from builder.extract.study_card import find_card
from builder.models.document import Block, Cell, Grid, Heading

ONE = "Animal experiment"
SENTENCES = yaml.safe_load(
    Path(__file__).with_name("study_card_sentences.yml").read_text(encoding="utf-8")
)


def read(text: str, section: str = ONE, **more: Any) -> dict[str, list[str]]:
    """Return what a card states of one paragraph: values by item."""
    card = find_card(cases.make_document({section: [text]}, **more), "a")
    assert card is not None
    stated: dict[str, list[str]] = {}
    for entry in card.stated:
        stated.setdefault(entry.item, []).append(entry.value)
    return stated


@pytest.mark.parametrize("chosen", sorted({case["set"] for case in cases.CASES}))
def test_agrees_with_what_was_annotated_by_hand(chosen: str) -> None:
    precision, recall, notes = cases.measure(chosen)
    assert precision >= 0.95, notes
    assert recall >= 0.85, notes


@pytest.mark.parametrize("case", SENTENCES["animals"], ids=lambda c: c["text"][:60])
def test_an_animal_experiment(case: dict[str, Any]) -> None:
    item, values = list(case.items())[1]
    assert sorted(read(case["text"]).get(item, [])) == sorted(values)


@pytest.mark.parametrize("case", SENTENCES["vesicles"], ids=lambda c: c["text"][:60])
def test_the_vesicles(case: dict[str, Any]) -> None:
    item, values = list(case.items())[1]
    assert sorted(read(case["text"], "Cell culture").get(item, [])) == sorted(values)


@pytest.mark.parametrize("case", SENTENCES["paragraphs"], ids=lambda c: c["text"][:40])
def test_a_whole_paragraph(case: dict[str, Any]) -> None:
    found = {item: sorted(values) for item, values in read(case["text"]).items()}
    assert found == {item: sorted(values) for item, values in case["states"].items()}


def test_each_statement_bears_its_sentence_line_and_section() -> None:
    document = cases.make_document({ONE: ["Before it. Rats were randomly divided into groups."]})
    card = find_card(document, "a")
    assert card is not None
    (stated,) = card.values_of("randomised")
    assert stated.quote == "Rats were randomly divided into groups."
    assert (stated.line, stated.section) == (3, ONE)
    assert card.values_of("blinded") == []


@pytest.mark.parametrize(
    "more",
    [
        {"title": "Exosomes in osteoarthritis: a systematic review"},
        {"title": "Exosomes for bone: a meta-analysis of animal studies"},
        {"kind": "review-article"},
    ],
)
def test_a_review_has_no_card(more: dict[str, Any]) -> None:
    document = cases.make_document({ONE: ["Rats were randomly divided into groups."]}, **more)
    assert find_card(document, "a") is None


def test_a_review_by_what_it_searched_has_no_card() -> None:
    texts = {"Search": ["PubMed and Embase were searched for rats treated with exosomes."]}
    assert find_card(cases.make_document(texts), "a") is None


@pytest.mark.parametrize("section", ["Introduction", "Discussion", "Conclusions"])
def test_what_is_said_of_other_studies_is_no_statement(section: str) -> None:
    text = "Exosomes isolated by ultracentrifugation were injected into rats with OA."
    document = cases.make_document({ONE: ["Cells were grown."]})
    more = replace(
        document,
        headings=(*document.headings, Heading(2, section, 9)),
        blocks=(*document.blocks, Block("paragraph", text, 9, section)),
    )
    card = find_card(more, "a")
    assert card is not None
    assert card.stated == []


@pytest.mark.parametrize("level", [2, 3])
def test_a_heading_that_names_no_part_belongs_to_the_part_before_it(level: int) -> None:
    """Saved web pages give every heading the same level."""
    names = ["Introduction", "2. Materials and Methods", "Animals", "Discussion", "Outlook"]
    text = "Rats were randomly divided into groups."
    document = replace(
        cases.make_document({}),
        headings=tuple(Heading(2 if name != "Animals" else level, name, n)
                       for n, name in enumerate(names, 1)),
        blocks=tuple(Block("paragraph", text, n, name) for n, name in enumerate(names, 1)),
    )  # fmt: skip
    card = find_card(document, "a")
    assert card is not None
    assert [s.line for s in card.values_of("randomised")] == [2]
    without = replace(document, blocks=tuple(b for b in document.blocks if b.line != 2))
    card = find_card(without, "a")
    assert card is not None
    assert [s.line for s in card.values_of("randomised")] == [3]


def test_a_paper_without_methods_has_no_card() -> None:
    assert find_card(replace(cases.make_document({}), blocks=()), "a") is None


def test_numbers_are_kept_as_printed_and_never_pooled() -> None:
    text = (
        "OARSI scores at 8 weeks were 2.1 ± 0.4 in exosome-treated rats and 4.0 ± 0.6 in controls "
        "(n = 6, p < 0.01)."
    )
    card = find_card(cases.make_document({"Results": [text]}), "a")
    assert card is not None
    assert [(o.of, o.value, o.sd, o.at, o.n, o.p) for o in card.outcomes] == [
        ("OARSI score", 2.1, 0.4, "8 weeks", "n = 6", "p < 0.01"),
        ("OARSI score", 4.0, 0.6, "8 weeks", "n = 6", "p < 0.01"),
    ]
    assert {o.quote for o in card.outcomes} == {text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The median WOMAC was 18 (IQR 12–25) in treated patients (p = 0.03).",
         ("WOMAC", 18.0, 12.0, 25.0, "IQR", None)),
        ("VAS pain fell by −2.1 points [95% CI −3.0 to −1.2] in patients.",
         ("VAS", -2.1, -3.0, -1.2, "95% CI", "points")),
        ("OARSI scores of the rats were 3 (range 1–5).",
         ("OARSI score", 3.0, 1.0, 5.0, "range", None)),
    ],
)  # fmt: skip
def test_medians_and_differences_keep_their_interval(text: str, expected: tuple[Any, ...]) -> None:
    card = find_card(cases.make_document({"Results": [text]}), "a")
    assert card is not None
    [o] = card.outcomes
    assert (o.of, o.value, o.low, o.high, o.interval, o.unit) == expected
    assert o.sd is None


def table(caption: str, *rows: tuple[str, ...]) -> Grid:
    cells = [tuple(Cell(text, line) for text in row) for line, row in enumerate(rows, 20)]
    return Grid(1, tuple(cells), 20, label="Table 1", caption=caption)


def test_numbers_of_a_table_bear_their_group_row_and_place() -> None:
    grid = table(
        "Micro-CT at 8 weeks",
        ("Parameter", "Exosomes (n = 8)", "PBS (n = 7)", "P"),
        ("BV/TV (%)", "41.2 ± 3.1", "22.5 ± 2.8", "<0.001"),
        ("Age (weeks)", "10.1 ± 0.3", "10.2 ± 0.2", "0.61"),
        ("Tb.N", "2.1 (IQR 1.9–2.4)", "not done", ""),
    )
    document = replace(cases.make_document({ONE: ["Rats were used."]}), tables=(grid,))
    card = find_card(document, "a")
    assert card is not None
    found = [(o.of, o.group, o.value, o.sd, o.low, o.n, o.p, o.line) for o in card.outcomes]
    assert found == [
        ("BV/TV", "Exosomes (n = 8)", 41.2, 3.1, None, "n = 8", "p <0.001", 21),
        ("BV/TV", "PBS (n = 7)", 22.5, 2.8, None, "n = 7", "p <0.001", 21),
        ("trabecular parameters", "Exosomes (n = 8)", 2.1, None, 1.9, "n = 8", None, 23),
    ]
    assert card.outcomes[0].section == "Table 1"


@pytest.mark.parametrize(
    "grid",
    [
        table("Baseline of the patients", ("", "All"), ("WOMAC", "50.1 ± 9.0")),
        table("Primers of genes", ("Gene", "Value"), ("SOX9", "1.1 ± 0.2")),
        table("OARSI score", ("Group", "Score", "n"), ("PBS", "4.1 ± 0.2")),  # a short row
    ],
)
def test_a_table_of_no_outcome_gives_no_number(grid: Grid) -> None:
    document = replace(cases.make_document({ONE: ["Rats were used."]}), tables=(grid,))
    card = find_card(document, "a")
    assert card is not None
    assert card.outcomes == []


@pytest.mark.parametrize(
    "text",
    [
        "Cell viability was 92.1 ± 3.4% with exosomes (p < 0.05).",
        "Patients were aged 57.1 ± 12.2 years (p = 0.4).",
        "The EVs measured 120.5 ± 4.1 nm.",
    ],
)
def test_numbers_of_cells_baselines_and_particles_are_no_outcome(text: str) -> None:
    card = find_card(cases.make_document({"Results": [text]}), "a")
    assert card is not None
    assert card.outcomes == []


@pytest.mark.parametrize(
    ("text", "force"),
    [("110,000", 110_000), ("100 000", 100_000), ("1.2 × 10^5", 120_000), ("300", 300)],
)
def test_a_force_is_read_as_printed(text: str, force: float) -> None:
    assert parse_force(text) == force


PARTS = (
    "exosomes EVs rats mice were injected intra-articularly with 100 µg n = 6 per group . ; ( ) ± "
    "2.1 ± 0.4 p < 0.05 randomly divided NTA 120 nm size CD63 at 8 weeks after surgery 1 × 10^9 "
    "not blinded OARSI score anti-CD9 FBS depleted 100,000 × g centrifuged Ω \u202e"
)


@given(st.lists(st.sampled_from(re.findall(r"\S+", PARTS)), max_size=60))
def test_every_quote_stands_in_the_text_whatever_it_says(words: list[str]) -> None:
    text = " ".join(words)
    card = find_card(cases.make_document({ONE: [text], "Results": [text]}), "a")
    assert card is not None
    for part in (*card.stated, *card.outcomes):
        assert part.quote in text
    assert all(outcome.printed in text for outcome in card.outcomes)


def test_each_item_has_a_name_and_one_place() -> None:
    items = read_words().items
    assert len({item.id for item in items}) == len(items)
    assert all(item.label and item.group for item in items)
