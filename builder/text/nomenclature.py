"""Terms by rule: molecules whose names follow a nomenclature, so that no file need list them.

A miRNA is named by number, letter and arm (miRBase), a circRNA and a lncRNA by its gene, a protein
by the approved symbol of its gene. Such a term is made from its id when it is
asked for, and so is a concept of the tables in content/lexicons; a file in content/terms always
comes before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from builder.models import Term, TermKind, Xref
from builder.project import CONTENT, find_data
from builder.text import genes, read_rows
from builder.text.spelling import DASHES, MIRNA_SPECIES

# The tables of concepts, those of the field's own vocabulary first.
LEXICONS = (
    "field", "cells", "tissues", "diseases", "materials", "families", "rnas", "processes",
)  # fmt: skip
# Cells that a tissue before them makes a narrower one of.
COMPOSED_CELLS = (
    "msc", "stem-cell", "progenitor-cell", "fibroblast", "endothelial-cell", "macrophage",
)  # fmt: skip
# Ways to modify vesicles or their cells, with the term above each; an agent before it makes one.
WAYS = {
    "preconditioning": "preconditioning",
    "loading": "exosome-engineering",
    "overexpression": "gene-overexpression",
    "knockdown": "gene-knockdown",
    "display": "surface-modification",
    "modification": None,
    "co-delivery": None,
}
_INFLAMMATORY = frozenset(["inflammatory-cytokines", "lipopolysaccharide"])
_AGENTS = ("mechanism", "compound", "vehicle")
NOTE = "Named by rule; no file of its own in content/terms yet."
_DASH = f"[{re.escape(DASHES)}]"
_SPECIES = "|".join(MIRNA_SPECIES)
_MIRNA = (
    rf"(?:(?i:{_SPECIES}){_DASH})?(?:[Mm]i(?:R|RNA|croRNA)s?(?:{_DASH}|\s)?|(?P<let>[Ll]et{_DASH}?))"
    rf"(?P<number>\d{{1,5}})(?P<letter>[a-z]{{0,2}})(?P<copy>{_DASH}[1-9](?!\s?p\b|\d))?"
    rf"(?:{_DASH}(?P<arm>[35])p)?"
)
# "circRNA MSC-derived" and "lncRNA BMSC-exosomes" name no RNA but a cell.
_NO_SOURCE = r"(?![\s-](?i:derived|exo|s?evs?\b))"
_CIRC = (
    r"(?:(?:[Hh]sa|[Mm]mu|[Rr]no)_)?[Cc]irc(?:RNA)?(?:[_-]|\s(?=\d{4}|[A-Z][A-Za-z]*\d))?"
    r"(?P<circ>\d{4,7}|(?!RNA)[A-Z][A-Za-z]*\d*[A-Za-z]?\d*|(?<=RNA\s)[A-Z][A-Za-z]*\d\w*)"
    rf"{_NO_SOURCE}|[Cc]ircular\sRNAs?\s(?P<circular>[A-Z][A-Z0-9]*\d[A-Z]?){_NO_SOURCE}"
)
_LNC = (
    r"(?:[Ll]ncRNAs?|[Ll]nc|[Ll]ong\s[Nn]on-?coding\sRNAs?)[\s-]"
    rf"(?P<lnc>[A-Z][A-Z0-9]+(?:-[A-Z]+\d*)?|[A-Z][a-z]+\d+(?:hg)?){_NO_SOURCE}"
)
# Symbols that say of themselves that they are long RNA: intergenic, antisense, host, predicted.
_LNC_SYMBOL = (
    r"(?P<symbol>LINC\d{4,6}|SNHG\d{1,2}|Snhg\d{1,2}|MIR\d+[A-Z]?\d?HG|Gm\d{4,6}|"
    r"[A-Z][A-Z0-9]{2,9}-(?:AS\d{0,2}|DT|IT\d|OT\d))"
)
# "MSC-miR-92a" is of cells that hold it; "anti-miR-92a" is not it.
_NAME = re.compile(
    rf"(?:(?<![\w-])|(?<=[A-Z]-)|(?<=[A-Z]s-))(?:{_MIRNA}|{_CIRC}|{_LNC}|{_LNC_SYMBOL})"
    r"(?![\w*])(?!-\d)"
)
_MAY_NAME = re.compile(
    "mir|mic|let|circ|lnc|long non|linc|snhg|gm\\d|-as|-dt|-it\\d|-ot\\d", re.IGNORECASE
)
# Other short RNA is known by its class alone: tRF-3001b, piR-019825, siRunx2.
_SHORT_RNA = re.compile(
    r"(?<![\w-])(?:(?:(?P<pi>piR)|(?P<t>tRF|tsRNA|tiRNA))[-_](?:\w*\d\w*|[A-Z][a-z]{2})(?:-\w+)*|"
    r"(?P<si>si)(?!RNAs?\b|NC\b|C(?:on)?tr)(?:RNA)?[-_]?[A-Z][A-Za-z]*\d*(?![\w-]))"
)
SHORT_RNA = {"pi": "pirna", "t": "trna-fragment", "si": "sirna"}
_ID = re.compile(
    r"(?:mir|let)-(?P<n>\d+)(?P<l>[a-z]*)(?P<c>-[1-9](?!p))?(?P<a>-[35]p)?|"
    r"circ-(?P<circ>[a-z0-9]+)|lncrna-(?P<lnc>[a-z0-9]+(?:-[a-z0-9]+)?)"
)
_CLASSES = {"mir": "microrna", "let": "microrna", "circ": "circrna", "lncrna": "lncrna"}
_WORDS = {"mir": "microRNA", "let": "microRNA", "circ": "circular RNA", "lncrna": "lncRNA"}
_TYPES = {"mir": "miRNA", "let": "miRNA", "circ": "circRNA", "lncrna": "lncRNA"}


def find_names(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, id) of each name in a text that a nomenclature makes."""
    for match in _SHORT_RNA.finditer(text):
        yield match.start(), match.end(), SHORT_RNA[match.lastgroup or ""]
    if not _MAY_NAME.search(text):
        return
    for match in _NAME.finditer(text):
        # "MSCKLF3-AS1-Exos" is written in one, and its first letters are no gene's.
        base = (match["symbol"] or "").partition("-")[0]
        known = base == (match["symbol"] or "") or base.startswith("HOX")
        if known or base in genes.read_genes().by_symbol:
            yield match.start(), match.end(), _id_of(match)


def parse_name(name: str) -> str | None:
    """Return the id that a nomenclature gives to a whole name, or None."""
    match = _NAME.fullmatch(name.strip())
    return _id_of(match) if match else None


def _id_of(match: re.Match[str]) -> str:
    if circ := match["circ"] or match["circular"]:
        return f"circ-{circ.lower()}"
    if long := match["lnc"] or match["symbol"]:
        return f"lncrna-{long.lower()}"
    copy = f"-{match['copy'][-1]}" if match["copy"] else ""
    arm = f"-{match['arm']}p" if match["arm"] else ""
    return f"{'let' if match['let'] else 'mir'}-{match['number']}{match['letter']}{copy}{arm}"


class Concept(NamedTuple):
    """A row of a table in content/lexicons, in the order of its columns."""

    id: str
    label: str
    kind: TermKind
    type: str
    abbreviation: str
    synonyms: list[str]
    parent: str
    xrefs: str
    definition: str

    def to_term(self) -> Term:
        """Return the term that it is once a paper names it."""
        return Term(
            id=self.id,
            label=self.label,
            kind=self.kind,
            type=self.type,
            abbreviation=self.abbreviation or None,
            synonyms=self.synonyms,
            parent=self.parent or None,
            xrefs=[Xref(curie=c) for c in self.xrefs.split("|") if c],
            definition=self.definition or None,
        )


def list_tables(content: Path) -> tuple[Path, ...]:
    """Return the tables of a project's concepts: its own, and those that the program brings."""
    return tuple(find_data(f"lexicons/{name}.tsv", content) for name in LEXICONS)


def read_lexicons(content: Path = CONTENT) -> Mapping[str, Concept]:
    """Return the concepts of the tables in content/lexicons by id; of two with one id the first."""
    return read_tables(list_tables(content))


@cache
def read_tables(tables: tuple[Path, ...]) -> Mapping[str, Concept]:
    """Return the concepts of some tables by id; of two with one id the first.

    A table begins with comments (release and licence) and the names of the columns.
    """
    found: dict[str, Concept] = {}
    for table in tables:
        for row in read_rows(table)[1:]:
            cells = [*row, *[""] * len(Concept._fields)][: len(Concept._fields)]
            cells[5] = cells[5].split("|") if cells[5] else []  # type: ignore[call-overload]
            found.setdefault(cells[0], Concept(*cells))  # type: ignore[arg-type]
    return MappingProxyType(found)


@cache
def list_field(content: Path) -> tuple[str, ...]:
    """Return the ids of the words of the field that a project keeps by hand, one a row.

    Unlike the other tables they are entries of the vocabulary, whether a paper names them or not.
    """
    path = content / "lexicons/field.tsv"
    return tuple(row[0] for row in read_rows(path)[1:]) if path.is_file() else ()


@lru_cache(maxsize=4096)
def make_term(term_id: str, content: Path = CONTENT) -> Term | None:
    """Return the term of an id that a nomenclature or a lexicon makes, or None.

    The parent of an arm is its hairpin, else the class of RNA: which family a miRNA is of is no
    matter of its name.
    """
    match = _ID.fullmatch(term_id)
    if not match:
        if listed := read_lexicons(content).get(term_id):
            return listed.to_term()
        by_symbol = genes.read_genes(content).by_symbol
        gene = by_symbol.get(term_id.upper()) if term_id.islower() else None
        return _gene_term(term_id, gene) if gene else None
    sort, _, rest = term_id.partition("-")
    if match["circ"]:
        label = f"circ_{rest}" if rest.isdigit() else f"circ{rest.upper()}"
    elif match["lnc"]:
        label = f"lncRNA {rest.upper()}"
    else:
        label = f"{'miR' if sort == 'mir' else 'let'}-{rest}"
    parent = term_id.removesuffix(match["a"]) if match["a"] else _CLASSES[sort]
    said = f"A {_WORDS[sort]}."
    return _make(term_id, "mechanism", _TYPES[sort], label, said, parent=parent)


def _make(term_id: str, kind: TermKind, sort: str, label: str, said: str, **more: Any) -> Term:
    """Return a term without a file; ``sort`` is its type and ``said`` its definition."""
    fields: dict[str, Any] = {"id": term_id, "kind": kind, "type": sort, "label": label}
    return Term(**fields, definition=said, notes=[NOTE], **more)


def _gene_term(term_id: str, gene: genes.Gene) -> Term:
    label, seen_in = f"{gene.symbol} ({gene.name})", f"content/{genes.TABLE}"
    said = f"A gene and the protein that it encodes: {gene.name}."
    xrefs = [Xref(curie=gene.curie, label=label, match="exact", seen_in=seen_in)]
    names = [gene.name, *gene.aliases]
    kind = "gene/protein"
    return _make(term_id, "mechanism", kind, gene.symbol, said, synonyms=names, xrefs=xrefs)


def _loading_of(agent: Term) -> str:
    """Return the term above the loading of an agent, by what it is."""
    if agent.kind == "compound":
        return "drug-loading"
    by_type = {"miRNA": "mirna-loading", "gene/protein": "protein-loading"}
    other = "rna-loading" if "RNA" in (agent.type or "") else "exosome-engineering"
    return by_type.get(agent.type or "", other)


class Terms(Mapping[str, Term]):
    """Terms by id: those of files, and on demand those of a nomenclature.

    Going through them gives those of files alone.
    """

    def __init__(self, filed: Mapping[str, Term], content: Path = CONTENT) -> None:
        """Take the terms that have files, and the folder of the tables for all others."""
        self.filed = dict(filed)
        self.content = content
        self.genes = genes.read_genes(content)
        self.listed = read_lexicons(content)
        self._of_kind: dict[str, tuple[Term, ...]] = {}
        self._of_gene = {
            xref.curie: term.id
            for term in self.filed.values()
            for xref in term.xrefs
            if xref.match == "exact" and xref.curie.startswith("HGNC:")
        }
        for concept in self.listed.values():
            for curie in concept.xrefs.split("|") if "HGNC:" in concept.xrefs else ():
                if curie.startswith("HGNC:") and concept.id not in self.filed:
                    self._of_gene.setdefault(curie, concept.id)

    def __reduce__(self) -> tuple[type[Terms], tuple[Mapping[str, Term], Path]]:
        """Pickle what is filed; the tables are read where they are needed."""
        return Terms, (self.filed, self.content)

    def of_kind(self, kind: str) -> tuple[Term, ...]:
        """Return the terms of a kind that have files, gathered once."""
        if kind not in self._of_kind:
            self._of_kind[kind] = tuple(t for t in self.filed.values() if t.kind == kind)
        return self._of_kind[kind]

    def of_gene(self, gene: genes.Gene) -> str:
        """Return the id of a gene's term: that of a file with its number or name, else its own."""
        known = self._of_gene.get(gene.curie) or self._by_name.get(gene.curie)
        return known or gene.symbol.lower()

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """Return the terms of files that give no number, by those of the genes they name."""
        numbered = set(self._of_gene.values())
        bare = [t for t in self.filed.values() if t.type == "gene/protein" and t.id not in numbered]
        members = {x.curie: t.id for t in bare for x in t.xrefs if x.match == "narrower"}
        rows = [c for c in self.listed.values() if c.type == "gene/protein"]
        listed = [c for c in rows if "HGNC:" not in c.xrefs and c.id not in self.filed]
        return members | {
            gene.curie: term.id
            for term in cast("Iterable[Term | Concept]", (*listed, *bare))
            for name in (term.label, term.abbreviation or "", *term.synonyms)
            if (gene := self.genes.find_whole(name))
        }

    def __contains__(self, term_id: object) -> bool:
        """Return whether an id is that of a term."""
        return isinstance(term_id, str) and bool(term_id) and self.get(term_id) is not None

    def __getitem__(self, term_id: str) -> Term:
        """Return a term. Raises KeyError."""
        if term := self.filed.get(term_id):
            return term
        made = make_term(term_id, self.content) or self._compose_cell(term_id)
        made = made or self._compose_modification(term_id) or self._compose_tissue(term_id)
        if made is None:
            raise KeyError(term_id)
        if made.parent is None or made.parent in self:
            return made
        if term_id in self.listed:  # the class above it has no term here
            return made.model_copy(update={"parent": None})
        raise KeyError(term_id)

    def _tissue_before(self, term_id: str, ending: str) -> Term | Concept | None:
        place = term_id.removesuffix(f"-{ending}")
        listed = self.filed.get(place) or self.listed.get(place) if place != term_id else None
        return listed if listed and listed.kind == "tissue" else None

    def _compose_cell(self, term_id: str) -> Term | None:
        """Return a cell of a tissue that no file or table lists: MSC of the hair follicle."""
        for cell in COMPOSED_CELLS:
            base, place = self.filed.get(cell), self._tissue_before(term_id, cell)
            if base and place:
                label = f"{place.label} {base.label[0].lower()}{base.label[1:]}"
                said = f"{base.label} of a tissue: {place.label.lower()}."
                parts = [place.id, cell]
                return _make(term_id, "source", "cell", label, said, parent=cell, parts=parts)
        return None

    def _compose_tissue(self, term_id: str) -> Term | None:
        """Return a tissue or fluid as a whole as a source: exosomes of the tendon."""
        place = self._tissue_before(term_id, "exosomes")
        if place is None:
            return None
        sort = "biofluid" if place.type == "biofluid" else "tissue"
        said = f"Vesicles of a tissue or fluid as a whole: {place.label.lower()}."
        return _make(term_id, "source", sort, f"{place.label} exosomes", said, parts=[place.id])

    def _compose_modification(self, term_id: str) -> Term | None:
        """Return a modification that is an agent and a way: preconditioning with curcumin."""
        for way, parent in WAYS.items():
            base = term_id.removesuffix(f"-{way}")
            agent = self.get(base) if base != term_id else None
            if agent is None or agent.kind not in _AGENTS:
                continue
            if way == "loading":
                parent = _loading_of(agent)  # noqa: PLW2901
            elif way == "preconditioning" and {base, agent.parent} & _INFLAMMATORY:
                parent = "inflammatory-priming"  # noqa: PLW2901
            above = parent if parent in self else None
            label = f"{agent.abbreviation or agent.label} {way}"
            said = f"{way.capitalize()} of vesicles or their cells: {agent.label}."
            parts = [base, *([above] if above else [])]
            return _make(term_id, "modification", way, label, said, parent=above, parts=parts)
        return None

    def get(self, term_id: str, default: Term | None = None) -> Term | None:  # type: ignore[override]
        """Return a term, or the default."""
        try:
            return self[term_id]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self.filed)

    def __len__(self) -> int:
        return len(self.filed)

    def is_made(self, term_id: str) -> bool:
        """Return whether a term has no file, only a name by rule."""
        return term_id not in self.filed and term_id in self


def add_made(
    filed: Mapping[str, Term], used: Iterable[str], content: Path = CONTENT
) -> dict[str, Term]:
    """Return the terms of files, and of the others those that records use, with their parents."""
    terms = Terms(filed, content)
    made: dict[str, Term] = {}
    waiting = sorted({i for i in used if terms.is_made(i)})
    for name in waiting:
        term = made[name] = terms[name]
        if term.parent and terms.is_made(term.parent) and term.parent not in waiting:
            waiting.append(term.parent)
    return {**filed, **dict(sorted(made.items()))}
