"""The terms as kept, and the checks that keep them so."""

from pathlib import Path

import pytest

from builder import store
from builder.curate.checks import check_terms
from builder.models import Ambiguity, Term, Xref
from builder.text import ids
from builder.text.nomenclature import Terms, read_lexicons

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def kept() -> dict[str, Term]:
    return {t.id: t for t in store.read_terms(ROOT / "content", ROOT)}


def test_the_terms_are_free_of_problems(kept: dict[str, Term]) -> None:
    assert check_terms(list(kept.values()), ROOT / "content", ROOT) == []


@pytest.mark.parametrize(
    ("kind", "slugs"),
    [
        ("source", "bmsc adsc ucmsc wjmsc dpsc shed msc cspc placental-msc schwann-cell prp"),
        ("mechanism", "nf-kb tnf-alpha mir-126 lncrna-h19 col-ii col-i angiogenesis"),
        ("mechanism", "vascularization il-1-beta mmp-13 runx2 sox9 mir-23a-3p mir-23a-5p"),
        ("vehicle", "gelma peek hyaluronic-acid hydrogel chitosan ti6al4v acecm"),
        ("condition", "knee-osteoarthritis tmj-osteoarthritis osteochondral-defect"),
        ("compound", "curcumin kartogenin icariin hydrogen-sulfide"),
    ],
)
def test_slugs_are_what_a_reader_would_type(kept: dict[str, Term], kind: str, slugs: str) -> None:
    terms = Terms(kept)
    assert {s: terms[s].kind for s in slugs.split()} == dict.fromkeys(slugs.split(), kind)


def test_arms_of_a_hairpin_stay_apart(kept: dict[str, Term]) -> None:
    terms = Terms(kept)
    assert terms["mir-23a-3p"].parent == terms["mir-23a-5p"].parent == "mir-23a"


def test_the_tables_hold_terms_that_could_be_files(kept: dict[str, Term]) -> None:
    terms = Terms(kept)
    for concept in read_lexicons().values():
        term = concept.to_term()
        assert term.id not in kept, term.id
        assert term.parent is None or term.parent in terms, term.id
        assert [x.curie for x in term.xrefs if ids.find_fault(x.curie)] == [], term.id
        assert all(name.strip() == name for name in (term.label, *term.synonyms)), term.id


def test_no_term_speaks_of_places_in_a_seed(kept: dict[str, Term]) -> None:
    for term in kept.values():
        said = " ".join([term.definition or "", *term.notes])
        assert "Table " not in said, term.id
        assert " ref " not in said, term.id
        assert "seed" not in said, term.id


def write(folder: Path, *terms: Term) -> list[str]:
    for term in terms:
        kind = {"source": "sources", "vehicle": "vehicles"}[term.kind]
        store.write_records(folder / "content/terms" / kind / f"{term.id}.yml", term)
    problems = check_terms(terms, folder / "content", folder)
    return [str(p) for p in problems]


def source(slug: str, label: str, **more: object) -> Term:
    return Term.model_validate({"id": slug, "label": label, "kind": "source", **more})


def test_a_wrong_parent_is_reported_with_line_and_hint(tmp_path: Path) -> None:
    said = write(
        tmp_path,
        source("msc", "Mesenchymal stem cell"),
        source("bmsc", "Marrow cell", parent="mscs"),
    )
    assert said == [
        "content/terms/sources/bmsc.yml:4: error: parent: the id of a source, got 'mscs'. "
        "Did you mean 'msc'? [term-parent]"
    ]


def test_a_parent_of_another_kind(tmp_path: Path) -> None:
    gel = Term(id="gel-x", label="Gel x", kind="vehicle")
    said = write(tmp_path, gel, source("bmsc", "Marrow cell", parent="gel-x"))
    assert [s.split("[")[-1] for s in said] == ["term-parent-kind]"]


def test_a_circle(tmp_path: Path) -> None:
    said = write(
        tmp_path, source("a1", "Aaaa cell", parent="b1"), source("b1", "Bbbb cell", parent="a1")
    )
    assert "a1 > b1 > a1" in said[0]


def test_a_name_of_two_terms(tmp_path: Path) -> None:
    said = write(
        tmp_path,
        source("a1", "Aaaa cell", synonyms=["XYZ"]),
        source("b1", "Bbbb cell", synonyms=["first", "XYZs"]),
    )
    assert len(said) == 1
    assert said[0].startswith("content/terms/sources/b1.yml:6: error: synonyms.1: ")


def test_a_name_of_two_terms_that_both_explain(tmp_path: Path) -> None:
    form = [Ambiguity(text="XYZ", when=["bone"])]
    assert (
        write(
            tmp_path,
            source("a1", "Aaaa cell", ambiguous=form),
            source("b1", "Bbbb cell", ambiguous=form),
        )
        == []
    )


def test_a_bad_identifier(tmp_path: Path) -> None:
    said = write(
        tmp_path,
        source("a1", "Aaaa cell", xrefs=[Xref(curie="CL:12"), Xref(curie="NOSUCHDB:1")]),
    )
    assert [("xrefs.0.curie" in s, "xrefs.1.curie" in s) for s in said] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    "name", ["search", "sources", "source", "about", "data", "compounds", "con"]
)
def test_a_reserved_slug(tmp_path: Path, name: str) -> None:
    assert "[term-reserved]" in write(tmp_path, source(name, "Search cell"))[0]


@pytest.mark.parametrize(
    ("curie", "database", "url"),
    [
        ("GO:0001525", "Gene Ontology", "http://purl.obolibrary.org/obo/GO_0001525"),
        (
            "MESH:D010003",
            "Medical Subject Headings",
            "https://meshb.nlm.nih.gov/record/ui?ui=D010003",
        ),
    ],
)
def test_links_come_from_the_kept_registry(curie: str, database: str, url: str) -> None:
    assert ids.find_link(curie) == (curie, database, url)


def test_an_unknown_prefix_has_no_link() -> None:
    assert ids.find_link("NOSUCHDB:1") is None


def test_a_short_form_of_two_meanings_never_stands_for_a_term() -> None:
    doubtful = Ambiguity(text="SC", when=["Schwann"])
    schwann = Term(
        id="schwann", label="Schwann cell", kind="source", abbreviation="SC", ambiguous=[doubtful]
    )
    bmsc = Term(id="bmsc", label="Bone marrow MSC", kind="source", abbreviation="BMSC")
    assert schwann.short == "Schwann cell"
    assert bmsc.short == "BMSC"
    assert Term(id="rat", label="Rat", kind="species").short == "Rat"
