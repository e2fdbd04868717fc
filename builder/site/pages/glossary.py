"""The glossary: what short forms stand for, and every entry of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.models import Term
from builder.site.citations import short_name
from builder.site.index import Atlas
from builder.site.labels import KIND_WORDS
from builder.site.links import Page, View, href, link, page_href, plural, root_of, view_xref
from builder.site.pages.terms import view_synonyms
from builder.text import ids
from builder.text.spelling import fold

PATH = "glossary/"
# Beyond so many entries of a kind, they bear their names alone.
_MOST_DEFINED = 100


def view_glossary(atlas: Atlas) -> Iterator[Page]:
    """Yield the glossary: every vocabulary entry as a line; abbreviations on a page of their own.

    An entry with a page of its own is in the index of its kind, and here only as a link to that.
    """
    rest = [t for t in atlas.library.terms.values() if t.id not in atlas.pages.named]
    yield _glossary_page(atlas, sorted(rest, key=lambda t: (t.label.casefold(), t.id)))
    yield Page(
        path=f"{PATH}abbreviations/",
        template="abbreviations.md.j2",
        title="Abbreviations",
        description="Every short form of the vocabulary and of the papers read, with its meanings.",
        kind="page",
        crumbs=(("Glossary", PATH),),
        view={"abbreviations": view_abbreviations(atlas, root_of(f"{PATH}abbreviations/"))},
    )


def _glossary_page(atlas: Atlas, terms: Sequence[Term]) -> Page:
    root = root_of(PATH)
    groups: dict[str, list[Term]] = {}
    for term in terms:
        groups.setdefault(term.kind, []).append(term)
    paged = {kind: len([t for t in atlas.library.terms_of(kind) if t.id in atlas.pages.named])
             for kind in ids.FOLDERS}  # fmt: skip
    return Page(
        path=PATH,
        template="glossary.md.j2",
        title="Glossary",
        description=f"{plural(len(atlas.library.terms), 'term')} of the field with definitions, "
        "abbreviations and identifiers.",
        kind="page",
        view={
            "groups": [
                {
                    "anchor": f"kind-{kind}",
                    "label": KIND_WORDS[kind][1],
                    "entries": [
                        _view_entry(atlas, t, root, full=len(held) <= _MOST_DEFINED) for t in held
                    ],
                    "full": len(held) <= _MOST_DEFINED,
                    "paged": paged.get(kind, 0),
                    "index": href(root, ids.index_path(kind)) if kind in ids.FOLDERS else "",
                }
                for kind, held in sorted(groups.items(), key=lambda g: KIND_WORDS[g[0]][1])
            ],
            "indexes": [
                link(KIND_WORDS[kind][1], href(root, ids.index_path(kind)))
                for kind in ("source", "mechanism", "vehicle", "condition")
            ],
        },
    )


def _view_entry(atlas: Atlas, term: Term, root: str, *, full: bool) -> View:
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


def view_abbreviations(atlas: Atlas, root: str) -> list[View]:
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
