"""The JATS layout: full text in XML, from NLM DTD 2.3 to JATS 1.3, as publishers deposit it.

Namespaces, wrappers (PubMed Central sets, OAI records) and the document type declaration do not
matter. Nothing is fetched and no entity of the file's own is expanded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import replace

from lxml import etree

from builder.errors import Problem, ProblemError
from builder.models.document import Coverage, Document, WorkFields, count_fates
from builder.readers.jats.body import Body, read_abbreviations
from builder.readers.jats.context import LANG, Context, below, child_of
from builder.readers.jats.front import flag_notices, is_author, read_front
from builder.readers.jats.references import read_references
from builder.readers.jats.source import parse_article
from builder.readers.source import Source

NAME = "jats"
LOOKS_FOR = "XML with an <article> element: JATS or NLM, as PubMed Central and publishers give it"

_XML = re.compile(r"^[\s\ufeff]*<(?:\?xml|!DOCTYPE|!--|[A-Za-z])", re.IGNORECASE)


def recognises(text: str) -> bool:
    """Return whether a text is markup; what is not JATS then gets an error that says what it is."""
    return _XML.match(text) is not None


def read(source: Source) -> Document:
    """Return the Document of an article; raises ProblemError for what is no single article."""
    return read_article(source.data, source.file, source.sha256)


def read_article(data: bytes, file: str, sha256: str) -> Document:
    """Return the Document of an article from its bytes."""
    try:
        article, problems = parse_article(data, file)
        return _read(article, Context(file, problems), sha256)
    except RecursionError as error:
        # libxml2 lets elements stand 255 deep; Python's stack may end before.
        got = "elements nested too deeply to read"
        raise ProblemError(Problem(file, 0, "error", "jats-depth", "an article", got)) from error


def _read(article: etree._Element, context: Context, sha256: str) -> Document:
    if child_of(article, "front") is None and child_of(article, "body") is None:
        context.flag("error", "jats-empty", article, "a <front> or a <body>", "an empty <article>")
        raise ProblemError(context.problems)
    context.language = (article.get(LANG) or "").lower()
    citations = read_references(article, context)
    context.untagged = bool(citations) and not _tags_citations(article)
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
        context.flag("note", "jats-no-references", article, "a reference list", "none")
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

# Elements whose text is left out, by the name of the rule.
_LEFT_OUT = {
    **dict.fromkeys(
        ("journal-id", "issn", "article-id", "article-categories", "counts", "custom-meta-group",
         "processing-meta", "object-id", "institution-id", "contrib-id", "self-uri", "pub-id",
         "isbn", "issue-id", "volume-id", "conference", "product", "kwd-group", "support-group",
         "publisher-loc", "award-group"),
        "metadata",
    ),
    **dict.fromkeys(("history", "pub-date", "pub-history", "date", "event"), "dates"),
    **dict.fromkeys(("permissions", "copyright-year", "copyright-holder"), "permissions"),
    **dict.fromkeys(("corresp", "email", "phone", "fax", "uri", "ext-link"), "addresses"),
    **dict.fromkeys(("alt-text", "long-desc", "index-term", "fn-stub", "target"), "not printed"),
    **dict.fromkeys(("degrees", "prefix", "role", "label"), "beside names"),
    **dict.fromkeys(("aff", "name-alternatives"), "people in other forms"),
    "media": "files",
    "alt-title": "running titles",
    **dict.fromkeys(("sub-article", "response"), "sub-articles"),
}  # fmt: skip
# Formulas are written anew, so that their text can't be looked up.
_REWRITTEN = frozenset(["math", "tex-math", "inline-formula", "disp-formula", "chem-struct"])


def _account(article: etree._Element, document: Document, context: Context) -> Coverage:
    """Return what became of each run of text; one that the Document does not hold is reported.

    The text of an element that is left out by a rule counts as ignored only where it is not held.
    """
    held = _squeeze(" ".join(_texts(document)))
    fates: list[tuple[str, int]] = []
    place = 0
    for text, left_out, element in _runs(article, ""):
        rule, words = left_out, _squeeze(text)
        found = held.find(words, place)
        found = found if found >= 0 else held.find(words.lstrip("0123456789"))
        if found >= 0 or rule == "rewritten":
            place = max(found, 0)
            rule = "recorded"
        elif not rule:
            rule = "reported"
            got = repr(" ".join(text.split())[:60])
            context.flag("warning", "jats-unread", element, "text in a known element", got)
        fates.append((rule, len(" ".join(text.split())) if words else 0))
    return count_fates(fates)


def _runs(element: etree._Element, rule: str) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield each run of text with the rule that may leave it out, and its element."""
    tag = str(element.tag)
    rule = rule or _LEFT_OUT.get(tag, "") or ("rewritten" if tag in _REWRITTEN else "")
    if not rule and tag == "contrib" and not is_author(element):
        rule = "people beside the authors"
    parent = element.getparent()
    if not rule and tag == "contrib-group" and parent is not None and parent.tag == "collab":
        rule = "members of groups"
    yield element.text or "", rule, element
    for child in element:
        yield from _runs(child, rule)
        yield child.tail or "", rule, element


def _squeeze(text: str) -> str:
    """Return the letters and digits of a text, in one case and one width."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _texts(document: Document) -> Iterator[str]:
    """Yield every text that a Document holds."""
    front = document.front
    yield from _work_texts(front.work)
    yield from (front.licence, front.licence_url, front.source_url)
    yield from (heading.text for heading in document.headings)
    yield from (block.text for block in document.blocks)
    for table in document.tables:
        yield from (table.label, table.caption, *table.footnotes)
        yield from (cell.text for row in table.rows for cell in row)
    yield from (text for figure in document.figures for text in (figure.label, figure.caption))
    for citation in document.citations:
        yield citation.printed
        if citation.fields:
            yield from _work_texts(citation.fields)
    yield from (text for pair in document.abbreviations for text in pair)


def _work_texts(work: WorkFields) -> Iterator[str]:
    for field in fields_of(work):
        value = getattr(work, field.name)
        if isinstance(value, str):
            yield value
    yield " ".join(map(str, (*work.issued, *work.accessed)))
    for person in (*work.authors, *work.editors):
        yield from (person.given, person.family, person.literal, person.suffix, person.orcid)
        yield from (*person.affiliations, *person.others)


def _tags_citations(article: etree._Element) -> bool:
    return any(xref.get("ref-type") == "bibr" for xref in article.iter("xref"))
