"""300 fixed mutations over seeds of each layout: no traceback, every line and character counted,
the same twice, and what ``extract`` writes passes what ``check`` asks.

``make fuzz`` may raise the number by MUTATIONS and begin at another by MUTATIONS_FROM; a mutation
is named by its number alone.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from builder.curate.checks import check_library, check_quotes
from builder.errors import ProblemError
from builder.extract import extract_paper
from builder.extract.vocabulary import Vocabulary
from builder.models.document import Document
from builder.readers import read_seed_bytes, read_words
from builder.readers.references import parse_references
from builder.store import Library

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent
EXPORTS: list[dict[str, str]] = yaml.safe_load((CASES / "exports.yml").read_text("utf-8"))
EXPORTED = (
    "sciencedirect-page", "springer-links-on-the-next-line", "pubmed-abstract-export",
    "medline-nbib", "ris-of-one-work", "trials-of-every-registry", "jats-names-and-dates",
)  # fmt: skip
SEEDS = {
    name: (CASES / path).read_text(encoding="utf-8")
    for name, path in {
        "digest": "cases/digest-rich/seed.txt",
        "mdpi": "cases/mdpi-page/seed.txt",
        "frontiers": "cases/frontiers-page/seed.txt",
        "pmc": "cases/pmc-page/seed.txt",
        "jats": "jats/cases/tables/article.xml",
        "jats-references": "jats/cases/references/article.xml",
    }.items()
} | {case["name"]: case["seed"] for case in EXPORTS if case["name"] in EXPORTED}
FIRST = int(os.environ.get("MUTATIONS_FROM", "0"))
NUMBERS = range(FIRST, FIRST + int(os.environ.get("MUTATIONS", "300")) // len(SEEDS))
STRAY = (
    "How to cite this article", "References", "Abstract", "| a | b |", "a\tb", "[1–9999]", "- ",
    "1. Introduction", "Share and Cite", "Table 1.", "<tr>loose</tr>", "<p>", "&nosuch;", "\ufeff",
    "\u00ad", "\x00", "]]>", "# # ", "\u202e", "****", "Next Article in Journal", "©",
)  # fmt: skip

Change = Callable[[list[str], random.Random], list[str]]


def drop(lines: list[str], chance: random.Random) -> list[str]:
    place = chance.randrange(len(lines))
    return lines[:place] + lines[place + 1 :]


def double(lines: list[str], chance: random.Random) -> list[str]:
    place = chance.randrange(len(lines))
    return [*lines[:place], lines[place], *lines[place:]]


def swap(lines: list[str], chance: random.Random) -> list[str]:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines = list(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def insert(lines: list[str], chance: random.Random) -> list[str]:
    place = chance.randrange(len(lines))
    return [*lines[:place], chance.choice(STRAY), *lines[place:]]


def cut(lines: list[str], chance: random.Random) -> list[str]:
    place = chance.randrange(len(lines))
    end = chance.randrange(len(lines[place]) + 1)
    return [*lines[:place], lines[place][:end], *lines[place + 1 :]]


def join(lines: list[str], chance: random.Random) -> list[str]:
    place = chance.randrange(max(1, len(lines) - 1))
    return [*lines[:place], " ".join(lines[place : place + 2]), *lines[place + 2 :]]


def split(lines: list[str], chance: random.Random) -> list[str]:
    place = chance.randrange(len(lines))
    end = chance.randrange(len(lines[place]) + 1)
    return [*lines[:place], lines[place][:end], lines[place][end:], *lines[place + 1 :]]


CHANGES: tuple[Change, ...] = (drop, double, swap, insert, cut, join, split)


def mutate(text: str, number: int) -> str:
    chance = random.Random(number)
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        lines = chance.choice(CHANGES)(lines, chance) or [""]
    return "\n".join(lines)


def read(data: bytes) -> Document | list[str]:
    try:
        return read_seed_bytes(data, "seeds/x")
    except ProblemError as error:
        return [str(problem) for problem in error.problems]


def words_of(document: Document) -> set[str]:
    """Return all words that a Document holds, problems included."""
    return set(re.findall(r"\w+", repr(document)))


@pytest.mark.parametrize("seed", SEEDS)
def test_mutations_lose_nothing(seed: str, vocabulary: Vocabulary, tmp_path: Path) -> None:
    text = SEEDS[seed]
    for number in NUMBERS:
        mutated = mutate(text, number)
        document = read(mutated.encode())
        assert document == read(mutated.encode()), number
        if isinstance(document, list):
            assert document, number
            continue
        fates = document.coverage
        counted = fates.recorded + fates.reported + sum(n for _, n in fates.ignored)
        assert counted == fates.lines, number
        size = fates.characters
        assert size.total == size.recorded + size.reported + size.ignored, number
        assert len(parse_references(document)) == len(document.citations), number
        assert_check_agrees(mutated, document, vocabulary, tmp_path, number)
        if document.layout != "jats":
            assert fates.lines == sum(bool(line.strip()) for line in mutated.split("\n")), number
            assert size.total == sum(len(line.strip()) for line in mutated.split("\n")), number
            if document.layout in ("digest", "scraped"):  # of a record fields are left out by rule
                assert_words_are_held(mutated, document, number)


def assert_check_agrees(
    text: str, document: Document, vocabulary: Vocabulary, folder: Path, number: int
) -> None:
    """Check that what extract makes of a seed has no error that check would find."""
    seed = folder / "x"
    seed.write_bytes(text.encode())
    bundle = extract_paper(document, vocabulary, "seeds/x").bundle
    papers = {bundle.paper.id: bundle}
    library = Library(folder, vocabulary.terms, papers, {}, {}, {}, {}, [])
    found = [*check_quotes(library, {"x": read_words(seed, folder)}), *check_library(library)]
    errors = [str(problem) for problem in found if problem.level == "error"]
    assert not errors, (number, errors)


def assert_words_are_held(text: str, document: Document, number: int) -> None:
    """Check that the words of each line stand in the Document, but for furniture."""
    held = words_of(document)
    lines = text.split("\n")
    for before, line in pairwise(["", *lines]):
        if "Article in" in before:  # what follows is the title of another article
            continue
        words = set(re.findall(r"\w{5,}", line))
        missing = words - held
        if len(missing) * 2 > len(words) > 1 and not IGNORED.search(line):
            pytest.fail(f"mutation {number}: lost {line!r}")


# Lines whose words are taken apart (names, dates) or left out by a named rule.
IGNORED = re.compile(
    r"Article in|Previous Article|Skip to|Download|keyboard|Browse|Versions|Metrics|"
    r"Citations|Review|REVIEW|Journals|^by$|notes$|information$|Share and|Style|Open in|"
    r"frontiersin|cite this|Wear of|A Survey|CrossRef Full|PMC Copyright|Get rights|Add to|Under a|"
    r"Skip|Show more|My acc|Accesses|Altmetric|Advertisement|Publish with|Find a|"
    r"BioMed|Author information|Published|Authors|Publication|Reprints|Author links"
)
