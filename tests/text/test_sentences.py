"""Sentences of prose: short forms end none, and each keeps the works that it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.text.sentences import find_sentences, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Li et al. saw it. It grew.", ["Li et al. saw it.", "It grew."]),
        ("Given i.v., e.g. daily. It grew.", ["Given i.v., e.g. daily.", "It grew."]),
        ("Given i.v. at 0.5 mg. It grew.", ["Given i.v. at 0.5 mg.", "It grew."]),
        ("It fell (Fig. 2) by approx. ten. Up.", ["It fell (Fig. 2) by approx. ten.", "Up."]),
        ("Cells grew.[3] All fell.[4,5] Up.", ["Cells grew.[3]", "All fell.[4,5]", "Up."]),
        ("Cells died. miR-21 rose.", ["Cells died.", "miR-21 rose."]),
    ],
)  # fmt: skip
def test_sentences(text, sentences):
    assert find_sentences(text) == sentences


def test_numbers_go_to_the_sentence_that_prints_them():
    text = "It grew in cells.[3] It fell [4–6]. It stayed."
    assert [s.cited for s in split_sentences(text, (3, 4, 5, 6))] == [(3,), (4, 5, 6), ()]


def test_marks_report_the_works_where_no_number_is_in_brackets():
    text = "It grew.3 It fell (Li, 2020). It stayed."
    marks = ((text.index("3"), (3,)), (text.index("(Li"), (7,)))
    reported = split_sentences(text, (3, 7), marks)
    assert [(s.text, s.cited) for s in reported] == [
        ("It grew.3", (3,)), ("It fell (Li, 2020).", (7,)), ("It stayed.", ()),
    ]  # fmt: skip


@given(st.text(alphabet="aB. [3,]()?é\n", max_size=80))
def test_no_word_is_lost_and_places_are_exact(text):
    reported = split_sentences(text)
    assert "".join("".join(s.text for s in reported).split()) == "".join(text.split())
    assert all(text[s.start : s.end] == s.text for s in reported)
