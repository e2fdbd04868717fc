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

from builder.models.document import Document
from builder.readers.draft import Draft
from builder.readers.people import parse_person
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
    draft = Draft(source, NAME)
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        field, sentence = _FIELD.fullmatch(text), _SENTENCE.fullmatch(text)
        if field and not draft.blocks:
            _read_field(field[1], field[2], number, draft)
        elif sentence:
            draft.add_block("abstract", sentence[2], number, "Abstract")
        elif text in (_HEAD, _KEPT):
            draft.ignore(number, "heading")
        elif text:
            expected = "a field, or a numbered sentence"
            draft.flag(number, "abstract-record", expected, text[:60])
    return draft.finish()


def _read_field(name: str, value: str, number: int, draft: Draft) -> None:
    if name == "Title":
        draft.set(number, title=value)
        draft.add_heading(1, value, number)
    elif name == "Authors":
        draft.set(
            number,
            authors=tuple(parse_person(n, natural=False) for n in value.split("; ") if n.strip()),
        )
    elif name == "Year":
        draft.set(number, issued=parse_date(value))
    elif name == "Licence":
        draft.set_licence(value, number)
    elif name == "Address":
        draft.source_url = value
        draft.places.append(("source_url", number))
    elif name == "Retrieved":
        draft.ignore(number, "date of retrieval")
    else:
        draft.set(number, **{"container" if name == "Journal" else name.lower(): value})
