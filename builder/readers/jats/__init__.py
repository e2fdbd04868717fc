"""The JATS layout: full text in XML, from NLM DTD 2.3 to JATS 1.3, as publishers deposit it.

Namespaces, wrappers (PubMed Central sets, OAI records) and the document type declaration do not
matter. Nothing is fetched and no entity of the file's own is expanded. Here the parts of an article
are put together, its reference list is read, and every run of text is accounted for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from builder.errors import Problem, ProblemError
from builder.models.document import Citation, Coverage, Document, WorkFields, count_fates, texts_of
from builder.readers.jats.body import Body, read_abbreviations
from builder.readers.jats.front import flag_notices, is_author, read_front
from builder.readers.jats.inline import text_of, tidy
from builder.readers.jats.source import (
    LANG,
    OUTSIDE,
    Context,
    below,
    child_of,
    line_of,
    parse_article,
    words_of,
)
from builder.readers.jats.works import Parts, parse_work, printed_work
from builder.readers.source import Source, refuse
from builder.readers.words import search, table
from builder.text.dates import find_impossible_day

NAME = "jats"
LOOKS_FOR = "XML with an <article> element: JATS or NLM, as PubMed Central and publishers give it"

_XML = re.compile(r"^[\s\ufeff]*<(?:\?xml|!DOCTYPE|!--|[A-Za-z])", re.IGNORECASE)
_INSIDE = re.compile(r"<article-meta\b|<ref-list\b")


def recognises(text: str) -> bool:
    """Return whether a text is markup; what is not JATS then gets an error that says what it is.

    Other text may stand before the markup: a line of a mail, of a download's page.
    """
    return _XML.match(text) is not None or _INSIDE.search(text) is not None


def read(source: Source) -> Document:
    """Return the Document of an article; raises ProblemError for what is no single article."""
    try:
        article, problems = parse_article(source.data, source.file)
        return _read(article, Context(source.file, problems), source.sha256)
    except RecursionError as error:
        # libxml2 lets elements stand 255 deep; Python's stack may end before.
        got = "elements nested too deeply to read"
        raise refuse(source.file, "jats-depth", "an article", got) from error


def _read(article: etree._Element, context: Context, sha256: str) -> Document:
    if child_of(article, "front") is None and child_of(article, "body") is None:
        context.flag("jats-empty", article, "an empty <article>")
        raise ProblemError(context.problems)
    context.language = (article.get(LANG) or "").lower()
    citations = read_references(article, context)
    tagged = any(xref.get("ref-type") == "bibr" for xref in article.iter("xref"))
    context.untagged = bool(citations) and not tagged
    front = read_front(article, context)
    body = Body(context)
    body.read_title(article, front.work.title)
    meta = below(article, "front", "article-meta")
    if meta is not None:
        body.read_abstracts(meta)
        body.read_statements(meta)
    body.read_parts(article)
    flag_notices(article, front.work.title, context)
    if not citations:
        context.flag("jats-no-references", article, "none")
    document = Document(
        layout=NAME,
        file=context.file,
        sha256=sha256,
        front=front,
        headings=tuple(body.headings),
        blocks=tuple(body.blocks),
        tables=tuple(body.tables),
        citations=citations,
        figures=tuple(body.figures),
        abbreviations=read_abbreviations(article, body.blocks, context),
    )
    coverage = _account(article, document, context)
    problems = tuple(sorted(context.problems, key=Problem.sort_key))
    return replace(document, coverage=coverage, problems=problems)


# --- what became of each run of text --------------------------------------------------------------

# Formulas are written anew, so that their text can't be looked up.
_REWRITTEN = frozenset(["math", "tex-math", "inline-formula", "disp-formula", "chem-struct"])


def _account(article: etree._Element, document: Document, context: Context) -> Coverage:
    """Return what became of each run of text; one that the Document does not hold is reported.

    The text of an element that is left out by a rule counts as ignored only where it is not held.
    """
    held = _squeeze(" ".join(texts_of(document)))
    fates: list[tuple[str, int]] = []
    place = 0
    for text, left_out, element in _runs(article, ""):
        if not text or text.isspace():
            continue
        rule, words = left_out, _squeeze(text)
        found = held.find(words, place)
        found = found if found >= 0 else held.find(words.lstrip("0123456789"))
        if found >= 0 or rule == "rewritten":
            place = max(found, 0)
            rule = "recorded"
        elif not rule:
            rule = "reported"
            context.flag("jats-unread", element, repr(" ".join(text.split())[:60]))
        fates.append((rule, len(words)))
    return count_fates(fates)


def _runs(element: etree._Element, rule: str) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield each run of text with the rule that may leave it out, and its element."""
    tag = str(element.tag)
    rule = rule or table("jats_left_out").get(tag, "") or ("rewritten" if tag in _REWRITTEN else "")
    if not rule and tag == "contrib" and not is_author(element):
        rule = "people beside the authors"
    if not rule and tag == "contrib-group":
        parent = element.getparent()
        rule = "members of groups" if parent is not None and parent.tag == "collab" else ""
    yield element.text or "", rule, element
    for child in element:
        yield from _runs(child, rule)
        yield child.tail or "", rule, element


_BETWEEN = re.compile(r"[\W_]+")


def _squeeze(text: str) -> str:
    """Return the letters and digits of a text, in one case and one width."""
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _BETWEEN.sub("", text.casefold())


# --- the reference list: every entry with its fields as tagged and its text as printed ------------

CITATIONS = frozenset(["element-citation", "mixed-citation", "citation", "nlm-citation"])
Works = list[tuple[etree._Element, etree._Element]]
# What shows that two forms in one entry are one work.
_IDENTIFYING = ("surname", "collab", "year", "article-title", "source", "ext-link", "uri")
_EARLIEST, _LATEST = 1500, 2099
_DATE = ("day", "month", "year")


def find_refs(article: etree._Element) -> list[etree._Element]:
    """Return all entries of the article's lists in order; those of sub-articles are left out."""
    around = ("ref-list", *OUTSIDE)  # a list in another is gone through with it
    lists = (p for p in article.iter("ref-list") if next(p.iterancestors(*around), None) is None)
    return [ref for part in lists for ref in part.iter("ref")]


class Entry(NamedTuple):
    """An entry of the list: label as printed, works as (best tagged, as printed), ids of its own.

    ``inner`` are ids of alternatives of one work, which always mean this entry.
    """

    ref: etree._Element
    label: str
    works: Works
    ids: list[str | None]
    inner: list[str | None]


def _find_entry(ref: etree._Element) -> Entry:
    works: Works = []
    inner: list[str | None] = []
    for child in ref:
        if child.tag in CITATIONS:
            works.append((child, child))
        elif child.tag in ("citation-alternatives", "alternatives"):
            inner += [c.get("id") for c in child]
            found = [c for c in child if c.tag in CITATIONS]
            tagged = next((c for c in found if c.tag == "element-citation"), None)
            printed = next((c for c in found if c.tag == "mixed-citation"), None)
            # The first stands for a form that is not there.
            first = found[0] if tagged is None and found else tagged
            if first is not None:
                works.append((first, printed if printed is not None else first))
        elif child.tag == "note" and works:
            works += [(c, c) for c in child.iter(*CITATIONS)]
    label = child_of(ref, "label")
    ids = [ref.get("id"), *(child.get("id") for child in ref)]
    return Entry(ref, words_of(label) if label is not None else "", _pair_forms(works), ids, inner)


def _pair_forms(works: Works) -> Works:
    """Return one work for each pair of forms: SciELO gives a work in print and again in tags."""
    tagged = [element for element, _ in works if element.tag == "element-citation"]
    printed = [form for _, form in works if form.tag == "mixed-citation"]
    pairs = list(zip(tagged, printed, strict=False))
    paired = len(tagged) == len(printed) and 2 * len(pairs) == len(works)
    return pairs if paired and all(_is_same_work(*pair) for pair in pairs) else works


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
            context.flag("jats-ref-numbers", entries[0].ref, "numbers that begin anew")
    for entry, number in zip(entries, numbers, strict=True):
        for name in filter(None, entry.ids):
            context.numbers.setdefault(name, (number,))
        context.numbers.update(dict.fromkeys(filter(None, entry.inner), (number,)))
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
        context.flag("jats-ref-no-work", ref, kind)
        return
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
    if len(works) > 1:
        got = f"{len(works)} works, all kept under that number"
        context.flag("jats-ref-several", ref, got, number)


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
        context.flag("jats-ref-untagged", element, "plain text", number)
        return
    if not fields.title:
        context.flag("jats-ref-title", element, of=number)
    _check_year(element, fields, number, context)
    if len(parts.found.get("volume", ())) > 1 and len(parts.found.get("fpage", ())) > 1:
        got = "several in one run of text; the fields are those of the first"
        context.flag("jats-ref-several/one run", element, got, number)


def _check_year(element: etree._Element, fields: WorkFields, number: int, context: Context) -> None:
    """Flag a year that can't be read, and one that can't be right; "n.d." says that none is."""
    if fields.issued and _EARLIEST <= fields.issued[0] <= _LATEST:
        dates = " ".join(words_of(part) for tag in _DATE for part in element.iter(tag))
        if day := find_impossible_day(dates):
            context.flag("jats-ref-date", element, day, number)
        return
    reported = next((text for year in element.iter("year") if (text := tidy(words_of(year)))), "")
    if fields.issued or (reported and not fields.status and not search("undated", reported)):
        context.flag("jats-ref-year", element, repr(reported), number)
