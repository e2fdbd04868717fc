"""Work for crews that misbehaves on demand; in a module of its own, so that workers find it."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence


def double_all(numbers: Sequence[int]) -> list[int]:
    """Return doubles; 13 kills the process that meets it, 17 raises."""
    if 13 in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    if 17 in numbers:
        raise ValueError("seventeen")
    return [2 * number for number in numbers]
