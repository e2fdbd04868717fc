"""The search index as files: the same bytes each time, found by any spelling, text kept as text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hand_made import PAPER, make_bundle, make_library
from hypothesis import given
from hypothesis import strategies as st

from builder.models import CslItem, Dataset
from builder.search.entries import (
    Entries,
    Entry,
    find_entries,
    find_journals,
    write_sentence,
)
from builder.search.fulltext import find_words, page_html
from builder.search.index import cut_pieces, encode, write_index, write_shards
from builder.search.normalise import Tokenizer, find_families, join_powers, normalise
from builder.site.index import build_index

SETTINGS: dict[str, Any] = {
    "context": "exosomes derived from the",
    "kinds": {"trial": ["trial"]},
    "registers": ["NCT"],
    "prefixes": ["CL"],
    "identifiers": {"bare": [["^(REGISTERS)(\\d+)$", "$1$2", "$1$2"]]},
}


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    library = make_library(tmp_path_factory.mktemp("empty"))
    return find_entries(build_index(library), {})


@pytest.fixture(scope="module")
def index(entries: Entries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("search")
    write_index(out, entries, SETTINGS, "2026-01-02")
    return out


def read(index: Path, file: str) -> Any:
    return json.loads((index / file).read_text(encoding="utf-8"))


def shard(index: Path, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _, name in read(index, "manifest.json")[kind]:
        found.update(read(index, f"index/{kind}.{name}.json"))
    return found


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_builds_are_the_same_to_the_byte(entries: Entries, index: Path, tmp_path: Path) -> None:
    write_index(tmp_path, entries, SETTINGS, "2026-01-02")
    assert digests(tmp_path) == digests(index)


def test_what_is_waited_for_is_done_before_pagefind_runs(entries: Entries, tmp_path: Path) -> None:
    ran = []

    def wait() -> None:
        ran.append((tmp_path / "pagefind").exists())

    write_index(tmp_path, entries, SETTINGS, "2026-01-02", wait)
    assert ran == [False]
    assert (tmp_path / "pagefind" / "pagefind-entry.json").is_file()


def test_only_what_is_used_is_shipped(index: Path) -> None:
    names = {path.name for path in (index / "pagefind").iterdir() if path.is_file()}
    assert "pagefind.js" in names
    assert "wasm.en.pagefind" in names
    assert not [name for name in names if "ui" in name or "worker" in name or "unknown" in name]


def test_each_kind_of_record_is_an_entry_with_its_address(entries: Entries) -> None:
    assert [(t.path, t.evident) for t in entries.terms] == [
        ("glossary/#knee-oa", False),
        ("mechanisms/il-1b/", True),
        ("sources/bmsc/", True),
        ("sources/msc/", True),  # BMSC is one
    ]
    assert [e.path for e in entries.texts] == [
        "trials/nct01234567/",
        f"papers/{PAPER}/",
        "references/poe-2022-trial-exosomes/",
        "references/roe-2020-exosomes-bmscs-calm-joints/",
        f"papers/{PAPER}/#f000000001",
    ]


def test_a_title_of_a_finding_is_a_sentence(entries: Entries) -> None:
    assert entries.texts[-1].title == "BMSCs: Reduced IL-1β."
    assert write_sentence("A | b. | c | [119,120]") == "A: b. c."
    assert write_sentence("No bars at all.") == "No bars at all."
    assert len(write_sentence("word " * 200)) < 230


def test_identifiers_lead_to_their_records(index: Path) -> None:
    identifiers = shard(index, "identifiers")
    [trial] = identifiers["nct01234567"]
    assert trial[:2] == ["trials/nct01234567/", "trial"]
    assert identifiers["f000000001"][0][0] == f"papers/{PAPER}/#f000000001"


def test_the_list_of_words_has_all_that_is_printed(index: Path) -> None:
    words = shard(index, "words")
    assert {"roe", "2020", "calm", "reduced"} <= set(words)


def test_facets_come_from_the_findings(entries: Entries) -> None:
    roe = entries.texts[3]
    assert roe.facets == {"source": ("bmsc",), "evidence": ("in-vivo",)}


def test_what_is_shown_of_a_text_lies_where_the_list_says(entries: Entries, index: Path) -> None:
    pieces = read(index, f"index/{read(index, 'manifest.json')['texts']}")
    shown = [text for name, *_ in pieces for text in read(index, f"index/text.{name}.json")]
    texts = [entry for entry in entries.all if entry.is_text]
    assert [text[:2] for text in shown] == [[entry.path, entry.title] for entry in texts]
    hits = [hit for _, *hits in pieces for hit in hits]
    assert len(set(hits)) == len(texts)
    assert not (index / "pagefind/fragment").exists()


def test_markup_in_a_title_stays_text() -> None:
    hostile = Entry(path="x/", kind="paper", title="<script>a</script> & b")
    assert "<script>" not in page_html(hostile, words_of(hostile))


def words_of(entry: Entry, **names: list[str]) -> dict[str, list[str]]:
    tokenizer = Tokenizer(frozenset(["in"]), frozenset(["mir", "il"]))
    return find_words([entry], tokenizer, names, [("ia", "ic")])


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("7 × 10^9 particles/mL", "7e9 particles/mL"),
        ("2.5×10⁸ to 1 x 10^10", "2.5e8 to 1e10"),
        ("7e9", "7e9"),
        ("10 mice, 10.5 mg, 1 × 100", "10 mice, 10.5 mg, 1 × 100"),
    ],
)
def test_numbers_with_a_power_of_ten_are_one_word(text: str, joined: str) -> None:
    assert join_powers(text) == joined


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Musiał, A.", ["musial", "az"]),
        ("TRPV4-mediated", ["trpv4z", "mediated"]),
        # A chain is found by its beginnings, by its parts, and by each number with the part before.
        ("miR-29b-3p/FoxO3", ["mir29b3pz", "foxo3z", "mir29bz", "mirz", "29bz", "3pz", "29b3pz"]),
        ("IL 1 in 12 rats", ["il1z", "inz", "12z", "ratz", "1z", "ilz"]),
        ("NF-κB", ["nfkappabz", "nfz", "kappab"]),
    ],
)
def test_a_text_is_found_by_its_words(text: str, words: list[str]) -> None:
    entry = Entry(path="x/", kind="reference", title=text)
    assert set(words_of(entry)[text]) == set(words)


def test_a_text_is_found_by_the_terms_that_it_names() -> None:
    """By any name; an imprint names none, whatever its initials look like."""
    entry = Entry(
        path="x/", kind="reference", title="Rheumatoid arthritis", imprint="Kim RA ; 2020"
    )
    words = words_of(entry, rheumatoidarthritis=["ra"], ra=["ra"])
    assert "raqz" in words["Rheumatoid arthritis"]
    assert "raqz" not in words["Kim RA ; 2020"]


def words_with(title: str, imprint: str) -> set[str]:
    """Return the words of a title, where another text holds those of the imprint."""
    entry = Entry(path="x/", kind="reference", title=title, imprint=imprint)
    tokenizer = Tokenizer(frozenset(), frozenset())
    endings = [("ia", "ic"), ("ing", ""), ("ing", "ed")]
    return set(find_words([entry], tokenizer, {}, endings)[title])


@pytest.mark.parametrize(
    ("title", "elsewhere", "found"),
    [
        ("hypoxic", "hypoxia clinic", {"hypoxic", "hypoxia"}),
        ("healing", "heal", {"healing", "healz"}),  # four letters: found whole
        ("loaded", "loading", {"loaded", "loading"}),
        ("clinic", "hypoxia", {"clinic"}),  # "clinia" is no word
        ("J. K", "Jing", {"jz", "kz"}),  # an initial is no stem
        ("ring", "r", {"ringz"}),
    ],
)
def test_a_text_is_found_by_words_of_the_same_meaning(
    title: str, elsewhere: str, found: set[str]
) -> None:
    assert words_with(title, elsewhere) == found


def test_an_author_is_not_found_by_another_ending() -> None:
    entry = Entry(path="x/", kind="reference", title="hard", imprint="Harding A ; 2020")
    words = find_words([entry], Tokenizer(frozenset(), frozenset()), {}, [("ing", "")])
    assert "hardz" not in words["Harding A ; 2020"]


def test_families_are_words_that_names_have_before_numbers() -> None:
    names = ["miR-126", "IL-1β", "TNF-α", "BMP2", "collagen type 2", "in-2"]
    assert find_families(names, {"in"}) == {"mir", "il", "tnf", "bmp"}


JOURNALS = [
    {"doi": "10.1000/biom", "names": ["Biomolecules"]},
    {"doi": "10.1000/s13287", "names": ["Stem Cell Research", "Stem Cell Res."]},
]


@pytest.mark.parametrize(
    ("doi", "names"),
    [
        ("10.1000/biom12020", ["Biomolecules"]),
        ("10.1000/BIOM.2020.1", ["Biomolecules"]),
        ("10.1000/biomimetics1", []),
        ("10.1000/s13287-018-1047-2", ["Stem Cell Research", "Stem Cell Res."]),
        ("10.1000/s132871", []),
        ("10.2000/biom1", []),
        ("", []),
    ],
)
def test_a_doi_names_its_journal_by_the_whole_code(doi: str, names: list[str]) -> None:
    work = CslItem(type="article-journal", title="x", DOI=doi or None)
    assert find_journals({"journals": JOURNALS}, work) == names


def test_a_printed_journal_has_all_its_names() -> None:
    work = CslItem.model_validate(
        {"type": "article-journal", "title": "x", "container-title": "Stem Cell Res"}
    )
    assert find_journals({"journals": JOURNALS}, work) == JOURNALS[1]["names"]


def test_trials_are_found_by_country_and_result(tmp_path: Path) -> None:
    settings = {
        "registers": ["NCT", "ISRCTN"],
        "countries": {"NCT": "Utopia"},
        "results": {"none": "no result yet"},
    }
    trial = find_entries(build_index(make_library(tmp_path)), settings).texts[0]
    hidden = next(s.text for s in trial.sections if "no result yet" in s.text)
    assert {"NCT", "Utopia"} <= set(hidden.split())
    assert "ISRCTN" not in hidden


def test_a_trial_that_is_found_shows_its_result_first(tmp_path: Path) -> None:
    bundle = make_bundle()
    none = find_entries(build_index(make_library(tmp_path, bundle)), {}).texts[0]
    assert none.detail == "ClinicalTrials.gov · no result reported"
    found = {"result": "No difference from placebo in pain.", "result_effect": "negative"}
    trial = bundle.trials[0].model_copy(update=found)
    library = make_library(tmp_path, replace(bundle, trials=[trial]))
    reported = find_entries(build_index(library), {}).texts[0]
    assert reported.detail == "ClinicalTrials.gov · no benefit reported"
    assert reported.sections[0].text == "No difference from placebo in pain."


def test_data_are_found_by_accession(tmp_path: Path) -> None:
    bundle = make_bundle()
    kept = Dataset(accession="GSE12345", archive="GEO", url="https://example.org/", line=3)
    paper = bundle.paper.model_copy(update={"data": [kept]})
    library = make_library(tmp_path, replace(bundle, paper=paper))
    texts = find_entries(build_index(library), {}).texts
    assert [e.kind for e in texts if "GSE12345" in e.identifiers] == ["paper"]


def test_vesicles_of_a_tissue_are_those_of_its_source(tmp_path: Path) -> None:
    settings = {"origins": {"knee-oa": "bmsc"}}  # any term will do for a tissue
    terms = find_entries(build_index(make_library(tmp_path)), settings).terms
    [source] = [term for term in terms if term.path == "sources/bmsc/"]
    assert any(name.endswith(" exosome") for name in source.names)


@pytest.mark.parametrize(
    ("given_as", "key"),
    [
        ("NCT01234567", "nct01234567"),
        ("CL:0002540", "cl:0002540"),
        ("HGNC:HGNC:12680", "hgnc:12680"),
        ("PMCID:PMC123456", "pmcid:pmc123456"),
        ("mirbase.mature:MIMAT0000078", "mirbase:mimat0000078"),
        ("DOI:10.7150/THNO.31017", "doi:10.7150/thno.31017"),
    ],
)
def test_identifiers_have_one_form(given_as: str, key: str) -> None:
    assert normalise(given_as) == key


def test_words_of_a_mirna_are_the_same_however_it_is_written() -> None:
    spellings = ["miR-126", "miRNA 126", "microRNA-126", "hsa-miR-126", "mmu-miRNA-126"]
    find = Tokenizer(families=frozenset(["mir"])).find_names
    assert {tuple(find(text)) for text in spellings} == {("mir126",)}


@given(st.dictionaries(st.text(min_size=1, max_size=6), st.integers(0, 9), min_size=1))
def test_shards_hold_all_in_order(tmp_path_factory: pytest.TempPathFactory, items: Any) -> None:
    folder = tmp_path_factory.mktemp("shards")
    listed = write_shards(folder, "words", items, 60)
    held: dict[str, int] = {}
    for first, name in listed:
        piece = json.loads((folder / f"words.{name}.json").read_text(encoding="utf-8"))
        assert next(iter(piece)) == first
        held.update(piece)
    assert held == items
    keys = [key.encode("utf-16-be") for key in held]
    assert keys == sorted(keys)


def test_a_row_more_changes_few_pieces() -> None:
    rows = [[f"word{number:05}", number] for number in range(5000)]
    before = list(cut_pieces(rows, 2000))
    after = list(cut_pieces([*rows[:100], ["word00099a", 1], *rows[100:]], 2000))
    assert [row for piece in before for row in piece] == rows
    assert sum(piece not in before for piece in after) < 10
    assert all(len(encode(piece)) <= 2000 + len(piece) + 2 for piece in after)
