"""Taking values out of a service's JSON, whose shape is not ours to trust."""

from __future__ import annotations

import html
import re
from typing import Any

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CONTROL = re.compile("[\x00-\x1f\x7f]+")


def find_value(data: Any, *path: str) -> Any:
    """Return the value at a path of keys; None where any step is missing or no object."""
    for key in path:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def find_text(data: Any, *path: str) -> str:
    """Return the text at a path, in one line and without markup; empty where there is none."""
    value = find_value(data, *path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return plain_text(value) if isinstance(value, str) else ""


def find_list(data: Any, *path: str) -> list[Any]:
    """Return the list at a path; empty where there is none."""
    value = find_value(data, *path)
    return value if isinstance(value, list) else []


def find_texts(data: Any, *path: str) -> list[str]:
    """Return the texts of the list at a path."""
    return [plain_text(v) for v in find_list(data, *path) if isinstance(v, str) and v.strip()]


def plain_text(text: str) -> str:
    """Return a text without tags (titles come with <i> and <sub>) and with single spaces.

    Character references (``&amp;``) are resolved, and a lone surrogate, which no file can hold,
    becomes a question mark, as control characters become spaces.
    """
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_CONTROL.sub(" ", _TAG.sub("", html.unescape(sound))).split())
