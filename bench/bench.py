"""Measure: seconds of each stage on the real papers, and the cost of a page as the site grows.

Prints tables; each figure is the least of a few runs, for the least is nearest to the work itself.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from builder import pipeline
from builder.project import Project
from builder.publish.site import build_environment

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(Path(__file__).parent))

from synthetic import write_project  # noqa: E402 (found through the path above)


@dataclass(frozen=True)
class Cost:
    """What a piece of work took: seconds on the clock, and of the processor in its programs.

    The latter hardly changes when others use the machine, so ratios are made of it.
    """

    clock: float
    processor: float


def measure(work: Callable[[], object], runs: int) -> Cost:
    """Return the least cost of several runs of a piece of work that starts programs."""
    costs = []
    for _ in range(runs):
        since, spent = time.perf_counter(), _spent()
        work()
        costs.append(Cost(time.perf_counter() - since, _spent() - spent))
    return Cost(min(c.clock for c in costs), min(c.processor for c in costs))


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(project: Project, *words: str) -> Callable[[], object]:
    """Return a command of the builder, ready to be run on a project."""
    return lambda: subprocess.run(
        [sys.executable, "-m", "builder", "--root", str(project.root), *words],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        env=build_environment(project),
    )


def bare_mkdocs(project: Project, out: Path) -> Callable[[], object]:
    """Return a plain build of the same Markdown, ready to be run."""
    return lambda: subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(out)],
        cwd=project.root,
        check=True,
        env=build_environment(project),
    )


def measure_stages(project: Project, out: Path) -> Table:
    """Return the cost of each stage on the real papers."""
    table = Table("stage", "seconds", "of the processor", title="The papers in seeds/")
    stages: dict[str, Callable[[], object]] = {
        "extract": run(project, "extract"),
        "check": run(project, "check"),
        "render": run(project, "render"),
        "build (forced)": run(project, "build", "--force", "--out", str(out)),
        "build (nothing changed)": run(project, "build", "--out", str(out)),
    }
    for name, work in stages.items():
        cost = measure(work, 2)
        table.add_row(name, f"{cost.clock:.2f}", f"{cost.processor:.2f}")
    return table


def measure_pages(cases: list[tuple[str, Project, int]], out: Path) -> Table:
    """Return make site against a bare mkdocs build, and the cost of a page, for each project."""
    table = Table(
        *("site", "pages", "make site", "mkdocs", "ratio", "ms of the processor a page"),
        title="Size",
    )
    made: list[tuple[int, float]] = []
    for name, project, runs in cases:
        whole = run(project, "build", "--force", "--out", str(out / "site"))
        steps = [run(project, "extract"), whole] if project.seeds.is_dir() else [whole]
        took = measure(lambda steps=steps: [step() for step in steps], runs)  # type: ignore[misc]
        bare = measure(bare_mkdocs(project, out / "bare"), runs)
        pages = sum(1 for _ in project.docs.rglob("*.md"))
        table.add_row(
            name,
            f"{pages:,}",
            f"{took.clock:.2f} s",
            f"{bare.clock:.2f} s",
            f"{took.processor / bare.processor:.2f}",
            f"{1000 * took.processor / pages:.1f}",
        )
        if not project.seeds.is_dir():
            made.append((pages, took.processor))
    (few, little), (many, much) = made[0], made[-1]
    further = 1000 * (much - little) / (many - few)
    table.caption = f"Each further page costs {further:.1f} ms; the rest is starting up."
    return table


def main() -> None:
    """Measure and print."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        real = Project(ROOT)
        pipeline.extract(real)
        console.print(measure_stages(real, out / "real"))
        cases = [("the papers in seeds/", real, 2)]
        for pages, runs in ((300, 2), (3000, 1)):
            project = write_project(out / f"made-{pages}", pages, ROOT)
            cases.append((f"{pages:,} made-up pages", project, runs))
        console.print(measure_pages(cases, out))


if __name__ == "__main__":
    main()
