"""What Europe PMC, Crossref and PubMed have of works: searches, citations, notices.

The shapes are those of Europe PMC's RESTful web service, of Crossref's REST API and of the
E-utilities, as their references describe them. At Crossref a retraction stands in the retracted
work's ``updated-by``; in a notice's ``update-to`` it names the work that the notice is about.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from builder.models import CslItem, Notice
from builder.refresh.hits import Hit, Page, is_taken_back
from builder.refresh.http_client import (
    CROSSREF,
    EUROPE_PMC,
    Desk,
    ServiceError,
    find_list,
    find_records,
    find_text,
    find_texts,
    find_total,
    find_value,
    find_year,
    plain_text,
)

_ROWS, _FEW = 100, 5
_QUOTED = re.compile(r'["\\]')
PMID = re.compile(r"[1-9]\d{0,8}")
PMCID = re.compile(r"PMC\d{4,9}")
_HEADINGS = re.compile(r"<h\d[^>]*>.*?</h\d>|</?(?:p|br|div)\b[^>]*>", re.IGNORECASE)
# A work's own record says "Retraction in"; a notice's says "Retraction of", which is not about it.
_ABOUT_THIS = re.compile(
    r"(?:(?:partial )?retraction|expression of concern|erratum|correction|update) in", re.IGNORECASE
)
_PUBLISHED = re.compile(r"(?:update in|preprint of|republished in)", re.IGNORECASE)
_RETRACTED = frozenset({"retracted publication", "retracted article"})
_MOST_QUERY = 400
_DATES = ("issued", "published", "published-print", "published-online")
# Versions and editions are no news about a work's worth.
_NO_NOTICE = frozenset({"new-version", "new-edition"})
Result = Any


def _search(desk: Desk, query: str, rows: int = _FEW, mark: str = "") -> Any:
    asked = {"query": query, "format": "json", "resultType": "core", "pageSize": str(rows)}
    return desk.ask("search", {**asked, **({"cursorMark": mark} if mark else {})}).data


# --- Europe PMC ----------------------------------------------------------------------------------


def search_europe_pmc(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the pages of ``GET /search``, ``resultType=core``, by its cursor mark."""
    mark = "*"
    while True:
        data = _search(desk, query, _ROWS, mark)
        results = find_records(data, "resultList", "result")
        yield Page([parse_result(r) for r in results], find_total(data, "hitCount"))
        following = find_text(data, "nextCursorMark")
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
        asked = {"page": str(number), "pageSize": str(_ROWS), "format": "json"}
        data = desk.ask(f"{address}/{part}", asked).data
        results, total = find_records(data, group, one), find_total(data, "hitCount")
        yield Page([parse_result(r) for r in results], total)
        if not results or number * _ROWS >= total:
            return
        number += 1


def _find_result(desk: Desk, doi: str = "", pmid: str = "", pmcid: str = "") -> Result | None:
    """Return the record of a work by its identifiers; None if unknown. Raises ServiceError."""
    queries = (
        (f"EXT_ID:{pmid} AND SRC:MED", "pmid", pmid),
        (f"PMCID:{pmcid}", "pmcid", pmcid),
        (f'DOI:"{_QUOTED.sub("", doi)}"', "doi", doi),
    )
    for query, field, value in (asked for asked in queries if asked[2]):
        found = find_records(_search(desk, query), "resultList", "result")
        same = [r for r in found if find_text(r, field).lower() == value.lower()]
        if same:
            # The record of PubMed (MED) before those of other sources, such as preprints (PPR).
            return min(same, key=lambda r: find_text(r, "source") != "MED")
    return None


def find_article(desk: Desk, doi: str, pmid: str, pmcid: str) -> Hit | None:
    """Return Europe PMC's record of an article with these identifiers, abstract included."""
    result = _find_result(desk, doi, pmid, pmcid)
    return parse_result(result) if result is not None else None


def find_address(doi: str, pmid: str, pmcid: str, desk: Desk) -> str | None:
    """Return the address of an article below Europe PMC's service; None where it has none."""
    if not (pmid or pmcid) and doi:
        hit = find_article(desk, doi, "", "")
        pmid, pmcid = (hit.pmid, hit.pmcid) if hit else ("", "")
    return f"MED/{pmid}" if pmid else f"PMC/{pmcid}" if pmcid else None


def ask_europe_pmc(
    desk: Desk, today: date, doi: str = "", pmid: str = ""
) -> tuple[Hit, list[Notice]] | None:
    """Return a work and the notices about it; None if unknown. Raises ServiceError."""
    result = _find_result(desk, doi, pmid)
    if result is None:
        return None
    found = parse_result(result)
    return found, list(_find_notices(result, found, today))


def ask_europe_pmc_title(desk: Desk, work: CslItem) -> list[Hit]:
    """Return works with the title's words, in Europe PMC's order. Raises ServiceError."""
    data = _search(desk, f'TITLE:"{_QUOTED.sub(" ", work.title)}"')
    return [parse_result(r) for r in find_records(data, "resultList", "result")]


def parse_result(result: Result) -> Hit:
    """Return a work from one of Europe PMC's results; what is missing or misshapen is empty."""
    source, own = find_text(result, "source"), find_text(result, "id")
    pmid, pmcid = find_text(result, "pmid"), find_text(result, "pmcid")
    if source == "MED" and not pmid:
        pmid = own  # references and citations give no other
    authors = find_list(result, "authorList", "author")
    first = authors[0] if authors else None
    access = find_text(result, "isOpenAccess")
    preprint = source == "PPR"
    comments = list(_comments(result))
    printed = find_text(result, "authorString").rstrip(".")
    return Hit(
        title=find_text(result, "title").rstrip("."),
        authors=printed,
        family=find_text(first, "lastName")
        or find_text(first, "collectiveName")
        or printed.split(",")[0].rpartition(" ")[0],
        year=find_year(result, "pubYear"),
        journal=find_text(result, "journalInfo", "journal", "title")
        or find_text(result, "journalAbbreviation"),
        doi=find_text(result, "doi").lower(),
        pmid=pmid if PMID.fullmatch(pmid) else "",
        pmcid=pmcid if PMCID.fullmatch(pmcid) else "",
        types=tuple(sorted(find_texts(result, "pubTypeList", "pubType"))),
        open_access=access == "Y" if access else None,
        licence=find_text(result, "license"),
        preprint=preprint,
        published_as=next((n for k, n in comments if preprint and _PUBLISHED.match(k) and n), ""),
        notices=tuple(sorted(_name_notices(result, (kind for kind, _ in comments)))),
        url=f"https://europepmc.org/article/{source}/{own}" if source and own else "",
        abstract=_find_abstract(result),
    )


def _comments(result: Result) -> Iterator[tuple[str, str]]:
    """Yield the kind and the number of each comment on a record."""
    for comment in find_list(result, "commentCorrectionList", "commentCorrection"):
        yield find_text(comment, "type"), find_text(comment, "id")


def _name_notices(result: Result, comments: Iterable[str]) -> set[str]:
    """Return what is to be known of a work's worth: retraction, erratum, expression of concern."""
    named = {kind.lower().removesuffix(" in") for kind in comments if _ABOUT_THIS.fullmatch(kind)}
    return (named - {"update"}) | ({"retraction"} if _is_retracted(result) else set())


def _is_retracted(result: Result) -> bool:
    kinds = {kind.lower() for kind in find_texts(result, "pubTypeList", "pubType")}
    return bool(kinds & _RETRACTED) or is_taken_back(find_text(result, "title"))


def _find_abstract(result: Result) -> str:
    """Return an abstract without the headings of its parts, which Europe PMC marks as ``h4``."""
    raw = find_value(result, "abstractText")
    parts = _HEADINGS.split(raw) if isinstance(raw, str) else []
    return " ".join(text for part in parts if (text := plain_text(part)))


def _find_notices(result: Result, found: Hit, today: date) -> Iterator[Notice]:
    stated = {"reported_by": EUROPE_PMC.name, "seen_at": found.url, "seen_on": today}
    reported: set[str] = set()
    for comment, number in _comments(result):
        if _ABOUT_THIS.fullmatch(comment):
            kind = comment.lower().removesuffix(" in").strip().replace(" ", "-")
            reported.add(kind)
            pmid = number if PMID.fullmatch(number) else None
            yield Notice.model_validate({"kind": kind, "pmid": pmid, **stated})
    if _is_retracted(result) and not any("retraction" in kind for kind in reported):
        yield Notice.model_validate({"kind": "retraction", **stated})


# --- Crossref ------------------------------------------------------------------------------------


def ask_doi(desk: Desk, doi: str, contact: str, today: date) -> tuple[Hit, list[Notice]]:
    """Return the work with a DOI and the notices about it. Raises ServiceError."""
    answer = desk.ask(f"works/{quote(doi, safe='')}", _polite(contact))
    item = find_value(answer.data, "message")
    reported = find_text(item, "DOI")
    if not reported:
        raise ServiceError("answers with no work")
    found = parse_work(item)
    # The registry's page for people stands behind the same DOI.
    notices = list(
        _find_crossref_notices(item, reported, f"{desk.service.base}/works/{reported}", today)
    )
    return found, notices


def ask_crossref_title(desk: Desk, work: CslItem, contact: str) -> list[Hit]:
    """Return works that Crossref thinks like a cited one, in its order. Raises ServiceError."""
    words = [
        work.title,
        work.lead,
        work.container_title or work.container_title_short or "",
        str(work.year or ""),
    ]
    query = " ".join(w for w in words if w)[:_MOST_QUERY]
    answer = desk.ask(
        "works", {"query.bibliographic": query, "rows": str(_FEW), **_polite(contact)}
    )
    return [parse_work(item) for item in find_records(answer.data, "message", "items")]


def _polite(contact: str) -> dict[str, str]:
    return {"mailto": contact} if contact else {}


def search_crossref(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the pages of ``GET /works``, by its cursor."""
    cursor = "*"
    while True:
        asked = {"query.bibliographic": query, "rows": str(_ROWS), "cursor": cursor}
        message = find_value(desk.ask("works", asked).data, "message")
        items = find_records(message, "items")
        yield Page([parse_work(item) for item in items], find_total(message, "total-results"))
        cursor = find_text(message, "next-cursor")
        if not items or not cursor:
            return


def parse_work(item: Any) -> Hit:
    """Return a work from one of Crossref's items; what is missing or misshapen is empty."""
    authors = find_list(item, "author")
    lead = [a for a in authors if find_text(a, "sequence") == "first"] or authors[:1]
    names = [(find_text(a, "family"), find_text(a, "given")) for a in authors]
    doi = find_text(item, "DOI").lower()
    posted = find_text(item, "type") == "posted-content"
    return Hit(
        title=" ".join(find_texts(item, "title")[:1]),
        subtitle=" ".join(find_texts(item, "subtitle")[:1]),
        authors=", ".join(" ".join(filter(None, name)) for name in names),
        family=next((n for a in lead if (n := find_text(a, "family") or find_text(a, "name"))), ""),
        year=next((y for name in _DATES if (y := find_year(item, name))), None),
        journal=" ".join(find_texts(item, "container-title")[:1]),
        doi=doi,
        types=tuple(filter(None, [find_text(item, "type").replace("-", " ")])),
        preprint=posted or find_text(item, "subtype") == "preprint",
        url=f"https://doi.org/{quote(doi, safe='/')}" if doi else "",
    )


def _find_crossref_notices(item: Any, doi: str, address: str, today: date) -> Iterator[Notice]:
    reported = list(_find_updates(item, doi, address, today))
    yield from reported
    titled = any(map(is_taken_back, find_texts(item, "title")))
    if titled and not any(n.withdraws for n in reported):
        yield Notice(kind="retraction", reported_by=CROSSREF.name, seen_at=address, seen_on=today)


def _find_updates(item: Any, doi: str, address: str, today: date) -> Iterator[Notice]:
    for update in find_list(item, "updated-by"):
        kind = find_text(update, "type").lower().replace("_", "-").replace(" ", "-")
        if not kind or kind in _NO_NOTICE:
            continue
        source = find_text(update, "source")
        own = find_text(update, "DOI").lower()
        yield Notice(
            kind=kind,
            # Retraction Watch enters a work's own DOI where the notice has none.
            doi=own if own and own != doi.lower() else None,
            issued=_find_day(update),
            reported_by=CROSSREF.name + (f" ({source.replace('-', ' ')})" if source else ""),
            seen_at=address,
            seen_on=today,
        )


def _find_day(update: Any) -> date | None:
    parts = find_list(update, "updated", "date-parts")
    numbers = parts[0] if parts and isinstance(parts[0], list) else []
    try:
        return date(*numbers)
    except (TypeError, ValueError, OverflowError):
        return None


# --- PubMed --------------------------------------------------------------------------------------


def search_pubmed(desk: Desk, query: str) -> Iterator[Page]:
    """Yield the records of PubMed: ``esearch`` gives the numbers, ``esummary`` what they are."""
    start = 0
    while True:
        asked = {"db": "pubmed", "term": query, "retmode": "json"}
        answer = desk.ask("esearch.fcgi", {**asked, "retstart": str(start), "retmax": str(_ROWS)})
        result = find_value(answer.data, "esearchresult")
        total = find_total(result, "count")
        numbers = [n for n in map(str, find_records(result, "idlist")) if PMID.fullmatch(n)]
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
    return Hit(
        title=find_text(summary, "title").rstrip("."),
        authors=", ".join(find_text(a, "name") for a in find_list(summary, "authors")),
        year=find_year(summary, "pubdate"),
        journal=find_text(summary, "fulljournalname") or find_text(summary, "source"),
        doi=marks.get("doi", "").lower(),
        pmid=pmid,
        pmcid=marks.get("pmc", "") if PMCID.fullmatch(marks.get("pmc", "")) else "",
        types=tuple(sorted(find_texts(summary, "pubtype"))),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
    )
