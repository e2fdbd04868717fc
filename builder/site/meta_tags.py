"""The metadata of a page: Highwire, Dublin Core, Open Graph, and JSON-LD after schema.org.

Pages of works carry Highwire ``citation_*`` tags, so that Zotero and Google Scholar save the
original; all other pages are web pages of this site. What Zotero makes of a tag is taken from its
translators "Embedded Metadata" and "RDF" (github.com/zotero/translators).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from builder import models
from builder.site.citations import PUBLISHER
from builder.store.library import DATA_LICENCE, Edition
from builder.text import ids

# Cards that other sites show beside a link: their folder, and their size in pixels.
CARDS, WIDTH, HEIGHT = "assets/cards", 1200, 630
_CARDS = ("source", "mechanism", "vehicle", "condition", "trial", "paper", "reference", "finding")

Tag = tuple[str, str]
# How a work's holder is named, by CSL type.
_HOLDERS = {
    "article-journal": "citation_journal_title",
    "chapter": "citation_inbook_title",
    "paper-conference": "citation_conference_title",
    "article-magazine": "citation_journal_title",
    "article-newspaper": "citation_journal_title",
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
    "article": "Preprint",
    "article-magazine": "MagazineArticle",
    "article-newspaper": "NewspaperArticle",
    "dataset": "Dataset",
    "patent": "Patent",
    "software": "Software",
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
    first, last = item.pages
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
    title: str,
    description: str,
    url: str,
    changed: date | None = None,
    work: models.CslItem | None = None,
) -> list[Tag]:
    """Return Dublin Core tags; of a work's page they are of the work, as the Highwire tags are."""
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
            ("DC.date", changed.isoformat() if changed else None),
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


# --- JSON-LD -------------------------------------------------------------------------------------

Node = dict[str, Any]
_CONTEXT = "https://schema.org"
# Google shows no more of a headline.
_HEADLINE = 110
_WORK_TYPES = {
    "article-journal": "ScholarlyArticle",
    "paper-conference": "ScholarlyArticle",
    "book": "Book",
    "chapter": "Chapter",
    "thesis": "Thesis",
    "report": "Report",
    "webpage": "WebPage",
}
_HOLDER_TYPES = {
    "article-journal": "Periodical",
    "chapter": "Book",
    "webpage": "WebSite",
}
# The downloads of the whole base that other programs are shown: path and media type.
DOWNLOADS = (
    ("api/v1/index.json", "application/json"),
    ("data/csv/datapackage.json", "application/json"),
    ("data/exosome-atlas.sqlite", "application/vnd.sqlite3"),
    ("data/references.bib", "application/x-bibtex"),
    ("data/references.ris", "application/x-research-info-systems"),
    ("data/references.csl.json", "application/vnd.citationstyles.csl+json"),
    ("data/ro-crate-metadata.json", "application/ld+json"),
)


def dump_ld(nodes: Sequence[Node]) -> str:
    """Return JSON-LD that is safe inside a script element: no ``<`` or ``&`` stands in it."""
    data = {"@context": _CONTEXT, "@graph": [_bare(n) for n in nodes]}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _bare(v) for k, v in node.items() if v not in (None, "", [], {})}
    if isinstance(node, list):
        return [_bare(v) for v in node]
    return node


def breadcrumbs(crumbs: Iterable[tuple[str, str]], edition: Edition) -> Node:
    """Return the way from home to the page; ``crumbs`` are (title, path below the root)."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": title, "item": edition.url(path)}
            for n, (title, path) in enumerate(crumbs, 1)
        ],
    }


def _person(name: models.CslName) -> Node:
    if name.literal:
        return {"@type": "Organization", "name": name.literal}
    said = " ".join(p for p in (name.given, name.family, name.suffix) if p)
    return {
        "@type": "Person",
        "name": said,
        "givenName": name.given,
        "familyName": name.family,
    }


def _identifiers(item: models.CslItem) -> Iterator[Node]:
    for label, value in (("DOI", item.DOI), ("PMID", item.PMID), ("PMCID", item.PMCID)):
        if value:
            yield {"@type": "PropertyValue", "propertyID": label, "value": value}


def describe_work(item: models.CslItem, page: str) -> Node:
    """Return a work as its schema.org type, ScholarlyArticle mostly; ``page`` is its page here."""
    kind = _WORK_TYPES.get(item.type, "CreativeWork")
    first, last = item.pages
    paged = kind in ("ScholarlyArticle", "Chapter")
    return {
        "@type": kind,
        "@id": ids.doi_url(item.DOI) if item.DOI else f"{page}#work",
        "name": item.title,
        "headline": item.title[:_HEADLINE] if kind == "ScholarlyArticle" else None,
        "author": [_person(n) for n in item.author or []],
        "datePublished": format_day(item.issued, "-"),
        "isPartOf": _holder(item),
        "pageStart": first if paged else None,
        "pageEnd": last if paged else None,
        "publisher": _organization(item.publisher),
        "identifier": list(_identifiers(item)),
        "sameAs": ids.doi_url(item.DOI) if item.DOI else item.URL,
        "mainEntityOfPage": page,
    }


def _holder(item: models.CslItem) -> Node | None:
    """Return what a work is part of: the issue of the volume of the journal, or the book."""
    if not item.container_title:
        return None
    holder: Node = {"@type": _HOLDER_TYPES.get(item.type, "CreativeWork")}
    holder |= {"name": item.container_title}
    if item.type != "article-journal":
        return holder
    holder |= {"issn": item.ISSN}
    if item.volume:
        holder = {"@type": "PublicationVolume", "volumeNumber": item.volume, "isPartOf": holder}
    if item.issue:
        holder = {"@type": "PublicationIssue", "issueNumber": item.issue, "isPartOf": holder}
    return holder


def _organization(name: str | None) -> Node | None:
    return {"@type": "Organization", "name": name} if name else None


def describe_trial(trial: models.Trial, page: str, conditions: Sequence[str]) -> Node:
    """Return a trial as MedicalTrial; ``conditions`` are their labels."""
    return {
        "@type": "MedicalTrial",
        "@id": f"{page}#trial",
        "name": trial.label,
        "identifier": {
            "@type": "PropertyValue",
            "propertyID": trial.registry_name,
            "value": trial.registry,
        },
        "url": page,
        "sameAs": trial.registry_url,
        "phase": trial.phase,
        "trialDesign": f"{_CONTEXT}/RandomizedTrial" if trial.design.randomised else None,
        "healthCondition": [{"@type": "MedicalCondition", "name": c} for c in conditions],
    }


def describe_term(term: models.Term, page: str, edition: Edition, same: Sequence[str]) -> Node:
    """Return a term as DefinedTerm; ``same`` are addresses of exactly matching identifiers."""
    return {
        "@type": "DefinedTerm",
        "@id": f"{page}#term",
        "name": term.label,
        "alternateName": sorted({*term.synonyms, *filter(None, [term.abbreviation])}),
        "description": term.definition,
        "termCode": term.id,
        "url": page,
        "inDefinedTermSet": {
            "@type": "DefinedTermSet",
            "name": f"{PUBLISHER}: {term.kind}s" if not term.kind.endswith("s") else term.kind,
            "url": edition.url(ids.index_path(term.kind) if term.kind in ids.FOLDERS else ""),
        },
        "sameAs": list(same),
    }


def describe_page(title: str, description: str, url: str, edition: Edition) -> Node:
    """Return a page as a web page of this site."""
    return {
        "@type": "WebPage",
        "@id": url,
        "url": url,
        "name": title,
        "description": description,
        "inLanguage": "en",
        "isPartOf": {"@id": edition.url("#site")},
        "license": DATA_LICENCE,
    }


def describe_dataset(edition: Edition) -> Node:
    """Return the atlas as Dataset (Bioschemas), with its downloads."""
    return {
        "@type": "Dataset",
        "@id": edition.url("#dataset"),
        "name": PUBLISHER,
        "description": (
            "What is known about exosomes (small extracellular vesicles) as therapy for bone, "
            "cartilage and osteoarthritis: cell sources, mechanisms, delivery vehicles, conditions "
            "and registered trials, statement by statement, each with the place it stands in."
        ),
        "keywords": ["exosome", "extracellular vesicle", "osteoarthritis", "bone", "cartilage"],
        "url": edition.site_url,
        "identifier": edition.site_url,
        "version": edition.version,
        "dateModified": edition.day.isoformat(),
        "license": DATA_LICENCE,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": f"{PUBLISHER} contributors"},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": path.rpartition("/")[2],
                "contentUrl": edition.url(path),
                "encodingFormat": media,
            }
            for path, media in DOWNLOADS
        ],
    }


def describe_site(edition: Edition) -> Node:
    """Return the site, with its search."""
    return {
        "@type": "WebSite",
        "@id": edition.url("#site"),
        "name": PUBLISHER,
        "url": edition.site_url,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": edition.url("search/?q={search_term_string}"),
            },
            "query-input": "required name=search_term_string",
        },
    }


def card_path(kind: str) -> str:
    """Return the address of a page's card below the site's root, by the kind of the page."""
    return f"{CARDS}/{kind if kind in _CARDS else 'page'}.png"
