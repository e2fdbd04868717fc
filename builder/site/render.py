"""From views to Markdown: one file a page, written only where its bytes change.

Any value is safe anywhere in a template. ``escape_text`` turns all that HTML or Markdown would read
as markup into character references; what a template itself spells out is the only markup.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup

from builder import store
from builder.errors import Problem, ProblemError
from builder.project import Project
from builder.site.labels import WORDS
from builder.site.links import Marker, View
from builder.site.pages import Page, view_site
from builder.store import Library
from builder.store.cache import Cache
from builder.store.library import Edition, find_edition

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

# HTML's five characters, and all that means something inside a line of Markdown.
_MARKUP = re.compile(r"[&<>\"'\\`*_{}\[~^$]")
# What opens a heading, a list, a rule or a table where a line begins with it, or ends it.
_OPENING = re.compile(r"^(?:[-+: #=|!]|\d(?=\d*[.)](?:\s|$))|\.(?=\s|$))|[ #|]$")
# Control characters and non-characters have no place in HTML; Markdown uses some as its own marks.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# JSON that may hold one of them, raw or escaped.
_UNFIT = re.compile(r"\\(?![\"\\])|[\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028\u2029]")
# Letters that run from right to left, and marks that turn or isolate a text.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_SPACES = re.compile(r"[\t\n\r\u2028\u2029]+")


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def clean_text(text: str) -> str:
    """Return text on one line, with U+FFFD for each character that HTML forbids."""
    if text.isascii() and text.isprintable():
        return text  # as nearly all text is
    return _FORBIDDEN.sub("\ufffd", _SPACES.sub(" ", text))


def escape_text(value: object) -> Markup:
    """Return a value as text that neither HTML nor Markdown reads as markup.

    Trusted markup passes as it is. Raises ValueError for None: a view says what is not stated.
    """
    if isinstance(value, Markup):
        return value
    if value is None:
        raise ValueError("a template printed None; the view must say what is not stated")
    return _escape(str(value))


@lru_cache(maxsize=1 << 15)  # labels and addresses stand on many pages
def _escape(text: str) -> Markup:
    marked = _MARKUP.sub(_reference, clean_text(text))
    return Markup(_OPENING.sub(_reference, marked))  # noqa: S704 (escaped)


# HTML ends a cell, a row and an entry where the next begins: what each page need not hold, and no
# reader of it parse.
_ENDED = (
    ("</td><td", "<td"), ("</td></tr>", ""), ("</th><td", "<td"), ("</th><th", "<th"),
    ("</th></tr>", ""), ("</li><li", "<li"), ("</li></ul>", "</ul>"), ("</li></ol>", "</ol>"),
    ("</li>\n<li", "\n<li"), ("</li>\n</ul>", "\n</ul>"), ("</li>\n</ol>", "\n</ol>"),
    ("</dt><dd", "<dd"), ("</dd></div>", "</div>"),
)  # fmt: skip
_DRAWN: dict[str, Markup] = {}  # rows that stand on many pages, by the address they lead to


def draw_once(address: str, macro: Callable[[View], Markup], row: View) -> Markup:
    """Return what a macro makes of a row, made once for all pages of one depth in a rendering."""
    if address not in _DRAWN:
        _DRAWN[address] = macro(row)
    return _DRAWN[address]


class _ViewEnvironment(Environment):
    """Jinja that looks into a view's dict first, so that no key hides behind a method of dict."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class _Compiled(BytecodeCache):
    """Keeps compiled templates in the one cache of a project; compiling them all takes a second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what was kept of the same source."""
        with Cache(self.folder) as cache:
            if data := cache.get(f"template {bucket.key} {bucket.checksum}"):
                bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        with Cache(self.folder) as cache:
            cache.put(f"template {bucket.key} {bucket.checksum}", bucket.bytecode_to_string())


@cache
def _environment(folder: Path) -> Environment:
    environment = _ViewEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=escape_text,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=True,
        bytecode_cache=_Compiled(Project(folder.parent).build / "cache"),
    )
    environment.globals |= {"words": WORDS, "once": draw_once}
    environment.filters["e"] = environment.filters["escape"] = escape_text
    return environment


def _front_matter(page: Page) -> dict[str, Any]:
    front: dict[str, Any] = {
        "title": clean_text(page.title).strip() or page.path,
        "description": clean_text(page.description).strip(),
        "kind": page.kind,
    }
    if page.record:
        front["record"] = page.record
    if page.path:
        home = [{"title": "Home", "href": page.root}]
        front["crumbs"] = home + [
            {"title": title, "href": f"{page.root}{path}"} for title, path in page.crumbs
        ]
    front["section"] = page.path.split("/", 1)[0]
    return front


def _dump_front_matter(page: Page) -> str:
    """Return the front matter as JSON, which is YAML: to write it so is quicker."""
    lines = []
    for key, value in {**_front_matter(page), **page.extra}.items():
        text = json.dumps(value, ensure_ascii=False)
        if _UNFIT.search(text):
            text = json.dumps(_clean(value), ensure_ascii=False)
        # The YAML library takes no byte order mark, wherever it stands.
        lines.append(f"{key}: {text}\n".replace("\ufeff", "\\ufeff"))
    return "".join(lines)


def _clean(data: Any) -> Any:
    """Return front matter with every text fit for HTML; the theme escapes it."""
    if isinstance(data, str):
        return clean_text(data)
    if isinstance(data, dict):
        return {key: _clean(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_clean(value) for value in data]
    return data


def render_page(page: Page, templates: Path = TEMPLATES) -> str:
    """Return the Markdown of a page: front matter for the theme, then the template's text."""
    template: Template = _environment(templates).get_template(f"pages/{page.template}")
    body = template.render({"page": page.view, "title": clean_text(page.title), "root": page.root})
    if page.gone:
        partial = _environment(templates).get_template("partials/gone.j2")
        body += "\n" + partial.render({"gone": page.gone})
    if page.wording and not page.path.startswith("glossary/"):
        body = Marker(page.wording, f"{page.root}glossary/abbreviations/", escape_text).mark(body)
    if not _RIGHT_TO_LEFT.search(body):  # text of one direction needs no marks of it
        body = body.replace(' dir="auto"', "").replace("<bdi>", "").replace("</bdi>", "")
    body = body.replace(' class="as-is"', "").replace(' as-is"', '"')  # for the marker alone
    for ended, bare in _ENDED:
        body = body.replace(ended, bare)
    tidy = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", body)).strip()
    return f"---\n{_dump_front_matter(page)}---\n\n{tidy}\n"


@dataclass(slots=True)
class RenderReport:
    """What a rendering did: the pages without what they show, which files changed, which went."""

    pages: list[Page] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def render_site(
    library: Library,
    out: Path,
    templates: Path = TEMPLATES,
    edition: Edition | None = None,
    sizes: Mapping[str, int] | None = None,
) -> RenderReport:
    """Write every page of the site below ``out``, and remove what is no longer a page.

    ``edition`` is what the pages say they are of, ``sizes`` are the bytes of the downloads.
    """
    views = view_site(library, edition or find_edition(library), sizes or {})
    return write_pages(views, out, templates)


def write_pages(pages: Iterable[Page], out: Path, templates: Path) -> RenderReport:
    """Write pages as Markdown below ``out``, and remove what is none of them.

    Files whose bytes stay the same are not touched. Raises ProblemError where the disk refuses.
    """
    report = RenderReport()
    _DRAWN.clear()  # of a rendering that failed
    kept: set[Path] = set()
    for page in pages:
        report.pages.append(replace(page, view={}, extra={}, wording=None))
        target = out / page.path / "index.md"
        if not target.resolve().is_relative_to(out.resolve()):
            raise ProblemError(
                Problem("content/urls.yml", 0, "error", "page-outside", "an address below the site",
                        repr(page.path), hint="Nothing was written there.")
            )  # fmt: skip
        kept.add(target)
        if store.write_text(target, render_page(page, templates)):
            report.written.append(target.relative_to(out).as_posix())
    _DRAWN.clear()  # before MkDocs takes its memory
    for path in sorted(out.rglob("*"), reverse=True):
        if path.is_file() and path not in kept:
            path.unlink()
            report.removed.append(path.relative_to(out).as_posix())
        elif path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
    report.removed.sort()
    return report
