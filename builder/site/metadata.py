"""What every page carries beside its content: tags for other programs, the cite box, its history.

The theme prints these from the front matter, and escapes every value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from builder.models import Address
from builder.site import jsonld, meta_tags
from builder.site.charts import card_path
from builder.site.cite_box import find_work, view_cite_box
from builder.site.corrected import view_corrections
from builder.site.index import Atlas
from builder.site.jsonld import Node
from builder.site.links import Page, View
from builder.site.xrefs import curie_url
from builder.store.build_info import DATA_LICENCE, Edition
from builder.text import ids

_TYPES = {
    "paper": "ScholarlyArticle",
    "reference": "ScholarlyArticle",
    "trial": "MedicalTrial",
    "finding": "Claim",
}
# Pages that no search engine should list.
_UNLISTED = frozenset({"moved", "retired", "release"})
# A page that moved is left out of indexes by its canonical link; a second word would confuse them.
_NOINDEX = frozenset({"retired", "release"})


def dress_page(
    atlas: Atlas,
    page: Page,
    edition: Edition,
    addresses: Mapping[str, Address],
    histories: Mapping[str, Sequence[tuple[str, str]]],
) -> Page:
    """Return the page with its tags, cite box and history as front matter.

    ``addresses`` is the ledger, ``histories`` the releases in which each page came or changed.
    """
    extra: View = {"head": view_head(atlas, page, edition)}
    corrections = view_corrections(atlas, page)
    if corrections:
        extra["corrections"] = corrections
    box = view_cite_box(atlas, page, edition)
    if box:
        extra["cite"] = box
    entry = addresses.get(page.path)
    if entry and entry.state == "live":
        extra["history"] = {
            "since": entry.since.isoformat(),
            "changed": (entry.changed or entry.since).isoformat(),
            "releases": [
                {"version": v, "word": word, "href": f"{page.root}releases/{v}/"}
                for v, word in histories.get(page.path, ())
            ],
            "href": f"{page.root}changes/",
        }
    return replace(page, extra={**extra, **page.extra})


def view_head(atlas: Atlas, page: Page, edition: Edition) -> View:
    """Return the tags of a page's head: names, properties, links, and JSON-LD as text."""
    url = edition.url(page.path)
    work = find_work(atlas, page)
    found = meta_tags.find_page_tags(page.title, page.description, url, edition, work)
    if work:
        found = [*meta_tags.find_work_tags(work, _abstract(atlas, page)), *found]
    if page.kind in _NOINDEX:
        found.append(("robots", "noindex"))
    graph = meta_tags.find_graph_tags(page.title, page.description, url, work)
    graph += meta_tags.find_card_tags(edition.url(card_path(page.kind)))
    return {
        "names": [{"name": name, "content": content} for name, content in found],
        "properties": [{"name": name, "content": content} for name, content in graph],
        "links": list(_view_links(atlas, page, edition)),
        "data": jsonld.dump_ld(_describe(atlas, page, edition)),
    }


def _abstract(atlas: Atlas, page: Page) -> str:
    """Return the abstract of the paper that a page tells of; of a cited work there is none."""
    bundle = atlas.library.papers.get(page.record) if page.kind == "paper" else None
    return (bundle.paper.abstract or "") if bundle else ""


def _view_links(atlas: Atlas, page: Page, edition: Edition) -> Iterator[View]:
    """Yield the typed links of a page: Signposting's relations, the JSON twin and the feed."""
    root = page.root

    def made(rel: str, href: str, media: str = "", title: str = "") -> View:
        return {"rel": rel, "href": href, "type": media, "title": title}

    yield made("alternate", "index.json", "application/json", "This page as JSON")
    yield made("alternate", f"{root}changes/feed.xml", "application/atom+xml", "What changed")
    if page.kind in _UNLISTED:
        return
    yield made("cite-as", edition.url(page.path))
    yield made("type", "https://schema.org/AboutPage")
    yield made("type", f"https://schema.org/{_page_type(page)}")
    yield made("license", DATA_LICENCE)
    yield made("author", edition.url("about/"))
    yield made("describedby", "index.json", "application/json")
    if page.kind in ("home", "data"):
        for path, media in jsonld.DOWNLOADS:
            yield made("item", f"{root}{path}", media)


def _page_type(page: Page) -> str:
    if page.kind in ("source", "mechanism", "vehicle", "condition"):
        return "DefinedTerm"
    if page.kind in ("home", "data"):
        return "Dataset"
    return _TYPES.get(page.kind, "WebPage")


def _describe(atlas: Atlas, page: Page, edition: Edition) -> list[Node]:
    """Return the JSON-LD of a page: its way from home, and what it tells of."""
    url = edition.url(page.path)
    crumbs = [("Home", ""), *page.crumbs]
    nodes = [
        jsonld.breadcrumbs([*crumbs, (page.title, page.path)] if page.path else crumbs, edition)
    ]
    if page.path:
        nodes.append(jsonld.describe_page(page.title, page.description, url, edition))
    about = _describe_record(atlas, page, url, edition)
    if about:
        nodes.append(about)
    if page.kind in ("home", "data"):
        nodes += [jsonld.describe_site(edition), jsonld.describe_dataset(edition)]
    return nodes


def _describe_record(atlas: Atlas, page: Page, url: str, edition: Edition) -> Node | None:
    library = atlas.library
    work = find_work(atlas, page)
    if work:
        return jsonld.describe_work(work, url)
    if page.kind == "trial":
        trial = next((t for t in atlas.trials if t.id == page.record), None)
        if trial:
            known = [library.terms[c].label for c in trial.conditions if c in library.terms]
            return jsonld.describe_trial(trial, url, known)
    if page.kind == "finding":
        for finding in atlas.findings_by_id(page.record):
            paper = library.papers[finding.paper].paper.csl
            return jsonld.describe_finding(finding, url, paper)
    term = library.terms.get(page.record)
    if term and page.kind == term.kind and term.kind in ids.FOLDERS:
        same = [curie_url(x.curie) for x in term.xrefs if x.match == "exact"]
        return jsonld.describe_term(term, url, edition, [s for s in same if s])
    return None
