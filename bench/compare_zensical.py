"""Build the rendered pages with Zensical, and compare its addresses with those of MkDocs.

Run it by ``make check-zensical``, which installs Zensical into an environment of its own. Exits 1
where an address is missing in either. Zensical has no option for the folder of the site,
so it works on a copy of the settings, the pages and the theme.
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
from builder.publish.site import build_environment, build_html

ROOT = Path(__file__).resolve().parent.parent


def list_addresses(site: Path) -> set[str]:
    """Return the address of each page of a site."""
    return {
        path.relative_to(site).as_posix().removesuffix("index.html")
        for path in site.rglob("*.html")
        # A file of the theme that a program fetches is no page.
        if "assets" not in path.relative_to(site).parts
    }


def build_both(project: Project, work: Path) -> tuple[set[str], set[str]]:
    """Return the addresses of MkDocs and of Zensical for the same pages."""
    for folder in ("templates/theme", "build/docs"):
        shutil.copytree(project.root / folder, work / folder)
    shutil.copy(project.config, work / project.config.name)
    copy = Project(work)
    build_html(copy, work / "mkdocs")
    subprocess.run(
        [ROOT / "build/env/zensical/bin/zensical", "build", "--clean"],
        cwd=work,
        env=build_environment(project),
        check=True,
    )
    return list_addresses(work / "mkdocs"), list_addresses(work / "site")


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
    for address in sorted(mkdocs - zensical):
        print(f"only MkDocs makes /{address}")
    for address in sorted(zensical - mkdocs):
        print(f"only Zensical makes /{address}")
    print(f"{len(mkdocs & zensical)} addresses are the same.")
    return 1 if mkdocs != zensical else 0


if __name__ == "__main__":
    sys.exit(main())
