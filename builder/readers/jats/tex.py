"""Formulas as one line of readable text, out of LaTeX: written as those of MathML are.

A grammar of groups, scripts and fractions is all that a formula needs; what a symbol stands for
comes from pylatexenc. A macro that nobody knows is kept as written: a formula that loses a sign may
say the opposite.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from builder.readers.jats.formulas import grouped, lowered, raised
from builder.readers.jats.scripts import superscript

_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|$)", re.DOTALL)
_PREAMBLE = re.compile(r"\\(?:documentclass|usepackage|setlength|pagestyle)\b[^\n]*")
# Macros with the space behind them, spaces, comments, runs of plain characters, single others.
_WORD = re.compile(r"\\[A-Za-z]+\s*|\\.|\s+|%[^\n]*\n?|[A-Za-z0-9.,;:()+\-/|!?*@]+|.", re.DOTALL)
_SPACES = frozenset([",", ";", ":", " ", "quad", "qquad", "enspace", "thinspace", "space"])
_SILENT = """
    ! ( ) [ ] / middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle
    scriptstyle limits nolimits nonumber notag rm bf it sf tt cal hfill hline
"""
_LETTERS = """
    mathop mathrm mathit mathbf mathsf mathtt mathcal mathbb mathfrak mathscr boldsymbol bm text
    textrm textit textbf textsf textnormal mbox hbox operatorname ensuremath mathord mathrel mathbin
    mathopen mathclose substack
"""
# Macros that print nothing themselves: sizes, switches of style, delimiters of formulas.
_NOTHING = frozenset(_SILENT.split())
# Macros that print their argument: in another letter, or as an operator.
_FONTS = frozenset(_LETTERS.split())
# What follows has an argument that is not printed.
_HIDDEN = frozenset(
    ["hspace", "vspace", "label", "color", "phantom", "hphantom", "vphantom", "tag"]
)
_ACCENTS = {
    "bar": "\u0304",
    "overline": "\u0304",
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "vec": "\u20d7",
    "overrightarrow": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
}
# Symbols of packages that pylatexenc's table does not have.
_SYMBOLS = {
    "ne": "≠",
    "lt": "<",
    "gt": ">",
    "bot": "⊥",
    "degree": "°",
    "nsim": "≁",
    "dots": "…",
    "ldots": "…",
    "cdots": "⋯",
    "lbrace": "{",
    "rbrace": "}",
    "lvert": "|",
    "rvert": "|",
    "vert": "|",
    "lVert": "‖",
    "rVert": "‖",
    "Vert": "‖",
    "prime": "′",
    "backslash": "\\",
    "imath": "ı",
    "jmath": "ȷ",
    **{name: name for name in ("arg", "deg", "det", "dim", "gcd", "ker", "lg", "Pr", "inf", "sup")},
}
_RELATIONS = frozenset("=<>≤≥≠≈≡∼≃≅∝±×÷·→←↔⇒⇔∈∉⊂⊆∪∩∧∨≪≫")


def tex_text(tex: str) -> str:
    """Return LaTeX as readable text, without the preamble that publishers wrap around it."""
    found = _DOCUMENT.search(tex)
    body = found[1] if found else _PREAMBLE.sub("", tex)
    return " ".join(_Formula(body).read().split())


class _Formula:
    """The words of one formula, read from left to right."""

    def __init__(self, tex: str) -> None:
        self._words: list[str] = _WORD.findall(tex)
        self._words.reverse()

    def read(self, closing: str = "") -> str:
        """Return the text up to a closing word, or to the end."""
        parts: list[str] = []
        while self._words:
            word = self._words.pop()
            if word == closing:
                break
            first = word[0]
            parts.append(word if first.isalnum() or first in _AS_IT_IS else self._text_of(word))
        return "".join(parts)

    def _next(self) -> str:
        """Return the first character of what comes next, white space and macros included."""
        return self._words[-1][0] if self._words else ""

    def _take(self) -> str:
        """Return a macro, or one character of a run, and leave the rest."""
        word = self._words.pop()
        if len(word) > 1 and word[0] != "\\":
            self._words.append(word[1:])
            return word[0]
        return word

    def _argument(self) -> str:
        """Return the text of what a macro or a script applies to: a group or one word."""
        while self._words and (self._words[-1].isspace() or self._words[-1][0] == "%"):
            self._words.pop()
        return self._text_of(self._take()).strip() if self._words else ""

    def _text_of(self, word: str) -> str:
        first = word[0]
        if first == "{":
            return self.read("}")
        if first == "^":
            return raised(self._argument())
        if first == "_":
            return lowered(self._argument())
        if first == "\\":
            return self._macro(word[1:].rstrip() or " ")
        if first == "%":
            return ""
        return _PLAIN.get(word, f" {word} " if word in _RELATIONS else word)

    def _macro(self, name: str) -> str:
        special = _LAYOUTS.get(name)
        if special:
            return special(self)
        if name in _NOTHING or name in _SPACES:
            return " " if name in _SPACES else ""
        if name in _ACCENTS:
            return self._argument() + _ACCENTS[name]
        if name in _FONTS:
            return self._argument()
        return self._symbol(name)

    def _symbol(self, name: str) -> str:
        symbol = _find_symbol(name)
        if len(symbol) > 1 and symbol.isalpha():
            # The name of a function, parted from its neighbours.
            following = self._next()
            return f" {symbol} " if following == "\\" or following.isalnum() else f" {symbol}"
        return f" {symbol} " if symbol in _RELATIONS else symbol

    def fraction(self) -> str:
        """Return ``a/b``."""
        above = grouped(self._argument())
        return f"{above}/{grouped(self._argument())}"

    def root(self) -> str:
        """Return ``√(x)``, a degree before it."""
        degree = ""
        if self._next() == "[":
            self._words.pop()
            degree = superscript(self.read("]"))
        if self._next() == "(":
            return f"{degree}√"
        return f"{degree}√({self._argument()})"

    def binomial(self) -> str:
        """Return ``(n over k)``."""
        above = self._argument()
        return f"({above} over {self._argument()})"

    def below(self) -> str:
        """Return the base with what stands under it."""
        under = self._argument()
        return self._argument() + lowered(under)

    def above(self) -> str:
        """Return the base with what stands over it."""
        over = self._argument()
        return self._argument() + raised(over)

    def environment(self) -> str:
        """Return nothing for the name of an environment, and the columns of an array."""
        name = self._argument()
        if name in ("array", "tabular") and self._next() == "{":
            self._argument()
        return ""

    def delimiter(self) -> str:
        """Return nothing for a bracket's size; an empty bracket is a full stop."""
        if self._next() == ".":
            self._take()
        return ""

    def hidden(self) -> str:
        """Return nothing for a macro whose argument is not printed."""
        self._argument()
        return ""

    def negated(self) -> str:
        """Return a relation struck through."""
        base = self._argument()
        return f" {_NEGATED.get(base.strip()) or base + _STRUCK} "


_AS_IT_IS = frozenset(" \n.,;:()+-/|!?*@[]")
_STRUCK = "\u0338"
_PLAIN = {"$": "", "~": " ", "&": " ", "}": "", "'": "′"}
_NEGATED = {"=": "≠", "<": "≮", ">": "≯", "∈": "∉", "≡": "≢", "∼": "≁", "⊂": "⊄"}
_LAYOUTS: dict[str, Callable[[_Formula], str]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), _Formula.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _Formula.binomial),
    **dict.fromkeys(("begin", "end"), _Formula.environment),
    **dict.fromkeys(("left", "right"), _Formula.delimiter),
    **dict.fromkeys(_HIDDEN, _Formula.hidden),
    "sqrt": _Formula.root,
    "underset": _Formula.below,
    "overset": _Formula.above,
    "stackrel": _Formula.above,
    "not": _Formula.negated,
    "\\": lambda _: "; ",
}


@cache
def _find_symbol(name: str) -> str:
    """Return what a macro without arguments prints; an unknown one as it is written."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    if not name.isalpha():
        return name
    # Imported late: few articles have formulas in LaTeX only.
    latex2text: Any = importlib.import_module("pylatexenc.latex2text")
    found = latex2text.get_default_latex_context_db().get_macro_spec(name)
    if found is None and name.startswith(("up", "var")):
        # Upright Greek: "\upmu".
        return _find_symbol(name.removeprefix("up").removeprefix("var"))
    text = getattr(found, "simplify_repl", None)
    return text if isinstance(text, str) and "%" not in text else f"\\{name} "
