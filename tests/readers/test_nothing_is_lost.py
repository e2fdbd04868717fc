"""Every line of a page has a fate: recorded, reported, or ignored under the name of a rule."""

from __future__ import annotations

from collections import Counter

import pytest

from builder.curate.checks import flatten
from builder.models.document import Document
from builder.readers import read_seed_bytes
from builder.readers.references import build_paper

ENTRIES = [
    "- Roe, A. Vesicles calm joints. J. Joints 2020, 3, 4–5. [Google Scholar] [CrossRef]",
    "- Poe, B. Vesicles of dogs. Vet. Bone 2021, 8, 11. [Google Scholar] [CrossRef] [PubMed]",
    "- Moe, C. Vesicles of cats. Vet. Bone 2022, 9, 12. [Google Scholar] [CrossRef]",
]
CITATION = [
    "MDPI and ACS StyleDoe, J. Vesicles of Pets. J. Rev. 2025, 1, 2. https://doi.org/10.1000/p",
    "AMA StyleDoe J. Vesicles of Pets. Journal of Reviews. 2025; 1:2. https://doi.org/10.1000/p",
]
PAGE = [
    "Vesicles of Pets",
    "Abstract",
    "1. Introduction",
    "Pets limp [1,2].",
    "References",
    *ENTRIES,
    "Disclaimer/Publisher’s Note: The statements are those of the authors alone.",
    "Share and Cite",
    *CITATION,
]


def read(lines: list[str]) -> Document:
    document = read_seed_bytes("\n".join(lines).encode(), "seeds/pets.txt")
    fates = document.coverage
    assert fates.lines == sum(bool(line.strip()) for line in lines)
    assert fates.recorded + fates.reported + sum(n for _, n in fates.ignored) == fates.lines
    return document


def rules(document: Document) -> list[str]:
    return [p.rule for p in document.problems if p.level != "note"]


@pytest.mark.parametrize("line", ["How to cite this article", "Cite this article", "Citation:"])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_line_about_citing_swallows_nothing(line: str, place: int) -> None:
    document = read([*PAGE[:place], line, *PAGE[place:]])
    assert len(document.citations) == 3
    assert [h.text for h in document.headings] == [h.text for h in read(PAGE).headings]
    assert document.front.work.doi == "10.1000/p"


def test_the_citation_of_the_paper_may_stand_anywhere() -> None:
    block = ["Share and Cite", *CITATION]
    for rest, place in [(PAGE[:-3], 1), (PAGE[:-3], 3), (PAGE[:-3], 4)]:
        document = read([*rest[:place], *block, *rest[place:]])
        assert len(document.citations) == 3
        assert (document.front.work.doi, document.front.work.container) == (
            "10.1000/p",
            "Journal of Reviews",
        )


def test_a_line_of_the_citation_that_fits_no_style_is_reported() -> None:
    document = read([*PAGE, "Doe, J., 2025, somewhere or other, unpublished"])
    # One of 14 lines is more than a paper may leave without a question.
    assert rules(document) == ["citation-block", "seed-coverage"]
    assert "somewhere" in next(p.got for p in document.problems if p.rule == "citation-block")


def test_vancouver_behind_the_words_is_the_citation_of_the_paper() -> None:
    cite = "How to cite this article: Doe J, Roe A. Vesicles of Pets. J Rev. 2025;1:2–9."
    work = read([PAGE[0], cite, *PAGE[1:-3]]).front.work
    assert [p.family for p in work.authors] == ["Doe", "Roe"]
    assert (work.container, work.issued, work.page) == ("J Rev", (2025,), "2–9")


@pytest.mark.parametrize(
    "heading",
    [
        "REFERENCES",
        "**References**",
        "## References",
        "5. References",
        "References (3)",
        "Works Cited",
    ],
)
def test_the_list_stands_under_any_of_its_names(heading: str) -> None:
    page = [heading if line == "References" else line for line in PAGE]
    assert len(read(page).citations) == 3


def test_links_show_a_list_without_a_heading() -> None:
    assert len(read([line for line in PAGE if line != "References"]).citations) == 3


def test_numbers_cited_without_a_list_are_one_error() -> None:
    document = read([*PAGE[:4], *PAGE[8:]])
    [problem] = [p for p in document.problems if p.level == "error"]
    assert (problem.rule, problem.line) == ("references-missing", 4)


def test_the_list_goes_on_behind_what_stands_amid_it() -> None:
    table = ["Table 1. Pets.", "| Pet | Ref. |", "|---|---|", "| Dog | [2] |"]
    document = read([*PAGE[:7], *table, *PAGE[7:]])
    assert [c.number for c in document.citations] == [1, 2, 3]
    assert len(document.tables[0].rows) == 2


def test_an_entry_is_not_joined_to_a_line_behind_a_table() -> None:
    plain = "- Roe, A. Vesicles calm joints. J. Joints 2020, 3, 4–5."
    table = ["| Pet | Ref. |", "|---|---|", "| Dog | [1] |"]
    document = read([*PAGE[:5], plain, *table, "the words behind the table, in small letters,"])
    assert document.citations[0].printed == plain.removeprefix("- ")
    assert document.blocks[-1].text == "the words behind the table, in small letters,"


def test_an_entry_broken_over_two_lines_is_one() -> None:
    broken = ["- Roe, A. Vesicles calm", "joints. J. Joints 2020, 3, 4–5. [CrossRef]"]
    document = read([*PAGE[:5], *broken, *PAGE[6:]])
    assert document.citations[0].printed.startswith("Roe, A. Vesicles calm joints.")
    assert len(document.citations) == 3


@pytest.mark.parametrize(
    "labels",
    ["[DOI] [PMC free article] [PubMed] [Google Scholar]", "[PubMed] [Google Scholar]", ""],
)
def test_labels_are_no_part_of_a_reference(labels: str) -> None:
    entry = f"- Roe, A. Vesicles calm joints. J. Joints 2020, 3, 4–5. {labels}".strip()
    [first, *_] = read([*PAGE[:5], entry, *PAGE[6:]]).citations
    assert list(first.labels) == [part.strip("[] ") for part in labels.split("]") if part.strip()]


ROWS = [["Source", "Effect", "Ref."], ["Dog EVs", "Calmed joints", "[1]"], ["Cat EVs", "", "[2]"]]
TABLES = {
    "bars": ["| " + " | ".join(row) + " |" for row in ROWS],
    "no trailing bar": ["| " + " | ".join(row) for row in ROWS],
    "bars inside": [" | ".join(row) for row in ROWS],
    "tabs": ["\t".join(row) for row in ROWS],
}


@pytest.mark.parametrize("form", TABLES)
@pytest.mark.parametrize("ruled", [True, False])
def test_tables_are_found_amid_the_text(form: str, ruled: bool) -> None:
    lines = list(TABLES[form])
    if ruled and form != "tabs":
        lines.insert(1, "|---|---|---|" if lines[0].startswith("|") else "---|---|---")
    document = read([*PAGE[:4], *lines, "Prose behind it.", *PAGE[4:]])
    [grid] = document.tables
    assert [[cell.text for cell in row] for row in grid.rows] == ROWS
    assert document.blocks[1].text == "Prose behind it."


def test_tables_of_other_widths_part_in_a_run_of_tabs() -> None:
    other = ["Pet\tAge", "Dog\t3", "Cat\t4"]
    document = read([*PAGE[:4], *TABLES["tabs"], *other, *PAGE[4:]])
    assert [len(grid.rows) for grid in document.tables] == [3, 3]


def test_a_numbered_list_with_tabs_is_no_table() -> None:
    listed = [f"{n}.\t{entry.removeprefix('- ')}" for n, entry in enumerate(ENTRIES, 1)]
    document = read([*PAGE[:5], *listed, *PAGE[8:]])
    assert (len(document.tables), len(document.citations)) == (0, 3)


def test_site_furniture_is_ignored_by_name() -> None:
    furniture = ["Next Article in Journal", "Download PDF", "Views 1,234", "Open in a new tab"]
    document = read([*furniture, *PAGE])
    assert document.front.work.title == "Vesicles of Pets"
    assert Counter(dict(document.coverage.ignored))["site-furniture"] == 3


def test_many_equal_problems_are_one_with_a_count() -> None:
    cited = [f"Pets limp [{n}]." for n in range(40, 85)]
    found = [
        p for p in read([*PAGE[:4], *cited, *PAGE[4:]]).problems if p.rule == "citation-unknown"
    ]
    [problem] = found
    assert "45 times" in problem.got
    assert "lines 5, 6, 7" in problem.got


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        (PAGE, {"title", "body", "references"}),
        # A heading without text holds no abstract and no body.
        ([line for line in PAGE if not line.startswith("Pets limp")], {"title", "references"}),
        (
            [*PAGE[:2], "Pets limp. Vesicles calm.", *PAGE[2:]],
            {"title", "abstract", "body", "references"},
        ),
    ],
)  # fmt: skip
def test_a_paper_says_which_of_its_parts_the_seed_held(lines: list[str], held: set[str]) -> None:
    coverage = build_paper(read(lines)).coverage
    assert {name for name, stands in coverage.model_dump().items() if stands} == held


RAISED = [
    ("Pets limp in winter.1,2 They rest.3", "Pets limp in winter.[1,2] They rest.[3]", (1, 2, 3)),
    ("Dogs (small dogs)1 and EVs2–3 limp.", "Dogs (small dogs)[1] and EVs[2–3] limp.", (1, 2, 3)),
    ("Pets limp¹,² and rest.³", "Pets limp[1,2] and rest.[3]", (1, 2, 3)),
    # One number alone is no style, and these are names, days and values.
    ("Pets limp on day3 with CD63, miR-21, p53 and H2O.1", "", ()),
    ("Pets limp [1] after 2 weeks2,3 of rest.", "", (1,)),
    ("Connexin43 and caspase3 of type2 rose 2.5 times.", "", ()),
]


@pytest.mark.parametrize(("said", "shown", "cited"), RAISED)
def test_numbers_that_were_raised_in_print_cite(
    said: str, shown: str, cited: tuple[int, ...]
) -> None:
    [block] = [b for b in read([*PAGE[:3], said, *PAGE[4:-3]]).blocks if b.kind == "paragraph"]
    assert (block.text, block.citations) == (shown or said, cited)
    if said.isascii():  # the quote stands in the seed, brackets or not
        assert flatten(block.text) == flatten(said)


def test_a_number_far_beyond_all_before_it_cites_nothing() -> None:
    entries = [f"- Roe, A. Vesicles {n}. J. Joints 2020, 3, {n}." for n in range(1, 50)]
    said = ["Pets limp.1,2 Bones heal.3–9 Vesicles10,11 carry proteins43 and rest.12–20"]
    [block] = read([*PAGE[:3], *said, "References", *entries]).blocks
    assert "proteins43" in block.text
    assert block.citations == tuple(range(1, 21))
