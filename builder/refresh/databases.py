"""Records that a search of a database brings, page by page.

One function a database, each a generator of pages; the shapes are those of the services' own
documentation: Europe PMC's RESTful web service, ClinicalTrials.gov API v2, Crossref's REST API and
the E-utilities of PubMed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from builder.models.review import Database
from builder.refresh.http_client import Desk, ServiceError
from builder.refresh.json_values import find_list, find_text, find_texts, find_value, plain_text

_ROWS = 100
_PMID = re.compile(r"[1-9]\d{0,8}")
_PMCID = re.compile(r"PMC\d{4,9}")
_HEADINGS = re.compile(r"<h\d[^>]*>.*?</h\d>|</?(?:p|br|div)\b[^>]*>", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
# Europe PMC's comments on a record that say something about its worth.
_NOTICES = re.compile(
    r"(?:(?:partial )?retraction|expression of concern|erratum|correction) in", re.IGNORECASE
)
_PUBLISHED = re.compile(r"(?:update in|preprint of|republished in)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record as a database gives it; what it leaves out is empty."""

    title: str
    authors: str = ""
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    trial: str = ""
    types: tuple[str, ...] = ()
    open_access: bool | None = None
    licence: str = ""
    preprint: bool = False
    published_as: str = ""
    notices: tuple[str, ...] = ()
    url: str = ""
    abstract: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results: the records, and how many the database says there are in all."""

    hits: list[Hit]
    total: int


Ask = Callable[[Desk, str], Iterator[Page]]


def search_europe_pmc(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the pages of ``GET /search``, ``resultType=core``, by its cursor mark."""
    mark = "*"
    while True:
        answer = desk.ask(
            "search",
            {
                "query": query,
                "format": "json",
                "resultType": "core",
                "pageSize": str(_ROWS),
                "cursorMark": mark,
            },
        )
        results = _results(find_value(answer.data, "resultList", "result"))
        yield Page([_parse_article(r) for r in results], _total(answer.data, "hitCount"))
        following = find_text(answer.data, "nextCursorMark")
        if not results or not following or following == mark:
            return
        mark = following


def chase_citations(desk: Desk, address: str, direction: str) -> Iterator[Page]:
    """Yield the works that an article cites (backward) or that cite it (forward).

    ``address`` is Europe PMC's own: ``MED/31209345`` or ``PMC/PMC6572840``.
    """
    part, group, one = {
        "backward": ("references", "referenceList", "reference"),
        "forward": ("citations", "citationList", "citation"),
    }[direction]
    number = 1
    while True:
        answer = desk.ask(
            f"{address}/{part}", {"page": str(number), "pageSize": str(_ROWS), "format": "json"}
        )
        results = _results(find_value(answer.data, group, one))
        total = _total(answer.data, "hitCount")
        yield Page([_parse_article(r) for r in results], total)
        if not results or number * _ROWS >= total:
            return
        number += 1


def find_article(desk: Desk, doi: str, pmid: str, pmcid: str) -> Hit | None:
    """Return Europe PMC's record of an article with these identifiers, abstract included."""
    for query in (
        f"EXT_ID:{pmid} AND SRC:MED" if pmid else "",
        f"PMCID:{pmcid}" if pmcid else "",
        'DOI:"{}"'.format(doi.replace('"', "")) if doi else "",
    ):
        for page in search_europe_pmc(desk, query) if query else ():
            for hit in page.hits:
                if (pmid and hit.pmid == pmid) or (doi and hit.doi == doi) or hit.pmcid == pmcid:
                    return hit
            break
    return None


def europe_pmc_address(doi: str, pmid: str, pmcid: str, desk: Desk) -> str | None:
    """Return the address of an article below Europe PMC's service; None where it has none."""
    if pmid:
        return f"MED/{pmid}"
    if pmcid:
        return f"PMC/{pmcid}"
    hit = find_article(desk, doi, "", "") if doi else None
    return (
        f"MED/{hit.pmid}" if hit and hit.pmid else f"PMC/{hit.pmcid}" if hit and hit.pmcid else None
    )


def _parse_article(result: Any) -> Hit:
    source, own = find_text(result, "source"), find_text(result, "id")
    year = find_text(result, "pubYear")
    comments = find_list(result, "commentCorrectionList", "commentCorrection")
    kinds = [(find_text(c, "type"), find_text(c, "id")) for c in comments]
    preprint = source == "PPR"
    access = find_text(result, "isOpenAccess")
    pmid, pmcid = find_text(result, "pmid"), find_text(result, "pmcid")
    if source == "MED" and not pmid:
        pmid = own  # references and citations give no other
    return Hit(
        title=find_text(result, "title").rstrip("."),
        authors=find_text(result, "authorString").rstrip("."),
        year=int(year) if _YEAR.fullmatch(year) else None,
        journal=find_text(result, "journalInfo", "journal", "title")
        or find_text(result, "journalAbbreviation"),
        doi=find_text(result, "doi").lower(),
        pmid=pmid if _PMID.fullmatch(pmid) else "",
        pmcid=pmcid if _PMCID.fullmatch(pmcid) else "",
        types=tuple(sorted(find_texts(result, "pubTypeList", "pubType"))),
        open_access=access == "Y" if access else None,
        licence=find_text(result, "license"),
        preprint=preprint,
        published_as=next((n for k, n in kinds if preprint and _PUBLISHED.match(k) and n), ""),
        notices=tuple(
            sorted({k.lower().removesuffix(" in") for k, _ in kinds if _NOTICES.fullmatch(k)})
        ),
        url=f"https://europepmc.org/article/{source}/{own}" if source and own else "",
        abstract=_find_abstract(result),
    )


def _find_abstract(result: Any) -> str:
    """Return an abstract without the headings of its parts, which Europe PMC marks as ``h4``."""
    raw = find_value(result, "abstractText")
    parts = _HEADINGS.split(raw) if isinstance(raw, str) else []
    return " ".join(text for part in parts if (text := plain_text(part)))


def search_trials(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the pages of ``GET /studies`` of ClinicalTrials.gov, by its page token."""
    token = ""
    total = 0
    while True:
        parameters = {"query.term": query, "pageSize": str(_ROWS), "format": "json"}
        parameters |= {"pageToken": token} if token else {"countTotal": "true"}
        answer = desk.ask("studies", parameters)
        studies = _results(find_value(answer.data, "studies"))
        total = _total(answer.data, "totalCount") or total
        yield Page([_parse_study(s) for s in studies], max(total, len(studies)))
        token = find_text(answer.data, "nextPageToken")
        if not token:
            return


def _parse_study(study: Any) -> Hit:
    protocol = find_value(study, "protocolSection")
    names, state = (
        find_value(protocol, "identificationModule"),
        find_value(protocol, "statusModule"),
    )
    number = find_text(names, "nctId").upper()
    year = _YEAR.match(find_text(state, "studyFirstPostDateStruct", "date"))
    kind = find_text(protocol, "designModule", "studyType").replace("_", " ").lower()
    return Hit(
        title=find_text(names, "officialTitle") or find_text(names, "briefTitle"),
        authors=find_text(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name"),
        year=int(year.group()) if year else None,
        trial=number,
        types=tuple(filter(None, ["registered trial", kind])),
        url=f"https://clinicaltrials.gov/study/{number}" if number else "",
        abstract=find_text(protocol, "descriptionModule", "briefSummary"),
    )


def search_crossref(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the pages of ``GET /works`` of Crossref, by its cursor."""
    cursor = "*"
    while True:
        answer = desk.ask(
            "works", {"query.bibliographic": query, "rows": str(_ROWS), "cursor": cursor}
        )
        items = _results(find_value(answer.data, "message", "items"))
        message = find_value(answer.data, "message")
        yield Page([_parse_work(item) for item in items], _total(message, "total-results"))
        cursor = find_text(message, "next-cursor")
        if not items or not cursor:
            return


def _parse_work(item: Any) -> Hit:
    authors = find_list(item, "author")
    names = [
        " ".join(filter(None, [find_text(a, "family"), find_text(a, "given")])) for a in authors
    ]
    parts = find_list(item, "issued", "date-parts")
    first = parts[0][0] if parts and isinstance(parts[0], list) and parts[0] else None
    doi = find_text(item, "DOI").lower()
    return Hit(
        title=" ".join(find_texts(item, "title")[:1]),
        authors=", ".join(names),
        year=first if isinstance(first, int) and _YEAR.fullmatch(str(first)) else None,
        journal=" ".join(find_texts(item, "container-title")[:1]),
        doi=doi,
        types=tuple(filter(None, [find_text(item, "type").replace("-", " ")])),
        preprint=find_text(item, "subtype") == "preprint",
        url=f"https://doi.org/{quote(doi, safe='/')}" if doi else "",
    )


def search_pubmed(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the records of PubMed: ``esearch`` gives the numbers, ``esummary`` what they are."""
    start = 0
    while True:
        asked = {"db": "pubmed", "term": query, "retmode": "json"}
        answer = desk.ask("esearch.fcgi", {**asked, "retstart": str(start), "retmax": str(_ROWS)})
        result = find_value(answer.data, "esearchresult")
        total = _total(result, "count")
        numbers = [
            n for n in map(str, _results(find_value(result, "idlist"))) if _PMID.fullmatch(n)
        ]
        if not numbers:
            if not start:
                yield Page([], total)
            return
        reported = desk.ask(
            "esummary.fcgi", {"db": "pubmed", "retmode": "json", "id": ",".join(numbers)}
        )
        summaries = find_value(reported.data, "result")
        yield Page([_parse_summary(n, find_value(summaries, n)) for n in numbers], total)
        start += _ROWS
        if start >= total:
            return


def _parse_summary(pmid: str, summary: Any) -> Hit:
    marks = {
        find_text(i, "idtype"): find_text(i, "value") for i in find_list(summary, "articleids")
    }
    year = _YEAR.search(find_text(summary, "pubdate"))
    return Hit(
        title=find_text(summary, "title").rstrip("."),
        authors=", ".join(find_text(a, "name") for a in find_list(summary, "authors")),
        year=int(year.group()) if year else None,
        journal=find_text(summary, "fulljournalname") or find_text(summary, "source"),
        doi=marks.get("doi", "").lower(),
        pmid=pmid,
        pmcid=marks.get("pmc", "") if _PMCID.fullmatch(marks.get("pmc", "")) else "",
        types=tuple(sorted(find_texts(summary, "pubtype"))),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
    )


SEARCHES: dict[Database, Ask] = {
    "Europe PMC": search_europe_pmc,
    "ClinicalTrials.gov": search_trials,
    "Crossref": search_crossref,
    "PubMed": search_pubmed,
}


def _results(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ServiceError("answers with no list of records")
    return value


def _total(data: Any, key: str) -> int:
    said = find_text(data, key)
    return int(said) if said.isdecimal() and len(said) < 10 else 0  # noqa: PLR2004
