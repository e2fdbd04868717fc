"""The JATS layout: full text in XML, from NLM DTD 2.3 to JATS 1.3, as publishers deposit it.

Namespaces, wrappers (PubMed Central sets, OAI records) and the document type declaration do not
matter. Nothing is fetched and no entity of the file's own is expanded.
"""

from __future__ import annotations

import re

from lxml import etree

from builder.errors import Problem, ProblemError
from builder.models.document import Document
from builder.readers.jats.abbreviations import read_abbreviations
from builder.readers.jats.body import Body
from builder.readers.jats.context import Context, below, child_of
from builder.readers.jats.front import read_front
from builder.readers.jats.notices import flag_notices
from builder.readers.jats.references import read_references
from builder.readers.jats.source import parse_article
from builder.readers.source import Source

NAME = "jats"
LOOKS_FOR = "XML with an <article> element: JATS or NLM, as PubMed Central and publishers give it"

_XML = re.compile(r"^[\s\ufeff]*<(?:\?xml|!DOCTYPE|!--|[A-Za-z])", re.IGNORECASE)


def recognises(text: str) -> bool:
    """Tell whether a text is markup; what is not JATS then gets an error that says what it is."""
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
    return Document(
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
        problems=tuple(sorted(context.problems, key=Problem.sort_key)),
    )


def _tags_citations(article: etree._Element) -> bool:
    return any(xref.get("ref-type") == "bibr" for xref in article.iter("xref"))
