"""The statements of a paper: rows, titles, sentences, each with its exact place in the seed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from builder.extract.findings.cues import Cues
from builder.extract.trials import find_trial_rows
from builder.extract.vocabulary import Vocabulary
from builder.models import Cited, EffectOf, Finding, Locator, Paper, Table, TableRow
from builder.models.document import Document
from builder.text import spelling
from builder.text.ids import find_registry_ids
from builder.text.sentences import Sentence, find_sentences, split_sentences

_LEAST_SENTENCES = 2  # of the abstract, that name vesicles where the title does not
_LEAST_CELLS = 3  # a row of fewer columns is no heading within the table


# The fields that say what vesicles did.
EFFECTS = ("mechanisms", "outcomes", "condition_effects")


@dataclass(frozen=True, slots=True)
class Assigned:
    """One value of a finding with the span that it rests on.

    ``detail`` is an effect or a role, ``part`` the title, sentence or column, ``start`` and
    ``end`` the span in that part's text.
    """

    field: str
    value: str
    rule: str
    part: str
    start: int
    end: int
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A finding, the texts that were read for it, and every value with its rule."""

    finding: Finding
    texts: tuple[tuple[str, str], ...]
    assigned: tuple[Assigned, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text with one role: a title, a sentence, or a cell under its column's name."""

    name: str
    role: str
    text: str  # cleaned for reading; the statement's quote is as printed

    def __post_init__(self) -> None:
        """Clean the text, once and for all rules."""
        object.__setattr__(self, "text", spelling.clean(self.text))


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest citable piece of a paper, before it is read.

    ``context`` holds words that may settle a short form: cited titles, column names.
    ``titles`` are the titles that a row or sentence cites. ``about`` says that its place is about
    vesicles: the table's caption or columns name them (``table``), the paper is (``paper``), or
    the sentence goes on about those of an earlier one (``sentence``), which is then ``before``.
    """

    locator: Locator
    quote: str
    parts: tuple[Part, ...]
    references: tuple[int, ...] = ()
    context: str = ""
    titles: tuple[str, ...] = ()
    about: Literal["", "table", "paper", "sentence"] = ""
    before: str = ""


def find_statements(
    paper: Paper,
    document: Document,
    tables: Sequence[Table],
    references: Sequence[Cited],
    cues: Cues,
) -> list[Statement]:
    """Return every statement of a paper in the order of its tables, references and prose."""
    titles = group_titles(references)
    about = is_about_vesicles(paper, cues)
    return [
        *_rows(document, tables, titles, cues, about=about),
        *_titles(references, cues),
        *_prose(paper, cues),
        *_own_title(document, cues),
        *_full_text(document, titles, cues),
    ]


@dataclass(frozen=True)
class OwnVesicles:
    """The short forms that a paper defines for its vesicles, each with what it writes out.

    Example: ``NDMVs`` for "neutrophil-derived microvesicles". They count as vesicles, and a
    statement is read with them written out; its quote stays as printed.
    """

    forms: tuple[tuple[re.Pattern[str], str], ...] = ()

    def widen(self, cues: Cues) -> Cues:
        """Return the cues with the paper's own short forms among the words for vesicles."""
        if not self.forms:
            return cues
        words = "|".join([cues.vesicle.pattern, *(p.pattern for p, _ in self.forms)])
        return replace(cues, vesicle=re.compile(words, re.IGNORECASE))

    def write_out(self, statement: Statement) -> Statement:
        """Return a statement whose parts have the short forms written out."""
        if not self.forms:
            return statement
        parts = tuple(replace(p, text=self._write(p.text)) for p in statement.parts)
        return replace(statement, parts=parts, before=self._write(statement.before))

    def _write(self, text: str) -> str:
        for pattern, long in self.forms:
            text = pattern.sub(long.replace("\\", r"\\"), text)
        return text


def find_own_vesicles(
    definitions: Iterable[tuple[str, str]], vocabulary: Vocabulary, cues: Cues
) -> OwnVesicles:
    """Return the short forms of a paper that stand for vesicles, or for those of a source."""
    forms = []
    known = dict(definitions)
    for short, long in sorted(known.items(), key=lambda d: (-len(d[0]), d)):
        within = (known.get(word, "") for word in long.split())  # "Tisseel plus PEP"
        if not cues.names_vesicles(long) and not any(map(cues.names_vesicles, within)):
            continue
        (cells, carriers), (more_cells, more_carriers) = (
            [
                {m.term for m in vocabulary.find_mentions(text, kinds=kinds) if m.term}
                for kinds in (("source", "cell"), ("vehicle",))
            ]
            for text in (short, long)
        )
        gained = (more_cells and not cells) or more_carriers - carriers
        if cues.names_vesicles(short) and not gained:
            continue
        base = re.escape(short.removesuffix("s"))
        forms.append((re.compile(rf"(?<![\w(-]){base}s?(?![\w-])"), long))
    return OwnVesicles(tuple(forms))


def group_titles(references: Sequence[Cited]) -> dict[int, tuple[str, ...]]:
    """Return the titles of all works by their number; several works may share one (3a, 3b)."""
    titles: dict[int, tuple[str, ...]] = {}
    for cited in references:
        if cited.csl.title:
            titles[cited.number] = (*titles.get(cited.number, ()), cited.csl.title)
    return titles


def is_about_vesicles(paper: Paper, cues: Cues) -> bool:
    """Return whether vesicles are a paper's subject, by its title or its abstract."""
    if cues.names_vesicles(paper.csl.title):
        return True
    reported = [*find_sentences(paper.abstract or ""), *find_sentences(paper.tldr or "")]
    return sum(map(cues.names_vesicles, reported)) >= _LEAST_SENTENCES


def column_role(name: str, cues: Cues) -> str:
    """Return the role of a table's column by the words of its header, or an empty string."""
    for word in (name, name.split(" / ", maxsplit=1)[0]):
        for role, pattern in cues.columns:
            if pattern.search(word.strip()):
                return role
    return ""


def _rows(
    document: Document,
    tables: Sequence[Table],
    titles: Mapping[int, tuple[str, ...]],
    cues: Cues,
    *,
    about: bool,
) -> Iterable[Statement]:
    printed = _printed_rows(document)
    trials = find_trial_rows(tables)
    for table in tables:
        roles = {name: column_role(name, cues) for name in table.columns}
        topic = " ".join([table.caption or "", *table.columns])
        place: Literal["", "table", "paper"] = "paper" if about else ""
        place = "table" if cues.names_vesicles(topic) else place
        for row in table.rows:
            quote = _quote(row, printed.get((table.number, row.line), []))
            if row.id in trials or _is_heading(row, table):
                continue
            cited = tuple(t for n in row.references for t in titles.get(n, ()))
            yield Statement(
                Locator(kind="table-row", line=row.line, table=table.number, row=row.id),
                quote,
                tuple(
                    Part(name, roles[name], cell.text)
                    for name, cell in row.cells.items()
                    if roles[name] != "references" and cell.text.strip()
                ),
                tuple(row.references),
                " ".join([*cited, table.caption or "", *table.footnotes]),
                cited,
                "table" if cues.names_vesicles(quote) else place,
            )


def _printed_rows(document: Document) -> dict[tuple[int, int], list[list[str]]]:
    """Return the cells of the rows as printed, by table and line: XML may hold many in one line."""
    printed: dict[tuple[int, int], list[list[str]]] = {}
    for grid in document.tables:
        for row in grid.rows:
            if row:
                cells = [cell.text for cell in row]
                printed.setdefault((grid.number, row[0].line), []).append(cells)
    return printed


def _quote(row: TableRow, printed: Sequence[list[str]]) -> str:
    """Return a row as printed: of the rows in its line the one that holds its own cells."""
    own = [c.printed for c in row.cells.values() if c.inherited is None]
    if len(printed) == 1:
        return " | ".join(printed[0])
    exact = [cells for cells in printed if cells == own]
    return " | ".join(exact[0] if exact else own)


def _is_heading(row: TableRow, table: Table) -> bool:
    """Return whether a row is a heading of the table ("Stem cells" over all columns)."""
    if all(c.text.strip().lower() in name.lower() for name, c in row.cells.items()):
        return True
    reported = {c.printed.strip() for c in row.cells.values() if c.inherited is None} - {""}
    filled = [c for c in row.cells.values() if c.printed.strip()]
    spread = len(filled) in (1, len(row.cells))
    return len(reported) <= 1 and spread and len(table.columns) >= _LEAST_CELLS


def split_contrast(statement: Statement, cues: Cues) -> list[Statement]:
    """Return a sentence's clauses that stand in contrast, each a verbatim statement of its own."""
    if len(statement.parts) != 1 or statement.locator.kind == "table-row":
        return []
    text = statement.quote
    first = cues.match("contrast_first", text)
    cuts = [(m.start(), m.end()) for m in cues.patterns["contrast"].finditer(text)]
    if first and not cuts:
        comma = re.search(r",\s+", text)
        cuts = [(comma.start(), comma.end())] if comma else []
    starts = [first.end() if first else 0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    name = statement.parts[0].name
    return [
        replace(
            statement,
            quote=text[start:end],
            parts=(Part(name, "", text[start:end]),),
            context=f"{statement.context} {text}",
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def set_apart(whole: Trace, clauses: Sequence[Trace], cues: Cues) -> list[Trace]:
    """Return one finding a clause where each says what its own sources did, else the whole.

    Of a whole that can't be split, the sources whose own clause says nothing are left out. A title
    is never split.
    """
    if len(clauses) <= 1 or not _have_own_sources(clauses):
        return [whole]
    if whole.finding.locator.kind in ("title", "reference-title"):
        return [_without_silent(whole, clauses)]
    clauses = _with_ellipsis(clauses, cues)
    if all(_reports_effect(clause.finding) for clause in clauses):
        return list(clauses)
    return [_without_silent(whole, clauses)]


def _have_own_sources(clauses: Sequence[Trace]) -> bool:
    """Return whether no two clauses name the same source."""
    named = [set(c.finding.sources) for c in clauses]
    return sum(map(len, named)) == len(set().union(*named))


def _reports_effect(finding: Finding) -> bool:
    return bool(finding.sources and any(getattr(finding, field) for field in EFFECTS))


def _with_ellipsis(clauses: Sequence[Trace], cues: Cues) -> list[Trace]:
    """Return the clauses; those that only deny get what the one clause with a result says, denied.

    "A reduces X, whereas B had no effect": B had no effect on X.
    """
    report = [c for c in clauses if _reports_effect(c.finding)]
    if len(report) != 1:
        return list(clauses)
    reported = [a for a in report[0].assigned if a.field in EFFECTS]
    return [
        _denying(clause, reported)
        if clause is not report[0] and cues.search("denies_all", clause.finding.quote)
        else clause
        for clause in clauses
    ]


def deny_opposed(whole: Trace) -> Trace | None:
    """Return what a sentence says of the vesicles that did not do it: "ADSC but not BMSC exosomes".

    It is a finding of its own, of the same words. A title or row is one finding only.
    """
    if whole.finding.locator.kind in ("title", "reference-title", "table-row"):
        return None
    theirs = [replace(a, field="sources") for a in whole.assigned if a.field == "opposed"]
    sources = list(dict.fromkeys(a.value for a in theirs))
    directed = ("up", "down", "activates", "inhibits")
    reported = [a for a in whole.assigned if a.field in EFFECTS and a.detail in directed]
    if not reported or not sources or set(sources) & set(whole.finding.sources):
        return None
    others = (a for a in whole.assigned if a.field not in ("sources", "cargo", *EFFECTS))
    result = "no-benefit" if whole.finding.result == "improved" else "none-reported"
    update = {"sources": sources, "cargo": [], "result": result}
    finding = whole.finding.model_copy(update=update)
    return _denying(Trace(finding, whole.texts, (*theirs, *others)), reported)


def _denying(clause: Trace, reported: Sequence[Assigned]) -> Trace:
    denied = [replace(a, detail="none", rule="denied-in-short") for a in reported]
    effects = {
        field: [
            EffectOf(id=name, effect="none")
            for name in dict.fromkeys(a.value for a in denied if a.field == field)
        ]
        for field in EFFECTS
    }
    named = [*clause.finding.conditions, *(e.id for e in effects["condition_effects"])]
    update = {**effects, "conditions": list(dict.fromkeys(named))}
    return Trace(
        clause.finding.model_copy(update=update), clause.texts, (*clause.assigned, *denied)
    )


def _without_silent(whole: Trace, clauses: Sequence[Trace]) -> Trace:
    """Return a finding without the sources of clauses of which it can't be read what they did.

    The effects of the other clauses are none of theirs; the question that the finding asks stays.
    """
    report = {s for c in clauses if _reports_effect(c.finding) for s in c.finding.sources}
    silent = {s for c in clauses if not _reports_effect(c.finding) for s in c.finding.sources}
    if not report:
        return whole
    kept = [s for s in whole.finding.sources if s not in silent]
    assigned = tuple(a for a in whole.assigned if a.field != "sources" or a.value not in silent)
    return Trace(whole.finding.model_copy(update={"sources": kept}), whole.texts, assigned)


def _titles(references: Sequence[Cited], cues: Cues) -> Iterable[Statement]:
    for cited in references:
        title = cited.csl.title
        if cited.parsed and title and cues.names_vesicles(title):
            yield Statement(
                Locator(kind="reference-title", line=cited.line, reference=cited.number),
                title,
                (Part("title", "", title),),
                (cited.number,),
            )


def _prose(paper: Paper, cues: Cues) -> Iterable[Statement]:
    if paper.abstract and paper.abstract_line:
        where = Locator(kind="abstract", line=paper.abstract_line)
        sentences = [Sentence(s, 0, 0) for s in find_sentences(paper.abstract)]
        for sentence, before in _go_through(sentences, cues):
            yield _sentence(where, sentence.text, before=before)
    for text, line in [
        *((paper.tldr, paper.tldr_line) for _ in [0] if paper.tldr and paper.tldr_line),
        *((k.text, k.line) for k in paper.key_findings),
    ]:
        for said in find_sentences(text or ""):
            yield _sentence(Locator(kind="key-finding", line=line or 1), said)


def _go_through(sentences: Iterable[Sentence], cues: Cues) -> Iterator[tuple[Sentence, str]]:
    """Yield the sentences of a paragraph that say something of vesicles, or name a trial.

    With each comes the earlier sentence that it goes on from, or an empty string.
    """
    spoken = ""  # the last sentence that names vesicles of its own
    for sentence in sentences:
        text = sentence.text
        back = spoken if spoken and _goes_on(text, spoken, cues) else ""
        names = cues.names_vesicles(text)
        if names and not cues.match("these_vesicles", text):
            spoken = text
        elif not back:
            spoken = spoken if names else ""
        if ((names or back) and cues.reports_of_field(text)) or find_registry_ids(text):
            yield sentence, back


def _goes_on(text: str, before: str, cues: Cues) -> bool:
    """Return whether a sentence is about the vesicles of the one before it, or their cargo."""
    if any(cues.search(p, text) for p in ("these_vesicles", "one_of_these", "left_alone")):
        return True
    if not cues.match("they", text):
        return False
    ends = cues.search("subject_ends", before)
    verbs = (m.start() for m in cues.finder.finditer(before) if cues.meaning(m[0]).kind == "verb")
    subject = before[: min(ends.start() if ends else len(before), next(verbs, len(before)))]
    return cues.names_vesicles(subject)


def _sentence(
    locator: Locator,
    sentence: str,
    references: tuple[int, ...] = (),
    titles: tuple[str, ...] = (),
    before: str = "",
) -> Statement:
    parts = (Part("sentence", "", sentence),)
    about: Literal["", "sentence"] = "sentence" if before else ""
    context = " ".join([*titles, before])
    return Statement(locator, sentence, parts, references, context, titles, about, before)


def _own_title(document: Document, cues: Cues) -> Iterable[Statement]:
    """Yield the paper's own title, which says in short what its results say."""
    title = document.front.work.title
    if title and cues.names_vesicles(title):
        line = dict(document.front.lines).get("title", 1)
        yield Statement(Locator(kind="title", line=line), title, (Part("title", "", title),))


def _full_text(
    document: Document, titles: Mapping[int, tuple[str, ...]], cues: Cues
) -> Iterable[Statement]:
    for block in document.blocks:
        registered = find_registry_ids(block.text)
        if block.kind != "paragraph" or not (cues.names_vesicles(block.text) or registered):
            continue
        sentences = split_sentences(block.text, block.citations, block.marks)
        for sentence, before in _go_through(sentences, cues):
            locator = Locator(kind="full-text", line=block.line, section=block.section or None)
            cited = tuple(t for n in sentence.cited for t in titles.get(n, ()))
            yield _sentence(locator, sentence.text, sentence.cited, cited, before)
