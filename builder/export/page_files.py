"""The files beside each page: how to cite it, the original behind it, and the works it rests on."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from builder.site.citation_formats import Citable, csl_json, write_bibtex, write_ris
from builder.site.cite_box import NO_BOX, find_citables
from builder.site.index import Atlas
from builder.site.pages import Page
from builder.store.build_info import Edition


def write_page_files(atlas: Atlas, pages: Iterable[Page], site: Path, edition: Edition) -> None:
    """Write ``cite.*``, ``original.*`` and ``references.*`` beside each page that a site has."""
    for page in pages:
        folder = site / page.path
        if not (folder / "index.html").is_file() or page.kind in NO_BOX:
            continue
        for name, citables in find_citables(atlas, page, edition).files().items():
            for ending, text in format_files(citables).items():
                # The folder is new and no one reads it yet: a plain write will do.
                (folder / f"{name}.{ending}").write_text(text, encoding="utf-8")


def format_files(citables: Sequence[Citable]) -> dict[str, str]:
    """Return a list of works in each format, by the ending of its file."""
    return {
        "bib": "".join(_each(_bibtex, citables)),
        "ris": "".join(_each(_ris, citables)),
        "csl.json": json.dumps([csl_json(c) for c in citables], ensure_ascii=False, indent=1)
        + "\n",
    }


def _each(write: functools._lru_cache_wrapper[str], citables: Iterable[Citable]) -> Iterable[str]:
    for citable in citables:
        yield write(_Key(citable))


class _Key:
    """A citable as a key of a cache: a work stands in the lists of many pages."""

    def __init__(self, citable: Citable) -> None:
        self.citable = citable
        self._text = json.dumps(csl_json(citable), sort_keys=True) + str(citable.et_al)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


@functools.lru_cache(maxsize=1 << 13)
def _bibtex(key: _Key) -> str:
    return write_bibtex([key.citable])


@functools.lru_cache(maxsize=1 << 13)
def _ris(key: _Key) -> str:
    return write_ris([key.citable])
