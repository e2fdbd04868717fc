"""300 fixed mutations of files kept by hand, and as many of answers: no traceback, nothing lost.

``make fuzz`` raises the number by MUTATIONS and may begin at another by MUTATIONS_FROM; a mutation
is named by its number alone.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hand_made import DIGEST_PAPER, PAPER, make_bundle, make_terms, write_bundle
from refresh import service_answers

from builder import store
from builder.addresses.renewal import check_addresses
from builder.curate.checks import check_library, check_terms
from builder.curate.corrections import apply_corrections
from builder.curate.reading import read_corrections
from builder.curate.review_flow import read_screening, read_strategies
from builder.errors import ProblemError
from builder.export.tables import Meanings
from builder.extract import design, methods_text
from builder.extract.findings import cues
from builder.models import CslItem, RegistryRecord
from builder.project import Project
from builder.readers.words import parse_forms, parse_page_words, parse_words
from builder.refresh import clinicaltrials, literature
from builder.refresh.clinicaltrials import merge_record
from builder.refresh.hits import Page
from builder.refresh.http_client import (
    CLINICAL_TRIALS,
    CROSSREF,
    EUROPE_PMC,
    Answer,
    Service,
    ServiceError,
)
from builder.refresh.screening import write_screening
from builder.search.index import check_settings

COUNT = int(os.environ.get("MUTATIONS", "300"))
FIRST = int(os.environ.get("MUTATIONS_FROM", "0"))
SECONDS = 20  # no single file may take so long
DAY = date(2026, 1, 31)
VALUES = (
    "2026-13-45", "0", "-1", "1e400", "9" * 5000, "[]", "{}", "[[]]", "{a: 1}", "null", "true",
    "''", "[a, b]", "? [a]\n: b", "&a x", "*a", "!!binary x", "!!python/object:os.system x",
    '"\\x1b"', '"\\0"', "\u202e", "../../x", "con", "(", "[a-", "\ud7ff", "x" * 3000, "- - - -",
    "2026-01-31", ".nan", "[" * 300, "|\n  x", "<<: *b", "%", "\t", "@", "nct01234567",
)  # fmt: skip


def mutate_text(text: str, chance: random.Random) -> str:
    """Return a YAML text with up to three changes: values, keys, indents, lines, bytes."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines))
        line = lines[place]
        key, colon, _ = line.partition(": ")
        lines[place] = chance.choice(
            [
                key + colon + chance.choice(VALUES),
                chance.choice(VALUES),
                "  " + line,
                line.lstrip(),
                line[: chance.randrange(len(line) + 1)],
                line.replace(":", "", 1),
                f"{line}\n{line}",
                key + "x" + line[len(key) :],
                "",
            ]
        )
    return "\n".join(lines)


@contextmanager
def in_time(what: str) -> Iterator[None]:
    """Fail where the block hangs."""

    def stop(*_: object) -> None:
        pytest.fail(f"{what}: no end after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def kept(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose every hand-kept file is there, and small."""
    project = Project(tmp_path_factory.mktemp("kept"))
    content = project.content
    for term in make_terms():
        folder = {"source": "sources", "mechanism": "mechanisms", "condition": "conditions"}
        store.write_records(content / "terms" / folder[term.kind] / f"{term.id}.yml", term)
    write_bundle(content / "papers" / PAPER, make_bundle())
    for name in (
        "cues.yml",
        "search.yml",
        "forms.yml",
        "journals.yml",
        "layouts.yml",
        "evidence.yml",
        "rules.yml",
    ):
        shutil.copy(root / "content" / name, content / name)
    shutil.copy(root / "content/reporting-items.yml", content)
    shutil.copy(root / "content/columns.yml", content)
    shutil.copytree(root / "content/searches", content / "searches")
    shutil.copytree(root / "content/registry", content / "registry")
    store.write_text(
        content / f"corrections/{PAPER}.yml",
        "- record: f000000001\n  field: mechanisms.il-1b.effect\n  old: down\n  new: up\n"
        "  reason: The verb stands behind a bracket.\n  date: 2026-01-31\n"
        f"- record: {PAPER}\n  field: csl.volume\n  old: '12'\n  new: '13'\n"
        "  reason: A misprint.\n  date: 2026-01-31\n",
    )
    store.write_text(
        content / "identifiers.yml",
        "- reference: roe-2020-exosomes-bmscs-calm-joints\n  doi: 10.1000/roe.1\n"
        "  seen_at: https://example.org/roe\n  seen_on: 2026-01-31\n  score: 97.5\n",
    )
    store.write_text(
        content / "urls.yml",
        f"- address: papers/{DIGEST_PAPER}/\n  record: paper:{DIGEST_PAPER}\n"
        "  state: retired\n  because: A trial.\n  since: 2026-01-31\n"
        "- address: sources/old/\n  record: source:old\n  state: moved\n  to: sources/bmsc/\n"
        "  since: 2026-01-31\n",
    )
    store.write_text(
        content / "screening.yml",
        "runs:\n- strategy: exosome-trials\n  database: Europe PMC\n  day: 2026-01-31\n"
        "  found: 2\n  taken: 2\n  new: 1\n"
        "records:\n- id: roe-2020-exosomes\n  title: Exosomes\n  year: 2020\n  found:\n"
        "  - strategy: exosome-trials\n    database: Europe PMC\n    day: 2026-01-31\n"
        "  decisions:\n"
        "  - by: ann\n    verdict: exclude\n    reason: not exosomes\n    day: 2026-01-31\n",
    )
    return project


def use_records(project: Project) -> None:
    """Load and check all records, as check does, and apply the corrections."""
    library = store.load_library(project.content, project.root)
    for bundle in library.papers.values():
        apply_corrections(bundle, read_corrections(project).get(bundle.paper.id, []), "x")
    check_terms(list(library.terms.values()), project.content, project.root)
    check_library(library)
    check_addresses(library)
    for record in (*library.identifiers.values(), *library.ledger):
        assert type(record).model_validate(store.plain(record)) == record


def use_screening(project: Project) -> None:
    found = read_screening(project.root)
    write_screening(project, found.runs, found.records)
    assert read_screening(project.root).records == sorted(found.records, key=lambda r: r.id)


def settings(name: str, parse: Callable[[Any], object]) -> Callable[[Project], object]:
    return lambda p: store.read_settings(p.content / name, p.root, parse)


KINDS: dict[str, tuple[str, Callable[[Project], object]]] = {
    "terms": ("terms/sources/bmsc.yml", use_records),
    "corrections": (f"corrections/{PAPER}.yml", use_records),
    "registry": ("registry/nct06466850.yml", use_records),
    "identifiers": ("identifiers.yml", use_records),
    "addresses": ("urls.yml", use_records),
    "screening": ("screening.yml", use_screening),
    "strategies": ("searches/exosome-trials.yml", lambda p: read_strategies(p.root)),
    "cues": ("cues.yml", settings("cues.yml", cues.parse_cues)),
    "columns": ("columns.yml", settings("columns.yml", Meanings.model_validate)),
    "rules": ("rules.yml", settings("rules.yml", cues.parse_rules)),
    "evidence": ("evidence.yml", settings("evidence.yml", design.parse_words)),
    "items": ("reporting-items.yml", settings("reporting-items.yml", methods_text.parse_words)),
    "search": ("search.yml", settings("search.yml", check_settings)),
    "journals": ("journals.yml", settings("journals.yml", parse_words)),
    "forms": ("forms.yml", settings("forms.yml", parse_forms)),
    "layouts": ("layouts.yml", settings("layouts.yml", parse_page_words)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_file_is_read_or_reported(kind: str, kept: Project) -> None:
    name, use = KINDS[kind]
    path = kept.content / name
    sound = path.read_text(encoding="utf-8")
    use(kept)  # as it stands
    try:
        for number in range(FIRST, FIRST + COUNT // len(KINDS)):
            text = mutate_text(sound, random.Random(f"{kind} {number}"))
            path.write_text(text, encoding="utf-8")
            with in_time(f"{kind} {number}"):
                try:
                    use(kept)
                except ProblemError as error:
                    said = [str(problem) for problem in error.problems]
                    assert all(s.startswith("content/") and len(s) < 600 for s in said), number
                    assert not [s for s in said if "a value that fits" in s], number
    finally:
        path.write_text(sound, encoding="utf-8")


# Where a value of any type may stand, and where the wrong one is part of a text that is checked.
ANY_TYPE = {"old", "new", "value"}
OTHER_TYPES = (0, True, date(2026, 1, 31))


def find_leaves(data: Any, key: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Give holder, key and the nearest field's name of each value that is no list or mapping."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for at, value in list(pairs):
        name = at if isinstance(at, str) else key
        if isinstance(value, dict | list):
            yield from find_leaves(value, name)
        else:
            yield data, at, name


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_of_another_type_is_refused(kind: str, kept: Project) -> None:
    name, use = KINDS[kind]
    path = kept.content / name
    sound = path.read_text(encoding="utf-8")
    taken = []
    try:
        data = yaml.safe_load(sound)
        leaves = [leaf for leaf in find_leaves(data) if leaf[2] not in ANY_TYPE]
        for holder, at, field in random.Random(kind).sample(leaves, min(4, len(leaves))):
            right = holder[at]
            for wrong in OTHER_TYPES:
                number = isinstance(right, int | float) and type(wrong) in (int, float)
                if type(wrong) is type(right) or number:
                    continue
                holder[at] = wrong
                path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
                try:
                    use(kept)
                except ProblemError:
                    continue
                taken.append(f"{field}: {wrong!r} for {right!r}")
            holder[at] = right
    finally:
        path.write_text(sound, encoding="utf-8")
    assert taken == []


# --- answers of services -------------------------------------------------------------------------

JSON_VALUES: tuple[Any, ...] = (
    None, True, -1, 10**30, 1e308, "", "x" * 5000, "\ud800", "\x00", "\x1b[2J", "../..", [], {},
    [None], [[]], {"a": {}}, "99999999999-01-01", "<script>x</script>", 9999999, "Retraction in",
)  # fmt: skip


class Answering:
    """A desk whose every answer is the one given."""

    def __init__(self, service: Service, data: dict[str, Any]) -> None:
        self.service, self.data = service, data
        self.asked = 0

    def ask(self, path: str, parameters: Any = None) -> Answer:
        self.asked += 1
        assert self.asked < 50, "asks without end"
        return Answer(self.data, f"{self.service.base}/{path}")


def mutate_json(data: Any, chance: random.Random) -> Any:
    """Return data with one value, anywhere, replaced or gone."""
    data = json.loads(json.dumps(data))
    here, holder, key = data, None, None
    while isinstance(here, dict | list) and here and (holder is None or chance.random() < 0.8):
        key = chance.choice(list(here) if isinstance(here, dict) else range(len(here)))
        holder, here = here, here[key]
    if chance.random() < 0.15:
        del holder[key]
    else:
        holder[key] = chance.choice(JSON_VALUES)
    return data


def ask_registry(data: dict[str, Any]) -> list[Any]:
    answer = clinicaltrials.ask_study(Answering(CLINICAL_TRIALS, data), "NCT01234567")
    facts = clinicaltrials.find_facts(answer.data, answer.url, DAY)
    return [merge_record(None, "NCT01234567", facts, "ClinicalTrials.gov", DAY)]


def take_pages(pages: Iterator[Page]) -> list[Any]:
    return [repr(page).encode() and page for _, page in zip(range(3), pages, strict=False)]


def ask_all(*asks: Callable[[], Any]) -> list[Any]:
    found = []
    for ask in asks:
        try:
            found.append(ask())
        except ServiceError:
            continue
    return found


WORK = CslItem(type="article-journal", title="Exosomes from BMSCs calm joints")
ANSWERS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], list[Any]]]] = {
    "registry": (service_answers.study(), ask_registry),
    "crossref": (
        service_answers.crossref_work(**service_answers.RETRACTION),
        lambda d: ask_all(
            lambda: literature.ask_doi(Answering(CROSSREF, d), "10.1000/roe.1", "", DAY),
        ),
    ),
    "crossref-list": (
        service_answers.crossref_list(service_answers.crossref_item()),
        lambda d: ask_all(
            lambda: literature.ask_crossref_title(Answering(CROSSREF, d), WORK, ""),
            lambda: take_pages(literature.search_crossref(Answering(CROSSREF, d), "x")),
        ),
    ),
    "europe-pmc": (
        {**service_answers.pmc_search(service_answers.pmc_result()),
         "nextCursorMark": "*"},
        lambda d: ask_all(
            lambda: literature.ask_europe_pmc(Answering(EUROPE_PMC, d), DAY, "10.1000/roe.1"),
            lambda: literature.ask_europe_pmc_title(Answering(EUROPE_PMC, d), WORK),
            lambda: take_pages(literature.search_europe_pmc(Answering(EUROPE_PMC, d), "x")),
        ),
    ),
    "trials": (
        {"studies": [service_answers.study()], "totalCount": 1},
        lambda d: ask_all(
            lambda: take_pages(clinicaltrials.search_trials(Answering(CLINICAL_TRIALS, d), "x"))
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_broken_answer_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    sound, use = ANSWERS[kind]
    assert use(sound)
    for number in range(FIRST, FIRST + COUNT // len(ANSWERS)):
        data = mutate_json(sound, random.Random(f"{kind} {number}"))
        with in_time(f"{kind} {number}"):
            try:
                found = use(data)
            except ServiceError:
                continue
        for record in found:
            if isinstance(record, RegistryRecord):
                path = tmp_path / "x.yml"
                store.write_records(path, record)
                assert store.read_record(RegistryRecord, path, tmp_path) == record, number
            else:
                repr(record).encode()  # nothing in it that no file can hold
