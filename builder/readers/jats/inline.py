"""Running text of JATS elements, with the places of its citations.

Superscripts and subscripts become Unicode ones where those exist (``10⁹``, ``H₂S``); a citation
printed as a superscript is put in square brackets, for it would read as a number without them. Of a
range of citations (``[3–7]``) often only the ends are tagged: it is opened here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from lxml import etree

from builder.readers.draft import find_citations
from builder.readers.jats import source as tags
from builder.readers.jats.formulas import mathml_text, tex_text
from builder.readers.jats.source import Context, child_of, href, words_of
from builder.text.spelling import raised_text, subscript

Mark = tuple[int, tuple[int, ...]]

# A dash between two citations opens a range; brackets may stand round each.
_DASH = r"[-‐‑‒–—−⁻]"
_RANGE_BETWEEN = re.compile(rf"^[\s\])]*(?:{_DASH}|to|through)[\s\[(]*$")
_RANGE_AFTER = re.compile(rf"^\s*{_DASH}\s*(\d{{1,4}})\s*[\]),;]")
_RANGE_WITHIN = re.compile(rf"^[\s\[(]*(\d{{1,4}})\s*{_DASH}\s*(\d{{1,4}})[\s\])]*$")
_BRACKET = re.compile(r"\[\d[\d\s,;–−-]*\]")
_MOST_IN_RANGE = 300
_NEAR = 20
_SEVERAL = 2


def open_ranges(raw: str, cited: Sequence[tuple[int, ...]], last: int) -> list[tuple[int, ...]]:
    """Return the numbers of each citation in a raw text, ranges opened at their end.

    In ``raw`` a NUL stands before each citation and a 0x01 behind; ``cited`` holds their numbers
    as tagged, ``last`` is the highest number of the list.
    """
    opened: list[tuple[int, ...]] = []
    before: tuple[int, ...] = ()
    between = ""
    for piece, numbers in zip(raw.split("\x00")[1:], cited, strict=True):
        inner, _, after = piece.partition("\x01")
        found = numbers
        if before and numbers and _RANGE_BETWEEN.match(between):
            found = _span(before[-1], numbers[0]) + found
        if len(numbers) == 1:
            found += _range_end(inner, after, numbers[0], last)
        opened.append(found if len(found) < _SEVERAL else unique(found))
        before, between = numbers, after
    return opened


def _range_end(inner: str, after: str, number: int, last: int) -> tuple[int, ...]:
    """Return the rest of a range of which only the first number is tagged as a citation."""
    if not inner.isdecimal():
        within = _RANGE_WITHIN.match(inner)
        if within and int(within[1]) == number and int(within[2]) <= last:
            return _span(number, int(within[2]), closed=True)
    behind = _RANGE_AFTER.match(after[:_NEAR])
    if behind and inner.strip("[]( ") == str(number) and int(behind[1]) <= last:
        return _span(number, int(behind[1]), closed=True)
    return ()


def unique(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return numbers without repetition, in order."""
    return tuple(dict.fromkeys(numbers))


def _span(first: int, last: int, *, closed: bool = False) -> tuple[int, ...]:
    if not first < last <= first + _MOST_IN_RANGE:
        return ()
    return tuple(range(first + 1, last + closed))


# What an empty element for it prints.
ET_AL = "et al."
_PUNCTUATION = re.compile(rf"^[\s,;.\[\]()]+$|^\s*{_DASH}\s*$")
_DIGITS = re.compile(r"\d+")


def tidy(text: str) -> str:
    """Return text in NFC with single spaces."""
    # Most texts are tidy. No white space but the plain one is printable.
    if "  " in text or not text.isprintable() or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def text_of(element: etree._Element | None, context: Context) -> str:
    """Return an element's text, citations and notes left out of account; '' for None."""
    if element is None:
        return ""
    return Prose(context, element).text() if len(element) else tidy(element.text or "")


def title_of(element: etree._Element | None, context: Context) -> str:
    """Return a title's text without the marks of notes on it; '' for None."""
    return "" if element is None else Prose(context, element, marks_notes=False).text()


class Prose:
    """Gathers the text of elements, their citations and what floats out of the line.

    Citations are kept as marks in the raw text (a NUL before, a 0x01 behind: neither can stand in
    XML) until the text is complete, because ranges show only then. ``marks_notes`` says whether
    the marks of notes are part of the text. What is inside ``element`` is added at once.
    """

    def __init__(
        self, context: Context, element: etree._Element | None = None, *, marks_notes: bool = True
    ) -> None:
        self.context = context
        self.marks_notes = marks_notes
        self.floats: list[etree._Element] = []
        self._parts: list[str] = []
        self._cited: list[tuple[int, ...]] = []
        self._in_citation = False
        if element is not None:
            self.add(element)

    def add(self, element: etree._Element) -> None:
        """Add what is inside an element."""
        self.add_text(element.text)
        for child in element:
            self.add_child(child)
            self.add_text(child.tail)

    def add_text(self, text: str | None) -> None:
        """Add plain text."""
        if text:
            self._parts.append(text)

    def add_child(self, element: etree._Element) -> None:
        """Add one element, by its meaning."""
        tag = element.tag
        handler = _HANDLERS.get(tag)
        if handler:
            handler(self, element)
        elif tag in tags.APART:
            self._parts.append(" ")
            self.add(element)
            self._parts.append(" ")
        elif tag in tags.FLOATS:
            self.floats.append(element)
        elif tag not in tags.SILENT:
            self.add(element)

    def raw(self) -> str:
        """Return the text so far, as tagged, citation marks included."""
        return "".join(self._parts)

    def text(self) -> str:
        """Return the tidy text."""
        return tidy(self.raw().replace("\x00", "").replace("\x01", ""))

    def finish(self) -> tuple[str, tuple[int, ...], tuple[Mark, ...]]:
        """Return the tidy text, all numbers it cites in order, and the marks with their places.

        A mark is the offset in the text at which a citation is printed, and its numbers; a range
        is opened at its end.
        """
        raw, last = self.raw(), self.context.last
        pieces = tidy(raw.replace("\x01", "")).split("\x00")
        text = "".join(pieces)
        marks = tuple(
            zip(accumulate(map(len, pieces)), open_ranges(raw, self._cited, last), strict=False)
        )
        if not self._cited and self.context.untagged:
            found = ((m.start(), find_citations(m[0])) for m in _BRACKET.finditer(text))
            marks = tuple((at, ns) for at, ns in found if ns and all(0 < n <= last for n in ns))
        return text, unique(n for _, numbers in marks for n in numbers), marks

    def nested(self) -> Prose:
        """Return a prose for a part of this one: own text, the same citations and floats."""
        inner = Prose(self.context, marks_notes=self.marks_notes)
        inner.floats, inner._cited = self.floats, self._cited
        inner._in_citation = self._in_citation
        return inner

    def cite(self, element: etree._Element, numbers: tuple[int, ...]) -> None:
        """Add a citation."""
        self._cited.append(numbers)
        self._parts.append("\x00")
        self._in_citation = True
        raised = len(element) == 1 and element[0].tag == "sup" and not (element.text or "").strip()
        if raised:
            inner = self.nested()
            inner.add(element)
            bare = inner.raw().strip()
            self._parts.append(bare if bare[:1] in ("[", "(") else f"[{bare}]")
        else:
            self.add(element)
        self._in_citation = False
        self._parts.append("\x01")


def _add_sup(prose: Prose, element: etree._Element) -> None:
    if prose._in_citation:
        prose.add(element)
        return
    before = len(prose._cited)
    inner = prose.nested()
    inner.add(element)
    text = inner.raw()
    if len(prose._cited) > before:
        opened = prose._parts and prose._parts[-1].rstrip()[-1:] in ("[", "(")
        shown = text.strip()
        closed = opened or shown.lstrip("\x00")[:1] in ("[", "(")
        prose._parts.append(shown if closed else f"[{shown}]")
    elif "".join(prose._parts[-1:]).endswith("\x01") and _PUNCTUATION.match(text):
        # Commas and dashes between raised citations belong to their list.
        prose._parts.append(text)
    elif text:
        prose._parts.append(raised_text(text))


def _add_sub(prose: Prose, element: etree._Element) -> None:
    inner = prose.nested()
    inner.add(element)
    text = inner.raw()
    low = subscript(text.strip())
    prose.add_text(low if low != text.strip() else text)


def _add_xref(prose: Prose, element: etree._Element) -> None:
    if not prose.marks_notes and element.get("ref-type") in tags.NOTES:
        return
    numbers = cited_numbers(element, prose.context)
    if numbers is not None and not prose._in_citation:
        prose.cite(element, numbers)
    elif element.get("ref-type") in ("table-fn", "fn") and not len(element):
        prose.add_text(raised_text(element.text or ""))
    else:
        prose.add(element)


def cited_numbers(element: etree._Element, context: Context) -> tuple[int, ...] | None:
    """Return the numbers of the entries that an xref points to; None where it is no citation."""
    known = context.numbers
    rid = element.get("rid") or ""
    numbers = known.get(rid)
    if numbers is not None:
        return numbers
    targets = rid.split()
    if not targets:
        # Without a target only a bare number says what is cited.
        if element.get("ref-type") != "bibr" or not known:
            return None
        return tuple(n for n in map(int, _DIGITS.findall(element.text or "")) if n <= context.last)
    found = unique(n for t in targets for n in known.get(t, ()))
    if element.get("ref-type") == "bibr":
        for target in targets:
            if target not in known and target not in context.missing:
                context.missing.add(target)
                context.flag("jats-citation-target", element, repr(target))
        return found
    return found or None


def _add_formula(prose: Prose, element: etree._Element) -> None:
    """Add a formula: MathML first, then LaTeX, then a text the publisher gives for it."""
    math, tex = next(element.iter("math"), None), next(element.iter("tex-math"), None)
    shown = element.tag == "disp-formula"
    if math is not None:
        prose.add_text(f" {_math_text(math)} " if shown else _math_text(math))
    elif tex is not None:
        prose.add_text(tex_text(words_of(tex)))
    elif next(element.iter("graphic", "inline-graphic"), None) is not None and not (
        words_of(element).strip()
    ):
        _add_image(prose, element)
    else:
        prose.add(element)
    if shown:
        label = child_of(element, "label") if math is not None else None
        prose.add_text(f" {tidy(label.text or '')} " if label is not None else " ")


def _math_text(math: etree._Element) -> str:
    return mathml_text(math) or str(math.get("alttext") or "").strip()


def _add_image(prose: Prose, element: etree._Element) -> None:
    """Add what stands for an image in the line: its alternative text, or a word that says so."""
    alternative = element.find(".//alt-text")
    words = tidy(alternative.text or "") if alternative is not None else ""
    prose.add_text(f"[{words or 'image'}]")


def _add_alternatives(prose: Prose, element: etree._Element) -> None:
    """Add one of several forms of the same thing, the one most like text."""
    for tag in ("math", "tex-math", "table", "textual-form", "preformat", "code"):
        child = child_of(element, tag)
        if child is not None:
            prose.add_child(child)
            return
    if len(element):
        prose.add_child(element[0])


def _add_link(prose: Prose, element: etree._Element) -> None:
    if words_of(element).strip():
        prose.add(element)
    else:
        prose.add_text(href(element))


def _add_name(prose: Prose, element: etree._Element) -> None:
    """Add a name; PubMed Central leaves no space between its parts."""
    inner = prose.nested()
    parts = inner._parts
    inner.add_text(element.text)
    for child in element:
        if parts and not parts[-1][-1:].isspace():
            parts.append(" ")
        if not len(child) and child.text:
            parts.append(child.text)
        else:
            inner.add_child(child)
        if child.tail and child.tail[0] in ",.;:":
            parts[-1] = parts[-1].rstrip()
        inner.add_text(child.tail)
    prose.add_text(inner.raw().strip())


def _add_apart(prose: Prose, element: etree._Element) -> None:
    """Add parts that nothing stands between in the file: forms of a name, day and month."""
    for child in element:
        prose.add_child(child)
        prose.add_text(child.tail or " ")


def _add_object_id(prose: Prose, element: etree._Element) -> None:
    """Add an identifier where it is printed: in a citation, not in a figure or table."""
    parent = element.getparent()
    if parent is not None and str(parent.tag).endswith(("citation", "comment")):
        prose.add(element)


def _add_row(prose: Prose, element: etree._Element) -> None:
    """Add a row of a table that stands in the line: cells parted by bars, rows by semicolons."""
    cells = [text_of(cell, prose.context) for cell in element]
    prose.add_text(" " + " | ".join(cells) + " ; ")


_HANDLERS: dict[object, Callable[[Prose, etree._Element], None]] = {
    "sup": _add_sup,
    "sub": _add_sub,
    "xref": _add_xref,
    "inline-formula": _add_formula,
    "disp-formula": _add_formula,
    "chem-struct": _add_formula,
    "math": lambda prose, math: prose.add_text(_math_text(math)),
    "tex-math": lambda prose, tex: prose.add_text(tex_text(words_of(tex))),
    "alternatives": _add_alternatives,
    "inline-graphic": _add_image,
    "ext-link": _add_link,
    "uri": _add_link,
    "email": _add_link,
    "etal": lambda prose, etal: prose.add_text(etal.text or ET_AL),
    "object-id": _add_object_id,
    "tr": _add_row,
    "name": _add_name,
    "string-name": _add_name,
    **dict.fromkeys(("name-alternatives", "collab-alternatives"), _add_apart),
}
