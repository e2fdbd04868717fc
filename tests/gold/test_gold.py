"""The gold files keep their form: known terms, verbatim quotes, one key each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import gold_scoring
import pytest
import yaml

from builder import store
from builder.text import nomenclature

ROOT = Path(__file__).parents[2]
EFFECTS = {"up", "down", "activates", "inhibits", "modulates", "involves", "none"}
KEYS = {
    *gold_scoring.FIELDS,
    *("key", "number", "table", "references", "locator", "column", "trial", "quote"),
    *("about_exosomes", "design", "quantities", "also", "missing", "questions"),
    *("sure", "note", "article", "abbreviations"),
}
ALL = ("titles-*", "rows", "prose", "unseen", *gold_scoring.INVENTED,
       *gold_scoring.REAL, *gold_scoring.LATEST)  # fmt: skip


@pytest.fixture(scope="module")
def terms():
    return {path.stem for path in (ROOT / "content" / "terms").glob("*/*.yml")}


@pytest.fixture(scope="module")
def seeds():
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "seeds").glob("*.txt")))


def test_all_titles_and_rows_are_annotated():
    assert [e["number"] for e in gold_scoring.load_entries("titles-*")] == list(range(1, 138))
    assert len(gold_scoring.load_entries("rows")) == 24
    assert len(gold_scoring.load_entries("unseen")) >= 60
    assert [len(gold_scoring.load_entries(name)) for name in gold_scoring.INVENTED] == [
        135,
        40,
        60,
        120,
        30,
        50,
        80,
    ]


def test_keys_are_unique_and_fields_known():
    entries = gold_scoring.load_entries(*ALL)
    assert not [key for key, n in Counter(e["key"] for e in entries).items() if n > 1]
    assert not {key for e in entries for key in e} - KEYS


def test_quotes_stand_in_the_seeds(seeds):
    entries = gold_scoring.load_entries("titles-*", "rows", "prose")
    assert not [e["key"] for e in entries if e["quote"] not in seeds]


def test_every_id_is_a_term(terms):
    unknown = set()
    for entry in gold_scoring.load_entries(*ALL):
        for name in gold_scoring.FIELDS:
            asked = {one for ids, _ in gold_scoring.asked_items(entry, name) for one in ids}
            unknown |= (asked | set(entry.get("also", {}).get(name, []))) - terms
    made = nomenclature.Terms({t.id: t for t in store.read_terms(ROOT / "content", ROOT)})
    assert not [term for term in unknown if term not in made]


def test_effects_are_of_the_closed_list():
    for entry in gold_scoring.load_entries(*ALL):
        for name in ("mechanisms", "outcomes"):
            assert all(
                effects and effects <= EFFECTS
                for _, effects in gold_scoring.asked_items(entry, name)
            ), entry["key"]


def test_what_is_not_about_exosomes_has_no_source_vehicle_or_cargo():
    for entry in gold_scoring.load_entries(*ALL):
        if not entry["about_exosomes"]:
            assert not any(entry.get(name) for name in ("sources", "vehicles", "cargo"))


def test_quantities_are_numbers_with_their_words():
    for entry in gold_scoring.load_entries(*ALL):
        for quantity in entry.get("quantities", []):
            values = [quantity[key] for key in ("value", "low", "high") if key in quantity]
            assert values
            assert all(isinstance(value, int | float) for value in values), entry["key"]
            assert quantity["quote"] in entry["quote"]


def test_words_become_terms_once_there_is_one(monkeypatch):
    named = {"synovialmsc": [("source", "synovial-msc"), ("mechanism", "other")]}
    monkeypatch.setattr(gold_scoring, "_terms_by_name", lambda: named)
    read = gold_scoring._resolve_items(["~Synovial MSC|msc", "~unknown cell"], "sources")
    assert read == ["synovial-msc|msc"]


def test_scoring_counts_hits_misses_and_tolerated_ids():
    entry = yaml.safe_load(
        "{key: k, sources: [bmsc, 'msc|adsc'], also: {sources: [chondrocyte]},"
        " mechanisms: [{id: apoptosis, effect: inhibits}]}"
    )
    found = {"sources": dict.fromkeys(("adsc", "msc", "chondrocyte", "huvec"), "")}
    found["mechanisms"] = {"apoptosis": "down"}
    scores = gold_scoring.score_entries([entry], {"k": found})
    assert (scores["sources"].hits, scores["sources"].precision) == (1, 0.5)
    assert scores["sources"].missed == {"bmsc": 1}
    assert scores["sources"].wrong == {"huvec": 1}
    assert (scores["mechanisms"].same_effect, scores["mechanisms"].same_direction) == (0, 1)
