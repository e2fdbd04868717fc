"""Write all that the search box loads, below ``search/`` of a built site."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder import store
from builder.project import Project
from builder.search.chunks import encode, write_blocks, write_shards
from builder.search.config import Habits, read_habits
from builder.search.entries import Entry, Field, find_findings, find_terms, find_works
from builder.search.facets import write_facets
from builder.search.fulltext import write_fulltext
from builder.search.identifiers import normalise
from builder.search.minify import pack_programs
from builder.search.normalise import find_keys, join_keys
from builder.site.index import Atlas
from builder.site.labels import KIND_WORDS
from builder.store.build_info import find_edition
from builder.text import spelling

FOLDER = "search"
WORDS_PER_FILE = 6_000  # bytes of JSON before gzip, about 2 kB after
WORKS_PER_FILE = 8
# A title's word that more works share than this chooses nothing, and would only cost bytes.
MOST_WORKS = 1500
NAME_ONLY = -1
_CHOOSING = ~(Field.TITLE | Field.WORD)


@dataclass(frozen=True, slots=True)
class Entries:
    """All that search can find; its place in a list is the number that the index gives it."""

    terms: Sequence[Entry]
    works: Sequence[Entry]
    findings: Sequence[Entry]

    @property
    def all(self) -> list[Entry]:
        """Every entry."""
        return [*self.terms, *self.works, *self.findings]


def write_search(project: Project, atlas: Atlas, site: Path) -> None:
    """Write names, identifiers and full text, and pack the programs. Raises ProblemError."""
    settings = store.read_yaml(project.content / "search.yml", project.root)
    entries = find_entries(atlas, read_habits(settings))
    write_index(site / FOLDER, entries, settings, find_edition(atlas.library).day.isoformat())
    pack_programs(site / "assets/javascripts")


def find_entries(atlas: Atlas, habits: Habits) -> Entries:
    """Return all that search can find in a library."""
    return Entries(
        list(find_terms(atlas, habits)),
        list(find_works(atlas, habits)),
        list(find_findings(atlas)),
    )


def write_index(out: Path, entries: Entries, settings: Mapping[str, Any], day: str) -> None:
    """Write every file of the search.

    ``settings`` are those of content/search.yml, ``day`` is the date of the data, ``YYYY-MM-DD``.
    """
    terms, works = entries.terms, entries.works
    pages = write_fulltext(entries.all, out / "pagefind")
    folder = out / "index"
    context = set(find_keys(settings["context"]))
    kinds = sorted({entry.kind for entry in entries.all})
    manifest = {
        "day": day,
        "kinds": [[kind, *KIND_WORDS.get(kind, ("Glossary", "Glossary"))] for kind in kinds],
        "rules": spelling.rules(),
        "context": sorted(context),
        "wanted": {k: sorted(set(find_keys(" ".join(v)))) for k, v in settings["kinds"].items()},
        "ranges": {k: _range(works, k) for k in settings["kinds"]},
        "endings": settings.get("endings", []),
        "registers": sorted(r.lower() for r in settings["registers"]),
        "prefixes": sorted(_prefixes(terms) | {p.lower() for p in settings["prefixes"]}),
        "bare": [[b["pattern"], b["prefix"].lower()] for b in settings["bare"]],
        "terms": [_term_row(t, kinds, context) for t in terms],
        "pages": _join_ids([pages.get(t.path, "") for t in terms]),
        "words": write_shards(folder, "words", _postings(entries, context), WORDS_PER_FILE),
        "works": write_blocks(
            folder, "works", [_work_row(w, kinds, pages) for w in works], WORKS_PER_FILE
        ),
        "facets": write_facets(folder, entries.all, pages),
        "identifiers": write_shards(folder, "ids", _identifiers(entries), WORDS_PER_FILE),
    }
    store.write_bytes(out / "manifest.json", encode(manifest))


def _range(works: Sequence[Entry], kind: str) -> list[int]:
    """Return the first number of a kind's works and the one after its last; they stand together."""
    numbers = [number for number, work in enumerate(works) if work.kind == kind]
    return [numbers[0], numbers[-1] + 1] if numbers else [0, 0]


def _prefixes(terms: Iterable[Entry]) -> set[str]:
    return {
        curie.split(":")[0].lower()
        for term in terms
        for curie in (*term.identifiers, *term.related)
    }


def _term_row(entry: Entry, kinds: list[str], context: set[str]) -> list[Any]:
    """Return [address, kind, label, abbreviation, weight, names] of a term.

    The manifest is most of what a first search loads: what the browser can make of the label and
    the abbreviation is left out of the address and of the first two names.
    """
    names = list(_short_names(entry, context))
    for place, text in enumerate((entry.title, entry.detail)):
        if names[place : place + 1] == [_plain(text, " ")]:
            names[place] = ""
    path = re.sub(rf"(?<=[/-]){re.escape(_plain(entry.title, '-'))}(?=/?$)", "*", entry.path)
    return [path, kinds.index(entry.kind), entry.title, entry.detail, entry.weight, "|".join(names)]


def _plain(text: str, joint: str) -> str:
    """Return the ASCII letters and digits of a text in lower case; the browser does the same."""
    return re.sub(r"[^a-z0-9]+", joint, text.lower()).strip(joint)


def _join_ids(found: Sequence[str]) -> list[Any]:
    """Return [what each id begins with, width, the rest of each in that width, one after another].

    Random as they are, nothing packs them better.
    """
    start = next((name[: name.rfind("_") + 1] for name in found if name), "")  # the language
    rest = [name.removeprefix(start) for name in found]
    width = max(map(len, rest), default=0)
    return [start, width, "".join(name.ljust(width) for name in rest)]


def _short_names(entry: Entry, context: set[str]) -> Iterator[str]:
    """Yield a term's names as keys, without variants that the same words in another order cover."""
    seen: set[str] = set()
    bags: set[frozenset[str]] = set()
    for name in entry.names:
        keys = join_keys(name)
        bag = frozenset(keys.split()) - context
        if keys and keys not in seen and (name not in entry.variants or bag not in bags):
            yield keys
        seen.add(keys)
        bags.add(bag)


def _work_row(entry: Entry, kinds: list[str], pages: Mapping[str, str]) -> list[Any]:
    """Return [address, kind, title, detail, year, page id, names] of a work."""
    names = [name for name in map(join_keys, entry.names) if name]
    return [
        entry.path, kinds.index(entry.kind), entry.title, entry.detail, entry.year or 0,
        pages.get(entry.path, ""), names if entry.kind == "trial" else [],
    ]  # fmt: skip


def _postings(entries: Entries, context: set[str]) -> dict[str, list[int]]:
    """Return, by word, the works that hold it: [number, field, number, field …].

    Numbers are steps from the one before. A word of the full text alone has an empty list: it is
    known, so that the full text is worth asking. A word of names alone has NAME_ONLY in front.
    """
    found: dict[str, dict[int, Field]] = defaultdict(dict)
    for number, work in enumerate(entries.works):
        for where, text in work.words:
            for key in find_keys(text):
                found[key][number] = found[key].get(number, Field(0)) | where
    printed = _printed_words(entries.all)
    postings: dict[str, list[int]] = {key: [] for key in printed}
    for key, held in found.items():
        common = key in context or len(held) > MOST_WORKS
        kept = {n: f for n, f in held.items() if not common or f & _CHOOSING}
        postings[key] = [*([] if key in printed else [NAME_ONLY]), *_steps(kept)]
    return postings


def _printed_words(entries: Iterable[Entry]) -> set[str]:
    """Return the words of the full text."""
    return {
        key
        for entry in entries
        if entry.in_full_text
        for text in (entry.title, *(section.text for section in entry.sections))
        for key in find_keys(text)
    }


def _steps(held: Mapping[int, Field]) -> list[int]:
    flat: list[int] = []
    last = 0
    for number in sorted(held):
        flat += [number - last, int(held[number])]
        last = number
    return flat


def _identifiers(entries: Entries) -> dict[str, list[Any]]:
    """Return, by normalised identifier, its pages: works by number, terms below zero, addresses."""
    found: dict[str, list[Any]] = {}
    for number, entry in enumerate(entries.works):
        for identifier in entry.identifiers:
            found.setdefault(normalise(identifier), []).append(number)
    for number, entry in enumerate(entries.terms):
        for identifier in entry.identifiers:
            found.setdefault(normalise(identifier), []).append(-1 - number)
    for entry in entries.findings:
        for identifier in entry.identifiers:
            found.setdefault(normalise(identifier), []).append(entry.path)
    exact = set(found)
    for number, entry in enumerate(entries.terms):
        for identifier in entry.related:
            if normalise(identifier) not in exact:
                found.setdefault(normalise(identifier), []).append(-1 - number)
    return found
