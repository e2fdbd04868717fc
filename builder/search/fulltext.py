"""The full text: the words of each entry, given to Pagefind with weights.

Pagefind reads our own words (see normalise.py), not the printed ones, so that each spelling of a
name is one word; a term that a text names is one more, whichever of its names stands there. What
is shown of an entry and its facets are kept beside it (see index.py): Pagefind writes a file for
each entry, and facets in an order that changes from build to build.
"""

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from builder.errors import Problem, ProblemError
from builder.search.entries import TITLE, WORK, Entry
from builder.search.normalise import Tokenizer

# What Pagefind ships for its own interface, and what serves other languages. We use neither.
_UNUSED = ("pagefind-*.js", "pagefind-*.css", "wasm.unknown.pagefind")
_LONGEST_NAME = 8  # words
_SHORTEST_WORD = 4  # letters of one that is found by another ending


def write_fulltext(
    entries: Sequence[Entry],
    words: Mapping[str, list[str]],
    out: Path,
    wait: Callable[[], object] = lambda: None,
) -> list[str]:
    """Write Pagefind's index of entries that have a text; return Pagefind's id of each.

    ``words`` are those by which each text is found, ``wait`` is called before Pagefind
    runs. Pagefind's own record of an entry, one file each, is removed: what is shown lies in larger
    pieces (see index.py). Raises ProblemError where Pagefind fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number, entry in enumerate(entries):
            target = Path(folder) / f"{number:07}.html"
            target.write_text(page_html(entry, words), encoding="utf-8")
        wait()
        _index(Path(folder), out)
    found = {}
    for path in (out / "fragment").iterdir():
        body = gzip.decompress(path.read_bytes())
        address = json.loads(body[body.index(b"{") :])["url"]
        found[address] = path.name.removesuffix(".pf_fragment")
    shutil.rmtree(out / "fragment")
    for pattern in _UNUSED:
        for path in out.glob(pattern):
            path.unlink()
    return [found[address] for address in sorted(found)]


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
    """Return an entry as Pagefind shall read it: the words of each part."""
    body = "\n".join(
        f'<p data-pagefind-weight="{weight:g}">{escape(" ".join(words[text]))}</p>'
        for text, weight in find_texts(entry)
    )
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
    imprint has neither: a name of an author may look like a word or a term.
    """
    held = {text: text == e.imprint for e in entries for text, _ in find_texts(e)}
    plain = {text: tokenizer.find_all(text) for text in held}
    # Short words are found whole and bear a z, see `mark_exact`.
    known = {word.removesuffix("z"): word for words in plain.values() for word in words}
    pairs = [pair for a, b in endings for pair in ((a, b), (b, a))]
    kin = {
        word: [
            known[other]
            for end, ending in pairs
            if word.endswith(end)
            and (other := word.removesuffix(end) + ending) in known
            and min(len(word), len(other)) >= _SHORTEST_WORD
        ]
        for word in known
    }
    found = {}
    for text, words in plain.items():
        further: list[str] = []
        if not held[text]:
            further += (other for word in words for other in kin[word.removesuffix("z")])
            further += find_term_words(tokenizer.find_names(text), names)
        found[text] = list(dict.fromkeys([*words, *further]))
    return found
