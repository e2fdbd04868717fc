"""Memory of commands that hold many records."""

from __future__ import annotations

import gc


def expect_records() -> None:
    """Look for garbage in circles seldom: records are many, in no circle, and kept to the end.

    Without this, a fifth of the time of a command over a thousand papers goes into looking.
    """
    gc.set_threshold(100_000, 50, 100)
