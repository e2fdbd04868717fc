"""Quantities, powers of ten and doses, with expectations read off the texts by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.extract.quantities import (
    find_doubtful_powers,
    find_quantities,
    parse_dose,
    repair_superscripts,
)


@pytest.mark.parametrize(
    ("printed", "repaired"),
    [
        ("7 × 109 particles/mL", "7 × 10⁹ particles/mL"),
        ("109–1010 particles/mL", "10⁹–10¹⁰ particles/mL"),
        ("3 x 1011 EVs per mL", "3 x 10¹¹ EVs per mL"),
        ("1 × 106–107 cells", "1 × 10⁶–10⁷ cells"),
        ("1 × 106–5 × 107 cells", "1 × 10⁶–5 × 10⁷ cells"),
        ("2 × 10−6 M", "2 × 10⁻⁶ M"),
        ("108 vesicles per knee", "10⁸ vesicles per knee"),
    ],
)
def test_lost_superscripts_are_raised(printed: str, repaired: str) -> None:
    text, notes = repair_superscripts(printed)
    assert text == repaired
    assert notes


@pytest.mark.parametrize(
    "printed",
    [
        "[109]",
        "shown [109] particles/mL",
        "10 mL",
        "105.16 ± 10.00 µg",
        "110.39 ± 11.75 µg",
        "in 2010 and 1010",
        "109 patients",
        "103 days",
        "a 5 × 105 mm sheet",
        "miR-103 and miR-107 cells",
        "2,109 particles/mL",
        "105 cells",
        "7 × 10⁹ particles/mL",
        "100 particles/mL",
        "10 × 10 mm",
    ],
)
def test_other_numbers_stay(printed: str) -> None:
    assert repair_superscripts(printed) == (printed, [])


def test_bare_counts_of_cells_are_doubtful() -> None:
    assert find_doubtful_powers("seeded 105 cells; 2 × 106 cells; 109 days") == ["105 cells"]
    assert find_quantities("seeded 105 cells") == []


def _reported(text: str) -> list[dict[str, Any]]:
    return [
        q.model_dump(exclude_none=True, exclude={"sign", "sd", "of", "at", "setting"})
        for q in find_quantities(text)
    ]


def is_(value: float, unit: str, quote: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "quote": quote}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At pH 7.4, 85% were released over 15 days.",
         [is_(7.4, "pH", "pH 7.4"), is_(85, "%", "85%"), is_(15, "days", "15 days")]),
        ("rapidly after 7 days, while the sustained release exceeded 21 days.",
         [is_(7, "days", "7 days"), {"low": 21, "unit": "days", "quote": "exceeded 21 days"}]),
        ("ALG:HA (5%:2.5%) released 79.20 ± 2.64% of Exos",
         [is_(5, "%", "5%"), is_(2.5, "%", "2.5%"), is_(79.2, "%", "79.20 ± 2.64%")]),
        ("By the seventh day, approximately 80% of the Exos",
         [is_(7, "days", "seventh day"), is_(80, "%", "approximately 80%")]),
        ("at 3 days (82.53 ± 17.91 µg), and then slowed to 105.16 ± 10.00 µg and "
         "110.39 ± 11.75 µg on days 6 and 9, respectively.",
         [is_(3, "days", "3 days"), is_(82.53, "µg", "82.53 ± 17.91 µg"),
          is_(105.16, "µg", "105.16 ± 10.00 µg"), is_(110.39, "µg", "110.39 ± 11.75 µg"),
          is_(6, "days", "days 6 and 9"), is_(9, "days", "days 6 and 9")]),
        ("over 4–8 weeks", [{"low": 4, "high": 8, "unit": "weeks", "quote": "4–8 weeks"}]),
        ("a rate of over 56%", [{"low": 56, "unit": "%", "quote": "over 56%"}]),
        ("for at least 7 days", [{"low": 7, "unit": "days", "quote": "at least 7 days"}]),
        ("less than 5 mg", [{"high": 5, "unit": "mg", "quote": "less than 5 mg"}]),
        ("33.24 ± 8.8 kPa", [is_(33.24, "kPa", "33.24 ± 8.8 kPa")]),
        ("a 12-week trial", [is_(12, "weeks", "12-week")]),
        ("stored at −80 °C", [is_(-80, "°C", "−80 °C")]),
        ("0.5–1.0 mg/kg", [{"low": 0.5, "high": 1, "unit": "mg/kg", "quote": "0.5–1.0 mg/kg"}]),
        ("2 µg mL−1", [is_(2, "µg/mL", "2 µg mL−1")]),
        ("1,000 patients", [is_(1000, "patients", "1,000 patients")]),
        ("1.5 Hz for 10 min", [is_(1.5, "Hz", "1.5 Hz"), is_(10, "min", "10 min")]),
        ("3–5 × 10^11 particles",
         [{"low": 3e11, "high": 5e11, "unit": "particles", "quote": "3–5 × 10^11 particles"}]),
        ("7 × 109 particles/mL", [is_(7e9, "particles/mL", "7 × 109 particles/mL")]),
    ],
)  # fmt: skip
def test_quantities(text: str, expected: list[dict[str, Any]]) -> None:
    assert _reported(text) == expected


@pytest.mark.parametrize(
    ("text", "sign", "end"),
    [
        ("approximately 80% of the Exos", "≈", "value"),
        ("nearly 41% had left the gel", "≈", "value"),
        ("≈5 mL of saline", "≈", "value"),
        ("ca. 12 µg", "≈", "value"),
        ("about 3–5 mL", "≈", "low"),
        ("over 56%", ">", "low"),
        ("no less than 20%", "≥", "low"),
        ("at least 20%", "≥", "low"),
        ("less than 5%", "<", "high"),
        ("no more than 5%", "≤", "high"),
        ("up to 5%", "≤", "high"),
        ("80% of the Exos", None, "value"),
        ("concerns about it; 80%", None, "value"),
    ],
)
def test_a_number_keeps_what_the_words_before_it_make_of_it(
    text: str, sign: str | None, end: str
) -> None:
    (read,) = find_quantities(text)
    assert read.sign == sign
    assert getattr(read, end) is not None


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("31 ± 2% of it after 3 days and roughly 62% after 10 days", ["3 days", "10 days"]),
        ("20% by day 1, nearly 45% by day 4 and over 80% by day 9", ["1 days", "4 days", "9 days"]),
        ("80% was left after 2 days and less than 15% after 8 days", ["2 days", "8 days"]),
    ],
)
def test_a_word_before_a_number_leaves_it_its_own_time(text: str, times: list[str]) -> None:
    assert [q.at for q in find_quantities(text, "Release") if q.unit == "%"] == times


@pytest.mark.parametrize(
    ("text", "approximate"),
    [
        ("≈5 mL at 7 × 10⁹ particles/mL", ["particles_total", "volume"]),
        ("about 10^10 particles in 3 mL", ["particles_total"]),
        ("2 mL of roughly 100 µg/mL", ["micrograms_per_ml", "micrograms_total"]),
        ("5 mL of 7 × 10⁹ particles/mL", []),
    ],
)
def test_a_dose_says_which_of_its_numbers_are_rough(text: str, approximate: list[str]) -> None:
    assert parse_dose(text).approximate == approximate


@pytest.mark.parametrize(
    "text",
    [
        "MMP-3 and MMP-13",
        "IL-6 h",
        "miR-126 mg",
        "RAW264.7 macrophages",
        "GelMA-30 and GelMA-60",
        "3D-Exos",
        "LC3-II/LC3-I",
        "in 2019, Smith",
        "CD31 cells",
        "100,000 × g",
        "[7] days",
    ],
)
def test_names_are_no_quantities(text: str) -> None:
    assert find_quantities(text) == []


def per_ml(low: float, high: float = 0) -> dict[str, float]:
    return {"particles_per_ml_low": low, "particles_per_ml_high": high or low}


def total(low: float, high: float = 0) -> dict[str, float]:
    return {"particles_total_low": low, "particles_total_high": high or low}


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Single IA dose (≈5 mL @ 7 × 109 particles/mL)",
         {"volume_ml": 5, **per_ml(7e9), **total(3.5e10), "doses": 1}),
        ("Single IA injection (109–1010 particles/mL)", {**per_ml(1e9, 1e10), "doses": 1}),
        ("Single/few IA doses", {}),
        ("IA injection", {}),
        ("Local delivery to the defect site", {}),
        ("Single IA injection", {"doses": 1}),
        ("Two weekly injections of 2 mL (1 × 10^9 particles/mL)",
         {"volume_ml": 2, **per_ml(1e9), **total(2e9), "doses": 2}),
        ("3 doses of 500 µL", {"volume_ml": 0.5, "doses": 3}),
        ("3-5 x 10e11 particles, single dose", {**total(3e11, 5e11), "doses": 1}),
        ("Single or multiple doses", {}),
        ("1 or 2 injections", {}),
        ("2 mL or 4 mL, once", {"doses": 1}),
        ("single-blind, 3 mg/kg", {}),
    ],
)  # fmt: skip
def test_doses(printed: str, expected: dict[str, float]) -> None:
    dose = parse_dose(printed).model_dump(exclude_none=True, exclude={"text", "approximate"})
    assert dose == {"printed": printed, **expected}


def test_a_dose_is_given_with_its_superscripts_put_back() -> None:
    assert parse_dose("5 mL @ 7 × 109 particles/mL").text == "5 mL @ 7 × 10⁹ particles/mL"
    assert parse_dose("109–1010 particles/mL").text == "10⁹–10¹⁰ particles/mL"
    assert parse_dose("5 mL of 2 × 10^9 particles/mL").text is None


@given(st.text(max_size=80))
def test_any_text_gives_verbatim_quotes(text: str) -> None:
    repaired, _ = repair_superscripts(text)
    assert len(repaired) == len(text)
    for quantity in find_quantities(text):
        assert quantity.quote in text
    assert parse_dose(text).printed == text


_PARTS = ["7 × 109", "particles/mL", "5", "mL", "–", "±", "10", "1010", "days", "single", "dose",
          "at least", "over", "%", "pH", "e9", "^", ",", ".", "−", "and"]  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=12))
def test_any_mix_of_numbers_and_units_is_read_or_left(parts: list[str]) -> None:
    text = " ".join(parts)
    for quantity in find_quantities(text):
        assert quantity.quote in text
        assert (quantity.value is None) == (quantity.low is not None or quantity.high is not None)
    parse_dose(text)


@given(
    st.floats(0.01, 9999).map(lambda x: round(x, 2)), st.sampled_from(["mg", "kPa", "days", "%"])
)
def test_written_quantities_are_read_back(value: float, unit: str) -> None:
    (quantity,) = find_quantities(f"about {value} {unit} of it")
    assert (quantity.value, quantity.unit, quantity.quote) == (value, unit, f"about {value} {unit}")


@given(st.integers(1, 9), st.integers(3, 15))
def test_flattened_and_written_powers_are_the_same(factor: int, exponent: int) -> None:
    flat = parse_dose(f"{factor} × 10{exponent} particles/mL")
    caret = parse_dose(f"{factor} × 10^{exponent} particles/mL")
    assert flat.particles_per_ml_low == caret.particles_per_ml_low == float(f"{factor}e{exponent}")


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        # (of, number, spread, time, setting)
        (
            "After 14 days, the gels of A:B (5%:2.5%) released 79.20 ± 2.64% of Exos.",
            "Release / In Vitro",
            [("released", 79.2, 2.64, "14 days", "in vitro")],
        ),
        (
            "Burst release was seen at 3 days (82 ± 17 µg), then 105 µg and 110 µg on days 6 and "
            "9, respectively.",
            "",
            [
                ("released", 82, 17, "3 days", None),
                ("released", 105, None, "6 days", None),
                ("released", 110, None, "9 days", None),
            ],
        ),
        (
            "In vivo, 56% of the vesicles were retained for 14 days.",
            "",
            [("retained", 56, None, "14 days", "in vivo")],
        ),
        (
            "It had a Young's modulus of 33.2 ± 8.8 kPa and a storage modulus of 900 Pa.",
            "",
            [
                ("Young's modulus", 33.2, 8.8, None, None),
                ("storage modulus", 900, None, None, None),
            ],
        ),
        ("Rats received 200 µg.", "", [("dose", 200, None, None, None)]),
        (
            "5 mL @ 7 × 10^9 particles/mL",
            "Dosing",
            [("dose", 5, None, None, None), ("dose", 7e9, None, None, None)],
        ),
        ("GelMA (10%) was used.", "Vehicle", [("composition", 10, None, None, None)]),
        ("The level rose by 40%.", "", [(None, 40, None, None, None)]),  # of what is not said
    ],
)  # fmt: skip
def test_a_quantity_says_of_what_when_and_where(
    text: str, column: str, expected: list[tuple[object, ...]]
) -> None:
    found = [q for q in find_quantities(text, column) if q.of != "time"]
    shares = [q for q in found if q.of == "composition"]
    kept = found if len(expected) == len(found) else [q for q in found if q not in shares]
    assert [(q.of, q.value, q.sd, q.at, q.setting) for q in kept] == expected
