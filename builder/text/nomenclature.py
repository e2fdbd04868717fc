"""Terms by rule: molecules whose names follow a nomenclature, so that no file need list them.

A miRNA is named by number, letter and arm (miRBase), a circRNA and a lncRNA by its gene, a protein
by the approved symbol of its gene (content/genes.tsv). Such a term is made from its id when it is
asked for; a file in content/terms always comes before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from builder.models import Term, Xref
from builder.text import genes
from builder.text.spelling import DASHES, MIRNA_SPECIES

NOTE = "Named by rule; no file of its own in content/terms yet."
_DASH = f"[{re.escape(DASHES)}]"
_SPECIES = "|".join(MIRNA_SPECIES)
_MIRNA = (
    rf"(?:(?:{_SPECIES}){_DASH})?(?:[Mm]i(?:R|RNA|croRNA)s?(?:{_DASH}|\s)?|(?P<let>[Ll]et{_DASH}?))"
    rf"(?P<number>\d{{1,5}})(?P<letter>[a-z]{{0,2}})(?P<copy>{_DASH}[1-9](?!\s?p\b|\d))?"
    rf"(?:{_DASH}(?P<arm>[35])p)?"
)
_CIRC = (
    r"(?:(?:hsa|mmu|rno)_)?[Cc]irc(?:RNA)?(?:[_-]|\s(?=\d{4}|[A-Z][A-Za-z]*\d))?"
    r"(?P<circ>\d{4,7}|(?!RNA)[A-Z][A-Za-z]*\d*[A-Za-z]?\d*|(?<=RNA\s)[A-Z][A-Za-z]*\d\w*)"
)
_LNC = (
    r"(?:[Ll]ncRNAs?|[Ll]nc|[Ll]ong\s[Nn]on-?coding\sRNAs?)[\s-]"
    r"(?P<lnc>[A-Z][A-Z0-9]+(?:-[A-Z]+\d*)?|[A-Z][a-z]+\d+(?:hg)?)"
)
_NAME = re.compile(
    rf"(?<![\w-])(?:{_MIRNA}|{_CIRC}|{_LNC})(?![\w*])(?!-\d|[\s-](?i:derived|exo|s?evs?\b))"
)
# Other short RNA is told by its class alone: tRF-3001b, piR-019825.
_SHORT_RNA = re.compile(r"(?<![\w-])(?:(?P<pi>piR)|(?P<t>tRF|tsRNA|tiRNA))[-_]\w*\d\w*(?:-\w+)*")
SHORT_RNA = {"pi": "pirna", "t": "trna-fragment"}
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
    low = text.lower()
    if not any(word in low for word in ("mir", "mic", "let", "circ", "lnc", "long non")):
        return
    for match in _NAME.finditer(text):
        yield match.start(), match.end(), _id_of(match)


def parse_name(name: str) -> str | None:
    """Return the id that a nomenclature gives to a whole name, or None."""
    match = _NAME.fullmatch(name.strip())
    return _id_of(match) if match else None


def _id_of(match: re.Match[str]) -> str:
    if match["circ"]:
        return f"circ-{match['circ'].lower()}"
    if match["lnc"]:
        return f"lncrna-{match['lnc'].lower()}"
    copy = f"-{match['copy'][-1]}" if match["copy"] else ""
    arm = f"-{match['arm']}p" if match["arm"] else ""
    return f"{'let' if match['let'] else 'mir'}-{match['number']}{match['letter']}{copy}{arm}"


@lru_cache(maxsize=4096)
def make_term(term_id: str) -> Term | None:
    """Return the term of an id that a nomenclature makes, or None.

    Its parent is the class of RNA: which family a miRNA is of is no matter of its name.
    """
    match = _ID.fullmatch(term_id)
    if not match:
        gene = genes.read_genes().get(term_id.upper()) if term_id.islower() else None
        return _gene_term(term_id, gene) if gene else None
    sort, _, rest = term_id.partition("-")
    if match["circ"]:
        label = f"circ_{rest}" if rest.isdigit() else f"circ{rest.upper()}"
    elif match["lnc"]:
        label = f"lncRNA {rest.upper()}"
    else:
        label = f"{'miR' if sort == 'mir' else 'let'}-{rest}"
    return Term(
        id=term_id,
        label=label,
        kind="mechanism",
        type=_TYPES[sort],
        parent=_CLASSES[sort],
        definition=f"A {_WORDS[sort]}.",
        notes=[NOTE],
    )


def _gene_term(term_id: str, gene: genes.Gene) -> Term:
    label = f"{gene.symbol} ({gene.name})"
    return Term(
        id=term_id,
        label=gene.symbol,
        kind="mechanism",
        type="gene/protein",
        synonyms=[gene.name],
        definition=f"A gene and the protein that it encodes: {gene.name}.",
        xrefs=[Xref(curie=gene.curie, label=label, match="exact", seen_in="content/genes.tsv")],
        notes=[NOTE],
    )


class Terms(Mapping[str, Term]):
    """Terms by id: those of files, and on demand those of a nomenclature.

    Going through them gives those of files alone.
    """

    def __init__(self, filed: Mapping[str, Term]) -> None:
        """Take the terms that have files."""
        self.filed = dict(filed)
        self._of_kind: dict[str, tuple[Term, ...]] = {}
        self._of_gene = {
            xref.curie: term.id
            for term in self.filed.values()
            for xref in term.xrefs
            if xref.match == "exact" and xref.curie.startswith("HGNC:")
        }

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
        return members | {
            gene.curie: term.id
            for term in bare
            for name in (term.label, term.abbreviation or "", *term.synonyms)
            if (gene := genes.find_gene(name))
        }

    def __contains__(self, term_id: object) -> bool:
        """Tell whether an id is that of a term."""
        return isinstance(term_id, str) and bool(term_id) and self.get(term_id) is not None

    def __getitem__(self, term_id: str) -> Term:
        """Return a term. Raises KeyError."""
        term = self.filed.get(term_id)
        made = None if term else make_term(term_id)
        if term is None and (made is None or (made.parent and made.parent not in self.filed)):
            raise KeyError(term_id)
        return term or made  # type: ignore[return-value]

    def get(self, term_id: str, default: Term | None = None) -> Term | None:  # type: ignore[override]
        """Return a term, or the default."""
        found = self.filed.get(term_id)
        if found is not None:
            return found
        try:
            return self[term_id]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self.filed)

    def __len__(self) -> int:
        return len(self.filed)

    def is_made(self, term_id: str) -> bool:
        """Tell whether a term has no file, only a name by rule."""
        return term_id not in self.filed and term_id in self


def add_made(filed: Mapping[str, Term], used: Iterable[str]) -> dict[str, Term]:
    """Return the terms of files and those of a nomenclature among the ids that records use."""
    terms = Terms(filed)
    return {**filed, **{i: terms[i] for i in sorted(set(used)) if terms.is_made(i)}}
