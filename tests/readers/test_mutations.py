"""300 fixed mutations of a seed of each layout: no traceback, no line without a fate, same twice.

``make fuzz`` may raise the number by MUTATIONS; a mutation is named by its number alone.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from builder.errors import ProblemError
from builder.models.document import Document
from builder.readers import read_seed_bytes
from builder.readers.references import parse_references

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent
SEEDS = {
    "digest": CASES / "cases/digest-rich/seed.txt",
    "mdpi": CASES / "cases/mdpi-page/seed.txt",
    "frontiers": CASES / "cases/frontiers-page/seed.txt",
    "pmc": CASES / "cases/pmc-page/seed.txt",
    "jats": CASES / "jats/cases/tables/article.xml",
    "jats-references": CASES / "jats/cases/references/article.xml",
}
COUNT = int(os.environ.get("MUTATIONS", "300")) // len(SEEDS)
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
def test_mutations_lose_nothing(seed: str) -> None:
    text = SEEDS[seed].read_text(encoding="utf-8")
    for number in range(COUNT):
        mutated = mutate(text, number)
        document = read(mutated.encode())
        assert document == read(mutated.encode()), number
        if isinstance(document, list):
            assert document, number
            continue
        fates = document.coverage
        counted = fates.recorded + fates.reported + sum(n for _, n in fates.ignored)
        assert counted == fates.lines, number
        assert len(parse_references(document)) == len(document.citations), number
        if document.layout != "jats":
            assert fates.lines == sum(bool(line.strip()) for line in mutated.split("\n")), number
            assert_words_are_held(mutated, document, number)


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
    r"Article in|Skip to|Download|keyboard|Browse|Versions|Metrics|Citations|Review|REVIEW|"
    r"Journals|^by$|notes$|information$|Share and|Style|Open in|frontiersin|cite this|Wear of|"
    r"A Survey|CrossRef Full|PMC Copyright|Author information|Published|Authors|Publication"
)
