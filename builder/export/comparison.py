"""What the page of comparisons loads: each cell source as one small file beside its page."""

from __future__ import annotations

import json
from pathlib import Path

from builder.site.index import build_atlas
from builder.site.pages.compare import find_comparable, view_compared
from builder.store import Library
from builder.text import ids


def write_compared(library: Library, site: Path) -> None:
    """Write ``sources/<slug>/compare.json`` for each source that the page can compare."""
    atlas = build_atlas(library)
    for term in find_comparable(atlas):
        target = site / ids.page_path("source", term.id) / "compare.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(view_compared(atlas, term), ensure_ascii=False, indent=1)
        target.write_text(text + "\n", encoding="utf-8")
