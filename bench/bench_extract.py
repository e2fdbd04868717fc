"""Measure the reading of many papers: cost by number, processors at work, cost of a change.

Usage: bench_extract.py [PAPERS]; PAPERS is the largest number, 1000 unless given. A quarter and a
half of it are measured first. It takes as long as reading two times that many papers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from synthetic_papers import change_paper, write_project  # noqa: E402 (on the path now)

from builder.project import Project  # noqa: E402 (as above)

_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE = 0.1
_HIGHEST = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Cost:
    """Seconds of a run by the clock, and of all its processes' processor time; its highest MB.

    The memory is that of the command's own process, without its workers.
    """

    clock: float
    processor: float
    memory: float


def run(root: Path, command: str) -> Cost:
    """Run a command on a project, and return what it cost."""
    words = [sys.executable, "-m", "builder", "--root", str(root), command]
    quiet = subprocess.DEVNULL
    since = time.perf_counter()
    spent: dict[int, float] = {}
    memory = 0.0
    started = subprocess.Popen(words, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)
    while True:
        process, status, used = os.wait4(started.pid, os.WNOHANG)
        if process:
            break
        memory = max(memory, _highest_memory(started.pid))
        for worker, seconds in _processor_seconds(started.pid):
            spent[worker] = max(seconds, spent.get(worker, 0.0))
        time.sleep(_SAMPLE)
    clock = time.perf_counter() - since
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"{' '.join(words)} failed with {started.returncode}")
    # The kernel's own sum for the command is exact; of its workers there are samples.
    spent[started.pid] = used.ru_utime + used.ru_stime
    return Cost(clock, sum(spent.values()), memory)


def _highest_memory(process: int) -> float:
    try:
        found = _HIGHEST.search(Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0.0  # it ended meanwhile
    return int(found[1]) / 1000 if found else 0.0


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


def change_words(project: Project) -> None:
    """Let one paper say another thing."""
    seed = project.seeds / "paper-00001.xml"
    seed.write_text(change_paper(seed.read_text("utf-8")), "utf-8")


def change_work(project: Project) -> None:
    """Let one paper cite another work."""
    seed = project.seeds / "paper-00002.xml"
    seed.write_text(seed.read_text("utf-8").replace("<surname>Roe", "<surname>Moe", 1), "utf-8")


def change_nothing(_: Project) -> None:
    """Leave all as it is."""


AFTERWARDS: tuple[tuple[str, str, Callable[[Project], None]], ...] = (
    ("one paper changed", "extract", change_words),
    ("one cited work changed", "extract", change_work),
    ("none changed", "extract", change_nothing),
    ("check", "check", change_nothing),
)


def main() -> None:
    """Measure and print."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    console = Console(width=110)
    costs: dict[int, Cost] = {}
    table = _make_table()
    for papers in sorted({max(4, most // 4), max(4, most // 2), max(4, most)}):
        with tempfile.TemporaryDirectory() as folder:
            project = write_project(Path(folder), papers, ROOT)
            size = sum(seed.stat().st_size for seed in project.seeds.iterdir()) / 1e6
            costs[papers] = run(project.root, "extract")
            table.add_row(*_report_first(papers, size, costs))
            if papers < most:
                continue
            console.print(table)
            console.print(_report_later(project, costs[papers]))


def _make_table() -> Table:
    return Table(
        "papers", "MB", "seconds", "processor seconds", "ms a paper", "to the first line",
        "processors busy", "MB of memory", title="First run",
    )  # fmt: skip


def _report_first(papers: int, size: float, costs: dict[int, Cost]) -> list[str]:
    cost, (fewest, least) = costs[papers], next(iter(costs.items()))
    each = cost.processor / papers
    return [
        f"{papers:,}",
        f"{size:.1f}",
        f"{cost.clock:.1f}",
        f"{cost.processor:.1f}",
        f"{1000 * each:.0f}",
        f"× {each / (least.processor / fewest):.2f}",
        f"{cost.processor / cost.clock:.2f} of {len(os.sched_getaffinity(0))}",
        f"{cost.memory:.0f}",
    ]


def _report_later(project: Project, first: Cost) -> Table:
    """Run what comes after the first run, and return a table of the shares of it."""
    table = Table("then", "seconds", "of the first", "processor seconds", "of the first", "MB")
    for name, command, change in AFTERWARDS:
        change(project)
        cost = run(project.root, command)
        table.add_row(
            name,
            f"{cost.clock:.2f}",
            f"{100 * cost.clock / first.clock:.1f} %",
            f"{cost.processor:.2f}",
            f"{100 * cost.processor / first.processor:.1f} %",
            f"{cost.memory:.0f}",
        )
    return table


if __name__ == "__main__":
    main()
