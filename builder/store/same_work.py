"""Which entries of several reference lists are one and the same work.

A DOI or PMID decides; without one, title, year and first author do, by a fuzzy score. A doubtful
pair stays apart and becomes a question: works are never merged silently.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz import fuzz

from builder.models import Cited, CitedIn, CslItem, Identifiers, Question, Reference
from builder.text import ids, spelling

Place = tuple[str, int]  # a paper, and the index of an entry in its list
K = TypeVar("K", str, Place)
# Of the titles' likeness in percent (rapidfuzz, words in order): the same above the first, doubtful
# between the two.
SAME = 96.0
DOUBTFUL = 86.0
# A title this long is not shared by chance.
LONG_TITLE = 40


class Entry(NamedTuple):
    """An entry of a paper's list, with the identifiers that are known of it."""

    paper: str
    at: int
    cited: Cited
    doi: str
    pmid: str
    title: str
    author: str

    @property
    def place(self) -> Place:
        """Where it stands: paper and index in its list; 3a and 3b share a number, but no index."""
        return (self.paper, self.at)


def _entry(paper: str, index: int, cited: Cited, known: Identifiers | None) -> Entry:
    csl = cited.csl
    return Entry(
        paper,
        index,
        cited,
        (csl.DOI or (known.doi if known else None) or "").lower(),
        csl.PMID or (known.pmid if known else None) or "",
        spelling.fold(csl.title),
        spelling.fold(csl.lead),
    )


class Groups(Generic[K]):
    """Names or places that stand for one thing (union-find); ``parent`` has all that were seen."""

    def __init__(self) -> None:
        self.parent: dict[K, K] = {}

    def find(self, name: K) -> K:
        """Return the one that speaks for a name's group; a name that is new is its own group."""
        root = name
        while (above := self.parent.setdefault(root, root)) != root:
            root = above
        self.parent[name] = root
        return root

    def join(self, one: K, other: K) -> None:
        """Make two groups one."""
        low, high = sorted((self.find(one), self.find(other)))
        self.parent[high] = low


def _differ(one: Entry, other: Entry) -> bool:
    """Return whether identifiers say that two entries are different works."""
    return bool(
        (one.doi and other.doi and one.doi != other.doi)
        or (one.pmid and other.pmid and one.pmid != other.pmid)
    )


def _join_by_identifier(entries: list[Entry], groups: Groups[Place]) -> None:
    first: dict[str, Entry] = {}
    for entry in entries:
        for key in (entry.doi and f"doi:{entry.doi}", entry.pmid and f"pmid:{entry.pmid}"):
            if not key:
                continue
            other = first.setdefault(key, entry)
            if other is not entry and not _differ(entry, other):
                groups.join(entry.place, other.place)


def _blocks(entries: list[Entry]) -> Iterator[list[Entry]]:
    """Yield entries that may be one work: first author and year alike, or the same long title."""
    by_author: dict[tuple[str, int | None], list[Entry]] = defaultdict(list)
    by_title: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_author[(entry.author, entry.cited.csl.year)].append(entry)
        if len(entry.title) >= LONG_TITLE:
            by_title[entry.title].append(entry)
    yield from (block for (author, _), block in by_author.items() if author)
    yield from by_title.values()


def _join_same(block: list[Entry], groups: Groups[Place]) -> list[Entry]:
    """Join entries that say the same of their work; return the first of each.

    A work that a hundred papers cite is then compared with others once, not a hundred times.
    """
    first: dict[tuple[str, ...], Entry] = {}
    for entry in block:
        csl = entry.cited.csl
        said = (entry.title, csl.title, str(csl.year), entry.doi, entry.pmid)
        other = first.setdefault(said, entry)
        if other is not entry:
            groups.join(other.place, entry.place)
    return list(first.values())


def _join_by_title(entries: list[Entry], groups: Groups[Place]) -> list[tuple[Entry, Entry, float]]:
    doubtful = []
    for block in (_join_same(block, groups) for block in _blocks(entries)):
        for place, one in enumerate(block):
            for other in block[place + 1 :]:
                if groups.find(one.place) == groups.find(other.place) or _differ(one, other):
                    continue
                score = fuzz.ratio(one.title, other.title, score_cutoff=DOUBTFUL)
                if score >= SAME and _agree(one, other):
                    groups.join(one.place, other.place)
                elif score >= DOUBTFUL:
                    doubtful.append((one, other, score))
    return doubtful


def _agree(one: Entry, other: Entry) -> bool:
    """Return whether titles and years may be of one work: its issues lie a year apart at most."""
    first, second = one.cited.csl, other.cited.csl
    near = first.year is None or second.year is None or abs(first.year - second.year) <= 1
    return near and titles_agree(first.title, second.title)


def titles_agree(one: str, other: str) -> bool:
    """Return whether two titles name the same numbers and short forms, however alike they are.

    miR-23a-3p is not miR-23a-5p, and exosomes of BMSCs are not those of ADSCs.
    """
    if one == other:
        return True
    numbers = [re.findall(r"\d+\w*", spelling.fold(title)) for title in (one, other)]
    return numbers[0] == numbers[1] and _holds_short(one, other) and _holds_short(other, one)


def _holds_short(title: str, other: str) -> bool:
    """Return whether the short forms of a title stand in another; a title in capitals has none."""
    if title.isupper():
        return True
    held = {spelling.fold(word) for word in _list_words(other)}
    return all(spelling.fold(w) in held for w in _list_words(title) if spelling.is_short(w))


def _list_words(title: str) -> set[str]:
    return {spelling.singular(word) for word in re.findall(r"[^\W_]+", title)}


def link_papers(
    papers: Mapping[str, CslItem],
    works: Mapping[str, Reference],
    identifiers: Mapping[str, Identifiers],
) -> dict[str, str]:
    """Return which cited works are papers that were read themselves: work id to paper id.

    A DOI or PMID decides, else title, year and first author; a doubtful pair stays apart.
    """
    known: dict[str, list[Entry]] = defaultdict(list)
    for name, csl in papers.items():
        entry = _entry(name, 0, _as_cited(name, csl), identifiers.get(name))
        for key in (f"doi:{entry.doi}", f"pmid:{entry.pmid}", entry.author):
            known[key].append(entry)
    linked = {}
    for name, work in works.items():
        own = _entry("", 0, _as_cited(name, work.csl), identifiers.get(name))
        by_number = [*known[f"doi:{own.doi}"]] if own.doi else []
        by_number += known[f"pmid:{own.pmid}"] if own.pmid else []
        by_title = [
            entry
            for entry in (known[own.author] if own.author else ())
            if fuzz.ratio(own.title, entry.title) >= SAME and _agree(own, entry)
        ]
        same = [entry for entry in (*by_number, *by_title) if not _differ(own, entry)]
        if same:
            linked[name] = same[0].paper
    return linked


def _as_cited(name: str, csl: CslItem) -> Cited:
    return Cited(id=name, number=0, line=0, csl=csl, printed=csl.title)


def merge_works(
    lists: Mapping[str, list[Cited]],
    identifiers: Mapping[str, Identifiers],
    published: Iterable[str] = (),
) -> tuple[dict[str, Reference], dict[Place, str]]:
    """Return the cited works by id, and the work's id for each (paper, index in its list).

    ``lists`` are the reference lists by paper. An id in ``published`` is kept before others, so
    that the address of a work outlives the papers that cite it.
    """
    entries = [
        _entry(paper, index, cited, identifiers.get(cited.id))
        for paper in sorted(lists)
        for index, cited in enumerate(lists[paper])
    ]
    groups: Groups[Place] = Groups()
    _join_by_identifier(entries, groups)
    doubtful = _join_by_title(entries, groups)
    members: dict[Place, list[Entry]] = defaultdict(list)
    for entry in entries:
        members[groups.find(entry.place)].append(entry)
    names = _name_groups(list(members.values()), frozenset(published))
    questions = _ask(doubtful, groups, names)
    works = {
        name: _merge(name, group, identifiers, questions.get(name, []))
        for name, group in sorted(names.items())
    }
    return works, {e.place: name for name, group in names.items() for e in group}


def _name_groups(groups: list[list[Entry]], published: frozenset[str]) -> dict[str, list[Entry]]:
    wanted = []
    for group in groups:
        own = sorted({e.cited.id for e in group})
        kept = [name for name in own if name in published]
        identity = min(e.title + (e.doi or e.pmid) for e in group)
        wanted.append(((kept or own)[0], identity))
    named: dict[str, list[Entry]] = {}
    for name, group in zip(ids.unique_ids(wanted), groups, strict=True):
        # Groups of one name say the same of their work, though too little to be joined by title.
        named.setdefault(name, []).extend(group)
    return named


def _ask(
    doubtful: list[tuple[Entry, Entry, float]], groups: Groups[Place], names: dict[str, list[Entry]]
) -> dict[str, list[Question]]:
    name_of = {e.place: name for name, group in names.items() for e in group}
    found: dict[str, dict[str, Question]] = defaultdict(dict)
    for one, other, score in doubtful:
        first, second = name_of[one.place], name_of[other.place]
        if first == second:
            continue
        for name, alike in ((first, second), (second, first)):
            found[name][alike] = Question(
                rule="work-twin",
                text=f"Is this the same work as {alike}? The titles are {score:.0f} % alike.",
                weight=3,
            )
    return {name: [asked[t] for t in sorted(asked)] for name, asked in found.items()}


def _fill(csl: CslItem, others: Iterable[CslItem], known: Identifiers | None) -> CslItem:
    """Return the item with identifiers from the same work elsewhere and from what was looked up."""
    update: dict[str, str | None] = {}
    for name in ("DOI", "PMID", "PMCID"):
        said = [getattr(csl, name), *(getattr(o, name) for o in others)]
        said.append(getattr(known, name.lower()) if known else None)
        update[name] = next((s for s in said if s), None)
    return csl.model_copy(update=update)


def _merge(
    name: str, group: list[Entry], identifiers: Mapping[str, Identifiers], asked: list[Question]
) -> Reference:
    # The fullest entry speaks for the work: parsed, with all authors, with most fields.
    best = max(
        group,
        key=lambda e: (
            e.cited.parsed,
            not e.cited.et_al,
            len(e.cited.csl.model_fields_set),
            [-ord(c) for c in e.paper],
        ),
    )
    names = (name, *(e.cited.id for e in group))
    known = next((identifiers[n] for n in names if n in identifiers), None)
    cited = best.cited
    return Reference(
        id=name,
        csl=_fill(cited.csl, [e.cited.csl for e in group], known),
        et_al=cited.et_al,
        labels=cited.labels,
        printed=cited.printed,
        parsed=cited.parsed,
        cited_in=[CitedIn(paper=e.paper, number=e.cited.number) for e in group],
        notices=known.notices if known else [],
        questions=[q for e in group for q in e.cited.questions]
        + asked
        + (known.questions if known else []),
    )
