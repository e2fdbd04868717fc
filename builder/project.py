"""Where the parts of a project lie on the disk.

A leaf of the import graph: it imports nothing of the builder.
"""

import os
import subprocess
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

# The word lists of the program's own checkout, for a project that has none of its own.
_CHECKOUT = Path(__file__).resolve().parents[1]
CONTENT = _CHECKOUT / "content"
_ROOT_VARIABLE = "ATLAS_ROOT"
# Used where neither the environment nor git knows a date: the start of 2026.
FALLBACK_EPOCH = 1767225600
# More digits are no date before the year 9999.
_EPOCH_DIGITS = 11


@dataclass(frozen=True)
class Project:
    """A checkout of the atlas. ``site`` may be set to publish elsewhere than to site/."""

    root: Path
    out: Path | None = None

    @property
    def is_atlas(self) -> bool:
        """Whether a knowledge base lies here."""
        return (self.content / "terms").is_dir()

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written into the checkout: another's, or a mounted image."""
        return not os.access(self.root, os.W_OK)

    @property
    def seeds(self) -> Path:
        """The papers as received."""
        return self.root / "seeds"

    @property
    def content(self) -> Path:
        """The knowledge base."""
        return self.root / "content"

    @property
    def templates(self) -> Path:
        """Page templates and the theme's overrides."""
        return self.root / "templates"

    @property
    def build(self) -> Path:
        """Everything that can be made anew; never committed. ATLAS_BUILD sets another folder."""
        return Path(os.environ.get("ATLAS_BUILD") or self.root / "build").absolute()

    @property
    def docs(self) -> Path:
        """The rendered Markdown."""
        return self.build / "docs"

    @property
    def downloads(self) -> Path:
        """The data of the whole base, made before the pages that say its sizes."""
        return self.build / "downloads"

    @property
    def site(self) -> Path:
        """The published site."""
        return self.out or self.root / "site"

    @property
    def preview(self) -> Path:
        """The site that ``serve`` shows; what stands there is not published."""
        return self.build / "preview"

    @property
    def config(self) -> Path:
        """The settings of the site generator."""
        return self.root / "mkdocs.yml"


def find_project(folder: Path) -> Project:
    """Return the atlas that a folder is or lies in; the folder itself where there is none."""
    found = (Project(path) for path in (folder, *folder.parents))
    return next((project for project in found if project.is_atlas), Project(folder))


def find_version() -> str:
    """Return the version of this program, as its pyproject.toml or its package says."""
    own = Path(__file__).resolve().parents[1] / "pyproject.toml"
    if own.is_file():
        return str(tomllib.loads(own.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version("exosome-atlas")


def use_word_lists(project: Project) -> None:
    """Let this process, and those that it starts, read the word lists of a project.

    To be called before they are read: each is read once.
    """
    os.environ[_ROOT_VARIABLE] = str(project.root)


def find_data(name: str, content: Path | None = None) -> Path:
    """Return a word list or table: the project's, else that of the program's checkout.

    The project is that of ``use_word_lists``, or the one whose folder ``content`` is given.
    """
    own = (content or Path(os.environ.get(_ROOT_VARIABLE, _CHECKOUT)) / "content") / name
    return own if own.is_file() else CONTENT / name


def find_seeds(project: Project) -> list[Path]:
    """Return the seed files in name order; hidden files are no seeds.

    A link that leads nowhere is one: reading reports it.
    """
    return sorted(
        path
        for path in project.seeds.glob("*")
        if (path.is_file() or (path.is_symlink() and not path.exists()))
        and not path.name.startswith(".")
    )


def source_date_epoch(root: Path) -> int:
    """Return the date that a build carries, in seconds since 1970, never the clock's.

    SOURCE_DATE_EPOCH where set (see reproducible-builds.org), else the date of the last commit,
    else a fixed day.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal() and len(given) <= _EPOCH_DIGITS:
        return int(given)
    said = ask_git(root, "log", "-1", "--format=%ct").strip()
    return int(said) if said.isdecimal() else FALLBACK_EPOCH


def ask_git(root: Path, *words: str) -> str:
    """Return what git says of a folder; nothing where it has no history, or there is no git."""
    try:
        asked = subprocess.run(  # noqa: S603 (our own words)
            ["git", "-C", str(root), *words],  # noqa: S607 (git is on the path)
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return asked.stdout if asked.returncode == 0 else ""
