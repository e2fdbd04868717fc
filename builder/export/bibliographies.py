"""All cited works as BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
from pathlib import Path

from builder.site.citation_formats import Citable, csl_json, write_bibtex, write_ris
from builder.store import Library, write_text

FOLDER = "data"


def list_works(library: Library) -> list[Citable]:
    """Return every cited work as a citable, by id."""
    return [
        Citable(name, library.references[name].csl, library.references[name].et_al)
        for name in sorted(library.references)
    ]


def write_bibliography(library: Library, site: Path) -> None:
    """Write ``references.bib``, ``.ris`` and ``.csl.json`` below ``data/``."""
    works = list_works(library)
    folder = site / FOLDER
    write_text(folder / "references.bib", write_bibtex(works))
    write_text(folder / "references.ris", write_ris(works))
    items = json.dumps([csl_json(w) for w in works], ensure_ascii=False, indent=1)
    write_text(folder / "references.csl.json", items + "\n")
