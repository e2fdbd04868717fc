"""What every page carries beside its content: metadata, what can be cited of it, its history.

Pages of works carry Highwire ``citation_*`` tags, so that Zotero and Google Scholar save the
original; all other pages are web pages of this site. What Zotero makes of a tag is taken from its
translators "Embedded Metadata" and "RDF" (github.com/zotero/translators). The theme prints all of
this from the front matter, and escapes every value. What can be cited is CSL-JSON in the page's
``index.json``; the browser makes BibTeX and RIS of it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from builder.addresses.pages import TERM_KINDS
from builder.models import Correction, CslItem, CslName, Trial
from builder.site import citations
from builder.site.index import LibraryIndex
from builder.site.jsonld import DOWNLOADS, describe, dump_ld, find_work
from builder.site.links import Page, View
from builder.store.library import DATA_LICENCE, Edition
from builder.text import ids

# Cards that other sites show beside a link: their folder, and their size in pixels.
CARDS, WIDTH, HEIGHT = "assets/cards", 1200, 630
_CARDS = (*TERM_KINDS, "trial", "paper", "reference", "finding")
# Pages that stand for no record any more: nobody cites them, and no search engine lists them.
NO_BOX = frozenset({"moved", "retired"})
_UNLISTED = frozenset({"moved", "retired", "release"})
# A page that moved is left out of indexes by its canonical link; a second word would confuse them.
_NOINDEX = frozenset({"retired", "release"})
# What a page is about, as a type of schema.org.
_TYPES = {
    "paper": "ScholarlyArticle",
    "reference": "ScholarlyArticle",
    "trial": "MedicalTrial",
    **dict.fromkeys(TERM_KINDS, "DefinedTerm"),
    **dict.fromkeys(("home", "data"), "Dataset"),
}
Tag = tuple[str, str]


def add_metadata(
    atlas: LibraryIndex,
    page: Page,
    edition: Edition,
    histories: Mapping[str, Sequence[tuple[str, str]]],
) -> Page:
    """Return the page with its metadata, cite box and history as front matter.

    ``histories`` are the releases in which each page came or changed. A page bears the date and
    hash of its own records, and never those of the whole data: a changed word renews only the
    pages that show it.
    """
    extra: View = {"head": _view_head(atlas, page, edition)}
    if corrections := _view_corrections(atlas, page):
        extra["corrections"] = corrections
    if page.kind not in NO_BOX:
        extra["cite"] = _view_cite_box(page, edition, find_citables(atlas, page, edition))
    entry = atlas.addresses.get(page.path)
    if entry and entry.state == "live":
        extra["history"] = {
            "since": entry.since.isoformat(),
            "changed": (entry.changed or entry.since).isoformat(),
            "hash": entry.digest or "",
            "releases": [
                {"version": v, "word": word, "href": f"{page.root}releases/{v}/"}
                for v, word in histories.get(page.path, ())
            ],
            "href": f"{page.root}changes/",
        }
    return replace(page, extra={**extra, **page.extra})


# --- the head ------------------------------------------------------------------------------------


def _view_head(atlas: LibraryIndex, page: Page, edition: Edition) -> View:
    """Return the metadata of a page's head: names, properties, links, and JSON-LD as text."""
    url = edition.url(page.path)
    work = find_work(atlas, page)
    tags = find_page_tags(page.title, page.description, url, atlas.last_change(page.path), work)
    if work:
        bundle = atlas.library.papers.get(page.record) if page.kind == "paper" else None
        tags = [*find_work_tags(work, (bundle.paper.abstract or "") if bundle else ""), *tags]
    if page.kind in _NOINDEX:
        tags.append(("robots", "noindex"))
    card = edition.url(card_path(page.kind))
    graph = find_graph_tags(page.title, card, work)
    return {
        "names": [{"name": name, "content": content} for name, content in tags],
        "properties": [{"name": name, "content": content} for name, content in graph],
        "links": list(_view_links(page, edition)),
        "data": dump_ld(describe(atlas, page, edition)),
    }


def _list_authors(item: CslItem) -> Iterator[Tag]:
    """Yield a tag an author.

    Zotero drops an author who equals the one before; two spaces, which it takes for one, keep
    namesakes apart.
    """
    before = ""
    for author in item.author or []:
        # A mark in a group's name would make two of it.
        name = (
            re.sub("[,;]", "", author.literal) if author.literal else citations.format_name(author)
        )
        before = name.replace(", ", ",  ", 1) if name == before else name
        yield "citation_author", before


def find_work_tags(item: CslItem, abstract: str = "") -> list[Tag]:
    """Return the Highwire tags of a work, in the order that Google Scholar documents."""
    first, last = item.pages
    holder = {
        "article-journal": "citation_journal_title",
        "chapter": "citation_inbook_title",
        "paper-conference": "citation_conference_title",
        "article-magazine": "citation_journal_title",
        "article-newspaper": "citation_journal_title",
    }.get(item.type, "")
    publisher = {
        "thesis": "citation_dissertation_institution",
        "report": "citation_technical_report_institution",
    }.get(item.type, "citation_publisher")
    tags: list[tuple[str, str | None]] = [
        ("citation_title", item.title),
        *_list_authors(item),
        *(("citation_editor", citations.format_name(n)) for n in item.editor or []),
        ("citation_publication_date", citations.join_date(item.issued, "/")),
        (holder, item.container_title),
        ("citation_journal_abbrev", item.container_title_short),
        ("citation_volume", item.volume),
        ("citation_issue", item.issue),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        # An article number with a hyphen, which Zotero takes for a range and cuts.
        ("bibo.pages", item.page if "-" in first else None),
        ("citation_issn", item.ISSN),
        (publisher, item.publisher),
        ("citation_technical_report_number", item.number if item.type == "report" else None),
        ("citation_doi", item.DOI),
        ("citation_pmid", item.PMID),
        ("citation_public_url", ids.doi_url(item.DOI) if item.DOI else item.URL),
        ("citation_abstract", abstract),
    ]
    return [(name, value) for name, value in tags if name and value]


def find_page_tags(
    title: str, description: str, url: str, changed: date | None = None, work: CslItem | None = None
) -> list[Tag]:
    """Return Dublin Core tags; of a work's page only what the Highwire tags of the work lack."""
    if work:
        tags: list[tuple[str, str | None]] = [
            ("DC.type", citations.find_kind(work).dublin_core),
            ("DC.identifier", f"doi:{work.DOI}" if work.DOI else work.URL),
            ("DC.source", work.container_title),
        ]
    else:
        tags = [
            ("DC.title", title),
            ("DC.publisher", citations.PUBLISHER),
            ("DC.date", changed.isoformat() if changed else None),
            ("DC.identifier", url),
            ("DC.description", description),
            ("DC.language", "en"),
            ("DC.rights", DATA_LICENCE),
        ]
    return [(name, value) for name, value in tags if value]


def find_graph_tags(title: str, card: str, work: CslItem | None = None) -> list[Tag]:
    """Return Open Graph tags (they are properties, not names); ``card`` is the page's picture.

    The description and the canonical address stand in the head without them, and are read there.
    """
    # A cited web page stands on another site.
    here = [] if work and work.type == "webpage" else [("og:site_name", citations.PUBLISHER)]
    return [
        ("og:title", title),
        # A "website" is one to Zotero, whatever other tags say.
        ("og:type", "article" if work else "website"),
        *here,
        ("og:image", card),
    ]


def card_path(kind: str) -> str:
    """Return the address of a page's card below the site's root, by the kind of the page."""
    return f"{CARDS}/{kind if kind in _CARDS else 'page'}.png"


def _view_links(page: Page, edition: Edition) -> Iterator[View]:
    """Yield the typed links of a page: Signposting's relations, its JSON and the feed."""

    def made(rel: str, href: str, media: str = "", title: str = "") -> View:
        return {"rel": rel, "href": href, "type": media, "title": title}

    yield made("alternate", "index.json", "application/json", "This page as JSON")
    yield made("alternate", f"{page.root}changes/feed.xml", "application/atom+xml", "What changed")
    if page.kind in _UNLISTED:
        return
    yield made("cite-as", edition.url(page.path))
    yield made("type", "https://schema.org/AboutPage")
    yield made("type", f"https://schema.org/{_TYPES.get(page.kind, 'WebPage')}")
    yield made("license", DATA_LICENCE)
    yield made("author", edition.url("about/"))
    yield made("describedby", "index.json", "application/json")
    if page.kind in ("home", "data"):
        for path, media in DOWNLOADS:
            yield made("item", f"{page.root}{path}", media)


# --- what can be cited ---------------------------------------------------------------------------


def find_citables(
    atlas: LibraryIndex, page: Page, edition: Edition
) -> dict[str, tuple[citations.Citable, ...]]:
    """Return what of a page can be cited, by list: ``cite``, ``original`` and ``references``.

    The page itself is dated by its own records. There is no ``original`` where the page is of no
    single work, and no ``references`` where it rests on none.
    """
    name = "-".join(page.path.strip("/").split("/")) or "home"
    own = citations.page_citable(
        f"exosome-atlas-{name}",
        page.title or name,
        edition.url(page.path),
        atlas.last_change(page.path),
    )
    lists = {"cite": (own,), "original": _originals(atlas, page), "references": _works(atlas, page)}
    return {name: held for name, held in lists.items() if held}


def _originals(atlas: LibraryIndex, page: Page) -> tuple[citations.Citable, ...]:
    """Return the work of a page, or a trial's registration as its registry asks to be cited."""
    if work := find_work(atlas, page):
        et_al = page.kind == "reference" and atlas.library.references[page.record].et_al
        return (citations.Citable(page.record, work, et_al),)
    trial = atlas.trial_by_id.get(page.record) if page.kind == "trial" else None
    if trial is None:
        return ()
    number = "" if trial.registry in trial.label else f". Identifier {trial.registry}"
    item = CslItem(
        type="webpage",
        title=trial.label + number,
        author=[CslName(literal=trial.registry_name)],
        container_title=trial.registry_name,
        URL=trial.registry_url,
        number=trial.registry,
    )
    return (citations.Citable(trial.registry, item),)


def _works(atlas: LibraryIndex, page: Page) -> tuple[citations.Citable, ...]:
    """Return the works that a page rests on, by id."""
    library = atlas.library
    cited: set[tuple[str, int]] = set()
    reports: Iterable[Trial] = ()
    if page.kind in TERM_KINDS:
        for finding in atlas.findings_of(page.record):
            numbers = {*finding.references, finding.locator.reference}
            cited |= {(finding.paper, n) for n in numbers if n is not None}
        reports = atlas.term_trials.get(page.record, ())
    elif page.kind == "trial":
        reports = atlas.reports.get(page.record, ())
    elif page.kind == "paper" and page.record in library.papers:
        cited = {(page.record, c.number) for c in library.papers[page.record].references}
    cited |= {(trial.paper, n) for trial in reports for n in trial.references}
    works = {atlas.reference_id(*place) for place in cited} & library.references.keys()
    found = [library.references[name] for name in sorted(works)]
    return tuple(citations.Citable(work.id, work.csl, work.et_al) for work in found)


def _view_cite_box(
    page: Page, edition: Edition, lists: Mapping[str, Sequence[citations.Citable]]
) -> View:
    """Return the cite box of a page: plain texts, and the number of works behind it."""
    box: View = {
        "address": edition.url(page.path),
        "page": _view_entry("Cite this page", lists["cite"]),
    }
    if original := lists.get("original"):
        label = "Cite the registration" if page.kind == "trial" else "Cite the original"
        box["original"] = _view_entry(label, original)
    if works := lists.get("references"):
        box["works"] = len(works)
    return box


def _view_entry(label: str, citables: Sequence[citations.Citable]) -> View:
    return {"label": label, "texts": citations.format_plain(citables)}


# --- corrections ---------------------------------------------------------------------------------


def _view_corrections(atlas: LibraryIndex, page: Page) -> list[View]:
    """Return the corrections that touch a page's record; a paper's page lists all of its own."""
    kept: Mapping[str, Sequence[Correction]] = atlas.library.corrections
    found: Sequence[Correction] = ()
    if page.kind == "paper":
        found = kept.get(page.record, ())
    elif page.kind in ("reference", "trial"):
        found = [c for paper in sorted(kept) for c in kept[paper] if c.record == page.record]
    return [
        {
            **{name: getattr(c, name) for name in ("record", "field", "reason")},
            **{name: _name_value(getattr(c, name)) for name in ("old", "new")},
            "date": c.date.isoformat(),
        }
        for c in sorted(found, key=lambda c: (c.date, c.record, c.field))
    ]


def _name_value(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
