"""The full text: the words of each entry, given to Pagefind with weights and anchors.

Facets are kept beside it (see index.py): Pagefind writes its own in an order that changes from
build to build.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

from builder.errors import Problem, ProblemError
from builder.search.entries import TITLE, Entry, find_powers
from builder.search.normalise import find_keys

# What Pagefind ships for its own interface, and what serves other languages. We use neither.
_UNUSED = ("pagefind-*.js", "pagefind-*.css", "wasm.unknown.pagefind")
# Pagefind takes "PI3K/Akt", "TRPV4-mediated" and "miR-126-3p" for one word each, and would not find
# PI3K, TRPV4 or miR-126 in them. A hair space parts them; the browser takes it out again before it
# shows a text.
BREAK = "\u200a"
_FOREIGN = re.compile(r"\w*[^\W\x00-\x7f]\w*")
_JOINED = r"(?=-(?:[35]p\b|[A-Za-z]{3}))"
_BREAKS = re.compile(rf"(?<=\w/)(?=\w)|(?<=\d){_JOINED}|(?<=\d[A-Za-z]){_JOINED}")


def write_fulltext(entries: Iterable[Entry], out: Path) -> dict[str, str]:
    """Write Pagefind's index of the entries that have a text; return Pagefind's ids by path.

    Raises ProblemError where Pagefind fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number, entry in enumerate(e for e in entries if e.sections):
            target = Path(folder) / f"{number:06d}.html"
            target.write_text(page_html(entry), encoding="utf-8")
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


def page_html(entry: Entry) -> str:
    """Return an entry as Pagefind shall read it. A row of a table is a section like any other."""
    lines = [
        '<html lang="en"><body><main data-pagefind-body>',
        f'<h1 data-pagefind-meta="title" data-pagefind-weight="{TITLE:g}">',
        f"{_part(entry.title)}</h1>",
    ]
    for name, value in (("url", f"/{entry.path}"), ("kind", entry.kind), ("detail", entry.detail)):
        lines.append(f'<i data-pagefind-ignore data-pagefind-meta="{name}">{escape(value)}</i>')
    more: list[str] = []
    for section in entry.sections:
        if section.heading:
            lines.append(
                f'<h2 id="{escape(section.anchor)}"><span data-pagefind-ignore>.</span>'
                f"{_part(section.heading)}</h2>"
            )
        lines.append(f'<p data-pagefind-weight="{section.weight:g}">{_part(section.text)}</p>')
        more += find_powers(section.text)
        # Pagefind keeps "Musiał" apart from "Musial"; who types either finds both.
        more += (key for word in _FOREIGN.findall(section.text) for key in find_keys(word))
    lines.append(f"<p>{escape(' '.join(dict.fromkeys(more)))}</p>")
    return "\n".join([*lines, "</main></body></html>"])


def _part(text: str) -> str:
    """Return a text for Pagefind: escaped, and parted where it would see one word."""
    return escape(_BREAKS.sub(BREAK, text))


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
