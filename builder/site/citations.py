"""How a work is cited on a page and where a reader finds it; citations in plain text and formats.

Plain text is made by a CSL processor (citeproc-py) in the style of the American Medical
Association, whose file is kept in templates/citations/; BibTeX and RIS are written by bibtexparser
and rispy, so that their rules of escaping are kept by others.
"""

import functools
import json
import re
from calendar import month_name
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import rispy
from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.middlewares import default_unparse_stack
from bibtexparser.model import Entry, Field
from bibtexparser.writer import BibtexFormat
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON

from builder import models, store
from builder.models import CslDate, CslItem, CslName
from builder.site.links import View, link, outside, safe_url
from builder.text import ids

_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"
_PMC = "https://pmc.ncbi.nlm.nih.gov/articles/"


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
    year, month, day = (*date.date_parts[0], 0, 0)[:3]
    words = (day, month_name[(month - 1) % 12 + 1] if month else 0, year)
    return " ".join(str(word) for word in words if word)


def join_date(date: CslDate | None, mark: str = "-") -> str:
    """Return a date with a mark between year, month and day, as far as it is known."""
    return mark.join(f"{part:02d}" for part in _parts(date))


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


def view_bibliography(csl: CslItem, *, byline: bool = False) -> list[View]:
    """Return the fields of a work for a list of facts; what is not stated says so.

    Below a ``byline`` only what it lacks.
    """
    fields = [
        ("Authors", "; ".join(format_name(n) for n in csl.author or [])),
        ("Published in", csl.container_title or ""),
        ("Date", format_date(csl.issued)),
        ("Volume", csl.volume or ""),
        ("Issue", csl.issue or ""),
        ("Pages or article number", csl.page or ""),
        ("Publisher", csl.publisher or ""),
        ("Kind", csl.genre or ""),
        ("Number", csl.number or ""),
        ("Status", csl.status or ""),
        ("Accessed", format_date(csl.accessed)),
    ]
    always = {"Authors", "Published in", "Date"}
    shown = ("Publisher", "Kind", "Number") if byline else dict(fields)
    return [{"label": k, "value": v} for k, v in fields if (k in shown if v else k in always)]


# --- formats -------------------------------------------------------------------------------------

STYLE = Path(__file__).parents[2] / "templates/citations/american-medical-association.csl"
PUBLISHER = "Exosome Atlas"
# Stand-ins for the title and the address of a page.
_TITLE = "Zqtitle"
_URL = "https://zq.invalid/"
# The style cuts longer lists to "et al." by itself.
_STYLE_CUTS_FROM = 7


class WorkKind(NamedTuple):
    """What a CSL type of work is called in BibTeX, RIS, Dublin Core (as Zotero) and schema.org."""

    bibtex: str = "misc"
    ris: str = "GEN"
    dublin_core: str = ""
    schema_org: str = "CreativeWork"


KINDS = {
    "article": WorkKind("misc", "UNPB", "Preprint"),
    "article-journal": WorkKind("article", "JOUR", "JournalArticle", "ScholarlyArticle"),
    "article-magazine": WorkKind("article", "MGZN", "MagazineArticle"),
    "article-newspaper": WorkKind("article", "NEWS", "NewspaperArticle"),
    "book": WorkKind("book", "BOOK", "Book", "Book"),
    "chapter": WorkKind("incollection", "CHAP", "BookItem", "Chapter"),
    "dataset": WorkKind("dataset", "DATA", "Dataset"),
    "paper-conference": WorkKind("inproceedings", "CPAPER", "ConferencePaper", "ScholarlyArticle"),
    "patent": WorkKind("patent", "PAT", "Patent"),
    "report": WorkKind("techreport", "RPRT", "Report", "Report"),
    "software": WorkKind("software", "COMP", "Software"),
    "standard": WorkKind("misc", "STAND"),
    "thesis": WorkKind("phdthesis", "THES", "Thesis", "Thesis"),
    "webpage": WorkKind("misc", "ELEC", "WebPage", "WebPage"),
}
# Who stands behind a work, where the style has a name of its own for it.
_BIBTEX_PUBLISHERS = {"phdthesis": "school", "mastersthesis": "school", "techreport": "institution"}
_GENRES = {"article": "Preprint"}
# Characters that BibTeX would read as its own.
_BIBTEX_ESCAPES = str.maketrans(
    {sign: f"\\{sign}" for sign in "{}&%#_$"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True, slots=True)
class Citable:
    """Something that can be cited: a key, its CSL item, and whether its authors end in et al."""

    key: str
    item: models.CslItem
    et_al: bool = False


def page_citable(key: str, title: str, url: str, day: date | None) -> Citable:
    """Return a page of the atlas as a citable web page, with the date of its own records."""
    item = models.CslItem(
        type="webpage",
        title=title,
        author=[models.CslName(literal=f"{PUBLISHER} contributors")],
        container_title=None if title == PUBLISHER else PUBLISHER,  # home is the atlas itself
        issued=models.CslDate(date_parts=[[day.year, day.month, day.day]]) if day else None,
        URL=url,
    )
    return Citable(key, item)


def csl_json(citable: Citable) -> dict[str, Any]:
    """Return a valid CSL-JSON item."""
    return {"id": citable.key, **store.plain(citable.item)}


def find_kind(item: models.CslItem) -> WorkKind:
    """Return what a work is called in each format; of a type that none knows the most general."""
    return KINDS.get(item.type, WorkKind())


@functools.cache
def _style() -> Any:
    return CitationStylesStyle(str(STYLE), validate=False)


def format_plain(citables: Sequence[Citable]) -> list[str]:
    """Return one plain-text citation an item, in the given order."""
    return [_format_one(c) for c in citables]


def _format_one(citable: Citable) -> str:
    item = csl_json(citable)
    item["title"] = " ".join(item["title"].split()).rstrip(".")
    if "author" in item:
        # The style would cut a given name that stands alone to its initial.
        item["author"] = [
            {"literal": name["given"]} if set(name) == {"given"} else name
            for name in item["author"]
        ]
    if citable.et_al and len(item.get("author", [])) < _STYLE_CUTS_FROM:
        item["author"] = [*item.get("author", []), {"literal": "et al"}]
    if item["type"] == "webpage":
        return _format_page(item)
    return _once(_process(json.dumps(item, sort_keys=True)), str(item["title"]))


def _once(text: str, title: str) -> str:
    """Return a citation that names its title once.

    The style puts the title in the place of authors that are not stated; the processor then prints
    it in its own place as well, which CSL forbids (CSL 1.0.2, substitute).
    """
    rest = text[len(title) :].lstrip(". ")
    return rest if text.startswith(title) and rest.startswith(title) else text


@functools.lru_cache(maxsize=1 << 14)  # a work stands on many pages, and a site is built often
def _process(item: str) -> str:
    """Return the style's text of a CSL item, given as JSON."""
    data = {**json.loads(item), "id": "item"}
    made = CitationStylesBibliography(_style(), CiteProcJSON([data]), formatter.plain)
    made.register(Citation([CitationItem("item")]))
    return re.sub(r"^1\.\s*", "", str(made.bibliography()[0])).strip()


def _format_page(item: dict[str, Any]) -> str:
    """Return the style's text of a page of the atlas.

    The processor needs long for a web page, and all of ours differ in title and address only: it
    gets stand-ins for these. The last character stays, for the style looks at it.
    """
    title, url = str(item["title"]), str(item["URL"])
    item.pop("id")
    last = title[-1:] if title[-1:] in "?!" else ""
    text = _process(json.dumps({**item, "title": _TITLE + last, "URL": _URL}, sort_keys=True))
    return text.replace(_TITLE + last, title).replace(_URL, url)


def _bibtex_name(name: models.CslName) -> str:
    if name.literal or not name.family:
        return "{" + _escape(name.literal or name.given or "") + "}"
    parts = [_escape(name.family), _escape(name.suffix or ""), _escape(name.given or "")]
    family = parts[0] if " " not in parts[0] else "{" + parts[0] + "}"
    return ", ".join(p for p in (family, *parts[1:]) if p)


def _escape(text: str) -> str:
    return text.translate(_BIBTEX_ESCAPES)


def _brace_free(text: str) -> str:
    """Return a DOI or an address with braces and backslashes as URLs write them."""
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _parts(day: models.CslDate | None) -> list[int]:
    return day.date_parts[0] if day else []


def _bibtex_entry(citable: Citable) -> Entry:
    item = citable.item
    kind = find_kind(item).bibtex
    if kind == "phdthesis" and re.match(r"(?i)master|m\.?\s?(?:sc|a|d)\b", item.genre or ""):
        kind = "mastersthesis"
    bare = ("misc", "dataset", "software", "patent")
    holder = "journal" if kind == "article" else "howpublished" if kind in bare else "booktitle"
    authors = [_bibtex_name(n) for n in item.author or []]
    if citable.et_al:
        authors.append("others")
    issued = _parts(item.issued)
    fields = {
        "author": " and ".join(authors),
        "editor": " and ".join(_bibtex_name(n) for n in item.editor or []),
        "title": "{" + _escape(item.title) + "}",
        holder: _escape(item.container_title or ""),
        "year": str(issued[0]) if issued else "",
        "month": str(issued[1]) if len(issued) > 1 else "",
        "volume": _escape(item.volume or ""),
        "number": _escape(item.issue or item.number or ""),
        "pages": _escape("--".join(filter(None, item.pages))),
        "edition": _escape(item.edition or ""),
        _BIBTEX_PUBLISHERS.get(kind, "publisher"): _escape(item.publisher or ""),
        "address": _escape(item.publisher_place or ""),
        "type": _escape(item.genre or _GENRES.get(item.type, "")),
        "issn": item.ISSN or "",
        "doi": _brace_free(item.DOI or ""),
        "pmid": item.PMID or "",
        "pmcid": item.PMCID or "",
        "url": _brace_free(item.URL or ""),
        "urldate": join_date(item.accessed),
        "note": _escape(item.status or ""),
    }
    return Entry(kind, citable.key, [Field(k, v) for k, v in fields.items() if v])


def write_bibtex(citables: Iterable[Citable]) -> str:
    """Return a BibTeX file (UTF-8; titles in braces, so that their case is kept)."""
    layout = BibtexFormat()  # type: ignore[no-untyped-call]  # an untyped constructor
    layout.indent = "  "
    library = Library([_bibtex_entry(c) for c in citables])
    # Nobody needs the library afterwards: copies of its entries would take most of the time.
    stack = default_unparse_stack(allow_inplace_modification=True)
    return str(write_string(library, unparse_stack=stack, bibtex_format=layout))


def _ris_name(name: models.CslName) -> str:
    if name.literal or not name.family:
        # The closing comma says to a RIS reader that the name is not to be taken apart.
        return f"{name.literal or name.given or ''},"
    return ", ".join(p for p in (name.family, name.given, name.suffix) if p)


def _ris_entry(citable: Citable) -> dict[str, Any]:
    item = citable.item
    first, last = item.pages
    issued = _parts(item.issued)
    fields: dict[str, Any] = {
        "type_of_reference": find_kind(item).ris,
        "id": citable.key,
        "title": item.title,
        "authors": [_ris_name(n) for n in item.author or []],
        "secondary_authors": [_ris_name(n) for n in item.editor or []],
        "secondary_title": item.container_title,
        "year": str(issued[0]) if issued else None,
        "date": join_date(item.issued, "/") if len(issued) > 1 else None,
        "volume": item.volume,
        "number": item.issue or item.number,
        "edition": item.edition,
        "place_published": item.publisher_place,
        "type_of_work": item.genre or _GENRES.get(item.type),
        "start_page": first or None,
        "end_page": last or None,
        "publisher": item.publisher,
        "issn": item.ISSN,
        "doi": item.DOI,
        "urls": [item.URL] if item.URL else None,
        "access_date": join_date(item.accessed, "/") or None,
        "accession_number": item.PMID,
        "custom2": item.PMCID,
        "notes": [n for n in (item.status, "et al." if citable.et_al else None) if n],
    }
    return {k: _one_line(v) for k, v in fields.items() if v}


def _one_line(value: Any) -> Any:
    if isinstance(value, list):
        return [_one_line(v) for v in value]
    return " ".join(str(value).split())


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]  # an untyped base
    """Writes entries without the running number that the format does not know."""

    def set_header(self, count: int) -> str:
        return ""


def write_ris(citables: Iterable[Citable]) -> str:
    """Return a RIS file."""
    return str(rispy.dumps([_ris_entry(c) for c in citables], implementation=_RisWriter))
