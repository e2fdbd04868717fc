"""What every page carries beside its content: metadata, what can be cited of it, its history.

The theme prints these from the front matter, and escapes every value. What can
be cited is CSL-JSON in the page's ``index.json``; the browser makes BibTeX and RIS of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from builder.models import Correction, CslItem, CslName, Finding, Trial
from builder.site import citations, meta_tags
from builder.site.citations import Citable
from builder.site.index import LibraryIndex
from builder.site.links import Page, View, curie_url
from builder.site.meta_tags import Node, card_path
from builder.store.library import DATA_LICENCE, Edition

_TYPES = {
    "paper": "ScholarlyArticle",
    "reference": "ScholarlyArticle",
    "trial": "MedicalTrial",
    **dict.fromkeys(("source", "mechanism", "vehicle", "condition"), "DefinedTerm"),
    **dict.fromkeys(("home", "data"), "Dataset"),
}
_TERMS = ("source", "mechanism", "vehicle", "condition")
# Pages that stand for no record any more: nobody cites them, and no search engine lists them.
NO_BOX = frozenset({"moved", "retired"})
_UNLISTED = frozenset({"moved", "retired", "release"})
# A page that moved is left out of indexes by its canonical link; a second word would confuse them.
_NOINDEX = frozenset({"retired", "release"})
_FORMATS = (("bib", "BibTeX"), ("ris", "RIS"), ("csl.json", "CSL-JSON"))
_RECORDS = frozenset({"finding", "reference", "trial", "table"})


@dataclass(frozen=True, slots=True)
class Citables:
    """What of a page can be cited. ``original`` is empty where the page is of no single work."""

    page: Citable
    original: tuple[Citable, ...] = ()
    works: tuple[Citable, ...] = ()

    def lists(self) -> Mapping[str, tuple[Citable, ...]]:
        """Return the page and its original by the name of their list, if there is one."""
        return {"cite": (self.page,)} | ({"original": self.original} if self.original else {})


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
    entry = atlas.addresses.get(page.path)
    entry = entry if entry and entry.state == "live" else None
    extra: View = {"head": view_head(atlas, page, edition)}
    corrections = view_corrections(atlas, page)
    if corrections:
        extra["corrections"] = corrections
    if page.kind not in NO_BOX:
        extra["cite"] = _view_cite_box(page, edition, find_citables(atlas, page, edition))
    if entry:
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


# --- metadata ------------------------------------------------------------------------------------


def view_head(atlas: LibraryIndex, page: Page, edition: Edition) -> View:
    """Return the metadata of a page's head: names, properties, links, and JSON-LD as text."""
    url = edition.url(page.path)
    work = find_work(atlas, page)
    found = meta_tags.find_page_tags(
        page.title, page.description, url, atlas.last_change(page.path), work
    )
    if work:
        found = [*meta_tags.find_work_tags(work, _abstract(atlas, page)), *found]
    if page.kind in _NOINDEX:
        found.append(("robots", "noindex"))
    graph = meta_tags.find_graph_tags(page.title, page.description, url, work)
    graph += meta_tags.find_card_tags(edition.url(card_path(page.kind)))
    return {
        "names": [{"name": name, "content": content} for name, content in found],
        "properties": [{"name": name, "content": content} for name, content in graph],
        "links": list(_view_links(page, edition)),
        "data": meta_tags.dump_ld(_describe(atlas, page, edition)),
    }


def _abstract(atlas: LibraryIndex, page: Page) -> str:
    """Return the abstract of the paper whose page it is; of a cited work there is none."""
    bundle = atlas.library.papers.get(page.record) if page.kind == "paper" else None
    return (bundle.paper.abstract or "") if bundle else ""


def _view_links(page: Page, edition: Edition) -> Iterator[View]:
    """Yield the typed links of a page: Signposting's relations, its JSON and the feed."""
    root = page.root

    def made(rel: str, href: str, media: str = "", title: str = "") -> View:
        return {"rel": rel, "href": href, "type": media, "title": title}

    yield made("alternate", "index.json", "application/json", "This page as JSON")
    yield made("alternate", f"{root}changes/feed.xml", "application/atom+xml", "What changed")
    if page.kind in _UNLISTED:
        return
    yield made("cite-as", edition.url(page.path))
    yield made("type", "https://schema.org/AboutPage")
    yield made("type", f"https://schema.org/{_TYPES.get(page.kind, 'WebPage')}")
    yield made("license", DATA_LICENCE)
    yield made("author", edition.url("about/"))
    yield made("describedby", "index.json", "application/json")
    if page.kind in ("home", "data"):
        for path, media in meta_tags.DOWNLOADS:
            yield made("item", f"{root}{path}", media)


def _describe(atlas: LibraryIndex, page: Page, edition: Edition) -> list[Node]:
    """Return the JSON-LD of a page: its way from home, and what it is about."""
    url = edition.url(page.path)
    crumbs = [("Home", ""), *page.crumbs]
    nodes = [
        meta_tags.breadcrumbs([*crumbs, (page.title, page.path)] if page.path else crumbs, edition)
    ]
    if page.path:
        nodes.append(meta_tags.describe_page(page.title, page.description, url, edition))
    about = _describe_record(atlas, page, url, edition)
    if about:
        nodes.append(about)
    if page.kind == "home":
        nodes.append(meta_tags.describe_site(edition))
    if page.kind == "data":
        nodes += [meta_tags.describe_site(edition), meta_tags.describe_dataset(edition)]
    return nodes


def _describe_record(atlas: LibraryIndex, page: Page, url: str, edition: Edition) -> Node | None:
    library = atlas.library
    work = find_work(atlas, page)
    if work:
        return meta_tags.describe_work(work, url)
    if page.kind == "trial" and page.record in atlas.trial_by_id:
        trial = atlas.trial_by_id[page.record]
        known = [library.terms[c].label for c in trial.conditions if c in library.terms]
        return meta_tags.describe_trial(trial, url, known)
    term = library.terms.get(page.record)
    if term and page.kind == term.kind:
        same = [curie_url(x.curie) for x in term.xrefs if x.match == "exact"]
        return meta_tags.describe_term(term, url, edition, [s for s in same if s])
    return None


# --- citations -----------------------------------------------------------------------------------


def find_citables(atlas: LibraryIndex, page: Page, edition: Edition) -> Citables:
    """Return what of a page can be cited, dated by its own records."""
    name = "-".join(page.path.strip("/").split("/")) or "home"
    own = citations.page_citable(
        f"exosome-atlas-{name}",
        page.title or name,
        edition.url(page.path),
        atlas.last_change(page.path),
    )
    return Citables(own, tuple(_originals(atlas, page)), _works(atlas, page))


def find_work(atlas: LibraryIndex, page: Page) -> CslItem | None:
    """Return the work that a page is of: that of a paper's or a reference's page."""
    library = atlas.library
    if page.kind == "paper" and page.record in library.papers:
        return library.papers[page.record].paper.csl
    if page.kind == "reference" and page.record in library.references:
        return library.references[page.record].csl
    return None


def _originals(atlas: LibraryIndex, page: Page) -> list[Citable]:
    library = atlas.library
    work = find_work(atlas, page)
    if work:
        et_al = page.kind == "reference" and library.references[page.record].et_al
        return [Citable(page.record, work, et_al)]
    if page.kind == "trial" and page.record in atlas.trial_by_id:
        return [_registration(atlas.trial_by_id[page.record])]
    return []


def _registration(trial: Trial) -> Citable:
    """Return a trial's registration, as its registry asks to be cited: by number and address."""
    item = CslItem(
        type="webpage",
        title=f"{trial.label}. Identifier {trial.registry}"
        if trial.registry not in trial.label
        else trial.label,
        author=[CslName(literal=trial.registry_name)],
        container_title=trial.registry_name,
        URL=trial.registry_url,
        number=trial.registry,
    )
    return Citable(trial.registry, item)


def _works(atlas: LibraryIndex, page: Page) -> tuple[Citable, ...]:
    """Return the works that a page rests on, by id."""
    library = atlas.library
    names: set[str] = set()
    if page.kind in _TERMS:
        names = _cited_by(atlas, atlas.findings_of(page.record))
        for trial in atlas.term_trials.get(page.record, ()):
            names |= {atlas.reference_id(trial.paper, n) for n in trial.references}
    elif page.kind == "trial":
        for trial in atlas.reports.get(page.record, ()):
            names |= {atlas.reference_id(trial.paper, n) for n in trial.references}
    elif page.kind == "paper" and page.record in library.papers:
        names = {cited.id for cited in library.papers[page.record].references}
    return tuple(
        Citable(name, library.references[name].csl, library.references[name].et_al)
        for name in sorted(names)
        if name in library.references
    )


def _cited_by(atlas: LibraryIndex, findings: Iterable[Finding]) -> set[str]:
    names = set()
    for finding in findings:
        numbers = {*finding.references, finding.locator.reference}
        names |= {atlas.reference_id(finding.paper, n) for n in numbers if n is not None}
    return names


def _view_cite_box(page: Page, edition: Edition, found: Citables) -> View:
    """Return the cite box of a page: plain texts, and the formats that the browser can make."""
    key = found.page.key
    box: View = {
        "address": edition.url(page.path),
        "page": _view_entry("Cite this page", "cite", [found.page], key),
    }
    if found.original:
        label = "Cite the registration" if page.kind == "trial" else "Cite the original"
        box["original"] = _view_entry(label, "original", found.original, found.original[0].key)
    if found.works:
        box["works"] = {
            "count": len(found.works),
            "files": _view_files("references", f"{key}-references"),
        }
    return box


def _view_entry(label: str, name: str, citables: Sequence[Citable], key: str) -> View:
    texts = citations.format_plain(list(citables))
    return {"label": label, "texts": texts, "files": _view_files(name, key)}


def _view_files(name: str, key: str) -> list[View]:
    """Return the formats of a list; saved, each bears its key: those of two pages differ."""
    return [
        {"list": name, "format": ending, "label": label, "save": f"{key}.{ending}"}
        for ending, label in _FORMATS
    ]


# --- corrections ---------------------------------------------------------------------------------


def view_corrections(atlas: LibraryIndex, page: Page) -> list[View]:
    """Return the corrections that touch a page's record; a paper's page lists all of its own."""
    kept = atlas.library.corrections
    if page.kind == "paper":
        touching = list(kept.get(page.record, ()))
    elif page.kind in _RECORDS:
        touching = [c for paper in sorted(kept) for c in kept[paper] if c.record == page.record]
    else:
        return []
    return [
        _view_correction(c) for c in sorted(touching, key=lambda c: (c.date, c.record, c.field))
    ]


def _view_correction(correction: Correction) -> View:
    return {
        "record": correction.record,
        "field": correction.field,
        "old": _name_value(correction.old),
        "new": _name_value(correction.new),
        "reason": correction.reason,
        "date": correction.date.isoformat(),
    }


def _name_value(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
