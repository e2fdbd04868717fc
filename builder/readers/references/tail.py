"""What stands behind the container of a printed reference: year, volume, pages, links, dates.

Everything is anchored at the end of the reference, so that years and numbers inside a title are
never taken for those of the journal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.text.dates import MONTH, YEAR, parse_date

_URL = r"https?://[^\s<>\"“”]+"
_ACCESSED = re.compile(
    r"[\s.,;]{0,4}[(\[]?\s*(?:last\s+)?(?:accessed|retrieved)(?:\s+on)?:?\s+(?P<date>[^()\[\]]{4,40}?)"
    r"\s*[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
_AVAILABLE = re.compile(
    rf"[\s.,;]{{0,4}}(?:\(?(?:Available|Accessible)(?:\s+(?:online|at|from|on))*|Online|URL|"
    rf"Retrieved from)?\s*:?\s*(?P<url>{_URL})\s*$",
    re.IGNORECASE,
)
_DOI = re.compile(
    r"[\s.,;]{0,4}(?:(?:https?://)?(?:dx\.)?doi\.org/|\bdoi:?\s*)(?P<doi>10\.\d{4,9}/\S+)\s*$",
    re.IGNORECASE,
)
_PMID = re.compile(r"[\s.,;]{0,4}\bPMID:?\s*(?P<pmid>[1-9]\d{0,8})[.;]?\s*$")
_PMCID = re.compile(r"[\s.,;]{0,4}\b(?:PMCID:?\s*)?(?P<pmcid>PMC\d{4,9})[.;]?\s*$")
_STATUS = re.compile(
    r"[\s,;.]{0,4}[(\[]?(?P<status>in press|accepted(?: for publication| manuscript)?|submitted|"
    r"forthcoming|under review|in preparation|(?:online|e-?pub) ahead of print|advance online "
    r"publication|early view|article in press|corrected proof)[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
_PART = (
    r"(?:\s(?:Pt\.?|Part|Suppl\.?|Supplement|Spec\.? (?:No\.?|Issue))(?:\s?[A-Z]?\d{0,4}[A-Z]?)?)?"
)
_VOLUME = (
    rf"(?:Vol(?:ume)?\.?\s*)?(?P<volume>(?:[A-Za-z]{{0,5}}\.?[\s-]?\d{{1,5}}(?:-?[A-Za-z])?"
    rf"(?:[–/-][A-Za-z]?\d{{1,5}})?|[IVXLCDM]{{1,8}}|Suppl\.?(?:\s?\d{{1,3}})?){_PART})"
    r"(?:\s?\((?P<issue>[^()]{1,40})\))?"
)
_PAGE = (
    r"(?:(?:pp?|pages?|Art(?:icle)?(?: (?:No|ID))?)\.?:?\s*)?"
    r"(?P<page>(?=[^\s,;]{0,39}\d|[ivxl]{1,8}[–-])(?:[A-Za-z]{1,12}[.:]?\s)?[\w.:/*−–-]{1,40}?"
    r"(?:\s?[–−-]\s?[\w.]{1,20}?)?)"
)
_MONTH_DAY = rf"(?:\s+(?P<date>{MONTH}(?:\s+\d{{1,2}}(?:[-–]\d{{1,2}})?)?)(?=\s*[;:,.]|$))?"
_AFTER_YEAR = re.compile(
    rf"(?P<year>{YEAR})(?P<letter>[a-z]?){_MONTH_DAY}"
    rf"(?:(?:\s*[,;]\s*{_VOLUME})?(?:\s*[,:]\s*{_PAGE})?(?P<extra>[;,]\s[^;]{{3,200}}?)?)?\s*\.?\s*"
)
_YEAR_PLACE = re.compile(rf"(?<=\s){YEAR}(?=[a-z]?{_MONTH_DAY}\s*(?:[,;.]|$))")
# Electronic publication before print: "Epub 2018 Dec 1."
_EPUB = re.compile(r"[\s.;]{0,3}\bE-?pub:?\s+(?P<date>[^.;]{4,25})\.?\s*$", re.IGNORECASE)
# "J Bone (2020) 5(3):1–9", as Frontiers prints it.
_YEAR_IN_BRACKETS = re.compile(
    rf"\s\(({YEAR})\)\s+(?=[\w-]{{1,12}}(?:\s?\([^()]{{1,20}}\))?:\s?\w)"
)
_EXTRA = re.compile(
    r"^[;,]\s(?:discussion|quiz|author reply|reply|erratum|correction|retract)", re.I
)
# Most references end in nothing of that kind; this says so at little cost.
_MAY_END = re.compile(
    r"accessed|retrieved|https?:|10\.\d{4}|PMID|PMC\d|E-?pub|press|accepted|submitted|forthcoming|review|"
    r"preparation|ahead|advance|early|proof",
    re.IGNORECASE,
)
# One number alone behind the year: up to three digits are a volume, more an article number.
_VOLUME_ALONE = re.compile(r"^[A-Za-z]{0,3}\d{1,3}$|^\d{1,3}[A-Za-z]?(?:\s|$)|^[IVXLCDM]+$|^Suppl")


@dataclass(slots=True)
class Links:
    """What was taken off the end of a reference, and the text that is left."""

    rest: str
    url: str = ""
    accessed: tuple[int, ...] = ()
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """Year, volume and pages; ``head`` is the text before them, ``doubt`` says what is unsure."""

    head: str
    issued: tuple[int, ...]
    volume: str = ""
    issue: str = ""
    page: str = ""
    doubt: str = ""


def take_links(text: str) -> Links:
    """Take access date, address, identifiers and status off the end, in any order."""
    links = Links(text.strip())
    for _ in range(8):
        if not _take_one(links):
            break
    return links


def _take_one(links: Links) -> bool:
    # Only the end of the text is looked at: no address or date is longer.
    keep, end = links.rest[:-3000], links.rest[-3000:]
    if not _MAY_END.search(end):
        return False
    found = _ACCESSED.search(end)
    if found and parse_date(found["date"]) and not links.accessed:
        links.accessed = parse_date(found["date"])
    elif (found := _DOI.search(end)) and not links.doi:
        links.doi = found["doi"].rstrip(".,;")
    elif (found := _AVAILABLE.search(end)) and not links.url:
        links.url = _clean(found["url"])
    elif (found := _PMCID.search(end)) and not links.pmcid:
        links.pmcid = found["pmcid"]
    elif (found := _PMID.search(end)) and not links.pmid:
        links.pmid = found["pmid"]
    elif found := _EPUB.search(end):
        pass  # the date of print is the date of issue
    elif (found := _STATUS.search(end)) and not links.status:
        links.status = found["status"].lower()
    else:
        return False
    links.rest = keep + end[: found.start()] + _stop(end, found.start())
    return True


def _stop(text: str, place: int) -> str:
    """Keep the full stop that ends the sentence before what was taken off."""
    return text[place] if text[place : place + 1] in (".", "?") else ""


def _clean(url: str) -> str:
    url = url.rstrip(".,;")
    while url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1].rstrip(".,;")
    return url


def find_tail(text: str) -> Tail | None:
    """Return what stands behind a journal's name, or None where the end is not of that form.

    The leftmost year counts from which all the rest is volume and pages: in ``BioMed Res. Int.
    2021, 2021, 9688138`` the second number is a volume.
    """
    text = _YEAR_IN_BRACKETS.sub(r" \1;", text)
    for place in _YEAR_PLACE.finditer(text):
        found = _AFTER_YEAR.fullmatch(text, place.start())
        if found and (not found["extra"] or _EXTRA.match(found["extra"])):
            return _read_tail(text[: place.start()].rstrip(), found)
    return None


def _read_tail(head: str, found: re.Match[str]) -> Tail:
    volume, issue, page = found["volume"] or "", found["issue"] or "", found["page"] or ""
    doubt = ""
    if volume and not page and not issue:
        if not _VOLUME_ALONE.match(volume):
            volume, page = "", volume
        elif volume.isdigit():
            doubt = f"Is the number {volume} behind the year a volume or a page?"
    if found["extra"]:
        doubt = f"What does {found['extra'].strip(' ;,.')!r} behind the pages stand for?"
    issued = parse_date(f"{found['year']} {found['date'] or ''}")
    return Tail(head, issued, volume.strip(), issue.strip(), page.strip(), doubt)
