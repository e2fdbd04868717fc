"""How a work is cited on a page, and where a reader finds it."""

from __future__ import annotations

from urllib.parse import quote

from builder.models import CslDate, CslItem, CslName
from builder.site.links import View, link, outside, safe_url
from builder.text import ids

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"
_PMC = "https://pmc.ncbi.nlm.nih.gov/articles/"
_FULL_DATE = 3
_MONTH_DATE = 2


def format_name(name: CslName) -> str:
    """Return an author's name: family, given; or the group's name."""
    if name.literal:
        return name.literal
    parts = [p for p in (name.family, name.given, name.suffix) if p]
    return ", ".join(parts)


def format_date(date: CslDate | None) -> str:
    """Return a date as far as it is known: 2025, November 2025, 6 March 2026."""
    if date is None or not date.date_parts or not date.date_parts[0]:
        return ""
    parts = date.date_parts[0]
    if len(parts) >= _FULL_DATE:
        return f"{parts[2]} {_MONTHS[(parts[1] - 1) % 12]} {parts[0]}"
    if len(parts) == _MONTH_DATE:
        return f"{_MONTHS[(parts[1] - 1) % 12]} {parts[0]}"
    return str(parts[0])


def short_name(csl: CslItem) -> str:
    """Return a work in few words: ``Liu et al., 2020``; without authors its title."""
    authors = csl.author or []
    if not authors:
        return csl.title
    first = authors[0].literal or authors[0].family or csl.title
    if len(authors) > 1:
        first = f"{first} et al."
    return f"{first}, {csl.year}" if csl.year else first


def _format_authors(csl: CslItem, et_al: bool) -> str:
    """Return the authors as one text that ends with a full stop; empty without authors."""
    names = [format_name(n) for n in csl.author or []]
    if names and et_al:
        names.append("et al.")
    text = "; ".join(names)
    return text if not text or text.endswith(".") else f"{text}."


def view_citation(csl: CslItem, *, et_al: bool = False) -> View:
    """Return the parts of a citation in the order in which they are printed."""
    volume = csl.volume or ""
    if csl.issue:
        volume = f"{volume}({csl.issue})"
    numbers = ", ".join(part for part in (volume, csl.page or "") if part)
    return {
        "authors": _format_authors(csl, et_al),
        "title": csl.title,
        "container": csl.container_title or "",
        "issued": format_date(csl.issued),
        "numbers": numbers,
        "publisher": csl.publisher or "",
        "status": csl.status or "",
        "accessed": format_date(csl.accessed),
        "short": short_name(csl),
        "year": csl.year or "",
    }


def view_ways(csl: CslItem) -> list[View]:
    """Return the links under which a work is found.

    Known identifiers first. A work without a DOI gets title searches at PubMed and Crossref, named
    as searches: they may find another work.
    """
    ways = []
    if csl.DOI:
        ways.append(link(f"doi:{csl.DOI}", ids.doi_url(csl.DOI)))
    if csl.PMID:
        ways.append(link(f"PubMed {csl.PMID}", f"{_PUBMED}{quote(csl.PMID, safe='')}/"))
    if csl.PMCID:
        ways.append(link(csl.PMCID, f"{_PMC}{quote(csl.PMCID, safe='')}/"))
    if csl.URL and safe_url(csl.URL) not in {w["href"] for w in ways}:
        ways.append(outside(csl.URL, csl.URL))
    if not csl.DOI:
        ways.append(link("search PubMed by title", ids.pubmed_title_search(csl.title)))
        ways.append(link("search Crossref by title", ids.crossref_title_search(csl.title)))
    return ways


def view_bibliography(csl: CslItem) -> list[View]:
    """Return the fields of a work for a list of facts; what is not stated says so."""
    fields = [
        ("Authors", "; ".join(format_name(n) for n in csl.author or [])),
        ("Published in", csl.container_title or ""),
        ("Date", format_date(csl.issued)),
        ("Volume", csl.volume or ""),
        ("Issue", csl.issue or ""),
        ("Pages or article number", csl.page or ""),
        ("Publisher", csl.publisher or ""),
        ("Status", csl.status or ""),
        ("Accessed", format_date(csl.accessed)),
    ]
    always = {"Authors", "Published in", "Date"}
    return [{"label": k, "value": v} for k, v in fields if v or k in always]
