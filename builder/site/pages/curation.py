"""For curators and returning readers: what changed, releases, addresses that went, questions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from builder.addresses import ledger
from builder.addresses.releases import Release, bundle_name
from builder.curate.questions import OpenQuestion, find_questions
from builder.models import Address, Cited, Finding, Table
from builder.site.citations import short_name
from builder.site.index import LibraryIndex
from builder.site.labels import WORDS
from builder.site.links import Page, View, href, link, page_href, plural, shorten
from builder.site.pages.findings import view_place
from builder.site.summaries import view_study
from builder.store import Library
from builder.text import ids

_WORDS = ("added", "changed", "withdrawn")
_MOST_DAYS = 60
_MOST_LINKS = 20
_SINGULAR = {folder: kind for kind, folder in ids.FOLDERS.items()}


def view_changes(
    atlas: LibraryIndex, releases: Sequence[Release], titles: Mapping[str, str]
) -> Page:
    """Return the page of changes; ``titles`` are those of the pages, by address."""
    root = "../"
    days = ledger.find_days(atlas.library.ledger)
    gone = [a for a in atlas.library.ledger if a.state != "live" and "#" not in a.address]
    return Page(
        path="changes/",
        template="changes.md.j2",
        title="What changed",
        description="Every release and every day on which pages came or their data changed.",
        kind="changes",
        view={
            "feed": link("Atom feed", "feed.xml"),
            "releases": [_view_release(r, root) for r in reversed(releases)],
            "days": [
                _view_day(day, pages, root, titles)
                for day, pages in sorted(days.items(), reverse=True)[:_MOST_DAYS]
            ],
            "gone": [_view_gone(a, atlas.library.ledger, root) for a in gone],
        },
    )


def _view_day(
    day: date, pages: Mapping[str, Sequence[str]], root: str, titles: Mapping[str, str]
) -> View:
    return {
        "day": day.isoformat(),
        "anchor": f"d{day.isoformat()}",
        "lists": [
            {"word": word, "count": len(pages[word]), "groups": _group(pages[word], root, titles)}
            for word in ("added", "changed")
            if pages[word]
        ],
    }


def _group(addresses: Sequence[str], root: str, titles: Mapping[str, str]) -> list[View]:
    """Return addresses by the folder they stand in; many of one folder are counted only."""
    groups: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        groups[address.partition("/")[0] if address.count("/") > 1 else ""].append(address)
    return [
        {
            "label": folder or "overviews",
            "count": len(found),
            "links": []
            if len(found) > _MOST_LINKS
            else [link(titles.get(a) or a or "Home", href(root, a)) for a in found],
        }
        for folder, found in sorted(groups.items())
    ]


def _view_gone(entry: Address, addresses: Sequence[Address], root: str) -> View:
    by_address = {a.address: a for a in addresses}
    target = ledger.follow(entry.address, by_address)
    return {
        "from": link(entry.address, href(root, entry.address)),
        "to": link(target, href(root, target)) if entry.state == "moved" else None,
        "because": entry.because or "",
    }


# --- releases ------------------------------------------------------------------------------------


def _view_release(release: Release, root: str) -> View:
    changed = release.changes.get("findings", {})
    return {
        "version": release.version,
        "day": release.day.isoformat(),
        "href": href(root, f"releases/{release.version}/"),
        "counts": [{"word": w, "count": len(changed.get(w, ()))} for w in _WORDS],
    }


def view_release(atlas: LibraryIndex, release: Release) -> Page:
    """Return the page of one release: its files, and the findings that came, changed and went."""
    root = "../../"
    changed: Mapping[str, Sequence[Mapping[str, Any]]] = release.changes.get("findings", {})
    return Page(
        path=f"releases/{release.version}/",
        template="release.md.j2",
        title=f"Release {release.version}",
        description=f"The data as frozen on {release.day.isoformat()}, and what changed before it.",
        kind="release",
        crumbs=(("What changed", "changes/"),),
        view={
            "version": release.version,
            "day": release.day.isoformat(),
            "previous": str(release.changes.get("previous") or ""),
            "living": link("the living data", f"{root}data/"),
            "files": [
                link(name, name)
                for name in (
                    *(bundle_name(release.version), "manifest.json", "records.json"),
                    *("changes.json", "sbom.cdx.json"),
                )
            ],
            "lists": [
                {
                    "word": word,
                    "anchor": word,
                    "findings": [_view_finding(atlas, f, root) for f in changed.get(word, ())],
                }
                for word in _WORDS
            ],
        },
    )  # fmt: skip


def _view_finding(atlas: LibraryIndex, finding: Mapping[str, Any], root: str) -> View:
    """Return a finding of a release, linked to its living place where it still stands."""
    name = str(finding["id"])
    address = atlas.pages.findings.get(name, "")
    return {
        "link": link(name, href(root, address) if address else ""),
        "quote": str(finding["quote"]),
        "fields": ", ".join(finding.get("fields", ())),
        "formerly": str(finding.get("formerly", "")),
        "because": str(finding.get("because", "")),
    }


# --- addresses without a page --------------------------------------------------------------------


def view_gone_anchors(library: Library) -> dict[str, list[View]]:
    """Return, by page, the statements that stood there: withdrawn, or on another page now."""
    entries = {a.address: a for a in library.ledger}
    found = {}
    for page, gone in ledger.gone_anchors(library.ledger).items():
        root = "../" * page.count("/")
        found[page] = [
            {
                "id": entry.address.partition("#")[2],
                "because": entry.because or "",
                "to": link("another page", href(root, ledger.follow(entry.address, entries)))
                if entry.state == "moved"
                else None,
            }
            for entry in gone
        ]
    return found


def view_gone_pages(atlas: LibraryIndex, titles: Mapping[str, str]) -> Iterator[Page]:
    """Yield a page for each address of the ledger that has none: it goes on answering.

    One that moved leads on, a term that lost its last evidence to its line of the glossary, and
    what was withdrawn says why.
    """
    entries = {a.address: a for a in atlas.library.ledger}
    for entry in sorted(entries.values(), key=lambda e: e.address):
        if entry.address in titles or "#" in entry.address:
            continue
        if entry.state == "retired":
            yield _view_retired(entry, titles)
            continue
        target = ledger.follow(entry.address, entries) if entry.state == "moved" else entry.address
        target = target if target in titles else _find_place(atlas, entry.record) or target
        if target.partition("#")[0] == "glossary/":
            yield _view_stub(atlas, entry, target)
        elif target != entry.address:
            yield _view_moved(entry, target, titles)


def _find_place(atlas: LibraryIndex, record: str) -> str:
    """Return where a record stands now that has no page of its own; empty where it is gone."""
    kind, _, name = record.partition(":")
    if kind == "finding":
        return atlas.pages.findings.get(name, "")
    if kind == "reference":
        return atlas.pages.references.get(name, "")
    term = atlas.library.terms.get(name)
    return f"glossary/#{name}" if term and term.kind == kind else ""


def _view_stub(atlas: LibraryIndex, entry: Address, target: str) -> Page:
    """Return the page of a term that has no evidence any more."""
    kind, _, name = entry.record.partition(":")
    label = atlas.library.terms[name].label
    root = "../" * entry.address.count("/")
    return Page(
        path=entry.address,
        template="stub.md.j2",
        title=label,
        description=shorten(f"{label}: {WORDS['no_evidence']}."),
        kind="retired",
        view={
            "label": label,
            "line": link("its line in the glossary", href(root, target)),
            "onward": [link(f"All {ids.FOLDERS[kind]}", href(root, ids.index_path(kind)))],
        },
    )


def _view_moved(entry: Address, target: str, titles: Mapping[str, str]) -> Page:
    root = "../" * entry.address.count("/")
    title = titles.get(target.partition("#")[0]) or target
    return Page(
        path=entry.address,
        template="moved.md.j2",
        title="This page has moved",
        description=shorten(f"Now at {title}."),
        kind="moved",
        view={"to": link(title, href(root, target)), "from": entry.address},
        extra={"moved_to": href(root, target), "canonical": target.partition("#")[0],
               "script": "assets/javascripts/moved.js"},
    )  # fmt: skip


def _view_retired(entry: Address, titles: Mapping[str, str]) -> Page:
    root = "../" * entry.address.count("/")
    folder = entry.address.partition("/")[0]
    paper = ids.page_path("paper", entry.paper) if entry.paper else ""
    onward = [link(f"All {folder}", href(root, f"{folder}/"))] if folder in _SINGULAR else []
    if paper in titles:
        onward.insert(0, link(titles[paper], href(root, paper)))
    onward.append(link("Search", href(root, "search/")) if "search/" in titles else
                  link("Home", href(root, "")))  # fmt: skip
    return Page(
        path=entry.address,
        template="retired.md.j2",
        title=f"Withdrawn: {entry.record.partition(':')[2]}",
        description=shorten(f"This page was withdrawn: {entry.because or 'no reason given'}"),
        kind="retired",
        view={
            "record": entry.record.partition(":")[2],
            "kind": entry.record.partition(":")[0],
            "because": entry.because or "",
            "since": entry.since.isoformat(),
            "onward": onward,
        },
    )


# --- open questions ------------------------------------------------------------------------------

_ROOT = "../"
# Of one rule so many are listed; the rest is a number.
_MOST_OF_A_RULE = 20
_FEW = 5  # up to so many stand open
_HARM = {
    5: "may mislead a decision",
    4: "may mislead a reader",
    3: "leaves a value open",
    2: "minor",
    1: "cosmetic",
}
# What answers a question of a rule or of a kind of record where no correction of a field does.
_ANSWERS = {
    "title-only": "read the work itself: search, include and extract it; what it states then "
    "supersedes its title",
    "identifier": "an entry of content/identifiers.yml",
    "reference": "an entry of content/identifiers.yml, or a correction of the reference",
    "trial": "a fact in content/registry/, or a correction of the trial",
    "study": "a correction of the place that names it wrongly",
}
_CORRECTION = "a correction, or a term in content/terms/"


def _find_where(atlas: LibraryIndex, asked: OpenQuestion) -> View:
    """Return the place that a question is about, as a link."""
    target, kind = asked.target, asked.kind
    name = page = ""
    if asked.paper:
        name = short_name(atlas.paper(asked.paper).paper.csl)
        page = page_href(_ROOT, "paper", asked.paper)
    found = link(asked.record, "")
    if kind == "study":
        study = next(s for s in atlas.studies if s.id == asked.record)
        found = view_study(atlas, study, _ROOT)["link"]
    elif kind == "trial":
        found = link(asked.record.upper(), page_href(_ROOT, "trial", asked.record))
    elif asked.record in atlas.library.references and kind == "identifier":
        found = link(asked.record, atlas.work_href(asked.record, _ROOT))
    elif isinstance(target, Finding):
        place = view_place(atlas, asked.paper, target.locator, _ROOT)["label"]
        found = link(f"{name}, {place}", atlas.finding_href(target.id, _ROOT))
    elif isinstance(target, Table):
        found = link(f"{name}, Table {target.number}", f"{page}#{ids.table_anchor(target.number)}")
    elif isinstance(target, Cited):
        anchor = ids.reference_anchor(target.number)
        found = link(f"{name}, reference {target.number}", f"{page}#{anchor}")
    elif page:
        label = f"{name}: {asked.record}" if kind == "entity" else name
        found = link(label, f"{page}#entities" if kind == "entity" else page)
    return found


def view_question_queue(atlas: LibraryIndex) -> Page:
    """Return the open questions by harm; those of one rule and harm are one entry with a count.

    Each comes with the correction that answers it; what no correction can answer is one line.
    """
    groups: dict[tuple[int, str, str], list[OpenQuestion]] = {}
    for asked in find_questions(atlas.library, atlas.studies):
        groups.setdefault((-asked.weight, asked.rule, asked.kind), []).append(asked)
    total = sum(len(held) for held in groups.values())
    return Page(
        path="questions/",
        template="questions.md.j2",
        title="Open questions",
        description=f"{plural(total, 'open question')} for a curator, highest priority first.",
        kind="page",
        view={"total": total, "groups": [_view_group(atlas, *g) for g in sorted(groups.items())]},
    )


def _view_group(
    atlas: LibraryIndex, key: tuple[int, str, str], held: Sequence[OpenQuestion]
) -> View:
    weight, rule, kind = -key[0], key[1], key[2]
    edits = {id(q): q.edit for q in held[:_MOST_OF_A_RULE]}
    bare = not any(edits.values()) and len(held) > _FEW
    rows = [] if bare else [
        {"text": q.text, "where": _find_where(atlas, q), "edit": edits[id(q)].splitlines(),
         "file": f"content/corrections/{q.paper}.yml" if q.paper else ""}
        for q in held[:_MOST_OF_A_RULE]
    ]  # fmt: skip
    one = "statement" if kind == "finding" else kind
    many = {"study": "studies", "entity": "entities"}.get(kind, f"{one}s")
    return {
        "harm": _HARM[weight],
        "rule": rule,
        "kind": kind,
        "count": plural(len(held), one, many),
        "one": held[0].text,
        "open": len(held) <= _FEW and weight >= 4,  # noqa: PLR2004 (what misleads stands open)
        "rows": rows,
        "more": max(0, len(held) - len(rows)) if rows else 0,
        "answer": _ANSWERS.get(rule, _ANSWERS.get(kind, _CORRECTION)),
    }
