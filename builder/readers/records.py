"""Records of one work without its full text: what a database exports, and what ``include`` keeps.

``abstract-record`` is the atlas's own: the fields of an article without open full text, then only
the sentences of its abstract that carry a finding, each a quotation under its number::

    Abstract record
    Title: Exosomes from …
    Authors: Toh WS; Lai RC
    Sentences kept from the abstract:
    4. Exosomes increased …

``medline`` (.nbib), ``ris`` and ``endnote`` are lines of tags, ``bibtex`` and ``endnote-xml``
fields by name, ``pubmed`` is PubMed's "Abstract (text)": a citation, the title, the authors and the
abstract, parted by blank lines. A file of several works is a result of a search and no paper.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, NamedTuple, cast

from lxml import etree

from builder.models.document import Document, Person, count_fates
from builder.readers.draft import Draft, Lines, find_doi
from builder.readers.names import parse_person
from builder.readers.references import parse_reference
from builder.readers.source import Source, refuse
from builder.readers.words import match, table
from builder.text.dates import parse_date


@dataclass
class Layout:
    """A reader of one kind of record, as ``Reader`` asks for it."""

    NAME: str
    LOOKS_FOR: str
    recognises: Callable[[str], bool]
    read: Callable[[Source], Document]


def _refuse_several(source: Source, count: int, form: str) -> None:
    """Raise ProblemError where a file holds more than one record."""
    if count > 1:
        hint = "Export the one work alone; a list found by a search is for `search` and `include`."
        got = f"what looks like {form} of {count} works"
        raise refuse(source.file, "seed-layout", "a paper", got, hint, 1)


# --- the sentences that include keeps -------------------------------------------------------------

_HEAD = "Abstract record"
_KEPT = "Sentences kept from the abstract:"
_FIELD = re.compile(r"(Title|Authors|Journal|Year|DOI|PMID|PMCID|Licence|Address): (.+)")
_SENTENCE = re.compile(r"(\d+)\. (.+)")


def write_abstract(fields: Mapping[str, str], sentences: Iterable[tuple[int, str]]) -> str:
    """Return a seed in this layout; ``sentences`` are (number in the abstract, words)."""
    lines = [f"{name}: {' '.join(value.split())}" for name, value in fields.items() if value]
    kept = [f"{number}. {text}" for number, text in sentences]
    return "\n".join([_HEAD, *lines, _KEPT, *kept]) + "\n"


def _read_kept(source: Source) -> Document:
    """Return the Document of an abstract's kept sentences; a line of no known form is a problem."""
    draft = Draft(source, "abstract-record")
    for number, text in enumerate(map(str.strip, source.lines), 1):
        field, sentence = _FIELD.fullmatch(text), _SENTENCE.fullmatch(text)
        if field and field[1] == "Authors" and not draft.blocks:
            people = (parse_person(n, natural=False) for n in field[2].split("; ") if n.strip())
            draft.set(number, authors=tuple(people))
        elif field and field[1] == "Address" and not draft.blocks:
            draft.set_source(field[2], number)
        elif field and not draft.blocks:
            role = {"Journal": "container", "Year": "issued"}.get(field[1], field[1].lower())
            _take(draft, role, field[2], number, [])
        elif sentence:
            draft.add_block("abstract", sentence[2], number, "Abstract")
        elif text in (_HEAD, _KEPT):
            draft.ignore(number, "heading")
        elif text.startswith("Retrieved: "):
            draft.ignore(number, "date of retrieval")
        elif text:
            draft.flag(number, "abstract-record", "a field, or a numbered sentence", text[:60])
    return draft.finish()


# --- lines of tags --------------------------------------------------------------------------------

_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)$|^(%\S) (.*)$")


class _Tagged(NamedTuple):
    tag: str
    value: str
    lines: list[int]


def _split_tags(source: Source) -> list[_Tagged]:
    """Return tags with their values, lines that continue one joined."""
    found: list[_Tagged] = []
    for number, line in enumerate(source.lines, 1):
        if tag := _TAG.match(line):
            value = tag[2] or tag[4] or ""
            found.append(_Tagged(tag[1] or tag[3], " ".join(value.split()), [number]))
        elif found and line.strip():
            value = " ".join(f"{found[-1].value} {line}".split())
            found[-1] = found[-1]._replace(value=value, lines=[*found[-1].lines, number])
    return found


def _split_bibtex(source: Source) -> list[_Tagged]:
    """Return the fields of BibTeX entries as tags, one an author; a group in braces is ``CN``."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what fails is refused here
    bibtex: Any = importlib.import_module("bibtexparser")
    names: Any = importlib.import_module("bibtexparser.middlewares.names")
    tags: list[_Tagged] = []
    for block in bibtex.parse_string(source.text, parse_stack=[]).blocks:
        first = block.start_line + 1
        entry = getattr(block, "ignore_error_block", None) or block
        if not hasattr(entry, "fields") and hasattr(block, "error"):
            expected, got = "an entry whose braces and quotes close", block.raw.split("\n")[0][:60]
            raise refuse(source.file, "seed-layout", expected, got, "Save the work anew.", first)
        # What stands between the entries is a note of the database that wrote them.
        kind = f"@{entry.entry_type}" if hasattr(entry, "fields") else ""
        tags.append(_Tagged(kind, "", list(range(first, first + block.raw.count("\n") + 1))))
        for field in getattr(entry, "fields", ()):
            name, printed = field.key.lower(), field.value.strip()
            inner = printed[1:-1] if printed[:1] in ("{", '"') else printed
            people = name in ("author", "editor")
            last = field.start_line + field.value.count("\n")
            for value in names.split_multiple_persons_names(inner) if people else [inner]:
                group = name == "author" and value.startswith("{") and value.endswith("}")
                tag = "CN" if group and " " in value and "," not in value else name
                lines = list(range(field.start_line + 1, last + 2))
                tags.append(_Tagged(tag, _plain_tex(value), lines))
    month = next((t.value for t in tags if t.tag == "month"), "")
    return [t._replace(value=f"{t.value} {month}") if t.tag == "year" else t for t in tags]


def _plain_tex(text: str) -> str:
    """Return a BibTeX value as readable text, without braces and commands."""
    if "\\" in text or "$" in text:
        latex: Any = importlib.import_module("pylatexenc.latex2text")
        text = latex.LatexNodes2Text(math_mode="text").latex_to_text(
            re.sub(r"(?<!\\)%", r"\\%", text)
        )
    plain = text.replace("{", "").replace("}", "").replace("--", "–")
    return " ".join(plain.replace("~", " ").split())


_RECORD = "record"


def _read_endnote(source: Source) -> Document:
    """Return the Document of the one work of EndNote's XML; it counts runs of text, not lines."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(source.data, parser)
    except etree.XMLSyntaxError as error:
        expected, hint = "well-formed XML", "Export the one work again."
        got, line = error.msg or "none", error.lineno or 0
        raise refuse(source.file, "seed-layout", expected, got, hint, line) from error
    tags = [_Tagged(_RECORD, "", []) for _ in root.iter(_RECORD)]
    for path, tag in table("endnote").items():
        for element in root.iterfind(f"records/{_RECORD}/{path}"):
            printed, first = str(element.xpath("string()")), cast("int", element.sourceline)
            lines = list(range(first, first + printed.count("\n") + 1))
            tags.append(_Tagged(tag, " ".join(printed.split()), lines))
    form = "an EndNote export"
    document = _gather(tags, replace(source, lines=()), form, _RECORD, "endnote-xml")
    if not document.front.work.title:
        hint = "Export it with its title or as RIS, or get the article's XML (JATS)."
        raise refuse(source.file, "seed-layout", "a work with a title", f"{form} without", hint, 1)
    held = " ".join(t.value for t in tags if t.tag in table("record_tags"))
    runs = [" ".join(str(text).split()) for text in root.itertext()]
    fates = (("recorded" if run in held else "record-field", len(run)) for run in runs if run)
    return replace(document, coverage=count_fates(fates))


def _read_tags(source: Source, form: str, begin: str, name: str) -> Document:
    tags = _split_bibtex(source) if begin == "@" else _split_tags(source)
    return _gather(tags, source, form, begin, name)


def _gather(tags: list[_Tagged], source: Source, form: str, begin: str, name: str) -> Document:
    """Return the Document of the tags of one work, which ``begin`` begins."""
    _refuse_several(source, sum(t.tag.startswith(begin) for t in tags), form)
    draft = Draft(source, name)
    people: list[Person] = []
    full = any(t.tag == "FAU" for t in tags)
    for tagged in tags:
        role = table("record_tags").get(tagged.tag, "")
        if tagged.tag == "AU" and not full:
            role = "author"
        if tagged.tag == "IS" and begin == "PMID":
            role = "issn"
        if role and tagged.value:
            draft.taken.update(tagged.lines)
            stop = "." if role == "title" else ""
            _take(draft, role, tagged.value.removesuffix(stop), tagged.lines[0], people)
        elif tagged.value and tagged.tag in table("record_statements"):
            draft.add_block(
                "statement", tagged.value, tagged.lines[0], table("record_statements")[tagged.tag]
            )
            draft.taken.update(tagged.lines)
        for number in tagged.lines:
            draft.ignore(number, "record-field")
    draft.work["authors"] = tuple(people)
    return draft.finish()


def _take(draft: Draft, role: str, value: str, line: int, people: list[Person]) -> None:
    """Take what one field of a record says of the work."""
    if role == "title":
        draft.set_title(line, value)
    elif role == "abstract":
        draft.add_block("abstract", value, line, "Abstract")
    elif role == "author" and value == "others":  # BibTeX's "et al."
        draft.set(line, et_al=True)
    elif role in ("author", "group"):
        group = role == "group"
        people.append(Person(literal=value) if group else parse_person(value, natural=False))
    elif role == "orcid":
        found = re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", value)
        if found and people:
            people[-1] = replace(people[-1], orcid=found[0])
    elif role == "issued":
        date = parse_date(value.strip("/"))
        held = draft.work.get("issued", ())
        if held[:1] in ((), date[:1]) and len(date) > len(held):
            draft.work["issued"] = date
            draft.places.append(("issued", line))
    elif role == "licence":
        draft.set_licence(value, line)
    else:
        draft.set(line, **{role: _CLEAN.get(role, str)(value)})


_CLEAN: dict[str, Callable[[str], str]] = {
    "doi": find_doi, "issn": partial(re.sub, " .*", ""), "pmcid": partial(re.sub, " .*", ""),
    "page": lambda value: re.sub(r"\s*([–-])\s*", r"\1", value),
}  # fmt: skip


def _read_ris(source: Source) -> Document:
    document = _read_tags(source, "a RIS export", "TY", "ris")
    pages = {t.tag: t.value for t in _split_tags(source) if t.tag in ("SP", "EP") and t.value}
    work = document.front.work
    page = "–".join(dict.fromkeys(filter(None, (pages.get("SP"), pages.get("EP")))))
    work = replace(work, page=work.page or page, container=work.container or work.container_short)
    return replace(document, front=replace(document.front, work=work))


# --- PubMed's abstract as text --------------------------------------------------------------------

_PMID = re.compile(r"^PMID: (\d{1,9})\b", re.MULTILINE)
_IDS = re.compile(r"^(DOI|PMCID|PMID): (\S+)")
_AFFILIATION_MARKS = re.compile(r"(?:\(\d{1,3}\))+|#")
_COPYRIGHT = re.compile(r"^(?:©|Copyright|\(c\))", re.IGNORECASE)


def _is_pubmed(text: str) -> bool:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return bool(match("pubmed_citation", first.strip())) and bool(_PMID.search(text))


def _paragraphs(source: Source) -> Iterator[Lines]:
    lines: Lines = []
    for number, line in enumerate([*source.lines, ""], 1):
        if line.strip():
            lines.append((number, line.strip()))
        elif lines:
            yield lines
            lines = []


def _read_pubmed(source: Source) -> Document:
    _refuse_several(source, len(_PMID.findall(source.text)), "a PubMed export")
    draft = Draft(source, "pubmed")
    citation = names = ""
    for lines in _paragraphs(source):
        first, text = lines[0][0], " ".join(line for _, line in lines)
        draft.taken.update(number for number, _ in lines)
        bare = _AFFILIATION_MARKS.sub("", text)
        found = match("pubmed_citation", text)
        if found and not citation:
            citation = found["citation"]
        elif _IDS.match(text):
            for number, kept in ((n, _IDS.match(line)) for n, line in lines):
                draft.set(number, **({kept[1].lower(): kept[2]} if kept else {}))
        elif match("pubmed_note", text):
            for number, line in lines:
                draft.add_block("statement", line, number)
        elif _COPYRIGHT.match(text):
            draft.set_licence(text, first)
        elif not draft.work.get("title"):
            draft.set_title(first, text.removesuffix("."))
        elif not names and match("pubmed_names", bare):
            names = bare
        else:
            draft.add_block("abstract", text, first, "Abstract")
    # Together they are a reference in the style of Vancouver.
    title = f"{draft.work.get('title', '')}."
    work, _ = parse_reference(f"{names} {title} {citation}")
    known = {field.name: getattr(work, field.name) for field in fields(work)}
    draft.set(1, **{k: v for k, v in known.items() if k not in ("title", "type")})
    return draft.finish()


def _layout(name: str, looks_for: str, begins: str, form: str, tag: str) -> Layout:
    """Return the reader of a layout of tags; ``tag`` begins each work."""
    read = _read_ris if name == "ris" else partial(_read_tags, form=form, begin=tag, name=name)
    return Layout(name, looks_for, partial(_begins, rf"\s*{begins}"), read)


def _begins(form: str, text: str) -> bool:
    return re.match(form, text) is not None


# Name, what shows it in words and as a form, what it is the export of, and the tag of a work.
_OF_TAGS = (
    ("medline", "lines 'PMID- …' and 'TI  - …' of one work (.nbib)", r"PMID- ?\d",
     "a MEDLINE export", "PMID"),
    ("ris", "lines 'TY  - …' to 'ER  -' of one work", r"TY {1,2}- ", "a RIS export", "TY"),
    ("endnote", "lines '%0 …' and '%T …' of one work (.enw)", "%0 ", "an EndNote export", "%0"),
    ("bibtex", "an entry '@article{…' of one work (.bib)", r"(?:[^@{]{1,300}\n)?\s*@\w+\s*\{",
     "a BibTeX export", "@"),
)  # fmt: skip
_XML_BEGINS = r"\s*(?:<\?xml[^>]*>\s*)?<xml>\s*<records>"
_BY_INCLUDE = f"a first line {_HEAD!r}, written by include"
_BY_ENDNOTE = "XML with one <record>, as EndNote and Zotero export it"
_BY_PUBMED = "the abstract of one work as PubMed saves it as text"
LAYOUTS = (
    Layout("abstract-record", _BY_INCLUDE, partial(_begins, rf"\s*{_HEAD}\s*(?:\n|$)"), _read_kept),
    *(_layout(*row) for row in _OF_TAGS),
    Layout("endnote-xml", _BY_ENDNOTE, partial(_begins, _XML_BEGINS), _read_endnote),
    Layout("pubmed", _BY_PUBMED, _is_pubmed, _read_pubmed),
)
