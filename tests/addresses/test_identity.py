"""A statement keeps its address: through every change of place, and by a redirect when fixed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from edited_seeds import CELLS, Seed, add_typo, make_row, make_seed, make_work
from hand_made import PAPER, join_papers, make_bundle, make_library
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import pipeline, store
from builder.addresses import ledger, renewal
from builder.addresses import renewal as ledger_checks
from builder.addresses.identity import find_moves
from builder.curate import changes
from builder.errors import ProblemError
from builder.extract import extract_paper
from builder.extract.vocabulary import build_vocabulary
from builder.models import Address, Finding, Term
from builder.project import Project
from builder.readers import read_seed_bytes
from builder.site.pages import view_site
from builder.site.render import render_page
from builder.store import Library, PaperBundle
from builder.store.library import find_edition

DAY = date(2026, 11, 21)
NOTHING = join_papers([])
TERMS = [
    Term(id=cell.lower(), label=f"{cell} cells", kind="source", synonyms=[cell]) for cell in CELLS
]
VOCABULARY = build_vocabulary(TERMS)


def read(seed: Seed) -> PaperBundle:
    document = read_seed_bytes(seed.text().encode(), "seeds/review.txt")
    return extract_paper(document, VOCABULARY, "seeds/review.txt").bundle


def rows_of(bundle: PaperBundle) -> dict[str, str]:
    """Return the ids of the statements of a table by their words, without the numbers cited."""
    rows = [f for f in bundle.findings if f.locator.kind == "table-row"]
    return {f.quote.rpartition(" | [")[0]: f.id for f in rows}


seeds = st.integers(0, 10_000)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_place_number_and_label_are_no_part_of_an_id(number: int) -> None:
    chance = random.Random(number)
    seed = make_seed(chance)
    before = rows_of(read(seed))
    assert len(before) == len(seed.rows)
    chance.shuffle(seed.rows)
    chance.shuffle(seed.works)
    seed.works.insert(0, make_work(chance, 99))
    seed.rows.insert(chance.randrange(len(seed.rows)), make_row(chance, seed.works))
    seed.headings = ("Cell Source", "What It Does", "Refs.")
    after = rows_of(read(seed))
    assert {words: after[words] for words in before} == before


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_a_fixed_row_is_led_to_and_no_other(number: int) -> None:
    chance = random.Random(number)
    seed = make_seed(chance)
    before = read(seed)
    row = chance.choice(seed.rows)
    old = row.words()
    row.deed = add_typo(chance, row.deed)
    chance.shuffle(seed.rows)
    after = read(seed)
    moves = find_moves(side(before), side(after))
    quotes = {name: words for b in (before, after) for words, name in rows_of(b).items()}
    pairs = {
        quotes[a.partition(":")[2]]: quotes[b.partition(":")[2]]
        for a, b in moves.items()
        if a.partition(":")[2] in quotes
    }
    assert pairs == {" | ".join(old): " | ".join(row.words())}


def side(bundle: PaperBundle) -> Library:
    return join_papers([bundle])


def finding(name: str, quote: str, kind: str = "table-row") -> Finding:
    return Finding.model_validate(
        {"id": name, "paper": "doe", "locator": {"kind": kind, "line": 1}, "quote": quote}
    )


def moves_between(old: list[Finding], new: list[Finding]) -> dict[str, str]:
    bundle = make_bundle()
    sides = [
        replace(NOTHING, papers={"doe": PaperBundle(bundle.paper, findings=found)})
        for found in (old, new)
    ]
    return find_moves(sides[0], sides[1])


LONG = "BMSC exosomes reduced the inflammation of the synovium in rats with osteoarthritis"


def test_two_equally_near_statements_are_left_open() -> None:
    new = [finding("fb", LONG + " A"), finding("fc", LONG + " B")]
    assert moves_between([finding("fa", LONG + " C")], new) == {}


def test_another_place_in_the_paper_is_another_statement() -> None:
    new = [finding("fb", LONG + "!x", "abstract")]
    assert moves_between([finding("fa", LONG)], new) == {}


def test_other_words_are_another_statement() -> None:
    new = [finding("fb", "Macrophage exosomes led to more apoptosis of tendon cells in mice")]
    assert moves_between([finding("fa", LONG)], new) == {}


def test_a_fixed_title_of_the_paper_takes_all_its_statements_along() -> None:
    seed = make_seed(random.Random(1))
    before = read(seed)
    seed.title = seed.title.replace("Joint", "Knee")
    after = read(seed)
    assert before.paper.id != after.paper.id
    moves = find_moves(side(before), side(after))
    assert moves[f"paper:{before.paper.id}"] == f"paper:{after.paper.id}"
    gone = {f"finding:{f.id}" for f in before.findings}
    assert {a for a in moves if a.startswith("finding:")} == gone


def test_a_fixed_year_of_a_work_is_led_to() -> None:
    seed = make_seed(random.Random(2))
    before = read(seed)
    seed.works[3].year = 1999
    after = read(seed)
    old, new = before.references[3].id, after.references[3].id
    assert old != new
    moves = find_moves(side(before), side(after))
    assert {k: v for k, v in moves.items() if k.startswith("reference:")} == {
        f"reference:{old}": f"reference:{new}"
    }


# --- the ledger over time ------------------------------------------------------------------------


def test_a_fix_taken_back_gives_the_address_back(tmp_path: Path) -> None:
    seed = make_seed(random.Random(3), rows=2)
    first = make_library(tmp_path, read(seed))
    entries = renewal.renew_ledger(NOTHING, first, DAY)
    words = seed.rows[0].deed
    seed.rows[0].deed = add_typo(random.Random(1), words)
    second = with_ledger(make_library(tmp_path, read(seed)), entries)
    entries = renewal.renew_ledger(first, second, date(2026, 12, 1))
    assert [e.state for e in entries if e.record.startswith("finding:")].count("moved") == 1
    third = with_ledger(first, entries)
    entries = renewal.renew_ledger(second, third, date(2026, 12, 2))
    by_record = {e.record: e for e in entries}
    for found in first.findings():
        assert by_record[f"finding:{found.id}"].state == "live"
    assert ledger_checks.check_ledger(entries, ledger.list_addresses(third)) == []


def with_ledger(library: Library, entries: list[Address]) -> Library:
    return type(library)(**{**vars(library), "ledger": entries})


def test_a_page_is_dated_when_its_data_changes_and_only_then(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    entries = renewal.renew_ledger(NOTHING, library, DAY)
    assert {e.changed for e in entries} == {None}
    later = with_ledger(make_library(tmp_path, make_bundle(design={"level": "in-vitro"})), entries)
    entries = renewal.renew_ledger(library, later, date(2026, 12, 24))
    changed = {e.address for e in entries if e.changed == date(2026, 12, 24)}
    # What is above a term that a statement names shows the statement too.
    assert {f"papers/{PAPER}/", "sources/bmsc/", "sources/msc/", "mechanisms/il-1b/"} <= changed
    assert "references/poe-2022-trial-exosomes/" not in changed


def test_a_statement_that_moved_down_the_page_is_no_change(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    entries = renewal.renew_ledger(NOTHING, library, DAY)
    place = {"kind": "table-row", "line": 80, "table": 1, "row": "frow1"}
    later = with_ledger(make_library(tmp_path, make_bundle(locator=place)), entries)
    assert renewal.renew_ledger(library, later, date(2026, 12, 24)) == entries


def with_row(root: Path, row: str, entries: list[Address], paper: str = "") -> Library:
    """The hand-made paper, its table's row under another id, its own under another as well."""
    bundle = make_bundle()
    [table] = bundle.tables
    rows = [table.rows[0].model_copy(update={"id": row})]
    bundle = replace(bundle, tables=[table.model_copy(update={"rows": rows})])
    if paper:
        bundle = replace(bundle, paper=bundle.paper.model_copy(update={"id": paper}))
    return with_ledger(make_library(root, bundle), entries)


def test_a_row_that_is_no_statement_keeps_its_former_anchors(tmp_path: Path) -> None:
    library = with_row(tmp_path, "frow1", [])
    entries = renewal.renew_ledger(NOTHING, library, DAY)
    reported = []
    for row in ("frow2", "frow3", "frow1"):
        later = with_row(tmp_path, row, entries)
        entries = renewal.renew_ledger(library, later, DAY)
        library = with_ledger(later, entries)
        [page] = [e for e in entries if e.address == f"papers/{PAPER}/"]
        reported.append(page.rows)
    assert reported == [
        {"frow1": "frow2"},
        {"frow1": "frow3", "frow2": "frow3"},
        {"frow2": "frow1", "frow3": "frow1"},
    ]
    [page] = [p for p in view_site(library, find_edition(library), {}) if p.kind == "paper"]
    text = render_page(page)
    for name in ("frow1", "frow2", "frow3"):
        assert text.count(f'id="row-{name}"') == 1


def test_anchors_of_rows_go_along_when_the_paper_moves(tmp_path: Path) -> None:
    first = with_row(tmp_path, "frow1", [])
    entries = renewal.renew_ledger(NOTHING, first, DAY)
    second = with_row(tmp_path, "frow2", entries)
    entries = renewal.renew_ledger(first, second, DAY)
    third = with_row(tmp_path, "frow3", entries, "doe-2024-exosomes-knees")
    entries = renewal.renew_ledger(second, third, DAY)
    [page] = [e for e in entries if e.address == "papers/doe-2024-exosomes-knees/"]
    assert page.rows == {"frow1": "frow3", "frow2": "frow3"}


# --- terms ---------------------------------------------------------------------------------------


def test_a_renamed_term_is_followed_in_every_hand_kept_line(small: Project) -> None:
    folder = small.content / "terms/sources"
    (folder / "bmsc.yml").write_text(
        "# kept\nid: bmsc\nlabel: Bone marrow MSC\nkind: source\nsynonyms:\n- bmsc\nparent: msc\n"
    )
    (folder / "odd.yml").write_text("id: odd\nlabel: O\nkind: source\nrelated: [bmsc, msc]\n")
    corrections = small.content / "corrections/doe.yml"
    corrections.parent.mkdir()
    corrections.write_text(
        "- record: f1\n  field: sources.bmsc\n  old: [bmsc]\n  new: [msc]\n"
        "  reason: bmsc is wrong\n  date: 2026-01-01\n"
    )
    changes.rename_term(small.content, small.root, "bmsc", "bm-msc")
    assert not (folder / "bmsc.yml").exists()
    assert (folder / "bm-msc.yml").read_text() == (
        "# kept\nid: bm-msc\nlabel: Bone marrow MSC\nkind: source\nsynonyms:\n- bmsc\nparent: msc\n"
    )
    assert (folder / "odd.yml").read_text().endswith("related: [bm-msc, msc]\n")
    assert corrections.read_text() == (
        "- record: f1\n  field: sources.bm-msc\n  old: [bm-msc]\n  new: [msc]\n"
        "  reason: bmsc is wrong\n  date: 2026-01-01\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bmcs", "x", "Did you mean 'bmsc'"),
        ("bmsc", "msc", "an id that no other term has"),
        ("bmsc", "Bone Marrow", "a slug of letters"),
    ],
)
def test_a_rename_that_cannot_be_is_reported_and_changes_nothing(
    small: Project, old: str, new: str, said: str
) -> None:
    before = {p: p.read_text() for p in small.content.rglob("*.yml")}
    with pytest.raises(ProblemError, match=said):
        changes.rename_term(small.content, small.root, old, new)
    assert {p: p.read_text() for p in small.content.rglob("*.yml")} == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bmsc", "msc", "an id that no other term has"),
        ("bmsc", "bmsc", "an id that no other term has"),
        ("bmcs", "bm-msc", "an address that was published"),
    ],
)
def test_an_id_that_is_taken_is_reported_as_such(
    small: Project, old: str, new: str, said: str
) -> None:
    pipeline.extract(small)
    with pytest.raises(ProblemError, match=said):
        changes.rename(small, old, new)


# --- a year --------------------------------------------------------------------------------------


class Year:
    """A curator's year: edits of the seed, of terms and of corrections, and the fixes asked for."""

    def __init__(self, project: Project, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project = project
        self.chance = random.Random(number)
        self.environment = monkeypatch
        self.seed = make_seed(self.chance)
        self.serial = 100
        (project.seeds / "knee.txt").unlink()
        for path in self.terms():
            path.unlink()
        for term in TERMS:
            store.write_records(project.content / f"terms/sources/{term.id}.yml", term)
        self.publish(0)

    def publish(self, day: int) -> None:
        """Extract; where the check asks for a fix, make it as it says."""
        self.environment.setenv("SOURCE_DATE_EPOCH", str(1_800_000_000 + day * 86_400))
        (self.project.seeds / "review.txt").write_text(self.seed.text(), encoding="utf-8")
        pipeline.extract(self.project)
        for problem in renewal.check_addresses(pipeline.load(self.project)):
            assert problem.rule == "ledger-dropped", str(problem)
            changes.retire(self.project, [problem.field], "not in the paper any more")
        assert renewal.check_addresses(pipeline.load(self.project)) == []

    def edit(self) -> None:
        self.chance.choice(self.edits())()

    def edits(self) -> list[Callable[[], None]]:
        return [
            self.shuffle, self.add_work, self.add_row, self.drop_row, self.mend_row,
            self.mend_work, self.relabel, self.rename_term, self.add_term, self.edit_term,
            self.correct, self.retitle,
        ]  # fmt: skip

    def shuffle(self) -> None:
        self.chance.shuffle(self.seed.rows)
        self.chance.shuffle(self.seed.works)

    def add_work(self) -> None:
        self.serial += 1
        self.seed.works.insert(0, make_work(self.chance, self.serial))

    def add_row(self) -> None:
        self.seed.rows.append(make_row(self.chance, self.seed.works))

    def drop_row(self) -> None:
        if len(self.seed.rows) > 2:
            self.seed.rows.pop(self.chance.randrange(len(self.seed.rows)))

    def mend_row(self) -> None:
        row = self.chance.choice(self.seed.rows)
        row.deed = add_typo(self.chance, row.deed)

    def mend_work(self) -> None:
        work = self.chance.choice(self.seed.works)
        if self.chance.random() < 0.5:
            work.year = self.chance.randint(2012, 2025)
        else:
            work.title = add_typo(self.chance, work.title)

    def relabel(self) -> None:
        self.seed.headings = (f"Source {self.chance.random():.3f}", "Effect", "References")

    def retitle(self) -> None:
        self.seed.title = add_typo(self.chance, self.seed.title)

    def terms(self) -> list[Path]:
        return sorted((self.project.content / "terms").glob("*/*.yml"))

    def rename_term(self) -> None:
        self.serial += 1
        old = self.chance.choice(self.terms()).stem
        changes.rename(self.project, old, f"{old.split('-')[0]}-{self.serial}")

    def add_term(self) -> None:
        self.serial += 1
        path = self.project.content / f"terms/sources/term-{self.serial}.yml"
        path.write_text(f"id: {path.stem}\nlabel: Term {self.serial}\nkind: source\n")

    def edit_term(self) -> None:
        path = self.chance.choice(self.terms())
        label = f"label: Label {self.chance.random():.4f}"
        lines = path.read_text().splitlines()
        path.write_text("\n".join(label if s.startswith("label:") else s for s in lines) + "\n")

    def correct(self) -> None:
        [folder] = (self.project.content / "papers").iterdir()
        bundle = store.read_bundle(folder, self.project.root)
        found = self.chance.choice(bundle.findings)
        path = self.project.content / "corrections" / f"{folder.name}.yml"
        path.parent.mkdir(exist_ok=True)
        for old in path.parent.iterdir():
            old.unlink()
        path.write_text(
            f"- record: {found.id}\n  field: design.level\n  old: {found.design.level}\n"
            "  new: in vitro\n  reason: said so\n  date: 2026-01-01\n"
            if found.design.level != "in-vitro"
            else "[]\n"
        )


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_a_year_of_edits_loses_no_address(
    small: Project, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = Year(small, number, monkeypatch)
    published: set[str] = set()
    for day in range(1, 51):
        year.edit()
        # A correction may fit no longer; a curator takes it out.
        for path in (small.content / "corrections").glob("*.yml"):
            if day % 3 == 0:
                path.unlink()
        year.publish(day)
        published |= set(ledger.list_addresses(pipeline.load(small)))
    library = pipeline.load(small)
    current = ledger.list_addresses(library)
    entries = {e.address: e for e in library.ledger}
    ends = {address: ledger.follow(address, entries) for address in published}
    answered = [a for a, end in ends.items() if end in current or entries[end].state == "retired"]
    assert len(answered) == len(published)
    kept = [a for a, end in ends.items() if end in current]
    assert len(kept) > len(published) / 2
