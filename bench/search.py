"""Measure the search beside the theme's own: what it finds, what it loads, how long it takes.

Bytes are those of the answers' bodies, gzipped as any web server sends text, of all that is there
for the search alone: programs, names, full text. First: a new browser profile, to the end of the
list. Further: the next queries of the same reader, asked word by word ("bone", "bone marrow" …), so
that each word's share is its own. Times are from the input event to the list in the box; a first
key is the first letter typed in a new profile, with the focus.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import yaml
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from builder.project import Project

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(Path(__file__).parent))

from search_sites import build_material, grow_material, write_grown  # noqa: E402

QUERIES = yaml.safe_load((ROOT / "tests/browser/search-queries.yml").read_text())
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
COLD = ("BMSC", "mesenchimal", "Theranostics 2019", "Kniearthrose", "hydrogel cartilage rat")
GZIPPED = (".js", ".json", ".css", ".html", ".svg", ".xml")
TYPED = 12  # every twelfth query is typed letter by letter, and asked word by word
LONGEST = 2000  # ms; what takes longer is counted as this
QUIET = 400  # ms without a change after which a list is taken as complete


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder, text gzipped, and counts the bytes of each body."""

    sent: dict[str, int]

    def do_GET(self) -> None:
        path = Path(self.translate_path(urlsplit(self.path).path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        if path.suffix in GZIPPED:
            body = gzip.compress(body, 9)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.sent[self.path] = self.sent.get(self.path, 0) + len(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    """A browser that is closed while it loads is no error."""

    def handle_error(self, *_: object) -> None:
        pass


@dataclass
class Figures:
    """What was measured of one search on one site."""

    name: str
    first: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    further: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    lead: int = 0
    five: int = 0
    misled: int = 0


# Types a query letter by letter; gives the ms from each input event until the list shows it.
_TYPE = """async ([selector, list, query, from, most]) => {
  const input = document.querySelector(selector);
  input.focus();
  const times = [];
  for (let n = from; n <= query.length; n++) {
    const since = performance.now();
    const changed = new Promise((resolve) => {
      const done = () => { watch.disconnect(); clearTimeout(timer); resolve(); };
      const watch = new MutationObserver(done);
      const timer = setTimeout(done, most);
      watch.observe(document.querySelector(list), { childList: true, subtree: true,
        characterData: true });
    });
    input.value = query.slice(0, n);
    for (const name of ["input", "keyup"]) {
      const event = name === "input" ? new InputEvent(name, { bubbles: true })
        : new KeyboardEvent(name, { bubbles: true, key: query[n - 1] });
      input.dispatchEvent(event);
    }
    await changed;
    times.push(performance.now() - since);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return times;
}"""
OURS = ("form[data-search] input", "form[data-search] [role=listbox]")
THEIRS = (".md-search__input", ".md-search-result")


def ask(page: Page, home: str, box: tuple[str, str], query: str) -> None:
    """Ask for the whole list on a page that is opened for it; without ``home``, on this one."""
    if box is OURS:
        if home:
            page.goto(f"{home}search/?q={quote(query)}")
        else:
            page.fill("#search-query", query)
            page.keyboard.press("Enter")
            page.wait_for_timeout(60)
        page.wait_for_selector("#search-results[data-state=done]", state="attached")
        return
    if home:
        page.goto(home + "about/")
    type_query(page, box, query, len(query))


def count_search(sent: dict[str, int]) -> int:
    """Return the bytes of what is there for the search only: its programs and its index."""
    return sum(size for path, size in sent.items() if "search" in path and "/?" not in path)


def wait_quiet(page: Page, sent: dict[str, int]) -> None:
    """Wait until nothing more is loaded."""
    count = -1
    while count != sum(sent.values()):
        count = sum(sent.values())
        page.wait_for_timeout(QUIET)


def type_query(page: Page, box: tuple[str, str], query: str, at: int = 1) -> list[float]:
    """Type a query from a letter on; return the ms that each letter took to show in the list."""
    times: list[float] = page.evaluate(_TYPE, [*box, query, at, LONGEST])
    return times


def measure(browser: Browser, name: str, site: Path, box: tuple[str, str]) -> Figures:
    """Return the figures of one search on one site; answers are judged by the caller."""
    figures = Figures(name)
    handler = type("Handler", (_Handler,), {"sent": {}})
    server = _Server(("127.0.0.1", 0), partial(handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}/"
    for query in COLD:
        context = browser.new_context()
        page = context.new_page()
        handler.sent.clear()
        ask(page, home, box, query)
        wait_quiet(page, handler.sent)
        figures.first.append(count_search(handler.sent))
        if query != COLD[-1]:
            context.close()
    for entry in QUERIES[::TYPED]:
        shares = ask_by_word(page, handler.sent, box, entry["query"])
        figures.words += shares
        figures.further.append(sum(shares))
    figures.starts += [type_first(browser, home, box, query[0]) for query in COLD]
    page.goto(home + "about/", wait_until="networkidle")
    for entry in QUERIES[::TYPED]:
        figures.times += type_query(page, box, entry["query"])
    if box is OURS:
        ask(page, home, box, COLD[0])
    judge(figures, page, home, box)
    server.shutdown()
    server.server_close()
    return figures


def ask_by_word(page: Page, sent: dict[str, int], box: tuple[str, str], query: str) -> list[int]:
    """Ask a query on the page that is open, one word more each time; return the bytes of each."""
    words = query.split()
    shares = []
    for count in range(1, len(words) + 1):
        sent.clear()
        ask(page, "", box, " ".join(words[:count]))
        wait_quiet(page, sent)
        shares.append(count_search(sent))
    return shares


def type_first(browser: Browser, home: str, box: tuple[str, str], letter: str) -> float:
    """Return the ms until the list shows for the first letter in a new browser profile."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(home + "about/", wait_until="networkidle")
    time = type_query(page, box, letter)[0]
    context.close()
    return time


def judge(figures: Figures, page: Page, home: str, box: tuple[str, str]) -> None:
    """Ask the judged queries as a reader does, and count where the right page stands."""
    for entry in QUERIES:
        ask(page, "", box, entry["query"])
        if box is THEIRS:
            page.wait_for_timeout(300)
        items = "#search-results > li" if box is OURS else ".md-search-result__item"
        links = page.eval_on_selector_all(
            items, "found => found.map(item => item.querySelector('a').href)"
        )
        # Places on one page count once; the glossary's are its entries.
        bare = [link if "/glossary/" in link else link.partition("#")[0] for link in links]
        found = list(dict.fromkeys(link.removeprefix(home) for link in bare))
        first = set(entry["first"])
        figures.lead += any(is_one(link, first) for link in found[:1])
        figures.five += any(is_one(link, first) for link in found[:5])
        figures.misled += any(is_one(link, set(entry.get("never_first", []))) for link in found[:1])


def is_one(link: str, pages: set[str]) -> bool:
    """Return whether a link is one of some pages, or leads to a place on one."""
    place = urlsplit(link)
    path = place.path.lstrip("/")
    if path.startswith("glossary/"):  # an entry, whichever page of the glossary it stands on
        path = f"glossary/#{place.fragment}"
    return path in pages


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def report(rows: Sequence[Figures]) -> Table:
    """Return the figures side by side."""
    table = Table(title=f"Search over {len(QUERIES)} judged queries")
    for head in ("", *(row.name for row in rows)):
        table.add_column(head, justify="right" if head else "left")

    def line(label: str, *values: str) -> None:
        table.add_row(label, *values)

    line("right page first", *(f"{r.lead / len(QUERIES):.0%}" for r in rows))
    line("in the first five", *(f"{r.five / len(QUERIES):.0%}" for r in rows))
    line("wrong page first", *(str(r.misled) for r in rows))
    line("first search, kB, median", *(f"{statistics.median(r.first) / 1000:.0f}" for r in rows))
    line("first search, kB, most", *(f"{max(r.first) / 1000:.0f}" for r in rows))
    line("further word, kB, median", *(f"{statistics.median(r.words) / 1000:.0f}" for r in rows))
    line("further word, kB, most", *(f"{max(r.words) / 1000:.0f}" for r in rows))
    line("further query, kB, median", *(f"{statistics.median(r.further) / 1000:.0f}" for r in rows))
    line("further query, kB, most", *(f"{max(r.further) / 1000:.0f}" for r in rows))
    line("key to list, ms, median", *(f"{statistics.median(r.times):.0f}" for r in rows))
    line("key to list, ms, 95 %", *(f"{percentile(r.times, 0.95):.0f}" for r in rows))
    line("first key, cold, ms, median", *(f"{statistics.median(r.starts):.0f}" for r in rows))
    return table


def main() -> None:
    """Measure both searches on both sizes of the site."""
    project = Project(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
    console = Console(width=120)
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("no chromium is installed; .ci/get-chromium does it")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        material = build_material(project, work)
        sites = [
            ("today", project.site, OURS),
            ("10,000 pages", write_grown(project, project.site, work / "grown"), OURS),
            ("theme's, today", material, THEIRS),
            ("theme's, 10,000", grow_material(project, material, work / "grown-theirs"), THEIRS),
        ]
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=ARGS)
            rows = []
            for name, site, box in sites:
                rows.append(measure(browser, name, site, box))
                console.print(report(rows))  # each time: the last site takes long
            browser.close()


if __name__ == "__main__":
    main()
