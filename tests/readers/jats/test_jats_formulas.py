"""Formulas as text: what a reader of the paper would say."""

from __future__ import annotations

import unicodedata

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


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"$5\,\upmu\mathrm{m}$", "5 μm"),
        (r"$1.2 \times 10^{-9}$", "1.2 × 10⁻⁹"),
        (r"$a \ne 0$", "a ≠ 0"),
        (r"$p \lt 0.05 \gt q$", "p < 0.05 > q"),
        (r"$\frac{a+b}{2c}$", "(a+b)/2c"),
        (r"$e^{-a/b}$", "e^(-a/b)"),
        (r"\[ \sqrt[3]{x} \]", "³√(x)"),
        (r"$37^\circ$C", "37°C"),
        (r"$\text{CO}_2$", "CO₂"),
        (r"$T_\mathrm{max}$", "T_max"),
        (r"$\alpha=\ln x$", "α = ln x"),
        (r"\begin{array}{cc}a & b \\ c & d\end{array}", "a b ; c d"),
        (r"$\left. x \right|$", "x |"),
        (r"$10\%$", "10%"),
        (r"$A \not\in B$", "A ∉ B"),
        (r"$a \unheardof b$", r"a \unheardof b"),
        (r"$x' \bar{y}$", "x′ ȳ"),
        ("$a % said of a$\n= 1$", "a = 1"),
        (r"$\frac", "()/()"),
    ],
)
def test_latex_is_linear_text_and_loses_no_sign(tex: str, text: str) -> None:
    assert unicodedata.normalize("NFC", tex_text(tex)) == text


def test_ranges_and_words_are_not_raised() -> None:
    assert superscript("1–3") == "1–3"
    assert superscript("2+") == "²⁺"
    assert superscript("–6") == "⁻⁶"
    assert subscript("50") == "₅₀"
    assert subscript("max") == "max"
