"""Publish: rendered Markdown to a checked site, in place only when every check has passed."""

import filecmp
import hashlib
import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree
from mkdocs.exceptions import ConfigurationError
from mkdocs.utils.yaml import yaml_load
from yaml import MarkedYAMLError

from builder import store
from builder.addresses.renewal import check_pages
from builder.curate.review_flow import find_last_search, read_screening
from builder.errors import Problem, ProblemError, has_errors, refuse
from builder.export import Downloads, write_exports
from builder.project import Project, source_date_epoch
from builder.search import write_search
from builder.site.pages import Page
from builder.store.cache import hash_files, hash_parts, hash_program
from builder.store.transaction import new_site
from builder.text import ids

Notify = Callable[[str], None]
_WARNING = re.compile(r"^(?:WARNING|ERROR)\s+-\s+(.*)", re.MULTILINE)
# The last line of a traceback: the disk is full, the folder is read-only.
_REFUSED = re.compile(r"^\w*Error: \[Errno (\d+)\] ([^:\n]+)", re.MULTILINE)
_DOC = re.compile(r"[Dd]oc file '([^']+)'")
_MOST_SHOWN = 50
# A relative path with nothing to decode, and its anchor.
_PLAIN = re.compile(r"[.\w-][\w./-]*[\w/](?:#[\w.-]+)?", re.ASCII)


def site_address(project: Project) -> str:
    """Return the site's absolute address with a final slash: SITE_URL, else as in mkdocs.yml."""
    name = project.config.name
    try:
        with project.config.open(encoding="utf-8") as handle:
            settings = yaml_load(handle)
    except ConfigurationError as error:
        cause = error.__context__
        mark = cause.problem_mark if isinstance(cause, MarkedYAMLError) else None
        got = str(getattr(cause, "problem", error))
        raise ProblemError(
            Problem(name, mark.line + 1 if mark else 0, "error", "settings", "readable YAML", got)
        ) from error
    except (OSError, TypeError, ValueError) as error:
        got = getattr(error, "strerror", None) or str(error)[:200]
        raise refuse(name, "settings", "the settings of MkDocs", got) from error
    if not isinstance(settings, dict):
        raise refuse(name, "settings", "the settings of MkDocs", "a list or bare text")
    return str(settings.get("site_url") or "").rstrip("/") + "/"


def publish(project: Project, downloads: Downloads, pages: Sequence[Page], notify: Notify) -> None:
    """Build the site from the rendered pages and swap it into place.

    ``pages`` are those that were rendered, as ``render_site`` returns them. Raises ProblemError,
    and leaves the site published before, where a page or a link is wrong.
    """
    inputs = hash_inputs(project)
    try:
        with new_site(project.site) as folder:
            beside = project.build / "search"  # MkDocs clears its own folder
            shutil.rmtree(beside, ignore_errors=True)
            with ThreadPoolExecutor(1) as pool:
                html = pool.submit(build_html, project, folder)
                notify("search")

                def wait_for_html() -> None:
                    notify("pages to HTML")
                    html.result()
                    notify("search")

                # Not at once: of a thousand papers MkDocs takes 0.9 GB and Pagefind 1.6.
                write_search(project, downloads.atlas, beside, wait_for_html)
            _remove_unused(folder)
            shutil.copytree(beside, folder, dirs_exist_ok=True)
            shutil.rmtree(beside)
            notify("exports")
            write_exports(downloads, folder, pages)
            notify("links")
            problems = check_links(folder, downloads.edition.site_url)
            if project.out != project.preview:
                problems += check_pages(downloads.atlas.library, folder)
            if has_errors(problems):
                raise ProblemError(problems)
            notify("swap")
            _keep_times(project.site, folder)
    except OSError as error:
        raise ProblemError(_refused(project, error)) from error
    store.write_text(_stamp(project), _seal(inputs, project.site))


def refresh(project: Project, inputs: str) -> None:
    """Build the pages of a preview whose Markdown changed, and copy files of the theme that did.

    Raises ProblemError; the preview stays as it was, but for pages built before the fault.
    ``inputs`` is the hash of what it is made of.
    """
    built = project.site / "404.html"  # made by every build
    theme = (project.templates / "theme").rglob("*.html")
    if not built.is_file() or any(p.stat().st_mtime > built.stat().st_mtime for p in theme):
        for page in project.docs.rglob("*.md"):
            page.touch()
    build_html(project, project.site, "--dirty")
    store.write_text(_stamp(project), _seal(inputs, project.site))


def is_current(project: Project, inputs: str = "") -> bool:
    """Return whether the site stands as it was published, from what there is now."""
    stamp = _stamp(project)
    if not stamp.is_file():
        return False
    return stamp.read_text() == _seal(inputs or hash_inputs(project), project.site)


def build_html(project: Project, folder: Path, mode: str = "--strict") -> None:
    """Run ``mkdocs build`` into a folder. Raises ProblemError with what it reports."""
    ran = subprocess.run(  # noqa: S603 (our own words)
        [
            *[sys.executable, "-c", "import builder.publish as p; p.run_mkdocs()", "build", mode],
            *["--config-file", str(project.config), "--site-dir", str(folder.absolute())],
        ],
        env=build_environment(project),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise ProblemError(_explain(project, ran.stdout + ran.stderr))


def build_environment(project: Project) -> dict[str, str]:
    """Return the environment of the site generator: a fixed date, and no notice of its vendor."""
    builder = str(Path(__file__).parents[2])
    searched = find_last_search(read_screening(project.root))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [builder, os.environ.get("PYTHONPATH", "")])),
        "SOURCE_DATE_EPOCH": str(source_date_epoch(project.root)),
        "PYTHONUTF8": "1",
        "ATLAS_DOCS": str(project.docs),
        "LAST_SEARCHED": searched.isoformat() if searched else "",
        # Material prints its end of life on each run; we know, and `make check-zensical` prepares
        # for it. Set here, so that a build's own warnings stay visible.
        "NO_MKDOCS_2_WARNING": "true",
        "DISABLE_MKDOCS_2_WARNING": "true",
    }


def _explain(project: Project, said: str) -> list[Problem]:
    """Turn the generator's output into problems, one a warning."""
    refused = _REFUSED.search(said)
    if refused:
        return [_refused(project, OSError(int(refused.group(1)), refused.group(2)))]
    docs = store.relative(project.docs, project.root)
    problems = []
    for text in _WARNING.findall(said):
        if text.startswith("A 'dirty' build"):  # which a preview asks for
            continue
        page = _DOC.search(text)
        file = f"{docs}/{page.group(1)}" if page else project.config.name
        problems.append(Problem(file, 0, "error", "mkdocs", text.strip().rstrip(".")))
    if not problems:
        last = said.strip().splitlines()[-1:] or ["no word of why"]
        places = re.findall(
            rf'File "{re.escape(str(project.templates))}/([^"]+)", line (\d+)', said
        )
        file, line = places[-1] if places else (project.config.name, 0)
        file = f"{project.templates.name}/{file}" if places else file
        problems.append(Problem(file, int(line), "error", "mkdocs", "a strict build", last[0]))
    return problems


def _refused(project: Project, error: OSError) -> Problem:
    place = Path(str(error.filename)) if error.filename else project.site
    return Problem(
        store.relative(place, project.root),
        0,
        "error",
        "write",
        "a disk that takes the new site",
        error.strerror or str(error),
        hint="The site published before still stands. Make room or give leave to write there, "
        "then build again.",
    )


def _remove_unused(site: Path) -> None:
    """Remove what Material ships for its own script, which no page loads, and all source maps."""
    for pattern in ("javascripts/bundle.*", "javascripts/lunr", "javascripts/workers", "**/*.map"):
        for path in (site / "assets").glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _keep_times(old: Path, new: Path) -> None:
    """Give each file that did not change the time of the one it replaces, for rsync and caches."""
    for path in store.list_files(new):
        before = old / path.relative_to(new)
        if before.is_file() and filecmp.cmp(before, path, shallow=False):
            shutil.copystat(before, path)


def _stamp(project: Project) -> Path:
    """Return the file that seals a site: one for each place that is published to."""
    return project.build / f"published-{ids.digest(str(project.site))}"


def hash_folders(project: Project, *folders: Path) -> str:
    """Return a hash of the names and bytes of all files of some folders."""
    files = [path for folder in folders for path in store.list_files(folder)]
    return hash_parts(hash_files(files, project.root))


def hash_inputs(project: Project) -> str:
    """Return a hash of all that shapes the site: seeds, records, theme, settings and programs."""
    folders = (project.seeds, project.content, project.templates, project.root / "releases")
    files = [path for folder in folders for path in store.list_files(folder)]
    files += [path for path in (project.config, project.root / "pyproject.toml") if path.exists()]
    settings = (
        os.environ.get("SITE_URL", ""),
        os.environ.get("ISSUES_URL", ""),
        str(source_date_epoch(project.root)),
        hash_program(),
    )
    return hash_parts([*(text.encode() for text in settings), *hash_files(files, project.root)])


def _seal(inputs: str, site: Path) -> str:
    """Return the stamp of a published site: its inputs, and the look of its files on the disk."""
    found = hashlib.sha256()
    for path in store.list_files(site):
        stat = path.stat()
        found.update(f"{path.relative_to(site)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return f"{inputs}\n{found.hexdigest()}\n"


# --- links ---------------------------------------------------------------------------------------


@dataclass
class HtmlPage:
    """A built file: the anchors it has and the links it makes."""

    path: str
    anchors: frozenset[str]
    links: tuple[str, ...]
    title: str


def check_links(site: Path, address: str) -> list[Problem]:
    """Return a problem for each link that leads nowhere; no more than fifty.

    ``address`` is the site's absolute address; links that start with it are links inside the site,
    and so are links that start with its path on the 404 page.
    """
    pages = {page.path: page for page in find_pages(site)}
    files = {p.relative_to(site).as_posix() for p in store.list_files(site)}
    problems = []
    for page in pages.values():
        for link in page.links:
            wrong = _follow(page, link, address, pages, files)
            if wrong:
                problems.append(Problem(page.path, 0, "error", "link", wrong, repr(link)))
    return problems[:_MOST_SHOWN]


def find_pages(site: Path) -> Iterator[HtmlPage]:
    """Give each HTML page of a site, in order of address."""
    for path in sorted(site.rglob("*.html")):
        yield read_page(path, path.relative_to(site).as_posix())


def read_page(path: Path, name: str) -> HtmlPage:
    """Return the anchors and links of an HTML file."""
    tree = etree.parse(str(path), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    # Strings of xpath hold their element alive; plain ones are cheap.
    anchors: Any = tree.xpath("//@id | //a/@name", smart_strings=False)
    links: Any = tree.xpath("//@href | //@src", smart_strings=False)
    title: Any = tree.xpath("string(//title)", smart_strings=False)
    return HtmlPage(
        name, frozenset(map(str, anchors)), tuple(dict.fromkeys(map(str, links))), str(title)
    )


def resolve(page: str, link: str, address: str) -> tuple[str, str] | None:
    """Return the file below the site and the fragment that a link means; None if it leads out."""
    if _PLAIN.fullmatch(link):  # as nearly all are
        target, _, fragment = link.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        if not path.startswith("."):
            return (f"{path}/index.html" if target.endswith("/") else path), fragment
    if link.startswith(address):
        link = "/" + link[len(address) :]
    elif link.startswith("/") and not link.startswith("//"):
        base = urlsplit(address).path
        link = "/" + link[len(base) :] if link.startswith(base) else "/.." + link
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = unquote(parts.path)
    if not target:
        return page, unquote(parts.fragment)
    path = posixpath.normpath(posixpath.join("/" + posixpath.dirname(page), target))
    file = path.lstrip("/")
    if target.endswith(("/", "/.", "/..")) or target in (".", "..") or not file:
        file = posixpath.join(file, "index.html")
    return file, unquote(parts.fragment)


def _follow(
    page: HtmlPage, link: str, address: str, pages: dict[str, HtmlPage], files: set[str]
) -> str | None:
    try:
        found = resolve(page.path, link, address)
    except ValueError:
        return "a link that can be read"
    if found is None:
        return None
    file, fragment = found
    if file not in files:
        return "a link to a page or file of the site"
    if fragment and file in pages and fragment not in pages[file].anchors:
        return f"an anchor that {file} has"
    return None
