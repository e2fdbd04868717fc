"""The traps of the field's names, over the project's own terms. Expectations by hand."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.extract.vocabulary import Vocabulary, build_vocabulary, find_candidates
from builder.models import Ambiguity, Term

ROOT = Path(__file__).resolve().parents[2]


def named(vocabulary: Vocabulary, text: str, *kinds: str, context: str = "") -> list[str]:
    found = vocabulary.find_mentions(text, context=context, kinds=kinds or None)
    return [m.term or "?" for m in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exosomes of umbilical cord mesenchymal stem cells", ["ucmsc"]),
        ("exosomes from human bone marrow-derived mesenchymal stromal cells", ["bmsc"]),
        ("mesenchymal stem cells derived from bone marrow", ["bmsc"]),
        ("MSCs from human adipose tissue", ["adsc"]),
        ("bone mesenchymal stem cells", ["bmsc"]),
        ("hWJMSC-Exos", ["wjmsc"]),
        ("Wharton’s jelly mesenchymal stem cell-derived exosomes", ["wjmsc"]),
        ("ADSCExos", ["adsc"]),
        ("BM-MSCs", ["bmsc"]),
        ("M2-type macrophage exosomes", ["m2-macrophage"]),
        ("SHED-Exos", ["shed"]),
        ("the tooth that children shed", []),
        ("synovial mesenchymal stem cells", ["smsc"]),
        ("synovial fluid-derived mesenchymal stem cells", ["sf-msc"]),
        ("infrapatellar fat pad MSC-derived exosomes", ["ipfp-msc"]),
        ("iPSC-derived MSCs", ["ipsc-msc"]),
        ("non-MSC cells", []),
        ("osteoclasts and osteoblasts", ["osteoclast", "osteoblast"]),
        ("MSCs derived from adipose and bone marrow tissues", ["adsc", "bmsc"]),
        ("adipose- and bone marrow-derived mesenchymal stem cells", ["adsc", "bmsc"]),
        ("chondrocytes in bone marrow", ["chondrocyte"]),
    ],
)
def test_sources(vocabulary: Vocabulary, text: str, expected: list[str]) -> None:
    assert named(vocabulary, text, "source") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("miR-23a-3p", ["mir-23a-3p"]),
        ("miR-23a-5p", ["mir-23a-5p"]),
        ("hsa-miR-23a-5p", ["mir-23a-5p"]),
        ("microRNA-126, miRNA126 and miR 126", ["mir-126"] * 3),
        ("miR-29b", ["mir-29b"]),
        ("miR-9999-5p", ["mir-9999-5p"]),  # named by the rule of miRBase
        ("miR-24-2-5p", ["mir-24-2-5p"]),
        ("COL-II", ["col-ii"]),
        ("type II collagen", ["col-ii"]),
        ("type I collagen", ["col-i"]),
        ("COL-I and Col II", ["col-i", "col-ii"]),
        ("collagen type 2 and type 10 collagen", ["col-ii", "col-x"]),
        ("Smad4", ["smad4"]),
        ("Smads", ["smad"]),
        ("IL-1β", ["il-1-beta"]),
        ("IL-17A", ["il-17"]),
        ("IL-1 7 days later", ["il-1"]),
        ("TNF-a, TNFα, TNF alpha", ["tnf-alpha"] * 3),
        ("NF-kB / NFκB / NF‑kappa B", ["nf-kb"] * 3),
        ("MMP 13 and Mmp3", ["mmp-13", "mmp-3"]),
        ("MMPs", ["mmp"]),
        ("MMP-99", []),
        ("VEGF/Erk1/2 signalling pathway", ["vegf-erk"]),
        ("anti-inflammatory", ["anti-inflammatory"]),
        ("pro-inflammatory cytokines", ["inflammatory-cytokines"]),
        ("lncRNA-H19", ["lncrna-h19"]),
        ("vascularised", ["vascularization"]),
        ("LYRM4-AS1 and lincRNA-p21", ["lncrna-lyrm4-as1", "lncrna-tp53cor1"]),
        ("DANCR, MIAT and ciRS-7", ["lncrna-dancr", "lncrna-miat", "circ-cdr1as"]),
        ("tRF-Gly-GCC", ["trna-fragment"]),
        ("caspases, sirtuins and FGFs", ["caspase", "sirtuin", "fgf"]),
        ("thrombospondin-2, not thrombospondins", ["thbs2", "thrombospondin"]),
        ("neutrophil elastase", ["elane"]),
        ("milk fat globule-EGF factor 8", ["mfge8"]),
    ],
)
def test_mechanisms(vocabulary: Vocabulary, text: str, expected: list[str]) -> None:
    assert named(vocabulary, text, "mechanism") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gelatin methacrylate hydrogels", ["gelma", "hydrogel"]),
        ("nHA/CS/PLGA scaffolds", ["nano-hydroxyapatite", "chitosan", "plga", "scaffold"]),
        ("ALG-HA hydrogel", ["alginate", "hyaluronic-acid", "hydrogel"]),
        ("hWJMSC-Exos/ACECM scaffold", ["acecm"]),
        ("porous Ti6Al4V scaffolds", ["porous", "ti6al4v", "scaffold"]),
        ("polyetheretherketone-based implant", ["peek", "implant"]),
        ("hyaluronan", ["hyaluronic-acid"]),
        ("thermo-sensitive hydrogel", ["thermosensitive", "hydrogel"]),
    ],
)
def test_vehicles(vocabulary: Vocabulary, text: str, expected: list[str]) -> None:
    assert named(vocabulary, text, "vehicle") == expected


@pytest.mark.parametrize(
    ("form", "text", "context", "expected"),
    [
        ("SC", "SC-Exos", "Schwann Cell-derived exosomes promote healing", "schwann-cell"),
        ("SC", "SC-Exos", "", "?"),
        ("HA", "HA, injected into the knee", "", "hyaluronic-acid"),
        ("HA", "HA coating with calcium", "", "hydroxyapatite"),
        ("RCT", "RCT with placebo", "", "randomized-controlled-trial"),
        ("RCT", "RCT of the shoulder, the tendon torn", "", "rotator-cuff-tear"),
        ("AC", "AC", "", "?"),
        ("OCD", "OCD repair in rabbits", "", "osteochondral-defect"),
        ("HG", "HG in HUVECs of diabetic mice", "", "high-glucose"),
        ("HG", "ALG HG scaffold", "", "hydrogel"),
        ("ASC", "ASC of adipose tissue", "", "adsc"),
        ("CS", "CS and C4S of proteoglycan", "", "chondroitin-sulfate"),
    ],
)
def test_short_forms_are_read_by_their_context(
    vocabulary: Vocabulary, form: str, text: str, context: str, expected: str
) -> None:
    found = vocabulary.find_mentions(text, context=context)
    assert [m.term or "?" for m in found if m.text == form] == [expected]


def test_an_open_short_form_reports_its_candidates(vocabulary: Vocabulary) -> None:
    mention = vocabulary.find_mentions("SC-Exos")[0]
    assert mention.term == ""
    assert mention.candidates == ("schwann-cell", "stem-cell")


def test_the_papers_own_definition_decides(vocabulary: Vocabulary) -> None:
    own = vocabulary.bind([("SC", "Schwann cell"), ("ALP", "autophagy-lysosome pathway")])
    assert named(own, "SC-Exos", "source") == ["schwann-cell"]
    assert named(own, "ALP activity") == []
    assert named(vocabulary, "ALP activity") == ["alkaline-phosphatase"]


def test_a_short_form_that_only_the_paper_has(vocabulary: Vocabulary) -> None:
    own = vocabulary.bind([("XQZ", "bone marrow mesenchymal stem cells")])
    assert named(own, "XQZs-Exos", "source") == ["bmsc"]
    assert named(vocabulary, "XQZs-Exos", "source") == []


def test_a_species_letter_gives_the_donor(vocabulary: Vocabulary) -> None:
    found = vocabulary.find_mentions("hDPSC rBMSC mBMSC ADSC")
    assert [(m.text, m.species) for m in found] == [
        ("DPSC", ("human",)),
        ("BMSC", ("rat", "rabbit")),
        ("BMSC", ("mouse",)),
        ("ADSC", ()),
    ]


def test_offsets_are_those_of_the_text_as_given(vocabulary: Vocabulary) -> None:
    text = "ﬁbre: H₂S® and NF‑κB in β-cells"
    for mention in vocabulary.find_mentions(text):
        assert text[mention.start : mention.end] == mention.text
    assert [m.text for m in vocabulary.find_mentions(text)] == ["H₂S", "NF‑κB"]


def test_a_longer_name_of_another_kind_hides_the_shorter(vocabulary: Vocabulary) -> None:
    assert named(vocabulary, "umbilical cord mesenchymal stem cells", "tissue") == []


def test_names_inside_a_composite(vocabulary: Vocabulary) -> None:
    (outer,) = vocabulary.find_mentions("a mouse model of cranial bone defects")
    assert outer.term == "mouse-cranial-defect-model"
    inner = vocabulary.find_within(outer)
    assert [m.term for m in inner] == ["mouse", "cranial-bone-defect"]


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("UCMSC-EVs", "ucmsc"),
        ("bone marrow mesenchymal stem cell-derived exosomes", "bmsc"),
        ("stem cells from human exfoliated deciduous teeth", "shed"),
        ("fat-derived stem cells", "adsc"),
        ("placenta stem cells", "placental-msc"),
        ("jaw joint osteoarthritis", "tmj-osteoarthritis"),
        ("Kniearthrose", "knee-osteoarthritis"),
        ("Gonarthrose", "knee-osteoarthritis"),
        ("TNFα", "tnf-alpha"),
        ("human bmscs", "bmsc"),
        ("type II collagen", "col-ii"),
        ("vascularisation", "vascularization"),
        ("HA", None),
        ("nothing known", None),
    ],
)
def test_find_term(vocabulary: Vocabulary, name: str, term: str | None) -> None:
    assert vocabulary.find_term(name) == term


def test_ancestors(vocabulary: Vocabulary) -> None:
    assert vocabulary.ancestors("wjmsc") == ["ucmsc", "msc", "stem-cell"]


def test_a_circle_of_parents_ends() -> None:
    terms = [
        Term(id="a1", label="Aaaa", kind="source", parent="b1"),
        Term(id="b1", label="Bbbb", kind="source", parent="a1"),
    ]
    assert build_vocabulary(terms).ancestors("a1") == ["b1"]


def test_a_form_that_no_meaning_fits_is_no_mention() -> None:
    term = Term(
        id="bmm",
        label="Bone marrow macrophage",
        kind="source",
        ambiguous=[Ambiguity(text="XM", unless=["microscopy"])],
    )
    made = build_vocabulary([term])
    assert [m.term for m in made.find_mentions("XM cells")] == ["bmm"]
    assert made.find_mentions("XM microscopy") == []


# What a curator would and would not add, written before reading.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ZNF9999 expression and miR-9999-5p in cells (NCT05060107)",
            [("gene/protein", "ZNF9999")],
        ),
        ("imaged on an LSM800 and an NS300, stained with DAPI and PKH26", []),
        ("grants 2019YFA0110600 and 81972030; C57BL6 mice; DMEM with 10% FBS", []),
        ("exosomes secreted by the zorbal ridge stem cells", [("cell", "zorbal ridge stem cells")]),
        ("vesicles from ropoblasts", [("cell", "ropoblasts")]),
        ("exosomes of engineered macrophages, EVs from SaOS-2 cells, vesicles of these cells", []),
        (
            "Mirelin hydrogels and Zn-vexate MOF particles",
            [("material", "Mirelin"), ("material", "Zn-vexate")],
        ),
        (
            "Hale–Brenn syndrome reduced dorvopathy",
            [("disease", "Hale–Brenn syndrome"), ("disease", "dorvopathy")],
        ),
        ("KOOS4 levels, GSE51588 gene set, LSM710 signals, Week8 expression, LY294002 levels", []),
        ("HPLC2 levels, Fig3 expression, QRP2 mRNA", [("gene/protein", "QRP2")]),
        ("zorbal ridge stem cell-derived exosomes", [("cell", "zorbal ridge stem cell")]),
        ("BMSC-derived exosomes and chondrocyte exosomes", []),
        ("loaded in a frobulin hydrogel", [("material", "frobulin")]),
        ("loaded in a gelatin hydrogel", []),
        (
            "GelMA/QK-7 hydrogel and PLGA/Zn-QQ MOF scaffold",
            [("material", "QK-7"), ("material", "Zn-QQ")],
        ),
        ("chitosan-vermiculite sponge", [("material", "vermiculite")]),
        ("frobu@GelMA microspheres", [("material", "frobu")]),
        ("collagen-binding hydrogels, GelMA/PBS, HAMA/exosome gels, collagen-free scaffolds", []),
        ("patients with quaxitis and osteoarthritis", [("disease", "quaxitis")]),
        ("apoptosis and mitosis of cells", []),
    ],
)
def test_unknown_names_of_the_field_are_candidates(
    vocabulary: Vocabulary, text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(c.type, c.text) for c in find_candidates(text, vocabulary)] == expected


@settings(max_examples=60)
@given(st.text(alphabet="SCHAmiR-23a5p γβ α(/)NF.κB OC MSs₂’", max_size=60))
def test_mentions_never_overlap_and_fit_the_text(text: str) -> None:
    last = 0
    for mention in SMALL.find_mentions(text):
        assert last <= mention.start < mention.end
        assert text[mention.start : mention.end] == mention.text
        assert bool(mention.term) != bool(mention.candidates)
        last = mention.end


SMALL = build_vocabulary(
    [
        Term(id="sc", label="Schwann cell", kind="source", ambiguous=[Ambiguity(text="SC")]),
        Term(id="st", label="Stem cell", kind="source", ambiguous=[Ambiguity(text="SC")]),
        Term(id="nf-kb", label="NF-κB", kind="mechanism"),
        Term(id="mir-23a", label="miR-23a", kind="mechanism"),
        Term(id="mir-23a-5p", label="miR-23a-5p", kind="mechanism"),
    ]
)
