"""The browser's programs as they are sent: without the comments, which a reader would only load."""

from __future__ import annotations

from pathlib import Path

from builder import store


def pack_programs(folder: Path) -> None:
    """Take whole lines of comment and all indents out of the search's programs in a folder.

    They must hold no string that runs over lines; a test keeps it so.
    """
    for path in sorted(folder.glob("search*.js")):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        kept = [line for line in lines if line and not line.startswith("//")]
        store.write_bytes(path, "\n".join([*kept, ""]).encode())
