"""Home, about, search, the page about the data, and the glossary."""

from collections.abc import Iterator, Mapping, Sequence

from builder.addresses.pages import TERM_KINDS
from builder.curate.evidence import TREATMENT, find_best
from builder.models import Term
from builder.site import labels, summaries
from builder.site.citations import short_name
from builder.site.index import LibraryIndex
from builder.site.links import (
    Page,
    View,
    href,
    link,
    outside,
    page_href,
    plural,
    root_of,
    view_xref,
)
from builder.site.pages.comparisons import SMALL, view_grid
from builder.site.pages.coverage import view_search_notice
from builder.site.pages.papers import view_paper_row
from builder.site.pages.terms import view_synonyms
from builder.site.pages.trials import view_trial_row
from builder.store.library import DATA_LICENCE, Edition
from builder.text import ids
from builder.text.spelling import fold

_NEWEST = 4  # papers, and trials with a result
_FACETS = (
    ("kind", "Kind of page"),
    ("source", "Source"),
    ("condition", "Condition"),
    ("evidence", "Design"),
    ("year", "Year"),
)


def view_numbers(atlas: LibraryIndex, root: str = "") -> list[View]:
    """Return the sizes of the atlas, each a link to its index; terms are those with evidence."""
    library = atlas.library
    counts = [
        (
            sum(summaries.has_evidence(atlas, t) for t in library.terms_of(kind)),
            labels.KIND_WORDS[kind][1].lower(),
            ids.index_path(kind),
        )
        for kind in TERM_KINDS
    ]
    counts += [
        (len(atlas.trials), "trials", "trials/"),
        (len(atlas.findings), "statements", "findings/"),
        (len(library.papers), "papers read", "papers/"),
        (len(library.references), "works cited", "references/"),
    ]
    return [{"count": n, **link(label, href(root, path))} for n, label, path in counts]


def answer_home(atlas: LibraryIndex) -> list[summaries.Sentence]:
    """Return what the atlas holds, in sentences made from the records."""
    tried = [s for s in atlas.studies if s.counts and s.role == "therapeutic"]
    sentences = [
        [
            link(plural(len(tried), "study", "studies"), "map/#studies"),
            summaries.text(" of vesicles as a treatment: "),
            *summaries.list_designs(tried, "map/", "studies"),
            summaries.text("."),
        ]
    ]
    trials = [s for s in tried if s.trials]
    if trials:
        sentences.append(summaries.answer_trials(atlas, trials, "trials/", ""))
    best = find_best(tried)
    if not best or best.design != "clinical":
        sentences.append([summaries.text("No study in people with a result in the material read.")])
    unread = [b for b in atlas.library.papers.values() if not b.paper.coverage.body]
    if unread:
        read = len(atlas.library.papers) - len(unread)
        whole = f"{read:,} came with the full text" if read else "none came with its full text"
        words = f"Of {plural(len(atlas.library.papers), 'paper')} read, {whole}"
        sentences.append([link(words, "coverage/"), summaries.text(".")])
    return [*sentences, [summaries.text(labels.WORDS["not_assessed"])]]


def view_home(atlas: LibraryIndex) -> Page:
    """Return the home page."""
    papers = sorted(
        atlas.library.papers.values(),
        key=lambda b: (
            [-n for n in b.paper.csl.issued.date_parts[0]] if b.paper.csl.issued else [0],
            b.paper.id,
        ),
    )
    resulted = [t for t in atlas.trials if t.result]
    return Page(
        path="",
        template="home.md.j2",
        title="Exosome Atlas",
        description="What is known about exosomes as therapy for bone, cartilage and "
        "osteoarthritis: every statement with its place in the paper.",
        kind="home",
        view={
            "search_notice": view_search_notice(atlas),
            "answer": answer_home(atlas),
            "numbers": view_numbers(atlas),
            "map": view_grid(atlas, TREATMENT, "", SMALL),
            "newest": [view_paper_row(b, "") for b in papers[:_NEWEST]],
            "trials": [view_trial_row(atlas, t, "") for t in resulted[:_NEWEST]],
            "more_trials": max(0, len(resulted) - _NEWEST),
        },
    )


def view_about(atlas: LibraryIndex) -> Page:
    """Return the page on how the atlas is made, what it covers and what it cannot know."""
    papers = sorted(atlas.library.papers.values(), key=lambda b: b.paper.id)
    return Page(
        path="about/",
        template="about.md.j2",
        title="About and method",
        description="How the atlas reads papers, what it cannot know, and how to report a wrong "
        "statement. Not medical advice.",
        kind="page",
        view={
            "numbers": view_numbers(atlas, "../"),
            "designs": [labels.view_design(d) for d in labels.DESIGNS],
            "results": [labels.view_result(r) for r in labels.RESULTS],
            "basis": list(labels.BASIS.values()),
            "roles": list(labels.STUDY_ROLES.values()),
            "certainty": list(labels.CERTAINTY.values()),
            "effects": [labels.view_effect(effect) for effect in labels.EFFECTS],
            "coverage": [
                {
                    "paper": link(short_name(b.paper.csl), page_href("../", "paper", b.paper.id)),
                    "sentences": summaries.answer_coverage(b.paper),
                }
                for b in papers[:_MOST_PAPERS]
            ],
            "more_papers": max(0, len(papers) - _MOST_PAPERS),
        },
    )


_MOST_PAPERS = 50


def view_search(atlas: LibraryIndex) -> Page:
    """Return the search page, with its facets; without scripts it is the list of all lists."""
    return Page(
        path="search/",
        template="search.md.j2",
        title="Search",
        description="Search sources, mechanisms, delivery vehicles, conditions, trials, "
        "papers, references and statements by name, identifier or words.",
        kind="page",
        view={
            "facets": [{"id": name, "label": label} for name, label in _FACETS],
            "lists": [
                *view_numbers(atlas, "../"),
                {
                    "count": len(atlas.library.terms),
                    **link("glossary entries", href("../", "glossary/")),
                },
            ],
        },
    )


# --- data ----------------------------------------------------------------------------------------

_API = "api/v1/"
_SCHEMA = f"{_API}schema/"
# Where the files of each part of the page stand.
_PARTS = {
    "json": _API,
    "csv": "data/csv/",
    "parquet": "data/parquet/",
    "sqlite": "data/exosome-atlas.sqlite.gz",
    "network": "data/network/",
    "bibliography": "data/references",
    "ro_crate": "data/ro-crate-metadata.json",
}
# What each collection of the API holds.
_ABOUT = {
    "index.json": "collections with count and schema, and the data version",
    "conditions.json": "conditions",
    "evidence_map.json": "pairs of source and condition, with studies and the best result",
    "findings.json": "statements, each with its quote, place, terms and references",
    "mechanisms.json": "mechanisms",
    "papers.json": "papers read, with CSL-JSON, headings, abstract and entities",
    "references.json": "cited works as CSL-JSON items",
    "screening.json": "records that the searches found, and what was decided of each",
    "sources.json": "cell sources",
    "strategies.json": "search strategies, with each day on which they were run",
    "studies.json": "studies, each once, with design, result and number of participants",
    "study_cards.json": "what primary studies state of methods, with the numbers of outcomes",
    "tables.json": "tables of the papers, each cell as printed and as read",
    "trials.json": "clinical trials, as papers and registries report them",
    "vehicles.json": "delivery vehicles",
    "vocabulary.json": "every term, with synonyms, parents and identifiers",
}
_KILO = 1000


def format_size(size: int) -> str:
    """Return a size in bytes for people: ``512 bytes``, ``55.6 kB``, ``1.3 MB``."""
    if size < _KILO:
        return f"{size} bytes"
    if size < _KILO * _KILO:
        return f"{size / _KILO:.1f} kB"
    return f"{size / _KILO / _KILO:.1f} MB"


def view_data(atlas: LibraryIndex, edition: Edition, sizes: Mapping[str, int]) -> Page:
    """Return the page about the data; ``sizes`` are bytes by the path of a download."""
    schemas = _list_files(sizes, _SCHEMA)
    return Page(
        path="data/",
        template="data.md.j2",
        title="Data",
        description="Every record as JSON, CSV, Parquet, SQLite, BibTeX, RIS and CSL-JSON, with "
        "schemas, sizes and example calls.",
        kind="data",
        view={
            "version": edition.version,
            "day": edition.day.isoformat(),
            "licence": outside("CC BY 4.0", DATA_LICENCE),
            "schemas": schemas,
            "files": {
                name: [f for f in _list_files(sizes, start) if f not in schemas]
                for name, start in _PARTS.items()
            },
            "manifest": link("manifest.json", "../manifest.json"),
            "base": edition.site_url,
            "feed": link("Atom feed of changes", "../changes/feed.xml"),
        },
    )


def _list_files(sizes: Mapping[str, int], start: str) -> list[View]:
    """Return the downloads whose path begins with ``start``."""
    return [
        {
            "link": link(path, f"../{path}"),
            "size": format_size(sizes[path]),
            "about": _ABOUT.get(path.rpartition("/")[2], "") if path.startswith(_API) else "",
        }
        for path in sorted(sizes)
        if path.startswith(start)
    ]


# --- glossary ------------------------------------------------------------------------------------

_GLOSSARY = "glossary/"
# Beyond so many entries of a kind, they bear their names alone.
_MOST_DEFINED = 100


def view_glossary(atlas: LibraryIndex) -> Iterator[Page]:
    """Yield the glossary: every vocabulary entry as a line; abbreviations on a page of their own.

    An entry with a page of its own is in the index of its kind, and here only as a link to that.
    """
    rest = [t for t in atlas.library.terms.values() if t.id not in atlas.pages.named]
    yield _glossary_page(atlas, sorted(rest, key=lambda t: (t.label.casefold(), t.id)))
    yield Page(
        path=f"{_GLOSSARY}abbreviations/",
        template="abbreviations.md.j2",
        title="Abbreviations",
        description="Every short form of the vocabulary and of the papers read, with its meanings.",
        kind="page",
        crumbs=(("Glossary", _GLOSSARY),),
        view={"abbreviations": view_abbreviations(atlas, root_of(f"{_GLOSSARY}abbreviations/"))},
    )


def _glossary_page(atlas: LibraryIndex, terms: Sequence[Term]) -> Page:
    root = root_of(_GLOSSARY)
    groups: dict[str, list[Term]] = {}
    for term in terms:
        groups.setdefault(term.kind, []).append(term)
    paged = {kind: len([t for t in atlas.library.terms_of(kind) if t.id in atlas.pages.named])
             for kind in ids.FOLDERS}  # fmt: skip
    return Page(
        path=_GLOSSARY,
        template="glossary.md.j2",
        title="Glossary",
        description=f"{plural(len(atlas.library.terms), 'term')} of the field with definitions, "
        "abbreviations and identifiers.",
        kind="page",
        view={
            "groups": [
                {
                    "anchor": f"kind-{kind}",
                    "label": labels.KIND_WORDS[kind][1],
                    "entries": [
                        _view_entry(atlas, t, root, full=len(held) <= _MOST_DEFINED) for t in held
                    ],
                    "full": len(held) <= _MOST_DEFINED,
                    "paged": paged.get(kind, 0),
                    "index": href(root, ids.index_path(kind)) if kind in ids.FOLDERS else "",
                }
                for kind, held in sorted(groups.items(), key=lambda g: labels.KIND_WORDS[g[0]][1])
            ],
            "indexes": [
                link(labels.KIND_WORDS[kind][1], href(root, ids.index_path(kind)))
                for kind in TERM_KINDS
            ],
        },
    )


def _view_entry(atlas: LibraryIndex, term: Term, root: str, *, full: bool) -> View:
    """Return an entry; ``full`` ones have definition, spellings and identifiers."""
    shorts = [s for s in (term.abbreviation, *view_synonyms(term)) if s and s != term.label]
    return {
        "anchor": term.id,
        "label": term.label,
        "also": shorts if full else shorts[:2],
        "definition": (term.definition or "") if full else "",
        "xrefs": [view_xref(x) for x in term.xrefs[:2]] if full else [],
        "findings": len(atlas.findings_of(term.id)),
    }


def view_abbreviations(atlas: LibraryIndex, root: str) -> list[View]:
    """Return every short form with all it may mean: those of terms, then those papers define."""
    forms = atlas.short_forms
    entries = []
    for short in sorted(forms.anchors, key=lambda s: (s.casefold(), s)):
        meanings: dict[str, View] = {}
        for meaning in forms.terms.get(short, ()):
            entry = link(meaning.label, atlas.term_href(atlas.library.terms[meaning.term], root))
            entry["unsure"] = meaning.ambiguity is not None
            entry["note"] = ""
            meanings.setdefault(fold(meaning.label), entry)
        for key, long in sorted(forms.papers.get(short, {}).items()):
            entry = link(long, page_href(root, "paper", key))
            entry["unsure"] = False
            entry["note"] = f"as {short_name(atlas.paper(key).paper.csl)} defines it"
            meanings.setdefault(fold(long), entry)
        entries.append(
            {"short": short, "anchor": forms.anchors[short], "meanings": list(meanings.values())}
        )
    return entries
