"""Properties of all readers, and the parts that they share."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.errors import ProblemError
from builder.models.document import Person, split_link_labels
from builder.readers import read_seed
from builder.readers.draft import find_citations, split_tables
from builder.readers.names import find_abbreviations, split_people
from builder.readers.references.parts import split_byline

ROOT = Path(__file__).resolve().parents[2]
# Bits of both layouts, so that random seeds get past the choice of the reader.
BITS = st.sampled_from(
    [
        "# ",
        "## Abstract\n",
        "## Full-text entities\n- **Diseases:** ",
        "**Authors:** ",
        "(MESH:D1), ",
        "PMC · DOI: 10.1000/x · 2024\n",
        "\nReferences\n- ",
        "Smith, J.; et al. ",
        "Bone 2020, 1, 2. [CrossRef]\n",
        "\n| a | b |\n|---|---|\n",
        "|",
        "\\|",
        "Share and Cite\n",
        "Chicago/Turabian Style",
        '. 2024. "',
        '" Bone 1, no. 2: 3. ',
        "© 2024. ",
        "Table 1. ",
        "[1–9999]",
        "(SHORT)",
        "\n",
        "\x00",
        "\u202e",
    ]
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(BITS | st.text(max_size=8), max_size=40).map("".join))
def test_any_text_gives_a_document_or_a_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(ProblemError):
        document = read_seed(path, tmp_path)
        count = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert all(1 <= h.line <= count for h in document.headings)
        assert all(1 <= b.line <= count for b in document.blocks)


@pytest.mark.parametrize(
    "line",
    [
        "(" * 200_000,
        "[" * 200_000,
        "1" * 200_000,
        " " * 200_000 + "x",
        "a, " * 70_000,
        "(A1) " * 40_000,
        "[1" * 100_000,
        "**" * 100_000,
        "| " * 100_000,
        "|-" * 100_000,
        "·" * 200_000,
        "https://x" * 20_000,
        '. 2024. "' * 20_000,
    ],
    ids=lambda line: repr(line[:6]),
)
def test_long_lines_are_read_in_linear_time(tmp_path: Path, line: str) -> None:
    # A reader whose time grows with the square of the line would not come back from these.
    path = tmp_path / "long.txt"
    head = "# T\n\n**Authors:** A B\n\n## Abstract\n"
    path.write_text(f"{head}{line}\n## Full-text entities\n- **D:** {line}\n{line}\n", "utf-8")
    assert read_seed(path, tmp_path).layout == "digest"
    page = "T\nAbstract\n1. A\n2. B\n{0}\nReferences\n- {0} [CrossRef]\nShare and Cite\n{0}\n"
    path.write_text(page.format(line), "utf-8")
    assert read_seed(path, tmp_path).layout == "scraped"


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("under the CC BY 4.0 licence.", "under the CC BY-NC 4.0 licence.", 0),
        ("under a licence of the society.", "under the CC BY 4.0 licence.", 1),
        ("under the CC BY 4.0 licence.", "under a licence of the society.", 0),
    ],
)
def test_of_two_licences_the_plainer_counts_and_else_the_first(
    tmp_path: Path, first: str, second: str, kept: int
) -> None:
    lines = [f"© 2024 The authors. Distributed {first}", f"© 2024 The authors. Licensed {second}"]
    path = tmp_path / "page.txt"
    path.write_text(
        "Vesicles of the hip\nAbstract\nThey helped the hips of rats in all the groups.\n"
        "1. Introduction\n2. Results\n" + "\n".join(lines) + "\nReferences\n"
        "- Roe, A. Calm joints. J. Joints 2020, 3, 4–5. [CrossRef]\n",
        encoding="utf-8",
    )
    document = read_seed(path, tmp_path)
    assert document.front.licence == lines[kept]
    assert lines[1 - kept] in [b.text for b in document.blocks]


@pytest.mark.parametrize(
    "link",
    [
        '<ext-link xmlns:x="http://www.w3.org/1999/xlink" x:href="{0}">this licence</ext-link>',
        "<ext-link>{0}</ext-link>",
        "<uri>{0}</uri>",
    ],
)
def test_the_address_of_a_licence_is_that_of_its_link_or_its_words(
    tmp_path: Path, link: str
) -> None:
    address = "https://creativecommons.org/licenses/by/4.0/"
    path = tmp_path / "a.xml"
    path.write_text(
        "<article><front><article-meta><title-group><article-title>Vesicles of hips"
        "</article-title></title-group><permissions><license><license-p>Under "
        f"{link.format(address)}</license-p></license></permissions></article-meta></front></article>"
    )
    assert read_seed(path, tmp_path).front.licence_url == address


def test_no_author_is_taken_from_the_title_behind_et_al() -> None:
    found = split_byline("Roe, A.; Poe, B.; et al. Notch, J. signals in hips. J. Hips 2020, 3, 4.")
    assert found is not None
    assert [person.family for person in found.people] == ["Roe", "Poe"]
    assert found.et_al
    assert found.rest.startswith("Notch, J. signals")


def test_the_two_layouts_are_reported_apart_by_content() -> None:
    for name, layout in [
        ("000_a10586f4822111c0.txt", "digest"),
        ("003_451b87c41e7f7a63.txt", "scraped"),
    ]:
        assert read_seed(ROOT / "seeds" / name, ROOT).layout == layout


def test_duplicate_reference_numbers_are_flagged(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("T\nAbstract\n1. A\n2. B\nReferences\n1. X [CrossRef]\n1. Y [CrossRef]\n")
    document = read_seed(path, tmp_path)
    assert [c.number for c in document.citations] == [1, 1]
    assert ("reference-number", 7) in [(p.rule, p.line) for p in document.problems]


def test_styles_that_disagree_are_flagged(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(
        "A Title\nAbstract\nShare and Cite\n"
        "AMA StyleRossi A. A Title. Bone. 2024; 14(3):45. https://doi.org/10.1/x\n"
        'Chicago/Turabian StyleRossi, Anna. 2024. "A Title" Bone 15, no. 3: 45. https://doi.org/1\n'
    )
    document = read_seed(path, tmp_path)
    problem = next(p for p in document.problems if p.rule == "citation-block")
    assert problem.field == "volume"
    assert "'15'" in problem.got
    assert "'14'" in problem.got


def test_chicago_cuts_long_lists_and_initials_stand_in(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(
        "A Title\nAbstract\nShare and Cite\n"
        "MDPI and ACS Style\nRossi, A.; Chen, W.; Abdul Majid, N.B. A Title. Bone 2024, 14, 45. "
        "https://doi.org/10.1000/x\nChicago/Turabian Style\n"
        'Rossi, Anna, Wei Chen, and et al. 2024. "A Title" Bone 14: 45. https://doi.org/10.1000/x\n'
    )
    authors = read_seed(path, tmp_path).front.work.authors
    assert [(p.family, p.given) for p in authors] == [
        ("Rossi", "Anna"),
        ("Chen", "Wei"),
        ("Abdul Majid", "N.B."),
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[24]", (24,)),
        ("as shown [3,5–7]", (3, 5, 6, 7)),
        ("[1-3], [2;9]", (1, 2, 3, 9)),
        ("7 × 10[9] and [taxon 9606] and [0.5]", (9,)),
        ("[1–9999]", ()),
        ("[12345]", ()),
    ],
)
def test_citation_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert find_citations(text) == numbers


def test_tables_part_at_their_header_rows() -> None:
    rows = ["| A |", "|---|", "| 1 |", "| - |", "| B | C |", "|:--|--:|", "| 2 | 3 |"]
    grids = split_tables(list(enumerate(rows, 10)))
    shape = [(g.number, g.line, [[c.text for c in row] for row in g.rows]) for g in grids]
    assert shape == [
        (1, 10, [["A"], ["1"], ["-"]]),
        (2, 14, [["B", "C"], ["2", "3"]]),
    ]
    assert [c.header for c in grids[1].rows[0]] == [True, True]


def test_rows_before_the_first_header_are_a_table_of_their_own() -> None:
    rows = ["| x | y |", "| A |", "|---|", "| 1 |"]
    grids = split_tables(list(enumerate(rows, 1)))
    assert [[c.text for c in row] for row in grids[0].rows] == [["x", "y"]]
    assert grids[0].rows[0][0].header is False
    assert grids[1].line == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Macrophage-Derived Exos (M-Exos)", {"M-Exos": "Macrophage-Derived Exos"}),
        (
            "the Cartilage stem/progenitor cell-derived Exos (CSPCs-Exos) did",
            {"CSPCs-Exos": "Cartilage stem/progenitor cell-derived Exos"},
        ),
        ("Knee osteoarthritis (KOA) is", {"KOA": "Knee osteoarthritis"}),
        ("like RUNX2, osteocalcin (OCN), bone sialoprotein (BSP)", None),
        ("LC3-II/LC3-I and Beclin-1, and decrease (Drp1) expression", {}),
        ("a thickness (MRI) and product (unspecified)", {}),
        ("Listed (NCT06937528)", {}),
        ("bone (MESH:D001847)", {}),
        ("(KOA)", {}),
    ],
)
def test_abbreviations(text: str, found: dict[str, str] | None) -> None:
    wanted = {"OCN": "osteocalcin", "BSP": "bone sialoprotein"} if found is None else found
    assert dict(find_abbreviations([text])) == wanted


@pytest.mark.parametrize(
    ("text", "people", "et_al"),
    [
        ("Xinyu Li", [Person("Li", "Xinyu")], False),
        ("A. B. Smith and Jan van der Berg", None, False),
        ("Li, Xinyu; Zhou, Sheng; et al.", [Person("Li", "Xinyu"), Person("Zhou", "Sheng")], True),
        (
            "Plato, WHO Study Group",
            [Person(literal="Plato"), Person(literal="WHO Study Group")],
            False,
        ),
        ("", [], False),
    ],
)
def test_people(text: str, people: list[Person] | None, et_al: bool) -> None:
    wanted = (
        people if people is not None else [Person("Smith", "A. B."), Person("van der Berg", "Jan")]
    )
    assert split_people(text) == (tuple(wanted), et_al)


@pytest.mark.parametrize(
    ("printed", "text", "labels"),
    [
        ("A title. [Google Scholar] [CrossRef] ", "A title.", ("Google Scholar", "CrossRef")),
        ("A title [In Chinese]. [PubMed]", "A title [In Chinese].", ("PubMed",)),
        ("A title [In Chinese]", "A title [In Chinese]", ()),
        ("Dose [24]", "Dose [24]", ()),
    ],
)
def test_link_labels(printed: str, text: str, labels: tuple[str, ...]) -> None:
    assert split_link_labels(printed) == (text, labels)
