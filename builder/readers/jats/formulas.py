"""Formulas as one line of readable text, out of MathML and LaTeX; superscripts in Unicode.

Of LaTeX a grammar of groups, scripts and fractions is all that a formula needs; what a symbol
stands for comes from pylatexenc. A macro that nobody knows is kept as written: a formula that loses
a sign may say the opposite.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from lxml import etree

from builder.project import CONTENT
from builder.readers.jats.source import words_of
from builder.text import read_rows
from builder.text.spelling import subscript, superscript

_RELATIONS = frozenset("=<>≤≥≠≈≡∼≃≅∝±∓×÷·→←↔⇒⇔∈∉⊂⊆∪∩∧∨+−-*≪≫≔⁄")
_SIGNS = frozenset("+-−±∓")
_CLOSING = frozenset(")]}|")
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b")
# Children that belong to the base, one below and one above.
_SCRIPTS = frozenset(["msub", "msup", "msubsup", "munder", "mover", "munderover"])
_SKIPPED = frozenset(
    ["none", "annotation", "annotation-xml", "mphantom", "maligngroup", "malignmark"]
)
_ACCENTS = frozenset("¯^˜~ˆ→⃗‾˙¨_ˇ˘")


def mathml_text(math: etree._Element) -> str:
    """Return MathML as one line: ``msup`` as ``x²``, ``mfrac`` as ``a/b``, roots as ``√(x)``."""
    return re.sub(r"\s+", " ", _row(math)).strip()


def _row(element: etree._Element) -> str:
    parts = [(element.text or "").strip()] if element.text else []
    signed = True
    for child in element:
        text = _node(child)
        # A sign at the beginning, or behind another operator, belongs to what follows.
        bare = text.strip()
        parts.append(bare if signed and bare in _SIGNS else text)
        signed = child.tag == "mo" and bare not in _CLOSING
    return "".join(parts)


def _node(element: etree._Element) -> str:
    tag = str(element.tag)
    if tag == "mo":
        text = words_of(element).strip()
        return "" if text in _INVISIBLE else f" {text} " if text in _RELATIONS else text
    if tag in ("mi", "mn", "mtext", "ms"):
        text = words_of(element)
        return text if tag == "mtext" else text.strip()
    layout = _LAYOUTS.get(tag)
    return layout(element, [_node(child).strip() for child in element]) if layout else _row(element)


def _scripted(element: etree._Element, parts: list[str]) -> str:
    tag, base, rest = str(element.tag), "".join(parts[:1]), parts[1:]
    if tag == "mover" and rest and rest[0] in _ACCENTS:
        return base + {"→": "\u20d7", "¯": "\u0304", "‾": "\u0304"}.get(rest[0], "\u0302")
    low = rest[0] if rest and not tag.endswith(("msup", "mover")) else ""
    high = rest[-1] if rest and tag not in ("msub", "munder") else ""
    return base + lowered(low) + raised("" if low and len(rest) == 1 else high)


# The same few indices and powers come again and again.
@lru_cache(maxsize=1000)
def lowered(text: str) -> str:
    """Return what stands below a base: ``₂`` where Unicode has all of it, else ``_max``."""
    close = text.replace(" ", "")
    low = subscript(close)
    return low if low != close or not text else f"_{grouped(text)}"


@lru_cache(maxsize=1000)
def raised(text: str) -> str:
    """Return what stands above a base: ``⁻³`` where Unicode has all of it, else ``^(a/b)``."""
    if text in "′″‴":
        return text
    close = text.replace(" ", "")
    high = "°" if text in "∘°" else superscript(close)
    return high if high != close or text == "°" else f"^{grouped(text)}"


def grouped(text: str) -> str:
    """Return a part of a formula in brackets, unless it is one piece."""
    closed = text.startswith("(") and text.find(")") == len(text) - 1
    return text if len(text) == 1 or text.isalnum() or closed else f"({text})"


def _root(element: etree._Element, parts: list[str]) -> str:
    if element.tag == "mroot" and len(parts) > 1:
        return f"{superscript(parts[1])}√({parts[0]})"
    return f"√({''.join(parts)})"


def _table(element: etree._Element, _: list[str]) -> str:
    rows = (" ".join(filter(None, (_node(cell).strip() for cell in row))) for row in element)
    return "; ".join(filter(None, rows))


def _prescripted(element: etree._Element, parts: list[str]) -> str:
    """Return ``mmultiscripts``: the scripts before the base stand after ``mprescripts``."""
    tags = [child.tag for child in element]
    cut = tags.index("mprescripts") if "mprescripts" in tags else len(tags)
    base = _node(element[0]) if tags else ""
    sides = (parts[cut + 1 :], parts[1:cut])
    before, after = (
        "".join(map(lowered, side[0::2])) + "".join(map(raised, side[1::2])) for side in sides
    )
    return before + base + after


_LAYOUTS: dict[str, Callable[[etree._Element, list[str]], str]] = {
    "mfrac": lambda _, parts: "/".join(map(grouped, parts)),
    "msqrt": _root,
    "mroot": _root,
    "mfenced": lambda e, parts: f"{e.get('open', '(')}{', '.join(parts)}{e.get('close', ')')}",
    "mtable": _table,
    "mmultiscripts": _prescripted,
    **dict.fromkeys(_SCRIPTS, _scripted),
    **dict.fromkeys(_SKIPPED, lambda _e, _p: ""),
    "semantics": lambda e, _: _node(e[0]) if len(e) else "",
}


_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|$)", re.DOTALL)
_PREAMBLE = re.compile(r"\\(?:documentclass|usepackage|setlength|pagestyle)\b[^\n]*")
# Macros with the space behind them, spaces, comments, runs of plain characters, single others.
_WORD = re.compile(r"\\[A-Za-z]+\s*|\\.|\s+|%[^\n]*\n?|[A-Za-z0-9.,;:()+\-/|!?*@]+|.", re.DOTALL)
_SPACES = frozenset([",", ";", ":", " ", "quad", "qquad", "enspace", "thinspace", "space"])
_MACROS: dict[str, dict[str, str]] = {}
for _kind, _name, _shown in read_rows(CONTENT / "lexicons/latex.tsv"):
    _MACROS.setdefault(_kind, {})[_name] = _shown
_TEX_ACCENTS = {name: chr(int(code[2:], 16)) for name, code in _MACROS["accent"].items()}
_TEX_RELATIONS = _RELATIONS - frozenset("∓+−-*≔⁄")


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
        return _PLAIN.get(word, f" {word} " if word in _TEX_RELATIONS else word)

    def _macro(self, name: str) -> str:
        special = _TEX_LAYOUTS.get(name)
        if special:
            return special(self)
        if name in _SPACES or name in _MACROS["silent"]:
            return " " if name in _SPACES else ""
        if name in _TEX_ACCENTS or name in _MACROS["font"]:
            return self._argument() + _TEX_ACCENTS.get(name, "")
        symbol = _find_symbol(name)
        if len(symbol) > 1 and symbol.isalpha():
            # The name of a function, parted from its neighbours.
            following = self._next()
            return f" {symbol} " if following == "\\" or following.isalnum() else f" {symbol}"
        return f" {symbol} " if symbol in _TEX_RELATIONS else symbol

    def pair(self, form: str, put: Callable[[str], str] = str) -> str:
        """Return two arguments in a form: ``{}/{}``."""
        first, second = put(self._argument()), put(self._argument())
        return form.format(first, second)

    def root(self) -> str:
        """Return ``√(x)``, a degree before it."""
        degree = ""
        if self._next() == "[":
            self._words.pop()
            degree = superscript(self.read("]"))
        return f"{degree}√" if self._next() == "(" else f"{degree}√({self._argument()})"

    def stacked(self, put: Callable[[str], str]) -> str:
        """Return the base with what stands under or over it."""
        other = self._argument()
        return self._argument() + put(other)

    def drop(self, *, only: str = "") -> str:
        """Return nothing for what follows and is not printed; ``only``: if it begins so."""
        if not only:
            name = self._argument()
            if name in ("array", "tabular") and self._next() == "{":
                self._argument()
        elif self._next() == only:
            self._take()
        return ""

    def negated(self) -> str:
        """Return a relation struck through."""
        base = self._argument()
        return f" {_NEGATED.get(base.strip()) or base + _STRUCK} "


_AS_IT_IS = frozenset(" \n.,;:()+-/|!?*@[]")
_STRUCK = "\u0338"
_PLAIN = {"$": "", "~": " ", "&": " ", "}": "", "'": "′"}
_NEGATED = {"=": "≠", "<": "≮", ">": "≯", "∈": "∉", "≡": "≢", "∼": "≁", "⊂": "⊄"}
_TEX_LAYOUTS: dict[str, Callable[[_Formula], str]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), lambda f: f.pair("{}/{}", grouped)),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), lambda f: f.pair("({} over {})")),
    **dict.fromkeys(("begin", "end", *_MACROS["hidden"]), _Formula.drop),
    # A bracket's size; an empty bracket is a full stop.
    **dict.fromkeys(("left", "right"), lambda f: f.drop(only=".")),
    **dict.fromkeys(("overset", "stackrel"), lambda f: f.stacked(raised)),
    "underset": lambda f: f.stacked(lowered),
    "sqrt": _Formula.root,
    "not": _Formula.negated,
    "\\": lambda _: "; ",
}


@cache
def _find_symbol(name: str) -> str:
    """Return what a macro without arguments prints; an unknown one as it is written."""
    if name in _MACROS["symbol"]:
        return _MACROS["symbol"][name]
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
