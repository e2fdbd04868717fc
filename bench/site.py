"""Measure what a site costs: pages, files, bytes, seconds of the processor by stage, memory.

``python bench/site.py [PAPERS ...]``: the papers in seeds/, then so many made-up ones (100). Each
project is built in a process of its own. ``ratio`` is the whole build against a bare ``mkdocs
build`` of the same Markdown; ``memory`` is the most of the builder and of MkDocs, together.

``python bench/site.py --renewed``: the pages whose bytes change with one word of the papers in
seeds/, one definition, one template, one line of CSS.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from synthetic_papers import write_project  # noqa: E402 (found through the path above)

from builder import pipeline, store  # noqa: E402
from builder.project import Project  # noqa: E402
from builder.publish.site import build_environment  # noqa: E402

STAGES = ("extract", "data", "pages to Markdown", "pages to HTML", "search", "exports", "links")


def spent() -> float:
    """Return the seconds of the processor that this process and its programs have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def measure(root: Path) -> dict[str, Any]:
    """Build a project whole, then again with no change; return what it cost."""
    project = Project(root)
    costs: dict[str, float] = {}
    marks = [("extract", spent())]

    def notify(stage: str) -> None:
        costs[marks[-1][0]] = costs.get(marks[-1][0], 0.0) + spent() - marks[-1][1]
        marks.append((stage, spent()))

    clock = time.perf_counter()
    pipeline.extract(project)
    notify("checks")
    since = spent()
    pipeline.build(project, notify, force=True)
    notify("end")
    whole = spent() - since
    clock = time.perf_counter() - clock
    since = spent()
    pipeline.build(project)
    again = spent() - since
    with tempfile.TemporaryDirectory() as folder:
        since = spent()
        words = ["build", "--quiet", "--strict", "--config-file", str(project.config)]
        subprocess.run([sys.executable, "-m", "mkdocs", *words, "--site-dir", folder], check=True)
        bare = spent() - since
    files = [path for path in project.site.rglob("*") if path.is_file()]
    memory = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "papers": len(list((project.content / "papers").iterdir())),
        "pages": sum(1 for _ in project.docs.rglob("*.md")),
        "files": len(files),
        "MB": sum(path.stat().st_size for path in files) / 1e6,
        "seconds": clock,
        "processor": whole,
        **{f"  {stage}": costs.get(stage, 0.0) for stage in STAGES},
        "no change": again,
        "bare mkdocs": bare,
        "ratio": whole / bare,
        "memory, GB": sum(m.ru_maxrss for m in memory) / 1e6,
    }


def run(root: Path) -> dict[str, Any]:
    """Measure a project in a process of its own."""
    ran = subprocess.run(
        [sys.executable, __file__, "--measure", str(root)],
        check=True,
        capture_output=True,
        text=True,
        env=build_environment(Project(root)),
    )
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def read_site(project: Project) -> dict[str, bytes]:
    """Return the bytes of each file of a site, by its path."""
    files = store.list_files(project.site)
    return {path.relative_to(project.site).as_posix(): path.read_bytes() for path in files}


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first place of a text in a file."""
    text = path.read_text("utf-8")
    if old not in text:
        raise LookupError(f"{path}: no {old!r}")
    path.write_text(text.replace(old, new, 1), "utf-8")


def find_changes(project: Project) -> dict[str, Callable[[], None]]:
    """Return what is changed, by name: each a function that changes one thing."""
    library = store.load(project)
    bundle = next(b for b in library.papers.values() if b.tables)
    cells = bundle.tables[0].rows[0].cells.values()
    word = max((w for cell in cells for w in cell.printed.split() if w.isalpha()), key=len)
    named = Counter(name for f in library.findings() for name in f.sources)
    term = next(t for n, _ in named.most_common() if (t := library.terms.get(n)) and t.definition)
    templates = project.templates
    return {
        "a word of a table cell": lambda: edit(
            project.seeds / bundle.paper.seed.file, f"{word}", f"{word}s"
        ),
        f"the definition of {term.label}": lambda: edit(
            project.content / f"terms/sources/{term.id}.yml", "definition: ", "definition: Here, "
        ),
        "the template of cited works": lambda: edit(
            templates / "pages/reference.md.j2", "Cited work", "A cited work"
        ),
        "a line of CSS": lambda: edit(templates / "theme/assets/atlas.css", "{", "{ orphans: 2;"),
    }


def show_renewed() -> Table:
    """Return how many pages and other files one small change renews, in a copy of the project."""
    table = Table("changed", "pages", "of", "JSON beside pages", "other files", title="Renewed")
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        for name in ("seeds", "content", "templates"):
            shutil.copytree(ROOT / name, project.root / name)
        for name in ("mkdocs.yml", "pyproject.toml"):
            shutil.copy(ROOT / name, project.root / name)
        pipeline.extract(project)
        pipeline.build(project)
        before = read_site(project)
        for name, change in find_changes(project).items():
            change()
            pipeline.extract(project)
            pipeline.build(project)
            after = read_site(project)
            kinds = Counter(
                path.rpartition("/")[2] if path.endswith(("index.html", "index.json")) else "other"
                for path in after.keys() | before.keys()
                if after.get(path) != before.get(path)
            )
            pages = sum(path.endswith("index.html") for path in after)
            counts = (kinds["index.html"], pages, kinds["index.json"], kinds["other"])
            table.add_row(name, *(f"{count:,}" for count in counts))
            before = after
    return table


def main() -> None:
    """Measure and print a table, one column a project."""
    if sys.argv[1:2] == ["--renewed"]:
        Console(width=110).print(show_renewed())
        return
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
        return
    rows = [run(ROOT)]
    with tempfile.TemporaryDirectory() as folder:
        for papers in map(int, sys.argv[1:] or ["100"]):
            project = write_project(Path(folder) / str(papers), papers, ROOT)
            rows.append(run(project.root))
    table = Table(title="What a site costs; seconds are of the processor unless said")
    for row in ({"papers": "papers"}, *rows):
        table.add_column(f"{row['papers']:,}" if row in rows else "papers", justify="right")
    for name in list(rows[0])[1:]:
        label = {"seconds": "seconds on the clock"}.get(name, name)
        whole = name in ("pages", "files")
        table.add_row(label, *(f"{row[name]:,.{0 if whole else 1}f}" for row in rows))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
