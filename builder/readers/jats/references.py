"""The reference list: every entry with its fields as tagged and its text as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from builder.models.document import Citation, WorkFields
from builder.readers.jats.context import Context, child_of, line_of, words_of
from builder.readers.jats.inline import text_of, tidy
from builder.readers.jats.works import Parts, parse_work, printed_work
from builder.text.dates import find_impossible_day

CITATIONS = frozenset(["element-citation", "mixed-citation", "citation", "nlm-citation"])
Works = list[tuple[etree._Element, etree._Element]]
_PAIR = 2
# What shows that two forms in one entry are one work.
_IDENTIFYING = ("surname", "collab", "year", "article-title", "source", "ext-link", "uri")
_OUTSIDE = ("sub-article", "response")
_EARLIEST, _LATEST = 1500, 2099
_DATE = ("day", "month", "year")
_UNDATED = re.compile(
    r"^\W*(?:n\W*d|no date|undated|s\W*d|s\W*a|in press|in print|forthcoming|submitted|unpublished|"
    r"in preparation|accepted|online|present|ongoing)\b|^\W*$",
    re.IGNORECASE,
)


def find_refs(article: etree._Element) -> list[etree._Element]:
    """Return all entries of the article's lists in order; those of sub-articles are left out."""
    lists = [part for part in article.iter("ref-list") if not _is_outside(part)]
    nested = {id(inner) for part in lists for inner in part.iter("ref-list") if inner is not part}
    return [
        ref
        for part in lists
        if id(part) not in nested
        for ref in part.iter("ref")
        if ref.getparent() is not None
    ]


def _is_outside(element: etree._Element) -> bool:
    return any(True for _ in element.iterancestors(*_OUTSIDE))


@dataclass(slots=True)
class Entry:
    """An entry of the list: label as printed, works as (best tagged, as printed), ids of its own.

    ``inner`` are ids of alternatives of one work, which always mean this entry.
    """

    ref: etree._Element
    label: str
    works: Works
    ids: list[str]
    inner: list[str]


def _find_entry(ref: etree._Element) -> Entry:
    label: str | None = None
    works: Works = []
    ids = [ref.get("id")]
    inner: list[str | None] = []
    for child in ref:
        tag = child.tag
        ids.append(child.get("id"))
        if tag in CITATIONS:
            works.append((child, child))
        elif tag == "label":
            label = words_of(child) if label is None else label
        elif tag in ("citation-alternatives", "alternatives"):
            inner += [c.get("id") for c in child]
            found = [c for c in child if c.tag in CITATIONS]
            if found:
                tagged = next((c for c in found if c.tag == "element-citation"), found[0])
                printed = next((c for c in found if c.tag == "mixed-citation"), tagged)
                works.append((tagged, printed))
        elif tag == "note" and works:
            works += [(c, c) for c in child.iter(*CITATIONS)]
    works = _pair_forms(works)
    return Entry(ref, label or "", works, list(filter(None, ids)), list(filter(None, inner)))


def _pair_forms(works: Works) -> Works:
    """Return one work for each pair of forms: SciELO gives a work in print and again in tags."""
    if len(works) < _PAIR:
        return works
    tagged = [element for element, _ in works if element.tag == "element-citation"]
    printed = [form for _, form in works if form.tag == "mixed-citation"]
    if len(tagged) != len(printed) or len(tagged) + len(printed) != len(works):
        return works
    pairs = list(zip(tagged, printed, strict=True))
    return pairs if all(_is_same_work(*pair) for pair in pairs) else works


def _is_same_work(tagged: etree._Element, printed: etree._Element) -> bool:
    """Return whether a name, a title, a year or a link tagged in one form stands in the other."""
    words = words_of(printed).casefold()
    reported = (words_of(part).strip(" .,").casefold() for part in tagged.iter(*_IDENTIFYING))
    return any(word and word in words for word in reported)


def _number_entries(entries: list[Entry], context: Context) -> list[int]:
    """Return the number of each entry and make every id of it known to the context.

    Printed numbers are kept where all entries have one and none stands twice; else entries are
    counted in the order of the list.
    """
    labels = [entry.label.strip(" .[]()") for entry in entries]
    printed = [int(label) for label in labels if label.isdecimal() and int(label) > 0]
    if len(printed) == len(entries) and len(set(printed)) == len(entries):
        numbers = printed
    else:
        numbers = list(range(1, len(entries) + 1))
        if len(printed) == len(entries):
            context.flag(
                "note",
                "jats-ref-numbers",
                entries[0].ref,
                "numbers that stand once in the reference lists",
                "numbers that begin anew",
                hint="Entries are counted through all lists.",
            )
    for entry, number in zip(entries, numbers, strict=True):
        here = (number,)
        for name in entry.ids:
            context.numbers.setdefault(name, here)
        context.numbers.update(dict.fromkeys(entry.inner, here))
    context.last = max(numbers, default=0)
    return numbers


def read_references(article: etree._Element, context: Context) -> tuple[Citation, ...]:
    """Return the reference list. Several works printed under one number share the number."""
    entries = [_find_entry(ref) for ref in find_refs(article)]
    numbers = _number_entries(entries, context)
    return tuple(
        citation
        for entry, number in zip(entries, numbers, strict=True)
        for citation in _read_entry(entry, number, context)
    )


def _read_entry(entry: Entry, number: int, context: Context) -> Iterator[Citation]:
    ref, works = entry.ref, entry.works
    label = tidy(entry.label)
    numbered = label.strip(" .[]()") == str(number)
    shown = "" if numbered else label
    if not works:
        printed = text_of(ref, context).removeprefix(label).strip()
        yield Citation(number, f"{shown} {printed}".strip(), line_of(ref), key=ref.get("id", ""))
        kind = "a note" if child_of(ref, "note") is not None else "text without tags"
        context.flag("warning", "jats-ref-no-work", ref, "a cited work in the entry", kind)
        return
    # lxml makes an object for an element each time it is looked at, unless one is held.
    held = list(ref.iter())
    for place, (element, printed_from) in enumerate(works):
        parts = Parts(element, context)
        printed = printed_work(parts if printed_from is element else Parts(printed_from, context))
        fields = parse_work(parts, printed)
        if numbered and not place:
            printed = _without_number(printed, number)
        _check(parts, fields, number, context)
        yield Citation(
            number,
            f"{shown} {printed}".strip() if not place else printed,
            line_of(ref if not place else element),
            fields=fields,
            key=ref.get("id", "") if not place else element.get("id", ""),
        )
    del held
    if len(works) > 1:
        context.flag(
            "note",
            "jats-ref-several",
            ref,
            f"one work as number {number}",
            f"{len(works)} works, all kept under that number",
        )


def _without_number(printed: str, number: int) -> str:
    """Return an entry without its number, which some print in the text beside the label."""
    digits = str(number)
    if not printed.startswith(digits):
        return printed
    rest = printed[len(digits) :]
    return rest.lstrip(".)] ") if rest[:1] in (".", ")", "]", " ") else printed


def _check(parts: Parts, fields: WorkFields | None, number: int, context: Context) -> None:
    element = parts.element
    if fields is None:
        context.flag(
            "warning",
            "jats-ref-untagged",
            element,
            f"tagged fields in reference {number}",
            "plain text",
        )
        return
    if not fields.title:
        context.flag("warning", "jats-ref-title", element, f"a title in reference {number}")
    _check_year(element, fields, number, context)
    if _holds_several(parts):
        context.flag(
            "warning",
            "jats-ref-several",
            element,
            f"one work as number {number}",
            "several in one run of text; the fields are those of the first",
        )


def _check_year(element: etree._Element, fields: WorkFields, number: int, context: Context) -> None:
    """Flag a year that can't be read, and one that can't be right; "n.d." says that none is."""
    if fields.issued and _EARLIEST <= fields.issued[0] <= _LATEST:
        dates = " ".join(words_of(part) for tag in _DATE for part in element.iter(tag))
        if day := find_impossible_day(dates):
            expected = f"a day that there is in reference {number}"
            context.flag("warning", "jats-ref-date", element, expected, day)
        return
    reported = next((text for year in element.iter("year") if (text := tidy(words_of(year)))), "")
    if fields.issued or (reported and not fields.status and not _UNDATED.search(reported)):
        expected = f"a year from {_EARLIEST} to {_LATEST} in reference {number}"
        hint = "Compare the entry with the work that it names."
        context.flag("warning", "jats-ref-year", element, expected, repr(reported), hint)


def _holds_several(parts: Parts) -> bool:
    """Return whether a citation has more than one volume and first page."""
    found = parts.found
    return len(found.get("volume", ())) > 1 and len(found.get("fpage", ())) > 1
