"""The full text: the words of each entry, given to Pagefind with weights.

Pagefind reads our own words (see normalise.py), not the printed ones, so that each spelling of a
name is one word; a term that a text names is one more, whichever of its names stands there. The
printed text goes along for titles and excerpts. Facets are kept beside it (see index.py): Pagefind
writes its own in an order that changes from build to build.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote

from builder.errors import Problem, ProblemError
from builder.search.entries import TITLE, WORK, Entry
from builder.search.normalise import Tokenizer

# What Pagefind ships for its own interface, and what serves other languages. We use neither.
_UNUSED = ("pagefind-*.js", "pagefind-*.css", "wasm.unknown.pagefind")
_LONGEST_NAME = 8  # words


def write_fulltext(
    entries: Iterable[Entry], words: Mapping[str, list[str]], out: Path
) -> dict[str, str]:
    """Write Pagefind's index of entries that have a text; return Pagefind's ids by path.

    ``words`` are those by which each text is found.

    Raises ProblemError where Pagefind fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        kinds: dict[str, int] = {}
        for entry in entries:
            # Pagefind hashes the name too: a statement more must not rename those behind it.
            page, _, anchor = entry.path.partition("#")
            name = f"{kinds.setdefault(entry.kind, len(kinds)):02d} {anchor} {page}"
            target = Path(folder) / f"{quote(name, safe='')}.html"
            target.write_text(page_html(entry, words), encoding="utf-8")
        _index(Path(folder), out)
    for pattern in _UNUSED:
        for path in out.glob(pattern):
            path.unlink()
    return read_page_ids(out)


def _index(pages: Path, out: Path) -> None:
    """Run Pagefind over a folder of pages.

    As a program of its own: its Python service is stopped when it has answered, which may be before
    the last file is on the disk.
    """
    shutil.rmtree(out, ignore_errors=True)
    ran = subprocess.run(  # noqa: S603 (our own words)
        [
            *[sys.executable, "-m", "pagefind", "--site", str(pages), "--output-path", str(out)],
            *["--force-language", "en", "--quiet"],
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    empty = [path.name for path in out.rglob("*") if path.is_file() and not path.stat().st_size]
    if ran.returncode or empty or not (out / "pagefind-entry.json").is_file():
        reported = (ran.stderr or ran.stdout).strip().splitlines()[-1:] or empty or ["no index"]
        raise ProblemError(
            Problem("search", 0, "error", "pagefind", "an index of the full text", reported[0])
        )


def page_html(entry: Entry, words: Mapping[str, list[str]]) -> str:
    """Return an entry as Pagefind shall read it: what is shown of it, and the words of each part.

    ``places`` is JSON: anchor, heading and printed text of each section.
    """
    places = [[s.anchor, s.heading, s.text] for s in entry.sections if s.shown]
    shown = {
        "url": f"/{entry.path}",
        "kind": entry.kind,
        "title": entry.title,
        "detail": entry.detail,
        "imprint": entry.imprint,
        "reported": "yes" if entry.reported else "",
        "places": json.dumps(places, ensure_ascii=False, separators=(",", ":")),
    }
    lines = [
        f'<i data-pagefind-ignore data-pagefind-meta="{name}">{escape(value)}</i>'
        for name, value in shown.items()
    ]
    for text, weight in find_texts(entry):
        found = " ".join(words[text])
        lines.append(f'<p data-pagefind-weight="{weight:g}">{escape(found)}</p>')
    body = "\n".join(lines)
    return f'<html lang="en"><body><main data-pagefind-body>\n{body}\n</main></body></html>'


def find_texts(entry: Entry) -> Iterator[tuple[str, float]]:
    """Yield the texts of an entry, each with its weight."""
    yield entry.title, TITLE
    if entry.imprint:
        yield entry.imprint, WORK
    yield from ((section.text, section.weight) for section in entry.sections)


def find_term_words(words: list[str], names: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the word of each term that is named in a text, given as its words.

    ``names`` gives, by a name's words in one, the ids of its terms.
    """
    for start in range(len(words)):
        joined = ""
        for word in words[start : start + _LONGEST_NAME]:
            joined += word
            yield from (term_word(term) for term in names.get(joined, ()))


def term_word(term: str) -> str:
    """Return the one word by which every text that names a term is found."""
    return f"{term.replace('-', '')}qz"


def find_words(
    entries: Iterable[Entry],
    tokenizer: Tokenizer,
    names: Mapping[str, list[str]],
    endings: Iterable[tuple[str, str]] = (),
) -> dict[str, list[str]]:
    """Return, by text, the words by which it is found, and one for each term that it names.

    ``names`` gives, by a name's words in one, the ids of its terms. ``endings`` are pairs by which
    words of one meaning differ: a text is also found by such another word that some text has. An
    imprint names no terms, though the initials of an author may look so.
    """
    held = {text: text == e.imprint for e in entries for text, _ in find_texts(e)}
    plain = {text: tokenizer.find_all(text) for text in held}
    known = {word for words in plain.values() for word in words}
    pairs = [pair for a, b in endings for pair in ((a, b), (b, a))]
    kin = {
        word: [
            other
            for end, ending in pairs
            if word.endswith(end) and (other := word.removesuffix(end) + ending) in known
        ]
        for word in known
    }
    found = {}
    for text, words in plain.items():
        terms = [] if held[text] else find_term_words(tokenizer.find_names(text), names)
        own = [*words, *(other for word in words for other in kin[word]), *terms]
        found[text] = list(dict.fromkeys(own))
    return found


def read_page_ids(out: Path) -> dict[str, str]:
    """Return Pagefind's id of each entry by its path, as its fragments have it.

    With it the browser knows, without loading a fragment, which entry a hit of the full text is.
    """
    found = {}
    for path in sorted((out / "fragment").glob("*.pf_fragment")):
        body = gzip.decompress(path.read_bytes())
        address = json.loads(body[body.index(b"{") :])["meta"]["url"]
        found[str(address).lstrip("/")] = path.name.removesuffix(".pf_fragment")
    return found
