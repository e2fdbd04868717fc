"""Write all that the search loads, below ``search/`` of a built site.

``manifest.json`` holds the rules of folding and all names of terms; ``index/words.*`` the words of
the full text and ``index/identifiers.*`` the identifiers, both sorted and cut into small files of
which a browser loads the one that it asks for; ``index/text.*`` what is shown of a text, cut so
too; ``index/facet-*`` the numbers of the texts by facet; ``pagefind/`` the full text. A file's name
holds a hash of its bytes, so that it may be cached for ever.
"""

import hashlib
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from builder import store
from builder.project import Project
from builder.search.entries import Entries, Entry, find_entries
from builder.search.fulltext import find_words, term_word, write_fulltext
from builder.search.normalise import SUFFIX, Tokenizer, find_families, find_keys, normalise
from builder.site.index import LibraryIndex
from builder.site.labels import KIND_WORDS
from builder.store.library import find_edition
from builder.text import spelling

FOLDER = "search"
SHARD_BYTES = 9_000  # of JSON before gzip at most, about 2 kB after on average
TEXT_BYTES = 4_000
FACETS = ("kind", "source", "condition", "evidence", "year")


def write_search(
    project: Project, atlas: LibraryIndex, site: Path, wait: Callable[[], object] = lambda: None
) -> None:
    """Write names, identifiers and full text. Raises ProblemError.

    ``wait`` is called before Pagefind runs, which takes 1.6 GB for a thousand papers.
    """
    path = project.content / "search.yml"
    settings = store.read_settings(path, project.root, check_settings)
    entries = find_entries(atlas, settings)
    day = find_edition(atlas.library).day.isoformat()
    write_index(site / FOLDER, entries, settings, day, wait)


def check_settings(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of content/search.yml; fails where it lacks what the search takes of it."""
    parse_settings(data)
    for journal in data.get("journals", []):
        find_keys(" ".join([journal["doi"], *journal["names"]]))
    return data


def parse_settings(data: Mapping[str, Any], prefixes: Iterable[str] = ()) -> dict[str, Any]:
    """Return the data of content/search.yml in the form of the manifest.

    ``prefixes`` are databases beside those that it names.
    """
    registers = sorted(r.lower() for r in data["registers"])
    databases = sorted({p.lower() for p in data["prefixes"]}.union(prefixes))
    lists = {"REGISTERS": "|".join(registers), "PREFIXES": "|".join(map(re.escape, databases))}

    def fill(pattern: str) -> str:
        return re.sub("|".join(lists), lambda m: lists[m[0]], pattern)

    return {
        "context": sorted(set(find_keys(data["context"]))),
        "wanted": {k: sorted(set(find_keys(" ".join(v)))) for k, v in data["kinds"].items()},
        "registers": registers,
        "patterns": {
            form: [[fill(pattern), key, shown] for pattern, key, shown in rules]
            for form, rules in data["identifiers"].items()
        },
    }


def write_index(
    out: Path,
    entries: Entries,
    settings: Mapping[str, Any],
    day: str,
    wait: Callable[[], object] = lambda: None,
) -> None:
    """Write every file of the search.

    ``settings`` are those of content/search.yml, ``day`` is the date of the data, ``YYYY-MM-DD``;
    ``wait`` is called before Pagefind runs.
    """
    terms = entries.terms
    context = frozenset(find_keys(settings["context"]))
    families = find_families((name for term in terms for name in term.names), context)
    tokenizer = Tokenizer(context, families)
    rows = {term.path: list(_short_names(term, tokenizer)) for term in terms}
    names: dict[str, list[str]] = defaultdict(list)
    for term in terms:
        for name in rows[term.path]:
            names[name.replace(" ", "")].append(find_id(term.path))
    endings = settings.get("endings", [])
    texts = [entry for entry in entries.all if entry.is_text]
    words = find_words(texts, tokenizer, names, endings)
    printed = Counter(word.removesuffix("z") for found in words.values() for word in found)
    hits = write_fulltext(texts, words, out / "pagefind", wait)
    folder = out / "index"
    numbers = {entry.path: number for number, entry in enumerate(texts)}
    kinds = sorted({entry.kind for entry in entries.all})
    curies = [curie for term in terms for curie in (*term.identifiers, *term.related)]
    manifest = {
        "day": day,
        "kinds": [[kind, *KIND_WORDS.get(kind, ("Glossary", "Glossary"))] for kind in kinds],
        "rules": spelling.rules() | {"suffix": SUFFIX, "families": sorted(families)},
        **parse_settings(settings, {curie.partition(":")[0].lower() for curie in curies}),
        "count": len(words),
        "terms": [_term_row(t, kinds, rows[t.path], numbers.get(t.path), printed) for t in terms],
        "texts": write_texts(folder, texts, hits),
        "words": write_shards(
            folder, "words", {w: n for w, n in printed.items() if not w.endswith("q")}
        ),
        "identifiers": write_shards(folder, "identifiers", _identifiers(entries)),
        "facets": write_facets(folder, texts),
    }
    store.write_bytes(out / "manifest.json", encode(manifest))


def find_id(path: str) -> str:
    """Return the last step of an address: ``glossary/#il-6`` gives ``il-6``."""
    return re.split("[/#]", path.rstrip("/"))[-1]


def _term_row(
    entry: Entry, kinds: list[str], names: Sequence[str], text: int | None, printed: Collection[str]
) -> list[Any]:
    """Return [address, kind, label, abbreviation, weight, other names, text, is named] of a term.

    The weight is -1 where no evidence names it, ``text`` the number of its text; the last says
    whether a text names it. The browser makes the words of the label itself.
    """
    weight = entry.weight if entry.evident else -1
    word = term_word(find_id(entry.path)).removesuffix("z")
    shown = [entry.path, kinds.index(entry.kind), entry.title, entry.detail]
    return [*shown, weight, "|".join(names[1:]), text, int(word in printed)]


def _short_names(entry: Entry, tokenizer: Tokenizer) -> Iterator[str]:
    """Yield a term's names as words, without variants that only re-order another's words."""
    seen: set[str | frozenset[str]] = {""}
    for name in entry.names:
        words = tokenizer.find_names(name)
        joined, bag = " ".join(words), frozenset(words) - tokenizer.context
        if joined not in seen and (name not in entry.variants or bag not in seen):
            yield joined
        seen |= {joined, bag}


def _identifiers(entries: Entries) -> dict[str, list[list[str]]]:
    """Return, by normalised identifier, its pages: [address, kind, title, detail] each."""
    found: dict[str, list[list[str]]] = {}
    for entry in entries.all:
        for identifier in entry.identifiers:
            found.setdefault(normalise(identifier), []).append(_shown(entry))
    exact = set(found)
    for entry in entries.terms:
        for identifier in entry.related:
            if normalise(identifier) not in exact:
                found.setdefault(normalise(identifier), []).append(_shown(entry))
    return found


def _shown(entry: Entry) -> list[str]:
    return [entry.path, entry.kind, entry.title, entry.detail]


# --- files ---------------------------------------------------------------------------------------


def write_texts(folder: Path, texts: Sequence[Entry], hits: Sequence[str]) -> str:
    """Write what is shown of each text, some in a file, and one list of them; return its name.

    The list holds [hash in the file's name, Pagefind's id of each text] of each file, in order.
    """
    rows = [[entry.path, hit, _shown_text(entry)] for entry, hit in zip(texts, hits, strict=True)]
    pieces = [
        [write_hashed(folder, "text", [shown for _, _, shown in piece]).split(".")[1]]
        + [hit for _, hit, _ in piece]
        for piece in cut_pieces(rows, TEXT_BYTES)
    ]
    return write_hashed(folder, "texts", pieces)


def _shown_text(entry: Entry) -> list[Any]:
    """Return [address, title, detail, imprint, has a result, places] of a text.

    A place is [anchor, heading, printed text] of a section.
    """
    places = [[s.anchor, s.heading, s.text] for s in entry.sections if s.shown]
    shown = [entry.path, entry.title, entry.detail, entry.imprint, int(entry.reported)]
    return [*shown, places]


def write_facets(folder: Path, texts: Sequence[Entry]) -> dict[str, str]:
    """Write one file a facet; return their names.

    A facet's file gives, by value, the numbers of its texts as steps from the one before.
    """
    held: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in FACETS}
    for number, entry in enumerate(texts):
        held["kind"][entry.kind].append(number)
        held["year"][str(entry.year or "")].append(number)
        for name, values in entry.facets.items():
            for value in values:
                held[name][value].append(number)
    held["year"].pop("", None)
    return {
        name: write_hashed(folder, f"facet-{name}", {v: _steps(n) for v, n in sorted(of.items())})
        for name, of in held.items()
    }


def _steps(numbers: Sequence[int]) -> list[int]:
    return [n - before for n, before in zip(numbers, [0, *numbers], strict=False)]


def encode(data: Any) -> bytes:
    """Return data as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def write_hashed(folder: Path, name: str, data: Any) -> str:
    """Write data as JSON under a name that holds a hash of its bytes; return that name."""
    body = encode(data)
    file = f"{name}.{hashlib.sha256(body).hexdigest()[:8]}.json"
    store.write_bytes(folder / file, body)
    return file


def write_shards(
    folder: Path, name: str, items: Mapping[str, Any], most_bytes: int = SHARD_BYTES
) -> list[list[str]]:
    """Write a mapping in sorted pieces; return the first key of each, and the hash in its name.

    Keys are sorted by UTF-16 code unit, as JavaScript compares strings.
    """
    rows = [[key, items[key]] for key in sorted(items, key=lambda k: k.encode("utf-16-be"))]
    pieces = [dict(piece) for piece in cut_pieces(rows, most_bytes)] or [{}]
    return [
        [next(iter(piece), ""), write_hashed(folder, name, piece).split(".")[1]] for piece in pieces
    ]


def cut_pieces(rows: Iterable[list[Any]], most_bytes: int) -> Iterator[list[list[Any]]]:
    """Cut rows, each with its key first, into pieces of about so many bytes of JSON.

    Where a piece ends depends on the key of its last row, if not on its size: so a row more, or a
    longer one, changes its own piece and few behind it.
    """
    piece: list[list[Any]] = []
    size = 0
    for row in rows:
        cost = len(encode(row))
        if piece and size + cost > most_bytes:
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += cost
        if zlib.crc32(row[0].encode()) % most_bytes < cost:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece
