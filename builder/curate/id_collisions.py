"""Papers that would bear one id: first author, year and first words of the title are the same.

Two papers of one id are both taken in, and one of them bears a hash of its DOI or title behind the
id; one paper in two files is not. An id once given stays, whatever comes or goes beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from builder.store.same_work import DOUBTFUL, SAME, titles_agree
from builder.text import ids, spelling

_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """What a paper says of itself: the id made of its own words, its DOI and its title."""

    paper: str
    doi: str
    title: str

    @property
    def apart(self) -> str:
        """The id that it bears beside another paper of its own id."""
        identity = self.doi.lower() or spelling.fold(self.title)
        return f"{self.paper}-{ids.digest(identity, _LETTERS)}"


def tell_same(one: Claim, other: Claim) -> str:
    """Return why two papers are one and the same, or an empty text."""
    if one.doi and other.doi:
        same = one.doi.lower() == other.doi.lower()
        return "the same DOI" if same else ""
    titles = [spelling.fold(claim.title) for claim in (one, other)]
    score = fuzz.ratio(*titles)
    if one.paper == other.paper:
        # Where no DOI tells them apart, what is doubtful is one paper.
        short, long = sorted(titles, key=len)
        alike = score >= DOUBTFUL or long.startswith(short)
        return "the same author, year and title" if alike else ""
    if score >= SAME and titles_agree(one.title, other.title):
        return f"titles {score:.0f} % alike"
    return ""


# Gives file and claim of the seed whose records stand under an id, None where there are none.
Held = Callable[[str], tuple[str, Claim] | None]


def settle_ids(claims: Mapping[str, Claim], held: Held) -> dict[str, str]:
    """Return the id that each paper bears, by its file.

    Files of one paper get one id. Of different papers that claim one id, that keeps it whose
    records stand under it; where none do, the outcome does not hang on the order of the files.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for file in sorted(claims):
        groups[claims[file].paper].append(file)
    settled: dict[str, str] = {}
    for paper, files in groups.items():
        for name, members in _settle(paper, _part(files, claims), claims, held):
            settled.update(dict.fromkeys(members, name))
    return settled


def _part(files: Sequence[str], claims: Mapping[str, Claim]) -> list[list[str]]:
    """Return the files of each paper."""
    papers: list[list[str]] = []
    for file in files:
        own = next((p for p in papers if tell_same(claims[p[0]], claims[file])), None)
        if own is None:
            papers.append([file])
        else:
            own.append(file)
    return papers


def _settle(
    paper: str, papers: list[list[str]], claims: Mapping[str, Claim], held: Held
) -> Iterator[tuple[str, list[str]]]:
    left = []
    for files in sorted(papers, key=lambda files: claims[files[0]].apart):
        apart = claims[files[0]].apart
        if held(apart):
            yield apart, files
        else:
            left.append(files)
    first = _find_holder(held(paper), left, claims) if len(left) > 1 else 0
    for place, files in enumerate(left):
        yield paper if place == first else claims[files[0]].apart, files


def _find_holder(
    standing: tuple[str, Claim] | None, papers: list[list[str]], claims: Mapping[str, Claim]
) -> int:
    """Return the place of the paper whose records stand; 0 where they are of none."""
    if standing is None:
        return 0
    file, claim = standing
    for place, files in enumerate(papers):
        if file in files:
            return place
    return next((n for n, files in enumerate(papers) if tell_same(claims[files[0]], claim)), 0)
