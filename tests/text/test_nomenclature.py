"""Terms by rule: names of RNA that no file lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.models import Term, Xref
from builder.text import genes, nomenclature

MSC = Term(id="msc", label="Mesenchymal stem cell", kind="source")
FILED = {
    name: Term(id=name, label=name, kind="mechanism", type="RNA class")
    for name in ("microrna", "circrna", "lncrna")
}


@pytest.mark.parametrize(
    ("name", "term", "label"),
    [
        ("miR-485-3p", "mir-485-3p", "miR-485-3p"), ("hsa-miR-4321", "mir-4321", "miR-4321"),
        ("microRNA-99a", "mir-99a", "miR-99a"), ("miRNA 30b-5p", "mir-30b-5p", "miR-30b-5p"),
        ("miR-24-2-5p", "mir-24-2-5p", "miR-24-2-5p"), ("let-7g", "let-7g", "let-7g"),
        ("hsa_circ_0001236", "circ-0001236", "circ_0001236"),
        ("circHIPK3", "circ-hipk3", "circHIPK3"), ("lncRNA TUG1", "lncrna-tug1", "lncRNA TUG1"),
        ("LINC00657", "lncrna-linc00657", "lncRNA LINC00657"),
        ("KLF3-AS1", "lncrna-klf3-as1", "lncRNA KLF3-AS1"),
        ("SNHG7", "lncrna-snhg7", "lncRNA SNHG7"),
        ("circular RNA ZNF609", "circ-znf609", "circZNF609"),
    ],
)  # fmt: skip
def test_a_name_by_rule_gives_a_term(name: str, term: str, label: str) -> None:
    assert nomenclature.parse_name(name) == term
    made = nomenclature.make_term(term)
    assert made is not None
    assert (made.id, made.label) == (term, label)
    terms = nomenclature.Terms(FILED)
    assert terms[term].parent in terms


@pytest.mark.parametrize(
    "text",
    [
        "circRNA BMSC-derived",
        "miRNAs",
        "circRNA",
        "lncRNA and MSC",
        "miR-21-like",
        "mir",
        "MSCKLF3-AS1-Exos",
    ],
)
def test_what_is_no_name_gives_no_term(text: str) -> None:
    assert [found for *_, found in nomenclature.find_names(text) if found != "mir-21"] == []


def test_a_term_of_a_file_comes_first_and_going_through_gives_files_alone() -> None:
    own = Term(id="mir-99a", label="Our own", kind="mechanism")
    terms = nomenclature.Terms({**FILED, "mir-99a": own})
    assert terms["mir-99a"] is own
    assert "mir-100" in terms
    assert terms.is_made("mir-100")
    assert not terms.is_made("mir-99a")
    assert sorted(terms) == ["circrna", "lncrna", "microrna", "mir-99a"]
    assert terms.get("bmsc") is None


def test_only_what_records_use_is_added() -> None:
    assert sorted(nomenclature.add_made(FILED, ["mir-7", "bmsc", "microrna"])) == [
        "circrna", "lncrna", "microrna", "mir-7",
    ]  # fmt: skip


def test_an_approved_symbol_gives_a_gene() -> None:
    found = [gene.symbol for *_, gene in genes.read_genes().find("via LRG1 and Sik2 in DMEM/F12")]
    assert found == ["LRG1", "SIK2"]
    made = nomenclature.make_term("lrg1")
    assert made is not None
    assert (made.label, made.type, made.parent) == ("LRG1", "gene/protein", None)
    assert [xref.curie for xref in made.xrefs] == ["HGNC:29480"]


@pytest.mark.parametrize("text", ["PEG10 gel", "LRG1-5", "M2", "xLRG1", "lrg1", "2020", "C3"])
def test_what_is_no_symbol_gives_no_gene(text: str) -> None:
    assert list(genes.read_genes().find(text)) == []


def test_a_gene_with_a_file_is_known_by_its_number() -> None:
    xref = Xref(curie="HGNC:29480", label="LRG1", match="exact", seen_in="by hand")
    own = Term(id="leucine-rich", label="Leucine-rich", kind="mechanism", xrefs=[xref])
    (gene,) = [gene for *_, gene in genes.read_genes().find("LRG1")]
    assert nomenclature.Terms({own.id: own}).of_gene(gene) == "leucine-rich"
    assert nomenclature.Terms({}).of_gene(gene) == "lrg1"


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("via SUFU, GDF-15 and Sp1", ["SUFU", "GDF15", "SP1"]),
        ("kept tenogenic markers (Scx, Tnmd, Mkx) high", ["SCX", "TNMD", "MKX"]),
        ("Scx expression rose", ["SCX"]),
        ("shuttling macrophage migration inhibitory factor", ["MIF"]),
        ("Tumour necrosis factor", ["TNF"]),
        ("growth-differentiation factor 15 (GDF15)", ["GDF15", "GDF15"]),
    ],
)
def test_genes_are_found_by_symbol_and_by_name(text: str, symbols: list[str]) -> None:
    assert [gene.symbol for *_, gene in sorted(genes.read_genes().find(text))] == symbols


@pytest.mark.parametrize(
    "text",
    [
        "Rest and Impact in Mice",
        "REST",
        "The Clock",
        "GAPDH",
        "SCAP",
        "THE NUMB LIMB",
        "APC",
        "Scx",
    ],
)
def test_words_and_other_short_forms_are_no_genes(text: str) -> None:
    assert list(genes.read_genes().find(text)) == []


def test_a_gene_whose_term_gives_no_number_is_known_by_its_name() -> None:
    own = Term(
        id="scleraxis", label="Scleraxis", kind="mechanism", type="gene/protein", synonyms=["SCX"]
    )
    gene = genes.read_genes().find_whole("SCX")
    assert gene is not None
    assert nomenclature.Terms({own.id: own}).of_gene(gene) == "scleraxis"


def test_short_rna_is_reported_by_its_class() -> None:
    found = [term for *_, term in nomenclature.find_names("tRF-3001b and piR-019825, not tRFs")]
    assert found == ["trna-fragment", "pirna"]


# Aliases and previous symbols by the HGNC, names of the mouse: looked up by hand at the registry.
@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("phosphorylation of JNK1", ["MAPK8"]),
        ("lowered MIP-1β and CD62L", ["CCL4", "SELL"]),
        ("via autotaxin–YAP", ["ENPP2"]),
        ("CD64 expression", ["FCGR1A"]),
        ("The peripheral and spatial mig 14", []),
        ("OA1 and MSC1 groups", []),
    ],
)
def test_aliases_name_their_gene(text: str, symbols: list[str]) -> None:
    assert [gene.symbol for *_, gene in sorted(genes.read_genes().find(text))] == symbols


def test_a_cell_of_a_tissue_is_composed() -> None:
    filed = {t.id: t for t in (MSC, Term(id="hair-follicle", label="Hair follicle", kind="tissue"))}
    terms = nomenclature.Terms(filed)
    assert terms["hair-follicle-msc"].parent == "msc"
    assert terms["hair-follicle-msc"].label == "Hair follicle mesenchymal stem cell"
    assert "knee-stone-msc" not in terms


def test_a_concept_of_a_table_becomes_a_term_and_a_file_goes_first() -> None:
    listed = next(iter(nomenclature.read_lexicons().values()))
    assert nomenclature.Terms({})[listed.id].label == listed.label
    own = Term(id=listed.id, label="By hand", kind="compound")
    assert nomenclature.Terms({own.id: own})[listed.id].label == "By hand"


def test_a_project_may_have_tables_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "lexicons/genes.tsv").write_text("ABCQ9\t1\tmade up gene\t\tQNIX7\n", "utf-8")
    found = genes.read_genes(tmp_path).find("via QNIX7 and MMP13")
    assert [gene.symbol for *_, gene in found] == ["ABCQ9"]
