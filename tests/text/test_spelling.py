"""The spelling rules, with expectations from how the field writes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.text import spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MMP-3", "MMP3"),
        ("MMP 3", "MMP\u20113"),
        ("NF-κB", "NF-kappaB"),
        ("NFκB", "nf kappa b"),
        ("TNFα", "TNF-alpha"),
        ("H₂S", "H2S"),
        ("m⁶A", "m6A"),
        ("vascularisation", "vascularization"),
        ("tumours", "tumor"),
        ("haemophilic ischaemia", "hemophilic ischemia"),
        ("nanofibre", "nanofiber"),
        ("oedema", "edema"),
        ("foetal", "fetal"),
        ("signalling", "signaling"),
        ("hydrogen sulphide", "hydrogen sulfide"),
        ("Wharton’s jelly", "Wharton's jelly"),
        ("CelliStem®OA-sEV", "CelliStem OA sEV"),
        ("BMSCs", "BMSC"),
        ("EVs", "EV"),
        ("biopsies", "biopsy"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert spelling.match_key(one) == spelling.match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("miR-23a-3p", "miR-23a-5p"),
        ("COL-I", "COL-II"),
        ("IL-1β", "IL-1α"),
        ("hour", "hor"),
        ("our", "or"),
        ("arthritis", "arthriti"),
        ("exosome", "exosomal"),
    ],
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert spelling.match_key(one) != spelling.match_key(other)


@pytest.mark.parametrize(
    ("word", "single"),
    [
        ("cells", "cell"), ("MSCs", "MSC"), ("EVs", "EV"), ("ALS", "ALS"), ("stress", "stress"),
        ("osteogenesis", "osteogenesis"), ("homeostasis", "homeostasis"), ("bodies", "body"),
        ("processes", "process"), ("nucleus", "nucleus"),
    ],
)  # fmt: skip
def test_plural(word: str, single: str) -> None:
    assert spelling.singular(word) == single


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("BMSC-Exos", "BMSC"),
        ("BMSC-EXOs", "BMSC"),
        ("UCMSC-sEVs", "UCMSC"),
        ("ADSC-derived exosomes", "ADSC"),
        ("SHED exosomes", "SHED"),
        ("exosomes from chondrocytes", "chondrocytes"),
        ("extracellular vesicles derived from human bone marrow", "human bone marrow"),
        ("Exo-BMSC", "BMSC"),
        ("Schwann cell", "Schwann cell"),
        ("exosomes", "exosomes"),
    ],
)
def test_the_vesicle_is_no_part_of_its_source(name: str, source: str) -> None:
    assert spelling.strip_vesicle(name) == source


def test_a_species_letter_is_a_piece_of_its_own() -> None:
    pieces = spelling.find_pieces("hBMSCs-Exos")
    assert [(p.cased, p.species) for p in pieces] == [("h", True), ("BMSC", False), ("Exo", False)]


def test_a_vesicle_glued_to_its_source_is_parted() -> None:
    assert [p.cased for p in spelling.find_pieces("ADSCExos")] == ["ADSC", "Exo"]


def test_an_ordinary_word_is_not_parted() -> None:
    assert [p.key for p in spelling.find_pieces("hypoxia mRNA")] == ["hypoxia", "m", "rna"]


@pytest.mark.parametrize("name", ["SHED", "OC", "HA", "sEV", "M2", "3D", "MMP-3", "GelMA"])
def test_short_forms_count_letter_case(name: str) -> None:
    assert spelling.is_short(name)


@pytest.mark.parametrize("name", ["bone", "Joint", "Wnt", "CelliStem", "mesenchymal stem cell"])
def test_words_do_not_count_letter_case(name: str) -> None:
    assert not spelling.is_short(name)


def test_the_rules_are_plain_data_for_the_browser() -> None:
    rules = json.loads(json.dumps(spelling.rules()))
    assert rules["greek"]["κ"] == "kappa"
    assert rules["species_prefixes"]["r"] == ["rat", "rabbit"]
    assert rules["mirna_species"]["hsa"] == "human"
    assert ["haem", "hem"] in rules["american"]
    assert rules["plural"]["keep"] == ["ss", "us", "is"]


@given(st.text())
def test_pieces_stand_in_the_text_in_order(text: str) -> None:
    last = 0
    for piece in spelling.find_pieces(text):
        assert last <= piece.start < piece.end <= len(text)
        assert piece.gap == text[last : piece.start]
        last = piece.end


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert spelling.fold(spelling.fold(text)) == spelling.fold(text)


# As a reader takes them: written down from bug reports of text mining programs, not from the code.
@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("de\u00adcreased MMP-13", "decreased MMP-13"),
        ("exo\u200bsomes of \ufeffBMSCs", "exosomes of BMSCs"),
        ("TNF\u2060-α", "TNF-α"),
        ("de- creased", "decreased"),
        ("pro- and anti-inflammatory", "pro- and anti-inflammatory"),
        ("BMSC- derived exosomes", "BMSC-derived exosomes"),
        ("hydrogel- loaded", "hydrogel-loaded"),
        ("up‐regulated SOX9", "up-regulated SOX9"),
        ("down−regulated", "down-regulated"),
        ("10–20 µg", "10–20 µg"),
        ("cartilage—and bone", "cartilage—and bone"),
        ("TGF-ß1 and NF-κΒ", "TGF-β1 and NF-κB"),
        ("Gelenkverschleiß", "Gelenkverschleiß"),
        ("ВMSC", "BMSC"),
    ],
)
def test_a_text_is_read_without_what_the_printer_left(printed: str, read: str) -> None:
    assert spelling.clean(printed) == read
    assert spelling.clean(read) == read


@pytest.mark.parametrize(
    ("one", "other"),
    [("TGF-ß1", "TGF-β1"), ("TGF-Β1", "TGF-β1"), ("NF-ĸB", "NF-κB"), ("NF-κΒ", "NF-κB"),
     ("ß-catenin", "β-catenin"), ("МSC", "MSC")],
)  # fmt: skip
def test_letters_that_look_alike_fold_alike(one: str, other: str) -> None:
    assert spelling.fold(one) == spelling.fold(other)
    assert spelling.match_key(one) == spelling.match_key(other)
