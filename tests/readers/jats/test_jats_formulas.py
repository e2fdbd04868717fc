"""Formulas as text: what a reader of the paper would say."""

from __future__ import annotations

import pytest
from lxml import etree

from builder.readers.jats.formulas import mathml_text, subscript, superscript, tex_text


@pytest.mark.parametrize(
    ("math", "text"),
    [
        ("<msup><mi>m</mi><mrow><mo>-</mo><mn>3</mn></mrow></msup>", "m⁻³"),
        ("<mn>36</mn><msup><mi/><mo>∘</mo></msup><mi>E</mi>", "36°E"),
        ("<mi>p</mi><mo>&lt;</mo><mn>0.05</mn>", "p < 0.05"),
        ("<mo>−</mo><mn>2</mn><mo>×</mo><msup><mn>10</mn><mn>8</mn></msup>", "−2 × 10⁸"),
        ("<msub><mi>T</mi><mtext>max</mtext></msub>", "T_max"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a + b)/2"),
        ("<mi>f</mi><mo>&#x2061;</mo><mfenced><mi>x</mi><mi>y</mi></mfenced>", "f(x, y)"),
        (
            "<semantics><mi>k</mi><annotation encoding='TeX'>\\\\kappa</annotation></semantics>",
            "k",
        ),
        (
            "<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>",
            "₆¹⁴C",
        ),
        ("<munderover><mo>∑</mo><mn>1</mn><mn>9</mn></munderover><mi>x</mi>", "∑₁⁹x"),
        ("<msup><mi>e</mi><mrow><mi>a</mi><mo>/</mo><mi>b</mi></mrow></msup>", "e^(a/b)"),
    ],
)
def test_mathml_is_linear_text(math: str, text: str) -> None:
    assert mathml_text(etree.fromstring(f"<math>{math}</math>")) == text


def test_latex_loses_its_preamble() -> None:
    tex = (
        r"\documentclass[12pt]{minimal}\usepackage{amsmath}\begin{document}$$x\le 5$$\end{document}"
    )
    assert "documentclass" not in tex_text(tex)
    assert tex_text(tex).replace(" ", "") == "x≤5"


def test_ranges_and_words_are_not_raised() -> None:
    assert superscript("1–3") == "1–3"
    assert superscript("2+") == "²⁺"
    assert superscript("–6") == "⁻⁶"
    assert subscript("50") == "₅₀"
    assert subscript("max") == "max"
