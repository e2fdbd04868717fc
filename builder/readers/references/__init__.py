"""Bibliographic records in CSL terms: of the paper itself, and of the works that it cites.

Printed references are read in the MDPI/ACS style and its near relatives,
``Family, G.M.; Family2, G. Title. Container Year, Volume, Pages.`` for articles, and the forms of
the same style for books, chapters, proceedings, theses, patents, preprints, pages and trial
registrations (CSL type ``webpage``: a registration is cited by the address of its record); other
styles are read by ``styles``. What doesn't parse keeps its whole text as title and asks a question;
nothing is dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from builder import models
from builder.errors import Problem
from builder.models import Cited, CslDate, CslItem, CslName, Dataset, Paper, Question
from builder.models.document import Block, Citation, Document, Person, WorkFields, split_link_labels
from builder.readers.names import drop_stop, split_title
from builder.readers.references import styles
from builder.readers.references.parts import Byline, find_tail, split_listed, take_links
from builder.readers.references.styles import Found, ask
from builder.readers.words import form, listed, search
from builder.text import ids
from builder.text.dates import YEAR, find_impossible_day
from builder.text.spelling import fold, mend_breaks

# Problems of a reader that a curator should see on the paper's own page.
_ASKED = frozenset({
    "citation-unknown", "citation-block", "date-impossible", "line-unread", "reference-number",
    "references-missing", "seed-coverage", "seed-control", "seed-encoding",
})  # fmt: skip
_MISSING = "seed-missing"


def build_paper(document: Document) -> Paper:
    """Return the record of a paper: what its seed states, nothing else.

    The id is made of the first author, the year and the title.
    """
    work = document.front.work
    title = work.title or PurePosixPath(document.file).stem
    said: dict[str, Any] = {}
    for kind in ("abstract", "tldr", "contribution"):
        said[kind], said[f"{kind}_line"] = _join(document, kind)
    return Paper(
        id=name_work(replace(work, title=title, editors=())),
        csl=csl_item(work, title),
        seed=models.Seed(
            file=document.file.removeprefix("seeds/"),
            sha256=document.sha256,
            layout=document.layout,
        ),
        # A heading alone is no text.
        coverage=models.Coverage(
            title=bool(work.title),
            abstract=bool(_blocks(document, "abstract")),
            body=bool(_blocks(document, "paragraph")),
            tables=any(not grid.is_image for grid in document.tables),
            references=bool(document.citations),
        ),
        headings=[models.HeadingRecord(**asdict(heading)) for heading in document.headings],
        **said,
        key_findings=[
            models.KeyFinding(text=b.text, line=b.line) for b in _blocks(document, "key-finding")
        ],
        entities=[models.EntityRecord(**asdict(entity)) for entity in document.entities],
        figures=[models.FigureRecord(**asdict(figure)) for figure in document.figures],
        figures_note=document.figures_note or None,
        licence=document.front.licence or None,
        licence_url=document.front.licence_url or None,
        source_url=document.front.source_url or None,
        people=[
            models.Affiliated(
                author=i,
                orcid=p.orcid or None,
                affiliations=list(p.affiliations),
                other_names=list(p.others),
            )
            for i, p in enumerate(work.authors)
            if p.orcid or p.affiliations or p.others
        ],
        abbreviations=[models.Abbreviation(short=s, long=f) for s, f in document.abbreviations],
        data=_find_data(document),
        questions=_questions(document),
    )


def name_work(work: WorkFields) -> str:
    """Return the id of a work: its first author or editor, the year and the title."""
    lead = next(((p.family or p.literal) for p in work.authors or work.editors), None)
    return ids.work_id(lead, work.issued[0] if work.issued else None, work.title)


def _find_data(document: Document) -> list[Dataset]:
    """Return the data that the text says are kept in archives, each once."""
    found: dict[str, Dataset] = {}
    for block in document.blocks:
        for number, archive, url in ids.find_accessions(block.text):
            kept = Dataset(accession=number, archive=archive, url=url, line=block.line)
            found.setdefault(number, kept)
    return list(found.values())


def _blocks(document: Document, kind: str) -> list[Block]:
    return [block for block in document.blocks if block.kind == kind]


def _join(document: Document, kind: str) -> tuple[str | None, int | None]:
    """Return the text of all blocks of a kind, a blank line between them, and the first line."""
    blocks = _blocks(document, kind)
    text = "\n\n".join(block.text for block in blocks)
    return (text, blocks[0].line) if blocks else (None, None)


def _questions(document: Document) -> list[Question]:
    """Turn a reader's doubts into questions for the paper's page."""
    asked = []
    for problem in document.problems:
        if problem.rule == _MISSING:
            text = f"The seed does not state {problem.expected}."
            field = problem.field or None
            asked.append(Question(rule=_MISSING, text=text, field=field, weight=2))
        elif problem.rule in _ASKED:
            text = f"Line {problem.line}: expected {problem.expected}, got {problem.got}."
            asked.append(Question(rule=problem.rule, text=text, weight=3))
    return asked


# Fields that CSL has under the same name, and in capitals.
_SAME_NAMES = (
    "type", "volume", "issue", "page", "edition", "publisher", "publisher_place", "genre", "number",
    "status",
)  # fmt: skip
_IN_CAPITALS = ("issn", "doi", "pmid", "pmcid", "url")


def csl_item(work: WorkFields, title: str = "") -> CslItem:
    """Return a work's fields as a CSL item; what is not stated is absent."""
    known = {name: getattr(work, name) or None for name in _SAME_NAMES}
    return CslItem(
        title=title or work.title,
        author=[csl_name(p) for p in work.authors] or None,
        editor=[csl_name(p) for p in work.editors] or None,
        container_title=work.container or None,
        container_title_short=work.container_short or None,
        issued=_date(work.issued),
        accessed=_date(work.accessed),
        **known,  # type: ignore[arg-type]
        **{name.upper(): getattr(work, name) or None for name in _IN_CAPITALS},  # type: ignore[arg-type]
    )


def csl_name(person: Person) -> CslName:
    """Return a person as a CSL name: a literal, or family and given."""
    if person.literal:
        return CslName(literal=person.literal)
    return CslName(
        family=person.family or None, given=person.given or None, suffix=person.suffix or None
    )


def _date(parts: tuple[int, ...]) -> CslDate | None:
    return CslDate(date_parts=[list(parts)]) if parts else None


# --- printed references ---------------------------------------------------------------------------

UNPARSED = "reference-unparsed"
_YEAR = re.compile(rf"\b{YEAR}\b")
_SIMPLE_TAG = re.compile(r"</?(?:i|b|em|strong|sup|sub|span)(?: [^<>]{0,80})?>")
# No printed reference is longer; a longer line is something else and is kept whole.
_MAX_LENGTH = 12_000
# An author that stands behind or before another: "Purnomo, Kain, K.C.; Tang, D. Title".
_AUTHOR_INSIDE = re.compile(r"^[^:]{0,120}[^\W\d_]{2,}, (?:[^\W\d_]\.){1,4};\s")
# The name of a site that stands before the title of its page: ClinicalTrials.gov.
_SITE = re.compile(r"(?P<site>[A-Za-z][\w-]{1,40}\.(?:com|edu|eu|gov|int|net|org))\.\s+(?=\S)")


def parse_references(document: Document) -> list[Cited]:
    """Return the reference list of a paper, one record an entry, in printed order.

    Fields that the layout marks are taken over; else the printed entry is parsed.
    """
    read = [_read_citation(citation) for citation in document.citations]
    names = ids.unique_ids((name_work(work), fold(work.title)) for work, _ in read)
    return [
        Cited(
            id=name,
            number=citation.number,
            line=citation.line,
            csl=csl_item(work),
            et_al=work.et_al,
            labels=list(citation.labels or split_link_labels(citation.printed)[1]),
            printed=citation.printed,
            parsed=not any(q.rule == UNPARSED for q in questions),
            questions=questions,
        )
        for citation, name, (work, questions) in zip(document.citations, names, read, strict=True)
    ]


# Above this share of references without a known form there is one cause, and one message.
_MOST_UNPARSED = 0.1
_LEAST_UNPARSED = 3


def check_parsed(references: Sequence[Cited], file: str) -> list[Problem]:
    """Return one warning where many references have no known form, with the likely cause."""
    unread = [cited for cited in references if not cited.parsed]
    if len(unread) < _LEAST_UNPARSED or len(unread) <= _MOST_UNPARSED * len(references):
        return []
    behind = Counter(cited.printed.rstrip(" .")[-12:] for cited in unread)
    (end, count), *_ = behind.most_common(1)
    if count * 2 > len(unread):
        cause = f"what ends each of them, {end!r}"
    elif sum(bool(_YEAR.search(cited.printed)) for cited in unread) * 2 < len(unread):
        cause = "lines that are no references, or entries broken over lines"
    else:
        cause = "a citation style that is not known"
    places = ", ".join(str(cited.line) for cited in unread[:3])
    got = f"{len(unread)} of {len(references)} kept as printed only (first in lines {places})"
    hint = f"The likely cause is {cause}."
    return [
        Problem(file, unread[0].line, "warning", UNPARSED, "references in a known form", got,
                hint=hint)
    ]  # fmt: skip


def _read_citation(citation: Citation) -> tuple[WorkFields, list[Question]]:
    if citation.fields is None:
        work, questions = parse_reference(citation.printed)
        return (work if work.doi else replace(work, doi=_only_doi(citation.printed))), questions
    if citation.fields.title:
        return citation.fields, []
    text = " ".join(citation.printed.split()) or "not stated"
    return replace(citation.fields, title=text), [_unparsed("has no title")]


def _only_doi(printed: str) -> str:
    """Return the one DOI of a reference, wherever it stands; '' for none and for several."""
    found = {doi.rstrip(".,;:").lower(): doi.rstrip(".,;:") for doi in ids.DOI.findall(printed)}
    return next(iter(found.values())) if len(found) == 1 else ""


def parse_reference(printed: str) -> tuple[WorkFields, list[Question]]:
    """Return the fields of a printed reference, and the questions it leaves.

    A reference that doesn't parse has its whole text as title, and a question of rule
    ``reference-unparsed``.
    """
    text, _ = split_link_labels(mend_breaks(" ".join(printed.split())))
    if "&" in text or "</" in text:  # copied from a page's source
        text = unescape(_SIMPLE_TAG.sub("", text))
    kept = {m[1]: m[2] for m in form("labelled_id").finditer(printed)} if "[P" in printed else {}
    for sign, odd, put in _ODD_PARTS:
        if sign.search(text):
            text = form(odd).sub(put, text)
    if len(text) > _MAX_LENGTH:
        return _keep_whole(text, "is too long for a reference")
    if text.startswith(("(a)", "a) ")):
        return _keep_whole(text, "holds several works")
    rest, links = take_links(text)
    for name, label in (("pmid", "PubMed"), ("pmcid", "PMC free article")):
        links.setdefault(name, kept.get(label, ""))
    read = _read_style(rest, links)
    if read is None:
        return _keep_whole(text, "has no form that is known")
    work, questions = read
    work = _with_links(work, links)
    if not fold(work.title):
        if not work.issued or not (work.container or work.type == "thesis"):
            return _keep_whole(text, "shows no title")
        work = replace(work, title=text)
        questions = [*questions, ask("reference-title", "Which title has the work?", "title")]
    return _with_kind(work), questions


def _read_style(rest: str, links: Mapping[str, Any]) -> Found | None:
    """Return the fields by the first style that fits, without what was taken off the end."""
    if other := styles.read_names_first(rest):
        return other
    byline = split_listed(rest)
    found = styles.parse_book_like(byline.rest) or _parse_article(byline, links)
    if found is None and (other := styles.read_year_last(rest)):
        return other
    if found is None and (found := _parse_page(byline.rest, links)) is None:
        return None
    work, questions = found
    if byline.editors:
        return replace(work, editors=byline.people, et_al=byline.et_al), questions
    return replace(work, authors=byline.people, et_al=byline.et_al), questions


def _with_links(work: WorkFields, links: Mapping[str, Any]) -> WorkFields:
    known = {name: value for name, value in links.items() if value and name != "epub"}
    return replace(work, **known | {"number": work.number or links.get("number", "")})


# What stands in some references beside their fields: a sign of it that is quickly found, and it.
_ODD_PARTS = (
    (re.compile("[*†‡§¶✉]"), "note_mark", ""),
    (re.compile(r"\. (?:Err|Corr|Retr|Comm|Repub)"), "notice_behind", ""),
    (re.compile("Sect"), "section_of", r":\1\2"),
)


_KINDS = {"preprint": "article", "patent": "patent", "software": "software", "code": "software"}


def _with_kind(work: WorkFields) -> WorkFields:
    """Return a work under the kind that its own words give: preprint, data, software."""
    for name in ("title", "container"):
        text = getattr(work, name)
        if "[" in text and (found := search("marked_kind", text)):
            printed = found["kind"].lower().replace("computer program", "code")
            genre = found["kind"] if printed.endswith(("thesis", "dissertation")) else work.genre
            kind = "thesis" if genre != work.genre else _KINDS.get(printed, "dataset")
            work = replace(work, type=kind, genre=genre, **{name: text[: found.start()]})
    if "[" in work.title and (bare := form("on_the_web").sub("", work.title)):
        kind = "webpage" if bare != work.title and work.type in ("book", "document") else work.type
        work = replace(work, title=bare, type=kind)
    holder = work.container or work.publisher
    if holder.casefold().rstrip(".") in listed("archives") and work.type != "article":
        kind = "software" if search("software", work.title) else "dataset"
        publisher = "" if holder == work.publisher else work.publisher
        work = replace(work, type=kind, container=holder, publisher=publisher)
    elif work.type in ("book", "document") and search("software", work.title):
        work = replace(work, type="software")
    elif work.type == "book" and work.number:
        work = replace(work, type="report")
    elif work.container.casefold() in listed("newspapers"):
        work = replace(work, type="article-newspaper")
    if work.type == "article":
        return replace(work, genre="Preprint")
    places = (work.number, work.page, work.url if work.type in ("dataset", "webpage") else "")
    accession = next((a.number for text in places for a in ids.find_accessions(text)), "")
    if accession and work.type not in ("patent", "report"):
        page = "" if work.page == accession else work.page
        work = replace(work, type="dataset", number=accession, page=page)
    return work


def _unparsed(why: str) -> Question:
    return Question(
        rule=UNPARSED, text=f"The entry {why}; what are its title and its fields?", weight=4
    )


def _keep_whole(text: str, why: str) -> tuple[WorkFields, list[Question]]:
    return WorkFields(type="document", title=text or "not stated"), [_unparsed(why)]


def _parse_article(
    byline: Byline, links: Mapping[str, Any]
) -> tuple[WorkFields, list[Question]] | None:
    tail = find_tail(byline.rest)
    if tail is None or tail.head.endswith(("?", "!", ";", ":")):
        return None
    split = split_title(tail.head.rstrip(","), stop=byline.vancouver)
    if split is None:
        return None
    name = split.container.casefold().rstrip(".")
    kept = name in listed("archives") or name in listed("newspapers")
    if links.get("url") and tail.is_dated_only and not kept:
        return None
    questions = [ask("reference-number", tail.doubt)] if tail.doubt else []
    if day := find_impossible_day(byline.rest[len(tail.head) :]):
        questions.append(ask("reference-date", f"There is no such day: {day}.", "issued"))
    questions += styles.ask_container(split)
    if _AUTHOR_INSIDE.search(split.title):
        text = "Does the title hold authors that were not read?"
        questions.append(ask("reference-authors", text, "title"))
    if not byline.people and not byline.et_al:
        questions.append(ask("reference-authors", "Is the work printed without authors?"))
    preprint = name in listed("preprint_servers")
    work = WorkFields(
        type="article" if preprint else "article-journal",
        title=split.title,
        container=styles.drop_own_stop(split.container) if byline.vancouver else split.container,
        issued=tail.issued,
        **tail.place,  # type: ignore[arg-type]
    )
    return work, questions


def _parse_page(text: str, links: Mapping[str, Any]) -> Found | None:
    """Read a page or a registration: ``Title. Year. Available online: URL (accessed on …)``."""
    if not links.get("url") and not links.get("doi"):
        return None
    tail = find_tail(text)
    dated = tail if tail and tail.is_dated_only else None
    title = dated.head if dated else text
    site = _SITE.match(title)
    work = WorkFields(
        type="webpage" if links.get("url") else "document",
        title=drop_stop(title[site.end() :] if site else title),
        container=site["site"] if site else "",
        issued=dated.issued if dated else (),
    )
    return work, []
