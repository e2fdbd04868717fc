"""The search page. Without scripts it is the list of all lists."""

from __future__ import annotations

from builder.site.index import Atlas
from builder.site.links import Page, href, link
from builder.site.pages.home import view_numbers

_FACETS = (
    ("kind", "Kind of page"),
    ("source", "Cell source"),
    ("condition", "Condition"),
    ("evidence", "Evidence"),
    ("year", "Year"),
)


def view_search(atlas: Atlas) -> Page:
    """Return the search page, with its facets and the index page of every kind."""
    numbers = [{**n, "href": href("../", n["href"])} for n in view_numbers(atlas)]
    return Page(
        path="search/",
        template="search.md.j2",
        title="Search",
        description="Search cell sources, mechanisms, delivery vehicles, conditions, trials, "
        "papers, references and findings by name, identifier or words.",
        kind="page",
        view={
            "facets": [{"id": name, "label": label} for name, label in _FACETS],
            "lists": [
                *numbers,
                {
                    "count": len(atlas.library.terms),
                    "known": 0,
                    **link("glossary entries", href("../", "glossary/")),
                },
            ],
        },
    )
