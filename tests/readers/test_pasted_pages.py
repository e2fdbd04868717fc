"""Pages as people paste them: broken names, letters at names, lists without headings, short lines.

What is expected was written from the text before the program ran.
"""

from __future__ import annotations

import textwrap

import pytest

from builder.errors import ProblemError
from builder.models.document import Document
from builder.readers import read_seed_bytes

TITLE = "Exosomes of lambs in the ageing knee"
ABSTRACT = (
    "Osteoarthritis is common in old lambs and few drugs help them. We asked whether exosomes of "
    "stem cells protect the cartilage of rats. Exosomes were injected once a week for six weeks."
)
BODY = (
    "Exosomes carry proteins and lipids between cells of many kinds [1]. Stem cells release them "
    "in large numbers, and they are easy to store [2]. Doses vary widely between the studies."
)
ENTRIES = [
    "1. Roe A. Exosomes of ewes and their lambs. J Knee. 2019;1:2–3.",
    "2. Poe B. Stem cells of many kinds of sheep. J Knee. 2020;2:4–5.",
]


def read(*lines: str) -> Document:
    return read_seed_bytes("\n".join(lines).encode(), "seeds/lambs.txt")


def names(document: Document) -> list[str]:
    people = document.front.work.authors
    return [person.literal or f"{person.given} {person.family}" for person in people]


# --- names ----------------------------------------------------------------------------------------

CITED = "ACS StyleBianchi, C.; Berg, P.; Sato, Y. {}. J. Knee 2021, 1, 2. https://doi.org/10.1000/k"
TAIL = ["Abstract", ABSTRACT, "1. Introduction", BODY, "References", *ENTRIES, "Share and Cite"]


OTHERS = ["1,", "Pieter Berg", "2 and", "Yuki Sato", "1"]


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        (["Carla Bianch", "i"], "Carla Bianchi"),  # cut at the end of the line
        (["Carla Bianc"], "Carla Bianchi"),
        (["Carla Bianchi"], "Carla Bianchi"),
        (["Carla Bi"], "C. Bianchi"),  # too little is left: the citation's initial stands
    ],
)
def test_a_name_that_is_cut_keeps_its_given_name(first: list[str], wanted: str) -> None:
    document = read(TITLE, "by", *first, *OTHERS, *TAIL, CITED.format(TITLE))
    assert names(document) == [wanted, "Pieter Berg", "Yuki Sato"]
    # What the byline says besides stays beside the name, so that nothing of it is lost.
    kept = {block.text for block in document.blocks if block.kind == "statement"}
    assert (first[0] in kept) is (first[0] != wanted)


PLACES = ["aInstitute of Bone, Athens, Greece", "bSchool of Joints, Oslo, Norway"]


@pytest.mark.parametrize(
    "byline",
    [
        "Hui Chenab, Maria Costaa and Anna Roe*b",
        "Hui Chen,ab Maria Costa,a and Anna Roe*b",
        "Hui Chen†a, Maria Costa†ab and Anna Roe*b",
        "Hui Chen(a,b), Maria Costa(a) and Anna Roe*(b)",
        "Hui Chenᵃᵇ, Maria Costaᵃ and Anna Roe*ᵇ",
        "Hui Chena,b, Maria Costaa and Anna Roe*,b",
    ],
)
def test_letters_of_affiliations_are_no_part_of_names(byline: str) -> None:
    for places in (PLACES, [f"{place[0]} {place[1:]}" for place in PLACES]):
        document = read(TITLE, byline, *places, *TAIL[:-1])
        assert names(document) == ["Hui Chen", "Maria Costa", "Anna Roe"]


def test_names_that_end_in_such_a_letter_keep_it() -> None:
    document = read(TITLE, "Maria Costa, Anna Villa, Luca Riba", *PLACES, *TAIL[:-1])
    assert names(document) == ["Maria Costa", "Anna Villa", "Luca Riba"]


# --- lists without a heading ----------------------------------------------------------------------

STACKED = [
    "Roe A", "Poe B", "(2019) Exosomes of ewes and their lambs", "Journal of Knees 1:2–3.",
    "https://doi.org/10.1000/knee.1", "Google Scholar",
    "Poe B", "(2020) Stem cells of many kinds of sheep", "Journal of Knees 2:4–5.", "PubMed",
]  # fmt: skip


@pytest.mark.parametrize(
    "listed",
    [
        STACKED,
        ENTRIES,
        ["1.", ENTRIES[0][3:], "Article CAS PubMed Google Scholar", "2.", ENTRIES[1][3:]],
        ["[1]", "A. Roe, B. Poe", "Exosomes of ewes", "Mater. Knees, 20 (2019), pp. 3-9",
         "[2]", "B. Poe", "Stem cells of sheep", "Mater. Knees, 21 (2020), pp. 4-8"],
    ],
    ids=["eLife", "a line each", "numbers on lines", "ScienceDirect"],
)  # fmt: skip
def test_a_list_without_a_heading_is_read_and_reported(listed: list[str]) -> None:
    document = read(TITLE, "Abstract", ABSTRACT, "1. Introduction", BODY, *listed)
    assert [citation.number for citation in document.citations] == [1, 2]
    [problem] = [p for p in document.problems if p.level != "note"]
    assert (problem.rule, problem.line) == ("references-heading", 6)


def test_a_digest_may_list_works_without_a_heading() -> None:
    entries = [f"- {entry[3:]}" for entry in ENTRIES]
    document = read(f"# {TITLE}", "**Authors:** A Roe", "## TL;DR", "Lambs limp.", *entries)
    assert (document.layout, len(document.citations)) == ("digest", 2)
    assert [block.text for block in document.blocks] == ["Lambs limp."]
    assert "references-heading" in {problem.rule for problem in document.problems}


@pytest.mark.parametrize(
    "above", ["Share and Cite", "How to cite this article", "Cite this article"]
)
def test_the_paper_s_own_citation_in_two_styles_is_no_list(above: str) -> None:
    own = [
        "Roe A, Poe B. Lambs limp. J Knees. 2021; 4:5.",
        "Roe, A.; Poe, B. Lambs limp. J. Knees 2021, 4, 5.",
    ]
    document = read(TITLE, "Abstract", ABSTRACT, "1. Introduction", BODY, above, *own)
    assert not document.citations
    assert "references-heading" not in {problem.rule for problem in document.problems}


@pytest.mark.parametrize("column", ["7", "[7]", "7.", "Roe A"])
def test_a_long_column_of_a_table_is_no_list(column: str) -> None:
    # A reader whose time grows with the square of the rows would not come back from these.
    rows = [column] * 20_000
    document = read(TITLE, "Abstract", ABSTRACT, "1. Introduction", BODY, *rows, BODY, *ENTRIES)
    assert [citation.number for citation in document.citations] == [1, 2]


def test_lists_of_other_works_are_none_of_the_paper() -> None:
    page = [TITLE, "Abstract", ABSTRACT, "1. Introduction", "Lambs limp."]
    for above in ("Similar articles", "Recommended articles", "Related articles"):
        assert not read(*page, above, *ENTRIES).citations
    digest = [f"# {TITLE}", "**Authors:** A Roe", "## TL;DR", "Lambs limp.", "## Related papers"]
    assert not read(*digest, *(f"- {entry[3:]}" for entry in ENTRIES)).citations


def test_works_cited_by_name_without_a_list_are_reported() -> None:
    said = "Lambs limp (Roe et al., 2019). They rest (Roe and Poe, 2020; Moe et al., 2021)."
    document = read(TITLE, "Abstract", ABSTRACT, "1. Introduction", said)
    [problem] = [p for p in document.problems if p.rule == "references-missing"]
    assert (problem.level, problem.line) == ("warning", 5)
    assert "3 works" in problem.got
    few = read(TITLE, "Abstract", ABSTRACT, "1. Introduction", said.partition(";")[0] + ").")
    assert "references-missing" not in {p.rule for p in few.problems}


# --- lines from a word processor ------------------------------------------------------------------


@pytest.mark.parametrize("width", [30, 40, 50, 60, 72, 90])
def test_lines_broken_at_any_width_are_no_headings(width: int) -> None:
    page = ["Abstract", ABSTRACT, "Introduction", BODY, "References", *ENTRIES]
    lines = [line for part in page for line in textwrap.wrap(part, width)]
    document = read(TITLE, *lines)
    wanted = [TITLE, "Abstract", "Introduction", "References"]
    assert [heading.text for heading in document.headings] == wanted
    assert len(document.citations) == 2
    assert " ".join(b.text for b in document.blocks if b.kind == "abstract") == ABSTRACT


def test_sentences_without_a_stop_on_lines_of_their_own_are_no_headings() -> None:
    said = [
        "Rats were bought from a farm near the town",
        "Exosomes were given into the knee once a week",
        "Cartilage was cut and stained with a dye of old",
    ]
    page = [TITLE, "Abstract", ABSTRACT, "Methods", *said, "Results", "Rats lived.", "References"]
    document = read(*page, *ENTRIES)
    wanted = [TITLE, "Abstract", "Methods", "Results", "References"]
    assert [heading.text for heading in document.headings] == wanted
    # A lone line of that form is a heading, as results often have.
    document = read(*page[:4], said[0], "Rats came.", *page[7:], *ENTRIES)
    assert said[0] in [heading.text for heading in document.headings]


# --- EndNote and BibTeX ---------------------------------------------------------------------------

RECORD = (
    "<record><ref-type name='Journal Article'>17</ref-type><contributors><authors>"
    "<author><style face='normal'>Roe, Anna B.</style></author><author>Lamb Study Group</author>"
    "</authors></contributors><titles><title><style face='normal'>Exosomes of lambs calm the knee "
    "</style><style face='italic'>in vivo</style></title><secondary-title>Journal of Knees"
    "</secondary-title></titles><pages>12-19</pages><volume>7</volume><number>2</number><dates>"
    "<year>2021</year></dates><abstract>Exosomes of MSCs increased SOX9 in rats.</abstract>"
    "<electronic-resource-num>10.1000/knee.7.12</electronic-resource-num></record>"
)


def test_one_work_of_endnotes_xml_is_read() -> None:
    text = f"<?xml version='1.0'?><xml><records>{RECORD}</records></xml>"
    document = read(text)
    assert read(text.replace("><", ">\n<")).front.work == document.front.work
    # Of the twelve runs of text one, the code 17 of the kind of work, is in no field.
    fates = document.coverage
    assert (fates.lines, fates.recorded, fates.ignored) == (12, 11, (("record-field", 1),))
    assert {problem.rule for problem in document.problems} == {"seed-missing"}
    work = document.front.work
    assert document.layout == "endnote-xml"
    assert names(document) == ["Anna B. Roe", "Lamb Study Group"]
    assert (work.title, work.container) == (
        "Exosomes of lambs calm the knee in vivo",
        "Journal of Knees",
    )
    assert (work.volume, work.issue, work.page, work.issued) == ("7", "2", "12-19", (2021,))
    assert work.doi == "10.1000/knee.7.12"
    assert [block.text for block in document.blocks] == ["Exosomes of MSCs increased SOX9 in rats."]


TABLE = ("Table 1. Doses of the vesicles", "Group\tDose", "A\t50 µg", "B\t100 µg")


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        ("2. Silva MA. Vesicles and what they", "carry to ewes. Bone Lett. 2019;10(2):12-34."),
        ("2. Silva MA. Vesicles of ewes. Bone Lett.", "2019;10(2):12-34."),
        ("2. Silva MA. Vesicles. Bone Lett. 2019;10:12-34. doi:", "10.1000/bl.10.12"),
    ],
)
def test_an_entry_that_a_table_cuts_in_two_is_one(begun: str, rest: str) -> None:
    first, last = "1. Roe A. Lambs. J Knees. 2018;7:1–9.", "3. Weber K. Rams. Tendon. 2020;3:14–9."
    document = read(
        TITLE, "Abstract", ABSTRACT, "1. Introduction", BODY, "References", first, begun, *TABLE,
        rest, last,
    )  # fmt: skip
    printed = [(citation.number, citation.printed) for citation in document.citations]
    assert printed == [(1, first[3:]), (2, f"{begun[3:]} {rest}"), (3, last[3:])]
    assert rest not in [block.text for block in document.blocks]


@pytest.mark.parametrize(
    ("entry", "note"),
    [
        ("2. Silva MA. Vesicles. Bone Lett. 2019;10:12-34.", "a diluted at 1:100."),
        ("2. Silva MA. Vesicles. Bone Lett. 2019;10:12-34", "Counted in 2019 at 1:100."),
        ("2. Silva MA. What is not yet in print.", "Counted in 2019 at 1:100."),
    ],
)
def test_a_note_below_a_table_ends_no_entry(entry: str, note: str) -> None:
    first = "1. Roe A. Lambs. J Knees. 2018;7:1–9."
    document = read(
        TITLE, "Abstract", ABSTRACT, "1. Introduction", BODY, "References", first, entry, *TABLE,
        note,
    )  # fmt: skip
    assert [citation.printed for citation in document.citations] == [first[3:], entry[3:]]


@pytest.mark.parametrize(
    ("text", "got"),
    [
        (f"<xml><records>{RECORD}{RECORD}</records></xml>", "an EndNote export of 2 works"),
        (f"<xml><records>{RECORD[:200]}", "seed-layout"),
        ("@article{roe2020, title={Exosomes of lambs", "@article{roe2020"),
    ],
)
def test_exports_that_can_not_be_read_say_what_to_do(text: str, got: str) -> None:
    with pytest.raises(ProblemError) as refused:
        read(text)
    [problem] = refused.value.problems
    assert got in str(problem)
    assert problem.hint


def test_others_among_the_authors_of_bibtex_are_no_author() -> None:
    document = read(
        "@article{roe, title={Exosomes of lambs}, author={Roe, A and others}, year=2020}"
    )
    assert names(document) == ["A Roe"]
    assert document.front.work.et_al
