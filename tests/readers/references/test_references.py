"""Printed references: golden lists read by hand, and round trips."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.models import Cited, CslName
from builder.models.document import Citation, Document, FrontMatter, Person, WorkFields
from builder.readers import read_seed
from builder.readers.references import parse_reference, parse_references
from builder.store import plain

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = sorted(p.parent for p in Path(__file__).parent.glob("cases/*/expected.yml"))
LABELS = {"G": "Google Scholar", "C": "CrossRef", "P": "PubMed"}
NOT_CSL = {"printed", "labels", "questions", "parsed", "et_al"}


def _load(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "expected.yml").read_text(encoding="utf-8"))


def _entries() -> list[Any]:
    return [
        pytest.param(entry, id=f"{folder.name}-{index}")
        for folder in FOLDERS
        for index, entry in enumerate(_load(folder).get("entries", []))
    ]


def _document(*printed: str, fields: WorkFields | None = None) -> Document:
    citations = tuple(Citation(n, text, n + 10, fields) for n, text in enumerate(printed, 1))
    front = FrontMatter(WorkFields())
    return Document("test", "seeds/x.txt", "0" * 64, front, citations=citations)


def _name(name: CslName) -> str:
    if name.literal:
        return f"={name.literal}"
    suffix = f" ({name.suffix})" if name.suffix else ""
    return f"{name.family}, {name.given}{suffix}"


def _fields(cited: Cited) -> dict[str, Any]:
    """Return the CSL fields in the short form of the golden lists."""
    found = plain(cited.csl)
    for key in ("issued", "accessed"):
        if key in found:
            found[key] = found[key]["date-parts"][0]
    for key in ("author", "editor"):
        if key in found:
            found[key] = [_name(name) for name in getattr(cited.csl, key)]
    return found


@pytest.mark.parametrize("entry", _entries())
def test_entry(entry: dict[str, Any]) -> None:
    (cited,) = parse_references(_document(entry["printed"]))
    wanted = {key: value for key, value in entry.items() if key not in NOT_CSL}
    assert _fields(cited) == {"type": "article-journal"} | wanted
    assert cited.printed == entry["printed"]
    assert cited.labels == entry.get("labels", [])
    assert cited.et_al is entry.get("et_al", False)
    assert cited.parsed is entry.get("parsed", True)
    assert sorted({q.rule for q in cited.questions} - {"reference-authors"}) == sorted(
        set(entry.get("questions", [])) - {"reference-authors"}
    )


def test_a_work_without_authors_asks() -> None:
    (cited,) = parse_references(_document("Exosomes in pigs. Trials 2020, 21, 1."))
    assert [q.rule for q in cited.questions] == ["reference-authors"]


def test_authors_left_in_the_title_ask() -> None:
    printed = "Ohrt, C.; Purnomo, Kain, K.C.; Tang, D. Errors of microscopy. Trials 2020, 21, 1."
    (cited,) = parse_references(_document(printed))
    assert cited.printed == printed
    assert [(q.rule, q.field) for q in cited.questions] == [("reference-authors", "title")]


@functools.cache
def _list(seed: Path) -> list[Cited]:
    return parse_references(read_seed(seed, ROOT))


LISTS = [(ROOT / _load(f)["seed"], _load(f)) for f in FOLDERS if "seed" in _load(f)]
ROWS = [
    (seed, n, row, g.get("also", {}).get(n, {}))
    for seed, g in LISTS
    for n, row in g["rows"].items()
]


def _same_people(people: list[str], wanted: str) -> bool:
    cut = re.fullmatch(r"(.+); …; (.+) \((\d+)\)", wanted)
    if cut:
        return (people[0], people[-1], len(people)) == (cut[1], cut[2], int(cut[3]))
    return "; ".join(people) == wanted


@pytest.mark.parametrize(("seed", "number", "row", "also"), ROWS, ids=lambda v: str(v)[:12])
def test_row_of_a_list(seed: Path, number: int, row: list[Any], also: dict[str, Any]) -> None:
    cited = _list(seed)[number - 1]
    authors, et_al, title, container, year, volume, page, labels = row
    found = _fields(cited)
    assert _same_people(found.pop("author", []), authors)
    wanted = {
        "type": "article-journal",
        "title": title,
        "container-title": container,
        "issued": [year],
        "volume": volume,
        "page": page,
    } | also
    assert found == {key: value for key, value in wanted.items() if value is not None}
    assert (cited.number, cited.et_al) == (number, et_al)
    assert cited.labels == [LABELS[c] for c in labels]
    assert cited.parsed
    assert cited.questions == []


def test_at_least_sixty_rows_were_read_by_hand() -> None:
    assert len(ROWS) >= 60


@pytest.mark.parametrize(("seed", "golden"), LISTS, ids=lambda v: str(v)[-12:])
def test_nothing_of_a_list_is_lost(seed: Path, golden: dict[str, Any]) -> None:
    """Put each entry together again from its fields: it must be the printed line."""
    cited = _list(seed)
    assert [c.number for c in cited] == list(range(1, golden["count"] + 1))
    assert len({c.id for c in cited}) == golden["count"]
    for entry in cited:
        assert _print(entry) == entry.printed


def _print(cited: Cited) -> str:
    csl = cited.csl
    names = [f"{a.family}, {a.given}" for a in csl.author or []] + ["et al."] * cited.et_al
    text = "; ".join(names) + " " if names else ""
    text += csl.title + ("" if csl.title[-1] in "?!" else ".")
    if csl.accessed:
        year, month, day = csl.accessed.date_parts[0]
        date = f"{day} {('November',)[month - 11]} {year}"
        return f"{text} {csl.year}. Available online: {csl.URL} (accessed on {date})."
    text += f" {csl.container_title} {csl.year}"
    text += "".join(f", {part}" for part in (csl.volume, csl.page) if part)
    text += f"; {csl.status}." if csl.status else "."
    return text + "".join(f" [{label}]" for label in cited.labels)


def test_fields_of_the_layout_are_taken_over() -> None:
    fields = WorkFields(title="A title", authors=(Person("Li", "Xinyu"),), issued=(2020,), pmid="7")
    (cited,) = parse_references(_document("Li 2020", fields=fields))
    assert cited.id == "li-2020-title"
    assert _fields(cited) == {
        "type": "article-journal",
        "title": "A title",
        "author": ["Li, Xinyu"],
        "issued": [2020],
        "PMID": "7",
    }
    assert cited.parsed


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        (
            "King, A.: Knees of rabbits, J. Bone, 3, 1–9, 10.5555/knee(98)1-x, 2003.",
            "10.5555/knee(98)1-x",
        ),
        ("See https://doi.org/10.5555/one. Also 10.5555/two, both of them.", ""),
        ("Stated twice: 10.5555/ONE; https://doi.org/10.5555/one.", "10.5555/one"),
        ("King A. Knees. J Bone 2003;3:1-9.", ""),
    ],
)
def test_the_only_doi_of_an_entry_is_its_own(printed: str, doi: str) -> None:
    (cited,) = parse_references(_document(printed))
    assert (cited.csl.DOI or "") == doi


def test_fields_without_a_title_ask() -> None:
    (cited,) = parse_references(_document("Li, unpublished", fields=WorkFields()))
    assert cited.csl.title == "Li, unpublished"
    assert not cited.parsed


def test_an_id_is_shared_by_the_same_work_only() -> None:
    one = "Li, X. Exosomes in bone repair today. Bone 2020, 1, 2."
    other = "Li, X. Exosomes in bone repair tomorrow. Bone 2020, 1, 2."
    first, second, third = parse_references(_document(one, other, one))
    assert first.id == third.id != second.id
    assert first.id.startswith("li-2020-exosomes-bone-repair-")


@pytest.mark.parametrize(
    "piece",
    [
        "A.B.",
        "Ab, C.; ",
        "a. ",
        "2020, ",
        "(accessed on ",
        "[CrossRef] ",
        "In ",
        "; ",
        "et al. ",
        " ",
    ],
)
def test_long_entries_come_back(piece: str) -> None:
    # Backtracking that grows with the square of the entry would not come back from these.
    for size in (11_000, 200_000):
        fields, questions = parse_reference("Smith, J. " + piece * (size // len(piece)))
        assert fields.title
        assert isinstance(questions, list)


WORDS = st.sampled_from(
    ["exosomes", "bone", "repair", "of", "the", "in", "vivo", "HA/CS", "3D", "miR-21", "and", "M2"]
)
TITLES = st.lists(WORDS, min_size=3, max_size=12).map(lambda w: "Role " + " ".join(w) + " healing")
FAMILIES = st.sampled_from(
    ["Li", "O’Brien", "de Wolf", "El Hadi Chamas", "Rio-Espinola", "Ekström", "Ng"]
)
GIVEN = st.sampled_from(["X.", "A.B.", "Y.-k.", "A.d.", "J.-P.", "T.K.Y."])
PEOPLE = st.lists(st.tuples(FAMILIES, GIVEN), min_size=1, max_size=12)
CONTAINERS = st.sampled_from(
    [
        "Bone",
        "J. Bone Miner. Res.",
        "PLoS ONE",
        "Compos. Part. B Eng.",
        "BioMed Res. Int.",
        "Acta Biomater.",
        "Proc. Natl. Acad. Sci. USA",
        "ACS Appl. Mater. Interfaces",
        "eLife",
        "Mater. Today Bio",
        "Lancet",
    ]
)
VOLUMES = st.one_of(st.integers(1, 2030).map(str), st.just("309 Pt 2"), st.just(""))
PAGES = st.one_of(
    st.integers(10_000, 999_999).map(str),
    st.tuples(st.integers(1, 900), st.integers(901, 9999)).map(lambda p: f"{p[0]}–{p[1]}"),
    st.sampled_from(["e0193059", "rbae018", "e00370-18", "2761.e1–2771.e1", "S12–S18"]),
)
NUMBERS = st.tuples(VOLUMES, PAGES)


@settings(deadline=None)
@given(PEOPLE, st.booleans(), st.tuples(TITLES, CONTAINERS), st.integers(1950, 2026), NUMBERS)
def test_round_trip(
    people: list[tuple[str, str]],
    et_al: bool,
    names_of_work: tuple[str, str],
    year: int,
    numbers_of_work: tuple[str, str],
) -> None:
    (title, container), (volume, page) = names_of_work, numbers_of_work
    names = "; ".join(f"{f}, {g}" for f, g in people) + ("; et al." if et_al else "")
    numbers = ", ".join(part for part in (str(year), volume, page) if part)
    fields, questions = parse_reference(f"{names} {title}. {container} {numbers}. [CrossRef]")
    assert [(p.family, p.given) for p in fields.authors] == people
    assert (fields.et_al, fields.title, fields.container) == (et_al, title, container)
    assert (fields.issued, fields.volume, fields.page) == ((year,), volume, page)
    assert questions == []


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_kept(text: str) -> None:
    fields, _ = parse_reference(text)
    assert fields.title
