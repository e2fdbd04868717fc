"""Design, role, result and certainty of a statement; every expectation written from its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.extract.design import is_review_paper, read_title_level, read_trial
from builder.extract.findings import read_statement
from builder.extract.findings.statements import Part, Statement
from builder.models import CslItem, Finding, Locator, Paper, Seed


def read(text, vocabulary, cues, *, kind="reference-title", titles=()) -> Finding:
    where = Locator(kind=kind, line=1, reference=1 if kind == "reference-title" else None)
    part = Part("title" if "title" in kind else "sentence", "", text)
    statement = Statement(where, text, (part,), (1,), titles=titles)
    return read_statement(statement, "p", vocabulary, cues).finding


def read_row(cells, vocabulary, cues, *, titles=()) -> Finding:
    """Read a row of (column, role, text)."""
    where = Locator(kind="table-row", line=1, table=1, row="r1")
    parts = tuple(Part(*cell) for cell in cells)
    quote = " | ".join(part.text for part in parts)
    statement = Statement(where, quote, parts, (1,), " ".join(titles), titles, "table")
    return read_statement(statement, "p", vocabulary, cues).finding


# --- design --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "level"),
    [
        # Cells acted on, and nothing but cells.
        ("ADSC exosomes reduce apoptosis of chondrocytes", "in-vitro"),
        ("Osteocyte exosomes promote osteogenic differentiation of hBMSCs", "in-vitro"),
        ("PRP exosomes lower inflammation in RAW264.7 macrophages", "in-vitro"),
        ("Exosomes in human primary chondrocytes: an in vitro study", "in-vitro"),  # no patients
        # A disease or a tissue leaves it open.
        ("ADSC exosomes alleviate osteoarthritis by protecting chondrocytes", "not-stated"),
        ("BMSC exosomes promote bone regeneration", "not-stated"),
        ("UCMSC exosomes for cartilage repair", "not-stated"),
        # Explants.
        ("MSC exosomes protect cartilage explants", "ex-vivo"),
        ("BMSC exosomes in meniscus: an ex vivo study", "ex-vivo"),
        ("EVs in osteoarthritis: an in vitro and ex vivo analysis", "ex-vivo"),
        # The highest of several.
        ("DPSC exosomes heal bone in vitro and in vivo", "in-vivo"),
        ("MSC exosomes in ovariectomised animals", "in-vivo"),
        ("BMSC exosomes heal calvarial defects", "in-vivo"),
        ("SMSC exosomes prevent osteonecrosis of the femoral head in the rat", "in-vivo"),
        ("Exosomes of chondrocytes in subcutaneous ectopic chondrogenesis", "in-vivo"),
        ("Exosomes promote diabetic mouse skin wound healing", "in-vivo"),
        # People.
        ("MSC exosomes in patients with knee osteoarthritis", "clinical"),
        ("A randomised controlled trial of ADSC exosomes", "clinical"),
        ("Pilot study of UCMSC vesicles in bone nonunion", "clinical"),
        ("Pilot safety study of an exosome product", "clinical"),
        ("miR-26a of exosomes is poorly expressed in OA patients", "not-stated"),
        # Reviews and the like.
        ("MSC exosomes in osteoarthritis: a scoping review", "review"),
        ("Emerging roles of exosomes in bone", "review"),
        ("Bibliometric analysis of exosomes in cartilage repair", "review"),
        ("Exosomes for tendon repair: current status and future perspectives", "review"),
        ("ADSC exosomes: towards new regenerative strategies for joints", "review"),
        ("Towards strategies for loading: MSC exosomes promote osteogenesis", "not-stated"),
    ],
)
def test_design_of_a_title(title, level, vocabulary, cues):
    assert read(title, vocabulary, cues).design.level == level


def test_a_sentence_on_cells_needs_words_of_a_dish(vocabulary, cues):
    """The cells of a sentence may be those of a body; a row or a title names what was studied."""
    said = {
        "MSC exosomes increased the proliferation of chondrocytes.": "not-stated",
        "MSC exosomes increased the proliferation of cultured chondrocytes.": "in-vitro",
        "MSC exosomes reduced apoptosis of IL-1β-stimulated chondrocytes.": "in-vitro",
        "MSC exosomes lowered IL-6 in RAW264.7.": "in-vitro",
    }
    found = {t: read(t, vocabulary, cues, kind="full-text").design.level for t in said}
    assert found == said


def test_design_of_rows(vocabulary, cues):
    source = ("Source", "source", "BMSC-Exos")
    effect = ("Mechanism", "mechanism", "Reduce inflammation.")
    cells = ("Cell Target", "target", "HUVECs")
    assert read_row([source, cells, effect], vocabulary, cues).design.level == "in-vitro"
    in_mice = ("BMSC exosomes ease periodontitis in mice",)
    row = read_row([source, cells, effect], vocabulary, cues, titles=in_mice)
    assert row.design.level == "in-vivo"
    animal = ("Model", "setting", "Rabbit with a femoral defect")
    row = read_row([source, animal, effect], vocabulary, cues)
    assert (row.design.level, row.design.species) == ("in-vivo", ["rabbit"])
    donor = ("Model", "setting", "Rat chondrocytes")
    assert read_row([source, donor, effect], vocabulary, cues).design.level != "in-vivo"
    kept = ("Exos Release / In Vivo", "setting", "Kept for 7 days.")
    assert read_row([source, kept, effect], vocabulary, cues).design.level == "in-vivo"
    phase = ("Phase", "", "Preclinical")
    place = ("Route", "", "Local delivery to the defect site")
    assert read_row([phase, source, place], vocabulary, cues).design.level == "in-vivo"


def test_animals_studied_are_not_the_donors_of_cells(vocabulary, cues):
    title = "Rabbit BMSC exosomes heal rat calvarial defects"
    assert read(title, vocabulary, cues).design.species == ["rat"]
    title = "Exosomes of human ADSCs ease osteoarthritis in a mouse model"
    assert read(title, vocabulary, cues).design.species == ["mouse"]
    title = "Exosomes protect rat chondrocytes from apoptosis"
    assert read(title, vocabulary, cues).design.species == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # A possibility in a cell is no result; another effect of the row may be one.
        ("May promote cartilage regeneration", "unclear none-reported hedged"),
        ("Could lower inflammation and might raise collagen II", "unclear none-reported hedged"),
        ("Possibly slows cartilage degeneration", "unclear none-reported hedged"),
        ("May raise collagen II. Lowered inflammation.", "therapeutic improved asserted"),
        ("Lowered inflammation; of possible use in patients", "therapeutic improved asserted"),
        # What was not gained is the result of the row.
        ("No effect on cartilage degeneration; IL-6 unchanged", "therapeutic no-benefit asserted"),
        ("Cartilage degeneration unchanged", "therapeutic no-benefit asserted"),
        ("Did not slow cartilage degeneration", "therapeutic no-benefit asserted"),
    ],
)
def test_possibility_and_failure_in_a_row(words, expected, vocabulary, cues):
    cells = [("Source", "source", "BMSC-Exos"), ("Model", "setting", "Mouse OA model")]
    found = read_row([*cells, ("Mechanism", "mechanism", words)], vocabulary, cues)
    role = "unclear" if found.certainty == "hedged" else found.role
    assert f"{role} {found.result} {found.certainty}" == expected


@pytest.mark.parametrize(
    ("text", "design"),
    [
        (
            "A randomized, triple-blind, placebo-controlled clinical trial",
            {"randomised": True, "controlled": True, "blinded": True, "masking": "triple"},
        ),
        ("A phase I/II open-label study", {"phase": "1/2", "blinded": False, "masking": "open"}),
        ("A non-randomised, single-arm study", {"randomised": False}),
        ("RCT", {"randomised": True, "controlled": True}),
        ("Controlled release of exosomes", {}),
        ("Patients were followed for 12 months", {"follow_up": "12 months"}),
    ],
)
def test_design_of_a_trial(text, design):
    assert read_trial(text) == design


@pytest.mark.parametrize(
    ("title", "abstract", "review"),
    [
        ("Exosomes of bone: a narrative review", None, True),
        ("Exosomes of bone", "Bones heal. This narrative review sums up what is known.", True),
        ("Exosomes of bone", "We review exosomes.", True),
        ("Exosomes of bone heal rats", "Rats were given exosomes. Reviewers were blinded.", False),
    ],
)
def test_a_paper_is_a_review_by_what_it_says_of_itself(title, abstract, review):
    seed = Seed(file="a.txt", sha256="0" * 64, layout="digest")
    csl = CslItem(type="article-journal", title=title)
    assert is_review_paper(Paper(id="p", csl=csl, seed=seed, abstract=abstract)) == review


def test_titles_that_review_others_are_reported_from_studies():
    assert read_title_level("Guidelines for clinical translation of vesicles") == "review"
    assert read_title_level("Teratoma risk: a consensus recommendation") == "review"
    assert read_title_level("Olfactomedin-like protein inhibits mineralization") == "not-stated"


# --- role, result, certainty ---------------------------------------------------------------------


SAID = """
therapeutic improved asserted: BMSC exosomes alleviate osteoarthritis
therapeutic improved asserted: MSC exosomes mediate cartilage repair
therapeutic improved asserted: PRP exosomes enable tendon-bone healing
therapeutic improved asserted: ADSC exosomes lower inflammation of joints
# An aim, a question, a hope: no result.
therapeutic none-reported aim: Hydrogel with exosomes for bone regeneration
therapeutic none-reported aim: Effect of ADSC exosomes on bone healing
therapeutic none-reported hedged: Exosomes as potential therapeutics in ALS
therapeutic none-reported hedged: Exosomes may alleviate osteoarthritis
unclear none-reported hedged: Exosomes show promise in osteoarthritis
# A better effect of the vesicles is a benefit, unless it is denied, meant, or only more of them.
therapeutic improved asserted: Higher yield and enhanced therapeutic effects of MSC exosomes
therapeutic improved asserted: Hypoxia improved the therapeutic efficacy of BMSC exosomes in OA
therapeutic none-reported asserted: It did not increase the therapeutic effect of ADSC exosomes
therapeutic none-reported aim: Strategies to enhance the therapeutic effects of MSC exosomes
therapeutic none-reported asserted: Flow raises exosome yield and therapeutic potential for OA
method none-reported asserted: Mechanical stimulation increases the exosome yield of BMSCs
method none-reported aim: Development of extracellular vesicle therapeutics
method none-reported aim: Development of exosome-based medicinal products
# Vesicles of the diseased joint or of the blood in what harms; those given are none.
pathogenic none-reported aim: Role of synovial exosomes in apoptosis in rheumatoid arthritis
pathogenic none-reported asserted: Synovial fluid exosomes in inflammation of rheumatoid arthritis
pathogenic none-reported asserted: Serum exosomes and bone resorption in osteoporosis
unclear none-reported asserted: Platelet-rich plasma exosomes in apoptosis and osteoarthritis
unclear none-reported aim: Role of MSC exosomes in inflammation in osteoarthritis
# No benefit, and harm done by the vesicles themselves.
therapeutic no-benefit asserted: MSC exosomes had no effect on osteoarthritis
pathogenic worsened asserted: Osteoclast exosomes inhibit osteogenesis
pathogenic worsened asserted: Senescent chondrocyte exosomes aggravate osteoarthritis
pathogenic worsened asserted: Exosomes of OA cartilage promote cartilage degeneration
# Looked at, made, counted.
biomarker none-reported asserted: Plasma exosomes as biomarkers of osteoarthritis
biomarker none-reported asserted: Sequencing of exosomal circRNA of osteoporosis patients
method none-reported asserted: GMP manufacturing of MSC vesicles in bioreactors
method none-reported asserted: Stretching enhances exosome secretion of MSCs
biomarker none-reported asserted: Exosomal miR-1 is a biomarker of OA and enhances osteogenesis
# What the lack of vesicles did, what feeds a tumour: neither harm nor benefit of theirs.
unclear none-reported asserted: Silencing of miR-21 in exosomes impaired osteogenesis
unclear none-reported asserted: MSC exosomes further the proliferation of tumor cells
# Nothing was gained.
therapeutic no-benefit asserted: MSC exosomes or saline: no difference in WOMAC of patients
# Two ways at once.
therapeutic mixed asserted: Exosomes promote bone regeneration and inflammation
# A verb that is good of any object, behind the vesicles, and its denials; aims, other subjects and
# what serves the carrier are no benefit.
therapeutic improved asserted: ADSC-EVs improved walking speed in old mice
therapeutic improved asserted: Exosomal miR-335 of BMSCs accelerates fracture recovery
therapeutic improved asserted: EVs of fat pad MSCs protect cartilage by inhibition of mTOR
therapeutic no-benefit asserted: ADSC-EVs did not improve walking speed in old mice
unclear none-reported asserted: MSC exosomes and a brace improved walking speed
unclear none-reported asserted: MSC exosomes improved drug loading
unclear none-reported hedged: MSC exosomes may improve walking speed
therapeutic no-benefit asserted: MSC exosomes: no significant difference from control
therapeutic no-benefit asserted: ADSC exosomes in rat defects, no benefit over vehicle
unclear none-reported asserted: MSC exosomes: no difference in cell viability to controls
# Patients beside controls.
biomarker none-reported asserted: Plasma exosomes of patients held less miR-30d than in controls
biomarker none-reported asserted: Exosomal PCGEM1 of serum is higher in OA than in healthy controls
biomarker none-reported asserted: Exosomes in RA carried more miR-17 than those of normal donors
"""

SAID_IN_SENTENCES = (Path(__file__).parent / "said_in_sentences.txt").read_text("utf-8")


def lines(table):
    return [line for line in table.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        *((line, "reference-title") for line in lines(SAID)),
        *((line, "abstract") for line in lines(SAID_IN_SENTENCES)),
    ],
)
def test_role_result_and_certainty(line, kind, vocabulary, cues):
    expected, _, text = line.partition(": ")
    found = read(text, vocabulary, cues, kind=kind)
    assert f"{found.role} {found.result} {found.certainty}" == expected


def test_what_was_only_measured_is_no_mechanism(vocabulary, cues):
    measured = [
        "Exosomes were isolated by ultracentrifugation and characterised by CD9 and TSG101.",
        "Expression of RUNX2 was measured after exosome treatment.",
        "ALP of cells with exosomes was stained and quantified.",
    ]
    found = [read(text, vocabulary, cues, kind="abstract").mechanisms for text in measured]
    assert found == [[], [], []]


def test_a_rank_is_no_count(vocabulary, cues):
    text = "Patients with grade 2-3 knees, stage 2 rats, type 1 cells (95% CI) received exosomes."
    assert read(text, vocabulary, cues, kind="abstract").quantities == []


def test_basis_is_where_the_statement_stands(vocabulary, cues):
    kinds = ("reference-title", "abstract", "key-finding", "full-text")
    text = "BMSC exosomes alleviate osteoarthritis."
    assert [read(text, vocabulary, cues, kind=k).basis for k in kinds] == [
        "title",
        "abstract",
        "digest",
        "full-text",
    ]


# --- conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "conditions"),
    [
        ("PRP exosomes promote rotator cuff tendon-bone healing", ["rotator-cuff-tear"]),
        ("BMSC exosomes promote osteochondral repair", ["osteochondral-defect"]),
        ("MSC exosomes mediate cartilage repair", ["cartilage-defect"]),
        ("MSC exosomes for bone regeneration", ["bone-defect"]),
        ("Exosomes protect cartilage", []),  # nothing is repaired
        ("Exosomes ease osteoarthritis by cartilage repair", ["osteoarthritis"]),
    ],
)
def test_a_repair_names_its_lesion(title, conditions, vocabulary, cues):
    assert read(title, vocabulary, cues).conditions == conditions


@pytest.mark.parametrize(
    ("title", "sites"),
    [
        ("MSC exosomes alleviate knee osteoarthritis", ["knee-joint"]),
        ("PRP exosomes promote rotator cuff healing", ["rotator-cuff"]),
        ("Exosomes in fractures of the lateral femoral epicondyle", ["lateral-femoral-epicondyle"]),
        ("Exosomes of adipose tissue alleviate osteoarthritis", []),  # where they come from
    ],
)  # fmt: skip
def test_sites_are_where_the_lesion_is(title, sites, vocabulary, cues):
    assert read(title, vocabulary, cues).sites == sites


@pytest.mark.parametrize(
    "title",
    [
        "BMSC-derived exosomes from congenital polydactyly tissue alleviate osteoarthritis",
        "Exosomes of MSCs from obesity donors alleviate osteoarthritis",
        "Exosomes of ADSCs from scoliosis bone alleviate osteoarthritis",
    ],
)
def test_the_disease_of_donors_is_not_treated(title, vocabulary, cues):
    assert read(title, vocabulary, cues).conditions == ["osteoarthritis"]


# --- outcomes that are not the vesicles' ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        # A comparison of carriers, or the carrier's own effect.
        ("GelMA-60 with higher porosity was selected for exosomes.", {"porosity": "involves"}),
        ("PCL scaffolds increase the porosity of the implant.", {"porosity": "involves"}),
        (
            "Porous titanium scaffolds reduce the elastic modulus of implants.",
            {"youngs-modulus": "involves"},
        ),
        (
            "The low degradation rate of nHA was improved when combined with PLGA.",
            {"degradation-rate": "involves"},
        ),
        # What the vesicles did to it, or to the repaired tissue.
        ("Exosomes increased the porosity of the gel.", {"porosity": "up"}),
        ("Exosomes did not alter the storage modulus of the gel.", {"storage-modulus": "none"}),
        (
            "The Young's modulus of repaired tissue was higher in the exosome group than in other "
            "groups, but still lower than that of normal cartilage.",
            {"youngs-modulus": "up"},
        ),
    ],
)
def test_effects_of_carriers_are_not_those_of_vesicles(text, effects, vocabulary, cues):
    row = read_row([("Mechanical Matching", "", text)], vocabulary, cues)
    assert {o.id: o.effect for o in row.outcomes} == effects


@pytest.mark.parametrize("verb", ["mediate", "mediates"])
def test_to_mediate_is_to_be_involved(verb, vocabulary, cues):
    found = read(f"MSC exosomes {verb} cartilage repair", vocabulary, cues)
    assert [(m.id, m.effect) for m in found.mechanisms] == [("cartilage-regeneration", "involves")]
    assert found.result == "improved"


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("The poor stiffness of CS was improved by PLGA, with enhanced osteogenesis.", "involves"),
        ("The porosity of the scaffold was raised, which promoted angiogenesis.", "involves"),
        ("The degradation rate of the gel fell, and cell migration increased.", "involves"),
        # The vesicles are named, or what they did stands first.
        ("The porosity of the exosome gel was raised, which promoted angiogenesis.", "up"),
        ("Enhanced angiogenesis and porosity.", "up"),
        ("The porosity was raised. Exosomes promoted angiogenesis.", "up"),
    ],
)
def test_what_follows_from_a_carrier_alone_is_no_effect_of_vesicles(text, effect, vocabulary, cues):
    row = read_row([("Mechanical Matching", "", text)], vocabulary, cues)
    assert [m.effect for m in row.mechanisms] == [effect]


@pytest.mark.parametrize(
    ("title", "stimuli", "effects"),
    [
        (
            "BMSC exosomes restored mitochondrial function in HUVECs exposed to high glucose",
            ["high-glucose"], {"mitochondrial-function": "up"},
        ),
        (
            "ADSC exosomes reduced inflammation in IL-1β-stimulated chondrocytes",
            ["il-1-beta"], {"inflammation": "down"},
        ),
        (
            "MSC exosomes reduced IL-6 and TNF-α in LPS-stimulated macrophages",
            ["lipopolysaccharide"], {"il-6": "down", "tnf-alpha": "down"},
        ),
        (
            "MSC exosomes inhibit apoptosis induced by TNF-α",
            ["tnf-alpha"], {"apoptosis": "inhibits"},
        ),
        # What the producer cells were given is a priming; what does a thing is no stimulus of it.
        ("Exosomes from IL-1β-stimulated MSCs promote angiogenesis", [], {"angiogenesis": "up"}),
        ("LPS-primed MSC exosomes suppress inflammation", [], {"inflammation": "inhibits"}),
        (
            "MSC exosomes promote osteogenesis via BMP-2",
            [], {"osteogenesis": "up", "bmp-2": "involves"},
        ),
    ],
)  # fmt: skip
def test_what_cells_were_only_given_is_a_stimulus_and_no_effect(
    title, stimuli, effects, vocabulary, cues
):
    found = read(title, vocabulary, cues)
    assert found.stimuli == stimuli
    assert {m.id: m.effect for m in found.mechanisms} == effects
