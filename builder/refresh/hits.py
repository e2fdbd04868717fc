"""Works and trials as services record them, and how well one fits a work that is cited."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from builder.models import CslItem
from builder.store.same_work import titles_agree
from builder.text import spelling

# In percent. At or above it, a record is taken for the work; below it, it is only asked about.
# Chosen so that a typing error in a long title passes and another paper of the same group does not.
THRESHOLD = 94.0
_LEAST_TITLE = 92.0
_LEAST_AUTHOR = 80.0
_WEIGHTS = {"title": 0.7, "author": 0.2, "year": 0.1}
# Publishers put this before the title of a work that they take back.
_TAKEN_BACK = re.compile(
    r"^\W*(?:retracted|withdrawn|retraction|withdrawal)(?:[ -]article| paper)?\W*[:\]\-–—.]\s*",
    re.IGNORECASE,
)
# A notice's own title, which is not taken back itself.
_NOTICE = re.compile(r"\W*(?:retraction|withdrawal)", re.IGNORECASE)


_TAG = re.compile(r"(\s*)</?[A-Za-z][^<>]{0,80}>(\s*)")


@dataclass(frozen=True, slots=True)
class Hit:
    """A work or trial as a service records it; what it leaves out is empty.

    ``family`` is the first author's family name, where the service gives it apart; ``authors`` are
    all, as printed. ``url`` is its page for people.
    """

    title: str
    authors: str = ""
    year: int | None = None
    family: str = ""
    subtitle: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    trial: str = ""
    types: tuple[str, ...] = ()
    open_access: bool | None = None
    licence: str = ""
    preprint: bool = False
    published_as: str = ""
    notices: tuple[str, ...] = ()
    url: str = field(default="", compare=False)
    abstract: str = field(default="", compare=False)

    @property
    def titles(self) -> tuple[str, ...]:
        """Its title, and the title with the subtitle behind it."""
        return (self.title, f"{self.title}: {self.subtitle}") if self.subtitle else (self.title,)

    @property
    def lead(self) -> str:
        """The first author's family name: ``Toh WS, Lai RC`` and ``Toh Wei Seong`` give Toh."""
        first = re.split(r"[,;]", self.authors)[0].split()
        return self.family or (first[0] if first else "")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results: the records, and how many the database says there are in all."""

    hits: list[Hit]
    total: int


@dataclass(frozen=True, slots=True)
class Match:
    """A found work, its score in percent, and whether it may be taken for the work sought."""

    found: Hit
    score: float
    fits: bool


def match_work(work: CslItem, found: Hit) -> Match:
    """Return how well a found work fits one that is cited.

    The score is the likeness of the titles (70 %), of the first authors' family names (20 %) and of
    the years (10 %); what one side does not state does not count. Works whose titles name different
    numbers or short forms never fit.
    """
    wanted = spelling.fold(plain_title(work.title))
    titles = [_TAKEN_BACK.sub("", plain_title(title)) for title in found.titles]
    best = max(titles, key=lambda title: fuzz.ratio(wanted, spelling.fold(title)))
    parts = {"title": fuzz.ratio(wanted, spelling.fold(best))}
    author = _author_likeness(work, found)
    if author is not None:
        parts["author"] = author
    years_apart = abs(work.year - found.year) if work.year and found.year else None
    if years_apart is not None:
        # Online and print issue lie a year apart.
        parts["year"] = {0: 100.0, 1: 90.0}.get(years_apart, 0.0)
    weight = sum(_WEIGHTS[name] for name in parts)
    score = sum(_WEIGHTS[name] * value for name, value in parts.items()) / weight
    fits = (
        bool(wanted)
        and score >= THRESHOLD
        and parts["title"] >= _LEAST_TITLE
        and parts.get("author", 100.0) >= _LEAST_AUTHOR
        and (years_apart is None or years_apart <= 1)
        and titles_agree(work.title, best)
        # A title alone is shared by chance: one more thing must be known of both.
        and len(parts) > 1
    )
    return Match(found, round(score, 1), fits)


def plain_title(title: str) -> str:
    """Return a title of a service without tags and escaped characters: ``H<sub>2</sub>O``, H2O.

    Services escape some titles twice, and break lines round tags.
    """
    text = html.unescape(html.unescape(title))
    text = re.sub(r"\s*</?su[bp]>\s*(?=\S)|\s*</su[bp]>", "", text)
    text = _TAG.sub(lambda tag: " " if tag[1] or tag[2] else "", text)
    return " ".join(text.split())


def is_taken_back(title: str) -> bool:
    """Return whether a title itself says that its work is retracted or withdrawn."""
    title = plain_title(title)
    return bool(_TAKEN_BACK.match(title)) and not _NOTICE.match(title)


def _author_likeness(work: CslItem, found: Hit) -> float | None:
    first = work.author[0] if work.author else None
    name = spelling.fold((first.family or first.literal or "") if first else "")
    other = spelling.fold(found.lead)
    if not name or not other:
        return None
    return float(max(fuzz.ratio(name, other), fuzz.ratio(name.split()[-1], other.split()[-1])))


def rank_works(work: CslItem, found: Iterable[Hit]) -> list[Match]:
    """Return the matches of all found works, the best first; those that fit before all others."""
    matches = [match_work(work, each) for each in found]
    return sorted(matches, key=lambda m: (not m.fits, -m.score, m.found.doi, m.found.pmid))
