"""The front of an article: bibliography, people, dates, licence, and notices about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from builder.models.document import FrontMatter, Person, WorkFields
from builder.readers.draft import find_licence_url
from builder.readers.jats import values
from builder.readers.jats.inline import text_of, tidy, title_of
from builder.readers.jats.source import OUTSIDE, Context, below, child_of, href, line_of, words_of
from builder.readers.jats.works import join_pages

_RETRACTED = re.compile(r"^\W*(?:retracted|retraction|withdrawn)\b", re.IGNORECASE)
_CORRECTIONS = ("correction", "erratum", "corrigendum", "addendum", "expression-of-concern")


def flag_notices(article: etree._Element, title: str, context: Context) -> None:
    """Flag retractions, corrections, missing parts and parts that are left out."""
    kind = (article.get("article-type") or "").lower()
    if kind == "retraction" or "retract" in kind or _RETRACTED.match(title):
        context.flag("jats-retraction", article, "a retraction")
    elif kind in _CORRECTIONS or kind.startswith("correct"):
        context.flag("jats-erratum", article, f"a notice of type {kind!r}")
    for part in article.iter(*OUTSIDE):
        got = f"a {part.tag} of type {part.get('article-type', part.get('response-type', ''))!r}"
        context.flag("jats-sub-article", part, got)
    if child_of(article, "body") is None:
        context.flag("jats-no-body", article, "front matter only")
    for related in article.iter("related-article"):
        kind = (related.get("related-article-type") or "").lower()
        if any(True for _ in related.iterancestors(*OUTSIDE)):
            continue
        target = href(related) or words_of(related).strip()
        if any(word in kind for word in ("retract", "concern")):
            context.flag("jats-retraction/later", related, f"{kind}: {target}")
        elif "corr" in kind or "errat" in kind or "addend" in kind:
            context.flag("jats-erratum/later", related, f"{kind}: {target}")


_NO_AFFILIATION = ("label", "email", "phone", "fax", "institution-id", "sup", "xref")
_NAME_TAGS = (
    "name", "name-alternatives", "string-name", "collab", "collab-alternatives", "anonymous",
    "on-behalf-of",
)  # fmt: skip
_CONTRIBS = ("contrib", "on-behalf-of", "collab", "name")
_NOT_AUTHORS = ("editor", "reviewer", "translator", "collab", "illustrator")
_LICENCE_HOSTS = ("creativecommons.org", "/licen")

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
    issued, dated = values.find_issued(meta)
    authors, et_al = _find_authors(meta, context, lines)
    if dated is not None:
        lines.append(("issued", line_of(dated)))
        if values.lacks_day(dated):
            got = "-".join(filter(None, (words_of(part).strip() for part in dated)))
            context.flag("date-impossible", dated, got)
    volume, issue = child_of(meta, "volume"), child_of(meta, "issue")
    for name, element in (("volume", volume), ("issue", issue)):
        if element is not None:
            lines.append((name, line_of(element)))
    preprint = article.get("article-type") == "preprint"
    return WorkFields(
        type="article" if preprint else "article-journal",
        title=title,
        authors=authors,
        et_al=et_al,
        issued=issued,
        volume=text_of(volume, context),
        issue=text_of(issue, context),
        **_find_ids(meta, lines),  # type: ignore[arg-type]
        page=_find_page(meta, context, lines),
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
            last = text_of(child_of(meta, "lpage"), context)
            return join_pages(text, last) if tag == "fpage" else text
    return ""


def _find_ids(meta: etree._Element, lines: Lines) -> dict[str, str]:
    ids = {"doi": "", "pmid": "", "pmcid": ""}
    for element in meta.iterchildren("article-id"):
        kind = (element.get("pub-id-type") or "").lower()
        text = tidy(words_of(element))
        kind = "pmcid" if kind == "pmc" else kind
        value = {
            "doi": values.bare_doi(text),
            "pmcid": values.bare_pmcid(text),
            "pmid": text if text.isdecimal() else "",
        }.get(kind)
        if value and not ids[kind]:
            ids[kind] = value
            lines.append((kind, line_of(element)))
    return ids


def _with_journal(work: WorkFields, journal: etree._Element, context: Context) -> WorkFields:
    title = next(journal.iter("journal-title"), None)
    short = next(journal.iter("abbrev-journal-title"), None)
    ids = journal.iterchildren("journal-id")
    kinds = {e.get("journal-id-type"): text_of(e, context) for e in ids}
    abbreviated = text_of(short, context) or kinds.get("nlm-ta") or kinds.get("iso-abbrev") or ""
    issns = list(journal.iterchildren("issn"))
    kinds_of = {i: i.get("pub-type") or i.get("publication-format") or "" for i in issns}
    electronic = [i for i in issns if kinds_of[i].startswith(("e", "online"))]
    issn = next(iter(electronic or issns), None)
    return replace(
        work,
        container=text_of(title, context) or abbreviated,
        container_short=abbreviated,
        publisher=text_of(below(journal, "publisher", "publisher-name"), context),
        issn=text_of(issn, context),
    )


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
    places: dict[str | None, str] = {}
    for place in meta.iter("aff", "aff-alternatives"):
        aff = place if place.tag == "aff" else child_of(place, "aff")
        if place.get("id") and aff is not None:
            places[place.get("id")] = _affiliation(aff, context)
    # The only affiliation of a paper counts for all, if it is no author's own.
    affs = list(meta.iter("aff"))
    linked = any(x.get("ref-type") == "aff" for x in meta.iter("xref"))
    shared = [_affiliation(affs[0], context)] if len(affs) == 1 and not linked else []
    shared = shared if shared and affs[0].getparent() is meta else []
    people: list[Person] = []
    groups = list(meta.iterchildren("contrib-group"))
    for group in groups:
        of_group = _group_affiliations(group, context) or shared
        for contrib in group:  # not the members of groups that are authors
            if contrib.tag not in _CONTRIBS or not is_author(contrib):
                continue
            person = _parse_contrib(contrib, context)
            if person is None:
                continue
            if not people:
                lines.append(("authors", line_of(contrib)))
            found = tuple(_affiliations_of(contrib, places, context) or of_group)
            people.append(replace(person, orcid=values.find_orcid(contrib), affiliations=found))
    return tuple(people), any(True for group in groups for _ in group.iter("etal"))


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
    names = (child_of(contrib, tag) for tag in _NAME_TAGS)
    found = next((n for n in names if n is not None), None) if contrib.tag == "contrib" else contrib
    return values.parse_name(found, context) if found is not None else None


def _affiliations_of(
    contrib: etree._Element, places: dict[str | None, str], context: Context
) -> list[str]:
    inline = [_affiliation(aff, context) for aff in contrib.iter("aff")]
    targets = [t for part in (*contrib.iter("xref"), contrib) for t in part.get("rid", "").split()]
    linked = [places.get(target, "") for target in targets]
    return list(dict.fromkeys(filter(None, inline + linked)))


def _group_affiliations(group: etree._Element, context: Context) -> list[str]:
    """Return the affiliations of a group in which no author points to one of his own."""
    if any(x.get("ref-type") == "aff" for x in group.iter("xref")):
        return []
    return [text for aff in group.iterchildren("aff") if (text := _affiliation(aff, context))]


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
    return re.sub(",+", ",", text).strip(" ,;")


# --- licence -------------------------------------------------------------------------------------


def _find_licence(meta: etree._Element, context: Context, lines: Lines) -> tuple[str, str]:
    """Return the licence as printed and its address; without one, both are empty."""
    licences = list(meta.iter("license"))
    if not licences:
        free = below(meta, "permissions", "license_ref")
        reported = text_of(next(meta.iter("copyright-statement"), None), context)
        url = tidy(free.text or "") if free is not None else ""
        return (reported if "licen" in reported.lower() else ""), url
    licences = sorted(filter(_is_public, licences), key=_licence_rank) or licences
    lines.append(("licence", line_of(licences[0])))
    texts = (_licence_text(licence, context) for licence in licences)
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
    return tidy(" ".join(parts))


def _licence_urls(licence: etree._Element) -> Iterable[str]:
    yield from filter(None, [href(licence)])
    for element in licence.iter("license_ref"):
        yield from filter(None, [tidy(element.text or "")])
    for element in licence.iter("ext-link", "uri"):
        url = href(element) or tidy(words_of(element))
        if any(part in url for part in _LICENCE_HOSTS):
            yield url
