"""The parts of one citation by tag, each read once: for its fields, and for its printed form."""

from __future__ import annotations

from lxml import etree

from builder.models.document import Person
from builder.readers.jats.context import Context
from builder.readers.jats.fields import FIELDS, HEADS, PEOPLE, TITLES
from builder.readers.jats.inline import ET_AL, Prose, text_of, tidy, title_of
from builder.readers.jats.people import parse_name, read_name, says_et_al


class Parts:
    """What one citation element holds.

    ``found`` has the elements that hold a field, by tag; people named behind the title stand under
    ``late-person``, for they are editors as a rule. ``has_text`` tells whether there is text beside
    the tags, ``et_al`` whether that text says that a list of names goes on.
    """

    __slots__ = ("_people", "_texts", "context", "element", "et_al", "found", "has_text")

    def __init__(self, element: etree._Element, context: Context) -> None:
        self.element = element
        self.context = context
        self.found: dict[str, list[etree._Element]] = {}
        text = element.text
        self.has_text = bool(text and not text.isspace())
        self._texts: dict[etree._Element, str] = {}
        self._people: dict[etree._Element, Person | None] = {}
        self.et_al = self._gather(element)

    def _gather(self, element: etree._Element) -> bool:
        """Sort the elements by tag; tell whether text between them says "et al."."""
        found = self.found
        et_al = False
        is_top = element is self.element
        titled = not TITLES.isdisjoint(found)
        for child in element:
            tag = child.tag
            if tag in FIELDS:
                titled = titled or tag in TITLES
                name = "late-person" if titled and tag in PEOPLE else tag
                same = found.get(name)
                if same is None:
                    found[name] = [child]
                else:
                    same.append(child)
            elif len(child):
                et_al = self._gather(child) or et_al
                titled = titled or not TITLES.isdisjoint(found)
            elif tag == "italic" and not titled:
                et_al = et_al or says_et_al(child.text)
            tail = child.tail
            if tail and not tail.isspace():
                self.has_text = self.has_text or is_top
                et_al = et_al or (not titled and "al" in tail and says_et_al(tail))
        return et_al

    def text(self, element: etree._Element) -> str:
        """Return an element's text."""
        known = self._texts.get(element)
        if known is not None:
            return known
        text = element.text or ""
        # Years, volumes and pages are letters and digits, with nothing to tidy.
        if len(element) or not (text.isalnum() and text.isascii()):
            text = text_of(element, self.context)
        self._texts[element] = text
        return text

    def first(self, tag: str) -> str:
        """Return the text of the first element of a tag, '' where there is none."""
        elements = self.found.get(tag)
        return self.text(elements[0]) if elements else ""

    def person(self, element: etree._Element) -> Person | None:
        """Return the person or group of a name element."""
        try:
            return self._people[element]
        except KeyError:
            person = self._people[element] = parse_name(element, self.context)
            return person

    def printed_name(self, element: etree._Element) -> str:
        """Return a name as printed; the person is read on the way."""
        tag = element.tag
        if tag == "name":
            self._people[element], words = read_name(element, self.context)
            if words:
                return tidy(" ".join(filter(None, words)))
        elif tag == "etal" and not len(element):
            return tidy(element.text or ET_AL)
        prose = Prose(self.context)
        prose.add_child(element)
        return prose.text()

    def title(self, element: etree._Element) -> str:
        """Return a title's text, without the marks of notes on it."""
        if len(element) and any(True for _ in element.iter("xref")):
            return title_of(element, self.context)
        return self.text(element)

    def head(self) -> etree._Element | None:
        """Return the element of the work's own title, None where no element has one."""
        for tag in HEADS:
            for element in self.found.get(tag, ()):
                if len(element) or (element.text or "").strip():
                    return element
        return None
