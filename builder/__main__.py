"""``exosome-atlas`` and ``python -m builder``."""

import os
import sys
from pathlib import Path

from builder.cli import main


def run() -> None:
    """Run a command.

    The program is part of its checkout: word lists and templates lie beside it. A copy that was
    installed elsewhere, as by ``pipx run``, hands over to the checkout it is called in.
    """
    if not sys.flags.utf8_mode and sys.getfilesystemencoding() != "utf-8":
        # In an old locale with its UTF-8 mode off, Python can't spell a path such as ``é/``.
        words = [sys.executable, "-X", "utf8", "-m", "builder", *sys.argv[1:]]
        os.execv(sys.executable, words)  # noqa: S606 (this program again)
    own = Path(__file__).resolve().parents[1]
    if not (own / "content").is_dir():
        checkout = _find_checkout(Path.cwd())
        if checkout is None:
            raise SystemExit("exosome-atlas runs in a checkout of the atlas; this folder is none.")
        words = [sys.executable, "-P", "-m", "builder", *sys.argv[1:]]
        os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": str(checkout)})  # noqa: S606 (this program again)
    main(prog_name="exosome-atlas")


def _find_checkout(folder: Path) -> Path | None:
    found = (path for path in (folder, *folder.parents) if (path / "builder/__main__.py").is_file())
    return next((path for path in found if (path / "content").is_dir()), None)


if __name__ == "__main__":
    run()
