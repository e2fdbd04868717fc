"""What Europe PMC says of works, PubMed's records included: ``GET /search``, ``resultType=core``.

The shapes are those of its RESTful web service's reference guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from builder.models import CslItem, Notice
from builder.refresh.http_client import Desk, ServiceError
from builder.refresh.json_values import find_list, find_text, find_texts, find_value
from builder.refresh.match import Found, is_taken_back
from builder.refresh.services import EUROPE_PMC

_ROWS = "5"
_QUOTED = re.compile(r'["\\]')
# A work's own record says "Retraction in"; a notice's says "Retraction of", which is not about it.
_ABOUT_THIS = re.compile(
    r"(?:partial )?(?:retraction|expression of concern|erratum|correction|update) in",
    re.IGNORECASE,
)
_RETRACTED = frozenset({"retracted publication", "retracted article"})


def ask_doi(desk: Desk, doi: str, today: date) -> tuple[Found, list[Notice]] | None:
    """Return the work with a DOI and the notices about it; None if unknown. Raises ServiceError."""
    results = _search(desk, f'DOI:"{_QUOTED.sub("", doi)}"')
    same = [r for r in results if find_text(r, "doi").lower() == doi.lower()]
    return _take_first(desk, same, today)


def ask_pmid(desk: Desk, pmid: str, today: date) -> tuple[Found, list[Notice]] | None:
    """Return the work with a PMID and the notices about it, as ask_doi does."""
    results = _search(desk, f"EXT_ID:{pmid} AND SRC:MED")
    same = [r for r in results if find_text(r, "pmid") == pmid]
    return _take_first(desk, same, today)


def ask_title(desk: Desk, work: CslItem) -> list[Found]:
    """Return works with the title's words, in Europe PMC's order. Raises ServiceError."""
    return [parse_result(r) for r in _search(desk, f'TITLE:"{_QUOTED.sub(" ", work.title)}"')]


def _search(desk: Desk, query: str) -> list[Any]:
    answer = desk.ask(
        "search", {"query": query, "format": "json", "resultType": "core", "pageSize": _ROWS}
    )
    if not isinstance(find_value(answer.data, "resultList", "result"), list):
        raise ServiceError("answers with no list of works")
    return find_list(answer.data, "resultList", "result")


def _take_first(desk: Desk, results: list[Any], today: date) -> tuple[Found, list[Notice]] | None:
    # The record of PubMed (MED) before those of other sources, such as preprints (PPR).
    ordered = sorted(results, key=lambda r: find_text(r, "source") != "MED")
    if not ordered:
        return None
    found = parse_result(ordered[0])
    return found, list(_find_notices(ordered[0], found.address, today))


def parse_result(result: Any) -> Found:
    """Return a work from one of Europe PMC's results; what is missing or misshapen is empty."""
    authors = find_list(result, "authorList", "author")
    first = authors[0] if authors else None
    lead = find_text(first, "lastName") or find_text(first, "collectiveName")
    if not lead:
        lead = find_text(result, "authorString").split(",")[0].rpartition(" ")[0]
    year = find_text(result, "pubYear")
    source, own = find_text(result, "source"), find_text(result, "id")
    pmid, pmcid = find_text(result, "pmid"), find_text(result, "pmcid")
    return Found(
        titles=(find_text(result, "title").rstrip("."),),
        family=lead,
        year=int(year) if re.fullmatch(r"[12]\d{3}", year) else None,
        doi=find_text(result, "doi").lower(),
        pmid=pmid if re.fullmatch(r"[1-9]\d{0,8}", pmid) else "",
        pmcid=pmcid if re.fullmatch(r"PMC\d{4,9}", pmcid) else "",
        preprint=source == "PPR",
        address=f"https://europepmc.org/article/{source}/{own}" if source and own else "",
    )


def _find_notices(result: Any, address: str, today: date) -> Iterator[Notice]:
    kinds = {kind.lower() for kind in find_texts(result, "pubTypeList", "pubType")}
    reported: set[str] = set()
    for comment in find_list(result, "commentCorrectionList", "commentCorrection"):
        kind = find_text(comment, "type")
        if not _ABOUT_THIS.fullmatch(kind):
            continue
        number = find_text(comment, "id")
        reported.add(_kind(kind))
        yield Notice(
            kind=_kind(kind),
            pmid=number if re.fullmatch(r"[1-9]\d{0,8}", number) else None,
            reported_by=EUROPE_PMC.name,
            seen_at=address,
            seen_on=today,
        )
    taken_back = kinds & _RETRACTED or is_taken_back(find_text(result, "title"))
    if taken_back and not any("retraction" in kind for kind in reported):
        yield Notice(kind="retraction", reported_by=EUROPE_PMC.name, seen_at=address, seen_on=today)


def _kind(text: str) -> str:
    """Return ``Retraction in`` as ``retraction``, ``Expression of concern in`` likewise."""
    return text.lower().removesuffix(" in").strip().replace(" ", "-")
