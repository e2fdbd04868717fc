"""Measure: seconds of each stage on the real papers, and the cost of a page as the site grows.

Prints a table; each figure is the least of a few runs, for the least is nearest to the work itself.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from builder import pipeline
from builder.project import Project
from builder.publish import build_environment

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(Path(__file__).parent))

from synthetic import write_project  # noqa: E402 (found through the path above)


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the least of several wall-clock times of a piece of work."""
    times = []
    for _ in range(runs):
        since = time.perf_counter()
        work()
        times.append(time.perf_counter() - since)
    return min(times)


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
    """Return the seconds of each stage on the real papers."""
    table = Table("stage", "seconds", title="The papers in seeds/")
    stages: dict[str, Callable[[], object]] = {
        "extract": run(project, "extract"),
        "check": run(project, "check"),
        "render": run(project, "render"),
        "build (forced)": run(project, "build", "--force", "--out", str(out)),
        "build (nothing changed)": run(project, "build", "--out", str(out)),
    }
    for name, work in stages.items():
        table.add_row(name, f"{seconds(work, 3):.2f}")
    return table


def measure_pages(cases: list[tuple[str, Project, int]], out: Path) -> Table:
    """Return make site against a bare mkdocs build, and the cost of a page, for each project."""
    table = Table("site", "pages", "make site", "mkdocs", "ratio", "ms a page", title="Size")
    for name, project, runs in cases:
        whole = run(project, "build", "--force", "--out", str(out / "site"))
        steps = [run(project, "extract"), whole] if project.seeds.is_dir() else [whole]
        took = seconds(lambda steps=steps: [step() for step in steps], runs)  # type: ignore[misc]
        bare = seconds(bare_mkdocs(project, out / "bare"), runs)
        pages = sum(1 for _ in project.docs.rglob("*.md"))
        table.add_row(
            name,
            f"{pages:,}",
            f"{took:.2f} s",
            f"{bare:.2f} s",
            f"{took / bare:.2f}",
            f"{1000 * took / pages:.1f}",
        )
    return table


def main() -> None:
    """Measure and print."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        real = Project(ROOT)
        pipeline.extract(real)
        console.print(measure_stages(real, out / "real"))
        cases = [("the papers in seeds/", real, 3)]
        for pages, runs in ((300, 3), (3000, 2)):
            project = write_project(out / f"made-{pages}", pages, ROOT)
            cases.append((f"{pages:,} made-up pages", project, runs))
        console.print(measure_pages(cases, out))


if __name__ == "__main__":
    main()
