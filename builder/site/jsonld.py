"""JSON-LD of a page, after schema.org and Bioschemas: its way from home, and what it is about."""

import json
from collections.abc import Sequence
from typing import Any

from builder.models import CslItem, CslName, Term, Trial
from builder.site.citations import PUBLISHER, find_kind, join_date
from builder.site.index import LibraryIndex
from builder.site.links import Page, curie_url
from builder.store.library import DATA_LICENCE, Edition
from builder.text import ids

_CONTEXT = "https://schema.org"
# The downloads of the whole base that other programs are shown: path and media type.
DOWNLOADS = (
    ("api/v1/index.json", "application/json"),
    ("data/csv/datapackage.json", "application/json"),
    ("data/exosome-atlas.sqlite.gz", "application/gzip"),
    ("data/references.bib", "application/x-bibtex"),
    ("data/references.ris", "application/x-research-info-systems"),
    ("data/references.csl.json", "application/vnd.citationstyles.csl+json"),
    ("data/ro-crate-metadata.json", "application/ld+json"),
)
Node = dict[str, Any]


def find_work(atlas: LibraryIndex, page: Page) -> CslItem | None:
    """Return the work that a page is of: that of a paper's or a reference's page."""
    library = atlas.library
    if page.kind == "paper" and page.record in library.papers:
        return library.papers[page.record].paper.csl
    if page.kind == "reference" and page.record in library.references:
        return library.references[page.record].csl
    return None


def dump_ld(nodes: Sequence[Node]) -> str:
    """Return JSON-LD that is safe inside a script element: no ``<`` or ``&`` stands in it."""
    data = {"@context": _CONTEXT, "@graph": [_bare(n) for n in nodes]}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _bare(v) for k, v in node.items() if v not in (None, "", [], {})}
    return [_bare(v) for v in node] if isinstance(node, list) else node


def describe(atlas: LibraryIndex, page: Page, edition: Edition) -> list[Node]:
    """Return the JSON-LD of a page: its way from home, and what it is about."""
    url = edition.url(page.path)
    crumbs = [("Home", ""), *page.crumbs]
    nodes: list[Node] = [
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": n, "name": title, "item": edition.url(path)}
                for n, (title, path) in enumerate(crumbs, 1)
            ],
        }
    ]
    if page.path:
        nodes.append(
            {
                "@type": "WebPage",
                "@id": url,
                "name": page.title,
                "isPartOf": {"@id": edition.url("#site")},
            }
        )
    if work := find_work(atlas, page):
        nodes.append(describe_work(work, url))
    elif page.kind == "trial" and page.record in atlas.trial_by_id:
        trial = atlas.trial_by_id[page.record]
        terms = atlas.library.terms
        known = [terms[c].label for c in trial.conditions if c in terms]
        nodes.append(describe_trial(trial, url, known))
    elif (term := atlas.library.terms.get(page.record)) and page.kind == term.kind:
        nodes.append(_describe_term(term, url, edition))
    if page.kind in ("home", "data"):
        nodes.append(_describe_site(edition))
    if page.kind == "data":
        nodes.append(_describe_dataset(edition))
    return nodes


def describe_work(item: CslItem, page: str) -> Node:
    """Return a work as its schema.org type, ScholarlyArticle mostly; ``page`` is its page here."""
    kind = find_kind(item).schema_org
    first, last = item.pages if kind in ("ScholarlyArticle", "Chapter") else (None, None)
    identifiers = (("DOI", item.DOI), ("PMID", item.PMID), ("PMCID", item.PMCID))
    return {
        "@type": kind,
        "@id": ids.doi_url(item.DOI) if item.DOI else f"{page}#work",
        "name": item.title,
        "author": [_describe_author(n) for n in item.author or []],
        "datePublished": join_date(item.issued),
        "isPartOf": _describe_holder(item),
        "pageStart": first,
        "pageEnd": last,
        "publisher": _organization(item.publisher) if item.publisher else None,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": label, "value": value}
            for label, value in identifiers
            if value
        ],
        "sameAs": ids.doi_url(item.DOI) if item.DOI else item.URL,
        "mainEntityOfPage": page if item.DOI else None,  # else its id names the page
    }


def _organization(name: str) -> Node:
    return {"@type": "Organization", "name": name}


def _describe_author(name: CslName) -> Node:
    if name.literal:
        return _organization(name.literal)
    whole = " ".join(p for p in (name.given, name.family, name.suffix) if p)
    return {"@type": "Person", "name": whole}


def _describe_holder(item: CslItem) -> Node | None:
    """Return what a work is part of: the issue of the volume of the journal, or the book."""
    if not item.container_title:
        return None
    types = {"article-journal": "Periodical", "chapter": "Book", "webpage": "WebSite"}
    holder: Node = {"@type": types.get(item.type, "CreativeWork"), "name": item.container_title}
    if item.type != "article-journal":
        return holder
    holder |= {"issn": item.ISSN}
    if item.volume:
        holder = {"@type": "PublicationVolume", "volumeNumber": item.volume, "isPartOf": holder}
    if item.issue:
        holder = {"@type": "PublicationIssue", "issueNumber": item.issue, "isPartOf": holder}
    return holder


def describe_trial(trial: Trial, page: str, conditions: Sequence[str]) -> Node:
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


def _describe_term(term: Term, page: str, edition: Edition) -> Node:
    """Return a term as DefinedTerm, the same as what its exactly matching identifiers name."""
    exact = [curie_url(x.curie) for x in term.xrefs if x.match == "exact"]
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
            "name": f"{PUBLISHER}: {term.kind}s",
            "url": edition.url(ids.index_path(term.kind)),
        },
        "sameAs": [url for url in exact if url],
    }


def _describe_dataset(edition: Edition) -> Node:
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
        "creator": _organization(f"{PUBLISHER} contributors"),
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


def _describe_site(edition: Edition) -> Node:
    """Return the site, with its search."""
    template = edition.url("search/?q={search_term_string}")
    return {
        "@type": "WebSite",
        "@id": edition.url("#site"),
        "name": PUBLISHER,
        "url": edition.site_url,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": template},
            "query-input": "required name=search_term_string",
        },
    }
