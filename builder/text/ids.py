"""Identifiers: slugs, every address of the site, and records in databases, registries, archives.

What is known of databases comes from a table of prefixes that was taken once from the Bioregistry,
so that nothing here needs the network: content/lexicons/prefixes.tsv. A prefix that is not in it is
added there, by hand, with what the Bioregistry says of it. Beside it stands here only what
is asked of them; content/lexicons/registries.tsv has which are registries of trials or archives of
data, and how papers print their numbers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args
from urllib.parse import quote, quote_plus

from builder.project import find_data
from builder.text import read_rows, spelling

NCT = re.compile(r"\bNCT\d{8}\b")
DOI = re.compile(r"\b10\.\d{4,9}/\S+\b/?")
PMID = re.compile(r"^[1-9]\d{0,8}$")
PMCID = re.compile(r"^PMC\d{4,9}$")

PageKind = Literal[
    "source", "mechanism", "vehicle", "condition", "trial", "paper", "reference", "finding"
]
# The folder of each kind of page: plural, as in design.md.
FOLDERS: dict[str, str] = {kind: f"{kind}s" for kind in get_args(PageKind)}
_SMALL_WORDS = frozenset({
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "its", "of", "on", "or",
    "the", "through", "to", "upon", "via", "with",
})  # fmt: skip
_WORDS_IN_TITLE_SLUG = 4
_MAX_SLUG = 80


def slug(text: str) -> str:
    """Return a lower-case ASCII slug: ``TNF-α`` gives ``tnf-alpha``; other scripts a hash."""
    folded = spelling.fold(text)
    ascii_words = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    return ascii_words[:_MAX_SLUG].rstrip("-") or f"x-{digest(text)}"


def digest(text: str, length: int = 8) -> str:
    """Return a short stable hash of a text: hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def work_id(family: str | None, year: int | None, title: str) -> str:
    """Return the id of a paper or a cited work: first author, year, first words of the title.

    ``liu-2020-hypoxic-mesenchymal-stem-cell``. Without an author the title's words lead.
    """
    words = [w for w in spelling.fold(title).split() if w not in _SMALL_WORDS]
    parts = [slug(family)] if family else []
    parts += [str(year)] if year else []
    head = slug(" ".join(words[:_WORDS_IN_TITLE_SLUG])) if words else f"x-{digest(title)}"
    return "-".join([*parts, head])[:_MAX_SLUG].rstrip("-")


def unique_ids(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """Return one id a record from ``(id, identity)`` pairs.

    Records that share an id but not their identity (the full title, say) all get a short hash of
    the identity behind it, so that the outcome does not hang on their order.
    """
    pairs = list(wanted)
    identities: dict[str, set[str]] = {}
    for name, identity in pairs:
        identities.setdefault(name, set()).add(identity)
    return [
        name if len(identities[name]) == 1 else f"{name}-{digest(identity, 4)}"
        for name, identity in pairs
    ]


def statement_id(paper: str, text: str) -> str:
    """Return the id of a statement: a hash of its paper and its words, never of its place.

    Case, punctuation, white space and bracketed citation numbers do not count, so that a moved
    row or a renumbered list leaves the address alone.
    """
    bare = re.sub(r"\[[\d,–\-\s]+\]", " ", text)
    return "f" + digest(f"{paper}\n{spelling.fold(bare)}", 9)


def page_path(kind: str, record: str) -> str:
    """Return a page's address below the site's root: ``sources/bmsc/``."""
    return f"{FOLDERS[kind]}/{record.lower()}/"


def index_path(kind: str) -> str:
    """Return the address of the index page of a kind: ``sources/``."""
    return f"{FOLDERS[kind]}/"


def table_anchor(number: int) -> str:
    """Return the fragment of a table on its paper's page."""
    return f"table-{number}"


def row_anchor(row: str) -> str:
    """Return the fragment of a table row on its paper's page; ``row`` is the row's id."""
    return f"row-{row}"


def reference_anchor(number: int) -> str:
    """Return the fragment of a numbered reference on its paper's page."""
    return f"ref-{number}"


def doi_url(doi: str) -> str:
    """Return the resolver's address of a DOI, with the characters that a URL can't hold escaped."""
    return "https://doi.org/" + quote(doi, safe="/:.;()-_")


def pubmed_title_search(title: str) -> str:
    """Return a PubMed search for a title, for works whose identifier is not known."""
    return "https://pubmed.ncbi.nlm.nih.gov/?term=" + quote_plus(f"{title}[Title]")


def crossref_title_search(title: str) -> str:
    """Return a Crossref search for a title, for works whose identifier is not known."""
    return "https://search.crossref.org/?q=" + quote_plus(title)


# --- databases ------------------------------------------------------------------------------------

TABLE = "lexicons/prefixes.tsv"  # below content/
FILE = find_data(TABLE)


class Database(NamedTuple):
    r"""A database: its prefix, name, and what its identifiers look like.

    ``prefix`` is the Bioregistry's. ``pattern`` fits a whole identifier without its prefix,
    ``address`` leads to one record (``$1`` stands for the identifier) and ``home`` to the front
    page; each is empty where the Bioregistry names none.

    Example: ``Database("go", "Gene Ontology", pattern, "http://…/GO_$1", "http://…", "0032571")``.
    """

    prefix: str
    name: str
    pattern: str
    address: str
    home: str
    example: str

    def find_address(self, identifier: str) -> str:
        """Return the address of a record; empty where none is known."""
        return self.address.replace("$1", identifier)

    def fits(self, identifier: str) -> bool:
        """Return whether an identifier has the shape of this database's."""
        return not self.pattern or re.fullmatch(self.pattern, identifier) is not None


@cache
def read_databases() -> Mapping[str, Database]:
    """Return the databases by each of their prefixes, in small letters."""
    found = {}
    for prefix, others, *fields in read_rows(FILE):
        for key in (prefix, *others.split()):
            found[key.lower()] = Database(prefix, *fields)
    return MappingProxyType(found)


def find_database(prefix: str) -> Database | None:
    """Return the database of a prefix, in whatever letter case; None where it is not listed."""
    return read_databases().get(prefix.lower())


class Link(NamedTuple):
    """Where a CURIE leads: the name of the database, and the address of the record."""

    curie: str
    database: str
    url: str


@cache
def find_link(curie: str) -> Link | None:
    """Return the database and the address of a CURIE; None where its prefix is not listed."""
    database, identifier = _split(curie)
    url = database.find_address(identifier) if database else ""
    return Link(curie, database.name, url) if database and url else None


@cache
def find_fault(curie: str) -> str:
    """Return what was expected of a CURIE that is not valid; an empty string where it is."""
    database, identifier = _split(curie)
    if not database:
        return f"a prefix that is listed in content/{TABLE}"
    if not database.fits(identifier):
        return f"an identifier of {database.prefix} like {database.example} ({database.pattern})"
    return ""


def _split(curie: str) -> tuple[Database | None, str]:
    """Return the database of a CURIE, None where its prefix is not listed, and the identifier."""
    prefix, _, identifier = curie.partition(":")
    return find_database(prefix), identifier


# --- trial registries ---------------------------------------------------------------------------


class _Printed(NamedTuple):
    """How papers print the numbers of a registry or archive: a row of registries.tsv."""

    sort: str
    prefix: str
    lead: str = ""
    pattern: str = ""
    address: str = ""


@cache
def _list_printed(sort: str) -> Mapping[str, _Printed]:
    rows = (_Printed(*row) for row in read_rows(find_data("lexicons/registries.tsv")))
    return {row.prefix: row for row in rows if row.sort == sort}


# Letters that a text must hold for any of the patterns to fit; most texts name no trial.
_LETTERS = re.compile(
    r"(?<!\w)(?:NCT\d|IRCT\d|ChiCTR|ISRCTN\d|jRCT|UMIN\d|ACTRN\d|CTRI/|DRKS\d|PACTR\d|RPCEC\d|SLCTR/"
    r"|TCTR\d|LBCTR\d|ITMCTR\d|RBR-|EudraCT|EUCTR|EU\s?CT|CTIS)",
    re.IGNORECASE,
)


class RegistryId(NamedTuple):
    """A trial's number as its registry writes it, the registry's name, and the trial's address.

    ``url`` is the registry's home page, and ``direct`` False, where no address per number is known.
    """

    number: str
    registry: str
    url: str
    direct: bool
    start: int
    end: int


def _find_registry(prefix: str) -> Database:
    registry = find_database(prefix)
    if not registry:
        raise LookupError(f"no registry {prefix} in the table of prefixes")
    return registry


@cache
def _finders() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for prefix, printed in _list_printed("trial").items():
        pattern = rf"(?P<number>{printed.pattern or _find_registry(prefix).pattern})"
        compiled = re.compile(rf"(?<![\w]){printed.lead}{pattern}(?![\w])", re.IGNORECASE)
        found.append((prefix, compiled))
    return tuple(found)


def find_registry_ids(text: str) -> list[RegistryId]:
    """Return the trial numbers in a text, in order."""
    if not _LETTERS.search(text):
        return []
    found = []
    for prefix, pattern in _finders():
        registry = _find_registry(prefix)
        for match in pattern.finditer(text):
            url, spelt = registry_url(prefix, match["number"]), _spell(registry, match["number"])
            shown = (registry.name, url or registry.home, bool(url))
            found.append(RegistryId(spelt, *shown, *match.span()))
    return sorted(found, key=lambda r: r.start)


def registry_url(prefix: str, number: str) -> str:
    """Return the address of a record in a trial registry, or an empty string."""
    kept = _list_printed("trial").get(prefix)
    address = kept.address if kept and kept.address else _find_registry(prefix).address
    return address.replace("$1", number)


def _spell(registry: Database, number: str) -> str:
    """Return the number in the letter case of the registry's example, however a paper prints it."""
    example = registry.example
    if example and example == example.upper():
        return number.upper()
    lead = "".join(re.findall(r"^[A-Za-z]*", example))
    if lead and number.lower().startswith(lead.lower()):
        return lead + number[len(lead) :]
    return number


# --- archives of data ---------------------------------------------------------------------------

_MAY_HOLD = re.compile(r"[A-Z]{2}\d|phs\d|[A-Z]{4}-\d")


class Accession(NamedTuple):
    """A number under which an archive keeps data: ``GSE12345``, ``GEO``, and its address.

    ``url`` is the archive's home page where it has no address per number.
    """

    number: str
    archive: str
    url: str


@cache
def _archives() -> tuple[tuple[str, Database], ...]:
    return tuple((prefix, _find_registry(prefix)) for prefix in _list_printed("data"))


@cache
def _accession_pattern() -> re.Pattern[str]:
    """Return one pattern for all archives, a group for each."""
    forms = (f"(?P<a{n}>{d.pattern})" for n, (_, d) in enumerate(_archives()))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w-])")


def find_accessions(text: str) -> list[Accession]:
    """Return the accession numbers of data in a text, each once, in order."""
    found: dict[str, Accession] = {}
    if not _MAY_HOLD.search(text):
        return []
    for match in _accession_pattern().finditer(text):
        prefix, archive = _archives()[int((match.lastgroup or "a0")[1:])]
        if _list_printed("data")[prefix].lead in text:
            number = match[0]
            url = archive.find_address(number) or archive.home
            found.setdefault(number, Accession(number, archive.name, url))
    return list(found.values())
