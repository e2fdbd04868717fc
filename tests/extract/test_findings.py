"""Findings as a whole: places, quotes, traces, doubts; and the measure against the gold."""

from __future__ import annotations

import measure_gold
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.extract.findings import check_entities, trace_findings
from builder.extract.findings.cues import read_cues
from builder.extract.findings.effects import EffectReader
from builder.extract.findings.statements import column_role
from builder.extract.tables import repair_tables
from builder.models import Cited, CslItem, EntityRecord, Paper, Seed
from builder.models.document import Block, Cell, Document, FrontMatter, Grid, WorkFields
from builder.text.sentences import find_sentences

SHA = "0" * 64


def paper(**fields):
    csl = CslItem(type="article-journal", title="A review")
    seed = Seed(file="x.txt", sha256=SHA, layout="test")
    return Paper(id="doe-2025-review", csl=csl, seed=seed, **fields)


def document(*, rows=(), blocks=()):
    grids = []
    if rows:
        cells = [tuple(Cell(t, 10 + n) for t in row) for n, row in enumerate(rows)]
        grids = [Grid(1, tuple(cells), 10)]
    front = FrontMatter(WorkFields(title="A review"))
    return Document("test", "x.txt", SHA, front, blocks=tuple(blocks), tables=tuple(grids))


def cited(number, title):
    csl = CslItem(type="article-journal", title=title)
    return Cited(id=f"work-{number}", number=number, line=100 + number, csl=csl, printed=title)


def read(vocabulary, *, rows=(), titles=(), blocks=(), **fields):
    seed = document(rows=rows, blocks=blocks)
    references = [cited(n, t) for n, t in enumerate(titles, 1)]
    one = paper(**fields)
    tables = repair_tables(seed, one.id)
    return trace_findings(one, seed, tables, references, vocabulary)


HEAD = ("Exosome Source", "Delivery Vehicle", "Mechanism", "References")


def test_titles_without_vesicles_give_no_finding(vocabulary):
    titles = ["Wnt signaling in cartilage degeneration", "MSC exosomes reduce inflammation"]
    found = [t.finding for t in read(vocabulary, titles=titles)]
    assert [(f.locator.reference, f.locator.line, f.quote) for f in found] == [(2, 102, titles[1])]
    assert [q.rule for q in found[0].questions] == ["title-only"]


def test_a_row_is_quoted_as_printed_and_keeps_its_place(vocabulary):
    row = ("BMSC-Exos.", "GelMA hydrogel.", "Increase VEGF.", "[1]")
    title = "BMSC exosomes in GelMA hydrogel increase VEGF in rats"
    traces = read(vocabulary, rows=(HEAD, row), titles=[title])
    finding = next(t.finding for t in traces if t.finding.locator.kind == "table-row")
    assert finding.quote == "BMSC-Exos. | GelMA hydrogel. | Increase VEGF. | [1]"
    assert (finding.locator.table, finding.locator.line) == (1, 11)
    assert (finding.sources, finding.vehicle_ids, finding.references) == (
        ["bmsc"],
        ["gelma", "hydrogel"],
        [1],
    )
    assert finding.design.level == "in-vivo"  # from the title that it cites
    assert not finding.questions


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Osteoclast exosomes in GelMA hydrogel increase VEGF", "row-title-source"),
        ("BMSC exosomes in chitosan increase VEGF", "row-title-vehicle"),
        ("BMSC exosomes in GelMA hydrogel decrease VEGF", "row-title-effect"),
        ("Neutrophil vesicles and pain after fracture of the jaw", "reference-misfit"),
    ],
)
def test_a_row_that_differs_from_its_title_is_asked_about(vocabulary, title, rule):
    row = ("BMSC-Exos", "GelMA hydrogel", "Increase VEGF", "[1]")
    traces = read(vocabulary, rows=(HEAD, row), titles=[title])
    finding = next(t.finding for t in traces if t.finding.locator.kind == "table-row")
    asked = {q.rule: q.weight for q in finding.questions}
    assert asked[rule] >= 4


def test_a_row_with_a_registry_number_is_no_finding(vocabulary):
    rows = (HEAD, ("MSC-EVs", "Injection", "Recruiting (NCT01234567)", "[1]"))
    kinds = [t.finding.locator.kind for t in read(vocabulary, rows=rows)]
    assert kinds == []


def test_an_inherited_short_form_is_read_by_the_cited_title(vocabulary):
    row = ("SC-Exos", "Ti6Al4V scaffold", "Increase VEGF", "[1]")
    title = "Schwann cell exosomes on Ti6Al4V scaffolds"
    traces = read(vocabulary, rows=(HEAD, row), titles=[title])
    finding = next(t.finding for t in traces if t.finding.locator.kind == "table-row")
    assert finding.sources == ["schwann-cell"]


def test_abstract_sentences_count_only_if_about_vesicles(vocabulary):
    abstract = (
        "Steroids relieve pain in osteoarthritis. MSC exosomes reduce inflammation. "
        "They promote cartilage repair. This review summarizes exosomes in osteoarthritis."
    )
    traces = read(vocabulary, abstract=abstract, abstract_line=3)
    quotes = [t.finding.quote for t in traces]
    assert quotes == ["MSC exosomes reduce inflammation.", "They promote cartilage repair."]
    assert {t.finding.locator.line for t in traces} == {3}


def test_full_text_needs_a_source_and_something_said_of_it(vocabulary):
    text = (
        "Exosomes were isolated from BMSCs by centrifugation. Exosomes reduce inflammation. "
        "ADSC exosomes reduced apoptosis of chondrocytes [4,6-8]. VEGF was measured."
    )
    block = Block("paragraph", text, 7, "Results", (4, 5, 6, 7, 8))
    traces = read(vocabulary, blocks=[block])
    assert [t.finding.quote for t in traces] == [
        "ADSC exosomes reduced apoptosis of chondrocytes [4,6-8]."
    ]
    finding = traces[0].finding
    assert (finding.locator.kind, finding.locator.section) == ("full-text", "Results")
    assert finding.references == [4, 6, 7, 8]


def test_every_value_of_a_trace_rests_on_its_span(vocabulary):
    titles = [e["quote"] for e in measure_gold.read_gold("titles-*")][:40]
    for trace in read(vocabulary, titles=titles):
        texts = dict(trace.texts)
        assert trace.assigned
        for item in trace.assigned:
            assert texts[item.part][item.start : item.end] == item.text
            assert item.rule


def test_the_id_hangs_on_the_words_alone(vocabulary):
    one = read(vocabulary, titles=["MSC exosomes reduce inflammation"])
    two = read(vocabulary, titles=["A title", "MSC exosomes reduce inflammation"])
    assert one[0].finding.id == two[0].finding.id
    twice = read(vocabulary, titles=["MSC exosomes reduce inflammation"] * 2)
    assert [t.finding.id for t in twice] == [one[0].finding.id, f"{one[0].finding.id}-2"]


def test_the_entities_of_the_digest_are_judged_as_by_a_reader(vocabulary):
    path = measure_gold.ROOT / "tests" / "gold" / "entities.yml"
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        entity = EntityRecord(
            group="", label=entry["label"], identifier=entry["identifier"], line=1
        )
        (checked,) = check_entities([entity], vocabulary)
        weight = checked.question.weight if checked.question else 0
        wanted = {True: 0, False: 3, "broader": 1}[entry["agrees"]]
        assert weight == wanted, entry["label"]


@pytest.mark.parametrize(
    ("label", "identifier", "asked"),
    [
        ("KOA", "MESH:D020370", False),
        ("pain", "MESH:D010146", False),
        ("bone", "MESH:D001847", True),  # Bone Diseases
        ("degenerative joint disease", "MESH:D019636", True),  # Neurodegenerative Diseases
        ("osteoarthritis", "MESH:D010146", True),  # Pain
        ("Homo sapiens", "taxon 9606", False),
        ("degeneration of the articular cartilage", "MESH:D002357", True),  # Cartilage Diseases
        ("sclerosis", "MESH:D012598", True),  # in general; of bone is meant
    ],
)
def test_entities_are_checked_against_the_vocabulary(vocabulary, label, identifier, asked):
    entity = EntityRecord(group="Diseases", label=label, identifier=identifier, line=1)
    (checked,) = check_entities([entity], vocabulary)
    assert (checked.question is not None) is asked


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Exos Source", "source"), ("Sources of Exos", "source"), ("EV Source", "source"),
        ("Delivery Vehicle", "vehicle"), ("Cell Target", "target"),
        ("Mechanism Impact", "mechanism"),
        ("References", "references"), ("Exos Release / In Vitro", "setting"), ("Notes", ""),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_words(cues, name, role):
    assert column_role(name, cues) == role


@pytest.mark.parametrize(
    ("text", "word", "effect"),
    [
        ("promotes A and B, and reduces C", "C", "down"),
        ("promotes A and B, and reduces C", "B", "up"),
        ("increased inhibition of A", "A", "inhibits"),
        ("prevents the loss of A", "A", "up"),
        ("A was not reduced", "A", "none"),
        ("shown to promote A", "A", "up"),
        ("a scaffold to promote A", "A", "involves"),
        ("reduces B to promote A", "A", "up"),
        ("for enhancing A through B", "A", "involves"),
        ("A-mediated promotion of B", "A", "involves"),
        ("A suppression", "A", "inhibits"),
        ("fails to reduce A", "A", "none"),
        ("without affecting A", "A", "none"),
        ("did not promote or inhibit A", "A", "none"),
        ("promotes B but does not reduce A", "A", "none"),
        ("A levels were higher", "A", "up"),
        ("A remained stable", "A", "none"),
        ("stimulated with A", "A", "involves"),
    ],
)
def test_effects(cues, text, word, effect):
    start = text.index(word)
    assert EffectReader(text, cues).effect_of(start, start + 1).effect == effect


@given(st.text(alphabet="abc ,.;:()-[]to by not reduced promotes MSC exosomes", max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_walked(text):
    reader = EffectReader(text, read_cues())
    for place in range(len(text)):
        assert reader.effect_of(place, place + 1).effect


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_sentences_are_verbatim(text):
    for sentence in find_sentences(text):
        assert sentence in text


# The aims of the project: precision and recall by field, over titles, rows and unseen sentences.
AIMS = {
    "sources": (0.97, 0.93),
    "mechanisms": (0.95, 0.90),
    "cargo": (0.95, 0.90),
    "vehicles": (0.95, 0.90),
    "conditions": (0.95, 0.90),
}


@pytest.fixture(scope="module")
def reports(vocabulary):
    rows, _ = measure_gold.score_rows(vocabulary)
    return {
        "titles": measure_gold.score_texts(measure_gold.read_gold("titles-*"), vocabulary),
        "rows": rows,
        "unseen": measure_gold.score_texts(measure_gold.read_gold("unseen"), vocabulary),
    }


@pytest.mark.parametrize("field", AIMS)
@pytest.mark.parametrize("part", ["titles", "rows", "unseen"])
def test_the_gold_is_met(reports, part, field):
    score = reports[part].scores[field]
    precision, recall = AIMS[field]
    confusions = reports[part].confusions[field]
    assert score.precision >= (precision if part != "unseen" else 0.90), confusions
    assert score.recall >= recall, confusions


def test_only_trials_and_other_topics_are_left_out(vocabulary):
    _, lost = measure_gold.score_rows(vocabulary)
    assert len(lost) == 5  # the five registered trials
    assert not measure_gold.score_other_titles(measure_gold.read_gold("titles-*"))


def test_works_under_one_number_all_count(vocabulary):
    block = Block("paragraph", "ADSC exosomes reduced apoptosis [1].", 7, "Results", (1,))
    seed = document(blocks=[block])
    works = [cited(1, "A study"), cited(1, "Adipose exosomes in mice")]
    traces = trace_findings(paper(), seed, [], works, vocabulary)
    (finding,) = [t.finding for t in traces if t.finding.locator.kind == "full-text"]
    assert (finding.references, finding.design.level) == ([1], "in-vivo")


def test_a_sentence_set_in_stimulated_cells_is_no_animal_study(vocabulary):
    text = "BMSC exosomes lowered MMP13 in IL-1β-stimulated chondrocytes [1]."
    block = Block("paragraph", text, 7, "Results", (1,))
    works = [cited(1, "Exosomes relieve pain in a rat model of osteoarthritis")]
    traces = trace_findings(paper(), document(blocks=[block]), [], works, vocabulary)
    found = [t.finding for t in traces if t.finding.locator.kind == "full-text"]
    assert [f.design.level for f in found] == ["in-vitro"]


def test_a_sentence_takes_no_level_from_works_that_differ(vocabulary):
    block = Block("paragraph", "ADSC exosomes reduced apoptosis [1,2].", 7, "Results", (1, 2))
    works = [cited(1, "Chondrocytes in vitro"), cited(2, "Pain of mice")]
    traces = trace_findings(paper(), document(blocks=[block]), [], works, vocabulary)
    assert [t.finding.design.level for t in traces] == ["not-stated"]


def test_sources_in_contrast_get_their_own_effects(vocabulary):
    text = (
        "Osteoblast exosomes raise mineralization, while osteoclast exosomes inhibit osteogenesis."
    )
    found = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    reported = {f.quote: (f.sources, [(m.id, m.effect) for m in f.mechanisms]) for f in found}
    assert reported == {
        "Osteoblast exosomes raise mineralization": (["osteoblast"], [("mineralization", "up")]),
        "osteoclast exosomes inhibit osteogenesis.": (
            ["osteoclast"],
            [("osteogenesis", "inhibits")],
        ),
    }


def test_a_source_that_had_no_effect_is_given_none_of_the_other_source(vocabulary):
    text = "BMSC exosomes reduce apoptosis, whereas fibroblast exosomes had no effect."
    found = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    assert [(f.sources, [(m.id, m.effect) for m in f.mechanisms]) for f in found] == [
        (["bmsc"], [("apoptosis", "down")]),
        (["fibroblast"], [("apoptosis", "none")]),
    ]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (
            "BMSC-EVs, but not fibroblast-derived EVs, preserved proteoglycan in rats.",
            [(["bmsc"], [("proteoglycan", "up")]), (["fibroblast"], [("proteoglycan", "none")])],
        ),
        (
            "Exosomes from osteoclasts but not from macrophages reduced RUNX2.",
            [(["osteoclast"], [("runx2", "down")]), (["macrophage"], [("runx2", "none")])],
        ),
        (
            "ADSC but not platelet exosomes inhibited apoptosis via AKT.",
            [
                (["adsc"], [("apoptosis", "inhibits"), ("akt", "involves")]),
                (["platelet"], [("apoptosis", "none")]),
            ],
        ),
        ("MSC exosomes but not MSCs raised SOX9.", [(["msc"], [("sox9", "up")])]),
        ("Young but not old MSC exosomes raised SOX9.", [(["msc"], [("sox9", "up")])]),
        (
            "MSC exosomes raised SOX9 in BMSCs but not in chondrocytes.",
            [(["msc"], [("sox9", "up")])],
        ),
    ],
)
def test_vesicles_that_did_not_do_it_are_a_finding_of_their_own(vocabulary, text, reported):
    found = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    assert [(f.sources, [(m.id, m.effect) for m in f.mechanisms]) for f in found] == reported
    assert len({f.id for f in found}) == len(found)
    assert {f.result for f in found[1:]} <= {"no-benefit", "none-reported"}


def test_a_source_of_which_a_contrast_reports_nothing_gets_no_effect(vocabulary):
    text = "BMSC exosomes reduce apoptosis, but ADSC exosomes were isolated by ultracentrifugation."
    (found,) = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    assert (found.sources, found.quote) == (["bmsc"], text)
    assert [q.rule for q in found.questions] == ["contrasted-sources"]


@pytest.mark.parametrize(
    "text",
    [
        "Unlike BMSC exosomes, ADSC exosomes did not promote chondrogenesis.",
        "ADSC exosomes, in contrast to those from BMSCs, did not promote chondrogenesis.",
        "ADSC exosomes, as opposed to BMSC exosomes, did not promote chondrogenesis.",
    ],
)
def test_a_source_that_another_is_set_against_has_not_its_effect(vocabulary, text):
    (found,) = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    assert (found.sources, [(m.id, m.effect) for m in found.mechanisms]) == (
        ["adsc"],
        [("chondrogenesis", "none")],
    )


@pytest.mark.parametrize(
    ("text", "sources", "cargo"),
    [
        ("miR-23a-3p but not miR-23a-5p was enriched in BMSC exosomes.", ["bmsc"], ["mir-23a-3p"]),
        ("BMSC exosomes carried miR-21 but not miR-155.", ["bmsc"], ["mir-21"]),
        ("BMSC exosomes did not contain VEGF.", ["bmsc"], []),
        ("ADSC but not BMSC exosomes carried miR-21.", ["adsc"], ["mir-21"]),
    ],
)
def test_what_vesicles_do_not_hold_is_no_cargo(vocabulary, text, sources, cargo):
    (found,) = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    assert (found.sources, [c.id for c in found.cargo]) == (sources, cargo)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Osteoblast (OB)- and MSC-derived exosomes raised VEGF.", ["osteoblast", "msc"]),
        ("Osteoblast (OB) and MSC-derived exosomes raised VEGF.", ["osteoblast", "msc"]),
        ("Neither BMSC nor ADSC exosomes changed VEGF.", ["bmsc", "adsc"]),
    ],
)
def test_all_cells_of_a_list_are_sources(vocabulary, text, sources):
    (found,) = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    assert (found.sources, found.targets) == (sources, [])


def test_no_harm_is_not_no_effect(vocabulary):
    text = "MSC exosomes were safe in ten patients with osteoarthritis, without adverse events."
    (found,) = [t.finding for t in read(vocabulary, abstract=text, abstract_line=3)]
    assert [(o.id, o.effect) for o in found.outcomes] == [("safety", "involves")]


@pytest.mark.parametrize(
    "number",
    ["NCT01234567", "ChiCTR2100099902", "IRCT20210423051054N1", "ACTRN12623000498695",
     "jRCTs041220087", "DRKS00031815", "CTRI/2023/04/052053"],
)  # fmt: skip
def test_a_trial_of_any_registry_is_no_finding(vocabulary, number):
    rows = (("Registry ID", "Exosome source", "Condition"), (number, "ADSC", "Osteoarthritis"))
    assert read(vocabulary, rows=rows) == []


def test_rows_of_one_line_are_reported_apart(vocabulary):
    cells = [
        ("Exosome source", "Effect", "Ref."),
        ("BMSC", "Autophagy raised", "[1]"),
        ("ADSC", "Apoptosis reduced", "[2]"),
    ]
    rows = tuple(tuple(Cell(text, 4) for text in row) for row in cells)
    seed = Document(
        "test", "x.txt", SHA, FrontMatter(WorkFields(title="A review")), tables=(Grid(1, rows, 4),)
    )
    tables = repair_tables(seed, "doe-2025-review")
    traces = trace_findings(paper(), seed, tables, [], vocabulary)
    assert [(t.finding.quote, t.finding.sources) for t in traces] == [
        ("BMSC | Autophagy raised | [1]", ["bmsc"]),
        ("ADSC | Apoptosis reduced | [2]", ["adsc"]),
    ]


def test_a_study_of_several_sources_is_no_disagreement(vocabulary):
    row = ("ADSC-Exos", "GelMA hydrogel", "Increase VEGF", "[1]")
    title = "Exosomes of ADSCs and UCMSCs in GelMA hydrogel increase VEGF"
    traces = read(vocabulary, rows=(HEAD, row), titles=[title])
    finding = next(t.finding for t in traces if t.finding.locator.kind == "table-row")
    assert "row-title-source" not in {q.rule for q in finding.questions}


@pytest.mark.parametrize(
    "text",
    [
        "To our knowledge, the effect of MSC exosomes on osteoarthritis has not been investigated.",
        "Whether BMSC exosomes reduce pain in patients with knee osteoarthritis remains unclear.",
        "It is still unknown whether exosomes of MSCs inhibit MMP-13.",
        "How BMSC exosomes lower IL-6 has not been fully elucidated.",
        "Little is known about MSC exosomes in osteoarthritis.",
    ],
)
def test_what_nobody_knows_is_no_finding(vocabulary, text):
    assert read(vocabulary, blocks=[Block("paragraph", text, 7)]) == []


@pytest.mark.parametrize(
    "text",
    [
        "BMSC exosomes reduced IL-6, but the mechanism remains unclear.",
        "The effect of BMSC exosomes on IL-6 was mediated by a hitherto unknown receptor.",
        "The role of BMSC exosomes was studied, and they reduced IL-6.",
    ],
)
def test_what_is_known_beside_what_is_not_stays_a_finding(vocabulary, text):
    (trace,) = read(vocabulary, blocks=[Block("paragraph", text, 7)])
    assert [m.id for m in trace.finding.mechanisms] == ["il-6"]


def test_a_test_named_after_a_process_is_not_the_process(vocabulary):
    text = "A wound healing assay showed that BMSC exosomes accelerate migration of chondrocytes."
    (trace,) = read(vocabulary, blocks=[Block("paragraph", text, 7)])
    assert [(m.id, m.effect) for m in trace.finding.mechanisms] == [("cell-migration", "up")]
    text = "The International Cartilage Repair Society score was raised by BMSC exosomes."
    (trace,) = read(vocabulary, blocks=[Block("paragraph", text, 7)])
    assert trace.finding.mechanisms == []
    assert [(o.id, o.effect) for o in trace.finding.outcomes] == [("icrs-score", "up")]


# Written from what each name says before it was read by program.
@pytest.mark.parametrize(
    ("text", "vehicles"),
    [
        (
            "An injectable, self-healing chitosan/β-glycerophosphate gel loaded with MSC exosomes",
            [(["chitosan", "beta-glycerophosphate"], "hydrogel", ["injectable", "self-healing"])],
        ),
        ("GelMA/HA-NB hydrogel with BMSC exosomes", [(["gelma", "ha-nb"], "hydrogel", [])]),
        ("ALG-HA/MSC-Exos hydrogel", [(["alginate", "hyaluronic-acid"], "hydrogel", [])]),
        ("Exosomes of BMSCs in GelMA-60", [(["gelma"], None, [])]),
        (
            "MSC exosomes in PLGA microspheres and a collagen membrane",
            [(["plga"], "microspheres", []), (["collagen"], "membrane", [])],
        ),
        (
            "Exosomes in GelMA and HAMA microspheres",
            [(["gelma"], "microspheres", []), (["hama"], "microspheres", [])],
        ),
        ("Exosomes in a scaffold made of zein", [(["zein"], "scaffold", [])]),
        ("Gelatin methacryloyl (GelMA) hydrogel, MSC exosomes", [(["gelma"], "hydrogel", [])]),
        ("Adhesive properties of MSC exosomes", []),
    ],
)
def test_a_vehicle_is_composed_of_what_its_name_says(vocabulary, text, vehicles):
    found = measure_gold.read_alone(text, vocabulary).vehicles
    assert [(v.materials, v.form, v.properties) for v in found] == vehicles


def test_a_named_vehicle_keeps_its_name_beside_its_parts(vocabulary):
    (found,) = measure_gold.read_alone("ACECM scaffolds with MSC exosomes", vocabulary).vehicles
    assert (found.id, found.label) == ("acecm", "ACECM scaffolds")
    assert (found.materials, found.form) == (["decellularized-ecm"], "scaffold")
