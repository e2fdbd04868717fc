"""The front of an article: bibliography, people, dates, licence, and notices about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from builder.models.document import FrontMatter, Person, WorkFields
from builder.readers.draft import find_licence_url
from builder.readers.jats.context import (
    Context,
    below,
    child_of,
    first_in,
    href,
    line_of,
    words_of,
)
from builder.readers.jats.inline import text_of, tidy, title_of
from builder.readers.jats.values import (
    bare_doi,
    bare_pmcid,
    find_issued,
    find_orcid,
    lacks_day,
    parse_name,
)
from builder.readers.jats.works import join_pages

_RETRACTED = re.compile(r"^\W*(?:retracted|retraction|withdrawn)\b", re.IGNORECASE)
_CORRECTIONS = ("correction", "erratum", "corrigendum", "addendum", "expression-of-concern")
_PARTS = ("sub-article", "response")


def flag_notices(article: etree._Element, title: str, context: Context) -> None:
    """Flag retractions, corrections, missing parts and parts that are left out."""
    kind = (article.get("article-type") or "").lower()
    if kind == "retraction" or "retract" in kind or _RETRACTED.match(title):
        context.flag("jats-retraction", article, "a retraction")
    elif kind in _CORRECTIONS or kind.startswith("correct"):
        context.flag("jats-erratum", article, f"a notice of type {kind!r}")
    for part in article.iter(*_PARTS):
        got = f"a {part.tag} of type {part.get('article-type', part.get('response-type', ''))!r}"
        context.flag("jats-sub-article", part, got)
    if child_of(article, "body") is None:
        context.flag("jats-no-body", article, "front matter only")
    for related in article.iter("related-article"):
        kind = (related.get("related-article-type") or "").lower()
        if any(True for _ in related.iterancestors(*_PARTS)):
            continue
        target = href(related) or words_of(related).strip()
        if any(word in kind for word in ("retract", "concern")):
            context.flag("jats-retraction/later", related, f"{kind}: {target}")
        elif "corr" in kind or "errat" in kind or "addend" in kind:
            context.flag("jats-erratum/later", related, f"{kind}: {target}")


_NO_AFFILIATION = ("label", "email", "phone", "fax", "institution-id", "sup", "xref")
_NAME_TAGS = (
    "name", "name-alternatives", "string-name", "collab", "collab-alternatives", "anonymous",
)  # fmt: skip
_NOT_AUTHORS = ("editor", "reviewer", "translator", "collab", "illustrator")
_LICENCE_HOSTS = ("creativecommons.org", "/licen")
_WORKS_WITHOUT_JOURNAL = ("preprint",)

Lines = list[tuple[str, int]]


def read_front(article: etree._Element, context: Context) -> FrontMatter:
    """Return what the article's front says of the paper itself; flags what is missing."""
    front = child_of(article, "front")
    front = front if front is not None else article
    meta = child_of(front, "article-meta")
    journal = child_of(front, "journal-meta")
    lines: Lines = []
    if meta is None:
        return FrontMatter(WorkFields())
    work = _read_meta(article, meta, context, lines)
    if journal is not None:
        work = _with_journal(work, journal, context)
    licence, licence_url = _find_licence(meta, context, lines)
    return FrontMatter(
        work=work,
        licence=licence,
        licence_url=licence_url,
        source_url=_find_url(meta),
        kind=article.get("article-type") or "",
        lines=tuple(lines),
    )


def _read_meta(
    article: etree._Element, meta: etree._Element, context: Context, lines: Lines
) -> WorkFields:
    title = find_title(meta, context, lines)
    issued, dated = find_issued(meta)
    authors, et_al = _find_authors(meta, context, lines)
    if dated is not None:
        lines.append(("issued", line_of(dated)))
        if lacks_day(dated):
            got = "-".join(filter(None, (words_of(part).strip() for part in dated)))
            context.flag("date-impossible", dated, got)
    volume, issue = child_of(meta, "volume"), child_of(meta, "issue")
    for name, element in (("volume", volume), ("issue", issue)):
        if element is not None:
            lines.append((name, line_of(element)))
    ids = _find_ids(meta, lines)
    preprint = article.get("article-type") in _WORKS_WITHOUT_JOURNAL
    return WorkFields(
        type="article" if preprint else "article-journal",
        title=title,
        authors=authors,
        et_al=et_al,
        issued=issued,
        volume=text_of(volume, context),
        issue=text_of(issue, context),
        page=_find_page(meta, context, lines),
        doi=ids["doi"],
        pmid=ids["pmid"],
        pmcid=ids["pmcid"],
    )


def find_title(meta: etree._Element, context: Context, lines: Lines) -> str:
    """Return the title with its subtitle; flags a missing one."""
    element = below(meta, "title-group", "article-title")
    if element is None:
        element = child_of(meta, "article-title")
    title = title_of(element, context)
    if not title or element is None:
        context.flag("jats-title", meta, "none")
        return ""
    lines.append(("title", line_of(element)))
    subtitle = title_of(below(meta, "title-group", "subtitle"), context)
    if not subtitle:
        return title
    return f"{title} {subtitle}" if title[-1] in ":?!." else f"{title}: {subtitle}"


def _find_page(meta: etree._Element, context: Context, lines: Lines) -> str:
    for tag in ("elocation-id", "fpage", "page-range"):
        element = child_of(meta, tag)
        text = text_of(element, context)
        if element is not None and text:
            lines.append(("page", line_of(element)))
            return (
                join_pages(text, text_of(child_of(meta, "lpage"), context))
                if tag == "fpage"
                else text
            )
    return ""


def _find_ids(meta: etree._Element, lines: Lines) -> dict[str, str]:
    ids = {"doi": "", "pmid": "", "pmcid": ""}
    for element in meta.iterchildren("article-id"):
        kind = (element.get("pub-id-type") or "").lower()
        text = tidy(words_of(element))
        kind = "pmcid" if kind == "pmc" else kind
        if kind == "doi":
            value = bare_doi(text)
        elif kind == "pmcid":
            value = bare_pmcid(text)
        elif kind == "pmid":
            value = text if text.isdecimal() else ""
        else:
            continue
        if value and not ids[kind]:
            ids[kind] = value
            lines.append((kind, line_of(element)))
    return ids


def _with_journal(work: WorkFields, journal: etree._Element, context: Context) -> WorkFields:
    title = first_in(journal, "journal-title")
    short = first_in(journal, "abbrev-journal-title")
    ids = journal.iterchildren("journal-id")
    kinds = {e.get("journal-id-type"): text_of(e, context) for e in ids}
    abbreviated = text_of(short, context) or kinds.get("nlm-ta") or kinds.get("iso-abbrev") or ""
    issns = list(journal.iterchildren("issn"))
    electronic = [i for i in issns if "e" in (_issn_kind(i))]
    issn = (electronic or issns)[0] if issns else None
    return replace(
        work,
        container=text_of(title, context) or abbreviated,
        container_short=abbreviated,
        publisher=text_of(below(journal, "publisher", "publisher-name"), context),
        issn=text_of(issn, context),
    )


def _issn_kind(element: etree._Element) -> str:
    kind = element.get("pub-type") or element.get("publication-format") or ""
    return "e" if kind.startswith(("e", "online")) else "p"


def _find_url(meta: etree._Element) -> str:
    for element in meta.iterchildren("self-uri"):
        url = href(element)
        if url.startswith("http") and "pdf" not in (element.get("content-type") or url).lower():
            return url
    return ""


# --- people --------------------------------------------------------------------------------------


def _find_authors(
    meta: etree._Element, context: Context, lines: Lines
) -> tuple[tuple[Person, ...], bool]:
    places = {
        str(aff.get("id")): _affiliation(aff, context) for aff in meta.iter("aff") if aff.get("id")
    }
    for wrapper in meta.iter("aff-alternatives"):
        inner = child_of(wrapper, "aff")
        if wrapper.get("id") and inner is not None:
            places[str(wrapper.get("id"))] = _affiliation(inner, context)
    shared = _shared_affiliation(meta, context)
    people: list[Person] = []
    grouped: dict[etree._Element, list[str]] = {}
    for group, contrib in _find_contribs(meta):
        person = _parse_contrib(contrib, context)
        if person is None:
            continue
        if not people:
            lines.append(("authors", line_of(contrib)))
        if group not in grouped:
            grouped[group] = _group_affiliations(group, context)
        found = _affiliations_of(contrib, places, context) or grouped[group]
        people.append(
            replace(person, orcid=find_orcid(contrib), affiliations=tuple(found or shared))
        )
    et_al = any(True for g in meta.iterchildren("contrib-group") for _ in g.iter("etal"))
    return tuple(people), et_al


def _find_contribs(meta: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Yield each author with the group he stands in; members of named groups are left out."""
    for group in meta.iterchildren("contrib-group"):
        for contrib in group:
            if contrib.tag in ("contrib", "on-behalf-of", "collab", "name") and is_author(contrib):
                yield group, contrib


def is_author(contrib: etree._Element) -> bool:
    """Return whether a contributor is an author, and no editor or collaborator beside the byline.

    A "non-byline" author is none, however the attribute is combined ("author non-byline").
    """
    group = contrib.getparent()
    kinds = (
        (group.get("content-type") or "") if group is not None else "",
        (contrib.get("contrib-type") or "author"),
    )
    if any(kind.lower().startswith(_NOT_AUTHORS) or "non-byline" in kind.lower() for kind in kinds):
        return False
    role = contrib.findtext("role") or ""
    return kinds[1] == "author" or "edit" not in f"{kinds[1]} {role}".lower()


def _parse_contrib(contrib: etree._Element, context: Context) -> Person | None:
    if contrib.tag != "contrib":
        return parse_name(contrib, context)
    for tag in _NAME_TAGS:
        element = child_of(contrib, tag)
        if element is not None:
            return parse_name(element, context)
    behalf = child_of(contrib, "on-behalf-of")
    return parse_name(behalf, context) if behalf is not None else None


def _affiliations_of(
    contrib: etree._Element, places: dict[str, str], context: Context
) -> list[str]:
    inline = [_affiliation(aff, context) for aff in contrib.iter("aff")]
    linked = [
        places[target]
        for xref in contrib.iter("xref")
        for target in (xref.get("rid") or "").split()
        if target in places
    ]
    targets = (contrib.get("rid") or "").split()
    linked += [places[t] for t in targets if t in places]
    return list(dict.fromkeys(filter(None, inline + linked)))


def _group_affiliations(group: etree._Element, context: Context) -> list[str]:
    """Return the affiliations of a group in which no author points to one of his own."""
    if any(x.get("ref-type") == "aff" for x in group.iter("xref")):
        return []
    return [text for aff in group.iterchildren("aff") if (text := _affiliation(aff, context))]


def _shared_affiliation(meta: etree._Element, context: Context) -> tuple[str, ...]:
    """Return the only affiliation of a paper whose authors point to none."""
    affs = list(meta.iter("aff"))
    linked = any(x.get("ref-type") == "aff" for x in meta.iter("xref"))
    if len(affs) != 1 or linked or affs[0].getparent() is None:
        return ()
    return (_affiliation(affs[0], context),) if affs[0].getparent() is meta else ()


def _affiliation(aff: etree._Element, context: Context) -> str:
    """Return an affiliation's text without its label and e-mail address."""
    parts = [aff.text or ""]
    for child in aff:
        if child.tag == "institution-wrap":
            names = [text_of(c, context) for c in child if c.tag != "institution-id"]
            parts.append(", ".join(filter(None, names)))
        elif child.tag not in _NO_AFFILIATION:
            parts.append(text_of(child, context))
        parts.append(child.tail or "")
        if child.tag not in _NO_AFFILIATION and not (child.tail or "").strip():
            parts.append(", ")
    text = tidy("".join(parts)).replace(" ,", ",")
    while ",," in text:
        text = text.replace(",,", ",")
    return text.strip(" ,;")


# --- licence -------------------------------------------------------------------------------------


def _find_licence(meta: etree._Element, context: Context, lines: Lines) -> tuple[str, str]:
    """Return the licence as printed and its address; without one, both are empty."""
    licences = list(meta.iter("license"))
    if not licences:
        free = below(meta, "permissions", "license_ref")
        statement = first_in(meta, "copyright-statement")
        reported = text_of(statement, context)
        url = tidy(free.text or "") if free is not None else ""
        return (reported if "licen" in reported.lower() else ""), url
    licences = sorted(filter(_is_public, licences), key=_licence_rank) or licences
    lines.append(("licence", line_of(licences[0])))
    texts = (tidy(_licence_text(licence, context)) for licence in licences)
    printed = " ".join(dict.fromkeys(filter(None, texts)))
    url = next((u for licence in licences for u in _licence_urls(licence)), "")
    return printed, url or find_licence_url(printed)


def _is_public(licence: etree._Element) -> bool:
    """Return whether a licence is for readers, and not for text mining or one's own archive."""
    use = f"{licence.get('license-type', '')} {licence.get('specific-use', '')}".lower()
    refs = " ".join(ref.get("specific-use", "") for ref in licence.iter("license_ref")).lower()
    urls = " ".join(_licence_urls(licence)).lower()
    reported = f"{use} {refs} {urls}"
    return not any(word in reported for word in ("tdm", "text-mining", "textmining", "userlicense"))


def _licence_rank(licence: etree._Element) -> bool:
    """Sort public licences (Creative Commons, open access) before all others."""
    reported = f"{licence.get('license-type', '')} {' '.join(_licence_urls(licence))}".lower()
    return not any(word in reported for word in ("creativecommons", "open", "cc-by", "cc by"))


def _licence_text(licence: etree._Element, context: Context) -> str:
    parts = [licence.text or ""]
    for child in licence:
        if child.tag != "license_ref":
            parts.append(text_of(child, context))
        parts.append(child.tail or "")
    return " ".join(parts)


def _licence_urls(licence: etree._Element) -> Iterable[str]:
    yield from filter(None, [href(licence)])
    for element in licence.iter("license_ref"):
        yield from filter(None, [tidy(element.text or "")])
    for element in licence.iter("ext-link", "uri"):
        url = href(element) or tidy(words_of(element))
        if any(part in url for part in _LICENCE_HOSTS):
            yield url
