"""A seed that can be edited: its statements and works as data, printed as the scraped layout."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

CELLS = ("BMSC", "ADSC", "UCMSC", "Macrophage", "Chondrocyte", "SHED")
DEEDS = ("Promotes", "Inhibits", "Reduces", "Enhances", "Modulates")
THINGS = (
    "cartilage repair after a defect of the femoral condyle",
    "inflammation of the synovium in old animals",
    "bone formation beside titanium implants",
    "apoptosis of chondrocytes under mechanical load",
    "angiogenesis at the border of the graft",
    "matrix degradation driven by cytokines",
)
FAMILIES = ("Liu", "Rossi", "Ateş", "de Wolf", "Kim", "Novák", "Okafor", "Smith")


@dataclass
class Work:
    """A cited work. ``serial`` makes its title unlike all others."""

    family: str
    year: int
    title: str

    def printed(self) -> str:
        return f"{self.family}, A. {self.title}. J. Joints {self.year}, 3, 4–5. [CrossRef]"


@dataclass
class Statement:
    """A row of the table: its words, and the works that it cites."""

    source: str
    deed: str
    works: list[Work]

    def words(self) -> tuple[str, str]:
        return (self.source, self.deed)


@dataclass
class Seed:
    """A paper with one table; ``text()`` numbers the works as they stand."""

    title: str
    doi: str = "10.1000/r"
    headings: tuple[str, str, str] = ("Source of Exos", "Effect", "References")
    rows: list[Statement] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)

    def text(self) -> str:
        numbers = {id(work): n for n, work in enumerate(self.works, 1)}
        link = f" https://doi.org/{self.doi}" if self.doi else ""
        lines = [self.title, "Abstract", "1. Introduction", "References"]
        lines += [f"- {work.printed()}" for work in self.works]
        lines += [f"| {' | '.join(self.headings)} |", "|---|---|---|"]
        for row in self.rows:
            cited = ",".join(str(numbers[id(w)]) for w in row.works)
            lines.append(f"| {row.source} | {row.deed} | [{cited}] |")
        lines += [
            "Disclaimer/Publisher’s Note: The statements are those of the authors.",
            "© 2025 by the authors. Licensee X. This article is open access, CC BY 4.0.",
            "Share and Cite",
            f"MDPI and ACS StyleDoe, J. {self.title}. J. Rev. 2025, 1, 2.{link}",
            f"AMA StyleDoe J. {self.title}. Journal of Reviews. 2025; 1:2.{link}",
        ]
        return "\n".join(lines) + "\n"


def make_work(chance: random.Random, serial: int) -> Work:
    topic = chance.choice(THINGS)
    return Work(
        chance.choice(FAMILIES),
        chance.randint(2012, 2025),
        f"{_word(chance)} {_word(chance)} exosomes number {serial} and {topic}",
    )


def _word(chance: random.Random) -> str:
    """Return a made-up word, so that no two titles or rows are alike by chance."""
    return "".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(4))


def make_row(chance: random.Random, works: list[Work]) -> Statement:
    deed = (
        f"{chance.choice(DEEDS)} {chance.choice(THINGS)}, shown with {_word(chance)} "
        f"{_word(chance)} staining"
    )
    return Statement(f"{chance.choice(CELLS)}-Exos", deed, chance.sample(works, min(2, len(works))))


def make_seed(chance: random.Random, rows: int = 6, works: int = 8) -> Seed:
    seed = Seed("Exosomes of the Joint: A Made-Up Review")
    seed.works = [make_work(chance, n) for n in range(works)]
    seed.rows = [make_row(chance, seed.works) for _ in range(rows)]
    return seed


def add_typo(chance: random.Random, text: str) -> str:
    """Return a text with two unlike letters of its second half changed places."""
    at = chance.choice(
        [
            place
            for place in range(len(text) // 2, len(text) - 2)
            if text[place : place + 2].isalpha() and text[place] != text[place + 1]
        ]
    )
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
