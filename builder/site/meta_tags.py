"""The meta tags of a page: Highwire, Dublin Core and Open Graph.

Pages of works carry Highwire ``citation_*`` tags, so that Zotero and Google Scholar save the
original; all other pages are web pages of this site. What Zotero makes of a tag is taken from its
translators "Embedded Metadata" and "RDF" (github.com/zotero/translators).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from builder import models
from builder.site.charts.cards import HEIGHT, WIDTH
from builder.site.citation_formats import PUBLISHER
from builder.store.build_info import DATA_LICENCE, Edition
from builder.text import ids

Tag = tuple[str, str]
# How a work's holder is named, by CSL type.
_HOLDERS = {
    "article-journal": "citation_journal_title",
    "chapter": "citation_inbook_title",
    "paper-conference": "citation_conference_title",
}
_PUBLISHERS = {
    "thesis": "citation_dissertation_institution",
    "report": "citation_technical_report_institution",
}
# What a work is, in words of Dublin Core and EPrints that Zotero knows.
_KINDS = {
    "article-journal": "JournalArticle",
    "book": "Book",
    "chapter": "BookItem",
    "paper-conference": "ConferencePaper",
    "thesis": "Thesis",
    "report": "Report",
    "webpage": "WebPage",
}


def _name(name: models.CslName) -> str:
    return name.literal or ", ".join(p for p in (name.family, name.given, name.suffix) if p)


def _list_authors(item: models.CslItem) -> Iterator[Tag]:
    """Yield a tag an author.

    Zotero drops an author who equals the one before; two spaces, which it takes for one, keep
    namesakes apart.
    """
    before = ""
    for author in item.author or []:
        # A mark in a group's name would make two of it.
        name = re.sub("[,;]", "", author.literal) if author.literal else _name(author)
        before = name.replace(", ", ",  ", 1) if name == before else name
        yield "citation_author", before


def format_day(day: models.CslDate | None, mark: str) -> str:
    """Return the date of a work with a mark between year, month and day, as far as it is known."""
    parts = day.date_parts[0] if day else []
    return mark.join(f"{p:02d}" for p in parts)


def find_work_tags(item: models.CslItem, abstract: str = "") -> list[Tag]:
    """Return the Highwire tags of a work, in the order that Google Scholar documents."""
    first, _, last = (item.page or "").partition("–")
    report = item.type == "report"
    tags: list[tuple[str, str | None]] = [
        ("citation_title", item.title),
        *_list_authors(item),
        *(("citation_editor", _name(n)) for n in item.editor or []),
        ("citation_publication_date", format_day(item.issued, "/")),
        (_HOLDERS.get(item.type, ""), item.container_title),
        ("citation_journal_abbrev", item.container_title_short),
        ("citation_volume", item.volume),
        ("citation_issue", item.issue),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        # An article number with a hyphen, which Zotero takes for a range and cuts.
        ("bibo.pages", item.page if "-" in first else None),
        ("citation_issn", item.ISSN),
        (_PUBLISHERS.get(item.type, "citation_publisher"), item.publisher),
        ("citation_technical_report_number", item.number if report else None),
        ("citation_doi", item.DOI),
        ("citation_pmid", item.PMID),
        ("citation_public_url", ids.doi_url(item.DOI) if item.DOI else item.URL),
        ("citation_abstract", abstract),
    ]
    return [(name, value) for name, value in tags if name and value]


def find_page_tags(
    title: str, description: str, url: str, edition: Edition, work: models.CslItem | None = None
) -> list[Tag]:
    """Return Dublin Core tags; of a work's page they tell of the work, as the Highwire tags do."""
    if work:
        tags: list[tuple[str, str | None]] = [
            ("DC.type", _KINDS.get(work.type)),
            ("DC.title", work.title),
            *(("DC.creator", _name(n)) for n in work.author or []),
            ("DC.date", format_day(work.issued, "-")),
            ("DC.identifier", f"doi:{work.DOI}" if work.DOI else work.URL),
            ("DC.source", work.container_title),
        ]
    else:
        tags = [
            ("DC.title", title),
            ("DC.publisher", PUBLISHER),
            ("DC.date", edition.day.isoformat()),
            ("DC.identifier", url),
            ("DC.description", description),
            ("DC.language", "en"),
            ("DC.rights", DATA_LICENCE),
        ]
    return [(name, value) for name, value in tags if value]


def find_graph_tags(
    title: str, description: str, url: str, work: models.CslItem | None = None
) -> list[Tag]:
    """Return Open Graph tags (they are properties, not names)."""
    tags = [
        ("og:title", title),
        ("og:description", description),
        # A "website" is one to Zotero, whatever other tags say.
        ("og:type", "article" if work else "website"),
        ("og:url", url),
        ("og:locale", "en_GB"),
    ]
    # A cited web page stands on another site.
    return tags if work and work.type == "webpage" else [*tags, ("og:site_name", PUBLISHER)]


def find_card_tags(url: str) -> list[Tag]:
    """Return the Open Graph tags of the card that stands for a page elsewhere."""
    return [
        ("og:image", url),
        ("og:image:type", "image/png"),
        ("og:image:width", str(WIDTH)),
        ("og:image:height", str(HEIGHT)),
        ("og:image:alt", "Exosome Atlas: the kind of page, and how many there are"),
    ]
