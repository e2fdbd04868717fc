"""Names, dates and identifiers in JATS, of the paper itself and of the works that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from lxml import etree

from builder.models.document import Person
from builder.readers.draft import clean_url, find_doi
from builder.readers.jats.inline import text_of, tidy
from builder.readers.jats.source import LANG, Context, child_of, href, parse_year, words_of
from builder.readers.names import parse_person
from builder.readers.words import match, search
from builder.text.dates import make_date
from builder.text.dates import parse_date as parse_written

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]")
# Marks of notes and affiliations, which are no part of a name.
_MARKS = "*†‡§¶#✉,; "
_NOTES = frozenset(["xref", "sup", "fn", "email", "target"])
_ET_AL = re.compile(r"[\s,;]*\b(?:and\s+)?et\.?\s*al\b\.?", re.IGNORECASE)


def parse_name(element: etree._Element, context: Context) -> Person | None:
    """Return the person or group that a name element holds; None where it is empty."""
    tag = element.tag
    if tag in ("name-alternatives", "collab-alternatives"):
        return _choose_form(element, context)
    if tag in ("collab", "on-behalf-of"):
        literal = _group(element, context)
        return Person(literal=literal) if literal else None
    if tag == "anonymous":
        return Person(literal=text_of(element, context) or "Anonymous")
    return _read_parts(element, context)


def _choose_form(element: etree._Element, context: Context) -> Person | None:
    """Return the form of a name in the article's language; the others stay beside it."""
    forms = sorted(element, key=lambda form: not _is_own(form, context.language))
    found = list(filter(None, (parse_name(form, context) for form in forms)))
    if not found:
        return None
    others = tuple(p.literal or " ".join((p.given, p.family)).strip() for p in found[1:])
    return replace(found[0], others=others)


def _is_own(form: etree._Element, language: str) -> bool:
    """Return whether a form of a name is that of the article's language."""
    if not language:
        return False
    own = (form.get(LANG) or "").lower()
    if own:
        return own.partition("-")[0] == language.partition("-")[0]
    eastern = language.partition("-")[0] in ("zh", "ja", "ko")
    return bool(form.get("name-style")) and (form.get("name-style") == "eastern") == eastern


def _read_parts(element: etree._Element, context: Context) -> Person | None:
    """Return the person of a name in parts."""
    parts: dict[str, str] = {}
    for child in element:
        text = _without_notes(child, context) if len(child) else tidy(child.text or "")
        parts[str(child.tag)] = text.strip(_MARKS)
    family, given = parts.get("surname"), parts.get("given-names", "")
    if family:
        return Person(family, given, "", parts.get("suffix", ""))
    if family is None and not given:
        bare = _ET_AL.sub("", _without_notes(element, context)).strip(" ,;")
        return parse_person(bare, natural=False) if bare else None
    # A lone given name is a name in one piece (mononyms, groups tagged as persons).
    return Person(literal=given) if given else None


def _without_notes(element: etree._Element, context: Context) -> str:
    """Return a name's text without marks of notes and affiliations."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in _NOTES:
            parts.append(_without_notes(child, context) if len(child) else text_of(child, context))
        parts.append(child.tail or "")
    return tidy("".join(parts))


def _group(element: etree._Element, context: Context) -> str:
    """Return a group's name without its members."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in ("contrib-group", "xref", "address", "aff", "fn", "email"):
            parts += [" ", text_of(child, context), " "]
        parts.append(child.tail or "")
    return tidy("".join(parts)).replace(" ,", ",").strip(" ,;")


def says_et_al(text: str | None) -> bool:
    """Return whether a text says that a list of names goes on."""
    return bool(text and "al" in text.lower() and _ET_AL.search(text))


def find_orcid(contrib: etree._Element) -> str:
    """Return the bare ORCID iD of a contributor, or an empty string."""
    for tag in ("contrib-id", "ext-link", "uri"):
        for element in contrib.iter(tag):
            kind = element.get("contrib-id-type", "")
            words = " ".join([words_of(element), *(str(v) for v in element.attrib.values())])
            if kind == "orcid" or "orcid" in words.lower():
                found = _ORCID.search(words)
                if found:
                    return found.group().upper()
    return ""


# Electronic publication comes first; release dates of archives are no date of issue.
_RANKS = {
    "epub": 0, "epreprint": 1, "epub-ppub": 2, "epubr": 2, "pub": 3, "": 4, "ppub": 5,
    "ecorrected": 6, "collection": 7, "issue-pub": 7, "ecollection": 7,
}  # fmt: skip
_NEVER = frozenset({
    "pmc-release", "nihms-submitted", "retracted", "received", "accepted", "corrected",
    "rev-recd", "preprint", "subscription-year", "publication-year",
})  # fmt: skip


def parse_date(element: etree._Element) -> tuple[int, ...]:
    """Return the date that an element's year, month and day give, its text, or its attribute."""
    reported: dict[str, str | None] = {}
    for child in element:
        reported.setdefault(str(child.tag), child.text)
    year = parse_year(reported.get("year"))
    if year:
        return make_date(year, reported.get("month"), (reported.get("day") or "").strip())
    return parse_written(words_of(element)) or parse_written(element.get("iso-8601-date") or "")


def lacks_day(element: etree._Element) -> bool:
    """Return whether an element states a day that its month does not have."""
    day = words_of(found) if (found := child_of(element, "day")) is not None else ""
    return bool(day.strip()) and len(parse_date(element)) == 2  # noqa: PLR2004 (year and month)


def find_issued(meta: etree._Element) -> tuple[tuple[int, ...], etree._Element | None]:
    """Return an article's date of publication, electronic before print, and where it stands."""
    dated = [(parse_date(e), e) for e in meta.iterchildren("pub-date") if _rank(e) >= 0]
    known = (pair for pair in dated if pair[0])
    return min(known, key=lambda pair: _rank(pair[1]), default=((), None))


def _rank(element: etree._Element) -> int:
    kind = (element.get("pub-type") or element.get("date-type") or "").lower()
    if kind in _NEVER:
        return -1
    form = (element.get("publication-format") or "").lower()
    if kind in ("pub", "") and form.startswith(("electronic", "online")):
        return 0
    if kind == "pub" and form == "print":
        return _RANKS["ppub"]
    return _RANKS.get(kind, _RANKS[""])


_PMID_TEXT = re.compile(r"\bPMID:?\s*(\d{1,9})\b")
_PMCID_TEXT = re.compile(r"\bPMC\s?(\d{4,9})\b", re.IGNORECASE)
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_DASHES = str.maketrans("‐‑‒–—−", "------")


def bare_doi(text: str) -> str:
    """Return a DOI without resolver or prefix; '' where the text holds none."""
    # A DOI has no dash but the hyphen; en dashes come from typesetting.
    text = text.translate(_DASHES)
    if _ESCAPED.search(text):
        text = unquote(text)
    doi = text.strip()
    start = None if doi.startswith("10.") else match("doi_start", doi)
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
    if not got["pmid"] and "PMID" in printed and (reported := _PMID_TEXT.search(printed)):
        got["pmid"] = reported[1]
    if not got["pmcid"] and "PMC" in printed and (reported := _PMCID_TEXT.search(printed)):
        got["pmcid"] = f"PMC{reported[1]}"
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
        elif kind in ("pmid", "pubmed") or search("pmid_url", target):
            reported = search("pmid_url", target) or re.match(r"(\d{1,9})$", target)
            got["pmid"] = got["pmid"] or (reported.group(1) if reported else "")
        elif kind in ("pmcid", "pmc") or "/pmc/articles/" in target:
            reported = _PMCID_TEXT.search(target)
            got["pmcid"] = got["pmcid"] or (f"PMC{reported.group(1)}" if reported else "")
        elif not url and target.startswith(("http://", "https://", "ftp://", "www.")):
            url = clean_url(target)
    return url
