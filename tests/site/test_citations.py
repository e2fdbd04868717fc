"""Citations: what other programs read back is what went in."""

from __future__ import annotations

from datetime import date

import pytest
import rispy
from bibtexparser import parse_string
from hypothesis import given
from hypothesis import strategies as st

from builder import models
from builder.site import citations

HEALING = models.CslItem(
    type="article-journal",
    title="Hypoxic exosomes promote bone fracture healing by the transfer of miR-126",
    author=[models.CslName(family="Liu", given="W."), models.CslName(family="Li", given="L.")],
    container_title="Acta Biomater.",
    issued=models.CslDate(date_parts=[[2020]]),
    volume="103",
    page="196–212",
    DOI="10.1016/j.actbio.2019.12.020",
)
ODD = models.CslItem(
    type="article-journal",
    title="50% of A & B_c {curly} #1 $5 ~x^2 \\ back",
    author=[
        models.CslName(family="Rio-Espinola", given="A.d."),
        models.CslName(family="de Wolf", given="C."),
        models.CslName(family="Ateş"),
        models.CslName(literal="The Group of Knees and Hips"),
    ],
    container_title="Compos. Part. B Eng.",
    volume="309 Pt 2",
    page="2761.e1–2771.e1",
    DOI="10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#",
)


def entry_of(citable: citations.Citable) -> dict[str, str]:
    library = parse_string(citations.write_bibtex([citable]))
    assert not library.failed_blocks
    entry = library.entries[0]
    return {"kind": entry.entry_type, "key": entry.key} | {f.key: f.value for f in entry.fields}


def test_plain_text_is_the_ama_citation() -> None:
    assert citations.format_plain([citations.Citable("x", HEALING)]) == [
        "Liu W, Li L. Hypoxic exosomes promote bone fracture healing by the transfer of miR-126. "
        "Acta Biomater. 2020;103:196-212. doi:10.1016/j.actbio.2019.12.020"
    ]


def test_without_an_author_the_title_stands_once() -> None:
    item = HEALING.model_copy(update={"author": None})
    assert citations.format_plain([citations.Citable("x", item)]) == [
        "Hypoxic exosomes promote bone fracture healing by the transfer of miR-126. "
        "Acta Biomater. 2020;103:196-212. doi:10.1016/j.actbio.2019.12.020"
    ]


def test_a_printed_et_al_is_kept_in_every_format() -> None:
    citable = citations.Citable("x", HEALING, et_al=True)
    assert citations.format_plain([citable])[0].startswith("Liu W, Li L, et al. Hypoxic")
    assert entry_of(citable)["author"] == "Liu, W. and Li, L. and others"
    assert rispy.loads(citations.write_ris([citable]))[0]["notes"] == ["et al."]


def test_bibtex_keeps_names_volume_pages_and_doi() -> None:
    entry = entry_of(citations.Citable("odd-1", ODD))
    assert entry["kind"] == "article"
    assert entry["key"] == "odd-1"
    assert entry["author"] == (
        "Rio-Espinola, A.d. and {de Wolf}, C. and Ateş and {The Group of Knees and Hips}"
    )
    assert entry["journal"] == "Compos. Part. B Eng."
    assert entry["volume"] == "309 Pt 2"
    assert entry["pages"] == "2761.e1--2771.e1"
    assert entry["doi"] == "10.1002/(SICI)1097<1::AID;2>3.0.CO;2-#"
    assert entry["title"] == (
        r"{50\% of A \& B\_c \{curly\} \#1 \$5 \textasciitilde{}x\textasciicircum{}2"
        r" \textbackslash{} back}"
    )


def test_ris_keeps_every_field() -> None:
    (entry,) = rispy.loads(citations.write_ris([citations.Citable("odd-1", ODD)]))
    assert entry["title"] == ODD.title
    assert entry["authors"] == [
        "Rio-Espinola, A.d.",
        "de Wolf, C.",
        "Ateş",
        "The Group of Knees and Hips,",
    ]
    assert (entry["start_page"], entry["end_page"]) == ("2761.e1", "2771.e1")
    assert entry["volume"] == "309 Pt 2"
    assert entry["doi"] == ODD.DOI
    assert entry["secondary_title"] == "Compos. Part. B Eng."


def test_a_page_of_the_atlas_is_cited_with_the_date_of_its_records_and_its_address() -> None:
    address = "https://atlas.example/sources/bmsc/"
    page = citations.page_citable("bmsc", "BMSC", address, date(2026, 11, 21))
    (plain,) = citations.format_plain([page])
    assert plain == (
        "Exosome Atlas contributors. BMSC. Exosome Atlas. November 21, 2026. " + address
    )
    home = citations.page_citable("home", citations.PUBLISHER, address, None)
    [text] = citations.format_plain([home])
    assert text.count("Exosome Atlas.") == 1, "home is the atlas itself, and in no other work"
    undated = citations.page_citable("bmsc", "BMSC", address, None)
    assert citations.format_plain([undated])[0].endswith(f"Exosome Atlas. {address}")


def test_two_thousand_characters_no_year_and_other_scripts_survive() -> None:
    item = models.CslItem(
        type="article-journal",
        title="骨关节炎 " * 400,
        author=[models.CslName(family="王", given="伟"), models.CslName(literal="研究组")],
    )
    citable = citations.Citable("x", item)
    assert rispy.loads(citations.write_ris([citable]))[0]["title"] == " ".join(item.title.split())
    assert "year" not in entry_of(citable)
    assert "王" in citations.format_plain([citable])[0]


def test_someone_with_a_given_name_only_is_kept_whole() -> None:
    item = HEALING.model_copy(update={"author": [models.CslName(given="Plato")]})
    citable = citations.Citable("x", item)
    assert entry_of(citable)["author"] == "{Plato}"
    assert rispy.loads(citations.write_ris([citable]))[0]["authors"] == ["Plato,"]
    assert citations.format_plain([citable])[0].startswith("Plato. Hypoxic exosomes")


text = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)


@given(title=text, family=text, volume=st.integers(1, 999))
def test_any_title_comes_back_from_ris_and_bibtex(title: str, family: str, volume: int) -> None:
    item = models.CslItem(
        type="article-journal",
        title=title,
        author=[models.CslName(family=family, given="A.")],
        volume=str(volume),
    )
    citable = citations.Citable("key", item)
    (entry,) = rispy.loads(citations.write_ris([citable]))
    assert entry["title"] == title
    assert entry["authors"] == [f"{family}, A."]
    assert entry_of(citable)["volume"] == str(volume)


@pytest.mark.parametrize(
    ("page", "ends"),
    [
        ("1–9", ("1", "9")),
        ("130-136", ("130", "136")),
        ("123-34", ("123", "34")),
        ("S12−S18", ("S12", "S18")),
        ("2761.e1–2771.e1", ("2761.e1", "2771.e1")),
        ("e00370-18", ("e00370-18", "")),
        ("19-00123", ("19-00123", "")),
        ("11172", ("11172", "")),
    ],
)
def test_ranges_part_at_either_dash_and_article_numbers_stay_whole(
    page: str, ends: tuple[str, str]
) -> None:
    citable = citations.Citable("x", HEALING.model_copy(update={"page": page}))
    ris = rispy.loads(citations.write_ris([citable]))[0]
    assert (ris["start_page"], ris.get("end_page", "")) == ends
    assert entry_of(citable)["pages"] == "--".join(filter(None, ends))


@pytest.mark.parametrize(
    ("kind", "genre", "bibtex", "ris"),
    [
        ("article", None, "misc", "UNPB"),
        ("dataset", None, "dataset", "DATA"),
        ("patent", "U.S. Patent", "patent", "PAT"),
        ("software", None, "software", "COMP"),
        ("article-newspaper", None, "article", "NEWS"),
        ("thesis", "Ph.D. Thesis", "phdthesis", "THES"),
        ("thesis", "Master Thesis", "mastersthesis", "THES"),
        ("report", None, "techreport", "RPRT"),
    ],
)
def test_each_kind_of_work_has_its_own_type(
    kind: str, genre: str | None, bibtex: str, ris: str
) -> None:
    item = models.CslItem(type=kind, title="On EVs", genre=genre, publisher="Uni Bonn")
    citable = citations.Citable("x", item)
    entry = entry_of(citable)
    assert entry["kind"] == bibtex
    holder = {"thesis": "school", "report": "institution"}.get(kind, "publisher")
    assert entry[holder] == "Uni Bonn"
    assert rispy.loads(citations.write_ris([citable]))[0]["type_of_reference"] == ris
