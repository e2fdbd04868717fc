"""What the parts of one reading share: the file's name, problems, and the numbers of references."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from builder.errors import Level, Problem

HREF = "{http://www.w3.org/1999/xlink}href"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(slots=True)
class Context:
    """State of one reading. ``numbers`` maps ids of list entries to their numbers.

    ``untagged`` tells that the article marks none of its citations, so that bracketed numbers in
    the text are all there is. ``language`` is the article's, in lower case.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    numbers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    last: int = 0
    untagged: bool = False
    language: str = ""
    missing: set[str] = field(default_factory=set)

    def flag(  # noqa: PLR0913, PLR0917 (the fields of a Problem)
        self,
        level: Level,
        rule: str,
        element: etree._Element | None,
        expected: str,
        got: str = "",
        hint: str = "",
    ) -> None:
        """Note a problem at an element's line."""
        line = line_of(element) if element is not None else 0
        self.problems.append(Problem(self.file, line, level, rule, expected, got=got, hint=hint))

    def flag_missing(self, element: etree._Element, target: str) -> None:
        """Note, once a target, a citation of an entry that the list does not have."""
        if target in self.missing:
            return
        self.missing.add(target)
        self.flag(
            "warning",
            "jats-citation-target",
            element,
            "a citation of an entry in the reference list",
            f"{target!r}",
        )


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


def first_in(element: etree._Element, tag: str) -> etree._Element | None:
    """Return the first element of a name that stands anywhere inside another."""
    return next(element.iter(tag), None)


def href(element: etree._Element) -> str:
    """Return the link of an element, with or without the XLink namespace."""
    return (element.get(HREF) or element.get("href") or "").strip()


def words_of(element: etree._Element) -> str:
    """Return all text inside an element, just as it stands in the file."""
    if not len(element):
        return element.text or ""
    # Several times faster than itertext, and the same: comments are gone already.
    return str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))
