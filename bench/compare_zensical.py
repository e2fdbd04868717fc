"""Build the rendered pages with Zensical, and compare addresses and anchors with those of MkDocs.

Run it by ``make check-zensical``, which installs Zensical into an environment of its own. Exits 1
where an address or an anchor is missing in either. Zensical has no option for the folder of the
site, so it works on a copy of the settings, the pages and the theme.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from builder import pipeline
from builder.errors import ProblemError
from builder.project import Project
from builder.publish.site import build_environment, build_html, find_pages

Anchors = dict[str, frozenset[str]]
ROOT = Path(__file__).resolve().parent.parent


def list_anchors(site: Path) -> dict[str, frozenset[str]]:
    """Return the anchors of each page of a site, by its address; ``__skip`` is the theme's own."""
    return {
        page.path.removesuffix("index.html"): page.anchors - {"__skip"}
        for page in find_pages(site)
        # A file of the theme that a program fetches is no page.
        if not page.path.startswith("assets/")
    }


def build_both(project: Project, work: Path) -> tuple[Anchors, Anchors]:
    """Return the addresses and anchors of MkDocs and of Zensical for the same pages."""
    for folder in ("templates/theme", "build/docs"):
        shutil.copytree(project.root / folder, work / folder)
    shutil.copy(project.config, work / project.config.name)
    copy = Project(work)
    build_html(copy, work / "mkdocs")
    subprocess.run(
        [ROOT / "build/env/zensical/bin/zensical", "build", "--clean"],
        cwd=work,
        # It takes a folder below the settings only, and no absolute path.
        env={**build_environment(copy), "ATLAS_DOCS": "build/docs"},
        check=True,
    )
    return list_anchors(work / "mkdocs"), list_anchors(work / "site")


def main() -> int:
    """Print what differs, and return the exit code."""
    project = Project(ROOT)
    try:
        pipeline.render(project)
        with tempfile.TemporaryDirectory() as folder:
            mkdocs, zensical = build_both(project, Path(folder))
    except ProblemError as error:
        print(error, file=sys.stderr)
        return 1
    differing = 0
    for name, one, other in (("MkDocs", mkdocs, zensical), ("Zensical", zensical, mkdocs)):
        for address, anchors in sorted(one.items()):
            more = sorted(anchors - other[address]) if address in other else None
            if more is None or more:
                differing += 1
                print(f"only {name} makes /{address}{'#' + ', #'.join(more) if more else ''}")
    anchors = sum(map(len, mkdocs.values()))
    print(f"{len(mkdocs)} addresses with {anchors} anchors, {differing} differ.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
