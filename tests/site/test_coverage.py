"""Coverage and study cards: the numbers add up, and what is missing is said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_sample import PAPER, sample_library

from builder import store
from builder.curate.review_flow import find_flow, find_last_search, read_screening
from builder.models import OutcomeNumber, Stated, StudyCard, review
from builder.project import FALLBACK_EPOCH
from builder.site.index import build_index
from builder.site.pages import view_pages
from builder.site.pages.coverage import list_flow, view_coverage, view_study_cards
from builder.site.render import render_page
from builder.store import Library

DAY = date(2026, 3, 2)


def record(number: int, database: str = "Europe PMC", **more: Any) -> review.ScreeningRecord:
    sighting = review.Sighting(strategy="one", database=database, day=DAY)
    return review.ScreeningRecord(
        id=f"r-{number}", title=f"Work {number}", found=[sighting], **more
    )


def decided(verdict: str, reason: str | None = None) -> list[review.Decision]:
    return [review.Decision(verdict=verdict, reason=reason, by="a", day=DAY)]  # type: ignore[arg-type]


def got(kind: str, **more: Any) -> review.Retrieval:
    return review.Retrieval(got=kind, day=DAY, **more)  # type: ignore[arg-type]


def screening() -> review.Screening:
    """Return 12 records: two duplicates, two waiting, one unsure, three out, four sought."""
    both = record(1, decisions=decided("include"), retrieval=got("full-text", seed="a.xml"))
    both = both.model_copy(
        update={"found": [*both.found, review.Sighting(strategy="two", database="PubMed", day=DAY)]}
    )
    return review.Screening(
        runs=[
            review.Run(strategy="one", database="Europe PMC", day=DAY, found=12, taken=12, new=11),
            review.Run(
                strategy="two", database="PubMed", day=date(2026, 1, 1), found=2, taken=2, new=1
            ),
        ],
        records=[
            both,
            record(2, "PubMed", duplicate=review.Duplicate(of="r-1", kind="record", by="doi")),
            record(3, duplicate=review.Duplicate(of="a-paper", kind="paper", by="pmid")),
            record(4),
            record(5),
            record(6, decisions=decided("unsure")),
            record(7, decisions=decided("exclude", "no vesicles")),
            record(8, decisions=decided("exclude", "no vesicles")),
            record(9, decisions=decided("exclude", "not bone or cartilage")),
            record(10, decisions=decided("include"), retrieval=got("abstract")),
            record(11, decisions=decided("include"), retrieval=got("nothing", why="not open")),
            record(12, decisions=decided("include")),
        ],
    )


def numbers() -> dict[str, int]:
    return dict(list_flow(find_flow(screening())))


def test_the_numbers_of_the_flow_add_up() -> None:
    n = numbers()
    assert n["Identified in Europe PMC"] + n["Identified in PubMed"] == 13
    assert n["Identified in all databases"] == 13
    assert n["Duplicates removed"] == 3  # two duplicates, and one record seen in two databases
    assert n["Records without duplicates"] == 10
    assert n["Records without duplicates"] == (
        n["Not screened yet"] + n["Screened, but unsure or disagreed"] + n["Screened and decided"]
    )
    assert n["Screened and decided"] == n["Excluded"] + n["Sought"] == 7
    assert n["Excluded"] == n["Excluded: no vesicles"] + n["Excluded: not bone or cartilage"] == 3
    assert n["Sought"] == n["Not retrieved"] + n["Not fetched yet"] + n["Included"] == 4
    assert n["Included"] == n["Included by full text"] + n["Included by abstract"] == 2


VERDICTS = st.sampled_from(["include", "exclude", "unsure"])
RECORDS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "databases": st.sets(st.sampled_from(["PubMed", "Crossref", "Europe PMC"]), min_size=1),
            "duplicate": st.booleans(),
            "verdicts": st.lists(VERDICTS, max_size=3),
            "agreed": VERDICTS,
            "reason": st.sampled_from([None, "no vesicles", "not bone"]),
            "got": st.sampled_from(["full-text", "abstract", "nothing"]),
        },
    ),
    max_size=30,
)


@given(RECORDS)
def test_the_numbers_add_up_whatever_was_decided(records: list[dict[str, Any]]) -> None:
    made, twin = [], review.Duplicate(of="r-0", kind="record", by="doi")
    for number, said in enumerate(records):
        found = [
            review.Sighting.model_validate({"strategy": "one", "database": name, "day": DAY})
            for name in said.get("databases", {"PubMed"})
        ]
        decisions = [
            review.Decision(verdict=verdict, reason=said.get("reason"), by=f"s{place}", day=DAY)
            for place, verdict in enumerate(said.get("verdicts", []))
        ]
        made.append(review.ScreeningRecord(
            id=f"r-{number}", title="Work", found=found, decisions=decisions,
            agreed=said.get("agreed"),
            retrieval=got(said["got"]) if "got" in said else None,
            duplicate=twin if said.get("duplicate") else None,
        ))  # fmt: skip
    n = dict(list_flow(find_flow(review.Screening(records=made))))

    def parts(start: str) -> int:
        return sum(count for label, count in n.items() if label.startswith(start))

    distinct = sum(not r.duplicate for r in made)
    assert parts("Identified in ") == 2 * n["Identified in all databases"]
    assert n["Identified in all databases"] == sum(len(r.found) for r in made)
    assert n["Identified in all databases"] - n["Duplicates removed"] == distinct
    assert (
        n["Records without duplicates"]
        == distinct
        == (
            n["Not screened yet"]
            + n["Screened, but unsure or disagreed"]
            + n["Screened and decided"]
        )
    )
    assert n["Screened and decided"] == n["Excluded"] + n["Sought"]
    assert n["Excluded"] == parts("Excluded: ")
    assert n["Not retrieved"] == parts("Not retrieved: ")
    assert n["Sought"] == n["Not retrieved"] + n["Not fetched yet"] + n["Included"]
    assert n["Included"] == n["Included by full text"] + n["Included by abstract"]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Return the sample with a screening file, one strategy and a study card."""
    content = tmp_path / "content"
    (content / "searches").mkdir(parents=True)
    store.write_records(content / "screening.yml", screening())
    strategy = review.Strategy(
        id="one", purpose="Finds <b>vesicles</b>.", database="Europe PMC", query='TITLE:"exosome"',
        limits=["no limit of year"],
    )  # fmt: skip
    store.write_records(content / "searches" / "one.yml", strategy)
    sample = sample_library()
    card = StudyCard(
        id=f"{PAPER}-study",
        paper=PAPER,
        stated=[
            Stated(item="isolation", value="ultracentrifugation", quote="By <i>force</i>.", line=7),
            Stated(item="size", value="120 nm", quote="They were 120 nm.", line=8, section="EVs"),
        ],
        outcomes=[
            OutcomeNumber(value=2.1, sd=0.4, of="OARSI score", p="p < 0.01", printed="2.1 ± 0.4",
                          quote="Scores were 2.1 ± 0.4 (p < 0.01).", line=9),
        ],
    )  # fmt: skip
    bundle = replace(sample.papers[PAPER], cards=[card])
    return replace(sample, root=tmp_path, papers={**sample.papers, PAPER: bundle})


def pages(library: Library) -> dict[str, str]:
    return {page.path: render_page(page) for page in view_pages(library)}


def test_the_picture_and_its_table_show_the_same_numbers(library: Library) -> None:
    view = view_coverage(build_index(library)).view["flow"]
    table = {row[0]["label"]: row[1]["label"] for row in view["rows"]}
    assert table == {label: f"{count:,}" for label, count in numbers().items()}
    for words in ("Identified: 13", "Without duplicates: 10", "Excluded: 3", "2 no vesicles",
                  "Sought: 4", "Not retrieved: 1", "Included: 2"):  # fmt: skip
        assert f">{words}<" in view["svg"]
    assert 'role="img"' in view["svg"]
    assert "Included: 2" in re.search(r"<desc[^>]*>(.*?)</desc>", view["svg"]).group(1)  # type: ignore[union-attr]


def test_coverage_shows_the_strategies_and_what_could_not_be_had(library: Library) -> None:
    text = pages(library)["coverage/"]
    assert "2026-03-02" in text
    assert "12 found, 12 read, 11 new" in text
    assert "Work 11" in text
    assert "not open" in text
    assert "Work 9" in text
    assert "<b>vesicles" not in text


def test_without_a_search_home_and_coverage_say_so(library: Library) -> None:
    (library.root / "content" / "screening.yml").unlink()
    shown = pages(library)
    assert "No search of the literature was run yet" in shown[""]
    assert "No search of the literature was run yet" in shown["coverage/"]
    assert "No record was found by a search yet" in shown["coverage/"]


@pytest.mark.parametrize(("days", "stale"), [(0, False), (90, False), (91, True)])
def test_an_old_search_is_said_at_the_top_of_home(
    library: Library, monkeypatch: pytest.MonkeyPatch, days: int, stale: bool
) -> None:
    noon = FALLBACK_EPOCH + ((DAY - date(2026, 1, 1)).days + days) * 86_400 + 43_200
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(noon))
    home = pages(library)[""]
    home = home.replace("&#45;", "-")
    said = "was last searched on 2026-03-02, more than 90 days"
    assert (said in home) is stale
    assert said in home[: home.index("<form")] or not stale  # before all else but the title


def test_the_last_search_is_that_of_the_last_run(tmp_path: Path) -> None:
    assert find_last_search(read_screening(tmp_path)) is None
    store.write_records(tmp_path / "content" / "screening.yml", screening())
    assert find_last_search(read_screening(tmp_path)) == DAY


def test_a_card_shows_each_value_with_its_sentence_and_what_is_not_stated(library: Library) -> None:
    text = pages(library)[f"papers/{PAPER}/"]
    card = text[text.index("{ #study-card }") :]
    assert "ultracentrifugation" in card
    assert "By &#60;i&#62;force" in card or "By &lt;i&gt;force" in card
    assert "EVs, line 8" in card
    assert "2.1 ± 0.4" in card
    assert "not stated" in card


def test_a_paper_without_a_card_has_no_section_for_it() -> None:
    assert "study-card }" not in pages(sample_library())[f"papers/{PAPER}/"]


def test_the_table_counts_how_many_state_each_item(library: Library) -> None:
    view = view_study_cards(build_index(library)).view
    counts = {item["label"]: item["count"] for item in view["stated"]}
    assert counts["Isolation"] == 1
    assert counts["Blinded"] == 0
    assert view["count"] == 1
    row = view["cards"][0]
    assert {"name": "isolation", "values": "ultracentrifugation"} in row["facets"]
    assert {"name": "blinded", "values": "not stated"} in row["facets"]


def test_without_cards_the_page_says_so() -> None:
    assert (
        "No primary study with a methods section was read yet"
        in pages(sample_library())["study-cards/"]
    )
