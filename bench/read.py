"""Compare the JATS reader with pubmed_parser on the same files, in one run.

    make bench-read [FILES="a.xml b.xml"]        (or: python bench/read.py [--rounds 15] FILE ...)

pubmed_parser is no dependency of the project: the make target installs it below build/, for it
brings top-level packages such as ``tests``. Without files, articles are made up: 50 to 800
references, so that the run also shows whether time grows in line with size. Rounds of both take
turns; times are the best of the rounds, in milliseconds of processor time. Memory is by how many
times a file's size the peak of a fresh process grows while it is read.

What is compared: ``fields`` is title, people, dates, identifiers, abstract and references of both
(where pubmed_parser reads no reference of a list, as from ``nlm-citation``, references are left out
of this measure on both sides, and ``refs`` shows how many it reads of those in the list);
``all`` is all that either can read: paragraphs, captions and tables too. A ratio above 1 says that
the atlas is faster. The last ratio sets all that the atlas reads against the fields alone of the
other.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# At the end: of its packages only those are taken that the project does not have.
sys.path.extend(map(str, (ROOT / "build/env/bench").glob("lib/python*/site-packages")))

from builder.readers import read_seed  # noqa: E402 (on the path now)
from builder.readers.jats import read_references  # noqa: E402
from builder.readers.jats.body import Body  # noqa: E402
from builder.readers.jats.front import read_front  # noqa: E402
from builder.readers.jats.source import Context, parse_article  # noqa: E402
from builder.readers.source import read_source  # noqa: E402

FIELDS = ("parse_pubmed_xml", "parse_pubmed_references")
ALL = (*FIELDS, "parse_pubmed_paragraph", "parse_pubmed_caption", "parse_pubmed_table")
SIZES = (50, 200, 800)
HEAD = (
    "file",
    "kB",
    "fields",
    "theirs",
    "all",
    "theirs",
    "fields ×",
    "all ×",
    "all/fields ×",
    "memory ×",
    "refs",
)

_REF = (
    '<ref id="B{0}"><label>{0}</label><element-citation publication-type="journal"><person-group '
    'person-group-type="author"><name><surname>Author{0}</surname><given-names>A</given-names>'
    "</name><name><surname>Second</surname><given-names>B</given-names></name></person-group>"
    "<article-title>Vesicles of stem cells, part {0}</article-title><source>J Bone</source>"
    "<year>2010</year><volume>{0}</volume><fpage>1</fpage><lpage>9</lpage>"
    '<pub-id pub-id-type="doi">10.5555/j.{0}</pub-id></element-citation></ref>'
)
_ROW = "<tr><td>cell {0}</td><td>10<sup>{0}</sup></td><td>up</td><td>down</td></tr>"
_PARAGRAPH = (
    "<p>Vesicles of stem cells protect the cartilage of rabbits and mice "
    '[<xref ref-type="bibr" rid="B{0}">{0}</xref>]. '
) + "The effect was seen in all groups and lasted for weeks. " * 8


def make_article(references: int) -> str:
    """Return a made-up article with as many paragraphs and table rows as references."""
    numbers = range(1, references + 1)
    rows = "".join(_ROW.format(n) for n in numbers)
    return (
        '<article><front><journal-meta><journal-id journal-id-type="nlm-ta">J Bone</journal-id>'
        "<journal-title-group><journal-title>Journal of Bone</journal-title></journal-title-group>"
        '</journal-meta><article-meta><article-id pub-id-type="doi">10.5555/x</article-id>'
        "<title-group><article-title>Vesicles</article-title></title-group><contrib-group>"
        '<contrib contrib-type="author"><name><surname>King</surname><given-names>A</given-names>'
        '</name><xref ref-type="aff" rid="a1">1</xref></contrib></contrib-group>'
        '<aff id="a1">Bonn</aff><pub-date pub-type="ppub"><day>1</day><month>2</month>'
        "<year>2020</year></pub-date>"
        "<abstract><p>Short.</p></abstract></article-meta></front><body><sec><title>Results</title>"
        + "".join(f"{_PARAGRAPH.format(n)}</p>\n" for n in numbers)
        + '<table-wrap id="t1"><label>Table 1</label><caption><p>All.</p></caption><table><thead>'
        "<tr><th>a</th><th>b</th><th>c</th><th>d</th></tr></thead><tbody>"
        f"{rows}</tbody></table></table-wrap></sec></body><back><ref-list>"
        + "\n".join(_REF.format(n) for n in numbers)
        + "</ref-list></back></article>"
    )


def best(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the least processor time of each work, in milliseconds; the works take turns."""
    least = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            start = time.process_time()
            work()
            least[name] = min(least[name], time.process_time() - start)
    return {name: 1000 * seconds for name, seconds in least.items()}


def read_fields(path: Path, *, listed: bool = True) -> object:
    """Read with the atlas what pubmed_parser's bibliography and references hold."""
    source = read_source(path, path.parent)
    article, problems = parse_article(source.data, source.file)
    context = Context(source.file, problems)
    references = read_references(article, context) if listed else ()
    body = Body(context)
    meta = article.find("front/article-meta")
    if meta is not None:
        body.read_abstracts(meta)
    return references, read_front(article, context), body.blocks


def peak_growth(path: Path) -> int:
    """Return by how many bytes reading a file raises the peak of a fresh process."""
    name = str(path.resolve())
    code = f"import sys; sys.path.insert(0, '.'); import bench.read as b; b.show_peak({name!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return int(done.stdout)


def show_peak(name: str) -> None:
    """Print the growth of this process's peak memory while it reads a file, after a warm-up."""
    path = Path(name)
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.xml"
        small.write_text(make_article(3), encoding="utf-8")
        read_seed(small, small.parent)
    # 5 resets the peak (proc(5)); without it the peak of the parent process would stand.
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_kilobytes()
    document = read_seed(path, path.parent)
    sys.stdout.write(str((peak_kilobytes() - before) * 1024 if document else 0))


def peak_kilobytes() -> int:
    """Return this process's peak resident memory, from /proc (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def measure(path: Path, rounds: int, parser: Any) -> dict[str, float]:
    """Return size, times and memory of one file, and the references read by both."""
    listed = len(read_seed(path, path.parent).citations)
    parser = parser if _can_read(parser, path) else None
    theirs = len(parser.parse_pubmed_references(str(path)) or ()) if parser is not None else 0
    compared = bool(theirs) or not listed
    works: dict[str, Callable[[], object]] = {
        "fields": lambda: read_fields(path, listed=compared),
        "all": lambda: read_seed(path, path.parent),
    }
    if parser is not None:
        fields = FIELDS if compared else FIELDS[:1]
        for name, functions in (("their fields", fields), ("their all", ALL)):
            calls = [getattr(parser, f) for f in functions]
            works[name] = lambda calls=calls: [c(str(path)) for c in calls]  # type: ignore[misc]
    size = path.stat().st_size
    known = {"kB": size / 1000, "memory": peak_growth(path) / size, "refs": listed, "their": theirs}
    return known | best(works, rounds)


def _can_read(parser: Any, path: Path) -> bool:
    """Return whether pubmed_parser gets through a file; on some it fails without a message."""
    try:
        for function in ALL if parser is not None else ():
            getattr(parser, function)(str(path))
    except Exception:
        return False
    return parser is not None


def load_parser() -> Any:
    """Return pubmed_parser, or None where it is not installed."""
    warnings.simplefilter("ignore")
    try:
        return importlib.import_module("pubmed_parser")
    except ImportError:
        sys.stdout.write("pubmed_parser is not installed: only the atlas is timed\n")
        return None


def main() -> int:
    """Time every file and print a line each; 1 where the atlas is slower for the same fields."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--rounds", type=int, default=15)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = list(given.files)
        if not files:
            for size in SIZES:
                files.append(Path(folder) / f"made-{size}.xml")
                files[-1].write_text(make_article(size), encoding="utf-8")
        parser = load_parser()
        rows = [(path, measure(path, given.rounds, parser)) for path in files]
    for name in HEAD:
        sys.stdout.write(f"{name:>12}" if name != HEAD[0] else f"{name:30}")
    for path, row in rows:
        sys.stdout.write(f"\n{path.name[-30:]:30}" + "".join(f"{v:12.2f}" for v in report(row)))
        failed = "  it fails" if parser is not None and "their all" not in row else ""
        sys.stdout.write(f"{row['their']:8.0f} of {row['refs']:.0f}{failed}")
    sys.stdout.write("\n")
    ratios = [ratio for _, row in rows if "their all" in row for ratio in report(row)[5:7]]
    if not ratios:
        return 0
    sys.stdout.write(f"lowest ratio {min(ratios):.2f}, median {statistics.median(ratios):.2f}\n")
    return int(min(ratios) < 1)


def report(row: dict[str, float]) -> list[float]:
    """Return a file's figures in the order of HEAD."""
    ours, theirs = row["fields"], row.get("their fields", float("nan"))
    whole, their_whole = row["all"], row.get("their all", float("nan"))
    ratios = [theirs / ours, their_whole / whole, theirs / whole]
    return [row["kB"], ours, theirs, whole, their_whole, *ratios, row["memory"]]


if __name__ == "__main__":
    sys.exit(main())
