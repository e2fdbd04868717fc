"""Identifiers of a cited work: DOI, PMID, PMCID and address, from tags, links or printed text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

from lxml import etree

from builder.readers.jats.context import href, words_of
from builder.readers.jats.inline import tidy
from builder.readers.marks import clean_url, find_doi

_PMID_URL = re.compile(
    r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?|entrez)/(?:.*[?&]?=)?(\d{1,9})(?:\D|$)"
)
_PMID_TEXT = re.compile(r"\bPMID:?\s*(\d{1,9})\b")
_PMCID_TEXT = re.compile(r"\bPMC\s?(\d{4,9})\b", re.IGNORECASE)
_DOI_START = re.compile(
    r"info:doi/|urn:doi:|(?:https?://)?(?:dx\.)?(?:doi\.org/|doi:?\s*)", re.IGNORECASE
)
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_DASHES = str.maketrans("‐‑‒–—−", "------")


def bare_doi(text: str) -> str:
    """Return a DOI without resolver or prefix; '' where the text holds none."""
    # A DOI has no dash but the hyphen; en dashes come from typesetting.
    text = text.translate(_DASHES)
    if _ESCAPED.search(text):
        text = unquote(text)
    doi = text.strip()
    start = None if doi.startswith("10.") else _DOI_START.match(doi)
    if start:
        doi = doi[start.end() :].lstrip()
    doi = doi.rstrip(".,;")
    if doi.startswith("10.") and " " not in doi and not doi.endswith("/"):
        return doi
    return find_doi(text)


def bare_pmcid(text: str) -> str:
    """Return a PMCID as ``PMC123456``; '' where the text is none."""
    digits = re.sub(r"^PMC\s*", "", text.strip().split(".")[0], flags=re.IGNORECASE)
    return f"PMC{digits}" if digits.isdecimal() else ""


def find_identifiers(
    found: Mapping[str, Sequence[etree._Element]], printed: str
) -> tuple[str, str, str, str]:
    """Return DOI, PMID, PMCID and URL: tagged first, then in links, then in the printed text."""
    got = {"doi": "", "pmid": "", "pmcid": ""}
    for tag in ("pub-id", "object-id", "article-id"):
        for element in found.get(tag, ()):
            _take_tagged(element, got)
    for element in found.get("elocation-id", ()):
        text = words_of(element)
        got["doi"] = got["doi"] or (bare_doi(text) if "10." in text else "")
    links = [element for tag in ("ext-link", "uri") for element in found.get(tag, ())]
    url = _take_links(links, got) if links else ""
    if not got["doi"] and "10." in printed:
        got["doi"] = bare_doi(find_doi(printed))
    if not got["pmid"] and "PMID" in printed:
        told = _PMID_TEXT.search(printed)
        got["pmid"] = told.group(1) if told else ""
    if not got["pmcid"] and "PMC" in printed:
        told = _PMCID_TEXT.search(printed)
        got["pmcid"] = f"PMC{told.group(1)}" if told else ""
    return got["doi"], got["pmid"], got["pmcid"], url


def _take_tagged(element: etree._Element, got: dict[str, str]) -> None:
    kind = (element.get("pub-id-type") or "").lower()
    text = tidy(words_of(element))
    if kind == "doi" or (not kind and text.startswith("10.")):
        # Some deposits break a DOI with a space; it can hold none.
        got["doi"] = got["doi"] or bare_doi(text.replace(" ", "")) or bare_doi(href(element))
    elif kind in ("pmid", "medline", "pubmed"):
        digits = text if text.isdecimal() else re.sub(r"^\D+", "", text)
        got["pmid"] = got["pmid"] or (digits if digits.isdecimal() else "")
    elif kind in ("pmcid", "pmc"):
        got["pmcid"] = got["pmcid"] or bare_pmcid(text)


def _take_links(links: Iterable[etree._Element], got: dict[str, str]) -> str:
    """Take identifiers out of links; return the first link that is none."""
    url = ""
    for element in links:
        text = words_of(element)
        target = href(element) or tidy(text)
        kind = (element.get("ext-link-type") or "").lower()
        if kind == "doi" or "doi.org/" in target or target.startswith(("10.", "doi:")):
            # A link that lost brackets or "<" on its way is shorter than the DOI printed.
            both = (bare_doi(target), bare_doi(tidy(text)))
            got["doi"] = got["doi"] or max(both, key=len)
        elif kind in ("pmid", "pubmed") or _PMID_URL.search(target):
            told = _PMID_URL.search(target) or re.match(r"(\d{1,9})$", target)
            got["pmid"] = got["pmid"] or (told.group(1) if told else "")
        elif kind in ("pmcid", "pmc") or "/pmc/articles/" in target:
            told = _PMCID_TEXT.search(target)
            got["pmcid"] = got["pmcid"] or (f"PMC{told.group(1)}" if told else "")
        elif not url and target.startswith(("http://", "https://", "ftp://", "www.")):
            url = clean_url(target)
    return url
