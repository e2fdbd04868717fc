"""The glossary: what short forms stand for, and every term of the field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.models import Term
from builder.site import xrefs
from builder.site.citations import short_name
from builder.site.index import PAGED, Atlas
from builder.site.labels import KIND_WORDS
from builder.site.links import Page, View, href, link, page_href, plural, root_of
from builder.site.pages.terms import view_synonyms
from builder.site.paging import GLOSSARY, Part, sort_terms, split_glossary, view_parts
from builder.text import ids
from builder.text.spelling import fold


def view_glossary(atlas: Atlas) -> Iterator[Page]:
    """Yield the glossary: abbreviations, then every term of every kind.

    A long glossary leaves the terms to pages of their own, a kind after the other.
    """
    parts = split_glossary(atlas.library)
    terms = sort_terms(atlas.library)
    yield _glossary_page(atlas, "glossary/", "Glossary", [] if parts else terms, parts)
    for part in parts:
        yield _glossary_page(atlas, part.path, f"Glossary: {part.label}", part.entries, parts)


def _glossary_page(
    atlas: Atlas, path: str, title: str, terms: Sequence[Term], parts: Sequence[Part[Term]]
) -> Page:
    root = root_of(path)
    first = path == GLOSSARY
    groups: dict[str, list[View]] = {}
    for term in terms:
        groups.setdefault(term.kind, []).append(_view_entry(atlas, term, root))
    return Page(
        path=path,
        template="glossary.md.j2",
        title=title,
        description=f"{plural(len(atlas.library.terms), 'term')} of the field with definitions, "
        "abbreviations and identifiers.",
        kind="page",
        crumbs=() if first else (("Glossary", GLOSSARY),),
        view={
            "first": first,
            "groups": [
                {
                    "anchor": f"kind-{kind}",
                    "label": KIND_WORDS[kind][1],
                    "entries": groups[kind],
                    "index": href(root, ids.index_path(kind)) if kind in PAGED else "",
                }
                for kind in sorted(groups, key=lambda k: KIND_WORDS[k][1])
            ],
            "parts": view_parts(parts, root, path),
            "abbreviations": view_abbreviations(atlas) if first else [],
            "indexes": [
                link(KIND_WORDS[kind][1], href(root, ids.index_path(kind))) for kind in PAGED
            ],
        },
    )


def _view_entry(atlas: Atlas, term: Term, root: str) -> View:
    paged = term.kind in PAGED  # a page of its own tells the rest
    return {
        "anchor": f"term-{term.id}",
        "label": term.label,
        "abbreviation": term.abbreviation or "",
        "href": atlas.term_href(term, root) if paged else "",
        "definition": "" if paged else term.definition or "",
        "synonyms": [] if paged else view_synonyms(term),
        "xrefs": [] if paged else [xrefs.view_xref(x) for x in term.xrefs],
        "findings": len(atlas.findings_of(term.id)),
    }


def view_abbreviations(atlas: Atlas) -> list[View]:
    """Return every short form with all it may mean: those of terms, then those papers define."""
    forms = atlas.short_forms
    entries = []
    for short in sorted(forms.anchors, key=lambda s: (s.casefold(), s)):
        meanings: dict[str, View] = {}
        for meaning in forms.terms.get(short, ()):
            told = link(meaning.label, atlas.term_href(atlas.library.terms[meaning.term], "../"))
            told["unsure"] = meaning.ambiguity is not None
            told["note"] = ""
            meanings.setdefault(fold(meaning.label), told)
        for key, long in sorted(forms.papers.get(short, {}).items()):
            told = link(long, page_href("../", "paper", key))
            told["unsure"] = False
            told["note"] = f"as {short_name(atlas.paper(key).paper.csl)} defines it"
            meanings.setdefault(fold(long), told)
        entries.append(
            {"short": short, "anchor": forms.anchors[short], "meanings": list(meanings.values())}
        )
    return entries
