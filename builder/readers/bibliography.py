"""Bibliographic records of the papers themselves, and of works in CSL terms."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import PurePosixPath

from builder.models import (
    Abbreviation,
    Affiliated,
    Coverage,
    CslDate,
    CslItem,
    CslName,
    Dataset,
    EntityRecord,
    FigureRecord,
    HeadingRecord,
    KeyFinding,
    Paper,
    Question,
    Seed,
)
from builder.models.document import Block, Document, Person, WorkFields
from builder.text import ids
from builder.text.databases import find_accessions

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
    abstract, abstract_line = _join(document, "abstract")
    tldr, tldr_line = _join(document, "tldr")
    contribution, contribution_line = _join(document, "contribution")
    return Paper(
        id=name_work(replace(work, title=title, editors=())),
        csl=csl_item(work, title),
        seed=Seed(
            file=document.file.removeprefix("seeds/"),
            sha256=document.sha256,
            layout=document.layout,
        ),
        # A heading alone is no text.
        coverage=Coverage(
            title=bool(work.title),
            abstract=bool(_blocks(document, "abstract")),
            body=bool(_blocks(document, "paragraph")),
            tables=any(not grid.is_image for grid in document.tables),
            references=bool(document.citations),
        ),
        headings=[HeadingRecord(**asdict(heading)) for heading in document.headings],
        abstract=abstract,
        abstract_line=abstract_line,
        tldr=tldr,
        tldr_line=tldr_line,
        contribution=contribution,
        contribution_line=contribution_line,
        key_findings=[
            KeyFinding(text=b.text, line=b.line) for b in _blocks(document, "key-finding")
        ],
        entities=[EntityRecord(**asdict(entity)) for entity in document.entities],
        figures=[FigureRecord(**asdict(figure)) for figure in document.figures],
        figures_note=document.figures_note or None,
        licence=document.front.licence or None,
        licence_url=document.front.licence_url or None,
        source_url=document.front.source_url or None,
        people=[
            Affiliated(
                author=i,
                orcid=p.orcid or None,
                affiliations=list(p.affiliations),
                other_names=list(p.others),
            )
            for i, p in enumerate(work.authors)
            if p.orcid or p.affiliations or p.others
        ],
        abbreviations=[Abbreviation(short=s, long=f) for s, f in document.abbreviations],
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
        for number, archive, url in find_accessions(block.text):
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
