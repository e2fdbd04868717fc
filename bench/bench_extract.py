"""Measure the reading of many papers: time by number, processors at work, cost of a change.

Usage: bench_extract.py [PAPERS]; PAPERS is the largest number, 1000 unless given.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from synthetic_papers import make_article, write_project  # noqa: E402 (on the path now)

_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE = 0.1


@dataclass(frozen=True)
class Cost:
    """Wall-clock seconds of a run, and processor seconds of all its processes."""

    wall: float
    processor: float


def extract(root: Path, *options: str) -> Cost:
    """Run the command on a project, and return what it cost."""
    words = [sys.executable, "-m", "builder", "--root", str(root), "extract", *options]
    quiet = subprocess.DEVNULL
    since = time.perf_counter()
    spent: dict[int, float] = {}
    run = subprocess.Popen(words, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)
    while run.poll() is None:
        for process, seconds in _processor_seconds(run.pid):
            spent[process] = max(seconds, spent.get(process, 0.0))
        time.sleep(_SAMPLE)
    if run.returncode:
        raise SystemExit(f"{' '.join(words)} failed with {run.returncode}")
    return Cost(time.perf_counter() - since, sum(spent.values()))


def _processor_seconds(session: int) -> list[tuple[int, float]]:
    """Return (process, seconds) of the processes of a session, workers included."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            if int(fields[3]) == session:
                ticks = int(fields[11]) + int(fields[12])
                found.append((int(entry.name), ticks / _TICKS))
    return found


def main() -> None:
    """Measure and print."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    console = Console()
    table = Table("papers", "MB", "seconds", "ms a paper", "processors busy", title="First run")
    for papers in sorted({max(2, most // 8), max(2, most // 4), max(2, most // 2), most}):
        with tempfile.TemporaryDirectory() as folder:
            project = write_project(Path(folder), papers, ROOT)
            size = sum(seed.stat().st_size for seed in project.seeds.iterdir()) / 1e6
            first = extract(project.root)
            each = f"{1000 * first.wall / papers:.1f}"
            busy = f"{first.processor / first.wall:.2f} of {len(os.sched_getaffinity(0))}"
            table.add_row(f"{papers:,}", f"{size:.1f}", f"{first.wall:.1f}", each, busy)
            if papers < most:
                continue
            console.print(table)
            seed = project.seeds / "paper-00001.xml"
            seed.write_text(make_article(1).replace("four weeks", "six weeks"), "utf-8")
            second, third = extract(project.root), extract(project.root)
            for name, cost in (("one paper changed", second), ("none changed", third)):
                wall = f"{cost.wall:.2f} s, {100 * cost.wall / first.wall:.1f} % of the first run"
                share = 100 * cost.processor / first.processor
                console.print(f"{name}: {wall} ({share:.1f} % of its processor time)")


if __name__ == "__main__":
    main()
