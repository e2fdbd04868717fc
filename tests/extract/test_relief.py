"""What a statement says became of a condition. Every expectation was written from the sentence."""

from __future__ import annotations

import pytest

from builder.extract.findings import read_statement, read_text
from builder.extract.findings.statements import Part, Statement
from builder.models import Locator

EASED, WORSE, NONE = "down", "up", "none"

CASES = [
    # A verb with the condition for its object.
    ("BMSC exosomes alleviated OA progression in mice", {"osteoarthritis": EASED}),
    ("MSC exosomes protect against osteoarthritis", {"osteoarthritis": EASED}),
    ("Exosomes prevented osteoporosis in ovariectomized rats", {"osteoporosis": EASED}),
    ("Exosomes improve osteoarthritis", {"osteoarthritis": EASED}),
    ("Exosomes delayed the onset of osteoarthritis", {"osteoarthritis": EASED}),
    ("Exosomes ameliorated surgically induced osteoarthritis", {"osteoarthritis": EASED}),
    ("Exosomes relieved pain and osteoarthritis", {"pain": EASED, "osteoarthritis": EASED}),
    ("Exosomes alleviate mice knee osteoarthritis", {"knee-osteoarthritis": EASED}),
    ("Exosomes suppressed osteosarcoma", {"osteosarcoma": EASED}),
    # The verb behind it, an arrow, an adjective.
    ("Osteoarthritis was relieved by BMSC exosomes", {"osteoarthritis": EASED}),
    ("Knee OA progression was slowed by exosomes", {"knee-osteoarthritis": EASED}),
    ("Exosomes: OA ↓, pain ↓", {"osteoarthritis": EASED, "pain": EASED}),
    ("Intra-articular exosomes led to less pain", {"pain": EASED}),
    # A defect is eased by what raises its healing, and the other way round.
    ("Exosomes accelerated healing of calvarial defects", {"cranial-bone-defect": EASED}),
    ("Exosomes accelerated calvarial defect healing", {"cranial-bone-defect": EASED}),
    ("Exosomes promoted repair of osteochondral defects", {"osteochondral-defect": EASED}),
    (
        "Exosomes promote interface healing of chronic rotator cuff tear",
        {"rotator-cuff-tear": EASED},
    ),
    ("Exosomes repaired full-thickness osteochondral defects", {"osteochondral-defect": EASED}),
    ("Nanofibrous scaffolds with exosomes repair bone defects", {"bone-defect": EASED}),
    # What goes with it is no object of the verb.
    ("Exosomes repair bone defects accompanied by muscle injury", {"bone-defect": EASED}),
    (
        "Exosomes heal osteochondral defects complicated by infection",
        {"osteochondral-defect": EASED},
    ),
    ("Exosomes alleviate osteoarthritis associated with obesity", {"osteoarthritis": EASED}),
    ("Exosomes impaired fracture healing in mice", {"bone-fracture": WORSE}),
    # Made worse: only by the vesicles themselves.
    (
        "Exosomes of osteoarthritic chondrocytes aggravated osteoarthritis",
        {"osteoarthritis": WORSE},
    ),
    ("Senescent chondrocyte EVs drove osteoarthritis", {"osteoarthritis": WORSE}),
    ("Exosomes inhibit miR-1, which aggravates osteoarthritis", {}),
    # No effect: on what is denied, not on the setting.
    (
        "ADSC exosomes did not reduce pain in patients with knee osteoarthritis",
        {"pain": NONE},
    ),
    ("MSC-EVs showed no benefit on pain in knee osteoarthritis", {"pain": NONE}),
    ("Exosomes had no effect on osteophytes", {"osteophyte": NONE}),
    ("Exosomes did not improve pain or osteoarthritis", {"pain": NONE, "osteoarthritis": NONE}),
    ("Osteoporosis was not improved by osteoblast exosomes", {"osteoporosis": NONE}),
    ("Exosomes failed to heal critical-size defects", {"critical-size-bone-defect": NONE}),
    # Harm that was not done is no benefit that was missed.
    ("Exosomes did not aggravate osteoarthritis", {}),
    ("Exosomes worsened neither pain nor osteoarthritis", {}),
    # Setting, aim, adjective, hope, risk, a process of the condition: nothing is stated.
    ("In a rat model of osteoarthritis, exosomes reduced IL-1β", {}),
    ("Exosomes reduced cartilage degeneration in osteoarthritis", {}),
    ("Exosomes for the treatment of osteoarthritis", {}),
    ("Nanofibers delivering exosomes for calvarial defect repair", {}),
    ("Exosomes inhibited apoptosis of osteoarthritis chondrocytes", {}),
    ("Synovial fluid exosomes of osteoarthritis patients induce inflammation", {}),
    ("Repaired osteochondral defects contained exosomes", {}),
    ("Exosomes reduced osteoarthritis-related inflammation", {}),
    ("Exosomes reduce the risk of fracture", {}),
    ("Exosomes may alleviate osteoarthritis", {}),
    ("Exosomes were used to repair osteochondral defects", {}),
    ("Osteosarcoma exosomes promote osteosarcoma metastasis", {}),
    # What acts is the lack of vesicles.
    ("Inhibition of exosome release attenuated OA", {}),
    ("Blocking chondrocyte exosomes with GW4869 relieved osteoarthritis", {}),
]


@pytest.mark.parametrize(("sentence", "reported"), CASES, ids=[s[:60] for s, _ in CASES])
def test_what_became_of_a_condition(sentence, reported, vocabulary, cues):
    found = read_text(sentence, vocabulary, cues)
    assert {a.value: a.detail for a in found if a.field == "condition_effects"} == reported


def test_a_condition_with_an_effect_is_named_as_well(vocabulary, cues):
    where = Locator(kind="full-text", line=1)
    said = "BMSC exosomes alleviated osteoarthritis but not pain."
    finding = read_statement(
        Statement(where, said, (Part("sentence", "", said),)), "p", vocabulary, cues
    ).finding
    assert finding.conditions == ["osteoarthritis", "pain"]
    assert {c.id: c.effect for c in finding.condition_effects} == {
        "osteoarthritis": EASED,
        "pain": NONE,
    }


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("circRNA sequencing profile of BMSC exosomes in osteoporosis patients", "not-stated"),
        ("Plasma exosomes as biomarkers in osteoarthritis patients", "not-stated"),
        ("MSC exosomes in patients with knee osteoarthritis", "clinical"),
        ("A phase I trial of MSC exosomes with plasma biomarkers in OA patients", "clinical"),
    ],
)
def test_vesicles_taken_from_patients_were_not_given_to_them(title, level, vocabulary, cues):
    where = Locator(kind="reference-title", line=1, reference=1)
    statement = Statement(where, title, (Part("title", "", title),), (1,))
    assert read_statement(statement, "p", vocabulary, cues).finding.design.level == level
