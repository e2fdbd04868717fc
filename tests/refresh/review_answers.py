"""Answers of bibliographic services in their documented shapes, made up for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_service import LocalService, Reply

# An article as a publisher deposits it, small: title, DOI, licence, one sentence of abstract.
JATS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.2 20190208//EN"
 "http://127.0.0.1:1/elsewhere.dtd">
<article article-type="research-article"><front><journal-meta><journal-title-group>
<journal-title>Journal of Trials</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="doi">{doi}</article-id>
<article-id pub-id-type="pmcid">{pmcid}</article-id>
<title-group><article-title>{title}</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>{family}</surname>
<given-names>Ada</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><year>2021</year></pub-date>
<permissions><license license-type="open-access"
 xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://creativecommons.org/licenses/by/4.0/">
<license-p>CC BY 4.0</license-p></license></permissions>
<abstract><p>{abstract}</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>{text}</p></sec></body></article>
"""


def article(number: int, **changes: Any) -> dict[str, Any]:
    """Return a result of Europe PMC's search, ``resultType=core``."""
    found: dict[str, Any] = {
        "id": str(30000000 + number),
        "source": "MED",
        "pmid": str(30000000 + number),
        "doi": f"10.1000/made.{number}",
        "title": f"Exosomes of marrow cells and knee cartilage number {number}.",
        "authorString": f"Lovelace{number} A, Babbage C.",
        "journalInfo": {"journal": {"title": "Journal of Trials"}},
        "pubYear": "2021",
        "isOpenAccess": "N",
        "pubTypeList": {"pubType": ["Journal Article"]},
    }
    return {**found, **changes}


def europe_pmc(service: LocalService, articles: list[dict[str, Any]], rows: int = 100) -> None:
    """Let the service answer searches by cursor; a search for one number or DOI finds that one."""

    def answer(query: dict[str, str]) -> Reply:
        asked = query["query"]
        found = [
            a
            for a in articles
            if not asked.startswith(("EXT_ID:", "DOI:", "PMCID:"))
            or f"EXT_ID:{a.get('pmid')} " in asked
            or asked == f'DOI:"{a.get("doi")}"'
            or asked == f"PMCID:{a.get('pmcid')}"
        ]
        mark = query.get("cursorMark", "*")
        start = 0 if mark == "*" else int(mark)
        page = found[start : start + rows]
        following = str(start + rows) if start + rows < len(found) else mark
        return Reply(
            {"hitCount": len(found), "nextCursorMark": following, "resultList": {"result": page}}
        )

    service.answers["/search"] = answer


def full_text(service: LocalService, pmcid: str, **fields: str) -> None:
    said = {
        "doi": "10.1000/made.1",
        "pmcid": pmcid,
        "title": "Exosomes of marrow cells and knee cartilage",
        "family": "Lovelace",
        "abstract": "BMSC exosomes promoted chondrocyte proliferation.",
        "text": "BMSC exosomes increased SOX9 in chondrocytes.",
        **fields,
    }
    service.answer(
        f"/{pmcid}/fullTextXML", Reply(JATS.format(**said).encode(), kind="application/xml")
    )


def trials(service: LocalService, numbers: list[str], rows: int = 100) -> None:
    """Let the service answer as ClinicalTrials.gov does, by page token."""

    def answer(query: dict[str, str]) -> Reply:
        start = int(query.get("pageToken", "0"))
        studies = [
            {"protocolSection": {
                "identificationModule": {"nctId": n, "briefTitle": f"Exosomes in knees {n}"},
                "statusModule": {"studyFirstPostDateStruct": {"date": "2023-01-05"}},
            }}
            for n in numbers[start : start + rows]
        ]  # fmt: skip
        body: dict[str, Any] = {"studies": studies}
        if "countTotal" in query:
            body["totalCount"] = len(numbers)
        if start + rows < len(numbers):
            body["nextPageToken"] = str(start + rows)
        return Reply(body)

    service.answers["/studies"] = answer


Answer = Callable[[dict[str, str]], Reply]
