"""The layout of an abstract kept by ``include``: a record's fields, then the sentences kept.

Of an article without open full text only the sentences that carry a finding are kept, each as a
quotation under its number in the abstract::

    Abstract record
    Title: Exosomes from …
    Authors: Toh WS; Lai RC
    Journal: Biomaterials
    Year: 2018
    DOI: 10.1016/…
    PMID: 29182951
    Address: https://europepmc.org/article/MED/29182951
    Retrieved: 2026-11-29
    Sentences kept from the abstract:
    4. Exosomes increased …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from builder.errors import Problem
from builder.models.document import Block, Document, FrontMatter, Heading, Person, WorkFields
from builder.readers.source import Source
from builder.text.dates import parse_date

NAME = "abstract-record"
LOOKS_FOR = "a first line 'Abstract record', written by include"

_HEAD = "Abstract record"
_KEPT = "Sentences kept from the abstract:"
_FIELD = re.compile(r"(Title|Authors|Journal|Year|DOI|PMID|PMCID|Licence|Address|Retrieved): (.+)")
_SENTENCE = re.compile(r"(\d+)\. (.+)")


def write_abstract(fields: Mapping[str, str], sentences: Iterable[tuple[int, str]]) -> str:
    """Return a seed in this layout; ``sentences`` are (number in the abstract, words)."""
    lines = [f"{name}: {' '.join(value.split())}" for name, value in fields.items() if value]
    kept = [f"{number}. {text}" for number, text in sentences]
    return "\n".join([_HEAD, *lines, _KEPT, *kept]) + "\n"


def recognises(text: str) -> bool:
    """Return whether a text is in this layout."""
    return text.lstrip().partition("\n")[0].strip() == _HEAD


def read(source: Source) -> Document:
    """Return the Document of an abstract's kept sentences; a line of no known form is a problem."""
    found: dict[str, tuple[str, int]] = {}
    blocks: list[Block] = []
    problems: list[Problem] = []
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        field, sentence = _FIELD.fullmatch(text), _SENTENCE.fullmatch(text)
        if field and not blocks:
            found[field[1].lower()] = field[2], number
        elif sentence:
            blocks.append(Block("abstract", sentence[2], number, "Abstract"))
        elif text not in ("", _HEAD, _KEPT):
            problems.append(
                Problem(source.file, number, "warning", "abstract-record",
                        "a field, or a numbered sentence", text[:60])
            )  # fmt: skip
    said = {name: value for name, (value, _) in found.items()}
    work = WorkFields(
        title=said.get("title", ""),
        authors=tuple(_person(name) for name in said.get("authors", "").split("; ") if name),
        container=said.get("journal", ""),
        issued=tuple(parse_date(said.get("year", ""))),
        doi=said.get("doi", ""),
        pmid=said.get("pmid", ""),
        pmcid=said.get("pmcid", ""),
    )
    title = Heading(1, work.title, found["title"][1]) if work.title else None
    return Document(
        layout=NAME,
        file=source.file,
        sha256=source.sha256,
        front=FrontMatter(
            work=work,
            licence=said.get("licence", ""),
            source_url=said.get("address", ""),
            lines=tuple((name, line) for name, (_, line) in found.items()),
        ),
        headings=(title,) if title else (),
        blocks=tuple(blocks),
        problems=tuple(problems),
    )


def _person(name: str) -> Person:
    """Return an author from ``Toh WS``: the family name, then initials."""
    family, _, given = name.strip().rpartition(" ")
    if family and given.isupper():
        return Person(family=family, given=". ".join(given) + ".")
    return Person(literal=name.strip())
