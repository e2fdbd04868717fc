"""Compare the JATS reader with pubmed_parser on the same files, in one run.

    python bench/read.py [--rounds 15] FILE.xml ...

pubmed_parser is no dependency of the project: install it beside it first (``pip install
pubmed_parser psutil`` into any environment that also has this project's dependencies). Without
files, articles are made up: 50 to 800 references, so that the run also shows whether time grows
in line with size. Times are the best of the rounds, in milliseconds of processor time; memory is
by how many times a file's size the peak of a fresh process grows while it is read.

Columns: ``atlas`` reads everything (bibliography, references, full text, tables); ``same`` is what
pubmed_parser needs for bibliography and references; ``all`` adds its paragraphs, captions and
tables. A ratio above 1 says that the atlas is faster.
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SAME = ("parse_pubmed_xml", "parse_pubmed_references")
ALL = (*SAME, "parse_pubmed_paragraph", "parse_pubmed_caption", "parse_pubmed_table")
SIZES = (50, 200, 800)

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


def best(work: Callable[[], object], rounds: int) -> float:
    """Return the least processor time of a work, in milliseconds."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def peak_growth(path: Path) -> int:
    """Return by how many bytes reading a file raises the peak of a fresh process."""
    name = str(path.resolve())
    code = f"import sys; sys.path.insert(0, '.'); import bench.read as b; b.show_peak({name!r})"
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    return int(done.stdout)


def show_peak(name: str) -> None:
    """Print the growth of this process's peak memory while it reads a file, after a warm-up."""
    from builder.readers import read_seed  # noqa: PLC0415

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
    """Return size, times and memory of one file."""
    from builder.readers import read_seed  # noqa: PLC0415

    row = {
        "kB": path.stat().st_size / 1000,
        "atlas": best(lambda: read_seed(path, path.parent), rounds),
        "memory": peak_growth(path) / path.stat().st_size,
    }
    if parser is not None:
        for name, functions in (("same", SAME), ("all", ALL)):
            calls = [getattr(parser, f) for f in functions]
            row[name] = best(lambda calls=calls: [c(str(path)) for c in calls], rounds)
    return row


def load_parser() -> Any:
    """Return pubmed_parser, or None where it is not installed."""
    warnings.simplefilter("ignore")
    try:
        return importlib.import_module("pubmed_parser")
    except ImportError:
        sys.stdout.write("pubmed_parser is not installed: only the atlas is timed\n")
        return None


def main() -> int:
    """Time every file, print a line each and the medians; 1 where the atlas is slower."""
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
    sys.stdout.write(
        f"{'file':34} {'kB':>6} {'atlas':>8} {'same':>8} {'all':>8}  ratios   memory\n"
    )
    for path, row in rows:
        same, everything = row.get("same", 0.0), row.get("all", 0.0)
        sys.stdout.write(
            f"{path.name[:34]:34} {row['kB']:6.0f} {row['atlas']:8.2f} {same:8.2f} "
            f"{everything:8.2f}  {same / row['atlas']:4.2f} {everything / row['atlas']:4.2f}"
            f"  {row['memory']:4.1f} x\n"
        )
    ratios = [row["same"] / row["atlas"] for _, row in rows if "same" in row]
    if not ratios:
        return 0
    sys.stdout.write(f"median ratio for the same fields: {statistics.median(ratios):.2f}\n")
    return int(min(ratios) < 1)


if __name__ == "__main__":
    sys.exit(main())
