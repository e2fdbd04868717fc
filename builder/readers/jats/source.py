"""From the bytes of a seed to one ``<article>`` element, and what the parts of one reading share.

The sets of tags at the top are the one place that says what an element holds and how it is printed.

Nothing is fetched and nothing expanded: the document type declaration is taken out before parsing,
so no DTD is loaded and no entity of the file's own can grow. Named characters (``&alpha;``) are
replaced from the HTML5 list, which holds nearly all of the ISO sets that JATS and the NLM DTDs use
(ISO 8879, ISO 9573-13). Line numbers stay those of the seed.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from builder.errors import Level, Problem, ProblemError
from builder.readers.source import find_encoding, name_site, refuse
from builder.readers.words import looks

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
# Parts that are texts of their own.
OUTSIDE = ("sub-article", "response")
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


# --- from bytes to an article ---------------------------------------------------------------------

_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z_][\w.-]*);")
# In these an entity is plain text, or is left out by the parser together with them.
_CDATA = (b"<![CDATA[", b"]]>")
_HIDDEN = (_CDATA, (b"<!--", b"-->"), (b"<?", b"?>"))
# The Greek letters of ISOgrk1 and ISOgrk3 that HTML has under other names.
_NAMES = "a b g d e z ee th i k l m n x o p r sf s t u ph kh ps oh"
_LOWER = dict(zip(_NAMES.split(), "αβγδεζηθικλμνξοπρςστυφχψω", strict=True))
_GREEK = {
    "thetas": "θ",
    "Thetas": "Θ",
    "phis": "φ",
    **{f"{name}gr": letter for name, letter in _LOWER.items()},
    **{f"{name.upper()}gr": letter.upper() for name, letter in _LOWER.items()},
}


def replace_named(clean: bytes, file: str, problems: list[Problem]) -> bytes:
    """Return a text with the characters that its named entities stand for; unknown ones stay."""
    unknown: set[bytes] = set()

    def character(match: re.Match[bytes]) -> bytes:
        name = match[1].decode().removeprefix("b.")  # ISOgrk4: the same in bold
        found = html.entities.html5.get(f"{name};") or _GREEK.get(name)
        if found is None:
            unknown.add(match[1])
            return b"&amp;" + match[1] + b";"
        return html.escape(found, quote=False).encode()

    pieces: list[bytes] = []
    last = 0
    for start, end in _find_spans(clean, *_CDATA):
        pieces += [_NAMED.sub(character, clean[last:start]), clean[start:end]]
        last = end
    pieces.append(_NAMED.sub(character, clean[last:]))
    problems += _unknown_names(clean, unknown, file) if unknown else []
    return b"".join(pieces)


def _find_spans(clean: bytes, opening: bytes, closing: bytes) -> Iterator[tuple[int, int]]:
    start = clean.find(opening)
    while start >= 0:
        end = clean.find(closing, start)
        end = end + len(closing) if end >= 0 else len(clean)
        yield start, end
        start = clean.find(opening, end)


def _unknown_names(clean: bytes, unknown: set[bytes], file: str) -> list[Problem]:
    """Return a problem for each name that stands for no character, at its first place."""
    hidden = [span for marks in _HIDDEN for span in _find_spans(clean, *marks)]
    places: dict[bytes, int] = {}
    for match in _NAMED.finditer(clean):
        name, at = match[1], match.start()
        if name in unknown and not any(start < at < end for start, end in hidden):
            places.setdefault(name, at)
    expected = "a named character of HTML or ISO"
    hint = "It is kept as written; entities that a file declares are never expanded."
    lines = {f"&{name.decode()};": clean.count(b"\n", 0, at) + 1 for name, at in places.items()}
    return [
        Problem(file, line, "warning", "jats-entity", expected, got, hint=hint)
        for got, line in lines.items()
    ]


_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(rb"<\?xml\b[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]+)[\"']")
_DOCTYPE_PART = re.compile(rb"\"[^\"]*\"|'[^']*'|<!--.*?-->|<\?.*?\?>|[\[\]>]", re.DOTALL)
# What stands before the root: only here can a document type declaration be.
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_HTML = re.compile(r"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_NAMESPACE = re.compile(rb"""xmlns(?::[\w.-]+)?\s*=\s*["']([^"']+)["']""")
# Prefixes of these stand before attributes only.
_OF_ATTRIBUTES = frozenset(
    [b"http://www.w3.org/1999/xlink", b"http://www.w3.org/2001/XMLSchema-instance"]
)
_UNDECLARED = re.compile(r"Namespace prefix ([\w.-]+)")
_FIRST_TAG = re.compile(rb"<[A-Za-z_][\w.:-]*")
_KNOWN_PREFIXES = {
    "xlink": "http://www.w3.org/1999/xlink",
    "mml": "http://www.w3.org/1998/Math/MathML",
}
_FETCH = "The file may be cut off or damaged: fetch it again."
# What the parser says, in a reader's words, and the fix.
_FIXES = {
    "Start tag expected": ("text before the first tag", "Delete what stands before the XML."),
    "xmlParseEntityRef": ("an '&' that begins no character", "Write a plain & as &amp;."),
    "Extra content": ("more behind the end", "Save each article as a file of its own."),
    "too long": ("a text too long to be of a paper", "Look at what stands in this line."),
}
_MOST_PREFIXES = 10
_HEAD = 2000


def parse_article(data: bytes, file: str) -> tuple[etree._Element, list[Problem]]:
    """Return the one article of a file, tags without namespaces, and what was fixed on the way.

    Raises ProblemError for bytes that are no XML, for other XML, and for several articles.
    """
    problems: list[Problem] = []
    text = _clean(data, file, problems)
    root = _parse(text, file, problems)
    _drop_namespaces(root, text)
    return _find_article(root, file), problems


def _parse(text: bytes, file: str, problems: list[Problem]) -> etree._Element:
    for _ in range(_MOST_PREFIXES):
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            strip_cdata=True,
            huge_tree=False,
        )
        try:
            return etree.fromstring(text, parser)
        except etree.XMLSyntaxError as error:
            prefix = _UNDECLARED.search(error.msg or "")
            if prefix is None:
                raise _not_well_formed(error, text, file) from error
            text = _declare(text, prefix[1])
            expected, got = "a declaration of every prefix", f"none of {prefix[1]!r}"
            line = error.lineno or 0
            problems.append(Problem(file, line, "note", "jats-namespace", expected, got))
    raise refuse(file, "jats-not-xml", "declared prefixes", "many without")


def _declare(clean: bytes, prefix: str) -> bytes:
    """Return the text with a prefix declared at the root, as the file should have had it."""
    address = _KNOWN_PREFIXES.get(prefix, f"urn:undeclared:{prefix}")
    added = f' xmlns:{prefix}="{address}"'.encode()
    return _FIRST_TAG.sub(lambda tag: tag.group() + added, clean, count=1)


def _drop_namespaces(root: etree._Element, text: bytes) -> None:
    used = set(_NAMESPACE.findall(text)) - _OF_ATTRIBUTES
    if not used and root.tag[0] != "{" and ":" not in str(root.prefix or ""):
        return
    # Not as a list: it would hold an object for each element of a formula.
    for element in root.iter(*(f"{{{name.decode()}}}*" for name in sorted(used))):
        tag = element.tag
        element.tag = tag[tag.index("}") + 1 :]


def _find_article(root: etree._Element, file: str) -> etree._Element:
    if root.tag == "article":
        return root
    if str(root.tag).lower() == "html":
        raise _html_page(etree.tostring(root), file, line_of(root))
    found = [a for a in root.iter("article") if a.find("front") is not None]
    if len(found) == 1:
        return found[0]
    if not found:
        named = (one for one in looks("other_xml") if one.form.search(str(root.tag).lower()))
        look = next(named, None)
        got = f"<{root.tag}>" + (f", what looks like {look.looks}" if look else "")
        todo = look.todo if look else "Get the article's XML (JATS)."
        raise refuse(file, "jats-root", "a JATS <article>", got, todo, line_of(root))
    second, hint = line_of(found[1]), "Save each <article> as a file of its own."
    several, expected = "jats-several-articles", "one article in a file"
    raise refuse(file, several, expected, f"{len(found)}", hint, second)


def _not_well_formed(error: etree.XMLSyntaxError, clean: bytes, file: str) -> ProblemError:
    line = error.lineno or 0
    if _HTML.search(clean[:_HEAD].decode("utf-8", "replace")):
        return _html_page(clean, file, line)
    reported = " ".join((error.msg or "an empty file").split(", line ")[0].split())
    got, hint = next((fix for sign, fix in _FIXES.items() if sign in reported), (reported, _FETCH))
    return refuse(file, "jats-not-xml", "well-formed XML", got, hint, line)


def _html_page(page: bytes, file: str, line: int) -> ProblemError:
    site = name_site(page)
    got = f"what looks like a saved web page of {site}" if site else "an HTML page"
    hint = (
        "Get the article's XML from PubMed Central, Europe PMC or the publisher, or save the page "
        "as plain text."
    )
    return refuse(file, "jats-html", "JATS XML", got, hint, line)


def _clean(data: bytes, file: str, problems: list[Problem]) -> bytes:
    """Return UTF-8 without XML declaration, DTD and named entities; the lines stay the same."""
    text = _to_utf8(data, file, problems)
    declaration = _DECLARATION.match(text)
    start = declaration.end() if declaration else 0
    doctype, end = _find_doctype(text, start)
    lines = b"\n" * text.count(b"\n", 0, start)
    more = b"\n" * text.count(b"\n", doctype, end)
    text = lines + text[start:doctype] + more + text[end:]
    return replace_named(text, file, problems) if _NAMED.search(text) else text


def _to_utf8(data: bytes, file: str, problems: list[Problem]) -> bytes:
    encoding, start = find_encoding(data)
    if encoding:
        return data[start:].decode(encoding, "replace").encode("utf-8", "surrogatepass")
    found = _ENCODING.match(data[:_HEAD].lstrip())
    declared = found.group(1).decode("ascii") if found else "utf-8"
    other = declared.lower() not in ("utf-8", "utf8")
    try:
        data.decode("utf-8")
        if not other or data.isascii():
            return data
        # Bytes that happen to be valid UTF-8 with letters beyond ASCII are UTF-8.
        taken, line = "UTF-8", 1
    except UnicodeDecodeError as error:
        if other:
            try:
                return data.decode(declared).encode("utf-8", "surrogatepass")
            except (LookupError, UnicodeDecodeError):
                pass
        taken, line = "Windows-1252", data.count(b"\n", 0, error.start) + 1
        # cp1252 leaves five bytes undefined; they become the replacement character and are seen.
        data = data.decode("cp1252", "replace").encode()
    expected, got = f"bytes in the declared encoding {declared}", f"bytes that read as {taken}"
    hint = "Compare names and Greek letters with the paper."
    problems.append(Problem(file, line, "warning", "jats-encoding", expected, got, hint=hint))
    return data


def _find_doctype(text: bytes, start: int) -> tuple[int, int]:
    """Return where the document type declaration starts and ends; an empty span without one."""
    prolog = _PROLOG.match(text, start)
    start = prolog.end() if prolog else start
    if text[start : start + 9].upper() != b"<!DOCTYPE":
        return start, start
    inside = False
    for part in _DOCTYPE_PART.finditer(text, start):
        mark = part.group()
        if mark == b"[":
            inside = True
        elif mark == b"]":
            inside = False
        elif mark == b">" and not inside:
            return start, part.end()
    return start, start
