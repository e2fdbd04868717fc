"""What of a page can be cited: the page itself, the original work behind it, and its list of works.

The box and the tags for other programs are made from the same citables, so that they can't differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from builder.models import CslItem, CslName, Finding, Trial
from builder.site import citation_formats
from builder.site.citation_formats import Citable
from builder.site.index import Atlas
from builder.site.links import Page, View
from builder.store.build_info import Edition

# What the page's script makes of the lists in index.json: ``cite`` is the page, ``original`` the
# work it stands for, ``references`` the works that it rests on.
FORMATS = (("bib", "BibTeX"), ("ris", "RIS"), ("csl.json", "CSL-JSON"))
# Pages that stand for no record any more: nobody cites them.
NO_BOX = frozenset({"moved", "retired"})


@dataclass(frozen=True, slots=True)
class Citables:
    """What of a page can be cited. ``original`` is empty where the page tells of no single work."""

    page: Citable
    original: tuple[Citable, ...] = ()
    works: tuple[Citable, ...] = ()

    def lists(self) -> Mapping[str, tuple[Citable, ...]]:
        """Return the citables by the name of their list; an empty list is left out."""
        named = {"cite": (self.page,), "original": self.original, "references": self.works}
        return {name: items for name, items in named.items() if items}


def find_citables(atlas: Atlas, page: Page, edition: Edition) -> Citables:
    """Return what of a page can be cited."""
    name = "-".join(page.path.strip("/").split("/")) or "home"
    own = citation_formats.page_citable(
        f"exosome-atlas-{name}",
        page.title or name,
        edition.url(page.path),
        edition.version,
        edition.day,
    )
    return Citables(own, tuple(_originals(atlas, page)), _works(atlas, page))


def find_work(atlas: Atlas, page: Page) -> CslItem | None:
    """Return the work that a page tells of: that of a paper's or a reference's page."""
    library = atlas.library
    if page.kind == "paper" and page.record in library.papers:
        return library.papers[page.record].paper.csl
    if page.kind == "reference" and page.record in library.references:
        return library.references[page.record].csl
    return None


def _originals(atlas: Atlas, page: Page) -> list[Citable]:
    library = atlas.library
    work = find_work(atlas, page)
    if work:
        et_al = page.kind == "reference" and library.references[page.record].et_al
        return [Citable(page.record, work, et_al)]
    if page.kind == "finding":
        papers = {f.paper for f in atlas.findings_by_id(page.record)}
        return [Citable(name, library.papers[name].paper.csl) for name in sorted(papers)]
    if page.kind == "trial":
        told = [t for t in library.trials() if t.id == page.record]
        return [_registration(t) for t in told[:1]]
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


def _works(atlas: Atlas, page: Page) -> tuple[Citable, ...]:
    """Return the works that a page rests on, by id."""
    library = atlas.library
    names: set[str] = set()
    if page.kind in ("source", "mechanism", "vehicle", "condition"):
        names = _cited_by(atlas, atlas.findings_of(page.record))
        for trial in atlas.term_trials.get(page.record, ()):
            names |= {atlas.reference_id(trial.paper, n) for n in trial.references}
    elif page.kind == "finding":
        names = _cited_by(atlas, atlas.findings_by_id(page.record))
    elif page.kind == "trial":
        for trial in library.trials():
            if trial.id == page.record:
                names |= {atlas.reference_id(trial.paper, n) for n in trial.references}
    elif page.kind == "paper" and page.record in library.papers:
        names = {cited.id for cited in library.papers[page.record].references}
    return tuple(
        Citable(name, library.references[name].csl, library.references[name].et_al)
        for name in sorted(names)
        if name in library.references
    )


def _cited_by(atlas: Atlas, findings: Iterable[Finding]) -> set[str]:
    names = set()
    for finding in findings:
        numbers = {*finding.references, finding.locator.reference}
        names |= {atlas.reference_id(finding.paper, n) for n in numbers if n is not None}
    return names


def view_cite_box(atlas: Atlas, page: Page, edition: Edition) -> View | None:
    """Return the cite box of a page: plain texts, and the formats that can be had."""
    if page.kind in NO_BOX:
        return None
    found = find_citables(atlas, page, edition)
    box: View = {
        "address": edition.url(page.path),
        "version": edition.version,
        "day": edition.day.isoformat(),
        "page": _view_entry("Cite this page", "cite", [found.page], found.page.key),
    }
    if found.original:
        label = "Cite the registration" if page.kind == "trial" else "Cite the original"
        # A statement that several papers make has several originals.
        key = found.original[0].key if len(found.original) == 1 else f"{found.page.key}-originals"
        box["original"] = _view_entry(label, "original", found.original, key)
    if found.works:
        files = _view_files("references", f"{found.page.key}-references")
        box["works"] = {"count": len(found.works), "files": files}
    return box


def _view_entry(label: str, name: str, citables: Iterable[Citable], key: str) -> View:
    return {
        "label": label,
        "name": name,
        "texts": citation_formats.format_plain(list(citables)),
        "files": _view_files(name, key),
    }


def _view_files(name: str, key: str) -> list[View]:
    """Return the formats of a list; saved, each bears its key: those of two pages differ."""
    return [
        {"list": name, "format": ending, "label": label, "save": f"{key}.{ending}"}
        for ending, label in FORMATS
    ]
