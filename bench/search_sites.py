"""What the search is measured on: today's site, and an index of 10,000 pages in the same shell."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from builder import store
from builder.project import Project
from builder.publish.site import build_environment
from builder.search.entries import Entries, Entry, Section, find_entries
from builder.search.index import write_index
from builder.site.index import build_index

PAGES = 10_000
SEED = 20260101
SYLLABLES = [consonant + vowel for consonant in "bdfghklmnprst" for vowel in "aeio"]


def read_entries(project: Project) -> Entries:
    """Return what search finds today."""
    atlas = build_index(store.load_library(project.content, project.root))
    return find_entries(atlas, _read_settings(project))


def _read_settings(project: Project) -> Any:
    return store.read_yaml(project.content / "search.yml", project.root)


def grow_entries(today: Entries, pages: int = PAGES) -> Entries:
    """Return today's entries and invented works and findings, up to a number of pages."""
    chance = random.Random(SEED)  # noqa: S311 (made-up data, the same on each run)
    references = [w for w in today.texts if w.kind == "reference"]
    statements = [f for f in today.texts if f.kind == "finding"]
    words = [word for w in references for word in w.title.split()]
    texts = [s.text for f in statements for s in f.sections] or ["bone"]
    quotes = [f.title for f in statements]
    missing = pages - sum(entry.is_text for entry in today.all)
    works = [_work(chance, i, words, references) for i in range(missing * 6 // 10)]
    findings = [
        replace(
            chance.choice(statements),
            path=f"papers/made/#f{i:09x}",
            title=" ".join([chance.choice(quotes), _invent(chance), *chance.sample(words, 6)]),
            identifiers=(f"f{i:09x}",),
            sections=(Section(chance.choice(texts)),),
        )
        for i in range(missing - len(works))
    ]
    return Entries(today.terms, [*today.texts, *works, *findings])


def _invent(chance: random.Random, most: int = 4) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, most))).capitalize()


def _work(chance: random.Random, number: int, words: Sequence[str], like: Sequence[Entry]) -> Entry:
    title = " ".join(
        [*(chance.choice(words) for _ in range(chance.randint(7, 14))), _invent(chance)]
    )
    people = [f"{_invent(chance, 3)}" for _ in range(chance.randint(2, 9))]
    year = chance.randint(2005, 2026)
    journal = f"J. {SYLLABLES[number % 50]}{SYLLABLES[number * 7 % 52]}ta Biol."
    page = str(chance.randint(1, 20_000))
    return replace(
        chance.choice(like),
        path=f"references/{people[0].lower()}-{year}-{number}/",
        title=title,
        detail=f"{people[0]} et al., {year}, {journal}",
        year=year,
        names=(title,),
        identifiers=(f"DOI:10.{chance.randint(1000, 9999)}/x.{number}",),
        imprint=" ; ".join([*people, journal, str(year), page]),
        sections=(),
    )


def write_grown(project: Project, site: Path, out: Path) -> Path:
    """Write the shell of today's site with the index of the grown one."""
    shutil.copytree(
        site, out, ignore=shutil.ignore_patterns("index", "pagefind", "findings", "api")
    )
    entries = grow_entries(read_entries(project))
    write_index(out / "search", entries, _read_settings(project), "2026-01-01")
    return out


# --- the theme's own search ----------------------------------------------------------------------


def build_material(project: Project, work: Path) -> Path:
    """Build today's pages with the theme's own search, and nothing else changed."""
    settings = yaml.load(project.config.read_text(), Loader=_Loose)  # noqa: S506 (our own file)
    settings.update(
        site_name="Own search", plugins=["search"], docs_dir=str(project.docs),
        site_url="https://example.org/", theme={"name": "material", "font": False},
    )  # fmt: skip
    for key in ("extra_css", "extra_javascript"):
        settings.pop(key, None)
    config = work / "mkdocs.yml"
    config.write_text(yaml.safe_dump(settings))
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config), "-d",
         str(work / "material")],
        check=True, env=build_environment(project),
    )  # fmt: skip
    return work / "material"


class _Loose(yaml.SafeLoader):
    """Reads ``!ENV [NAME, value]`` as its value."""


_Loose.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node)[-1])


def grow_material(project: Project, site: Path, out: Path) -> Path:
    """Write the shell of the theme's site with an index of the same 10,000 pages."""
    shutil.copytree(
        site, out, ignore=shutil.ignore_patterns("findings", "references", "mechanisms")
    )
    index = json.loads((site / "search/search_index.json").read_text())
    index["docs"] = list(_documents(grow_entries(read_entries(project))))
    (out / "search/search_index.json").write_text(json.dumps(index))
    return out


def _documents(entries: Entries) -> Iterator[dict[str, str]]:
    for entry in entries.all:
        if entry.is_text:
            text = " ".join([entry.imprint, *(section.text for section in entry.sections)])
            yield {"location": entry.path, "title": entry.title, "text": text}
