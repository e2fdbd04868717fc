"""What the parts of one reading share: kinds of elements, the file's name, problems, numbers.

The sets of tags at the top are the one place that says what an element holds and how it is printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from builder.errors import Level, Problem

# Parts that are printed away from the line they are tagged in. The reader of the text finds them
# in ``Prose.floats``.
FLOATS = frozenset({
    "fig", "fig-group", "table-wrap", "table-wrap-group", "supplementary-material", "media", "fn",
    "fn-group", "boxed-text", "chem-struct-wrap",
})  # fmt: skip
# Parts that begin on a new line: a space keeps their words apart.
APART = frozenset({
    "p", "title", "label", "list", "list-item", "def-list", "def-item", "term", "def", "break",
    "disp-quote", "attrib", "institution", "addr-line", "td", "th", "tr", "sec", "hr", "line",
    "verse-line", "caption", "subtitle", "trans-title", "disp-formula-group",
})  # fmt: skip
# Parts that are not printed, or not as text.
SILENT = frozenset({
    "index-term", "index-term-range-end", "processing-meta", "institution-id", "permissions",
    "fn-stub", "contrib-id", "milestone-start", "milestone-end", "target",
})  # fmt: skip
# What a mark on a title refers to.
NOTES = frozenset(["fn", "author-notes", "corresp", "aff"])


NAMES = frozenset(["name", "string-name", "name-alternatives", "collab", "collab-alternatives"])
PEOPLE = NAMES | {"anonymous"}
# Titles of the work itself, the best first; of a book, of a journal, the source is the title.
HEADS = ("article-title", "chapter-title", "data-title", "part-title")
TITLES = frozenset([*HEADS, "source"])
DATES = frozenset(["year", "month", "day"])
PAGES = frozenset(["fpage", "lpage", "page-range", "elocation-id"])
# Fields that are nothing but their text.
TEXTS = PAGES | {
    "volume", "issue", "supplement", "publisher-name", "publisher-loc", "issn", "edition",
    "patent", "institution", "version",
}  # fmt: skip
IDENTIFIERS = frozenset(["pub-id", "object-id", "article-id"])
LINKS = frozenset(["ext-link", "uri"])
# Elements that hold one field; all others are wrappers and are looked into.
FIELDS = PEOPLE | TITLES | DATES | TEXTS | IDENTIFIERS | LINKS | {
    "person-group", "etal", "label", "conf-name", "trans-title", "trans-source", "series",
    "string-date", "date-in-citation", "access-date", "isbn",
}  # fmt: skip
# Fields and parts of names that are put apart in print where nothing stands between them.
SET_APART = TITLES | DATES | TEXTS | IDENTIFIERS | {"surname", "given-names", "etal"}
# Elements besides these, and links with a text, whose text is printed just as it stands.
PLAIN = frozenset({
    "mixed-citation", "citation", "person-group", "name", "string-name", "italic", "bold",
    "comment", "conf-name", "collab",
})  # fmt: skip
# What stands in a citation that tags no field: looks, a label, a link.
MARKUP = LINKS | {
    "etal", "italic", "bold", "sup", "sub", "sc", "underline", "label", "styled-content",
    "named-content", "monospace", "break", "x", "roman", "sans-serif",
}  # fmt: skip


# What is reported, by rule and, behind a slash, case: the level, what was expected, a hint.
_NO_FINDINGS = "Its statements must not stand as findings of the paper it is about."
_SEE_NOTICE = "Look at the notice before you use the paper."
_COMPARE = "Compare the entry with the work that it names."
_RULES: dict[str, tuple[Level, str] | tuple[Level, str, str]] = {
    "date-impossible": ("warning", "a day that its month has"),
    "jats-citation-target": ("warning", "a citation of an entry in the reference list"),
    "jats-empty": ("error", "a <front> or a <body>"),
    "jats-erratum": ("warning", "a paper", _NO_FINDINGS),
    "jats-erratum/later": ("note", "no later notice", _SEE_NOTICE),
    "jats-no-body": ("warning", "the full text"),
    "jats-no-references": ("note", "a reference list"),
    "jats-ref-date": ("warning", "a day that there is in reference {}"),
    "jats-ref-no-work": ("warning", "a cited work in the entry"),
    "jats-ref-numbers": (
        "note", "numbers that stand once in the reference lists",
        "Entries are counted through all lists.",
    ),
    "jats-ref-several": ("note", "one work as number {}"),
    "jats-ref-several/one run": ("warning", "one work as number {}"),
    "jats-ref-title": ("warning", "a title in reference {}"),
    "jats-ref-untagged": ("warning", "tagged fields in reference {}"),
    "jats-ref-year": ("warning", "a year from 1500 to 2099 in reference {}", _COMPARE),
    "jats-retraction": ("warning", "a paper that stands", _NO_FINDINGS),
    "jats-retraction/later": ("warning", "a paper that stands", _SEE_NOTICE),
    "jats-sub-article": ("note", "one text; this part is left out"),
    "jats-table-empty": ("warning", "rows and cells in {}"),
    "jats-table-image": (
        "warning", "rows and cells in {}", "Its values can't be read; see the paper.",
    ),
    "jats-table-nested": ("warning", "plain cells", "Its rows are kept as text in the cell."),
    "jats-table-parts": ("note", "one table in a table-wrap"),
    "jats-table-rows": ("warning", "rows in a body of the table"),
    "jats-table-span": ("warning", "a {} of 1 or more"),
    "jats-table-text": ("warning", "text in cells of the row"),
    "jats-table-text/element": ("warning", "cells in the row"),
    "jats-table-width": ("note", "{} columns in every row", "Compare the table with the paper."),
    "jats-title": ("warning", "an article title"),
    "jats-unread": ("warning", "text in a known element"),
}  # fmt: skip
HREF = "{http://www.w3.org/1999/xlink}href"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(slots=True)
class Context:
    """State of one reading. ``numbers`` maps ids of list entries to their numbers.

    ``untagged`` says that the article marks none of its citations, so that bracketed numbers in
    the text are all there is. ``language`` is the article's, in lower case.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    numbers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    last: int = 0
    untagged: bool = False
    language: str = ""
    missing: set[str] = field(default_factory=set)

    def flag(self, rule: str, element: etree._Element, got: str = "", of: object = "") -> None:
        """Note a problem by its rule at an element's line; ``of`` stands in what was expected."""
        level, expected, *hint = _RULES[rule]
        line, rule = line_of(element), rule.partition("/")[0]
        found = Problem(self.file, line, level, rule, expected.format(of), got, hint=" ".join(hint))
        self.problems.append(found)


def line_of(element: etree._Element) -> int:
    """Return the line on which an element starts, 0 where the parser does not know."""
    return cast("int | None", element.sourceline) or 0


def child_of(element: etree._Element, tag: str) -> etree._Element | None:
    """Return the first child of a name; a third of the time that ``find`` takes."""
    return next(element.iterchildren(tag), None)


def below(element: etree._Element, *tags: str) -> etree._Element | None:
    """Return the element at the end of a path of first children; a third of ``find``'s time."""
    found: etree._Element | None = element
    for tag in tags:
        if found is None:
            break
        found = next(found.iterchildren(tag), None)
    return found


_YEAR = re.compile(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)")


def parse_year(text: str | None) -> int:
    """Return the first year from 1500 to 2099 in a text, 0 where there is none."""
    found = _YEAR.search(text or "")
    return int(found[0]) if found else 0


def href(element: etree._Element) -> str:
    """Return the link of an element, with or without the XLink namespace."""
    return (element.get(HREF) or element.get("href") or "").strip()


def words_of(element: etree._Element) -> str:
    """Return all text inside an element, just as it stands in the file."""
    if not len(element):
        return element.text or ""
    # Several times faster than itertext, and the same: comments are gone already.
    return str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))
