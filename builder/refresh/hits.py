"""Works and trials as services record them: which one a hit is, of those that are known."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rapidfuzz import fuzz

from builder.errors import Problem
from builder.models import CslItem, Identifiers, RegistryRecord
from builder.models.review import Duplicate, ScreeningRecord, Sighting
from builder.store.same_work import titles_agree
from builder.text import ids, spelling

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


# In percent, of titles in one form; above the first a record is a duplicate.
_SAME_TITLE = 95.0
_SAME_AUTHOR = 85.0
_TAG = re.compile(r"(\s*)</?[A-Za-z][^<>]{0,80}>(\s*)")
R = TypeVar("R", RegistryRecord, Identifiers)


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


@dataclass
class Asked(Generic[R]):
    """What services were asked: new or changed records by id, news in words, what went wrong."""

    records: dict[str, R] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    asked: int = 0


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
    name, other = spelling.fold(work.lead), spelling.fold(found.lead)
    if not name or not other:
        return None
    return float(max(fuzz.ratio(name, other), fuzz.ratio(name.split()[-1], other.split()[-1])))


def rank_works(work: CslItem, found: Iterable[Hit]) -> list[Match]:
    """Return the matches of all found works, the best first; those that fit before all others."""
    matches = [match_work(work, each) for each in found]
    return sorted(matches, key=lambda m: (not m.fits, -m.score, m.found.doi, m.found.pmid))


# --- duplicates ----------------------------------------------------------------------------------


@dataclass
class Index:
    """The records that are known, by all that shows that two are one."""

    records: dict[str, ScreeningRecord] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    by_title: dict[str, list[str]] = field(default_factory=dict)
    by_year: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    def add(self, record: ScreeningRecord) -> None:
        """Take a record in, or its newer form."""
        fresh = record.id not in self.records
        self.records[record.id] = record
        for key in _keys(record):
            self.by_key.setdefault(key, record.id)
        if fresh:
            title = spelling.fold(record.title)
            self.by_title.setdefault(title, []).append(record.id)
            if record.year:
                self.by_year.setdefault((record.year, title[:1]), []).append(record.id)

    def find_known(self, hit: Hit) -> str | None:
        """Return the id of the record that shares an identifier with a hit."""
        return next((self.by_key[key] for key in _keys(hit) if key in self.by_key), None)

    def find_like(self, hit: Hit, own: str) -> tuple[str, float] | None:
        """Return the record with the same title, year and author, and how like the titles are.

        A title alone is shared by chance: year (one apart at most) and first author must agree as
        far as both are known, and one of the two must be known.
        """
        title = spelling.fold(hit.title)
        near = list(self.by_title.get(title, ()))
        for year in (hit.year - 1, hit.year, hit.year + 1) if hit.year else ():
            near += self.by_year.get((year, title[:1]), [])
        best: tuple[str, float] | None = None
        for name in dict.fromkeys(near):
            record = self.records[name]
            if name == own or record.duplicate or not _may_be_one(hit, record):
                continue
            score = fuzz.ratio(title, spelling.fold(record.title), score_cutoff=_SAME_TITLE)
            if score and titles_agree(hit.title, record.title) and (not best or score > best[1]):
                best = name, round(score, 1)
        return best


def _keys(work: Hit | ScreeningRecord) -> Iterator[str]:
    """Yield what a work is known by: its identifiers; else its page or what it is called."""
    names = [name for name in ("trial", "pmid", "pmcid", "doi") if getattr(work, name)]
    for name in names or (["url"] if work.url else []):
        yield f"{name}:{getattr(work, name).lower()}"
    if not names and not work.url:
        yield f"title:{spelling.fold(f'{work.title} {work.year} {work.authors}')}"


def _may_be_one(hit: Hit, record: ScreeningRecord) -> bool:
    if bool(hit.trial) != bool(record.trial) or (hit.trial and hit.trial != record.trial):
        return False
    if hit.pmid and record.pmid and hit.pmid != record.pmid:
        return False
    theirs = Hit(record.title, record.authors or "").lead
    one, other = spelling.fold(hit.lead), spelling.fold(theirs)
    authors = bool(one and other)
    years = bool(hit.year and record.year)
    if authors and fuzz.ratio(one, other) < _SAME_AUTHOR:
        return False
    if hit.year and record.year and abs(hit.year - record.year) > 1:
        return False
    return authors or years


def add_hits(
    index: Index, hits: Iterable[Hit], sighting: Sighting, papers: KnownWorks, cited: KnownWorks
) -> tuple[int, int]:
    """Take hits into the index; return how many were read, and how many of them are new.

    What a record already has stays; what the database adds or corrects is renewed. Decisions are
    never touched.
    """
    taken = new = 0
    for hit in hits:
        if not hit.title and not hit.trial:
            continue
        taken += 1
        known = index.find_known(hit)
        if known:
            index.add(_renew(index.records[known], hit, sighting))
            continue
        new += 1
        name = _name_record(hit, index)
        record = _renew(
            ScreeningRecord(id=name, title=hit.title or hit.trial, found=[]), hit, sighting
        )
        like = index.find_like(hit, name)
        paper, work = papers.find(hit), cited.find(hit)
        duplicate = None
        if paper:
            duplicate = Duplicate(of=paper[0], kind="paper", by=paper[1], score=paper[2])
        elif like:
            other = index.records[like[0]]
            if hit.preprint != bool(other.preprint):
                # Two records of one study: the article stands, the preprint says where it is.
                if hit.preprint:
                    record = record.model_copy(update={"published_as": other.id})
                else:
                    index.add(other.model_copy(update={"published_as": name}))
            else:
                by = "title, year and author"
                duplicate = Duplicate(of=like[0], kind="record", by=by, score=like[1])
        update = {"duplicate": duplicate, "cited_as": work[0] if work else None}
        index.add(record.model_copy(update=update))
    return taken, new


def _name_record(hit: Hit, index: Index) -> str:
    wanted = (
        hit.trial.lower()
        or (hit.pmid and f"pmid-{hit.pmid}")
        or hit.pmcid.lower()
        or (hit.doi and f"doi-{ids.digest(hit.doi, 12)}")
        or f"title-{ids.digest(f'{hit.title} {hit.year}', 12)}"
    )
    return wanted if wanted not in index.records else f"{wanted}-{ids.digest(hit.url, 6)}"


def _renew(record: ScreeningRecord, hit: Hit, sighting: Sighting) -> ScreeningRecord:
    seen = any(s.strategy == sighting.strategy for s in record.found)
    fresh: dict[str, object] = {
        "found": record.found if seen else [*record.found, sighting],
        "types": list(hit.types) or record.types,
        "notices": sorted({*record.notices, *hit.notices}),
        "open_access": record.open_access if hit.open_access is None else hit.open_access,
        "preprint": hit.preprint or record.preprint or None,
    }
    for name in ("authors", "journal", "doi", "pmid", "pmcid", "trial", "licence", "url", "year"):
        fresh[name] = getattr(record, name) or getattr(hit, name) or None
    if hit.licence:
        fresh["licence"] = hit.licence
    if hit.published_as:
        fresh["published_as"] = hit.published_as
    return record.model_copy(update=fresh)


class KnownWorks:
    """Works of the atlas by what shows that a hit is one of them."""

    def __init__(
        self, works: Mapping[str, CslItem], identifiers: Mapping[str, Identifiers]
    ) -> None:
        self._works = works
        self._by_key: dict[str, str] = {}
        self._by_title: dict[str, list[str]] = {}
        for name, csl in works.items():
            self._by_title.setdefault(spelling.fold(csl.title), []).append(name)
            for key in ("doi", "pmid", "pmcid"):
                for value in (getattr(csl, key.upper()), getattr(identifiers.get(name), key, None)):
                    if value:
                        self._by_key.setdefault(f"{key}:{value.lower()}", name)

    def find(self, hit: Hit) -> tuple[str, str, float | None] | None:
        """Return the work that a hit is, by what it is known, and the likeness of titles."""
        for key in _keys(hit):
            if key in self._by_key:
                return self._by_key[key], key.partition(":")[0], None
        for name in self._by_title.get(spelling.fold(hit.title), ()) if not hit.trial else ():
            csl = self._works[name]
            if not (csl.DOI and hit.doi) and match_work(csl, hit).fits:
                return name, "title, year and author", 100.0
        return None
